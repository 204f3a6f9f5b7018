use std::time::Duration;

use jiff::Timestamp;
use store::{Expect, Key, Table};
use tokio::time::{Instant, sleep};

use crate::steps::{at, delete, key, put_due, someone, standing, write};

/// What is due of a partition by a time comes oldest first, the very moment included; what is due later, or never, or
/// belongs to another partition, does not come.
pub async fn due_records_come_oldest_first(table: &impl Table) {
    let noon = at("2026-11-22T12:00:00Z");
    let mut wanted = Vec::new();
    for n in 0..40_i64 {
        let due = noon - Duration::from_millis(250) * u32::try_from(n * 7 % 40).unwrap_or(0);
        let ours = key(&format!("job#{n}"));
        let other = Key::new(format!("{}#other", ours.partition), ours.sort.clone());
        for key in [&ours, &other] {
            let write_it = vec![put_due(key, Expect::Absent, Some(due))];
            write(table, someone(), write_it).await;
        }
        wanted.push((ours, due));
    }
    wanted.sort_by_key(|(_, due)| *due);
    let later = Some(noon + Duration::from_millis(1));
    write(
        table,
        someone(),
        vec![put_due(&key("later"), Expect::Absent, later)],
    )
    .await;
    write(
        table,
        someone(),
        vec![put_due(&key("never"), Expect::Absent, None)],
    )
    .await;

    becomes(table, noon, 1000, &wanted).await;
    let just_before = noon - Duration::from_nanos(1);
    becomes(table, just_before, 1000, &wanted[..39]).await;
}

/// With a limit the oldest of all come.
pub async fn the_limit_keeps_the_oldest_due(table: &impl Table) {
    let noon = at("2026-11-22T12:00:00Z");
    let mut wanted = Vec::new();
    for n in 0..30 {
        let due = noon + Duration::from_secs(n);
        let key = key(&format!("job#{n}"));
        write(
            table,
            someone(),
            vec![put_due(&key, Expect::Absent, Some(due))],
        )
        .await;
        wanted.push((key, due));
    }
    let until = noon + Duration::from_secs(60);
    becomes(table, until, 1000, &wanted).await;
    for limit in [0, 1, 7, 30] {
        becomes(table, until, limit, &wanted[..limit]).await;
    }
}

/// A record that is moved to a later time, whose time is cleared, or which is deleted, is no longer due.
pub async fn a_record_leaves_the_due_ones_when_cleared_or_deleted(table: &impl Table) {
    let noon = at("2026-11-22T12:00:00Z");
    let (cleared, deleted, moved) = (key("cleared"), key("deleted"), key("moved"));
    let mut due = Vec::new();
    for (n, key) in [&cleared, &deleted, &moved].into_iter().enumerate() {
        let time = noon + Duration::from_secs(n as u64);
        write(
            table,
            someone(),
            vec![put_due(key, Expect::Absent, Some(time))],
        )
        .await;
        due.push((key.clone(), time));
    }
    let soon = noon + Duration::from_secs(10);
    becomes(table, soon, 10, &due).await;

    write(
        table,
        someone(),
        vec![put_due(&cleared, Expect::Version(1), None)],
    )
    .await;
    becomes(table, soon, 10, &due[1..]).await;
    assert_eq!(standing(table, &cleared).await.0, 2);

    write(table, someone(), vec![delete(&deleted, 1)]).await;
    becomes(table, soon, 10, &due[2..]).await;

    let later = noon + Duration::from_secs(60);
    write(
        table,
        someone(),
        vec![put_due(&moved, Expect::Version(1), Some(later))],
    )
    .await;
    becomes(table, soon, 10, &[]).await;
    becomes(table, later, 10, &[(moved, later)]).await;
}

/// Waits until the index, which may lag behind, shows this.
async fn becomes(table: &impl Table, until: Timestamp, limit: usize, wanted: &[(Key, Timestamp)]) {
    let begun = Instant::now();
    loop {
        let found = match table.due(&key("").partition, until, limit).await {
            Ok(found) => found,
            Err(error) => panic!("{error}"),
        };
        if found == wanted {
            return;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(5),
            "due are {found:?}\nand not {wanted:?}"
        );
        sleep(Duration::from_millis(20)).await;
    }
}
