//! Payments of Housecall Pro become payments in QuickBooks, each once (P1 to P4, P7), and what somebody entered there is
//! not paid a second time (R3).

use std::time::Duration;

use hcp_sandbox::{
    InvoiceId, Invoicing, JobId, NewPayment, Part, PaymentId, PaymentMethod, PaymentStatus,
};
use mapping::payment::Decision;
use qbo_sandbox::{Act, Json};
use simulation::Town;
use store::JobState;
use sync::Declined;

use crate::{
    deposits::{deposit, half},
    documents::{DAY, PER_INVOICE, issue, pay, town},
    parties::{alert, edit, finish, id, small_job},
    people::{cents, new_customer, requests, total},
    settings::change,
    stories::make,
};

/// A payment in QuickBooks: amount, what of it pays nothing, date, method, reference.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Booked {
    pub(crate) total: i64,
    pub(crate) unapplied: i64,
    date: String,
    method: String,
    reference: String,
}

pub(crate) fn payments(town: &Town) -> Vec<Booked> {
    let payments = town.qbo.objects("Payment").into_iter();
    let booked = payments.map(|payment| {
        let text = |path| payment.text(path).unwrap_or_default().to_owned();
        Booked {
            total: cents(&payment, "TotalAmt"),
            unapplied: cents(&payment, "UnappliedAmt"),
            date: text("TxnDate"),
            method: text("PaymentMethodRef.name"),
            reference: text("PaymentRefNum"),
        }
    });
    booked.collect()
}

pub(crate) fn amounts(town: &Town) -> Vec<i64> {
    payments(town).iter().map(|payment| payment.total).collect()
}

/// What is left to pay of all invoices in QuickBooks.
pub(crate) fn owed(town: &Town) -> i64 {
    let invoices = town.qbo.objects("Invoice");
    invoices
        .iter()
        .map(|invoice| cents(invoice, "Balance"))
        .sum()
}

/// What is left to pay of a job in Housecall Pro.
fn due(town: &Town, job: &JobId) -> i64 {
    let job = town.hcp.job(job).unwrap();
    job["outstanding_balance"].as_i64().unwrap()
}

/// Nothing waits or was told, QuickBooks saw nothing odd, and both say that so much is left to pay.
pub(crate) fn assert_paid(town: &Town, job: &JobId) {
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    assert_eq!(town.waiting(), Vec::<String>::new());
    assert_eq!(town.qbo.violations(), []);
    assert_eq!(owed(town), due(town, job));
    assert!(payments(town).iter().all(|payment| payment.unapplied == 0));
    assert_eq!(town.state(job), JobState::Synced);
}

/// A sent invoice over 99 dollars.
pub(crate) async fn invoiced(seed: u64) -> (Town, JobId) {
    let town = Town::new(seed).await;
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    finish(&town, &job).await;
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    (town, job)
}

pub(crate) async fn pay_job(town: &Town, job: &JobId, payment: NewPayment) {
    town.hcp.pay_job(job, payment).unwrap();
    town.settle().await;
}

pub(crate) fn of_note(method: PaymentMethod, note: &str) -> NewPayment {
    NewPayment {
        note: Some(note.to_owned()),
        ..NewPayment::in_full(method)
    }
}

#[tokio::test]
async fn p1_a_paid_job_has_one_payment_on_its_invoice_for_one_write() {
    let (town, job) = invoiced(900).await;
    let before = requests(&town);
    pay_job(&town, &job, NewPayment::in_full(PaymentMethod::Card)).await;
    // The method is new to QuickBooks' setup as it was read last: a look-up, and the write that makes it.
    assert!(requests(&town) - before <= 3);
    assert_paid(&town, &job);
    let number = town.qbo.objects("Invoice")[0]
        .text("DocNumber")
        .unwrap()
        .to_owned();
    assert_eq!(
        payments(&town),
        [Booked {
            total: 9_900,
            unapplied: 0,
            date: "2026-07-24".to_owned(),
            method: "Credit Card".to_owned(),
            reference: number,
        }]
    );
    let payment = &town.qbo.objects("Payment")[0];
    assert_eq!(payment.text("CustomerRef.name"), Some("Dana Sample"));
    let undeposited = id(&town, "Account", "Name", "Undeposited Funds");
    assert_eq!(
        payment.text("DepositToAccountRef.value"),
        Some(undeposited.as_str())
    );
    assert!(payment.text("PrivateNote").unwrap().starts_with("HCP job"));
    // Nothing is left to do, whatever comes again.
    let before = requests(&town);
    town.push_by_hand(&job).await;
    town.settle().await;
    assert_eq!(requests(&town), before);
    assert_paid(&town, &job);
}

#[tokio::test]
async fn p1_one_payment_is_one_whatever_tells_of_it_in_whatever_order() {
    for seed in 0..12 {
        let town = Town::new(910 + seed).await;
        let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
        town.hcp.finish_job(&job).unwrap();
        town.hcp.send_invoice(&job).unwrap();
        pay_in_parts(&town, &job);
        let mut posted = town.hcp.take_webhooks();
        posted.extend(posted.clone());
        let chance = fakes::SeededChance::new(seed);
        for i in (1..posted.len()).rev() {
            let j = usize::try_from(chance.next_u64() % (i as u64 + 1)).unwrap();
            posted.swap(i, j);
        }
        for webhook in posted {
            town.receive(vec![webhook]).await;
            if chance.next_u64().is_multiple_of(2) {
                town.settle().await;
            }
        }
        town.settle().await;
        assert_paid(&town, &job);
        assert_eq!(amounts(&town), [4_000, 5_900], "seed {seed}");
    }
}

pub(crate) fn pay_in_parts(town: &Town, job: &JobId) {
    for payment in [
        NewPayment::of(PaymentMethod::Card, 4_000),
        NewPayment::in_full(PaymentMethod::Cash),
    ] {
        town.hcp.pay_job(job, payment).unwrap();
        town.clock.advance(Duration::from_secs(60));
    }
}

#[tokio::test]
async fn p4_partial_payments_leave_what_is_left_to_pay() {
    let (town, job) = invoiced(901).await;
    for (paid, left) in [(4_000, 5_900), (3_000, 2_900), (2_900, 0)] {
        town.clock.advance(DAY);
        pay_job(&town, &job, NewPayment::of(PaymentMethod::Card, paid)).await;
        assert_eq!(owed(&town), left);
        assert_paid(&town, &job);
    }
    assert_eq!(amounts(&town), [4_000, 3_000, 2_900]);
}

#[tokio::test]
async fn p1_only_what_went_through_is_sent() {
    for status in [PaymentStatus::Pending, PaymentStatus::Failed] {
        let (town, job) = invoiced(902).await;
        let payment = NewPayment {
            status,
            ..NewPayment::in_full(PaymentMethod::Ach)
        };
        pay_job(&town, &job, payment).await;
        assert_eq!(payments(&town), []);
        assert_eq!(owed(&town), 9_900);
    }
}

#[tokio::test]
async fn p2_methods_have_their_names_and_a_check_its_number() {
    for (method, note, name, reference) in [
        (PaymentMethod::Card, "", "Credit Card", None),
        (PaymentMethod::Ach, "", "ACH", None),
        (PaymentMethod::Cash, "Cash", "Cash", None),
        (PaymentMethod::Check, "Check #1042", "Check", Some("1042")),
        (PaymentMethod::Other, "gift", "Other", None),
    ] {
        let (town, job) = invoiced(903).await;
        let number = town.qbo.objects("Invoice")[0]
            .text("DocNumber")
            .unwrap()
            .to_owned();
        pay_job(&town, &job, of_note(method, note)).await;
        assert_paid(&town, &job);
        let booked = &payments(&town)[0];
        assert_eq!(booked.method, name);
        assert_eq!(booked.reference, reference.map_or(number, str::to_owned));
    }
}

#[tokio::test]
async fn p3_a_payment_goes_to_the_account_of_its_method() {
    let (town, job) = invoiced(904).await;
    let account = r#"{"Name":"Till","AccountType":"Bank"}"#;
    let till = make(&town, "Account", account);
    town.connect().await;
    change(&town, &[("deposit_to.Check", &till)]).await.unwrap();
    pay_job(&town, &job, of_note(PaymentMethod::Check, "Check 7")).await;
    assert_paid(&town, &job);
    let payment = &town.qbo.objects("Payment")[0];
    assert_eq!(
        payment.text("DepositToAccountRef.value"),
        Some(till.as_str())
    );
}

#[tokio::test]
async fn p1_a_payment_before_anything_else_makes_the_invoice_first() {
    let town = Town::new(905).await;
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    pay_job(&town, &job, NewPayment::in_full(PaymentMethod::Card)).await;
    assert_paid(&town, &job);
    assert_eq!(amounts(&town), [9_900]);
}

#[tokio::test]
async fn p1_deposit_and_rest_are_paid_each_on_its_invoice() {
    let town = town(906, Invoicing::MatchJobNumber, &[]).await;
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    let deposit = deposit(&town, &job, half());
    pay(&town, &deposit);
    town.settle().await;
    finish(&town, &job).await;
    town.hcp.send_invoice(&job).unwrap();
    pay_job(&town, &job, NewPayment::in_full(PaymentMethod::Card)).await;
    assert_paid(&town, &job);
    assert_eq!(amounts(&town), [4_950, 4_950]);
    let linked = |payment: &Json| payment.at("Line").unwrap().as_list().len();
    assert!(
        town.qbo
            .objects("Payment")
            .iter()
            .all(|payment| linked(payment) == 1)
    );
}

#[tokio::test]
async fn n3_n6_payments_of_progress_invoices_pay_what_stands_for_them() {
    for (settings, documents) in [(&[][..], 1), (&PER_INVOICE[..], 2)] {
        let town = town(907, Invoicing::Progress, settings).await;
        let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
        let parts: Vec<InvoiceId> = [half(), Part::Rest]
            .into_iter()
            .map(|part| issue(&town, &job, part))
            .collect();
        finish(&town, &job).await;
        for part in &parts {
            pay(&town, part);
            town.settle().await;
        }
        assert_paid(&town, &job);
        assert_eq!(amounts(&town), [4_950, 4_950]);
        assert_eq!(town.qbo.objects("Invoice").len(), documents);
    }
}

#[tokio::test]
async fn l4_a_tip_that_is_paid_with_the_invoice_is_part_of_its_payment() {
    let (town, job) = invoiced(908).await;
    let payment = NewPayment {
        tip: 1_500,
        ..NewPayment::in_full(PaymentMethod::Card)
    };
    pay_job(&town, &job, payment).await;
    assert_paid(&town, &job);
    assert_eq!(amounts(&town), [11_400]);
    assert_eq!(total(&town, &job), 11_400);
}

/// What the bookkeeper enters in QuickBooks on the only invoice there.
pub(crate) fn enter(town: &Town, amount: &str, date: &str, reference: &str) -> String {
    let invoice = &town.qbo.objects("Invoice")[0];
    let (id, customer) = (
        invoice.text("Id").unwrap(),
        invoice.text("CustomerRef.value").unwrap(),
    );
    make(
        town,
        "Payment",
        &format!(
            r#"{{"CustomerRef":{{"value":"{customer}"}},"TotalAmt":{amount},"TxnDate":"{date}","PaymentRefNum":"{reference}","Line":[{{"Amount":{amount},"LinkedTxn":[{{"TxnId":"{id}","TxnType":"Invoice"}}]}}]}}"#
        ),
    )
}

pub(crate) async fn decide(
    town: &Town,
    job: &JobId,
    decision: Decision,
) -> Result<(), sync::NotDone> {
    let job = hcp::JobId::parse(job.as_str()).unwrap();
    let (company, deadline) = (town.books().company, town.deadline());
    let decided = town
        .worker()
        .decide_payment(
            &company,
            &job,
            None,
            decision,
            &simulation::person(),
            deadline,
        )
        .await;
    town.settle().await;
    decided.map(drop)
}

#[tokio::test]
async fn r3_a_check_that_was_entered_in_quickbooks_is_not_paid_twice() {
    let (town, job) = invoiced(920).await;
    enter(&town, "99.00", "2026-07-23", "1042");
    town.clock.advance(DAY);
    pay_job(&town, &job, of_note(PaymentMethod::Check, "Check 1042")).await;
    assert_paid(&town, &job);
    assert_eq!(amounts(&town), [9_900]);
    // Nor later.
    town.push_by_hand(&job).await;
    town.settle().await;
    assert_paid(&town, &job);
    assert_eq!(town.qbo.count(Act::Create, Some("Payment")), 0);
}

#[tokio::test]
async fn r3_an_equal_payment_without_evidence_waits_for_a_person() {
    for (decision, expected) in [
        (Decision::Same, vec![4_000]),
        (Decision::Separate, vec![4_000, 4_000]),
    ] {
        let (town, job) = invoiced(921).await;
        enter(&town, "40.00", "2026-07-10", "77");
        pay_job(
            &town,
            &job,
            NewPayment {
                amount: Some(4_000),
                ..of_note(PaymentMethod::Check, "Check 1042")
            },
        )
        .await;
        assert_eq!(town.open_alerts(), ["payment_maybe_in_quickbooks"]);
        assert_eq!(amounts(&town), [4_000]);
        assert_eq!(town.state(&job), JobState::Alert);
        assert_eq!(
            alert(&town, "payment_maybe_in_quickbooks"),
            format!(
                "The payment of 40.00 on invoice {} (Check, 2026-07-24) was not sent to QuickBooks yet: it may be there \
                 already. Somebody entered in QuickBooks, on the same invoice: 40.00 of 2026-07-10 (reference 77).",
                town.qbo.objects("Invoice")[0].text("DocNumber").unwrap()
            )
        );
        decide(&town, &job, decision).await.unwrap();
        assert_eq!(amounts(&town), expected);
        assert_eq!(town.open_alerts(), Vec::<String>::new());
        assert_eq!(town.state(&job), JobState::Synced);
        // It was decided.
        let again = decide(&town, &job, decision).await.unwrap_err();
        assert!(
            matches!(again, sync::NotDone::Declined(Declined::NoSuch { .. })),
            "{again}"
        );
    }
}

#[tokio::test]
async fn r3_two_genuine_instalments_of_one_amount_stay_two() {
    let (town, job) = invoiced(922).await;
    // The first one is entered in QuickBooks too, the second one is not.
    enter(&town, "49.50", "2026-07-24", "");
    pay_job(&town, &job, NewPayment::of(PaymentMethod::Cash, 4_950)).await;
    assert_eq!(amounts(&town), [4_950]);
    town.clock.advance(DAY);
    pay_job(&town, &job, NewPayment::of(PaymentMethod::Cash, 4_950)).await;
    assert_paid(&town, &job);
    assert_eq!(amounts(&town), [4_950, 4_950]);
}

#[tokio::test]
async fn r3_a_card_payment_on_an_invoice_that_others_paid_is_told_by_its_answer() {
    let (town, job) = invoiced(923).await;
    let theirs = enter(&town, "99.00", "2026-07-24", "");
    pay_job(&town, &job, NewPayment::in_full(PaymentMethod::Card)).await;
    assert_eq!(town.open_alerts().len(), 1, "{:?}", town.open_alerts());
    assert_eq!(owed(&town), 0);
    // The bookkeeper takes theirs away.
    town.qbo.delete("Payment", &theirs).unwrap();
    if payments(&town).is_empty() {
        decide(&town, &job, Decision::Separate).await.unwrap();
    } else {
        apply(&town);
        town.push_by_hand(&job).await;
        town.settle().await;
    }
    assert_paid(&town, &job);
    assert_eq!(amounts(&town), [9_900]);
}

/// A person applies the only payment to the only invoice.
pub(crate) fn apply(town: &Town) {
    let payment = &town.qbo.objects("Payment")[0];
    let invoice = &town.qbo.objects("Invoice")[0];
    let (id, invoice) = (payment.text("Id").unwrap(), invoice.text("Id").unwrap());
    let customer = payment.text("CustomerRef.value").unwrap();
    edit(
        town,
        "Payment",
        id,
        &format!(
            r#"{{"CustomerRef":{{"value":"{customer}"}},"TotalAmt":99.00,"Line":[{{"Amount":99.00,"LinkedTxn":[{{"TxnId":"{invoice}","TxnType":"Invoice"}}]}}]}}"#
        ),
    );
}

#[tokio::test]
async fn s8_an_invoice_whose_update_is_refused_does_not_hold_up_its_payment() {
    let (town, job) = invoiced(924).await;
    town.qbo
        .configure(|company| company.book_close_date = Some("2026-07-24".parse().unwrap()));
    town.connect().await;
    town.clock.advance(DAY);
    let dearer = hcp_sandbox::LineChanges {
        unit_price: Some(10_900),
        ..hcp_sandbox::LineChanges::default()
    };
    let line = town.hcp.lines_of(&job)[0].clone();
    town.hcp.edit_line(&job, &line, dearer).unwrap();
    pay_job(&town, &job, NewPayment::of(PaymentMethod::Card, 9_900)).await;
    assert_eq!(town.open_alerts(), ["closed_period"]);
    assert_eq!(amounts(&town), [9_900]);
    assert_eq!(owed(&town), 0);
}

#[tokio::test]
async fn s10_p1_a_failure_that_quickbooks_answers_from_memory_holds_no_payment_for_ever() {
    let (town, job) = invoiced(925).await;
    pay_job(&town, &job, NewPayment::of(PaymentMethod::Card, 100)).await;
    pay_in_parts(&town, &job);
    // Of the two, one is made; the other one fails, and does so in every answer to the same request.
    let fails = qbo_sandbox::QboFault::BatchItem { nth: 1 };
    town.qbo.inject(qbo_sandbox::Fault::next(fails));
    town.settle().await;
    assert_paid(&town, &job);
    let mut paid = amounts(&town);
    paid.sort_unstable();
    assert_eq!(paid, [100, 4_000, 5_800]);
}

#[tokio::test]
async fn p1_a_link_that_quickbooks_drops_in_silence_is_tried_once_more_for_whom_the_invoice_is_now()
{
    let (town, job) = invoiced(926).await;
    // Somebody made the invoice out to another customer.
    let other = make(&town, "Customer", r#"{"DisplayName":"Sample Bakery"}"#);
    let invoice = town.qbo.objects("Invoice").remove(0);
    let to_other = format!(r#"{{"CustomerRef":{{"value":"{other}"}}}}"#);
    edit(&town, "Invoice", invoice.text("Id").unwrap(), &to_other);
    pay_job(&town, &job, NewPayment::in_full(PaymentMethod::Card)).await;
    let payment = town.qbo.objects("Payment").remove(0);
    assert_eq!(payment.text("CustomerRef.value"), Some(other.as_str()));
    assert_eq!(owed(&town), 0);
    assert_eq!(amounts(&town), [9_900]);
    assert_eq!(town.open_alerts(), Vec::<String>::new());
}

/// The invoice of a job in Housecall Pro, and its payments there.
pub(crate) fn paid_on(town: &Town, job: &JobId) -> (InvoiceId, Vec<PaymentId>) {
    let invoice = town.hcp.invoices_of(job).remove(0);
    let payments = town.hcp.invoice(&invoice).unwrap()["payments"].clone();
    let payments = payments.as_array().unwrap().iter();
    let ids = payments.map(|payment| PaymentId::from(payment["id"].as_str().unwrap().to_owned()));
    (invoice, ids.collect())
}

/// An invoice of which 40 dollars were paid by check, and that check was deleted in Housecall Pro.
pub(crate) async fn with_deleted_check(seed: u64) -> (Town, JobId, InvoiceId) {
    let (town, job) = invoiced(seed).await;
    let check = NewPayment {
        amount: Some(4_000),
        ..of_note(PaymentMethod::Check, "Check 1042")
    };
    pay_job(&town, &job, check).await;
    assert_paid(&town, &job);
    let (invoice, payments) = paid_on(&town, &job);
    town.hcp.delete_payment(&invoice, &payments[0]).unwrap();
    town.settle().await;
    (town, job, invoice)
}

#[tokio::test]
async fn p8_a_payment_that_is_deleted_and_entered_again_stays_one_payment() {
    let (town, job, _) = with_deleted_check(930).await;
    let before = town.qbo.objects("Payment");
    let again = NewPayment {
        amount: Some(4_000),
        ..of_note(PaymentMethod::Check, "Check 1042")
    };
    pay_job(&town, &job, again).await;
    assert_paid(&town, &job);
    assert_eq!(town.qbo.objects("Payment"), before);
    // It is one of ours from then on, and the rest is another one.
    pay_job(&town, &job, NewPayment::in_full(PaymentMethod::Card)).await;
    assert_paid(&town, &job);
    assert_eq!(amounts(&town), [4_000, 5_900]);
}

#[tokio::test]
async fn p8_p4_a_deleted_payment_is_told_and_others_of_its_invoice_wait_until_it_is_gone() {
    let (town, job, _) = with_deleted_check(931).await;
    pay_job(&town, &job, NewPayment::of(PaymentMethod::Card, 9_900)).await;
    assert_eq!(town.open_alerts(), ["payment_removed"]);
    assert_eq!(amounts(&town), [4_000]);
    assert_eq!(town.state(&job), JobState::Alert);
    let deleted = town.qbo.objects("Payment").remove(0);
    town.qbo
        .delete("Payment", deleted.text("Id").unwrap())
        .unwrap();
    town.push_by_hand(&job).await;
    town.settle().await;
    assert_paid(&town, &job);
    assert_eq!(amounts(&town), [9_900]);
}

#[tokio::test]
async fn p8_a_payment_that_the_bank_gives_back_is_told_at_once() {
    let (town, job) = invoiced(932).await;
    pay_job(&town, &job, NewPayment::in_full(PaymentMethod::Ach)).await;
    assert_paid(&town, &job);
    town.clock.advance(DAY);
    let (invoice, payments) = paid_on(&town, &job);
    let failed = PaymentStatus::Failed;
    town.hcp
        .settle_payment(&invoice, &payments[0], failed)
        .unwrap();
    town.settle().await;
    assert_eq!(town.open_alerts(), ["payment_returned"]);
    assert_eq!(town.state(&job), JobState::Alert);
    assert_eq!(owed(&town), 0, "nothing is forced");
    // The bookkeeper takes it off, and it is paid again.
    let returned = town.qbo.objects("Payment").remove(0);
    town.qbo
        .delete("Payment", returned.text("Id").unwrap())
        .unwrap();
    pay_job(&town, &job, NewPayment::in_full(PaymentMethod::Card)).await;
    assert_paid(&town, &job);
    assert_eq!(amounts(&town), [9_900]);
}

#[tokio::test]
async fn p1_one_payment_over_two_jobs_pays_both_invoices() {
    let town = Town::new(933).await;
    let dana = new_customer(&town, "Dana", "Sample");
    let jobs = [small_job(&town, &dana), small_job(&town, &dana)];
    for job in &jobs {
        finish(&town, job).await;
        town.hcp.send_invoice(job).unwrap();
    }
    town.settle().await;
    let invoices: Vec<InvoiceId> = jobs
        .iter()
        .map(|job| town.hcp.invoices_of(job).remove(0))
        .collect();
    let check = of_note(PaymentMethod::Check, "Check 1042");
    town.hcp.pay_invoices(&invoices, check).unwrap();
    town.settle().await;
    assert_eq!(amounts(&town), [9_900, 9_900]);
    assert_eq!(owed(&town), 0);
    assert_eq!(town.open_alerts(), Vec::<String>::new());
}

#[tokio::test]
async fn r3_a_payment_that_is_marked_long_after_it_was_entered_in_quickbooks_waits_for_a_person() {
    let (town, job) = invoiced(934).await;
    enter(&town, "99.00", "2026-07-24", "1042");
    town.clock.advance(DAY * 9);
    let invoice = town.hcp.invoices_of(&job).remove(0);
    town.hcp
        .mark_as_paid(&invoice, PaymentMethod::Check, None)
        .unwrap();
    town.settle().await;
    assert_eq!(town.open_alerts(), ["payment_maybe_in_quickbooks"]);
    decide(&town, &job, Decision::Same).await.unwrap();
    assert_paid(&town, &job);
    assert_eq!(amounts(&town), [9_900]);
}

#[tokio::test]
async fn p4_r6_what_somebody_freed_by_lowering_an_invoice_pays_it_again_when_it_is_put_right() {
    let (town, job) = invoiced(935).await;
    pay_job(&town, &job, NewPayment::of(PaymentMethod::Card, 6_000)).await;
    let invoice = town.qbo.objects("Invoice").remove(0);
    let item = invoice
        .text("Line.0.SalesItemLineDetail.ItemRef.value")
        .unwrap();
    let lower = format!(
        r#"{{"Line":[{{"Amount":50.00,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{{"ItemRef":{{"value":"{item}"}}}}}}]}}"#
    );
    edit(&town, "Invoice", invoice.text("Id").unwrap(), &lower);
    assert_eq!((owed(&town), payments(&town)[0].unapplied), (0, 1_000));
    // The next change writes all of ours.
    let line = town.hcp.lines_of(&job)[0].clone();
    let dearer = hcp_sandbox::LineChanges {
        unit_price: Some(10_000),
        ..hcp_sandbox::LineChanges::default()
    };
    town.hcp.edit_line(&job, &line, dearer).unwrap();
    town.push_by_hand(&job).await;
    town.settle().await;
    assert_eq!((owed(&town), payments(&town)[0].unapplied), (4_000, 0));
    pay_job(&town, &job, NewPayment::in_full(PaymentMethod::Card)).await;
    assert_eq!(amounts(&town), [6_000, 4_000]);
    assert_eq!(owed(&town), due(&town, &job));
    assert_eq!(town.open_alerts(), Vec::<String>::new());
}

#[tokio::test]
async fn s2_p4_a_difference_that_a_person_accepted_is_told_again_only_when_it_is_another_one() {
    let (town, job) = invoiced(940).await;
    let (id, company) = (
        hcp::JobId::parse(job.as_str()).unwrap(),
        town.books().company,
    );
    enter(&town, "40.00", "2026-07-10", "77");
    pay_job(&town, &job, NewPayment::of(PaymentMethod::Card, 9_900)).await;
    assert_eq!(town.open_alerts(), ["payment_not_applied"]);
    let dismiss = async |cents: i64| {
        let (by, deadline) = (money::Cents::new(cents), town.deadline());
        let worker = town.worker();
        let person = simulation::person();
        let dismissed = worker.dismiss_difference(&company, &id, by, "agreed", &person, deadline);
        let dismissed = dismissed.await;
        town.settle().await;
        dismissed
    };
    let refused = dismiss(3_999).await.unwrap_err();
    assert!(
        refused.to_string().contains("other differences: 40.00"),
        "{refused}"
    );
    dismiss(4_000).await.unwrap();
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    assert_eq!(town.state(&job), JobState::Synced);
    town.push_by_hand(&job).await;
    town.settle().await;
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    // It becomes another one: a part of it is freed.
    let mut ours = town.qbo.objects("Payment").into_iter();
    let ours = ours.find(|one| cents(one, "TotalAmt") == 9_900).unwrap();
    let (id, customer) = (
        ours.text("Id").unwrap(),
        ours.text("CustomerRef.value").unwrap(),
    );
    let invoice = town.qbo.objects("Invoice").remove(0);
    let invoice = invoice.text("Id").unwrap();
    let less = format!(
        r#"{{"CustomerRef":{{"value":"{customer}"}},"TotalAmt":99.00,"Line":[{{"Amount":50.00,"LinkedTxn":[{{"TxnId":"{invoice}","TxnType":"Invoice"}}]}}]}}"#
    );
    edit(&town, "Payment", id, &less);
    enter(&town, "9.00", "2026-07-24", "78");
    town.pull().await;
    assert_eq!(town.open_alerts(), ["payment_not_applied"]);
}
