use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header::ETAG},
    response::{IntoResponse, Response},
    routing::{get, patch},
};
use office::{Office, PeopleView, UserId};
use ports::Directory;
use sync::World;

use crate::{
    event::SignedIn,
    extract::{Input, Key, Path, Query, Seen},
    once::once,
    page::Paging,
    problem::{Problem, no_route},
    routes::COMPANY,
    views::{NewPerson, NewRole, Person},
};

type Desk<W, D> = State<(Arc<Office<W>>, Arc<D>)>;

/// Those that need the directory of who can sign in too.
pub(crate) fn all<W: World, D: Directory + 'static>(
    office: Arc<Office<W>>,
    directory: Arc<D>,
) -> Router {
    Router::new()
        .route(
            &format!("{COMPANY}/people"),
            get(people::<W, D>).post(invite::<W, D>),
        )
        .route(
            &format!("{COMPANY}/people/{{person}}"),
            patch(change_role::<W, D>).delete(remove::<W, D>),
        )
        .with_state((office, directory))
}

/// Who may use the company.
#[utoipa::path(
    get,
    path = "/api/v1/companies/{company}/people",
    params(("company" = String, Path, description = "The id of the company"), Paging),
    responses((status = 200, description = "One page of them, by their ids", body = crate::page::Page<Person>,
        headers(("ETag" = String, description = "What a change is made on top of"))))
)]
pub(crate) async fn people<W: World, D: Directory + 'static>(
    State((office, _)): Desk<W, D>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<Response, Problem> {
    let caller = office.caller(&user, &company).await?;
    shown(office.people(&caller).await?, &paging)
}

/// Makes somebody one of the people of the company. Who cannot sign in yet gets a mail that tells how to.
#[utoipa::path(
    post,
    path = "/api/v1/companies/{company}/people",
    params(("company" = String, Path, description = "The id of the company")),
    request_body = NewPerson,
    responses((status = 201, description = "The new one", body = Person))
)]
pub(crate) async fn invite<W: World, D: Directory + 'static>(
    State((office, directory)): Desk<W, D>,
    SignedIn(user): SignedIn,
    Path(company): Path<String>,
    key: Key,
    input: Input<NewPerson>,
) -> Result<Response, Problem> {
    let caller = office.caller(&user, &company).await?;
    let NewPerson { mail, role } = input.value;
    once(&office, &caller, ("people", key), &input.raw, async |_| {
        let invited = office
            .invite(&caller, &*directory, &mail, role.into())
            .await?;
        Ok((StatusCode::CREATED, Person::from(invited)))
    })
    .await
}

/// Changes what somebody may do, where the people are those that you saw.
#[utoipa::path(
    patch,
    path = "/api/v1/companies/{company}/people/{person}",
    params(
        ("company" = String, Path, description = "The id of the company"),
        ("person" = String, Path, description = "Their id")
    ),
    request_body = NewRole,
    responses((status = 200, description = "The first page of the people, as they are then", body = crate::page::Page<Person>,
        headers(("ETag" = String, description = "What the next change is made on top of"))))
)]
pub(crate) async fn change_role<W: World, D: Directory + 'static>(
    State((office, _)): Desk<W, D>,
    SignedIn(user): SignedIn,
    Path((company, person)): Path<(String, String)>,
    seen: Seen,
    input: Input<NewRole>,
) -> Result<Response, Problem> {
    let caller = office.caller(&user, &company).await?;
    let person = UserId::parse(&person).map_err(|_| no_route())?;
    let (role, seen) = (input.value.role.into(), version(&seen)?);
    let changed = office.change_role(&caller, &person, role, seen).await;
    let changed = changed.map_err(Problem::of_precondition)?;
    shown(changed, &Paging::default())
}

/// Takes somebody off the people of the company, where these are those that you saw. It ends at once what they may do there.
#[utoipa::path(
    delete,
    path = "/api/v1/companies/{company}/people/{person}",
    params(
        ("company" = String, Path, description = "The id of the company"),
        ("person" = String, Path, description = "Their id")
    ),
    responses((status = 204, description = "They are none of its people any more"))
)]
pub(crate) async fn remove<W: World, D: Directory + 'static>(
    State((office, _)): Desk<W, D>,
    SignedIn(user): SignedIn,
    Path((company, person)): Path<(String, String)>,
    seen: Seen,
) -> Result<StatusCode, Problem> {
    let caller = office.caller(&user, &company).await?;
    let person = UserId::parse(&person).map_err(|_| no_route())?;
    let removed = office
        .remove_person(&caller, &person, version(&seen)?)
        .await;
    removed.map_err(Problem::of_precondition)?;
    Ok(StatusCode::NO_CONTENT)
}

fn shown(view: PeopleView, paging: &Paging) -> Result<Response, Problem> {
    let tag = format!("\"{}\"", view.version);
    let people = view.people.into_iter();
    let keyed = people.map(|one| (one.user.to_string(), Person::from(one)));
    Ok(([(ETAG, tag)], Json(paging.of(keyed)?)).into_response())
}

/// The version of the list that was seen. A tag that is none of ours is of no version that there is.
fn version(Seen(seen): &Seen) -> Result<Option<u64>, Problem> {
    let Some(seen) = seen else { return Ok(None) };
    let told = seen
        .strip_prefix('"')
        .and_then(|seen| seen.strip_suffix('"'));
    let told = told.and_then(|told| told.parse().ok());
    told.map(Some).ok_or_else(|| {
        let words = "That is no ETag that was given out here: look at the people first.";
        Problem::new(StatusCode::PRECONDITION_FAILED, words)
    })
}
