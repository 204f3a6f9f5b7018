//! Sessions of people who use the pages, and their ways to Intuit and back. Neither holds anything that lets somebody in: of
//! what the browser shows, only a digest is kept.

use hcp::CompanyId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{UserId, codec::Body, table::Key};

/// Somebody who signed in, until they sign out or stay away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Who.
    pub user: UserId,
    /// When they signed in.
    pub begun_at: Timestamp,
    /// When they were seen last, to some minutes.
    pub seen_at: Timestamp,
}

impl Session {
    /// A session ends after so long, whatever is done in it: a working day.
    pub const LIFE: SignedDuration = SignedDuration::from_hours(12);

    /// It ends when nothing was asked for so long.
    pub const IDLE: SignedDuration = SignedDuration::from_hours(1);

    /// Being there is noted so often at most, to spare writes.
    pub const NOTED: SignedDuration = SignedDuration::from_mins(5);

    /// Where it is kept: `digest` is one of what the browser shows.
    pub fn key(digest: &str) -> Key {
        Key::new(partition(digest), "session")
    }

    /// When it ends if nothing more is asked.
    pub fn ends_at(&self) -> Timestamp {
        (self.begun_at + Self::LIFE).min(self.seen_at + Self::IDLE)
    }
}

impl Body for Session {
    const KIND: &'static str = "session";
}

/// A way to Intuit's page that somebody was sent on, and has not come back from yet. It is kept with their session, so that
/// nobody else can come back in their place, and removed by whoever comes back first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WayToIntuit {
    /// The company that they connect.
    pub company: CompanyId,
    /// Until when they may come back.
    pub until: Timestamp,
    /// What they said of it before.
    pub chosen: Chosen,
}

/// What a person says before a company is connected, since nothing else can tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// How the company invoices, as the setting `invoicing` writes it (N1 to N3).
    pub invoicing: Option<String>,
    /// Housecall Pro's own sync is off (T12).
    pub own_sync_is_off: bool,
    /// Name of the income account for new items, where it is not the obvious one.
    pub income_account: Option<String>,
    /// Name of the expense account for new materials.
    pub expense_account: Option<String>,
    /// IANA name, where Housecall Pro tells none.
    pub time_zone: Option<String>,
    /// They leave the QuickBooks company that was connected before (S9).
    pub other_books: bool,
}

impl WayToIntuit {
    /// For so long somebody may be on Intuit's page.
    pub const LIFE: SignedDuration = SignedDuration::from_mins(10);

    /// Where it is kept: by a digest of what the browser shows, and one of the `state` that Intuit sends back.
    pub fn key(session: &str, state: &str) -> Key {
        Key::new(partition(session), format!("way-to-intuit#{state}"))
    }
}

impl Body for WayToIntuit {
    const KIND: &'static str = "way to Intuit";
}

/// Each session has a partition of its own.
fn partition(digest: &str) -> String {
    format!("session#{digest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn v23_a_session_ends_when_nobody_is_there_and_at_the_end_of_the_day() {
        let begun_at: Timestamp = "2026-07-24T08:00:00Z".parse().unwrap();
        let seen = |seen: &str| Session {
            user: UserId::parse("user-1").unwrap(),
            begun_at,
            seen_at: seen.parse().unwrap(),
        };
        let ends = |at: &str| seen(at).ends_at().to_string();
        assert_eq!(ends("2026-07-24T08:00:00Z"), "2026-07-24T09:00:00Z");
        assert_eq!(ends("2026-07-24T18:59:00Z"), "2026-07-24T19:59:00Z");
        assert_eq!(ends("2026-07-24T19:30:00Z"), "2026-07-24T20:00:00Z");
    }
}
