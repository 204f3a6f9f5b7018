//! The accounts that the items of tips, card surcharges and deposits are booked to (L4, P9).

use mapping::{
    ExtraAccount, JobRecords,
    alert::ItemTrouble,
    item::extra::{Extra, is_of_another_kind},
};

use crate::{
    alerts,
    ctx::Ctx,
    job::{graph::Graph, node::Node, parts::UsedItem},
    objects::slots::{StoredItem, wrote},
    stop::Stop,
};

/// The account of a wrong type: QuickBooks' code for it.
const WRONG_ACCOUNT: &str = "6430";

/// Gives tips, surcharges and deposits the account that the company's settings say: a new item when it is made, one that
/// QuickBooks has when its account is of the other kind. Among accounts of one kind a person's choice in QuickBooks
/// stays (I6). Where there is no account for a new one, a person may have made the item on one of their own: it is
/// looked for first, see [`may_be_made`].
pub(crate) fn accounts(
    cx: &Ctx,
    records: &JobRecords,
    items: &mut [(UsedItem, StoredItem)],
) -> Result<(), Stop> {
    let known = &cx.connection.extra_accounts;
    for (used, slot) in items {
        let Some(extra) = used.extra else { continue };
        let kind = extra.account_kind(&cx.settings);
        let account = match (extra.account(kind, known), kind) {
            (None, ExtraAccount::Income) => Some(&cx.connection.accounts.income.id),
            (account, _) => account,
        };
        if slot.value.link().is_none() {
            used.wanted.income_account_ref = account.map(Into::into);
            continue;
        }
        let known_there: qbo::Item = wrote(&slot.value)?;
        let there = known_there.income_account_ref.map(|there| there.value);
        if there.is_none_or(|there| is_of_another_kind(&there, kind, known)) {
            let missing = || alerts::of_job(records, no_account(extra));
            used.rebook = Some(account.ok_or_else(missing)?.clone());
        }
    }
    Ok(())
}

/// Whether an item that QuickBooks does not have can be made: what is owed needs an account.
pub(crate) fn may_be_made(graph: Graph<'_>, node: &Node) -> Result<(), Stop> {
    let Ok(used) = graph.cause.used(node.name()) else {
        return Ok(());
    };
    match used.extra {
        Some(extra) if used.wanted.income_account_ref.is_none() => {
            Err(graph.cause.stop(no_account(extra)))
        }
        _ => Ok(()),
    }
}

/// The account of the item of a tip, a surcharge or a deposit that QuickBooks had before: a person's choice (I6), unless it is
/// of the other kind than the company's setting says.
pub(crate) fn chosen(cx: &Ctx, used: &UsedItem, account: &qbo::Id) -> bool {
    let Some(extra) = used.extra else {
        return true;
    };
    let known = &cx.connection.extra_accounts;
    !is_of_another_kind(account, extra.account_kind(&cx.settings), known)
}

/// What is told when QuickBooks does not take an account that holds what is owed on an item.
pub(crate) fn account_refused(
    cx: &Ctx,
    used: &UsedItem,
    error: &qbo::QboError,
) -> Option<ItemTrouble> {
    let extra = used.extra?;
    let qbo::QboError::Refused { fault, .. } = error else {
        return None;
    };
    let wrong = fault.errors.iter().any(|error| error.code == WRONG_ACCOUNT);
    let liability = extra.account_kind(&cx.settings) == ExtraAccount::Liability;
    (wrong && liability).then(|| ItemTrouble::LiabilityRefused {
        item: extra.name().to_owned(),
        setting: extra.key().to_owned(),
    })
}

fn no_account(extra: Extra) -> ItemTrouble {
    ItemTrouble::NoLiabilityAccount {
        item: Some(extra.name().to_owned()),
        account: extra.liability_name().to_owned(),
        setting: extra.key().to_owned(),
    }
}
