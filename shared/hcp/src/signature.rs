//! The signature of a webhook.
//!
//! `Api-Signature` is the HMAC-SHA256, in hexadecimal digits, of the `Api-Timestamp` header, a point and the raw
//! body. The key is the signing secret **as text**, although it looks like hexadecimal digits itself.

use std::time::Duration;

use hmac::{Hmac, Mac};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use thiserror::Error;

/// Why a delivery is not taken for Housecall Pro's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SignatureError {
    /// A header is missing.
    #[error("a signature header is missing")]
    Missing,
    /// A header cannot be what Housecall Pro sends.
    #[error("a signature header is malformed")]
    Malformed,
    /// Signed with one of the secrets, but too long ago, or in the future.
    #[error("the signature is too old or in the future")]
    Stale,
    /// Signed with none of the secrets, or changed on the way.
    #[error("the signature is wrong")]
    Forged,
}

/// Checks a delivery against the signing secrets: the current one and, during a rotation, the previous one.
///
/// The age is judged last, so that *stale* means that Housecall Pro did sign it.
///
/// # Errors
/// When the delivery must not be believed.
pub fn verify(
    secrets: &[SecretString],
    timestamp: Option<&str>,
    signature: Option<&str>,
    body: &[u8],
    now: Timestamp,
    tolerance: Duration,
) -> Result<(), SignatureError> {
    let timestamp = timestamp.ok_or(SignatureError::Missing)?;
    let signature = signature.ok_or(SignatureError::Missing)?;
    let signed_at = seconds(timestamp).ok_or(SignatureError::Malformed)?;
    let signature = digest(signature).ok_or(SignatureError::Malformed)?;

    // Every secret is tried, so that the time taken does not tell which one fitted.
    let genuine = secrets.iter().fold(false, |genuine, secret| {
        genuine | signed_with(secret, timestamp, body, &signature)
    });
    if !genuine {
        return Err(SignatureError::Forged);
    }
    let age = now.as_second().abs_diff(signed_at);
    if age > tolerance.as_secs() {
        return Err(SignatureError::Stale);
    }
    Ok(())
}

/// Whether two secrets are the same, in a time that does not tell where they differ, or how long they are.
pub fn same_secret(given: &str, expected: &SecretString) -> bool {
    let given = Sha256::digest(given.as_bytes());
    let expected = Sha256::digest(expected.expose_secret().as_bytes());
    given.ct_eq(&expected).into()
}

fn signed_with(secret: &SecretString, timestamp: &str, body: &[u8], signature: &[u8; 32]) -> bool {
    let secret = secret.expose_secret().as_bytes();
    // Anybody can sign with an empty secret.
    if secret.is_empty() {
        return false;
    }
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else {
        return false;
    };
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac.verify_slice(signature).is_ok()
}

/// Unix seconds in plain digits.
fn seconds(text: &str) -> Option<i64> {
    text.bytes()
        .all(|c| c.is_ascii_digit())
        .then(|| text.parse().ok())?
}

/// Sixty-four hexadecimal digits of one case, after an optional `sha256=`. Mixed case is no form that a machine
/// writes; with it a changed bit could pass.
fn digest(text: &str) -> Option<[u8; 32]> {
    let digits = text.strip_prefix("sha256=").unwrap_or(text);
    let lower = digits.bytes().any(|c| c.is_ascii_lowercase());
    let upper = digits.bytes().any(|c| c.is_ascii_uppercase());
    let mut bytes = [0; 32];
    (!(lower && upper) && hex::decode_to_slice(digits, &mut bytes).is_ok()).then_some(bytes)
}

#[cfg(test)]
mod tests;
