//! What became of what was ordered.

use hcp::{CompanyId, JobId};
use jiff::Timestamp;
use mapping::alert;
use store::{AlertRecord, Evidence, Job, JobState, Waiting, read, read_all};
use uuid::Uuid;

use super::{Answer, Named, Order, Wish};
use crate::{
    alerts, ctx::Ctx, declined::NotDone, engine::Engine, job::find::FoundJob, stop::Stop,
    work::message::name, world::World,
};

/// What became of something that was ordered.
#[derive(Clone, Debug)]
pub struct OrderStatus {
    /// What was to be done.
    pub wish: Wish,
    /// What it is about, as it was named; none of a look at QuickBooks.
    pub name: Option<Named>,
    /// Who ordered it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The job, once it was found.
    pub job: Option<FoundJob>,
    /// How far it is.
    pub state: OrderState,
}

/// How far an order is.
#[derive(Clone, Debug)]
pub enum OrderState {
    /// It is still to be done.
    Waiting {
        /// Why it waits, where that is known.
        why: Option<String>,
    },
    /// It cannot be had, for this reason.
    Declined {
        /// What a person reads.
        words: String,
    },
    /// It is done, and the job stands so.
    Done(JobState),
    /// It is done, and is about no job.
    Settled,
    /// The job was looked at, and these alerts ask for a person.
    NeedsYou(Vec<AlertRecord>),
}

impl<W: World> Engine<W> {
    /// What became of an order, one by one; an empty list: there is no such order.
    ///
    /// # Errors
    /// When the company is not connected, or the table does not answer.
    pub async fn order_status(
        &self,
        company: &CompanyId,
        id: Uuid,
    ) -> Result<Vec<OrderStatus>, NotDone> {
        let cx = self
            .cx_for_person(company, std::time::Duration::ZERO)
            .await?;
        let key = cx.books.work(name::ORDER, &format!("{id}#"));
        let mut all = Vec::new();
        for stored in read_all::<Order>(self.world.table(), &key).await? {
            let order = stored.value;
            let (name, wish) = (order.named(), order.wish);
            let (job, state) = match (wish, &name) {
                (Wish::Pull, _) => self.state_of_pull(&cx, &order).await?,
                (_, Some(_)) => {
                    self.state_of(&cx, order.outcome, order.waiting, order.push)
                        .await?
                }
                (_, None) => continue,
            };
            let Some(by) = order.by else {
                continue;
            };
            all.push(OrderStatus {
                wish,
                name,
                by: by.name,
                at: order.at,
                job,
                state,
            });
        }
        Ok(all)
    }

    /// The job of an order, once it was found, and how far it is.
    pub(super) async fn state_of(
        &self,
        cx: &Ctx,
        outcome: Option<Answer>,
        waiting: Waiting,
        push: Uuid,
    ) -> Result<(Option<FoundJob>, OrderState), Stop> {
        Ok(match outcome {
            None => {
                let why = waiting.waits_for;
                (None, OrderState::Waiting { why })
            }
            Some(Answer::Settled | Answer::Entered { .. }) => (None, OrderState::Settled),
            Some(Answer::Declined { words }) => (None, OrderState::Declined { words }),
            Some(Answer::Found { id, number }) => {
                let state = self.state_of_ordered(cx, &id, push).await?;
                (Some(FoundJob { id, number }), state)
            }
        })
    }

    async fn state_of_ordered(&self, cx: &Ctx, id: &JobId, push: Uuid) -> Result<OrderState, Stop> {
        let record = read::<Job>(self.world.table(), &cx.books.job(id)).await?;
        let record = record.map(|record| record.value).unwrap_or_default();
        let key = Evidence::key_by_hand(push);
        if record.unhandled().iter().any(|mark| mark.key == key) {
            let why = record.waiting.waits_for;
            return Ok(OrderState::Waiting { why });
        }
        if record.state != JobState::Alert {
            return Ok(OrderState::Done(record.state));
        }
        let subject = alert::Subject::Job(id.clone());
        let open = alerts::open(&self.world, &cx.books, &subject).await?;
        let open = open.into_iter().map(|alert| alert.value);
        Ok(OrderState::NeedsYou(open.collect()))
    }
}
