//! The jobs of a company, in whichever order somebody looks for one.

use hcp::JobId;
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use money::Cents;
use store::{Books, Job, JobState, List, Stored, places};
use sync::{NotDone, World};

use crate::{Caller, Office, Operation, Paging, Rows};

/// In which order jobs are listed, and which of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobsBy {
    /// Those in a state, the latest first.
    State(JobState, Days),
    /// All, the latest first.
    Date(Days),
    /// Those of customers whose name begins so; all where it is empty.
    Customer(String),
    /// All that have a number, the highest first.
    Number,
}

/// From a day to a day, both included; open where none is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Days {
    /// The first.
    pub from: Option<Date>,
    /// The last.
    pub to: Option<Date>,
}

impl Days {
    /// As times of a log: from the first moment of the first day to the last one of the last.
    pub(crate) fn times(self, zone: &TimeZone) -> (String, String) {
        let begins = |day: Date| day.to_zoned(zone.clone()).ok().map(|day| day.timestamp());
        let from = self.from.and_then(begins).map(places::sorted);
        let after = self.to.and_then(|day| day.tomorrow().ok()).and_then(begins);
        let to = after.map(|after| places::sorted(after - SignedDuration::from_nanos(1)));
        (
            from.unwrap_or_default(),
            to.unwrap_or_else(|| "9999".to_owned()),
        )
    }

    pub(crate) fn of(self, list: List) -> List {
        let text =
            |day: Option<Date>, open: &str| day.map_or(open.to_owned(), |day| day.to_string());
        list.between(&text(self.from, ""), &text(self.to, "9999"))
    }
}

/// A job, as its list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRow {
    /// Its id.
    pub id: JobId,
    /// Its number, once it was read.
    pub number: Option<String>,
    /// The name of its customer, once they were read.
    pub customer: Option<String>,
    /// How it stands.
    pub state: JobState,
    /// The day of the work; where that is not known, of the first that was seen of it.
    pub date: Date,
    /// Its total in Housecall Pro, as it was read last.
    pub total: Option<Cents>,
    /// What of it was still to be paid then.
    pub balance: Option<Cents>,
    /// When that was.
    pub read_at: Option<Timestamp>,
}

impl JobRow {
    pub(crate) fn of(job: Stored<Job>) -> Option<Self> {
        let (_, id) = Books::parse_job(&job.key)?;
        let job = job.value;
        let date = job.listed_on();
        let facts = job.facts.as_ref();
        Some(Self {
            id,
            state: job.state,
            date,
            total: facts.and_then(|facts| facts.total),
            balance: facts.and_then(|facts| facts.balance),
            read_at: facts.map(|facts| facts.read_at),
            number: job.number,
            customer: job.customer.map(|customer| customer.name),
        })
    }
}

impl<W: World> Office<W> {
    /// A page of the jobs of the caller's company that were seen here.
    ///
    /// # Errors
    /// [`Declined::NotUsable`](sync::Declined::NotUsable) when the cursor is none of this list, or the table does not answer.
    pub async fn jobs(
        &self,
        caller: &Caller,
        by: &JobsBy,
        paging: &Paging,
    ) -> Result<Rows<JobRow>, NotDone> {
        caller.may(Operation::SeeWork)?;
        let books = self.books(caller.company()).await?;
        let list = match by {
            JobsBy::State(state, days) => days.of(books.jobs_in(*state)).backwards(),
            JobsBy::Date(days) => days.of(books.jobs_by_date()).backwards(),
            JobsBy::Customer(name) => books.jobs_of_customers(name),
            JobsBy::Number => books.jobs_by_number().backwards(),
        };
        self.rows(list, paging, JobRow::of).await
    }
}
