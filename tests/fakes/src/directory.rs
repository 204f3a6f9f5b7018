use std::{collections::BTreeMap, sync::Mutex};

use ports::{Directory, DirectoryError};

use crate::failures::{Failures, lock};

/// Those who can sign in, in memory: each has the next id.
#[derive(Debug, Default)]
pub struct FakeDirectory {
    users: Mutex<BTreeMap<String, String>>,
    failures: Failures,
}

impl FakeDirectory {
    /// One in which this address is known, by an id that follows from it.
    pub fn of(mail: &str) -> Self {
        let id: String = mail.chars().filter(char::is_ascii_alphanumeric).collect();
        let known = BTreeMap::from([(mail.to_owned(), id)]);
        Self {
            users: Mutex::new(known),
            ..Self::default()
        }
    }

    /// The next so many questions fail.
    pub fn fail(&self, calls: u32) {
        self.failures.plan(calls);
    }
}

impl Directory for FakeDirectory {
    async fn invite(&self, mail: &str) -> Result<String, DirectoryError> {
        if self.failures.strike() {
            return Err(DirectoryError::Failed("planned".into()));
        }
        let mut users = lock(&self.users);
        let next = format!("user-{}", users.len() + 1);
        Ok(users.entry(mail.to_owned()).or_insert(next).clone())
    }
}
