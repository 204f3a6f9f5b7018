//! The office of a town as people use it: over HTTP, with the routes of the API.

use std::sync::Arc;

use axum::Router;
use fakes::FakeDirectory;
use office::{Office, Role};
use serde_json::{Value, json};
use simulation::Town;
use uuid::Uuid;

/// An admin at their desk.
pub(super) struct Desk {
    pub(super) town: Town,
    office: Router,
    user: String,
}

/// An open alert, as a person reads it.
pub(super) struct Seen {
    id: String,
    kind: String,
    message: String,
    resolution: String,
    /// The key and the words of each way out, and what is said beside it.
    choices: Vec<(String, String, String)>,
    instead: Option<String>,
}

impl Desk {
    pub(super) async fn at(town: Town) -> Self {
        let office = Office::new(town.worker());
        let directory = FakeDirectory::default();
        let (company, robin) = (town.books().company, simulation::person());
        let mail = "dana@example.com";
        let dana = office.appoint(&company, &robin, &directory, mail, Role::Admin);
        let user = dana.await.unwrap().user.to_string();
        let office = api::office(Arc::new(office), directory);
        Self { town, office, user }
    }

    async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> (u64, Value) {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let company = self.town.books().company;
        let event = json!({
            "rawPath": format!("/api/v1/companies/{company}/{path}"),
            "rawQueryString": query,
            "headers": {
                "content-type": "application/json",
                "idempotency-key": Uuid::new_v4().to_string(),
                "if-match": "*",
            },
            "requestContext": {
                "http": { "method": method },
                "authorizer": { "jwt": { "claims": { "sub": self.user } } },
            },
            "body": body.map(|body| body.to_string()),
            "isBase64Encoded": false,
        });
        let told = api::serve(&self.office, event).await;
        let body = told["body"].as_str().unwrap_or_default();
        (
            told["statusCode"].as_u64().unwrap(),
            serde_json::from_str(body).unwrap_or_default(),
        )
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask("GET", path, None).await;
        assert_eq!(status, 200, "GET {path}: {body}");
        body
    }

    /// Sends something, and waits for what becomes of it.
    async fn post(&self, path: &str, body: Value) -> Value {
        let (status, told) = self.ask("POST", path, Some(body)).await;
        assert!(matches!(status, 200 | 202), "POST {path}: {told}");
        self.town.settle().await;
        told
    }

    /// All open alerts, as the list shows them.
    async fn listed(&self) -> Vec<Value> {
        let page = self.get("alerts?limit=100").await;
        page["items"].as_array().unwrap().clone()
    }

    /// The types of all open alerts.
    pub(super) async fn open(&self) -> Vec<String> {
        let listed = self.listed().await;
        let mut kinds: Vec<String> = listed.iter().map(|alert| text(alert, "kind")).collect();
        kinds.sort();
        kinds
    }

    /// The open alert of a type: it stands in the list, and has a way out or says what ends it.
    pub(super) async fn sees(&self, kind: &str) -> Seen {
        let listed = self.listed().await;
        let found = listed.iter().find(|alert| alert["kind"] == kind);
        let listed = found.expect(kind);
        let alert = self.get(&format!("alerts/{}", text(listed, "id"))).await;
        assert_eq!(alert["open"], true);
        for field in ["message", "resolution"] {
            assert_eq!(alert[field], listed[field]);
            assert_plain(&text(&alert, field));
        }
        let choices = alert["choices"].as_array().unwrap().iter();
        let choices: Vec<_> = choices
            .map(|choice| {
                let asks = choice["asks"].as_object().map(|asks| {
                    let unless = asks["unless"].as_str().unwrap_or("must be said");
                    format!(" ({}: {unless})", asks["what"].as_str().unwrap())
                });
                let words = text(choice, "words");
                assert_plain(&words);
                (text(choice, "key"), words, asks.unwrap_or_default())
            })
            .collect();
        let instead = alert["instead"].as_str().map(str::to_owned);
        assert!(
            !choices.is_empty() || instead.is_some(),
            "{kind}: there is no way out"
        );
        Seen {
            id: text(&alert, "id"),
            kind: kind.to_owned(),
            message: text(&alert, "message"),
            resolution: text(&alert, "resolution"),
            choices,
            instead,
        }
    }

    /// Chooses a way out, by the beginning of its key.
    pub(super) async fn choose(&self, seen: &Seen, key: &str, said: Option<&str>) {
        let mut keys = seen.choices.iter().map(|(key, ..)| key.clone());
        let found = keys.find(|offered| offered.starts_with(key));
        let found = found.expect(key);
        let path = format!("alerts/{}/resolutions", seen.id);
        let mut body = json!({ "choice": found });
        if let Some(said) = said {
            body["said"] = said.into();
        }
        let taken = self.post(&path, body).await;
        let told = self
            .get(&format!("resolutions/{}", text(&taken, "id")))
            .await;
        assert_eq!(told["progress"], "done", "{} {key}: {told}", seen.kind);
        assert_eq!(told["by"], "dana@example.com");
    }

    /// The job of an alert is pushed once more.
    pub(super) async fn push_again(&self, seen: &Seen) {
        self.choose(seen, "push_again", None).await;
    }

    /// All that waits for a cause is tried again.
    pub(super) async fn retry(&self, key: &str) {
        let causes = self.get("causes").await;
        let causes = causes["items"].as_array().unwrap();
        assert!(causes.iter().any(|cause| cause["key"] == key), "{causes:?}");
        self.post("retries", json!({ "cause": key })).await;
    }

    /// What people do in QuickBooks is looked at.
    pub(super) async fn pull(&self) {
        self.post("pulls", json!({})).await;
        self.town.settle().await;
    }

    /// The alert is dismissed: nothing is left to do about it.
    pub(super) async fn dismiss(&self, seen: &Seen) {
        let path = format!("alerts/{}/dismissal", seen.id);
        let reason = json!({ "reason": "that is as it should be" });
        self.post(&path, reason).await;
    }

    /// QuickBooks' setup is read: somebody changed it there.
    pub(super) async fn read_quickbooks(&self) {
        self.post("quickbooks/readings", json!({})).await;
        self.town.settle().await;
    }

    /// A setting is changed.
    pub(super) async fn set(&self, key: &str, value: &str) {
        let body = json!({ "changes": { key: value } });
        let (status, told) = self.ask("PATCH", "settings", Some(body)).await;
        assert_eq!(status, 200, "{key}: {told}");
    }

    /// No alert is left, and both books agree.
    pub(super) async fn is_clear(&self) {
        assert_eq!(self.open().await, Vec::<String>::new());
        assert_eq!(self.town.waiting(), Vec::<String>::new());
        crate::people::agree(&self.town);
    }
}

impl Seen {
    /// All that a person reads of it.
    pub(super) fn told(&self) -> String {
        let mut told = format!("{}\n  {}\n  {}\n", self.kind, self.message, self.resolution);
        for (_, words, asks) in &self.choices {
            told += &format!("  [ {words} ]{asks}\n");
        }
        if let Some(instead) = &self.instead {
            told += &format!("  - {instead}\n");
        }
        redacted(&told)
    }
}

/// Without what another run would tell otherwise: ids, and those of requests.
fn redacted(told: &str) -> String {
    let mut is_request = false;
    let words = told.split(' ').map(|word| {
        let is_job = word.strip_prefix("job_").is_some_and(|id| id.len() >= 32);
        let is_id = is_job || std::mem::take(&mut is_request);
        is_request = word.ends_with("intuit_tid");
        let end = word.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "_-".contains(c));
        match is_id {
            true => format!("ID{end}"),
            false => word.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

fn text(of: &Value, field: &str) -> String {
    of[field].as_str().unwrap_or_default().to_owned()
}

/// No ids, names of settings or of commands; but for what is written for whoever helps.
fn assert_plain(told: &str) {
    let for_people = match (told.find("(for support: "), told.rfind(')')) {
        (Some(from), Some(to)) if from < to => format!("{}{}", &told[..from], &told[to..]),
        _ => told.to_owned(),
    };
    for odd in ["_", "`", "#", "*", "operator", "(rule "] {
        assert!(!for_people.contains(odd), "{odd}: {told}");
    }
}
