//! Alerts about invoices that QuickBooks refuses, has no more, or has still.

use hcp_sandbox::Invoicing;
use simulation::Town;

use super::desk::Desk;
use crate::{
    documents::{self, booked, work},
    lasting::minutes,
    parties::{finish, small_job},
    payments::{enter, invoiced},
    people::{assert_books, assert_same_books, new_customer},
    pull::left_on,
    removal::paid_in_quickbooks,
};

pub(super) async fn refused() -> String {
    let town = Town::new(3_501).await;
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.refuse_in_quickbooks(|sent| {
        let fault = r#"{"Fault":{"Error":[{"Message":"No","Detail":"It is not allowed","code":"2040"}],"type":"ValidationFault"}}"#;
        let is_invoice = String::from_utf8_lossy(&sent.body).contains("DocNumber");
        is_invoice.then(|| fault.as_bytes().to_vec())
    });
    finish(&town, &job).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("quickbooks_refused").await;
    desk.town.refuse_in_quickbooks(|_| None);
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_same_books(&desk.town, &[&job]);
    seen.told()
}

pub(super) async fn document_gone() -> String {
    let (town, job) = invoiced(3_502).await;
    let gone = town.qbo.objects("Invoice").remove(0);
    let gone = gone.text("Id").unwrap();
    town.qbo.delete("Invoice", gone).unwrap();
    town.pull().await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("document_gone").await;
    desk.choose(&seen, "make_again", None).await;
    desk.is_clear().await;
    assert_books(&desk.town, &[&job]);
    seen.told()
}

pub(super) async fn removed_in_housecall() -> String {
    let town = documents::town(3_503, Invoicing::Simple, &[]).await;
    let job = work(&town);
    finish(&town, &job).await;
    town.hcp.delete_job(&job).unwrap();
    town.settle().await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("removed_in_housecall").await;
    desk.choose(&seen, "void", None).await;
    desk.is_clear().await;
    assert_eq!(booked(&desk.town)[0].1, 0);
    seen.told()
}

pub(super) async fn void_refused() -> String {
    let void = [("on_removal", "void")];
    let town = documents::town(3_504, Invoicing::MatchJobNumber, &void).await;
    let job = work(&town);
    finish(&town, &job).await;
    paid_in_quickbooks(&town);
    town.pull().await;
    town.hcp.delete_job(&job).unwrap();
    town.settle().await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("void_refused").await;
    // The bookkeeper takes the payment off it.
    let paid = desk.town.qbo.objects("Payment").remove(0);
    let paid = paid.text("Id").unwrap();
    desk.town.qbo.delete("Payment", paid).unwrap();
    desk.choose(&seen, "void", None).await;
    desk.is_clear().await;
    assert_eq!(booked(&desk.town)[0].1, 0);
    seen.told()
}

pub(super) async fn pull_fails() -> String {
    let (town, job) = invoiced(3_505).await;
    enter(&town, "99.00", "2026-07-24", "1042");
    town.refuse_in_quickbooks(|asked| {
        let fault =
            r#"{"Fault":{"Error":[{"Message":"Sorry","code":"5020"}],"type":"ValidationFault"}}"#;
        let is_look = asked.url.contains("Invoice%20WHERE%20Id");
        is_look.then(|| fault.as_bytes().to_vec())
    });
    let worker = town.worker();
    worker.schedule_pulls().await.unwrap();
    minutes(&town, &worker, 1).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("pull_fails").await;
    desk.town.refuse_in_quickbooks(|_| None);
    desk.choose(&seen, "pull_again", None).await;
    desk.is_clear().await;
    assert_eq!(left_on(&desk.town, &job).0.len(), 1);
    seen.told()
}
