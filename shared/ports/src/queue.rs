use std::{future::Future, sync::Arc, time::Duration};

use thiserror::Error;

use crate::Source;

/// One message on the FIFO work queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueMessage {
    /// Messages of one group are handed out in order, one batch at a time. At most 128 characters.
    pub group: String,
    /// A second message with the same id within five minutes is swallowed. At most 128 characters.
    pub deduplication: String,
    /// JSON.
    pub body: String,
}

/// The queue did not take the message; nothing is known of whether it will arrive.
#[derive(Debug, Error)]
#[error("the queue did not accept a message: {0}")]
pub struct QueueError(#[source] pub Source);

/// Puts work on a FIFO queue.
pub trait Queue: Send + Sync {
    /// Returns once the queue has the message durably.
    fn send(&self, message: QueueMessage) -> impl Future<Output = Result<(), QueueError>> + Send;
}

impl<T: Queue> Queue for Arc<T> {
    fn send(&self, message: QueueMessage) -> impl Future<Output = Result<(), QueueError>> + Send {
        T::send(self, message)
    }
}

/// What a consumer can do with a message beyond taking it.
pub trait Inbox: Send + Sync {
    /// Has a message delivered again after a while; `receipt` came with its delivery.
    fn postpone(
        &self,
        receipt: &str,
        wait: Duration,
    ) -> impl Future<Output = Result<(), QueueError>> + Send;

    /// Puts a message that nobody can read on the dead-letter queue, at once.
    fn bury(
        &self,
        group: &str,
        body: &str,
        reason: &str,
    ) -> impl Future<Output = Result<(), QueueError>> + Send;
}
