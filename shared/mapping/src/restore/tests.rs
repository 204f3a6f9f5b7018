use jiff::tz::TimeZone;
use qbo::{LinkedTxn, Ref};
use serde_json::{Value, json};

use super::*;
use crate::{
    SalesTax,
    fixtures::{finished, hour, invoice, invoiced, typed, with},
};

/// A job over 95 dollars whose own number is 20311, with an invoice 1004.
fn records(changes: &Value) -> JobRecords {
    let own = json!({ "id": "invoice_1", "invoice_number": "1004" });
    invoiced(finished(&[hour()]), &with(own, changes))
}

/// Its invoice as QuickBooks has it.
fn there(records: &JobRecords) -> qbo::Invoice {
    let mut there = invoice(records).unwrap();
    there.id = Some("145".into());
    there.sync_token = Some("3".into());
    there.total_amt = Some(Cents::new(9_500));
    there.balance = there.total_amt;
    there.customer_ref = Some(Ref {
        name: Some("Rosa Quill".to_owned()),
        ..Ref::to("58")
    });
    for (number, line) in (1..).zip(&mut there.line) {
        line.id = Some(number.to_string().into());
        line.line_num = Some(number);
        line.linked_txn = vec![LinkedTxn {
            txn_id: "7".into(),
            txn_type: "Estimate".to_owned(),
        }];
    }
    let mut sub_total = there.line[0].clone();
    sub_total.detail = LineDetail::SubTotal;
    there.line.push(sub_total);
    there.txn_tax_detail = Some(qbo::TxnTaxDetail {
        total_tax: Some(Cents::ZERO),
        ..qbo::TxnTaxDetail::default()
    });
    there
}

fn restored(records: &JobRecords, role: Role, there: &qbo::Invoice) -> Restored {
    let zone = TimeZone::get("America/Los_Angeles").unwrap();
    let chosen = Chosen {
        invoicing: Invoicing::default(),
        per_invoice: false,
        deposit_account: ExtraAccount::Income,
        setup: Setup {
            zone: &zone,
            discounts: true,
            sales_tax: SalesTax::Off,
        },
    };
    let found = [FoundInvoice {
        role,
        invoice: there,
    }];
    records
        .restored(&found, &FoundMoney::default(), chosen)
        .remove(0)
}

#[test]
fn v15_what_stands_in_quickbooks_as_it_was_sent_is_not_written_again() {
    let records = records(&json!({}));
    let restored = restored(&records, Role::Main, &there(&records));
    assert_eq!(restored.differences, []);
    assert_eq!(restored.ours, Some(invoice(&records).unwrap()));
    assert!(restored.is_wanted);
    assert_eq!(restored.memory.provisional, Some(false));
    assert!(restored.memory.dated_by_invoice);
    assert_eq!(restored.memory.invoices, [records.invoices[0].id.clone()]);
}

#[test]
fn v15_d1_an_invoice_that_is_not_sent_yet_dates_its_document_later() {
    // The fixture's job is finished on 4 May.
    for (dated, sent, day, expected) in [
        ("2026-05-04", Some("2026-05-04"), 4, true),
        ("2026-05-04", None, 4, false),
        ("2026-05-06", None, 4, false),
        ("2026-05-06", None, 6, true),
        ("2026-05-06", Some("2026-05-06"), 4, false),
    ] {
        let at = |day: &str| format!("{day}T20:00:00Z");
        let records = records(&json!({
            "invoice_date": at(dated), "sent_at": sent.map(at),
        }));
        let mut there = there(&records);
        there.txn_date = Some(jiff::civil::date(2026, 5, day));
        let memory = restored(&records, Role::Main, &there).memory;
        assert_eq!(memory.dated_by_invoice, expected, "{dated} {sent:?} {day}");
    }
}

#[test]
fn v15_l5_a_line_that_was_typed_keeps_the_generic_item() {
    let job = finished(&[hour(), typed("Window pane", 4_000)]);
    let own = json!({ "id": "invoice_1", "invoice_number": "1004", "amount": 13_500 });
    let records = invoiced(job, &own);
    for (item, expected) in [
        ("Sales", vec!["Window pane"]),
        ("Jobs:Sales (Housecall Pro)", vec!["Window pane"]),
        ("Panes", vec![]),
    ] {
        let mut there = there(&records);
        let names = ["Hour of work", item];
        for (line, name) in there.line.iter_mut().zip(names) {
            let LineDetail::SalesItem(sold) = &mut line.detail else {
                panic!("a line");
            };
            sold.item.as_mut().unwrap().name = Some(name.to_owned());
        }
        assert_eq!(
            restored(&records, Role::Main, &there).typed,
            expected,
            "{item}"
        );
    }
}

#[test]
fn v15_a_number_that_the_job_had_before_differs_in_nothing() {
    let mut records = records(&json!({}));
    let removed = json!({ "id": "invoice_0", "invoice_number": "1001", "status": "voided" });
    records = invoiced(records, &removed);
    for (number, provisional, differs) in [
        ("1004", false, false),
        ("1001", false, false),
        ("20311", true, false),
        ("J-20311", true, false),
        ("J-20311-2", true, false),
        ("J-1004", false, false),
        ("1005", false, true),
        ("J-1005", false, true),
    ] {
        let mut there = there(&records);
        there.doc_number = Some(DocNumber::new(number).unwrap());
        let restored = restored(&records, Role::Main, &there);
        assert_eq!(restored.memory.provisional, Some(provisional), "{number}");
        let (ours, theirs) = ("1004".to_owned(), number.to_owned());
        let expected = differs.then_some(Difference::Number { ours, theirs });
        assert_eq!(restored.differences, Vec::from_iter(expected), "{number}");
    }
}

#[test]
fn v15_the_customer_may_stand_below_another_one_or_be_told_apart() {
    let records = records(&json!({}));
    let apart = format!("Rosa Quill{}", names::name_hash("Rosa Quill"));
    for (name, is_theirs) in [
        ("Rosa Quill", true),
        ("rosa  quill", true),
        ("Rosa Quill:Rosa Quill, 7 Mill Lane", true),
        (apart.as_str(), true),
        ("Rosa Quill Jr", false),
        ("Somebody Else", false),
    ] {
        assert_eq!(records.is_customer_named(name), is_theirs, "{name}");
    }
}

#[test]
fn v15_what_is_void_is_told_and_a_cancelled_job_lacks_it_no_more() {
    let mut records = records(&json!({}));
    let mut there = there(&records);
    there.private_note = Some(format!("Voided - {}", there.private_note.unwrap()));
    there.total_amt = Some(Cents::ZERO);
    let main = restored(&records, Role::Main, &there);
    assert_eq!((main.ours, main.is_wanted), (None, true));
    assert_eq!(main.differences, [Difference::Void]);
    assert!(!main.memory.gone);
    let deposit = restored(&records, Role::Deposit, &there);
    assert!(deposit.memory.gone, "it is not made again (N7)");
    records.job.canceled_at = records.job.work_timestamps.completed_at;
    assert!(!restored(&records, Role::Main, &there).is_wanted);
}

#[test]
fn v15_a_deposit_keeps_the_form_in_which_it_was_sent() {
    for (item, per_invoice, expected) in [
        (
            "Housecall Pro Deposit",
            false,
            DepositForm::Item(ExtraAccount::Income),
        ),
        (
            "Jobs:Housecall Pro Deposit",
            true,
            DepositForm::Item(ExtraAccount::Income),
        ),
        (
            "Housecall Pro Deposit (Housecall Pro)",
            false,
            DepositForm::Item(ExtraAccount::Income),
        ),
        (
            "Housecall Pro Deposit, held",
            false,
            DepositForm::Item(ExtraAccount::Liability),
        ),
        ("Hour of work", false, DepositForm::LinesOffSales),
        ("Hour of work", true, DepositForm::Lines),
    ] {
        let mut there = there(&records(&json!({})));
        let LineDetail::SalesItem(sold) = &mut there.line[0].detail else {
            panic!("a line");
        };
        sold.item.as_mut().unwrap().name = Some(item.to_owned());
        assert_eq!(form(&there, per_invoice), expected, "{item}");
    }
}
