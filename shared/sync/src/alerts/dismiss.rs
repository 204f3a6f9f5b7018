//! A person dismisses an alert: it closes without anything being done (S3). Where it tells by how much both books differ, that is
//! accepted: it is told no more, until it is another difference.

use std::time::Duration;

use hcp::{CompanyId, JobId};
use mapping::alert::{Alert, Subject};
use money::Cents;
use ports::Clock;
use store::{ActKind, AlertRecord, Books, By, Dismissal, Job, JobState, Key, Stored, read};

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
        let alert = self.differing_by(&cx, job, difference).await?;
        let message = alert.value.message.clone();
        self.dismiss(&cx, alert, Some(job), (reason, by)).await?;
        Ok(message)
    }

    /// Dismisses an open alert, for a reason. Where it tells of a difference, that is accepted and its job pushed; any other is
    /// raised again by the next trigger that comes upon it (S3).
    ///
    /// # Errors
    /// [`Declined`] when there is no such alert, or it is closed already.
    pub async fn dismiss_alert(
        &self,
        company: &CompanyId,
        (subject, kind): (&str, &str),
        reason: &str,
        by: &By,
    ) -> Result<AlertRecord, NotDone> {
        let cx = self.cx_for_person(company, Duration::ZERO).await?;
        let alert = self.alert_of(&cx.books, subject, kind).await?;
        if !alert.value.open {
            let words = "This alert was closed meanwhile: look at it again.";
            return Err(Declined::changed("alert", words).into());
        }
        self.dismiss(&cx, alert, None, (reason, by)).await?;
        Ok(self.alert_of(&cx.books, subject, kind).await?.value)
    }

    /// Ends an alert. `named`: the job that its difference was dismissed of, where the alert is about that one's customer.
    async fn dismiss(
        &self,
        cx: &Ctx,
        mut alert: Stored<AlertRecord>,
        named: Option<&JobId>,
        (reason, by): (&str, &By),
    ) -> Result<(), NotDone> {
        let facts = alert.value.told();
        let difference = facts.as_ref().and_then(Alert::difference);
        alert.value.dismissed = Some(Dismissal {
            at: self.world.clock().now(),
            difference,
            lasting: false,
            reason: reason.to_owned(),
            by: Some(by.clone()),
        });
        let (key, subject) = (alert.key.clone(), alert.value.subject.clone());
        let mut writes = alerts::end(&self.world, &cx.books, alert).await?;
        let mut act = Acting::new(by, ActKind::Dismissed).told(match difference {
            Some(difference) => format!("a difference of {difference}: {reason}"),
            None => reason.to_owned(),
        });
        let own = facts.as_ref().and_then(Alert::job).map(|job| &job.id);
        let job = named.or(own);
        match (job, &facts) {
            (Some(job), Some(facts)) => {
                let record = match difference {
                    Some(_) => self.pushed_record(cx, job, by).await?,
                    None => self.left_record(cx, facts, job, &key).await?,
                };
                act = act.about_job(alerts::job_ref(job, &record.value));
                writes.push(record.put()?);
            }
            _ => act = act.about(&subject),
        }
        writes.push(act.write(&self.world, &cx.books)?);
        match self.put(writes).await {
            Ok(()) => {}
            Err(Stop::PlanAgain(_)) => {
                let words = "This was worked on meanwhile: try it again.";
                return Err(Declined::changed("alert", words).into());
            }
            Err(stop) => return Err(stop.into()),
        }
        if let (Some(job), Some(_)) = (job, difference) {
            self.nudge(cx, job).await?;
        }
        Ok(())
    }

    /// Takes back that an alert was dismissed: it is open again, as it was. `as_seen`: whether it is still what the person saw.
    ///
    /// # Errors
    /// [`Declined`] when there is no such alert, it was not dismissed, or it is another one by now.
    pub async fn reopen_alert(
        &self,
        company: &CompanyId,
        (subject, kind): (&str, &str),
        by: &By,
        as_seen: impl Fn(&AlertRecord) -> bool,
    ) -> Result<AlertRecord, NotDone> {
        let cx = self.cx_for_person(company, Duration::ZERO).await?;
        let mut alert = self.alert_of(&cx.books, subject, kind).await?;
        if !as_seen(&alert.value) {
            let words = "This alert was changed meanwhile: look at it again.";
            return Err(Declined::changed("alert", words).into());
        }
        let dismissed = alert.value.dismissed.take();
        let Some(dismissed) = dismissed.filter(|_| !alert.value.open) else {
            let words = "This alert is not dismissed: there is nothing to take back.";
            return Err(Declined::held_by("alert", &kind, words).into());
        };
        alert.value.open = true;
        alert.value.closed_at = None;
        let noted = alerts::noted(&self.world, &cx.books, subject, kind).await?;
        let mut writes = vec![
            alerts::note(&cx.books, &alert.value, noted).put()?,
            alert.put()?,
        ];
        let mut act = Acting::new(by, ActKind::Reopened).told(&dismissed.reason);
        let facts = alert.value.told();
        match facts.as_ref().and_then(Alert::job) {
            Some(job) => {
                let mut record = self.read_job(&cx, &job.id).await?;
                record.value.alerted = true;
                if record.value.unhandled().is_empty() {
                    record.value.state = JobState::Alert;
                }
                act = act.about_job(alerts::job_ref(&job.id, &record.value));
                writes.push(record.put()?);
            }
            None => act = act.about(&subject),
        }
        writes.push(act.write(&self.world, &cx.books)?);
        self.put(writes).await?;
        Ok(alert.value)
    }

    /// The alert that a person named, open or closed.
    pub(crate) async fn alert_of(
        &self,
        books: &Books,
        subject: &str,
        kind: &str,
    ) -> Result<Stored<AlertRecord>, NotDone> {
        let key = books.alert(subject, kind);
        let alert = read::<AlertRecord>(self.world.table(), &key).await?;
        let none = || Declined::no_such("alert", &"", "There is no such alert.");
        Ok(alert.ok_or_else(none)?)
    }

    /// The record of a job of which one alert is closed without anything being done.
    async fn left_record(
        &self,
        cx: &Ctx,
        alert: &Alert,
        job: &JobId,
        closed: &Key,
    ) -> Result<Stored<Job>, Stop> {
        let mut record = self.read_job(cx, job).await?;
        let subject = Subject::Job(job.clone());
        let open = alerts::open(&self.world, &cx.books, &subject).await?;
        let is_last = open.iter().all(|other| other.key == *closed);
        if is_last && record.value.state == JobState::Alert {
            record.value.state = self.left_as(cx, alert, record.value.state).await?;
        }
        Ok(record)
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
