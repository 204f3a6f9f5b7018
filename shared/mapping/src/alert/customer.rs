use money::Cents;
use serde::{Deserialize, Serialize};

use super::{AlertKind, CustomerRef, JobAlert, QuickbooksWords};
use crate::customer::Field;

/// A customer or an item in QuickBooks that a person may choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The id there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<qbo::Id>,
    /// So that it can be told from others of its name.
    pub described: String,
}

/// Why a job was not sent: its customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(strum::IntoStaticStr, strum::VariantNames))]
#[serde(rename_all = "snake_case")]
pub enum CustomerTrouble {
    /// Several in QuickBooks have the name (C6).
    Several {
        /// The name.
        customer: String,
        /// Those who have it.
        candidates: Vec<Candidate>,
    },
    /// The one in QuickBooks of that name has other contact data (C6).
    Contradiction {
        /// The name.
        customer: String,
        /// Which data.
        what: String,
        /// What Housecall Pro says.
        ours: String,
        /// What QuickBooks says.
        theirs: String,
        /// The one in QuickBooks; none in an alert of before it was kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        there: Option<Candidate>,
    },
    /// The one in QuickBooks of that name belongs to another Housecall Pro customer (C6).
    LinkedToAnother {
        /// The one in QuickBooks.
        there: Candidate,
        /// The other in Housecall Pro.
        other: String,
        /// The name of ours; none in an alert of before it was kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// Merged in Housecall Pro, and QuickBooks has both (C12).
    MergedInHousecall {
        /// Who was merged away.
        merged: String,
        /// Who stayed.
        customer: String,
        /// The one in QuickBooks of who was merged away.
        loses: Candidate,
        /// The one in QuickBooks of who stayed.
        stays: Candidate,
    },
    /// Merged in QuickBooks, into one that belongs to another Housecall Pro customer (C12).
    MergedInQuickbooks {
        /// Who was merged away.
        customer: String,
        /// Who stayed.
        stays: Candidate,
        /// Whose that one is.
        other: String,
    },
    /// Somebody else in QuickBooks has the name (C7).
    NameTaken {
        /// The name.
        customer: String,
    },
    /// QuickBooks has the customer no more, or as inactive (C10).
    Inactive {
        /// The name.
        customer: String,
    },
    /// Whether another customer was merged away, Housecall Pro does not tell (C12).
    MergeUnread {
        /// Why not.
        reason: String,
    },
}

impl CustomerTrouble {
    pub(super) fn kind(&self) -> AlertKind {
        match self {
            Self::Several { .. } | Self::Contradiction { .. } => AlertKind::CustomerMatchAmbiguous,
            Self::LinkedToAnother { .. } => AlertKind::LinkedCustomerMatch,
            Self::MergedInHousecall { .. } | Self::MergedInQuickbooks { .. } => {
                AlertKind::CustomersMerged
            }
            Self::NameTaken { .. } => AlertKind::NameTaken,
            Self::Inactive { .. } => AlertKind::CustomerInactive,
            Self::MergeUnread { .. } => AlertKind::HousecallRefused,
        }
    }

    pub(super) fn message(&self, of: &JobAlert) -> String {
        let why = match self {
            Self::Several {
                customer,
                candidates,
            } => {
                let all = candidates.iter().map(|one| one.described.as_str());
                let all: Vec<&str> = all.collect();
                format!(
                    "several QuickBooks customers are named {customer}: {}",
                    all.join("; ")
                )
            }
            Self::Contradiction {
                customer,
                what,
                ours,
                theirs,
                ..
            } => format!(
                "a QuickBooks customer is also named {customer}, but the {what} differs: {ours} in Housecall Pro, {theirs} in QuickBooks"
            ),
            Self::LinkedToAnother { there, other, .. } => format!(
                "the QuickBooks customer {} is already linked to another Housecall Pro customer, {other}",
                there.described
            ),
            Self::MergedInHousecall {
                merged,
                customer,
                loses,
                stays,
            } => format!(
                "in Housecall Pro, {merged} was merged into {customer}, but QuickBooks still has both: {} and {}",
                loses.described, stays.described
            ),
            Self::MergedInQuickbooks {
                customer,
                stays,
                other,
            } => format!(
                "there, {customer} was merged into {}, which is linked to another Housecall Pro customer, {other}",
                stays.described
            ),
            Self::NameTaken { customer } => format!(
                "the name {customer} is held there by a vendor, an employee or another customer, perhaps an inactive one"
            ),
            Self::Inactive { customer } => {
                format!("the customer {customer} was deleted or made inactive there")
            }
            Self::MergeUnread { reason } => format!(
                "whether another customer was merged into its customer could not be read from Housecall Pro (for support: {reason})"
            ),
        };
        format!("{}: {why}.", of.not_sent())
    }

    pub(super) fn resolution(&self) -> &'static str {
        match self {
            Self::Several { .. } | Self::Contradiction { .. } => {
                "If they are the same customer, use that one. If not, make a new one under another name. Or make the contact data equal in both systems, then press Finish, Invoice or Pay again."
            }
            Self::LinkedToAnother { .. } => {
                "If both are the same customer, merge them in Housecall Pro, then press Finish, Invoice or Pay again. If not, make a new one under another name, or use another one."
            }
            Self::MergedInHousecall { .. } => {
                "Merge the two in QuickBooks as well, then press Finish, Invoice or Pay again."
            }
            Self::MergedInQuickbooks { .. } => {
                "If they are the same customer, merge them in Housecall Pro as well. If not, choose another QuickBooks customer for one of them, or have a new one made. Then press Finish, Invoice or Pay again."
            }
            Self::NameTaken { .. } => {
                "QuickBooks allows a name only once over customers, vendors and employees. Make the customer under another name, or use another one. Or change the name in one of the two systems, then press Finish, Invoice or Pay again."
            }
            Self::Inactive { .. } => {
                "Make the customer active again in QuickBooks, then press Finish, Invoice or Pay again."
            }
            Self::MergeUnread { .. } => {
                "Open the customers of that name in Housecall Pro. If they look right, press Finish, Invoice or Pay again."
            }
        }
    }
}

/// A customer, whose invoices go out all the same: what changed of them, and QuickBooks does not have (T5, S8), or what it
/// does by itself (P4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerAlert {
    /// The customer.
    pub customer: CustomerRef,
    /// What is the matter.
    pub cause: CustomerCause,
}

/// Why QuickBooks does not have what changed of a customer, or what it does by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(strum::IntoStaticStr, strum::VariantNames))]
#[serde(rename_all = "snake_case")]
pub enum CustomerCause {
    /// It refuses fields.
    Refused {
        /// These.
        fields: Vec<RefusedField>,
        /// Whether others changed too, which it has taken.
        others: bool,
    },
    /// It refuses a question that comes before the change.
    NotAsked(QuickbooksWords),
    /// It has the customer no more, or as inactive (C10).
    Gone,
    /// A try of it fails for long while others do not (S10).
    KeepsFailing {
        /// What came.
        reason: String,
    },
    /// Housecall Pro does not tell what the customer is.
    Unread {
        /// Why not.
        reason: String,
    },
    /// It paid invoices with the customer's credit by itself (P4).
    CreditApplied {
        /// These, the latest last.
        credits: Vec<AppliedCredit>,
    },
}

/// What of a customer's credit QuickBooks applied to an invoice by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedCredit {
    /// The payment by which it did, over nothing.
    pub payment: qbo::Id,
    /// The number of the invoice.
    pub invoice: String,
    /// How much.
    pub amount: Cents,
}

/// A field that QuickBooks refuses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedField {
    /// Which one.
    pub field: Field,
    /// Why.
    pub cause: FieldCause,
}

/// Why QuickBooks refuses a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldCause {
    /// Somebody else there has the name (C7).
    NameTaken,
    /// As it says.
    Refused(QuickbooksWords),
}

impl CustomerAlert {
    pub(super) fn kind(&self) -> AlertKind {
        match self.cause {
            CustomerCause::Gone => AlertKind::CustomerInactive,
            CustomerCause::Refused { .. }
            | CustomerCause::NotAsked(_)
            | CustomerCause::KeepsFailing { .. }
            | CustomerCause::Unread { .. } => AlertKind::CustomerNotUpdated,
            CustomerCause::CreditApplied { .. } => AlertKind::CreditApplied,
        }
    }

    /// What of it was paid by credit, where that is what it tells.
    pub(super) fn difference(&self) -> Option<Cents> {
        match &self.cause {
            CustomerCause::CreditApplied { credits } => {
                Some(credits.iter().map(|credit| credit.amount).sum())
            }
            _ => None,
        }
    }

    pub(super) fn message(&self) -> String {
        let name = &self.customer.name;
        let lead = format!(
            "What changed of the customer {name} in Housecall Pro was not entered in QuickBooks"
        );
        match &self.cause {
            CustomerCause::Refused {
                fields,
                others: true,
            } => {
                let fields = fields.iter().map(|RefusedField { field, cause }| {
                    format!("{} ({})", field.name(), cause.words())
                });
                format!(
                    "What changed of the customer {name} in Housecall Pro was entered in QuickBooks without {}. {SENT}",
                    fields.collect::<Vec<_>>().join(" and ")
                )
            }
            CustomerCause::Refused {
                fields,
                others: false,
            } => {
                let causes = fields.iter().map(|refused| refused.cause.words());
                let mut causes: Vec<String> = causes.collect();
                causes.dedup();
                format!("{lead}: {}. {SENT}", causes.join("; "))
            }
            CustomerCause::NotAsked(words) => format!("{lead}: {words}. {SENT}"),
            CustomerCause::KeepsFailing { reason } => {
                format!("{lead}. {SENT} (For support: {reason}.)")
            }
            CustomerCause::Gone => format!("{lead}: it was deleted or made inactive there."),
            CustomerCause::Unread { reason } => {
                format!("{lead}: Housecall Pro did not tell what it is (for support: {reason}).")
            }
            CustomerCause::CreditApplied { credits } => {
                let applied = credits.iter();
                let applied =
                    applied.map(|one| format!("{} on invoice {}", one.amount, one.invoice));
                format!(
                    "QuickBooks paid with credit of the customer {name} by itself, since its preference Automatically apply credits is on: {}. What Housecall Pro takes for the same invoices stays the customer's credit.",
                    applied.collect::<Vec<_>>().join(", ")
                )
            }
        }
    }

    pub(super) fn resolution(&self) -> &'static str {
        match self.cause {
            CustomerCause::Refused { .. } | CustomerCause::NotAsked(_) => {
                "Change the customer in one of the two systems so that both agree. The next invoice of the customer tries again."
            }
            CustomerCause::KeepsFailing { .. } => {
                "It is tried again every hour by itself. If it does not go away, change the customer in one of the two systems so that both agree."
            }
            CustomerCause::Gone => {
                "Make the customer active again in QuickBooks. The next invoice of the customer tries again."
            }
            CustomerCause::Unread { .. } => {
                "Open the customer in Housecall Pro. If it looks right, the next invoice of the customer tries again."
            }
            CustomerCause::CreditApplied { .. } => {
                "If invoices are to be paid by what Housecall Pro takes alone, switch Automatically apply credits off in QuickBooks (Account and settings, Advanced, Automation): the alert ends within a day. Where an invoice should not have been paid by credit, open it there and take the credit off: the alert ends when none is left. If it is as it should be, accept the difference."
            }
        }
    }
}

impl FieldCause {
    fn words(&self) -> String {
        match self {
            Self::NameTaken => {
                "another customer, a vendor or an employee has the name there".to_owned()
            }
            Self::Refused(words) => words.to_string(),
        }
    }
}

/// What every alert says that holds no invoice up.
const SENT: &str = "Invoices are sent all the same.";
