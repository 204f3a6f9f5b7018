use money::Cents;
use serde::Deserialize;

use super::fields::{Fields, Missing, Record, from_fields};
use crate::{MaterialCategoryId, ServiceItemId};

/// A category of materials (`GET /api/price_book/material_categories`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Fields")]
pub struct MaterialCategory {
    /// Its id; live answers call it `uuid`.
    pub id: MaterialCategoryId,
    /// Its name.
    pub name: Option<String>,
}

impl Record for MaterialCategory {
    fn read(fields: &mut Fields) -> Result<Self, Missing> {
        Ok(Self {
            id: fields.identity(&["id", "uuid"])?,
            name: fields.text("name"),
        })
    }
}

/// A material of the price book (`GET /api/price_book/materials`). Prices are whole cents.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Fields")]
pub struct Material {
    /// Its id, as lines of jobs name it; live answers call it `uuid`.
    pub id: ServiceItemId,
    /// Its name.
    pub name: Option<String>,
    /// More about it.
    pub description: Option<String>,
    /// What one costs the customer.
    pub price: Option<Cents>,
    /// Whether tax applies.
    pub taxable: Option<bool>,
    /// Its category.
    pub material_category_uuid: Option<MaterialCategoryId>,
    /// The name of its category.
    pub material_category_name: Option<String>,
}

impl Record for Material {
    fn read(fields: &mut Fields) -> Result<Self, Missing> {
        Ok(Self {
            id: fields.identity(&["id", "uuid"])?,
            name: fields.text("name"),
            description: fields.text("description"),
            price: fields.cents("price"),
            taxable: fields.flag("taxable"),
            material_category_uuid: fields.id("material_category_uuid"),
            material_category_name: fields.text("material_category_name"),
        })
    }
}

from_fields!(MaterialCategory, Material);
