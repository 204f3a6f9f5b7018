//! Writing customers, jobs and materials.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::{
    errors::{bad_field, not_covered, not_found},
    writes::{body, write},
};
use crate::{
    Answer, Request,
    actions::{Action, CustomerChanges, EntryChanges, NewAddress, NewEntry},
    ids::{CustomerId, JobId},
    records::{Form, price_book},
    shelf::When,
    state::State,
};

const CUSTOMER_FIELDS: [&str; 10] = [
    "first_name",
    "last_name",
    "email",
    "mobile_number",
    "home_number",
    "work_number",
    "company",
    "notes",
    "tags",
    "addresses",
];
const ADDRESS_FIELDS: [&str; 7] = [
    "type",
    "street",
    "street_line_2",
    "city",
    "state",
    "zip",
    "country",
];
const JOB_FIELDS: [&str; 2] = ["description", "address_id"];
/// What else a new job may be given, and the sandbox does not take.
const JOB_FIELDS_NOT_COVERED: [&str; 6] = [
    "invoice_number",
    "assigned_employee_ids",
    "tags",
    "lead_source",
    "job_fields",
    "notes",
];
const ENTRY_FIELDS: [&str; 7] = [
    "name",
    "description",
    "price",
    "cost",
    "taxable",
    "unit_of_measure",
    "part_number",
];

pub(super) fn create_customer(state: &mut State, request: &Request) -> Result<Answer, Answer> {
    let new = picked(&customer_body(request)?, &CUSTOMER_FIELDS)?;
    let id = act(state, Action::CreateCustomer(new))?;
    customer_answer(state, 201, &CustomerId::from(id))
}

pub(super) fn edit_customer(
    state: &mut State,
    id: &str,
    request: &Request,
) -> Result<Answer, Answer> {
    let customer = visible_customer(state, id)?;
    let changes: CustomerChanges = picked(&customer_body(request)?, &CUSTOMER_FIELDS)?;
    act(
        state,
        Action::EditCustomer {
            customer: customer.clone(),
            changes,
        },
    )?;
    customer_answer(state, 200, &customer)
}

pub(super) fn add_address(
    state: &mut State,
    id: &str,
    request: &Request,
) -> Result<Answer, Answer> {
    let customer = visible_customer(state, id)?;
    let address: NewAddress = picked(&body(request), &ADDRESS_FIELDS)?;
    act(
        state,
        Action::AddAddress {
            customer: customer.clone(),
            address,
        },
    )?;
    let added = state.company.customer(&customer, When::Now);
    let added = added.and_then(|customer| customer.addresses.last());
    Ok(Answer::json(
        201,
        &json!(added.map(crate::records::customer::address)),
    ))
}

pub(super) fn create_job(state: &mut State, request: &Request) -> Result<Answer, Answer> {
    let body = body(request);
    if let Some(name) = JOB_FIELDS_NOT_COVERED
        .iter()
        .find(|name| body.get(**name).is_some_and(|value| !value.is_null()))
    {
        return Err(not_covered(&format!("{name} in POST /jobs")));
    }
    let customer = body
        .get("customer_id")
        .and_then(Value::as_str)
        .ok_or_else(|| bad_field("customer_id", "can't be blank"))?;
    let customer = visible_customer(state, customer)?;
    let mut form = only(&body, &JOB_FIELDS);
    if let Some(address) = form.remove("address_id") {
        form.insert("address".to_owned(), address);
    }
    form.insert("customer".to_owned(), json!(customer));
    let schedule = body.get("schedule").cloned().unwrap_or_default();
    if let (Some(start), Some(end)) = (
        schedule.get("scheduled_start"),
        schedule.get("scheduled_end"),
    ) {
        form.insert(
            "visit".to_owned(),
            json!({
                "start": super::query::utc(start),
                "end": super::query::utc(end),
                "arrival_window": schedule.get("arrival_window").cloned().unwrap_or(json!(0)),
            }),
        );
    }
    let new = parsed(Value::Object(form))?;
    let id = JobId::from(act(state, Action::CreateJob(new))?);
    let records = state.records(When::Now);
    let job = super::jobs::find(&records, id.as_str())?;
    Ok(Answer::json(201, &records.job(job, Form::Rest)))
}

pub(super) fn create_category(state: &mut State, request: &Request) -> Result<Answer, Answer> {
    let body = body(request);
    let name = body.get("name").and_then(Value::as_str).unwrap_or_default();
    let category = write(state, |desk| desk.material_category(name))?;
    Ok(Answer::json(201, &price_book::material_category(&category)))
}

pub(super) fn create_material(state: &mut State, request: &Request) -> Result<Answer, Answer> {
    let body = body(request);
    let mut new: NewEntry = picked(&body, &ENTRY_FIELDS)?;
    new.category = category_name(state, &body)?
        .ok_or_else(|| bad_field("material_category_uuid", "can't be blank"))?;
    let uuid = act(state, Action::AddMaterial(new))?;
    material_answer(state, 201, &uuid)
}

pub(super) fn edit_material(
    state: &mut State,
    uuid: &str,
    request: &Request,
) -> Result<Answer, Answer> {
    let body = body(request);
    let fields = ["name", "description", "price", "cost", "taxable"];
    let mut changes: EntryChanges = picked(&body, &fields)?;
    changes.category = category_name(state, &body)?;
    material_answer(state, 200, uuid)?;
    let entry = uuid.to_owned();
    act(state, Action::EditEntry { entry, changes })?;
    material_answer(state, 200, uuid)
}

pub(super) fn remove_material(state: &mut State, uuid: &str) -> Result<Answer, Answer> {
    material_answer(state, 200, uuid)?;
    let entry = uuid.to_owned();
    act(state, Action::RemoveEntry { entry })?;
    Ok(Answer::empty(204))
}

fn act(state: &mut State, action: Action) -> Result<String, Answer> {
    write(state, |desk| desk.act(action))
}

/// A lead source has to exist in Housecall Pro; the sandbox has none.
fn customer_body(request: &Request) -> Result<Value, Answer> {
    let body = body(request);
    match body.get("lead_source") {
        None | Some(Value::Null) => Ok(body),
        Some(_) => Err(bad_field("lead_source", "not found")),
    }
}

fn visible_customer(state: &State, id: &str) -> Result<CustomerId, Answer> {
    state
        .company
        .customer(&CustomerId::from(id), When::Now)
        .filter(|customer| !customer.deleted)
        .map(|customer| customer.id.clone())
        .ok_or_else(|| not_found("customer"))
}

fn customer_answer(state: &State, status: u16, id: &CustomerId) -> Result<Answer, Answer> {
    let records = state.records(When::Now);
    let customer = state.company.customer(id, When::Now);
    let customer = customer.ok_or_else(|| not_found("customer"))?;
    Ok(Answer::json(
        status,
        &records.customer(customer, Form::Rest),
    ))
}

fn material_answer(state: &State, status: u16, uuid: &str) -> Result<Answer, Answer> {
    state
        .company
        .materials(When::Now)
        .find(|material| material.uuid == uuid)
        .map(|material| Answer::json(status, &price_book::material(material)))
        .ok_or_else(|| not_found("material"))
}

fn category_name(state: &State, body: &Value) -> Result<Option<String>, Answer> {
    let Some(uuid) = body.get("material_category_uuid").and_then(Value::as_str) else {
        return Ok(None);
    };
    let categories = &state.company.material_categories;
    let category = categories.get(uuid, When::Now);
    let category = category.ok_or_else(|| not_found("material category"))?;
    Ok(Some(category.name.clone()))
}

/// The known fields of a body; others are ignored without a word, as are nulls.
fn only(body: &Value, fields: &[&str]) -> Map<String, Value> {
    fields
        .iter()
        .filter_map(|name| {
            let value = body.get(*name).filter(|value| !value.is_null())?;
            Some(((*name).to_owned(), value.clone()))
        })
        .collect()
}

fn picked<T: DeserializeOwned>(body: &Value, fields: &[&str]) -> Result<T, Answer> {
    let mut known = only(body, fields);
    if let Some(Value::Array(addresses)) = known.get_mut("addresses") {
        for address in addresses {
            *address = Value::Object(only(address, &ADDRESS_FIELDS));
        }
    }
    parsed(Value::Object(known))
}

fn parsed<T: DeserializeOwned>(value: Value) -> Result<T, Answer> {
    serde_json::from_value(value).map_err(|error| bad_field("base", &error.to_string()))
}
