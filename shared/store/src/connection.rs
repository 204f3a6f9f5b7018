use hcp::CompanyId;
use jiff::{Timestamp, civil::Date};
use mapping::{ListEntry, TaxCode, item::extra::KnownAccount};
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
    pub terms: Vec<ListEntry>,
    /// The classes in QuickBooks, where it keeps any, as they were read last.
    #[serde(default)]
    pub classes: Vec<ListEntry>,
    /// The payment methods in QuickBooks, as they were read last.
    #[serde(default)]
    pub payment_methods: Vec<ListEntry>,
    /// The sales tax codes in QuickBooks, as they were read last.
    #[serde(default)]
    pub tax_codes: Vec<TaxCode>,
    /// When QuickBooks' setup was read last.
    #[serde(default)]
    pub read_at: Option<Timestamp>,
    /// The accounts in QuickBooks that tips, card surcharges and deposits may be booked to, as they were read last (L4, P9).
    #[serde(default)]
    pub extra_accounts: Vec<KnownAccount>,
    /// The accounts in QuickBooks that money can lie in, as they were read last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub money_accounts: Vec<NamedId>,
    /// The income accounts in QuickBooks, as they were read last (I5).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub income_accounts: Vec<NamedId>,
    /// The account in QuickBooks of payments that no deposit took to a bank, as it was read last (P3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undeposited_funds: Option<qbo::Id>,
    /// The documents in QuickBooks that carry a marker of ours and were made until then either have their records here, or
    /// are known to have none (V15).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounted_until: Option<Timestamp>,
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
    /// Whether QuickBooks applies credit to invoices by itself (P4).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub auto_apply_credit: bool,
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
    /// A person paused it: work waits.
    Paused,
    /// QuickBooks no longer accepts our authorisation: work waits until it is connected again.
    Reconnect,
    /// QuickBooks has documents that came from here, and our records of them are lost: work waits until they are
    /// restored (V15).
    RecordsLost,
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

/// Which company a company in QuickBooks is joined with: the books of one are filled by one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RealmOwner {
    /// The company in Housecall Pro.
    pub company: CompanyId,
}

impl RealmOwner {
    /// Where that is kept.
    pub fn key(realm: &RealmId) -> Key {
        Key::new("realms", realm.as_str())
    }
}

impl Body for RealmOwner {
    const KIND: &'static str = "owner of a realm";
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEPT: &str = r#"{"company":"0f5e2c9a-6b1d-4f37-9c58-2a7d4e8b1c63","realm":"1234567890","status":"active","connected_at":"2026-07-01T08:00:00Z","time_zone":"America/Denver","accounts":{"income":{"id":"79","name":"Sales"},"expense":null},"preferences":{"custom_numbers":true,"discounts":true,"discount_account":"86","sales_tax":true,"automated_tax":false,"closed_until":"2025-12-31","classes":"per_line"},"terms":[{"id":"3","name":"Net 30","days":30,"active":true},{"id":"4","name":"2nd of month","active":false}],"classes":[{"id":"5","name":"Plumbing","active":true}],"payment_methods":[{"id":"1","name":"Cash","active":true}],"tax_codes":[{"id":"2","name":"Denver","rates":[4.81,1.1]}],"read_at":"2026-07-20T09:00:00Z","extra_accounts":[{"id":"90","name":"Tips payable","liability":true,"detail":"UndistributedTips"},{"id":"91","name":"Card surcharge","liability":false,"detail":null}]}"#;

    #[test]
    fn what_was_read_of_quickbooks_is_kept_in_the_same_form_as_ever() {
        let read: Connection = serde_json::from_str(KEPT).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), KEPT);
        assert_eq!(read.terms[0].days, Some(30));
        let missing = KEPT
            .replace(r#","active":true"#, "")
            .replace(r#","detail":null"#, "");
        assert_eq!(serde_json::from_str::<Connection>(&missing).unwrap(), read);
    }
}
