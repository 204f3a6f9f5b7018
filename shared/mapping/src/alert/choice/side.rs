use money::Cents;

use crate::alert::{
    Alert, BillTrouble, CustomerTrouble, JobTrouble, NumberTrouble, PaymentTrouble, ReceiptTrouble,
    RefundTrouble,
};

/// One thing that both systems tell, beside each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// What it is: `total`, `e-mail address`.
    pub what: String,
    /// As Housecall Pro has it, or as it was sent.
    pub housecall: Option<String>,
    /// As QuickBooks has it.
    pub quickbooks: Option<String>,
}

impl Side {
    fn of(what: &str, housecall: Option<impl ToString>, quickbooks: Option<impl ToString>) -> Self {
        Self {
            what: what.to_owned(),
            housecall: housecall.map(|told| told.to_string()),
            quickbooks: quickbooks.map(|told| told.to_string()),
        }
    }

    fn there(what: &str, quickbooks: impl ToString) -> Self {
        Self::of(what, None::<String>, Some(quickbooks))
    }

    fn amounts(what: &str, housecall: Cents, quickbooks: Cents) -> Self {
        Self::of(what, Some(housecall), Some(quickbooks))
    }
}

impl Alert {
    /// What both systems have, beside each other, where it is about a difference or a choice between the two.
    pub fn sides(&self) -> Vec<Side> {
        match self {
            Self::Job(alert) => of_job(&alert.trouble),
            Self::Payment(alert) => {
                let amount = alert.payment.amount;
                of_payment(&alert.trouble, amount)
            }
            Self::Refund(alert) => of_refund(&alert.trouble, alert.refund.amount),
            Self::Receipt(alert) => match &alert.trouble {
                ReceiptTrouble::Changed { differences, .. } => {
                    let told = differences.iter();
                    let told = told.map(|one| Side::of(&one.what, Some(&one.now), Some(&one.sent)));
                    told.collect()
                }
                _ => Vec::new(),
            },
            Self::Customer(_)
            | Self::Item(_)
            | Self::Entry(_)
            | Self::Invoice(_)
            | Self::PriceBook { .. }
            | Self::Connection(_) => Vec::new(),
        }
    }
}

fn of_job(trouble: &JobTrouble) -> Vec<Side> {
    match trouble {
        JobTrouble::Customer(CustomerTrouble::Contradiction {
            customer,
            what,
            ours,
            theirs,
            there,
        }) => {
            let there = there.as_ref().map(|there| &there.described);
            vec![
                Side::of("customer", Some(customer), there.or(Some(customer))),
                Side::of(what, Some(ours), Some(theirs)),
            ]
        }
        JobTrouble::Customer(CustomerTrouble::Several {
            customer,
            candidates,
        }) => {
            let there = candidates.iter();
            let there = there.map(|one| Side::of("customer", Some(customer), Some(&one.described)));
            there.collect()
        }
        JobTrouble::Customer(CustomerTrouble::LinkedToAnother { there, .. }) => {
            vec![Side::there("customer", &there.described)]
        }
        JobTrouble::Number(NumberTrouble::Linkable { number, invoice }) => {
            let told = [
                invoice
                    .customer
                    .as_ref()
                    .map(|told| Side::there("customer", told)),
                invoice
                    .total
                    .map(|total| Side::amounts("total", total, total)),
                invoice.date.map(|date| Side::there("date", date)),
            ];
            let number = Side::of("number", Some(number), Some(number));
            let told = told.into_iter().flatten();
            std::iter::once(number).chain(told).collect()
        }
        JobTrouble::Number(NumberTrouble::Taken { number, holder, .. }) => {
            let told = [
                holder
                    .customer
                    .as_ref()
                    .map(|told| Side::there("customer", told)),
                holder.total.map(|total| Side::there("total", total)),
            ];
            let number = Side::of("number", Some(number), Some(number));
            let told = told.into_iter().flatten();
            std::iter::once(number).chain(told).collect()
        }
        JobTrouble::Bill(BillTrouble::TotalMismatch {
            ours,
            our_tax,
            theirs,
            their_tax,
            ..
        }) => vec![
            Side::amounts("total", *ours, *theirs),
            Side::amounts("sales tax", *our_tax, *their_tax),
        ],
        JobTrouble::Bill(BillTrouble::LinesDoNotAddUp { lines, total }) => vec![
            Side::of("sum of the lines", Some(lines), None::<Cents>),
            Side::of("total", Some(total), None::<Cents>),
        ],
        _ => Vec::new(),
    }
}

fn of_payment(trouble: &PaymentTrouble, amount: Option<Cents>) -> Vec<Side> {
    match trouble {
        PaymentTrouble::MaybeThere { candidates } => {
            let there = candidates.iter();
            let there = there.map(|one| Side::of("payment", amount, Some(one.named())));
            there.collect()
        }
        PaymentTrouble::Overpaid { applied, .. } => {
            vec![Side::of("pays the invoice", amount, Some(applied))]
        }
        PaymentTrouble::NotApplied { expected, applied } => {
            vec![Side::amounts("pays the invoice", *expected, *applied)]
        }
        PaymentTrouble::Changed { differences, .. } => {
            let told = differences.iter();
            let told = told.map(|one| Side::of(&one.what, Some(&one.now), Some(&one.sent)));
            told.collect()
        }
        PaymentTrouble::ChangedThere { differences, .. } => {
            let told = differences.iter();
            let told = told.map(|one| Side::of(&one.what, Some(&one.sent), Some(&one.now)));
            told.collect()
        }
        _ => Vec::new(),
    }
}

fn of_refund(trouble: &RefundTrouble, amount: Option<Cents>) -> Vec<Side> {
    match trouble {
        RefundTrouble::Differs { refund, receipt } => {
            vec![Side::amounts("refund", *refund, *receipt)]
        }
        RefundTrouble::MoreThanPaid { paid, refunded } => vec![
            Side::of("paid", Some(paid), None::<Cents>),
            Side::of("refunded", Some(refunded), None::<Cents>),
        ],
        RefundTrouble::NotApplied { left } => {
            vec![Side::of("can be given back", amount, Some(left))]
        }
        _ => Vec::new(),
    }
}
