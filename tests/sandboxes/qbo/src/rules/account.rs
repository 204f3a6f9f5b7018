//! Accounts: types, sub-types, classification.

use rust_decimal::Decimal;

use super::{Change, Env, hierarchy, home_currency, names};
use crate::{
    fault::Refusal,
    json::{Json, Object},
    store::{Books, reference},
};

/// An account type, its classification, and its sub-types, the first being the usual one.
struct AccountType {
    name: &'static str,
    classification: &'static str,
    sub_types: &'static [&'static str],
}

const fn kind(
    name: &'static str,
    classification: &'static str,
    sub_types: &'static [&'static str],
) -> AccountType {
    AccountType {
        name,
        classification,
        sub_types,
    }
}

#[rustfmt::skip]
static TYPES: &[AccountType] = &[
    kind("Bank", "Asset", &["CashOnHand", "Checking", "MoneyMarket", "RentsHeldInTrust", "Savings", "TrustAccounts"]),
    kind("Accounts Receivable", "Asset", &["AccountsReceivable"]),
    kind("Other Current Asset", "Asset", &["OtherCurrentAssets", "UndepositedFunds", "Inventory", "PrepaidExpenses", "EmployeeCashAdvances"]),
    kind("Fixed Asset", "Asset", &["OtherFixedAssets", "Buildings", "FurnitureAndFixtures", "MachineryAndEquipment", "Vehicles"]),
    kind("Other Asset", "Asset", &["OtherLongTermAssets", "SecurityDeposits"]),
    kind("Accounts Payable", "Liability", &["AccountsPayable"]),
    kind("Credit Card", "Liability", &["CreditCard"]),
    kind("Other Current Liability", "Liability", &["OtherCurrentLiabilities", "SalesTaxPayable", "GlobalTaxPayable", "PayrollTaxPayable", "TrustAccountsLiabilities"]),
    kind("Long Term Liability", "Liability", &["OtherLongTermLiabilities", "NotesPayable"]),
    kind("Equity", "Equity", &["OpeningBalanceEquity", "RetainedEarnings", "OwnersEquity", "PartnersEquity"]),
    kind("Income", "Revenue", &["SalesOfProductIncome", "ServiceFeeIncome", "DiscountsRefundsGiven", "OtherPrimaryIncome", "UnappliedCashPaymentIncome"]),
    kind("Cost of Goods Sold", "Expense", &["SuppliesMaterialsCogs", "CostOfLaborCos", "OtherCostsOfServiceCos", "ShippingFreightDeliveryCos", "EquipmentRentalCos"]),
    kind("Expense", "Expense", &["OtherMiscellaneousServiceCost", "SuppliesMaterials", "BankCharges", "OfficeGeneralAdministrativeExpenses", "UnappliedCashBillPaymentExpense"]),
    kind("Other Income", "Revenue", &["OtherMiscellaneousIncome", "InterestEarned"]),
    kind("Other Expense", "Expense", &["OtherMiscellaneousExpense", "Depreciation"]),
];

/// The types an account can have.
pub(crate) const TYPE_NAMES: &[&str] = &[
    "Bank",
    "Accounts Receivable",
    "Other Current Asset",
    "Fixed Asset",
    "Other Asset",
    "Accounts Payable",
    "Credit Card",
    "Other Current Liability",
    "Long Term Liability",
    "Equity",
    "Income",
    "Cost of Goods Sold",
    "Expense",
    "Other Income",
    "Other Expense",
];

pub(crate) fn complete(
    books: &mut Books,
    env: &Env<'_>,
    change: &mut Change,
) -> Result<(), Refusal> {
    home_currency(change)?;
    let given = change.new.text("AccountType");
    let sub = change.new.text("AccountSubType");
    let kind = match (given, sub) {
        (None, None) => return Err(Refusal::account_type_missing()),
        (Some(name), _) => TYPES.iter().find(|kind| kind.name == name),
        (None, Some(sub)) => TYPES.iter().find(|kind| kind.sub_types.contains(&sub)),
    };
    let Some(kind) = kind else {
        return Err(Refusal::not_covered("this account sub-type"));
    };
    let sub = match sub {
        Some(sub) if kind.sub_types.contains(&sub) => sub.to_owned(),
        Some(_) => {
            return Err(Refusal::not_covered(
                "this account sub-type with this account type",
            ));
        }
        None => kind
            .sub_types
            .first()
            .copied()
            .unwrap_or_default()
            .to_owned(),
    };
    change.new.set("AccountType", kind.name);
    change.new.set("AccountSubType", sub);
    change.new.set("Classification", kind.classification);
    names::settle(books, env, change, "Name")?;
    hierarchy::settle(books, change, "SubAccount", "Name")
}

pub(crate) fn effect(books: &mut Books, env: &Env<'_>, change: &Change) {
    hierarchy::rename_children(books, env, change);
    let (from, to) = (
        reference(&change.old, "ParentRef"),
        reference(&change.new, "ParentRef"),
    );
    if from != to {
        let moved = change
            .new
            .decimal("CurrentBalanceWithSubAccounts")
            .unwrap_or_default();
        add_with_parents(books, from, -moved);
        add_with_parents(books, to, moved);
    }
}

/// Adds to what an account and those above it have come to together.
pub(super) fn add_with_parents(books: &mut Books, first: Option<u64>, by: Decimal) {
    let mut next = first;
    while let Some(id) = next {
        books.add("Account", id, "CurrentBalanceWithSubAccounts", by);
        next = books
            .row("Account", id)
            .and_then(|row| reference(&row.object, "ParentRef"));
    }
}

/// Whether the account of a reference has one of these types.
pub(super) fn has_type(books: &Books, reference: Option<&Json>, types: &[&str]) -> bool {
    reference
        .and_then(|reference| reference.text("value"))
        .and_then(|id| books.row("Account", id.parse().ok()?))
        .and_then(|row| row.object.text("AccountType"))
        .is_some_and(|kind| types.contains(&kind))
}

/// The account that customers' debts stand on.
pub(super) fn receivable(books: &Books) -> Option<u64> {
    first(books, "AccountType", "Accounts Receivable")
}

/// The account that collected sales tax stands on.
pub(super) fn tax_payable(books: &Books) -> Option<u64> {
    first(books, "AccountSubType", "SalesTaxPayable")
}

/// An account for income that names none.
pub(super) fn income(books: &Books) -> Option<u64> {
    first(books, "AccountType", "Income")
}

/// Where received money lies until it is taken to the bank.
pub(crate) fn undeposited_funds(books: &Books) -> Option<u64> {
    first(books, "AccountSubType", "UndepositedFunds")
}

fn first(books: &Books, field: &str, value: &str) -> Option<u64> {
    books
        .rows("Account")
        .find(|row| row.object.text(field) == Some(value))
        .map(|row| row.id)
}

/// Settles the account that money comes into: undeposited funds when none is named, else one that can hold
/// money.
pub(super) fn deposit_to(books: &Books, change: &mut Change) -> Result<(), Refusal> {
    const FIELD: &str = "DepositToAccountRef";
    if change.new.get(FIELD).is_none()
        && let Some(id) = undeposited_funds(books)
    {
        change
            .new
            .set(FIELD, Object::new().with("value", id.to_string()));
    }
    if has_type(
        books,
        change.new.get(FIELD),
        &["Bank", "Other Current Asset"],
    ) {
        Ok(())
    } else {
        Err(Refusal::account_type(FIELD))
    }
}

/// There is one account for what customers owe; naming it changes nothing.
pub(super) fn only_receivable(books: &Books, change: &mut Change) -> Result<(), Refusal> {
    const FIELD: &str = "ARAccountRef";
    let named = change.new.remove(FIELD);
    if named.is_some() && !has_type(books, named.as_ref(), &["Accounts Receivable"]) {
        return Err(Refusal::account_type(FIELD));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_named_once() {
        let names: Vec<&str> = TYPES.iter().map(|kind| kind.name).collect();
        assert_eq!(names, TYPE_NAMES);
    }
}
