use money::Cents;
use serde_json::{Value, json};

use super::*;
use crate::fixtures::{finished, hour, invoiced, material, with};

/// In a company that chose nothing, of a job that was never sent.
fn documents(records: &JobRecords) -> Result<Vec<Document>, Refusal> {
    records.documents(Invoicing::default(), &SentBefore::default())
}

/// A motor for 200 dollars that is taxed and an hour for 95 that is not; 16.50 of tax.
fn job() -> JobRecords {
    let motor = with(
        material("Blower motor", 1.0, 20_000, 20_000),
        &json!({ "taxable": true }),
    );
    let mut records = finished(&[motor, hour()]);
    records.job.total_amount = Some(Cents::new(31_150));
    records
}

fn item(name: &str, amount: i64, invoiced: i64) -> Value {
    json!({ "name": name, "unit_price": amount, "amount": amount, "invoiced_amount": invoiced })
}

/// Half of it as a deposit.
fn with_deposit(changes: &Value) -> JobRecords {
    let half = json!({
        "id": "invoice_d",
        "invoice_number": "D-20311",
        "amount": 15_575,
        "items": [item("Blower motor", 20_000, 10_000), item("Hour of work", 9_500, 4_750)],
        "taxes": [{ "name": "County", "amount": 825 }],
    });
    invoiced(job(), &with(half, changes))
}

#[test]
fn n7_a_deposit_counts_once_it_was_sent_or_paid_and_until_it_is_removed() {
    let paid = json!([{ "id": "invpay_1", "status": "succeeded", "amount": 15_575 }]);
    for (changes, counts) in [
        (json!({}), true),
        (json!({ "sent_at": null }), false),
        (json!({ "sent_at": null, "payments": paid }), true),
        (json!({ "status": "voided" }), false),
    ] {
        let records = with_deposit(&changes);
        let documents = documents(&records).unwrap();
        assert_eq!(documents.len(), if counts { 2 } else { 1 }, "{changes}");
    }
}

#[test]
fn n7_t7_the_main_document_tells_which_invoices_do_not_stand_behind_it() {
    let main = json!({ "id": "invoice_m", "amount": 15_575, "taxes": [{ "name": "County", "amount": 825 }],
        "items": [item("Blower motor", 20_000, 10_000), item("Hour of work", 9_500, 4_750)] });
    let voided = json!({ "id": "invoice_v", "status": "voided" });
    let records = invoiced(with_deposit(&json!({})), &voided);
    let records = invoiced(records, &main);
    let document = documents(&records).unwrap().pop().unwrap();
    let ids = |ids: &[InvoiceId]| json!(ids.iter().map(InvoiceId::as_str).collect::<Vec<_>>());
    assert_eq!(ids(&document.apart), json!(["invoice_d", "invoice_v"]));
    assert_eq!(ids(&document.invoices), json!(["invoice_m"]));
}

#[test]
fn n7_several_deposits_at_once_are_refused() {
    let records = with_deposit(&json!({}));
    let another = json!({ "id": "invoice_e", "invoice_number": "D-20311-1" });
    let refused = Refusal::NotSupported("several deposit invoices");
    assert_eq!(documents(&invoiced(records, &another)), Err(refused));
}

#[test]
fn n7_the_taxable_part_of_a_deposit_is_rounded_to_the_nearest_cent() {
    let share = |whole, part, of| {
        let [whole, part, of] = [whole, part, of].map(Cents::new);
        bill::share(whole, part, of).map(Cents::get)
    };
    for (whole, part, of, expected) in [
        (14_750, 10_000, 14_750, 10_000),
        (100, 1, 3, 33),
        (100, 2, 3, 67),
        (1, 1, 2, 1),
        (100, 0, 0, 0),
        (0, 5, 10, 0),
    ] {
        assert_eq!(
            share(whole, part, of),
            Some(expected),
            "{whole} {part} {of}"
        );
    }
}
