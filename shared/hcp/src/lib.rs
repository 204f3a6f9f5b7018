//! Housecall Pro: its records, its webhooks and their signature, and a client.
//!
//! Nothing here opens a socket: the client sends through [`ports::Http`].

mod client;
mod delivery;
mod error;
mod error_body;
mod events;
mod ids;
mod records;
pub mod signature;

pub use client::{Client, Page};
pub use delivery::{Delivery, DeliveryError, NotedPayment, Notice};
pub use error::{HcpError, Outage, Wait};
pub use events::{Event, Meaning, Trigger};
pub use ids::{
    AddressId, CompanyId, CustomerId, InvalidId, InvoiceId, InvoiceItemId, JobId, LineItemId,
    MaterialCategoryId, PaymentId, RefundId, ServiceItemId, TagId,
};
pub use records::{
    Address, AddressKind, Company, Customer, Discount, Invoice, InvoiceItem, InvoiceStatus, Job,
    JobFields, LineItem, LineKind, Material, MaterialCategory, Named, Note, Payment, PaymentMethod,
    PaymentStatus, Refund, Schedule, ServiceItemType, Tag, Tax, Unread, WorkStatus, WorkTimestamps,
};
