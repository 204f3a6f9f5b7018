//! What an operator does by hand: connect a company, and change its settings.

mod connect;
mod settings;

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
    /// Joins a Housecall Pro company with a QuickBooks Online company; repeat it to change keys.
    Connect(Box<connect::Connect>),
    /// Shows or changes what a company chose.
    Settings(settings::Settings),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command {
        Command::Connect(command) => command.run().await,
        Command::Settings(command) => command.run().await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Not done: {error}");
            ExitCode::FAILURE
        }
    }
}
