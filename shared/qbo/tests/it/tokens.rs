//! The token endpoint over a stand-in for the network.

use std::time::Duration;

use insta::assert_snapshot;
use ports::{HttpFailure, HttpResponse};
use qbo::oauth::{self, AppCredentials, OAuthError, Tokens};
use secrecy::ExposeSecret;

use crate::doubles::{Canned, lost, not_sent, response, too_long};

async fn refresh(http: &Canned) -> Result<Tokens, OAuthError> {
    oauth::refresh(http, oauth::TOKEN_URL, &app(), &"RT1+/=&x".into()).await
}

/// What happens next, in one word.
async fn next(answer: Result<HttpResponse, HttpFailure>) -> String {
    let error = refresh(&Canned::of(answer)).await.unwrap_err();
    let name = format!("{error:?}");
    name.split([' ', '{']).next().unwrap().to_owned()
}

#[tokio::test]
async fn a_refresh_is_a_form_with_basic_authorization() {
    let http = Canned::answering(
        200,
        r#"{"token_type":"bearer","expires_in":3600,"refresh_token":"RT2","x_refresh_token_expires_in":8640000,"access_token":"AT"}"#,
    );
    let tokens = refresh(&http).await.unwrap();
    assert_eq!(tokens.access_token.expose_secret(), "AT");
    assert_eq!(tokens.refresh_token.expose_secret(), "RT2");
    assert_eq!(tokens.expires_in, Duration::from_secs(3_600));
    assert_eq!(tokens.refresh_expires_in, Duration::from_secs(8_640_000));
    let debug = format!("{tokens:?}");
    assert!(!debug.contains("AT\"") && !debug.contains("RT2"), "{debug}");

    let asked = http.asked();
    assert_snapshot!(asked.url, @"https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer");
    assert_snapshot!(String::from_utf8(asked.body).unwrap(), @"grant_type=refresh_token&refresh_token=RT1%2B%2F%3D%26x");
    assert_snapshot!(format!("{:?}", asked.headers), @r#"[("authorization", "Basic YXBwOmh1c2g="), ("accept", "application/json"), ("content-type", "application/x-www-form-urlencoded")]"#);
}

#[tokio::test]
async fn each_refusal_has_its_cure() {
    let invalid_grant =
        r#"{"error":"invalid_grant","error_description":"Incorrect or invalid refresh token"}"#;
    for (status, body, expected) in [
        (400, r#"{"error":"invalid_grant"}"#, "InvalidGrant"),
        (400, invalid_grant, "InvalidGrant"),
        (401, r#"{"error":"invalid_client"}"#, "InvalidClient"),
        (400, r#"{"error":"invalid_request"}"#, "Refused"),
        (404, "<html>", "Refused"),
        (429, "", "Unavailable"),
        (503, "", "Unavailable"),
        (500, "{}", "Lost"),
        (502, "<html>", "Lost"),
        (200, "<html>", "Unreadable"),
        (200, r#"{"access_token":"AT"}"#, "Unreadable"),
    ] {
        let answer = Ok(response(status, &[], body));
        assert_eq!(next(answer).await, expected, "{status} {body}");
    }
    assert_eq!(next(Err(not_sent())).await, "Unavailable");
    assert_eq!(next(Err(lost())).await, "Lost");
    assert_eq!(next(Err(too_long())).await, "Unreadable");
}

async fn consented(http: &Canned) -> Result<Tokens, OAuthError> {
    let url = oauth::TOKEN_URL;
    oauth::consent::exchange(http, url, &app(), &"c&d".into(), "https://a/b").await
}

fn app() -> AppCredentials {
    AppCredentials {
        client_id: "app".to_owned(),
        client_secret: "hush".into(),
    }
}

#[tokio::test]
async fn a_code_is_exchanged_with_the_address_that_it_was_sent_to() {
    let http = Canned::answering(
        200,
        r#"{"expires_in":3600,"refresh_token":"RT2","x_refresh_token_expires_in":8640000,"access_token":"AT"}"#,
    );
    let tokens = consented(&http).await.unwrap();
    assert_eq!(tokens.refresh_token.expose_secret(), "RT2");
    let asked = http.asked();
    assert_snapshot!(String::from_utf8(asked.body).unwrap(), @"grant_type=authorization_code&code=c%26d&redirect_uri=https%3A%2F%2Fa%2Fb");
    let used = Canned::answering(400, r#"{"error":"invalid_grant"}"#);
    let refused = consented(&used).await.unwrap_err();
    assert!(matches!(refused, OAuthError::InvalidGrant { .. }));
}

#[tokio::test]
async fn a_token_is_ended_as_json_and_one_that_has_ended_is_as_good() {
    let revoke = async |http: &Canned| {
        let url = oauth::consent::REVOKE_URL;
        oauth::consent::revoke(http, url, &app(), &"RT\"1".into()).await
    };
    let http = Canned::answering(200, "");
    revoke(&http).await.unwrap();
    let asked = http.asked();
    assert_snapshot!(asked.url, @"https://developer.api.intuit.com/v2/oauth2/tokens/revoke");
    assert_snapshot!(String::from_utf8(asked.body).unwrap(), @r#"{"token":"RT\"1"}"#);
    assert_snapshot!(format!("{:?}", asked.headers), @r#"[("authorization", "Basic YXBwOmh1c2g="), ("accept", "application/json"), ("content-type", "application/json")]"#);
    revoke(&Canned::answering(400, r#"{"error":"invalid_request"}"#))
        .await
        .unwrap();
    for (status, body, expected) in [
        (400, r#"{"error":"invalid_client"}"#, "InvalidClient"),
        (401, r#"{"error":"invalid_client"}"#, "InvalidClient"),
        (503, "", "Unavailable"),
        (500, "", "Lost"),
        (404, "", "Refused"),
    ] {
        let error = revoke(&Canned::answering(status, body)).await.unwrap_err();
        assert!(format!("{error:?}").starts_with(expected), "{status}");
    }
}

#[test]
fn the_page_of_a_consent_names_what_is_asked_for() {
    let page = oauth::consent::page(oauth::consent::AUTHORIZE_URL, "app", "https://a/b", "s t");
    assert_snapshot!(page, @"https://appcenter.intuit.com/connect/oauth2?client_id=app&response_type=code&scope=com.intuit.quickbooks.accounting&redirect_uri=https%3A%2F%2Fa%2Fb&state=s%20t");
}
