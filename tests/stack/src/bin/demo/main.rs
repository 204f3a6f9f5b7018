//! Runs the whole integration on this machine, presses the buttons of four sample jobs in Housecall Pro and
//! shows what QuickBooks holds after each. Stays until it is interrupted, or with `ONCE=1` ends by itself.
//! Takes free ports, or those in `AWS_PORT`, `HCP_PORT` and `QBO_PORT`.

mod tour;

use std::{
    io::{self, Write},
    process::ExitCode,
    time::Instant,
};

use stack::{Office, Options, Ports, Stack, StackError};
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> ExitCode {
    let once = std::env::var("ONCE").is_ok_and(|value| value == "1");
    let (Ok(mut interrupted), Ok(mut terminated)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        eprintln!("demo: cannot listen for signals");
        return ExitCode::FAILURE;
    };
    // Whichever ends first, dropping the other ends everything that was started.
    tokio::select! {
        shown = show(once) => match shown {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                explain(&error);
                ExitCode::FAILURE
            }
        },
        _ = interrupted.recv() => stopped(once),
        _ = terminated.recv() => stopped(once),
    }
}

async fn show(once: bool) -> Result<(), StackError> {
    say("The whole integration on this machine; everything listens on 127.0.0.1 only.\n");
    let begun = Instant::now();
    let stack = Stack::start(Options {
        ports: Ports {
            emulator: asked("AWS_PORT")?,
            housecall: asked("HCP_PORT")?,
            quickbooks: asked("QBO_PORT")?,
        },
        progress: |what, took| say(&format!("  {:>5.1} s  {what}", took.as_secs_f32())),
        ..Options::default()
    })
    .await?;
    let told = match tour::give(&stack).await {
        Ok(()) => Ok(()),
        Err(error) => {
            say(&stack.logs().await);
            Err(error)
        }
    };
    told?;
    say(&format!(
        "\nReady after {:.1} s.",
        begun.elapsed().as_secs_f32()
    ));
    say(&format!(
        "\nWhat wants somebody, as `hcpqbo status` and `hcpqbo alerts` tell it:\n{}\n{}",
        indented(&stack.hcpqbo(&["status"]).await?),
        indented(&stack.hcpqbo(&["alerts"]).await?)
    ));
    say(&format!(
        "\nWhat people did in QuickBooks and is to be done in Housecall Pro too, as `hcpqbo inbox` lists it:\n{}",
        indented(&stack.hcpqbo(&["inbox"]).await?)
    ));
    if once {
        return Ok(());
    }
    let customer = stack.hcp.new_customer("Ben", "Okafor").await?;
    let first = stack.hcp.book_job(&customer).await?;
    let second = stack.hcp.book_job(&customer).await?;
    say(&format!(
        "\nLook at\n  Housecall Pro   {}\n  QuickBooks      {}\n\nFinish jobs {} and {} there yourself.",
        stack.hcp.url(),
        stack.qbo.url(),
        first.number,
        second.number,
    ));
    let you = stack.sign_in(YOU, "admin").await?;
    say(&signing_in(&stack, &you, &first.number));
    say(&on_aws(&stack));
    say(&asking(&stack, &you, &first.number));
    say("\nCtrl-C ends everything.");
    std::future::pending().await
}

/// Who looks around.
const YOU: &str = "you@example.com";

/// How to use the command on this stack from another terminal.
fn signing_in(stack: &Stack, you: &Office, job: &str) -> String {
    format!(
        "\nThe command hcpqbo works on it too. In another terminal, in this folder, sign in as {YOU} with the password {}:\n{}\n  \
         target/debug/hcpqbo login\n  \
         target/debug/hcpqbo status\n  \
         target/debug/hcpqbo push job {job}\n  \
         target/debug/hcpqbo card {job}\n  \
         target/debug/hcpqbo alerts",
        you.password(),
        exported(&stack.environment_of_office()),
    )
}

/// How to use what works with rights on AWS.
fn on_aws(stack: &Stack) -> String {
    format!(
        "\nWhat works with rights on AWS (hcpqbo connect, restore, redrive, upgrade, admin) needs this:\n{}\n  \
         export HCPQBO_COMPANY='{}'",
        exported(stack.environment_on_aws()),
        stack.hcp.company(),
    )
}

fn exported(variables: &[(&'static str, String)]) -> String {
    let variables = variables.iter();
    let lines: Vec<String> = variables
        .map(|(name, value)| format!("  export {name}='{value}'"))
        .collect();
    lines.join("\n")
}

/// How to ask the API as somebody who has signed in.
fn asking(stack: &Stack, you: &Office, job: &str) -> String {
    let company = format!("{}/api/v1/companies/{}", you.url(), stack.hcp.company());
    format!(
        "\nSo does the API of the office (docs/openapi.json). You are signed in as {YOU}, an admin, for an hour:\n  \
         TOKEN='{}'\n  \
         curl -s -H \"Authorization: Bearer $TOKEN\" {company}/alerts\n  \
         curl -s -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' \\\n    \
         -H 'Idempotency-Key: my-first-push' -d '{{\"jobs\":[\"{job}\"]}}' {company}/pushes",
        you.tokens().access_token
    )
}

fn indented(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| format!("  {line}")).collect();
    lines.join("\n")
}

fn asked(variable: &'static str) -> Result<Option<u16>, StackError> {
    match std::env::var(variable) {
        Ok(text) => match text.parse() {
            Ok(port) => Ok(Some(port)),
            Err(_) => Err(StackError::NoPort { variable, text }),
        },
        Err(_) => Ok(None),
    }
}

fn say(line: &str) {
    // Whoever has closed our output does not want to hear more.
    let _ = writeln!(io::stdout(), "{line}");
}

fn explain(error: &StackError) {
    eprintln!("\ndemo: {error}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        eprintln!("  because {cause}");
        source = cause.source();
    }
}

/// Stopping is how the demo ends, unless it was to end by itself.
fn stopped(once: bool) -> ExitCode {
    say("\nStopped; nothing is left running.");
    if once {
        ExitCode::from(130)
    } else {
        ExitCode::SUCCESS
    }
}
