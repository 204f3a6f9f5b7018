//! The documents in QuickBooks that carry a marker of ours.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use jiff::Timestamp;
use mapping::{AnyKind, QboObject, SlotName, marker};
use money::Cents;
use qbo::{Id, Query};
use store::Books;

use crate::{ctx::Ctx, engine::Engine, job::sent_before, stop::Stop, world::World};

/// The kinds that carry markers.
pub(super) const KINDS: [AnyKind; 5] = [
    AnyKind::Invoice,
    AnyKind::Payment,
    AnyKind::RefundReceipt,
    AnyKind::SalesReceipt,
    AnyKind::Purchase,
];

/// Rows of a page that the next one reads again: what is deleted meanwhile moves those behind it ahead.
const OVERLAP: usize = 100;

/// Which document it is: its kind, and its id.
pub(super) type Which = (&'static str, Id);

/// A document with a marker of ours, for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    /// `invoice`, `payment`, `refund receipt`, `sales receipt` or `expense`.
    pub what: &'static str,
    /// Its number, or a payment's reference.
    pub number: Option<String>,
    /// Whom it is for, by the name in QuickBooks.
    pub customer: Option<String>,
    /// What it comes to.
    pub total: Option<Cents>,
    /// When it was made.
    pub made: Option<Timestamp>,
}

impl Marked {
    pub(super) fn of(document: &QboObject) -> Self {
        let (what, number, customer, total) = match document {
            QboObject::Invoice(one) => (
                "invoice",
                one.doc_number.as_ref().map(ToString::to_string),
                one.customer_ref.as_ref().map(|to| &to.name),
                one.total_amt,
            ),
            QboObject::Payment(one) => (
                "payment",
                one.payment_ref_num.clone(),
                one.customer_ref.as_ref().map(|to| &to.name),
                one.total_amt,
            ),
            QboObject::RefundReceipt(one) => (
                "refund receipt",
                one.doc_number.as_ref().map(ToString::to_string),
                one.customer_ref.as_ref().map(|to| &to.name),
                one.total_amt,
            ),
            QboObject::SalesReceipt(one) => (
                "sales receipt",
                one.doc_number.as_ref().map(ToString::to_string),
                one.customer_ref.as_ref().map(|to| &to.name),
                one.total_amt,
            ),
            QboObject::Purchase(one) => (
                "expense",
                one.doc_number.clone(),
                one.entity_ref.as_ref().map(|to| &to.name),
                one.total_amt,
            ),
            _ => ("document", None, None, None),
        };
        Self {
            what,
            number,
            customer: customer.cloned().flatten(),
            total,
            made: made(document),
        }
    }
}

impl fmt::Display for Marked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)?;
        if let Some(number) = &self.number {
            write!(f, " {number}")?;
        }
        if let Some(customer) = &self.customer {
            write!(f, " of {customer}")?;
        }
        if let Some(total) = self.total {
            write!(f, " over {total}")?;
        }
        Ok(())
    }
}

/// The documents that were read so far, by the texts of their markers.
#[derive(Debug, Default)]
pub(super) struct Documents {
    all: Vec<QboObject>,
    read: BTreeSet<Which>,
    by_text: BTreeMap<(&'static str, String), Vec<usize>>,
}

impl Documents {
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn all(&self) -> &[QboObject] {
        &self.all
    }

    fn add(&mut self, document: QboObject) {
        let Some(which) = which(&document) else {
            return;
        };
        let texts: Vec<String> = texts(&document).into_iter().map(str::to_owned).collect();
        if texts.is_empty() || !self.read.insert(which) {
            return;
        }
        let kind = document.kind().as_str();
        for text in texts {
            let of_text = self.by_text.entry((kind, text)).or_default();
            of_text.push(self.all.len());
        }
        self.all.push(document);
    }

    /// The documents of a slot, the first that was made first, and what is void behind all others. A person who copies one in
    /// QuickBooks copies its marker.
    pub(super) fn of_slot(&self, books: &Books, kind: AnyKind, slot: &SlotName) -> Vec<&QboObject> {
        let marker = sent_before::marker(books, slot);
        let texts = marker.texts();
        let found = texts.iter().filter_map(|text| {
            let key = (kind.as_str(), (*text).to_owned());
            self.by_text.get(&key)
        });
        let mut found: Vec<&QboObject> =
            found.flatten().filter_map(|at| self.all.get(*at)).collect();
        found.sort_by_key(|one| {
            let id = one.identity().map(|(id, _)| id);
            let id = id.map(|id| (id.as_str().len(), id));
            (one.is_voided(), made(one), id)
        });
        found
    }
}

/// The job that it names.
pub(super) fn job_named(document: &QboObject) -> Option<&str> {
    marker::job_in(note(document))
}

pub(super) fn which(document: &QboObject) -> Option<Which> {
    let (id, _) = document.identity()?;
    Some((document.kind().as_str(), id))
}

fn note(document: &QboObject) -> Option<&str> {
    let note = match document {
        QboObject::Invoice(one) => &one.private_note,
        QboObject::Payment(one) => &one.private_note,
        QboObject::RefundReceipt(one) => &one.private_note,
        QboObject::SalesReceipt(one) => &one.private_note,
        QboObject::Purchase(one) => &one.private_note,
        _ => &None,
    };
    note.as_deref()
}

/// The texts of the markers that a document carries.
pub(super) fn texts(document: &QboObject) -> Vec<&str> {
    marker::texts_in(note(document))
}

/// When it was made in QuickBooks.
pub(super) fn made(document: &QboObject) -> Option<Timestamp> {
    let times = match document {
        QboObject::Invoice(one) => &one.meta_data,
        QboObject::Payment(one) => &one.meta_data,
        QboObject::RefundReceipt(one) => &one.meta_data,
        QboObject::SalesReceipt(one) => &one.meta_data,
        QboObject::Purchase(one) => &one.meta_data,
        _ => &None,
    };
    times.as_ref().and_then(|times| times.create_time)
}

impl<W: World> Engine<W> {
    /// Reads one page of a kind. Gives the row that the next page begins with; `None`: it was the last.
    pub(super) async fn read_documents(
        &self,
        cx: &Ctx,
        documents: &mut Documents,
        (kind, start): (AnyKind, u32),
    ) -> Result<Option<u32>, Stop> {
        let query = Query::select(kind.as_str())
            .in_pages()
            .start_position(start);
        let rows = self.ask_page(cx, &query).await?;
        let rows = kind.rows(&rows)?;
        let further = rows.len().checked_sub(OVERLAP);
        let further = further.filter(|_| query.after(rows.len()).is_some());
        for row in rows {
            documents.add(row);
        }
        let further = further.and_then(|further| u32::try_from(further).ok());
        Ok(further.map(|further| start + further))
    }
}
