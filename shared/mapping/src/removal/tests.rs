use hcp::InvoiceId;
use serde_json::{Value, json};

use super::*;
use crate::fixtures::{finished, hour, invoiced};

fn id(number: &str) -> InvoiceId {
    serde_json::from_value(json!(format!("invoice_{number}"))).unwrap()
}

/// An invoice as `<number> <words>`: `half` or `part` (a tenth) of the job, `draft`, `voided`, `lump` when it was paid
/// without being sent.
fn with_invoice(records: JobRecords, text: &str) -> JobRecords {
    let mut words = text.split(' ');
    let number = words.next().unwrap();
    let mut changes = json!({ "id": format!("invoice_{number}"), "invoice_number": number });
    for word in words {
        let of = |part: i64| {
            let item = json!({ "name": "Hour of work", "unit_price": 9_500, "amount": 9_500, "invoiced_amount": part });
            (json!(part), json!([item]))
        };
        match word {
            "half" => (changes["amount"], changes["items"]) = of(4_750),
            "part" => (changes["amount"], changes["items"]) = of(950),
            "draft" => changes["sent_at"] = Value::Null,
            "voided" => changes["status"] = json!("voided"),
            "lump" => {
                changes["sent_at"] = Value::Null;
                changes["payments"] =
                    json!([{ "id": "invpay_1", "status": "succeeded", "amount": 950 }]);
            }
            other => panic!("{other}"),
        }
    }
    invoiced(records, &changes)
}

fn known(role: Role, numbers: &[&str]) -> SentDocument {
    SentDocument {
        role,
        invoices: numbers.iter().copied().map(id).collect(),
        linked: true,
        sent: Vec::new(),
    }
}

fn lost(
    invoices: &[&str],
    known: Vec<SentDocument>,
    invoicing: Invoicing,
    per_invoice: bool,
) -> Vec<Role> {
    let records = invoices
        .iter()
        .copied()
        .fold(finished(&[hour()]), with_invoice);
    let standing = SentBefore {
        documents: known,
        per_invoice,
        ..SentBefore::default()
    };
    records.without_invoice(invoicing, &standing).unwrap()
}

#[test]
fn t7_a_document_is_left_over_when_no_live_invoice_stands_behind_it_any_more() {
    use Role::{Deposit, Main};
    let (main, deposit) = (
        |numbers| known(Main, numbers),
        |numbers| known(Deposit, numbers),
    );
    for (invoices, standing, expected) in [
        (vec![], vec![main(&[])], vec![]),
        (vec!["20311"], vec![main(&["20311"])], vec![]),
        (vec!["20311 voided"], vec![main(&["20311"])], vec![Main]),
        (vec!["20311 voided"], vec![main(&[])], vec![Main]),
        // It was never invoiced.
        (vec!["20311 draft voided"], vec![main(&[])], vec![]),
        // It was issued again.
        (
            vec!["20311 voided", "20311-1"],
            vec![main(&["20311"])],
            vec![],
        ),
        (
            vec!["20311 voided", "20311-1 draft"],
            vec![main(&["20311"])],
            vec![],
        ),
        (
            vec!["D-20311 half voided"],
            vec![deposit(&["D-20311"])],
            vec![Deposit],
        ),
        (
            vec!["D-20311 half voided"],
            vec![deposit(&[])],
            vec![Deposit],
        ),
        (
            vec!["D-20311 half voided", "20311"],
            vec![deposit(&["D-20311"]), main(&["20311"])],
            vec![Deposit],
        ),
        (
            vec!["D-20311 half", "20311 half voided"],
            vec![deposit(&["D-20311"]), main(&["20311"])],
            vec![Main],
        ),
        // That was a deposit, not an invoice for the work.
        (
            vec!["D-20311 half voided"],
            vec![deposit(&["D-20311"]), main(&[])],
            vec![Deposit],
        ),
        (
            vec!["D-20311 half voided", "D-20311-1 half"],
            vec![deposit(&["D-20311"])],
            vec![],
        ),
        (
            vec!["D-20311 half voided", "20311 voided"],
            vec![deposit(&["D-20311"]), main(&["20311"])],
            vec![Deposit, Main],
        ),
    ] {
        let told = format!("{invoices:?} {standing:?}");
        assert_eq!(
            lost(&invoices, standing, Invoicing::MatchJobNumber, false),
            expected,
            "{told}"
        );
    }
    // What we voided ourselves is no longer there.
    let voided = SentDocument {
        linked: false,
        sent: Vec::new(),
        ..known(Main, &["20311"])
    };
    assert_eq!(
        lost(&["20311 voided"], vec![voided], Invoicing::Simple, false),
        []
    );
}

#[test]
fn t7_of_progress_invoices_each_document_counts_alone() {
    use Role::{Main, Part};
    let both = || vec![known(Main, &["20311-1"]), known(Part(2), &["20311-2"])];
    for (invoices, expected) in [
        (vec!["20311-1 half", "20311-2 half"], vec![]),
        (vec!["20311-1 half", "20311-2 half voided"], vec![Part(2)]),
        (vec!["20311-1 half voided", "20311-2 half"], vec![Main]),
        (
            vec!["20311-1 half voided", "20311-2 half voided"],
            vec![Main, Part(2)],
        ),
        // Issued again, or about to be.
        (
            vec!["20311-1 half voided", "20311-2 half", "20311-3 half"],
            vec![],
        ),
        (
            vec!["20311-1 half voided", "20311-2 half", "20311-3 half draft"],
            vec![],
        ),
        (
            vec![
                "20311-1 half voided",
                "20311-2 half voided",
                "20311-3 half draft",
            ],
            vec![Part(2)],
        ),
        // A lump payment voids what it does not cover; the rest is billed later.
        (
            vec![
                "20311-1 half voided",
                "20311-2 half voided",
                "20311-3 part lump",
            ],
            vec![],
        ),
        // One that was paid at the door before it is no lump payment.
        (
            vec!["20311-1 part lump", "20311-2 half voided"],
            vec![Part(2)],
        ),
    ] {
        assert_eq!(
            lost(&invoices, both(), Invoicing::Progress, true),
            expected,
            "{invoices:?}"
        );
    }
    // All is billed again: nothing will take the third one over.
    let mut three = both();
    three.push(known(Part(3), &["20311-3"]));
    let invoices = [
        "20311-1 half voided",
        "20311-2 half voided",
        "20311-3 part voided",
        "20311-4 half lump",
        "20311-5 half",
    ];
    assert_eq!(lost(&invoices, three, Invoicing::Progress, true), [Part(3)]);
    // As one document for the job, they stand behind it together.
    let one = vec![known(Main, &["20311-1", "20311-2"])];
    assert_eq!(
        lost(
            &["20311-1 half", "20311-2 half voided"],
            one.clone(),
            Invoicing::Progress,
            false
        ),
        []
    );
    assert_eq!(
        lost(
            &["20311-1 half voided", "20311-2 half voided"],
            one,
            Invoicing::Progress,
            false
        ),
        [Main]
    );
}

#[test]
fn t7_a_document_of_a_part_counts_alone_also_when_the_job_is_not_billed_in_parts_any_more() {
    use Role::{Main, Part};
    for (invoices, second, expected) in [
        (["20311-1 half", "20311-2 half"], &["20311-2"][..], vec![]),
        (
            ["20311-1 half", "20311-2 half voided"],
            &["20311-2"],
            vec![Part(2)],
        ),
        // It never stood for an invoice.
        (["20311-1 half", "20311-2 half voided"], &[], vec![]),
    ] {
        let both = vec![known(Main, &["20311-1"]), known(Part(2), second)];
        assert_eq!(
            lost(&invoices, both, Invoicing::Progress, false),
            expected,
            "{invoices:?}"
        );
    }
}

#[test]
fn t7_of_a_removed_job_every_document_is_left_over() {
    let mut records = with_invoice(finished(&[hour()]), "20311");
    records.job.canceled_at = records.job.work_timestamps.completed_at;
    let standing = SentBefore {
        documents: vec![known(Role::Main, &["20311"]), known(Role::Deposit, &[])],
        per_invoice: false,
        ..SentBefore::default()
    };
    let lost = records.without_invoice(Invoicing::Simple, &standing);
    assert_eq!(lost, Ok(vec![Role::Main, Role::Deposit]));
}

#[test]
fn t7_money_that_was_not_given_back_is_held() {
    let payment = |status: &str| json!([{ "id": "invpay_1", "status": status, "amount": 500 }]);
    let refund =
        |amount: i64| json!([{ "id": "invref_1", "status": "succeeded", "amount": amount }]);
    for (payments, refunds, expected) in [
        (json!([]), json!([]), false),
        (payment("succeeded"), json!([]), true),
        (payment("pending"), json!([]), true),
        (payment("failed"), json!([]), false),
        (payment("succeeded"), refund(499), true),
        (payment("succeeded"), refund(500), false),
    ] {
        let changes = json!({ "id": "invoice_1", "payments": payments, "refunds": refunds });
        let records = invoiced(finished(&[hour()]), &changes);
        let standing = |numbers| SentBefore {
            documents: vec![known(Role::Main, numbers)],
            per_invoice: false,
            ..SentBefore::default()
        };
        assert_eq!(
            records.holds_money(Role::Main, &standing(&["1"])),
            expected,
            "{changes}"
        );
        assert_eq!(
            records.holds_money(Role::Main, &standing(&[])),
            expected,
            "{changes}"
        );
        assert!(
            !records.holds_money(Role::Main, &standing(&["2"])),
            "of another document"
        );
    }
}
