use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use super::{AlertKind, FieldRef, QuickbooksWords, quickbooks::time};

/// An alert about the connection as a whole (S4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(strum::IntoStaticStr, strum::VariantNames))]
#[serde(rename_all = "snake_case")]
pub enum ConnectionAlert {
    /// The QuickBooks subscription has ended.
    ReadOnly,
    /// QuickBooks no longer accepts the connection (S7).
    Reconnect {
        /// Why.
        reason: String,
    },
    /// QuickBooks has documents that came from here, and our records of them are lost (V15).
    RecordsLost {
        /// One of them: `invoice 1001 of Dana Sample`.
        document: String,
    },
    /// Intuit does not know the app by the keys that are stored (S7).
    AppKeysRefused {
        /// What it said.
        reason: String,
    },
    /// Housecall Pro no longer accepts the API key.
    HousecallUnauthorized,
    /// Housecall Pro answers nobody (S10).
    HousecallAway {
        /// Since when, in the company's time.
        since: DateTime,
        /// What came.
        reason: String,
    },
    /// QuickBooks answers nobody (S10).
    QuickbooksAway {
        /// Since when, in the company's time.
        since: DateTime,
        /// What came.
        reason: String,
    },
    /// Housecall Pro does not tell what no webhook told (T11).
    ListsRefused {
        /// Why.
        reason: String,
    },
    /// A field without which a list cannot be used has a form that is not known (T11, V24).
    ListsUnreadable(FieldRef),
    /// What people did in QuickBooks cannot be looked at (R1).
    PullFails {
        /// Why.
        reason: String,
    },
    /// QuickBooks refuses a request that was made for no job (S5).
    RequestRefused(QuickbooksWords),
}

impl ConnectionAlert {
    pub(super) fn kind(&self) -> AlertKind {
        match self {
            Self::ReadOnly => AlertKind::QuickbooksReadOnly,
            Self::Reconnect { .. } => AlertKind::Reconnect,
            Self::RecordsLost { .. } => AlertKind::RecordsLost,
            Self::AppKeysRefused { .. } => AlertKind::AppKeysRefused,
            Self::HousecallUnauthorized => AlertKind::HousecallUnauthorized,
            Self::HousecallAway { .. } => AlertKind::HousecallAway,
            Self::QuickbooksAway { .. } => AlertKind::QuickbooksAway,
            Self::ListsRefused { .. } => AlertKind::HousecallRefused,
            Self::ListsUnreadable(_) => AlertKind::FieldUnreadable,
            Self::PullFails { .. } => AlertKind::PullFails,
            Self::RequestRefused(_) => AlertKind::QuickbooksRefused,
        }
    }

    pub(super) fn message(&self) -> String {
        match self {
            Self::ReadOnly => {
                "QuickBooks accepts no changes: the subscription of this company has ended. Everything waits; nothing is lost."
                    .to_owned()
            }
            Self::Reconnect { reason } => format!(
                "QuickBooks no longer accepts the connection. Everything waits; nothing is lost (for support: {reason})."
            ),
            Self::RecordsLost { document } => format!(
                "QuickBooks has documents that came from here (the {document} is one), and the records of them are lost: sent now, jobs would be in QuickBooks twice. Everything waits; nothing is lost."
            ),
            Self::AppKeysRefused { reason } => format!(
                "Intuit does not accept the client id and client secret of the app. Everything waits; nothing is lost (for support: {reason})."
            ),
            Self::HousecallUnauthorized => {
                "Housecall Pro no longer accepts the API key. Everything waits; nothing is lost."
                    .to_owned()
            }
            Self::HousecallAway { since, reason } => away("Housecall Pro", *since, reason),
            Self::QuickbooksAway { since, reason } => away("QuickBooks", *since, reason),
            Self::ListsRefused { reason } => format!(
                "The lists of jobs and invoices could not be read from Housecall Pro. What Housecall Pro reports by itself is sent all the same; the rest waits (for support: {reason})."
            ),
            Self::ListsUnreadable(field) => format!(
                "The lists of jobs and invoices cannot be read: {} What Housecall Pro reports by itself is sent all the same; the rest waits.",
                field.unreadable()
            ),
            Self::PullFails { reason } => format!(
                "Payments that people enter in QuickBooks are not noticed: its changes could not be read. What happens in Housecall Pro is sent all the same (for support: {reason})."
            ),
            Self::RequestRefused(words) => format!("QuickBooks refused a request: {words}."),
        }
    }

    pub(super) fn resolution(&self) -> &'static str {
        match self {
            Self::ReadOnly => {
                "Renew the QuickBooks subscription. Everything that waits is then sent by itself."
            }
            Self::Reconnect { .. } => {
                "Connect QuickBooks again. Everything that waits is then sent by itself."
            }
            Self::RecordsLost { .. } => {
                "Tell whoever runs this program to restore the records: the documents are found in QuickBooks and linked again. Everything that waits is then sent by itself."
            }
            Self::AppKeysRefused { .. } => {
                "Tell whoever runs this program to enter the client secret anew: it stands at developer.intuit.com under Keys & credentials. Everything that waits is then sent by itself."
            }
            Self::HousecallUnauthorized => {
                "Make a new API key in Housecall Pro, and give it to whoever runs this program to enter. Everything that waits is then sent by itself."
            }
            Self::HousecallAway { .. } | Self::QuickbooksAway { .. } => {
                "There is nothing to do: it is asked again every 15 seconds, and everything that waits is then sent by itself."
            }
            Self::PullFails { .. } => {
                "They are read again by themselves, nothing is left out then, and the alert ends when that succeeds. If it stays for a day, tell whoever runs this program."
            }
            Self::ListsRefused { .. } | Self::ListsUnreadable(_) => {
                "They are read again by themselves, and the alert ends when that succeeds. If it stays for a day, tell whoever runs this program."
            }
            Self::RequestRefused(_) => {
                "Correct what QuickBooks names, then press Finish, Invoice or Pay again."
            }
        }
    }
}

fn away(system: &str, since: DateTime, reason: &str) -> String {
    format!(
        "{system} has not answered since {}. Everything waits; nothing is lost (for support: {reason}).",
        time(since)
    )
}
