//! What holds for every job and for every text (V4, V5). `PROPTEST_CASES` sets how many are tried.

mod documents;
mod jobs;
mod sales;
mod taxes;

use std::{env, fmt::Debug};

use money::{Cents, Quantity};
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::{Index, select},
};
use qbo::{LineDetail, Price};
use serde_json::{Value, json};

use crate::{
    JobRecords,
    customer::{self, CustomerMatch},
    fixtures::{billing, finished, invoice, invoiced, labor, read, service, with},
    invoice::changes,
    item::{self, ItemMatch},
};

pub(crate) fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// For V4: so many cases, a million in the long form.
fn money(usual: u32) -> ProptestConfig {
    let is_long = env::var("PROOF").is_ok_and(|proof| proof == "long");
    let asked = env::var("PROPTEST_CASES").ok();
    let asked = asked.and_then(|text| text.parse().ok());
    ProptestConfig {
        cases: asked.unwrap_or(if is_long { 1_000_000 } else { usual }),
        ..config()
    }
}

/// How Housecall Pro's cents of a line may come about.
#[derive(Clone, Copy, Debug)]
enum Rounding {
    HalfAwayFromZero,
    Down,
    None,
}

/// The product in whole cents, computed without decimals.
fn product(hundredths: i64, price: i64) -> i64 {
    let exact = i128::from(hundredths) * i128::from(price);
    let rounded = (exact.abs() + 50) / 100 * exact.signum();
    rounded.try_into().unwrap()
}

/// How many hundredths of something, how many cents each, and how many cents Housecall Pro makes of it.
fn priced() -> impl Strategy<Value = (i64, i64, i64)> {
    let rounding = prop_oneof![
        4 => Just(Rounding::HalfAwayFromZero),
        1 => Just(Rounding::Down),
        1 => Just(Rounding::None),
    ];
    let quantity = prop_oneof![1 => Just(100), 3 => 0_i64..100_000];
    let price = prop_oneof![3 => 0_i64..1_000_000, 1 => -10_000_i64..100];
    (quantity, price, rounding).prop_map(|(hundredths, price, rounding)| {
        let amount = match rounding {
            Rounding::HalfAwayFromZero => product(hundredths, price),
            Rounding::Down => hundredths * price / 100,
            Rounding::None => price,
        };
        (hundredths, price, amount)
    })
}

fn line_of((hundredths, price, amount): (i64, i64, i64)) -> Value {
    let quantity = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    let quantity: Value = serde_json::from_str(&quantity).unwrap();
    with(
        labor("Line", 1.0, price, amount),
        &json!({ "quantity": quantity }),
    )
}

/// A line of a job.
fn line() -> impl Strategy<Value = Value> {
    let kind = select(vec![json!("labor"), json!("materials"), Value::Null]);
    let place = option::of(-2_i64..5);
    (priced(), kind, place, any::<bool>(), any::<bool>()).prop_map(
        |(priced, kind, place, in_book, has_price)| {
            let changes = json!({
                "kind": kind,
                "order_index": place,
                "service_item_id": in_book.then_some("olit_1"),
                "unit_price": has_price.then_some(priced.1),
            });
            with(line_of(priced), &changes)
        },
    )
}

/// A job that may be invoiced and may have a service address of its own.
fn job() -> impl Strategy<Value = JobRecords> {
    let number = option::of("[0-9]{1,5}(-[0-9])?");
    let street = select(vec!["7 Mill Lane", "12 Harbor Street"]);
    (vec(line(), 1..12), number, street).prop_map(|(lines, number, street)| {
        let mut records = finished(&lines);
        records.job.address = Some(read(&service(street)));
        records.customer.addresses = vec![read(&billing("12 Harbor Street"))];
        match number {
            Some(number) => invoiced(records, &json!({ "invoice_number": number })),
            None => records,
        }
    })
}

/// A job that becomes an invoice.
fn billable() -> impl Strategy<Value = JobRecords> {
    job().prop_filter("a negative total", |records| {
        records.job.total_amount >= Some(Cents::ZERO)
    })
}

fn sum(invoice: &qbo::Invoice) -> Cents {
    invoice.line.iter().filter_map(|line| line.amount).sum()
}

/// An invoice in QuickBooks after a sparse write.
fn written(before: &qbo::Invoice, change: Option<qbo::Invoice>) -> qbo::Invoice {
    let Some(change) = change else {
        return before.clone();
    };
    let before = before.clone();
    qbo::Invoice {
        customer_ref: change.customer_ref.or(before.customer_ref),
        doc_number: change.doc_number.or(before.doc_number),
        txn_date: change.txn_date.or(before.txn_date),
        due_date: change.due_date.or(before.due_date),
        line: if change.line.is_empty() {
            before.line
        } else {
            change.line
        },
        ship_addr: change.ship_addr.or(before.ship_addr),
        private_note: change.private_note.or(before.private_note),
        txn_tax_detail: change.txn_tax_detail.or(before.txn_tax_detail),
        ..qbo::Invoice::default()
    }
}

proptest! {
    #![proptest_config(money(256))]

    #[test]
    fn v4_the_lines_of_an_invoice_add_up_to_its_total(mut records in job(), off in -2_i64..=2) {
        let sum_of_lines = records.job.total_amount.unwrap();
        let total = sum_of_lines + Cents::new(off);
        records.job.total_amount = Some(total);
        for invoice in &mut records.invoices {
            invoice.amount = Some(total);
        }
        match invoice(&records) {
            Ok(invoice) => {
                prop_assert_eq!(sum(&invoice), total);
                prop_assert_eq!(invoice.line.len(), records.lines.len());
            }
            Err(refusal) => prop_assert!(off != 0 || total < Cents::ZERO, "{}", refusal),
        }
    }

    #[test]
    fn v4_lines_less_discount_plus_tax_are_the_total(
        sold in vec((line(), any::<bool>()), 1..10),
        off in vec(-50_000_i64..50_000, 0..3),
        tip in option::of(1_i64..10_000),
        tax in 0_i64..100_000,
        told in any::<bool>(),
    ) {
        let extra = |kind: &str, amount: i64| {
            let book = json!({ "kind": kind, "service_item_id": null, "amount": amount });
            with(labor("Extra", 1.0, amount, amount), &book)
        };
        let mut lines: Vec<Value> = sold
            .into_iter()
            .map(|(line, taxable)| with(line, &json!({ "taxable": taxable })))
            .collect();
        let taxable = lines.iter().any(|line| line["taxable"] == true);
        lines.extend(tip.map(|tip| extra("fixed gratuity", tip)));
        let sold: i64 = lines.iter().filter_map(|line| line["amount"].as_i64()).sum();
        let discount: i64 = off.iter().map(|amount| amount.abs()).sum();
        lines.extend(off.iter().map(|amount| extra("fixed discount", *amount)));
        let mut records = finished(&lines);
        let total = sold - discount + tax;
        records.job.total_amount = Some(Cents::new(total));
        if told {
            let taxes = json!({ "taxes": [{ "name": "County", "amount": tax }] });
            records = invoiced(records, &taxes);
        }
        match records.bill() {
            Ok(bill) => {
                let lines: Cents = bill.lines.iter().map(|line| line.amount).sum();
                prop_assert_eq!(lines - bill.discount + bill.tax, bill.total);
                prop_assert_eq!(bill.discounts().unwrap().get(), discount);
                prop_assert_eq!(bill.tax.get(), tax);
                prop_assert_eq!(bill.total.get(), total);
            }
            Err(_) => prop_assert!(total < 0 || (tax > 0 && !taxable)),
        }
    }

    #[test]
    fn v4_quantity_times_price_is_the_amount_wherever_both_are_sent(priced in priced()) {
        let (hundredths, price, amount) = priced;
        let spare = labor("Balance", 1.0, 100_000_000, 100_000_000);
        let first = with(line_of(priced), &json!({ "order_index": 0 }));
        let invoice = invoice(&finished(&[first, spare])).unwrap();
        let LineDetail::SalesItem(detail) = &invoice.line[0].detail else {
            panic!("not a sales line");
        };
        let expected = (product(hundredths, price) == amount)
            .then(|| (Quantity::from_hundredths(hundredths), Price::from(Cents::new(price))));
        prop_assert_eq!(invoice.line[0].amount, Some(Cents::new(amount)));
        prop_assert_eq!(detail.qty.zip(detail.unit_price), expected);
        prop_assert_eq!(detail.qty.is_some(), detail.unit_price.is_some());
    }

    #[test]
    fn v4_what_was_written_is_read_again_as_the_same(records in billable()) {
        let wanted = invoice(&records).unwrap();
        let json = serde_json::to_string(&wanted).unwrap();
        let again: qbo::Invoice = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&again, &wanted);
        prop_assert_eq!(changes(&again, &wanted, None), None);
        prop_assert_eq!(serde_json::to_string(&again).unwrap(), json);
    }

    #[test]
    fn v4_a_change_makes_of_what_was_written_what_is_wanted(before in billable(), after in billable()) {
        let home = customer::wanted(&after.customer, None).bill_addr;
        let (wrote, wanted) = (invoice(&before).unwrap(), invoice(&after).unwrap());
        let change = changes(&wrote, &wanted, home.as_ref());
        let mut expected = wanted.clone();
        if wrote.ship_addr.is_some() {
            expected.ship_addr = wanted.ship_addr.or(home);
        }
        prop_assert_eq!(written(&wrote, change), expected);
    }
}

/// Text of every kind and length: letters of all scripts, emoji, what QuickBooks forbids, what cannot be seen.
fn hard_text() -> impl Strategy<Value = String> {
    let forbidden = vec![
        ':', '\t', '\n', '\r', '\0', '\u{b}', '\u{7f}', '\u{85}', '\u{2028}', '\u{2029}', '\u{a0}',
    ];
    let odd = vec![
        '🔧',
        '👩',
        '\u{200d}',
        '\u{fe0f}',
        '\u{1f1e9}',
        '☎',
        '\u{200f}',
        '\u{202e}',
        '\u{2066}',
        '\u{feff}',
        '\u{fffd}',
        '\u{e000}',
        '\u{301}',
        'ß',
        'İ',
        'ﬁ',
        'ب',
        '"',
        '\'',
        '\\',
        '<',
        '&',
    ];
    let letter = prop_oneof![
        2 => any::<char>(),
        2 => select(forbidden),
        2 => select(odd),
        4 => prop::char::range('a', 'z'),
        1 => Just(' '),
    ];
    (vec(letter, 0..24), 1_usize..400)
        .prop_map(|(letters, times)| letters.iter().collect::<String>().repeat(times))
}

/// Two texts of any length that begin alike and differ at their ends.
fn twins() -> impl Strategy<Value = (String, String)> {
    (hard_text(), 0_usize..700, "[a-y]{1,3}").prop_map(|(text, more, end)| {
        let text = format!("{text}{}", "n".repeat(more));
        (format!("{text}{end}"), format!("{text}{end}z"))
    })
}

fn acceptable(text: Option<&str>, limit: usize, breaks: &[char]) -> Result<(), TestCaseError> {
    let Some(text) = text else {
        return Ok(());
    };
    prop_assert!(!text.is_empty());
    prop_assert_eq!(text.trim(), text);
    let length: usize = text.chars().map(char::len_utf16).sum();
    prop_assert!(length <= limit, "{} > {}", length, limit);
    for c in text.chars() {
        prop_assert!(!c.is_control() || breaks.contains(&c), "{:?}", c);
        prop_assert!(c.len_utf16() == 1, "{:?} is not stored reliably", c);
        prop_assert!(
            !"\u{200d}\u{200f}\u{202e}\u{feff}\u{fffd}\u{e000}☎".contains(c),
            "{:?}",
            c
        );
    }
    Ok(())
}

fn acceptable_name(name: Option<&str>, limit: usize) -> Result<(), TestCaseError> {
    acceptable(name, limit, &[])?;
    let name = name.unwrap_or_default();
    let splits = name.contains([':', '\u{2028}', '\u{2029}']);
    prop_assert!(!splits, "{}", name);
    prop_assert!(!name.contains("  "));
    Ok(())
}

/// A customer with such texts in all its fields, as `at` picks them.
fn customer_of(texts: &[String], at: &[Index]) -> hcp::Customer {
    let mut at = at.iter();
    let mut text = || json!(at.next().unwrap().get(texts));
    read(&json!({
        "id": "cus_1",
        "first_name": text(),
        "last_name": text(),
        "email": text(),
        "mobile_number": text(),
        "home_number": text(),
        "work_number": text(),
        "company": text(),
        "notes": text(),
        "addresses": [{
            "id": "adr_1", "type": "billing", "street": text(), "street_line_2": text(),
            "city": text(), "state": text(), "zip": text(),
        }],
    }))
}

fn same_after_reading<T>(document: &T) -> Result<T, TestCaseError>
where
    T: Debug + PartialEq + serde::Serialize + serde::de::DeserializeOwned,
{
    let again: T = serde_json::from_str(&serde_json::to_string(document).unwrap()).unwrap();
    prop_assert_eq!(&again, document);
    Ok(again)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn v5_no_text_of_a_customer_is_refused_by_quickbooks(
        texts in vec(prop_oneof![hard_text(), "[a-z]{1,9}@[a-z]{1,9}\\.com", "[0-9]{10}"], 1..8),
        at in vec(any::<Index>(), 13),
    ) {
        let wanted = customer::wanted(&customer_of(&texts, &at), None);
        prop_assert!(wanted.display_name.is_some());
        acceptable_name(wanted.display_name.as_deref(), 500)?;
        acceptable_name(wanted.given_name.as_deref(), 100)?;
        acceptable_name(wanted.family_name.as_deref(), 100)?;
        acceptable_name(wanted.company_name.as_deref(), 100)?;
        acceptable(wanted.notes.as_deref(), 2_000, &['\n'])?;
        for phone in [&wanted.mobile, &wanted.primary_phone, &wanted.alternate_phone].into_iter().flatten() {
            acceptable(phone.free_form_number.as_deref(), 30, &[])?;
        }
        if let Some(email) = &wanted.primary_email_addr {
            acceptable(email.address.as_deref(), 100, &[])?;
        }
        if let Some(address) = &wanted.bill_addr {
            prop_assert!(*address != qbo::Address::default());
            acceptable(address.line1.as_deref(), 500, &[])?;
            acceptable(address.line2.as_deref(), 500, &[])?;
            acceptable(address.city.as_deref(), 255, &[])?;
            acceptable(address.country_sub_division_code.as_deref(), 255, &[])?;
            acceptable(address.postal_code.as_deref(), 30, &[])?;
        }
        // What a lost answer created is found again.
        let theirs = [same_after_reading(&wanted)?];
        prop_assert_eq!(customer::find(&wanted, &theirs), CustomerMatch::One(&theirs[0]));
        prop_assert_eq!(customer::changes(&theirs[0], &wanted), None);
    }

    #[test]
    fn v5_no_text_of_an_item_or_a_line_is_refused_by_quickbooks(
        name in hard_text(),
        description in hard_text(),
        in_book in any::<bool>(),
    ) {
        let line = with(labor(&name, 1.0, 100, 100), &json!({
            "description": description,
            "service_item_id": in_book.then_some("olit_1"),
        }));
        let records = finished(&[line]);
        let billed = records.bill().unwrap().lines;
        let wanted = item::wanted(&billed[0], &"79".into(), None);
        prop_assert!(wanted.name.is_some());
        acceptable_name(wanted.name.as_deref(), 100)?;
        acceptable(wanted.description.as_deref(), 4_000, &['\n'])?;
        let theirs = [same_after_reading(&wanted)?];
        prop_assert_eq!(item::find(&wanted, &theirs), ItemMatch::One(&theirs[0]));
        let invoice = invoice(&records).unwrap();
        acceptable(invoice.line[0].description.as_deref(), 4_000, &['\n'])?;
        same_after_reading(&invoice)?;
    }

    #[test]
    fn v5_distinct_long_names_stay_distinct((one, two) in twins()) {
        let customer = |name: &str| customer::wanted(&read(&json!({ "id": "cus_1", "first_name": name })), None);
        let (ours, theirs) = (customer(&one), [customer(&two)]);
        prop_assert_ne!(&ours.display_name, &theirs[0].display_name);
        prop_assert_eq!(customer::find(&ours, &theirs), CustomerMatch::None);
        let item = |name: &str| {
            let lines = finished(&[labor(name, 1.0, 100, 100)]).bill().unwrap().lines;
            item::wanted(&lines[0], &"79".into(), None)
        };
        let (ours, theirs) = (item(&one), [item(&two)]);
        prop_assert_ne!(&ours.name, &theirs[0].name);
        prop_assert_eq!(item::find(&ours, &theirs), ItemMatch::None);
    }
}
