//! One invoice: its sums, payments and refunds, what can be pressed, and who pressed what.

use maud::{Markup, html};
use sandbox_kit::page::{
    Column::{Number, Text},
    Row, button, careful_button, choice, facts, fold, form, hidden, money, plain, table, text,
};

use super::{JOBS, Page, collecting::payment_fields, day, moment, options, status_badge};
use crate::{
    billing::{Billed, Invoice, InvoiceKind, Payment, PaymentStatus, Refund},
    ids::InvoiceId,
    shelf::When,
    state::State,
    words::{dollars, method_words},
};

pub(super) fn page(state: &State, id: &str) -> Option<Page> {
    let id = InvoiceId::from(id);
    let invoice = state.company.invoice(&id, When::Now)?;
    let (place, words) = match &invoice.billed {
        Billed::Job(job) => (format!("/_app/jobs/{job}"), "To the job"),
        Billed::Plan(customer) => (format!("/_app/customers/{customer}"), "To the customer"),
    };
    Some(Page {
        title: name(invoice),
        tab: JOBS,
        body: html! {
            p.back { a href=(place) { (words) } }
            h1 { (name(invoice)) " " (status(invoice)) }
            section.card { (contents(state, invoice)) }
            section.card {
                h2 { "Who pressed what" }
                (history(state, &id))
            }
        },
    })
}

/// An invoice as the page of its job shows it.
pub(super) fn article(state: &State, invoice: &Invoice) -> Markup {
    html! {
        article {
            h3 { a href=(path(invoice)) { (name(invoice)) } " " (status(invoice)) }
            (contents(state, invoice))
        }
    }
}

pub(super) fn path(invoice: &Invoice) -> String {
    format!("/_app/invoices/{}", invoice.id)
}

pub(super) fn name(invoice: &Invoice) -> String {
    let kind = match invoice.kind {
        InvoiceKind::Main => "Invoice",
        InvoiceKind::Plan => "Service plan",
        InvoiceKind::Deposit => "Deposit",
        InvoiceKind::Progress => "Progress invoice",
    };
    format!("{kind} {}", invoice.number)
}

fn status(invoice: &Invoice) -> Markup {
    status_badge(invoice.status.name())
}

fn contents(state: &State, invoice: &Invoice) -> Markup {
    let date = |time: Option<jiff::Timestamp>| time.map(|time| day(state, time));
    let records = state.records(When::Now);
    let due = records.due_amount(invoice);
    html! {
        (facts([
            ("Amount", plain(&dollars(records.amount(invoice)))),
            ("Paid", plain(&dollars(invoice.paid()))),
            ("Refunded", plain(&dollars(invoice.refunded()))),
            ("Due", plain(&dollars(due))),
            ("Terms", plain(&invoice.due.display())),
            ("Due on", plain(&date(invoice.due_at).unwrap_or_default())),
            ("Sent", plain(&date(invoice.sent_at).unwrap_or_else(|| "not yet".to_owned()))),
        ]))
        (payments(state, invoice))
        @if !invoice.refunds.is_empty() { (refunds(state, invoice)) }
        @if invoice.status.is_live() { (actions(state, invoice)) }
    }
}

fn payments(state: &State, invoice: &Invoice) -> Markup {
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
    table(&columns, rows, "No payments.")
}

fn refunds(state: &State, invoice: &Invoice) -> Markup {
    let rows = invoice
        .refunds
        .iter()
        .map(|refund| refund_row(state, invoice, refund));
    let columns = [
        Text("Refund"),
        Text("When"),
        Text("Status"),
        Number("Amount"),
        Text(""),
    ];
    table(&columns, rows, "")
}

fn actions(state: &State, invoice: &Invoice) -> Markup {
    let this = [("invoice", invoice.id.as_str())];
    let due = invoice.collectable(state.options.settings.refunds);
    let methods = options(&[("cash", "Cash"), ("check", "Check"), ("other", "Other")]);
    let mark = html! {
        (hidden(&this))
        (choice("method", "Paid by", &methods, "check"))
        (text("note", "Note", ""))
    };
    html! {
        div.actions {
            @if invoice.job().is_some() {
                (button("send_this_invoice", "Send this one", &this, ""))
            }
            @if invoice.held() == 0 {
                (careful_button("void_invoice", "Void", "Void this invoice?", &this))
            }
        }
        @if due > 0 {
            @let collect = form("pay_invoice", "", &payment_fields(&this, due), "Collect");
            (fold("Collect on this one", &collect))
            (fold("Mark as paid", &form("mark_as_paid", "", &mark, "Mark as paid")))
        }
    }
}

fn payment_row(state: &State, invoice: &Invoice, payment: &Payment) -> Row {
    let when = payment.paid_at.map(|time| moment(state, time));
    let method = method_words(payment.method);
    // Cash and the like note their own name, which stands there already.
    let note = payment.note.clone().filter(|note| *note != method);
    let extras = [("tip", payment.tip), ("surcharge", payment.surcharge)];
    Row::from([
        html! { (method) " " small { (details(note, &extras)) } },
        plain(&when.unwrap_or_default()),
        status_badge(payment.status.name()),
        plain(&dollars(payment.amount)),
        further(invoice, payment),
    ])
}

fn refund_row(state: &State, invoice: &Invoice, refund: &Refund) -> Row {
    let when = refund.refunded_at.map(|time| moment(state, time));
    let ids = [
        ("invoice", invoice.id.as_str()),
        ("refund", refund.id.as_str()),
    ];
    let settle = |status, label| {
        let fields = [ids[0], ids[1], ("status", status)];
        button("settle_refund", label, &fields, "")
    };
    let extras = [("tip", refund.tip), ("surcharge", refund.surcharge)];
    Row::from([
        html! { (method_words(refund.method)) " " small { (details(None, &extras)) } },
        plain(&when.unwrap_or_default()),
        status_badge(refund.status.name()),
        plain(&dollars(refund.amount)),
        html! {
            @if refund.status == PaymentStatus::Pending {
                (settle("succeeded", "Arrived")) " " (settle("failed", "Failed"))
            }
        },
    ])
}

fn details(note: Option<String>, extras: &[(&str, i64)]) -> String {
    let extras = extras.iter().filter(|(_, cents)| *cents > 0);
    let extras = extras.map(|(name, cents)| format!("{name} {}", dollars(*cents)));
    let parts: Vec<String> = note.into_iter().chain(extras).collect();
    parts.join(" · ")
}

/// What can still be done with a payment.
fn further(invoice: &Invoice, payment: &Payment) -> Markup {
    let ids = [
        ("invoice", invoice.id.as_str()),
        ("payment", payment.id.as_str()),
    ];
    let settle = |status, label| {
        let fields = [ids[0], ids[1], ("status", status)];
        button("settle_payment", label, &fields, "")
    };
    let is_untouched = !invoice.has_refund(&payment.id);
    let delete = "Delete this payment? What it paid is due again.";
    html! {
        @match payment.status {
            PaymentStatus::Succeeded => {
                (fold("Refund", &form("refund_payment", "", &refund_fields(&ids, payment), "Refund")))
                @if is_untouched && payment.method.can_be_returned() {
                    (settle("failed", "Returned by the bank"))
                }
            }
            PaymentStatus::Pending => { (settle("succeeded", "Arrived")) " " (settle("failed", "Failed")) }
            PaymentStatus::Failed => {}
        }
        @if is_untouched && payment.method.is_external() {
            (careful_button("delete_payment", "Delete", delete, &ids))
        }
    }
}

fn refund_fields(ids: &[(&str, &str)], payment: &Payment) -> Markup {
    let outcomes = options(&[("succeeded", "Succeeds"), ("pending", "Stays pending")]);
    html! {
        (hidden(ids))
        (money("amount", "Amount", "", "all that is left"))
        @if payment.tip > 0 { (money("tip", "Of it tip", "", "the last of it")) }
        @if payment.surcharge > 0 { (money("surcharge", "Surcharge", "", "with the whole")) }
        (choice("status", "Outcome", &outcomes, ""))
    }
}

fn history(state: &State, id: &InvoiceId) -> Markup {
    let rows = state.history.of(id).map(|press| {
        Row::from([
            plain(&moment(state, press.done.at)),
            plain(&press.by),
            html! { (press.button) br; small { (press.words_about(id)) } },
            html! { small { (press.told()) } },
        ])
    });
    let columns = [Text("When"), Text("Who"), Text("What"), Text("Webhooks")];
    table(&columns, rows, "Nothing has been pressed.")
}
