//! Payments: how much, where the money lies, which invoices it pays.

use rust_decimal::Decimal;

use super::{
    Change, ChangeKind, Env, account, customer, home_currency,
    links::{self, Application, applications},
    period, posting, void_note,
};
use crate::{
    fault::Refusal,
    json::{Json, Object, amount},
    options::UnlinkedMoney,
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
    if total.is_zero() {
        // No money comes in (recorded).
        change.new.remove("DepositToAccountRef");
    } else {
        account::deposit_to(books, change)?;
    }
    account::only_receivable(books, change)?;
    let lines = lines(books, env, change)?;
    change.new.set("Line", lines);
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

/// The lines as they are kept: each with what its document takes, none where that is nothing.
fn lines(books: &Books, env: &Env<'_>, change: &Change) -> Result<Vec<Json>, Refusal> {
    let mut lines: Vec<Json> = Vec::new();
    let mut taken: Vec<Application> = Vec::new();
    for sent in change.new.list("Line").iter().filter_map(Json::as_object) {
        let mut line = line(sent)?;
        let Some(mut applied) = links::application(&line) else {
            continue;
        };
        let word = line.text("LinkedTxn.0.TxnType").unwrap_or_default();
        let document = links::document(books, &applied, word).ok_or_else(Refusal::not_found)?;
        let before = on(taken.iter().copied(), &applied);
        applied.amount = fitting(books, env, change, document, &applied, before)?;
        if !applied.amount.is_zero() {
            line.set("Amount", amount(applied.amount));
            lines.push(line.into());
            taken.push(applied);
        }
    }
    Ok(lines)
}

/// What of some applications goes to the same document as this one.
fn on(all: impl Iterator<Item = Application>, one: &Application) -> Decimal {
    all.filter(|other| (other.entity, other.id) == (one.entity, one.id))
        .map(|other| other.amount)
        .sum()
}

/// A line with an amount and one link.
fn line(sent: &Object) -> Result<Object, Refusal> {
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
    if links::entity_of(kind).is_none() {
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
        .with("LinkedTxn", vec![link.into()]))
}

/// So much of what is applied to a document goes to it, `before` of this payment being there already. It takes
/// what it has open when it is of the payer or of a sub-customer of his.
fn fitting(
    books: &Books,
    env: &Env<'_>,
    change: &Change,
    document: &Object,
    applied: &Application,
    before: Decimal,
) -> Result<Decimal, Refusal> {
    let doubts = env.doubts;
    let payer = reference(&change.new, "CustomerRef");
    let debtor = links::debtor(applied.entity, document, payer);
    if !customer::is_within(books, debtor, payer) {
        let foreign = "The transaction that you are trying to link is of another customer.";
        return match doubts.foreign_link {
            UnlinkedMoney::Unapply => Ok(Decimal::ZERO),
            UnlinkedMoney::Refuse => Err(Refusal::link(doubts.bad_link, foreign)),
        };
    }
    let was_payer = reference(&change.old, "CustomerRef");
    let freed = if links::debtor(applied.entity, document, was_payer) == debtor {
        on(applications(&change.old), applied)
    } else {
        Decimal::ZERO
    };
    let open = links::open(books, applied, document, debtor) + freed - before;
    if applied.amount <= open {
        return Ok(applied.amount);
    }
    match doubts.payment_above_balance {
        UnlinkedMoney::Unapply => Ok(open),
        UnlinkedMoney::Refuse if open.is_zero() => Err(Refusal::link(
            doubts.bad_link,
            "The transaction that you are trying to link has nothing open.",
        )),
        UnlinkedMoney::Refuse => Err(Refusal::link(
            doubts.over_applied,
            "The amount applied is more than what is open.",
        )),
    }
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
