//! The sales tax of a document: none, by a code that it names, or by where it ships to.

use rust_decimal::Decimal;

use super::lines;
use crate::{
    fault::Refusal,
    intake::cents,
    json::{Json, Object, amount, shortest},
    options::{SalesTax, UncollectedTax},
    rules::{Change, Env, company, tax},
    store::{Books, reference},
};

const DETAIL: &str = "TxnTaxDetail";

/// A taxed transaction has at most so many lines.
const MAX_TAXED_LINES: usize = 750;

/// An amount of tax that the sender chose; kept with the document, never printed.
const OVERRIDE: &str = "_taxOverride";

/// Works the tax out and gives what it comes to.
pub(super) fn settle(
    books: &Books,
    env: &Env<'_>,
    change: &mut Change,
) -> Result<Decimal, Refusal> {
    let mode = change.new.remove("GlobalTaxCalculation");
    let is_inclusive = mode.is_some_and(|mode| mode.as_text() == Some("TaxInclusive"));
    if is_inclusive && env.company.sales_tax != SalesTax::Off {
        return Err(Refusal::not_covered("prices that include the tax"));
    }
    let detail = match env.company.sales_tax {
        SalesTax::Off => none(),
        SalesTax::Manual => by_code(books, change),
        SalesTax::Automated => by_address(books, env, change),
    };
    let total = detail.decimal("TotalTax").unwrap_or_default();
    let lines = change.new.list("Line").iter();
    let count = lines.filter(|line| line.at("Id").is_some()).count();
    if !total.is_zero() && count > MAX_TAXED_LINES {
        return Err(Refusal::business(
            "A taxable transaction can have 750 lines at most.",
        ));
    }
    change.new.set(DETAIL, detail);
    Ok(total)
}

/// Takes the tax off a voided document.
pub(super) fn clear(document: &mut Object) {
    document.set(DETAIL, none());
    document.remove(OVERRIDE);
}

fn none() -> Object {
    Object::new().with("TotalTax", amount(Decimal::ZERO))
}

/// Kept by hand: the document names the code, and QuickBooks adds up; amounts sent are not taken.
fn by_code(books: &Books, change: &Change) -> Object {
    let code = change
        .new
        .get(DETAIL)
        .and_then(Json::as_object)
        .and_then(|detail| reference(detail, "TxnTaxCodeRef"));
    let Some(code) = code else {
        return none();
    };
    let base = taxable(&change.new);
    let rates = tax::rates(books, code);
    let amounts = rates.iter().map(|(_, percent)| share(base, *percent));
    detail(code, base, &rates, &amounts.collect::<Vec<_>>())
}

/// Automated: the code follows from the address. An amount is honoured when it comes with a code; where no tax is
/// collected, only when the company is so.
fn by_address(books: &Books, env: &Env<'_>, change: &mut Change) -> Object {
    let chosen = chosen(env, change);
    change.new.remove(OVERRIDE);
    let is_exempt = books
        .referenced("Customer", &change.new, "CustomerRef")
        .is_some_and(|customer| {
            customer.object.bool("Taxable") == Some(false)
                || customer.object.get("TaxExemptionReasonId").is_some()
        });
    let state = ["ShipAddr", "BillAddr"]
        .iter()
        .find_map(|address| change.new.at(address))
        .and_then(|address| address.text("CountrySubDivisionCode"))
        .unwrap_or(company::STATE);
    let base = taxable(&change.new);
    let code_of_amount = || {
        let sent = change.new.get(DETAIL).and_then(Json::as_object);
        let is_kept = chosen.is_some() && env.doubts.uncollected_tax == UncollectedTax::Keep;
        sent.filter(|_| is_kept)
            .and_then(|sent| reference(sent, "TxnTaxCodeRef"))
    };
    let code = tax::code_of_state(books, state)
        .filter(|_| !is_exempt)
        .or_else(code_of_amount);
    let Some(code) = code else {
        return none();
    };
    let rates = tax::rates(books, code);
    let mut amounts: Vec<Decimal> = rates
        .iter()
        .map(|(_, percent)| share(base, *percent))
        .collect();
    if let Some(chosen) = chosen {
        change.new.set(OVERRIDE, amount(chosen));
        amounts = spread(chosen, &rates);
    }
    detail(code, base, &rates, &amounts)
}

/// The amount of tax that the document has by its sender's will.
fn chosen(env: &Env<'_>, change: &Change) -> Option<Decimal> {
    if env.doubts.automated_tax_overrides {
        return None;
    }
    if change.sends(DETAIL) {
        let sent = change.sent.at(DETAIL)?;
        sent.at("TxnTaxCodeRef.value")?;
        return sent.decimal("TotalTax");
    }
    if env.doubts.tax_override_survives_edit {
        change.old.decimal(OVERRIDE)
    } else {
        None
    }
}

/// What tax is put on: the taxable lines, less their part of the discount when that goes first.
fn taxable(document: &Object) -> Decimal {
    let sums = lines::sums(document);
    let goes_first = document.bool("ApplyTaxAfterDiscount") == Some(true);
    let part = if goes_first && !sums.sales.is_zero() {
        sums.discount
            .checked_mul(sums.taxable)
            .and_then(|product| product.checked_div(sums.sales))
            .map(cents)
            .unwrap_or_default()
    } else {
        Decimal::ZERO
    };
    sums.taxable - part
}

/// Tax is rounded for each rate (seen in recorded documents).
fn share(base: Decimal, percent: Decimal) -> Decimal {
    base.checked_mul(percent)
        .and_then(|product| product.checked_div(Decimal::ONE_HUNDRED))
        .map(cents)
        .unwrap_or_default()
}

/// A chosen amount over the rates in their proportion; the last one takes what rounding leaves.
fn spread(chosen: Decimal, rates: &[(u64, Decimal)]) -> Vec<Decimal> {
    let all: Decimal = rates.iter().map(|(_, percent)| percent).sum();
    let mut left = chosen;
    rates
        .iter()
        .enumerate()
        .map(|(n, (_, percent))| {
            let part = if n + 1 == rates.len() || all.is_zero() {
                left
            } else {
                chosen
                    .checked_mul(*percent)
                    .and_then(|product| product.checked_div(all))
                    .map(cents)
                    .unwrap_or_default()
            };
            left -= part;
            part
        })
        .collect()
}

fn detail(code: u64, base: Decimal, rates: &[(u64, Decimal)], amounts: &[Decimal]) -> Object {
    let lines: Vec<Json> = rates
        .iter()
        .zip(amounts)
        .map(|((rate, percent), value)| {
            let detail = Object::new()
                .with("TaxRateRef", Object::new().with("value", rate.to_string()))
                .with("PercentBased", true)
                .with("TaxPercent", shortest(*percent))
                .with("NetAmountTaxable", amount(base));
            Object::new()
                .with("Amount", amount(*value))
                .with("DetailType", "TaxLineDetail")
                .with("TaxLineDetail", detail)
                .into()
        })
        .collect();
    Object::new()
        .with(
            "TxnTaxCodeRef",
            Object::new().with("value", code.to_string()),
        )
        .with("TotalTax", amount(amounts.iter().sum()))
        .with("TaxLine", lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::decimal;

    #[test]
    fn a_chosen_amount_is_spread_to_the_cent() {
        let number = |text| decimal(text).unwrap();
        let rates = [(1, number("6")), (2, number("1.25"))];
        assert_eq!(
            spread(number("10"), &rates),
            [number("8.28"), number("1.72")]
        );
        let nothing = [(1, number("0")), (2, number("0"))];
        assert_eq!(spread(number("1"), &nothing), [number("1"), number("0")]);
        assert!(spread(number("1"), &[]).is_empty());
    }
}
