//! Identifiers. They go into table keys, addresses and queue groups, so what is no identifier is refused
//! where it enters.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Text that is not an identifier of Housecall Pro.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{text:?} is not a Housecall Pro {kind} id")]
pub struct InvalidId {
    /// What it should have identified.
    pub kind: &'static str,
    /// The first characters of the text.
    pub text: String,
}

impl InvalidId {
    fn new(kind: &'static str, text: &str) -> Self {
        Self {
            kind,
            text: text.chars().take(MAX_LENGTH).collect(),
        }
    }
}

/// The longest known identifier has 40 characters (`invoice_` and 32 hexadecimal digits).
const MAX_LENGTH: usize = 64;

/// Identifiers are opaque: a prefix that varies and digits. Only what is safe in a key, an address and a
/// queue group is asked of them.
fn opaque(text: &str) -> Option<String> {
    let safe = |c: u8| c.is_ascii_alphanumeric() || c == b'_' || c == b'-';
    (!text.is_empty() && text.len() <= MAX_LENGTH && text.bytes().all(safe))
        .then(|| text.to_owned())
}

/// A UUID in its hyphenated form, in lower case so that equal ids are equal text.
fn uuid(text: &str) -> Option<String> {
    let well_formed = text.len() == 36
        && text.bytes().enumerate().all(|(at, c)| match at {
            8 | 13 | 18 | 23 => c == b'-',
            _ => c.is_ascii_hexdigit(),
        });
    well_formed.then(|| text.to_ascii_lowercase())
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident($kind:literal, $check:ident);)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks and takes an identifier.
            ///
            /// # Errors
            /// When the text cannot be one.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                $check(text).map(Self).ok_or_else(|| InvalidId::new($kind, text))
            }

            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )+};
}

ids! {
    /// A Housecall Pro account (one location). A bare UUID, kept in lower case.
    CompanyId("company", uuid);
    /// A job (`job_…`), or what stands in the place of one: an invoice without a job (`invoice_…`).
    JobId("job", opaque);
    /// A line of a job (`rli_…`).
    LineItemId("line item", opaque);
    /// An invoice (`invoice_…`).
    InvoiceId("invoice", opaque);
    /// A line of an invoice (`invitm_…`).
    InvoiceItemId("invoice item", opaque);
    /// A payment (`invpay_…`).
    PaymentId("payment", opaque);
    /// A refund.
    RefundId("refund", opaque);
    /// A customer (`cus_…`).
    CustomerId("customer", opaque);
    /// An address (`adr_…`).
    AddressId("address", opaque);
    /// An entry of the price book: a service (`olit_…`), a material (`pbmat_…`) or a discount (`pbsd_…`).
    ServiceItemId("price-book item", opaque);
    /// A tag.
    TagId("tag", opaque);
    /// A category of materials (`pbmcat_…`).
    MaterialCategoryId("material category", opaque);
}

/// What the ids of invoices begin with, and those of jobs do not.
const INVOICE: &str = "invoice_";

impl JobId {
    /// What stands in the place of the job of an invoice that has none, as those of service plans; `None`: an id of this
    /// form is not told from a job's.
    pub fn in_place_of(invoice: &InvoiceId) -> Option<Self> {
        let id = invoice.as_str();
        id.starts_with(INVOICE).then(|| Self(id.to_owned()))
    }

    /// The invoice without a job that it stands for, if it is not a job's.
    pub fn invoice(&self) -> Option<InvoiceId> {
        self.0
            .starts_with(INVOICE)
            .then(|| InvoiceId(self.0.clone()))
    }
}

impl CustomerId {
    /// Whether a text is written as the id of a customer, and not as a name.
    pub fn is_meant_by(text: &str) -> bool {
        text.starts_with("cus_")
    }
}

impl ServiceItemId {
    /// Whether a text is written as the id of a service or a material, and not as a name.
    pub fn is_meant_by(text: &str) -> bool {
        text.starts_with("olit_") || text.starts_with("pbmat_")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invoice_without_a_job_stands_for_itself() {
        let id = |text| InvoiceId::parse(text).unwrap();
        let plan = JobId::in_place_of(&id("invoice_1")).unwrap();
        assert_eq!(plan.as_str(), "invoice_1");
        assert_eq!(plan.invoice(), Some(id("invoice_1")));
        assert_eq!(JobId::parse("job_1").unwrap().invoice(), None);
        assert_eq!(JobId::in_place_of(&id("job_1")), None);
    }

    #[test]
    fn only_what_is_safe_in_keys_and_addresses_is_an_id() {
        for text in [
            "job_7a0b5c3e1d2f4968b1e4c7d90f3a6582",
            "A-1",
            &"x".repeat(64),
        ] {
            assert_eq!(JobId::parse(text).unwrap().as_str(), text);
        }
        for text in [
            "",
            " ",
            "a b",
            "a/b",
            "a#b",
            "a?b",
            "..",
            "ä",
            "a\n",
            &"x".repeat(65),
        ] {
            assert!(JobId::parse(text).is_err(), "{text:?}");
            let json = serde_json::to_string(text).unwrap();
            assert!(serde_json::from_str::<JobId>(&json).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_company_is_a_uuid_in_lower_case() {
        let id = CompanyId::parse("0F5E2C9A-6B1D-4F37-9C58-2A7D4E8B1C63").unwrap();
        assert_eq!(id.as_str(), "0f5e2c9a-6b1d-4f37-9c58-2a7d4e8b1c63");
        assert_eq!(
            serde_json::to_string(&id).unwrap(),
            "\"0f5e2c9a-6b1d-4f37-9c58-2a7d4e8b1c63\""
        );
        for text in [
            "",
            "0f5e2c9a6b1d4f379c582a7d4e8b1c63",
            "0f5e2c9a-6b1d-4f37-9c58-2a7d4e8b1c6g",
            "0f5e2c9a-6b1d-4f37-9c58-2a7d4e8b1c63 ",
            "0f5e2c9a_6b1d_4f37_9c58_2a7d4e8b1c63",
            "{0f5e2c9a-6b1d-4f37-9c58-2a7d4e8b1c63}",
        ] {
            assert!(CompanyId::parse(text).is_err(), "{text:?}");
        }
    }
}
