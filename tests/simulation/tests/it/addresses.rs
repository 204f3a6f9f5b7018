//! A sub-customer for each service address, where the company separates jobs by address (C11).

use hcp_sandbox::{
    AddressId, AddressKind, CustomerChanges, CustomerId, Hundredths, JobId, MergedCustomers,
    NewAddress, NewCustomer, NewJob, NewLine,
};
use qbo_sandbox::Json;
use simulation::Town;
use sync::company::choose::{Choice, Party};

use crate::{
    choices::choose,
    merges::made_out_to,
    parties::{alert, edit, finish, id, names, small_job},
    people::{assert_books, assert_same_books, new_customer, requests},
    settings::change,
    stories::make,
};

const LAKE: &str = "Dana Sample, 22 Lake Rd";

async fn separating(seed: u64) -> Town {
    let town = Town::new(seed).await;
    switch(&town, "on").await;
    town
}

async fn switch(town: &Town, value: &str) {
    change(town, &[("sub_customer_per_address", value)])
        .await
        .unwrap();
}

fn street(kind: AddressKind, street: &str, city: &str) -> NewAddress {
    NewAddress {
        kind,
        street: Some(street.to_owned()),
        city: Some(city.to_owned()),
        state: Some("IL".to_owned()),
        zip: Some("62701".to_owned()),
        ..NewAddress::default()
    }
}

fn service(road: &str) -> NewAddress {
    street(AddressKind::Service, road, "Springfield")
}

fn address(town: &Town, customer: &CustomerId, street: &str) -> AddressId {
    let record = town.hcp.customer(customer).unwrap();
    let addresses = record["addresses"].as_array().unwrap();
    let found = addresses.iter().find(|one| one["street"] == street);
    AddressId::from(found.unwrap()["id"].as_str().unwrap())
}

fn job_at(town: &Town, customer: &CustomerId, street: &str) -> JobId {
    let address = address(town, customer, street);
    let lines = vec![NewLine::labor("Visit", 9_900, Hundredths::ONE)];
    let new = NewJob {
        address: Some(address),
        lines,
        ..NewJob::of(customer)
    };
    town.hcp.create_job(new).unwrap()
}

async fn send(town: &Town, job: &JobId) {
    town.hcp.send_invoice(job).unwrap();
    town.settle().await;
}

fn customer(town: &Town, name: &str) -> Json {
    let id = id(town, "Customer", "DisplayName", name);
    town.qbo.object("Customer", &id).unwrap()
}

#[tokio::test]
async fn c11_each_service_address_has_a_sub_customer() {
    let town = separating(221).await;
    let dana = new_customer(&town, "Dana", "Sample");
    town.hcp.add_address(&dana, service("5 Hill St")).unwrap();
    let before = requests(&town);
    let lake = job_at(&town, &dana, "22 Lake Rd");
    finish(&town, &lake).await;
    assert_eq!(
        requests(&town) - before,
        4,
        "one call more for a new customer"
    );
    let before = requests(&town);
    let hill = job_at(&town, &dana, "5 Hill St");
    finish(&town, &hill).await;
    assert_eq!(requests(&town) - before, 3);
    let before = requests(&town);
    let again = job_at(&town, &dana, "22 Lake Rd");
    finish(&town, &again).await;
    assert_eq!(requests(&town) - before, 2, "as ever: look-up and create");
    let before = requests(&town);
    send(&town, &again).await;
    assert_eq!(
        requests(&town) - before,
        2,
        "as ever: its number, and the update"
    );
    assert_books(&town, &[&lake, &hill, &again]);
    assert_eq!(
        made_out_to(&town),
        [
            "Dana Sample:Dana Sample, 22 Lake Rd",
            "Dana Sample:Dana Sample, 5 Hill St",
            "Dana Sample:Dana Sample, 22 Lake Rd",
        ]
    );
    let sub = customer(&town, LAKE);
    assert_eq!(sub.at("Job").and_then(Json::as_bool), Some(true));
    assert_eq!(sub.at("BillWithParent").and_then(Json::as_bool), Some(true));
    assert_eq!(sub.text("BillAddr.Line1"), Some("1 Office Park"));
    assert_eq!(sub.text("ShipAddr.Line1"), Some("22 Lake Rd"));
    // C5: the address is on the invoice, and not on the customer.
    let invoice = &town.qbo.objects("Invoice")[0];
    assert_eq!(invoice.text("ShipAddr.Line1"), Some("22 Lake Rd"));
    assert_eq!(customer(&town, "Dana Sample").text("ShipAddr.Line1"), None);
}

#[tokio::test]
async fn c11_a_job_without_an_address_or_at_the_billing_address_is_the_customers() {
    let town = separating(222).await;
    let dana = new_customer(&town, "Dana", "Sample");
    // The same place, spelled otherwise.
    let mut home = street(AddressKind::Service, "1  OFFICE Park", "springfield");
    home.street_line_2 = Some("suite 4".to_owned());
    town.hcp.add_address(&dana, home).unwrap();
    let home = job_at(&town, &dana, "1  OFFICE Park");
    finish(&town, &home).await;
    let nowhere = NewCustomer {
        first_name: Some("Eli".to_owned()),
        ..NewCustomer::default()
    };
    let nowhere = town.hcp.create_customer(nowhere).unwrap();
    let nowhere = small_job(&town, &nowhere);
    finish(&town, &nowhere).await;
    assert_books(&town, &[&home, &nowhere]);
    assert_eq!(made_out_to(&town), ["Dana Sample", "Eli"]);
}

#[tokio::test]
async fn c11_an_address_under_another_id_keeps_its_sub_customer() {
    let town = separating(223).await;
    let dana = new_customer(&town, "Dana", "Sample");
    let first = job_at(&town, &dana, "22 Lake Rd");
    finish(&town, &first).await;
    let before = address(&town, &dana, "22 Lake Rd");
    let again = CustomerChanges {
        addresses: Some(vec![service("22  lake RD"), service("5 Hill St")]),
        ..CustomerChanges::default()
    };
    town.hcp.edit_customer(&dana, again).unwrap();
    assert_ne!(address(&town, &dana, "22  lake RD"), before);
    let second = job_at(&town, &dana, "22  lake RD");
    let hill = job_at(&town, &dana, "5 Hill St");
    finish(&town, &second).await;
    finish(&town, &hill).await;
    send(&town, &first).await;
    assert_same_books(&town, &[&first, &second, &hill]);
    assert_eq!(names(&town, "Customer", "DisplayName").len(), 3);
    assert_eq!(made_out_to(&town)[0], made_out_to(&town)[1]);
}

#[tokio::test]
async fn c4_what_changes_of_an_address_follows_with_its_next_invoice() {
    let town = separating(224).await;
    let dana = new_customer(&town, "Dana", "Sample");
    let job = job_at(&town, &dana, "22 Lake Rd");
    finish(&town, &job).await;
    let sub = id(&town, "Customer", "DisplayName", LAKE);
    let known = || town.qbo.object("Customer", &sub).unwrap();
    // C9: whose it is and who is billed for it is QuickBooks' matter from now on.
    let other = make(&town, "Customer", r#"{"DisplayName":"Lake Estates"}"#);
    let by_hand = format!(r#"{{"ParentRef":{{"value":"{other}"}},"Notes":"Gate 3"}}"#);
    edit(&town, "Customer", &sub, &by_hand);
    let at = address(&town, &dana, "22 Lake Rd");
    town.hcp
        .edit_address(&dana, &at, service("24 Lake Rd"))
        .unwrap();
    let married = CustomerChanges {
        last_name: Some("Example".to_owned()),
        ..CustomerChanges::default()
    };
    town.hcp.edit_customer(&dana, married).unwrap();
    town.settle().await;
    assert_eq!(known().text("DisplayName"), Some(LAKE), "not yet");
    send(&town, &job).await;
    assert_eq!(
        known().text("DisplayName"),
        Some("Dana Example, 24 Lake Rd")
    );
    assert_eq!(known().text("ShipAddr.Line1"), Some("24 Lake Rd"));
    assert_eq!(known().text("ParentRef.value"), Some(other.as_str()));
    assert_eq!(known().text("Notes"), Some("Gate 3"));
    assert_same_books(&town, &[&job]);
}

#[tokio::test]
async fn c6_a_sub_customer_that_quickbooks_has_is_linked_by_name_or_address() {
    for (json, renamed) in [
        (r#""DisplayName":"DANA  Sample, 22 lake rd""#, false),
        (
            r#""DisplayName":"Lake house","ShipAddr":{"Line1":"22 lake RD","City":"Springfield","PostalCode":"62701"}"#,
            true,
        ),
    ] {
        let town = separating(225).await;
        let parent = make(&town, "Customer", r#"{"DisplayName":"Dana Sample"}"#);
        let below = format!(r#"{{{json},"Job":true,"ParentRef":{{"value":"{parent}"}}}}"#);
        let sub = make(&town, "Customer", &below);
        let dana = new_customer(&town, "Dana", "Sample");
        let before = requests(&town);
        let job = job_at(&town, &dana, "22 Lake Rd");
        finish(&town, &job).await;
        assert_eq!(requests(&town) - before, 3, "looked up, items, invoice");
        send(&town, &job).await;
        assert_books(&town, &[&job]);
        assert_eq!(names(&town, "Customer", "DisplayName").len(), 2);
        let invoice = &town.qbo.objects("Invoice")[0];
        assert_eq!(invoice.text("CustomerRef.value"), Some(sub.as_str()));
        let known = town.qbo.object("Customer", &sub).unwrap();
        let name = known.text("DisplayName").unwrap();
        assert_eq!(name == "Lake house", renamed, "linking renames nothing");
        let billed = known.at("BillWithParent").and_then(Json::as_bool);
        assert_eq!(billed, Some(false), "nor is anybody else billed (C9)");
    }
}

#[tokio::test]
async fn c7_a_name_that_somebody_else_has_is_reported_and_chosen() {
    for entity in ["Vendor", "Customer"] {
        let town = separating(226).await;
        make(&town, entity, &format!(r#"{{"DisplayName":"{LAKE}"}}"#));
        let dana = new_customer(&town, "Dana", "Sample");
        let job = job_at(&town, &dana, "22 Lake Rd");
        finish(&town, &job).await;
        let told = alert(&town, "name_taken");
        assert!(told.contains(LAKE), "{told}");
        let party = Party::Address(
            hcp::CustomerId::parse(dana.as_str()).unwrap(),
            hcp::AddressId::parse(address(&town, &dana, "22 Lake Rd").as_str()).unwrap(),
        );
        let apart = Choice::CreateAs(" (job site)".to_owned());
        choose(&town, &party, apart).await.unwrap();
        send(&town, &job).await;
        assert_same_books(&town, &[&job]);
        assert_eq!(
            made_out_to(&town),
            ["Dana Sample:Dana Sample, 22 Lake Rd (job site)"]
        );
    }
}

#[tokio::test]
async fn c8_the_same_street_in_another_town_is_told_apart() {
    let town = separating(227).await;
    let dana = new_customer(&town, "Dana", "Sample");
    let first = job_at(&town, &dana, "22 Lake Rd");
    finish(&town, &first).await;
    let other = CustomerChanges {
        addresses: Some(vec![
            street(AddressKind::Service, "22 Lake Rd", "Oakville"),
            service("9 Elm St"),
        ]),
        ..CustomerChanges::default()
    };
    town.hcp.edit_customer(&dana, other).unwrap();
    let second = job_at(&town, &dana, "22 Lake Rd");
    finish(&town, &second).await;
    send(&town, &second).await;
    send(&town, &first).await;
    assert_books(&town, &[&first, &second]);
    let names = names(&town, "Customer", "DisplayName");
    assert_eq!(names.len(), 3, "{names:?}");
    let made = made_out_to(&town);
    assert!(made[1].starts_with(&format!("{}~", made[0])), "{made:?}");
}

#[tokio::test]
async fn c11_an_invoice_stays_with_whom_it_was_made_out_to() {
    let town = Town::new(228).await;
    let dana = new_customer(&town, "Dana", "Sample");
    let before = job_at(&town, &dana, "22 Lake Rd");
    finish(&town, &before).await;
    switch(&town, "on").await;
    let during = job_at(&town, &dana, "22 Lake Rd");
    finish(&town, &during).await;
    send(&town, &before).await;
    switch(&town, "off").await;
    let after = job_at(&town, &dana, "22 Lake Rd");
    finish(&town, &after).await;
    send(&town, &during).await;
    assert_books(&town, &[&before, &during, &after]);
    let sub = "Dana Sample:Dana Sample, 22 Lake Rd";
    assert_eq!(made_out_to(&town), ["Dana Sample", sub, "Dana Sample"]);
    // Also where somebody edited it in QuickBooks meanwhile, so that it is written anew.
    let invoices = town.qbo.objects("Invoice");
    for invoice in &invoices {
        let id = invoice.text("Id").unwrap();
        edit(
            &town,
            "Invoice",
            id,
            r#"{"CustomerMemo":{"value":"Thanks"}}"#,
        );
    }
    switch(&town, "on").await;
    let married = CustomerChanges {
        last_name: Some("Example".to_owned()),
        ..CustomerChanges::default()
    };
    town.hcp.edit_customer(&dana, married).unwrap();
    for job in [&before, &during] {
        let more = NewLine::labor("More", 100, Hundredths::ONE);
        town.hcp.add_line(job, more).unwrap();
        town.clock.advance(std::time::Duration::from_secs(60));
        send(&town, job).await;
    }
    let sub = "Dana Example:Dana Example, 22 Lake Rd";
    assert_eq!(made_out_to(&town), ["Dana Example", sub, "Dana Example"]);
    assert_same_books(&town, &[&before, &during, &after]);
}

#[tokio::test]
async fn c10_an_inactive_sub_customer_is_reported_by_its_name() {
    let town = Town::with(
        229,
        |_| {},
        |qbo| qbo.doubts.refuse_deactivation_with_balance = false,
    )
    .await;
    switch(&town, "on").await;
    let dana = new_customer(&town, "Dana", "Sample");
    let first = job_at(&town, &dana, "22 Lake Rd");
    finish(&town, &first).await;
    let sub = id(&town, "Customer", "DisplayName", LAKE);
    edit(&town, "Customer", &sub, r#"{"Active":false}"#);
    let second = job_at(&town, &dana, "22 Lake Rd");
    finish(&town, &second).await;
    let told = alert(&town, "customer_inactive");
    assert!(told.contains(LAKE), "{told}");
    let party = Party::Address(
        hcp::CustomerId::parse(dana.as_str()).unwrap(),
        hcp::AddressId::parse(address(&town, &dana, "22 Lake Rd").as_str()).unwrap(),
    );
    choose(&town, &party, Choice::CreateNew).await.unwrap();
    send(&town, &second).await;
    assert_same_books(&town, &[&first, &second]);
    let made = &made_out_to(&town)[1];
    assert_eq!(made, "Dana Sample:Dana Sample, 22 Lake Rd");
}

#[tokio::test]
async fn c12_sub_customers_follow_a_merge_in_housecall_pro() {
    for trigger_first in [true, false] {
        let town = Town::with(
            230,
            |hcp| hcp.settings.merged_customers = MergedCustomers::JobsFollow,
            |_| {},
        )
        .await;
        switch(&town, "on").await;
        let goes = new_customer(&town, "Dana", "Sample");
        let first = job_at(&town, &goes, "22 Lake Rd");
        finish(&town, &first).await;
        let stays = crate::parties::named(&town, "Dana Sample");
        town.hcp.merge_customers(&goes, &stays).unwrap();
        if trigger_first {
            send(&town, &first).await;
        }
        let second = job_at(&town, &stays, "22 Lake Rd");
        finish(&town, &second).await;
        send(&town, &first).await;
        assert_books(&town, &[&first, &second]);
        assert_eq!(names(&town, "Customer", "DisplayName").len(), 2);
        assert_eq!(made_out_to(&town)[0], made_out_to(&town)[1]);
    }
}

#[tokio::test]
async fn c12_a_sub_customer_merged_into_its_customer_in_quickbooks_is_the_customer() {
    let town = separating(231).await;
    let dana = new_customer(&town, "Dana", "Sample");
    let first = job_at(&town, &dana, "22 Lake Rd");
    finish(&town, &first).await;
    let sub = id(&town, "Customer", "DisplayName", LAKE);
    let parent = id(&town, "Customer", "DisplayName", "Dana Sample");
    town.qbo.merge_customers(&sub, &parent).unwrap();
    let second = job_at(&town, &dana, "22 Lake Rd");
    finish(&town, &second).await;
    send(&town, &first).await;
    assert_same_books(&town, &[&first, &second]);
    assert_eq!(names(&town, "Customer", "DisplayName"), ["Dana Sample"]);
    assert_eq!(made_out_to(&town), ["Dana Sample"; 2]);
}

#[tokio::test]
async fn c11_a_sub_customer_is_found_by_its_address_whatever_its_parent_is_called_now() {
    for now in ["Sample Estates", "Erin O\u{2019}Neil", "株式会社"] {
        let town = separating(236).await;
        let dana = new_customer(&town, "Dana", "Sample");
        finish(&town, &small_job(&town, &dana)).await;
        let parent = id(&town, "Customer", "DisplayName", "Dana Sample");
        edit(
            &town,
            "Customer",
            &parent,
            &format!(r#"{{"DisplayName":"{now}"}}"#),
        );
        town.hcp
            .add_address(&dana, service("5 Hill Street Apt 3"))
            .unwrap();
        let house = make(
            &town,
            "Customer",
            &format!(
                r#"{{"DisplayName":"Hill house","Job":true,"ParentRef":{{"value":"{parent}"}},"ShipAddr":{{"Line1":"5 Hill St.","Line2":"Unit 3","City":"Springfield","PostalCode":"62701"}}}}"#
            ),
        );
        let there = names(&town, "Customer", "DisplayName");
        let job = job_at(&town, &dana, "5 Hill Street Apt 3");
        finish(&town, &job).await;
        assert_eq!(names(&town, "Customer", "DisplayName"), there);
        let invoices = town.qbo.objects("Invoice");
        let last = invoices.last().unwrap();
        assert_eq!(
            last.text("CustomerRef.value"),
            Some(house.as_str()),
            "{now}"
        );
    }
}
