use office::{InQuickbooks, PaymentRow, PaymentStanding};
use serde::Serialize;
use store::ToldPayment;
use sync::job::card::Origin;
use utoipa::ToSchema;

use super::{card::CameBy, texts};

/// How a payment in one system stands to the other.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PaymentStands {
    /// It is in both.
    Both,
    /// QuickBooks lacks it.
    OnlyHousecall,
    /// Housecall Pro lacks it.
    OnlyQuickbooks,
    /// A person said that it is not to be sent.
    NotToBeSent,
    /// QuickBooks has it as sales receipts, since it repeats refunds.
    AsReceipts,
}

/// A payment of a job, in either system or in both.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PaymentLine {
    /// The id of the job in Housecall Pro.
    job: String,
    /// The number of the job.
    job_number: Option<String>,
    /// The name of its customer.
    customer: Option<String>,
    /// The id of the payment in Housecall Pro.
    id: Option<String>,
    /// How both systems stand.
    standing: PaymentStands,
    /// As Housecall Pro told it last.
    housecall: Option<PaymentTold>,
    /// As QuickBooks told it last.
    quickbooks: Option<PaymentThere>,
}

/// A payment in Housecall Pro.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PaymentTold {
    /// How much it is.
    amount: String,
    /// Its date.
    date: String,
    /// How it was made.
    method: Option<String>,
}

/// A payment in QuickBooks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PaymentThere {
    /// How it came there.
    came_by: CameBy,
    /// How much it is; of one that was entered there, what it pays of the job.
    amount: Option<String>,
    /// Its date.
    date: Option<String>,
    /// How it was made.
    method: Option<String>,
    /// The number of a check, or another reference.
    reference: Option<String>,
    /// The account that the money lies in, as far as is known.
    account: Option<String>,
    /// Whether it went to a bank with a deposit, as far as is known.
    is_deposited: bool,
    /// What of it pays nothing.
    unapplied: String,
    /// Where it opens in a browser.
    page: String,
}

impl From<ToldPayment> for PaymentTold {
    fn from(told: ToldPayment) -> Self {
        Self {
            amount: told.amount.to_string(),
            date: told.date.to_string(),
            method: told.method,
        }
    }
}

impl From<InQuickbooks> for PaymentThere {
    fn from(there: InQuickbooks) -> Self {
        Self {
            came_by: match there.origin {
                Origin::Sent => CameBy::Sent,
                Origin::Joined => CameBy::Joined,
                Origin::Entered => CameBy::Entered,
            },
            amount: texts(there.total),
            date: texts(there.date),
            method: there.how.method,
            reference: there.how.reference,
            account: there.how.account,
            is_deposited: there.how.is_deposited,
            unapplied: there.unapplied.to_string(),
            page: there.page,
        }
    }
}

impl From<PaymentRow> for PaymentLine {
    fn from(row: PaymentRow) -> Self {
        Self {
            job: row.job.to_string(),
            job_number: row.number,
            customer: row.customer,
            id: texts(row.id),
            standing: match row.standing {
                PaymentStanding::Both => PaymentStands::Both,
                PaymentStanding::OnlyHousecall => PaymentStands::OnlyHousecall,
                PaymentStanding::OnlyQuickbooks => PaymentStands::OnlyQuickbooks,
                PaymentStanding::NotToBeSent => PaymentStands::NotToBeSent,
                PaymentStanding::AsReceipts => PaymentStands::AsReceipts,
            },
            housecall: row.housecall.map(Into::into),
            quickbooks: row.quickbooks.map(Into::into),
        }
    }
}
