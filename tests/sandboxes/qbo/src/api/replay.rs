//! `requestid`: a write that comes again gets its first answer.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use sandbox_kit::{Answer, Request};

use crate::fault::Refusal;

/// A plain id may be so long; one with a batch leaves room for the item's.
const LONGEST: usize = 50;
const LONGEST_WITH_BATCH: usize = 36;

/// The answers that were given, by request id.
#[derive(Debug, Default)]
pub(crate) struct Replay {
    known: HashMap<String, Remembered>,
}

#[derive(Debug)]
struct Remembered {
    fingerprint: u64,
    response: Answer,
}

/// What is known of a request id.
pub(crate) enum Seen {
    /// It came before, with the same content or other.
    Before { response: Answer, is_changed: bool },
    /// It is new.
    Never,
}

impl Replay {
    pub(crate) fn seen(&self, id: &str, request: &Request) -> Seen {
        self.known
            .get(id)
            .map_or(Seen::Never, |known| Seen::Before {
                response: known.response.clone(),
                is_changed: known.fingerprint != fingerprint(request),
            })
    }

    pub(crate) fn remember(&mut self, id: String, request: &Request, response: &Answer) {
        let remembered = Remembered {
            fingerprint: fingerprint(request),
            response: response.clone(),
        };
        self.known.insert(id, remembered);
    }
}

/// The id's form, refused with 2130.
pub(crate) fn check_format(id: &str, is_batch: bool) -> Result<(), Refusal> {
    let longest = if is_batch {
        LONGEST_WITH_BATCH
    } else {
        LONGEST
    };
    if id.chars().count() > longest {
        return Err(Refusal::request_id_format(id));
    }
    Ok(())
}

/// Path, operation and body: what makes two requests the same.
fn fingerprint(request: &Request) -> u64 {
    let mut hasher = DefaultHasher::new();
    request.path().hash(&mut hasher);
    request.param("operation").hash(&mut hasher);
    request.param("include").hash(&mut hasher);
    request.body.hash(&mut hasher);
    hasher.finish()
}
