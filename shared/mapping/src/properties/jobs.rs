//! Jobs of every kind that Housecall Pro can have, and what each of their invoices comes to (V4).

use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};

use super::{priced, product};
use crate::{
    JobRecords,
    fixtures::{customer, read, with},
};

/// A job as Housecall Pro tells it, and what its invoices come to.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) job: Value,
    pub(super) lines: Vec<Value>,
    pub(super) invoices: Vec<Value>,
    /// What is asked for in all, tips and surcharges that were paid on top included.
    pub(super) total: i64,
    /// The sales tax in it.
    pub(super) tax: i64,
    /// What of the two is asked for by a deposit.
    pub(super) deposit: Option<(i64, i64)>,
    /// Whether one invoice tells all that the main one in QuickBooks bills.
    pub(super) told: bool,
}

impl Case {
    pub(super) fn records(&self) -> JobRecords {
        JobRecords {
            job: read(&self.job),
            lines: self.lines.iter().map(read).collect(),
            invoices: self.invoices.iter().map(read).collect(),
            customer: customer(&json!({})),
            customer_gone: false,
        }
    }

    /// Whether a line that is taxed and not over nothing stands among the lines.
    pub(super) fn has_taxable_line(&self) -> bool {
        let taxable = |line: &Value| line["taxable"] == true && line["kind"] != "fixed gratuity";
        self.lines.iter().any(taxable)
    }
}

/// How far a job has come.
#[derive(Clone, Debug)]
enum Stage {
    /// Nobody invoiced it.
    Finished,
    /// One invoice bills it.
    Invoiced(Paid),
    /// Several do, cut at these per cent.
    Parts(Vec<i64>),
}

/// Payments on an invoice, and what else its job's invoice tells.
#[derive(Clone, Debug)]
struct Paid {
    /// Tip and surcharge of each payment, and how it went.
    payments: Vec<(&'static str, Option<i64>, Option<i64>)>,
    /// Whether tips stand in the total; whether surcharges do.
    in_total: (bool, bool),
    /// Where the discounts are told.
    discounts: Told,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Job,
    Invoice,
    Both,
}

/// What is on a job, and which of its keys hold nothing.
#[derive(Clone, Debug)]
struct Plan {
    lines: Vec<Value>,
    discounts: Vec<i64>,
    tip: Option<i64>,
    taxes: Vec<i64>,
    deposit: Option<i64>,
    stage: Stage,
    voided: bool,
    blanks: u64,
}

/// Every kind of job.
pub(super) fn jobs() -> impl Strategy<Value = Case> {
    let discount = prop_oneof![1_i64..50_000, -50_000_i64..0];
    let paid = (
        vec(
            (
                select(vec!["succeeded", "pending", "failed"]),
                option::of(0_i64..5_000),
                option::of(0_i64..500),
            ),
            0..3,
        ),
        any::<(bool, bool)>(),
        select(vec![Told::Job, Told::Invoice, Told::Both]),
    );
    let stage = prop_oneof![
        Just(Stage::Finished),
        paid.prop_map(|(payments, in_total, discounts)| Stage::Invoiced(Paid {
            payments,
            in_total,
            discounts
        })),
        vec(1_i64..100, 1..3).prop_map(Stage::Parts),
    ];
    let bill = (
        vec(line(), 1..8),
        vec(discount, 0..3),
        option::of(1_i64..10_000),
        prop_oneof![1 => Just(Vec::new()), 2 => vec(0_i64..20_000, 1..4)],
    );
    let deposit = prop_oneof![2 => Just(None), 1 => (1_i64..100).prop_map(Some)];
    (bill, deposit, stage, any::<bool>(), any::<u64>()).prop_map(
        |((lines, discounts, tip, taxes), deposit, stage, voided, blanks)| {
            case(Plan {
                lines,
                discounts,
                tip,
                taxes,
                deposit,
                stage,
                voided,
                blanks,
            })
        },
    )
}

/// A line of work or goods, of which some keys may be null or missing.
fn line() -> impl Strategy<Value = Value> {
    let kind = select(vec![json!("labor"), json!("materials"), Value::Null]);
    let place = option::of(-2_i64..5);
    let flags = any::<(bool, bool)>();
    (priced(), kind, place, flags, any::<u64>()).prop_map(
        |((hundredths, price, amount), kind, place, (taxable, in_book), blanks)| {
            let quantity = format!("{}.{:02}", hundredths / 100, hundredths % 100);
            let quantity: Value = serde_json::from_str(&quantity).unwrap();
            let mut line = json!({
                "id": "rli_7c90e1ab52d34f8e9b61f4a0c8d2e357",
                "description": "As agreed",
                "unit_price": price,
                "unit_cost": 0,
                "quantity": quantity,
                "kind": kind,
                "taxable": taxable,
                "amount": amount,
                "order_index": place,
                "service_item_id": in_book.then_some("olit_1"),
            });
            let mut spare = vec!["id", "description", "unit_cost", "order_index"];
            if !taxable {
                spare.push("taxable");
            }
            // Either the amount is told, or what it is made from.
            if blanks & 1 == 1 && product(hundredths, price) == amount {
                spare.push("amount");
            } else {
                spare.extend(["unit_price", "quantity", "service_item_id"]);
            }
            blank(&mut line, &spare, blanks >> 1);
            line
        },
    )
}

/// Sets some of these keys to null and leaves some out, as `bits` say.
pub(super) fn blank(record: &mut Value, keys: &[impl AsRef<str>], mut bits: u64) {
    let record = record.as_object_mut().unwrap();
    for key in keys.iter().map(AsRef::as_ref) {
        match bits & 3 {
            0 => drop(record.remove(key)),
            1 => drop(record.insert(key.to_owned(), Value::Null)),
            _ => {}
        }
        bits = bits.rotate_right(2);
    }
}

/// `percent` of an amount, rounded down.
fn share(amount: i64, percent: i64) -> i64 {
    (amount * percent).div_euclid(100)
}

/// The amount of a line, told or not.
fn amount_of(line: &Value) -> i64 {
    let line: hcp::LineItem = read(line);
    let computed = || line.quantity?.times(line.unit_price?);
    line.amount.or_else(computed).unwrap().get()
}

fn case(plan: Plan) -> Case {
    let Plan {
        mut lines, taxes, ..
    } = plan;
    for (n, line) in lines.iter_mut().enumerate() {
        line["name"] = if n == 0 && plan.blanks & 1 == 1 {
            Value::Null
        } else {
            json!(format!("Line {n}"))
        };
    }
    let extra = |kind: &str, amount: i64| json!({ "name": kind, "kind": kind, "unit_price": amount, "quantity": 1.0, "amount": amount });
    lines.extend(plan.tip.map(|tip| extra("fixed gratuity", tip)));
    let sold: Vec<(Value, i64)> = lines
        .iter()
        .map(|line| (line.clone(), amount_of(line)))
        .collect();
    let off: i64 = plan.discounts.iter().map(|amount| amount.abs()).sum();
    let paid = match &plan.stage {
        Stage::Invoiced(paid) => Some(paid),
        _ => None,
    };
    let on_top = paid.map_or(0, on_top);
    let only_on_invoice = paid.is_some_and(|paid| {
        // Of what is missing from a total, Housecall Pro does not tell how much is a discount.
        paid.discounts == Told::Invoice && on_top == 0
    });
    if !only_on_invoice {
        for (n, amount) in plan.discounts.iter().enumerate() {
            let kind = ["fixed discount", "percent discount"][n % 2];
            lines.push(extra(kind, *amount));
        }
    }
    let tax: i64 = taxes.iter().sum();
    let total = sold.iter().map(|(_, amount)| amount).sum::<i64>() - off + tax;

    let mut invoices = Vec::new();
    let mut deposit = None;
    if let Some(percent) = plan.deposit {
        let parts: Vec<i64> = sold.iter().map(|(_, a)| share(*a, percent)).collect();
        let taxes: Vec<i64> = taxes.iter().map(|tax| share(*tax, percent)).collect();
        let (off, tax) = (share(off, percent), taxes.iter().sum::<i64>());
        let amount = parts.iter().sum::<i64>() - off + tax;
        deposit = Some((amount, tax));
        invoices.push(invoice(
            "D-100",
            amount,
            &items(&sold, &parts),
            &taxes,
            &[off],
        ));
    }
    let (deposited, deposited_tax) = deposit.unwrap_or_default();
    let rest = |percent: i64| -> Vec<i64> {
        let parts = sold.iter();
        parts.map(|(_, a)| a - share(*a, percent)).collect()
    };
    match &plan.stage {
        Stage::Finished => {}
        Stage::Invoiced(paid) => {
            let percent = plan.deposit.unwrap_or_default();
            let parts = rest(percent);
            let taxes: Vec<i64> = taxes.iter().map(|tax| tax - share(*tax, percent)).collect();
            let told: &[i64] = match paid.discounts {
                Told::Job => &[],
                _ => &plan.discounts,
            };
            let amount = total - deposited + on_top;
            let mut main = invoice("100", amount, &items(&sold, &parts), &taxes, told);
            main["payments"] = paid.payments.iter().map(payment).collect();
            invoices.push(main);
        }
        Stage::Parts(cuts) => {
            // The last part may not be billed yet; one that bills all beside nothing else would be no part.
            let alone = cuts.len() == 1 && plan.deposit.is_none() && plan.blanks & 2 == 2;
            let alone = alone && sold.iter().any(|(_, a)| share(*a, cuts[0]) != *a);
            let last: &[i64] = if alone { &[] } else { &[100] };
            for (n, percent) in cuts.iter().chain(last).enumerate() {
                let parts: Vec<i64> = sold.iter().map(|(_, a)| share(*a, *percent)).collect();
                let taxes: Vec<i64> = taxes.iter().map(|tax| share(*tax, *percent)).collect();
                let amount = parts.iter().chain(&taxes).sum();
                let number = format!("100-{}", n + 1);
                invoices.push(invoice(&number, amount, &items(&sold, &parts), &taxes, &[]));
            }
        }
    }
    let mut bits = plan.blanks >> 1;
    for invoice in &mut invoices {
        let mut spare = vec![
            "due_at",
            "paid_at",
            "invoice_date",
            "service_date",
            "subtotal",
        ];
        spare.extend(["status", "refunds", "due_amount"]);
        for list in ["taxes", "discounts", "payments"] {
            if invoice[list].as_array().is_none_or(Vec::is_empty) {
                spare.push(list);
            }
        }
        blank(invoice, &spare, bits);
        bits = bits.rotate_right(11);
    }
    if plan.voided {
        let voided = invoice("99", 12_345, &[], &[], &[]);
        invoices.push(with(voided, &json!({ "status": "voided" })));
    }
    let mut job = json!({
        "id": "job_e1c5a7f04b9d4d27a3c6820f5b9e7d18",
        "invoice_number": "100",
        "work_status": "complete unrated",
        "work_timestamps": { "completed_at": "2026-05-05T02:30:00Z" },
        "schedule": { "scheduled_start": "2026-05-04T15:00:00Z" },
        "total_amount": total,
        "outstanding_balance": total,
        "subtotal": total - tax,
        "address": null,
        "notes": [],
    });
    let spare = [
        "outstanding_balance",
        "subtotal",
        "address",
        "notes",
        "schedule",
    ];
    blank(&mut job, &spare, bits);
    Case {
        job,
        lines,
        invoices,
        total: total + on_top,
        tax,
        deposit: deposit.map(|_| (deposited, deposited_tax)),
        told: paid.is_some(),
    }
}

/// What was paid with the invoice and stands in its total.
fn on_top(paid: &Paid) -> i64 {
    let succeeded = paid.payments.iter().filter(|(how, ..)| *how == "succeeded");
    succeeded
        .map(|(_, tip, surcharge)| {
            let tip = tip.filter(|_| paid.in_total.0).unwrap_or_default();
            tip + surcharge.filter(|_| paid.in_total.1).unwrap_or_default()
        })
        .sum()
}

fn payment((how, tip, surcharge): &(&str, Option<i64>, Option<i64>)) -> Value {
    json!({
        "id": "invpay_1",
        "status": how,
        "payment_method": "credit card",
        "amount": 5_000,
        "tip_amount": tip,
        "surcharge_fee_amount": surcharge,
    })
}

/// The lines as an invoice repeats them, and how much of each it bills.
fn items(sold: &[(Value, i64)], parts: &[i64]) -> Vec<Value> {
    let item = |((line, amount), part): (&(Value, i64), &i64)| {
        json!({
            "name": line["name"],
            "type": "labor",
            "unit_price": line.get("unit_price"),
            "amount": amount,
            "invoiced_amount": part,
        })
    };
    sold.iter().zip(parts).map(item).collect()
}

fn invoice(number: &str, amount: i64, items: &[Value], taxes: &[i64], off: &[i64]) -> Value {
    let named = |amounts: &[i64]| -> Vec<Value> {
        let amounts = amounts.iter().enumerate();
        amounts
            .map(|(n, amount)| json!({ "name": format!("Number {n}"), "amount": amount }))
            .collect()
    };
    json!({
        "id": format!("invoice_{number}"),
        "status": "open",
        "invoice_number": number,
        "amount": amount,
        "subtotal": amount,
        "due_amount": amount,
        "due_at": "2026-06-05T16:00:00Z",
        "paid_at": null,
        "sent_at": "2026-05-06T16:00:00Z",
        "service_date": "2026-05-04T15:00:00Z",
        "invoice_date": "2026-05-06T15:59:30Z",
        "items": items,
        "taxes": named(taxes),
        "discounts": named(off),
        "payments": [],
        "refunds": [],
    })
}

/// One amount of a job, and by how much it is wrong.
pub(super) fn wrong() -> impl Strategy<Value = (usize, i64)> {
    (any::<usize>(), prop_oneof![-3_i64..0, 1_i64..4])
}

impl Case {
    /// The same with one amount wrong: the job's total, a line's, an invoice's or a tax's.
    pub(super) fn spoilt(mut self, (at, by): (usize, i64)) -> Self {
        let mut amounts: Vec<&mut Value> = vec![&mut self.job["total_amount"]];
        amounts.extend(
            self.lines
                .iter_mut()
                .filter_map(|line| line.get_mut("amount")),
        );
        for invoice in &mut self.invoices {
            let invoice = invoice.as_object_mut().unwrap();
            for (key, value) in invoice {
                match key.as_str() {
                    "amount" => amounts.push(value),
                    "taxes" => amounts.extend(
                        value
                            .as_array_mut()
                            .into_iter()
                            .flatten()
                            .map(|tax| &mut tax["amount"]),
                    ),
                    _ => {}
                }
            }
        }
        let count = amounts.len();
        let amount = &mut amounts[at % count];
        if let Some(cents) = amount.as_i64() {
            **amount = json!(cents + by);
        }
        self
    }

    /// All that Housecall Pro says an invoice may come to: what each of them says, the job's total, and what is
    /// left of that.
    pub(super) fn stated(&self) -> Vec<i64> {
        let invoices = self.invoices.iter();
        let mut stated: Vec<i64> = invoices.filter_map(|one| one["amount"].as_i64()).collect();
        if let Some(total) = self.job["total_amount"].as_i64() {
            let left = stated.iter().map(|amount| total - amount);
            stated = left.chain(stated.iter().copied()).chain([total]).collect();
        }
        stated
    }
}
