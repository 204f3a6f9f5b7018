//! What is kept between both books: the slots of jobs, what came back from QuickBooks, and what people were told.

use std::collections::BTreeMap;

use hcp::JobId;
use ledger::Slot;
use mapping::{
    Role, SlotName,
    alert::Alert,
    expense, invoice, payment,
    received::{Received, Standing},
    refund, sales_receipt,
};
use serde_json::Value;
use store::{AlertRecord, Body, Job, JobReceived, Key, Lists, Record, Stored};
use uuid::Uuid;

use crate::Books;

/// What is kept.
pub(crate) struct Records {
    pub(crate) jobs: BTreeMap<String, Kept>,
    /// Those that are open, and those whose difference a person accepted.
    pub(crate) alerts: Vec<Told>,
    /// Whether the parts of a job are one document (N6).
    pub(crate) is_progress: bool,
    /// The item of deposits that are owed (P9).
    pub(crate) held_deposit: Option<String>,
}

/// What is kept of a job.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) record: Option<Job>,
    pub(crate) documents: Vec<(Role, Slot<invoice::Memory>)>,
    /// By the ids of the payments in Housecall Pro.
    pub(crate) payments: BTreeMap<String, Slot<payment::Memory>>,
    /// By the ids of the refunds.
    pub(crate) refunds: BTreeMap<String, Slot<refund::Memory>>,
    /// By the ids of the refunds of which they give credit back.
    pub(crate) expenses: BTreeMap<String, Slot<expense::Memory>>,
    /// By the ids of the payments and of the invoices whose refunds they repeat.
    pub(crate) receipts: BTreeMap<(String, String), Slot<sales_receipt::Memory>>,
    pub(crate) received: Vec<Received>,
}

/// What people were told.
pub(crate) struct Told {
    pub(crate) alert: Alert,
    pub(crate) message: String,
}

impl Records {
    pub(crate) fn read(books: &Books) -> Result<Self, String> {
        let mut records = Self {
            jobs: BTreeMap::new(),
            alerts: Vec::new(),
            is_progress: false,
            held_deposit: None,
        };
        for (sort, body) in &books.records {
            let (kind, rest) = sort.split_once('#').unwrap_or((sort, ""));
            match kind {
                "job" => records.kept(rest).record = Some(decoded(sort, body)?),
                "slot" => records.slot(rest, sort, body)?,
                "received" => {
                    let received: JobReceived = decoded(sort, body)?;
                    records.kept(rest).received = received.payments;
                }
                "alert" => {
                    let record: AlertRecord = decoded(sort, body)?;
                    let counts = record.open || record.dismissed.is_some();
                    if let Some(alert) = record.told().filter(|_| counts) {
                        let message = record.message;
                        records.alerts.push(Told { alert, message });
                    }
                }
                "settings" => {
                    let settings: Value =
                        serde_json::from_str(body).map_err(|error| error.to_string())?;
                    let settings = &settings["data"];
                    records.is_progress = settings["invoicing"] == "progress";
                }
                _ => {}
            }
        }
        Ok(records)
    }

    fn kept(&mut self, job: &str) -> &mut Kept {
        self.jobs.entry(job.to_owned()).or_default()
    }

    fn slot(&mut self, name: &str, sort: &str, body: &str) -> Result<(), String> {
        if name == SlotName::deposit_item(mapping::ExtraAccount::Liability).as_str() {
            let slot: Slot<mapping::item::Memory> = decoded(sort, body)?;
            self.held_deposit = slot.link().map(|link| link.id.to_string());
        }
        let Some((job, end)) = name.split_once('#') else {
            return Ok(());
        };
        let Ok(id) = JobId::parse(job) else {
            return Ok(());
        };
        let Some(slot) = SlotName::of_job(&id, name) else {
            return Ok(());
        };
        let role = match end.split_once('#') {
            None if end == "main" => Some(Role::Main),
            Some(("deposit", _)) => Some(Role::Deposit),
            Some(("partial", count)) => count.parse().ok().map(Role::Part),
            _ => None,
        };
        let kept = self.kept(job);
        if let Some(role) = role {
            kept.documents.push((role, decoded(sort, body)?));
        } else if let Some(payment) = slot.payment_id(&id) {
            kept.payments
                .insert(payment.to_string(), decoded(sort, body)?);
        } else if let Some(refund) = slot.refund_id(&id) {
            kept.refunds
                .insert(refund.to_string(), decoded(sort, body)?);
        } else if let Some((payment, invoice)) = slot.repetition(&id) {
            let of = (payment.to_string(), invoice.to_string());
            kept.receipts.insert(of, decoded(sort, body)?);
        } else if let Some(refund) = slot.expensed(&id) {
            kept.expenses
                .insert(refund.to_string(), decoded(sort, body)?);
        }
        Ok(())
    }
}

impl Kept {
    /// What of a refund gave credit back, in QuickBooks or, where a person deleted that, otherwise (P5).
    pub(crate) fn expensed(&self, refund: &str) -> money::Cents {
        let slot = self.expenses.get(refund);
        let slot = slot.filter(|slot| slot.link().is_some() || slot.memory.gone);
        slot.map_or(money::Cents::ZERO, |slot| slot.memory.amount)
    }

    /// What people entered in QuickBooks alone on a document, as the inbox tells it.
    pub(crate) fn entered_on<'a>(
        &'a self,
        document: &'a str,
    ) -> impl Iterator<Item = money::Cents> + 'a {
        let is_joined = |received: &Received| {
            let mut links = self.payments.values().filter_map(|slot| slot.link());
            links.any(|link| link.id == received.id)
        };
        let there = self.received.iter();
        let there = there.filter(move |one| one.standing == Standing::There && !is_joined(one));
        let parts = there.flat_map(|one| &one.facts.parts);
        let parts = parts.filter(move |part| part.document.as_str() == document);
        parts.map(|part| part.amount)
    }
}

fn decoded<T: Body>(sort: &str, body: &str) -> Result<T, String> {
    let record = Record {
        key: Key::new("", sort),
        version: 1,
        writer: Uuid::nil(),
        body: body.to_owned(),
        due: None,
        lists: Lists::default(),
    };
    let read = Stored::decode(&record).map_err(|error| error.to_string())?;
    Ok(read.value)
}
