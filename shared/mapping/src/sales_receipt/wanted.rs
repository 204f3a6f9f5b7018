use hcp::InvoiceId;
use jiff::tz::TimeZone;
use qbo::{Id, Ref, SalesReceipt};

use crate::{
    JobRecords, Marker,
    payment::{JobPayment, wanted::reference},
    refund::Mirror,
};

/// Who paid once more, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaidIn {
    /// Whom the invoice is made out to.
    pub customer: Id,
    /// The account that the money lies in; none: *Undeposited Funds* (P3).
    pub account: Option<Id>,
    /// The payment's method, perhaps a slot's.
    pub method: Option<Id>,
}

/// What of a payment repeats refunds of an invoice, as it should stand in QuickBooks (P4).
pub fn wanted(
    records: &JobRecords,
    (payment, invoice): (&JobPayment, &InvoiceId),
    paid_in: PaidIn,
    mirror: Mirror,
    zone: &TimeZone,
    marker: &Marker,
) -> SalesReceipt {
    let mut invoices = records.invoices.iter();
    let invoice = invoices.find(|one| one.id == *invoice);
    let number = invoice.and_then(|invoice| invoice.invoice_number.as_deref());
    let named = number.map(named);
    let told = [named.as_deref(), payment.note.as_deref()];
    let told: Vec<&str> = told.into_iter().flatten().collect();
    SalesReceipt {
        txn_date: Some(payment.date(zone)),
        customer_ref: Some(Ref::to(paid_in.customer)),
        payment_method_ref: paid_in.method.map(Ref::to),
        payment_ref_num: reference(records, payment),
        deposit_to_account_ref: paid_in.account.map(Ref::to),
        private_note: Some(marker.payment_note(records.known_by(), Some(&told.join("\n")))),
        apply_tax_after_discount: mirror.apply_tax_after_discount(),
        line: mirror.lines,
        class_ref: mirror.class,
        txn_tax_detail: mirror.tax_detail,
        ..SalesReceipt::default()
    }
}

/// What the note of one says of the invoice with this number.
fn named(number: &str) -> String {
    format!("Paid again after a refund on invoice {number}")
}

/// The invoice whose refunds one repeats, by its note: for where Housecall Pro has its payment no more (V15).
pub fn invoice_of<'a>(records: &'a JobRecords, receipt: &SalesReceipt) -> Option<&'a InvoiceId> {
    let note = receipt.private_note.as_deref()?;
    let mut invoices = records.invoices.iter();
    let is_named = |invoice: &&hcp::Invoice| {
        let named = invoice.invoice_number.as_deref().map(named);
        named.is_some_and(|named| note.lines().any(|line| line == named))
    };
    invoices.find(is_named).map(|invoice| &invoice.id)
}
