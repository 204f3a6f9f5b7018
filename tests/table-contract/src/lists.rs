use std::time::Duration;

use store::{Expect, Index, Key, List, Lists, Position, Table};
use tokio::time::{Instant, sleep};

use crate::steps::{delete, key, put_in, someone, standing, write};

const NAME: &str = "books#oak#1234#jobs";

fn list() -> List {
    List::new(Index::Second, NAME)
}

fn at(sort: &str) -> Lists {
    Lists::default().and(Index::Second, NAME, sort)
}

async fn fill(table: &impl Table, sorts: &[&str]) -> Vec<Key> {
    let mut keys = Vec::new();
    for (count, sort) in sorts.iter().enumerate() {
        let key = key(&format!("job#{count}"));
        write(
            table,
            someone(),
            vec![put_in(&key, Expect::Absent, at(sort))],
        )
        .await;
        keys.push(key);
    }
    keys
}

/// A list has its records in the order of their places, forwards and backwards, page by page, and the last page is known
/// as the last. A record comes as it is stored.
pub async fn a_list_comes_page_by_page_in_both_directions(table: &impl Table) {
    let keys = fill(table, &["b", "名", "a#2", "a#10", "é"]).await;
    let wanted: Vec<Key> = [3, 2, 0, 4, 1].map(|at| keys[at].clone()).to_vec();
    becomes(table, &list(), &wanted).await;
    for limit in 1..=6 {
        let (found, pages) = whole(table, &list(), limit).await;
        assert_eq!(found, wanted, "{limit} at a time");
        assert_eq!(pages, 5_usize.div_ceil(limit), "{limit} at a time");
        let (mut found, _) = whole(table, &list().backwards(), limit).await;
        found.reverse();
        assert_eq!(found, wanted, "{limit} at a time, backwards");
    }
    let first = page(table, &list(), 1, None).await.0;
    let stored = table.get(&wanted[0]).await;
    assert_eq!(Some(&first[0]), stored.unwrap_or_default().as_ref());
}

/// A part of a list begins and ends where it is told to; other lists and other indexes are others.
pub async fn a_list_keeps_to_its_part(table: &impl Table) {
    let sorts = [
        "2026-06-30",
        "2026-07-01#a",
        "2026-07-24",
        "2026-07-31#z",
        "2026-08-01",
    ];
    let keys = fill(table, &sorts).await;
    let other = key("other");
    let elsewhere = Lists::default()
        .and(Index::First, NAME, "2026-07-24")
        .and(Index::Second, format!("{NAME}#done"), "2026-07-24")
        .and(Index::Fourth, NAME, "2026-07-24");
    write(
        table,
        someone(),
        vec![put_in(&other, Expect::Absent, elsewhere)],
    )
    .await;
    becomes(table, &list(), &keys).await;
    for (list, wanted) in [
        (list().beginning_with("2026-07"), &keys[1..4]),
        (list().between("2026-07-01", "2026-07-24"), &keys[1..3]),
        (list().between("2026-07-24", "2026-08-01"), &keys[2..]),
        (list().between("2026-08-02", "2026-07-01"), &[]),
        (list().beginning_with("2027"), &[]),
        (list().beginning_with(""), &keys[..]),
        (List::new(Index::Third, NAME), &[]),
        (List::new(Index::First, NAME), std::slice::from_ref(&other)),
        (List::new(Index::Fourth, NAME), std::slice::from_ref(&other)),
    ] {
        becomes(table, &list, wanted).await;
    }
}

/// A record is where its last version says, and nowhere else; one that is deleted is in no list.
pub async fn a_record_moves_in_lists_and_leaves_them(table: &impl Table) {
    let keys = fill(table, &["a", "b", "c"]).await;
    becomes(table, &list(), &keys).await;
    let [a, b, c] = [0, 1, 2].map(|at| keys[at].clone());

    write(
        table,
        someone(),
        vec![put_in(&a, Expect::Version(1), at("d"))],
    )
    .await;
    becomes(table, &list(), &[b.clone(), c.clone(), a.clone()]).await;
    let away = vec![put_in(&b, Expect::Version(1), Lists::default())];
    write(table, someone(), away).await;
    becomes(table, &list(), &[c.clone(), a.clone()]).await;
    assert_eq!(standing(table, &b).await.0, 2);
    write(table, someone(), vec![delete(&c, 1)]).await;
    becomes(table, &list(), &[a]).await;
}

/// The next page begins behind the place where the last one ended, whatever became of the record there.
pub async fn a_list_goes_on_behind_a_record_that_is_gone(table: &impl Table) {
    let keys = fill(table, &["a", "b", "c", "d"]).await;
    becomes(table, &list(), &keys).await;
    let (first, next) = page(table, &list(), 2, None).await;
    assert_eq!(first.len(), 2);
    write(table, someone(), vec![delete(&keys[1], 1)]).await;
    becomes(table, &list(), &[0, 2, 3].map(|at| keys[at].clone())).await;
    let (rest, end) = page(table, &list(), 2, next).await;
    let rest: Vec<Key> = rest.into_iter().map(|record| record.key).collect();
    assert_eq!((rest.as_slice(), end), (&keys[2..], None));
}

async fn page(
    table: &impl Table,
    list: &List,
    limit: usize,
    after: Option<Position>,
) -> (Vec<store::Record>, Option<Position>) {
    match table.page(list, limit, after.as_ref()).await {
        Ok(page) => (page.records, page.next),
        Err(error) => panic!("{error}"),
    }
}

/// All of a list, and in how many pages.
async fn whole(table: &impl Table, list: &List, limit: usize) -> (Vec<Key>, usize) {
    let (mut all, mut pages, mut after) = (Vec::new(), 0, None);
    loop {
        let (records, next) = page(table, list, limit, after).await;
        pages += 1;
        all.extend(records.into_iter().map(|record| record.key));
        after = next;
        if after.is_none() {
            return (all, pages);
        }
    }
}

/// Waits until the index, which may lag behind, shows this.
async fn becomes(table: &impl Table, list: &List, wanted: &[Key]) {
    let begun = Instant::now();
    loop {
        let (found, _) = whole(table, list, 100).await;
        if found == wanted {
            return;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(5),
            "{list:?} is {found:?}\nand not {wanted:?}"
        );
        sleep(Duration::from_millis(20)).await;
    }
}
