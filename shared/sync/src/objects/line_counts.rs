//! How many jobs were sent to QuickBooks with a line of each name that is not in the price book (L5). A job counts once for a
//! name, however often it is sent, and goes on counting when the line is gone: people map the names that come up most.

use std::collections::{BTreeMap, BTreeSet};

use ledger::Slot;
use mapping::{JobRecords, SlotName, invoice};
use ports::Chance;
use store::{Books, Job, Key, LineName, Stored, Table, WriteError, read, read_many};

use crate::{
    ctx::Ctx,
    engine::Engine,
    objects::{
        items_of_lines::digest,
        slots::{StoredInvoice, wrote},
    },
    retry::CHANGES,
    stop::Stop,
    world::World,
};

/// Names that are counted in one transaction: with the job's record as many as the table takes at once.
const AT_ONCE: usize = 90;

impl<W: World> Engine<W> {
    /// The names of lines with which a job stands in QuickBooks and that were not counted for it yet, by their digests. Where
    /// all were, nothing is read.
    pub(crate) async fn uncounted_lines(
        &self,
        cx: &Ctx,
        records: &JobRecords,
        job: &Job,
    ) -> Result<BTreeMap<String, String>, Stop> {
        let names = records.typed_names().into_iter();
        let names = names.map(|name| (digest(&name), name));
        let mut names: BTreeMap<String, String> = names
            .filter(|(digest, _)| !job.typed.contains(digest))
            .collect();
        if names.is_empty() {
            return Ok(names);
        }
        let slots = self.job_slots(cx, &records.job.id).await?;
        let sent: BTreeSet<&String> = slots
            .invoices
            .iter()
            .flat_map(|(_, slot)| typed(slot))
            .collect();
        names.retain(|digest, _| sent.contains(digest));
        Ok(names)
    }

    /// Counts a job for these names. The counts and what the job was counted for are written together: whatever dies, and
    /// however often it is done, each counts once.
    pub(crate) async fn count_lines(
        &self,
        books: &Books,
        job: &mut Stored<Job>,
        names: &BTreeMap<String, String>,
    ) -> Result<(), Stop> {
        let names: Vec<(&String, &String)> = names.iter().collect();
        for some in names.chunks(AT_ONCE) {
            self.count_some(books, job, some).await?;
        }
        Ok(())
    }

    async fn count_some(
        &self,
        books: &Books,
        job: &mut Stored<Job>,
        names: &[(&String, &String)],
    ) -> Result<(), Stop> {
        let keys = names.iter().map(|(digest, _)| books.line_name(digest));
        let keys: Vec<Key> = keys.collect();
        let mut counted = job.clone();
        let digests = names.iter().map(|(digest, _)| (*digest).clone());
        counted.value.typed.extend(digests);
        for _ in 0..CHANGES {
            let known = read_many::<LineName>(self.world.table(), &keys).await?;
            let mut writes = vec![counted.put()?];
            for ((key, known), (_, name)) in keys.iter().zip(known).zip(names) {
                let new = || LineName::new(name, SlotName::sales_item());
                let mut line = known.unwrap_or_else(|| Stored::new(key.clone(), new()));
                line.value.jobs += 1;
                line.value.name.get_or_insert_with(|| (*name).clone());
                writes.push(line.put()?);
            }
            let writer = self.world.chance().uuid();
            match self.world.table().write(writer, writes).await {
                Ok(()) => {
                    counted.written();
                    *job = counted;
                    return Ok(());
                }
                // Another job was counted meanwhile.
                Err(WriteError::Conflict { key, .. }) if key != job.key => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Stop::PlanAgain(job.key.to_string()))
    }

    /// Counts a job for the lines of an invoice that was sent before they were counted. Answers how many names that were.
    pub(crate) async fn count_lines_of_before(
        &self,
        books: &Books,
        slot: &StoredInvoice,
    ) -> Result<usize, Stop> {
        let job = slot.key.sort.strip_prefix("slot#");
        let job = job.and_then(|name| hcp::JobId::parse(name.split('#').next()?).ok());
        let (Some(id), false) = (job, typed(slot).next().is_none()) else {
            return Ok(0);
        };
        let Some(mut job) = read::<Job>(self.world.table(), &books.job(&id)).await? else {
            return Ok(0);
        };
        let written: qbo::Invoice = wrote(&slot.value)?;
        let lines = written.line.iter();
        let told = lines.filter_map(|line| line.description.as_deref()?.lines().next());
        let mut names: BTreeMap<String, String> =
            told.map(|name| (digest(name), name.to_owned())).collect();
        let sent: BTreeSet<&String> = typed(slot).collect();
        names.retain(|digest, _| sent.contains(digest) && !job.value.typed.contains(digest));
        match self.count_lines(books, &mut job, &names).await {
            Ok(()) => Ok(names.len()),
            // Whoever has the job now counts it.
            Err(Stop::PlanAgain(_)) => Ok(0),
            Err(stop) => Err(stop),
        }
    }
}

/// The digests of the names with which an invoice is in QuickBooks.
fn typed(slot: &Stored<Slot<invoice::Memory>>) -> impl Iterator<Item = &String> {
    let there = slot.value.link().map(|_| &slot.value.memory.typed);
    there.into_iter().flat_map(BTreeMap::keys)
}
