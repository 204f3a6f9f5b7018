use adapters::fit_address;
use clap::Args;

use crate::{
    failure::Failure,
    say,
    sign_in::{Kept, Provider, sign_in},
};

/// Signs you in at the office, with your browser.
///
/// What the sign-in gives is kept for your user of this machine alone. Where the office was deployed is taken from the environment, as target/outputs.env names it.
#[derive(Debug, Args)]
pub(crate) struct Login {
    /// The address of the office (`OFFICE_URL` in target/outputs.env).
    #[arg(
        long,
        env = "OFFICE_URL",
        hide_env_values = true,
        value_name = "ADDRESS",
        value_parser = fit_address
    )]
    office_url: String,
    #[command(flatten)]
    provider: Provider,
}

/// Forgets the sign-in on this machine.
#[derive(Debug, Args)]
pub(crate) struct Logout {
    /// The address of the office; without it, the one at which you are signed in.
    #[arg(
        long,
        env = "OFFICE_URL",
        hide_env_values = true,
        value_name = "ADDRESS",
        value_parser = fit_address
    )]
    office_url: Option<String>,
}

impl Login {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let kept = Kept::of_user()?;
        let tell = |address: &str| {
            eprintln!(
                "Open this address in a browser of this machine, and sign in:\n\n  {address}\n"
            );
        };
        let entry = sign_in(self.provider, tell).await?;
        kept.keep(&self.office_url, entry)?;
        say(&format!("You are signed in at {}.\n", self.office_url))
    }
}

impl Logout {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let kept = Kept::of_user()?;
        let (office, _) = kept.entry(self.office_url.as_deref())?;
        kept.forget(&office)?;
        say(&format!("You are no longer signed in at {office}.\n"))
    }
}
