use clap::Args;
use serde_json::json;

use crate::{
    client::{Asking, Office},
    failure::Failure,
    say,
};

/// Has all work of a company wait, within half a minute: nothing is written to QuickBooks, and nothing is lost.
///
/// Webhooks are taken as ever; what comes meanwhile goes on when the company is resumed. Connecting it does not end the pause.
#[derive(Debug, Args)]
pub(crate) struct Pause {
    #[command(flatten)]
    asking: Asking,
    /// Why, for the log of the company.
    #[arg(long)]
    reason: String,
}

/// Has the work of a paused company go on, within a minute, with all that waited.
#[derive(Debug, Args)]
pub(crate) struct Resume {
    #[command(flatten)]
    asking: Asking,
}

impl Pause {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let mut office = Office::open(&self.asking).await?;
        let body = json!({ "reason": self.reason });
        let answer = office.post("pause", body).await?;
        match self.asking.json {
            true => say(&answer.text()),
            false => say(
                "Paused. Work waits from now on, at the latest in half a minute; hcpqbo resume has it go on.\n",
            ),
        }
    }
}

impl Resume {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let mut office = Office::open(&self.asking).await?;
        let answer = office.post("resume", json!({})).await?;
        match self.asking.json {
            true => say(&answer.text()),
            false => say("Resumed. What waited goes on within a minute.\n"),
        }
    }
}
