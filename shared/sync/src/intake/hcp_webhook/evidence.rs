//! From what a webhook says to the evidence that travels on the queue.

use hcp::{CompanyId, Event, InvoiceId, Meaning, Notice, Trigger};
use jiff::Timestamp;
use store::Cause;

use crate::work::message::{Evidence, LookAt, Subject};

/// The evidence in a delivery; none where it means nothing for the sync. `deduplication` tells the delivery from
/// others where it does not say when it happened.
pub(super) fn of(notice: &Notice, deduplication: &str, now: Timestamp) -> Option<Evidence> {
    let told = Told {
        notice,
        digest: deduplication.get(..16).unwrap_or(deduplication),
        now,
    };
    let (trigger, key, at) = match notice.event.meaning() {
        Meaning::Ignored => return None,
        Meaning::Changed => told.changed(),
        Meaning::Refund => told.refunded(),
        Meaning::Trigger(Trigger::Finished) => told.finished(),
        Meaning::Trigger(Trigger::Invoiced) => told.invoiced(),
        Meaning::Trigger(Trigger::Paid) => told.paid(),
    };
    let again = matches!(trigger, Some(Cause::Finished | Cause::Invoiced));
    Some(Evidence {
        trigger,
        key,
        occurred: notice.occurred_at.filter(|_| again),
        at,
        invoice: notice.invoice.clone(),
        received: Some(now),
        by: None,
    })
}

/// The message: about the job, else about the invoice; of a customer's own events, about the customer. None where
/// none of them is named.
pub(super) fn look_at(company: &CompanyId, notice: &Notice, evidence: Evidence) -> Option<LookAt> {
    let of_customer = matches!(
        notice.event,
        Event::CustomerUpdated | Event::CustomerDeleted
    );
    let customer = notice.customer.clone().filter(|_| of_customer);
    let subject = (notice.job.clone().map(Subject::Job))
        .or_else(|| notice.invoice.clone().map(Subject::Invoice))
        .or_else(|| customer.map(Subject::Customer))?;
    Some(LookAt {
        v: LookAt::VERSION,
        company: company.clone(),
        subject,
        evidence: Some(evidence),
    })
}

struct Told<'a> {
    notice: &'a Notice,
    digest: &'a str,
    now: Timestamp,
}

type Parts = (Option<Cause>, String, Timestamp);

impl Told<'_> {
    fn finished(&self) -> Parts {
        let (moment, at) = self.when(self.notice.completed_at);
        (Some(Cause::Finished), format!("finished@{moment}"), at)
    }

    fn invoiced(&self) -> Parts {
        let (moment, at) = self.when(self.notice.sent_at);
        let key = format!("invoiced:{}@{moment}", self.invoice());
        (Some(Cause::Invoiced), key, at)
    }

    fn paid(&self) -> Parts {
        let newest = match self.notice.event {
            Event::InvoicePaymentSucceeded => self.notice.newest_payment(),
            _ => None,
        };
        let (key, at) = if let Some(payment) = newest {
            let (_, at) = self.when(payment.paid_at);
            (format!("payment:{}", payment.id), at)
        } else if self.notice.event == Event::JobPaid {
            let (moment, at) = self.when(None);
            (format!("paid@{moment}"), at)
        } else {
            let (moment, at) = self.when(self.notice.paid_at);
            (format!("paid:{}@{moment}", self.invoice()), at)
        };
        (Some(Cause::Paid), key, at)
    }

    fn refunded(&self) -> Parts {
        let (_, at) = self.when(None);
        (
            Some(Cause::Refunded),
            format!("refunded@{}", self.digest),
            at,
        )
    }

    fn changed(&self) -> Parts {
        let (_, at) = self.when(None);
        (None, format!("changed@{}", self.digest), at)
    }

    fn invoice(&self) -> &str {
        self.notice
            .invoice
            .as_ref()
            .map_or("unknown", InvoiceId::as_str)
    }

    /// The moment for the key, and the time: of the record, else of the event. Where neither is told, the time is
    /// now, but the moment is the delivery's own digest: a late repeat must not look like a new occurrence.
    fn when(&self, business: Option<Timestamp>) -> (String, Timestamp) {
        match business.or(self.notice.occurred_at) {
            Some(at) => (at.to_string(), at),
            None => (self.digest.to_owned(), self.now),
        }
    }
}
