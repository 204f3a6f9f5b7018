use money::Cents;
use qbo::{DiscountLine, Line, LineDetail, TxnTaxDetail};

use super::{Setup, check, is_same_place, ship_to};
use crate::{Document, JobRecords};

/// What of ours stands in an invoice of QuickBooks', in the form in which it is written: so that only what differs is
/// written again (V15).
pub(crate) fn as_written(
    records: &JobRecords,
    document: Option<&Document>,
    there: &qbo::Invoice,
    setup: Setup<'_>,
) -> qbo::Invoice {
    let lines: Vec<Line> = there.line.iter().filter_map(line).collect();
    let is_discount = |line: &Line| matches!(line.detail, LineDetail::Discount(_));
    qbo::Invoice {
        customer_ref: there.customer_ref.clone(),
        doc_number: there.doc_number.clone(),
        txn_date: there.txn_date,
        due_date: there.due_date,
        sales_term_ref: there.sales_term_ref.clone(),
        class_ref: there.class_ref.clone(),
        apply_tax_after_discount: lines.iter().any(is_discount).then_some(true),
        line: lines,
        txn_tax_detail: tax(document, there, setup),
        ship_addr: ship_addr(records, there),
        private_note: there.private_note.clone(),
        ..qbo::Invoice::default()
    }
}

/// A line of ours, as it is sent.
fn line(there: &Line) -> Option<Line> {
    let detail = match &there.detail {
        LineDetail::SalesItem(sale) => LineDetail::SalesItem(sale.clone()),
        LineDetail::Discount(discount) => LineDetail::Discount(DiscountLine {
            percent_based: discount.percent_based,
            ..DiscountLine::default()
        }),
        _ => return None,
    };
    Some(Line {
        id: None,
        line_num: None,
        linked_txn: Vec::new(),
        detail,
        ..there.clone()
    })
}

/// The tax as it is sent, where QuickBooks has that.
fn tax(
    document: Option<&Document>,
    there: &qbo::Invoice,
    setup: Setup<'_>,
) -> Option<TxnTaxDetail> {
    let told = there.txn_tax_detail.as_ref();
    let total = told.and_then(|told| told.total_tax).unwrap_or_default();
    let sent = document.and_then(|document| check(document, setup).ok());
    match sent {
        Some(None) if total == Cents::ZERO => None,
        Some(Some(sent)) if sent.total_tax.is_none_or(|sent| sent == total) => Some(sent),
        _ => told.map(|told| TxnTaxDetail {
            tax_line: Vec::new(),
            ..told.clone()
        }),
    }
}

/// The service address as it is sent, where QuickBooks has that. Where none is sent, QuickBooks fills in one itself.
fn ship_addr(records: &JobRecords, there: &qbo::Invoice) -> Option<qbo::Address> {
    let sent = ship_to(records)?;
    let there = there.ship_addr.as_ref()?;
    Some(match is_same_place(there, &sent) {
        true => sent,
        false => there.clone(),
    })
}
