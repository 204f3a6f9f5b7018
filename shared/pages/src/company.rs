//! Whose work is shown: the company that somebody chose, or their only one.

use axum::http::{HeaderMap, HeaderValue};
use hcp::CompanyId;
use jiff::tz::TimeZone;
use office::Caller;
use secrecy::ExposeSecret;
use store::Session;
use sync::World;

use crate::{
    Desk,
    refusal::Refusal,
    sessions::{Visit, cookie, shown},
};

/// The cookie that names the company. It only chooses among those that somebody is in.
const COMPANY: &str = "__Host-company";

/// Somebody in the company whose work they see.
pub(crate) struct Here {
    /// Who, and what they may.
    pub(crate) caller: Caller,
    /// The company's, in which its times are told.
    pub(crate) zone: TimeZone,
}

/// Has the browser remember which company was chosen.
pub(crate) fn chosen(company: &CompanyId) -> Option<HeaderValue> {
    cookie(COMPANY, company.as_str(), Session::LIFE.as_secs())
}

impl<W: World> Desk<W> {
    /// Whose work somebody sees; none: they have to choose first, or none of their companies is connected.
    pub(crate) async fn here(
        &self,
        visit: &Visit,
        headers: &HeaderMap,
    ) -> Result<Option<Here>, Refusal> {
        let mut companies = self.office.companies(visit.user()).await?;
        companies.retain(|company| company.connection.is_some());
        let named = shown(headers, COMPANY);
        let is_named = |id: &CompanyId| {
            let named = named.as_ref();
            named.is_some_and(|named| named.expose_secret() == id.as_str())
        };
        let found = match companies.as_slice() {
            [only] => Some(only),
            several => several.iter().find(|company| is_named(&company.id)),
        };
        let Some(company) = found else {
            return Ok(None);
        };
        let caller = self.caller(visit, company.id.as_str()).await?;
        let zone = company.time_zone.as_deref().map(TimeZone::get);
        let zone = zone.and_then(Result::ok).unwrap_or(TimeZone::UTC);
        Ok(Some(Here { caller, zone }))
    }
}
