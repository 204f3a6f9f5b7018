//! Due terms: their codes and the time that they make an invoice due.

use jiff::{Timestamp, ToSpan, tz::TimeZone};

use crate::doubts::DueCodes;
use crate::work::{DueTerms, Job};

/// The terms that the app offers after `Net`.
pub(crate) const NET_DAYS: [u16; 12] = [3, 5, 7, 10, 14, 15, 20, 30, 40, 45, 60, 90];

/// Whether the app offers the terms.
pub(crate) fn is_offered(due: DueTerms) -> bool {
    !matches!(due, DueTerms::Net(days) if !NET_DAYS.contains(&days))
}

impl DueTerms {
    /// `due_concept`. Only `upon` is known from Housecall Pro; the others follow its pattern.
    pub(crate) fn concept(self, codes: DueCodes) -> String {
        let plain = match self {
            Self::UponReceipt | Self::UponStartOfWork | Self::UponCompletionOfWork => "upon",
            Self::Net(_) => "net",
            Self::OnDate(_) => "on",
        };
        match (codes, self) {
            (DueCodes::Plain, _) => plain.to_owned(),
            (DueCodes::Unfamiliar, Self::OnDate(_)) => "specific_date".to_owned(),
            (DueCodes::Unfamiliar, _) => self.display().replace(' ', "_"),
        }
    }

    /// `display_due_concept`.
    pub(crate) fn display(self) -> String {
        match self {
            Self::UponReceipt => "upon receipt".to_owned(),
            Self::UponStartOfWork => "upon start of work".to_owned(),
            Self::UponCompletionOfWork => "upon completion of work".to_owned(),
            Self::Net(days) => format!("net {days}"),
            Self::OnDate(_) => "on date".to_owned(),
        }
    }

    /// When an invoice that was sent (or, unsent, made) at `issued` is due. `None` for work that has
    /// not started or ended.
    pub(crate) fn due_at(self, issued: Timestamp, job: &Job, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::UponReceipt => Some(issued),
            Self::UponStartOfWork => job
                .work
                .started_at
                .or(job.schedule.as_ref().map(|schedule| schedule.start)),
            Self::UponCompletionOfWork => job.work.completed_at,
            Self::Net(days) => issued
                .to_zoned(zone.clone())
                .checked_add(i64::from(days).days())
                .map(|due| due.timestamp())
                .ok(),
            Self::OnDate(date) => date
                .to_zoned(zone.clone())
                .map(|midnight| midnight.timestamp())
                .ok(),
        }
    }
}
