use futures::future::join_all;
use store::{Key, Record, Table};

use crate::steps::{create, key};

/// Several records come in the order of their keys in the question, missing ones as `None`, one that is
/// asked for twice twice.
pub async fn several_records_come_in_the_order_asked(table: &impl Table) {
    let keys: Vec<Key> = (0..100).map(|n| key(&format!("item#{n}"))).collect();
    join_all(
        keys.iter()
            .step_by(2)
            .map(|key| create(table, key, &key.sort)),
    )
    .await;

    let mut asked: Vec<Key> = keys.into_iter().rev().collect();
    asked[1] = asked[99].clone();
    asked[50] = asked[99].clone();
    let found = match table.get_many(&asked).await {
        Ok(found) => found,
        Err(error) => panic!("{error}"),
    };
    assert_eq!(found.len(), asked.len());
    for (key, record) in asked.iter().zip(&found) {
        let even = key.sort.ends_with(['0', '2', '4', '6', '8']);
        let wanted = even.then_some((key, key.sort.as_str()));
        let found = record
            .as_ref()
            .map(|record| (&record.key, record.body.as_str()));
        assert_eq!(found, wanted);
    }
    assert!(table.get_many(&[]).await.is_ok_and(|none| none.is_empty()));
}

/// A listing longer than a page (100 records in memory, 1 MB in DynamoDB) comes whole, in order, each
/// record once.
pub async fn a_listing_pages_through_all_records_in_order(table: &impl Table) {
    let body = "x".repeat(20_000);
    let sorts: Vec<String> = (0..130).map(|n| format!("job#{n:03}")).collect();
    let keys: Vec<Key> = sorts.iter().map(|sort| key(sort)).collect();
    for some in keys.chunks(10) {
        join_all(some.iter().map(|key| create(table, key, &body))).await;
    }

    let (records, pages) = list(table, &keys[0].partition, "job#").await;
    assert!(pages > 1, "the story needs more than one page");
    assert!(records.iter().all(|record| record.body == body));
    let found: Vec<String> = records.into_iter().map(|record| record.key.sort).collect();
    assert_eq!(found, sorts);
}

/// A listing holds what begins with its prefix in its partition, in the order of the bytes.
pub async fn a_listing_keeps_to_its_prefix_and_partition(table: &impl Table) {
    let sorts = [
        "job",
        "job#",
        "job#1",
        "job#1#slot",
        "job#10",
        "job#2",
        "job$",
        "joc",
        "kob",
        "jöb",
        "名",
    ];
    for sort in sorts {
        create(table, &Key::new("books", sort), "{}").await;
        create(table, &Key::new("books#other", sort), "{}").await;
    }
    for (prefix, wanted) in [
        ("job#1", vec!["job#1", "job#1#slot", "job#10"]),
        (
            "job#",
            vec!["job#", "job#1", "job#1#slot", "job#10", "job#2"],
        ),
        ("job#2", vec!["job#2"]),
        ("job#3", vec![]),
        ("j", {
            let mut all: Vec<&str> = sorts.into_iter().filter(|s| s.starts_with('j')).collect();
            all.sort_unstable();
            all
        }),
        ("名", vec!["名"]),
        ("", {
            let mut all = sorts.to_vec();
            all.sort_unstable();
            all
        }),
    ] {
        let (records, _) = list(table, "books", prefix).await;
        assert!(records.iter().all(|record| record.key.partition == "books"));
        let found: Vec<&str> = records.iter().map(|r| r.key.sort.as_str()).collect();
        assert_eq!(found, wanted, "with the prefix {prefix:?}");
    }
}

/// Where there is nothing, a listing ends at once.
pub async fn a_listing_of_nothing_ends(table: &impl Table) {
    let (records, pages) = list(table, "books", "job#").await;
    assert_eq!((records.len(), pages), (0, 1));
}

/// All pages of a listing, and how many there were.
async fn list(table: &impl Table, partition: &str, prefix: &str) -> (Vec<Record>, usize) {
    let mut records = Vec::new();
    let mut pages = 0;
    let mut from = None;
    loop {
        let page = match table.list(partition, prefix, from).await {
            Ok(page) => page,
            Err(error) => panic!("{error}"),
        };
        pages += 1;
        records.extend(page.records);
        from = page.next;
        if from.is_none() {
            return (records, pages);
        }
    }
}
