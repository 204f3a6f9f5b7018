//! Sales forms (invoices, credit memos, sales and refund receipts, estimates): what QuickBooks fills in,
//! adds up, and refuses.

mod lines;
mod number;
mod tax;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{
    Author, Change, ChangeKind, Env, account, company::DEFAULT_TERM, home_currency, links,
    number_address, period, posting, term, void_note,
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
    if change.entity.name == "Estimate" && change.author == Author::App {
        return Err(Refusal::not_covered("writing Estimate"));
    }
    links::not_deposited(change)?;
    match change.kind {
        ChangeKind::Delete => delete(env, change)?,
        ChangeKind::Void => void(env, change)?,
        ChangeKind::Create | ChangeKind::Full | ChangeKind::Sparse => save(books, env, change)?,
    }
    period::open(env, change)
}

pub(crate) fn effect(books: &mut Books, env: &Env<'_>, change: &Change) {
    if change.entity.name == "Invoice" {
        let total = change.new.decimal("TotalAmt").unwrap_or_default();
        let excess = links::applied(change) - total;
        if excess > Decimal::ZERO {
            links::release(books, env, change.id, excess);
        }
    }
    posting::post(books, env, change.entity.name, change.id, &change.old);
}

fn delete(env: &Env<'_>, change: &Change) -> Result<(), Refusal> {
    if links::applied(change).is_zero() {
        return Ok(());
    }
    links::may_unapply(
        change,
        env.doubts.deleted_paid_invoice,
        "You cannot delete this",
    )?;
    if change.entity.name == "Invoice" {
        Ok(())
    } else {
        Err(Refusal::not_covered("deleting a credit that is used"))
    }
}

fn save(books: &mut Books, env: &Env<'_>, change: &mut Change) -> Result<(), Refusal> {
    home_currency(change)?;
    change.or_else("TxnDate", || env.today().to_string().into());
    if change.entity.name == "Invoice" {
        own_links(books, change)?;
    }
    money(books, change)?;
    custom_fields(env, change)?;
    if change.new.text("EmailStatus") == Some("NeedToSend") && change.new.get("BillEmail").is_none()
    {
        return Err(Refusal::email_required());
    }
    if change.entity.name == "RefundReceipt" {
        change.new.remove("EmailStatus");
    }
    if change.kind != ChangeKind::Sparse || change.sends("Line") {
        lines::settle(books, env, change)?;
    }
    addresses(books, change);
    let tax = tax::settle(books, env, change)?;
    totals(env, change, tax)?;
    if change.entity.name == "Invoice" {
        due_date(books, change);
    }
    number::settle(books, env, change)
}

/// Where the money of a receipt goes to, or comes from, and how.
fn money(books: &Books, change: &mut Change) -> Result<(), Refusal> {
    match change.entity.name {
        "SalesReceipt" => account::deposit_to(books, change),
        "RefundReceipt" => {
            account::deposit_to(books, change)?;
            match change.new.text("PrintStatus") {
                Some("NeedToPrint") => {
                    change.or_else("PaymentRefNum", || "To Print".into());
                }
                Some("PrintComplete") if change.new.get("PaymentRefNum").is_none() => {
                    return Err(Refusal::missing("PaymentRefNum"));
                }
                _ => {}
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Links are made by the other documents, except one to an estimate.
fn own_links(books: &Books, change: &mut Change) -> Result<(), Refusal> {
    for link in change.sent.list("LinkedTxn") {
        let known = change.old.list("LinkedTxn");
        if link.text("TxnType") != Some("Estimate") || known.contains(link) {
            continue;
        }
        let id = link.text("TxnId").unwrap_or_default();
        let estimate = id.parse().ok().and_then(|id| books.row("Estimate", id));
        if estimate.is_none_or(|row| row.deleted) {
            return Err(Refusal::business(&format!(
                "The entity Estimate {id} that you are trying to link does not exist. Estimate {id}"
            )));
        }
        return Err(Refusal::not_covered("an invoice made from an estimate"));
    }
    let links = change.old.list("LinkedTxn").to_vec();
    change.new.set("LinkedTxn", links);
    Ok(())
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

fn totals(env: &Env<'_>, change: &mut Change, tax: Decimal) -> Result<(), Refusal> {
    let sums = lines::sums(&change.new);
    let total = sums.sales - sums.discount + tax;
    if total < Decimal::ZERO {
        return Err(Refusal::business(
            "Transaction amount must be 0 or greater.",
        ));
    }
    change.new.set("TotalAmt", amount(total));
    let form = change.entity.name;
    if !matches!(form, "Invoice" | "CreditMemo") {
        if change.entity.shape.field("Balance").is_some() {
            change.new.set("Balance", amount(Decimal::ZERO));
        }
        return Ok(());
    }
    let applied = links::applied(change);
    if applied > total {
        if form == "CreditMemo" {
            return Err(Refusal::not_covered("a credit below what is used of it"));
        }
        links::may_unapply(
            change,
            env.doubts.overpaid_invoice,
            "The total cannot be less than what is paid",
        )?;
    }
    let is_moved = reference(&change.old, "CustomerRef") != reference(&change.new, "CustomerRef");
    if is_moved && !applied.is_zero() {
        return Err(Refusal::not_covered(
            "another customer on a document that a payment is linked to",
        ));
    }
    let balance = (total - applied).max(Decimal::ZERO);
    change.new.set("Balance", amount(balance));
    if form == "CreditMemo" {
        change.new.set("RemainingCredit", amount(balance));
    }
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
fn void(env: &Env<'_>, change: &mut Change) -> Result<(), Refusal> {
    if !links::applied(change).is_zero() {
        if change.entity.name == "CreditMemo" {
            return Err(Refusal::not_covered("voiding a credit that is used"));
        }
        links::may_unapply(
            change,
            env.doubts.voided_paid_invoice,
            "You cannot void this",
        )?;
    }
    lines::zero(&mut change.new);
    tax::clear(&mut change.new);
    for field in ["TotalAmt", "Balance", "RemainingCredit"] {
        if change.entity.shape.field(field).is_some() {
            change.new.set(field, amount(Decimal::ZERO));
        }
    }
    void_note(&mut change.new);
    Ok(())
}
