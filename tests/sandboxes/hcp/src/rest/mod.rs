//! The REST API.

mod customers;
pub(crate) mod errors;
mod invoices;
mod jobs;
mod line_writes;
mod lists;
mod people;
mod price_book;
mod query;
mod record_writes;
mod writes;

use crate::{
    Answer, Request,
    doubts::Keys,
    options::{KeyKind, Options},
    records::{Records, keys},
    rest::{
        errors::{not_covered, unauthorized, unknown_route},
        query::Query,
    },
    shelf::When,
    state::State,
};

/// Operations that a company's own key may not use. Where it is not known whether Housecall Pro
/// answers 401 or 403, the sandbox answers 401.
const REFUSED_TO_COMPANY_KEYS: [(&str, &[&str]); 13] = [
    ("GET", &["application"]),
    ("POST", &["application"]),
    ("GET", &["checklists"]),
    ("GET", &["estimates", "*"]),
    ("GET", &["api", "price_book", "services"]),
    ("GET", &["service_zones"]),
    ("GET", &["routes"]),
    ("PUT", &["jobs", "*", "schedule"]),
    ("DELETE", &["jobs", "*", "schedule"]),
    ("PUT", &["jobs", "*", "dispatch"]),
    ("POST", &["jobs", "*", "links"]),
    ("POST", &["jobs", "*", "lock"]),
    ("POST", &["jobs", "lock"]),
];

/// Routes that Housecall Pro has and the sandbox does not cover.
const NOT_COVERED: [(&str, &[&str]); 22] = [
    ("GET", &["application"]),
    ("POST", &["application"]),
    ("GET", &["checklists"]),
    ("POST", &["estimates"]),
    ("GET", &["leads"]),
    ("GET", &["leads", "*"]),
    ("POST", &["leads"]),
    ("GET", &["lead_sources"]),
    ("GET", &["service_zones"]),
    ("GET", &["routes"]),
    ("GET", &["events"]),
    ("GET", &["customers", "*", "addresses", "*"]),
    ("PUT", &["jobs", "*", "schedule"]),
    ("DELETE", &["jobs", "*", "schedule"]),
    ("PUT", &["jobs", "*", "dispatch"]),
    ("POST", &["jobs", "*", "links"]),
    ("POST", &["jobs", "*", "lock"]),
    ("POST", &["jobs", "lock"]),
    ("POST", &["jobs", "*", "attachments"]),
    ("GET", &["api", "invoices", "*", "preview"]),
    ("POST", &["webhooks", "subscription"]),
    ("DELETE", &["webhooks", "subscription"]),
];

/// Answers one request to the API.
pub(crate) fn answer(state: &mut State, request: &Request, when: When) -> Answer {
    if !is_authorized(&state.options, request) {
        return unauthorized();
    }
    let path = request.path();
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let method = request.method.as_str();
    let is_one_of = |routes: &[(&str, &[&str])]| {
        routes
            .iter()
            .any(|(verb, pattern)| *verb == method && matches(pattern, &segments))
    };
    if state.options.key_kind == KeyKind::Company && is_one_of(&REFUSED_TO_COMPANY_KEYS) {
        return unauthorized();
    }
    let result = match (method, segments.as_slice()) {
        ("GET", segments) => read(&state.records(when), segments, request),
        ("POST", ["jobs", job, "notes"]) => writes::add_note(state, job, request),
        ("DELETE", ["jobs", job, "notes", note]) => writes::remove_note(state, job, note),
        ("POST", ["jobs", job, "tags"]) => writes::tag_job(state, job, request),
        ("DELETE", ["jobs", job, "tags", tag]) => writes::untag_job(state, job, tag),
        ("POST", ["tags"]) => writes::create_tag(state, request),
        ("POST", ["jobs"]) => record_writes::create_job(state, request),
        ("POST", ["jobs", job, "line_items"]) => line_writes::add(state, job, request),
        ("PUT", ["jobs", job, "line_items", "bulk_update"]) => {
            line_writes::bulk_update(state, job, request)
        }
        ("PUT", ["jobs", job, "line_items", line]) => line_writes::edit(state, job, line, request),
        ("DELETE", ["jobs", job, "line_items", line]) => line_writes::remove(state, job, line),
        ("POST", ["customers"]) => record_writes::create_customer(state, request),
        ("PUT", ["customers", id]) => record_writes::edit_customer(state, id, request),
        ("POST", ["customers", id, "addresses"]) => record_writes::add_address(state, id, request),
        ("POST", ["api", "price_book", "material_categories"]) => {
            record_writes::create_category(state, request)
        }
        ("POST", ["api", "price_book", "materials"]) => {
            record_writes::create_material(state, request)
        }
        ("PUT", ["api", "price_book", "materials", uuid]) => {
            record_writes::edit_material(state, uuid, request)
        }
        ("DELETE", ["api", "price_book", "materials", uuid]) => {
            record_writes::remove_material(state, uuid)
        }
        _ => Err(unknown_route()),
    };
    if result.is_ok() && method != "GET" {
        let button = format!("{method} {}", route(&segments));
        state.note_press("The API".to_owned(), button);
    }
    match result {
        Ok(answer) => with_keys(answer, state.options.settings.keys),
        Err(answer) if answer == unknown_route() && is_one_of(&NOT_COVERED) => {
            not_covered(&format!("{method} {}", route(&segments)))
        }
        Err(answer) => answer,
    }
}

fn read(records: &Records<'_>, segments: &[&str], request: &Request) -> Result<Answer, Answer> {
    let query = Query::of(request)?;
    match segments {
        ["company"] => Ok(Answer::json(200, &records.company())),
        ["jobs"] => jobs::list(records, &query),
        ["jobs", job] => jobs::one(records, &query, job),
        ["jobs", job, "appointments"] => jobs::appointments(records, job),
        ["jobs", job, "line_items"] => jobs::line_items(records, job),
        ["jobs", job, "invoices"] => invoices::of_job(records, job),
        ["invoices"] => invoices::list(records, &query),
        ["api", "invoices", invoice] => invoices::one(records, invoice),
        ["customers"] => customers::list(records, &query),
        ["customers", customer] => customers::one(records, &query, customer),
        ["customers", customer, "addresses"] => customers::addresses(records, &query, customer),
        ["employees"] => people::employees(records, &query),
        ["tags"] => people::tags(records, &query),
        ["estimates"] => people::estimates(records, &query),
        ["estimates", id] => people::estimate(records, id),
        ["api", "price_book", "material_categories"] => price_book::categories(records, &query),
        ["api", "price_book", "materials"] => price_book::materials(records, &query),
        ["api", "price_book", "services"] => price_book::services(records, &query),
        _ => Err(unknown_route()),
    }
}

/// The answer with the keys that the settings leave in.
fn with_keys(answer: Answer, keys: Keys) -> Answer {
    if keys == Keys::Recorded || answer.body.is_empty() {
        return answer;
    }
    let mut body = answer.body_json();
    keys::keep(&mut body, keys);
    Answer::json(answer.status, &body)
}

fn is_authorized(options: &Options, request: &Request) -> bool {
    let key = request
        .header("authorization")
        .and_then(|value| value.strip_prefix("Token "));
    if key != Some(options.api_key.as_str()) {
        return false;
    }
    match request.header("x-company-id") {
        None => true,
        Some(_) if options.key_kind == KeyKind::Company => false,
        Some(company) => company == options.company_id.to_string(),
    }
}

fn matches(pattern: &[&str], segments: &[&str]) -> bool {
    pattern.len() == segments.len()
        && pattern
            .iter()
            .zip(segments)
            .all(|(wanted, segment)| *wanted == "*" || wanted == segment)
}

/// The path without identifiers.
fn route(segments: &[&str]) -> String {
    segments
        .iter()
        .map(|segment| {
            let is_id = segment.contains('_') && segment.bytes().any(|byte| byte.is_ascii_digit());
            if is_id { "/{id}" } else { "/" }.to_owned() + if is_id { "" } else { segment }
        })
        .collect()
}
