//! Serves the sandbox on a socket of this machine.

use std::{net::SocketAddr, process::ExitCode};

use clap::Parser;
use hcp_sandbox::{Options, Sandbox, Settings, serve};
use jiff::tz::TimeZone;
use sandbox_kit::{announce, bind, end_signal};
use uuid::Uuid;

/// A local stand-in for Housecall Pro: API, webhooks and a page with the app's buttons at /.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Id of the company.
    #[arg(long, default_value_t = Options::default().company_id)]
    company_id: Uuid,
    /// Name of the company.
    #[arg(long, default_value_t = Options::default().company_name)]
    company_name: String,
    /// The key that requests carry as `Authorization: Token <key>`.
    #[arg(long, env = "HCP_SANDBOX_API_KEY", hide_env_values = true)]
    api_key: String,
    /// Signs the webhooks.
    #[arg(long, env = "HCP_SANDBOX_SIGNING_SECRET", hide_env_values = true)]
    signing_secret: String,
    /// Where webhooks go; can be set later with POST /_sandbox/webhook.
    #[arg(long, env = "HCP_SANDBOX_WEBHOOK_URL", hide_env_values = true)]
    webhook_url: Option<String>,
    /// Time zone of the company.
    #[arg(long, default_value = "America/New_York", value_parser = TimeZone::get)]
    time_zone: TimeZone,
    /// Number of the first job.
    #[arg(long, default_value_t = Settings::default().first_job_number)]
    first_job_number: u32,
    /// Requests a second that the API stands; no limit unless told.
    #[arg(long)]
    rate_limit: Option<u32>,
    /// Identifiers follow from it.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("hcp-sandbox: {problem}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), String> {
    let listener = bind(arguments.listen)
        .await
        .map_err(|error| error.to_string())?;
    announce("hcp-sandbox", &listener)
        .map_err(|error| format!("the socket has no address: {error}"))?;
    let sandbox = Sandbox::new(Options {
        company_id: arguments.company_id,
        company_name: arguments.company_name,
        time_zone: arguments.time_zone,
        api_key: arguments.api_key,
        signing_secret: arguments.signing_secret,
        webhook_url: arguments.webhook_url,
        rate_limit: arguments.rate_limit,
        settings: Settings {
            first_job_number: arguments.first_job_number,
            ..Settings::default()
        },
        seed: arguments.seed,
        ..Options::default()
    });
    let ended = end_signal().map_err(|error| format!("cannot listen for signals: {error}"))?;
    tokio::select! {
        served = serve(sandbox, listener) => {
            served.map_err(|error| format!("the socket failed: {error}"))
        }
        () = ended => Ok(()),
    }
}
