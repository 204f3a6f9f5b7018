use hcp::CompanyId;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use qbo::RealmId;
use serde::{Deserialize, Serialize};

use crate::{codec::Body, table::Key};

/// A limit on calls that all workers share, and the queue of those who wait for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limit {
    /// When the last calls are or were to be made, in milliseconds since 1970, in order: those that still count.
    pub calls: Vec<i64>,
    /// The other side wants to be left alone until then.
    pub held_until: Option<Timestamp>,
    /// The turns that were given out, where work waits for this limit.
    pub turns: Turns,
    /// Why no turns are served at present.
    pub closed: Option<Closed>,
    /// Whose failure was the last one.
    pub suspect: Option<Suspect>,
    /// The metered reads of the last month in which there were any, of the limit on calls to QuickBooks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metered: Option<Metered>,
}

/// Reads of QuickBooks that Intuit counts against the allowance of a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metered {
    /// Which month, in UTC: `2026-07`.
    pub month: String,
    /// How many, those included that were reserved and never made.
    pub reads: u64,
}

/// Turns are given on a clock of their own, which stands still while nobody can be served. So whoever waits keeps
/// the place in the queue, however long that takes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Turns {
    /// The next turn that can be given.
    pub next: Option<Timestamp>,
    /// The same for what nothing triggered, which goes when nobody else waits.
    pub last: Option<Timestamp>,
    /// How far that clock is behind, in milliseconds.
    pub behind_ms: i64,
}

/// Nobody is served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// Since when the clock of turns stands.
    pub since: Timestamp,
    /// Why.
    pub why: Why,
}

/// Why nobody is served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The connection is paused, or must be made again.
    NotConnected,
    /// One of the systems does not answer (S10).
    Outage(Outage),
}

/// A system that answers nobody, and who tries whether it answers again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outage {
    /// Which one.
    pub system: System,
    /// When the first of the failures was.
    pub began: Timestamp,
    /// The subject whose turn comes first: its worker asks.
    pub probe: String,
    /// When it asks next.
    pub probe_at: Timestamp,
    /// Seconds between two questions.
    pub every: u32,
    /// What came instead of an answer.
    pub cause: String,
}

/// A failure that can be the first of an outage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspect {
    /// Who did not answer.
    pub system: System,
    /// Whom.
    pub subject: String,
    /// When.
    pub at: Timestamp,
}

/// The two systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum System {
    /// Housecall Pro.
    Housecall,
    /// QuickBooks Online.
    Quickbooks,
}

impl System {
    /// Its name, for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Housecall => "Housecall Pro",
            Self::Quickbooks => "QuickBooks",
        }
    }
}

fn month(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m").to_string()
}

impl Limit {
    /// Where the limit of that name is kept.
    pub fn key(name: &str) -> Key {
        Key::new("limits", name)
    }

    /// The name of the limit on reads of Housecall Pro, for which the work of a company waits in turns.
    pub fn of_company(company: &CompanyId) -> String {
        format!("hcp#{company}")
    }

    /// Counts reads that are about to be made.
    pub fn meter(&mut self, now: Timestamp, reads: usize) {
        let before = self.metered_in_month_of(now);
        self.metered = Some(Metered {
            month: month(now),
            reads: before + u64::try_from(reads).unwrap_or(u64::MAX),
        });
    }

    /// The metered reads of the month of this time.
    pub fn metered_in_month_of(&self, now: Timestamp) -> u64 {
        let metered = self.metered.as_ref();
        let of_it = metered.filter(|metered| metered.month == month(now));
        of_it.map_or(0, |metered| metered.reads)
    }

    /// The name of the limit on calls to a company in QuickBooks.
    pub fn of_realm(realm: &RealmId) -> String {
        format!("qbo#{realm}")
    }

    /// What the clock of turns shows.
    pub fn turn_clock(&self, now: Timestamp) -> Timestamp {
        let now = match &self.closed {
            Some(closed) => closed.since.min(now),
            None => self.held_until.unwrap_or(now).max(now),
        };
        now - SignedDuration::from_millis(self.turns.behind_ms)
    }

    /// When a turn comes, should nobody be held up from now on.
    pub fn time_of(&self, turn: Timestamp) -> Timestamp {
        turn + SignedDuration::from_millis(self.turns.behind_ms)
    }

    /// The outage, while there is one.
    pub fn outage(&self) -> Option<&Outage> {
        match &self.closed {
            Some(Closed {
                why: Why::Outage(outage),
                ..
            }) => Some(outage),
            _ => None,
        }
    }
}

impl Body for Limit {
    const KIND: &'static str = "limit";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s11_metered_reads_are_counted_by_months() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (july, august) = (at("2026-07-31T23:59:59Z"), at("2026-08-01T00:00:00Z"));
        let mut limit = Limit::default();
        limit.meter(july, 2);
        limit.meter(july, 1);
        assert_eq!(limit.metered_in_month_of(july), 3);
        assert_eq!(limit.metered_in_month_of(august), 0);
        limit.meter(august, 1);
        assert_eq!(limit.metered_in_month_of(august), 1);
        assert_eq!(limit.metered_in_month_of(july), 0);
        let before = serde_json::from_str::<Limit>(r#"{"calls":[1]}"#).unwrap();
        assert_eq!(before.metered_in_month_of(july), 0);
    }
}
