//! A company: connected, set up, and watched.

pub mod choose;
pub mod connect;
pub mod health;
pub(crate) mod pause;
pub mod restore;
pub(crate) mod settings;
pub(crate) mod setup;
pub mod standing;
pub mod upgrade;
