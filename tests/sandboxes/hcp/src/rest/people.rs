use super::{
    errors::not_found_text,
    lists::{self, sorted},
    query::Query,
};
use crate::{
    Answer,
    records::{Form, Records, company::tag},
};

/// Active employees.
pub(super) fn employees(records: &Records<'_>, query: &Query) -> Result<Answer, Answer> {
    let employees = records.company.employees.all(records.when);
    let active: Vec<_> = employees.filter(|employee| employee.active).collect();
    let body = lists::list(query, "employees", &active, |employee| {
        records.employee(employee)
    });
    Ok(Answer::json(200, &body))
}

pub(super) fn tags(records: &Records<'_>, query: &Query) -> Result<Answer, Answer> {
    let tags: Vec<_> = records.company.tags.all(records.when).collect();
    let body = lists::list(query, "tags", &tags, |known| tag(known));
    Ok(Answer::json(200, &body))
}

pub(super) fn estimates(records: &Records<'_>, query: &Query) -> Result<Answer, Answer> {
    let estimates: Vec<_> = records.company.estimates.all(records.when).collect();
    let estimates = match query.sort_by(&["created_at", "updated_at"])? {
        "updated_at" => sorted(estimates, query.direction(), |estimate| estimate.updated_at),
        _ => sorted(estimates, query.direction(), |estimate| estimate.created_at),
    };
    let body = lists::list(query, "estimates", &estimates, |estimate| {
        records.estimate(estimate, Form::Rest)
    });
    Ok(Answer::json(200, &body))
}

/// Only partners come here: company keys are refused before.
pub(super) fn estimate(records: &Records<'_>, id: &str) -> Result<Answer, Answer> {
    records
        .company
        .estimates
        .get(id, records.when)
        .map(|estimate| Answer::json(200, &records.estimate(estimate, Form::Rest)))
        .ok_or_else(|| not_found_text("Estimate"))
}
