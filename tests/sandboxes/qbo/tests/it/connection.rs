//! Tokens, realms and limits: what the gateway lets through.

use ports::HttpResponse;
use qbo_sandbox::{Act, Request, Sandbox};

use crate::app::{App, Refused, answered, json, options};

/// A refresh with the client's id and secret in the header.
pub(crate) fn refresh(sandbox: &Sandbox, id: &str, secret: &str, token: &str) -> HttpResponse {
    // base64 without a crate: the sandbox also takes both in the body.
    answered(
        sandbox.handle(&Request {
            method: "POST".to_owned(),
            target: "/oauth2/v1/tokens/bearer".to_owned(),
            headers: Vec::new(),
            body: format!(
                "grant_type=refresh_token&refresh_token={}&client_id={id}&client_secret={secret}",
                token.replace(' ', "+")
            )
            .into_bytes(),
        }),
    )
}

fn sound(app: &App, token: &str) -> HttpResponse {
    refresh(&app.sandbox, "sandbox-client", "sandbox-secret", token)
}

#[test]
fn a_client_may_stand_in_the_header() {
    let app = App::new();
    let mut request = Request {
        method: "POST".to_owned(),
        target: "https://oauth.example/oauth2/v1/tokens/bearer".to_owned(),
        // sandbox-client:sandbox-secret
        headers: vec![(
            "authorization".to_owned(),
            "Basic c2FuZGJveC1jbGllbnQ6c2FuZGJveC1zZWNyZXQ=".to_owned(),
        )],
        body: b"grant_type=refresh_token&refresh_token=sandbox-refresh".to_vec(),
    };
    let response = answered(app.sandbox.handle(&request));
    assert_eq!(response.status, 200);
    assert_eq!(app.sandbox.count(Act::Refresh, None), 1);
    request.headers[0].1 = "Basic c2FuZGJveC1jbGllbnQ6eA==".to_owned();
    let response = answered(app.sandbox.handle(&request));
    assert_eq!(response.status, 401);
    assert_eq!(
        response.header("www-authenticate"),
        Some("Basic realm=\"Intuit\"")
    );
}

#[test]
fn a_refresh_token_keeps_its_value_for_a_day() {
    let app = App::new();
    let first = json(&sound(&app, "sandbox-refresh"));
    assert_eq!(first.text("refresh_token"), Some("sandbox-refresh"));
    app.wait(24 * 3600);
    let second = json(&sound(&app, "sandbox-refresh"));
    let rotated = second.text("refresh_token").unwrap();
    assert_ne!(rotated, "sandbox-refresh");
    assert_eq!(sound(&app, "sandbox-refresh").status, 400);
    app.wait(24 * 3600 - 1);
    assert_eq!(
        json(&sound(&app, rotated)).text("refresh_token"),
        Some(rotated)
    );
    assert_eq!(app.sandbox.refresh_token(), rotated);
    let rules: Vec<String> = app
        .sandbox
        .violations()
        .into_iter()
        .map(|v| v.rule)
        .collect();
    assert_eq!(rules, ["rotated-refresh-token"]);
}

#[test]
fn a_refresh_token_ends_after_a_hundred_days_without_use() {
    let app = App::new();
    app.wait(100 * 24 * 3600);
    assert_eq!(
        json(&sound(&app, "sandbox-refresh")).text("error"),
        Some("invalid_grant")
    );
}

#[test]
fn the_second_of_two_parallel_refreshes_kills_the_connection_when_asked() {
    let mut options = options();
    options.rotate_always = true;
    options.punish_reuse = true;
    let app = App::with(options);
    let first = json(&sound(&app, "sandbox-refresh"));
    let second = json(&sound(&app, "sandbox-refresh"));
    assert_eq!(second.to_string(), r#"{"error":"invalid_grant"}"#);
    assert_eq!(
        sound(&app, first.text("refresh_token").unwrap()).status,
        400
    );
    assert_eq!(app.call("GET", "customer/1", "").status, 401);
}

#[test]
fn an_access_token_lives_for_an_hour() {
    let mut app = App::new();
    app.wait(3599);
    assert_eq!(app.call("GET", "preferences", "").status, 200);
    app.wait(1);
    let response = app.call("GET", "preferences", "");
    assert_eq!(response.status, 401);
    let detail = format!("Token expired: {}", app.token);
    assert_eq!(
        json(&response).text("fault.error.0.detail"),
        Some(detail.as_str())
    );
    app.token = json(&sound(&app, "sandbox-refresh"))
        .text("access_token")
        .unwrap()
        .to_owned();
    assert_eq!(app.call("GET", "preferences", "").status, 200);
}

#[test]
fn a_user_who_disconnects_kills_all_tokens() {
    let app = App::new();
    app.sandbox.disconnect();
    assert_eq!(app.call("GET", "preferences", "").status, 401);
    assert_eq!(sound(&app, "sandbox-refresh").status, 400);
}

#[test]
fn a_token_opens_one_company_only() {
    let app = App::new();
    let mut request = app.request("GET", "preferences", "");
    request.target = "/v3/company/2/preferences".to_owned();
    assert_eq!(answered(app.sandbox.handle(&request)).status, 403);
    request.headers.clear();
    assert_eq!(answered(app.sandbox.handle(&request)).status, 401);
}

#[test]
fn the_eleventh_call_of_a_second_is_throttled_and_noted() {
    let mut options = options();
    options.limits = true;
    let app = App::with(options);
    for _ in 0..10 {
        assert_eq!(app.call("GET", "preferences", "").status, 200);
    }
    assert_eq!(app.call("GET", "preferences", "").status, 429);
    app.wait(1);
    assert_eq!(app.call("GET", "preferences", "").status, 200);
    assert_eq!(app.sandbox.count(Act::Throttle, None), 1);
    assert_eq!(app.sandbox.violations()[0].rule, "throttled");
}

#[test]
fn the_forty_first_batch_of_a_minute_is_throttled() {
    let mut options = options();
    options.limits = true;
    let app = App::with(options);
    let batch = r#"{"BatchItemRequest":[{"bId":"1","Query":"select * from Term"}]}"#;
    for n in 0..40 {
        assert_eq!(
            app.call("POST", &format!("batch?requestid=b{n}"), batch)
                .status,
            200
        );
        app.wait(1);
    }
    assert_eq!(app.call("POST", "batch?requestid=b40", batch).status, 429);
    assert_eq!(app.call("GET", "preferences", "").status, 200);
}

#[test]
fn every_answer_carries_an_id_of_its_own() {
    let app = App::new();
    let ids: Vec<String> = ["preferences", "customer/1", "nonsense"]
        .iter()
        .map(|path| {
            app.call("GET", path, "")
                .header("intuit_tid")
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_ne!(ids[0], ids[1]);
    assert_ne!(ids[1], ids[2]);
    let logged: Vec<String> = app
        .sandbox
        .calls()
        .into_iter()
        .map(|call| call.intuit_tid)
        .collect();
    assert_eq!(logged, ids);
}

#[test]
fn what_is_not_covered_is_said_clearly() {
    let app = App::new();
    for (method, path, body) in [
        ("POST", "bill", "{}"),
        ("GET", "bill/1", ""),
        ("GET", "query?query=select+*+from+Bill", ""),
        ("GET", "query?query=select+Line.Amount+from+Invoice", ""),
        ("GET", "customer/1?include=enhancedAllCustomFields", ""),
        ("GET", "invoice/1/pdf", ""),
        ("POST", "invoice/1/send", ""),
        ("GET", "customer/1?minorversion=76", ""),
        ("POST", "preferences", "{}"),
        ("POST", "item", r#"{"Name":"x","Type":"Inventory"}"#),
        ("POST", "invoice?include=invoiceLink", "{}"),
        (
            "POST",
            "customer",
            r#"{"DisplayName":"x","PriceLevelRef":{"value":"1"}}"#,
        ),
        (
            "POST",
            "customer",
            r#"{"DisplayName":"x","CurrencyRef":{"value":"CAD"}}"#,
        ),
    ] {
        let refused = Refused::of(&app.call(method, path, body));
        assert_eq!(
            (refused.status, refused.code.as_str()),
            (501, "501"),
            "{path}"
        );
    }
    let mut xml = app.request("GET", "preferences", "");
    xml.headers.retain(|(name, _)| name != "accept");
    assert_eq!(answered(app.sandbox.handle(&xml)).status, 501);
    for method in ["PUT", "DELETE", "PATCH"] {
        assert_eq!(app.call(method, "customer/1", "").status, 405, "{method}");
    }
}

#[test]
fn a_new_consent_brings_a_token_with_a_life_of_its_own() {
    let app = App::new();
    app.wait(20 * 3600);
    app.sandbox.disconnect();
    app.sandbox.consent();
    let renewed = app.sandbox.refresh_token();
    assert_ne!(renewed, "sandbox-refresh");
    assert_eq!(sound(&app, "sandbox-refresh").status, 400);
    app.wait(24 * 3600 - 1);
    let kept = json(&sound(&app, &renewed));
    assert_eq!(kept.text("refresh_token"), Some(renewed.as_str()));
}

#[test]
fn a_connection_ends_after_five_years_whatever_is_done() {
    let app = App::new();
    let mut token = "sandbox-refresh".to_owned();
    let mut days = 0;
    while days + 90 < 5 * 365 {
        app.wait(90 * 24 * 3600);
        days += 90;
        let answer = json(&sound(&app, &token));
        answer.text("refresh_token").unwrap().clone_into(&mut token);
    }
    app.wait(90 * 24 * 3600);
    let ended = sound(&app, &token);
    assert_eq!(json(&ended).to_string(), r#"{"error":"invalid_grant"}"#);
}
