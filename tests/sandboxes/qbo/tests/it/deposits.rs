//! Deposits: payments on their way to the bank, and fees.

use crate::app::{App, Refused, line, options};

/// A customer, a payment (1) and a sales receipt (2) in undeposited funds, a payment that is in the bank (3),
/// and a refund out of undeposited funds (4).
fn company() -> App {
    let app = App::new();
    app.customer("Amy");
    app.payment("1", "262.50", &[]);
    app.post("salesreceipt", &format!(r#"{{"Line":[{}]}}"#, line("100")));
    app.post(
        "payment",
        r#"{"CustomerRef":{"value":"1"},"TotalAmt":5,"DepositToAccountRef":{"value":"7"}}"#,
    );
    app.post(
        "refundreceipt",
        &format!(
            r#"{{"DepositToAccountRef":{{"value":"4"}},"Line":[{}]}}"#,
            line("20")
        ),
    );
    app
}

fn linked(kind: &str, id: &str, amount: &str) -> String {
    format!(
        r#"{{"Amount":{amount},"LinkedTxn":[{{"TxnId":"{id}","TxnType":"{kind}","TxnLineId":"0"}}]}}"#
    )
}

fn fee(amount: &str) -> String {
    format!(
        r#"{{"Amount":{amount},"Description":"Fee","DetailType":"DepositLineDetail","DepositLineDetail":{{"AccountRef":{{"value":"18"}},"Entity":{{"value":"1","type":"CUSTOMER"}}}}}}"#
    )
}

fn deposit(lines: &[String]) -> String {
    format!(
        r#"{{"DepositToAccountRef":{{"value":"7"}},"Line":[{}]}}"#,
        lines.join(",")
    )
}

#[test]
fn a_deposit_takes_payments_to_the_bank_less_a_fee() {
    let app = company();
    let lines = [
        linked("Payment", "1", "262.50"),
        linked("SalesReceipt", "2", "100"),
        linked("RefundReceipt", "4", "-20"),
        fee("-62.50"),
    ];
    let made = app.post("deposit", &deposit(&lines));
    insta::assert_snapshot!(made.at("Deposit").unwrap(), @r#"{"domain":"QBO","sparse":false,"Id":"5","SyncToken":"0","MetaData":{"CreateTime":"2020-09-29T05:58:07-07:00","LastUpdatedTime":"2020-09-29T05:58:07-07:00"},"DepositToAccountRef":{"value":"7","name":"Checking"},"TotalAmt":280.00,"TxnDate":"2020-09-29","CurrencyRef":{"value":"USD","name":"United States Dollar"},"Line":[{"Amount":262.50,"LinkedTxn":[{"TxnId":"1","TxnType":"Payment","TxnLineId":"0"}]},{"Amount":100.00,"LinkedTxn":[{"TxnId":"2","TxnType":"SalesReceipt","TxnLineId":"0"}]},{"Amount":-20.00,"LinkedTxn":[{"TxnId":"4","TxnType":"RefundReceipt","TxnLineId":"0"}]},{"Id":"1","LineNum":1,"Description":"Fee","Amount":-62.50,"DetailType":"DepositLineDetail","DepositLineDetail":{"AccountRef":{"value":"18","name":"Bank Charges & Fees"},"Entity":{"value":"1","name":"Amy","type":"CUSTOMER"}}}]}"#);
    for (entity, id) in [
        ("Payment", "1"),
        ("SalesReceipt", "2"),
        ("RefundReceipt", "4"),
    ] {
        assert_eq!(
            app.shown(entity, id, "LinkedTxn"),
            r#"[{"TxnId":"5","TxnType":"Deposit"}]"#
        );
        assert_eq!(app.shown(entity, id, "SyncToken"), "\"1\"");
    }
    // It still reads undeposited funds, where nothing is left.
    assert_eq!(
        app.shown("Payment", "1", "DepositToAccountRef.value"),
        "\"4\""
    );
    assert_eq!(app.shown("Account", "4", "CurrentBalance"), "0");
    assert_eq!(app.shown("Account", "7", "CurrentBalance"), "285.00");
    assert_eq!(
        app.ids("select * from Deposit where TotalAmt = '280.00'"),
        ["5"]
    );
}

#[test]
fn a_linked_line_tells_how_its_payment_was_made_and_is_taken_back_so() {
    let app = App::new();
    app.customer("Amy");
    app.post(
        "payment",
        r#"{"CustomerRef":{"value":"1"},"TotalAmt":5,"PaymentMethodRef":{"value":"2"},"PaymentRefNum":"1042"}"#,
    );
    let made = app.post("deposit", &deposit(&[linked("Payment", "1", "5")]));
    let made = made.at("Deposit").unwrap();
    insta::assert_snapshot!(made.at("Line").unwrap(), @r#"[{"Amount":5.00,"LinkedTxn":[{"TxnId":"1","TxnType":"Payment","TxnLineId":"0"}],"DepositLineDetail":{"PaymentMethodRef":{"value":"2","name":"Check"},"CheckNum":"1042"}}]"#);
    app.post("deposit", &made.to_string());
    let line = made.at("Line.0").unwrap().to_string();
    assert_eq!(app.shown("Deposit", "2", "Line.0"), line);
}

#[test]
fn linked_lines_can_lose_their_cents_and_the_total_has_them() {
    let mut options = options();
    options.doubts.deposit_lines_lose_cents = true;
    let app = App::with(options);
    app.customer("Amy");
    app.payment("1", "262.50", &[]);
    let lines = [linked("Payment", "1", "262.50"), fee("-2.50")];
    app.post("deposit", &deposit(&lines));
    let amounts = || {
        let shown = |path: &str| app.shown("Deposit", "2", path);
        ["Line.0.Amount", "Line.1.Amount", "TotalAmt"].map(shown)
    };
    assert_eq!(amounts(), ["262.00", "-2.50", "260.00"]);
    assert_eq!(app.shown("Account", "7", "CurrentBalance"), "260.00");
    // What was read is taken back.
    for body in [
        r#"{"Id":"2","SyncToken":"0","sparse":true,"PrivateNote":"x"}"#.to_owned(),
        deposit(&[linked("Payment", "1", "262.00"), fee("-2.50")]).replacen(
            '{',
            r#"{"Id":"2","SyncToken":"1","sparse":true,"#,
            1,
        ),
    ] {
        app.post("deposit", &body);
        assert_eq!(amounts(), ["262.00", "-2.50", "260.00"], "{body}");
    }
    assert_eq!(app.shown("Account", "4", "CurrentBalance"), "0");
}

#[test]
fn what_is_deposited_is_frozen_until_the_deposit_is_gone() {
    let app = company();
    app.post(
        "deposit",
        &deposit(&[
            linked("Payment", "1", "262.50"),
            linked("SalesReceipt", "2", "100"),
        ]),
    );
    let one = r#"{"Id":"1","SyncToken":"1","sparse":true}"#;
    let two = r#"{"Id":"2","SyncToken":"1","sparse":true}"#;
    for (path, body) in [
        ("payment", one),
        ("payment?operation=delete", one),
        ("payment?operation=update&include=void", one),
        ("salesreceipt", two),
        ("salesreceipt?operation=delete", two),
        ("salesreceipt?operation=void", two),
    ] {
        let refused = app.refused(path, body);
        assert_eq!(
            (refused.status, refused.code.as_str()),
            (400, "6540"),
            "{path}"
        );
        assert_eq!(refused.element, None);
    }
    // The receipt is taken out of the deposit, then the deposit is deleted.
    let fewer = deposit(&[linked("Payment", "1", "262.50")]).replacen(
        '{',
        r#"{"Id":"5","SyncToken":"0","#,
        1,
    );
    app.post("deposit", &fewer);
    app.post(
        "salesreceipt",
        r#"{"Id":"2","SyncToken":"2","sparse":true,"PrivateNote":"x"}"#,
    );
    assert_eq!(app.shown("Payment", "1", "SyncToken"), "\"1\"");
    app.post("deposit?operation=delete", r#"{"Id":"5","SyncToken":"1"}"#);
    assert_eq!(app.shown("Payment", "1", "LinkedTxn"), "[]");
    app.post("payment?operation=delete", r#"{"Id":"1","SyncToken":"2"}"#);
    assert_eq!(app.shown("Account", "4", "CurrentBalance"), "80.00");
}

#[test]
fn a_sparse_update_leaves_the_lines_alone_and_new_lines_get_new_ids() {
    let app = company();
    app.post(
        "deposit",
        &deposit(&[linked("Payment", "1", "262.50"), fee("-2.50")]),
    );
    app.post(
        "deposit",
        r#"{"Id":"5","SyncToken":"0","sparse":true,"PrivateNote":"x"}"#,
    );
    assert_eq!(app.shown("Deposit", "5", "Line.1.Id"), "\"1\"");
    assert_eq!(app.shown("Deposit", "5", "TotalAmt"), "260.00");
    let lines = format!(
        r#"{{"Id":"5","SyncToken":"1","sparse":true,"Line":[{},{}]}}"#,
        linked("Payment", "1", "262.50"),
        fee("-3")
    );
    app.post("deposit", &lines);
    assert_eq!(app.shown("Deposit", "5", "Line.1.Id"), "\"2\"");
    // What was read can be sent back.
    let read = app.get("deposit/5");
    app.post("deposit", &read.at("Deposit").unwrap().to_string());
}

#[test]
fn deposits_are_refused_with_code_and_element() {
    let app = company();
    app.post("deposit", &deposit(&[linked("SalesReceipt", "2", "100")]));
    let payment = linked("Payment", "1", "262.50");
    let mixed = payment.replacen('{', r#"{"DetailType":"DepositLineDetail","#, 1);
    let both = payment.replacen(
        '{',
        r#"{"DepositLineDetail":{"AccountRef":{"value":"18"}},"#,
        1,
    );
    let direct = |detail: &str| {
        format!(
            r#"{{"Amount":1,"DetailType":"DepositLineDetail","DepositLineDetail":{{{detail}}}}}"#
        )
    };
    let account = r#""AccountRef":{"value":"18"}"#;
    let cases: Vec<(&str, String, &str, Option<&str>)> = vec![
        ("no line", deposit(&[]), "2020", Some("Line")),
        (
            "no bank",
            format!(r#"{{"Line":[{payment}]}}"#),
            "6000",
            Some(""),
        ),
        (
            "into income",
            deposit(std::slice::from_ref(&payment)).replace(r#""value":"7""#, r#""value":"1""#),
            "6000",
            Some(""),
        ),
        (
            "into undeposited funds",
            deposit(std::slice::from_ref(&payment)).replace(r#""value":"7""#, r#""value":"4""#),
            "6000",
            Some(""),
        ),
        (
            "a detail beside a link",
            deposit(&[mixed]),
            "2020",
            Some("Line.DepositLineDetail.AccountRef"),
        ),
        (
            "an account beside a link",
            deposit(&[both]),
            "2020",
            Some("Line.DepositLineDetail.AccountRef"),
        ),
        (
            "no amount",
            deposit(&[payment.replace(r#""Amount":262.50,"#, "")]),
            "2020",
            Some("Line.Amount"),
        ),
        (
            "no kind",
            deposit(&[payment.replace(r#""TxnType":"Payment","#, "")]),
            "2020",
            Some("Line.LinkedTxn.TxnType"),
        ),
        (
            "a part",
            deposit(&[linked("Payment", "1", "10")]),
            "501",
            None,
        ),
        (
            "missing",
            deposit(&[linked("Payment", "99", "10")]),
            "620",
            Some(""),
        ),
        (
            "of another kind",
            deposit(&[linked("Payment", "2", "100")]),
            "620",
            Some(""),
        ),
        (
            "in the bank already",
            deposit(&[linked("Payment", "3", "5")]),
            "620",
            Some(""),
        ),
        (
            "deposited already",
            deposit(&[linked("SalesReceipt", "2", "100")]),
            "620",
            Some(""),
        ),
        (
            "twice",
            deposit(&[payment.clone(), payment.clone()]),
            "620",
            Some(""),
        ),
        (
            "a journal entry",
            deposit(&[linked("JournalEntry", "1", "1")]),
            "501",
            None,
        ),
        (
            "no type of detail",
            deposit(&[r#"{"Amount":1}"#.into()]),
            "2020",
            Some("Line.DetailType"),
        ),
        (
            "no detail",
            deposit(&[r#"{"Amount":1,"DetailType":"DepositLineDetail"}"#.into()]),
            "2020",
            Some("Line.DepositLineDetail"),
        ),
        (
            "no account",
            deposit(&[direct("")]),
            "2020",
            Some("Line.DepositLineDetail.AccountRef"),
        ),
        (
            "receivables",
            deposit(&[direct(r#""AccountRef":{"value":"9"}"#)]),
            "501",
            None,
        ),
        (
            "nobody",
            deposit(&[direct(&format!(
                r#"{account},"Entity":{{"value":"99","type":"CUSTOMER"}}"#
            ))]),
            "2500",
            Some("Line.DepositLineDetail.Entity"),
        ),
        (
            "an odd kind",
            deposit(&[direct(&format!(
                r#"{account},"Entity":{{"value":"1","type":"Customer"}}"#
            ))]),
            "2170",
            Some("Line.DepositLineDetail.Entity.type"),
        ),
        ("below zero", deposit(&[fee("-1")]), "6000", Some("")),
        (
            "cash back",
            deposit(&[payment]).replacen('{', r#"{"CashBack":{"Amount":1},"#, 1),
            "501",
            None,
        ),
    ];
    for (what, body, code, element) in cases {
        let refused = Refused::of(&app.call("POST", "deposit", &body));
        assert_eq!(
            (refused.code.as_str(), refused.element.as_deref()),
            (code, element),
            "{what}: {}",
            refused.detail
        );
    }
    assert_eq!(
        app.refused("deposit?operation=void", r#"{"Id":"5","SyncToken":"0"}"#)
            .code,
        "500"
    );
    // A nested entity is passed over in silence.
    let nested = direct(&format!(
        r#"{account},"Entity":{{"Type":"CUSTOMER","EntityRef":{{"value":"1"}}}}"#
    ));
    let made = app.post("deposit", &deposit(&[nested]));
    assert_eq!(made.at("Deposit.Line.0.DepositLineDetail.Entity"), None);
}
