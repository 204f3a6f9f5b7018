//! What a person does with what came back from QuickBooks: sees it, ticks it off, asks for it (R1, R2).

use std::time::Duration;

use hcp::{CompanyId, JobId};
use jiff::tz::TimeZone;
use mapping::alert::JobRef;
use ports::Clock;
use store::{ActKind, By, InboxEntry, Job, Stored, Write, read, read_all};

use crate::{
    alerts,
    declined::{Declined, NotDone},
    engine::Engine,
    history::Acting,
    stop::Stop,
    world::World,
};

/// What waits for a person to do it in Housecall Pro.
#[derive(Clone, Debug)]
pub struct Inbox {
    /// The entries, the earliest first.
    pub entries: Vec<InboxEntry>,
    /// The company's.
    pub zone: TimeZone,
}

impl<W: World> Engine<W> {
    /// What waits for a person to do it in Housecall Pro.
    ///
    /// # Errors
    /// When the company is not connected, or the table does not answer.
    pub async fn inbox(&self, company: &CompanyId) -> Result<Inbox, NotDone> {
        let cx = self.cx_for_person(company, Duration::ZERO).await?;
        let all = read_all::<InboxEntry>(self.world.table(), &cx.books.inbox()).await;
        let all = all.map_err(Stop::from)?.into_iter();
        let mut entries: Vec<InboxEntry> = all.map(|entry| entry.value).collect();
        entries.sort_by_key(|entry| entry.since);
        let zone = cx.zone;
        Ok(Inbox { entries, zone })
    }

    /// A person says that they did what an entry asks for: it is ticked off. A payment of Housecall Pro's that equals the
    /// one in QuickBooks is then the same money (R3).
    ///
    /// # Errors
    /// [`Declined`] when there is no such entry.
    pub async fn tick_off(
        &self,
        company: &CompanyId,
        job: &JobId,
        payment: &qbo::Id,
        by: &By,
    ) -> Result<InboxEntry, NotDone> {
        let cx = self.cx_for_person(company, Duration::ZERO).await?;
        let key = cx.books.inbox_entry(job, payment);
        let entry = read::<InboxEntry>(self.world.table(), &key).await;
        let Some(entry) = entry.map_err(Stop::from)? else {
            let words = "nothing waits to be done in Housecall Pro about this payment";
            return Err(Declined::no_such("inbox entry", payment, words).into());
        };
        let mut received = self.received(&cx, job).await?;
        for one in &mut received.value.payments {
            one.done |= one.id == *payment;
        }
        let expect = entry.expect();
        let told = &entry.value;
        let act = Acting::new(by, ActKind::TickedOff).about_job(JobRef {
            id: job.clone(),
            number: told.job_number.clone(),
            customer: told.customer.clone(),
        });
        let writes = vec![
            act.write(&self.world, &cx.books)?,
            received.put().map_err(Stop::from)?,
            Write::Delete { key, expect },
        ];
        match self.put(writes).await {
            Ok(()) => Ok(entry.value),
            Err(Stop::PlanAgain(_)) => {
                let words = "the payment changed meanwhile: look at the entry again";
                Err(Declined::changed("inbox entry", words).into())
            }
            Err(stop) => Err(stop.into()),
        }
    }

    /// Takes a tick back: the entry of a payment that was ticked off is there again.
    ///
    /// # Errors
    /// [`Declined`] when nothing about this payment was ticked off.
    pub async fn tick_back(
        &self,
        company: &CompanyId,
        job: &JobId,
        payment: &qbo::Id,
        by: &By,
    ) -> Result<InboxEntry, NotDone> {
        let cx = self.cx_for_person(company, Duration::ZERO).await?;
        let mut received = self.received(&cx, job).await?;
        let mut payments = received.value.payments.iter_mut();
        let ticked = payments.find(|one| one.id == *payment && one.done);
        let Some(one) = ticked else {
            let words = "nothing was ticked off about this payment that could be taken back";
            return Err(Declined::no_such("inbox entry", payment, words).into());
        };
        one.done = false;
        let (news, facts) = (one.news(), one.facts.clone());
        let record = read::<Job>(self.world.table(), &cx.books.job(job)).await?;
        let known = alerts::job_ref(job, &record.map(|job| job.value).unwrap_or_default());
        let act = Acting::new(by, ActKind::TickedBack).about_job(known.clone());
        let entry = InboxEntry {
            job: job.clone(),
            job_number: known.number,
            customer: known.customer,
            payment: payment.clone(),
            news,
            facts,
            since: self.world.clock().now(),
        };
        let entry = Stored::new(cx.books.inbox_entry(job, payment), entry);
        let act = act.write(&self.world, &cx.books)?;
        let writes = vec![act, received.put()?, entry.put()?];
        match self.put(writes).await {
            Ok(()) => Ok(entry.value),
            Err(Stop::PlanAgain(_)) => {
                let words = "the payment changed meanwhile: look at the inbox again";
                Err(Declined::changed("inbox entry", words).into())
            }
            Err(stop) => Err(stop.into()),
        }
    }
}
