use jiff::civil::Date;
use money::Cents;
use serde::{Deserialize, Serialize};

use super::{Id, LinkedTxn, MetaData, Ref, SyncToken, or_default};

/// Money that left an account: an expense, a check or a charge on a card.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Purchase {
    /// Who it is; `None` before it is created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// Which version of it this is. It moves when a payment is tied to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sync_token: Option<SyncToken>,
    /// When it was made and last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta_data: Option<MetaData>,
    /// The day on which the money left, in the company's time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub txn_date: Option<Date>,
    /// How it was paid: [`Purchase::CASH`], `Check` or `CreditCard`. Required, also by an update.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_type: Option<String>,
    /// The account that the money left: for cash a bank, or another current asset. Required.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_ref: Option<Ref>,
    /// Whom it went to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity_ref: Option<Payee>,
    /// How it went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_method_ref: Option<Ref>,
    /// What it was for.
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub line: Vec<PurchaseLine>,
    /// For the office; up to 4,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_note: Option<String>,
    /// The number of it, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc_number: Option<String>,
    /// What it comes to; read only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_amt: Option<Cents>,
    /// The payments that are tied to it; read only.
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub linked_txn: Vec<LinkedTxn>,
}

impl Purchase {
    /// The way of paying by which QuickBooks calls it an expense.
    pub const CASH: &'static str = "Cash";

    /// What a payment that is tied to one that was paid in that way calls it.
    pub const EXPENSE: &'static str = "Expense";
}

/// Whom money went to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payee {
    /// Their id.
    pub value: Id,
    /// What they are called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What they are: `Customer`, `Vendor` or `Employee`.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

impl Payee {
    /// A customer.
    pub fn customer(id: Id) -> Self {
        Self {
            value: id,
            name: None,
            kind: Some("Customer".to_owned()),
        }
    }

    /// Whether it is this customer.
    pub fn is_customer(&self, id: &Id) -> bool {
        self.value == *id && self.kind.as_deref() == Some("Customer")
    }
}

/// What money went for, and how much of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PurchaseLine {
    /// Its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Cents>,
    /// What kind of line it is: `AccountBasedExpenseLineDetail`, or by an item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail_type: Option<String>,
    /// Where it is booked, for a line of that kind.
    #[serde(
        rename = "AccountBasedExpenseLineDetail",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub on_account: Option<OnAccount>,
}

/// The account that a line is booked to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OnAccount {
    /// The account. On receivables whoever was paid must be a customer (6000).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_ref: Option<Ref>,
}

impl PurchaseLine {
    /// So much, booked to an account.
    pub fn on_account(account: Id, amount: Cents) -> Self {
        Self {
            description: None,
            amount: Some(amount),
            detail_type: Some("AccountBasedExpenseLineDetail".to_owned()),
            on_account: Some(OnAccount {
                account_ref: Some(account.into()),
            }),
        }
    }
}
