//! The alert that somebody means.

use serde::Deserialize;

use super::{
    Alert,
    handle::{handle, is_handle, is_named},
};
use crate::{
    client::{Office, part},
    failure::Failure,
    lists,
};

/// What of a job's card is looked at.
#[derive(Deserialize)]
struct Card {
    alerts: Vec<Alert>,
}

/// The id of the alert that was named by its letters, its id, or the number of its job.
pub(super) async fn find(
    office: &mut Office,
    typed: &str,
    kind: Option<&str>,
    may_be_closed: bool,
) -> Result<String, Failure> {
    let typed = typed.trim();
    if !is_handle(typed) && typed.len() < LONGEST_NUMBER {
        let path = format!("jobs/{}", part(typed.trim_start_matches('#')));
        let card = match office.get(&path).await {
            Ok(card) => card,
            // Service plans have no job.
            Err(no_job @ Failure::Declined(_)) => {
                let of_invoice = format!("jobs/{}?by=invoice", part(typed));
                office.get(&of_invoice).await.map_err(|_| no_job)?
            }
            Err(failed) => return Err(failed),
        };
        let card: Card = card.read()?;
        return the_only(typed, kind, &card.alerts);
    }
    for open in [true, false] {
        if !open && !may_be_closed {
            break;
        }
        let by = [("open", Some(open.to_string()))];
        let all: Vec<Alert> = lists::whole(office, "alerts", &by).await?;
        if let Some(id) = named(typed, all)? {
            return Ok(id);
        }
    }
    let words = format!("No alert is named {typed}: hcpqbo alerts lists those that are open.");
    Err(Failure::Declined(words))
}

/// Ids of alerts are longer than any number that people know.
const LONGEST_NUMBER: usize = 40;

fn named(typed: &str, all: Vec<Alert>) -> Result<Option<String>, Failure> {
    let mut found = all.into_iter().filter(|alert| is_named(&alert.id, typed));
    match (found.next(), found.next()) {
        (None, _) => Ok(None),
        (Some(only), None) => Ok(Some(only.id)),
        (Some(one), Some(other)) => {
            let words = format!(
                "More than one alert is named {typed}: name it by its id ({}, {}).",
                one.id, other.id
            );
            Err(Failure::Declined(words))
        }
    }
}

/// The only open alert of a job.
fn the_only(job: &str, kind: Option<&str>, alerts: &[Alert]) -> Result<String, Failure> {
    let wanted = |alert: &&Alert| alert.open && kind.is_none_or(|kind| alert.kind == kind);
    let found: Vec<&Alert> = alerts.iter().filter(wanted).collect();
    match found.as_slice() {
        [only] => Ok(only.id.clone()),
        [] => {
            let of = kind.map(|kind| format!(" of the type {kind}"));
            let words = format!("No open alert{} is about {job}.", of.unwrap_or_default());
            Err(Failure::Declined(words))
        }
        several => {
            let several: Vec<String> = several
                .iter()
                .map(|alert| format!("{} ({})", handle(&alert.id), alert.kind))
                .collect();
            let words = format!(
                "Several alerts are about {job}: name one by its letters, or its type with --type: {}.",
                several.join(", ")
            );
            Err(Failure::Declined(words))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert(id: &str, kind: &str, open: bool) -> Alert {
        Alert {
            id: id.to_owned(),
            kind: kind.to_owned(),
            message: String::new(),
            resolution: String::new(),
            job_number: Some("104".to_owned()),
            count: 1,
            last_at: "2026-07-24T13:00:00Z".parse().unwrap(),
            open,
        }
    }

    #[test]
    fn a_job_names_its_alert_where_there_is_one_only() {
        let all = [
            alert("a", "name_taken", true),
            alert("b", "total_mismatch", true),
            alert("c", "number_taken", false),
        ];
        let told = |all: &[Alert], kind| match the_only("104", kind, all) {
            Ok(id) => id,
            Err(failure) => failure.to_string(),
        };
        let cases = [
            told(&all[..1], None),
            told(&all, Some("total_mismatch")),
            told(&all, None),
            told(&all, Some("number_taken")),
            told(&[], None),
        ];
        insta::assert_snapshot!(cases.join("\n"), @r"
        a
        b
        Several alerts are about 104: name one by its letters, or its type with --type: dpmxdk (name_taken), dtqdbw (total_mismatch).
        No open alert of the type number_taken is about 104.
        No open alert is about 104.
        ");
    }
}
