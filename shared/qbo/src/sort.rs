//! The one place that turns codes into what happens next.

use std::time::Duration;

use ports::{HttpFailure, HttpResponse};

use crate::{Cause, Effect, Fault, FaultError, Id, QboError, Tid};

/// How long QuickBooks asks to wait when it does not say.
const THROTTLED: Duration = Duration::from_secs(60);

/// The two sentences of a 6000 that passes by itself. 6000 is a catch-all, so its code says nothing.
const NAMES_LOCKED: [&str; 2] = [
    "You can only add or edit one name at a time",
    "Please wait a few minutes and try again",
];

/// What one error asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Throttled,
    Unauthorized,
    WrongRealm,
    Stale,
    Missing,
    DuplicateName,
    DuplicateNumber,
    PeriodClosed,
    ReadOnlyCompany,
    BadReference,
    NamesLocked,
    Later,
    Unknown,
    Refused,
}

fn next(error: &FaultError) -> Next {
    match error.code.as_str() {
        "3001" => Next::Throttled,
        "100" | "110" | "3200" => Next::Unauthorized,
        "120" | "3100" => Next::WrongRealm,
        // Wrong cluster, company locked, maintenance.
        "130" | "140" | "150" => Next::Later,
        // An attempt of this name is already known: it was done, or is being done.
        "600" => Next::Unknown,
        "610" => Next::Missing,
        "2500" | "6250" => Next::BadReference,
        "5010" => Next::Stale,
        "6000" if NAMES_LOCKED.iter().any(|text| error.detail.contains(text)) => Next::NamesLocked,
        "6140" => Next::DuplicateNumber,
        "6190" => Next::ReadOnlyCompany,
        "6200" | "6210" => Next::PeriodClosed,
        "6240" => Next::DuplicateName,
        // A defect on their side, also with status 400.
        "10000" => Next::Unknown,
        _ => Next::Refused,
    }
}

impl QboError {
    /// Sorts what QuickBooks said: the body of an error, or the fault of one item of a batch.
    pub fn from_fault(fault: Fault, effect: Effect, tid: Tid) -> Self {
        match decide(&fault) {
            Next::Throttled => Self::Throttled {
                wait: THROTTLED,
                tid,
            },
            Next::Unauthorized => Self::Unauthorized { tid },
            Next::WrongRealm => Self::WrongRealm { tid },
            Next::Stale => Self::Stale { tid },
            Next::Missing => Self::Missing { tid },
            Next::DuplicateName => Self::DuplicateName { tid },
            Next::DuplicateNumber => {
                let (txn_type, txn_id) = other_document(&fault);
                Self::DuplicateNumber {
                    txn_type,
                    txn_id,
                    tid,
                }
            }
            Next::PeriodClosed => Self::PeriodClosed { tid },
            Next::ReadOnlyCompany => Self::ReadOnlyCompany { tid },
            Next::BadReference => Self::BadReference {
                element: fault.errors.into_iter().find_map(|error| error.element),
                tid,
            },
            Next::NamesLocked => Self::NamesLocked { tid },
            Next::Later => Self::Unavailable {
                cause: Cause::Answer(fault),
                tid,
            },
            Next::Unknown => unknown(Cause::Answer(fault), effect, tid),
            Next::Refused => Self::Refused { fault, tid },
        }
    }

    /// Sorts an answer with a status other than 2xx.
    pub(crate) fn from_response(response: &HttpResponse, effect: Effect) -> Self {
        let fault = Fault::parse(response.status, &response.body);
        let sorted = Self::from_fault(fault, effect, tid(response));
        match sorted {
            Self::Throttled { wait, tid } => Self::Throttled {
                wait: retry_after(response).unwrap_or(wait),
                tid,
            },
            other => other,
        }
    }

    /// Sorts the lack of an answer.
    pub(crate) fn from_failure(failure: HttpFailure, effect: Effect) -> Self {
        let tid = Tid::default();
        match failure {
            HttpFailure::NotSent { .. } => Self::Unavailable {
                cause: failure.into(),
                tid,
            },
            HttpFailure::Lost { .. } => unknown(failure.into(), effect, tid),
            HttpFailure::TooLong { .. } => Self::Unreadable {
                expected: "an answer of a usual length",
                reason: failure.to_string(),
                effect,
                tid,
            },
        }
    }
}

/// By code; by status where no code is known. Several errors at once have a cure only when all have the
/// same one.
fn decide(fault: &Fault) -> Next {
    let by_code = fault
        .errors
        .iter()
        .map(next)
        .reduce(|one, other| if one == other { one } else { Next::Refused })
        .unwrap_or(Next::Refused);
    match (by_code, fault.status) {
        (_, 429) => Next::Throttled,
        (Next::Refused, 401) => Next::Unauthorized,
        (Next::Refused, 408 | 500..) => Next::Unknown,
        (next, _) => next,
    }
}

fn unknown(cause: Cause, effect: Effect, tid: Tid) -> QboError {
    match effect {
        Effect::Read => QboError::Unavailable { cause, tid },
        Effect::Write => QboError::Uncertain { cause, tid },
    }
}

/// `… DocNumber=X is assigned to TxnType=Invoice with TxnId=17984`: localised around the ids. Read from
/// the end, since the number itself is free text.
fn other_document(fault: &Fault) -> (Option<String>, Option<Id>) {
    let found = fault.errors.iter().find_map(|error| {
        let (before, after) = error.detail.rsplit_once("TxnId=")?;
        let id: String = after.chars().take_while(char::is_ascii_digit).collect();
        let kind = before
            .rsplit_once("TxnType=")
            .map(|(_, kind)| kind.trim().trim_end_matches(" with").to_owned());
        (!id.is_empty()).then(|| (kind, Some(id.into())))
    });
    found.unwrap_or_default()
}

pub(crate) fn tid(response: &HttpResponse) -> Tid {
    Tid::new(
        response
            .header("intuit_tid")
            .or_else(|| response.header("intuit-tid")),
    )
}

fn retry_after(response: &HttpResponse) -> Option<Duration> {
    let seconds = response.header("retry-after")?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}
