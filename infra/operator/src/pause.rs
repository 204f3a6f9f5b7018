use std::{
    error::Error,
    io::{Write, stdout},
};

use clap::Args;
use hcp::CompanyId;

use crate::deployed;

/// Has all work of a company wait, within half a minute. Webhooks are taken as ever; what comes meanwhile goes on when
/// the company is resumed. Connecting it does not end the pause.
#[derive(Debug, Args)]
#[command(after_help = deployed::ENVIRONMENT)]
pub(crate) struct Pause {
    /// The company's id in Housecall Pro, a UUID.
    #[arg(long)]
    company_id: CompanyId,
    /// Why, for the log of the company.
    #[arg(long)]
    reason: String,
}

/// Has the work of a paused company go on, within a minute, with all that waited.
#[derive(Debug, Args)]
#[command(after_help = deployed::ENVIRONMENT)]
pub(crate) struct Resume {
    /// The company's id in Housecall Pro, a UUID.
    #[arg(long)]
    company_id: CompanyId,
}

impl Pause {
    pub(crate) async fn run(self) -> Result<(), Box<dyn Error>> {
        let engine = deployed::engine().await?;
        let by = deployed::by().await;
        engine
            .pause_work(&self.company_id, self.reason.trim(), &by)
            .await?;
        let told = "Paused. Work waits from now on, at the latest in half a minute; operator resume has it go on.";
        Ok(writeln!(stdout(), "{told}")?)
    }
}

impl Resume {
    pub(crate) async fn run(self) -> Result<(), Box<dyn Error>> {
        let engine = deployed::engine().await?;
        let by = deployed::by().await;
        engine.resume_work(&self.company_id, &by).await?;
        let told = "Resumed. What waited goes on within a minute.";
        Ok(writeln!(stdout(), "{told}")?)
    }
}
