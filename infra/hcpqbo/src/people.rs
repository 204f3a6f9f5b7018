use clap::{Args, Subcommand, ValueEnum};
use serde::Deserialize;
use serde_json::json;

use crate::{
    client::{Asking, Office, part},
    failure::Failure,
    say,
    table::{Side, table},
};

/// Shows or changes who may use the office of a company. The first admin is made by `hcpqbo admin`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct People {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    asking: Asking,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Adds somebody. Who cannot sign in yet gets a mail that tells how to.
    Add {
        #[command(flatten)]
        who: Who,
        /// What they may do.
        #[arg(long)]
        role: May,
    },
    /// Changes what somebody may do.
    Change {
        #[command(flatten)]
        who: Who,
        /// What they may do from then on.
        #[arg(long)]
        role: May,
    },
    /// Removes somebody: that ends at once what they may do in this company.
    Remove {
        #[command(flatten)]
        who: Who,
    },
}

#[derive(Debug, Args)]
struct Who {
    #[command(flatten)]
    asking: Asking,
    /// The mail address that they sign in with.
    #[arg(long)]
    mail: String,
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

impl May {
    fn key(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Bookkeeper => "bookkeeper",
            Self::Admin => "admin",
        }
    }
}

#[derive(Debug, Deserialize)]
struct Person {
    id: String,
    mail: String,
    role: String,
}

#[derive(Debug, Deserialize)]
struct All {
    items: Vec<Person>,
}

/// All of a company are in one record: there is one page of them.
const LIST: &str = "people?limit=100";

impl People {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        match self.action {
            None => {
                let mut office = Office::open(&self.asking).await?;
                let answer = office.get(LIST).await?;
                match self.asking.json {
                    true => say(&answer.text()),
                    false => say(&listed(answer.read()?)),
                }
            }
            Some(Action::Add { who, role }) => {
                let mut office = Office::open(&who.asking).await?;
                let body = json!({ "mail": who.mail, "role": role.key() });
                let answer = office.post("people", body).await?;
                match who.asking.json {
                    true => say(&answer.text()),
                    false => say(&format!("Added {} as {}.\n", who.mail, role.key())),
                }
            }
            Some(Action::Change { who, role }) => {
                let (mut office, person, seen) = who.find().await?;
                let path = format!("people/{}", part(&person.id));
                let body = json!({ "role": role.key() });
                let answer = office.patch(&path, seen, body).await?;
                match who.asking.json {
                    true => say(&answer.text()),
                    false => say(&format!("{} is {} now.\n", person.mail, role.key())),
                }
            }
            Some(Action::Remove { who }) => {
                let (mut office, person, seen) = who.find().await?;
                let path = format!("people/{}", part(&person.id));
                office.delete(&path, seen).await?;
                say(&format!("Removed {}.\n", person.mail))
            }
        }
    }
}

impl Who {
    /// One of the people of the company, and what was seen of all of them.
    async fn find(&self) -> Result<(Office, Person, String), Failure> {
        let mut office = Office::open(&self.asking).await?;
        let answer = office.get(LIST).await?;
        let seen = answer.tag();
        let all: All = answer.read()?;
        let wanted = self.mail.trim();
        let mut all = all.items.into_iter();
        let found = all.find(|one| one.mail.eq_ignore_ascii_case(wanted));
        let found = found.ok_or_else(|| {
            Failure::Declined(format!(
                "{wanted} is none of the people of this company: hcpqbo people lists them."
            ))
        })?;
        Ok((office, found, seen))
    }
}

fn listed(all: All) -> String {
    let heads = [("ROLE", Side::Left), ("MAIL", Side::Left)];
    let rows = all.items.into_iter();
    table(heads, rows.map(|person| [person.role, person.mail]))
}
