//! Change data capture: what changed since a moment, by whomever, deleted transactions included.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{Entity, Id};

/// What change data capture told.
#[derive(Debug, Default)]
pub struct Changes(BTreeMap<String, Vec<Box<RawValue>>>);

/// One object that changed.
#[derive(Clone, Debug, PartialEq)]
pub enum Changed<T> {
    /// It is there, perhaps void, and stands like this.
    Stands(T),
    /// It is said to be deleted. That has been seen of objects that live, so it is confirmed by a read.
    Deleted(Id),
}

impl<T: Entity> Changed<T> {
    /// Its id.
    pub fn id(&self) -> Option<&Id> {
        match self {
            Self::Stands(object) => object.id(),
            Self::Deleted(id) => Some(id),
        }
    }
}

impl Changes {
    /// How many objects, of whatever kind. Of [`CHANGES`](crate::limits::CHANGES) and more, some are missing.
    pub fn count(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// Those of a kind.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn of<T: Entity>(&self) -> Result<Vec<Changed<T>>, serde_json::Error> {
        let rows = self.0.get(T::NAME).into_iter().flatten();
        rows.map(|row| changed(row)).collect()
    }

    /// An answer has a page for each kind that was asked for, `{}` where nothing changed; where a page starts and how
    /// many there are, not all of them tell.
    pub(crate) fn parse(body: &str) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Body {
            #[serde(rename = "CDCResponse")]
            responses: Vec<Response>,
        }
        #[derive(Deserialize)]
        struct Response {
            #[serde(rename = "QueryResponse", default)]
            pages: Vec<BTreeMap<String, Box<RawValue>>>,
        }
        let body: Body = serde_json::from_str(body)?;
        let mut changes = Self::default();
        for (name, rows) in body
            .responses
            .into_iter()
            .flat_map(|one| one.pages)
            .flatten()
        {
            if rows.get().starts_with('[') {
                let rows: Vec<Box<RawValue>> = serde_json::from_str(rows.get())?;
                changes.0.entry(name).or_default().extend(rows);
            }
        }
        Ok(changes)
    }
}

fn changed<T: Entity>(row: &RawValue) -> Result<Changed<T>, serde_json::Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Mark {
        id: Option<Id>,
        #[serde(rename = "status", default)]
        status: Option<String>,
    }
    let mark: Mark = serde_json::from_str(row.get())?;
    match (mark.status.as_deref(), mark.id) {
        (Some("Deleted"), Some(id)) => Ok(Changed::Deleted(id)),
        _ => serde_json::from_str(row.get()).map(Changed::Stands),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Invoice, Payment};

    #[test]
    fn r1_changes_are_read_whatever_their_pages_leave_out() {
        let body = r#"{"CDCResponse":[{"QueryResponse":[
            {"Payment":[{"Id":"311","SyncToken":"0","TotalAmt":99.00,"status":"Paid"},
                        {"domain":"QBO","status":"Deleted","Id":"312","MetaData":{"LastUpdatedTime":"2026-07-24T10:00:00-07:00"}}],
             "maxResults":2,"totalCount":2},
            {}]}],"time":"2026-07-24T10:00:00.000-07:00"}"#;
        let changes = Changes::parse(body).unwrap();
        assert_eq!(changes.count(), 2);
        let payments = changes.of::<Payment>().unwrap();
        let ids: Vec<_> = payments
            .iter()
            .map(|one| one.id().unwrap().as_str())
            .collect();
        assert_eq!(ids, ["311", "312"]);
        assert!(matches!(payments[0], Changed::Stands(_)));
        assert_eq!(payments[1], Changed::Deleted(Id::new("312")));
        assert_eq!(changes.of::<Invoice>().unwrap(), []);
        for empty in [
            r#"{"CDCResponse":[{"QueryResponse":[{}]}]}"#,
            r#"{"CDCResponse":[{}]}"#,
            r#"{"CDCResponse":[]}"#,
        ] {
            assert_eq!(Changes::parse(empty).unwrap().count(), 0, "{empty}");
        }
        assert!(Changes::parse(r#"{"QueryResponse":{}}"#).is_err());
    }
}
