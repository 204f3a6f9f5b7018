//! Documents as a widely used library writes them: every field, most of them empty.

use crate::app::App;

/// What python-quickbooks sends for an object of which only the needed fields were set.
#[test]
fn documents_of_python_quickbooks_are_taken() {
    let app = App::new();
    app.customer("Amy");
    let sale = r#"{"Amount":100,"CustomField":[],"Description":"x","DetailType":"SalesItemLineDetail","LineNum":0,"LinkedTxn":[],"SalesItemLineDetail":{"ItemRef":{"name":"Services","type":"Item","value":"1"},"Qty":0,"ServiceDate":"","TaxInclusiveAmt":0,"UnitPrice":0}}"#;
    let customer = r#""CustomerRef":{"name":"Amy","type":"Customer","value":"1"}"#;
    let common = r#""DocNumber":"","TxnDate":"","PrivateNote":"","TotalAmt":0,"PrintStatus":"NotSet","Balance":0,"ExchangeRate":1,"GlobalTaxCalculation":"TaxExcluded","SyncToken":0,"domain":"QBO","sparse":false,"CustomField":[]"#;
    let bodies = [
        (
            "invoice",
            format!(
                r#"{{{customer},"AllowIPNPayment":true,"AllowOnlineACHPayment":false,"AllowOnlineCreditCardPayment":false,"ApplyTaxAfterDiscount":false,"Balance":0,"CustomField":[],"Deposit":0,"DueDate":"","EmailStatus":"NotSet","ExchangeRate":1,"FreeFormAddress":false,"GlobalTaxCalculation":"TaxExcluded","HomeBalance":0,"HomeTotalAmt":0,"InvoiceLink":"","Line":[{sale}],"LinkedTxn":[],"PrintStatus":"NotSet","PrivateNote":"","ShipDate":"","SyncToken":0,"TotalAmt":"","TrackingNum":"","TxnDate":"","domain":"QBO","sparse":false}}"#
            ),
            "100.00",
        ),
        (
            "salesreceipt",
            format!(
                r#"{{{customer},{common},"ApplyTaxAfterDiscount":false,"EmailStatus":"NotSet","PaymentRefNum":"","ShipDate":"","TrackingNum":"","Line":[{sale}],"LinkedTxn":[]}}"#
            ),
            "100.00",
        ),
        (
            "creditmemo",
            format!(
                r#"{{{customer},{},"ApplyTaxAfterDiscount":"","EmailStatus":"NotSet","RemainingCredit":0,"Line":[{sale}]}}"#,
                common.replace(r#""ExchangeRate":1"#, r#""ExchangeRate":0"#)
            ),
            "100.00",
        ),
        (
            "refundreceipt",
            format!(
                r#"{{{customer},{common},"ApplyTaxAfterDiscount":false,"PaymentRefNum":"","PaymentType":"","DepositToAccountRef":{{"name":"Checking","type":"Account","value":"7"}},"Line":[{sale}],"LinkedTxn":[]}}"#
            ),
            "100.00",
        ),
        (
            "payment",
            format!(
                r#"{{{customer},"Line":[{{"Amount":100,"LinkedTxn":[{{"TxnId":"1","TxnLineId":1,"TxnType":"Invoice"}}]}}],"SyncToken":0,"TotalAmt":100,"domain":"QBO","sparse":false}}"#
            ),
            "100.00",
        ),
        ("deposit", r#"{"CurrencyRef":null,"DepositToAccountRef":{"name":"Checking","type":"Account","value":"7"},"DocNumber":"","ExchangeRate":1,"GlobalTaxCalculation":"TaxExcluded","HomeTotalAmt":0,"Line":[{"Amount":25,"CustomField":[],"DepositLineDetail":{"AccountRef":{"name":"Services","type":"Account","value":"1"},"CheckNum":""},"Description":"","DetailType":"DepositLineDetail","LineNum":0,"LinkedTxn":[]}],"PrivateNote":"","SyncToken":0,"TotalAmt":0,"TxnDate":"","TxnStatus":"","domain":"QBO","sparse":false}"#.to_owned(), "25.00"),
    ];
    for (path, body, total) in bodies {
        let made = app.post(path, &body);
        let (_, object) = made.as_object().unwrap().iter().next().unwrap();
        assert_eq!(object.at("TotalAmt").unwrap().to_string(), total, "{path}");
    }
    let side = |posting: &str, account: &str| {
        format!(
            r#"{{"Amount":5,"CustomField":[],"Description":"x","DetailType":"JournalEntryLineDetail","JournalEntryLineDetail":{{"AccountRef":{{"name":"","type":"Account","value":"{account}"}},"PostingType":"{posting}","TaxAmount":0,"TaxApplicableOn":"Sales"}},"LineNum":0,"LinkedTxn":[]}}"#
        )
    };
    app.post("journalentry", &format!(r#"{{"Adjustment":false,"DocNumber":"","ExchangeRate":1,"Line":[{},{}],"PrivateNote":"","SyncToken":0,"TotalAmt":0,"TxnDate":"","domain":"QBO","sparse":false}}"#, side("Debit", "7"), side("Credit", "8")));
}
