use money::Cents;
use serde::{Deserialize, Serialize};

use super::{
    AlertKind, BillTrouble, CustomerTrouble, HousecallTrouble, ItemTrouble, JobRef, NumberTrouble,
    QuickbooksTrouble, Removal, Sides, Subject, TaxTrouble, apart, subject::capital,
};
use crate::{JobRecords, Role};

/// An alert about a job, or one of its invoices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobAlert {
    /// The job.
    pub job: JobRef,
    /// Which of its invoices, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentRef>,
    /// Whether QuickBooks has the invoice, in an earlier form: then what was not sent is a change.
    #[serde(default)]
    pub stands: bool,
    /// The slots of the customer or the items that must be mended, where it is about these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slots: Vec<String>,
    /// What it comes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sides: Option<Sides>,
    /// What is the matter.
    pub trouble: JobTrouble,
}

/// One of the invoices of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentRef {
    /// What it is to the job.
    pub role: Role,
    /// The number that it has or is to get.
    pub number: String,
}

/// What is the matter with a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(strum::IntoStaticStr, strum::VariantNames))]
#[serde(rename_all = "snake_case")]
pub enum JobTrouble {
    /// Its customer.
    Customer(CustomerTrouble),
    /// One of its products or services, or what they use.
    Item(ItemTrouble),
    /// Its number.
    Number(NumberTrouble),
    /// Its sales tax.
    Tax(TaxTrouble),
    /// What it bills, and when.
    Bill(BillTrouble),
    /// What Housecall Pro tells of it.
    Housecall(HousecallTrouble),
    /// What QuickBooks says to it.
    Quickbooks(QuickbooksTrouble),
    /// It was removed.
    Removal(Removal),
}

macro_rules! groups {
    ($($group:ident($trouble:ident)),*) => {
        impl JobTrouble {
            pub(super) fn kind(&self) -> AlertKind {
                match self { $(Self::$group(trouble) => trouble.kind()),* }
            }

            pub(super) fn resolution(&self) -> &'static str {
                match self { $(Self::$group(trouble) => trouble.resolution()),* }
            }

            fn message(&self, of: &JobAlert) -> String {
                match self { $(Self::$group(trouble) => trouble.message(of)),* }
            }
        }

        $(impl From<$trouble> for JobTrouble {
            fn from(trouble: $trouble) -> Self {
                Self::$group(trouble)
            }
        })*
    };
}

groups!(
    Customer(CustomerTrouble),
    Item(ItemTrouble),
    Number(NumberTrouble),
    Tax(TaxTrouble),
    Bill(BillTrouble),
    Housecall(HousecallTrouble),
    Quickbooks(QuickbooksTrouble),
    Removal(Removal)
);

impl JobAlert {
    /// About the whole job.
    pub fn new(job: JobRef, trouble: impl Into<JobTrouble>) -> Self {
        Self {
            job,
            document: None,
            stands: false,
            slots: Vec::new(),
            sides: None,
            trouble: trouble.into(),
        }
    }

    /// About a job that was read, of which QuickBooks is not known to have anything.
    pub fn of(records: &JobRecords, trouble: impl Into<JobTrouble>) -> Self {
        let mut amounts = records.invoices.iter().filter_map(|invoice| invoice.amount);
        let total = records.job.total_amount;
        let total = total.or_else(|| amounts.next().filter(|_| records.is_service_plan()));
        Self {
            sides: total.map(Sides::lacking),
            ..Self::new(JobRef::from(records), trouble)
        }
    }

    pub(super) fn subject(&self) -> Subject {
        match &self.document {
            Some(document) => Subject::of_document(&self.job.id, document.role),
            None => Subject::Job(self.job.id.clone()),
        }
    }

    pub(super) fn message(&self) -> String {
        self.trouble.message(self) + &self.amounts()
    }

    /// A sentence more, where it was not sent, or what changed of it.
    fn amounts(&self) -> String {
        match self.sides.filter(|_| apart::is_unsent(&self.trouble)) {
            Some(sides) if self.stands && sides.more() != Cents::ZERO => format!(
                " It comes to {} in Housecall Pro and {} in QuickBooks.{}",
                sides.housecall,
                sides.quickbooks,
                apart::differ(Some(sides))
            ),
            Some(sides) if !self.stands => format!(" It comes to {}.", sides.housecall),
            _ => String::new(),
        }
    }

    /// Inside a sentence: the job, or which of its invoices beside the main one.
    pub(super) fn name(&self) -> String {
        let job = self.job.name();
        match &self.document {
            Some(document) if document.role.place() != Role::Main => {
                format!("invoice {} of {job}", document.number)
            }
            _ => job,
        }
    }

    /// The same, at the beginning of a sentence.
    pub(super) fn capital_name(&self) -> String {
        capital(&self.name())
    }

    /// Inside a sentence: the same, or what changed of it where QuickBooks has it already.
    pub(super) fn unsent(&self) -> String {
        match self.stands {
            true => format!("what changed of {}", self.name()),
            false => self.name(),
        }
    }

    /// The beginning of a sentence that says why that was not sent.
    pub(super) fn not_sent(&self) -> String {
        capital(&self.unsent()) + " was not sent to QuickBooks"
    }
}
