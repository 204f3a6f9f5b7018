use store::{Expect, Key, Lists, Record, Table, Write};

use crate::steps::{at, conflict, create, delete, get, key, put, someone, standing, write};

/// Creating a record succeeds once; whoever comes second is shown the first one's record.
pub async fn a_record_is_created_once(table: &impl Table) {
    let job = key("job#1");
    assert_eq!(get(table, &job).await, None);

    let first = create(table, &job, r#"{"n":1}"#).await;
    let record = Record {
        key: job.clone(),
        version: 1,
        writer: first,
        body: r#"{"n":1}"#.to_owned(),
        due: None,
        lists: Lists::default(),
    };
    assert_eq!(get(table, &job).await.as_ref(), Some(&record));

    let second = vec![put(&job, Expect::Absent, "{}")];
    let current = conflict(table, someone(), second, &job).await;
    assert_eq!(current.as_ref(), Some(&record));
    assert_eq!(get(table, &job).await, Some(record));
}

/// Every update makes the version one more.
pub async fn an_update_counts_the_version(table: &impl Table) {
    let job = key("job#1");
    create(table, &job, "0").await;
    for version in 1..=20 {
        let body = version.to_string();
        let update = vec![put(&job, Expect::Version(version), &body)];
        write(table, someone(), update).await;
        assert_eq!(standing(table, &job).await, (version + 1, body));
    }
}

/// Who updates an old version is shown the present record and changes nothing.
pub async fn a_stale_update_gets_the_present_record(table: &impl Table) {
    let job = key("job#1");
    create(table, &job, "1").await;
    let rival = someone();
    write(table, rival, vec![put(&job, Expect::Version(1), "2")]).await;

    for stale in [Expect::Version(1), Expect::Version(3), Expect::Absent] {
        let current = conflict(table, someone(), vec![put(&job, stale, "x")], &job).await;
        let current = current.map(|record| (record.version, record.writer, record.body));
        assert_eq!(current, Some((2, rival, "2".to_owned())));
    }
    assert_eq!(standing(table, &job).await, (2, "2".to_owned()));
}

/// An update of a record that is not there shows that there is none.
pub async fn an_update_of_nothing_conflicts(table: &impl Table) {
    let job = key("job#1");
    let update = vec![put(&job, Expect::Version(1), "x")];
    assert_eq!(conflict(table, someone(), update, &job).await, None);
    assert_eq!(get(table, &job).await, None);
}

/// A deleted record is gone; the next one under its key begins anew.
pub async fn a_deleted_record_is_gone_and_starts_again_at_one(table: &impl Table) {
    let job = key("job#1");
    create(table, &job, "1").await;
    write(table, someone(), vec![put(&job, Expect::Version(1), "2")]).await;
    write(table, someone(), vec![delete(&job, 2)]).await;
    assert_eq!(get(table, &job).await, None);

    create(table, &job, "new").await;
    assert_eq!(standing(table, &job).await, (1, "new".to_owned()));
}

/// Who deletes an old version is shown the present record and removes nothing.
pub async fn a_stale_delete_gets_the_present_record(table: &impl Table) {
    let job = key("job#1");
    create(table, &job, "1").await;
    write(table, someone(), vec![put(&job, Expect::Version(1), "2")]).await;
    let current = conflict(table, someone(), vec![delete(&job, 1)], &job).await;
    assert_eq!(current.map(|record| record.version), Some(2));
    assert_eq!(standing(table, &job).await, (2, "2".to_owned()));
}

/// A write without changes has nothing to refuse.
pub async fn writing_nothing_succeeds(table: &impl Table) {
    write(table, someone(), Vec::new()).await;
}

/// A body of 300 KB (DynamoDB takes 400 KB an item) comes back whole, also from a refusal.
pub async fn large_bodies_are_kept(table: &impl Table) {
    let (alone, together, beside) = (key("ledger#1"), key("ledger#2"), key("ledger#3"));
    let body = "é3".repeat(100_000);
    create(table, &alone, &body).await;
    let both = vec![
        put(&together, Expect::Absent, &body),
        put(&beside, Expect::Absent, "{}"),
    ];
    write(table, someone(), both).await;
    for large in [&alone, &together] {
        let read = get(table, large).await.map(|record| record.body);
        assert!(read.is_some_and(|read| read == body));
        let stale = vec![put(large, Expect::Version(9), "x")];
        let current = conflict(table, someone(), stale, large).await;
        assert!(current.is_some_and(|record| record.body == body));
    }
}

/// Keys and bodies may hold any text; a body may be empty.
pub async fn any_text_is_kept(table: &impl Table) {
    let texts = [
        "job#job_1f2a/main",
        "Ünïcødé # 名前 🧾",
        "quote \" back \\ slash / <tag> & %20 ${x} 'a'",
        "e\u{301} is not \u{e9}",
        "tab\tline\nnul-free\u{7f}\u{200b}",
    ];
    for text in texts {
        create(table, &Key::new(format!("books#{text}"), text), text).await;
    }
    for text in texts {
        let record = Key::new(format!("books#{text}"), text);
        assert_eq!(standing(table, &record).await, (1, text.to_owned()));
    }
    create(table, &key("empty"), "").await;
    assert_eq!(standing(table, &key("empty")).await, (1, String::new()));
}

/// The time when a record is due comes back as it was given, and one that may be forgotten later is
/// there until then.
pub async fn times_are_kept_exactly(table: &impl Table) {
    for (n, due) in [
        "2026-11-22T10:00:00Z",
        "2026-11-22T10:00:00.25Z",
        "2026-11-22T10:00:00.000000001Z",
        "2100-02-28T23:59:59.999999999Z",
    ]
    .iter()
    .enumerate()
    {
        let job = key(&format!("job#{n}"));
        let due = Some(at(due));
        let create = Write::Put {
            key: job.clone(),
            expect: Expect::Absent,
            body: "{}".to_owned(),
            due,
            lists: Lists::default(),
            expires: Some(at("2100-01-01T00:00:00.5Z")),
        };
        write(table, someone(), vec![create]).await;
        let read = get(table, &job).await;
        assert_eq!(read.map(|record| record.due), Some(due));
    }
}
