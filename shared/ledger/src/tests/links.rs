//! Links that no call brought about: adopted, moved, freed, voided by hand.

use super::{calls::Rivals, *};

impl Desk {
    /// Moves the link of `a`, which is `seen`, into `b`.
    async fn move_link(&self, seen: Seen, moved: Move, former: Former) -> Result<(), LedgerError> {
        let (a, b) = (self.object("a").await, self.object("b").await);
        let (table, books) = (&self.table, &self.books);
        crate::move_link(table, books, attempt(8), a, (b, seen), moved, former).await
    }

    async fn move_to(&self, moved: Move) -> Result<(), LedgerError> {
        let a = self.object("a").await;
        let (table, books) = (&self.table, &self.books);
        crate::move_to(table, books, attempt(8), a, &name("b"), moved).await
    }
}

fn also(object: &str) -> Move {
    Move {
        also: Some(id(object)),
        ..a_move()
    }
}

#[tokio::test]
async fn an_adopted_object_has_an_owner_and_what_was_linked_before_has_it_or_not() {
    for (before, former, owners) in [
        (None, Former::Freed, "7=a"),
        (Some("7"), Former::Freed, "7=a"),
        (Some("1"), Former::Freed, "7=a"),
        (Some("1"), Former::Kept, "1=a 7=a"),
    ] {
        let desk = Desk::new();
        let state = before.map_or(SlotState::Empty, |id| SlotState::Linked(link(id)));
        desk.given("a", state).await;
        let object = desk.object("a").await;
        let adopt = || {
            let (table, books) = (&desk.table, &desk.books);
            let (object, seen) = (object.clone(), seen("7", "3"));
            crate::adopt(table, books, attempt(77), object, seen, former, Vec::new())
        };
        adopt().await.unwrap();
        assert_eq!(desk.stands("a").await, "linked, 7.3 seen, remembers seen");
        assert_eq!(desk.owners(), owners, "{before:?} {former:?}");
        // The answer of the table was lost, and it is done once more.
        let once = desk.table.all();
        adopt().await.unwrap();
        assert_eq!(desk.table.all(), once);
    }
}

#[tokio::test]
async fn an_object_of_another_slot_is_not_adopted() {
    let desk = Desk::new();
    desk.given("a", SlotState::Empty).await;
    desk.given("b", SlotState::Linked(link("7"))).await;
    let before = desk.table.all();
    let adopted = desk.adopt("a", seen("7", "3"), Former::Freed).await;
    assert_eq!(word(&adopted), "held by customer#cus_b");
    assert_eq!(desk.table.all(), before);
}

#[tokio::test]
async fn which_slot_has_an_object_is_told_by_its_kind_and_id() {
    let desk = Desk::new();
    desk.given("a", SlotState::Linked(link("1"))).await;
    for (kind, object, slot) in [
        (AnyKind::Customer, "1", Some(name("a"))),
        (AnyKind::Customer, "2", None),
        (AnyKind::Item, "1", None),
    ] {
        let owner = crate::owner(&desk.table, &desk.books, &kind.name(), &id(object)).await;
        let owner = owner.unwrap().map(|owner| owner.value.slot);
        assert_eq!(owner, slot, "{kind:?} {object}");
    }
}

#[tokio::test]
async fn only_the_owner_of_an_object_frees_it() {
    let desk = Desk::new();
    desk.given("a", SlotState::Linked(link("1"))).await;
    // As records of before can have it.
    let key = desk.books.owner(&AnyKind::Customer.name(), &id("1"));
    let mut owner = read::<LinkOwner>(&desk.table, &key).await.unwrap().unwrap();
    owner.value.slot = name("b");
    let put = owner.put().unwrap();
    desk.table.write(attempt(9), vec![put]).await.unwrap();
    desk.adopt("a", seen("7", "3"), Former::Freed)
        .await
        .unwrap();
    assert_eq!(desk.owners(), "1=b 7=a");
}

#[tokio::test]
async fn further_writes_happen_with_the_link_or_it_does_not_happen() {
    for (version, owners) in [(None, "1=b 7=a"), (Some(4), "")] {
        let desk = Desk::new();
        desk.given("a", SlotState::Empty).await;
        let key = desk.books.owner(&AnyKind::Customer.name(), &id("1"));
        let mut beside = Stored::new(key, LinkOwner { slot: name("b") });
        beside.version = version;
        let further = vec![beside.put().unwrap()];
        let (table, books) = (&desk.table, &desk.books);
        let object = desk.object("a").await;
        let seen = seen("7", "3");
        let linked = crate::adopt(
            table,
            books,
            attempt(8),
            object,
            seen,
            Former::Freed,
            further,
        )
        .await;
        assert_eq!(linked.is_ok(), version.is_none());
        assert_eq!(desk.owners(), owners);
    }
}

#[tokio::test]
async fn a_link_moves_in_both_directions() {
    for (into, former, moved, owners) in [
        (SlotState::Empty, Former::Kept, a_move(), "1=b"),
        (moved("c"), Former::Kept, a_move(), "1=b"),
        (
            SlotState::Linked(link("2")),
            Former::Kept,
            a_move(),
            "1=b 2=b",
        ),
        (SlotState::Linked(link("2")), Former::Freed, a_move(), "1=b"),
        (SlotState::Empty, Former::Kept, also("1"), "1=b"),
        (SlotState::Empty, Former::Kept, also("5"), "1=b 5=b"),
    ] {
        let desk = Desk::new();
        let what = format!("{into:?} {former:?} {moved:?}");
        desk.given("a", SlotState::Linked(link("1"))).await;
        desk.given("b", into).await;
        if moved.also == Some(id("5")) {
            desk.give("5", "a").await;
        }
        desk.move_link(seen("1", "4"), moved, former).await.unwrap();
        assert_eq!(
            desk.stands("a").await,
            "moved, to b at 2026-07-24T16:00:09Z",
            "{what}"
        );
        assert_eq!(
            desk.stands("b").await,
            "linked, 1.4 seen, remembers seen",
            "{what}"
        );
        assert_eq!(desk.owners(), owners, "{what}");
    }
}

#[tokio::test]
async fn an_object_found_by_an_earlier_id_goes_with_the_link() {
    let desk = Desk::new();
    // The object 7 belongs to `a`, which is linked to another one by now.
    desk.given("a", SlotState::Linked(link("1"))).await;
    desk.give("7", "a").await;
    desk.given("b", SlotState::Empty).await;
    desk.move_link(seen("7", "4"), a_move(), Former::Kept)
        .await
        .unwrap();
    assert_eq!(desk.stands("b").await, "linked, 7.4 seen, remembers seen");
    assert_eq!(desk.owners(), "1=b 7=b");
}

#[tokio::test]
async fn a_link_of_a_third_slot_does_not_move() {
    let desk = Desk::new();
    desk.given("a", SlotState::Empty).await;
    desk.given("b", SlotState::Empty).await;
    desk.given("c", SlotState::Linked(link("1"))).await;
    let before = desk.table.all();
    let moved = desk.move_link(seen("1", "4"), a_move(), Former::Kept).await;
    assert_eq!(word(&moved), "held by customer#cus_c");
    assert_eq!(desk.table.all(), before);
    // What else goes with a link stays with a third slot.
    desk.give("5", "a").await;
    desk.move_link(seen("5", "4"), also("1"), Former::Kept)
        .await
        .unwrap();
    assert_eq!(desk.owners(), "1=c 5=b");
}

#[tokio::test]
async fn what_the_other_slot_owns_already_is_only_watched() {
    let desk = Desk::new();
    desk.given("a", SlotState::Empty).await;
    desk.given("b", SlotState::Empty).await;
    desk.give("1", "b").await;
    let key = desk.books.owner(&AnyKind::Customer.name(), &id("1"));
    let before = desk.table.get(&key).await.unwrap();
    desk.move_link(seen("1", "4"), a_move(), Former::Kept)
        .await
        .unwrap();
    assert_eq!(desk.table.get(&key).await.unwrap(), before);
    assert_eq!(desk.stands("b").await, "linked, 1.4 seen, remembers seen");
}

#[tokio::test]
async fn a_slot_that_is_left_gives_what_it_knows_of_voided_ones_too() {
    let desk = Desk::new();
    let mut slot = desk.given("a", SlotState::Linked(link("1"))).await;
    slot.value.earlier.push(crate::Voided {
        id: id("9"),
        number: "N-9".to_owned(),
        at: at(3),
    });
    let put = slot.put().unwrap();
    desk.table.write(attempt(9), vec![put]).await.unwrap();
    desk.given("b", SlotState::Empty).await;
    desk.move_link(seen("1", "4"), a_move(), Former::Kept)
        .await
        .unwrap();
    let voided = "voided 9 N-9 at 2026-07-24T16:00:03Z";
    assert_eq!(
        desk.stands("b").await,
        format!("linked, 1.4 seen, remembers seen, {voided}")
    );
    assert_eq!(
        desk.stands("a").await,
        "moved, to b at 2026-07-24T16:00:09Z"
    );
}

#[tokio::test]
async fn a_slot_that_stands_for_the_same_as_another_gives_its_object_to_it() {
    for (state, moved, owners) in [
        (SlotState::Empty, a_move(), "2=b"),
        (SlotState::Linked(link("1")), a_move(), "1=b 2=b"),
        (SlotState::Linked(link("1")), also("5"), "1=b 2=b 5=b"),
    ] {
        let desk = Desk::new();
        desk.given("a", state).await;
        desk.given("b", SlotState::Linked(link("2"))).await;
        desk.move_to(moved).await.unwrap();
        assert_eq!(
            desk.stands("a").await,
            "moved, to b at 2026-07-24T16:00:09Z"
        );
        assert_eq!(
            desk.stands("b").await,
            "linked, 2.0 before, remembers before"
        );
        assert_eq!(desk.owners(), owners);
    }
    let desk = Desk::new();
    desk.given("a", SlotState::Empty).await;
    let as_one = Move {
        as_one: true,
        ..a_move()
    };
    desk.move_to(as_one).await.unwrap();
    assert_eq!(
        desk.stands("a").await,
        "moved, to b at 2026-07-24T16:00:09Z, as one"
    );
}

#[tokio::test]
async fn a_slot_that_is_freed_owns_nothing_and_remembers_what_it_is_told() {
    let desk = Desk::new();
    desk.given("a", SlotState::Linked(link("1"))).await;
    let mut object = desk.object("a").await;
    object.slot.value.memory = memory("chosen");
    crate::free(&desk.table, &desk.books, attempt(8), object.clone())
        .await
        .unwrap();
    assert_eq!(desk.stands("a").await, "empty, remembers chosen");
    assert_eq!(desk.owners(), "");
    crate::free(&desk.table, &desk.books, attempt(8), object)
        .await
        .unwrap();
}

#[tokio::test]
async fn an_object_that_somebody_voided_still_belongs_to_its_slot() {
    let desk = Desk::new();
    let slot = desk.given("a", SlotState::Linked(link("1"))).await;
    crate::void(&desk.table, attempt(8), slot, "N-1".to_owned(), at(2))
        .await
        .unwrap();
    assert_eq!(
        desk.stands("a").await,
        "empty, remembers before, voided 1 N-1 at 2026-07-24T16:00:02Z"
    );
    assert_eq!(desk.owners(), "1=a");
}

/// Whoever became the owner of an object between reading and writing stays it, and no slot changes.
#[tokio::test]
async fn an_object_that_a_third_slot_gets_meanwhile_stays_with_it() {
    for (owner, call) in [
        ("a", "adopt it again"),
        ("a", "adopt another"),
        ("a", "free"),
        ("a", "move the link"),
        ("b", "move the link"),
        ("a", "move to"),
        ("b", "move to"),
    ] {
        let desk = Desk::new();
        desk.given("a", SlotState::Linked(link("1"))).await;
        desk.given("b", SlotState::Empty).await;
        Rivals::new(&desk, owner, 1).strike().await;
        let (a, b) = (desk.object("a").await, desk.object("b").await);
        let (table, books) = (&Rivals::new(&desk, "c", 1), &desk.books);
        let (writer, freed) = (attempt(8), Former::Freed);
        let again = seen("1", "4");
        let done = match call {
            "adopt it again" => {
                crate::adopt(table, books, writer, a, again, freed, Vec::new()).await
            }
            "adopt another" => {
                let another = seen("7", "3");
                crate::adopt(table, books, writer, a, another, freed, Vec::new()).await
            }
            "free" => crate::free(table, books, writer, a).await,
            "move the link" => {
                crate::move_link(table, books, writer, a, (b, again), a_move(), freed).await
            }
            _ => crate::move_to(table, books, writer, a, &name("b"), a_move()).await,
        };
        assert_eq!(word(&done), "changed qbo#Customer#1", "{owner}, {call}");
        assert_eq!(desk.owners(), "1=c", "{owner}, {call}");
        for (customer, stands) in [
            ("a", "linked, 1.0 before, remembers before"),
            ("b", "empty, remembers before"),
        ] {
            assert_eq!(desk.stands(customer).await, stands, "{owner}, {call}");
        }
    }
}

/// Whoever changed a record between reading and writing is not overwritten.
#[tokio::test]
async fn a_slot_that_was_changed_meanwhile_is_left_alone() {
    let desk = Desk::new();
    desk.given("a", SlotState::Linked(link("1"))).await;
    desk.given("b", SlotState::Empty).await;
    let (a, b) = (desk.object("a").await, desk.object("b").await);
    for stale in [a.slot.clone(), b.slot.clone()] {
        let put = stale.put().unwrap();
        desk.table.write(attempt(9), vec![put]).await.unwrap();
    }
    let before = desk.table.all();
    let (table, books) = (&desk.table, &desk.books);
    let writer = attempt(8);
    let adopted = seen("7", "3");
    let freed = Former::Freed;
    for refused in [
        crate::adopt(table, books, writer, a.clone(), adopted, freed, Vec::new()).await,
        crate::move_to(table, books, writer, a.clone(), &name("b"), a_move()).await,
        crate::move_link(
            table,
            books,
            writer,
            a.clone(),
            (b, seen("1", "4")),
            a_move(),
            freed,
        )
        .await,
        crate::free(table, books, writer, a.clone()).await,
        crate::void(table, writer, a.slot, "N-1".to_owned(), at(2)).await,
    ] {
        assert!(
            word(&refused).starts_with("changed slot#"),
            "{}",
            word(&refused)
        );
        assert_eq!(desk.table.all(), before);
    }
}
