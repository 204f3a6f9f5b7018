use jiff::civil::Date;
use money::Cents;
use serde::{Deserialize, Serialize};

use super::{
    Address, CustomField, DocNumber, Email, Id, Line, LinkedTxn, MemoRef, MetaData, Percent, Ref,
    SyncToken, or_default,
};

/// What a customer owes for. Lengths are in [`crate::limits`].
///
/// There is no status: an invoice is paid when its balance is zero, and void when its total is zero and
/// its private note begins with `Voided`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Invoice {
    /// Who it is; `None` before it is created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// Which version of it this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sync_token: Option<SyncToken>,
    /// When it was made and last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta_data: Option<MetaData>,
    /// The number on the document. Must be sent when `CustomTxnNumbers` is on, or the document has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc_number: Option<DocNumber>,
    /// Its date, in the company's time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub txn_date: Option<Date>,
    /// When it is due; else QuickBooks derives it from the terms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_date: Option<Date>,
    /// Who owes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_ref: Option<Ref>,
    /// Its lines. Replaced as a whole by a write; an empty list is not sent and leaves the lines alone.
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub line: Vec<Line>,
    /// The customer's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill_addr: Option<Address>,
    /// The customer's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ship_addr: Option<Address>,
    /// Where it is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill_email: Option<Email>,
    /// `NotSet`, `NeedToSend` or `EmailSent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_status: Option<String>,
    /// `NotSet`, `NeedToPrint` or `PrintComplete`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub print_status: Option<String>,
    /// Note that the customer does not see on the invoice; shown on statements.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_note: Option<String>,
    /// Message to the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_memo: Option<MemoRef>,
    /// Payment terms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sales_term_ref: Option<Ref>,
    /// Class, when classes are kept per document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class_ref: Option<Ref>,
    /// Location.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department_ref: Option<Ref>,
    /// The company's own fields.
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub custom_field: Vec<CustomField>,
    /// The customer may pay by card in QuickBooks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_online_credit_card_payment: Option<bool>,
    /// The customer may pay from a bank account in QuickBooks.
    #[serde(
        rename = "AllowOnlineACHPayment",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub allow_online_ach_payment: Option<bool>,
    /// `true`: the discount reduces the taxable amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub apply_tax_after_discount: Option<bool>,
    /// Currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency_ref: Option<Ref>,
    /// Sales tax.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub txn_tax_detail: Option<TxnTaxDetail>,
    /// Payments, estimates and the like that are tied to it.
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub linked_txn: Vec<LinkedTxn>,
    /// What it comes to; read only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_amt: Option<Cents>,
    /// What is still owed; read only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance: Option<Cents>,
}

/// The sales tax of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TxnTaxDetail {
    /// The tax code; under automated sales tax the system chooses it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub txn_tax_code_ref: Option<Ref>,
    /// The tax in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_tax: Option<Cents>,
    /// The tax of each rate; read only, and never written back.
    #[serde(default, deserialize_with = "or_default", skip_serializing)]
    pub tax_line: Vec<TaxLine>,
}

/// What one rate makes of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TaxLine {
    /// The rate.
    #[serde(default, deserialize_with = "or_default")]
    pub tax_line_detail: TaxLineDetail,
}

/// The rate that made a tax.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TaxLineDetail {
    /// Its percentage.
    #[serde(default)]
    pub tax_percent: Option<Percent>,
}

impl TxnTaxDetail {
    /// How many rates QuickBooks worked the tax out with; it rounds what each of them makes.
    pub fn rates(&self) -> usize {
        let percent = |line: &TaxLine| line.tax_line_detail.tax_percent;
        let percents = self.tax_line.iter().filter_map(percent);
        percents.filter(|percent| !percent.is_zero()).count()
    }
}
