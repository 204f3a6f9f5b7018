//! Credit that QuickBooks itself links to what is open, where the company has it so.

use qbo_sandbox::{Json, PayloadForm};

use crate::{
    app::{App, invoice_body, line, options},
    webhooks::{Receiver, deliver, told, webhook},
};

fn company() -> App {
    let mut options = options();
    options.company.auto_apply_credit = true;
    let app = App::with(options);
    app.customer("Amy");
    app.customer("Bob");
    app
}

/// `document id amount` of each line of a payment.
fn linked(payment: &Json) -> Vec<String> {
    let lines = payment.at("Line").unwrap().as_list().iter();
    lines
        .map(|line| {
            let text = |field: &str| line.text(&format!("LinkedTxn.0.{field}")).unwrap();
            let amount = line.at("Amount").unwrap();
            format!("{} {} {amount}", text("TxnType"), text("TxnId"))
        })
        .collect()
}

#[test]
fn a_new_invoice_uses_the_customers_open_credits_from_the_start() {
    let app = company();
    for (customer, amount) in [("1", "30"), ("2", "500"), ("1", "100")] {
        app.post("creditmemo", &invoice_body(customer, amount));
    }
    let invoice = app.invoice("1", "80");
    assert_eq!(invoice.at("Balance").unwrap().to_string(), "0");
    let payments = app.sandbox.objects("Payment");
    let [payment] = payments.as_slice() else {
        panic!("{payments:?}");
    };
    assert_eq!(
        linked(payment),
        [
            "CreditMemo 1 30.00",
            "CreditMemo 3 50.00",
            "Invoice 4 80.00"
        ]
    );
    for (field, value) in [
        ("TotalAmt", "0"),
        ("UnappliedAmt", "0"),
        (
            "PrivateNote",
            "\"Created by QB Online to link credits to charges.\"",
        ),
    ] {
        assert_eq!(payment.at(field).unwrap().to_string(), value, "{field}");
    }
    assert!(payment.at("DepositToAccountRef").is_none());
    assert_eq!(app.shown("CreditMemo", "3", "RemainingCredit"), "50.00");
    assert_eq!(app.shown("CreditMemo", "2", "RemainingCredit"), "500.00");
    // An invoice that is changed later is not linked again.
    let raised = format!(
        r#"{{"Id":"4","SyncToken":"1","sparse":true,"Line":[{}]}}"#,
        line("90")
    );
    app.post("invoice", &raised);
    assert_eq!(app.shown("Invoice", "4", "Balance"), "10.00");
}

#[test]
fn a_new_credit_goes_to_the_invoices_that_are_open() {
    let app = company();
    for amount in ["30", "40", "50"] {
        app.invoice("1", amount);
    }
    app.post("creditmemo", &invoice_body("1", "60"));
    let payments = app.sandbox.objects("Payment");
    assert_eq!(
        linked(&payments[0]),
        ["Invoice 1 30.00", "Invoice 2 30.00", "CreditMemo 4 60.00"]
    );
    let preferences = app.get("preferences");
    let told = preferences.at("Preferences.SalesFormsPrefs.AutoApplyCredit");
    assert_eq!(told.unwrap().to_string(), "true");
}

#[test]
fn the_payment_is_told_as_made() {
    let receiver = Receiver::new();
    let app = company();
    app.post("creditmemo", &invoice_body("1", "30"));
    app.sandbox
        .subscribe(Some(webhook(PayloadForm::EventNotifications)));
    app.invoice("1", "30");
    deliver(&app, &receiver);
    assert_eq!(
        told(&receiver),
        [
            "Create Invoice 2",
            "Update CreditMemo 1",
            "Create Payment 3"
        ]
    );
}
