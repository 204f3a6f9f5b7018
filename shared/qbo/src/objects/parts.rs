use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

use super::{Id, or_default};

/// Points to another object. Two are equal when they point to the same one: QuickBooks ignores the
/// name on input and does not always send it back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ref {
    /// The other object's id.
    pub value: Id,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Ref {
    /// Points to this id.
    pub fn to(id: impl Into<Id>) -> Self {
        Self {
            value: id.into(),
            name: None,
        }
    }
}

impl PartialEq for Ref {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Eq for Ref {}

impl From<Id> for Ref {
    fn from(value: Id) -> Self {
        Self { value, name: None }
    }
}

impl From<&Id> for Ref {
    fn from(value: &Id) -> Self {
        value.clone().into()
    }
}

/// A postal address. QuickBooks folds an address that was edited on a document into its five lines,
/// so a comparison field by field says little.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Address {
    /// QuickBooks' own; not to be sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// Street.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line1: Option<String>,
    /// Unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    /// Third line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line3: Option<String>,
    /// Fourth line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line4: Option<String>,
    /// Fifth line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line5: Option<String>,
    /// City.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// State, in two letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country_sub_division_code: Option<String>,
    /// Zip.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// An e-mail address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Email {
    /// One address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

impl From<String> for Email {
    fn from(address: String) -> Self {
        Self {
            address: Some(address),
        }
    }
}

/// A telephone number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Phone {
    /// As a person typed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_form_number: Option<String>,
}

impl From<String> for Phone {
    fn from(number: String) -> Self {
        Self {
            free_form_number: Some(number),
        }
    }
}

/// A message to the customer on a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoRef {
    /// Its text.
    #[serde(default, deserialize_with = "or_default")]
    pub value: String,
}

impl From<String> for MemoRef {
    fn from(value: String) -> Self {
        Self { value }
    }
}

/// When an object was made and last changed, by QuickBooks' clock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetaData {
    /// Made.
    #[serde(
        default,
        deserialize_with = "stamp",
        skip_serializing_if = "Option::is_none"
    )]
    pub create_time: Option<Timestamp>,
    /// Last changed; also by what is linked to it.
    #[serde(
        default,
        deserialize_with = "stamp",
        skip_serializing_if = "Option::is_none"
    )]
    pub last_updated_time: Option<Timestamp>,
}

/// A stamp that cannot be read is no reason to lose the answer of a write.
fn stamp<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.and_then(|text| text.parse().ok()))
}

/// A document that this one is tied to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LinkedTxn {
    /// Its id.
    pub txn_id: Id,
    /// Its kind: `Payment`, `Estimate`.
    pub txn_type: String,
}

/// One of the three free fields on sales forms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CustomField {
    /// Which field: `1` to `3`.
    pub definition_id: String,
    /// What the company calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Always `StringType` where it can be written.
    #[serde(rename = "Type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What stands in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub string_value: Option<String>,
}

/// A setting without a field of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NameValue {
    /// Its name.
    pub name: String,
    /// Its value, always text.
    #[serde(default, deserialize_with = "or_default")]
    pub value: String,
}
