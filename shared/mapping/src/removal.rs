//! Which documents lost their invoice in Housecall Pro (T7).

use hcp::{Invoice, InvoiceId};
use money::Cents;

use crate::{
    Invoiced, Invoicing, JobRecords, Refusal, Role, SentBefore, Sorted, parts,
    sorting::{SentDocument, by_number, is_issued},
};

impl JobRecords {
    /// The documents in QuickBooks behind which no live invoice of Housecall Pro is left after there was one. Of a
    /// job that was removed, all of them.
    ///
    /// # Errors
    /// When it cannot be told what the invoices are.
    pub fn without_invoice(
        &self,
        invoicing: Invoicing,
        standing: &SentBefore,
    ) -> Result<Vec<Role>, Refusal> {
        let linked = standing.documents.iter().filter(|known| known.linked);
        if self.job.is_removed() {
            return Ok(linked.map(|known| known.role).collect());
        }
        if self.is_service_plan() {
            return Ok(Vec::new());
        }
        let sorted = self.sorted(invoicing, standing)?;
        if parts::are_apart(&sorted, invoicing, standing) {
            return Ok(self.parts_without_invoice(&sorted, invoicing, standing));
        }
        let removed = |known: &&SentDocument| match known.role {
            Role::Deposit => sorted.deposit.is_none() && self.had_a_deposit(known),
            Role::Main => {
                sorted.invoiced == Invoiced::NotYet && self.was_invoiced(known, invoicing, standing)
            }
            // The job is not billed in parts any more.
            Role::Part(_) => !known.invoices.is_empty() && !self.has_live(&known.invoices),
        };
        Ok(linked.filter(removed).map(|known| known.role).collect())
    }

    /// Whether an invoice behind a document holds a payment that was not given back.
    pub fn holds_money(&self, role: Role, standing: &SentBefore) -> bool {
        let ids = standing
            .known(role)
            .map_or(&[][..], |known| known.invoices.as_slice());
        let mut invoices = self.invoices.iter();
        invoices.any(|invoice| (ids.is_empty() || ids.contains(&invoice.id)) && held(invoice))
    }

    fn had_a_deposit(&self, known: &SentDocument) -> bool {
        !known.invoices.is_empty() || self.invoices.iter().any(Invoice::is_removed)
    }

    /// Whether the main document stood for an invoice: a job that was only finished was never invoiced.
    fn was_invoiced(
        &self,
        known: &SentDocument,
        invoicing: Invoicing,
        standing: &SentBefore,
    ) -> bool {
        let issued = |invoice: &Invoice| {
            invoice.is_removed()
                && is_issued(invoice)
                && !self.was_deposit(invoice, invoicing, standing)
        };
        !known.invoices.is_empty() || self.invoices.iter().any(issued)
    }

    fn has_live(&self, ids: &[InvoiceId]) -> bool {
        self.live().any(|invoice| ids.contains(&invoice.id))
    }

    /// Documents of progress invoices that were voided, as far as no other invoice takes them over.
    fn parts_without_invoice(
        &self,
        sorted: &Sorted<'_>,
        invoicing: Invoicing,
        standing: &SentBefore,
    ) -> Vec<Role> {
        let live = sorted.invoiced.all();
        let assigned = parts::of_their_own(sorted, invoicing, standing).unwrap_or_default();
        let taken = |role: Role| {
            let mut places = assigned.iter();
            places.any(|(count, _)| Role::Part(*count).place() == role)
        };
        // What is not issued yet takes a document over once it is.
        let waiting = live.len().saturating_sub(assigned.len());
        let lump = self.lump(sorted);
        let removed = |known: &&SentDocument| match known.role {
            Role::Deposit => sorted.deposit.is_none() && self.had_a_deposit(known),
            role => {
                let covered = lump.is_some_and(|lump| self.came_before(&known.invoices, lump));
                !known.invoices.is_empty() && !taken(role) && !covered
            }
        };
        let linked = standing.documents.iter().filter(|known| known.linked);
        let roles = linked.filter(removed).map(|known| known.role);
        let (deposits, mut parts): (Vec<Role>, Vec<Role>) =
            roles.partition(|role| *role == Role::Deposit);
        parts.sort_unstable();
        let spared = waiting.min(parts.len());
        deposits
            .into_iter()
            .chain(parts.split_off(spared))
            .collect()
    }

    /// The progress invoice that Housecall Pro made of a lump payment, while the job is not all billed: it voids the
    /// invoices that the payment does not cover, and what they billed is billed again later.
    fn lump<'a>(&self, sorted: &Sorted<'a>) -> Option<&'a Invoice> {
        let parts = sorted.invoiced.all();
        let billed = parts.iter().copied().chain(sorted.deposit);
        let billed: Cents = billed.filter_map(|invoice| invoice.amount).sum();
        if Some(billed) >= self.job.total_amount {
            return None;
        }
        let made_by_payment = |part: &&&Invoice| {
            let mut payments = part.payments.iter();
            part.sent_at.is_none() && payments.any(hcp::Payment::is_succeeded)
        };
        let made = parts.iter().filter(made_by_payment).copied();
        made.max_by(|one, other| by_number(one).cmp(&by_number(other)))
    }

    fn came_before(&self, ids: &[InvoiceId], lump: &Invoice) -> bool {
        let mut removed = self
            .invoices
            .iter()
            .filter(|invoice| ids.contains(&invoice.id));
        removed.any(|invoice| by_number(invoice) < by_number(lump))
    }
}

/// Whether more was paid, or is on its way, than refunded; also where it is not told how much.
fn held(invoice: &Invoice) -> bool {
    let paid = invoice.payments.iter();
    let paid = paid.filter(|payment| payment.status != Some(hcp::PaymentStatus::Failed));
    let told: Option<Vec<Cents>> = paid.map(|payment| payment.amount).collect();
    let Some(paid) = told.map(|amounts| amounts.into_iter().sum::<Cents>()) else {
        return true;
    };
    let refunded = invoice.refunds.iter();
    let refunded = refunded.filter(|refund| refund.is_succeeded());
    let refunded: Cents = refunded.filter_map(|refund| refund.amount).sum();
    paid > refunded
}

#[cfg(test)]
mod tests;
