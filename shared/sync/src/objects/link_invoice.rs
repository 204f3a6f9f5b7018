//! Linking an invoice that QuickBooks had before to the job that it is for (T12): a person says that it is the same,
//! and from then on it is kept up to date from here.

use std::time::Duration;

use hcp::{CompanyId, JobId};
use jiff::Timestamp;
use ledger::{Former, LedgerError, Slot};
use mapping::{AnyKind, Matched, QboObject, SlotName};
use ports::{Chance, Clock, Queue};
use qbo::{Entity, Invoice, Query};
use store::{Alert, Job, Stored, read};

use crate::{
    alerts::{self, AlertKind},
    calls::quickbooks::{Rows, broken},
    ctx::Ctx,
    declined::{Declined, NotDone},
    engine::Engine,
    job::{look::mark, sent_before::marker},
    ledger::{object, seen},
    objects::slots::{StoredInvoice, stored},
    stop::Stop,
    work::{
        message::{Evidence, Subject},
        park::SAFETY,
    },
    world::World,
};

/// What became of one that was to be linked.
#[derive(Debug)]
pub struct Linked {
    /// The job.
    pub job: JobId,
    /// The number of the invoice.
    pub number: String,
    /// Linked, and on its way; or why not. Nothing is changed then.
    pub outcome: Result<(), NotDone>,
}

/// Invoices that are read in one call.
const AT_ONCE: usize = 100;

impl<W: World> Engine<W> {
    /// Links the invoice that the open alert of a job names, and has the job pushed again.
    ///
    /// # Errors
    /// When there is no such alert, or QuickBooks or our table does not answer.
    pub async fn link_invoice(
        &self,
        company: &CompanyId,
        job: &JobId,
        deadline: Duration,
    ) -> Result<Linked, NotDone> {
        let cx = self.cx_for_person(company, deadline).await?;
        let kind = AlertKind::LinkableInvoice.name();
        let key = cx.books.alert(job.as_str(), kind);
        let alert = read::<Alert>(self.world.table(), &key).await?;
        let alert = alert.filter(|alert| alert.value.open);
        let alert = alert.ok_or_else(|| {
            let words = format!(
                "there is no open alert {kind} of {job}, so there is nothing to link it to"
            );
            Declined::no_such("alert", job, words)
        })?;
        let mut linked = self.link_all(&cx, vec![alert]).await?;
        let linked = linked.pop();
        Ok(linked.ok_or_else(|| broken("nothing came of one alert"))?)
    }

    /// Links what all open alerts of that kind name, each for itself.
    ///
    /// # Errors
    /// When QuickBooks or our table does not answer; what was linked before stays linked, and the call can be repeated.
    pub async fn link_all_invoices(
        &self,
        company: &CompanyId,
        deadline: Duration,
    ) -> Result<Vec<Linked>, NotDone> {
        let cx = self.cx_for_person(company, deadline).await?;
        let mut open = alerts::open(&self.world, &cx.books, "").await?;
        open.retain(|alert| alert.value.kind == AlertKind::LinkableInvoice.name());
        let mut linked = Vec::new();
        while !open.is_empty() {
            let rest = open.split_off(open.len().min(AT_ONCE));
            linked.extend(self.link_all(&cx, open).await?);
            open = rest;
        }
        Ok(linked)
    }

    async fn link_all(&self, cx: &Ctx, alerts: Vec<Stored<Alert>>) -> Result<Vec<Linked>, Stop> {
        let ids = alerts.iter().map(|alert| fact(alert, "quickbooks_id"));
        let query = Query::select(Invoice::NAME)
            .where_in("Id", ids)
            .max_results(qbo::limits::QUERY_ROWS);
        let rows = self.ask_all(cx, &[query]).await?;
        let found: Vec<Invoice> = rows.first().map_or(Ok(Vec::new()), Rows::of)?;
        let mut linked = Vec::new();
        for alert in alerts {
            let id = Some(qbo::Id::new(fact(&alert, "quickbooks_id")));
            let invoice = found.iter().find(|invoice| invoice.id == id);
            linked.push(Linked {
                job: JobId::parse(&alert.value.subject).map_err(broken)?,
                number: fact(&alert, "number").to_owned(),
                outcome: self.link_one(cx, alert, invoice).await,
            });
        }
        Ok(linked)
    }

    /// Links one. The slot, both directions of the link, the end of the alert and the push that follows are entered
    /// together: whatever happens then, the job is pushed.
    async fn link_one(
        &self,
        cx: &Ctx,
        mut alert: Stored<Alert>,
        invoice: Option<&Invoice>,
    ) -> Result<(), NotDone> {
        let changed = || {
            let words = "the invoice was changed in QuickBooks since: push the job again";
            Declined::changed("invoice", words)
        };
        let invoice = invoice.ok_or_else(changed)?;
        let number = invoice.doc_number.as_ref().map(ToString::to_string);
        let total = invoice.total_amt.map(|total| total.to_string());
        if number.as_deref() != Some(fact(&alert, "number"))
            || total.as_deref() != Some(fact(&alert, "quickbooks_total"))
            || !self.is_foreign_invoice(cx, invoice).await?
        {
            return Err(changed().into());
        }
        let document = QboObject::Invoice(Box::new(invoice.clone()));
        if document.identity().is_none() {
            return Err(changed().into());
        }
        let job = JobId::parse(&alert.value.subject).map_err(broken)?;
        let name = SlotName::of_job(&job, fact(&alert, "slot"))
            .ok_or_else(|| broken(format!("the alert of {job} does not tell what to link")))?;
        let mut slot: StoredInvoice = stored(self.world.table(), cx, &name).await?;
        if slot.value.is_live() {
            let words = "the job is in QuickBooks already, or on its way";
            return Err(Declined::held_by("job", &name, words).into());
        }
        let now = self.world.clock().now();
        let memory = &mut slot.value.memory;
        memory.dated_by_invoice = false;
        if name == SlotName::deposit_invoice(&job) {
            memory.bills = vec![SlotName::deposit_item()];
            memory.gone = false;
        }
        let marker = marker(&cx.books, &name);
        memory.note = marker.theirs(invoice.private_note.as_deref());
        memory.matched = Some(Matched {
            at: now,
            name: fact(&alert, "number").to_owned(),
            agreed: ["number", "customer", "total", "a person's choice"]
                .map(str::to_owned)
                .to_vec(),
        });
        // Everything of ours is written on top.
        let slot = slot.in_form(Slot::raw)?;
        let seen = seen(&slot.value, &document, None)?;
        let slot = object(&name, AnyKind::Invoice, slot);
        alert.value.open = false;
        let record = self.pushed_record(cx, &job, now).await?;
        let further = vec![alert.put()?, record.put()?];
        match self.link(cx, slot, seen, Former::Freed, further).await {
            Ok(()) => {}
            Err(LedgerError::HeldBy(_)) => return Err(changed().into()),
            Err(LedgerError::Changed(_)) => {
                let words = "the job was worked on meanwhile: try it again";
                return Err(Declined::changed("job", words).into());
            }
            Err(error) => return Err(Stop::from(error).into()),
        }
        self.nudge(cx, &job).await?;
        Ok(())
    }

    /// The record of a job with a push by hand.
    async fn pushed_record(
        &self,
        cx: &Ctx,
        job: &JobId,
        now: Timestamp,
    ) -> Result<Stored<Job>, Stop> {
        let key = cx.books.job(job);
        let record = read::<Job>(self.world.table(), &key).await?;
        let mut record = record.unwrap_or_else(|| Stored::new(key, Job::default()));
        let pushed = Evidence::by_hand(self.world.chance().uuid(), now);
        if let Some(mark) = mark(&pushed) {
            record.value.mark(mark);
        }
        record.value.waiting.put_off = 0;
        record.due = Some(now + SAFETY);
        Ok(record)
    }

    /// Puts a job with work left on the queue at once. Where that fails, the sweep does it.
    async fn nudge(&self, cx: &Ctx, job: &JobId) -> Result<(), Stop> {
        let message = self.message(&cx.books.company, Subject::Job(job.clone()), None)?;
        if let Err(error) = self.world.queue().send(message).await {
            tracing::warn!(%job, %error, "linked; the sweep puts it on the queue");
        }
        Ok(())
    }
}

fn fact<'a>(alert: &'a Stored<Alert>, name: &str) -> &'a str {
    alert.value.facts.get(name).map_or("", String::as_str)
}
