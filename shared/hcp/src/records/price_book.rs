use money::Cents;
use serde::Deserialize;

use super::fields;
use crate::{MaterialCategoryId, ServiceItemId};

/// A category of materials (`GET /api/price_book/material_categories`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct MaterialCategory {
    /// Its id; live answers call it `uuid`.
    #[serde(alias = "uuid")]
    pub id: MaterialCategoryId,
    /// Its name.
    #[serde(default, deserialize_with = "fields::text")]
    pub name: Option<String>,
}

/// A material of the price book (`GET /api/price_book/materials`). Prices are whole cents.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Material {
    /// Its id, as lines of jobs name it; live answers call it `uuid`.
    #[serde(alias = "uuid")]
    pub id: ServiceItemId,
    /// Its name.
    #[serde(default, deserialize_with = "fields::text")]
    pub name: Option<String>,
    /// More about it.
    #[serde(default, deserialize_with = "fields::text")]
    pub description: Option<String>,
    /// What one costs the customer.
    #[serde(default, deserialize_with = "fields::cents")]
    pub price: Option<Cents>,
    /// Whether tax applies.
    #[serde(default)]
    pub taxable: Option<bool>,
    /// Its category.
    #[serde(default, deserialize_with = "fields::id")]
    pub material_category_uuid: Option<MaterialCategoryId>,
    /// The name of its category.
    #[serde(default, deserialize_with = "fields::text")]
    pub material_category_name: Option<String>,
}
