use std::sync::Arc;

use axum::{Json, extract::State};
use office::{AlertsBy, Days, JobsBy, Office};
use serde::Deserialize;
use sync::{World, job::find::JobName};
use utoipa::{IntoParams, ToSchema};

use crate::{
    event::SignedIn,
    extract::{List, Path, Query},
    page::{Page, Paging, earliest_first, page},
    problem::Problem,
    views::{Alert, Company, Done, Entry, Job, JobLine, named},
};

/// The companies in which you are.
#[utoipa::path(
    get,
    path = "/api/v1/companies",
    params(Paging),
    responses((status = 200, description = "One page of them, by their ids", body = Page<Company>))
)]
pub(crate) async fn companies<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<Company>>, Problem> {
    let companies = office.companies(&user).await?.into_iter();
    let keyed = companies.map(|view| (view.id.to_string(), Company::from(view)));
    Ok(Json(paging.of(keyed)?))
}

/// Which alerts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichAlerts {
    /// Whether they are open; `false`: those that were closed.
    open: Option<bool>,
    /// Those of one type.
    #[param(max_length = 100)]
    kind: Option<String>,
    /// Those of customers whose name begins so.
    #[param(max_length = 100)]
    customer: Option<String>,
}

/// What wants somebody: the alerts, the latest first.
#[utoipa::path(
    get,
    path = "/api/v1/companies/{company}/alerts",
    params(("company" = String, Path, description = "The id of the company"), WhichAlerts, Paging),
    responses((status = 200, description = "One page of them", body = Page<Alert>))
)]
pub(crate) async fn alerts<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    List { which, paging }: List<WhichAlerts>,
) -> Result<Json<Page<Alert>>, Problem> {
    let caller = office.caller(&user, &company).await?;
    let by = match (which.kind, which.customer) {
        (None, None) => AlertsBy::Time,
        (Some(kind), None) => AlertsBy::Type(searched(kind)?),
        (None, Some(customer)) => AlertsBy::Customer(searched(customer)?),
        (Some(_), Some(_)) => {
            return Err(Problem::unusable(
                "Choose alerts by their type or by a customer.",
            ));
        }
    };
    let paging = paging.rows()?;
    let open = which.open.unwrap_or(true);
    Ok(Json(page(
        office.alerts(&caller, open, &by, &paging).await?,
    )))
}

/// The days that begin and end a list.
pub(crate) fn days(from: Option<&str>, to: Option<&str>) -> Result<Days, Problem> {
    let day = |text: Option<&str>| {
        let read = text.map(str::parse).transpose();
        read.map_err(|_| Problem::unusable("A day is told like 2026-07-24."))
    };
    Ok(Days {
        from: day(from)?,
        to: day(to)?,
    })
}

/// What a list is searched by.
pub(crate) fn searched(text: String) -> Result<String, Problem> {
    match (1..=100).contains(&text.chars().count()) && !text.contains(char::is_control) {
        true => Ok(text),
        false => Err(Problem::unusable(
            "What is looked for has 1 to 100 characters.",
        )),
    }
}

/// Which jobs.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichJobs {
    /// Those in a state, as the `state` of a job tells it; the latest first.
    #[param(max_length = 100)]
    state: Option<String>,
    /// Not before this day: `2026-07-24`. Not together with `customer` or `by_number`.
    #[param(max_length = 10)]
    from: Option<String>,
    /// Not after this day.
    #[param(max_length = 10)]
    to: Option<String>,
    /// Those of customers whose name begins so, in the order of the names.
    #[param(max_length = 100)]
    customer: Option<String>,
    /// All that have a number, the highest first.
    by_number: Option<bool>,
}

impl WhichJobs {
    fn by(&self) -> Result<JobsBy, Problem> {
        let days = days(self.from.as_deref(), self.to.as_deref())?;
        let dated = days != Days::default();
        match (&self.state, &self.customer, self.by_number.unwrap_or(false)) {
            (None, None, false) => Ok(JobsBy::Date(days)),
            (Some(state), None, false) => {
                let state = serde_json::from_value(state.as_str().into());
                let state = state.map_err(|_| Problem::unusable("There is no such state."))?;
                Ok(JobsBy::State(state, days))
            }
            (None, Some(customer), false) if !dated => {
                Ok(JobsBy::Customer(searched(customer.clone())?))
            }
            (None, None, true) if !dated => Ok(JobsBy::Number),
            _ => Err(Problem::unusable(
                "Choose jobs by days, by a state and days, by a customer, or by number.",
            )),
        }
    }
}

/// The jobs that were seen here, the latest first unless chosen otherwise.
#[utoipa::path(
    get,
    path = "/api/v1/companies/{company}/jobs",
    params(("company" = String, Path, description = "The id of the company"), WhichJobs, Paging),
    responses((status = 200, description = "One page of them", body = Page<JobLine>))
)]
pub(crate) async fn jobs<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    List { which, paging }: List<WhichJobs>,
) -> Result<Json<Page<JobLine>>, Problem> {
    let caller = office.caller(&user, &company).await?;
    let by = which.by()?;
    let paging = paging.rows()?;
    Ok(Json(page(office.jobs(&caller, &by, &paging).await?)))
}

/// How the job is named.
#[derive(Debug, Default, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NamedBy {
    /// By its own number, or its id.
    #[default]
    Job,
    /// By the number of one of its invoices in QuickBooks, or that one's id in Housecall Pro.
    Invoice,
}

impl NamedBy {
    fn name(self, text: String) -> Result<JobName, Problem> {
        match self {
            Self::Job => named(JobName::Job, text),
            Self::Invoice => named(JobName::Invoice, text),
        }
    }
}

/// How the job is named.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichCard {
    /// `job`, unless told otherwise; or `invoice`: the path has the number of one of its invoices.
    #[serde(default)]
    by: NamedBy,
}

/// The QuickBooks card of a job that was seen here.
#[utoipa::path(
    get,
    path = "/api/v1/companies/{company}/jobs/{job}",
    params(
        ("company" = String, Path, description = "The id of the company"),
        ("job" = String, Path, description = "The number of the job, or its id"),
        WhichCard
    ),
    responses((status = 200, description = "All that is known of it", body = Job))
)]
pub(crate) async fn job<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path((company, job)): Path<(String, String)>,
    Query(which): Query<WhichCard>,
) -> Result<Json<Job>, Problem> {
    let caller = office.caller(&user, &company).await?;
    let name = which.by.name(job)?;
    Ok(Json(office.card(&caller, &name).await?.into()))
}

/// What was done for a job that was seen here, the latest first.
#[utoipa::path(
    get,
    path = "/api/v1/companies/{company}/jobs/{job}/history",
    params(
        ("company" = String, Path, description = "The id of the company"),
        ("job" = String, Path, description = "The number of the job, or its id"),
        Paging
    ),
    responses((status = 200, description = "One page of it", body = Page<Done>))
)]
pub(crate) async fn history<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path((company, job)): Path<(String, String)>,
    Query(which): Query<Paging>,
) -> Result<Json<Page<Done>>, Problem> {
    let caller = office.caller(&user, &company).await?;
    let name = named(JobName::Job, job)?;
    let rows = office.history(&caller, &name, &which.rows()?).await?;
    Ok(Json(page(rows)))
}

/// What was done in QuickBooks and waits to be done in Housecall Pro too, the earliest first.
#[utoipa::path(
    get,
    path = "/api/v1/companies/{company}/inbox",
    params(("company" = String, Path, description = "The id of the company"), Paging),
    responses((status = 200, description = "One page of it", body = Page<Entry>))
)]
pub(crate) async fn inbox<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<Json<Page<Entry>>, Problem> {
    let caller = office.caller(&user, &company).await?;
    let entries = office.inbox(&caller).await?.entries.into_iter();
    let keyed = entries.map(|entry| {
        let id = format!("{}#{}", entry.job, entry.payment);
        (earliest_first(entry.since, &id), Entry::from(entry))
    });
    let mut sorted: Vec<_> = keyed.collect();
    sorted.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(Json(paging.of(sorted)?))
}
