//! Our marker in an invoice's `PrivateNote`: how a document of ours is recognised after a lost answer or
//! a lost table. `PrivateNote` cannot be queried, so the document is found by its number first.
//!
//! Customers see the note on their statements, so it is short: `HCP job 101 · 7f3k2m9qxw`. The code follows from the
//! company and the slot and is never random: whoever lists the jobs of a company can work out every marker again.

use hcp::{CompanyId, JobId};
use qbo::limits;
use sha2::{Digest, Sha256};

/// The marker of one slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    /// What our text begins with.
    text: &'static str,
    code: String,
    /// As it was written before there were codes; it is read, and left where nothing else is written.
    old: String,
}

impl Marker {
    /// The marker of a slot of a company.
    pub fn new(company: &CompanyId, slot: &str) -> Self {
        let mut digest = Sha256::new();
        digest.update(company.as_str());
        digest.update([0]);
        digest.update(slot);
        let hash = digest.finalize();
        let hash = hash.iter().take(HASH_BYTES);
        let hash = hash.fold(0, |hash: u64, byte| (hash << 8) | u64::from(*byte));
        let is_job = JobId::parse(slot.split('#').next().unwrap_or_default())
            .is_ok_and(|job| job.invoice().is_none());
        Self {
            text: if is_job { TEXTS[0] } else { TEXTS[1] },
            code: code(hash),
            old: format!("{OLD_MARKER}{slot}]"),
        }
    }

    /// The note of an invoice: readable for a person, with the marker at its end. The numbers are those of the
    /// Housecall Pro invoices that stand behind it, where there are several (N3). Where there is no job, that of the
    /// invoice stands in the place of its number (P6).
    pub fn note(&self, job_number: &str, numbers: &[String]) -> String {
        let marker = format!("{MARKER}{}", self.code);
        let job = format!("{}{job_number}", self.text);
        let all = format!("{job}{INVOICES}{} {marker}", numbers.join(", "));
        if numbers.len() < 2 || all.chars().count() > limits::PRIVATE_NOTE {
            format!("{job} {marker}")
        } else {
            all
        }
    }

    /// The note of a payment: the marker on a line of its own, then what somebody noted with it.
    pub fn payment_note(&self, job_number: &str, note: Option<&str>) -> String {
        let ours = self.note(job_number, &[]);
        let Some(note) = note.map(str::trim).filter(|note| !note.is_empty()) else {
            return ours;
        };
        let room = limits::PRIVATE_NOTE.saturating_sub(ours.chars().count() + 1);
        let note: String = note.chars().take(room).collect();
        format!("{ours}\n{note}")
    }

    /// The texts that a note carries it by: that of today, and that of before there were codes. See [`texts_in`].
    pub fn texts(&self) -> [&str; 2] {
        [&self.code, &self.old]
    }

    /// Whether a document carries it.
    pub fn is_in(&self, private_note: Option<&str>) -> bool {
        private_note.is_some_and(|note| self.find(note).is_some())
    }

    /// What of the note of the slot's document is somebody else's.
    pub fn theirs(&self, private_note: Option<&str>) -> Option<String> {
        let note = private_note?;
        let parts = match self.find(note) {
            Some(found) => [found.before, found.after],
            None => [note, ""],
        };
        let parts: Vec<&str> = parts
            .into_iter()
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect();
        (!parts.is_empty()).then(|| parts.join("\n"))
    }

    fn find<'a>(&self, note: &'a str) -> Option<Found<'a>> {
        let new = codes(note).find(|(_, code)| *code == self.code);
        let new = new.map(|(at, code)| Found::new(note, &TEXTS, at, MARKER.len() + code.len()));
        new.or_else(|| {
            let at = note.find(&self.old)?;
            Some(Found::new(note, &[OLD_TEXT], at, self.old.len()))
        })
    }
}

/// Whether a document carries the marker of any slot: it is ours, whichever it is.
pub fn is_of_any_slot(private_note: Option<&str>) -> bool {
    private_note.is_some_and(|note| of_any_slot(note).is_some())
}

/// The texts of all markers in a note, of whichever slots: among many documents, each finds its own by
/// [`Marker::texts`].
pub fn texts_in(private_note: Option<&str>) -> Vec<&str> {
    let note = private_note.unwrap_or_default();
    let codes = codes(note).map(|(_, code)| code);
    let old = note.match_indices(OLD_MARKER).filter_map(|(at, _)| {
        let length = note[at..].find(']')? + 1;
        Some(&note[at..at + length])
    });
    codes.filter(|code| is_genuine(code)).chain(old).collect()
}

/// The job that a document of ours names before its marker, by what people know it by.
pub fn job_in(private_note: Option<&str>) -> Option<&str> {
    let ours = of_any_slot(private_note?)?.ours;
    let job = ours.split_once(INVOICES).map_or(ours, |(job, _)| job);
    Some(job.trim()).filter(|job| !job.is_empty())
}

/// Whether two notes of one document say the same, be their marker of the old form or of the new one.
pub fn is_same(one: Option<&str>, other: Option<&str>) -> bool {
    let told = |note: &str| {
        of_any_slot(note).map(|found| {
            let parts = [found.before, found.ours, found.after];
            parts.map(|part| part.trim().to_owned())
        })
    };
    one == other
        || one
            .zip(other)
            .is_some_and(|(one, other)| told(one).is_some_and(|one| Some(one) == told(other)))
}

/// Our note behind what somebody else wrote into the same field, which is never cut: where not all has room, our text
/// goes before our marker.
pub fn beside(theirs: Option<&str>, ours: &str) -> String {
    let Some(theirs) = theirs else {
        return ours.to_owned();
    };
    let marker = ours.rfind(MARKER).map_or("", |at| &ours[at..]);
    [format!("{theirs}\n{ours}"), format!("{theirs}\n{marker}")]
        .into_iter()
        .find(|note| note.chars().count() <= limits::PRIVATE_NOTE)
        .unwrap_or_else(|| theirs.to_owned())
}

/// A note, taken apart at our marker.
struct Found<'a> {
    before: &'a str,
    /// Our text between `HCP job ` or `HCP invoice ` and the marker; empty where it had no room.
    ours: &'a str,
    after: &'a str,
}

impl<'a> Found<'a> {
    fn new(note: &'a str, texts: &[&str], at: usize, length: usize) -> Self {
        let (before, after) = (&note[..at], &note[at + length..]);
        let begins = texts
            .iter()
            .filter_map(|text| Some((before.rfind(text)?, text.len())));
        // What stands on a line of its own was written by somebody else.
        let begins = begins
            .max()
            .filter(|(begins, _)| !before[*begins..].contains('\n'));
        let (before, ours) = match begins {
            Some((begins, length)) => (&before[..begins], &before[begins + length..]),
            None => (before, ""),
        };
        Self {
            before,
            ours,
            after,
        }
    }
}

fn of_any_slot(note: &str) -> Option<Found<'_>> {
    let new = codes(note).find(|(_, code)| is_genuine(code));
    let new = new.map(|(at, code)| Found::new(note, &TEXTS, at, MARKER.len() + code.len()));
    new.or_else(|| {
        let at = note.find(OLD_MARKER)?;
        let length = note[at..].find(']')? + 1;
        Some(Found::new(note, &[OLD_TEXT], at, length))
    })
}

/// What may be codes in a note, each with the place where its marker begins.
fn codes(note: &str) -> impl Iterator<Item = (usize, &str)> {
    note.match_indices(MARKER).filter_map(|(at, _)| {
        let rest = &note[at + MARKER.len()..];
        let end = rest.find(|letter: char| !letter.is_alphanumeric());
        let code = &rest[..end.unwrap_or(rest.len())];
        (code.len() == CODE_LETTERS).then_some((at, code))
    })
}

/// Whether the last letters of a code follow from the others, as in every code of ours. One in a thousand of what
/// somebody else makes up does so by chance.
fn is_genuine(text: &str) -> bool {
    let value = text.bytes().try_fold(0, |value: u64, letter| {
        let digit = LETTERS.iter().position(|known| *known == letter)?;
        Some((value << 5) | u64::try_from(digit).ok()?)
    });
    value.is_some_and(|value| code(value >> CHECK_BITS) == text)
}

/// A hash of 40 bits and 10 bits of check, as text.
fn code(hash: u64) -> String {
    let check = Sha256::digest(format!("hcp-qbo-sync {hash}"));
    let check = check
        .iter()
        .take(2)
        .fold(0, |check: u64, byte| (check << 8) | u64::from(*byte));
    let value = (hash << CHECK_BITS) | (check & ((1 << CHECK_BITS) - 1));
    (1..=CODE_LETTERS)
        .filter_map(|place| {
            let digit = (value >> (5 * (CODE_LETTERS - place))) & 31;
            let letter = LETTERS.get(usize::try_from(digit).ok()?)?;
            Some(char::from(*letter))
        })
        .collect()
}

/// What our text begins with: of a job, and of an invoice that has none (P6).
const TEXTS: [&str; 2] = ["HCP job ", "HCP invoice "];

/// What stands between the job and the numbers of its invoices.
const INVOICES: &str = ", invoices ";

/// What every marker begins with.
const MARKER: &str = "· ";

/// Bytes of a hash in a code.
const HASH_BYTES: usize = 5;

/// Bits behind them that tell a code from what only looks like one.
const CHECK_BITS: u32 = 10;

/// Letters of a code, five bits each.
const CODE_LETTERS: usize = 10;

/// Base 32 without the letters that are taken for others.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// What our text began with before there were codes.
const OLD_TEXT: &str = "Housecall Pro job ";

/// What every marker began with then.
const OLD_MARKER: &str = "[hcp-qbo-sync:";

#[cfg(test)]
mod tests;
