use money::Cents;
use serde::{Deserialize, Serialize};

use super::{AlertKind, JobAlert, subject::capital};

/// A job or an invoice that was removed in Housecall Pro, whose documents are still in QuickBooks (T7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(strum::IntoStaticStr, strum::VariantNames))]
#[serde(rename_all = "snake_case")]
pub enum Removal {
    /// A person is to void them.
    StillThere {
        /// What was removed.
        removed: Removed,
        /// The numbers of the documents.
        numbers: Vec<String>,
        /// What each of them comes to.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        totals: Vec<Cents>,
        /// Whether it is the deposit's alone, which the main invoice takes off as long as it stands (N7).
        deposit: bool,
    },
    /// They were to be voided, and could not be.
    NotVoided {
        /// What was removed.
        removed: Removed,
        /// The documents.
        documents: Vec<LeftOver>,
        /// Whether it is the deposit's alone, which the main invoice takes off as long as it stands (N7).
        deposit: bool,
    },
}

/// What was removed in Housecall Pro.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Removed {
    /// The whole job.
    Job,
    /// One of its invoices.
    Invoice,
}

/// A document that could not be voided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOver {
    /// Its number.
    pub number: String,
    /// What it comes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Cents>,
    /// What stands against it.
    pub obstacle: VoidObstacle,
}

/// What stands against voiding a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoidObstacle {
    /// Housecall Pro holds money for it.
    PaidInHousecall,
    /// A payment is applied to it in QuickBooks.
    PaymentApplied,
    /// Its month is closed.
    ClosedPeriod,
    /// QuickBooks refused, in these words if any.
    Refused(Option<String>),
}

impl VoidObstacle {
    fn words(&self) -> String {
        match self {
            Self::PaidInHousecall => "Housecall Pro holds a payment for it".to_owned(),
            Self::PaymentApplied => "a payment is applied to it".to_owned(),
            Self::ClosedPeriod => "its date lies in a month that is closed".to_owned(),
            Self::Refused(words) => format!(
                "QuickBooks refused: {}",
                words.as_deref().unwrap_or("it gave no reason")
            ),
        }
    }
}

impl Removal {
    /// Whether the whole job was removed.
    pub fn is_of_job(&self) -> bool {
        let (Self::StillThere { removed, .. } | Self::NotVoided { removed, .. }) = self;
        *removed == Removed::Job
    }

    pub(super) fn kind(&self) -> AlertKind {
        match self {
            Self::StillThere { .. } => AlertKind::RemovedInHousecall,
            Self::NotVoided { .. } => AlertKind::VoidRefused,
        }
    }

    pub(super) fn message(&self, of: &JobAlert) -> String {
        let what = |removed: &Removed| match removed {
            Removed::Job => format!("{} was cancelled or deleted", capital(&of.job.name())),
            Removed::Invoice => format!("An invoice of {} was voided", of.job.name()),
        };
        match self {
            Self::StillThere {
                removed,
                numbers,
                totals,
                ..
            } => format!(
                "{} in Housecall Pro, but its invoice {} is still in QuickBooks.",
                what(removed),
                named(numbers, totals)
            ),
            Self::NotVoided {
                removed, documents, ..
            } => {
                let documents = documents.iter().map(|left| {
                    let total = left.total.map(|total| format!(" over {total}"));
                    let total = total.unwrap_or_default();
                    format!("{}{total} ({})", left.number, left.obstacle.words())
                });
                format!(
                    "{} in Housecall Pro, but its invoice in QuickBooks was not voided: {}.",
                    what(removed),
                    documents.collect::<Vec<_>>().join(" and ")
                )
            }
        }
    }

    pub(super) fn resolution(&self) -> &'static str {
        match self {
            Self::StillThere { deposit: true, .. } => {
                "If the deposit is not owed any more, void its invoice in QuickBooks by hand, and then press Finish, Invoice or Pay again: as long as it stands there, the job's main invoice takes it off."
            }
            Self::StillThere { deposit: false, .. } => {
                "If the invoice is not owed any more, void it. If it is, leave it as it is."
            }
            Self::NotVoided { .. } => {
                "If the invoice is not owed any more, take the payment off it in QuickBooks or ask your bookkeeper to open the month, then void it. If it is still owed, leave it as it is."
            }
        }
    }
}

/// The documents, as far as it is known with what they come to.
fn named(numbers: &[String], totals: &[Cents]) -> String {
    let totals = totals.iter().map(Some).chain(std::iter::repeat(None));
    let named = numbers.iter().zip(totals).map(|(number, total)| {
        let total = total.map(|total| format!(" over {total}"));
        format!("{number}{}", total.unwrap_or_default())
    });
    named.collect::<Vec<_>>().join(" and ")
}
