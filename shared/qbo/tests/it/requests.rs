//! What is sent, to the letter.

use insta::assert_snapshot;
use jiff::civil::date;
use money::{Cents, Quantity};
use qbo::{
    Address, BatchId, BatchItem, Customer, DocNumber, Effect, Entity, Id, Invoice, Item, ItemType,
    Line, Method, Query, RealmId, Ref, Request, RequestError, RequestId, SalesItemLine, SyncToken,
};

const BASE: &str = "https://quickbooks.api.intuit.com/";

fn realm() -> RealmId {
    RealmId::new("9130350000000000").unwrap()
}

fn attempt() -> RequestId {
    RequestId::new("5f0c1d1e-1111-4222-8333-444455556666").unwrap()
}

fn customer() -> Customer {
    Customer {
        display_name: Some("Renée O'Neil".to_owned()),
        given_name: Some("Renée".to_owned()),
        primary_email_addr: Some("renee@example.com".to_owned().into()),
        mobile: Some("(555) 010-0199".to_owned().into()),
        bill_addr: Some(Address {
            line1: Some("12 Elm St".to_owned()),
            line2: Some("Unit 4".to_owned()),
            city: Some("Denver".to_owned()),
            country_sub_division_code: Some("CO".to_owned()),
            postal_code: Some("80202".to_owned()),
            ..Address::default()
        }),
        ..Customer::default()
    }
}

fn invoice() -> Invoice {
    let tune_up = SalesItemLine {
        item: Some(Ref::to("21")),
        qty: Some(Quantity::from_hundredths(250)),
        unit_price: Some(Cents::new(9_500).into()),
        tax_code: Some(Ref::to("NON")),
        service_date: Some(date(2026, 3, 2)),
        ..SalesItemLine::default()
    };
    Invoice {
        doc_number: Some(DocNumber::new("1042-1").unwrap()),
        txn_date: Some(date(2026, 3, 2)),
        due_date: Some(date(2026, 3, 17)),
        customer_ref: Some(Ref::to("58")),
        line: vec![
            Line::sales_item(Cents::new(23_750), tune_up).described("Tune-up"),
            Line::text("Thank you"),
            Line::discount(Cents::new(1_000), Some(Ref::to("86"))),
        ],
        ship_addr: Some(Address {
            line1: Some("9 Lake Rd".to_owned()),
            city: Some("Aspen".to_owned()),
            ..Address::default()
        }),
        ..Invoice::default()
    }
}

#[test]
fn a_new_customer() {
    let request = Request::create(&customer(), attempt()).unwrap();
    assert_eq!(request.effect(), Effect::Write);
    assert_snapshot!(request.url(BASE, &realm()), @"https://quickbooks.api.intuit.com/v3/company/9130350000000000/customer?minorversion=75&requestid=5f0c1d1e-1111-4222-8333-444455556666");
    assert_snapshot!(request.body(), @r#"{"DisplayName":"Renée O'Neil","GivenName":"Renée","Mobile":{"FreeFormNumber":"(555) 010-0199"},"PrimaryEmailAddr":{"Address":"renee@example.com"},"BillAddr":{"Line1":"12 Elm St","Line2":"Unit 4","City":"Denver","CountrySubDivisionCode":"CO","PostalCode":"80202"}}"#);
}

#[test]
fn a_new_item() {
    let item = Item {
        name: Some("Tune-up".to_owned()),
        kind: Some(ItemType::Service),
        unit_price: Some(Cents::new(9_500).into()),
        income_account_ref: Some(Ref::to("79")),
        taxable: Some(false),
        ..Item::default()
    };
    assert_snapshot!(Request::create(&item, attempt()).unwrap().body(), @r#"{"Name":"Tune-up","Type":"Service","Taxable":false,"UnitPrice":95,"IncomeAccountRef":{"value":"79"}}"#);
}

#[test]
fn a_new_invoice_with_a_ship_to_address() {
    let request = Request::create(&invoice(), attempt()).unwrap();
    assert_snapshot!(request.url(BASE, &realm()), @"https://quickbooks.api.intuit.com/v3/company/9130350000000000/invoice?minorversion=75&requestid=5f0c1d1e-1111-4222-8333-444455556666");
    assert_snapshot!(request.body(), @r#"{"DocNumber":"1042-1","TxnDate":"2026-03-02","DueDate":"2026-03-17","CustomerRef":{"value":"58"},"Line":[{"Description":"Tune-up","Amount":237.50,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"21"},"Qty":2.5,"UnitPrice":95,"TaxCodeRef":{"value":"NON"},"ServiceDate":"2026-03-02"}},{"Description":"Thank you","DetailType":"DescriptionOnly","DescriptionLineDetail":{}},{"Amount":10.00,"DetailType":"DiscountLineDetail","DiscountLineDetail":{"PercentBased":false,"DiscountAccountRef":{"value":"86"}}}],"ShipAddr":{"Line1":"9 Lake Rd","City":"Aspen"}}"#);
}

#[test]
fn an_object_that_was_read_is_created_anew_without_its_identity() {
    let mut copy = customer();
    copy.set_identity(Some(("58".into(), "3".into())));
    assert_eq!(
        Request::create(&copy, attempt()).unwrap(),
        Request::create(&customer(), attempt()).unwrap()
    );
}

#[test]
fn a_sparse_update() {
    let change = Invoice {
        due_date: Some(date(2026, 4, 1)),
        line: vec![Line::sales_item(Cents::new(5), SalesItemLine::default())],
        ..Invoice::default()
    };
    let (id, token) = (Id::from("266"), SyncToken::from("7"));
    let request = Request::sparse_update(&id, &token, &change, attempt()).unwrap();
    assert_snapshot!(request.url(BASE, &realm()), @"https://quickbooks.api.intuit.com/v3/company/9130350000000000/invoice?minorversion=75&requestid=5f0c1d1e-1111-4222-8333-444455556666");
    assert_snapshot!(request.body(), @r#"{"sparse":true,"Id":"266","SyncToken":"7","DueDate":"2026-04-01","Line":[{"Amount":0.05,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{}}]}"#);
}

#[test]
fn a_void() {
    let payment = Request::void_payment(&"266".into(), &"7".into(), attempt()).unwrap();
    assert!(
        payment
            .url(BASE, &realm())
            .ends_with("&operation=update&include=void")
    );
    assert_eq!(payment.body(), r#"{"Id":"266","SyncToken":"7"}"#);
    let request = Request::void_invoice(&"266".into(), &"7".into(), attempt()).unwrap();
    assert_snapshot!(request.url(BASE, &realm()), @"https://quickbooks.api.intuit.com/v3/company/9130350000000000/invoice?minorversion=75&requestid=5f0c1d1e-1111-4222-8333-444455556666&operation=void");
    assert_snapshot!(request.body(), @r#"{"Id":"266","SyncToken":"7"}"#);
}

#[test]
fn a_query() {
    let query = Query::select(Customer::NAME)
        .where_eq("DisplayName", "Bob & Söhne's 100%")
        .with_inactive();
    let request = Request::query(&query);
    assert_eq!(request.effect(), Effect::Read);
    assert_snapshot!(request.url(BASE, &realm()), @"https://quickbooks.api.intuit.com/v3/company/9130350000000000/query?minorversion=75&query=SELECT%20%2A%20FROM%20Customer%20WHERE%20DisplayName%20%3D%20%27Bob%20%26%20S%C3%B6hne%5C%27s%20100%25%27%20AND%20Active%20IN%20%28true%2C%20false%29");
    assert_eq!(request.body(), "");
}

#[test]
fn a_long_query_travels_in_the_body() {
    let names = |count: usize| {
        let names = (0..count).map(|place| format!("Annual maintenance, tier {place:03}"));
        Request::query(&Query::select(Item::NAME).where_in("Name", names))
    };
    let (short, long) = (names(80), names(100));
    assert_eq!(short.method(), Method::Get);
    assert_eq!(short.content_type(), None);
    assert!(short.url(BASE, &realm()).len() < 8_000);
    assert_eq!(long.method(), Method::Post);
    assert_eq!(long.content_type(), Some("application/text"));
    assert_eq!(long.effect(), Effect::Read);
    assert!(
        long.body()
            .starts_with("SELECT * FROM Item WHERE Name IN ('Annual")
    );
    assert_snapshot!(long.url(BASE, &realm()), @"https://quickbooks.api.intuit.com/v3/company/9130350000000000/query?minorversion=75");
}

#[test]
fn reads() {
    let realm = realm();
    assert_snapshot!(Request::read::<Invoice>(&"266".into()).url(BASE, &realm), @"https://quickbooks.api.intuit.com/v3/company/9130350000000000/invoice/266?minorversion=75");
    assert_snapshot!(Request::read::<Item>(&"../5?x=1".into()).url(BASE, &realm), @"https://quickbooks.api.intuit.com/v3/company/9130350000000000/item/..%2F5%3Fx%3D1?minorversion=75");
    assert_snapshot!(Request::preferences().url(BASE, &realm), @"https://quickbooks.api.intuit.com/v3/company/9130350000000000/preferences?minorversion=75");
    assert_snapshot!(Request::company_info(&realm).url(BASE, &realm), @"https://quickbooks.api.intuit.com/v3/company/9130350000000000/companyinfo/9130350000000000?minorversion=75");
}

#[test]
fn a_batch() {
    let items = [
        BatchItem::create(BatchId::from(0), &customer()).unwrap(),
        BatchItem::sparse_update(
            BatchId::from(1),
            &"19".into(),
            &"0".into(),
            &Item {
                active: Some(true),
                ..Item::default()
            },
        )
        .unwrap(),
        BatchItem::query(
            BatchId::from(2),
            &Query::select("Term").where_eq("Name", "Net 15"),
        ),
    ];
    let request = Request::batch(&items, attempt()).unwrap();
    assert_eq!(request.effect(), Effect::Write);
    assert_snapshot!(request.url(BASE, &realm()), @"https://quickbooks.api.intuit.com/v3/company/9130350000000000/batch?minorversion=75&requestid=5f0c1d1e-1111-4222-8333-444455556666");
    assert_snapshot!(request.body(), @r#"{"BatchItemRequest":[{"bId":"b0","operation":"create","Customer":{"DisplayName":"Renée O'Neil","GivenName":"Renée","Mobile":{"FreeFormNumber":"(555) 010-0199"},"PrimaryEmailAddr":{"Address":"renee@example.com"},"BillAddr":{"Line1":"12 Elm St","Line2":"Unit 4","City":"Denver","CountrySubDivisionCode":"CO","PostalCode":"80202"}}},{"bId":"b1","operation":"update","Item":{"sparse":true,"Id":"19","SyncToken":"0","Active":true}},{"bId":"b2","Query":"SELECT * FROM Term WHERE Name = 'Net 15'"}]}"#);
}

#[test]
fn a_batch_of_queries_is_a_read() {
    let items = [BatchItem::query(BatchId::from(0), &Query::select("Term"))];
    let request = Request::batch(&items, attempt()).unwrap();
    assert_eq!(request.effect(), Effect::Read);
}

#[test]
fn a_batch_that_quickbooks_would_refuse_is_not_built() {
    let query = |place: u8| BatchItem::query(BatchId::from(place), &Query::select("Term"));
    let many: Vec<BatchItem> = (0..31).map(query).collect();
    assert!(Request::batch(&many[..30], attempt()).is_ok());
    assert!(matches!(
        Request::batch(&many, attempt()),
        Err(RequestError::BatchSize(31))
    ));
    assert!(matches!(
        Request::batch(&[], attempt()),
        Err(RequestError::BatchSize(0))
    ));
    assert!(matches!(
        Request::batch(&[query(1), query(1)], attempt()),
        Err(RequestError::BatchIdTwice(_))
    ));
    let long = RequestId::new("a".repeat(37)).unwrap();
    assert!(matches!(
        Request::batch(&many[..1], long),
        Err(RequestError::BatchRequestId)
    ));
}

#[test]
fn ids_have_their_lengths_and_no_odd_characters() {
    assert!(RequestId::new("a".repeat(50)).is_ok());
    assert!(BatchId::new("a".repeat(10)).is_ok());
    for bad in ["", "a b", "a&b", "é"] {
        assert!(RequestId::new(bad).is_err(), "{bad:?}");
        assert!(BatchId::new(bad).is_err(), "{bad:?}");
    }
    assert!(RequestId::new("a".repeat(51)).is_err());
    assert!(BatchId::new("a".repeat(11)).is_err());
}

#[test]
fn a_stored_request_is_the_same_request() {
    let request = Request::create(&invoice(), attempt()).unwrap();
    let stored = serde_json::to_string(&request).unwrap();
    let again: Request = serde_json::from_str(&stored).unwrap();
    assert_eq!(again, request);
    assert_eq!(again.url(BASE, &realm()), request.url(BASE, &realm()));
}

#[test]
fn a_log_of_a_request_holds_no_names() {
    let request = Request::create(&customer(), attempt()).unwrap();
    assert_snapshot!(format!("{request:?}"), @r#"Request { method: Post, path: "customer", request_id: Some(RequestId("5f0c1d1e-1111-4222-8333-444455556666")), .. }"#);
}

#[test]
fn a_full_update_carries_what_is_not_ours_and_leaves_out_what_is_cleared() {
    let current = r#"{
        "Id": "130", "SyncToken": "4", "domain": "QBO", "sparse": false,
        "MetaData": {"CreateTime": "2026-03-02T10:00:00-08:00"},
        "InvoiceEx": {"any": []}, "SalesTermRef": {"value": "3"}, "DueDate": "2026-04-01",
        "CustomField": [{"DefinitionId": "1", "Type": "StringType"}], "ExchangeRate": 1.000000
    }"#;
    let current: qbo::Fields = serde_json::from_str(current).unwrap();
    let ours = Invoice {
        due_date: Some(date(2026, 9, 9)),
        customer_ref: Some(Ref::to("58")),
        ..Invoice::default()
    };
    let request = Request::full_update(&current, &ours, &["SalesTermRef"], attempt()).unwrap();
    assert_eq!(request.path(), "invoice");
    assert_eq!(request.effect(), Effect::Write);
    assert_snapshot!(request.body(), @r#"{"CustomField":[{"DefinitionId": "1", "Type": "StringType"}],"CustomerRef":{"value":"58"},"DueDate":"2026-09-09","ExchangeRate":1.000000,"Id":"130","SyncToken":"4"}"#);
}
