//! The life of a payment, and what it does to invoices.

use qbo_sandbox::{LinkRefusal, UnlinkedMoney};

use crate::app::{App, Refused, line, options, payment_body};

fn company() -> App {
    let app = App::new();
    app.customer("Amy");
    app.customer("Bob");
    app
}

fn balances(app: &App, invoices: &[&str], customer: &str) -> Vec<String> {
    invoices
        .iter()
        .map(|id| app.shown("Invoice", id, "Balance"))
        .chain([app.shown("Customer", customer, "Balance")])
        .collect()
}

#[test]
fn a_payment_pays_invoices_and_both_sides_are_linked() {
    let app = company();
    app.invoice("1", "100");
    app.invoice("1", "50");
    let payment = app.payment("1", "130", &[("Invoice:1", "100"), ("Invoice:2", "20")]);
    insta::assert_snapshot!(payment, @r#"{"domain":"QBO","sparse":false,"Id":"3","SyncToken":"0","MetaData":{"CreateTime":"2020-09-29T05:58:07-07:00","LastUpdatedTime":"2020-09-29T05:58:07-07:00"},"TxnDate":"2020-09-29","CurrencyRef":{"value":"USD","name":"United States Dollar"},"Line":[{"Amount":100.00,"LinkedTxn":[{"TxnId":"1","TxnType":"Invoice"}],"LineEx":{"any":[{"name":"{http://schema.intuit.com/finance/v3}NameValue","declaredType":"com.intuit.schema.finance.v3.NameValue","scope":"javax.xml.bind.JAXBElement$GlobalScope","value":{"Name":"txnId","Value":"1"},"nil":false,"globalScope":true,"typeSubstituted":false},{"name":"{http://schema.intuit.com/finance/v3}NameValue","declaredType":"com.intuit.schema.finance.v3.NameValue","scope":"javax.xml.bind.JAXBElement$GlobalScope","value":{"Name":"txnOpenBalance","Value":"100.00"},"nil":false,"globalScope":true,"typeSubstituted":false},{"name":"{http://schema.intuit.com/finance/v3}NameValue","declaredType":"com.intuit.schema.finance.v3.NameValue","scope":"javax.xml.bind.JAXBElement$GlobalScope","value":{"Name":"txnReferenceNumber","Value":"1001"},"nil":false,"globalScope":true,"typeSubstituted":false}]}},{"Amount":20.00,"LinkedTxn":[{"TxnId":"2","TxnType":"Invoice"}],"LineEx":{"any":[{"name":"{http://schema.intuit.com/finance/v3}NameValue","declaredType":"com.intuit.schema.finance.v3.NameValue","scope":"javax.xml.bind.JAXBElement$GlobalScope","value":{"Name":"txnId","Value":"2"},"nil":false,"globalScope":true,"typeSubstituted":false},{"name":"{http://schema.intuit.com/finance/v3}NameValue","declaredType":"com.intuit.schema.finance.v3.NameValue","scope":"javax.xml.bind.JAXBElement$GlobalScope","value":{"Name":"txnOpenBalance","Value":"50.00"},"nil":false,"globalScope":true,"typeSubstituted":false},{"name":"{http://schema.intuit.com/finance/v3}NameValue","declaredType":"com.intuit.schema.finance.v3.NameValue","scope":"javax.xml.bind.JAXBElement$GlobalScope","value":{"Name":"txnReferenceNumber","Value":"1002"},"nil":false,"globalScope":true,"typeSubstituted":false}]}}],"CustomerRef":{"value":"1","name":"Amy"},"DepositToAccountRef":{"value":"4"},"TotalAmt":130.00,"UnappliedAmt":10.00,"ProcessPayment":false}"#);
    assert_eq!(balances(&app, &["1", "2"], "1"), ["0", "30.00", "20.00"]);
    assert_eq!(
        app.shown("Invoice", "1", "LinkedTxn"),
        r#"[{"TxnId":"3","TxnType":"Payment"}]"#
    );
    assert_eq!(app.shown("Invoice", "1", "SyncToken"), "\"1\"");
    let balance = app.sandbox.trial_balance();
    let rows: Vec<String> = balance
        .rows
        .iter()
        .map(|row| format!("{} {} {}", row.name, row.debit, row.credit))
        .collect();
    assert_eq!(
        rows,
        [
            "Services 0 150.00",
            "Undeposited Funds 130.00 0",
            "Accounts Receivable (A/R) 20.00 0"
        ]
    );
}

#[test]
fn lines_are_replaced_as_a_whole_and_an_empty_list_takes_them_all_away() {
    let app = company();
    app.invoice("1", "100");
    app.invoice("1", "50");
    app.payment("1", "120", &[("Invoice:1", "100"), ("Invoice:2", "20")]);
    let update = |token: u8, fields: &str| {
        format!(r#"{{"Id":"3","SyncToken":"{token}","sparse":true,{fields}}}"#)
    };
    app.post("payment", &update(0, r#""PrivateNote":"x""#));
    assert_eq!(balances(&app, &["1", "2"], "1"), ["0", "30.00", "30.00"]);
    app.post(
        "payment",
        &update(
            1,
            r#""Line":[{"Amount":50,"LinkedTxn":[{"TxnId":"2","TxnType":"Invoice"}]}]"#,
        ),
    );
    assert_eq!(balances(&app, &["1", "2"], "1"), ["100.00", "0", "30.00"]);
    assert_eq!(app.shown("Payment", "3", "UnappliedAmt"), "70.00");
    assert_eq!(app.shown("Invoice", "1", "LinkedTxn"), "[]");
    app.post("payment", &update(2, r#""Line":[]"#));
    assert_eq!(
        balances(&app, &["1", "2"], "1"),
        ["100.00", "50.00", "30.00"]
    );
    // A full update without lines takes them away too.
    app.post(
        "payment",
        &update(
            3,
            r#""Line":[{"Amount":1,"LinkedTxn":[{"TxnId":"2","TxnType":"Invoice"}]}]"#,
        ),
    );
    app.post(
        "payment",
        r#"{"Id":"3","SyncToken":"4","CustomerRef":{"value":"1"},"TotalAmt":10}"#,
    );
    assert_eq!(
        balances(&app, &["1", "2"], "1"),
        ["100.00", "50.00", "140.00"]
    );
}

#[test]
fn a_voided_or_deleted_payment_opens_its_invoices_again() {
    for (path, body, left) in [
        (
            "payment?operation=update&include=void",
            r#"{"Id":"2","SyncToken":"0","sparse":true}"#,
            true,
        ),
        (
            "payment?operation=delete",
            r#"{"Id":"2","SyncToken":"0"}"#,
            false,
        ),
    ] {
        let app = company();
        app.invoice("1", "100");
        app.payment("1", "120", &[("Invoice:1", "100")]);
        assert_eq!(balances(&app, &["1"], "1"), ["0", "-20.00"]);
        app.post(path, body);
        assert_eq!(balances(&app, &["1"], "1"), ["100.00", "100.00"]);
        assert_eq!(app.shown("Invoice", "1", "LinkedTxn"), "[]");
        if left {
            for (field, value) in [
                ("TotalAmt", "0"),
                ("UnappliedAmt", "0"),
                ("Line", "[]"),
                ("PrivateNote", "\"Voided\""),
            ] {
                assert_eq!(app.shown("Payment", "2", field), value, "{field}");
            }
        } else {
            assert!(app.sandbox.objects("Payment").is_empty());
        }
    }
}

#[test]
fn a_payment_is_voided_in_its_own_way_and_an_invoice_in_the_other() {
    let app = company();
    app.invoice("1", "100");
    app.payment("1", "100", &[]);
    let body = r#"{"Id":"2","SyncToken":"0"}"#;
    assert_eq!(app.refused("payment?operation=void", body).status, 501);
    let invoice = r#"{"Id":"1","SyncToken":"0"}"#;
    assert_eq!(
        app.refused("invoice?operation=update&include=void", invoice)
            .status,
        501
    );
    let batch = r#"{"BatchItemRequest":[{"bId":"a","operation":"update","optionsData":"void","Payment":{"Id":"2","SyncToken":"0"}}]}"#;
    let response = app.post("batch", batch);
    assert_eq!(
        response
            .at("BatchItemResponse.0.Payment.TotalAmt")
            .unwrap()
            .to_string(),
        "0"
    );
}

#[test]
fn payments_are_refused_with_code_and_element() {
    let app = company();
    app.invoice("1", "100");
    app.invoice("2", "100");
    app.invoice("1", "100");
    app.post("invoice?operation=void", r#"{"Id":"3","SyncToken":"0"}"#);
    app.invoice("1", "100");
    app.payment("1", "100", &[("Invoice:4", "100")]);
    app.invoice("1", "100");
    app.post("invoice?operation=delete", r#"{"Id":"6","SyncToken":"0"}"#);
    let before = (
        app.sandbox.objects("Invoice"),
        app.sandbox.objects("Payment"),
    );
    let with = |fields: &str| format!(r#"{{"CustomerRef":{{"value":"1"}},{fields}}}"#);
    let linked = |line: &str| with(&format!(r#""TotalAmt":10,"Line":[{line}]"#));
    let cases: Vec<(&str, String, &str, Option<&str>)> = vec![
        ("no amount", with(r#""PrivateNote":"x""#), "6000", Some("")),
        (
            "no customer",
            r#"{"TotalAmt":1}"#.into(),
            "2020",
            Some("CustomerRef"),
        ),
        (
            "negative",
            with(r#""TotalAmt":-1"#),
            "2290",
            Some("TotalAmt"),
        ),
        (
            "unknown field",
            with(r#""TotalAmt":1,"Invoice":"1""#),
            "2010",
            None,
        ),
        (
            "no link",
            linked(r#"{"Amount":1}"#),
            "2020",
            Some("LinkedTxn"),
        ),
        (
            "no type",
            linked(r#"{"Amount":1,"LinkedTxn":[{"TxnId":"1"}]}"#),
            "2020",
            Some("Line.LinkedTxn.TxnType"),
        ),
        (
            "no line amount",
            linked(r#"{"LinkedTxn":[{"TxnId":"1","TxnType":"Invoice"}]}"#),
            "2020",
            Some("Line.Amount"),
        ),
        (
            "id in words",
            linked(r#"{"Amount":1,"LinkedTxn":[{"TxnId":"x","TxnType":"Invoice"}]}"#),
            "2090",
            Some("Line.LinkedTxn.TxnId"),
        ),
        (
            "missing",
            payment_body("1", "10", &[("Invoice:99", "10")]),
            "610",
            Some(""),
        ),
        (
            "deleted",
            payment_body("1", "10", &[("Invoice:6", "10")]),
            "610",
            Some(""),
        ),
        (
            "above the total",
            payment_body("1", "10", &[("Invoice:1", "11")]),
            "6000",
            Some(""),
        ),
        (
            "into income",
            with(r#""TotalAmt":1,"DepositToAccountRef":{"value":"1"}"#),
            "6430",
            Some("DepositToAccountRef"),
        ),
        (
            "not receivable",
            with(r#""TotalAmt":1,"ARAccountRef":{"value":"1"}"#),
            "6430",
            Some("ARAccountRef"),
        ),
        (
            "long number",
            with(&format!(
                r#""TotalAmt":1,"PaymentRefNum":"{}""#,
                "x".repeat(22)
            )),
            "2050",
            Some("PaymentRefNum"),
        ),
        (
            "a card",
            with(r#""TotalAmt":1,"CreditCardPayment":{"CreditChargeInfo":{"Number":"1"}}"#),
            "501",
            None,
        ),
        (
            "a credit on a card",
            payment_body("1", "10", &[("CreditCardCredit:1", "10")]),
            "501",
            None,
        ),
    ];
    for (what, body, code, element) in cases {
        let refused = Refused::of(&app.call("POST", "payment", &body));
        assert_eq!(
            (refused.code.as_str(), refused.element.as_deref()),
            (code, element),
            "{what}: {}",
            refused.detail
        );
        assert_eq!(refused.status, if code == "501" { 501 } else { 400 });
    }
    let after = (
        app.sandbox.objects("Invoice"),
        app.sandbox.objects("Payment"),
    );
    assert_eq!(before, after);
}

/// Lines of a payment over 200 by Amy; what is left of them and what is not applied; the code where such lines
/// are refused. Of Amy are the invoices 1 over 100, 3 (void) and 4 (paid); of Bob is 2.
type Unlinkable<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str], &'a str, &'a str);

#[test]
fn what_a_document_does_not_take_of_a_payment_is_not_applied_or_refused() {
    let cases: &[Unlinkable<'_>] = &[
        (&[("Invoice:1", "100")], &["1 100.00"], "100.00", ""),
        (&[("Invoice:1", "101")], &["1 100.00"], "100.00", "6000"),
        (
            &[("Invoice:1", "60"), ("Invoice:1", "60")],
            &["1 60.00", "1 40.00"],
            "100.00",
            "6000",
        ),
        (
            &[("Invoice:2", "10"), ("Invoice:1", "30")],
            &["1 30.00"],
            "170.00",
            "620",
        ),
        (&[("Invoice:3", "10")], &[], "200.00", "620"),
        (&[("Invoice:4", "10")], &[], "200.00", "620"),
    ];
    for choice in [UnlinkedMoney::Unapply, UnlinkedMoney::Refuse] {
        for (lines, kept, rest, code) in cases {
            let mut options = options();
            options.doubts.payment_above_balance = choice;
            options.doubts.foreign_link = choice;
            let app = App::with(options);
            for customer in ["Amy", "Bob"] {
                app.customer(customer);
            }
            for customer in ["1", "2", "1", "1"] {
                app.invoice(customer, "100");
            }
            app.post("invoice?operation=void", r#"{"Id":"3","SyncToken":"0"}"#);
            app.payment("1", "100", &[("Invoice:4", "100")]);
            let body = payment_body("1", "200", lines);
            if choice == UnlinkedMoney::Refuse && !code.is_empty() {
                assert_eq!(app.refused("payment", &body).code, *code, "{lines:?}");
                continue;
            }
            let payment = app.post("payment", &body);
            let payment = payment.at("Payment").unwrap();
            let found: Vec<String> = payment
                .at("Line")
                .unwrap()
                .as_list()
                .iter()
                .map(|line| {
                    let id = line.text("LinkedTxn.0.TxnId").unwrap();
                    format!("{id} {}", line.at("Amount").unwrap())
                })
                .collect();
            assert_eq!(found, *kept, "{lines:?}");
            assert_eq!(payment.at("UnappliedAmt").unwrap().to_string(), *rest);
        }
    }
}

#[test]
fn the_codes_for_links_that_cannot_be_made_are_a_choice() {
    let mut options = options();
    options.doubts.bad_link = LinkRefusal::Code6000;
    options.doubts.over_applied = LinkRefusal::Code620;
    options.doubts.foreign_link = UnlinkedMoney::Refuse;
    options.doubts.payment_above_balance = UnlinkedMoney::Refuse;
    let app = App::with(options);
    app.customer("Amy");
    app.customer("Bob");
    app.invoice("1", "100");
    app.invoice("2", "100");
    let code = |lines: &[(&str, &str)]| {
        app.refused("payment", &payment_body("1", "500", lines))
            .code
    };
    assert_eq!(code(&[("Invoice:2", "1")]), "6000");
    assert_eq!(code(&[("Invoice:1", "101")]), "620");
}

#[test]
fn a_parent_pays_for_those_below_and_nobody_else() {
    let app = company();
    app.post(
        "customer",
        r#"{"DisplayName":"Amy's barn","Job":true,"ParentRef":{"value":"1"}}"#,
    );
    app.invoice("3", "100");
    app.payment("1", "150", &[("Invoice:1", "100")]);
    // The barn owes nothing any more; the rest is Amy's.
    assert_eq!(app.shown("Customer", "3", "Balance"), "0");
    assert_eq!(app.shown("Customer", "1", "Balance"), "-50.00");
    assert_eq!(app.shown("Customer", "1", "BalanceWithJobs"), "-50.00");
    app.invoice("1", "10");
    let upwards = app.payment("3", "10", &[("Invoice:3", "10")]);
    assert_eq!(upwards.at("UnappliedAmt").unwrap().to_string(), "10.00");
    assert_eq!(app.shown("Invoice", "3", "Balance"), "10.00");
}

#[test]
fn an_invoice_below_what_is_paid_leaves_the_rest_with_the_latest_payment() {
    let app = company();
    app.invoice("1", "100");
    app.payment("1", "40", &[("Invoice:1", "40")]);
    app.payment("1", "60", &[("Invoice:1", "60")]);
    let lowered = |total: &str| {
        let token = app.shown("Invoice", "1", "SyncToken");
        format!(
            r#"{{"Id":"1","SyncToken":{token},"sparse":true,"Line":[{}]}}"#,
            line(total)
        )
    };
    let answer = app.post("invoice", &lowered("70"));
    assert_eq!(answer.at("Invoice.Balance").unwrap().to_string(), "0");
    assert_eq!(app.shown("Payment", "3", "UnappliedAmt"), "30.00");
    assert_eq!(app.shown("Payment", "3", "Line.0.Amount"), "30.00");
    assert_eq!(app.shown("Payment", "2", "UnappliedAmt"), "0");
    assert_eq!(app.shown("Payment", "3", "SyncToken"), "\"1\"");
    app.post("invoice", &lowered("20"));
    assert_eq!(app.shown("Payment", "3", "Line"), "[]");
    assert_eq!(app.shown("Payment", "2", "UnappliedAmt"), "20.00");
    assert_eq!(
        app.shown("Invoice", "1", "LinkedTxn"),
        r#"[{"TxnId":"2","TxnType":"Payment"}]"#
    );
    assert_eq!(app.shown("Customer", "1", "Balance"), "-80.00");
}

#[test]
fn what_becomes_of_payments_is_a_choice() {
    let lower = format!(
        r#"{{"Id":"1","SyncToken":"1","sparse":true,"Line":[{}]}}"#,
        line("70")
    );
    let plain = r#"{"Id":"1","SyncToken":"1"}"#.to_owned();
    for choice in [UnlinkedMoney::Unapply, UnlinkedMoney::Refuse] {
        for (path, body, rest) in [
            ("invoice", &lower, "30.00"),
            ("invoice?operation=void", &plain, "100.00"),
            ("invoice?operation=delete", &plain, "100.00"),
        ] {
            let mut options = options();
            options.doubts.overpaid_invoice = choice;
            options.doubts.voided_paid_invoice = choice;
            options.doubts.deleted_paid_invoice = choice;
            let app = App::with(options);
            app.customer("Amy");
            app.invoice("1", "100");
            app.payment("1", "100", &[("Invoice:1", "100")]);
            if choice == UnlinkedMoney::Refuse {
                assert_eq!(app.refused(path, body).code, "6000", "{path}");
                assert_eq!(app.shown("Invoice", "1", "Balance"), "0");
            } else {
                app.post(path, body);
                assert_eq!(app.shown("Payment", "2", "UnappliedAmt"), rest, "{path}");
                assert_eq!(app.shown("Payment", "2", "SyncToken"), "\"1\"", "{path}");
            }
        }
    }
}

#[test]
fn a_person_deletes_and_voids_a_paid_invoice_and_the_payment_keeps_the_money() {
    for operation in ["delete", "void"] {
        let mut options = options();
        options.doubts.voided_paid_invoice = UnlinkedMoney::Refuse;
        let app = App::with(options);
        app.customer("Amy");
        app.invoice("1", "100");
        app.payment("1", "100", &[("Invoice:1", "100")]);
        let path = format!("invoice?operation={operation}");
        let refused = app.refused(&path, r#"{"Id":"1","SyncToken":"1"}"#);
        assert_eq!(refused.code, "6000");
        match operation {
            "delete" => app.sandbox.delete("Invoice", "1").unwrap(),
            _ => app.sandbox.void("Invoice", "1").unwrap(),
        };
        assert_eq!(app.shown("Payment", "2", "UnappliedAmt"), "100.00");
        assert_eq!(app.shown("Payment", "2", "Line"), "[]");
    }
}

#[test]
fn a_paid_invoice_keeps_its_customer() {
    let app = company();
    app.invoice("1", "100");
    app.payment("1", "10", &[("Invoice:1", "10")]);
    let moved = r#"{"Id":"1","SyncToken":"1","sparse":true,"CustomerRef":{"value":"2"}}"#;
    assert_eq!(app.refused("invoice", moved).status, 501);
}

#[test]
fn payments_are_found_by_customer_amount_day_and_reference() {
    let app = company();
    app.post("payment", r#"{"CustomerRef":{"value":"1"},"TotalAmt":12.5,"PaymentRefNum":"X-7","TxnDate":"2020-09-01"}"#);
    app.payment("2", "10", &[]);
    for statement in [
        "select * from Payment where CustomerRef = '1'",
        "select * from Payment where TotalAmt = '12.50'",
        "select * from Payment where TxnDate < '2020-09-29'",
        "select * from Payment where PaymentRefNum = 'X-7'",
    ] {
        assert_eq!(app.ids(statement), ["1"], "{statement}");
    }
    assert_eq!(
        app.query("select * from Payment where DocNumber = '1'")
            .status,
        400
    );
}

#[test]
fn linked_documents_keep_their_version_when_the_company_is_so() {
    let mut options = options();
    options.doubts.links_move_token = false;
    let app = App::with(options);
    app.customer("Amy");
    app.invoice("1", "100");
    app.wait(60);
    app.payment("1", "100", &[("Invoice:1", "100")]);
    assert_eq!(app.shown("Invoice", "1", "SyncToken"), "\"0\"");
    assert_eq!(
        app.shown("Invoice", "1", "MetaData.LastUpdatedTime"),
        "\"2020-09-29T05:59:07-07:00\""
    );
}
