//! What one piece of work needs of its company: the connection, the settings, and how much time is left.

use std::time::Duration;

use jiff::tz::TimeZone;
use mapping::{SalesTax, invoice::Setup};
use ports::Clock;
use store::{Books, Connection};

use crate::{history::trail::Trail, world::World};

/// What a run keeps for its work when it waits for its turn.
const RESERVE: Duration = Duration::from_secs(10);

/// A run waits this long at most, however much time it has.
const PATIENCE: Duration = Duration::from_secs(15);

/// One piece of work for one connection.
#[derive(Clone, Debug)]
pub(crate) struct Ctx {
    pub(crate) books: Books,
    pub(crate) connection: Connection,
    /// What the company chose.
    pub(crate) settings: mapping::Settings,
    pub(crate) zone: TimeZone,
    /// On the monotonic clock: no call to QuickBooks begins that could end after it.
    pub(crate) deadline: Duration,
    /// What was done so far.
    pub(crate) trail: Trail,
}

impl Ctx {
    pub(crate) fn new(
        books: Books,
        connection: Connection,
        settings: mapping::Settings,
        zone: TimeZone,
        deadline: Duration,
    ) -> Self {
        Self {
            books,
            connection,
            settings,
            zone,
            deadline,
            trail: Trail::default(),
        }
    }

    /// How long this run can wait for a turn and still do its work.
    pub(crate) fn patience(&self, world: &impl World) -> Duration {
        let left = self.deadline.saturating_sub(world.clock().monotonic());
        left.saturating_sub(RESERVE).min(PATIENCE)
    }

    /// How QuickBooks is set up, as far as an invoice depends on it.
    pub(crate) fn setup(&self) -> Setup<'_> {
        let Connection {
            preferences,
            tax_codes,
            ..
        } = &self.connection;
        let sales_tax = match (preferences.sales_tax, preferences.automated_tax) {
            (false, _) => SalesTax::Off,
            (true, false) => SalesTax::Manual {
                codes: tax_codes,
                chosen: &self.settings.tax_rates,
            },
            (true, true) => SalesTax::Automated(tax_codes.first().map(|code| &code.id)),
        };
        Setup {
            zone: &self.zone,
            discounts: preferences.discounts,
            sales_tax,
        }
    }
}
