//! The use cases: take a webhook, look at a job, sweep up what no webhook told, connect a company. All of
//! them are generic over the ports, so that the very same code runs in a Lambda and in a simulation.

pub mod alerts;
mod books;
pub mod choose;
mod company_settings;
pub mod connect;
pub mod consume;
mod dated;
mod document;
pub mod engine;
mod facts;
mod housecall;
mod income;
mod invoices;
mod items;
mod lease;
mod ledger;
mod limits;
mod lists;
mod look;
pub mod message;
mod parties;
mod plan;
mod push;
mod removal;
mod settings;
mod settle;
mod standing;
mod stop;
pub mod sweep;
mod tokens;
mod totals;
pub mod webhook;
mod world;

pub use company_settings::SettingsError;
pub use settings::Settings;
pub use stop::Stop;
pub use tokens::{AppSecret, app_secret, token_secret};
pub use world::{Parts, World};
