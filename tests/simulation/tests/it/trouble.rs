//! Trouble from outside: lost answers, limits, outages, tokens, poison.

use std::time::Duration;

use hcp_sandbox::{Hundredths, NewLine};
use ports::{Clock, QueueMessage};
use qbo_sandbox::{Act, Fault, FaultKind, QboFault};
use simulation::Town;
use store::{Connection, ConnectionStatus, Table};
use sync::intake::sweep::Sweep;

use crate::people::{
    assert_books, assert_same_books, calls, invoices, job_with, new_customer, new_job,
};

#[tokio::test]
async fn a_lost_answer_is_settled_and_never_doubled() {
    for kind in [
        FaultKind::CommitThenDrop,
        FaultKind::DropBeforeCommit,
        QboFault::Html502.into(),
    ] {
        for entity in ["Customer", "Item", "Invoice"] {
            let town = Town::new(1).await;
            let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
            town.hcp.finish_job(&job).unwrap();
            town.qbo
                .inject(Fault::next(kind.clone()).on(entity).method("POST").times(2));
            town.settle().await;
            println!("{kind:?} on {entity}");
            assert_books(&town, &[&job]);
        }
    }
}

#[tokio::test]
async fn a_lost_answer_to_an_update_is_settled() {
    for kind in [FaultKind::CommitThenDrop, FaultKind::DropBeforeCommit] {
        let town = Town::new(2).await;
        let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
        town.hcp.finish_job(&job).unwrap();
        town.settle().await;
        town.hcp
            .add_line(&job, NewLine::labor("Extra hour", 9_900, Hundredths::ONE))
            .unwrap();
        town.hcp.send_invoice(&job).unwrap();
        town.qbo
            .inject(Fault::next(kind.clone()).on("Invoice").method("POST"));
        town.settle().await;
        assert_books(&town, &[&job]);
    }
}

#[tokio::test]
async fn a_lost_answer_is_not_settled_before_quickbooks_has_given_up() {
    let town = Town::new(3).await;
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.finish_job(&job).unwrap();
    town.post().await;
    town.qbo.inject(
        Fault::next(FaultKind::DropBeforeCommit)
            .on("Invoice")
            .method("POST"),
    );
    let worker = town.worker();
    let lost_at = town.clock.now();
    while !town.queue.messages().is_empty() {
        town.batch(&worker).await;
    }
    let before = calls(&town, Act::Create);
    for _ in 0..2 {
        town.clock.advance(Duration::from_secs(60));
        worker.sweep(Sweep::Parked, town.deadline()).await.unwrap();
        while !town.queue.messages().is_empty() {
            town.batch(&worker).await;
        }
        assert_eq!(
            calls(&town, Act::Create),
            before,
            "{} s",
            town.clock.now() - lost_at
        );
    }
    town.settle().await;
    assert_books(&town, &[&job]);
}

#[tokio::test]
async fn throttling_outages_and_locked_lists_are_waited_out() {
    for kind in [
        FaultKind::Throttle,
        FaultKind::ServerError,
        QboFault::NamesLock.into(),
        QboFault::ExpireTokens.into(),
    ] {
        let town = Town::new(4).await;
        let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
        town.hcp.finish_job(&job).unwrap();
        town.qbo.inject(Fault::next(kind.clone()).times(3));
        town.settle().await;
        println!("{kind:?}");
        assert_books(&town, &[&job]);
    }
    for kind in [
        hcp_sandbox::FaultKind::Throttle,
        hcp_sandbox::FaultKind::ServerError,
        hcp_sandbox::FaultKind::CommitThenDrop,
    ] {
        let town = Town::new(4).await;
        let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
        town.hcp.finish_job(&job).unwrap();
        town.hcp.inject(hcp_sandbox::Fault::next(kind).times(3));
        town.settle().await;
        assert_books(&town, &[&job]);
    }
}

#[tokio::test]
async fn invariant_1_a_record_that_lags_is_read_again_and_never_acknowledged_as_done() {
    for reads in [1, 6, 14] {
        let town = Town::new(5).await;
        let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
        town.hcp.finish_job(&job).unwrap();
        town.hcp
            .inject(hcp_sandbox::Fault::next(hcp_sandbox::HcpFault::StaleRead).times(reads));
        town.settle().await;
        assert_books(&town, &[&job]);
    }
}

#[tokio::test]
async fn v8_fifty_workers_at_once_refresh_once() {
    let town = Town::with(
        6,
        |_| {},
        |qbo| {
            qbo.rotate_always = true;
            qbo.punish_reuse = true;
        },
    )
    .await;
    let customer = new_customer(&town, "Dana", "Sample");
    let jobs: Vec<_> = (0..50).map(|_| new_job(&town, &customer)).collect();
    let refreshes = calls(&town, Act::Refresh);
    town.clock.advance(Duration::from_secs(3_500));
    for job in &jobs {
        town.hcp.finish_job(job).unwrap();
    }
    town.post().await;
    let looks = town
        .queue
        .take()
        .into_iter()
        .map(async |message: QueueMessage| {
            let worker = town.worker();
            let message: sync::work::message::LookAt = serde_json::from_str(&message.body).unwrap();
            let evidence: Vec<_> = message.evidence.into_iter().collect();
            worker
                .look(
                    &message.company,
                    &message.subject,
                    &evidence,
                    town.deadline(),
                )
                .await
                .unwrap();
        });
    futures::future::join_all(looks).await;
    town.settle().await;
    assert_eq!(calls(&town, Act::Refresh) - refreshes, 1);
    assert_books(&town, &jobs.iter().collect::<Vec<_>>());
    let refused = town
        .qbo
        .calls()
        .iter()
        .filter(|call| call.status == Some(401))
        .count();
    assert_eq!(refused, 0, "no refused token surfaces");
}

#[tokio::test]
async fn s7_a_revoked_connection_holds_everything_and_resumes_by_itself() {
    let town = Town::new(7).await;
    let customer = new_customer(&town, "Dana", "Sample");
    let jobs = [new_job(&town, &customer), new_job(&town, &customer)];
    town.qbo.disconnect();
    town.clock.advance(Duration::from_secs(4_000));
    for job in &jobs {
        town.hcp.finish_job(job).unwrap();
    }
    town.post().await;
    let worker = town.worker();
    while !town.queue.messages().is_empty() {
        town.batch(&worker).await;
    }
    assert_eq!(town.open_alerts(), ["reconnect"], "one alert for both");
    assert_eq!(status(&town).await, ConnectionStatus::Reconnect);
    assert_eq!(town.waiting().len(), 2);
    town.qbo.consent();
    town.connect().await;
    assert_eq!(status(&town).await, ConnectionStatus::Active);
    town.settle().await;
    assert_books(&town, &jobs.iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn s7_a_rotated_token_that_dies_with_its_worker_asks_for_a_new_connection() {
    let town = Town::new(13).await;
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.post().await;
    town.clock.advance(Duration::from_secs(25 * 3_600));
    town.hcp.finish_job(&job).unwrap();
    town.qbo
        .inject(Fault::next(FaultKind::CommitThenDrop).path("oauth2"));
    town.post().await;
    let worker = town.worker();
    for _ in 0..5 {
        while !town.queue.messages().is_empty() {
            town.batch(&worker).await;
        }
        town.clock.advance(Duration::from_secs(60));
        worker.sweep(Sweep::Parked, town.deadline()).await.unwrap();
    }
    assert_eq!(town.open_alerts(), ["reconnect"]);
    town.qbo.consent();
    town.connect().await;
    town.settle().await;
    assert_same_books(&town, &[&job]);
}

async fn status(town: &Town) -> ConnectionStatus {
    let key = Connection::key(&town.books().company);
    let record = town.table.get(&key).await.unwrap().unwrap();
    store::Stored::<Connection>::decode(&record)
        .unwrap()
        .value
        .status
}

#[tokio::test]
async fn v9_quickbooks_never_has_to_throttle() {
    let town = Town::with(8, |hcp| hcp.rate_limit = Some(5), |qbo| qbo.limits = true).await;
    let customers: Vec<_> = (0..6)
        .map(|i| new_customer(&town, &format!("Dana{i}"), "Sample"))
        .collect();
    let jobs: Vec<_> = (0..60).map(|i| new_job(&town, &customers[i % 6])).collect();
    for job in &jobs {
        town.hcp.finish_job(job).unwrap();
    }
    town.settle().await;
    assert_books(&town, &jobs.iter().collect::<Vec<_>>());
    assert_eq!(calls(&town, Act::Throttle), 0);
    let throttled = town
        .hcp
        .calls()
        .iter()
        .filter(|call| call.status == 429)
        .count();
    assert_eq!(throttled, 0);
}

#[tokio::test]
async fn v10_what_nobody_can_read_is_the_only_dead_letter() {
    let town = Town::new(9).await;
    let customer = new_customer(&town, "Dana", "Sample");
    let jobs: Vec<_> = (0..9).map(|_| new_job(&town, &customer)).collect();
    for job in &jobs {
        town.hcp.finish_job(job).unwrap();
    }
    town.post().await;
    let mut messages = town.queue.take();
    let poison = QueueMessage {
        group: messages[4].group.clone(),
        deduplication: "poison".to_owned(),
        body: "{not json".to_owned(),
    };
    messages.insert(4, poison);
    town.queue.forget_ids();
    for message in messages {
        ports::Queue::send(&town.queue, message).await.unwrap();
    }
    town.settle().await;
    let letters = std::mem::take(&mut *town.dead_letters.lock().unwrap());
    assert_eq!(letters, ["{not json"]);
    assert_books(&town, &jobs.iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn v11_no_call_begins_that_could_outlive_its_worker() {
    let town = Town::new(10).await;
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.finish_job(&job).unwrap();
    town.post().await;
    let message: sync::work::message::LookAt =
        serde_json::from_str(&town.queue.take()[0].body).unwrap();
    let evidence: Vec<_> = message.evidence.clone().into_iter().collect();
    let before = town.qbo.calls().len();
    town.worker()
        .look(
            &message.company,
            &message.subject,
            &evidence,
            town.clock.monotonic(),
        )
        .await
        .unwrap();
    assert_eq!(town.qbo.calls().len(), before, "no time is left");
    town.settle().await;
    assert_books(&town, &[&job]);
}

#[tokio::test]
async fn v11_a_clock_that_steps_back_breaks_no_lease_and_no_limit() {
    let town = Town::new(11).await;
    let customer = new_customer(&town, "Dana", "Sample");
    let jobs: Vec<_> = (0..4).map(|_| new_job(&town, &customer)).collect();
    for (i, job) in jobs.iter().enumerate() {
        town.hcp.finish_job(job).unwrap();
        town.settle().await;
        let back = if i % 2 == 0 { -300 } else { 200 };
        let now = town.clock.now() + jiff::SignedDuration::from_secs(back);
        town.clock.set_now(now);
    }
    town.settle().await;
    assert_books(&town, &jobs.iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn s7_a_lapsed_subscription_holds_everything_and_resumes_by_itself() {
    let town = Town::new(12).await;
    let job = job_with(
        &town,
        &new_customer(&town, "Canary", "Person"),
        vec![NewLine::labor("Work", 1_000, Hundredths::ONE)],
    );
    town.qbo.configure(|company| company.lapsed = true);
    town.hcp.finish_job(&job).unwrap();
    town.post().await;
    let worker = town.worker();
    while !town.queue.messages().is_empty() {
        town.batch(&worker).await;
    }
    assert_eq!(town.open_alerts(), ["quickbooks_read_only"]);
    assert_eq!(invoices(&town).len(), 0);
    let alerts = town.all::<store::AlertRecord>("alert#");
    assert!(!alerts[0].value.message.contains("Canary"));
    town.qbo.configure(|company| company.lapsed = false);
    town.settle().await;
    assert_books(&town, &[&job]);
}
