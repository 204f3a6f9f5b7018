//! What no source settles about Housecall Pro: a switch each, with the likelier side as the default, or the
//! harder one for a client where neither is.

use serde::{Deserialize, Serialize};

/// What reads answer for a deleted job: both have been seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeletedJobs {
    /// The job with its `deleted_at`.
    #[default]
    StillReturned,
    /// 404.
    Gone,
}

/// The sign of discounts in job lines and in `discounts` of invoices. Not known of Housecall Pro, so a
/// sync must stand both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiscountSign {
    /// `-500` for five dollars off.
    #[default]
    Negative,
    /// `500` for five dollars off.
    Positive,
}

/// How rates are written (`taxes[].rate`, the price of a percent discount). Not known of Housecall
/// Pro, so a sync must stand both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateUnit {
    /// 8.25 % is `8.25`.
    #[default]
    Percent,
    /// 8.25 % is `825`.
    BasisPoints,
}

/// What a refund does to the invoice. Housecall Pro's help and its users tell that the money is due again;
/// no recorded answer shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refunds {
    /// What was refunded is due again: a paid invoice opens.
    #[default]
    Reopen,
    /// The invoice stays as it was.
    LeavePaid,
}

/// What becomes of the lines of a service that is moved to the materials, where it gets another id. Not
/// known of Housecall Pro.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MovedItems {
    /// They name the service that is no more.
    #[default]
    LinesKeepTheirId,
    /// They name the material.
    LinesFollow,
}

/// What becomes of the jobs of a customer who is merged into another. Integrators have seen jobs that name
/// customers who vanished.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MergedCustomers {
    /// They still name the one who vanished.
    #[default]
    JobsKeepThem,
    /// They name the one who stays.
    JobsFollow,
}

/// What tells that a payment was deleted. No event is named for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeletedPayments {
    /// Nothing: only a read shows that it is gone.
    #[default]
    Untold,
    /// `job.updated`.
    JobUpdated,
}

/// How one payment over several invoices stands on each of them. Not known of Housecall Pro; the prefix
/// `invpay_` speaks for an id of its own on each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SharedPayments {
    /// Each has a payment with its own id and amount.
    #[default]
    OwnIds,
    /// Each has the same id, with its own amount.
    OneId,
    /// Each has the same id and the whole amount.
    OneIdWholeAmount,
}

/// In which order the events of one press are told. Housecall Pro promises none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventOrder {
    /// As they happen.
    #[default]
    AsTheyHappen,
    /// In any, by the sandbox's seed.
    Any,
}

/// Whether the API shows the invoices of service plans, and what tells whose they are. Nothing documents it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanInvoices {
    /// It does, without a job, and nothing tells whose they are.
    #[default]
    WithoutCustomer,
    /// It does, without a job: only the list's filter by customer tells whose they are.
    WithoutJob,
    /// It does not.
    Hidden,
}

/// What the items of a deposit invoice are. Not known of Housecall Pro.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DepositItems {
    /// The lines of the job, each with its share as `invoiced_amount`.
    #[default]
    Shares,
    /// One item over the whole deposit.
    OneItem,
}

/// The codes of due terms. Only `upon` is known of Housecall Pro.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DueCodes {
    /// `upon`, `net` and `on`.
    #[default]
    Plain,
    /// Codes that nobody has seen: `upon_start_of_work`, `net_30`, `specific_date`.
    Unfamiliar,
}

/// Which keys records have. Live answers have keys that the documentation lacks, and any value may be
/// missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keys {
    /// All that integrators have recorded, unknown values as null.
    #[default]
    Recorded,
    /// Keys without a value are left out.
    NullsLeftOut,
    /// Keys without a value are left out, and so are those that the documentation lacks.
    DocumentedOnly,
}

/// What `invoiced_amount` of an invoice's item holds where the invoice bills all of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoicedAmounts {
    /// The amount.
    #[default]
    Always,
    /// Null: only invoices over a part tell.
    OnPartsOnly,
}

/// Whether `amount` of a payment holds its surcharge. Not known of Housecall Pro.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Surcharges {
    /// It does not: payments add up to what is paid of the invoice.
    #[default]
    Apart,
    /// It does.
    InAmount,
}

/// Whether the total of an invoice holds the surcharges that were paid with it. Not known of Housecall Pro.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SurchargedTotals {
    /// It does, though no line shows them.
    #[default]
    Held,
    /// It does not.
    LeftOut,
}
