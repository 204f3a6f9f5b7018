//! What puts work on the queue.

pub mod hcp_webhook;
pub(crate) mod payment_pull;
pub(crate) mod push_by_hand;
pub mod sweep;
