//! The office, as somebody who signed in asks it: requests and their answers over HTTP, with the waits that it asks for.

mod again;
mod problem;

use std::{error::Error, time::Duration};

use adapters::{Connections, ReqwestHttp, SystemChance, SystemClock, fit_address};
use clap::Args;
use jiff::tz::TimeZone;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use ports::{Chance, Clock, Http, HttpRequest, HttpResponse, Method};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

pub(crate) use self::problem::sentence;

use self::again::Next;
use crate::{
    failure::Failure,
    sign_in::{Entry, Kept, renewed},
    terminal::Spinner,
};

/// Which office and which of its companies; how its answers are shown.
#[derive(Args, Clone, Debug)]
pub(crate) struct Asking {
    /// The address of the office; without it, the one at which you are signed in.
    #[arg(
        long,
        env = "OFFICE_URL",
        hide_env_values = true,
        value_name = "ADDRESS",
        value_parser = fit_address
    )]
    office_url: Option<String>,
    /// The company's id in Housecall Pro, a UUID; without it, the only one in which you are.
    #[arg(
        long,
        env = "HCPQBO_COMPANY",
        hide_env_values = true,
        value_name = "ID"
    )]
    company: Option<String>,
    /// Prints the answer of the API as it is (JSON).
    #[arg(long)]
    pub(crate) json: bool,
}

/// An access token that a program was given, in the place of a sign-in.
const TOKEN: &str = "HCPQBO_TOKEN";

/// How long one answer is waited for: API Gateway waits no longer itself.
const PATIENCE: Duration = Duration::from_secs(35);

/// How it is known who asks.
enum Session {
    /// By the token in the environment.
    Given(String),
    /// By a sign-in, which is renewed.
    Kept(Kept, Box<Entry>),
}

/// A company in which somebody is.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Company {
    pub(crate) id: String,
    pub(crate) role: String,
    time_zone: Option<String>,
}

impl Company {
    /// In which its times are told.
    pub(crate) fn zone(&self) -> TimeZone {
        let zone = self.time_zone.as_deref();
        let zone = zone.and_then(|zone| TimeZone::get(zone).ok());
        zone.unwrap_or(TimeZone::UTC)
    }
}

#[derive(Deserialize)]
struct Companies {
    items: Vec<Company>,
}

/// What is asked of the office.
struct Request {
    method: Method,
    path: String,
    body: Option<Value>,
    /// Carried out once under it, however often it comes.
    key: Option<String>,
    /// What the person saw of what they change.
    seen: Option<String>,
}

/// What it answered.
#[derive(Debug)]
pub(crate) struct Answer {
    response: HttpResponse,
}

impl Answer {
    /// What it says.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_slice(&self.response.body).map_err(|error| {
            Failure::because(
                "The office answered in a way that this version does not understand",
                &error,
            )
        })
    }

    /// Its text, as it came.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.response.body).into_owned()
    }

    /// What a change of it is made on top of.
    pub(crate) fn tag(&self) -> String {
        let tag = self.response.header("etag");
        tag.unwrap_or("*").to_owned()
    }
}

/// The office, and the company that is asked about.
pub(crate) struct Office {
    http: ReqwestHttp,
    url: String,
    session: Session,
    company: Company,
}

impl Office {
    /// As the command was told, and the company that it means.
    pub(crate) async fn open(asking: &Asking) -> Result<Self, Failure> {
        let (url, session) = session(asking.office_url.as_deref())?;
        let company = Company {
            id: String::new(),
            role: String::new(),
            time_zone: None,
        };
        let mut office = Self {
            http: ReqwestHttp::new(&Connections::default()),
            url,
            session,
            company,
        };
        let all = office.companies().await?;
        office.company = chosen(all, asking.company.as_deref())?;
        Ok(office)
    }

    /// The companies in which the caller is.
    async fn companies(&mut self) -> Result<Vec<Company>, Failure> {
        let answer = self.ask(get("/api/v1/companies?limit=100".to_owned()));
        let all: Companies = answer.await?.read()?;
        Ok(all.items)
    }

    /// Where it answers.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The company that is asked about.
    pub(crate) fn company(&self) -> &Company {
        &self.company
    }

    /// Reads something of the company: `alerts`.
    pub(crate) async fn get(&mut self, path: &str) -> Result<Answer, Failure> {
        let request = get(self.path(path));
        self.ask(request).await
    }

    /// Has something done, once.
    pub(crate) async fn post(&mut self, path: &str, body: Value) -> Result<Answer, Failure> {
        let request = Request {
            method: Method::Post,
            body: Some(body),
            key: Some(SystemChance.uuid().to_string()),
            ..get(self.path(path))
        };
        self.ask(request).await
    }

    /// Changes what was seen.
    pub(crate) async fn patch(
        &mut self,
        path: &str,
        seen: String,
        body: Value,
    ) -> Result<Answer, Failure> {
        let request = Request {
            method: Method::Patch,
            body: Some(body),
            seen: Some(seen),
            ..get(self.path(path))
        };
        self.ask(request).await
    }

    /// Takes away what was seen.
    pub(crate) async fn delete(&mut self, path: &str, seen: String) -> Result<Answer, Failure> {
        let request = Request {
            method: Method::Delete,
            seen: Some(seen),
            ..get(self.path(path))
        };
        self.ask(request).await
    }

    fn path(&self, path: &str) -> String {
        format!("/api/v1/companies/{}/{path}", self.company.id)
    }

    /// Asks, and waits where it is said to wait, or where an answer was lost that may be asked for again.
    async fn ask(&mut self, request: Request) -> Result<Answer, Failure> {
        let mut spinner = Spinner::new();
        let mut tries = again::Tries::default();
        loop {
            let token = self.token().await?;
            let sent = self.http.send(self.outgoing(&request, &token)).await;
            match tries.next(&sent, request.may_come_twice()) {
                Next::Enough => {}
                Next::After(wait, why) => {
                    spinner.wait(wait, why).await;
                    continue;
                }
                Next::SignInAgain => {
                    self.renew().await?;
                    continue;
                }
            }
            let response = sent.map_err(|error| {
                let what = format!(
                    "The office at {} does not answer (is OFFICE_URL the one of target/outputs.env?)",
                    self.url
                );
                Failure::because(&what, &error as &(dyn Error + 'static))
            })?;
            return match response.status {
                200..=299 => Ok(Answer { response }),
                _ => Err(problem::failure(&response, &self.url)),
            };
        }
    }

    fn outgoing(&self, request: &Request, token: &str) -> HttpRequest {
        let mut headers = vec![
            ("authorization", format!("Bearer {token}")),
            ("accept", "application/json".to_owned()),
        ];
        if request.body.is_some() {
            headers.push(("content-type", "application/json".to_owned()));
        }
        headers.extend(request.key.clone().map(|key| ("idempotency-key", key)));
        headers.extend(request.seen.clone().map(|seen| ("if-match", seen)));
        let body = request.body.as_ref().map(Value::to_string);
        HttpRequest {
            method: request.method,
            url: format!("{}{}", self.url, request.path),
            headers,
            body: body.unwrap_or_default().into_bytes(),
            timeout: PATIENCE,
        }
    }

    /// A token that is good for the next request.
    async fn token(&mut self) -> Result<String, Failure> {
        match &self.session {
            Session::Given(token) => return Ok(token.clone()),
            Session::Kept(_, entry) if entry.is_good(SystemClock::new().now()) => {
                return Ok(entry.access_token.clone());
            }
            Session::Kept(..) => {}
        }
        self.renew().await
    }

    async fn renew(&mut self) -> Result<String, Failure> {
        match &mut self.session {
            Session::Given(_) => Err(Failure::Declined(format!(
                "The access token in {TOKEN} is not accepted: it is good for an hour, and must be for the scope of the office."
            ))),
            Session::Kept(kept, entry) => {
                **entry = renewed(entry).await?;
                kept.keep(&self.url, (**entry).clone())?;
                Ok(entry.access_token.clone())
            }
        }
    }
}

impl Request {
    /// Whether it does the same once or twice: what reads does, and what carries a key or a tag.
    fn may_come_twice(&self) -> bool {
        matches!(self.method, Method::Get) || self.key.is_some() || self.seen.is_some()
    }
}

fn get(path: String) -> Request {
    Request {
        method: Method::Get,
        path,
        body: None,
        key: None,
        seen: None,
    }
}

/// Which office is asked, and as whom.
fn session(office: Option<&str>) -> Result<(String, Session), Failure> {
    if let Ok(token) = adapters::env(TOKEN) {
        let office = office.ok_or_else(|| {
            let words = format!("Say which office the token in {TOKEN} is for: set OFFICE_URL.");
            Failure::Declined(words)
        })?;
        let office = office.trim_end_matches('/').to_owned();
        return Ok((office, Session::Given(token)));
    }
    let kept = Kept::of_user()?;
    let (office, entry) = kept.entry(office)?;
    Ok((office, Session::Kept(kept, Box::new(entry))))
}

/// The company that is meant among those in which somebody is.
fn chosen(all: Vec<Company>, wanted: Option<&str>) -> Result<Company, Failure> {
    let ids: Vec<&str> = all.iter().map(|one| one.id.as_str()).collect();
    let ids = ids.join(", ");
    let Some(wanted) = wanted else {
        let mut all = all.into_iter();
        return match (all.next(), all.next()) {
            (Some(only), None) => Ok(only),
            (None, _) => Err(Failure::declined(
                "You are in no company yet: ask an admin of yours to invite you with the mail address that you signed in with.",
            )),
            (Some(_), Some(_)) => Err(Failure::Declined(format!(
                "You are in several companies: say which one with --company ({ids})."
            ))),
        };
    };
    let found = all.iter().find(|one| one.id == wanted).cloned();
    found.ok_or_else(|| {
        Failure::Declined(format!(
            "There is no company {wanted}, or you are not one of its people. You are in: {}",
            match ids.as_str() {
                "" => "none",
                ids => ids,
            }
        ))
    })
}

/// A part of a path or of a query, of whatever characters.
pub(crate) fn part(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn company(id: &str) -> Company {
        Company {
            id: id.to_owned(),
            role: "admin".to_owned(),
            time_zone: None,
        }
    }

    #[test]
    fn the_company_is_the_one_that_was_named_or_the_only_one() {
        let (one, two) = (company("6a3f"), company("7b40"));
        let told = |all: &[&Company], wanted| {
            let all = all.iter().map(|one| (*one).clone()).collect();
            chosen(all, wanted).map_or_else(|failure| failure.to_string(), |one| one.id)
        };
        let cases = [
            told(&[&one], None),
            told(&[&one, &two], Some("7b40")),
            told(&[&one, &two], None),
            told(&[&one], Some("8c51")),
            told(&[], Some("8c51")),
            told(&[], None),
        ];
        insta::assert_snapshot!(cases.join("\n"), @r"
        6a3f
        7b40
        You are in several companies: say which one with --company (6a3f, 7b40).
        There is no company 8c51, or you are not one of its people. You are in: 6a3f
        There is no company 8c51, or you are not one of its people. You are in: none
        You are in no company yet: ask an admin of yours to invite you with the mail address that you signed in with.
        ");
    }

    #[test]
    fn what_a_person_typed_stays_one_part_of_the_path() {
        assert_eq!(part("104"), "104");
        assert_eq!(part("../a b?c#d"), "%2E%2E%2Fa%20b%3Fc%23d");
    }
}
