//! The API's manners: keys, pages, filters, what is ignored and what is refused.

use hcp_sandbox::{
    CanceledBy, Clock, KeyKind, NewPayment, Options, PaymentMethod, Request, Sandbox, Visit,
};
use serde_json::{Value, json};

use crate::company::{KEY, company, events, first_customer, get, options, read, repair_job, token};

fn ids(list: &Value, name: &str) -> Vec<String> {
    let rows = list[name].as_array().unwrap();
    rows.iter()
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_wrong_key_is_answered_alike() {
    let sandbox = company();
    let requests = [
        Request::get("/company"),
        Request::get("/company").with_header("authorization", "Token another"),
        Request::get("/company").with_header("authorization", KEY),
        Request::get("/company").with_header("authorization", &format!("Bearer {KEY}")),
        Request::get("/company")
            .with_header("authorization", &token())
            .with_header("x-company-id", &options().company_id.to_string()),
        // Operations that a company's own key may not use.
        Request::get("/api/price_book/services").with_header("authorization", &token()),
        Request::post("/jobs/job_1/lock", &json!({})).with_header("authorization", &token()),
        Request::post("/jobs/lock", &json!({})).with_header("authorization", &token()),
        Request::get("/estimates/csr_1").with_header("authorization", &token()),
    ];
    for request in requests {
        let answer = sandbox.call_api(&request);
        assert_eq!(answer.status, 401, "{request:?}");
        assert_eq!(answer.body_json(), json!({ "message": "Unauthorized" }));
    }
    assert_eq!(get(&sandbox, "/company").status, 200);
}

#[test]
fn a_partners_key_may_name_its_company_and_read_services() {
    let sandbox = Sandbox::new(Options {
        key_kind: KeyKind::Application,
        ..options()
    });
    let company = options().company_id.to_string();
    let request = |company: &str| {
        Request::get("/api/price_book/services")
            .with_header("authorization", &token())
            .with_header("x-company-id", company)
    };
    let answer = sandbox.call_api(&request(&company));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body_json()["services"].as_array().unwrap().len(), 6);
    assert_eq!(sandbox.call_api(&request("another")).status, 401);
}

#[test]
fn pages_hold_ten_rows_unless_told_and_never_more_than_two_hundred() {
    let sandbox = company();
    let jobs: Vec<_> = (0..205).map(|_| repair_job(&sandbox)).collect();
    for (query, size, rows, pages) in [
        ("", 10, 10, 21),
        ("?page_size=200&page=2", 200, 5, 2),
        ("?page_size=1000", 200, 200, 2),
        ("?per_page=50", 10, 10, 21),
        ("?page=22", 10, 0, 21),
        ("?page=0&page_size=0", 10, 10, 21),
        ("?page=abc&page_size=-1", 10, 10, 21),
        ("?page=18446744073709551615", 10, 0, 21),
    ] {
        let list = read(&sandbox, &format!("/jobs{query}"));
        assert_eq!(list["page_size"], size, "{query}");
        assert_eq!(list["jobs"].as_array().unwrap().len(), rows, "{query}");
        assert_eq!(list["total_pages"], pages, "{query}");
        assert_eq!(list["total_items"], 205, "{query}");
    }
    // All were made in the same second: newest first all the same.
    assert_eq!(ids(&read(&sandbox, "/jobs"), "jobs")[0], jobs[204].as_str());
    let oldest = read(&sandbox, "/jobs?sort_direction=asc");
    assert_eq!(ids(&oldest, "jobs")[0], jobs[0].as_str());
}

#[test]
fn statuses_are_filtered_by_other_words_than_records_use() {
    let sandbox = company();
    let finished = repair_job(&sandbox);
    sandbox.finish_job(&finished).unwrap();
    let canceled = repair_job(&sandbox);
    sandbox.cancel_job(&canceled, CanceledBy::Customer).unwrap();
    let waiting = repair_job(&sandbox);
    for (filter, found) in [
        ("work_status[]=completed", vec![&finished]),
        ("work_status%5B%5D=canceled", vec![&canceled]),
        ("work_status[]=unscheduled", vec![&waiting]),
        (
            "work_status[]=completed&work_status[]=unscheduled",
            vec![&waiting, &finished],
        ),
        // The records' own spelling finds nothing and says nothing.
        ("work_status[]=complete+unrated", vec![]),
        ("work_status[]=needs%20scheduling", vec![]),
    ] {
        let list = read(&sandbox, &format!("/jobs?{filter}"));
        let found: Vec<_> = found.into_iter().map(|job| job.as_str()).collect();
        assert_eq!(ids(&list, "jobs"), found, "{filter}");
    }
}

#[test]
fn jobs_are_found_by_visit_and_customer_and_customers_by_name() {
    let sandbox = company();
    let job = repair_job(&sandbox);
    repair_job(&sandbox);
    let visit = Visit {
        start: "2026-03-03T14:00:00Z".parse().unwrap(),
        end: "2026-03-03T16:00:00Z".parse().unwrap(),
        arrival_window: 0,
    };
    sandbox.schedule_job(&job, visit).unwrap();
    let count = |path: &str| read(&sandbox, path)["total_items"].clone();
    for (query, found) in [
        ("scheduled_start_min=2026-03-03T14:00:00Z", 1),
        ("scheduled_start_min=2026-03-03T14:00:01Z", 0),
        ("scheduled_start_max=2026-03-03T14:00:00Z", 1),
        ("scheduled_start_max=2026-03-03T13:59:59Z", 0),
        ("scheduled_end_min=2026-03-03T16:00:01Z", 0),
        ("scheduled_end_max=2026-03-03T16:00:00Z", 1),
        ("customer_id=cus_none", 0),
    ] {
        assert_eq!(count(&format!("/jobs?{query}")), found, "{query}");
    }
    let customer = first_customer(&sandbox);
    assert_eq!(count(&format!("/jobs?customer_id={customer}")), 2);
    for (wanted, found) in [
        ("casco", 1),
        ("terrence+boyd", 1),
        (".example", 3),
        ("nobody", 0),
    ] {
        assert_eq!(count(&format!("/customers?q={wanted}")), found, "{wanted}");
    }
}

#[test]
fn unknown_parameters_are_ignored_and_bare_lists_are_not() {
    let sandbox = company();
    repair_job(&sandbox);
    let list = read(
        &sandbox,
        "/jobs?updated_after=2030-01-01&colour=blue&=&%zz=1",
    );
    assert_eq!(list["total_items"], 1);
    for (url, name) in [
        ("/invoices?status=paid", "status"),
        ("/jobs?work_status=completed", "work_status"),
        ("/customers?expand=attachments", "expand"),
    ] {
        let answer = get(&sandbox, url);
        assert_eq!(answer.status, 422, "{url}");
        assert_eq!(
            answer.body_json(),
            json!({ "errors": { name: "must be an array" } })
        );
    }
}

#[test]
fn what_the_sandbox_does_not_cover_it_refuses_and_what_is_unknown_is_a_page() {
    let sandbox = company();
    for url in [
        "/leads",
        "/jobs?expand[]=weather",
        "/jobs?sort_by=colour",
        "/customers?location_ids[]=1",
    ] {
        let answer = get(&sandbox, url);
        assert_eq!(answer.status, 501, "{url}");
        let message = answer.body_json()["error"]["message"].clone();
        let message = message.as_str().unwrap();
        assert!(
            message.starts_with("hcp-sandbox does not cover"),
            "{message}"
        );
    }
    let delete = Request::delete(&format!("/customers/{}", first_customer(&sandbox)));
    for request in [
        Request::get("/v1/jobs"),
        Request::get("/jobs/job_1/payments"),
        Request::get("/webhooks"),
        delete,
    ] {
        let answer = sandbox.call_api(&request.with_header("authorization", &token()));
        assert_eq!(answer.status, 404);
        assert!(answer.body.starts_with(b"<!DOCTYPE html>"));
    }
}

#[test]
fn paid_invoices_are_found_from_a_cursor_on() {
    let sandbox = company();
    let mut paid = Vec::new();
    for _ in 0..3 {
        sandbox
            .advance(std::time::Duration::from_secs(3_600))
            .unwrap();
        let job = repair_job(&sandbox);
        sandbox
            .pay_job(&job, NewPayment::in_full(PaymentMethod::Card))
            .unwrap();
        paid.push(sandbox.invoices_of(&job)[0].as_str().to_owned());
    }
    sandbox.send_invoice(&repair_job(&sandbox)).unwrap();
    let find = |query: &str| {
        let url = format!("/invoices?sort_by=paid_at&sort_direction=asc&{query}");
        ids(&read(&sandbox, &url), "invoices")
    };
    assert_eq!(find("status[]=paid"), paid);
    assert_eq!(
        find("status[]=paid&paid_at_min=2026-03-02T16:30:00Z"),
        paid[1..]
    );
    assert_eq!(find("paid_at_min=2026-03-02T16:30:01Z"), paid[2..]);
    assert_eq!(find("paid_at_max=2026-03-02T15:30:00"), paid[..1]);
    assert_eq!(find("status[]=open").len(), 1);
    assert_eq!(find("created_at_min=2027-01-01T00:00:00Z").len(), 0);
    let customer = first_customer(&sandbox);
    assert_eq!(find(&format!("customer_uuid[]={customer}")).len(), 4);
    assert_eq!(find("customer_uuid[]=cus_none").len(), 0);
    assert_eq!(find("payment_method[]=credit_card").len(), 3);
    let answer = get(&sandbox, "/invoices?paid_at_min=yesterday");
    assert_eq!(answer.status, 400);
}

#[test]
fn every_documented_sorting_of_invoices_works_both_ways() {
    let sandbox = company();
    let paid = repair_job(&sandbox);
    sandbox
        .pay_job(&paid, NewPayment::in_full(PaymentMethod::Card))
        .unwrap();
    sandbox.advance(std::time::Duration::from_secs(60)).unwrap();
    let open = repair_job(&sandbox);
    sandbox.send_invoice(&open).unwrap();
    let keys = [
        "amount",
        "created_at",
        "due_amount",
        "due_at",
        "invoice_number",
        "paid_at",
        "sent_at",
        "status",
        "updated_at",
    ];
    for key in keys {
        let list = |direction| {
            let url = format!("/invoices?sort_by={key}&sort_direction={direction}");
            ids(&read(&sandbox, &url), "invoices")
        };
        let mut backwards = list("desc");
        backwards.reverse();
        assert_eq!(list("asc"), backwards, "{key}");
        assert_eq!(backwards.len(), 2);
    }
}

#[test]
fn changed_records_come_first_by_updated_at() {
    let sandbox = company();
    let (older, newer) = (repair_job(&sandbox), repair_job(&sandbox));
    sandbox.advance(std::time::Duration::from_secs(60)).unwrap();
    sandbox.start_job(&older).unwrap();
    let list = read(&sandbox, "/jobs?sort_by=updated_at&sort_direction=desc");
    assert_eq!(ids(&list, "jobs"), [older.as_str(), newer.as_str()]);
}

#[test]
fn an_invoice_in_its_jobs_list_does_not_repeat_the_job() {
    let sandbox = company();
    let job = repair_job(&sandbox);
    let invoice = sandbox.send_invoice(&job).unwrap();
    let listed = read(&sandbox, &format!("/jobs/{job}/invoices"));
    assert!(listed["invoices"][0].get("job_id").is_none());
    let one = read(&sandbox, &format!("/api/invoices/{invoice}"));
    assert_eq!(one["job_id"], job.as_str());
    assert!(one.get("customer").is_none());
}

#[test]
fn materials_are_listed_by_category_only() {
    let sandbox = company();
    let answer = get(&sandbox, "/api/price_book/materials");
    assert_eq!(answer.status, 400);
    let categories = read(&sandbox, "/api/price_book/material_categories");
    assert_eq!(categories["total_count"], 3);
    let mut found = 0;
    for category in categories["data"].as_array().unwrap() {
        let uuid = category["uuid"].as_str().unwrap();
        let url = format!("/api/price_book/materials?material_category_uuid={uuid}");
        found += read(&sandbox, &url)["data"].as_array().unwrap().len();
    }
    assert_eq!(found, 6);
}

#[test]
fn a_note_and_a_tag_are_written_told_and_taken_off_again() {
    let sandbox = company();
    let job = repair_job(&sandbox);
    events(&sandbox);
    let post = |path: &str, body: Value| {
        let answer =
            sandbox.call_api(&Request::post(path, &body).with_header("authorization", &token()));
        assert_eq!(answer.status, 201, "{}", answer.body_json());
        answer.body_json()
    };
    let delete = |path: &str| {
        sandbox
            .call_api(&Request::delete(path).with_header("authorization", &token()))
            .status
    };
    let note = post(
        &format!("/jobs/{job}/notes"),
        json!({ "content": "Paid elsewhere" }),
    );
    assert_eq!(note["content"], "Paid elsewhere");
    let tag = post("/tags", json!({ "name": "paid-elsewhere" }));
    let tag = tag["id"].as_str().unwrap();
    // The second time changes nothing and tells nothing.
    for _ in 0..2 {
        post(&format!("/jobs/{job}/tags"), json!({ "tag_id": tag }));
    }
    assert_eq!(events(&sandbox), ["job.updated", "job.updated"]);
    let record = read(&sandbox, &format!("/jobs/{job}"));
    assert_eq!(record["notes"][0]["id"], note["id"]);
    assert_eq!(record["tags"], json!(["paid-elsewhere"]));
    assert_eq!(read(&sandbox, "/tags")["tags"][0]["name"], "paid-elsewhere");
    assert_eq!(delete(&format!("/jobs/{job}/tags/{tag}")), 204);
    assert_eq!(delete(&format!("/jobs/{job}/tags/{tag}")), 404);
    let note = note["id"].as_str().unwrap();
    assert_eq!(delete(&format!("/jobs/{job}/notes/{note}")), 204);
    let record = read(&sandbox, &format!("/jobs/{job}"));
    assert_eq!(record["notes"], json!([]));
    assert_eq!(record["tags"], json!([]));
}

#[test]
fn a_write_that_lacks_something_says_what() {
    let sandbox = company();
    let job = repair_job(&sandbox);
    for (path, body, status) in [
        (format!("/jobs/{job}/notes"), json!({ "content": " " }), 400),
        (format!("/jobs/{job}/tags"), json!({}), 400),
        (
            format!("/jobs/{job}/tags"),
            json!({ "tag_id": "tag_none" }),
            404,
        ),
        (
            "/jobs/job_none/notes".to_owned(),
            json!({ "content": "x" }),
            404,
        ),
    ] {
        let answer =
            sandbox.call_api(&Request::post(&path, &body).with_header("authorization", &token()));
        assert_eq!(answer.status, status, "{path} {body}");
    }
}

#[test]
fn too_many_requests_a_second_are_refused_until_a_second_has_passed() {
    let sandbox = Sandbox::new(Options {
        rate_limit: Some(4),
        clock: Clock::manual("2026-03-02T14:30:00Z".parse().unwrap()),
        ..options()
    });
    for _ in 0..4 {
        assert_eq!(get(&sandbox, "/company").status, 200);
    }
    let refused = get(&sandbox, "/company");
    assert_eq!(refused.status, 429);
    assert_eq!(refused.body_json(), json!({ "error": "Too many requests" }));
    let reset = ("ratelimit-reset".to_owned(), "1772461801".to_owned());
    assert!(refused.headers.contains(&reset));
    sandbox.advance(std::time::Duration::from_secs(1)).unwrap();
    assert_eq!(get(&sandbox, "/company").status, 200);
}
