//! The accounts of tips, card surcharges and deposits: income, or what is owed (L4, P9).

use serde::{Deserialize, Serialize};

use crate::{Goods, settings::ExtraAccount, settings::Settings};

/// An amount on an invoice that is not a sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extra {
    /// A tip.
    Tips,
    /// What the customer paid for paying by card.
    Surcharge,
    /// A deposit that is owed until the job's own invoice takes it off. One that is income has an item like any other.
    HeldDeposit,
}

/// An account in QuickBooks that such an amount may be booked to, as it was read last. It is kept in this form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownAccount {
    /// Its id.
    pub id: qbo::Id,
    /// Its name.
    pub name: String,
    /// Whether it holds what is owed; otherwise it is income.
    pub liability: bool,
    /// QuickBooks' detail type (`UndistributedTips`).
    #[serde(default)]
    pub detail: Option<String>,
}

/// The detail type that QuickBooks has for tips that are owed to the crew.
const TIPS_DETAIL: &str = "UndistributedTips";

/// What bookkeepers call the account of deposits.
const CUSTOMER_DEPOSITS: &str = "Customer Deposits";

impl Extra {
    /// What a line is, if it is one of these.
    pub fn of(goods: &Goods) -> Option<Self> {
        match goods {
            Goods::Tip => Some(Self::Tips),
            Goods::Surcharge => Some(Self::Surcharge),
            Goods::HeldDeposit => Some(Self::HeldDeposit),
            _ => None,
        }
    }

    /// The kind of its account. The setting of deposits decides on which of their two items a new one stands, and not on the
    /// account of either.
    pub fn account_kind(self, settings: &Settings) -> ExtraAccount {
        match self {
            Self::Tips => settings.tips_account,
            Self::Surcharge => settings.surcharge_account,
            Self::HeldDeposit => ExtraAccount::Liability,
        }
    }

    /// The setting's name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Tips => "tips_account",
            Self::Surcharge => "surcharge_account",
            Self::HeldDeposit => "deposit_account",
        }
    }

    /// The name of its item, and of its account where that is income.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tips => super::TIPS,
            Self::Surcharge => super::SURCHARGE,
            Self::HeldDeposit => super::HELD_DEPOSIT,
        }
    }

    /// The name of the account that is asked for where a company has none for what is owed.
    pub fn liability_name(self) -> &'static str {
        match self {
            Self::HeldDeposit => CUSTOMER_DEPOSITS,
            Self::Tips | Self::Surcharge => self.name(),
        }
    }

    /// The names under which a company may have an account for what is owed, the likeliest first.
    fn liability_names(self) -> &'static [&'static str] {
        match self {
            Self::Tips => &[
                super::TIPS,
                "Tips payable",
                "Undistributed Tips",
                "Tips owed",
                "Tips",
            ],
            Self::Surcharge => &[
                super::SURCHARGE,
                "Card surcharges",
                "Card surcharges payable",
                "Surcharges payable",
            ],
            Self::HeldDeposit => &[
                super::HELD_DEPOSIT,
                CUSTOMER_DEPOSITS,
                "Customer deposits payable",
                "Deposits from customers",
                "Customer prepayments",
            ],
        }
    }

    /// Its account of that kind; `None`: QuickBooks has none that is certain. Of several that would do none is
    /// guessed: the names stand in an order, and the detail type counts only where one account has it.
    pub fn account(self, kind: ExtraAccount, known: &[KnownAccount]) -> Option<&qbo::Id> {
        let liability = kind == ExtraAccount::Liability;
        let called = |name: &str| {
            let fits = |account: &&KnownAccount| {
                account.liability == liability && account.name.trim().eq_ignore_ascii_case(name)
            };
            known.iter().find(fits)
        };
        let found = match kind {
            ExtraAccount::Income => called(self.name()),
            ExtraAccount::Liability => self
                .liability_names()
                .iter()
                .find_map(|name| called(name))
                .or_else(|| self.only_of_its_detail(known)),
        };
        found.map(|account| &account.id)
    }

    fn only_of_its_detail(self, known: &[KnownAccount]) -> Option<&KnownAccount> {
        let is_for_tips = |account: &&KnownAccount| {
            account.liability && account.detail.as_deref() == Some(TIPS_DETAIL)
        };
        let mut fitting = known.iter().filter(is_for_tips);
        match (self, fitting.next(), fitting.next()) {
            (Self::Tips, Some(only), None) => Some(only),
            _ => None,
        }
    }
}

/// Whether the item of such an amount must be booked anew: its account is of the other kind than the setting
/// says. A person's choice among accounts of one kind stays (I6).
pub fn is_of_another_kind(account: &qbo::Id, kind: ExtraAccount, known: &[KnownAccount]) -> bool {
    let owed = known
        .iter()
        .any(|known| known.liability && known.id == *account);
    owed != (kind == ExtraAccount::Liability)
}

/// What is kept of an account: of all of those that hold what is owed, and of those that are income the ones that are
/// named like an item. `None`: it is neither, or nobody uses it any more.
pub fn known_account(account: &qbo::Account) -> Option<KnownAccount> {
    let (name, kind) = (account.name.as_deref()?, account.account_type.as_deref()?);
    let liability = kind == "Other Current Liability";
    let income = matches!(kind, "Income" | "Other Income")
        && [Extra::Tips, Extra::Surcharge]
            .iter()
            .any(|extra| extra.name().eq_ignore_ascii_case(name.trim()));
    if account.active == Some(false) || !(liability || income) {
        return None;
    }
    Some(KnownAccount {
        id: account.id.clone()?,
        name: name.to_owned(),
        liability,
        detail: account.account_sub_type.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(id: &str, name: &str, kind: &str, detail: &str) -> Option<KnownAccount> {
        known_account(&qbo::Account {
            id: Some(id.into()),
            name: Some(name.to_owned()),
            account_type: Some(kind.to_owned()),
            account_sub_type: Some(detail.to_owned()),
            ..qbo::Account::default()
        })
    }

    const OWED: &str = "Other Current Liability";

    #[test]
    fn l4_an_account_is_found_by_name_and_never_guessed() {
        fn found<'a>(
            accounts: &[(&'a str, &str, &str)],
            extra: Extra,
            kind: ExtraAccount,
        ) -> Option<&'a str> {
            let known: Vec<KnownAccount> = accounts
                .iter()
                .enumerate()
                .filter_map(|(id, (name, kind, detail))| {
                    account(&id.to_string(), name, kind, detail)
                })
                .collect();
            let found = extra.account(kind, &known)?;
            Some(accounts[found.as_str().parse::<usize>().unwrap()].0)
        }
        use Extra::{HeldDeposit, Surcharge, Tips};
        use ExtraAccount::{Income, Liability};
        let plain = "OtherCurrentLiabilities";
        for (accounts, extra, kind, expected) in [
            (vec![("Tips", OWED, plain)], Tips, Liability, Some("Tips")),
            (
                vec![("Tips", OWED, plain), ("TIPS PAYABLE", OWED, plain)],
                Tips,
                Liability,
                Some("TIPS PAYABLE"),
            ),
            (
                vec![("Tips", OWED, plain), ("Housecall Pro Tips", OWED, plain)],
                Tips,
                Liability,
                Some("Housecall Pro Tips"),
            ),
            // One that is income is no liability, and the reverse.
            (vec![("Tips", "Other Income", "x")], Tips, Liability, None),
            (
                vec![("Housecall Pro Tips", "Income", "x")],
                Tips,
                Liability,
                None,
            ),
            (
                vec![("Housecall Pro Tips", OWED, plain)],
                Tips,
                Income,
                None,
            ),
            (
                vec![("housecall pro tips", "Income", "x")],
                Tips,
                Income,
                Some("housecall pro tips"),
            ),
            (vec![("Tips", "Income", "x")], Tips, Income, None),
            // The only liability account of a company is for something else.
            (
                vec![("Customer Deposits", OWED, plain)],
                Tips,
                Liability,
                None,
            ),
            (
                vec![("Crew", OWED, TIPS_DETAIL)],
                Tips,
                Liability,
                Some("Crew"),
            ),
            (
                vec![("Crew", OWED, TIPS_DETAIL)],
                Surcharge,
                Liability,
                None,
            ),
            (
                vec![("Crew", OWED, TIPS_DETAIL), ("Office", OWED, TIPS_DETAIL)],
                Tips,
                Liability,
                None,
            ),
            (
                vec![("Card surcharges", OWED, plain)],
                Surcharge,
                Liability,
                Some("Card surcharges"),
            ),
            (vec![("Tips", OWED, plain)], Surcharge, Liability, None),
            (
                vec![("customer deposits", OWED, plain)],
                HeldDeposit,
                Liability,
                Some("customer deposits"),
            ),
            (
                vec![
                    ("Customer Deposits", OWED, plain),
                    ("Housecall Pro Deposit, held", OWED, plain),
                ],
                HeldDeposit,
                Liability,
                Some("Housecall Pro Deposit, held"),
            ),
            (
                vec![("Customer Deposits", "Income", plain)],
                HeldDeposit,
                Liability,
                None,
            ),
            (
                vec![("Tips", OWED, TIPS_DETAIL)],
                HeldDeposit,
                Liability,
                None,
            ),
        ] {
            assert_eq!(found(&accounts, extra, kind), expected, "{accounts:?}");
        }
    }

    #[test]
    fn l4_only_an_account_of_the_other_kind_is_replaced() {
        let known = [
            account("1", "Tips", OWED, "").unwrap(),
            account("2", "Card surcharge", "Income", "").unwrap(),
        ];
        for (id, kind, expected) in [
            ("1", ExtraAccount::Liability, false),
            ("1", ExtraAccount::Income, true),
            ("2", ExtraAccount::Income, false),
            ("2", ExtraAccount::Liability, true),
            ("79", ExtraAccount::Income, false),
            ("79", ExtraAccount::Liability, true),
        ] {
            assert_eq!(is_of_another_kind(&id.into(), kind, &known), expected);
        }
    }

    #[test]
    fn l4_what_is_kept_of_the_chart_of_accounts() {
        for (name, kind, kept) in [
            ("Customer Deposits", OWED, true),
            ("Housecall Pro Tips", "Income", true),
            ("Card Surcharge", "Other Income", true),
            ("Services", "Income", false),
            ("Housecall Pro Tips", "Expense", false),
            ("Loan", "Long Term Liability", false),
        ] {
            assert_eq!(account("1", name, kind, "").is_some(), kept, "{name}");
        }
    }
}
