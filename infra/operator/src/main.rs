//! What an operator does by hand: connect a company, change its settings, push jobs, link invoices, and see what wants
//! somebody.

mod alerts;
mod card;
mod connect;
mod deployed;
mod inbox;
mod jobs;
mod pause;
mod people;
mod restore;
mod settings;
mod upgrade;

use std::{error::Error, process::ExitCode};

use clap::{Parser, Subcommand};
use sync::NotDone;

/// Looks after hcp-qbo-sync. Works on the AWS account and region that the AWS SDK finds.
#[derive(Debug, Parser)]
#[command(name = "operator", version, after_help = EXIT_CODES)]
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
    /// Has all work of a company wait: nothing is written to QuickBooks, and nothing is lost.
    Pause(pause::Pause),
    /// Has the work of a paused company go on.
    Resume(pause::Resume),
    /// Sends a job to QuickBooks now, whatever its status, its age and the trigger that the company waits for.
    Push(jobs::Push),
    /// Tells how a job stands, with its documents in QuickBooks.
    Job(jobs::Show),
    /// Lists what wants somebody, and what to do about it.
    Alerts(alerts::Alerts),
    /// Links invoices that QuickBooks had before to their jobs, as open alerts offer it.
    Link(jobs::Link),
    /// Decides about a payment or a refund that an open alert asks about: the money that QuickBooks has, or other money.
    Payment(jobs::Payment),
    /// Says whose an invoice of a service plan is, where an open alert asks for it: it is then sent, with its payments.
    Customer(jobs::Customer),
    /// Accepts that both books differ by so much, as an open alert of a job tells it.
    Dismiss(jobs::Dismiss),
    /// Lists what people did in QuickBooks and is to be done in Housecall Pro too, or ticks it off.
    Inbox(inbox::Inbox),
    /// Looks now at what people did in QuickBooks; a schedule does so by itself.
    Pull(inbox::Pull),
    /// Shows or changes who may use the office of a company.
    People(people::People),
    /// Links again what is in QuickBooks of a company whose records here were lost.
    ///
    /// The company must be connected, and its settings entered as they were. Nothing is written to QuickBooks: as long as it
    /// runs, and until it has ended well, all other work of the company waits. Each job of which QuickBooks has something is
    /// read, which takes an hour for 3,500 of them. It can be repeated at any time.
    Restore(restore::Restore),
    /// Brings what an older version has stored to the form of this one; run it before a new version is deployed.
    Upgrade(upgrade::Upgrade),
}

/// What a script can tell from.
const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  it could not be done now, for a reason of ours or of one of the two systems: it can be repeated
  2  the command is not written right
  3  it cannot be done as it was asked for: the text says what to do instead";

/// The exit code of what a person asked for and cannot have.
const DECLINED: u8 = 3;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command {
        Command::Connect(command) => command.run().await,
        Command::Settings(command) => command.run().await,
        Command::Pause(command) => command.run().await,
        Command::Resume(command) => command.run().await,
        Command::Push(command) => command.run().await,
        Command::Job(command) => command.run().await,
        Command::Alerts(command) => command.run().await,
        Command::Link(command) => command.run().await,
        Command::Payment(command) => command.run().await,
        Command::Customer(command) => command.run().await,
        Command::Dismiss(command) => command.run().await,
        Command::Inbox(command) => command.run().await,
        Command::Pull(command) => command.run().await,
        Command::People(command) => command.run().await,
        Command::Restore(command) => command.run().await,
        Command::Upgrade(command) => command.run().await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let (told, asked) = (sync::chain(&*error), deployed::asked().await);
            eprintln!("Not done: {told}\n{asked}");
            exit_code(&*error)
        }
    }
}

fn exit_code(error: &(dyn Error + 'static)) -> ExitCode {
    match error.downcast_ref() {
        Some(NotDone::Declined(_)) => ExitCode::from(DECLINED),
        _ => ExitCode::FAILURE,
    }
}

#[cfg(test)]
mod tests {
    use sync::{Declined, Source, Stop, company::connect::ConnectError};

    use super::*;

    #[test]
    fn what_a_person_cannot_have_is_told_from_what_failed() {
        let words = "there is no job 9104".to_owned();
        let what = "job";
        let declined = Declined::NotUsable { what, words };
        let broken = || Stop::Broken(Source::from("the table did not answer"));
        for (error, code) in [
            (NotDone::from(declined), ExitCode::from(3)),
            (NotDone::from(ConnectError::OwnSync), ExitCode::from(3)),
            (NotDone::from(broken()), ExitCode::FAILURE),
            (ConnectError::Stop(broken()).into(), ExitCode::FAILURE),
            (
                NotDone::from(Stop::PlanAgain("job job_1".to_owned())),
                ExitCode::from(3),
            ),
        ] {
            let boxed: Box<dyn Error> = error.into();
            assert_eq!(
                format!("{:?}", exit_code(&*boxed)),
                format!("{code:?}"),
                "{boxed}"
            );
        }
    }
}
