//! The controls below `/_sandbox/` that every sandbox has.
//!
//! | call | does |
//! | --- | --- |
//! | `GET clock`, `POST clock` `{"advance_seconds":3600}` or `{"to":"2026-04-01T00:00:00Z"}` | tells and moves the time |
//! | `POST faults` | a [`Fault`] or an array of them; answers how many wait |
//! | `GET faults`, `DELETE faults` | how many wait, and how often each has come; takes back what waits |
//! | `POST seed` `{"seed":7}` | starts the row of chances again |

use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use crate::{Answer, Clock, Fault, Faults, OwnFault, Request};

/// How the hands go.
#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Move {
    By { advance_seconds: u64 },
    To { to: Timestamp },
}

/// Where the row of chances starts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seed {
    seed: u64,
}

/// Answers the controls that every sandbox has; `None` for all others.
pub fn answer<O: OwnFault>(
    request: &Request,
    clock: &Clock,
    faults: &mut Faults<O>,
) -> Option<Answer> {
    let control = request.path().strip_prefix("/_sandbox/")?;
    let answer = match (request.method.as_str(), control) {
        ("GET", "clock") => Ok(told(clock)),
        ("POST", "clock") => request.order().and_then(|order| turn(clock, &order)),
        ("GET", "faults") => Ok(Answer::json(
            200,
            &json!({ "waiting": faults.waiting(), "met": faults.met() }),
        )),
        ("POST", "faults") => request.json().and_then(|order| {
            let ordered =
                Fault::read(order).map_err(|error| Answer::refused(400, &error.to_string()))?;
            ordered.into_iter().for_each(|fault| faults.add(fault));
            Ok(waiting(faults))
        }),
        ("DELETE", "faults") => {
            faults.clear();
            Ok(waiting(faults))
        }
        ("POST", "seed") => request.order().map(|Seed { seed }| {
            faults.seed(seed);
            waiting(faults)
        }),
        _ => return None,
    };
    Some(answer.unwrap_or_else(|refusal| refusal))
}

fn turn(clock: &Clock, order: &Move) -> Result<Answer, Answer> {
    match order {
        Move::By { advance_seconds } => clock.advance(Duration::from_secs(*advance_seconds)),
        Move::To { to } => clock.set(*to),
    }
    .map_err(|refusal| Answer::refused(422, &refusal.to_string()))?;
    Ok(told(clock))
}

fn told(clock: &Clock) -> Answer {
    Answer::json(200, &json!({ "now": clock.now() }))
}

fn waiting<O: OwnFault>(faults: &Faults<O>) -> Answer {
    Answer::json(200, &json!({ "waiting": faults.waiting() }))
}
