use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use hcp::CompanyId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{codec::Body, table::Key};

/// Somebody who can sign in, by the id that the sign-in gives them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UserId(String);

/// The text is no id of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an id of a user has 1 to 128 letters, digits and hyphens")]
pub struct InvalidUserId;

impl UserId {
    /// Reads an id.
    ///
    /// # Errors
    /// When it has another form.
    pub fn parse(text: &str) -> Result<Self, InvalidUserId> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        match (1..=128).contains(&text.len()) && text.chars().all(is_plain) {
            true => Ok(Self(text.to_owned())),
            false => Err(InvalidUserId),
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for UserId {
    type Error = InvalidUserId;

    fn try_from(text: String) -> Result<Self, InvalidUserId> {
        Self::parse(&text)
    }
}

impl From<UserId> for String {
    fn from(id: UserId) -> Self {
        id.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What somebody may do in a company. Each may do what those before may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Looks.
    Viewer,
    /// Sends, decides, ticks off: the office manager and the bookkeeper.
    Bookkeeper,
    /// Chooses settings, and who may: the owner.
    Admin,
}

/// Somebody who may see a company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Their mail address: they sign in with it.
    pub mail: String,
    /// What they may do.
    pub role: Role,
    /// Since when they are there.
    pub since: Timestamp,
    /// What they chose to be told; none: what goes with their role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mails: Option<Mails>,
}

/// What somebody is told by mail of the alerts of a company (S11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mails {
    /// New alerts at once, and what is open in the morning.
    Everything,
    /// What is open in the morning.
    Digest,
    /// Nothing.
    Nothing,
}

impl Person {
    /// What they are told by mail: what they chose, else everything, where they may mend something.
    pub fn mails(&self) -> Mails {
        self.mails.unwrap_or(match self.role {
            Role::Viewer => Mails::Nothing,
            Role::Bookkeeper | Role::Admin => Mails::Everything,
        })
    }
}

/// The people of a company, all in one record: so that whoever changes one sees all of them, and the last admin stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    /// Each with what they may do.
    pub people: BTreeMap<UserId, Person>,
}

impl People {
    /// Where the people of a company are kept.
    pub fn key(company: &CompanyId) -> Key {
        Key::new("people", company.as_str())
    }

    /// Whether nobody else is an admin.
    pub fn is_last_admin(&self, user: &UserId) -> bool {
        let mut admins = self
            .people
            .iter()
            .filter(|(_, one)| one.role == Role::Admin);
        admins.next().is_some_and(|(id, _)| id == user) && admins.next().is_none()
    }
}

impl Body for People {
    const KIND: &'static str = "people";
}

/// The companies in which a person may be: where to look, and no more. What they may do there, [`People`] tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompaniesOf {
    /// Their ids.
    pub companies: BTreeSet<CompanyId>,
}

impl CompaniesOf {
    /// Where the companies of a person are kept.
    pub fn key(user: &UserId) -> Key {
        Key::new(format!("person#{user}"), "companies")
    }
}

impl Body for CompaniesOf {
    const KIND: &'static str = "companies of a person";
}
