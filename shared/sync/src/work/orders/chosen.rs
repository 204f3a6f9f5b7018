//! Orders that come from alerts: what a person chose about one (S2), and all jobs that wait for one cause (S4).

use hcp::{CompanyId, JobId};
use jiff::Timestamp;
use store::{By, Stored, read};
use uuid::Uuid;

use super::{Answer, Order, OrderState, Wish, end, found};
use crate::{
    alerts::resolve::Resolution,
    ctx::Ctx,
    declined::{Declined, NotDone},
    engine::Engine,
    job::{
        entering::Entering,
        find::{FoundJob, JobName},
    },
    retry,
    work::message::name,
    world::World,
};

/// What became of what was chosen about an alert.
#[derive(Clone, Debug)]
pub struct ResolutionStatus {
    /// Who chose it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The job of the alert, once it was carried out.
    pub job: Option<FoundJob>,
    /// How far it is.
    pub state: OrderState,
}

impl<W: World> Engine<W> {
    /// Orders what a person chose about an alert, under an id by which [`Engine::resolution_status`] tells what comes of it.
    ///
    /// # Errors
    /// [`Declined`] when there is no such alert, when it is closed or does not offer that any more, or when something must be
    /// said beside it.
    pub async fn order_resolution(
        &self,
        company: &CompanyId,
        id: Uuid,
        by: &By,
        resolution: Resolution,
    ) -> Result<(), NotDone> {
        let books = self.connection_for_person(company).await?.books();
        self.offered(&books, &resolution).await?;
        let order = Order {
            wish: Wish::Resolve,
            resolution: Some(resolution),
            ..Order::default()
        };
        self.enter_orders(company, id, by, vec![order]).await
    }

    /// Orders a push of all jobs whose open alerts tell of a cause (S4).
    ///
    /// # Errors
    /// [`Declined`] when none does, or when the table does not answer.
    pub async fn order_cause(
        &self,
        company: &CompanyId,
        id: Uuid,
        by: &By,
        cause: &str,
    ) -> Result<(), NotDone> {
        let mut jobs: Vec<JobId> = Vec::new();
        for record in self.open_alerts(company).await?.alerts {
            let Some(alert) = record.told() else { continue };
            let is_of_it = alert.cause().is_some_and(|one| one.key() == cause);
            if let Some(job) = alert
                .job()
                .filter(|job| is_of_it && !jobs.contains(&job.id))
            {
                jobs.push(job.id.clone());
            }
        }
        if jobs.is_empty() {
            let words = "No open alert tells of that any more.";
            return Err(Declined::no_such("cause", &cause, words).into());
        }
        let orders = jobs.into_iter().map(|job| Order {
            wish: Wish::Push,
            name: Some(match job.invoice() {
                Some(invoice) => JobName::Invoice(invoice.to_string()),
                None => JobName::Job(job.to_string()),
            }),
            page: 1,
            ..Order::default()
        });
        self.enter_orders(company, id, by, orders.collect()).await
    }

    /// What became of a resolution; none: there is no such order.
    ///
    /// # Errors
    /// When the company is not connected, or the table does not answer.
    pub async fn resolution_status(
        &self,
        company: &CompanyId,
        id: Uuid,
    ) -> Result<Option<ResolutionStatus>, NotDone> {
        let cx = self
            .cx_for_person(company, std::time::Duration::ZERO)
            .await?;
        let key = cx.books.work(name::ORDER, &format!("{id}#00"));
        let order = read::<Order>(self.world.table(), &key).await?;
        let order = order.map(|order| order.value);
        let Some(order) = order.filter(|order| order.wish == Wish::Resolve) else {
            return Ok(None);
        };
        let (job, state) = self
            .state_of(&cx, order.outcome, order.waiting, order.push)
            .await?;
        Ok(Some(ResolutionStatus {
            by: order.by.map(|by| by.name).unwrap_or_default(),
            at: order.at,
            job,
            state,
        }))
    }

    /// What was chosen and the answer are entered together.
    pub(super) async fn resolve_ordered(
        &self,
        cx: &Ctx,
        order: &Stored<Order>,
        resolution: &Resolution,
        by: &By,
    ) -> Result<(), NotDone> {
        let mut rounds = 0;
        loop {
            rounds += 1;
            let chosen = self.offered(&cx.books, resolution).await?;
            let mut answered = order.clone();
            match chosen.job() {
                Some(job) => found(&mut answered, job),
                None => end(&mut answered, Answer::Settled),
            }
            let entering = Entering {
                by,
                push: order.value.push,
                also: vec![answered.put()?],
            };
            // On the heap: most orders are none, and not to make the future of each larger.
            let resolved = Box::pin(self.resolve(cx, &chosen, &entering)).await;
            match resolved {
                // Somebody else wrote a record that it changes: it is carried out on top.
                Err(NotDone::Declined(Declined::Changed { what, .. }))
                    if matches!(what, "record" | "job") && rounds < retry::PLANS => {}
                resolved => return resolved,
            }
        }
    }
}
