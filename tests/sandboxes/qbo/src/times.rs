//! Times as QuickBooks prints them: in one zone, with a numeric offset.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// Prints times in the company's zone.
#[derive(Clone, Debug)]
pub(crate) struct Times(pub(crate) TimeZone);

impl Times {
    /// `2020-09-29T05:58:07-07:00`
    pub(crate) fn second(&self, at: Timestamp) -> String {
        self.print(at, "%Y-%m-%dT%H:%M:%S%:z")
    }

    /// `2020-09-29T05:58:07.300-07:00`
    pub(crate) fn milli(&self, at: Timestamp) -> String {
        self.print(at, "%Y-%m-%dT%H:%M:%S.%3f%:z")
    }

    /// The day it is then.
    pub(crate) fn day(&self, at: Timestamp) -> Date {
        at.to_zoned(self.0.clone()).date()
    }

    fn print(&self, at: Timestamp, format: &str) -> String {
        at.to_zoned(self.0.clone()).strftime(format).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_the_zone_of_the_company() {
        let times = Times(TimeZone::get("America/Los_Angeles").unwrap());
        let at: Timestamp = "2020-09-29T12:58:07.300Z".parse().unwrap();
        assert_eq!(times.second(at), "2020-09-29T05:58:07-07:00");
        assert_eq!(times.milli(at), "2020-09-29T05:58:07.300-07:00");
        assert_eq!(
            times
                .day("2020-09-29T03:00:00Z".parse().unwrap())
                .to_string(),
            "2020-09-28"
        );
    }
}
