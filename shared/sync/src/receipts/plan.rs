//! What becomes of each part of a payment that repeats refunds, made from what is stored and what was asked of QuickBooks.

use hcp::{InvoiceId, JobId, PaymentId};
use mapping::{
    JobRecords, SlotName,
    alert::{Difference, Sides},
    payment::JobPayment,
    refund::{GivenBack, Mirror},
    sales_receipt::{self, Memory, PaidIn},
};
use money::Cents;
use qbo::{Id, SalesReceipt};
use store::Stored;

use super::{
    Run,
    split::{Of, Split},
};
use crate::{
    ctx::Ctx,
    engine::Engine,
    job::{
        node::Node,
        sent_before::{deposit_given_back, marker},
    },
    objects::{lists, slots::StoredReceipt, sub_customer::made_out_to},
    refunds::known::Known,
    stop::Stop,
    world::World,
};

/// What repeats refunds of a job, and what is known of it.
pub(super) struct ReceiptsPlan<'a> {
    pub(super) records: &'a JobRecords,
    pub(super) receipts: Vec<Planned>,
    /// The receipt that is sent now, with what it needs.
    pub(super) nodes: Vec<Node>,
    /// What refunds gave back of the deposit, and nobody paid once more.
    pub(super) deposit_given_back: GivenBack,
    /// The receipt of a payment that was deleted in Housecall Pro, and the slot of the one that this was entered anew as.
    pub(super) again: Option<(Named, Named)>,
}

/// A slot with its name.
pub(super) type Named = (SlotName, StoredReceipt);

/// The part of a payment that repeats refunds of an invoice.
pub(super) struct Planned {
    pub(super) name: SlotName,
    pub(super) slot: StoredReceipt,
    pub(super) payment: PaymentId,
    pub(super) invoice: InvoiceId,
    /// As Housecall Pro tells the payment, and what of it pays the invoice; `None`: it does not, any more.
    pub(super) told: Option<(JobPayment, Cents)>,
    /// How much of that repeats refunds.
    pub(super) amount: Cents,
    /// The payments that wait until something is done about one that is gone.
    pub(super) waiting: Vec<Cents>,
    pub(super) fate: Fate,
}

/// What becomes of it.
pub(super) enum Fate {
    /// It is in QuickBooks, or need not be.
    Done,
    /// It waits for its document, or for one before it.
    Waits,
    /// QuickBooks must be asked first what receipts this customer has.
    Ask(Id),
    /// Somebody may have entered this receipt for it.
    MaybeThere(Box<SalesReceipt>),
    /// It is sent.
    Send(Box<Ready>),
    /// It is not known line by line what it pays for once more.
    Unknown,
    /// QuickBooks does not take it.
    Refused,
}

/// What it is sent with.
pub(super) struct Ready {
    customer: Id,
    mirror: Mirror,
}

impl Planned {
    /// What is something else in QuickBooks than in Housecall Pro.
    pub(super) fn differences(&self, cx: &Ctx) -> Vec<Difference> {
        match (&self.told, self.slot.value.link()) {
            (Some((payment, part)), Some(_)) => {
                let memory = &self.slot.value.memory;
                sales_receipt::differences((payment, *part), memory, &cx.zone)
            }
            _ => Vec::new(),
        }
    }

    /// How much it is.
    pub(super) fn sides(&self) -> Option<Sides> {
        let (_, part) = self.told.as_ref()?;
        let memory = &self.slot.value.memory;
        // Where a part of it is sent as a payment, a change of the amount is told of that.
        let is_all = memory.of == memory.amount;
        Some(Sides {
            housecall: if is_all { *part } else { memory.amount },
            quickbooks: memory.total?,
        })
    }

    /// Whether it does not stand in QuickBooks as it should, so that a person may have mended it.
    pub(super) fn is_wrong(&self, cx: &Ctx) -> bool {
        self.is_gone() || !self.differences(cx).is_empty()
    }

    /// Whether its payment is gone in Housecall Pro.
    pub(super) fn is_gone(&self) -> bool {
        self.told.is_none()
    }
}

impl<'a> ReceiptsPlan<'a> {
    pub(super) async fn make<W: World>(
        engine: &Engine<W>,
        cx: &Ctx,
        records: &'a JobRecords,
        run: &Run,
    ) -> Result<Self, Stop> {
        let known = Known::read(engine, cx, records).await?;
        let mut plan = Self {
            records,
            receipts: Vec::new(),
            nodes: Vec::new(),
            deposit_given_back: deposit_given_back(&known.slots),
            again: None,
        };
        let split = Split::of(records, &known.slots, &cx.zone);
        plan.again = split.entered_again().map(|(gone, anew)| {
            let named = |of: &Of| named(cx, &records.job.id, &known, of);
            (named(gone), named(anew))
        });
        for mut planned in planned(cx, records, &known, &split) {
            planned.fate = plan.fate(cx, run, &known, &planned)?;
            if let (Fate::Send(ready), Some((payment, part))) = (&planned.fate, &planned.told) {
                let of = (payment, *part);
                plan.nodes = plan.all_nodes(engine, cx, &planned, (of, ready)).await?;
            }
            plan.receipts.push(planned);
        }
        Ok(plan)
    }

    /// A slot whose write is on its way.
    pub(super) fn sending(&self) -> Option<&SlotName> {
        let is_sending = |one: &&Planned| one.slot.value.is_sending();
        let receipt = self.receipts.iter().find(is_sending);
        let mut nodes = self.nodes.iter();
        let node = nodes.find(|node| node.slot.value.is_sending());
        receipt.map(|one| &one.name).or(node.map(Node::name))
    }

    /// How many of them QuickBooks has.
    pub(super) fn carried(&self) -> usize {
        let receipts = self.receipts.iter();
        receipts
            .filter(|one| one.slot.value.link().is_some())
            .count()
    }

    fn fate(&self, cx: &Ctx, run: &Run, known: &Known<'_>, one: &Planned) -> Result<Fate, Stop> {
        if run.refused.contains_key(&one.name) {
            return Ok(Fate::Refused);
        }
        let memory = &one.slot.value.memory;
        let Some((payment, _)) = &one.told else {
            return Ok(Fate::Done);
        };
        if one.slot.value.link().is_some() || memory.removal().is_settled() {
            return Ok(Fate::Done);
        }
        let Some(document) = known.document(&one.invoice) else {
            return Ok(Fate::Waits);
        };
        let Some(customer) = made_out_to(&document.slot.value)? else {
            return Ok(Fate::Waits);
        };
        // Nobody enters by hand what Housecall Pro took by card.
        if !payment.is_card() && memory.decision.is_none() {
            let Some(foreign) = run.foreign.get(&customer) else {
                return Ok(Fate::Ask(customer));
            };
            let mut foreign = foreign.iter();
            let equal = foreign.find(|receipt| receipt.total_amt == Some(one.amount));
            if let Some(receipt) = equal {
                return Ok(Fate::MaybeThere(Box::new(receipt.clone())));
            }
        }
        if !self.nodes.is_empty() {
            return Ok(Fate::Waits);
        }
        let mirror = known.repeated(cx, document, one.amount)?;
        Ok(mirror.map_or(Fate::Unknown, |mirror| {
            Fate::Send(Box::new(Ready { customer, mirror }))
        }))
    }

    /// What is sent of it, and the method that it needs.
    async fn all_nodes<W: World>(
        &self,
        engine: &Engine<W>,
        cx: &Ctx,
        one: &Planned,
        ((payment, part), ready): ((&JobPayment, Cents), &Ready),
    ) -> Result<Vec<Node>, Stop> {
        let method = lists::known_method(engine, cx, payment).await?;
        let paid_in = PaidIn {
            customer: ready.customer.clone(),
            account: cx.settings.account_of(payment).cloned(),
            method: method.as_ref().map(|method| method.name.reference()),
        };
        let memory = Memory {
            amount: one.amount,
            of: part,
            sold: ready.mirror.work,
            ..Memory::default()
        };
        let marker = marker(&cx.books, &one.name);
        let wanted = sales_receipt::wanted(
            self.records,
            (payment, &one.invoice),
            paid_in,
            ready.mirror.clone(),
            &cx.zone,
            &marker,
        );
        let mut node = Node::new(&one.name, wanted, "", &one.slot)?;
        node.remember(&memory)?;
        let mut nodes = vec![node];
        if let Some(method) = method {
            nodes.push(method.node()?);
        }
        Ok(nodes)
    }
}

fn named(cx: &Ctx, job: &JobId, known: &Known<'_>, of: &Of) -> Named {
    let name = SlotName::sales_receipt(job, &of.0, &of.1);
    let mut slots = known.slots.receipts.iter();
    let slot = slots.find(|(known, _)| known == of);
    let slot = slot.map(|(_, slot)| slot.clone());
    let slot = slot.unwrap_or_else(|| Stored::new(cx.books.slot(&name), Default::default()));
    (name, slot)
}

/// What of the payments that Housecall Pro tells repeats refunds, and what QuickBooks has of it beside these.
fn planned(cx: &Ctx, records: &JobRecords, known: &Known<'_>, split: &Split<'_>) -> Vec<Planned> {
    let job = &records.job.id;
    let mut planned = Vec::new();
    for payment in records.payments().0 {
        if split.waiting.contains(&payment.id) {
            continue;
        }
        for (invoice, amount) in split.repeats.get(&payment.id).into_iter().flatten() {
            let of = (payment.id.clone(), invoice.clone());
            let (name, slot) = named(cx, job, known, &of);
            let mut parts = payment.parts.iter();
            let part = parts.find(|(of, _)| of == invoice);
            planned.push(Planned {
                name,
                slot,
                payment: of.0,
                invoice: of.1,
                amount: *amount,
                told: part.map(|(_, part)| (payment.clone(), *part)),
                waiting: Vec::new(),
                fate: Fate::Waits,
            });
        }
    }
    planned.extend(split.gone.iter().map(|(of, waiting)| {
        let (name, slot) = named(cx, job, known, of);
        Planned {
            name,
            amount: slot.value.memory.amount,
            slot,
            payment: of.0.clone(),
            invoice: of.1.clone(),
            told: None,
            waiting: waiting.clone(),
            fate: Fate::Done,
        }
    }));
    planned
}
