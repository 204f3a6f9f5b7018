use ledger::{Link, Slot};
use mapping::{
    Document, Goods, JobRecords, Refusal, Role, SlotName, SyncTrigger,
    alert::{Alert, BillTrouble, DocumentRef, JobAlert, JobRef, JobTrouble},
    invoice,
};
use money::Cents;
use serde::{Serialize, de::DeserializeOwned};
use store::{Cause, Job, JobState, Key, LineName, Mark, StoreError, Stored, read_many};

use crate::{
    calls::{housecall::before_connection, quickbooks::broken},
    ctx::Ctx,
    engine::Engine,
    job::{
        dates_and_terms::{Dated, dated},
        graph::{self, Graph, Node},
        refusals::{nothing_on_it, refused_document},
        sent_before::invoice_slot,
        totals::{self, Planned},
    },
    objects::{
        categories::{self, Folder},
        customers, invoice as invoices, items,
        items_of_lines::{self, UsedItem, digest, line_names},
        lists::{self, Needed},
        merges::{self, CustomerSlot},
        price_book::Book,
        slots::{StoredCustomer, StoredInvoice, StoredItem, present_number},
        sub_customer::{self, Above, SubCustomer},
        tips_and_surcharges,
    },
    stop::Stop,
    world::World,
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
    /// Reads the slots that one of the invoices of a job needs. The inner error: there is nothing to carry, and
    /// how the job stands. What a person pushed by hand is carried whatever its age and total (U2).
    pub(crate) async fn make<W: World>(
        engine: &Engine<W>,
        cx: &Ctx,
        records: &'a JobRecords,
        document: &'a Document,
        job: &Job,
        book: Book,
    ) -> Result<Result<Self, JobState>, Stop> {
        let table = engine.world.table();
        let invoice_name = invoice_slot(&records.job.id, document.role);
        let customer_name = SlotName::customer(&records.customer.id);
        let keys = [&invoice_name, &customer_name].map(|name| cx.books.slot(name));
        let mut slots = slots(read_many::<Slot>(table, &keys).await?, &keys).into_iter();
        let (Some(invoice_slot), Some(customer_slot)) = (slots.next(), slots.next()) else {
            return Err(broken("the table left a question unanswered"));
        };
        let invoice_slot: StoredInvoice = invoice_slot.in_form(Slot::typed)?;
        let customer_slot = customer_slot.in_form(Slot::typed)?;
        let (customer_name, customer_slot) =
            merges::present(engine, cx, records, customer_name, customer_slot).await?;
        let new = !invoice_slot.value.is_live();
        if new && !job.was_pushed_by_hand() {
            let connected_at = cx.connection.connected_at;
            if !invoice_slot.value.is_begun() && before_connection(records, connected_at) {
                return Ok(Err(JobState::BeforeConnection));
            }
            // N7: what a deposit paid in full is sold by the invoice that takes the deposit off.
            let takes_off = document.role != Role::Deposit && document.bill.has_deposit();
            if document.bill.total == Cents::ZERO && !takes_off {
                let empty = document.bill.lines.is_empty();
                return Ok(Err(match empty {
                    true => JobState::NothingOnIt,
                    false => JobState::NothingToSend,
                }));
            }
        }
        let wrote = wrote(invoice_slot.value.link())?;
        let document = totals::planned(cx, document, &invoice_slot.value, wrote.as_ref());
        let stands = invoice_slot.value.link().is_some();
        mapping::invoice::check(&document, cx.setup())
            .map_err(|refusal| refused_document(records, &document, stands, &refusal))?;
        let lines = &document.bill.lines;
        if lines.is_empty() {
            return Err(nothing_on_it(records));
        }
        let named = line_names(engine, cx, lines, &invoice_slot.value.memory).await?;
        let (mut uses, line_items) = items_of_lines::uses(cx, lines, &named);
        let dated = dated(
            cx,
            records,
            &document,
            &invoice_slot.value.memory,
            wrote.as_ref(),
            job.unhandled(),
        );
        let needed = lists::needed(cx, records, &dated);
        let categories = engine.categories_of(cx, &mut uses, book).await?;
        let unread = categories.is_none();
        let categories = categories.unwrap_or_default();
        let keys: Vec<Key> = uses
            .iter()
            .map(|used| &used.name)
            .chain(categories.iter().map(|(name, _)| name))
            .chain(needed.iter().map(|(_, name)| name))
            .map(|name| cx.books.slot(name))
            .collect();
        let mut slots = self::slots(read_many::<Slot>(table, &keys).await?, &keys).into_iter();
        let item_slots = typed(slots.by_ref().take(uses.len()))?;
        let items = uses.into_iter().zip(item_slots).collect();
        let folder_slots = typed(slots.by_ref().take(categories.len()))?;
        let folders = categories::named(categories, folder_slots.into_iter());
        let needed = needed.into_iter().zip(typed(slots)?);
        let needed = lists::known(engine, cx, needed).await?;
        let mut items = items::as_stored(engine, cx, records, items).await?;
        tips_and_surcharges::accounts(cx, records, &mut items)?;
        let service = records.job.address.as_ref();
        let customer = mapping::customer::wanted(&records.customer, service);
        let customer = match &customer_slot.value.memory.suffix {
            Some(suffix) => mapping::customer::told_apart(customer, suffix),
            None => customer,
        };
        let above = Above {
            name: &customer_name,
            slot: &customer_slot,
            wanted: &customer,
        };
        let sub_customer =
            sub_customer::sub_customer(engine, cx, records, above, &invoice_slot.value).await?;
        let number = number(&document, &invoice_slot.value);
        let mut plan = Self {
            records,
            document,
            number,
            customer,
            sub_customer,
            line_items,
            items,
            folders,
            unread,
            needed,
            dated,
            customer_name,
            customer_slot,
            invoice_name,
            invoice_slot,
            new_line_names: named
                .into_iter()
                .flatten()
                .filter(|named| named.version.is_none())
                .collect(),
            nodes: Vec::new(),
        };
        plan.nodes = plan.all_nodes(cx)?;
        Ok(Ok(plan))
    }

    /// Everything that the invoice needs, and the invoice.
    fn all_nodes(&self, cx: &Ctx) -> Result<Vec<Node>, Stop> {
        let mut nodes = customers::nodes(self)?;
        nodes.extend(items::nodes(&self.items, &self.folders)?);
        for needed in &self.needed {
            nodes.push(needed.node()?);
        }
        nodes.push(invoices::node(cx, self)?);
        Ok(nodes)
    }

    pub(crate) fn graph(&self) -> Graph<'_> {
        Graph {
            cause: graph::Cause::Job(self),
            nodes: &self.nodes,
        }
    }

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

    /// The link of the customer, once there is one.
    pub(crate) fn customer_link(&self) -> Option<&Link> {
        self.customer_slot.value.link()
    }

    /// Whom the invoice is made out to.
    pub(crate) fn made_out_to(&self) -> (&SlotName, &StoredCustomer) {
        match &self.sub_customer {
            Some(sub) => (&sub.name, &sub.slot),
            None => (&self.customer_name, &self.customer_slot),
        }
    }

    /// The link of whom the invoice is made out to, once there is one.
    pub(crate) fn made_out_to_link(&self) -> Option<&Link> {
        self.made_out_to().1.value.link()
    }

    /// The customer, and the sub-customer where the invoice is made out to one.
    pub(crate) fn customers(&self) -> impl Iterator<Item = CustomerSlot<'_>> {
        let customer = CustomerSlot {
            name: &self.customer_name,
            slot: &self.customer_slot,
            wanted: &self.customer,
        };
        let sub = self.sub_customer.iter().map(|sub| CustomerSlot {
            name: &sub.name,
            slot: &sub.slot,
            wanted: &sub.wanted,
        });
        std::iter::once(customer).chain(sub)
    }

    /// The sub-customer, where this is it.
    pub(crate) fn sub_customer_of(&self, node: &Node) -> Option<&SubCustomer> {
        let sub = self.sub_customer.as_ref();
        sub.filter(|sub| sub.name == *node.name())
    }

    /// Whether nothing has happened yet that makes this invoice: a deposit alone makes no main invoice, nor does an
    /// invoice that was removed again; where the company waits for *invoiced*, finishing the job makes none (T3).
    pub(crate) fn is_early(&self, marks: &[Mark], trigger: SyncTrigger) -> bool {
        let apart = |mark: &Mark| {
            let invoice = mark.invoice.as_ref();
            invoice.is_some_and(|id| self.document.apart.contains(id))
        };
        let waits = |mark: &Mark| {
            apart(mark)
                || mark.trigger == Cause::Edited
                || (trigger == SyncTrigger::JobInvoiced && mark.trigger == Cause::Finished)
        };
        self.document.role == Role::Main
            && !self.invoice_slot.value.is_live()
            && !marks.is_empty()
            && marks.iter().all(waits)
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

    /// An alert about this invoice.
    pub(crate) fn alert(&self, trouble: impl Into<JobTrouble>) -> JobAlert {
        JobAlert {
            job: JobRef::from(self.records),
            document: Some(DocumentRef {
                role: self.document.role,
                number: self.number.to_string(),
            }),
            stands: self.invoice_slot.value.link().is_some(),
            trouble: trouble.into(),
        }
    }

    /// The same, as the end of the work on it.
    pub(crate) fn stop(&self, trouble: impl Into<JobTrouble>) -> Stop {
        Alert::Job(self.alert(trouble)).into()
    }

    /// The end of a job that cannot become an invoice.
    pub(crate) fn refuse(&self, refusal: &Refusal) -> Stop {
        let stands = self.invoice_slot.value.link().is_some();
        refused_document(self.records, &self.document, stands, refusal)
    }
}

fn number(document: &Document, slot: &Slot<invoice::Memory>) -> qbo::DocNumber {
    let present = slot.link().and_then(|_| present_number(slot));
    let kept = present.filter(|present| {
        document.provisional && mapping::provisional::is_of(present, &document.number)
    });
    let kept = kept.and_then(|kept| qbo::DocNumber::new(kept).ok());
    kept.unwrap_or_else(|| document.number.clone())
}

fn wrote(link: Option<&Link>) -> Result<Option<qbo::Invoice>, Stop> {
    link.and_then(|link| link.last_written.as_ref())
        .map(|wrote| serde_json::from_str(wrote.get()).map_err(broken))
        .transpose()
}

fn typed<M: Serialize + DeserializeOwned>(
    slots: impl Iterator<Item = Stored<Slot>>,
) -> Result<Vec<Stored<Slot<M>>>, StoreError> {
    slots.map(|slot| slot.in_form(Slot::typed)).collect()
}

fn slots(read: Vec<Option<Stored<Slot>>>, keys: &[Key]) -> Vec<Stored<Slot>> {
    read.into_iter()
        .zip(keys)
        .map(|(slot, key)| slot.unwrap_or_else(|| Stored::new(key.clone(), Slot::default())))
        .collect()
}
