//! The use cases: take a webhook, look at a job, sweep up what no webhook told, connect a company. All of
//! them are generic over the ports, so that the very same code runs in a Lambda and in a simulation.

pub mod alerts;
mod books;
mod by_hand;
pub mod choose;
mod company_settings;
pub mod connect;
pub mod consume;
mod customer_edits;
mod dated;
mod document;
mod edits;
pub mod engine;
mod facts;
mod housecall;
mod income;
mod invoices;
mod items;
pub mod job_status;
mod lease;
mod ledger;
mod limits;
pub mod link_invoice;
mod lists;
mod look;
mod merged;
pub mod message;
mod number_taken;
mod parties;
mod payer;
mod plan;
mod push;
mod removal;
mod settings;
mod settle;
mod standing;
mod stop;
pub mod sweep;
mod tokens;
pub mod webhook;
mod world;

pub use company_settings::SettingsError;
pub use settings::Settings;
pub use stop::Stop;
pub use tokens::{AppSecret, app_secret, token_secret};
pub use world::{Parts, World};
