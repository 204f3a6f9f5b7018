//! Expenses and checks: what leaves an account, and what for.

use rust_decimal::Decimal;

use super::{
    Author, Change, ChangeKind, Env, account, home_currency,
    line_ids::{LineIds, numbered},
    links, people, period, posting, void_note,
};
use crate::{
    fault::Refusal,
    json::{Json, Object, amount},
    store::Books,
};

const DETAIL: &str = "AccountBasedExpenseLineDetail";

pub(crate) fn complete(
    books: &mut Books,
    env: &Env<'_>,
    change: &mut Change,
) -> Result<(), Refusal> {
    match change.kind {
        ChangeKind::Delete => {}
        ChangeKind::Void => void(&mut change.new),
        ChangeKind::Create | ChangeKind::Full | ChangeKind::Sparse => save(books, env, change)?,
    }
    links::keeps_what_is_used(books, change)?;
    period::open(env, change)
}

pub(crate) fn effect(books: &mut Books, env: &Env<'_>, change: &Change) {
    posting::post(books, env, "Purchase", change.id, &change.old);
}

fn void(purchase: &mut Object) {
    let mut lines = purchase.list("Line").to_vec();
    for line in &mut lines {
        if let Json::Object(line) = line {
            line.set("Amount", amount(Decimal::ZERO));
        }
    }
    purchase.set("Line", lines);
    purchase.set("TotalAmt", amount(Decimal::ZERO));
    void_note(purchase);
}

fn save(books: &Books, env: &Env<'_>, change: &mut Change) -> Result<(), Refusal> {
    // An integrator's measure: without it a sparse update is refused.
    if change.author == Author::App && !change.sends("PaymentType") {
        return Err(Refusal::missing("PaymentType"));
    }
    home_currency(change)?;
    change.or_else("TxnDate", || env.today().to_string().into());
    paid_from(books, change)?;
    let payee = payee(books, change)?;
    let mut ids = LineIds::of(&change.old);
    let mut lines: Vec<Json> = Vec::new();
    let mut total = Decimal::ZERO;
    for line in change.new.list("Line").iter().filter_map(Json::as_object) {
        total += checked(books, payee.as_ref(), line)?;
        let id = ids.take(line.text("Id"));
        lines.push(numbered(line, id, lines.len() + 1));
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

/// The account that is paid from fits the way of paying.
fn paid_from(books: &Books, change: &Change) -> Result<(), Refusal> {
    let is_card = change.new.text("PaymentType") == Some("CreditCard");
    let types: &[&str] = match change.new.text("PaymentType") {
        Some("CreditCard") => &["Credit Card"],
        Some("Check") => &["Bank"],
        _ => &["Bank", "Other Current Asset"],
    };
    if !account::has_type(books, change.new.get("AccountRef"), types) {
        return Err(Refusal::account_type("AccountRef"));
    }
    if change.new.bool("Credit") == Some(true) && !is_card {
        return Err(Refusal::business(
            "Only a credit card can be credited by an expense.",
        ));
    }
    Ok(())
}

/// Who was paid, with his name.
fn payee(books: &Books, change: &mut Change) -> Result<Option<Object>, Refusal> {
    let sent = match change.new.remove("EntityRef") {
        Some(Json::Object(sent)) if sent.text("value").is_some() => sent,
        _ => return Ok(None),
    };
    let payee = people::named(books, &sent, "EntityRef", "Vendor")?;
    change.new.set("EntityRef", payee.clone());
    Ok(Some(payee))
}

/// Checks a line and gives its amount.
fn checked(books: &Books, payee: Option<&Object>, line: &Object) -> Result<Decimal, Refusal> {
    let Some(value) = line.decimal("Amount") else {
        return Err(Refusal::missing("Line.Amount"));
    };
    if line.text("DetailType") != Some(DETAIL) {
        return Err(Refusal::not_covered("an expense line with an item"));
    }
    let Some(Json::Object(detail)) = line.get(DETAIL) else {
        return Err(Refusal::missing(&format!("Line.{DETAIL}")));
    };
    let account = detail.get("AccountRef");
    let is_customer = payee.is_some_and(|payee| payee.text("type") == Some("Customer"));
    if account::has_type(books, account, &["Accounts Receivable"]) && !is_customer {
        return Err(Refusal::customer_needed());
    }
    if account::has_type(books, account, &["Accounts Payable"]) {
        return Err(Refusal::not_covered("accounts payable on an expense"));
    }
    Ok(value)
}
