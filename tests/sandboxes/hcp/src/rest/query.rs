//! Query parameters: what is known is read strictly, what is unknown is ignored without a word.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use super::errors::{bad_field, must_be_an_array, not_covered};
use crate::{Answer, Request};

/// List parameters: a bare name is answered 422.
const LISTS: [&str; 6] = [
    "status",
    "work_status",
    "expand",
    "customer_uuid",
    "payment_method",
    "employee_ids",
];

/// Parameters of Housecall Pro's that change the answer and that the sandbox cannot honour.
const NOT_COVERED: [&str; 2] = ["location_ids", "location_ids[]"];

/// Rows of a page unless told.
const PAGE_SIZE: usize = 10;
/// More rows than this are never on a page.
const LARGEST_PAGE: usize = 200;

/// A time that a caller wrote, with or without a zone, as UTC.
pub(super) fn utc(written: &serde_json::Value) -> serde_json::Value {
    match written.as_str().map(str::parse::<DateTime>) {
        Some(Ok(civil)) if written.as_str().is_some_and(|text| !text.ends_with('Z')) => {
            serde_json::json!(format!("{civil}Z"))
        }
        _ => written.clone(),
    }
}

/// The query of one request.
pub(super) struct Query(Vec<(String, String)>);

/// Which way a list runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Ascending,
    Descending,
}

impl Query {
    pub(super) fn of(request: &Request) -> Result<Self, Answer> {
        let query = request.query();
        for (name, _) in &query {
            if LISTS.contains(&name.as_str()) {
                return Err(must_be_an_array(name));
            }
            if NOT_COVERED.contains(&name.as_str()) {
                return Err(not_covered(&format!("the parameter {name}")));
            }
        }
        Ok(Self(query))
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .rfind(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The values of `name[]`; `None`: no filter.
    pub(super) fn list(&self, name: &str) -> Option<Vec<&str>> {
        let values: Vec<_> = self
            .0
            .iter()
            .filter(|(key, _)| key.strip_suffix("[]") == Some(name))
            .map(|(_, value)| value.as_str())
            .collect();
        (!values.is_empty()).then_some(values)
    }

    pub(super) fn time(&self, name: &str) -> Result<Option<Timestamp>, Answer> {
        let Some(text) = self.text(name).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let utc = |civil: DateTime| civil.to_zoned(TimeZone::UTC).map(|time| time.timestamp());
        text.parse::<Timestamp>()
            .or_else(|_| text.parse::<DateTime>().and_then(utc))
            .map(Some)
            .map_err(|_| bad_field(name, "is not a valid date"))
    }

    pub(super) fn cents(&self, name: &str) -> Result<Option<i64>, Answer> {
        self.text(name)
            .filter(|text| !text.is_empty())
            .map(|text| text.parse().map_err(|_| bad_field(name, "is not a number")))
            .transpose()
    }

    /// True where `time` lies within `<name>_min` and `<name>_max`; no time lies in no bounds.
    pub(super) fn within(&self, name: &str) -> Result<impl Fn(Option<Timestamp>) -> bool, Answer> {
        let least = self.time(&format!("{name}_min"))?;
        let most = self.time(&format!("{name}_max"))?;
        Ok(move |time: Option<Timestamp>| match time {
            Some(time) => {
                least.is_none_or(|least| time >= least) && most.is_none_or(|most| time <= most)
            }
            None => least.is_none() && most.is_none(),
        })
    }

    /// `sort_by`, one of `known`; the first is the default.
    pub(super) fn sort_by<'k>(&self, known: &[&'k str]) -> Result<&'k str, Answer> {
        let default = known.first().copied().unwrap_or_default();
        let Some(wanted) = self.text("sort_by").filter(|wanted| !wanted.is_empty()) else {
            return Ok(default);
        };
        known
            .iter()
            .copied()
            .find(|name| *name == wanted)
            .ok_or_else(|| not_covered(&format!("sort_by={wanted}")))
    }

    pub(super) fn direction(&self) -> Direction {
        match self.text("sort_direction") {
            Some("asc") => Direction::Ascending,
            _ => Direction::Descending,
        }
    }

    pub(super) fn page(&self) -> usize {
        self.number("page").unwrap_or(1)
    }

    pub(super) fn page_size(&self) -> usize {
        self.number("page_size")
            .unwrap_or(PAGE_SIZE)
            .min(LARGEST_PAGE)
    }

    fn number(&self, name: &str) -> Option<usize> {
        self.text(name)?.parse().ok().filter(|number| *number > 0)
    }
}
