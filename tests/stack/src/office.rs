use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reqwest::{Client, Method, RequestBuilder, Url, header::LOCATION, redirect::Policy};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{Stack, StackError, http};

/// What a sign-in gives.
#[derive(Clone, Debug, Deserialize)]
pub struct Tokens {
    /// For the API.
    pub access_token: String,
    /// Says who it is; the API does not take it.
    pub id_token: String,
}

/// The API, as one who signed in uses it.
#[derive(Debug)]
pub struct Office {
    url: String,
    company: String,
    client: Client,
    tokens: Tokens,
    password: String,
}

/// An answer of the API.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its tag, where it has one.
    pub etag: Option<String>,
    /// Its body, which is JSON.
    pub body: Value,
}

impl Stack {
    /// Makes somebody one of the people of the company, and signs them in as a program on their machine does. The first admin
    /// is made with rights on AWS, all others by that one.
    ///
    /// # Errors
    /// When a step is refused.
    pub async fn sign_in(&self, mail: &str, role: &str) -> Result<Office, StackError> {
        let password = self.appoint(mail, role).await?;
        self.signed_in(mail, password).await
    }

    /// Makes somebody one of the people of the company, and gives the password that they chose.
    pub(crate) async fn appoint(&self, mail: &str, role: &str) -> Result<String, StackError> {
        let invited = json!({ "mail": mail, "role": role });
        let added = self.admin().await?.act("people", &invited).await?;
        if added.status != 201 {
            return Err(StackError::Refused {
                request: format!("to make {mail} one of the people"),
                status: added.status,
                body: added.body.to_string(),
            });
        }
        self.chosen_password(mail).await
    }

    /// The first admin of the company.
    ///
    /// # Errors
    /// When a step is refused.
    pub async fn admin(&self) -> Result<&Office, StackError> {
        let mail = "first@example.com";
        let made = async || {
            self.on_aws(&["admin", "--mail", mail]).await?;
            let password = self.chosen_password(mail).await?;
            self.signed_in(mail, password).await
        };
        self.admin.get_or_try_init(made).await
    }

    async fn chosen_password(&self, mail: &str) -> Result<String, StackError> {
        let password = format!("Aa1-{}", Uuid::new_v4());
        self.aws.choose_password(mail, &password).await?;
        Ok(password)
    }

    async fn signed_in(&self, mail: &str, password: String) -> Result<Office, StackError> {
        Ok(Office {
            url: self.aws.office_url(),
            company: self.hcp.company().to_string(),
            client: http::client(),
            tokens: self.tokens(mail, &password).await?,
            password,
        })
    }

    /// The way of OAuth 2.0 for programs that can keep no secret (PKCE).
    async fn tokens(&self, mail: &str, password: &str) -> Result<Tokens, StackError> {
        let outputs = self.aws.outputs();
        let verifier = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
        let scope = format!("openid {}", outputs.sign_in_scope);
        let asked = [
            ("client_id", outputs.sign_in_client.as_str()),
            ("redirect_uri", &outputs.sign_in_answers_to),
            ("response_type", "code"),
            ("scope", &scope),
            ("state", "s"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let page = format!("{}/oauth2/authorize", self.aws.sign_in_url());
        let page = format!("{page}?{}", pairs(&asked));
        let location = self.enter(&page, mail, password).await?;
        let mut told = location.query_pairs();
        let code = told.find(|(name, _)| name == "code");
        let code = code.map(|(_, code)| code.into_owned()).unwrap_or_default();
        let exchange = [
            ("grant_type", "authorization_code"),
            ("client_id", &outputs.sign_in_client),
            ("redirect_uri", &outputs.sign_in_answers_to),
            ("code", &code),
            ("code_verifier", &verifier),
        ];
        let address = format!("{}/oauth2/token", self.aws.sign_in_url());
        http::json(posted(&browser(), address, &exchange), "the tokens").await
    }

    /// Somebody opens an address in their browser. Gives status and body of the answer.
    ///
    /// # Errors
    /// When there is none.
    pub async fn open(&self, address: &Url) -> Result<(u16, String), StackError> {
        let page = browser().get(address.clone());
        let (status, body) = http::exchange(page, "a page").await?;
        Ok((status.as_u16(), String::from_utf8_lossy(&body).into_owned()))
    }

    /// Somebody opens the page of a sign-in in their browser, and enters mail address and password. Gives where the browser is
    /// sent then.
    ///
    /// # Errors
    /// When the page does not take them.
    pub async fn enter(
        &self,
        address: &str,
        mail: &str,
        password: &str,
    ) -> Result<Url, StackError> {
        let browser = browser();
        http::succeed(browser.get(address), "the page of the sign-in").await?;
        let page = Url::parse(address).ok();
        let asked: Vec<(String, String)> = page
            .iter()
            .flat_map(|page| page.query_pairs().into_owned())
            .collect();
        let asked = asked.iter();
        let asked = asked.map(|(name, value)| (name.as_str(), value.as_str()));
        let typed = [("username", mail), ("password", password)];
        let filled: Vec<(&str, &str)> = asked.chain(typed).collect();
        let form = format!("{}/login", self.aws.sign_in_url());
        let sent = posted(&browser, form, &filled).send().await;
        let sent = sent.map_err(|source| StackError::Unanswered {
            request: "the sign-in".to_owned(),
            source,
        })?;
        let location = sent.headers().get(LOCATION);
        let location = location.and_then(|location| location.to_str().ok());
        let location = location.and_then(|location| Url::parse(location).ok());
        location.ok_or_else(|| StackError::Refused {
            request: "the sign-in".to_owned(),
            status: sent.status().as_u16(),
            body: "the browser was sent nowhere".to_owned(),
        })
    }
}

/// It follows nothing: what redirections go to may not wait.
fn browser() -> Client {
    let browser = Client::builder().no_proxy().redirect(Policy::none());
    browser.build().unwrap_or_default()
}

/// A form as a browser sends it.
pub(crate) fn posted(browser: &Client, address: String, fields: &[(&str, &str)]) -> RequestBuilder {
    browser
        .post(address)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(pairs(fields))
}

fn pairs(pairs: &[(&str, &str)]) -> String {
    let parsed = Url::parse_with_params("http://localhost", pairs);
    let query = parsed.ok().and_then(|url| url.query().map(str::to_owned));
    query.unwrap_or_default()
}

impl Office {
    /// What was typed to sign in.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// What the sign-in gave.
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// Where it answers.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Reads something of the company, as `alerts`.
    ///
    /// # Errors
    /// When it does not answer with JSON.
    pub async fn read(&self, path: &str) -> Result<Answer, StackError> {
        let url = self.of_company(path);
        self.ask(Method::GET, &url, &self.tokens.access_token, None)
            .await
    }

    /// Has something done in the company, as `pushes`.
    ///
    /// # Errors
    /// When it does not answer with JSON.
    pub async fn act(&self, path: &str, body: &Value) -> Result<Answer, StackError> {
        let url = self.of_company(path);
        self.ask(Method::POST, &url, &self.tokens.access_token, Some(body))
            .await
    }

    /// Asks with another token, or without one.
    ///
    /// # Errors
    /// When it does not answer with JSON.
    pub async fn read_with(&self, token: &str, path: &str) -> Result<Answer, StackError> {
        self.ask(Method::GET, &self.of_company(path), token, None)
            .await
    }

    fn of_company(&self, path: &str) -> String {
        format!("{}/api/v1/companies/{}/{path}", self.url, self.company)
    }

    async fn ask(
        &self,
        method: Method,
        url: &str,
        token: &str,
        body: Option<&Value>,
    ) -> Result<Answer, StackError> {
        let name = format!("{method} {url}");
        let mut request = self.client.request(method, url);
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .header("idempotency-key", Uuid::new_v4().to_string())
                .body(body.to_string());
        }
        let unanswered = |source| StackError::Unanswered {
            request: name.clone(),
            source,
        };
        let answer = request.send().await.map_err(unanswered)?;
        let etag = answer.headers().get("etag");
        let etag = etag.and_then(|tag| tag.to_str().ok()).map(str::to_owned);
        let status = answer.status().as_u16();
        let body = answer.bytes().await.map_err(unanswered)?;
        let body = serde_json::from_slice(&body);
        Ok(Answer {
            status,
            etag,
            body: body.map_err(|source| StackError::Unreadable { what: name, source })?,
        })
    }
}
