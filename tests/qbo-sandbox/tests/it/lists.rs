//! Items, accounts, terms, and the company itself.

use qbo_sandbox::Json;

use crate::app::{App, invoice_body};

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
