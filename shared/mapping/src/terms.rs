//! The term and the due date of an invoice (M1 to M5, N4, D7).

use hcp::{Invoice, Job};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

use crate::{
    dates::{self, Dates, Days, Happened},
    names::present,
};

/// QuickBooks' longest term, in days.
const MOST_DAYS: u16 = 999;

/// What becomes of an invoice's `SalesTermRef`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// It is the term of so many days (M1, M3).
    Days(u16),
    /// There is none, and one that was set is cleared (M4).
    Clear,
    /// It stays as it is (D7).
    Keep,
}

/// Term and due date of an invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The term.
    pub term: Term,
    /// `DueDate`.
    pub due: Date,
    /// Terms that nobody has seen before, as Housecall Pro wrote them: to be logged (M5).
    pub unknown: Option<String>,
}

/// A term of Housecall Pro.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Concept {
    /// When it is received.
    Receipt,
    /// When the work starts.
    Start,
    /// When the work is done.
    Completion,
    /// So many days after it is sent.
    Net(u16),
    /// On a day.
    OnDate,
}

/// What one of the two texts says. The code is known to be short: `upon` for all that begin so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    /// All of it.
    Whole(Concept),
    /// `upon`, but not upon what.
    Upon,
    /// `net`, but not how many days.
    Net,
    /// Something else.
    Unknown,
}

/// What Housecall Pro says of an invoice's terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Nothing,
    Unknown,
    Known(Concept),
    /// The code was never seen; what is displayed counts, since the due date bears it out.
    Shown(Concept),
}

impl Told {
    fn concept(self) -> Option<Concept> {
        match self {
            Self::Nothing | Self::Unknown => None,
            Self::Known(concept) | Self::Shown(concept) => Some(concept),
        }
    }
}

/// The term and the due date to write with `dates`, given the dates that QuickBooks has from us.
///
/// Where nothing tells a due date it is that of the dates: on the same day. Without an invoice in Housecall
/// Pro there is no term (N4); a term of a removed one stays until another tells.
pub fn terms(
    job: &Job,
    invoice: Option<&Invoice>,
    known: Option<Dates>,
    happened: Happened,
    dates: Dates,
    zone: &TimeZone,
) -> Terms {
    let keep = Terms {
        term: Term::Keep,
        due: dates.due,
        unknown: None,
    };
    let Some(invoice) = invoice.filter(|_| dates::are_written(known, happened, dates)) else {
        return keep;
    };
    let date = |at: Timestamp| at.to_zoned(zone.clone()).date();
    let told = told(invoice, zone);
    let work = &job.work_timestamps;
    let day = match told.concept() {
        None | Some(Concept::OnDate) => None,
        Some(Concept::Receipt) => invoice.sent_at.map(date),
        Some(Concept::Start) => work.started_at.map(date),
        Some(Concept::Completion) => work.completed_at.map(date),
        Some(Concept::Net(days)) => {
            let sent = invoice.sent_at.map_or(dates.txn, date);
            sent.checked_add(i64::from(days).days()).ok()
        }
    };
    Terms {
        term: match (told, told.concept()) {
            (Told::Nothing, _) => Term::Keep,
            (_, Some(Concept::Receipt)) => Term::Days(0),
            (_, Some(Concept::Net(days))) => Term::Days(days),
            (_, Some(_) | None) => Term::Clear,
        },
        due: invoice.due_at.map(date).or(day).unwrap_or(dates.txn),
        unknown: matches!(told, Told::Unknown | Told::Shown(_)).then(|| as_written(invoice)),
    }
}

/// M3: under a net term the day that the invoice was sent is its date, whatever date it bears.
pub fn days_under(invoice: &Invoice, days: Days, zone: &TimeZone) -> Days {
    match told(invoice, zone).concept() {
        Some(Concept::Net(_)) => Days {
            invoice: days.sent.or(days.invoice),
            ..days
        },
        _ => days,
    }
}

/// What code and display say together. Only the code `upon` is known from Housecall Pro, so that the display
/// must agree with what a code is taken for. Of a code that nobody has seen the display is believed where the
/// due date agrees with it.
fn told(invoice: &Invoice, zone: &TimeZone) -> Told {
    use Said::{Net, Unknown, Upon, Whole};
    let code = present(invoice.due_concept.as_deref()).map(said);
    let display = present(invoice.display_due_concept.as_deref()).map(said);
    match (code, display) {
        (None, None) => Told::Nothing,
        // The account's usual term is the receipt.
        (Some(Upon), None | Some(Upon)) | (None, Some(Upon)) => Told::Known(Concept::Receipt),
        (Some(Upon), Some(Whole(concept))) if is_upon(concept) => Told::Known(concept),
        (Some(Net), Some(Whole(concept @ Concept::Net(_)))) => Told::Known(concept),
        // A date is shown in whatever form.
        (Some(Whole(Concept::OnDate)), None | Some(Unknown | Whole(Concept::OnDate))) => {
            Told::Known(Concept::OnDate)
        }
        (Some(Whole(concept)), None) | (None, Some(Whole(concept))) => Told::Known(concept),
        (Some(Whole(concept)), Some(Upon)) if is_upon(concept) => Told::Known(concept),
        (Some(Whole(concept @ Concept::Net(_))), Some(Net)) => Told::Known(concept),
        (Some(Whole(concept)), Some(Whole(shown))) if concept == shown => Told::Known(concept),
        (Some(Unknown), Some(Whole(shown))) if bears_out(invoice, shown, zone) => {
            Told::Shown(shown)
        }
        _ => Told::Unknown,
    }
}

/// Whether the due date of an invoice is what a term makes of the day that it was sent.
fn bears_out(invoice: &Invoice, concept: Concept, zone: &TimeZone) -> bool {
    let days = match concept {
        Concept::Receipt => 0,
        Concept::Net(days) => days,
        Concept::Start | Concept::Completion | Concept::OnDate => return false,
    };
    let date = |at: Timestamp| at.to_zoned(zone.clone()).date();
    let due = invoice
        .sent_at
        .and_then(|sent| date(sent).checked_add(i64::from(days).days()).ok());
    due.is_some() && invoice.due_at.map(date) == due
}

fn is_upon(concept: Concept) -> bool {
    matches!(
        concept,
        Concept::Receipt | Concept::Start | Concept::Completion
    )
}

/// Reads one text: `net_30`, `net30` and `Net 30 days` are the same.
fn said(text: &str) -> Said {
    let words = words(text);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let words = words.strip_prefix(&["due"]).unwrap_or(&words);
    match words {
        ["upon"] => Said::Upon,
        ["net"] => Said::Net,
        ["net", days] | ["net", days, "days" | "day"] => match days.parse() {
            Ok(days) if days <= MOST_DAYS => Said::Whole(Concept::Net(days)),
            _ => Said::Unknown,
        },
        ["upon" | "on", "receipt"] | ["receipt"] => Said::Whole(Concept::Receipt),
        ["upon" | "on", "start"] | ["upon" | "on", "start", "of", "work"] => {
            Said::Whole(Concept::Start)
        }
        ["upon" | "on", "completion"] | ["upon" | "on", "completion", "of", "work"] => {
            Said::Whole(Concept::Completion)
        }
        ["on"] | ["on", "date"] | ["on", "a", "date"] => Said::Whole(Concept::OnDate),
        _ => Said::Unknown,
    }
}

/// The words and the numbers of a text, in lower case.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut last = None;
    for c in text.chars() {
        let kind = c.is_alphanumeric().then(|| c.is_ascii_digit());
        if kind.is_some() {
            match words.last_mut() {
                Some(word) if kind == last => word.extend(c.to_lowercase()),
                _ => words.push(c.to_lowercase().collect()),
            }
        }
        last = kind;
    }
    words
}

fn as_written(invoice: &Invoice) -> String {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    format!(
        "due_concept {:?}, display_due_concept {:?}",
        text(&invoice.due_concept),
        text(&invoice.display_due_concept)
    )
}

#[cfg(test)]
mod tests;
