//! The HTTP face: gateway checks first, then the company's API.

pub(crate) mod answer;
mod batch;
mod cdc;
mod company;
pub(crate) mod limits;
pub(crate) mod oauth;
pub(crate) mod replay;
mod tax_service;

pub(crate) use company::{Mischief, Served, serve};
