//! Deposits: payments and receipts out of undeposited funds, and amounts of other accounts, such as a fee.

use rust_decimal::Decimal;

use super::{
    Change, ChangeKind, Env, account, home_currency,
    line_ids::{LineIds, numbered},
    links, people, period, posting,
};
use crate::{
    fault::Refusal,
    json::{Json, Object, amount},
    store::{Books, reference},
};

/// What can lie in undeposited funds here.
const DEPOSITABLE: &[&str] = &["Payment", "SalesReceipt", "RefundReceipt"];

pub(crate) fn complete(
    books: &mut Books,
    env: &Env<'_>,
    change: &mut Change,
) -> Result<(), Refusal> {
    if change.kind != ChangeKind::Delete {
        save(books, env, change)?;
    }
    period::open(env, change)
}

pub(crate) fn effect(books: &mut Books, env: &Env<'_>, change: &Change) {
    let (old, new) = (all_linked(&change.old), all_linked(&change.new));
    for (documents, others, is_linked) in [(&old, &new, false), (&new, &old, true)] {
        for (entity, id) in documents {
            if !others.contains(&(*entity, *id)) {
                books.change_linked(entity, *id, |row| {
                    links::link(&mut row.object, "Deposit", change.id, is_linked);
                    links::touch(row, env);
                });
            }
        }
    }
    posting::post(books, env, "Deposit", change.id, &change.old);
}

/// The document that a line takes to the bank.
pub(super) fn linked(line: &Object) -> Option<(&'static str, u64)> {
    let kind = line.text("LinkedTxn.0.TxnType")?;
    let entity = DEPOSITABLE.iter().find(|known| **known == kind)?;
    Some((entity, line.text("LinkedTxn.0.TxnId")?.parse().ok()?))
}

fn all_linked(deposit: &Object) -> Vec<(&'static str, u64)> {
    let lines = deposit.list("Line").iter().filter_map(Json::as_object);
    lines.filter_map(linked).collect()
}

fn save(books: &Books, env: &Env<'_>, change: &mut Change) -> Result<(), Refusal> {
    home_currency(change)?;
    change.or_else("TxnDate", || env.today().to_string().into());
    let into = change.new.get("DepositToAccountRef");
    let is_bank = account::has_type(books, into, &["Bank", "Other Current Asset"])
        && reference(&change.new, "DepositToAccountRef") != account::undeposited_funds(books);
    if !is_bank {
        return Err(Refusal::business("Select a bank account for this deposit"));
    }
    let mut ids = LineIds::of(&change.old);
    let mut lines: Vec<Json> = Vec::new();
    let mut total = Decimal::ZERO;
    let mut direct = 0;
    for line in change.new.list("Line").iter().filter_map(Json::as_object) {
        let Some(value) = line.decimal("Amount") else {
            return Err(Refusal::missing("Line.Amount"));
        };
        if line.list("LinkedTxn").is_empty() {
            total += value;
            direct += 1;
            let id = ids.take(line.text("Id"));
            lines.push(numbered(&checked(books, line)?, id, direct));
        } else {
            let (line, whole) = taken(books, env, change, line, value)?;
            total += whole;
            if lines.contains(&line) {
                return Err(Refusal::link(env.doubts.bad_link, "It is there twice."));
            }
            lines.push(line);
        }
    }
    if total < Decimal::ZERO {
        return Err(Refusal::business(
            "Transaction amount must be 0 or greater.",
        ));
    }
    ids.keep(&mut change.new);
    change.new.set("Line", lines);
    change.new.set("TotalAmt", amount(total));
    Ok(())
}

/// What a document brings to the bank: all of it.
pub(super) fn brought(books: &Books, entity: &str, id: u64) -> Decimal {
    let document = books.row(entity, id).map(|row| &row.object);
    let total = document
        .and_then(|document| document.decimal("TotalAmt"))
        .unwrap_or_default();
    if entity == "RefundReceipt" {
        -total
    } else {
        total
    }
}

/// What lies in undeposited funds, and what each document would bring.
pub(crate) fn waiting(books: &Books) -> Vec<(&'static str, u64, Decimal)> {
    let funds = account::undeposited_funds(books);
    let all = DEPOSITABLE.iter().flat_map(|entity| {
        let rows = books.rows(entity).filter(|row| {
            reference(&row.object, "DepositToAccountRef") == funds
                && links::linked(&row.object, "Deposit").is_empty()
        });
        rows.map(|row| (*entity, row.id, brought(books, entity, row.id)))
    });
    all.filter(|(_, _, brought)| !brought.is_zero()).collect()
}

/// A line with a document, and what it brings: it must lie in undeposited funds, and goes to the bank as a whole.
fn taken(
    books: &Books,
    env: &Env<'_>,
    change: &Change,
    line: &Object,
    value: Decimal,
) -> Result<(Json, Decimal), Refusal> {
    if line.get("DetailType").is_some() || line.at("DepositLineDetail.AccountRef").is_some() {
        return Err(Refusal::missing("Line.DepositLineDetail.AccountRef"));
    }
    let [link] = line.list("LinkedTxn") else {
        return Err(Refusal::not_covered(
            "a deposit line with more than one link",
        ));
    };
    for field in ["TxnId", "TxnType"] {
        if link.text(field).is_none() {
            return Err(Refusal::missing(&format!("Line.LinkedTxn.{field}")));
        }
    }
    let kind = link.text("TxnType").unwrap_or_default();
    if !DEPOSITABLE.contains(&kind) {
        return Err(Refusal::not_covered(format!("a deposit of {kind}")));
    }
    let bad = |reason| Refusal::link(env.doubts.bad_link, reason);
    let (whole, document) = linked(line)
        .and_then(|(entity, id)| Some((brought(books, entity, id), books.row(entity, id)?)))
        .filter(|(_, row)| !row.deleted)
        .map(|(whole, row)| (whole, &row.object))
        .ok_or_else(|| bad("The transaction that you are trying to link does not exist."))?;
    let lies_here = links::linked(document, "Deposit")
        .iter()
        .all(|deposit| *deposit == change.id);
    let account = reference(document, "DepositToAccountRef");
    if !lies_here || account != account::undeposited_funds(books) || whole.is_zero() {
        return Err(bad(
            "The transaction that you are trying to link is not in undeposited funds.",
        ));
    }
    let shown = if env.doubts.deposit_lines_lose_cents {
        whole.trunc()
    } else {
        whole
    };
    if value != whole && value != shown {
        return Err(Refusal::not_covered("a part of a payment in a deposit"));
    }
    let link = Object::new()
        .with("TxnId", link.text("TxnId").unwrap_or_default())
        .with("TxnType", kind)
        .with("TxnLineId", "0");
    let mut line = Object::new()
        .with("Amount", amount(shown))
        .with("LinkedTxn", vec![link.into()]);
    if kind == "Payment" {
        tell_payment(&mut line, document);
    }
    Ok((line.into(), whole))
}

/// How the payment of a line was made stands on it, without a `DetailType` (recorded).
fn tell_payment(line: &mut Object, payment: &Object) {
    let mut detail = Object::new();
    for (field, told) in [
        ("PaymentMethodRef", "PaymentMethodRef"),
        ("PaymentRefNum", "CheckNum"),
    ] {
        if let Some(value) = payment.get(field) {
            detail.set(told, value.clone());
        }
    }
    if detail.iter().next().is_some() {
        line.set("DepositLineDetail", detail);
    }
}

/// A line with an account of its own.
fn checked(books: &Books, line: &Object) -> Result<Object, Refusal> {
    if line.get("DetailType").is_none() {
        return Err(Refusal::missing("Line.DetailType"));
    }
    let Some(Json::Object(detail)) = line.get("DepositLineDetail") else {
        return Err(Refusal::missing("Line.DepositLineDetail"));
    };
    let account = detail.get("AccountRef");
    if account.is_none() {
        return Err(Refusal::missing("Line.DepositLineDetail.AccountRef"));
    }
    if account::has_type(books, account, &["Accounts Receivable", "Accounts Payable"]) {
        return Err(Refusal::not_covered(
            "receivables and payables on a deposit line",
        ));
    }
    let mut line = line.clone();
    line.remove("LinkedTxn");
    let mut detail = detail.clone();
    match detail.remove("Entity") {
        Some(Json::Object(sent)) if sent.text("value").is_some() => {
            let path = "Line.DepositLineDetail.Entity";
            detail.set("Entity", people::named(books, &sent, path, "CUSTOMER")?);
        }
        _ => {}
    }
    line.set("DepositLineDetail", detail);
    Ok(line)
}
