use money::Cents;
use serde_json::{Value, json};

use super::*;
use crate::{
    Invoicing, SentBefore,
    fixtures::{customer, read, with},
};

const ID: &str = "invoice_9b1c3e5d7f2a4068b1d3f5a7c9e0b2d4";

fn invoice(changes: &Value) -> Invoice {
    let item = json!({
        "id": "invitm_1", "name": "Yearly care", "type": "labor", "description": "Two visits",
        "unit_cost": 0, "unit_price": 6_000, "qty_in_hundredths": 200, "amount": 12_000,
        "invoiced_amount": 12_000,
    });
    let paid = json!({
        "id": "invpay_1", "status": "succeeded", "payment_method": "credit_card", "amount": 12_000,
        "paid_at": "2026-07-24T16:00:00Z",
    });
    let plan = json!({
        "id": ID, "job_id": null, "status": "paid", "invoice_number": "RSA-1", "amount": 12_000,
        "subtotal": 12_000, "due_amount": 0, "invoice_date": "2026-07-24T16:00:00Z",
        "due_concept": "upon", "display_due_concept": "upon receipt",
        "paid_at": "2026-07-24T16:00:00Z", "items": [item], "taxes": [], "discounts": [],
        "payments": [paid], "refunds": [],
    });
    read(&with(plan, changes))
}

fn records(changes: &Value) -> JobRecords {
    JobRecords::of_service_plan(invoice(changes), customer(&json!({}))).unwrap()
}

fn documents(records: &JobRecords) -> Vec<Result<Vec<Document>, Refusal>> {
    let ways = [
        Invoicing::Simple,
        Invoicing::MatchJobNumber,
        Invoicing::Progress,
    ];
    let standing = SentBefore::default();
    ways.iter()
        .map(|way| records.documents(*way, &standing))
        .collect()
}

#[test]
fn p6_an_invoice_of_a_service_plan_is_one_document_however_the_company_invoices() {
    let records = records(&json!({}));
    assert!(records.is_service_plan() && !records.is_unpaid_service_plan());
    assert_eq!(records.unreadable(), None);
    for documents in documents(&records) {
        let [document] = documents.unwrap().try_into().unwrap();
        assert_eq!(document.role, Role::Main);
        assert_eq!(document.number.as_str(), "RSA-1");
        assert!(!document.provisional);
        assert_eq!(document.bill.total, Cents::new(12_000));
        let [line] = document.bill.lines.as_slice() else {
            panic!("one line");
        };
        assert_eq!(line.name, "Yearly care");
        assert_eq!(line.description.as_deref(), Some("Two visits"));
        assert_eq!(line.unit_price, Some(Cents::new(6_000)));
        assert_eq!(line.amount, Cents::new(12_000));
        assert_eq!(document.days.invoice, invoice(&json!({})).invoice_date);
        assert_eq!(document.invoices, [invoice(&json!({})).id]);
    }
    let (payments, unusable) = records.payments();
    assert_eq!((payments.len(), unusable.len()), (1, 0));
    let slot = payments[0].slot(&records.job.id);
    assert_eq!(slot.as_str(), format!("{ID}#payment#invpay_1"));
}

#[test]
fn p6_a_number_that_looks_like_a_deposits_makes_no_deposit() {
    for number in ["D-1", "100-2"] {
        for documents in documents(&records(&json!({ "invoice_number": number }))) {
            let [document] = documents.unwrap().try_into().unwrap();
            assert_eq!(document.role, Role::Main);
            assert_eq!(document.number.as_str(), number);
        }
    }
}

#[test]
fn p6_tax_is_on_the_only_line_and_of_several_nobody_can_tell() {
    let tax = json!([{ "id": "t", "name": "State", "rate": 5, "amount": 600 }]);
    let taxed = records(&json!({ "amount": 12_600, "taxes": tax }));
    let [document] = documents(&taxed)[0].clone().unwrap().try_into().unwrap();
    assert_eq!(document.bill.tax, Cents::new(600));
    assert!(document.bill.lines[0].taxable);
    assert_eq!(document.tax_base.taxable, Cents::new(12_000));
    let item = |name: &str| json!({ "name": name, "type": "labor", "amount": 6_000 });
    let items = json!([item("Heating"), item("Cooling")]);
    let several = records(&json!({ "amount": 12_600, "taxes": tax, "items": items }));
    let refused = Err(Refusal::NoTaxableLine(Cents::new(600)));
    assert_eq!(documents(&several)[0], refused);
    let untaxed = records(&json!({ "items": items }));
    let [document] = documents(&untaxed)[0].clone().unwrap().try_into().unwrap();
    assert_eq!(document.bill.lines.len(), 2);
    assert_eq!(
        named(&untaxed.invoices[0]).as_deref(),
        Some("Heating, Cooling")
    );
}

#[test]
fn p6_a_discount_a_tip_and_a_surcharge_stand_on_it_and_what_does_not_add_up_is_refused() {
    let off = json!([{ "id": "d", "name": "Loyal", "amount": 1_000 }]);
    let discounted = records(&json!({ "amount": 11_000, "discounts": off }));
    let [document] = documents(&discounted)[0]
        .clone()
        .unwrap()
        .try_into()
        .unwrap();
    assert_eq!(document.bill.discount, Cents::new(1_000));
    let paid = json!([{
        "id": "invpay_1", "status": "succeeded", "payment_method": "credit_card",
        "amount": 12_400, "surcharge_fee_amount": 400, "paid_at": "2026-07-24T16:00:00Z",
    }]);
    let surcharged = records(&json!({ "amount": 12_400, "payments": paid }));
    let [document] = documents(&surcharged)[0]
        .clone()
        .unwrap()
        .try_into()
        .unwrap();
    assert_eq!(document.bill.lines.len(), 2);
    let odd = records(&json!({ "amount": 13_000 }));
    assert!(matches!(
        documents(&odd)[0],
        Err(Refusal::LinesDoNotAddUp { .. })
    ));
}

#[test]
fn p6_only_a_payment_that_went_through_makes_it() {
    for (status, is_unpaid) in [("succeeded", false), ("pending", true), ("failed", true)] {
        let paid = json!([{ "id": "invpay_1", "status": status, "amount": 12_000 }]);
        let records = records(&json!({ "payments": paid }));
        assert_eq!(records.is_unpaid_service_plan(), is_unpaid, "{status}");
    }
    assert!(records(&json!({ "payments": [] })).is_unpaid_service_plan());
    let removed = records(&json!({ "status": "voided" }));
    assert!(removed.job.is_removed());
}
