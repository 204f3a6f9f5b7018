//! QuickBooks answers with anything: JSON, XML, HTML, noise (V6).
#![no_main]

use arbitrary::Arbitrary;
use futures::executor::block_on;
use fuzz::Canned;
use libfuzzer_sys::fuzz_target;
use qbo::{
    AccessToken, BatchValue, Client, Customer, Entity, Fault, Invoice, Item, Payment, Preferences,
    Query, RealmId, RefundReceipt, Request, RequestId,
};

#[derive(Arbitrary, Debug)]
struct Input {
    answer: Canned,
    writes: bool,
}

fuzz_target!(|input: Input| block_on(ask(&input)));

async fn ask(input: &Input) {
    let client = Client::new(&input.answer, "https://quickbooks.example", RealmId::new("1").expect("a realm"));
    let token = AccessToken::new("token".to_owned().into());
    let request = match input.writes {
        true => {
            let id = RequestId::new("attempt-1").expect("a request id");
            Request::create(&Customer::default(), id).expect("a customer can be sent")
        }
        false => Request::query(&Query::select(Customer::NAME).in_pages()),
    };
    let answer = match client.send(&token, &request).await {
        Ok(answer) => answer,
        // Words for a person can be made of whatever came.
        Err(error) => return drop(error.to_string()),
    };
    drop(answer.parse::<Customer>());
    drop(answer.parse::<Invoice>());
    drop(answer.parse::<Payment>());
    drop(answer.parse::<RefundReceipt>());
    drop(answer.parse::<Preferences>());
    drop(answer.fields::<Invoice>());
    drop(answer.query_rows::<Item>());
    drop(answer.row_count());
    if let Ok(changes) = answer.changes() {
        let told = changes.of::<Payment>().map_or(0, |payments| payments.len());
        assert!(told <= changes.count(), "more payments than changes");
        drop(changes.of::<Invoice>());
    }
    for (_, outcome) in answer.batch().into_iter().flatten() {
        outcome.as_ref().map_or_else(|fault: &Fault| drop(fault.clone()), read_value);
    }
}

fn read_value(value: &BatchValue) {
    drop(value.entity::<Invoice>());
    drop(value.rows::<Customer>());
    drop(value.row_count());
}
