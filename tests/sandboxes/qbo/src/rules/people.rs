//! What customers, vendors and employees have in common.

use super::{Change, Env, home_currency, names, number_address};
use crate::{fault::Refusal, json::Object, store::Books};

const NAME_PARTS: &[&str] = &["Title", "GivenName", "MiddleName", "FamilyName", "Suffix"];

/// Vendors and employees.
pub(crate) fn complete(
    books: &mut Books,
    env: &Env<'_>,
    change: &mut Change,
) -> Result<(), Refusal> {
    if change.entity.shape.field("CurrencyRef").is_some() {
        home_currency(change)?;
    }
    for field in ["BillAddr", "PrimaryAddr"] {
        number_address(books, change, field);
    }
    name(books, env, change)
}

/// A customer, vendor or employee who is named on a line or as a payee, with his name.
pub(super) fn named(
    books: &Books,
    sent: &Object,
    path: &str,
    usual: &str,
) -> Result<Object, Refusal> {
    let kind = sent.text("type").unwrap_or(usual);
    let id = sent.text("value").unwrap_or_default();
    let table = ["Vendor", "Employee"]
        .into_iter()
        .find(|table| table.eq_ignore_ascii_case(kind))
        .unwrap_or("Customer");
    let number: u64 = id.parse().map_err(|_| Refusal::number(path, id))?;
    let name = books
        .row(table, number)
        .and_then(|row| row.object.text("DisplayName"))
        .ok_or_else(|| Refusal::invalid_reference(path))?;
    Ok(Object::new()
        .with("value", id)
        .with("name", name)
        .with("type", kind))
}

/// The display name: sent, or built from the parts; also the name on checks.
pub(super) fn name(books: &Books, env: &Env<'_>, change: &mut Change) -> Result<(), Refusal> {
    if change
        .new
        .text("DisplayName")
        .is_none_or(|name| name.trim().is_empty())
    {
        let parts: Vec<&str> = NAME_PARTS
            .iter()
            .filter_map(|part| change.new.text(part))
            .collect();
        if parts.is_empty() {
            return Err(Refusal::no_name());
        }
        let built = parts.join(" ");
        change.new.set("DisplayName", built);
    }
    let printed = change
        .new
        .text("DisplayName")
        .unwrap_or_default()
        .to_owned();
    change.or_else("PrintOnCheckName", || {
        printed.chars().take(110).collect::<String>().into()
    });
    names::settle(books, env, change, "DisplayName")
}
