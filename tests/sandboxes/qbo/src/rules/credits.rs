//! What QuickBooks itself does with open credit, where the company has it so.

use rust_decimal::Decimal;

use super::{Change, ChangeKind, Env};
use crate::{
    json::{Json, Object, amount},
    store::{Books, Row, reference},
};

/// What stands in the memo of such a payment (recorded).
const MEMO: &str = "Created by QB Online to link credits to charges.";

/// The payment without money that links a new invoice to the open credits of its customer, or a new credit to the
/// open invoices; `None` where nothing is to be linked.
pub(crate) fn linking(books: &Books, env: &Env<'_>, change: &Change) -> Option<Json> {
    let (own, other) = match change.entity.name {
        "Invoice" => ("Invoice", "CreditMemo"),
        "CreditMemo" => ("CreditMemo", "Invoice"),
        _ => return None,
    };
    if !env.company.auto_apply_credit || change.kind != ChangeKind::Create {
        return None;
    }
    let document = &books.row(own, change.id)?.object;
    let customer = reference(document, "CustomerRef");
    let open = |document: &Object| document.decimal("Balance").unwrap_or_default();
    let all = open(document);
    let mut left = all;
    let mut lines: Vec<Json> = Vec::new();
    let is_same_customers = |row: &&Row| reference(&row.object, "CustomerRef") == customer;
    for row in books.rows(other).filter(is_same_customers) {
        let applied = open(&row.object).min(left);
        if !applied.is_zero() {
            lines.push(line(other, row.id, applied));
            left -= applied;
        }
    }
    if lines.is_empty() {
        return None;
    }
    lines.push(line(own, change.id, all - left));
    let mut payment = Object::new()
        .with("TotalAmt", amount(Decimal::ZERO))
        .with("PrivateNote", MEMO)
        .with("Line", lines);
    for field in ["TxnDate", "CustomerRef"] {
        payment.set(field, document.get(field)?.clone());
    }
    Some(payment.into())
}

fn line(kind: &str, id: u64, applied: Decimal) -> Json {
    let link = Object::new()
        .with("TxnId", id.to_string())
        .with("TxnType", kind);
    Object::new()
        .with("Amount", amount(applied))
        .with("LinkedTxn", vec![link.into()])
        .into()
}
