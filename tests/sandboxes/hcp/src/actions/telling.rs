//! What the company tells of an action: full records, signed.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Desk;
use crate::{
    events::Event,
    history::Said,
    ids::{CustomerId, InvoiceId, JobId},
    options::Options,
    records::{Form, Records, keys},
    shelf::When,
    webhook::Webhook,
    words::dollars,
    work::Schedule,
};

impl Desk<'_> {
    /// The time that a changed record shows: now, or as far behind as the settings allow.
    pub(crate) fn updated_at(&mut self, created_at: Timestamp) -> Timestamp {
        let lag = u64::from(self.options.settings.updated_at_lag_seconds);
        if lag == 0 {
            return self.now;
        }
        let behind = i64::try_from(self.random.below(lag + 1)).unwrap_or_default();
        Timestamp::from_second(self.now.as_second() - behind)
            .unwrap_or(self.now)
            .max(created_at)
    }

    pub(crate) fn tell_customer(&mut self, event: Event, id: &CustomerId) {
        if !self.is_on(event) {
            return;
        }
        let records = self.records();
        let Some(customer) = self.company.customer(id, When::Now) else {
            return;
        };
        let record = records.customer(customer, Form::Webhook);
        self.tell(event, "customer", record);
    }

    pub(crate) fn tell_job(&mut self, event: Event, id: &JobId) {
        if !self.is_on(event) {
            return;
        }
        let records = self.records();
        let Some(job) = self.company.job(id, When::Now) else {
            return;
        };
        let record = records.job(job, Form::Webhook);
        self.tell(event, "job", record);
    }

    pub(crate) fn tell_invoice(&mut self, event: Event, id: &InvoiceId) {
        self.say_event(event, id);
        if !self.is_on(event) {
            return;
        }
        let records = self.records();
        let Some(invoice) = self.company.invoice(id, When::Now) else {
            return;
        };
        if !records.shows(invoice) {
            return;
        }
        let record = records.invoice(invoice);
        self.tell(event, "invoice", record);
    }

    pub(crate) fn tell_appointment(&mut self, event: Event, id: &JobId, visit: &Schedule) {
        if !self.is_on(event) {
            return;
        }
        let records = self.records();
        let Some(job) = self.company.job(id, When::Now) else {
            return;
        };
        let record = if event == Event::JobAppointmentDiscarded {
            json!({ "id": visit.appointment, "job_id": job.id })
        } else {
            records.appointment(job, visit)
        };
        self.tell(event, "appointment", record);
    }

    /// Says for people what happened to an invoice, where the event says all of it.
    fn say_event(&mut self, event: Event, id: &InvoiceId) {
        let Some(invoice) = self.company.invoice(id, When::Now) else {
            return;
        };
        let what = match event {
            Event::InvoiceCreated => format!("made over {}", dollars(invoice.total())),
            Event::InvoiceAmountUpdated => format!("now over {}", dollars(invoice.total())),
            Event::InvoiceSent => "sent".to_owned(),
            Event::InvoicePaid => "paid".to_owned(),
            Event::InvoiceVoided => "voided".to_owned(),
            Event::InvoiceCanceled => "canceled".to_owned(),
            _ => return,
        };
        self.say(id, &what);
    }

    /// Says for people what happened to an invoice.
    pub(super) fn say(&mut self, id: &InvoiceId, what: &str) {
        if let Some(invoice) = self.company.invoice(id, When::Now) {
            self.said.push(Said {
                invoice: id.clone(),
                number: invoice.number.clone(),
                what: what.to_owned(),
            });
        }
    }

    pub(crate) fn records(&self) -> Records<'_> {
        Records {
            company: self.company,
            options: self.options,
            when: When::Now,
        }
    }

    pub(super) fn tell(&mut self, event: Event, key: &'static str, record: Value) {
        self.tell_all(event, &mut [(key, record)]);
    }

    pub(super) fn tell_all(&mut self, event: Event, records: &mut [(&'static str, Value)]) {
        if !self.is_on(event) {
            return;
        }
        for (_, record) in records.iter_mut() {
            keys::keep(record, self.options.settings.keys);
        }
        let Options {
            company_id,
            signing_secret,
            ..
        } = self.options;
        let webhook = Webhook::new(event, *company_id, records, self.now, signing_secret);
        self.webhooks.push(webhook);
    }

    /// Asked before a record is written, which is most of an action's work.
    fn is_on(&self, event: Event) -> bool {
        self.options.events.contains(&event)
    }
}
