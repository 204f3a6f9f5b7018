//! The forms that one bill can have in QuickBooks: how a discount stands on it (L3), and what was written in a form of
//! before.

use std::borrow::Cow;

use money::Cents;
use qbo::LineDetail;

use crate::{
    Document, Refusal,
    bill::{self, Bill, BilledLine, Goods},
    rounding, tax,
};

/// What a discount is called where it is a line among others.
const DISCOUNT: &str = "Discount";

impl BilledLine {
    /// Whether Housecall Pro spreads the job's discount over it too.
    pub(crate) fn is_discounted(&self) -> bool {
        !self.is_extra()
            && !self.goods.is_deposit()
            && !matches!(
                self.goods,
                Goods::DepositOffSales | Goods::Discount | Goods::Rounding
            )
    }
}

impl Bill {
    /// What is taken off the whole as a discount, in whichever form.
    pub(crate) fn discounts(&self) -> Result<Cents, Refusal> {
        let lines = self.lines.iter();
        let lines = lines.filter(|line| line.goods == Goods::Discount);
        bill::sub(self.discount, bill::sum(lines.map(|line| line.amount))?)
    }

    /// L3: QuickBooks spreads a discount over all lines, and the tax with it. Where there are lines that Housecall Pro
    /// does not discount, what is taxable and what is not each get a line of their own that takes its part off. `None`:
    /// it stays one for all.
    fn with_discount_among_lines(&self) -> Result<Option<Self>, Refusal> {
        let is_shared = || self.lines.iter().all(BilledLine::is_discounted);
        if self.discount == Cents::ZERO || self.tax == Cents::ZERO || is_shared() {
            return Ok(None);
        }
        let discounted = self.lines.iter().filter(|line| line.is_discounted());
        let taxable = discounted.clone().filter(|line| line.taxable);
        let taxable = bill::sum(taxable.map(|line| line.amount))?;
        let sold = bill::sum(discounted.map(|line| line.amount))?;
        let taxable = bill::share(self.discount, taxable, sold).ok_or(Refusal::NoTotal)?;
        let parts = [(taxable, true), (bill::sub(self.discount, taxable)?, false)];
        let mut all = self.clone();
        all.discount = Cents::ZERO;
        for (off, taxable) in parts {
            if off != Cents::ZERO {
                let off = bill::sub(Cents::ZERO, off)?;
                let line = BilledLine::part(Goods::Discount, DISCOUNT, off, taxable);
                all.lines.push(line);
            }
        }
        Ok(Some(all))
    }

    /// Whether an invoice was written with just these amounts, taxed alike, and this discount on the whole, but for a
    /// line of rounding (X6).
    fn is_what_was_written(&self, wrote: &qbo::Invoice) -> bool {
        let bill = match rounding::line_in(wrote) {
            Cents::ZERO => Cow::Borrowed(self),
            line => Cow::Owned(self.clone().rounded(line)),
        };
        let mut discount = None;
        let sales: Vec<_> = wrote
            .line
            .iter()
            .filter_map(|line| match &line.detail {
                LineDetail::SalesItem(sale) => Some((line.amount, sale.tax_code.clone())),
                LineDetail::Discount(_) => {
                    discount = line.amount;
                    None
                }
                _ => None,
            })
            .collect();
        let lines = bill.lines.iter().map(|line| {
            let code = tax::code_of_line(&bill, line.taxable);
            (Some(line.amount), Some(code))
        });
        let tax = wrote.txn_tax_detail.as_ref();
        let tax = tax.and_then(|tax| tax.total_tax).unwrap_or_default();
        let is_taxed_alike = tax == bill.tax_in_quickbooks();
        discount.unwrap_or_default() == bill.discount && is_taxed_alike && lines.eq(sales)
    }
}

impl Document {
    /// Gives the bill the form that it is sent in, and keeps those in which it may have been sent before.
    ///
    /// # Errors
    /// When an amount has no room.
    pub(crate) fn in_its_form(mut self) -> Result<Self, Refusal> {
        if let Some(bill) = self.bill.with_discount_among_lines()? {
            self.former.push(std::mem::replace(&mut self.bill, bill));
        }
        Ok(self)
    }

    /// The document as it was written before, where that has only another form: a change of ours is never a reason to
    /// write. `None`: it has the form that it would be sent in, or says something else.
    #[must_use]
    pub fn as_written(&self, wrote: &qbo::Invoice) -> Option<Self> {
        let mut former = self.former.iter();
        let bill = former.find(|bill| bill.is_what_was_written(wrote))?;
        Some(Self {
            bill: bill.clone(),
            ..self.clone()
        })
    }
}
