//! Fields of Housecall Pro's records in forms that nobody has seen (V24): any single field of any record becomes any
//! JSON value. Either the same is in QuickBooks as without that, or an open alert names the field and the rule that
//! needs it. The short form tries one value for a field and one of the stories, and some of the fields that nobody
//! reads; `PROOF` tries all of them with all values.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use hcp_sandbox::{
    AddressKind, DueTerms, Hundredths, Invoicing, NewAddress, NewCustomer, NewJob, NewLine,
    NewPayment, Part, PaymentMethod, TaxRate, Visit,
};
use qbo_sandbox::SalesTax;
use serde_json::{Value, json};
use simulation::Town;
use store::AlertRecord;
use sync::intake::sweep::Sweep;

use crate::{
    people::{assert_books, invoices, job_with, new_customer},
    settings::change,
};

/// A field of a record, and what it becomes.
#[derive(Clone, Debug)]
struct Change {
    record: &'static str,
    pointer: String,
    value: Value,
}

/// What a company does.
#[derive(Clone, Copy, Debug)]
enum Story {
    /// A job that is finished, invoiced and paid.
    Whole,
    /// The same with a deposit.
    Deposit,
    /// Progress invoices, each its own document.
    Parts,
}

/// What came of a story.
#[derive(Debug)]
struct Ending {
    books: BTreeMap<&'static str, Vec<Value>>,
    alerts: Vec<AlertRecord>,
    /// Every field that Housecall Pro told.
    fields: BTreeSet<(&'static str, String)>,
}

const ENTITIES: [&str; 7] = [
    "Customer",
    "Item",
    "Invoice",
    "Term",
    "Class",
    "PaymentMethod",
    "Payment",
];

/// The record that an answer is.
pub(crate) fn record(path: &str) -> Option<&'static str> {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match parts.as_slice() {
        ["jobs"] | ["invoices"] if !query.is_empty() => Some("list"),
        ["jobs", _] => Some("job"),
        ["jobs", _, "line_items"] => Some("lines"),
        ["jobs", _, "invoices"] => Some("invoices"),
        ["customers", _] => Some("customer"),
        ["api", "price_book", "material_categories"] => Some("categories"),
        ["api", "price_book", "materials"] => Some("materials"),
        _ => None,
    }
}

/// Notes the fields of a body, and changes one of them.
fn altered(
    record: &'static str,
    body: Vec<u8>,
    change: Option<&Change>,
    seen: &Mutex<BTreeSet<(&'static str, String)>>,
) -> Vec<u8> {
    let mut json: Value = serde_json::from_slice(&body).unwrap();
    note(record, &json, String::new(), &mut seen.lock().unwrap());
    match change.filter(|change| change.record == record) {
        Some(change) => {
            if let Some(field) = json.pointer_mut(&change.pointer) {
                *field = change.value.clone();
            }
            json.to_string().into_bytes()
        }
        None => body,
    }
}

fn note(
    record: &'static str,
    json: &Value,
    at: String,
    seen: &mut BTreeSet<(&'static str, String)>,
) {
    match json {
        Value::Object(fields) => {
            for (name, value) in fields {
                note(record, value, format!("{at}/{name}"), seen);
            }
        }
        Value::Array(entries) => {
            for (place, value) in entries.iter().enumerate() {
                note(record, value, format!("{at}/{place}"), seen);
            }
        }
        _ => {}
    }
    if !at.is_empty() {
        seen.insert((record, at));
    }
}

async fn play(story: Story, change: Option<&Change>) -> Ending {
    let town = town(story).await;
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    town.alter_answers({
        let (change, seen) = (change.cloned(), Arc::clone(&seen));
        move |path, body| match record(path) {
            Some(record) => altered(record, body, change.as_ref(), &seen),
            None => body,
        }
    });
    let carry = async || {
        let mut posted = town.hcp.take_webhooks();
        for webhook in &mut posted {
            let body = std::mem::take(&mut webhook.body);
            webhook.body = altered("webhook", body, change, &seen);
            let secret = hcp_sandbox::Options::default().signing_secret;
            let time = webhook.header("api-timestamp").unwrap().to_owned();
            let signature = hcp_sandbox::signature(&secret, &time, &webhook.body);
            for (name, value) in &mut webhook.headers {
                if *name == "api-signature" {
                    value.clone_from(&signature);
                }
            }
        }
        town.receive(posted).await;
        town.settle().await;
        // What no webhook told is found.
        for sweep in [Sweep::Paid, Sweep::Sent, Sweep::Finished] {
            drop(town.worker().sweep(sweep, town.deadline()).await);
            town.settle().await;
        }
        town.clock.advance(Duration::from_secs(3_600));
    };
    let job = job_of(&town);
    let card = NewPayment {
        tip: 500,
        ..NewPayment::in_full(PaymentMethod::Card)
    };
    match story {
        Story::Whole => {
            town.hcp.start_job(&job).unwrap();
            town.hcp.finish_job(&job).unwrap();
            carry().await;
            town.hcp.send_invoice(&job).unwrap();
            carry().await;
            town.hcp.pay_job(&job, card).unwrap();
            carry().await;
        }
        Story::Deposit => {
            let half = Part::Percent(Hundredths::new(5_000));
            let deposit = town.hcp.add_deposit(&job, half, None).unwrap();
            town.hcp.send_this_invoice(&deposit).unwrap();
            carry().await;
            town.hcp.finish_job(&job).unwrap();
            carry().await;
            town.hcp.send_invoice(&job).unwrap();
            carry().await;
        }
        Story::Parts => {
            let half = Part::Percent(Hundredths::new(5_000));
            town.hcp.finish_job(&job).unwrap();
            carry().await;
            for part in [half, Part::Rest] {
                let invoice = town.hcp.split_invoice(&job, vec![part], None).unwrap();
                town.hcp.send_this_invoice(&invoice).unwrap();
                carry().await;
            }
        }
    }
    assert_eq!(*town.dead_letters.lock().unwrap(), Vec::<String>::new());
    let fields = seen.lock().unwrap().clone();
    Ending {
        books: books(&town),
        alerts: open_alerts(&town),
        fields,
    }
}

async fn town(story: Story) -> Town {
    let (invoicing, chosen) = match story {
        Story::Whole => (Invoicing::Simple, "simple"),
        Story::Deposit => (Invoicing::MatchJobNumber, "match_job_number"),
        Story::Parts => (Invoicing::Progress, "progress"),
    };
    let town = Town::with(
        31,
        |hcp| hcp.settings.invoicing = invoicing,
        |qbo| {
            qbo.company.sales_tax = SalesTax::Automated;
            qbo.company.class_tracking = qbo_sandbox::ClassTracking::PerTxn;
        },
    )
    .await;
    let settings = [
        ("invoicing", chosen),
        ("progress_invoices", "per_invoice"),
        ("classes", "on"),
    ];
    change(&town, &settings).await.unwrap();
    town
}

/// A job with one line of each kind, of somebody who has everything.
fn job_of(town: &Town) -> hcp_sandbox::JobId {
    let text = |text: &str| Some(text.to_owned());
    let address = |kind, street, unit| NewAddress {
        kind,
        street: text(street),
        street_line_2: unit,
        city: text("Fresno"),
        state: text("CA"),
        zip: text("93650"),
        country: text("US"),
    };
    let customer = NewCustomer {
        first_name: text("Dana"),
        last_name: text("Sample"),
        email: text("dana@example.com"),
        mobile_number: text("5550100199"),
        home_number: text("5550100198"),
        work_number: text("5550100197"),
        company: text("Sample Bakery"),
        notes: text("Ring twice"),
        tags: vec!["regular".to_owned()],
        addresses: vec![
            address(AddressKind::Billing, "1 Office Park", text("Suite 4")),
            address(AddressKind::Service, "22 Lake Rd", text("Rear")),
        ],
    };
    let customer = town.hcp.create_customer(customer).unwrap();
    let book = town.hcp.price_book();
    let entry = |kind| {
        let found = book.iter().find(|entry| entry.kind == kind);
        let entry = found.unwrap().uuid.clone();
        NewLine::from_price_book(&entry, Hundredths::new(200))
    };
    let county = TaxRate {
        name: "County".to_owned(),
        percent: Hundredths::new(825),
    };
    let start = town.hcp.now();
    let job = NewJob {
        description: "No heat upstairs".to_owned(),
        lines: vec![
            entry(hcp_sandbox::LineKind::Labor),
            entry(hcp_sandbox::LineKind::Materials),
            NewLine::labor("Haul away old unit", 4_550, Hundredths::ONE),
            NewLine::percent_discount("Spring", Hundredths::new(750)),
        ],
        taxes: vec![county],
        due: DueTerms::Net(30),
        visit: Some(Visit {
            start,
            end: start + jiff::SignedDuration::from_hours(2),
            arrival_window: 30,
        }),
        business_unit: text("Heating"),
        ..NewJob::of(&customer)
    };
    town.hcp.create_job(job).unwrap()
}

/// What QuickBooks holds, times apart.
fn books(town: &Town) -> BTreeMap<&'static str, Vec<Value>> {
    let objects = |entity| {
        let objects = town.qbo.objects(entity);
        let objects = objects.iter().map(|object| {
            let mut object: Value = serde_json::from_str(&object.to_string()).unwrap();
            object["MetaData"] = Value::Null;
            object
        });
        objects.collect::<Vec<Value>>()
    };
    ENTITIES.map(|entity| (entity, objects(entity))).into()
}

fn open_alerts(town: &Town) -> Vec<AlertRecord> {
    let alerts = town.all::<AlertRecord>("alert#").into_iter();
    let alerts = alerts.map(|alert| alert.value);
    alerts.filter(|alert| alert.open).collect()
}

/// Whether a value is one that the field is known to have: then it is an edit. A field that is not among them is never
/// read, and no value of it may do anything.
fn is_known_form(record: &str, pointer: &str, value: &Value) -> bool {
    let name = pointer.rsplit('/').next().unwrap_or_default();
    let text = value.is_string() || value.is_number();
    let whole = value.is_i64() || value.as_f64().is_some_and(|number| number.fract() == 0.0);
    let id = |text: &str| {
        let safe = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        text.len() <= 64 && text.chars().all(safe)
    };
    if value.is_null() {
        return true;
    }
    match name {
        _ if name.bytes().all(|byte| byte.is_ascii_digit()) => value.is_object(),
        "started_at" | "completed_at" | "scheduled_start" | "canceled_at" | "deleted_at"
        | "due_at" | "paid_at" | "sent_at" | "service_date" | "invoice_date" => {
            value.as_str() == Some("")
        }
        "total_amount"
        | "amount"
        | "invoiced_amount"
        | "unit_price"
        | "tip_amount"
        | "surcharge_fee_amount"
        | "qty_in_hundredths"
        | "price" => whole,
        "quantity" => value.is_number(),
        "taxable" => value.is_boolean(),
        "order_index" => value.is_i64(),
        "page" | "total_pages" | "total_pages_count" => value.is_u64(),
        "id" | "uuid" | "job_id" | "service_item_id" | "material_category_uuid" => {
            let digits = value.to_string();
            text && id(value.as_str().unwrap_or(&digits))
        }
        "notes" if record == "customer" => {
            let is_note = |note: &Value| note.is_string() || note["content"].is_string();
            text || value.as_array().is_some_and(|all| all.iter().all(is_note))
        }
        "items"
        | "taxes"
        | "discounts"
        | "payments"
        | "refunds"
        | "addresses"
        | "data"
        | "invoices"
        | "line_items"
        | "material_categories"
        | "materials" => value.as_array().is_some_and(Vec::is_empty),
        "customer" | "address" | "work_timestamps" | "schedule" | "job_fields"
        | "business_unit" => value.is_object(),
        "event"
        | "invoice_number"
        | "name"
        | "description"
        | "first_name"
        | "last_name"
        | "email"
        | "mobile_number"
        | "home_number"
        | "work_number"
        | "company"
        | "street"
        | "street_line_2"
        | "city"
        | "state"
        | "zip"
        | "work_status"
        | "status"
        | "kind"
        | "type"
        | "due_concept"
        | "display_due_concept"
        | "payment_method"
        | "note"
        | "material_category_name" => text,
        _ => false,
    }
}

fn is_read(record: &str, pointer: &str) -> bool {
    let mut values = odd_values().into_iter().filter(|value| !value.is_null());
    values.any(|value| is_known_form(record, pointer, &value))
}

/// What V24 promises of a change.
fn judge(story: Story, change: &Change, untouched: &Ending, ending: &Ending) -> Result<(), String> {
    let refused = ending
        .alerts
        .iter()
        .find(|alert| matches!(alert.kind.as_str(), "housecall_refused" | "record_lags"));
    let known = is_known_form(change.record, &change.pointer, &change.value);
    if let Some(alert) = refused.filter(|_| !known) {
        return Err(format!("{story:?} {change:?}: {}", alert.message));
    }
    if known {
        return Ok(());
    }
    let parts: Vec<&str> = change.pointer.split('/').collect();
    let name = parts.iter().rev().find(|part| part.parse::<u32>().is_err());
    let name = match (change.record, name.copied().unwrap_or_default()) {
        ("lines", "data") => "line_items",
        ("categories" | "materials", "data") if change.pointer != "/data" => "row 1",
        (_, name) => name,
    };
    let named =
        |alert: &AlertRecord| alert.message.contains(name) && alert.message.contains("rule ");
    let same = ending.books == untouched.books;
    if same || ending.alerts.iter().any(named) {
        return Ok(());
    }
    let told: Vec<&str> = ending
        .alerts
        .iter()
        .map(|alert| alert.message.as_str())
        .collect();
    let differs = |entity: &&&str| ending.books[**entity] != untouched.books[**entity];
    let differs: Vec<_> = ENTITIES.iter().filter(differs).collect();
    Err(format!(
        "{story:?} {change:?}: {differs:?} differ, and nobody is told but of {told:?}"
    ))
}

#[tokio::test]
async fn v24_l3_a_discount_of_half_a_percent_more_is_a_discount_like_any_other() {
    let town = Town::new(32).await;
    let off = NewLine::percent_discount("Spring", Hundredths::new(750));
    let lines = vec![NewLine::labor("Work", 10_000, Hundredths::ONE), off];
    let job = job_with(&town, &new_customer(&town, "Dana", "Sample"), lines);
    town.alter_answers(|path, body| match record(path) {
        // The share, in per cent, stands where other lines have the price of one.
        Some("lines") => {
            let mut lines: Value = serde_json::from_slice(&body).unwrap();
            lines["data"][1]["unit_price"] = json!(7.5);
            lines.to_string().into_bytes()
        }
        _ => body,
    });
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    assert_books(&town, &[&job]);
    assert_eq!(invoices(&town)[0].2, 9_250);
}

fn odd_values() -> Vec<Value> {
    vec![
        json!(true),
        json!(7.5),
        json!({ "dana": [null] }),
        json!("odd"),
        json!([1]),
        json!(7),
        json!([]),
        json!({}),
        json!(-1),
        json!(""),
        json!([{ "id": [] }]),
        Value::Null,
    ]
}

const STORIES: [Story; 3] = [Story::Whole, Story::Deposit, Story::Parts];

#[tokio::test]
async fn v24_any_field_in_any_form_changes_nothing_or_is_named_with_the_rule_that_needs_it() {
    let values = odd_values();
    let all = std::env::var_os("PROOF").is_some();
    let mut tried = 0;
    let mut wrong = Vec::new();
    for (chapter, story) in STORIES.into_iter().enumerate() {
        let untouched = play(story, None).await;
        assert!(
            untouched.alerts.is_empty(),
            "{story:?}: {:?}",
            untouched.alerts
        );
        assert!(!untouched.books["Invoice"].is_empty());
        for (n, (record, pointer)) in untouched.fields.iter().enumerate() {
            let one_in = match *record {
                "webhook" => 40,
                record if is_read(record, pointer) => STORIES.len(),
                _ => 60,
            };
            if !all && n % one_in != chapter {
                continue;
            }
            let count = if all { values.len() } else { 1 };
            for value in values.iter().cycle().skip(n % 5).take(count) {
                let change = Change {
                    record,
                    pointer: pointer.clone(),
                    value: value.clone(),
                };
                // QuickBooks' sandbox takes an amount of tax in states that it knows.
                if pointer.ends_with("/state") && is_known_form(record, pointer, value) {
                    continue;
                }
                let ending = play(story, Some(&change)).await;
                wrong.extend(judge(story, &change, &untouched, &ending).err());
                tried += 1;
            }
        }
    }
    println!("{tried} changed fields");
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
