//! The app's words for sums and methods of payment.

use crate::billing::PaymentMethod;

/// Dollars for people: `$1,234.50`.
pub(crate) fn dollars(cents: i64) -> String {
    sandbox_kit::page::dollars(i128::from(cents))
}

/// What stands in a payment or refund beside the work: `, $5.00 of it tip, and $1.50 surcharge`.
pub(crate) fn extras_words(tip: i64, surcharge: i64) -> String {
    let part = |cents: i64, words: String| if cents > 0 { words } else { String::new() };
    part(tip, format!(", {} of it tip", dollars(tip)))
        + &part(surcharge, format!(", and {} surcharge", dollars(surcharge)))
}

pub(crate) fn method_words(method: PaymentMethod) -> &'static str {
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
