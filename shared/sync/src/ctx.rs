//! What one piece of work needs of its company: the connection, the settings, and how much time is left.

use std::time::Duration;

use jiff::tz::TimeZone;
use mapping::{SalesTax, TaxCode, invoice::Setup};
use ports::Clock;
use store::{Books, Connection};

use crate::world::World;

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
    tax_codes: Vec<TaxCode>,
}

impl Ctx {
    pub(crate) fn new(
        books: Books,
        connection: Connection,
        settings: mapping::Settings,
        zone: TimeZone,
        deadline: Duration,
    ) -> Self {
        let facts = connection.tax_codes.iter();
        let tax_codes = facts.map(|code| TaxCode {
            id: code.id.clone(),
            name: code.name.clone(),
            rates: code.rates.clone(),
        });
        Self {
            books,
            tax_codes: tax_codes.collect(),
            connection,
            settings,
            zone,
            deadline,
        }
    }

    /// How long this run can wait for a turn and still do its work.
    pub(crate) fn patience(&self, world: &impl World) -> Duration {
        let left = self.deadline.saturating_sub(world.clock().monotonic());
        left.saturating_sub(RESERVE).min(PATIENCE)
    }

    /// How QuickBooks is set up, as far as an invoice depends on it.
    pub(crate) fn setup(&self) -> Setup<'_> {
        let preferences = &self.connection.preferences;
        let sales_tax = match (preferences.sales_tax, preferences.automated_tax) {
            (false, _) => SalesTax::Off,
            (true, false) => SalesTax::Manual {
                codes: &self.tax_codes,
                chosen: &self.settings.tax_rates,
            },
            (true, true) => SalesTax::Automated(self.tax_codes.first().map(|code| &code.id)),
        };
        Setup {
            zone: &self.zone,
            discounts: preferences.discounts,
            sales_tax,
        }
    }
}
