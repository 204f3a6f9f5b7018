//! Accounts: types, sub-types, classification.

use super::{Change, Env, hierarchy, home_currency, names};
use crate::{fault::Refusal, json::Json, store::Books};

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

/// Whether the account of a reference has one of these types.
pub(super) fn has_type(books: &Books, reference: Option<&Json>, types: &[&str]) -> bool {
    reference
        .and_then(|reference| reference.text("value"))
        .and_then(|id| books.row("Account", id.parse().ok()?))
        .and_then(|row| row.object.text("AccountType"))
        .is_some_and(|kind| types.contains(&kind))
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
