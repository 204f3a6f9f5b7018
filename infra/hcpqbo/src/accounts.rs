//! Accounts of QuickBooks, as people name them.

use serde::Deserialize;

use crate::{client::Office, failure::Failure};

/// Which accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Account {
    /// Those that items are booked to.
    Income,
    /// Those that payments can be deposited to.
    Deposit,
}

#[derive(Deserialize)]
struct Quickbooks {
    income_accounts: Vec<Known>,
    deposit_accounts: Vec<Known>,
}

#[derive(Deserialize)]
struct Known {
    id: String,
    name: String,
}

/// The id of an account that was named by its name or its id.
pub(crate) async fn of_quickbooks(
    office: &mut Office,
    which: Account,
    named: &str,
) -> Result<String, Failure> {
    let quickbooks: Quickbooks = office.get("quickbooks").await?.read()?;
    let all = match which {
        Account::Income => quickbooks.income_accounts,
        Account::Deposit => quickbooks.deposit_accounts,
    };
    chosen(&all, named)
}

fn chosen(all: &[Known], named: &str) -> Result<String, Failure> {
    let by_id = all.iter().find(|account| account.id == named);
    let by_name = || {
        let mut all = all.iter();
        all.find(|account| account.name.eq_ignore_ascii_case(named))
    };
    let found = by_id.or_else(by_name);
    found.map(|account| account.id.clone()).ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|account| account.name.as_str()).collect();
        Failure::Declined(format!(
            "QuickBooks has no such account {named}. It has: {}.",
            names.join(", ")
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_named_by_its_name_or_its_id() {
        let all = [("7", "Plumbing Income"), ("9", "Heating Income")];
        let all = all.map(|(id, name)| Known {
            id: id.to_owned(),
            name: name.to_owned(),
        });
        assert_eq!(chosen(&all, "plumbing income"), Ok("7".to_owned()));
        assert_eq!(chosen(&all, "9"), Ok("9".to_owned()));
        let told = chosen(&all, "Plumming").unwrap_err().to_string();
        assert_eq!(
            told,
            "QuickBooks has no such account Plumming. It has: Plumbing Income, Heating Income."
        );
    }
}
