use clap::{Args, Subcommand};
use serde_json::json;

use crate::{
    client::{Asking, Office},
    failure::Failure,
    orders::{self, Waiting},
};

/// Sends something to QuickBooks now, whatever its status, its age and the trigger that the company waits for.
///
/// What QuickBooks has already is not sent twice. Waits for what comes of it.
#[derive(Debug, Args)]
pub(crate) struct Push {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Jobs, by the number that Housecall Pro shows, or by their id (`job_…`).
    Job(Named),
    /// Invoices, by their number or their id (`invoice_…`): their jobs are sent, or invoices of service plans themselves.
    Invoice(Named),
    /// Payments, by the id that Housecall Pro gives them: their jobs are sent, with all their payments.
    Payment(Named),
    /// Customers, by their name in Housecall Pro or their id (`cus_…`): what changed of those whom QuickBooks has.
    Customer(Named),
    /// Items of the price book, by their name in Housecall Pro or their id (`pbmat_…`): a material that QuickBooks lacks is
    /// made there, one that it has is moved to its category. Its name and its price there stay as they are.
    Item(Named),
}

#[derive(Debug, Args)]
struct Named {
    #[command(flatten)]
    asking: Asking,
    /// One or several.
    #[arg(required = true, value_name = "NUMBER")]
    names: Vec<String>,
    #[command(flatten)]
    waiting: Waiting,
}

impl Push {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let (of, named) = match self.what {
            What::Job(named) => ("jobs", named),
            What::Invoice(named) => ("invoices", named),
            What::Payment(named) => ("payments", named),
            What::Customer(named) => ("customers", named),
            What::Item(named) => ("items", named),
        };
        let mut office = Office::open(&named.asking).await?;
        let taken = office.post("pushes", json!({ of: named.names })).await?;
        let ended = orders::pushed(&mut office, &taken.read()?, &named.waiting).await?;
        orders::report(&office, &[ended], named.asking.json)
    }
}
