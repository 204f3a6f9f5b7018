//! Runs the sandbox on a local port.

use std::{
    fmt::Display,
    fs,
    io::{self, Write},
    net::SocketAddr,
    path::PathBuf,
    process::ExitCode,
};

use clap::{Parser, ValueEnum};
use jiff::{civil::Date, tz::TimeZone};
use qbo_sandbox::{Company, Options, PayloadForm, SalesTax, Sandbox, Webhook, serve};
use sandbox_kit::{announce, end_signal};

/// A local stand-in for the Accounting API of QuickBooks Online.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, env = "QBO_SANDBOX_LISTEN", default_value = "127.0.0.1:4020")]
    listen: SocketAddr,
    /// Company id.
    #[arg(long, env = "QBO_SANDBOX_REALM", default_value = "9341453000000001")]
    realm: String,
    /// OAuth client id.
    #[arg(long, env = "QBO_SANDBOX_CLIENT_ID", default_value = "sandbox-client")]
    client_id: String,
    /// OAuth client secret.
    #[arg(
        long,
        env = "QBO_SANDBOX_CLIENT_SECRET",
        hide_env_values = true,
        default_value = "sandbox-secret",
        hide_default_value = true
    )]
    client_secret: String,
    /// The refresh token that the app holds at the start.
    #[arg(
        long,
        env = "QBO_SANDBOX_REFRESH_TOKEN",
        hide_env_values = true,
        default_value = "sandbox-refresh",
        hide_default_value = true
    )]
    refresh_token: String,
    /// Where the app may send users back to; can be given several times. Without one, anywhere.
    #[arg(long)]
    redirect_uri: Vec<String>,
    /// Where changes are told by webhook.
    #[arg(long, requires = "verifier_token")]
    webhook_url: Option<String>,
    /// The token that webhooks are signed with.
    #[arg(long, env = "QBO_SANDBOX_VERIFIER_TOKEN", hide_env_values = true)]
    verifier_token: Option<String>,
    /// Webhooks in the form that was used until 2026.
    #[arg(long)]
    old_webhooks: bool,
    /// Seed of the failures that happen by chance.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Do not enforce 500 calls a minute, 10 a second and 40 batches a minute.
    #[arg(long)]
    no_limits: bool,
    /// A new refresh token with every refresh instead of once in 24 hours.
    #[arg(long)]
    rotate_always: bool,
    /// A rotated refresh token that is used again kills the connection.
    #[arg(long)]
    punish_reuse: bool,
    /// A company in a file: opened when it is there, saved at the end and by `POST /_sandbox/save`.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["company_name", "time_zone", "custom_numbers", "allow_duplicate_numbers", "closed_until", "tax"]
    )]
    company: Option<PathBuf>,
    /// A company to begin with, in a file that is never written.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["company_name", "time_zone", "custom_numbers", "allow_duplicate_numbers", "closed_until", "tax"]
    )]
    template: Option<PathBuf>,
    /// Name of the company.
    #[arg(long, default_value = "Sandbox Company")]
    company_name: String,
    /// Zone of the company's days.
    #[arg(long, default_value = "America/Los_Angeles")]
    time_zone: String,
    /// Documents are numbered by the app (`CustomTxnNumbers`).
    #[arg(long)]
    custom_numbers: bool,
    /// Do not warn about duplicate document numbers.
    #[arg(long)]
    allow_duplicate_numbers: bool,
    /// Books are closed up to and with this day.
    #[arg(long)]
    closed_until: Option<Date>,
    /// How sales tax is handled.
    #[arg(long, value_enum, default_value_t = Tax::None)]
    tax: Tax,
}

/// How sales tax is handled.
#[derive(Clone, Copy, ValueEnum)]
enum Tax {
    /// Not at all.
    None,
    /// By tax codes that documents name.
    Manual,
    /// By the address that a document ships to.
    Automated,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "qbo-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), String> {
    let time_zone = TimeZone::get(&arguments.time_zone)
        .map_err(|_| format!("{} is not a time zone", arguments.time_zone))?;
    let listener = sandbox_kit::bind(arguments.listen)
        .await
        .map_err(|error| error.to_string())?;
    let options = Options {
        company_file: arguments.company.clone(),
        realm: arguments.realm,
        client_id: arguments.client_id,
        client_secret: arguments.client_secret,
        refresh_token: arguments.refresh_token,
        redirect_uris: arguments.redirect_uri,
        seed: arguments.seed,
        limits: !arguments.no_limits,
        rotate_always: arguments.rotate_always,
        punish_reuse: arguments.punish_reuse,
        company: Company {
            name: arguments.company_name,
            time_zone,
            custom_txn_numbers: arguments.custom_numbers,
            warn_duplicate_numbers: !arguments.allow_duplicate_numbers,
            book_close_date: arguments.closed_until,
            sales_tax: match arguments.tax {
                Tax::None => SalesTax::Off,
                Tax::Manual => SalesTax::Manual,
                Tax::Automated => SalesTax::Automated,
            },
            ..Company::default()
        },
        webhook: arguments.webhook_url.zip(arguments.verifier_token).map(
            |(url, verifier_token)| Webhook {
                url,
                verifier_token,
                form: if arguments.old_webhooks {
                    PayloadForm::EventNotifications
                } else {
                    PayloadForm::CloudEvents
                },
                gather_seconds: 0,
                other_realms: Vec::new(),
                lost_per_thousand: 0,
                repeated_per_thousand: 0,
            },
        ),
        ..Options::default()
    };
    let kept = arguments.company.as_ref().filter(|path| path.exists());
    let sandbox = match kept.or(arguments.template.as_ref()) {
        Some(path) => {
            let in_file = |error: &dyn Display| format!("{}: {error}", path.display());
            let file = fs::read_to_string(path).map_err(|error| in_file(&error))?;
            Sandbox::open(options, &file).map_err(|error| in_file(&error))?
        }
        None => Sandbox::new(options),
    };
    let ended = end_signal().map_err(|error| format!("no signals: {error}"))?;
    announce("qbo-sandbox", &listener).map_err(|error| error.to_string())?;
    let served = tokio::select! {
        served = serve(sandbox.clone(), listener) => served.map_err(|error| error.to_string()),
        () = ended => Ok(()),
    };
    if arguments.company.is_some() {
        sandbox.save().map_err(|error| error.to_string())?;
    }
    served
}
