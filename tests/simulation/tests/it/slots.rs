//! What the ledger keeps whatever comes: one worker at QuickBooks' lists of names, a slot for each write whose outcome is
//! unknown, one slot for each object, and what was stored in the format of before.

use std::time::Duration;

use hcp_sandbox::{Hundredths, JobId, NewJob, NewLine};
use jiff::SignedDuration;
use ledger::{Envelope, EnvelopeState, LinkOwner, Slot};
use mapping::ListMemory;
use ports::Clock;
use qbo_sandbox::{Act, ClassTracking, Fault, FaultKind};
use serde_json::{Value, json};
use simulation::{Town, Worker};
use store::{Expect, Lease, Lists, Stored, Table, Write};
use uuid::Uuid;

use crate::{
    CustomerSlot, InvoiceSlot,
    people::{assert_books, calls, invoices, new_customer, new_job},
    settings::change,
};

/// Hands everything on the queue to a worker.
async fn drain(town: &Town, worker: &Worker) {
    town.post().await;
    while !town.queue.messages().is_empty() {
        town.batch(worker).await;
    }
}

/// A job of somebody else's, after which QuickBooks has every item: a customer is written alone from then on.
async fn with_items(town: &Town) -> JobId {
    let job = new_job(town, &new_customer(town, "Eli", "Example"));
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    job
}

#[tokio::test]
async fn additions_to_lists_of_names_take_the_lease_on_them_and_invoices_do_not() {
    let town = Town::new(1).await;
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.finish_job(&job).unwrap();
    town.steps.begin(None);
    town.settle().await;
    let mut held = false;
    let mut begun = (0, 0);
    for step in town.steps.names() {
        if step == "write lease#names" {
            held = !held;
        }
        let Some(slots) = step.strip_prefix("write envelope#") else {
            continue;
        };
        // A slot stands beside the envelope when a write begins, and when its outcome is entered.
        if slots.contains("slot#customer") || slots.contains("slot#item") {
            assert!(held, "{step}");
            begun.0 += 1;
        } else if slots.contains("slot#job") {
            assert!(!held, "{step}");
            begun.1 += 1;
        }
    }
    assert!(begun.0 >= 2 && begun.1 >= 2, "{begun:?}");
    assert_books(&town, &[&job]);
}

#[tokio::test]
async fn nothing_is_added_to_a_list_of_names_while_another_worker_is_at_it() {
    let town = Town::new(2).await;
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.finish_job(&job).unwrap();
    town.post().await;
    let lease = Lease {
        holder: Some(Uuid::max()),
        term_ms: 30_000,
    };
    let lease = Stored::new(town.books().lease("names"), lease);
    let put = vec![lease.put().unwrap()];
    town.table.write(Uuid::max(), put).await.unwrap();
    let worker = town.worker();
    let began = town.clock.now();
    while town.clock.now() < began + SignedDuration::from_secs(20) {
        assert_eq!(calls(&town, Act::Create), 0);
        assert!(town.qbo.objects("Customer").is_empty());
        town.batch(&worker).await;
        town.clock.advance(Duration::from_secs(1));
    }
    // Whoever had it died.
    town.settle().await;
    assert_books(&town, &[&job]);
}

/// QuickBooks may carry a write out for two minutes after its answer was lost. Until then no trigger does anything to the
/// slots, whatever a look-up would tell.
#[tokio::test]
async fn a_write_whose_answer_was_lost_keeps_its_slot_until_quickbooks_has_given_up() {
    for kind in [FaultKind::CommitThenDrop, FaultKind::DropBeforeCommit] {
        for entity in ["/customer", "/invoice"] {
            let town = Town::new(3).await;
            let other = with_items(&town).await;
            let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
            town.hcp.finish_job(&job).unwrap();
            let lost = Fault::next(kind.clone()).path(entity).method("POST");
            town.qbo.inject(lost);
            let worker = town.worker();
            drain(&town, &worker).await;
            let envelopes = town.all::<Envelope>("envelope#");
            let mut envelopes = envelopes.into_iter().map(|envelope| envelope.value.state);
            let lost_at = envelopes.find_map(|state| match state {
                EnvelopeState::Uncertain { at } => Some(at),
                _ => None,
            });
            let settled_at = lost_at.unwrap() + SignedDuration::from_secs(150);
            let writes = |town: &Town| {
                let envelopes = town.all::<Envelope>("envelope#").into_iter();
                envelopes
                    .map(|envelope| envelope.key.sort)
                    .collect::<Vec<_>>()
            };
            let before = writes(&town);
            while town.clock.now() < settled_at {
                assert_eq!(writes(&town), before, "{kind:?} {entity}");
                let customers = town.all::<CustomerSlot>("slot#customer#");
                let on_its_way = customers.iter().filter(|slot| slot.value.is_sending());
                let invoices = town.all::<InvoiceSlot>("slot#job");
                let invoices = invoices.iter().filter(|slot| slot.value.is_sending());
                assert_eq!(
                    on_its_way.count() + invoices.count(),
                    1,
                    "{kind:?} {entity}"
                );
                town.push_by_hand(&job).await;
                drain(&town, &worker).await;
                town.clock.advance(Duration::from_secs(40));
            }
            town.settle().await;
            assert_books(&town, &[&job, &other]);
        }
    }
}

/// A job of a business unit.
fn of_unit(town: &Town, customer: &str, unit: &str) -> JobId {
    let customer = new_customer(town, customer, "Sample");
    let job = NewJob {
        lines: vec![NewLine::labor("Work", 9_500, Hundredths::ONE)],
        business_unit: Some(unit.to_owned()),
        ..NewJob::of(&customer)
    };
    let job = town.hcp.create_job(job).unwrap();
    town.hcp.finish_job(&job).unwrap();
    job
}

/// L6: QuickBooks takes the names of two business units for one. The class has one owner, found or made, and the other
/// unit stands for the same.
#[tokio::test]
async fn l6_the_class_of_two_business_units_of_one_name_has_one_owner() {
    let tracking = |qbo: &mut qbo_sandbox::Options| {
        qbo.company.class_tracking = ClassTracking::PerTxn;
    };
    for found in [false, true] {
        let town = Town::with(4, |_| {}, tracking).await;
        change(&town, &[("classes", "on")]).await.unwrap();
        if found {
            crate::stories::make(&town, "Class", r#"{"Name":"Plumbing"}"#);
        }
        let mut jobs = Vec::new();
        for (customer, unit) in [
            ("Dana", "Plumbing"),
            ("Eli", "PLUMBING"),
            ("Fay", "Plumbing"),
            ("Gil", "PLUMBING"),
        ] {
            jobs.push(of_unit(&town, customer, unit));
            town.settle().await;
        }
        assert_eq!(town.qbo.objects("Class").len(), 1);
        for invoice in town.qbo.objects("Invoice") {
            assert_eq!(invoice.text("ClassRef.name"), Some("Plumbing"));
        }
        let slots = town.all::<Slot<ListMemory>>("slot#class#");
        let linked = slots.iter().filter(|slot| slot.value.link().is_some());
        let linked: Vec<&str> = linked.map(|slot| slot.key.sort.as_str()).collect();
        let moved = slots.iter().filter_map(|slot| slot.value.moved());
        let moved: Vec<_> = moved
            .map(|moved| (moved.to.as_str(), moved.as_one))
            .collect();
        let owners = town.all::<LinkOwner>("qbo#Class#");
        let [owner] = owners.as_slice() else {
            panic!("{owners:?}");
        };
        let owner = owner.value.slot.as_str();
        assert_eq!(linked, [format!("slot#{owner}")]);
        assert_eq!(moved, [(owner, true)]);
        assert_books(&town, &jobs.iter().collect::<Vec<_>>());
    }
}

/// A slot as it was stored before each was in one state at a time.
fn of_before(body: &str) -> String {
    let now: Value = serde_json::from_str(body).unwrap();
    let mut data = now["data"]["memory"].clone();
    let dated = |memory: &Value| memory["dated_by_invoice"] == json!(true);
    let is_dated = dated(&data);
    let with_date = |link: &Value| {
        let mut link = link.clone();
        if !link.is_null() {
            link["dated_by_invoice"] = json!(is_dated);
        }
        link
    };
    let state = &now["data"]["state"];
    let sending = &state["sending"];
    data["link"] = with_date(match state.get("linked") {
        Some(link) => link,
        None => &sending["before"],
    });
    data["pending"] = match sending.is_null() {
        true => Value::Null,
        false => json!({
            "envelope": sending["envelope"],
            "wants": sending["ours_after"],
            "dated_by_invoice": dated(&sending["memory_after"]),
            "provisional": sending["memory_after"]["provisional"],
        }),
    };
    if let Some(moved) = state.get("moved_to") {
        data["moved"] = moved.clone();
    }
    if let Some(earlier) = now["data"].get("earlier") {
        data["voided"] = earlier.clone();
    }
    if let Some(number) = data.get("number").cloned() {
        data["number"] = json!({ "number": number, "provisional": data["provisional"] });
    }
    let fields = data.as_object_mut().unwrap();
    fields.remove("provisional");
    fields.remove("dated_by_invoice");
    json!({ "v": 1, "data": data }).to_string()
}

/// Writes all slots as they were stored before.
async fn as_before(town: &Town) {
    for record in town.table.all() {
        let is_new = record.body.starts_with(r#"{"v":2"#);
        if !record.key.sort.starts_with("slot#") || !is_new {
            continue;
        }
        let put = Write::Put {
            key: record.key,
            expect: Expect::Version(record.version),
            body: of_before(&record.body),
            due: record.due,
            lists: Lists::default(),
            expires: None,
        };
        town.table.write(Uuid::max(), vec![put]).await.unwrap();
    }
}

/// An update comes while writes are on their way, with all that was stored before it.
#[tokio::test]
async fn v1_what_was_on_its_way_in_the_format_of_before_is_settled_and_goes_on() {
    for kind in [FaultKind::CommitThenDrop, FaultKind::DropBeforeCommit] {
        for entity in ["/customer", "/invoice"] {
            let town = Town::new(5).await;
            let other = with_items(&town).await;
            let customer = new_customer(&town, "Dana", "Sample");
            let first = new_job(&town, &customer);
            town.hcp.finish_job(&first).unwrap();
            let lost = Fault::next(kind.clone()).path(entity).method("POST");
            town.qbo.inject(lost.clone());
            drain(&town, &town.worker()).await;
            as_before(&town).await;
            let slots = town.all::<Slot>("slot#");
            assert!(slots.iter().any(|slot| slot.value.is_sending()));
            town.settle().await;
            assert_books(&town, &[&first, &other]);
            // The same with a change on its way, and everything else from before.
            as_before(&town).await;
            town.hcp.send_invoice(&first).unwrap();
            town.qbo.inject(lost);
            drain(&town, &town.worker()).await;
            as_before(&town).await;
            town.settle().await;
            let second = new_job(&town, &customer);
            town.hcp.finish_job(&second).unwrap();
            town.settle().await;
            assert_books(&town, &[&first, &second, &other]);
            assert_eq!(invoices(&town).len(), 3);
            let slots = town.all::<Slot>("slot#");
            assert!(slots.iter().all(|slot| slot.value.link().is_some()));
        }
    }
}
