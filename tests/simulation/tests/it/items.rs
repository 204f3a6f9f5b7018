//! Price-book items on their way to QuickBooks.

use hcp_sandbox::{EntryChanges, Hundredths, NewLine};
use simulation::Town;
use store::Slot;
use sync::income::Mapped;

use crate::{
    parties::{alert, edit, entry, finish, id, job_of, named, names},
    people::{assert_books, assert_same_books, invoices, job_with},
    stories::make,
};

/// Where an item stands in QuickBooks: its category and its name.
pub(crate) fn place(town: &Town, name: &str) -> String {
    let item = id(town, "Item", "Name", name);
    let item = town.qbo.object("Item", &item).unwrap();
    item.text("FullyQualifiedName").unwrap().to_owned()
}

#[tokio::test]
async fn c10_an_inactive_item_is_reported_by_name() {
    let town = Town::new(40).await;
    let service = town
        .hcp
        .add_service(entry("Flush: boiler", "Care"))
        .unwrap();
    job_of(&town, &[&service]).await;
    let flush = id(&town, "Item", "Name", "Flush- boiler");
    edit(&town, "Item", &flush, r#"{"Active":false}"#);
    let other = town.hcp.add_service(entry("Survey", "Care")).unwrap();
    let line = |entry: &str| NewLine::from_price_book(entry, Hundredths::ONE);
    let job = job_with(
        &town,
        &named(&town, "Eli"),
        vec![line(&service), line(&other)],
    );
    finish(&town, &job).await;
    let told = alert(&town, "item_inactive");
    assert!(told.contains("inactive there: Flush: boiler."), "{told}");
    assert_eq!(invoices(&town).len(), 1);
}

#[tokio::test]
async fn i3_an_inactive_item_is_not_matched_and_a_category_takes_the_name() {
    let town = Town::new(41).await;
    let old = make(
        &town,
        "Item",
        r#"{"Name":"Flush","Type":"Service","IncomeAccountRef":{"value":"INCOME"}}"#,
    );
    edit(&town, "Item", &old, r#"{"Active":false}"#);
    let service = town.hcp.add_service(entry("Flush", "Care")).unwrap();
    let job = job_of(&town, &[&service]).await;
    assert_ne!(id(&town, "Item", "Name", "Flush"), old);
    assert_books(&town, &[&job]);

    let town = Town::new(41).await;
    make(&town, "Item", r#"{"Name":"Flush","Type":"Category"}"#);
    let service = town.hcp.add_service(entry("Flush", "Care")).unwrap();
    job_of(&town, &[&service]).await;
    let told = alert(&town, "item_name_taken");
    assert!(
        told.contains("name Flush is taken in QuickBooks by a category"),
        "{told}"
    );
}

#[tokio::test]
async fn i6_nothing_of_a_linked_item_is_overwritten() {
    let town = Town::new(42).await;
    let service = town.hcp.add_service(entry("Flush", "Care")).unwrap();
    let job = job_of(&town, &[&service]).await;
    let flush = id(&town, "Item", "Name", "Flush");
    let by_hand = r#"{"Name":"Boiler flush","UnitPrice":99.00,"Description":"By hand"}"#;
    edit(&town, "Item", &flush, by_hand);
    let dearer = EntryChanges {
        name: Some("Flush and fill".to_owned()),
        price: Some(7_700),
        ..EntryChanges::default()
    };
    town.hcp.edit_entry(&service, dearer).unwrap();
    let before = town.qbo.object("Item", &flush);
    town.hcp
        .add_line(&job, NewLine::from_price_book(&service, Hundredths::ONE))
        .unwrap();
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_eq!(town.qbo.object("Item", &flush), before);
    assert_eq!(names(&town, "Item", "Name"), ["Boiler flush"]);
    assert_books(&town, &[&job]);
}

#[tokio::test]
async fn i7_a_material_moved_from_the_services_keeps_its_link() {
    let town = Town::new(43).await;
    let service = town.hcp.add_service(entry("Filter", "Care")).unwrap();
    let customer = named(&town, "Dana");
    let line = |entry: &str| NewLine::from_price_book(entry, Hundredths::ONE);
    let first = job_with(&town, &customer, vec![line(&service)]);
    finish(&town, &first).await;
    let filter = id(&town, "Item", "Name", "Filter");
    town.clock.advance(std::time::Duration::from_secs(3_600));
    let material = town.hcp.move_to_materials(&service, "Parts").unwrap();
    let second = job_with(&town, &customer, vec![line(&material)]);
    finish(&town, &second).await;
    // The same item, now in the category that Housecall Pro tells of a material (I4).
    assert_eq!(names(&town, "Item", "Name"), ["Filter", "Parts"]);
    assert_eq!(place(&town, "Filter"), "Parts:Filter");
    let items: Vec<String> = town
        .qbo
        .objects("Invoice")
        .iter()
        .filter_map(|invoice| {
            let line = invoice.at("Line")?.as_list().first()?;
            Some(line.text("SalesItemLineDetail.ItemRef.value")?.to_owned())
        })
        .collect();
    assert_eq!(items, [filter.clone(), filter]);
    // The first job's line keeps the old id, and its later triggers find the same item.
    town.hcp.send_invoice(&first).unwrap();
    town.settle().await;
    assert_books(&town, &[&first, &second]);
}

#[tokio::test]
async fn i7_where_a_service_and_a_material_of_one_name_live_on_a_person_is_asked() {
    let line = |entry: &str| NewLine::from_price_book(entry, Hundredths::ONE);
    for together in [true, false] {
        let town = Town::new(44).await;
        let customer = named(&town, "Dana");
        let service = town.hcp.add_service(entry("Filter", "Care")).unwrap();
        let material = town.hcp.add_material(entry("Filter", "Parts")).unwrap();
        finish(&town, &job_with(&town, &customer, vec![line(&service)])).await;
        if together {
            let both = vec![line(&service), line(&material)];
            finish(&town, &job_with(&town, &customer, both)).await;
        } else {
            finish(&town, &job_with(&town, &customer, vec![line(&material)])).await;
            town.clock.advance(std::time::Duration::from_secs(3_600));
            finish(&town, &job_with(&town, &customer, vec![line(&service)])).await;
        }
        let told = alert(&town, "item_in_both_books");
        assert!(told.contains("Filter is used both as"), "{told}");
        assert_eq!(names(&town, "Item", "Name"), ["Filter", "Parts"]);
    }
}

#[tokio::test]
async fn i8_items_whose_names_only_quickbooks_takes_for_one_stay_two() {
    let town = Town::new(45).await;
    let add = |name: &str| town.hcp.add_service(entry(name, "Care")).unwrap();
    let (one, two) = (add("A/C: check"), add("A/C- check"));
    let job = job_of(&town, &[&one, &two]).await;
    let names = names(&town, "Item", "Name");
    assert_eq!(names.len(), 2, "{names:?}");
    assert_eq!(names[0], "A/C- check");
    assert!(names[1].starts_with("A/C- check~"), "{names:?}");
    assert_books(&town, &[&job]);
}

#[tokio::test]
async fn i8_two_entries_of_one_name_are_never_merged() {
    let town = Town::new(46).await;
    let add = |category: &str| town.hcp.add_service(entry("Check", category)).unwrap();
    let (one, two) = (add("Heating"), add("Cooling"));
    job_of(&town, &[&one, &two]).await;
    let told = alert(&town, "item_name_taken");
    assert!(told.contains("name Check is taken"), "{told}");
    assert_eq!(names(&town, "Item", "Name"), ["Check"]);
    assert_eq!(invoices(&town).len(), 0);
}

fn account(town: &Town, name: &str) -> qbo::Id {
    let made = make(
        town,
        "Account",
        &format!(
            r#"{{"Name":"{name}","AccountType":"Income","AccountSubType":"ServiceFeeIncome"}}"#
        ),
    );
    qbo::Id::new(made)
}

async fn map(town: &Town, entry: &str, account: &qbo::Id) -> Result<Mapped, sync::Stop> {
    let entry = hcp::ServiceItemId::parse(entry).unwrap();
    let worker = town.worker();
    worker
        .map_income(&town.books().company, &entry, account, town.deadline())
        .await
}

fn income(town: &Town, item: &str) -> Option<String> {
    let item = id(town, "Item", "Name", item);
    let item = town.qbo.object("Item", &item).unwrap();
    item.text("IncomeAccountRef.value").map(str::to_owned)
}

#[tokio::test]
async fn i5_a_mapping_counts_from_the_first_use_and_a_change_of_it_at_once() {
    let town = Town::new(47).await;
    let (plumbing, heating) = (account(&town, "Plumbing"), account(&town, "Heating"));
    let service = town.hcp.add_service(entry("Flush", "Care")).unwrap();
    let other = town.hcp.add_service(entry("Survey", "Care")).unwrap();
    map(&town, &service, &plumbing).await.unwrap();
    let job = job_of(&town, &[&service, &other]).await;
    assert_eq!(income(&town, "Flush").as_deref(), Some(plumbing.as_str()));
    assert_ne!(income(&town, "Survey").as_deref(), Some(plumbing.as_str()));

    let flush = id(&town, "Item", "Name", "Flush");
    let before = town.qbo.objects("Invoice");
    map(&town, &service, &heating).await.unwrap();
    assert_eq!(income(&town, "Flush").as_deref(), Some(heating.as_str()));
    assert_eq!(town.qbo.objects("Invoice"), before);
    assert_books(&town, &[&job]);

    // Somebody edits the item meanwhile: only its account is ours.
    edit(&town, "Item", &flush, r#"{"Description":"By hand"}"#);
    map(&town, &service, &plumbing).await.unwrap();
    assert_eq!(income(&town, "Flush").as_deref(), Some(plumbing.as_str()));
    let flush = town.qbo.object("Item", &flush).unwrap();
    assert_eq!(flush.text("Description"), Some("By hand"));
}

#[tokio::test]
async fn i5_an_account_that_quickbooks_refuses_is_not_mapped() {
    let town = Town::new(48).await;
    let service = town.hcp.add_service(entry("Flush", "Care")).unwrap();
    let job = job_of(&town, &[&service]).await;
    let before = income(&town, "Flush");
    let bank = make(
        &town,
        "Account",
        r#"{"Name":"Till","AccountType":"Bank","AccountSubType":"Checking"}"#,
    );
    let bank = qbo::Id::new(bank);
    assert!(map(&town, &service, &bank).await.is_err());
    assert_eq!(income(&town, "Flush"), before);
    let slots = town.all::<Slot>(&format!("slot#item#{service}"));
    assert_eq!(slots[0].value.income, None);
    assert_same_books(&town, &[&job]);
}

#[tokio::test]
async fn i5_a_mapping_makes_a_material_at_once_and_a_service_with_its_first_use() {
    let town = Town::new(51).await;
    let (plumbing, heating) = (account(&town, "Plumbing"), account(&town, "Heating"));
    let filter = town.hcp.add_material(entry("Filter", "Parts")).unwrap();
    assert_eq!(map(&town, &filter, &plumbing).await.unwrap(), Mapped::Now);
    assert_eq!(place(&town, "Filter"), "Parts:Filter");
    assert_eq!(income(&town, "Filter").as_deref(), Some(plumbing.as_str()));
    assert_eq!(map(&town, &filter, &heating).await.unwrap(), Mapped::Now);
    assert_eq!(income(&town, "Filter").as_deref(), Some(heating.as_str()));
    let service = town.hcp.add_service(entry("Flush", "Care")).unwrap();
    let mapped = map(&town, &service, &plumbing).await.unwrap();
    assert_eq!(mapped, Mapped::AtFirstUse);
    let job = job_of(&town, &[&filter, &service]).await;
    assert_eq!(names(&town, "Item", "Name"), ["Filter", "Flush", "Parts"]);
    assert_eq!(income(&town, "Flush").as_deref(), Some(plumbing.as_str()));
    assert_books(&town, &[&job]);

    // A material that QuickBooks has is linked, and gets the account.
    let parts = id(&town, "Item", "Name", "Parts");
    make(
        &town,
        "Item",
        &format!(
            r#"{{"Name":"Gasket","Type":"NonInventory","IncomeAccountRef":{{"value":"1"}},"SubItem":true,"ParentRef":{{"value":"{parts}"}}}}"#
        ),
    );
    let gasket = town.hcp.add_material(entry("Gasket", "Parts")).unwrap();
    assert_eq!(map(&town, &gasket, &plumbing).await.unwrap(), Mapped::Now);
    assert_eq!(income(&town, "Gasket").as_deref(), Some(plumbing.as_str()));

    // One whose name is another's is not mapped.
    make(
        &town,
        "Item",
        r#"{"Name":"Valve","Type":"Service","IncomeAccountRef":{"value":"1"}}"#,
    );
    let valve = town.hcp.add_material(entry("Valve", "Parts")).unwrap();
    let error = map(&town, &valve, &plumbing).await.unwrap_err();
    assert!(
        error.to_string().contains("product or service Valve"),
        "{error}"
    );
    let slots = town.all::<Slot>(&format!("slot#item#{valve}"));
    assert!(slots.iter().all(|slot| slot.value.income.is_none()));
}

#[tokio::test]
async fn i6_an_account_chosen_in_quickbooks_later_becomes_the_mapping() {
    let town = Town::new(52).await;
    let (plumbing, heating) = (account(&town, "Plumbing"), account(&town, "Heating"));
    let filter = town.hcp.add_material(entry("Filter", "Parts")).unwrap();
    let job = job_of(&town, &[&filter]).await;
    let item = id(&town, "Item", "Name", "Filter");
    let by_hand = format!(r#"{{"IncomeAccountRef":{{"value":"{heating}"}}}}"#);
    edit(&town, "Item", &item, &by_hand);
    // The next write of ours finds the item changed, and tells its account.
    let other = EntryChanges {
        category: Some("Consumables".to_owned()),
        ..EntryChanges::default()
    };
    town.hcp.edit_entry(&filter, other).unwrap();
    town.clock.advance(std::time::Duration::from_secs(600));
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_eq!(place(&town, "Filter"), "Consumables:Filter");
    assert_eq!(income(&town, "Filter").as_deref(), Some(heating.as_str()));
    let slots = town.all::<Slot>(&format!("slot#item#{filter}"));
    assert_eq!(slots[0].value.income.as_ref(), Some(&heating));
    map(&town, &filter, &plumbing).await.unwrap();
    assert_eq!(income(&town, "Filter").as_deref(), Some(plumbing.as_str()));
    assert_same_books(&town, &[&job]);
}

#[tokio::test]
async fn i6_an_income_account_chosen_in_quickbooks_is_the_items_own() {
    let town = Town::new(49).await;
    let heating = account(&town, "Heating");
    make(
        &town,
        "Item",
        &format!(
            r#"{{"Name":"Flush","Type":"Service","IncomeAccountRef":{{"value":"{heating}"}}}}"#
        ),
    );
    let service = town.hcp.add_service(entry("Flush", "Care")).unwrap();
    let job = job_of(&town, &[&service]).await;
    assert_eq!(income(&town, "Flush").as_deref(), Some(heating.as_str()));
    let slots = town.all::<Slot>(&format!("slot#item#{service}"));
    assert_eq!(slots[0].value.income.as_ref(), Some(&heating));
    assert_books(&town, &[&job]);
    let default = town.all::<store::Connection>(town.books().company.as_str());
    let default = &default[0].value.accounts.income.id;
    map(&town, &service, default).await.unwrap();
    assert_eq!(income(&town, "Flush").as_deref(), Some(default.as_str()));
}
