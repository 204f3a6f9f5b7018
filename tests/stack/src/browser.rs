//! A person's browser on the pages: it keeps cookies, says where it posts from, and is sent from one site to the other.

use std::{cell::RefCell, collections::BTreeMap};

use reqwest::{Client, RequestBuilder, Response, Url, header, redirect::Policy};

use crate::{Stack, StackError, office::posted};

/// A browser in which somebody is signed in.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    /// The address that the pages have on AWS.
    address: String,
    /// Where they answer here.
    here: String,
    company: String,
    cookies: RefCell<BTreeMap<String, String>>,
}

/// What a page answers.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Its status.
    pub status: u16,
    /// Where it sends the browser; empty for nowhere.
    pub leads_to: String,
    /// What it says.
    pub body: String,
}

impl Stack {
    /// Makes somebody one of the people of the company, and signs them in to the pages.
    ///
    /// # Errors
    /// When a step is refused.
    pub async fn browse(&self, mail: &str, role: &str) -> Result<Browser, StackError> {
        let password = self.appoint(mail, role).await?;
        let client = Client::builder().no_proxy().redirect(Policy::none());
        let browser = Browser {
            client: client.build().unwrap_or_default(),
            address: self.aws.outputs().office_url.clone(),
            here: self.aws.office_url(),
            company: self.hcp.company().to_string(),
            cookies: RefCell::default(),
        };
        browser
            .sign_in(self.aws.sign_in_url(), mail, &password)
            .await?;
        Ok(browser)
    }

    /// Presses *Connect* on Intuit's page, and gives where that leads.
    ///
    /// # Errors
    /// When the page does not send anybody anywhere.
    pub async fn allow_at_intuit(
        &self,
        browser: &Browser,
        page: &str,
    ) -> Result<String, StackError> {
        let mut fields = query(page);
        fields.push(("decision".to_owned(), "connect".to_owned()));
        let form = page.split('?').next().unwrap_or_default().to_owned();
        let shown = browser
            .send(posted_to(&browser.client, form, &fields))
            .await?;
        Ok(shown.leads_to)
    }
}

impl Browser {
    /// Another one that shows the same cookies: somebody took them.
    pub fn stolen(&self) -> Self {
        Self {
            client: self.client.clone(),
            address: self.address.clone(),
            here: self.here.clone(),
            company: self.company.clone(),
            cookies: self.cookies.clone(),
        }
    }

    /// The set-up page of the company.
    pub fn setup(&self) -> String {
        format!("{}/setup/{}", self.address, self.company)
    }

    async fn sign_in(&self, sign_in: &str, mail: &str, password: &str) -> Result<(), StackError> {
        let begun = self.get(&format!("{}/sign-in", self.address)).await?;
        self.send(self.client.get(&begun.leads_to)).await?;
        let mut fields = query(&begun.leads_to);
        fields.push(("username".to_owned(), mail.to_owned()));
        fields.push(("password".to_owned(), password.to_owned()));
        let form = format!("{sign_in}/login");
        let back = self.send(posted_to(&self.client, form, &fields)).await?;
        let home = self.get(&back.leads_to).await?;
        match home.leads_to.as_str() {
            "/" => Ok(()),
            _ => Err(StackError::Refused {
                request: "signing in to the pages".to_owned(),
                status: home.status,
                body: home.body,
            }),
        }
    }

    /// Opens a page of ours by its address.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn get(&self, address: &str) -> Result<Shown, StackError> {
        let request = self.client.get(self.local(address));
        self.ask(request).await
    }

    /// Posts a form of the set-up page.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Result<Shown, StackError> {
        let page = self.get(&self.setup()).await?.body;
        let mark = "name=\"form_token\" value=\"";
        let token = page.split_once(mark).map_or("", |(_, rest)| rest);
        let token = token.split('"').next().unwrap_or_default();
        let mut fields = fields.to_vec();
        fields.push(("form_token", token));
        fields.push(("company", &self.company));
        let address = self.local(&format!("{}{path}", self.address));
        let request = posted(&self.client, address, &fields).header(header::ORIGIN, &self.address);
        self.ask(request).await
    }

    fn local(&self, address: &str) -> String {
        address.replacen(&self.address, &self.here, 1)
    }

    async fn ask(&self, request: RequestBuilder) -> Result<Shown, StackError> {
        let cookies = self.cookies.borrow().clone().into_iter();
        let cookies: Vec<String> = cookies
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        self.send(request.header(header::COOKIE, cookies.join("; ")))
            .await
    }

    async fn send(&self, request: RequestBuilder) -> Result<Shown, StackError> {
        let unanswered = |source| StackError::Unanswered {
            request: "a page".to_owned(),
            source,
        };
        let answer = request.send().await.map_err(unanswered)?;
        self.keep(&answer);
        let location = answer.headers().get(header::LOCATION);
        let location = location.and_then(|location| location.to_str().ok());
        Ok(Shown {
            status: answer.status().as_u16(),
            leads_to: location.unwrap_or_default().to_owned(),
            body: answer.text().await.map_err(unanswered)?,
        })
    }

    fn keep(&self, answer: &Response) {
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap_or_default();
            let (pair, traits) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            // Of other sites too: none has a name of ours.
            let mut kept = self.cookies.borrow_mut();
            match traits.ends_with("Max-Age=0") {
                true => kept.remove(name),
                false => kept.insert(name.to_owned(), value.to_owned()),
            };
        }
    }
}

fn posted_to(client: &Client, form: String, fields: &[(String, String)]) -> RequestBuilder {
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    posted(client, form, &fields)
}

/// What stands behind the question mark of an address.
fn query(address: &str) -> Vec<(String, String)> {
    let url = Url::parse(address).ok();
    let pairs = url.iter().flat_map(Url::query_pairs);
    pairs
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}
