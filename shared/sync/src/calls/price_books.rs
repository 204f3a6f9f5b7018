//! The price books of companies, as they are remembered.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures::lock::Mutex;
use hcp::{CompanyId, Material, MaterialCategory, ServiceItemId};

use crate::calls::cache::Cache;

/// What every company's price book is known to hold.
pub(crate) type PriceBooks = Cache<CompanyId, Arc<Mutex<CachedPriceBook>>>;

/// What is known of one.
#[derive(Debug, Default)]
pub(crate) struct CachedPriceBook {
    /// When reading began that made it; on the monotonic clock. `None`: it was never read.
    pub(crate) since: Option<Duration>,
    /// When it was last asked for.
    pub(crate) tried: Duration,
    pub(crate) materials: HashMap<ServiceItemId, Material>,
    /// Categories whose materials were not read yet.
    pub(crate) rest: Vec<MaterialCategory>,
    /// Whether the last read failed; told once.
    pub(crate) failed: bool,
    /// What could not be read of it for its form.
    pub(crate) unreadable: Option<String>,
}
