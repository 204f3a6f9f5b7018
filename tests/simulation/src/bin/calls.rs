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
use ports::Clock;
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
    pulls(&town, &first, &second).await;
    many_pulled().await;
}

/// What people enter in QuickBooks, and its way back to the job.
async fn pulls(town: &Town, first: &JobId, second: &JobId) {
    town.pull().await;
    count(town, "a pull: nothing changed", async || town.pull().await).await;
    for (told, job) in [
        (
            "a pull: a payment of one job, the first: tag looked for and made",
            first,
        ),
        ("a pull: a payment of one job", second),
    ] {
        enter(town, job);
        count(town, told, async || town.pull().await).await;
    }
}

/// So many payments, each on an invoice of its own, come back with one pull.
const MANY: usize = 1_000;

async fn many_pulled() {
    let town = Town::new(2).await;
    let mut jobs = Vec::new();
    for count in 0..MANY {
        let job = job(&town, &customer(&town, &format!("Many {count}")), 1);
        finish(&town, &job).await;
        jobs.push(job);
    }
    town.pull().await;
    for job in &jobs {
        enter(&town, job);
    }
    let begun = town.clock.now();
    let told = format!("a pull: {MANY} payments of as many jobs");
    count(&town, &told, async || town.pull().await).await;
    let took = town.clock.now().duration_since(begun).as_secs();
    let told = town.all::<store::InboxEntry>("inbox#").len();
    println!();
    println!("{told} of {MANY} payments came back after {took} s of simulated time.");
}

/// The bookkeeper enters what is left to pay of a job's invoice.
fn enter(town: &Town, job: &JobId) {
    let number = town.hcp.job(job).expect("a job")["invoice_number"].clone();
    let note = format!("HCP job {} ", number.as_str().expect("a number"));
    let mut invoices = town.qbo.objects("Invoice").into_iter();
    let invoice = invoices.find(|one| {
        let theirs = one.text("PrivateNote");
        theirs.is_some_and(|theirs| theirs.starts_with(&note))
    });
    let invoice = invoice.expect("an invoice");
    let text = |path| invoice.text(path).expect("a text").to_owned();
    let (id, customer) = (text("Id"), text("CustomerRef.value"));
    let balance = invoice.at("Balance").expect("a balance").to_string();
    let payment = format!(
        r#"{{"CustomerRef":{{"value":"{customer}"}},"TotalAmt":{balance},"Line":[{{"Amount":{balance},"LinkedTxn":[{{"TxnId":"{id}","TxnType":"Invoice"}}]}}]}}"#
    );
    let payment = qbo_sandbox::Json::parse(payment.as_bytes()).expect("json");
    town.qbo.create("Payment", &payment).expect("entered");
}

async fn count(town: &Town, told: &str, done: impl AsyncFnOnce()) {
    town.steps.begin(None);
    done().await;
    let names = town.steps.names();
    let made = |is: &dyn Fn(&str) -> bool| names.iter().filter(|name| is(name)).count();
    let is_quickbooks = |name: &str| name.contains("qbo.test/v3/company/");
    let is_read = |name: &str| name.starts_with("GET") || name.contains("/query ");
    let is_table = |name: &str| {
        let mut verbs = ["get ", "write ", "list "].iter();
        verbs.any(|verb| name.starts_with(verb)) && !name.starts_with("write secret")
    };
    println!(
        "| {told} | {} | {} | {} | {} |",
        made(&is_quickbooks),
        made(&|name| is_quickbooks(name) && is_read(name)),
        made(&|name| name.contains("hcp.test/")),
        made(&is_table),
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
