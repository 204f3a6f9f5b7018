//! The accounts that the items of tips and card surcharges are booked to (L4).

use mapping::{
    ExtraAccount, JobRecords,
    alert::ItemTrouble,
    item::extra::{Extra, is_of_another_kind},
};

use crate::{
    alerts,
    ctx::Ctx,
    job::parts::UsedItem,
    objects::slots::{StoredItem, wrote},
    stop::Stop,
};

/// The account of a wrong type: QuickBooks' code for it.
const WRONG_ACCOUNT: &str = "6430";

/// Gives tips and surcharges the account that the company's settings say: a new item when it is made, one that
/// QuickBooks has when its account is of the other kind. Among accounts of one kind a person's choice in QuickBooks
/// stays (I6).
pub(crate) fn accounts(
    cx: &Ctx,
    records: &JobRecords,
    items: &mut [(UsedItem, StoredItem)],
) -> Result<(), Stop> {
    let known = &cx.connection.extra_accounts;
    for (used, slot) in items {
        let Some(extra) = used.extra else { continue };
        let kind = extra.setting(&cx.settings);
        let account = || match (extra.account(kind, known), kind) {
            (Some(account), _) => Ok(account.clone()),
            (None, ExtraAccount::Income) => Ok(cx.connection.accounts.income.id.clone()),
            (None, ExtraAccount::Liability) => Err(no_account(records, extra)),
        };
        if slot.value.link().is_none() {
            used.wanted.income_account_ref = Some((&account()?).into());
            continue;
        }
        let known_there: qbo::Item = wrote(&slot.value)?;
        let there = known_there.income_account_ref.map(|there| there.value);
        if there.is_none_or(|there| is_of_another_kind(&there, kind, known)) {
            used.rebook = Some(account()?);
        }
    }
    Ok(())
}

/// The account of a tip's or surcharge's item that QuickBooks had before: a person's choice (I6), unless it is
/// of the other kind than the company's setting says.
pub(crate) fn chosen(cx: &Ctx, used: &UsedItem, account: &qbo::Id) -> bool {
    let Some(extra) = used.extra else {
        return true;
    };
    let known = &cx.connection.extra_accounts;
    !is_of_another_kind(account, extra.setting(&cx.settings), known)
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
    let liability = extra.setting(&cx.settings) == ExtraAccount::Liability;
    (wrong && liability).then(|| ItemTrouble::LiabilityRefused {
        item: extra.name().to_owned(),
        setting: extra.key().to_owned(),
    })
}

fn no_account(records: &JobRecords, extra: Extra) -> Stop {
    let trouble = ItemTrouble::NoLiabilityAccount {
        account: extra.name().to_owned(),
        setting: extra.key().to_owned(),
    };
    alerts::of_job(records, trouble).into()
}
