//! Invoices of service plans (P6). They have no job, so each stands in the place of one: what Housecall Pro says of it, and
//! whose it is.

pub mod choose;
mod search;

use std::collections::BTreeMap;

use hcp::{CustomerId, HcpError, Invoice, InvoiceId, JobId};
use jiff::Timestamp;
use mapping::{
    JobRecords,
    alert::{Alert, InvoiceAlert, InvoiceCause, JobRef},
    service_plan,
};
use store::{Job, JobState, Payer, ServicePlanCustomers, Stored, read};

use crate::{
    alerts,
    calls::{
        housecall::{Asked, before_connection, lagging, readable},
        limits::Reserved,
    },
    ctx::Ctx,
    engine::Engine,
    intake::push_by_hand::nothing_to_push,
    job::{
        look::{is_pushed_by_hand, lags_behind},
        push::Pushed,
    },
    retry::Change,
    stop::{Stop, broken},
    world::World,
};

/// An invoice without a job: what stands in the place of that, and its own id.
type ServicePlan<'a> = (&'a JobId, &'a InvoiceId);

impl<W: World> Engine<W> {
    /// All that Housecall Pro says of an invoice without a job, whose customer is known; `None`: it has no such invoice any
    /// more. `reserved` are its reads.
    ///
    /// # Errors
    /// An alert where its customer is not known; [`Stop::PlanAgain`] where Housecall Pro has them no more: they are to be
    /// found out anew.
    pub(crate) async fn read_service_plan(
        &self,
        cx: &Ctx,
        plan: ServicePlan<'_>,
        reserved: &Reserved,
    ) -> Result<Option<JobRecords>, Stop> {
        let key = cx.books.job(plan.0);
        let record = read::<Job>(self.world.table(), &key).await?;
        let record = record.unwrap_or_else(|| Stored::new(key, Job::default()));
        reserved.wait(&self.world, 0).await;
        let Some(invoice) = self.invoice_of_plan(cx, plan, &record.value).await? else {
            return Ok(None);
        };
        let Some(payer) = record.value.payer().cloned() else {
            return Err(without_customer(cx, &invoice).into());
        };
        reserved.wait(&self.world, 1).await;
        let client = self.housecall(&cx.books.company).await?;
        let customer = match client.customer(&payer).await {
            Ok(customer) => customer,
            Err(HcpError::NotFound { .. }) => {
                self.keep_payer(cx, plan.0, None).await?;
                return Err(Stop::PlanAgain(format!(
                    "the customer of invoice {}",
                    plan.1
                )));
            }
            Err(error) => {
                let asked = Asked::Job(alerts::job_ref(plan.0, &record.value));
                return Err(self.housecall_stop(cx, &asked, &error).await?);
            }
        };
        let records = JobRecords::of_service_plan(invoice, customer);
        let records = records.ok_or_else(|| broken("an invoice of another id was read"))?;
        readable(records).map(Some)
    }

    /// Finds out whose an invoice without a job is, once a payment or a person wants it in QuickBooks. Gives how it stands
    /// where nothing of it is sent; `None`: its customer is known now.
    ///
    /// # Errors
    /// An alert where Housecall Pro does not tell.
    pub(crate) async fn find_payer(
        &self,
        cx: &Ctx,
        plan: ServicePlan<'_>,
        job: &mut Stored<Job>,
        reserved: Option<Reserved>,
    ) -> Result<Option<Pushed>, Stop> {
        let mut reads = match reserved {
            Some(reserved) => reserved,
            None => self.reserve_reads(cx).await?,
        };
        reads.take(&self.world).await;
        let id = plan.0;
        let (stands, by_hand) = (
            self.has_documents(cx, id).await?,
            is_pushed_by_hand(&job.value),
        );
        let invoice = self.invoice_of_plan(cx, plan, &job.value).await?;
        let in_place = invoice.as_ref().and_then(service_plan::in_place_of_job);
        let there = invoice.zip(in_place);
        let Some((invoice, in_place)) = there.filter(|(_, in_place)| !in_place.is_removed()) else {
            if by_hand && !stands {
                return Err(nothing_to_push(id, None));
            }
            return self.removed(cx, id, &job.value, None).await.map(Some);
        };
        let invoices = std::slice::from_ref(&invoice);
        let event = lagging(&in_place, invoices, job.value.unhandled());
        if let Some(event) = event.filter(|_| !by_hand) {
            let known_by = JobRef {
                number: invoice.invoice_number.clone(),
                ..alerts::job_ref(id, &job.value)
            };
            return Err(lags_behind(known_by, &job.value, event));
        }
        let pushed = |state| Pushed {
            state,
            number: invoice.invoice_number.clone(),
            typed: BTreeMap::new(),
        };
        if !stands && !job.value.was_pushed_by_hand() {
            if before_connection(&in_place, invoices, cx.connection.connected_at) {
                return Ok(Some(pushed(JobState::BeforeConnection)));
            }
            if !service_plan::was_paid(&invoice) {
                return Ok(Some(pushed(JobState::WaitsForTrigger)));
            }
        }
        job.value.number = invoice.invoice_number.clone();
        self.search_payer(cx, (id, &invoice), job, reads)
            .await
            .map(|()| None)
    }

    /// The invoice; `None`: Housecall Pro has it no more.
    async fn invoice_of_plan(
        &self,
        cx: &Ctx,
        (id, invoice): ServicePlan<'_>,
        job: &Job,
    ) -> Result<Option<Invoice>, Stop> {
        let client = self.housecall(&cx.books.company).await?;
        match client.invoice(invoice).await {
            Ok(invoice) => Ok(Some(invoice)),
            Err(HcpError::NotFound { .. }) => Ok(None),
            Err(error) => {
                let asked = Asked::Job(alerts::job_ref(id, job));
                Err(self.housecall_stop(cx, &asked, &error).await?)
            }
        }
    }

    /// Keeps what is known of whose an invoice without a job is.
    pub(crate) async fn keep_payer(
        &self,
        cx: &Ctx,
        id: &JobId,
        payer: Option<&Payer>,
    ) -> Result<Stored<Job>, Stop> {
        let key = cx.books.job(id);
        let kept = self.change(&key, Job::default, |job| {
            // What a person said stands, whatever was asked meanwhile.
            let is_chosen = matches!(job.value.payer, Some(Payer::Chosen { .. }));
            if job.value.payer.as_ref() == payer || is_chosen && payer.is_some() {
                return Change::Nothing(());
            }
            job.value.payer = payer.cloned();
            Change::Store(())
        });
        Ok(kept.await?.0)
    }

    /// Remembers that a customer paid for a service plan.
    pub(crate) async fn note_service_plan(
        &self,
        cx: &Ctx,
        customer: &CustomerId,
    ) -> Result<(), Stop> {
        let key = cx.books.service_plan_customers();
        let noted = self.change(&key, ServicePlanCustomers::default, |known| {
            known.value.paid(customer);
            Change::Store(())
        });
        noted.await.map(drop)
    }
}

/// That nobody can tell whose an invoice is.
fn without_customer(cx: &Ctx, invoice: &Invoice) -> Alert {
    let date = |at: Timestamp| at.to_zoned(cx.zone.clone()).date();
    Alert::Invoice(InvoiceAlert {
        invoice: invoice.id.clone(),
        number: invoice.invoice_number.clone(),
        cause: InvoiceCause::NoCustomer {
            sold: service_plan::named(invoice),
            total: invoice.amount,
            paid: invoice.paid_at.map(date),
        },
    })
}
