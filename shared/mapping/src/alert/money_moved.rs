use jiff::civil::Date;
use money::Cents;

use super::JobRef;

/// A payment or a refund, as a person knows it.
pub(super) struct MoneyMoved<'a> {
    /// `payment` or `refund`.
    pub(super) what: &'static str,
    /// How much.
    pub(super) amount: Option<Cents>,
    /// The number of its invoice.
    pub(super) invoice: Option<&'a str>,
    /// How it was made.
    pub(super) method: Option<&'a str>,
    /// When it was made, for the company.
    pub(super) date: Option<Date>,
}

impl MoneyMoved<'_> {
    /// Inside a sentence: `the payment of 120.00 on invoice 1001 (Check, 2026-05-06)`.
    pub(super) fn name(&self, job: &JobRef) -> String {
        let amount = self.amount.map(|amount| format!(" of {amount}"));
        let on = match self.invoice {
            Some(invoice) => format!("invoice {invoice}"),
            None => job.name(),
        };
        let date = self.date.map(|date| date.to_string());
        let method = self.method.map(str::to_owned);
        let told: Vec<String> = method.into_iter().chain(date).collect();
        let told = match told.as_slice() {
            [] => String::new(),
            told => format!(" ({})", told.join(", ")),
        };
        format!(
            "the {}{} on {on}{told}",
            self.what,
            amount.unwrap_or_default()
        )
    }
}

/// A sentence more, where payments of the same invoice wait until an alert is settled (P4).
pub(super) fn waits(waiting: &[Cents]) -> String {
    wait("payments of the invoice", waiting)
}

/// The same of what waits behind a payment: refunds that give its money back, and payments that wait for these (P4, P5).
pub(super) fn wait_behind(refunds: &[Cents], payments: &[Cents]) -> String {
    let refunds = wait("refunds of the invoice", refunds);
    let payments = match payments {
        [] => String::new(),
        payments => format!(" For them these payments wait: {}.", listed(payments)),
    };
    refunds + &payments
}

fn listed(amounts: &[Cents]) -> String {
    let amounts: Vec<String> = amounts.iter().map(ToString::to_string).collect();
    amounts.join(", ")
}

fn wait(what: &str, waiting: &[Cents]) -> String {
    match waiting {
        [] => String::new(),
        waiting => format!(
            " Until that is settled, these {what} wait: {}.",
            listed(waiting)
        ),
    }
}
