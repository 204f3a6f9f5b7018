use std::sync::{Arc, Mutex};

use ports::HttpFailure;

use super::*;

/// Gives prepared answers in turn and notes what was asked.
#[derive(Default)]
struct Script {
    answers: Mutex<Vec<Result<HttpResponse, HttpFailure>>>,
    asked: Mutex<Vec<HttpRequest>>,
}

impl Http for Script {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        self.asked.lock().unwrap().push(request);
        self.answers.lock().unwrap().remove(0)
    }
}

fn client(answer: Result<HttpResponse, HttpFailure>) -> (Client<Arc<Script>>, Arc<Script>) {
    let script = Arc::new(Script::default());
    script.answers.lock().unwrap().push(answer);
    let client = Client::new(script.clone(), "https://hcp.example", "key-1".into());
    (client, script)
}

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Result<HttpResponse, HttpFailure> {
    Ok(HttpResponse {
        status,
        headers: headers
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect(),
        body: body.as_bytes().to_vec(),
    })
}

fn job_id() -> JobId {
    JobId::parse("job_1").unwrap()
}

async fn failure(answer: Result<HttpResponse, HttpFailure>) -> HcpError {
    client(answer).0.job(&job_id()).await.unwrap_err()
}

#[tokio::test]
async fn each_read_asks_for_its_own_address_with_the_key() {
    let at: Timestamp = "2026-07-25T10:12:02.9Z".parse().unwrap();
    let invoice = InvoiceId::parse("invoice_1").unwrap();
    let customer = CustomerId::parse("cus_1").unwrap();
    let (c, script) = client(answer(200, &[], "{}"));
    for _ in 0..17 {
        script.answers.lock().unwrap().push(answer(200, &[], "{}"));
    }
    // What was asked is the point; a list is missing in the answers.
    assert!(c.company().await.is_err());
    assert!(c.job(&job_id()).await.is_ok());
    assert!(c.line_items(&job_id()).await.is_err());
    assert!(c.invoices_of(&job_id()).await.is_err());
    assert!(c.invoice(&invoice).await.is_ok());
    assert!(c.customer(&customer).await.is_ok());
    assert!(c.paid_invoices(at, 2).await.is_err());
    assert!(c.sent_invoices(1).await.is_err());
    assert!(c.completed_jobs(3).await.is_err());
    assert!(c.jobs(2).await.is_err());
    assert!(c.customers(2).await.is_err());
    assert!(c.customers_like("Dana Sample").await.is_err());
    assert!(c.invoices(2).await.is_err());
    let paid = r#"{"id":"invoice_1","paid_at":"2026-07-25T10:12:02Z"}"#;
    let other = CustomerId::parse("cus_2").unwrap();
    for invoice in [paid, r#"{"id":"invoice_1"}"#] {
        let invoice: Invoice = serde_json::from_str(invoice).unwrap();
        let customers = [customer.clone(), other.clone()];
        assert!(c.is_of_one_of(&invoice, &customers).await.is_err());
    }
    assert!(c.tags(1).await.is_err());
    assert!(c.material_categories(1).await.is_err());
    let parts = MaterialCategoryId::parse("pbmcat_1").unwrap();
    assert!(c.materials(&parts, 2).await.is_err());

    let asked = script.asked.lock().unwrap();
    let paths: Vec<&str> = asked
        .iter()
        .map(|request| request.url.strip_prefix("https://hcp.example").unwrap())
        .collect();
    assert_eq!(
        paths,
        [
            "/company",
            "/jobs/job_1",
            "/jobs/job_1/line_items",
            "/jobs/job_1/invoices",
            "/api/invoices/invoice_1",
            "/customers/cus_1",
            "/invoices?status%5B%5D=paid&paid_at_min=2026-07-25T10%3A12%3A02Z&sort_by=paid_at&sort_direction=asc\
             &page=2&page_size=200",
            "/invoices?sort_by=sent_at&sort_direction=desc&page=1&page_size=200",
            "/jobs?work_status%5B%5D=completed&sort_by=updated_at&sort_direction=desc&page=3&page_size=200",
            "/jobs?sort_by=updated_at&sort_direction=desc&page=2&page_size=200",
            "/customers?sort_by=updated_at&sort_direction=desc&page=2&page_size=200",
            "/customers?q=Dana%20Sample&page=1&page_size=200",
            "/invoices?sort_by=created_at&sort_direction=asc&page=2&page_size=200",
            "/invoices?paid_at_min=2026-07-25T10%3A12%3A02Z&sort_by=paid_at&sort_direction=asc\
             &customer_uuid%5B%5D=cus_1&customer_uuid%5B%5D=cus_2&page=1&page_size=200",
            "/invoices?sort_by=updated_at&sort_direction=desc\
             &customer_uuid%5B%5D=cus_1&customer_uuid%5B%5D=cus_2&page=1&page_size=200",
            "/tags?page=1&page_size=200",
            "/api/price_book/material_categories?page=1&page_size=200",
            "/api/price_book/materials?material_category_uuid=pbmcat_1&page=2&page_size=200",
        ]
    );
    for request in asked.iter() {
        assert_eq!(request.method, Method::Get);
        assert!(
            request
                .headers
                .contains(&("authorization", "Token key-1".to_owned()))
        );
        assert_eq!(request.timeout, Duration::from_secs(10));
    }
}

#[tokio::test]
async fn r2_notes_and_tags_are_left_on_a_job() {
    let tag = TagId::parse("tag_1").unwrap();
    let (c, script) = client(answer(201, &[], r#"{"id":"tag_1","name":"paid-in-qbo"}"#));
    for status in [201, 201, 204] {
        let answer = answer(status, &[], "");
        script.answers.lock().unwrap().push(answer);
    }
    let made = c.make_tag("paid-in-qbo").await.unwrap();
    assert_eq!(
        (&made.id, made.name.as_deref()),
        (&tag, Some("paid-in-qbo"))
    );
    c.add_note(&job_id(), "Paid: \"99.00\"").await.unwrap();
    c.tag_job(&job_id(), &tag).await.unwrap();
    c.untag_job(&job_id(), &tag).await.unwrap();
    let asked = script.asked.lock().unwrap();
    let told: Vec<String> = asked
        .iter()
        .map(|request| {
            let path = request.url.strip_prefix("https://hcp.example").unwrap();
            let body = String::from_utf8_lossy(&request.body);
            format!("{} {path} {body}", request.method.as_str())
        })
        .collect();
    assert_eq!(
        told,
        [
            r#"POST /tags {"name":"paid-in-qbo"}"#,
            r#"POST /jobs/job_1/notes {"content":"Paid: \"99.00\""}"#,
            r#"POST /jobs/job_1/tags {"tag_id":"tag_1"}"#,
            "DELETE /jobs/job_1/tags/tag_1 ",
        ]
    );
}

#[tokio::test]
async fn lines_come_in_their_order_from_either_envelope() {
    for key in ["data", "line_items"] {
        let body = format!(
            r#"{{"object":"list","{key}":[{{"name":"third"}},{{"name":"second","order_index":1}},
            {{"name":"first","order_index":0}}]}}"#
        );
        let lines = client(answer(200, &[], &body))
            .0
            .line_items(&job_id())
            .await
            .unwrap();
        let names: Vec<_> = lines
            .iter()
            .map(|line| line.name.as_deref().unwrap())
            .collect();
        assert_eq!(names, ["first", "second", "third"]);
    }
}

#[tokio::test]
async fn the_invoices_of_a_job_know_their_job() {
    let body = r#"{"invoices":[{"id":"invoice_1"},{"id":"invoice_2","job_id":"job_2"}]}"#;
    let invoices = client(answer(200, &[], body))
        .0
        .invoices_of(&job_id())
        .await
        .unwrap();
    let jobs: Vec<_> = invoices
        .iter()
        .map(|i| i.job_id.as_ref().unwrap().as_str())
        .collect();
    assert_eq!(jobs, ["job_1", "job_2"]);

    let none = client(answer(200, &[], r#"{"invoices":[]}"#))
        .0
        .invoices_of(&job_id())
        .await;
    assert_eq!(none.unwrap(), []);
}

#[tokio::test]
async fn one_odd_record_hides_no_other_on_its_page() {
    let body = r#"{"page":2,"page_size":200,"total_pages":7,"total_items":1300,"invoices":[
        {"id":"invoice_1"},{"id":"Dana O’Neil"},"Dana",{"id":"invoice_3","payments":[{"amount":"Dana"}]}]}"#;
    let page = client(answer(200, &[], body))
        .0
        .sent_invoices(2)
        .await
        .unwrap();
    assert_eq!((page.page, page.total_pages), (2, 7));
    let ids: Vec<_> = page
        .items
        .iter()
        .map(|invoice| invoice.id.as_str())
        .collect();
    assert_eq!(ids, ["invoice_1", "invoice_3"]);
    assert_eq!(
        page.unreadable,
        [
            "row 2.id is missing or in a form that is not known",
            "row 3 is missing or in a form that is not known"
        ]
    );
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_tells_why() {
    for (body, reason) in [
        ("<html>", "it is not JSON, or was cut off"),
        ("", "it is not JSON, or was cut off"),
        (r#"{"id":"job_1"}{}"#, "it is not JSON, or was cut off"),
        (r#"["job_1"]"#, "it is not a record"),
    ] {
        match failure(answer(200, &[], body)).await {
            HcpError::Unreadable { what, reason: said } => {
                assert_eq!((what.as_str(), said.as_str()), ("job job_1", reason));
            }
            other => panic!("{body}: {other}"),
        }
    }
}

#[tokio::test]
async fn v24_a_list_without_what_tells_its_records_apart_names_the_field_and_not_its_value() {
    let invoices = async |body: &str| {
        let (client, _) = client(answer(200, &[], body));
        client.invoices_of(&job_id()).await.unwrap_err()
    };
    for (body, named) in [
        (r#"{"invoices":{}}"#, "invoices"),
        (r#"{"pages":1}"#, "invoices"),
        (
            r#"{"invoices":[{"id":"invoice_1"},{"id":{"dana":1}}]}"#,
            "invoices[1].id",
        ),
        (
            r#"{"data":[{"id":"invoice_1"},"dana@example.com"]}"#,
            "invoices[1]",
        ),
    ] {
        match invoices(body).await {
            HcpError::UnreadableField { what, field } => {
                assert_eq!(
                    (what.as_str(), field.as_str()),
                    ("invoices of job job_1", named)
                );
            }
            other => panic!("{body}: {other}"),
        }
    }
}

#[tokio::test]
async fn v24_a_record_that_was_asked_for_by_its_id_has_it() {
    for body in ["{}", r#"{"id":{}}"#, r#"{"id":"job_1","description":[]}"#] {
        let job = client(answer(200, &[], body)).0.job(&job_id()).await;
        assert_eq!(job.unwrap().id, job_id(), "{body}");
    }
}

#[tokio::test]
async fn v24_lines_stay_in_the_order_of_the_list_where_a_place_cannot_be_read() {
    let body = r#"{"data":[{"name":"first","order_index":5},{"name":"second","order_index":{}},{"name":"third","order_index":1}]}"#;
    let lines = client(answer(200, &[], body)).0.line_items(&job_id()).await;
    let names: Vec<_> = lines
        .unwrap()
        .into_iter()
        .map(|line| (line.name, line.order_index))
        .collect();
    let expected = ["first", "second", "third"].map(|name| (Some(name.to_owned()), None));
    assert_eq!(names, expected);
}

#[tokio::test]
async fn v24_a_page_is_read_whatever_it_says_about_pages() {
    let row = r#"{"id":"invoice_1"}"#;
    let full = vec![row; 200].join(",");
    for (rows, total) in [(row, 3), (full.as_str(), 4)] {
        let body =
            format!(r#"{{"page":"3","total_pages":"7","total_items":[],"invoices":[{rows}]}}"#);
        let page = client(answer(200, &[], &body)).0.sent_invoices(3).await;
        let page = page.unwrap();
        assert_eq!((page.page, page.total_pages), (3, total));
    }
}

#[tokio::test]
async fn failures_are_sorted_by_what_happens_next() {
    let html = "<!DOCTYPE html><html></html>";
    for (status, body, expected) in [
        (
            404,
            r#"{"error":{"message":"job not found"}}"#,
            "Housecall Pro has no job job_1",
        ),
        (
            404,
            r#"{"error":"Job not found"}"#,
            "Housecall Pro has no job job_1",
        ),
        (404, "", "Housecall Pro has no job job_1"),
        (
            404,
            html,
            "Housecall Pro refused job job_1 (status 404): the address is unknown there; check the base URL",
        ),
        (
            401,
            r#"{"message":"Unauthorized"}"#,
            "Housecall Pro does not accept the API key of this connection: it is wrong or was deleted. \
             Make a new one (My Apps, API Key Management) and run connect again",
        ),
        (
            422,
            r#"{"errors":{"status":"must be an array"}}"#,
            "Housecall Pro refused job job_1 (status 422): status must be an array",
        ),
        (
            403,
            "",
            "Housecall Pro refused job job_1 (status 403): no reason given",
        ),
        (
            500,
            html,
            "job job_1 could not be read or written in Housecall Pro now (status 500); it can be tried again",
        ),
        (
            408,
            "",
            "job job_1 could not be read or written in Housecall Pro now (status 408); it can be tried again",
        ),
    ] {
        assert_eq!(
            failure(answer(status, &[], body)).await.to_string(),
            expected
        );
    }
    let lost = HttpFailure::lost("hcp.example", "time-out");
    assert!(matches!(
        failure(Err(lost)).await,
        HcpError::Unavailable {
            outage: Outage::Network(_),
            ..
        }
    ));
    let too_long = HttpFailure::TooLong {
        host: "hcp.example".to_owned(),
        limit: 1_000,
    };
    assert_eq!(
        failure(Err(too_long)).await.to_string(),
        "the answer of Housecall Pro for job job_1 could not be read: the answer of hcp.example is longer than 1000 bytes"
    );
}

#[tokio::test]
async fn a_throttled_read_tells_how_long_to_wait() {
    let now = Timestamp::from_second(1_784_871_495).unwrap();
    for (headers, seconds) in [
        (&[][..], 5),
        (&[("retry-after", "7")], 7),
        (&[("retry-after", "0")], 1),
        (&[("retry-after", "86400")], 900),
        (&[("retry-after", "Fri, 24 Jul 2026 05:39:15 GMT")], 60),
        (&[("retry-after", "soon")], 5),
        (&[("ratelimit-reset", "1784871507")], 12),
        (&[("ratelimit-reset", "1784871000")], 1),
        (&[("ratelimit-reset", "99999999999999")], 5),
        (
            &[("ratelimit-reset", "1784871507"), ("retry-after", "3")],
            3,
        ),
    ] {
        match failure(answer(429, headers, r#"{"error":"Too many requests"}"#)).await {
            HcpError::Throttled { wait, .. } => {
                assert_eq!(wait.from(now), Duration::from_secs(seconds), "{headers:?}");
            }
            other => panic!("{other}"),
        }
    }
}

#[test]
fn the_key_does_not_show_in_debug_output() {
    let client = Client::new((), "https://hcp.example", "key-1".into());
    assert!(!format!("{client:?}").contains("key-1"));
}

#[tokio::test]
async fn the_price_book_comes_in_either_envelope_and_without_what_may_be_missing() {
    let row =
        r#"{"uuid":"pbmat_1","material_category_uuid":"","name":null,"price":1999.0,"new":[1]}"#;
    for (key, pages) in [("data", "total_pages_count"), ("materials", "total_pages")] {
        let body =
            format!(r#"{{"object":"list","page":1,"{pages}":3,"{key}":[{row},{{"name":"?"}}]}}"#);
        let parts = MaterialCategoryId::parse("pbmcat_1").unwrap();
        let (c, _) = client(answer(200, &[], &body));
        let page = c.materials(&parts, 1).await.unwrap();
        assert_eq!((page.total_pages, page.unreadable.len()), (3, 1), "{key}");
        let [filter] = page.items.as_slice() else {
            panic!("{page:?}")
        };
        assert_eq!(filter.id.as_str(), "pbmat_1");
        assert_eq!(filter.price, Some(money::Cents::new(1_999)));
        assert_eq!(filter.material_category_uuid, None);
    }
    for key in ["data", "material_categories"] {
        let body =
            format!(r#"{{"{key}":[{{"uuid":"pbmcat_1","name":"Parts"}},{{"uuid":"pbmcat_2"}}]}}"#);
        let (c, _) = client(answer(200, &[], &body));
        let page = c.material_categories(1).await.unwrap();
        let names: Vec<_> = page.items.into_iter().map(|one| one.name).collect();
        assert_eq!(names, [Some("Parts".to_owned()), None], "{key}");
    }
}
