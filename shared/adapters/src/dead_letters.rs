use aws_config::SdkConfig;
use aws_sdk_sqs::{
    Client,
    types::{Message, MessageSystemAttributeName, QueueAttributeName},
};
use ports::Source;
use thiserror::Error;
use uuid::Uuid;

use crate::failure::failure;

/// One of the two queues did not do what it was asked.
#[derive(Debug, Error)]
#[error("the queue of dead letters, or the work queue, cannot be used")]
pub struct DeadLettersError(#[source] Source);

/// The messages that could not be worked on, and the queue that they came from. Both are FIFO.
#[derive(Clone, Debug)]
pub struct DeadLetters {
    client: Client,
    work_url: String,
    dead_letter_url: String,
}

/// So many are received at once: SQS gives no more.
const SOME: i32 = 10;

/// For so many seconds nobody else gets what was received: far longer than it takes to move ten.
const IN_HAND: i32 = 60;

/// SQS asks all its servers only where it may wait.
const LONG_POLL: i32 = 1;

impl DeadLetters {
    /// Those that lie at one address, and the queue at the other.
    pub fn new(
        config: &SdkConfig,
        work_url: impl Into<String>,
        dead_letter_url: impl Into<String>,
    ) -> Self {
        Self {
            client: Client::new(config),
            work_url: work_url.into(),
            dead_letter_url: dead_letter_url.into(),
        }
    }

    /// How many there are, those in hand included.
    ///
    /// # Errors
    /// When SQS does not answer or refuses.
    pub async fn count(&self) -> Result<usize, DeadLettersError> {
        let names = [
            QueueAttributeName::ApproximateNumberOfMessages,
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        ];
        let told = self
            .client
            .get_queue_attributes()
            .queue_url(&self.dead_letter_url)
            .set_attribute_names(Some(names.to_vec()))
            .send()
            .await
            .map_err(|error| DeadLettersError(failure(error)))?;
        let told = told.attributes.unwrap_or_default();
        let counts = names.iter().filter_map(|name| told.get(name));
        Ok(counts.filter_map(|count| count.parse::<usize>().ok()).sum())
    }

    /// Sends some of them back, and gives how many; none: there are none that nobody has in hand. Each is on the work queue
    /// before it is taken from here: who dies in between leaves it in both, and what it has looked at is looked at twice.
    ///
    /// # Errors
    /// When SQS does not answer or refuses: some may have gone.
    pub async fn move_some(&self) -> Result<usize, DeadLettersError> {
        let received = self
            .client
            .receive_message()
            .queue_url(&self.dead_letter_url)
            .max_number_of_messages(SOME)
            .visibility_timeout(IN_HAND)
            .wait_time_seconds(LONG_POLL)
            .message_system_attribute_names(MessageSystemAttributeName::MessageGroupId)
            .send()
            .await
            .map_err(|error| DeadLettersError(failure(error)))?;
        let mut moved = 0;
        for message in received.messages.unwrap_or_default() {
            self.move_one(message).await?;
            moved += 1;
        }
        Ok(moved)
    }

    async fn move_one(&self, message: Message) -> Result<(), DeadLettersError> {
        let named = message.attributes.as_ref();
        let group = named.and_then(|named| named.get(&MessageSystemAttributeName::MessageGroupId));
        let group = group.map_or("redriven", String::as_str);
        self.client
            .send_message()
            .queue_url(&self.work_url)
            .message_group_id(group)
            // Its own may be that of a message of the last five minutes, in whose place it would be dropped.
            .message_deduplication_id(Uuid::new_v4().to_string())
            .message_body(message.body.unwrap_or_default())
            .send()
            .await
            .map_err(|error| DeadLettersError(failure(error)))?;
        self.client
            .delete_message()
            .queue_url(&self.dead_letter_url)
            .receipt_handle(message.receipt_handle.unwrap_or_default())
            .send()
            .await
            .map_err(|error| DeadLettersError(failure(error)))?;
        Ok(())
    }
}
