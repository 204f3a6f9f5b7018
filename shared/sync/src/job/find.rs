//! The job that a person means: by its number, which people know, by the number of one of its invoices, or by an id.

mod payment;

use std::time::Duration;

use hcp::{CompanyId, CustomerId, HcpError, Invoice, InvoiceId, JobId, Page};
use mapping::alert::JobRef;
use ports::Clock;
use serde::{Deserialize, Serialize};
use store::{Books, Job, Stored, Table, read, read_all};

use crate::{
    ctx::Ctx,
    declined::{Declined, NotDone},
    engine::Engine,
    objects::slots::StoredInvoice,
    stop::Stop,
    world::World,
};

/// What a person calls a job by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobName {
    /// Its number or its id (`job_…`).
    Job(String),
    /// The number or the id (`invoice_…`) of one of its invoices.
    Invoice(String),
    /// The id that Housecall Pro gives one of its payments.
    Payment(String),
}

/// A job that there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundJob {
    /// Its id; of an invoice without a job, what stands in the place of that (P6).
    pub id: JobId,
    /// Its number, where it is known.
    pub number: Option<String>,
}

impl FoundJob {
    /// Inside a sentence: `job 104`, or `invoice RSA-1` of a service plan.
    pub fn name(&self) -> String {
        let number = self.number.clone();
        let number = number.unwrap_or_else(|| self.id.to_string());
        let named = JobRef {
            number: Some(number),
            ..JobRef::unread(&self.id)
        };
        named.name()
    }
}

/// A job that was seen here, with what finding it has told.
pub(crate) enum Named {
    /// By what its record tells, which was read.
    Job(JobId, Box<Stored<Job>>),
    /// By one of its invoices or payments, of which the slot of an invoice tells the customer, unless it was written before it did.
    Invoice(JobId, Option<CustomerId>),
}

/// Jobs of one number that are looked at: people see two in a bad year.
const MOST_OF_ONE_NUMBER: usize = 20;

/// How long a person waits for it.
const PATIENCE: Duration = Duration::from_secs(600);

/// Pages of Housecall Pro's lists that are looked through: 10,000 jobs, the last changed first.
const PAGES: u32 = 50;

impl<W: World> Engine<W> {
    /// The job of that name. What we have a record of is found there, the rest in Housecall Pro; nothing is written.
    ///
    /// # Errors
    /// When there is none, or several, or the table or Housecall Pro does not answer.
    pub async fn find_job(&self, company: &CompanyId, name: &JobName) -> Result<FoundJob, NotDone> {
        let deadline = self.world.clock().monotonic() + PATIENCE;
        let cx = self.cx_for_person(company, deadline).await?;
        self.look_for_job(&cx, name, Some(&mut 1)).await
    }

    /// The same among those that we have a record of.
    ///
    /// # Errors
    /// When there is none, or several, or the table does not answer.
    pub async fn find_known_job(
        &self,
        company: &CompanyId,
        name: &JobName,
    ) -> Result<FoundJob, NotDone> {
        let cx = self.cx_for_person(company, Duration::ZERO).await?;
        self.look_for_job(&cx, name, None).await
    }

    /// The job of that name. `page` is the page of Housecall Pro's list that is next to be looked through, should this stop
    /// before the end; without it Housecall Pro is not asked.
    pub(crate) async fn look_for_job(
        &self,
        cx: &Ctx,
        name: &JobName,
        page: Option<&mut u32>,
    ) -> Result<FoundJob, NotDone> {
        match name {
            JobName::Job(text) => {
                let text = plain(text)?;
                match text.starts_with("job_").then(|| JobId::parse(text)) {
                    Some(Ok(id)) => self.job_with_id(cx, id, page.is_some()).await,
                    Some(Err(error)) => Err(misspelt("job id", &error)),
                    None => self.job_with_number(cx, text, page).await,
                }
            }
            JobName::Invoice(text) => {
                let text = plain(text)?;
                match text.starts_with("invoice_").then(|| InvoiceId::parse(text)) {
                    Some(Ok(id)) => self.job_of_invoice(cx, id, page.is_some()).await,
                    Some(Err(error)) => Err(misspelt("invoice id", &error)),
                    None => self.job_of_number(cx, text, page).await,
                }
            }
            JobName::Payment(text) => self.job_of_payment(cx, plain(text)?, page).await,
        }
    }

    /// The job of that name among those that we have a record of, in one read; by the id of one of its invoices in more.
    pub(crate) async fn known_job(&self, cx: &Ctx, name: &JobName) -> Result<Named, NotDone> {
        let text = match name {
            JobName::Job(text) | JobName::Invoice(text) | JobName::Payment(text) => plain(text)?,
        };
        let is_id = |kind: &str| text.starts_with(kind);
        match name {
            _ if is_id("invoice_") => {
                let id = InvoiceId::parse(text).map_err(|error| misspelt("invoice id", &error))?;
                let itself = JobId::in_place_of(&id);
                if let Some(found) = self.record_of(cx, itself).await? {
                    return Ok(found);
                }
                let job = self.job_of_invoice(cx, id, false).await?.id;
                Ok(Named::Invoice(job, None))
            }
            JobName::Job(_) if is_id("job_") => {
                let id = JobId::parse(text).map_err(|error| misspelt("job id", &error))?;
                let what = format!("job has the id {id}");
                let found = self.record_of(cx, Some(id)).await?;
                Ok(found.ok_or_else(|| unseen(&what))?)
            }
            JobName::Job(_) => {
                let what = format!("job has the number {text}");
                let known = self.jobs_numbered(&cx.books, text).await?;
                Ok(the_only(&what, known)?.ok_or_else(|| unseen(&what))?)
            }
            JobName::Payment(_) => {
                let job = self.job_of_payment(cx, text, None).await?.id;
                Ok(Named::Invoice(job, None))
            }
            JobName::Invoice(_) => {
                let what = format!("invoice has the number {text}");
                let known = self.invoices_numbered(cx, text).await?;
                let jobs = known.iter().filter_map(job_of);
                if let Some(job) = only(&what, jobs)? {
                    let mut customers = known.into_iter().map(|slot| slot.value.memory.customer);
                    return Ok(Named::Invoice(job, customers.find_map(|one| one)));
                }
                let mut plans = self.jobs_numbered(&cx.books, text).await?;
                plans.retain(|(id, _)| id.invoice().is_some());
                Ok(the_only(&what, plans)?.ok_or_else(|| unseen(&what))?)
            }
        }
    }

    async fn record_of(&self, cx: &Ctx, id: Option<JobId>) -> Result<Option<Named>, Stop> {
        let Some(id) = id else {
            return Ok(None);
        };
        let record = read::<Job>(self.world.table(), &cx.books.job(&id)).await?;
        Ok(record.map(|record| Named::Job(id, Box::new(record))))
    }

    async fn job_with_id(&self, cx: &Ctx, id: JobId, ask: bool) -> Result<FoundJob, NotDone> {
        let known = read::<Job>(self.world.table(), &cx.books.job(&id)).await?;
        if let Some(number) = known.and_then(|job| job.value.number) {
            let number = Some(number);
            return Ok(FoundJob { id, number });
        }
        if !ask {
            return Err(unseen(&format!("job has the id {id}")).into());
        }
        self.may_ask_housecall(cx).await?;
        let client = self.housecall(&cx.books.company).await?;
        let number = match id.invoice() {
            Some(invoice) => client.invoice(&invoice).await.map(|one| one.invoice_number),
            None => client.job(&id).await.map(|job| job.invoice_number),
        };
        match number {
            Ok(number) => Ok(FoundJob { id, number }),
            Err(HcpError::NotFound { .. }) => {
                let words = format!(
                    "Housecall Pro has no job {id} (nor was one seen of that id before): is it typed right?"
                );
                Err(Declined::no_such("job", &id, words).into())
            }
            Err(error) => Err(self.not_told(error)),
        }
    }

    async fn job_with_number(
        &self,
        cx: &Ctx,
        number: &str,
        page: Option<&mut u32>,
    ) -> Result<FoundJob, NotDone> {
        let known = self.jobs_numbered(&cx.books, number).await?;
        let ids = known.into_iter().map(|(id, _)| id);
        let what = format!("job has the number {number}");
        if let Some(id) = only(&what, ids)? {
            let number = Some(number.to_owned());
            return Ok(FoundJob { id, number });
        }
        let page = page.ok_or_else(|| unseen(&what))?;
        while *page <= PAGES {
            self.may_ask_housecall(cx).await?;
            let found = self.housecall(&cx.books.company).await?.jobs(*page).await;
            let found: Page<hcp::Job> = found.map_err(|error| self.not_told(error))?;
            let last = *page >= found.total_pages;
            let named = found.items.into_iter();
            let named = named.filter(|job| job.invoice_number.as_deref() == Some(number));
            if let Some(id) = only(&what, named.map(|job| job.id))? {
                let number = Some(number.to_owned());
                return Ok(FoundJob { id, number });
            }
            if last {
                break;
            }
            *page += 1;
        }
        Err(none(&what).into())
    }

    /// The jobs of that number that we have records of.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn jobs_numbered(
        &self,
        books: &Books,
        number: &str,
    ) -> Result<Vec<(JobId, Stored<Job>)>, Stop> {
        let list = books.jobs_numbered(number);
        let page = self
            .world
            .table()
            .page(&list, MOST_OF_ONE_NUMBER, None)
            .await?;
        let mut found = Vec::new();
        for record in &page.records {
            let job = Stored::<Job>::decode(record)?;
            if let Some((_, id)) = Books::parse_job(&job.key)
                && job.value.number.as_deref() == Some(number)
            {
                found.push((id, job));
            }
        }
        Ok(found)
    }

    /// The slots of the invoices that have this number in QuickBooks, and that Housecall Pro has invoices of.
    async fn invoices_numbered(&self, cx: &Ctx, number: &str) -> Result<Vec<StoredInvoice>, Stop> {
        let list = cx.books.invoices_numbered(number);
        let table = self.world.table();
        let page = table.page(&list, MOST_OF_ONE_NUMBER, None).await?;
        let slots = page.records.iter().map(Stored::decode);
        let mut slots = slots.collect::<Result<Vec<StoredInvoice>, _>>()?;
        slots.retain(|slot| {
            slot.value.link().is_some() && slot.value.memory.number.as_deref() == Some(number)
        });
        Ok(slots)
    }

    async fn slots_of_jobs(&self, cx: &Ctx) -> Result<Vec<StoredInvoice>, Stop> {
        Ok(read_all(self.world.table(), &cx.books.slots_of_jobs()).await?)
    }

    async fn job_of_invoice(
        &self,
        cx: &Ctx,
        id: InvoiceId,
        ask: bool,
    ) -> Result<FoundJob, NotDone> {
        let known = self.slots_of_jobs(cx).await?.into_iter();
        let known = known.filter(|slot| slot.value.memory.invoices.contains(&id));
        let what = format!("invoice has the id {id}");
        if let Some(job) = only(&what, known.filter_map(|slot| job_of(&slot)))? {
            return self.job_with_id(cx, job, ask).await;
        }
        if !ask {
            return Err(unseen(&what).into());
        }
        self.may_ask_housecall(cx).await?;
        match self.housecall(&cx.books.company).await?.invoice(&id).await {
            Ok(invoice) => self.job_of_found(cx, &what, vec![invoice]).await,
            Err(HcpError::NotFound { .. }) => Err(none(&what).into()),
            Err(error) => Err(self.not_told(error)),
        }
    }

    async fn job_of_number(
        &self,
        cx: &Ctx,
        number: &str,
        page: Option<&mut u32>,
    ) -> Result<FoundJob, NotDone> {
        let known = self.invoices_numbered(cx, number).await?;
        let what = format!("invoice has the number {number}");
        if let Some(job) = only(&what, known.iter().filter_map(job_of))? {
            return self.job_with_id(cx, job, page.is_some()).await;
        }
        let plans = self.jobs_numbered(&cx.books, number).await?.into_iter();
        let plans = plans.map(|(id, _)| id);
        if let Some(id) = only(&what, plans.filter(|id| id.invoice().is_some()))? {
            let number = Some(number.to_owned());
            return Ok(FoundJob { id, number });
        }
        let page = page.ok_or_else(|| unseen(&what))?;
        while *page <= PAGES {
            self.may_ask_housecall(cx).await?;
            let client = self.housecall(&cx.books.company).await?;
            let found = client.sent_invoices(*page).await;
            let mut found = found.map_err(|error| self.not_told(error))?;
            let last = *page >= found.total_pages;
            found
                .items
                .retain(|invoice| invoice.invoice_number.as_deref() == Some(number));
            if !found.items.is_empty() {
                return self.job_of_found(cx, &what, found.items).await;
            }
            if last {
                break;
            }
            *page += 1;
        }
        Err(none(&what).into())
    }

    async fn job_of_found(
        &self,
        cx: &Ctx,
        what: &str,
        invoices: Vec<Invoice>,
    ) -> Result<FoundJob, NotDone> {
        let job = |invoice: Invoice| {
            let in_place = || JobId::in_place_of(&invoice.id);
            invoice.job_id.clone().or_else(in_place)
        };
        let jobs = invoices.into_iter().filter_map(job);
        match only(what, jobs)? {
            Some(job) => self.job_with_id(cx, job, true).await,
            None => {
                let words = format!("that {what} belongs to no job");
                Err(Declined::no_such("job", &what, words).into())
            }
        }
    }
}

fn job_of(slot: &StoredInvoice) -> Option<JobId> {
    let (job, _) = slot.key.sort.strip_prefix("slot#")?.split_once('#')?;
    JobId::parse(job).ok()
}

/// What a person typed: `104`, also `#104`.
fn plain(text: &str) -> Result<&str, Declined> {
    match text.trim().trim_start_matches('#') {
        "" => Err(Declined::not_usable("number", "the number is empty")),
        text => Ok(text),
    }
}

/// The only one of these.
fn only(what: &str, ids: impl Iterator<Item = JobId>) -> Result<Option<JobId>, Declined> {
    let mut ids: Vec<JobId> = ids.collect();
    ids.sort();
    ids.dedup();
    match ids.as_slice() {
        [] => Ok(None),
        [id] => Ok(Some(id.clone())),
        several => {
            let several: Vec<&str> = several.iter().map(JobId::as_str).collect();
            let words = format!(
                "more than one {what}: name the job by its id, which is one of {}",
                several.join(", ")
            );
            Err(Declined::not_usable("number", words))
        }
    }
}

/// The same with its record.
fn the_only(what: &str, known: Vec<(JobId, Stored<Job>)>) -> Result<Option<Named>, Declined> {
    let id = only(what, known.iter().map(|(id, _)| id.clone()))?;
    let mut known = known.into_iter();
    let found = known.find(|(known, _)| Some(known) == id.as_ref());
    Ok(found.map(|(id, record)| Named::Job(id, Box::new(record))))
}

fn none(what: &str) -> Declined {
    let words = format!(
        "no {what}, neither in the records of the sync nor in Housecall Pro: is it typed right?"
    );
    Declined::no_such("job", &what, words)
}

fn unseen(what: &str) -> Declined {
    let words = format!(
        "no {what} among those that were seen here: an older one is seen once it is pushed by hand"
    );
    Declined::no_such("job", &what, words)
}

fn misspelt(what: &'static str, error: &hcp::InvalidId) -> NotDone {
    Declined::not_usable(what, error.to_string()).into()
}
