//! What a person decides about customers and items, and what becomes of it.

use hcp_sandbox::{CustomerId, Hundredths, NewLine};
use simulation::Town;
use sync::{
    Declined, NotDone,
    company::choose::{Choice, Party},
};

use crate::{
    parties::{alert, edit, entry, finish, id, job_of, named, names, small_job},
    people::{assert_same_books, invoices, job_with, new_customer},
    stories::make,
};

pub(crate) async fn choose(town: &Town, party: &Party, choice: Choice) -> Result<(), NotDone> {
    let worker = town.worker();
    let company = town.books().company;
    worker
        .choose(
            &company,
            party,
            &choice,
            &simulation::person(),
            town.deadline(),
        )
        .await
}

fn customer(id: &CustomerId) -> Party {
    Party::Customer(hcp::CustomerId::parse(id.as_str()).unwrap())
}

fn item(entry: &str) -> Party {
    Party::Item(hcp::ServiceItemId::parse(entry).unwrap())
}

#[tokio::test]
async fn c7_a_customer_whose_name_a_vendor_holds_is_made_under_another() {
    let town = Town::new(61).await;
    make(&town, "Vendor", r#"{"DisplayName":"Dana Sample"}"#);
    let dana = new_customer(&town, "Dana", "Sample");
    let job = small_job(&town, &dana);
    finish(&town, &job).await;
    alert(&town, "name_taken");
    let other = Choice::CreateAs(" (customer)".to_owned());
    choose(&town, &customer(&dana), other).await.unwrap();
    for _ in 0..2 {
        town.hcp.send_invoice(&job).unwrap();
        town.settle().await;
        assert_same_books(&town, &[&job]);
        let there = names(&town, "Customer", "DisplayName");
        assert_eq!(there, ["Dana Sample (customer)"], "and so it stays");
    }
}

#[tokio::test]
async fn c10_a_customer_who_is_gone_is_linked_to_another_or_made_anew() {
    for linked in [true, false] {
        let town = Town::with(
            62,
            |_| {},
            |qbo| {
                qbo.doubts.refuse_deactivation_with_balance = false;
            },
        )
        .await;
        let dana = new_customer(&town, "Dana", "Sample");
        let first = small_job(&town, &dana);
        finish(&town, &first).await;
        let gone = id(&town, "Customer", "DisplayName", "Dana Sample");
        edit(&town, "Customer", &gone, r#"{"Active":false}"#);
        let second = small_job(&town, &dana);
        finish(&town, &second).await;
        alert(&town, "customer_inactive");
        let (choice, name) = if linked {
            let other = make(&town, "Customer", r#"{"DisplayName":"D. Sample"}"#);
            (Choice::LinkTo(qbo::Id::new(other)), "D. Sample")
        } else {
            (Choice::CreateNew, "Dana Sample")
        };
        choose(&town, &customer(&dana), choice).await.unwrap();
        town.hcp.send_invoice(&second).unwrap();
        town.settle().await;
        let now = id(&town, "Customer", "DisplayName", name);
        assert_ne!(now, gone);
        let invoices = town.qbo.objects("Invoice");
        let of = |id: &str| {
            let customer =
                |invoice: &&qbo_sandbox::Json| invoice.text("CustomerRef.value") == Some(id);
            invoices.iter().filter(customer).count()
        };
        assert_eq!((of(&gone), of(&now)), (1, 1));
        assert_same_books(&town, &[&first, &second]);
    }
}

#[tokio::test]
async fn c6_a_person_tells_which_namesake_it_is_and_nobody_gets_it_twice() {
    let town = Town::new(63).await;
    let dana = new_customer(&town, "Dana", "Sample");
    let theirs = make(
        &town,
        "Customer",
        r#"{"DisplayName":"Dana Sample","PrimaryEmailAddr":{"Address":"other@example.com"}}"#,
    );
    let job = small_job(&town, &dana);
    finish(&town, &job).await;
    alert(&town, "customer_match_ambiguous");
    let theirs = Choice::LinkTo(qbo::Id::new(theirs));
    choose(&town, &customer(&dana), theirs.clone())
        .await
        .unwrap();
    choose(&town, &customer(&dana), theirs.clone())
        .await
        .unwrap();
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_same_books(&town, &[&job]);
    let known = &town.qbo.objects("Customer")[0];
    let email = known.text("PrimaryEmailAddr.Address");
    assert_eq!(email, Some("other@example.com"), "linking changes nothing");
    let eli = named(&town, "Eli");
    let held = choose(&town, &customer(&eli), theirs).await;
    assert!(
        matches!(&held, Err(NotDone::Declined(Declined::HeldBy { holder, .. })) if holder.contains(dana.as_str())),
        "{held:?}"
    );
    let nobody = Choice::LinkTo(qbo::Id::new("999999"));
    let nobody = choose(&town, &customer(&eli), nobody).await;
    assert!(
        matches!(&nobody, Err(NotDone::Declined(Declined::NoSuch { name, .. })) if name == "999999"),
        "{nobody:?}"
    );
}

#[tokio::test]
async fn i3_an_item_whose_name_is_taken_is_linked_or_made_under_another() {
    for linked in [true, false] {
        let town = Town::new(64).await;
        let category = make(&town, "Item", r#"{"Name":"Flush","Type":"Category"}"#);
        let service = town.hcp.add_service(entry("Flush", "Care")).unwrap();
        let job = job_of(&town, &[&service]).await;
        alert(&town, "item_name_taken");
        let folder = Choice::LinkTo(qbo::Id::new(category));
        let folder = choose(&town, &item(&service), folder).await;
        assert!(
            matches!(&folder, Err(NotDone::Declined(Declined::NotUsable { words, .. })) if words.contains("category Flush")),
            "{folder:?}"
        );
        let (choice, name) = if linked {
            let json =
                r#"{"Name":"Old flush","Type":"Service","IncomeAccountRef":{"value":"INCOME"}}"#;
            let other = make(&town, "Item", json);
            (Choice::LinkTo(qbo::Id::new(other)), "Old flush")
        } else {
            (Choice::CreateAs(" (Care)".to_owned()), "Flush (Care)")
        };
        choose(&town, &item(&service), choice).await.unwrap();
        town.hcp.send_invoice(&job).unwrap();
        town.settle().await;
        assert_same_books(&town, &[&job]);
        assert_eq!(names(&town, "Item", "Name"), ["Flush", name]);
    }
}

#[tokio::test]
async fn i7_a_service_that_lives_on_beside_a_material_gets_an_item_of_its_own() {
    let line = |entry: &str| NewLine::from_price_book(entry, Hundredths::ONE);
    let town = Town::new(65).await;
    let dana = named(&town, "Dana");
    let service = town.hcp.add_service(entry("Filter", "Care")).unwrap();
    let material = town.hcp.add_material(entry("Filter", "Parts")).unwrap();
    let both = vec![line(&service), line(&material)];
    finish(&town, &job_with(&town, &dana, vec![line(&service)])).await;
    let job = job_with(&town, &dana, both);
    finish(&town, &job).await;
    alert(&town, "item_in_both_books");
    let apart = Choice::CreateAs(" (Parts)".to_owned());
    choose(&town, &item(&material), apart).await.unwrap();
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    let there = names(&town, "Item", "Name");
    assert_eq!(there, ["Filter", "Filter (Parts)", "Parts"]);
    assert_eq!(invoices(&town).len(), 2);
    assert_eq!(town.open_alerts(), Vec::<String>::new());
}
