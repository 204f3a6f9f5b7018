//! Brings what older versions have stored to the form of this one. Run before this version is deployed, harmless at any
//! other time.

use ports::Chance;
use store::{Alert, Books, Stored, Table, WriteError};

use crate::{
    alerts, calls::quickbooks::broken, engine::Engine, intake::hcp_webhook::WebhookSecret,
    stop::Stop, world::World,
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
            done.open_alerts += self.note_open_alerts(&books).await?;
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

    async fn note_open_alerts(&self, books: &Books) -> Result<usize, Stop> {
        let mut noted = 0;
        let mut from = None;
        loop {
            let table = self.world.table();
            let page = table.list(&books.partition(), Books::ALERTS, from).await?;
            for record in &page.records {
                let alert = Stored::<Alert>::decode(record)?;
                if alert.value.open
                    && let Some(opening) = alerts::opening(&self.world, books, &alert.value).await?
                {
                    // Only if it is still open then.
                    let writes = vec![alert.put()?, opening];
                    match table.write(self.world.chance().uuid(), writes).await {
                        Ok(()) => noted += 1,
                        Err(WriteError::Conflict { .. }) => {}
                        Err(WriteError::Table(error)) => return Err(error.into()),
                    }
                }
            }
            from = page.next;
            if from.is_none() {
                return Ok(noted);
            }
        }
    }
}
