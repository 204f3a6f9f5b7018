//! What puts work on the queue.

mod counted;
pub mod hcp_webhook;
pub(crate) mod payment_pull;
pub(crate) mod push_by_hand;
pub mod qbo_webhook;
pub mod sweep;

use std::time::Duration;

/// How long a secret that webhooks are judged by is used without reading it again.
const KEPT: Duration = Duration::from_secs(60);
/// What does not fit may be newer than what is kept: that is read again, at most this often.
const READ_AGAIN: Duration = Duration::from_secs(15);
