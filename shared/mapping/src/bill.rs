//! What an invoice bills: lines, discount, tips and tax, which add up to its total (L1 to L5, X5).

use hcp::{Invoice, LineItem, LineKind, ServiceItemId};
use money::{Cents, Quantity};
use serde::{Deserialize, Serialize};

use crate::{names, refusal::Refusal};

/// What the line of a cent is called (X6).
pub(crate) const ROUNDING: &str = "Rounding";

/// Stands for a name that Housecall Pro leaves out.
pub(crate) const NO_NAME: &str = "(no name)";

/// What an invoice bills. Its lines less the discount, plus the tax, are its total, to the cent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bill {
    /// What is sold, in the order of the job; then tips and surcharges.
    pub lines: Vec<BilledLine>,
    /// What is taken off the whole; never negative. Where it would be spread over lines that Housecall Pro does not
    /// discount, it stands among the lines instead (L3).
    pub discount: Cents,
    /// The sales tax; never negative. It applies after the discount (X5).
    pub tax: Cents,
    /// What Housecall Pro calls the taxes.
    pub tax_names: Vec<String>,
    /// What the customer is asked to pay.
    pub total: Cents,
}

/// One line to invoice, checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BilledLine {
    /// Name on the job.
    pub name: String,
    /// Description on the job.
    pub description: Option<String>,
    /// What it is.
    pub goods: Goods,
    /// How many.
    pub quantity: Quantity,
    /// Price of one.
    pub unit_price: Option<Cents>,
    /// Total.
    pub amount: Cents,
    /// Whether tax would apply.
    pub taxable: bool,
}

/// What a line sells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goods {
    /// A service of the price book.
    Service(ServiceItemId),
    /// A material of the price book.
    Material(ServiceItemId),
    /// Something typed on the job (L5).
    NotInPriceBook,
    /// A tip (L4).
    Tip,
    /// What the customer paid for paying by card (L4).
    Surcharge,
    /// A deposit: what its own invoice bills, and what the main one takes off (N7).
    Deposit,
    /// The same of one that is owed until the main invoice takes it off (P9).
    HeldDeposit,
    /// A deposit that does not bill an item of deposits, taken off the item *Sales* (N7).
    DepositOffSales,
    /// A discount on what is taxable, or on what is not (L3).
    Discount,
    /// A cent that QuickBooks rounds a tax otherwise by (X6).
    Rounding,
}

impl Goods {
    /// Whether it stands on an item of deposits.
    #[must_use]
    pub fn is_deposit(&self) -> bool {
        matches!(self, Self::Deposit | Self::HeldDeposit)
    }
}

impl Bill {
    /// Whether a line is on an item of deposits.
    #[must_use]
    pub fn has_deposit(&self) -> bool {
        self.lines.iter().any(|line| line.goods.is_deposit())
    }

    /// The same with a line that moves `by` from the tax to what is not taxed (X6); the tax stays Housecall Pro's.
    #[must_use]
    pub fn rounded(mut self, by: Cents) -> Self {
        let line = BilledLine::extra(Goods::Rounding, ROUNDING, by);
        self.lines.push(line);
        self
    }

    /// What that line comes to; nothing without one.
    pub fn rounding(&self) -> Cents {
        let mut lines = self.lines.iter();
        let line = lines.rfind(|line| line.goods == Goods::Rounding);
        line.map_or(Cents::ZERO, |line| line.amount)
    }

    /// The tax that QuickBooks comes to.
    pub fn tax_in_quickbooks(&self) -> Cents {
        self.tax - self.rounding()
    }
}

/// The taxes that an invoice tells.
pub(crate) fn tax_of(invoice: &Invoice) -> Result<Cents, Refusal> {
    sum(invoice.taxes.iter().filter_map(|tax| tax.amount))
}

/// What an invoice takes off as a whole.
pub(crate) fn discount_of(invoice: &Invoice) -> Result<Cents, Refusal> {
    let told = invoice.discounts.iter().filter_map(|given| given.amount);
    sum(told.map(size).collect::<Result<Vec<_>, _>>()?)
}

/// What an invoice bills that tells its own discounts and payments.
pub(crate) fn told(
    invoice: &Invoice,
    mut lines: Vec<BilledLine>,
    mut discount: Cents,
    tax: Cents,
    total: Cents,
) -> Result<Bill, Refusal> {
    if tax < Cents::ZERO {
        return Err(Refusal::NotSupported("a negative sales tax"));
    }
    let sold = sum(lines.iter().map(|line| line.amount))?;
    let told = discount_of(invoice)?;
    let missing = |discount: Cents| sub(total, add(sub(sold, discount)?, tax)?);
    let on_top = extras(invoice, missing(discount)?)?;
    // Discounts stand on the job and on its invoice; either list can lack one that was just given. Beside a tip or a
    // surcharge of the same amount it is the invoice's list that lacks it.
    if on_top.is_empty() && missing(discount)? != Cents::ZERO && missing(told)? == Cents::ZERO {
        discount = told;
    }
    lines.extend(on_top);
    let billed = sum(lines.iter().map(|line| line.amount))?;
    let billed = add(sub(billed, discount)?, tax)?;
    if billed != total {
        return Err(Refusal::LinesDoNotAddUp {
            lines: billed,
            total,
        });
    }
    checked(Bill {
        lines,
        discount,
        tax,
        tax_names: tax_names(&[invoice]),
        total,
    })
}

/// What Housecall Pro calls the taxes: those that come to anything, else all.
pub(crate) fn tax_names(invoices: &[&Invoice]) -> Vec<String> {
    let taxes = || invoices.iter().flat_map(|invoice| &invoice.taxes);
    let charges = |tax: &&hcp::Tax| tax.amount.is_some_and(|tax| tax != Cents::ZERO);
    let any = taxes().any(|tax| charges(&tax));
    let named = taxes().filter(|tax| !any || charges(tax));
    let mut names: Vec<String> = named.filter_map(|tax| tax.name.clone()).collect();
    names.sort();
    names.dedup();
    names
}

pub(crate) fn is_discount(kind: &LineKind) -> bool {
    matches!(kind, LineKind::FixedDiscount | LineKind::PercentDiscount)
}

/// `whole × part / of`, to the nearest cent; nothing of nothing.
pub(crate) fn share(whole: Cents, part: Cents, of: Cents) -> Option<Cents> {
    let [whole, part, of] = [whole, part, of].map(|amount| i128::from(amount.get()));
    if of == 0 {
        return Some(Cents::ZERO);
    }
    let twice = whole.checked_mul(part)?.checked_mul(2)?.checked_add(of)?;
    let cents = twice.div_euclid(of.checked_mul(2)?);
    cents.try_into().ok().map(Cents::new)
}

pub(crate) fn checked(mut bill: Bill) -> Result<Bill, Refusal> {
    if bill.total < Cents::ZERO {
        return Err(Refusal::NotSupported("a negative total"));
    }
    // What a deposit takes off bears no tax of its own.
    let bears_tax =
        |line: &BilledLine| line.taxable && (!line.goods.is_deposit() || line.amount > Cents::ZERO);
    if bill.tax > Cents::ZERO && !bill.lines.iter().any(bears_tax) {
        return Err(Refusal::NoTaxableLine(bill.tax));
    }
    if bill.tax == Cents::ZERO {
        join_deposit(&mut bill.lines)?;
    }
    Ok(bill)
}

/// Without tax nobody cares what of a deposit is taxable: it is one line.
fn join_deposit(lines: &mut Vec<BilledLine>) -> Result<(), Refusal> {
    let is_deposit =
        |line: &BilledLine| line.goods.is_deposit() || line.goods == Goods::DepositOffSales;
    let off = sum(lines
        .iter()
        .filter(|line| is_deposit(line))
        .map(|line| line.amount))?;
    let Some(first) = lines.iter_mut().find(|line| is_deposit(line)) else {
        return Ok(());
    };
    first.amount = off;
    first.taxable = false;
    let mut kept = false;
    lines.retain(|line| !is_deposit(line) || !std::mem::replace(&mut kept, true));
    Ok(())
}

/// L4: tips and card surcharges that were paid with the invoice and stand in its total, but not among the
/// lines of the job.
pub(crate) fn extras(invoice: &Invoice, missing: Cents) -> Result<Vec<BilledLine>, Refusal> {
    let paid = || {
        invoice
            .payments
            .iter()
            .filter(|payment| payment.is_succeeded())
    };
    let tips = sum(paid().filter_map(|payment| payment.tip_amount))?;
    let surcharges = sum(paid().filter_map(|payment| payment.surcharge_fee_amount))?;
    let tip = || BilledLine::extra(Goods::Tip, "Tip", tips);
    let surcharge = || BilledLine::extra(Goods::Surcharge, "Card surcharge", surcharges);
    Ok(if missing == Cents::ZERO {
        Vec::new()
    } else if missing == tips {
        vec![tip()]
    } else if missing == surcharges {
        vec![surcharge()]
    } else if missing == add(tips, surcharges)? {
        vec![tip(), surcharge()]
    } else {
        Vec::new()
    })
}

pub(crate) fn add(one: Cents, other: Cents) -> Result<Cents, Refusal> {
    one.checked_add(other).ok_or(Refusal::NoTotal)
}

pub(crate) fn sub(one: Cents, other: Cents) -> Result<Cents, Refusal> {
    one.checked_sub(other).ok_or(Refusal::NoTotal)
}

pub(crate) fn sum(amounts: impl IntoIterator<Item = Cents>) -> Result<Cents, Refusal> {
    amounts.into_iter().try_fold(Cents::ZERO, add)
}

/// Housecall Pro does not say which sign a discount has.
pub(crate) fn size(amount: Cents) -> Result<Cents, Refusal> {
    if amount < Cents::ZERO {
        sub(Cents::ZERO, amount)
    } else {
        Ok(amount)
    }
}

impl BilledLine {
    pub(crate) fn from_job(line: &LineItem) -> Result<Self, Refusal> {
        if let Some(LineKind::Other(_)) = line.kind {
            return Err(Refusal::NotSupported("a line of an unknown kind"));
        }
        let quantity = line.quantity.unwrap_or(Quantity::ONE);
        let amount = line
            .amount
            .or_else(|| quantity.times(line.unit_price?))
            .ok_or(Refusal::NotSupported("a line without an amount"))?;
        let goods = match (&line.service_item_id, &line.kind) {
            (_, Some(LineKind::FixedGratuity)) => Goods::Tip,
            (None, _) => Goods::NotInPriceBook,
            (Some(id), Some(LineKind::Materials)) => Goods::Material(id.clone()),
            (Some(id), _) => Goods::Service(id.clone()),
        };
        Ok(Self {
            name: names::present(line.name.as_deref())
                .unwrap_or(NO_NAME)
                .to_owned(),
            description: names::present(line.description.as_deref()).map(str::to_owned),
            taxable: line.taxable.unwrap_or(false) && goods != Goods::Tip,
            goods,
            quantity,
            unit_price: line.unit_price,
            amount,
        })
    }

    /// A line that the job does not have.
    pub(crate) fn typed(name: Option<&str>, description: Option<&str>, amount: Cents) -> Self {
        let name = names::present(name).unwrap_or(NO_NAME);
        Self {
            description: names::present(description).map(str::to_owned),
            ..Self::extra(Goods::NotInPriceBook, name, amount)
        }
    }

    /// A part of something, with no price of its own.
    pub(crate) fn part(goods: Goods, name: &str, amount: Cents, taxable: bool) -> Self {
        Self {
            unit_price: None,
            taxable,
            ..Self::extra(goods, name, amount)
        }
    }

    /// Whether it stands on an invoice beside the work: it was paid with this invoice (L4).
    pub(crate) fn is_extra(&self) -> bool {
        matches!(self.goods, Goods::Tip | Goods::Surcharge)
    }

    fn extra(goods: Goods, name: &str, amount: Cents) -> Self {
        Self {
            name: name.to_owned(),
            description: None,
            goods,
            quantity: Quantity::ONE,
            unit_price: Some(amount),
            amount,
            taxable: false,
        }
    }
}

#[cfg(test)]
mod tests;
