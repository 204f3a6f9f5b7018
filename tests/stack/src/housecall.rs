use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    StackError,
    folder::Folder,
    http, paths, port,
    process::{Process, Program},
    wait::taken,
};

/// The local stand-in for Housecall Pro, and a person's hands on its buttons.
#[derive(Debug)]
pub struct Housecall {
    url: String,
    company: Uuid,
    api_key: String,
    signing_secret: String,
    client: Client,
    process: Process,
    _folder: Folder,
}

impl Housecall {
    pub(crate) async fn start(asked: Option<u16>) -> Result<Self, StackError> {
        port::start_on(asked, Self::launch).await
    }

    async fn launch(port: u16) -> Result<Self, StackError> {
        let folder = Folder::new("hcp-sandbox")?;
        let company = Uuid::new_v4();
        let api_key = Uuid::new_v4().simple().to_string();
        let signing_secret = Uuid::new_v4().simple().to_string();
        let process = Program::new("hcp-sandbox", paths::binary("hcp-sandbox")?, folder.path())
            .args(["--listen", &format!("127.0.0.1:{port}")])
            .args(["--company-id", &company.to_string()])
            .args(["--first-job-number", "100"])
            .env("HCP_SANDBOX_API_KEY", &api_key)
            .env("HCP_SANDBOX_SIGNING_SECRET", &signing_secret)
            .start()?;
        let mut sandbox = Self {
            url: format!("http://127.0.0.1:{port}"),
            company,
            api_key,
            signing_secret,
            client: http::client(),
            process,
            _folder: folder,
        };
        let health = format!("{}/_sandbox/health", sandbox.url);
        let Self {
            process, client, ..
        } = &mut sandbox;
        process
            .ready(client, &health, Duration::from_secs(30))
            .await?;
        Ok(sandbox)
    }

    /// Where its API answers and its page is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The company in it.
    pub fn company(&self) -> Uuid {
        self.company
    }

    /// The company's key.
    pub fn api_key(&self) -> &str {
        &self.api_key
    }

    /// What webhooks are signed with.
    pub fn signing_secret(&self) -> &str {
        &self.signing_secret
    }

    /// Presses a button of the app and gives the id of the record that it made or changed.
    ///
    /// # Errors
    /// When the app refuses.
    pub async fn press(&self, button: &str, with: Value) -> Result<String, StackError> {
        let answer = self
            .call(Method::POST, &format!("/_app/{button}"), Some(with))
            .await?;
        Ok(text(&answer, "id"))
    }

    /// Uses one of the sandbox's own controls under `/_sandbox/`.
    ///
    /// # Errors
    /// When there is no such control or it refuses.
    pub async fn control(&self, name: &str, order: Option<Value>) -> Result<Value, StackError> {
        let method = if order.is_some() {
            Method::POST
        } else {
            Method::GET
        };
        self.call(method, &format!("/_sandbox/{name}"), order).await
    }

    /// Takes back what was ordered by one of the controls.
    ///
    /// # Errors
    /// When there is no such control or it refuses.
    pub async fn clear(&self, name: &str) -> Result<(), StackError> {
        self.call(Method::DELETE, &format!("/_sandbox/{name}"), None)
            .await?;
        Ok(())
    }

    /// Reads from the API as the company.
    ///
    /// # Errors
    /// When the API refuses.
    pub async fn read(&self, path: &str) -> Result<Value, StackError> {
        taken(path, async || self.call(Method::GET, path, None).await).await
    }

    /// All of a list: `jobs`, `invoices`.
    ///
    /// # Errors
    /// When the API refuses.
    pub async fn all(&self, list: &str) -> Result<Vec<Value>, StackError> {
        let mut all = Vec::new();
        for page in 1.. {
            let mut told = self
                .read(&format!("/{list}?page={page}&page_size=100"))
                .await?;
            if let Value::Array(rows) = told[list].take() {
                all.extend(rows);
            }
            if told["total_pages"]
                .as_u64()
                .is_none_or(|pages| page >= pages)
            {
                break;
            }
        }
        Ok(all)
    }

    /// Enters the address of the webhooks, which the app checks first.
    ///
    /// # Errors
    /// When the address does not answer the check.
    pub async fn enter_webhook_url(&self, url: &str) -> Result<(), StackError> {
        self.control("webhook", Some(json!({ "url": url }))).await?;
        Ok(())
    }

    /// The end of its log, for a test that failed.
    pub fn log_tail(&self) -> String {
        self.process.log_tail()
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Value, StackError> {
        let url = format!("{}{path}", self.url);
        let mut request = self
            .client
            .request(method.clone(), &url)
            .header("authorization", format!("Token {}", self.api_key));
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        http::json(request, &format!("{method} {path} of Housecall Pro")).await
    }
}

/// A text in a JSON object; empty if there is none.
pub(crate) fn text(value: &Value, name: &str) -> String {
    value
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}
