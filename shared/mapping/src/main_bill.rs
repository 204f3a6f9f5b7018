//! What the main invoice of a job bills: the job's lines, less what a deposit bills of them (L2, L4, N4, N7).

use hcp::{Invoice, LineItem};
use money::Cents;

use crate::{
    Invoiced, JobRecords, Refusal, Sorted,
    bill::{
        Bill, BilledLine, Goods, add, checked, discount_of, extras, is_discount, size, sub, sum,
        tax_names, tax_of, told,
    },
    deposit::Deposited,
    join::Joined,
};

impl JobRecords {
    /// What the job's main invoice bills, where a deposit bills this of the job.
    ///
    /// # Errors
    /// When something on the job has no counterpart in QuickBooks, or its parts do not add up.
    pub(crate) fn main_bill(
        &self,
        sorted: &Sorted<'_>,
        deposited: Option<&Deposited>,
    ) -> Result<Bill, Refusal> {
        let (mut lines, mut discount) = (self.sold()?, self.discount()?);
        let tips = deposited.map_or(&[][..], |deposited| &deposited.tips);
        let mut left = lines.clone();
        let tips = take_off(&mut left, tips)?;
        let mut total = self.main_total(sorted, deposited, tips)?;
        if let Some(deposited) = deposited.filter(|deposited| deposited.is_there) {
            lines = left;
            deposited.take_off(&mut lines, &mut discount)?;
        }
        let on_top = self.paid_on_top(sorted, &lines)?;
        for line in on_top {
            total = add(total, line.amount)?;
            lines.push(line);
        }
        if let Some(invoice) = sorted.invoiced.whole() {
            let tax = self.main_tax(sorted, invoice, deposited)?;
            return told(invoice, lines, discount, tax, total);
        }
        // N4: a job tells no tax; it is what the total holds beyond lines and discounts.
        let sold = sum(lines.iter().map(|line| line.amount))?;
        let tax = add(sub(total, sold)?, discount)?;
        if tax < Cents::ZERO {
            let lines = sub(sold, discount)?;
            return Err(Refusal::LinesDoNotAddUp { lines, total });
        }
        checked(Bill {
            lines,
            discount,
            tax,
            tax_names: match sorted.invoiced.all() {
                // The deposit has the job's taxes.
                [] => tax_names(sorted.deposit.as_slice()),
                all => tax_names(all),
            },
            total,
        })
    }

    /// The job's lines in its order, discounts apart.
    fn sold(&self) -> Result<Vec<BilledLine>, Refusal> {
        let is_sold = |line: &&LineItem| !line.kind.as_ref().is_some_and(is_discount);
        let mut order: Vec<&LineItem> = self.lines.iter().filter(is_sold).collect();
        order.sort_by_key(|line| line.order_index.unwrap_or(i64::MAX));
        order.into_iter().map(BilledLine::from_job).collect()
    }

    /// What the job's discounts take off.
    pub(crate) fn discount(&self) -> Result<Cents, Refusal> {
        let is_off = |line: &&LineItem| line.kind.as_ref().is_some_and(is_discount);
        let amounts = self.lines.iter().filter(is_off).map(|line| {
            let off = line.amount;
            size(off.ok_or(Refusal::NotSupported("a discount without an amount"))?)
        });
        sum(amounts.collect::<Result<Vec<_>, _>>()?)
    }

    /// L4: what was paid on top of progress invoices and stands in their totals, but neither among the lines of the job
    /// nor in its total. A tip of that amount on the job is the same tip.
    fn paid_on_top(
        &self,
        sorted: &Sorted<'_>,
        lines: &[BilledLine],
    ) -> Result<Vec<BilledLine>, Refusal> {
        let Invoiced::Parts(parts) = &sorted.invoiced else {
            return Ok(Vec::new());
        };
        let mut on_the_job: Vec<BilledLine> = lines.to_vec();
        let mut on_top = Vec::new();
        for part in parts {
            for line in self.paid_with(part)? {
                let is_tip = line.goods == Goods::Tip;
                if !is_tip || take_off(&mut on_the_job, &[line.amount])? == Cents::ZERO {
                    on_top.push(line);
                }
            }
        }
        Ok(on_top)
    }

    /// L4: what was paid on top of an invoice and stands in its total, but not among its items.
    pub(crate) fn paid_with(&self, invoice: &Invoice) -> Result<Vec<BilledLine>, Refusal> {
        let Some(total) = invoice.amount else {
            return Ok(Vec::new());
        };
        let billed = sum(self.joined(invoice).iter().filter_map(Joined::part))?;
        let billed = add(sub(billed, discount_of(invoice)?)?, tax_of(invoice)?)?;
        extras(invoice, sub(total, billed)?)
    }

    /// What the customer is asked to pay by the main document, of which a deposit's has this, and of the job's tips
    /// these.
    ///
    /// # Errors
    /// When Housecall Pro does not tell.
    pub(crate) fn main_total(
        &self,
        sorted: &Sorted<'_>,
        deposited: Option<&Deposited>,
        tips: Cents,
    ) -> Result<Cents, Refusal> {
        let invoice = sorted.invoiced.whole().and_then(|invoice| invoice.amount);
        let without_deposit = invoice.is_some() && !sorted.bills_what_was_deposited();
        let total = invoice.or(self.job.total_amount).ok_or(Refusal::NoTotal)?;
        let Some(deposited) = deposited else {
            return Ok(total);
        };
        let of_deposit = add(deposited.total()?, tips)?;
        match (without_deposit, deposited.is_there) {
            (false, true) => sub(total, of_deposit),
            (true, false) => add(total, of_deposit),
            (true, true) => {
                let given_back = deposited.given_back;
                add(total, add(given_back.before_tax(), given_back.tax)?)
            }
            (false, false) => Ok(total),
        }
    }

    /// The tax of the main document: what its invoice tells, and what that leaves to a deposit or takes over from it.
    fn main_tax(
        &self,
        sorted: &Sorted<'_>,
        invoice: &Invoice,
        deposited: Option<&Deposited>,
    ) -> Result<Cents, Refusal> {
        let told = tax_of(invoice)?;
        let Some(deposited) = deposited else {
            return Ok(told);
        };
        if sorted.bills_what_was_deposited() {
            return sub(told, deposited.tax);
        }
        let hidden = self.hidden_tax(sorted, deposited)?;
        let told = if told > Cents::ZERO && hidden > Cents::ZERO {
            add(told, hidden)?
        } else {
            told
        };
        let taken_over = match deposited.is_there {
            true => deposited.given_back.tax,
            false => deposited.tax,
        };
        add(told, taken_over)
    }
}

/// Takes tips off that stand on another document, and tells how much of them was among the lines: a tip that was paid
/// with an invoice can stand on it alone (L4).
fn take_off(lines: &mut Vec<BilledLine>, tips: &[Cents]) -> Result<Cents, Refusal> {
    let mut off = Cents::ZERO;
    for tip in tips {
        let is_tip = |line: &BilledLine| line.goods == Goods::Tip;
        let same = |line: &BilledLine| is_tip(line) && line.amount == *tip;
        if let Some(at) = lines.iter().position(same) {
            lines.remove(at);
        } else if let Some(more) = lines
            .iter_mut()
            .find(|line| is_tip(line) && line.amount > *tip)
        {
            more.amount = sub(more.amount, *tip)?;
        } else {
            continue;
        }
        off = add(off, *tip)?;
    }
    Ok(off)
}
