//! What people do in these stories.

use hcp_sandbox::{
    AddressKind, CustomerId, Hundredths, JobId, NewAddress, NewCustomer, NewJob, NewLine,
};
use qbo_sandbox::{Act, Json};
use simulation::Town;

/// A customer with a billing address and a service address of her own.
pub(crate) fn new_customer(town: &Town, first: &str, last: &str) -> CustomerId {
    new_customer_in(town, first, last, "IL")
}

/// The same, in another state.
pub(crate) fn new_customer_in(town: &Town, first: &str, last: &str, state: &str) -> CustomerId {
    let address = |kind, street: &str, unit: Option<&str>| NewAddress {
        kind,
        street: Some(street.to_owned()),
        street_line_2: unit.map(str::to_owned),
        city: Some("Springfield".to_owned()),
        state: Some(state.to_owned()),
        zip: Some("62701".to_owned()),
        country: Some("US".to_owned()),
    };
    town.hcp
        .create_customer(NewCustomer {
            first_name: Some(first.to_owned()),
            last_name: Some(last.to_owned()),
            email: Some(format!("{}@example.com", first.to_lowercase())),
            mobile_number: Some("5550100199".to_owned()),
            addresses: vec![
                address(AddressKind::Billing, "1 Office Park", Some("Suite 4")),
                address(AddressKind::Service, "22 Lake Rd", None),
            ],
            ..NewCustomer::default()
        })
        .expect("a customer")
}

/// A job with two price-book entries (a material among them where the book has one) and a line typed by hand.
pub(crate) fn new_job(town: &Town, customer: &CustomerId) -> JobId {
    let book = town.hcp.price_book();
    let entry = |material: bool| {
        let kind = |entry: &&hcp_sandbox::PriceBookEntry| {
            (entry.kind == hcp_sandbox::LineKind::Materials) == material
        };
        book.iter()
            .find(kind)
            .expect("the price book has both")
            .uuid
            .clone()
    };
    job_with(
        town,
        customer,
        vec![
            NewLine::from_price_book(&entry(false), Hundredths::ONE),
            NewLine::from_price_book(&entry(true), Hundredths::new(250)),
            NewLine::labor("Haul away old unit", 4_550, Hundredths::ONE),
        ],
    )
}

pub(crate) fn job_with(town: &Town, customer: &CustomerId, lines: Vec<NewLine>) -> JobId {
    town.hcp
        .create_job(NewJob {
            lines,
            ..NewJob::of(customer)
        })
        .expect("a job")
}

/// The total of a job in Housecall Pro, in cents.
pub(crate) fn total(town: &Town, job: &JobId) -> i64 {
    let job = town.hcp.job(job).expect("the job");
    job["total_amount"].as_i64().expect("a total in cents")
}

/// The QuickBooks invoices: number, date, total in cents.
pub(crate) fn invoices(town: &Town) -> Vec<(String, String, i64)> {
    town.qbo
        .objects("Invoice")
        .iter()
        .map(|invoice| {
            let text = |path| invoice.text(path).unwrap_or_default().to_owned();
            (
                text("DocNumber"),
                text("TxnDate"),
                cents(invoice, "TotalAmt"),
            )
        })
        .collect()
}

pub(crate) fn cents(object: &Json, path: &str) -> i64 {
    let amount = object.decimal(path).expect("an amount").to_string();
    let (whole, part) = amount.split_once('.').unwrap_or((&amount, "0"));
    let part: i64 = format!("{part:0<2}")[..2].parse().expect("cents");
    whole.parse::<i64>().expect("dollars") * 100 + part
}

/// Calls to QuickBooks of a kind.
pub(crate) fn calls(town: &Town, act: Act) -> u64 {
    town.qbo.count(act, None)
}

/// HTTP requests that QuickBooks got, without those for tokens.
pub(crate) fn requests(town: &Town) -> usize {
    let calls = town.qbo.calls();
    calls
        .iter()
        .filter(|call| !call.path.contains("oauth2"))
        .count()
}

/// The books are as they must be, and on the way there QuickBooks saw nothing that a correct client does
/// not do.
pub(crate) fn assert_books(town: &Town, jobs: &[&JobId]) {
    assert_same_books(town, jobs);
    assert_eq!(town.qbo.violations(), []);
}

/// Each job once and to the cent, each customer and item once, nothing refused, nothing waiting.
pub(crate) fn assert_same_books(town: &Town, jobs: &[&JobId]) {
    let mut totals: Vec<i64> = jobs.iter().map(|job| total(town, job)).collect();
    let mut booked: Vec<i64> = invoices(town).iter().map(|(_, _, total)| *total).collect();
    totals.sort_unstable();
    booked.sort_unstable();
    assert_eq!(booked, totals, "one invoice for each job, to the cent");
    assert_rest(town, jobs);
}

/// As [`assert_books`], for a job that becomes two invoices: its deposit and the rest.
pub(crate) fn assert_deposit_books(town: &Town, job: &JobId) {
    let booked: Vec<i64> = invoices(town).iter().map(|(_, _, total)| *total).collect();
    assert_eq!(booked.len(), 2, "the deposit and the rest, each once");
    assert_eq!(booked.iter().sum::<i64>(), total(town, job), "to the cent");
    assert_rest(town, &[job]);
    assert_eq!(town.qbo.violations(), []);
}

/// V2: both books agree, but for what open alerts name to the cent.
pub(crate) fn agree(town: &Town) {
    assert_eq!(town.differences(), Vec::<String>::new());
}

fn assert_rest(town: &Town, jobs: &[&JobId]) {
    for (entity, field) in [("Customer", "DisplayName"), ("Item", "Name")] {
        let objects = town.qbo.objects(entity);
        let mut names: Vec<&str> = objects
            .iter()
            .filter_map(|object| object.text(field))
            .collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count, "each {entity} once");
    }
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    assert_eq!(town.waiting(), Vec::<String>::new());
    assert!(town.dead_letters.lock().expect("letters").is_empty());
    agree(town);
    for job in jobs {
        assert_eq!(town.state(job), store::JobState::Synced);
    }
}
