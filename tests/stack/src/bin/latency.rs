//! How long it takes from *Finish* in Housecall Pro to the invoice in QuickBooks, and from *Pay* to the payment, on the
//! deployed stack on this machine: warm, one job at a time. And how long each function ran for it, and the memory it then holds.
//!
//! `latency [folder]`: the folder holds `<function>/bootstrap`, as `make build-lambda` leaves it; without it the
//! functions are debug builds. `JOBS`: how many (100). Prints; no figure makes it fail.
#![expect(clippy::print_stdout, reason = "printing is its purpose")]

use std::{
    path::PathBuf,
    process::ExitCode,
    time::{Duration, Instant},
};

use money::Cents;
use stack::{Booked, Function, Invoice, Options, Stack, StackError};
use tokio::time::{Interval, MissedTickBehavior, interval};

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
    // As far apart as the rates last that both systems set: a look takes four calls to Housecall Pro of the four a second
    // that the sync allows itself, and a payment is told several times; a new customer takes two of the 38 batches a minute.
    let (mut finished, mut unpaid) = (Vec::new(), Vec::new());
    let mut next = every(3);
    for _ in 0..WARM_UP + jobs {
        let booked = stack.hcp.book_job(&regular).await?;
        next.tick().await;
        let (took, invoice) = finish(&stack, &booked).await?;
        finished.push(took);
        unpaid.push((booked, invoice));
    }
    let (mut by_card, mut by_check) = (Vec::new(), Vec::new());
    for (job, (booked, invoice)) in unpaid.iter().enumerate() {
        let (by, paid) = match job % 2 {
            0 => (By::Card, &mut by_card),
            _ => (By::Check, &mut by_check),
        };
        next.tick().await;
        paid.push(pay(&stack, booked, invoice, by).await?);
    }
    print(
        "Finish to invoice, customer and items linked",
        warm(finished),
    );
    print("Pay to payment, by card", warm(by_card));
    print("Pay to payment, by check", warm(by_check));
    let mut finished = Vec::new();
    let mut next = every(4);
    for job in 0..WARM_UP + jobs / 4 {
        let name = format!("Customer {job}");
        let customer = stack.hcp.new_customer("New", &name).await?;
        let booked = stack.hcp.book_job(&customer).await?;
        next.tick().await;
        finished.push(finish(&stack, &booked).await?.0);
    }
    print(
        "Finish to invoice, new customer, items linked",
        warm(finished),
    );
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

/// Seconds apart, however long one takes.
fn every(seconds: u64) -> Interval {
    let mut next = interval(Duration::from_secs(seconds));
    next.set_missed_tick_behavior(MissedTickBehavior::Delay);
    next
}

/// Without the first ones.
fn warm(took: Vec<Duration>) -> Vec<Duration> {
    took.into_iter().skip(WARM_UP).collect()
}

/// Presses *Finish* and waits for the invoice; gives its id too, since its number changes when it is paid.
async fn finish(stack: &Stack, booked: &Booked) -> Result<(Duration, String), StackError> {
    let pressed = Instant::now();
    stack.hcp.finish(&booked.job).await?;
    let id = there(stack, "the invoice", |invoice| {
        invoice.doc_number.as_ref() == Some(&booked.number)
    });
    let id = id.await?;
    Ok((pressed.elapsed(), id))
}

/// Collects all of it and waits until nothing is left to pay of its invoice.
async fn pay(
    stack: &Stack,
    booked: &Booked,
    invoice: &str,
    by: By,
) -> Result<Duration, StackError> {
    let pressed = Instant::now();
    match by {
        By::Card => stack.hcp.pay_job(&booked.job).await?,
        By::Check => {
            let cents = booked.total.get();
            let paid = stack.hcp.pay_by_check(&booked.job, cents, "Check 1042");
            paid.await?;
        }
    }
    let is_paid = |one: &Invoice| one.id == invoice && one.balance == Cents::ZERO;
    there(stack, "the payment", is_paid).await?;
    Ok(pressed.elapsed())
}

/// Waits for such an invoice, and gives its id.
async fn there(
    stack: &Stack,
    what: &str,
    fits: impl Fn(&Invoice) -> bool,
) -> Result<String, StackError> {
    let any = |invoices: &[Invoice]| invoices.iter().any(&fits);
    let invoices = stack.qbo.invoices_when(what, PATIENCE, any).await?;
    let found = invoices.into_iter().find(fits);
    Ok(found.map(|invoice| invoice.id).unwrap_or_default())
}

/// How a customer pays.
#[derive(Clone, Copy)]
enum By {
    Card,
    Check,
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
