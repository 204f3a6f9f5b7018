//! Everything that a sandbox must refuse, a row for each kind of request: the whole list in one place. The other
//! tables go into the depth of single kinds.

use ports::HttpResponse;
use qbo_sandbox::{
    ClassTracking, InactiveReference, LinkRefusal, Options, SalesTax, UnlinkedMoney,
};

use crate::app::{App, answered, invoice_body, json, line, options, payment_body};

/// A request by its name; what the company is like; what is sent; status, code, element.
type Row = (
    &'static str,
    fn(&mut Options),
    fn(&App) -> HttpResponse,
    u16,
    &'static str,
    Option<&'static str>,
);

fn plain(_: &mut Options) {}

/// Nothing is taken that cannot be linked.
fn exact(options: &mut Options) {
    options.doubts.foreign_link = UnlinkedMoney::Refuse;
    options.doubts.payment_above_balance = UnlinkedMoney::Refuse;
}

fn own_numbers(options: &mut Options) {
    options.company.custom_txn_numbers = true;
}

fn post(app: &App, path: &str, body: &str) -> HttpResponse {
    app.call("POST", path, body)
}

fn invoice(app: &App, fields: &str) -> HttpResponse {
    let body = format!(
        r#"{{{fields},"CustomerRef":{{"value":"1"}},"Line":[{}]}}"#,
        line("10")
    );
    post(app, "invoice", &body)
}

/// An invoice whose line has this detail.
fn sale(app: &App, detail: &str) -> HttpResponse {
    let body = format!(
        r#"{{"CustomerRef":{{"value":"1"}},"Line":[{{"Amount":10,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{{{detail}}}}}]}}"#
    );
    post(app, "invoice", &body)
}

fn pay(app: &App, document: &str, total: &str, amount: &str) -> HttpResponse {
    post(
        app,
        "payment",
        &payment_body("1", total, &[(document, amount)]),
    )
}

fn select(app: &App, statement: &str) -> HttpResponse {
    app.query(statement)
}

fn with_token(app: &App, token: &str, realm: &str) -> HttpResponse {
    let mut request = app.request("GET", "customer/1", "");
    request.headers.retain(|(name, _)| name != "authorization");
    if !token.is_empty() {
        request
            .headers
            .push(("authorization".to_owned(), format!("Bearer {token}")));
    }
    request.target = format!("/v3/company/{realm}/customer/1");
    answered(app.sandbox.handle(&request))
}

/// Makes the item 3 inactive, and the customer 3 too.
fn gone(app: &App, path: &str) {
    app.post(
        "item",
        r#"{"Name":"Gone","Type":"Service","IncomeAccountRef":{"value":"1"}}"#,
    );
    app.customer("Gone");
    let id = "3";
    app.post(
        path,
        &format!(r#"{{"Id":"{id}","SyncToken":"0","sparse":true,"Active":false}}"#),
    );
}

fn deposited(app: &App) {
    app.payment("1", "5", &[]);
    app.post(
        "deposit",
        r#"{"DepositToAccountRef":{"value":"7"},"Line":[{"Amount":5,"LinkedTxn":[{"TxnId":"2","TxnType":"Payment"}]}]}"#,
    );
}

/// In every company: the customers Amy (1) and Bob (2), and the invoice 1 of Bob over 10.
#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("no token", plain, |app| with_token(app, "", "1"), 401, "3200", None),
    ("an unknown token", plain, |app| with_token(app, "nobody's", "1"), 401, "3200", None),
    ("an expired token", plain, |app| { app.wait(3600); app.call("GET", "customer/1", "") }, 401, "3200", None),
    ("another realm", plain, |app| with_token(app, &app.token, "2"), 403, "3100", None),
    ("an unknown field", plain, |app| invoice(app, r#""BadJson":true"#), 400, "2010", None),
    ("no customer", plain, |app| post(app, "invoice", &format!(r#"{{"Line":[{}]}}"#, line("1"))), 400, "2020", Some("CustomerRef")),
    ("no lines", plain, |app| post(app, "invoice", r#"{"CustomerRef":{"value":"1"}}"#), 400, "2020", Some("Line")),
    ("no type of detail", plain, |app| post(app, "invoice", r#"{"CustomerRef":{"value":"1"},"Line":[{"Amount":1}]}"#), 400, "2020", Some("Line.DetailType")),
    ("no detail", plain, |app| post(app, "invoice", r#"{"CustomerRef":{"value":"1"},"Line":[{"Amount":1,"DetailType":"SalesItemLineDetail"}]}"#), 400, "2020", Some("Line.SalesItemLineDetail")),
    ("no name", plain, |app| post(app, "item", r#"{"Type":"Service","IncomeAccountRef":{"value":"1"}}"#), 400, "2020", Some("Name")),
    ("an id that is no number", plain, |app| app.call("GET", "invoice/1.5", ""), 400, "2030", Some("Id")),
    ("an unknown id, read", plain, |app| app.call("GET", "invoice/99", ""), 400, "610", Some("")),
    ("an unknown id, written", plain, |app| post(app, "invoice", r#"{"Id":"99","SyncToken":"0","sparse":true}"#), 400, "610", Some("")),
    ("a deleted id", plain, |app| {
        app.post("invoice?operation=delete", r#"{"Id":"1","SyncToken":"0"}"#);
        post(app, "invoice", r#"{"Id":"1","SyncToken":"1","sparse":true}"#)
    }, 400, "610", Some("")),
    ("an old version", plain, |app| post(app, "invoice", r#"{"Id":"1","SyncToken":"7","sparse":true}"#), 400, "5010", Some("")),
    ("a long number", plain, |app| invoice(app, &format!(r#""DocNumber":"{}""#, "x".repeat(22))), 400, "2050", Some("DocNumber")),
    ("a long memo", plain, |app| invoice(app, &format!(r#""CustomerMemo":{{"value":"{}"}}"#, "x".repeat(1001))), 400, "2050", Some("Customer Memo")),
    ("a long item's name", plain, |app| post(app, "item", &format!(r#"{{"Name":"{}","Type":"Category"}}"#, "x".repeat(101))), 400, "2050", Some("Name")),
    ("a long customer's name", plain, |app| post(app, "customer", &format!(r#"{{"DisplayName":"{}"}}"#, "x".repeat(501))), 400, "2050", Some("DisplayName")),
    ("long notes", plain, |app| post(app, "customer", &format!(r#"{{"DisplayName":"x","Notes":"{}"}}"#, "x".repeat(2001))), 400, "2050", Some("Notes")),
    ("a long description", plain, |app| {
        let line = line("1").replacen('{', &format!(r#"{{"Description":"{}","#, "x".repeat(4001)), 1);
        post(app, "invoice", &format!(r#"{{"CustomerRef":{{"value":"1"}},"Line":[{line}]}}"#))
    }, 400, "2050", Some("Line.Description")),
    ("an amount beside its price", plain, |app| sale(app, r#""ItemRef":{"value":"1"},"Qty":3,"UnitPrice":3.33"#), 400, "6070", Some("Line.Amount")),
    ("an unknown item", plain, |app| sale(app, r#""ItemRef":{"value":"99"}"#), 400, "2500", Some("Line.SalesItemLineDetail.ItemRef")),
    ("an inactive customer", plain, |app| { gone(app, "customer"); post(app, "invoice", &invoice_body("3", "1")) }, 400, "2500", Some("")),
    ("an inactive customer, otherwise", |options| options.doubts.inactive_reference = InactiveReference::Code610,
        |app| { gone(app, "customer"); post(app, "invoice", &invoice_body("3", "1")) }, 400, "610", Some("")),
    ("an inactive item", plain, |app| { gone(app, "item"); sale(app, r#""ItemRef":{"value":"3"}"#) }, 400, "2500", Some("")),
    ("an inactive item, otherwise", |options| options.doubts.inactive_reference = InactiveReference::Code610,
        |app| { gone(app, "item"); sale(app, r#""ItemRef":{"value":"3"}"#) }, 400, "610", Some("")),
    ("an inactive account", plain, |app| {
        app.post("account", r#"{"Id":"8","SyncToken":"0","sparse":true,"Active":false}"#);
        post(app, "payment", r#"{"CustomerRef":{"value":"1"},"TotalAmt":1,"DepositToAccountRef":{"value":"8"}}"#)
    }, 400, "2500", Some("")),
    ("a category on a line", plain, |app| {
        app.post("item", r#"{"Name":"Group","Type":"Category"}"#);
        sale(app, r#""ItemRef":{"value":"3"}"#)
    }, 400, "2500", Some("")),
    ("a customer's name again", plain, |app| post(app, "customer", r#"{"DisplayName":"AMY"}"#), 400, "6240", Some("")),
    ("a customer's name for a vendor", plain, |app| post(app, "vendor", r#"{"DisplayName":"Amy"}"#), 400, "6240", Some("")),
    ("a customer's name for an employee", plain, |app| post(app, "employee", r#"{"GivenName":"Amy","DisplayName":"Amy"}"#), 400, "6240", Some("")),
    ("an item's name again", plain, |app| post(app, "item", r#"{"Name":"hours","Type":"Service","IncomeAccountRef":{"value":"1"}}"#), 400, "6240", Some("")),
    ("a colon in a name", plain, |app| post(app, "customer", r#"{"DisplayName":"A:B"}"#), 400, "6000", Some("")),
    ("a tab in a name", plain, |app| post(app, "customer", r#"{"DisplayName":"A\tB"}"#), 400, "6000", Some("")),
    ("a new line in a name", plain, |app| post(app, "customer", r#"{"DisplayName":"A\nB"}"#), 400, "6000", Some("")),
    ("a colon in a name, otherwise", |options| options.doubts.refuse_name_characters = false,
        |app| post(app, "customer", r#"{"DisplayName":"A:B"}"#), 200, "", None),
    ("a number again", own_numbers, |app| { invoice(app, r#""DocNumber":"7""#); invoice(app, r#""DocNumber":"7""#) }, 400, "6140", Some("")),
    ("a line's tax code", |options| options.company.sales_tax = SalesTax::Manual,
        |app| sale(app, r#""ItemRef":{"value":"1"},"TaxCodeRef":{"value":"2"}"#), 400, "6100", None),
    ("a discount of nothing", plain, |app| post(app, "invoice", &format!(
        r#"{{"CustomerRef":{{"value":"1"}},"Line":[{},{{"DetailType":"DiscountLineDetail","DiscountLineDetail":{{}}}}]}}"#, line("1"))), 400, "6090", None),
    ("a discount above the subtotal", plain, |app| post(app, "invoice", &format!(
        r#"{{"CustomerRef":{{"value":"1"}},"Line":[{},{{"Amount":1.01,"DetailType":"DiscountLineDetail","DiscountLineDetail":{{}}}}]}}"#, line("1"))), 400, "6000", Some("")),
    ("a delete of all that was read", plain, |app| {
        app.payment("2", "5", &[("Invoice:1", "5")]);
        post(app, "payment?operation=delete", &app.sandbox.object("Payment", "2").unwrap().to_string())
    }, 400, "2010", None),
    ("a payment of nothing", plain, |app| post(app, "payment", r#"{"CustomerRef":{"value":"1"}}"#), 400, "6000", Some("")),
    ("a payment of a missing invoice", plain, |app| pay(app, "Invoice:99", "5", "5"), 400, "610", Some("")),
    ("a payment of another's invoice", exact, |app| pay(app, "Invoice:1", "5", "5"), 400, "620", Some("")),
    ("a payment of another's invoice, otherwise", plain, |app| pay(app, "Invoice:1", "5", "5"), 200, "", None),
    ("a payment of a paid invoice", exact, |app| {
        app.post("payment", &payment_body("2", "10", &[("Invoice:1", "10")]));
        post(app, "payment", &payment_body("2", "5", &[("Invoice:1", "5")]))
    }, 400, "620", Some("")),
    ("a payment of a voided invoice", exact, |app| {
        app.post("invoice?operation=void", r#"{"Id":"1","SyncToken":"0"}"#);
        post(app, "payment", &payment_body("2", "5", &[("Invoice:1", "5")]))
    }, 400, "620", Some("")),
    ("a payment above what is open", exact, |app| post(app, "payment", &payment_body("2", "11", &[("Invoice:1", "11")])), 400, "6000", Some("")),
    ("a payment above what is open, otherwise", |options| { exact(options); options.doubts.over_applied = LinkRefusal::Code620; },
        |app| post(app, "payment", &payment_body("2", "11", &[("Invoice:1", "11")])), 400, "620", Some("")),
    ("lines above their payment", plain, |app| post(app, "payment", &payment_body("2", "3", &[("Invoice:1", "5")])), 400, "6000", Some("")),
    ("a deposited payment", plain, |app| { deposited(app); post(app, "payment", r#"{"Id":"2","SyncToken":"1","sparse":true,"CustomerRef":{"value":"1"},"TotalAmt":6}"#) }, 400, "6540", None),
    ("a closed period", |options| options.company.book_close_date = Some("2020-01-31".parse().unwrap()),
        |app| invoice(app, r#""TxnDate":"2020-01-31""#), 400, "6210", Some("")),
    ("a lapsed subscription", plain, |app| { app.sandbox.configure(|company| company.lapsed = true); post(app, "customer", r#"{"DisplayName":"x"}"#) }, 400, "6190", Some("")),
    ("a linked line with a type of detail", plain, |app| {
        app.payment("1", "5", &[]);
        post(app, "deposit", r#"{"DepositToAccountRef":{"value":"7"},"Line":[{"Amount":5,"DetailType":"DepositLineDetail","LinkedTxn":[{"TxnId":"2","TxnType":"Payment"}]}]}"#)
    }, 400, "2020", Some("Line.DepositLineDetail.AccountRef")),
    ("a class while there are none", plain, |app| invoice(app, r#""ClassRef":{"value":"1"}"#), 400, "5030", None),
    ("an unknown class", |options| options.company.class_tracking = ClassTracking::PerTxn,
        |app| invoice(app, r#""ClassRef":{"value":"9"}"#), 400, "2500", Some("ClassRef")),
    ("OR", plain, |app| select(app, "select * from Customer where Id = '1' or Id = '2'"), 400, "4000", None),
    ("no entity", plain, |app| select(app, "select * from NULL"), 400, "4000", None),
    ("an unknown entity", plain, |app| select(app, "select * from Custmoer"), 400, "4001", None),
    ("no results", plain, |app| select(app, "select * from Customer maxresults 0"), 400, "4001", None),
    ("not filterable", plain, |app| select(app, "select * from Invoice where DepartmentRef = '1'"), 400, "4001", None),
    ("a large batch", plain, |app| {
        let items: Vec<String> = (0..31).map(|n| format!(r#"{{"bId":"{n}","Query":"select * from Customer"}}"#)).collect();
        post(app, "batch", &format!(r#"{{"BatchItemRequest":[{}]}}"#, items.join(",")))
    }, 400, "1040", None),
    ("a request id again", plain, |app| {
        app.post("customer?requestid=r", r#"{"DisplayName":"x"}"#);
        let again = post(app, "customer?requestid=r", r#"{"DisplayName":"x"}"#);
        assert_eq!(app.sandbox.objects("Customer").len(), 3);
        again
    }, 200, "", None),
    ("too many calls", |options| options.limits = true, |app| {
        for _ in 0..10 {
            app.call("GET", "customer/1", "");
        }
        app.call("GET", "customer/1", "")
    }, 429, "3001", None),
    ("too many calls, otherwise", |options| { options.limits = true; options.doubts.throttle_in_xml = false; }, |app| {
        for _ in 0..10 {
            app.call("GET", "customer/1", "");
        }
        app.call("GET", "customer/1", "")
    }, 429, "3001", None),
];

#[test]
fn what_must_be_refused_is_refused() {
    for (name, set, send, status, code, element) in ROWS {
        let mut options = options();
        set(&mut options);
        let app = App::with(options);
        app.customer("Amy");
        app.customer("Bob");
        app.post("invoice", &invoice_body("2", "10"));
        // What the calls so far count for is over.
        app.wait(60);
        let response = send(&app);
        let text = String::from_utf8_lossy(&response.body).into_owned();
        assert_eq!(response.status, *status, "{name}: {text}");
        if *status == 200 {
            continue;
        }
        if text.starts_with('<') {
            assert!(
                text.contains(&format!(r#"code="{code}""#)),
                "{name}: {text}"
            );
            continue;
        }
        let body = json(&response);
        let error = ["Fault.Error.0", "fault.error.0"]
            .iter()
            .find_map(|path| body.at(path))
            .unwrap_or_else(|| panic!("{name}: {text}"));
        assert_eq!(
            (error.text("code"), error.text("element")),
            (Some(*code), *element),
            "{name}: {text}"
        );
        assert!(error.text("Message").or(error.text("message")).is_some());
    }
}
