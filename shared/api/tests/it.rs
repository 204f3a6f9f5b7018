//! The API in one process: the routes on a company between the two sandboxes.

#![expect(clippy::unwrap_used, reason = "tests: what is wrong here fails them")]

use std::sync::Arc;

use axum::Router;
use fakes::FakeDirectory;
use office::{Office, Role};
use ports::Secrets;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use simulation::Town;

/// A company with one person of each role.
struct Desk {
    town: Town,
    office: Router,
    pushes: Router,
    users: Vec<(Role, String)>,
}

struct Answer {
    status: u64,
    headers: Value,
    body: Value,
}

/// An address of a channel in Slack.
const CHANNEL: &str = "https://hooks.slack.com/services/T0001/B0001/abc";

/// What is sent beside the path.
#[derive(Default)]
struct Sent<'a> {
    key: Option<&'a str>,
    seen: Option<&'a str>,
    body: Option<String>,
    kind: Option<&'a str>,
}

impl Desk {
    async fn new(seed: u64) -> Self {
        let town = Town::new(seed).await;
        let directory = Arc::new(FakeDirectory::default());
        let office = Office::new(town.worker());
        let mut users = Vec::new();
        for (role, mail) in [
            (Role::Viewer, "viewer@example.com"),
            (Role::Bookkeeper, "bookkeeper@example.com"),
            (Role::Admin, "admin@example.com"),
        ] {
            let company = town.books().company;
            let person = office
                .appoint(&company, &simulation::person(), &directory, mail, role)
                .await;
            users.push((role, person.unwrap().user.to_string()));
        }
        Self {
            office: api::office(Arc::new(office), directory),
            pushes: api::pushes(Office::new(town.worker())),
            town,
            users,
        }
    }

    fn user(&self, role: Role) -> &str {
        let mut users = self.users.iter();
        &users.find(|(known, _)| *known == role).unwrap().1
    }

    fn path(&self, path: &str) -> String {
        format!("/api/v1/companies/{}/{path}", self.town.books().company)
    }

    async fn ask(&self, method: &str, path: &str, user: Option<&str>, sent: Sent<'_>) -> Answer {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut headers = json!({});
        for (name, value) in [("idempotency-key", sent.key), ("if-match", sent.seen)] {
            if let Some(value) = value {
                headers[name] = value.into();
            }
        }
        if sent.body.is_some() {
            headers["content-type"] = sent.kind.unwrap_or("application/json").into();
        }
        let claims = user.map_or_else(
            || json!({}),
            |user| json!({ "jwt": { "claims": { "sub": user } } }),
        );
        let event = json!({
            "rawPath": path,
            "rawQueryString": query,
            "headers": headers,
            "requestContext": { "http": { "method": method }, "authorizer": claims },
            "body": sent.body,
            "isBase64Encoded": false,
        });
        // As the routes of API Gateway divide them.
        let is_push = method == "POST" && path.ends_with("/pushes");
        let router = if is_push { &self.pushes } else { &self.office };
        let told = api::serve(router, event).await;
        let body = told["body"].as_str().unwrap_or_default();
        Answer {
            status: told["statusCode"].as_u64().unwrap(),
            headers: told["headers"].clone(),
            body: serde_json::from_str(body).unwrap_or_default(),
        }
    }

    async fn get(&self, path: &str) -> Answer {
        let user = self.user(Role::Admin);
        self.ask("GET", &self.path(path), Some(user), Sent::default())
            .await
    }

    async fn post(&self, path: &str, key: &str, body: &Value) -> Answer {
        let user = self.user(Role::Admin);
        let sent = Sent {
            key: Some(key),
            body: Some(body.to_string()),
            ..Sent::default()
        };
        self.ask("POST", &self.path(path), Some(user), sent).await
    }
}

/// The least role for each operation, and a body that has the right form.
fn operations() -> Vec<(&'static str, Option<Role>, Value)> {
    let viewer = Some(Role::Viewer);
    let bookkeeper = Some(Role::Bookkeeper);
    let admin = Some(Role::Admin);
    let none = Value::Null;
    vec![
        ("GET /api/v1/companies", None, none.clone()),
        (
            "GET /api/v1/companies/{company}/today",
            viewer,
            none.clone(),
        ),
        ("GET /api/v1/companies/{company}/log", viewer, none.clone()),
        (
            "GET /api/v1/companies/{company}/log.csv",
            viewer,
            none.clone(),
        ),
        (
            "GET /api/v1/companies/{company}/alerts",
            viewer,
            none.clone(),
        ),
        (
            "GET /api/v1/companies/{company}/alerts/{alert}",
            viewer,
            none.clone(),
        ),
        (
            "POST /api/v1/companies/{company}/alerts/{alert}/resolutions",
            bookkeeper,
            json!({ "choice": "push_again" }),
        ),
        (
            "GET /api/v1/companies/{company}/resolutions/{id}",
            viewer,
            none.clone(),
        ),
        (
            "GET /api/v1/companies/{company}/causes",
            viewer,
            none.clone(),
        ),
        (
            "POST /api/v1/companies/{company}/retries",
            bookkeeper,
            json!({ "cause": "sales_tax_off" }),
        ),
        (
            "POST /api/v1/companies/{company}/alerts/{alert}/dismissal",
            bookkeeper,
            json!({ "reason": "agreed" }),
        ),
        (
            "DELETE /api/v1/companies/{company}/alerts/{alert}/dismissal",
            bookkeeper,
            none.clone(),
        ),
        ("GET /api/v1/companies/{company}/jobs", viewer, none.clone()),
        (
            "GET /api/v1/companies/{company}/jobs/{job}",
            viewer,
            none.clone(),
        ),
        (
            "GET /api/v1/companies/{company}/jobs/{job}/history",
            viewer,
            none.clone(),
        ),
        (
            "GET /api/v1/companies/{company}/payments",
            viewer,
            none.clone(),
        ),
        (
            "GET /api/v1/companies/{company}/items",
            viewer,
            none.clone(),
        ),
        (
            "POST /api/v1/companies/{company}/items/accounts",
            bookkeeper,
            json!({ "items": [{ "item": "sales", "account": "Sales" }] }),
        ),
        (
            "GET /api/v1/companies/{company}/lines",
            viewer,
            none.clone(),
        ),
        (
            "POST /api/v1/companies/{company}/lines/items",
            bookkeeper,
            json!({ "lines": ["Haul away"], "sales": true }),
        ),
        (
            "GET /api/v1/companies/{company}/customers",
            viewer,
            none.clone(),
        ),
        (
            "POST /api/v1/companies/{company}/customers/matches",
            bookkeeper,
            json!({ "customers": [{ "customer": "cus_1", "unlink": true }] }),
        ),
        (
            "GET /api/v1/companies/{company}/assignments/{id}",
            viewer,
            none.clone(),
        ),
        (
            "GET /api/v1/companies/{company}/quickbooks",
            viewer,
            none.clone(),
        ),
        (
            "POST /api/v1/companies/{company}/quickbooks/readings",
            bookkeeper,
            json!({}),
        ),
        (
            "GET /api/v1/companies/{company}/inbox",
            viewer,
            none.clone(),
        ),
        (
            "POST /api/v1/companies/{company}/inbox/ticks",
            bookkeeper,
            json!({ "job": "job_1", "reference": "QBO-1", "done": true }),
        ),
        (
            "POST /api/v1/companies/{company}/pulls",
            bookkeeper,
            json!({}),
        ),
        (
            "GET /api/v1/companies/{company}/pulls/{id}",
            viewer,
            none.clone(),
        ),
        (
            "POST /api/v1/companies/{company}/decisions",
            bookkeeper,
            json!({ "job": "104", "decision": "same" }),
        ),
        (
            "POST /api/v1/companies/{company}/dismissals",
            bookkeeper,
            json!({ "job": "104", "difference": "0.01", "reason": "agreed" }),
        ),
        (
            "POST /api/v1/companies/{company}/pause",
            admin,
            json!({ "reason": "the month is being closed" }),
        ),
        ("POST /api/v1/companies/{company}/resume", admin, json!({})),
        (
            "POST /api/v1/companies/{company}/links",
            bookkeeper,
            json!({ "jobs": ["104"] }),
        ),
        (
            "GET /api/v1/companies/{company}/links/{id}",
            viewer,
            none.clone(),
        ),
        (
            "POST /api/v1/companies/{company}/pushes",
            bookkeeper,
            json!({ "jobs": ["104"] }),
        ),
        (
            "GET /api/v1/companies/{company}/pushes/{id}",
            viewer,
            none.clone(),
        ),
        (
            "GET /api/v1/companies/{company}/settings",
            viewer,
            none.clone(),
        ),
        (
            "PATCH /api/v1/companies/{company}/settings",
            admin,
            json!({ "changes": { "classes": "off" } }),
        ),
        (
            "GET /api/v1/companies/{company}/mails",
            viewer,
            none.clone(),
        ),
        (
            "PUT /api/v1/companies/{company}/mails",
            viewer,
            json!({ "mails": "digest" }),
        ),
        (
            "PUT /api/v1/companies/{company}/channel",
            admin,
            json!({ "address": null }),
        ),
        (
            "GET /api/v1/companies/{company}/people",
            admin,
            none.clone(),
        ),
        (
            "POST /api/v1/companies/{company}/people",
            admin,
            json!({ "mail": "lee@example.com", "role": "viewer" }),
        ),
        (
            "PATCH /api/v1/companies/{company}/people/{person}",
            admin,
            json!({ "role": "viewer" }),
        ),
        (
            "DELETE /api/v1/companies/{company}/people/{person}",
            admin,
            none,
        ),
    ]
}

/// A path of the document with something in its places.
fn filled(path: &str, company: &str) -> String {
    path.replace("{company}", company)
        .replace("{alert}", "bm9uZQ")
        .replace("{job}", "104")
        .replace("{id}", "6a3f9be0-54d1-4e0a-8b7c-91d2c3e4f506")
        .replace("{person}", "nobody")
}

async fn tried(
    desk: &Desk,
    operation: &str,
    company: &str,
    user: Option<&str>,
    body: &Value,
) -> Answer {
    let (method, path) = operation.split_once(' ').unwrap();
    let sent = Sent {
        key: (method == "POST").then_some("a-key"),
        seen: matches!(method, "PATCH" | "DELETE").then_some("*"),
        body: (!body.is_null()).then(|| body.to_string()),
        kind: None,
    };
    desk.ask(method, &filled(path, company), user, sent).await
}

#[tokio::test]
async fn v23_every_operation_by_every_role_and_by_strangers() {
    let document = api::document();
    let mut documented: Vec<String> = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let methods = methods.as_object().unwrap().keys();
        documented.extend(methods.map(|method| format!("{} {path}", method.to_uppercase())));
    }
    let mut listed: Vec<String> = operations()
        .iter()
        .map(|(name, ..)| (*name).to_owned())
        .collect();
    documented.sort();
    listed.sort();
    assert_eq!(
        listed, documented,
        "each operation of the document, and no other"
    );

    let desk = Desk::new(81).await;
    let company = desk.town.books().company.to_string();
    let missing = "0f5e2c9a-6b1d-4f37-9c58-2a7d4e8b1c63";
    for (operation, least, body) in operations() {
        let nobody = tried(&desk, operation, &company, None, &body).await;
        assert_eq!(nobody.status, 401, "{operation}");
        for (role, user) in &desk.users {
            let answer = tried(&desk, operation, &company, Some(user), &body).await;
            let may = least.is_none_or(|least| *role >= least);
            assert_eq!(
                answer.status == 403,
                !may,
                "{operation} {role:?}: {}",
                answer.status
            );
            assert!(
                answer.status != 401 && answer.status < 500,
                "{operation} {role:?}"
            );
            if answer.status >= 400 {
                assert_eq!(answer.headers["content-type"], "application/problem+json");
                assert_eq!(answer.body["status"], answer.status);
                assert!(!answer.body["detail"].as_str().unwrap().is_empty());
            }
        }
        if least.is_none() {
            continue;
        }
        // Another company's id, and one that there is not.
        let stranger = Some("stranger");
        let others = tried(&desk, operation, &company, stranger, &body).await;
        let none = tried(&desk, operation, missing, stranger, &body).await;
        let odd = tried(&desk, operation, "no-id", stranger, &body).await;
        assert_eq!(others.status, 404, "{operation}");
        assert_eq!(
            (&none.status, &none.body),
            (&others.status, &others.body),
            "{operation}"
        );
        assert_eq!(
            (&odd.status, &odd.body),
            (&others.status, &others.body),
            "{operation}"
        );
    }
}

#[tokio::test]
async fn a_request_is_carried_out_once_under_its_key() {
    let desk = Desk::new(82).await;
    let body = json!({ "jobs": ["104", "105"] });
    let first = desk.post("pushes", "key-1", &body).await;
    assert_eq!(first.status, 202);
    let again = desk.post("pushes", "key-1", &body).await;
    assert_eq!((again.status, &again.body), (202, &first.body));
    assert_eq!(desk.town.queue.messages().len(), 2, "two jobs, once");
    let other = desk
        .post("pushes", "key-1", &json!({ "jobs": ["106"] }))
        .await;
    assert_eq!(other.status, 422);
    // The key counts for the route and the person.
    let link = desk.post("links", "key-1", &body).await;
    assert_eq!(link.status, 202);
    assert_ne!(link.body["id"], first.body["id"]);
    let sent = Sent {
        key: Some("key-1"),
        body: Some(body.to_string()),
        ..Sent::default()
    };
    let by = Some(desk.user(Role::Bookkeeper));
    let theirs = desk.ask("POST", &desk.path("pushes"), by, sent).await;
    assert_eq!(theirs.status, 202);
    assert_ne!(theirs.body["id"], first.body["id"]);
    // What was not done is tried again.
    let person = json!({ "mail": "not a mail", "role": "viewer" });
    assert_eq!(desk.post("people", "key-2", &person).await.status, 422);
    let person = json!({ "mail": "lee@example.com", "role": "viewer" });
    assert_eq!(desk.post("people", "key-2", &person).await.status, 201);
    assert_eq!(desk.post("people", "key-2", &person).await.status, 201);
    assert_eq!(desk.post("people", "key-3", &person).await.status, 409);
    // Long afterwards the key is free.
    desk.town
        .clock
        .advance(std::time::Duration::from_secs(49 * 3_600));
    let later = desk.post("pushes", "key-1", &body).await;
    assert_ne!(later.body["id"], first.body["id"]);
}

#[tokio::test]
async fn u1_a_push_names_jobs_invoices_payments_customers_and_items_and_what_became_of_each_is_told()
 {
    let desk = Desk::new(89).await;
    let body = json!({ "jobs": ["9104"], "invoices": ["9105"], "payments": ["invpay_9106"], "customers": ["Nobody Here"], "items": ["Vavle"] });
    let taken = desk.post("pushes", "key-1", &body).await;
    assert_eq!(taken.status, 202);
    let path = format!("pushes/{}", taken.body["id"].as_str().unwrap());
    let waiting = desk.get(&path).await.body;
    let each = |told: &Value, field: &str| -> Vec<String> {
        let items = told["items"].as_array().unwrap().iter();
        let texts = items.map(|one| one[field].as_str().unwrap_or_default().to_owned());
        texts.collect()
    };
    let names = ["9104", "9105", "invpay_9106", "Nobody Here", "Vavle"];
    assert_eq!(each(&waiting, "name"), names);
    desk.town.settle().await;
    let ended = desk.get(&path).await.body;
    assert_eq!(each(&ended, "progress"), ["declined"; 5]);
    for (reason, expected) in each(&ended, "reason").iter().zip([
        "no job has the number 9104",
        "no invoice has the number 9105",
        "no payment has the id invpay_9106",
        "no customer Nobody Here",
        "There is no item Vavle",
    ]) {
        assert!(reason.contains(expected), "{reason}");
    }
    // Nothing else is done with customers and items here.
    for (key, link) in [
        ("key-2", json!({ "customers": ["Nobody Here"] })),
        ("key-3", json!({ "items": ["Vavle"] })),
    ] {
        assert_eq!(desk.post("links", key, &link).await.status, 422);
    }
}

#[tokio::test]
async fn a_request_without_a_key_or_with_an_odd_one_is_refused() {
    let desk = Desk::new(83).await;
    let user = Some(desk.user(Role::Admin));
    let long = "k".repeat(129);
    for key in [
        None,
        Some(""),
        Some("a b"),
        Some("\u{e9}"),
        Some(long.as_str()),
    ] {
        let sent = Sent {
            key,
            body: Some(json!({ "jobs": ["104"] }).to_string()),
            ..Sent::default()
        };
        let answer = desk.ask("POST", &desk.path("pushes"), user, sent).await;
        assert_eq!(answer.status, 400, "{key:?}");
    }
    assert!(desk.town.queue.messages().is_empty());
}

#[tokio::test]
async fn what_does_not_do_is_refused_and_changes_nothing() {
    let desk = Desk::new(84).await;
    let user = Some(desk.user(Role::Admin));
    let before = desk.town.table.all().len();
    let long = "x".repeat(70_000);
    for (body, kind, expected) in [
        (format!(r#"{{"jobs":["{long}"]}}"#), "application/json", 413),
        (r#"{"jobs":["104"]}"#.to_owned(), "text/plain", 415),
        (r#"{"jobs":["104"]"#.to_owned(), "application/json", 400),
        (String::new(), "application/json", 400),
        (
            r#"{"jobs":["104"],"and":1}"#.to_owned(),
            "application/json",
            422,
        ),
        (r#"{"jobs":"104"}"#.to_owned(), "application/json", 422),
        (r#"{"jobs":[]}"#.to_owned(), "application/json", 422),
        (r#"{"jobs":[""]}"#.to_owned(), "application/json", 422),
        (
            r#"{"jobs":["1\u0000"]}"#.to_owned(),
            "application/json",
            422,
        ),
        (
            format!(r#"{{"jobs":["{}"]}}"#, "x".repeat(101)),
            "application/json",
            422,
        ),
        (
            json!({ "jobs": vec!["1"; 51] }).to_string(),
            "application/json",
            422,
        ),
        ("[]".to_owned(), "application/json", 422),
    ] {
        let sent = Sent {
            key: Some("key"),
            body: Some(body.clone()),
            kind: Some(kind),
            ..Sent::default()
        };
        let answer = desk.ask("POST", &desk.path("pushes"), user, sent).await;
        assert_eq!(answer.status, expected, "{}", &body[..body.len().min(60)]);
    }
    for path in [
        "alerts?limit=0",
        "alerts?limit=x",
        "alerts?cursor=%21",
        "alerts?other=1",
        "alerts?open=perhaps",
        "alerts?kind=name_taken&customer=Dana",
        "jobs?state=lost",
        "jobs?from=yesterday",
        "jobs?customer=Dana&by_number=true",
        "jobs?cursor=bm9uZQ",
        "inbox?cursor=_w",
        "today?days=0",
        "today?days=61",
        "log?from=yesterday",
        "log?cursor=bm9uZQ",
        "log.csv?limit=1",
        "jobs/104?by=customer",
        "jobs/104/history?limit=0",
    ] {
        assert_eq!(desk.get(path).await.status, 422, "{path}");
    }
    assert_eq!(
        desk.ask("GET", "/api/v1/nothing", user, Sent::default())
            .await
            .status,
        404
    );
    let wrong = desk
        .ask("PUT", &desk.path("alerts"), user, Sent::default())
        .await;
    assert_eq!((wrong.status, &wrong.body["status"]), (405, &json!(405)));
    assert_eq!(wrong.headers["allow"], "GET,HEAD");
    assert!(desk.town.queue.messages().is_empty());
    assert_eq!(desk.town.table.all().len(), before);
}

#[tokio::test]
async fn a_get_changes_nothing_whatever_it_asks_for() {
    let desk = Desk::new(85).await;
    let before = desk.town.table.all();
    for odd in [
        "' OR 1=1 --",
        "<script>alert(1)</script>",
        "../../people",
        "%2e%2e%2f",
        "${jndi:ldap://x}",
        "=cmd()",
        "\u{202e}\u{0}",
        "{{7*7}}",
        "job_';drop table",
    ] {
        for path in [
            format!("jobs/{odd}"),
            format!("alerts/{odd}"),
            format!("pushes/{odd}"),
        ] {
            let status = desk.get(&path).await.status;
            assert!((400..500).contains(&status), "{path}: {status}");
        }
    }
    for path in [
        "alerts",
        "alerts?open=false&kind=name_taken",
        "jobs",
        "jobs?by_number=true",
        "jobs?state=synced&to=2026-07-24",
        "jobs?customer=Da",
        "inbox",
        "today",
        "log?from=2026-07-24",
        "log.csv",
        "settings",
        "people",
    ] {
        assert_eq!(desk.get(path).await.status, 200, "{path}");
    }
    assert_eq!(desk.town.table.all(), before);
    assert!(desk.town.queue.messages().is_empty());
}

#[tokio::test]
async fn settings_and_people_are_changed_on_top_of_what_was_seen() {
    let desk = Desk::new(86).await;
    let user = Some(desk.user(Role::Admin));
    let change = async |path: &str, seen: Option<&str>, body: Value| {
        let sent = Sent {
            seen,
            body: Some(body.to_string()),
            ..Sent::default()
        };
        desk.ask("PATCH", &desk.path(path), user, sent).await
    };
    let chosen = |value: &str| json!({ "changes": { "date_source": value } });
    let seen = desk.get("settings").await;
    let tag = seen.headers["etag"].as_str().unwrap();
    assert_eq!(
        change("settings", None, chosen("service_date"))
            .await
            .status,
        428
    );
    let odd = change("settings", Some(tag), chosen("yesterday")).await;
    assert_eq!(odd.status, 422);
    assert!(
        odd.body["detail"]
            .as_str()
            .unwrap()
            .contains("invoice_date or service_date or both")
    );
    let changed = change("settings", Some(tag), chosen("service_date")).await;
    assert_eq!(changed.status, 200);
    assert_ne!(changed.headers["etag"], tag);
    assert_eq!(
        change("settings", Some(tag), chosen("both")).await.status,
        412
    );
    let now = desk.get("settings").await;
    assert_eq!(
        (&now.headers["etag"], &now.body),
        (&changed.headers["etag"], &changed.body)
    );

    let people = desk.get("people").await;
    let tag = people.headers["etag"].as_str().unwrap();
    let viewer = format!("people/{}", desk.user(Role::Viewer));
    let promoted = change(&viewer, Some(tag), json!({ "role": "bookkeeper" })).await;
    assert_eq!(promoted.status, 200);
    assert_eq!(
        change(&viewer, Some(tag), json!({ "role": "admin" }))
            .await
            .status,
        412
    );
    assert_eq!(
        change(&viewer, Some("odd"), json!({ "role": "admin" }))
            .await
            .status,
        412
    );
    let admin = format!("people/{}", desk.user(Role::Admin));
    let last = change(&admin, Some("*"), json!({ "role": "viewer" })).await;
    assert_eq!(last.status, 409);
    let first = desk.get("people?limit=2").await;
    assert_eq!(first.body["items"].as_array().map(Vec::len), Some(2));
    let next = first.body["next"].as_str().unwrap();
    let rest = desk.get(&format!("people?limit=2&cursor={next}")).await;
    assert_eq!(
        (
            rest.body["items"].as_array().map(Vec::len),
            &rest.body["next"]
        ),
        (Some(1), &Value::Null)
    );
}

#[tokio::test]
async fn s11_each_chooses_what_they_are_mailed_and_nobody_is_shown_the_channel() {
    let desk = Desk::new(87).await;
    let put = async |role: Role, path: &str, body: Value| {
        let sent = Sent {
            body: Some(body.to_string()),
            ..Sent::default()
        };
        desk.ask("PUT", &desk.path(path), Some(desk.user(role)), sent)
            .await
    };
    let mailed = async || {
        let people = desk.get("people").await.body;
        let people = people["items"].as_array().unwrap().iter();
        let mut mailed: Vec<String> = people
            .map(|one| format!("{} {}", one["role"], one["mails"]).replace('"', ""))
            .collect();
        mailed.sort();
        mailed
    };
    let before = [
        "admin everything",
        "bookkeeper everything",
        "viewer nothing",
    ];
    assert_eq!(mailed().await, before);
    let odd = put(Role::Viewer, "mails", json!({ "mails": "sometimes" })).await;
    assert_eq!(odd.status, 422);
    for (role, mails) in [(Role::Viewer, "digest"), (Role::Bookkeeper, "nothing")] {
        let chosen = put(role, "mails", json!({ "mails": mails })).await;
        assert_eq!((chosen.status, &chosen.body["mails"]), (200, &json!(mails)));
    }
    let after = ["admin everything", "bookkeeper nothing", "viewer digest"];
    assert_eq!(mailed().await, after);

    let channel =
        async |address: Value| put(Role::Admin, "channel", json!({ "address": address })).await;
    let elsewhere = channel(json!("https://example.com/services/T/B/a")).await;
    assert_eq!(elsewhere.status, 422);
    let company = desk.town.books().company;
    let secret = format!(
        "{}/{company}/slack",
        desk.town.worker().config().secret_prefix
    );
    let stored = async || {
        let stored = desk.town.secrets.read(&secret, None).await.unwrap();
        stored.map(|stored| stored.text.expose_secret().to_owned())
    };
    assert_eq!(stored().await, None);
    assert_eq!(channel(json!(CHANNEL)).await.status, 204);
    assert!(stored().await.unwrap().contains(CHANNEL));
    let kept = desk.town.table.all();
    assert!(
        kept.iter()
            .any(|record| record.body.contains("a channel in Slack"))
    );
    assert!(
        kept.iter()
            .all(|record| !record.body.contains("hooks.slack.com"))
    );
    assert_eq!(channel(Value::Null).await.status, 204);
    assert!(!stored().await.unwrap().contains(CHANNEL));
}

#[tokio::test]
async fn where_our_own_records_do_not_answer_it_is_to_be_asked_again() {
    let desk = Desk::new(87).await;
    let channel = async || {
        let sent = Sent {
            body: Some(json!({ "address": CHANNEL }).to_string()),
            ..Sent::default()
        };
        let (path, user) = (desk.path("channel"), desk.user(Role::Admin));
        desk.ask("PUT", &path, Some(user), sent).await
    };
    desk.town.secrets.fail(1);
    let answer = channel().await;
    assert_eq!(
        (answer.status, &answer.headers["retry-after"]),
        (503, &json!("5"))
    );
    assert_eq!(channel().await.status, 204);
}

#[tokio::test]
async fn r1_a_look_at_quickbooks_is_over_when_somebody_has_looked_whatever_becomes_of_its_message()
{
    let desk = Desk::new(90).await;
    let progress = async |path: &str| {
        let told = desk.get(path).await;
        assert_eq!(told.status, 200);
        told.body["items"][0]["progress"].clone()
    };
    for is_lost in [false, true] {
        if is_lost {
            desk.town.queue.refuse(1);
        }
        let key = format!("key-{is_lost}");
        let taken = desk.post("pulls", &key, &json!({})).await;
        assert_eq!(taken.status, 202);
        let path = format!("pulls/{}", taken.body["id"].as_str().unwrap());
        assert_eq!(progress(&path).await, "waiting");
        let again = desk.post("pulls", &key, &json!({})).await;
        assert_eq!(again.body, taken.body);
        desk.town.settle().await;
        assert_eq!(progress(&path).await, "done");
    }
    let unknown = desk.get("pulls/6a3f9be0-54d1-4e0a-8b7c-91d2c3e4f506").await;
    assert_eq!(unknown.status, 404);
    let nobodys = json!({ "job": "9104" });
    assert_eq!(desk.post("pulls", "key", &nobodys).await.status, 404);
}

/// What somebody types who means harm: ends of a text in QuickBooks' queries, of a key of the table, of a path, of a line.
const HOSTILE: [&str; 8] = [
    "x' OR Id > '0",
    "x\\' OR Id > '0",
    "' STARTPOSITION 1 MAXRESULTS 1000 --",
    "%",
    "x#slot#item#sales",
    "../../../api/v1/companies",
    "x&cursor=a?b=c;d",
    "\u{202e}x\u{200b}",
];

/// The same body with another text in the place of each text that it has, one by one.
fn with_each_text(body: &Value, text: &str) -> Vec<Value> {
    match body {
        Value::String(_) => vec![json!(text)],
        Value::Array(items) => {
            let each = items.iter().enumerate().flat_map(|(at, item)| {
                let other = move |new| {
                    let mut items = items.clone();
                    items[at] = new;
                    Value::Array(items)
                };
                with_each_text(item, text).into_iter().map(other)
            });
            each.collect()
        }
        Value::Object(fields) => {
            let each = fields.iter().flat_map(|(name, value)| {
                let other = move |new| {
                    let mut fields = fields.clone();
                    fields.insert(name.clone(), new);
                    Value::Object(fields)
                };
                with_each_text(value, text).into_iter().map(other)
            });
            each.collect()
        }
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn v23_no_text_in_a_body_is_anything_but_a_text() {
    let desk = Desk::new(91).await;
    let company = desk.town.books().company.to_string();
    let admin = desk.user(Role::Admin).to_owned();
    let everybody = json!({ "jobs": ["104"], "invoices": ["1001"], "payments": ["invpay_1"], "customers": ["Dana Sample"], "items": ["Filter"] });
    let more = [
        ("POST /api/v1/companies/{company}/pushes", everybody),
        (
            "POST /api/v1/companies/{company}/lines/items",
            json!({ "lines": ["Trip charge"], "quickbooks_item": "Hauling" }),
        ),
        (
            "POST /api/v1/companies/{company}/lines/items",
            json!({ "lines": ["Trip charge"], "own_account": "Nowhere" }),
        ),
        (
            "POST /api/v1/companies/{company}/customers/matches",
            json!({ "customers": [{ "customer": "cus_1", "link": "Dana Sample" }] }),
        ),
    ];
    let listed = operations().into_iter();
    let listed = listed.map(|(operation, _, body)| (operation, body));
    let made =
        || ["Customer", "Item", "Invoice", "Payment"].map(|kind| desk.town.qbo.objects(kind).len());
    let before = made();
    let mut rounds = 0;
    for (operation, body) in listed.chain(more) {
        let (method, path) = operation.split_once(' ').unwrap();
        for text in HOSTILE {
            for body in with_each_text(&body, text) {
                rounds += 1;
                let key = format!("key-{rounds}");
                let sent = Sent {
                    key: (method == "POST").then_some(key.as_str()),
                    seen: matches!(method, "PATCH" | "DELETE").then_some("*"),
                    body: Some(body.to_string()),
                    kind: None,
                };
                let path = filled(path, &company);
                let answer = desk.ask(method, &path, Some(&admin), sent).await;
                assert!(answer.status < 500, "{operation} {body}: {}", answer.body);
            }
        }
    }
    // The reason of a pause is a text too.
    desk.post("resume", "key-resume", &json!({})).await;
    desk.town.settle().await;
    assert!(rounds > 100, "{rounds}");
    // Nothing was found by it, so nothing was made, linked or told; and no query was refused by QuickBooks.
    assert_eq!(desk.town.open_alerts(), Vec::<String>::new());
    assert_eq!(made(), before);
}

#[tokio::test]
async fn v23_no_text_in_an_address_is_anything_but_a_text() {
    let desk = Desk::new(92).await;
    let company = desk.town.books().company.to_string();
    let admin = desk.user(Role::Admin).to_owned();
    let document = api::document();
    let mut asked = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        let Some(get) = methods.get("get") else {
            continue;
        };
        let parameters = get["parameters"].as_array().cloned().unwrap_or_default();
        for text in HOSTILE {
            let bytes = text.bytes();
            let encoded: String = bytes.map(|byte| format!("%{byte:02X}")).collect();
            for parameter in &parameters {
                let name = parameter["name"].as_str().unwrap();
                let place = format!("{{{name}}}");
                let asked_for = match parameter["in"].as_str() {
                    Some("path") => filled(&path.replace(&place, &encoded), &company),
                    Some("query") => format!("{}?{name}={encoded}", filled(path, &company)),
                    _ => continue,
                };
                asked += 1;
                let answer = desk.ask("GET", &asked_for, Some(&admin), Sent::default());
                let answer = answer.await;
                assert!(answer.status < 500, "{asked_for}: {}", answer.body);
                // A list that is searched by it is empty: it is looked for as it stands.
                let found = answer.body["items"].as_array();
                let is_search = parameter["in"] == "query" && answer.status == 200;
                assert!(!is_search || found.is_none_or(Vec::is_empty), "{asked_for}");
            }
        }
    }
    assert!(asked > 100, "{asked}");
}

#[tokio::test]
async fn v23_a_body_that_is_too_large_is_refused_by_every_operation() {
    let desk = Desk::new(93).await;
    let company = desk.town.books().company.to_string();
    let admin = desk.user(Role::Admin).to_owned();
    let before = desk.town.table.all().len();
    for (operation, _, body) in operations() {
        let (method, path) = operation.split_once(' ').unwrap();
        if body.is_null() {
            continue;
        }
        let sent = Sent {
            key: (method == "POST").then_some("a-key"),
            seen: matches!(method, "PATCH" | "DELETE").then_some("*"),
            body: Some(json!({ "reason": "x".repeat(70_000) }).to_string()),
            kind: None,
        };
        let path = filled(path, &company);
        let answer = desk.ask(method, &path, Some(&admin), sent).await;
        assert_eq!(answer.status, 413, "{operation}: {}", answer.body);
    }
    assert_eq!(desk.town.table.all().len(), before);
}

#[tokio::test]
async fn v23_what_belongs_to_another_company_looks_as_if_there_were_none() {
    let (ours, others) = (Desk::new(94).await, Desk::new(95).await);
    let push = json!({ "jobs": ["9104"] });
    let pushed = others.post("pushes", "key", &push).await;
    let pulled = others.post("pulls", "key", &json!({})).await;
    let taken = |answer: &Answer| answer.body["id"].as_str().unwrap().to_owned();
    let missing = "0f5e2c9a-6b1d-4f37-9c58-2a7d4e8b1c63";
    for (route, id) in [("pushes", taken(&pushed)), ("pulls", taken(&pulled))] {
        let theirs = others.get(&format!("{route}/{id}")).await;
        assert_eq!(theirs.status, 200);
        let (of_others, none) = (
            ours.get(&format!("{route}/{id}")).await,
            ours.get(&format!("{route}/{missing}")).await,
        );
        assert_eq!((of_others.status, none.status), (404, 404));
        assert_eq!(of_others.body["detail"], none.body["detail"]);
    }
}

#[tokio::test]
async fn k1_the_card_is_asked_for_by_the_number_of_the_job_or_of_its_invoice() {
    let desk = Desk::new(88).await;
    let town = &desk.town;
    let customer = town.hcp.create_customer(hcp_sandbox::NewCustomer {
        first_name: Some("Dana".to_owned()),
        last_name: Some("Sample".to_owned()),
        ..hcp_sandbox::NewCustomer::default()
    });
    let line = hcp_sandbox::NewLine::labor("Flush", 9_900, hcp_sandbox::Hundredths::ONE);
    let job = town.hcp.create_job(hcp_sandbox::NewJob {
        lines: vec![line],
        ..hcp_sandbox::NewJob::of(&customer.unwrap())
    });
    let job = job.unwrap();
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    let number = town.hcp.job(&job).unwrap()["invoice_number"].clone();
    let card = desk
        .get(&format!("jobs/{}", number.as_str().unwrap()))
        .await;
    assert_eq!((card.status, &card.body["number"]), (200, &number));
    assert_eq!(card.body["says"], "in QuickBooks");
    let document = &card.body["documents"][0];
    assert_eq!(
        (
            &document["total"],
            &document["balance"],
            &document["standing"]
        ),
        (&json!("99.00"), &json!("99.00"), &json!("there"))
    );
    assert_eq!(card.body["history_next"], Value::Null);
    let invoice = document["number"].as_str().unwrap();
    let same = desk.get(&format!("jobs/{invoice}?by=invoice")).await;
    assert_eq!((same.status, &same.body["id"]), (200, &card.body["id"]));
    let history = desk
        .get(&format!(
            "jobs/{}/history?limit=1",
            number.as_str().unwrap()
        ))
        .await;
    assert_eq!(history.body["items"][0], card.body["history"][0]);
    assert!(history.body["next"].is_string());

    let today = desk.get("today").await;
    assert_eq!(today.status, 200);
    assert_eq!(
        (&today.body["quickbooks"], &today.body["housecall"]),
        (&json!("connected"), &json!("connected"))
    );
    assert!(today.body["last_webhook"].is_string(), "{}", today.body);
    let log = desk.get("log.csv").await;
    assert_eq!(log.headers["content-type"], "text/csv; charset=utf-8");
}
