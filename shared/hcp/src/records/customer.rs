use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;

use super::{fields, open_enum::open_enum};
use crate::{AddressId, CustomerId};

/// A customer, on their own or embedded in a job (then without addresses).
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct Customer {
    /// Its id.
    pub id: CustomerId,
    /// First name.
    #[serde(default, deserialize_with = "fields::text")]
    pub first_name: Option<String>,
    /// Last name.
    #[serde(default, deserialize_with = "fields::text")]
    pub last_name: Option<String>,
    /// E-mail address.
    #[serde(default, deserialize_with = "fields::text")]
    pub email: Option<String>,
    /// Mobile phone, digits.
    #[serde(default, deserialize_with = "fields::text")]
    pub mobile_number: Option<String>,
    /// Phone at home, digits.
    #[serde(default, deserialize_with = "fields::text")]
    pub home_number: Option<String>,
    /// Phone at work, digits.
    #[serde(default, deserialize_with = "fields::text")]
    pub work_number: Option<String>,
    /// The customer's own business (`company_name` is the Housecall Pro account's and is not read).
    #[serde(default, deserialize_with = "fields::text")]
    pub company: Option<String>,
    /// Notes about the customer.
    #[serde(default, deserialize_with = "fields::text")]
    pub notes: Option<String>,
    /// All addresses; empty for an embedded customer.
    #[serde(default, deserialize_with = "fields::or_default")]
    pub addresses: Vec<Address>,
    /// When it was made.
    #[serde(default, deserialize_with = "fields::time")]
    pub created_at: Option<Timestamp>,
    /// When it was last changed; can lag behind the change that a webhook tells of.
    #[serde(default, deserialize_with = "fields::time")]
    pub updated_at: Option<Timestamp>,
}

/// Shows the id only: the rest is personal and must not reach a log.
impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Customer({})", self.id)
    }
}

/// A place.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Address {
    /// Its id; none for the empty address of a job without one.
    #[serde(default, deserialize_with = "fields::id")]
    pub id: Option<AddressId>,
    /// What it is for.
    #[serde(default, rename = "type")]
    pub kind: Option<AddressKind>,
    /// Street and number.
    #[serde(default, deserialize_with = "fields::text")]
    pub street: Option<String>,
    /// Unit.
    #[serde(default, deserialize_with = "fields::text")]
    pub street_line_2: Option<String>,
    /// City.
    #[serde(default, deserialize_with = "fields::text")]
    pub city: Option<String>,
    /// State.
    #[serde(default, deserialize_with = "fields::text")]
    pub state: Option<String>,
    /// Postal code.
    #[serde(default, deserialize_with = "fields::text")]
    pub zip: Option<String>,
    /// Country, free text (`US`, `USA`, `United States`).
    #[serde(default, deserialize_with = "fields::text")]
    pub country: Option<String>,
}

impl Address {
    /// Whether nothing in it leads anywhere: a job without an address has one of nulls.
    pub fn is_blank(&self) -> bool {
        [
            &self.street,
            &self.street_line_2,
            &self.city,
            &self.state,
            &self.zip,
        ]
        .iter()
        .all(|part| part.is_none())
    }
}

/// Shows the id only: the rest is personal and must not reach a log.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.id.as_ref().map_or("none", AddressId::as_str);
        write!(f, "Address({id})")
    }
}

open_enum! {
    /// What an address is for.
    AddressKind {
        /// Invoices go there.
        Billing = "billing",
        /// The work is done there.
        Service = "service",
    }
}
