use clap::{Args, ValueEnum};
use serde::Deserialize;

use crate::{
    accounts::{Account, of_quickbooks},
    client::{Asking, Office},
    failure::Failure,
    lists::{self, Paging},
    table::{Side, table},
};

/// Lists payments in both systems beside each other, the latest first; undeposited ones the earliest first.
#[derive(Debug, Args)]
pub(crate) struct Payments {
    #[command(flatten)]
    asking: Asking,
    /// Which of them.
    #[arg(long, value_enum, default_value_t = Of::All)]
    of: Of,
    /// Of those that are undeposited: for at least so many days.
    #[arg(long, value_parser = clap::value_parser!(u16).range(0..=3650))]
    days: Option<u16>,
    /// Housecall Pro's whose money lies in this account in QuickBooks, by its name or its id.
    #[arg(long, value_name = "ACCOUNT", conflicts_with_all = ["of", "days"])]
    account: Option<String>,
    #[command(flatten)]
    paging: Paging,
}

/// Which payments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Of {
    /// Housecall Pro's that were looked at, beside those in QuickBooks.
    All,
    /// Those that QuickBooks lacks.
    OnlyHousecall,
    /// Those that were entered in QuickBooks and that Housecall Pro lacks.
    OnlyQuickbooks,
    /// Housecall Pro's whose money lies in Undeposited Funds.
    Undeposited,
    /// Those that were entered in QuickBooks and whose money lies there.
    EnteredUndeposited,
}

impl Of {
    /// Its name in the API; none: what it gives without one.
    fn name(self) -> Option<&'static str> {
        match self {
            Self::All => None,
            Self::OnlyHousecall => Some("only_housecall"),
            Self::OnlyQuickbooks => Some("only_quickbooks"),
            Self::Undeposited => Some("undeposited"),
            Self::EnteredUndeposited => Some("entered_undeposited"),
        }
    }
}

#[derive(Deserialize)]
struct Payment {
    job: String,
    job_number: Option<String>,
    customer: Option<String>,
    standing: Standing,
    housecall: Option<There>,
    quickbooks: Option<There>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Standing {
    Both,
    OnlyHousecall,
    OnlyQuickbooks,
    NotToBeSent,
    AsReceipts,
}

impl Standing {
    fn words(self) -> &'static str {
        match self {
            Self::Both => "in both",
            Self::OnlyHousecall => "not in QuickBooks",
            Self::OnlyQuickbooks => "not in Housecall Pro",
            Self::NotToBeSent => "not to be sent",
            Self::AsReceipts => "in QuickBooks as sales receipts",
        }
    }
}

/// A payment in one of the two.
#[derive(Deserialize)]
struct There {
    amount: Option<String>,
    date: Option<String>,
    account: Option<String>,
    #[serde(default)]
    is_deposited: bool,
}

impl Payments {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let mut office = Office::open(&self.asking).await?;
        let account = match &self.account {
            Some(named) => Some(of_quickbooks(&mut office, Account::Deposit, named).await?),
            None => None,
        };
        let by = [
            ("of", self.of.name().map(str::to_owned)),
            ("days", self.days.map(|days| days.to_string())),
            ("account", account),
        ];
        let of = ("payments", by.as_slice());
        let shown = (&self.paging, self.asking.json);
        lists::show::<Payment>(&mut office, of, shown, ("payment", "payments"), rows).await
    }
}

fn rows(payments: Vec<Payment>) -> String {
    let heads = [
        ("JOB", Side::Left),
        ("CUSTOMER", Side::Left),
        ("HOUSECALL PRO", Side::Right),
        ("ON", Side::Left),
        ("QUICKBOOKS", Side::Right),
        ("ON", Side::Left),
        ("LIES IN", Side::Left),
        ("", Side::Left),
    ];
    let rows = payments.into_iter().map(|payment| {
        let [(paid, paid_on, _), (booked, booked_on, lies)] =
            [payment.housecall, payment.quickbooks].map(told);
        [
            payment.job_number.unwrap_or(payment.job),
            payment.customer.unwrap_or_default(),
            paid,
            paid_on,
            booked,
            booked_on,
            lies,
            payment.standing.words().to_owned(),
        ]
    });
    table(heads, rows)
}

/// Its amount, its date, and where its money lies.
fn told(there: Option<There>) -> (String, String, String) {
    there.map_or_else(Default::default, |there| {
        let lies = match there.is_deposited {
            true => "deposited".to_owned(),
            false => there.account.unwrap_or_default(),
        };
        let (amount, date) = (there.amount, there.date);
        (amount.unwrap_or_default(), date.unwrap_or_default(), lies)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payments_of_both_systems_stand_beside_each_other() {
        let payments = serde_json::json!([
            { "job": "job_1", "job_number": "104", "customer": "Dana Sample", "standing": "both",
              "housecall": { "amount": "419.40", "date": "2026-07-24", "method": "check" },
              "quickbooks": { "amount": "419.40", "date": "2026-07-24", "account": "Undeposited Funds", "is_deposited": false } },
            { "job": "job_2", "job_number": null, "customer": null, "standing": "only_quickbooks",
              "housecall": null,
              "quickbooks": { "amount": "20.00", "date": null, "account": "Bank", "is_deposited": true } },
        ]);
        insta::assert_snapshot!(rows(serde_json::from_value(payments).unwrap()), @r#"
        JOB    CUSTOMER     HOUSECALL PRO  ON          QUICKBOOKS  ON          LIES IN
        104    Dana Sample         419.40  2026-07-24      419.40  2026-07-24  Undeposited Funds  in both
        job_2                                               20.00              deposited          not in Housecall Pro
        "#);
    }
}
