//! Alerts about the numbers of invoices.

use serde_json::{Value, json};
use simulation::Town;

use super::{
    desk::Desk,
    housecall::{tell, tell_the_truth},
};
use crate::{
    documents::{booked, number},
    foreign::{by_hand, customer, offered},
    parties::{edit, finish, id, small_job},
    people::{assert_same_books, new_customer},
};

pub(super) async fn too_long() -> String {
    let town = Town::new(3_201).await;
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    tell(&town, "job", "/invoice_number", json!("9".repeat(22)));
    finish(&town, &job).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("number_too_long").await;
    // Somebody gives the job a shorter one.
    tell(&desk.town, "job", "/invoice_number", json!("A-77"));
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_eq!(booked(&desk.town), [("A-77".to_owned(), 9_900)]);
    seen.told()
}

pub(super) async fn missing() -> String {
    let town = Town::new(3_202).await;
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    tell(&town, "job", "/invoice_number", Value::Null);
    finish(&town, &job).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("number_missing").await;
    tell_the_truth(&desk.town);
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_same_books(&desk.town, &[&job]);
    seen.told()
}

pub(super) async fn duplicate_invoice() -> String {
    let town = Town::new(3_203).await;
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    let number = number(&town, &job);
    by_hand(
        &town,
        "Invoice",
        &number,
        &customer(&town, "Erin"),
        "5.00",
        "",
    );
    finish(&town, &job).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("duplicate_invoice_number").await;
    desk.choose(&seen, "other_number", None).await;
    desk.is_clear().await;
    let expected = [(number.clone(), 500), (format!("{number}-2"), 9_900)];
    assert_eq!(booked(&desk.town), expected);
    seen.told()
}

pub(super) async fn duplicate_credit_memo() -> String {
    let shared = |qbo: &mut qbo_sandbox::Options| qbo.doubts.numbers_are_shared = true;
    let town = Town::with(3_204, |_| {}, shared).await;
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    let number = number(&town, &job);
    let ann = customer(&town, "Ann Other");
    by_hand(&town, "CreditMemo", &number, &ann, "10.00", "");
    finish(&town, &job).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("duplicate_credit_memo_number").await;
    let theirs = id(&desk.town, "CreditMemo", "DocNumber", &number);
    let other = r#"{"DocNumber":"Credit-1"}"#;
    edit(&desk.town, "CreditMemo", &theirs, other);
    desk.push_again(&seen).await;
    desk.is_clear().await;
    assert_same_books(&desk.town, &[&job]);
    seen.told()
}

pub(super) async fn linkable() -> String {
    let (town, job, _) = offered(3_205).await;
    let desk = Desk::at(town).await;
    let seen = desk.sees("linkable_invoice").await;
    desk.choose(&seen, "link_invoice", None).await;
    desk.is_clear().await;
    assert_same_books(&desk.town, &[&job]);
    seen.told()
}
