//! What a company chose: read with its connection, changed by its operator.

use std::collections::{BTreeMap, BTreeSet};

use hcp::CompanyId;
use mapping::{SettingError, SettingErrors};
use serde::{Deserialize, Serialize};
use store::{ActKind, Body, Books, By, Connection, FieldChange, NamedId, Stored, read};

use crate::{
    declined::{Declined, NotDone},
    engine::Engine,
    history::Acting,
    retry::CHANGES,
    stop::Stop,
    world::World,
};

/// The settings of a company as they are kept, with the books: another realm starts with the defaults, since
/// a tax code means something else there.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
struct SettingsRecord(mapping::Settings);

impl Body for SettingsRecord {
    const KIND: &'static str = "settings";
}

/// What the names of settings begin with whose values are a tax code, or an account that payments are deposited to.
const TAX_RATE: &str = "tax_rates.";
const DEPOSIT_TO: &str = "deposit_to.";

/// The setting whose value is an income account.
const INCOME_ACCOUNT: &str = "income_account";

/// What somebody does who has just made it in QuickBooks.
const READ_AGAIN: &str =
    "If it was made there since, have QuickBooks read once more (hcpqbo settings read)";

impl<W: World> Engine<W> {
    /// What a company chose; the defaults where it chose nothing.
    pub(crate) async fn settings_of(&self, books: &Books) -> Result<mapping::Settings, Stop> {
        Ok(self.stored_settings(books).await?.value.0)
    }

    async fn stored_settings(&self, books: &Books) -> Result<Stored<SettingsRecord>, Stop> {
        let key = books.settings();
        let stored = read::<SettingsRecord>(self.world.table(), &key).await?;
        Ok(stored.unwrap_or_else(|| Stored::new(key, SettingsRecord::default())))
    }

    /// The settings of a company.
    ///
    /// # Errors
    /// When the company is not connected, or the table does not answer.
    pub async fn settings(&self, company: &CompanyId) -> Result<mapping::Settings, NotDone> {
        let connection = self.connection_for_person(company).await?;
        Ok(self.settings_of(&connection.books()).await?)
    }

    /// Changes settings of a company, all of them or none, and gives what they are then. It takes effect within
    /// half a minute. A tax code and an account may be named by their names in QuickBooks; there must be such a one, as it was
    /// read last.
    ///
    /// # Errors
    /// Names everything that cannot be; nothing is changed then.
    pub async fn change_settings(
        &self,
        company: &CompanyId,
        changes: &[(String, String)],
        by: &By,
    ) -> Result<mapping::Settings, NotDone> {
        self.change_settings_seen(company, changes, by, |_| true)
            .await
    }

    /// The same, where the settings are those that the person saw.
    ///
    /// # Errors
    /// [`Declined::Changed`] when they are others by now.
    pub async fn change_settings_seen(
        &self,
        company: &CompanyId,
        changes: &[(String, String)],
        by: &By,
        as_seen: impl Fn(&mapping::Settings) -> bool,
    ) -> Result<mapping::Settings, NotDone> {
        let connection = self.connection_for_person(company).await?;
        let mut errors = Vec::new();
        let mut resolved = Vec::new();
        for (key, value) in changes {
            match in_quickbooks(&connection, key, value) {
                Ok(value) => resolved.push((key, value)),
                Err(error) => errors.push(error),
            }
        }
        if !errors.is_empty() {
            let mut changed = self.settings_of(&connection.books()).await?;
            if let Err(SettingErrors(more)) = changed.set_all(&resolved) {
                errors.extend(more);
            }
            return Err(SettingErrors(errors).into());
        }
        let books = connection.books();
        let entered = self.enter_settings(&books, &resolved, by, as_seen).await?;
        let changed = entered.transpose()?.ok_or_else(|| {
            let words = "the settings were changed meanwhile: look at them again";
            Declined::changed("settings", words)
        })?;
        self.forget(company);
        Ok(changed)
    }

    /// Keeps that a person chose something for the company that is no setting of what is sent: what, in words.
    ///
    /// # Errors
    /// When the company is not connected, or the table does not answer.
    pub async fn note_choice(
        &self,
        company: &CompanyId,
        by: &By,
        what: &str,
    ) -> Result<(), NotDone> {
        let books = self.connection_for_person(company).await?.books();
        let act = Acting::new(by, ActKind::ChangedSettings).told(what);
        self.put(vec![act.write(&self.world, &books)?]).await?;
        Ok(())
    }

    /// Enters what a person changes of settings, all of it or nothing, and gives what they are then. What somebody else
    /// changes meanwhile is changed on top; none: they are not what was seen.
    pub(crate) async fn enter_settings<K: AsRef<str>, V: AsRef<str>>(
        &self,
        books: &Books,
        changes: &[(K, V)],
        by: &By,
        as_seen: impl Fn(&mapping::Settings) -> bool,
    ) -> Result<Option<Result<mapping::Settings, SettingErrors>>, Stop> {
        for _ in 0..CHANGES {
            let mut stored = self.stored_settings(books).await?;
            let before = stored.value.0.clone();
            if !as_seen(&before) {
                return Ok(None);
            }
            if let Err(errors) = stored.value.0.set_all(changes) {
                return Ok(Some(Err(errors)));
            }
            if stored.value.0 == before {
                return Ok(Some(Ok(before)));
            }
            let changes = difference(&before, &stored.value.0);
            let act = Acting::new(by, ActKind::ChangedSettings).changes(changes);
            let act = act.write(&self.world, books)?;
            match self.put(vec![stored.put()?, act]).await {
                Ok(()) => return Ok(Some(Ok(stored.value.0))),
                Err(Stop::PlanAgain(_)) => {}
                Err(stop) => return Err(stop),
            }
        }
        Err(Stop::PlanAgain(books.settings().to_string()))
    }
}

/// The settings that are otherwise than before.
fn difference(before: &mapping::Settings, after: &mapping::Settings) -> Vec<FieldChange> {
    let values = |settings: &mapping::Settings| -> BTreeMap<String, String> {
        let entries = settings.entries().into_iter();
        entries.map(|entry| (entry.key, entry.value)).collect()
    };
    let (before, after) = (values(before), values(after));
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let changes = keys.into_iter().map(|key| FieldChange {
        field: key.clone(),
        before: before.get(key).cloned(),
        after: after.get(key).cloned(),
    });
    changes
        .filter(|change| change.before != change.after)
        .collect()
}

/// The value of a setting: of what QuickBooks has, the id, whether its id or its name is told.
fn in_quickbooks(connection: &Connection, key: &str, value: &str) -> Result<String, SettingError> {
    let accounts = |accounts: &[NamedId]| -> Vec<(qbo::Id, String)> {
        let accounts = accounts.iter();
        accounts
            .map(|account| (account.id.clone(), account.name.clone()))
            .collect()
    };
    let (what, there) = if key.starts_with(TAX_RATE) {
        let codes = connection.tax_codes.iter();
        let codes = codes.map(|code| (code.id.clone(), code.name.clone()));
        ("a tax code", codes.collect())
    } else if key.starts_with(DEPOSIT_TO) {
        let what = "a bank account, or another current asset,";
        (what, accounts(&connection.money_accounts))
    } else if key == INCOME_ACCOUNT {
        ("an income account", accounts(&connection.income_accounts))
    } else {
        return Ok(value.to_owned());
    };
    let named = value.trim();
    if named.is_empty() {
        return Ok(value.to_owned());
    }
    let by_id = there.iter().find(|(id, _)| id.as_str() == named);
    let by_name = || {
        there
            .iter()
            .find(|(_, name)| name.eq_ignore_ascii_case(named))
    };
    let names: Vec<&str> = there.iter().map(|(_, name)| name.as_str()).collect();
    let found = by_id.or_else(by_name);
    found
        .map(|(id, _)| id.to_string())
        .ok_or_else(|| SettingError::Value {
            key: key.to_owned(),
            value: format!("{value:?}"),
            allowed: match names.as_slice() {
                [] => format!(
                    "{what} in QuickBooks, which had none when it was last read. {READ_AGAIN}"
                ),
                names => format!(
                    "{what} in QuickBooks, which had when it was last read: {}. {READ_AGAIN}",
                    names.join(", ")
                ),
            },
        })
}
