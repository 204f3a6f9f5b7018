//! Tax agencies, rates and codes.

use rust_decimal::Decimal;

use super::{Author, Change, Env, names};
use crate::{
    fault::Refusal,
    json::{Json, Object},
    store::{Books, Row, WORD, reference},
};

/// The state that a code of automated sales tax is for; kept with it, never printed.
pub(crate) const STATE: &str = "_state";

pub(crate) fn agency(books: &mut Books, env: &Env<'_>, change: &mut Change) -> Result<(), Refusal> {
    names::settle(books, env, change, "DisplayName")
}

/// Rates and codes: an app makes them through the tax service only.
pub(crate) fn from_tax_service(
    books: &mut Books,
    env: &Env<'_>,
    change: &mut Change,
) -> Result<(), Refusal> {
    if change.author == Author::App {
        return Err(Refusal::not_covered(format!(
            "writing {}: use taxservice/taxcode",
            change.entity.name
        )));
    }
    let name = change.new.text("Name").unwrap_or_default().to_owned();
    change.or_else("Description", || name.into());
    names::settle(books, env, change, "Name")
}

/// The pseudo codes of every company, with words as ids (recorded).
pub(crate) fn pseudo_codes(env: &Env<'_>) -> Vec<Row> {
    [
        (0, "TAX", true, false),
        (1, "NON", false, false),
        (u64::MAX, "CustomSalesTax", true, true),
    ]
    .into_iter()
    .map(|(id, word, taxable, group)| Row {
        id,
        token: 0,
        created: env.now,
        updated: env.now,
        deleted: false,
        object: Object::new()
            .with("Name", word)
            .with("Description", word)
            .with("Taxable", taxable)
            .with("TaxGroup", group)
            .with(WORD, word),
    })
    .collect()
}

/// A list of rates as a code has it.
pub(crate) fn rate_list(rates: &[u64]) -> Json {
    let details: Vec<Json> = rates
        .iter()
        .map(|id| {
            Object::new()
                .with("TaxRateRef", Object::new().with("value", id.to_string()))
                .with("TaxTypeApplicable", "TaxOnAmount")
                .with("TaxOrder", Json::Number("0".to_owned()))
                .into()
        })
        .collect();
    Object::new().with("TaxRateDetail", details).into()
}

/// The rates that a code puts on sales: ids and percentages.
pub(super) fn rates(books: &Books, code: u64) -> Vec<(u64, Decimal)> {
    let Some(code) = books.row("TaxCode", code) else {
        return Vec::new();
    };
    code.object
        .list("SalesTaxRateList.TaxRateDetail")
        .iter()
        .filter_map(|detail| reference(detail.as_object()?, "TaxRateRef"))
        .filter_map(|id| Some((id, books.row("TaxRate", id)?.object.decimal("RateValue")?)))
        .collect()
}

/// The code of automated sales tax for a state; none where the company does not collect.
pub(super) fn code_of_state(books: &Books, state: &str) -> Option<u64> {
    books
        .rows("TaxCode")
        .find(|row| {
            row.object
                .text(STATE)
                .is_some_and(|known| known.eq_ignore_ascii_case(state))
        })
        .map(|row| row.id)
}
