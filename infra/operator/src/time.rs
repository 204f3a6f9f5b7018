//! Times as people of the company read them.

use jiff::{Timestamp, tz::TimeZone};

/// A point in time in the company's zone, with the zone's short name.
pub(crate) fn of(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone())
        .strftime("%Y-%m-%d %H:%M:%S %Z")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k1_times_are_the_companys() {
        let at: Timestamp = "2026-07-25T03:30:00Z".parse().unwrap();
        let zone = TimeZone::get("America/New_York").unwrap();
        assert_eq!(of(at, &zone), "2026-07-24 23:30:00 EDT");
    }
}
