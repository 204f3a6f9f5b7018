use hcp::CompanyId;
use jiff::{Timestamp, civil::Date};
use qbo::RealmId;
use serde::{Deserialize, Serialize};

use crate::{Books, codec::Body, table::Key};

/// One Housecall Pro company joined with one QuickBooks Online company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// The company in Housecall Pro.
    pub company: CompanyId,
    /// The company in QuickBooks Online.
    pub realm: RealmId,
    /// Whether work is done for it.
    pub status: ConnectionStatus,
    /// When it was made: what happened before does not sync by itself (T8).
    pub connected_at: Timestamp,
    /// IANA name; book dates are dates in this zone (D8).
    pub time_zone: String,
    /// Where sales and purchases are booked.
    pub accounts: Accounts,
    /// How QuickBooks is set up, as it was read last.
    #[serde(default)]
    pub preferences: Preferences,
    /// The payment terms in QuickBooks, as they were read last.
    #[serde(default)]
    pub terms: Vec<ListFact>,
    /// The classes in QuickBooks, where it keeps any, as they were read last.
    #[serde(default)]
    pub classes: Vec<ListFact>,
    /// The payment methods in QuickBooks, as they were read last.
    #[serde(default)]
    pub payment_methods: Vec<ListFact>,
    /// The sales tax codes in QuickBooks, as they were read last.
    #[serde(default)]
    pub tax_codes: Vec<TaxCodeFact>,
    /// When QuickBooks' setup was read last.
    #[serde(default)]
    pub read_at: Option<Timestamp>,
    /// The accounts in QuickBooks that tips and card surcharges may be booked to, as they were read last (L4).
    #[serde(default)]
    pub extra_accounts: Vec<AccountFact>,
}

/// The settings in QuickBooks that decide how it treats an invoice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// Whether document numbers are ours to choose.
    pub custom_numbers: bool,
    /// Whether invoices may carry a discount.
    pub discounts: bool,
    /// The account that QuickBooks books discounts to.
    pub discount_account: Option<qbo::Id>,
    /// Whether sales tax is used at all.
    pub sales_tax: bool,
    /// Whether QuickBooks works the tax out itself.
    pub automated_tax: bool,
    /// The last day of the closed books.
    pub closed_until: Option<Date>,
    /// Which place a class has.
    pub classes: ClassTracking,
}

/// Where QuickBooks keeps classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClassTracking {
    /// Nowhere.
    #[default]
    Off,
    /// One for each document.
    PerDocument,
    /// One for each line.
    PerLine,
}

/// An entry of one of QuickBooks' short lists: a term, a class, a payment method.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListFact {
    /// Its id.
    pub id: qbo::Id,
    /// Its name.
    pub name: String,
    /// Of a term: days until an invoice is due, where it counts days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u16>,
    /// Whether it can be used; inactive ones hold their names.
    #[serde(default = "active")]
    pub active: bool,
}

fn active() -> bool {
    true
}

/// A sales tax code in QuickBooks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxCodeFact {
    /// Its id.
    pub id: qbo::Id,
    /// Its name.
    pub name: String,
    /// Its rates on sales.
    pub rates: Vec<qbo::Percent>,
}

/// An account in QuickBooks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountFact {
    /// Its id.
    pub id: qbo::Id,
    /// Its name.
    pub name: String,
    /// Whether it holds what is owed; otherwise it is income.
    pub liability: bool,
    /// QuickBooks' detail type.
    #[serde(default)]
    pub detail: Option<String>,
}

/// An entry of a QuickBooks list, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedId {
    /// Its id.
    pub id: qbo::Id,
    /// Its name.
    pub name: String,
}

/// Whether work is done for a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionStatus {
    /// Work is done.
    Active,
    /// The operator paused it: work waits.
    Paused,
    /// QuickBooks no longer accepts our authorisation: work waits until it is connected again.
    Reconnect,
}

/// QuickBooks accounts that new items are booked to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accounts {
    /// Income account of items without one of their own.
    pub income: NamedId,
    /// Expense account of materials; items without it are sold only.
    #[serde(default)]
    pub expense: Option<NamedId>,
}

impl Connection {
    /// The partition that lists all connections.
    pub const PARTITION: &str = "companies";

    /// Where the connection of a company is kept.
    pub fn key(company: &CompanyId) -> Key {
        Key::new(Self::PARTITION, company.as_str())
    }

    /// How QuickBooks is set up, whenever that was read.
    pub fn setup(&self) -> Self {
        Self {
            read_at: None,
            ..self.clone()
        }
    }

    /// The books of this connection.
    pub fn books(&self) -> Books {
        Books {
            company: self.company.clone(),
            realm: self.realm.clone(),
        }
    }
}

impl Body for Connection {
    const KIND: &'static str = "connection";
}

/// Points at the version of the secret that holds the valid QuickBooks tokens. The tokens themselves
/// are only in the store of secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenPointer {
    /// Version of the secret.
    pub secret_version: String,
    /// When the access token ends.
    pub access_expires_at: Timestamp,
    /// When the refresh token ends unless it is used before.
    pub refresh_expires_at: Timestamp,
    /// Whether Intuit has refused the refresh token: it is not sent again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub refused: bool,
}

impl Body for TokenPointer {
    const KIND: &'static str = "token pointer";
}
