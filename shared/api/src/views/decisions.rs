use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the money is that an alert asks about.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Decision {
    /// The same money as QuickBooks has, or none that it needs: it is not sent.
    Same,
    /// Other money: it is sent.
    Separate,
}

/// A decision about a payment or a refund that an open alert asks about.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewDecision {
    /// The number or the id of the job.
    #[schema(max_length = 100)]
    pub(crate) job: String,
    /// The id that Housecall Pro gives the payment or the refund, where alerts ask about several.
    #[serde(default)]
    #[schema(max_length = 100)]
    pub(crate) id: Option<String>,
    /// What it is.
    pub(crate) decision: Decision,
}

/// What was decided about.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DecidedAbout {
    /// `payment`, `refund` or `repeated payment`.
    pub(crate) what: String,
    /// The id that Housecall Pro gives it.
    pub(crate) id: String,
    /// How much it is.
    pub(crate) amount: Option<String>,
}

/// That both books differ by so much, and why that is as it should be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Dismissal {
    /// The number or the id of the job.
    #[schema(max_length = 100)]
    pub(crate) job: String,
    /// By how much, as an open alert of the job tells it: `12.50`.
    #[schema(max_length = 30)]
    pub(crate) difference: String,
    /// Why.
    #[schema(min_length = 1, max_length = 500)]
    pub(crate) reason: String,
}

/// What was accepted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Accepted {
    /// What the alert says that is closed by it.
    pub(crate) message: String,
}
