//! Journal entries: lines by hand, whose debits and credits are equal.

use rust_decimal::Decimal;

use super::{
    Change, ChangeKind, Env, account, home_currency,
    line_ids::{LineIds, numbered},
    links, period, posting,
};
use crate::{
    fault::Refusal,
    json::{Json, Object},
    store::Books,
};

pub(crate) fn complete(
    books: &mut Books,
    env: &Env<'_>,
    change: &mut Change,
) -> Result<(), Refusal> {
    if change.kind != ChangeKind::Delete {
        save(books, env, change)?;
    }
    links::keeps_what_is_used(books, change)?;
    period::open(env, change)
}

pub(crate) fn effect(books: &mut Books, env: &Env<'_>, change: &Change) {
    posting::post(books, env, "JournalEntry", change.id, &change.old);
}

fn save(books: &Books, env: &Env<'_>, change: &mut Change) -> Result<(), Refusal> {
    home_currency(change)?;
    change.or_else("TxnDate", || env.today().to_string().into());
    let mut ids = LineIds::of(&change.old);
    let mut lines: Vec<Json> = Vec::new();
    let mut details = 0;
    let mut difference = Decimal::ZERO;
    for line in change.new.list("Line").iter().filter_map(Json::as_object) {
        if line.text("DetailType") == Some("JournalEntryLineDetail") {
            details += 1;
            difference += checked(books, line)?;
        } else if line.decimal("Amount").is_some_and(|value| !value.is_zero()) {
            return Err(Refusal::not_covered("a description line with an amount"));
        }
        let id = ids.take(line.text("Id"));
        lines.push(numbered(line, id, lines.len() + 1));
    }
    if details < 2 {
        return Err(Refusal::business(
            "Fill out at least two detail lines to continue.",
        ));
    }
    if !difference.is_zero() {
        return Err(Refusal::unbalanced());
    }
    ids.keep(&mut change.new);
    change.new.set("Line", lines);
    Ok(())
}

/// Checks a line and gives what it debits.
fn checked(books: &Books, line: &Object) -> Result<Decimal, Refusal> {
    let Some(Json::Object(detail)) = line.get("JournalEntryLineDetail") else {
        return Err(Refusal::missing("Line.JournalEntryLineDetail"));
    };
    let Some(value) = line.decimal("Amount") else {
        return Err(Refusal::missing("Line.Amount"));
    };
    if value < Decimal::ZERO {
        return Err(Refusal::negative_amount("Line.Amount"));
    }
    if let Some(Json::Object(entity)) = detail
        .get("Entity")
        .filter(|sent| sent.at("EntityRef").is_some())
    {
        is_known(books, entity)?;
    }
    let account = detail.get("AccountRef");
    let is_customer = detail.text("Entity.Type") == Some("Customer")
        && detail.text("Entity.EntityRef.value").is_some();
    if account::has_type(books, account, &["Accounts Receivable"]) && !is_customer {
        return Err(Refusal::customer_needed());
    }
    if account::has_type(books, account, &["Accounts Payable"]) {
        return Err(Refusal::not_covered("accounts payable in a journal entry"));
    }
    Ok(match detail.text("PostingType") {
        Some("Credit") => -value,
        _ => value,
    })
}

fn is_known(books: &Books, entity: &Object) -> Result<(), Refusal> {
    const PATH: &str = "Line.JournalEntryLineDetail.Entity.EntityRef";
    let Some(kind) = entity.text("Type") else {
        return Err(Refusal::missing("Line.JournalEntryLineDetail.Entity.Type"));
    };
    let id = entity.text("EntityRef.value").unwrap_or_default();
    let number: u64 = id.parse().map_err(|_| Refusal::number(PATH, id))?;
    match books.row(kind, number) {
        Some(_) => Ok(()),
        None => Err(Refusal::invalid_reference(PATH)),
    }
}
