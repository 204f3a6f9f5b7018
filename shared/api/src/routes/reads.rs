use std::sync::Arc;

use axum::{Json, extract::State};
use jiff::civil::Date;
use office::{AlertsBy, Days, JobsBy, Office};
use serde::Deserialize;
use sync::{World, job::find::JobName};
use utoipa::IntoParams;

use crate::{
    event::SignedIn,
    extract::{Path, Query},
    page::{Page, Paging, earliest_first, page, paging},
    problem::Problem,
    views::{Alert, Company, Entry, Job, JobLine, named},
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

/// Which alerts, and which page of them.
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
    /// So many at most: 50, unless told otherwise.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
    /// The `next` of the page before; without it, the first one.
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

/// What wants somebody: the alerts, the latest first.
#[utoipa::path(
    get,
    path = "/api/v1/companies/{company}/alerts",
    params(("company" = String, Path, description = "The id of the company"), WhichAlerts),
    responses((status = 200, description = "One page of them", body = Page<Alert>))
)]
pub(crate) async fn alerts<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    Query(which): Query<WhichAlerts>,
) -> Result<Json<Page<Alert>>, Problem> {
    let caller = office.caller(&user, &company).await?;
    let by = match (which.kind, which.customer) {
        (None, None) => AlertsBy::Time,
        (Some(kind), None) => AlertsBy::Type(name(kind)?),
        (None, Some(customer)) => AlertsBy::Customer(name(customer)?),
        (Some(_), Some(_)) => {
            return Err(Problem::unusable(
                "Choose alerts by their type or by a customer.",
            ));
        }
    };
    let paging = paging(which.limit, which.cursor)?;
    let open = which.open.unwrap_or(true);
    Ok(Json(page(
        office.alerts(&caller, open, &by, &paging).await?,
    )))
}

/// What a list is searched by.
fn name(text: String) -> Result<String, Problem> {
    match (1..=100).contains(&text.chars().count()) && !text.contains(char::is_control) {
        true => Ok(text),
        false => Err(Problem::unusable(
            "What is looked for has 1 to 100 characters.",
        )),
    }
}

/// Which jobs, and which page of them.
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
    /// So many at most: 50, unless told otherwise.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
    /// The `next` of the page before; without it, the first one.
    #[param(max_length = 2000)]
    cursor: Option<String>,
}

impl WhichJobs {
    fn by(&self) -> Result<JobsBy, Problem> {
        let date = |text: &Option<String>| {
            let read = text.as_ref().map(|text| text.parse::<Date>()).transpose();
            read.map_err(|_| Problem::unusable("A day is told like 2026-07-24."))
        };
        let days = Days {
            from: date(&self.from)?,
            to: date(&self.to)?,
        };
        let dated = days != Days::default();
        match (&self.state, &self.customer, self.by_number.unwrap_or(false)) {
            (None, None, false) => Ok(JobsBy::Date(days)),
            (Some(state), None, false) => {
                let state = serde_json::from_value(state.as_str().into());
                let state = state.map_err(|_| Problem::unusable("There is no such state."))?;
                Ok(JobsBy::State(state, days))
            }
            (None, Some(customer), false) if !dated => {
                Ok(JobsBy::Customer(name(customer.clone())?))
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
    params(("company" = String, Path, description = "The id of the company"), WhichJobs),
    responses((status = 200, description = "One page of them", body = Page<JobLine>))
)]
pub(crate) async fn jobs<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    Query(which): Query<WhichJobs>,
) -> Result<Json<Page<JobLine>>, Problem> {
    let caller = office.caller(&user, &company).await?;
    let by = which.by()?;
    let paging = paging(which.limit, which.cursor)?;
    Ok(Json(page(office.seen_jobs(&caller, &by, &paging).await?)))
}

/// How a job stands that was seen here, by its number or its id.
#[utoipa::path(
    get,
    path = "/api/v1/companies/{company}/jobs/{job}",
    params(
        ("company" = String, Path, description = "The id of the company"),
        ("job" = String, Path, description = "The number of the job, or its id")
    ),
    responses((status = 200, description = "How it stands", body = Job))
)]
pub(crate) async fn job<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path((company, job)): Path<(String, String)>,
) -> Result<Json<Job>, Problem> {
    let caller = office.caller(&user, &company).await?;
    let name = named(JobName::Job, job)?;
    let (id, status) = office.job(&caller, &name).await?;
    Ok(Json(Job::new(&id, status)))
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
