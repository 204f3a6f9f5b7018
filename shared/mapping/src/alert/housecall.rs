use serde::{Deserialize, Serialize};

use super::{AlertKind, JobAlert, subject::capital};
use crate::UnreadField;

/// A field in a form that is not known (V24).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldRef {
    /// Whose it is: `the job`.
    pub of: String,
    /// Its path there.
    pub field: String,
    /// What it would tell.
    pub tells: String,
    /// The rule that needs it.
    pub rule: String,
}

impl From<&UnreadField> for FieldRef {
    fn from(unread: &UnreadField) -> Self {
        Self {
            of: unread.of.clone(),
            field: unread.field.clone(),
            tells: unread.need.tells.to_owned(),
            rule: unread.need.rule.to_owned(),
        }
    }
}

impl FieldRef {
    /// The rest of a sentence that says what cannot be done.
    pub(super) fn unreadable(&self) -> String {
        let Self {
            of,
            field,
            tells,
            rule,
        } = self;
        format!(
            "in Housecall Pro, {of} tells {tells} in a form that is not known here (for support: field {field}, rule {rule})."
        )
    }

    pub(super) fn left_out(&self) -> String {
        let Self {
            of,
            field,
            tells,
            rule,
        } = self;
        format!("{tells}, of {of} (for support: field {field}, rule {rule})")
    }
}

/// What is the matter with what Housecall Pro tells of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(strum::IntoStaticStr, strum::VariantNames))]
#[serde(rename_all = "snake_case")]
pub enum HousecallTrouble {
    /// It refused a request, or sent something unreadable.
    Refused {
        /// Why.
        reason: String,
    },
    /// A field that a rule needs has a form that is not known (V24).
    FieldUnreadable(FieldRef),
    /// The job has no customer there.
    NoCustomer,
    /// An event is not to be seen in the records.
    RecordLags {
        /// `finished`, `invoiced`, `paid`.
        event: String,
    },
    /// A person pushed a job that is cancelled, deleted or unknown there (U2).
    PushedButRemoved,
}

impl HousecallTrouble {
    pub(super) fn kind(&self) -> AlertKind {
        match self {
            Self::Refused { .. } => AlertKind::HousecallRefused,
            Self::FieldUnreadable(_) => AlertKind::FieldUnreadable,
            Self::NoCustomer => AlertKind::JobWithoutCustomer,
            Self::RecordLags { .. } => AlertKind::RecordLags,
            Self::PushedButRemoved => AlertKind::PushedButRemoved,
        }
    }

    pub(super) fn message(&self, of: &JobAlert) -> String {
        match self {
            Self::Refused { reason } => format!(
                "{} could not be read from Housecall Pro (for support: {reason}).",
                of.capital_name()
            ),
            Self::FieldUnreadable(field) => {
                let lead = capital(&of.unsent());
                format!(
                    "{lead} cannot be sent to QuickBooks: {}",
                    field.unreadable()
                )
            }
            Self::NoCustomer => format!("{}: it has no customer in Housecall Pro.", of.not_sent()),
            Self::RecordLags { event } => format!(
                "Housecall Pro reported that {} was {event}, but the {} does not show it.",
                of.job.name(),
                of.job.what()
            ),
            Self::PushedButRemoved => {
                // The person who pushed it named it so.
                let job = match &of.job.number {
                    Some(_) => of.job.name(),
                    None => format!("{} {}", of.job.what(), of.job.id),
                };
                format!(
                    "{} was not sent to QuickBooks: Housecall Pro has cancelled or deleted it, or never had it.",
                    capital(&job)
                )
            }
        }
    }

    pub(super) fn resolution(&self) -> &'static str {
        match self {
            Self::Refused { .. } => {
                "Open the job in Housecall Pro. If it looks right, press Finish, Invoice or Pay again."
            }
            Self::FieldUnreadable(_) => {
                "Open the job in Housecall Pro and enter that part of it anew, then press Finish, Invoice or Pay again. If it looks right there, Housecall Pro has changed the form of its data: tell whoever runs this program, and enter the invoice in QuickBooks by hand until it is updated."
            }
            Self::NoCustomer => {
                "Choose the customer of the job in Housecall Pro, then press Finish, Invoice or Pay again."
            }
            Self::RecordLags { .. } => {
                "Open the job in Housecall Pro and press the button again if it should be in QuickBooks."
            }
            Self::PushedButRemoved => {
                "If it was done after all, make a job for it in Housecall Pro and push that one. Then, or if nothing is to be sent, dismiss this alert."
            }
        }
    }
}
