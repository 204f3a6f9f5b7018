//! Customers: names, sub-customers, and the balances that their invoices make.

use rust_decimal::Decimal;

use super::{Change, ChangeKind, Env, hierarchy, home_currency, number_address, people};
use crate::{
    fault::Refusal,
    store::{Books, reference},
};

pub(crate) fn complete(
    books: &mut Books,
    env: &Env<'_>,
    change: &mut Change,
) -> Result<(), Refusal> {
    home_currency(change)?;
    let is_sub = change.new.bool("Job") == Some(true);
    if change.new.bool("BillWithParent") == Some(true) && !is_sub {
        return Err(Refusal::not_covered(
            "BillWithParent on a customer without a parent",
        ));
    }
    let bills_elsewhere = change.kind != ChangeKind::Create
        && change.old.bool("BillWithParent") != change.new.bool("BillWithParent");
    if bills_elsewhere && has_open_invoices(books, change.id) {
        return Err(Refusal::bill_with_parent());
    }
    let deactivated = change.kind != ChangeKind::Create
        && change.old.bool("Active") != Some(false)
        && change.new.bool("Active") == Some(false);
    if deactivated
        && env.doubts.refuse_deactivation_with_balance
        && change
            .old
            .decimal("Balance")
            .is_some_and(|balance| !balance.is_zero())
    {
        return Err(Refusal::has_balance());
    }
    for field in ["BillAddr", "ShipAddr"] {
        number_address(books, change, field);
    }
    people::name(books, env, change)?;
    hierarchy::settle(books, change, "Job", "DisplayName")
}

fn has_open_invoices(books: &Books, customer: u64) -> bool {
    books.rows("Invoice").any(|row| {
        reference(&row.object, "CustomerRef") == Some(customer)
            && row
                .object
                .decimal("Balance")
                .is_some_and(|balance| !balance.is_zero())
    })
}

pub(crate) fn effect(books: &mut Books, env: &Env<'_>, change: &Change) {
    hierarchy::rename_children(books, env, change);
    let (from, to) = (
        reference(&change.old, "ParentRef"),
        reference(&change.new, "ParentRef"),
    );
    if change.kind != ChangeKind::Create && from != to {
        let moved = change.new.decimal("BalanceWithJobs").unwrap_or_default();
        add_with_ancestors(books, from, -moved);
        add_with_ancestors(books, to, moved);
    }
}

/// Whether a customer is another one, or stands below.
pub(crate) fn is_within(books: &Books, customer: Option<u64>, above: Option<u64>) -> bool {
    let mut next = customer;
    while let Some(id) = next
        && next != above
    {
        next = books
            .row("Customer", id)
            .and_then(|row| reference(&row.object, "ParentRef"));
    }
    next.is_some()
}

/// Adds to what a customer owes. A recorded customer kept its `SyncToken` and got the time of its invoice.
pub(super) fn owe(books: &mut Books, env: &Env<'_>, customer: u64, by: Decimal) {
    books.adjust("Customer", customer, |row| row.updated = env.now);
    if by.is_zero() {
        return;
    }
    books.add("Customer", customer, "Balance", by);
    add_with_ancestors(books, Some(customer), by);
}

fn add_with_ancestors(books: &mut Books, first: Option<u64>, by: Decimal) {
    let mut next = first;
    while let Some(id) = next {
        books.add("Customer", id, "BalanceWithJobs", by);
        next = books
            .row("Customer", id)
            .and_then(|row| reference(&row.object, "ParentRef"));
    }
}
