//! An alert with its ways out, and what became of one that was chosen.

use office::{AlertView, CauseView};
use serde::{Deserialize, Serialize};
use sync::work::orders::{OrderState, ResolutionStatus};
use utoipa::ToSchema;

use crate::views::{Alert, Progress};

/// An alert with all that can be done about it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AlertInFull {
    #[serde(flatten)]
    alert: Alert,
    /// Its ways out, the first one first; none where it is closed.
    choices: Vec<Choice>,
    /// Where nothing can be sent once more from here: why not, and what ends it instead.
    instead: Option<String>,
    /// What both systems have, beside each other, where it is about a difference or a choice between the two.
    sides: Vec<Side>,
    /// That somebody dismissed it, if they did.
    dismissed: Option<Dismissed>,
}

/// A way out of an alert.
#[derive(Debug, Serialize, ToSchema)]
struct Choice {
    /// What names it.
    key: String,
    /// The words of its button.
    words: String,
    /// What is said beside it, if anything.
    asks: Option<Ask>,
}

/// What is said beside a choice.
#[derive(Debug, Serialize, ToSchema)]
struct Ask {
    /// What it is: `the number`.
    what: String,
    /// What counts where nothing is said; none: it must be said.
    unless: Option<String>,
}

/// One thing that both systems tell.
#[derive(Debug, Serialize, ToSchema)]
struct Side {
    /// What it is: `total`.
    what: String,
    /// As Housecall Pro has it, or as it was sent.
    housecall: Option<String>,
    /// As QuickBooks has it.
    quickbooks: Option<String>,
}

/// That an alert was dismissed.
#[derive(Debug, Serialize, ToSchema)]
struct Dismissed {
    /// When.
    at: String,
    /// Who, where that is known.
    by: Option<String>,
    /// Why.
    reason: String,
    /// Whether it is not told again as long as it says the same; else the next trigger may raise it again.
    for_good: bool,
}

impl From<AlertView> for AlertInFull {
    fn from(mut view: AlertView) -> Self {
        let choices = std::mem::take(&mut view.choices)
            .into_iter()
            .map(|choice| Choice {
                key: choice.key(),
                words: choice.words(),
                asks: choice.asks().map(|ask| Ask {
                    what: ask.what.to_owned(),
                    unless: ask.unless,
                }),
            });
        let sides = std::mem::take(&mut view.sides)
            .into_iter()
            .map(|side| Side {
                what: side.what,
                housecall: side.housecall,
                quickbooks: side.quickbooks,
            });
        let dismissed = view.record.dismissed.clone().map(|dismissed| Dismissed {
            at: dismissed.at.to_string(),
            for_good: dismissed.lasts(),
            by: dismissed.by.map(|by| by.name),
            reason: dismissed.reason,
        });
        Self {
            choices: choices.collect(),
            instead: view.instead.map(str::to_owned),
            sides: sides.collect(),
            dismissed,
            alert: view.into(),
        }
    }
}

/// A way out that somebody chooses.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewResolution {
    /// The key of the choice.
    #[schema(min_length = 1, max_length = 100)]
    pub(crate) choice: String,
    /// What is said beside it.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub(crate) said: Option<String>,
}

/// One thing to be mended that several documents wait for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Cause {
    /// What names it.
    key: String,
    /// What is so.
    words: String,
    /// What to do about it.
    resolution: String,
    /// How many alerts tell of it.
    count: usize,
    /// Since when, by the first of them.
    since: String,
    /// The latest of them, 100 at most.
    alerts: Vec<Alert>,
}

/// So many alerts of one cause are shown.
const MOST_OF_ONE: usize = 100;

impl From<CauseView> for Cause {
    fn from(view: CauseView) -> Self {
        let alerts = view.alerts;
        let first = alerts.iter().map(|alert| alert.record.first_at).min();
        let resolution = alerts.first().map(|alert| alert.record.resolution.clone());
        Self {
            key: view.cause.key(),
            words: view.cause.words(),
            resolution: resolution.unwrap_or_default(),
            count: alerts.len(),
            since: first.map(|at| at.to_string()).unwrap_or_default(),
            alerts: alerts
                .into_iter()
                .take(MOST_OF_ONE)
                .map(Into::into)
                .collect(),
        }
    }
}

/// Which cause is tried once more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhichCause {
    /// Its key.
    #[schema(min_length = 1, max_length = 500)]
    pub(crate) cause: String,
}

/// Why an alert is dismissed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhyDismissed {
    /// Why that is as it should be.
    #[schema(min_length = 1, max_length = 500)]
    pub(crate) reason: String,
}

/// What became of what was chosen.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Resolved {
    /// Its id.
    id: String,
    /// Who chose it.
    by: String,
    /// When.
    at: String,
    /// How far it is.
    progress: Progress,
    /// Why it waits, or why it cannot be had.
    reason: Option<String>,
    /// The id of its job.
    job: Option<String>,
    /// The number of its job.
    job_number: Option<String>,
    /// How the job stands.
    state: Option<String>,
    /// The alerts of the job that are open then.
    alerts: Vec<Alert>,
}

impl Resolved {
    pub(crate) fn new(id: String, status: ResolutionStatus) -> Self {
        let (job, number) = status.job.map(|job| (job.id, job.number)).unzip();
        let mut told = Self {
            id,
            by: status.by,
            at: status.at.to_string(),
            progress: Progress::Done,
            reason: None,
            job: job.map(|job| job.to_string()),
            job_number: number.flatten(),
            state: None,
            alerts: Vec::new(),
        };
        match status.state {
            OrderState::Settled => {}
            OrderState::Waiting { why } => {
                told.progress = Progress::Waiting;
                told.reason = why;
            }
            OrderState::Declined { words } => {
                told.progress = Progress::Declined;
                told.reason = Some(words);
            }
            OrderState::Done(state) => told.state = Some(state.as_str().to_owned()),
            OrderState::NeedsYou(alerts) => {
                told.progress = Progress::NeedsYou;
                let alerts = alerts.into_iter();
                told.alerts = alerts.map(|record| AlertView::of(record).into()).collect();
            }
        }
        told
    }
}
