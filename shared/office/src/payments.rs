//! The payments of a company: Housecall Pro's beside those in QuickBooks, those without a partner on either side, and where the
//! money lies.

use std::collections::BTreeMap;

use hcp::{JobId, PaymentId};
use jiff::{ToSpan, civil::Date};
use ledger::Slot;
use mapping::{
    HowPaid, SlotName,
    payment::{Decision, Memory},
    received::{Received, Standing},
};
use money::Cents;
use ports::Clock;
use store::{Books, Connection, Job, JobReceived, Key, Record, Stored, ToldPayment, read_many};
use sync::{
    Declined, NotDone, World,
    job::card::{Origin, Told, told},
};

use crate::{Caller, Office, Operation, Paging, Rows};

/// Which payments are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentsBy {
    /// Housecall Pro's that were looked at, the latest first.
    Date,
    /// Those of them that QuickBooks lacks, the latest first.
    OnlyHousecall,
    /// Those that were entered in QuickBooks and that Housecall Pro lacks, by jobs, the latest first.
    OnlyQuickbooks,
    /// Housecall Pro's whose money has lain in *Undeposited Funds* for at least so many days, as far as is known; the earliest
    /// first.
    Undeposited(u16),
    /// The same of those that were entered in QuickBooks, by jobs.
    EnteredUndeposited(u16),
    /// Housecall Pro's whose money lies in this account of QuickBooks', by its id, and that no deposit took to a bank; the
    /// earliest first.
    Account(String),
}

/// A payment of a job, in either system or in both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentRow {
    /// The job.
    pub job: JobId,
    /// Its number, once it was read.
    pub number: Option<String>,
    /// The name of its customer.
    pub customer: Option<String>,
    /// Its id in Housecall Pro; none: it was entered in QuickBooks.
    pub id: Option<PaymentId>,
    /// As Housecall Pro told it last; none: it does not know it, or has it no more.
    pub housecall: Option<ToldPayment>,
    /// As QuickBooks told it last; none: it is not there.
    pub quickbooks: Option<InQuickbooks>,
    /// How both stand to each other.
    pub standing: PaymentStanding,
}

/// A payment in QuickBooks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InQuickbooks {
    /// How it came there.
    pub origin: Origin,
    /// How much it is; of one that was entered there, what it pays of the job.
    pub total: Option<Cents>,
    /// Its date.
    pub date: Option<Date>,
    /// What of it pays nothing.
    pub unapplied: Cents,
    /// How it was paid, and where the money lies.
    pub how: Told,
    /// Where it opens in a browser.
    pub page: String,
}

/// How a payment in one system stands to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentStanding {
    /// It is in both.
    Both,
    /// QuickBooks lacks it.
    OnlyHousecall,
    /// Housecall Pro lacks it.
    OnlyQuickbooks,
    /// A person said that it is not to be sent.
    NotToBeSent,
    /// QuickBooks has it as sales receipts, since it repeats refunds (P4).
    AsReceipts,
}

impl<W: World> Office<W> {
    /// A page of the payments of the caller's company.
    ///
    /// # Errors
    /// [`Declined::NotUsable`] when the cursor is none of this list, or the table does not answer.
    pub async fn payments(
        &self,
        caller: &Caller,
        by: &PaymentsBy,
        paging: &Paging,
    ) -> Result<Rows<PaymentRow>, NotDone> {
        caller.may(Operation::SeeWork)?;
        let company = self.engine.company(caller.company()).await?;
        let books = company.connection.books();
        let now = self.engine.world().clock().now();
        let today = now.to_zoned(company.zone).date();
        let before = |days: u16| today.saturating_sub(i64::from(days).days());
        let undeposited = company.connection.undeposited_funds.as_ref();
        let list = match by {
            PaymentsBy::Date => books.payments_by_date().backwards(),
            PaymentsBy::OnlyHousecall => books.payments_unmatched().backwards(),
            PaymentsBy::OnlyQuickbooks => books.payments_entered().backwards(),
            PaymentsBy::Undeposited(days) => {
                let account = undeposited.ok_or_else(not_read)?;
                books.payments_in(account, before(*days))
            }
            PaymentsBy::EnteredUndeposited(days) => {
                undeposited.ok_or_else(not_read)?;
                books.payments_entered_undeposited(before(*days))
            }
            PaymentsBy::Account(account) => books.payments_in(&qbo::Id::new(account), today),
        };
        let records = self.records(list, paging).await?;
        let jobs = self.jobs_of(&books, &records.rows).await?;
        let page = PageOf {
            connection: &company.connection,
            base_url: &self.engine.config().qbo_base_url,
            jobs: &jobs,
            by,
        };
        let mut rows = Vec::new();
        for record in &records.rows {
            rows.extend(page.rows(record)?);
        }
        Ok(records.with(rows))
    }

    async fn jobs_of(
        &self,
        books: &Books,
        records: &[Record],
    ) -> Result<BTreeMap<JobId, Job>, NotDone> {
        let mut ids: Vec<JobId> = records.iter().filter_map(job_of).collect();
        ids.sort();
        ids.dedup();
        let keys: Vec<Key> = ids.iter().map(|id| books.job(id)).collect();
        let jobs = read_many::<Job>(self.table(), &keys).await?;
        let jobs = ids.into_iter().zip(jobs);
        Ok(jobs
            .filter_map(|(id, job)| Some((id, job?.value)))
            .collect())
    }
}

fn not_read() -> Declined {
    let words = "The accounts of QuickBooks were not read yet by this version: they are with the next job that is pushed, or within a day.";
    Declined::not_usable("of", words)
}

/// The job that a slot of a payment, or what was entered for a job, belongs to.
fn job_of(record: &Record) -> Option<JobId> {
    let (kind, of) = record.key.sort.split_once('#')?;
    let job = match kind {
        "received" => of,
        _ => of.split('#').next()?,
    };
    JobId::parse(job).ok()
}

/// What the rows of a page are made with.
struct PageOf<'a> {
    connection: &'a Connection,
    base_url: &'a str,
    jobs: &'a BTreeMap<JobId, Job>,
    by: &'a PaymentsBy,
}

impl PageOf<'_> {
    /// The payments that a record tells of, as far as they belong to the list.
    fn rows(&self, record: &Record) -> Result<Vec<PaymentRow>, NotDone> {
        let Some(id) = job_of(record) else {
            return Ok(Vec::new());
        };
        if record.key.sort.starts_with("received#") {
            let received: Stored<JobReceived> = Stored::decode(record)?;
            let wanted = received.value.payments.iter().filter(|one| match self.by {
                PaymentsBy::EnteredUndeposited(_) => self.lies_undeposited(one),
                _ => one.is_only_in_quickbooks(),
            });
            return Ok(wanted.map(|one| self.entered(&id, one)).collect());
        }
        let slot: Stored<Slot<Memory>> = Stored::decode(record)?;
        Ok(self.of_housecall(&id, slot).into_iter().collect())
    }

    /// Whether the money of one that was entered lies in *Undeposited Funds*.
    fn lies_undeposited(&self, one: &Received) -> bool {
        let how = one.facts.how.as_ref();
        let account = how.and_then(|how| how.account.as_ref());
        let account = account.map(|account| &account.value);
        one.is_not_deposited() && account == self.connection.undeposited_funds.as_ref()
    }

    /// One of Housecall Pro's; none: that has it no more, and QuickBooks never had it.
    fn of_housecall(&self, id: &JobId, slot: Stored<Slot<Memory>>) -> Option<PaymentRow> {
        let name = slot.key.sort.strip_prefix("slot#")?;
        let payment = SlotName::of_job(id, name)?.payment_id(id)?;
        let slot = slot.value;
        let facts = self.jobs.get(id).and_then(|job| job.facts.as_ref());
        let mut told = facts.into_iter().flat_map(|facts| &facts.payments);
        let housecall = told.find(|told| told.id == payment).cloned();
        let memory = &slot.memory;
        let standing = match slot.link() {
            Some(_) => PaymentStanding::Both,
            None if memory.decision == Some(Decision::Same) => PaymentStanding::NotToBeSent,
            None if !memory.repeats.is_empty() => PaymentStanding::AsReceipts,
            None => PaymentStanding::OnlyHousecall,
        };
        let quickbooks = self.there(&slot);
        (housecall.is_some() || quickbooks.is_some()).then(|| PaymentRow {
            id: Some(payment),
            housecall,
            quickbooks,
            ..self.of_job(id, standing)
        })
    }

    fn there(&self, slot: &Slot<Memory>) -> Option<InQuickbooks> {
        let (link, memory) = (slot.link()?, &slot.memory);
        let written = link.last_written.as_ref();
        let written = written.and_then(|written| serde_json::from_str(written.get()).ok());
        let written: Option<qbo::Payment> = written;
        let paid = || written.as_ref().map(HowPaid::from);
        let how = memory.how.clone().or_else(paid);
        let dated = written.as_ref().and_then(|written| written.txn_date);
        let total = written.as_ref().and_then(|written| written.total_amt);
        Some(InQuickbooks {
            origin: match memory.joined {
                true => Origin::Joined,
                false => Origin::Sent,
            },
            total: memory.total.or(total),
            date: memory.date.or(dated),
            unapplied: memory.unapplied,
            how: how
                .map(|how| told(self.connection, &how))
                .unwrap_or_default(),
            page: sync::job::card::payment_page(self.base_url, &link.id),
        })
    }

    /// One that somebody entered in QuickBooks.
    fn entered(&self, id: &JobId, one: &Received) -> PaymentRow {
        let facts = &one.facts;
        let how = facts.how.as_ref().map(|how| told(self.connection, how));
        let there = InQuickbooks {
            origin: Origin::Entered,
            total: Some(facts.amount()),
            date: facts.date,
            unapplied: Cents::ZERO,
            how: Told {
                method: facts.method.clone(),
                reference: facts.reference.clone(),
                ..how.unwrap_or_default()
            },
            page: sync::job::card::payment_page(self.base_url, &one.id),
        };
        let is_known = one.done || one.standing == Standing::Joined;
        let standing = match is_known {
            true => PaymentStanding::Both,
            false => PaymentStanding::OnlyQuickbooks,
        };
        PaymentRow {
            quickbooks: Some(there),
            ..self.of_job(id, standing)
        }
    }

    /// A row with what is known of its job.
    fn of_job(&self, id: &JobId, standing: PaymentStanding) -> PaymentRow {
        let job = self.jobs.get(id);
        let customer = job.and_then(|job| job.customer.as_ref());
        PaymentRow {
            job: id.clone(),
            number: job.and_then(|job| job.number.clone()),
            customer: customer.map(|customer| customer.name.clone()),
            id: None,
            housecall: None,
            quickbooks: None,
            standing,
        }
    }
}
