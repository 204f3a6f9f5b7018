//! What people do from a terminal: look what wants somebody, push, resolve, choose, through the API of the office; and with
//! rights on AWS what must work without it: keys, restore, the first admin, dead letters.

mod accounts;
mod admin;
mod alerts;
mod app;
mod card;
mod client;
mod completion;
mod connect;
mod customer;
mod customers;
mod deployed;
mod failure;
mod inbox;
mod items;
mod jobs;
mod lists;
mod log;
mod login;
mod orders;
mod pause;
mod payments;
mod people;
mod push;
mod redrive;
mod restore;
mod settings;
mod sign_in;
mod status;
mod table;
mod terminal;
mod upgrade;

use std::{
    error::Error,
    io::{ErrorKind, Write, stdout},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

use crate::failure::{EXIT_CODES, Failure, exit_code};

/// Looks after the sync of Housecall Pro and QuickBooks Online.
///
/// Most commands ask the office, as the person who signed in with `hcpqbo login` (a program sets HCPQBO_TOKEN to an access
/// token). connect, customer, restore, upgrade, redrive and admin work on AWS itself, with the rights of AWS's command line.
#[derive(Debug, Parser)]
#[command(name = "hcpqbo", version, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[command(flatten)]
    Asks(Asks),
    #[command(flatten)]
    OnAws(OnAws),
    Completion(completion::Completion),
}

/// What is asked of the office.
#[derive(Debug, Subcommand)]
enum Asks {
    Login(login::Login),
    Logout(login::Logout),
    Status(status::Status),
    Card(card::Card),
    Push(push::Push),
    Pull(inbox::Pull),
    Alerts(Box<alerts::Alerts>),
    Inbox(inbox::Inbox),
    Jobs(jobs::Jobs),
    Payments(payments::Payments),
    Items(Box<items::Items>),
    Customers(Box<customers::Customers>),
    Settings(settings::Settings),
    Pause(pause::Pause),
    Resume(pause::Resume),
    Log(log::Log),
    People(people::People),
}

/// What works without the office, with rights on AWS.
#[derive(Debug, Subcommand)]
enum OnAws {
    App(app::App),
    Connect(Box<connect::Connect>),
    Admin(admin::Admin),
    Customer(customer::Customer),
    Restore(restore::Restore),
    Redrive(redrive::Redrive),
    Upgrade(upgrade::Upgrade),
}

impl Asks {
    async fn run(self) -> Result<(), Box<dyn Error>> {
        Ok(match self {
            Self::Login(command) => command.run().await,
            Self::Logout(command) => command.run().await,
            Self::Status(command) => command.run().await,
            Self::Card(command) => command.run().await,
            Self::Push(command) => command.run().await,
            Self::Pull(command) => command.run().await,
            Self::Alerts(command) => command.run().await,
            Self::Inbox(command) => command.run().await,
            Self::Jobs(command) => command.run().await,
            Self::Payments(command) => command.run().await,
            Self::Items(command) => command.run().await,
            Self::Customers(command) => command.run().await,
            Self::Settings(command) => command.run().await,
            Self::Pause(command) => command.run().await,
            Self::Resume(command) => command.run().await,
            Self::Log(command) => command.run().await,
            Self::People(command) => command.run().await,
        }?)
    }
}

impl OnAws {
    async fn run(self) -> Result<(), Box<dyn Error>> {
        match self {
            Self::App(command) => command.run().await,
            Self::Connect(command) => command.run().await,
            Self::Admin(command) => command.run().await,
            Self::Customer(command) => command.run().await,
            Self::Restore(command) => command.run().await,
            Self::Redrive(command) => command.run().await,
            Self::Upgrade(command) => command.run().await,
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let (done, is_on_aws) = match Arguments::parse().command {
        Command::Asks(command) => (command.run().await, false),
        Command::OnAws(command) => (command.run().await, true),
        Command::Completion(command) => (command.run().map_err(Into::into), false),
    };
    let Err(error) = done else {
        return ExitCode::SUCCESS;
    };
    let told = sync::chain(&*error);
    eprintln!("Not done: {told}");
    if is_on_aws {
        eprintln!("{}", deployed::asked(&told).await);
    }
    exit_code(&*error)
}

/// Prints what a command has to tell, with a line's end.
fn say(text: &str) -> Result<(), Failure> {
    let mut out = stdout().lock();
    let end = if text.is_empty() || text.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    match write!(out, "{text}{end}").and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        // Whoever has closed it has read enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::because("This cannot be printed", &error)),
    }
}

#[cfg(test)]
mod tests;
