//! T5: edits in Housecall Pro. They push nothing by themselves: what a push would send now is compared with what was
//! last written, and the job's card says that changes are pending. Where the company chose so, they are pushed.

use hcp::JobId;
use jiff::Timestamp;
use ledger::Slot;
use mapping::{JobRecords, PushEdits, QboObject, Role, SlotName, alert::Subject};
use ports::Clock;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use store::{Cause, Job, JobState, Mark, Pending, Stored, read};

use crate::{
    alerts,
    calls::housecall::know,
    ctx::Ctx,
    engine::{Engine, Outcome},
    history::Room,
    job::{plan::Plan, sent_before::invoice_slot, state::worse},
    objects::{customers::customer_change, price_book::Book, slots::number},
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
            let difference = &difference.name;
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
            JobState::Synced | JobState::PendingChanges => carried(difference.as_ref()),
            JobState::Alert if !self.wants_somebody(cx, id).await? => carried(difference.as_ref()),
            state => state,
        };
        job.value.alerted |= state == JobState::Alert;
        if job.value.state != state {
            cx.trail.is_news();
        }
        job.value.state = state;
        job.value.pending = difference.map_or_else(Vec::new, |difference| difference.pending);
        self.looked(cx, job).await
    }

    /// Whether an alert of a job is open.
    pub(crate) async fn wants_somebody(&self, cx: &Ctx, id: &JobId) -> Result<bool, Stop> {
        let subject = Subject::Job(id.clone());
        let open = alerts::open(&self.world, &cx.books, &subject).await?;
        Ok(!open.is_empty())
    }

    /// How a job stands whose alerts are over: what of it QuickBooks has, and what it lacks.
    pub(crate) async fn state_by_documents(
        &self,
        cx: &Ctx,
        records: &JobRecords,
    ) -> Result<(JobState, Vec<Pending>), Stop> {
        if !self.has_documents(cx, &records.job.id).await? {
            return Ok((JobState::WaitsForTrigger, Vec::new()));
        }
        let difference = self.difference(cx, records).await?;
        let state = carried(difference.as_ref());
        Ok((state, difference.map_or_else(Vec::new, |one| one.pending)))
    }

    /// What of a job's invoices a push by hand would write now; `None`: nothing. QuickBooks is not asked.
    async fn difference(&self, cx: &Ctx, records: &JobRecords) -> Result<Option<Difference>, Stop> {
        let mut told = Told::default();
        let records = &*self.with_known_address(cx, records).await?;
        let standing = self.standing(cx, records).await?;
        let invoicing = cx.settings.invoicing;
        let (documents, refused) = records
            .documents_apart(invoicing, &standing)
            .unwrap_or_else(|refusal| (Vec::new(), vec![refusal]));
        for refusal in refused {
            let words = refusal.to_string();
            told.tell(&words);
            told.refused(None, words);
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
            let of = described(document.role, &number(link));
            let plan = match Plan::make(self, cx, records, document, &pushed, book).await {
                Ok(Ok(plan)) => plan,
                Ok(Err(_)) => continue,
                Err(Stop::Alert(alert)) => {
                    told.tell(&format!("{version} {alert:?}"));
                    told.refused(Some(of), alert.message());
                    continue;
                }
                Err(stop) => return Err(stop),
            };
            told.tell_customers(&plan)?;
            told.tell_invoice(&plan, &name, (&version, of))?;
        }
        Ok(told.difference())
    }
}

/// What QuickBooks would get.
struct Difference {
    /// What tells it from every other difference, also from the same one at another time.
    name: String,
    /// The same for people.
    pending: Vec<Pending>,
}

/// An invoice, as people call it: `deposit invoice D-104`.
fn described(role: Role, number: &str) -> String {
    match role {
        Role::Deposit => format!("deposit invoice {number}"),
        Role::Main | Role::Part(_) => format!("invoice {number}"),
    }
}

/// How a job stands that was carried, by what is different now.
fn carried(difference: Option<&Difference>) -> JobState {
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

/// Fields of one job that are told; of further ones, how many there are.
const MOST_FIELDS: usize = 80;

/// Everything that is different.
struct Told {
    digest: Sha256,
    any: bool,
    pending: Vec<Pending>,
    room: Room,
}

impl Default for Told {
    fn default() -> Self {
        Self {
            digest: Sha256::default(),
            any: false,
            pending: Vec::new(),
            room: Room::of(MOST_FIELDS),
        }
    }
}

impl Told {
    fn tell_customers(&mut self, plan: &Plan<'_>) -> Result<(), Stop> {
        for known in plan.customers() {
            if let Some(change) = customer_change(known)? {
                let link = known.slot.value.link();
                let version = link.map(|link| &link.sync_token);
                let sent = change.sent.json().map_err(broken)?;
                self.tell(&format!("{version:?} {sent}"));
                let name = known.wanted.display_name.as_deref().unwrap_or_default();
                let before = link.and_then(|link| link.last_written.as_deref());
                let after = change.wants.json().map_err(broken)?;
                self.fields(format!("customer {name}"), before, &after);
            }
        }
        Ok(())
    }

    fn tell_invoice(
        &mut self,
        plan: &Plan<'_>,
        name: &SlotName,
        (version, of): (&str, String),
    ) -> Result<(), Stop> {
        let graph = plan.graph();
        let Some(node) = graph.node(name) else {
            return Ok(());
        };
        let resolved = graph.resolved(&node.wanted.object);
        let wrote = plan.wrote()?;
        let sent = match (resolved.as_ref(), &wrote) {
            (Some(QboObject::Invoice(wanted)), Some(wrote)) => {
                let home = plan.customer.bill_addr.as_ref();
                let Some(sent) = mapping::invoice::changes(wrote, wanted, home) else {
                    return Ok(());
                };
                serde_json::to_string(&sent).map_err(broken)?
            }
            (Some(QboObject::Invoice(wanted)), None) => {
                serde_json::to_string(wanted).map_err(broken)?
            }
            // An item or a term that QuickBooks does not have yet.
            _ => format!("{:?} {:?}", plan.document.bill, plan.dated),
        };
        self.tell(&format!("{version} {sent}"));
        let wanted = resolved.as_ref().unwrap_or(&node.wanted.object);
        let before = node.slot.value.link();
        let before = before.and_then(|link| link.last_written.as_deref());
        self.fields(of, before, &wanted.json().map_err(broken)?);
        Ok(())
    }

    /// Field by field, as far as what was written last is known.
    fn fields(&mut self, of: String, before: Option<&RawValue>, after: &RawValue) {
        let (changes, more) = match before {
            Some(before) => self.room.difference(Some(before), Some(after)),
            None => (Vec::new(), 0),
        };
        self.pending.push(Pending {
            of: Some(of),
            changes,
            more,
            refused: None,
        });
    }

    /// It cannot be sent as it is.
    fn refused(&mut self, of: Option<String>, words: String) {
        self.pending.push(Pending {
            of,
            changes: Vec::new(),
            more: 0,
            refused: Some(words),
        });
    }

    fn tell(&mut self, difference: &str) {
        self.digest.update(difference);
        self.digest.update([0]);
        self.any = true;
    }

    fn difference(self) -> Option<Difference> {
        self.any.then(|| Difference {
            name: hex::encode(self.digest.finalize()),
            pending: self.pending,
        })
    }
}
