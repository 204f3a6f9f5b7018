//! Jobs: where they stand, their lines, taxes and due terms.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    amounts::Hundredths,
    company::{Address, Category},
    ids::{AppointmentId, CustomerId, InvoiceId, JobId, LineId, NoteId, OptionId},
    options::Invoicing,
};

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WorkStatus {
    NeedsScheduling,
    Scheduled,
    InProgress,
    CompleteUnrated,
    CompleteRated,
    UserCanceled,
    ProCanceled,
}

impl WorkStatus {
    /// As records spell it: with spaces.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NeedsScheduling => "needs scheduling",
            Self::Scheduled => "scheduled",
            Self::InProgress => "in progress",
            Self::CompleteUnrated => "complete unrated",
            Self::CompleteRated => "complete rated",
            Self::UserCanceled => "user canceled",
            Self::ProCanceled => "pro canceled",
        }
    }

    /// As the filter of `GET /jobs` spells it: other words, with underscores.
    pub(crate) fn filter_name(self) -> &'static str {
        match self {
            Self::NeedsScheduling => "unscheduled",
            Self::Scheduled => "scheduled",
            Self::InProgress => "in_progress",
            Self::CompleteUnrated | Self::CompleteRated => "completed",
            Self::UserCanceled | Self::ProCanceled => "canceled",
        }
    }

    pub(crate) fn is_finished(self) -> bool {
        matches!(self, Self::CompleteUnrated | Self::CompleteRated)
    }

    pub(crate) fn is_canceled(self) -> bool {
        matches!(self, Self::UserCanceled | Self::ProCanceled)
    }
}

/// Where a line's price-book entry lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PriceBookKind {
    Service,
    Material,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LineKind {
    /// Work.
    #[serde(rename = "labor")]
    Labor,
    /// Goods.
    #[serde(rename = "materials")]
    Materials,
    /// So many cents off; the price is the amount off.
    #[serde(rename = "fixed discount")]
    FixedDiscount,
    /// So many per cent off the labour and materials; the price is in hundredths of a per cent.
    #[serde(rename = "percent discount")]
    PercentDiscount,
    /// A tip.
    #[serde(rename = "fixed gratuity")]
    Tip,
}

impl LineKind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Labor => "labor",
            Self::Materials => "materials",
            Self::FixedDiscount => "fixed discount",
            Self::PercentDiscount => "percent discount",
            Self::Tip => "fixed gratuity",
        }
    }

    pub(crate) fn is_discount(self) -> bool {
        matches!(self, Self::FixedDiscount | Self::PercentDiscount)
    }

    pub(crate) fn is_work(self) -> bool {
        matches!(self, Self::Labor | Self::Materials)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) id: LineId,
    /// The id of the same line on an invoice.
    pub(crate) invoice_item_id: String,
    pub(crate) kind: LineKind,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) unit_price: i64,
    pub(crate) unit_cost: i64,
    pub(crate) unit_of_measure: Option<String>,
    pub(crate) quantity: Hundredths,
    pub(crate) taxable: bool,
    pub(crate) price_book: Option<(PriceBookKind, String)>,
    pub(crate) minutes: Option<u32>,
}

/// A tax that a job carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaxRate {
    /// Its name on the invoice.
    pub name: String,
    /// Per cent, two decimals: 8.25.
    pub percent: Hundredths,
}

#[derive(Clone, Debug)]
pub(crate) struct Tax {
    pub(crate) id: String,
    pub(crate) rate: TaxRate,
}

/// When an invoice is due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DueTerms {
    /// When it is received.
    #[default]
    UponReceipt,
    /// When the work starts.
    UponStartOfWork,
    /// When the work is done.
    UponCompletionOfWork,
    /// So many days after it is sent: 3, 5, 7, 10, 14, 15, 20, 30, 40, 45, 60 or 90.
    Net(u16),
    /// On this day.
    OnDate(Date),
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct WorkTimestamps {
    pub(crate) on_my_way_at: Option<Timestamp>,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) completed_at: Option<Timestamp>,
}

#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    pub(crate) appointment: AppointmentId,
    pub(crate) start: Timestamp,
    pub(crate) end: Timestamp,
    pub(crate) arrival_window: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct Note {
    pub(crate) id: NoteId,
    pub(crate) content: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) id: JobId,
    pub(crate) number: String,
    pub(crate) description: String,
    pub(crate) customer: CustomerId,
    pub(crate) address: Option<Address>,
    pub(crate) notes: Vec<Note>,
    pub(crate) status: WorkStatus,
    pub(crate) work: WorkTimestamps,
    pub(crate) schedule: Option<Schedule>,
    /// Visits after the first.
    pub(crate) more_visits: Vec<Schedule>,
    pub(crate) lines: Vec<Line>,
    pub(crate) taxes: Vec<Tax>,
    pub(crate) due: DueTerms,
    pub(crate) employees: Vec<String>,
    pub(crate) tags: Vec<String>,
    /// The job that it is a segment of.
    pub(crate) segment_of: Option<JobId>,
    /// How many segments were added to it.
    pub(crate) segments: u32,
    pub(crate) business_unit: Option<Category>,
    /// How it is invoiced.
    pub(crate) invoicing: Invoicing,
    /// The number that waits for its main invoice, where a deposit came first.
    pub(crate) reserved_number: Option<String>,
    pub(crate) invoices: Vec<InvoiceId>,
    /// The option of an estimate that it was made from.
    pub(crate) estimate_option: Option<OptionId>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) canceled_at: Option<Timestamp>,
    pub(crate) deleted_at: Option<Timestamp>,
}

impl Job {
    pub(crate) fn visits(&self) -> impl Iterator<Item = &Schedule> {
        self.schedule.iter().chain(&self.more_visits)
    }
}
