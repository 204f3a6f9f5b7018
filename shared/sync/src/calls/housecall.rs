//! What Housecall Pro says about a job, and what follows when it does not say it.

use std::sync::OnceLock;

use futures::{FutureExt, TryFutureExt, try_join};
use hcp::{HcpError, InvoiceId, InvoiceStatus, JobId};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use mapping::{
    JobRecords, UnreadField,
    alert::{
        Alert, ConnectionAlert, CustomerAlert, CustomerCause, CustomerRef, CustomerTrouble,
        FieldRef, HousecallTrouble, InvoiceAlert, InvoiceCause, JobAlert, JobRef,
    },
};
use ports::Clock;
use store::{
    Cause, Job, JobCustomer, JobFacts, JobInvoice, Mark, Outage, Shown, System, ToldPayment, Why,
};

use crate::{
    alerts,
    calls::limits::{Rate, Reserved},
    ctx::Ctx,
    declined::{Declined, NotDone},
    engine::Engine,
    stop::Stop,
    world::World,
};

/// Reads of Housecall Pro that one look makes.
pub(crate) const READS: usize = 4;

/// How long after a failure of Housecall Pro the same is tried again.
const FAILED: SignedDuration = SignedDuration::from_secs(20);

/// How often it is asked whether a key that it refused is accepted again.
const UNAUTHORIZED: u32 = 60;

impl<W: World> Engine<W> {
    pub(crate) async fn read_invoice(
        &self,
        cx: &Ctx,
        invoice: &InvoiceId,
    ) -> Result<hcp::Invoice, Stop> {
        let company = &cx.books.company;
        self.may_ask_housecall(cx).await?;
        let client = self.housecall(company).await?;
        match client.invoice(invoice).await {
            Ok(found) => match mapping::unread_job(&found) {
                Some(unread) => Err(Alert::Invoice(InvoiceAlert {
                    invoice: invoice.clone(),
                    number: found.invoice_number,
                    cause: InvoiceCause::FieldUnreadable(FieldRef::from(&unread)),
                })
                .into()),
                None => Ok(found),
            },
            Err(error) => {
                let asked = Asked::Invoice(invoice.clone());
                Err(self.housecall_stop(cx, &asked, &error).await?)
            }
        }
    }

    /// Waits until Housecall Pro may be read once, without a turn.
    pub(crate) async fn may_ask_housecall(&self, cx: &Ctx) -> Result<(), Stop> {
        let rate = Rate::Hcp(cx.books.company.clone());
        let patience = cx.patience(&self.world);
        self.limits.take(&self.world, &rate, 1, patience).await?;
        Ok(())
    }

    /// The reads of one look, without a turn.
    pub(crate) async fn reserve_reads(&self, cx: &Ctx) -> Result<Reserved, Stop> {
        let rate = Rate::Hcp(cx.books.company.clone());
        let patience = cx.patience(&self.world);
        let reserved = self.limits.reserve(&self.world, &rate, READS, patience);
        reserved.await
    }

    /// All that Housecall Pro says about a job; `None` when it has no such job any more. Fields that a rule needs are
    /// all in a known form (V24). `reserved` are its reads, where they were reserved with its turn.
    pub(crate) async fn read_records(
        &self,
        cx: &Ctx,
        id: &JobId,
        reserved: Option<Reserved>,
    ) -> Result<Option<JobRecords>, Stop> {
        let company = &cx.books.company;
        let reserved = match reserved {
            Some(reserved) => reserved,
            None => self.reserve_reads(cx).await?,
        };
        if let Some(invoice) = id.invoice() {
            return self.read_service_plan(cx, (id, &invoice), &reserved).await;
        }
        let client = self.housecall(company).await?;
        // Known as soon as the job was read, even where the rest cannot be.
        let number = OnceLock::new();
        let read = async {
            let (job, lines, invoices) = try_join!(
                reserved
                    .wait(&self.world, 0)
                    .then(|()| client.job(id))
                    .inspect_ok(|job| {
                        number.get_or_init(|| job.invoice_number.clone());
                    }),
                reserved
                    .wait(&self.world, 1)
                    .then(|()| client.line_items(id)),
                reserved
                    .wait(&self.world, 2)
                    .then(|()| client.invoices_of(id))
            )?;
            Ok::<_, HcpError>((job, lines, invoices))
        };
        let job_ref = || JobRef {
            number: number.get().cloned().flatten(),
            ..JobRef::unread(id)
        };
        let asked = || Asked::Job(job_ref());
        let (mut job, lines, invoices) = match read.await {
            Ok(records) => records,
            Err(HcpError::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(self.housecall_stop(cx, &asked(), &error).await?),
        };
        let Some(embedded) = job.customer.take() else {
            return Err(match mapping::unread_customer(&job) {
                Some(unread) => asked().unreadable(&unread),
                None => Alert::Job(JobAlert::new(job_ref(), HousecallTrouble::NoCustomer)).into(),
            });
        };
        reserved.wait(&self.world, 3).await;
        // The embedded customer has no addresses; a deleted one is only there.
        let (customer, customer_gone) = match client.customer(&embedded.id).await {
            Ok(customer) => (customer, false),
            Err(HcpError::NotFound { .. }) => (embedded, true),
            Err(error) => return Err(self.housecall_stop(cx, &asked(), &error).await?),
        };
        let records = JobRecords {
            job,
            lines,
            invoices,
            customer,
            customer_gone,
        };
        readable(records).map(Some)
    }

    /// How a person's request ends after Housecall Pro did not give what was asked.
    pub(crate) fn not_told(&self, error: HcpError) -> NotDone {
        match error {
            HcpError::NotFound { what } => {
                let words = format!("Housecall Pro has no {what}: was it deleted there?");
                Declined::no_such("Housecall Pro record", &what, words).into()
            }
            HcpError::Unauthorized => Declined::not_usable("API key", error.to_string()).into(),
            HcpError::Refused { .. } => Declined::not_usable("request", error.to_string()).into(),
            error => self.housecall_failed(error).into(),
        }
    }

    /// Housecall Pro did not answer, or not as it should.
    pub(crate) fn housecall_failed(&self, error: HcpError) -> Stop {
        Stop::Failed {
            system: System::Housecall,
            until: self.world.clock().now() + FAILED,
            cause: error.into(),
        }
    }

    /// How work ends after Housecall Pro did not give what was asked.
    pub(crate) async fn housecall_stop(
        &self,
        cx: &Ctx,
        asked: &Asked,
        error: &HcpError,
    ) -> Result<Stop, Stop> {
        let company = &cx.books.company;
        let now = self.world.clock().now();
        let failed = |wait: SignedDuration| Stop::Failed {
            system: System::Housecall,
            until: now + wait,
            cause: error.clone().into(),
        };
        Ok(match error {
            HcpError::Throttled { wait, .. } => {
                let rate = Rate::Hcp(company.clone());
                let held = self
                    .limits
                    .hold(&self.world, &rate, company, wait.from(now));
                Stop::Turn {
                    until: held.await?,
                    turn: None,
                    cause: error.clone().into(),
                }
            }
            HcpError::Unavailable { .. } => failed(FAILED),
            // It was replaced, and what this process remembered is out of date.
            HcpError::Unauthorized if Box::pin(self.key_was_replaced(company)).await? => {
                Stop::Turn {
                    until: now,
                    turn: None,
                    cause: "the API key was replaced".into(),
                }
            }
            HcpError::Unauthorized => {
                self.forget(company);
                let alert = Alert::Connection(ConnectionAlert::HousecallUnauthorized);
                alerts::raise(&self.world, &cx.books, &alert).await?;
                let outage = Outage {
                    system: System::Housecall,
                    began: now,
                    probe: String::new(),
                    probe_at: now + SignedDuration::from_secs(i64::from(UNAUTHORIZED)),
                    every: UNAUTHORIZED,
                    cause: error.to_string(),
                };
                self.limits
                    .close(&self.world, company, &Why::Outage(outage))
                    .await?;
                failed(SignedDuration::ZERO)
            }
            HcpError::UnreadableField { field, .. } => {
                asked.unreadable(&mapping::unread_list(field))
            }
            HcpError::NotFound { .. } | HcpError::Refused { .. } | HcpError::Unreadable { .. } => {
                asked.refused(error.to_string())
            }
        })
    }
}

/// The records, if fields that a rule needs are all in a known form (V24).
pub(crate) fn readable(records: JobRecords) -> Result<JobRecords, Stop> {
    match records.unreadable() {
        Some(unread) => Err(Asked::Job(JobRef::from(&records)).unreadable(&unread)),
        None => Ok(records),
    }
}

/// What Housecall Pro was asked for, and an alert is about when it does not tell.
pub(crate) enum Asked {
    /// A job.
    Job(JobRef),
    /// An invoice, for its job.
    Invoice(InvoiceId),
    /// A customer who was edited (T5).
    Customer(CustomerRef),
    /// Whether another customer was merged into that of a job (C12). The alert that is told then.
    Merge(Box<JobAlert>),
    /// The lists of what no webhook told (T11).
    Lists,
}

impl Asked {
    /// It refused, or sent something unreadable.
    fn refused(&self, reason: String) -> Stop {
        let alert = match self {
            Self::Job(job) => Alert::Job(JobAlert::new(
                job.clone(),
                HousecallTrouble::Refused { reason },
            )),
            Self::Invoice(invoice) => Alert::Invoice(InvoiceAlert {
                invoice: invoice.clone(),
                number: None,
                cause: InvoiceCause::Refused { reason },
            }),
            Self::Customer(customer) => Alert::Customer(CustomerAlert {
                customer: customer.clone(),
                cause: CustomerCause::Unread { reason },
            }),
            Self::Merge(job) => Alert::Job(JobAlert {
                trouble: CustomerTrouble::MergeUnread { reason }.into(),
                ..job.as_ref().clone()
            }),
            Self::Lists => Alert::Connection(ConnectionAlert::ListsRefused { reason }),
        };
        alert.into()
    }

    /// A field of it that a rule needs has a form that is not known (V24).
    fn unreadable(&self, unread: &UnreadField) -> Stop {
        let field = FieldRef::from(unread);
        let reason = format!(
            "the field {} of {} has a form that is not known here",
            unread.field, unread.of
        );
        let alert = match self {
            Self::Job(job) => Alert::Job(JobAlert::new(
                job.clone(),
                HousecallTrouble::FieldUnreadable(field),
            )),
            Self::Invoice(invoice) => Alert::Invoice(InvoiceAlert {
                invoice: invoice.clone(),
                number: None,
                cause: InvoiceCause::FieldUnreadable(field),
            }),
            Self::Customer(_) | Self::Merge(_) => return self.refused(reason),
            Self::Lists => Alert::Connection(ConnectionAlert::ListsUnreadable(field)),
        };
        alert.into()
    }
}

/// What an event said that the records do not show yet: they were read too early.
pub(crate) fn lagging(
    job: &hcp::Job,
    invoices: &[hcp::Invoice],
    marks: &[Mark],
) -> Option<&'static str> {
    let invoice = |mark: &Mark| {
        let id = mark.invoice.as_ref()?;
        Some(invoices.iter().find(|invoice| invoice.id == *id))
    };
    marks.iter().find_map(|mark| match mark.trigger {
        Cause::Finished => (!job.is_finished()).then_some("finished"),
        Cause::Invoiced => match invoice(mark)? {
            Some(found) => (found.sent_at.is_none() && !found.is_removed()).then_some("invoiced"),
            None => Some("invoiced"),
        },
        Cause::Paid => match invoice(mark)? {
            Some(found) => {
                let shown = found.paid_at.is_some()
                    || found.status == Some(InvoiceStatus::Paid)
                    || !found.payments.is_empty()
                    || found.is_removed();
                (!shown).then_some("paid")
            }
            None => Some("paid"),
        },
        Cause::Refunded => match invoice(mark)? {
            Some(found) => (found.refunds.is_empty() && !found.is_removed()).then_some("refunded"),
            None => Some("refunded"),
        },
        // They tell nothing that the records must show.
        Cause::ByHand | Cause::Edited => None,
    })
}

/// Notes what lists and the card of a job show of it (K1), as it was read at that time.
pub(crate) fn know(job: &mut Job, records: &JobRecords, read_at: Timestamp, zone: &TimeZone) {
    job.number = records.number().map(str::to_owned);
    job.customer = Some(JobCustomer {
        id: records.customer.id.clone(),
        name: mapping::customer::given_name(&records.customer),
    });
    let told = &records.job;
    let work = told.work_timestamps.completed_at;
    let day = work.or(told.schedule.scheduled_start).or(told.created_at);
    // An invoice without a job tells of itself (P6).
    let plan = records
        .invoices
        .first()
        .filter(|_| records.is_service_plan());
    let day = day.or(plan.and_then(|plan| plan.invoice_date));
    let on = |at: Timestamp| at.to_zoned(zone.clone()).date();
    let invoices = records.invoices.iter().map(|invoice| JobInvoice {
        id: invoice.id.clone(),
        number: invoice.invoice_number.clone(),
        sent: invoice.sent_at.map(on),
    });
    let (payments, _) = records.payments();
    let payments = payments.into_iter().map(|payment| ToldPayment {
        amount: payment.total(),
        date: payment.date(zone),
        method: payment.method_name.map(|(name, _)| name),
        id: payment.id,
    });
    job.facts = Some(JobFacts {
        read_at,
        date: day.map(on),
        total: told.total_amount.or(plan.and_then(|plan| plan.amount)),
        balance: told
            .outstanding_balance
            .or(plan.and_then(|plan| plan.due_amount)),
        invoices: invoices.collect(),
        payments: payments.collect(),
        finished: work.map(on),
    });
}

/// What of it later triggers may tell.
pub(crate) fn shown(records: &JobRecords, at: Timestamp) -> Shown {
    let ids = |is: fn(&hcp::Invoice) -> bool| -> Vec<InvoiceId> {
        let invoices = records.invoices.iter().filter(|invoice| is(invoice));
        invoices.map(|invoice| invoice.id.clone()).collect()
    };
    Shown {
        at,
        finished: records.job.is_finished(),
        sent: ids(|invoice| invoice.sent_at.is_some()),
        paid: ids(|invoice| invoice.status == Some(InvoiceStatus::Paid)),
    }
}

/// Whether the job's first trigger happened before the connection was made (T8). Of a service plan that is its payment (P6),
/// whether or not its invoice is open again.
pub(crate) fn before_connection(
    job: &hcp::Job,
    invoices: &[hcp::Invoice],
    connected_at: Timestamp,
) -> bool {
    let is_service_plan = job.id.invoice().is_some();
    let payments = invoices.iter().flat_map(|invoice| &invoice.payments);
    let payments = payments.filter(|payment| is_service_plan && payment.is_succeeded());
    let paid = payments.map(|payment| payment.paid_at);
    let invoices = invoices
        .iter()
        .flat_map(|invoice| [invoice.sent_at, invoice.paid_at]);
    invoices
        .chain(paid)
        .chain([job.work_timestamps.completed_at])
        .flatten()
        .any(|at| at < connected_at)
}
