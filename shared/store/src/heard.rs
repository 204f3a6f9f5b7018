use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, Weekday},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};

use crate::codec::Body;

/// When webhooks of Housecall Pro's came for a company: what tells whether it has fallen silent (S11). Time goes by on the days
/// from Monday to Friday only, so that no weekend looks like silence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// Since when it is noted.
    pub since: Timestamp,
    /// When the last one came, to a few minutes.
    pub last: Timestamp,
    /// The longest time without one in each of the last weeks.
    pub gaps: Vec<Gap>,
}

/// The longest time without a webhook in a week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The Monday with which the week began.
    pub week: Date,
    /// In seconds of the days from Monday to Friday.
    pub seconds: i64,
}

/// What comes within so long after another one is not noted.
const GRAIN: SignedDuration = SignedDuration::from_mins(10);

/// Weeks that tell what is usual.
const WEEKS: usize = 5;

/// So long it must have been noted what is usual: one whole week at least.
const KNOWN: SignedDuration = SignedDuration::from_hours(14 * 24);

/// It is silence when nothing came for so many times the longest time without one, and for a day at least.
const TIMES: i32 = 3;
const LEAST: SignedDuration = SignedDuration::from_hours(24);

/// Days of a silence that are counted.
const MOST_DAYS: usize = 100;

impl Heard {
    /// The first one came.
    pub fn first(at: Timestamp) -> Self {
        Self {
            since: at,
            last: at,
            gaps: Vec::new(),
        }
    }

    /// One came. Answers whether that is worth being stored.
    pub fn note(&mut self, at: Timestamp, zone: &TimeZone) -> bool {
        if at <= self.last + GRAIN {
            return false;
        }
        let seconds = working_time(self.last, at, zone).as_secs();
        let day = at.to_zoned(zone.clone()).date();
        let since_monday = day.weekday().to_monday_zero_offset();
        let week = day.saturating_sub(i64::from(since_monday).days());
        match self.gaps.iter_mut().find(|gap| gap.week == week) {
            Some(gap) => gap.seconds = gap.seconds.max(seconds),
            None => self.gaps.push(Gap { week, seconds }),
        }
        let past = self.gaps.len().saturating_sub(WEEKS);
        self.gaps.drain(..past);
        self.last = at;
        true
    }

    /// Whether nothing came for much longer than usual. As long as it is not known what is usual, it is not.
    pub fn is_silent(&self, now: Timestamp, zone: &TimeZone) -> bool {
        let longest = self.gaps.iter().map(|gap| gap.seconds).max();
        let Some(longest) = longest.filter(|_| now >= self.since + KNOWN) else {
            return false;
        };
        let usual = SignedDuration::from_secs(longest).saturating_mul(TIMES);
        working_time(self.last, now, zone) > usual.max(LEAST)
    }
}

/// The time from one moment to another, without Saturdays and Sundays.
fn working_time(from: Timestamp, to: Timestamp, zone: &TimeZone) -> SignedDuration {
    let mut time = to.duration_since(from).max(SignedDuration::ZERO);
    let last = to.to_zoned(zone.clone()).date();
    let mut day = from.to_zoned(zone.clone()).date();
    for _ in 0..MOST_DAYS {
        let Ok(next) = day.tomorrow() else { break };
        if day > last {
            break;
        }
        let begins = |day: Date| day.to_zoned(zone.clone()).map(|day| day.timestamp());
        if let (Weekday::Saturday | Weekday::Sunday, Ok(begin), Ok(end)) =
            (day.weekday(), begins(day), begins(next))
        {
            let of_it = end.min(to).duration_since(begin.max(from));
            time -= of_it.max(SignedDuration::ZERO);
        }
        day = next;
    }
    time
}

impl Body for Heard {
    const KIND: &'static str = "heard";
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone() -> TimeZone {
        TimeZone::get("America/Denver").unwrap()
    }

    fn at(text: &str) -> Timestamp {
        let local: jiff::civil::DateTime = text.parse().unwrap();
        local.to_zoned(zone()).unwrap().timestamp()
    }

    /// Webhooks from eight to five, Monday to Friday, for three weeks.
    fn usual() -> Heard {
        let mut heard = Heard::first(at("2026-07-06T08:00"));
        let mut day = jiff::civil::date(2026, 7, 6);
        while day < jiff::civil::date(2026, 7, 25) {
            if !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
                for hour in 8..=17 {
                    heard.note(at(&format!("{day}T{hour:02}:00")), &zone());
                }
            }
            day = day.tomorrow().unwrap();
        }
        heard
    }

    #[test]
    fn s11_a_company_is_silent_after_three_times_its_longest_pause_and_weekends_are_none() {
        let heard = usual();
        let longest = heard.gaps.iter().map(|gap| gap.seconds).max();
        assert_eq!(longest, Some(15 * 3_600), "a night, over a weekend too");
        for (now, silent) in [
            ("2026-07-24T23:00", false),
            ("2026-07-26T23:59", false),
            ("2026-07-27T12:00", false),
            // Seven hours of Friday, and 38 of Monday and Tuesday.
            ("2026-07-28T14:00", false),
            ("2026-07-28T14:01", true),
            ("2026-08-20T12:00", true),
        ] {
            assert_eq!(heard.is_silent(at(now), &zone()), silent, "{now}");
        }
    }

    #[test]
    fn s11_a_busy_company_is_silent_after_a_day_at_the_earliest() {
        let mut heard = Heard::first(at("2026-07-06T00:00"));
        let mut now = heard.since;
        while now < at("2026-07-22T12:00") {
            now += SignedDuration::from_mins(30);
            heard.note(now, &zone());
        }
        assert!(!heard.is_silent(at("2026-07-23T12:00"), &zone()));
        assert!(heard.is_silent(at("2026-07-23T12:01"), &zone()));
    }

    #[test]
    fn s11_nobody_is_silent_as_long_as_it_is_not_known_what_is_usual() {
        let mut heard = Heard::first(at("2026-07-06T08:00"));
        assert!(
            !heard.is_silent(at("2026-09-06T08:00"), &zone()),
            "one in its life"
        );
        heard.note(at("2026-07-06T09:00"), &zone());
        assert!(!heard.is_silent(at("2026-07-15T08:00"), &zone()));
        assert!(heard.is_silent(at("2026-07-20T08:00"), &zone()));
    }

    #[test]
    fn s11_what_comes_again_or_late_changes_nothing_and_old_weeks_are_forgotten() {
        let mut heard = Heard::first(at("2026-07-06T08:00"));
        let before = heard.clone();
        assert!(!heard.note(at("2026-07-06T08:10"), &zone()));
        assert!(!heard.note(at("2026-07-01T08:00"), &zone()));
        assert_eq!(heard, before);
        for week in 1..10 {
            heard.note(
                before.last + SignedDuration::from_hours(week * 7 * 24),
                &zone(),
            );
        }
        assert_eq!(heard.gaps.len(), WEEKS);
        assert_eq!(heard.gaps[0].week, jiff::civil::date(2026, 8, 10));
    }
}
