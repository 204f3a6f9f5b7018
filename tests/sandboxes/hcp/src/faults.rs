//! The faults that only Housecall Pro has, beside those of the kit.

use sandbox_kit::{FaultError, Numbers, OwnFault};

/// A fault that waits for its call.
pub type Fault = sandbox_kit::Fault<HcpFault>;

/// What goes wrong with a call.
pub type FaultKind = sandbox_kit::FaultKind<HcpFault>;

/// What goes wrong as it does with Housecall Pro only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HcpFault {
    /// `throttle_for`: 429, not done; `RateLimit-Reset` lies so far ahead. With `throttle` it is five seconds.
    ThrottleFor {
        /// How far.
        seconds: u64,
    },
    /// `stale_read`: a read sees the state from before the last action.
    StaleRead,
}

impl OwnFault for HcpFault {
    fn name(&self) -> &'static str {
        match self {
            Self::ThrottleFor { .. } => "throttle_for",
            Self::StaleRead => "stale_read",
        }
    }

    fn read(name: &str, numbers: &mut Numbers) -> Result<Option<Self>, FaultError> {
        Ok(match name {
            "throttle_for" => Some(Self::ThrottleFor {
                seconds: numbers.take("seconds")?,
            }),
            "stale_read" => Some(Self::StaleRead),
            _ => None,
        })
    }
}
