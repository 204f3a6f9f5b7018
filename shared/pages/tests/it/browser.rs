//! A browser: it keeps cookies, follows what it is told to, and says where it posts from.

use std::{cell::RefCell, collections::BTreeMap, sync::Arc};

use axum::Router;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use fakes::FakeDirectory;
use office::{Office, Role};
use pages::Site;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use ports::{HttpRequest, HttpResponse};
use qbo_sandbox::Request;
use serde_json::{Value, json};
use simulation::{QBO, SIGN_IN, Town};
use sync::company::connect::consent::Intuit;

/// Where the pages are.
pub(crate) const HOME: &str = "https://office.test";

/// A company between the two sandboxes, with its pages and one person of each role.
pub(crate) struct Desk {
    pub(crate) town: Town,
    pages: Router,
    console: Router,
    users: BTreeMap<Role, String>,
}

pub(crate) struct Browser<'a> {
    desk: &'a Desk,
    pub(crate) cookies: RefCell<BTreeMap<String, String>>,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u64,
    pub(crate) headers: Value,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn leads_to(&self) -> &str {
        self.headers["location"].as_str().unwrap_or_default()
    }

    /// A value behind the question mark of where it leads to.
    pub(crate) fn value(&self, name: &str) -> String {
        value(self.leads_to(), name)
    }

    /// What makes a form of this page one of ours.
    pub(crate) fn form_token(&self) -> String {
        let (_, rest) = self
            .body
            .split_once("name=\"form_token\" value=\"")
            .unwrap();
        rest.split('"').next().unwrap().to_owned()
    }
}

pub(crate) fn value(address: &str, name: &str) -> String {
    let (_, query) = address.split_once('?').unwrap_or_default();
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let found = pairs.find(|(known, _)| *known == name);
    let text = found.map_or("", |(_, value)| value);
    percent_decode_str(text).decode_utf8().unwrap().into_owned()
}

pub(crate) fn encoded(fields: &[(&str, &str)]) -> String {
    let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let fields = fields.iter();
    let fields: Vec<String> = fields
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    fields.join("&")
}

/// Takes a code that is the id of a user, and says that it is them.
fn sign_in(asked: &HttpRequest) -> HttpResponse {
    let body = format!("?{}", String::from_utf8_lossy(&asked.body));
    let user = value(&body, "code");
    if value(&body, "code_verifier").len() < 43 || user == "old" {
        return HttpResponse {
            status: 400,
            ..HttpResponse::default()
        };
    }
    let claims = json!({
        "sub": user, "aud": "pages", "iss": "https://cognito.test/pool-1",
        "exp": 4_000_000_000_i64, "token_use": "id",
    });
    let claims = BASE64_URL_SAFE_NO_PAD.encode(claims.to_string());
    HttpResponse {
        status: 200,
        headers: Vec::new(),
        body: json!({ "id_token": format!("a.{claims}.b") })
            .to_string()
            .into_bytes(),
    }
}

impl Desk {
    pub(crate) async fn new(seed: u64) -> Self {
        Self::of(Town::new(seed).await).await
    }

    pub(crate) async fn of(town: Town) -> Self {
        town.answer_sign_in(sign_in);
        let office = Office::new(town.worker());
        let directory = FakeDirectory::default();
        let mut users = BTreeMap::new();
        for (role, mail) in [
            (Role::Viewer, "viewer@example.com"),
            (Role::Bookkeeper, "bookkeeper@example.com"),
            (Role::Admin, "admin@example.com"),
        ] {
            let company = town.books().company;
            let by = simulation::person();
            let person = office.appoint(&company, &by, &directory, mail, role).await;
            users.insert(role, person.unwrap().user.to_string());
        }
        let site = Site {
            address: HOME.to_owned(),
            webhooks: "https://hooks.test".to_owned(),
            sign_in: SIGN_IN.to_owned(),
            client: "pages".to_owned(),
            pool: "pool-1".to_owned(),
            intuit: Intuit {
                authorize_url: format!("{QBO}/connect/oauth2"),
                revoke_url: format!("{QBO}/v2/oauth2/tokens/revoke"),
                answers_to: format!("{HOME}{}", Site::ANSWERS_TO),
            },
        };
        Self {
            console: pages::console(Arc::new(Office::new(town.worker())), site.clone()),
            pages: pages::pages(Arc::new(office), site),
            town,
            users,
        }
    }

    pub(crate) fn setup(&self) -> String {
        format!("/setup/{}", self.town.books().company)
    }

    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser {
            desk: self,
            cookies: RefCell::default(),
        }
    }

    /// Somebody with that role, signed in.
    pub(crate) async fn signed_in(&self, role: Role) -> Browser<'_> {
        let browser = self.browser();
        browser.sign_in(&self.users[&role]).await;
        browser
    }
}

impl Browser<'_> {
    pub(crate) async fn sign_in(&self, user: &str) {
        let begun = self.get("/sign-in").await;
        assert!(begun.leads_to().starts_with(SIGN_IN), "{begun:?}");
        let back = encoded(&[("code", user), ("state", &begun.value("state"))]);
        let back = self.get(&format!("/signed-in?{back}")).await;
        assert_eq!((back.status, back.leads_to()), (303, "/"), "{back:?}");
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, json!({}), None).await
    }

    /// Posts a form of the page at `from`.
    pub(crate) async fn post(&self, from: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.get(from).await.form_token();
        self.post_with(&token, path, fields).await
    }

    pub(crate) async fn post_with(
        &self,
        token: &str,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let mut fields = fields.to_vec();
        fields.push(("form_token", token));
        let origin = json!({ "origin": HOME });
        self.ask("POST", path, origin, Some(encoded(&fields))).await
    }

    pub(crate) async fn ask(
        &self,
        method: &str,
        path: &str,
        mut headers: Value,
        body: Option<String>,
    ) -> Answer {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        if body.is_some() {
            headers["content-type"] = "application/x-www-form-urlencoded".into();
        }
        let cookies = self.cookies.borrow().clone().into_iter();
        let cookies: Vec<String> = cookies
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let event = json!({
            "rawPath": path,
            "rawQueryString": query,
            "headers": headers,
            "cookies": cookies,
            "requestContext": { "http": { "method": method } },
            "body": body,
            "isBase64Encoded": false,
        });
        let desk = self.desk;
        let is_daily = path == "/" || path.starts_with("/assets/");
        let pages = if is_daily { &desk.console } else { &desk.pages };
        let told = api::serve(pages, event).await;
        for cookie in told["cookies"].as_array().unwrap() {
            let (pair, traits) = cookie.as_str().unwrap().split_once("; ").unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            let mut kept = self.cookies.borrow_mut();
            match traits.ends_with("Max-Age=0") {
                true => kept.remove(name),
                false => kept.insert(name.to_owned(), value.to_owned()),
            };
        }
        Answer {
            status: told["statusCode"].as_u64().unwrap(),
            headers: told["headers"].clone(),
            body: told["body"].as_str().unwrap().to_owned(),
        }
    }

    /// Presses a button on Intuit's page, and gives where that leads to on ours.
    pub(crate) fn press_at_intuit(&self, page: &str, button: &str) -> String {
        let (_, query) = page.split_once('?').unwrap();
        let pressed = self.desk.town.qbo.handle(&Request {
            method: "POST".to_owned(),
            target: "/connect/oauth2".to_owned(),
            headers: Vec::new(),
            body: format!("{query}&decision={button}").into_bytes(),
        });
        let mut headers = pressed.headers.iter();
        let to = headers.find(|(name, _)| name == "location");
        let (_, to) = to.unwrap_or_else(|| panic!("status {}", pressed.status));
        to.strip_prefix(HOME).unwrap().to_owned()
    }

    /// Connects by button, with what was chosen; gives what our page answers in the end.
    pub(crate) async fn connect(&self, chosen: &[(&str, &str)]) -> Answer {
        let back = self.set_out(chosen).await;
        self.get(&back).await
    }

    /// The same until Intuit sends them back: where to.
    pub(crate) async fn set_out(&self, chosen: &[(&str, &str)]) -> String {
        let begun = self.begin(chosen).await;
        assert_eq!(begun.status, 303, "{begun:?}");
        self.press_at_intuit(begun.leads_to(), "connect")
    }

    pub(crate) async fn begin(&self, chosen: &[(&str, &str)]) -> Answer {
        let company = self.desk.town.books().company.to_string();
        let mut fields = chosen.to_vec();
        fields.push(("company", &company));
        let from = self.desk.setup();
        self.post(&from, "/connect/quickbooks", &fields).await
    }
}
