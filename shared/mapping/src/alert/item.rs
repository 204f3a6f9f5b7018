use serde::{Deserialize, Serialize};

use super::{AlertKind, Candidate, ItemRef, JobAlert, QuickbooksWords, cause::setting_words};

/// Why a job was not sent: one of its products or services, or what they use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(strum::IntoStaticStr, strum::VariantNames))]
#[serde(rename_all = "snake_case")]
pub enum ItemTrouble {
    /// Something in QuickBooks has the name (I3).
    NameTaken {
        /// The name.
        item: String,
        /// The name in Housecall Pro, where it is told apart from another by what stands behind it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        given: Option<String>,
        /// What has it.
        holder: String,
        /// Those in QuickBooks that it can be, where there are any.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        candidates: Vec<Candidate>,
    },
    /// QuickBooks has these no more, or as inactive.
    Inactive {
        /// Their names.
        items: Vec<String>,
    },
    /// A service and a material of one name (I7).
    InBothBooks {
        /// The name.
        item: String,
    },
    /// Something in QuickBooks has the name of a category that a new material lies in (I4).
    CategoryNameTaken {
        /// The category.
        category: String,
        /// What has its name.
        holder: String,
    },
    /// QuickBooks has a category no more, or as inactive, that a new material lies in (I4).
    CategoryInactive {
        /// The category.
        category: String,
    },
    /// QuickBooks has no account for tips, card surcharges or deposits that are owed (L4, P9).
    NoLiabilityAccount {
        /// The item; none in an alert of before there was one: it is named like the account.
        #[serde(default)]
        item: Option<String>,
        /// The name that the account should have.
        account: String,
        /// The setting that asks for it.
        setting: String,
    },
    /// QuickBooks does not take an account that holds what is owed on the item of tips, card surcharges or deposits (L4, P9).
    LiabilityRefused {
        /// The item.
        item: String,
        /// The setting that asks for it.
        setting: String,
    },
    /// Something else that the invoice uses is gone or inactive in QuickBooks.
    OtherInactive {
        /// What, as far as QuickBooks tells: `the account Services`.
        what: Vec<String>,
    },
}

impl ItemTrouble {
    pub(super) fn kind(&self) -> AlertKind {
        match self {
            Self::NameTaken { .. } => AlertKind::ItemNameTaken,
            Self::Inactive { .. } => AlertKind::ItemInactive,
            Self::InBothBooks { .. } => AlertKind::ItemInBothBooks,
            Self::CategoryNameTaken { .. } => AlertKind::CategoryNameTaken,
            Self::CategoryInactive { .. } => AlertKind::CategoryInactive,
            Self::NoLiabilityAccount { .. } => AlertKind::NoLiabilityAccount,
            Self::LiabilityRefused { .. } => AlertKind::LiabilityRefused,
            Self::OtherInactive { .. } => AlertKind::InactiveInQuickbooks,
        }
    }

    pub(super) fn message(&self, of: &JobAlert) -> String {
        format!("{}: {}.", of.not_sent(), self.why())
    }

    /// Inside a sentence.
    fn why(&self) -> String {
        match self {
            Self::NameTaken { item, holder, .. } => {
                format!("the product or service name {item} is taken in QuickBooks by {holder}")
            }
            Self::Inactive { items } => format!(
                "of its products and services, these were deleted or made inactive there: {}",
                items.join(", ")
            ),
            Self::InBothBooks { item } => format!(
                "{item} is used both as a service and as a material, and QuickBooks has one product of that name"
            ),
            Self::CategoryNameTaken { category, holder } => category_taken(category, holder),
            Self::CategoryInactive { category } => category_inactive(category),
            Self::NoLiabilityAccount {
                item,
                account,
                setting,
            } => format!(
                "the product {} is to be booked as a liability (setting {}), but QuickBooks has no account named {account} of the type Other Current Liabilities",
                item.as_ref().unwrap_or(account),
                setting_words(setting)
            ),
            Self::LiabilityRefused { item, setting } => format!(
                "QuickBooks does not let this connection book the product {item} to a liability account (setting {})",
                setting_words(setting)
            ),
            Self::OtherInactive { what } => match what.as_slice() {
                [] => "something that it uses was deleted or made inactive there".to_owned(),
                what => format!("{} was deleted or made inactive there", what.join(" and ")),
            },
        }
    }

    pub(super) fn resolution(&self) -> &'static str {
        match self {
            Self::NameTaken { .. } => {
                "Use the one in QuickBooks, or make a new one under another name. Or rename one of the two, then press Finish, Invoice or Pay again."
            }
            Self::Inactive { .. } => {
                "Make them active again in QuickBooks, then press Finish, Invoice or Pay again."
            }
            Self::InBothBooks { .. } => {
                "If it moved to the materials, put the material on the job in place of the service, then press Finish, Invoice or Pay again. If both are sold, make a new one for the material under another name."
            }
            Self::CategoryNameTaken { .. } => {
                "Rename the category in Housecall Pro, or what has its name in QuickBooks, then press Finish, Invoice or Pay again."
            }
            Self::CategoryInactive { .. } => {
                "Make the category active again in QuickBooks, or put its materials into another category in Housecall Pro. Then press Finish, Invoice or Pay again."
            }
            Self::NoLiabilityAccount { .. } => {
                "In QuickBooks open Settings, Chart of accounts, New; choose the account type Other Current Liabilities, and give the account exactly that name. Or, for an account of another name, open Sales, Products and services, and make a service that is named exactly like the product, with your account as its income account. Then press Finish, Invoice or Pay again. Or let the setting book it as income."
            }
            Self::LiabilityRefused { .. } => {
                "In QuickBooks open Sales, Products and services; make a service with exactly that name, or edit it, and choose the liability account as its income account. Then press Finish, Invoice or Pay again. Or let the setting book it as income."
            }
            Self::OtherInactive { .. } => {
                "Make it active again in QuickBooks, then press Finish, Invoice or Pay again."
            }
        }
    }
}

/// An alert about an item by itself: no invoice waits for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemAlert {
    /// The item.
    pub item: ItemRef,
    /// What is the matter.
    pub cause: ItemCause,
}

/// What is the matter with an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(strum::IntoStaticStr, strum::VariantNames))]
#[serde(rename_all = "snake_case")]
pub enum ItemCause {
    /// It is a material that lies in another category in QuickBooks than in Housecall Pro (I4, S8).
    Stays(NotMoved),
    /// It could not be made for a person who mapped it to an account before any job used it (I5).
    NotMade(ItemTrouble),
}

/// Why a material stays in its category.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(strum::IntoStaticStr, strum::VariantNames))]
#[serde(rename_all = "snake_case")]
pub enum NotMoved {
    /// Something in its new category has its name.
    NameTaken,
    /// QuickBooks has the material no more, or as inactive.
    Inactive,
    /// Something in QuickBooks has the name of the new category.
    CategoryNameTaken {
        /// The category.
        category: String,
        /// What has its name.
        holder: String,
    },
    /// QuickBooks has the new category no more, or as inactive.
    CategoryInactive {
        /// The category.
        category: String,
    },
    /// Something else that it refers to is gone or inactive.
    OtherInactive,
    /// As QuickBooks says.
    Refused(QuickbooksWords),
}

impl ItemAlert {
    pub(super) fn kind(&self) -> AlertKind {
        match &self.cause {
            ItemCause::Stays(cause) => cause.kind(),
            ItemCause::NotMade(trouble) => trouble.kind(),
        }
    }

    pub(super) fn resolution(&self) -> &'static str {
        match &self.cause {
            ItemCause::Stays(cause) => cause.resolution(),
            ItemCause::NotMade(trouble) => trouble.resolution(),
        }
    }

    pub(super) fn message(&self) -> String {
        let name = &self.item.name;
        let cause = match &self.cause {
            ItemCause::Stays(cause) => cause,
            ItemCause::NotMade(trouble) => {
                return format!(
                    "The product or service {name} could not be made in QuickBooks: {}.",
                    trouble.why()
                );
            }
        };
        let why = match cause {
            NotMoved::NameTaken => {
                "its name is taken in QuickBooks by another one in its new category".to_owned()
            }
            NotMoved::Inactive => "it was deleted or made inactive in QuickBooks".to_owned(),
            NotMoved::CategoryNameTaken { category, holder } => category_taken(category, holder),
            NotMoved::CategoryInactive { category } => category_inactive(category),
            NotMoved::OtherInactive => {
                "something that it uses was deleted or made inactive there".to_owned()
            }
            NotMoved::Refused(words) => words.to_string(),
        };
        format!(
            "The material {name} stays in its present category in QuickBooks: {why}. Invoices are sent all the same."
        )
    }
}

impl NotMoved {
    fn kind(&self) -> AlertKind {
        match self {
            Self::NameTaken => AlertKind::ItemNameTaken,
            Self::Inactive => AlertKind::ItemInactive,
            Self::CategoryNameTaken { .. } => AlertKind::CategoryNameTaken,
            Self::CategoryInactive { .. } => AlertKind::CategoryInactive,
            Self::OtherInactive => AlertKind::InactiveInQuickbooks,
            Self::Refused(_) => AlertKind::QuickbooksRefused,
        }
    }

    fn resolution(&self) -> &'static str {
        match self {
            Self::NameTaken => {
                "Rename one of the two. The next invoice with the material moves it."
            }
            Self::Inactive => {
                "Make it active again in QuickBooks. The next invoice with the material moves it."
            }
            Self::CategoryNameTaken { .. } => {
                "Rename the category in Housecall Pro, or what has its name in QuickBooks. The next invoice with the material moves it."
            }
            Self::CategoryInactive { .. } => {
                "Make the category active again in QuickBooks, or put its materials into another category in Housecall Pro. The next invoice with the material moves it."
            }
            Self::OtherInactive | Self::Refused(_) => {
                "Correct what QuickBooks names, or put the material into its category in QuickBooks by hand. The next invoice with the material tries again."
            }
        }
    }
}

fn category_taken(category: &str, holder: &str) -> String {
    format!("the category {category} cannot be made there, because its name is taken by {holder}")
}

fn category_inactive(category: &str) -> String {
    format!("the category {category} was deleted or made inactive there")
}
