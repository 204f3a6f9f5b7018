use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use ports::{Clock, Inbox, Queue, QueueError, QueueMessage};
use sync::work::consume::Delivered;

use super::clock::VirtualClock;

/// How long a message stays hidden that was taken and neither deleted nor put off.
const VISIBILITY: Duration = Duration::from_secs(180);

/// After so many deliveries a message goes to the dead-letter queue.
const MOST_DELIVERIES: u32 = 10;

/// A repeated deduplication id is swallowed for so long.
const DEDUPLICATED: Duration = Duration::from_secs(300);

/// One delivery holds at most so many messages.
const BATCH: usize = 10;

/// A FIFO queue as SQS keeps it: groups in order, hidden messages, deliveries that count.
#[derive(Debug)]
pub struct Line {
    clock: Arc<VirtualClock>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    messages: Vec<Message>,
    sent: HashMap<String, Duration>,
    sent_ever: u64,
    dead: Vec<String>,
}

#[derive(Debug)]
struct Message {
    id: String,
    group: String,
    body: String,
    visible_at: Duration,
    deliveries: u32,
}

impl Line {
    pub(super) fn new(clock: &Arc<VirtualClock>) -> Self {
        Self {
            clock: Arc::clone(clock),
            state: Mutex::default(),
        }
    }

    /// The next messages, if there are any to be had now.
    pub(super) fn receive(&self) -> Vec<Delivered> {
        let now = self.clock.monotonic();
        let mut state = self.state();
        let mut blocked = BTreeSet::new();
        let mut batch = Vec::new();
        let mut dead = Vec::new();
        for message in &mut state.messages {
            if batch.len() == BATCH || message.visible_at > now || blocked.contains(&message.group)
            {
                blocked.insert(message.group.clone());
                continue;
            }
            message.deliveries += 1;
            if message.deliveries > MOST_DELIVERIES {
                dead.push(message.id.clone());
                continue;
            }
            message.visible_at = now + VISIBILITY;
            batch.push(Delivered {
                id: message.id.clone(),
                receipt: message.id.clone(),
                group: message.group.clone(),
                deliveries: message.deliveries,
                body: message.body.clone(),
            });
        }
        for id in dead {
            if let Some(at) = state.messages.iter().position(|message| message.id == id) {
                let body = state.messages.remove(at).body;
                state.dead.push(body);
            }
        }
        batch
    }

    /// A worker is done with messages; those named here come again.
    pub(super) fn done(&self, batch: &[String], again: &[String]) {
        let done = |id: &String| batch.contains(id) && !again.contains(id);
        self.state().messages.retain(|message| !done(&message.id));
    }

    /// How many messages there are, hidden ones included.
    pub fn len(&self) -> usize {
        self.state().messages.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What nobody could work on.
    pub fn dead_letters(&self) -> Vec<String> {
        self.state().dead.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue for Line {
    async fn send(&self, message: QueueMessage) -> Result<(), QueueError> {
        let now = self.clock.monotonic();
        let mut state = self.state();
        let before = state.sent.insert(message.deduplication, now);
        if before.is_none_or(|at| now >= at + DEDUPLICATED) {
            state.sent_ever += 1;
            let id = format!("message-{}", state.sent_ever);
            state.messages.push(Message {
                id,
                group: message.group,
                body: message.body,
                visible_at: now,
                deliveries: 0,
            });
        }
        Ok(())
    }
}

impl Inbox for Line {
    async fn postpone(&self, receipt: &str, wait: Duration) -> Result<(), QueueError> {
        // SQS takes whole seconds.
        let until = self.clock.monotonic() + Duration::from_secs(wait.as_secs());
        let mut state = self.state();
        let message = state
            .messages
            .iter_mut()
            .find(|message| message.id == receipt);
        if let Some(message) = message {
            message.visible_at = until;
        }
        Ok(())
    }

    async fn bury(&self, _group: &str, body: &str, _reason: &str) -> Result<(), QueueError> {
        self.state().dead.push(body.to_owned());
        Ok(())
    }
}
