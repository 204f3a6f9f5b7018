use std::time::Duration;

use hcp::CompanyId;
use jiff::tz::TimeZone;
use store::AlertRecord;

use super::all_open;
use crate::{declined::NotDone, engine::Engine, world::World};

/// Open alerts of a company.
#[derive(Clone, Debug)]
pub struct OpenAlerts {
    /// The alerts, the latest first.
    pub alerts: Vec<AlertRecord>,
    /// The company's.
    pub zone: TimeZone,
}

impl<W: World> Engine<W> {
    /// All open alerts of a company.
    ///
    /// # Errors
    /// When the company is not connected, or the table does not answer.
    pub async fn open_alerts(&self, company: &CompanyId) -> Result<OpenAlerts, NotDone> {
        let cx = self.cx_for_person(company, Duration::ZERO).await?;
        Ok(OpenAlerts {
            alerts: all_open(&self.world, &cx.books).await?,
            zone: cx.zone,
        })
    }
}
