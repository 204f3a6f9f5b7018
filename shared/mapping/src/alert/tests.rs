use std::collections::BTreeSet;

use hcp::{CustomerId, InvoiceId, JobId, PaymentId, RefundId};
use jiff::civil::date;
use money::Cents;
use strum::{IntoEnumIterator, VariantNames};

use super::*;
use crate::{OfferedCode, Role, Unmapped, customer::Field, payment::UnusableCause, refund};

fn job(number: Option<&str>, customer: Option<&str>) -> JobRef {
    JobRef {
        id: JobId::parse("job_1").unwrap(),
        number: number.map(str::to_owned),
        customer: customer.map(str::to_owned),
    }
}

fn about(trouble: impl Into<JobTrouble>) -> Alert {
    Alert::Job(JobAlert::new(job(Some("104"), None), trouble))
}

#[test]
fn s1_the_name_of_no_type_changes() {
    let names: Vec<&str> = AlertKind::iter().map(AlertKind::name).collect();
    insta::assert_snapshot!(names.join("\n"));
}

#[test]
fn s1_what_was_read_of_the_job_is_in_every_alert_of_it() {
    let read = job(Some("104"), Some("Rosa Quill"));
    let words = QuickbooksWords {
        words: "No".to_owned(),
        code: Some("9".to_owned()),
        intuit_tid: Some("1-x".to_owned()),
    };
    let refused = Alert::Connection(ConnectionAlert::RequestRefused(words));
    assert_eq!(
        refused.message(),
        "QuickBooks refused a request: No (code 9, reference 1-x)."
    );
    let told = refused.of(&read, false);
    assert_eq!(
        told.message(),
        "QuickBooks refused job 104: No (code 9, reference 1-x)."
    );
    assert_eq!(told.subject(), Subject::Job(read.id.clone()));
    let unread = Alert::Job(JobAlert::new(job(None, None), HousecallTrouble::NoCustomer));
    assert_eq!(unread.job_number(), None);
    assert_eq!(unread.of(&read, false).job_number(), Some("104"));
    let own = about(HousecallTrouble::NoCustomer);
    let other = job(Some("105"), None);
    assert_eq!(own.of(&other, false).job_number(), Some("104"));
}

fn words() -> QuickbooksWords {
    QuickbooksWords {
        words: "Invalid e-mail address".to_owned(),
        code: Some("2210".to_owned()),
        intuit_tid: Some("1-x".to_owned()),
    }
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn candidate(described: &str) -> Candidate {
    Candidate {
        id: Some(qbo::Id::new("7")),
        described: text(described),
    }
}

fn field() -> FieldRef {
    FieldRef {
        of: text("line 2 (Filter)"),
        field: text("unit_price"),
        tells: text("what it costs"),
        rule: text("L1"),
    }
}

fn cents(cents: i64) -> Cents {
    Cents::new(cents)
}

fn sides(housecall: i64, quickbooks: i64) -> Option<Sides> {
    Some(Sides {
        housecall: cents(housecall),
        quickbooks: cents(quickbooks),
    })
}

fn of_customers() -> Vec<CustomerTrouble> {
    let customer = || text("Dana Sample");
    vec![
        CustomerTrouble::Several {
            customer: customer(),
            candidates: vec![
                candidate("Dana Sample (5550100199)"),
                Candidate {
                    id: Some(qbo::Id::new("8")),
                    ..candidate("Dana Sample (d@example.com)")
                },
            ],
        },
        CustomerTrouble::Contradiction {
            customer: customer(),
            what: text("e-mail address"),
            ours: text("a@example.com"),
            theirs: text("b@example.com"),
            there: Some(candidate("Dana Sample (b@example.com)")),
        },
        CustomerTrouble::LinkedToAnother {
            there: candidate("Dana Sample (a@example.com)"),
            other: text("Dana Sample (b@example.com)"),
            name: Some(customer()),
        },
        CustomerTrouble::MergedInHousecall {
            merged: text("D. Sample"),
            customer: customer(),
            loses: candidate("D. Sample (a@example.com)"),
            stays: candidate("Dana Sample (b@example.com)"),
        },
        CustomerTrouble::MergedInQuickbooks {
            customer: customer(),
            stays: candidate("D. Sample (a@example.com)"),
            other: text("D. Sample"),
        },
        CustomerTrouble::NameTaken {
            customer: customer(),
        },
        CustomerTrouble::Inactive {
            customer: customer(),
        },
        CustomerTrouble::MergeUnread {
            reason: text("status 400"),
        },
    ]
}

fn of_items() -> Vec<ItemTrouble> {
    vec![
        ItemTrouble::NameTaken {
            item: text("Filter"),
            given: Some(text("Filter")),
            holder: text("an inventory item"),
            candidates: vec![candidate("the inventory item Filter")],
        },
        ItemTrouble::Inactive {
            items: vec![text("Filter"), text("Hose")],
        },
        ItemTrouble::InBothBooks {
            item: text("Filter"),
        },
        ItemTrouble::CategoryNameTaken {
            category: text("Parts"),
            holder: text("a service"),
        },
        ItemTrouble::CategoryInactive {
            category: text("Parts"),
        },
        ItemTrouble::NoLiabilityAccount {
            item: None,
            account: text("Housecall Pro Tips"),
            setting: text("tips_account"),
        },
        ItemTrouble::NoLiabilityAccount {
            item: Some(text("Housecall Pro Deposit, held")),
            account: text("Customer Deposits"),
            setting: text("deposit_account"),
        },
        ItemTrouble::LiabilityRefused {
            item: text("Housecall Pro Tips"),
            setting: text("tips_account"),
        },
        ItemTrouble::OtherInactive { what: Vec::new() },
        ItemTrouble::OtherInactive {
            what: vec![text("the account Services"), text("the class North")],
        },
    ]
}

fn of_numbers() -> Vec<NumberTrouble> {
    let number = || text("1001");
    let taken = |kind, customer: Option<&str>, total, kept: Option<&str>| NumberTrouble::Taken {
        number: number(),
        holder: NumberHolder {
            kind,
            customer: customer.map(text),
            total,
        },
        kept: kept.map(text),
    };
    let mut all = vec![
        NumberTrouble::Missing {
            customer: text("Rosa Quill"),
        },
        NumberTrouble::NotAllowed {
            number: "9".repeat(22),
        },
        NumberTrouble::NotAllowed {
            number: text("10\t4"),
        },
        NumberTrouble::Linkable {
            number: number(),
            invoice: ForeignInvoice {
                id: qbo::Id::new("145"),
                customer: Some(text("Dana Sample")),
                total: Some(cents(41_940)),
                date: Some(date(2026, 7, 24)),
            },
        },
    ];
    for kept in [None, Some("104")] {
        let other = text("99");
        all.extend([
            taken(HolderKind::Invoice, Some("Erin"), Some(cents(100)), kept),
            NumberTrouble::HolderInClosedPeriod {
                number: number(),
                holder: Some(other),
                date: Some(date(2026, 6, 30)),
                kept: kept.map(text),
            },
        ]);
    }
    let holders = [
        HolderKind::InvoiceOfJob(text("99")),
        HolderKind::CreditMemo,
        HolderKind::SalesReceipt,
        HolderKind::RefundReceipt,
        HolderKind::Estimate,
        HolderKind::Unknown,
    ];
    all.extend(holders.map(|kind| taken(kind, None, None, None)));
    all.push(NumberTrouble::HolderRefused {
        number: number(),
        holder: None,
        words: words(),
    });
    all
}

fn of_taxes() -> Vec<TaxTrouble> {
    let unmapped = |names: &[&str], fitting: &[&str], others: usize| {
        TaxTrouble::RateUnmapped(Unmapped {
            invoice: text("1001"),
            tax: cents(561),
            taxable: cents(10_000),
            names: names.iter().copied().map(text).collect(),
            fitting: fitting.iter().copied().map(text).collect(),
            others: (1..=others).map(|rate| format!("Rate {rate}")).collect(),
            codes: vec![OfferedCode {
                id: qbo::Id::new("5"),
                told: text("North (5.61 %)"),
            }],
        })
    };
    vec![
        TaxTrouble::NoTaxableLine { tax: cents(561) },
        TaxTrouble::Off { tax: cents(561) },
        unmapped(&[], &[], 0),
        unmapped(
            &["County", "State"],
            &["North (5.61 %)", "South (5.61 %)"],
            3,
        ),
        unmapped(&["County"], &[], 14),
        TaxTrouble::UnknownLine {
            line: text("Trip fee"),
            invoice: text("1001"),
        },
    ]
}

fn of_bills() -> Vec<BillTrouble> {
    let mismatch = |rounding| BillTrouble::TotalMismatch {
        number: text("1001"),
        ours: cents(31_561),
        our_tax: cents(561),
        theirs: cents(31_560),
        their_tax: cents(560),
        rounding,
    };
    vec![
        BillTrouble::NotSupported {
            what: text("a negative line"),
        },
        BillTrouble::LinesDoNotAddUp {
            lines: cents(9_900),
            total: cents(10_000),
        },
        BillTrouble::NoLines,
        BillTrouble::DiscountsOff {
            discount: cents(500),
        },
        BillTrouble::InvoicingUnclear {
            invoices: vec![text("1001"), text("1002")],
        },
        BillTrouble::ClosedPeriod {
            date: date(2026, 6, 30),
        },
        BillTrouble::Gone {
            number: Some(text("1001")),
            total: Some(cents(41_940)),
        },
        BillTrouble::Gone {
            number: None,
            total: None,
        },
        mismatch(None),
        mismatch(Some(cents(1))),
        BillTrouble::FieldsLeftOut {
            fields: vec![field(), field()],
        },
    ]
}

fn of_housecall() -> Vec<HousecallTrouble> {
    vec![
        HousecallTrouble::Refused {
            reason: text("it is gone"),
        },
        HousecallTrouble::FieldUnreadable(field()),
        HousecallTrouble::NoCustomer,
        HousecallTrouble::RecordLags {
            event: text("finished"),
        },
        HousecallTrouble::PushedButRemoved,
    ]
}

fn of_quickbooks() -> Vec<QuickbooksTrouble> {
    vec![
        QuickbooksTrouble::Refused {
            what: None,
            words: words(),
        },
        QuickbooksTrouble::Refused {
            what: Some(text("the customer Dana Sample")),
            words: words(),
        },
        QuickbooksTrouble::KeepsFailing {
            tries: 7,
            since: date(2026, 7, 24).at(15, 5, 0, 0),
            reason: text("status 500"),
        },
        QuickbooksTrouble::NotLookedAt {
            reason: text("status 500"),
        },
    ]
}

fn of_removals() -> Vec<Removal> {
    let removed = Removed::Invoice;
    let numbers = vec![text("1001"), text("1002")];
    let left = |obstacle| LeftOver {
        number: text("1001"),
        total: Some(cents(41_940)),
        obstacle,
    };
    vec![
        Removal::StillThere {
            removed: Removed::Job,
            numbers,
            totals: vec![cents(41_940), cents(9_900)],
            deposit: false,
        },
        Removal::StillThere {
            removed,
            numbers: vec![text("D-104")],
            totals: Vec::new(),
            deposit: true,
        },
        Removal::NotVoided {
            removed,
            documents: vec![
                left(VoidObstacle::PaidInHousecall),
                left(VoidObstacle::PaymentApplied),
                left(VoidObstacle::ClosedPeriod),
                left(VoidObstacle::Refused(None)),
                left(VoidObstacle::Refused(Some(text("No")))),
            ],
            deposit: false,
        },
    ]
}

fn of_changes() -> Vec<CustomerCause> {
    let name = || RefusedField {
        field: Field::Name,
        cause: FieldCause::NameTaken,
    };
    let email = || RefusedField {
        field: Field::Email,
        cause: FieldCause::Refused(words()),
    };
    let refused = |fields, others| CustomerCause::Refused { fields, others };
    vec![
        refused(vec![name()], false),
        refused(vec![name(), email()], false),
        refused(vec![name()], true),
        refused(vec![name(), email()], true),
        CustomerCause::NotAsked(words()),
        CustomerCause::Gone,
        CustomerCause::KeepsFailing {
            reason: text("status 500"),
        },
        CustomerCause::Unread {
            reason: text("status 400"),
        },
        CustomerCause::CreditApplied {
            credits: vec![credit("311", "1001", 2_000), credit("312", "1003", 7_900)],
        },
    ]
}

fn credit(payment: &str, invoice: &str, cents: i64) -> AppliedCredit {
    AppliedCredit {
        payment: qbo::Id::new(payment),
        invoice: text(invoice),
        amount: Cents::new(cents),
    }
}

fn of_moves() -> Vec<NotMoved> {
    let category = || text("Parts");
    vec![
        NotMoved::NameTaken,
        NotMoved::Inactive,
        NotMoved::CategoryNameTaken {
            category: category(),
            holder: text("a service"),
        },
        NotMoved::CategoryInactive {
            category: category(),
        },
        NotMoved::OtherInactive,
        NotMoved::Refused(words()),
    ]
}

fn of_entries() -> Vec<EntryCause> {
    vec![EntryCause::Inactive, EntryCause::Refused(words())]
}

fn of_invoices() -> Vec<InvoiceCause> {
    vec![
        InvoiceCause::NoJob,
        InvoiceCause::NoCustomer {
            sold: Some(text("Yearly care")),
            total: Some(cents(12_000)),
            paid: Some(date(2026, 7, 24)),
        },
        InvoiceCause::Refused {
            reason: text("status 400"),
        },
        InvoiceCause::FieldUnreadable(field()),
    ]
}

fn of_payments() -> Vec<PaymentTrouble> {
    let foreign = |reference: Option<&str>, dated: Option<_>| ForeignPayment {
        id: qbo::Id::new("311"),
        amount: cents(12_000),
        date: dated,
        reference: reference.map(text),
    };
    let causes = [
        UnusableCause::NoAmount,
        UnusableCause::Negative,
        UnusableCause::NoDate,
        UnusableCause::Surcharge,
        UnusableCause::ToldTwice,
    ];
    let mut all: Vec<PaymentTrouble> = causes.map(PaymentTrouble::Unusable).into();
    all.extend([
        PaymentTrouble::NoInvoice,
        PaymentTrouble::InvoiceGone {
            number: "1001".to_owned(),
            total: Some(Cents::new(12_000)),
        },
        PaymentTrouble::MaybeThere {
            candidates: vec![
                foreign(Some("1042"), Some(date(2026, 7, 22))),
                foreign(None, None),
            ],
        },
        PaymentTrouble::Overpaid {
            applied: cents(10_000),
            rest: cents(2_000),
        },
        PaymentTrouble::NotApplied {
            expected: cents(12_000),
            applied: Cents::ZERO,
        },
        PaymentTrouble::Changed {
            differences: vec![Difference {
                what: text("amount"),
                sent: text("100.00"),
                now: text("120.00"),
            }],
            sides: sides(12_000, 10_000),
        },
        PaymentTrouble::ChangedThere {
            differences: vec![Difference {
                what: text("amount"),
                sent: text("100.00"),
                now: text("120.00"),
            }],
            sides: sides(10_000, 12_000),
        },
        PaymentTrouble::Removed {
            waiting: Vec::new(),
        },
        PaymentTrouble::Returned {
            waiting: vec![cents(12_000), cents(500)],
        },
        PaymentTrouble::Gone,
        PaymentTrouble::ClosedPeriod {
            date: date(2026, 6, 30),
            stands: false,
        },
        PaymentTrouble::Refused(words()),
    ]);
    all
}

fn payment(trouble: PaymentTrouble, is_told: bool) -> Alert {
    Alert::Payment(Box::new(PaymentAlert {
        job: job(Some("104"), None),
        payment: PaymentRef {
            id: PaymentId::parse("invpay_1").unwrap(),
            amount: is_told.then(|| cents(12_000)),
            date: is_told.then(|| date(2026, 7, 24)),
            method: is_told.then(|| text("Check")),
            invoice: is_told.then(|| text("1001")),
        },
        trouble,
        refunds: Vec::new(),
        payments: Vec::new(),
    }))
}

fn of_refunds() -> Vec<RefundTrouble> {
    use refund::UnusableCause::{Negative, NoAmount, NoDate, Surcharge, ToldTwice};
    let causes = [NoAmount, Negative, NoDate, Surcharge, ToldTwice];
    let mut all: Vec<RefundTrouble> = causes.map(RefundTrouble::Unusable).into();
    all.extend([
        RefundTrouble::MaybeThere {
            date: Some(date(2026, 7, 24)),
            number: Some(text("R-7")),
        },
        RefundTrouble::MaybeExpense {
            date: Some(date(2026, 7, 24)),
            number: None,
        },
        RefundTrouble::MoreThanPaid {
            paid: cents(12_000),
            refunded: cents(14_000),
        },
        RefundTrouble::NotApplied { left: cents(3_000) },
        RefundTrouble::NoAccount,
        RefundTrouble::Differs {
            refund: cents(4_000),
            receipt: cents(4_001),
        },
        RefundTrouble::Gone {
            receipt: cents(4_000),
            expense: cents(0),
        },
        RefundTrouble::Gone {
            receipt: cents(0),
            expense: cents(4_000),
        },
        RefundTrouble::Gone {
            receipt: cents(1_500),
            expense: cents(2_500),
        },
        RefundTrouble::ClosedPeriod {
            date: date(2026, 6, 30),
            stands: false,
        },
        RefundTrouble::Refused(words()),
    ]);
    use refund::NotReopened::{ClosedMonth, Deposited, EnteredByHand, NoPayment, Refused};
    let not_reopened = [Deposited, ClosedMonth, EnteredByHand, NoPayment, Refused];
    all.extend(not_reopened.map(RefundTrouble::NotReopened));
    all.extend(not_reopened.map(|why| RefundTrouble::NotTied {
        amount: cents(1_500),
        why,
    }));
    all
}

fn of_receipts() -> Vec<ReceiptTrouble> {
    vec![
        ReceiptTrouble::MaybeThere {
            date: Some(date(2026, 7, 24)),
            number: Some(text("S-7")),
        },
        ReceiptTrouble::Gone,
        ReceiptTrouble::Removed,
        ReceiptTrouble::Returned,
        ReceiptTrouble::Changed {
            differences: vec![
                Difference {
                    what: text("amount"),
                    sent: text("99.00"),
                    now: text("95.00"),
                },
                Difference {
                    what: text("date"),
                    sent: text("2026-07-23"),
                    now: text("2026-07-24"),
                },
            ],
            sides: sides(9_500, 9_900),
        },
        ReceiptTrouble::Unknown,
        ReceiptTrouble::ClosedPeriod {
            date: date(2026, 6, 30),
        },
        ReceiptTrouble::Refused(words()),
    ]
}

fn receipt(trouble: ReceiptTrouble) -> Alert {
    Alert::Receipt(Box::new(ReceiptAlert {
        job: job(Some("104"), None),
        payment: PaymentRef {
            id: PaymentId::parse("invpay_2").unwrap(),
            amount: Some(cents(9_900)),
            date: Some(date(2026, 7, 24)),
            method: Some(text("Check")),
            invoice: Some(text("1001")),
        },
        of: InvoiceId::parse("invoice_1").unwrap(),
        waiting: match trouble {
            ReceiptTrouble::Removed | ReceiptTrouble::Returned => vec![cents(4_000)],
            _ => Vec::new(),
        },
        trouble,
    }))
}

fn refund(trouble: RefundTrouble, is_told: bool) -> Alert {
    Alert::Refund(Box::new(RefundAlert {
        job: job(Some("104"), None),
        refund: RefundRef {
            id: RefundId::parse("invref_1").unwrap(),
            amount: is_told.then(|| cents(4_000)),
            date: is_told.then(|| date(2026, 7, 24)),
            invoice: is_told.then(|| text("1001")),
        },
        trouble,
        waiting: Vec::new(),
    }))
}

fn of_connections() -> Vec<ConnectionAlert> {
    let reason = || text("status 503");
    let since = date(2026, 7, 24).at(0, 30, 0, 0);
    vec![
        ConnectionAlert::ReadOnly,
        ConnectionAlert::Reconnect { reason: reason() },
        ConnectionAlert::RecordsLost {
            document: "invoice 1001 of Dana Sample over 99.00".to_owned(),
        },
        ConnectionAlert::AppKeysRefused { reason: reason() },
        ConnectionAlert::HousecallUnauthorized,
        ConnectionAlert::HousecallAway {
            since,
            reason: reason(),
        },
        ConnectionAlert::QuickbooksAway {
            since,
            reason: reason(),
        },
        ConnectionAlert::ListsRefused { reason: reason() },
        ConnectionAlert::PullFails { reason: reason() },
        ConnectionAlert::ListsUnreadable(field()),
        ConnectionAlert::RequestRefused(words()),
    ]
}

/// Fails unless every variant is among these.
fn all<T: VariantNames>(some: Vec<T>) -> Vec<T>
where
    for<'a> &'a T: Into<&'static str>,
{
    let names: BTreeSet<&str> = some.iter().map(Into::into).collect();
    assert_eq!(names, T::VARIANTS.iter().copied().collect());
    some
}

fn troubles() -> Vec<JobTrouble> {
    fn of<T: VariantNames + Into<JobTrouble>>(some: Vec<T>) -> Vec<JobTrouble>
    where
        for<'a> &'a T: Into<&'static str>,
    {
        all(some).into_iter().map(Into::into).collect()
    }
    all([
        of(of_customers()),
        of(of_items()),
        of(of_numbers()),
        of(of_taxes()),
        of(of_bills()),
        of(of_housecall()),
        of(of_quickbooks()),
        of(of_removals()),
    ]
    .concat())
}

pub(super) fn alerts() -> Vec<Alert> {
    let customer = |place: Option<&str>, cause| CustomerAlert {
        customer: CustomerRef {
            id: CustomerId::parse("cus_1").unwrap(),
            place: place.map(text),
            name: text("Dana Sample"),
        },
        cause,
    };
    let item = |cause| ItemAlert {
        item: ItemRef {
            slot: text("item#srv_1"),
            name: text("Filter"),
        },
        cause,
    };
    let entry = |cause| EntryAlert {
        entry: EntryRef {
            slot: text("payment-method#card"),
            name: text("the payment method Card"),
        },
        cause,
    };
    let invoice = |number: Option<&str>, cause| InvoiceAlert {
        invoice: InvoiceId::parse("invoice_1").unwrap(),
        number: number.map(text),
        cause,
    };
    let changes = all(of_changes()).into_iter();
    let mut alerts: Vec<Alert> = troubles().into_iter().map(about).collect();
    alerts.extend(changes.map(|cause| Alert::Customer(customer(None, cause))));
    let gone = customer(Some("adr_1"), CustomerCause::Gone);
    alerts.push(Alert::Customer(gone));
    let stays = all(of_moves()).into_iter().map(ItemCause::Stays);
    let not_made = ItemCause::NotMade(ItemTrouble::CategoryInactive {
        category: text("Parts"),
    });
    let causes = all(stays.chain([not_made]).collect());
    alerts.extend(causes.into_iter().map(|cause| Alert::Item(item(cause))));
    let entries = all(of_entries()).into_iter();
    alerts.extend(entries.map(|cause| Alert::Entry(entry(cause))));
    let invoices = all(of_invoices()).into_iter();
    alerts.extend(invoices.map(|cause| Alert::Invoice(invoice(Some("1001"), cause))));
    alerts.push(Alert::Invoice(invoice(None, InvoiceCause::NoJob)));
    let nothing_told = InvoiceCause::NoCustomer {
        sold: None,
        total: None,
        paid: None,
    };
    alerts.push(Alert::Invoice(invoice(None, nothing_told)));
    let payments = all(of_payments()).into_iter();
    alerts.extend(payments.map(|trouble| payment(trouble, true)));
    alerts.push(payment(PaymentTrouble::NoInvoice, false));
    let Alert::Payment(mut gone) = payment(PaymentTrouble::Gone, true) else {
        unreachable!("it is about a payment")
    };
    gone.refunds = vec![cents(1_234), cents(500)];
    gone.payments = vec![cents(1_000)];
    alerts.push(Alert::Payment(gone));
    let refunds = all(of_refunds()).into_iter();
    alerts.extend(refunds.map(|trouble| refund(trouble, true)));
    alerts.push(refund(RefundTrouble::NoAccount, false));
    let Alert::Refund(mut held) = refund(RefundTrouble::NoAccount, true) else {
        unreachable!("it is about a refund")
    };
    held.waiting = vec![cents(2_500), cents(4_900)];
    alerts.push(Alert::Refund(held));
    alerts.extend(all(of_receipts()).into_iter().map(receipt));
    alerts.push(Alert::PriceBook {
        field: text("data[2].name"),
    });
    let connections = all(of_connections()).into_iter();
    alerts.extend(connections.map(Alert::Connection));
    all(alerts)
}

#[test]
fn s1_each_alert_says_what_it_is_about_what_is_so_and_what_to_do() {
    let alerts = alerts();
    let kinds: BTreeSet<AlertKind> = alerts.iter().map(Alert::kind).collect();
    assert_eq!(kinds, AlertKind::iter().collect());
    let told = alerts.iter().map(|alert| {
        format!(
            "{} {}\n  {}\n  {}\n",
            alert.kind().name(),
            alert.subject(),
            alert.message(),
            alert.resolution()
        )
    });
    insta::assert_snapshot!(told.collect::<String>());
}

#[test]
fn k1_the_alerts_of_a_customer_are_found_by_their_types() {
    let of_customers = alerts().into_iter();
    let of_customers = of_customers.filter(|alert| matches!(alert.subject(), Subject::Customer(_)));
    let kinds: BTreeSet<AlertKind> = of_customers.map(|alert| alert.kind()).collect();
    assert_eq!(kinds, AlertKind::OF_CUSTOMERS.into_iter().collect());
}

#[test]
fn s1_what_stands_in_quickbooks_is_not_called_unsent() {
    let told = troubles().into_iter().map(|trouble| {
        let before = about(trouble.clone());
        let after = about(trouble).of(&job(None, None), true);
        (before, after)
    });
    let differing = told.filter(|(before, after)| before.message() != after.message());
    let lines = differing.map(|(_, after)| format!("{}\n", after.message()));
    insta::assert_snapshot!(lines.collect::<String>());
}

#[test]
fn s1_an_invoice_beside_the_main_one_is_named_and_has_alerts_of_its_own() {
    let of = |role, number: Option<&str>| {
        let mut alert = JobAlert::new(job(number, Some("Rosa Quill")), BillTrouble::NoLines);
        alert.document = Some(DocumentRef {
            role,
            number: text("1002"),
        });
        let alert = Alert::Job(alert);
        let message = alert.message();
        let (lead, _) = message.split_once(" was not").unwrap();
        (alert.subject().to_string(), lead.to_owned())
    };
    for (role, number, subject, lead) in [
        (Role::Main, Some("104"), "job_1", "Job 104"),
        (Role::Part(1), Some("104"), "job_1", "Job 104"),
        (Role::Main, None, "job_1", "A job of Rosa Quill"),
        (
            Role::Part(2),
            Some("104"),
            "job_1#partial#2",
            "Invoice 1002 of job 104",
        ),
        (
            Role::Deposit,
            None,
            "job_1#deposit#1",
            "Invoice 1002 of a job of Rosa Quill",
        ),
    ] {
        let told = of(role, number);
        assert_eq!((told.0.as_str(), told.1.as_str()), (subject, lead));
    }
    let unread = Alert::Job(JobAlert::new(job(None, None), BillTrouble::NoLines));
    assert!(unread.message().starts_with("A job was not sent"));
}

#[test]
fn s1_an_alert_is_read_as_it_was_written() {
    for alert in alerts() {
        let text = serde_json::to_string(&alert).unwrap();
        assert_eq!(
            serde_json::from_str::<Alert>(&text).unwrap(),
            alert,
            "{text}"
        );
    }
}

/// Each amount as `owed kept credit`, from Housecall Pro's side, with what makes it.
fn told_apart(alert: &Alert) -> Vec<(i64, i64, i64)> {
    let apart = alert.apart().into_iter();
    let told = apart.map(|one| (one.owed(), one.kept(), one.credit()));
    told.map(|(owed, kept, credit)| (owed.get(), kept.get(), credit.get()))
        .collect()
}

#[test]
fn v2_what_both_books_have_otherwise_is_named_to_the_cent() {
    for alert in alerts() {
        let message = alert.message();
        for apart in alert.apart() {
            let amount = apart.amount().to_string();
            assert!(message.contains(&amount), "{amount} is not in: {message}");
        }
    }
}

#[test]
fn v2_an_alert_of_money_says_what_is_owed_and_what_came_in() {
    let waiting = || vec![cents(12_000), cents(500)];
    let other = PaymentTrouble::Changed {
        differences: Vec::new(),
        sides: sides(12_000, 10_000),
    };
    let date_only = PaymentTrouble::Changed {
        differences: Vec::new(),
        sides: sides(12_000, 12_000),
    };
    let moved = PaymentTrouble::ChangedThere {
        differences: Vec::new(),
        sides: sides(12_000, 14_000),
    };
    let (expected, applied) = (cents(12_000), cents(4_000));
    for (trouble, told) in [
        (PaymentTrouble::NoInvoice, vec![(-12_000, 12_000, 0)]),
        (PaymentTrouble::Gone, vec![(-12_000, 12_000, 0)]),
        (
            PaymentTrouble::Overpaid {
                applied,
                rest: cents(8_000),
            },
            vec![(0, 0, 8_000)],
        ),
        (
            PaymentTrouble::NotApplied { expected, applied },
            vec![(0, 0, 8_000)],
        ),
        (other, vec![(-2_000, 2_000, 0)]),
        (date_only, Vec::new()),
        (moved, vec![(2_000, -2_000, 0)]),
        (
            PaymentTrouble::Returned { waiting: waiting() },
            vec![(12_000, -12_000, 0), (-12_000, 12_000, 0), (-500, 500, 0)],
        ),
    ] {
        let alert = payment(trouble, true);
        assert_eq!(told_apart(&alert), told, "{}", alert.message());
    }
    let mut gone = payment(PaymentTrouble::Gone, true);
    if let Alert::Payment(gone) = &mut gone {
        gone.refunds = vec![cents(1_234)];
        gone.payments = vec![cents(700)];
    }
    let told = [(-12_000, 12_000, 0), (1_234, -1_234, 0), (-700, 700, 0)];
    assert_eq!(told_apart(&gone), told);
    let mut held = refund(RefundTrouble::NoAccount, true);
    if let Alert::Refund(held) = &mut held {
        held.waiting = waiting();
    }
    let unsent = [(4_000, -4_000, 0), (-12_000, 12_000, 0), (-500, 500, 0)];
    assert_eq!(told_apart(&held), unsent);
    let differs = RefundTrouble::Differs {
        refund: cents(4_000),
        receipt: cents(4_001),
    };
    assert_eq!(told_apart(&refund(differs, true)), [(0, 1, 0)]);
    let gone = RefundTrouble::Gone {
        receipt: cents(1_500),
        expense: cents(2_500),
    };
    let told = [(1_500, -1_500, 0), (0, -2_500, 0)];
    assert_eq!(told_apart(&refund(gone, true)), told);
    let gone = told_apart(&receipt(ReceiptTrouble::Gone));
    assert_eq!(gone, [(-9_900, 9_900, 0)]);
    let receipt_stands = RefundTrouble::NotReopened(refund::NotReopened::Deposited);
    assert_eq!(told_apart(&refund(receipt_stands, true)), []);
    let removed = told_apart(&receipt(ReceiptTrouble::Removed));
    assert_eq!(removed, [(9_900, -9_900, 0), (-4_000, 4_000, 0)]);
}

#[test]
fn v2_an_alert_of_an_invoice_says_what_it_comes_to() {
    let of = |trouble: JobTrouble, stands, sides| {
        let mut alert = JobAlert::new(job(Some("104"), None), trouble);
        (alert.stands, alert.sides) = (stands, sides);
        Alert::Job(alert)
    };
    let no_lines = || BillTrouble::NoLines.into();
    let unsent = of(no_lines(), false, sides(41_940, 0));
    assert_eq!(told_apart(&unsent), [(41_940, 0, 0)]);
    assert_eq!(
        unsent.message(),
        "Job 104 was not sent to QuickBooks: there is not a single line on it. It comes to 419.40."
    );
    let changed = of(no_lines(), true, sides(41_940, 50_000));
    assert_eq!(told_apart(&changed), [(-8_060, 0, 0)]);
    assert_eq!(
        changed.message(),
        "What changed of job 104 was not sent to QuickBooks: there is not a single line on it. It comes to 419.40 in Housecall Pro and 500.00 in QuickBooks. The difference is 80.60."
    );
    let same = of(no_lines(), true, sides(41_940, 41_940));
    assert_eq!(
        (told_apart(&same), same.message().contains("comes to")),
        (Vec::new(), false)
    );
    let kept = NumberTrouble::HolderInClosedPeriod {
        number: text("1001"),
        holder: None,
        date: None,
        kept: Some(text("104")),
    };
    assert_eq!(told_apart(&of(kept.into(), true, sides(100, 0))), []);
    let removed = Removal::StillThere {
        removed: Removed::Job,
        numbers: vec![text("1001"), text("1002")],
        totals: vec![cents(41_940), cents(9_900)],
        deposit: false,
    };
    let removed = of(removed.into(), false, None);
    assert_eq!(told_apart(&removed), [(-41_940, 0, 0), (-9_900, 0, 0)]);
}
