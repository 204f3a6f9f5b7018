//! Whether an invoice comes to the same in both systems (X4).

use mapping::Bill;
use money::Cents;
use store::Totals;

use crate::{
    alerts::{self, AlertKind},
    books::Session,
    engine::Engine,
    plan::Plan,
    stop::Stop,
    world::World,
};

impl<W: World> Engine<W> {
    /// Compares what QuickBooks made of an invoice with what Housecall Pro says, to the cent. A difference is
    /// reported; the invoice stays.
    pub(crate) async fn compare(
        &self,
        session: &Session,
        plan: &Plan<'_>,
        quickbooks: Option<Totals>,
    ) -> Result<bool, Stop> {
        let housecall = of(&plan.document.bill);
        if quickbooks == Some(housecall) {
            return Ok(false);
        }
        let quickbooks = quickbooks.unwrap_or(Totals {
            total: Cents::ZERO,
            tax: Cents::ZERO,
        });
        let finding = plan
            .finding(AlertKind::TotalMismatch)
            .with("number", &plan.number)
            .with("difference", difference(housecall, quickbooks))
            .with("housecall_total", housecall.total)
            .with("housecall_tax", housecall.tax)
            .with("quickbooks_total", quickbooks.total)
            .with("quickbooks_tax", quickbooks.tax);
        alerts::raise(&self.world, &session.books, &finding).await?;
        Ok(true)
    }
}

/// Whether QuickBooks is known to have come to something else than a bill.
pub(crate) fn differ(quickbooks: Option<Totals>, bill: &Bill) -> bool {
    quickbooks.is_some_and(|totals| totals != of(bill))
}

fn of(bill: &Bill) -> Totals {
    Totals {
        total: bill.total,
        tax: bill.tax,
    }
}

/// By how much QuickBooks differs, in words.
fn difference(housecall: Totals, quickbooks: Totals) -> String {
    let by = |ours: Cents, theirs: Cents, what: &str| {
        let cents = i128::from(theirs.get()) - i128::from(ours.get());
        let more = if cents < 0 { "less" } else { "more" };
        let cents = cents.unsigned_abs();
        (cents > 0).then(|| format!("{}.{:02} {more}{what}", cents / 100, cents % 100))
    };
    let parts = [
        by(housecall.total, quickbooks.total, ""),
        by(housecall.tax, quickbooks.tax, " sales tax"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x4_the_difference_is_told_to_the_cent() {
        let totals = |total, tax| Totals {
            total: Cents::new(total),
            tax: Cents::new(tax),
        };
        for (ours, theirs, words) in [
            (
                totals(31_561, 561),
                totals(31_560, 560),
                "0.01 less and 0.01 less sales tax",
            ),
            (totals(10_000, 0), totals(10_001, 0), "0.01 more"),
            (totals(10_000, 0), totals(0, 0), "100.00 less"),
            (
                totals(10_000, 500),
                totals(10_000, 612),
                "1.12 more sales tax",
            ),
            (
                totals(i64::MAX, 0),
                totals(-1, 0),
                "92233720368547758.08 less",
            ),
        ] {
            assert_eq!(difference(ours, theirs), words);
        }
    }
}
