//! A local stand-in for Housecall Pro: its REST API, its webhooks and the buttons of its app, for one
//! company.
//!
//! It is written from Housecall Pro's public documentation and from what integrators have recorded, and
//! shares no code with the project's own client. What it does not cover it refuses (HTTP 501, or
//! [`Refusal::NotCovered`]) instead of pretending. What Housecall Pro leaves unknown is a setting
//! ([`Settings`]), so that a sync can be tried both ways.
//!
//! In process a simulation presses buttons ([`Sandbox::act`] or a method each), takes the webhooks
//! ([`Sandbox::take_webhooks`]) and calls the API through `ports::Http`. Served ([`serve`]), the same
//! company answers on a socket, posts its webhooks, and shows a page at `/`.
//!
//! | on the socket | does |
//! | --- | --- |
//! | `POST /_app/<action>` | presses a button: an [`Action`] by its name, such as `finish_job` with `{"job": "job_…"}`; answers `{"id", "said"}` or `{"refused"}` |
//! | `POST /_sandbox/person` | `{"employee": "pro_…"}`: who presses the buttons from now on |
//! | `POST /_sandbox/webhook` | `{"url"}`: where webhooks go, after Housecall Pro's check; `null` switches them off |
//! | `POST /_sandbox/faults` | a [`Fault`]: `{"fault": "stale_read", "count": 3, "path": "/invoices"}`, or by chance with `"per_thousand": 30`; `DELETE` clears them |
//! | `POST /_sandbox/delivery` | a [`DeliveryPlan`]: `{"duplicate_percent": 20}` |
//! | `POST /_sandbox/redeliver` | `{"count": 5, "shuffled": true}`: repeats the last deliveries |
//! | `POST /_sandbox/clock` | `{"to": "2026-03-02T14:30:00Z"}` or `{"advance_seconds": 60}` |
//! | `POST /_sandbox/settings` | [`Settings`]; `GET` shows them |
//! | `GET /_sandbox/calls`, `deliveries`, `health` | what was asked, what was delivered, whether it stands |

mod actions;
mod amounts;
mod app;
mod bill;
mod billing;
mod buttons;
mod company;
mod control;
mod delivery;
mod doubts;
mod due;
mod events;
mod faults;
mod history;
mod ids;
mod offers;
mod options;
mod page;
mod records;
mod rest;
mod sample_company;
mod sandbox;
mod serve;
mod shelf;
mod state;
mod totals;
mod webhook;
mod words;
mod work;

pub use actions::{
    Action, AdHoc, CanceledBy, CustomerChanges, EntryChanges, EstimateStep, FromPriceBook,
    LeadStep, LineChanges, NewAddress, NewCustomer, NewEmployee, NewEntry, NewEstimate, NewJob,
    NewLine, NewOption, NewPayment, NewRefund, Part, PlanPayment, Refusal, Visit,
};
pub use amounts::Hundredths;
pub use billing::{PaymentMethod, PaymentStatus};
pub use company::AddressKind;
pub use delivery::{Delivery, DeliveryPlan, Outcome};
pub use doubts::{
    DeletedJobs, DeletedPayments, DepositItems, DiscountSign, DueCodes, EventOrder,
    InvoicedAmounts, Keys, MergedCustomers, MovedItems, PlanInvoices, RateUnit, Refunds,
    SharedPayments, SurchargedTotals, Surcharges,
};
pub use events::Event;
pub use faults::{Fault, FaultKind, HcpFault};
pub use ids::{
    AddressId, AppointmentId, CustomerId, EstimateId, InvoiceId, JobId, LeadId, LineId, NoteId,
    OptionId, PaymentId, RefundId, TagId,
};
pub use offers::Approval;
pub use options::{Invoicing, KeyKind, Options, Settings};
pub use sandbox::{PriceBookEntry, Sandbox};
pub use sandbox_kit::{Answer, Clock, ClockRefusal, Request};
pub use serve::{UrlRefused, serve};
pub use state::Call;
pub use webhook::{Webhook, signature};
pub use work::{DueTerms, LineKind, TaxRate};
