use serde::Deserialize;

use super::fields::{Fields, Missing, Record, from_fields};
use crate::CompanyId;

/// The account itself (`GET /company`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Fields")]
pub struct Company {
    /// Its id.
    pub id: CompanyId,
    /// Its name.
    pub name: Option<String>,
    /// IANA name of its time zone (`America/Chicago`); it turns timestamps into book dates.
    pub time_zone: Option<String>,
}

impl Record for Company {
    fn read(fields: &mut Fields) -> Result<Self, Missing> {
        Ok(Self {
            id: fields.identity(&["id"])?,
            name: fields.text("name"),
            time_zone: fields.text("time_zone"),
        })
    }
}

from_fields!(Company);
