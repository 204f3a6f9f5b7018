//! Alerts about what Housecall Pro tells.

use std::time::Duration;

use serde_json::{Value, json};
use simulation::Town;

use super::desk::Desk;
use crate::{
    categories::material,
    lasting::minutes,
    odd_records::record,
    parties::{finish, job_of, small_job},
    people::{assert_books, assert_same_books, new_customer, new_job},
    refunds::retell_all,
};

/// Housecall Pro tells this of a field of all its records of a kind, until it tells the truth again.
pub(super) fn tell(town: &Town, of: &'static str, pointer: &'static str, value: Value) {
    town.alter_answers(move |path, body| {
        if record(path) != Some(of) {
            return body;
        }
        let mut told: Value = serde_json::from_slice(&body).unwrap();
        if let Some(field) = told.pointer_mut(pointer) {
            *field = value.clone();
        }
        told.to_string().into_bytes()
    });
}

pub(super) fn tell_the_truth(town: &Town) {
    town.alter_answers(|_, body| body);
}

pub(super) async fn refused() -> String {
    let town = Town::new(3_401).await;
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.alter_answers(|path, body| match record(path) {
        Some("job") => b"[]".to_vec(),
        _ => body,
    });
    finish(&town, &job).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("housecall_refused").await;
    tell_the_truth(&desk.town);
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_same_books(&desk.town, &[&job]);
    seen.told()
}

pub(super) async fn field_unreadable() -> String {
    let town = Town::new(3_402).await;
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    tell(&town, "lines", "/data/0/taxable", json!("odd"));
    finish(&town, &job).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("field_unreadable").await;
    tell_the_truth(&desk.town);
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_same_books(&desk.town, &[&job]);
    seen.told()
}

pub(super) async fn field_left_out() -> String {
    let town = Town::new(3_403).await;
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    tell(
        &town,
        "lines",
        "/data/0/description",
        json!({ "text": "?" }),
    );
    finish(&town, &job).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("field_left_out").await;
    tell_the_truth(&desk.town);
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_same_books(&desk.town, &[&job]);
    seen.told()
}

pub(super) async fn price_book_unreadable() -> String {
    let town = Town::new(3_404).await;
    let filter = material(&town, "Filter", "Parts");
    tell(&town, "materials", "/data/0/uuid", json!([1]));
    let first = job_of(&town, &[&filter]).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("price_book_unreadable").await;
    // It has no button: it is read again with the next job.
    tell_the_truth(&desk.town);
    desk.town.clock.advance(Duration::from_secs(600));
    let second = job_of(&desk.town, &[&filter]).await;
    desk.is_clear().await;
    assert_same_books(&desk.town, &[&first, &second]);
    seen.told()
}

pub(super) async fn pushed_but_removed() -> String {
    let town = Town::new(3_405).await;
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.delete_job(&job).unwrap();
    town.settle().await;
    town.push_by_hand(&job).await;
    town.settle().await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("pushed_but_removed").await;
    // It was pushed by mistake.
    desk.dismiss(&seen).await;
    desk.is_clear().await;
    seen.told()
}

pub(super) async fn record_lags() -> String {
    let town = Town::new(3_406).await;
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    let earlier = json!({ "work_status": "in progress", "work_timestamps": {} });
    retell_all(&town, "work_status", earlier);
    finish(&town, &job).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("record_lags").await;
    tell_the_truth(&desk.town);
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_same_books(&desk.town, &[&job]);
    seen.told()
}

pub(super) async fn keeps_failing() -> String {
    let town = Town::new(3_407).await;
    let dana = new_customer(&town, "Dana", "Sample");
    let (odd, other) = (new_job(&town, &dana), new_job(&town, &dana));
    let fault = hcp_sandbox::Fault::next(hcp_sandbox::FaultKind::ServerError);
    town.hcp.inject(fault.times(14).path(odd.as_str()));
    town.hcp.finish_job(&odd).unwrap();
    town.hcp.finish_job(&other).unwrap();
    minutes(&town, &town.worker(), 20).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("keeps_failing").await;
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_books(&desk.town, &[&odd, &other]);
    seen.told()
}
