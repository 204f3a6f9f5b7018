use serde_json::{Value, json};

use super::super::*;
use crate::{
    JobRecords,
    fixtures::{finished, invoiced, labor, material, read, typed, with},
};

#[test]
fn l2_the_lines_are_the_jobs_in_its_order() {
    let at = |name: &str, place: Value| {
        with(labor(name, 1.0, 100, 100), &json!({ "order_index": place }))
    };
    let records = finished(&[
        at("unplaced", Value::Null),
        at("third", json!(2)),
        at("first", json!(0)),
        at("also unplaced", Value::Null),
        at("second", json!(1)),
        at("also second", json!(1)),
    ]);
    let names = |records: &JobRecords| -> Vec<String> {
        let lines = records.bill().unwrap().lines;
        lines.into_iter().map(|line| line.name).collect()
    };
    let expected = [
        "first",
        "second",
        "also second",
        "third",
        "unplaced",
        "also unplaced",
    ];
    assert_eq!(names(&records), expected);
    let other_items =
        json!({ "items": [{ "name": "All of it", "amount": 600, "invoiced_amount": 600 }] });
    assert_eq!(names(&invoiced(records, &other_items)), expected);
}

#[test]
fn l2_lines_of_the_same_place_stay_in_their_order() {
    let lines: Vec<Value> = (0..60)
        .map(|n| {
            let place = json!({ "order_index": n % 2 });
            with(labor(&n.to_string(), 1.0, 100, 100), &place)
        })
        .collect();
    let lines = finished(&lines).bill().unwrap().lines;
    let names: Vec<String> = lines.into_iter().map(|line| line.name).collect();
    let expected = (0..60).step_by(2).chain((1..60).step_by(2));
    assert_eq!(
        names,
        expected.map(|n: i32| n.to_string()).collect::<Vec<_>>()
    );
}

#[test]
fn l1_an_amount_that_is_missing_is_the_product() {
    let line = |changes: Value| with(labor("Pipe", 2.5, 333, 0), &changes);
    for (changes, amount) in [
        (json!({ "amount": null }), Some(833)),
        (json!({ "amount": null, "quantity": null }), Some(333)),
        (json!({ "amount": 0 }), Some(0)),
        (json!({ "amount": null, "unit_price": null }), None),
    ] {
        let billed = BilledLine::from_job(&read(&line(changes.clone())));
        let expected = amount
            .map(Cents::new)
            .ok_or(Refusal::NotSupported("a line without an amount"));
        assert_eq!(billed.map(|line| line.amount), expected, "{changes}");
    }
}

#[test]
fn l5_a_line_is_in_the_price_book_when_it_names_its_entry() {
    let id = |id: &str| id.parse::<ServiceItemId>().unwrap();
    let goods = |line: Value| finished(&[line]).bill().unwrap().lines.remove(0).goods;
    assert_eq!(
        goods(labor("abc", 1.0, 100, 100)),
        Goods::Service(id("olit_3"))
    );
    assert_eq!(
        goods(material("abc", 1.0, 100, 100)),
        Goods::Material(id("pbmat_3"))
    );
    assert_eq!(goods(typed("abc", 100)), Goods::NotInPriceBook);
    let empty = with(
        labor("abc", 1.0, 100, 100),
        &json!({ "service_item_id": "" }),
    );
    assert_eq!(goods(empty), Goods::NotInPriceBook);
}

#[test]
fn a_line_keeps_what_housecall_pro_says_of_it() {
    let told = with(
        material(" Filter ", 2.5, 1_999, 4_998),
        &json!({ "description": " 16x25 ", "taxable": true, "service_item_id": "pbmat_7" }),
    );
    let expected = BilledLine {
        name: "Filter".to_owned(),
        description: Some("16x25".to_owned()),
        goods: Goods::Material("pbmat_7".parse().unwrap()),
        quantity: "2.5".parse().unwrap(),
        unit_price: Some(Cents::new(1_999)),
        amount: Cents::new(4_998),
        taxable: true,
    };
    assert_eq!(finished(&[told]).bill().unwrap().lines, [expected]);
    let silent = BilledLine {
        name: "(no name)".to_owned(),
        description: None,
        goods: Goods::NotInPriceBook,
        quantity: Quantity::ONE,
        unit_price: None,
        amount: Cents::new(100),
        taxable: false,
    };
    let mut silence = finished(&[json!({ "amount": 100 })]);
    assert_eq!(silence.bill().unwrap().lines[0], silent);
    silence.lines = vec![read(
        &json!({ "amount": 100, "name": " ", "description": " " }),
    )];
    assert_eq!(silence.bill().unwrap().lines, [silent]);
}
