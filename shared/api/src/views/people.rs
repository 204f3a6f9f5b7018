use office::PersonView;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::telling::Mails;

/// What somebody may do in a company. Each may do what those before may.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    /// Looks.
    Viewer,
    /// Sends, decides, ticks off.
    Bookkeeper,
    /// Chooses settings, and who may.
    Admin,
}

impl From<Role> for office::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Viewer => Self::Viewer,
            Role::Bookkeeper => Self::Bookkeeper,
            Role::Admin => Self::Admin,
        }
    }
}

impl From<office::Role> for Role {
    fn from(role: office::Role) -> Self {
        match role {
            office::Role::Viewer => Self::Viewer,
            office::Role::Bookkeeper => Self::Bookkeeper,
            office::Role::Admin => Self::Admin,
        }
    }
}

/// One of the people of a company.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Person {
    /// Their id.
    id: String,
    /// The mail address that they sign in with.
    mail: String,
    /// What they may do.
    role: Role,
    /// Since when they are there.
    since: String,
    /// What they are mailed of alerts.
    mails: Mails,
}

impl From<PersonView> for Person {
    fn from(view: PersonView) -> Self {
        Self {
            id: view.user.to_string(),
            mail: view.mail,
            role: view.role.into(),
            since: view.since.to_string(),
            mails: view.mails.into(),
        }
    }
}

/// Somebody who is to be one of the people of a company.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPerson {
    /// The mail address that they sign in with.
    #[schema(max_length = 254)]
    pub(crate) mail: String,
    /// What they may do.
    pub(crate) role: Role,
}

/// What somebody may do from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRole {
    /// What they may do.
    pub(crate) role: Role,
}
