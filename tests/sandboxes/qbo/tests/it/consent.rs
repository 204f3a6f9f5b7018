//! Connecting an app in the browser, codes, revocation, and who the user is.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ports::HttpResponse;
use qbo_sandbox::{Json, Request};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};

use crate::app::{App, answered, encoded, json, options};

const BACK: &str = "https://app.example/callback";

fn ask(app: &App, method: &str, target: &str, authorization: &str, body: &str) -> HttpResponse {
    answered(app.sandbox.handle(&Request {
        method: method.to_owned(),
        target: target.to_owned(),
        headers: vec![
            ("authorization".to_owned(), authorization.to_owned()),
            ("host".to_owned(), "127.0.0.1:4020".to_owned()),
        ],
        body: body.as_bytes().to_vec(),
    }))
}

/// `name=value` pairs of an authorization request, some of them replaced or (with an empty value) left out.
fn fields(changes: &[(&str, &str)]) -> String {
    [
        ("client_id", "sandbox-client"),
        ("response_type", "code"),
        ("scope", "com.intuit.quickbooks.accounting openid email"),
        ("redirect_uri", BACK),
        ("state", "a&b"),
        ("decision", ""),
    ]
    .iter()
    .map(|(name, value)| {
        let value = changes
            .iter()
            .find(|(changed, _)| changed == name)
            .map_or(*value, |(_, value)| value);
        (name, value)
    })
    .filter(|(_, value)| !value.is_empty())
    .map(|(name, value)| format!("{name}={}", encoded(value)))
    .collect::<Vec<_>>()
    .join("&")
}

/// Presses *Connect* and gives the code.
fn code(app: &App, changes: &[(&str, &str)]) -> String {
    let mut changes = changes.to_vec();
    changes.push(("decision", "connect"));
    let response = ask(app, "POST", "/connect/oauth2", "", &fields(&changes));
    let to = response.header("location").unwrap();
    let code = to.strip_prefix(&format!("{BACK}?code=")).unwrap();
    let (code, rest) = code.split_once('&').unwrap();
    assert_eq!(rest, "state=a%26b&realmId=1");
    code.replace("%2D", "-")
}

// sandbox-client:sandbox-secret
const BASIC: &str = "Basic c2FuZGJveC1jbGllbnQ6c2FuZGJveC1zZWNyZXQ=";

fn exchange(app: &App, code: &str, redirect_uri: &str) -> HttpResponse {
    let body = format!("grant_type=authorization_code&code={code}&redirect_uri={redirect_uri}");
    ask(app, "POST", "/oauth2/v1/tokens/bearer", BASIC, &body)
}

#[test]
fn the_page_asks_and_the_buttons_lead_back() {
    let app = App::new();
    let page = ask(
        &app,
        "GET",
        &format!("/connect/oauth2?{}", fields(&[])),
        "",
        "",
    );
    let text = String::from_utf8(page.body).unwrap();
    for shown in [
        ">Connect</button>",
        ">Cancel</button>",
        "value=\"a&amp;b\"",
        "com.intuit.quickbooks.accounting",
        "Sandbox Company",
    ] {
        assert!(text.contains(shown), "{shown}: {text}");
    }
    let cancelled = ask(
        &app,
        "POST",
        "/connect/oauth2",
        "",
        &fields(&[("decision", "cancel")]),
    );
    assert_eq!(cancelled.status, 302);
    assert_eq!(
        cancelled.header("location"),
        Some("https://app.example/callback?error=access%5Fdenied&state=a%26b")
    );
    assert!(code(&app, &[]).starts_with("sandbox-code-"));
}

#[test]
fn a_visit_with_a_button_in_its_address_connects_nothing() {
    let app = App::new();
    let visit = format!("/connect/oauth2?{}", fields(&[("decision", "connect")]));
    assert_eq!(ask(&app, "GET", &visit, "", "").status, 200);
}

#[test]
fn what_cannot_be_asked_is_said_on_the_page_or_to_the_app() {
    let mut options = options();
    options.redirect_uris = vec![BACK.to_owned()];
    let app = App::with(options);
    for (field, value, said) in [
        ("client_id", "other", "client_id"),
        ("client_id", "", "client_id"),
        (
            "redirect_uri",
            "https://app.example/callback/",
            "redirect_uri",
        ),
        ("redirect_uri", "", "redirect_uri"),
        ("state", "", "state"),
    ] {
        let page = ask(
            &app,
            "GET",
            &format!("/connect/oauth2?{}", fields(&[(field, value)])),
            "",
            "",
        );
        assert_eq!(page.status, 400, "{field}={value}");
        let text = String::from_utf8(page.body).unwrap();
        assert!(text.contains(said), "{text}");
    }
    for (field, value, error) in [
        ("response_type", "token", "unsupported%5Fresponse%5Ftype"),
        ("scope", "everything", "invalid%5Fscope"),
        ("scope", "", "invalid%5Fscope"),
    ] {
        let response = ask(
            &app,
            "GET",
            &format!("/connect/oauth2?{}", fields(&[(field, value)])),
            "",
            "",
        );
        let expected = format!("{BACK}?error={error}&state=a%26b");
        assert_eq!(response.header("location"), Some(expected.as_str()));
    }
}

#[test]
fn a_code_works_once_for_its_address_and_ten_minutes() {
    let app = App::new();
    let connected = code(&app, &[]);
    let tokens = json(&exchange(&app, &connected, BACK));
    assert_ne!(tokens.text("refresh_token"), Some("sandbox-refresh"));
    let mut request = app.request("GET", "preferences", "");
    request.headers[0].1 = format!("Bearer {}", tokens.text("access_token").unwrap());
    assert_eq!(answered(app.sandbox.handle(&request)).status, 200);

    let invalid = r#"{"error":"invalid_grant","error_description":"Invalid authorization code"}"#;
    let elsewhere = code(&app, &[]);
    let late = code(&app, &[]);
    for (code, uri) in [
        (connected.as_str(), BACK),
        ("never-issued", BACK),
        (&elsewhere, "https://app.example/other"),
    ] {
        let response = exchange(&app, code, uri);
        assert_eq!(response.status, 400);
        assert_eq!(json(&response).to_string(), invalid);
    }
    assert_eq!(app.sandbox.violations()[0].rule, "reused-code");
    app.wait(600);
    assert_eq!(json(&exchange(&app, &late, BACK)).to_string(), invalid);
}

#[test]
fn a_code_that_comes_twice_kills_the_connection_when_asked() {
    let mut options = options();
    options.punish_reuse = true;
    let app = App::with(options);
    let connected = code(&app, &[]);
    assert_eq!(exchange(&app, &connected, BACK).status, 200);
    assert_eq!(exchange(&app, &connected, BACK).status, 400);
    assert_eq!(app.call("GET", "preferences", "").status, 401);
}

#[test]
fn either_token_can_be_revoked_and_takes_the_other_along() {
    for which in ["access_token", "refresh_token"] {
        let app = App::new();
        let tokens = json(&exchange(&app, &code(&app, &[]), BACK));
        let path = "/v2/oauth2/tokens/revoke";
        let body = format!(r#"{{"token":"{}"}}"#, tokens.text(which).unwrap());
        assert_eq!(ask(&app, "POST", path, "", &body).status, 401);
        for wrong in [r#"{"token":"other"}"#, "{}", ""] {
            assert_eq!(ask(&app, "POST", path, BASIC, wrong).status, 400, "{wrong}");
        }
        let revoked = ask(&app, "POST", path, BASIC, &body);
        assert_eq!((revoked.status, revoked.body.len()), (200, 0));
        let refresh = format!(
            "grant_type=refresh_token&refresh_token={}",
            tokens.text("refresh_token").unwrap()
        );
        let refused = ask(&app, "POST", "/oauth2/v1/tokens/bearer", BASIC, &refresh);
        assert_eq!(json(&refused).to_string(), r#"{"error":"invalid_grant"}"#);
        assert_eq!(app.call("GET", "preferences", "").status, 401);
        assert_eq!(ask(&app, "POST", path, BASIC, &body).status, 400);
    }
}

#[test]
fn a_token_opens_what_the_user_allowed() {
    let app = App::new();
    let connected = code(&app, &[("scope", "openid profile phone address")]);
    let tokens = json(&exchange(&app, &connected, BACK));
    let bearer = format!("Bearer {}", tokens.text("access_token").unwrap());
    let mut request = app.request("GET", "preferences", "");
    request.headers[0].1.clone_from(&bearer);
    assert_eq!(answered(app.sandbox.handle(&request)).status, 403);
    let path = "/v1/openid_connect/userinfo";
    let info = json(&ask(&app, "GET", path, &bearer, ""));
    insta::assert_snapshot!(info.to_string(), @r#"{"sub":"00000000-0000-4000-8000-000000000001","givenName":"Sandbox","familyName":"Owner","phoneNumber":"+1 6505550100","phoneNumberVerified":false,"address":{"streetAddress":"1 Sandbox Street","locality":"Mountain View","region":"CA","postalCode":"94043","country":"US"}}"#);
    let without_openid = format!("Bearer {}", app.token);
    assert_eq!(ask(&app, "GET", path, &without_openid, "").status, 403);
    assert_eq!(ask(&app, "GET", path, "Bearer x", "").status, 401);
    app.wait(3600);
    assert_eq!(ask(&app, "GET", path, &bearer, "").status, 401);
}

#[test]
fn an_id_token_is_signed_with_the_published_key() {
    let app = App::new();
    let tokens = json(&exchange(&app, &code(&app, &[]), BACK));
    let (message, signature) = tokens.text("id_token").unwrap().rsplit_once('.').unwrap();
    let (header, claims) = message.split_once('.').unwrap();
    let decoded = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let header = Json::parse(&decoded(header)).unwrap();
    let keys = json(&ask(&app, "GET", "/op/v1/jwks", "", ""));
    let key = keys.at("keys.0").unwrap();
    assert_eq!(header.text("kid"), key.text("kid"));
    RsaPublicKeyComponents {
        n: decoded(key.text("n").unwrap()),
        e: decoded(key.text("e").unwrap()),
    }
    .verify(
        &RSA_PKCS1_2048_8192_SHA256,
        message.as_bytes(),
        &decoded(signature),
    )
    .unwrap();
    let claims = Json::parse(&decoded(claims)).unwrap();
    insta::assert_snapshot!(claims.to_string(), @r#"{"sub":"00000000-0000-4000-8000-000000000001","aud":["sandbox-client"],"realmid":"1","auth_time":1601384287,"iss":"http://127.0.0.1:4020/op/v1","exp":1601387887,"iat":1601384287}"#);
}

#[test]
fn without_openid_there_is_no_id_token() {
    let app = App::new();
    let connected = code(&app, &[("scope", "com.intuit.quickbooks.accounting")]);
    let tokens = json(&exchange(&app, &connected, BACK));
    assert!(tokens.at("id_token").is_none() && tokens.at("access_token").is_some());
}

#[test]
fn the_discovery_document_names_the_address_that_was_asked() {
    let app = App::new();
    for path in [
        "/.well-known/openid_configuration",
        "/.well-known/openid_sandbox_configuration/",
    ] {
        let document = json(&ask(&app, "GET", path, "", ""));
        for (name, path) in [
            ("authorization_endpoint", "/connect/oauth2"),
            ("token_endpoint", "/oauth2/v1/tokens/bearer"),
            ("revocation_endpoint", "/v2/oauth2/tokens/revoke"),
            ("userinfo_endpoint", "/v1/openid_connect/userinfo"),
            ("jwks_uri", "/op/v1/jwks"),
        ] {
            let expected = format!("http://127.0.0.1:4020{path}");
            assert_eq!(document.text(name), Some(expected.as_str()));
        }
    }
}
