//! What a refund takes off what its invoice sold: each line, the discount and the tax, to the cent.

use money::Cents;
use qbo::{Id, Invoice, Line, LineDetail, Percent, Ref, SalesItemLine, TxnTaxDetail};

use super::{GivenBack, JobRefund};
use crate::{
    bill::{ROUNDING, share},
    tax::{NOT_TAXED, TAXED},
};

/// An invoice as QuickBooks has it.
#[derive(Clone, Copy, Debug)]
pub struct Billed<'a> {
    /// As it was last written.
    pub invoice: &'a Invoice,
    /// The sales tax that QuickBooks has on it.
    pub tax: Cents,
    /// The item of tips.
    pub tips: Option<&'a Id>,
    /// The item of card surcharges.
    pub surcharges: Option<&'a Id>,
    /// The item of deposits that are owed, where the job has one (P9).
    pub held: Option<&'a Id>,
    /// The rates by which QuickBooks works the tax out itself; none where it takes what is sent.
    pub rates: Option<&'a [Percent]>,
}

/// What was moved by a receipt, as it was written.
#[derive(Clone, Debug, Default)]
pub struct Moved {
    /// Its lines.
    pub lines: Vec<Line>,
    /// What of it is tax.
    pub tax: Cents,
}

/// What happened to what the invoice sold.
#[derive(Clone, Debug)]
pub enum Earlier {
    /// A refund took this off.
    Returned(Moved),
    /// A payment that repeated a refund sold this once more (P4).
    Repeated(Moved),
}

/// What a receipt takes of a sale: of its invoice for a refund, of refunds for what repeats them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mirror {
    /// Its lines.
    pub lines: Vec<Line>,
    /// Its class.
    pub class: Option<Ref>,
    /// Its tax.
    pub tax_detail: Option<TxnTaxDetail>,
    /// What of it is work.
    pub work: GivenBack,
}

/// How much a receipt takes, and what of that are a tip and a card surcharge.
#[derive(Clone, Copy, Debug, Default)]
struct Asked {
    amount: Cents,
    tip: Cents,
    surcharge: Cents,
}

/// What a line sells, as far as refunds tell it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    Work,
    Tip,
    Surcharge,
}

/// A line of the invoice, and what earlier refunds left of it.
struct Part<'a> {
    line: &'a Line,
    sold: &'a SalesItemLine,
    group: Group,
    left: Cents,
}

/// What earlier refunds left of an invoice.
struct Left<'a> {
    parts: Vec<Part<'a>>,
    discount: Cents,
    tax: Cents,
}

/// What is taken of each of these.
struct Taken {
    lines: Vec<Cents>,
    discount: Cents,
    tax: Cents,
}

/// What a refund takes off its invoice, of which these took something before: tip and surcharge off their own lines, the
/// rest in proportion off all that is left of lines, discount and tax. What is left when nothing is paid any more is taken
/// whole. `None`: it is more than what is left.
pub fn mirrored(billed: Billed<'_>, earlier: &[Earlier], refund: &JobRefund) -> Option<Mirror> {
    let asked = Asked {
        amount: refund.amount,
        tip: refund.tip,
        surcharge: refund.surcharge,
    };
    let left = Left::of(billed, earlier);
    let taken = left.take(asked)?;
    Some(left.mirror(billed, &taken))
}

/// What so much of a payment sells once more that refunds of an invoice took off: the same lines, discount and tax, less
/// what payments before it sold once more. Tips come last. `None`: it is more than what refunds took off.
pub fn repeated(billed: Billed<'_>, earlier: &[Earlier], amount: Cents) -> Option<Mirror> {
    let mut returned = Moved::default();
    let mut before = Vec::new();
    for one in earlier {
        match one {
            Earlier::Returned(moved) => {
                for line in without_cents(&moved.lines) {
                    add(&mut returned.lines, line);
                }
                returned.tax = returned.tax + moved.tax;
            }
            Earlier::Repeated(moved) => before.push(Earlier::Returned(Moved {
                lines: without_cents(&moved.lines),
                tax: moved.tax,
            })),
        }
    }
    let sold = Invoice {
        line: returned.lines,
        class_ref: billed.invoice.class_ref.clone(),
        txn_tax_detail: billed.invoice.txn_tax_detail.clone(),
        ..Invoice::default()
    };
    let sold = Billed {
        invoice: &sold,
        tax: returned.tax,
        ..billed
    };
    let left = Left::of(sold, &before);
    let taken = left.take(Asked {
        amount,
        ..Asked::default()
    })?;
    Some(left.mirror(sold, &taken))
}

impl Billed<'_> {
    fn group(&self, sold: &SalesItemLine) -> Group {
        match (is_of(sold, self.tips), is_of(sold, self.surcharges)) {
            (true, _) => Group::Tip,
            (_, true) => Group::Surcharge,
            _ => Group::Work,
        }
    }

    /// What each line sells. A deposit that was owed is earned when it is taken off, so that it stays earned when some of
    /// the work is given back: the line that takes it off counts as taken off the work (P9).
    fn sells(&self, lines: &[Line]) -> Vec<Option<Cents>> {
        let mut sells: Vec<Option<Cents>> = lines.iter().map(|line| line.amount).collect();
        for is_taxed in [true, false] {
            let part = |line: &Line, is_held: bool| match (&line.detail, line.amount) {
                (LineDetail::SalesItem(sold), Some(amount))
                    if is_taxed_line(sold) == is_taxed
                        && self.group(sold) == Group::Work
                        && (is_of(sold, self.held) && amount < Cents::ZERO) == is_held =>
                {
                    amount
                }
                _ => Cents::ZERO,
            };
            let held: Vec<Cents> = lines.iter().map(|line| part(line, true)).collect();
            let work: Vec<Cents> = lines.iter().map(|line| part(line, false)).collect();
            let off = -held.iter().copied().sum::<Cents>();
            if off == Cents::ZERO || off > work.iter().copied().sum() {
                continue;
            }
            let off = spread(off, &work).into_iter().zip(held);
            for (sells, (off, held)) in sells.iter_mut().zip(off) {
                *sells = sells.map(|amount| amount - off - held);
            }
        }
        sells
    }
}

impl<'a> Left<'a> {
    fn of(billed: Billed<'a>, earlier: &[Earlier]) -> Self {
        let mut taken: Vec<(Key<'_>, Cents)> = Vec::new();
        let (mut discounts, mut taxed) = (Cents::ZERO, Cents::ZERO);
        for one in earlier {
            let moved = one.moved();
            discounts = discounts + one.off(discount_in(&moved.lines));
            taxed = taxed + one.off(moved.tax);
            for (line, sells) in moved.lines.iter().zip(billed.sells(&moved.lines)) {
                let Some((key, amount)) = key(line).zip(sells) else {
                    continue;
                };
                match taken.iter_mut().find(|(known, _)| *known == key) {
                    Some((_, before)) => *before = *before + one.off(amount),
                    None => taken.push((key, one.off(amount))),
                }
            }
        }
        let mut parts = Vec::new();
        let lines = &billed.invoice.line;
        for (line, sells) in lines.iter().zip(billed.sells(lines)) {
            let (LineDetail::SalesItem(sold), Some(amount)) = (&line.detail, sells) else {
                continue;
            };
            let same = |(known, _): &&mut (Key<'_>, Cents)| Some(*known) == key(line);
            let before = taken.iter_mut().find(same);
            let off = before.map_or(Cents::ZERO, |(_, before)| {
                let off = nearer(amount, *before);
                *before = *before - off;
                off
            });
            parts.push(Part {
                line,
                sold,
                group: billed.group(sold),
                left: amount - off,
            });
        }
        let discounted = discount_in(&billed.invoice.line);
        let discount = discounted - nearer(discounted, discounts);
        Self {
            parts,
            discount,
            tax: billed.tax - nearer(billed.tax, taxed),
        }
    }

    /// What is left of these lines.
    fn of_group(&self, group: Group) -> Vec<Cents> {
        let parts = self.parts.iter();
        parts
            .map(|part| match part.group == group {
                true => part.left,
                false => Cents::ZERO,
            })
            .collect()
    }

    fn all(&self) -> Cents {
        let lines: Cents = self.parts.iter().map(|part| part.left).sum();
        lines - self.discount + self.tax
    }

    fn take(&self, refund: Asked) -> Option<Taken> {
        let all = self.all();
        if refund.amount == all {
            return Some(Taken {
                lines: self.parts.iter().map(|part| part.left).collect(),
                discount: self.discount,
                tax: self.tax,
            });
        }
        if refund.amount > all {
            return None;
        }
        let (tips, surcharges) = (self.of_group(Group::Tip), self.of_group(Group::Surcharge));
        let mut work = self.of_group(Group::Work);
        work.extend([-self.discount, self.tax]);
        let most = |parts: &[Cents]| parts.iter().copied().sum::<Cents>().max(Cents::ZERO);
        // What does not fit where Housecall Pro says that it belongs comes off the others.
        let told_tip = refund.tip.min(most(&tips)).min(refund.amount);
        let told_surcharge = refund.surcharge.min(most(&surcharges));
        let told_surcharge = told_surcharge.min(refund.amount - told_tip);
        let of_work = (refund.amount - told_tip - told_surcharge).min(most(&work));
        let of_tips = (refund.amount - told_surcharge - of_work).min(most(&tips));
        let of_surcharges = refund.amount - of_work - of_tips;
        if of_surcharges > most(&surcharges) {
            return None;
        }
        let mut work = spread(of_work, &work);
        let tax = work.pop().unwrap_or_default();
        let discount = -work.pop().unwrap_or_default();
        let (tips, surcharges) = (spread(of_tips, &tips), spread(of_surcharges, &surcharges));
        let lines = work.into_iter().zip(tips).zip(surcharges);
        Some(Taken {
            lines: lines
                .map(|((work, tip), surcharge)| work + tip + surcharge)
                .collect(),
            discount,
            tax,
        })
    }

    fn mirror(&self, billed: Billed<'_>, taken: &Taken) -> Mirror {
        let parts = || self.parts.iter().zip(&taken.lines);
        let work = |is_taxed: bool| -> Cents {
            let parts = parts().filter(|(part, _)| part.group == Group::Work);
            let parts = parts.filter(|(part, _)| is_taxed_line(part.sold) == is_taxed);
            parts.map(|(_, taken)| *taken).sum()
        };
        let (taxed, untaxed) = (work(true), work(false));
        let off = share(taken.discount, taxed, taxed + untaxed).unwrap_or_default();
        let mut lines: Vec<Line> = parts()
            .filter(|(_, taken)| **taken != Cents::ZERO)
            .map(|(part, taken)| part.taken(*taken))
            .collect();
        let sold: Cents = taken.lines.iter().copied().sum();
        let all_taxed = parts().filter(|(part, _)| is_taxed_line(part.sold));
        let all_taxed: Cents = all_taxed.map(|(_, taken)| *taken).sum();
        let base = all_taxed - share(taken.discount, all_taxed, sold).unwrap_or_default();
        let told = billed.invoice.txn_tax_detail.as_ref();
        let tax = match (told, billed.rates) {
            (None, _) => Cents::ZERO,
            (Some(_), None) => taken.tax,
            (Some(_), Some(rates)) => {
                let made = rates.iter().filter_map(|rate| rate.tax_on(base));
                made.sum()
            }
        };
        // A cent that the rate cannot give.
        if taken.tax != tax {
            lines.extend(self.untaxed(taken.tax - tax));
        }
        if taken.discount > Cents::ZERO {
            lines.push(Line::discount(taken.discount, None));
        }
        Mirror {
            lines,
            class: billed.invoice.class_ref.clone(),
            tax_detail: told.map(|told| TxnTaxDetail {
                txn_tax_code_ref: told.txn_tax_code_ref.clone(),
                total_tax: Some(tax),
                ..TxnTaxDetail::default()
            }),
            work: GivenBack {
                taxed: taxed - off,
                untaxed: untaxed - (taken.discount - off),
                tax: taken.tax,
            },
        }
    }

    /// A line without tax, on the item of the first line that is taxed.
    fn untaxed(&self, amount: Cents) -> Option<Line> {
        let mut parts = self.parts.iter();
        let taxed = parts.find(|part| is_taxed_line(part.sold));
        let sold = taxed.or(self.parts.first())?.sold;
        let detail = SalesItemLine {
            item: sold.item.clone(),
            class: sold.class.clone(),
            tax_code: Some(qbo::Ref::to(NOT_TAXED)),
            ..SalesItemLine::default()
        };
        Some(Line::sales_item(amount, detail).described(ROUNDING))
    }
}

impl Earlier {
    fn moved(&self) -> &Moved {
        match self {
            Self::Returned(moved) | Self::Repeated(moved) => moved,
        }
    }

    /// What of an amount is off by it.
    fn off(&self, amount: Cents) -> Cents {
        match self {
            Self::Returned(_) => amount,
            Self::Repeated(_) => -amount,
        }
    }
}

impl Mirror {
    /// Whether the discount reduces the taxable amount, where there is one.
    pub(crate) fn apply_tax_after_discount(&self) -> Option<bool> {
        (discount_in(&self.lines) > Cents::ZERO).then_some(true)
    }
}

impl Part<'_> {
    /// So much of the line. A part of it has no price of its own.
    fn taken(&self, amount: Cents) -> Line {
        let whole = self.line.amount == Some(amount);
        let detail = SalesItemLine {
            qty: self.sold.qty.filter(|_| whole),
            unit_price: self.sold.unit_price.filter(|_| whole),
            ..self.sold.clone()
        };
        Line {
            description: self.line.description.clone(),
            ..Line::sales_item(amount, detail)
        }
    }
}

/// What tells a line from others of a document: item, tax code, text, and whether it takes off.
type Key<'a> = (Option<&'a Id>, Option<&'a Id>, Option<&'a str>, bool);

fn key(line: &Line) -> Option<Key<'_>> {
    let LineDetail::SalesItem(sold) = &line.detail else {
        return None;
    };
    Some((
        sold.item.as_ref().map(|item| &item.value),
        sold.tax_code.as_ref().map(|code| &code.value),
        line.description.as_deref(),
        line.amount.is_some_and(|amount| amount < Cents::ZERO),
    ))
}

/// Adds a line to others; one that sells the same becomes one with it, and has no price of its own.
fn add(lines: &mut Vec<Line>, line: Line) {
    let sells_same = |other: &&mut Line| key(other).is_some() && key(other) == key(&line);
    let Some(same) = lines.iter_mut().find(sells_same) else {
        lines.push(line);
        return;
    };
    same.amount = same.amount.zip(line.amount).map(|(one, more)| one + more);
    if let LineDetail::SalesItem(sold) = &mut same.detail {
        (sold.qty, sold.unit_price) = (None, None);
    }
}

/// The lines but for a cent that the rate could not give, which counts as tax.
fn without_cents(lines: &[Line]) -> Vec<Line> {
    let sold = |line: &Line| match &line.detail {
        LineDetail::SalesItem(sold) => Some(sold.clone()),
        _ => None,
    };
    let is_cent = |line: &&Line| {
        let item = sold(line).and_then(|sold| sold.item);
        let mut taxed = lines.iter().filter_map(sold).filter(is_taxed_line);
        line.description.as_deref() == Some(ROUNDING) && taxed.any(|taxed| taxed.item == item)
    };
    let others = lines.iter().filter(|line| !is_cent(line));
    others.cloned().collect()
}

fn is_of(sold: &SalesItemLine, item: Option<&Id>) -> bool {
    item.is_some() && sold.item.as_ref().map(|item| &item.value) == item
}

pub(super) fn is_taxed_line(sold: &SalesItemLine) -> bool {
    let code = sold.tax_code.as_ref();
    code.is_some_and(|code| code.value.as_str() == TAXED)
}

pub(super) fn discount_in<'a>(lines: impl IntoIterator<Item = &'a Line>) -> Cents {
    let discounts = lines.into_iter().filter_map(|line| match line.detail {
        LineDetail::Discount(_) => line.amount,
        _ => None,
    });
    discounts.sum()
}

/// What of an amount was taken, which is at most all of it.
fn nearer(amount: Cents, taken: Cents) -> Cents {
    match amount < Cents::ZERO {
        true => taken.clamp(amount, Cents::ZERO),
        false => taken.clamp(Cents::ZERO, amount),
    }
}

/// An amount over parts in their proportion, to the cent; none takes more than there is of it.
fn spread(amount: Cents, parts: &[Cents]) -> Vec<Cents> {
    if amount == Cents::ZERO {
        return vec![Cents::ZERO; parts.len()];
    }
    let all: Cents = parts.iter().copied().sum();
    let (mut so_far, mut given) = (Cents::ZERO, Cents::ZERO);
    parts
        .iter()
        .map(|part| {
            so_far = so_far + *part;
            let upto = share(so_far, amount, all).unwrap_or_default();
            let taken = upto - given;
            given = upto;
            taken
        })
        .collect()
}
