use std::net::IpAddr;

use reqwest::Url;
use thiserror::Error;

use crate::{MissingVariable, env};

/// The deployment did not say where another system is, or keys should not be sent there.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AddressError {
    /// It did not say.
    #[error(transparent)]
    Missing(#[from] MissingVariable),
    /// It is no address to send keys to.
    #[error("the environment variable {name} {reason}")]
    Unfit {
        /// Of the variable.
        name: String,
        /// What is wrong with its value.
        reason: &'static str,
    },
}

/// The address of another system from the environment, without a slash at its end.
///
/// # Errors
/// When it is missing, or keys that are sent there could be read on the way.
pub fn address(name: &str) -> Result<String, AddressError> {
    let text = env(name)?;
    fit_address(&text).map_err(|reason| AddressError::Unfit {
        name: name.to_owned(),
        reason,
    })
}

/// An address, without a slash at its end, where keys and tokens may be sent to.
///
/// # Errors
/// What is wrong with it, behind its name.
pub fn fit_address(text: &str) -> Result<String, &'static str> {
    let url = Url::parse(text).map_err(|_| "is no address like https://host")?;
    let host = url.host_str().unwrap_or_default();
    match url.scheme() {
        "https" => {}
        "http" if is_this_machine(host) => {}
        "http" => {
            return Err(
                "begins with http://, which only this machine may (127.0.0.1, localhost); use https://",
            );
        }
        _ => return Err("is no address like https://host"),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a user or a password; keys are kept in Secrets Manager");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("has a query or a fragment; paths are added to its end");
    }
    Ok(text.trim_end_matches('/').to_owned())
}

fn is_this_machine(host: &str) -> bool {
    let ip = host.trim_start_matches('[').trim_end_matches(']');
    ip.parse()
        .map_or(host == "localhost", |ip: IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_sent_encrypted_or_stay_on_this_machine() {
        for (text, expected) in [
            (
                "https://api.housecallpro.com",
                "https://api.housecallpro.com",
            ),
            (
                "https://api.housecallpro.com/",
                "https://api.housecallpro.com",
            ),
            ("https://a.example/oauth2/v1", "https://a.example/oauth2/v1"),
            ("http://127.0.0.1:4567", "http://127.0.0.1:4567"),
            ("http://127.9.9.9", "http://127.9.9.9"),
            ("http://[::1]:80", "http://[::1]:80"),
            ("http://localhost:1/", "http://localhost:1"),
        ] {
            assert_eq!(fit_address(text).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn an_address_that_would_show_keys_is_refused() {
        for text in [
            "http://api.housecallpro.com",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
            "http://10.0.0.1",
            "http://[fe80::1]",
            "http://0.0.0.0",
            "ftp://127.0.0.1",
            "api.housecallpro.com",
            "https://",
            "https://user:word@api.example",
            "https://api.example?a=b",
            "https://api.example/#a",
            "",
        ] {
            assert!(fit_address(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_variable_is_named_and_its_value_is_not() {
        let error = AddressError::Unfit {
            name: "HCP_BASE_URL".to_owned(),
            reason: fit_address("http://10.0.0.1").unwrap_err(),
        };
        assert_eq!(
            error.to_string(),
            "the environment variable HCP_BASE_URL begins with http://, which only this machine may (127.0.0.1, localhost); use https://"
        );
    }
}
