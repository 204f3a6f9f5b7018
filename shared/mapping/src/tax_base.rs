//! What Housecall Pro worked a sales tax out from, and how far rounding may have moved it (X2).
//!
//! How Housecall Pro rounds is not known: by the line, by the tax, or a part of a job's tax after it was worked out.
//! All of these count as rounding; what goes beyond them is another percentage.

use money::Cents;
use qbo::Percent;

use crate::{
    JobRecords,
    bill::{self, Bill, BilledLine, is_discount},
    refusal::Refusal,
};

/// A sales tax of Housecall Pro's, and what it was worked out from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxBase {
    /// The tax.
    pub tax: Cents,
    /// What is taxable, less its share of the discount (X5).
    pub taxable: Cents,
    /// How many taxes it is made of; `None`: Housecall Pro does not tell before there is an invoice.
    taxes: Option<usize>,
    /// How many lines are taxable: a tax may have been rounded for each.
    lines: usize,
    /// By how many cents the discount may have been spread over those lines otherwise.
    spread: usize,
    /// Of a part of a job: by what else rounding may have moved it.
    part: Option<Part>,
}

/// How a bill was cut out of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    /// How many invoices the job is cut into; the last one takes what rounding left of the others.
    invoices: usize,
    /// How many lines each of them has a part of; each part is rounded, and the cents left over lie on any line.
    lines: usize,
}

/// So many taxes a job may have of which Housecall Pro does not tell: of state, county, city and district.
const MOST_TAXES: usize = 4;

impl TaxBase {
    /// Whether the sum of these rates makes the tax, within what rounding allows.
    pub(crate) fn is_made_by(&self, rates: &[Percent]) -> bool {
        self.fits(rates).unwrap_or(false)
    }

    /// `None`: the amounts are beyond what can be computed.
    fn fits(&self, rates: &[Percent]) -> Option<bool> {
        let (first, more) = rates.split_first()?;
        let add = |sum: Percent, rate: &Percent| sum.checked_add(*rate);
        let percent = more.iter().try_fold(*first, add)?;
        if percent.is_zero() {
            return Some(false);
        }
        let taxes = self.taxes.unwrap_or(MOST_TAXES.max(rates.len()));
        let part = self.part.map_or((0, 0), |part| {
            (part.invoices, part.invoices * (part.lines + taxes + 1))
        });
        // Each tax may be off by half a cent for each line, and once for each invoice.
        let halves = taxes * (self.lines.max(1) + part.0);
        let give = Cents::new(i64::try_from(self.spread + part.1).ok()?);
        let halves = Cents::new(i64::try_from(halves).ok()?);
        // Everything is doubled: half cents are whole then.
        let twice = |amount: Cents| amount.checked_add(amount);
        let of = |taxable: Option<Cents>| percent.of(twice(taxable?)?);
        let least = of(self.taxable.checked_sub(give))?;
        let most = of(self.taxable.checked_add(give))?;
        let tax = twice(self.tax)?;
        Some(
            least <= tax.checked_add(halves)?.dollars()
                && most >= tax.checked_sub(halves)?.dollars(),
        )
    }
}

/// A bill's lines and discount, as far as tax depends on them.
#[derive(Default)]
struct Sums {
    /// What the discount is spread over: no tips, surcharges or deposits.
    discounted: Cents,
    /// The taxable part of that.
    taxable: Cents,
    /// What else is taxable: a deposit that was taken off.
    beside: Cents,
    /// How many lines are taxable.
    lines: usize,
}

impl Sums {
    fn of<'a>(lines: impl IntoIterator<Item = &'a BilledLine>) -> Result<Self, Refusal> {
        let mut sums = Self::default();
        for line in lines {
            let is_discounted = line.is_discounted();
            if is_discounted {
                sums.discounted = bill::add(sums.discounted, line.amount)?;
            }
            if line.taxable {
                sums.lines += 1;
                let sum = if is_discounted {
                    &mut sums.taxable
                } else {
                    &mut sums.beside
                };
                *sum = bill::add(*sum, line.amount)?;
            }
        }
        Ok(sums)
    }

    /// Tax applies after the discount (X5), of which the taxable lines bear their share.
    fn base(&self, tax: Cents, discount: Cents, taxes: Option<usize>) -> Result<TaxBase, Refusal> {
        let off = bill::share(discount, self.taxable, self.discounted).ok_or(Refusal::NoTotal)?;
        let taxable = bill::add(bill::sub(self.taxable, off)?, self.beside)?;
        let is_spread = discount != Cents::ZERO;
        Ok(TaxBase {
            tax,
            taxable,
            taxes,
            lines: self.lines,
            spread: if is_spread { self.lines } else { 0 },
            part: None,
        })
    }
}

impl JobRecords {
    /// What the tax of a bill was worked out from, which bills the whole job or is cut out of it.
    pub(crate) fn tax_base(&self, bill: &Bill, is_part: bool) -> Result<TaxBase, Refusal> {
        let sums = Sums::of(&bill.lines)?;
        let base = sums.base(bill.tax, bill.discount, self.count_of_taxes())?;
        let part = Part {
            invoices: self.live().count(),
            lines: self.lines.len(),
        };
        Ok(TaxBase {
            part: is_part.then_some(part),
            ..base
        })
    }

    /// The tax of the whole job, which is what its total holds beyond lines and discounts (N4): it tells two rates
    /// apart where a small part of the job does not. `None`: the job does not tell.
    pub(crate) fn tax_base_of_job(&self) -> Option<TaxBase> {
        let is_off = |line: &&hcp::LineItem| line.kind.as_ref().is_some_and(is_discount);
        let (off, sold): (Vec<_>, Vec<_>) = self.lines.iter().partition(is_off);
        let off = off.into_iter().map(|line| bill::size(line.amount?).ok());
        let discount = bill::sum(off.collect::<Option<Vec<_>>>()?).ok()?;
        let sold = sold.into_iter().map(BilledLine::from_job);
        let sold = sold.collect::<Result<Vec<_>, _>>().ok()?;
        let lines = bill::sum(sold.iter().map(|line| line.amount)).ok()?;
        let before = lines.checked_sub(discount)?;
        let tax = self.job.total_amount?.checked_sub(before)?;
        let sums = Sums::of(&sold).ok()?;
        sums.base(tax, discount, self.count_of_taxes()).ok()
    }

    /// How many taxes the job has, as its invoices tell them; also those that came to nothing were rounded.
    fn count_of_taxes(&self) -> Option<usize> {
        let counts = self.live().map(|invoice| invoice.taxes.len());
        counts.max().filter(|count| *count > 0)
    }
}

#[cfg(test)]
mod tests;
