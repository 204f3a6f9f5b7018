use super::{errors::bad_field, lists, query::Query};
use crate::{
    Answer,
    records::{Records, price_book},
};

pub(super) fn categories(records: &Records<'_>, query: &Query) -> Result<Answer, Answer> {
    let categories: Vec<_> = records
        .company
        .material_categories
        .all(records.when)
        .collect();
    let body = lists::price_book_list(
        query,
        "/pricebook/material_categories",
        &categories,
        |category| price_book::material_category(category),
    );
    Ok(Answer::json(200, &body))
}

/// Materials of one category: the category is required.
pub(super) fn materials(records: &Records<'_>, query: &Query) -> Result<Answer, Answer> {
    let name = "material_category_uuid";
    let Some(category) = query.text(name).filter(|uuid| !uuid.is_empty()) else {
        return Err(bad_field(name, "can't be blank"));
    };
    let found: Vec<_> = records
        .company
        .materials(records.when)
        .filter(|material| material.category.uuid == category)
        .collect();
    let body = lists::price_book_list(query, "/pricebook/materials", &found, |material| {
        price_book::material(material)
    });
    Ok(Answer::json(200, &body))
}

/// Only partners come here: company keys are refused before.
pub(super) fn services(records: &Records<'_>, query: &Query) -> Result<Answer, Answer> {
    let services: Vec<_> = records.company.services(records.when).collect();
    let body = lists::list(query, "services", &services, |service| {
        price_book::service(service)
    });
    Ok(Answer::json(200, &body))
}
