//! What is kept of the payments that people entered in QuickBooks, and what a person is asked to do about them in
//! Housecall Pro.

use hcp::JobId;
use mapping::{
    alert::{CustomerRef, JobRef},
    received::{Facts, News, Received, Standing},
};
use ports::Clock;
use qbo::{Id, Payment};
use store::{InboxEntry, JobReceived, Stored, Write, read};

use super::job::Pulled;
use crate::{ctx::Ctx, engine::Engine, stop::Stop, world::World};

impl<W: World> Engine<W> {
    /// What people entered in QuickBooks for a job, as it was told last.
    pub(crate) async fn received(
        &self,
        cx: &Ctx,
        job: &JobId,
    ) -> Result<Stored<JobReceived>, Stop> {
        let key = cx.books.received(job);
        let received = read::<JobReceived>(self.world.table(), &key).await?;
        Ok(received.unwrap_or_else(|| Stored::new(key, JobReceived::default())))
    }

    /// Takes over what QuickBooks has now, each payment once; with what of it a person must be asked (R1, R2, R4).
    pub(super) async fn receive(
        &self,
        cx: &Ctx,
        (job, customer): (&JobRef, Option<&CustomerRef>),
        pulled: &Pulled,
    ) -> Result<(), Stop> {
        let mut received = self.received(cx, &job.id).await?;
        let before = received.value.clone();
        let mut news: Vec<(Received, News)> = Vec::new();
        for one in &mut received.value.payments {
            let mut others = pulled.others.iter();
            let there = others.find(|other| other.id.as_ref() == Some(&one.id));
            let facts = there.and_then(|there| self.facts(cx, there, pulled));
            // One that was joined is ours, and told as such.
            let is_joined = one.standing == Standing::Joined;
            if is_joined && facts.is_none() {
                continue;
            }
            if let Some(told) = one.follow(facts) {
                news.push((one.clone(), told));
            }
        }
        for other in &pulled.others {
            let Some(id) = &other.id else { continue };
            let is_known = before.payments.iter().any(|one| one.id == *id);
            let facts = self.facts(cx, other, pulled);
            if let Some(facts) = facts.filter(|_| !is_known) {
                let (new, told) = Received::new(id.clone(), facts);
                news.push((new.clone(), told));
                received.value.payments.push(new);
            }
        }
        if received.value == before {
            return Ok(());
        }
        let mut writes = vec![received.put()?];
        for (one, news) in news {
            if let Some(customer) = customer.filter(|_| one.facts.by_itself) {
                self.note_credit(cx, customer, &one, pulled).await?;
            }
            writes.push(self.entry(cx, job, one, news).await?);
        }
        self.put(writes).await
    }

    fn facts(&self, cx: &Ctx, payment: &Payment, pulled: &Pulled) -> Option<Facts> {
        let method = payment.payment_method_ref.as_ref();
        let named = method.and_then(|method| {
            let mut known = cx.connection.payment_methods.iter();
            let entry = known.find(|entry| entry.id == method.value)?;
            Some(entry.name.clone())
        });
        let told = method.and_then(|method| method.name.clone());
        Facts::of(payment, &pulled.documents, told.or(named))
    }

    /// What a person is asked to do: it takes the place of what they were asked before about the same payment.
    async fn entry(
        &self,
        cx: &Ctx,
        job: &JobRef,
        one: Received,
        news: News,
    ) -> Result<Write, Stop> {
        let key = cx.books.inbox_entry(&job.id, &one.id);
        let entry = InboxEntry {
            job: job.id.clone(),
            job_number: job.number.clone(),
            customer: job.customer.clone(),
            payment: one.id,
            news,
            facts: one.facts,
            since: self.world.clock().now(),
        };
        let there = read::<InboxEntry>(self.world.table(), &key).await?;
        let mut stored = there.unwrap_or_else(|| Stored::new(key, entry.clone()));
        stored.value = entry;
        Ok(stored.put()?)
    }

    /// What of the received payments is by now the money of a payment of Housecall Pro's is asked for no more (R3).
    pub(crate) async fn received_is_joined(
        &self,
        cx: &Ctx,
        job: &JobId,
        received: &[Received],
        joined: &[&Id],
    ) -> Result<(), Stop> {
        let is_new = |one: &&Received| one.standing == Standing::There && joined.contains(&&one.id);
        for one in received.iter().filter(is_new) {
            let writes = self
                .join_received(cx, job, std::slice::from_ref(&one.id))
                .await?;
            if !writes.is_empty() {
                self.put(writes).await?;
            }
        }
        Ok(())
    }

    /// The writes that enter that payments that were received are the money of Housecall Pro's: nobody is asked about them
    /// any more.
    pub(crate) async fn join_received(
        &self,
        cx: &Ctx,
        job: &JobId,
        joined: &[Id],
    ) -> Result<Vec<Write>, Stop> {
        let mut received = self.received(cx, job).await?;
        let mut writes = Vec::new();
        for one in &mut received.value.payments {
            if !joined.contains(&one.id) || !one.join() {
                continue;
            }
            let key = cx.books.inbox_entry(job, &one.id);
            if let Some(entry) = read::<InboxEntry>(self.world.table(), &key).await? {
                let expect = entry.expect();
                writes.push(Write::Delete { key, expect });
            }
        }
        if !writes.is_empty() {
            writes.push(received.put()?);
        }
        Ok(writes)
    }
}
