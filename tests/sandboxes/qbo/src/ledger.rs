//! The general ledger: sides of transactions, and what all of them come to.

use rust_decimal::Decimal;

use crate::json::{Json, Object, amount};

/// One side of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Posting {
    pub(crate) account: u64,
    /// Who owes it, on accounts receivable.
    pub(crate) customer: Option<u64>,
    /// Debits are positive, credits negative.
    pub(crate) amount: Decimal,
}

/// What every account has come to, on the side where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrialBalance {
    /// Accounts that have come to something, by id.
    pub rows: Vec<TrialBalanceRow>,
}

/// One account of a [`TrialBalance`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrialBalanceRow {
    /// Id of the account.
    pub account: String,
    /// Its fully qualified name.
    pub name: String,
    /// What it was debited with, less its credits; zero when those are more.
    pub debit: Decimal,
    /// What it was credited with, less its debits; zero when those are more.
    pub credit: Decimal,
}

impl TrialBalance {
    /// The sum of the debits.
    pub fn debit(&self) -> Decimal {
        self.rows.iter().map(|row| row.debit).sum()
    }

    /// The sum of the credits: the same as of the debits in books that add up.
    pub fn credit(&self) -> Decimal {
        self.rows.iter().map(|row| row.credit).sum()
    }

    /// The same as JSON, with both sums.
    pub fn to_json(&self) -> Object {
        let rows: Vec<Json> = self
            .rows
            .iter()
            .map(|row| {
                Object::new()
                    .with("account", row.account.as_str())
                    .with("name", row.name.as_str())
                    .with("debit", amount(row.debit))
                    .with("credit", amount(row.credit))
                    .into()
            })
            .collect();
        Object::new()
            .with("rows", rows)
            .with("debit", amount(self.debit()))
            .with("credit", amount(self.credit()))
    }
}
