use serde_json::{Value, json};

use super::*;
use crate::{
    Document, SentDocument,
    fixtures::{finished, hour, invoiced, labor, material, with},
};

/// A motor for 200 dollars that is taxed and an hour for 95 that is not; 16.50 of tax, and whatever else.
fn job(more: &[Value], total: i64) -> JobRecords {
    let motor = with(
        material("Blower motor", 1.0, 20_000, 20_000),
        &json!({ "taxable": true }),
    );
    let mut lines = vec![motor, hour()];
    lines.extend(more.iter().cloned());
    let mut records = finished(&lines);
    records.job.total_amount = Some(Cents::new(total));
    records
}

fn extra(kind: &str, name: &str, amount: i64) -> Value {
    let changes = json!({ "kind": kind, "service_item_id": null });
    with(labor(name, 1.0, amount, amount), &changes)
}

fn item(name: &str, amount: i64, invoiced: i64) -> Value {
    json!({ "name": name, "unit_price": amount, "amount": amount, "invoiced_amount": invoiced })
}

fn tip(amount: i64, invoiced: i64) -> Value {
    with(
        item("Tip", amount, invoiced),
        &json!({ "type": "fixed gratuity" }),
    )
}

/// Half of the work.
fn half(more: &[Value]) -> Value {
    let mut items = vec![
        item("Blower motor", 20_000, 10_000),
        item("Hour of work", 9_500, 4_750),
    ];
    items.extend(more.iter().cloned());
    json!({ "amount": 15_575, "items": items, "taxes": [{ "name": "County", "amount": 825 }] })
}

fn deposit(changes: &Value) -> Value {
    let deposit = with(
        half(&[]),
        &json!({ "id": "invoice_d", "invoice_number": "D-20311" }),
    );
    with(deposit, changes)
}

fn tax(amount: i64) -> Value {
    json!([{ "name": "County", "amount": amount }])
}

/// The deposit's document was sent in this form, or was not.
fn sent(form: Option<DepositForm>) -> SentBefore {
    let known = SentDocument {
        role: Role::Deposit,
        invoices: vec![serde_json::from_value(json!("invoice_d")).unwrap()],
        linked: true,
        sent: Vec::new(),
    };
    SentBefore {
        documents: form.map(|_| known).into_iter().collect(),
        deposit: form,
        ..SentBefore::default()
    }
}

fn documents(records: &JobRecords, standing: &SentBefore) -> Vec<Document> {
    records.documents(Invoicing::default(), standing).unwrap()
}

/// Roles, numbers, totals, taxes and what each line comes to, on which item where that is one of ours.
fn told(documents: &[Document]) -> Vec<String> {
    let told = documents.iter().map(|document| {
        let bill = &document.bill;
        let lines = bill.lines.iter().map(|line| {
            let item = match &line.goods {
                Goods::Deposit => " (deposit)",
                Goods::HeldDeposit => " (held)",
                Goods::DepositOffSales | Goods::NotInPriceBook => " (Sales)",
                Goods::Tip => " (tips)",
                Goods::Surcharge => " (surcharge)",
                Goods::Discount => " (discount)",
                Goods::Rounding => " (rounding)",
                Goods::Service(_) | Goods::Material(_) => "",
            };
            let taxed = if line.taxable { " taxed" } else { "" };
            format!("{}{item} {}{taxed}", line.name, line.amount)
        });
        let lines: Vec<String> = lines.collect();
        format!(
            "{:?} {}: {} with {} of tax, {} off: {}",
            document.role,
            document.number,
            bill.total,
            bill.tax,
            bill.discount,
            lines.join(", ")
        )
    });
    told.collect()
}

#[test]
fn n2_n7_a_deposit_bills_its_item_and_the_main_invoice_takes_that_item_off() {
    let records = invoiced(job(&[], 31_150), &deposit(&json!({})));
    let expected = [
        "Deposit D-20311: 155.75 with 8.25 of tax, 0.00 off: \
         Deposit for job 20311 (deposit) 100.00 taxed, Deposit for job 20311 (deposit) 47.50",
        "Main 20311: 155.75 with 8.25 of tax, 0.00 off: Blower motor 200.00 taxed, Hour of work 95.00, \
         Less deposit, invoice D-20311 (deposit) -100.00 taxed, Less deposit, invoice D-20311 (deposit) -47.50",
    ];
    let standing = SentBefore::default();
    assert_eq!(told(&documents(&records, &standing)), expected);
    // The same once it was sent so, and when the main invoice bills the rest.
    let item = sent(Some(DepositForm::Item(ExtraAccount::Income)));
    assert_eq!(told(&documents(&records, &item)), expected);
    let rest = invoiced(records.clone(), &half(&[]));
    assert_eq!(told(&documents(&rest, &standing)), expected);
    // A main invoice that bills the whole job beside the deposit would bill the deposit twice.
    let whole = json!({ "amount": 31_150, "taxes": tax(1_650) });
    let refused = invoiced(records, &whole).documents(Invoicing::default(), &standing);
    assert!(matches!(refused, Err(Refusal::LinesDoNotAddUp { .. })));
}

#[test]
fn p9_a_deposit_that_is_owed_bills_an_item_of_its_own_and_keeps_it_whatever_the_setting_is_by_then()
{
    use ExtraAccount::{Income, Liability};
    let records = invoiced(job(&[], 31_150), &deposit(&json!({})));
    let rest = invoiced(records.clone(), &half(&[]));
    for (chosen, sent_as, item) in [
        (Income, None, "deposit"),
        (Liability, None, "held"),
        (Income, Some(Liability), "held"),
        (Liability, Some(Income), "deposit"),
        (Liability, Some(Liability), "held"),
    ] {
        let standing = SentBefore {
            deposit_account: chosen,
            ..sent(sent_as.map(DepositForm::Item))
        };
        let expected = [
            format!(
                "Deposit D-20311: 155.75 with 8.25 of tax, 0.00 off: \
                 Deposit for job 20311 ({item}) 100.00 taxed, Deposit for job 20311 ({item}) 47.50"
            ),
            format!(
                "Main 20311: 155.75 with 8.25 of tax, 0.00 off: Blower motor 200.00 taxed, Hour of work 95.00, \
                 Less deposit, invoice D-20311 ({item}) -100.00 taxed, Less deposit, invoice D-20311 ({item}) -47.50"
            ),
        ];
        for records in [&records, &rest] {
            assert_eq!(told(&documents(records, &standing)), expected);
        }
    }
    // What bills shares of the job's lines has no item that could be owed.
    for form in [DepositForm::Lines, DepositForm::LinesOffSales] {
        let before = sent(Some(form));
        let chosen = SentBefore {
            deposit_account: Liability,
            ..before.clone()
        };
        let both = [before, chosen].map(|standing| told(&documents(&records, &standing)));
        assert_eq!(both[0], both[1], "{form:?}");
    }
}

#[test]
fn p9_with_progress_invoicing_only_a_number_of_a_deposit_makes_one() {
    for (number, expected) in [
        ("D-20311", "Housecall Pro Deposit, held"),
        ("20311-1", "Blower motor"),
        ("30418", "Blower motor"),
    ] {
        let first = deposit(&json!({ "invoice_number": number }));
        let records = invoiced(job(&[], 31_150), &first);
        let standing = SentBefore {
            deposit_account: ExtraAccount::Liability,
            ..SentBefore::default()
        };
        let documents = records.documents(Invoicing::Progress, &standing).unwrap();
        let first = &documents[0].bill.lines[0];
        assert_eq!(crate::item::given_name(first), expected, "{number}");
    }
}

#[test]
fn n7_p5_what_was_given_back_of_a_deposit_the_main_invoice_bills_again() {
    use DepositForm::{Item, Lines, LinesOffSales};
    let back = |taxed, untaxed, tax| GivenBack {
        taxed: Cents::new(taxed),
        untaxed: Cents::new(untaxed),
        tax: Cents::new(tax),
    };
    let (none, some, all) = (
        back(0, 0, 0),
        back(4_000, 1_900, 330),
        back(10_000, 4_750, 825),
    );
    // A receipt whose lines have no tax calls all of it untaxed.
    let otherwise = back(0, 14_750, 825);
    let sold = "Blower motor 200.00 taxed, Hour of work 95.00";
    let less = |item: &str, taxed: &str, untaxed: &str| {
        let less = format!("Less deposit, invoice D-20311 ({item})");
        format!("{sold}, {less} -{taxed} taxed, {less} -{untaxed}")
    };
    let again = "Deposit given back, invoice D-20311 (Sales)";
    let [income, held] = [ExtraAccount::Income, ExtraAccount::Liability].map(Item);
    for (form, given_back, total, expected) in [
        (
            income,
            none,
            "155.75 with 8.25",
            less("deposit", "100.00", "47.50"),
        ),
        (
            income,
            some,
            "218.05 with 11.55",
            less("deposit", "60.00", "28.50"),
        ),
        (
            held,
            some,
            "218.05 with 11.55",
            less("held", "60.00", "28.50"),
        ),
        (held, all, "311.50 with 16.50", sold.to_owned()),
        (income, all, "311.50 with 16.50", sold.to_owned()),
        (income, otherwise, "311.50 with 16.50", sold.to_owned()),
        (
            LinesOffSales,
            some,
            "218.05 with 11.55",
            less("Sales", "60.00", "28.50"),
        ),
        (LinesOffSales, all, "311.50 with 16.50", sold.to_owned()),
        (
            Lines,
            some,
            "218.05 with 11.55",
            format!(
                "Blower motor 100.00 taxed, Hour of work 47.50, {again} 40.00 taxed, {again} 19.00"
            ),
        ),
    ] {
        let standing = SentBefore {
            deposit_given_back: given_back,
            ..sent(Some(form))
        };
        let records = invoiced(job(&[], 31_150), &deposit(&json!({})));
        let expected = format!("Main 20311: {total} of tax, 0.00 off: {expected}");
        let (before, rest) = (records.clone(), invoiced(records, &half(&[])));
        for records in [before, rest] {
            let told = told(&documents(&records, &standing));
            assert_eq!(told[1], expected, "{form:?} {given_back:?}");
        }
    }
}

#[test]
fn n7_what_was_sent_before_deposits_had_an_item_keeps_its_form() {
    let shares = sent(Some(DepositForm::LinesOffSales));
    let expected = [
        "Deposit D-20311: 155.75 with 8.25 of tax, 0.00 off: Blower motor 100.00 taxed, Hour of work 47.50",
        "Main 20311: 155.75 with 8.25 of tax, 0.00 off: Blower motor 200.00 taxed, Hour of work 95.00, \
         Less deposit, invoice D-20311 (Sales) -100.00 taxed, Less deposit, invoice D-20311 (Sales) -47.50",
    ];
    let records = invoiced(job(&[], 31_150), &deposit(&json!({})));
    assert_eq!(told(&documents(&records, &shares)), expected);
    let rest = invoiced(records, &half(&[]));
    assert_eq!(told(&documents(&rest, &shares)), expected);
}

#[test]
fn n7_a_bill_tells_whether_it_has_the_item_of_deposits() {
    let has = |records: &JobRecords, form: Option<DepositForm>| -> Vec<bool> {
        let documents = documents(records, &sent(form));
        documents.iter().map(|one| one.bill.has_deposit()).collect()
    };
    let records = invoiced(job(&[], 31_150), &deposit(&json!({})));
    assert_eq!(has(&records, None), [true, true]);
    for account in [ExtraAccount::Income, ExtraAccount::Liability] {
        let item = Some(DepositForm::Item(account));
        assert_eq!(has(&records, item), [true, true]);
    }
    let off_sales = Some(DepositForm::LinesOffSales);
    assert_eq!(has(&records, off_sales), [false, false]);
    assert_eq!(has(&job(&[], 31_150), None), [false]);
}

#[test]
fn n7_without_tax_a_deposit_is_one_line() {
    let motor = with(
        material("Blower motor", 1.0, 20_000, 20_000),
        &json!({ "taxable": true }),
    );
    let untaxed = deposit(&json!({ "amount": 14_750, "taxes": [] }));
    let records = invoiced(finished(&[motor, hour()]), &untaxed);
    assert_eq!(
        told(&documents(&records, &SentBefore::default())),
        [
            "Deposit D-20311: 147.50 with 0.00 of tax, 0.00 off: Deposit for job 20311 (deposit) 147.50",
            "Main 20311: 147.50 with 0.00 of tax, 0.00 off: Blower motor 200.00 taxed, Hour of work 95.00, \
             Less deposit, invoice D-20311 (deposit) -147.50",
        ]
    );
}

#[test]
fn n7_a_deposit_of_one_item_leaves_its_tax_to_the_main_invoice() {
    let one = json!([{ "name": "Deposit", "amount": 15_575, "invoiced_amount": 15_575 }]);
    let one = deposit(&json!({ "items": one, "taxes": [] }));
    let records = invoiced(job(&[], 31_150), &one);
    let expected = [
        "Deposit D-20311: 155.75 with 0.00 of tax, 0.00 off: Deposit for job 20311 (deposit) 155.75",
        "Main 20311: 155.75 with 16.50 of tax, 0.00 off: Blower motor 200.00 taxed, Hour of work 95.00, \
         Less deposit, invoice D-20311 (deposit) -155.75",
    ];
    let standing = SentBefore::default();
    assert_eq!(told(&documents(&records, &standing)), expected);
    let rest = invoiced(records, &half(&[]));
    assert_eq!(told(&documents(&rest, &standing)), expected);
    // A deposit that was sent before keeps its form: a typed line, and what the rest leaves out is taken off.
    let rest = documents(&rest, &sent(Some(DepositForm::LinesOffSales)));
    assert_eq!(
        told(&rest),
        [
            "Deposit D-20311: 155.75 with 0.00 of tax, 0.00 off: Deposit (Sales) 155.75",
            "Main 20311: 155.75 with 8.25 of tax, 0.00 off: Blower motor 200.00 taxed, Hour of work 95.00, \
             Less deposit, invoice D-20311 (Sales) -100.00 taxed, Less deposit, invoice D-20311 (Sales) -47.50",
        ]
    );
    // What the two leave over is no tax where the rest has none, nor where it is less than nothing.
    for (amount, taxes, rest) in [(15_575, json!([]), 14_750), (10_000, tax(825), 15_575)] {
        let one = json!([{ "name": "Deposit", "amount": amount, "invoiced_amount": amount }]);
        let one = deposit(&json!({ "amount": amount, "items": one, "taxes": [] }));
        let rest = with(half(&[]), &json!({ "amount": rest, "taxes": taxes }));
        let records = invoiced(invoiced(job(&[], 31_150), &one), &rest);
        let refused = records.documents(Invoicing::default(), &standing);
        let refused = matches!(refused, Err(Refusal::LinesDoNotAddUp { .. }));
        assert!(refused, "{amount}");
    }
}

#[test]
fn n7_a_discount_is_shared_by_the_deposit_and_stands_on_the_main_invoice() {
    let off = extra("percent discount", "Spring", -2_950);
    let half = json!({ "amount": 14_018, "taxes": tax(743), "discounts": [{ "amount": -1_475 }] });
    let records = invoiced(job(&[off], 28_035), &deposit(&half));
    assert_eq!(
        told(&documents(&records, &SentBefore::default())),
        [
            "Deposit D-20311: 140.18 with 7.43 of tax, 0.00 off: \
             Deposit for job 20311 (deposit) 90.00 taxed, Deposit for job 20311 (deposit) 42.75",
            "Main 20311: 140.17 with 7.42 of tax, 0.00 off: Blower motor 200.00 taxed, Hour of work 95.00, \
             Less deposit, invoice D-20311 (deposit) -90.00 taxed, Less deposit, invoice D-20311 (deposit) -42.75, \
             Discount (discount) -20.00 taxed, Discount (discount) -9.50",
        ]
    );
}

#[test]
fn l4_n7_a_tip_stands_on_the_document_that_it_was_paid_with() {
    let main = "Main 20311: 155.75 with 8.25 of tax, 0.00 off: Blower motor 200.00 taxed, Hour of work 95.00, \
                Less deposit, invoice D-20311 (deposit) -100.00 taxed, Less deposit, invoice D-20311 (deposit) -47.50";
    let deposited =
        "Deposit for job 20311 (deposit) 100.00 taxed, Deposit for job 20311 (deposit) 47.50";
    let line = || extra("fixed gratuity", "Tip", 1_000);
    let paid = |tip: i64, surcharge: i64| {
        let paid = json!({ "id": "invpay_1", "status": "succeeded", "amount": 15_575 + tip + surcharge,
            "tip_amount": tip, "surcharge_fee_amount": surcharge });
        json!({ "amount": 15_575 + tip + surcharge, "payments": [paid] })
    };
    let listed = with(half(&[tip(1_000, 1_000)]), &paid(1_000, 0));
    let second = extra("fixed gratuity", "Tip", 700);
    for (records, changes, on_deposit, on_main) in [
        // A line of the job that the deposit lists, or does not, or that only the payment tells.
        (
            job(&[line()], 32_150),
            listed.clone(),
            ", Tip (tips) 10.00",
            "",
        ),
        (
            job(&[line()], 32_150),
            paid(1_000, 0),
            ", Tip (tips) 10.00",
            "",
        ),
        (job(&[], 31_150), paid(1_000, 0), ", Tip (tips) 10.00", ""),
        (
            job(&[], 31_150),
            paid(1_000, 300),
            ", Tip (tips) 10.00, Card surcharge (surcharge) 3.00",
            "",
        ),
        (
            job(&[], 31_150),
            paid(0, 300),
            ", Card surcharge (surcharge) 3.00",
            "",
        ),
        // One that was paid with the main invoice stays there.
        (
            job(&[line(), second], 32_850),
            listed,
            ", Tip (tips) 10.00",
            "Tip (tips) 7.00, ",
        ),
    ] {
        let early = invoiced(records, &deposit(&changes));
        let rest = with(
            half(&[tip(1_000, 0)]),
            &json!({ "amount": if on_main.is_empty() { 15_575 } else { 16_275 } }),
        );
        for records in [early.clone(), invoiced(early, &rest)] {
            let documents = documents(&records, &SentBefore::default());
            let mut expected = main.replacen("Less", &format!("{on_main}Less"), 1);
            if !on_main.is_empty() {
                expected = expected.replacen("155.75", "162.75", 1);
            }
            let told = told(&documents);
            assert_eq!(told[1], expected, "{changes}");
            assert!(
                told[0].ends_with(&format!("{deposited}{on_deposit}")),
                "{}",
                told[0]
            );
        }
    }
}

/// The invoice as it was written last, with one discount on the whole.
fn wrote(bill: &Bill) -> qbo::Invoice {
    let lines = bill.lines.iter().map(|line| {
        let detail = qbo::SalesItemLine {
            tax_code: Some(crate::tax::code_of_line(bill, line.taxable)),
            ..qbo::SalesItemLine::default()
        };
        qbo::Line {
            description: Some(line.name.clone()),
            ..qbo::Line::sales_item(line.amount, detail)
        }
    });
    let discount = (bill.discount > Cents::ZERO).then(|| qbo::Line::discount(bill.discount, None));
    qbo::Invoice {
        line: lines.chain(discount).collect(),
        txn_tax_detail: Some(qbo::TxnTaxDetail {
            total_tax: Some(bill.tax_in_quickbooks()),
            ..qbo::TxnTaxDetail::default()
        }),
        ..qbo::Invoice::default()
    }
}

#[test]
fn l4_n7_a_tip_that_was_booked_twice_stays_until_something_else_changes() {
    let line = extra("fixed gratuity", "Tip", 1_000);
    let listed = with(
        half(&[tip(1_000, 1_000)]),
        &json!({ "amount": 16_575, "id": "invoice_d", "invoice_number": "D-20311" }),
    );
    let records = invoiced(job(&[line], 32_150), &listed);
    let shares = sent(Some(DepositForm::LinesOffSales));
    let main = documents(&records, &shares).pop().unwrap();
    let twice = "Main 20311: 155.75 with 8.25 of tax, 0.00 off: Blower motor 200.00 taxed, Hour of work 95.00, \
                 Tip (tips) 10.00, Less deposit, invoice D-20311 (Sales) -100.00 taxed, \
                 Less deposit, invoice D-20311 (Sales) -57.50";
    let once = "Main 20311: 155.75 with 8.25 of tax, 0.00 off: Blower motor 200.00 taxed, Hour of work 95.00, \
                Less deposit, invoice D-20311 (Sales) -100.00 taxed, Less deposit, invoice D-20311 (Sales) -47.50";
    let former = Document {
        bill: main.former[0].clone(),
        ..main.clone()
    };
    assert_eq!(told(&[former]), [twice]);
    let mut wrote = wrote(&main.former[0]);
    assert_eq!(told(main.as_written(&wrote).as_slice()), [twice]);
    wrote.line[1].amount = Some(Cents::new(9_400));
    assert_eq!(main.as_written(&wrote), None);
    assert_eq!(told(&[main]), [once]);
}

#[test]
fn l3_l4_n7_a_tip_that_was_booked_twice_took_its_share_of_the_discount() {
    let more = [
        extra("fixed gratuity", "Tip", 1_000),
        extra("percent discount", "Spring", -2_950),
    ];
    let listed = with(
        half(&[tip(1_000, 1_000)]),
        &json!({ "amount": 15_018, "taxes": tax(743), "discounts": [{ "amount": -1_475 }],
            "id": "invoice_d", "invoice_number": "D-20311" }),
    );
    let records = invoiced(job(&more, 29_035), &listed);
    let main = documents(&records, &sent(Some(DepositForm::LinesOffSales)))
        .pop()
        .unwrap();
    let former = Document {
        bill: main.former[0].clone(),
        ..main
    };
    assert_eq!(
        told(&[former]),
        [
            "Main 20311: 140.17 with 7.42 of tax, 29.50 off: Blower motor 200.00 taxed, Hour of work 95.00, \
             Tip (tips) 10.00, Less deposit, invoice D-20311 (Sales) -90.63 taxed, \
             Less deposit, invoice D-20311 (Sales) -52.12"
        ]
    );
}

#[test]
fn l3_n7_a_discount_that_was_sent_on_the_whole_stays_until_something_else_changes() {
    let off = extra("percent discount", "Spring", -2_950);
    let half = json!({ "amount": 14_018, "taxes": tax(743), "discounts": [{ "amount": -1_475 }] });
    let records = invoiced(job(&[off], 28_035), &deposit(&half));
    let main = documents(&records, &sent(Some(DepositForm::LinesOffSales)))
        .pop()
        .unwrap();
    let wrote = |change: fn(&mut qbo::Invoice)| {
        let mut wrote = wrote(&main.former[0]);
        change(&mut wrote);
        let kept = main.as_written(&wrote);
        kept.map_or(0, |kept| kept.bill.discount.get())
    };
    assert_eq!(wrote(|_| {}), 2_950);
    // A line of rounding is no other form (X6).
    let cent = main.former[0].clone().rounded(Cents::new(1));
    let kept = main.as_written(&self::wrote(&cent)).unwrap();
    assert_eq!(kept.bill, main.former[0]);
    for change in [
        (|wrote| wrote.line[0].amount = Some(Cents::new(20_001))) as fn(&mut qbo::Invoice),
        |wrote| wrote.line[4].amount = Some(Cents::new(2_951)),
        |wrote| wrote.txn_tax_detail = None,
        |wrote| drop(wrote.line.pop()),
    ] {
        assert_eq!(wrote(change), 0);
    }
}

#[test]
fn n7_the_line_follows_the_document_in_quickbooks() {
    let voided = deposit(&json!({ "status": "voided" }));
    let records = invoiced(job(&[], 31_150), &voided);
    let whole = json!({ "amount": 31_150, "taxes": tax(1_650) });
    let billed = invoiced(records.clone(), &whole);
    let less = "Main 20311: 155.75 with 8.25 of tax, 0.00 off: Blower motor 200.00 taxed, Hour of work 95.00, \
                Less deposit, invoice D-20311 (deposit) -100.00 taxed, Less deposit, invoice D-20311 (deposit) -47.50";
    let all = "Main 20311: 311.50 with 16.50 of tax, 0.00 off: Blower motor 200.00 taxed, Hour of work 95.00";
    // One that takes its place and was not sent yet changes nothing.
    let draft = json!({ "id": "invoice_e", "invoice_number": "D-20311-1", "sent_at": null });
    let draft = invoiced(records.clone(), &deposit(&draft));
    for records in [&records, &billed, &draft] {
        let linked = sent(Some(DepositForm::Item(ExtraAccount::Income)));
        assert_eq!(told(&documents(records, &linked)), [less]);
        let mut gone = linked;
        gone.documents[0].linked = false;
        assert_eq!(told(&documents(records, &gone)), [all]);
        // One of before was not taken off any more once Housecall Pro had removed it: where that was sent, it stays.
        let shares = documents(records, &sent(Some(DepositForm::LinesOffSales)));
        let as_before = shares[0].as_written(&wrote(&shares[0].former[0]));
        assert_eq!(told(as_before.as_slice()), [all]);
    }
}

#[test]
fn n7_r8_the_main_document_bills_a_deposit_that_was_deleted_in_quickbooks() {
    let one = json!([{ "name": "Deposit", "amount": 15_575, "invoiced_amount": 15_575 }]);
    let tipped = with(
        half(&[tip(1_000, 1_000)]),
        &json!({ "amount": 16_575, "id": "invoice_d", "invoice_number": "D-20311" }),
    );
    let line = extra("fixed gratuity", "Tip", 1_000);
    let all = "Main 20311: 311.50 with 16.50 of tax, 0.00 off: Blower motor 200.00 taxed, Hour of work 95.00";
    let with_tip = "Main 20311: 321.50 with 16.50 of tax, 0.00 off: Blower motor 200.00 taxed, Hour of work 95.00, \
                    Tip (tips) 10.00";
    for (records, deposit, rest, expected) in [
        (job(&[], 31_150), deposit(&json!({})), vec![], all),
        (
            job(&[], 31_150),
            deposit(&json!({ "items": one, "taxes": [] })),
            vec![],
            all,
        ),
        (job(&[line], 32_150), tipped, vec![tip(1_000, 0)], with_tip),
    ] {
        let early = invoiced(records, &deposit);
        let rest = invoiced(early.clone(), &half(&rest));
        for records in [early, rest] {
            for form in [DepositForm::Item(ExtraAccount::Income), DepositForm::Lines] {
                let gone = SentBefore {
                    deposit_gone: true,
                    ..sent(Some(form))
                };
                assert_eq!(told(&documents(&records, &gone)), [expected], "{form:?}");
            }
        }
    }
}

#[test]
fn n6_n7_a_deposit_beside_parts_with_documents_of_their_own_bills_its_shares() {
    let standing = SentBefore {
        per_invoice: true,
        ..SentBefore::default()
    };
    let told =
        |records: &JobRecords| told(&records.documents(Invoicing::Progress, &standing).unwrap());
    let deposited = "Deposit D-20311: 155.75 with 8.25 of tax, 0.00 off: Blower motor 100.00 taxed, Hour of work 47.50";
    // Until there is a part, the job is one document, which leaves out what the deposit bills.
    let records = invoiced(job(&[], 31_150), &deposit(&json!({})));
    let main = "Main 20311: 155.75 with 8.25 of tax, 0.00 off: Blower motor 100.00 taxed, Hour of work 47.50";
    assert_eq!(told(&records), [deposited, main]);
    // So it stays when the deposit was sent: its document is none of a part.
    let once = SentBefore {
        per_invoice: true,
        ..sent(Some(DepositForm::Lines))
    };
    let again = records.documents(Invoicing::Progress, &once).unwrap();
    assert_eq!(self::told(&again), [deposited, main]);
    let part = json!({ "id": "invoice_1", "invoice_number": "20311-1" });
    let part = invoiced(records, &with(half(&[]), &part));
    let main = main.replace("Main 20311", "Part(1) 20311-1");
    assert_eq!(told(&part), [deposited, &main]);
    // One that is not made of the job's lines is taken off in one line.
    let one = json!([{ "name": "Deposit", "amount": 15_575, "invoiced_amount": 15_575 }]);
    let one = deposit(&json!({ "items": one, "taxes": [] }));
    assert_eq!(
        told(&invoiced(job(&[], 31_150), &one)),
        [
            "Deposit D-20311: 155.75 with 0.00 of tax, 0.00 off: Deposit (Sales) 155.75",
            "Main 20311: 155.75 with 16.50 of tax, 0.00 off: Blower motor 200.00 taxed, Hour of work 95.00, \
             Less deposit, invoice D-20311 (Sales) -155.75",
        ]
    );
}
