use std::sync::Arc;

use axum::{Json, extract::State};
use office::{Office, PaymentsBy};
use serde::Deserialize;
use sync::World;
use utoipa::{IntoParams, ToSchema};

use crate::{
    event::SignedIn,
    extract::{List, Path},
    page::{Page, Paging, page},
    problem::Problem,
    routes::reads::searched,
    views::PaymentLine,
};

/// Which payments.
#[derive(Debug, Default, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WhosePayments {
    /// Housecall Pro's that were looked at, beside those in QuickBooks.
    #[default]
    All,
    /// Those that QuickBooks lacks.
    OnlyHousecall,
    /// Those that were entered in QuickBooks and that Housecall Pro lacks.
    OnlyQuickbooks,
    /// Housecall Pro's whose money lies in Undeposited Funds.
    Undeposited,
    /// Those that were entered in QuickBooks and whose money lies there.
    EnteredUndeposited,
}

/// Which payments.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichPayments {
    /// `all`, unless told otherwise.
    #[serde(default)]
    of: WhosePayments,
    /// Of those that are undeposited: those that have been for at least so many days.
    #[param(maximum = 3650)]
    days: Option<u16>,
    /// Housecall Pro's whose money lies in the account of this id in QuickBooks, and that no deposit took to a bank. Not
    /// together with `of`.
    #[param(max_length = 100)]
    account: Option<String>,
}

/// Days that may be asked for.
const MOST_DAYS: u16 = 3650;

impl WhichPayments {
    fn by(&self) -> Result<PaymentsBy, Problem> {
        let days = self.days.unwrap_or(0);
        if days > MOST_DAYS {
            let words = format!("Days are a number up to {MOST_DAYS}.");
            return Err(Problem::unusable(words));
        }
        let is_dated = self.days.is_some();
        Ok(match (self.of, &self.account) {
            (WhosePayments::All, Some(account)) if !is_dated => {
                PaymentsBy::Account(searched(account.clone())?)
            }
            (WhosePayments::Undeposited, None) => PaymentsBy::Undeposited(days),
            (WhosePayments::EnteredUndeposited, None) => PaymentsBy::EnteredUndeposited(days),
            (WhosePayments::All, None) if !is_dated => PaymentsBy::Date,
            (WhosePayments::OnlyHousecall, None) if !is_dated => PaymentsBy::OnlyHousecall,
            (WhosePayments::OnlyQuickbooks, None) if !is_dated => PaymentsBy::OnlyQuickbooks,
            _ => {
                return Err(Problem::unusable(
                    "Choose payments by what they are, by an account, or undeposited ones by days.",
                ));
            }
        })
    }
}

/// Payments in both systems, the latest first; undeposited ones the earliest first. Of what was entered in QuickBooks, a page has
/// those of so many jobs.
#[utoipa::path(
    get,
    path = "/api/v1/companies/{company}/payments",
    params(("company" = String, Path, description = "The id of the company"), WhichPayments, Paging),
    responses((status = 200, description = "One page of them", body = Page<PaymentLine>))
)]
pub(crate) async fn payments<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    List { which, paging }: List<WhichPayments>,
) -> Result<Json<Page<PaymentLine>>, Problem> {
    let caller = office.caller(&user, &company).await?;
    let by = which.by()?;
    let paging = paging.rows()?;
    Ok(Json(page(office.payments(&caller, &by, &paging).await?)))
}
