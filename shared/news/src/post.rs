//! How letters are sent.
//!
//! Each is claimed by a conditional write before it is sent, and entered as sent after that; what was claimed and not
//! entered is sent again once its time is over. So two runs beside each other send it once, and one that dies between the
//! two writes has it sent twice: a mail too many is read and forgotten, but of one too few nobody ever hears.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use ports::{Chance, Clock, Http, Mail, Mailer, Secrets, Source};
use store::{
    AlertRecord, Body, Books, Connection, Key, Letter, Matter, OpenAlert, People, Recipient,
    StoreError, Stored, Table, Told, WriteError, read, read_all, read_many,
};

use crate::{Standing, Tally, Words, due, slack::SlackAddress};

/// Letters to the people of one company in one run: what is more waits for the next.
const MOST_LETTERS: usize = 500;

/// Times that another run is given way to, one after the other.
const ROUNDS: usize = 10;

/// Records that one read takes.
const AT_ONCE: usize = 100;

/// For so long a letter belongs to whoever began to send it, longer than a run can be; then it is tried again. It is doubled
/// with each try, up to an hour.
const TRY: SignedDuration = SignedDuration::from_mins(5);

/// Letters that were begun so often have failed before.
const FAILING: u32 = 2;

/// Everything outside.
#[derive(Clone, Debug)]
pub struct Ends<T, M, H, S, C, R> {
    /// Where records are kept.
    pub table: T,
    /// What sends mails.
    pub mailer: M,
    /// How Slack is reached.
    pub http: H,
    /// Where the addresses of channels are kept.
    pub secrets: S,
    /// What tells the time.
    pub clock: C,
    /// Where new ids come from.
    pub chance: R,
}

/// Tells the people of all companies what they should know.
#[derive(Clone, Debug)]
pub struct Post<T, M, H, S, C, R> {
    /// Everything outside.
    pub ends: Ends<T, M, H, S, C, R>,
    /// First part of the names of all secrets.
    pub secret_prefix: String,
    /// Where people see alerts, without a slash at its end; none: letters have no link.
    pub office: Option<String>,
}

impl<T, M, H, S, C, R> Post<T, M, H, S, C, R>
where
    T: Table,
    M: Mailer,
    H: Http,
    S: Secrets,
    C: Clock,
    R: Chance,
{
    /// Sends what is due, until then on the monotonic clock; the rest stays due. A company whose people cannot be told does
    /// not keep the others from being told.
    ///
    /// # Errors
    /// When the table does not tell which companies there are.
    pub async fn send_due(&self, deadline: Duration) -> Result<Tally, StoreError> {
        let all = Key::new(Connection::PARTITION, "");
        let connections = read_all::<Connection>(&self.ends.table, &all).await?;
        let mut tally = Tally::default();
        for connection in connections {
            let company = &connection.value.company;
            if let Err(error) = self.tell(&connection, deadline, &mut tally).await {
                tally.untold += 1;
                tracing::error!(%company, %error, "the people of a company could not be told");
            }
        }
        Ok(tally)
    }

    /// Tells the people of one company.
    async fn tell(
        &self,
        connection: &Stored<Connection>,
        deadline: Duration,
        tally: &mut Tally,
    ) -> Result<(), StoreError> {
        let company = &connection.value.company;
        let zone = zone(connection)?;
        let alerts = self.open_alerts(&connection.value.books()).await?;
        let people = read::<People>(&self.ends.table, &People::key(company)).await?;
        let people = people.map(|people| people.value).unwrap_or_default();
        let mut sent: Option<Letter> = None;
        let (mut letters, mut rounds) = (0, 0);
        loop {
            let standing = Standing {
                alerts: &alerts,
                people: &people,
                zone: &zone,
                now: self.ends.clock.now(),
            };
            let mut stored = self.stored(Told::key(company)).await?;
            let before = stored.value.clone();
            if let Some(letter) = &sent {
                enter(&mut stored.value, letter, standing.now);
            }
            stored.value = due(stored.value, &standing);
            let has_time = letters < MOST_LETTERS && self.ends.clock.monotonic() < deadline;
            let claimed = has_time.then(|| claim(&mut stored.value, standing.now));
            if stored.value != before && !self.write(&stored).await? {
                rounds += 1;
                if rounds < ROUNDS {
                    continue;
                }
                tracing::warn!(%company, "other runs keep telling the people of this company");
                return Ok(());
            }
            let Some(letter) = claimed.flatten() else {
                let failing = |letter: &&Letter| letter.tries >= FAILING;
                tally.failing += stored.value.letters.iter().filter(failing).count();
                return Ok(());
            };
            (letters, rounds) = (letters + 1, 0);
            sent = self.try_to_send(connection, letter, &standing, tally).await;
        }
    }

    /// Sends a letter that was claimed. Gives it back when it needs no sending any longer.
    async fn try_to_send(
        &self,
        connection: &Stored<Connection>,
        letter: Letter,
        standing: &Standing<'_>,
        tally: &mut Tally,
    ) -> Option<Letter> {
        let company = &connection.value.company;
        match self.send(connection, &letter, standing).await {
            Ok(is_sent) => {
                tally.sent += usize::from(is_sent);
                Some(letter)
            }
            Err(error) => {
                tally.failed += 1;
                let slack = letter.to == Recipient::Slack;
                tracing::warn!(%company, slack, tries = letter.tries, %error, "a letter was not sent");
                None
            }
        }
    }

    /// Whether there was somebody to send it to.
    async fn send(
        &self,
        connection: &Stored<Connection>,
        letter: &Letter,
        standing: &Standing<'_>,
    ) -> Result<bool, Source> {
        let alerts = standing.alerts_of(&letter.about);
        let office = self.office.as_deref();
        let words = Words::of(&letter.about, &alerts, standing.zone, office);
        match &letter.to {
            Recipient::Person(user) => {
                let Some(person) = standing.person(user) else {
                    return Ok(false);
                };
                let mail = Mail {
                    to: person.mail.clone(),
                    subject: words.subject,
                    text: words.text,
                    html: words.html,
                };
                self.ends.mailer.send(mail).await?;
            }
            Recipient::Slack => {
                let name = SlackAddress::secret(&self.secret_prefix, &connection.value.company);
                let Some(secret) = self.ends.secrets.read(&name, None).await? else {
                    return Ok(false);
                };
                let Some(address) = SlackAddress::of_text(&secret.text)? else {
                    return Ok(false);
                };
                address.send(&self.ends.http, &words).await?;
            }
        }
        Ok(true)
    }

    /// The open alerts of these books, each with its words.
    async fn open_alerts(&self, books: &Books) -> Result<Vec<OpenAlert>, StoreError> {
        let noted = read_all::<OpenAlert>(&self.ends.table, &books.open_alerts()).await?;
        let (mut alerts, unsaid): (Vec<_>, Vec<_>) = noted
            .into_iter()
            .map(|open| open.value)
            .partition(|open| open.record.is_some());
        for some in unsaid.chunks(AT_ONCE) {
            let keys = some
                .iter()
                .map(|open| books.alert(&open.subject, &open.kind));
            let keys: Vec<Key> = keys.collect();
            let records = read_many::<AlertRecord>(&self.ends.table, &keys).await?;
            let said = some.iter().zip(records).filter_map(|(open, record)| {
                let record = record.map(|record| record.value);
                let record = record.filter(|record| record.open)?;
                Some(OpenAlert {
                    record: Some(Box::new(record)),
                    ..open.clone()
                })
            });
            alerts.extend(said);
        }
        Ok(alerts)
    }

    async fn stored(&self, key: Key) -> Result<Stored<Told>, StoreError> {
        let stored = read::<Told>(&self.ends.table, &key).await?;
        Ok(stored.unwrap_or_else(|| Stored::new(key, Told::default())))
    }

    /// Whether it was written; else another run has changed it.
    async fn write(&self, told: &Stored<Told>) -> Result<bool, StoreError> {
        let writer = self.ends.chance.uuid();
        match self.ends.table.write(writer, vec![told.put()?]).await {
            Ok(()) => Ok(true),
            Err(WriteError::Conflict { .. }) => Ok(false),
            Err(WriteError::Table(error)) => Err(error.into()),
        }
    }
}

/// Takes the next letter whose time has come; nobody else takes it until its next time.
fn claim(told: &mut Told, now: Timestamp) -> Option<Letter> {
    let letter = told.letters.iter_mut().find(|letter| letter.next <= now)?;
    let times = 1_i32 << letter.tries.min(4);
    letter.next = now + (TRY * times).min(SignedDuration::from_hours(1));
    letter.tries += 1;
    Some(letter.clone())
}

/// Enters that a letter was sent. What was added to it meanwhile is still to be told.
fn enter(told: &mut Told, sent: &Letter, now: Timestamp) {
    told.letters.retain_mut(|letter| {
        if letter.to != sent.to {
            return true;
        }
        match (&mut letter.about, &sent.about) {
            (
                Matter::New {
                    cause,
                    after,
                    until,
                },
                Matter::New {
                    cause: told_cause,
                    until: told_until,
                    ..
                },
            ) if cause == told_cause && *until != *told_until => {
                *after = Some(*told_until);
                (letter.tries, letter.next) = (0, now);
                true
            }
            (about, sent) => about != sent,
        }
    });
}

fn zone(connection: &Stored<Connection>) -> Result<TimeZone, StoreError> {
    let zone = TimeZone::get(&connection.value.time_zone);
    zone.map_err(|error| StoreError::Unreadable {
        kind: Connection::KIND,
        key: connection.key.clone(),
        source: error.into(),
    })
}

#[cfg(test)]
mod tests;
