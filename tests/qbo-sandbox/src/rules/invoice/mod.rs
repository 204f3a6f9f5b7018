//! Invoices: what QuickBooks fills in, adds up, and refuses.

mod lines;
mod number;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{
    Author, Change, ChangeKind, Env, company::DEFAULT_TERM, customer, home_currency,
    number_address, term,
};
use crate::{
    fault::Refusal,
    json::{Json, Object, amount},
    options::SalesTax,
    store::{Books, reference},
};

pub(crate) fn complete(
    books: &mut Books,
    env: &Env<'_>,
    change: &mut Change,
) -> Result<(), Refusal> {
    if change.author == Author::App {
        open_period(env, &change.old)?;
    }
    match change.kind {
        ChangeKind::Delete => Ok(()),
        ChangeKind::Void => {
            void(change);
            Ok(())
        }
        ChangeKind::Create | ChangeKind::Full | ChangeKind::Sparse => save(books, env, change),
    }
}

pub(crate) fn effect(books: &mut Books, env: &Env<'_>, change: &Change) {
    for (object, sign) in [(&change.old, -Decimal::ONE), (&change.new, Decimal::ONE)] {
        if let Some(id) = reference(object, "CustomerRef") {
            let balance = object.decimal("Balance").unwrap_or_default();
            customer::owe(books, env, id, sign * balance);
        }
    }
}

fn save(books: &mut Books, env: &Env<'_>, change: &mut Change) -> Result<(), Refusal> {
    if env.company.sales_tax != SalesTax::Off {
        return Err(Refusal::not_covered(
            "invoices in a company that uses sales tax",
        ));
    }
    home_currency(change)?;
    change.or_else("TxnDate", || env.today().to_string().into());
    if change.author == Author::App {
        open_period(env, &change.new)?;
    }
    change.or_else("LinkedTxn", || Json::List(Vec::new()));
    custom_fields(env, change)?;
    if change.new.text("EmailStatus") == Some("NeedToSend") && change.new.get("BillEmail").is_none()
    {
        return Err(Refusal::email_required());
    }
    if change.kind != ChangeKind::Sparse || change.sends("Line") {
        lines::settle(books, env, change)?;
    }
    totals(change)?;
    addresses(books, change);
    due_date(books, change);
    number::settle(books, env, change)
}

/// 6210 when the document is dated in the closed period.
fn open_period(env: &Env<'_>, document: &Object) -> Result<(), Refusal> {
    let day: Option<Date> = document.text("TxnDate").and_then(|day| day.parse().ok());
    match (day, env.company.book_close_date) {
        (Some(day), Some(closed)) if day <= closed => Err(Refusal::books_closed()),
        _ => Ok(()),
    }
}

/// Every custom field of the company is printed, with or without a value.
fn custom_fields(env: &Env<'_>, change: &mut Change) -> Result<(), Refusal> {
    let sent = change.new.list("CustomField").to_vec();
    let mut fields = Vec::new();
    for (n, name) in (1..).zip(&env.company.custom_fields) {
        let n: usize = n;
        let id = n.to_string();
        let mut field = Object::new()
            .with("DefinitionId", id.as_str())
            .with("Name", name.as_str())
            .with("Type", "StringType");
        let value = sent
            .iter()
            .find(|field| field.text("DefinitionId") == Some(&id))
            .and_then(|field| field.text("StringValue"));
        if let Some(value) = value {
            field.set("StringValue", value);
        }
        fields.push(Json::from(field));
    }
    for field in &sent {
        let id = field.text("DefinitionId").unwrap_or_default();
        if !fields
            .iter()
            .any(|known| known.text("DefinitionId") == Some(id))
        {
            return Err(Refusal::custom_field(id));
        }
    }
    change.new.set("CustomField", fields);
    Ok(())
}

fn totals(change: &mut Change) -> Result<(), Refusal> {
    let total = lines::total(&change.new);
    if total < Decimal::ZERO {
        return Err(Refusal::business(
            "Transaction amount must be 0 or greater.",
        ));
    }
    let applied = change.old.decimal("TotalAmt").unwrap_or_default()
        - change.old.decimal("Balance").unwrap_or_default();
    if applied > total {
        return Err(Refusal::not_covered("an invoice total below what is paid"));
    }
    change.new.set(
        "TxnTaxDetail",
        Object::new().with("TotalTax", amount(Decimal::ZERO)),
    );
    change.new.set("TotalAmt", amount(total));
    change.new.set("Balance", amount(total - applied));
    Ok(())
}

/// Copied from the customer when the invoice has none (recorded, with the customer's address id).
fn addresses(books: &mut Books, change: &mut Change) {
    for field in ["BillAddr", "ShipAddr"] {
        number_address(books, change, field);
        let customers = books
            .referenced("Customer", &change.new, "CustomerRef")
            .and_then(|row| row.object.get(field));
        if let Some(address) = customers {
            change.or_else(field, || address.clone());
        }
    }
}

/// By the invoice's term, else by the company's default one, which the invoice does not show (recorded).
fn due_date(books: &Books, change: &mut Change) {
    let day: Option<Date> = change.new.text("TxnDate").and_then(|day| day.parse().ok());
    let term = reference(&change.new, "SalesTermRef").unwrap_or(DEFAULT_TERM);
    let due = day.and_then(|day| term::due(&books.row("Term", term)?.object, day));
    if let Some(due) = due.or(day) {
        change.or_else("DueDate", || due.to_string().into());
    }
}

/// Zero amounts and a note; number, date and prices stay (recorded).
fn void(change: &mut Change) {
    lines::zero(&mut change.new);
    change.new.set("TotalAmt", amount(Decimal::ZERO));
    change.new.set("Balance", amount(Decimal::ZERO));
    let note = match change.new.text("PrivateNote") {
        None => "Voided".to_owned(),
        Some(note) if note.starts_with("Voided") => note.to_owned(),
        Some(note) => format!("Voided - {note}"),
    };
    change.new.set("PrivateNote", note);
}
