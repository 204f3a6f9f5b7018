use insta::assert_snapshot;
use serde_json::{Value, json};

use super::*;
use crate::fixtures::{finished, labor, material, read, typed, with};

/// The item of a job's only line.
fn item(line: Value, expense: Option<&str>) -> qbo::Item {
    let lines = finished(&[line]).bill().unwrap().lines;
    let expense = expense.map(qbo::Id::from);
    wanted(&lines[0], &"79".into(), expense.as_ref())
}

fn json_of(item: &qbo::Item) -> String {
    serde_json::to_string_pretty(item).unwrap()
}

#[test]
fn i1_a_service_is_made_with_its_name_description_price_and_taxable_flag() {
    let line = with(
        labor("Tune-up: furnace", 2.5, 9_550, 23_875),
        &json!({ "description": "Two stages.\nFilter included.", "taxable": true }),
    );
    assert_snapshot!(json_of(&item(line, Some("80"))), @r#"
    {
      "Name": "Tune-up- furnace",
      "Type": "Service",
      "Description": "Two stages.\nFilter included.",
      "Taxable": true,
      "UnitPrice": 95.5,
      "IncomeAccountRef": {
        "value": "79"
      }
    }
    "#);
}

#[test]
fn i1_what_a_line_does_not_tell_is_not_sent() {
    for nothing in [Value::Null, json!(""), json!(" \n"), json!("🔧")] {
        let line = with(
            labor("Tune-up", 1.0, 0, 9_500),
            &json!({ "description": nothing, "unit_price": null, "taxable": null }),
        );
        assert_eq!(
            serde_json::to_string(&item(line, None)).unwrap(),
            r#"{"Name":"Tune-up","Type":"Service","Taxable":false,"IncomeAccountRef":{"value":"79"}}"#
        );
    }
}

#[test]
fn i2_a_material_is_not_inventory_and_has_the_expense_account_where_set() {
    let filter = || material("Filter 16x25", 2.0, 1_999, 3_998);
    assert_snapshot!(json_of(&item(filter(), Some("80"))), @r#"
    {
      "Name": "Filter 16x25",
      "Type": "NonInventory",
      "Taxable": false,
      "UnitPrice": 19.99,
      "IncomeAccountRef": {
        "value": "79"
      },
      "ExpenseAccountRef": {
        "value": "80"
      }
    }
    "#);
    assert_eq!(item(filter(), None).expense_account_ref, None);
}

#[test]
fn i2_the_kind_of_the_line_decides() {
    for (kind, expected) in [
        (json!("labor"), ItemType::Service),
        (json!("materials"), ItemType::NonInventory),
        (json!("material"), ItemType::NonInventory),
        (json!("Materials"), ItemType::NonInventory),
        (Value::Null, ItemType::Service),
    ] {
        let line = with(labor("Filter", 1.0, 100, 100), &json!({ "kind": kind }));
        assert_eq!(item(line, None).kind, Some(expected), "{kind}");
    }
}

#[test]
fn l5_a_line_that_is_not_in_the_price_book_uses_the_item_sales() {
    let typed = with(
        typed("Hauled away the old unit", 4_000),
        &json!({ "description": "Two people", "taxable": true }),
    );
    let material = with(typed.clone(), &json!({ "kind": "materials" }));
    for line in [typed, material] {
        assert_eq!(
            serde_json::to_string(&item(line, Some("80"))).unwrap(),
            r#"{"Name":"Sales","Type":"Service","IncomeAccountRef":{"value":"79"}}"#
        );
    }
}

#[test]
fn i8_names_are_cleaned_cut_and_distinct() {
    let name = |name: &str| item(labor(name, 1.0, 100, 100), None).name.unwrap();
    assert_eq!(name(" A/C:\tcheck \n"), "A/C- check");
    assert_eq!(name("🔧"), "(no name)");
    assert_eq!(name(""), "(no name)");
    let hundred = "n".repeat(100);
    assert_eq!(name(&hundred), hundred);
    let [one, two] = ["1", "2"].map(|end| name(&format!("{hundred}{end}")));
    assert_eq!((one.len(), two.len()), (100, 100));
    assert_ne!(one, two);
}

/// An item that QuickBooks has.
fn theirs(changes: &Value) -> qbo::Item {
    let filter = json!({ "Id": "11", "Name": "Filter 16x25", "Type": "Service", "Active": true });
    read(&with(filter, changes))
}

fn found_as(changes: &Value) -> &'static str {
    let found = [theirs(changes)];
    match find(&item(material("Filter 16x25", 1.0, 100, 100), None), &found) {
        ItemMatch::None => "none",
        ItemMatch::One(one) => {
            assert_eq!(one, &found[0]);
            "one"
        }
        ItemMatch::Taken(what) => what,
    }
}

#[test]
fn i3_an_active_item_of_that_name_is_matched() {
    for (changes, expected) in [
        (json!({}), "one"),
        (json!({ "Active": null }), "one"),
        (json!({ "Name": " FILTER  16x25" }), "one"),
        (json!({ "Type": "NonInventory" }), "one"),
        (json!({ "Type": "Inventory" }), "one"),
        (json!({ "Name": "Filter 16x25x1" }), "none"),
        (json!({ "Name": null }), "none"),
        (json!({ "Active": false }), "none"),
        (json!({ "Type": "Category" }), "a category"),
        (
            json!({ "Type": "Group" }),
            "a bundle or an unknown kind of item",
        ),
        (
            json!({ "Type": null }),
            "a bundle or an unknown kind of item",
        ),
        (json!({ "Type": "Group", "Active": false }), "none"),
    ] {
        assert_eq!(found_as(&changes), expected, "{changes}");
    }
}

#[test]
fn i3_one_of_several_items_of_that_name_is_never_guessed() {
    let ours = item(material("Filter 16x25", 1.0, 100, 100), None);
    let inactive = theirs(&json!({ "Id": "10", "Active": false }));
    let found = [inactive, theirs(&json!({}))];
    assert_eq!(find(&ours, &found), ItemMatch::One(&found[1]));
    let found = [
        theirs(&json!({})),
        theirs(&json!({ "Id": "12", "Type": "Category" })),
    ];
    assert_eq!(
        find(&ours, &found),
        ItemMatch::Taken("several items of that name")
    );
    assert_eq!(find(&ours, &[]), ItemMatch::None);
}
