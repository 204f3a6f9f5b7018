//! The faults that only QuickBooks has, beside those of the kit.

use sandbox_kit::{FaultError, Numbers, OwnFault};

/// A fault that waits for its call.
pub type Fault = sandbox_kit::Fault<QboFault>;

/// What goes wrong with a call.
pub type FaultKind = sandbox_kit::FaultKind<QboFault>;

/// What goes wrong as it does with QuickBooks only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QboFault {
    /// `throttle_json`: 429 in JSON, not done.
    ThrottleJson,
    /// `html_502`: 502 in HTML from a proxy, not done.
    Html502,
    /// `html_504`: done, but a proxy in between gives up: 504 in HTML.
    Html504,
    /// `expire_tokens`: all access tokens are dead from this call on.
    ExpireTokens,
    /// `names_lock`: writes to name lists get the transient 6000.
    NamesLock,
    /// `stale`: changes get 5010, whatever version they name, and are not done.
    Stale,
    /// `late_query`: a query or change data capture does not see what is younger.
    LateQuery {
        /// How much younger.
        ms: u64,
    },
    /// `deleted_mark`: change data capture marks the last changed object of each entity as deleted, though it is
    /// there.
    DeletedMark,
    /// `batch_item`: one item of a batch gets code 10000 and is not done; the others are.
    BatchItem {
        /// Which one, from 1.
        nth: u64,
    },
}

impl OwnFault for QboFault {
    fn name(&self) -> &'static str {
        match self {
            Self::ThrottleJson => "throttle_json",
            Self::Html502 => "html_502",
            Self::Html504 => "html_504",
            Self::ExpireTokens => "expire_tokens",
            Self::NamesLock => "names_lock",
            Self::Stale => "stale",
            Self::LateQuery { .. } => "late_query",
            Self::DeletedMark => "deleted_mark",
            Self::BatchItem { .. } => "batch_item",
        }
    }

    fn read(name: &str, numbers: &mut Numbers) -> Result<Option<Self>, FaultError> {
        Ok(Some(match name {
            "throttle_json" => Self::ThrottleJson,
            "html_502" => Self::Html502,
            "html_504" => Self::Html504,
            "expire_tokens" => Self::ExpireTokens,
            "names_lock" => Self::NamesLock,
            "stale" => Self::Stale,
            "late_query" => Self::LateQuery {
                ms: numbers.take("ms")?,
            },
            "deleted_mark" => Self::DeletedMark,
            "batch_item" => Self::BatchItem {
                nth: numbers.take("nth")?,
            },
            _ => return Ok(None),
        }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_fault_is_ordered_by_its_name() {
        for fault in [
            QboFault::ThrottleJson,
            QboFault::Html502,
            QboFault::Html504,
            QboFault::ExpireTokens,
            QboFault::NamesLock,
            QboFault::Stale,
            QboFault::LateQuery { ms: 5 },
            QboFault::DeletedMark,
            QboFault::BatchItem { nth: 5 },
        ] {
            let number = match fault {
                QboFault::LateQuery { .. } => Some("ms"),
                QboFault::BatchItem { .. } => Some("nth"),
                _ => None,
            };
            let mut order = json!({ "fault": fault.name() });
            if let Some(number) = number {
                assert!(Fault::read(order.clone()).is_err(), "{order}");
                order[number] = json!(5);
            }
            assert_eq!(Fault::read(order), Ok(vec![Fault::next(fault)]));
        }
        assert!(Fault::read(json!({ "fault": "stale_read" })).is_err());
    }
}
