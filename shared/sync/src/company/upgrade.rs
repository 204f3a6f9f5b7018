//! Brings what older versions have stored to the form of this one. Run before this version is deployed, harmless at any
//! other time.

use hcp::JobId;
use ledger::Slot;
use ports::Chance;
use store::{
    AlertRecord, Body, Books, HistoryEntry, InboxEntry, Job, JobReceived, Key, LineName, Record,
    StoreError, Stored, Table, Write, WriteError, read, read_all,
};

use crate::{
    alerts,
    engine::Engine,
    intake::hcp_webhook::WebhookSecret,
    stop::{Stop, broken},
    world::World,
};

/// What was brought up to date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Upgraded {
    /// Companies that are connected.
    pub companies: usize,
    /// Webhook secrets that got a place of their own, apart from the API key.
    pub webhook_secrets: usize,
    /// Open alerts that are counted and listed from now on without being read by themselves.
    pub open_alerts: usize,
    /// Alerts about jobs that were sent and of which no alert is known any more: nothing would ever end them.
    pub ended_alerts: usize,
    /// Records that people see in lists from now on.
    pub listed: usize,
    /// Names of lines that are not in the price book, once for each job that was sent with one and counts from now on.
    pub counted_lines: usize,
}

/// What a record would be written as, where it does not stand in the lists that it belongs to.
type Listing = fn(&Record) -> Result<Option<Write>, StoreError>;

/// The kinds of records that stand in lists, by what their keys begin with.
const LISTED: [(&str, Listing); 7] = [
    ("job#", listing::<Job>),
    ("slot#", listing::<Slot>),
    ("alert#", listing::<AlertRecord>),
    ("received#", listing::<JobReceived>),
    ("inbox#", listing::<InboxEntry>),
    ("history#", listing::<HistoryEntry>),
    ("line-name#", listing::<LineName>),
];

fn listing<T: Body>(record: &Record) -> Result<Option<Write>, StoreError> {
    let write = Stored::<T>::decode(record)?.put()?;
    let stands = matches!(&write, Write::Put { lists, .. } if *lists == record.lists);
    Ok((!stands).then_some(write))
}

/// Whether it is the slot of one of the invoices of a job.
fn is_invoice(slot: &Key) -> bool {
    let role = slot.sort.splitn(3, '#').nth(2).unwrap_or_default();
    ["main", "deposit#", "partial#"]
        .iter()
        .any(|known| role.starts_with(known))
}

impl<W: World> Engine<W> {
    /// Brings secrets and records of all companies up to date.
    ///
    /// # Errors
    /// When the table or the secrets do not answer; it can be repeated.
    pub async fn upgrade(&self) -> Result<Upgraded, Stop> {
        let mut done = Upgraded::default();
        for connection in self.companies().await? {
            let books = connection.books();
            done.companies += 1;
            done.webhook_secrets += usize::from(self.set_webhook_secret_apart(&books).await?);
            self.bring_alerts_up_to_date(&books, &mut done).await?;
            for (prefix, listing) in LISTED {
                let all = Key::new(books.partition(), prefix);
                done.listed += self.enter_in_lists(&all, listing).await?;
            }
            done.counted_lines += self.count_all_lines(&books).await?;
        }
        Ok(done)
    }

    /// Counts all jobs for the lines that they were sent with and that are not in the price book (L5). Those that were counted
    /// are only read.
    async fn count_all_lines(&self, books: &Books) -> Result<usize, Stop> {
        let table = self.world.table();
        let (mut counted, mut from) = (0, None);
        let slots = Key::new(books.partition(), "slot#");
        loop {
            let page = table.list(&slots.partition, &slots.sort, from).await?;
            for record in &page.records {
                if is_invoice(&record.key) {
                    let slot = Stored::decode(record)?;
                    counted += self.count_lines_of_before(books, &slot).await?;
                }
            }
            from = page.next;
            if from.is_none() {
                return Ok(counted);
            }
        }
    }

    /// Enters records in the lists that they belong to. What stands there already is only read: repeated, it goes on where
    /// it ended.
    async fn enter_in_lists(&self, all: &Key, listing: Listing) -> Result<usize, Stop> {
        let table = self.world.table();
        let (mut entered, mut from) = (0, None);
        loop {
            let page = table.list(&all.partition, &all.sort, from).await?;
            for record in &page.records {
                let Some(write) = listing(record)? else {
                    continue;
                };
                match table.write(self.world.chance().uuid(), vec![write]).await {
                    Ok(()) => entered += 1,
                    // Who has written it meanwhile has entered it.
                    Err(WriteError::Conflict { .. }) => {}
                    Err(WriteError::Table(error)) => return Err(error.into()),
                }
            }
            from = page.next;
            if from.is_none() {
                return Ok(entered);
            }
        }
    }

    /// Until the new version is deployed, webhooks are judged by the old place, so that stays as it is.
    async fn set_webhook_secret_apart(&self, books: &Books) -> Result<bool, Stop> {
        let company = &books.company;
        if self.webhook_secret(company).await?.is_some() {
            return Ok(false);
        }
        let Some(old) = self.old_webhook_secret(company).await? else {
            return Ok(false);
        };
        let name = WebhookSecret::name(&self.config.secret_prefix, company.as_str());
        let text = old.to_text().map_err(broken)?;
        self.write_secret(&name, text).await?;
        Ok(true)
    }

    async fn bring_alerts_up_to_date(
        &self,
        books: &Books,
        done: &mut Upgraded,
    ) -> Result<(), Stop> {
        let table = self.world.table();
        for alert in read_all::<AlertRecord>(table, &books.alerts()).await? {
            let AlertRecord { subject, kind, .. } = &alert.value;
            if !alert.value.open {
                continue;
            }
            if self.is_left_over(books, &alert.value).await? {
                alerts::shut(&self.world, books, alert).await?;
                done.ended_alerts += 1;
                continue;
            }
            let noted = alerts::noted(&self.world, books, subject, kind).await?;
            if noted
                .as_ref()
                .is_some_and(|open| open.value.record.is_some())
            {
                continue;
            }
            // Only if it is still open then.
            let note = alerts::note(books, &alert.value, noted);
            let writes = vec![alert.put()?, note.put()?];
            match table.write(self.world.chance().uuid(), writes).await {
                Ok(()) => done.open_alerts += 1,
                Err(WriteError::Conflict { .. }) => {}
                Err(WriteError::Table(error)) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// What was refused of a customer or an item used to be told of a job, although its invoice was sent, and was never
    /// closed.
    async fn is_left_over(&self, books: &Books, alert: &AlertRecord) -> Result<bool, Stop> {
        let job = alert.subject.split('#').next().unwrap_or_default();
        let Ok(job) = JobId::parse(job) else {
            return Ok(false);
        };
        let job = read::<Job>(self.world.table(), &books.job(&job)).await?;
        Ok(alert.alert.is_none() && job.is_some_and(|job| !job.value.alerted))
    }
}
