//! Housecall Pro's answers for tests: written as JSON in their own shape and read by the `hcp` crate, so that
//! what is mapped is what would arrive.

use jiff::{civil::date, tz::TimeZone};
use money::Cents;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{
    Bill, Dates, Document, Invoicing, JobRecords, Refusal, SalesTax, SentBefore,
    invoice::{self, References, Setup},
    marker::Marker,
};

/// Reads a record through text, as answers arrive.
pub(crate) fn read<T: DeserializeOwned>(json: &Value) -> T {
    serde_json::from_str(&json.to_string()).unwrap()
}

/// The record with some of its keys changed.
pub(crate) fn with(mut record: Value, changes: &Value) -> Value {
    for (key, value) in changes.as_object().unwrap() {
        record[key] = value.clone();
    }
    record
}

/// Rosa Quill, who has everything.
pub(crate) fn customer(changes: &Value) -> hcp::Customer {
    let rosa = json!({
        "id": "cus_58b0c6d2e41f4f5c9a07d3b86e1f2a94",
        "first_name": "Rosa",
        "last_name": "Quill",
        "email": "rosa@example.com",
        "mobile_number": "5550100177",
        "home_number": "5550100178",
        "work_number": "5550100179",
        "company": "Quill Bindery",
        "notifications_enabled": true,
        "lead_source": "Referral",
        "notes": "Ring twice.\nThe side door is open.",
        "kind": "business",
        "created_at": "2026-03-02T15:20:00Z",
        "updated_at": "2026-05-01T08:00:00Z",
        "company_name": "North Pine Heating",
        "company_id": "6a3f9be0-54d1-4e0a-8b7c-91d2c3e4f506",
        "tags": [],
        "addresses": [service("7 Mill Lane"), billing("12 Harbor Street")],
    });
    read(&with(rosa, changes))
}

/// An address to which invoices go.
pub(crate) fn billing(street: &str) -> Value {
    place("billing", street)
}

/// An address at which work is done.
pub(crate) fn service(street: &str) -> Value {
    place("service", street)
}

pub(crate) fn place(kind: &str, street: &str) -> Value {
    json!({
        "id": "adr_0d4be7a95c1843f2b6e8f10a29c7d3e5",
        "type": kind,
        "street": street,
        "street_line_2": null,
        "city": "Salem",
        "state": "OR",
        "zip": "97301",
        "country": "US",
        "latitude": null,
        "longitude": null,
    })
}

/// The address of a job that has none.
pub(crate) fn nowhere() -> Value {
    json!({
        "id": null, "type": "service", "street": null, "street_line_2": null,
        "city": null, "state": null, "zip": null, "country": null,
    })
}

/// Work from the price book: how many, for how many cents each, and how many cents in all.
pub(crate) fn labor(name: &str, quantity: f64, price: i64, amount: i64) -> Value {
    json!({
        "object": "line_item",
        "id": "rli_7c90e1ab52d34f8e9b61f4a0c8d2e357",
        "name": name,
        "description": "",
        "unit_price": price,
        "unit_cost": 0,
        "unit_of_measure": null,
        "quantity": quantity,
        "kind": "labor",
        "taxable": false,
        "amount": amount,
        "order_index": null,
        "service_item_id": format!("olit_{}", name.len()),
        "service_item_type": "OrganizationalLineItemTemplate",
        "duration_in_minutes": 30,
        "url": "/jobs/job_e1/line_items/rli_7c",
    })
}

/// Goods from the price book.
pub(crate) fn material(name: &str, quantity: f64, price: i64, amount: i64) -> Value {
    let goods = json!({
        "kind": "materials",
        "service_item_id": format!("pbmat_{}", name.len()),
        "service_item_type": "Pricebook::Material",
        "duration_in_minutes": null,
    });
    with(labor(name, quantity, price, amount), &goods)
}

/// A line typed on the job.
pub(crate) fn typed(name: &str, amount: i64) -> Value {
    let typed = json!({ "service_item_id": null, "service_item_type": null });
    with(labor(name, 1.0, amount, amount), &typed)
}

/// One hour for 95 dollars, for tests that ask about something else.
pub(crate) fn hour() -> Value {
    labor("Hour of work", 1.0, 9_500, 9_500)
}

/// A finished job that nobody invoiced yet.
pub(crate) fn finished(lines: &[Value]) -> JobRecords {
    let total: i64 = lines
        .iter()
        .filter_map(|line| line["amount"].as_i64())
        .sum();
    JobRecords {
        job: read(&json!({
            "id": "job_e1c5a7f04b9d4d27a3c6820f5b9e7d18",
            "invoice_number": "20311",
            "description": "No heat upstairs",
            "customer": { "id": "cus_58b0c6d2e41f4f5c9a07d3b86e1f2a94", "first_name": "Rosa" },
            "address": service("7 Mill Lane"),
            "notes": [],
            "work_status": "complete unrated",
            "work_timestamps": {
                "on_my_way_at": null,
                "started_at": "2026-05-04T15:10:00Z",
                "completed_at": "2026-05-05T02:30:00Z",
            },
            "schedule": {
                "scheduled_start": "2026-05-04T15:00:00Z",
                "scheduled_end": "2026-05-04T17:00:00Z",
                "arrival_window": 60,
                "appointments": [],
            },
            "total_amount": total,
            "outstanding_balance": total,
            "subtotal": total,
            "job_fields": { "job_type": null, "business_unit": null },
            "canceled_at": null,
            "deleted_at": null,
        })),
        lines: lines.iter().map(read).collect(),
        invoices: Vec::new(),
        customer: customer(&json!({})),
        customer_gone: false,
    }
}

/// The same job with one more invoice, which bills all of it where `changes` do not say otherwise.
pub(crate) fn invoiced(mut records: JobRecords, changes: &Value) -> JobRecords {
    let items: Vec<Value> = records.lines.iter().map(item_of).collect();
    let total = records.job.total_amount.map(Cents::get);
    let invoice = json!({
        "id": "invoice_4f86d0c25e7b4a1f8c39b6e2d7a015f3",
        "status": "open",
        "invoice_number": "20311",
        "amount": total,
        "subtotal": total,
        "due_amount": total,
        "due_at": "2026-06-05T16:00:00Z",
        "display_due_concept": "net 30",
        "due_concept": "net_30",
        "paid_at": null,
        "sent_at": "2026-05-06T16:00:00Z",
        "service_date": "2026-05-04T15:00:00Z",
        "invoice_date": "2026-05-06T15:59:30Z",
        "items": items,
        "taxes": [],
        "discounts": [],
        "payments": [],
        "refunds": [],
    });
    records.invoices.push(read(&with(invoice, changes)));
    records
}

/// A job's line as its invoice repeats it.
fn item_of(line: &hcp::LineItem) -> Value {
    json!({
        "id": "invitm_2a7c",
        "name": line.name,
        "unit_price": line.unit_price.map(Cents::get),
        "amount": line.amount.map(Cents::get),
        "invoiced_amount": line.amount.map(Cents::get),
        "type": "labor",
    })
}

/// The invoice of a job whose lines use the items 31, 32, ….
pub(crate) fn invoice(records: &JobRecords) -> Result<qbo::Invoice, Refusal> {
    let items: Vec<qbo::Id> = (31..31 + records.lines.len())
        .map(|n| n.to_string().into())
        .collect();
    invoice_with(records, &items)
}

pub(crate) fn invoice_with(
    records: &JobRecords,
    items: &[qbo::Id],
) -> Result<qbo::Invoice, Refusal> {
    invoice_in(records, items, true, SalesTax::Off)
}

/// The invoice in a company that allows discounts, or does not, and handles sales tax in this way.
pub(crate) fn invoice_in(
    records: &JobRecords,
    items: &[qbo::Id],
    discounts: bool,
    sales_tax: SalesTax<'_>,
) -> Result<qbo::Invoice, Refusal> {
    document_in(records, &records.main()?, items, discounts, sales_tax)
}

/// One of a job's invoices in such a company.
pub(crate) fn document_in(
    records: &JobRecords,
    document: &Document,
    items: &[qbo::Id],
    discounts: bool,
    sales_tax: SalesTax<'_>,
) -> Result<qbo::Invoice, Refusal> {
    let references = References {
        customer: &"58".into(),
        items,
        term: None,
        class: None,
        marker: &marker(),
    };
    document_of(records, document, &references, discounts, sales_tax)
}

/// The marker of the slot of these invoices.
pub(crate) fn marker() -> Marker {
    Marker::new(
        &read(&json!("6a3f9be0-54d1-4e0a-8b7c-91d2c3e4f506")),
        "job_e1#main",
    )
}

/// The invoice that refers to these.
pub(crate) fn invoice_of(
    records: &JobRecords,
    references: &References<'_>,
    discounts: bool,
    sales_tax: SalesTax<'_>,
) -> Result<qbo::Invoice, Refusal> {
    document_of(records, &records.main()?, references, discounts, sales_tax)
}

fn document_of(
    records: &JobRecords,
    document: &Document,
    references: &References<'_>,
    discounts: bool,
    sales_tax: SalesTax<'_>,
) -> Result<qbo::Invoice, Refusal> {
    let dates = Dates {
        txn: date(2026, 5, 6),
        due: date(2026, 6, 5),
        by_invoice: true,
    };
    let zone = TimeZone::get("America/Los_Angeles").unwrap();
    let setup = Setup {
        zone: &zone,
        discounts,
        sales_tax,
    };
    invoice::wanted(records, document, references, dates, setup)
}

/// In a company that chose nothing, of a job that was never sent.
impl JobRecords {
    pub(crate) fn main(&self) -> Result<Document, Refusal> {
        let documents = self.documents(Invoicing::default(), &SentBefore::default())?;
        Ok(documents.into_iter().next_back().expect("a main one"))
    }

    pub(crate) fn bill(&self) -> Result<Bill, Refusal> {
        self.main().map(|main| main.bill)
    }
}
