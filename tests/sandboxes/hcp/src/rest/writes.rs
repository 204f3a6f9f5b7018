//! Writing notes and tags.

use serde_json::{Value, json};

use super::{
    errors::{bad_field, refused},
    jobs,
};
use crate::{
    Answer, Request,
    actions::{Desk, Refusal},
    ids::{JobId, NoteId, TagId},
    records::company::tag,
    shelf::When,
    state::State,
};

pub(super) fn add_note(state: &mut State, job: &str, request: &Request) -> Result<Answer, Answer> {
    let job = visible_job(state, job)?;
    let content = required_text(request, "content")?;
    let note = write(state, |desk| desk.add_note(&job, &content))?;
    Ok(Answer::json(
        201,
        &json!({ "id": note, "content": content }),
    ))
}

pub(super) fn remove_note(state: &mut State, job: &str, note: &str) -> Result<Answer, Answer> {
    let job = visible_job(state, job)?;
    write(state, |desk| desk.remove_note(&job, &NoteId::from(note)))?;
    Ok(Answer::empty(204))
}

pub(super) fn tag_job(state: &mut State, job: &str, request: &Request) -> Result<Answer, Answer> {
    let job = visible_job(state, job)?;
    let id = TagId::from(required_text(request, "tag_id")?);
    write(state, |desk| desk.add_tag(&job, &id))?;
    let record = state.company.tags.get(id.as_str(), When::Now).map(tag);
    Ok(Answer::json(201, &json!(record)))
}

pub(super) fn untag_job(state: &mut State, job: &str, id: &str) -> Result<Answer, Answer> {
    let job = visible_job(state, job)?;
    write(state, |desk| desk.remove_tag(&job, &TagId::from(id)))?;
    Ok(Answer::empty(204))
}

pub(super) fn create_tag(state: &mut State, request: &Request) -> Result<Answer, Answer> {
    let name = required_text(request, "name")?;
    let taken = state
        .company
        .tags
        .all(When::Now)
        .any(|tag| tag.name == name);
    if taken {
        return Err(bad_field("name", "has already been taken"));
    }
    let created = write(state, |desk| Ok(desk.create_tag(&name)))?;
    Ok(Answer::json(201, &tag(&created)))
}

/// Writes see the state as it is, whatever reads are told.
pub(super) fn visible_job(state: &State, id: &str) -> Result<JobId, Answer> {
    jobs::find(&state.records(When::Now), id).map(|job| job.id.clone())
}

/// Does what a caller may write.
pub(super) fn write<T>(
    state: &mut State,
    action: impl FnOnce(&mut Desk<'_>) -> Result<T, Refusal>,
) -> Result<T, Answer> {
    state.transact(action).map_err(|refusal| refused(&refusal))
}

/// A body that is no JSON counts as empty.
pub(super) fn body(request: &Request) -> Value {
    serde_json::from_slice(&request.body).unwrap_or_default()
}

fn required_text(request: &Request, name: &str) -> Result<String, Answer> {
    body(request)
        .get(name)
        .and_then(Value::as_str)
        .filter(|text| !text.trim().is_empty())
        .map(str::to_owned)
        .ok_or_else(|| bad_field(name, "can't be blank"))
}
