//! What becomes of one payment.

use hcp::InvoiceId;
use jiff::{SignedDuration, Timestamp};
use mapping::{
    marker::is_of_any_slot,
    payment::{self, Decision, JobPayment, Open, Verdict},
    received::Standing,
};
use money::Cents;
use qbo::Id;

use super::{Document, Fate, GoneDocument, PaymentsPlan, Planned};
use crate::{
    ctx::Ctx,
    payments::{Run, Seen},
};

/// A card payment that was made longer ago may have been entered by hand meanwhile, so what QuickBooks has is looked at.
const FRESH: SignedDuration = SignedDuration::from_hours(24);

impl PaymentsPlan<'_> {
    pub(super) fn fate(
        &self,
        cx: &Ctx,
        run: &Run,
        one: &Planned,
        (open, now): (&mut Vec<Open>, Timestamp),
    ) -> Fate {
        let memory = one.memory();
        let Some(payment) = &one.payment else {
            return Fate::Done;
        };
        if run.refused.contains_key(&one.name) {
            return Fate::Refused;
        }
        let is_unapplied = run.unapplied.contains(&one.name) && !run.applied.contains(&one.name);
        if one.is_linked() && is_unapplied {
            return self.applied_anew(run, one, payment, open);
        }
        if one.is_linked() && memory.unapplied > Cents::ZERO {
            // Whether QuickBooks paid the rest by itself.
            return self.asked_about(run, one).unwrap_or(Fate::Done);
        }
        let is_settled = memory.gone && memory.decision != Some(Decision::Separate);
        if one.is_linked() || is_settled || memory.decision == Some(Decision::Same) {
            return Fate::Done;
        }
        let documents = self.documents_of(one);
        if let Some(fate) = self.without_document(payment, &documents) {
            return fate;
        }
        if self.is_held_up(&documents) {
            return Fate::Waits;
        }
        // What the last pull told is looked at, whoever paid.
        let mut received = run.received.iter();
        let is_fresh = payment.is_card()
            && memory.decision.is_none()
            && now < payment.paid_at + FRESH
            && received.all(|one| one.standing != Standing::There);
        let unseen = documents.iter().filter(|document| {
            let id = &document.open.id;
            let must = !is_fresh || !document.is_known || run.look_at.contains(id);
            must && !run.seen.contains_key(id)
        });
        let unseen: Vec<Id> = unseen.map(|document| document.open.id.clone()).collect();
        if !unseen.is_empty() {
            return Fate::Ask(unseen);
        }
        if memory.decision.is_none() {
            match self.verdict(cx, run, payment, open) {
                Verdict::Send => {}
                Verdict::Join(there) => return Fate::Join(there),
                Verdict::Ask(candidates) => return Fate::Held(candidates),
            }
        }
        match payment::allocated(payment, open) {
            Some((customer, lines)) => Fate::Send(customer, lines),
            None => Fate::Waits,
        }
    }

    /// The documents of a payment that were not looked at in this run, if any.
    fn asked_about(&self, run: &Run, one: &Planned) -> Option<Fate> {
        let documents = self.documents_of(one).into_iter();
        let ids = documents.map(|document| document.open.id.clone());
        let unseen: Vec<Id> = ids.filter(|id| !run.seen.contains_key(id)).collect();
        (!unseen.is_empty()).then_some(Fate::Ask(unseen))
    }

    /// What becomes of a payment that QuickBooks did not apply as it was sent (P1): its documents are looked at, since they
    /// may be made out to somebody else by now, and it pays what they take.
    fn applied_anew(
        &self,
        run: &Run,
        one: &Planned,
        payment: &JobPayment,
        open: &mut [Open],
    ) -> Fate {
        if let Some(asked) = self.asked_about(run, one) {
            return asked;
        }
        let memory = one.memory();
        for open in open.iter_mut() {
            open.balance = open.balance + memory.paid_of(&open.id);
        }
        let back = memory.applied.iter();
        let back = back.filter(|(id, _)| self.expenses.contains(id));
        let back: Vec<(Id, Cents)> = back.cloned().collect();
        let allocated = payment::allocated_beside(&back, payment, open);
        let Some((customer, lines)) = allocated else {
            return Fate::Done;
        };
        let pays: Cents = lines.iter().map(|line| line.amount).sum();
        let paid: Cents = memory.applied.iter().map(|(_, amount)| *amount).sum();
        match pays > paid {
            true => Fate::Apply(customer, lines),
            false => Fate::Done,
        }
    }

    /// What becomes of a payment where not all of its invoices have a document.
    fn without_document(&self, payment: &JobPayment, documents: &[&Document]) -> Option<Fate> {
        let has_one = |id: &InvoiceId| {
            let mut documents = documents.iter();
            documents.any(|document| document.open.invoices.contains(id))
        };
        let is_removed = |id: &InvoiceId| {
            let mut invoices = self.records.invoices.iter();
            invoices.any(|invoice| invoice.id == *id && invoice.is_removed())
        };
        let parts = payment.parts.iter().map(|(id, _)| id);
        let without: Vec<&InvoiceId> = parts.filter(|id| !has_one(id)).collect();
        if without.is_empty() {
            return None;
        }
        let stood_for = |gone: &&GoneDocument| without.iter().any(|id| gone.invoices.contains(id));
        let gone = self.gone.iter().find(stood_for);
        Some(match gone {
            _ if without.iter().copied().any(is_removed) => Fate::NoInvoice,
            Some(gone) => Fate::InvoiceGone(gone.number.clone(), gone.total),
            None => Fate::Waits,
        })
    }

    /// P4: while a person has not settled a payment that was returned or is gone, a new one on its document waits.
    fn is_held_up(&self, documents: &[&Document]) -> bool {
        let mut gone = self.payments.iter().filter(|one| one.payment.is_none());
        gone.any(|gone| {
            let mut documents = documents.iter();
            documents.any(|document| gone.memory().paid_of(&document.open.id) > Cents::ZERO)
        })
    }

    /// What follows from what others paid on the documents of a payment (R3).
    fn verdict(&self, cx: &Ctx, run: &Run, payment: &JobPayment, open: &[Open]) -> Verdict {
        let known = self.known();
        let is_foreign = |there: &&qbo::Payment| {
            let is_known = there.id.as_ref().is_none_or(|id| known.contains(&id));
            !is_known && !is_of_any_slot(there.private_note.as_deref())
        };
        let ticked = run.received.iter().filter(|one| one.done);
        let ticked: Vec<Id> = ticked.map(|one| one.id.clone()).collect();
        for (invoice, part) in &payment.parts {
            let Some(open) = open.iter().find(|open| open.invoices.contains(invoice)) else {
                continue;
            };
            let Some(Seen::There { others, .. }) = run.seen.get(&open.id) else {
                continue;
            };
            let others: Vec<qbo::Payment> = others.iter().filter(is_foreign).cloned().collect();
            let left = (*part, open.balance);
            match payment::judge(payment, &open.id, &others, &ticked, left, &cx.zone) {
                Verdict::Send => {}
                verdict => return verdict,
            }
        }
        Verdict::Send
    }
}
