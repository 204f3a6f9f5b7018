//! What QuickBooks may leave out, add or write in another form.

use jiff::civil::date;
use money::Cents;
use qbo::{
    CompanyInfo, Customer, Id, Invoice, Item, ItemType, LineDetail, Payee, Payment, PaymentLine,
    Preferences, Price, Purchase, PurchaseLine, Ref,
};
use serde::de::DeserializeOwned;

fn read<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap()
}

#[test]
fn references_are_equal_when_they_point_to_the_same_object() {
    let named: Ref = read(r#"{"value":"1","name":"Services"}"#);
    assert_eq!(named, Ref::to("1"));
    assert_ne!(named, Ref::to("2"));
}

#[test]
fn absent_empty_and_null_read_alike() {
    for json in [
        "{}",
        r#"{"Line":[],"LinkedTxn":[]}"#,
        r#"{"Line":null,"LinkedTxn":null,"DueDate":null,"CustomerRef":null}"#,
    ] {
        assert_eq!(read::<Invoice>(json), Invoice::default(), "{json}");
    }
    assert_eq!(
        read::<Preferences>(r#"{"TaxPrefs":null}"#),
        Preferences::default()
    );
}

#[test]
fn a_stamp_that_cannot_be_read_does_not_cost_the_answer() {
    let customer: Customer = read(
        r#"{"Id":"5","MetaData":{"CreateTime":"yesterday","LastUpdatedTime":"2026-03-02T10:00:00-08:00"}}"#,
    );
    let meta = customer.meta_data.unwrap();
    assert_eq!(meta.create_time, None);
    assert_eq!(
        meta.last_updated_time,
        Some("2026-03-02T18:00:00Z".parse().unwrap())
    );
}

#[test]
fn every_kind_of_item_is_known_or_kept() {
    for (text, kind) in [
        ("Service", ItemType::Service),
        ("NonInventory", ItemType::NonInventory),
        ("Inventory", ItemType::Inventory),
        ("Category", ItemType::Category),
        ("Group", ItemType::Other("Group".to_owned())),
    ] {
        let json = format!("{{\"Type\":\"{text}\"}}");
        let item: Item = read(&json);
        assert_eq!(item.kind, Some(kind));
        assert_eq!(serde_json::to_string(&item).unwrap(), json);
    }
    // An escape in the text means that it cannot be borrowed from the body.
    let item: Item = read(r#"{"Type":"Gr\u006fup"}"#);
    assert_eq!(item.kind, Some(ItemType::Other("Group".to_owned())));
}

#[test]
fn a_price_keeps_its_decimals_and_an_amount_its_cents() {
    let invoice: Invoice = read(
        r#"{"TotalAmt":100,"Balance":0.1,"Line":[{"Amount":100.00,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"Qty":3,"UnitPrice":33.3333333}}]}"#,
    );
    assert_eq!(invoice.total_amt.unwrap().get(), 10_000);
    assert_eq!(invoice.balance.unwrap().get(), 10);
    let LineDetail::SalesItem(sold) = &invoice.line[0].detail else {
        panic!("{:?}", invoice.line);
    };
    assert_eq!(
        sold.unit_price,
        Some("33.3333333".parse::<Price>().unwrap())
    );
}

#[test]
fn preferences_tell_how_documents_must_look() {
    let preferences: Preferences = read(
        r#"{"AccountingInfoPrefs":{"BookCloseDate":"2025-12-31","TrackDepartments":false,"ClassTrackingPerTxnLine":true},
            "SalesFormsPrefs":{"CustomTxnNumbers":true,"AllowDiscount":true,"DefaultTerms":{"value":"3"},"DefaultDiscountAccount":"86","ETransactionPaymentEnabled":true,"CustomField":[{"CustomField":[]}]},
            "TaxPrefs":{"UsingSalesTax":true,"PartnerTaxEnabled":true},
            "OtherPrefs":{"NameValue":[{"Name":"SalesFormsPrefs.DefaultItem","Value":"1"}]}}"#,
    );
    let books = &preferences.accounting_info_prefs;
    assert_eq!(books.book_close_date, Some(date(2025, 12, 31)));
    assert_eq!(books.class_tracking_per_txn_line, Some(true));
    let forms = &preferences.sales_forms_prefs;
    assert_eq!(forms.custom_txn_numbers, Some(true));
    assert_eq!(forms.e_transaction_payment_enabled, Some(true));
    assert_eq!(forms.default_discount_account, Some(Id::from("86")));
    assert_eq!(preferences.tax_prefs.partner_tax_enabled, Some(true));
    assert_eq!(
        preferences.setting("SalesFormsPrefs.DefaultItem"),
        Some("1")
    );
    assert_eq!(preferences.setting("nonsense"), None);

    let reference: Preferences =
        read(r#"{"SalesFormsPrefs":{"DefaultDiscountAccount":{"value":"86","name":"Discounts"}}}"#);
    assert_eq!(
        reference.sales_forms_prefs.default_discount_account,
        forms.default_discount_account
    );
}

#[test]
fn a_company_tells_its_subscription() {
    let company: CompanyInfo = read(
        r#"{"CompanyName":"Acme","Country":"US","NameValue":[{"Name":"SubscriptionStatus","Value":"TRIAL"}]}"#,
    );
    assert_eq!(company.setting("SubscriptionStatus"), Some("TRIAL"));
}

#[test]
fn an_expense_is_read_as_quickbooks_tells_it_and_written_as_it_takes_it() {
    let told: Purchase = read(
        r#"{"domain":"QBO","Id":"9","SyncToken":"1","AccountRef":{"value":"4","name":"Undeposited Funds"},"PaymentType":"Cash","EntityRef":{"value":"58","name":"Dana Sample","type":"Customer"},"Credit":false,"TotalAmt":50.00,"PurchaseEx":{"any":[]},"TxnDate":"2026-07-25","PrivateNote":"HCP job 104","Line":[{"Id":"1","Description":"Refund","Amount":50.00,"DetailType":"AccountBasedExpenseLineDetail","AccountBasedExpenseLineDetail":{"AccountRef":{"value":"84","name":"Accounts Receivable (A/R)"},"BillableStatus":"NotBillable","TaxCodeRef":{"value":"NON"}}}],"LinkedTxn":[{"TxnId":"7","TxnType":"Payment"}]}"#,
    );
    let line = PurchaseLine {
        description: Some("Refund".to_owned()),
        ..PurchaseLine::on_account(Id::new("84"), Cents::new(5_000))
    };
    assert_eq!(told.line, std::slice::from_ref(&line));
    assert_eq!(told.total_amt, Some(Cents::new(5_000)));
    assert_eq!(told.linked_txn[0].txn_type, "Payment");
    let payee = told.entity_ref.unwrap();
    assert!(payee.is_customer(&Id::new("58")) && !payee.is_customer(&Id::new("5")));
    let vendor = Payee {
        kind: Some("Vendor".to_owned()),
        ..payee
    };
    assert!(!vendor.is_customer(&Id::new("58")));
    let sent = Purchase {
        payment_type: Some(Purchase::CASH.to_owned()),
        entity_ref: Some(Payee::customer(Id::new("58"))),
        line: vec![line],
        ..Purchase::default()
    };
    assert_eq!(
        serde_json::to_string(&sent).unwrap(),
        r#"{"PaymentType":"Cash","EntityRef":{"value":"58","type":"Customer"},"Line":[{"Description":"Refund","Amount":50.00,"DetailType":"AccountBasedExpenseLineDetail","AccountBasedExpenseLineDetail":{"AccountRef":{"value":"84"}}}]}"#
    );
}

#[test]
fn a_payment_tells_what_of_it_pays_invoices_and_what_expenses_gave_back() {
    let line = |kind: &str, amount: &str| {
        format!(r#"{{"Amount":{amount},"LinkedTxn":[{{"TxnId":"9","TxnType":"{kind}"}}]}}"#)
    };
    let lines = [line("Invoice", "49.00"), line("Expense", "50.00")].join(",");
    let payment: Payment = read(&format!(r#"{{"Line":[{lines}]}}"#));
    let nine = Id::new("9");
    assert_eq!(payment.paid_of(&nine), Cents::new(4_900));
    assert_eq!(payment.given_back_by(&nine), Cents::new(5_000));
    assert_eq!(payment.given_back_by(&Id::new("8")), Cents::ZERO);
    let back: Vec<bool> = payment
        .line
        .iter()
        .map(PaymentLine::is_given_back)
        .collect();
    assert_eq!(back, [false, true]);
    assert_eq!(
        payment.line[1],
        PaymentLine::of_expense(nine, Cents::new(5_000))
    );
}
