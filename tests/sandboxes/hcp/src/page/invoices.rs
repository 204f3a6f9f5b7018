//! The part of a job's page that is about money: invoices, payments, refunds.

use maud::{Markup, html};
use sandbox_kit::page::{
    Column::{Number, Text},
    Row, button, careful_button, choice, facts, fold, form, hidden, money, plain, table, text,
};

use super::{day, dollars, moment, options, parts, status_badge};
use crate::{
    billing::{Invoice, Payment, PaymentMethod, PaymentStatus},
    shelf::When,
    state::State,
    work::Job,
};

pub(super) fn section(state: &State, job: &Job, is_open: bool) -> Markup {
    let invoices: Vec<&Invoice> = state.company.invoices_of(job, When::Now).collect();
    let is_billed = invoices.iter().any(|invoice| invoice.status.is_live());
    let send = if is_billed {
        "Send again"
    } else {
        "Send invoice"
    };
    let job_field = [("job", job.id.as_str())];
    html! {
        @for invoice in &invoices { (one(state, invoice)) }
        @if invoices.is_empty() {
            p.empty { "No invoice yet: sending or paying makes it." }
        }
        @if is_open {
            div.actions { (button("send_invoice", send, &job_field, "primary")) }
            (parts::section(state, job))
            (collect(state, job))
        }
    }
}

fn one(state: &State, invoice: &Invoice) -> Markup {
    let date = |time: Option<jiff::Timestamp>| time.map(|time| day(state, time));
    let rows = invoice
        .payments
        .iter()
        .map(|payment| payment_row(state, invoice, payment));
    let columns = [
        Text("Payment"),
        Text("When"),
        Text("Status"),
        Number("Amount"),
        Text(""),
    ];
    let due = state.records(When::Now).due_amount(invoice);
    html! {
        article {
            h3 {
                (parts::title(invoice)) " " (invoice.number) " " (status_badge(invoice.status.name()))
            }
            (facts([
                ("Amount", plain(&dollars(invoice.total()))),
                ("Due", plain(&dollars(due))),
                ("Terms", plain(&invoice.due.display())),
                ("Due on", plain(&date(invoice.due_at).unwrap_or_default())),
                ("Sent", plain(&date(invoice.sent_at).unwrap_or_else(|| "not yet".to_owned()))),
            ]))
            (table(&columns, rows, "No payments."))
            @for refund in &invoice.refunds {
                p { "Refunded " (dollars(refund.amount)) " on " (moment(state, refund.refunded_at)) }
            }
            @if invoice.status.is_live() { (actions(state, invoice)) }
        }
    }
}

fn actions(state: &State, invoice: &Invoice) -> Markup {
    let this = [("invoice", invoice.id.as_str())];
    let due = invoice.collectable(state.options.settings.refunds);
    html! {
        div.actions {
            (button("send_this_invoice", "Send this one", &this, ""))
            @if invoice.held() == 0 {
                (careful_button("void_invoice", "Void", "Void this invoice?", &this))
            }
        }
        @if due > 0 {
            @let collect = form("pay_invoice", "", &payment_fields(&this, due), "Collect");
            (fold("Collect on this one", &collect))
        }
    }
}

fn payment_row(state: &State, invoice: &Invoice, payment: &Payment) -> Row {
    let when = payment.paid_at.map(|time| moment(state, time));
    let ids = [
        ("invoice", invoice.id.as_str()),
        ("payment", payment.id.as_str()),
    ];
    // Cash and the like note their own name, which stands there already.
    let note = payment.note.as_deref();
    let note = note.filter(|note| *note != method_words(payment.method));
    Row::from([
        html! { (method_words(payment.method)) " " small { (note.unwrap_or_default()) } },
        plain(&when.unwrap_or_default()),
        status_badge(payment.status.name()),
        plain(&dollars(payment.amount)),
        further(payment.status, &ids),
    ])
}

/// What can still be done with a payment.
fn further(status: PaymentStatus, ids: &[(&str, &str); 2]) -> Markup {
    let with_status = |status| [ids[0], ids[1], ("status", status)];
    match status {
        PaymentStatus::Succeeded => {
            let fields = html! {
                (hidden(ids))
                (money("amount", "Amount", "", "all that is left"))
            };
            fold("Refund", &form("refund_payment", "", &fields, "Refund"))
        }
        PaymentStatus::Pending => html! {
            (button("settle_payment", "Arrived", &with_status("succeeded"), ""))
            (button("settle_payment", "Failed", &with_status("failed"), ""))
        },
        PaymentStatus::Failed => Markup::default(),
    }
}

fn collect(state: &State, job: &Job) -> Markup {
    let due = state.records(When::Now).outstanding(job);
    let fields = payment_fields(&[("job", job.id.as_str())], due);
    html! {
        @if due <= 0 {
            p.hint { "Nothing is due." }
        } @else {
            h3 { "Collect payment" }
            (form("pay_job", "", &fields, "Collect"))
        }
    }
}

fn payment_fields(of: &[(&str, &str)], due: i64) -> Markup {
    let methods = METHODS.map(|(method, value)| (value, method_words(method)));
    let outcomes = [
        ("succeeded", "Succeeds"),
        ("pending", "Stays pending"),
        ("failed", "Fails"),
    ];
    let all = format!("all: {}", dollars(due));
    html! {
        (hidden(of))
        (choice("payment.method", "Method", &options(&methods), ""))
        (money("payment.amount", "Amount", "", &all))
        (money("payment.tip", "Tip", "", "0.00"))
        (money("payment.surcharge", "Card surcharge", "", "0.00"))
        (text("payment.note", "Note", ""))
        (choice("payment.status", "Outcome", &options(&outcomes), ""))
    }
}

/// Each method and how a form sends it.
const METHODS: [(PaymentMethod, &str); 8] = [
    (PaymentMethod::Card, "card"),
    (PaymentMethod::Cash, "cash"),
    (PaymentMethod::Check, "check"),
    (PaymentMethod::Ach, "ach"),
    (PaymentMethod::MobileCheck, "mobile_check"),
    (PaymentMethod::Financing, "financing"),
    (PaymentMethod::Bnpl, "bnpl"),
    (PaymentMethod::Other, "other"),
];

fn method_words(method: PaymentMethod) -> &'static str {
    match method {
        PaymentMethod::Card => "Card",
        PaymentMethod::Cash => "Cash",
        PaymentMethod::Check => "Check",
        PaymentMethod::Ach => "Bank transfer",
        PaymentMethod::MobileCheck => "Mobile check deposit",
        PaymentMethod::Financing => "Financing",
        PaymentMethod::Bnpl => "Buy now, pay later",
        PaymentMethod::Other => "Other",
    }
}
