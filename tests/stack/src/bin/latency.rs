//! How long it takes from *Finish* in Housecall Pro to the invoice in QuickBooks, on the deployed stack on this
//! machine: warm, one job at a time. And how long each function ran for it, and the memory it then holds.
//!
//! `latency [folder]`: the folder holds `<function>/bootstrap`, as `make build-lambda` leaves it; without it the
//! functions are debug builds. `JOBS`: how many (100). Prints; no figure makes it fail.
#![expect(clippy::print_stdout, reason = "printing is its purpose")]

use std::{
    path::PathBuf,
    process::ExitCode,
    time::{Duration, Instant},
};

use stack::{Function, Options, Stack, StackError};
use tokio::time::{MissedTickBehavior, interval};

/// The first ones start the functions.
const WARM_UP: usize = 3;

/// Beyond it the stack is broken rather than slow.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() -> ExitCode {
    let jobs = std::env::var("JOBS")
        .ok()
        .and_then(|jobs| jobs.parse().ok());
    match measure(jobs.unwrap_or(100)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("latency: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn measure(jobs: usize) -> Result<(), StackError> {
    let stack = Stack::start(Options {
        progress: |what, took| println!("{:>6.1} s  {what}", took.as_secs_f32()),
        functions: std::env::args_os().nth(1).map(PathBuf::from),
        ..Options::default()
    })
    .await?;
    let regular = stack.hcp.new_customer("Regular", "Customer").await?;
    // As far apart as the rates last that both systems set: a job takes four calls to Housecall Pro of the
    // four a second that the sync allows itself, one of a new customer two of the 38 batches a minute.
    for (title, new_customers, jobs, apart) in [
        ("customer and items linked", false, jobs, 2),
        ("new customer, items linked", true, jobs / 4, 4),
    ] {
        let mut took = Vec::new();
        let mut next = interval(Duration::from_secs(apart));
        next.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for job in 0..WARM_UP + jobs {
            let customer = if new_customers {
                stack
                    .hcp
                    .new_customer("New", &format!("Customer {job}"))
                    .await?
            } else {
                regular.clone()
            };
            let booked = stack.hcp.book_job(&customer).await?;
            next.tick().await;
            let pressed = Instant::now();
            stack.hcp.finish(&booked.job).await?;
            stack
                .qbo
                .invoices_when("the invoice", PATIENCE, |invoices| {
                    invoices
                        .iter()
                        .any(|invoice| invoice.doc_number.as_ref() == Some(&booked.number))
                })
                .await?;
            if job >= WARM_UP {
                took.push(pressed.elapsed());
            }
        }
        print(&format!("Finish to invoice, {title}"), took);
    }
    for function in [Function::Webhook, Function::Consumer] {
        print(
            &format!("{function:?}, one run"),
            stack.aws.run_times(function).await?,
        );
        let resident = stack.aws.resident_kib(function).await?;
        println!(
            "{function:?}, memory afterwards: {} MiB",
            resident.div_ceil(1024)
        );
    }
    Ok(())
}

fn print(title: &str, mut took: Vec<Duration>) {
    took.sort_unstable();
    let at = |percent: usize| {
        let index = (took.len() * percent / 100).min(took.len().saturating_sub(1));
        took.get(index).map_or(0, Duration::as_millis)
    };
    println!(
        "{title}: p50 {} ms, p90 {} ms, p99 {} ms ({} times)",
        at(50),
        at(90),
        at(99),
        took.len()
    );
}
