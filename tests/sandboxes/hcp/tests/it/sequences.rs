//! Whatever buttons are pressed, in whatever order, Housecall Pro's own arithmetic holds.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use hcp_sandbox::{
    CanceledBy, Event, Hundredths, InvoiceId, Invoicing, JobId, LineChanges, NewLine, NewPayment,
    NewRefund, Part, PaymentId, PaymentMethod, PaymentStatus, RefundId, Refunds, Refusal, Sandbox,
    Settings, SharedPayments, SurchargedTotals, TaxRate, Webhook,
};
use proptest::prelude::*;
use serde_json::Value;

use crate::company::{company_with, read, repair_job};

/// One press; the numbers choose among what is there at that moment.
#[derive(Clone, Debug)]
enum Press {
    Add(NewLine),
    Edit(usize, i64, i64),
    Remove(usize),
    Tax(i64),
    Send,
    SendOne(usize),
    Deposit(Part),
    Split(Vec<Part>),
    Void(usize),
    PayJob(NewPayment),
    PayInvoice(usize, NewPayment),
    PayInvoices(usize, NewPayment),
    MarkAsPaid(usize),
    Settle(usize, usize, PaymentStatus),
    DeletePayment(usize, usize),
    Refund(usize, usize, [Option<i64>; 3], PaymentStatus),
    SettleRefund(usize, usize, PaymentStatus),
    Finish,
    Reopen,
    Cancel,
    Delete,
}

fn part() -> impl Strategy<Value = Part> {
    prop_oneof![
        (0..11_000_i64).prop_map(|percent| Part::Percent(Hundredths::new(percent))),
        (0..40_000_i64).prop_map(Part::Amount),
        Just(Part::Rest),
    ]
}

fn payment() -> impl Strategy<Value = NewPayment> {
    let methods = prop::sample::select(vec![
        PaymentMethod::Card,
        PaymentMethod::Cash,
        PaymentMethod::Check,
        PaymentMethod::Ach,
    ]);
    let amounts = prop::option::of(0..30_000_i64);
    let extras = || prop_oneof![3 => Just(0), 1 => 1..2_000_i64];
    (methods, status(), amounts, extras(), extras()).prop_map(
        |(method, status, amount, tip, surcharge)| NewPayment {
            method,
            status,
            amount,
            tip,
            surcharge: if method == PaymentMethod::Card {
                surcharge
            } else {
                0
            },
            ..NewPayment::default()
        },
    )
}

fn status() -> impl Strategy<Value = PaymentStatus> {
    prop::sample::select(vec![
        PaymentStatus::Succeeded,
        PaymentStatus::Succeeded,
        PaymentStatus::Pending,
        PaymentStatus::Failed,
    ])
}

fn line() -> impl Strategy<Value = NewLine> {
    prop_oneof![
        (0..20_000_i64, 0..900_i64).prop_map(|(price, quantity)| NewLine::labor(
            "Work",
            price,
            Hundredths::new(quantity)
        )),
        (0..20_000_i64, 0..900_i64).prop_map(|(price, quantity)| NewLine::materials(
            "Part",
            price,
            Hundredths::new(quantity)
        )),
        (0..5_000_i64).prop_map(|cents| NewLine::fixed_discount("Off", cents)),
        (0..4_000_i64).prop_map(|rate| NewLine::percent_discount("Off", Hundredths::new(rate))),
        (0..3_000_i64).prop_map(NewLine::tip),
    ]
}

fn press() -> impl Strategy<Value = Press> {
    let any = 0..8_usize;
    prop_oneof![
        4 => line().prop_map(Press::Add),
        2 => (any.clone(), 0..20_000_i64, 0..900_i64).prop_map(|(n, price, quantity)| Press::Edit(n, price, quantity)),
        1 => any.clone().prop_map(Press::Remove),
        1 => (0..1_500_i64).prop_map(Press::Tax),
        3 => Just(Press::Send),
        1 => any.clone().prop_map(Press::SendOne),
        2 => part().prop_map(Press::Deposit),
        3 => prop::collection::vec(part(), 1..4).prop_map(Press::Split),
        2 => any.clone().prop_map(Press::Void),
        3 => payment().prop_map(Press::PayJob),
        3 => (any.clone(), payment()).prop_map(|(n, payment)| Press::PayInvoice(n, payment)),
        2 => (any.clone(), payment()).prop_map(|(n, payment)| Press::PayInvoices(n, payment)),
        1 => any.clone().prop_map(Press::MarkAsPaid),
        2 => (any.clone(), any.clone(), status()).prop_map(|(n, m, status)| Press::Settle(n, m, status)),
        2 => (any.clone(), any.clone()).prop_map(|(n, m)| Press::DeletePayment(n, m)),
        3 => (any.clone(), any.clone(), refund_parts(), status())
            .prop_map(|(n, m, parts, status)| Press::Refund(n, m, parts, status)),
        2 => (any.clone(), any, status()).prop_map(|(n, m, status)| Press::SettleRefund(n, m, status)),
        1 => Just(Press::Finish),
        1 => Just(Press::Reopen),
        1 => prop_oneof![20 => Just(Press::Reopen), 1 => Just(Press::Cancel), 1 => Just(Press::Delete)],
    ]
}

/// Amount, tip and surcharge of a refund.
fn refund_parts() -> impl Strategy<Value = [Option<i64>; 3]> {
    let extra = || prop::option::weighted(0.3, 0..1_000_i64);
    (prop::option::of(0..9_000_i64), extra(), extra())
        .prop_map(|(amount, tip, surcharge)| [amount, tip, surcharge])
}

fn chosen<T: Clone>(list: &[T], number: usize) -> Option<T> {
    list.get(number % list.len().max(1)).cloned()
}

fn do_it(sandbox: &Sandbox, job: &JobId, press: Press) -> Option<Result<(), Refusal>> {
    let invoice = |number| chosen(&sandbox.invoices_of(job), number);
    let line = |number| chosen(&sandbox.lines_of(job), number);
    let listed = |invoice: &InvoiceId, list: &str, number| {
        let record = sandbox.invoice(invoice)?;
        let rows = chosen(record[list].as_array()?, number)?;
        Some(rows["id"].as_str().unwrap().to_owned())
    };
    let payment =
        |invoice: &InvoiceId, number| listed(invoice, "payments", number).map(PaymentId::from);
    Some(match press {
        Press::Add(line) => sandbox.add_line(job, line).map(drop),
        Press::Edit(number, price, quantity) => {
            let changes = LineChanges {
                unit_price: Some(price),
                quantity: Some(Hundredths::new(quantity)),
                ..LineChanges::default()
            };
            sandbox.edit_line(job, &line(number)?, changes)
        }
        Press::Remove(number) => sandbox.remove_line(job, &line(number)?),
        Press::Tax(rate) => {
            let tax = TaxRate {
                name: "Tax".to_owned(),
                percent: Hundredths::new(rate),
            };
            sandbox.set_taxes(job, vec![tax])
        }
        Press::Send => sandbox.send_invoice(job).map(drop),
        Press::SendOne(number) => sandbox.send_this_invoice(&invoice(number)?),
        Press::Deposit(part) => sandbox.add_deposit(job, part, None).map(drop),
        Press::Split(parts) => sandbox.split_invoice(job, parts, None).map(drop),
        Press::Void(number) => sandbox.void_invoice(&invoice(number)?),
        Press::PayJob(payment) => sandbox.pay_job(job, payment).map(drop),
        Press::PayInvoice(number, payment) => {
            sandbox.pay_invoice(&invoice(number)?, payment).map(drop)
        }
        Press::PayInvoices(number, payment) => {
            // The jobs are one customer's: one payment may be for both.
            let jobs = sandbox.jobs();
            let mut invoices: Vec<_> = jobs
                .iter()
                .flat_map(|job| sandbox.invoices_of(job))
                .collect();
            let first = number % invoices.len().max(1);
            invoices.rotate_left(first);
            invoices.truncate(3);
            sandbox.pay_invoices(&invoices, payment).map(drop)
        }
        Press::MarkAsPaid(number) => sandbox
            .mark_as_paid(&invoice(number)?, PaymentMethod::Check, None)
            .map(drop),
        Press::DeletePayment(number, which) => {
            let invoice = invoice(number)?;
            sandbox.delete_payment(&invoice, &payment(&invoice, which)?)
        }
        Press::SettleRefund(number, which, status) => {
            let invoice = invoice(number)?;
            let refund = RefundId::from(listed(&invoice, "refunds", which)?);
            sandbox.settle_refund(&invoice, &refund, status)
        }
        Press::Settle(number, which, status) => {
            let invoice = invoice(number)?;
            sandbox.settle_payment(&invoice, &payment(&invoice, which)?, status)
        }
        Press::Refund(number, which, [amount, tip, surcharge], status) => {
            let invoice = invoice(number)?;
            let new = NewRefund {
                amount,
                tip,
                surcharge,
                status,
                ..NewRefund::of(&invoice, &payment(&invoice, which)?)
            };
            sandbox.refund(new).map(drop)
        }
        Press::Finish => sandbox.finish_job(job),
        Press::Reopen => sandbox.reopen_job(job),
        Press::Cancel => sandbox.cancel_job(job, CanceledBy::Customer),
        Press::Delete => sandbox.delete_job(job),
    })
}

fn cents(record: &Value, key: &str) -> i64 {
    record[key].as_i64().unwrap()
}

fn sum(list: &Value, key: &str, wanted: impl Fn(&Value) -> bool) -> i64 {
    let rows = list.as_array().unwrap().iter();
    rows.filter(|row| wanted(row))
        .map(|row| cents(row, key))
        .sum()
}

fn is_tip(item: &Value) -> bool {
    item["type"] == "fixed gratuity"
}

fn is_live(invoice: &Value) -> bool {
    !["voided", "canceled"].contains(&invoice["status"].as_str().unwrap())
}

fn succeeded(row: &Value) -> bool {
    row["status"] == "succeeded"
}

/// An invoice's own sums; answers what it bills, and what of it is covered.
fn check_invoice(invoice: &Value, settings: &Settings) -> (i64, i64) {
    let refunds_are_due = settings.refunds == Refunds::Reopen;
    let items = &invoice["items"];
    let work = sum(items, "invoiced_amount", |item| !is_tip(item));
    let tips = sum(items, "invoiced_amount", is_tip);
    let discounts = sum(&invoice["discounts"], "amount", |_| true);
    let taxes = sum(&invoice["taxes"], "amount", |_| true);
    assert_eq!(cents(invoice, "subtotal"), work, "subtotal");
    let amount = work + discounts + taxes + tips;
    for item in items.as_array().unwrap() {
        let part = cents(item, "invoiced_amount");
        assert!(
            (0..=cents(item, "amount")).contains(&part),
            "a part of its line"
        );
    }
    let paid = sum(&invoice["payments"], "amount", succeeded);
    let refunds = &invoice["refunds"];
    let refunded = sum(refunds, "amount", succeeded);
    assert!(refunded <= paid, "no more back than came");
    let surcharges = |list| sum(list, "surcharge_fee_amount", succeeded);
    let surcharge = surcharges(&invoice["payments"]);
    let surcharge_back = surcharges(refunds);
    assert!(surcharge_back <= surcharge, "no more surcharge back");
    for refund in refunds.as_array().unwrap() {
        let tip = cents(refund, "tip_amount");
        assert!((0..=cents(refund, "amount")).contains(&tip), "a part of it");
    }
    let kept = paid - refunded;
    let covered = if refunds_are_due || !is_live(invoice) {
        kept
    } else {
        paid.min(amount.max(kept))
    };
    let due = if is_live(invoice) {
        amount - covered
    } else {
        0
    };
    let (in_total, owed_again) = match (settings.surcharged_totals, refunds_are_due) {
        (SurchargedTotals::LeftOut, _) => (0, 0),
        (SurchargedTotals::Held, false) => (surcharge, 0),
        (SurchargedTotals::Held, true) if due > 0 => (surcharge, surcharge_back),
        (SurchargedTotals::Held, true) => (surcharge - surcharge_back, 0),
    };
    assert_eq!(cents(invoice, "amount"), amount + in_total, "amount");
    let shown = cents(invoice, "due_amount");
    assert_eq!(shown, due + owed_again, "total - covered = due");
    assert!(due >= 0, "nobody has paid too much");
    if is_live(invoice) {
        let is_paid = invoice["status"] == "paid";
        assert_eq!(is_paid, due == 0, "{} with {due} due", invoice["status"]);
        let has_paid = invoice["paid_at"].is_string();
        assert_eq!(has_paid, is_paid && paid > 0, "paid_at");
    }
    (amount, covered)
}

/// The arithmetic that every reader of the API may rely on.
fn check(sandbox: &Sandbox, job_id: &JobId, in_parts: bool) {
    let settings = sandbox.settings();
    let job = sandbox.job(job_id).unwrap();
    let invoices = read(sandbox, &format!("/jobs/{job_id}/invoices"));
    let invoices = invoices["invoices"].as_array().unwrap();
    let live = || invoices.iter().filter(|invoice| is_live(invoice));
    let (mut billed, mut covered) = (0, 0);
    for invoice in invoices {
        let (amount, paid) = check_invoice(invoice, &settings);
        billed += if is_live(invoice) { amount } else { 0 };
        covered += paid;
    }
    let total = cents(&job, "total_amount");
    assert_eq!(cents(&job, "outstanding_balance"), total - covered);
    assert!(billed <= total, "the parts are no more than the job");
    let has_main = live().any(|invoice| {
        let number = invoice["invoice_number"].as_str().unwrap();
        !number.starts_with("D-")
    });
    let is_over = job["work_status"].as_str().unwrap().ends_with("canceled");
    if !in_parts && has_main && !is_over {
        assert_eq!(billed, total, "the parts are the job");
    }
}

/// Everything about money that the API shows: the jobs, and the invoices by their ids.
#[derive(Clone, Debug, PartialEq)]
struct Books {
    jobs: Vec<Value>,
    invoices: BTreeMap<String, Value>,
}

impl Books {
    fn of(sandbox: &Sandbox) -> Self {
        let jobs = sandbox.jobs();
        let invoices = jobs.iter().flat_map(|job| sandbox.invoices_of(job));
        Self {
            jobs: jobs.iter().map(|job| sandbox.job(job).unwrap()).collect(),
            invoices: invoices
                .map(|id| (id.to_string(), sandbox.invoice(&id).unwrap()))
                .collect(),
        }
    }

    /// Invoice and payment of each payment that has this status.
    fn payments(&self, status: &str) -> BTreeSet<(String, String)> {
        let rows = |invoice: &Value| invoice["payments"].as_array().unwrap().clone();
        let invoices = self.invoices.iter();
        invoices
            .flat_map(|(id, invoice)| rows(invoice).into_iter().map(move |row| (id.clone(), row)))
            .filter(|(_, payment)| payment["status"] == status)
            .map(|(id, payment)| (id, payment["id"].to_string()))
            .collect()
    }

    fn paid(&self) -> BTreeSet<String> {
        let paid = |invoice: &Value| invoice["status"] == "paid" && invoice["paid_at"].is_string();
        let invoices = self.invoices.iter();
        invoices
            .filter(|(_, invoice)| paid(invoice))
            .map(|(id, _)| id.clone())
            .collect()
    }
}

/// What is told of money is what has changed.
fn check_told(before: &Books, after: &Books, told: &[Webhook]) {
    let about = |event| {
        let told = told.iter().filter(move |webhook| webhook.event == event);
        let ids = told.map(|webhook| webhook.json()["invoice"]["id"].as_str().unwrap().to_owned());
        let mut ids: Vec<String> = ids.collect();
        ids.sort();
        ids
    };
    for (event, status) in [
        (Event::InvoicePaymentSucceeded, "succeeded"),
        (Event::InvoicePaymentFailed, "failed"),
    ] {
        let (before, after) = (before.payments(status), after.payments(status));
        let new: Vec<String> = after
            .difference(&before)
            .map(|(id, _)| id.clone())
            .collect();
        assert_eq!(about(event), new, "{event}");
    }
    let (before, paid) = (before.paid(), after.paid());
    let new: Vec<String> = paid.difference(&before).cloned().collect();
    assert_eq!(about(Event::InvoicePaid), new);
    for webhook in told
        .iter()
        .filter(|webhook| webhook.event == Event::JobPaid)
    {
        assert_eq!(webhook.json()["job"]["outstanding_balance"], 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn any_sequence_of_buttons_adds_up(
        presses in prop::collection::vec((0..2_usize, press()), 1..40),
        invoicing in prop::sample::select(vec![Invoicing::MatchJobNumber, Invoicing::Progress]),
        shared_payments in prop::sample::select(vec![SharedPayments::OwnIds, SharedPayments::OneId]),
        refunds in prop::sample::select(vec![Refunds::Reopen, Refunds::LeavePaid]),
        surcharged_totals in prop::sample::select(vec![SurchargedTotals::Held, SurchargedTotals::LeftOut]),
    ) {
        let sandbox = company_with(Settings { invoicing, shared_payments, refunds, surcharged_totals, ..Settings::default() });
        let jobs = [repair_job(&sandbox), repair_job(&sandbox)];
        sandbox.take_webhooks();
        let mut before = Books::of(&sandbox);
        for (which, press) in presses {
            let pressed = do_it(&sandbox, &jobs[which], press);
            let (after, told) = (Books::of(&sandbox), sandbox.take_webhooks());
            if let Some(Err(_)) = pressed {
                prop_assert_eq!(&before, &after, "a refused press leaves no trace");
            }
            check_told(&before, &after, &told);
            for job in &jobs {
                check(&sandbox, job, invoicing == Invoicing::Progress);
            }
            before = after;
        }
        // Sent until nothing is left, the parts are the whole job, each with its share of every line.
        for job in &jobs {
            let mut sent = HashSet::new();
            while let Ok(invoice) = sandbox.send_invoice(job) {
                if !sent.insert(invoice) {
                    check(&sandbox, job, false);
                    break;
                }
            }
        }
    }
}
