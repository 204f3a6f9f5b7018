//! Calls that write: what each outcome leaves behind, and what repeats and rivals come to.

use store::{StoreError, Write};

use super::*;
use crate::{Entered, Envelope, EnvelopeState, Rejected};

impl Desk {
    async fn enter(
        &self,
        call: Call,
        answers: Vec<Result<Seen, Rejected>>,
    ) -> Result<Vec<Entered>, LedgerError> {
        let at = (attempt(6), at(4));
        call.enter(&self.table, &self.books, at, answers, Vec::new())
            .await
    }

    async fn envelope(&self, number: u128) -> Stored<Envelope> {
        let key = self.books.envelope(attempt(number));
        read(&self.table, &key).await.unwrap().unwrap()
    }

    async fn begun(&self, customer: &str, state: SlotState<RawMemory>, action: Action) -> Call {
        self.given(customer, state).await;
        let draft = self.draft(customer, action).await;
        self.begin(1, vec![draft]).await.unwrap()
    }
}

/// Every action with every outcome: how the slot and the owners stand then.
#[tokio::test]
async fn each_outcome_of_a_write_leaves_both_directions_of_the_link() {
    let linked = || SlotState::Linked(link("1"));
    for (state, action, answer, entered, stands, owners) in [
        (
            SlotState::Empty,
            create(),
            Ok(seen("1", "0")),
            Entered::Linked,
            "linked, 1.0 seen, remembers seen",
            "1=a",
        ),
        (
            SlotState::Empty,
            create(),
            Err(Rejected),
            Entered::Rejected,
            "empty, remembers before",
            "",
        ),
        (
            linked(),
            update("1"),
            Ok(seen("1", "5")),
            Entered::Linked,
            "linked, 1.5 seen, remembers seen",
            "1=a",
        ),
        (
            linked(),
            update("1"),
            Err(Rejected),
            Entered::Rejected,
            "linked, 1.0 before, remembers before",
            "1=a",
        ),
        (
            linked(),
            void("1"),
            Ok(seen("1", "5")),
            Entered::Voided,
            "empty, remembers seen, voided 1 N-1 at 2026-07-24T16:00:04Z",
            "1=a",
        ),
        (
            linked(),
            void("1"),
            Err(Rejected),
            Entered::Rejected,
            "linked, 1.0 before, remembers before",
            "1=a",
        ),
    ] {
        let what = format!("{action:?} {answer:?}");
        let desk = Desk::new();
        let call = desk.begun("a", state, action).await;
        let done = desk.enter(call.clone(), vec![answer.clone()]).await;
        assert_eq!(done.unwrap(), std::slice::from_ref(&entered), "{what}");
        assert_eq!(desk.stands("a").await, stands, "{what}");
        assert_eq!(desk.owners(), owners, "{what}");
        assert_eq!(desk.envelope(1).await.value.state, EnvelopeState::Answered);
        // The answer of the table was lost, and it is entered once more.
        let before = desk.table.all();
        let repeated = desk.enter(call, vec![answer]).await;
        assert_eq!(repeated.unwrap(), [entered], "{what}");
        assert_eq!(desk.table.all(), before, "{what}");
    }
}

#[tokio::test]
async fn what_is_sent_is_stored_before_and_what_is_dropped_leaves_the_slot_as_it_was() {
    for (state, action, sending, dropped) in [
        (
            SlotState::Empty,
            create(),
            "on its way, remembers before",
            "empty, remembers before",
        ),
        (
            SlotState::Linked(link("1")),
            update("1"),
            "on its way, 1.0 before, remembers before",
            "linked, 1.0 before, remembers before",
        ),
    ] {
        let desk = Desk::new();
        let call = desk.begun("a", state, action.clone()).await;
        assert_eq!(desk.stands("a").await, sending);
        let stored = desk.slot("a").await.value;
        let on_its_way = stored.sending().unwrap();
        assert_eq!(on_its_way.envelope, attempt(1));
        assert_eq!(on_its_way.memory_after, Some(memory("after")));
        assert_eq!(on_its_way.ours_after.as_ref().unwrap().get(), "\"after\"");
        let envelope = desk.envelope(1).await.value;
        assert_eq!(envelope.state, EnvelopeState::Sending { at: at(1) });
        assert_eq!(envelope.writes, [desk.write("a", action)]);
        assert_eq!(&envelope.request, call.request());
        call.clone().drop(&desk.table, attempt(6)).await.unwrap();
        assert_eq!(desk.stands("a").await, dropped);
        assert_eq!(desk.envelope(1).await.value.state, EnvelopeState::Dropped);
        call.drop(&desk.table, attempt(6)).await.unwrap();
    }
}

#[tokio::test]
async fn s8_that_a_person_was_told_of_a_slot_outlives_a_write_whatever_comes_of_it() {
    let outcomes = [None, Some(Err(Rejected)), Some(Ok(seen("1", "5")))];
    for (action, outcome) in [update("1"), void("1")]
        .into_iter()
        .flat_map(|action| outcomes.clone().map(|outcome| (action.clone(), outcome)))
    {
        let what = format!("{action:?} {outcome:?}");
        let desk = Desk::new();
        desk.given("a", SlotState::Linked(link("1"))).await;
        desk.tell_of("a").await;
        let draft = desk.draft("a", action).await;
        let call = desk.begin(1, vec![draft]).await.unwrap();
        assert!(desk.slot("a").await.value.alerted, "{what}");
        match outcome {
            Some(answer) => drop(desk.enter(call, vec![answer]).await.unwrap()),
            None => call.drop(&desk.table, attempt(6)).await.unwrap(),
        }
        let slot = desk.slot("a").await.value;
        assert!(slot.alerted && !slot.is_sending(), "{what}");
    }
}

#[tokio::test]
async fn an_attempt_whose_answer_was_lost_is_repeated_and_a_rival_is_refused() {
    let desk = Desk::new();
    desk.given("a", SlotState::Empty).await;
    let draft = desk.draft("a", create()).await;
    let claim = Stored::new(
        desk.books.owner(&AnyKind::Term.name(), &id("claim")),
        LinkOwner { slot: name("a") },
    );
    let begin = |number| {
        let request = request(attempt(number));
        let further: Vec<Write> = vec![claim.put().unwrap()];
        let drafts = vec![draft.clone()];
        let at = (attempt(number), at(1));
        Call::begin(&desk.table, &desk.books, at, request, drafts, further)
    };
    begin(1).await.unwrap();
    // What must happen with it did.
    assert!(desk.table.get(&claim.key).await.unwrap().is_some());
    let before = desk.table.all();
    let mut again = begin(1).await.unwrap();
    assert_eq!(desk.table.all(), before);
    let rival = word(&begin(2).await);
    assert!(rival.starts_with("changed"), "{rival}");
    assert_eq!(desk.table.all(), before);
    // Both know the versions that were written.
    again.uncertain(&desk.table, attempt(3)).await.unwrap();
    again.drop(&desk.table, attempt(4)).await.unwrap();
}

#[tokio::test]
async fn v1_an_uncertain_write_is_taken_up_and_sent_again_under_its_request_id() {
    let desk = Desk::new();
    let mut call = desk.begun("a", SlotState::Empty, create()).await;
    call.uncertain(&desk.table, attempt(6)).await.unwrap();
    assert_eq!(call.state(), EnvelopeState::Uncertain { at: at(1) });
    let twice = word(&call.uncertain(&desk.table, attempt(7)).await);
    assert_eq!(twice, "unfit");
    let envelope = desk.envelope(1).await;
    assert_eq!(envelope.value.state, call.state());
    let mut taken = Call::open(&desk.table, &desk.books, envelope)
        .await
        .unwrap();
    assert_eq!((call.repeats(), taken.repeats()), (0, 0));
    let parts: Vec<_> = taken
        .parts()
        .map(|(write, slot)| (write.clone(), slot.is_sending()))
        .collect();
    assert_eq!(parts, [(desk.write("a", create()), true)]);
    taken.resend(&desk.table, attempt(8), at(30)).await.unwrap();
    let state = EnvelopeState::Sending { at: at(30) };
    assert_eq!(
        (taken.state(), desk.envelope(1).await.value.state),
        (state, state)
    );
    assert_eq!(taken.request(), call.request());
    // It may die again before it is sent.
    taken.resend(&desk.table, attempt(9), at(31)).await.unwrap();
    // How often it was is kept, and was nothing before that was.
    let kept = desk.envelope(1).await;
    assert_eq!((taken.repeats(), kept.value.repeats), (2, 2));
    let json = serde_json::to_string(&kept.value).unwrap();
    let before = json.replace(",\"repeats\":2", "");
    let before: Envelope = serde_json::from_str(&before).unwrap();
    assert_eq!(before.repeats, 0);
    assert!(!serde_json::to_string(&before).unwrap().contains("repeats"));
    // The first sender comes too late.
    let late = word(&desk.enter(call, vec![Ok(seen("1", "0"))]).await);
    assert!(late.starts_with("changed envelope#"), "{late}");
    assert!(desk.slot("a").await.value.is_sending());
    desk.enter(taken, vec![Ok(seen("1", "0"))]).await.unwrap();
    let envelope = desk.envelope(1).await;
    let late = Call::open(&desk.table, &desk.books, envelope.clone()).await;
    assert_eq!(word(&late), format!("changed {}", envelope.key.sort));
}

#[tokio::test]
async fn what_is_answered_or_dropped_is_not_sent_again() {
    for (state, name) in [
        (EnvelopeState::Answered, "answered"),
        (EnvelopeState::Dropped, "dropped"),
    ] {
        let desk = Desk::new();
        let mut call = desk.begun("a", SlotState::Empty, create()).await;
        let mut envelope = desk.envelope(1).await;
        envelope.value.state = state;
        let put = envelope.put().unwrap();
        desk.table.write(attempt(9), vec![put]).await.unwrap();
        envelope.written();
        call = Call::open(&desk.table, &desk.books, envelope)
            .await
            .unwrap_or(call);
        for (refused, act) in [
            (
                call.resend(&desk.table, attempt(8), at(9)).await,
                "be sent again",
            ),
            (
                call.uncertain(&desk.table, attempt(8)).await,
                "become uncertain",
            ),
        ] {
            let refused = refused.unwrap_err().to_string();
            assert!(
                refused.ends_with(&format!("is {name}, so it cannot {act}")),
                "{refused}"
            );
        }
    }
}

#[tokio::test]
async fn a_call_whose_slot_waits_for_another_one_is_not_taken_up() {
    let desk = Desk::new();
    desk.begun("a", SlotState::Empty, create()).await;
    let envelope = desk.envelope(1).await;
    let mut slot = desk.slot("a").await;
    slot.value.state = sending(attempt(2), None);
    let put = slot.put().unwrap();
    desk.table.write(attempt(9), vec![put]).await.unwrap();
    let taken = Call::open(&desk.table, &desk.books, envelope).await;
    assert!(word(&taken).starts_with("changed envelope#"));
}

/// The record of an object's owner stands against every other slot, whatever came between reading and writing.
#[tokio::test]
async fn an_object_of_another_slot_is_linked_to_none_else() {
    let desk = Desk::new();
    desk.given("b", SlotState::Linked(link("7"))).await;
    let call = desk.begun("a", SlotState::Empty, create()).await;
    let entered = desk.enter(call, vec![Ok(seen("7", "1"))]).await.unwrap();
    assert_eq!(entered, [Entered::HeldBy(name("b"))]);
    assert_eq!(desk.stands("a").await, "empty, remembers before");
    assert_eq!(
        desk.stands("b").await,
        "linked, 7.0 before, remembers before"
    );
    assert_eq!(desk.owners(), "7=b");
    assert_eq!(desk.envelope(1).await.value.state, EnvelopeState::Answered);
    // An update that was answered with another object than the one that was sent.
    let call = {
        desk.given("c", SlotState::Linked(link("3"))).await;
        let draft = desk.draft("c", update("3")).await;
        desk.begin(2, vec![draft]).await.unwrap()
    };
    let entered = desk.enter(call, vec![Ok(seen("7", "1"))]).await.unwrap();
    assert_eq!(entered, [Entered::HeldBy(name("b"))]);
    assert_eq!(
        desk.stands("c").await,
        "linked, 3.0 before, remembers before"
    );
}

#[tokio::test]
async fn of_two_writes_that_are_answered_with_one_object_the_first_has_it() {
    let desk = Desk::new();
    desk.given("a", SlotState::Empty).await;
    desk.given("b", SlotState::Empty).await;
    let drafts = vec![
        desk.draft("a", create()).await,
        desk.draft("b", create()).await,
    ];
    let call = desk.begin(1, drafts).await.unwrap();
    let answers = vec![Ok(seen("1", "0")), Ok(seen("1", "0"))];
    let entered = desk.enter(call, answers).await.unwrap();
    assert_eq!(entered, [Entered::Linked, Entered::HeldBy(name("a"))]);
    assert_eq!(desk.stands("b").await, "empty, remembers before");
    assert_eq!(desk.owners(), "1=a");
}

#[tokio::test]
async fn a_batch_is_entered_slot_by_slot() {
    let desk = Desk::new();
    for (customer, state) in [
        ("a", SlotState::Empty),
        ("b", SlotState::Linked(link("2"))),
        ("c", SlotState::Empty),
    ] {
        desk.given(customer, state).await;
    }
    let drafts = vec![
        desk.draft("a", create()).await,
        desk.draft("b", update("2")).await,
        desk.draft("c", create()).await,
    ];
    let call = desk.begin(1, drafts).await.unwrap();
    assert_eq!(call.parts().len(), 3);
    let few = desk.enter(call.clone(), vec![Err(Rejected)]).await;
    let told = few.unwrap_err().to_string();
    assert!(told.starts_with("1 answers came to 3 writes of "), "{told}");
    let answers = vec![Ok(seen("1", "0")), Ok(seen("2", "1")), Err(Rejected)];
    let entered = desk.enter(call, answers).await.unwrap();
    assert_eq!(
        entered,
        [Entered::Linked, Entered::Linked, Entered::Rejected]
    );
    assert_eq!(desk.stands("a").await, "linked, 1.0 seen, remembers seen");
    assert_eq!(desk.stands("b").await, "linked, 2.1 seen, remembers seen");
    assert_eq!(desk.stands("c").await, "empty, remembers before");
    assert_eq!(desk.owners(), "1=a 2=b");
}

/// A link of before that was stored without its owner gets one with the next write.
#[tokio::test]
async fn a_link_without_an_owner_gets_one_with_the_next_write() {
    let desk = Desk::new();
    let call = desk
        .begun("a", SlotState::Linked(link("1")), update("1"))
        .await;
    let key = desk.books.owner(&AnyKind::Customer.name(), &id("1"));
    let expect = store::Expect::Version(1);
    let delete = Write::Delete { key, expect };
    desk.table.write(attempt(9), vec![delete]).await.unwrap();
    desk.enter(call, vec![Ok(seen("1", "1"))]).await.unwrap();
    assert_eq!(desk.owners(), "1=a");
}

/// A table in which, between the read of the owner of the object 1 and the write, a slot becomes its owner, so many
/// times. It counts the writes.
pub(super) struct Rivals<'a> {
    desk: &'a Desk,
    owner: &'static str,
    left: std::sync::Mutex<u32>,
    writes: std::sync::Mutex<u32>,
}

impl<'a> Rivals<'a> {
    pub(super) fn new(desk: &'a Desk, owner: &'static str, rivals: u32) -> Self {
        Self {
            desk,
            owner,
            left: std::sync::Mutex::new(rivals),
            writes: std::sync::Mutex::new(0),
        }
    }

    /// Another version of the owner's record.
    pub(super) async fn strike(&self) {
        {
            let mut left = self.left.lock().unwrap();
            if *left == 0 {
                return;
            }
            *left -= 1;
        }
        let desk = self.desk;
        let key = desk.books.owner(&AnyKind::Customer.name(), &id("1"));
        let stored = read::<LinkOwner>(&desk.table, &key).await.unwrap();
        let fresh = LinkOwner {
            slot: name(self.owner),
        };
        let mut stored = stored.unwrap_or_else(|| Stored::new(key, fresh.clone()));
        stored.value = fresh;
        let put = stored.put().unwrap();
        desk.table.write(Uuid::max(), vec![put]).await.unwrap();
    }
}

impl Table for Rivals<'_> {
    async fn get(&self, key: &store::Key) -> Result<Option<store::Record>, store::TableError> {
        let found = self.desk.table.get(key).await;
        if *key == self.desk.books.owner(&AnyKind::Customer.name(), &id("1")) {
            self.strike().await;
        }
        found
    }

    async fn get_many(
        &self,
        keys: &[store::Key],
    ) -> Result<Vec<Option<store::Record>>, store::TableError> {
        let found = self.desk.table.get_many(keys).await;
        self.strike().await;
        found
    }

    async fn write(&self, writer: Uuid, writes: Vec<Write>) -> Result<(), store::WriteError> {
        *self.writes.lock().unwrap() += 1;
        self.desk.table.write(writer, writes).await
    }

    async fn list(
        &self,
        partition: &str,
        prefix: &str,
        from: Option<String>,
    ) -> Result<store::Page, store::TableError> {
        self.desk.table.list(partition, prefix, from).await
    }

    async fn due(
        &self,
        partition: &str,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<(store::Key, Timestamp)>, store::TableError> {
        self.desk.table.due(partition, until, limit).await
    }

    async fn page(
        &self,
        list: &store::List,
        limit: usize,
        after: Option<&store::Position>,
    ) -> Result<store::ListPage, store::TableError> {
        self.desk.table.page(list, limit, after).await
    }
}

#[tokio::test]
async fn an_owner_who_changes_meanwhile_is_looked_at_again_a_few_times() {
    for (rivals, entered) in [(0, true), (1, true), (2, true), (3, false)] {
        let desk = Desk::new();
        let call = desk.begun("a", SlotState::Empty, create()).await;
        let table = Rivals::new(&desk, "a", rivals);
        let at = (attempt(6), at(4));
        let done = call
            .enter(
                &table,
                &desk.books,
                at,
                vec![Ok(seen("1", "0"))],
                Vec::new(),
            )
            .await;
        assert_eq!(done.is_ok(), entered, "{rivals}");
        let expected = if entered {
            "done"
        } else {
            "changed qbo#Customer#1"
        };
        assert_eq!(word(&done), expected);
        assert_eq!(desk.slot("a").await.value.is_sending(), !entered);
        assert_eq!(*table.writes.lock().unwrap(), 3.min(rivals + 1));
    }
}

/// Only an owner is read anew: where the call itself was settled meanwhile, another round comes to the same.
#[tokio::test]
async fn an_outcome_is_written_once_where_the_envelope_or_a_slot_changed_meanwhile() {
    for changed in ["envelope#", "slot#customer#cus_a", "slot#customer#cus_b"] {
        let desk = Desk::new();
        desk.given("a", SlotState::Empty).await;
        desk.given("b", SlotState::Empty).await;
        let drafts = vec![
            desk.draft("a", create()).await,
            desk.draft("b", create()).await,
        ];
        let call = desk.begin(1, drafts).await.unwrap();
        let put = match changed {
            "envelope#" => desk.envelope(1).await.put(),
            slot => desk
                .slot(slot.trim_start_matches("slot#customer#cus_"))
                .await
                .put(),
        };
        let put = vec![put.unwrap()];
        desk.table.write(attempt(9), put).await.unwrap();
        let before = desk.table.all();
        let table = Rivals::new(&desk, "a", 0);
        let answers = vec![Ok(seen("1", "0")), Ok(seen("2", "0"))];
        let at = (attempt(6), at(4));
        let done = word(
            &call
                .enter(&table, &desk.books, at, answers, Vec::new())
                .await,
        );
        assert!(done.starts_with(&format!("changed {changed}")), "{done}");
        assert_eq!(*table.writes.lock().unwrap(), 1, "{changed}");
        assert_eq!(desk.table.all(), before, "{changed}");
    }
}

#[test]
fn an_error_says_what_is_wrong() {
    let key = store::Key::new("books", "slot#a");
    let lost = StoreError::Table(store::TableError {
        action: "read",
        what: "slot#a".to_owned(),
        source: "no answer".into(),
    });
    for (error, told) in [
        (
            LedgerError::HeldBy(name("b")),
            "it belongs to customer#cus_b",
        ),
        (
            LedgerError::Changed(key.clone()),
            "books / slot#a was changed by another worker",
        ),
        (
            LedgerError::Busy(key.clone()),
            "books / slot#a waits for the outcome of a write",
        ),
        (
            LedgerError::Store(lost),
            "the table could not read slot#a: no answer",
        ),
        (
            store::WriteError::Conflict { key, current: None }.into(),
            "books / slot#a was changed by another worker",
        ),
    ] {
        assert_eq!(error.to_string(), told);
    }
    for (action, act) in [
        (create(), "be created"),
        (update("1"), "be updated"),
        (void("1"), "be voided"),
    ] {
        assert_eq!(action.name(), act);
    }
    let (on, uncertain) = (
        EnvelopeState::Sending { at: at(0) },
        EnvelopeState::Uncertain { at: at(0) },
    );
    assert_eq!((on.name(), uncertain.name()), ("on its way", "uncertain"));
}
