//! Connecting a company: keys are tried and kept, QuickBooks is read once, and from then on jobs sync. Repeated, it
//! changes what is named and nothing else.

mod accounts;
pub mod app;
pub mod consent;
mod error;
mod keys;
mod realm;

use std::time::Duration;

use accounts::{expense_account, income_account};
use consent::Consent;
pub use error::ConnectError;
use hcp::CompanyId;
use jiff::{SignedDuration, tz::TimeZone};
use mapping::alert::{Alert, AlertKind, ConnectionAlert, Subject};
use ports::Clock;
use qbo::{CompanyInfo, RealmId, Request};
use secrecy::SecretString;
use store::{
    Accounts, ActKind, Books, By, Connection, ConnectionStatus, NamedId, Preferences, Stored,
    Write, read,
};

use crate::{
    alerts,
    calls::tokens,
    company::restore::Marked,
    ctx::Ctx,
    declined::Declined,
    engine::Engine,
    history::Acting,
    intake::qbo_webhook,
    stop::{Stop, broken},
    world::World,
};

/// What connecting a company takes. Of a company that is connected, whatever is left out stays as it is.
#[derive(Debug)]
pub struct NewConnection {
    /// Who connects it.
    pub by: By,
    /// The company in Housecall Pro.
    pub company: CompanyId,
    /// A Housecall Pro API key.
    pub api_key: Option<SecretString>,
    /// What Housecall Pro signs webhooks with: the current secret and, during a rotation, the previous one.
    pub signing_secrets: Option<Vec<SecretString>>,
    /// The company in QuickBooks Online.
    pub realm: Option<RealmId>,
    /// Of the app at Intuit.
    pub client_id: Option<String>,
    /// Of the app at Intuit.
    pub client_secret: Option<SecretString>,
    /// What QuickBooks' webhooks are signed with, of the app: the current token and, during a rotation, the previous one.
    pub verifier_tokens: Option<Vec<SecretString>>,
    /// A QuickBooks refresh token for that company. It is used where the stored ones do not work.
    pub refresh_token: Option<SecretString>,
    /// Name of the income account for new items; found by itself where it can be.
    pub income_account: Option<String>,
    /// Name of the expense account for new materials.
    pub expense_account: Option<String>,
    /// IANA name; needed only where Housecall Pro tells none.
    pub time_zone: Option<String>,
    /// How the company invoices, as the setting `invoicing` writes it (N1 to N3): nothing else can tell.
    pub invoicing: Option<String>,
    /// A person says that Housecall Pro's own QuickBooks sync is off (T12): nothing else can tell. Asked for a new
    /// connection.
    pub own_sync_is_off: bool,
    /// Allows another QuickBooks company than the one that is connected now. Its links start empty.
    pub other_realm: bool,
    /// Starts anew, whatever came from here before and is in QuickBooks still (V15): none of it is linked.
    pub anew: bool,
}

impl NewConnection {
    /// Names nothing of a company yet: all stays as it is.
    pub fn of(company: CompanyId, by: By) -> Self {
        Self {
            by,
            company,
            api_key: None,
            signing_secrets: None,
            realm: None,
            client_id: None,
            client_secret: None,
            verifier_tokens: None,
            refresh_token: None,
            income_account: None,
            expense_account: None,
            time_zone: None,
            invoicing: None,
            own_sync_is_off: false,
            other_realm: false,
            anew: false,
        }
    }
}

/// What a person wants to know afterwards.
#[derive(Clone, Debug)]
pub struct Connected {
    /// The connection as it is stored.
    pub connection: Connection,
    /// The company's name in Housecall Pro, where it was read.
    pub housecall_name: Option<String>,
    /// The company's name in QuickBooks, where it was read.
    pub quickbooks_name: Option<String>,
    /// The secrets that were written.
    pub changed: Vec<&'static str>,
    /// The path of the webhook address, for Housecall Pro's settings: secret.
    pub webhook_path: SecretString,
    /// The path of the address for Intuit's page of webhooks.
    pub qbo_webhook_path: &'static str,
    /// Whether what QuickBooks' webhooks are signed with is stored, so that they are let in.
    pub hears_quickbooks: bool,
    /// What is worth changing in QuickBooks.
    pub advice: Vec<&'static str>,
    /// A document in QuickBooks that came from here and has no record any more (V15): nothing is written then.
    pub lost: Option<Marked>,
}

impl Connected {
    /// What is to be done before anything is written, where something is.
    ///
    /// # Errors
    /// When the records of the company are lost (V15).
    pub fn is_at_work(&self) -> Result<(), Declined> {
        if self.connection.status != ConnectionStatus::RecordsLost {
            return Ok(());
        }
        let document = self
            .lost
            .as_ref()
            .map_or_else(String::new, |lost| format!(" (the newest is the {lost})"));
        let words = format!(
            "QuickBooks has documents that came from here{document}, and the records of them are lost. Nothing is sent \
             until they are restored: enter the settings that the company had (hcpqbo settings), then run hcpqbo \
             restore. Whoever wants none of these documents linked, such as in a copy of the books, runs hcpqbo \
             connect --new instead"
        );
        Err(Declined::not_usable("connection", words))
    }
}

/// After so long what a worker wrote is entered, but for what waits to be settled.
const ENTERED: SignedDuration = SignedDuration::from_mins(3);

/// Long enough for a person to wait.
const PATIENCE: Duration = Duration::from_secs(120);

/// What QuickBooks told, where it was asked.
#[derive(Default)]
struct Quickbooks {
    name: Option<String>,
    advice: Vec<&'static str>,
    lost: Option<Marked>,
}

/// What a connection is to be changed in.
struct Scope {
    realm: RealmId,
    /// The connection of before, where it is with the same QuickBooks company.
    same: Option<Connection>,
    /// Whether it is connected as a whole, and not some of it changed.
    whole: bool,
    /// Whether Housecall Pro is asked.
    housecall: bool,
    /// Whether QuickBooks is asked.
    quickbooks: bool,
}

impl Scope {
    /// A new connection takes both systems; a change only the one whose keys are named. Where nothing is named, all of it
    /// is tried.
    fn of(
        new: &NewConnection,
        consent: Option<&Consent>,
        known: Option<&Connection>,
    ) -> Result<Self, ConnectError> {
        let realm = new.realm.as_ref().or(known.map(|known| &known.realm));
        let realm = realm.ok_or(ConnectError::Missing("--realm"))?;
        let other = known.filter(|known| known.realm != *realm);
        if let Some(other) = other
            && !new.other_realm
        {
            return Err(ConnectError::OtherRealm(other.realm.clone()));
        }
        let same = known.filter(|known| known.realm == *realm);
        if same.is_none() && !new.own_sync_is_off {
            return Err(ConnectError::OwnSync);
        }
        if same.is_none() && new.invoicing.is_none() {
            return Err(ConnectError::NoInvoicing);
        }
        let quickbooks = new.client_id.is_some()
            || new.client_secret.is_some()
            || new.refresh_token.is_some()
            || new.income_account.is_some()
            || new.expense_account.is_some();
        let other = new.signing_secrets.is_some()
            || new.verifier_tokens.is_some()
            || new.time_zone.is_some()
            || new.invoicing.is_some();
        let whole = same.is_none()
            || new.anew
            || consent.is_some()
            || !(quickbooks || new.api_key.is_some() || other);
        Ok(Self {
            realm: realm.clone(),
            same: same.cloned(),
            whole,
            housecall: whole || new.api_key.is_some(),
            quickbooks: whole || quickbooks,
        })
    }
}

impl<W: World> Engine<W> {
    /// Connects a company, or changes its connection: links to the same QuickBooks company are kept (S9).
    ///
    /// # Errors
    /// See [`ConnectError`]; the call can be repeated.
    pub async fn connect(&self, new: NewConnection) -> Result<Connected, ConnectError> {
        self.connect_with(new, None).await
    }

    async fn connect_with(
        &self,
        new: NewConnection,
        consent: Option<&Consent>,
    ) -> Result<Connected, ConnectError> {
        let known = read::<Connection>(self.world.table(), &Connection::key(&new.company))
            .await
            .map_err(Stop::from)?;
        let scope = Scope::of(&new, consent, known.as_ref().map(|known| &known.value))?;
        let left = known.as_ref().map(|known| &known.value.realm);
        let mut writes = self.claim_realm(&new.company, &scope.realm, left).await?;
        let housecall = match scope.housecall {
            true => Some(self.try_housecall(&new).await?),
            false => None,
        };
        let zone = new
            .time_zone
            .as_ref()
            .or(housecall
                .as_ref()
                .and_then(|company| company.time_zone.as_ref()))
            .or(scope.same.as_ref().map(|known| &known.time_zone))
            .ok_or(ConnectError::NoTimeZone)?;
        let books = Books {
            company: new.company.clone(),
            realm: scope.realm.clone(),
        };
        self.enter_invoicing(&books, new.invoicing.as_deref(), &new.by)
            .await?;
        let mut connection = self.begun(&books, scope.same.as_ref());
        connection.time_zone.clone_from(zone);
        let patience = consent.map_or(PATIENCE, |_| consent::PATIENCE);
        let mut cx = self.first_ctx(books, connection, patience)?;
        let mut changed = Vec::new();
        let quickbooks = match scope.quickbooks {
            true => {
                self.connect_quickbooks(&mut cx, &new, consent, &scope, &mut changed)
                    .await?
            }
            false => Quickbooks::default(),
        };
        let path_token = self.keep_housecall(&new, &mut changed).await?;
        let hears_quickbooks = self.keep_verifier(&(&new).into(), &mut changed).await?;
        let connection = cx.connection.clone();
        let act = Acting::new(&new.by, ActKind::Connected).told(changed.join(", "));
        writes.push(act.write(&self.world, &cx.books)?);
        self.keep_connection(known, &connection, writes).await?;
        self.forget(&new.company);
        self.close_what_is_mended(&cx, housecall.is_some(), scope.quickbooks)
            .await?;
        if scope.housecall || scope.quickbooks {
            self.resume(&cx.books).await;
        }
        Ok(Connected {
            connection,
            housecall_name: housecall.and_then(|company| company.name),
            quickbooks_name: quickbooks.name,
            changed,
            webhook_path: SecretString::from(format!("hcp/{}/{path_token}", new.company)),
            qbo_webhook_path: qbo_webhook::PATH,
            hears_quickbooks,
            advice: quickbooks.advice,
            lost: quickbooks.lost,
        })
    }

    /// Keeps the keys of QuickBooks, and reads it with them.
    async fn connect_quickbooks(
        &self,
        cx: &mut Ctx,
        new: &NewConnection,
        consent: Option<&Consent>,
        scope: &Scope,
        changed: &mut Vec<&'static str>,
    ) -> Result<Quickbooks, ConnectError> {
        self.enter_quickbooks(cx, new, consent, changed).await?;
        let status = cx.connection.status;
        // A pause is for whoever made it to end.
        if status == ConnectionStatus::Reconnect
            || scope.whole && status != ConnectionStatus::Paused
        {
            cx.connection.status = ConnectionStatus::Active;
        }
        let (connection, name, advice) = match self.read_books(cx, new).await {
            Ok(read) => read,
            Err(error) => return Err(self.told(&cx.books, error).await),
        };
        cx.connection = connection;
        Ok(Quickbooks {
            name: Some(name),
            advice,
            lost: self.account_for(cx, scope, new.anew).await?,
        })
    }

    async fn keep_connection(
        &self,
        known: Option<Stored<Connection>>,
        connection: &Connection,
        mut writes: Vec<Write>,
    ) -> Result<(), Stop> {
        if known.as_ref().map(|known| &known.value) == Some(connection) {
            return self.put(writes).await;
        }
        let key = Connection::key(&connection.company);
        let stored = Stored {
            value: connection.clone(),
            ..known.unwrap_or_else(|| Stored::new(key, connection.clone()))
        };
        writes.push(stored.put()?);
        self.put(writes).await
    }

    /// Whether QuickBooks has documents that came from here and have no record (V15): then nothing is written. What a worker
    /// made a moment ago is entered yet.
    async fn account_for(
        &self,
        cx: &mut Ctx,
        scope: &Scope,
        anew: bool,
    ) -> Result<Option<Marked>, Stop> {
        if !scope.whole {
            return Ok(None);
        }
        let now = self.world.clock().now();
        let same = scope.same.as_ref();
        let at_work = same.is_some_and(|same| {
            matches!(
                same.status,
                ConnectionStatus::Active | ConnectionStatus::Paused
            )
        });
        let until = if at_work { now - ENTERED } else { now };
        if !anew {
            let since = cx.connection.accounted_until;
            if let Some(lost) = self.lost_records(cx, (since, until)).await? {
                cx.connection.status = ConnectionStatus::RecordsLost;
                let document = lost.to_string();
                let alert = Alert::Connection(ConnectionAlert::RecordsLost { document });
                alerts::raise(&self.world, &cx.books, &alert).await?;
                return Ok(Some(lost));
            }
        }
        cx.connection.accounted_until = Some(until);
        Ok(None)
    }

    async fn enter_invoicing(
        &self,
        books: &Books,
        invoicing: Option<&str>,
        by: &By,
    ) -> Result<(), ConnectError> {
        let Some(invoicing) = invoicing else {
            return Ok(());
        };
        let chosen = [("invoicing", invoicing)];
        let entered = self.enter_settings(books, &chosen, by, |_| true).await?;
        entered.transpose()?;
        Ok(())
    }

    /// The connection as it is, or one of which nothing is known yet.
    fn begun(&self, books: &Books, same: Option<&Connection>) -> Connection {
        same.cloned().unwrap_or_else(|| Connection {
            company: books.company.clone(),
            realm: books.realm.clone(),
            status: ConnectionStatus::Active,
            connected_at: self.world.clock().now(),
            time_zone: String::new(),
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
            money_accounts: Vec::new(),
            income_accounts: Vec::new(),
            undeposited_funds: None,
            accounted_until: None,
        })
    }

    fn first_ctx(
        &self,
        books: Books,
        connection: Connection,
        patience: Duration,
    ) -> Result<Ctx, ConnectError> {
        let zone = TimeZone::get(&connection.time_zone)
            .map_err(|_| ConnectError::BadTimeZone(connection.time_zone.clone()))?;
        let deadline = self.world.clock().monotonic() + patience;
        let settings = mapping::Settings::default();
        Ok(Ctx::new(books, connection, settings, zone, deadline))
    }

    /// The first read of QuickBooks: who it is, how it is set up, which accounts and terms it has.
    async fn read_books(
        &self,
        cx: &Ctx,
        new: &NewConnection,
    ) -> Result<(Connection, String, Vec<&'static str>), ConnectError> {
        let info: CompanyInfo = self
            .ask(cx, &Request::company_info(&cx.books.realm))
            .await?
            .parse()
            .map_err(broken)?;
        let setup = self.read_setup(cx).await?;
        let mut connection = cx.connection.clone();
        let before = &cx.connection.accounts;
        connection.accounts = Accounts {
            income: income_account(
                &setup.accounts,
                new.income_account.as_deref(),
                Some(&before.income),
            )?,
            expense: expense_account(
                &setup.accounts,
                new.expense_account.as_deref(),
                before.expense.as_ref(),
            )?,
        };
        let advice = setup.advice();
        setup.keep(&mut connection);
        Ok((connection, info.company_name.unwrap_or_default(), advice))
    }

    /// What a person has to do when QuickBooks could not be read: the tokens may have turned out to be dead.
    async fn told(&self, books: &Books, error: ConnectError) -> ConnectError {
        let stored = tokens::stored(&self.world, &self.config, books).await;
        match (error, stored) {
            (ConnectError::Stop(_), Ok(Some(stored))) if stored.pointer.value.refused => {
                ConnectError::NewToken {
                    which: "the stored refresh token of this company",
                }
            }
            (error, _) => error,
        }
    }

    /// Closes the alerts about keys that are known to work now.
    async fn close_what_is_mended(
        &self,
        cx: &Ctx,
        housecall: bool,
        quickbooks: bool,
    ) -> Result<(), Stop> {
        let are_lost = cx.connection.status == ConnectionStatus::RecordsLost;
        let is_mended = |kind: &str| {
            let is = |one: AlertKind| one.name() == kind;
            match (housecall, quickbooks) {
                _ if is(AlertKind::RecordsLost) => !are_lost,
                (true, true) => true,
                (true, false) => is(AlertKind::HousecallUnauthorized),
                (false, true) => is(AlertKind::Reconnect) || is(AlertKind::AppKeysRefused),
                (false, false) => false,
            }
        };
        alerts::close_those(&self.world, &cx.books, &Subject::Connection, is_mended).await
    }
}
