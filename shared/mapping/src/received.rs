//! Payments that people entered in QuickBooks on the documents of a job: what was told of each to those who work in
//! Housecall Pro, and what must be told now (R1, R2, R4). Its API cannot record a payment, so a person marks it there.

use jiff::civil::Date;
use money::Cents;
use qbo::{Id, Payment};
use serde::{Deserialize, Serialize};

use crate::HowPaid;

/// A payment that somebody entered in QuickBooks, as far as it pays documents of one job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// Its id in QuickBooks.
    pub id: Id,
    /// What it is, as it was told last.
    pub facts: Facts,
    /// How it stands.
    #[serde(default)]
    pub standing: Standing,
    /// How often something was told of it: it names the notes apart.
    #[serde(default)]
    pub told: u32,
    /// The note that is to be left on the job, until it is known to stand there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Whether a person ticked off that it is marked in Housecall Pro: then it is the money of a payment there (R3).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub done: bool,
}

/// What people must know of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// What it pays.
    pub parts: Vec<Part>,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// How it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The number of a check, or another reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Whether no money moved with it: it applies a credit memo, a journal entry or the like.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_credit: bool,
    /// Whether QuickBooks made it itself to apply that credit (P4).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_itself: bool,
    /// How it was paid, as QuickBooks told it; none where an earlier version noted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub how: Option<HowPaid>,
}

/// What QuickBooks notes with a payment that it makes itself.
const BY_ITSELF: &str = "Created by QB Online to link credits to charges";

/// Whether QuickBooks made a payment itself, to apply credit of the customer (P4).
pub fn is_by_itself(payment: &Payment) -> bool {
    let note = payment.private_note.as_deref().unwrap_or_default();
    payment.total_amt == Some(Cents::ZERO) && note.contains(BY_ITSELF)
}

/// What it pays of one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The document.
    pub document: Id,
    /// Its number.
    pub number: String,
    /// How much.
    pub amount: Cents,
}

/// How a payment stands that somebody entered in QuickBooks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It pays a document of the job, and Housecall Pro does not know of it.
    #[default]
    There,
    /// It is the money of a payment of Housecall Pro's (R3).
    Joined,
    /// It pays nothing of the job any more.
    Gone,
}

/// What a person in Housecall Pro must learn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// Money came: it is to be marked as paid there.
    Paid,
    /// A credit lowered what is owed: nothing was paid.
    Credited,
    /// It pays something else than was told.
    Changed {
        /// What it paid, as it was told.
        before: Cents,
    },
    /// It was deleted, voided or moved away.
    Gone,
}

impl Facts {
    /// What a payment pays of these documents, each told by its id and its number; `None`: nothing.
    pub fn of(
        payment: &Payment,
        documents: &[(Id, String)],
        method: Option<String>,
    ) -> Option<Self> {
        let parts = documents.iter().map(|(document, number)| Part {
            document: document.clone(),
            number: number.clone(),
            amount: payment.paid_of(document),
        });
        let parts: Vec<Part> = parts.filter(|part| part.amount != Cents::ZERO).collect();
        let reference = payment.payment_ref_num.as_deref().map(str::trim);
        (!parts.is_empty()).then(|| Self {
            parts,
            date: payment.txn_date,
            method,
            reference: reference.filter(|text| !text.is_empty()).map(str::to_owned),
            is_credit: payment.total_amt == Some(Cents::ZERO),
            by_itself: is_by_itself(payment),
            how: Some(payment.into()),
        })
    }

    /// What it pays of the job.
    pub fn amount(&self) -> Cents {
        self.parts.iter().map(|part| part.amount).sum()
    }

    /// Inside a sentence: `99.00 on invoice 1001 (Check, 2026-07-24, reference 1042)`.
    pub fn described(&self) -> String {
        let parts: Vec<String> = match self.parts.as_slice() {
            [part] => vec![format!("{} on invoice {}", part.amount, part.number)],
            parts => {
                let on = |part: &Part| format!("{} on {}", part.amount, part.number);
                parts.iter().map(on).collect()
            }
        };
        let date = self.date.map(|date| date.to_string());
        let reference = self
            .reference
            .as_ref()
            .map(|text| format!("reference {text}"));
        let told = [self.method.clone(), date, reference];
        let told: Vec<String> = told.into_iter().flatten().collect();
        match told.as_slice() {
            [] => parts.join(", "),
            told => format!("{} ({})", parts.join(", "), told.join(", ")),
        }
    }
}

impl Received {
    /// One that was not known before, with what is to be told of it.
    pub fn new(id: Id, facts: Facts) -> (Self, News) {
        let news = match facts.is_credit {
            true => News::Credited,
            false => News::Paid,
        };
        let mut new = Self {
            id,
            facts,
            standing: Standing::There,
            told: 0,
            note: None,
            done: false,
        };
        new.tell(&news);
        (new, news)
    }

    /// Takes over how QuickBooks has it now, `None` where it pays nothing of the job any more. Gives what is to be told.
    pub fn follow(&mut self, facts: Option<Facts>) -> Option<News> {
        let before = self.facts.amount();
        let news = match (self.standing, facts) {
            (Standing::Gone, None) => return None,
            (_, None) => {
                self.standing = Standing::Gone;
                News::Gone
            }
            // Method and reference are mended by bookkeepers every day, and change nothing for others.
            (Standing::There, Some(facts))
                if facts.parts == self.facts.parts && facts.date == self.facts.date =>
            {
                self.facts = facts;
                return None;
            }
            (standing, Some(facts)) => {
                self.facts = facts;
                self.standing = Standing::There;
                match standing {
                    Standing::Gone if self.facts.is_credit => News::Credited,
                    Standing::Gone => News::Paid,
                    Standing::There | Standing::Joined => News::Changed { before },
                }
            }
        };
        self.done = false;
        self.tell(&news);
        Some(news)
    }

    /// What is to be done about it in Housecall Pro, as it stands.
    pub fn news(&self) -> News {
        match (self.standing, self.facts.is_credit) {
            (Standing::Gone, _) => News::Gone,
            (_, true) => News::Credited,
            (_, false) => News::Paid,
        }
    }

    /// Whether it is money that somebody took in QuickBooks and that, as far as is known, no payment of Housecall Pro's stands
    /// for: nobody ticked it off (R2), and it was not joined (R3).
    pub fn is_only_in_quickbooks(&self) -> bool {
        self.standing == Standing::There && !self.done && !self.facts.is_credit
    }

    /// Whether it is money that somebody took in QuickBooks and that, as far as is known, no deposit took to a bank. One that
    /// was joined is told of with its payment in Housecall Pro.
    pub fn is_not_deposited(&self) -> bool {
        let is_money = self.standing == Standing::There && !self.facts.is_credit;
        is_money && self.facts.how.as_ref().is_some_and(|how| !how.deposited)
    }

    /// It is the money of a payment of Housecall Pro's; whether that is new.
    pub fn join(&mut self) -> bool {
        let is_new = self.standing != Standing::Joined;
        self.standing = Standing::Joined;
        self.note = None;
        is_new
    }

    /// What a note about it ends with. The first one's is what a person can type into the note of the payment in Housecall
    /// Pro: it names the very payment (R3).
    fn mark(&self) -> String {
        self.mark_of(self.told)
    }

    /// The same of the note that was left as the first, the second and so on.
    pub fn mark_of(&self, told: u32) -> String {
        match told {
            1 => format!("[{}]", reference(&self.id)),
            told => format!("[{}, note {told}]", reference(&self.id)),
        }
    }

    fn tell(&mut self, news: &News) {
        self.told += 1;
        self.note = Some(format!("{} {}", note(news, &self.facts), self.mark()));
    }

    /// Whether a note that stands on the job is the one that is to be left there.
    pub fn is_noted(&self, notes: &[hcp::Note]) -> bool {
        let mark = self.mark();
        let mut texts = notes.iter().filter_map(|note| note.content.as_deref());
        texts.any(|text| text.contains(&mark))
    }
}

/// The reference of a payment in QuickBooks that has none of its own: `QBO-311`.
pub fn reference(id: &Id) -> String {
    format!("QBO-{id}")
}

/// The payment that such a reference names.
pub fn referred_to(reference: &str) -> Option<Id> {
    let reference = reference.trim().to_ascii_uppercase();
    reference.strip_prefix("QBO-").map(Id::new)
}

/// What is noted on the job.
fn note(news: &News, facts: &Facts) -> String {
    let described = facts.described();
    match news {
        News::Paid => format!(
            "Paid in QuickBooks: {described}. Please mark it as paid here; it will not be sent to QuickBooks again."
        ),
        News::Credited => {
            format!("Credited in QuickBooks: {described}. No money was paid.")
        }
        News::Changed { before } => format!(
            "A payment was changed in QuickBooks: it is {described} now; before, {before} was noted here."
        ),
        News::Gone => format!(
            "A payment was deleted, voided or moved in QuickBooks: {described}. It pays nothing of this job any more."
        ),
    }
}

/// What a person is asked to do about it in Housecall Pro.
pub fn request(news: &News, facts: &Facts) -> String {
    let described = facts.described();
    match news {
        News::Paid => format!("Mark as paid: {described}."),
        News::Credited => {
            format!("Credited in QuickBooks: {described}. Lower the invoice, or leave it.")
        }
        News::Changed { before } => {
            format!("Change the payment of {before}: in QuickBooks it is {described} now.")
        }
        News::Gone => format!(
            "Take the payment off again: {described} was deleted, voided or moved in QuickBooks."
        ),
    }
}

#[cfg(test)]
mod tests;
