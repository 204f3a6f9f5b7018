use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{UserId, codec::Body, table::Key};

/// A request of a person that is carried out once, however often it comes: kept under the key that their program chose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnsweredOnce {
    /// A digest of what was asked for: another request under the same key is none.
    pub asked: String,
    /// What is made by it has this id.
    pub id: Uuid,
    /// When it came, or was taken up again.
    pub at: Timestamp,
    /// What was answered; none: it is being carried out, or whoever did so is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// How it ended, as a number of the protocol that it came by.
    pub status: u16,
    /// JSON.
    pub body: String,
}

impl AnsweredOnce {
    /// Where it is kept: `digest` is one of where it was sent and of the key.
    pub fn key(user: &UserId, digest: &str) -> Key {
        Key::new(format!("person#{user}"), format!("answered#{digest}"))
    }
}

impl Body for AnsweredOnce {
    const KIND: &'static str = "answer";
}
