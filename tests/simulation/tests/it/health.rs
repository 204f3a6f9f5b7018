//! What the operator hears of.

use std::time::Duration;

use jiff::SignedDuration;
use ports::Clock;
use simulation::Town;
use store::{AlertRecord, Connection, ConnectionStatus, OpenAlert, Stored, Table, Write, read};
use sync::{company::health::Health, intake::sweep::Sweep};
use uuid::Uuid;

use crate::people::{assert_same_books, new_customer, new_job};

/// How everything stands, but for the metered reads, which every story has.
async fn health(town: &Town) -> Health {
    Health {
        metered_reads: 0,
        ..town.worker().health().await.unwrap()
    }
}

/// A worker takes what is on the queue, and does not come to an end with it.
async fn work(town: &Town) {
    town.post().await;
    let worker = town.worker();
    while !town.queue.messages().is_empty() {
        town.batch(&worker).await;
    }
}

async fn status(town: &Town, status: ConnectionStatus) {
    let key = Connection::key(&town.books().company);
    let known = read::<Connection>(&*town.table, &key).await.unwrap();
    let mut known = known.unwrap();
    known.value.status = status;
    let write = vec![known.put().unwrap()];
    town.table.write(Uuid::new_v4(), write).await.unwrap();
}

/// The books are closed until the end of the month, or open again.
fn close_books(town: &Town, closed: bool) {
    let last = closed.then(|| "2026-07-31".parse().unwrap());
    town.qbo.configure(|company| company.book_close_date = last);
}

/// A job is finished in a month whose books are closed: an alert.
fn refused_job(town: &Town, name: &str) {
    close_books(town, true);
    let job = new_job(town, &new_customer(town, name, "Sample"));
    town.hcp.finish_job(&job).unwrap();
}

#[tokio::test]
async fn s11_a_quiet_company_is_silent_and_webhooks_are_expected_after_a_day() {
    let town = Town::new(320).await;
    assert_eq!(health(&town).await, Health::default());
    town.clock.advance(Duration::from_secs(24 * 3_600));
    let expects_webhooks = Health {
        expects_webhooks: true,
        ..Health::default()
    };
    assert_eq!(health(&town).await, expects_webhooks);
    status(&town, ConnectionStatus::Paused).await;
    assert_eq!(health(&town).await, Health::default());
}

#[tokio::test]
async fn s11_a_lost_connection_and_what_waits_for_it_are_told_until_it_is_back() {
    let town = Town::new(321).await;
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.qbo.disconnect();
    town.clock.advance(Duration::from_secs(4_000));
    town.hcp.finish_job(&job).unwrap();
    let finished = town.clock.now();
    work(&town).await;
    town.clock.advance(Duration::from_secs(7_200));
    town.worker()
        .sweep(Sweep::Parked, town.deadline())
        .await
        .unwrap();
    work(&town).await;
    let told = health(&town).await;
    assert_eq!((told.lost_connections, told.open_alerts), (1, 1));
    assert!(told.parked >= 1, "{told:?}");
    let waited = town.clock.now().duration_since(finished).as_secs();
    assert!((waited - told.oldest_unsynced).abs() <= 1, "{told:?}");
    assert!(waited >= 7_200);

    status(&town, ConnectionStatus::Paused).await;
    assert_eq!(health(&town).await.oldest_unsynced, 0, "the operator chose");
    status(&town, ConnectionStatus::Reconnect).await;
    town.qbo.consent();
    town.connect().await;
    town.settle().await;
    assert_eq!(health(&town).await, Health::default());
    assert_same_books(&town, &[&job]);
}

#[tokio::test]
async fn s11_open_alerts_are_counted_and_further_ones_told_while_others_are_open() {
    let town = Town::new(322).await;
    let count = async || {
        let health = health(&town).await;
        (health.open_alerts, health.further_alerts)
    };
    refused_job(&town, "Dana");
    work(&town).await;
    assert_eq!(count().await, (1, 0));
    town.clock.advance(Duration::from_secs(11 * 60));
    refused_job(&town, "Erin");
    work(&town).await;
    assert_eq!(count().await, (2, 1));
    town.clock.advance(Duration::from_secs(11 * 60));
    assert_eq!(count().await, (2, 0));
    close_books(&town, false);
    // What can be sent after all closes its alert, and its note goes with it.
    for job in town.hcp.jobs() {
        town.hcp.send_invoice(&job).unwrap();
    }
    town.settle().await;
    assert_eq!(town.open_alerts(), [""; 0]);
    assert_eq!(count().await, (0, 0));
    assert_eq!(town.all::<AlertRecord>("alert#").len(), 2);
}

#[tokio::test]
async fn s11_alerts_of_before_the_index_are_counted_once_they_are_upgraded() {
    let town = Town::new(323).await;
    refused_job(&town, "Dana");
    work(&town).await;
    let page = town.table.list(OpenAlert::PARTITION, "", None).await;
    for record in page.unwrap().records {
        let open = Stored::<OpenAlert>::decode(&record).unwrap();
        let (key, expect) = (open.key.clone(), open.expect());
        let delete = vec![Write::Delete { key, expect }];
        town.table.write(Uuid::new_v4(), delete).await.unwrap();
    }
    assert_eq!(health(&town).await.open_alerts, 0);
    assert_eq!(town.worker().upgrade().await.unwrap().open_alerts, 1);
    assert_eq!(health(&town).await.open_alerts, 1);
    assert_eq!(town.worker().upgrade().await.unwrap().open_alerts, 0);
}

#[tokio::test]
async fn s11_reads_that_intuit_counts_are_counted_and_batches_and_writes_are_not() {
    let town = Town::new(324).await;
    let metered = async || town.worker().health().await.unwrap().metered_reads;
    let reads = || {
        let requests = town.qbo.calls().into_iter();
        let counted = requests.filter(|one| one.method == "GET" && one.path.contains("/company/"));
        u64::try_from(counted.count()).unwrap()
    };
    assert_eq!(metered().await, reads(), "since it was connected");
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    town.pull().await;
    town.settle().await;
    let told = metered().await;
    assert_eq!(told, reads());
    assert!(told > 0);
    town.clock.advance(Duration::from_secs(31 * 24 * 3_600));
    assert_eq!(metered().await, 0, "another month");
}

#[tokio::test]
async fn s11_a_company_that_usually_sends_webhooks_is_told_of_when_it_falls_silent() {
    let town = Town::new(325).await;
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    for _ in 0..20 {
        town.clock.advance(Duration::from_secs(24 * 3_600));
        town.hcp.send_invoice(&job).unwrap();
        town.settle().await;
        assert_eq!(health(&town).await.silent_companies, 0);
    }
    let silent = async |days: u64| {
        town.clock.advance(Duration::from_secs(days * 24 * 3_600));
        health(&town).await.silent_companies
    };
    assert_eq!(silent(3).await, 0);
    assert_eq!(silent(5).await, 1);
    status(&town, ConnectionStatus::Paused).await;
    assert_eq!(health(&town).await.silent_companies, 0);
    status(&town, ConnectionStatus::Active).await;
    assert_eq!(health(&town).await.silent_companies, 1);
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_eq!(health(&town).await.silent_companies, 0);
}

#[test]
fn s11_figures_are_written_as_metrics_and_name_nobody() {
    let now = "2026-07-24T13:00:00Z".parse().unwrap();
    let health = Health {
        open_alerts: 3,
        further_alerts: 1,
        lost_connections: 1,
        oldest_unsynced: SignedDuration::from_hours(2).as_secs(),
        parked: 5,
        silent_companies: 2,
        metered_reads: 400_001,
        expects_webhooks: true,
    };
    let line: serde_json::Value = serde_json::from_str(&health.metric("sweep-1", now)).unwrap();
    let expected = serde_json::json!({
        "_aws": {
            "Timestamp": 1_784_898_000_000_i64,
            "CloudWatchMetrics": [{
                "Namespace": "hcp-qbo-sync",
                "Dimensions": [["FunctionName"]],
                "Metrics": [
                    { "Name": "OpenAlerts", "Unit": "Count" },
                    { "Name": "FurtherAlerts", "Unit": "Count" },
                    { "Name": "LostConnections", "Unit": "Count" },
                    { "Name": "OldestUnsynced", "Unit": "Seconds" },
                    { "Name": "ParkedWork", "Unit": "Count" },
                    { "Name": "SilentCompanies", "Unit": "Count" },
                    { "Name": "MeteredReads", "Unit": "Count" },
                ],
            }],
        },
        "FunctionName": "sweep-1",
        "OpenAlerts": 3,
        "FurtherAlerts": 1,
        "LostConnections": 1,
        "OldestUnsynced": 7_200,
        "ParkedWork": 5,
        "SilentCompanies": 2,
        "MeteredReads": 400_001,
    });
    assert_eq!(line, expected);
    let silence = health.silence("webhook-1", now).unwrap();
    assert!(silence.contains(r#""WebhookAccepted":0"#), "{silence}");
    assert_eq!(Health::default().silence("webhook-1", now), None);
}
