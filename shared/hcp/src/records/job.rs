use jiff::Timestamp;
use money::{Cents, Quantity};
use serde::Deserialize;

use super::{Address, Customer, fields, open_enum::open_enum};
use crate::{JobId, LineItemId, ServiceItemId};

/// A job. It holds no lines, invoices, payments, taxes or discounts: those are read by their own calls.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// The **job's** number, whatever the field's name says. Segments have suffixes (`6-2`); not unique.
    #[serde(default, deserialize_with = "fields::text")]
    pub invoice_number: Option<String>,
    /// What it is about.
    #[serde(default, deserialize_with = "fields::text")]
    pub description: Option<String>,
    /// For whom; without addresses. The customer may have been deleted since.
    #[serde(default)]
    pub customer: Option<Customer>,
    /// Where; every part can be missing.
    #[serde(default)]
    pub address: Option<Address>,
    /// How far it got.
    #[serde(default)]
    pub work_status: Option<WorkStatus>,
    /// When the work was done.
    #[serde(default, deserialize_with = "fields::or_default")]
    pub work_timestamps: WorkTimestamps,
    /// When the work was planned.
    #[serde(default, deserialize_with = "fields::or_default")]
    pub schedule: Schedule,
    /// Total after discounts, with tax.
    #[serde(default, deserialize_with = "fields::cents")]
    pub total_amount: Option<Cents>,
    /// Total before discounts and tax.
    #[serde(default, deserialize_with = "fields::cents")]
    pub subtotal: Option<Cents>,
    /// What is still owed; zero for a paid job and for a job of nothing.
    #[serde(default, deserialize_with = "fields::cents")]
    pub outstanding_balance: Option<Cents>,
    /// Business unit and job type.
    #[serde(default, deserialize_with = "fields::or_default")]
    pub job_fields: JobFields,
    /// When the customer cancelled it.
    #[serde(default, deserialize_with = "fields::time")]
    pub canceled_at: Option<Timestamp>,
    /// When the company cancelled or deleted it.
    #[serde(default, deserialize_with = "fields::time")]
    pub deleted_at: Option<Timestamp>,
    /// When it was made.
    #[serde(default, deserialize_with = "fields::time")]
    pub created_at: Option<Timestamp>,
    /// When it was last changed; can lag behind the change that a webhook tells of.
    #[serde(default, deserialize_with = "fields::time")]
    pub updated_at: Option<Timestamp>,
}

impl Job {
    /// Whether the work was marked finished, by its status or by its time: either can lag.
    pub fn is_finished(&self) -> bool {
        self.work_timestamps.completed_at.is_some()
            || matches!(
                self.work_status,
                Some(WorkStatus::CompleteRated | WorkStatus::CompleteUnrated)
            )
    }

    /// Whether it was cancelled or deleted, by either side.
    pub fn is_removed(&self) -> bool {
        self.canceled_at.is_some()
            || self.deleted_at.is_some()
            || matches!(
                self.work_status,
                Some(WorkStatus::UserCanceled | WorkStatus::ProCanceled)
            )
    }
}

open_enum! {
    /// How far a job got.
    WorkStatus {
        /// Has no time yet.
        NeedsScheduling = "needs scheduling" | "unscheduled",
        /// Has a time.
        Scheduled = "scheduled",
        /// Started.
        InProgress = "in progress",
        /// Finished, and rated by the customer.
        CompleteRated = "complete rated",
        /// Finished.
        CompleteUnrated = "complete unrated",
        /// Cancelled by the customer.
        UserCanceled = "user canceled",
        /// Cancelled or deleted by the company.
        ProCanceled = "pro canceled",
    }
}

/// When the work was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct WorkTimestamps {
    /// Start of work.
    #[serde(default, deserialize_with = "fields::time")]
    pub started_at: Option<Timestamp>,
    /// Completion of work.
    #[serde(default, deserialize_with = "fields::time")]
    pub completed_at: Option<Timestamp>,
}

/// When the work was planned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Schedule {
    /// Planned start.
    #[serde(default, deserialize_with = "fields::time")]
    pub scheduled_start: Option<Timestamp>,
    /// Planned end.
    #[serde(default, deserialize_with = "fields::time")]
    pub scheduled_end: Option<Timestamp>,
}

/// How the company sorts its jobs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct JobFields {
    /// Part of the business; becomes the class in QuickBooks.
    #[serde(default)]
    pub business_unit: Option<Named>,
    /// Kind of work.
    #[serde(default)]
    pub job_type: Option<Named>,
}

/// An entry of one of the company's own lists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Named {
    /// Its id.
    #[serde(default, deserialize_with = "fields::text")]
    pub id: Option<String>,
    /// Its name.
    #[serde(default, deserialize_with = "fields::text")]
    pub name: Option<String>,
}

/// A line of a job. Discounts and tips are lines too.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct LineItem {
    /// Its id.
    #[serde(default, deserialize_with = "fields::id")]
    pub id: Option<LineItemId>,
    /// Name.
    #[serde(default, deserialize_with = "fields::text")]
    pub name: Option<String>,
    /// Description.
    #[serde(default, deserialize_with = "fields::text")]
    pub description: Option<String>,
    /// Price of one. Of a percent discount the unit is not known (percent or basis points): use `amount`.
    #[serde(default, deserialize_with = "fields::cents")]
    pub unit_price: Option<Cents>,
    /// Cost of one.
    #[serde(default, deserialize_with = "fields::cents")]
    pub unit_cost: Option<Cents>,
    /// How many.
    #[serde(default)]
    pub quantity: Option<Quantity>,
    /// What kind of line it is.
    #[serde(default)]
    pub kind: Option<LineKind>,
    /// Whether tax applies.
    #[serde(default)]
    pub taxable: Option<bool>,
    /// Its total. The sign on discounts is not documented.
    #[serde(default, deserialize_with = "fields::cents")]
    pub amount: Option<Cents>,
    /// Its place among the lines.
    #[serde(default)]
    pub order_index: Option<i64>,
    /// The price-book entry it was made from; none for a line typed by hand.
    #[serde(default, deserialize_with = "fields::id")]
    pub service_item_id: Option<ServiceItemId>,
    /// Which part of the price book that entry is in.
    #[serde(default)]
    pub service_item_type: Option<ServiceItemType>,
}

open_enum! {
    /// What a line of a job or an invoice is. Jobs write `materials`, invoices `material`.
    LineKind {
        /// Work, a service.
        Labor = "labor",
        /// Goods.
        Materials = "materials" | "material",
        /// A discount of a fixed amount.
        FixedDiscount = "fixed discount",
        /// A discount of a share.
        PercentDiscount = "percent discount",
        /// A tip.
        FixedGratuity = "fixed gratuity",
    }
}

open_enum! {
    /// Where in the price book an entry is, as read (writing uses other words).
    ServiceItemType {
        /// A service.
        Service = "organizationallineitemtemplate",
        /// A material.
        Material = "pricebook::material",
        /// A discount.
        StandardDiscount = "pricebook::standarddiscount",
    }
}
