//! What Housecall Pro tells of jobs, invoices, payments and refunds.

use std::collections::BTreeMap;

use money::Cents;
use serde_json::Value;

use crate::Books;

/// Its side.
pub(crate) struct Housecall {
    /// By id; an invoice without a job stands in the place of one.
    pub(crate) jobs: BTreeMap<String, Job>,
}

/// A job.
#[derive(Default)]
pub(crate) struct Job {
    /// What all of it comes to.
    pub(crate) total: Cents,
    /// What of it is still to be paid.
    pub(crate) outstanding: Cents,
    /// Whether it was cancelled or deleted.
    pub(crate) is_removed: bool,
    pub(crate) invoices: Vec<Invoice>,
}

/// An invoice.
pub(crate) struct Invoice {
    pub(crate) id: String,
    pub(crate) amount: Cents,
    pub(crate) due: Cents,
    /// Neither voided nor cancelled.
    pub(crate) is_live: bool,
    /// Whether what went back is due again.
    pub(crate) is_due_again: bool,
    pub(crate) payments: Vec<Moved>,
    pub(crate) refunds: Vec<Moved>,
}

/// Money that went through.
#[derive(Clone)]
pub(crate) struct Moved {
    pub(crate) id: String,
    /// All of it, tip and surcharge included.
    pub(crate) amount: Cents,
    /// What of it is a tip or a card surcharge.
    pub(crate) extra: Cents,
}

impl Housecall {
    pub(crate) fn read(books: &Books) -> Result<Self, String> {
        let mut jobs = BTreeMap::new();
        for job in &books.jobs {
            let removed = |name: &str| job[name].is_string();
            jobs.insert(
                text(job, "id")?.to_owned(),
                Job {
                    total: cents(job, "total_amount")?,
                    outstanding: cents(job, "outstanding_balance")?,
                    is_removed: removed("canceled_at") || removed("deleted_at"),
                    invoices: Vec::new(),
                },
            );
        }
        for told in &books.invoices {
            let invoice = Invoice::read(told)?;
            let job = told["job_id"].as_str().unwrap_or(&invoice.id).to_owned();
            let alone = || Job {
                total: invoice.amount,
                outstanding: invoice.due,
                is_removed: false,
                invoices: Vec::new(),
            };
            let job = jobs.entry(job).or_insert_with(alone);
            job.invoices.push(invoice);
        }
        Ok(Self { jobs })
    }
}

impl Invoice {
    /// What came in for it and stayed.
    pub(crate) fn kept(&self) -> Cents {
        let sum = |moved: &[Moved]| -> Cents { moved.iter().map(|one| one.amount).sum() };
        sum(&self.payments) - sum(&self.refunds)
    }

    /// What is still to be paid of it: of one that is void, nothing, and what came in for it pays what else there is.
    pub(crate) fn still_due(&self) -> Cents {
        match self.is_live {
            true => self.due,
            false => -self.kept(),
        }
    }

    fn read(told: &Value) -> Result<Self, String> {
        let (amount, due) = (cents(told, "amount")?, cents(told, "due_amount")?);
        let payments = through(&told["payments"])?;
        let refunds = through(&told["refunds"])?;
        let sum = |moved: &[(Moved, Cents)], beside: bool| -> Cents {
            let beside = |fee: &Cents| if beside { *fee } else { Cents::ZERO };
            moved
                .iter()
                .map(|(one, fee)| one.amount + beside(fee))
                .sum()
        };
        // The reading of surcharges that agrees with what is due: in the amounts, or beside them.
        let paid_off = amount - due;
        let agrees = |beside: bool| {
            let paid = sum(&payments, beside);
            [paid, paid - sum(&refunds, beside)].contains(&paid_off)
        };
        let is_beside = !agrees(false) && agrees(true);
        let is_due_again = sum(&payments, is_beside) != paid_off;
        let all = |moved: Vec<(Moved, Cents)>| {
            let all = moved.into_iter().map(|(one, fee)| Moved {
                amount: if is_beside {
                    one.amount + fee
                } else {
                    one.amount
                },
                ..one
            });
            all.collect()
        };
        Ok(Self {
            id: text(told, "id")?.to_owned(),
            amount,
            due,
            is_live: !matches!(told["status"].as_str(), Some("voided" | "canceled")),
            is_due_again,
            payments: all(payments),
            refunds: all(refunds),
        })
    }
}

impl Job {
    /// All that came in and stayed.
    pub(crate) fn kept(&self) -> Cents {
        self.invoices.iter().map(Invoice::kept).sum()
    }

    /// What a payment pays of each invoice.
    pub(crate) fn parts(&self, payment: &str) -> impl Iterator<Item = (&str, Cents)> {
        self.invoices.iter().flat_map(move |invoice| {
            let parts = invoice.payments.iter().filter(move |one| one.id == payment);
            parts.map(|one| (invoice.id.as_str(), one.amount))
        })
    }

    /// The refunds, with the invoices whose money went back.
    pub(crate) fn refunds(&self) -> impl Iterator<Item = (&Invoice, &Moved)> {
        let invoices = self.invoices.iter();
        invoices.flat_map(|invoice| invoice.refunds.iter().map(move |one| (invoice, one)))
    }
}

/// What succeeded of a list, with its surcharge.
fn through(list: &Value) -> Result<Vec<(Moved, Cents)>, String> {
    let list = list.as_array().map_or(&[][..], Vec::as_slice);
    let succeeded = list.iter().filter(|one| one["status"] == "succeeded");
    succeeded
        .map(|one| {
            let or_none = |name: &str| Cents::new(one[name].as_i64().unwrap_or_default());
            let surcharge = or_none("surcharge_fee_amount");
            let moved = Moved {
                id: text(one, "id")?.to_owned(),
                amount: or_none("amount"),
                extra: or_none("tip_amount") + surcharge,
            };
            Ok((moved, surcharge))
        })
        .collect()
}

fn text<'a>(of: &'a Value, name: &str) -> Result<&'a str, String> {
    of[name]
        .as_str()
        .ok_or_else(|| format!("no {name} in {of}"))
}

fn cents(of: &Value, name: &str) -> Result<Cents, String> {
    let cents = of[name].as_i64();
    cents
        .map(Cents::new)
        .ok_or_else(|| format!("no {name} in {of}"))
}
