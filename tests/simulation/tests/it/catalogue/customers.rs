//! Alerts about who the customer is.

use hcp_sandbox::{MergedCustomers, PlanInvoices};
use serde_json::Value;
use simulation::Town;

use super::{
    desk::Desk,
    housecall::{tell, tell_the_truth},
};
use crate::{
    alerts::two_jobs,
    edits::rename,
    merges,
    parties::{edit, finish, id, small_job},
    people::{assert_same_books, new_customer},
    service_plans::{self, assert_sent, card, pay_plan},
    stories::make,
};

pub(super) async fn ambiguous() -> String {
    let town = Town::new(3_001).await;
    let other = r#"{"DisplayName":"Dana Sample","PrimaryEmailAddr":{"Address":"b@example.com"}}"#;
    make(&town, "Customer", other);
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    finish(&town, &job).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("customer_match_ambiguous").await;
    desk.choose(&seen, "use_customer:", None).await;
    desk.is_clear().await;
    assert_same_books(&desk.town, &[&job]);
    seen.told()
}

pub(super) async fn linked() -> String {
    let town = Town::new(3_002).await;
    let [first, second] = [(); 2].map(|()| {
        let namesake = new_customer(&town, "Dana", "Sample");
        small_job(&town, &namesake)
    });
    finish(&town, &first).await;
    finish(&town, &second).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("linked_customer_match").await;
    desk.choose(&seen, "make_customer", Some("Dana Sample, Bangor"))
        .await;
    desk.is_clear().await;
    assert_same_books(&desk.town, &[&first, &second]);
    seen.told()
}

pub(super) async fn merged() -> String {
    let town = merges::town(3_003, MergedCustomers::JobsFollow).await;
    let (.., first, second) = merges::both_linked(&town).await;
    town.hcp.send_invoice(&first).unwrap();
    town.settle().await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("customers_merged").await;
    let customer = |name| id(&desk.town, "Customer", "DisplayName", name);
    let (from, into) = (customer("Dana Sample"), customer("Dana Example"));
    desk.town.qbo.merge_customers(&from, &into).unwrap();
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_same_books(&desk.town, &[&first, &second]);
    seen.told()
}

pub(super) async fn name_taken() -> String {
    let town = Town::new(3_004).await;
    make(&town, "Vendor", r#"{"DisplayName":"Dana Sample"}"#);
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    finish(&town, &job).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("name_taken").await;
    desk.choose(&seen, "make_customer", None).await;
    desk.is_clear().await;
    assert_same_books(&desk.town, &[&job]);
    seen.told()
}

pub(super) async fn inactive() -> String {
    let (town, dana, jobs) = two_jobs(3_005).await;
    let gone = id(&town, "Customer", "DisplayName", "Dana Sample");
    edit(&town, "Customer", &gone, r#"{"Active":false}"#);
    let next = small_job(&town, &dana);
    finish(&town, &next).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("customer_inactive").await;
    desk.choose(&seen, "reactivate_customer", None).await;
    desk.is_clear().await;
    assert_same_books(&desk.town, &[&jobs[0], &jobs[1], &next]);
    seen.told()
}

pub(super) async fn not_updated() -> String {
    let (town, dana, jobs) = two_jobs(3_006).await;
    let vendor = make(&town, "Vendor", r#"{"DisplayName":"Dana Example"}"#);
    rename(&town, &dana, "Example");
    town.hcp.send_invoice(&jobs[0]).unwrap();
    town.settle().await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("customer_not_updated").await;
    // It has no button: the bookkeeper renames the vendor, and the next invoice carries it.
    let other = r#"{"DisplayName":"Dana Example, plumbing"}"#;
    edit(&desk.town, "Vendor", &vendor, other);
    desk.town.hcp.send_invoice(&jobs[1]).unwrap();
    desk.town.settle().await;
    desk.is_clear().await;
    assert_same_books(&desk.town, &[&jobs[0], &jobs[1]]);
    seen.told()
}

pub(super) async fn invoice_without() -> String {
    let town = service_plans::town(3_007, PlanInvoices::WithoutCustomer).await;
    let plan = pay_plan(&town, &new_customer(&town, "Dana", "Sample"), card());
    town.settle().await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("invoice_without_customer").await;
    desk.choose(&seen, "its_customer", Some("dana sample"))
        .await;
    desk.is_clear().await;
    assert_sent(&desk.town, &plan, "Dana Sample");
    seen.told()
}

pub(super) async fn job_without() -> String {
    let town = Town::new(3_008).await;
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    tell(&town, "job", "/customer", Value::Null);
    finish(&town, &job).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("job_without_customer").await;
    tell_the_truth(&desk.town);
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_same_books(&desk.town, &[&job]);
    seen.told()
}
