use futures::future::join_all;
use store::{Expect, Table, WriteError};
use tokio::spawn;
use uuid::Uuid;

use crate::steps::{create, get, key, put, someone, standing};

const RIVALS: usize = 20;

/// Of many who write one version at the same time exactly one succeeds, and the others are shown its
/// record.
pub async fn one_of_many_rivals_wins_each_version(table: &(impl Table + Clone + 'static)) {
    let job = key("job#1");
    for version in 0..5 {
        let expect = match version {
            0 => Expect::Absent,
            version => Expect::Version(version),
        };
        let tries = (0..RIVALS).map(|_| {
            let (table, job, me) = (table.clone(), job.clone(), someone());
            spawn(async move {
                let write = vec![put(&job, expect, &me.to_string())];
                (me, table.write(me, write).await)
            })
        });
        let mut winners = Vec::new();
        let mut seen = Vec::new();
        for ended in join_all(tries).await {
            match ended {
                Ok((me, Ok(()))) => winners.push(me),
                Ok((_, Err(WriteError::Conflict { current, .. }))) => {
                    seen.push(current.map(|record| record.writer));
                }
                other => panic!("neither won nor lost: {other:?}"),
            }
        }
        assert_eq!(winners.len(), 1, "at version {version}");
        let winner = winners[0];
        assert_eq!(
            standing(table, &job).await,
            (version + 1, winner.to_string())
        );
        assert!(seen.iter().all(|current| *current == Some(winner)));
    }
}

/// Of many transactions over the same two records exactly one succeeds, with both.
pub async fn one_of_many_rival_transactions_wins_whole(table: &(impl Table + Clone + 'static)) {
    let (one, two) = (key("link#hcp"), key("link#qbo"));
    create(table, &one, "").await;
    create(table, &two, "").await;
    let tries = (0..RIVALS).map(|n| {
        let (table, me) = (table.clone(), someone());
        let mut changes = vec![
            put(&one, Expect::Version(1), &me.to_string()),
            put(&two, Expect::Version(1), &me.to_string()),
        ];
        if n % 2 == 0 {
            changes.reverse();
        }
        spawn(async move { (me, table.write(me, changes).await) })
    });
    let mut winners: Vec<Uuid> = Vec::new();
    for ended in join_all(tries).await {
        match ended {
            Ok((me, Ok(()))) => winners.push(me),
            Ok((_, Err(WriteError::Conflict { .. }))) => {}
            other => panic!("neither won nor lost: {other:?}"),
        }
    }
    assert_eq!(winners.len(), 1);
    for key in [&one, &two] {
        let writer = get(table, key).await.map(|record| record.writer);
        assert_eq!(writer, Some(winners[0]));
        assert_eq!(standing(table, key).await.0, 2);
    }
}
