//! The pages in one process: a browser, on a company between the two sandboxes.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests: what is wrong here fails them"
)]

mod browser;
mod connecting;
mod sessions;
mod today;
