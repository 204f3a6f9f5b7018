//! Joining the items of an invoice with the lines of its job (L2): an item tells neither its price-book entry nor
//! whether it is taxable.

use hcp::{Invoice, InvoiceItem, LineItem, LineKind};
use money::{Cents, Quantity};

use crate::{
    JobRecords, Refusal,
    bill::{BilledLine, Goods, is_discount},
};

/// The lines of a job that no item was joined with yet.
struct Unjoined<'a>(Vec<&'a LineItem>);

impl<'a> Unjoined<'a> {
    /// The line that an item repeats. Where Housecall Pro rounds the quantity of an item to hundredths, the rest
    /// decides.
    fn take(&mut self, item: &InvoiceItem) -> Option<&'a LineItem> {
        let same = |line: &&LineItem| {
            line.name == item.name
                && (item.unit_price.is_none() || line.unit_price == item.unit_price)
                && amount(line) == item.amount
        };
        let exactly = |line: &&LineItem| {
            let quantity = line.quantity.unwrap_or(Quantity::ONE);
            same(line) && item.quantity.is_none_or(|told| told == quantity)
        };
        let place = self.0.iter().position(exactly);
        let place = place.or_else(|| self.0.iter().position(same))?;
        Some(self.0.remove(place))
    }
}

/// What a line comes to.
fn amount(line: &LineItem) -> Option<Cents> {
    let quantity = line.quantity.unwrap_or(Quantity::ONE);
    line.amount.or_else(|| quantity.times(line.unit_price?))
}

/// An item of an invoice that is no discount.
pub(crate) struct Joined<'a> {
    pub(crate) item: &'a InvoiceItem,
    /// The line of the job that it repeats.
    pub(crate) line: Option<&'a LineItem>,
}

impl Joined<'_> {
    /// What the invoice bills of it.
    pub(crate) fn part(&self) -> Option<Cents> {
        self.item.invoiced_amount.or(self.item.amount)
    }

    pub(crate) fn is_taxable(&self) -> bool {
        self.line.is_some_and(|line| line.taxable == Some(true))
    }
}

impl JobRecords {
    /// The items of an invoice, discounts apart, with the lines that they repeat.
    pub(crate) fn joined<'a>(&'a self, invoice: &'a Invoice) -> Vec<Joined<'a>> {
        let sold = |line: &&LineItem| !line.kind.as_ref().is_some_and(is_discount);
        let mut lines: Vec<&LineItem> = self.lines.iter().filter(sold).collect();
        lines.sort_by_key(|line| line.order_index.unwrap_or(i64::MAX));
        let mut unjoined = Unjoined(lines);
        let items = invoice.items.iter();
        items
            .filter(|item| !item.kind.as_ref().is_some_and(is_discount))
            .map(|item| Joined {
                item,
                line: unjoined.take(item),
            })
            .collect()
    }

    /// What an invoice over a part of the job bills: its part of each line.
    ///
    /// # Errors
    /// When it is taxed and has an item that is no line of the job: whether that is taxable nobody can tell.
    pub(crate) fn parts_of_lines(&self, invoice: &Invoice) -> Result<Vec<BilledLine>, Refusal> {
        let is_taxed = invoice
            .taxes
            .iter()
            .any(|tax| tax.amount.is_some_and(|tax| tax != Cents::ZERO));
        let mut lines = Vec::new();
        for joined in self.joined(invoice) {
            let Some(part) = joined.part().filter(|part| *part != Cents::ZERO) else {
                continue;
            };
            let item = joined.item;
            let is_tip = item.kind == Some(LineKind::FixedGratuity);
            lines.push(match joined.line {
                Some(line) => BilledLine {
                    amount: part,
                    ..BilledLine::from_job(line)?
                },
                None if is_taxed && !is_tip => {
                    return Err(Refusal::UnknownLine {
                        line: item.name.clone().unwrap_or_default(),
                        invoice: invoice.invoice_number.clone().unwrap_or_default(),
                    });
                }
                None => {
                    let typed =
                        BilledLine::typed(item.name.as_deref(), item.description.as_deref(), part);
                    let goods = if is_tip { Goods::Tip } else { typed.goods };
                    BilledLine { goods, ..typed }
                }
            });
        }
        Ok(lines)
    }
}
