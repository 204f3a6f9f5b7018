//! The switches for what no source settles, and the records' missing keys and odd values.

use hcp_sandbox::{
    DueCodes, DueTerms, InvoicedAmounts, Keys, NewPayment, PaymentMethod, Refunds, Settings,
    SurchargedTotals, Surcharges,
};
use serde_json::{Value, json};

use crate::company::{company_with, read, repair_job};

#[test]
fn due_codes_can_be_ones_that_nobody_has_seen() {
    for (due, code) in [
        (DueTerms::UponReceipt, "upon_receipt"),
        (DueTerms::Net(30), "net_30"),
        (
            DueTerms::OnDate("2026-04-01".parse().unwrap()),
            "specific_date",
        ),
    ] {
        let sandbox = company_with(Settings {
            due_codes: DueCodes::Unfamiliar,
            ..Settings::default()
        });
        let job = repair_job(&sandbox);
        sandbox.set_due_terms(&job, due).unwrap();
        sandbox.send_invoice(&job).unwrap();
        let invoices = read(&sandbox, "/invoices");
        assert_eq!(invoices["invoices"][0]["due_concept"], code);
    }
}

fn nulls(value: &Value) -> usize {
    match value {
        Value::Null => 1,
        Value::Array(rows) => rows.iter().map(nulls).sum(),
        Value::Object(record) => record.values().map(nulls).sum(),
        _ => 0,
    }
}

#[test]
fn keys_without_value_and_keys_without_documentation_can_be_left_out() {
    for (keys, has_nulls, has_undocumented) in [
        (Keys::Recorded, true, true),
        (Keys::NullsLeftOut, false, true),
        (Keys::DocumentedOnly, false, false),
    ] {
        let sandbox = company_with(Settings {
            keys,
            ..Settings::default()
        });
        let job = repair_job(&sandbox);
        sandbox
            .pay_job(&job, NewPayment::in_full(PaymentMethod::Card))
            .unwrap();
        let told = sandbox.take_webhooks().remove(0).json();
        let answer = read(&sandbox, &format!("/jobs/{job}"));
        for record in [&told["job"], &answer] {
            assert_eq!(nulls(record) > 0, has_nulls, "{keys:?}");
            assert_eq!(record["id"], job.as_str());
            assert!(record["total_amount"].is_i64());
        }
        let lines = read(&sandbox, &format!("/jobs/{job}/line_items"));
        let invoice = read(&sandbox, "/invoices")["invoices"][0].clone();
        let undocumented = [
            answer["customer"].get("kind"),
            answer["schedule"]
                .get("scheduled_start_local")
                .or(answer["schedule"].get("time_zone")),
            lines["data"][0].get("url"),
            invoice.get("refunds"),
            invoice["payments"][0].get("surcharge_fee_amount"),
        ];
        for found in undocumented {
            assert_eq!(found.is_some(), has_undocumented, "{keys:?}");
        }
        assert_eq!(lines["data"][0]["kind"], "labor");
        assert_eq!(invoice["payments"][0]["amount"], 28_349);
    }
}

#[test]
fn an_invoice_over_all_of_it_may_not_tell_its_part() {
    let sandbox = company_with(Settings {
        invoiced_amounts: InvoicedAmounts::OnPartsOnly,
        ..Settings::default()
    });
    let job = repair_job(&sandbox);
    sandbox.send_invoice(&job).unwrap();
    let first = || {
        read(
            &sandbox,
            "/invoices?sort_by=invoice_number&sort_direction=asc",
        )["invoices"][0]["items"][0]
            .clone()
    };
    assert_eq!(first()["amount"], 11_200);
    assert!(first()["invoiced_amount"].is_null());
    let part = hcp_sandbox::Part::Amount(1_000);
    sandbox.add_deposit(&job, part, None).unwrap();
    assert_eq!(first()["invoiced_amount"], 11_200 - 395);
}

#[test]
fn a_surcharge_stands_apart_or_inside_and_never_changes_what_is_due() {
    for (surcharges, amount) in [(Surcharges::Apart, 28_349), (Surcharges::InAmount, 29_199)] {
        let sandbox = company_with(Settings {
            surcharges,
            ..Settings::default()
        });
        let job = repair_job(&sandbox);
        let payment = NewPayment {
            surcharge: 850,
            ..NewPayment::in_full(PaymentMethod::Card)
        };
        sandbox.pay_job(&job, payment).unwrap();
        let invoice = read(&sandbox, "/invoices")["invoices"][0].clone();
        assert_eq!(invoice["payments"][0]["amount"], amount);
        assert_eq!(invoice["payments"][0]["surcharge_fee_amount"], 850);
        assert_eq!(invoice["due_amount"], 0);
        assert_eq!(invoice["refunds"], json!([]));
    }
}

#[test]
fn an_invoice_comes_to_more_by_its_surcharges_unless_the_settings_leave_them_out() {
    // What it comes to and what is due: paid, then given back, then paid again by check.
    let cases: [(_, _, &[(i64, i64)]); 3] = [
        (
            SurchargedTotals::Held,
            Refunds::Reopen,
            &[(29_199, 0), (29_199, 29_199), (28_349, 0)],
        ),
        (
            SurchargedTotals::Held,
            Refunds::LeavePaid,
            &[(29_199, 0), (29_199, 0)],
        ),
        (
            SurchargedTotals::LeftOut,
            Refunds::Reopen,
            &[(28_349, 0), (28_349, 28_349), (28_349, 0)],
        ),
    ];
    for (surcharged_totals, refunds, expected) in cases {
        let sandbox = company_with(Settings {
            surcharged_totals,
            refunds,
            ..Settings::default()
        });
        let job = repair_job(&sandbox);
        let by_card = NewPayment {
            surcharge: 850,
            ..NewPayment::in_full(PaymentMethod::Card)
        };
        let mut found = Vec::new();
        let mut look = || {
            let invoice = &read(&sandbox, "/invoices")["invoices"][0];
            let cents = |key: &str| invoice[key].as_i64().unwrap();
            found.push((cents("amount"), cents("due_amount")));
        };
        let payment = sandbox.pay_job(&job, by_card).unwrap();
        look();
        let invoice = sandbox.invoices_of(&job).remove(0);
        sandbox.refund_payment(&invoice, &payment, None).unwrap();
        look();
        let check = NewPayment::in_full(PaymentMethod::Check);
        if sandbox.pay_job(&job, check).is_ok() {
            look();
        }
        assert_eq!(found, expected, "{surcharged_totals:?} {refunds:?}");
    }
}
