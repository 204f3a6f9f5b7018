//! What becomes of each payment of a job, made from what is stored and what was seen in QuickBooks.

mod fate;

use std::collections::BTreeMap;

use hcp::InvoiceId;
use jiff::tz::TimeZone;
use mapping::{
    JobRecords, Role, SlotName,
    payment::{self, Applied, JobPayment, Memory, Open, Unusable},
    refund::JobRefund,
};
use money::Cents;
use ports::Clock;
use qbo::{Id, PaymentLine};
use store::Stored;

use super::{Run, Seen};
use crate::{
    ctx::Ctx,
    engine::Engine,
    job::{
        node::Node,
        parts::Needed,
        sent_before::{JobSlots, invoice_slot, marker},
    },
    objects::{
        lists,
        slots::{StoredInvoice, StoredPayment, number, present_number, wrote},
    },
    receipts,
    stop::Stop,
    world::World,
};

/// Within so many days a payment that is gone and a new one of equal amount are one that was entered again (P8).
const AGAIN: i32 = 7;

/// The payments of a job, and what is known of them.
pub(super) struct PaymentsPlan<'a> {
    pub(super) records: &'a JobRecords,
    /// Those of Housecall Pro, then those that it has no more.
    pub(super) payments: Vec<Planned>,
    /// Those that it does not tell so that they can be sent.
    pub(super) unusable: Vec<Unusable>,
    /// What is sent, with what it needs.
    pub(super) nodes: Vec<Node>,
    /// The documents of the job that stand in QuickBooks.
    pub(super) documents: Vec<Document>,
    /// Those that were deleted or voided there by hand.
    gone: Vec<GoneDocument>,
    /// The expenses by which refunds gave credit back (P5).
    expenses: Vec<Id>,
    /// The refunds of the job that are not in QuickBooks, and should be, with the payments that wait for each (P4).
    pub(super) refunds: Vec<(JobRefund, Vec<JobPayment>)>,
}

/// A document of the job that was deleted or voided in QuickBooks by hand (R8).
struct GoneDocument {
    /// The Housecall Pro invoices that it stood for.
    invoices: Vec<InvoiceId>,
    /// The number that it had.
    number: String,
    /// What it came to.
    total: Option<Cents>,
}

/// A document of the job that stands in QuickBooks.
pub(super) struct Document {
    pub(super) role: Role,
    pub(super) name: SlotName,
    /// Its number there, as far as is known.
    pub(super) number: String,
    pub(super) open: Open,
    /// Whether what is left to pay of it is known.
    is_known: bool,
    /// Its slot, and what had been paid of it when it was written, where that was not compared yet.
    pub(super) written: Option<(StoredInvoice, Cents)>,
}

/// One payment.
pub(super) struct Planned {
    pub(super) name: SlotName,
    pub(super) slot: StoredPayment,
    /// `None`: Housecall Pro has it no more.
    pub(super) payment: Option<JobPayment>,
    pub(super) fate: Fate,
}

/// What becomes of a payment.
pub(super) enum Fate {
    /// It is in QuickBooks, or need not be.
    Done,
    /// It waits for its document, or for what a person does about another payment of it.
    Waits,
    /// No document stands for its invoice, nor will one: that was removed in Housecall Pro.
    NoInvoice,
    /// The document that stood for its invoice is gone from QuickBooks: its number, and what it came to.
    InvoiceGone(String, Option<Cents>),
    /// QuickBooks must be asked first what it has on these documents.
    Ask(Vec<Id>),
    /// A person must decide: these may be it.
    Held(Vec<qbo::Payment>),
    /// Somebody entered it in QuickBooks.
    Join(Box<qbo::Payment>),
    /// It is sent for this customer, and pays this.
    Send(Id, Vec<PaymentLine>),
    /// It is in QuickBooks, pays less than it was to, and is to pay this, for this customer.
    Apply(Id, Vec<PaymentLine>),
    /// QuickBooks does not take it.
    Refused,
}

impl Planned {
    /// The Housecall Pro invoices that it pays.
    pub(super) fn invoices(&self) -> Vec<InvoiceId> {
        let parts = self.payment.iter().flat_map(|payment| &payment.parts);
        parts.map(|(invoice, _)| invoice.clone()).collect()
    }

    pub(super) fn memory(&self) -> &Memory {
        &self.slot.value.memory
    }

    pub(super) fn is_linked(&self) -> bool {
        self.slot.value.link().is_some()
    }

    /// What of it was to pay documents, as it was sent.
    pub(super) fn sent(&self) -> Result<Cents, Stop> {
        let written: qbo::Payment = wrote(&self.slot.value)?;
        let paid = written.line.iter().filter(|line| !line.is_given_back());
        Ok(paid.map(|line| line.amount).sum())
    }

    /// Whether it is this one, deleted in Housecall Pro and entered anew (P8).
    fn is_again(&self, gone: &Self, zone: &TimeZone) -> bool {
        let Some(payment) = self.payment.as_ref().filter(|_| !self.is_linked()) else {
            return false;
        };
        let (before, invoices) = (gone.memory(), self.invoices());
        let days = before
            .date
            .map(|date| payment::days_between(date, payment.date(zone)));
        self.memory().decision.is_none()
            && before.total == Some(payment.total())
            && days.is_some_and(|days| days <= AGAIN)
            && before.invoices.iter().any(|id| invoices.contains(id))
    }
}

impl<'a> PaymentsPlan<'a> {
    pub(super) async fn make<W: World>(
        engine: &Engine<W>,
        cx: &Ctx,
        records: &'a JobRecords,
        run: &Run,
    ) -> Result<Self, Stop> {
        let slots = engine.job_slots(cx, &records.job.id).await?;
        let (told, unusable) = receipts::ordinary(cx, records, &slots);
        let invoices = slots.invoices.clone();
        let expenses = slots.expenses.iter();
        let expenses = expenses.filter_map(|(_, slot)| Some(slot.value.link()?.id.clone()));
        let expenses = expenses.collect();
        let refunds = slots.unsent_refunds(records).into_iter().map(|refund| {
            let waiting = receipts::waiting_for(cx, records, &slots, &refund);
            (refund, waiting)
        });
        let refunds = refunds.collect();
        let mut plan = Self {
            records,
            payments: planned(cx, records, (told, &unusable), slots),
            unusable,
            nodes: Vec::new(),
            documents: Vec::new(),
            gone: Vec::new(),
            expenses,
            refunds,
        };
        plan.find_documents(&invoices, run)?;
        let now = engine.world.clock().now();
        let mut fates = Vec::with_capacity(plan.payments.len());
        let mut open: Vec<Open> = plan.documents.iter().map(|one| one.open.clone()).collect();
        for one in &plan.payments {
            fates.push(plan.fate(cx, run, one, (&mut open, now)));
        }
        for (one, fate) in plan.payments.iter_mut().zip(fates) {
            one.fate = fate;
        }
        plan.nodes = plan.all_nodes(engine, cx).await?;
        Ok(plan)
    }

    /// A payment whose write is on its way.
    pub(super) fn sending(&self) -> Option<&SlotName> {
        let is_sending = |one: &&Planned| one.slot.value.is_sending();
        let payment = self.payments.iter().find(is_sending);
        let mut nodes = self.nodes.iter();
        let node = nodes.find(|node| node.slot.value.is_sending());
        payment.map(|one| &one.name).or(node.map(Node::name))
    }

    /// A payment that is gone, and the one that it was entered again as (P8).
    pub(super) fn entered_again(&self, zone: &TimeZone) -> Option<(&Planned, &Planned)> {
        let gone = self.payments.iter().filter(|one| {
            let failed = one.name.payment_id(&self.records.job.id);
            let failed = failed.is_some_and(|id| self.records.has_failed(&id));
            one.payment.is_none() && !failed
        });
        gone.filter_map(|gone| {
            let mut payments = self.payments.iter();
            let anew = payments.find(|one| one.is_again(gone, zone))?;
            Some((gone, anew))
        })
        .next()
    }

    /// The documents that a payment pays.
    pub(super) fn documents_of(&self, one: &Planned) -> Vec<&Document> {
        let invoices = one.invoices();
        let documents = self.documents.iter();
        let is_paid = |document: &&Document| {
            let mut behind = document.open.invoices.iter();
            behind.any(|id| invoices.contains(id))
        };
        documents.filter(is_paid).collect()
    }

    /// The ids of the payments that are ours, or were joined with ours.
    pub(super) fn known(&self) -> Vec<&Id> {
        let links = self.payments.iter().filter_map(|one| one.slot.value.link());
        links.map(|link| &link.id).collect()
    }

    /// What payments of ours pay of a document.
    pub(super) fn paid_of(&self, document: &Id) -> Cents {
        let linked = self.payments.iter().filter(|one| one.is_linked());
        linked.map(|one| one.memory().paid_of(document)).sum()
    }

    /// What a payment pays of documents, or was moved to by hand: all but what refunds gave back of it.
    pub(super) fn paid_with<'m>(
        &self,
        memory: &'m Memory,
    ) -> impl Iterator<Item = &'m (Id, Cents)> {
        let applied = memory.applied.iter();
        applied.filter(|(id, _)| !self.expenses.contains(id))
    }

    /// Finds the documents that stand in QuickBooks, with what is left to pay of each; and those that did.
    fn find_documents(
        &mut self,
        invoices: &[(Role, StoredInvoice)],
        run: &Run,
    ) -> Result<(), Stop> {
        for (role, slot) in invoices {
            let memory = &slot.value.memory;
            let Some(link) = slot.value.link() else {
                continue;
            };
            let paid = self.paid_of(&link.id);
            let number = present_number(&slot.value).unwrap_or_else(|| number(link));
            let left = match run.seen.get(&link.id) {
                _ if memory.gone => None,
                Some(Seen::There { left, ours, .. }) => Some(Some(*left - (paid - *ours))),
                Some(Seen::Gone) => None,
                None => Some(memory.totals.map(|totals| totals.total - paid)),
            };
            let Some(left) = left else {
                self.gone.push(GoneDocument {
                    invoices: memory.invoices.clone(),
                    number,
                    total: memory.totals.map(|totals| totals.total),
                });
                continue;
            };
            let written: qbo::Invoice = wrote(&slot.value)?;
            let customer = memory.made_out_to.clone();
            let customer = customer.or(written.customer_ref.map(|to| to.value));
            let Some(customer) = customer else { continue };
            self.documents.push(Document {
                role: *role,
                name: invoice_slot(&self.records.job.id, *role),
                number,
                open: Open {
                    id: link.id.clone(),
                    invoices: memory.invoices.clone(),
                    customer,
                    balance: left.unwrap_or_default(),
                },
                is_known: left.is_some(),
                written: memory.paid.map(|paid| (slot.clone(), paid)),
            });
        }
        Ok(())
    }

    /// What is sent, and the methods that it needs.
    async fn all_nodes<W: World>(&self, engine: &Engine<W>, cx: &Ctx) -> Result<Vec<Node>, Stop> {
        let mut nodes: Vec<Node> = Vec::new();
        for one in &self.payments {
            let (Fate::Send(customer, lines), Some(payment)) = (&one.fate, &one.payment) else {
                continue;
            };
            let method = lists::known_method(engine, cx, payment).await?;
            let applied = Applied {
                customer: customer.clone(),
                lines: lines.clone(),
                method: method.as_ref().map(|method| method.name.reference()),
                account: cx.settings.account_of(payment).cloned(),
            };
            for method in method.iter().map(Needed::node) {
                let method = method?;
                if nodes.iter().all(|node| node.name() != method.name()) {
                    nodes.push(method);
                }
            }
            nodes.push(self.node(cx, one, payment, applied)?);
        }
        Ok(nodes)
    }

    fn node(
        &self,
        cx: &Ctx,
        one: &Planned,
        payment: &JobPayment,
        applied: Applied,
    ) -> Result<Node, Stop> {
        let marker = marker(&cx.books, &one.name);
        let not_before = one.memory().not_before;
        let dated = (payment, not_before);
        let wanted = payment::wanted(self.records, dated, applied, &cx.zone, &marker);
        let mut node = Node::new(&one.name, wanted, "", &one.slot)?;
        // Whatever was decided is carried out by this.
        node.remember(&Memory {
            invoices: one.invoices(),
            repeats: payment.repeats.clone(),
            not_before,
            ..Memory::default()
        })?;
        Ok(node)
    }
}

/// The payments that Housecall Pro tells, and those that QuickBooks has of it beside these.
fn planned(
    cx: &Ctx,
    records: &JobRecords,
    (told, unusable): (Vec<JobPayment>, &[Unusable]),
    slots: JobSlots,
) -> Vec<Planned> {
    let job = &records.job.id;
    let mut slots: BTreeMap<SlotName, StoredPayment> = slots.payments.into_iter().collect();
    for one in unusable {
        slots.remove(&SlotName::payment(job, &one.id));
    }
    let mut planned: Vec<Planned> = Vec::new();
    for payment in told {
        let name = payment.slot(job);
        let slot = slots.remove(&name);
        let slot =
            slot.unwrap_or_else(|| Stored::new(cx.books.slot(&name), ledger::Slot::default()));
        planned.push(Planned {
            name,
            slot,
            payment: Some(payment),
            fate: Fate::Done,
        });
    }
    let gone = slots
        .into_iter()
        .filter(|(_, slot)| slot.value.link().is_some());
    planned.extend(gone.map(|(name, slot)| Planned {
        name,
        slot,
        payment: None,
        fate: Fate::Done,
    }));
    planned
}
