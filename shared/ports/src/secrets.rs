use std::{future::Future, sync::Arc};

use secrecy::SecretString;
use thiserror::Error;

use crate::Source;

/// One version of a secret.
#[derive(Clone, Debug)]
pub struct SecretValue {
    /// The version that was read.
    pub version: String,
    /// Its text, usually JSON.
    pub text: SecretString,
}

/// The store of secrets did not answer, or refused.
#[derive(Debug, Error)]
#[error("the secret {name} could not be {action}: {source}")]
pub struct SecretError {
    /// Name of the secret (never its value).
    pub name: String,
    /// `read` or `written`.
    pub action: &'static str,
    /// What the store of secrets said.
    pub source: Source,
}

/// Keeps secrets, each with its versions.
pub trait Secrets: Send + Sync {
    /// Reads the given version, or the current one. `None`: there is no such secret or version.
    fn read(
        &self,
        name: &str,
        version: Option<&str>,
    ) -> impl Future<Output = Result<Option<SecretValue>, SecretError>> + Send;

    /// Stores a new current version under an id chosen by the caller (a UUID), creating the secret
    /// if need be. Repeating the same call is harmless.
    fn write(
        &self,
        name: &str,
        version: &str,
        text: SecretString,
    ) -> impl Future<Output = Result<(), SecretError>> + Send;
}

impl<T: Secrets> Secrets for Arc<T> {
    fn read(
        &self,
        name: &str,
        version: Option<&str>,
    ) -> impl Future<Output = Result<Option<SecretValue>, SecretError>> + Send {
        T::read(self, name, version)
    }

    fn write(
        &self,
        name: &str,
        version: &str,
        text: SecretString,
    ) -> impl Future<Output = Result<(), SecretError>> + Send {
        T::write(self, name, version, text)
    }
}
