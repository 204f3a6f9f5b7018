use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_sqs::{Client, types::MessageAttributeValue};
use ports::{Inbox, Queue, QueueError, QueueMessage};
use sha2::{Digest, Sha256};

use crate::failure::failure;

/// Puts messages on a FIFO queue of SQS.
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

    /// Hides a message that was received for so long from now. SQS counts whole seconds, at most 12
    /// hours; a part of a second counts as one.
    ///
    /// # Errors
    /// When SQS does not answer or refuses, as for a receipt that it never gave.
    pub async fn change_visibility(
        &self,
        receipt: &str,
        hidden: Duration,
    ) -> Result<(), QueueError> {
        const LONGEST: u64 = 12 * 60 * 60;
        let part = u64::from(hidden.subsec_nanos() > 0);
        let seconds = hidden.as_secs().saturating_add(part).min(LONGEST);
        self.client
            .change_message_visibility()
            .queue_url(&self.url)
            .receipt_handle(receipt)
            .visibility_timeout(i32::try_from(seconds).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(|error| QueueError(failure(error)))?;
        Ok(())
    }
}

impl Queue for SqsQueue {
    async fn send(&self, message: QueueMessage) -> Result<(), QueueError> {
        self.client
            .send_message()
            .queue_url(&self.url)
            .message_group_id(message.group)
            .message_deduplication_id(message.deduplication)
            .message_body(message.body)
            .send()
            .await
            .map_err(|error| QueueError(failure(error)))?;
        Ok(())
    }
}

/// What a consumer of a FIFO queue does with messages that it was handed.
#[derive(Clone, Debug)]
pub struct SqsInbox {
    queue: SqsQueue,
    dead_letter_url: String,
}

impl SqsInbox {
    /// The queue that the messages came from, and its dead-letter queue (FIFO too).
    pub fn new(
        config: &SdkConfig,
        queue_url: impl Into<String>,
        dead_letter_url: impl Into<String>,
    ) -> Self {
        Self {
            queue: SqsQueue::new(config, queue_url),
            dead_letter_url: dead_letter_url.into(),
        }
    }
}

impl Inbox for SqsInbox {
    async fn postpone(&self, receipt: &str, wait: Duration) -> Result<(), QueueError> {
        self.queue.change_visibility(receipt, wait).await
    }

    /// The reason goes along as the message's attribute `reason`. A message that is buried again within
    /// five minutes, since its acknowledgement was lost, lies there once.
    async fn bury(&self, group: &str, body: &str, cause: &str) -> Result<(), QueueError> {
        self.queue
            .client
            .send_message()
            .queue_url(&self.dead_letter_url)
            .message_group_id(group)
            .message_deduplication_id(hex::encode(Sha256::digest(format!("{group}\n{body}"))))
            .message_body(body)
            .message_attributes("reason", text(cause)?)
            .send()
            .await
            .map_err(|error| QueueError(failure(error)))?;
        Ok(())
    }
}

/// SQS takes no empty text.
fn text(value: &str) -> Result<MessageAttributeValue, QueueError> {
    MessageAttributeValue::builder()
        .data_type("String")
        .string_value(if value.is_empty() { "unknown" } else { value })
        .build()
        .map_err(|error| QueueError(error.into()))
}
