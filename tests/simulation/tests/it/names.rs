//! Names of every kind on their way to QuickBooks (V5). `PROPTEST_CASES` sets how many towns are tried, each with
//! many names; `PROOF` tries more.

use std::collections::BTreeSet;

use hcp_sandbox::{
    AddressKind, CustomerId, Hundredths, JobId, NewAddress, NewCustomer, NewJob, NewLine,
};
use proptest::{collection::vec, prelude::*, sample::select};
use simulation::Town;

use crate::{
    parties::{entry, finish, names, small_job},
    people::assert_books,
    settings::change,
    stories::make,
};

fn config() -> ProptestConfig {
    let told = std::env::var_os("PROPTEST_CASES").is_some();
    let cases = if std::env::var_os("PROOF").is_some() {
        400
    } else {
        24
    };
    let usual = ProptestConfig::default();
    ProptestConfig {
        cases: if told { usual.cases } else { cases },
        max_shrink_iters: 200,
        failure_persistence: None,
        ..usual
    }
}

/// Names that only differ in what QuickBooks cannot take, in case, in spacing, or at their far end; and all kinds
/// of text.
fn name() -> impl Strategy<Value = String> {
    let base = select(vec![
        "Kim Park",
        "KIM  park",
        "Zoë",
        "Zoe\u{308}",
        "שלום עולם",
        "مرحبا",
        "株式会社 工藤",
        "O'Brien \\ \"Co\" 100%",
        "\u{1F527}",
        "\u{1F1E9}\u{1F1EA}",
        "İstanbul",
        "Erin O\u{2019}Neil",
        "\u{141}ód\u{17a} \u{2013} Kowalska",
        "Nguyễn",
        "Иван",
        "ÿ",
        "ﬁ",
        "a_b%c",
    ]);
    let odd = select(vec![
        "",
        ":",
        " : ",
        "\t",
        "\n",
        "\u{a0}",
        "\u{1F527}",
        "\u{1F469}\u{200D}\u{1F527}",
        "\u{202E}",
        "\u{200F}",
        "\u{301}",
        "-",
        ".",
        "\u{2028}",
        "\0",
        "'",
        "\\",
        "(deleted)",
    ]);
    let length = select(vec![
        0_usize, 0, 0, 0, 97, 99, 100, 101, 497, 499, 500, 501, 600,
    ]);
    let any = vec(any::<char>(), 1..20).prop_map(|text| text.into_iter().collect::<String>());
    prop_oneof![
        6 => (base, odd, length).prop_map(|(base, odd, length)| {
            format!("{base}{odd}{}{odd}{base}", "n".repeat(length))
        }),
        2 => any,
    ]
    .prop_filter("something is typed", |name| !name.trim().is_empty())
}

fn customer(town: &Town, name: &str) -> CustomerId {
    let lake = NewAddress {
        kind: AddressKind::Service,
        street: Some(name.to_owned()),
        city: Some("Springfield".to_owned()),
        ..NewAddress::default()
    };
    let new = NewCustomer {
        first_name: Some(name.to_owned()),
        addresses: vec![lake],
        ..NewCustomer::default()
    };
    town.hcp.create_customer(new).unwrap()
}

/// What makes a customer one of their own: the name as we take it from Housecall Pro, case and spacing apart.
fn own_name(town: &Town, customer: &CustomerId) -> String {
    let record = town.hcp.customer(customer).unwrap();
    let record: hcp::Customer = serde_json::from_value(record).unwrap();
    mapping::normalised(&mapping::customer::given_name(&record))
}

/// A town whose QuickBooks has one of the two parsers of queries.
async fn town(latin_1: bool) -> Town {
    let qbo = |qbo: &mut qbo_sandbox::Options| {
        qbo.limits = false;
        qbo.doubts.queries_take_latin_1_only = latin_1;
    };
    Town::with(241, |_| {}, qbo).await
}

/// Jobs of customers with these names are finished at once, each with a service of one of the other names.
async fn all_at_once(
    people: &[String],
    things: &[String],
    by_address: bool,
    latin_1: bool,
) -> Result<(), TestCaseError> {
    let town = town(latin_1).await;
    if by_address {
        let on = [("sub_customer_per_address", "on")];
        change(&town, &on).await.unwrap();
    }
    let mut seen = BTreeSet::new();
    let things = things
        .iter()
        .filter(|name| seen.insert(mapping::normalised(name)));
    let services: Vec<String> = things
        .map(|name| town.hcp.add_service(entry(name, "Care")).unwrap())
        .collect();
    let mut own = BTreeSet::new();
    let mut jobs: Vec<JobId> = Vec::new();
    for (index, name) in people.iter().enumerate() {
        let customer = customer(&town, name);
        own.insert(own_name(&town, &customer));
        let service = &services[index % services.len()];
        let lines = vec![NewLine::from_price_book(service, Hundredths::ONE)];
        let job = NewJob {
            lines,
            ..NewJob::of(&customer)
        };
        jobs.push(town.hcp.create_job(job).unwrap());
    }
    for job in &jobs {
        town.hcp.finish_job(job).unwrap();
    }
    town.settle().await;
    // Namesakes are never guessed to be one, nor made twice: a person is asked.
    let namesakes = people.len() - own.len();
    prop_assert_eq!(town.open_alerts(), vec!["linked_customer_match"; namesakes]);
    let there = names(&town, "Customer", "DisplayName");
    let each = if by_address { 2 } else { 1 };
    prop_assert_eq!(there.len(), own.len() * each, "{:?}", there);
    let used = services.len().min(people.len());
    let sold = names(&town, "Item", "Name").len();
    prop_assert!(
        sold <= used && (namesakes > 0 || sold == used),
        "{} of {}",
        sold,
        used
    );
    prop_assert_eq!(town.qbo.objects("Invoice").len(), own.len());
    let first = town.qbo.violations();
    prop_assert!(first.is_empty(), "{:?}", first);
    // Later invoices of theirs find the same.
    for job in &jobs {
        town.hcp.send_invoice(job).unwrap();
    }
    town.settle().await;
    prop_assert_eq!(names(&town, "Customer", "DisplayName"), there);
    prop_assert_eq!(town.qbo.violations(), vec![]);
    Ok(())
}

/// Jobs of customers whom QuickBooks has under their names, each with a service that it has, are finished.
async fn all_found(names: &[String], latin_1: bool) -> Result<(), TestCaseError> {
    let town = town(latin_1).await;
    let mut seen = BTreeSet::new();
    let mut jobs = Vec::new();
    for name in names {
        let service = town.hcp.add_service(entry(name, "Care")).unwrap();
        let customer = customer(&town, name);
        let record = town.hcp.customer(&customer).unwrap();
        let record: hcp::Customer = serde_json::from_value(record).unwrap();
        let person = mapping::customer::wanted(&record, None).display_name;
        let thing = mapping::item::own(name, &"1".into()).name.unwrap();
        let person = person.unwrap();
        if [&person, &thing]
            .iter()
            .any(|name| mapping::normalised(name) == "(no name)")
            || !seen.insert(mapping::normalised(&person))
            || !seen.insert(format!("item {}", mapping::normalised(&thing)))
        {
            continue;
        }
        let named = serde_json::json!({ "DisplayName": person });
        make(&town, "Customer", &named.to_string());
        let item = serde_json::json!({
            "Name": thing, "Type": "Service", "IncomeAccountRef": { "value": "1" },
        });
        make(&town, "Item", &item.to_string());
        let lines = vec![NewLine::from_price_book(&service, Hundredths::ONE)];
        let job = NewJob {
            lines,
            ..NewJob::of(&customer)
        };
        jobs.push(town.hcp.create_job(job).unwrap());
    }
    let there = |entity, field| self::names(&town, entity, field);
    let before = (there("Customer", "DisplayName"), there("Item", "Name"));
    for job in &jobs {
        town.hcp.finish_job(job).unwrap();
    }
    town.settle().await;
    prop_assert_eq!(town.open_alerts(), Vec::<String>::new());
    prop_assert_eq!(town.qbo.objects("Invoice").len(), jobs.len());
    let after = (there("Customer", "DisplayName"), there("Item", "Name"));
    prop_assert_eq!(after, before);
    prop_assert_eq!(town.qbo.violations(), vec![]);
    Ok(())
}

#[tokio::test]
async fn c6_a_name_outside_latin_1_is_found_by_both_kinds_of_parser() {
    let names: Vec<String> = [
        "Erin O\u{2019}Neil",
        "Иван",
        "株式会社 工藤",
        "Zoë – Müller",
    ]
    .map(str::to_owned)
    .into();
    for latin_1 in [true, false] {
        all_found(&names, latin_1).await.unwrap();
        all_at_once(&names, &names, true, latin_1).await.unwrap();
    }
}

#[tokio::test]
async fn c6_a_name_that_every_page_may_hold_is_found_on_the_last() {
    let town = town(true).await;
    for number in 0..1_003 {
        let other = format!(r#"{{"DisplayName":"Somebody {number}"}}"#);
        make(&town, "Customer", &other);
    }
    let kudo = make(&town, "Customer", r#"{"DisplayName":"株式会社 工藤"}"#);
    let job = small_job(&town, &customer(&town, "株式会社 工藤"));
    finish(&town, &job).await;
    let invoice = &town.qbo.objects("Invoice")[0];
    assert_eq!(invoice.text("CustomerRef.value"), Some(kudo.as_str()));
    assert_books(&town, &[&job]);
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn v5_names_of_every_kind_are_taken_and_stay_as_distinct_as_they_are(
        people in vec(name(), 1..14),
        things in vec(name(), 1..14),
        by_address in any::<bool>(),
        latin_1 in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(all_at_once(&people, &things, by_address, latin_1))?;
    }

    #[test]
    fn c6_names_of_every_script_find_what_quickbooks_has(
        names in vec(name(), 1..8),
        latin_1 in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(all_found(&names, latin_1))?;
    }
}
