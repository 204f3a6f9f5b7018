use super::{lists, query::Query};
use crate::{
    http::Answer,
    records::{Records, company::tag},
};

/// Active employees.
pub(super) fn employees(records: &Records<'_>, query: &Query) -> Result<Answer, Answer> {
    let body = lists::list(query, "employees", &records.company.employees, |employee| {
        records.employee(employee)
    });
    Ok(Answer::json(200, &body))
}

pub(super) fn tags(records: &Records<'_>, query: &Query) -> Result<Answer, Answer> {
    let tags: Vec<_> = records.company.tags.all(records.when).collect();
    let body = lists::list(query, "tags", &tags, |known| tag(known));
    Ok(Answer::json(200, &body))
}
