//! Having all work of a company wait, and go on.

use std::time::Duration;

use simulation::{Town, person};
use store::{ActKind, Connection, ConnectionStatus, Did, HistoryEntry, read};

use crate::people::{assert_same_books, new_customer, new_job};

async fn status(town: &Town) -> ConnectionStatus {
    let key = Connection::key(&town.books().company);
    let known = read::<Connection>(&*town.table, &key).await.unwrap();
    known.unwrap().value.status
}

/// Who paused and resumed, as the log tells it.
fn told(town: &Town) -> Vec<(ActKind, Option<String>)> {
    let mut entries = town.all::<HistoryEntry>("history#");
    entries.sort_by_key(|entry| entry.value.at);
    let entries = entries.into_iter();
    let acts = entries.filter_map(|entry| match entry.value.did {
        Did::Acted(act) if matches!(act.what, ActKind::Paused | ActKind::Resumed) => {
            Some((act.what, act.told))
        }
        _ => None,
    });
    acts.collect()
}

#[tokio::test]
async fn s7_what_comes_while_a_company_is_paused_waits_and_goes_on_when_it_is_resumed() {
    let town = Town::new(331).await;
    let company = town.books().company;
    let pause = async || {
        let worker = town.worker();
        let reason = "the month is being closed";
        worker.pause_work(&company, reason, &person()).await
    };
    pause().await.unwrap();
    pause().await.unwrap();
    assert_eq!(status(&town).await, ConnectionStatus::Paused);
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.finish_job(&job).unwrap();
    town.post().await;
    town.batch(&town.worker()).await;
    assert!(town.qbo.objects("Invoice").is_empty());
    assert_eq!(town.waiting().len(), 1, "it is not forgotten");
    assert!(town.open_alerts().is_empty(), "nobody is troubled");
    town.clock.advance(Duration::from_secs(60));
    // Connecting again, as for a new key, is no reason to go on.
    town.connect().await;
    assert_eq!(status(&town).await, ConnectionStatus::Paused);
    for _ in 0..2 {
        let resumed = town.worker().resume_work(&company, &person()).await;
        resumed.unwrap();
    }
    town.settle().await;
    assert_same_books(&town, &[&job]);
    let reason = Some("the month is being closed".to_owned());
    let expected = [(ActKind::Paused, reason), (ActKind::Resumed, None)];
    assert_eq!(told(&town), expected);
}

#[tokio::test]
async fn s7_what_waits_for_something_else_is_neither_paused_nor_resumed() {
    let town = Town::new(332).await;
    let company = town.books().company;
    town.qbo.disconnect();
    town.clock.advance(Duration::from_secs(4_000));
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.finish_job(&job).unwrap();
    town.post().await;
    town.batch(&town.worker()).await;
    assert_eq!(status(&town).await, ConnectionStatus::Reconnect);
    let worker = town.worker();
    let paused = worker.pause_work(&company, "", &person()).await;
    let resumed = worker.resume_work(&company, &person()).await;
    for (done, words) in [(paused, "connected again first"), (resumed, "not paused")] {
        let told = done.unwrap_err().to_string();
        assert!(told.contains(words), "{told}");
    }
    assert_eq!(status(&town).await, ConnectionStatus::Reconnect);
    assert_eq!(told(&town), []);
}
