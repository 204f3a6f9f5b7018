//! What is known of tokens and companies, and for how long.

use secrecy::ExposeSecret;

use super::*;

#[tokio::test]
async fn what_cannot_be_verified_now_may_come_again() {
    let receiver = Receiver::new().await;
    receiver.secrets.fail(1);
    let outcome = receiver.post(&paid()).await;
    assert_eq!(
        (outcome, outcome.status()),
        (Outcome::SecretUnavailable, 503)
    );
    assert_eq!(receiver.post(&paid()).await, Outcome::Queued);

    for (version, text) in [("2", "not JSON"), ("3", r#"{"verifier_token":"x"}"#)] {
        receiver.secrets.put(SECRET_NAME, version, text);
        receiver.clock.advance(KEPT);
        assert_eq!(receiver.post(&paid()).await.status(), 503, "{text}");
    }
}

#[tokio::test]
async fn the_tokens_are_kept_for_a_minute() {
    let receiver = Receiver::new().await;
    for (wait, reads) in [(0, 1), (59, 1), (1, 2), (59, 2)] {
        receiver.clock.advance(Duration::from_secs(wait));
        assert_eq!(receiver.post(&paid()).await, Outcome::Queued);
        assert_eq!(receiver.secrets.reads(), reads);
    }
}

#[tokio::test]
async fn v7_a_rotated_token_is_found_within_a_minute_and_the_previous_one_still_counts() {
    let receiver = Receiver::new().await;
    let body = paid().to_string();
    let body = body.as_bytes();
    receiver.post_signed(body, TOKEN).await;
    receiver
        .secrets
        .put(SECRET_NAME, "2", &secret(&["new", TOKEN]));

    receiver.clock.advance(Duration::from_secs(14));
    for _ in 0..5 {
        assert_eq!(receiver.post_signed(body, "new").await, Outcome::Forged);
    }
    assert_eq!(
        receiver.secrets.reads(),
        1,
        "forgeries make nobody read more often"
    );
    receiver.clock.advance(Duration::from_secs(1));
    assert_eq!(receiver.post_signed(body, "new").await, Outcome::Queued);
    assert_eq!(receiver.post_signed(body, TOKEN).await, Outcome::Queued);
    assert_eq!(receiver.secrets.reads(), 2);
}

#[tokio::test]
async fn r1_a_company_is_found_soon_after_it_is_connected() {
    let receiver = Receiver::unconnected();
    assert_eq!(receiver.post(&paid()).await, Outcome::UnknownCompany);
    let active = ConnectionStatus::Active;
    receiver.connect(COMPANY, REALM, active).await;
    receiver.clock.advance(Duration::from_secs(14));
    let outcome = receiver.post(&paid()).await;
    assert_eq!(outcome, Outcome::UnknownCompany, "not read again yet");
    receiver.clock.advance(Duration::from_secs(1));
    assert_eq!(receiver.post(&paid()).await, Outcome::Queued);
}

#[tokio::test]
async fn r1_of_a_company_for_which_no_work_is_done_nothing_is_queued() {
    let receiver = Receiver::new().await;
    assert_eq!(receiver.post(&paid()).await, Outcome::Queued);
    for status in [ConnectionStatus::Paused, ConnectionStatus::Reconnect] {
        receiver.connect(COMPANY, REALM, status).await;
        receiver.clock.advance(KEPT);
        let outcome = receiver.post(&paid()).await;
        assert_eq!(outcome, Outcome::UnknownCompany, "{status:?}");
    }
}

#[tokio::test]
async fn r1_a_connection_that_cannot_be_read_has_the_post_repeated() {
    let receiver = Receiver::new().await;
    let key = Key::new(Connection::PARTITION, OTHER_COMPANY);
    let broken = store::Write::Put {
        key,
        expect: store::Expect::Absent,
        body: "no JSON".to_owned(),
        due: None,
        lists: store::Lists::default(),
        expires: None,
    };
    receiver.write(broken).await;
    let outcome = receiver.post(&paid()).await;
    assert_eq!(
        (outcome, outcome.status()),
        (Outcome::TableUnavailable, 503)
    );
}

#[tokio::test]
async fn warming_up_reads_what_the_first_post_needs_and_its_failure_is_nobodys_business() {
    let receiver = Receiver::new().await;
    receiver.secrets.fail(1);
    receiver.webhook.warm_up().await;
    receiver.webhook.warm_up().await;
    assert_eq!(receiver.secrets.reads(), 2);
    assert_eq!(receiver.post(&paid()).await, Outcome::Queued);
    assert_eq!(receiver.secrets.reads(), 2);
}

#[test]
fn tokens_survive_being_written_and_show_nothing() {
    let text = secret(&["current", "previous"]);
    let read = VerifierTokens::parse(&text.as_str().into()).unwrap();
    assert_eq!(read.to_text().unwrap().expose_secret(), text);
    let shown = format!("{read:?}");
    assert!(
        !shown.contains("current") && !shown.contains("previous"),
        "{shown}"
    );
}
