use std::{collections::BTreeSet, ops::Deref};

use ledger::Link;
use mapping::{
    Document, Family, Goods, JobRecords, Refusal, Role, SlotName, SyncTrigger,
    alert::{Alert, BillTrouble, CustomerTrouble, DocumentRef, JobAlert, JobRef, JobTrouble},
    normalised,
};
use money::Cents;
use store::{Cause, LineName, Mark, Stored};

use crate::{
    calls::housecall,
    ctx::Ctx,
    job::{
        dates_and_terms::Dated,
        node::Node,
        parts::{CustomerSlot, Folder, Needed, SubCustomer, UsedItem},
        refusals::refused_document,
    },
    objects::{
        items_of_lines::digest,
        slots::{StoredCustomer, StoredInvoice, StoredItem, present_number, sides},
    },
    stop::{Stop, broken},
};

/// What is known of a job and of the slots that it needs.
pub(crate) struct Plan<'a> {
    pub(crate) records: &'a JobRecords,
    /// Which of its invoices, with the line of rounding that it needs (X6), in the form that QuickBooks has.
    pub(crate) document: Planned<'a>,
    /// The item of each line, as an index into `items`.
    pub(crate) line_items: Vec<usize>,
    pub(crate) items: Vec<(UsedItem, StoredItem)>,
    /// The categories of its materials.
    pub(crate) folders: Vec<Folder>,
    /// Whether they are not known, since the price book was not read.
    pub(crate) unread: bool,
    pub(crate) customer: qbo::Customer,
    pub(crate) customer_name: SlotName,
    pub(crate) customer_slot: StoredCustomer,
    /// The sub-customer that the invoice is made out to in the customer's place (C11).
    pub(crate) sub_customer: Option<SubCustomer>,
    pub(crate) invoice_name: SlotName,
    pub(crate) invoice_slot: StoredInvoice,
    /// The number that the invoice is to have. Where it has only its job's, and that gave way before, it keeps what
    /// it got then (N4).
    pub(crate) number: qbo::DocNumber,
    /// Names of lines that are not in the price book and were never seen before (L5).
    pub(crate) new_line_names: Vec<Stored<LineName>>,
    /// Its dates and its term.
    pub(crate) dated: Dated,
    /// What it needs of QuickBooks' short lists.
    pub(crate) needed: Vec<Needed>,
    /// All of that, and the invoice itself.
    pub(crate) nodes: Vec<Node>,
}

impl<'a> Plan<'a> {
    /// Whether it makes or matches a material whose category is not known, since the price book was not read.
    pub(crate) fn needs_price_book(&self) -> bool {
        let is_new = |(used, slot): &(UsedItem, StoredItem)| {
            used.material.is_some() && slot.value.link().is_none()
        };
        self.unread && self.items.iter().any(is_new)
    }

    /// The slot of the invoice, with the items of its lines that are not in the price book: what their names
    /// stand for later does not rewrite them (L5).
    pub(crate) fn invoice_slot(&self) -> StoredInvoice {
        let mut slot = self.invoice_slot.clone();
        let lines = self.document.bill.lines.iter().zip(&self.line_items);
        for (line, index) in lines.filter(|(line, _)| line.goods == Goods::NotInPriceBook) {
            if let Some((used, _)) = self.items.get(*index) {
                let typed = &mut slot.value.memory.typed;
                typed.insert(digest(&line.name), used.name.clone());
            }
        }
        slot
    }

    /// What was last written of the invoice.
    pub(crate) fn wrote(&self) -> Result<Option<qbo::Invoice>, Stop> {
        wrote(self.invoice_slot.value.link())
    }

    /// Whether the invoice gets a number that QuickBooks may have given to another document.
    pub(crate) fn number_is_new(&self) -> bool {
        if self.invoice_slot.value.link().is_none() {
            return true;
        }
        let present = present_number(&self.invoice_slot.value);
        present.is_some_and(|present| present != self.number.as_str())
    }

    /// The number that the invoice has, and the one that it is to have, as QuickBooks compares them.
    pub(crate) fn numbers(&self) -> BTreeSet<String> {
        let present = present_number(&self.invoice_slot.value);
        let numbers = present.into_iter().chain([self.number.to_string()]);
        numbers.map(|number| normalised(&number)).collect()
    }

    /// The link of the customer, once there is one.
    pub(crate) fn customer_link(&self) -> Option<&Link> {
        self.customer_slot.value.link()
    }

    /// The customer of the job, above the sub-customer where there is one.
    pub(crate) fn customer_above(&self) -> CustomerSlot<'_> {
        CustomerSlot {
            name: &self.customer_name,
            slot: &self.customer_slot,
            wanted: &self.customer,
        }
    }

    /// Whom the invoice is made out to.
    pub(crate) fn made_out_to(&self) -> CustomerSlot<'_> {
        match &self.sub_customer {
            Some(sub) => sub.into(),
            None => self.customer_above(),
        }
    }

    /// The link of whom the invoice is made out to, once there is one.
    pub(crate) fn made_out_to_link(&self) -> Option<&Link> {
        self.made_out_to().slot.value.link()
    }

    /// The customer, and the sub-customer where the invoice is made out to one.
    pub(crate) fn customers(&self) -> impl Iterator<Item = CustomerSlot<'_>> {
        let sub = self.sub_customer.iter().map(CustomerSlot::from);
        std::iter::once(self.customer_above()).chain(sub)
    }

    /// The sub-customer, where this is it.
    pub(crate) fn sub_customer_of(&self, node: &Node) -> Option<&SubCustomer> {
        let sub = self.sub_customer.as_ref();
        sub.filter(|sub| sub.name == *node.name())
    }

    /// Whether nothing has happened yet that makes this invoice: a deposit alone makes no main invoice, be it over the
    /// whole job, nor does an invoice that was removed again, nor one of a service plan of which nothing was paid (P6); where
    /// the company waits for *invoiced*, finishing the job makes none (T3).
    pub(crate) fn is_early(&self, marks: &[Mark], trigger: SyncTrigger) -> bool {
        let apart = |mark: &Mark| {
            let invoice = mark.invoice.as_ref();
            invoice.is_some_and(|id| self.document.apart.contains(id))
        };
        let is_unpaid = self.records.is_unpaid_service_plan();
        let waits = |mark: &Mark| {
            (is_unpaid && mark.trigger != Cause::ByHand)
                || apart(mark)
                || mark.trigger == Cause::Edited
                || (mark.trigger == Cause::Paid
                    && mark.invoice.is_none()
                    && self.is_unfinished_and_deposited())
                || (trigger == SyncTrigger::JobInvoiced && mark.trigger == Cause::Finished)
        };
        self.document.role == Role::Main
            && !self.invoice_slot.value.is_live()
            && !marks.is_empty()
            && marks.iter().all(waits)
    }

    /// Whether a deposit bills all of a job whose work is to be done yet: what is owed until then is not earned by its
    /// payment, which pays the job (P9).
    fn is_unfinished_and_deposited(&self) -> bool {
        let bill = &self.document.bill;
        let finished = self.records.job.work_timestamps.completed_at;
        finished.is_none() && bill.has_deposit() && bill.total == Cents::ZERO
    }

    /// S6: a new invoice is not dated in books that are closed; whoever closed them decides.
    pub(crate) fn in_open_books(&self, cx: &Ctx) -> Result<(), Stop> {
        let closed = cx.connection.preferences.closed_until;
        let date = self.dated.dates.txn;
        if self.invoice_slot.value.link().is_some() || closed.is_none_or(|closed| date > closed) {
            return Ok(());
        }
        Err(self.stop(BillTrouble::ClosedPeriod { date }))
    }

    /// Whether transactions beside the invoice are wanted.
    pub(crate) fn has_more_transactions(&self) -> bool {
        let kinds = self.nodes.iter().map(|node| node.wanted.object.kind());
        let transactions = kinds.filter(|kind| kind.family() == Family::Transaction);
        transactions.count() > 1
    }

    /// The name of the customer, as QuickBooks is to have it.
    pub(crate) fn display_name(&self) -> String {
        self.customer.display_name.clone().unwrap_or_default()
    }

    /// What is told when Housecall Pro does not tell whether another customer is still there.
    pub(crate) fn asking(&self) -> housecall::Asked {
        let reason = String::new();
        let trouble = CustomerTrouble::MergeUnread { reason };
        housecall::Asked::Merge(Box::new(self.alert(trouble)))
    }

    /// An alert about this invoice.
    pub(crate) fn alert(&self, trouble: impl Into<JobTrouble>) -> JobAlert {
        JobAlert {
            document: Some(DocumentRef {
                role: self.document.role,
                number: self.number.to_string(),
            }),
            stands: self.invoice_slot.value.link().is_some(),
            sides: sides(self.document.bill.total, &self.invoice_slot),
            ..JobAlert::new(JobRef::from(self.records), trouble)
        }
    }

    /// The same about a customer or items that must be mended, as the end of the work on it.
    pub(crate) fn stop_of<'n>(
        &self,
        names: impl IntoIterator<Item = &'n SlotName>,
        trouble: impl Into<JobTrouble>,
    ) -> Stop {
        let mut alert = self.alert(trouble);
        alert.slots = names.into_iter().map(SlotName::to_string).collect();
        Alert::Job(alert).into()
    }

    /// The same, as the end of the work on it.
    pub(crate) fn stop(&self, trouble: impl Into<JobTrouble>) -> Stop {
        Alert::Job(self.alert(trouble)).into()
    }

    /// The end of a job that cannot become an invoice.
    pub(crate) fn refuse(&self, refusal: &Refusal) -> Stop {
        refused_document(self.records, &self.document, &self.invoice_slot, refusal)
    }
}

/// A document as it is planned. A plan is held across many waits, so a changed one is on the heap.
pub(crate) enum Planned<'a> {
    /// As it would be sent for the first time.
    AsIs(&'a Document),
    /// With a line of rounding, or in a form of before.
    Changed(Box<Document>),
}

impl Deref for Planned<'_> {
    type Target = Document;

    fn deref(&self) -> &Document {
        match self {
            Self::AsIs(document) => document,
            Self::Changed(document) => document,
        }
    }
}

pub(super) fn wrote(link: Option<&Link>) -> Result<Option<qbo::Invoice>, Stop> {
    link.and_then(|link| link.last_written.as_ref())
        .map(|wrote| serde_json::from_str(wrote.get()).map_err(broken))
        .transpose()
}
