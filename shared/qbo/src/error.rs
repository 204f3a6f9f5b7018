use std::{fmt, time::Duration};

use ports::HttpFailure;
use thiserror::Error;

use crate::{Effect, Fault, Id};

/// What came instead of an answer, sorted by what happens next. Decided by code, never by text (but
/// for the two sentences that tell a passing 6000 from a lasting one).
///
/// The texts are for a person; they hold ids, codes and field names only.
#[derive(Clone, Debug, Error)]
pub enum QboError {
    /// Too many calls (429, 3001). Not done: send it again after the wait.
    #[error("QuickBooks takes no more calls for {} s{tid}", wait.as_secs())]
    Throttled {
        /// How long to wait.
        wait: Duration,
        /// Of the answer.
        tid: Tid,
    },
    /// The access token is no longer good (401, 3200). Not done: refresh the tokens once, send again.
    #[error("QuickBooks no longer accepts the access token{tid}")]
    Unauthorized {
        /// Of the answer.
        tid: Tid,
    },
    /// The connection does not reach this company: wrong company or environment, or revoked (3100),
    /// or its user lost access (120). Not done: a person must reconnect.
    #[error(
        "the connection has no access to this QuickBooks company; please connect it again{tid}"
    )]
    WrongRealm {
        /// Of the answer.
        tid: Tid,
    },
    /// Somebody changed the object since it was read (5010). Not done: read again and plan anew.
    #[error("somebody else changed this in QuickBooks in the meantime{tid}")]
    Stale {
        /// Of the answer.
        tid: Tid,
    },
    /// The object is not there: never was, deleted, or made inactive (610). Not done.
    #[error("QuickBooks no longer has this, or it was made inactive there{tid}")]
    Missing {
        /// Of the answer.
        tid: Tid,
    },
    /// The name is taken by a customer, vendor, employee or item (6240). Not done: look it up.
    #[error("this name is already used in QuickBooks{tid}")]
    DuplicateName {
        /// Of the answer.
        tid: Tid,
    },
    /// The document number is taken (6140). Not done: look at the other document, adopt it if it is
    /// ours.
    #[error("this number is already used in QuickBooks{}{tid}", by(txn_id.as_ref()))]
    DuplicateNumber {
        /// Kind of the other document in the company's language, if told.
        txn_type: Option<String>,
        /// Id of the other document, if told.
        txn_id: Option<Id>,
        /// Of the answer.
        tid: Tid,
    },
    /// The date lies in a closed period (6200, 6210). Not done: a person decides.
    #[error(
        "the books in QuickBooks are closed for this date; reopen the period there or change the date{tid}"
    )]
    PeriodClosed {
        /// Of the answer.
        tid: Tid,
    },
    /// The company's subscription ended (6190): nothing can be written. Not done: wait for a person.
    #[error("the QuickBooks subscription has ended, so that nothing can be written there{tid}")]
    ReadOnlyCompany {
        /// Of the answer.
        tid: Tid,
    },
    /// The document points to something that is missing or inactive (2500, 6250). Not done: refresh
    /// what is remembered of it and plan anew.
    #[error("the document points to something that QuickBooks no longer has{}{tid}", at(element.as_deref()))]
    BadReference {
        /// Which field, if told.
        element: Option<String>,
        /// Of the answer.
        tid: Tid,
    },
    /// Another change of the names lists is under way (6000 with one of two known sentences). Not
    /// done: send it again a little later.
    #[error("QuickBooks is busy with another change of its lists{tid}")]
    NamesLocked {
        /// Of the answer.
        tid: Tid,
    },
    /// QuickBooks does not want it, and will not want it again. Not done: a person decides.
    #[error("QuickBooks refused this: {}{tid}", reasons(fault))]
    Refused {
        /// Why.
        fault: Fault,
        /// Of the answer.
        tid: Tid,
    },
    /// QuickBooks cannot be reached or is out of order. Not done, or a read: send it again later.
    #[error("QuickBooks cannot be reached at the moment: {cause}{tid}")]
    Unavailable {
        /// What happened.
        #[source]
        cause: Cause,
        /// Of the answer.
        tid: Tid,
    },
    /// A write whose outcome is unknown: it may have been done, or may still be done for up to 120 s.
    /// Look before it is sent again.
    #[error("it is not known yet whether QuickBooks did this: {cause}{tid}")]
    Uncertain {
        /// What happened.
        #[source]
        cause: Cause,
        /// Of the answer.
        tid: Tid,
    },
    /// An answer that says it was done but cannot be read. A write is then as good as [`Uncertain`].
    ///
    /// [`Uncertain`]: QboError::Uncertain
    #[error("the answer of QuickBooks cannot be read as {expected} ({reason}){tid}")]
    Unreadable {
        /// What was expected: `Customer`.
        expected: &'static str,
        /// Where reading stopped; never what was read.
        reason: String,
        /// Whether it was a write.
        effect: Effect,
        /// Of the answer.
        tid: Tid,
    },
}

/// Why there is no usable answer.
#[derive(Clone, Debug, Error)]
pub enum Cause {
    /// The network's doing.
    #[error(transparent)]
    Network(#[from] HttpFailure),
    /// QuickBooks' or a gateway's doing.
    #[error("status {}{}", .0.status, codes(.0))]
    Answer(Fault),
}

/// Intuit's name for one answer (`intuit_tid`); their support asks for it. Prints as nothing when there
/// was none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tid(Option<String>);

impl Tid {
    /// From the header of an answer.
    pub fn new(header: Option<&str>) -> Self {
        Self(header.map(|text| {
            text.chars()
                .filter(|c| c.is_ascii_graphic())
                .take(80)
                .collect()
        }))
    }

    /// As Intuit wrote it.
    pub fn as_str(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl fmt::Display for Tid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(tid) => write!(f, " (intuit_tid {tid})"),
            None => Ok(()),
        }
    }
}

impl QboError {
    /// Intuit's name for the answer, if there was one.
    pub fn tid(&self) -> &Tid {
        match self {
            Self::Throttled { tid, .. }
            | Self::Unauthorized { tid }
            | Self::WrongRealm { tid }
            | Self::Stale { tid }
            | Self::Missing { tid }
            | Self::DuplicateName { tid }
            | Self::DuplicateNumber { tid, .. }
            | Self::PeriodClosed { tid }
            | Self::ReadOnlyCompany { tid }
            | Self::BadReference { tid, .. }
            | Self::NamesLocked { tid }
            | Self::Refused { tid, .. }
            | Self::Unavailable { tid, .. }
            | Self::Uncertain { tid, .. }
            | Self::Unreadable { tid, .. } => tid,
        }
    }

    /// Whether it is about one document: others may be taken, and this one is not until a person mends something.
    pub fn is_of_one_document(&self) -> bool {
        matches!(
            self,
            Self::Missing { .. }
                | Self::BadReference { .. }
                | Self::Refused { .. }
                | Self::PeriodClosed { .. }
        )
    }

    /// Whether a write may have been done in spite of this.
    pub fn outcome_unknown(&self) -> bool {
        match self {
            Self::Uncertain { .. } => true,
            Self::Unreadable { effect, .. } => *effect == Effect::Write,
            _ => false,
        }
    }
}

fn by(txn_id: Option<&Id>) -> String {
    txn_id.map_or_else(String::new, |id| format!(" by the document with id {id}"))
}

fn at(element: Option<&str>) -> String {
    element.map_or_else(String::new, |element| format!(" ({element})"))
}

fn codes(fault: &Fault) -> String {
    let codes: Vec<&str> = fault
        .errors
        .iter()
        .map(|error| error.code.as_str())
        .collect();
    if codes.is_empty() {
        String::new()
    } else {
        format!(", code {}", codes.join(", "))
    }
}

fn reasons(fault: &Fault) -> String {
    if fault.errors.is_empty() {
        return format!("status {}, without a reason", fault.status);
    }
    let reasons: Vec<String> = fault
        .errors
        .iter()
        .map(|error| {
            let place = at(error.element.as_deref());
            format!("{}{place} [{}]", meaning(&error.code), error.code)
        })
        .collect();
    reasons.join("; ")
}

/// QuickBooks' own texts are in the company's language and can hold names, so the common codes have a
/// sentence here.
fn meaning(code: &str) -> &'static str {
    match code {
        "500" | "2010" => "it does not understand the request",
        "620" => "the documents cannot be linked",
        "1040" => "too much at once",
        "2020" | "6080" | "6090" | "6440" => "something required is missing",
        "2030" => "an id is not valid",
        "2040" => "a character is not allowed",
        "2050" => "a text is too long",
        "2060" | "2070" => "a date is not valid",
        "2080" | "2090" | "2100" | "2110" | "2290" => "a number is not valid",
        "2210" => "an e-mail address is not valid",
        "4000" | "4001" | "4002" => "it does not understand the query",
        "5020" | "5030" => "the company's plan or the user's role does not allow it",
        "6000" => "a rule of the company forbids it",
        "6070" => "an amount is not quantity times price",
        "6100" | "6160" | "6170" | "6230" => "the sales tax does not fit",
        "6220" | "6280" => "it still has a balance or open charges",
        "6430" | "6010" => "the account is of the wrong type",
        "6540" => "the payment is part of a bank deposit",
        "6480" => "it is matched with the bank feed",
        _ => "for a reason that only its code tells",
    }
}
