//! The trial balance.

use maud::{Markup, html};
use rust_decimal::Decimal;
use sandbox_kit::page::{
    Column::{Number, Text},
    plain, table,
};

use super::{View, money};
use crate::rules;

pub(super) fn trial_balance(view: &View<'_>) -> Markup {
    let balance = rules::trial_balance(&view.state.books);
    let columns = [Text("Account"), Number("Debit"), Number("Credit")];
    let side = |amount: Decimal| html! { @if !amount.is_zero() { (money(amount)) } };
    let rows = balance
        .rows
        .iter()
        .map(|row| [plain(&row.name), side(row.debit), side(row.credit)]);
    let total = (!balance.rows.is_empty()).then(|| {
        [
            html! { b { "Total" } },
            plain(&money(balance.debit())),
            plain(&money(balance.credit())),
        ]
    });
    html! {
        h1 { "Trial balance " small { "all dates, accrual" } }
        section.card { (table(&columns, rows.chain(total), "Nothing has been entered yet")) }
    }
}
