//! Faults on order, and the sandbox as a port.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use hcp_sandbox::{
    Clock, DeliveryPlan, Fault, FaultKind, HcpFault, NewPayment, Options, PaymentMethod, Request,
    Sandbox, Settings,
};
use jiff::{SignedDuration, Timestamp};
use ports::{Http, HttpFailure, HttpRequest, Method};
use serde_json::{Value, json};

use crate::company::{KEY, company, company_with, get, options, read, repair_job};

async fn control(sandbox: &Sandbox, path: &str, body: Value) -> Value {
    let answer = sandbox.handle(&Request::post(path, &body)).await;
    assert_eq!(answer.status, 200, "{}", answer.body_json());
    answer.body_json()
}

#[tokio::test]
async fn faults_are_ordered_and_used_up() {
    let sandbox = company();
    let job = repair_job(&sandbox);
    for fault in [
        json!([{ "fault": "throttle", "count": 2 }]),
        json!({ "fault": "server_error", "path": "/company" }),
    ] {
        control(&sandbox, "/_sandbox/faults", fault).await;
    }
    let jobs = format!("/jobs/{job}");
    let statuses: Vec<_> = [&jobs, "/company", "/company", &jobs]
        .iter()
        .map(|url| get(&sandbox, url).status)
        .collect();
    assert_eq!(statuses, [429, 429, 500, 200]);
    let calls = sandbox.handle(&Request::get("/_sandbox/calls")).await;
    let calls = calls.body_json();
    assert_eq!(calls["calls"][0]["fault"], "throttle");
    assert_eq!(calls["calls"][2]["status"], 500);
    assert_eq!(calls["calls"][3]["path"], jobs);
}

#[test]
fn stale_reads_see_the_state_before_the_last_action() {
    let sandbox = company();
    let job = repair_job(&sandbox);
    sandbox.finish_job(&job).unwrap();
    sandbox
        .pay_job(&job, NewPayment::in_full(PaymentMethod::Card))
        .unwrap();
    sandbox.inject(Fault::next(HcpFault::StaleRead).times(3));
    let record = read(&sandbox, &format!("/jobs/{job}"));
    assert_eq!(record["outstanding_balance"], 28_349);
    assert_eq!(record["work_status"], "complete unrated");
    let invoices = read(&sandbox, &format!("/jobs/{job}/invoices"));
    assert_eq!(invoices["invoices"], json!([]));
    assert_eq!(read(&sandbox, "/invoices")["total_items"], 0);
    let record = read(&sandbox, &format!("/jobs/{job}"));
    assert_eq!(record["outstanding_balance"], 0);
    assert_eq!(read(&sandbox, "/invoices")["total_items"], 1);
}

#[tokio::test]
async fn a_note_can_be_missed_for_a_moment_after_it_was_written() {
    let lagging = Settings {
        read_lag_seconds: 2,
        ..Settings::default()
    };
    for (settings, is_on_order) in [(Settings::default(), true), (lagging, false)] {
        let sandbox = company_with(settings);
        let job = repair_job(&sandbox);
        sandbox.advance(Duration::from_secs(2)).unwrap();
        let url = format!("/jobs/{job}");
        let notes = || {
            if is_on_order {
                sandbox.inject(Fault::next(HcpFault::StaleRead));
            }
            read(&sandbox, &url)["notes"].as_array().unwrap().len()
        };
        let answer = sandbox.send(note(&format!("{url}/notes"))).await.unwrap();
        assert_eq!((answer.status, notes()), (201, 0));
        // Who writes sees it at once.
        let written: Value = serde_json::from_slice(&answer.body).unwrap();
        let path = format!("{url}/notes/{}", written["id"].as_str().unwrap());
        let token = format!("Token {KEY}");
        let remove = Request::delete(&path).with_header("authorization", &token);
        assert_eq!((sandbox.call_api(&remove).status, notes()), (204, 1));
        // Later, and where the time is set back.
        for time in ["2026-03-02T14:30:04Z", "2026-01-01T00:00:00Z"] {
            control(&sandbox, "/_sandbox/clock", json!({ "to": time })).await;
            assert_eq!(read(&sandbox, &url)["notes"], json!([]));
        }
    }
}

fn note(path: &str) -> HttpRequest {
    HttpRequest {
        method: Method::Post,
        url: format!("https://api.housecallpro.com{path}"),
        headers: vec![("authorization", format!("Token {KEY}"))],
        body: br#"{"content":"hello"}"#.to_vec(),
        timeout: Duration::from_secs(10),
    }
}

#[tokio::test]
async fn a_lost_answer_may_or_may_not_have_done_its_work() {
    for (kind, notes) in [
        (FaultKind::DropBeforeCommit, 0),
        (FaultKind::CommitThenDrop, 1),
    ] {
        let sandbox = company();
        let job = repair_job(&sandbox);
        sandbox.inject(Fault::next(kind));
        let failure = sandbox.send(note(&format!("/jobs/{job}/notes"))).await;
        assert!(matches!(failure, Err(HttpFailure::Lost { .. })));
        let record = sandbox.job(&job).unwrap();
        assert_eq!(record["notes"].as_array().unwrap().len(), notes);
    }
}

#[tokio::test]
async fn an_error_may_come_after_the_work_and_a_throttle_tells_until_when() {
    let sandbox = company();
    let job = repair_job(&sandbox);
    sandbox.inject(Fault::next(FaultKind::CommitThenError));
    let answer = sandbox.send(note(&format!("/jobs/{job}/notes"))).await;
    assert_eq!(answer.unwrap().status, 500);
    let record = sandbox.job(&job).unwrap();
    assert_eq!(record["notes"].as_array().unwrap().len(), 1);
    let now = sandbox.now().as_second();
    for (order, ahead) in [
        (json!({ "fault": "throttle" }), 5),
        (json!({ "fault": "throttle_for", "seconds": 90 }), 90),
    ] {
        control(&sandbox, "/_sandbox/faults", order).await;
        let answer = get(&sandbox, "/company");
        let reset = answer
            .headers
            .iter()
            .find(|(name, _)| name == "ratelimit-reset");
        let reset: i64 = reset.unwrap().1.parse().unwrap();
        assert_eq!(reset - now, ahead);
    }
}

#[tokio::test]
async fn an_answer_that_is_too_slow_is_lost_to_its_caller() {
    let sandbox = company();
    let job = repair_job(&sandbox);
    let path = format!("/jobs/{job}/notes");
    for (ms, arrives) in [(9_999, true), (10_000, false)] {
        sandbox.inject(Fault::next(FaultKind::Slow { ms }));
        let answer = sandbox.send(note(&path)).await;
        assert_eq!(answer.is_ok(), arrives, "{ms}");
    }
    assert_eq!(
        sandbox.job(&job).unwrap()["notes"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn the_clock_is_set_and_moved_on() {
    let sandbox = company();
    let set = control(
        &sandbox,
        "/_sandbox/clock",
        json!({ "to": "2026-07-01T00:00:00Z" }),
    )
    .await;
    assert_eq!(set["now"], "2026-07-01T00:00:00Z");
    let moved = control(
        &sandbox,
        "/_sandbox/clock",
        json!({ "advance_seconds": 90 }),
    )
    .await;
    assert_eq!(moved["now"], "2026-07-01T00:01:30Z");
    let far = Request::post("/_sandbox/clock", &json!({ "advance_seconds": u64::MAX }));
    assert_eq!(sandbox.handle(&far).await.status, 422);
}

#[test]
fn a_sandbox_can_follow_the_clock_of_a_simulation() {
    let start: Timestamp = "2026-05-01T08:00:00Z".parse().unwrap();
    let time = Arc::new(Mutex::new(start));
    let followed = Arc::clone(&time);
    let sandbox = Sandbox::new(Options {
        clock: Clock::following(move || *followed.lock().unwrap()),
        ..options()
    });
    *time.lock().unwrap() += SignedDuration::from_hours(3);
    let job = repair_job(&sandbox);
    assert_eq!(
        sandbox.job(&job).unwrap()["created_at"],
        "2026-05-01T11:00:00Z"
    );
    assert!(sandbox.advance(Duration::from_secs(1)).is_err());
}

#[tokio::test]
async fn orders_that_make_no_sense_are_refused() {
    let sandbox = company();
    for (path, body) in [
        ("/_sandbox/faults", json!({ "fault": "meteor" })),
        ("/_sandbox/clock", json!({})),
        ("/_sandbox/settings", json!({ "invoicing": "by_moonlight" })),
        ("/_app/fly", json!({})),
        ("/_app/create_job", json!({})),
    ] {
        let answer = sandbox.handle(&Request::post(path, &body)).await;
        assert_eq!(answer.status, 400, "{path}");
        assert!(answer.body_json()["refused"].is_string());
    }
    let line = json!({ "price_book": "olit_1", "amount": 3 });
    let line = json!({ "job": "job_1", "line": line });
    let answer = sandbox
        .handle(&Request::post("/_app/add_line", &line))
        .await;
    let refused = answer.body_json()["refused"].as_str().unwrap().to_owned();
    assert!(refused.contains("unknown field `amount`"), "{refused}");
    let job = repair_job(&sandbox);
    let paid = NewPayment::in_full(PaymentMethod::Card);
    sandbox.pay_job(&job, paid).unwrap();
    let line = sandbox.lines_of(&job).remove(0);
    let less = Request::post("/_app/remove_line", &json!({ "job": job, "line": line }));
    assert_eq!(sandbox.handle(&less).await.status, 501);
    let mut foreign = Request::post("/_app/finish_job", &json!({ "job": job }));
    foreign.headers = vec![("content-type".to_owned(), "text/plain".to_owned())];
    assert_eq!(sandbox.handle(&foreign).await.status, 415);
}

#[test]
fn webhooks_arrive_in_process_as_the_plan_says_and_the_seed_repeats_it() {
    let arrivals = |seed, delivery| {
        let sandbox = Sandbox::new(Options {
            seed,
            delivery,
            ..options()
        });
        for _ in 0..50 {
            repair_job(&sandbox);
        }
        let number = |body: Value| body["job"]["invoice_number"].as_str().unwrap().to_owned();
        let webhooks = sandbox.take_arrivals();
        let numbers = webhooks.iter().map(|webhook| number(webhook.json()));
        numbers.collect::<Vec<String>>()
    };
    let straight = arrivals(1, DeliveryPlan::default());
    assert_eq!(straight.len(), 50);
    assert!(straight.is_sorted());
    let rough = DeliveryPlan {
        duplicate_percent: 30,
        loss_percent: 20,
        reorder_percent: 40,
        delay_milliseconds: 5,
    };
    let first = arrivals(7, rough);
    assert_eq!(first, arrivals(7, rough));
    assert_ne!(first, arrivals(8, rough));
    assert!(!first.is_sorted());
    let mut seen = first.clone();
    seen.sort();
    seen.dedup();
    assert!(seen.len() < 50, "some are lost");
    assert!(seen.len() < first.len(), "some arrive twice");
}
