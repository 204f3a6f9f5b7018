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
        ItemMatch::Several(_) => "several",
        ItemMatch::Elsewhere(_) => "elsewhere",
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
    let found = [theirs(&json!({})), theirs(&json!({ "Id": "12" }))];
    assert_eq!(
        find(&ours, &found),
        ItemMatch::Several(vec![&found[0], &found[1]])
    );
    // A category of that name is no candidate.
    let found = [
        theirs(&json!({})),
        theirs(&json!({ "Id": "12", "Type": "Category" })),
    ];
    assert_eq!(find(&ours, &found), ItemMatch::One(&found[0]));
    assert_eq!(find(&ours, &[]), ItemMatch::None);
}

#[test]
fn i3_where_the_category_is_known_only_an_item_inside_it_is_the_same() {
    let ours = category::inside(
        item(material("Filter 16x25", 1.0, 100, 100), None),
        &"30".into(),
    );
    let at = |id: &str, parent: Option<&str>| {
        let parent = parent.map(|parent| json!({ "value": parent }));
        theirs(&json!({ "Id": id, "ParentRef": parent, "SubItem": parent.is_some() }))
    };
    let (inside, other, top) = (at("1", Some("30")), at("2", Some("31")), at("3", None));
    let found = [other.clone(), inside.clone(), top.clone()];
    assert_eq!(find(&ours, &found), ItemMatch::One(&inside));
    let found = [other.clone(), top.clone()];
    assert_eq!(
        find(&ours, &found),
        ItemMatch::Elsewhere(vec![&other, &top])
    );
    // Unknown: the only one of that name, under whatever category.
    let unknown = item(material("Filter 16x25", 1.0, 100, 100), None);
    let found = [other.clone()];
    assert_eq!(find(&unknown, &found), ItemMatch::One(&other));
    let taken = theirs(&json!({ "Type": "Category", "ParentRef": { "value": "30" } }));
    assert_eq!(find(&ours, &[taken]), ItemMatch::Taken("a category"));
}

#[test]
fn i4_a_category_is_found_at_the_top_or_where_it_is_the_only_one() {
    let ours = category::wanted("Filter 16x25").unwrap();
    let at = |id: &str, kind: &str, parent: Option<&str>| {
        let parent = parent.map(|parent| json!({ "value": parent }));
        theirs(&json!({ "Id": id, "Type": kind, "ParentRef": parent }))
    };
    let (top, nested) = (at("1", "Category", None), at("2", "Category", Some("9")));
    let (other, product) = (at("3", "Category", Some("8")), at("4", "Service", None));
    let inside = at("5", "Service", Some("2"));
    for (found, expected) in [
        (vec![&nested, &top], ItemMatch::One(&top)),
        (vec![&nested, &inside], ItemMatch::One(&nested)),
        (vec![&nested, &other], ItemMatch::None),
        (vec![&product], ItemMatch::Taken("a product or service")),
        (vec![&inside], ItemMatch::None),
        (vec![], ItemMatch::None),
    ] {
        let found: Vec<qbo::Item> = found.into_iter().cloned().collect();
        assert_eq!(find(&ours, &found), expected, "{found:?}");
    }
    assert_eq!(category::wanted("🔧 "), None, "nothing is left of its name");
    let name = category::wanted(" Air: filters \n").unwrap().name;
    assert_eq!(name.as_deref(), Some("Air- filters"));
}

#[test]
fn i4_an_item_moves_only_when_its_category_changes_in_housecall_pro() {
    use category::{Place, SentBefore, place};
    let wrote = |parent: Option<&str>| match parent {
        Some(parent) => category::inside(qbo::Item::default(), &parent.into()),
        None => qbo::Item::default(),
    };
    for (written, found, accepted, category, expected) in [
        // Made by us: where Housecall Pro has it, from when that is known.
        (None, false, None, Some("30"), Some("30")),
        (Some("30"), false, None, Some("30"), None),
        (Some("30"), false, None, Some("31"), Some("31")),
        (Some("30"), true, None, Some("31"), Some("31")),
        // A person's: where it is, until Housecall Pro tells another.
        (None, true, Some(true), Some("30"), None),
        (None, true, Some(false), Some("31"), Some("31")),
        // No category yet.
        (Some("30"), false, None, None, None),
    ] {
        let wrote = wrote(written);
        let standing = SentBefore {
            wrote: &wrote,
            found,
            accepted,
        };
        let placed = place(standing, category.map(qbo::Id::from).as_ref());
        let to = match placed {
            Place::Into(change) => {
                let json = serde_json::to_value(&change).unwrap();
                assert_eq!(json.as_object().unwrap().len(), 2, "nothing else: {json}");
                change.parent_ref.map(|parent| parent.value.to_string())
            }
            Place::AsItIs => None,
            Place::Accepted => panic!("{written:?}"),
        };
        assert_eq!(to.as_deref(), expected, "{written:?} {found} {category:?}");
    }
    let standing = SentBefore {
        wrote: &wrote(None),
        found: true,
        accepted: None,
    };
    assert_eq!(place(standing, Some(&"30".into())), Place::Accepted);
}

#[test]
fn s1_an_item_is_described_by_what_it_is_and_where_it_stands() {
    for (item, told) in [
        (
            json!({ "Name": "Filters", "FullyQualifiedName": "Parts:Filters", "Type": "Category" }),
            "the category Parts:Filters",
        ),
        (
            json!({ "Name": "Filter", "Type": "NonInventory" }),
            "the product or service Filter",
        ),
        (json!({}), "the product or service (no name)"),
    ] {
        assert_eq!(category::described(&read(&item)), told);
    }
}

#[test]
fn i5_a_material_that_no_job_used_yet_is_made_from_the_price_book() {
    let filter: hcp::Material = read(&json!({
        "uuid": "pbmat_1", "name": "Filter: 16x25", "price": 1_999, "taxable": true, "description": "Pleated",
    }));
    let made = of_material(&filter, &"79".into(), Some(&"80".into())).unwrap();
    assert_eq!(
        serde_json::to_string(&made).unwrap(),
        r#"{"Name":"Filter- 16x25","Type":"NonInventory","Description":"Pleated","Taxable":true,"UnitPrice":19.99,"IncomeAccountRef":{"value":"79"},"ExpenseAccountRef":{"value":"80"}}"#
    );
    let nameless: hcp::Material = read(&json!({ "uuid": "pbmat_1" }));
    assert_eq!(of_material(&nameless, &"79".into(), None), None);
}

#[test]
fn l5_an_item_of_its_own_is_named_like_the_line() {
    let own = own("Haul: away", &"79".into());
    assert_eq!(
        serde_json::to_string(&own).unwrap(),
        r#"{"Name":"Haul- away","Type":"Service","IncomeAccountRef":{"value":"79"}}"#
    );
}
