//! Calls to the two systems: limits first, then a key or token, then the call; what comes back decides what happens next.

pub(crate) mod api_key;
pub(crate) mod cache;
pub(crate) mod housecall;
pub(crate) mod lease;
pub(crate) mod limits;
pub(crate) mod outage;
pub(crate) mod price_books;
pub(crate) mod quickbooks;
pub(crate) mod tokens;
