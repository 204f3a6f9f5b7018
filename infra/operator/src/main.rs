//! What an operator does by hand: connect a company, change its settings, push jobs, link invoices, and see what wants
//! somebody.

mod alerts;
mod connect;
mod deployed;
mod jobs;
mod settings;
mod time;
mod upgrade;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Looks after hcp-qbo-sync. Works on the AWS account and region that the AWS SDK finds.
#[derive(Debug, Parser)]
#[command(name = "operator", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Joins a Housecall Pro company with a QuickBooks Online company; repeated, changes the keys that are set.
    Connect(Box<connect::Connect>),
    /// Shows or changes what a company chose.
    Settings(settings::Settings),
    /// Sends a job to QuickBooks now, whatever its status, its age and the trigger that the company waits for.
    Push(jobs::Push),
    /// Tells how a job stands, with its documents in QuickBooks.
    Job(jobs::Show),
    /// Lists what wants somebody, and what to do about it.
    Alerts(alerts::Alerts),
    /// Links invoices that QuickBooks had before to their jobs, as open alerts offer it.
    Link(jobs::Link),
    /// Brings what an older version has stored to the form of this one; run it before a new version is deployed.
    Upgrade(upgrade::Upgrade),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command {
        Command::Connect(command) => command.run().await,
        Command::Settings(command) => command.run().await,
        Command::Push(command) => command.run().await,
        Command::Job(command) => command.run().await,
        Command::Alerts(command) => command.run().await,
        Command::Link(command) => command.run().await,
        Command::Upgrade(command) => command.run().await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Not done: {error}\n{}", deployed::asked().await);
            ExitCode::FAILURE
        }
    }
}
