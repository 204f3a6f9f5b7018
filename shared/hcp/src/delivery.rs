//! What a webhook's body says: the event, the ids and the evidence. Nothing else is read from it; the state of a
//! record is always read anew.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::value::RawValue;
use thiserror::Error;

use crate::{
    CompanyId, CustomerId, Event, InvoiceId, JobId, PaymentId, PaymentStatus, records::timestamp,
};

/// A webhook's body, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Housecall Pro tries the address before it saves it: an object without `event` (`{"foo":"bar"}`).
    UrlCheck,
    /// Something happened.
    Event(Box<Notice>),
}

/// What happened, and to what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The event.
    pub event: Event,
    /// When it happened, to the second; older deliveries do not tell.
    pub occurred_at: Option<Timestamp>,
    /// Whose it is, where it is told as a company id.
    pub company: Option<CompanyId>,
    /// The job it is about: its own id, or the one that an invoice or an appointment names.
    pub job: Option<JobId>,
    /// The invoice it is about.
    pub invoice: Option<InvoiceId>,
    /// The customer it is about, or the one of its job.
    pub customer: Option<CustomerId>,
    /// When the job was finished.
    pub completed_at: Option<Timestamp>,
    /// When the invoice was sent.
    pub sent_at: Option<Timestamp>,
    /// When the invoice was paid in full.
    pub paid_at: Option<Timestamp>,
    /// The invoice's payments that have an id.
    pub payments: Vec<NotedPayment>,
}

/// A payment that a webhook mentions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotedPayment {
    /// Its id.
    pub id: PaymentId,
    /// How it went.
    pub status: Option<PaymentStatus>,
    /// When it was made.
    pub paid_at: Option<Timestamp>,
}

/// A body that is no webhook of Housecall Pro.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DeliveryError {
    /// Not a JSON object.
    #[error("the body is not a JSON object")]
    Malformed,
}

impl Delivery {
    /// Takes a body apart. What is missing or odd in the evidence is left out, since the record itself is read
    /// later; unknown events and keys are no error.
    ///
    /// # Errors
    /// When it is no webhook of Housecall Pro at all.
    pub fn parse(body: &[u8]) -> Result<Self, DeliveryError> {
        // A list would be taken as the fields in their order.
        if body.trim_ascii_start().first() != Some(&b'{') {
            return Err(DeliveryError::Malformed);
        }
        let envelope: Envelope =
            serde_json::from_slice(body).map_err(|_| DeliveryError::Malformed)?;
        let Some(event) = envelope.event else {
            return Ok(Self::UrlCheck);
        };
        // An event that is no text is as good as one that nobody knows.
        let event: String = serde_json::from_str(event.get()).unwrap_or_default();
        let job = envelope.job.unwrap_or_default();
        let invoice = envelope.invoice.unwrap_or_default();
        let appointment = envelope.appointment.unwrap_or_default();
        let customer = envelope.customer.or(job.customer).unwrap_or_default();
        Ok(Self::Event(Box::new(Notice {
            event: Event::parse(&event),
            occurred_at: envelope.event_occurred_at,
            company: envelope.company_id,
            job: job.id.or(invoice.job_id).or(appointment.job_id),
            invoice: invoice.id,
            customer: customer.id,
            completed_at: job.work_timestamps.unwrap_or_default().completed_at,
            sent_at: invoice.sent_at,
            paid_at: invoice.paid_at,
            payments: invoice
                .payments
                .unwrap_or_default()
                .into_iter()
                .filter_map(PaymentPart::noted)
                .collect(),
        })))
    }

    /// Whether a body is Housecall Pro's trial of the address. It is sent before anybody knows the signing
    /// secret, so it is told apart before the signature is checked; only a short body is looked at.
    pub fn is_url_check(body: &[u8]) -> bool {
        const LONGEST: usize = 256;
        body.len() <= LONGEST && Self::parse(body) == Ok(Self::UrlCheck)
    }
}

impl Notice {
    /// The last payment that succeeded: the one that a payment event tells of.
    pub fn newest_payment(&self) -> Option<&NotedPayment> {
        self.payments
            .iter()
            .filter(|payment| payment.status == Some(PaymentStatus::Succeeded))
            .max_by_key(|payment| payment.paid_at)
    }
}

#[derive(Deserialize)]
struct Envelope {
    event: Option<Box<RawValue>>,
    #[serde(default, deserialize_with = "time_if_readable")]
    event_occurred_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "if_readable")]
    company_id: Option<CompanyId>,
    #[serde(default, deserialize_with = "if_readable")]
    job: Option<JobPart>,
    #[serde(default, deserialize_with = "if_readable")]
    invoice: Option<InvoicePart>,
    #[serde(default, deserialize_with = "if_readable")]
    appointment: Option<AppointmentPart>,
    #[serde(default, deserialize_with = "if_readable")]
    customer: Option<CustomerPart>,
}

#[derive(Default, Deserialize)]
struct JobPart {
    #[serde(default, deserialize_with = "if_readable")]
    id: Option<JobId>,
    #[serde(default, deserialize_with = "if_readable")]
    customer: Option<CustomerPart>,
    #[serde(default, deserialize_with = "if_readable")]
    work_timestamps: Option<WorkTimestampsPart>,
}

#[derive(Default, Deserialize)]
struct WorkTimestampsPart {
    #[serde(default, deserialize_with = "time_if_readable")]
    completed_at: Option<Timestamp>,
}

#[derive(Default, Deserialize)]
struct InvoicePart {
    #[serde(default, deserialize_with = "if_readable")]
    id: Option<InvoiceId>,
    #[serde(default, deserialize_with = "if_readable")]
    job_id: Option<JobId>,
    #[serde(default, deserialize_with = "time_if_readable")]
    sent_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "time_if_readable")]
    paid_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "if_readable")]
    payments: Option<Vec<PaymentPart>>,
}

#[derive(Default, Deserialize)]
struct AppointmentPart {
    #[serde(default, deserialize_with = "if_readable")]
    job_id: Option<JobId>,
}

#[derive(Default, Deserialize)]
struct CustomerPart {
    #[serde(default, deserialize_with = "if_readable")]
    id: Option<CustomerId>,
}

#[derive(Deserialize)]
struct PaymentPart {
    #[serde(default, deserialize_with = "if_readable")]
    id: Option<PaymentId>,
    #[serde(default, deserialize_with = "if_readable")]
    status: Option<PaymentStatus>,
    #[serde(default, deserialize_with = "time_if_readable")]
    paid_at: Option<Timestamp>,
}

impl PaymentPart {
    fn noted(self) -> Option<NotedPayment> {
        Some(NotedPayment {
            id: self.id?,
            status: self.status,
            paid_at: self.paid_at,
        })
    }
}

/// A part of the evidence: left out where it is not in the known form.
fn if_readable<'de, D, T>(json: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let raw = Option::<Box<RawValue>>::deserialize(json)?;
    Ok(raw.and_then(|raw| serde_json::from_str(raw.get()).ok()))
}

fn time_if_readable<'de, D: Deserializer<'de>>(json: D) -> Result<Option<Timestamp>, D::Error> {
    let text: Option<String> = if_readable(json)?;
    Ok(text.as_deref().and_then(timestamp))
}

#[cfg(test)]
mod tests;
