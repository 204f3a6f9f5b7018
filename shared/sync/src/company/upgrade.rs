//! Brings what older versions have stored to the form of this one. Run before this version is deployed, harmless at any
//! other time.

use hcp::JobId;
use ports::Chance;
use store::{AlertRecord, Books, Job, Stored, Table, WriteError, read};

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
    /// Open alerts that are counted from now on.
    pub open_alerts: usize,
    /// Alerts about jobs that were sent and of which no alert is known any more: nothing would ever end them.
    pub ended_alerts: usize,
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
        }
        Ok(done)
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
        let mut from = None;
        loop {
            let table = self.world.table();
            let page = table.list(&books.partition(), Books::ALERTS, from).await?;
            for record in &page.records {
                let alert = Stored::<AlertRecord>::decode(record)?;
                if alert.value.open && self.is_left_over(books, &alert.value).await? {
                    alerts::shut(&self.world, books, alert).await?;
                    done.ended_alerts += 1;
                } else if alert.value.open
                    && let Some(opening) = alerts::opening(&self.world, books, &alert.value).await?
                {
                    // Only if it is still open then.
                    let writes = vec![alert.put()?, opening];
                    match table.write(self.world.chance().uuid(), writes).await {
                        Ok(()) => done.open_alerts += 1,
                        Err(WriteError::Conflict { .. }) => {}
                        Err(WriteError::Table(error)) => return Err(error.into()),
                    }
                }
            }
            from = page.next;
            if from.is_none() {
                return Ok(());
            }
        }
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
