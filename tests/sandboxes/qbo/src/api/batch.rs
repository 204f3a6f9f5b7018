//! Several writes and queries in one call, done one after another, each with its own outcome.

use sandbox_kit::Request;

use super::company::Desk;
use crate::{
    fault::Refusal,
    json::{Json, Object},
    log::Act,
    schema,
    write::Operation,
};

const MOST_ITEMS: usize = 30;
/// With a `requestid`, item and request id together are at most 46 characters.
const LONGEST_BID: usize = 10;

/// The keys of an item that are not the object.
const KEYS: &[&str] = &["bId", "operation", "optionsData", "Query"];

pub(super) fn run(desk: &mut Desk<'_>, request: &Request, body: &Json) -> Result<Object, Refusal> {
    let Json::Object(envelope) = body else {
        return Err(Refusal::bad_property("the body is not an object,"));
    };
    if let Some((name, _)) = envelope
        .iter()
        .find(|(name, _)| *name != "BatchItemRequest")
    {
        return Err(Refusal::unknown_property(
            name,
            "IntuitBatchRequest",
            &["BatchItemRequest"],
        ));
    }
    let Some(Json::List(items)) = envelope.get("BatchItemRequest") else {
        return Err(Refusal::missing("BatchItemRequest"));
    };
    if items.len() > MOST_ITEMS {
        return Err(Refusal::batch_too_large(MOST_ITEMS));
    }
    if request.param("requestid").is_some() {
        let long = items
            .iter()
            .filter_map(|item| item.text("bId"))
            .find(|id| id.chars().count() > LONGEST_BID);
        if let Some(id) = long {
            return Err(Refusal::request_id_format(id));
        }
    }
    let responses: Vec<Json> = items
        .iter()
        .zip(1..)
        .map(|(item, nth)| {
            let done = if desk.mischief.failing_item == Some(nth) {
                Err(Refusal::system_failure())
            } else {
                one(desk, item)
            };
            let mut response = match done {
                Ok(done) => done,
                Err(refusal) => Object::new().with("Fault", refusal.to_json()),
            };
            if let Some(id) = item.at("bId") {
                response.set("bId", id.clone());
            }
            response.into()
        })
        .collect();
    desk.acts.note(Act::Batch, "");
    Ok(Object::new().with("BatchItemResponse", responses))
}

fn one(desk: &mut Desk<'_>, item: &Json) -> Result<Object, Refusal> {
    let Json::Object(item) = item else {
        return Err(Refusal::bad_property("a batch item is not an object,"));
    };
    let mut objects = item.iter().filter(|(name, _)| !KEYS.contains(name));
    let (object, another) = (objects.next(), objects.next());
    match (item.get("Query"), object, another) {
        (Some(Json::Text(statement)), None, None) => desk.query(statement),
        (None, Some((name, body)), None) => {
            let Some(entity) = schema::entity(name).filter(|entity| entity.name == name) else {
                return Err(if schema::is_uncovered(name) {
                    Refusal::not_covered(format!("the entity {name}"))
                } else {
                    Refusal::unknown_property(name, "BatchItemRequest", KEYS)
                });
            };
            let options = item.get("optionsData").and_then(Json::as_text);
            let operation = match (item.get("operation").and_then(Json::as_text), options) {
                (Some("update"), Some("void")) => Operation::Void,
                (Some("create"), _) => Operation::Create,
                (Some("update"), _) => Operation::Update,
                (Some("delete"), _) => Operation::Delete,
                (Some(other), _) => return Err(Refusal::unsupported_operation(other)),
                (None, _) => return Err(Refusal::missing("operation")),
            };
            let allow_duplicate_number = match options {
                None | Some("void") => false,
                Some("allowduplicatedocnum") => true,
                Some(other) => return Err(Refusal::not_covered(format!("optionsData {other}"))),
            };
            desk.write(entity, operation, body, allow_duplicate_number)
        }
        _ => Err(Refusal::not_covered(
            "a batch item that is not one object or one query",
        )),
    }
}
