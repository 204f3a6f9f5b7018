//! What is refused of documents: status, type, code, message and element of each, as a table.

use qbo_sandbox::{Json, SalesTax};

use crate::app::{App, json, line, options, payment_body};

/// Path, body, code, message, element.
type Row = (
    &'static str,
    String,
    &'static str,
    &'static str,
    Option<&'static str>,
);

const UNSUPPORTED: &str = "Request has invalid or unsupported property";
const MISSING: &str = "Required param missing, need to supply the required value for the API";
const LENGTH: &str = "String length is either shorter or longer than supported by specification";
const REFERENCE: &str = "Invalid Reference Id";
const NOT_FOUND: &str = "Object Not Found";
const BUSINESS: &str = "A business validation error has occurred while processing your request";
const NOT_LINKED: &str = "Txn ID Cannot Be Linked";
const DEPOSITED: &str = "Deposited Transaction cannot be changed";
const CLOSED: &str = "Account Period Closed, Cannot Update Through Services API";

#[track_caller]
fn check(app: &App, row: &Row) {
    let (path, body, code, message, element) = row;
    let response = app.call("POST", path, body);
    let fault = json(&response);
    let shown: String = body.chars().take(300).collect();
    let at = |path: &str| fault.text(path);
    assert_eq!(
        (
            response.status,
            at("Fault.type"),
            at("Fault.Error.0.code"),
            at("Fault.Error.0.Message"),
            at("Fault.Error.0.element"),
        ),
        (
            400,
            Some("ValidationFault"),
            Some(*code),
            Some(*message),
            *element
        ),
        "{path} {shown}: {fault}"
    );
}

/// Amy; an inactive customer (2), an inactive item (3), a category (4).
fn company() -> App {
    let mut options = options();
    options.company.custom_txn_numbers = true;
    options.company.sales_tax = SalesTax::Manual;
    let app = App::with(options);
    app.customer("Amy");
    app.customer("Gone");
    app.post(
        "customer",
        r#"{"Id":"2","SyncToken":"0","sparse":true,"Active":false}"#,
    );
    app.post(
        "item",
        r#"{"Name":"Gone","Type":"Service","IncomeAccountRef":{"value":"1"}}"#,
    );
    app.post(
        "item",
        r#"{"Id":"3","SyncToken":"0","sparse":true,"Active":false}"#,
    );
    app.post("item", r#"{"Name":"Group","Type":"Category"}"#);
    app
}

fn documents(app: &App) -> Vec<Json> {
    [
        "Invoice",
        "CreditMemo",
        "SalesReceipt",
        "RefundReceipt",
        "Payment",
        "Deposit",
    ]
    .iter()
    .flat_map(|kind| app.sandbox.objects(kind))
    .collect()
}

/// The rows that hold for every sales form.
fn of_form(path: &'static str, kind: &str, number: &str) -> Vec<Row> {
    let form = |fields: &str, lines: &str| {
        format!(
            r#"{{{fields}"CustomerRef":{{"value":"1"}},"DepositToAccountRef":{{"value":"7"}},"Line":[{lines}]}}"#
        )
    };
    let form = |fields: &str, lines: &str| {
        // Invoices and credit memos have no such account.
        if matches!(kind, "Invoice" | "CreditMemo") {
            form(fields, lines).replace(r#""DepositToAccountRef":{"value":"7"},"#, "")
        } else {
            form(fields, lines)
        }
    };
    let good = line("10");
    let with = |fields: &str| form(&format!("{fields},"), &good);
    let sale = |detail: &str| {
        form(
            "",
            &format!(
                r#"{{"Amount":10,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{{{detail}}}}}"#
            ),
        )
    };
    let discount = |detail: &str| {
        form(
            "",
            &format!(
                r#"{good},{{"DetailType":"DiscountLineDetail","DiscountLineDetail":{{{detail}}}}}"#
            ),
        )
    };
    let long = |n: usize| "x".repeat(n);
    vec![
        (path, with(r#""BadJson":true"#), "2010", UNSUPPORTED, None),
        (path, sale(r#""Item":"1""#), "2010", UNSUPPORTED, None),
        (path, form("", ""), "2020", MISSING, Some("Line")),
        (
            path,
            form("", r#"{"Amount":1}"#),
            "2020",
            MISSING,
            Some("Line.DetailType"),
        ),
        (
            path,
            form("", r#"{"Amount":1,"DetailType":"SalesItemLineDetail"}"#),
            "2020",
            MISSING,
            Some("Line.SalesItemLineDetail"),
        ),
        (
            path,
            form(
                "",
                r#"{"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"1"}}}"#,
            ),
            "2020",
            MISSING,
            Some("Line.Amount"),
        ),
        (
            path,
            form("", r#"{"DetailType":"DescriptionOnly","Description":"x"}"#),
            "2020",
            MISSING,
            Some("Line"),
        ),
        (
            path,
            with(r#""Id":"1.5","SyncToken":"0""#),
            "2030",
            "Invalid ID",
            Some("Id"),
        ),
        (
            path,
            with(r#""Id":"999","SyncToken":"0""#),
            "610",
            NOT_FOUND,
            Some(""),
        ),
        (
            path,
            with(&format!(r#""DocNumber":"{}""#, long(22))),
            "2050",
            LENGTH,
            Some("DocNumber"),
        ),
        (
            path,
            with(&format!(r#""PrivateNote":"{}""#, long(4001))),
            "2050",
            LENGTH,
            Some("PrivateNote"),
        ),
        (
            path,
            with(&format!(r#""CustomerMemo":{{"value":"{}"}}"#, long(1001))),
            "2050",
            LENGTH,
            Some("Customer Memo"),
        ),
        (
            path,
            form(
                "",
                &good.replacen('{', &format!(r#"{{"Description":"{}","#, long(4001)), 1),
            ),
            "2050",
            LENGTH,
            Some("Line.Description"),
        ),
        (
            path,
            with(r#""TxnDate":"01/02/2020""#),
            "2060",
            "Invalid Date format",
            Some("TxnDate"),
        ),
        (
            path,
            with(r#""PrintStatus":"Maybe""#),
            "2170",
            "Invalid Enumeration",
            Some("PrintStatus"),
        ),
        (
            path,
            with(r#""BillEmail":{"Address":"nobody"}"#),
            "2210",
            "Invalid Email Address Format",
            Some("BillEmail.Address"),
        ),
        (
            path,
            with(r#""EmailStatus":"NeedToSend""#),
            "6420",
            "Email address is required",
            Some("BillEmail"),
        ),
        (
            path,
            sale(r#""ItemRef":{"value":"1"},"Qty":3,"UnitPrice":3.33"#),
            "6070",
            "Amount calculation incorrect in the request.",
            Some("Line.Amount"),
        ),
        (
            path,
            sale(r#""ItemRef":{"value":"99"}"#),
            "2500",
            REFERENCE,
            Some("Line.SalesItemLineDetail.ItemRef"),
        ),
        (
            path,
            sale(r#""ItemRef":{"value":"Services"}"#),
            "2090",
            "Invalid Number",
            Some("Line.SalesItemLineDetail.ItemRef"),
        ),
        (
            path,
            sale(r#""ItemRef":{"value":"3"}"#),
            "2500",
            REFERENCE,
            Some(""),
        ),
        (
            path,
            sale(r#""ItemRef":{"value":"4"}"#),
            "2500",
            REFERENCE,
            Some(""),
        ),
        (
            path,
            with("").replacen(r#"{,"#, "{", 1).replace(
                r#""CustomerRef":{"value":"1"}"#,
                r#""CustomerRef":{"value":"2"}"#,
            ),
            "2500",
            REFERENCE,
            Some(""),
        ),
        (
            path,
            with(&format!(r#""DocNumber":"{number}""#)),
            "6140",
            "Duplicate Document Number Error",
            Some(""),
        ),
        (
            path,
            sale(r#""ItemRef":{"value":"1"},"TaxCodeRef":{"value":"2"}"#),
            "6100",
            "Invalid Line TaxCode",
            None,
        ),
        (
            path,
            with(r#""TxnTaxDetail":{"TxnTaxCodeRef":{"value":"CustomSalesTax"}}"#),
            "6160",
            "Tax Code Not Allowed",
            Some("TxnTaxDetail.TxnTaxCodeRef"),
        ),
        (
            path,
            discount(""),
            "6090",
            "Discount Line missing required information",
            None,
        ),
        (
            path,
            discount(r#""PercentBased":true"#),
            "6090",
            "Discount Line missing required information",
            None,
        ),
        (path, form("", &line("-1")), "6000", BUSINESS, Some("")),
        (
            path,
            with(r#""CustomField":[{"DefinitionId":"9","StringValue":"x"}]"#),
            "3000",
            "Invalid Custom Field",
            None,
        ),
    ]
}

#[test]
fn sales_forms_are_refused_alike() {
    let app = company();
    for (path, kind) in [
        ("invoice", "Invoice"),
        ("creditmemo", "CreditMemo"),
        ("salesreceipt", "SalesReceipt"),
        ("refundreceipt", "RefundReceipt"),
    ] {
        let number = format!("{kind}-1");
        let rows = of_form(path, kind, &number);
        // A good one, whose number is taken then.
        let account = if rows[0].1.contains("DepositToAccountRef") {
            r#""DepositToAccountRef":{"value":"7"},"#
        } else {
            ""
        };
        app.post(
            path,
            &format!(
                r#"{{"DocNumber":"{number}",{account}"CustomerRef":{{"value":"1"}},"Line":[{}]}}"#,
                line("10")
            ),
        );
        let before = documents(&app);
        for row in &rows {
            check(&app, row);
        }
        assert_eq!(documents(&app), before);
    }
}

#[test]
fn changes_are_refused_by_version_state_deposit_period_and_subscription() {
    let app = company();
    let receipt = format!(r#"{{"Line":[{}]}}"#, line("10"));
    app.post("salesreceipt", &receipt);
    app.post("payment", &payment_body("1", "10", &[]));
    app.post("salesreceipt", &receipt);
    app.post(
        "salesreceipt?operation=delete",
        r#"{"Id":"3","SyncToken":"0"}"#,
    );
    app.post("deposit", r#"{"DepositToAccountRef":{"value":"7"},"Line":[{"Amount":10,"LinkedTxn":[{"TxnId":"1","TxnType":"SalesReceipt"}]},{"Amount":10,"LinkedTxn":[{"TxnId":"2","TxnType":"Payment"}]}]}"#);
    let change =
        |id: &str, token: &str| format!(r#"{{"Id":"{id}","SyncToken":"{token}","sparse":true}}"#);
    let linked = r#"{"DepositToAccountRef":{"value":"7"},"Line":[{"Amount":10,"DetailType":"DepositLineDetail","LinkedTxn":[{"TxnId":"1","TxnType":"SalesReceipt"}]}]}"#;
    let before = documents(&app);
    for row in [
        (
            "salesreceipt",
            change("1", "0"),
            "5010",
            "Stale Object Error",
            Some(""),
        ),
        (
            "salesreceipt",
            r#"{"Id":"1","sparse":true}"#.to_owned(),
            "2020",
            MISSING,
            Some("SyncToken"),
        ),
        ("salesreceipt", change("3", "1"), "610", NOT_FOUND, Some("")),
        (
            "salesreceipt?operation=delete",
            change("3", "1"),
            "610",
            NOT_FOUND,
            Some(""),
        ),
        ("salesreceipt", change("1", "1"), "6540", DEPOSITED, None),
        (
            "salesreceipt?operation=void",
            change("1", "1"),
            "6540",
            DEPOSITED,
            None,
        ),
        ("payment", change("2", "1"), "6540", DEPOSITED, None),
        (
            "payment?operation=delete",
            change("2", "1"),
            "6540",
            DEPOSITED,
            None,
        ),
        (
            "payment?operation=update&include=void",
            change("2", "1"),
            "6540",
            DEPOSITED,
            None,
        ),
        (
            "payment",
            r#"{"CustomerRef":{"value":"1"}}"#.to_owned(),
            "6000",
            BUSINESS,
            Some(""),
        ),
        (
            "payment",
            payment_body("1", "10", &[("Invoice:77", "10")]),
            "610",
            NOT_FOUND,
            Some(""),
        ),
        (
            "deposit",
            linked
                .replace(r#""DetailType":"DepositLineDetail","#, "")
                .replace(r#""1""#, r#""3""#),
            "620",
            NOT_LINKED,
            Some(""),
        ),
        (
            "deposit",
            linked.to_owned(),
            "2020",
            MISSING,
            Some("Line.DepositLineDetail.AccountRef"),
        ),
        (
            "deposit?operation=void",
            change("4", "0"),
            "500",
            "Unsupported Operation",
            None,
        ),
    ] {
        check(&app, &row);
    }
    app.sandbox
        .configure(|company| company.book_close_date = Some("2020-09-29".parse().unwrap()));
    check(
        &app,
        &(
            "deposit?operation=delete",
            change("4", "0"),
            "6210",
            CLOSED,
            Some(""),
        ),
    );
    check(
        &app,
        &("salesreceipt", receipt.clone(), "6210", CLOSED, Some("")),
    );
    app.sandbox.configure(|company| company.lapsed = true);
    for path in [
        "salesreceipt",
        "payment",
        "deposit",
        "taxagency",
        "taxservice/taxcode",
    ] {
        check(
            &app,
            &(
                path,
                receipt.clone(),
                "6190",
                "Invalid Company Status",
                Some(""),
            ),
        );
    }
    assert_eq!(documents(&app), before);
}

#[test]
fn a_transaction_has_a_limit_of_lines_and_a_taxed_one_a_lower_one() {
    let app = company();
    let many = |count: usize, code: &str| {
        let line = line("1").replace(
            r#""ItemRef""#,
            &format!(r#""TaxCodeRef":{{"value":"{code}"}},"ItemRef""#),
        );
        format!(
            r#"{{"TxnTaxDetail":{{"TxnTaxCodeRef":{{"value":"2"}}}},"CustomerRef":{{"value":"1"}},"Line":[{}]}}"#,
            vec![line; count].join(",")
        )
    };
    app.post("invoice", &many(750, "TAX"));
    app.post("invoice", &many(751, "NON"));
    check(
        &app,
        &("invoice", many(751, "TAX"), "6000", BUSINESS, Some("")),
    );
    check(
        &app,
        &("invoice", many(10_001, "NON"), "6000", BUSINESS, Some("")),
    );
}
