//! The sandbox behind a real socket: the API, the controls, the pages.

use qbo_sandbox::{Clock, Options, Sandbox, serve};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{
    app::{invoice_body, options, start},
    company_files::shipped,
};

struct Served {
    sandbox: Sandbox,
    address: String,
    token: String,
}

/// Status, head and body; `None` when the connection closed without an answer.
struct Reply {
    status: u16,
    head: String,
    body: String,
}

impl Served {
    async fn new(options: Options) -> Self {
        Self::of(Sandbox::new(options)).await
    }

    async fn of(sandbox: Sandbox) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let token = sandbox.access_token();
        tokio::spawn(serve(sandbox.clone(), listener));
        Self {
            sandbox,
            address,
            token,
        }
    }

    async fn send(&self, method: &str, path: &str, body: &str) -> Option<Reply> {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\nauthorization: Bearer {}\r\naccept: application/json\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            self.token,
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        // A connection that was cut may end with a reset.
        let _ = stream.read_to_end(&mut bytes).await;
        if bytes.is_empty() {
            return None;
        }
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        Some(Reply {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_owned(),
            body: body.to_owned(),
        })
    }

    async fn answer(&self, method: &str, path: &str, body: &str) -> Reply {
        self.send(method, path, body).await.unwrap()
    }
}

#[tokio::test]
async fn the_api_is_served() {
    let served = Served::new(options()).await;
    let created = served
        .answer("POST", "/v3/company/1/customer", r#"{"DisplayName":"Amy"}"#)
        .await;
    assert_eq!(created.status, 200);
    assert!(
        created.head.contains("\r\nintuit_tid: 1-"),
        "{}",
        created.head
    );
    assert!(
        created.body.starts_with(r#"{"Customer":{"domain":"QBO""#),
        "{}",
        created.body
    );
    let query = served
        .answer(
            "GET",
            "/v3/company/1/query?query=select%20*%20from%20Customer",
            "",
        )
        .await;
    assert!(query.body.contains(r#""maxResults":1"#));
}

#[tokio::test]
async fn a_dropped_connection_carries_no_answer() {
    let served = Served::new(options()).await;
    for (fault, kept) in [("drop_before_commit", 0), ("commit_then_drop", 1)] {
        let waiting = served
            .answer(
                "POST",
                "/_sandbox/faults",
                &format!(r#"[{{"fault":"{fault}","entity":"customer"}}]"#),
            )
            .await;
        assert_eq!(
            (waiting.status, waiting.body.as_str()),
            (200, r#"{"waiting":1}"#)
        );
        let name = format!(r#"{{"DisplayName":"{fault}"}}"#);
        assert!(
            served
                .send("POST", "/v3/company/1/customer", &name)
                .await
                .is_none(),
            "{fault}"
        );
        assert_eq!(served.sandbox.objects("Customer").len(), kept);
    }
    let counted = served.answer("GET", "/_sandbox/faults", "").await;
    assert_eq!(
        counted.body,
        r#"{"met":{"commit_then_drop":1,"drop_before_commit":1},"waiting":0}"#
    );
    let after = served
        .answer("POST", "/v3/company/1/customer", r#"{"DisplayName":"Amy"}"#)
        .await;
    assert_eq!(after.status, 200);
}

#[tokio::test]
async fn a_slow_answer_is_waited_for() {
    let mut options = options();
    options.clock = Clock::real();
    let served = Served::new(options).await;
    served
        .answer("POST", "/_sandbox/faults", r#"{"fault":"slow","ms":120}"#)
        .await;
    let started = std::time::Instant::now();
    assert_eq!(
        served
            .answer("GET", "/v3/company/1/preferences", "")
            .await
            .status,
        200
    );
    assert!(started.elapsed().as_millis() >= 120);
}

#[tokio::test]
async fn the_controls_answer() {
    let served = Served::new(options()).await;
    assert_eq!(
        served.answer("GET", "/_sandbox/health", "").await.body,
        r#"{"ok":true}"#
    );
    served
        .answer(
            "POST",
            "/v3/company/1/customer?requestid=r-1",
            r#"{"DisplayName":"Amy"}"#,
        )
        .await;
    served
        .answer("POST", "/v3/company/1/invoice", &invoice_body("1", "10"))
        .await;

    let calls = served.answer("GET", "/_sandbox/calls", "").await.body;
    assert!(
        calls.contains(
            r#""method":"POST","path":"/v3/company/1/customer","operation":null,"status":200,"latency_ms":"#
        ),
        "{calls}"
    );
    assert!(calls.contains(r#""requestid":"r-1""#));
    let violations = served.answer("GET", "/_sandbox/violations", "").await.body;
    assert!(
        violations.contains("write-without-requestid"),
        "{violations}"
    );

    let edited = served
        .answer(
            "POST",
            "/_sandbox/invoices/1",
            r#"{"PrivateNote":"by hand"}"#,
        )
        .await;
    assert!(
        edited.body.contains(r#""SyncToken":"1""#),
        "{}",
        edited.body
    );
    let gone = served
        .answer("POST", "/_sandbox/invoices/9", r#"{"PrivateNote":"x"}"#)
        .await;
    assert_eq!(gone.status, 422);

    for (into, status) in [("2", 422), ("x", 422), ("", 422)] {
        let body = format!(r#"{{"into":"{into}"}}"#);
        let path = "/_sandbox/objects/Customer/9/merge";
        let merged = served.answer("POST", path, &body).await;
        assert_eq!(merged.status, status, "{}", merged.body);
    }

    let moved = served
        .answer("POST", "/_sandbox/clock", r#"{"advance_seconds":3600}"#)
        .await;
    assert_eq!(moved.status, 200);
    assert_eq!(served.sandbox.calls().len(), 2);
    assert_eq!(
        served
            .answer("GET", "/v3/company/1/invoice/1", "")
            .await
            .status,
        401
    );

    for (method, path, body, status) in [
        ("POST", "/_sandbox/faults", r#"{"fault":"flood"}"#, 400),
        ("POST", "/_sandbox/faults", "nonsense", 400),
        ("POST", "/_sandbox/clock", r#"{"seconds":1}"#, 400),
        (
            "POST",
            "/_sandbox/clock",
            r#"{"to":"2019-01-01T00:00:00Z"}"#,
            422,
        ),
        (
            "POST",
            "/_sandbox/clock",
            r#"{"to":"2021-01-01T00:00:00Z"}"#,
            200,
        ),
        ("POST", "/_sandbox/seed", r#"{"seed":7}"#, 200),
        ("POST", "/_sandbox/seed", r#"{"seed":-7}"#, 400),
        ("POST", "/_sandbox/invoices/1", "[]", 400),
        ("GET", "/_sandbox/nonsense", "", 404),
        ("DELETE", "/_sandbox/faults", "", 200),
    ] {
        assert_eq!(
            served.answer(method, path, body).await.status,
            status,
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn the_pages_show_the_books_and_escape_them() {
    let served = Served::new(options()).await;
    let customer = r#"{"DisplayName":"<script>alert(1)</script>","ShipAddr":{"Line1":"1 \"Main\" & Co","City":"Town","PostalCode":"94326"},"Notes":"<i>n</i>"}"#;
    served
        .answer("POST", "/v3/company/1/customer", customer)
        .await;
    let invoice =
        invoice_body("1", "1234.5").replacen('{', r#"{"DocNumber":"<b>7","PrivateNote":"<u>","#, 1);
    served
        .answer("POST", "/v3/company/1/invoice?requestid=%3Cr%3E", &invoice)
        .await;
    served
        .answer("POST", "/v3/company/1/invoice", &invoice)
        .await;
    for (path, shown) in [
        ("/", "$2,469.00"),
        ("/invoices", "&lt;b&gt;7"),
        ("/invoices/1", "1 &quot;Main&quot; &amp; Co\nTown 94326"),
        ("/customers", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("/customers/1", "&lt;i&gt;n&lt;/i&gt;"),
        ("/items", "Services"),
        ("/accounts", "Undeposited Funds"),
        ("/reports", "data-label=\"Debit\"><div>$2,469.00</div></td>"),
        ("/log", "intuit_tid"),
        ("/log?page=7", "No requests yet"),
        ("/transactions", "/invoices/1"),
        ("/transactions/invoice", "Invoice"),
        ("/transactions/invoice/1", "&lt;b&gt;7"),
        ("/transactions?page=9", "No transactions yet"),
        ("/lists", "/lists/paymentmethod"),
        ("/invoices/1", "<dt>Balance due</dt><dd>$1,234.50"),
        ("/lists/term", "Net 30"),
        ("/lists/term/3", "&quot;DueDays&quot;: 30"),
        ("/lists/customer", "&lt;script&gt;"),
        ("/lists/customer/1", "1 &quot;Main&quot; &amp; Co"),
        ("/lists/preferences", "Currency prefs"),
        ("/invoices/1", "&quot;SyncToken&quot;: &quot;0&quot;"),
        ("/invoices?page=99999999999999999999", "Invoices"),
    ] {
        let page = served.answer("GET", path, "").await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.body.contains(shown), "{path} lacks {shown}");
        assert!(
            page.head
                .contains("content-security-policy: default-src 'none'")
        );
        let own_script = "<script src=\"/_page/app.js\" defer></script>";
        assert!(page.body.contains(own_script), "{path}");
        for raw in ["<script>", "<b>7", "<i>n", "<u>", "<r>"] {
            assert!(!page.body.contains(raw), "{path} has {raw}");
        }
    }
    for path in [
        "/invoices/99",
        "/customers/x",
        "/transactions/customer",
        "/transactions/nothing/1",
        "/lists/invoice",
        "/lists/term/99",
        "/lists/Term",
    ] {
        assert_eq!(served.answer("GET", path, "").await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn the_pages_of_a_shipped_company_add_up() {
    let file = std::fs::read_to_string(shipped("old-hvac.json")).unwrap();
    let served = Served::of(Sandbox::open(options(), &file).unwrap()).await;
    for (path, shown) in [
        // 2,832.00 less 141.60, tax, less 1,000.00 in money and 95.50 of a credit.
        (
            "/invoices/7",
            "<dt>Sales tax</dt><dd>$153.13</dd><dt>Total</dt><dd>$2,843.53",
        ),
        (
            "/invoices/7",
            "<dt>Paid and credited</dt><dd>-$1,095.50</dd><dt>Balance due</dt><dd>$1,748.03",
        ),
        (
            "/invoices/7",
            ">02/03/2026</div></td><td class=\"number\" data-label=\"Amount\"><div>$1,000.00",
        ),
        (
            "/invoices/7",
            ">02/10/2026</div></td><td class=\"number\" data-label=\"Amount\"><div>$95.50",
        ),
        ("/invoices/7", "Install"),
        ("/invoices/7", ">95.50</div></td>"),
        ("/transactions/deposit/9", "Bank Charges &amp; Fees"),
        ("/transactions/deposit/9", "$970.70"),
        // What is owed stands as positive.
        ("/accounts", ">$306.26"),
        ("/accounts", ">$18,250.00"),
    ] {
        let page = served.answer("GET", path, "").await;
        assert!(
            page.body.contains(shown),
            "{path} lacks {shown}: {}",
            page.body
        );
    }
}

#[tokio::test]
async fn the_trial_balance_is_told_as_json() {
    let served = Served::new(options()).await;
    served
        .answer("POST", "/v3/company/1/customer", r#"{"DisplayName":"Amy"}"#)
        .await;
    served
        .answer("POST", "/v3/company/1/invoice", &invoice_body("1", "7.5"))
        .await;
    let told = served.answer("GET", "/_sandbox/trial-balance", "").await;
    assert_eq!(
        told.body,
        r#"{"rows":[{"account":"1","name":"Services","debit":0,"credit":7.50},{"account":"9","name":"Accounts Receivable (A/R)","debit":7.50,"credit":0}],"debit":7.50,"credit":7.50}"#
    );
}

#[tokio::test]
async fn the_state_of_an_invoice_is_told_from_its_money_and_dates() {
    let served = Served::new(options()).await;
    served
        .answer("POST", "/v3/company/1/customer", r#"{"DisplayName":"Amy"}"#)
        .await;
    let dated =
        |day: &str| invoice_body("1", "5").replacen('{', &format!(r#"{{"TxnDate":"{day}","#), 1);
    for (day, shown) in [("2020-09-29", "Open"), ("2020-01-01", "Overdue")] {
        served
            .answer("POST", "/v3/company/1/invoice", &dated(day))
            .await;
        let id = served.sandbox.objects("Invoice").len();
        let page = served
            .answer("GET", &format!("/invoices/{id}"), "")
            .await
            .body;
        assert!(page.contains(&format!(">{shown}</span>")), "{day}");
    }
    served
        .answer(
            "POST",
            "/v3/company/1/invoice?operation=void",
            r#"{"Id":"1","SyncToken":"0"}"#,
        )
        .await;
    let page = served.answer("GET", "/invoices/1", "").await.body;
    assert!(page.contains(">Voided</span>"));
    assert_eq!(start().as_second(), 1_601_384_287);
}

#[tokio::test]
async fn webhooks_leave_through_a_socket_as_the_clock_tells() {
    let served = Served::new(options()).await;
    let receiver = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let webhook = format!(
        r#"{{"url":"http://{}/told","verifier_token":"v","form":"event_notifications"}}"#,
        receiver.local_addr().unwrap()
    );
    let set = served.answer("POST", "/_sandbox/webhook", &webhook).await;
    assert_eq!(
        (set.status, set.body.as_str()),
        (200, r#"{"waiting":0,"failures":0}"#)
    );
    let wrong = served
        .answer("POST", "/_sandbox/webhook", r#"{"url":"http://x"}"#)
        .await;
    assert_eq!(wrong.status, 400);
    served
        .answer("POST", "/v3/company/1/customer", r#"{"DisplayName":"Amy"}"#)
        .await;
    for status in ["500 No", "200 OK"] {
        let (mut stream, _) = receiver.accept().await.unwrap();
        let mut came = Vec::new();
        while !came.ends_with(b"]}}]}") {
            let mut buffer = [0; 1024];
            let read = stream.read(&mut buffer).await.unwrap();
            came.extend_from_slice(&buffer[..read]);
        }
        let came = String::from_utf8(came).unwrap();
        assert!(came.starts_with("POST /told HTTP/1.1\r\n"), "{came}");
        assert!(came.contains("intuit-signature: "), "{came}");
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        stream.write_all(answer.as_bytes()).await.unwrap();
        drop(stream);
        let after = match status {
            "200 OK" => r#"{"waiting":0,"failures":0}"#,
            _ => r#"{"waiting":1,"failures":1}"#,
        };
        while served.answer("GET", "/_sandbox/webhook", "").await.body != after {}
        served
            .answer("POST", "/_sandbox/clock", r#"{"advance_seconds":10}"#)
            .await;
    }
}

#[tokio::test]
async fn settings_switches_and_objects_are_changed_by_hand() {
    let served = Served::new(options()).await;
    let changed = served
        .answer(
            "POST",
            "/_sandbox/settings",
            r#"{"company":{"name":"Other","class_tracking":"per_txn","query_lag":5000},"doubts":{"inactive_reference":"code610"}}"#,
        )
        .await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let shown = served.answer("GET", "/_sandbox/settings", "").await.body;
    assert_eq!(shown, changed.body);
    for setting in [
        r#""name":"Other""#,
        r#""class_tracking":"per_txn""#,
        r#""query_lag":5000"#,
        r#""inactive_reference":"code610""#,
        // Not named, so not changed.
        r#""custom_txn_numbers":false"#,
        r#""select_lists":true"#,
    ] {
        assert!(shown.contains(setting), "{setting} in {shown}");
    }
    for (method, path, body, status) in [
        ("POST", "settings", r#"{"company":{"nmae":"x"}}"#, 400),
        (
            "POST",
            "settings",
            r#"{"company":{"name":"X"},"doubts":{"x":1}}"#,
            400,
        ),
        ("POST", "settings", r#"{"firm":{}}"#, 400),
        ("POST", "settings", "[]", 400),
        ("POST", "settings", r#"{"company":5}"#, 400),
        ("POST", "objects/Customer", r#"{"DisplayName":"Amy"}"#, 200),
        ("POST", "objects/Customer/1", r#"{"Notes":"n"}"#, 200),
        ("POST", "objects/Customer", r#"{"DisplayName":"amy"}"#, 422),
        ("POST", "objects/Customer", "x", 400),
        ("POST", "objects/Custmoer", "{}", 422),
        ("DELETE", "objects/Invoice/1", "", 422),
        ("PUT", "objects/Customer/1", "{}", 404),
        ("POST", "access-token", "", 200),
        ("POST", "disconnect", "", 200),
    ] {
        let path = format!("/_sandbox/{path}");
        let answer = served.answer(method, &path, body).await;
        assert_eq!(
            answer.status, status,
            "{method} {path} {body}: {}",
            answer.body
        );
    }
    // A change of which one part is wrong changes nothing.
    let shown = served.answer("GET", "/_sandbox/settings", "").await.body;
    assert!(shown.contains(r#""name":"Other""#));
    assert_eq!(served.sandbox.objects("Customer").len(), 1);
    let refused = served.answer("GET", "/v3/company/1/preferences", "").await;
    assert_eq!(refused.status, 401);
}
