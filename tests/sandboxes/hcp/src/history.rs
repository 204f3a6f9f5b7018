//! Who pressed what on invoices, as their pages show it.

use std::collections::VecDeque;

use jiff::Timestamp;

use crate::{events::Event, ids::InvoiceId};

/// So many presses are remembered.
const LENGTH: usize = 10_000;

/// What became of an invoice.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) invoice: InvoiceId,
    pub(crate) number: String,
    pub(crate) what: String,
}

/// What one action did, before it is known who asked for it.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    pub(crate) at: Timestamp,
    /// In the order in which it happened.
    pub(crate) said: Vec<Said>,
    pub(crate) told: Vec<Event>,
}

/// One press of a button, or one write of the API.
#[derive(Clone, Debug)]
pub(crate) struct Press {
    pub(crate) by: String,
    pub(crate) button: String,
    pub(crate) done: Done,
}

impl Press {
    /// What happened, for the person who pressed.
    pub(crate) fn words(&self) -> String {
        let mut words = vec![format!("{}.", self.button)];
        let said = self.done.said.iter();
        words.extend(said.map(|said| format!("Invoice {}: {}.", said.number, said.what)));
        if !self.done.told.is_empty() {
            words.push(format!("Webhooks: {}.", self.told()));
        }
        words.join(" ")
    }

    /// What happened to one invoice.
    pub(crate) fn words_about(&self, invoice: &InvoiceId) -> String {
        let about = self
            .done
            .said
            .iter()
            .filter(|said| said.invoice == *invoice);
        let what: Vec<&str> = about.map(|said| said.what.as_str()).collect();
        what.join("; ")
    }

    /// The events that were told.
    pub(crate) fn told(&self) -> String {
        let names: Vec<&str> = self.done.told.iter().map(|event| event.name()).collect();
        names.join(", ")
    }
}

/// The presses that did something to an invoice, oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct History(VecDeque<Press>);

impl History {
    pub(crate) fn add(&mut self, press: Press) {
        if self.0.len() >= LENGTH {
            self.0.pop_front();
        }
        self.0.push_back(press);
    }

    /// The presses that something on the invoice came from.
    pub(crate) fn of<'a>(&'a self, invoice: &'a InvoiceId) -> impl Iterator<Item = &'a Press> {
        self.0
            .iter()
            .filter(move |press| press.done.said.iter().any(|said| said.invoice == *invoice))
    }
}
