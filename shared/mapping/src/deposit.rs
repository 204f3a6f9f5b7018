//! What a deposit bills of its job, and the main invoice takes off because of it (N7, P9).

use hcp::Invoice;
use money::Cents;

use crate::{
    ExtraAccount, Invoicing, JobRecords, Refusal, Role, SentBefore, Sorted,
    bill::{self, Bill, BilledLine, Goods},
    parts,
    refund::GivenBack,
    sorting::is_part,
};

/// What the document of a deposit bills. It keeps the form in which it was first sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DepositForm {
    /// The deposit item of this kind of account, which the main invoice takes off again: over both, every other item has
    /// what the job sold. What is owed is earned no sooner than that (P9).
    Item(ExtraAccount),
    /// Its share of each line of the job, which the main invoice leaves out: where progress invoices have documents of
    /// their own, none of them takes anything off.
    Lines,
    /// Its share of each line of the job, which the main invoice takes off the item *Sales*: how deposits were sent
    /// before there was an item for them.
    LinesOffSales,
}

impl DepositForm {
    /// The goods that it bills; none: shares of the job's lines.
    fn goods(self) -> Option<Goods> {
        match self {
            Self::Item(ExtraAccount::Income) => Some(Goods::Deposit),
            Self::Item(ExtraAccount::Liability) => Some(Goods::HeldDeposit),
            Self::Lines | Self::LinesOffSales => None,
        }
    }
}

/// What the document of a deposit bills of its job, so that the main one does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Deposited {
    /// The number of its invoice.
    number: String,
    form: DepositForm,
    /// Whether its document is in QuickBooks, or will be; if not, the main one bills all of the job.
    pub(crate) is_there: bool,
    /// The work that it bills, and what it takes off as a discount.
    work: Vec<BilledLine>,
    discount: Cents,
    /// What of it is taxable, before tax and less its share of a discount.
    taxable: Cents,
    /// The same of what is not.
    untaxed: Cents,
    /// The sales tax of its own.
    pub(crate) tax: Cents,
    /// Tips that were paid with it (L4).
    pub(crate) tips: Vec<Cents>,
    /// What of all this was given back (P5).
    pub(crate) given_back: GivenBack,
}

/// How much of an amount is taxable, and how much is not, where `taxable` of `sold` is: a discount is shared.
fn apart(amount: Cents, taxable: Cents, sold: Cents) -> Result<(Cents, Cents), Refusal> {
    let taxable = bill::share(amount, taxable, sold).ok_or(Refusal::NoTotal)?;
    Ok((taxable, bill::sub(amount, taxable)?))
}

/// What these lines come to, and what of it is taxable.
fn sums<'a>(
    lines: impl Iterator<Item = &'a BilledLine> + Clone,
) -> Result<(Cents, Cents), Refusal> {
    let taxable = lines.clone().filter(|line| line.taxable);
    let taxable = bill::sum(taxable.map(|line| line.amount))?;
    Ok((bill::sum(lines.map(|line| line.amount))?, taxable))
}

impl Deposited {
    /// What an invoice with this bill takes over from its job.
    fn of(bill: &Bill, deposit: &Invoice, form: DepositForm) -> Result<Self, Refusal> {
        let (sold, taxable) = sums(bill.lines.iter().filter(|line| !line.is_extra()))?;
        let (taxable, untaxed) = apart(bill::sub(sold, bill.discount)?, taxable, sold)?;
        let tips = bill.lines.iter().filter(|line| line.goods == Goods::Tip);
        Ok(Self {
            number: deposit.invoice_number.clone().unwrap_or_default(),
            form,
            is_there: true,
            work: bill
                .lines
                .iter()
                .filter(|line| !line.is_extra())
                .cloned()
                .collect(),
            discount: bill.discount,
            taxable,
            untaxed,
            tax: bill.tax,
            tips: tips.map(|line| line.amount).collect(),
            given_back: GivenBack::default(),
        })
    }

    /// The same with what was paid on top taken for work, as it was before that stood on the deposit alone.
    fn with_extras_as_work(self, bill: &Bill) -> Result<Self, Refusal> {
        let (sold, taxable) = sums(bill.lines.iter())?;
        let (taxable, untaxed) = apart(bill::sub(sold, bill.discount)?, taxable, sold)?;
        let tips = Vec::new();
        Ok(Self {
            taxable,
            untaxed,
            tips,
            ..self
        })
    }

    /// The same, where so much was given back. What the work and the refund call taxed may differ, since an invoice without
    /// tax has no taxed line.
    fn less(self, given_back: GivenBack) -> Result<Self, Refusal> {
        let taxable = bill::sub(self.taxable, given_back.taxed)?;
        let untaxed = bill::sub(self.untaxed, given_back.untaxed)?;
        let all = bill::add(taxable, untaxed)?;
        let taxable = match untaxed < Cents::ZERO {
            true => all,
            false => taxable.max(Cents::ZERO),
        };
        Ok(Self {
            taxable,
            untaxed: bill::sub(all, taxable)?,
            tax: bill::sub(self.tax, given_back.tax)?,
            given_back,
            ..self
        })
    }

    /// What it bills of the work.
    pub(crate) fn before_tax(&self) -> Result<Cents, Refusal> {
        bill::add(self.taxable, self.untaxed)
    }

    /// What it bills of the job, without what was paid on top.
    pub(crate) fn total(&self) -> Result<Cents, Refusal> {
        bill::add(self.before_tax()?, self.tax)
    }

    /// The lines of its own invoice.
    fn lines(&self, goods: &Goods, name: &str) -> Vec<BilledLine> {
        let parts = [(self.taxable, true), (self.untaxed, false)];
        let parts = parts
            .into_iter()
            .filter(|(amount, _)| *amount != Cents::ZERO);
        parts
            .map(|(amount, taxable)| BilledLine::part(goods.clone(), name, amount, taxable))
            .collect()
    }

    /// Takes it off what the main invoice bills: by one line of what is taxable and one of what is not, so that the tax
    /// of the rest is worked out from the rest; or line by line.
    pub(crate) fn take_off(
        &self,
        lines: &mut Vec<BilledLine>,
        discount: &mut Cents,
    ) -> Result<(), Refusal> {
        let name = format!("Less deposit, invoice {}", self.number);
        let goods = self.form.goods().unwrap_or(Goods::DepositOffSales);
        if self.form != DepositForm::Lines {
            for mut line in self.lines(&goods, &name) {
                line.amount = bill::sub(Cents::ZERO, line.amount)?;
                lines.push(line);
            }
            return Ok(());
        }
        *discount = bill::sub(*discount, self.discount)?;
        for billed in &self.work {
            let same = |line: &&mut BilledLine| {
                (&line.goods, &line.name, line.taxable)
                    == (&billed.goods, &billed.name, billed.taxable)
                    && line.amount != Cents::ZERO
            };
            if let Some(line) = lines.iter_mut().find(same) {
                line.amount = bill::sub(line.amount, billed.amount)?;
            } else {
                let amount = bill::sub(Cents::ZERO, billed.amount)?;
                let line = BilledLine::part(goods.clone(), &name, amount, billed.taxable);
                lines.push(line);
            }
        }
        let again = [
            (self.given_back.taxed, true),
            (self.given_back.untaxed, false),
        ];
        let name = format!("Deposit given back, invoice {}", self.number);
        lines.extend(
            again.map(|(amount, taxable)| BilledLine::part(goods.clone(), &name, amount, taxable)),
        );
        lines.retain(|line| line.amount != Cents::ZERO);
        Ok(())
    }
}

impl JobRecords {
    /// What the document of the job's deposit bills, or will bill.
    pub(crate) fn deposit_form(
        &self,
        sorted: &Sorted<'_>,
        invoicing: Invoicing,
        standing: &SentBefore,
    ) -> DepositForm {
        let new = if parts::are_apart(sorted, invoicing, standing) {
            DepositForm::Lines
        } else {
            DepositForm::Item(standing.deposit_account)
        };
        standing.deposit.unwrap_or(new)
    }

    /// The bill of a deposit's document.
    pub(crate) fn deposit_bill(
        &self,
        deposit: &Invoice,
        form: DepositForm,
    ) -> Result<Bill, Refusal> {
        let bill = self.part_bill(deposit)?;
        let Some(goods) = form.goods() else {
            return Ok(bill);
        };
        let name = format!("Deposit for job {}", self.job_number());
        let mut lines = Deposited::of(&bill, deposit, form)?.lines(&goods, &name);
        lines.extend(bill.lines.into_iter().filter(BilledLine::is_extra));
        bill::checked(Bill {
            lines,
            discount: Cents::ZERO,
            ..bill
        })
    }

    /// The deposit that the main document leaves out: the live one, else one that QuickBooks still has although it was
    /// removed in Housecall Pro. The line that takes it off follows the document there.
    fn deposit_left_out<'a>(
        &'a self,
        sorted: &Sorted<'a>,
        standing: &SentBefore,
    ) -> Option<&'a Invoice> {
        if let Some(deposit) = sorted.deducted() {
            return Some(deposit);
        }
        let known = standing.known(Role::Deposit);
        let known = known.filter(|known| known.linked && !standing.deposit_gone)?;
        let mut ids = known.invoices.iter().rev();
        ids.find_map(|id| {
            let mut removed = self.invoices.iter().filter(|one| one.is_removed());
            removed.find(|invoice| invoice.id == *id)
        })
    }

    /// What a deposit bills so that the main document does not.
    pub(crate) fn deposited(
        &self,
        sorted: &Sorted<'_>,
        standing: &SentBefore,
        form: DepositForm,
    ) -> Result<Option<Deposited>, Refusal> {
        let Some(deposit) = self.deposit_left_out(sorted, standing) else {
            return Ok(None);
        };
        let mut deposited = match self.rest_beside_its_own(sorted) {
            Some(rest) if form == DepositForm::LinesOffSales => {
                self.not_billed_by(rest, deposit)?
            }
            _ => Deposited::of(&self.part_bill(deposit)?, deposit, form)?,
        };
        deposited.is_there = !standing.deposit_gone;
        if deposited.is_there {
            deposited = deposited.less(standing.deposit_given_back)?;
        }
        Ok(Some(deposited))
    }

    /// The same as it was taken off before a tip or a surcharge stood on the deposit alone, and before a deposit that was removed in
    /// Housecall Pro was taken off while QuickBooks has it. The outer `None`: it is no different.
    pub(crate) fn deposited_before(
        &self,
        sorted: &Sorted<'_>,
        standing: &SentBefore,
        now: &Deposited,
    ) -> Result<Option<Option<Deposited>>, Refusal> {
        let deposit = self.deposit_left_out(sorted, standing);
        let Some(deposit) = deposit.filter(|_| now.form == DepositForm::LinesOffSales) else {
            return Ok(None);
        };
        if sorted.deducted().is_none() {
            return Ok(Some(None));
        }
        let bill = self.part_bill(deposit)?;
        if !bill.lines.iter().any(BilledLine::is_extra) {
            return Ok(None);
        }
        Ok(Some(Some(now.clone().with_extras_as_work(&bill)?)))
    }

    /// The main invoice, where it bills the rest beside a deposit that is not made of the job's lines and so does not
    /// tell what it bills of them.
    fn rest_beside_its_own<'a>(&self, sorted: &Sorted<'a>) -> Option<&'a Invoice> {
        let rest = sorted.invoiced.whole().filter(|rest| is_part(rest))?;
        let deposit = sorted.deducted()?;
        self.is_of_its_own(deposit).then_some(rest)
    }

    /// What of the job's lines, and of its discount, the main invoice does not bill.
    fn not_billed_by(&self, rest: &Invoice, deposit: &Invoice) -> Result<Deposited, Refusal> {
        let (mut sold, mut taxable) = (Cents::ZERO, Cents::ZERO);
        for joined in self.joined(rest) {
            let whole = joined.item.amount.unwrap_or_default();
            let left_out = bill::sub(whole, joined.part().unwrap_or_default())?;
            sold = bill::add(sold, left_out)?;
            if joined.is_taxable() {
                taxable = bill::add(taxable, left_out)?;
            }
        }
        let discount = bill::sub(self.discount()?, bill::discount_of(rest)?)?;
        let (taxable, untaxed) = apart(bill::sub(sold, discount)?, taxable, sold)?;
        Ok(Deposited {
            number: deposit.invoice_number.clone().unwrap_or_default(),
            form: DepositForm::LinesOffSales,
            is_there: true,
            work: Vec::new(),
            discount,
            taxable,
            untaxed,
            tax: Cents::ZERO,
            tips: Vec::new(),
            given_back: GivenBack::default(),
        })
    }

    /// The sales tax that hides in a deposit which tells none: what it bills beyond what the main invoice leaves out of
    /// the job's lines. The deposit's document has no tax, so the main one has all of it.
    pub(crate) fn hidden_tax(
        &self,
        sorted: &Sorted<'_>,
        deposited: &Deposited,
    ) -> Result<Cents, Refusal> {
        let rest = self.rest_beside_its_own(sorted);
        let rest = rest.filter(|_| deposited.form != DepositForm::LinesOffSales);
        let (Some(rest), Some(deposit)) = (rest, sorted.deducted()) else {
            return Ok(Cents::ZERO);
        };
        let left_out = self.not_billed_by(rest, deposit)?.before_tax()?;
        let billed = bill::add(deposited.before_tax()?, deposited.given_back.before_tax())?;
        bill::sub(billed, left_out)
    }
}

#[cfg(test)]
mod tests;
