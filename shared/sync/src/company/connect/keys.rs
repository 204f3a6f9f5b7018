//! The keys of both systems: each is tried before it is kept, and what is not named stays.

use hcp::{CompanyId, HcpError};
use ports::{Chance, Secrets};
use qbo::{QboError, Request, oauth};
use secrecy::{ExposeSecret, SecretString};
use store::{Books, TokenPointer, read};

use super::{ConnectError, NewConnection, app::AppKeys, consent::Consent};
use crate::{
    calls::{
        api_key::ApiKey,
        lease::Held,
        tokens::{self, AppSecret, StoredTokens},
    },
    ctx::Ctx,
    engine::Engine,
    intake::{hcp_webhook::WebhookSecret, qbo_webhook::VerifierTokens},
    stop::{Stop, broken},
    world::World,
};

/// How often the lease on the tokens is asked for; each time waits for a while by itself. After the last, a person is
/// told to try it again.
const LEASE_TRIES: u32 = 8;

impl<W: World> Engine<W> {
    /// Reads the company with the given API key, or with the stored one.
    pub(in crate::company) async fn try_housecall(
        &self,
        new: &NewConnection,
    ) -> Result<hcp::Company, ConnectError> {
        let key = match &new.api_key {
            Some(key) => ApiKey(key.clone()),
            None => self
                .stored_api_key(&new.company)
                .await?
                .ok_or(ConnectError::Missing("HCP_API_KEY"))?,
        };
        let company = self.housecall_with(key).company().await;
        let company = company.map_err(|error| match error {
            HcpError::NotFound { .. } | HcpError::Unauthorized | HcpError::Refused { .. } => {
                ConnectError::Housecall(error)
            }
            error => self.housecall_failed(error).into(),
        })?;
        if company.id != new.company {
            return Err(ConnectError::OtherCompany(company.id));
        }
        Ok(company)
    }

    pub(crate) async fn stored_api_key(&self, company: &CompanyId) -> Result<Option<ApiKey>, Stop> {
        let name = ApiKey::name(&self.config.secret_prefix, company.as_str());
        let stored = self.world.secrets().read(&name, None).await?;
        Ok(stored.and_then(|stored| ApiKey::parse(&stored.text).ok()))
    }

    /// Keeps the keys of Housecall Pro, those that differ. The path of the webhook stays once it was given out.
    pub(in crate::company) async fn keep_housecall(
        &self,
        new: &NewConnection,
        changed: &mut Vec<&'static str>,
    ) -> Result<String, Stop> {
        let prefix = &self.config.secret_prefix;
        let name = WebhookSecret::name(prefix, new.company.as_str());
        let known = self.webhook_secret(&new.company).await?;
        let old = match &known {
            Some(known) => Some(known.clone()),
            None => self.old_webhook_secret(&new.company).await?,
        };
        let fresh = || SecretString::from(self.world.chance().uuid().simple().to_string());
        let given = new.signing_secrets.clone();
        let secret = match old {
            Some(old) => WebhookSecret {
                signing_secrets: given.unwrap_or(old.signing_secrets),
                path_token: old.path_token,
            },
            None => WebhookSecret {
                signing_secrets: given.unwrap_or_default(),
                path_token: fresh(),
            },
        };
        // First: the old form of the API key's secret may still hold what belongs here.
        if known.is_none_or(|known| !known.is_same(&secret)) {
            let text = secret.to_text().map_err(broken)?;
            self.write_secret(&name, text).await?;
            changed.push("signing secret of the webhooks");
        }
        if let Some(key) = new.api_key.clone().map(ApiKey) {
            let known = self.stored_api_key(&new.company).await?;
            if known.is_none_or(|known| !known.is_same(&key)) {
                let name = ApiKey::name(prefix, new.company.as_str());
                let text = key.to_text().map_err(broken)?;
                self.write_secret(&name, text).await?;
                changed.push("API key of Housecall Pro");
            }
        }
        Ok(secret.path_token.expose_secret().to_owned())
    }

    /// Keeps what QuickBooks' webhooks are signed with, where it differs; nothing can try it. Whether any is stored.
    pub(super) async fn keep_verifier(
        &self,
        keys: &AppKeys,
        changed: &mut Vec<&'static str>,
    ) -> Result<bool, Stop> {
        let name = VerifierTokens::name(&self.config.secret_prefix);
        let stored = self.world.secrets().read(&name, None).await?;
        let known = stored.and_then(|stored| VerifierTokens::parse(&stored.text).ok());
        let Some(given) = keys.verifier_tokens.clone().map(VerifierTokens) else {
            return Ok(known.is_some());
        };
        if known.is_none_or(|known| !known.is_same(&given)) {
            let text = given.to_text().map_err(broken)?;
            self.write_secret(&name, text).await?;
            changed.push("verifier token of QuickBooks' webhooks");
        }
        Ok(true)
    }

    /// What a company's webhooks are judged by, in the form of today.
    pub(crate) async fn webhook_secret(
        &self,
        company: &CompanyId,
    ) -> Result<Option<WebhookSecret>, Stop> {
        let name = WebhookSecret::name(&self.config.secret_prefix, company.as_str());
        let stored = self.world.secrets().read(&name, None).await?;
        Ok(stored.and_then(|stored| WebhookSecret::parse(&stored.text).ok()))
    }

    /// The same, as older versions kept it: with the API key.
    pub(crate) async fn old_webhook_secret(
        &self,
        company: &CompanyId,
    ) -> Result<Option<WebhookSecret>, Stop> {
        let name = ApiKey::name(&self.config.secret_prefix, company.as_str());
        let stored = self.world.secrets().read(&name, None).await?;
        Ok(stored.and_then(|stored| WebhookSecret::parse(&stored.text).ok()))
    }

    pub(crate) async fn write_secret(&self, name: &str, text: SecretString) -> Result<(), Stop> {
        let version = self.world.chance().uuid().to_string();
        Ok(self.world.secrets().write(name, &version, text).await?)
    }

    /// Tries the keys of QuickBooks and keeps those that differ. A worker that renews the tokens meanwhile would use
    /// them up, so this is done under the lease.
    pub(super) async fn enter_quickbooks(
        &self,
        cx: &Ctx,
        new: &NewConnection,
        consent: Option<&Consent>,
        changed: &mut Vec<&'static str>,
    ) -> Result<(), ConnectError> {
        let held = self.hold_tokens(&cx.books).await?;
        let entered = match consent {
            Some(consent) => self.enter_consent(cx, consent, changed).await,
            None => self.enter_tokens(cx, new, changed).await,
        };
        self.leases.release(&self.world, held).await;
        entered
    }

    /// Takes the lease under which tokens are used up and replaced.
    pub(crate) async fn hold_tokens(&self, books: &Books) -> Result<Held, Stop> {
        let mut tries = 1;
        loop {
            match tokens::take_lease(&self.world, &self.leases, books).await {
                Err(Stop::Turn { .. }) if tries < LEASE_TRIES => tries += 1,
                held => return held,
            }
        }
    }

    async fn enter_tokens(
        &self,
        cx: &Ctx,
        new: &NewConnection,
        changed: &mut Vec<&'static str>,
    ) -> Result<(), ConnectError> {
        let books = &cx.books;
        let known_app = self.stored_app().await?;
        let app = completed(&AppKeys::from(new), known_app.as_ref())?;
        let is_other_app = known_app.is_some_and(|known| known != app);
        let stored = tokens::stored(&self.world, &self.config, books).await?;
        let is_stored = |token: &SecretString| {
            let known = stored
                .as_ref()
                .map(|stored| stored.refresh_token.expose_secret());
            known == Some(token.expose_secret())
        };
        let given = new.refresh_token.as_ref().filter(|token| !is_stored(token));
        let stored_works = match &stored {
            Some(stored) if stored.pointer.value.refused => false,
            // Nothing is to be tried: the first call that needs a token renews it where it must.
            Some(_) if given.is_none() && !is_other_app => return Ok(()),
            Some(stored) => self.renew_stored(cx, &app, stored).await?,
            None => false,
        };
        if !stored_works {
            let Some(given) = given else {
                return Err(match stored {
                    Some(_) => ConnectError::NewToken {
                        which: "the stored refresh token of this company",
                    },
                    None => ConnectError::Missing("QBO_REFRESH_TOKEN"),
                });
            };
            self.enter_given(cx, &app, given).await?;
            changed.push("tokens of QuickBooks");
        }
        self.keep_app(&app, changed).await?;
        Ok(())
    }

    /// Renews what is stored; `false`: Intuit no longer accepts it.
    async fn renew_stored(
        &self,
        cx: &Ctx,
        app: &AppSecret,
        stored: &StoredTokens,
    ) -> Result<bool, ConnectError> {
        match self.exchange(app, &stored.refresh_token).await {
            Ok(renewed) => {
                let pointer = Some(stored.pointer.clone());
                tokens::keep(&self.world, &self.config, &cx.books, pointer, &renewed).await?;
                Ok(true)
            }
            Err(oauth::OAuthError::InvalidGrant { .. }) => {
                tokens::mark_refused(&self.world, stored.pointer.clone()).await?;
                Ok(false)
            }
            Err(error) => Err(self.not_exchanged(error)),
        }
    }

    /// Exchanges a token that a person brought, and keeps what it gives unless it is another company's.
    async fn enter_given(
        &self,
        cx: &Ctx,
        app: &AppSecret,
        given: &SecretString,
    ) -> Result<(), ConnectError> {
        let renewed = match self.exchange(app, given).await {
            Ok(renewed) => renewed,
            Err(oauth::OAuthError::InvalidGrant { .. }) => {
                return Err(ConnectError::NewToken {
                    which: "the refresh token in QBO_REFRESH_TOKEN",
                });
            }
            Err(error) => return Err(self.not_exchanged(error)),
        };
        self.keep_if_of(cx, &renewed).await
    }

    /// Keeps tokens that are new, unless they are another company's.
    pub(super) async fn keep_if_of(
        &self,
        cx: &Ctx,
        renewed: &oauth::Tokens,
    ) -> Result<(), ConnectError> {
        let books = &cx.books;
        let request = Request::company_info(&books.realm);
        self.may_ask(cx, &request).await?;
        let access = qbo::AccessToken::new(renewed.access_token.clone());
        let answer = self.client(cx).send(&access, &request).await;
        if let Err(QboError::Unauthorized { .. } | QboError::WrongRealm { .. }) = answer {
            return Err(ConnectError::OtherBooks(books.realm.clone()));
        }
        let pointer = read::<TokenPointer>(self.world.table(), &books.token())
            .await
            .map_err(Stop::from)?;
        tokens::keep(&self.world, &self.config, books, pointer, renewed).await?;
        Ok(())
    }

    pub(super) fn not_exchanged(&self, error: oauth::OAuthError) -> ConnectError {
        match error {
            oauth::OAuthError::InvalidClient { .. } | oauth::OAuthError::InvalidGrant { .. } => {
                ConnectError::Token(error)
            }
            error => tokens::not_renewed(&self.world, error).into(),
        }
    }

    pub(super) async fn exchange(
        &self,
        app: &AppSecret,
        refresh_token: &SecretString,
    ) -> Result<oauth::Tokens, oauth::OAuthError> {
        let credentials = app.credentials();
        oauth::refresh(
            self.world.http(),
            &self.config.qbo_token_url,
            &credentials,
            refresh_token,
        )
        .await
    }

    pub(crate) async fn stored_app(&self) -> Result<Option<AppSecret>, Stop> {
        let name = tokens::app_secret(&self.config.secret_prefix);
        let stored = self.world.secrets().read(&name, None).await?;
        Ok(stored.and_then(|stored| serde_json::from_str(stored.text.expose_secret()).ok()))
    }

    /// The app's keys: those that are given, completed by those that are stored.
    pub(super) async fn app_of(&self, keys: &AppKeys) -> Result<AppSecret, ConnectError> {
        completed(keys, self.stored_app().await?.as_ref())
    }

    pub(super) async fn keep_app(
        &self,
        app: &AppSecret,
        changed: &mut Vec<&'static str>,
    ) -> Result<(), Stop> {
        if self.stored_app().await?.as_ref() == Some(app) {
            return Ok(());
        }
        let text = serde_json::to_string(app).map_err(broken)?;
        let name = tokens::app_secret(&self.config.secret_prefix);
        self.write_secret(&name, SecretString::from(text)).await?;
        changed.push("keys of the app at Intuit");
        Ok(())
    }
}

fn completed(keys: &AppKeys, known: Option<&AppSecret>) -> Result<AppSecret, ConnectError> {
    let client_secret = keys.client_secret.as_ref();
    let client_secret = client_secret.map(|secret| secret.expose_secret().to_owned());
    Ok(AppSecret {
        client_id: keys
            .client_id
            .clone()
            .or_else(|| known.map(|known| known.client_id.clone()))
            .ok_or(ConnectError::Missing("QBO_CLIENT_ID"))?,
        client_secret: client_secret
            .or_else(|| known.map(|known| known.client_secret.clone()))
            .ok_or(ConnectError::Missing("QBO_CLIENT_SECRET"))?,
    })
}
