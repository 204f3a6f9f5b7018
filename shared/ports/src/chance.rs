use std::sync::Arc;

use uuid::Uuid;

/// Where identifiers come from.
pub trait Chance: Send + Sync {
    /// An identifier that nobody used before.
    fn uuid(&self) -> Uuid;
}

impl<T: Chance> Chance for Arc<T> {
    fn uuid(&self) -> Uuid {
        T::uuid(self)
    }
}
