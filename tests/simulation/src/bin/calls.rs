//! How many calls a sync takes: to QuickBooks, to Housecall Pro, to our own table. Prints; no figure makes it
//! fail.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "printing is its purpose, and a story that does not play out has no figures"
)]

use std::time::Duration;

use hcp_sandbox::{
    CustomerId, Hundredths, JobId, LineChanges, NewCustomer, NewJob, NewLine, NewPayment,
    PaymentMethod,
};
use simulation::Town;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!("| what | QuickBooks | of these single queries | Housecall Pro | table |");
    println!("| --- | --- | --- | --- | --- |");
    let town = Town::new(1).await;
    // One sync, so that the token is fresh and the limits are known.
    finish(&town, &job(&town, &customer(&town, "Warm"), 1)).await;

    let dana = customer(&town, "Dana");
    let first = job(&town, &dana, 6);
    let told = "first sync: new customer, five new items and a known one";
    count(&town, told, async || finish(&town, &first).await).await;
    let second = job(&town, &dana, 6);
    let told = "another job of the same customer and items";
    count(&town, told, async || finish(&town, &second).await).await;

    town.hcp.send_invoice(&first).expect("sent");
    count(&town, "invoice sent: new number and date", async || {
        town.settle().await;
    })
    .await;
    town.clock.advance(Duration::from_secs(60));
    let line = town.hcp.lines_of(&first).first().expect("a line").clone();
    let dearer = LineChanges {
        unit_price: Some(12_345),
        ..LineChanges::default()
    };
    town.hcp.edit_line(&first, &line, dearer).expect("edited");
    town.hcp.send_invoice(&first).expect("sent");
    count(&town, "sent again with a changed line", async || {
        town.settle().await;
    })
    .await;
    town.clock.advance(Duration::from_secs(60));
    for (told, method) in [
        (
            "a part paid by card, the first one: method made",
            PaymentMethod::Card,
        ),
        ("a part paid by card", PaymentMethod::Card),
        ("a part paid by check, a known method", PaymentMethod::Check),
    ] {
        town.clock.advance(Duration::from_secs(60));
        let part = NewPayment::of(method, 100);
        town.hcp.pay_job(&first, part).expect("paid");
        count(&town, told, async || town.settle().await).await;
    }
    town.push_by_hand(&first).await;
    count(&town, "pushed by hand: nothing changed", async || {
        town.settle().await;
    })
    .await;
}

async fn count(town: &Town, told: &str, done: impl AsyncFnOnce()) {
    let (qbo, hcp) = (town.qbo.calls().len(), town.hcp.calls().len());
    town.steps.begin(None);
    done().await;
    let calls = town.qbo.calls();
    let made = calls.get(qbo..).unwrap_or_default();
    let reads = made
        .iter()
        .filter(|call| call.method == "GET" || call.path.ends_with("query"))
        .count();
    let table = town
        .steps
        .names()
        .iter()
        .filter(|name| {
            ["get ", "write ", "list "]
                .iter()
                .any(|verb| name.starts_with(verb))
        })
        .filter(|name| !name.starts_with("write secret"))
        .count();
    println!(
        "| {told} | {} | {reads} | {} | {table} |",
        made.len(),
        town.hcp.calls().len() - hcp
    );
}

fn customer(town: &Town, first: &str) -> CustomerId {
    town.hcp
        .create_customer(NewCustomer {
            first_name: Some(first.to_owned()),
            last_name: Some("Sample".to_owned()),
            ..NewCustomer::default()
        })
        .expect("a customer")
}

/// A job with so many lines from the price book.
fn job(town: &Town, customer: &CustomerId, lines: usize) -> JobId {
    let book = town.hcp.price_book();
    let lines = book.iter().take(lines);
    town.hcp
        .create_job(NewJob {
            lines: lines
                .map(|entry| NewLine::from_price_book(&entry.uuid, Hundredths::ONE))
                .collect(),
            ..NewJob::of(customer)
        })
        .expect("a job")
}

async fn finish(town: &Town, job: &JobId) {
    town.hcp.finish_job(job).expect("finished");
    town.settle().await;
}
