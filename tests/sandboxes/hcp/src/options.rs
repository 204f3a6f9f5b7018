//! How a sandbox is set up, and the settings of the company in it.

use std::fmt;

use jiff::tz::TimeZone;
use sandbox_kit::Clock;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    delivery::DeliveryPlan,
    doubts::{
        DeletedJobs, DeletedPayments, DepositItems, DiscountSign, DueCodes, EventOrder,
        InvoicedAmounts, Keys, MergedCustomers, MovedItems, PlanInvoices, RateUnit, Refunds,
        SharedPayments, SurchargedTotals, Surcharges,
    },
    events::Event,
};

/// Whose key it is. 14 operations refuse a company's own key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyKind {
    /// Made by the company itself; sending `X-Company-Id` with it is answered 401.
    #[default]
    Company,
    /// An approved partner's.
    Application,
}

/// How a company invoices, and how its invoices get their numbers. A job keeps what was set when it was
/// made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Invoicing {
    /// The next consecutive number, which can be off from the job's; a deposit's follows its job's invoice.
    #[default]
    Simple,
    /// The job's number (a deposit's: `D-100`); an invoice issued again gets a suffix (`100-1`).
    MatchJobNumber,
    /// A job is billed in parts, numbered `100-1`, `100-2` and so on; each is paid whole.
    Progress,
}

/// The company's settings and the choices that Housecall Pro leaves unknown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How the company invoices.
    pub invoicing: Invoicing,
    /// Number of the first job.
    pub first_job_number: u32,
    /// Number of the first invoice under [`Invoicing::Simple`].
    pub first_invoice_number: u32,
    /// Finishing a job creates its invoice. Off: it is created when it is sent or paid.
    pub invoice_on_finish: bool,
    /// What reads answer for a deleted job.
    pub deleted_jobs: DeletedJobs,
    /// What a refund does to the invoice.
    pub refunds: Refunds,
    /// What the items of a deposit invoice are.
    pub deposit_items: DepositItems,
    /// What becomes of the lines of a service that is moved to the materials.
    pub moved_items: MovedItems,
    /// What becomes of the jobs of a merged customer.
    pub merged_customers: MergedCustomers,
    /// Whether the API shows the invoices of service plans, and what tells whose they are.
    pub plan_invoices: PlanInvoices,
    /// The sign of discounts.
    pub discount_sign: DiscountSign,
    /// How rates are written.
    pub rate_unit: RateUnit,
    /// The codes of due terms.
    pub due_codes: DueCodes,
    /// Which keys records have.
    pub keys: Keys,
    /// What `invoiced_amount` holds on an invoice over all of a job.
    pub invoiced_amounts: InvoicedAmounts,
    /// Whether a payment's amount holds its surcharge.
    pub surcharges: Surcharges,
    /// Whether an invoice's total holds the surcharges that were paid with it.
    pub surcharged_totals: SurchargedTotals,
    /// What tells that a payment was deleted.
    pub deleted_payments: DeletedPayments,
    /// How one payment over several invoices stands on each.
    pub shared_payments: SharedPayments,
    /// In which order the events of one press are told.
    pub event_order: EventOrder,
    /// `updated_at` lies up to so many seconds behind the change itself.
    pub updated_at_lag_seconds: u32,
    /// For so many seconds after an action, reads see the state from before it.
    pub read_lag_seconds: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            invoicing: Invoicing::default(),
            first_job_number: 101,
            first_invoice_number: 1_001,
            invoice_on_finish: false,
            deleted_jobs: DeletedJobs::default(),
            refunds: Refunds::default(),
            deposit_items: DepositItems::default(),
            moved_items: MovedItems::default(),
            merged_customers: MergedCustomers::default(),
            plan_invoices: PlanInvoices::default(),
            discount_sign: DiscountSign::default(),
            rate_unit: RateUnit::default(),
            due_codes: DueCodes::default(),
            keys: Keys::default(),
            invoiced_amounts: InvoicedAmounts::default(),
            surcharges: Surcharges::default(),
            surcharged_totals: SurchargedTotals::default(),
            deleted_payments: DeletedPayments::default(),
            shared_payments: SharedPayments::default(),
            event_order: EventOrder::default(),
            updated_at_lag_seconds: 0,
            read_lag_seconds: 0,
        }
    }
}

/// Everything that a sandbox is made from.
#[derive(Clone)]
pub struct Options {
    /// Housecall Pro's id of the company.
    pub company_id: Uuid,
    /// Name of the company.
    pub company_name: String,
    /// Its time zone.
    pub time_zone: TimeZone,
    /// The key that requests carry as `Authorization: Token <key>`.
    pub api_key: String,
    /// Whose key that is.
    pub key_kind: KeyKind,
    /// Signs webhooks, as text.
    pub signing_secret: String,
    /// Where webhooks go when the sandbox is served. Not checked at the start; see
    /// [`crate::Sandbox::set_webhook_url`].
    pub webhook_url: Option<String>,
    /// The events that are switched on.
    pub events: Vec<Event>,
    /// How deliveries go wrong.
    pub delivery: DeliveryPlan,
    /// Where time comes from.
    pub clock: Clock,
    /// Requests a second for the key; `None`: no limit. Housecall Pro stands four to five.
    pub rate_limit: Option<u32>,
    /// Identifiers and the delivery plan follow from it.
    pub seed: u64,
    /// The company's settings.
    pub settings: Settings,
}

/// A company in New York with the machine's clock, no limit and all events.
impl Default for Options {
    fn default() -> Self {
        Self {
            company_id: Uuid::from_u128(0x5a3d_0c1e_7b42_4f6a_9d18_2e60_c4b7_9f01),
            company_name: "Harborview Heating & Air".to_owned(),
            time_zone: TimeZone::get("America/New_York").unwrap_or(TimeZone::UTC),
            api_key: "sandbox-key".to_owned(),
            key_kind: KeyKind::default(),
            signing_secret: "sandbox-signing-secret".to_owned(),
            webhook_url: None,
            events: Event::ALL.to_vec(),
            delivery: DeliveryPlan::default(),
            clock: Clock::real(),
            rate_limit: None,
            seed: 1,
            settings: Settings::default(),
        }
    }
}

/// Leaves out the key, the secret and the address.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("company_id", &self.company_id)
            .field("clock", &self.clock)
            .field("seed", &self.seed)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
