//! Ids of the lines of a document.

use crate::json::{Json, Object};

/// The largest line id that a document has had; kept with it, never printed.
const LAST_ID: &str = "_lastLineId";

/// A line with its id and its position in front.
pub(super) fn numbered(line: &Object, id: u64, position: usize) -> Json {
    let mut numbered = Object::new()
        .with("Id", id.to_string())
        .with("LineNum", position);
    for (name, value) in line.iter().filter(|(name, _)| *name != "Id") {
        numbered.set(name, value.clone());
    }
    numbered.into()
}

/// Gives out line ids: a known one stays, anything else gets a new one (recorded).
pub(super) struct LineIds {
    free: Vec<u64>,
    last: u64,
}

impl LineIds {
    pub(super) fn of(old: &Object) -> Self {
        let free: Vec<u64> = old
            .list("Line")
            .iter()
            .filter_map(|line| line.text("Id")?.parse().ok())
            .collect();
        let last = old
            .get(LAST_ID)
            .and_then(|last| match last {
                Json::Number(text) => text.parse().ok(),
                _ => None,
            })
            .unwrap_or(0);
        Self { free, last }
    }

    /// The id of a line that was sent with this one.
    pub(super) fn take(&mut self, sent: Option<&str>) -> u64 {
        let known = sent.and_then(|id| id.parse().ok()).and_then(|id: u64| {
            let at = self.free.iter().position(|free| *free == id)?;
            Some(self.free.swap_remove(at))
        });
        known.unwrap_or_else(|| {
            self.last += 1;
            self.last
        })
    }

    /// Notes in the document which ids were given out.
    pub(super) fn keep(&self, document: &mut Object) {
        document.set(LAST_ID, Json::Number(self.last.to_string()));
    }
}
