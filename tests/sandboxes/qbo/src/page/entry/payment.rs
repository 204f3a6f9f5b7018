//! Receiving a payment: what it is, and what it is applied to.

use maud::{Markup, html};
use rust_decimal::Decimal;
use sandbox_kit::page::{choice, hidden, required, text};

use super::{View, date, money, named, of_type, titled, typed};
use crate::{
    json::Object,
    rules::{
        account, customer,
        links::{self, Application},
    },
    store::{Row, reference},
};

/// Something that a payment can be applied to.
struct Outstanding {
    word: &'static str,
    id: u64,
    label: String,
    /// What this payment gives to it, or uses of it, so far.
    given: Decimal,
}

/// The fields of a new payment of a customer, or of one that is there.
pub(super) fn fields(view: &View<'_>, payer: u64, payment: Option<&Row>) -> Markup {
    let nothing = Object::new();
    let known = payment.map_or(&nothing, |row| &row.object);
    let value = |field: &str| known.text(field).unwrap_or_default();
    let total = known.decimal("TotalAmt").map(|total| total.to_string());
    let payer = payer.to_string();
    let none = (String::new(), String::new());
    let methods = named(view, "PaymentMethod", |_| true).into_iter();
    let methods: Vec<_> = std::iter::once(none).chain(methods).collect();
    let accounts = of_type(view, &["Other Current Asset", "Bank"]);
    html! {
        @if payment.is_some() {
            (choice("CustomerRef.value", "Customer", &named(view, "Customer", |_| true), &payer))
            (required("TxnDate", "Date", value("TxnDate")))
        } @else {
            (hidden(&[("CustomerRef.value", &payer)]))
            (date(view))
        }
        (required("TotalAmt", "Amount received", &total.unwrap_or_default()))
        (choice("PaymentMethodRef.value", "Method", &methods, value("PaymentMethodRef.value")))
        (text("PaymentRefNum", "Reference no.", value("PaymentRefNum")))
        (choice("DepositToAccountRef.value", "Deposit to", &accounts, &deposit_to(view, known)))
        (text("PrivateNote", "Memo", value("PrivateNote")))
        h3 { "Apply to" }
        @for (n, open) in outstanding(view, &payer, known).iter().enumerate() {
            (hidden(&[
                (&format!("Line[{n}].LinkedTxn[0].TxnId"), &open.id.to_string()),
                (&format!("Line[{n}].LinkedTxn[0].TxnType"), open.word),
            ]))
            (text(&format!("Line[{n}].Amount"), &open.label, &typed(open.given)))
        }
    }
}

/// The account that a payment lies in; undeposited funds where it has none yet.
fn deposit_to(view: &View<'_>, known: &Object) -> String {
    let usual = account::undeposited_funds(&view.state.books);
    let id = reference(known, "DepositToAccountRef").or(usual);
    id.map(|id| id.to_string()).unwrap_or_default()
}

/// What is open of the payer and of those below, and what the payment is applied to already.
fn outstanding(view: &View<'_>, payer: &str, payment: &Object) -> Vec<Outstanding> {
    let books = &view.state.books;
    let payer = payer.parse().ok();
    let mut all = Vec::new();
    for entity in ["Invoice", "CreditMemo", "JournalEntry", "Purchase"] {
        for row in books.rows(entity) {
            let debtor = links::debtor(entity, &row.object, payer);
            let given = links::applications(payment)
                .filter(|applied| (applied.entity, applied.id) == (entity, row.id))
                .map(|applied| applied.amount)
                .sum();
            let applied = Application {
                entity,
                id: row.id,
                amount: given,
            };
            let open = links::open(books, &applied, &row.object, debtor) + given;
            if open.is_zero() || !customer::is_within(books, debtor, payer) {
                continue;
            }
            let title = titled(entity, row);
            all.push(Outstanding {
                word: links::word(entity, &row.object),
                id: row.id,
                label: format!("{title}, {} open", money(open)),
                given,
            });
        }
    }
    all
}
