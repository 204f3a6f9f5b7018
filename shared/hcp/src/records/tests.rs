use std::{fs, path::PathBuf};

use money::{Cents, Quantity};
use serde_json::{Value, json};

use super::*;

/// Published examples are kept beside the repository; without them the own fixtures below remain.
fn sample(name: &str) -> Option<Value> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/samples/hcp")
        .join(name);
    match fs::read(&path) {
        Ok(bytes) => Some(serde_json::from_slice(&bytes).unwrap()),
        Err(error) => {
            println!("skipped: no sample {name} here ({error})");
            None
        }
    }
}

fn read<T: serde::de::DeserializeOwned>(json: &Value) -> T {
    // Through text, as answers arrive.
    serde_json::from_str(&json.to_string()).unwrap()
}

#[test]
fn sample_of_a_finished_job() {
    let Some(list) = sample("rest-GET-jobs.json") else {
        return;
    };
    let job: Job = read(&list["jobs"][0]);
    assert_eq!(job.id.as_str(), "job_7a0b5c3e1d2f4968b1e4c7d90f3a6582");
    assert_eq!(job.invoice_number.as_deref(), Some("10427"));
    assert_eq!(job.work_status, Some(WorkStatus::CompleteUnrated));
    assert_eq!(job.total_amount, Some(Cents::new(54_636)));
    assert_eq!(job.outstanding_balance, Some(Cents::new(54_636)));
    assert_eq!(
        job.work_timestamps.completed_at.unwrap().to_string(),
        "2026-07-24T16:05:11Z"
    );
    let customer = job.customer.as_ref().unwrap();
    assert_eq!(customer.first_name.as_deref(), Some("Dana"));
    assert_eq!(customer.home_number, None);
    assert!(customer.addresses.is_empty());
    let address = job.address.as_ref().unwrap();
    assert_eq!(address.kind, Some(AddressKind::Service));
    assert_eq!(address.zip.as_deref(), Some("62701"));
    assert!(job.is_finished() && !job.is_removed());
}

#[test]
fn sample_of_line_items() {
    let Some(list) = sample("rest-GET-jobs-id-line_items.json") else {
        return;
    };
    let lines: Vec<LineItem> = read(&list["data"]);
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0].kind, Some(LineKind::Labor));
    assert_eq!(lines[0].service_item_type, Some(ServiceItemType::Service));
    let refrigerant = &lines[2];
    assert_eq!(refrigerant.kind, Some(LineKind::Materials));
    assert_eq!(refrigerant.quantity, Some("2.5".parse().unwrap()));
    assert_eq!(refrigerant.unit_price, Some(Cents::new(9_500)));
    assert_eq!(refrigerant.amount, Some(Cents::new(23_750)));
    assert_eq!(refrigerant.taxable, Some(true));
    assert_eq!(refrigerant.description, None, "empty text is none");
    assert_eq!(
        refrigerant.service_item_type,
        Some(ServiceItemType::Material)
    );
}

#[test]
fn sample_of_invoices() {
    let Some(list) = sample("rest-GET-invoices.composite.json") else {
        return;
    };
    let invoices: Vec<Invoice> = read(&list["invoices"]);
    let paid = &invoices[0];
    assert_eq!(paid.status, Some(InvoiceStatus::Paid));
    assert_eq!(paid.amount, Some(Cents::new(54_636)));
    assert_eq!(paid.due_concept.as_deref(), Some("upon"));
    assert_eq!(paid.items[2].quantity, Some(Quantity::from_hundredths(250)));
    assert_eq!(paid.items[2].kind, Some(LineKind::Materials));
    assert_eq!(paid.items[2].invoiced_amount, Some(Cents::new(23_750)));
    assert_eq!(paid.taxes[0].rate.as_deref(), Some("8.25"));
    assert_eq!(paid.taxes[0].amount, Some(Cents::new(3_486)));
    assert_eq!(
        paid.payments[0].payment_method,
        Some(PaymentMethod::CreditCard)
    );
    assert!(paid.payments[0].is_succeeded());

    let nothing = &invoices[1];
    assert_eq!(nothing.status, Some(InvoiceStatus::Paid));
    assert_eq!(nothing.amount, Some(Cents::ZERO));
    assert_eq!(nothing.paid_at, None);
    assert!(nothing.payments.is_empty());
}

#[test]
fn sample_of_materials() {
    let Some(list) = sample("rest-GET-price_book-materials.composite.json") else {
        return;
    };
    let capacitor: Material = read(&list["data"][0]);
    assert_eq!(capacitor.name.as_deref(), Some("Capacitor 45/5 MFD"));
    assert_eq!(
        capacitor.material_category_name.as_deref(),
        Some("Electrical")
    );
    assert_eq!(capacitor.price, Some(Cents::new(18_500)));
    assert_eq!(capacitor.taxable, Some(true));
    assert_eq!(capacitor.description, None);
}

#[test]
fn sample_of_a_company_and_of_a_customer() {
    if let Some(company) = sample("rest-GET-company.json") {
        let company: Company = read(&company);
        assert_eq!(company.time_zone.as_deref(), Some("America/Chicago"));
    }
    if let Some(list) = sample("rest-GET-customers.json") {
        let customer: Customer = read(&list["customers"][0]);
        assert_eq!(customer.addresses.len(), 1);
        assert_eq!(customer.company, None);
    }
}

/// Every key that a record knows, with `null`.
fn nulls(id: &str, keys: &[&str]) -> Value {
    let mut json = json!({ "id": id });
    for key in keys {
        json[key] = Value::Null;
    }
    json
}

#[test]
fn every_field_but_the_id_may_be_null_or_absent() {
    let job = nulls(
        "job_1",
        &[
            "invoice_number",
            "description",
            "customer",
            "address",
            "work_status",
            "work_timestamps",
            "schedule",
            "total_amount",
            "subtotal",
            "outstanding_balance",
            "job_fields",
            "canceled_at",
            "deleted_at",
            "created_at",
            "updated_at",
        ],
    );
    let bare: Job = read(&json!({ "id": "job_1" }));
    assert_eq!(read::<Job>(&job), bare);
    assert!(!bare.is_finished() && !bare.is_removed());

    let invoice = nulls(
        "invoice_1",
        &[
            "job_id",
            "status",
            "invoice_number",
            "amount",
            "subtotal",
            "due_amount",
            "due_at",
            "due_concept",
            "display_due_concept",
            "paid_at",
            "sent_at",
            "service_date",
            "invoice_date",
            "items",
            "taxes",
            "discounts",
            "payments",
            "refunds",
        ],
    );
    assert_eq!(
        read::<Invoice>(&invoice),
        read::<Invoice>(&json!({ "id": "invoice_1" }))
    );

    let payment_keys = [
        "status",
        "payment_method",
        "amount",
        "note",
        "paid_at",
        "refunded_at",
        "category",
        "surcharge_fee_amount",
        "tip_amount",
    ];
    let payment: Payment = read(&nulls("invpay_1", &payment_keys));
    assert_eq!(payment, read(&json!({ "id": "invpay_1" })));
    assert!(!payment.is_succeeded());
    let refund: Refund = read(&nulls("invref_1", &payment_keys));
    assert_eq!(refund, read(&json!({ "id": "invref_1" })));

    let customer = nulls(
        "cus_1",
        &[
            "first_name",
            "last_name",
            "email",
            "mobile_number",
            "home_number",
            "work_number",
            "company",
            "notes",
            "addresses",
            "created_at",
            "updated_at",
        ],
    );
    assert_eq!(
        read::<Customer>(&customer),
        read::<Customer>(&json!({ "id": "cus_1" }))
    );

    let mut line = nulls(
        "",
        &[
            "name",
            "description",
            "unit_price",
            "unit_cost",
            "quantity",
            "kind",
            "taxable",
            "amount",
            "order_index",
            "service_item_id",
            "service_item_type",
            "type",
            "qty_in_hundredths",
            "invoiced_amount",
            "rate",
        ],
    );
    line["id"] = Value::Null;
    assert_eq!(read::<LineItem>(&line), read::<LineItem>(&json!({})));
    assert_eq!(read::<InvoiceItem>(&line), read::<InvoiceItem>(&json!({})));
    assert_eq!(read::<Tax>(&line), read::<Tax>(&json!({})));
    assert_eq!(read::<Discount>(&line), read::<Discount>(&json!({})));

    let address = nulls(
        "",
        &[
            "type",
            "street",
            "street_line_2",
            "city",
            "state",
            "zip",
            "country",
        ],
    );
    assert_eq!(read::<Address>(&address), Address::default());
    assert!(Address::default().is_blank());
}

#[test]
fn what_is_not_known_is_kept_or_ignored() {
    let job: Job = read(&json!({
        "id": "job_1",
        "invoice_number": 6,
        "work_status": "on hold",
        "customer": { "id": "cus_1", "notes": [], "kind": "homeowner" },
        "work_timestamps": { "started_at": "" },
        "job_fields": { "business_unit": { "id": "bu_1", "name": "Plumbing" }, "job_type": null },
        "new_key": { "deep": [1, 2.5] },
    }));
    assert_eq!(job.invoice_number.as_deref(), Some("6"));
    assert_eq!(
        job.work_status,
        Some(WorkStatus::Other("on hold".to_owned()))
    );
    assert_eq!(job.customer.unwrap().notes, None);
    assert_eq!(
        job.job_fields.business_unit.unwrap().name.as_deref(),
        Some("Plumbing")
    );

    let line: LineItem = read(&json!({ "kind": "tax", "service_item_type": "Pricebook::New" }));
    assert_eq!(line.kind, Some(LineKind::Other("tax".to_owned())));
    assert_eq!(line.service_item_type.unwrap().as_str(), "Pricebook::New");
}

#[test]
fn a_job_is_finished_or_removed_by_its_status_or_by_its_times() {
    for (fields, finished, removed) in [
        (json!({ "work_status": "in progress" }), false, false),
        (json!({ "work_status": "complete unrated" }), true, false),
        (json!({ "work_status": "complete rated" }), true, false),
        (
            json!({ "work_status": "in progress", "work_timestamps": { "completed_at": "2026-07-24T16:05:11Z" } }),
            true,
            false,
        ),
        (json!({ "work_status": "user canceled" }), false, true),
        (json!({ "work_status": "pro canceled" }), false, true),
        (
            json!({ "canceled_at": "2026-07-24T16:05:11Z" }),
            false,
            true,
        ),
        (json!({ "deleted_at": "2026-07-24T16:05:11Z" }), false, true),
    ] {
        let mut json = fields.clone();
        json["id"] = json!("job_1");
        let job: Job = read(&json);
        assert_eq!(
            (job.is_finished(), job.is_removed()),
            (finished, removed),
            "{fields}"
        );
    }
}

#[test]
fn a_voided_or_cancelled_invoice_is_removed_and_an_uncollectible_one_is_not() {
    for (status, removed) in [
        ("open", false),
        ("pending_payment", false),
        ("paid", false),
        ("uncollectible", false),
        ("voided", true),
        ("canceled", true),
    ] {
        let invoice: Invoice = read(&json!({ "id": "invoice_1", "status": status }));
        assert_eq!(invoice.is_removed(), removed, "{status}");
        assert!(
            !matches!(invoice.status, Some(InvoiceStatus::Other(_))),
            "{status}"
        );
    }
}

#[test]
fn v24_money_that_cannot_be_read_is_told_apart_from_none() {
    for amount in [json!("100"), json!(10.5), json!(true)] {
        let invoice: Invoice = read(&json!({ "id": "invoice_1", "amount": amount }));
        assert_eq!(invoice.amount, None);
        assert!(invoice.unread.has("amount"), "{amount}");
    }
    let none: Invoice = read(&json!({ "id": "invoice_1", "amount": null }));
    assert!(!none.unread.has("amount"));
}

#[test]
fn v24_money_without_an_identity_is_told() {
    let json = json!({ "id": "invoice_1", "payments": [{ "amount": 100, "status": "succeeded" }] });
    let invoice: Invoice = read(&json);
    assert_eq!(invoice.payments, []);
    assert!(invoice.unread.has("payments[0].id"));
}

#[test]
fn v24_what_cannot_be_read_of_a_job_stays_with_whom_it_is_about() {
    let job: Job = read(&json!({
        "id": "job_1", "subtotal": "12", "work_timestamps": { "completed_at": 5 },
        "customer": { "id": "cus_1", "email": {} }, "address": { "street": [] },
    }));
    let unread: Vec<&str> = job.unread.paths().collect();
    assert_eq!(
        unread,
        ["address.street", "work_timestamps.completed_at", "subtotal"]
    );
    assert!(job.customer.unwrap().unread.has("email"));
}

#[test]
fn a_record_can_also_be_read_from_a_parsed_value() {
    let line: LineItem =
        serde_json::from_value(json!({ "unit_price": 8900, "quantity": 2.5 })).unwrap();
    assert_eq!(line.unit_price, Some(Cents::new(8_900)));
    assert_eq!(line.quantity, Some(Quantity::from_hundredths(250)));
}

#[test]
fn people_do_not_show_in_debug_output() {
    let job: Job = read(&json!({
        "id": "job_1",
        "customer": { "id": "cus_1", "first_name": "Dana", "email": "dana@example.com" },
        "address": { "id": "adr_1", "street": "100 Example Ave" },
    }));
    let shown = format!("{job:?}");
    assert!(
        shown.contains("Customer(cus_1)") && shown.contains("Address(adr_1)"),
        "{shown}"
    );
    for personal in ["Dana", "dana", "Example Ave"] {
        assert!(!shown.contains(personal), "{shown}");
    }
}
