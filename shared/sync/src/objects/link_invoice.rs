//! Linking an invoice that QuickBooks had before to the job that it is for (T12): a person says that it is the same,
//! and from then on it is kept up to date from here.

use std::time::Duration;

use hcp::{CompanyId, JobId};
use ledger::{Former, LedgerError, Slot};
use mapping::{
    AnyKind, Matched, QboObject, SlotName,
    alert::{self, Alert, AlertKind, ForeignInvoice, JobTrouble, NumberTrouble},
};
use ports::Clock;
use qbo::{Entity, Invoice, Query};
use store::{ActKind, AlertRecord, By, Stored};

use crate::{
    alerts,
    calls::quickbooks::Rows,
    ctx::Ctx,
    declined::{Declined, NotDone},
    engine::Engine,
    history::Acting,
    job::{
        entering::Entering,
        sent_before::{invoice_slot, marker},
    },
    ledger::{object, seen},
    objects::slots::{StoredInvoice, stored},
    stop::{Stop, broken},
    world::World,
};

impl<W: World> Engine<W> {
    /// Links the invoice that the open alert of a job names, and has the job pushed again.
    ///
    /// # Errors
    /// When there is no such alert, or QuickBooks or our table does not answer.
    pub async fn link_invoice(
        &self,
        company: &CompanyId,
        job: &JobId,
        by: &By,
        deadline: Duration,
    ) -> Result<(), NotDone> {
        let cx = self.cx_for_person(company, deadline).await?;
        let entering = Entering::alone(&self.world, by);
        self.link_offered(&cx, job, &entering).await
    }

    /// The same, with what else is entered when it is linked.
    pub(crate) async fn link_offered(
        &self,
        cx: &Ctx,
        job: &JobId,
        entering: &Entering<'_>,
    ) -> Result<(), NotDone> {
        let subject = alert::Subject::Job(job.clone());
        let open = alerts::open(&self.world, &cx.books, &subject).await?;
        // The main invoice's, where there are several.
        let mut linkable = open.into_iter().filter(|alert| is_linkable(&alert.value));
        let alert = linkable.next().ok_or_else(|| {
            let words = format!(
                "there is no open alert {} of {job}, so there is nothing to link it to",
                AlertKind::LinkableInvoice.name()
            );
            Declined::no_such("alert", job, words)
        })?;
        self.link_alert(cx, alert, entering).await
    }

    /// Links the invoice that an alert offers.
    pub(crate) async fn link_alert(
        &self,
        cx: &Ctx,
        alert: Stored<AlertRecord>,
        entering: &Entering<'_>,
    ) -> Result<(), NotDone> {
        let offer = offer(alert)?;
        let id = offer.invoice.id.as_str();
        let query = Query::select(Invoice::NAME).where_in("Id", [id]);
        let rows = self.ask_all(cx, &[query]).await?;
        let found: Vec<Invoice> = rows.first().map_or(Ok(Vec::new()), Rows::of)?;
        self.link_one(cx, offer, found.first(), entering).await
    }

    /// Links one. The slot, both directions of the link, the end of the alert and the push that follows are entered
    /// together: whatever happens then, the job is pushed.
    async fn link_one(
        &self,
        cx: &Ctx,
        offer: Offer,
        invoice: Option<&Invoice>,
        entering: &Entering<'_>,
    ) -> Result<(), NotDone> {
        let Offer {
            alert,
            job,
            name,
            number,
            invoice: offered,
        } = offer;
        let changed = || {
            let words = "the invoice was changed in QuickBooks since: push the job again";
            Declined::changed("invoice", words)
        };
        let invoice = invoice.ok_or_else(changed)?;
        let present = invoice.doc_number.as_ref().map(ToString::to_string);
        if present.as_ref() != Some(&number)
            || invoice.total_amt.is_none()
            || invoice.total_amt != offered.total
            || !self.is_foreign_invoice(cx, invoice).await?
        {
            return Err(changed().into());
        }
        let document = QboObject::Invoice(Box::new(invoice.clone()));
        if document.identity().is_none() {
            return Err(changed().into());
        };
        let mut slot: StoredInvoice = stored(self.world.table(), cx, &name).await?;
        if slot.value.is_live() {
            let words = "the job is in QuickBooks already, or on its way";
            return Err(Declined::held_by("job", &name, words).into());
        }
        self.offer_taken(cx, &mut slot, (&job, &name, &number), invoice);
        // Everything of ours is written on top.
        let slot = slot.in_form(Slot::raw)?;
        let seen = seen(&slot.value, &document, None)?;
        let slot = object(&name, AnyKind::Invoice, slot);
        let Entering { by, push, also } = entering;
        let record = self.record_with_push(cx, &job, *push, by).await?;
        let act = Acting::new(by, ActKind::Linked)
            .about_job(alerts::job_ref(&job, &record.value))
            .told(format!("invoice {number}"));
        let mut further = also.clone();
        further.extend([record.put()?, act.write(&self.world, &cx.books)?]);
        further.extend(alerts::end(&self.world, &cx.books, alert).await?);
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

    /// What the slot of an offered invoice remembers once it is linked.
    fn offer_taken(
        &self,
        cx: &Ctx,
        slot: &mut StoredInvoice,
        (job, name, number): (&JobId, &SlotName, &str),
        invoice: &Invoice,
    ) {
        let memory = &mut slot.value.memory;
        memory.dated_by_invoice = false;
        if *name == SlotName::deposit_invoice(job) {
            memory.bills = vec![SlotName::deposit_item(cx.settings.deposit_account)];
            memory.gone = false;
        }
        let marker = marker(&cx.books, name);
        memory.note = marker.theirs(invoice.private_note.as_deref());
        memory.matched = Some(Matched {
            at: self.world.clock().now(),
            name: number.to_owned(),
            agreed: ["number", "customer", "total", "a person's choice"]
                .map(str::to_owned)
                .to_vec(),
        });
    }
}

/// An invoice that QuickBooks had, and the slot that it is offered for.
struct Offer {
    alert: Stored<AlertRecord>,
    job: JobId,
    name: SlotName,
    number: String,
    invoice: ForeignInvoice,
}

fn is_linkable(alert: &AlertRecord) -> bool {
    alert.kind == AlertKind::LinkableInvoice.name()
}

fn offer(alert: Stored<AlertRecord>) -> Result<Offer, Stop> {
    let subject = &alert.value.subject;
    let again = || {
        broken(format!(
            "the alert of {subject} was written by an earlier version: push the job again, and it can be linked"
        ))
    };
    let text = alert.value.alert.as_ref().ok_or_else(again)?;
    let read: Alert = serde_json::from_str(text.get()).map_err(|_| again())?;
    let Alert::Job(of) = read else {
        return Err(again());
    };
    let (Some(document), JobTrouble::Number(NumberTrouble::Linkable { number, invoice })) =
        (of.document, of.trouble)
    else {
        return Err(again());
    };
    Ok(Offer {
        name: invoice_slot(&of.job.id, document.role),
        job: of.job.id,
        alert,
        number,
        invoice,
    })
}
