//! What lines stand for that are not in the price book, once a person says it (L5).

use hcp_sandbox::{Hundredths, JobId, NewLine};
use simulation::Town;
use sync::{Declined, NotDone, objects::line_names::LineTarget};

use crate::{
    parties::{entry, finish, id, job_of, names, somebody},
    people::{assert_books, job_with},
    stories::make,
};

async fn map(town: &Town, name: &str, target: LineTarget) -> Result<(), NotDone> {
    let company = town.books().company;
    let worker = town.worker();
    worker
        .map_line_name(
            &company,
            name,
            &target,
            &simulation::person(),
            town.deadline(),
        )
        .await
}

/// A finished job with lines of these names that were typed on it.
async fn typed(town: &Town, lines: &[&str]) -> JobId {
    let lines = lines.iter();
    let lines = lines.map(|name| NewLine::labor(name, 4_550, Hundredths::ONE));
    let job = job_with(town, &somebody(town), lines.collect());
    finish(town, &job).await;
    job
}

/// The names of the items on the lines of each invoice.
fn items(town: &Town) -> Vec<Vec<String>> {
    let name = |line: &qbo_sandbox::Json| {
        let id = line.text("SalesItemLineDetail.ItemRef.value")?.to_owned();
        let item = town.qbo.object("Item", &id)?;
        item.text("Name").map(str::to_owned)
    };
    let invoices = town.qbo.objects("Invoice");
    let lines = invoices.iter().filter_map(|invoice| invoice.at("Line"));
    lines
        .map(|lines| lines.as_list().iter().filter_map(name).collect())
        .collect()
}

const SERVICE: &str = r#"{"Name":"Haulage","Type":"Service","IncomeAccountRef":{"value":"1"}}"#;

#[tokio::test]
async fn l5_a_name_mapped_to_an_item_counts_for_all_jobs_from_then_on() {
    let town = Town::new(91).await;
    let first = typed(&town, &["Haul away", "Visit"]).await;
    let haulage = qbo::Id::new(make(&town, "Item", SERVICE));
    let target = LineTarget::Item(haulage.clone());
    map(&town, " HAUL  away", target.clone()).await.unwrap();
    // One item may stand for many names.
    map(&town, "Take old unit", target.clone()).await.unwrap();
    map(&town, "Take old unit", target).await.unwrap();
    let second = typed(&town, &["haul away", "Take old unit", "Visit"]).await;
    let one = vec!["Sales".to_owned(), "Sales".to_owned()];
    let two: Vec<String> = ["Haulage", "Haulage", "Sales"].map(str::to_owned).into();
    assert_eq!(items(&town), [one.clone(), two.clone()]);
    // A later trigger of the first job does not rewrite it, nor does a new line.
    town.hcp
        .add_line(&first, NewLine::labor("Visit", 1_000, Hundredths::ONE))
        .unwrap();
    town.hcp.send_invoice(&first).unwrap();
    town.settle().await;
    let more = [one, vec!["Sales".to_owned()]].concat();
    assert_eq!(items(&town), [more, two]);
    assert_books(&town, &[&first, &second]);
    map(&town, "Haul away", LineTarget::Sales).await.unwrap();
    typed(&town, &["Haul away"]).await;
    assert_eq!(items(&town)[2], ["Sales"]);
}

#[tokio::test]
async fn l5_a_name_is_mapped_to_an_item_of_the_price_book() {
    let town = Town::new(92).await;
    let flush = town.hcp.add_service(entry("Flush", "Care")).unwrap();
    let unused = town.hcp.add_service(entry("Survey", "Care")).unwrap();
    let book = |entry: &str| LineTarget::PriceBook(hcp::ServiceItemId::parse(entry).unwrap());
    let error = map(&town, "Flushing", book(&unused)).await.unwrap_err();
    assert!(error.to_string().contains("no job has used"), "{error}");
    let first = job_of(&town, &[&flush]).await;
    map(&town, "Flushing", book(&flush)).await.unwrap();
    let by_id = id(&town, "Item", "Name", "Flush");
    let by_id = LineTarget::Item(qbo::Id::new(by_id));
    map(&town, "Flushing twice", by_id).await.unwrap();
    let second = typed(&town, &["Flushing", "Flushing twice"]).await;
    assert_eq!(items(&town)[1], ["Flush", "Flush"]);
    // The entry moves to the materials (I7): the lines follow it.
    town.clock.advance(std::time::Duration::from_secs(3_600));
    let moved = town.hcp.move_to_materials(&flush, "Parts").unwrap();
    let third = job_of(&town, &[&moved]).await;
    let fourth = typed(&town, &["Flushing"]).await;
    assert_eq!(items(&town)[3], ["Flush"]);
    assert_books(&town, &[&first, &second, &third, &fourth]);
}

#[tokio::test]
async fn l5_a_name_gets_an_item_of_its_own_with_another_account() {
    let town = Town::new(93).await;
    let account = |name: &str| {
        let account = format!(r#"{{"Name":"{name}","AccountType":"Income"}}"#);
        qbo::Id::new(make(&town, "Account", &account))
    };
    let (hauling, disposal) = (account("Hauling"), account("Disposal"));
    let own = |account: &qbo::Id| LineTarget::Own {
        account: account.clone(),
    };
    map(&town, "Haul: away", own(&hauling)).await.unwrap();
    let booked = || {
        let item = id(&town, "Item", "Name", "Haul- away");
        let item = town.qbo.object("Item", &item).unwrap();
        item.text("IncomeAccountRef.value").unwrap().to_owned()
    };
    assert_eq!(booked(), hauling.as_str(), "at once");
    let job = typed(&town, &["Haul: away"]).await;
    assert_eq!(items(&town), [["Haul- away"]]);
    map(&town, "haul: away", own(&disposal)).await.unwrap();
    assert_eq!(booked(), disposal.as_str());
    assert_eq!(names(&town, "Item", "Name"), ["Haul- away"]);
    assert_books(&town, &[&job]);
    let bank = r#"{"Name":"Till","AccountType":"Bank","AccountSubType":"Checking"}"#;
    let bank = qbo::Id::new(make(&town, "Account", bank));
    assert!(map(&town, "Other", own(&bank)).await.is_err());
    typed(&town, &["Other"]).await;
    assert_eq!(items(&town)[1], ["Sales"], "nothing is mapped");
}

#[tokio::test]
async fn l5_what_cannot_be_mapped_is_refused_by_name() {
    let town = Town::new(94).await;
    let category = make(&town, "Item", r#"{"Name":"Parts","Type":"Category"}"#);
    make(&town, "Item", SERVICE);
    let item = |id: &str| LineTarget::Item(qbo::Id::new(id));
    let own = LineTarget::Own {
        account: qbo::Id::new("1"),
    };
    for (name, target, answer, words) in [
        (" ", LineTarget::Sales, 422, "a line without a name"),
        (
            "Haul",
            item(&category),
            422,
            "the category Parts is no product",
        ),
        ("Haul", item("999999"), 404, "no active product or service"),
        (
            "haulage",
            own,
            409,
            "has the product or service Haulage already",
        ),
    ] {
        let error = map(&town, name, target).await.unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        let answered = match error {
            NotDone::Declined(Declined::NoSuch { .. }) => 404,
            NotDone::Declined(Declined::HeldBy { .. }) => 409,
            NotDone::Declined(Declined::Changed { .. }) => 412,
            NotDone::Declined(Declined::NotUsable { .. }) => 422,
            NotDone::Declined(Declined::NotAllowed { .. }) => 403,
            NotDone::Stop(_) => 503,
        };
        assert_eq!(answered, answer, "{name}");
    }
}

#[tokio::test]
async fn l5_a_price_book_entry_takes_over_an_item_that_only_lines_stood_for() {
    let town = Town::new(95).await;
    let haulage = qbo::Id::new(make(&town, "Item", SERVICE));
    map(&town, "Haul", LineTarget::Item(haulage)).await.unwrap();
    let first = typed(&town, &["Haul"]).await;
    let service = town.hcp.add_service(entry("Haulage", "Care")).unwrap();
    let second = job_of(&town, &[&service]).await;
    town.clock.advance(std::time::Duration::from_secs(3_600));
    let third = typed(&town, &["Haul"]).await;
    assert_eq!(items(&town), [["Haulage"], ["Haulage"], ["Haulage"]]);
    assert_books(&town, &[&first, &second, &third]);
}
