//! A company for tests, and what people do in it.

use hcp_sandbox::{
    Answer, Clock, CustomerId, Hundredths, InvoiceId, JobId, NewJob, NewLine, NewPayment, Options,
    PaymentId, PaymentMethod, Request, Sandbox, Settings, TaxRate, Webhook,
};
use serde_json::Value;

pub(crate) const KEY: &str = "key-of-the-tests";
pub(crate) const SECRET: &str = "secret-of-the-tests";

/// What requests carry in `Authorization`.
pub(crate) fn token() -> String {
    format!("Token {KEY}")
}

pub(crate) fn options() -> Options {
    Options {
        api_key: KEY.to_owned(),
        signing_secret: SECRET.to_owned(),
        clock: Clock::manual("2026-03-02T14:30:00Z".parse().unwrap()),
        ..Options::default()
    }
}

pub(crate) fn company() -> Sandbox {
    Sandbox::new(options())
}

pub(crate) fn company_with(settings: Settings) -> Sandbox {
    Sandbox::new(Options {
        settings,
        ..options()
    })
}

pub(crate) fn get(sandbox: &Sandbox, url: &str) -> Answer {
    sandbox.call_api(&Request::get(url).with_header("authorization", &token()))
}

/// The JSON of an answer that must be 200.
pub(crate) fn read(sandbox: &Sandbox, url: &str) -> Value {
    let answer = get(sandbox, url);
    assert_eq!(answer.status, 200, "{url}: {}", answer.body_json());
    answer.body_json()
}

pub(crate) fn first_customer(sandbox: &Sandbox) -> CustomerId {
    sandbox.customers().remove(0)
}

/// A job of 112.00 labour, 2.5 × 64.50 taxed goods and 6.35 % tax: 283.49 in all.
pub(crate) fn repair_job(sandbox: &Sandbox) -> JobId {
    sandbox
        .create_job(NewJob {
            description: "No heat upstairs".to_owned(),
            lines: vec![
                NewLine::labor("Boiler repair", 11_200, Hundredths::ONE),
                NewLine::materials("Copper pipe", 6_450, Hundredths::new(250)),
            ],
            taxes: vec![state_tax()],
            ..NewJob::of(&first_customer(sandbox))
        })
        .unwrap()
}

/// What a `repair_job` comes to.
pub(crate) const TOTAL: i64 = 28_349;

/// A repair job whose invoice was sent, of which everybody has been told.
pub(crate) fn sent_invoice(sandbox: &Sandbox) -> (JobId, InvoiceId) {
    let job = repair_job(sandbox);
    let invoice = sandbox.send_invoice(&job).unwrap();
    events(sandbox);
    (job, invoice)
}

/// What the payment of all that is due tells.
pub(crate) const PAID: [&str; 4] = [
    "invoice.payment.succeeded",
    "invoice.paid",
    "job.updated",
    "job.paid",
];

/// A repair job that was paid by card, of which everybody has been told.
pub(crate) fn paid_job(sandbox: &Sandbox) -> (JobId, InvoiceId, PaymentId) {
    let (job, invoice) = sent_invoice(sandbox);
    let card = NewPayment::in_full(PaymentMethod::Card);
    let payment = sandbox.pay_invoice(&invoice, card).unwrap();
    events(sandbox);
    (job, invoice, payment)
}

pub(crate) fn refunds_of(sandbox: &Sandbox, invoice: &InvoiceId) -> Vec<Value> {
    let record = sandbox.invoice(invoice).unwrap();
    record["refunds"].as_array().unwrap().clone()
}

pub(crate) fn state_tax() -> TaxRate {
    TaxRate {
        name: "State sales tax".to_owned(),
        percent: Hundredths::new(635),
    }
}

/// The events that happened since the last look.
pub(crate) fn events(sandbox: &Sandbox) -> Vec<&'static str> {
    names(&sandbox.take_webhooks())
}

pub(crate) fn names(webhooks: &[Webhook]) -> Vec<&'static str> {
    webhooks
        .iter()
        .map(|webhook| webhook.event.name())
        .collect()
}
