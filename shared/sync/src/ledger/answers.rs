//! What QuickBooks' answer says of each write, and what is entered of it.

use ledger::{Action, Call, Rejected, Seen, Slot, SlotWrite};
use mapping::{AnyKind, QboObject};
use qbo::{Answer, Effect, QboError};
use serde_json::value::RawValue;

use super::Written;
use crate::stop::{Stop, broken};

/// What is entered of each write. Where QuickBooks says that a name is taken, by what was found under it before, that is
/// the answer.
pub(super) fn answers(
    call: &Call,
    written: &mut [Written],
    found: Vec<Option<(QboObject, Seen)>>,
) -> Result<Vec<Result<Seen, Rejected>>, Stop> {
    let mut answers = Vec::with_capacity(written.len());
    let mut found = found.into_iter();
    for ((write, slot), written) in call.parts().zip(written) {
        let found = found.next().flatten();
        let found = found.filter(|_| matches!(written, Err(QboError::DuplicateName { .. })));
        answers.push(match (&*written, found) {
            (_, Some((there, seen))) => {
                *written = Ok(there);
                Ok(seen)
            }
            (Ok(there), None) => Ok(seen_after(write, slot, there)?),
            (Err(_), None) => Err(Rejected),
        });
    }
    Ok(answers)
}

/// What the answer to a write tells: what was sent stands.
pub(crate) fn seen_after(write: &SlotWrite, slot: &Slot, there: &QboObject) -> Result<Seen, Stop> {
    let ours = slot
        .sending()
        .and_then(|sending| sending.ours_after.clone());
    let mut seen = seen(slot, there, ours.as_deref())?;
    if let Action::Void { .. } = write.action {
        // It comes to nothing now, and the slot is empty: nothing of that is remembered.
        seen.memory = slot.memory_after();
    }
    Ok(seen)
}

/// An object as QuickBooks has it, for the slot that it fills. `ours` is what of ours stands in it.
pub(crate) fn seen(slot: &Slot, there: &QboObject, ours: Option<&RawValue>) -> Result<Seen, Stop> {
    let (id, sync_token) = there
        .identity()
        .ok_or_else(|| broken("QuickBooks sent an object without an id"))?;
    let (memory, ours) = there.remember(&slot.memory_after(), ours).map_err(broken)?;
    Ok(Seen {
        id,
        sync_token,
        key: there.key(),
        ours,
        memory,
    })
}

/// What an answer says of each write. The inner error: of the whole call, or some write has no readable answer and
/// so all count as unknown.
pub(super) fn open(call: &Call, answer: &Answer) -> Result<Result<Vec<Written>, QboError>, Stop> {
    let kinds = call
        .parts()
        .map(|(write, _)| AnyKind::try_from(&write.kind));
    let kinds = kinds.collect::<Result<Vec<AnyKind>, _>>().map_err(broken)?;
    Ok(match kinds.as_slice() {
        [kind] => kind
            .answered(answer)
            .and_then(|document| complete(*kind, document, answer))
            .map(|written| vec![written]),
        kinds => open_batch(kinds, answer),
    })
}

fn open_batch(kinds: &[AnyKind], answer: &Answer) -> Result<Vec<Written>, QboError> {
    let results = answer.batch()?;
    kinds
        .iter()
        .enumerate()
        .map(|(index, kind)| {
            let id = index.to_string();
            match results.iter().find(|(item, _)| item.as_str() == id) {
                Some((_, Ok(value))) => kind
                    .read(value.json())
                    .map_err(|_| unreadable(*kind, answer))
                    .and_then(|document| complete(*kind, document, answer)),
                Some((_, Err(fault))) => {
                    let tid = answer.tid().clone();
                    match QboError::from_fault(fault.clone(), Effect::Write, tid) {
                        error if error.outcome_unknown() => Err(error),
                        error => Ok(Err(error)),
                    }
                }
                None => Err(unreadable(*kind, answer)),
            }
        })
        .collect()
}

fn complete(kind: AnyKind, document: QboObject, answer: &Answer) -> Result<Written, QboError> {
    match document.identity() {
        Some(_) => Ok(Ok(document)),
        None => Err(unreadable(kind, answer)),
    }
}

fn unreadable(kind: AnyKind, answer: &Answer) -> QboError {
    QboError::Unreadable {
        expected: kind.as_str(),
        reason: "it is missing or incomplete".to_owned(),
        effect: Effect::Write,
        tid: answer.tid().clone(),
    }
}
