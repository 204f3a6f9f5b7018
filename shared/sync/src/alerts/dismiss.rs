//! A person accepts a difference between both books, by its cents: it is told no more, until it is another one.

use std::time::Duration;

use hcp::{CompanyId, JobId};
use mapping::alert::Subject;
use money::Cents;
use ports::Clock;
use store::{ActKind, AlertRecord, By, Dismissal, Job, Stored, read};

use crate::{
    alerts,
    ctx::Ctx,
    declined::{Declined, NotDone},
    engine::Engine,
    history::Acting,
    stop::Stop,
    world::World,
};

impl<W: World> Engine<W> {
    /// Dismisses the open alert of a job, or of its customer, that says that the books differ by so much, for a reason. The job is pushed then.
    /// Gives what the alert says.
    ///
    /// # Errors
    /// [`Declined`] when no alert of the job tells of that difference, or several do.
    pub async fn dismiss_difference(
        &self,
        company: &CompanyId,
        job: &JobId,
        difference: Cents,
        reason: &str,
        by: &By,
        deadline: Duration,
    ) -> Result<String, NotDone> {
        let cx = self.cx_for_person(company, deadline).await?;
        let mut alert = self.differing_by(&cx, job, difference).await?;
        let now = self.world.clock().now();
        alert.value.dismissed = Some(Dismissal {
            at: now,
            difference,
            reason: reason.to_owned(),
            by: Some(by.clone()),
        });
        let message = alert.value.message.clone();
        let mut writes = alerts::end(&self.world, &cx.books, alert).await?;
        let record = self.pushed_record(&cx, job, by).await?;
        let act = Acting::new(by, ActKind::Dismissed)
            .about_job(alerts::job_ref(job, &record.value))
            .told(format!("a difference of {difference}: {reason}"));
        writes.push(act.write(&self.world, &cx.books)?);
        writes.push(record.put().map_err(Stop::from)?);
        match self.put(writes).await {
            Ok(()) => {}
            Err(Stop::PlanAgain(_)) => {
                let words = "the job was worked on meanwhile: try it again";
                return Err(Declined::changed("job", words).into());
            }
            Err(stop) => return Err(stop.into()),
        }
        self.nudge(&cx, job).await?;
        Ok(message)
    }

    async fn differing_by(
        &self,
        cx: &Ctx,
        job: &JobId,
        difference: Cents,
    ) -> Result<Stored<AlertRecord>, NotDone> {
        let subject = Subject::Job(job.clone());
        let mut open = alerts::open(&self.world, &cx.books, &subject).await?;
        let record = read::<Job>(self.world.table(), &cx.books.job(job)).await;
        let record = record.map_err(Stop::from)?;
        if let Some(customer) = record.and_then(|job| job.value.customer) {
            let subject = Subject::Customer(customer.id);
            open.extend(alerts::open(&self.world, &cx.books, &subject).await?);
        }
        let mut told = Vec::new();
        let mut fitting = Vec::new();
        for alert in open {
            let Some(by) = difference_of(&alert.value)? else {
                continue;
            };
            told.push(by.to_string());
            if by == difference {
                fitting.push(alert);
            }
        }
        let words = match (fitting.pop(), fitting.is_empty(), told.as_slice()) {
            (Some(only), true, _) => return Ok(only),
            (Some(_), false, _) => {
                "several alerts of this job tell of that difference: settle one of them first"
                    .to_owned()
            }
            (None, _, []) => "no open alert of this job tells of a difference".to_owned(),
            (None, _, told) => format!(
                "the open alerts of this job tell of other differences: {}",
                told.join(", ")
            ),
        };
        Err(Declined::not_usable("difference", words).into())
    }
}

/// By how much both books differ, as an alert tells it.
fn difference_of(alert: &AlertRecord) -> Result<Option<Cents>, Stop> {
    Ok(alerts::facts(alert)?.and_then(|alert| alert.difference()))
}
