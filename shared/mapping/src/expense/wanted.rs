use jiff::tz::TimeZone;
use money::Cents;
use qbo::{Id, Payee, Purchase, PurchaseLine, Ref};

use crate::{JobRecords, Marker, refund::JobRefund};

/// Whom credit goes back to, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaidBack {
    /// Who has the credit: whom the payment is from.
    pub customer: Id,
    /// The account that the payment went to.
    pub account: Id,
    /// The account of receivables.
    pub receivable: Id,
    /// The payment's method, perhaps a slot's.
    pub method: Option<Id>,
}

/// The expense that gives back so much credit, as it should stand in QuickBooks (P5).
pub fn wanted(
    records: &JobRecords,
    (refund, amount): (&JobRefund, Cents),
    paid_back: PaidBack,
    zone: &TimeZone,
    marker: &Marker,
) -> Purchase {
    let invoice = refund.invoice_number.as_deref();
    let named = match invoice {
        Some(number) => format!("Refund of credit, paid with invoice {number}"),
        None => "Refund of credit".to_owned(),
    };
    Purchase {
        txn_date: Some(refund.date(zone)),
        payment_type: Some(Purchase::CASH.to_owned()),
        account_ref: Some(Ref::to(paid_back.account)),
        entity_ref: Some(Payee::customer(paid_back.customer)),
        payment_method_ref: paid_back.method.map(Ref::to),
        private_note: Some(marker.payment_note(records.known_by(), Some(&named))),
        line: vec![PurchaseLine {
            description: Some(named),
            ..PurchaseLine::on_account(paid_back.receivable, amount)
        }],
        ..Purchase::default()
    }
}
