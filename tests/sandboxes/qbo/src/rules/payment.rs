//! Payments: how much, where the money lies, which invoices it pays.

use rust_decimal::Decimal;

use super::{
    Change, ChangeKind, Env, account, home_currency,
    links::{self, Application, applications},
    period, posting, void_note,
};
use crate::{
    fault::Refusal,
    json::{Json, Object, amount},
    store::{Books, reference},
};

pub(crate) fn complete(
    books: &mut Books,
    env: &Env<'_>,
    change: &mut Change,
) -> Result<(), Refusal> {
    links::not_deposited(change)?;
    match change.kind {
        ChangeKind::Delete => {}
        ChangeKind::Void => {
            for field in ["TotalAmt", "UnappliedAmt"] {
                change.new.set(field, amount(Decimal::ZERO));
            }
            change.new.set("Line", Vec::new());
            void_note(&mut change.new);
        }
        ChangeKind::Create | ChangeKind::Full | ChangeKind::Sparse => save(books, env, change)?,
    }
    period::open(env, change)
}

pub(crate) fn effect(books: &mut Books, env: &Env<'_>, change: &Change) {
    links::apply(books, env, change.id, &change.old, &change.new);
    posting::post(books, env, "Payment", change.id, &change.old);
}

fn save(books: &Books, env: &Env<'_>, change: &mut Change) -> Result<(), Refusal> {
    let Some(total) = change.new.decimal("TotalAmt") else {
        return Err(Refusal::business("You must set a transaction amount."));
    };
    if total < Decimal::ZERO {
        return Err(Refusal::negative_amount("TotalAmt"));
    }
    home_currency(change)?;
    change.or_else("TxnDate", || env.today().to_string().into());
    account::deposit_to(books, change)?;
    account::only_receivable(books, change)?;
    let lines = change
        .new
        .list("Line")
        .iter()
        .filter_map(Json::as_object)
        .map(line)
        .collect::<Result<Vec<Json>, Refusal>>()?;
    change.new.set("Line", lines);
    for applied in together(&change.new) {
        check(books, env, change, &applied)?;
    }
    let rest = links::unapplied(&change.new);
    if rest < Decimal::ZERO || rest > total {
        return Err(Refusal::link(
            env.doubts.over_applied,
            "The amounts applied do not fit the amount of the payment.",
        ));
    }
    change.new.set("UnappliedAmt", amount(rest));
    Ok(())
}

/// A line as it is kept: an amount and one link.
fn line(sent: &Object) -> Result<Json, Refusal> {
    let Some(value) = sent.decimal("Amount") else {
        return Err(Refusal::missing("Line.Amount"));
    };
    if value < Decimal::ZERO {
        return Err(Refusal::negative_amount("Line.Amount"));
    }
    let [link] = sent.list("LinkedTxn") else {
        return Err(if sent.list("LinkedTxn").is_empty() {
            Refusal::missing("LinkedTxn")
        } else {
            Refusal::not_covered("a payment line with more than one link")
        });
    };
    for field in ["TxnId", "TxnType"] {
        if link.text(field).is_none() {
            return Err(Refusal::missing(&format!("Line.LinkedTxn.{field}")));
        }
    }
    let kind = link.text("TxnType").unwrap_or_default();
    let id = link.text("TxnId").unwrap_or_default();
    if id.parse::<u64>().is_err() {
        return Err(Refusal::number("Line.LinkedTxn.TxnId", id));
    }
    if !matches!(kind, "Invoice" | "CreditMemo") {
        return Err(Refusal::not_covered(format!(
            "a payment that is applied to {kind}"
        )));
    }
    if value.is_zero() {
        return Err(Refusal::not_covered("a payment line without an amount"));
    }
    let link = Object::new().with("TxnId", id).with("TxnType", kind);
    Ok(Object::new()
        .with("Amount", amount(value))
        .with("LinkedTxn", vec![link.into()])
        .into())
}

/// What a payment is applied to, each document once.
fn together(payment: &Object) -> Vec<Application> {
    let mut all: Vec<Application> = Vec::new();
    for applied in applications(payment) {
        match all
            .iter_mut()
            .find(|known| known.entity == applied.entity && known.id == applied.id)
        {
            Some(known) => known.amount += applied.amount,
            None => all.push(applied),
        }
    }
    all
}

/// The document must be there, open, and of the payer or a sub-customer of his.
fn check(
    books: &Books,
    env: &Env<'_>,
    change: &Change,
    applied: &Application,
) -> Result<(), Refusal> {
    let row = books.row(applied.entity, applied.id);
    let Some(document) = row.filter(|row| !row.deleted).map(|row| &row.object) else {
        return Err(Refusal::link(
            env.doubts.bad_link,
            "The transaction that you are trying to link does not exist.",
        ));
    };
    let payer = reference(&change.new, "CustomerRef");
    let mut owner = reference(document, "CustomerRef");
    while owner != payer {
        owner = owner.and_then(|id| reference(&books.row("Customer", id)?.object, "ParentRef"));
        if owner.is_none() {
            return Err(Refusal::link(
                env.doubts.bad_link,
                "The transaction that you are trying to link is of another customer.",
            ));
        }
    }
    let before: Decimal = applications(&change.old)
        .filter(|old| old.entity == applied.entity && old.id == applied.id)
        .map(|old| old.amount)
        .sum();
    let open = document.decimal("Balance").unwrap_or_default() + before;
    if open.is_zero() {
        return Err(Refusal::link(
            env.doubts.bad_link,
            "The transaction that you are trying to link has nothing open.",
        ));
    }
    if applied.amount > open {
        return Err(Refusal::link(
            env.doubts.over_applied,
            "The amount applied is more than what is open.",
        ));
    }
    Ok(())
}

/// What is only seen when a payment is read: for each line what is open without it, and the number.
pub(crate) fn print_extras(books: &Books, printed: &mut Object) {
    let applied: Vec<Application> = applications(printed).collect();
    let Some(Json::List(lines)) = printed.get_mut("Line") else {
        return;
    };
    for (line, applied) in lines.iter_mut().zip(applied) {
        let (Json::Object(line), Some(row)) = (line, books.row(applied.entity, applied.id)) else {
            continue;
        };
        let open = row.object.decimal("Balance").unwrap_or_default() + applied.amount;
        let mut values = vec![
            name_value("txnId", &applied.id.to_string()),
            name_value("txnOpenBalance", &amount(open).to_string()),
        ];
        if let Some(number) = row.object.text("DocNumber") {
            values.push(name_value("txnReferenceNumber", number));
        }
        line.set("LineEx", Object::new().with("any", values));
    }
}

fn name_value(name: &str, value: &str) -> Json {
    Object::new()
        .with("name", "{http://schema.intuit.com/finance/v3}NameValue")
        .with("declaredType", "com.intuit.schema.finance.v3.NameValue")
        .with("scope", "javax.xml.bind.JAXBElement$GlobalScope")
        .with(
            "value",
            Object::new().with("Name", name).with("Value", value),
        )
        .with("nil", false)
        .with("globalScope", true)
        .with("typeSubstituted", false)
        .into()
}
