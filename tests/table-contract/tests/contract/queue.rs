//! What the sync relies on in SQS.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use adapters::{SqsInbox, SqsQueue};
use aws_config::SdkConfig;
use aws_sdk_sqs::{Client, types::Message, types::QueueAttributeName::FifoQueue};
use ports::{Inbox, Queue, QueueMessage};
use stack::Emulator;

use crate::local;

struct Scene {
    config: SdkConfig,
    sqs: Client,
    work: String,
    dead: String,
    _emulator: Emulator,
}

impl Scene {
    async fn start() -> Self {
        let emulator = Emulator::start().await.unwrap();
        let config = local::config(emulator.endpoint()).await;
        let sqs = Client::new(&config);
        Self {
            work: create(&sqs, "work.fifo").await,
            dead: create(&sqs, "dead.fifo").await,
            sqs,
            config,
            _emulator: emulator,
        }
    }

    fn queue(&self) -> SqsQueue {
        SqsQueue::new(&self.config, &self.work)
    }

    fn inbox(&self) -> SqsInbox {
        SqsInbox::new(&self.config, &self.work, &self.dead)
    }

    async fn receive(&self, url: &str) -> Vec<Message> {
        let received = self.sqs.receive_message().queue_url(url);
        let received = received
            .max_number_of_messages(10)
            .message_attribute_names("All")
            .send()
            .await;
        received.unwrap().messages.unwrap_or_default()
    }
}

async fn create(sqs: &Client, name: &str) -> String {
    let created = sqs
        .create_queue()
        .queue_name(name)
        .attributes(FifoQueue, "true")
        .send()
        .await;
    created.unwrap().queue_url.unwrap()
}

fn message(group: &str, deduplication: &str, body: &str) -> QueueMessage {
    QueueMessage {
        group: group.to_owned(),
        deduplication: deduplication.to_owned(),
        body: body.to_owned(),
    }
}

fn bodies(messages: &[Message]) -> Vec<&str> {
    messages.iter().filter_map(Message::body).collect()
}

#[tokio::test]
async fn a_message_is_queued_once_and_in_order() {
    let scene = Scene::start().await;
    let queue = scene.queue();
    for (deduplication, body) in [
        ("1", "first"),
        ("2", "second"),
        ("1", "first"),
        ("3", "é 3"),
    ] {
        let message = message("oak#job_1", deduplication, body);
        queue.send(message).await.unwrap();
    }
    let received = scene.receive(&scene.work).await;
    assert_eq!(bodies(&received), ["first", "second", "é 3"]);
}

#[tokio::test]
async fn a_postponed_message_comes_back_after_its_wait() {
    let scene = Scene::start().await;
    scene.queue().send(message("g", "1", "{}")).await.unwrap();
    let received = scene.receive(&scene.work).await;
    let receipt = received[0].receipt_handle().unwrap();

    let wait = Duration::from_millis(1500);
    let begun = Instant::now();
    scene.inbox().postpone(receipt, wait).await.unwrap();
    while scene.receive(&scene.work).await.is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(10), "it is lost");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(begun.elapsed() >= wait, "after {:?}", begun.elapsed());
}

#[tokio::test]
async fn a_buried_message_lies_once_on_the_dead_letter_queue_with_its_reason() {
    let scene = Scene::start().await;
    let inbox = scene.inbox();
    for _ in 0..2 {
        inbox.bury("g", "not json", "no version").await.unwrap();
    }
    inbox.bury("g", "other", "").await.unwrap();
    let received = scene.receive(&scene.dead).await;
    assert_eq!(bodies(&received), ["not json", "other"]);
    let reasons: Vec<&str> = received
        .iter()
        .filter_map(Message::message_attributes)
        .filter_map(|attributes: &HashMap<_, _>| attributes["reason"].string_value())
        .collect();
    assert_eq!(reasons, ["no version", "unknown"]);
}

#[tokio::test]
async fn a_queue_that_is_not_there_says_so() {
    let scene = Scene::start().await;
    let nowhere = SqsQueue::new(&scene.config, scene.work.replace("work", "nowhere"));
    let error = nowhere.send(message("g", "1", "{}")).await.unwrap_err();
    assert!(error.to_string().contains("NonExistentQueue"), "{error}");
}
