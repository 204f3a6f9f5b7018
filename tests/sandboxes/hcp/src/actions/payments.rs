//! Payments: on one invoice, on a job across its invoices, or over several invoices at once.

use serde::{Deserialize, Serialize};

use super::{Desk, NewLine, Refusal, not_allowed};
use crate::{
    amounts::LARGEST_PRICE,
    billing::{Invoice, InvoiceKind, InvoiceStatus, Payment, PaymentMethod, PaymentStatus},
    doubts::SharedPayments,
    events::Event,
    ids::{InvoiceId, JobId, PaymentId},
    options::Invoicing,
    shelf::When,
    words::{dollars, method_words},
};

/// The form of *collect payment*.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewPayment {
    /// How it is paid.
    pub method: PaymentMethod,
    /// Cents without the tip; all that is due unless told.
    pub amount: Option<i64>,
    /// Cents on top; becomes a line of the job.
    pub tip: i64,
    /// Cents that the customer pays for using a card; no part of the invoice.
    pub surcharge: i64,
    /// A note, such as a check's number; cash, checks and others name themselves unless told.
    pub note: Option<String>,
    /// What becomes of it.
    pub status: PaymentStatus,
}

impl NewPayment {
    /// All that is due.
    pub fn in_full(method: PaymentMethod) -> Self {
        Self {
            method,
            ..Self::default()
        }
    }

    /// So many cents.
    pub fn of(method: PaymentMethod, cents: i64) -> Self {
        Self {
            method,
            amount: Some(cents),
            ..Self::default()
        }
    }
}

/// One payment that is spread over several invoices: its tip and surcharge go with the first.
struct Spread<'a> {
    new: &'a NewPayment,
    /// What the customer pays in all.
    whole: i64,
    left: i64,
    first: Option<PaymentId>,
}

impl<'a> Spread<'a> {
    fn over(due: i64, new: &'a NewPayment) -> Result<Self, Refusal> {
        let left = amount_within(due, new)?;
        Ok(Self {
            new,
            whole: left + new.tip,
            left,
            first: None,
        })
    }

    /// Pays so much of one of the invoices.
    fn pay(&mut self, desk: &mut Desk<'_>, id: &InvoiceId, amount: i64) -> Result<(), Refusal> {
        let is_first = self.first.is_none();
        let part = NewPayment {
            amount: Some(amount),
            tip: if is_first { self.new.tip } else { 0 },
            surcharge: if is_first { self.new.surcharge } else { 0 },
            ..self.new.clone()
        };
        let shared = desk.options.settings.shared_payments;
        let known = self
            .first
            .clone()
            .filter(|_| shared != SharedPayments::OwnIds);
        let payment = desk.put_payment(id, part, known, self.whole)?;
        self.first.get_or_insert(payment);
        self.left -= amount;
        Ok(())
    }

    fn end(self) -> Result<PaymentId, Refusal> {
        self.first
            .ok_or_else(|| Refusal::NotAllowed("nothing is due".to_owned()))
    }
}

impl Desk<'_> {
    /// Pays the job: its invoices oldest first, making the one over what is left where it is needed.
    ///
    /// A progress invoice is paid whole or not at all: one that the money does not cover is voided, and
    /// what remains of the money pays a new part of its own size.
    pub(super) fn pay_job(
        &mut self,
        job_id: &JobId,
        new: &NewPayment,
    ) -> Result<PaymentId, Refusal> {
        let whole_only = self.open_job(job_id)?.invoicing == Invoicing::Progress;
        let mut spread = Spread::over(self.collectable(job_id)?, new)?;
        for id in self.live_invoices(job_id)? {
            let invoice = self.invoice(&id)?;
            let open = invoice.collectable(self.options.settings.refunds);
            let amount = open.min(spread.left);
            if amount <= 0 {
                continue;
            }
            if whole_only && amount < open && invoice.kind == InvoiceKind::Progress {
                if invoice.held() == 0 {
                    self.close_invoice(&id, InvoiceStatus::Voided)?;
                    self.tell_invoice(Event::InvoiceVoided, &id);
                }
                continue;
            }
            spread.pay(self, &id, amount)?;
        }
        if spread.left > 0 {
            let left = spread.left;
            let id = if whole_only {
                self.issue_amount(job_id, left)?
            } else {
                self.issue_what_is_left(job_id)?
                    .ok_or(Refusal::NotCovered("a payment that no invoice can take"))?
            };
            spread.pay(self, &id, left)?;
        }
        spread.end()
    }

    /// One payment of a customer over invoices of theirs, in the order in which they are named.
    pub(super) fn pay_invoices(
        &mut self,
        ids: &[InvoiceId],
        new: &NewPayment,
    ) -> Result<PaymentId, Refusal> {
        let (mut due, mut payers, mut seen) = (0, Vec::new(), Vec::new());
        for id in ids {
            let invoice = self.payable(id)?;
            due += invoice.collectable(self.options.settings.refunds);
            payers.push(self.company.payer(invoice, When::Now));
            seen.push(id);
        }
        if ids.is_empty() {
            return not_allowed("choose the invoices that are paid");
        }
        seen.sort();
        seen.dedup();
        payers.dedup();
        if seen.len() < ids.len() {
            return not_allowed("an invoice is named twice");
        }
        if payers.len() > 1 {
            return not_allowed("one payment is for invoices of one customer");
        }
        let mut spread = Spread::over(due, new)?;
        for id in ids {
            // What was paid before, with its tip, can have changed what is due on this one.
            let open = self.invoice(id)?.collectable(self.options.settings.refunds);
            let amount = open.min(spread.left);
            if amount > 0 {
                spread.pay(self, id, amount)?;
            }
        }
        if spread.left > 0 {
            return Err(Refusal::NotCovered("a payment that no invoice can take"));
        }
        spread.end()
    }

    pub(super) fn pay_invoice(
        &mut self,
        id: &InvoiceId,
        new: NewPayment,
    ) -> Result<PaymentId, Refusal> {
        let due = self.payable(id)?.collectable(self.options.settings.refunds);
        let whole = amount_within(due, &new)? + new.tip;
        self.put_payment(id, new, None, whole)
    }

    /// *Mark as paid*: all that is due was paid outside of Housecall Pro, which notes the moment of the press.
    pub(super) fn mark_as_paid(
        &mut self,
        id: &InvoiceId,
        method: PaymentMethod,
        note: Option<String>,
    ) -> Result<PaymentId, Refusal> {
        if !method.is_external() {
            return not_allowed("an invoice is marked as paid by cash, check or other");
        }
        let new = NewPayment {
            note,
            ..NewPayment::in_full(method)
        };
        self.pay_invoice(id, new)
    }

    /// Puts a payment, or a part of one over several invoices, on one of them.
    fn put_payment(
        &mut self,
        id: &InvoiceId,
        new: NewPayment,
        known: Option<PaymentId>,
        whole: i64,
    ) -> Result<PaymentId, Refusal> {
        let invoice = self.payable(id)?;
        let due = invoice.collectable(self.options.settings.refunds);
        let amount = amount_within(due, &new)?;
        if invoice.kind == InvoiceKind::Progress && amount < due {
            return not_allowed(format!(
                "a progress invoice is paid whole: {} is due",
                dollars(due)
            ));
        }
        let job = invoice.job().cloned();
        check_extras(&new)?;
        if new.tip > 0 {
            let job = job.ok_or(Refusal::NotCovered("a tip on a service plan"))?;
            self.add_tip(&job, id, new.tip)?;
        }
        let payment = known.unwrap_or_else(|| PaymentId::from(self.random.id(PaymentId::PREFIX)));
        let fresh = Payment {
            id: payment.clone(),
            status: PaymentStatus::Pending,
            method: new.method,
            amount: amount + new.tip,
            paid_at_once: whole,
            tip: new.tip,
            surcharge: new.surcharge,
            note: new.note.or_else(|| own_name(new.method)),
            paid_at: None,
        };
        self.invoice_mut(id)?.payments.push(fresh);
        if new.status == PaymentStatus::Pending {
            self.settle(id)?;
            self.say_payment(id, &payment)?;
        } else {
            self.settle_payment(id, &payment, new.status)?;
        }
        Ok(payment)
    }

    /// A tip is a line of the job, and belongs to the invoice that it came with.
    fn add_tip(&mut self, job_id: &JobId, id: &InvoiceId, cents: i64) -> Result<(), Refusal> {
        self.put_line(job_id, NewLine::tip(cents))?;
        let line = self.job(job_id)?.lines.last().cloned();
        let invoice = self.invoice_mut(id)?;
        if invoice.kind != InvoiceKind::Main {
            invoice.bill.lines.push(cents);
            invoice.lines.extend(line);
        }
        self.contents_changed(job_id)?;
        if self.invoice(id)?.kind != InvoiceKind::Main {
            self.tell_invoice(Event::InvoiceAmountUpdated, id);
        }
        Ok(())
    }

    /// Cents of the job that a payment can still be collected for.
    fn collectable(&self, job_id: &JobId) -> Result<i64, Refusal> {
        let mut due = self.outstanding(job_id)?;
        for id in self.live_invoices(job_id)? {
            due -= self.invoice(&id)?.pending();
        }
        Ok(due)
    }

    /// An invoice that can take a payment.
    fn payable(&self, id: &InvoiceId) -> Result<&Invoice, Refusal> {
        let invoice = self.invoice(id)?;
        if !invoice.status.is_live() {
            return not_allowed(format!("the invoice is {}", invoice.status.name()));
        }
        Ok(invoice)
    }
}

/// What is paid of `due`.
fn amount_within(due: i64, new: &NewPayment) -> Result<i64, Refusal> {
    match new.amount.unwrap_or(due) {
        amount if (1..=due).contains(&amount) => Ok(amount),
        _ if due <= 0 => not_allowed("nothing is due"),
        _ => not_allowed(format!(
            "a payment lies between $0.01 and the {} that are due",
            dollars(due)
        )),
    }
}

fn check_extras(new: &NewPayment) -> Result<(), Refusal> {
    let possible = 0..=LARGEST_PRICE;
    if !possible.contains(&new.tip) || !possible.contains(&new.surcharge) {
        return not_allowed("a tip or surcharge lies between 0 and ten million dollars");
    }
    if new.tip > 0 && new.status == PaymentStatus::Failed {
        return not_allowed("a failed payment leaves no tip");
    }
    if new.surcharge > 0 && new.method != PaymentMethod::Card {
        return not_allowed("only cards carry a surcharge");
    }
    Ok(())
}

fn own_name(method: PaymentMethod) -> Option<String> {
    method
        .is_external()
        .then(|| method_words(method).to_owned())
}
