use serde_json::{Value, json};

use super::{
    errors::{not_covered, not_found},
    lists::{self, sorted},
    query::Query,
};
use crate::{
    Answer,
    doubts::DeletedJobs,
    ids::JobId,
    records::{Form, Records, extend},
    work::Job,
};

/// What `sort_by` may be; the first is the default.
const SORTS: [&str; 3] = ["created_at", "updated_at", "scheduled_start"];

pub(super) fn list(records: &Records<'_>, query: &Query) -> Result<Answer, Answer> {
    let statuses = query.list("work_status");
    let employees = query.list("employee_ids");
    let starts = query.within("scheduled_start")?;
    let ends = query.within("scheduled_end")?;
    let expand = expanded(query)?;
    let found: Vec<&Job> = records
        .company
        .jobs
        .all(records.when)
        .filter(|job| is_shown(records, job))
        .filter(|job| {
            statuses
                .as_ref()
                .is_none_or(|wanted| wanted.contains(&job.status.filter_name()))
        })
        .filter(|job| {
            employees
                .as_ref()
                .is_none_or(|wanted| job.employees.iter().any(|id| wanted.contains(&id.as_str())))
        })
        .filter(|job| {
            query
                .text("customer_id")
                .is_none_or(|customer| customer == job.customer.as_str())
        })
        .filter(|job| {
            let schedule = job.schedule.as_ref();
            starts(schedule.map(|schedule| schedule.start))
                && ends(schedule.map(|schedule| schedule.end))
        })
        .collect();
    let direction = query.direction();
    let found = match query.sort_by(&SORTS)? {
        "updated_at" => sorted(found, direction, |job| Some(job.updated_at)),
        "scheduled_start" => sorted(found, direction, |job| {
            job.schedule.as_ref().map(|schedule| schedule.start)
        }),
        _ => sorted(found, direction, |job| Some(job.created_at)),
    };
    let body = lists::list(query, "jobs", &found, |job| row(records, job, &expand));
    Ok(Answer::json(200, &body))
}

pub(super) fn one(records: &Records<'_>, query: &Query, id: &str) -> Result<Answer, Answer> {
    let expand = expanded(query)?;
    Ok(Answer::json(
        200,
        &row(records, find(records, id)?, &expand),
    ))
}

pub(super) fn appointments(records: &Records<'_>, id: &str) -> Result<Answer, Answer> {
    let appointments = records.appointments(find(records, id)?);
    Ok(Answer::json(200, &json!({ "appointments": appointments })))
}

pub(super) fn line_items(records: &Records<'_>, id: &str) -> Result<Answer, Answer> {
    Ok(Answer::json(200, &records.line_items(find(records, id)?)))
}

/// The job of a path; a deleted one only where the settings still return it.
pub(super) fn find<'r>(records: &Records<'r>, id: &str) -> Result<&'r Job, Answer> {
    records
        .company
        .job(&JobId::from(id), records.when)
        .filter(|job| is_shown(records, job))
        .ok_or_else(|| not_found("job"))
}

fn is_shown(records: &Records<'_>, job: &Job) -> bool {
    job.deleted_at.is_none() || records.options.settings.deleted_jobs == DeletedJobs::StillReturned
}

/// Further keys that the caller wants.
fn expanded(query: &Query) -> Result<Vec<&str>, Answer> {
    let wanted = query.list("expand").unwrap_or_default();
    let known = ["attachments", "appointments"];
    match wanted.iter().find(|name| !known.contains(name)) {
        Some(name) => Err(not_covered(&format!("expand[]={name} on jobs"))),
        None => Ok(wanted),
    }
}

fn row(records: &Records<'_>, job: &Job, expand: &[&str]) -> Value {
    let mut record = records.job(job, Form::Rest);
    if expand.contains(&"appointments")
        && let Some(schedule) = record.get_mut("schedule")
    {
        // Without the wish the list is empty, not absent.
        extend(
            schedule,
            json!({ "appointments": records.appointments(job) }),
        );
    }
    if expand.contains(&"attachments")
        && let Value::Object(record) = &mut record
    {
        record.insert("attachments".to_owned(), json!([]));
    }
    record
}
