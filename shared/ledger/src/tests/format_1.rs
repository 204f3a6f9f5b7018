//! Records of the format before this one, as they were stored: read into the state that they were in, with nothing lost.

use mapping::{ListMemory, customer, invoice, item};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use store::{Body, NumberOwner, Record, Write};

use super::*;
use crate::{Envelope, EnvelopeState};

/// What it is, its key, its body.
const BEFORE: &str = include_str!("format_1.tsv");

/// The same records as they are written now.
const NOW: &str = include_str!("format_2.tsv");

fn records(text: &'static str) -> impl Iterator<Item = (&'static str, Record)> {
    text.lines().map(|line| {
        let [what, key, body] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        let record = Record {
            key: store::Key::new("books#company#1", key),
            version: 3,
            writer: Uuid::nil(),
            body: body.to_owned(),
            due: None,
            lists: store::Lists::default(),
        };
        (what, record)
    })
}

fn record(what: &str) -> Record {
    let found = records(BEFORE).find(|(known, _)| *known == what);
    found.unwrap_or_else(|| panic!("{what}")).1
}

fn decoded<T: Body>(what: &str) -> T {
    Stored::<T>::decode(&record(what)).unwrap().value
}

fn written<T: Body>(value: &Stored<T>) -> String {
    match value.put().unwrap() {
        Write::Put { body, .. } => body,
        other => panic!("{other:?}"),
    }
}

/// Through the eyes of the kind, and back.
fn through<M: Serialize + DeserializeOwned>(record: &Record) -> String {
    written(&Stored::<Slot<M>>::decode(record).unwrap())
}

#[test]
fn what_is_stored_is_read_and_written_in_the_new_format() {
    let mut now = records(NOW);
    for (what, before) in records(BEFORE) {
        let (_, expected) = now.next().unwrap();
        let (kind, name) = before.key.sort.split_once('#').unwrap();
        let (raw, typed) = match kind {
            "slot" => {
                let typed = match name.split(['#', '_']).next().unwrap() {
                    "customer" => through::<customer::Memory>(&before),
                    "item" | "category" => through::<item::Memory>(&before),
                    "job" => through::<invoice::Memory>(&before),
                    _ => through::<ListMemory>(&before),
                };
                (through::<RawMemory>(&before), typed)
            }
            "envelope" => {
                let body = written(&Stored::<Envelope>::decode(&before).unwrap());
                (body.clone(), body)
            }
            "number" => {
                let body = written(&Stored::<NumberOwner>::decode(&before).unwrap());
                (body.clone(), body)
            }
            _ => {
                let body = written(&Stored::<LinkOwner>::decode(&before).unwrap());
                (body.clone(), body)
            }
        };
        assert_eq!(raw, expected.body, "{what}");
        let value = |body: &str| serde_json::from_str::<Value>(body).unwrap();
        assert_eq!(
            value(&typed),
            value(&raw),
            "{what}: the kind knows all of it"
        );
        // What is written is read as the same.
        if kind == "slot" {
            assert_eq!(through::<RawMemory>(&expected), raw, "{what}");
        }
    }
    assert!(now.next().is_none());
}

#[test]
fn each_state_is_the_one_that_the_record_was_in() {
    for (what, state) in [
        ("a customer, linked", "linked"),
        ("a customer, on its way", "on its way"),
        ("a customer, changed", "on its way"),
        ("a customer, moved", "moved"),
        ("an item, linked", "linked"),
        ("an item, moved", "moved"),
        ("a category, linked", "linked"),
        ("a category, told apart", "empty"),
        ("a term, made", "linked"),
        ("a class, found", "linked"),
        ("an invoice, on its way", "on its way"),
        ("an invoice, linked", "linked"),
        ("an invoice, changed", "on its way"),
        ("an invoice, to be voided", "on its way"),
        ("an invoice, voided", "empty"),
        ("an invoice, made again", "linked"),
        ("a deposit, linked", "linked"),
        ("a progress invoice, linked", "linked"),
    ] {
        assert_eq!(decoded::<Slot>(what).state.name(), state, "{what}");
    }
    let void: Envelope = decoded("a void, uncertain");
    assert!(matches!(void.state, EnvelopeState::Uncertain { .. }));
    assert_eq!(void.writes[0].kind, AnyKind::Invoice.name());
    assert!(matches!(void.writes[0].action, Action::Void { .. }));
}

#[test]
fn d1_n4_what_becomes_true_with_a_write_is_remembered_with_it() {
    let slot: Slot<invoice::Memory> = decoded("an invoice, changed");
    let (now, after) = (&slot.memory, slot.memory_after());
    assert_eq!((now.dated_by_invoice, now.provisional), (false, Some(true)));
    assert_eq!(
        (after.dated_by_invoice, after.provisional),
        (true, Some(false))
    );
    assert_eq!(now.number.as_deref(), Some("101"));
    assert_eq!((&after.invoices, &after.typed), (&now.invoices, &now.typed));
    assert_eq!(slot.link().unwrap().id, id("1"));

    let slot: Slot<invoice::Memory> = decoded("an invoice, to be voided");
    assert!(slot.memory.dated_by_invoice);
    assert!(!slot.memory_after().dated_by_invoice);

    let slot: Slot<invoice::Memory> = decoded("an invoice, on its way");
    assert_eq!(slot.memory.provisional, None);
    assert_eq!(slot.memory_after().provisional, Some(true));
    assert!(slot.link().is_none());

    // A customer's remembers nothing of the kind.
    let slot: Slot = decoded("a customer, changed");
    assert!(slot.sending().unwrap().memory_after.is_none());
}

#[test]
fn a_record_that_says_several_things_counts_as_what_is_on_its_way_then_as_moved() {
    let link = r#""link":{"id":"1","sync_token":"0","wrote":null}"#;
    let pending = format!(r#""pending":{{"envelope":"{}","wants":null}}"#, attempt(1));
    let moved = r#""moved":{"to":"customer#cus_b","at":"2026-07-24T16:00:00Z","as_one":true}"#;
    for (fields, state, has_link) in [
        (vec![], "empty", false),
        (vec![link], "linked", true),
        (vec![moved], "moved", false),
        (vec![link, moved], "moved", false),
        (vec![pending.as_str(), moved], "on its way", false),
        (vec![link, pending.as_str(), moved], "on its way", true),
    ] {
        let mut record = record("a category, told apart");
        record.body = format!(r#"{{"v":1,"data":{{{}}}}}"#, fields.join(","));
        let slot = Stored::<Slot>::decode(&record).unwrap().value;
        assert_eq!(slot.state.name(), state, "{fields:?}");
        assert_eq!(slot.link().is_some(), has_link, "{fields:?}");
        if let Some(moved) = slot.moved() {
            assert!(moved.as_one);
        }
    }
}

#[test]
fn what_a_newer_version_wrote_is_not_read() {
    let mut record = record("a term, made");
    record.body = record.body.replace("\"v\":1", "\"v\":3");
    assert!(Stored::<Slot>::decode(&record).is_err());
    record.body = r#"{"v":1,"data":{"link":7}}"#.to_owned();
    assert!(Stored::<Slot>::decode(&record).is_err());
}
