//! Deposits and progress invoices: bills over a part of the job.

use serde::{Deserialize, Serialize};

use super::{Desk, Refusal, not_allowed};
use crate::{
    amounts::{Hundredths, share},
    bill::Bill,
    billing::InvoiceKind,
    due::is_offered,
    ids::{InvoiceId, JobId},
    options::Invoicing,
    shelf::When,
    work::{DueTerms, Line, LineKind},
};

/// The most parts that a job is split into at once.
const MOST_PARTS: usize = 50;

/// A part of a job's total.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Per cent of the job's total, two decimals.
    Percent(Hundredths),
    /// Cents.
    Amount(i64),
    /// All that is not billed yet.
    Rest,
}

impl Desk<'_> {
    /// Asks for money ahead. A job has one deposit at a time.
    pub(super) fn add_deposit(
        &mut self,
        job_id: &JobId,
        part: Part,
        due: Option<DueTerms>,
    ) -> Result<InvoiceId, Refusal> {
        self.open_job(job_id)?;
        let has_one = self
            .company
            .invoices_of(self.job(job_id)?, When::Now)
            .any(|invoice| invoice.status.is_live() && invoice.kind == InvoiceKind::Deposit);
        if has_one {
            return not_allowed("the job has a deposit: void that one first");
        }
        let bill = self.part_of(job_id, part)?;
        let id = self.issue_part(job_id, InvoiceKind::Deposit, bill, due)?;
        // The main invoice bills the rest from now on.
        self.invoices_follow_job(job_id)?;
        Ok(id)
    }

    /// Splits what is not billed yet into progress invoices; answers the first.
    pub(super) fn split_invoice(
        &mut self,
        job_id: &JobId,
        parts: &[Part],
        due: Option<DueTerms>,
    ) -> Result<InvoiceId, Refusal> {
        if self.open_job(job_id)?.invoicing != Invoicing::Progress {
            return not_allowed(
                "progress invoicing was off when the job was made: switch it on for new jobs",
            );
        }
        if parts.len() > MOST_PARTS {
            return not_allowed(format!("a job is split into at most {MOST_PARTS} at once"));
        }
        let mut first = None;
        for part in parts {
            let bill = self.part_of(job_id, *part)?;
            let id = self.issue_part(job_id, InvoiceKind::Progress, bill, due)?;
            first.get_or_insert(id);
        }
        first.ok_or_else(|| Refusal::NotAllowed("name at least one part".to_owned()))
    }

    /// A progress invoice over exactly so many cents.
    pub(super) fn issue_amount(
        &mut self,
        job_id: &JobId,
        amount: i64,
    ) -> Result<InvoiceId, Refusal> {
        let left = self.left_to_bill(self.job(job_id)?)?;
        if amount > left.total() {
            return Err(Refusal::NotCovered("a payment that no invoice can take"));
        }
        self.issue(job_id, InvoiceKind::Progress, left.part(amount), None)
    }

    fn issue_part(
        &mut self,
        job_id: &JobId,
        kind: InvoiceKind,
        bill: Bill,
        due: Option<DueTerms>,
    ) -> Result<InvoiceId, Refusal> {
        if due.is_some_and(|due| !is_offered(due)) {
            return not_allowed("the app does not offer these terms");
        }
        self.issue(job_id, kind, bill, due)
    }

    /// A part of what is not billed yet, without tips: they belong to the invoice that they came with.
    fn part_of(&self, job_id: &JobId, part: Part) -> Result<Bill, Refusal> {
        let job = self.job(job_id)?;
        let left = without_tips(&self.left_to_bill(job)?, &job.lines);
        let whole = without_tips(&Bill::whole(&job.lines, &job.taxes), &job.lines);
        let amount = match part {
            Part::Percent(percent) => share(whole.total(), percent.get(), 10_000),
            Part::Amount(cents) => cents,
            Part::Rest => left.total(),
        };
        if amount <= 0 || amount > left.total() {
            return not_allowed(format!(
                "a part lies between 1 cent and the {} cents that are not billed yet",
                left.total()
            ));
        }
        Ok(left.part(amount))
    }
}

pub(super) fn without_tips(bill: &Bill, lines: &[Line]) -> Bill {
    let mut bill = bill.clone();
    for (line, part) in lines.iter().zip(&mut bill.lines) {
        if line.kind == LineKind::Tip {
            *part = 0;
        }
    }
    bill
}
