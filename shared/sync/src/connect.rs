//! Connecting a company: keys are tried and kept, QuickBooks is read once, and from then on jobs sync.

use std::time::Duration;

use hcp::CompanyId;
use jiff::tz::TimeZone;
use ports::{Chance, Clock, Secrets};
use qbo::{Account, CompanyInfo, RealmId, Request};
use secrecy::SecretString;
use store::{Accounts, Books, Connection, ConnectionStatus, NamedId, Preferences, Stored, read};
use thiserror::Error;

use crate::{
    alerts,
    books::Session,
    company_settings::SettingsError,
    engine::Engine,
    stop::Stop,
    tokens::{self, AppSecret},
    webhook::HcpSecret,
    world::World,
};

/// What connecting a company takes.
#[derive(Debug)]
pub struct NewConnection {
    /// The company in Housecall Pro.
    pub company: CompanyId,
    /// A Housecall Pro API key.
    pub api_key: SecretString,
    /// What Housecall Pro signs webhooks with: the current secret and, during a rotation, the previous one.
    pub signing_secrets: Vec<SecretString>,
    /// The company in QuickBooks Online.
    pub realm: RealmId,
    /// The keys of the app at Intuit.
    pub app: AppSecret,
    /// A QuickBooks refresh token for that company.
    pub refresh_token: SecretString,
    /// Name of the income account for new items; found by itself where it can be.
    pub income_account: Option<String>,
    /// Name of the expense account for new materials.
    pub expense_account: Option<String>,
    /// IANA name; needed only where Housecall Pro tells none.
    pub time_zone: Option<String>,
    /// How the company invoices, as the setting `invoicing` writes it (N1 to N3): nothing else can tell. Without it,
    /// what was chosen before.
    pub invoicing: Option<String>,
    /// A person says that Housecall Pro's own QuickBooks sync is off (T12): nothing else can tell.
    pub own_sync_is_off: bool,
    /// Allows another QuickBooks company than the one that is connected now. Its links start empty.
    pub other_realm: bool,
}

/// What a person wants to know afterwards.
#[derive(Clone, Debug)]
pub struct Connected {
    /// The connection as it is stored.
    pub connection: Connection,
    /// The company's name in Housecall Pro.
    pub housecall_name: String,
    /// The company's name in QuickBooks.
    pub quickbooks_name: String,
    /// The path of the webhook address, for Housecall Pro's settings: secret.
    pub webhook_path: SecretString,
    /// What is worth changing in QuickBooks.
    pub advice: Vec<&'static str>,
}

/// Why a company was not connected.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// Housecall Pro did not answer as it should.
    #[error(transparent)]
    Housecall(#[from] hcp::HcpError),
    /// The key belongs to another company.
    #[error("this API key belongs to the Housecall Pro company {0}, not to the one that was named")]
    OtherCompany(CompanyId),
    /// Intuit did not accept the app's keys or the refresh token.
    #[error("QuickBooks could not be reached with these keys: {0}")]
    Token(#[from] qbo::oauth::OAuthError),
    /// Housecall Pro's own sync may be on.
    #[error(
        "Housecall Pro's own QuickBooks sync must be off: with two of them, every customer, invoice and payment is made twice. Switch it off in Housecall Pro (the gear, then Money, QuickBooks Online), and repeat with --own-sync-is-off. Invoices that it made are not made again: those with the same number, customer and total are offered for linking"
    )]
    OwnSync,
    /// How the company invoices was not told.
    #[error(
        "say how the company invoices, with --invoicing: look at Settings, Invoices, Configuration in Housecall Pro. \"simple\" where neither of the two is on, \"match_job_number\" with Match Invoice and Job Number, \"progress\" with Progress Invoicing"
    )]
    NoInvoicing,
    /// There is no such way.
    #[error(transparent)]
    Invoicing(#[from] mapping::SettingErrors),
    /// Another QuickBooks company is connected.
    #[error(
        "the company is connected to the QuickBooks company {0}; repeat with --other-realm to leave it. Nothing that was synced there is linked in the new one"
    )]
    OtherRealm(RealmId),
    /// No zone is known.
    #[error(
        "Housecall Pro tells no time zone for this company: name it with --time-zone, for example America/New_York"
    )]
    NoTimeZone,
    /// The zone is not one.
    #[error("{0:?} is no time zone; write it like America/New_York")]
    BadTimeZone(String),
    /// No account fits.
    #[error(
        "QuickBooks has no {kind} account {wanted}. It has: {has}. Name one of them with --{flag}"
    )]
    NoAccount {
        /// `income` or `expense`.
        kind: &'static str,
        /// What was asked for.
        wanted: String,
        /// What there is.
        has: String,
        /// The option that names one.
        flag: &'static str,
    },
    /// Our own table or secrets, or QuickBooks.
    #[error("{0}")]
    Stop(#[from] Stop),
}

/// Long enough for a person to wait.
const PATIENCE: Duration = Duration::from_secs(120);

impl<W: World> Engine<W> {
    /// Connects a company, or connects it again: links to the same QuickBooks company are kept (S9).
    ///
    /// # Errors
    /// See [`ConnectError`]; nothing is connected then, and the call can be repeated.
    pub async fn connect(&self, new: NewConnection) -> Result<Connected, ConnectError> {
        if !new.own_sync_is_off {
            return Err(ConnectError::OwnSync);
        }
        let housecall = hcp::Client::new(
            self.world.http(),
            self.settings.hcp_base_url.clone(),
            new.api_key.clone(),
        );
        let company = housecall.company().await?;
        if company.id != new.company {
            return Err(ConnectError::OtherCompany(company.id));
        }
        let time_zone = new
            .time_zone
            .clone()
            .or(company.time_zone)
            .ok_or(ConnectError::NoTimeZone)?;
        let zone =
            TimeZone::get(&time_zone).map_err(|_| ConnectError::BadTimeZone(time_zone.clone()))?;
        let key = Connection::key(&new.company);
        let known = read::<Connection>(self.world.table(), &key)
            .await
            .map_err(Stop::from)?;
        if let Some(known) = &known
            && known.value.realm != new.realm
            && !new.other_realm
        {
            return Err(ConnectError::OtherRealm(known.value.realm.clone()));
        }
        let is_new = known
            .as_ref()
            .is_none_or(|known| known.value.realm != new.realm);
        if is_new && new.invoicing.is_none() {
            return Err(ConnectError::NoInvoicing);
        }
        let books = Books {
            company: new.company.clone(),
            realm: new.realm.clone(),
        };
        if let Some(invoicing) = &new.invoicing {
            match self
                .enter_settings(&books, &[("invoicing", invoicing)])
                .await
            {
                Ok(_) => {}
                Err(SettingsError::Refused(errors)) => return Err(errors.into()),
                Err(SettingsError::Stop(stop)) => return Err(stop.into()),
            }
        }
        self.keep_app(&new.app).await?;
        let app = qbo::oauth::AppCredentials {
            client_id: new.app.client_id.clone(),
            client_secret: SecretString::from(new.app.client_secret.clone()),
        };
        let tokens = qbo::oauth::refresh(
            self.world.http(),
            &self.settings.qbo_token_url,
            &app,
            &new.refresh_token,
        )
        .await?;
        tokens::store_tokens(&self.world, &self.settings, &books, &tokens).await?;
        let same_realm = known
            .as_ref()
            .filter(|known| known.value.realm == new.realm);
        let connection = Connection {
            company: new.company.clone(),
            realm: new.realm.clone(),
            status: ConnectionStatus::Active,
            connected_at: same_realm.map_or_else(
                || self.world.clock().now(),
                |known| known.value.connected_at,
            ),
            time_zone,
            accounts: Accounts {
                income: NamedId {
                    id: qbo::Id::new(""),
                    name: String::new(),
                },
                expense: None,
            },
            preferences: Preferences::default(),
            terms: Vec::new(),
            classes: Vec::new(),
            payment_methods: Vec::new(),
            tax_codes: Vec::new(),
            read_at: None,
            extra_accounts: Vec::new(),
        };
        let deadline = self.world.clock().monotonic() + PATIENCE;
        let session = Session::new(
            books,
            connection,
            mapping::Settings::default(),
            zone,
            deadline,
        );
        let (connection, quickbooks_name, advice) = self.read_books(&session, &new).await?;
        let path_token = self.keep_housecall(&new).await?;
        let stored = Stored {
            value: connection.clone(),
            ..known.unwrap_or_else(|| Stored::new(key, connection.clone()))
        };
        self.put(vec![stored.put().map_err(Stop::from)?]).await?;
        self.forget(&new.company);
        alerts::close(&self.world, &session.books, alerts::CONNECTION).await?;
        self.resume(&session.books).await;
        Ok(Connected {
            connection,
            housecall_name: company.name.unwrap_or_default(),
            quickbooks_name,
            webhook_path: SecretString::from(format!("hcp/{}/{path_token}", new.company)),
            advice,
        })
    }

    /// The first read of QuickBooks: who it is, how it is set up, which accounts and terms it has.
    async fn read_books(
        &self,
        session: &Session,
        new: &NewConnection,
    ) -> Result<(Connection, String, Vec<&'static str>), ConnectError> {
        let info: CompanyInfo = self
            .ask(session, &Request::company_info(&new.realm))
            .await?
            .parse()
            .map_err(crate::books::broken)?;
        let facts = self.read_facts(session).await?;
        let mut connection = session.connection.clone();
        connection.accounts = Accounts {
            income: income_account(&facts.accounts, new.income_account.as_deref())?,
            expense: expense_account(&facts.accounts, new.expense_account.as_deref())?,
        };
        let advice = facts.advice();
        facts.keep(&mut connection);
        Ok((connection, info.company_name.unwrap_or_default(), advice))
    }

    async fn keep_app(&self, app: &AppSecret) -> Result<(), Stop> {
        let name = tokens::app_secret(&self.settings.secret_prefix);
        let text = serde_json::to_string(app).map_err(crate::books::broken)?;
        let version = self.world.chance().uuid().to_string();
        Ok(self
            .world
            .secrets()
            .write(&name, &version, SecretString::from(text))
            .await?)
    }

    /// Keeps the keys of Housecall Pro. The path of the webhook stays once it was given out.
    async fn keep_housecall(&self, new: &NewConnection) -> Result<String, Stop> {
        use secrecy::ExposeSecret;
        let name = HcpSecret::name(&self.settings.secret_prefix, new.company.as_str());
        let known = self.world.secrets().read(&name, None).await?;
        let known = known.and_then(|known| HcpSecret::parse(&known.text).ok());
        let fresh = || SecretString::from(self.world.chance().uuid().simple().to_string());
        let secret = HcpSecret {
            api_key: new.api_key.clone(),
            signing_secrets: new.signing_secrets.clone(),
            path_token: known.map_or_else(fresh, |known| known.path_token),
        };
        let text = secret.to_text().map_err(crate::books::broken)?;
        let version = self.world.chance().uuid().to_string();
        self.world.secrets().write(&name, &version, text).await?;
        Ok(secret.path_token.expose_secret().to_owned())
    }
}

fn income_account(accounts: &[Account], name: Option<&str>) -> Result<NamedId, ConnectError> {
    let income: Vec<&Account> = of_type(accounts, &["Income"]);
    let usual = ["Services", "Sales of Product Income", "Sales"];
    choose(&income, name, &usual)
        .ok_or_else(|| no_account("income", "income-account", &income, name))
}

fn expense_account(
    accounts: &[Account],
    name: Option<&str>,
) -> Result<Option<NamedId>, ConnectError> {
    let expense = of_type(accounts, &["Cost of Goods Sold", "Expense"]);
    match choose(
        &expense,
        name,
        &["Cost of Goods Sold", "Supplies & Materials"],
    ) {
        None if name.is_some() => Err(no_account("expense", "expense-account", &expense, name)),
        chosen => Ok(chosen),
    }
}

fn of_type<'a>(accounts: &'a [Account], types: &[&str]) -> Vec<&'a Account> {
    let fits = |account: &&Account| {
        account.active != Some(false)
            && account
                .account_type
                .as_deref()
                .is_some_and(|kind| types.contains(&kind))
    };
    accounts.iter().filter(fits).collect()
}

/// The account of that name, else the first usual one, else the only one.
fn choose(accounts: &[&Account], name: Option<&str>, usual: &[&str]) -> Option<NamedId> {
    let called = |wanted: &str| {
        accounts.iter().copied().find(|account| {
            [&account.name, &account.fully_qualified_name]
                .into_iter()
                .flatten()
                .any(|name| name.eq_ignore_ascii_case(wanted))
        })
    };
    let chosen = match (name, accounts) {
        (Some(name), _) => called(name),
        (None, [only]) => Some(*only),
        (None, _) => usual.iter().find_map(|usual| called(usual)),
    }?;
    Some(NamedId {
        id: chosen.id.clone()?,
        name: chosen.name.clone()?,
    })
}

fn no_account(
    kind: &'static str,
    flag: &'static str,
    accounts: &[&Account],
    name: Option<&str>,
) -> ConnectError {
    let has: Vec<&str> = accounts
        .iter()
        .filter_map(|account| account.fully_qualified_name.as_deref())
        .collect();
    ConnectError::NoAccount {
        kind,
        wanted: name.map_or_else(
            || "that is the obvious one".to_owned(),
            |name| format!("{name:?}"),
        ),
        has: has.join(", "),
        flag,
    }
}
