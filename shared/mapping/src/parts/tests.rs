use hcp::InvoiceId;
use serde_json::json;

use super::*;
use crate::{
    Document, JobRecords,
    fixtures::{finished, hour, invoiced, labor, typed, with},
};

fn id(number: &str) -> InvoiceId {
    serde_json::from_value(json!(format!("invoice_{number}"))).unwrap()
}

/// A job with progress invoices, each over 10 dollars of its 95; behind a number `draft`, `voided` or `lump` for
/// one that was paid without being sent.
fn records(invoices: &[&str]) -> JobRecords {
    invoices.iter().fold(finished(&[hour()]), |records, text| {
        let (number, state) = text.split_once(' ').unwrap_or((text, ""));
        let paid = json!([{ "id": "invpay_1", "status": "succeeded", "amount": 1_000 }]);
        let item = json!({ "name": "Hour of work", "unit_price": 9_500, "amount": 9_500, "invoiced_amount": 1_000 });
        let day = number.rsplit_once('-').unwrap().1;
        let mut changes = json!({
            "id": format!("invoice_{number}"), "invoice_number": number, "amount": 1_000, "items": [item],
            "sent_at": format!("2026-05-{day:0>2}T16:00:00Z"),
        });
        match state {
            "draft" => changes["sent_at"] = json!(null),
            "voided" => changes["status"] = json!("voided"),
            "lump" => (changes["sent_at"], changes["payments"]) = (json!(null), paid),
            _ => {}
        }
        invoiced(records, &changes)
    })
}

/// A job whose documents stand for these invoices, the main one first.
fn standing(documents: &[&[&str]]) -> SentBefore {
    let known = documents
        .iter()
        .zip(1..)
        .map(|(numbers, count)| SentDocument {
            role: Role::Part(count).place(),
            invoices: numbers.iter().copied().map(id).collect(),
            linked: true,
            sent: Vec::new(),
        });
    SentBefore {
        documents: known.collect(),
        per_invoice: true,
        ..SentBefore::default()
    }
}

fn told(records: &JobRecords, standing: &SentBefore) -> Vec<String> {
    let documents = records.documents(Invoicing::Progress, standing).unwrap();
    let told = |document: &Document| {
        format!(
            "{:?} {} {}",
            document.role, document.number, document.bill.total
        )
    };
    documents.iter().map(told).collect()
}

#[test]
fn n6_each_progress_invoice_has_a_document_that_it_keeps() {
    let none: [&[&str]; 0] = [];
    for (invoices, known, expected) in [
        // Until one is issued the job is one document (N4).
        (vec![], &none[..], vec!["Main 20311 95.00"]),
        (
            vec!["20311-1 draft", "20311-2 draft"],
            &none,
            vec!["Main 20311-1 95.00"],
        ),
        (
            vec!["20311-1", "20311-2 draft"],
            &none,
            vec!["Part(1) 20311-1 10.00"],
        ),
        (
            vec!["20311-1", "20311-2"],
            &none,
            vec!["Part(1) 20311-1 10.00", "Part(2) 20311-2 10.00"],
        ),
        // The main document becomes the first one's.
        (vec!["20311-1"], &[&[][..]], vec!["Part(1) 20311-1 10.00"]),
        // First come, first served.
        (
            vec!["20311-1", "20311-2"],
            &[&["20311-2"][..]],
            vec!["Part(1) 20311-2 10.00", "Part(2) 20311-1 10.00"],
        ),
        (
            vec!["20311-1", "20311-2"],
            &[&["20311-2"][..], &["20311-1"]],
            vec!["Part(1) 20311-2 10.00", "Part(2) 20311-1 10.00"],
        ),
        // Voided and issued again (N9).
        (
            vec!["20311-1 voided", "20311-2", "20311-3"],
            &[&["20311-1"][..], &["20311-2"]],
            vec!["Part(1) 20311-3 10.00", "Part(2) 20311-2 10.00"],
        ),
        (
            vec!["20311-1", "20311-2 voided", "20311-3"],
            &[&["20311-1"][..], &["20311-2"]],
            vec!["Part(1) 20311-1 10.00", "Part(2) 20311-3 10.00"],
        ),
        // Nothing is made of the rest, nor of what was voided.
        (vec!["20311-1 voided"], &[&["20311-1"][..]], vec![]),
        (
            vec!["20311-1", "20311-2 voided"],
            &[&["20311-1"][..], &["20311-2"]],
            vec!["Part(1) 20311-1 10.00"],
        ),
    ] {
        let records = records(&invoices);
        assert_eq!(
            told(&records, &standing(known)),
            expected,
            "{invoices:?} {known:?}"
        );
    }
}

#[test]
fn n6_a_document_that_we_voided_is_not_taken_over_before_one_that_is_there() {
    let mut known = standing(&[&["20311-1"], &["20311-2"]]);
    known.documents[0].linked = false;
    let records = records(&["20311-1 voided", "20311-2 voided", "20311-3", "20311-4"]);
    let expected = ["Part(1) 20311-4 10.00", "Part(2) 20311-3 10.00"];
    assert_eq!(told(&records, &known), expected);
}

#[test]
fn n6_one_invoice_over_the_whole_job_is_a_progress_invoice_too() {
    let whole = json!({ "id": "invoice_1", "invoice_number": "20311-1" });
    let records = invoiced(finished(&[hour()]), &whole);
    assert_eq!(told(&records, &standing(&[])), ["Part(1) 20311-1 95.00"]);
    // In a company that bills jobs at once it is the main one.
    let documents = records
        .documents(Invoicing::Simple, &standing(&[]))
        .unwrap();
    assert_eq!(documents[0].role, Role::Main);
}

#[test]
fn d3_d4_each_is_dated_by_its_own_days() {
    let records = records(&["20311-1", "20311-2"]);
    let documents = records
        .documents(Invoicing::Progress, &standing(&[]))
        .unwrap();
    let sent = |n: usize| documents[n].days.sent.map(|at| at.to_string());
    assert_eq!(sent(0).as_deref(), Some("2026-05-01T16:00:00Z"));
    assert_eq!(sent(1).as_deref(), Some("2026-05-02T16:00:00Z"));
    for document in &documents {
        assert_eq!(
            document.days.finished,
            records.job.work_timestamps.completed_at
        );
    }
}

fn goods(goods: &crate::Goods) -> &'static str {
    match goods {
        crate::Goods::NotInPriceBook => "typed",
        _ => "book",
    }
}

/// What the only progress invoice of a job with these lines bills, given its items and taxes.
fn billed(
    lines: &[serde_json::Value],
    changes: &serde_json::Value,
) -> Result<Vec<String>, crate::Refusal> {
    let part = json!({ "invoice_number": "20311-1" });
    let records = invoiced(finished(lines), &with(part, changes));
    let documents = records.documents(Invoicing::Progress, &standing(&[]))?;
    let lines = documents[0].bill.lines.iter();
    Ok(lines
        .map(|line| {
            format!(
                "{} {} {} taxed {}",
                line.name,
                goods(&line.goods),
                line.amount,
                line.taxable
            )
        })
        .collect())
}

#[test]
fn l2_items_are_joined_with_lines_by_name_quantity_price_and_amount() {
    let taxed = |line| with(line, &json!({ "taxable": true }));
    let lines = [
        labor("Visit", 1.0, 5_000, 5_000),
        taxed(labor("Visit", 2.0, 5_000, 10_000)),
        taxed(labor("Visit", 4.0, 2_500, 10_000)),
        typed("Parts", 700),
    ];
    let item = |quantity: i64, price: i64, amount: i64, part: serde_json::Value| {
        json!({
            "name": "Visit", "qty_in_hundredths": quantity, "unit_price": price, "amount": amount, "invoiced_amount": part,
        })
    };
    let two = billed(
        &lines,
        &json!({
            "amount": 4_000, "items": [item(400, 2_500, 10_000, json!(3_000)), item(100, 5_000, 5_000, json!(1_000)), item(200, 5_000, 10_000, json!(0))],
        }),
    );
    assert_eq!(
        two.unwrap(),
        [
            "Visit book 30.00 taxed true",
            "Visit book 10.00 taxed false",
        ]
    );
    // A line without a part is billed whole; one without any amount is left out.
    let whole = billed(
        &lines,
        &json!({
            "amount": 5_000, "items": [item(100, 5_000, 5_000, json!(null)), json!({ "name": "Visit" })],
        }),
    );
    assert_eq!(whole.unwrap(), ["Visit book 50.00 taxed false"]);
}

#[test]
fn l2_two_lines_alike_are_joined_one_after_the_other() {
    let lines = [hour(), with(hour(), &json!({ "taxable": true }))];
    let item = json!({ "name": "Hour of work", "unit_price": 9_500, "amount": 9_500, "invoiced_amount": 100 });
    let billed = billed(&lines, &json!({ "amount": 200, "items": [item, item] }));
    let taxed: Vec<bool> = billed
        .unwrap()
        .iter()
        .map(|line| line.ends_with("true"))
        .collect();
    assert_eq!(taxed, [false, true]);
}

#[test]
fn l2_what_is_no_line_of_the_job_is_typed_and_where_tax_depends_on_it_refused() {
    let other = json!({ "name": "Other work", "amount": 4_000, "invoiced_amount": 2_000 });
    let hour_item = json!({ "name": "Hour of work", "unit_price": 9_500, "amount": 9_500, "invoiced_amount": 1_000 });
    let lines = [with(hour(), &json!({ "taxable": true }))];
    let items = json!([hour_item, other]);
    let untaxed = billed(&lines, &json!({ "amount": 3_000, "items": items }));
    assert_eq!(untaxed.unwrap()[1], "Other work typed 20.00 taxed false");
    let taxed = billed(
        &lines,
        &json!({ "amount": 3_080, "items": items, "taxes": [{ "amount": 80 }] }),
    );
    let refusal = crate::Refusal::UnknownLine {
        line: "Other work".to_owned(),
        invoice: "20311-1".to_owned(),
    };
    assert_eq!(taxed, Err(refusal));
}

#[test]
fn x5_a_progress_invoice_has_its_own_discount_and_tax() {
    let lines = [with(hour(), &json!({ "taxable": true }))];
    let item = json!({ "name": "Hour of work", "unit_price": 9_500, "amount": 9_500, "invoiced_amount": 4_750 });
    for off in [475, -475] {
        let half = json!({
            "invoice_number": "20311-1", "amount": 4_660, "items": [item],
            "taxes": [{ "name": "County", "amount": 385 }], "discounts": [{ "amount": off }],
        });
        let records = invoiced(finished(&lines), &half);
        let documents = records
            .documents(Invoicing::Progress, &standing(&[]))
            .unwrap();
        let bill = &documents[0].bill;
        assert_eq!(
            [bill.discount, bill.tax, bill.total].map(money::Cents::get),
            [475, 385, 4_660]
        );
    }
}

/// What of a job's first progress invoice is remembered once it was sent.
fn standing_of(records: &JobRecords, sent: Vec<crate::SentLine>) -> SentBefore {
    let mut standing = standing(&[&["20311-1"]]);
    standing.documents[0].sent = sent;
    assert!(!records.invoices.is_empty());
    standing
}

/// An item of a progress invoice: all of the job's line, and the part of it.
fn item(name: &str, amount: i64, part: i64) -> serde_json::Value {
    json!({ "name": name, "unit_price": amount, "amount": amount, "invoiced_amount": part })
}

#[test]
fn n6_a_line_of_a_sent_part_stays_what_it_was_whatever_becomes_of_the_job() {
    let part = |items: &[serde_json::Value], changes: serde_json::Value| {
        let first = json!({ "id": "invoice_20311-1", "invoice_number": "20311-1", "amount": 5_400, "items": items });
        with(first, &changes)
    };
    let taxed = |line| with(line, &json!({ "taxable": true }));
    let service = || taxed(labor("Service", 1.0, 10_000, 10_000));
    let tax = json!({ "taxes": [{ "name": "County", "amount": 400 }] });
    let items = [item("Service", 10_000, 5_000)];
    let first = part(&items, tax.clone());
    let before = invoiced(finished(&[service()]), &first);
    let documents = |records: &JobRecords, standing: &SentBefore| {
        records.documents(Invoicing::Progress, standing).unwrap()
    };
    let as_sent = documents(&before, &standing(&[&["20311-1"]]));
    let sent = as_sent[0].sent.clone();
    // As it is stored.
    let stored = serde_json::to_string(&sent).unwrap();
    let sent: Vec<crate::SentLine> = serde_json::from_str(&stored).unwrap();
    for (told, lines) in [
        ("dearer", vec![taxed(labor("Service", 1.0, 12_000, 12_000))]),
        ("renamed", vec![taxed(labor("Visit", 1.0, 10_000, 10_000))]),
        ("untaxed", vec![labor("Service", 1.0, 10_000, 10_000)]),
        ("typed", vec![taxed(typed("Service", 10_000))]),
        ("gone", vec![hour()]),
    ] {
        let after = invoiced(finished(&lines), &first);
        let now = documents(&after, &standing_of(&after, sent.clone()));
        assert_eq!(now[0].bill, as_sent[0].bill, "{told}");
        assert_eq!(now[0].sent, sent, "{told}");
    }
    // Its own invoice changed: what it bills follows, the item stays.
    let less = json!({ "amount": 4_400, "items": [item("Service", 10_000, 4_000)], "taxes": tax["taxes"] });
    let dearer = taxed(labor("Service", 1.0, 12_000, 12_000));
    let after = invoiced(finished(&[dearer]), &part(&[], less));
    let now = documents(&after, &standing_of(&after, sent));
    let (now, then) = (&now[0].bill.lines[0], &as_sent[0].bill.lines[0]);
    assert_eq!((&now.goods, now.taxable), (&then.goods, then.taxable));
    assert_eq!(now.amount.get(), 4_000);
}

#[test]
fn n6_a_part_that_cannot_be_sent_does_not_hold_up_the_others() {
    let taxed = |line| with(line, &json!({ "taxable": true }));
    let part = |number: &str, name: &str, day: &str| {
        json!({
            "id": format!("invoice_{number}"), "invoice_number": number, "amount": 5_400,
            "sent_at": format!("2026-05-{day}T16:00:00Z"), "items": [item(name, 10_000, 5_000)],
            "taxes": [{ "name": "County", "amount": 400 }],
        })
    };
    let records = finished(&[taxed(labor("Service", 1.0, 10_000, 10_000))]);
    let records = invoiced(records, &part("20311-1", "Something else", "01"));
    let records = invoiced(records, &part("20311-2", "Service", "02"));
    let standing = standing(&[&["20311-1"]]);
    let apart = records.documents_apart(Invoicing::Progress, &standing);
    let (documents, refused) = apart.unwrap();
    let numbers: Vec<&str> = documents.iter().map(|one| one.number.as_str()).collect();
    assert_eq!(numbers, ["20311-2"]);
    assert!(
        matches!(refused.as_slice(), [crate::Refusal::UnknownLine { line, .. }] if line == "Something else")
    );
    assert!(records.documents(Invoicing::Progress, &standing).is_err());
}
