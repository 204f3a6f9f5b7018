//! Deposits, progress invoices and refunds: numbers, parts, and what a payment does to them.

use hcp_sandbox::{
    DepositItems, DueTerms, Hundredths, InvoiceId, Invoicing, JobId, LineChanges, NewLine,
    NewPayment, Part, PaymentMethod, Refunds, Sandbox, Settings,
};
use serde_json::{Value, json};

use crate::company::{TOTAL, company, company_with, events, read, repair_job};

fn invoicing(invoicing: Invoicing) -> Sandbox {
    company_with(Settings {
        invoicing,
        first_job_number: 500,
        ..Settings::default()
    })
}

fn percent(whole: i64) -> Part {
    Part::Percent(Hundredths::new(whole * 100))
}

fn invoices(sandbox: &Sandbox, job: &JobId) -> Vec<Value> {
    let list = read(sandbox, &format!("/jobs/{job}/invoices"));
    list["invoices"].as_array().unwrap().clone()
}

/// Number, status, amount and due amount of each invoice of the job.
fn state(sandbox: &Sandbox, job: &JobId) -> Vec<(String, String, i64, i64)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    invoices(sandbox, job)
        .iter()
        .map(|invoice| {
            (
                text(&invoice["invoice_number"]),
                text(&invoice["status"]),
                invoice["amount"].as_i64().unwrap(),
                invoice["due_amount"].as_i64().unwrap(),
            )
        })
        .collect()
}

fn row(number: &str, status: &str, amount: i64, due: i64) -> (String, String, i64, i64) {
    (number.to_owned(), status.to_owned(), amount, due)
}

/// A job of a company with progress invoicing, split into these parts; and its first invoice.
fn split_job(parts: &[Part]) -> (Sandbox, JobId, InvoiceId) {
    let sandbox = invoicing(Invoicing::Progress);
    let job = repair_job(&sandbox);
    let first = sandbox.split_invoice(&job, parts.to_vec(), None).unwrap();
    events(&sandbox);
    (sandbox, job, first)
}

#[test]
fn a_deposit_has_its_own_number_and_the_main_invoice_bills_the_rest() {
    for (mode, main, deposit) in [
        // The deposit's number is the next after the main invoice's, though it is made first.
        (Invoicing::Simple, "1001", "1002"),
        (Invoicing::MatchJobNumber, "500", "D-500"),
    ] {
        let sandbox = invoicing(mode);
        let job = repair_job(&sandbox);
        events(&sandbox);
        let id = sandbox
            .add_deposit(&job, percent(50), Some(DueTerms::Net(7)))
            .unwrap();
        sandbox.send_this_invoice(&id).unwrap();
        assert_eq!(events(&sandbox), ["invoice.created", "invoice.sent"]);
        sandbox
            .pay_invoice(&id, NewPayment::in_full(PaymentMethod::Card))
            .unwrap();
        assert_eq!(
            events(&sandbox),
            ["invoice.payment.succeeded", "invoice.paid", "job.updated"]
        );
        sandbox.finish_job(&job).unwrap();
        sandbox.send_invoice(&job).unwrap();
        assert_eq!(
            state(&sandbox, &job),
            [
                row(deposit, "paid", 14_175, 0),
                row(main, "open", TOTAL - 14_175, TOTAL - 14_175),
            ]
        );
        assert_eq!(
            sandbox.job(&job).unwrap()["outstanding_balance"],
            TOTAL - 14_175
        );
        events(&sandbox);
        sandbox
            .pay_job(&job, NewPayment::in_full(PaymentMethod::Cash))
            .unwrap();
        assert!(events(&sandbox).contains(&"job.paid"));
        assert_eq!(sandbox.job(&job).unwrap()["outstanding_balance"], 0);
    }
}

#[test]
fn a_deposit_stays_when_the_job_changes_and_goes_back_when_it_is_voided() {
    let sandbox = invoicing(Invoicing::MatchJobNumber);
    let job = repair_job(&sandbox);
    let deposit = sandbox
        .add_deposit(&job, Part::Amount(10_000), None)
        .unwrap();
    assert!(sandbox.add_deposit(&job, percent(10), None).is_err());
    sandbox.send_invoice(&job).unwrap();
    let line = sandbox.lines_of(&job).remove(0);
    events(&sandbox);
    sandbox.remove_line(&job, &line).unwrap();
    assert_eq!(events(&sandbox), ["job.updated", "invoice.amount_updated"]);
    assert_eq!(
        state(&sandbox, &job),
        [
            row("D-500", "open", 10_000, 10_000),
            row("500", "open", 7_149, 7_149)
        ]
    );
    sandbox.void_invoice(&deposit).unwrap();
    assert_eq!(
        events(&sandbox),
        ["invoice.voided", "invoice.amount_updated"]
    );
    assert_eq!(
        state(&sandbox, &job),
        [
            row("D-500", "voided", 10_000, 0),
            row("500", "open", 17_149, 17_149)
        ]
    );
    sandbox.add_deposit(&job, percent(100), None).unwrap();
    assert_eq!(
        state(&sandbox, &job)[2],
        row("D-500-1", "open", 17_149, 17_149)
    );
    assert_eq!(state(&sandbox, &job)[1], row("500", "paid", 0, 0));
}

#[test]
fn a_deposit_shows_shares_of_the_lines_or_one_item() {
    for (items, count, first) in [
        (DepositItems::Shares, 2, 1_120),
        (DepositItems::OneItem, 1, 2_835),
    ] {
        let sandbox = company_with(Settings {
            deposit_items: items,
            ..Settings::default()
        });
        let job = repair_job(&sandbox);
        sandbox.add_deposit(&job, percent(10), None).unwrap();
        let deposit = invoices(&sandbox, &job).remove(0);
        assert_eq!(deposit["amount"], 2_835);
        assert_eq!(deposit["items"].as_array().unwrap().len(), count);
        assert_eq!(deposit["items"][0]["invoiced_amount"], first);
    }
}

#[test]
fn progress_invoices_repeat_the_whole_job_and_bill_a_part_of_it() {
    let (sandbox, job, _) = split_job(&[percent(30), Part::Amount(10_000)]);
    sandbox.split_invoice(&job, vec![Part::Rest], None).unwrap();
    let parts = invoices(&sandbox, &job);
    let numbers: Vec<_> = parts.iter().map(|part| &part["invoice_number"]).collect();
    assert_eq!(numbers, ["500-1", "500-2", "500-3"]);
    let amounts: Vec<_> = parts.iter().map(|part| part["amount"].as_i64()).collect();
    assert_eq!(amounts, [Some(8_505), Some(10_000), Some(9_844)]);
    for (index, whole) in [11_200, 16_125].into_iter().enumerate() {
        let item = |part: &Value, key| part["items"][index][key].as_i64().unwrap();
        assert!(parts.iter().all(|part| item(part, "amount") == whole));
        let billed: i64 = parts.iter().map(|part| item(part, "invoiced_amount")).sum();
        assert_eq!(billed, whole);
    }
    let tax: i64 = parts
        .iter()
        .map(|part| part["taxes"][0]["amount"].as_i64().unwrap())
        .sum();
    assert_eq!(tax, 1_024);
    let refused = sandbox.split_invoice(&job, vec![Part::Amount(1)], None);
    assert!(refused.is_err(), "all is billed");
}

#[test]
fn only_jobs_made_under_progress_invoicing_can_be_split() {
    let sandbox = company();
    let before = repair_job(&sandbox);
    sandbox.change_settings(Settings {
        invoicing: Invoicing::Progress,
        ..Settings::default()
    });
    let after = repair_job(&sandbox);
    assert!(
        sandbox
            .split_invoice(&before, vec![percent(50)], None)
            .is_err()
    );
    sandbox
        .split_invoice(&after, vec![percent(50)], None)
        .unwrap();
}

#[test]
fn a_progress_invoice_is_paid_whole_and_a_lump_voids_what_it_does_not_cover() {
    let (sandbox, job, first) = split_job(&[Part::Amount(10_000), Part::Amount(15_000)]);
    let half = NewPayment::of(PaymentMethod::Check, 5_000);
    assert!(sandbox.pay_invoice(&first, half).is_err());
    sandbox
        .pay_job(&job, NewPayment::of(PaymentMethod::Check, 12_000))
        .unwrap();
    assert_eq!(
        events(&sandbox),
        [
            "invoice.payment.succeeded",
            "invoice.paid",
            "job.updated",
            "invoice.voided",
            "invoice.created",
            "invoice.payment.succeeded",
            "invoice.paid",
            "job.updated",
        ]
    );
    assert_eq!(
        state(&sandbox, &job),
        [
            row("500-1", "paid", 10_000, 0),
            row("500-2", "voided", 15_000, 0),
            row("500-3", "paid", 2_000, 0),
        ]
    );
    assert_eq!(
        sandbox.job(&job).unwrap()["outstanding_balance"],
        TOTAL - 12_000
    );
}

#[test]
fn sending_a_progress_job_sends_its_parts_in_order_and_then_the_rest() {
    let (sandbox, job, _) = split_job(&[percent(20), percent(20)]);
    let number = |id: InvoiceId| sandbox.invoice(&id).unwrap()["invoice_number"].clone();
    let sent: Vec<_> = (0..4)
        .map(|_| number(sandbox.send_invoice(&job).unwrap()))
        .collect();
    assert_eq!(sent, ["500-1", "500-2", "500-3", "500-3"]);
    let billed: i64 = state(&sandbox, &job).iter().map(|part| part.2).sum();
    assert_eq!(billed, TOTAL);
}

#[test]
fn an_edit_under_what_a_progress_invoice_bills_is_refused_whole() {
    let (sandbox, job, _) = split_job(&[percent(50)]);
    let line = sandbox.lines_of(&job).remove(0);
    let price = |cents| LineChanges {
        unit_price: Some(cents),
        ..LineChanges::default()
    };
    assert!(sandbox.edit_line(&job, &line, price(5_599)).is_err());
    assert!(sandbox.remove_line(&job, &line).is_err());
    sandbox.edit_line(&job, &line, price(5_600)).unwrap();
    assert_eq!(
        state(&sandbox, &job),
        [row("500-1", "open", 14_175, 14_175)]
    );
}

#[test]
fn a_tip_belongs_to_the_invoice_that_it_came_with() {
    for mode in [Invoicing::Progress, Invoicing::MatchJobNumber] {
        let sandbox = invoicing(mode);
        let job = repair_job(&sandbox);
        let deposit = sandbox
            .add_deposit(&job, Part::Amount(5_000), None)
            .unwrap();
        let with_tip = NewPayment {
            tip: 700,
            ..NewPayment::in_full(PaymentMethod::Card)
        };
        sandbox.pay_invoice(&deposit, with_tip).unwrap();
        assert_eq!(state(&sandbox, &job), [row("D-500", "paid", 5_700, 0)]);
        sandbox
            .add_line(&job, NewLine::fixed_discount("Coupon", 999))
            .unwrap();
        sandbox.send_invoice(&job).unwrap();
        let rest = state(&sandbox, &job).remove(1);
        let total = sandbox.job(&job).unwrap()["total_amount"].as_i64().unwrap();
        assert_eq!(rest.2, total - 5_700);
    }
}

#[test]
fn a_refund_is_due_again_or_leaves_the_invoice_paid() {
    for (refunds, status, due) in [
        (Refunds::Reopen, "open", 1_500),
        (Refunds::LeavePaid, "paid", 0),
    ] {
        let sandbox = company_with(Settings {
            refunds,
            ..Settings::default()
        });
        let job = repair_job(&sandbox);
        let payment = NewPayment {
            tip: 1_000,
            surcharge: 850,
            ..NewPayment::in_full(PaymentMethod::Card)
        };
        let payment = sandbox.pay_job(&job, payment).unwrap();
        let invoice = sandbox.invoices_of(&job).remove(0);
        sandbox
            .refund_payment(&invoice, &payment, Some(1_500))
            .unwrap();
        let record = sandbox.invoice(&invoice).unwrap();
        assert_eq!(record["status"], status);
        assert_eq!(record["due_amount"], due);
        assert_eq!(sandbox.job(&job).unwrap()["outstanding_balance"], due);
        assert_eq!(record["payments"][0]["surcharge_fee_amount"], 850);
        assert_eq!(record["refunds"][0]["tip_amount"], 0);
        sandbox.refund_payment(&invoice, &payment, None).unwrap();
        let record = sandbox.invoice(&invoice).unwrap();
        assert_eq!(record["refunds"][1]["amount"], TOTAL + 1_000 - 1_500);
        assert_eq!(record["refunds"][1]["tip_amount"], 1_000);
    }
}

#[test]
fn surcharges_belong_to_cards() {
    let sandbox = company();
    let job = repair_job(&sandbox);
    let cash = NewPayment {
        surcharge: 1,
        ..NewPayment::in_full(PaymentMethod::Cash)
    };
    assert!(sandbox.pay_job(&job, cash).is_err());
    assert_eq!(read(&sandbox, "/invoices")["invoices"], json!([]));
}

#[test]
fn a_tax_can_rise_after_a_part_was_billed_and_not_fall_below_it() {
    let (sandbox, job, _) = split_job(&[percent(50)]);
    let tax = |rate| {
        vec![hcp_sandbox::TaxRate {
            percent: Hundredths::new(rate),
            ..crate::company::state_tax()
        }]
    };
    sandbox.set_taxes(&job, tax(700)).unwrap();
    assert!(sandbox.set_taxes(&job, tax(300)).is_err());
    assert!(sandbox.set_taxes(&job, Vec::new()).is_err());
    sandbox.send_invoice(&job).unwrap();
    sandbox.send_invoice(&job).unwrap();
    let billed: i64 = state(&sandbox, &job).iter().map(|part| part.2).sum();
    // 273.25 and 7 % of 161.25.
    assert_eq!(billed, 27_325 + 1_129);
}
