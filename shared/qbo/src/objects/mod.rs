//! The documents and list entries of a company, as QuickBooks writes and takes them.
//!
//! Reading is lenient: unknown fields are ignored and nearly everything may be absent. Writing leaves
//! out what is `None`. Read-only values (totals, balances, stamps) are written back when present;
//! QuickBooks overwrites them in silence.

mod company;
mod customer;
mod entity;
mod id;
mod invoice;
mod item;
mod line;
mod lists;
mod number;
mod numbered;
mod parts;
mod payment;
mod purchase;
mod refund_receipt;
mod sales_receipt;

pub use company::{
    AccountingInfoPrefs, CompanyInfo, CurrencyPrefs, OtherPrefs, Preferences, SalesFormsPrefs,
    TaxPrefs,
};
pub use customer::Customer;
pub use entity::Entity;
pub use id::{DocNumber, DocNumberError, Id, RealmId, RealmIdError, SyncToken};
pub use invoice::{Invoice, TaxLine, TaxLineDetail, TxnTaxDetail};
pub use item::{Item, ItemType};
pub use line::{DiscountLine, Line, LineDetail, SalesItemLine};
pub use lists::{
    Account, Class, Employee, PaymentMethod, TaxCode, TaxRate, TaxRateDetail, TaxRateList, Term,
    Vendor,
};
pub use number::{NumberError, Percent, Price};
pub use numbered::{CreditMemo, Estimate};
pub use parts::{Address, CustomField, Email, LinkedTxn, MemoRef, MetaData, NameValue, Phone, Ref};
pub use payment::{Payment, PaymentLine};
pub use purchase::{OnAccount, Payee, Purchase, PurchaseLine};
pub use refund_receipt::RefundReceipt;
pub use sales_receipt::SalesReceipt;

use serde::{Deserialize, Deserializer};

/// Reads a missing value or `null` as the empty one.
fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
