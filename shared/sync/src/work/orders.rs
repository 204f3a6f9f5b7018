//! What a person asks for in the office and the office cannot do by itself, since only the consumer may ask the two systems:
//! to push a job that may be known to Housecall Pro alone, a customer or an item (U1 to U3), to link an invoice (T12), to carry out
//! what was chosen about an alert (S2), or what was said of an item, of lines or of a customer (I5, L5, C6). Each thing that
//! is ordered has a record, which keeps what came of it.

mod assigned;
mod chosen;
mod pulled;
mod pushed;
mod status;

pub use assigned::{Assignment, AssignmentStatus, CustomerMatch, LineItem, Progress};
pub use chosen::ResolutionStatus;
pub use status::{OrderState, OrderStatus};

use hcp::{CompanyId, JobId};
use jiff::Timestamp;
use mapping::alert::{Alert, ConnectionAlert, JobRef};
use ports::{Chance, Clock, Queue};
use serde::{Deserialize, Serialize};
use store::{ActKind, Body, Books, By, Evidence, Stored, Waiting, WorkRecord, read};
use uuid::Uuid;

use crate::{
    alerts::{self, resolve::Resolution},
    ctx::Ctx,
    declined::{Declined, NotDone},
    engine::{Engine, Outcome},
    history::Acting,
    job::{
        entering::Entering,
        find::{FoundJob, JobName},
    },
    stop::{Stop, chain},
    work::{
        message::{Subject, name},
        park::SAFETY,
        task::{Failures, Task, Unfinished, Work},
    },
    world::World,
};

/// What is to be done with a job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// It is pushed to QuickBooks.
    #[default]
    Push,
    /// The invoice is linked to it that its open alert offers.
    Link,
    /// What was chosen about an alert is carried out (S2).
    Resolve,
    /// What was said of an item, of lines or of a customer is entered.
    Assign,
    /// QuickBooks is looked at, for what people did there (R1).
    Pull,
}

/// What an order is about, as a person named it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// A job.
    Job(JobName),
    /// A customer, by their name in Housecall Pro or their id there (`cus_…`).
    Customer(String),
    /// An entry of the price book, by its name in Housecall Pro or its id there (`pbmat_…`, `olit_…`).
    Item(String),
}

impl From<JobName> for Named {
    fn from(name: JobName) -> Self {
        Self::Job(name)
    }
}

/// One thing that was ordered.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Order {
    /// Why it waits.
    #[serde(flatten)]
    waiting: Waiting,
    wish: Wish,
    /// The job, as it was named; none of one that is about something else, and in a record that was never ordered.
    name: Option<JobName>,
    /// The customer, as they were named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    customer: Option<String>,
    /// The item, as it was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    item: Option<String>,
    /// What was chosen about which alert.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resolution: Option<Resolution>,
    /// What was said of an item, of lines or of a customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    assignment: Option<Assignment>,
    /// What it was before that was entered, in words: noted when it begins, so that it is told rightly whatever dies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<String>,
    /// Who ordered it; none in a record that was never ordered.
    by: Option<By>,
    /// When.
    at: Timestamp,
    /// The id under which the job is pushed.
    push: Uuid,
    /// The page of Housecall Pro's list that is next to be looked through.
    #[serde(default)]
    page: u32,
    /// What came of it; none: it is still to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outcome: Option<Answer>,
}

impl Order {
    fn about(named: Named) -> Self {
        let order = Self::default();
        match named {
            Named::Job(name) => Self {
                name: Some(name),
                ..order
            },
            Named::Customer(name) => Self {
                customer: Some(name),
                ..order
            },
            Named::Item(name) => Self {
                item: Some(name),
                ..order
            },
        }
    }

    /// What it is about, where that was named.
    fn named(&self) -> Option<Named> {
        let job = self.name.clone().map(Named::Job);
        let customer = || self.customer.clone().map(Named::Customer);
        let item = || self.item.clone().map(Named::Item);
        job.or_else(customer).or_else(item)
    }
}

/// What came of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    /// It is a matter of this job from now on, whose record tells the rest.
    Found {
        id: JobId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<String>,
    },
    /// It is done, and is about no job.
    Settled,
    /// It is entered, with this in words.
    Entered { words: String },
    /// It cannot be had.
    Declined { words: String },
}

impl Body for Order {
    const KIND: &'static str = "order";
}

impl WorkRecord for Order {
    /// It stays: somebody asks what came of it.
    const PASSING: bool = false;

    fn waiting(&self) -> &Waiting {
        &self.waiting
    }

    fn waiting_mut(&mut self) -> &mut Waiting {
        &mut self.waiting
    }

    fn keep(&mut self, _: &[Evidence]) {}

    fn evidence(&self) -> &[Evidence] {
        &[]
    }
}

/// So much is ordered at once.
pub const MOST_AT_ONCE: usize = 50;

impl<W: World> Engine<W> {
    /// Orders something for several jobs, or a push of customers and items, under an id by which [`Engine::order_status`] tells
    /// what comes of it. The same order under the same id is no second one.
    ///
    /// # Errors
    /// [`Declined`] when nothing is named, or too much, or something else than a push is to be done with a customer or an item; or when
    /// the table does not answer.
    pub async fn order(
        &self,
        company: &CompanyId,
        id: Uuid,
        by: &By,
        wish: Wish,
        names: &[Named],
    ) -> Result<(), NotDone> {
        if names.is_empty() || names.len() > MOST_AT_ONCE {
            let words = format!("Name at least one job, and at most {MOST_AT_ONCE} at once.");
            return Err(Declined::not_usable("jobs", words).into());
        }
        let is_job = |named: &Named| matches!(named, Named::Job(_));
        if wish != Wish::Push && !names.iter().all(is_job) {
            let words =
                "A customer or an item can be pushed, and nothing else be done with them here.";
            return Err(Declined::not_usable("jobs", words).into());
        }
        let orders = names.iter().cloned().map(|named| Order {
            wish,
            page: 1,
            ..Order::about(named)
        });
        self.enter_orders(company, id, by, orders.collect()).await
    }

    async fn enter_orders(
        &self,
        company: &CompanyId,
        id: Uuid,
        by: &By,
        orders: Vec<Order>,
    ) -> Result<(), NotDone> {
        let books = self.connection_for_person(company).await?.books();
        let mut subjects = Vec::new();
        for (round, some) in orders.chunks(MOST_AT_ONCE).enumerate() {
            let first = round * MOST_AT_ONCE;
            subjects.extend(self.enter_some(&books, (id, first), by, some).await?);
        }
        for subject in subjects {
            let message = self.message(company, subject, None)?;
            if let Err(error) = self.world.queue().send(message).await {
                tracing::warn!(%id, error = chain(&error), "ordered; the sweep puts it on the queue");
            }
        }
        Ok(())
    }

    /// Enters orders in one transaction, counted from the first. Gives what is to be put on the queue: nothing where the same
    /// request entered them before.
    async fn enter_some(
        &self,
        books: &Books,
        (id, first): (Uuid, usize),
        by: &By,
        orders: &[Order],
    ) -> Result<Vec<Subject>, Stop> {
        let now = self.world.clock().now();
        let (mut writes, mut subjects) = (Vec::new(), Vec::new());
        for (at, order) in orders.iter().enumerate() {
            let of = format!("{id}#{:02}", first + at);
            let order = Order {
                by: Some(by.clone()),
                at: now,
                push: self.world.chance().uuid(),
                ..order.clone()
            };
            let mut stored = Stored::new(books.work(name::ORDER, &of), order);
            // Should its message not go out, the sweep sends it.
            stored.due = Some(now + SAFETY);
            writes.push(stored.put()?);
            subjects.push(Subject::order(of));
        }
        match self.put(writes).await {
            Ok(()) => Ok(subjects),
            Err(Stop::PlanAgain(_)) => Ok(Vec::new()),
            Err(stop) => Err(stop),
        }
    }
}

/// Carries out what a person ordered.
#[derive(Debug)]
pub(crate) struct OrderTask;

impl<W: World> Task<W> for OrderTask {
    const NAME: &'static str = name::ORDER;
    const READS: usize = 0;
    type Record = Order;

    fn subject(of: &str) -> Option<Subject> {
        Some(Subject::order(of.to_owned()))
    }

    async fn run(&self, engine: &Engine<W>, work: &Work<'_>) -> Result<Outcome, Unfinished> {
        let (cx, of) = (work.cx, work.subject.as_str());
        let key = cx.books.work(name::ORDER, of);
        let order = read::<Order>(engine.world.table(), &key);
        let Some(order) = order.await.map_err(Stop::from)? else {
            return Ok(Outcome::Done);
        };
        if order.value.outcome.is_some() {
            return Ok(Outcome::Done);
        }
        let admitted = engine.admit_work(cx, of, &order.value.waiting, true, 0);
        let (turn, _) = admitted.await?;
        let done = engine.carry_out(cx, order).await;
        done.map_err(Unfinished::after(turn))?;
        Ok(Outcome::Done)
    }

    async fn lasting(
        &self,
        _: &Engine<W>,
        _: &Work<'_>,
        _: &mut Order,
        failures: &Failures<'_>,
    ) -> Result<Alert, Stop> {
        // It looks through the same lists as the sweep, whose alert ends when they are read again.
        let reason = failures.cause.to_owned();
        Ok(Alert::Connection(ConnectionAlert::ListsRefused { reason }))
    }

    /// It is told where what came of it is asked for; there is nothing else to be mended.
    async fn report(
        &self,
        engine: &Engine<W>,
        _: &Work<'_>,
        record: Stored<Order>,
        alert: &Alert,
    ) -> Result<Outcome, Stop> {
        let words = alert.message();
        engine.answer(record, Answer::Declined { words }).await?;
        Ok(Outcome::Done)
    }
}

impl<W: World> Engine<W> {
    async fn carry_out(&self, cx: &Ctx, mut order: Stored<Order>) -> Result<(), Stop> {
        let named = order.value.named();
        let Order {
            by,
            resolution,
            assignment,
            ..
        } = order.value.clone();
        let Some(by) = by else {
            return Ok(());
        };
        let before = order.value.page;
        if let Some(assignment) = assignment {
            // On the heap: most orders are none, and not to make the future of each larger.
            return Box::pin(self.carry_assignment(cx, order, &assignment, &by)).await;
        }
        let done = match (named, resolution) {
            (Some(Named::Job(name)), _) if order.value.wish == Wish::Push => {
                let page = Some(&mut order.value.page);
                match self.look_for_job(cx, &name, page).await {
                    Ok(job) => Ok(self.push_ordered(cx, &mut order, job, &by).await?),
                    Err(not_done) => Err(not_done),
                }
            }
            (Some(Named::Job(name)), _) => match self.look_for_job(cx, &name, None).await {
                Ok(job) => self.link_ordered(cx, &mut order, job, &by).await,
                Err(not_done) => Err(not_done),
            },
            // On the heap, as what is chosen about alerts.
            (Some(named), _) => Box::pin(self.push_ordered_record(cx, &order, &named, &by)).await,
            (None, Some(resolution)) => self.resolve_ordered(cx, &order, &resolution, &by).await,
            (None, None) => return Ok(()),
        };
        match done {
            Ok(()) => Ok(()),
            Err(NotDone::Declined(declined)) => {
                let words = declined.to_string();
                self.answer(order, Answer::Declined { words }).await
            }
            Err(NotDone::Stop(stop)) => {
                if order.value.page != before {
                    self.put(vec![order.put()?]).await?;
                }
                Err(stop)
            }
        }
    }

    /// The push and the answer are entered together: whatever happens then, the job is pushed, and once.
    async fn push_ordered(
        &self,
        cx: &Ctx,
        order: &mut Stored<Order>,
        job: FoundJob,
        by: &By,
    ) -> Result<(), Stop> {
        let push = order.value.push;
        let record = self.record_with_push(cx, &job.id, push, by).await?;
        let id = job.id.clone();
        let known = JobRef {
            number: job.number.clone(),
            ..alerts::job_ref(&id, &record.value)
        };
        let act = Acting::new(by, ActKind::Pushed).about_job(known);
        let act = act.write(&self.world, &cx.books)?;
        found(order, job);
        self.put(vec![record.put()?, order.put()?, act]).await?;
        self.nudge(cx, &id).await
    }

    async fn link_ordered(
        &self,
        cx: &Ctx,
        order: &mut Stored<Order>,
        job: FoundJob,
        by: &By,
    ) -> Result<(), NotDone> {
        let id = job.id.clone();
        let mut answered = order.clone();
        found(&mut answered, job);
        let entering = Entering {
            by,
            push: order.value.push,
            also: vec![answered.put()?],
        };
        self.link_offered(cx, &id, &entering).await
    }

    async fn answer(&self, mut order: Stored<Order>, answer: Answer) -> Result<(), Stop> {
        end(&mut order, answer);
        self.put(vec![order.put()?]).await
    }
}

fn found(order: &mut Stored<Order>, FoundJob { id, number }: FoundJob) {
    end(order, Answer::Found { id, number });
}

fn end(order: &mut Stored<Order>, answer: Answer) {
    order.value.outcome = Some(answer);
    order.value.waiting = Waiting::default();
    order.due = None;
}
