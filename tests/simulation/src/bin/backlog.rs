//! How long many jobs at once take, and how long a backlog after an outage does: on a simulated clock, beside what the
//! other systems' limits alone would need. Prints; no figure makes it fail.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::float_arithmetic,
    reason = "printing is its purpose, and a story that does not play out has no figures"
)]

use std::time::Duration;

use fakes::SeededChance;
use hcp_sandbox::{CustomerId, JobId};
use jiff::{SignedDuration, Timestamp};
use ports::Clock;
use simulation::rush::{Company, Latencies, Rush};

const HOUR: Duration = Duration::from_secs(3_600);

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!(
        "| what | jobs | limits alone | last one after | of that | overtaken for | 429 | alerts | calls to QuickBooks at once |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for (jobs, customers) in [(20, 20), (50, 50), (100, 100), (300, 60)] {
        at_once(jobs, customers).await;
    }
    spread().await;
    beside_a_backlog().await;
    slow_housecall().await;
    after_outage().await;
}

/// All jobs are finished at once.
async fn at_once(jobs: usize, customers: usize) {
    let rush = Rush::new(1, Latencies::default()).await;
    let jobs = make(rush.company(), jobs, customers);
    let began = rush.clock.now();
    let came: Vec<(JobId, Timestamp)> = jobs.into_iter().map(|job| (job, began)).collect();
    let finish = async {
        for (job, _) in &came {
            rush.company().hcp.finish_job(job).expect("finished");
        }
    };
    let ended = rush.run(finish, 6 * HOUR).await;
    let what = format!("finished at once, {customers} customers");
    report(&rush, 0, &what, &(came, customers), began, ended);
}

/// Jobs are finished one after the other, somewhat faster than they can be read, behind a crowd.
async fn spread() {
    let rush = Rush::new(2, Latencies::default()).await;
    let jobs = make(rush.company(), 300, 60);
    let began = rush.clock.now();
    let mut came = Vec::new();
    let finish = async {
        for (n, job) in jobs.iter().enumerate() {
            if n >= 100 {
                rush.clock.sleep(Duration::from_millis(800)).await;
            }
            rush.company().hcp.finish_job(job).expect("finished");
            came.push((job.clone(), rush.clock.now()));
        }
    };
    let ended = rush.run(finish, 6 * HOUR).await;
    let came = (came, 60);
    report(
        &rush,
        0,
        "100 at once, 200 more in 160 s, 60 customers",
        &came,
        began,
        ended,
    );
}

/// Three hundred jobs of one company, and twenty of another one in the same deployment.
async fn beside_a_backlog() {
    let rush = Rush::with(4, Latencies::default(), 2, |_| {}, |_| {}).await;
    let crowd = make(&rush.companies[0], 300, 60);
    let few = make(&rush.companies[1], 20, 20);
    let began = rush.clock.now();
    let finish = async {
        for job in &crowd {
            rush.companies[0].hcp.finish_job(job).expect("finished");
        }
        for job in &few {
            rush.companies[1].hcp.finish_job(job).expect("finished");
        }
    };
    let came = |jobs: &[JobId]| -> Vec<_> { jobs.iter().map(|job| (job.clone(), began)).collect() };
    let ended = rush.run(finish, 6 * HOUR).await;
    let few = (came(&few), 20);
    report(
        &rush,
        1,
        "beside 300 of another company",
        &few,
        began,
        ended,
    );
}

/// Housecall Pro takes six and a half seconds for a read.
async fn slow_housecall() {
    let latencies = Latencies {
        housecall: Duration::from_millis(6_500),
        ..Latencies::default()
    };
    let rush = Rush::new(5, latencies).await;
    let jobs = make(rush.company(), 100, 60);
    let began = rush.clock.now();
    let came: Vec<_> = jobs.into_iter().map(|job| (job, began)).collect();
    let finish = async {
        for (job, _) in &came {
            rush.company().hcp.finish_job(job).expect("finished");
        }
    };
    let ended = rush.run(finish, 6 * HOUR).await;
    let came = (came, 60);
    report(
        &rush,
        0,
        "at once, Housecall Pro takes 6.5 s a read",
        &came,
        began,
        ended,
    );
}

/// QuickBooks is away for six hours, during which the jobs are finished.
async fn after_outage() {
    let rush = Rush::new(3, Latencies::default()).await;
    let jobs = make(rush.company(), 200, 200);
    let mut came = Vec::new();
    let finish = async {
        rush.quickbooks_is_away(true);
        for job in &jobs {
            rush.company().hcp.finish_job(job).expect("finished");
            came.push((job.clone(), rush.clock.now()));
            rush.clock.sleep(6 * HOUR / 200).await;
        }
        rush.quickbooks_is_away(false);
    };
    let ended = rush.run(finish, 24 * HOUR).await;
    let began = rush
        .ways
        .first_answer()
        .expect("QuickBooks answers in the end");
    let came = (came, 200);
    report(
        &rush,
        0,
        "finished while QuickBooks was away for 6 h",
        &came,
        began,
        ended,
    );
}

/// Jobs of customers in an order that follows from a seed.
fn make(company: &Company, jobs: usize, customers: usize) -> Vec<JobId> {
    let chance = SeededChance::new(7);
    let customers: Vec<CustomerId> = (0..customers)
        .map(|n| company.new_customer(&format!("Customer{n}")))
        .collect();
    let mut order: Vec<&CustomerId> = customers.iter().cycle().take(jobs).collect();
    order.sort_by_cached_key(|_| chance.next_u64());
    order
        .into_iter()
        .map(|customer| company.new_job(customer))
        .collect()
}

/// Prints what became of jobs of so many customers.
fn report(
    rush: &Rush,
    company: usize,
    what: &str,
    (came, customers): &(Vec<(JobId, Timestamp)>, usize),
    began: Timestamp,
    ended: bool,
) {
    let company = &rush.companies[company];
    let times = company.times(came);
    let missing = times.iter().filter(|(_, done)| done.is_none()).count();
    let last = times
        .iter()
        .filter_map(|(_, done)| *done)
        .max()
        .unwrap_or(began);
    let took = last.duration_since(began);
    let bound = bound(came.len(), *customers);
    let throttled = company.throttled();
    let alerts = rush.alerts().len();
    println!(
        "| {what} | {}{} | {} s | {} s | {:.2} | {} s | {throttled} | {alerts} | {} |",
        came.len(),
        if ended && missing == 0 {
            String::new()
        } else {
            format!(" ({missing} MISSING)")
        },
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
