//! Connecting by button: a person allows it on Intuit's page, and comes back with a code. And disconnecting, which ends what
//! was allowed.

use std::time::Duration;

use hcp::CompanyId;
use mapping::alert::{Alert, ConnectionAlert};
use qbo::{RealmId, oauth};
use secrecy::SecretString;
use store::{ActKind, Books, By, Connection, ConnectionStatus, read};

use super::{ConnectError, Connected, NewConnection};
use crate::{
    alerts,
    calls::tokens,
    ctx::Ctx,
    declined::{Declined, NotDone},
    engine::{Engine, not_connected},
    history::Acting,
    retry::CHANGES,
    stop::Stop,
    world::World,
};

/// A person looks at an empty page meanwhile, and what answers them waits for half a minute at most.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// Where Intuit has people allow it and ends what they allowed, and where it sends them back to.
#[derive(Clone, Debug)]
pub struct Intuit {
    /// Its page.
    pub authorize_url: String,
    /// Where tokens are ended.
    pub revoke_url: String,
    /// The address of ours that it sends people back to. The app lists it at Intuit, to the letter.
    pub answers_to: String,
}

/// What a person comes back with.
#[derive(Clone, Debug)]
pub struct Consent {
    /// Buys tokens, once.
    pub code: SecretString,
    /// The company in QuickBooks that they chose.
    pub realm: RealmId,
    /// The address that they came back to.
    pub answers_to: String,
}

impl<W: World> Engine<W> {
    /// The address of Intuit's page on which a person allows that the app uses a company's books; none: the keys of the app
    /// are not stored.
    ///
    /// # Errors
    /// When the store of secrets does not answer.
    pub async fn consent_page(
        &self,
        intuit: &Intuit,
        state: &str,
    ) -> Result<Option<String>, NotDone> {
        let app = self.stored_app().await?;
        Ok(app.map(|app| {
            oauth::consent::page(
                &intuit.authorize_url,
                &app.client_id,
                &intuit.answers_to,
                state,
            )
        }))
    }

    /// Connects a company as a whole with what a person allowed just now, or connects it again: links to the same QuickBooks
    /// company are kept, and what waited goes on (S9). Whatever is stored of tokens gives way to the new ones: what was
    /// allowed last is what works.
    ///
    /// # Errors
    /// See [`ConnectError`]. The code is used up once Intuit was asked; before, nothing is changed.
    pub async fn connect_by_consent(
        &self,
        new: NewConnection,
        consent: &Consent,
    ) -> Result<Connected, ConnectError> {
        let new = NewConnection {
            realm: Some(consent.realm.clone()),
            ..new
        };
        self.connect_with(new, Some(consent)).await
    }

    /// Under the lease.
    pub(super) async fn enter_consent(
        &self,
        cx: &Ctx,
        consent: &Consent,
        changed: &mut Vec<&'static str>,
    ) -> Result<(), ConnectError> {
        let app = self.stored_app().await?;
        let app = app.ok_or(ConnectError::Missing("QBO_CLIENT_ID"))?;
        let exchanged = oauth::consent::exchange(
            self.world.http(),
            &self.config.qbo_token_url,
            &app.credentials(),
            &consent.code,
            &consent.answers_to,
        )
        .await;
        let tokens = exchanged.map_err(|error| match error {
            oauth::OAuthError::InvalidGrant { .. } => ConnectError::Code,
            error => self.not_exchanged(error),
        })?;
        self.keep_if_of(cx, &tokens).await?;
        changed.push("tokens of QuickBooks");
        Ok(())
    }

    /// Ends the connection of a company with QuickBooks: Intuit takes back what was allowed, and all work waits until it is
    /// connected again. Nothing is lost, links and settings stay. A second time does no harm.
    ///
    /// # Errors
    /// [`Declined`] when the company is not connected; else it can be repeated.
    pub async fn disconnect(
        &self,
        company: &CompanyId,
        by: &By,
        intuit: &Intuit,
    ) -> Result<(), NotDone> {
        let books = self.connection_for_person(company).await?.books();
        let held = self.hold_tokens(&books).await?;
        let ended = self.end_tokens(&books, intuit).await;
        self.leases.release(&self.world, held).await;
        ended?;
        self.forget(company);
        if self.note_end(&books, by).await? {
            let reason = format!("{} disconnected it", by.name);
            let alert = Alert::Connection(ConnectionAlert::Reconnect { reason });
            alerts::raise(&self.world, &books, &alert).await?;
        }
        Ok(())
    }

    /// Under the lease: Intuit first. What dies between the two is found out by the next call to QuickBooks.
    async fn end_tokens(&self, books: &Books, intuit: &Intuit) -> Result<(), NotDone> {
        let stored = tokens::stored(&self.world, &self.config, books).await?;
        let living = stored.filter(|stored| !stored.pointer.value.refused);
        let (Some(stored), Some(app)) = (living, self.stored_app().await?) else {
            return Ok(());
        };
        let revoked = oauth::consent::revoke(
            self.world.http(),
            &intuit.revoke_url,
            &app.credentials(),
            &stored.refresh_token,
        )
        .await;
        match revoked {
            Ok(()) => Ok(tokens::mark_refused(&self.world, stored.pointer).await?),
            Err(error @ oauth::OAuthError::InvalidClient { .. }) => {
                Err(Declined::not_usable("app", error.to_string()).into())
            }
            Err(error) => Err(tokens::not_renewed(&self.world, error).into()),
        }
    }

    /// Marks the connection as one that must be made again. A pause is for whoever made it to end. Gives whether work waits
    /// for the connection from now on.
    async fn note_end(&self, books: &Books, by: &By) -> Result<bool, NotDone> {
        let key = Connection::key(&books.company);
        for _ in 0..CHANGES {
            let stored = read::<Connection>(self.world.table(), &key).await?;
            let mut stored = stored.ok_or_else(|| not_connected(&books.company))?;
            if stored.value.realm != books.realm
                || stored.value.status == ConnectionStatus::Reconnect
            {
                return Ok(false);
            }
            let was_at_work = stored.value.status == ConnectionStatus::Active;
            if was_at_work {
                stored.value.status = ConnectionStatus::Reconnect;
            }
            let act = Acting::new(by, ActKind::Disconnected).write(&self.world, books)?;
            match self.put(vec![stored.put()?, act]).await {
                Ok(()) => return Ok(was_at_work),
                Err(Stop::PlanAgain(_)) => {}
                Err(stop) => return Err(stop.into()),
            }
        }
        Err(Stop::PlanAgain(key.to_string()).into())
    }
}
