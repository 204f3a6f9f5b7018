//! What wants somebody today, and whether all goes well.

use std::time::Duration;

use jiff::SignedDuration;
use money::Cents;
use office::{Days, JobRow, Reach};
use ports::Clock;
use qbo_sandbox::{Fault, FaultKind};
use simulation::Town;

use crate::{
    lists::three_jobs,
    office::looking,
    parties::{finish, small_job},
    payments::enter,
    people::new_customer,
};

const DAY: Duration = Duration::from_secs(24 * 3_600);

fn ids(rows: &[JobRow]) -> Vec<&str> {
    rows.iter().map(|row| row.id.as_str()).collect()
}

#[tokio::test]
async fn k1_today_tells_what_wants_somebody_in_five_reads() {
    let (town, [first, second, third]) = three_jobs(1_951).await;
    enter(&town, "20.00", "2026-07-24", "1042");
    town.pull().await;
    town.clock.advance(DAY * 7);
    // After so long QuickBooks' setup is read again.
    let lee = new_customer(&town, "Lee", "Sample");
    finish(&town, &small_job(&town, &lee)).await;
    // One waits.
    let late = small_job(&town, &lee);
    town.qbo.inject(Fault::next(FaultKind::Throttle));
    town.hcp.finish_job(&late).unwrap();
    town.post().await;
    town.batch(&town.worker()).await;

    let (desk, caller) = looking(&town).await;
    desk.engine().company(caller.company()).await.unwrap();
    town.steps.begin(None);
    let today = desk.today(&caller, 7).await.unwrap();
    let reads = town.steps.names();
    assert_eq!(reads.len(), 5, "{reads:?}");
    assert_eq!(
        (today.quickbooks, today.housecall),
        (Reach::Connected, Reach::Connected)
    );
    let now = town.clock.now();
    let waits_since = today.oldest_unsynced.unwrap();
    assert!(now.duration_since(waits_since) < SignedDuration::from_hours(1));
    let [waiting] = today.waiting.rows.as_slice() else {
        panic!("{:#?}", today.waiting);
    };
    assert_eq!(waiting.job.id.as_str(), late.as_str());
    assert!(waiting.why.is_some() && waiting.due.is_some());
    let [cause] = today.alerts.as_slice() else {
        panic!("{:#?}", today.alerts);
    };
    assert_eq!((cause.kind.as_str(), cause.count), ("name_taken", 1));
    assert_eq!(
        cause.latest.job.as_ref().map(hcp::JobId::as_str),
        Some(second.as_str())
    );
    assert_eq!((today.inbox.entries, today.inbox.to_mark), (1, 1));
    assert_eq!(today.inbox.amount, Cents::new(2_000));
    let all = [third.as_str(), second.as_str(), first.as_str()];
    let mut missed = ids(&today.not_invoiced.rows);
    missed[1..].sort_unstable();
    let mut wanted = all;
    wanted[1..].sort_unstable();
    assert_eq!(missed, wanted);
    assert!(!today.not_invoiced.more);

    // Whose invoice is sent is missed no more.
    town.hcp.send_invoice(&first).unwrap();
    town.settle().await;
    let today = desk.today(&caller, 8).await.unwrap();
    assert_eq!(ids(&today.not_invoiced.rows), [second.as_str()]);
    assert_eq!(today.waiting.rows, Vec::new());
    let heard = today.last_webhook.unwrap();
    assert!(town.clock.now().duration_since(heard) < SignedDuration::from_hours(1));
}

#[tokio::test]
async fn v23_the_log_is_a_table_without_formulas() {
    let town = Town::new(1_952).await;
    let job = small_job(&town, &new_customer(&town, "=cmd()", "\"Quoted\""));
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    let (desk, caller) = looking(&town).await;
    let table = desk.log_table(&caller, Days::default()).await.unwrap();
    let lines: Vec<&str> = table.split("\r\n").collect();
    assert!(
        lines[0].starts_with(r#""Time","Job","Customer""#),
        "{table}"
    );
    assert!(table.contains(r#""'=cmd() ""Quoted""""#), "{table}");
    let with_formula = |line: &&str| line.contains(r#",\"="#) || line.starts_with(r#""="#);
    assert!(!lines.iter().any(with_formula), "{table}");
}
