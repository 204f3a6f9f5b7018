//! A lost answer is not a rival: what a failed condition means, the same for every table.

use uuid::Uuid;

use crate::table::{Key, Record, Write};

/// What the table found at one change of a write that it refused.
#[derive(Clone, Debug)]
pub enum Finding {
    /// The condition held (or was not looked at).
    Held,
    /// The condition failed on this record.
    Failed(Option<Box<Record>>),
}

/// The first record that stands in the way, or `None` when this very write was done before. `findings`
/// are in the order of `writes`, and at least one failed.
///
/// A write changes all its records or none, so one proof stands for the whole:
/// - A record that the write puts bears this writer's id and the version that the write gives it. (The
///   id alone would not do: an attempt may write one record several times.)
/// - A write that only deletes is done when its records are gone and its checks hold, whoever removed
///   them.
///
/// A record to delete, or merely to check, proves nothing by being this writer's own.
pub fn conflict(
    writer: Uuid,
    writes: &[Write],
    findings: Vec<Finding>,
) -> Option<(Key, Option<Box<Record>>)> {
    let done = writes
        .iter()
        .zip(&findings)
        .any(|(write, finding)| was_put(writer, write, finding));
    if done || all_gone(writes, &findings) {
        return None;
    }
    writes
        .iter()
        .zip(findings)
        .find_map(|(write, finding)| match finding {
            Finding::Held => None,
            Finding::Failed(current) => Some((write.key().clone(), current)),
        })
}

fn was_put(writer: Uuid, write: &Write, finding: &Finding) -> bool {
    match (write, finding) {
        (Write::Put { expect, .. }, Finding::Failed(Some(current))) => {
            current.writer == writer && current.version == expect.next_version()
        }
        _ => false,
    }
}

fn all_gone(writes: &[Write], findings: &[Finding]) -> bool {
    writes.iter().zip(findings).all(|pair| {
        matches!(
            pair,
            (Write::Delete { .. }, Finding::Failed(None)) | (Write::Check { .. }, Finding::Held)
        )
    })
}
