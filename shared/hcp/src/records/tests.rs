use std::{env, fs, path::PathBuf};

use money::{Cents, Quantity};
use serde_json::{Value, json};

use super::*;

/// A recording from the folder that `RECORDINGS` names.
fn recording(name: &str) -> Value {
    let folder = env::var_os("RECORDINGS").expect("RECORDINGS names the folder of the recordings");
    let path = PathBuf::from(folder).join("hcp").join(name);
    let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&bytes).unwrap()
}

fn read<T: serde::de::DeserializeOwned>(json: &Value) -> T {
    // Through text, as answers arrive.
    serde_json::from_str(&json.to_string()).unwrap()
}

#[test]
fn a_finished_job_is_read() {
    let json = json!({
        "id": "job_1",
        "invoice_number": "31",
        "description": "Gutter",
        "customer": {
            "id": "cus_1", "first_name": "Zoe", "last_name": "Case", "email": null, "mobile_number": "5550100999",
            "home_number": null, "work_number": null, "company": null, "notes": null, "kind": "homeowner", "tags": [],
        },
        "address": {
            "id": "adr_1", "type": "service", "street": "7 Test Rd", "street_line_2": null, "city": "Lakeview",
            "state": "OR", "zip": "97630", "country": "US", "latitude": null, "longitude": null,
        },
        "notes": [{ "id": "nte_1", "content": "Dog" }],
        "work_status": "complete unrated",
        "work_timestamps": {
            "on_my_way_at": null, "started_at": "2026-05-04T15:00:00Z", "completed_at": "2026-05-04T16:30:09Z",
        },
        "schedule": { "scheduled_start": "2026-05-04T15:00:00Z", "scheduled_end": null, "appointments": [] },
        "total_amount": 12_345,
        "outstanding_balance": 2_345,
        "subtotal": 11_000,
        "assigned_employees": [{ "id": "pro_1", "permissions": { "is_admin": true } }],
        "job_fields": { "job_type": null, "business_unit": null },
        "canceled_at": null,
        "deleted_at": null,
        "created_at": "2026-05-01T08:00:00Z",
        "updated_at": "2026-05-04T16:30:10Z",
    });
    let job: Job = read(&json);
    assert_eq!(job.unread.paths().count(), 0);
    assert_eq!(job.id.as_str(), "job_1");
    assert_eq!(job.invoice_number.as_deref(), Some("31"));
    assert_eq!(job.work_status, Some(WorkStatus::CompleteUnrated));
    assert_eq!(job.total_amount, Some(Cents::new(12_345)));
    assert_eq!(job.outstanding_balance, Some(Cents::new(2_345)));
    let finished = job.work_timestamps.completed_at.unwrap();
    assert_eq!(finished.to_string(), "2026-05-04T16:30:09Z");
    let customer = job.customer.as_ref().unwrap();
    assert_eq!(customer.first_name.as_deref(), Some("Zoe"));
    assert_eq!(customer.home_number, None);
    assert!(customer.addresses.is_empty());
    let address = job.address.as_ref().unwrap();
    assert_eq!(address.kind, Some(AddressKind::Service));
    assert_eq!(address.zip.as_deref(), Some("97630"));
    assert!(job.is_finished() && !job.is_removed());
}

#[test]
fn lines_are_read() {
    let lines: Vec<LineItem> = read(&json!([
        {
            "object": "line_item", "id": "rli_1", "name": "Visit", "description": "", "unit_price": 7_000,
            "unit_cost": 0, "quantity": 1.0, "kind": "labor", "taxable": false, "amount": 7_000, "order_index": 0,
            "service_item_id": "olit_1", "service_item_type": "OrganizationalLineItemTemplate",
        },
        {
            "object": "line_item", "id": "rli_2", "name": "Pipe", "description": "", "unit_price": 1_600,
            "unit_cost": 900, "unit_of_measure": "ft", "quantity": 2.5, "kind": "materials", "taxable": true,
            "amount": 4_000, "order_index": 1, "service_item_id": "pbmat_1", "service_item_type": "Pricebook::Material",
        },
    ]));
    assert_eq!(lines[0].kind, Some(LineKind::Labor));
    assert_eq!(lines[0].service_item_type, Some(ServiceItemType::Service));
    let pipe = &lines[1];
    assert_eq!(pipe.kind, Some(LineKind::Materials));
    assert_eq!(pipe.quantity, Some("2.5".parse().unwrap()));
    assert_eq!(pipe.unit_price, Some(Cents::new(1_600)));
    assert_eq!(pipe.amount, Some(Cents::new(4_000)));
    assert_eq!(pipe.taxable, Some(true));
    assert_eq!(pipe.description, None, "empty text is none");
    assert_eq!(pipe.service_item_type, Some(ServiceItemType::Material));
}

#[test]
fn a_paid_invoice_and_one_over_nothing_are_read() {
    let invoices: Vec<Invoice> = read(&json!([
        {
            "id": "invoice_1", "job_id": "job_1", "status": "paid", "invoice_number": "31", "amount": 11_330,
            "subtotal": 11_000, "due_amount": 0, "due_at": "2026-05-04T17:00:00Z",
            "display_due_concept": "upon receipt", "due_concept": "upon", "paid_at": "2026-05-05T09:00:00Z",
            "sent_at": "2026-05-04T17:00:00Z", "service_date": null, "invoice_date": "2026-05-04T16:59:00Z",
            "items": [{
                "id": "invitm_1", "name": "Pipe", "unit_cost": 900, "unit_price": 1_600, "qty_in_hundredths": 250,
                "amount": 4_000, "invoiced_amount": 4_000, "type": "material",
            }],
            "taxes": [{ "id": "invtax_1", "rate": 8.25, "amount": 330, "name": "Lake tax" }],
            "discounts": [],
            "payments": [{
                "id": "invpay_1", "status": "succeeded", "payment_method": "credit_card", "amount": 11_330, "note": null,
                "paid_at": "2026-05-05T09:00:00Z", "category": "payment", "surcharge_fee_amount": 0,
            }],
            "refunds": [],
        },
        {
            "id": "invoice_2", "job_id": "job_1", "status": "paid", "invoice_number": "32", "amount": 0, "paid_at": null,
            "items": [], "taxes": [], "discounts": [], "payments": [], "refunds": [],
        },
    ]));
    let paid = &invoices[0];
    assert_eq!(paid.unread.paths().count(), 0);
    assert_eq!(paid.status, Some(InvoiceStatus::Paid));
    assert_eq!(paid.amount, Some(Cents::new(11_330)));
    assert_eq!(paid.due_concept.as_deref(), Some("upon"));
    assert_eq!(paid.items[0].quantity, Some(Quantity::from_hundredths(250)));
    assert_eq!(paid.items[0].kind, Some(LineKind::Materials));
    assert_eq!(paid.items[0].invoiced_amount, Some(Cents::new(4_000)));
    assert_eq!(paid.taxes[0].rate.as_deref(), Some("8.25"));
    assert_eq!(paid.taxes[0].amount, Some(Cents::new(330)));
    let payment = &paid.payments[0];
    assert_eq!(payment.payment_method, Some(PaymentMethod::CreditCard));
    assert!(payment.is_succeeded());

    let nothing = &invoices[1];
    assert_eq!(nothing.status, Some(InvoiceStatus::Paid));
    assert_eq!(nothing.amount, Some(Cents::ZERO));
    assert_eq!(nothing.paid_at, None);
    assert!(nothing.payments.is_empty());
}

#[test]
fn a_material_a_company_and_a_customer_are_read() {
    let material: Material = read(&json!({
        "object": "material", "uuid": "pbmat_1", "material_category_uuid": "pbmcat_1", "name": "Pipe",
        "description": null, "cost": 900, "price": 1_600, "material_category_name": "Copper", "taxable": true,
    }));
    assert_eq!(material.name.as_deref(), Some("Pipe"));
    assert_eq!(material.material_category_name.as_deref(), Some("Copper"));
    assert_eq!(material.price, Some(Cents::new(1_600)));
    assert_eq!(material.taxable, Some(true));
    assert_eq!(material.description, None);

    let company: Company = read(&json!({
        "id": "0f5e2c9a-6b1d-4f37-9c58-2a7d4e8b1c63", "name": "Case Gutters", "default_arrival_window": 60,
        "time_zone": "America/Los_Angeles", "service_areas_data": { "zip_codes": [] },
    }));
    assert_eq!(company.time_zone.as_deref(), Some("America/Los_Angeles"));

    let customer: Customer = read(&json!({
        "id": "cus_1", "first_name": "Zoe", "company": null,
        "addresses": [{ "id": "adr_1", "type": "billing", "street": "7 Test Rd", "zip": "97630" }],
    }));
    assert_eq!(customer.addresses.len(), 1);
    assert_eq!(customer.company, None);
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn recording_of_a_finished_job() {
    let list = recording("rest-GET-jobs.json");
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
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn recording_of_line_items() {
    let list = recording("rest-GET-jobs-id-line_items.json");
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
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn recording_of_invoices() {
    let list = recording("rest-GET-invoices.composite.json");
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
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn recording_of_materials() {
    let list = recording("rest-GET-price_book-materials.composite.json");
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
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn recording_of_a_company_and_of_a_customer() {
    let company: Company = read(&recording("rest-GET-company.json"));
    assert_eq!(company.time_zone.as_deref(), Some("America/Chicago"));
    let list = recording("rest-GET-customers.json");
    let customer: Customer = read(&list["customers"][0]);
    assert_eq!(customer.addresses.len(), 1);
    assert_eq!(customer.company, None);
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
