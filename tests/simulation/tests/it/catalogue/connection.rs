//! Alerts about the connection: all of the company waits, and none of them has a button.

use std::time::Duration;

use hcp_sandbox::{Invoicing, JobId};
use secrecy::SecretString;
use simulation::Town;
use sync::intake::sweep::Sweep;

use super::desk::Desk;
use crate::{
    parties::{finish, small_job},
    people::{assert_books, assert_same_books, new_customer, new_job},
    restore::{connect_again, lose_the_table, restore},
    secrets::{OVER_AN_HOUR, finish_one, nothing, strict},
};

/// A job that is finished, and what is on the queue worked on; what waits goes on waiting.
async fn finished(town: &Town) -> JobId {
    finish_one(town, &town.worker(), "Dana").await
}

/// All that waited is sent by itself.
async fn sent_by_itself(desk: &Desk, jobs: &[&JobId]) {
    desk.town.settle().await;
    desk.is_clear().await;
    assert_same_books(&desk.town, jobs);
}

pub(super) async fn read_only() -> String {
    let town = Town::new(3_601).await;
    town.qbo.configure(|company| company.lapsed = true);
    let job = finished(&town).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("quickbooks_read_only").await;
    desk.town.qbo.configure(|company| company.lapsed = false);
    sent_by_itself(&desk, &[&job]).await;
    seen.told()
}

pub(super) async fn reconnect() -> String {
    let town = Town::new(3_602).await;
    town.qbo.disconnect();
    town.clock.advance(OVER_AN_HOUR);
    let job = finished(&town).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("reconnect").await;
    desk.town.qbo.consent();
    desk.town.connect().await;
    sent_by_itself(&desk, &[&job]).await;
    seen.told()
}

pub(super) async fn records_lost() -> String {
    let mut town = Town::new(3_603).await;
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    finish(&town, &job).await;
    lose_the_table(&mut town);
    connect_again(&town, (Invoicing::Simple, &[])).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("records_lost").await;
    restore(&desk.town).await;
    sent_by_itself(&desk, &[&job]).await;
    seen.told()
}

pub(super) async fn app_keys_refused() -> String {
    let town = strict(3_604).await;
    let first = finished(&town).await;
    town.settle().await;
    town.clock.advance(OVER_AN_HOUR);
    town.qbo.change_client_secret("second-secret");
    let job = finish_one(&town, &town.worker(), "Erin").await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("app_keys_refused").await;
    let mut new = nothing(&desk.town);
    new.client_secret = Some(SecretString::from("second-secret"));
    desk.town.worker().connect(new).await.unwrap();
    sent_by_itself(&desk, &[&first, &job]).await;
    seen.told()
}

pub(super) async fn housecall_unauthorized() -> String {
    let town = Town::new(3_605).await;
    town.hcp.change_api_key("second-key");
    let job = finished(&town).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("housecall_unauthorized").await;
    let mut new = nothing(&desk.town);
    new.api_key = Some(SecretString::from("second-key"));
    desk.town.worker().connect(new).await.unwrap();
    sent_by_itself(&desk, &[&job]).await;
    seen.told()
}

/// For so many calls a system that is away answers nobody.
const CALLS: u32 = 200;

/// Two jobs are finished while a system answers nobody, until that is told.
async fn finished_while_away(town: &Town) -> [JobId; 2] {
    let dana = new_customer(town, "Dana", "Sample");
    let jobs = [new_job(town, &dana), new_job(town, &dana)];
    for job in &jobs {
        town.hcp.finish_job(job).unwrap();
    }
    town.post().await;
    let worker = town.worker();
    while town.open_alerts().is_empty() {
        town.batch(&worker).await;
        town.clock.advance(Duration::from_secs(15));
        let swept = worker.sweep(Sweep::Parked, town.deadline()).await;
        swept.unwrap();
    }
    jobs
}

pub(super) async fn housecall_away() -> String {
    let town = Town::new(3_606).await;
    let fault = hcp_sandbox::Fault::next(hcp_sandbox::FaultKind::ServerError);
    town.hcp.inject(fault.times(CALLS));
    let jobs = finished_while_away(&town).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("housecall_away").await;
    desk.town.settle().await;
    desk.is_clear().await;
    assert_books(&desk.town, &[&jobs[0], &jobs[1]]);
    seen.told()
}

pub(super) async fn quickbooks_away() -> String {
    let town = Town::new(3_607).await;
    town.clock.advance(Duration::from_secs(60));
    let fault = qbo_sandbox::Fault::next(qbo_sandbox::FaultKind::ServerError);
    town.qbo.inject(fault.times(CALLS));
    let jobs = finished_while_away(&town).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("quickbooks_away").await;
    desk.town.settle().await;
    desk.is_clear().await;
    assert_books(&desk.town, &[&jobs[0], &jobs[1]]);
    seen.told()
}
