//! Writing the lines of a job.

use serde::Deserialize;
use serde_json::Value;

use super::{
    errors::{bad_field, not_found},
    writes::{body, visible_job, write},
};
use crate::{
    Answer, Request,
    actions::{Action, AdHoc, Desk, FromPriceBook, LineChanges, NewLine, Refusal},
    amounts::Hundredths,
    ids::{JobId, LineId},
    shelf::When,
    state::State,
    work::LineKind,
};

/// A line as a caller writes it; what it does not know is ignored, as Housecall Pro does.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct WrittenLine {
    id: Option<LineId>,
    name: Option<String>,
    description: Option<String>,
    unit_price: Option<i64>,
    unit_cost: Option<i64>,
    quantity: Option<Hundredths>,
    kind: Option<LineKind>,
    taxable: Option<bool>,
    service_item_id: Option<String>,
}

#[derive(Debug, Deserialize)]
struct BulkUpdate {
    line_items: Vec<WrittenLine>,
    #[serde(default)]
    append_line_items: bool,
}

impl WrittenLine {
    fn changes(&self) -> LineChanges {
        LineChanges {
            name: self.name.clone(),
            description: self.description.clone(),
            unit_price: self.unit_price,
            quantity: self.quantity,
            taxable: self.taxable,
        }
    }

    fn new_line(&self) -> Result<NewLine, Refusal> {
        let quantity = self.quantity.unwrap_or(Hundredths::ONE);
        if let Some(uuid) = &self.service_item_id {
            return Ok(NewLine::FromPriceBook(FromPriceBook {
                price_book: uuid.clone(),
                quantity,
                unit_price: self.unit_price,
            }));
        }
        let missing = |name| Refusal::NotAllowed(format!("{name} can't be blank"));
        Ok(NewLine::AdHoc(AdHoc {
            kind: self.kind.unwrap_or(LineKind::Labor),
            name: self.name.clone().ok_or_else(|| missing("name"))?,
            description: self.description.clone().unwrap_or_default(),
            unit_price: self.unit_price.ok_or_else(|| missing("unit_price"))?,
            quantity,
            unit_cost: self.unit_cost.unwrap_or_default(),
            taxable: self.taxable.unwrap_or_default(),
        }))
    }

    /// A line of the price book may be given other words at once.
    fn add(&self, desk: &mut Desk<'_>, job: &JobId) -> Result<LineId, Refusal> {
        let line = self.new_line()?;
        let from_book = matches!(line, NewLine::FromPriceBook(_));
        let job = job.clone();
        let id = LineId::from(desk.act(Action::AddLine {
            job: job.clone(),
            line,
        })?);
        if from_book && (self.name.is_some() || self.description.is_some()) {
            let line = id.clone();
            let changes = self.changes();
            desk.act(Action::EditLine { job, line, changes })?;
        }
        Ok(id)
    }
}

pub(super) fn add(state: &mut State, job: &str, request: &Request) -> Result<Answer, Answer> {
    let job = visible_job(state, job)?;
    let line: WrittenLine = read(request)?;
    let id = write(state, |desk| line.add(desk, &job))?;
    Ok(Answer::json(201, &line_record(state, &job, &id)?))
}

pub(super) fn edit(
    state: &mut State,
    job: &str,
    line: &str,
    request: &Request,
) -> Result<Answer, Answer> {
    let job = visible_job(state, job)?;
    let changes = read::<WrittenLine>(request)?.changes();
    let id = LineId::from(line);
    let action = Action::EditLine {
        job: job.clone(),
        line: id.clone(),
        changes,
    };
    write(state, |desk| desk.act(action))?;
    Ok(Answer::json(200, &line_record(state, &job, &id)?))
}

pub(super) fn remove(state: &mut State, job: &str, line: &str) -> Result<Answer, Answer> {
    let job = visible_job(state, job)?;
    let line = LineId::from(line);
    write(state, |desk| desk.act(Action::RemoveLine { job, line }))?;
    Ok(Answer::empty(204))
}

/// Lines with an id are edited, others added; lines that are left out are removed, unless
/// `append_line_items` is set.
pub(super) fn bulk_update(
    state: &mut State,
    job: &str,
    request: &Request,
) -> Result<Answer, Answer> {
    let job = visible_job(state, job)?;
    let update: BulkUpdate = read(request)?;
    let present: Vec<LineId> = state
        .company
        .job(&job, When::Now)
        .map(|job| job.lines.iter().map(|line| line.id.clone()).collect())
        .unwrap_or_default();
    write(state, |desk| {
        for line in &update.line_items {
            match &line.id {
                Some(id) => {
                    let (job, line, changes) = (job.clone(), id.clone(), line.changes());
                    desk.act(Action::EditLine { job, line, changes })?;
                }
                None => {
                    line.add(desk, &job)?;
                }
            }
        }
        let kept = |id: &LineId| update.line_items.iter().any(|l| l.id.as_ref() == Some(id));
        if !update.append_line_items {
            for line in present.iter().filter(|id| !kept(id)) {
                let (job, line) = (job.clone(), line.clone());
                desk.act(Action::RemoveLine { job, line })?;
            }
        }
        Ok(())
    })?;
    let records = state.records(When::Now);
    let job = super::jobs::find(&records, job.as_str())?;
    Ok(Answer::json(200, &records.line_items(job)))
}

fn read<T: for<'de> Deserialize<'de>>(request: &Request) -> Result<T, Answer> {
    serde_json::from_value(body(request))
        .map_err(|error| bad_field("line_items", &error.to_string()))
}

fn line_record(state: &State, job: &JobId, line: &LineId) -> Result<Value, Answer> {
    let records = state.records(When::Now);
    let list = records.line_items(super::jobs::find(&records, job.as_str())?);
    list.get("data")
        .and_then(Value::as_array)
        .and_then(|lines| lines.iter().find(|found| found["id"] == line.as_str()))
        .cloned()
        .ok_or_else(|| not_found("line item"))
}
