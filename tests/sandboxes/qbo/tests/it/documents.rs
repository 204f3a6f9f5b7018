//! Credit memos, sales receipts, refund receipts and estimates.

use qbo_sandbox::Json;

use crate::app::{App, Refused, invoice_body, line, options, payment_body};

fn company() -> App {
    let app = App::new();
    app.customer("Amy");
    app
}

/// Names and signed totals of the trial balance.
fn totals(app: &App) -> Vec<String> {
    app.sandbox
        .trial_balance()
        .rows
        .iter()
        .map(|row| format!("{} {}", row.name, row.debit - row.credit))
        .collect()
}

fn receipt(fields: &str, amount: &str) -> String {
    format!(r#"{{{fields}"Line":[{}]}}"#, line(amount))
}

const FROM_CHECKING: &str = r#""DepositToAccountRef":{"value":"7"},"#;

#[test]
fn a_credit_memo_is_used_by_a_payment_without_money() {
    let app = company();
    app.invoice("1", "300");
    let memo = app.post("creditmemo", &invoice_body("1", "200"));
    let open = |field: &str| app.shown("CreditMemo", "2", field);
    assert_eq!(memo.text("CreditMemo.DocNumber"), Some("1002"));
    assert_eq!(
        (open("Balance"), open("RemainingCredit")),
        ("200.00".to_owned(), "200.00".to_owned())
    );
    assert_eq!(app.shown("Customer", "1", "Balance"), "100.00");
    let lines = [("Invoice:1", "150"), ("CreditMemo:2", "150")];
    let payment = app.payment("1", "0", &lines);
    assert_eq!(payment.at("UnappliedAmt").unwrap().to_string(), "0");
    assert_eq!(
        (open("Balance"), open("RemainingCredit")),
        ("50.00".to_owned(), "50.00".to_owned())
    );
    assert_eq!(app.shown("Invoice", "1", "Balance"), "150.00");
    assert_eq!(open("LinkedTxn"), r#"[{"TxnId":"3","TxnType":"Payment"}]"#);
    assert_eq!(
        totals(&app),
        ["Services -100.00", "Accounts Receivable (A/R) 100.00"]
    );

    let refused = |path: &str, body: &str| Refused::of(&app.call("POST", path, body)).code;
    let more =
        |credit: &str| payment_body("1", "0", &[("Invoice:1", "50"), ("CreditMemo:2", credit)]);
    // More credit than is left, and more than is used.
    assert_eq!(
        refused(
            "payment",
            &payment_body("1", "0", &[("Invoice:1", "60"), ("CreditMemo:2", "60")])
        ),
        "6000"
    );
    assert_eq!(refused("payment", &more("40")), "6000");
    app.post("payment", &more("50"));
    assert_eq!(refused("payment", &more("1")), "6000");
    let lowered = format!(
        r#"{{"Id":"2","SyncToken":"2","sparse":true,"Line":[{}]}}"#,
        line("20")
    );
    assert_eq!(refused("creditmemo", &lowered), "501");
    assert_eq!(
        refused(
            "creditmemo?operation=delete",
            r#"{"Id":"2","SyncToken":"2"}"#
        ),
        "6000"
    );
    assert_eq!(
        refused("creditmemo?operation=void", r#"{"Id":"2","SyncToken":"2"}"#),
        "500"
    );
    app.post("payment?operation=delete", r#"{"Id":"4","SyncToken":"0"}"#);
    app.post("payment?operation=delete", r#"{"Id":"3","SyncToken":"0"}"#);
    app.post(
        "creditmemo?operation=delete",
        r#"{"Id":"2","SyncToken":"4"}"#,
    );
    assert_eq!(app.shown("Customer", "1", "Balance"), "300.00");
}

#[test]
fn an_invoice_that_a_credit_paid_gives_the_credit_back() {
    let app = company();
    app.invoice("1", "300");
    app.post("creditmemo", &invoice_body("1", "200"));
    app.payment("1", "100", &[("Invoice:1", "300"), ("CreditMemo:2", "200")]);
    let lower = format!(
        r#"{{"Id":"1","SyncToken":"1","sparse":true,"Line":[{}]}}"#,
        line("50")
    );
    app.post("invoice", &lower);
    // 100 in money and 200 in credit paid 300; 50 are left of it: the money, then the credit is spare.
    assert_eq!(app.shown("Payment", "3", "UnappliedAmt"), "100.00");
    assert_eq!(app.shown("CreditMemo", "2", "RemainingCredit"), "150.00");
    assert_eq!(app.shown("Invoice", "1", "Balance"), "0");
}

#[test]
fn a_sales_receipt_brings_money_and_needs_no_customer() {
    let app = company();
    let made = app.post("salesreceipt", &receipt("", "100"));
    assert_eq!(
        made.text("SalesReceipt.DepositToAccountRef.name"),
        Some("Undeposited Funds")
    );
    assert_eq!(made.at("SalesReceipt.Balance").unwrap().to_string(), "0");
    app.post(
        "salesreceipt",
        &receipt(
            &format!(r#"{FROM_CHECKING}"CustomerRef":{{"value":"1"}},"PrivateNote":"x","#),
            "50",
        ),
    );
    assert_eq!(
        totals(&app),
        [
            "Services -150.00",
            "Undeposited Funds 100.00",
            "Checking 50.00"
        ]
    );
    assert_eq!(app.shown("Customer", "1", "Balance"), "0");
    let sparse = app.post(
        "salesreceipt",
        r#"{"Id":"2","SyncToken":"0","sparse":true,"PrivateNote":"y"}"#,
    );
    assert_eq!(sparse.text("SalesReceipt.CustomerRef.value"), Some("1"));
    let full = receipt(r#""Id":"2","SyncToken":"1","#, "60");
    let full = app.post("salesreceipt", &full);
    assert_eq!(full.at("SalesReceipt.CustomerRef"), None);
    assert_eq!(full.at("SalesReceipt.PrivateNote"), None);
    assert_eq!(
        totals(&app),
        ["Services -160.00", "Undeposited Funds 160.00"]
    );
    // What was never voided can be deleted too.
    app.post("salesreceipt", &receipt("", "1"));
    app.post(
        "salesreceipt?operation=delete",
        r#"{"Id":"3","SyncToken":"0"}"#,
    );
    // Both ways of voiding.
    let void = app.post(
        "salesreceipt?operation=void",
        r#"{"Id":"1","SyncToken":"0"}"#,
    );
    assert_eq!(void.text("SalesReceipt.PrivateNote"), Some("Voided"));
    app.post(
        "salesreceipt?operation=update&include=void",
        r#"{"Id":"2","SyncToken":"2","sparse":true}"#,
    );
    assert!(totals(&app).is_empty());
    app.post(
        "salesreceipt?operation=delete",
        r#"{"Id":"1","SyncToken":"1"}"#,
    );
    assert_eq!(
        Refused::of(&app.call("GET", "salesreceipt/1", "")).code,
        "610"
    );
}

#[test]
fn a_refund_receipt_takes_money_and_leaves_invoices_alone() {
    let app = company();
    app.invoice("1", "100");
    let made = app.post(
        "refundreceipt",
        &receipt(
            &format!(r#"{FROM_CHECKING}"CustomerRef":{{"value":"1"}},"#),
            "30",
        ),
    );
    assert_eq!(made.text("RefundReceipt.PaymentRefNum"), Some("To Print"));
    assert_eq!(
        made.text("RefundReceipt.DepositToAccountRef.name"),
        Some("Checking")
    );
    assert_eq!(app.shown("Invoice", "1", "Balance"), "100.00");
    assert_eq!(app.shown("Customer", "1", "Balance"), "100.00");
    assert_eq!(
        totals(&app),
        [
            "Services -70.00",
            "Checking -30.00",
            "Accounts Receivable (A/R) 100.00"
        ]
    );
    app.post(
        "refundreceipt",
        r#"{"Id":"2","SyncToken":"0","sparse":true,"PrivateNote":"y"}"#,
    );
    app.post(
        "refundreceipt?operation=update&include=void",
        r#"{"Id":"2","SyncToken":"1","sparse":true}"#,
    );
    assert_eq!(app.shown("Account", "7", "CurrentBalance"), "0");
    app.post(
        "refundreceipt?operation=delete",
        r#"{"Id":"2","SyncToken":"2"}"#,
    );
}

#[test]
fn a_deposit_on_an_item_of_what_is_owed_is_earned_when_an_invoice_takes_it_off() {
    let app = company();
    // A person made it; an app may use it.
    let item = r#"{"Name":"Retainer","Type":"Service","IncomeAccountRef":{"value":"13"}}"#;
    let item = Json::parse(item.as_bytes()).unwrap();
    let item = app.sandbox.create("Item", &item).unwrap();
    let retainer = |amount| {
        let item = format!(r#""ItemRef":{{"value":"{}"}}"#, item.text("Id").unwrap());
        line(amount).replace(r#""ItemRef":{"value":"1"}"#, &item)
    };
    let post = |kind: &str, fields: &str, lines: &[String]| {
        let lines = lines.join(",");
        let customer = r#""CustomerRef":{"value":"1"}"#;
        app.post(kind, &format!(r#"{{{customer},{fields}"Line":[{lines}]}}"#))
    };
    post("invoice", "", &[retainer("150")]);
    let deposited = [
        "Accounts Receivable (A/R) 150.00",
        "Customer Deposits -150.00",
    ];
    assert_eq!(totals(&app), deposited);
    app.payment("1", "150", &[("Invoice:1", "150")]);
    let paid = ["Undeposited Funds 150.00", "Customer Deposits -150.00"];
    assert_eq!(totals(&app), paid);
    assert_eq!(app.shown("Account", "13", "CurrentBalance"), "-150.00");
    post("invoice", "", &[line("419.40"), retainer("-150")]);
    let earned = [
        "Services -419.40",
        "Undeposited Funds 150.00",
        "Accounts Receivable (A/R) 269.40",
    ];
    assert_eq!(totals(&app), earned);
    assert_eq!(app.shown("Account", "13", "CurrentBalance"), "0");
    // A part of it is given back.
    let undeposited = r#""DepositToAccountRef":{"value":"4"},"#;
    post("refundreceipt", undeposited, &[retainer("50")]);
    let given_back = [
        "Services -419.40",
        "Undeposited Funds 100.00",
        "Accounts Receivable (A/R) 269.40",
        "Customer Deposits 50.00",
    ];
    assert_eq!(totals(&app), given_back);
}

#[test]
fn documents_are_refused_with_code_and_element() {
    let app = company();
    let with = |fields: &str| receipt(&format!("{fields},"), "10");
    let cases: Vec<(&str, String, &str, Option<&str>)> = vec![
        ("creditmemo", receipt("", "10"), "2020", Some("CustomerRef")),
        (
            "creditmemo",
            with(r#""CustomerRef":{"value":"99"}"#),
            "2500",
            Some("CustomerRef"),
        ),
        (
            "creditmemo",
            r#"{"CustomerRef":{"value":"1"}}"#.into(),
            "2020",
            Some("Line"),
        ),
        ("salesreceipt", "{}".into(), "2020", Some("Line")),
        (
            "salesreceipt",
            with(r#""DueDate":"2020-01-01""#),
            "2010",
            None,
        ),
        (
            "salesreceipt",
            with(r#""DepositToAccountRef":{"value":"1"}"#),
            "6430",
            Some("DepositToAccountRef"),
        ),
        (
            "salesreceipt",
            with(r#""PaymentRefNum":"1234567890123456789012""#),
            "2050",
            Some("PaymentRefNum"),
        ),
        (
            "refundreceipt",
            receipt("", "10"),
            "2020",
            Some("DepositToAccountRef"),
        ),
        (
            "refundreceipt",
            with(r#""DepositToAccountRef":{"value":"7"},"PrintStatus":"PrintComplete""#),
            "2020",
            Some("PaymentRefNum"),
        ),
        (
            "refundreceipt",
            with(r#""DepositToAccountRef":{"value":"7"},"PaymentType":"Shells""#),
            "2170",
            Some("PaymentType"),
        ),
        (
            "refundreceipt",
            with(&format!(
                r#""DepositToAccountRef":{{"value":"7"}},"PaymentRefNum":"{}""#,
                "x".repeat(101)
            )),
            "2050",
            Some("PaymentRefNum"),
        ),
        (
            "refundreceipt?operation=void",
            r#"{"Id":"1","SyncToken":"0"}"#.into(),
            "501",
            None,
        ),
        ("estimate", invoice_body("1", "1"), "501", None),
        (
            "invoice",
            invoice_body("1", "1").replacen(
                '{',
                r#"{"LinkedTxn":[{"TxnId":"75","TxnType":"Estimate"}],"#,
                1,
            ),
            "6000",
            Some(""),
        ),
    ];
    for (path, body, code, element) in cases {
        let refused = Refused::of(&app.call("POST", path, &body));
        assert_eq!(
            (refused.code.as_str(), refused.element.as_deref()),
            (code, element),
            "{path} {body}: {}",
            refused.detail
        );
    }
}

#[test]
fn an_estimate_is_made_by_hand_read_by_the_app_and_not_posted() {
    let app = company();
    let fields = Json::parse(invoice_body("1", "100").as_bytes()).unwrap();
    app.sandbox.create("Estimate", &fields).unwrap();
    let read = app.get("estimate/1");
    assert_eq!(read.text("Estimate.TxnStatus"), Some("Pending"));
    assert_eq!(read.at("Estimate.TotalAmt").unwrap().to_string(), "100.00");
    assert_eq!(
        app.ids("select * from Estimate where CustomerRef = '1'"),
        ["1"]
    );
    assert!(totals(&app).is_empty());
    assert_eq!(app.shown("Customer", "1", "Balance"), "0");
    let linked = invoice_body("1", "1").replacen(
        '{',
        r#"{"LinkedTxn":[{"TxnId":"1","TxnType":"Estimate"}],"#,
        1,
    );
    assert_eq!(app.refused("invoice", &linked).status, 501);
    let edit = Json::parse(br#"{"TxnStatus":"Accepted"}"#).unwrap();
    app.sandbox.edit("Estimate", "1", &edit).unwrap();
    app.sandbox.delete("Estimate", "1").unwrap();
}

#[test]
fn numbers_go_on_over_all_sales_forms_and_are_taken_over_all_when_the_company_is_so() {
    for shared in [true, false] {
        let mut options = options();
        options.doubts.numbers_are_shared = shared;
        let app = App::with(options);
        app.customer("Amy");
        app.invoice("1", "1");
        let made = app.post("salesreceipt", &receipt("", "1"));
        assert_eq!(made.text("SalesReceipt.DocNumber"), Some("1002"));
        let refund = app.post("refundreceipt", &receipt(FROM_CHECKING, "1"));
        assert_eq!(refund.text("RefundReceipt.DocNumber"), Some("1003"));
        app.sandbox
            .configure(|company| company.custom_txn_numbers = true);
        let same = receipt(r#""DocNumber":"1001","#, "1");
        let response = app.call("POST", "salesreceipt", &same);
        if shared {
            let refused = Refused::of(&response);
            assert_eq!(refused.code, "6140");
            assert!(
                refused
                    .detail
                    .ends_with("DocNumber=1001 is assigned to TxnType=Invoice with TxnId=1")
            );
        } else {
            assert_eq!(response.status, 200);
        }
        app.post("salesreceipt?include=allowduplicatedocnum", &same);
    }
}

#[test]
fn closed_books_are_closed_for_every_document_with_either_code() {
    let app = company();
    app.invoice("1", "10");
    app.payment("1", "10", &[]);
    app.post("salesreceipt", &receipt("", "1"));
    app.sandbox
        .configure(|company| company.book_close_date = Some("2020-09-29".parse().unwrap()));
    let bank = r#"{"DepositToAccountRef":{"value":"7"},"Line":[{"Amount":10,"LinkedTxn":[{"TxnId":"2","TxnType":"Payment"}]}]}"#;
    let journal = r#"{"Line":[{"Amount":1,"DetailType":"JournalEntryLineDetail","JournalEntryLineDetail":{"PostingType":"Debit","AccountRef":{"value":"7"}}},{"Amount":1,"DetailType":"JournalEntryLineDetail","JournalEntryLineDetail":{"PostingType":"Credit","AccountRef":{"value":"8"}}}]}"#;
    let closed = [
        ("payment", payment_body("1", "10", &[])),
        (
            "payment?operation=delete",
            r#"{"Id":"2","SyncToken":"0"}"#.to_owned(),
        ),
        (
            "payment?operation=update&include=void",
            r#"{"Id":"2","SyncToken":"0"}"#.to_owned(),
        ),
        (
            "payment",
            r#"{"Id":"2","SyncToken":"0","sparse":true,"TxnDate":"2021-01-01"}"#.to_owned(),
        ),
        ("salesreceipt", receipt("", "1")),
        (
            "salesreceipt?operation=void",
            r#"{"Id":"3","SyncToken":"0"}"#.to_owned(),
        ),
        ("refundreceipt", receipt(FROM_CHECKING, "1")),
        ("creditmemo", invoice_body("1", "1")),
        ("deposit", bank.to_owned()),
        ("journalentry", journal.to_owned()),
    ];
    for (path, body) in &closed {
        assert_eq!(app.refused(path, body).code, "6210", "{path} {body}");
    }
    // A payment of today may still pay an invoice of then.
    app.post(
        "payment",
        &payment_body("1", "10", &[("Invoice:1", "10")]).replacen(
            '{',
            r#"{"TxnDate":"2020-10-01","#,
            1,
        ),
    );
    let person = Json::parse(br#"{"PrivateNote":"with the password"}"#).unwrap();
    app.sandbox.edit("SalesReceipt", "3", &person).unwrap();

    for (password, own_code, code) in [
        (true, true, "6210"),
        (false, true, "6200"),
        (false, false, "6210"),
    ] {
        let mut options = options();
        options.doubts.closed_books_without_password_is_6200 = own_code;
        options.company.book_close_password = password;
        options.company.book_close_date = Some("2020-09-29".parse().unwrap());
        let app = App::with(options);
        app.customer("Amy");
        assert_eq!(app.refused("invoice", &invoice_body("1", "1")).code, code);
    }
}
