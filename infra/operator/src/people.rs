use std::{
    error::Error,
    io::{Write, stdout},
};

use adapters::{CognitoDirectory, Connections};
use clap::{Args, Subcommand, ValueEnum};
use hcp::CompanyId;
use office::{Office, PersonView, Role};
use sync::{Declined, NotDone};

use crate::deployed;

/// Shows or changes who may use the office of a company. The first admin is made here; admins invite the others.
#[derive(Debug, Args)]
#[command(after_help = deployed::ENVIRONMENT)]
pub(crate) struct People {
    /// The company's id in Housecall Pro, a UUID.
    #[arg(long)]
    company_id: CompanyId,
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Adds somebody. Who cannot sign in yet gets a mail that tells how to.
    Add {
        /// The mail address that they sign in with.
        #[arg(long)]
        mail: String,
        /// What they may do.
        #[arg(long)]
        role: May,
        /// The user pool in which people sign in (the outputs of `cdk deploy` name it).
        #[arg(long, env = "USER_POOL_ID")]
        user_pool_id: String,
    },
    /// Removes somebody: that ends at once what they may do in this company.
    Remove {
        /// Their mail address.
        #[arg(long)]
        mail: String,
    },
}

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum May {
    /// Look.
    Viewer,
    /// Send, decide, tick off too.
    Bookkeeper,
    /// Choose settings and people too.
    Admin,
}

impl From<May> for Role {
    fn from(may: May) -> Self {
        match may {
            May::Viewer => Self::Viewer,
            May::Bookkeeper => Self::Bookkeeper,
            May::Admin => Self::Admin,
        }
    }
}

impl People {
    pub(crate) async fn run(self) -> Result<(), Box<dyn Error>> {
        let office = Office::new(deployed::engine().await?);
        let company = &self.company_id;
        let by = deployed::by().await;
        let mut out = stdout().lock();
        match self.action {
            None => {}
            Some(Action::Add {
                mail,
                role,
                user_pool_id,
            }) => {
                let config = adapters::operator_config(&Connections::default()).await;
                let directory = CognitoDirectory::new(&config, user_pool_id);
                let added = office.appoint(company, &by, &directory, &mail, role.into());
                let PersonView { mail, .. } = added.await?;
                writeln!(out, "Added {mail}.")?;
            }
            Some(Action::Remove { mail }) => {
                let people = office.people_of(company).await?.people;
                let wanted = mail.trim();
                let mut known = people.iter();
                let known = known.find(|one| one.mail.eq_ignore_ascii_case(wanted));
                let known = known.ok_or_else(|| {
                    let words = format!("{wanted} is none of the people of this company");
                    NotDone::from(Declined::no_such("person", &wanted, words))
                })?;
                let dismissed = office.dismiss_person(company, &by, &known.user, None);
                dismissed.await?;
                writeln!(out, "Removed {}.", known.mail)?;
            }
        }
        let people = office.people_of(company).await?.people;
        Ok(list(&mut out, &people)?)
    }
}

fn list(out: &mut impl Write, people: &[PersonView]) -> std::io::Result<()> {
    for person in people {
        let role = match person.role {
            Role::Viewer => "viewer",
            Role::Bookkeeper => "bookkeeper",
            Role::Admin => "admin",
        };
        writeln!(out, "{role:<11} {}", person.mail)?;
    }
    match people.is_empty() {
        true => writeln!(out, "Nobody may use the office of this company yet."),
        false => Ok(()),
    }
}
