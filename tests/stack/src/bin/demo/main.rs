//! Runs the whole integration on this machine, presses the buttons of four sample jobs in Housecall Pro and
//! shows what QuickBooks holds after each. Stays until it is interrupted, or with `ONCE=1` ends by itself.
//! Takes free ports, or those in `AWS_PORT`, `HCP_PORT` and `QBO_PORT`.

mod tour;

use std::{
    io::{self, Write},
    process::ExitCode,
    time::Instant,
};

use stack::{Options, Ports, Stack, StackError};
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
        "\nOpen alerts, as `operator alerts` lists them:\n{}",
        indented(&stack.operator(&["alerts"]).await?)
    ));
    say(&format!(
        "\nWhat people did in QuickBooks and is to be done in Housecall Pro too, as `operator inbox` lists it:\n{}",
        indented(&stack.operator(&["inbox"]).await?)
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
    say(&operating(&stack, &first.number));
    say(&asking(&stack, &first.number).await?);
    say("\nCtrl-C ends everything.");
    std::future::pending().await
}

/// How to use the operator's command on this stack from another terminal.
fn operating(stack: &Stack, job: &str) -> String {
    let variables = stack.operator_environment().iter();
    let variables: Vec<String> = variables
        .map(|(name, value)| format!("  export {name}='{value}'"))
        .collect();
    let company = stack.hcp.company();
    format!(
        "\nThe operator's command works on it too; in another terminal, in this folder:\n{}\n  \
         target/debug/operator job --company-id {company} --job {job}\n  \
         target/debug/operator push --company-id {company} --job {job}\n  \
         target/debug/operator alerts --company-id {company}\n  \
         target/debug/operator inbox --company-id {company}",
        variables.join("\n"),
    )
}

/// How to ask the API as somebody who has signed in.
async fn asking(stack: &Stack, job: &str) -> Result<String, StackError> {
    let office = stack.sign_in("you@example.com", "bookkeeper").await?;
    let company = format!("{}/api/v1/companies/{}", office.url(), stack.hcp.company());
    Ok(format!(
        "\nSo does the API of the office (docs/openapi.json). You are signed in as you@example.com, a bookkeeper, for an hour:\n  \
         TOKEN='{}'\n  \
         curl -s -H \"Authorization: Bearer $TOKEN\" {company}/alerts\n  \
         curl -s -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' \\\n    \
         -H 'Idempotency-Key: my-first-push' -d '{{\"jobs\":[\"{job}\"]}}' {company}/pushes",
        office.tokens().access_token
    ))
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
