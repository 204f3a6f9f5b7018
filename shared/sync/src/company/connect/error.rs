//! Why a company was not connected, in words that say what to do.

use hcp::CompanyId;
use qbo::RealmId;
use thiserror::Error;

use crate::{
    declined::{Declined, NotDone},
    stop::{Stop, chain},
};

/// Why a company was not connected.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// Housecall Pro does not want to answer, such as for a key that it does not know.
    #[error(transparent)]
    Housecall(hcp::HcpError),
    /// The key belongs to another company.
    #[error("this API key belongs to the Housecall Pro company {0}, not to the one that was named")]
    OtherCompany(CompanyId),
    /// Something is needed and neither given nor stored.
    #[error("{0} is missing, and none is stored for this company")]
    Missing(&'static str),
    /// Intuit did not accept the app's keys.
    #[error("QuickBooks could not be reached with these keys: {0}")]
    Token(#[source] qbo::oauth::OAuthError),
    /// Neither the stored tokens nor the given one work.
    #[error(
        "Intuit no longer accepts {which}. Take a new refresh token (Intuit's OAuth 2.0 Playground, signed in as an admin of the company) and repeat with it in QBO_REFRESH_TOKEN"
    )]
    NewToken {
        /// Which tokens were tried.
        which: &'static str,
    },
    /// The refresh token is another company's.
    #[error(
        "this refresh token gives no access to the QuickBooks company {0}: was another company chosen when it was made, or is it of the sandbox instead of production?"
    )]
    OtherBooks(RealmId),
    /// Housecall Pro's own sync may be on.
    #[error(
        "Housecall Pro's own QuickBooks sync must be off: with two of them, every customer, invoice and payment is made twice. Switch it off in Housecall Pro (the gear, then Money, QuickBooks Online), and repeat with --own-sync-is-off. Invoices that it made are not made again: those with the same number, customer and total are offered for linking"
    )]
    OwnSync,
    /// How the company invoices was not told.
    #[error(
        "say how the company invoices, with --invoicing: look at Settings, Invoices, Configuration in Housecall Pro. \"simple\" where neither of the two is on, \"match_job_number\" with Match Invoice and Job Number, \"progress\" with Progress Invoicing"
    )]
    NoInvoicing,
    /// There is no such way.
    #[error(transparent)]
    Invoicing(#[from] mapping::SettingErrors),
    /// Another QuickBooks company is connected.
    #[error(
        "the company is connected to the QuickBooks company {0}; repeat with --other-realm to leave it. Nothing that was synced there is linked in the new one"
    )]
    OtherRealm(RealmId),
    /// The company in QuickBooks is joined with another one in Housecall Pro.
    #[error(
        "this QuickBooks company is connected with another Housecall Pro company already: one fills the books of one"
    )]
    RealmTaken,
    /// What the person allowed on Intuit's page cannot be used any more.
    #[error("Intuit did not take the code that its page gave: connect once more")]
    Code,
    /// No zone is known.
    #[error(
        "Housecall Pro tells no time zone for this company: name it with --time-zone, for example America/New_York"
    )]
    NoTimeZone,
    /// The zone is not one.
    #[error("{0:?} is no time zone; write it like America/New_York")]
    BadTimeZone(String),
    /// No account fits.
    #[error(
        "QuickBooks has no {kind} account {wanted}. It has: {has}. Name one of them with --{flag}"
    )]
    NoAccount {
        /// `income` or `expense`.
        kind: &'static str,
        /// What was asked for.
        wanted: String,
        /// What there is.
        has: String,
        /// The option that names one.
        flag: &'static str,
    },
    /// Our own table or secrets, or one of the systems: it may work when it is repeated.
    #[error(transparent)]
    Stop(#[from] Stop),
}

/// What passes by itself is a [`Stop`] there already; the rest says in its own words what to do.
impl From<ConnectError> for NotDone {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::Stop(stop) => stop.into(),
            error => Declined::not_usable("connection", chain(&error)).into(),
        }
    }
}
