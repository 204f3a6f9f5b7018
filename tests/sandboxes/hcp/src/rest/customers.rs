use serde_json::{Value, json};

use super::{
    errors::{not_covered, not_found},
    lists::{self, sorted},
    query::Query,
};
use crate::{
    Answer,
    company::Customer,
    ids::CustomerId,
    records::{Form, Records, customer::address},
};

/// What `sort_by` may be; the first is the default.
const SORTS: [&str; 2] = ["created_at", "updated_at"];

pub(super) fn list(records: &Records<'_>, query: &Query) -> Result<Answer, Answer> {
    let expand = expanded(query)?;
    let wanted = query.text("q").unwrap_or_default().to_lowercase();
    let found: Vec<&Customer> = records
        .company
        .customers
        .all(records.when)
        .filter(|customer| !customer.deleted && is_like(customer, &wanted))
        .collect();
    let found = match query.sort_by(&SORTS)? {
        "updated_at" => sorted(found, query.direction(), |customer| customer.updated_at),
        _ => sorted(found, query.direction(), |customer| customer.created_at),
    };
    let body = lists::list(query, "customers", &found, |customer| {
        row(records, customer, &expand)
    });
    Ok(Answer::json(200, &body))
}

pub(super) fn one(records: &Records<'_>, query: &Query, id: &str) -> Result<Answer, Answer> {
    let expand = expanded(query)?;
    Ok(Answer::json(
        200,
        &row(records, find(records, id)?, &expand),
    ))
}

pub(super) fn addresses(records: &Records<'_>, query: &Query, id: &str) -> Result<Answer, Answer> {
    let customer = find(records, id)?;
    let body = lists::list(query, "addresses", &customer.addresses, address);
    Ok(Answer::json(200, &body))
}

/// A customer who is not deleted: deleted ones vanish, though jobs still name them.
fn find<'r>(records: &Records<'r>, id: &str) -> Result<&'r Customer, Answer> {
    records
        .company
        .customer(&CustomerId::from(id), records.when)
        .filter(|customer| !customer.deleted)
        .ok_or_else(|| not_found("customer"))
}

fn is_like(customer: &Customer, wanted: &str) -> bool {
    let texts = [
        &customer.first_name,
        &customer.last_name,
        &customer.company,
        &customer.email,
        &customer.mobile_number,
    ];
    customer.display_name().to_lowercase().contains(wanted)
        || texts
            .into_iter()
            .flatten()
            .any(|text| text.to_lowercase().contains(wanted))
}

fn expanded(query: &Query) -> Result<Vec<&str>, Answer> {
    let wanted = query.list("expand").unwrap_or_default();
    let known = ["attachments", "do_not_service"];
    match wanted.iter().find(|name| !known.contains(name)) {
        Some(name) => Err(not_covered(&format!("expand[]={name} on customers"))),
        None => Ok(wanted),
    }
}

fn row(records: &Records<'_>, customer: &Customer, expand: &[&str]) -> Value {
    let mut record = records.customer(customer, Form::Rest);
    if let Value::Object(record) = &mut record {
        if expand.contains(&"attachments") {
            record.insert("attachments".to_owned(), json!([]));
        }
        if expand.contains(&"do_not_service") {
            record.insert("do_not_service".to_owned(), json!(false));
        }
    }
    record
}
