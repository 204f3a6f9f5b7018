//! The sandbox on a socket: its webhooks arrive, its deliveries are logged, its program starts and ends.

use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    process::{Command, Stdio},
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use hcp_sandbox::{
    DeliveryPlan, Fault, FaultKind, Options, Outcome, Sandbox, UrlRefused, serve, signature,
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::mpsc};

use crate::company::{KEY, SECRET, options, repair_job};

/// What a receiver got: its signature is checked here.
struct Received {
    body: Value,
    signed: bool,
    timestamp: String,
}

/// A receiver of webhooks that answers with the status that it is told.
async fn receiver(status: Arc<Mutex<StatusCode>>) -> (String, mpsc::UnboundedReceiver<Received>) {
    let (send, receive) = mpsc::unbounded_channel();
    let answer = move |headers: HeaderMap, body: Bytes| async move {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let signed = text("api-timestamp").is_some_and(|timestamp| {
            text("api-signature") == Some(&signature(SECRET, timestamp, &body))
        });
        let body = serde_json::from_slice(&body).unwrap_or_default();
        let timestamp = text("api-timestamp").unwrap_or_default().to_owned();
        let _ = send.send(Received {
            body,
            signed,
            timestamp,
        });
        *status.lock().unwrap()
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/hook", post(answer));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (format!("http://{address}/hook"), receive)
}

fn ok() -> Arc<Mutex<StatusCode>> {
    Arc::new(Mutex::new(StatusCode::OK))
}

async fn served(options: Options) -> (Sandbox, SocketAddr) {
    let sandbox = Sandbox::new(options);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(sandbox.clone(), listener));
    // The socket answers only after the sandbox has begun to post.
    let health = format!("http://{address}/_sandbox/health");
    assert!(
        asker()
            .get(health)
            .send()
            .await
            .unwrap()
            .status()
            .is_success()
    );
    (sandbox, address)
}

async fn events(receive: &mut mpsc::UnboundedReceiver<Received>, count: usize) -> Vec<String> {
    let mut events = Vec::new();
    while events.len() < count {
        let received = receive.recv().await.unwrap();
        assert!(received.signed);
        events.push(received.body["event"].as_str().unwrap().to_owned());
    }
    events
}

/// Waits until no delivery waits any more.
async fn settled(sandbox: &Sandbox) -> Vec<Outcome> {
    loop {
        let deliveries = sandbox.deliveries();
        if deliveries
            .iter()
            .all(|delivery| delivery.outcome != Outcome::Waiting)
        {
            return deliveries
                .into_iter()
                .map(|delivery| delivery.outcome)
                .collect();
        }
        tokio::task::yield_now().await;
    }
}

/// A client of anybody's.
fn asker() -> reqwest::Client {
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::new()
}

#[tokio::test]
async fn webhooks_are_posted_in_order_and_logged() {
    let (url, mut receive) = receiver(ok()).await;
    let (sandbox, _) = served(options()).await;
    sandbox.set_webhook_url(&url).await.unwrap();
    let check = receive.recv().await.unwrap();
    assert_eq!(check.body, json!({ "foo": "bar" }));
    let job = repair_job(&sandbox);
    sandbox.finish_job(&job).unwrap();
    sandbox.send_invoice(&job).unwrap();
    assert_eq!(
        events(&mut receive, 4).await,
        [
            "job.created",
            "job.completed",
            "invoice.created",
            "invoice.sent"
        ]
    );
    let outcomes = settled(&sandbox).await;
    assert_eq!(outcomes.len(), 4);
    assert!(
        outcomes
            .iter()
            .all(|outcome| matches!(outcome, Outcome::Answered { status: 200, .. }))
    );
    assert_eq!(sandbox.redeliver(2, false), 2);
    assert_eq!(
        events(&mut receive, 2).await,
        ["invoice.created", "invoice.sent"]
    );
    assert!(sandbox.take_webhooks().is_empty());
}

#[tokio::test]
async fn a_repeated_delivery_has_the_same_body_and_a_time_of_its_own() {
    let (url, mut receive) = receiver(ok()).await;
    let (sandbox, _) = served(options()).await;
    sandbox.set_webhook_url(&url).await.unwrap();
    receive.recv().await.unwrap();
    repair_job(&sandbox);
    let first = receive.recv().await.unwrap();
    sandbox
        .advance(std::time::Duration::from_secs(3_600))
        .unwrap();
    sandbox.redeliver(1, true);
    let again = receive.recv().await.unwrap();
    assert_eq!(again.body, first.body);
    assert_eq!(first.timestamp, "1772461800");
    assert_eq!(again.timestamp, "1772465400");
    assert!(again.signed);
}

#[tokio::test]
async fn an_address_that_fails_the_check_is_not_saved() {
    let status = ok();
    let (url, mut receive) = receiver(Arc::clone(&status)).await;
    let (sandbox, _) = served(options()).await;
    *status.lock().unwrap() = StatusCode::FORBIDDEN;
    let refused = sandbox.set_webhook_url(&url).await;
    assert!(matches!(refused, Err(UrlRefused::Status(403))));
    let refused = sandbox.set_webhook_url("http://127.0.0.1:1/").await;
    assert!(matches!(refused, Err(UrlRefused::Unreachable(_))));
    let refused = sandbox.set_webhook_url("ftp://example.com/").await;
    assert!(matches!(refused, Err(UrlRefused::NotAUrl)));
    receive.recv().await.unwrap();
    repair_job(&sandbox);
    assert_eq!(settled(&sandbox).await, [Outcome::NoUrl]);
}

#[tokio::test]
async fn a_receiver_that_refuses_shows_in_the_log() {
    let status = ok();
    let (url, _receive) = receiver(Arc::clone(&status)).await;
    let (sandbox, _) = served(options()).await;
    sandbox.set_webhook_url(&url).await.unwrap();
    *status.lock().unwrap() = StatusCode::SERVICE_UNAVAILABLE;
    repair_job(&sandbox);
    let outcomes = settled(&sandbox).await;
    assert!(matches!(
        outcomes[..],
        [Outcome::Answered { status: 503, .. }]
    ));
}

#[tokio::test]
async fn a_plan_loses_all_or_doubles_all() {
    let (sandbox, address) = served(options()).await;
    let order = asker()
        .post(format!("http://{address}/_sandbox/delivery"))
        .header("content-type", "application/json")
        .body(r#"{ "loss_percent": 100 }"#);
    assert_eq!(order.send().await.unwrap().status(), 200);
    let (url, _receive) = receiver(ok()).await;
    sandbox.set_webhook_url(&url).await.unwrap();
    repair_job(&sandbox);
    assert_eq!(settled(&sandbox).await, [Outcome::Lost]);
    for (plan, count) in [
        (
            DeliveryPlan {
                loss_percent: 100,
                ..DeliveryPlan::default()
            },
            0,
        ),
        (
            DeliveryPlan {
                duplicate_percent: 100,
                ..DeliveryPlan::default()
            },
            2,
        ),
    ] {
        let (url, mut receive) = receiver(ok()).await;
        let (sandbox, _) = served(Options {
            delivery: plan,
            ..options()
        })
        .await;
        sandbox.set_webhook_url(&url).await.unwrap();
        receive.recv().await.unwrap();
        repair_job(&sandbox);
        settled(&sandbox).await;
        assert_eq!(
            events(&mut receive, count).await,
            vec!["job.created"; count]
        );
        assert!(receive.try_recv().is_err());
    }
}

#[tokio::test]
async fn names_under_localhost_are_this_machine() {
    let (url, mut receive) = receiver(ok()).await;
    let url = url.replace("127.0.0.1", "company.hooks.localhost");
    let (sandbox, _) = served(options()).await;
    sandbox.set_webhook_url(&url).await.unwrap();
    receive.recv().await.unwrap();
    repair_job(&sandbox);
    assert_eq!(events(&mut receive, 1).await, ["job.created"]);
}

#[tokio::test]
async fn a_dropped_connection_gives_no_answer() {
    let (sandbox, address) = served(options()).await;
    sandbox.inject(Fault::next(FaultKind::CommitThenDrop));
    let call = || {
        asker()
            .get(format!("http://{address}/company"))
            .header("authorization", format!("Token {KEY}"))
            .send()
    };
    let lost = match call().await {
        Ok(answer) => answer.bytes().await.is_err(),
        Err(_) => true,
    };
    assert!(lost);
    assert_eq!(call().await.unwrap().status(), 200);
}

/// The program, ended with the test.
struct Program(std::process::Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(listen: &str) -> Program {
    let program = Command::new(env!("CARGO_BIN_EXE_hcp-sandbox"))
        .args(["--listen", listen])
        .env("HCP_SANDBOX_API_KEY", KEY)
        .env("HCP_SANDBOX_SIGNING_SECRET", SECRET)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    Program(program)
}

fn address(program: &mut Program) -> String {
    let mut line = String::new();
    let out = program.0.stdout.as_mut().unwrap();
    BufReader::new(out).read_line(&mut line).unwrap();
    line.trim()
        .strip_prefix("hcp-sandbox listens on http://")
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn the_program_says_where_it_is_and_ends_when_told() {
    let mut program = start("127.0.0.1:0");
    let address = address(&mut program);
    let company = asker()
        .get(format!("http://{address}/company"))
        .header("authorization", format!("Token {KEY}"))
        .send()
        .await
        .unwrap();
    assert_eq!(company.status(), 200);
    let told = Command::new("kill")
        .args(["-TERM", &program.0.id().to_string()])
        .status()
        .unwrap();
    assert!(told.success());
    assert!(program.0.wait().unwrap().success());
}

#[test]
fn a_port_that_is_taken_is_said_plainly() {
    let mut first = start("127.0.0.1:0");
    let address = address(&mut first);
    let mut second = start(&address);
    assert!(!second.0.wait().unwrap().success());
    let mut said = String::new();
    second
        .0
        .stderr
        .as_mut()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    assert!(said.contains("is taken by another program"), "{said}");
    assert!(!said.contains(KEY));
}
