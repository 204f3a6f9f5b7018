//! An app that talks to a sandbox company, for tests.

use std::{fmt::Write, time::Duration};

use jiff::Timestamp;
use ports::HttpResponse;
use qbo_sandbox::{Answer, Clock, Json, Options, Request, Sandbox};

use crate::books::Checked;

/// An app with a valid token and no limits in its way.
pub(crate) struct App {
    pub(crate) sandbox: Sandbox,
    pub(crate) clock: Clock,
    pub(crate) token: String,
    pub(crate) _books: Checked,
}

/// 2020-09-29 05:58:07 in the company's zone.
pub(crate) fn start() -> Timestamp {
    "2020-09-29T12:58:07Z".parse().unwrap()
}

/// Options for tests: a clock that stands still, no limits.
pub(crate) fn options() -> Options {
    Options {
        realm: "1".to_owned(),
        limits: false,
        clock: Clock::manual(start()),
        ..Options::default()
    }
}

impl App {
    pub(crate) fn new() -> Self {
        Self::with(options())
    }

    pub(crate) fn with(options: Options) -> Self {
        let clock = options.clock.clone();
        let sandbox = Sandbox::new(options);
        let token = sandbox.access_token();
        Self {
            _books: Checked(sandbox.clone()),
            sandbox,
            clock,
            token,
        }
    }

    pub(crate) fn request(&self, method: &str, path: &str, body: &str) -> Request {
        Request {
            method: method.to_owned(),
            target: format!("/v3/company/1/{path}"),
            headers: [
                ("authorization", format!("Bearer {}", self.token)),
                ("accept", "application/json".to_owned()),
                ("content-type", "application/json".to_owned()),
            ]
            .map(|(name, value)| (name.to_owned(), value))
            .to_vec(),
            body: body.as_bytes().to_vec(),
        }
    }

    pub(crate) fn call(&self, method: &str, path: &str, body: &str) -> HttpResponse {
        answered(self.sandbox.handle(&self.request(method, path, body)))
    }

    /// A POST that must succeed.
    pub(crate) fn post(&self, path: &str, body: &str) -> Json {
        let response = self.call("POST", path, body);
        let json = json(&response);
        assert_eq!(response.status, 200, "{path}: {json}");
        json
    }

    /// A GET that must succeed.
    pub(crate) fn get(&self, path: &str) -> Json {
        let response = self.call("GET", path, "");
        let json = json(&response);
        assert_eq!(response.status, 200, "{path}: {json}");
        json
    }

    /// A POST that must be refused; gives the error's code, element and detail.
    pub(crate) fn refused(&self, path: &str, body: &str) -> Refused {
        Refused::of(&self.call("POST", path, body))
    }

    pub(crate) fn query(&self, statement: &str) -> HttpResponse {
        self.call("GET", &format!("query?query={}", encoded(statement)), "")
    }

    /// The ids that a query gives, in its order.
    pub(crate) fn ids(&self, statement: &str) -> Vec<String> {
        let response = self.query(statement);
        let body = json(&response);
        assert_eq!(response.status, 200, "{statement}: {body}");
        let response = body.at("QueryResponse").unwrap().as_object().unwrap();
        response
            .iter()
            .flat_map(|(_, rows)| rows.as_list())
            .map(|row| row.text("Id").unwrap().to_owned())
            .collect()
    }

    pub(crate) fn customer(&self, name: &str) -> String {
        let created = self.post("customer", &format!(r#"{{"DisplayName":"{name}"}}"#));
        created.text("Customer.Id").unwrap().to_owned()
    }

    /// An invoice with one line of this amount for the item 1.
    pub(crate) fn invoice(&self, customer: &str, amount: &str) -> Json {
        let created = self.post("invoice", &invoice_body(customer, amount));
        created.at("Invoice").unwrap().clone()
    }

    /// A payment that is applied to these documents (`Invoice:1`), each with an amount.
    pub(crate) fn payment(&self, customer: &str, total: &str, lines: &[(&str, &str)]) -> Json {
        let created = self.post("payment", &payment_body(customer, total, lines));
        created.at("Payment").unwrap().clone()
    }

    /// The value at a path of one object, as it is printed; `-` when there is none.
    pub(crate) fn shown(&self, entity: &str, id: &str, path: &str) -> String {
        let object = self.sandbox.object(entity, id).unwrap();
        object.at(path).map_or("-".to_owned(), Json::to_string)
    }

    pub(crate) fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds)).unwrap();
    }
}

pub(crate) fn invoice_body(customer: &str, amount: &str) -> String {
    format!(
        r#"{{"CustomerRef":{{"value":"{customer}"}},"Line":[{}]}}"#,
        line(amount)
    )
}

pub(crate) fn line(amount: &str) -> String {
    format!(
        r#"{{"Amount":{amount},"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{{"ItemRef":{{"value":"1"}}}}}}"#
    )
}

pub(crate) fn payment_body(customer: &str, total: &str, lines: &[(&str, &str)]) -> String {
    let lines: Vec<String> = lines
        .iter()
        .map(|(document, amount)| {
            let (kind, id) = document.split_once(':').unwrap();
            format!(r#"{{"Amount":{amount},"LinkedTxn":[{{"TxnId":"{id}","TxnType":"{kind}"}}]}}"#)
        })
        .collect();
    format!(
        r#"{{"CustomerRef":{{"value":"{customer}"}},"TotalAmt":{total},"Line":[{}]}}"#,
        lines.join(",")
    )
}

/// The first error of a fault.
#[derive(Debug, PartialEq)]
pub(crate) struct Refused {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) element: Option<String>,
    pub(crate) detail: String,
}

impl Refused {
    pub(crate) fn of(response: &HttpResponse) -> Self {
        let body = json(response);
        let error = body
            .at("Fault.Error.0")
            .unwrap_or_else(|| panic!("{} is no fault: {body}", response.status));
        Self {
            status: response.status,
            code: error.text("code").unwrap().to_owned(),
            element: error.text("element").map(str::to_owned),
            detail: error.text("Detail").unwrap().to_owned(),
        }
    }
}

pub(crate) fn answered(answer: Answer) -> HttpResponse {
    assert!(!answer.is_lost, "the connection was dropped");
    answer.into()
}

pub(crate) fn json(response: &HttpResponse) -> Json {
    Json::parse(&response.body)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&response.body)))
}

pub(crate) fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        write!(out, "%{byte:02x}").unwrap();
        out
    })
}
