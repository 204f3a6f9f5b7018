use office::AlertView;
use serde::{Deserialize, Serialize};
use sync::{
    job::find::JobName,
    work::orders::{Named, OrderState, OrderStatus},
};
use utoipa::ToSchema;

use super::alerts::Alert;
use crate::problem::Problem;

/// A job by its number or its id, or by that of one of its invoices: one of the two.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct WhichJob {
    /// Its number or its id.
    #[schema(max_length = 100)]
    pub(crate) job: Option<String>,
    /// The number or the id of one of its invoices.
    #[schema(max_length = 100)]
    pub(crate) invoice: Option<String>,
}

impl WhichJob {
    /// None: no job is named.
    pub(crate) fn name(self) -> Result<Option<JobName>, Problem> {
        match (self.job, self.invoice) {
            (None, None) => Ok(None),
            (Some(job), None) => named(JobName::Job, job).map(Some),
            (None, Some(invoice)) => named(JobName::Invoice, invoice).map(Some),
            (Some(_), Some(_)) => Err(Problem::unusable(
                "Name the job by itself or by one of its invoices, not by both.",
            )),
        }
    }
}

/// A name has so many characters at most.
const LONGEST_NAME: usize = 100;

pub(crate) fn named<T>(name: fn(String) -> T, text: String) -> Result<T, Problem> {
    let fits = (1..=LONGEST_NAME).contains(&text.chars().count());
    match fits && !text.contains(char::is_control) {
        true => Ok(name(text)),
        false => Err(Problem::unusable(
            "A number, a name or an id has 1 to 100 characters.",
        )),
    }
}

/// Several jobs, each by its number or its id, by that of one of its invoices, or by the id of one of its payments; and
/// customers and items.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct WhichRecords {
    /// Numbers or ids of jobs.
    #[schema(max_items = 50)]
    jobs: Vec<String>,
    /// Numbers or ids of invoices of jobs.
    #[schema(max_items = 50)]
    invoices: Vec<String>,
    /// Ids that Housecall Pro gives payments of jobs.
    #[schema(max_items = 50)]
    payments: Vec<String>,
    /// Names or ids of customers in Housecall Pro. Only to be pushed: what of them is otherwise there goes to QuickBooks.
    #[schema(max_items = 50)]
    customers: Vec<String>,
    /// Names or ids of entries of the price book in Housecall Pro. Only to be pushed: a material that QuickBooks lacks is made
    /// there, one that it has is moved to its category.
    #[schema(max_items = 50)]
    items: Vec<String>,
}

impl WhichRecords {
    pub(crate) fn names(self) -> Result<Vec<Named>, Problem> {
        let jobs = self.jobs.into_iter().map(|job| named(JobName::Job, job));
        let invoices = self.invoices.into_iter();
        let invoices = invoices.map(|invoice| named(JobName::Invoice, invoice));
        let payments = self.payments.into_iter();
        let payments = payments.map(|payment| named(JobName::Payment, payment));
        let jobs = jobs.chain(invoices).chain(payments);
        let jobs = jobs.map(|name| name.map(Named::Job));
        let customers = self.customers.into_iter();
        let customers = customers.map(|customer| named(Named::Customer, customer));
        let items = self.items.into_iter();
        let items = items.map(|item| named(Named::Item, item));
        jobs.chain(customers).chain(items).collect()
    }
}

/// That it was taken; what comes of it is told under the id.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Taken {
    /// The id.
    pub(crate) id: String,
    /// Where to ask what came of it.
    pub(crate) outcome: String,
}

/// How far something is that was asked for.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Progress {
    /// It is still to be done.
    Waiting,
    /// It is done.
    Done,
    /// It cannot be had.
    Declined,
    /// The job was looked at, and its alerts say what a person must do.
    NeedsYou,
}

/// What became of something that was asked for about one job, one customer or one item.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Ordered {
    /// What it was named by; none of a look at QuickBooks.
    name: Option<String>,
    /// The id of the job, once it was found.
    job: Option<String>,
    /// Its number.
    job_number: Option<String>,
    /// How far it is.
    progress: Progress,
    /// Why it waits, or why it cannot be had.
    reason: Option<String>,
    /// How the job stands, once it is done: as the `state` of a job.
    state: Option<String>,
    /// What its alerts say, where they ask for a person.
    alerts: Vec<Alert>,
}

/// What became of something that was asked for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Outcome {
    /// Its id.
    pub(crate) id: String,
    /// Who asked for it.
    by: String,
    /// When.
    at: String,
    /// What became of each.
    items: Vec<Ordered>,
}

impl Outcome {
    pub(crate) fn new(id: String, all: Vec<OrderStatus>) -> Self {
        let first = all.first();
        Self {
            id,
            by: first.map(|one| one.by.clone()).unwrap_or_default(),
            at: first.map(|one| one.at.to_string()).unwrap_or_default(),
            items: all.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<OrderStatus> for Ordered {
    fn from(status: OrderStatus) -> Self {
        let name = status.name.map(
            |(Named::Job(JobName::Job(name) | JobName::Invoice(name) | JobName::Payment(name))
             | Named::Customer(name)
             | Named::Item(name))| name,
        );
        let (id, number) = status.job.map(|job| (job.id, job.number)).unzip();
        let mut told = Self {
            name,
            job: id.map(|id| id.to_string()),
            job_number: number.flatten(),
            progress: Progress::Waiting,
            reason: None,
            state: None,
            alerts: Vec::new(),
        };
        match status.state {
            OrderState::Waiting { why } => told.reason = why,
            OrderState::Declined { words } => {
                told.progress = Progress::Declined;
                told.reason = Some(words);
            }
            OrderState::Done(state) => {
                told.progress = Progress::Done;
                told.state = Some(super::name(&state));
            }
            OrderState::Settled => told.progress = Progress::Done,
            OrderState::NeedsYou(alerts) => {
                told.progress = Progress::NeedsYou;
                let alerts = alerts.into_iter();
                told.alerts = alerts.map(|record| AlertView::of(record).into()).collect();
            }
        }
        told
    }
}
