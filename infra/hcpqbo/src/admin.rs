use std::error::Error;

use adapters::{CognitoDirectory, Connections};
use clap::Args;
use hcp::CompanyId;
use office::{Office, PersonView, Role};

use crate::{deployed, say};

/// Makes somebody an admin of a company: the first one, or where no admin can sign in (rights on AWS).
///
/// Admins add the others with `hcpqbo people add`.
#[derive(Debug, Args)]
#[command(after_help = deployed::ENVIRONMENT)]
pub(crate) struct Admin {
    #[command(flatten)]
    company: deployed::Company,
    /// The mail address that they sign in with. Who cannot sign in yet gets a mail that tells how to.
    #[arg(long)]
    mail: String,
    /// The user pool in which people sign in (target/outputs.env names it).
    #[arg(long, env = "USER_POOL_ID", hide_env_values = true)]
    user_pool_id: String,
}

impl Admin {
    pub(crate) async fn run(self) -> Result<(), Box<dyn Error>> {
        let office = Office::new(deployed::engine().await?);
        let config = adapters::operator_config(&Connections::default()).await;
        let directory = CognitoDirectory::new(&config, self.user_pool_id);
        let company: &CompanyId = &self.company.company;
        let by = deployed::by().await;
        let added = office.appoint(company, &by, &directory, &self.mail, Role::Admin);
        let PersonView { mail, .. } = added.await?;
        Ok(say(&format!(
            "{mail} is an admin now, and signs in with hcpqbo login.\n"
        ))?)
    }
}
