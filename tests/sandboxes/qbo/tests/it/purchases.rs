//! Expenses and checks, and how payments are applied to them and to journal entries.

use qbo_sandbox::Json;

use crate::app::{App, invoice_body, options, payment_body};

fn company() -> App {
    let app = App::new();
    app.customer("Amy");
    app.customer("Bob");
    app
}

/// An expense out of an account: each line an account and an amount.
fn expense(kind: &str, from: &str, payee: &str, lines: &[(&str, &str)]) -> String {
    let lines: Vec<String> = lines
        .iter()
        .map(|(account, amount)| {
            format!(
                r#"{{"Amount":{amount},"DetailType":"AccountBasedExpenseLineDetail","AccountBasedExpenseLineDetail":{{"AccountRef":{{"value":"{account}"}}}}}}"#
            )
        })
        .collect();
    format!(
        r#"{{"PaymentType":"{kind}","AccountRef":{{"value":"{from}"}},{payee}"Line":[{}]}}"#,
        lines.join(",")
    )
}

const AMY: &str = r#""EntityRef":{"value":"1","type":"Customer"},"#;

/// A journal entry that credits a customer's receivables.
fn credit(customer: &str, amount: &str) -> String {
    let side = |posting: &str, account: &str| {
        format!(
            r#"{{"Amount":{amount},"DetailType":"JournalEntryLineDetail","JournalEntryLineDetail":{{"PostingType":"{posting}","AccountRef":{{"value":"{account}"}},"Entity":{{"Type":"Customer","EntityRef":{{"value":"{customer}"}}}}}}}}"#
        )
    };
    format!(
        r#"{{"Line":[{},{}]}}"#,
        side("Debit", "18"),
        side("Credit", "9")
    )
}

fn balance(app: &App, account: &str) -> String {
    app.shown("Account", account, "CurrentBalance")
}

#[test]
fn an_expense_is_made_read_changed_found_and_deleted() {
    let app = company();
    let made = app.post(
        "purchase",
        &expense("Cash", "7", AMY, &[("17", "30.50"), ("18", "-0.50")]),
    );
    insta::assert_snapshot!(made.at("Purchase").unwrap(), @r#"{"domain":"QBO","sparse":false,"Id":"1","SyncToken":"0","MetaData":{"CreateTime":"2020-09-29T05:58:07-07:00","LastUpdatedTime":"2020-09-29T05:58:07-07:00"},"AccountRef":{"value":"7","name":"Checking"},"PaymentType":"Cash","EntityRef":{"value":"1","name":"Amy","type":"Customer"},"Credit":false,"TotalAmt":30.00,"TxnDate":"2020-09-29","CurrencyRef":{"value":"USD","name":"United States Dollar"},"Line":[{"Id":"1","LineNum":1,"Amount":30.50,"DetailType":"AccountBasedExpenseLineDetail","AccountBasedExpenseLineDetail":{"AccountRef":{"value":"17","name":"Purchases"},"BillableStatus":"NotBillable"}},{"Id":"2","LineNum":2,"Amount":-0.50,"DetailType":"AccountBasedExpenseLineDetail","AccountBasedExpenseLineDetail":{"AccountRef":{"value":"18","name":"Bank Charges & Fees"},"BillableStatus":"NotBillable"}}]}"#);
    assert_eq!(balance(&app, "7"), "-30.00");
    let sparse = |fields: &str| format!(r#"{{"Id":"1","SyncToken":"0","sparse":true,{fields}}}"#);
    let without_type = app.refused("purchase", &sparse(r#""PrivateNote":"x""#));
    assert_eq!(without_type.element.as_deref(), Some("PaymentType"));
    app.post(
        "purchase",
        &sparse(r#""PaymentType":"Cash","PrivateNote":"x""#),
    );
    assert_eq!(
        app.ids("select * from Purchase where PaymentType = 'Cash' and TotalAmt = '30.00'"),
        ["1"]
    );
    let known = r#"{"Id":"1","SyncToken":"1"}"#;
    assert_eq!(app.refused("purchase?operation=void", known).code, "500");
    app.post("purchase?operation=delete", known);
    assert_eq!(balance(&app, "7"), "0");
}

#[test]
fn a_card_is_charged_by_an_expense_and_credited_by_one_that_comes_back() {
    let app = company();
    let charge = expense("CreditCard", "11", "", &[("17", "30")]);
    app.post("purchase", &charge);
    assert_eq!(balance(&app, "11"), "-30.00");
    app.post("purchase", &charge.replacen('{', r#"{"Credit":true,"#, 1));
    assert_eq!(balance(&app, "11"), "0");
}

#[test]
fn an_expense_of_an_app_is_told_of_and_no_payment_in_a_deposit_is_tied_to_it() {
    let app = company();
    app.payment("1", "50", &[]);
    let noted = expense("Cash", "4", AMY, &[("9", "20")]);
    let noted = noted.replacen('{', r#"{"PrivateNote":"HCP job 104","#, 1);
    app.post("purchase", &noted);
    let told = app.get("cdc?entities=Purchase&changedSince=2020-09-29");
    let path = "CDCResponse.0.QueryResponse.0.Purchase.0.PrivateNote";
    assert_eq!(told.text(path), Some("HCP job 104"));
    let deposit = r#"{"DepositToAccountRef":{"value":"7"},"Line":[{"Amount":50,"LinkedTxn":[{"TxnId":"1","TxnType":"Payment","TxnLineId":"0"}]}]}"#;
    app.post("deposit", deposit);
    let token = app.shown("Payment", "1", "SyncToken").replace('"', "");
    let tie = format!(
        r#"{{"Id":"1","SyncToken":"{token}","sparse":true,"CustomerRef":{{"value":"1"}},"TotalAmt":50,"Line":[{{"Amount":20,"LinkedTxn":[{{"TxnId":"2","TxnType":"Expense"}}]}}]}}"#
    );
    assert_eq!(app.refused("payment", &tie).code, "6540");
}

#[test]
fn an_expense_on_receivables_pays_back_what_a_payment_has_left() {
    let app = company();
    app.payment("1", "50", &[]);
    app.post("purchase", &expense("Check", "7", AMY, &[("9", "50")]));
    assert_eq!(app.shown("Customer", "1", "Balance"), "0");
    let linked = |kind: &str| {
        format!(
            r#"{{"Id":"1","SyncToken":"0","sparse":true,"CustomerRef":{{"value":"1"}},"TotalAmt":50,"Line":[{{"Amount":50,"LinkedTxn":[{{"TxnId":"2","TxnType":"{kind}"}}]}}]}}"#
        )
    };
    // A check is no expense in a link.
    assert_eq!(app.refused("payment", &linked("Expense")).code, "610");
    let payment = app.post("payment", &linked("Check"));
    assert_eq!(payment.at("Payment.UnappliedAmt").unwrap().to_string(), "0");
    assert_eq!(
        app.shown("Purchase", "2", "LinkedTxn"),
        r#"[{"TxnId":"1","TxnType":"Payment"}]"#
    );
    // It has nothing open any more, and is kept while it is used.
    let another = app.payment("1", "10", &[("Check:2", "10")]);
    assert_eq!(another.at("UnappliedAmt").unwrap().to_string(), "10.00");
    let token = r#"{"Id":"2","SyncToken":"1"}"#;
    assert_eq!(app.refused("purchase?operation=delete", token).status, 501);
    app.post("payment?operation=delete", r#"{"Id":"1","SyncToken":"1"}"#);
    app.post("purchase?operation=delete", r#"{"Id":"2","SyncToken":"2"}"#);
    assert_eq!(app.shown("Customer", "1", "Balance"), "-10.00");
}

#[test]
fn a_journal_entry_that_credits_receivables_pays_an_invoice_of_that_customer() {
    let app = company();
    app.invoice("1", "80");
    app.post("journalentry", &credit("1", "50"));
    app.post("journalentry", &credit("2", "50"));
    assert_eq!(app.shown("Customer", "1", "Balance"), "30.00");
    let lines = [("Invoice:1", "50"), ("JournalEntry:2", "50")];
    let payment = app.payment("1", "0", &lines);
    assert!(payment.at("DepositToAccountRef").is_none());
    assert_eq!(app.shown("Invoice", "1", "Balance"), "30.00");
    assert_eq!(app.shown("Customer", "1", "Balance"), "30.00");
    for (journal, why) in [("2", "it is used"), ("3", "it is another's")] {
        let link = format!("JournalEntry:{journal}");
        let lines = [("Invoice:1", "30"), (link.as_str(), "30")];
        let refused = app.refused("payment", &payment_body("1", "0", &lines));
        assert_eq!(refused.code, "6000", "{why}");
    }
    let lowered = credit("1", "40").replacen('{', r#"{"Id":"2","SyncToken":"1","sparse":true,"#, 1);
    assert_eq!(app.refused("journalentry", &lowered).status, 501);
    // The invoice becomes less: the entry is spare again.
    let lower =
        invoice_body("1", "20").replacen('{', r#"{"Id":"1","SyncToken":"1","sparse":true,"#, 1);
    app.post("invoice", &lower);
    assert_eq!(app.shown("Payment", "4", "UnappliedAmt"), "0");
    app.post(
        "journalentry",
        &lowered.replace(r#""SyncToken":"1""#, r#""SyncToken":"2""#),
    );
}

#[test]
fn expenses_are_refused_with_code_and_element() {
    let app = company();
    app.post("vendor", r#"{"DisplayName":"Val"}"#);
    let lines = &[("17", "5")];
    let item = expense("Cash", "7", "", lines).replace(
        "AccountBasedExpenseLineDetail",
        "ItemBasedExpenseLineDetail",
    );
    let vendor = r#""EntityRef":{"value":"3","type":"Vendor"},"#;
    let nobody = r#""EntityRef":{"value":"9","type":"Customer"},"#;
    for (body, code, element) in [
        (expense("Cash", "1", "", lines), "6430", Some("AccountRef")),
        (expense("Check", "4", "", lines), "6430", Some("AccountRef")),
        (
            expense("CreditCard", "7", "", lines),
            "6430",
            Some("AccountRef"),
        ),
        (
            expense("Cash", "7", "", lines).replacen('{', r#"{"Credit":true,"#, 1),
            "6000",
            Some(""),
        ),
        (
            expense("Cash", "7", vendor, &[("9", "5")]),
            "6000",
            Some(""),
        ),
        (expense("Cash", "7", "", &[("9", "5")]), "6000", Some("")),
        (
            expense("Cash", "7", nobody, lines),
            "2500",
            Some("EntityRef"),
        ),
        (expense("Cash", "7", "", &[("17", "-5")]), "6000", Some("")),
        (expense("Cash", "7", "", &[]), "2020", Some("Line")),
        (expense("Cash", "7", "", &[("10", "5")]), "501", None),
        (item, "501", None),
    ] {
        let refused = app.refused("purchase", &body);
        assert_eq!(
            (refused.code.as_str(), refused.element.as_deref()),
            (code, element),
            "{body}"
        );
    }
    assert!(app.sandbox.objects("Purchase").is_empty());
}

#[test]
fn closed_books_are_closed_for_expenses() {
    let mut options = options();
    options.company.book_close_date = Some("2020-12-31".parse().unwrap());
    let app = App::with(options);
    let refused = app.refused("purchase", &expense("Cash", "7", "", &[("17", "5")]));
    assert_eq!(refused.code, "6210");
}

#[test]
fn a_person_voids_what_an_app_cannot() {
    let app = company();
    app.post("purchase", &expense("Cash", "7", "", &[("17", "5")]));
    app.post("creditmemo", &invoice_body("1", "20"));
    for (kind, id) in [("Purchase", "1"), ("CreditMemo", "2")] {
        let path = format!("{}?operation=void", kind.to_lowercase());
        let body = format!(r#"{{"Id":"{id}","SyncToken":"0"}}"#);
        assert_eq!(app.refused(&path, &body).code, "500");
        let voided: Json = app.sandbox.void(kind, id).unwrap();
        assert_eq!(voided.at("TotalAmt").unwrap().to_string(), "0");
        assert_eq!(voided.text("PrivateNote"), Some("Voided"));
    }
    assert_eq!(app.shown("CreditMemo", "2", "RemainingCredit"), "0");
    assert_eq!(app.shown("Customer", "1", "Balance"), "0");
    app.post("creditmemo", &invoice_body("1", "20"));
    app.invoice("1", "20");
    app.payment("1", "0", &[("Invoice:4", "5"), ("CreditMemo:3", "5")]);
    assert_eq!(app.sandbox.void("CreditMemo", "3").unwrap_err().code, "501");
}
