use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_sqs::Client;
use ports::{Queue, QueueError, QueueMessage};

use crate::failure::reason;

/// A FIFO queue of SQS.
#[derive(Clone, Debug)]
pub struct SqsQueue {
    client: Client,
    url: String,
}

impl SqsQueue {
    /// The queue at this address.
    pub fn new(config: &SdkConfig, queue_url: impl Into<String>) -> Self {
        Self {
            client: Client::new(config),
            url: queue_url.into(),
        }
    }

    /// Hides a message that was received for so long from now (whole seconds, at most 12 hours).
    ///
    /// # Errors
    /// When SQS does not answer or refuses, as for a receipt that is too old.
    pub async fn change_visibility(
        &self,
        receipt: &str,
        hidden: Duration,
    ) -> Result<(), QueueError> {
        const LONGEST: u64 = 12 * 60 * 60;
        let seconds = hidden.as_secs().min(LONGEST);
        self.client
            .change_message_visibility()
            .queue_url(&self.url)
            .receipt_handle(receipt)
            .visibility_timeout(i32::try_from(seconds).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(|error| QueueError(reason(&error)))?;
        Ok(())
    }

    /// Puts a message on another FIFO queue, such as the dead-letter queue, as it is.
    ///
    /// # Errors
    /// As [`Queue::send`].
    pub async fn send_raw(&self, queue_url: &str, message: QueueMessage) -> Result<(), QueueError> {
        self.client
            .send_message()
            .queue_url(queue_url)
            .message_group_id(message.group)
            .message_deduplication_id(message.deduplication)
            .message_body(message.body)
            .send()
            .await
            .map_err(|error| QueueError(reason(&error)))?;
        Ok(())
    }
}

impl Queue for SqsQueue {
    async fn send(&self, message: QueueMessage) -> Result<(), QueueError> {
        self.send_raw(&self.url, message).await
    }
}
