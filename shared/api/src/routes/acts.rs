use std::sync::Arc;

use axum::{extract::State, http::StatusCode, response::Response};
use hcp::JobId;
use money::Cents;
use office::Office;
use sync::{World, job::find::JobName};

use crate::{
    event::SignedIn,
    extract::{Input, Key, Path},
    once::once,
    problem::Problem,
    views::{
        Accepted, DecidedAbout, Decision, Dismissal, Entry, NewDecision, Taken, Tick, WhichJob,
        named,
    },
};

/// Ticks an entry of the inbox off, since it was done in Housecall Pro; or takes the tick back.
#[utoipa::path(
    post,
    path = "/api/v1/companies/{company}/inbox/ticks",
    params(("company" = String, Path, description = "The id of the company")),
    request_body = Tick,
    responses((status = 200, description = "The entry", body = Entry))
)]
pub(crate) async fn tick<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    key: Key,
    input: Input<Tick>,
) -> Result<Response, Problem> {
    let caller = office.caller(&user, &company).await?;
    let Tick {
        job,
        reference,
        done,
    } = input.value;
    let job = JobId::parse(&job);
    let job = job.map_err(|error| Problem::unusable(error.to_string()))?;
    once(&office, &caller, ("ticks", key), &input.raw, async |_| {
        let entry = office.tick(&caller, &job, &reference, done).await?;
        Ok((StatusCode::OK, Entry::from(entry)))
    })
    .await
}

/// Has QuickBooks looked at now, for one job or for all that changed.
#[utoipa::path(
    post,
    path = "/api/v1/companies/{company}/pulls",
    params(("company" = String, Path, description = "The id of the company")),
    request_body = WhichJob,
    responses((status = 202, description = "It is looked at now", body = Taken))
)]
pub(crate) async fn pull<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    key: Key,
    input: Input<WhichJob>,
) -> Result<Response, Problem> {
    let caller = office.caller(&user, &company).await?;
    let name = input.value.name()?;
    once(&office, &caller, ("pulls", key), &input.raw, async |id| {
        office.pull(&caller, id, name.as_ref()).await?;
        let taken = Taken {
            id: id.to_string(),
            outcome: format!("/api/v1/companies/{}/pulls/{id}", caller.company()),
        };
        Ok((StatusCode::ACCEPTED, taken))
    })
    .await
}

/// Decides about a payment or a refund that an open alert of the job asks about.
#[utoipa::path(
    post,
    path = "/api/v1/companies/{company}/decisions",
    params(("company" = String, Path, description = "The id of the company")),
    request_body = NewDecision,
    responses((status = 200, description = "What was decided about; the job is pushed now", body = DecidedAbout))
)]
pub(crate) async fn decide<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    key: Key,
    input: Input<NewDecision>,
) -> Result<Response, Problem> {
    let caller = office.caller(&user, &company).await?;
    let NewDecision { job, id, decision } = input.value;
    let name = named(JobName::Job, job)?;
    let decision = match decision {
        Decision::Same => mapping::payment::Decision::Same,
        Decision::Separate => mapping::payment::Decision::Separate,
    };
    once(
        &office,
        &caller,
        ("decisions", key),
        &input.raw,
        async |_| {
            let decided = office
                .decide(&caller, &name, id.as_deref(), decision)
                .await?;
            let told = DecidedAbout {
                what: decided.what.to_owned(),
                id: decided.id,
                amount: decided.amount.map(|cents| cents.to_string()),
            };
            Ok((StatusCode::OK, told))
        },
    )
    .await
}

/// Accepts that both books differ by so much, as an open alert of the job tells it.
#[utoipa::path(
    post,
    path = "/api/v1/companies/{company}/dismissals",
    params(("company" = String, Path, description = "The id of the company")),
    request_body = Dismissal,
    responses((status = 200, description = "What was accepted; it is told no more unless it changes", body = Accepted))
)]
pub(crate) async fn dismiss<W: World>(
    State(office): State<Arc<Office<W>>>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    key: Key,
    input: Input<Dismissal>,
) -> Result<Response, Problem> {
    let caller = office.caller(&user, &company).await?;
    let Dismissal {
        job,
        difference,
        reason,
    } = input.value;
    let name = named(JobName::Job, job)?;
    let difference: Cents = difference
        .parse()
        .map_err(|_| Problem::unusable("The difference is an amount like 12.50."))?;
    once(
        &office,
        &caller,
        ("dismissals", key),
        &input.raw,
        async |_| {
            let message = office.dismiss(&caller, &name, difference, &reason).await?;
            Ok((StatusCode::OK, Accepted { message }))
        },
    )
    .await
}
