use serde_json::{Value, json};

use super::*;
use crate::fixtures::{finished, hour, invoiced, read};

/// Minutes after noon at which something happened.
fn at(minute: u32) -> String {
    format!("2026-07-24T12:{minute:02}:00Z")
}

/// An invoice over 95 dollars, with what was paid of it and given back at these minutes.
fn invoice(number: &str, paid: &[(u32, i64)], back: &[(u32, i64)]) -> Value {
    let paid = paid.iter().map(|(minute, amount)| {
        json!({
            "id": format!("invpay_{minute}"), "status": "succeeded", "amount": amount,
            "payment_method": "credit_card", "paid_at": at(*minute),
        })
    });
    let back = back.iter().map(|(minute, amount)| {
        json!({
            "id": format!("invref_{minute}"), "status": "succeeded", "amount": amount,
            "payment_method": "credit_card", "refunded_at": at(*minute),
        })
    });
    json!({
        "id": format!("invoice_{number}"), "invoice_number": number, "amount": 9_500, "due_amount": 9_500,
        "payments": paid.collect::<Vec<_>>(), "refunds": back.collect::<Vec<_>>(),
    })
}

fn records(invoices: &[Value]) -> JobRecords {
    invoices.iter().fold(finished(&[hour()]), invoiced)
}

/// A payment over so many cents in QuickBooks; void: none.
fn payment(minute: u32, invoice: &str, there: Option<i64>) -> FoundPayment {
    let json = json!({
        "Id": minute.to_string(), "SyncToken": "1", "TotalAmt": there.unwrap_or_default() / 100,
        "PrivateNote": if there.is_some() { "HCP job 1" } else { "Voided - HCP job 1" },
    });
    let there = qbo::Payment {
        total_amt: Some(Cents::new(there.unwrap_or_default())),
        ..read(&json)
    };
    FoundPayment {
        id: PaymentId::parse(&format!("invpay_{minute}")).unwrap(),
        invoices: vec![InvoiceId::parse(invoice).unwrap()],
        there,
        known: Known::Nothing,
    }
}

fn refund(minute: u32, invoice: &str, total: i64) -> FoundRefund {
    FoundRefund {
        id: RefundId::parse(&format!("invref_{minute}")).unwrap(),
        invoice: InvoiceId::parse(invoice).unwrap(),
        there: qbo::RefundReceipt {
            total_amt: Some(Cents::new(total)),
            ..qbo::RefundReceipt::default()
        },
    }
}

/// A sales receipt over so many cents in QuickBooks; void: none.
fn receipt(minute: u32, invoice: &str, there: Option<i64>) -> FoundReceipt {
    FoundReceipt {
        payment: PaymentId::parse(&format!("invpay_{minute}")).unwrap(),
        invoice: InvoiceId::parse(invoice).unwrap(),
        there: qbo::SalesReceipt {
            total_amt: Some(Cents::new(there.unwrap_or_default())),
            private_note: there.is_none().then(|| "Voided - HCP job 1".to_owned()),
            ..qbo::SalesReceipt::default()
        },
    }
}

const MAIN: &str = "invoice_1001";

fn restored(records: &JobRecords, found: &FoundMoney) -> RestoredMoney {
    let behind = records.invoices.iter().map(|one| one.id.clone());
    let documents = [(Id::new("145"), behind.collect())];
    records.restored_money(found, &documents, &TimeZone::UTC)
}

/// What a payment's slot remembers of refunds, and what is told of it.
fn told(one: &RestoredPayment) -> String {
    let reopened = one.memory.reopened.iter();
    let mut told: Vec<String> = reopened
        .map(|one| format!("{} {}", one.refund, one.amount))
        .collect();
    if one.lowered > Cents::ZERO {
        told.push(format!("lowered {}", one.lowered));
    }
    told.extend(one.is_given_back.then(|| "all".to_owned()));
    told.extend(one.memory.gone.then(|| "gone".to_owned()));
    told.extend(one.differences.iter().map(|one| match one {
        Difference::Amount { ours, theirs } => format!("{ours} is {theirs}"),
        Difference::MaybeGivenBack(back) => format!("maybe {back}"),
        other => format!("{other:?}"),
    }));
    told.join(", ")
}

#[test]
fn v15_p5_what_a_payment_lacks_tells_which_refunds_lowered_it() {
    // What was paid and went back at which minutes; the refunds that are receipts; the payments in QuickBooks; what follows.
    type Amounts<'a> = &'a [(u32, i64)];
    type Case<'a> = (
        Amounts<'a>,
        Amounts<'a>,
        Amounts<'a>,
        &'a [(u32, Option<i64>)],
        &'a str,
    );
    let cases: [Case<'_>; 17] = [
        // Nothing went back, or it is not carried yet.
        (&[(1, 9_500)], &[], &[], &[(1, Some(9_500))], ""),
        (&[(1, 9_500)], &[(2, 1_500)], &[], &[(1, Some(9_500))], ""),
        (
            &[(1, 9_500)],
            &[(2, 1_500)],
            &[(2, 1_500)],
            &[(1, Some(9_500))],
            "",
        ),
        (
            &[(1, 9_500)],
            &[(2, 1_500)],
            &[],
            &[(1, Some(8_000))],
            "invref_2 15.00, lowered 15.00",
        ),
        // All of it, at once or in parts.
        (
            &[(1, 9_500)],
            &[(2, 9_500)],
            &[],
            &[(1, None)],
            "invref_2 95.00, lowered 95.00, all",
        ),
        (
            &[(1, 9_500)],
            &[(2, 1_500), (3, 8_000)],
            &[],
            &[(1, None)],
            "invref_2 15.00, invref_3 80.00, lowered 95.00, all",
        ),
        // The first of them is a receipt, or is the only one that was carried, or was not.
        (
            &[(1, 9_500)],
            &[(2, 1_500), (3, 1_500)],
            &[(2, 1_500)],
            &[(1, Some(8_000))],
            "invref_3 15.00, lowered 15.00",
        ),
        (
            &[(1, 9_500)],
            &[(2, 1_500), (3, 1_500)],
            &[],
            &[(1, Some(8_000))],
            "invref_2 15.00, lowered 15.00",
        ),
        (
            &[(1, 9_500)],
            &[(2, 1_000), (3, 1_500)],
            &[],
            &[(1, Some(8_000))],
            "invref_3 15.00, lowered 15.00",
        ),
        // Each of two payments, whichever a refund would be taken off first.
        (
            &[(1, 5_500), (2, 4_000)],
            &[(3, 1_500), (4, 500)],
            &[],
            &[(1, Some(5_000)), (2, Some(2_500))],
            "invref_4 5.00, lowered 5.00; invref_3 15.00, lowered 15.00",
        ),
        (
            &[(1, 5_500), (2, 4_000)],
            &[(3, 4_000)],
            &[],
            &[(1, Some(5_500)), (2, None)],
            "; invref_3 40.00, lowered 40.00, all",
        ),
        (
            &[(1, 5_500), (2, 4_000)],
            &[(3, 1_000), (4, 500), (5, 1_500)],
            &[],
            &[(1, Some(4_000)), (2, Some(3_000))],
            "invref_5 15.00, lowered 15.00; invref_3 10.00, lowered 10.00",
        ),
        // Somebody changed or voided it: no refund is carried on top of that.
        (
            &[(1, 9_500)],
            &[],
            &[],
            &[(1, Some(8_000))],
            "95.00 is 80.00",
        ),
        (&[(1, 9_500)], &[], &[], &[(1, None)], "gone, Void"),
        (
            &[(1, 9_500)],
            &[(2, 1_500)],
            &[],
            &[(1, Some(9_000))],
            "invref_2 15.00, 80.00 is 90.00, maybe 15.00",
        ),
        (
            &[(1, 9_500)],
            &[(2, 1_500)],
            &[],
            &[(1, None)],
            "invref_2 15.00, gone, Void, maybe 15.00",
        ),
        // What one of them says is certain whatever the other says.
        (
            &[(1, 5_500), (2, 4_000)],
            &[(3, 1_500), (4, 500)],
            &[],
            &[(1, Some(5_499)), (2, Some(2_500))],
            "invref_4 5.00, 50.00 is 54.99, maybe 5.00; invref_3 15.00, lowered 15.00",
        ),
    ];
    for (paid, back, receipts, there, expected) in cases {
        let records = records(&[invoice("1001", paid, back)]);
        let found = FoundMoney {
            payments: there
                .iter()
                .map(|(id, there)| payment(*id, MAIN, *there))
                .collect(),
            refunds: receipts
                .iter()
                .map(|(id, total)| refund(*id, MAIN, *total))
                .collect(),
            ..FoundMoney::default()
        };
        let restored = restored(&records, &found);
        let all: Vec<String> = restored.payments.iter().map(told).collect();
        assert_eq!(all.join("; "), expected, "{paid:?} {back:?} {there:?}");
    }
}

#[test]
fn v15_p5_a_refund_of_another_invoice_lowered_nothing() {
    let records = records(&[
        invoice("1001", &[(1, 4_000)], &[]),
        invoice("1002", &[(2, 4_000)], &[(3, 1_500)]),
    ]);
    let found = FoundMoney {
        payments: vec![
            payment(1, MAIN, Some(2_500)),
            payment(2, "invoice_1002", Some(4_000)),
        ],
        ..FoundMoney::default()
    };
    let restored = restored(&records, &found);
    let all: Vec<String> = restored.payments.iter().map(told).collect();
    assert_eq!(all, ["40.00 is 25.00", ""]);
}

#[test]
fn v15_p5_a_payment_that_was_never_changed_was_not_lowered() {
    let records = records(&[invoice("1001", &[(1, 9_500)], &[(2, 1_500)])]);
    for (id, there, version, expected) in [
        (1, 8_000, "1", "invref_2 15.00, lowered 15.00"),
        (1, 8_000, "0", "95.00 is 80.00"),
        (9, 8_000, "1", "invref_2 15.00, maybe 15.00"),
        (9, 8_000, "0", ""),
    ] {
        let mut one = payment(id, MAIN, Some(there));
        one.there.sync_token = Some(version.into());
        let found = FoundMoney {
            payments: vec![one],
            ..FoundMoney::default()
        };
        let restored = restored(&records, &found);
        assert_eq!(told(&restored.payments[0]), expected, "{id} {version}");
    }
}

#[test]
fn v15_p5_what_a_slot_knows_of_a_payment_counts_first() {
    let records = records(&[invoice("1001", &[(1, 9_500)], &[(2, 1_500), (3, 1_500)])]);
    let memory = Memory {
        reopened: vec![Reopened {
            refund: RefundId::parse("invref_2").unwrap(),
            invoice: InvoiceId::parse(MAIN).unwrap(),
            amount: Cents::new(1_500),
        }],
        ..Memory::default()
    };
    let known = || Box::new(memory.clone());
    for (known, there, expected) in [
        // Somebody changed it since: that is told when it is read.
        (Known::Now(known()), 6_500, "invref_2 15.00, 80.00 is 65.00"),
        (Known::Now(known()), 8_000, "invref_2 15.00"),
        (Known::Before(known()), 8_000, "invref_2 15.00"),
        (
            Known::Before(known()),
            6_500,
            "invref_2 15.00, invref_3 15.00, lowered 15.00",
        ),
    ] {
        let found = FoundMoney {
            payments: vec![FoundPayment {
                known,
                ..payment(1, MAIN, Some(there))
            }],
            ..FoundMoney::default()
        };
        assert_eq!(told(&restored(&records, &found).payments[0]), expected);
    }
}

#[test]
fn v15_p5_what_may_have_lowered_a_payment_that_is_gone_in_housecall_pro_is_not_carried() {
    let records = records(&[invoice("1001", &[(1, 9_500)], &[(2, 1_500)])]);
    let mut gone = payment(9, MAIN, Some(2_000));
    gone.there.line = vec![qbo::PaymentLine::of_invoice(
        Id::new("145"),
        Cents::new(2_000),
    )];
    let found = FoundMoney {
        payments: vec![payment(1, MAIN, Some(9_500)), gone],
        ..FoundMoney::default()
    };
    let all: Vec<String> = restored(&records, &found)
        .payments
        .iter()
        .map(told)
        .collect();
    assert_eq!(all, ["", "invref_2 15.00, maybe 15.00"]);
}

#[test]
fn v15_p4_what_repeats_refunds_is_what_its_receipts_come_to() {
    // The payment of minute 3, which repeats the refund of minute 2; its receipt and its payment in QuickBooks; what the
    // receipt's slot remembers (how much, of how much, sold or gone), and what the payment's.
    type There = Option<Option<i64>>;
    let cases: [(i64, There, There, &str, &str); 12] = [
        (2_500, Some(Some(2_500)), None, "25.00 of 25.00", ""),
        (2_500, Some(None), None, "25.00 of 25.00, gone", ""),
        (
            6_000,
            Some(Some(2_500)),
            Some(Some(3_500)),
            "25.00 of 60.00",
            "25.00",
        ),
        (6_000, Some(Some(2_500)), None, "25.00 of 60.00", ""),
        (
            6_000,
            Some(None),
            Some(Some(3_500)),
            "25.00 of 60.00, gone",
            "25.00",
        ),
        (6_000, Some(None), None, "25.00 of 60.00, gone", ""),
        // The receipt was not sent yet.
        (6_000, None, Some(Some(3_500)), "", "25.00"),
        // Somebody changed the receipt: nothing is sent beside it.
        (
            6_000,
            Some(Some(2_000)),
            Some(Some(3_500)),
            "25.00 of 60.00",
            "25.00",
        ),
        (6_000, Some(Some(2_000)), None, "20.00 of 20.00", ""),
        (2_500, Some(Some(2_000)), None, "20.00 of 20.00", ""),
        // Housecall Pro told of the refund when the payment had been sent, and of another one when it had been split.
        (6_000, None, Some(Some(6_000)), "", ""),
        (
            6_000,
            Some(Some(1_000)),
            Some(Some(5_000)),
            "10.00 of 60.00",
            "10.00",
        ),
    ];
    for (paid, sold, there, of_receipt, of_payment) in cases {
        let records = records(&[invoice("1001", &[(1, 9_500), (3, paid)], &[(2, 2_500)])]);
        let mut payments = vec![payment(1, MAIN, Some(9_500))];
        payments.extend(there.map(|there| payment(3, MAIN, there)));
        let found = FoundMoney {
            payments,
            refunds: vec![refund(2, MAIN, 2_500)],
            receipts: sold
                .map(|sold| receipt(3, MAIN, sold))
                .into_iter()
                .collect(),
            expenses: Vec::new(),
        };
        let restored = restored(&records, &found);
        let receipts = restored.receipts.iter().map(|memory| {
            let gone = if memory.gone { ", gone" } else { "" };
            format!("{} of {}{gone}", memory.amount, memory.of)
        });
        let repeats = restored.payments.iter().flat_map(|one| &one.memory.repeats);
        let repeats = repeats.map(|(_, amount)| amount.to_string());
        let case = format!("{paid} {sold:?} {there:?}");
        assert_eq!(receipts.collect::<String>(), of_receipt, "{case}");
        assert_eq!(repeats.collect::<String>(), of_payment, "{case}");
        let differences = restored.payments.iter().flat_map(|one| &one.differences);
        assert_eq!(differences.count(), 0, "{case}");
    }
}

#[test]
fn v15_a_search_among_many_refunds_ends() {
    let back: Vec<(u32, i64)> = (2..40).map(|minute| (minute, 200)).collect();
    let records = records(&[invoice("1001", &[(1, 9_501)], &back)]);
    let found = FoundMoney {
        payments: vec![payment(1, MAIN, Some(4_500))],
        ..FoundMoney::default()
    };
    let one = &restored(&records, &found).payments[0];
    assert_eq!(one.memory.reopened.len(), back.len());
    assert_eq!(one.lowered, Cents::ZERO);
}

#[test]
fn v15_r4_what_a_person_changed_of_a_payment_is_known_as_that() {
    let records = records(&[invoice("1001", &[(1, 9_500)], &[])]);
    let line = |document: &str, amount| {
        let document = Id::new(document);
        qbo::PaymentLine::of_invoice(document, Cents::new(amount))
    };
    for (total, lines, expected) in [
        (9_500, vec![line("145", 9_500)], "95.00 of 145"),
        // Lowered, moved to another invoice, or some of it; what pays nothing may have been so from the beginning.
        (8_000, vec![line("145", 8_000)], "80.00 of 145"),
        (9_500, vec![line("7", 9_500)], "95.00 of 145"),
        (
            9_500,
            vec![line("145", 4_000), line("7", 1_500)],
            "40.00 of 145, 15.00 of 145",
        ),
        (9_500, Vec::new(), ""),
    ] {
        let mut there = payment(1, MAIN, Some(total));
        there.there.line = lines;
        let found = FoundMoney {
            payments: vec![there],
            ..FoundMoney::default()
        };
        let ours = &restored(&records, &found).payments[0].ours;
        assert_eq!(ours.total_amt, Some(Cents::new(9_500)));
        assert_eq!(ours.txn_date, Some(jiff::civil::date(2026, 7, 24)));
        let lines = ours.line.iter();
        let lines = lines.map(|line| format!("{} of {}", line.amount, line.linked_txn[0].txn_id));
        assert_eq!(lines.collect::<Vec<_>>().join(", "), expected);
    }
}

#[test]
fn v15_p5_what_of_a_refund_gave_credit_back_is_known_by_its_expense() {
    let records = records(&[invoice("1001", &[(1, 9_500)], &[(2, 6_000)])]);
    let customer = Id::new("58");
    // The expense, void: none; the receipt of the rest; how much of the payment is tied to it, and what that leaves.
    for (expense, rest, tied, unapplied, expected) in [
        (Some(6_000), None, 6_000, 0, "60.00 of 60.00, of payment 1"),
        (
            Some(4_000),
            Some(2_000),
            4_000,
            0,
            "40.00 of 60.00, of payment 1",
        ),
        // It was not tied.
        (
            Some(4_000),
            Some(2_000),
            0,
            4_000,
            "40.00 of 60.00, of payment 1",
        ),
        (Some(4_000), Some(2_000), 0, 3_999, "40.00 of 60.00"),
        // Whether there is to be more of it, nobody knows.
        (Some(4_000), None, 4_000, 0, "40.00 of 40.00, of payment 1"),
        (
            None,
            Some(2_000),
            0,
            4_000,
            "40.00 of 60.00, of payment 1, gone",
        ),
    ] {
        let id = Id::new("201");
        let there = qbo::Purchase {
            id: Some(id.clone()),
            entity_ref: Some(qbo::Payee::customer(customer.clone())),
            total_amt: Some(Cents::new(expense.unwrap_or_default())),
            private_note: expense.is_none().then(|| "Voided - HCP job 1".to_owned()),
            ..qbo::Purchase::default()
        };
        let mut paid = payment(1, MAIN, Some(9_500));
        paid.there.customer_ref = Some(qbo::Ref::from(&customer));
        paid.there.unapplied_amt = Some(Cents::new(unapplied));
        if tied > 0 {
            let line = qbo::PaymentLine::of_expense(id, Cents::new(tied));
            paid.there.line.push(line);
        }
        let line = paid.there.line.clone();
        let found = FoundMoney {
            payments: vec![paid],
            refunds: rest.map(|rest| refund(2, MAIN, rest)).into_iter().collect(),
            expenses: vec![FoundExpense {
                id: RefundId::parse("invref_2").unwrap(),
                there,
            }],
            receipts: Vec::new(),
        };
        let restored = restored(&records, &found);
        let memory = &restored.expenses[0];
        let of = memory.payment.as_ref();
        let of = of.map_or_else(String::new, |id| format!(", of payment {id}"));
        let gone = if memory.gone { ", gone" } else { "" };
        let known = format!("{} of {}{of}{gone}", memory.amount, memory.of);
        assert_eq!(known, expected, "{expense:?} {rest:?}");
        // It lowered no payment, and a payment's tie to it was not moved by hand.
        let paid = &restored.payments[0];
        assert_eq!(told(paid), "", "{expense:?} {rest:?}");
        assert_eq!(paid.ours.line, line);
    }
}

#[test]
fn v15_p4_only_what_a_receipt_gave_back_was_repeated() {
    let records = records(&[invoice("1001", &[(1, 9_500), (3, 6_000)], &[(2, 6_000)])]);
    let found = FoundMoney {
        payments: vec![payment(1, MAIN, Some(9_500)), payment(3, MAIN, Some(4_000))],
        refunds: vec![refund(2, MAIN, 2_000)],
        expenses: vec![FoundExpense {
            id: RefundId::parse("invref_2").unwrap(),
            there: qbo::Purchase {
                total_amt: Some(Cents::new(4_000)),
                ..qbo::Purchase::default()
            },
        }],
        receipts: vec![receipt(3, MAIN, Some(2_000))],
    };
    let restored = restored(&records, &found);
    assert_eq!(restored.receipts[0].amount, Cents::new(2_000));
    assert_eq!(told(&restored.payments[1]), "");
}
