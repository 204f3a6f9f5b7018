use serde::Deserialize;

use super::fields;
use crate::CompanyId;

/// The account itself (`GET /company`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Company {
    /// Its id.
    pub id: CompanyId,
    /// Its name.
    #[serde(default, deserialize_with = "fields::text")]
    pub name: Option<String>,
    /// IANA name of its time zone (`America/Chicago`); it turns timestamps into book dates.
    #[serde(default, deserialize_with = "fields::text")]
    pub time_zone: Option<String>,
}
