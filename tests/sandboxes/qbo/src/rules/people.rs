//! What customers, vendors and employees have in common.

use super::{Change, Env, home_currency, names, number_address};
use crate::{fault::Refusal, store::Books};

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
