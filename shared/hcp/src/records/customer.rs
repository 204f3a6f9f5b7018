use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;

use super::{
    fields::{Fields, Missing, Record, Unread, from_fields},
    open_enum::open_enum,
};
use crate::{AddressId, CustomerId};

/// A customer, on their own or embedded in a job (then without addresses).
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Fields")]
pub struct Customer {
    /// Its id.
    pub id: CustomerId,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Mobile phone, digits.
    pub mobile_number: Option<String>,
    /// Phone at home, digits.
    pub home_number: Option<String>,
    /// Phone at work, digits.
    pub work_number: Option<String>,
    /// The customer's own business (`company_name` is the Housecall Pro account's and is not read).
    pub company: Option<String>,
    /// Notes about the customer.
    pub notes: Option<String>,
    /// All addresses; empty for an embedded customer.
    pub addresses: Vec<Address>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it was last changed; can lag behind the change that a webhook tells of.
    pub updated_at: Option<Timestamp>,
    /// What was told in a form that is not known.
    pub unread: Unread,
}

impl Record for Customer {
    fn read(fields: &mut Fields) -> Result<Self, Missing> {
        Ok(Self {
            id: fields.identity(&["id"])?,
            first_name: fields.text("first_name"),
            last_name: fields.text("last_name"),
            email: fields.text("email"),
            mobile_number: fields.text("mobile_number"),
            home_number: fields.text("home_number"),
            work_number: fields.text("work_number"),
            company: fields.text("company"),
            notes: fields.notes("notes"),
            addresses: fields.records("addresses"),
            created_at: fields.time("created_at"),
            updated_at: fields.time("updated_at"),
            unread: fields.unread(),
        })
    }
}

/// Shows the id only: the rest is personal and must not reach a log.
impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Customer({})", self.id)
    }
}

/// A place.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Fields")]
pub struct Address {
    /// Its id; none for the empty address of a job without one.
    pub id: Option<AddressId>,
    /// What it is for.
    pub kind: Option<AddressKind>,
    /// Street and number.
    pub street: Option<String>,
    /// Unit.
    pub street_line_2: Option<String>,
    /// City.
    pub city: Option<String>,
    /// State.
    pub state: Option<String>,
    /// Postal code.
    pub zip: Option<String>,
    /// Country, free text (`US`, `USA`, `United States`).
    pub country: Option<String>,
}

impl Record for Address {
    fn read(fields: &mut Fields) -> Result<Self, Missing> {
        Ok(Self {
            id: fields.id("id"),
            kind: fields.word("type"),
            street: fields.text("street"),
            street_line_2: fields.text("street_line_2"),
            city: fields.text("city"),
            state: fields.text("state"),
            zip: fields.text("zip"),
            country: fields.text("country"),
        })
    }
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

from_fields!(Customer, Address);
