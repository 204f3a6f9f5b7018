use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize};

use super::{Address, Id, MetaData, NameValue, Ref, SyncToken, or_default};

/// The company itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CompanyInfo {
    /// Who it is; `None` before it is created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// Which version of it this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sync_token: Option<SyncToken>,
    /// When it was made and last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta_data: Option<MetaData>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company_name: Option<String>,
    /// Its name in law.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_name: Option<String>,
    /// Its country: `US`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company_addr: Option<Address>,
    /// Settings without a field of their own.
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub name_value: Vec<NameValue>,
}

impl CompanyInfo {
    /// A setting by its name: `SubscriptionStatus`, `OfferingSku`, `IndustryType`.
    pub fn setting(&self, name: &str) -> Option<&str> {
        find(&self.name_value, name)
    }
}

/// How the company wants its books kept: the part that decides how documents must look.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Preferences {
    /// Who it is; `None` before it is created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// Which version of it this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sync_token: Option<SyncToken>,
    /// When it was made and last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta_data: Option<MetaData>,
    /// The books.
    #[serde(default, deserialize_with = "or_default")]
    pub accounting_info_prefs: AccountingInfoPrefs,
    /// Invoices and their like.
    #[serde(default, deserialize_with = "or_default")]
    pub sales_forms_prefs: SalesFormsPrefs,
    /// Sales tax.
    #[serde(default, deserialize_with = "or_default")]
    pub tax_prefs: TaxPrefs,
    /// Currencies.
    #[serde(default, deserialize_with = "or_default")]
    pub currency_prefs: CurrencyPrefs,
    /// The rest.
    #[serde(default, deserialize_with = "or_default")]
    pub other_prefs: OtherPrefs,
}

impl Preferences {
    /// One of the other settings by its name: `SalesFormsPrefs.DefaultItem`.
    pub fn setting(&self, name: &str) -> Option<&str> {
        find(&self.other_prefs.name_value, name)
    }
}

fn find<'a>(settings: &'a [NameValue], name: &str) -> Option<&'a str> {
    settings
        .iter()
        .find(|setting| setting.name == name)
        .map(|setting| setting.value.as_str())
}

/// The books.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccountingInfoPrefs {
    /// Nothing on or before this day may change; absent when the books are open. Read only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub book_close_date: Option<Date>,
    /// Locations are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub track_departments: Option<bool>,
    /// A class per document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class_tracking_per_txn: Option<bool>,
    /// A class per line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class_tracking_per_txn_line: Option<bool>,
    /// Accounts have numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_account_numbers: Option<bool>,
}

/// Invoices and their like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SalesFormsPrefs {
    /// `true`: numbers must be sent; `false`: QuickBooks numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_txn_numbers: Option<bool>,
    /// Discount lines are allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_discount: Option<bool>,
    /// Deposits on documents are allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_deposit: Option<bool>,
    /// Shipping lines are allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_shipping: Option<bool>,
    /// Terms of new invoices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_terms: Option<Ref>,
    /// Where discounts are booked.
    #[serde(
        default,
        deserialize_with = "id_or_ref",
        skip_serializing_if = "Option::is_none"
    )]
    pub default_discount_account: Option<Id>,
    /// Online payment is on.
    #[serde(
        rename = "ETransactionPaymentEnabled",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub e_transaction_payment_enabled: Option<bool>,
    /// Credits are applied to new invoices by themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_apply_credit: Option<bool>,
    /// Payments are applied by themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_apply_payments: Option<bool>,
}

/// Sales tax.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TaxPrefs {
    /// Sales tax is charged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub using_sales_tax: Option<bool>,
    /// Automated sales tax: on and set up (`true`), on but not set up (`false`), off (absent).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner_tax_enabled: Option<bool>,
    /// The tax code of new documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_group_code_ref: Option<Ref>,
}

/// Currencies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CurrencyPrefs {
    /// More than one is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multi_currency_enabled: Option<bool>,
    /// The company's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home_currency: Option<Ref>,
}

/// Settings without a field of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OtherPrefs {
    /// By name.
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub name_value: Vec<NameValue>,
}

/// Seen as a bare id; other account settings come as references, so both are read.
fn id_or_ref<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Id>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        Id(Id),
        Ref(Ref),
    }
    Ok(
        Option::<Form>::deserialize(deserializer)?.map(|form| match form {
            Form::Id(id) => id,
            Form::Ref(reference) => reference.value,
        }),
    )
}
