use std::{collections::BTreeSet, future, mem, sync::Mutex};

use ports::{Queue, QueueError, QueueMessage};

use crate::failures::{Failures, lock};

/// A FIFO queue in memory. It swallows a repeated deduplication id for good (SQS: for five minutes), unless
/// [`FakeQueue::forget_ids`] is called.
#[derive(Debug, Default)]
pub struct FakeQueue {
    state: Mutex<State>,
    refusals: Failures,
    lost_answers: Failures,
}

#[derive(Debug, Default)]
struct State {
    messages: Vec<QueueMessage>,
    ids: BTreeSet<String>,
}

impl FakeQueue {
    /// An empty queue.
    pub fn new() -> Self {
        Self::default()
    }

    /// The next so many sends fail, and nothing arrives.
    pub fn refuse(&self, sends: u32) {
        self.refusals.plan(sends);
    }

    /// The next so many sends fail for the sender, but the message arrives all the same.
    pub fn lose_answers(&self, sends: u32) {
        self.lost_answers.plan(sends);
    }

    /// What waits in the queue, oldest first.
    pub fn messages(&self) -> Vec<QueueMessage> {
        lock(&self.state).messages.clone()
    }

    /// Empties the queue and returns what waited, oldest first.
    pub fn take(&self) -> Vec<QueueMessage> {
        mem::take(&mut lock(&self.state).messages)
    }

    /// Lets deduplication ids be used again, as after five minutes.
    pub fn forget_ids(&self) {
        lock(&self.state).ids.clear();
    }

    fn accept(&self, message: QueueMessage) -> Result<(), QueueError> {
        if self.refusals.strike() {
            return Err(QueueError("refused by the test".into()));
        }
        let mut state = lock(&self.state);
        if state.ids.insert(message.deduplication.clone()) {
            state.messages.push(message);
        }
        if self.lost_answers.strike() {
            return Err(QueueError("answer lost by the test".into()));
        }
        Ok(())
    }
}

impl Queue for FakeQueue {
    fn send(&self, message: QueueMessage) -> impl Future<Output = Result<(), QueueError>> + Send {
        future::ready(self.accept(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(deduplication: &str) -> QueueMessage {
        QueueMessage {
            group: "group".to_owned(),
            deduplication: deduplication.to_owned(),
            body: "{}".to_owned(),
        }
    }

    #[test]
    fn repeats_are_swallowed_until_ids_are_forgotten() {
        let queue = FakeQueue::new();
        for id in ["a", "b", "a"] {
            queue.accept(message(id)).unwrap();
        }
        assert_eq!(queue.take(), [message("a"), message("b")]);

        queue.accept(message("a")).unwrap();
        assert!(queue.messages().is_empty());
        queue.forget_ids();
        queue.accept(message("a")).unwrap();
        assert_eq!(queue.messages(), [message("a")]);
    }

    #[test]
    fn a_refused_message_does_not_arrive_and_one_with_a_lost_answer_does() {
        let queue = FakeQueue::new();
        queue.refuse(1);
        assert!(queue.accept(message("a")).is_err());
        assert!(queue.messages().is_empty());

        queue.lose_answers(1);
        assert!(queue.accept(message("a")).is_err());
        assert_eq!(queue.messages(), [message("a")]);
        assert!(queue.accept(message("a")).is_ok());
        assert_eq!(queue.messages().len(), 1);
    }
}
