//! Two customers become one, as only a person can do it in the browser: the documents of one go to the other,
//! and its id vanishes.

use super::{Env, customer::owe};
use crate::{
    fault::Refusal,
    json::{Json, Object},
    schema::{self, Kind, Shape, Target},
    store::{Books, Row, reference},
};

/// Merges a customer into another one.
pub(crate) fn customers(
    books: &mut Books,
    env: &Env<'_>,
    from: u64,
    into: u64,
) -> Result<(), Refusal> {
    if from == into {
        return Err(Refusal::not_covered(
            "merging a customer into the same customer",
        ));
    }
    let customer = schema::entity("Customer").ok_or_else(Refusal::not_found)?;
    let present = |id: u64| {
        let row = books.row("Customer", id).filter(|row| !row.deleted);
        row.cloned().ok_or_else(Refusal::not_found)
    };
    let (gone, stays) = (present(from)?, present(into)?);
    if !gone.is_active() || !stays.is_active() {
        return Err(Refusal::not_covered("merging an inactive customer"));
    }
    let is_below = |row: &Row| reference(&row.object, "ParentRef") == Some(from);
    if books.rows("Customer").any(is_below) {
        return Err(Refusal::not_covered(
            "merging a customer who has sub-customers: move them first",
        ));
    }
    let owed = gone.object.decimal("Balance").unwrap_or_default();
    owe(books, env, from, -owed);
    owe(books, env, into, owed);
    for entity in schema::entities() {
        let moved: Vec<(u64, Object)> = books
            .rows_ever(entity.name)
            .filter_map(|row| {
                let mut object = row.object.clone();
                renamed(&entity.shape, &mut object, from, into).then_some((row.id, object))
            })
            .collect();
        for (id, object) in moved {
            books.adjust(entity.name, id, |row| {
                row.object = object;
                row.updated = env.now;
                row.token += u64::from(env.doubts.merge_moves_token);
            });
        }
    }
    books.adjust("Customer", into, |row| {
        row.updated = env.now;
        row.token += 1;
    });
    books.put(
        customer,
        Row {
            updated: env.now,
            deleted: true,
            ..gone
        },
    );
    Ok(())
}

/// Lets everything in an object that names one customer name the other. Tells whether anything did.
fn renamed(shape: &Shape, object: &mut Object, from: u64, into: u64) -> bool {
    let from_text = from.to_string();
    let mut any = false;
    let rename = |object: &mut Object, field: &str| {
        let named = object.text(field) == Some(&from_text);
        if named {
            object.set(field, into.to_string());
        }
        named
    };
    // The two forms in which a line tells whom it is about.
    let is_customer = |field: &str| {
        let kind = object.text(field);
        kind.is_some_and(|kind| kind.eq_ignore_ascii_case("customer"))
    };
    let (flat, nested) = (is_customer("type"), is_customer("Type"));
    if flat {
        any |= rename(object, "value");
    }
    for field in shape.fields {
        let Some(value) = object.get_mut(field.name) else {
            continue;
        };
        let is_customer = match field.kind {
            Kind::Reference(Target::Entity(name) | Target::Nameless(name)) => name == "Customer",
            Kind::Reference(Target::FreeText) => nested && field.name == "EntityRef",
            _ => false,
        };
        match (field.kind, value) {
            (Kind::Reference(_), Json::Object(reference)) if is_customer => {
                any |= rename(reference, "value");
            }
            (Kind::Object(shape), Json::Object(inner)) => any |= renamed(shape, inner, from, into),
            (Kind::List(shape), Json::List(list)) => {
                for element in list {
                    if let Json::Object(inner) = element {
                        any |= renamed(shape, inner, from, into);
                    }
                }
            }
            _ => {}
        }
    }
    any
}
