use jiff::Timestamp;
use money::{Cents, Quantity};
use serde::Deserialize;

use super::{
    Address, Customer,
    fields::{Fields, Missing, Record, Unread, from_fields},
    open_enum::open_enum,
};
use crate::{JobId, LineItemId, ServiceItemId, TagId};

/// A job. It holds no lines, invoices, payments, taxes or discounts: those are read by their own calls.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Fields")]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// The **job's** number, whatever the field's name says. Segments have suffixes (`6-2`); not unique.
    pub invoice_number: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// For whom; without addresses. The customer may have been deleted since.
    pub customer: Option<Customer>,
    /// Where; every part can be missing.
    pub address: Option<Address>,
    /// How far it got.
    pub work_status: Option<WorkStatus>,
    /// When the work was done.
    pub work_timestamps: WorkTimestamps,
    /// When the work was planned.
    pub schedule: Schedule,
    /// Total after discounts, with tax.
    pub total_amount: Option<Cents>,
    /// Total before discounts and tax.
    pub subtotal: Option<Cents>,
    /// What is still owed; zero for a paid job and for a job of nothing.
    pub outstanding_balance: Option<Cents>,
    /// Business unit and job type.
    pub job_fields: JobFields,
    /// What people noted on it, and what was noted from here.
    pub notes: Vec<Note>,
    /// The names of its tags.
    pub tags: Vec<String>,
    /// When the customer cancelled it.
    pub canceled_at: Option<Timestamp>,
    /// When the company cancelled or deleted it.
    pub deleted_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it was last changed; can lag behind the change that a webhook tells of.
    pub updated_at: Option<Timestamp>,
    /// What was told in a form that is not known.
    pub unread: Unread,
}

impl Record for Job {
    fn read(fields: &mut Fields) -> Result<Self, Missing> {
        Ok(Self {
            id: fields.identity(&["id"])?,
            invoice_number: fields.text("invoice_number"),
            description: fields.text("description"),
            customer: fields.record("customer"),
            address: fields.record("address"),
            work_status: fields.word("work_status"),
            work_timestamps: fields.record("work_timestamps").unwrap_or_default(),
            schedule: fields.record("schedule").unwrap_or_default(),
            total_amount: fields.cents("total_amount"),
            subtotal: fields.cents("subtotal"),
            outstanding_balance: fields.cents("outstanding_balance"),
            job_fields: fields.record("job_fields").unwrap_or_default(),
            notes: fields.records("notes"),
            tags: fields.texts("tags"),
            canceled_at: fields.time("canceled_at"),
            deleted_at: fields.time("deleted_at"),
            created_at: fields.time("created_at"),
            updated_at: fields.time("updated_at"),
            unread: fields.unread(),
        })
    }
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

/// A note on a job. Who wrote it, and when, is not told.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Fields")]
pub struct Note {
    /// Its text.
    pub content: Option<String>,
}

impl Record for Note {
    fn read(fields: &mut Fields) -> Result<Self, Missing> {
        Ok(Self {
            content: fields.text("content"),
        })
    }
}

/// A tag that jobs can have.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Fields")]
pub struct Tag {
    /// Its id.
    pub id: TagId,
    /// Its name.
    pub name: Option<String>,
}

impl Record for Tag {
    fn read(fields: &mut Fields) -> Result<Self, Missing> {
        Ok(Self {
            id: fields.identity(&["id"])?,
            name: fields.text("name"),
        })
    }
}

/// When the work was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Fields")]
pub struct WorkTimestamps {
    /// Start of work.
    pub started_at: Option<Timestamp>,
    /// Completion of work.
    pub completed_at: Option<Timestamp>,
}

impl Record for WorkTimestamps {
    fn read(fields: &mut Fields) -> Result<Self, Missing> {
        Ok(Self {
            started_at: fields.time("started_at"),
            completed_at: fields.time("completed_at"),
        })
    }
}

/// When the work was planned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Fields")]
pub struct Schedule {
    /// Planned start.
    pub scheduled_start: Option<Timestamp>,
    /// Planned end.
    pub scheduled_end: Option<Timestamp>,
}

impl Record for Schedule {
    fn read(fields: &mut Fields) -> Result<Self, Missing> {
        Ok(Self {
            scheduled_start: fields.time("scheduled_start"),
            scheduled_end: fields.time("scheduled_end"),
        })
    }
}

/// How the company sorts its jobs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Fields")]
pub struct JobFields {
    /// Part of the business; becomes the class in QuickBooks.
    pub business_unit: Option<Named>,
    /// Kind of work.
    pub job_type: Option<Named>,
}

impl Record for JobFields {
    fn read(fields: &mut Fields) -> Result<Self, Missing> {
        Ok(Self {
            business_unit: fields.record("business_unit"),
            job_type: fields.record("job_type"),
        })
    }
}

/// An entry of one of the company's own lists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Fields")]
pub struct Named {
    /// Its id.
    pub id: Option<String>,
    /// Its name.
    pub name: Option<String>,
}

impl Record for Named {
    fn read(fields: &mut Fields) -> Result<Self, Missing> {
        Ok(Self {
            id: fields.text("id"),
            name: fields.text("name"),
        })
    }
}

/// A line of a job. Discounts and tips are lines too.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Fields")]
pub struct LineItem {
    /// Its id.
    pub id: Option<LineItemId>,
    /// Name.
    pub name: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// Price of one. Of a percent discount the unit is not known (percent or basis points): use `amount`.
    pub unit_price: Option<Cents>,
    /// Cost of one.
    pub unit_cost: Option<Cents>,
    /// How many.
    pub quantity: Option<Quantity>,
    /// What kind of line it is.
    pub kind: Option<LineKind>,
    /// Whether tax applies.
    pub taxable: Option<bool>,
    /// Its total. The sign on discounts is not documented.
    pub amount: Option<Cents>,
    /// Its place among the lines.
    pub order_index: Option<i64>,
    /// The price-book entry it was made from; none for a line typed by hand.
    pub service_item_id: Option<ServiceItemId>,
    /// Which part of the price book that entry is in.
    pub service_item_type: Option<ServiceItemType>,
    /// What was told in a form that is not known.
    pub unread: Unread,
}

impl Record for LineItem {
    fn read(fields: &mut Fields) -> Result<Self, Missing> {
        Ok(Self {
            id: fields.id("id"),
            name: fields.text("name"),
            description: fields.text("description"),
            unit_price: fields.cents("unit_price"),
            unit_cost: fields.cents("unit_cost"),
            quantity: fields.quantity("quantity"),
            kind: fields.word("kind"),
            taxable: fields.flag("taxable"),
            amount: fields.cents("amount"),
            order_index: fields.place("order_index"),
            service_item_id: fields.id("service_item_id"),
            service_item_type: fields.word("service_item_type"),
            unread: fields.unread(),
        })
    }
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

from_fields!(
    Job,
    WorkTimestamps,
    Schedule,
    JobFields,
    Named,
    Note,
    Tag,
    LineItem
);
