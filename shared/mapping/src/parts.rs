//! Progress invoices with a document of their own each (N3, N6, N9): which document belongs to which.

use std::collections::BTreeSet;

use hcp::Invoice;

use crate::{
    Invoiced, Invoicing, Role, SentBefore, Sorted,
    sorting::{SentDocument, is_issued},
};

/// The issued progress invoices, each with the count of its document; `None` where the job is one document, as it
/// is until the first one is issued.
///
/// First come, first served, and never given away: an invoice keeps its document. A new one takes over the first
/// document behind which no live invoice is left, as the one of an invoice that was voided and issued again, or the
/// main one that the job became when it was finished (N4); else it gets one of its own.
pub(crate) fn of_their_own<'a>(
    sorted: &Sorted<'a>,
    invoicing: Invoicing,
    standing: &SentBefore,
) -> Option<Vec<(u32, &'a Invoice)>> {
    if !are_apart(sorted, invoicing, standing) {
        return None;
    }
    let parts = sorted.invoiced.all();
    let issued: Vec<&Invoice> = parts
        .iter()
        .copied()
        .filter(|part| is_issued(part))
        .collect();
    if issued.is_empty() && !has_parts(standing) {
        return None;
    }
    Some(assigned(parts, &issued, standing))
}

/// Whether progress invoices of this job have documents of their own.
pub(crate) fn are_apart(sorted: &Sorted<'_>, invoicing: Invoicing, standing: &SentBefore) -> bool {
    let progress = invoicing == Invoicing::Progress;
    standing.per_invoice && (progress || matches!(sorted.invoiced, Invoiced::Parts(_)))
}

/// Whether a document of the job was one of a progress invoice before.
fn has_parts(standing: &SentBefore) -> bool {
    let mut documents = standing.documents.iter();
    documents.any(|known| count(known).is_some() && !known.invoices.is_empty())
}

/// Counted from 1, the main one first; `None` for a deposit's.
fn count(known: &SentDocument) -> Option<u32> {
    match known.role {
        Role::Main => Some(1),
        Role::Part(count) => Some(count),
        Role::Deposit => None,
    }
}

fn assigned<'a>(
    live: &[&'a Invoice],
    issued: &[&'a Invoice],
    standing: &SentBefore,
) -> Vec<(u32, &'a Invoice)> {
    let mut known: Vec<(u32, &SentDocument)> = standing
        .documents
        .iter()
        .filter_map(|known| Some((count(known)?, known)))
        .collect();
    known.sort_by_key(|(count, _)| *count);
    let mut taken = BTreeSet::new();
    let mut assigned: Vec<(u32, &Invoice)> = Vec::new();
    for part in live {
        let own = known
            .iter()
            .find(|(_, known)| known.invoices.contains(&part.id));
        if let Some((count, _)) = own
            && taken.insert(*count)
        {
            assigned.push((*count, part));
        }
    }
    for part in issued {
        if assigned.iter().any(|(_, known)| known.id == part.id) {
            continue;
        }
        let left = known
            .iter()
            .find(|(count, known)| known.linked && !taken.contains(count))
            .map(|(count, _)| *count);
        let new = (1..).find(|count| !taken.contains(count));
        if let Some(count) = left.or(new) {
            taken.insert(count);
            assigned.push((count, part));
        }
    }
    assigned.sort_by_key(|(count, _)| *count);
    assigned
}

#[cfg(test)]
mod tests;
