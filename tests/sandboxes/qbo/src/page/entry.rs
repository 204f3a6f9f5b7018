//! What a person enters: payments, credit memos, expenses, deposits, journal entries. A field's name is its place in
//! the object, so that a form is sent as the object itself.

mod payment;

use maud::{Markup, html};
use rust_decimal::Decimal;
use sandbox_kit::page::{
    Column::Text, careful_button, choice, fold, form, hidden, json_choice, plain, required, table,
    text,
};

use super::{View, day, kinds::words, link, lists::by_name, money};
use crate::{
    json::Object,
    rules,
    schema::{self, Entity, Family},
    store::{Row, reference},
    write,
};

/// So many lines has the form of a journal entry.
const JOURNAL_LINES: usize = 4;

/// Where new transactions are begun.
pub(super) fn menu(view: &View<'_>) -> Markup {
    let customers = by_name(view, "Customer");
    let (shown, pages) = view.paged("/new", &customers);
    let rows = shown.iter().map(|row| {
        let name = row.object.text("FullyQualifiedName").unwrap_or_default();
        [plain(name), for_customer(row.id)]
    });
    html! {
        h1 { "New transaction" }
        p { (link("/new/deposit", "Deposit")) " · " (link("/new/journalentry", "Journal entry")) }
        section.card { (table(&[Text("Customer"), Text("New")], rows, "No customers yet")) }
        (pages)
    }
}

/// What can be entered for a customer.
pub(super) fn for_customer(customer: u64) -> Markup {
    let to = |kind: &str, label: &str| link(&format!("/new/{kind}/{customer}"), label);
    html! {
        (to("payment", "Receive payment")) " · " (to("creditmemo", "Credit memo")) " · "
        (to("purchase", "Expense"))
    }
}

/// The form of a transaction that no customer is needed for.
pub(super) fn general(view: &View<'_>, kind: &str) -> Option<Markup> {
    let fields = match kind {
        "deposit" => deposit(view),
        "journalentry" => journal_entry(view),
        _ => return None,
    };
    let then = format!("/transactions/{kind}");
    new(schema::entity(kind)?, "", &then, &fields)
}

/// The form of a transaction of one customer.
pub(super) fn of_one(view: &View<'_>, kind: &str, customer: &str) -> Option<Markup> {
    let row = view.state.books.row("Customer", customer.parse().ok()?)?;
    let fields = match kind {
        "payment" => payment::fields(view, row.id, None),
        "creditmemo" => credit_memo(view, row.id),
        "purchase" => expense(view, row.id),
        _ => return None,
    };
    let name = row.object.text("FullyQualifiedName").unwrap_or_default();
    let then = format!("/customers/{customer}");
    new(schema::entity(kind)?, name, &then, &fields)
}

fn new(entity: &Entity, whose: &str, then: &str, fields: &Markup) -> Option<Markup> {
    let action = format!("/_sandbox/objects/{}", entity.name);
    Some(html! {
        h1 { "New " (words(entity.name).to_lowercase()) " " small { (whose) } }
        section.card { (form(&action, then, fields, "Save")) }
    })
}

/// What can be done with a transaction that is there.
pub(super) fn actions(view: &View<'_>, entity: &Entity, row: &Row) -> Markup {
    if entity.family != Family::Transaction {
        return Markup::default();
    }
    let path = format!("/_sandbox/objects/{}/{}", entity.name, row.id);
    let kind = words(entity.name).to_lowercase();
    let careful = |act: &str, label: &str| {
        let question = format!("{label} this {kind}?");
        careful_button(&format!("{path}/{act}"), label, &question, &[])
    };
    let payer = reference(&row.object, "CustomerRef").filter(|_| entity.name == "Payment");
    html! {
        @if let Some(payer) = payer {
            @let fields = payment::fields(view, payer, Some(row));
            (fold("Edit", &form(&path, "", &fields, "Save")))
        }
        div.actions {
            @if write::is_voidable_by_hand(entity.name) { (careful("void", "Void")) }
            (careful("delete", "Delete"))
        }
    }
}

fn credit_memo(view: &View<'_>, customer: u64) -> Markup {
    let items = named(view, "Item", |item| item.text("Type") != Some("Category"));
    html! {
        (hidden(&[
            ("CustomerRef.value", &customer.to_string()),
            ("Line[0].DetailType", "SalesItemLineDetail"),
        ]))
        (date(view))
        (choice("Line[0].SalesItemLineDetail.ItemRef.value", "Product or service", &items, ""))
        (required("Line[0].Amount", "Amount", ""))
        (text("PrivateNote", "Memo", ""))
    }
}

fn expense(view: &View<'_>, customer: u64) -> Markup {
    let ways = ["Cash", "Check"].map(|way| (way.to_owned(), way.to_owned()));
    let receivable = of_type(view, &["Accounts Receivable"]);
    let for_what = receivable.into_iter().chain(of_type(view, &["Expense"]));
    html! {
        (hidden(&[
            ("EntityRef.value", &customer.to_string()),
            ("EntityRef.type", "Customer"),
            ("Line[0].DetailType", "AccountBasedExpenseLineDetail"),
        ]))
        (date(view))
        (choice("PaymentType", "Paid by", &ways, ""))
        (choice("AccountRef.value", "Paid from", &of_type(view, &["Bank"]), ""))
        (choice(
            "Line[0].AccountBasedExpenseLineDetail.AccountRef.value",
            "For",
            &for_what.collect::<Vec<_>>(),
            "",
        ))
        (required("Line[0].Amount", "Amount", ""))
        (text("PrivateNote", "Memo", ""))
    }
}

/// What lies in undeposited funds, each with its amount to be cleared when it stays, and a fee.
fn deposit(view: &View<'_>) -> Markup {
    let waiting = rules::deposit::waiting(&view.state.books);
    let fee = waiting.len();
    let detail = format!("Line[{fee}].DepositLineDetail.AccountRef.value");
    html! {
        (date(view))
        (choice("DepositToAccountRef.value", "Into", &of_type(view, &["Bank"]), ""))
        (text("PrivateNote", "Memo", ""))
        h3 { "Take to the bank: clear what stays" }
        @for (n, (entity, id, brought)) in waiting.iter().enumerate() {
            (hidden(&[
                (&format!("Line[{n}].LinkedTxn[0].TxnId"), &id.to_string()),
                (&format!("Line[{n}].LinkedTxn[0].TxnType"), entity),
            ]))
            (text(
                &format!("Line[{n}].Amount"),
                &format!("{} #{id}, {}", words(entity), money(*brought)),
                &brought.to_string(),
            ))
        }
        h3 { "Fee, as an amount below zero" }
        (hidden(&[(&format!("Line[{fee}].DetailType"), "DepositLineDetail")]))
        (choice(&detail, "Account", &of_type(view, &["Expense"]), ""))
        (text(&format!("Line[{fee}].Amount"), "Amount", ""))
    }
}

fn journal_entry(view: &View<'_>) -> Markup {
    let sides = ["Debit", "Credit"].map(|side| (side.to_owned(), side.to_owned()));
    let accounts = named(view, "Account", |_| true);
    let nobody = ("null".to_owned(), String::new());
    let customers = named(view, "Customer", |_| true)
        .into_iter()
        .map(|(id, name)| {
            let entity = format!(r#"{{"Type":"Customer","EntityRef":{{"value":"{id}"}}}}"#);
            (entity, name)
        });
    let customers: Vec<_> = std::iter::once(nobody).chain(customers).collect();
    html! {
        (date(view))
        (text("PrivateNote", "Memo", ""))
        @for n in 0..JOURNAL_LINES {
            @let field = |name: &str| format!("Line[{n}].JournalEntryLineDetail.{name}");
            h3 { "Line " (n + 1) }
            (hidden(&[(&format!("Line[{n}].DetailType"), "JournalEntryLineDetail")]))
            (choice(&field("AccountRef.value"), "Account", &accounts, ""))
            (choice(&field("PostingType"), "Side", &sides, sides[n % 2].0.as_str()))
            (text(&format!("Line[{n}].Amount"), "Amount", ""))
            (json_choice(&field("Entity"), "Customer", &customers, "null"))
        }
    }
}

fn date(view: &View<'_>) -> Markup {
    let today = view.state.times().day(view.now);
    required("TxnDate", "Date", &today.to_string())
}

/// Ids and names of the active entries of a list that pass.
fn named(view: &View<'_>, entity: &str, passes: impl Fn(&Object) -> bool) -> Vec<(String, String)> {
    by_name(view, entity)
        .into_iter()
        .filter(|row| row.is_active() && passes(&row.object))
        .map(|row| {
            let name = ["FullyQualifiedName", "Name"]
                .iter()
                .find_map(|field| row.object.text(field));
            (row.id.to_string(), name.unwrap_or_default().to_owned())
        })
        .collect()
}

fn of_type(view: &View<'_>, types: &[&str]) -> Vec<(String, String)> {
    named(view, "Account", |account| {
        account
            .text("AccountType")
            .is_some_and(|kind| types.contains(&kind))
    })
}

/// An amount as it stands in a field; nothing for zero.
fn typed(amount: Decimal) -> String {
    if amount.is_zero() {
        String::new()
    } else {
        amount.to_string()
    }
}

/// A document by its number and day.
fn titled(entity: &str, row: &Row) -> String {
    let number = row.object.text("DocNumber");
    let number = number.map_or_else(|| format!("#{}", row.id), str::to_owned);
    let day = day(row.object.text("TxnDate"));
    format!("{} {number} of {day}", words(entity))
}
