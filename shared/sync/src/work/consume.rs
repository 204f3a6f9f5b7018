//! One batch from the work queue: records of one subject together, subjects beside each other, each panic
//! kept to the subject that caused it (invariant 5).

use std::{ops::RangeInclusive, panic::AssertUnwindSafe, time::Duration};

use futures::{FutureExt, StreamExt, stream};
use hcp::CompanyId;
use jiff::Timestamp;
use ports::{Chance, Clock, Inbox, Queue, QueueMessage};

use crate::{
    engine::{Engine, Outcome},
    stop::{Stop, chain},
    work::message::{Evidence, LookAt, Subject},
    world::World,
};

/// A message as the queue delivered it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// Identifies the message in the answer to the queue.
    pub id: String,
    /// What the queue wants to see again when the message is put off.
    pub receipt: String,
    /// Its group.
    pub group: String,
    /// How often it was delivered, this time included.
    pub deliveries: u32,
    /// JSON.
    pub body: String,
}

/// How many subjects are worked on beside each other. QuickBooks takes ten calls at once, and five workers share them.
const BESIDE: usize = 2;

/// The shortest and the longest time that a message is put off for at once.
const WAITS: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(15 * 60);

/// A message that was delivered so often is not put off once more, but sent anew: deliveries are counted towards the
/// dead-letter queue, and waiting is no failure.
const PATIENT_DELIVERIES: u32 = 2;

/// Messages about one subject, in the order of delivery.
struct Group {
    company: CompanyId,
    subject: Subject,
    messages: Vec<(Delivered, Option<Evidence>)>,
}

/// Works on a batch until `deadline` (on the monotonic clock). Returns the ids of the messages that the
/// queue must deliver again.
pub async fn consume<W: World>(
    engine: &Engine<W>,
    inbox: &impl Inbox,
    batch: Vec<Delivered>,
    deadline: Duration,
) -> Vec<String> {
    let (groups, unreadable) = sort(engine, batch);
    let buried = stream::iter(unreadable).filter_map(|(message, reason)| async move {
        tracing::error!(message = message.id, reason, "message cannot be read");
        let buried = inbox.bury(&message.group, &message.body, &reason).await;
        buried.is_err().then_some(message.id)
    });
    let mut again: Vec<String> = buried.collect().await;
    let worked = stream::iter(groups)
        .map(|group| work(engine, inbox, group, deadline))
        .buffer_unordered(BESIDE)
        .collect::<Vec<_>>()
        .await;
    again.extend(worked.into_iter().flatten());
    again
}

fn sort<W: World>(
    engine: &Engine<W>,
    batch: Vec<Delivered>,
) -> (Vec<Group>, Vec<(Delivered, String)>) {
    let mut groups: Vec<Group> = Vec::new();
    let mut unreadable = Vec::new();
    for message in batch {
        let look_at = match serde_json::from_str::<LookAt>(&message.body) {
            Ok(look_at) if look_at.v > LookAt::VERSION => {
                unreadable.push((message, format!("unknown format {}", look_at.v)));
                continue;
            }
            Ok(look_at) if engine.task(look_at.subject.task()).is_none() => {
                let reason = format!("unknown task {}", look_at.subject.task());
                unreadable.push((message, reason));
                continue;
            }
            Ok(look_at) => look_at,
            // The text of the error can quote the message.
            Err(error) => {
                let reason = format!("not a message of ours, at column {}", error.column());
                unreadable.push((message, reason));
                continue;
            }
        };
        let entry = (message, look_at.evidence);
        match groups
            .iter_mut()
            .find(|group| group.company == look_at.company && group.subject == look_at.subject)
        {
            Some(group) => group.messages.push(entry),
            None => groups.push(Group {
                company: look_at.company,
                subject: look_at.subject,
                messages: vec![entry],
            }),
        }
    }
    (groups, unreadable)
}

/// Returns the ids of the group's messages when they must come again.
async fn work<W: World>(
    engine: &Engine<W>,
    inbox: &impl Inbox,
    group: Group,
    deadline: Duration,
) -> Vec<String> {
    let subject = group.subject.clone();
    let ids: Vec<String> = group
        .messages
        .iter()
        .map(|(message, _)| message.id.clone())
        .collect();
    let worked = AssertUnwindSafe(look(engine, inbox, group, deadline));
    match worked.catch_unwind().await {
        Ok(Ok(again)) => again,
        Ok(Err(Stop::PlanAgain(what))) => {
            tracing::info!(
                ?subject,
                what,
                "changed by another worker; it is looked at again"
            );
            ids
        }
        Ok(Err(broken)) => {
            tracing::error!(
                ?subject,
                error = chain(&broken),
                "not done; it is tried again"
            );
            ids
        }
        Err(_panic) => {
            tracing::error!(?subject, "panicked; it is tried again");
            ids
        }
    }
}

async fn look<W: World>(
    engine: &Engine<W>,
    inbox: &impl Inbox,
    group: Group,
    deadline: Duration,
) -> Result<Vec<String>, Stop> {
    let evidence = group
        .messages
        .iter()
        .filter_map(|(_, evidence)| evidence.clone());
    let evidence: Vec<Evidence> = evidence.collect();
    let looked = engine.look(&group.company, &group.subject, &evidence, deadline);
    match looked.await? {
        Outcome::Done => Ok(Vec::new()),
        Outcome::Again { until } => {
            let messages = group
                .messages
                .into_iter()
                .map(|(message, _)| message)
                .collect();
            Ok(come_again(engine, inbox, messages, until).await)
        }
    }
}

/// Has messages delivered again at a time. Returns the ids of those that go back to the queue for it.
async fn come_again<W: World>(
    engine: &Engine<W>,
    inbox: &impl Inbox,
    messages: Vec<Delivered>,
    until: Timestamp,
) -> Vec<String> {
    let world = engine.world();
    if messages
        .iter()
        .all(|message| message.deliveries <= PATIENT_DELIVERIES)
    {
        let wait = until.duration_since(world.clock().now());
        let wait = Duration::try_from(wait).unwrap_or_default();
        let wait = wait.clamp(*WAITS.start(), *WAITS.end());
        for message in &messages {
            if let Err(error) = inbox.postpone(&message.receipt, wait).await {
                tracing::warn!(
                    error = chain(&error),
                    "message not put off; it comes back by itself"
                );
            }
        }
        return messages.into_iter().map(|message| message.id).collect();
    }
    let mut again = Vec::new();
    for message in messages {
        let anew = QueueMessage {
            group: message.group,
            deduplication: world.chance().uuid().to_string(),
            body: message.body,
        };
        if let Err(error) = world.queue().send(anew).await {
            tracing::warn!(
                error = chain(&error),
                "message not sent anew; it comes back by itself"
            );
            again.push(message.id);
        }
    }
    again
}
