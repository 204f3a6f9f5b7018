//! What open alerts name, and what people have accepted.

use std::collections::BTreeSet;

use mapping::{
    Role,
    alert::{Alert, Apart},
};
use money::Cents;

use crate::{Told, housecall::Job, records::Kept};

/// What an alert of a job is about.
pub(crate) enum About {
    /// All of it, or its customer.
    All,
    /// One of its invoices.
    Document(Role),
    /// A payment, by its id.
    Payment(String),
    /// A refund.
    Refund(String),
    /// What of a payment repeats refunds of an invoice.
    Receipt(String, String),
}

/// What alerts of a job say that both books have otherwise.
pub(crate) fn of_job(told: &Told, job: &str, kept: &Kept) -> Vec<(About, Apart)> {
    let customer = kept.record.as_ref().and_then(|record| {
        let customer = record.customer.as_ref()?;
        Some(customer.id.to_string())
    });
    let mut named = Vec::new();
    for one in &told.records.alerts {
        let about = match &one.alert {
            Alert::Job(alert) if alert.job.id.as_str() == job => match &alert.document {
                Some(document) => About::Document(document.role),
                None => About::All,
            },
            Alert::Invoice(alert) if alert.invoice.as_str() == job => About::All,
            Alert::Customer(alert) if Some(alert.customer.id.as_str()) == customer.as_deref() => {
                About::All
            }
            Alert::Payment(alert) if alert.job.id.as_str() == job => {
                About::Payment(alert.payment.id.to_string())
            }
            Alert::Refund(alert) if alert.job.id.as_str() == job => {
                About::Refund(alert.refund.id.to_string())
            }
            Alert::Receipt(alert) if alert.job.id.as_str() == job => {
                About::Receipt(alert.payment.id.to_string(), alert.of.to_string())
            }
            _ => continue,
        };
        named.extend(
            one.alert
                .apart()
                .into_iter()
                .map(|apart| (about.copy(), apart)),
        );
    }
    named
}

impl About {
    fn copy(&self) -> Self {
        match self {
            Self::All => Self::All,
            Self::Document(role) => Self::Document(*role),
            Self::Payment(id) => Self::Payment(id.clone()),
            Self::Refund(id) => Self::Refund(id.clone()),
            Self::Receipt(id, of) => Self::Receipt(id.clone(), of.clone()),
        }
    }

    /// Whether it concerns the document of a role, behind which these invoices stand. What is told of one that is not there
    /// concerns the main one, which bills what that billed.
    pub(crate) fn concerns(
        &self,
        (role, behind): (Role, &[&str]),
        there: &[Role],
        (job, kept): (&Job, &Kept),
    ) -> bool {
        match self {
            Self::All => true,
            Self::Document(of) => {
                let is_there = there.iter().any(|one| one.place() == of.place());
                of.place() == role.place() || role == Role::Main && !is_there
            }
            Self::Payment(id) => {
                let slot = kept.payments.get(id);
                let before = slot.iter().flat_map(|slot| &slot.memory.invoices);
                let mut before = before.map(hcp::InvoiceId::as_str);
                job.parts(id).any(|(of, _)| behind.contains(&of))
                    || before.any(|of| behind.contains(&of))
            }
            Self::Refund(id) => {
                let mut refunds = job.refunds();
                refunds.any(|(of, one)| one.id == *id && behind.contains(&of.id.as_str()))
            }
            Self::Receipt(_, of) => behind.contains(&of.as_str()),
        }
    }
}

/// Whether some of these amounts come to it.
pub(crate) fn comes_to(difference: Cents, amounts: impl IntoIterator<Item = Cents>) -> bool {
    let mut sums = BTreeSet::from([Cents::ZERO]);
    for amount in amounts {
        let with: Vec<Cents> = sums.iter().map(|sum| *sum + amount).collect();
        sums.extend(with);
    }
    sums.contains(&difference)
}

/// The alerts whose message does not hold an amount that they name.
pub(crate) fn in_words(told: &Told) -> Vec<String> {
    let alerts = told.records.alerts.iter();
    let unsaid = alerts.flat_map(|one| {
        let amounts = one.alert.apart().into_iter();
        let amounts = amounts.map(|apart| apart.amount().to_string());
        let unsaid = amounts.filter(|amount| !one.message.contains(amount));
        unsaid.map(|amount| format!("{amount} is not named in: {}", one.message))
    });
    unsaid.collect()
}
