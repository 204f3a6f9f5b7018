//! The use cases: take a webhook, look at a job, sweep up what no webhook told, connect a company. All of
//! them are generic over the ports, so that the very same code runs in a Lambda and in a simulation.

pub mod alerts;
mod calls;
pub mod company;
mod config;
mod ctx;
mod declined;
pub mod engine;
mod history;
pub mod intake;
pub mod job;
mod ledger;
pub mod objects;
pub mod payments;
pub mod pull;
mod receipts;
mod refunds;
mod retry;
pub mod service_plans;
mod settle;
mod stop;
pub mod work;
mod world;

pub use calls::tokens::{AppSecret, app_secret, token_secret};
pub use config::Config;
pub use declined::{Declined, NotDone};
pub use ports::Source;
pub use stop::{Stop, chain};
pub use store::AlertRecord;
pub use world::{Parts, World};
