use jiff::civil::Date;
use money::Cents;
use serde::{Deserialize, Serialize};

use super::{DocNumber, Id, Line, MetaData, Ref, SyncToken, TxnTaxDetail, or_default};

/// A sale that is paid at once. It is tied to no invoice, and changes no balance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SalesReceipt {
    /// Who it is; `None` before it is created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// Which version of it this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sync_token: Option<SyncToken>,
    /// When it was made and last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta_data: Option<MetaData>,
    /// The number on the document, from the same numbers as those of invoices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc_number: Option<DocNumber>,
    /// The day on which it was paid, in the company's time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub txn_date: Option<Date>,
    /// Who paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_ref: Option<Ref>,
    /// What was sold, as on an invoice.
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub line: Vec<Line>,
    /// Class, when classes are kept per document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class_ref: Option<Ref>,
    /// `true`: the discount reduces the taxable amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub apply_tax_after_discount: Option<bool>,
    /// Sales tax.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub txn_tax_detail: Option<TxnTaxDetail>,
    /// How it was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_method_ref: Option<Ref>,
    /// The number of a check, or another reference; 21 characters at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_ref_num: Option<String>,
    /// The account that the money lies in; none: *Undeposited Funds*.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deposit_to_account_ref: Option<Ref>,
    /// For the office; up to 4,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_note: Option<String>,
    /// What it comes to; read only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_amt: Option<Cents>,
}
