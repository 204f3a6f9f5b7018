use store::{Expect, Table, Write};

use crate::steps::{check, conflict, create, delete, get, key, put, someone, standing, write};

/// Several changes happen together, each under its own condition.
pub async fn a_transaction_writes_all(table: &impl Table) {
    let (created, updated, deleted) = (key("a"), key("b"), key("c"));
    create(table, &updated, "1").await;
    create(table, &deleted, "1").await;
    let me = someone();
    let changes = vec![
        put(&created, Expect::Absent, "new"),
        put(&updated, Expect::Version(1), "2"),
        delete(&deleted, 1),
    ];
    write(table, me, changes).await;
    assert_eq!(standing(table, &created).await, (1, "new".to_owned()));
    assert_eq!(standing(table, &updated).await, (2, "2".to_owned()));
    assert_eq!(get(table, &deleted).await, None);
    let writer = get(table, &updated).await.map(|record| record.writer);
    assert_eq!(writer, Some(me));
}

/// One condition that fails keeps all changes back; its record is named and shown.
pub async fn a_transaction_writes_nothing_when_one_condition_fails(table: &impl Table) {
    let (first, second, third) = (key("a"), key("b"), key("c"));
    create(table, &first, "1").await;
    let rival = create(table, &second, "rival").await;
    create(table, &third, "1").await;
    let changes = vec![
        put(&first, Expect::Version(1), "2"),
        put(&second, Expect::Absent, "mine"),
        delete(&third, 1),
    ];
    let current = conflict(table, someone(), changes, &second).await;
    let current = current.map(|record| (record.version, record.writer, record.body));
    assert_eq!(current, Some((1, rival, "rival".to_owned())));
    assert_eq!(standing(table, &first).await, (1, "1".to_owned()));
    assert_eq!(standing(table, &second).await, (1, "rival".to_owned()));
    assert_eq!(standing(table, &third).await, (1, "1".to_owned()));
}

/// Of several conditions that fail the first is named, in the order of the changes.
pub async fn the_first_of_several_failures_is_named(table: &impl Table) {
    let (fine, missing, taken) = (key("a"), key("z"), key("b"));
    create(table, &taken, "1").await;
    let changes = vec![
        put(&fine, Expect::Absent, "x"),
        put(&missing, Expect::Version(4), "x"),
        put(&taken, Expect::Absent, "x"),
    ];
    let current = conflict(table, someone(), changes, &missing).await;
    assert_eq!(current, None);
    assert_eq!(get(table, &fine).await, None);
}

/// One attempt may make several transactions, the next on top of the one before.
pub async fn one_writer_makes_several_transactions(table: &impl Table) {
    let (job, link) = (key("job"), key("link"));
    let me = someone();
    let mut expect = Expect::Absent;
    for version in 1..=3 {
        let body = version.to_string();
        let changes = vec![put(&job, expect, &body), put(&link, expect, &body)];
        write(table, me, changes).await;
        assert_eq!(standing(table, &job).await, (version, body.clone()));
        assert_eq!(standing(table, &link).await, (version, body));
        expect = Expect::Version(version);
    }
}

/// A check holds or fails the write; its record stays as it is.
pub async fn a_check_guards_and_changes_nothing(table: &impl Table) {
    let (guard, absent, job) = (key("guard"), key("absent"), key("job"));
    create(table, &guard, "1").await;
    let before = get(table, &guard).await;
    let guarded = vec![
        check(&guard, Expect::Version(1)),
        check(&absent, Expect::Absent),
        put(&job, Expect::Absent, "1"),
    ];
    write(table, someone(), guarded).await;
    assert_eq!(standing(table, &job).await, (1, "1".to_owned()));
    assert_eq!(get(table, &guard).await, before);
    assert_eq!(get(table, &absent).await, None);

    write(table, someone(), vec![check(&guard, Expect::Version(1))]).await;
    let stale = vec![check(&guard, Expect::Absent)];
    assert_eq!(conflict(table, someone(), stale, &guard).await, before);
    let stale = vec![
        put(&job, Expect::Version(1), "2"),
        check(&absent, Expect::Version(1)),
    ];
    assert_eq!(conflict(table, someone(), stale, &absent).await, None);
    assert_eq!(standing(table, &job).await, (1, "1".to_owned()));
}

/// A hundred changes are one write.
pub async fn a_hundred_changes_fit(table: &impl Table) {
    let keys: Vec<_> = (0..100).map(|n| key(&format!("item#{n}"))).collect();
    let changes: Vec<Write> = keys
        .iter()
        .map(|key| put(key, Expect::Absent, "{}"))
        .collect();
    let me = someone();
    for _ in 0..2 {
        write(table, me, changes.clone()).await;
    }
    for key in [&keys[0], &keys[99]] {
        assert_eq!(standing(table, key).await.0, 1);
    }
    let last = &keys[99];
    let rival = table.write(someone(), vec![delete(last, 1)]).await;
    assert!(rival.is_ok());
    let mut updates: Vec<Write> = keys
        .iter()
        .map(|key| put(key, Expect::Version(1), "2"))
        .collect();
    updates.rotate_left(1);
    let missing = conflict(table, someone(), updates, last).await;
    assert_eq!(missing, None);
    assert_eq!(standing(table, &keys[0]).await.0, 1);
}

/// All records of a transaction are written or none: one that still shows the writer's version proves
/// that it was done, even if others were changed, checked away or deleted since.
pub async fn a_repeated_transaction_succeeds_whatever_became_of_some_records(table: &impl Table) {
    let (guard, job, link, removed) = (key("guard"), key("job"), key("link"), key("old"));
    create(table, &guard, "1").await;
    create(table, &removed, "1").await;
    let me = someone();
    let changes = vec![
        check(&guard, Expect::Version(1)),
        put(&job, Expect::Absent, "mine"),
        delete(&removed, 1),
        put(&link, Expect::Absent, "mine"),
    ];
    write(table, me, changes.clone()).await;
    write(table, me, changes.clone()).await;

    write(table, someone(), vec![put(&guard, Expect::Version(1), "2")]).await;
    write(
        table,
        someone(),
        vec![put(&job, Expect::Version(1), "rival")],
    )
    .await;
    write(table, me, changes).await;
    assert_eq!(standing(table, &job).await, (2, "rival".to_owned()));
    assert_eq!(standing(table, &link).await, (1, "mine".to_owned()));
    assert_eq!(get(table, &removed).await, None);
}

/// A transaction that only deletes is done when all its records are gone.
pub async fn a_repeated_transaction_of_deletes_succeeds(table: &impl Table) {
    let (guard, first, second) = (key("guard"), key("a"), key("b"));
    for key in [&guard, &first, &second] {
        create(table, key, "1").await;
    }
    let me = someone();
    let changes = vec![
        delete(&first, 1),
        check(&guard, Expect::Version(1)),
        delete(&second, 1),
    ];
    for _ in 0..2 {
        write(table, me, changes.clone()).await;
        assert_eq!(get(table, &first).await, None);
        assert_eq!(get(table, &second).await, None);
    }
    write(table, someone(), changes).await;
}

/// That a record to delete is gone already says nothing of the other changes: none was made.
pub async fn a_delete_of_what_a_rival_removed_does_not_pass_for_the_whole(table: &impl Table) {
    let (gone, job, kept, guard) = (key("gone"), key("job"), key("kept"), key("guard"));
    create(table, &kept, "1").await;
    create(table, &guard, "1").await;

    let with_put = vec![delete(&gone, 1), put(&job, Expect::Absent, "x")];
    assert_eq!(conflict(table, someone(), with_put, &gone).await, None);
    assert_eq!(get(table, &job).await, None);

    let with_delete = vec![delete(&gone, 1), delete(&kept, 1)];
    assert_eq!(conflict(table, someone(), with_delete, &gone).await, None);
    assert_eq!(standing(table, &kept).await.0, 1);

    let with_check = vec![delete(&gone, 1), check(&guard, Expect::Version(9))];
    assert_eq!(conflict(table, someone(), with_check, &gone).await, None);
}
