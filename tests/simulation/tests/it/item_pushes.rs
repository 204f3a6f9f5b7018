//! Items of the price book that a person has pushed (U1).

use std::time::Duration;

use hcp_sandbox::EntryChanges;
use simulation::Town;
use store::{ActKind, Did, HistoryEntry};
use sync::work::orders::{Named, OrderState, Wish};

use crate::{
    categories::material,
    items::place,
    office::{order_for, told},
    parties::{entry, job_of, names},
    people::{assert_books, requests},
    stories::make,
};

async fn push(town: &Town, called: &str) -> OrderState {
    let id = order_for(town, Wish::Push, Named::Item(called.to_owned())).await;
    town.settle().await;
    told(town, id).await.state
}

fn moved_to(category: &str) -> EntryChanges {
    EntryChanges {
        category: Some(category.to_owned()),
        ..EntryChanges::default()
    }
}

#[tokio::test]
async fn u1_a_material_is_made_by_its_name_before_any_job_uses_it_and_moved_later() {
    let town = Town::new(95).await;
    let filter = material(&town, "Filter", "Parts");
    let done = push(&town, " filter ").await;
    assert!(matches!(done, OrderState::Settled), "{done:?}");
    assert_eq!(place(&town, "Filter"), "Parts:Filter");
    // Where QuickBooks lacks nothing of it, nothing is sent.
    let sent = requests(&town);
    let again = push(&town, &filter).await;
    assert!(matches!(again, OrderState::Settled), "{again:?}");
    assert_eq!(requests(&town), sent);

    let dearer = EntryChanges {
        price: Some(7_700),
        ..moved_to("Consumables")
    };
    town.hcp.edit_entry(&filter, dearer).unwrap();
    town.clock.advance(Duration::from_secs(600));
    let before = town.qbo.objects("Item");
    let price = before.iter().find(|one| one.text("Name") == Some("Filter"));
    let price = price.unwrap().text("UnitPrice").map(str::to_owned);
    let moved = push(&town, "Filter").await;
    assert!(matches!(moved, OrderState::Settled), "{moved:?}");
    assert_eq!(place(&town, "Filter"), "Consumables:Filter");
    let after = town.qbo.objects("Item");
    let after = after.iter().find(|one| one.text("Name") == Some("Filter"));
    assert_eq!(after.unwrap().text("UnitPrice").map(str::to_owned), price);
    let job = job_of(&town, &[&filter]).await;
    assert_books(&town, &[&job]);

    let acts = town.all::<HistoryEntry>("history#").into_iter();
    let acts = acts
        .filter(|entry| matches!(&entry.value.did, Did::Acted(act) if act.what == ActKind::Pushed));
    assert_eq!(acts.count(), 3);
}

#[tokio::test]
async fn u1_a_service_is_pushed_once_quickbooks_has_it() {
    let town = Town::new(96).await;
    let flush = town.hcp.add_service(entry("Flush", "Care")).unwrap();
    let OrderState::Declined { words } = push(&town, &flush).await else {
        panic!("Housecall Pro tells no service");
    };
    assert!(words.contains("the first job that uses it"), "{words}");
    let OrderState::Declined { words } = push(&town, "Flush").await else {
        panic!("nobody knows its name");
    };
    assert!(words.contains("There is no item Flush"), "{words}");
    let job = job_of(&town, &[&flush]).await;
    let sent = requests(&town);
    let done = push(&town, "Flush").await;
    assert!(matches!(done, OrderState::Settled), "{done:?}");
    assert_eq!(requests(&town), sent);
    assert_books(&town, &[&job]);
}

#[tokio::test]
async fn u1_an_item_that_cannot_be_is_declined_in_plain_words() {
    let town = Town::new(97).await;
    material(&town, "Gasket", "Parts");
    material(&town, "Gasket", "Heaters");
    make(
        &town,
        "Item",
        r#"{"Name":"Valve","Type":"Service","IncomeAccountRef":{"value":"1"}}"#,
    );
    material(&town, "Valve", "Parts");
    for (called, expected) in [
        ("Gasket", "Several items have the name Gasket"),
        ("Valve", "its name is taken in QuickBooks"),
        ("pbmat_../1", "is not a Housecall Pro price-book item id"),
        ("Vavle", "There is no item Vavle"),
    ] {
        let state = push(&town, called).await;
        let OrderState::Declined { words } = state else {
            panic!("{called}: {state:?}");
        };
        assert!(words.contains(expected), "{words}");
    }
    // The category had its place before its material was refused.
    assert_eq!(names(&town, "Item", "Name"), ["Parts", "Valve"]);
    assert_eq!(town.open_alerts(), Vec::<String>::new());
}
