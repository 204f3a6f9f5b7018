//! Customers on their way to QuickBooks.

use std::sync::atomic::{AtomicU32, Ordering};

use hcp_sandbox::{
    AddressKind, CustomerChanges, Hundredths, JobId, NewAddress, NewCustomer, NewEntry, NewLine,
};
use qbo_sandbox::Json;
use simulation::Town;
use store::AlertRecord;

use crate::{
    CustomerSlot,
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

/// A customer of whom nothing else is of interest, each with a name of its own.
pub(crate) fn somebody(town: &Town) -> hcp_sandbox::CustomerId {
    static NUMBER: AtomicU32 = AtomicU32::new(1);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    named(town, &format!("Dana {number}"))
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
    let customer = somebody(town);
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
    let alerts = town.all::<AlertRecord>("alert#");
    let open = alerts.into_iter().find(|alert| alert.value.open);
    open.unwrap().value.message
}

#[tokio::test]
async fn c1_a_quickbooks_customer_is_linked_to_one_housecall_pro_customer_and_the_reverse() {
    let town = Town::new(40).await;
    let theirs = make(&town, "Customer", r#"{"DisplayName":"Dana Sample"}"#);
    let first = new_customer(&town, "Dana", "Sample");
    let second = named(&town, "dana sample");
    let jobs = [small_job(&town, &first), small_job(&town, &second)];
    // Both at once, and again and again.
    for _ in 0..3 {
        for job in &jobs {
            if town.state(job) == store::JobState::NotSynced {
                town.hcp.finish_job(job).unwrap();
            } else {
                town.hcp.send_invoice(job).unwrap();
            }
        }
        town.settle().await;
    }
    alert(&town, "linked_customer_match");
    let slots = town.all::<CustomerSlot>("slot#customer#");
    let links = slots.iter().filter_map(|slot| slot.value.link());
    let links: Vec<String> = links.map(|link| link.id.to_string()).collect();
    assert_eq!(links, [theirs.as_str()]);
    let owners = town.all::<ledger::LinkOwner>("qbo#Customer#");
    assert_eq!(owners.len(), 1);
    let slot = format!("customer#{}", first.as_str());
    assert_eq!(owners[0].value.slot.as_str(), slot);
    assert_eq!(town.qbo.objects("Customer").len(), 1);
    assert_eq!(invoices(&town).len(), 1);
}

#[tokio::test]
async fn c1_a_name_that_the_look_up_missed_is_looked_up_once_more() {
    let town = Town::new(41).await;
    let theirs = make(&town, "Customer", r#"{"DisplayName":"Dana Sample"}"#);
    let blind = qbo_sandbox::QboFault::LateQuery { ms: 3_600_000 };
    town.qbo
        .inject(qbo_sandbox::Fault::next(blind).on("Customer"));
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    finish(&town, &job).await;
    assert_same_books(&town, &[&job]);
    let invoice = &town.qbo.objects("Invoice")[0];
    assert_eq!(invoice.text("CustomerRef.value"), Some(theirs.as_str()));
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
    let slots = town.all::<CustomerSlot>(&format!("slot#customer#{}", customer.as_str()));
    let matched = slots[0].value.memory.matched.as_ref().unwrap();
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
    let slots = town.all::<CustomerSlot>(&format!("slot#customer#{}", customer.as_str()));
    assert_eq!(
        slots[0].value.memory.original.as_deref(),
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

#[tokio::test]
async fn c8_distinct_customers_stay_two_also_where_their_data_differ() {
    let town = Town::new(46).await;
    for (name, street) in [("Kim: Park", "1 First St"), ("Kim- Park", "2 Second St")] {
        let lake = NewAddress {
            kind: AddressKind::Billing,
            street: Some(street.to_owned()),
            ..NewAddress::default()
        };
        let kim = town.hcp.create_customer(NewCustomer {
            first_name: Some(name.to_owned()),
            addresses: vec![lake],
            ..NewCustomer::default()
        });
        finish(&town, &small_job(&town, &kim.unwrap())).await;
    }
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    assert_eq!(names(&town, "Customer", "DisplayName").len(), 2);
}
