//! The client over a stand-in for the network.

use std::time::Duration;

use insta::assert_snapshot;
use ports::{HttpFailure, HttpResponse};
use qbo::{
    AccessToken, Answer, BatchId, BatchItem, Client, Customer, Invoice, QboError, Query, RealmId,
    Request, RequestId, Term,
};

use crate::doubles::{Canned, lost, not_sent, response, too_long};

fn token() -> AccessToken {
    AccessToken::new("eyJ-secret".into())
}

fn read() -> Request {
    Request::read::<Customer>(&"5".into())
}

fn write() -> Request {
    let attempt = RequestId::new("a1").unwrap();
    Request::create(&Customer::default(), attempt).unwrap()
}

async fn send(
    request: &Request,
    answer: Result<HttpResponse, HttpFailure>,
) -> Result<Answer, QboError> {
    let realm = RealmId::new("913").unwrap();
    Client::new(Canned::of(answer), "https://qb.example", realm)
        .send(&token(), request)
        .await
}

/// What happens next, in one word.
async fn next(request: &Request, answer: Result<HttpResponse, HttpFailure>) -> String {
    let error = send(request, answer).await.unwrap_err();
    let name = format!("{error:?}");
    name.split([' ', '{']).next().unwrap().to_owned()
}

#[tokio::test]
async fn a_write_carries_the_token_and_the_exact_body() {
    let realm = RealmId::new("913").unwrap();
    let http = std::sync::Arc::new(Canned::answering(200, "{}"));
    let client = Client::new(http.clone(), "https://qb.example", realm);
    client.send(&token(), &write()).await.unwrap();
    let asked = http.asked();
    assert_snapshot!(asked.url, @"https://qb.example/v3/company/913/customer?minorversion=75&requestid=a1");
    assert_eq!(asked.body, b"{}");
    assert_eq!(asked.timeout, qbo::TIMEOUT);
    assert_snapshot!(format!("{:?}", asked.headers), @r#"[("authorization", "Bearer eyJ-secret"), ("accept", "application/json"), ("content-type", "application/json")]"#);
}

#[tokio::test]
async fn an_answer_is_read_with_its_name() {
    let body = r#"{"Customer":{"Id":"5","SyncToken":"1","Novelty":{"a":[1]},"DisplayName":"Ann"},"time":"2026-03-02T10:00:00.000-08:00"}"#;
    for header in ["intuit_tid", "intuit-tid"] {
        let answer = send(&read(), Ok(response(200, &[(header, "1-5f")], body)))
            .await
            .unwrap();
        assert_eq!(answer.tid().as_str(), Some("1-5f"));
        let customer: Customer = answer.parse().unwrap();
        assert_eq!(customer.display_name.as_deref(), Some("Ann"));
        assert_eq!(customer.sync_token, Some("1".into()));
    }
}

#[tokio::test]
async fn a_page_has_rows_or_none() {
    let query = Request::query(&Query::select("Term"));
    for (body, rows) in [
        (r#"{"QueryResponse":{},"time":"t"}"#, Some(0)),
        (r#"{"QueryResponse":{"totalCount":0}}"#, Some(0)),
        (
            r#"{"QueryResponse":{"Term":[{"Id":"3","Name":"Net 30","DueDays":30}],"startPosition":1,"maxResults":1}}"#,
            Some(1),
        ),
        (r#"{"Term":[]}"#, None),
    ] {
        let answer = send(&query, Ok(response(200, &[], body))).await.unwrap();
        assert_eq!(answer.query_rows::<Term>().ok().map(|r| r.len()), rows);
    }
}

#[tokio::test]
async fn a_lost_answer_is_uncertain_for_a_write_only() {
    assert_eq!(next(&read(), Err(lost())).await, "Unavailable");
    assert_eq!(next(&write(), Err(lost())).await, "Uncertain");
    // Of a write nobody knows whether it was done: `outcome_unknown`.
    for request in [read(), write()] {
        let error = send(&request, Err(too_long())).await.unwrap_err();
        assert!(matches!(error, QboError::Unreadable { .. }), "{error}");
        assert_eq!(error.outcome_unknown(), request.request_id().is_some());
    }
    assert_eq!(next(&read(), Err(not_sent())).await, "Unavailable");
    assert_eq!(next(&write(), Err(not_sent())).await, "Unavailable");
    let queries = [BatchItem::query(BatchId::from(0), &Query::select("Term"))];
    let batch = Request::batch(&queries, RequestId::new("a1").unwrap()).unwrap();
    assert_eq!(next(&batch, Err(lost())).await, "Unavailable");
}

#[tokio::test]
async fn without_a_readable_fault_the_status_decides() {
    let html = "<html><head><title>502 Bad Gateway</title></head></html>";
    for (status, body, on_read, on_write) in [
        (500, "", "Unavailable", "Uncertain"),
        (502, html, "Unavailable", "Uncertain"),
        (503, "upstream connect error", "Unavailable", "Uncertain"),
        (504, "{}", "Unavailable", "Uncertain"),
        (408, "", "Unavailable", "Uncertain"),
        (401, "", "Unauthorized", "Unauthorized"),
        (429, html, "Throttled", "Throttled"),
        (400, html, "Refused", "Refused"),
        (403, html, "Refused", "Refused"),
        (404, "", "Refused", "Refused"),
        (302, "", "Refused", "Refused"),
    ] {
        let answer = || Ok(response(status, &[], body));
        assert_eq!(next(&read(), answer()).await, on_read, "{status}");
        assert_eq!(next(&write(), answer()).await, on_write, "{status}");
    }
}

#[tokio::test]
async fn the_wait_is_a_minute_unless_quickbooks_names_another() {
    for (header, seconds) in [
        (vec![], 60),
        (vec![("retry-after", "7")], 7),
        (vec![("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT")], 60),
    ] {
        let error = send(&read(), Ok(response(429, &header, "")))
            .await
            .unwrap_err();
        let QboError::Throttled { wait, .. } = error else {
            panic!("{error:?}");
        };
        assert_eq!(wait, Duration::from_secs(seconds));
    }
}

#[tokio::test]
async fn a_success_that_cannot_be_read_leaves_a_write_uncertain() {
    for body in [
        "",
        "<html></html>",
        "{}",
        r#"{"Customer":5}"#,
        r#"{"Customer":{"#,
    ] {
        for (request, unknown) in [(read(), false), (write(), true)] {
            let answer = send(&request, Ok(response(200, &[], body))).await.unwrap();
            let error = answer.parse::<Customer>().unwrap_err();
            assert!(matches!(error, QboError::Unreadable { .. }), "{body}");
            assert_eq!(error.outcome_unknown(), unknown, "{body}");
        }
    }
    let binary = HttpResponse {
        status: 200,
        body: vec![0xff, 0xfe],
        ..HttpResponse::default()
    };
    assert_eq!(next(&write(), Ok(binary)).await, "Unreadable");
}

#[tokio::test]
async fn the_text_of_an_unreadable_answer_does_not_quote_it() {
    let body = r#"{"Invoice":{"TxnDate":"Ann Secret"}}"#;
    let answer = send(&read(), Ok(response(200, &[("intuit_tid", "1-a")], body)))
        .await
        .unwrap();
    assert_snapshot!(answer.parse::<Invoice>().unwrap_err(), @"the answer of QuickBooks cannot be read as Invoice (Data error at line 1, column 23) (intuit_tid 1-a)");
    assert_snapshot!(format!("{answer:?}"), @"Answer(36 bytes) (intuit_tid 1-a)");
}

#[tokio::test]
async fn a_fault_inside_a_success_is_a_fault() {
    let json = r#"{"Fault":{"Error":[{"Message":"m","Detail":"d","code":"5010"}],"type":"ValidationFault"}}"#;
    let xml =
        r#"<IntuitResponse><Fault type="SERVICE"><Error code="3001"/></Fault></IntuitResponse>"#;
    assert_eq!(next(&write(), Ok(response(200, &[], json))).await, "Stale");
    assert_eq!(
        next(&write(), Ok(response(200, &[], xml))).await,
        "Throttled"
    );
}

#[tokio::test]
async fn every_item_of_a_batch_has_its_own_outcome() {
    let body = r#"{"BatchItemResponse":[
        {"Customer":{"Id":"71","SyncToken":"0","DisplayName":"Ann"},"bId":"b0"},
        {"Fault":{"Error":[{"Message":"m","Detail":"d","code":"6240"}],"type":"ValidationFault"},"bId":"b1"},
        {"QueryResponse":{"Term":[{"Id":"3"}],"maxResults":1},"bId":"b2"},
        {"QueryResponse":{},"bId":"b3"},
        {"Customer":{"Id":5},"bId":"b4"},
        {"bId":"b5"},
        {"Customer":{"Id":"72"}}
    ],"time":"t"}"#;
    let answer = send(&write(), Ok(response(200, &[("intuit_tid", "1-b")], body)))
        .await
        .unwrap();
    let results = answer.batch().unwrap();
    let ids: Vec<&str> = results.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(
        ids,
        ["b0", "b1", "b2", "b3", "b4"],
        "unanswered ones are missing"
    );

    let value = |place: usize| results[place].1.as_ref().unwrap();
    assert_eq!(value(0).entity::<Customer>().unwrap().id, Some("71".into()));
    let error = value(0).entity::<Term>().unwrap_err();
    assert!(error.outcome_unknown());
    assert_eq!(value(2).rows::<Term>().unwrap().len(), 1);
    assert_eq!(value(3).rows::<Term>().unwrap(), []);
    assert!(!value(0).rows::<Term>().unwrap_err().outcome_unknown());
    assert!(value(4).entity::<Customer>().unwrap_err().outcome_unknown());

    let fault = results[1].1.as_ref().unwrap_err().clone();
    let error = QboError::from_fault(fault, qbo::Effect::Write, answer.tid().clone());
    assert!(matches!(error, QboError::DuplicateName { .. }));
    assert_eq!(error.tid().as_str(), Some("1-b"));
}
