//! A person chooses a way out of an alert: it is carried out, the alert closes, and its job is pushed (S2). What fails then
//! opens it again, or another one.

use mapping::{
    AnyKind, SlotName,
    alert::{self, Alert, Choice, CustomerRef},
    payment::Decision,
};
use ports::{Chance, Clock, Queue};
use serde::{Deserialize, Serialize};
use store::{ActKind, AlertRecord, Books, Dismissal, FieldChange, Job, JobState, Stored, Write};

use crate::{
    alerts,
    company::choose::Choice as Matching,
    ctx::Ctx,
    declined::{Declined, NotDone},
    engine::Engine,
    history::Acting,
    job::{entering::Entering, find::FoundJob},
    stop::Stop,
    work::message::{Evidence, Subject},
    world::World,
};

mod documents;
mod parties;

/// What changed of an alert whose way out is gone.
const ALERT: &str = "alert";

/// What a person says beside a choice has so many characters at most.
const LONGEST: usize = 200;

/// What a person chose about an alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// What the alert is about.
    pub subject: String,
    /// Its type.
    pub kind: String,
    /// The key of the choice.
    pub choice: String,
    /// What they said beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
}

/// The same, as the alert offers it at this moment.
pub(crate) struct Chosen {
    record: Stored<AlertRecord>,
    alert: Alert,
    choice: Choice,
    said: Option<String>,
}

/// What is left to be entered of a choice.
#[derive(Default)]
struct Rest {
    writes: Vec<Write>,
    /// What is otherwise than before.
    changes: Vec<FieldChange>,
    /// What becomes of the alert.
    alert: Ending,
    /// What becomes of its job.
    job: JobEnding,
}

/// What becomes of the alert.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Ending {
    /// It is answered, and closes.
    #[default]
    Closes,
    /// It closes, and is not told again as long as it says the same.
    ClosesForGood,
    /// What comes of it closes it.
    Stays,
}

/// What becomes of its job.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum JobEnding {
    /// It is pushed.
    #[default]
    Pushed,
    /// It stands so, unless another alert of it is open.
    Stands(JobState),
    /// Nothing.
    AsItIs,
}

impl Chosen {
    /// The job that is pushed then.
    pub(crate) fn job(&self) -> Option<FoundJob> {
        if let Alert::Invoice(alert) = &self.alert {
            let id = hcp::JobId::in_place_of(&alert.invoice)?;
            let number = alert.number.clone();
            return Some(FoundJob { id, number });
        }
        let job = self.alert.job()?;
        Some(FoundJob {
            id: job.id.clone(),
            number: job.number.clone(),
        })
    }

    /// The slots of the customer or the items that must be mended.
    fn slots(&self) -> Vec<SlotName> {
        let of_customer = |customer: &CustomerRef| {
            let name = SlotName::customer(&customer.id);
            match &customer.place {
                Some(place) => SlotName::place(&name, place),
                None => name,
            }
        };
        match &self.alert {
            Alert::Job(alert) => {
                let slots = alert.slots.iter();
                slots.filter_map(|slot| SlotName::of_party(slot)).collect()
            }
            Alert::Customer(alert) => vec![of_customer(&alert.customer)],
            Alert::Item(alert) => SlotName::of_party(&alert.item.slot).into_iter().collect(),
            _ => Vec::new(),
        }
    }
}

fn gone(words: &str) -> NotDone {
    Declined::changed(ALERT, words).into()
}

impl<W: World> Engine<W> {
    /// What a person chose, as the alert offers it at this moment.
    ///
    /// # Errors
    /// [`Declined::NoSuch`] when there never was such an alert, [`Declined::Changed`] when it is closed or does not offer that
    /// any more, [`Declined::NotUsable`] when something else must be said beside it.
    pub(crate) async fn offered(
        &self,
        books: &Books,
        resolution: &Resolution,
    ) -> Result<Chosen, NotDone> {
        let (subject, kind) = (&resolution.subject, &resolution.kind);
        let record = self.alert_of(books, subject, kind).await?;
        if !record.value.open {
            return Err(gone("This alert was closed meanwhile: look at it again."));
        }
        let alert = record.value.told().ok_or_else(|| {
            gone("This alert was written by an earlier version: push its job by hand.")
        })?;
        let mut offered = alert.choices().offered.into_iter();
        let choice = offered.find(|choice| choice.key() == resolution.choice);
        let choice = choice
            .ok_or_else(|| gone("The alert does not offer that any more: look at it again."))?;
        let said = resolution.said.as_deref().map(str::trim);
        let said = said.filter(|said| !said.is_empty()).map(str::to_owned);
        let unusable = |words: String| NotDone::from(Declined::not_usable("said", words));
        match (choice.asks(), &said) {
            (None, Some(_)) => {
                return Err(unusable("Nothing is said beside that choice.".to_owned()));
            }
            (Some(ask), None) if ask.unless.is_none() => {
                return Err(unusable(format!("Say {}.", ask.what)));
            }
            (Some(ask), Some(said))
                if said.chars().count() > LONGEST || said.contains(char::is_control) =>
            {
                let words = format!("Say {} in {LONGEST} characters at most.", ask.what);
                return Err(unusable(words));
            }
            _ => {}
        }
        Ok(Chosen {
            record,
            alert,
            choice,
            said,
        })
    }

    /// Carries it out. What it changes in more than one step can be repeated, and the end of the alert is entered with the
    /// last one.
    pub(crate) async fn resolve(
        &self,
        cx: &Ctx,
        chosen: &Chosen,
        entering: &Entering<'_>,
    ) -> Result<(), NotDone> {
        let alert = chosen.record.clone();
        let decision = match &chosen.choice {
            Choice::LinkInvoice { .. } => {
                return self.link_alert(cx, alert, entering).await;
            }
            Choice::ItsCustomer => {
                let (Some(job), Some(said)) = (chosen.job(), &chosen.said) else {
                    return Err(gone("This invoice cannot stand in the place of a job."));
                };
                let entered = self.enter_payer(cx, &job.id, said, entering).await;
                return entered.map(drop);
            }
            Choice::Same { .. } | Choice::NotSend { .. } => Decision::Same,
            Choice::Separate { .. } | Choice::SendAgain { .. } => Decision::Separate,
            _ => {
                let rest = self.begin_resolution(cx, chosen, entering).await?;
                return self.enter_resolution(cx, chosen, entering, rest).await;
            }
        };
        let decided = self.decide_alert(cx, alert, decision, entering).await;
        decided.map(drop)
    }

    /// What comes before the end of the alert is entered.
    async fn begin_resolution(
        &self,
        cx: &Ctx,
        chosen: &Chosen,
        entering: &Entering<'_>,
    ) -> Result<Rest, NotDone> {
        Ok(match &chosen.choice {
            Choice::PushAgain { .. } => Rest {
                alert: Ending::Stays,
                ..Rest::default()
            },
            Choice::PullAgain { .. } => {
                self.pull_again(cx, chosen, entering).await?;
                Rest {
                    alert: Ending::Stays,
                    job: JobEnding::AsItIs,
                    ..Rest::default()
                }
            }
            Choice::UseCustomer { id, described } | Choice::UseItem { id, described } => {
                let matching = Matching::LinkTo(id.clone());
                self.match_party(cx, chosen, &matching, described).await?
            }
            Choice::UseNamedCustomer => self.match_named(cx, chosen, AnyKind::Customer).await?,
            Choice::UseNamedItem => self.match_named(cx, chosen, AnyKind::Item).await?,
            Choice::MakeCustomer { name, .. } | Choice::MakeItem { name, .. } => {
                let suffix = chosen.choice.suffix(chosen.said.as_deref());
                let suffix = suffix.ok_or_else(|| {
                    let words = format!(
                        "The new name begins with {name}, so that it follows when that changes: {name} (2), say."
                    );
                    Declined::not_usable("said", words)
                })?;
                let made = format!("{name}{suffix}");
                let matching = Matching::CreateAs(suffix);
                self.match_party(cx, chosen, &matching, &made).await?
            }
            Choice::ReplaceCustomer { name } => {
                let matching = Matching::CreateNew;
                self.match_party(cx, chosen, &matching, name).await?
            }
            Choice::ReactivateCustomer { .. } => {
                self.reactivate_all(cx, chosen, AnyKind::Customer).await?
            }
            Choice::ReactivateItems { .. } => {
                self.reactivate_all(cx, chosen, AnyKind::Item).await?
            }
            Choice::OtherNumber { number, .. } => self.other_number(cx, chosen, number).await?,
            Choice::UseRate { id, taxes, .. } => self.use_rate(cx, id, taxes, entering).await?,
            Choice::FirstOpenDay => self.first_open_day(cx, chosen).await?,
            Choice::MakeAgain { .. } => self.make_again(cx, chosen).await?,
            Choice::Leave { .. } => self.leave_as_is(cx, chosen).await?,
            Choice::Void { .. } => self.void_left_over(cx, chosen).await?,
            Choice::LinkInvoice { .. }
            | Choice::ItsCustomer
            | Choice::Same { .. }
            | Choice::Separate { .. }
            | Choice::SendAgain { .. }
            | Choice::NotSend { .. } => Rest::default(),
        })
    }

    async fn pull_again(
        &self,
        cx: &Ctx,
        chosen: &Chosen,
        entering: &Entering<'_>,
    ) -> Result<(), NotDone> {
        let subject = match chosen.alert.job() {
            Some(job) => Subject::pulled_job(&job.id),
            None => Subject::changes(),
        };
        let (id, now) = (self.world.chance().uuid(), self.world.clock().now());
        let evidence = Evidence::by_hand(id, now, entering.by);
        let message = self.message(&cx.books.company, subject, Some(evidence))?;
        Ok(self.world.queue().send(message).await?)
    }

    /// This rate counts for the taxes from now on (X2).
    async fn use_rate(
        &self,
        cx: &Ctx,
        id: &qbo::Id,
        taxes: &[String],
        entering: &Entering<'_>,
    ) -> Result<Rest, NotDone> {
        let taxes = taxes.iter();
        let changes: Vec<(String, &str)> = taxes
            .map(|tax| (format!("tax_rates.{tax}"), id.as_str()))
            .collect();
        let entered = self.enter_settings(&cx.books, &changes, entering.by, |_| true);
        entered.await?.transpose()?;
        self.forget(&cx.books.company);
        Ok(Rest::default())
    }

    /// Enters the end of the alert, the push of its job and who chose what, all together.
    async fn enter_resolution(
        &self,
        cx: &Ctx,
        chosen: &Chosen,
        entering: &Entering<'_>,
        rest: Rest,
    ) -> Result<(), NotDone> {
        let Rest {
            mut writes,
            changes,
            alert,
            job: ending,
        } = rest;
        let words = chosen.choice.words();
        writes.extend(entering.also.clone());
        if alert != Ending::Stays {
            let mut record = chosen.record.clone();
            if alert == Ending::ClosesForGood {
                record.value.dismissed = Some(Dismissal {
                    at: self.world.clock().now(),
                    difference: None,
                    lasting: true,
                    reason: words.clone(),
                    by: Some(entering.by.clone()),
                });
            }
            writes.extend(alerts::end(&self.world, &cx.books, record).await?);
        }
        let mut act = Acting::new(entering.by, ActKind::Resolved)
            .told(&words)
            .changes(changes);
        let job = chosen.alert.job();
        match job {
            Some(job) => {
                let push = (ending == JobEnding::Pushed).then_some(entering);
                let mut record = self.job_of_resolution(cx, &job.id, push).await?;
                if let JobEnding::Stands(state) = ending
                    && !self.others_open(cx, chosen).await?
                {
                    record.value.state = state;
                }
                act = act.about_job(alerts::job_ref(&job.id, &record.value));
                if ending != JobEnding::AsItIs {
                    writes.push(record.put()?);
                }
            }
            None => act = act.about(&chosen.record.value.subject),
        }
        writes.push(act.write(&self.world, &cx.books)?);
        self.put(writes).await?;
        if let (Some(job), JobEnding::Pushed) = (job, ending) {
            self.nudge(cx, &job.id).await?;
        }
        Ok(())
    }

    async fn job_of_resolution(
        &self,
        cx: &Ctx,
        id: &hcp::JobId,
        push: Option<&Entering<'_>>,
    ) -> Result<Stored<Job>, Stop> {
        match push {
            Some(entering) => {
                self.record_with_push(cx, id, entering.push, entering.by)
                    .await
            }
            None => self.read_job(cx, id).await,
        }
    }

    /// Whether another alert of its job is open.
    async fn others_open(&self, cx: &Ctx, chosen: &Chosen) -> Result<bool, Stop> {
        let Some(job) = chosen.alert.job() else {
            return Ok(false);
        };
        let subject = alert::Subject::Job(job.id.clone());
        let open = alerts::open(&self.world, &cx.books, &subject).await?;
        Ok(open.iter().any(|other| other.key != chosen.record.key))
    }
}
