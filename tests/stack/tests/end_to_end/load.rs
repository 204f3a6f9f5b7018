//! A load on the deployed stack: with both systems failing by chance, webhooks lost, repeated and out of order, and
//! workers killed at random (V21), or with one in ten calls to AWS failing (V16). It must end by itself, and end right.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use hcp_sandbox::DeliveryPlan;
use serde_json::{Value, json};
use stack::{Booked, Function, Options, Stack, StackError};
use tokio::time::sleep;

use crate::{Outcome, ensure};

/// How much, and how long it may take.
struct Load {
    /// What its customers are called: those of another load are others.
    surname: &'static str,
    jobs: usize,
    customers: usize,
    kills: usize,
    fails: Fails,
    patience: Duration,
}

/// What fails by chance.
#[derive(Clone, Copy)]
enum Fails {
    /// Housecall Pro, its webhooks, and QuickBooks.
    BothSystems,
    /// So many of a hundred calls to AWS.
    Aws(u64),
}

/// Part of the end-to-end tests.
const SHORT: Load = Load {
    surname: "Load",
    jobs: 40,
    customers: 8,
    kills: 4,
    fails: Fails::BothSystems,
    patience: Duration::from_secs(360),
};

/// Part of `make proof`.
const LONG: Load = Load {
    surname: "Load",
    jobs: 300,
    customers: 60,
    kills: 30,
    fails: Fails::BothSystems,
    patience: Duration::from_secs(45 * 60),
};

/// Part of the end-to-end tests.
const SHORT_OF_AWS: Load = Load {
    surname: "Cloud",
    jobs: 15,
    customers: 5,
    kills: 0,
    fails: Fails::Aws(10),
    patience: Duration::from_secs(240),
};

/// Part of `make proof`.
const LONG_OF_AWS: Load = Load {
    jobs: 100,
    customers: 20,
    patience: Duration::from_secs(20 * 60),
    ..SHORT_OF_AWS
};

/// How often is looked whether it has ended.
const LOOK: Duration = Duration::from_secs(3);

/// A day passes for the daily sweeps, which find what no webhook told.
const DAY: Duration = Duration::from_secs(30);

/// What goes wrong with calls to QuickBooks, of a thousand of each kind that could.
fn quickbooks_faults() -> Vec<Value> {
    [
        json!({ "fault": "throttle", "per_thousand": 4 }),
        json!({ "fault": "throttle_json", "per_thousand": 2 }),
        json!({ "fault": "server_error", "per_thousand": 15 }),
        json!({ "fault": "html_502", "per_thousand": 5 }),
        json!({ "fault": "html_504", "per_thousand": 5 }),
        json!({ "fault": "commit_then_drop", "per_thousand": 20 }),
        json!({ "fault": "drop_before_commit", "per_thousand": 20 }),
        json!({ "fault": "slow", "ms": 1_500, "per_thousand": 10 }),
        json!({ "fault": "names_lock", "per_thousand": 20 }),
        json!({ "fault": "batch_item", "nth": 1, "per_thousand": 20 }),
        json!({ "fault": "late_query", "ms": 1_000, "per_thousand": 20 }),
        json!({ "fault": "expire_tokens", "per_thousand": 4 }),
    ]
    .map(|mut fault| {
        fault["path"] = json!("/v3/");
        fault
    })
    .to_vec()
}

/// The same of Housecall Pro, all of whose calls are reads.
fn housecall_faults() -> Vec<Value> {
    vec![
        json!({ "fault": "throttle_for", "seconds": 2, "per_thousand": 10 }),
        json!({ "fault": "server_error", "per_thousand": 15 }),
        json!({ "fault": "drop_before_commit", "per_thousand": 15 }),
        json!({ "fault": "slow", "ms": 1_500, "per_thousand": 10 }),
        json!({ "fault": "stale_read", "per_thousand": 30 }),
    ]
}

const DELIVERIES: DeliveryPlan = DeliveryPlan {
    duplicate_percent: 15,
    loss_percent: 4,
    reorder_percent: 20,
    delay_milliseconds: 300,
};

pub(crate) async fn v21_a_short_load_under_faults_ends_by_itself(stack: &Stack) -> Outcome {
    carry(stack, &SHORT).await
}

pub(crate) async fn v16_a_short_load_while_aws_fails_ends_by_itself(stack: &Stack) -> Outcome {
    carry(stack, &SHORT_OF_AWS).await
}

#[tokio::test]
async fn v21_a_load_of_300_jobs_under_faults_ends_by_itself() {
    carry_alone(&LONG).await.expect("it ends right");
}

#[tokio::test]
async fn v16_a_load_of_100_jobs_while_aws_fails_ends_by_itself() {
    carry_alone(&LONG_OF_AWS).await.expect("it ends right");
}

/// The long forms have a stack of their own and take their time.
async fn carry_alone(load: &Load) -> Outcome {
    if !std::env::var("PROOF").is_ok_and(|proof| proof == "long") {
        eprintln!("the short form is one of the scenarios; PROOF=long runs this one");
        return Ok(());
    }
    let options = Options {
        aws_may_fail: true,
        ..Options::default()
    };
    let stack = Stack::start(options).await?;
    let carried = carry(&stack, load).await;
    if carried.is_err() {
        eprintln!("{}", stack.logs().await);
    }
    carried
}

async fn carry(stack: &Stack, load: &Load) -> Outcome {
    let jobs = book(stack, load).await?;
    match load.fails {
        Fails::BothSystems => {
            stack.qbo.set_faults(&quickbooks_faults()).await?;
            stack.hcp.set_faults(&housecall_faults()).await?;
            stack.hcp.plan_deliveries(DELIVERIES).await?;
        }
        Fails::Aws(per_hundred) => drop(stack.fail_aws(per_hundred)),
    }
    let carried = drive(stack, load, &jobs).await;
    // Whatever came of it, what follows is not disturbed any more.
    let failed = stack.fail_aws(0);
    if failed > 0 {
        eprintln!("          {failed} calls to AWS failed");
    }
    stack.qbo.set_faults(&[]).await?;
    stack.hcp.set_faults(&[]).await?;
    stack.hcp.plan_deliveries(DeliveryPlan::default()).await?;
    carried?;
    judge(stack, &jobs).await
}

/// Jobs of some customers in turn; no two come to the same.
async fn book(stack: &Stack, load: &Load) -> Result<Vec<Booked>, StackError> {
    let mut customers = Vec::new();
    for count in 0..load.customers {
        let last = format!("{} {count}", load.surname);
        customers.push(stack.hcp.new_customer("Ada", &last).await?);
    }
    let mut jobs = Vec::new();
    for (cents, customer) in (10_000..).zip(customers.iter().cycle()).take(load.jobs) {
        jobs.push(stack.hcp.book_job_with(customer, cents).await?);
    }
    Ok(jobs)
}

/// Presses the buttons, kills workers, and waits for the end.
async fn drive(stack: &Stack, load: &Load, jobs: &[Booked]) -> Outcome {
    let begun = Instant::now();
    for (count, job) in jobs.iter().enumerate() {
        stack.hcp.finish(&job.job).await?;
        if count % 3 == 0 {
            stack.hcp.send_invoice(&job.job).await?;
        }
        if count % 5 == 0 {
            stack.hcp.pay_job(&job.job).await?;
        }
    }
    let mut dice = Dice(21);
    let (mut kills, mut next_kill) = (0, Duration::from_secs(2));
    let (mut days, mut quiet) = (0, 0);
    loop {
        sleep(LOOK).await;
        let elapsed = begun.elapsed();
        if kills < load.kills && elapsed >= next_kill {
            kills += stack.aws.kill(Function::Consumer).await?;
            next_kill = elapsed + Duration::from_secs(3 + dice.below(7));
        }
        if elapsed >= DAY * (days + 1) {
            days += 1;
            for sweep in ["paid", "sent", "finished"] {
                // A sweep that meets a failure is run again a day later.
                drop(stack.aws.sweep(sweep).await);
            }
        }
        let left = left(stack, jobs).await?;
        // After the last day that could tell of something new.
        quiet = if left.is_empty() { quiet + 1 } else { 0 };
        if quiet >= 3 && days >= 2 {
            eprintln!(
                "          {} jobs in {} s, {kills} workers killed, {days} rounds of sweeps",
                jobs.len(),
                elapsed.as_secs()
            );
            return Ok(());
        }
        ensure!(
            elapsed < load.patience,
            "it did not end: {} of {} are left: {}",
            left.len(),
            jobs.len(),
            left.join("; ")
        );
    }
}

/// Jobs on which work is left, and why; not one, once nothing is under way.
async fn left(stack: &Stack, jobs: &[Booked]) -> Result<Vec<String>, StackError> {
    let records = bodies(stack, "job#").await?;
    let mut left = Vec::new();
    for job in jobs {
        let Some(record) = records.get(&job.job) else {
            left.push(format!("{}: never seen", job.number));
            continue;
        };
        let data = &record["data"];
        let marks = data["marks"].as_array().map_or(0, Vec::len);
        let handled = data["handled"].as_u64().unwrap_or_default();
        // An edit that nobody pushed is looked at a while later; that is no work on the job.
        let is_edit = handled == marks as u64 && data["waits_for"].is_null();
        if !record["due_at"].is_null() && !is_edit {
            left.push(format!(
                "{}: {handled} of {marks} triggers carried, due {}, waits for {}",
                job.number, record["due_at"], data["waits_for"]
            ));
        }
    }
    if left.is_empty() && !stack.rests().await? {
        left.push("messages or webhooks are on their way".to_owned());
    }
    Ok(left)
}

/// The bodies of the records whose keys begin so, by what follows; with `due_at` where work is left.
async fn bodies(stack: &Stack, prefix: &str) -> Result<BTreeMap<String, Value>, StackError> {
    let records = stack.aws.records().await?;
    let bodies = records.iter().filter_map(|record| {
        let name = record["sk"]["S"].as_str()?.strip_prefix(prefix)?;
        let body = record["body"]["S"].as_str().unwrap_or_default();
        let mut body: Value = serde_json::from_str(body).ok()?;
        body["due_at"] = record["due_at"].clone();
        Some((name.to_owned(), body))
    });
    Ok(bodies.collect())
}

/// Every job is in QuickBooks once and to the cent, and nothing else of it is there; nobody waits, and no alert is
/// open that is not true.
async fn judge(stack: &Stack, jobs: &[Booked]) -> Outcome {
    let letters = stack.aws.dead_letters().await?;
    let ours = |letter: &&String| jobs.iter().any(|job| letter.contains(&job.job));
    let letters: Vec<&String> = letters.iter().filter(ours).collect();
    ensure!(letters.is_empty(), "dead letters {letters:?}");

    let slots = bodies(stack, "slot#").await?;
    let invoices = stack.qbo.invoices().await?;
    let mut wrong = Vec::new();
    for job in jobs {
        let slot = slots.get(&format!("{}#main", job.job));
        let link = slot.and_then(|slot| slot["data"]["state"]["linked"]["id"].as_str());
        let Some(link) = link else {
            wrong.push(format!("job {} is not in QuickBooks", job.number));
            continue;
        };
        match invoices.iter().find(|invoice| invoice.id == link) {
            None => wrong.push(format!("job {} has lost its invoice", job.number)),
            Some(invoice) if invoice.total_amt != job.total => wrong.push(format!(
                "job {} comes to {} instead of {}",
                job.number, invoice.total_amt, job.total
            )),
            Some(_) => {}
        }
    }
    let of_load = |name: &str| jobs.iter().any(|job| job.customer == name);
    let booked = invoices.iter();
    let booked = booked.filter(|invoice| of_load(&invoice.customer_ref.name));
    let booked = booked.count();
    if booked != jobs.len() {
        wrong.push(format!("{booked} invoices for {} jobs", jobs.len()));
    }
    for (kind, names) in [
        ("customers", names_of_customers(stack).await?),
        ("products", names_of_items(stack).await?),
    ] {
        let twice: Vec<&str> = names
            .windows(2)
            .filter(|pair| pair[0] == pair[1])
            .map(|pair| pair[0].as_str())
            .collect();
        if !twice.is_empty() {
            wrong.push(format!("{kind} twice: {twice:?}"));
        }
    }
    // Every fault passes; what could not be sent was sent in the end, so that no alert has a reason left.
    for alert in bodies(stack, "alert#").await?.values() {
        let alert = &alert["data"];
        if alert["open"] == true {
            wrong.push(format!("an alert that is not true: {}", alert["message"]));
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("; "));
    Ok(())
}

async fn names_of_customers(stack: &Stack) -> Result<Vec<String>, StackError> {
    let customers = stack.qbo.customers().await?.into_iter();
    let mut names: Vec<String> = customers.map(|customer| customer.display_name).collect();
    names.sort();
    Ok(names)
}

async fn names_of_items(stack: &Stack) -> Result<Vec<String>, StackError> {
    let items = stack.qbo.items().await?.into_iter();
    let mut names: Vec<String> = items.map(|item| item.name).collect();
    names.sort();
    Ok(names)
}

/// The same numbers in every run (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}
