//! Answers with the headers and envelopes of QuickBooks.

use jiff::Timestamp;
use sandbox_kit::Answer;

use crate::{
    fault::Refusal,
    json::{Json, Object},
    times::Times,
};

/// What every answer carries.
#[derive(Clone, Debug)]
pub(crate) struct Envelope {
    pub(crate) tid: String,
    pub(crate) now: Timestamp,
    pub(crate) times: Times,
}

impl Envelope {
    /// 200 with the object and the time.
    pub(crate) fn ok(&self, object: Object) -> Answer {
        let body = object.with("time", self.times.milli(self.now));
        let mut response = self.response(200, "application/json;charset=utf-8", body.to_string());
        for (name, value) in [
            (
                "cache-control",
                "max-age=0, no-cache, no-store, must-revalidate, private",
            ),
            ("expires", "0"),
            ("qbo-version", "1996.100"),
            ("service-time", "total=20, db=10"),
        ] {
            response.headers.push((name.to_owned(), value.to_owned()));
        }
        response
    }

    /// A fault of the company's API. The recorded one for a bad id has no time.
    pub(crate) fn refused(&self, refusal: &Refusal) -> Answer {
        let mut body = Object::new().with("Fault", refusal.to_json());
        if refusal.code != "2030" {
            body.set("time", self.times.milli(self.now));
        }
        self.response(refusal.status, "application/json", body.to_string())
    }

    /// 401: no token, a bad one, or an expired one.
    pub(crate) fn unauthenticated(&self, detail: &str) -> Answer {
        let mut response = self.gateway(
            401,
            "message=AuthenticationFailed; errorCode=003200; statusCode=401",
            Json::from(detail),
            "3200",
            "AUTHENTICATION",
        );
        response.headers.push((
            "www-authenticate".to_owned(),
            "Bearer realm=\"Intuit\", error=\"invalid_token\"".to_owned(),
        ));
        response
    }

    /// 403: the token is for another company.
    pub(crate) fn wrong_realm(&self) -> Answer {
        self.gateway(
            403,
            "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403",
            Json::Null,
            "3100",
            "SERVICE",
        )
    }

    /// 429, in XML whatever was asked for.
    pub(crate) fn throttled(&self) -> Answer {
        let body = format!(
            "<IntuitResponse time=\"{}\" xmlns=\"http://schema.intuit.com/finance/v3\"><Fault type=\"SERVICE\"><Error code=\"3001\"><Message>message=ThrottleExceeded; errorCode=003001; statusCode=429</Message><Detail>The request limit was reached.  Try again later</Detail></Error></Fault></IntuitResponse>",
            self.times.milli(self.now)
        );
        self.response(429, "application/xml", body)
    }

    /// 429 in the JSON of the gateway.
    pub(crate) fn throttled_json(&self) -> Answer {
        self.gateway(
            429,
            "message=ThrottleExceeded; errorCode=003001; statusCode=429",
            Json::from("The request limit was reached.  Try again later"),
            "3001",
            "SERVICE",
        )
    }

    /// 405: QuickBooks knows GET and POST only.
    pub(crate) fn method_not_allowed(&self) -> Answer {
        self.response(405, "text/html", String::new())
    }

    /// 502 or 504 of a proxy in between.
    pub(crate) fn proxy(&self, status: u16, reason: &str) -> Answer {
        Answer {
            status,
            headers: vec![("content-type".to_owned(), "text/html".to_owned())],
            body: format!("<html>\r\n<head><title>{status} {reason}</title></head>\r\n<body>\r\n<center><h1>{status} {reason}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n").into_bytes(),
            ..Answer::default()
        }
    }

    /// A body of the token endpoint.
    pub(crate) fn token(&self, status: u16, body: &Object) -> Answer {
        let mut response =
            self.response(status, "application/json;charset=UTF-8", body.to_string());
        for (name, value) in [
            ("cache-control", "no-cache, no-store"),
            ("pragma", "no-cache"),
        ] {
            response.headers.push((name.to_owned(), value.to_owned()));
        }
        if status == 401 {
            response.headers.push((
                "www-authenticate".to_owned(),
                "Basic realm=\"Intuit\"".to_owned(),
            ));
        }
        response
    }

    /// Back to the app, after the page of consent.
    pub(crate) fn redirect(&self, to: String) -> Answer {
        let mut response = self.response(302, "text/html", String::new());
        response.headers.push(("location".to_owned(), to));
        response
    }

    /// A document of the sign-in hosts.
    pub(crate) fn document(&self, body: &Object) -> Answer {
        self.response(200, "application/json;charset=UTF-8", body.to_string())
    }

    /// A token that is none any more; there is nothing to say.
    pub(crate) fn revoked(&self) -> Answer {
        self.response(200, "application/json;charset=UTF-8", String::new())
    }

    /// The lower-case fault of the gateway.
    fn gateway(&self, status: u16, message: &str, detail: Json, code: &str, kind: &str) -> Answer {
        let error = Object::new()
            .with("message", message)
            .with("detail", detail)
            .with("code", code)
            .with("element", Json::Null);
        let fault = Object::new()
            .with("error", vec![Json::from(error)])
            .with("type", kind);
        let none = || Json::List(Vec::new());
        let body = Object::new()
            .with("warnings", Json::Null)
            .with("intuitObject", Json::Null)
            .with("fault", fault)
            .with("report", Json::Null)
            .with("queryResponse", Json::Null)
            .with("batchItemResponse", none())
            .with("attachableResponse", none())
            .with("syncErrorResponse", Json::Null)
            .with("requestId", Json::Null)
            .with("time", Json::Number(self.now.as_millisecond().to_string()))
            .with("status", Json::Null)
            .with("cdcresponse", none());
        self.response(status, "application/json", body.to_string())
    }

    fn response(&self, status: u16, content_type: &str, body: String) -> Answer {
        Answer {
            status,
            headers: vec![
                ("content-type".to_owned(), content_type.to_owned()),
                ("intuit_tid".to_owned(), self.tid.clone()),
            ],
            body: body.into_bytes(),
            ..Answer::default()
        }
    }
}
