//! sync

pub mod message;
pub mod webhook;
