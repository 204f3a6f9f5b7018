//! From what a post tells to the messages on the queue.

use std::collections::BTreeMap;

use hcp::CompanyId;
use jiff::Timestamp;
use ports::QueueMessage;
use qbo::{
    RealmId,
    webhook::{Event, Operation},
};
use sha2::{Digest, Sha256};

use crate::work::message::{Evidence, LookAt, Subject};

/// Whether an event tells of money on a document of ours, or that one is gone. Credits reach an invoice by a payment of
/// nothing; that an invoice changed is told by each payment on it too, and left to the schedule, since reads are metered
/// (R1). What is new of receipts and expenses is ours, or nobody's here.
pub(super) fn matters(event: &Event) -> bool {
    let is_gone = matches!(
        event.operation,
        Some(Operation::Deleted | Operation::Voided)
    );
    match event.entity.as_str() {
        "Payment" => true,
        "Invoice" => is_gone,
        "RefundReceipt" | "SalesReceipt" | "Purchase" => {
            is_gone || event.operation == Some(Operation::Updated)
        }
        _ => false,
    }
}

/// One message for each company and object, by the last event about it: what happened before is in the object too.
///
/// `companies` are those that are connected; the events of all others are left out.
pub(super) fn messages(
    companies: &[(RealmId, CompanyId)],
    events: &[Event],
    body: &[u8],
    now: Timestamp,
) -> Result<Vec<QueueMessage>, serde_json::Error> {
    let mut last: BTreeMap<_, &Event> = BTreeMap::new();
    for event in events {
        for (realm, company) in companies {
            if *realm != event.realm {
                continue;
            }
            let last = last
                .entry((company, &event.entity, &event.id))
                .or_insert(event);
            if last.at <= event.at {
                *last = event;
            }
        }
    }
    let message = |((company, ..), event): ((&CompanyId, _, _), &Event)| {
        let at = event.at.unwrap_or(now);
        let look_at = LookAt {
            v: LookAt::VERSION,
            company: company.clone(),
            subject: Subject::told(),
            evidence: Some(Evidence::of_quickbooks(&event.entity, &event.id, at)),
        };
        look_at.to_queue(deduplication(company, event, body))
    };
    last.into_iter().map(message).collect()
}

/// The same event, told twice, has the same id, and another one a different one; where neither its own id nor its time
/// tells it from others, the whole post does.
fn deduplication(company: &CompanyId, event: &Event, body: &[u8]) -> String {
    let Event {
        realm,
        entity,
        id,
        operation,
        at,
        event_id,
    } = event;
    let told = format!("{company}\0{realm}\0{entity}\0{id}\0{operation:?}\0{at:?}\0{event_id:?}\0");
    let digest = Sha256::new().chain_update(told);
    let digest = match (event_id, at) {
        (None, None) => digest.chain_update(body),
        _ => digest,
    };
    hex::encode(digest.finalize())
}
