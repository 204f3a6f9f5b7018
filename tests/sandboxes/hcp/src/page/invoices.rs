//! The part of a job's page that is about money: invoices, payments, refunds.

use super::{
    day,
    forms::{
        Column::{Number, Text},
        button, careful_button, cell, choice, fold, form, hidden, money, number_cell, table, text,
    },
    html::{Html, dollars, html},
    moment, parts, pill,
};
use crate::{
    billing::{Invoice, Payment, PaymentMethod, PaymentStatus},
    shelf::When,
    state::State,
    work::Job,
};

pub(super) fn section(state: &State, job: &Job, is_open: bool) -> Html {
    let invoices: Html = state
        .company
        .invoices_of(job, When::Now)
        .map(|invoice| one(state, invoice))
        .collect();
    let is_billed = state
        .company
        .invoices_of(job, When::Now)
        .any(|invoice| invoice.status.is_live());
    let none = if invoices.0.is_empty() {
        html!("<p class=\"empty\">No invoice yet: sending or paying makes it.</p>")
    } else {
        Html::default()
    };
    let mut actions = Html::default();
    if is_open {
        let label = if is_billed {
            "Send again"
        } else {
            "Send invoice"
        };
        let fields = [("job", job.id.as_str())];
        actions = html!(
            "<div class=\"actions\">{}</div>{}{}",
            button("send_invoice", label, &fields, "primary"),
            parts::section(state, job),
            collect(state, job),
        );
    }
    html!("{}{}{}", invoices, none, actions)
}

fn one(state: &State, invoice: &Invoice) -> Html {
    let records = state.records(When::Now);
    let date = |time: Option<jiff::Timestamp>| time.map(|time| day(state, time));
    let id = invoice.id.as_str();
    let mut actions = Html::default();
    if invoice.status.is_live() {
        let this = [("invoice", id)];
        let due = invoice.collectable(state.options.settings.refunds);
        actions = html!(
            "<div class=\"actions\">{}{}</div>",
            button("send_this_invoice", "Send this one", &this, ""),
            if invoice.held() == 0 {
                careful_button("void_invoice", "Void", "Void this invoice?", &this)
            } else {
                Html::default()
            },
        );
        if due > 0 {
            let collect = form("pay_invoice", "", payment_fields(&this, due), "Collect");
            actions = html!("{}{}", actions, fold("Collect on this one", collect));
        }
    }
    let rows = invoice
        .payments
        .iter()
        .map(|payment| payment_row(state, invoice, payment));
    let refunds: Html = invoice
        .refunds
        .iter()
        .map(|refund| {
            html!(
                "<p>Refunded {} on {}</p>",
                dollars(refund.amount),
                moment(state, refund.refunded_at),
            )
        })
        .collect();
    html!(
        "<article><h3>{} {} {}</h3><dl><dt>Amount</dt><dd>{}</dd><dt>Due</dt><dd>{}</dd>\
         <dt>Terms</dt><dd>{}</dd><dt>Due on</dt><dd>{}</dd><dt>Sent</dt><dd>{}</dd></dl>\
         {}{}{}</article>",
        parts::title(invoice),
        invoice.number,
        pill(invoice.status.name()),
        dollars(invoice.total()),
        dollars(records.due_amount(invoice)),
        invoice.due.display(),
        date(invoice.due_at),
        date(invoice.sent_at).unwrap_or_else(|| "not yet".to_owned()),
        table(
            &[
                Text("Payment"),
                Text("When"),
                Text("Status"),
                Number("Amount"),
                Text("")
            ],
            rows,
            "No payments."
        ),
        refunds,
        actions,
    )
}

fn payment_row(state: &State, invoice: &Invoice, payment: &Payment) -> Html {
    let when = payment.paid_at.map(|time| moment(state, time));
    let ids = [
        ("invoice", invoice.id.as_str()),
        ("payment", payment.id.as_str()),
    ];
    // Cash and the like note their own name, which stands there already.
    let note = payment.note.as_deref();
    let note = note.filter(|note| *note != method_words(payment.method));
    let with_status = |status| [ids[0], ids[1], ("status", status)];
    let further = match payment.status {
        PaymentStatus::Succeeded => {
            let fields = html!(
                "{}{}",
                hidden(&ids),
                money("amount", "Amount", "", "all that is left"),
            );
            fold("Refund", form("refund_payment", "", fields, "Refund"))
        }
        PaymentStatus::Pending => html!(
            "{}{}",
            button("settle_payment", "Arrived", &with_status("succeeded"), ""),
            button("settle_payment", "Failed", &with_status("failed"), ""),
        ),
        PaymentStatus::Failed => Html::default(),
    };
    html!(
        "<tr>{}{}{}{}{}</tr>",
        cell(
            "Payment",
            html!("{} <small>{}</small>", method_words(payment.method), note),
        ),
        cell("When", html!("{}", when)),
        cell("Status", pill(payment.status.name())),
        number_cell("Amount", &dollars(payment.amount)),
        cell("", further),
    )
}

fn collect(state: &State, job: &Job) -> Html {
    let due = state.records(When::Now).outstanding(job);
    if due <= 0 {
        return html!("<p class=\"hint\">Nothing is due.</p>");
    }
    html!(
        "<h3>Collect payment</h3>{}",
        form(
            "pay_job",
            "",
            payment_fields(&[("job", job.id.as_str())], due),
            "Collect",
        )
    )
}

fn payment_fields(of: &[(&str, &str)], due: i64) -> Html {
    let words = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(value, words)| ((*value).to_owned(), (*words).to_owned()))
            .collect()
    };
    let methods = METHODS.map(|(method, value)| (value, method_words(method)));
    let methods = words(&methods);
    let outcomes = words(&[
        ("succeeded", "Succeeds"),
        ("pending", "Stays pending"),
        ("failed", "Fails"),
    ]);
    html!(
        "{}{}{}{}{}{}{}",
        hidden(of),
        choice("payment.method", "Method", &methods, ""),
        money(
            "payment.amount",
            "Amount",
            "",
            &format!("all: {}", dollars(due))
        ),
        money("payment.tip", "Tip", "", "0.00"),
        money("payment.surcharge", "Card surcharge", "", "0.00"),
        text("payment.note", "Note", ""),
        choice("payment.status", "Outcome", &outcomes, ""),
    )
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
