//! What is sent and what is answered, as JSON. Amounts are texts with two digits, times are RFC 3339 in UTC.

use mapping::received;
use office::{AlertView, CompanyView, JobRow, PersonView, Way};
use serde::{Deserialize, Serialize};
use store::{ConnectionStatus, InboxEntry, Mark};
use sync::{
    job::{
        find::JobName,
        status::{DocumentStatus, JobStatus, PaymentStatus, ReceiptStatus},
    },
    work::orders::{OrderState, OrderStatus},
};
use utoipa::ToSchema;

use crate::problem::Problem;

/// What somebody may do in a company. Each may do what those before may.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    /// Looks.
    Viewer,
    /// Sends, decides, ticks off.
    Bookkeeper,
    /// Chooses settings, and who may.
    Admin,
}

impl From<Role> for office::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Viewer => Self::Viewer,
            Role::Bookkeeper => Self::Bookkeeper,
            Role::Admin => Self::Admin,
        }
    }
}

impl From<office::Role> for Role {
    fn from(role: office::Role) -> Self {
        match role {
            office::Role::Viewer => Self::Viewer,
            office::Role::Bookkeeper => Self::Bookkeeper,
            office::Role::Admin => Self::Admin,
        }
    }
}

/// How a company's connection stands.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ConnectionState {
    /// Work is done.
    Active,
    /// It is paused: work waits.
    Paused,
    /// QuickBooks must be connected again: work waits.
    Reconnect,
    /// The records of what was sent must be restored: work waits.
    RecordsLost,
    /// It is not connected.
    NotConnected,
}

/// A company in which you are.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Company {
    /// Its id in Housecall Pro.
    id: String,
    /// What you may do there.
    role: Role,
    /// How its connection stands.
    connection: ConnectionState,
    /// The time zone of its dates.
    time_zone: Option<String>,
}

impl From<CompanyView> for Company {
    fn from(view: CompanyView) -> Self {
        Self {
            id: view.id.to_string(),
            role: view.role.into(),
            connection: match view.connection {
                Some(ConnectionStatus::Active) => ConnectionState::Active,
                Some(ConnectionStatus::Paused) => ConnectionState::Paused,
                Some(ConnectionStatus::Reconnect) => ConnectionState::Reconnect,
                Some(ConnectionStatus::RecordsLost) => ConnectionState::RecordsLost,
                None => ConnectionState::NotConnected,
            },
            time_zone: view.time_zone,
        }
    }
}

/// What can be done here about an alert, beside what it says.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WayOut {
    /// Push its job once more.
    Push,
    /// Decide about the payment or the refund.
    Decide,
    /// Link the invoice that it offers.
    Link,
    /// Accept the difference.
    Dismiss,
}

/// Something that a person must look at.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Alert {
    /// What names it.
    id: String,
    /// Its type.
    kind: String,
    /// What happened.
    message: String,
    /// What to do about it.
    resolution: String,
    /// The id of its job.
    job: Option<String>,
    /// The number of its job.
    job_number: Option<String>,
    /// By how much both books differ, where it tells of that.
    difference: Option<String>,
    /// How often it came up.
    count: u64,
    /// When it first came up.
    first_at: String,
    /// When it last came up.
    last_at: String,
    /// Whether it is open.
    open: bool,
    /// What can be done here about it, as long as it is.
    ways: Vec<WayOut>,
}

impl From<AlertView> for Alert {
    fn from(view: AlertView) -> Self {
        let record = view.record;
        Self {
            id: view.id,
            kind: record.kind,
            message: record.message,
            resolution: record.resolution,
            job: view.job.map(|job| job.to_string()),
            job_number: record.job_number,
            difference: view.difference.map(|cents| cents.to_string()),
            count: record.count,
            first_at: record.first_at.to_string(),
            last_at: record.last_at.to_string(),
            open: record.open,
            ways: view
                .ways
                .into_iter()
                .map(|way| match way {
                    Way::Push => WayOut::Push,
                    Way::Decide => WayOut::Decide,
                    Way::Link => WayOut::Link,
                    Way::Dismiss => WayOut::Dismiss,
                })
                .collect(),
        }
    }
}

/// A document in QuickBooks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Document {
    /// What it is: `invoice`, `deposit invoice`, `invoice 2`.
    what: String,
    /// Its number there.
    number: String,
    /// Its date.
    date: Option<String>,
    /// What it comes to.
    total: Option<String>,
    /// Whom it is made out to.
    customer: Option<String>,
    /// Where it opens in a browser.
    page: String,
}

impl From<DocumentStatus> for Document {
    fn from(status: DocumentStatus) -> Self {
        Self {
            what: status.what,
            number: status.number,
            date: status.date,
            total: status.total.map(|cents| cents.to_string()),
            customer: status.customer,
            page: status.page,
        }
    }
}

/// A payment in QuickBooks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Payment {
    /// How much it is.
    total: Option<String>,
    /// Its date.
    date: Option<String>,
    /// What of it pays no invoice.
    unapplied: String,
    /// Whether somebody had entered it there.
    entered_in_quickbooks: bool,
    /// Where it opens in a browser.
    page: String,
}

impl From<PaymentStatus> for Payment {
    fn from(status: PaymentStatus) -> Self {
        Self {
            total: status.total.map(|cents| cents.to_string()),
            date: status.date.map(|date| date.to_string()),
            unapplied: status.unapplied.to_string(),
            entered_in_quickbooks: status.joined,
            page: status.page,
        }
    }
}

/// A receipt in QuickBooks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Receipt {
    /// What it comes to.
    total: Option<String>,
    /// Its date.
    date: Option<String>,
}

impl From<ReceiptStatus> for Receipt {
    fn from(status: ReceiptStatus) -> Self {
        Self {
            total: status.total.map(|cents| cents.to_string()),
            date: status.date.map(|date| date.to_string()),
        }
    }
}

/// What made a job push.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Trigger {
    /// What it was: `finished`, `invoiced`, `paid`, `refunded`, `by_hand`, `edited`.
    what: String,
    /// When.
    at: String,
}

impl From<Mark> for Trigger {
    fn from(mark: Mark) -> Self {
        Self {
            what: name(&mark.trigger),
            at: mark.at.to_string(),
        }
    }
}

/// The name that a value without fields has in JSON.
fn name(value: &impl Serialize) -> String {
    let json = serde_json::to_value(value).unwrap_or_default();
    json.as_str().unwrap_or_default().to_owned()
}

/// A job in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobLine {
    /// Its id in Housecall Pro.
    id: String,
    /// Its number.
    number: Option<String>,
    /// The name of its customer.
    customer: Option<String>,
    /// Its state, as that of a job.
    state: String,
    /// The day of the work.
    date: String,
    /// Its total in Housecall Pro, as it was read last.
    total: Option<String>,
    /// What of it was still to be paid then.
    balance: Option<String>,
    /// When that was.
    read_at: Option<String>,
}

impl From<JobRow> for JobLine {
    fn from(row: JobRow) -> Self {
        Self {
            id: row.id.to_string(),
            number: row.number,
            customer: row.customer,
            state: name(&row.state),
            date: row.date.to_string(),
            total: row.total.map(|cents| cents.to_string()),
            balance: row.balance.map(|cents| cents.to_string()),
            read_at: row.read_at.map(|at| at.to_string()),
        }
    }
}

/// How a job stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Job {
    /// Its id in Housecall Pro.
    id: String,
    /// Its number.
    number: Option<String>,
    /// The name of its customer.
    customer: Option<String>,
    /// Its state: `not_synced`, `before_connection`, `queued`, `synced`, `pending_changes`, `waits_for_trigger`,
    /// `nothing_to_send`, `nothing_on_it`, `alert`, `gone`.
    state: String,
    /// Why it waits, when it does.
    waits_for: Option<String>,
    /// When it is looked at again, when it waits.
    due: Option<String>,
    /// Its documents in QuickBooks.
    documents: Vec<Document>,
    /// Its payments in QuickBooks.
    payments: Vec<Payment>,
    /// Its refund receipts in QuickBooks.
    refunds: Vec<Receipt>,
    /// Its expenses in QuickBooks, by which refunds gave credit back.
    expenses: Vec<Receipt>,
    /// Its sales receipts in QuickBooks, of what was paid once more after a refund.
    sales_receipts: Vec<Receipt>,
    /// What made it push, the latest last.
    triggers: Vec<Trigger>,
    /// Its open alerts, and its customer's.
    alerts: Vec<Alert>,
}

impl Job {
    pub(crate) fn new(id: &hcp::JobId, status: JobStatus) -> Self {
        Self {
            id: id.to_string(),
            number: status.number,
            customer: status.customer,
            state: name(&status.state),
            waits_for: status.waits_for,
            due: status.due.map(|due| due.to_string()),
            documents: all(status.documents),
            payments: all(status.payments),
            refunds: all(status.refunds),
            expenses: all(status.expenses),
            sales_receipts: all(status.repeated),
            triggers: all(status.marks),
            alerts: status
                .alerts
                .into_iter()
                .map(|record| AlertView::of(record).into())
                .collect(),
        }
    }
}

fn all<T: Into<U>, U>(items: Vec<T>) -> Vec<U> {
    items.into_iter().map(Into::into).collect()
}

/// Something that was done in QuickBooks and is to be done in Housecall Pro too.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Entry {
    /// What names the payment: `QBO-311`.
    reference: String,
    /// The id of its job.
    job: String,
    /// The number of its job.
    job_number: Option<String>,
    /// The name of its customer.
    customer: Option<String>,
    /// What to do.
    request: String,
    /// How much it is about.
    amount: String,
    /// Since when it waits.
    since: String,
}

impl From<InboxEntry> for Entry {
    fn from(entry: InboxEntry) -> Self {
        Self {
            reference: received::reference(&entry.payment),
            job: entry.job.to_string(),
            job_number: entry.job_number,
            customer: entry.customer,
            request: received::request(&entry.news, &entry.facts),
            amount: entry.facts.amount().to_string(),
            since: entry.since.to_string(),
        }
    }
}

/// An entry of the inbox that was done, or was not after all.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tick {
    /// The id of the job.
    #[schema(max_length = 100)]
    pub(crate) job: String,
    /// What names the payment: `QBO-311`.
    #[schema(max_length = 100)]
    pub(crate) reference: String,
    /// Whether it was done; `false` takes the tick back.
    pub(crate) done: bool,
}

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

pub(crate) fn named(name: fn(String) -> JobName, text: String) -> Result<JobName, Problem> {
    let fits = (1..=LONGEST_NAME).contains(&text.chars().count());
    match fits && !text.contains(char::is_control) {
        true => Ok(name(text)),
        false => Err(Problem::unusable(
            "The number or id of a job or an invoice has 1 to 100 characters.",
        )),
    }
}

/// Several jobs, each by its number or its id, or by that of one of its invoices.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct WhichJobs {
    /// Numbers or ids of jobs.
    #[schema(max_items = 50)]
    jobs: Vec<String>,
    /// Numbers or ids of invoices of jobs.
    #[schema(max_items = 50)]
    invoices: Vec<String>,
}

impl WhichJobs {
    pub(crate) fn names(self) -> Result<Vec<JobName>, Problem> {
        let jobs = self.jobs.into_iter().map(|job| named(JobName::Job, job));
        let invoices = self.invoices.into_iter();
        let invoices = invoices.map(|invoice| named(JobName::Invoice, invoice));
        jobs.chain(invoices).collect()
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

/// What became of something that was asked for about one job.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Ordered {
    /// What it was named by.
    name: String,
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
        let (JobName::Job(name) | JobName::Invoice(name)) = status.name;
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
                told.state = Some(self::name(&state));
            }
            OrderState::NeedsYou(alerts) => {
                told.progress = Progress::NeedsYou;
                let alerts = alerts.into_iter();
                told.alerts = alerts.map(|record| AlertView::of(record).into()).collect();
            }
        }
        told
    }
}

/// What the money is that an alert asks about.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Decision {
    /// The same money as QuickBooks has, or none that it needs: it is not sent.
    Same,
    /// Other money: it is sent.
    Separate,
}

/// A decision about a payment or a refund that an open alert asks about.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewDecision {
    /// The number or the id of the job.
    #[schema(max_length = 100)]
    pub(crate) job: String,
    /// The id that Housecall Pro gives the payment or the refund, where alerts ask about several.
    #[serde(default)]
    #[schema(max_length = 100)]
    pub(crate) id: Option<String>,
    /// What it is.
    pub(crate) decision: Decision,
}

/// What was decided about.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DecidedAbout {
    /// `payment`, `refund` or `repeated payment`.
    pub(crate) what: String,
    /// The id that Housecall Pro gives it.
    pub(crate) id: String,
    /// How much it is.
    pub(crate) amount: Option<String>,
}

/// That both books differ by so much, and why that is as it should be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Dismissal {
    /// The number or the id of the job.
    #[schema(max_length = 100)]
    pub(crate) job: String,
    /// By how much, as an open alert of the job tells it: `12.50`.
    #[schema(max_length = 30)]
    pub(crate) difference: String,
    /// Why.
    #[schema(min_length = 1, max_length = 500)]
    pub(crate) reason: String,
}

/// What was accepted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Accepted {
    /// What the alert says that is closed by it.
    pub(crate) message: String,
}

/// That it was begun.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Begun {
    /// Where to see what comes of it.
    pub(crate) outcome: String,
}

/// One setting.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Setting {
    /// Its name.
    key: String,
    /// Its value.
    value: String,
    /// What it may be.
    allowed: String,
    /// What follows from it.
    follows: String,
}

/// What the company chose.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Settings {
    /// All settings.
    items: Vec<Setting>,
    /// When a change takes effect.
    takes_effect: String,
}

impl From<&mapping::Settings> for Settings {
    fn from(settings: &mapping::Settings) -> Self {
        let entries = settings.entries().into_iter();
        Self {
            items: entries
                .map(|entry| Setting {
                    key: entry.key,
                    value: entry.value,
                    allowed: entry.allowed,
                    follows: entry.follows.to_owned(),
                })
                .collect(),
            takes_effect:
                "Within half a minute, for jobs that are sent from then on. What QuickBooks has stays as it is."
                    .to_owned(),
        }
    }
}

/// Settings that are to be others, all of them or none.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSettings {
    /// Each by its name; an empty value takes an entry of `tax_rates.` or `deposit_to.` away.
    pub(crate) changes: std::collections::BTreeMap<String, String>,
}

/// One of the people of a company.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Person {
    /// Their id.
    id: String,
    /// The mail address that they sign in with.
    mail: String,
    /// What they may do.
    role: Role,
    /// Since when they are there.
    since: String,
}

impl From<PersonView> for Person {
    fn from(view: PersonView) -> Self {
        Self {
            id: view.user.to_string(),
            mail: view.mail,
            role: view.role.into(),
            since: view.since.to_string(),
        }
    }
}

/// Somebody who is to be one of the people of a company.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPerson {
    /// The mail address that they sign in with.
    #[schema(max_length = 254)]
    pub(crate) mail: String,
    /// What they may do.
    pub(crate) role: Role,
}

/// What somebody may do from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRole {
    /// What they may do.
    pub(crate) role: Role,
}
