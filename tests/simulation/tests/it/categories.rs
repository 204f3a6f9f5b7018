//! Categories of materials on their way to QuickBooks (I3, I4).

use std::time::Duration;

use hcp_sandbox::{EntryChanges, Fault, FaultKind, HcpFault, Hundredths, JobId, NewLine};
use simulation::Town;
use sync::company::choose::{Choice, Party};

use crate::{
    items::place,
    parties::{alert, edit, entry, finish, id, job_of, named, names},
    people::{assert_books, assert_same_books, invoices, job_with, requests},
    stories::make,
};

pub(crate) fn material(town: &Town, name: &str, category: &str) -> String {
    town.hcp.add_material(entry(name, category)).unwrap()
}

pub(crate) fn recategorise(town: &Town, material: &str, category: &str) {
    let changes = EntryChanges {
        category: Some(category.to_owned()),
        price: Some(9_900),
        ..EntryChanges::default()
    };
    town.hcp.edit_entry(material, changes).unwrap();
}

/// Presses *Invoice* again, after enough time for the price book to be read anew.
async fn send(town: &Town, job: &JobId) {
    town.clock.advance(Duration::from_secs(600));
    town.hcp.send_invoice(job).unwrap();
    town.settle().await;
}

/// A town in whose QuickBooks a name may stand once in each category.
async fn town_of_categories(seed: u64) -> Town {
    Town::with(seed, |_| {}, |qbo| qbo.doubts.item_names_are_unique = false).await
}

#[tokio::test]
async fn i4_a_new_material_lies_in_its_category_for_one_call_more() {
    let town = Town::new(70).await;
    let filter = material(&town, "Filter", "Parts");
    let survey = town.hcp.add_service(entry("Survey", "Care")).unwrap();
    let job = job_of(&town, &[&survey]).await;
    let before = requests(&town);
    let second = job_of(&town, &[&filter]).await;
    assert_eq!(
        requests(&town) - before,
        4,
        "look-ups, category, item and customer, invoice"
    );
    assert_eq!(place(&town, "Filter"), "Parts:Filter");
    assert_eq!(
        place(&town, "Survey"),
        "Survey",
        "of services nothing is known"
    );
    let parts = id(&town, "Item", "Name", "Parts");
    let parts = town.qbo.object("Item", &parts).unwrap();
    assert_eq!(parts.text("Type"), Some("Category"));
    let gasket = material(&town, "Gasket", " parts ");
    town.clock.advance(Duration::from_secs(600));
    let before = requests(&town);
    let third = job_of(&town, &[&filter, &gasket]).await;
    assert_eq!(requests(&town) - before, 3, "no category is new");
    assert_eq!(
        place(&town, "Gasket"),
        "Parts:Gasket",
        "two of one name are one"
    );
    assert_books(&town, &[&job, &second, &third]);
}

#[tokio::test]
async fn i4_an_item_moves_with_the_next_invoice_and_nothing_else_of_it_changes() {
    let town = Town::new(71).await;
    let filter = material(&town, "Filter", "Parts");
    let job = job_of(&town, &[&filter]).await;
    let item = id(&town, "Item", "Name", "Filter");
    edit(
        &town,
        "Item",
        &item,
        r#"{"Description":"By hand","UnitPrice":7.5}"#,
    );
    recategorise(&town, &filter, "Consumables");
    town.settle().await;
    assert_eq!(place(&town, "Filter"), "Parts:Filter", "not yet");
    send(&town, &job).await;
    assert_eq!(place(&town, "Filter"), "Consumables:Filter");
    let there = town.qbo.object("Item", &item).unwrap();
    assert_eq!(there.text("Description"), Some("By hand"));
    assert_eq!(there.decimal("UnitPrice").unwrap().to_string(), "7.5");
    assert_same_books(&town, &[&job]);
    // One write for the move where the category is known, beside that of the invoice.
    recategorise(&town, &filter, "Parts");
    town.hcp
        .add_line(&job, NewLine::labor("More", 1_000, Hundredths::ONE))
        .unwrap();
    let sales = job_with(
        &town,
        &named(&town, "Eli"),
        vec![NewLine::labor("More", 1_000, Hundredths::ONE)],
    );
    finish(&town, &sales).await;
    let before = requests(&town);
    send(&town, &job).await;
    assert_eq!(requests(&town) - before, 2);
    assert_eq!(place(&town, "Filter"), "Parts:Filter");
    assert_same_books(&town, &[&job, &sales]);
}

#[tokio::test]
async fn i4_a_category_changed_in_quickbooks_stays_until_it_changes_in_housecall_pro() {
    let town = Town::new(72).await;
    let filter = material(&town, "Filter", "Parts");
    let job = job_of(&town, &[&filter]).await;
    let attic = make(&town, "Item", r#"{"Name":"Attic","Type":"Category"}"#);
    let item = id(&town, "Item", "Name", "Filter");
    let moved = format!(r#"{{"SubItem":true,"ParentRef":{{"value":"{attic}"}}}}"#);
    edit(&town, "Item", &item, &moved);
    send(&town, &job).await;
    assert_eq!(place(&town, "Filter"), "Attic:Filter");
    recategorise(&town, &filter, "Consumables");
    send(&town, &job).await;
    assert_eq!(place(&town, "Filter"), "Consumables:Filter");
    assert_same_books(&town, &[&job]);
}

#[tokio::test]
async fn i4_where_the_price_book_cannot_be_read_the_sync_goes_on_and_nothing_is_moved() {
    for kind in [
        FaultKind::ServerError,
        FaultKind::DropBeforeCommit,
        HcpFault::ThrottleFor { seconds: 1 }.into(),
    ] {
        let town = Town::new(73).await;
        let filter = material(&town, "Filter", "Parts");
        let fault = Fault::next(kind).path("price_book");
        town.hcp.inject(fault.clone());
        let job = job_of(&town, &[&filter]).await;
        assert_eq!(place(&town, "Filter"), "Filter");
        assert_books(&town, &[&job]);
        send(&town, &job).await;
        assert_eq!(
            place(&town, "Filter"),
            "Parts:Filter",
            "from when it is known"
        );
        town.hcp.inject(fault);
        recategorise(&town, &filter, "Consumables");
        send(&town, &job).await;
        assert_eq!(place(&town, "Filter"), "Parts:Filter");
        assert_books(&town, &[&job]);
    }
}

#[tokio::test]
async fn i4_the_price_book_is_read_once_for_many_jobs() {
    let town = Town::new(74).await;
    let filter = material(&town, "Filter", "Parts");
    let customer = named(&town, "Dana");
    let line = || NewLine::from_price_book(&filter, Hundredths::ONE);
    let jobs: Vec<JobId> = (0..5)
        .map(|_| job_with(&town, &customer, vec![line()]))
        .collect();
    for job in &jobs {
        town.hcp.finish_job(job).unwrap();
    }
    town.settle().await;
    let calls = town.hcp.calls();
    let lists = calls
        .iter()
        .filter(|call| call.path.contains("material_categories"));
    assert_eq!(lists.count(), 1);
    assert_books(&town, &jobs.iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn i3_a_category_and_an_item_inside_it_are_matched() {
    for nested in [true, false] {
        let town = Town::new(75).await;
        let top = make(
            &town,
            "Item",
            r#"{"Name":"Price Book Materials","Type":"Category"}"#,
        );
        let inside = |parent: &str| format!(r#""SubItem":true,"ParentRef":{{"value":"{parent}"}}"#);
        let parent = if nested {
            format!(",{}", inside(&top))
        } else {
            String::new()
        };
        let parts = make(
            &town,
            "Item",
            &format!(r#"{{"Name":"parts","Type":"Category"{parent}}}"#),
        );
        let theirs = format!(
            r#"{{"Name":"Filter","Type":"NonInventory","IncomeAccountRef":{{"value":"1"}},{}}}"#,
            inside(&parts)
        );
        let theirs = make(&town, "Item", &theirs);
        let filter = material(&town, "Filter", "Parts");
        let gasket = material(&town, "Gasket", "Parts");
        let job = job_of(&town, &[&filter, &gasket]).await;
        assert_eq!(id(&town, "Item", "Name", "Filter"), theirs);
        let path = if nested { "Price Book Materials:" } else { "" };
        assert_eq!(place(&town, "Filter"), format!("{path}parts:Filter"));
        assert_eq!(place(&town, "Gasket"), format!("{path}parts:Gasket"));
        assert_books(&town, &[&job]);
    }
}

#[tokio::test]
async fn i3_an_item_of_that_name_in_another_place_is_another() {
    let elsewhere = r#"{"Name":"Filter","Type":"Service","IncomeAccountRef":{"value":"1"}}"#;
    // Where QuickBooks takes a name once for each category.
    let town = town_of_categories(76).await;
    let theirs = make(&town, "Item", elsewhere);
    let filter = material(&town, "Filter", "Parts");
    let heater = material(&town, "Filter", "Heaters");
    job_of(&town, &[&filter]).await;
    job_of(&town, &[&heater]).await;
    let mut places: Vec<String> = town
        .qbo
        .objects("Item")
        .iter()
        .filter(|item| item.text("Name") == Some("Filter"))
        .map(|item| item.text("FullyQualifiedName").unwrap().to_owned())
        .collect();
    places.sort();
    assert_eq!(places, ["Filter", "Heaters:Filter", "Parts:Filter"]);
    let theirs = town.qbo.object("Item", &theirs).unwrap();
    assert_eq!(theirs.text("SyncToken"), Some("0"), "it is not ours");
    assert_eq!(invoices(&town).len(), 2);
    assert_eq!(town.open_alerts(), Vec::<String>::new());

    // Where it takes it only once: a person decides.
    for linked in [true, false] {
        let town = Town::new(76).await;
        let theirs = make(&town, "Item", elsewhere);
        let filter = material(&town, "Filter", "Parts");
        let job = job_of(&town, &[&filter]).await;
        let told = alert(&town, "item_name_taken");
        assert!(
            told.contains("Filter is taken in QuickBooks by the product or service Filter"),
            "{told}"
        );
        let choice = if linked {
            Choice::LinkTo(qbo::Id::new(theirs))
        } else {
            Choice::CreateAs(" (Parts)".to_owned())
        };
        let party = Party::Item(hcp::ServiceItemId::parse(&filter).unwrap());
        let worker = town.worker();
        let company = town.books().company;
        let by = simulation::person();
        let chosen = worker.choose(&company, &party, &choice, &by, town.deadline());
        chosen.await.unwrap();
        for _ in 0..2 {
            send(&town, &job).await;
            assert_same_books(&town, &[&job]);
            if linked {
                assert_eq!(place(&town, "Filter"), "Filter", "linking moves nothing");
            } else {
                assert_eq!(place(&town, "Filter (Parts)"), "Parts:Filter (Parts)");
            }
        }
        if linked {
            recategorise(&town, &filter, "Consumables");
            send(&town, &job).await;
            assert_eq!(place(&town, "Filter"), "Consumables:Filter");
        }
    }
}

#[tokio::test]
async fn i3_without_a_known_category_the_only_unlinked_item_of_that_name_is_matched() {
    let town = town_of_categories(77).await;
    let filter = material(&town, "Filter", "Parts");
    job_of(&town, &[&filter]).await;
    let kitchen = make(&town, "Item", r#"{"Name":"Kitchen","Type":"Category"}"#);
    let at = |name: &str| {
        format!(
            r#"{{"Name":"{name}","Type":"Service","IncomeAccountRef":{{"value":"1"}},"SubItem":true,"ParentRef":{{"value":"{kitchen}"}}}}"#
        )
    };
    // Beside ours there is one that is nobody's yet: it is the service's.
    let theirs = make(&town, "Item", &at("Filter"));
    let service = town.hcp.add_service(entry("Filter", "Care")).unwrap();
    job_of(&town, &[&service]).await;
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    let calls = town.qbo.object("Item", &theirs).unwrap();
    assert_eq!(calls.text("SyncToken"), Some("0"));
    let used = town.qbo.objects("Invoice").pop().unwrap();
    let line = used.at("Line").unwrap().as_list()[0].clone();
    let item = line.text("SalesItemLineDetail.ItemRef.value");
    assert_eq!(item, Some(theirs.as_str()));
    // Of two that are nobody's none is guessed.
    make(&town, "Item", &at("Flush"));
    make(
        &town,
        "Item",
        r#"{"Name":"Flush","Type":"Service","IncomeAccountRef":{"value":"1"}}"#,
    );
    let flush = town.hcp.add_service(entry("Flush", "Care")).unwrap();
    job_of(&town, &[&flush]).await;
    let told = alert(&town, "item_name_taken");
    assert!(told.contains("by several items of that name"), "{told}");
}

#[tokio::test]
async fn i4_a_category_whose_name_is_taken_is_reported_and_holds_up_only_what_is_new() {
    let town = Town::new(78).await;
    let filter = material(&town, "Filter", "Parts");
    let job = job_of(&town, &[&filter]).await;
    let flush = make(
        &town,
        "Item",
        r#"{"Name":"Flush","Type":"Service","IncomeAccountRef":{"value":"1"}}"#,
    );
    recategorise(&town, &filter, "Flush");
    send(&town, &job).await;
    let told = alert(&town, "category_name_taken");
    assert!(
        told.starts_with("The material Filter stays in its present category in QuickBooks"),
        "{told}"
    );
    assert!(
        told.contains("name is taken by a product or service"),
        "{told}"
    );
    assert!(told.ends_with("Invoices are sent all the same."), "{told}");
    assert_eq!(place(&town, "Filter"), "Parts:Filter");
    edit(&town, "Item", &flush, r#"{"Name":"Boiler flush"}"#);
    send(&town, &job).await;
    assert_eq!(place(&town, "Filter"), "Flush:Filter");
    assert_same_books(&town, &[&job]);

    // New items have no other place. Of what lies in a category QuickBooks alone knows whether it takes the name.
    for new in ["Boiler flush", "Filter"] {
        let gasket = material(&town, &format!("Gasket of {new}"), new);
        let held_up = job_of(&town, &[&gasket]).await;
        let told = alert(&town, "category_name_taken");
        assert!(
            told.contains("was not sent to QuickBooks: the category"),
            "{told}"
        );
        recategorise(&town, &gasket, "Flush");
        send(&town, &held_up).await;
        assert_eq!(town.open_alerts(), Vec::<String>::new());
        let there = place(&town, &format!("Gasket of {new}"));
        assert_eq!(there, format!("Flush:Gasket of {new}"));
    }
}

#[tokio::test]
async fn i4_a_category_that_is_gone_in_quickbooks_is_reported() {
    let town = Town::new(79).await;
    let filter = material(&town, "Filter", "Parts");
    let first = job_of(&town, &[&filter]).await;
    recategorise(&town, &filter, "Consumables");
    send(&town, &first).await;
    let parts = id(&town, "Item", "Name", "Parts");
    edit(&town, "Item", &parts, r#"{"Active":false}"#);
    let gasket = material(&town, "Gasket", "Parts");
    let job = job_of(&town, &[&gasket]).await;
    let told = alert(&town, "category_inactive");
    assert!(told.contains("the category Parts was deleted"), "{told}");
    edit(&town, "Item", &parts, r#"{"Active":true,"Name":"Parts"}"#);
    send(&town, &job).await;
    assert_eq!(place(&town, "Gasket"), "Parts:Gasket");
    assert_same_books(&town, &[&first, &job]);
}

#[tokio::test]
async fn i8_categories_whose_names_only_quickbooks_takes_for_one_stay_two() {
    let town = Town::new(80).await;
    let one = material(&town, "Filter", "Air: filters");
    let two = material(&town, "Gasket", "Air- filters");
    let job = job_of(&town, &[&one]).await;
    let second = job_of(&town, &[&two]).await;
    assert_eq!(place(&town, "Filter"), "Air- filters:Filter");
    let other = place(&town, "Gasket");
    assert!(other.starts_with("Air- filters~"), "{other}");
    assert_eq!(names(&town, "Item", "Name").len(), 4);
    assert_same_books(&town, &[&job, &second]);
}
