//! T5: edits in Housecall Pro. They push nothing by themselves: what a push would send now is compared with what was
//! last written, and the job's card says that changes are pending. Where the company chose so, they are pushed.

use hcp::JobId;
use jiff::Timestamp;
use ledger::Slot;
use mapping::{JobRecords, PushEdits, QboObject, alert::Subject};
use ports::Clock;
use sha2::{Digest, Sha256};
use store::{Cause, Job, JobState, Mark, Stored, read};

use crate::{
    alerts,
    calls::housecall::know,
    ctx::Ctx,
    engine::{Engine, Outcome},
    job::{plan::Plan, sent_before::invoice_slot, state::worse},
    objects::{customers::customer_change, price_book::Book},
    stop::{Stop, broken},
    work::park::SAFETY,
    world::World,
};

impl<W: World> Engine<W> {
    /// A job that is in QuickBooks was edited, or is said to have been: `job` is its record as it was before Housecall
    /// Pro was read.
    pub(crate) async fn look_at_edit(
        &self,
        cx: &Ctx,
        id: &JobId,
        mut job: Stored<Job>,
        records: &JobRecords,
    ) -> Result<Outcome, Stop> {
        know(&mut job.value, records, self.world.clock().now(), &cx.zone);
        cx.trail.know(&job.value);
        let difference = self.difference(cx, records).await?;
        if let Some(difference) = &difference
            && cx.settings.push_edits == PushEdits::Automatic
        {
            let now = self.world.clock().now();
            // What was tried already, and refused, is not tried again before something is different.
            let new = job.value.mark(Mark {
                key: format!("edited@{difference}"),
                occurred: None,
                trigger: Cause::Edited,
                at: now,
                invoice: None,
                by: None,
            });
            if new {
                job.due = Some(now + SAFETY);
                self.put(vec![job.put()?]).await?;
                job.written();
                return self.work_on(cx, id, job, None).await;
            }
        }
        // P8: a payment that came back tells itself as an edit.
        let paid = Box::pin(self.carry_payments(cx, records, &job.value)).await?;
        let repeated = self.carry_receipts(cx, records, job.value.alerted);
        let repeated = Box::pin(repeated).await?.state;
        let state = match job.value.state {
            _ if worse(paid, repeated) == Some(JobState::Alert) => JobState::Alert,
            JobState::Synced | JobState::PendingChanges => carried(difference.as_deref()),
            JobState::Alert if !self.wants_somebody(cx, id).await? => {
                carried(difference.as_deref())
            }
            state => state,
        };
        job.value.alerted |= state == JobState::Alert;
        if job.value.state != state {
            cx.trail.is_news();
        }
        job.value.state = state;
        self.looked(cx, job).await
    }

    /// Whether an alert of a job is open.
    pub(crate) async fn wants_somebody(&self, cx: &Ctx, id: &JobId) -> Result<bool, Stop> {
        let subject = Subject::Job(id.clone());
        let open = alerts::open(&self.world, &cx.books, &subject).await?;
        Ok(!open.is_empty())
    }

    /// How a job stands whose alerts are over: what of it QuickBooks has.
    pub(crate) async fn state_by_documents(
        &self,
        cx: &Ctx,
        records: &JobRecords,
    ) -> Result<JobState, Stop> {
        if !self.has_documents(cx, &records.job.id).await? {
            return Ok(JobState::WaitsForTrigger);
        }
        let difference = self.difference(cx, records).await?;
        Ok(carried(difference.as_deref()))
    }

    /// What of a job's invoices a push by hand would write now, as a name that tells it from every other such
    /// difference, also from the same one at another time; `None`: nothing. QuickBooks is not asked.
    async fn difference(&self, cx: &Ctx, records: &JobRecords) -> Result<Option<String>, Stop> {
        let mut told = Told::default();
        let records = &*self.with_known_address(cx, records).await?;
        let standing = self.standing(cx, records).await?;
        let invoicing = cx.settings.invoicing;
        let (documents, refused) = records
            .documents_apart(invoicing, &standing)
            .unwrap_or_else(|refusal| (Vec::new(), vec![refusal]));
        for refusal in refused {
            told.tell(&refusal.to_string());
        }
        let pushed = as_pushed(self.world.clock().now());
        // Where materials lie is no part of an invoice.
        let book = Book::Remembered;
        for document in &documents {
            let name = invoice_slot(&records.job.id, document.role);
            let key = cx.books.slot(&name);
            let slot = read::<Slot>(self.world.table(), &key).await?;
            let link = slot.as_ref().and_then(|slot| slot.value.link());
            let Some(link) = link else {
                continue;
            };
            let version = format!("{name} {} {}", link.id, link.sync_token);
            let plan = match Plan::make(self, cx, records, document, &pushed, book).await {
                Ok(Ok(plan)) => plan,
                Ok(Err(_)) => continue,
                Err(Stop::Alert(alert)) => {
                    told.tell(&format!("{version} {alert:?}"));
                    continue;
                }
                Err(stop) => return Err(stop),
            };
            told.tell_customers(&plan)?;
            let graph = plan.graph();
            let node = graph.node(&name);
            let wanted = node.and_then(|node| graph.resolved(&node.wanted.object));
            let Some(QboObject::Invoice(wanted)) = wanted else {
                // An item or a term that QuickBooks does not have yet.
                told.tell(&format!("{version} {:?} {:?}", document.bill, plan.dated));
                continue;
            };
            let sent = match plan.wrote()? {
                Some(wrote) => {
                    let home = plan.customer.bill_addr.as_ref();
                    mapping::invoice::changes(&wrote, &wanted, home)
                }
                None => Some(*wanted),
            };
            if let Some(sent) = sent {
                let sent = serde_json::to_string(&sent).map_err(broken)?;
                told.tell(&format!("{version} {sent}"));
            }
        }
        Ok(told.name())
    }
}

/// How a job stands that was carried, by what is different now.
fn carried(difference: Option<&str>) -> JobState {
    match difference {
        Some(_) => JobState::PendingChanges,
        None => JobState::Synced,
    }
}

/// A job as it would be pushed for its edits.
fn as_pushed(now: Timestamp) -> Job {
    Job {
        marks: vec![Mark {
            key: String::new(),
            occurred: None,
            trigger: Cause::Edited,
            at: now,
            invoice: None,
            by: None,
        }],
        ..Job::default()
    }
}

/// Everything that is different.
#[derive(Default)]
struct Told {
    digest: Sha256,
    any: bool,
}

impl Told {
    fn tell_customers(&mut self, plan: &Plan<'_>) -> Result<(), Stop> {
        for known in plan.customers() {
            if let Some(change) = customer_change(known)? {
                let link = known.slot.value.link();
                let version = link.map(|link| &link.sync_token);
                let change = change.sent.json().map_err(broken)?;
                self.tell(&format!("{version:?} {change}"));
            }
        }
        Ok(())
    }

    fn tell(&mut self, difference: &str) {
        self.digest.update(difference);
        self.digest.update([0]);
        self.any = true;
    }

    fn name(self) -> Option<String> {
        self.any.then(|| hex::encode(self.digest.finalize()))
    }
}
