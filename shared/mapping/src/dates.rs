//! The date and the due date of an invoice (D1, D5 to D8).

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// What Housecall Pro tells about the days of a job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Days {
    /// The job was finished.
    pub finished: Option<Timestamp>,
    /// The invoice's own date.
    pub invoice: Option<Timestamp>,
    /// The invoice was sent.
    pub sent: Option<Timestamp>,
    /// The service was or will be done.
    pub service: Option<Timestamp>,
    /// The invoice is due.
    pub due: Option<Timestamp>,
}

/// What happened since the last sync, as far as dates depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Happened {
    /// The job was finished, and nothing else happened.
    pub only_finished: bool,
    /// An invoice was sent.
    pub invoiced: bool,
    /// The latest trigger.
    pub at: Timestamp,
}

/// The dates of an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dates {
    /// `TxnDate`.
    pub txn: Date,
    /// `DueDate`.
    pub due: Date,
    /// Whether `txn` is the invoice date, which no later trigger changes.
    pub by_invoice: bool,
}

/// The dates to write, given those that QuickBooks has from us.
pub fn dates(known: Option<Dates>, happened: Happened, days: &Days, zone: &TimeZone) -> Dates {
    let date = |at: Timestamp| at.to_zoned(zone.clone()).date();
    let invoice = days.invoice.or(days.sent);
    let dated = |txn: Timestamp, by_invoice: bool| Dates {
        txn: date(txn),
        due: date(days.due.filter(|_| by_invoice).unwrap_or(txn)),
        by_invoice,
    };
    match (known, invoice) {
        // D1, at *invoiced*: it becomes the invoice date. Once.
        (Some(known), Some(invoice)) if happened.invoiced && !known.by_invoice => {
            dated(invoice, true)
        }
        (Some(known), _) => known,
        // D5, D6: a first sync that starts later than *finished* prefers the invoice date.
        (None, Some(invoice)) if !happened.only_finished => dated(invoice, true),
        // D1, at *finished*: the finish date; without it the order of D6.
        (None, _) => dated(days.finished.or(days.service).unwrap_or(happened.at), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn zone() -> TimeZone {
        TimeZone::get("America/New_York").unwrap()
    }

    fn days() -> Days {
        Days {
            finished: Some(at("2026-07-24T16:05:11Z")),
            invoice: Some(at("2026-07-27T16:09:41Z")),
            sent: Some(at("2026-07-28T16:10:00Z")),
            service: Some(at("2026-07-23T14:00:00Z")),
            due: Some(at("2026-08-06T16:00:00Z")),
        }
    }

    const FINISHED: fn() -> Happened = || Happened {
        only_finished: true,
        invoiced: false,
        at: at("2026-07-24T16:05:11Z"),
    };
    const INVOICED: fn() -> Happened = || Happened {
        only_finished: false,
        invoiced: true,
        at: at("2026-07-28T16:10:00Z"),
    };
    const PAID: fn() -> Happened = || Happened {
        only_finished: false,
        invoiced: false,
        at: at("2026-07-30T10:00:00Z"),
    };

    fn text(dates: Dates) -> (String, String) {
        (dates.txn.to_string(), dates.due.to_string())
    }

    fn pair(txn: &str, due: &str) -> (String, String) {
        (txn.to_owned(), due.to_owned())
    }

    #[test]
    fn d1_finish_date_then_invoice_date_then_it_stays() {
        let first = dates(None, FINISHED(), &days(), &zone());
        assert_eq!(text(first), pair("2026-07-24", "2026-07-24"));
        let second = dates(Some(first), INVOICED(), &days(), &zone());
        assert_eq!(text(second), pair("2026-07-27", "2026-08-06"));
        let third = dates(Some(second), PAID(), &days(), &zone());
        assert_eq!(third, second);
    }

    #[test]
    fn d1_without_an_invoice_date_the_day_of_sending_serves() {
        let days = Days {
            invoice: None,
            ..days()
        };
        let first = dates(None, FINISHED(), &days, &zone());
        let second = dates(Some(first), INVOICED(), &days, &zone());
        assert_eq!(second.txn.to_string(), "2026-07-28");
    }

    #[test]
    fn d1_at_paid_the_date_stays() {
        let first = dates(None, FINISHED(), &days(), &zone());
        assert_eq!(dates(Some(first), PAID(), &days(), &zone()), first);
        let sent_meanwhile = dates(Some(first), INVOICED(), &days(), &zone());
        assert_ne!(sent_meanwhile, first);
    }

    #[test]
    fn d5_d6_a_first_sync_that_starts_later_prefers_the_invoice_date() {
        assert_eq!(
            dates(None, INVOICED(), &days(), &zone()).txn.to_string(),
            "2026-07-27"
        );
        assert_eq!(
            dates(None, PAID(), &days(), &zone()).txn.to_string(),
            "2026-07-27"
        );
    }

    #[test]
    fn d6_the_order_of_preference_ends_at_the_day_of_the_trigger() {
        let no_invoice = Days {
            invoice: None,
            sent: None,
            ..days()
        };
        let no_finish = Days {
            finished: None,
            ..no_invoice
        };
        for (days, txn) in [
            (no_invoice, "2026-07-24"),
            (no_finish, "2026-07-23"),
            (Days::default(), "2026-07-30"),
        ] {
            assert_eq!(dates(None, PAID(), &days, &zone()).txn.to_string(), txn);
        }
    }

    #[test]
    fn d7_an_invoice_that_is_sent_again_is_not_dated_again() {
        let sent = dates(None, INVOICED(), &days(), &zone());
        let moved = Days {
            invoice: Some(at("2026-09-01T12:00:00Z")),
            ..days()
        };
        assert_eq!(dates(Some(sent), INVOICED(), &moved, &zone()), sent);
    }

    #[test]
    fn d8_dates_are_taken_in_the_zone_of_the_company() {
        let late = Days {
            finished: Some(at("2026-07-25T03:30:00Z")),
            ..Days::default()
        };
        assert_eq!(
            dates(None, FINISHED(), &late, &zone()).txn.to_string(),
            "2026-07-24"
        );
    }
}
