use std::{env, fs, path::PathBuf};

use serde_json::Value;

use super::*;

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const TIME: &str = "1784871495";
const BODY: &[u8] = br#"{"event":"job.completed","job":{"id":"job_1"}}"#;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The clock shows the time of [`TIME`] and a few seconds, positive or negative.
fn now(later: i64) -> Timestamp {
    Timestamp::from_second(TIME.parse::<i64>().unwrap() + later).unwrap()
}

fn sign(secret: &str, timestamp: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(&[timestamp.as_bytes(), b".", body].concat());
    hex::encode(mac.finalize().into_bytes())
}

fn check(
    secrets: &[&str],
    timestamp: &str,
    signature: &str,
    body: &[u8],
) -> Result<(), SignatureError> {
    let secrets: Vec<SecretString> = secrets.iter().map(|&secret| secret.into()).collect();
    verify(
        &secrets,
        Some(timestamp),
        Some(signature),
        body,
        now(2),
        DAY,
    )
}

#[test]
fn a_delivery_signed_elsewhere_is_accepted() {
    // Computed with: printf '%s.%s' 1784871495 "$BODY" | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef
    let signature = "1ebeff76ad9ce7430220bdbcdc30b2daf4f35166d38c58ff476d8e55a945f3a2";
    assert_eq!(check(&[SECRET], TIME, signature, BODY), Ok(()));
    assert_eq!(
        check(&[SECRET], TIME, &format!("sha256={signature}"), BODY),
        Ok(())
    );
    assert_eq!(
        check(&[SECRET], TIME, &signature.to_uppercase(), BODY),
        Ok(())
    );
}

#[test]
fn a_body_beyond_ascii_is_signed_by_its_bytes() {
    // Computed as above.
    let body = r#"{"event":"customer.updated","customer":{"id":"cus_1","first_name":"Zoë","last_name":"O’Case"}}"#;
    let signature = "5b5080d989965318ba586c822fec9118e3eee8c224f33024d49e1d323946ff07";
    assert_eq!(check(&[SECRET], TIME, signature, body.as_bytes()), Ok(()));
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn the_recorded_vector_is_accepted() {
    let folder = env::var_os("RECORDINGS").expect("RECORDINGS names the folder of the recordings");
    let text = fs::read(PathBuf::from(folder).join("hcp/signature-vector.json")).unwrap();
    let vector: Value = serde_json::from_slice(&text).unwrap();
    let header = |name: &str| vector["headers"][name].as_str();
    let verified = verify(
        &[vector["secret_utf8"].as_str().unwrap().into()],
        header("Api-Timestamp"),
        header("Api-Signature"),
        vector["raw_body"].as_str().unwrap().as_bytes(),
        now(0),
        DAY,
    );
    assert_eq!(verified, Ok(()));
}

#[test]
fn v7_every_changed_bit_is_refused() {
    let signature = sign(SECRET, TIME, BODY);
    assert_eq!(check(&[SECRET], TIME, &signature, BODY), Ok(()));
    for bit in 0..BODY.len() * 8 {
        let mut body = BODY.to_vec();
        body[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(
            check(&[SECRET], TIME, &signature, &body),
            Err(SignatureError::Forged),
            "body, bit {bit}"
        );
    }
    for (name, text) in [("time", TIME), ("signature", &signature)] {
        for bit in 0..text.len() * 8 {
            let mut bytes = text.as_bytes().to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            // A header is text: what is none does not reach the check.
            let Ok(changed) = String::from_utf8(bytes) else {
                continue;
            };
            let verified = match name {
                "time" => check(&[SECRET], &changed, &signature, BODY),
                _ => check(&[SECRET], TIME, &changed, BODY),
            };
            assert!(
                matches!(
                    verified,
                    Err(SignatureError::Forged | SignatureError::Malformed)
                ),
                "{name}, bit {bit}: {verified:?}"
            );
        }
    }
}

#[test]
fn v7_old_and_future_times_are_stale_beyond_the_tolerance_on_both_sides() {
    let signature = sign(SECRET, TIME, BODY);
    let minute = Duration::from_secs(60);
    for (later, expected) in [
        (0, Ok(())),
        (60, Ok(())),
        (-60, Ok(())),
        (61, Err(SignatureError::Stale)),
        (-61, Err(SignatureError::Stale)),
        (400_000_000, Err(SignatureError::Stale)),
    ] {
        let verified = verify(
            &[SECRET.into()],
            Some(TIME),
            Some(&signature),
            BODY,
            now(later),
            minute,
        );
        assert_eq!(verified, expected, "{later}");
    }
}

#[test]
fn v7_only_what_was_signed_can_be_stale() {
    let old = "1000000000";
    assert_eq!(
        check(&[SECRET], old, &sign(SECRET, old, BODY), BODY),
        Err(SignatureError::Stale)
    );
    assert_eq!(
        check(&[SECRET], old, &sign("other", old, BODY), BODY),
        Err(SignatureError::Forged)
    );
    let end_of_time = i64::MAX.to_string();
    assert_eq!(
        check(
            &[SECRET],
            &end_of_time,
            &sign(SECRET, &end_of_time, BODY),
            BODY
        ),
        Err(SignatureError::Stale)
    );
}

#[test]
fn v7_both_secrets_count_during_a_rotation_and_the_old_one_not_after() {
    for (secrets, signed_with, expected) in [
        (&["new", "old"][..], "new", Ok(())),
        (&["new", "old"], "old", Ok(())),
        (&["new"], "old", Err(SignatureError::Forged)),
        (&["new", "old"], "older", Err(SignatureError::Forged)),
        (&[], "new", Err(SignatureError::Forged)),
        (&[""], "", Err(SignatureError::Forged)),
        (&["", "new"], "new", Ok(())),
    ] {
        let signature = sign(signed_with, TIME, BODY);
        assert_eq!(
            check(secrets, TIME, &signature, BODY),
            expected,
            "{secrets:?} {signed_with}"
        );
    }
}

#[test]
fn the_secret_is_text_and_not_the_bytes_that_it_spells() {
    let mut mac = Hmac::<Sha256>::new_from_slice(&hex::decode(SECRET).unwrap()).unwrap();
    mac.update(&[TIME.as_bytes(), b".", BODY].concat());
    let signature = hex::encode(mac.finalize().into_bytes());
    assert_eq!(
        check(&[SECRET], TIME, &signature, BODY),
        Err(SignatureError::Forged)
    );
}

#[test]
fn headers_that_are_missing_or_malformed_are_told_apart() {
    let signature = sign(SECRET, TIME, BODY);
    let with =
        |timestamp, signature| verify(&[SECRET.into()], timestamp, signature, BODY, now(0), DAY);
    assert_eq!(
        with(None, Some(signature.as_str())),
        Err(SignatureError::Missing)
    );
    assert_eq!(with(Some(TIME), None), Err(SignatureError::Missing));
    for timestamp in [
        "",
        " ",
        "+1784871495",
        "-1",
        "1784871495.0",
        "1784871495 ",
        "99999999999999999999",
    ] {
        assert_eq!(
            with(Some(timestamp), Some(&signature)),
            Err(SignatureError::Malformed),
            "{timestamp:?}"
        );
    }
    let mixed = format!("A{}", "a".repeat(63));
    for wrong in [
        "",
        "sha256=",
        &signature[1..],
        &format!("{signature}0"),
        &"g".repeat(64),
        &mixed,
    ] {
        assert_eq!(
            with(Some(TIME), Some(wrong)),
            Err(SignatureError::Malformed),
            "{wrong:?}"
        );
    }
}

#[test]
fn secrets_are_the_same_only_when_they_are_equal() {
    let expected: SecretString = "token".into();
    assert!(same_secret("token", &expected));
    for other in ["", "toke", "tokens", "Token", "token "] {
        assert!(!same_secret(other, &expected), "{other:?}");
    }
}
