//! The document of the API (OpenAPI 3.1), made from the code.

use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use crate::{
    extract::KEY,
    problem::{PROBLEM, Problem},
    routes::{
        acts, customers, items, orders, overview, pause, payments, people, reads, resolutions,
        settings, telling,
    },
};

/// Signs in with Amazon Cognito; see docs/DEPLOY.md. What every route can answer is added in [`document`].
#[derive(OpenApi)]
#[openapi(
    info(
        title = "hcp-qbo-sync",
        description = "What the people of a company see and do: alerts, jobs, pushes by hand, settings, people."
    ),
    paths(
        reads::companies,
        overview::today,
        overview::log,
        overview::log_table,
        reads::alerts,
        resolutions::alert,
        resolutions::resolve,
        resolutions::resolved,
        resolutions::causes,
        resolutions::retry,
        resolutions::dismiss,
        resolutions::take_dismissal_back,
        reads::jobs,
        reads::job,
        reads::history,
        payments::payments,
        items::items,
        items::choose_accounts,
        items::lines,
        items::map_lines,
        customers::customers,
        customers::match_customers,
        items::assigned,
        reads::inbox,
        acts::tick,
        acts::pull,
        acts::decide,
        acts::dismiss,
        pause::pause,
        pause::resume,
        orders::push,
        orders::pushed,
        orders::link,
        orders::linked,
        orders::pulled,
        settings::quickbooks,
        settings::read_quickbooks,
        settings::settings,
        settings::change_settings,
        telling::mails,
        telling::choose_mails,
        telling::enter_channel,
        people::people,
        people::invite,
        people::change_role,
        people::remove
    ),
    components(schemas(Problem))
)]
struct Document;

/// What every route answers where something is the matter.
const ALWAYS: [(u16, &str); 7] = [
    (400, "A header is missing or odd, or the body is no JSON"),
    (401, "Nobody signed in, or the token has ended"),
    (
        403,
        "Your role does not let you do it, or the token lacks the scope",
    ),
    (404, "There is no such thing, or it is none of yours"),
    (422, "Something about the request does not do"),
    (429, "Too many requests at once"),
    (503, "It cannot be done at the moment; nothing was changed"),
];

/// Those with a body, beside that.
const WITH_BODY: [(u16, &str); 2] = [
    (413, "The body is too long"),
    (415, "The body is not sent as JSON"),
];

/// Those that act, beside that.
const ACTING: [(u16, &str); 1] = [(409, "Something else has it, or it changed meanwhile")];

/// Those that change what was seen, beside that.
const SEEN: [(u16, &str); 2] = [
    (412, "It was changed meanwhile: look at it again"),
    (428, "The header If-Match is missing"),
];

/// The document.
pub fn document() -> Value {
    let mut document = json!(Document::openapi());
    document["components"]["securitySchemes"] = json!({
        "sign-in": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" }
    });
    document["security"] = json!([{ "sign-in": [] }]);
    let paths = document["paths"].as_object_mut();
    for route in paths.into_iter().flat_map(Map::values_mut) {
        for (method, operation) in route.as_object_mut().into_iter().flatten() {
            complete(method, operation);
        }
    }
    document
}

/// Adds what all operations of a method have.
fn complete(method: &str, operation: &mut Value) {
    let mut told = ALWAYS.to_vec();
    let header = |name: &str, words: &str| {
        json!({
            "name": name, "in": "header", "required": true, "description": words,
            "schema": { "type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$" },
        })
    };
    let mut headers = Vec::new();
    if method != "get" {
        told.extend(ACTING);
    }
    if method == "post" {
        let words =
            "A text of your own: the request is carried out once under it, however often it comes";
        headers.push(header(KEY, words));
    }
    if method == "patch" || method == "delete" {
        told.extend(SEEN);
        headers.push(header("If-Match", "The ETag of what you saw, or *"));
    }
    if operation.get("requestBody").is_some() {
        told.extend(WITH_BODY);
    }
    for (status, words) in told {
        // API Gateway answers some of them before it comes here.
        operation["responses"][status.to_string()] = json!({
            "description": words,
            "content": {
                PROBLEM: { "schema": { "$ref": "#/components/schemas/Problem" } },
                "application/json": { "schema": { "type": "object" } },
            },
        });
    }
    if let Some(parameters) = operation["parameters"].as_array_mut() {
        parameters.extend(headers);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `UPDATE=1 cargo test -p api` writes it anew.
    #[test]
    fn the_document_in_the_repository_is_that_of_the_code() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
        let made = format!("{:#}\n", document());
        if std::env::var("UPDATE").is_ok_and(|value| value == "1") {
            std::fs::write(path, &made).unwrap();
        }
        let kept = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            kept == made,
            "docs/openapi.json is out of date: UPDATE=1 cargo test -p api"
        );
    }
}
