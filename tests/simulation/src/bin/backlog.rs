//! How long many jobs at once take, and how long a backlog after an outage does: on a simulated clock, beside what the
//! other systems' limits alone would need. Prints; no figure makes it fail.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "printing is its purpose, and a story that does not play out has no figures"
)]

use std::{collections::BTreeMap, time::Duration};

use fakes::SeededChance;
use hcp_sandbox::{CustomerId, JobId};
use jiff::{SignedDuration, Timestamp};
use ports::Clock;
use simulation::rush::{Latencies, Rush};

const HOUR: Duration = Duration::from_secs(3_600);

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!("| what | jobs | limits alone | last one after | of that | overtaken for | 429 | alerts | at once |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for (jobs, customers) in [(20, 20), (50, 50), (100, 100), (300, 60)] {
        at_once(jobs, customers).await;
    }
    spread().await;
    after_outage().await;
}

/// All jobs are finished at once.
async fn at_once(jobs: usize, customers: usize) {
    let rush = Rush::new(1, Latencies::default()).await;
    let jobs = make(&rush, jobs, customers);
    let began = rush.clock.now();
    let came: Vec<(JobId, Timestamp)> = jobs.into_iter().map(|job| (job, began)).collect();
    let finish = async {
        for (job, _) in &came {
            rush.company.hcp.finish_job(job).expect("finished");
        }
    };
    let ended = rush.run(finish, 6 * HOUR).await;
    let what = format!("finished at once, {customers} customers");
    report(&rush, &what, &came, customers, began, ended);
}

/// Jobs are finished one after the other, somewhat faster than they can be read, behind a crowd.
async fn spread() {
    let rush = Rush::new(2, Latencies::default()).await;
    let jobs = make(&rush, 300, 60);
    let began = rush.clock.now();
    let mut came = Vec::new();
    let finish = async {
        for (n, job) in jobs.iter().enumerate() {
            if n >= 100 {
                rush.clock.sleep(Duration::from_millis(800)).await;
            }
            rush.company.hcp.finish_job(job).expect("finished");
            came.push((job.clone(), rush.clock.now()));
        }
    };
    let ended = rush.run(finish, 6 * HOUR).await;
    report(&rush, "100 at once, 200 more in 160 s, 60 customers", &came, 60, began, ended);
}

/// QuickBooks is away for six hours, during which the jobs are finished.
async fn after_outage() {
    let rush = Rush::new(3, Latencies::default()).await;
    let jobs = make(&rush, 200, 200);
    let mut came = Vec::new();
    let finish = async {
        rush.quickbooks_is_away(true);
        for job in &jobs {
            rush.company.hcp.finish_job(job).expect("finished");
            came.push((job.clone(), rush.clock.now()));
            rush.clock.sleep(6 * HOUR / 200).await;
        }
        rush.quickbooks_is_away(false);
    };
    let ended = rush.run(finish, 24 * HOUR).await;
    let began = rush.ways.first_answer().expect("QuickBooks answers in the end");
    report(&rush, "finished while QuickBooks was away for 6 h", &came, 200, began, ended);
}

/// Jobs of customers in an order that follows from a seed.
fn make(rush: &Rush, jobs: usize, customers: usize) -> Vec<JobId> {
    let chance = SeededChance::new(7);
    let customers: Vec<CustomerId> = (0..customers)
        .map(|n| rush.company.new_customer(&format!("Customer{n}")))
        .collect();
    let mut order: Vec<&CustomerId> = customers.iter().cycle().take(jobs).collect();
    order.sort_by_cached_key(|_| chance.next_u64());
    order.into_iter().map(|customer| rush.company.new_job(customer)).collect()
}

fn report(
    rush: &Rush,
    what: &str,
    came: &[(JobId, Timestamp)],
    customers: usize,
    began: Timestamp,
    ended: bool,
) {
    let done: BTreeMap<String, Timestamp> = rush.company.invoiced_at().into_iter().collect();
    let times: Vec<(Timestamp, Option<Timestamp>)> = came
        .iter()
        .map(|(job, came)| {
            let job = rush.company.hcp.job(job).expect("the job");
            let number = job["invoice_number"].as_str().unwrap_or_default();
            (*came, done.get(number).copied())
        })
        .collect();
    let missing = times.iter().filter(|(_, done)| done.is_none()).count();
    let last = times.iter().filter_map(|(_, done)| *done).max().unwrap_or(began);
    let took = last.duration_since(began);
    let bound = bound(came.len(), customers);
    let calls = rush.company.qbo.calls();
    let throttled = calls.iter().filter(|call| call.status == Some(429)).count()
        + rush.company.hcp.calls().iter().filter(|call| call.status == 429).count();
    let alerts = rush.alerts().len();
    println!(
        "| {what} | {}{} | {} s | {} s | {:.2} | {} s | {throttled} | {alerts} | {} |",
        came.len(),
        if ended && missing == 0 { String::new() } else { format!(" ({missing} MISSING)") },
        bound.as_secs(),
        took.as_secs(),
        took.as_secs_f64() / bound.as_secs_f64(),
        overtaken(&times).as_secs(),
        rush.ways.most_at_once(),
    );
}

/// What the limits of the other systems alone allow for these jobs, if nothing else took any time: four reads of
/// Housecall Pro for each job, at four a second; three calls to QuickBooks for the first job of a customer, two of them
/// batches, and two for each other job, at 500 calls and 40 batches a minute.
fn bound(jobs: usize, customers: usize) -> SignedDuration {
    let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    let (jobs, customers) = (count(jobs), count(customers));
    let reads = SignedDuration::from_millis(1_000) * jobs;
    let calls = SignedDuration::from_millis(120) * (3 * customers + 2 * (jobs - customers));
    let batches = SignedDuration::from_millis(1_500) * (2 * customers);
    reads.max(calls).max(batches)
}

/// For how long at most a job was kept waiting when one was done that came more than ten seconds later.
fn overtaken(times: &[(Timestamp, Option<Timestamp>)]) -> SignedDuration {
    let mut worst = SignedDuration::ZERO;
    for (came, done) in times {
        for (other_came, other_done) in times {
            if let (Some(done), Some(other_done)) = (done, other_done)
                && *other_came > *came + SignedDuration::from_secs(10)
            {
                worst = worst.max(done.duration_since(*other_done));
            }
        }
    }
    worst
}
