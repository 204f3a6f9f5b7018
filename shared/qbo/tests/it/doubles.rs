//! A stand-in for the network that answers from a list and remembers what was asked.

use std::{collections::VecDeque, future::Future, sync::Mutex};

use ports::{Http, HttpFailure, HttpRequest, HttpResponse};

#[derive(Default)]
pub(crate) struct Canned {
    answers: Mutex<VecDeque<Result<HttpResponse, HttpFailure>>>,
    asked: Mutex<Vec<HttpRequest>>,
}

impl Canned {
    pub(crate) fn answering(status: u16, body: &str) -> Self {
        Self::of(Ok(response(status, &[], body)))
    }

    pub(crate) fn of(answer: Result<HttpResponse, HttpFailure>) -> Self {
        let canned = Self::default();
        canned.answers.lock().unwrap().push_back(answer);
        canned
    }

    pub(crate) fn asked(&self) -> HttpRequest {
        self.asked.lock().unwrap().pop().unwrap()
    }
}

impl Http for Canned {
    fn send(
        &self,
        request: HttpRequest,
    ) -> impl Future<Output = Result<HttpResponse, HttpFailure>> + Send {
        self.asked.lock().unwrap().push(request);
        let answer = self.answers.lock().unwrap().pop_front().unwrap();
        async move { answer }
    }
}

pub(crate) fn response(status: u16, headers: &[(&str, &str)], body: &str) -> HttpResponse {
    HttpResponse {
        status,
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        body: body.as_bytes().to_vec(),
    }
}

pub(crate) fn not_sent() -> HttpFailure {
    HttpFailure::not_sent("quickbooks.api.intuit.com", "connection refused")
}

pub(crate) fn lost() -> HttpFailure {
    HttpFailure::lost("quickbooks.api.intuit.com", "timed out")
}

pub(crate) fn too_long() -> HttpFailure {
    HttpFailure::TooLong {
        host: "quickbooks.api.intuit.com".to_owned(),
        limit: 1_000,
    }
}
