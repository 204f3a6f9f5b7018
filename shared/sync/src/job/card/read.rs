//! The reads of a card: the job by what people call it, what belongs to it, and what is known of its customer.

use std::time::Duration;

use futures::try_join;
use hcp::{CompanyId, CustomerId, JobId};
use mapping::{SlotName, alert::AlertKind};
use store::{
    AlertRecord, Body, HistoryEntry, InboxEntry, Index, Job, JobReceived, Key, Position, Record,
    Stored, Table, places, read,
};

use super::{Card, parts::Parts};
use crate::{
    ctx::Ctx,
    declined::NotDone,
    engine::Engine,
    job::{
        find::{JobName, Named},
        sent_before::JobSlots,
    },
    objects::slots::StoredCustomer,
    stop::Stop,
    world::World,
};

/// Records that one read of what belongs to a job takes. A job with more of them than this, its history apart, takes more
/// reads.
const AT_ONCE: usize = 80;

/// Entries of the history that a card shows; further ones are asked for.
const MOST_HISTORY: usize = 40;

/// What belongs to a job.
#[derive(Default)]
pub(super) struct Belongings {
    pub(super) slots: JobSlots,
    pub(super) received: JobReceived,
    pub(super) alerts: Vec<AlertRecord>,
    pub(super) inbox: Vec<InboxEntry>,
    pub(super) history: Vec<HistoryEntry>,
    /// Where the history goes on.
    pub(super) more: Option<Position>,
    last: Option<Position>,
}

/// What is known of a customer.
#[derive(Default)]
pub(super) struct CustomerFacts {
    pub(super) slot: Option<StoredCustomer>,
    pub(super) alerts: Vec<AlertRecord>,
}

impl<W: World> Engine<W> {
    /// The card of a job that was seen here, by its number or its id, or by the number of one of its invoices in
    /// QuickBooks.
    ///
    /// # Errors
    /// [`Declined::NoSuch`](crate::Declined::NoSuch) when none was seen,
    /// [`Declined::NotUsable`](crate::Declined::NotUsable) when several have the number; or the table does not answer.
    pub async fn card(&self, company: &CompanyId, name: &JobName) -> Result<Card, NotDone> {
        let cx = self.cx_for_person(company, Duration::ZERO).await?;
        let named = self.known_job(&cx, name).await?;
        Ok(self.card_of(&cx, named).await?)
    }

    async fn card_of(&self, cx: &Ctx, named: Named) -> Result<Card, Stop> {
        let (job, (record, customer)) = match named {
            Named::Job(id, record) => {
                let known = record.value.customer_id();
                let known = self.customer_facts(cx, known);
                let (belongings, customer) = try_join!(self.belongings(cx, &id), known)?;
                ((id, belongings), (*record, customer))
            }
            Named::Invoice(id, customer) => {
                let known = self.job_and_customer(cx, &id, customer);
                let (belongings, known) = try_join!(self.belongings(cx, &id), known)?;
                ((id, belongings), known)
            }
        };
        Parts::new(self, cx, job, customer).card(record)
    }

    /// All that belongs to a job, its history last.
    async fn belongings(&self, cx: &Ctx, job: &JobId) -> Result<Belongings, Stop> {
        let list = cx.books.about_job(job).backwards();
        let mut all = Belongings::default();
        let mut after = None;
        loop {
            let page = self.world.table().page(&list, AT_ONCE, after.as_ref());
            let page = page.await?;
            let mut is_past = false;
            for record in &page.records {
                is_past |= all.take(job, record)?;
            }
            after = page.next;
            if is_past || after.is_none() {
                if after.is_some_and(|next| next.sort.starts_with(places::HISTORY)) {
                    all.more = all.more.or(all.last.take());
                }
                return Ok(all);
            }
        }
    }

    /// A job and what is known of its customer, who is known from the slot of its invoice.
    async fn job_and_customer(
        &self,
        cx: &Ctx,
        job: &JobId,
        customer: Option<CustomerId>,
    ) -> Result<(Stored<Job>, CustomerFacts), Stop> {
        let key = cx.books.job(job);
        let missing = || Stored::new(key.clone(), Job::default());
        let Some(customer) = customer else {
            // Its slot was written before it told the customer.
            let record = read::<Job>(self.world.table(), &key).await?;
            let record = record.unwrap_or_else(missing);
            let facts = self.customer_facts(cx, record.value.customer_id()).await?;
            return Ok((record, facts));
        };
        let mut keys = customer_keys(cx, &customer);
        keys.push(key.clone());
        let mut found = self.world.table().get_many(&keys).await?;
        let record = found.pop().flatten();
        let record = record.as_ref().map(Stored::decode).transpose()?;
        let record = record.unwrap_or_else(missing);
        let facts = match record.value.customer_id() {
            Some(present) if *present != customer => self.customer_facts(cx, Some(present)).await?,
            _ => CustomerFacts::of(&found)?,
        };
        Ok((record, facts))
    }

    async fn customer_facts(
        &self,
        cx: &Ctx,
        customer: Option<&CustomerId>,
    ) -> Result<CustomerFacts, Stop> {
        let Some(customer) = customer else {
            return Ok(CustomerFacts::default());
        };
        let keys = customer_keys(cx, customer);
        CustomerFacts::of(&self.world.table().get_many(&keys).await?)
    }
}

/// The keys of a customer's slot, and of all alerts that can be about them.
fn customer_keys(cx: &Ctx, customer: &CustomerId) -> Vec<Key> {
    let slot = cx.books.slot(&SlotName::customer(customer));
    let alerts = AlertKind::OF_CUSTOMERS.iter();
    let alerts = alerts.map(|kind| cx.books.alert(customer.as_str(), kind.name()));
    std::iter::once(slot).chain(alerts).collect()
}

impl CustomerFacts {
    /// From what [`customer_keys`] name.
    fn of(found: &[Option<Record>]) -> Result<Self, Stop> {
        let mut facts = Self::default();
        let mut found = found.iter();
        if let Some(Some(slot)) = found.next() {
            facts.slot = Some(Stored::decode(slot)?);
        }
        for alert in found.flatten() {
            let alert: AlertRecord = Stored::decode(alert)?.value;
            facts.alerts.extend(Some(alert).filter(|alert| alert.open));
        }
        Ok(facts)
    }
}

impl Belongings {
    /// Takes a record in, by where it stands in the list. Whether it is one of the history, or behind it.
    fn take(&mut self, job: &JobId, record: &Record) -> Result<bool, Stop> {
        fn value<T: Body>(record: &Record) -> Result<T, Stop> {
            Ok(Stored::decode(record)?.value)
        }
        let place = record.lists.place(Index::Fourth);
        let sort = place.map_or("", |place| place.sort.as_str());
        if sort.starts_with(places::SLOT) {
            self.slots.take(job, record)?;
        } else if sort.starts_with(places::RECEIVED) {
            self.received = value(record)?;
        } else if sort.starts_with(places::OPEN_ALERT) {
            self.alerts.push(value(record)?);
        } else if sort.starts_with(places::INBOX) {
            self.inbox.push(value(record)?);
        } else if sort.starts_with(places::HISTORY) {
            if self.history.len() == MOST_HISTORY {
                self.more = self.more.take().or(self.last.take());
                return Ok(true);
            }
            self.history.push(value(record)?);
            self.last = Some(Position {
                sort: sort.to_owned(),
                key: record.key.clone(),
            });
            return Ok(true);
        } else {
            return Ok(true);
        }
        Ok(false)
    }
}
