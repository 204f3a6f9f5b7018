use std::sync::Arc;

use axum::{Json, extract::State, response::Response};
use office::{CustomersBy, Office};
use serde::Deserialize;
use sync::World;
use utoipa::{IntoParams, ToSchema};

use crate::{
    event::SignedIn,
    extract::{Input, Key, List, Path},
    page::{Page, Paging, page},
    problem::Problem,
    routes::{items::assign, reads::searched},
    views::{CustomerLine, NewMatches, Taken},
};

/// How customers stand.
#[derive(Debug, Default, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CustomerStands {
    /// They are linked.
    #[default]
    Linked,
    /// They are linked to nobody: nothing of them was sent yet, or somebody took the link away.
    Unlinked,
    /// A person must say who they are: an alert is open.
    Ambiguous,
    /// Who they seem to be is linked to another customer: an alert is open.
    HeldByAnother,
}

/// Which customers.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichCustomers {
    /// How they stand: `linked`, unless told otherwise.
    #[serde(default)]
    standing: CustomerStands,
    /// Those whose names begin so; of those who are linked or unlinked.
    #[param(max_length = 100)]
    name: Option<String>,
}

/// The customers who were seen here: by name those who are linked or not, the latest first those of whom that is not clear.
#[utoipa::path(
    get,
    path = "/api/v1/companies/{company}/customers",
    params(("company" = String, Path, description = "The id of the company"), WhichCustomers, Paging),
    responses((status = 200, description = "One page of them", body = Page<CustomerLine>))
)]
pub(crate) async fn customers<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    List { which, paging }: List<WhichCustomers>,
) -> Result<Json<Page<CustomerLine>>, Problem> {
    let caller = office.caller(&user, &company).await?;
    let name = which.name.map(searched).transpose()?;
    let by = match (which.standing, name) {
        (CustomerStands::Linked, name) => CustomersBy::Linked(name.unwrap_or_default()),
        (CustomerStands::Unlinked, name) => CustomersBy::Unlinked(name.unwrap_or_default()),
        (CustomerStands::Ambiguous, None) => CustomersBy::Ambiguous,
        (CustomerStands::HeldByAnother, None) => CustomersBy::HeldByAnother,
        (_, Some(_)) => {
            return Err(Problem::unusable(
                "Customers are chosen by name among those who are linked or unlinked.",
            ));
        }
    };
    let paging = paging.rows()?;
    Ok(Json(page(office.customers(&caller, &by, &paging).await?)))
}

/// Says whom customers are in QuickBooks; the next push of their jobs carries it.
#[utoipa::path(
    post,
    path = "/api/v1/companies/{company}/customers/matches",
    params(("company" = String, Path, description = "The id of the company")),
    request_body = NewMatches,
    responses((status = 202, description = "They are on their way", body = Taken))
)]
pub(crate) async fn match_customers<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    key: Key,
    input: Input<NewMatches>,
) -> Result<Response, Problem> {
    let caller = office.caller(&user, &company).await?;
    let wanted = input.value.assignments()?;
    assign(&office, &caller, ("customers", key), wanted, &input.raw).await
}
