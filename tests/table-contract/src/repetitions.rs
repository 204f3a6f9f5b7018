//! A lost answer is not a rival.

use store::{Expect, Table};

use crate::steps::{check, conflict, create, delete, get, key, put, someone, standing, write};

/// Who repeats a write as it was, because its answer was lost, is told that it succeeded.
pub async fn a_repeated_write_succeeds_and_changes_nothing(table: &impl Table) {
    let job = key("job#1");
    let creator = someone();
    for _ in 0..3 {
        write(table, creator, vec![put(&job, Expect::Absent, "1")]).await;
        assert_eq!(standing(table, &job).await, (1, "1".to_owned()));
    }
    let updater = someone();
    for _ in 0..3 {
        write(table, updater, vec![put(&job, Expect::Version(1), "2")]).await;
        assert_eq!(standing(table, &job).await, (2, "2".to_owned()));
    }
}

/// A delete is done when the record is gone, whoever removed it.
pub async fn a_repeated_delete_succeeds(table: &impl Table) {
    let job = key("job#1");
    create(table, &job, "1").await;
    let remover = someone();
    for _ in 0..3 {
        write(table, remover, vec![delete(&job, 1)]).await;
        assert_eq!(get(table, &job).await, None);
    }
    write(table, someone(), vec![delete(&job, 1)]).await;
}

/// One attempt may write a record several times: that it wrote some version does not mean that it wrote
/// this one.
pub async fn own_earlier_writes_do_not_excuse_a_stale_one(table: &impl Table) {
    let job = key("job#1");
    let me = someone();
    write(table, me, vec![put(&job, Expect::Absent, "planned")]).await;
    write(table, me, vec![put(&job, Expect::Version(1), "sending")]).await;

    for stale in [Expect::Absent, Expect::Version(2 + 1), Expect::Version(7)] {
        let current = conflict(table, me, vec![put(&job, stale, "x")], &job).await;
        assert_eq!(current.map(|record| record.version), Some(2));
    }
    assert_eq!(standing(table, &job).await, (2, "sending".to_owned()));
}

/// A record that stands there was not deleted, and a check that fails does not hold, whoever wrote the
/// record.
pub async fn own_records_do_not_excuse_a_stale_delete_or_check(table: &impl Table) {
    let (job, other) = (key("job#1"), key("job#2"));
    let me = someone();
    write(table, me, vec![put(&job, Expect::Absent, "1")]).await;
    write(table, me, vec![put(&job, Expect::Version(1), "2")]).await;

    conflict(table, me, vec![delete(&job, 1)], &job).await;
    conflict(table, me, vec![check(&job, Expect::Version(1))], &job).await;
    let guarded = vec![
        check(&job, Expect::Version(1)),
        put(&other, Expect::Absent, "x"),
    ];
    conflict(table, me, guarded, &job).await;
    assert_eq!(standing(table, &job).await, (2, "2".to_owned()));
    assert_eq!(get(table, &other).await, None);
}

/// Once another has written on top, a repetition is a conflict like any other: it must be read again.
pub async fn a_repetition_after_a_rival_moved_on_conflicts(table: &impl Table) {
    let job = key("job#1");
    let me = create(table, &job, "1").await;
    let rival = someone();
    write(table, rival, vec![put(&job, Expect::Version(1), "2")]).await;
    let repetition = vec![put(&job, Expect::Absent, "1")];
    let current = conflict(table, me, repetition, &job).await;
    assert_eq!(current.map(|record| record.writer), Some(rival));
}
