//! Customers and price-book items on their way to QuickBooks.

use hcp_sandbox::{
    CustomerChanges, EntryChanges, Hundredths, JobId, NewCustomer, NewEntry, NewLine,
};
use qbo_sandbox::Json;
use simulation::Town;
use store::{Alert, Slot};

use crate::{
    people::{
        assert_books, assert_same_books, invoices, job_with, new_customer, new_job, requests,
    },
    stories::make,
};

/// Items that every QuickBooks company begins with.
const WITH_THE_COMPANY: [&str; 2] = ["Services", "Hours"];

/// A customer of whom Housecall Pro knows a name only.
pub(crate) fn named(town: &Town, name: &str) -> hcp_sandbox::CustomerId {
    town.hcp
        .create_customer(NewCustomer {
            first_name: Some(name.to_owned()),
            ..NewCustomer::default()
        })
        .unwrap()
}

pub(crate) fn small_job(town: &Town, customer: &hcp_sandbox::CustomerId) -> JobId {
    let line = NewLine::labor("Visit", 9_900, Hundredths::ONE);
    job_with(town, customer, vec![line])
}

pub(crate) async fn finish(town: &Town, job: &JobId) {
    town.hcp.finish_job(job).unwrap();
    town.settle().await;
}

pub(crate) fn entry(name: &str, category: &str) -> NewEntry {
    NewEntry {
        name: name.to_owned(),
        category: category.to_owned(),
        price: 4_500,
        ..NewEntry::default()
    }
}

/// A finished job with one of each of these price-book entries.
pub(crate) async fn job_of(town: &Town, entries: &[&str]) -> JobId {
    let customer = named(town, "Dana");
    let lines = entries
        .iter()
        .map(|entry| NewLine::from_price_book(entry, Hundredths::ONE));
    let job = job_with(town, &customer, lines.collect());
    finish(town, &job).await;
    job
}

pub(crate) fn names(town: &Town, entity: &str, field: &str) -> Vec<String> {
    let mut names: Vec<String> = town
        .qbo
        .objects(entity)
        .iter()
        .filter_map(|object| object.text(field).map(str::to_owned))
        .filter(|name| !WITH_THE_COMPANY.contains(&name.as_str()))
        .collect();
    names.sort();
    names
}

pub(crate) fn id(town: &Town, entity: &str, field: &str, name: &str) -> String {
    let objects = town.qbo.objects(entity);
    let found = objects.iter().find(|one| one.text(field) == Some(name));
    found.unwrap().text("Id").unwrap().to_owned()
}

pub(crate) fn edit(town: &Town, entity: &str, id: &str, json: &str) {
    let fields = Json::parse(json.as_bytes()).unwrap();
    town.qbo.edit(entity, id, &fields).unwrap();
}

/// The words of the only open alert, after its type.
pub(crate) fn alert(town: &Town, kind: &str) -> String {
    assert_eq!(town.open_alerts(), [kind]);
    let alerts = town.all::<Alert>("alert#");
    let open = alerts.into_iter().find(|alert| alert.value.open);
    open.unwrap().value.message
}

#[tokio::test]
async fn c4_what_changed_in_housecall_pro_follows_with_the_next_invoice_and_nothing_else() {
    let town = Town::new(31).await;
    let customer = new_customer(&town, "Dana", "Sample");
    let job = new_job(&town, &customer);
    finish(&town, &job).await;
    let dana = id(&town, "Customer", "DisplayName", "Dana Sample");
    let by_hand = r#"{"Notes":"Gate code 12","Mobile":{"FreeFormNumber":"555 010 0000"}}"#;
    edit(&town, "Customer", &dana, by_hand);
    let married = CustomerChanges {
        last_name: Some("Example".to_owned()),
        email: Some(String::new()),
        ..CustomerChanges::default()
    };
    town.hcp.edit_customer(&customer, married).unwrap();
    town.settle().await;
    let known = || town.qbo.object("Customer", &dana).unwrap();
    assert_eq!(known().text("DisplayName"), Some("Dana Sample"), "not yet");
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_eq!(known().text("DisplayName"), Some("Dana Example"));
    assert_eq!(known().text("FamilyName"), Some("Example"));
    assert_eq!(known().text("Notes"), Some("Gate code 12"));
    let phone = known();
    let phone = phone.text("Mobile.FreeFormNumber");
    assert_eq!(phone, Some("555 010 0000"), "it did not change in HCP");
    let email = known();
    let email = email.text("PrimaryEmailAddr.Address");
    assert_eq!(email, Some("dana@example.com"), "a blank clears nothing");
    assert_same_books(&town, &[&job]);
}

#[tokio::test]
async fn c6_a_match_keeps_its_evidence_and_renames_nothing() {
    let town = Town::new(32).await;
    make(
        &town,
        "Customer",
        r#"{"DisplayName":"DANA  Sample","Mobile":{"FreeFormNumber":"(555) 010-0199"}}"#,
    );
    let customer = new_customer(&town, "Dana", "Sample");
    let job = new_job(&town, &customer);
    finish(&town, &job).await;
    assert_books(&town, &[&job]);
    assert_eq!(names(&town, "Customer", "DisplayName"), ["DANA  Sample"]);
    let slots = town.all::<Slot>(&format!("slot#customer#{}", customer.as_str()));
    let matched = slots[0].value.matched.as_ref().unwrap();
    assert_eq!(matched.name, "DANA  Sample");
    assert_eq!(matched.agreed, ["phone number"]);
}

#[tokio::test]
async fn c6_one_of_several_namesakes_is_never_guessed() {
    let town = Town::new(33).await;
    for json in [
        r#"{"DisplayName":"Dana Sample","Mobile":{"FreeFormNumber":"5550100199"}}"#,
        r#"{"DisplayName":"Dana  Sample","PrimaryEmailAddr":{"Address":"d@example.com"}}"#,
        r#"{"DisplayName":"Dana Maria Sample"}"#,
    ] {
        make(&town, "Customer", json);
    }
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    finish(&town, &job).await;
    let told = alert(&town, "customer_match_ambiguous");
    assert!(told.contains("Dana Sample (5550100199)"), "{told}");
    assert!(told.contains("Dana  Sample (d@example.com)"), "{told}");
    assert!(!told.contains("Maria"), "{told}");
    assert_eq!(invoices(&town).len(), 0);
}

#[tokio::test]
async fn c6_alerts_name_both_customers() {
    let town = Town::new(34).await;
    make(
        &town,
        "Customer",
        r#"{"DisplayName":"Dana Sample","PrimaryEmailAddr":{"Address":"other@example.com"}}"#,
    );
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    finish(&town, &job).await;
    let told = alert(&town, "customer_match_ambiguous");
    assert!(told.contains("dana@example.com in Housecall Pro"), "{told}");
    assert!(told.contains("other@example.com in QuickBooks"), "{told}");

    let town = Town::new(34).await;
    let first = new_customer(&town, "Dana", "Sample");
    finish(&town, &new_job(&town, &first)).await;
    finish(&town, &small_job(&town, &named(&town, "Dana Sample"))).await;
    let told = alert(&town, "linked_customer_match");
    assert!(
        told.contains("another Housecall Pro customer, Dana Sample (dana@example.com)"),
        "{told}"
    );
}

#[tokio::test]
async fn c8_customers_whose_names_only_quickbooks_takes_for_one_stay_two() {
    let town = Town::new(35).await;
    let jobs: Vec<JobId> = [
        "Smith: Jo",
        "Smith- Jo",
        "Smith\u{1F527}- Jo",
        "Smith- Jo \u{202E}",
    ]
    .iter()
    .map(|name| small_job(&town, &named(&town, name)))
    .collect();
    for job in &jobs {
        finish(&town, job).await;
    }
    let names = names(&town, "Customer", "DisplayName");
    assert_eq!(names.len(), jobs.len(), "{names:?}");
    let all: Vec<&JobId> = jobs.iter().collect();
    assert_same_books(&town, &all);
    // Later invoices of theirs find the same customers.
    for job in &jobs {
        town.hcp.send_invoice(job).unwrap();
        town.settle().await;
    }
    assert_eq!(self::names(&town, "Customer", "DisplayName"), names);
    assert_same_books(&town, &all);
}

#[tokio::test]
async fn c8_the_name_as_it_was_is_kept_with_the_link() {
    let town = Town::new(36).await;
    let customer = named(&town, "Kim \u{1F527}: Park");
    finish(&town, &small_job(&town, &customer)).await;
    assert_eq!(names(&town, "Customer", "DisplayName"), ["Kim - Park"]);
    let slots = town.all::<Slot>(&format!("slot#customer#{}", customer.as_str()));
    assert_eq!(
        slots[0].value.original.as_deref(),
        Some("Kim \u{1F527}: Park")
    );
}

#[tokio::test]
async fn v5_no_name_makes_quickbooks_refuse_anything() {
    let town = Town::new(37).await;
    let long = |end: &str| "n".repeat(500) + end;
    let book = |end: &str| "n".repeat(100) + end;
    let mut jobs = Vec::new();
    for (person, thing) in [
        (long("1"), book("1")),
        (long("2"), book("2")),
        (long(""), book("")),
        ("Tab\there: now".to_owned(), "Tab\there: now".to_owned()),
        (
            "שלום\u{200F} עולם".to_owned(),
            "مرحبا \u{202B}بالعالم".to_owned(),
        ),
        (
            "\u{1F527}\u{200D}\u{1F525}".to_owned(),
            "\u{1F527}".to_owned(),
        ),
        (
            "Zoë O'Brien \\ \"Co\" 100%".to_owned(),
            "50% off 'x' \\".to_owned(),
        ),
        ("株式会社 工藤".to_owned(), "フィルター".to_owned()),
    ] {
        let service = town.hcp.add_service(entry(&thing, "Care")).unwrap();
        let line = NewLine::from_price_book(&service, Hundredths::ONE);
        let job = job_with(&town, &named(&town, &person), vec![line]);
        finish(&town, &job).await;
        jobs.push(job);
    }
    let all: Vec<&JobId> = jobs.iter().collect();
    assert_books(&town, &all);
    assert_eq!(town.qbo.objects("Customer").len(), jobs.len());
    assert_eq!(names(&town, "Item", "Name").len(), jobs.len());
}

#[tokio::test]
async fn c9_a_parent_in_quickbooks_is_kept() {
    let town = Town::new(38).await;
    let parent = make(&town, "Customer", r#"{"DisplayName":"Sample Estates"}"#);
    make(
        &town,
        "Customer",
        &format!(
            r#"{{"DisplayName":"Dana Sample","Job":true,"BillWithParent":true,"ParentRef":{{"value":"{parent}"}}}}"#
        ),
    );
    let customer = new_customer(&town, "Dana", "Sample");
    let job = new_job(&town, &customer);
    finish(&town, &job).await;
    let renamed = CustomerChanges {
        last_name: Some("Example".to_owned()),
        ..CustomerChanges::default()
    };
    town.hcp.edit_customer(&customer, renamed).unwrap();
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    let dana = id(&town, "Customer", "DisplayName", "Dana Example");
    let dana = town.qbo.object("Customer", &dana).unwrap();
    assert_eq!(dana.text("ParentRef.value"), Some(parent.as_str()));
    assert_eq!(
        dana.at("BillWithParent").and_then(Json::as_bool),
        Some(true)
    );
    assert_books(&town, &[&job]);
}

#[tokio::test]
async fn c10_an_inactive_customer_is_reported_by_name_and_works_again_once_active() {
    for refusal in [
        qbo_sandbox::InactiveReference::Code2500,
        qbo_sandbox::InactiveReference::Code610,
    ] {
        for renamed in [false, true] {
            let town = Town::with(
                39,
                |_| {},
                |qbo| {
                    qbo.doubts.inactive_reference = refusal;
                    qbo.doubts.refuse_deactivation_with_balance = false;
                },
            )
            .await;
            let customer = new_customer(&town, "Dana", "Sample");
            let first = new_job(&town, &customer);
            finish(&town, &first).await;
            let dana = id(&town, "Customer", "DisplayName", "Dana Sample");
            edit(&town, "Customer", &dana, r#"{"Active":false}"#);
            if renamed {
                let note = CustomerChanges {
                    notes: Some("Ring twice".to_owned()),
                    ..CustomerChanges::default()
                };
                town.hcp.edit_customer(&customer, note).unwrap();
            }
            let second = small_job(&town, &customer);
            finish(&town, &second).await;
            let told = alert(&town, "customer_inactive");
            assert!(told.contains("the customer Dana Sample was"), "{told}");
            assert_eq!(invoices(&town).len(), 1);
            edit(
                &town,
                "Customer",
                &dana,
                r#"{"Active":true,"DisplayName":"Dana Sample"}"#,
            );
            town.hcp.send_invoice(&second).unwrap();
            town.settle().await;
            assert_same_books(&town, &[&first, &second]);
        }
    }
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
    assert_eq!(names(&town, "Item", "Name"), ["Filter"]);
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
        assert_eq!(names(&town, "Item", "Name"), ["Filter"]);
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

async fn map(town: &Town, entry: &str, account: &qbo::Id) -> Result<(), sync::Stop> {
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

#[tokio::test]
async fn c1_a_new_customer_with_25_new_items_takes_three_calls() {
    let town = Town::new(50).await;
    let services: Vec<String> = (1..=25)
        .map(|n| town.hcp.add_service(entry(&format!("Work {n}"), "Care")))
        .collect::<Result<_, _>>()
        .unwrap();
    let services: Vec<&str> = services.iter().map(String::as_str).collect();
    let before = requests(&town);
    let job = job_of(&town, &services).await;
    assert_eq!(requests(&town) - before, 3);
    assert_eq!(names(&town, "Item", "Name").len(), 25);
    assert_books(&town, &[&job]);
}
