//! Many at once, each call with the time that it takes: nobody waits longer than the other systems make them.

use std::time::Duration;

use hcp_sandbox::{DeliveryPlan, JobId};
use jiff::{SignedDuration, Timestamp};
use ports::Clock;
use qbo_sandbox::{Fault, FaultKind, QboFault};
use simulation::rush::{Company, Latencies, Rush};
use store::{Job, JobState};

const HOUR: Duration = Duration::from_secs(3_600);

fn jobs(company: &Company, jobs: usize, customers: usize) -> Vec<JobId> {
    let customers: Vec<_> = (0..customers)
        .map(|n| company.new_customer(&format!("Customer{n}")))
        .collect();
    let customers = customers.iter().cycle().take(jobs);
    customers
        .map(|customer| company.new_job(customer))
        .collect()
}

/// One invoice for each job, to the cent, and nothing left.
fn assert_books(rush: &Rush, company: &Company, jobs: &[JobId]) {
    let invoices = company.qbo.objects("Invoice");
    assert_eq!(invoices.len(), jobs.len());
    let mut ours: Vec<i64> = jobs
        .iter()
        .map(|job| {
            company.hcp.job(job).unwrap()["total_amount"]
                .as_i64()
                .unwrap()
        })
        .collect();
    let mut theirs: Vec<i64> = invoices
        .iter()
        .map(|invoice| crate::people::cents(invoice, "TotalAmt"))
        .collect();
    ours.sort_unstable();
    theirs.sort_unstable();
    assert_eq!(ours, theirs);
    assert_eq!(rush.line.dead_letters(), Vec::<String>::new());
    let violations = company.qbo.violations();
    assert!(violations.is_empty(), "{violations:?}");
}

#[tokio::test]
async fn t13_a_crowd_is_done_as_fast_as_the_limits_allow_and_in_order() {
    let rush = Rush::new(1, Latencies::default()).await;
    let company = rush.company();
    let jobs = jobs(company, 60, 60);
    let mut came = Vec::new();
    let finish = async {
        for (n, job) in jobs.iter().enumerate() {
            if n > 30 {
                rush.clock.sleep(Duration::from_millis(700)).await;
            }
            company.hcp.finish_job(job).unwrap();
            came.push((job.clone(), rush.clock.now()));
        }
    };
    let began = rush.clock.now();
    assert!(rush.run(finish, HOUR).await);
    assert_books(&rush, company, &jobs);
    assert_eq!(company.throttled(), 0);
    assert!(rush.ways.most_at_once() <= 10);
    let times = company.times(&came);
    let last = times.iter().filter_map(|(_, done)| *done).max().unwrap();
    // Four reads for each job, four a second.
    let took = last.duration_since(began);
    assert!(took <= SignedDuration::from_secs(60) * 6 / 5, "{took:#}");
    for (came, done) in &times {
        let before = |other: &&(Timestamp, Option<Timestamp>)| {
            other.0 > *came + SignedDuration::from_secs(10) && other.1 < *done
        };
        assert_eq!(
            times.iter().find(before),
            None,
            "was done before what came at {came}"
        );
    }
}

#[tokio::test]
async fn t13_limits_hold_whatever_comes_when_with_answers_that_are_late() {
    for seed in 0..4 {
        let latencies = Latencies {
            housecall: Duration::from_millis(80 + 300 * seed),
            quickbooks: Duration::from_millis(2_100 - 500 * seed),
            table: Duration::from_millis(1 + 9 * seed),
            ..Latencies::default()
        };
        let rush = Rush::new(seed, latencies).await;
        let company = rush.company();
        let jobs = jobs(company, 40, 25);
        let dice = fakes::SeededChance::new(seed);
        let finish = async {
            for job in &jobs {
                let pause = dice.next_u64()
                    % [1, 500, 2_500][usize::try_from(dice.next_u64() % 3).unwrap()];
                rush.clock.sleep(Duration::from_millis(pause)).await;
                company.hcp.finish_job(job).unwrap();
            }
        };
        assert!(rush.run(finish, HOUR).await);
        assert_books(&rush, company, &jobs);
        assert_eq!(company.throttled(), 0, "seed {seed}");
        assert!(rush.ways.most_at_once() <= 10);
    }
}

#[tokio::test]
async fn t13_a_backlog_of_one_company_does_not_slow_another() {
    let rush = Rush::with(2, Latencies::default(), 2, |_| {}, |_| {}).await;
    let crowd = jobs(&rush.companies[0], 80, 40);
    let few = jobs(&rush.companies[1], 10, 10);
    let began = rush.clock.now();
    let finish = async {
        for job in &crowd {
            rush.companies[0].hcp.finish_job(job).unwrap();
        }
        for job in &few {
            rush.companies[1].hcp.finish_job(job).unwrap();
        }
    };
    assert!(rush.run(finish, HOUR).await);
    assert_books(&rush, &rush.companies[0], &crowd);
    assert_books(&rush, &rush.companies[1], &few);
    let done = rush.companies[1].invoiced_at();
    let took = done.values().max().unwrap().duration_since(began);
    assert!(
        took <= SignedDuration::from_secs(15),
        "ten reads of four take ten seconds: {took:#}"
    );
}

#[tokio::test]
async fn t13_a_slow_housecall_pro_still_makes_progress() {
    let latencies = Latencies {
        housecall: Duration::from_millis(6_500),
        ..Latencies::default()
    };
    let rush = Rush::new(3, latencies).await;
    let jobs = jobs(rush.company(), 20, 20);
    let finish = async {
        for job in &jobs {
            rush.company().hcp.finish_job(job).unwrap();
        }
    };
    let began = rush.clock.now();
    assert!(rush.run(finish, HOUR).await);
    assert_books(&rush, rush.company(), &jobs);
    let took = rush.clock.now().duration_since(began);
    assert!(took < SignedDuration::from_mins(4), "{took:#}");
}

#[tokio::test]
async fn s10_v20_what_waited_for_quickbooks_is_gone_as_fast_as_the_limits_allow_and_told_once() {
    let rush = Rush::new(4, Latencies::default()).await;
    let company = rush.company();
    let jobs = jobs(company, 60, 30);
    let finish = async {
        rush.quickbooks_is_away(true);
        for job in &jobs {
            company.hcp.finish_job(job).unwrap();
            rush.clock.sleep(2 * HOUR / 60).await;
        }
        let alerts = rush.alerts();
        let kinds: Vec<&str> = alerts.iter().map(|alert| alert.kind.as_str()).collect();
        assert_eq!(kinds, ["quickbooks_away"]);
        assert!(alerts[0].open);
        rush.quickbooks_is_away(false);
    };
    assert!(rush.run(finish, 4 * HOUR).await);
    assert_books(&rush, company, &jobs);
    assert!(
        rush.alerts().iter().all(|alert| !alert.open),
        "{:?}",
        rush.alerts()
    );
    let answered = rush.ways.first_answer().unwrap();
    let took = company
        .invoiced_at()
        .values()
        .max()
        .unwrap()
        .duration_since(answered);
    assert!(took <= SignedDuration::from_secs(60) * 6 / 5, "{took:#}");
    let tries: Vec<Job> = rush.jobs();
    assert!(
        tries
            .iter()
            .all(|job| job.state == JobState::Synced && job.waiting.put_off == 0)
    );
}

#[tokio::test]
async fn t13_many_edits_at_once_are_looked_at_one_after_the_other_and_a_trigger_does_not_wait_for_them()
 {
    let rush = Rush::new(6, Latencies::default()).await;
    let company = rush.company();
    let all = jobs(company, 41, 10);
    let (last, edited) = all.split_last().unwrap();
    let finish = async {
        for job in edited {
            company.hcp.finish_job(job).unwrap();
        }
    };
    assert!(rush.run(finish, HOUR).await);
    let began = rush.clock.now();
    let mut triggered = began;
    let edit = async {
        for job in edited {
            let extra =
                hcp_sandbox::NewLine::labor("Extra hour", 9_900, hcp_sandbox::Hundredths::ONE);
            company.hcp.add_line(job, extra).unwrap();
        }
        // In the middle of the looks.
        rush.clock.sleep(Duration::from_secs(100)).await;
        triggered = rush.clock.now();
        company.hcp.finish_job(last).unwrap();
    };
    assert!(rush.run(edit, HOUR).await);
    let pending = rush.jobs();
    let pending = pending
        .iter()
        .filter(|job| job.state == JobState::PendingChanges);
    assert_eq!(pending.count(), edited.len());
    // A minute until an edit is looked at, one until the sweep, and forty looks of a second.
    let took = rush.clock.now().duration_since(began);
    assert!(
        took <= SignedDuration::from_secs(60 + 60 + 40 * 6 / 5 + 10),
        "{took:#}"
    );
    let done = *company.invoiced_at().values().max().unwrap();
    assert!(done.duration_since(triggered) <= SignedDuration::from_secs(5));
}

/// The faults of V21 on both sides, with workers that die at random.
async fn load(seed: u64, count: usize, customers: usize) {
    let deliveries = DeliveryPlan {
        duplicate_percent: 15,
        loss_percent: 4,
        reorder_percent: 20,
        ..DeliveryPlan::default()
    };
    let hcp = |options: &mut hcp_sandbox::Options| options.delivery = deliveries;
    let mut rush = Rush::with(seed, Latencies::default(), 1, hcp, |_| {}).await;
    rush.deaths = 30;
    let company = rush.company();
    company.qbo.seed(seed);
    for (kind, per_thousand) in [
        (FaultKind::Throttle, 4),
        (FaultKind::ServerError, 10),
        (QboFault::Html502.into(), 5),
        (QboFault::Html504.into(), 8),
        (FaultKind::CommitThenDrop, 10),
        (FaultKind::DropBeforeCommit, 10),
        (QboFault::ExpireTokens.into(), 3),
        (QboFault::NamesLock.into(), 8),
        (QboFault::BatchItem { nth: 1 }.into(), 8),
    ] {
        company
            .qbo
            .inject(Fault::next(kind).sometimes(per_thousand));
    }
    rush.ways
        .housecall_faults
        .store(40, std::sync::atomic::Ordering::Relaxed);
    let jobs = jobs(company, count, customers);
    let finish = async {
        for job in &jobs {
            company.hcp.finish_job(job).unwrap();
        }
        // What the faults are for is over, and whoever finishes jobs in peace finds what was lost.
        rush.clock.sleep(HOUR).await;
    };
    assert!(
        rush.run(finish, 48 * HOUR).await,
        "seed {seed}: work is left"
    );
    // A webhook that was lost is found by the daily sweep.
    let lost = count - rush.jobs().len();
    let sweep = async {
        let worker = rush.worker();
        let deadline = rush.clock.monotonic() + Duration::from_secs(27);
        // The sweep is one of those whose reads may fail.
        for _ in 0..20 {
            if worker
                .sweep(sync::intake::sweep::Sweep::Finished, deadline + HOUR)
                .await
                .is_ok()
            {
                break;
            }
        }
    };
    assert!(
        rush.run(sweep, 48 * HOUR).await,
        "seed {seed}: {lost} lost ones are left"
    );
    assert_books(&rush, company, &jobs);
    let open: Vec<_> = rush
        .alerts()
        .into_iter()
        .filter(|alert| alert.open)
        .collect();
    assert!(open.is_empty(), "seed {seed}: {open:#?}");
    assert_eq!(rush.jobs().len(), count);
    assert!(rush.jobs().iter().all(|job| job.state == JobState::Synced));
}

#[tokio::test]
async fn v21_a_load_with_faults_on_both_sides_and_dying_workers_ends_by_itself() {
    for seed in 0..3 {
        load(seed, 60, 20).await;
    }
    if std::env::var("PROOF").is_ok_and(|form| form == "long") {
        for seed in 100..120 {
            load(seed, 300, 60).await;
        }
    }
}
