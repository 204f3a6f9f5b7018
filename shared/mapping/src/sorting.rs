//! What each Housecall Pro invoice of a job is to it: the main one, a deposit, a progress invoice (N1, N2, N3, N7).
//!
//! Housecall Pro does not tell. The signs are the invoice's number, whether it bills all of the job's lines, and
//! what became of it before; where they leave it open, the setting `invoicing` decides.

use hcp::{Invoice, InvoiceId};
use money::Cents;

use crate::{
    DepositForm, ExtraAccount, Invoicing, JobRecords, Refusal, Role, SentLine, refund::GivenBack,
};

/// What is known of the documents of a job from what was sent before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SentBefore {
    /// The documents.
    pub documents: Vec<SentDocument>,
    /// Whether each progress invoice of the job becomes a document of its own (N6).
    pub per_invoice: bool,
    /// What its deposit's document bills; none before that is sent (N7).
    pub deposit: Option<DepositForm>,
    /// The kind of account that a deposit is booked to which is sent for the first time (P9).
    pub deposit_account: ExtraAccount,
    /// Whether that document was seen to be deleted or voided in QuickBooks: then it is not made again, and the main
    /// one bills what it billed (N7, R8).
    pub deposit_gone: bool,
    /// What refunds gave back of that document: the main one bills it again (N7, P5).
    pub deposit_given_back: GivenBack,
}

/// A document of a job that was sent before, or was to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentDocument {
    /// Which one. The first progress invoice with a document of its own stands in the place of the main one.
    pub role: Role,
    /// The Housecall Pro invoices that it stood for, also those that were removed since.
    pub invoices: Vec<InvoiceId>,
    /// Whether it is in QuickBooks, or on its way there.
    pub linked: bool,
    /// Of a progress invoice with a document of its own: its lines as they were sent (N6).
    pub sent: Vec<SentLine>,
}

impl SentBefore {
    pub(crate) fn known(&self, role: Role) -> Option<&SentDocument> {
        self.documents.iter().find(|known| known.role == role)
    }

    fn was(&self, role: Role, id: &InvoiceId) -> bool {
        self.known(role)
            .is_some_and(|known| known.invoices.contains(id))
    }
}

/// The live invoices of a job, each in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sorted<'a> {
    /// The deposit invoice, issued or not.
    pub deposit: Option<&'a Invoice>,
    /// The others.
    pub invoiced: Invoiced<'a>,
}

/// The live invoices of a job, deposits apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invoiced<'a> {
    /// There is none yet.
    NotYet,
    /// One over the whole job, or over what a deposit leaves of it.
    Whole(&'a Invoice),
    /// Progress invoices, the first one first; together they become the whole job.
    Parts(Vec<&'a Invoice>),
}

impl<'a> Invoiced<'a> {
    /// The invoice that gives number, dates and terms.
    pub fn first(&self) -> Option<&'a Invoice> {
        self.all().first().copied()
    }

    /// All of them.
    pub fn all(&self) -> &[&'a Invoice] {
        match self {
            Self::NotYet => &[],
            Self::Whole(invoice) => std::slice::from_ref(invoice),
            Self::Parts(parts) => parts,
        }
    }

    /// The one invoice over the whole job, if that is what there is.
    pub(crate) fn whole(&self) -> Option<&'a Invoice> {
        match self {
            Self::Whole(invoice) => Some(invoice),
            Self::NotYet | Self::Parts(_) => None,
        }
    }
}

impl<'a> Sorted<'a> {
    /// The deposit, once it was sent or paid: before that it makes no document.
    pub fn issued_deposit(&self) -> Option<&'a Invoice> {
        self.deposit.filter(|deposit| is_issued(deposit))
    }

    /// The deposit that the main document leaves out. Where the main invoice bills the rest only, that is also one
    /// that was not issued yet.
    pub(crate) fn deducted(&self) -> Option<&'a Invoice> {
        let rest = self.invoiced.whole().is_some_and(is_part);
        self.deposit.filter(|deposit| rest || is_issued(deposit))
    }

    /// Whether the main invoice bills the whole job and leaves no deposit out: one whose document is left in QuickBooks
    /// then bills a part of it a second time.
    pub(crate) fn bills_what_was_deposited(&self) -> bool {
        self.deducted().is_none() && self.invoiced.whole().is_some_and(|main| !is_part(main))
    }
}

/// Whether it was sent or paid.
pub(crate) fn is_issued(invoice: &Invoice) -> bool {
    invoice.sent_at.is_some() || !invoice.payments.is_empty()
}

/// Whether its number is that of a deposit (N2).
fn has_deposit_number(invoice: &Invoice) -> bool {
    let number = invoice.invoice_number.as_ref();
    number.is_some_and(|number| number.starts_with("D-"))
}

/// Whether an invoice bills a part of the job: its items repeat the whole job, and tell less of it as invoiced.
pub(crate) fn is_part(invoice: &Invoice) -> bool {
    invoice.items.iter().any(|item| {
        item.invoiced_amount
            .is_some_and(|part| Some(part) != item.amount)
    })
}

/// Sent ones come first, in the order of sending; then by number, `100-2` before `100-10`.
fn order(invoice: &Invoice) -> (bool, Option<jiff::Timestamp>, usize, Option<&str>) {
    let (length, number) = by_number(invoice);
    (invoice.sent_at.is_none(), invoice.sent_at, length, number)
}

/// `100-2` before `100-10`.
pub(crate) fn by_number(invoice: &Invoice) -> (usize, Option<&str>) {
    let number = invoice.invoice_number.as_deref();
    (number.map_or(0, str::len), number)
}

/// The number where it is a plain one, which others follow consecutively.
fn plain_number(invoice: &Invoice) -> Option<u64> {
    let number = invoice.invoice_number.as_deref()?;
    let plain = number.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| number.parse().ok()).flatten()
}

impl JobRecords {
    /// Whether its invoices leave no question open: there is none, or one over the whole job, and the company does
    /// not bill jobs in parts.
    pub fn is_plain(&self, invoicing: Invoicing) -> bool {
        let whole =
            |one: &Invoice| !one.is_removed() && !has_deposit_number(one) && !self.is_share(one);
        invoicing != Invoicing::Progress
            && match self.invoices.as_slice() {
                [] => true,
                [one] => whole(one),
                _ => false,
            }
    }

    pub(crate) fn live(&self) -> impl Iterator<Item = &Invoice> {
        self.invoices.iter().filter(|invoice| {
            let empty = invoice.items.is_empty() && invoice.amount == Some(Cents::ZERO);
            !invoice.is_removed() && !empty
        })
    }

    /// Sorts the live invoices.
    ///
    /// # Errors
    /// When there are several deposits, or neither the signs nor the setting tell what the invoices are.
    pub fn sorted(
        &self,
        invoicing: Invoicing,
        standing: &SentBefore,
    ) -> Result<Sorted<'_>, Refusal> {
        let is_deposit = |invoice: &&Invoice| {
            has_deposit_number(invoice) || standing.was(Role::Deposit, &invoice.id)
        };
        let (deposits, mut others): (Vec<_>, Vec<_>) = self.live().partition(is_deposit);
        // The first one is the one that was sent first; numbers decide where times do not.
        others.sort_by(|one, other| order(one).cmp(&order(other)));
        let issued = deposits.iter().filter(|deposit| is_issued(deposit));
        let issued: Vec<&Invoice> = issued.copied().collect();
        let deposit = match (issued.as_slice(), deposits.as_slice()) {
            ([one], _) | ([], [one]) => Some(*one),
            ([], []) => None,
            _ => return Err(Refusal::NotSupported("several deposit invoices")),
        };
        let sorted = |invoiced| Sorted { deposit, invoiced };
        let was_main = |invoice: &Invoice| standing.was(Role::Main, &invoice.id);
        let numbered_as_parts = others.iter().all(|part| self.is_numbered_as_part(part));
        Ok(match (invoicing, others.as_slice()) {
            (_, []) => sorted(Invoiced::NotYet),
            // What was one document stays one.
            (_, [_, _, ..]) if others.iter().all(|part| was_main(part)) => {
                sorted(Invoiced::Parts(others))
            }
            (Invoicing::Progress, [one]) => match deposit {
                Some(deposit) if self.is_rest(deposit, one) => sorted(Invoiced::Whole(one)),
                _ if !is_part(one) => sorted(Invoiced::Whole(one)),
                _ => sorted(Invoiced::Parts(others)),
            },
            (Invoicing::Progress, _) => sorted(Invoiced::Parts(others)),
            (_, [one]) if !self.is_share(one) => sorted(Invoiced::Whole(one)),
            (Invoicing::MatchJobNumber, [one]) if deposit.is_some() => sorted(Invoiced::Whole(one)),
            (Invoicing::Simple, [one]) => match deposit {
                // Beside a deposit the main invoice bills the rest.
                Some(deposit) if !numbered_as_parts || self.is_rest(deposit, one) => {
                    sorted(Invoiced::Whole(one))
                }
                _ if numbered_as_parts => sorted(Invoiced::Parts(others)),
                _ if was_main(one) => sorted(Invoiced::Whole(one)),
                _ => Sorted {
                    deposit: Some(one),
                    invoiced: Invoiced::NotYet,
                },
            },
            (Invoicing::Simple, _) if numbered_as_parts => sorted(Invoiced::Parts(others)),
            (Invoicing::Simple, [one, other]) if deposit.is_none() => {
                let (deposit, main) = match (was_main(one), was_main(other)) {
                    (true, false) => Some((*other, *one)),
                    (false, true) => Some((*one, *other)),
                    _ => self.deposit_and_main(one, other),
                }
                .ok_or_else(|| unclear(&others))?;
                Sorted {
                    deposit: Some(deposit),
                    invoiced: Invoiced::Whole(main),
                }
            }
            _ => return Err(unclear(&others)),
        })
    }

    /// Whether an invoice of the job, perhaps a removed one, is or was a deposit.
    pub(crate) fn was_deposit(
        &self,
        invoice: &Invoice,
        invoicing: Invoicing,
        standing: &SentBefore,
    ) -> bool {
        has_deposit_number(invoice)
            || standing.was(Role::Deposit, &invoice.id)
            || (invoicing == Invoicing::Simple
                && !standing.was(Role::Main, &invoice.id)
                && self.is_share(invoice)
                && !self.is_numbered_as_part(invoice))
    }

    /// Whether it bills less than the job: a part of each line, or something of its own in place of them.
    fn is_share(&self, invoice: &Invoice) -> bool {
        is_part(invoice) || self.is_of_its_own(invoice)
    }

    /// Whether none of its items is a line of the job, which it bills less than. So may a deposit.
    pub(crate) fn is_of_its_own(&self, invoice: &Invoice) -> bool {
        let lines = || self.lines.iter();
        !invoice.items.is_empty()
            && lines().next().is_some()
            && self.asks_for(invoice) < self.job.total_amount
            && !invoice
                .items
                .iter()
                .any(|item| lines().any(|line| line.name == item.name))
    }

    /// What an invoice comes to; without what was paid on top of it, where it would come to more than its job.
    fn asks_for(&self, invoice: &Invoice) -> Option<Cents> {
        let amount = invoice.amount?;
        if Some(amount) <= self.job.total_amount {
            return Some(amount);
        }
        let mut on_top = self.paid_with(invoice).ok()?.into_iter();
        on_top.try_fold(amount, |left, line| left.checked_sub(line.amount))
    }

    /// Whether the number is one of progress invoicing: the job's with a count behind it (N3).
    fn is_numbered_as_part(&self, invoice: &Invoice) -> bool {
        let job = self.job.invoice_number.as_deref();
        let number = invoice.invoice_number.as_deref();
        let count = job
            .zip(number)
            .and_then(|(job, number)| number.strip_prefix(job)?.strip_prefix('-'));
        count.is_some_and(|count| {
            !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit())
        })
    }

    /// Whether an invoice bills all that a deposit leaves of the job.
    fn is_rest(&self, deposit: &Invoice, invoice: &Invoice) -> bool {
        let both = deposit
            .amount
            .zip(invoice.amount)
            .and_then(|(deposit, rest)| deposit.checked_add(rest));
        both.is_some() && both == self.job.total_amount
    }

    /// N1: which of two invoices with ordinary numbers is the deposit, and which the main one.
    fn deposit_and_main<'a>(
        &self,
        one: &'a Invoice,
        other: &'a Invoice,
    ) -> Option<(&'a Invoice, &'a Invoice)> {
        if !self.is_share(one) && !self.is_share(other) {
            return None;
        }
        match (self.is_of_its_own(one), self.is_of_its_own(other)) {
            (true, false) => return Some((one, other)),
            (false, true) => return Some((other, one)),
            _ => {}
        }
        // The main invoice's number is kept for it when the deposit gets the next one, though the deposit is
        // issued first. One that was issued again has a later number, so removed invoices count too.
        let mut numbered: Vec<(u64, &Invoice)> = self
            .invoices
            .iter()
            .filter(|invoice| !has_deposit_number(invoice))
            .filter_map(|invoice| Some((plain_number(invoice)?, invoice)))
            .collect();
        numbered.sort_by_key(|(number, _)| *number);
        // A main invoice that was removed before there was a deposit tells nothing.
        let mut numbered = numbered
            .into_iter()
            .skip_while(|(_, invoice)| invoice.is_removed() && !self.is_share(invoice));
        let (first, main) = numbered.next()?;
        if main.id == one.id {
            return Some((other, one));
        }
        let next = |invoice: &Invoice| plain_number(invoice) == first.checked_add(1);
        if main.id == other.id || next(one) {
            Some((one, other))
        } else {
            next(other).then_some((other, one))
        }
    }
}

/// The refusal that asks a person how the company invoices.
fn unclear(invoices: &[&Invoice]) -> Refusal {
    let named = |invoice: &&Invoice| {
        let number = invoice
            .invoice_number
            .as_deref()
            .unwrap_or("without a number");
        let amount = invoice.amount.unwrap_or_default();
        format!("{number} over {amount}")
    };
    Refusal::InvoicingUnclear(invoices.iter().map(named).collect())
}

#[cfg(test)]
mod tests;
