//! What lasts: errors of one document while others succeed, sweeps that fail, edits that are followed by their trigger.

use std::time::Duration;

use hcp_sandbox::{Hundredths, JobId, LineChanges, NewLine};
use qbo_sandbox::{Fault, FaultKind, QboFault};
use simulation::{Town, Worker};
use store::JobState;
use sync::{Stop, intake::sweep::Sweep};

use crate::{
    people::{assert_books, invoices, new_customer, new_job},
    settings::change,
};

/// So many minutes, each with its webhooks, its messages and its sweep.
pub(crate) async fn minutes(town: &Town, worker: &Worker, minutes: u32) {
    for _ in 0..minutes {
        town.post().await;
        while !town.queue.messages().is_empty() {
            town.batch(worker).await;
        }
        town.clock.advance(Duration::from_secs(60));
        let swept = worker.sweep(Sweep::Parked, town.deadline()).await;
        swept.expect("the sweep runs");
    }
}

#[tokio::test]
async fn s10_a_job_that_housecall_pro_does_not_give_is_told_after_a_while_and_others_go_on() {
    let town = Town::new(61).await;
    let dana = new_customer(&town, "Dana", "Sample");
    let (odd, other) = (new_job(&town, &dana), new_job(&town, &dana));
    let fault = hcp_sandbox::FaultKind::ServerError;
    town.hcp
        .inject(hcp_sandbox::Fault::next(fault).times(14).path(odd.as_str()));
    town.hcp.finish_job(&odd).unwrap();
    town.hcp.finish_job(&other).unwrap();
    let worker = town.worker();
    minutes(&town, &worker, 5).await;
    assert_eq!(town.state(&other), JobState::Synced);
    assert_eq!(town.open_alerts(), Vec::<String>::new(), "not yet");
    minutes(&town, &worker, 15).await;
    assert_eq!(town.open_alerts(), ["keeps_failing"]);
    assert_eq!(town.state(&odd), JobState::Alert);
    let alert = &town.all::<store::AlertRecord>("alert#")[0].value;
    assert!(
        alert.message.contains(" times since July 24, 12:00 PM"),
        "{}",
        alert.message
    );
    assert!(alert.message.contains("status 500"), "{}", alert.message);
    let calls = reads_of(&town, &odd);
    minutes(&town, &worker, 150).await;
    let calls = reads_of(&town, &odd) - calls;
    assert!(
        (2..=3).contains(&calls),
        "tried again seldom: {calls} reads in 150 minutes"
    );
    assert_eq!(town.state(&odd), JobState::Alert);
    // Housecall Pro gives it again.
    minutes(&town, &worker, 120).await;
    assert_books(&town, &[&odd, &other]);
    assert_eq!(town.open_alerts(), Vec::<String>::new());
}

#[tokio::test]
async fn s10_a_document_that_quickbooks_fails_on_is_told_after_a_while_and_others_go_on() {
    for kind in [
        FaultKind::ServerError,
        QboFault::Html502.into(),
        FaultKind::DropBeforeCommit,
    ] {
        let town = Town::new(62).await;
        let (dana, erin) = (
            new_customer(&town, "Dana", "Sample"),
            new_customer(&town, "Erin", "Sample"),
        );
        let known = new_job(&town, &erin);
        town.hcp.finish_job(&known).unwrap();
        town.settle().await;
        // Only who is new is made.
        let (odd, other) = (new_job(&town, &dana), new_job(&town, &erin));
        town.qbo.inject(
            Fault::next(kind.clone())
                .on("Customer")
                .method("POST")
                .times(60),
        );
        town.hcp.finish_job(&odd).unwrap();
        town.hcp.finish_job(&other).unwrap();
        let worker = town.worker();
        minutes(&town, &worker, 40).await;
        assert_eq!(town.state(&other), JobState::Synced, "{kind:?}");
        assert_eq!(invoices(&town).len(), 2, "{kind:?}");
        assert_eq!(town.open_alerts(), ["keeps_failing"], "{kind:?}");
        for _ in 0..70 {
            minutes(&town, &worker, 60).await;
            if town.state(&odd) == JobState::Synced {
                break;
            }
        }
        assert_books(&town, &[&known, &other, &odd]);
        assert_eq!(town.open_alerts(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn t11_a_sweep_that_fails_is_a_failed_run_and_the_daily_ones_are_caught_up() {
    let town = Town::new(63).await;
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    let worker = town.worker();
    worker
        .sweep(Sweep::Finished, town.deadline())
        .await
        .unwrap();
    town.hcp.finish_job(&job).unwrap();
    drop(town.hcp.take_webhooks());
    town.clock.advance(Duration::from_secs(26 * 3_600));
    let fault = hcp_sandbox::FaultKind::ServerError;
    town.hcp
        .inject(hcp_sandbox::Fault::next(fault).times(2).path("/jobs"));
    let failed = worker.sweep(Sweep::Finished, town.deadline()).await;
    assert!(matches!(failed, Err(Stop::Failed { .. })), "{failed:?}");
    let failed = worker.sweep(Sweep::Paid, town.deadline()).await;
    assert!(failed.is_err(), "what it catches up with fails too");
    assert_eq!(town.queue.messages().len(), 0);
    let told = worker.sweep(Sweep::Paid, town.deadline()).await;
    assert_eq!(told.unwrap(), 1);
    town.settle().await;
    assert_books(&town, &[&job]);
}

#[tokio::test]
async fn t13_an_edit_that_its_trigger_follows_costs_no_read_of_its_own() {
    for automatic in [false, true] {
        let town = Town::new(64).await;
        if automatic {
            change(&town, &[("push_edits", "automatic")]).await.unwrap();
        }
        let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
        town.hcp.finish_job(&job).unwrap();
        town.settle().await;
        town.clock.advance(Duration::from_secs(3_600));
        let line = town.hcp.lines_of(&job).first().unwrap().clone();
        let reads = reads_of(&town, &job);
        let dearer = LineChanges {
            unit_price: Some(12_345),
            ..LineChanges::default()
        };
        town.hcp.edit_line(&job, &line, dearer).unwrap();
        town.hcp
            .add_line(&job, NewLine::labor("Extra hour", 9_900, Hundredths::ONE))
            .unwrap();
        town.hcp.send_invoice(&job).unwrap();
        town.settle().await;
        assert_books(&town, &[&job]);
        assert_eq!(
            reads_of(&town, &job) - reads,
            3,
            "the reads of the trigger alone"
        );
    }
}

/// Reads of a job: itself, its lines, its invoices.
fn reads_of(town: &Town, job: &JobId) -> usize {
    let calls = town.hcp.calls();
    calls
        .iter()
        .filter(|call| call.path.contains(job.as_str()))
        .count()
}

#[tokio::test]
async fn t5_an_edit_without_a_trigger_is_looked_at_a_minute_later() {
    let town = Town::new(65).await;
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    town.hcp
        .add_line(&job, NewLine::labor("Extra hour", 9_900, Hundredths::ONE))
        .unwrap();
    let reads = town.hcp.calls().len();
    town.post().await;
    let worker = town.worker();
    while !town.queue.messages().is_empty() {
        town.batch(&worker).await;
    }
    assert_eq!(town.hcp.calls().len(), reads, "nothing at once");
    minutes(&town, &worker, 3).await;
    assert_eq!(town.state(&job), JobState::PendingChanges);
    assert_eq!(town.waiting(), Vec::<String>::new());
}
