//! Cents by which QuickBooks rounds a sales tax otherwise than Housecall Pro (X6).

use money::Cents;
use qbo::LineDetail;

use crate::{
    bill::{Bill, ROUNDING},
    settings::Rounding,
};

/// What QuickBooks made of an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkedOut {
    /// What it comes to.
    pub total: Cents,
    /// The sales tax in it.
    pub tax: Cents,
    /// How many rates made that.
    pub rates: usize,
    /// The line in it that makes the totals equal; nothing where there is none.
    pub line: Cents,
    /// Whether that line stays as it is: it was put right already, as often as is tried. Any line changes what a
    /// discount is spread over, so that a tax at half a cent may go up with the line and down without it.
    pub tried: bool,
}

/// By how much a line of rounding makes the total Housecall Pro's; nothing where both agree without one. `None`: they
/// differ by something else than the rounding of a tax, or by more than a cent for each rate.
pub fn difference(bill: &Bill, made: WorkedOut) -> Option<Cents> {
    let bare = made.total.checked_sub(made.line)?;
    let total = bill.total.checked_sub(bare)?;
    let tax = bill.tax.checked_sub(made.tax)?;
    let most = Cents::new(i64::try_from(made.rates).ok()?);
    (total == tax && tax.abs() <= most).then_some(tax)
}

/// What the line of rounding should come to, given what QuickBooks made of the invoice last. One that is there and right
/// stays, whatever the company chooses by then; so does one that was tried.
pub fn line(choice: Rounding, bill: &Bill, made: WorkedOut) -> Cents {
    if made.tried {
        return made.line;
    }
    let line = difference(bill, made);
    let line = line.filter(|line| choice == Rounding::Line || *line == made.line);
    line.unwrap_or_default()
}

/// What the line of rounding in an invoice comes to that was written; it is the last one sold.
pub fn line_in(wrote: &qbo::Invoice) -> Cents {
    let sold = |line: &&qbo::Line| matches!(line.detail, LineDetail::SalesItem(_));
    let last = wrote.line.iter().rfind(sold);
    let ours = last.filter(|line| line.description.as_deref() == Some(ROUNDING));
    ours.and_then(|line| line.amount).unwrap_or_default()
}

#[cfg(test)]
mod tests;
