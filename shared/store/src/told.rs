use std::collections::BTreeMap;

use hcp::CompanyId;
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{codec::Body, people::UserId, table::Key};

/// What the people of a company were told of its alerts, and what is on its way to them (S11). It holds no words: what a
/// letter says is read from the alerts that are open when it goes out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Told {
    /// By the type of the alerts: what was told of it, as long as some are open or little time has gone by.
    pub causes: BTreeMap<String, CauseTold>,
    /// The last day whose digest was thought of, in the company's zone.
    pub digest_of: Option<Date>,
    /// What is on its way. There is at most one letter of a cause for each who gets it, and one digest.
    pub letters: Vec<Letter>,
}

/// What was told of one cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CauseTold {
    /// Alerts that came up until then were told.
    pub until: Timestamp,
    /// When they were.
    pub at: Timestamp,
}

/// Something that is to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// To whom.
    pub to: Recipient,
    /// Of what.
    pub about: Matter,
    /// How often it was begun to be sent.
    pub tries: u32,
    /// When it may be sent, for the first time or again.
    pub next: Timestamp,
}

/// Who gets a letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// One of the company's people, by mail.
    Person(UserId),
    /// The company's channel in Slack.
    Slack,
}

/// What a letter is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// Alerts that came up.
    New {
        /// Their type.
        cause: String,
        /// Those that came up after then; none: all.
        after: Option<Timestamp>,
        /// And not later than then.
        until: Timestamp,
    },
    /// Everything that is open.
    Digest {
        /// In the morning of this day, in the company's zone.
        on: Date,
    },
}

impl Told {
    /// The partition of what was told, to all companies.
    pub const PARTITION: &str = "told";

    /// Where it is kept what a company was told.
    pub fn key(company: &CompanyId) -> Key {
        Key::new(Self::PARTITION, company.as_str())
    }
}

impl Body for Told {
    const KIND: &'static str = "told";
}
