//! Every reference that is sent must point to something that can be used.

use super::Env;
use crate::{
    fault::Refusal,
    intake::join,
    json::{Json, Object},
    options::{InactiveReference, SalesTax},
    schema::{self, Kind, Shape, Target},
    store::Books,
};

/// Checks the references of an object as it was sent, at every depth.
pub(crate) fn check(
    books: &Books,
    env: &Env<'_>,
    shape: &Shape,
    sent: &Object,
    path: &str,
) -> Result<(), Refusal> {
    for (name, value) in sent.iter() {
        let Some(field) = shape.field(name) else {
            continue;
        };
        let path = join(path, name);
        match (field.kind, value) {
            (Kind::Reference(target), Json::Object(reference)) => {
                let id = reference.text("value").unwrap_or_default();
                one(books, env, target, id, &path)?;
            }
            (Kind::Object(shape), Json::Object(object)) => {
                check(books, env, shape, object, &path)?;
            }
            (Kind::List(shape), Json::List(list)) => {
                for object in list.iter().filter_map(Json::as_object) {
                    check(books, env, shape, object, &path)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn one(books: &Books, env: &Env<'_>, target: Target, id: &str, path: &str) -> Result<(), Refusal> {
    match target {
        Target::FreeText | Target::Currency => Ok(()),
        // What is not used is not looked at.
        Target::TxnTaxCode if env.company.sales_tax == SalesTax::Off => Ok(()),
        Target::TxnTaxCode if id == "CustomSalesTax" => Err(Refusal::tax_code_not_allowed(id)),
        Target::TxnTaxCode => one(books, env, Target::Nameless("TaxCode"), id, path),
        Target::LineTaxCode if matches!(id, "TAX" | "NON") => Ok(()),
        Target::LineTaxCode => Err(Refusal::line_tax_code(id)),
        Target::Entity("Item") if matches!(id, "SHIPPING_ITEM_ID" | "GRATUITY_ITEM_ID") => {
            Err(Refusal::not_covered(format!("the item {id}")))
        }
        Target::Entity(entity) | Target::Nameless(entity) => {
            let number: u64 = id.parse().map_err(|_| Refusal::number(path, id))?;
            let row = books.row(entity, number).filter(|row| !row.deleted);
            let row = row.ok_or_else(|| {
                if schema::is_uncovered(entity) {
                    Refusal::not_covered(format!("the entity {entity}"))
                } else {
                    Refusal::invalid_reference(path)
                }
            })?;
            if row.is_active() {
                return Ok(());
            }
            Err(match env.doubts.inactive_reference {
                InactiveReference::Code2500 => Refusal::inactive_reference(),
                InactiveReference::Code610 => Refusal::not_found(),
            })
        }
    }
}
