//! The plan of an invoice: made from what is stored, so that it can be made again at any time.

use ledger::Slot;
use mapping::{Document, JobRecords, Role, SlotName, invoice};
use money::Cents;
use serde::{Serialize, de::DeserializeOwned};
use store::{Job, JobState, Key, LineName, StoreError, Stored, read_many};

use crate::{
    calls::housecall::before_connection,
    ctx::Ctx,
    engine::Engine,
    job::{
        dates_and_terms::{Dated, dated},
        node::Node,
        parts::{CustomerSlot, Folder, Needed, UsedItem},
        plan::{Plan, wrote},
        refusals::{nothing_on_it, refused_document},
        sent_before::invoice_slot,
        totals::{self},
    },
    objects::{
        categories::{self},
        customers, extras, invoice as invoices, items,
        items_of_lines::{self, line_names},
        lists::{self},
        merges::{self},
        price_book::Book,
        slots::{StoredInvoice, StoredItem, present_number, stored},
        sub_customer,
    },
    stop::Stop,
    world::World,
};

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
        let invoice_slot: StoredInvoice = stored(table, cx, &invoice_name).await?;
        let customer_slot = stored(table, cx, &customer_name).await?;
        let (customer_name, customer_slot) =
            merges::present(engine, cx, records, customer_name, customer_slot).await?;
        let is_new = !invoice_slot.value.is_live() && !job.was_pushed_by_hand();
        if is_new && let Some(state) = nothing_to_carry(cx, records, document, &invoice_slot.value)
        {
            customers::note_unlinked(engine, records, customer_slot).await?;
            return Ok(Err(state));
        }
        let wrote = wrote(invoice_slot.value.link())?;
        let document = totals::planned(cx, document, &invoice_slot.value, wrote.as_ref());
        mapping::invoice::check(&document, cx.setup())
            .map_err(|refusal| refused_document(records, &document, &invoice_slot, &refusal))?;
        if document.bill.lines.is_empty() {
            return Err(nothing_on_it(records));
        }
        let memory = &invoice_slot.value.memory;
        let dated = dated(
            cx,
            records,
            &document,
            memory,
            wrote.as_ref(),
            job.unhandled(),
        );
        let parts = Parts::read(engine, cx, records, (&document, memory), &dated, book).await?;
        let customer = customer(records, &customer_slot.value.memory);
        let above = CustomerSlot {
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
            line_items: parts.line_items,
            items: parts.items,
            folders: parts.folders,
            unread: parts.unread,
            needed: parts.needed,
            dated,
            customer_name,
            customer_slot,
            invoice_name,
            invoice_slot,
            new_line_names: parts.new_line_names,
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
}

/// The customer under the name that tells them apart from others.
fn customer(records: &JobRecords, memory: &mapping::customer::Memory) -> qbo::Customer {
    let customer = mapping::customer::wanted(&records.customer, records.job.address.as_ref());
    match &memory.suffix {
        Some(suffix) => mapping::customer::told_apart(customer, suffix),
        None => customer,
    }
}

/// How the job stands, where there is nothing to carry of a document that QuickBooks does not have.
fn nothing_to_carry(
    cx: &Ctx,
    records: &JobRecords,
    document: &Document,
    slot: &Slot<invoice::Memory>,
) -> Option<JobState> {
    if !slot.is_begun()
        && before_connection(&records.job, &records.invoices, cx.connection.connected_at)
    {
        return Some(JobState::BeforeConnection);
    }
    // N7: what a deposit paid in full is sold by the invoice that takes the deposit off.
    let takes_off = document.role != Role::Deposit && document.bill.has_deposit();
    let is_nothing = document.bill.total == Cents::ZERO && !takes_off;
    is_nothing.then_some(match document.bill.lines.is_empty() {
        true => JobState::NothingOnIt,
        false => JobState::NothingToSend,
    })
}

/// What the lines of an invoice need, with the slots.
struct Parts {
    line_items: Vec<usize>,
    items: Vec<(UsedItem, StoredItem)>,
    folders: Vec<Folder>,
    unread: bool,
    needed: Vec<Needed>,
    new_line_names: Vec<Stored<LineName>>,
}

impl Parts {
    async fn read<W: World>(
        engine: &Engine<W>,
        cx: &Ctx,
        records: &JobRecords,
        (document, memory): (&Document, &invoice::Memory),
        dated: &Dated,
        book: Book,
    ) -> Result<Self, Stop> {
        let lines = &document.bill.lines;
        let named = line_names(engine, cx, lines, memory).await?;
        let (mut uses, line_items) = items_of_lines::uses(cx, lines, &named);
        let needed = lists::needed(cx, records, dated);
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
        let table = engine.world.table();
        let mut slots = slots(read_many::<Slot>(table, &keys).await?, &keys).into_iter();
        let item_slots = typed(slots.by_ref().take(uses.len()))?;
        let items = uses.into_iter().zip(item_slots).collect();
        let folder_slots = typed(slots.by_ref().take(categories.len()))?;
        let folders = categories::named(categories, folder_slots.into_iter());
        let needed = needed.into_iter().zip(typed(slots)?);
        let needed = lists::known(engine, cx, needed).await?;
        let mut items = items::as_stored(engine, cx, records, items).await?;
        extras::accounts(cx, records, &mut items)?;
        let named = named.into_iter().flatten();
        Ok(Self {
            line_items,
            items,
            folders,
            unread,
            needed,
            new_line_names: named.filter(|named| named.version.is_none()).collect(),
        })
    }
}

fn number(document: &Document, slot: &Slot<invoice::Memory>) -> qbo::DocNumber {
    let present = slot.link().and_then(|_| present_number(slot));
    let kept = present.filter(|present| {
        document.provisional && mapping::provisional::is_of(present, &document.number)
    });
    let kept = kept.and_then(|kept| qbo::DocNumber::new(kept).ok());
    let number = kept.unwrap_or_else(|| document.number.clone());
    let chosen = slot.memory.renumbered.as_ref();
    let chosen = chosen.filter(|chosen| chosen.from == number.as_str());
    let chosen = chosen.and_then(|chosen| qbo::DocNumber::new(chosen.to.clone()).ok());
    chosen.unwrap_or(number)
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
