//! What a letter says: the alerts in their own words, by cause, and what to do.

use jiff::{Timestamp, tz::TimeZone};
use maud::{DOCTYPE, html};
use store::{AlertRecord, Matter, OpenAlert};

/// So many alerts of one cause and one way to mend them are told one by one.
const MOST_TOLD: usize = 20;

/// Characters of a subject at most: mail programs show fewer.
const LONGEST_SUBJECT: usize = 120;

/// What each letter ends with.
const CHOICE: &str = "Each of your company's people can choose to be mailed everything, what is open in the morning, or nothing.";

/// What a letter says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// One line that tells it.
    pub subject: String,
    /// All of it.
    pub text: String,
    /// All of it as HTML.
    pub html: String,
}

/// Alerts of one type.
struct Cause<'a> {
    heading: String,
    count: usize,
    groups: Vec<Group<'a>>,
}

/// Those of them that are mended in the same way.
struct Group<'a> {
    items: Vec<Item<'a>>,
    more: usize,
    to_do: &'a str,
}

/// One alert: what happened, and whose it is, since when and how often.
struct Item<'a> {
    message: &'a str,
    facts: String,
}

/// The parts of a letter, from the top down.
struct Letter<'a> {
    opening: String,
    causes: Vec<Cause<'a>>,
    link: Option<String>,
    closing: &'static str,
}

impl Words {
    /// What is said of these alerts, the oldest first. `office`: where people see them, where that is known.
    pub fn of(
        matter: &Matter,
        alerts: &[&OpenAlert],
        zone: &TimeZone,
        office: Option<&str>,
    ) -> Self {
        let causes = causes(alerts, zone);
        let (subject, opening, closing) = match matter {
            Matter::New { .. } => (
                subject_of_new(alerts),
                match alerts.len() {
                    1 => "Between Housecall Pro and QuickBooks, this needs somebody.".to_owned(),
                    count => {
                        format!(
                            "Between Housecall Pro and QuickBooks, these {count} need somebody."
                        )
                    }
                },
                "Of one cause you are told once an hour at most.",
            ),
            Matter::Digest { on } => (
                subject_of_digest(&causes, alerts.len()),
                format!(
                    "On the morning of {}, {} open between Housecall Pro and QuickBooks.",
                    on.strftime("%A, %B %-d"),
                    match alerts.len() {
                        1 => "one alert is".to_owned(),
                        count => format!("{count} alerts are"),
                    }
                ),
                "You are told this at eight in the morning, when something is open.",
            ),
        };
        let letter = Letter {
            opening,
            causes,
            link: office.map(|office| format!("{office}/alerts")),
            closing,
        };
        Self {
            subject,
            text: letter.text(),
            html: letter.html(),
        }
    }
}

/// One alert in its own words; of several, what they have in common and of which jobs they are.
fn subject_of_new(alerts: &[&OpenAlert]) -> String {
    let records: Vec<&AlertRecord> = alerts.iter().filter_map(|alert| said(alert)).collect();
    if let [record] = records.as_slice() {
        return line(&record.message);
    }
    let heading = alerts
        .first()
        .map_or_else(String::new, |one| heading(&one.kind));
    let jobs = records
        .iter()
        .filter_map(|record| record.job_number.as_deref());
    let mut jobs: Vec<&str> = jobs.collect();
    jobs.dedup();
    let of_jobs = match jobs.as_slice() {
        [] => String::new(),
        [job] => format!(" (job {job})"),
        [first, second] => format!(" (jobs {first} and {second})"),
        [first, second, rest @ ..] => {
            format!(" (jobs {first}, {second} and {} more)", rest.len())
        }
    };
    line(&format!("{} alerts: {heading}{of_jobs}", alerts.len()))
}

fn subject_of_digest(causes: &[Cause<'_>], count: usize) -> String {
    let told = causes.iter().map(|cause| match cause.count {
        1 => cause.heading.clone(),
        count => format!("{} ({count})", cause.heading),
    });
    let told: Vec<String> = told.collect();
    line(&format!(
        "{} open this morning: {}",
        many(count, "alert"),
        told.join("; ")
    ))
}

/// The alerts by type and, within one, by what to do; both in the order in which the first of each came up.
fn causes<'a>(alerts: &[&'a OpenAlert], zone: &TimeZone) -> Vec<Cause<'a>> {
    let mut causes: Vec<(&str, Cause<'a>)> = Vec::new();
    for alert in alerts {
        let Some(record) = said(alert) else { continue };
        let at = causes.iter().position(|(kind, _)| *kind == alert.kind);
        let at = at.unwrap_or_else(|| {
            let cause = Cause {
                heading: heading(&alert.kind),
                count: 0,
                groups: Vec::new(),
            };
            causes.push((&alert.kind, cause));
            causes.len() - 1
        });
        let (_, cause) = &mut causes[at];
        cause.count += 1;
        let to_do = record.resolution.as_str();
        let group = cause.groups.iter().position(|group| group.to_do == to_do);
        let group = group.unwrap_or_else(|| {
            cause.groups.push(Group {
                items: Vec::new(),
                more: 0,
                to_do,
            });
            cause.groups.len() - 1
        });
        let group = &mut cause.groups[group];
        match group.items.len() < MOST_TOLD {
            true => group.items.push(item(record, alert.since, zone)),
            false => group.more += 1,
        }
    }
    causes.into_iter().map(|(_, cause)| cause).collect()
}

fn said(alert: &OpenAlert) -> Option<&AlertRecord> {
    alert.record.as_deref()
}

fn item<'a>(record: &'a AlertRecord, since: Timestamp, zone: &TimeZone) -> Item<'a> {
    let since = since.to_zoned(zone.clone());
    let customer = record.customer();
    let unnamed = customer.filter(|name| !record.message.contains(name.as_str()));
    let facts = [
        unnamed,
        Some(format!("since {}", since.strftime("%A, %B %-d, %-I:%M %p"))),
        (record.count > 1).then(|| format!("came up {} times", record.count)),
    ];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    Item {
        message: &record.message,
        facts: facts.join(", "),
    }
}

/// A type of alerts in words.
fn heading(kind: &str) -> String {
    let words = kind
        .replace('_', " ")
        .replace("quickbooks", "QuickBooks")
        .replace("housecall", "Housecall Pro");
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase());
    first.into_iter().flatten().chain(letters).collect()
}

fn many(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}

/// One line of no more than a subject takes, without what would end it.
fn line(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().count() <= LONGEST_SUBJECT {
        return text;
    }
    let mut short: String = text.chars().take(LONGEST_SUBJECT - 1).collect();
    short.push('…');
    short
}

impl Letter<'_> {
    fn text(&self) -> String {
        let mut parts = vec![self.opening.clone()];
        for cause in &self.causes {
            parts.push(format!("{} ({})", cause.heading, cause.count));
            for group in &cause.groups {
                let items = group.items.iter();
                parts.extend(items.map(|item| format!("- {}\n  ({})", item.message, item.facts)));
                parts.extend(group.others().map(|others| format!("- {others}")));
                parts.push(format!("What to do: {}", group.to_do));
            }
        }
        parts.extend(self.link.iter().map(|link| format!("All alerts: {link}")));
        parts.push(format!("{} {CHOICE}", self.closing));
        parts.join("\n\n")
    }

    fn html(&self) -> String {
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                body style="font-family: sans-serif; line-height: 1.4; max-width: 40em" {
                    p { (self.opening) }
                    @for cause in &self.causes {
                        h2 style="font-size: 1.1em" { (cause.heading) " (" (cause.count) ")" }
                        @for group in &cause.groups {
                            ul {
                                @for item in &group.items {
                                    li { (item.message) br; small { (item.facts) } }
                                }
                                @if let Some(others) = group.others() { li { (others) } }
                            }
                            p { b { "What to do: " } (group.to_do) }
                        }
                    }
                    @if let Some(link) = &self.link {
                        p { a href=(link) { "All alerts" } }
                    }
                    p { small { (self.closing) " " (CHOICE) } }
                }
            }
        };
        page.into_string()
    }
}

impl Group<'_> {
    fn others(&self) -> Option<String> {
        (self.more > 0).then(|| format!("And {} more.", self.more))
    }
}

#[cfg(test)]
mod tests;
