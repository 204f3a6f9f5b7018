//! Which lists there are: the place of a record in each, for its writing, and the list, for its reading.

use hcp::{CustomerId, JobId};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use mapping::{RawMemory, SlotName, invoice, normalised};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::{
    alert::AlertRecord,
    books::Books,
    history::HistoryEntry,
    job::{Job, JobState},
    list::{Index, List, Lists},
    names::LineName,
    table::Key,
};

mod items;
mod parties;
mod payments;

pub use items::{item_account, item_name};
pub use parties::customer_name;
pub(crate) use payments::of_received;

/// A time as it is sorted.
pub fn sorted(time: Timestamp) -> String {
    format!("{time:.9}")
}

/// A number as it is sorted: 9 before 10, and 104 before 104-2. Two numbers are never sorted alike.
pub fn sorted_number(number: &str) -> String {
    let mut sorted = String::new();
    let mut rest = number;
    while let Some(first) = rest.chars().next() {
        let digits = rest.bytes().take(99).take_while(u8::is_ascii_digit).count();
        let (part, after) = rest.split_at(digits.max(first.len_utf8() * usize::from(digits == 0)));
        if digits > 0 {
            sorted.push_str(&format!("{digits:02}"));
        }
        sorted.push_str(part);
        rest = after;
    }
    sorted
}

/// A name as it is sorted and searched.
fn sorted_name(name: &str) -> String {
    let mut name = normalised(name);
    name.truncate(name.floor_char_boundary(200));
    name
}

fn jobs(partition: &str) -> String {
    format!("{partition}#jobs")
}

fn invoices(partition: &str) -> String {
    format!("{partition}#invoices")
}

fn alerts(partition: &str, open: bool) -> String {
    let which = if open { "open" } else { "closed" };
    format!("{partition}#alerts#{which}")
}

fn log(partition: &str) -> String {
    format!("{partition}#log")
}

fn about(partition: &str, what: &str) -> String {
    format!("{partition}#about#{what}")
}

/// Of a job: by its state, its date, its customer, its number.
pub(crate) fn of_job(key: &Key, job: &Job) -> Lists {
    let Some((_, id)) = Books::parse_job(key) else {
        return Lists::default();
    };
    let all = jobs(&key.partition);
    let dated = format!("{}#{id}", job.listed_on());
    let of_state = format!("{all}#{}", job.state.as_str());
    let mut lists = Lists::default()
        .and(Index::First, of_state, dated.as_str())
        .and(Index::Second, all.as_str(), dated.as_str());
    if let Some(customer) = &job.customer {
        let named = format!("{}#{dated}", sorted_name(&customer.name));
        lists = lists.and(Index::Third, all.as_str(), named);
    }
    if let Some(number) = &job.number {
        let numbered = format!("{}#{id}", sorted_number(number));
        lists = lists.and(Index::Fourth, all, numbered);
    }
    lists
}

/// Of an alert, open ones and closed ones apart: by its time, its type, its customer; and with its subject.
pub(crate) fn of_alert(key: &Key, alert: &AlertRecord) -> Lists {
    let all = alerts(&key.partition, alert.open);
    let AlertRecord { subject, kind, .. } = alert;
    let time = sorted(alert.closed_at.unwrap_or(alert.last_at));
    let timed = format!("{time}#{subject}#{kind}");
    let with_subject = match alert.open {
        true => format!("{OPEN_ALERT}{subject}#{kind}"),
        false => format!("{CLOSED_ALERT}{timed}"),
    };
    let what = match subject.split_once('#') {
        Some((thing, _)) if is_job(thing) || thing.starts_with("cus_") => thing,
        _ => subject,
    };
    let mut lists = Lists::default()
        .and(Index::First, all.as_str(), timed.as_str())
        .and(Index::Second, all.as_str(), format!("{kind}#{timed}"))
        .and(Index::Fourth, about(&key.partition, what), with_subject);
    if let Some(customer) = alert.customer() {
        let named = format!("{}#{timed}", sorted_name(&customer));
        lists = lists.and(Index::Third, all, named);
    }
    lists
}

/// What a slot tells of its object, for the lists that it stands in.
pub trait SlotTold {
    /// What its kind remembers.
    fn memory(&self) -> Option<RawMemory>;
    /// What was last written of the object that is linked.
    fn written(&self) -> Option<&RawValue>;
    /// Whether an object is linked, also while a change of it is on its way.
    fn is_linked(&self) -> bool;
    /// Whether there is nothing in it, nor on its way there.
    fn is_empty(&self) -> bool;
}

/// What a slot remembers, as its kind reads it.
fn remembered<M: DeserializeOwned>(slot: &impl SlotTold) -> Option<M> {
    slot.memory()?.read().ok()
}

/// What was last written of its object.
fn written<T: DeserializeOwned>(slot: &impl SlotTold) -> Option<T> {
    serde_json::from_str(slot.written()?.get()).ok()
}

/// Of a slot of a job, or of a customer: with its job or its customer; of an invoice of Housecall Pro's by the number that it
/// has in QuickBooks; of an item, a customer and a payment in the lists of their pages.
pub fn of_slot(key: &Key, slot: &impl SlotTold) -> Lists {
    let name = key.sort.strip_prefix("slot#").unwrap_or_default();
    if let Some(item) = name.strip_prefix("item#") {
        return items::of_item(key, item, slot);
    }
    if let Some(customer) = name.strip_prefix("customer#") {
        let lists = with(key, customer.split('#').next().unwrap_or_default());
        return match customer.contains('#') {
            true => lists,
            false => parties::of_customer(key, customer, slot, lists),
        };
    }
    let Some((job, part)) = name.split_once('#').filter(|(job, _)| is_job(job)) else {
        return Lists::default();
    };
    let lists = with(key, job);
    if part.starts_with("payment#") {
        return payments::of_payment(key, name, slot, lists);
    }
    let mut roles = ["main", "deposit#", "partial#"].iter();
    if !roles.any(|role| part.starts_with(role)) {
        return lists;
    }
    let known = remembered::<invoice::Memory>(slot);
    // One that has only its job's number is no invoice of that number (N4).
    let known = known.filter(|known| !known.invoices.is_empty());
    match known.and_then(|known| known.number) {
        Some(number) => {
            let numbered = format!("{}#{name}", sorted_number(&number));
            lists.and(Index::Third, invoices(&key.partition), numbered)
        }
        None => lists,
    }
}

/// Of a name that lines have which are not in the price book (L5): by how many jobs were sent with it, also of those alone
/// that nobody mapped; and by the name.
pub(crate) fn of_line_name(key: &Key, line: &LineName) -> Lists {
    let digest = key.sort.strip_prefix("line-name#").unwrap_or_default();
    let Some(name) = &line.name else {
        return Lists::default();
    };
    let all = line_names(&key.partition);
    let often = format!("{:010}#{digest}", line.jobs);
    let named = format!("{}#{digest}", sorted_name(name));
    let lists = Lists::default().and(Index::First, all.as_str(), often.as_str());
    let lists = lists.and(Index::Third, all.as_str(), named);
    match line.item == SlotName::sales_item() {
        true => lists.and(Index::Second, format!("{all}#unmapped"), often),
        false => lists,
    }
}

fn line_names(partition: &str) -> String {
    format!("{partition}#line-names")
}

/// What an id tells of a job, or of an invoice that stands in the place of one (P6).
fn is_job(id: &str) -> bool {
    id.starts_with("job_") || id.starts_with("invoice_")
}

/// Of what was done: by its time, and with what it is about.
pub(crate) fn of_history(key: &Key, entry: &HistoryEntry) -> Lists {
    let id = key.sort.rsplit('#').next().unwrap_or_default();
    let timed = format!("{}#{id}", sorted(entry.at));
    let lists = Lists::default().and(Index::First, log(&key.partition), timed.as_str());
    match &entry.about {
        Some(of) => {
            let what = of.id.split('#').next().unwrap_or_default();
            let sort = format!("{HISTORY}{timed}");
            lists.and(Index::Fourth, about(&key.partition, what), sort)
        }
        None => lists,
    }
}

/// Of what else belongs to a job: with it, under what its key begins with.
pub(crate) fn of_part(key: &Key, job: &str) -> Lists {
    with(key, job)
}

fn with(key: &Key, what: &str) -> Lists {
    let sort = key.sort.as_str();
    Lists::default().and(Index::Fourth, about(&key.partition, what), sort)
}

/// What the places begin with of the records that belong to a job or a customer. Backwards: what is in QuickBooks, what
/// came back from there, open alerts, what a person is asked to do, what was done, closed alerts.
pub const SLOT: &str = "slot#";
/// See [`SLOT`].
pub const RECEIVED: &str = "received#";
/// See [`SLOT`].
pub const OPEN_ALERT: &str = "open-alert#";
/// See [`SLOT`].
pub const INBOX: &str = "inbox#";
/// See [`SLOT`].
pub const HISTORY: &str = "history#";
/// See [`SLOT`].
pub const CLOSED_ALERT: &str = "closed-alert#";

impl Job {
    /// The day under which it stands in lists: of the work, or of the first that was seen of it.
    pub fn listed_on(&self) -> Date {
        let told = self.facts.as_ref().and_then(|facts| facts.date);
        let seen = || {
            let first = self
                .marks
                .first()
                .map_or(Timestamp::UNIX_EPOCH, |mark| mark.at);
            first.to_zoned(TimeZone::UTC).date()
        };
        told.unwrap_or_else(seen)
    }
}

impl Books {
    /// The jobs in a state, by date.
    pub fn jobs_in(&self, state: JobState) -> List {
        let name = format!("{}#{}", jobs(&self.partition()), state.as_str());
        List::new(Index::First, name)
    }

    /// All jobs, by date.
    pub fn jobs_by_date(&self) -> List {
        List::new(Index::Second, jobs(&self.partition()))
    }

    /// The jobs of customers whose name begins so; of one customer by date.
    pub fn jobs_of_customers(&self, name: &str) -> List {
        let list = List::new(Index::Third, jobs(&self.partition()));
        list.beginning_with(&sorted_name(name))
    }

    /// All jobs that have a number, by it.
    pub fn jobs_by_number(&self) -> List {
        List::new(Index::Fourth, jobs(&self.partition()))
    }

    /// The jobs of this number, several at worst.
    pub fn jobs_numbered(&self, number: &str) -> List {
        let list = self.jobs_by_number();
        list.beginning_with(&format!("{}#", sorted_number(number)))
    }

    /// The alerts that are open, by the time at which they came up last; or the closed ones, by when they were closed.
    pub fn alerts_by_time(&self, open: bool) -> List {
        List::new(Index::First, alerts(&self.partition(), open))
    }

    /// The same of one type.
    pub fn alerts_of_type(&self, open: bool, kind: &str) -> List {
        let list = List::new(Index::Second, alerts(&self.partition(), open));
        list.beginning_with(&format!("{kind}#"))
    }

    /// The same of customers whose name begins so.
    pub fn alerts_of_customers(&self, open: bool, name: &str) -> List {
        let list = List::new(Index::Third, alerts(&self.partition(), open));
        list.beginning_with(&sorted_name(name))
    }

    /// The names that lines have which are not in the price book, by how many jobs were sent with each.
    pub fn line_names_by_jobs(&self) -> List {
        List::new(Index::First, line_names(&self.partition()))
    }

    /// The same of those that nobody mapped to an item.
    pub fn unmapped_line_names(&self) -> List {
        let name = format!("{}#unmapped", line_names(&self.partition()));
        List::new(Index::Second, name)
    }

    /// Those that begin so, in their order.
    pub fn line_names_named(&self, name: &str) -> List {
        let list = List::new(Index::Third, line_names(&self.partition()));
        list.beginning_with(&sorted_name(name))
    }

    /// Everything that was done, by its time.
    pub fn log(&self) -> List {
        List::new(Index::First, log(&self.partition()))
    }

    /// The slots of the invoices that have this number in QuickBooks, and that Housecall Pro has invoices of; several at
    /// worst.
    pub fn invoices_numbered(&self, number: &str) -> List {
        let list = List::new(Index::Third, invoices(&self.partition()));
        list.beginning_with(&format!("{}#", sorted_number(number)))
    }

    /// What belongs to a job: its slots, its alerts, what was done.
    pub fn about_job(&self, job: &JobId) -> List {
        List::new(Index::Fourth, about(&self.partition(), job.as_str()))
    }

    /// What belongs to a customer: their slots, and alerts.
    pub fn about_customer(&self, customer: &CustomerId) -> List {
        List::new(Index::Fourth, about(&self.partition(), customer.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_sorted_as_people_count() {
        let numbers = [
            "7", "9", "10", "104", "104-2", "104-10", "1004", "A-9", "A-10", "Oak 7", "é7",
        ];
        let mut sorted: Vec<&str> = numbers.to_vec();
        sorted.reverse();
        sorted.sort_by_key(|number| sorted_number(number));
        assert_eq!(sorted, numbers);
        assert_ne!(sorted_number("007"), sorted_number("7"));
        let long = "1".repeat(120);
        assert!(sorted_number(&long) > sorted_number("9"));
    }

    #[test]
    fn times_are_sorted_as_they_follow() {
        let at = |text: &str| sorted(text.parse().unwrap_or_default());
        assert!(at("2026-07-24T12:00:00Z") < at("2026-07-24T12:00:00.5Z"));
        assert!(at("2026-07-24T12:00:00.5Z") < at("2026-07-24T12:00:01Z"));
    }
}
