//! The forms that collect money.

use maud::{Markup, html};
use sandbox_kit::page::{choice, fold, form, hidden, money, text, tick};

use super::{invoice, options};
use crate::{
    billing::{Invoice, InvoiceKind, PaymentMethod},
    company::Customer,
    shelf::When,
    state::State,
    words::{dollars, method_words},
};

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

pub(super) fn payment_fields(of: &[(&str, &str)], due: i64) -> Markup {
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

/// What a customer can pay at once, and what their plans were paid with.
pub(super) fn of_customer(state: &State, customer: &Customer) -> Markup {
    let refunds = state.options.settings.refunds;
    let invoices = state
        .company
        .invoices
        .all(When::Now)
        .filter(|invoice| state.company.payer(invoice, When::Now) == Some(&customer.id));
    let invoices: Vec<&Invoice> = invoices.collect();
    let is_open = |invoice: &&Invoice| invoice.status.is_live() && invoice.collectable(refunds) > 0;
    let open: Vec<&Invoice> = invoices.iter().copied().filter(is_open).collect();
    let due: i64 = open
        .iter()
        .map(|invoice| invoice.collectable(refunds))
        .sum();
    let several = html! {
        div.wide {
            @for invoice in &open {
                @let due = dollars(invoice.collectable(refunds));
                (tick("invoices[]", invoice.id.as_str(), &format!("{} · {due}", invoice::name(invoice))))
            }
        }
        (payment_fields(&[], due))
    };
    let several = form("pay_invoices", "", &several, "Collect for those");
    html! {
        @if open.len() > 1 { (fold("Collect for several invoices", &several)) }
        @for plan in invoices.iter().filter(|invoice| invoice.kind == InvoiceKind::Plan) {
            p { a href=(invoice::path(plan)) { (invoice::name(plan)) } }
        }
    }
}
