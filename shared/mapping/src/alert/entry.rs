use serde::{Deserialize, Serialize};

use super::{AlertKind, EntryRef, QuickbooksWords, subject::capital};

/// An entry of one of QuickBooks' short lists that could not be made there, and that no invoice refers to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryAlert {
    /// The entry.
    pub entry: EntryRef,
    /// Why.
    pub cause: EntryCause,
}

/// Why it could not be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(strum::IntoStaticStr, strum::VariantNames))]
#[serde(rename_all = "snake_case")]
pub enum EntryCause {
    /// Something that it refers to is gone or inactive.
    Inactive,
    /// As QuickBooks says.
    Refused(QuickbooksWords),
}

impl EntryAlert {
    pub(super) fn message(&self) -> String {
        let why = match &self.cause {
            EntryCause::Inactive => {
                "something that it uses was deleted or made inactive there".to_owned()
            }
            EntryCause::Refused(words) => words.to_string(),
        };
        format!(
            "{} could not be made in QuickBooks: {why}. Invoices are sent all the same.",
            capital(&self.entry.name)
        )
    }
}

impl EntryCause {
    pub(super) fn kind(&self) -> AlertKind {
        match self {
            Self::Inactive => AlertKind::InactiveInQuickbooks,
            Self::Refused(_) => AlertKind::QuickbooksRefused,
        }
    }

    pub(super) fn resolution(&self) -> &'static str {
        match self {
            Self::Inactive => {
                "Make it in QuickBooks by hand under exactly that name. The next job that needs it finds it."
            }
            Self::Refused(_) => {
                "Correct what QuickBooks names, or make it there by hand under exactly that name. The next job that needs it tries again."
            }
        }
    }
}
