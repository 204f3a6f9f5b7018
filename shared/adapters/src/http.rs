use ports::{Http, HttpFailure, HttpRequest, HttpResponse, Method};
use reqwest::{Response, Url};

use crate::Connections;

/// A thousand invoices of many lines, the longest that is asked for, stay below it; a function has 256 MB.
pub const MAX_ANSWER: usize = 16 * 1024 * 1024;

/// Talks to Housecall Pro, QuickBooks, and whoever else answers over HTTP.
#[derive(Clone, Debug)]
pub struct ReqwestHttp {
    connections: Connections,
}

impl ReqwestHttp {
    /// Asks over these connections.
    pub fn new(connections: &Connections) -> Self {
        Self {
            connections: connections.clone(),
        }
    }
}

impl Http for ReqwestHttp {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpFailure> {
        let url = Url::parse(&request.url)
            .map_err(|error| HttpFailure::not_sent("an unreadable address", error))?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let client = self
            .connections
            .client()
            .map_err(|error| failure(host.clone(), error))?;
        let mut outgoing = client.request(method, url).timeout(request.timeout);
        for (name, value) in request.headers {
            outgoing = outgoing.header(name, value);
        }
        if !request.body.is_empty() {
            outgoing = outgoing.body(request.body);
        }
        let mut answer = outgoing
            .send()
            .await
            .map_err(|error| failure(host.clone(), error))?;
        let status = answer.status().as_u16();
        let headers = answer
            .headers()
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                (name.as_str().to_owned(), value)
            })
            .collect();
        let body = read(&mut answer, &host).await?;
        Ok(HttpResponse {
            status,
            headers,
            body,
        })
    }
}

/// Reads the body as it comes in, and no more of it than an answer may have.
async fn read(answer: &mut Response, host: &str) -> Result<Vec<u8>, HttpFailure> {
    let too_long = || HttpFailure::TooLong {
        host: host.to_owned(),
        limit: MAX_ANSWER,
    };
    let announced = answer.content_length().unwrap_or_default();
    let announced = usize::try_from(announced).map_err(|_| too_long())?;
    if announced > MAX_ANSWER {
        return Err(too_long());
    }
    let mut body = Vec::with_capacity(announced);
    while let Some(chunk) = answer
        .chunk()
        .await
        .map_err(|error| failure(host.to_owned(), error))?
    {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(too_long());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Only an error from before the first byte went out says that the request was not sent: no
/// connection, or a request that could not even be built.
fn failure(host: String, error: reqwest::Error) -> HttpFailure {
    let not_sent = error.is_connect() || error.is_builder();
    // The address carries a query, and with it names.
    let error = error.without_url();
    if not_sent {
        HttpFailure::not_sent(host, error)
    } else {
        HttpFailure::lost(host, error)
    }
}
