use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::limits;

macro_rules! text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// As QuickBooks wrote it.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// As QuickBooks wrote it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
    };
}

text! {
    /// Who an object is, within its kind and its company. Usually digits (up to 19), but also words
    /// such as `NON` or `SHIPPING_ITEM_ID`.
    Id
}

text! {
    /// Which version of an object was read: a write must name the present one.
    SyncToken
}

/// A company in QuickBooks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RealmId(String);

/// Text that is not a realm id.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("a realm id is 1 to 30 digits")]
pub struct RealmIdError;

impl RealmId {
    /// # Errors
    /// When the text is anything but 1 to 30 digits.
    pub fn new(text: impl Into<String>) -> Result<Self, RealmIdError> {
        let text = text.into();
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        if digits && (1..=30).contains(&text.len()) {
            Ok(Self(text))
        } else {
            Err(RealmIdError)
        }
    }

    /// Its digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RealmId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for RealmId {
    type Err = RealmIdError;

    fn from_str(text: &str) -> Result<Self, RealmIdError> {
        Self::new(text)
    }
}

impl TryFrom<String> for RealmId {
    type Error = RealmIdError;

    fn try_from(text: String) -> Result<Self, RealmIdError> {
        Self::new(text)
    }
}

impl From<RealmId> for String {
    fn from(realm: RealmId) -> Self {
        realm.0
    }
}

/// The number that a customer sees on a document.
///
/// [`DocNumber::new`] refuses what QuickBooks refuses. Reading takes any text: what a company already
/// has is a document number, whatever it looks like.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DocNumber(String);

/// Text that cannot be a document number.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DocNumberError {
    /// Nothing at all.
    #[error("a document number is not empty")]
    Empty,
    /// QuickBooks refuses it with 2050.
    #[error("a document number has at most {max} characters, this has {0}", max = limits::DOC_NUMBER)]
    TooLong(usize),
    /// A tab, a line break and their like.
    #[error("a document number has no control characters")]
    ControlCharacter,
}

impl DocNumber {
    /// # Errors
    /// When the text is empty, longer than 21 characters or holds control characters.
    pub fn new(text: impl Into<String>) -> Result<Self, DocNumberError> {
        let text = text.into();
        let length = text.chars().count();
        if length == 0 {
            Err(DocNumberError::Empty)
        } else if length > limits::DOC_NUMBER {
            Err(DocNumberError::TooLong(length))
        } else if text.chars().any(char::is_control) {
            Err(DocNumberError::ControlCharacter)
        } else {
            Ok(Self(text))
        }
    }

    /// As it stands on the document.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DocNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_realm_is_digits_and_nothing_else() {
        assert_eq!(
            RealmId::new("9341452000000000").unwrap().as_str(),
            "9341452000000000"
        );
        for bad in ["", "12/34", "12 34", "abc", "１２", &"1".repeat(31)] {
            assert_eq!(RealmId::new(bad), Err(RealmIdError), "{bad:?}");
            assert!(serde_json::from_value::<RealmId>(bad.into()).is_err());
        }
    }

    #[test]
    fn a_document_number_has_1_to_21_characters_and_no_control_characters() {
        assert_eq!(DocNumber::new("1042-1").unwrap().as_str(), "1042-1");
        assert!(DocNumber::new("é".repeat(21)).is_ok());
        assert_eq!(DocNumber::new(""), Err(DocNumberError::Empty));
        assert_eq!(
            DocNumber::new("é".repeat(22)),
            Err(DocNumberError::TooLong(22))
        );
        assert_eq!(
            DocNumber::new("10\t42"),
            Err(DocNumberError::ControlCharacter)
        );
    }

    #[test]
    fn a_document_number_that_a_company_already_has_is_read_as_it_is() {
        let read: DocNumber = serde_json::from_str("\"\"").unwrap();
        assert_eq!(read.as_str(), "");
    }
}
