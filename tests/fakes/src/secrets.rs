use std::{collections::BTreeMap, future, sync::Mutex};

use ports::{SecretError, SecretValue, Secrets};
use secrecy::{ExposeSecret, SecretString};

use crate::failures::{Failures, lock};

/// Secrets in memory, each with all its versions; the one written last is current.
#[derive(Debug, Default)]
pub struct FakeSecrets {
    state: Mutex<State>,
    failures: Failures,
}

#[derive(Debug, Default)]
struct State {
    versions: BTreeMap<String, Vec<SecretValue>>,
    reads: usize,
}

impl FakeSecrets {
    /// No secrets yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stores a new current version, as an operator would.
    pub fn put(&self, name: &str, version: &str, text: &str) {
        self.store(name, version, text.into());
    }

    /// Removes a secret with all its versions.
    pub fn remove(&self, name: &str) {
        lock(&self.state).versions.remove(name);
    }

    /// The next so many reads and writes fail, and nothing is stored.
    pub fn fail(&self, calls: u32) {
        self.failures.plan(calls);
    }

    /// How many reads there were, failed ones included.
    pub fn reads(&self) -> usize {
        lock(&self.state).reads
    }

    /// The text of every version of every secret.
    pub fn texts(&self) -> Vec<String> {
        let state = lock(&self.state);
        let versions = state.versions.values().flatten();
        let texts = versions.map(|version| version.text.expose_secret().to_owned());
        texts.collect()
    }

    fn store(&self, name: &str, version: &str, text: SecretString) {
        let mut state = lock(&self.state);
        let versions = state.versions.entry(name.to_owned()).or_default();
        if versions.iter().all(|known| known.version != version) {
            versions.push(SecretValue {
                version: version.to_owned(),
                text,
            });
        }
    }

    fn failure(&self, name: &str, action: &'static str) -> Result<(), SecretError> {
        if self.failures.strike() {
            return Err(SecretError {
                name: name.to_owned(),
                action,
                source: "refused by the test".into(),
            });
        }
        Ok(())
    }

    fn find(&self, name: &str, version: Option<&str>) -> Option<SecretValue> {
        let state = lock(&self.state);
        let versions = state.versions.get(name)?;
        match version {
            Some(wanted) => versions.iter().find(|known| known.version == wanted),
            None => versions.last(),
        }
        .cloned()
    }
}

impl Secrets for FakeSecrets {
    fn read(
        &self,
        name: &str,
        version: Option<&str>,
    ) -> impl Future<Output = Result<Option<SecretValue>, SecretError>> + Send {
        lock(&self.state).reads += 1;
        future::ready(
            self.failure(name, "read")
                .map(|()| self.find(name, version)),
        )
    }

    fn write(
        &self,
        name: &str,
        version: &str,
        text: SecretString,
    ) -> impl Future<Output = Result<(), SecretError>> + Send {
        future::ready(
            self.failure(name, "written")
                .map(|()| self.store(name, version, text)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_version_is_current_and_older_ones_stay_readable() {
        let secrets = FakeSecrets::new();
        secrets.put("token", "1", "old");
        secrets.put("token", "2", "new");
        secrets.put("token", "1", "a repeated write changes nothing");
        let text = |version| {
            let value = secrets.find("token", version)?;
            Some(value.text.expose_secret().to_owned())
        };
        assert_eq!(text(None).as_deref(), Some("new"));
        assert_eq!(text(Some("1")).as_deref(), Some("old"));
        assert_eq!(text(Some("3")), None);
        assert!(secrets.find("other", None).is_none());
    }
}
