use qbo::{PaymentMethod, limits};

use super::{entry::kind_of_entry, find_named};

/// The payment method of this name, and whether it is a card (P2).
pub fn method(name: String, is_card: bool) -> PaymentMethod {
    let kind = if is_card {
        "CREDIT_CARD"
    } else {
        "NON_CREDIT_CARD"
    };
    PaymentMethod {
        name: Some(name),
        kind: Some(kind.to_owned()),
        ..PaymentMethod::default()
    }
}

kind_of_entry!(PaymentMethod, |method, known| find_named(
    known,
    method.name.as_deref().unwrap_or_default(),
    limits::PAYMENT_METHOD_NAME,
));
