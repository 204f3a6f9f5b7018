use serde_json::{Value, json};

use super::*;
use crate::fixtures::{finished, hour, invoiced, material};

use Invoicing::{MatchJobNumber as Match, Progress, Simple};

/// Job 20311 over 295 dollars.
fn job() -> JobRecords {
    finished(&[material("Blower motor", 1.0, 20_000, 20_000), hour()])
}

/// An invoice as `<number> <what>`: `whole`, `half`, `third` of each line, or `item` for a third as one item of its
/// own; behind it `draft` when it was not sent, `voided` when it was removed.
fn with_invoice(records: JobRecords, text: &str) -> JobRecords {
    let mut words = text.split(' ');
    let (number, what) = (words.next().unwrap(), words.next().unwrap());
    let more: Vec<&str> = words.collect();
    let of = |name: &str, amount: i64, part: i64| json!({ "name": name, "unit_price": amount, "amount": amount, "invoiced_amount": part });
    let (total, items) = match what {
        "whole" => (
            29_500,
            vec![
                of("Blower motor", 20_000, 20_000),
                of("Hour of work", 9_500, 9_500),
            ],
        ),
        "half" => (
            14_750,
            vec![
                of("Blower motor", 20_000, 10_000),
                of("Hour of work", 9_500, 4_750),
            ],
        ),
        "third" => (
            9_833,
            vec![
                of("Blower motor", 20_000, 6_666),
                of("Hour of work", 9_500, 3_167),
            ],
        ),
        "rest" => (
            19_667,
            vec![
                of("Blower motor", 20_000, 13_334),
                of("Hour of work", 9_500, 6_333),
            ],
        ),
        "item" => (9_833, vec![of("Deposit", 9_833, 9_833)]),
        other => panic!("{other}"),
    };
    let sent = if more.contains(&"draft") {
        Value::Null
    } else {
        json!("2026-05-06T16:00:00Z")
    };
    let status = if more.contains(&"voided") {
        "voided"
    } else {
        "open"
    };
    let changes = json!({
        "id": format!("invoice_{number}"), "invoice_number": number, "amount": total, "items": items,
        "sent_at": sent, "status": status,
    });
    invoiced(records, &changes)
}

fn records(invoices: &str) -> JobRecords {
    let invoices = invoices.split(", ").filter(|text| !text.is_empty());
    invoices.fold(job(), with_invoice)
}

fn number(invoice: &Invoice) -> &str {
    invoice.invoice_number.as_deref().unwrap()
}

/// `deposit … main …`, `parts … …`, `nothing`, or why not.
fn told(records: &JobRecords, invoicing: Invoicing, standing: &SentBefore) -> String {
    let sorted = match records.sorted(invoicing, standing) {
        Ok(sorted) => sorted,
        Err(Refusal::InvoicingUnclear(_)) => return "unclear".to_owned(),
        Err(refusal) => return refusal.to_string(),
    };
    let deposit = sorted
        .deposit
        .map(|deposit| format!("deposit {}", number(deposit)));
    let invoiced = match &sorted.invoiced {
        Invoiced::NotYet => None,
        Invoiced::Whole(main) => Some(format!("main {}", number(main))),
        Invoiced::Parts(parts) => {
            let numbers: Vec<&str> = parts.iter().copied().map(number).collect();
            Some(format!("parts {}", numbers.join(" ")))
        }
    };
    let told: Vec<String> = deposit.into_iter().chain(invoiced).collect();
    if told.is_empty() {
        "nothing".to_owned()
    } else {
        told.join(" ")
    }
}

#[test]
fn n1_n2_n3_n7_the_signs_come_first_and_the_setting_decides_the_rest() {
    for (invoices, simple, matched, progress) in [
        ("", "nothing", "nothing", "nothing"),
        ("30417 whole", "main 30417", "main 30417", "main 30417"),
        ("30417 whole voided", "nothing", "nothing", "nothing"),
        // A number D-… is a deposit whatever the setting.
        (
            "D-20311 half",
            "deposit D-20311",
            "deposit D-20311",
            "deposit D-20311",
        ),
        (
            "D-20311 item",
            "deposit D-20311",
            "deposit D-20311",
            "deposit D-20311",
        ),
        (
            "D-20311 half, 20311 half",
            "deposit D-20311 main 20311",
            "deposit D-20311 main 20311",
            "deposit D-20311 main 20311",
        ),
        (
            "D-20311 third draft, 20311 rest",
            "deposit D-20311 main 20311",
            "deposit D-20311 main 20311",
            "deposit D-20311 main 20311",
        ),
        (
            "D-20311 half, D-20311-1 third",
            "it has several deposit invoices",
            "it has several deposit invoices",
            "it has several deposit invoices",
        ),
        // Half of the job beside a deposit over a third: more is to come.
        (
            "D-20311 third, 20311-1 half",
            "deposit D-20311 parts 20311-1",
            "deposit D-20311 main 20311-1",
            "deposit D-20311 parts 20311-1",
        ),
        // One over a part: a deposit with an ordinary number, or a progress invoice.
        ("30418 half", "deposit 30418", "unclear", "parts 30418"),
        ("30418 item", "deposit 30418", "unclear", "main 30418"),
        ("20311-1 half", "parts 20311-1", "unclear", "parts 20311-1"),
        // Two: the main invoice's number comes first, the deposit's is the next one (N1).
        (
            "30418 third, 30417 rest",
            "deposit 30418 main 30417",
            "unclear",
            "parts 30417 30418",
        ),
        (
            "30417 rest, 30418 third",
            "deposit 30418 main 30417",
            "unclear",
            "parts 30417 30418",
        ),
        (
            "30417 third, 30418 rest",
            "deposit 30418 main 30417",
            "unclear",
            "parts 30417 30418",
        ),
        (
            "30418 item, 30417 rest",
            "deposit 30418 main 30417",
            "unclear",
            "parts 30417 30418",
        ),
        (
            "30417 item, 30418 rest",
            "deposit 30417 main 30418",
            "unclear",
            "parts 30417 30418",
        ),
        (
            "20311-1 half, 20311-2 half",
            "parts 20311-1 20311-2",
            "unclear",
            "parts 20311-1 20311-2",
        ),
        // Nothing tells which is which.
        (
            "30417 whole, 30418 whole",
            "unclear",
            "unclear",
            "parts 30417 30418",
        ),
        (
            "30417 third, 30418 third, 30419 third",
            "unclear",
            "unclear",
            "parts 30417 30418 30419",
        ),
        // Voided and issued again, each gets a later number than before.
        (
            "30417 rest voided, 30418 third, 30419 rest",
            "deposit 30418 main 30419",
            "unclear",
            "parts 30418 30419",
        ),
        (
            "30418 third voided, 30417 rest, 30425 third",
            "deposit 30425 main 30417",
            "unclear",
            "parts 30417 30425",
        ),
        (
            "30417 whole voided, 30418 rest, 30419 third",
            "deposit 30419 main 30418",
            "unclear",
            "parts 30418 30419",
        ),
        (
            "30417 rest voided, 30418 third voided, 30423 third, 30424 rest",
            "unclear",
            "unclear",
            "parts 30423 30424",
        ),
        (
            "20311 whole voided, 20311-1 whole",
            "main 20311-1",
            "main 20311-1",
            "main 20311-1",
        ),
        (
            "D-20311 half voided, D-20311-1 half, 20311 half",
            "deposit D-20311-1 main 20311",
            "deposit D-20311-1 main 20311",
            "deposit D-20311-1 main 20311",
        ),
    ] {
        let records = records(invoices);
        let standing = SentBefore::default();
        for (invoicing, expected) in [(Simple, simple), (Match, matched), (Progress, progress)] {
            assert_eq!(
                told(&records, invoicing, &standing),
                expected,
                "{invoicing:?}: {invoices}"
            );
        }
    }
}

/// What was paid on top and does not stand in an invoice's total makes it no smaller than its job.
#[test]
fn n7_l4_an_invoice_over_the_job_is_no_deposit_whatever_was_paid_with_it() {
    for (amount, expected) in [
        (29_500, "main 30417"),
        (30_500, "main 30417"),
        (29_800, "main 30417"),
        (30_800, "main 30417"),
        (29_499, "deposit 30417"),
    ] {
        let changes = json!({
            "id": "invoice_30417", "invoice_number": "30417", "amount": amount,
            "items": [{ "name": "All of it", "amount": amount.min(29_500), "invoiced_amount": amount.min(29_500) }],
            "payments": [{ "id": "invpay_1", "status": "succeeded", "amount": amount,
                "tip_amount": 1_000, "surcharge_fee_amount": 300 }],
        });
        let records = invoiced(job(), &changes);
        assert_eq!(
            told(&records, Simple, &SentBefore::default()),
            expected,
            "{amount}"
        );
    }
}

#[test]
fn n9_what_an_invoice_was_it_stays_when_the_setting_changes() {
    let was = |role, numbers: &[&str]| SentDocument {
        role,
        invoices: numbers
            .iter()
            .map(|number| serde_json::from_value(json!(format!("invoice_{number}"))).unwrap())
            .collect(),
        linked: true,
        sent: Vec::new(),
    };
    for (invoices, known, expected) in [
        (
            "30418 third, 30417 rest",
            vec![was(Role::Deposit, &["30418"])],
            "deposit 30418 main 30417",
        ),
        (
            "30418 third",
            vec![was(Role::Deposit, &["30418"])],
            "deposit 30418",
        ),
        (
            "30417 half, 30418 half",
            vec![was(Role::Main, &["30417", "30418"])],
            "parts 30417 30418",
        ),
    ] {
        let standing = SentBefore {
            documents: known,
            per_invoice: false,
            ..SentBefore::default()
        };
        for invoicing in [Simple, Match, Progress] {
            assert_eq!(
                told(&records(invoices), invoicing, &standing),
                expected,
                "{invoicing:?}: {invoices}"
            );
        }
    }
    // A main invoice that still shows what a removed deposit left to it does not become a deposit.
    let standing = SentBefore {
        documents: vec![was(Role::Main, &["30417"])],
        per_invoice: false,
        ..SentBefore::default()
    };
    assert_eq!(
        told(&records("30417 half, 30418 half voided"), Simple, &standing),
        "main 30417"
    );
}

#[test]
fn n7_what_is_not_clear_is_named() {
    let records = records("30417 whole, 30418 whole");
    let refusal = records.sorted(Simple, &SentBefore::default());
    let named = ["30417 over 295.00", "30418 over 295.00"]
        .map(str::to_owned)
        .to_vec();
    assert_eq!(refusal, Err(Refusal::InvoicingUnclear(named)));
}

#[test]
fn only_a_job_without_any_question_is_plain() {
    for (invoices, expected) in [
        ("", true),
        ("30417 whole", true),
        ("30417 half", false),
        ("30417 item", false),
        ("30417 whole voided", false),
        ("D-20311 half", false),
        ("30417 whole, 30418 half", false),
    ] {
        assert_eq!(records(invoices).is_plain(Simple), expected, "{invoices}");
    }
    for invoices in ["", "20311-1 whole"] {
        assert!(!records(invoices).is_plain(Progress), "{invoices}");
    }
}
