use std::{error::Error, time::Duration};

use clap::Args;
use ports::Clock;
use sync::job::find::JobName;

use crate::{deployed, say};

/// Says whose an invoice of a service plan is, also while the records are being restored (rights on AWS).
///
/// The invoice is then sent, with its payments. Else a way out of its alert says so: `hcpqbo alerts resolve RSA-1 its_customer`.
#[derive(Debug, Args)]
#[command(after_help = deployed::ENVIRONMENT)]
pub(crate) struct Customer {
    #[command(flatten)]
    company: deployed::Company,
    /// The number of the invoice, or its id (`invoice_…`).
    #[arg(long, value_name = "NUMBER")]
    invoice: String,
    /// The customer, by the name in Housecall Pro or by the id (`cus_…`).
    #[arg(long, value_name = "NAME")]
    is: String,
}

/// How long somebody waits for it.
const PATIENCE: Duration = Duration::from_secs(120);

impl Customer {
    pub(crate) async fn run(self) -> Result<(), Box<dyn Error>> {
        let engine = deployed::engine().await?;
        let deadline = engine.world().clock.monotonic() + PATIENCE;
        let company = &self.company.company;
        let name = JobName::Invoice(self.invoice);
        let invoice = engine.find_job(company, &name).await?;
        let by = deployed::by().await;
        let chosen = engine.choose_payer(company, &invoice.id, &self.is, &by, deadline);
        let customer = chosen.await?;
        let named = invoice.name();
        Ok(say(&format!(
            "The {named} is {customer}'s, and is sent now.\n"
        ))?)
    }
}
