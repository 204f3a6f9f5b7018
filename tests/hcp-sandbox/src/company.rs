//! What the company keeps in Housecall Pro.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    amounts::Hundredths,
    ids::{
        AddressId, AppointmentId, CustomerId, InvoiceId, JobId, LineId, NoteId, PaymentId,
        RefundId, TagId,
    },
    shelf::{Mark, Shelf, When},
};

/// All records.
#[derive(Clone, Debug, Default)]
pub(crate) struct Company {
    pub(crate) customers: Shelf<Customer>,
    pub(crate) jobs: Shelf<Job>,
    pub(crate) invoices: Shelf<Invoice>,
    pub(crate) tags: Shelf<Tag>,
    pub(crate) employees: Vec<Employee>,
    pub(crate) services: Vec<Service>,
    pub(crate) material_categories: Vec<Category>,
    pub(crate) materials: Vec<Material>,
}

/// What it takes to undo an action on the company.
pub(crate) struct CompanyMark {
    customers: Mark<Customer>,
    jobs: Mark<Job>,
    invoices: Mark<Invoice>,
    tags: Mark<Tag>,
}

impl Company {
    pub(crate) fn begin(&mut self) -> CompanyMark {
        CompanyMark {
            customers: self.customers.begin(),
            jobs: self.jobs.begin(),
            invoices: self.invoices.begin(),
            tags: self.tags.begin(),
        }
    }

    pub(crate) fn undo(&mut self, mark: CompanyMark) {
        self.customers.undo(mark.customers);
        self.jobs.undo(mark.jobs);
        self.invoices.undo(mark.invoices);
        self.tags.undo(mark.tags);
    }

    pub(crate) fn customer(&self, id: &CustomerId, when: When) -> Option<&Customer> {
        self.customers.get(id.as_str(), when)
    }

    pub(crate) fn job(&self, id: &JobId, when: When) -> Option<&Job> {
        self.jobs.get(id.as_str(), when)
    }

    pub(crate) fn invoice(&self, id: &InvoiceId, when: When) -> Option<&Invoice> {
        self.invoices.get(id.as_str(), when)
    }

    pub(crate) fn invoices_of(&self, job: &Job, when: When) -> impl Iterator<Item = &Invoice> {
        job.invoices
            .iter()
            .filter_map(move |id| self.invoice(id, when))
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Customer {
    pub(crate) id: CustomerId,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) mobile_number: Option<String>,
    pub(crate) home_number: Option<String>,
    pub(crate) work_number: Option<String>,
    pub(crate) company: Option<String>,
    pub(crate) notes: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) addresses: Vec<Address>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) deleted: bool,
}

impl Customer {
    /// What the app shows: the person, else the business, else how to reach them.
    pub(crate) fn display_name(&self) -> String {
        let person = [&self.first_name, &self.last_name]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(" ");
        if !person.is_empty() {
            return person;
        }
        [
            &self.company,
            &self.email,
            &self.mobile_number,
            &self.home_number,
            &self.work_number,
        ]
        .into_iter()
        .flatten()
        .next()
        .cloned()
        .unwrap_or_default()
    }
}

/// What an address is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressKind {
    /// Where bills go.
    Billing,
    /// Where work is done.
    #[default]
    Service,
}

#[derive(Clone, Debug)]
pub(crate) struct Address {
    pub(crate) id: AddressId,
    pub(crate) kind: AddressKind,
    pub(crate) street: Option<String>,
    pub(crate) street_line_2: Option<String>,
    pub(crate) city: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) zip: Option<String>,
    pub(crate) country: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Employee {
    pub(crate) id: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) email: String,
    pub(crate) mobile_number: String,
    pub(crate) color_hex: String,
    pub(crate) role: &'static str,
    pub(crate) admin: bool,
    pub(crate) created_at: Timestamp,
}

#[derive(Clone, Debug)]
pub(crate) struct Tag {
    pub(crate) id: TagId,
    pub(crate) name: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Category {
    pub(crate) uuid: String,
    pub(crate) name: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Service {
    pub(crate) uuid: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) category: Category,
    pub(crate) price: i64,
    pub(crate) cost: i64,
    pub(crate) taxable: bool,
    pub(crate) minutes: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct Material {
    pub(crate) uuid: String,
    pub(crate) category: Category,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) cost: i64,
    pub(crate) price: i64,
    pub(crate) unit_of_measure: Option<String>,
    pub(crate) part_number: Option<String>,
    pub(crate) taxable: bool,
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WorkStatus {
    NeedsScheduling,
    Scheduled,
    InProgress,
    CompleteUnrated,
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
            Self::CompleteUnrated => "completed",
            Self::UserCanceled | Self::ProCanceled => "canceled",
        }
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
    pub(crate) lines: Vec<Line>,
    pub(crate) taxes: Vec<Tax>,
    pub(crate) due: DueTerms,
    pub(crate) employees: Vec<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) business_unit: Option<Category>,
    pub(crate) invoices: Vec<InvoiceId>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) canceled_at: Option<Timestamp>,
    pub(crate) deleted_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InvoiceStatus {
    Open,
    PendingPayment,
    Paid,
    Voided,
    Canceled,
}

impl InvoiceStatus {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::PendingPayment => "pending_payment",
            Self::Paid => "paid",
            Self::Voided => "voided",
            Self::Canceled => "canceled",
        }
    }

    /// Neither voided nor canceled.
    pub(crate) fn is_live(self) -> bool {
        !matches!(self, Self::Voided | Self::Canceled)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Invoice {
    pub(crate) id: InvoiceId,
    pub(crate) job: JobId,
    pub(crate) number: String,
    pub(crate) status: InvoiceStatus,
    /// What is billed, as it stood on the job at its last change while the invoice was live.
    pub(crate) lines: Vec<Line>,
    pub(crate) taxes: Vec<Tax>,
    pub(crate) due: DueTerms,
    pub(crate) due_at: Option<Timestamp>,
    pub(crate) service_date: Option<Timestamp>,
    pub(crate) invoice_date: Timestamp,
    pub(crate) sent_at: Option<Timestamp>,
    pub(crate) paid_at: Option<Timestamp>,
    pub(crate) payments: Vec<Payment>,
    pub(crate) refunds: Vec<Refund>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Invoice {
    /// Cents that have arrived; refunds do not take them away again.
    pub(crate) fn paid(&self) -> i64 {
        self.payments_with(PaymentStatus::Succeeded)
    }

    /// Cents that are on their way.
    pub(crate) fn pending(&self) -> i64 {
        self.payments_with(PaymentStatus::Pending)
    }

    fn payments_with(&self, status: PaymentStatus) -> i64 {
        self.payments
            .iter()
            .filter(|payment| payment.status == status)
            .map(|payment| payment.amount)
            .sum()
    }
}

/// What became of a payment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// The money arrived.
    #[default]
    Succeeded,
    /// The money is on its way (bank transfer).
    Pending,
    /// The money did not arrive.
    Failed,
}

impl PaymentStatus {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Pending => "pending",
            Self::Failed => "failed",
        }
    }
}

/// How somebody pays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentMethod {
    /// By card.
    #[default]
    Card,
    /// By bank transfer.
    Ach,
    /// In cash: recorded as `external` with a note.
    Cash,
    /// By cheque: recorded as `external` with a note.
    Check,
    /// Anything else that Housecall Pro does not move itself: recorded as `external`.
    Other,
    /// A cheque photographed in the app.
    MobileCheck,
    /// A loan.
    Financing,
    /// Buy now, pay later.
    Bnpl,
}

impl PaymentMethod {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Card => "credit_card",
            Self::Ach => "ach",
            Self::Cash | Self::Check | Self::Other => "external",
            Self::MobileCheck => "mobile_check_deposit",
            Self::Financing => "consumer_financing",
            Self::Bnpl => "bnpl",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Payment {
    pub(crate) id: PaymentId,
    pub(crate) status: PaymentStatus,
    pub(crate) method: PaymentMethod,
    pub(crate) amount: i64,
    pub(crate) note: Option<String>,
    pub(crate) paid_at: Option<Timestamp>,
}

#[derive(Clone, Debug)]
pub(crate) struct Refund {
    pub(crate) id: RefundId,
    pub(crate) payment: PaymentId,
    pub(crate) method: PaymentMethod,
    pub(crate) amount: i64,
    pub(crate) refunded_at: Timestamp,
}
