use std::{
    error::Error,
    io::{Write, stdout},
};

use clap::Args;
use qbo::RealmId;
use secrecy::ExposeSecret;
use sync::{
    NotDone,
    company::connect::{Connected, NewConnection},
};

use crate::{
    app::{self, secret, secrets},
    deployed,
};

/// Joins a Housecall Pro company with a QuickBooks Online company; repeated, changes the keys that are set (rights on AWS).
///
/// Secrets are read from the environment only: an argument can be seen by everybody on the machine and
/// stays in the shell's history. Of a company that is connected, what is not named stays as it is.
#[derive(Debug, Args)]
#[command(after_help = "\
Secrets, from the environment; to change one, set that one alone:
  HCP_API_KEY            Housecall Pro: App Store, API Key Management
  HCP_SIGNING_SECRET     Housecall Pro: App Store, Webhooks; two, separated by a comma, during a rotation
  QBO_CLIENT_ID          Intuit developer portal, Keys & credentials
  QBO_CLIENT_SECRET      the same
  QBO_REFRESH_TOKEN      of the QuickBooks company, from Intuit's OAuth 2.0 Playground; used where the stored
                         tokens do not work
  QBO_VERIFIER_TOKEN     Intuit developer portal, Webhooks; two, separated by a comma, during a rotation. Without it,
                         changes in QuickBooks are found by the schedule only

Where it was deployed (target/outputs.env names all of them):
  TABLE_NAME, QUEUE_URL, SECRET_PREFIX, HCP_BASE_URL, QBO_BASE_URL, QBO_TOKEN_URL")]
pub(crate) struct Connect {
    #[command(flatten)]
    company: deployed::Company,
    /// The company's id in QuickBooks Online (realm), a number. Needed the first time.
    #[arg(long)]
    realm: Option<RealmId>,
    /// Where Housecall Pro tells no time zone: its IANA name, such as America/New_York.
    #[arg(long)]
    time_zone: Option<String>,
    /// Income account for new products and services, by its name in QuickBooks.
    #[arg(long)]
    income_account: Option<String>,
    /// Expense account for new materials, by its name in QuickBooks.
    #[arg(long)]
    expense_account: Option<String>,
    /// How the company invoices, as Settings, Invoices, Configuration shows it in Housecall Pro: simple,
    /// match_job_number or progress. Needed the first time.
    #[arg(long)]
    invoicing: Option<String>,
    /// Housecall Pro's own QuickBooks sync is off for this company. Two of them would make everything twice. Needed the
    /// first time.
    #[arg(long)]
    own_sync_is_off: bool,
    /// Leave the QuickBooks company that is connected now. What was synced there stays there, unlinked.
    #[arg(long)]
    other_realm: bool,
    /// Start anew, although QuickBooks has documents that came from here and that no record tells of (a copy of the books,
    /// say): none of them is linked. Where the table was lost, run restore instead.
    #[arg(long)]
    new: bool,
    /// The address of the deployed webhook API, to print the whole webhook address.
    #[arg(long, env = "API_URL", hide_env_values = true)]
    api_url: Option<String>,
}

impl Connect {
    pub(crate) async fn run(self) -> Result<(), Box<dyn Error>> {
        let app = app::from_environment();
        let new = NewConnection {
            by: deployed::by().await,
            company: self.company.company,
            api_key: secret("HCP_API_KEY"),
            signing_secrets: secrets("HCP_SIGNING_SECRET"),
            realm: self.realm,
            client_id: app.client_id,
            client_secret: app.client_secret,
            refresh_token: secret("QBO_REFRESH_TOKEN"),
            verifier_tokens: app.verifier_tokens,
            income_account: self.income_account,
            expense_account: self.expense_account,
            time_zone: self.time_zone,
            invoicing: self.invoicing,
            own_sync_is_off: self.own_sync_is_off,
            other_realm: self.other_realm,
            anew: self.new,
        };
        let connected = deployed::engine().await?.connect(new).await;
        let connected = connected.map_err(NotDone::from)?;
        report(&connected, self.api_url.as_deref())?;
        Ok(connected.is_at_work().map_err(NotDone::from)?)
    }
}

fn report(connected: &Connected, api_url: Option<&str>) -> std::io::Result<()> {
    let connection = &connected.connection;
    let mut out = stdout().lock();
    let housecall = connected.housecall_name.as_deref();
    let quickbooks = connected.quickbooks_name.as_deref();
    writeln!(
        out,
        "Connected {} (Housecall Pro) with {} (QuickBooks Online).",
        housecall.unwrap_or(connection.company.as_str()),
        quickbooks.unwrap_or(connection.realm.as_str())
    )?;
    match connected.changed.as_slice() {
        [] => writeln!(out, "Secrets            unchanged")?,
        changed => writeln!(out, "Secrets changed    {}", changed.join(", "))?,
    }
    writeln!(out, "Time zone          {}", connection.time_zone)?;
    writeln!(
        out,
        "Income account     {}",
        connection.accounts.income.name
    )?;
    let expense = connection.accounts.expense.as_ref();
    writeln!(
        out,
        "Expense account    {}",
        expense.map_or("none: materials are sold only", |account| account
            .name
            .as_str())
    )?;
    writeln!(out, "Syncs from         {}", connection.connected_at)?;
    let api_url = api_url.unwrap_or("(the API's address)");
    let api_url = api_url.trim_end_matches('/');
    let path = connected.webhook_path.expose_secret();
    writeln!(out, "Webhook address    {api_url}/{path}")?;
    writeln!(
        out,
        "                   Paste it in Housecall Pro: App Store, Webhooks. It is a secret."
    )?;
    let path = connected.qbo_webhook_path;
    writeln!(out, "QuickBooks webhook {api_url}/{path}")?;
    writeln!(
        out,
        "                   {}",
        match connected.hears_quickbooks {
            true =>
                "Enter it at Intuit: developer portal, Webhooks. It is the same for all companies.",
            false =>
                "Not used yet: enter it at Intuit (developer portal, Webhooks), and repeat with the token shown there in QBO_VERIFIER_TOKEN.",
        }
    )?;
    for advice in &connected.advice {
        writeln!(out, "Advice             {advice}")?;
    }
    Ok(())
}
