//! The signature of a webhook.
//!
//! `intuit-signature` is base64 of the HMAC-SHA256 of the raw body. The key is the verifier token that Intuit shows on the
//! page where the address is entered.

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use thiserror::Error;

/// Why a post is not taken for Intuit's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SignatureError {
    /// The header is missing.
    #[error("the signature header is missing")]
    Missing,
    /// The header cannot be what Intuit sends.
    #[error("the signature header is malformed")]
    Malformed,
    /// Signed with none of the tokens, or changed on the way.
    #[error("the signature is wrong")]
    Forged,
}

/// Checks a post against the verifier tokens: the current one and, during a rotation, the previous one.
///
/// # Errors
/// When the post must not be believed.
pub fn verify(
    tokens: &[SecretString],
    signature: Option<&str>,
    body: &[u8],
) -> Result<(), SignatureError> {
    let signature = signature.ok_or(SignatureError::Missing)?;
    let signature: [u8; 32] = BASE64_STANDARD
        .decode(signature)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or(SignatureError::Malformed)?;
    // Every token is tried, so that the time taken does not tell which one fitted.
    let genuine = tokens.iter().fold(false, |genuine, token| {
        genuine | signed_with(token, body, &signature)
    });
    genuine.then_some(()).ok_or(SignatureError::Forged)
}

fn signed_with(token: &SecretString, body: &[u8], signature: &[u8; 32]) -> bool {
    let token = token.expose_secret().as_bytes();
    // Anybody can sign with an empty token.
    if token.is_empty() {
        return false;
    }
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(token) else {
        return false;
    };
    // In constant time.
    mac.chain_update(body).verify_slice(signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "verifier-token";
    const BODY: &str = r#"{"eventNotifications":[{"realmId":"1185883450","dataChangeEvent":{"entities":[{"id":"1","name":"Payment"}]}}]}"#;
    // Computed with: printf '%s' "$BODY" | openssl dgst -sha256 -hmac verifier-token -binary | base64
    const SIGNATURE: &str = "Yg3VHtjoQOAhP5zcceWpsgeouaz0KcStUFJnNeCLmxs=";

    fn check(tokens: &[&str], signature: &str, body: &[u8]) -> Result<(), SignatureError> {
        let tokens: Vec<SecretString> = tokens.iter().map(|&token| token.into()).collect();
        verify(&tokens, Some(signature), body)
    }

    #[test]
    fn v7_a_post_signed_elsewhere_is_accepted() {
        assert_eq!(check(&[TOKEN], SIGNATURE, BODY.as_bytes()), Ok(()));
        // By its bytes, beyond ASCII too; computed as above.
        let body = r#"[{"type":"qbo.payment.created.v1","data":{"name":"Zoë O’Case"}}]"#;
        let signature = "cqjutxcspdi8Uau3+BAult4oTQNDkl0kKsEHhuqMBk0=";
        assert_eq!(check(&[TOKEN], signature, body.as_bytes()), Ok(()));
    }

    #[test]
    fn v7_no_changed_bit_passes() {
        let flips = |bytes: &[u8]| -> Vec<Vec<u8>> {
            (0..bytes.len() * 8)
                .map(|bit| {
                    let mut flipped = bytes.to_vec();
                    flipped[bit / 8] ^= 1 << (bit % 8);
                    flipped
                })
                .collect()
        };
        for body in flips(BODY.as_bytes()) {
            assert_eq!(
                check(&[TOKEN], SIGNATURE, &body),
                Err(SignatureError::Forged)
            );
        }
        for signature in flips(SIGNATURE.as_bytes()) {
            let text = String::from_utf8_lossy(&signature);
            assert!(check(&[TOKEN], &text, BODY.as_bytes()).is_err(), "{text}");
        }
        for token in flips(TOKEN.as_bytes()) {
            let text = String::from_utf8_lossy(&token);
            let refused = check(&[&text], SIGNATURE, BODY.as_bytes());
            assert_eq!(refused, Err(SignatureError::Forged));
        }
    }

    #[test]
    fn v7_either_token_counts_during_a_rotation() {
        for (tokens, outcome) in [
            (&[TOKEN, "old"][..], Ok(())),
            (&["new", TOKEN], Ok(())),
            (&["new", "old"], Err(SignatureError::Forged)),
            (&[], Err(SignatureError::Forged)),
        ] {
            assert_eq!(
                check(tokens, SIGNATURE, BODY.as_bytes()),
                outcome,
                "{tokens:?}"
            );
        }
    }

    #[test]
    fn v7_what_is_no_signature_is_refused() {
        let body = BODY.as_bytes();
        assert_eq!(
            verify(&[TOKEN.into()], None, body),
            Err(SignatureError::Missing)
        );
        let hexadecimal = hex_of(SIGNATURE);
        for odd in [
            "",
            "=",
            " ",
            "not base64!",
            "AAAA",
            SIGNATURE.trim_end_matches('='),
            &hexadecimal,
        ] {
            assert_eq!(
                check(&[TOKEN], odd, body),
                Err(SignatureError::Malformed),
                "{odd}"
            );
        }
        // By an empty token, which anybody could use.
        let mac = Hmac::<Sha256>::new_from_slice(b"")
            .unwrap()
            .chain_update(body);
        let signature = BASE64_STANDARD.encode(mac.finalize().into_bytes());
        assert_eq!(check(&[""], &signature, body), Err(SignatureError::Forged));
    }

    fn hex_of(base64: &str) -> String {
        let bytes = BASE64_STANDARD.decode(base64).unwrap();
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
