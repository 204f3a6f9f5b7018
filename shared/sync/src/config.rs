use jiff::SignedDuration;

/// Where the two systems are, and how long a lost answer is waited for.
#[derive(Clone, Debug)]
pub struct Config {
    /// Housecall Pro's API, without a slash at the end.
    pub hcp_base_url: String,
    /// QuickBooks' API, without a slash at the end.
    pub qbo_base_url: String,
    /// Intuit's token endpoint.
    pub qbo_token_url: String,
    /// What the names of all secrets begin with.
    pub secret_prefix: String,
    /// QuickBooks may carry out a request for 120 seconds after its answer was lost; this long after
    /// sending, what is not there will not come.
    pub settle_after: SignedDuration,
}
