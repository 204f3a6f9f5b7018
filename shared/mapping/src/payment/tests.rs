use jiff::civil::date;
use qbo::{Id, PaymentLine};
use serde_json::{Value, json};

use super::*;
use crate::{
    Marker,
    fixtures::{finished, hour, invoiced},
};

/// A job over 95 dollars, billed by these invoices.
fn records(invoices: &[Value]) -> JobRecords {
    let job = finished(&[hour()]);
    invoices.iter().fold(job, invoiced)
}

fn paid(id: &str, amount: i64, changes: &Value) -> Value {
    let payment = json!({
        "id": id, "status": "succeeded", "amount": amount, "payment_method": "credit_card",
        "paid_at": "2026-07-24T23:30:00Z",
    });
    crate::fixtures::with(payment, changes)
}

fn invoice(number: &str, payments: &[Value]) -> Value {
    json!({ "id": format!("invoice_{number}"), "invoice_number": number, "amount": 9_500, "due_amount": 0, "payments": payments })
}

/// What is sent of the payments of an invoice, or why not.
fn told(payments: &[Value]) -> String {
    told_of(&[invoice("1001", payments)])
}

fn told_of(invoices: &[Value]) -> String {
    let (payments, unusable) = records(invoices).payments();
    let sent = payments.iter().map(|payment| {
        let parts = payment
            .parts
            .iter()
            .map(|(id, amount)| format!("{id} {amount}"));
        format!("{}: {}", payment.id, parts.collect::<Vec<_>>().join(" + "))
    });
    let not = unusable
        .iter()
        .map(|one| format!("{}: {:?}", one.id, one.cause));
    sent.chain(not).collect::<Vec<_>>().join("; ")
}

#[test]
fn p1_only_what_went_through_is_sent_in_the_order_in_which_it_was_paid() {
    let later = json!({ "paid_at": "2026-07-25T10:00:00Z" });
    let payments = [
        paid("invpay_2", 5_000, &later),
        paid("invpay_1", 4_500, &json!({})),
        paid("invpay_3", 9_500, &json!({ "status": "failed" })),
        paid("invpay_4", 9_500, &json!({ "status": "pending" })),
    ];
    assert_eq!(
        told(&payments),
        "invpay_1: invoice_1001 45.00; invpay_2: invoice_1001 50.00"
    );
}

#[test]
fn p1_one_payment_on_two_invoices_of_a_job_is_one_with_two_parts() {
    let half = |number| invoice(number, &[paid("invpay_1", 4_750, &json!({}))]);
    assert_eq!(
        told_of(&[half("1001"), half("1002")]),
        "invpay_1: invoice_1001 47.50 + invoice_1002 47.50"
    );
    // The whole of it on both.
    let whole = |number| invoice(number, &[paid("invpay_1", 19_000, &json!({}))]);
    assert_eq!(
        told_of(&[whole("1001"), whole("1002")]),
        "invpay_1: ToldTwice"
    );
}

#[test]
fn p2_the_amount_is_what_the_customer_was_charged() {
    for (amount, changes, expected) in [
        (9_500, json!({}), "invpay_1: invoice_1001 95.00"),
        (
            9_500,
            json!({ "surcharge_fee_amount": 285 }),
            "invpay_1: invoice_1001 95.00",
        ),
        (
            9_215,
            json!({ "surcharge_fee_amount": 285 }),
            "invpay_1: invoice_1001 95.00",
        ),
        (
            9_500,
            json!({ "tip_amount": 500 }),
            "invpay_1: invoice_1001 95.00",
        ),
        (
            9_000,
            json!({ "surcharge_fee_amount": 285 }),
            "invpay_1: Surcharge",
        ),
        (0, json!({}), ""),
        (-100, json!({}), "invpay_1: Negative"),
        (9_500, json!({ "amount": null }), "invpay_1: NoAmount"),
        (9_500, json!({ "paid_at": null }), "invpay_1: NoDate"),
    ] {
        assert_eq!(
            told(&[paid("invpay_1", amount, &changes)]),
            expected,
            "{amount} {changes}"
        );
    }
}

fn zone() -> TimeZone {
    TimeZone::get("America/Chicago").unwrap()
}

fn first(payment: Value) -> (JobRecords, JobPayment) {
    let records = records(&[invoice("1001", &[payment])]);
    let payment = records.payments().0.remove(0);
    (records, payment)
}

fn marker() -> Marker {
    Marker::new(
        &hcp::CompanyId::parse("6a3f9be0-54d1-4e0a-8b7c-91d2c3e4f506").unwrap(),
        "job_1#payment#invpay_1",
    )
}

#[test]
fn p2_a_payment_is_dated_for_the_company_and_has_its_marker_before_its_note() {
    let check = json!({ "payment_method": "external", "note": "Check #1042 from Dana" });
    let (records, payment) = first(paid("invpay_1", 9_500, &check));
    let applied = Applied {
        customer: Id::new("58"),
        lines: vec![PaymentLine::of_invoice(Id::new("145"), Cents::new(9_500))],
        method: Some(Id::new("2")),
        account: None,
    };
    let wanted = wanted(&records, (&payment, None), applied, &zone(), &marker());
    insta::assert_snapshot!(serde_json::to_string_pretty(&wanted).unwrap(), @r#"
    {
      "TxnDate": "2026-07-24",
      "CustomerRef": {
        "value": "58"
      },
      "TotalAmt": 95.00,
      "Line": [
        {
          "Amount": 95.00,
          "LinkedTxn": [
            {
              "TxnId": "145",
              "TxnType": "Invoice"
            }
          ]
        }
      ],
      "PaymentMethodRef": {
        "value": "2"
      },
      "PaymentRefNum": "1042",
      "PrivateNote": "HCP job 20311 · f54821teqv\nCheck #1042 from Dana"
    }
    "#);
}

fn open(number: &str, id: &str, balance: i64) -> Open {
    Open {
        id: Id::new(id),
        invoices: vec![InvoiceId::parse(&format!("invoice_{number}")).unwrap()],
        customer: Id::new("58"),
        balance: Cents::new(balance),
    }
}

#[test]
fn p4_a_payment_pays_up_to_the_balance_and_the_rest_stays_unapplied() {
    let of = |amount: i64, balance: i64| {
        let (_, payment) = first(paid("invpay_1", amount, &json!({})));
        let mut documents = [open("1001", "145", balance)];
        let (_, lines) = allocated(&payment, &mut documents).unwrap();
        let paid: Vec<i64> = lines.iter().map(|line| line.amount.get()).collect();
        (paid, documents[0].balance.get())
    };
    assert_eq!(of(4_000, 9_500), (vec![4_000], 5_500));
    assert_eq!(of(9_500, 9_500), (vec![9_500], 0));
    assert_eq!(of(9_500, 9_000), (vec![9_000], 0));
    assert_eq!(of(9_500, 0), (vec![], 0));
    assert_eq!(of(9_500, -100), (vec![], -100));
}

#[test]
fn p1_a_payment_waits_for_the_documents_of_all_its_invoices() {
    let half = |number| invoice(number, &[paid("invpay_1", 4_750, &json!({}))]);
    let records = records(&[half("1001"), half("1002")]);
    let payment = &records.payments().0[0];
    let one = || open("1001", "145", 4_750);
    assert_eq!(allocated(payment, &mut [one()]), None);
    let both = [
        InvoiceId::parse("invoice_1001"),
        InvoiceId::parse("invoice_1002"),
    ]
    .map(Result::unwrap);
    let main = Open {
        invoices: both.to_vec(),
        balance: Cents::new(9_500),
        ..one()
    };
    for (mut documents, expected) in [
        (
            vec![one(), open("1002", "146", 4_750)],
            vec![("145", 4_750), ("146", 4_750)],
        ),
        // N6: one document for both.
        (vec![main], vec![("145", 9_500)]),
    ] {
        let (_, lines) = allocated(payment, &mut documents).unwrap();
        let lines: Vec<(&str, i64)> = lines
            .iter()
            .map(|line| (line.linked_txn[0].txn_id.as_str(), line.amount.get()))
            .collect();
        assert_eq!(lines, expected);
    }
}

#[test]
fn p5_what_an_expense_gave_back_of_a_payment_pays_no_document() {
    let (_, payment) = first(paid("invpay_1", 9_500, &json!({})));
    let expense = [(Id::new("201"), Cents::new(4_000))];
    for (balance, expected) in [
        (
            9_500,
            &[("145", "Invoice", 5_500), ("201", "Expense", 4_000)][..],
        ),
        (
            2_000,
            &[("145", "Invoice", 2_000), ("201", "Expense", 4_000)],
        ),
        (0, &[("201", "Expense", 4_000)]),
    ] {
        let (_, lines) =
            allocated_beside(&expense, &payment, &mut [open("1001", "145", balance)]).unwrap();
        let told: Vec<(&str, &str, i64)> = lines
            .iter()
            .map(|line| {
                let linked = &line.linked_txn[0];
                (
                    linked.txn_id.as_str(),
                    linked.txn_type.as_str(),
                    line.amount.get(),
                )
            })
            .collect();
        assert_eq!(told, expected, "{balance}");
    }
}

#[test]
fn p5_r4_what_an_expense_gave_back_was_not_moved_by_hand() {
    let line = |kind: &str, id: &str, amount| qbo::PaymentLine {
        amount: Cents::new(amount),
        linked_txn: vec![qbo::LinkedTxn {
            txn_id: Id::new(id),
            txn_type: kind.to_owned(),
        }],
    };
    let written = qbo::Payment {
        line: vec![line("Invoice", "145", 5_500), line("Expense", "201", 4_000)],
        ..qbo::Payment::default()
    };
    for (applied, is_moved) in [
        (&[("145", 5_500), ("201", 4_000)][..], false),
        // The expense was deleted, or the payment taken off it.
        (&[("145", 5_500)], false),
        (&[("145", 5_500), ("300", 4_000)], false),
        (&[("300", 5_500), ("201", 4_000)], true),
    ] {
        let applied = applied.iter();
        let memory = Memory {
            applied: applied
                .map(|(id, amount)| (Id::new(*id), Cents::new(*amount)))
                .collect(),
            ..Memory::default()
        };
        let moved = moved_away(&written, &memory);
        assert_eq!(moved.is_some(), is_moved, "{memory:?}");
    }
}

#[test]
fn p5_a_payment_is_tied_to_an_expense_only_where_its_lost_write_was_done() {
    use crate::Kind;
    let of = |is_tied: bool| qbo::Payment {
        total_amt: Some(Cents::new(9_500)),
        line: match is_tied {
            true => vec![qbo::PaymentLine::of_expense(
                Id::new("201"),
                Cents::new(4_000),
            )],
            false => Vec::new(),
        },
        ..qbo::Payment::default()
    };
    let company = hcp::CompanyId::parse("6a3f9be0-54d1-4e0a-8b7c-91d2c3e4f506");
    let marker = Marker::new(&company.unwrap(), "job_1#payment#invpay_1");
    for is_done in [true, false] {
        let mut memory = Memory::default();
        let both = (Some(of(false)), Some(of(true)));
        let stands = of(is_done).overtaken(&mut memory, both.0, both.1, &marker);
        assert_eq!(stands, Some(of(is_done)));
        assert_eq!(memory.applied.len(), usize::from(is_done));
    }
}

#[test]
fn p5_a_payment_is_lowered_only_where_its_lost_write_was_done() {
    use crate::Kind;
    let of = |total| qbo::Payment {
        total_amt: Some(Cents::new(total)),
        ..qbo::Payment::default()
    };
    let refund = |amount| Reopened {
        refund: hcp::RefundId::parse("invref_1").unwrap(),
        invoice: InvoiceId::parse("invoice_1001").unwrap(),
        amount: Cents::new(amount),
    };
    let company = hcp::CompanyId::parse("6a3f9be0-54d1-4e0a-8b7c-91d2c3e4f506");
    let marker = Marker::new(&company.unwrap(), "job_1#payment#invpay_1");
    for (there, before, after, left, ours) in [
        // Done; then somebody's edit instead; then an edit while it was only applied anew.
        (5_500, 9_500, 5_500, vec![refund(4_000)], 5_500),
        (9_000, 9_500, 5_500, vec![], 9_500),
        (9_000, 9_500, 9_500, vec![refund(4_000)], 9_500),
    ] {
        let mut memory = Memory {
            reopened: vec![refund(4_000)],
            ..Memory::default()
        };
        let stands = of(there).overtaken(&mut memory, Some(of(before)), Some(of(after)), &marker);
        assert_eq!(memory.reopened, left, "{there}");
        assert_eq!(memory.total, Some(Cents::new(there)));
        assert_eq!(stands, Some(of(ours)), "{there}");
    }
}

#[test]
fn p8_what_changed_after_it_was_sent_is_told() {
    let (_, payment) = first(paid("invpay_1", 9_500, &json!({})));
    let written = |amount, date| Memory {
        total: Some(Cents::new(amount)),
        date: Some(date),
        ..Memory::default()
    };
    let told = |there| -> Vec<String> {
        let told = differences(&payment, &there, &zone()).into_iter();
        told.map(|difference| difference.what).collect()
    };
    assert_eq!(
        told(written(9_500, date(2026, 7, 24))),
        Vec::<String>::new()
    );
    assert_eq!(told(written(9_400, date(2026, 7, 24))), ["amount"]);
    assert_eq!(told(written(9_500, date(2026, 7, 20))), ["date"]);
}

fn foreign(amount: i64, dated: jiff::civil::Date, reference: Option<&str>) -> qbo::Payment {
    qbo::Payment {
        id: Some(Id::new("311")),
        total_amt: Some(Cents::new(amount)),
        txn_date: Some(dated),
        payment_ref_num: reference.map(str::to_owned),
        line: vec![PaymentLine::of_invoice(Id::new("145"), Cents::new(amount))],
        ..qbo::Payment::default()
    }
}

#[test]
fn r3_a_reference_that_was_given_and_an_entry_that_was_ticked_are_evidence() {
    let named = json!({ "note": "office: QBO-311" });
    let near_miss = json!({ "note": "QBO-3111" });
    let ticked = [Id::new("311")];
    for (changes, ticked, is_joined) in [
        (&named, &[][..], true),
        (&near_miss, &[][..], false),
        (&json!({}), &ticked[..], true),
    ] {
        // A card payment, long before.
        let (_, payment) = first(paid("invpay_1", 9_500, changes));
        let others = [foreign(9_500, date(2026, 7, 1), None)];
        let whole = (Cents::new(9_500), Cents::ZERO);
        let verdict = judge(&payment, &Id::new("145"), &others, ticked, whole, &zone());
        assert_eq!(matches!(verdict, Verdict::Join(_)), is_joined, "{changes}");
    }
}

#[test]
fn r3_only_evidence_makes_a_payment_the_same_as_one_that_quickbooks_has() {
    let check = json!({ "payment_method": "external", "note": "Check 1042" });
    let cash = json!({ "payment_method": "external", "note": "cash" });
    let card = json!({});
    let near = date(2026, 7, 22);
    let far = date(2026, 7, 10);
    for (changes, others, left, expected) in [
        (&cash, vec![], 9_500, "send"),
        (&cash, vec![foreign(9_500, near, None)], 0, "join"),
        (&cash, vec![foreign(9_500, near, Some("1001"))], 0, "join"),
        (&cash, vec![foreign(9_500, far, None)], 0, "ask"),
        (&check, vec![foreign(9_500, far, Some("1042"))], 0, "join"),
        (&check, vec![foreign(9_500, near, Some("1043"))], 0, "ask"),
        (&card, vec![foreign(9_500, near, None)], 0, "ask"),
        // A part of it was paid by somebody else, and there is room for this one.
        (&cash, vec![foreign(2_000, near, None)], 9_500, "send"),
        (&cash, vec![foreign(2_000, near, None)], 7_500, "ask"),
        // Two that add up, and one that covers more than this one.
        (
            &cash,
            vec![foreign(9_000, near, None), foreign(500, near, None)],
            9_500,
            "ask",
        ),
        (&cash, vec![foreign(19_000, near, None)], 9_500, "ask"),
        // Two of its amount.
        (
            &cash,
            vec![foreign(9_500, near, None), foreign(9_500, near, None)],
            0,
            "ask",
        ),
        // A credit that was applied: no money moved.
        (
            &cash,
            vec![qbo::Payment {
                total_amt: Some(Cents::ZERO),
                ..foreign(9_500, near, None)
            }],
            9_500,
            "send",
        ),
    ] {
        let (_, payment) = first(paid("invpay_1", 9_500, changes));
        let verdict = judge(
            &payment,
            &Id::new("145"),
            &others,
            &[],
            (Cents::new(9_500), Cents::new(left)),
            &zone(),
        );
        let verdict = match verdict {
            Verdict::Send => "send",
            Verdict::Join(_) => "join",
            Verdict::Ask(_) => "ask",
        };
        assert_eq!(verdict, expected, "{changes} {others:?}");
    }
}
