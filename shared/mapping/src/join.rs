//! Joining the items of an invoice with the lines of its job (L2): an item tells neither its price-book entry nor
//! whether it is taxable.

use hcp::{Invoice, InvoiceItem, LineItem, LineKind};
use money::{Cents, Quantity};
use serde::{Deserialize, Serialize};

use crate::{
    JobRecords, Refusal,
    bill::{BilledLine, Goods, is_discount},
};

/// A line of a progress invoice as it was sent, and the item in Housecall Pro that it was made from (N6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentLine {
    item: SentItem,
    pub(crate) line: BilledLine,
}

/// What tells an item of an invoice from others. Not what the invoice bills of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct SentItem {
    name: Option<String>,
    quantity: Option<Quantity>,
    unit_price: Option<Cents>,
    amount: Option<Cents>,
}

impl SentItem {
    fn of(item: &InvoiceItem) -> Self {
        Self {
            name: item.name.clone(),
            quantity: item.quantity,
            unit_price: item.unit_price,
            amount: item.amount,
        }
    }
}

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
        let lines = self.lines_as_sent(invoice, &[])?;
        Ok(lines.into_iter().map(|sent| sent.line).collect())
    }

    /// The same of an invoice that was sent before with these lines: an item of it goes on being what it was then.
    pub(crate) fn lines_as_sent(
        &self,
        invoice: &Invoice,
        sent: &[SentLine],
    ) -> Result<Vec<SentLine>, Refusal> {
        let mut sent: Vec<&SentLine> = sent.iter().collect();
        let is_taxed = invoice
            .taxes
            .iter()
            .any(|tax| tax.amount.is_some_and(|tax| tax != Cents::ZERO));
        let mut lines = Vec::new();
        for joined in self.joined(invoice) {
            let Some(part) = joined.part().filter(|part| *part != Cents::ZERO) else {
                continue;
            };
            let item = SentItem::of(joined.item);
            let before = sent.iter().position(|sent| sent.item == item);
            let line = match (before, joined.line) {
                (Some(place), _) => sent.remove(place).line.clone(),
                (None, Some(line)) => BilledLine::from_job(line)?,
                (None, None) => not_of_the_job(invoice, joined.item, is_taxed, part)?,
            };
            let line = BilledLine {
                amount: part,
                ..line
            };
            lines.push(SentLine { item, line });
        }
        Ok(lines)
    }
}

/// An item that repeats no line of the job: of a taxed invoice nobody can tell whether it is taxable.
fn not_of_the_job(
    invoice: &Invoice,
    item: &InvoiceItem,
    is_taxed: bool,
    part: Cents,
) -> Result<BilledLine, Refusal> {
    let is_tip = item.kind == Some(LineKind::FixedGratuity);
    if is_taxed && !is_tip {
        return Err(Refusal::UnknownLine {
            line: item.name.clone().unwrap_or_default(),
            invoice: invoice.invoice_number.clone().unwrap_or_default(),
        });
    }
    let typed = BilledLine::typed(item.name.as_deref(), item.description.as_deref(), part);
    let goods = if is_tip { Goods::Tip } else { typed.goods };
    Ok(BilledLine { goods, ..typed })
}
