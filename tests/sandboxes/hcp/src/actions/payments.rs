//! Payments: on one invoice, or on a job across its invoices.

use serde::{Deserialize, Serialize};

use super::{Desk, NewLine, Refusal, not_allowed};
use crate::{
    amounts::LARGEST_PRICE,
    billing::{InvoiceKind, InvoiceStatus, Payment, PaymentMethod, PaymentStatus},
    events::Event,
    ids::{InvoiceId, JobId, PaymentId},
    options::Invoicing,
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
    /// A note; cash, cheques and others name themselves unless told.
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
        let due = self.collectable(job_id)?;
        let mut left = new.amount.unwrap_or(due);
        if left <= 0 || left > due {
            return not_allowed(format!(
                "a payment lies between 1 cent and the {due} cents that are due"
            ));
        }
        let (mut first, mut extras) = (None, (new.tip, new.surcharge));
        let mut pay = |desk: &mut Self, id: &InvoiceId, amount: i64| {
            let (tip, surcharge) = std::mem::take(&mut extras);
            let part = NewPayment {
                amount: Some(amount),
                tip,
                surcharge,
                ..new.clone()
            };
            let payment = desk.pay_invoice(id, part)?;
            first.get_or_insert(payment);
            Ok(())
        };
        for id in self.live_invoices(job_id)? {
            let invoice = self.invoice(&id)?;
            let open = invoice.collectable(self.options.settings.refunds);
            let amount = open.min(left);
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
            pay(self, &id, amount)?;
            left -= amount;
        }
        if left > 0 {
            let id = if whole_only {
                self.issue_amount(job_id, left)?
            } else {
                self.issue_what_is_left(job_id)?
                    .ok_or(Refusal::NotCovered("a payment that no invoice can take"))?
            };
            pay(self, &id, left)?;
        }
        first.ok_or_else(|| Refusal::NotAllowed("nothing is due".to_owned()))
    }

    pub(super) fn pay_invoice(
        &mut self,
        id: &InvoiceId,
        new: NewPayment,
    ) -> Result<PaymentId, Refusal> {
        let invoice = self.invoice(id)?;
        if !invoice.status.is_live() {
            return not_allowed(format!("the invoice is {}", invoice.status.name()));
        }
        let due = invoice.collectable(self.options.settings.refunds);
        let amount = new.amount.unwrap_or(due);
        if amount <= 0 || amount > due {
            return not_allowed(format!(
                "a payment lies between 1 cent and the {due} cents that are due"
            ));
        }
        if invoice.kind == InvoiceKind::Progress && amount < due {
            return not_allowed(format!(
                "a progress invoice is paid whole: {due} cents are due"
            ));
        }
        let job = invoice.job.clone();
        check_extras(&new)?;
        if new.tip > 0 {
            let job = job.ok_or(Refusal::NotCovered("a tip on a service plan"))?;
            self.add_tip(&job, id, new.tip)?;
        }
        let payment = PaymentId::from(self.random.id(PaymentId::PREFIX));
        let fresh = Payment {
            id: payment.clone(),
            status: PaymentStatus::Pending,
            method: new.method,
            amount: amount + new.tip,
            tip: new.tip,
            surcharge: new.surcharge,
            note: new.note.or_else(|| own_name(new.method)),
            paid_at: None,
        };
        self.invoice_mut(id)?.payments.push(fresh);
        if new.status == PaymentStatus::Pending {
            self.settle(id)?;
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

    /// A pending payment arrives or fails.
    pub(super) fn settle_payment(
        &mut self,
        id: &InvoiceId,
        payment_id: &PaymentId,
        status: PaymentStatus,
    ) -> Result<String, Refusal> {
        let now = self.now;
        let job = self.invoice(id)?.job.clone();
        let owed_before = match &job {
            Some(job) => self.outstanding(job)?,
            None => 0,
        };
        let invoice = self.invoice_mut(id)?;
        let payment = invoice
            .payments
            .iter_mut()
            .find(|payment| &payment.id == payment_id)
            .ok_or_else(|| Refusal::NotFound(format!("payment {payment_id} on the invoice")))?;
        if payment.status != PaymentStatus::Pending || status == PaymentStatus::Pending {
            return not_allowed("only a pending payment can succeed or fail");
        }
        payment.status = status;
        payment.paid_at = (status == PaymentStatus::Succeeded).then_some(now);
        let became_paid = self.settle(id)?;
        if status == PaymentStatus::Failed {
            self.tell_invoice(Event::InvoicePaymentFailed, id);
            return Ok(payment_id.to_string());
        }
        self.tell_invoice(Event::InvoicePaymentSucceeded, id);
        if became_paid {
            self.tell_invoice(Event::InvoicePaid, id);
        }
        if let Some(job) = job {
            self.edited(&job)?;
            if owed_before > 0 && self.outstanding(&job)? <= 0 {
                self.tell_job(Event::JobPaid, &job);
            }
        }
        Ok(payment_id.to_string())
    }

    /// Cents of the job that a payment can still be collected for.
    fn collectable(&self, job_id: &JobId) -> Result<i64, Refusal> {
        let mut due = self.outstanding(job_id)?;
        for id in self.live_invoices(job_id)? {
            due -= self.invoice(&id)?.pending();
        }
        Ok(due)
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
    let name = match method {
        PaymentMethod::Cash => "Cash",
        PaymentMethod::Check => "Check",
        PaymentMethod::Other => "Other",
        _ => return None,
    };
    Some(name.to_owned())
}
