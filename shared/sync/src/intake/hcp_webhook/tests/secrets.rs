//! What is known of a company, and for how long.

use super::*;

#[tokio::test]
async fn what_cannot_be_verified_now_may_come_again() {
    let receiver = Receiver::new();
    receiver.secrets.fail(1);
    let outcome = receiver.deliver(&finished()).await;
    assert_eq!(
        (outcome, outcome.status()),
        (Outcome::SecretUnavailable, 503)
    );
    assert_eq!(receiver.deliver(&finished()).await, Outcome::Queued);

    for (version, text) in [("2", "not JSON"), ("3", &secret(&[SIGNING], ""))] {
        receiver.secrets.put(SECRET_NAME, version, text);
        receiver.clock.advance(KEPT);
        assert_eq!(receiver.deliver(&finished()).await.status(), 503, "{text}");
    }
}

#[tokio::test]
async fn a_secret_is_kept_for_a_minute() {
    let receiver = Receiver::new();
    for (wait, reads) in [(0, 1), (59, 1), (1, 2), (59, 2)] {
        receiver.clock.advance(Duration::from_secs(wait));
        assert_eq!(receiver.deliver(&finished()).await, Outcome::Queued);
        assert_eq!(receiver.secrets.reads(), reads);
    }
}

#[tokio::test]
async fn v7_a_rotated_secret_is_found_within_a_minute_and_the_previous_one_still_counts() {
    let receiver = Receiver::new();
    let body = finished().to_string();
    let body = body.as_bytes();
    receiver.deliver_signed(body, SIGNING).await;
    receiver
        .secrets
        .put(SECRET_NAME, "2", &secret(&["new", SIGNING], TOKEN));

    receiver.clock.advance(Duration::from_secs(14));
    for _ in 0..5 {
        assert_eq!(receiver.deliver_signed(body, "new").await, Outcome::Forged);
    }
    assert_eq!(
        receiver.secrets.reads(),
        1,
        "forgeries make nobody read more often"
    );
    receiver.clock.advance(Duration::from_secs(1));
    assert_eq!(receiver.deliver_signed(body, "new").await, Outcome::Queued);
    assert_eq!(
        receiver.deliver_signed(body, SIGNING).await,
        Outcome::Queued
    );
    assert_eq!(receiver.secrets.reads(), 2);

    receiver
        .secrets
        .put(SECRET_NAME, "3", &secret(&["new"], TOKEN));
    receiver.clock.advance(KEPT);
    assert_eq!(
        receiver.deliver_signed(body, SIGNING).await,
        Outcome::Forged
    );
}

#[tokio::test]
async fn a_new_path_token_is_found_within_a_minute() {
    let receiver = Receiver::new();
    receiver.deliver(&finished()).await;
    receiver
        .secrets
        .put(SECRET_NAME, "2", &secret(&[], "renewed"));
    receiver.clock.advance(READ_AGAIN);
    assert_eq!(
        receiver.send_unsigned(COMPANY, "renewed", "{}").await,
        Outcome::UrlCheck
    );
    assert_eq!(
        receiver.send_unsigned(COMPANY, TOKEN, "{}").await,
        Outcome::UnknownPath
    );
}

#[tokio::test]
async fn an_unknown_company_is_looked_up_once_in_a_while_and_found_when_it_is_connected() {
    let receiver = Receiver::new();
    let visit = || receiver.send_unsigned(OTHER_COMPANY, TOKEN, "{}");
    for _ in 0..5 {
        assert_eq!(visit().await, Outcome::UnknownPath);
    }
    assert_eq!(receiver.secrets.reads(), 1);

    receiver.secrets.put(
        &format!("test/{OTHER_COMPANY}/webhook"),
        "1",
        &secret(&[], TOKEN),
    );
    receiver.clock.advance(UNKNOWN_KEPT);
    assert_eq!(visit().await, Outcome::UrlCheck);
}

#[tokio::test]
async fn guessed_companies_do_not_pile_up_nor_push_out_known_ones() {
    let receiver = Receiver::new();
    receiver.deliver(&finished()).await;
    for n in 0..3 * MOST_UNKNOWN {
        let company = format!("{n:08}-6b1d-4f37-9c58-2a7d4e8b1c63");
        receiver.send_unsigned(&company, TOKEN, "{}").await;
    }
    assert!(receiver.webhook.kept().len() <= MOST_UNKNOWN);
    let reads = receiver.secrets.reads();
    assert_eq!(receiver.deliver(&finished()).await, Outcome::Queued);
    assert_eq!(receiver.secrets.reads(), reads);
}

#[tokio::test]
async fn warming_up_reads_and_its_failure_is_nobodys_business() {
    let receiver = Receiver::new();
    receiver.secrets.fail(1);
    receiver.webhook.warm_up().await;
    assert_eq!(receiver.secrets.reads(), 1);
    assert_eq!(receiver.deliver(&finished()).await, Outcome::Queued);
}

#[test]
fn a_secret_survives_being_written_and_shows_nothing() {
    let text = secret(&["current", "previous"], TOKEN);
    let read = WebhookSecret::parse(&text.as_str().into()).unwrap();
    let written = read.to_text().unwrap();
    let as_json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(
        as_json(secrecy::ExposeSecret::expose_secret(&written)),
        as_json(&text)
    );
    let shown = format!("{read:?}");
    for hidden in ["current", "previous", TOKEN] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}

#[test]
fn the_form_of_older_versions_is_read_and_the_api_key_in_it_is_not_kept() {
    let old = json!({ "api_key": "key", "signing_secrets": ["current"], "path_token": TOKEN });
    let read = WebhookSecret::parse(&old.to_string().into()).unwrap();
    let written = read.to_text().unwrap();
    let written: Value =
        serde_json::from_str(secrecy::ExposeSecret::expose_secret(&written)).unwrap();
    assert_eq!(
        written,
        json!({ "signing_secrets": ["current"], "path_token": TOKEN })
    );
}
