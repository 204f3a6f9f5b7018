//! What was done, by looks and by people: of a job, or of the whole company (K1).

use std::time::Duration;

use jiff::{Timestamp, tz::TimeZone};
use store::{
    Act, ActKind, Answered, Cause, Did, Ended, FieldChange, HistoryEntry, LookCause, Reason, Sent,
    SentAction, Stored,
};
use sync::{Declined, NotDone, World};

use crate::{Caller, Days, Office, Operation, Paging, Rows, csv, words};

/// Something that was done, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryRow {
    /// When it began.
    pub at: Timestamp,
    /// The number of the job that it is about.
    pub number: Option<String>,
    /// The name of its customer.
    pub customer: Option<String>,
    /// Who did it, or asked for it.
    pub who: Option<String>,
    /// Why something was looked at, or what a person did.
    pub what: String,
    /// What was sent to QuickBooks.
    pub sent: Vec<SentRow>,
    /// How many more objects were.
    pub more: usize,
    /// What a person changed.
    pub changes: Vec<Change>,
    /// What came of it.
    pub ended: String,
    /// How long it took.
    pub took: Duration,
}

/// An object that was sent to QuickBooks, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentRow {
    /// What it is: `invoice 104`.
    pub what: String,
    /// What was done to it: `made`.
    pub action: &'static str,
    /// What of it is otherwise than before.
    pub changes: Vec<Change>,
    /// How many more fields are.
    pub more: usize,
    /// What QuickBooks answered.
    pub answer: String,
}

/// A field that is otherwise than before, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which: `line 2: amount`.
    pub field: String,
    /// What it was; none: nothing, or only an id.
    pub before: Option<String>,
    /// What it is; none: nothing, or only an id.
    pub after: Option<String>,
}

impl<W: World> Office<W> {
    /// A page of all that was done on these days, in the company's time, the latest first.
    ///
    /// # Errors
    /// [`Declined::NotUsable`] when the cursor is none of this list, or the table does not answer.
    pub async fn log(
        &self,
        caller: &Caller,
        days: Days,
        paging: &Paging,
    ) -> Result<Rows<HistoryRow>, NotDone> {
        caller.may(Operation::SeeWork)?;
        let company = self.engine().company(caller.company()).await?;
        let list = company.connection.books().log();
        let (from, to) = days.times(&company.zone);
        let list = list.between(&from, &to).backwards();
        self.rows(list, paging, row).await
    }

    /// All that was done on these days, in the company's time, the latest first, as a table for a spreadsheet.
    ///
    /// # Errors
    /// [`Declined::NotUsable`] when that is more than fits into one, or the table does not answer.
    pub async fn log_table(&self, caller: &Caller, days: Days) -> Result<String, NotDone> {
        let zone = self.engine().company(caller.company()).await?.zone;
        let mut table = csv::row(TITLES);
        let mut paging = Paging {
            limit: Some(usize::MAX),
            ..Paging::default()
        };
        for _ in 0..MOST_PAGES {
            let page = self.log(caller, days, &paging).await?;
            for done in &page.rows {
                table.push_str(&done.line(&zone));
            }
            if page.next.is_none() {
                return Ok(table);
            }
            paging.cursor = page.next;
        }
        let words = "More was done on these days than fits into one table: choose fewer days.";
        Err(Declined::not_usable("days", words).into())
    }
}

/// Pages of the log that one table holds: 2,000 entries.
const MOST_PAGES: usize = 10;

/// The first row of the log as a table.
const TITLES: [&str; 9] = [
    "Time",
    "Job",
    "Customer",
    "Who",
    "What",
    "Sent",
    "Changed",
    "Ended",
    "Milliseconds",
];

pub(crate) fn row(entry: Stored<HistoryEntry>) -> Option<HistoryRow> {
    Some(HistoryRow::of(entry.value))
}

impl HistoryRow {
    pub(crate) fn of(entry: HistoryEntry) -> Self {
        let (what, who, changes) = match entry.did {
            Did::Looked(reasons) => (why(&reasons), asked_by(&reasons), Vec::new()),
            Did::Acted(act) => {
                let what = acted(&act);
                let changes = act.changes.into_iter();
                (
                    what,
                    Some(act.by.name),
                    changes.map(Change::as_it_is).collect(),
                )
            }
        };
        let (number, customer) = match entry.about {
            Some(about) => (about.number, about.customer),
            None => (None, None),
        };
        Self {
            at: entry.at,
            number,
            customer,
            who,
            what,
            sent: entry.sent.into_iter().map(SentRow::of).collect(),
            more: entry.more,
            changes,
            ended: ended(entry.ended),
            took: Duration::from_millis(entry.took),
        }
    }
}

impl HistoryRow {
    /// As a row of a table, with times of this zone.
    fn line(&self, zone: &TimeZone) -> String {
        let at = words::time(self.at, zone);
        let sent = self.sent.iter();
        let sent = sent.map(|sent| format!("{} {}: {}", sent.what, sent.action, sent.answer));
        let sent: Vec<String> = sent.collect();
        let changes = self.changes.iter();
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let changes = changes.map(|change| {
            let (before, after) = (text(&change.before), text(&change.after));
            format!("{}: {before} -> {after}", change.field)
        });
        let changes: Vec<String> = changes.collect();
        csv::row([
            at.as_str(),
            self.number.as_deref().unwrap_or_default(),
            self.customer.as_deref().unwrap_or_default(),
            self.who.as_deref().unwrap_or_default(),
            &self.what,
            &sent.join("; "),
            &changes.join("; "),
            &self.ended,
            &self.took.as_millis().to_string(),
        ])
    }
}

impl SentRow {
    fn of(sent: Sent) -> Self {
        let kind = words::kind(&sent.kind.to_string());
        let (name, answer) = match sent.answer {
            Answered::Took { name, total, .. } => {
                let total = total.map(|total| format!(", over {total}"));
                let answer = format!("QuickBooks has it{}", total.unwrap_or_default());
                (Some(name).filter(|name| !name.is_empty()), answer)
            }
            Answered::Refused { words } => (None, format!("QuickBooks refused it: {words}")),
            Answered::Nothing => {
                let answer = "no answer that is known; it is found out with a later look";
                (None, answer.to_owned())
            }
        };
        let named = |name| format!("{kind} {name}");
        Self {
            what: name.map_or_else(|| kind.clone(), named),
            action: match sent.action {
                SentAction::Made => "made",
                SentAction::Changed => "changed",
                SentAction::Voided => "voided",
            },
            changes: changed(sent.changes),
            more: sent.more,
            answer,
        }
    }
}

impl Change {
    /// By its own name: of a setting, say.
    fn as_it_is(change: FieldChange) -> Self {
        let FieldChange {
            field,
            before,
            after,
        } = change;
        Self {
            field,
            before,
            after,
        }
    }
}

pub(crate) fn changed(changes: Vec<FieldChange>) -> Vec<Change> {
    changes.into_iter().filter_map(words::change).collect()
}

/// Why something was looked at: each reason once.
fn why(reasons: &[Reason]) -> String {
    let mut told: Vec<&str> = Vec::new();
    for reason in reasons {
        let reason = match reason.what {
            LookCause::Trigger(Cause::Finished) => "finished",
            LookCause::Trigger(Cause::Invoiced) => "invoice sent",
            LookCause::Trigger(Cause::Paid) => "paid",
            LookCause::Trigger(Cause::Refunded) => "refunded",
            LookCause::Trigger(Cause::ByHand) => "pushed by hand",
            LookCause::Trigger(Cause::Edited) => "edited",
            LookCause::Changed => "changed in Housecall Pro",
            LookCause::InQuickbooks => "looked at QuickBooks",
        };
        if !told.contains(&reason) {
            told.push(reason);
        }
    }
    match told.is_empty() {
        true => "looked at".to_owned(),
        false => told.join(", "),
    }
}

fn asked_by(reasons: &[Reason]) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    for by in reasons.iter().filter_map(|reason| reason.by.as_ref()) {
        if !names.contains(&by.name.as_str()) {
            names.push(&by.name);
        }
    }
    (!names.is_empty()).then(|| names.join(", "))
}

fn acted(act: &Act) -> String {
    let what = match act.what {
        ActKind::Pushed => "asked for a push to QuickBooks",
        ActKind::Pulled => "asked for a look at QuickBooks",
        ActKind::TickedOff => "ticked off a payment that was made in QuickBooks",
        ActKind::TickedBack => "took back that a payment was ticked off",
        ActKind::DecidedPayment => "decided about a payment",
        ActKind::Dismissed => "dismissed an alert",
        ActKind::Resolved => "resolved an alert",
        ActKind::Reopened => "took back that an alert was dismissed",
        ActKind::Linked => "linked an invoice that QuickBooks had",
        ActKind::Chose => "chose what it is in QuickBooks",
        ActKind::MappedIncome => "chose an income account",
        ActKind::MappedLine => "chose an item for lines",
        ActKind::ChangedSettings => "changed settings",
        ActKind::Connected => "connected the company",
        ActKind::Disconnected => "disconnected QuickBooks",
        ActKind::Paused => "paused the sync",
        ActKind::Resumed => "had the sync go on",
        ActKind::Restored => "had lost records restored",
        ActKind::ChangedPeople => "changed who may use the company",
    };
    match act.told.as_deref().filter(|told| !told.is_empty()) {
        Some(told) => format!("{what}: {told}"),
        None => what.to_owned(),
    }
}

fn ended(ended: Ended) -> String {
    match ended {
        Ended::Interrupted => "interrupted; the next look went on".to_owned(),
        Ended::Done => "done".to_owned(),
        Ended::State(state) => words::state(state).to_owned(),
        Ended::Alert { message, .. } => message,
        Ended::PutOff { why } => format!("put off: {why}"),
    }
}
