//! A company of three, and its alerts.

use jiff::Timestamp;
use store::{AlertRecord, Books, Mails, OpenAlert, People, Person, Role, UserId};

pub(crate) const COMPANY: &str = "0f5e2c9a-6b1d-4f37-9c58-2a7d4e8b1c63";

pub(crate) fn books() -> Books {
    Books {
        company: COMPANY.parse().unwrap(),
        realm: "1234567890".parse().unwrap(),
    }
}

pub(crate) fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

pub(crate) fn user(name: &str) -> UserId {
    UserId::parse(name).unwrap()
}

pub(crate) fn person(name: &str, role: Role, mails: Option<Mails>) -> (UserId, Person) {
    let person = Person {
        mail: format!("{name}@example.com"),
        role,
        since: at("2026-01-01T00:00:00Z"),
        mails,
    };
    (user(name), person)
}

/// Ann is admin, Ben is bookkeeper and wants the digest only, Vic looks.
pub(crate) fn people() -> People {
    let people = [
        person("ann", Role::Admin, None),
        person("ben", Role::Bookkeeper, Some(Mails::Digest)),
        person("vic", Role::Viewer, None),
    ];
    People {
        people: people.into_iter().collect(),
    }
}

/// Something of a job that is open.
pub(crate) fn alert(kind: &str, job: &str, since: &str) -> OpenAlert {
    let since = at(since);
    let record = AlertRecord {
        kind: kind.to_owned(),
        subject: format!("job_{job}"),
        job_number: Some(job.to_owned()),
        message: format!(
            "Job {job} was not sent to QuickBooks: the books are closed until July 31."
        ),
        resolution: "Open the books, or choose another date.".to_owned(),
        alert: None,
        count: 1,
        first_at: since,
        last_at: since,
        open: true,
        closed_at: None,
        dismissed: None,
    };
    OpenAlert {
        company: books().company,
        kind: record.kind.clone(),
        subject: record.subject.clone(),
        since,
        record: Some(Box::new(record)),
    }
}
