//! What the lines and taxes of a job add up to.

use crate::{
    amounts::share,
    work::{Line, LineKind, Tax},
};

/// Sums in cents. `total = subtotal − discount + taxes + tips`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Totals {
    /// Labour and materials before discounts.
    pub(crate) subtotal: i64,
    /// What all discounts take off, as a positive number.
    pub(crate) discount: i64,
    /// Each tax, in the order of the job's taxes.
    pub(crate) taxes: Vec<i64>,
    /// All tips.
    pub(crate) tips: i64,
    /// What is to be paid.
    pub(crate) total: i64,
}

impl Totals {
    pub(crate) fn of(lines: &[Line], taxes: &[Tax]) -> Self {
        let subtotal = subtotal(lines);
        let sum = |wanted: fn(LineKind) -> bool| -> i64 {
            lines
                .iter()
                .filter(|line| wanted(line.kind))
                .map(|line| amount(line, subtotal))
                .sum()
        };
        let discount = sum(LineKind::is_discount);
        let tips = sum(|kind| kind == LineKind::Tip);
        let taxable: i64 = lines
            .iter()
            .filter(|line| line.kind.is_work() && line.taxable)
            .map(|line| amount(line, subtotal))
            .sum();
        // Tax applies after the discount; a discount on everything lowers the taxable part by its share.
        let base = taxable - share(discount, taxable, subtotal);
        let taxes: Vec<i64> = taxes
            .iter()
            .map(|tax| share(base, tax.rate.percent.get(), 10_000))
            .collect();
        let total = subtotal - discount + taxes.iter().sum::<i64>() + tips;
        Self {
            subtotal,
            discount,
            taxes,
            tips,
            total,
        }
    }
}

/// Labour and materials, before discounts.
pub(crate) fn subtotal(lines: &[Line]) -> i64 {
    lines
        .iter()
        .filter(|line| line.kind.is_work())
        .map(|line| amount(line, 0))
        .sum()
}

/// What a line comes to; discounts as positive numbers.
pub(crate) fn amount(line: &Line, subtotal: i64) -> i64 {
    match line.kind {
        LineKind::PercentDiscount => share(subtotal, line.unit_price, 10_000),
        _ => share(line.unit_price, line.quantity.get(), 100),
    }
}
