//! Housecall Pro: its records, its webhooks and their signature, and a client that reads.
//!
//! Nothing here opens a socket: the client sends through [`ports::Http`].

mod client;
mod error;
mod error_body;
mod ids;
mod records;

pub use client::{Client, Page};
pub use error::{HcpError, Outage, Wait};
pub use ids::{
    AddressId, CompanyId, CustomerId, InvalidId, InvoiceId, InvoiceItemId, JobId, LineItemId,
    PaymentId, RefundId, ServiceItemId,
};
pub use records::{
    Address, AddressKind, Company, Customer, Discount, Invoice, InvoiceItem, InvoiceStatus, Job,
    JobFields, LineItem, LineKind, Named, Payment, PaymentMethod, PaymentStatus, Refund, Schedule,
    ServiceItemType, Tax, WorkStatus, WorkTimestamps,
};
