//! What was asked for and takes a while: it is waited for, and what became of it is told.

use std::time::Duration;

use adapters::SystemClock;
use clap::Args;
use ports::Clock;
use serde::Deserialize;
use store::JobState;

use crate::{
    alerts::{Alert, lines},
    client::{Answer, Office, sentence},
    failure::Failure,
    say,
    table::one_line,
    terminal::Spinner,
};

/// How long something is waited for.
#[derive(Args, Clone, Debug)]
pub(crate) struct Waiting {
    /// Waits at most so many seconds; it goes on by itself in any case. 0: not at all.
    #[arg(long = "wait", value_name = "SECONDS", default_value_t = 600)]
    seconds: u64,
}

/// That something was taken.
#[derive(Debug, Deserialize)]
pub(crate) struct Taken {
    id: String,
}

/// How far something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Progress {
    Waiting,
    Done,
    Declined,
    NeedsYou,
}

/// What became of one thing that was asked for.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct One {
    /// As it was named.
    name: Option<String>,
    job_number: Option<String>,
    progress: Progress,
    reason: Option<String>,
    state: Option<JobState>,
    alerts: Vec<Alert>,
}

#[derive(Deserialize)]
struct Outcome {
    items: Vec<One>,
}

#[derive(Deserialize)]
struct Assigned {
    items: Vec<AssignedOne>,
}

/// What became of one thing that was said of an item, a line or a customer.
#[derive(Deserialize)]
struct AssignedOne {
    progress: Progress,
    words: Option<String>,
}

/// What became of one request.
#[derive(Debug)]
pub(crate) struct Ended {
    items: Vec<One>,
    /// The answer as it came.
    raw: String,
}

impl Ended {
    /// Something that was not even taken.
    pub(crate) fn declined(name: String, words: String) -> Self {
        let raw = String::new();
        let items = vec![One {
            name: Some(name),
            job_number: None,
            progress: Progress::Declined,
            reason: Some(words),
            state: None,
            alerts: Vec::new(),
        }];
        Self { items, raw }
    }
}

/// Waits for the end of a push.
pub(crate) async fn pushed(
    office: &mut Office,
    taken: &Taken,
    waiting: &Waiting,
) -> Result<Ended, Failure> {
    let path = format!("pushes/{}", taken.id);
    let read = |answer: &Answer| Ok(answer.read::<Outcome>()?.items);
    ended(office, &path, waiting, read).await
}

/// Waits for the end of a look at QuickBooks.
pub(crate) async fn pulled(
    office: &mut Office,
    taken: &Taken,
    waiting: &Waiting,
) -> Result<Ended, Failure> {
    let path = format!("pulls/{}", taken.id);
    let read = |answer: &Answer| {
        let mut items = answer.read::<Outcome>()?.items;
        for one in items.iter_mut().filter(|one| one.name.is_none()) {
            one.name = Some("QuickBooks".to_owned());
        }
        Ok(items)
    };
    ended(office, &path, waiting, read).await
}

/// Waits until what was said of items, lines or customers is entered: each is told by what it was called.
pub(crate) async fn assigned(
    office: &mut Office,
    taken: &Taken,
    called: &[String],
    waiting: &Waiting,
) -> Result<Ended, Failure> {
    let path = format!("assignments/{}", taken.id);
    let read = |answer: &Answer| {
        let items = answer.read::<Assigned>()?.items.into_iter();
        let named = items.zip(called).map(|(one, name)| One {
            name: Some(name.clone()),
            job_number: None,
            progress: one.progress,
            reason: one.words,
            state: None,
            alerts: Vec::new(),
        });
        Ok(named.collect())
    };
    ended(office, &path, waiting, read).await
}

/// Waits for the end of what was chosen about an alert.
pub(crate) async fn resolution(
    office: &mut Office,
    taken: &Taken,
    waiting: &Waiting,
) -> Result<Ended, Failure> {
    let path = format!("resolutions/{}", taken.id);
    ended(office, &path, waiting, |answer| Ok(vec![answer.read()?])).await
}

/// How soon it is asked again: often at first, since most is done within seconds.
fn pause(waited: Duration) -> Duration {
    match waited.as_secs() {
        0..10 => Duration::from_secs(1),
        10..60 => Duration::from_secs(3),
        _ => Duration::from_secs(10),
    }
}

async fn ended(
    office: &mut Office,
    path: &str,
    waiting: &Waiting,
    read: impl Fn(&Answer) -> Result<Vec<One>, Failure>,
) -> Result<Ended, Failure> {
    let clock = SystemClock::new();
    let mut spinner = Spinner::new();
    loop {
        let answer = office.get(path).await?;
        let items = read(&answer)?;
        let waits: Vec<&One> = items
            .iter()
            .filter(|one| one.progress == Progress::Waiting)
            .collect();
        let waited = clock.monotonic();
        if waits.is_empty() || waited.as_secs() >= waiting.seconds {
            let raw = answer.text();
            return Ok(Ended { items, raw });
        }
        let why = waits.iter().find_map(|one| one.reason.as_deref());
        let why = why.map(|why| format!(": {}", one_line(why.to_owned())));
        let what = format!(
            "{} of {} under way{}",
            waits.len(),
            items.len(),
            why.unwrap_or_default()
        );
        spinner.wait(pause(waited), &what).await;
    }
}

/// Tells what became of it; a failure where not all of it is done.
pub(crate) fn report(office: &Office, all: &[Ended], json: bool) -> Result<(), Failure> {
    let items: Vec<&One> = all.iter().flat_map(|ended| &ended.items).collect();
    if json {
        let raw = all.iter().filter(|ended| !ended.raw.is_empty());
        let raw: String = raw.map(|ended| format!("{}\n", ended.raw)).collect();
        say(&raw)?;
    } else {
        let zone = office.company().zone();
        let told: String = items.iter().map(|one| told(one, &zone)).collect();
        say(&told)?;
    }
    verdict(&items)
}

fn told(one: &One, zone: &jiff::tz::TimeZone) -> String {
    let number = one.job_number.as_ref();
    let name = number.map(|number| format!("job {number}"));
    let name = name.or_else(|| one.name.clone());
    let name = one_line(name.unwrap_or_else(|| "it".to_owned()));
    let reason = one.reason.clone().map(one_line);
    match one.progress {
        Progress::Done => {
            let words = match (one.state, reason) {
                (Some(state), _) => office::words::state(state).to_owned(),
                (None, Some(words)) if !words.is_empty() => words,
                (None, _) => "done".to_owned(),
            };
            format!("{}\n", sentence(&format!("{name}: {words}")))
        }
        Progress::Declined => {
            let reason = reason.unwrap_or_else(|| "it cannot be had".to_owned());
            format!("{}\n", sentence(&format!("{name}: {}", reason)))
        }
        Progress::Waiting => {
            let why = reason.map(|reason| format!(" ({reason})"));
            let words = format!("{name}: still under way{}", why.unwrap_or_default());
            format!("{}\n", sentence(&words))
        }
        Progress::NeedsYou => {
            let alerts: String = one.alerts.iter().map(|alert| lines(alert, zone)).collect();
            format!("{}\n{alerts}", sentence(&format!("{name}: needs you")))
        }
    }
}

/// All is done, or what is not ends the command: something cannot be had, or waits for a person; or it is only not done yet.
fn verdict(items: &[&One]) -> Result<(), Failure> {
    let count = |progress| items.iter().filter(|one| one.progress == progress).count();
    let all = items.len();
    let (declined, needs) = (count(Progress::Declined), count(Progress::NeedsYou));
    let waiting = count(Progress::Waiting);
    match (declined + needs, waiting) {
        (0, 0) => Ok(()),
        (0, waiting) => Err(Failure::Failed(format!(
            "{waiting} of {all} still under way. It goes on by itself; hcpqbo status tells what waits."
        ))),
        (stuck, _) => Err(Failure::Declined(match needs {
            0 => format!("{stuck} of {all} cannot be had as asked for; why stands above."),
            _ => format!(
                "{stuck} of {all} not done: hcpqbo alerts show, with the letters above, shows what can be done."
            ),
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(value: serde_json::Value) -> One {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn what_became_of_it_is_told_one_by_one_and_once_for_all() {
        let zone = jiff::tz::TimeZone::UTC;
        let alert = serde_json::json!({
            "id": "am9iXzEjbmFtZV90YWtlbg", "kind": "no_lines", "open": true, "count": 1,
            "message": "There is no line on job 105.", "resolution": "Add one.",
            "job_number": "105", "last_at": "2026-07-25T13:00:00Z",
        });
        let done = one(serde_json::json!({
            "name": "104", "job_number": "104", "progress": "done", "state": "synced", "alerts": [],
        }));
        let customer =
            one(serde_json::json!({ "name": "Dana Sample", "progress": "done", "alerts": [] }));
        let typo = one(serde_json::json!({
            "name": "9104", "progress": "declined", "reason": "no job has the number 9104", "alerts": [],
        }));
        let waits = one(serde_json::json!({
            "name": "106", "progress": "waiting", "reason": "the limit of calls", "alerts": [],
        }));
        let needs = one(serde_json::json!({
            "name": "105", "job_number": "105", "progress": "needs_you", "alerts": [alert],
        }));
        let all = [&done, &customer, &typo, &waits, &needs];
        let text: String = all.iter().map(|one| told(one, &zone)).collect();
        let verdicts = [&all[..2], &all[2..3], &all[3..4], &all[..]];
        let verdicts = verdicts.map(|items| format!("{:?}", verdict(items)));
        insta::assert_snapshot!(format!("{text}\n{}", verdicts.join("\n")), @r#"
        Job 104: in QuickBooks.
        Dana Sample: done.
        9104: no job has the number 9104.
        106: still under way (the limit of calls).
        Job 105: needs you.
        hjkrgf  2026-07-25 13:00:00 UTC  no_lines  job 105
                There is no line on job 105.
                To do: Add one.

        Ok(())
        Err(Declined("1 of 1 cannot be had as asked for; why stands above."))
        Err(Failed("1 of 1 still under way. It goes on by itself; hcpqbo status tells what waits."))
        Err(Declined("2 of 5 not done: hcpqbo alerts show, with the letters above, shows what can be done."))
        "#);
    }

    #[test]
    fn it_is_asked_often_at_first_and_seldom_later() {
        let seconds = [0, 9, 10, 59, 60, 599];
        let pauses = seconds.map(|waited| pause(Duration::from_secs(waited)).as_secs());
        assert_eq!(pauses, [1, 1, 3, 3, 10, 10]);
    }
}
