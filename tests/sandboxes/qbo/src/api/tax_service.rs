//! `taxservice/taxcode`: makes a tax code, and the rates it needs.

use rust_decimal::Decimal;

use super::company::Desk;
use crate::{
    fault::Refusal,
    intake,
    json::{Json, Object, shortest},
    log::Act,
    options::SalesTax,
    rules::{Author, tax::rate_list},
    schema,
    write::{Operation, Write, write},
};

pub(super) fn create(desk: &mut Desk<'_>, body: &Json) -> Result<Object, Refusal> {
    let Json::Object(body) = body else {
        return Err(Refusal::bad_property("the body is not an object,"));
    };
    if desk.env.company.lapsed {
        return Err(Refusal::lapsed());
    }
    if desk.env.company.sales_tax != SalesTax::Manual {
        return Err(Refusal::not_covered(
            "new tax codes in a company whose tax is not kept by hand",
        ));
    }
    let sent = intake::read(&schema::TAX_SERVICE, body, false)?;
    let Some(name) = sent.text("TaxCode") else {
        return Err(Refusal::missing("TaxCode"));
    };
    if sent.list("TaxRateDetails").is_empty() {
        return Err(Refusal::missing("TaxRateDetails"));
    }
    if desk.books.with_key("TaxCode", name).next().is_some() {
        return Err(Refusal::duplicate_name("tax code"));
    }
    let details: Vec<&Object> = sent
        .list("TaxRateDetails")
        .iter()
        .filter_map(Json::as_object)
        .collect();
    for (n, detail) in details.iter().enumerate() {
        check(desk, detail)?;
        let name = detail.text("TaxRateName");
        let is_twice = details
            .iter()
            .take(n)
            .any(|earlier| name.is_some() && earlier.text("TaxRateName") == name);
        if is_twice {
            return Err(Refusal::duplicate_name("tax rate"));
        }
    }
    let (mut sales, mut purchases) = (Vec::new(), Vec::new());
    let mut answered = Vec::new();
    for detail in details {
        let rate = rate(desk, detail)?;
        if detail.text("TaxApplicableOn") == Some("Purchase") {
            purchases.push(rate);
        } else {
            sales.push(rate);
        }
        answered.push(shown(desk, rate, detail));
    }
    let code = Object::new()
        .with("Name", name)
        .with("SalesTaxRateList", rate_list(&sales))
        .with("PurchaseTaxRateList", rate_list(&purchases))
        .with("TaxCodeConfigType", "USER_DEFINED");
    let code = make(desk, "TaxCode", code)?;
    desk.acts.note(Act::Create, "TaxCode");
    Ok(Object::new()
        .with("TaxCode", name)
        .with("TaxCodeId", code.to_string())
        .with("TaxRateDetails", answered))
}

/// A known rate, or all that a new one needs.
fn check(desk: &Desk<'_>, detail: &Object) -> Result<(), Refusal> {
    let known = |entity: &str, field: &str| -> Result<(), Refusal> {
        let id = detail.text(field).unwrap_or_default();
        let path = format!("TaxRateDetails.{field}");
        let number: u64 = id.parse().map_err(|_| Refusal::number(&path, id))?;
        match desk.books.row(entity, number) {
            Some(_) => Ok(()),
            None => Err(Refusal::invalid_reference(&path)),
        }
    };
    if detail.get("TaxRateId").is_some() {
        return known("TaxRate", "TaxRateId");
    }
    for field in ["TaxRateName", "RateValue", "TaxAgencyId"] {
        if detail.get(field).is_none() {
            return Err(Refusal::missing(&format!("TaxRateDetails.{field}")));
        }
    }
    let value = detail.decimal("RateValue").unwrap_or_default();
    if value < Decimal::ZERO || value > Decimal::ONE_HUNDRED {
        return Err(Refusal::number(
            "TaxRateDetails.RateValue",
            &value.to_string(),
        ));
    }
    let name = detail.text("TaxRateName").unwrap_or_default();
    if desk.books.with_key("TaxRate", name).next().is_some() {
        return Err(Refusal::duplicate_name("tax rate"));
    }
    known("TaxAgency", "TaxAgencyId")
}

/// The rate that a detail names, or a new one.
fn rate(desk: &mut Desk<'_>, detail: &Object) -> Result<u64, Refusal> {
    if let Some(id) = detail.text("TaxRateId").and_then(|id| id.parse().ok()) {
        return Ok(id);
    }
    let mut rate = Object::new()
        .with("Name", detail.text("TaxRateName").unwrap_or_default())
        .with(
            "AgencyRef",
            Object::new().with("value", detail.text("TaxAgencyId").unwrap_or_default()),
        );
    if let Some(value) = detail.decimal("RateValue") {
        rate.set("RateValue", shortest(value));
    }
    make(desk, "TaxRate", rate)
}

fn make(desk: &mut Desk<'_>, entity: &str, object: Object) -> Result<u64, Refusal> {
    let Some(entity) = schema::entity(entity) else {
        return Err(Refusal::not_covered(entity));
    };
    let body = Json::Object(object);
    let made = write(
        desk.books,
        desk.env,
        &Write {
            entity,
            operation: Operation::Create,
            body: &body,
            author: Author::Person,
            allow_duplicate_number: false,
        },
    )?;
    made.text(&format!("{}.Id", entity.name))
        .and_then(|id| id.parse().ok())
        .ok_or_else(Refusal::not_found)
}

fn shown(desk: &Desk<'_>, id: u64, detail: &Object) -> Json {
    let rate = desk.books.row("TaxRate", id).map(|row| &row.object);
    let mut shown = Object::new();
    if let Some(rate) = rate {
        shown.set("TaxRateName", rate.text("Name").unwrap_or_default());
        shown.set("TaxRateId", id.to_string());
        if let Some(value) = rate.get("RateValue") {
            shown.set("RateValue", value.clone());
        }
        shown.set(
            "TaxAgencyId",
            rate.text("AgencyRef.value").unwrap_or_default(),
        );
    }
    shown.set(
        "TaxApplicableOn",
        detail.text("TaxApplicableOn").unwrap_or("Sales"),
    );
    shown.into()
}
