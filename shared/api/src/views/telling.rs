use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What somebody is mailed of the alerts of a company.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mails {
    /// New alerts at once, and what is open in the morning.
    Everything,
    /// What is open in the morning.
    Digest,
    /// Nothing.
    Nothing,
}

impl From<Mails> for office::Mails {
    fn from(mails: Mails) -> Self {
        match mails {
            Mails::Everything => Self::Everything,
            Mails::Digest => Self::Digest,
            Mails::Nothing => Self::Nothing,
        }
    }
}

impl From<office::Mails> for Mails {
    fn from(mails: office::Mails) -> Self {
        match mails {
            office::Mails::Everything => Self::Everything,
            office::Mails::Digest => Self::Digest,
            office::Mails::Nothing => Self::Nothing,
        }
    }
}

/// What you are mailed of the alerts of a company.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mailed {
    /// Everything, the digest of the morning, or nothing.
    pub(crate) mails: Mails,
}

/// The company's channel in Slack.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Channel {
    /// The Webhook URL of the app in Slack; none: the company has no channel any longer.
    #[schema(max_length = 200)]
    pub(crate) address: Option<String>,
}
