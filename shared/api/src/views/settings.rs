use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One setting.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Setting {
    /// Its name.
    key: String,
    /// Its value.
    value: String,
    /// What it may be.
    allowed: String,
    /// What follows from it.
    follows: String,
    /// The values that it may have, each with what changes for which documents when it is chosen; none where they are names of
    /// QuickBooks'.
    values: Vec<SettingValue>,
}

/// A value of a setting.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SettingValue {
    /// The value.
    value: String,
    /// What changes when it is chosen.
    follows: String,
}

/// Nothing is to be said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// What the company chose.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Settings {
    /// All settings.
    items: Vec<Setting>,
    /// When a change takes effect.
    takes_effect: String,
}

impl From<&mapping::Settings> for Settings {
    fn from(settings: &mapping::Settings) -> Self {
        let entries = settings.entries().into_iter();
        Self {
            items: entries
                .map(|entry| Setting {
                    key: entry.key,
                    value: entry.value,
                    allowed: entry.allowed,
                    follows: entry.follows.to_owned(),
                    values: entry
                        .values
                        .into_iter()
                        .map(|(value, follows)| SettingValue {
                            value: value.to_owned(),
                            follows: follows.to_owned(),
                        })
                        .collect(),
                })
                .collect(),
            takes_effect:
                "Within half a minute, for jobs that are sent from then on. What QuickBooks has stays as it is."
                    .to_owned(),
        }
    }
}

/// Settings that are to be others, all of them or none.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSettings {
    /// Each by its name; an empty value takes an entry of `tax_rates.` or `deposit_to.`, or `income_account`, away. What
    /// QuickBooks has is named by its name or its id there.
    pub(crate) changes: std::collections::BTreeMap<String, String>,
}
