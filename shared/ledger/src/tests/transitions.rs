//! Which call leads from which state to which.

use super::*;

/// The states that a slot can be in.
fn states() -> [(&'static str, SlotState<RawMemory>); 4] {
    [
        ("empty", SlotState::Empty),
        ("on its way", sending(attempt(1), None)),
        ("linked", SlotState::Linked(link("1"))),
        ("moved", moved("elsewhere")),
    ]
}

/// Does one thing to the slot `a`, beside which an empty `b` stands; the object 7 is nobody's.
async fn act(desk: &Desk, call: &str) -> Result<(), LedgerError> {
    let (table, books) = (&desk.table, &desk.books);
    let writer = attempt(5);
    let (a, b) = (desk.object("a").await, desk.object("b").await);
    match call {
        "create" => {
            let draft = desk.draft("a", create()).await;
            desk.begin(5, vec![draft]).await.map(|_| ())
        }
        "update" => {
            let draft = desk.draft("a", update("1")).await;
            desk.begin(5, vec![draft]).await.map(|_| ())
        }
        "update another" => {
            let draft = desk.draft("a", update("2")).await;
            desk.begin(5, vec![draft]).await.map(|_| ())
        }
        "void" => {
            let draft = desk.draft("a", void("1")).await;
            desk.begin(5, vec![draft]).await.map(|_| ())
        }
        "adopt" => desk.adopt("a", seen("7", "3"), Former::Freed).await,
        "move away" => crate::move_to(table, books, writer, a, &name("b"), a_move()).await,
        "give the link" => {
            let to = (b, seen("1", "3"));
            crate::move_link(table, books, writer, a, to, a_move(), Former::Kept).await
        }
        "take a link" => {
            let to = (a, seen("7", "3"));
            crate::move_link(table, books, writer, b, to, a_move(), Former::Kept).await
        }
        "free" => crate::free(table, books, writer, a).await,
        "void by hand" => crate::void(table, writer, a.slot, "N-1".to_owned(), at(2)).await,
        other => panic!("nothing is called {other}"),
    }
}

/// Invariant 2: a slot is in one state at a time, and each call leads from the states that it fits to one.
#[tokio::test]
async fn each_state_and_call_leads_to_one_state_or_is_refused() {
    let calls = [
        ("create", ["on its way", "busy", "unfit", "unfit"]),
        ("update", ["unfit", "busy", "on its way", "unfit"]),
        ("update another", ["unfit", "busy", "unfit", "unfit"]),
        ("void", ["unfit", "busy", "on its way", "unfit"]),
        ("adopt", ["linked", "busy", "linked", "linked"]),
        ("move away", ["moved", "busy", "moved", "moved"]),
        ("give the link", ["moved", "busy", "moved", "moved"]),
        ("take a link", ["linked", "busy", "linked", "linked"]),
        ("free", ["empty", "busy", "empty", "empty"]),
        ("void by hand", ["unfit", "busy", "empty", "unfit"]),
    ];
    for (call, expected) in calls {
        for ((from, state), expected) in states().into_iter().zip(expected) {
            let desk = Desk::new();
            desk.given("a", state).await;
            desk.given("b", SlotState::Empty).await;
            let before = desk.table.all();
            let done = act(&desk, call).await;
            let now = match &done {
                Ok(()) => desk.slot("a").await.value.state.name().to_owned(),
                refused => word(refused),
            };
            assert_eq!(now, expected, "{call} where it is {from}");
            assert_eq!(done.is_err(), before == desk.table.all(), "{call}, {from}");
        }
    }
}

/// Only a slot that stands for another one has nothing to be told of; the other one's alerts are its own.
#[tokio::test]
async fn s8_that_a_person_was_told_of_a_slot_ends_where_its_link_goes_elsewhere() {
    for (call, alerted) in [
        ("update", true),
        ("void", true),
        ("adopt", true),
        ("take a link", true),
        ("free", true),
        ("void by hand", true),
        ("move away", false),
        ("give the link", false),
    ] {
        let desk = Desk::new();
        desk.given("a", SlotState::Linked(link("1"))).await;
        desk.given("b", SlotState::Empty).await;
        desk.tell_of("a").await;
        act(&desk, call).await.unwrap();
        assert_eq!(desk.slot("a").await.value.alerted, alerted, "{call}");
        assert!(!desk.slot("b").await.value.alerted, "{call}");
    }
}

#[test]
fn a_slot_tells_what_it_has_in_each_state() {
    let all = [
        (SlotState::Empty, (false, false, false, false)),
        (sending(attempt(1), None), (false, true, false, true)),
        (
            sending(attempt(1), Some(link("1"))),
            (true, true, false, true),
        ),
        (SlotState::Linked(link("1")), (true, false, false, true)),
        (moved("b"), (false, false, true, false)),
    ];
    for (state, expected) in all {
        let what = state.name();
        let mut slot = Slot {
            state,
            earlier: Vec::new(),
            alerted: false,
            memory: memory("before"),
        };
        let told = (
            slot.link().is_some(),
            slot.is_sending(),
            slot.moved().is_some(),
            slot.is_live(),
        );
        assert_eq!(told, expected, "{what}");
        assert_eq!(slot.is_begun(), slot.is_live(), "{what}");
        let after = if slot.is_sending() { "after" } else { "before" };
        assert_eq!(slot.memory_after(), memory(after), "{what}");
        slot.earlier.push(crate::Voided {
            id: id("1"),
            number: "N-1".to_owned(),
            at: at(0),
        });
        assert!(slot.is_begun(), "{what}");
    }
}

#[test]
fn only_a_move_can_be_forgotten() {
    let mut slot = Slot {
        state: moved("b"),
        ..Slot::<RawMemory>::default()
    };
    assert_eq!(slot.forget_move().unwrap().to, name("b"));
    assert_eq!(slot.state.name(), "empty");
    for state in [
        SlotState::Empty,
        sending(attempt(1), None),
        SlotState::Linked(link("1")),
    ] {
        let before = state.name();
        slot.state = state;
        assert_eq!(slot.forget_move(), None);
        assert_eq!(slot.state.name(), before);
    }
}

#[test]
fn only_of_a_linked_object_is_another_version_seen() {
    let mut slot = Slot {
        state: SlotState::Linked(link("1")),
        ..Slot::<RawMemory>::default()
    };
    assert!(slot.see(qbo::SyncToken::new("5"), None));
    let seen = slot.link().unwrap();
    assert_eq!((seen.id.as_str(), seen.sync_token.as_str()), ("1", "5"));
    assert!(seen.last_written.is_none());
    for state in [
        SlotState::Empty,
        sending(attempt(1), Some(link("1"))),
        moved("b"),
    ] {
        slot.state = state;
        assert!(
            !slot.see(qbo::SyncToken::new("6"), None),
            "{:?}",
            slot.state
        );
        assert!(
            slot.link()
                .is_none_or(|link| link.sync_token.as_str() == "0")
        );
    }
}

#[test]
fn what_is_remembered_is_the_kind_s_own() {
    let note = BTreeMap::from([("note".to_owned(), "mine".to_owned())]);
    let mut slot = Slot::empty(note.clone());
    slot.alerted = true;
    slot.state = SlotState::Sending(Sending {
        envelope: attempt(1),
        before: Some(link("1")),
        ours_after: ours("after"),
        memory_after: Some(note.clone()),
    });
    let raw = slot.raw().unwrap();
    assert_eq!(raw.memory, memory("mine"));
    assert_eq!(raw.memory_after(), memory("mine"));
    let typed: Slot<Memory> = raw.clone().typed().unwrap();
    assert_eq!(
        (typed.memory.clone(), typed.memory_after()),
        (note.clone(), note)
    );
    assert!(typed.sending().unwrap().ours_after.is_some());
    assert!(raw.alerted && typed.alerted);
    assert!(raw.typed::<Vec<u8>>().is_err());
    assert_ne!(memory("mine"), memory("another's"));
    let nothing: Memory = RawMemory::default().read().unwrap();
    assert_eq!(nothing, Memory::new());
}
