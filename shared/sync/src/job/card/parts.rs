//! What the records of a job say, as its card shows it.

use hcp::{InvoiceId, JobId};
use jiff::civil::Date;
use ledger::Slot;
use mapping::{
    AnyKind, HowPaid, Role, invoice,
    payment::{self, Decision},
    received::{Received, Standing},
};
use money::Cents;
use qbo::{Purchase, RefundReceipt, SalesReceipt};
use serde::{Serialize, de::DeserializeOwned};
use store::{Connection, Job, JobFacts, NamedId, Position, Stored, places};

use super::{
    Card, DocumentCard, DocumentStanding, Origin, PaymentCard, PaymentThere, ReceiptCard, Told,
    read::{Belongings, CustomerFacts},
    role_words,
};
use crate::{
    ctx::Ctx,
    engine::Engine,
    objects::{
        slots::{StoredPayment, number, present_number, wrote},
        sub_customer::made_out_to,
    },
    stop::{Stop, broken},
    world::World,
};

/// Where QuickBooks puts money for which no account is told.
const UNDEPOSITED: &str = "Undeposited Funds";

/// What a card is made of.
pub(super) struct Parts<'a> {
    cx: &'a Ctx,
    base_url: &'a str,
    id: JobId,
    all: Belongings,
    customer: CustomerFacts,
}

impl<'a> Parts<'a> {
    pub(super) fn new<W: World>(
        engine: &'a Engine<W>,
        cx: &'a Ctx,
        (id, all): (JobId, Belongings),
        customer: CustomerFacts,
    ) -> Self {
        Self {
            cx,
            base_url: &engine.config.qbo_base_url,
            id,
            all,
            customer,
        }
    }

    pub(super) fn card(mut self, record: Stored<Job>) -> Result<Card, Stop> {
        let due = record.due;
        let job = record.value;
        let documents = self.documents(job.facts.as_ref())?;
        let payments = self.payments(job.facts.as_ref())?;
        let refunds = self.refunds()?;
        let expenses = self.expenses()?;
        let repeated = self.repeated()?;
        let history = self.cx.books.about_job(&self.id);
        let history = history.beginning_with(places::HISTORY).backwards();
        let more = self.all.more.take();
        let mut alerts = self.all.alerts;
        alerts.append(&mut self.customer.alerts);
        let slot = self.customer.slot;
        Ok(Card {
            id: self.id,
            number: job.number,
            customer: job.customer.map(|customer| customer.name),
            emails: slot.map_or_else(Vec::new, |slot| slot.value.memory.emails),
            state: job.state,
            marks: job.marks,
            due: due.filter(|_| job.waiting.waits_for.is_some()),
            waits_for: job.waiting.waits_for,
            facts: job.facts,
            pending: job.pending,
            documents,
            payments,
            refunds,
            expenses,
            repeated,
            alerts,
            inbox: self.all.inbox,
            history: self.all.history,
            more_history: more.map(|more: Position| more.to_cursor(&history)),
            zone: self.cx.zone.clone(),
        })
    }

    fn documents(&self, facts: Option<&JobFacts>) -> Result<Vec<DocumentCard>, Stop> {
        let mut documents = Vec::new();
        for (role, slot) in &self.all.slots.invoices {
            documents.extend(self.document(*role, &slot.value, facts)?);
            let earlier = slot.value.earlier().iter();
            documents.extend(earlier.map(|voided| DocumentCard {
                what: role_words(*role),
                number: Some(voided.number.clone()),
                standing: DocumentStanding::Voided,
                date: None,
                due: None,
                total: Some(Cents::ZERO),
                balance: Some(Cents::ZERO),
                customer: None,
                behind: Vec::new(),
                page: Some(page(self.base_url, AnyKind::Invoice, &voided.id)),
            }));
        }
        Ok(documents)
    }

    /// `None`: it is not in QuickBooks, nor on its way there.
    fn document(
        &self,
        role: Role,
        slot: &Slot<invoice::Memory>,
        facts: Option<&JobFacts>,
    ) -> Result<Option<DocumentCard>, Stop> {
        if slot.link().is_none() && !slot.is_sending() {
            return Ok(None);
        }
        let memory = &slot.memory;
        let link = slot.link();
        let written: qbo::Invoice = wrote(slot)?;
        let total = memory.totals.map(|totals| totals.total);
        let standing = match (memory.gone, slot.is_sending()) {
            (true, _) => DocumentStanding::Gone,
            (false, true) => DocumentStanding::OnItsWay,
            (false, false) => DocumentStanding::There,
        };
        let paid = link.map(|link| self.paid_of(&link.id, memory));
        let told = |id: &InvoiceId| {
            let mut known = facts?.invoices.iter();
            known.find(|one| one.id == *id)?.number.clone()
        };
        Ok(Some(DocumentCard {
            what: role_words(role),
            number: link.map(|link| present_number(slot).unwrap_or_else(|| number(link))),
            standing,
            date: memory.date.or(written.txn_date),
            due: memory.due.or(written.due_date),
            total,
            balance: total.zip(paid).map(|(total, paid)| total - paid),
            customer: self.made_out_to(slot)?,
            behind: memory.invoices.iter().filter_map(told).collect(),
            page: link.map(|link| page(self.base_url, AnyKind::Invoice, &link.id)),
        }))
    }

    /// What was paid of a document, by all that QuickBooks told: with our own payments and those that were entered there.
    /// As long as none of the latter is known, what it said with the document itself may be more.
    fn paid_of(&self, id: &qbo::Id, memory: &invoice::Memory) -> Cents {
        let entered = self.all.received.payments.iter();
        let on_it = |one: &&Received| one.facts.parts.iter().any(|part| part.document == *id);
        let entered: Vec<&Received> = entered.filter(on_it).collect();
        let there = entered.iter().filter(|one| one.standing == Standing::There);
        let parts = there.flat_map(|one| &one.facts.parts);
        let parts = parts.filter(|part| part.document == *id);
        let known = parts.fold(self.all.slots.paid_of(id), |all, part| all + part.amount);
        match memory.paid.filter(|_| entered.is_empty()) {
            Some(told) => known.max(told),
            None => known,
        }
    }

    /// The name of the customer whom an invoice is made out to. One that was written before the name was kept has that of
    /// its job's customer, if it is made out to them.
    fn made_out_to(&self, slot: &Slot<invoice::Memory>) -> Result<Option<String>, Stop> {
        if slot.memory.made_out_to_name.is_some() {
            return Ok(slot.memory.made_out_to_name.clone());
        }
        let Some(known) = &self.customer.slot else {
            return Ok(None);
        };
        let id = made_out_to(slot)?;
        let link = known
            .value
            .link()
            .filter(|link| Some(&link.id) == id.as_ref());
        if link.is_none() {
            return Ok(None);
        }
        let customer: qbo::Customer = wrote(&known.value)?;
        let matched = known.value.memory.matched.as_ref();
        let matched = matched.map(|matched| matched.name.clone());
        Ok(customer.display_name.or(matched))
    }

    /// Those that Housecall Pro told, those that it has no more, and those that it never had.
    fn payments(&self, facts: Option<&JobFacts>) -> Result<Vec<PaymentCard>, Stop> {
        let told = facts.map_or(&[][..], |facts| &facts.payments);
        let mut payments = Vec::new();
        for one in told {
            let slot = self.all.slots.payment_of(&self.id, &one.id);
            let memory = slot.map(|slot| &slot.value.memory);
            payments.push(PaymentCard {
                id: Some(one.id.clone()),
                told: Some(one.clone()),
                there: slot.map(|slot| self.payment(slot)).transpose()?.flatten(),
                repeats: repeated(memory),
                is_not_to_be_sent: memory.is_some_and(|one| one.decision == Some(Decision::Same)),
            });
        }
        for (name, slot) in &self.all.slots.payments {
            let id = name.payment_id(&self.id);
            if told.iter().any(|one| Some(&one.id) == id.as_ref()) {
                continue;
            }
            let there = self.payment(slot)?;
            payments.extend(there.map(|there| PaymentCard {
                id,
                told: None,
                there: Some(there),
                repeats: repeated(Some(&slot.value.memory)),
                is_not_to_be_sent: false,
            }));
        }
        let entered = self.all.received.payments.iter();
        let entered = entered.filter(|one| one.standing != Standing::Joined);
        payments.extend(entered.map(|one| PaymentCard {
            id: None,
            told: None,
            there: Some(self.entered(one)),
            repeats: Cents::ZERO,
            is_not_to_be_sent: false,
        }));
        Ok(payments)
    }

    /// `None`: it is not in QuickBooks.
    fn payment(&self, slot: &StoredPayment) -> Result<Option<PaymentThere>, Stop> {
        let memory = &slot.value.memory;
        let Some(link) = slot.value.link() else {
            return Ok(None);
        };
        let applied = memory.applied.iter();
        let how = self.how(
            &slot.value,
            memory.how.as_ref(),
            |written: &qbo::Payment| written.into(),
        )?;
        Ok(Some(PaymentThere {
            origin: match memory.joined {
                true => Origin::Joined,
                false => Origin::Sent,
            },
            is_gone: memory.gone,
            is_credit: false,
            total: memory.total,
            date: memory.date,
            pays: applied
                .filter_map(|(id, amount)| Some((self.number_of(id)?, *amount)))
                .collect(),
            unapplied: memory.unapplied,
            how,
            page: page(self.base_url, AnyKind::Payment, &link.id),
        }))
    }

    /// One that somebody entered in QuickBooks.
    fn entered(&self, one: &Received) -> PaymentThere {
        let facts = &one.facts;
        let how = facts.how.as_ref().map(|how| told(&self.cx.connection, how));
        let parts = facts.parts.iter();
        PaymentThere {
            origin: Origin::Entered,
            is_gone: one.standing == Standing::Gone,
            is_credit: facts.is_credit,
            total: Some(facts.amount()),
            date: facts.date,
            pays: parts
                .map(|part| (part.number.clone(), part.amount))
                .collect(),
            unapplied: Cents::ZERO,
            how: Told {
                method: facts.method.clone(),
                reference: facts.reference.clone(),
                ..how.unwrap_or_default()
            },
            page: page(self.base_url, AnyKind::Payment, &one.id),
        }
    }

    /// The number of a document of the job.
    fn number_of(&self, id: &qbo::Id) -> Option<String> {
        let mut slots = self.all.slots.invoices.iter();
        let is_it = |slot: &Slot<invoice::Memory>| slot.link().is_some_and(|link| link.id == *id);
        let (_, slot) = slots.find(|(_, slot)| is_it(&slot.value))?;
        present_number(&slot.value)
    }

    fn refunds(&self) -> Result<Vec<ReceiptCard>, Stop> {
        let slots = self.all.slots.refunds.iter();
        let cards = slots.filter_map(|(_, slot)| {
            let (slot, memory) = (&slot.value, &slot.value.memory);
            let kept = (memory.total, memory.date, memory.how.as_ref());
            self.receipt(
                slot,
                AnyKind::RefundReceipt,
                kept,
                |written: &RefundReceipt| (written.txn_date, written.into()),
            )
        });
        cards.collect()
    }

    fn expenses(&self) -> Result<Vec<ReceiptCard>, Stop> {
        let slots = self.all.slots.expenses.iter();
        let cards = slots.filter_map(|(_, slot)| {
            let kept = (slot.value.memory.total, None, None);
            self.receipt(
                &slot.value,
                AnyKind::Purchase,
                kept,
                |written: &Purchase| (written.txn_date, written.into()),
            )
        });
        cards.collect()
    }

    fn repeated(&self) -> Result<Vec<ReceiptCard>, Stop> {
        let slots = self.all.slots.receipts.iter();
        let cards = slots.filter_map(|(_, slot)| {
            let (slot, memory) = (&slot.value, &slot.value.memory);
            let kept = (memory.total, memory.date, memory.how.as_ref());
            self.receipt(
                slot,
                AnyKind::SalesReceipt,
                kept,
                |written: &SalesReceipt| (written.txn_date, written.into()),
            )
        });
        cards.collect()
    }

    /// A receipt by what was kept of it and, of what was written before that was kept, by what was written. `None`: it is not
    /// in QuickBooks.
    fn receipt<M, T: DeserializeOwned>(
        &self,
        slot: &Slot<M>,
        kind: AnyKind,
        (total, date, how): (Option<Cents>, Option<Date>, Option<&HowPaid>),
        of: impl FnOnce(&T) -> (Option<Date>, HowPaid),
    ) -> Option<Result<ReceiptCard, Stop>> {
        let link = slot.link()?;
        let written = link.last_written.as_ref();
        let written = written.map(|written| serde_json::from_str(written.get()).map(|it| of(&it)));
        let written = written.transpose().map_err(broken);
        Some(written.map(|written| {
            let (dated, paid) = written.unzip();
            let how = how
                .or(paid.as_ref())
                .map(|how| told(&self.cx.connection, how));
            ReceiptCard {
                total,
                date: date.or(dated.flatten()),
                how: how.unwrap_or_default(),
                page: page(self.base_url, kind, &link.id),
            }
        }))
    }

    /// How money moved: as it was told, else, of what was written before that was kept, as it was written.
    fn how<M, T: DeserializeOwned + Default + Serialize>(
        &self,
        slot: &Slot<M>,
        known: Option<&HowPaid>,
        of: impl FnOnce(&T) -> HowPaid,
    ) -> Result<Told, Stop> {
        if let Some(known) = known {
            return Ok(told(&self.cx.connection, known));
        }
        let written = slot.link().and_then(|link| link.last_written.as_ref());
        let written = written.map(|written| serde_json::from_str::<T>(written.get()));
        let written = written.transpose().map_err(broken)?;
        Ok(written
            .map(|written| told(&self.cx.connection, &of(&written)))
            .unwrap_or_default())
    }
}

/// How money moved in QuickBooks, by the names that were read last.
pub fn told(connection: &Connection, how: &HowPaid) -> Told {
    let Connection {
        payment_methods,
        money_accounts,
        ..
    } = connection;
    let method = how.method.as_ref().and_then(|method| {
        let known = payment_methods.iter().find(|one| one.id == method.value);
        method.name.clone().or(known.map(|one| one.name.clone()))
    });
    let account = match &how.account {
        None => Some(UNDEPOSITED.to_owned()),
        Some(account) => {
            let is_it = |one: &&NamedId| one.id == account.value;
            let known = money_accounts.iter().find(is_it);
            account.name.clone().or(known.map(|one| one.name.clone()))
        }
    };
    Told {
        method,
        account,
        reference: how.reference.clone(),
        is_deposited: how.deposited,
    }
}

fn repeated(memory: Option<&payment::Memory>) -> Cents {
    let repeats = memory.iter().flat_map(|memory| &memory.repeats);
    repeats.map(|(_, amount)| *amount).sum()
}

/// Where a payment opens in a browser.
pub fn payment_page(base_url: &str, id: &qbo::Id) -> String {
    page(base_url, AnyKind::Payment, id)
}

/// Where an object opens in a browser. Anything but Intuit's own addresses is a sandbox, whose pages stand beside its API.
fn page(base_url: &str, kind: AnyKind, id: &qbo::Id) -> String {
    let (own, page) = match kind {
        AnyKind::Payment => ("transactions/payment", "recvpayment"),
        AnyKind::RefundReceipt => ("transactions/refundreceipt", "refundreceipt"),
        AnyKind::SalesReceipt => ("transactions/salesreceipt", "salesreceipt"),
        AnyKind::Purchase => ("transactions/purchase", "expense"),
        _ => ("invoices", "invoice"),
    };
    let host = match base_url {
        "https://quickbooks.api.intuit.com" => "app.qbo.intuit.com",
        "https://sandbox-quickbooks.api.intuit.com" => "app.sandbox.qbo.intuit.com",
        base_url => return format!("{base_url}/{own}/{id}"),
    };
    format!("https://{host}/app/{page}?txnId={id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k1_what_is_in_quickbooks_opens_where_people_see_it() {
        let id = qbo::Id::new("145");
        let intuit = "https://quickbooks.api.intuit.com";
        for (base_url, kind, expected) in [
            (
                intuit,
                AnyKind::Invoice,
                "https://app.qbo.intuit.com/app/invoice?txnId=145",
            ),
            (
                intuit,
                AnyKind::Payment,
                "https://app.qbo.intuit.com/app/recvpayment?txnId=145",
            ),
            (
                intuit,
                AnyKind::RefundReceipt,
                "https://app.qbo.intuit.com/app/refundreceipt?txnId=145",
            ),
            (
                intuit,
                AnyKind::SalesReceipt,
                "https://app.qbo.intuit.com/app/salesreceipt?txnId=145",
            ),
            (
                intuit,
                AnyKind::Purchase,
                "https://app.qbo.intuit.com/app/expense?txnId=145",
            ),
            (
                "https://sandbox-quickbooks.api.intuit.com",
                AnyKind::Invoice,
                "https://app.sandbox.qbo.intuit.com/app/invoice?txnId=145",
            ),
            (
                "http://127.0.0.1:4020",
                AnyKind::Invoice,
                "http://127.0.0.1:4020/invoices/145",
            ),
            (
                "http://127.0.0.1:4020",
                AnyKind::Payment,
                "http://127.0.0.1:4020/transactions/payment/145",
            ),
        ] {
            assert_eq!(page(base_url, kind, &id), expected);
        }
    }
}
