//! Items, accounts, terms, and the company itself.

use qbo_sandbox::{ClassTracking, Json};

use crate::app::{App, invoice_body, options};

#[test]
fn a_new_company_has_accounts_terms_and_services() {
    let app = App::new();
    let named = |entity: &str| -> Vec<String> {
        let objects = app.sandbox.objects(entity);
        objects
            .iter()
            .map(|object| object.text("Name").unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        named("Term"),
        ["Due on receipt", "Net 15", "Net 30", "Net 60"]
    );
    assert_eq!(named("Item"), ["Services", "Hours"]);
    let funds = app.ids("select * from Account where AccountSubType = 'UndepositedFunds'");
    assert_eq!(funds.len(), 1);
    assert!(app.sandbox.violations().is_empty());
}

#[test]
fn items_come_in_three_types_below_categories() {
    let app = App::new();
    let category = app.post("item", r#"{"Name":"Plumbing","Type":"Category"}"#);
    let id = category.text("Item.Id").unwrap();
    let item = app.post(
        "item",
        &format!(
            r#"{{"Name":"Pipe","Type":"NonInventory","UnitPrice":12.50,"PurchaseCost":3.999,"IncomeAccountRef":{{"value":"2"}},"ExpenseAccountRef":{{"value":"16"}},"SubItem":true,"ParentRef":{{"value":"{id}"}}}}"#
        ),
    );
    insta::assert_snapshot!(item.at("Item").unwrap(), @r#"{"domain":"QBO","sparse":false,"Id":"4","SyncToken":"0","MetaData":{"CreateTime":"2020-09-29T05:58:07-07:00","LastUpdatedTime":"2020-09-29T05:58:07-07:00"},"Name":"Pipe","Active":true,"SubItem":true,"ParentRef":{"value":"3","name":"Plumbing"},"Level":1,"FullyQualifiedName":"Plumbing:Pipe","Taxable":false,"UnitPrice":12.5,"Type":"NonInventory","IncomeAccountRef":{"value":"2","name":"Sales of Product Income"},"PurchaseCost":3.999,"ExpenseAccountRef":{"value":"16","name":"Cost of Goods Sold"},"TrackQtyOnHand":false}"#);
    let customer = app.customer("Amy");
    let body = invoice_body(&customer, "1")
        .replace(r#""ItemRef":{"value":"1"}"#, r#""ItemRef":{"value":"4"}"#);
    let invoice = app.post("invoice", &body);
    assert_eq!(
        invoice.text("Invoice.Line.0.SalesItemLineDetail.ItemRef.name"),
        Some("Plumbing:Pipe")
    );
}

#[test]
fn an_item_name_is_taken_in_all_categories_or_in_its_own() {
    for unique in [true, false] {
        let mut options = options();
        options.doubts.item_names_are_unique = unique;
        let app = App::with(options);
        app.post("item", r#"{"Name":"Plumbing","Type":"Category"}"#);
        let pipe = |parent: &str| {
            format!(
                r#"{{"Name":"Pipe","Type":"Service","IncomeAccountRef":{{"value":"1"}}{parent}}}"#
            )
        };
        let below = pipe(r#","SubItem":true,"ParentRef":{"value":"3"}"#);
        app.post("item", &pipe(""));
        if unique {
            assert_eq!(app.refused("item", &below).code, "6240");
        } else {
            app.post("item", &below);
        }
        assert_eq!(app.refused("item", &below).code, "6240");
        assert_eq!(app.refused("item", &pipe("")).code, "6240");
    }
}

#[test]
fn what_is_owed_is_an_items_account_for_a_person_and_by_a_switch_for_an_app() {
    let owed = r#"{"Name":"Retainer","Type":"Service","IncomeAccountRef":{"value":"13"}}"#;
    let app = App::new();
    let refused = app.refused("item", owed);
    assert_eq!(refused.code, "6430");
    assert_eq!(refused.element.as_deref(), Some("IncomeAccountRef"));
    let by_hand = app
        .sandbox
        .create("Item", &Json::parse(owed.as_bytes()).unwrap());
    let id = by_hand.unwrap().text("Id").unwrap().to_owned();
    // An app's change of something else leaves it.
    let change = format!(r#"{{"Id":"{id}","SyncToken":"0","sparse":true,"Description":"x"}}"#);
    let changed = app.post("item", &change);
    assert_eq!(changed.text("Item.IncomeAccountRef.value"), Some("13"));
    let mut options = options();
    options.doubts.refuse_liability_items = false;
    App::with(options).post("item", owed);
}

#[test]
fn item_accounts_must_fit() {
    let app = App::new();
    for (fields, code, element) in [
        (r#""Type":"Service""#, "2020", "IncomeAccountRef"),
        (
            r#""Type":"Service","IncomeAccountRef":{"value":"7"}"#,
            "6430",
            "IncomeAccountRef",
        ),
        (
            r#""Type":"Service","IncomeAccountRef":{"value":"1"},"ExpenseAccountRef":{"value":"1"}"#,
            "6430",
            "ExpenseAccountRef",
        ),
        (
            r#""Type":"Service","IncomeAccountRef":{"value":"1"},"PurchaseCost":1"#,
            "2020",
            "ExpenseAccountRef",
        ),
        (
            r#""Type":"Service","IncomeAccountRef":{"value":"999"}"#,
            "2500",
            "IncomeAccountRef",
        ),
    ] {
        let refused = app.refused("item", &format!(r#"{{"Name":"x",{fields}}}"#));
        assert_eq!(
            (refused.code.as_str(), refused.element.as_deref()),
            (code, Some(element)),
            "{fields}"
        );
    }
}

#[test]
fn accounts_have_a_type_and_a_classification() {
    let app = App::new();
    let created = app.post("account", r#"{"Name":"Repairs","AccountType":"Income"}"#);
    insta::assert_snapshot!(created.at("Account").unwrap(), @r#"{"domain":"QBO","sparse":false,"Id":"21","SyncToken":"0","MetaData":{"CreateTime":"2020-09-29T05:58:07-07:00","LastUpdatedTime":"2020-09-29T05:58:07-07:00"},"Name":"Repairs","SubAccount":false,"FullyQualifiedName":"Repairs","Active":true,"Classification":"Revenue","AccountType":"Income","AccountSubType":"SalesOfProductIncome","CurrentBalance":0,"CurrentBalanceWithSubAccounts":0,"CurrencyRef":{"value":"USD","name":"United States Dollar"}}"#);
    let by_sub_type = app.post(
        "account",
        r#"{"Name":"Fees","AccountSubType":"BankCharges"}"#,
    );
    assert_eq!(by_sub_type.text("Account.AccountType"), Some("Expense"));
    assert_eq!(app.refused("account", r#"{"Name":"x"}"#).code, "6010");
    assert_eq!(
        app.refused("account", r#"{"Name":"Repairs","AccountType":"Income"}"#)
            .code,
        "6240"
    );
    assert_eq!(
        app.refused("account", r#"{"Name":"x","AccountType":"Nonsense"}"#)
            .code,
        "2170"
    );
}

#[test]
fn receivables_are_what_customers_owe() {
    let app = App::new();
    let customer = app.customer("Amy");
    app.invoice(&customer, "30");
    app.invoice(&customer, "12.5");
    app.post("invoice?operation=void", r#"{"Id":"1","SyncToken":"0"}"#);
    let receivable = app.get("account/9");
    assert_eq!(
        receivable.text("Account.AccountType"),
        Some("Accounts Receivable")
    );
    assert_eq!(
        receivable.at("Account.CurrentBalance").unwrap().to_string(),
        "12.50"
    );
}

#[test]
fn terms_are_by_days_or_by_the_day_of_the_month() {
    let app = App::new();
    let by_day = app.post(
        "term",
        r#"{"Name":"15th","DayOfMonthDue":15,"DueNextMonthDays":3}"#,
    );
    assert_eq!(by_day.text("Term.Type"), Some("DATE_DRIVEN"));
    let customer = app.customer("Amy");
    let due = |day: &str| {
        let body = invoice_body(&customer, "1").replacen(
            '{',
            &format!(r#"{{"TxnDate":"{day}","SalesTermRef":{{"value":"5"}},"#),
            1,
        );
        app.post("invoice", &body)
            .text("Invoice.DueDate")
            .unwrap()
            .to_owned()
    };
    assert_eq!(due("2020-09-10"), "2020-09-15");
    assert_eq!(due("2020-09-13"), "2020-10-15");
    for (body, code) in [
        (r#"{"Name":"x"}"#, "2020"),
        (r#"{"Name":"x","DueDays":1000}"#, "2090"),
        (r#"{"Name":"Net 30","DueDays":30}"#, "6240"),
    ] {
        assert_eq!(app.refused("term", body).code, code, "{body}");
    }
}

#[test]
fn the_company_and_its_preferences_are_read_and_queried() {
    let app = App::new();
    let info = app.get("companyinfo/1");
    assert_eq!(
        info.text("CompanyInfo.CompanyName"),
        Some("Sandbox Company")
    );
    let queried = crate::app::json(&app.query("select * from CompanyInfo"));
    assert_eq!(
        queried.at("QueryResponse.CompanyInfo.0"),
        info.at("CompanyInfo")
    );
    let preferences = app.get("preferences");
    let flag = |path: &str| {
        preferences
            .at(&format!("Preferences.{path}"))
            .and_then(Json::as_bool)
    };
    assert_eq!(flag("TaxPrefs.UsingSalesTax"), Some(false));
    assert_eq!(flag("SalesFormsPrefs.CustomTxnNumbers"), Some(false));
    app.sandbox
        .configure(|company| company.custom_txn_numbers = true);
    let queried = crate::app::json(&app.query("select * from Preferences"));
    let changed = queried.at("QueryResponse.Preferences.0.SalesFormsPrefs.CustomTxnNumbers");
    assert_eq!(changed, Some(&Json::Bool(true)));
}

/// Creates, reads, updates, finds by name, makes inactive and brings back one entry of a list.
fn lives(app: &App, entity: &str, body: &str, update: (&str, &str)) {
    let path = entity.to_lowercase();
    let name = match entity {
        "Vendor" | "Employee" => "DisplayName",
        _ => "Name",
    };
    let made = app.post(&path, body);
    let made = made.at(entity).unwrap();
    let (id, called) = (made.text("Id").unwrap(), made.text(name).unwrap());
    assert_eq!(made.at("Active").and_then(Json::as_bool), Some(true));
    let read = app.get(&format!("{path}/{id}"));
    assert_eq!(read.at(entity), Some(made), "{entity}");
    let found = || {
        let all = "Active in (true, false)";
        app.ids(&format!(
            "select * from {entity} where {name} like '{called}%' and {all}"
        ))
    };
    assert_eq!(found(), [id]);
    let change = |token: usize, field: &str, value: &str| {
        format!(r#"{{"Id":"{id}","SyncToken":"{token}","sparse":true,"{field}":{value}}}"#)
    };
    let (field, value) = update;
    let updated = app.post(&path, &change(0, field, value));
    assert_eq!(
        updated
            .at(&format!("{entity}.{field}"))
            .unwrap()
            .to_string(),
        value
    );
    assert_eq!(
        app.refused(&path, &change(0, field, value)).code,
        "5010",
        "{entity}"
    );
    let gone = app.post(&path, &change(1, "Active", "false"));
    let marked = format!("{called} (deleted)");
    assert_eq!(
        gone.text(&format!("{entity}.{name}")),
        Some(marked.as_str())
    );
    assert!(
        app.ids(&format!("select * from {entity} where {name} = '{called}'"))
            .is_empty()
    );
    let back = change(2, "Active", "true").replacen('{', &format!(r#"{{"{name}":"{called}","#), 1);
    assert_eq!(
        app.post(&path, &back).text(&format!("{entity}.{name}")),
        Some(called)
    );
    assert_eq!(
        app.refused(
            &format!("{path}?operation=delete"),
            &change(3, "Active", "true")
        )
        .code,
        "500"
    );
}

#[test]
fn every_list_is_created_read_updated_and_made_inactive() {
    let mut options = options();
    options.company.class_tracking = ClassTracking::PerTxnLine;
    options.company.track_departments = true;
    let app = App::with(options);
    for (entity, body, update) in [
        ("Class", r#"{"Name":"Repair"}"#, ("Name", r#""Repair""#)),
        (
            "Department",
            r#"{"Name":"North","Address":{"City":"Reno"}}"#,
            ("Name", r#""North""#),
        ),
        (
            "PaymentMethod",
            r#"{"Name":"Voucher"}"#,
            ("Type", r#""CREDIT_CARD""#),
        ),
        (
            "Employee",
            r#"{"GivenName":"Emily","FamilyName":"Platt","EmployeeNumber":"7","HiredDate":"2020-01-31","Gender":"Female"}"#,
            ("BillRate", "75.5"),
        ),
        (
            "Vendor",
            r#"{"DisplayName":"Pipes","TermRef":{"value":"2"},"CostRate":40}"#,
            ("Vendor1099", "true"),
        ),
    ] {
        lives(&app, entity, body, update);
    }
}

#[test]
fn classes_and_locations_have_parents_and_need_their_feature() {
    let app = App::new();
    for (path, feature) in [("class", "Class"), ("department", "Location")] {
        let refused = app.refused(path, r#"{"Name":"A"}"#);
        assert_eq!(refused.code, "5030");
        assert!(refused.detail.contains(feature));
    }
    app.sandbox.configure(|company| {
        company.class_tracking = ClassTracking::PerTxn;
        company.track_departments = true;
    });
    for (path, entity, flag) in [
        ("class", "Class", "SubClass"),
        ("department", "Department", "SubDepartment"),
    ] {
        let id = app.post(path, r#"{"Name":"A"}"#);
        let id = id.text(&format!("{entity}.Id")).unwrap();
        let child = format!(r#"{{"Name":"B","{flag}":true,"ParentRef":{{"value":"{id}"}}}}"#);
        let child = app.post(path, &child);
        let name = child.text(&format!("{entity}.FullyQualifiedName"));
        assert_eq!(name, Some("A:B"));
        assert_eq!(app.refused(path, r#"{"Name":"a"}"#).code, "6240");
    }
    let preferences = app.get("preferences");
    for (flag, expected) in [
        ("TrackDepartments", true),
        ("ClassTrackingPerTxn", true),
        ("ClassTrackingPerTxnLine", false),
    ] {
        let found = preferences.at(&format!("Preferences.AccountingInfoPrefs.{flag}"));
        assert_eq!(found, Some(&Json::Bool(expected)), "{flag}");
    }
    let mut options = options();
    options.doubts.lists_need_their_feature = false;
    App::with(options).post("class", r#"{"Name":"A"}"#);
}

#[test]
fn a_new_company_takes_the_usual_payments() {
    let app = App::new();
    let cards = app.ids("select * from PaymentMethod where Type = 'CREDIT_CARD'");
    assert_eq!(cards.join(" "), "3 4 5 6 7");
}
