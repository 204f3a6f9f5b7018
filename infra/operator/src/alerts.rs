use std::{
    error::Error,
    io::{Write, stdout},
};

use clap::Args;
use hcp::CompanyId;
use office::words;
use sync::{AlertRecord, alerts::OpenAlerts};

use crate::deployed;

#[derive(Debug, Args)]
#[command(after_help = deployed::ENVIRONMENT)]
pub(crate) struct Alerts {
    /// The company's id in Housecall Pro, a UUID.
    #[arg(long)]
    company_id: CompanyId,
}

impl Alerts {
    pub(crate) async fn run(self) -> Result<(), Box<dyn Error>> {
        let engine = deployed::engine().await?;
        let OpenAlerts { alerts, zone } = engine.open_alerts(&self.company_id).await?;
        let mut out = stdout().lock();
        for alert in &alerts {
            writeln!(
                out,
                "{}  {}{}",
                words::time(alert.last_at, &zone),
                alert.kind,
                recurred(alert)
            )?;
            print(&mut out, alert)?;
        }
        match alerts.len() {
            0 => writeln!(out, "No alert is open.")?,
            1 => writeln!(out, "1 alert is open.")?,
            open => writeln!(out, "{open} alerts are open.")?,
        }
        Ok(())
    }
}

/// What happened, and what to do.
pub(crate) fn print(out: &mut impl Write, alert: &AlertRecord) -> std::io::Result<()> {
    writeln!(out, "            {}", alert.message)?;
    writeln!(out, "            To do: {}", alert.resolution)
}

pub(crate) fn recurred(alert: &AlertRecord) -> String {
    match alert.count {
        1 => String::new(),
        count => format!("  ({count} times)"),
    }
}
