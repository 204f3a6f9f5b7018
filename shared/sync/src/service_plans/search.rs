//! Searching for the customer of an invoice without a job, by Housecall Pro's list of invoices.

use std::time::Duration;

use hcp::{HcpError, Invoice, JobId};
use mapping::payer::{PayerQuestion, PayerSearch};
use ports::Clock;
use store::{Job, Payer, ServicePlanCustomers, Stored, read};

use super::without_customer;
use crate::{
    alerts,
    calls::{housecall::Asked, limits::Reserved},
    ctx::Ctx,
    engine::Engine,
    stop::Stop,
    world::World,
};

/// The longest that Housecall Pro may take for one answer; in a run with less time left nothing more is asked.
const ANSWER: Duration = Duration::from_secs(12);

impl<W: World> Engine<W> {
    /// Searches for the customer and keeps what comes of it: nothing is asked twice, whenever the run ends.
    ///
    /// # Errors
    /// An alert when they are not found.
    pub(super) async fn search_payer(
        &self,
        cx: &Ctx,
        (id, invoice): (&JobId, &Invoice),
        job: &mut Stored<Job>,
        mut reads: Reserved,
    ) -> Result<(), Stop> {
        if !job.value.seeks_payer() {
            return Err(without_customer(cx, invoice).into());
        }
        let mut search = match job.value.payer.take() {
            Some(Payer::Sought(search)) => *search,
            _ => self.new_search(cx).await?,
        };
        let found = loop {
            let before = search.clone();
            let question = search.question();
            if let PayerQuestion::Nothing(found) = question {
                break found;
            }
            let asked = self.ask_whose(cx, invoice, (&mut search, question), &mut reads);
            match asked.await {
                Ok(()) => {}
                // It does not take the question: then it cannot tell.
                Err(Unasked::Refused(error)) => {
                    tracing::warn!(invoice = %invoice.id, %error, "not told whose invoice it is");
                    break None;
                }
                Err(Unasked::Failed(error)) => {
                    self.keep_search(cx, id, before).await?;
                    let asked = Asked::Job(alerts::job_ref(id, &job.value));
                    return Err(self.housecall_stop(cx, &asked, &error).await?);
                }
                Err(Unasked::Stop(stop)) => {
                    self.keep_search(cx, id, before).await?;
                    return Err(stop);
                }
            }
        };
        let Some(customer) = found else {
            self.keep_payer(cx, id, Some(&Payer::NotFound)).await?;
            return Err(without_customer(cx, invoice).into());
        };
        self.note_service_plan(cx, &customer).await?;
        let number = job.value.number.take();
        *job = self
            .keep_payer(cx, id, Some(&Payer::Found(customer)))
            .await?;
        job.value.number = number;
        Ok(())
    }

    async fn new_search(&self, cx: &Ctx) -> Result<PayerSearch, Stop> {
        let key = cx.books.service_plan_customers();
        let likely = read::<ServicePlanCustomers>(self.world.table(), &key).await?;
        let likely = likely.map(|known| known.value.customers);
        Ok(PayerSearch::new(likely.unwrap_or_default()))
    }

    async fn keep_search(&self, cx: &Ctx, id: &JobId, search: PayerSearch) -> Result<(), Stop> {
        let sought = Payer::Sought(Box::new(search));
        self.keep_payer(cx, id, Some(&sought)).await.map(drop)
    }

    /// Asks one question, and enters the answer.
    async fn ask_whose(
        &self,
        cx: &Ctx,
        invoice: &Invoice,
        (search, question): (&mut PayerSearch, PayerQuestion),
        reads: &mut Reserved,
    ) -> Result<(), Unasked> {
        let clock = self.world.clock();
        if clock.monotonic() + ANSWER > cx.deadline {
            return Err(Stop::out_of_time(clock.now()).into());
        }
        if !reads.take(&self.world).await {
            self.may_ask_housecall(cx).await?;
        }
        let client = self.housecall(&cx.books.company).await?;
        match question {
            PayerQuestion::MoreCustomers(page) => {
                let found = client.customers(page).await?;
                let is_last = page >= found.total_pages;
                let customers = found.items.into_iter().map(|customer| customer.id);
                search.customers(customers.collect(), is_last);
            }
            PayerQuestion::IsOfOneOf(customers) => {
                search.answer(client.is_of_one_of(invoice, &customers).await?);
            }
            PayerQuestion::Nothing(_) => {}
        }
        Ok(())
    }
}

/// Why a question has no answer.
enum Unasked {
    /// Housecall Pro does not take it, or gives no answer that can be read.
    Refused(HcpError),
    /// It may be asked again.
    Failed(HcpError),
    Stop(Stop),
}

impl From<HcpError> for Unasked {
    fn from(error: HcpError) -> Self {
        match error {
            error @ (HcpError::Unavailable { .. }
            | HcpError::Throttled { .. }
            | HcpError::Unauthorized) => Self::Failed(error),
            error => Self::Refused(error),
        }
    }
}

impl From<Stop> for Unasked {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}
