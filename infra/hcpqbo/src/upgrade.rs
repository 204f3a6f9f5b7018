use std::{
    error::Error,
    io::{Write, stdout},
};

use clap::Args;

use crate::deployed;

/// Brings what an older version has stored to the form of this one; run it before a new version is deployed (rights on AWS).
///
/// Harmless to repeat, and where nothing is left to do.
#[derive(Debug, Args)]
#[command(after_help = deployed::ENVIRONMENT)]
pub(crate) struct Upgrade {}

impl Upgrade {
    pub(crate) async fn run(self) -> Result<(), Box<dyn Error>> {
        let done = deployed::engine().await?.upgrade().await?;
        let mut out = stdout().lock();
        writeln!(out, "Companies          {}", done.companies)?;
        writeln!(
            out,
            "Webhook secrets    {} set apart from the API key",
            done.webhook_secrets
        )?;
        writeln!(
            out,
            "Open alerts        {} added to those that are counted and listed",
            done.open_alerts
        )?;
        writeln!(
            out,
            "Ended alerts       {} whose job was sent",
            done.ended_alerts
        )?;
        writeln!(out, "Lists              {} records entered", done.listed)?;
        writeln!(
            out,
            "Typed lines        {} counted, once for each job",
            done.counted_lines
        )?;
        Ok(())
    }
}
