//! Who somebody is in a company, and what that lets them do.

use hcp::CompanyId;
use store::{
    By, CompaniesOf, Connection, ConnectionStatus, Key, People, Person, Role, UserId, read,
    read_many,
};
use strum::{EnumIter, IntoStaticStr};
use sync::{Declined, NotDone, World};

use crate::Office;

/// What can be done in a company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Operation {
    /// To see alerts, jobs, the inbox and what became of a push.
    SeeWork,
    /// To send jobs to QuickBooks.
    Push,
    /// To have QuickBooks looked at.
    Pull,
    /// To tick entries of the inbox off.
    TickOff,
    /// To decide about a payment or a refund that is held.
    Decide,
    /// To choose a way out of an alert.
    Resolve,
    /// To dismiss an alert, also one that tells by how much both books differ.
    Dismiss,
    /// To link an invoice that QuickBooks had before.
    Link,
    /// To say where an item is booked, and which item lines stand for.
    MapItems,
    /// To say whom a customer is in QuickBooks.
    MatchCustomers,
    /// To choose what they are mailed themselves.
    ChooseMails,
    /// To see what the company chose.
    SeeSettings,
    /// To choose for the company.
    ChangeSettings,
    /// To have all work of the company wait, or go on.
    Pause,
    /// To enter keys, and to connect and disconnect QuickBooks.
    Connect,
    /// To see who may.
    SeePeople,
    /// To say who may.
    ChangePeople,
}

impl Operation {
    /// The least role that may do it.
    pub fn least(self) -> Role {
        match self {
            Self::SeeWork | Self::ChooseMails | Self::SeeSettings => Role::Viewer,
            Self::Push
            | Self::Pull
            | Self::TickOff
            | Self::Decide
            | Self::Resolve
            | Self::Dismiss
            | Self::Link
            | Self::MapItems
            | Self::MatchCustomers => Role::Bookkeeper,
            Self::ChangeSettings
            | Self::Pause
            | Self::Connect
            | Self::SeePeople
            | Self::ChangePeople => Role::Admin,
        }
    }

    /// What it is, inside a sentence: `you may not …`.
    fn words(self) -> &'static str {
        match self {
            Self::SeeWork => "see the work of this company",
            Self::Push => "push jobs to QuickBooks",
            Self::Pull => "have QuickBooks looked at",
            Self::TickOff => "tick entries of the inbox off",
            Self::Decide => "decide about payments",
            Self::Resolve => "resolve alerts",
            Self::Dismiss => "dismiss alerts",
            Self::Link => "link invoices",
            Self::MapItems => "map items and lines",
            Self::MatchCustomers => "say whom customers are in QuickBooks",
            Self::ChooseMails => "choose what you are mailed",
            Self::SeeSettings => "see the settings",
            Self::ChangeSettings => "change the settings",
            Self::Pause => "pause the sync",
            Self::Connect => "set this company up",
            Self::SeePeople => "see who may use this company",
            Self::ChangePeople => "say who may use this company",
        }
    }
}

/// Somebody who was found to be in a company, with what they may do there at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    user: UserId,
    mail: String,
    company: CompanyId,
    role: Role,
}

impl Caller {
    /// The one who signed in.
    pub fn user(&self) -> &UserId {
        &self.user
    }

    /// Their mail address.
    pub fn mail(&self) -> &str {
        &self.mail
    }

    /// The company in which they act.
    pub fn company(&self) -> &CompanyId {
        &self.company
    }

    /// What they are there.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Who they are, for the log of the company.
    pub(crate) fn by(&self) -> By {
        By {
            id: self.user.to_string(),
            name: self.mail.clone(),
        }
    }

    /// Whether they may do that.
    ///
    /// # Errors
    /// [`Declined::NotAllowed`], with what to ask for.
    pub fn may(&self, operation: Operation) -> Result<(), Declined> {
        let least = operation.least();
        if self.role >= least {
            return Ok(());
        }
        let words = format!(
            "As {} you may not {}: ask an admin of the company to make you {}.",
            described(self.role),
            operation.words(),
            described(least)
        );
        Err(Declined::NotAllowed { words })
    }
}

/// A role inside a sentence: `as a viewer`.
pub(crate) fn described(role: Role) -> &'static str {
    match role {
        Role::Viewer => "a viewer",
        Role::Bookkeeper => "a bookkeeper",
        Role::Admin => "an admin",
    }
}

/// A company, as its people see it in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompanyView {
    /// Its id.
    pub id: CompanyId,
    /// What the caller is there.
    pub role: Role,
    /// How its connection stands; none: it is not connected.
    pub connection: Option<ConnectionStatus>,
    /// The time zone of its dates; none: it is not connected.
    pub time_zone: Option<String>,
}

impl<W: World> Office<W> {
    /// Somebody who signed in, as one of a company. A company of others looks as if there were none, as does a text that
    /// is no id.
    ///
    /// # Errors
    /// [`Declined::NoSuch`] when they are not one of its people.
    pub async fn caller(&self, user: &UserId, company: &str) -> Result<Caller, NotDone> {
        let company = CompanyId::parse(company).map_err(|_| no_company())?;
        let people = read::<People>(self.table(), &People::key(&company)).await?;
        let found = people.and_then(|mut people| people.value.people.remove(user));
        let Person { mail, role, .. } = found.ok_or_else(no_company)?;
        Ok(Caller {
            user: user.clone(),
            mail,
            company,
            role,
        })
    }

    /// Opens the connection to the table, while Lambda still gives the start-up its full CPU.
    pub async fn warm_up(&self) {
        // Nobody has this id.
        let nobody = UserId::parse("-");
        if let Ok(nobody) = nobody {
            drop(self.companies(&nobody).await);
        }
    }

    /// The companies in which somebody is who signed in.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn companies(&self, user: &UserId) -> Result<Vec<CompanyView>, NotDone> {
        let known = read::<CompaniesOf>(self.table(), &CompaniesOf::key(user)).await?;
        let ids = known.map(|known| known.value.companies).unwrap_or_default();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let people: Vec<Key> = ids.iter().map(People::key).collect();
        let people = read_many::<People>(self.table(), &people).await?;
        let connections: Vec<Key> = ids.iter().map(Connection::key).collect();
        let connections = read_many::<Connection>(self.table(), &connections).await?;
        let all = ids.into_iter().zip(people).zip(connections);
        let seen = all.filter_map(|((id, people), connection)| {
            let role = people?.value.people.get(user)?.role;
            let connection = connection.map(|connection| connection.value);
            Some(CompanyView {
                id,
                role,
                connection: connection.as_ref().map(|connection| connection.status),
                time_zone: connection.map(|connection| connection.time_zone),
            })
        });
        Ok(seen.collect())
    }
}

/// The same words for what there is not and for what somebody else has.
fn no_company() -> Declined {
    let words = "There is no such company, or you are not one of its people.";
    Declined::no_such("company", &"", words)
}

#[cfg(test)]
mod tests;
