use serde_json::{Value, json};

use super::*;
use crate::fixtures::{customer, finished, invoiced, labor, read, with};

/// A job of one line and a discount, with an invoice that is paid, in which one field of a record is odd.
fn records(of: &str, changes: &Value) -> JobRecords {
    let changed = |record: &str, json: Value| match of {
        of if of == record => with(json, changes),
        _ => json,
    };
    let off = json!({ "kind": "percent discount", "unit_price": 1_000, "order_index": 1 });
    let hour = labor("Hour of work", 1.0, 10_000, 10_000);
    let lines = [
        changed("line", hour),
        changed("discount", with(labor("Spring", 1.0, 0, 1_000), &off)),
    ];
    let mut records = finished(&lines);
    records.job.total_amount = Some(money::Cents::new(9_000));
    let payment = json!({ "id": "invpay_1", "status": "succeeded", "amount": 9_000 });
    let failed = json!({ "id": "invpay_2", "status": "failed" });
    let payments = [
        changed("payment", payment),
        changed("failed payment", failed),
    ];
    let invoice = changed(
        "invoice",
        json!({ "amount": 9_000, "discounts": [{ "amount": 1_000 }], "payments": payments }),
    );
    records = invoiced(records, &invoice);
    if of == "customer" {
        records.customer = customer(changes);
    }
    if of == "job" {
        records.job = read(&with(
            json!({ "id": "job_1", "total_amount": 9_000, "work_timestamps": { "completed_at": "2026-05-05T02:30:00Z" } }),
            changes,
        ));
    }
    records
}

/// The rule that needs the odd field, and the rule that goes without it.
fn rules(of: &str, changes: &Value) -> [Option<&'static str>; 2] {
    let records = records(of, changes);
    let unreadable = records.unreadable();
    let left_out = records.left_out(true);
    [
        unreadable.map(|unread| unread.need.rule),
        left_out.first().map(|unread| unread.need.rule),
    ]
}

#[test]
fn v24_a_field_is_needed_by_a_rule_or_left_out_or_of_no_interest() {
    let odd = json!([[7.5]]);
    for (of, field, needed, left_out) in [
        ("line", "amount", Some("L1"), None),
        ("line", "name", Some("L5"), None),
        ("line", "kind", Some("L3"), None),
        ("line", "taxable", Some("X2"), None),
        ("line", "service_item_id", Some("I1"), None),
        ("line", "unit_price", None, Some("L1")),
        ("line", "quantity", None, Some("L1")),
        ("line", "description", None, Some("L1")),
        ("line", "unit_cost", None, None),
        ("line", "id", None, None),
        ("discount", "amount", Some("L3"), None),
        ("discount", "unit_price", None, None),
        ("discount", "name", None, None),
        ("discount", "taxable", None, None),
        ("invoice", "status", Some("T7"), None),
        ("invoice", "invoice_number", Some("N1"), None),
        ("invoice", "due_at", Some("M3"), None),
        ("invoice", "taxes", Some("X2"), None),
        ("invoice", "payments", Some("P1"), None),
        ("invoice", "refunds", None, None),
        ("invoice", "subtotal", None, None),
        ("invoice", "service_date", None, None),
        ("payment", "tip_amount", Some("L4"), None),
        ("payment", "payment_method", None, Some("P2")),
        ("payment", "category", None, None),
        ("failed payment", "tip_amount", None, None),
        ("failed payment", "payment_method", None, None),
        ("customer", "last_name", Some("C4"), None),
        ("customer", "email", None, Some("C2")),
        ("customer", "addresses", None, Some("C3")),
        ("customer", "tags", None, None),
        ("job", "total_amount", Some("L1"), None),
        ("job", "work_status", Some("T7"), None),
        ("job", "invoice_number", Some("N4"), None),
        ("job", "address", None, Some("C5")),
        ("job", "schedule", None, None),
        ("job", "description", None, None),
    ] {
        assert_eq!(
            rules(of, &json!({ field: odd })),
            [needed, left_out],
            "{field} of {of}"
        );
    }
}

#[test]
fn v24_what_is_needed_depends_on_the_rest_of_the_record() {
    for (of, changes, needed) in [
        // How many at which price make what nothing else tells.
        (
            "line",
            json!({ "amount": null, "unit_price": 7.5 }),
            Some("L1"),
        ),
        // Somebody without a name is known by what else is told.
        (
            "customer",
            json!({ "first_name": null, "last_name": null, "email": [] }),
            Some("C4"),
        ),
        // A job without a day of completion is dated by its plan.
        (
            "job",
            json!({ "work_timestamps": null, "schedule": [] }),
            Some("D2"),
        ),
        (
            "job",
            json!({ "canceled_at": "2026-05-05T02:30:00Z", "total_amount": [] }),
            None,
        ),
        (
            "invoice",
            json!({ "status": "voided", "taxes": true }),
            None,
        ),
        // Items count where an invoice bills a part.
        (
            "invoice",
            json!({ "items": [{ "name": [], "amount": 9_000, "invoiced_amount": 9_000 }] }),
            None,
        ),
        (
            "invoice",
            json!({ "items": [{ "name": [], "amount": 9_000, "invoiced_amount": 4_500 }] }),
            Some("L2"),
        ),
    ] {
        assert_eq!(rules(of, &changes)[0], needed, "{changes} of {of}");
    }
}

#[test]
fn v24_an_unread_field_is_named_by_what_people_know() {
    let named = |of: &str, field: &str| {
        let unread = records(of, &json!({ field: [7.5] })).unreadable().unwrap();
        format!("{} of {}", unread.field, unread.of)
    };
    assert_eq!(named("line", "amount"), "amount of line 1 (Hour of work)");
    assert_eq!(named("line", "name"), "name of line 1");
    assert_eq!(named("invoice", "sent_at"), "sent_at of invoice 20311");
    assert_eq!(
        named("payment", "tip_amount"),
        "payments[0].tip_amount of invoice 20311"
    );
    assert_eq!(
        named("customer", "first_name"),
        "first_name of the customer"
    );
}

#[test]
fn v24_places_in_lists_are_told_apart_from_fields() {
    for (path, name, places) in [
        ("amount", "amount", vec![]),
        ("items[2].amount", "items[].amount", vec![2]),
        ("taxes[1]", "taxes[]", vec![1]),
        ("a[0].b[12].c", "a[].b[].c", vec![0, 12]),
    ] {
        assert_eq!(without_places(path), (name.to_owned(), places));
    }
}

#[test]
fn v24_m2_the_start_of_work_is_needed_only_where_it_alone_gives_the_due_date() {
    let odd = json!({ "work_timestamps": { "completed_at": "2026-05-05T02:30:00Z", "started_at": [7.5] } });
    let (start, net) = ("upon start of work", "net 30");
    let due = "2026-06-05T16:00:00Z";
    for (concept, shown, due_at, needed) in [
        (Some(start), None, None, Some("M2")),
        (None, Some("Upon Start of Work"), None, Some("M2")),
        (Some(start), Some(start), Some(due), None),
        (Some(net), Some(net), None, None),
    ] {
        let terms =
            json!({ "due_concept": concept, "display_due_concept": shown, "due_at": due_at });
        let mut records = records("job", &odd);
        records.invoices.clear();
        let records = invoiced(records, &terms);
        let unread = records.unreadable().map(|unread| unread.need.rule);
        assert_eq!(unread, needed, "{terms}");
    }
}
