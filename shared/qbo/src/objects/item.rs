use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{Id, MetaData, Price, Ref, SyncToken};

/// What kind of product or service an item is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Cow<'_, str>", into = "String")]
pub enum ItemType {
    /// Work.
    Service,
    /// A product that is not counted.
    NonInventory,
    /// A product that is counted; made by people in QuickBooks only.
    Inventory,
    /// A folder of items; cannot stand on a line.
    Category,
    /// Bundles and whatever QuickBooks invents next.
    Other(String),
}

impl From<Cow<'_, str>> for ItemType {
    fn from(text: Cow<'_, str>) -> Self {
        match text.as_ref() {
            "Service" => Self::Service,
            "NonInventory" => Self::NonInventory,
            "Inventory" => Self::Inventory,
            "Category" => Self::Category,
            _ => Self::Other(text.into_owned()),
        }
    }
}

impl From<ItemType> for String {
    fn from(kind: ItemType) -> Self {
        match kind {
            ItemType::Service => "Service".to_owned(),
            ItemType::NonInventory => "NonInventory".to_owned(),
            ItemType::Inventory => "Inventory".to_owned(),
            ItemType::Category => "Category".to_owned(),
            ItemType::Other(text) => text,
        }
    }
}

/// A product, a service or a folder of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Item {
    /// Who it is; `None` before it is created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// Which version of it this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sync_token: Option<SyncToken>,
    /// When it was made and last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta_data: Option<MetaData>,
    /// Unique among the items of one folder, case ignored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `Folder:Name`; read only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fully_qualified_name: Option<String>,
    /// What kind it is; must be sent on create.
    #[serde(rename = "Type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ItemType>,
    /// Text of new lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Stock-keeping number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// `false` instead of a deletion; the name then ends in ` (deleted)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// Lies in a folder; needs `parent_ref`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_item: Option<bool>,
    /// The folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_ref: Option<Ref>,
    /// Sales tax applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taxable: Option<bool>,
    /// Sales price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<Price>,
    /// Where sales are booked; of an income type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub income_account_ref: Option<Ref>,
    /// Text on purchases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase_desc: Option<String>,
    /// Purchase price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase_cost: Option<Price>,
    /// Where purchases are booked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expense_account_ref: Option<Ref>,
}
