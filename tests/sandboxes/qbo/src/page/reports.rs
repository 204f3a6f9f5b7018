//! The trial balance.

use super::{
    View,
    html::{Column, escape, money, table},
};
use crate::rules;

pub(super) fn trial_balance(view: &View<'_>) -> String {
    let balance = rules::trial_balance(&view.state.books);
    let columns = [
        Column("Account", false),
        Column("Debit", true),
        Column("Credit", true),
    ];
    let side = |amount: rust_decimal::Decimal| {
        if amount.is_zero() {
            String::new()
        } else {
            money(amount)
        }
    };
    let mut rows: Vec<Vec<String>> = balance
        .rows
        .iter()
        .map(|row| vec![escape(&row.name), side(row.debit), side(row.credit)])
        .collect();
    if !rows.is_empty() {
        rows.push(vec![
            "<b>Total</b>".to_owned(),
            money(balance.debit()),
            money(balance.credit()),
        ]);
    }
    format!(
        "<h2>Trial balance <small>all dates, accrual</small></h2><section>{}</section>",
        table(&columns, &rows, "Nothing has been entered yet")
    )
}
