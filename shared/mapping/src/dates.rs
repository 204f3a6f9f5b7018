//! The date of an invoice (D1 to D9), and when its due date and its term are written.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::settings::DateSource;

/// What Housecall Pro tells about the days of a job. Where one QuickBooks invoice stands for several, the
/// invoice is the one that was issued first (D3).
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
    /// The job was finished, and nothing else happened; nobody pushes by hand either.
    pub only_finished: bool,
    /// An invoice was sent.
    pub invoiced: bool,
    /// Days and terms that were changed in Housecall Pro count too: somebody pushes by hand, or edits push by
    /// themselves (D7).
    pub refresh: bool,
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
    /// Whether the Housecall Pro invoice has been issued and counted: no later trigger changes a date.
    pub by_invoice: bool,
}

/// The dates to write, given those that QuickBooks has from us.
pub fn dates(
    source: DateSource,
    known: Option<Dates>,
    happened: Happened,
    days: &Days,
    zone: &TimeZone,
) -> Dates {
    let invoice = days.invoice.or(days.sent);
    let service = days.finished.or(days.service);
    // D9: both is the invoice date.
    let by_service = source == DateSource::ServiceDate;
    let (day, by_invoice) = match known {
        // D1 to D4, at *finished*. The invoice may be there already, but it is not issued; one that has no days of
        // work, a deposit's, can only be dated by itself.
        None if happened.only_finished => {
            (service.or(invoice), service.is_none() && invoice.is_some())
        }
        // D5, D6: a first sync that starts later.
        None if by_service => (service.or(invoice), invoice.is_some()),
        None => (invoice.or(service), invoice.is_some()),
        Some(known) => {
            let issued = happened.invoiced || (happened.refresh && days.sent.is_some());
            let by_invoice = known.by_invoice || (issued && invoice.is_some());
            if by_invoice == known.by_invoice && !happened.refresh {
                // D1 to D4, at *paid* and at a second invoice; D7.
                return known;
            }
            let day = match (by_service, by_invoice) {
                // D1, D3: the first invoice, or a changed day of it.
                (false, true) => invoice,
                // D2, D4, at *invoiced*: it stays.
                (true, _) if !happened.refresh => None,
                (true, _) => service.or(invoice),
                (false, false) => service,
            };
            (day, by_invoice)
        }
    };
    let date = |at: Timestamp| at.to_zoned(zone.clone()).date();
    let stays = known.map_or_else(|| date(happened.at), |known| known.txn);
    let txn = day.map_or(stays, date);
    Dates {
        txn,
        // N4: on the same day, until an invoice tells.
        due: days.due.map_or(txn, date),
        by_invoice,
    }
}

/// Whether due date and term are written this time, with `dates`: at the creation and wherever the days of the
/// invoice count anew (D7).
pub(crate) fn are_written(known: Option<Dates>, happened: Happened, dates: Dates) -> bool {
    known.is_none_or(|known| happened.refresh || known.by_invoice != dates.by_invoice)
}

#[cfg(test)]
mod tests;
