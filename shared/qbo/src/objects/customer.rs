use serde::{Deserialize, Serialize};

use super::{Address, Email, Id, MetaData, Phone, Ref, SyncToken};

/// Who is invoiced. Lengths are in [`crate::limits`].
///
/// Balances are left out on purpose: nothing here needs them, and a page of customers should not fail
/// for one odd number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Customer {
    /// Who it is; `None` before it is created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// Which version of it this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sync_token: Option<SyncToken>,
    /// When it was made and last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta_data: Option<MetaData>,
    /// Unique over customers, vendors and employees, case ignored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Before the name: `Dr`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// First name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// Middle name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    /// Last name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// After the name: `Jr`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
    /// Company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company_name: Option<String>,
    /// Name on checks; the display name by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub print_on_check_name: Option<String>,
    /// `Parent:Child`; read only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fully_qualified_name: Option<String>,
    /// `false` instead of a deletion; the display name then ends in ` (deleted)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// Main number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_phone: Option<Phone>,
    /// Second number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alternate_phone: Option<Phone>,
    /// Mobile number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mobile: Option<Phone>,
    /// Fax number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fax: Option<Phone>,
    /// Main e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_email_addr: Option<Email>,
    /// Where bills go; the default of invoices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill_addr: Option<Address>,
    /// Where work is done; the default of invoices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ship_addr: Option<Address>,
    /// Notes that the customer does not see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// A sub-customer; needs `parent_ref`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<bool>,
    /// The customer above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_ref: Option<Ref>,
    /// Invoices go to the customer above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill_with_parent: Option<bool>,
    /// Pays sales tax.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taxable: Option<bool>,
    /// Tax code of new documents; the system's own under automated sales tax.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_tax_code_ref: Option<Ref>,
    /// Payment terms of new invoices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sales_term_ref: Option<Ref>,
    /// Currency; fixed once set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency_ref: Option<Ref>,
}
