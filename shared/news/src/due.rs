//! Which letters are due.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use store::{CauseTold, Letter, Mails, Matter, OpenAlert, People, Person, Recipient, Told, UserId};

/// An alert is written within so long of the time that it tells. Whoever takes those of later for new could miss one; and
/// what breaks together comes together.
const RIPENS: SignedDuration = SignedDuration::from_mins(1);

/// Of one cause there is at most one letter in this time.
const RESTS: SignedDuration = SignedDuration::from_hours(1);

/// The hours of the day in which a digest may go out: at eight, or later in the morning where nothing could be sent then.
const MORNING: std::ops::Range<i8> = 8..12;

/// How things stand with a company.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// The alerts that are open.
    pub alerts: &'a [OpenAlert],
    /// The people.
    pub people: &'a People,
    /// Where it is.
    pub zone: &'a TimeZone,
    /// The time.
    pub now: Timestamp,
}

/// What a company was told, with the letters that are due by now; those that have nothing to tell any longer, or nobody to
/// tell it to, are gone. Each letter of before stays at its time.
pub fn due(mut told: Told, standing: &Standing<'_>) -> Told {
    let now = standing.now;
    told.letters.retain(|letter| standing.wants(letter));
    let causes = standing.causes();
    for (cause, alerts) in &causes {
        let known = told.causes.get(*cause).copied();
        let (after, until) = (known.map(|known| known.until), now - RIPENS);
        let is_new = |alert: &&&OpenAlert| is_within(alert, after, until);
        let rests = known.is_some_and(|known| now < known.at + RESTS);
        if rests || alerts.iter().find(is_new).is_none() {
            continue;
        }
        for to in standing.recipients(|mails| mails == Mails::Everything) {
            announce(&mut told.letters, to, cause, after, until, now);
        }
        let cause_told = CauseTold { until, at: now };
        told.causes.insert((*cause).to_owned(), cause_told);
    }
    told.causes
        .retain(|cause, known| causes.contains_key(cause.as_str()) || now < known.at + RESTS);
    let (today, hour) = standing.here();
    if MORNING.contains(&hour) && told.digest_of != Some(today) {
        told.digest_of = Some(today);
        if !standing.alerts.is_empty() {
            let digests = standing.recipients(|mails| mails != Mails::Nothing);
            told.letters.extend(digests.into_iter().map(|to| Letter {
                to,
                about: Matter::Digest { on: today },
                tries: 0,
                next: now,
            }));
        }
    }
    told
}

/// Enters a letter; one of the same cause that could not be sent yet tells both.
fn announce(
    letters: &mut Vec<Letter>,
    to: Recipient,
    of: &str,
    after: Option<Timestamp>,
    till: Timestamp,
    now: Timestamp,
) {
    for letter in letters.iter_mut().filter(|letter| letter.to == to) {
        if let Matter::New { cause, until, .. } = &mut letter.about
            && cause == of
        {
            *until = till;
            return;
        }
    }
    let about = Matter::New {
        cause: of.to_owned(),
        after,
        until: till,
    };
    letters.push(Letter {
        to,
        about,
        tries: 0,
        next: now,
    });
}

fn is_within(alert: &OpenAlert, after: Option<Timestamp>, until: Timestamp) -> bool {
    after.is_none_or(|after| alert.since > after) && alert.since <= until
}

impl<'a> Standing<'a> {
    /// The alerts that a letter is about, the oldest first.
    pub(crate) fn alerts_of(&self, matter: &Matter) -> Vec<&'a OpenAlert> {
        let is_told = |alert: &&OpenAlert| match matter {
            Matter::New {
                cause,
                after,
                until,
            } => alert.kind == *cause && is_within(alert, *after, *until),
            Matter::Digest { .. } => true,
        };
        let mut alerts: Vec<_> = self.alerts.iter().filter(is_told).collect();
        alerts.sort_by_key(|alert| alert.since);
        alerts
    }

    /// One of the people.
    pub(crate) fn person(&self, user: &UserId) -> Option<&'a Person> {
        self.people.people.get(user)
    }

    /// Whether a letter still has something to tell, and somebody to tell it to.
    fn wants(&self, letter: &Letter) -> bool {
        let mails = match &letter.to {
            Recipient::Person(user) => self.person(user).map(Person::mails),
            Recipient::Slack => Some(Mails::Everything),
        };
        let is_wanted = match letter.about {
            Matter::New { .. } => mails == Some(Mails::Everything),
            Matter::Digest { on } => {
                mails.is_some_and(|mails| mails != Mails::Nothing) && on == self.here().0
            }
        };
        is_wanted && !self.alerts_of(&letter.about).is_empty()
    }

    /// The open alerts by their cause: their type.
    fn causes(&self) -> BTreeMap<&'a str, Vec<&'a OpenAlert>> {
        let mut causes: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for alert in self.alerts {
            causes.entry(alert.kind.as_str()).or_default().push(alert);
        }
        causes
    }

    /// The people who chose so, and Slack: whether the company has a channel is seen when a letter is sent there.
    fn recipients(&self, chose: impl Fn(Mails) -> bool) -> Vec<Recipient> {
        let people = self.people.people.iter();
        let people = people.filter(|(_, person)| chose(person.mails()));
        let people = people.map(|(user, _)| Recipient::Person(user.clone()));
        people.chain([Recipient::Slack]).collect()
    }

    /// The day and the hour in the company's zone.
    fn here(&self) -> (Date, i8) {
        let here = self.now.to_zoned(self.zone.clone());
        (here.date(), here.hour())
    }
}

#[cfg(test)]
mod tests;
