use axum::{
    extract::{Path, RawQuery},
    routing::get,
};
use serde_json::json;
use tokio::runtime::Builder;

use super::*;

fn told(event: Value) -> Value {
    let echo = async |Path(name): Path<String>,
                      RawQuery(query): RawQuery,
                      who: Result<SignedIn, Problem>| {
        let who = who.map(|SignedIn(user)| user.to_string());
        format!(
            "{name}|{}|{}",
            query.unwrap_or_default(),
            who.unwrap_or_default()
        )
    };
    let router = Router::new().route("/api/{name}", get(echo));
    let runtime = Builder::new_current_thread().build().unwrap();
    runtime.block_on(serve(&router, event))
}

fn event(path: &str) -> Value {
    json!({
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": "a=1&b=%20",
        "headers": { "accept": "*/*" },
        "requestContext": {
            "http": { "method": "GET" },
            "authorizer": { "jwt": { "claims": { "sub": "user-1", "cognito:groups": "[admin]" } } },
        },
        "isBase64Encoded": false,
    })
}

#[test]
fn a_request_is_handed_on_with_who_signed_in() {
    for (path, name) in [
        ("/api/104", "104"),
        ("/api/1 0\u{e9}4", "1 0\u{e9}4"),
        ("/api/%31", "1"),
        ("/api/a?b#c", "a?b#c"),
    ] {
        let answer = told(event(path));
        assert_eq!(answer["statusCode"], 200, "{path}: {answer}");
        assert_eq!(answer["body"], format!("{name}|a=1&b=%20|user-1"), "{path}");
        assert_eq!(
            answer["headers"]["content-type"],
            "text/plain; charset=utf-8"
        );
    }
    let mut nobody = event("/api/104");
    nobody["requestContext"]["authorizer"] = json!({});
    assert_eq!(told(nobody)["body"], "104|a=1&b=%20|");
}

#[test]
fn nothing_that_is_sent_makes_it_fail() {
    for (pointer, value) in [
        ("/rawPath", json!("")),
        ("/rawPath", json!("no path")),
        ("/rawPath", json!("//")),
        ("/requestContext/http/method", json!("")),
        ("/requestContext/http/method", json!("G T")),
        ("/headers/accept", json!("a\u{1}")),
        ("/headers", json!({ "a b": "c" })),
        ("/requestContext/authorizer/jwt/claims/sub", json!(7)),
        ("/requestContext/authorizer/jwt/claims/sub", json!("../..")),
        ("/requestContext", json!([])),
    ] {
        let mut odd = event("/api/104");
        *odd.pointer_mut(pointer).unwrap() = value.clone();
        let status = told(odd)["statusCode"].as_u64().unwrap();
        assert!(status < 500, "{pointer} {value}: {status}");
    }
    assert_eq!(told(json!("text"))["statusCode"], 400);
}
