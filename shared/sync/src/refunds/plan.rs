//! What becomes of each refund of a job, made from what is stored and what was asked of QuickBooks.

use hcp::InvoiceId;
use ledger::Link;
use mapping::{
    JobRecords, SlotName,
    payment::{Decision, JobPayment},
    refund::{self, Billed, Earlier, GivenBack, JobRefund, Memory, Mirror, PaidOut, Unusable},
};
use money::Cents;
use qbo::{Id, RefundReceipt};
use store::Stored;

use super::Run;
use crate::{
    ctx::Ctx,
    engine::Engine,
    job::{
        node::Node,
        sent_before::{JobSlots, deposit_given_back, marker},
    },
    objects::{
        lists,
        slots::{StoredInvoice, StoredItem, StoredPayment, StoredRefund, stored, wrote},
        sub_customer::made_out_to,
    },
    stop::Stop,
    world::World,
};

/// The refunds of a job, and what is known of them.
pub(super) struct RefundsPlan<'a> {
    pub(super) records: &'a JobRecords,
    pub(super) refunds: Vec<Planned>,
    /// Those that Housecall Pro does not tell so that they can be sent.
    pub(super) unusable: Vec<Unusable>,
    /// The refund that is sent now, with what it needs.
    pub(super) nodes: Vec<Node>,
    /// What refunds gave back of the deposit.
    pub(super) deposit_given_back: GivenBack,
}

/// One refund.
pub(super) struct Planned {
    pub(super) name: SlotName,
    pub(super) slot: StoredRefund,
    pub(super) refund: JobRefund,
    pub(super) fate: Fate,
}

/// What becomes of a refund.
pub(super) enum Fate {
    /// It is in QuickBooks, or need not be.
    Done,
    /// It waits for its invoice, for a payment, or for a refund before it.
    Waits,
    /// More went back than was paid.
    MoreThanPaid {
        /// What was paid.
        paid: Cents,
        /// What went back.
        refunded: Cents,
    },
    /// So much of it pays an invoice in QuickBooks.
    NotApplied(Cents),
    /// QuickBooks must be asked first which account this payment went to, and what receipts this customer has.
    Ask {
        /// The payment.
        payment: Id,
        /// The customer.
        customer: Id,
    },
    /// Somebody may have entered this receipt for it.
    MaybeThere(Box<RefundReceipt>),
    /// QuickBooks does not tell it.
    NoAccount,
    /// It is sent.
    Send(Box<Ready>),
    /// QuickBooks does not take it.
    Refused,
}

/// What a refund is sent with.
pub(super) struct Ready {
    payment: JobPayment,
    customer: Id,
    account: Id,
    mirror: Mirror,
}

/// What the fates of refunds follow from.
struct Known<'a> {
    records: &'a JobRecords,
    payments: Vec<JobPayment>,
    /// Whether Housecall Pro tells payments so that they cannot be sent.
    some_unusable: bool,
    slots: JobSlots,
    tips: Option<Id>,
    surcharges: Option<Id>,
}

impl Planned {
    /// What its receipt comes to, where that is something else.
    pub(super) fn differs(&self) -> Option<Cents> {
        let linked = self.slot.value.link();
        let there = linked.and(self.slot.value.memory.total);
        there.filter(|there| *there != self.refund.amount)
    }
}

impl<'a> RefundsPlan<'a> {
    pub(super) async fn make<W: World>(
        engine: &Engine<W>,
        cx: &Ctx,
        records: &'a JobRecords,
        run: &Run,
    ) -> Result<Self, Stop> {
        let table = engine.world.table();
        let item = async |name: SlotName| -> Result<Option<Id>, Stop> {
            let slot: StoredItem = stored(table, cx, &name).await?;
            Ok(slot.value.link().map(|link| link.id.clone()))
        };
        let (payments, unusable_payments) = records.payments();
        let known = Known {
            records,
            payments,
            some_unusable: !unusable_payments.is_empty(),
            slots: engine.job_slots(cx, &records.job.id).await?,
            tips: item(SlotName::tips_item()).await?,
            surcharges: item(SlotName::surcharge_item()).await?,
        };
        let (told, unusable) = records.refunds();
        let mut plan = Self {
            records,
            refunds: Vec::new(),
            unusable,
            nodes: Vec::new(),
            deposit_given_back: deposit_given_back(&known.slots),
        };
        for refund in told {
            let name = refund.slot(&records.job.id);
            let slot = known.slots.refunds.iter().find(|(known, _)| *known == name);
            let slot = slot.map(|(_, slot)| slot.clone());
            let mut planned = Planned {
                slot: slot.unwrap_or_else(|| Stored::new(cx.books.slot(&name), Default::default())),
                name,
                refund,
                fate: Fate::Waits,
            };
            planned.fate = plan.fate(cx, run, &known, &planned)?;
            if let Fate::Send(ready) = &planned.fate {
                plan.nodes = plan.all_nodes(engine, cx, &planned, ready).await?;
            }
            plan.refunds.push(planned);
        }
        Ok(plan)
    }

    /// A slot whose write is on its way.
    pub(super) fn sending(&self) -> Option<&SlotName> {
        let is_sending = |one: &&Planned| one.slot.value.is_sending();
        let refund = self.refunds.iter().find(is_sending);
        let mut nodes = self.nodes.iter();
        let node = nodes.find(|node| node.slot.value.is_sending());
        refund.map(|one| &one.name).or(node.map(Node::name))
    }

    fn fate(&self, cx: &Ctx, run: &Run, known: &Known<'_>, one: &Planned) -> Result<Fate, Stop> {
        let refund = &one.refund;
        if run.refused.contains_key(&one.name) {
            return Ok(Fate::Refused);
        }
        let memory = &one.slot.value.memory;
        let is_settled = memory.gone || memory.decision == Some(Decision::Same);
        if one.slot.value.link().is_some() || is_settled {
            return Ok(Fate::Done);
        }
        if let Some(fate) = self.more_than_paid(known, refund) {
            return Ok(fate);
        }
        let (Some(document), Some(payment)) =
            (known.document(refund), refund.gives_back(&known.payments))
        else {
            return Ok(Fate::Waits);
        };
        let Some(link) = known.payment_link(payment) else {
            return Ok(match known.is_settled(payment) {
                true => Fate::NoAccount,
                false => Fate::Waits,
            });
        };
        let Some(customer) = made_out_to(&document.slot.value)? else {
            return Ok(Fate::Waits);
        };
        let told = run.accounts.get(&link.id).zip(run.foreign.get(&customer));
        let Some((account, foreign)) = told else {
            return Ok(Fate::Ask {
                payment: link.id.clone(),
                customer,
            });
        };
        let mut foreign = foreign.iter();
        let equal = foreign.find(|receipt| receipt.total_amt == Some(refund.amount));
        if let (Some(receipt), None) = (equal, memory.decision) {
            return Ok(Fate::MaybeThere(Box::new(receipt.clone())));
        }
        let Some(account) = account.clone() else {
            return Ok(Fate::NoAccount);
        };
        let left = known.left(document);
        if left < refund.amount {
            return Ok(match known.all_arrived(document) {
                true => Fate::NotApplied(left),
                false => Fate::Waits,
            });
        }
        let invoice: qbo::Invoice = wrote(&document.slot.value)?;
        if invoice.line.is_empty() {
            // It was linked or edited, and is written anew.
            return Ok(Fate::Waits);
        }
        let Some(mirror) = known.mirror(cx, (document, &invoice), refund)? else {
            return Ok(Fate::NotApplied(left.min(known.unreturned(document))));
        };
        if !self.nodes.is_empty() {
            return Ok(Fate::Waits);
        }
        Ok(Fate::Send(Box::new(Ready {
            payment: payment.clone(),
            customer,
            account,
            mirror,
        })))
    }

    /// Whether more went back than was paid, as far as that can be told.
    fn more_than_paid(&self, known: &Known<'_>, refund: &JobRefund) -> Option<Fate> {
        let on_it = |invoice: &InvoiceId| *invoice == refund.invoice;
        let parts = known.payments.iter().flat_map(|payment| &payment.parts);
        let parts = parts.filter(|(invoice, _)| on_it(invoice));
        let paid: Cents = parts.map(|(_, part)| *part).sum();
        let before = self.refunds.iter().map(|one| &one.refund);
        let before = before.filter(|before| on_it(&before.invoice));
        let refunded = refund.amount + before.map(|before| before.amount).sum();
        (refunded > paid).then_some(match known.some_unusable {
            true => Fate::Waits,
            false => Fate::MoreThanPaid { paid, refunded },
        })
    }

    /// What is sent of a refund, and the method that it needs.
    async fn all_nodes<W: World>(
        &self,
        engine: &Engine<W>,
        cx: &Ctx,
        one: &Planned,
        ready: &Ready,
    ) -> Result<Vec<Node>, Stop> {
        let method = lists::known_method(engine, cx, &ready.payment).await?;
        let paid_out = PaidOut {
            customer: ready.customer.clone(),
            account: ready.account.clone(),
            method: method.as_ref().map(|method| method.name.reference()),
        };
        let mirror = ready.mirror.clone();
        let memory = Memory {
            invoice: Some(one.refund.invoice.clone()),
            given_back: mirror.given_back,
            ..Memory::default()
        };
        let marker = marker(&cx.books, &one.name);
        let wanted = refund::wanted(
            self.records,
            &one.refund,
            paid_out,
            mirror,
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

/// A document of the job that stands in QuickBooks.
#[derive(Clone, Copy)]
struct Document<'a> {
    slot: &'a StoredInvoice,
    link: &'a Link,
}

impl Known<'_> {
    /// The document in QuickBooks whose money went back.
    fn document(&self, refund: &JobRefund) -> Option<Document<'_>> {
        let mut slots = self.slots.invoices.iter();
        slots.find_map(|(_, slot)| {
            let memory = &slot.value.memory;
            let is_it = memory.invoices.contains(&refund.invoice) && !memory.gone;
            let link = slot.value.link().filter(|_| is_it)?;
            Some(Document { slot, link })
        })
    }

    fn payment_slot(&self, payment: &JobPayment) -> Option<&StoredPayment> {
        let name = payment.slot(&self.records.job.id);
        let mut slots = self.slots.payments.iter();
        slots
            .find(|(known, _)| *known == name)
            .map(|(_, slot)| slot)
    }

    fn payment_link(&self, payment: &JobPayment) -> Option<&Link> {
        self.payment_slot(payment)?.value.link()
    }

    /// Whether a person decided that QuickBooks has a payment, or needs it not.
    fn is_settled(&self, payment: &JobPayment) -> bool {
        let slot = self.payment_slot(payment);
        slot.is_some_and(|slot| slot.value.memory.decision == Some(Decision::Same))
    }

    /// Whether all payments of a document are in QuickBooks, or need not be.
    fn all_arrived(&self, document: Document<'_>) -> bool {
        let invoices = &document.slot.value.memory.invoices;
        let mut payments = self.payments.iter().filter(|payment| {
            let mut parts = payment.parts.iter();
            parts.any(|(invoice, _)| invoices.contains(invoice))
        });
        payments.all(|payment| self.payment_link(payment).is_some() || self.is_settled(payment))
    }

    /// The refunds of a document that QuickBooks has.
    fn refunds_of(&self, document: Document<'_>) -> impl Iterator<Item = &StoredRefund> {
        let invoices = document.slot.value.memory.invoices.clone();
        let slots = self.slots.refunds.iter().map(|(_, slot)| slot);
        slots.filter(move |slot| {
            let of = slot.value.memory.invoice.as_ref();
            slot.value.link().is_some() && of.is_some_and(|of| invoices.contains(of))
        })
    }

    fn returned(&self, document: Document<'_>) -> Cents {
        let refunds = self.refunds_of(document);
        refunds.filter_map(|slot| slot.value.memory.total).sum()
    }

    /// What payments pay of a document in QuickBooks and was not given back.
    fn left(&self, document: Document<'_>) -> Cents {
        let payments = self.slots.payments.iter().map(|(_, slot)| &slot.value);
        let linked = payments.filter(|slot| slot.link().is_some());
        let paid: Cents = linked
            .map(|slot| slot.memory.paid_of(&document.link.id))
            .sum();
        paid - self.returned(document)
    }

    /// What a document comes to less what was given back.
    fn unreturned(&self, document: Document<'_>) -> Cents {
        let totals = document.slot.value.memory.totals.unwrap_or_default();
        totals.total - self.returned(document)
    }

    /// What a refund takes off its document; `None`: it is more than is left of that.
    fn mirror(
        &self,
        cx: &Ctx,
        (document, invoice): (Document<'_>, &qbo::Invoice),
        refund: &JobRefund,
    ) -> Result<Option<Mirror>, Stop> {
        let told = invoice.txn_tax_detail.as_ref();
        let code = told.and_then(|told| told.txn_tax_code_ref.as_ref());
        let totals = document.slot.value.memory.totals;
        let tax = totals.map(|totals| totals.tax);
        let billed = Billed {
            invoice,
            tax: tax
                .or(told.and_then(|told| told.total_tax))
                .unwrap_or_default(),
            tips: self.tips.as_ref(),
            surcharges: self.surcharges.as_ref(),
            rates: code.and_then(|code| cx.setup().sales_tax.rates_of(&code.value)),
        };
        let mut earlier = Vec::new();
        for slot in self.refunds_of(document) {
            earlier.push(Earlier {
                receipt: wrote(&slot.value)?,
                tax: slot.value.memory.given_back.tax,
            });
        }
        Ok(refund::mirrored(billed, &earlier, refund))
    }
}
