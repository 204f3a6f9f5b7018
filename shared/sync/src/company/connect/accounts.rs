//! The accounts that new items are booked to.

use qbo::Account;
use store::NamedId;

use super::ConnectError;

/// The income account of that name, else the one that was chosen before, else the obvious one.
pub(super) fn income_account(
    accounts: &[Account],
    name: Option<&str>,
    before: Option<&NamedId>,
) -> Result<NamedId, ConnectError> {
    let income: Vec<&Account> = of_type(accounts, &["Income"]);
    let usual = ["Services", "Sales of Product Income", "Sales"];
    choose(&income, name, before, &usual)
        .ok_or_else(|| no_account("income", "income-account", &income, name))
}

/// The expense account in the same way; there may be none.
pub(super) fn expense_account(
    accounts: &[Account],
    name: Option<&str>,
    before: Option<&NamedId>,
) -> Result<Option<NamedId>, ConnectError> {
    let expense = of_type(accounts, &["Cost of Goods Sold", "Expense"]);
    match choose(
        &expense,
        name,
        before,
        &["Cost of Goods Sold", "Supplies & Materials"],
    ) {
        None if name.is_some() => Err(no_account("expense", "expense-account", &expense, name)),
        chosen => Ok(chosen),
    }
}

fn of_type<'a>(accounts: &'a [Account], types: &[&str]) -> Vec<&'a Account> {
    let fits = |account: &&Account| {
        account.active != Some(false)
            && account
                .account_type
                .as_deref()
                .is_some_and(|kind| types.contains(&kind))
    };
    accounts.iter().filter(fits).collect()
}

/// The account of that name, else the one of before, else the only one, else the first usual one.
fn choose(
    accounts: &[&Account],
    name: Option<&str>,
    before: Option<&NamedId>,
    usual: &[&str],
) -> Option<NamedId> {
    let called = |wanted: &str| {
        accounts.iter().copied().find(|account| {
            [&account.name, &account.fully_qualified_name]
                .into_iter()
                .flatten()
                .any(|name| name.eq_ignore_ascii_case(wanted))
        })
    };
    let same = |before: &NamedId| {
        let mut all = accounts.iter().copied();
        all.find(|account| account.id.as_ref() == Some(&before.id))
    };
    let chosen = match (name, before.and_then(same), accounts) {
        (Some(name), ..) => called(name),
        (None, Some(before), _) => Some(before),
        (None, None, [only]) => Some(*only),
        (None, None, _) => usual.iter().find_map(|usual| called(usual)),
    }?;
    Some(NamedId {
        id: chosen.id.clone()?,
        name: chosen.name.clone()?,
    })
}

fn no_account(
    kind: &'static str,
    flag: &'static str,
    accounts: &[&Account],
    name: Option<&str>,
) -> ConnectError {
    let has: Vec<&str> = accounts
        .iter()
        .filter_map(|account| account.fully_qualified_name.as_deref())
        .collect();
    ConnectError::NoAccount {
        kind,
        wanted: name.map_or_else(
            || "that is the obvious one".to_owned(),
            |name| format!("{name:?}"),
        ),
        has: has.join(", "),
        flag,
    }
}
