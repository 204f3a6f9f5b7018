//! AWS as its worse days have it (V16). It stands between the functions and the emulator: by chance a call fails, before it
//! has done anything or after it has done all of it.

use std::{
    net::Ipv4Addr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{
    Router,
    body::to_bytes,
    extract::{Request, State},
    http::{StatusCode, header::HOST},
    response::{IntoResponse, Response},
};
use reqwest::Client;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{StackError, http};

/// The largest call that is read: more than an item of the table or a message may have.
const LARGEST: usize = 16 << 20;

/// What AWS' own services name themselves by in a call; pages and health have none.
const TARGET: &str = "x-amz-target";

/// Passes the functions' calls on to the emulator, but for those that fail.
#[derive(Debug)]
pub(crate) struct Unreliable {
    endpoint: String,
    faults: Arc<Faults>,
    server: JoinHandle<()>,
}

/// How often calls fail, and how many did.
#[derive(Debug)]
struct Faults {
    per_hundred: AtomicU64,
    failed: AtomicU64,
    /// The same numbers in every run (xorshift).
    dice: Mutex<u64>,
}

/// How a call fails.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// Nothing was done.
    Broken,
    /// The caller is too fast: nothing was done.
    Throttled,
    /// All of it was done, and its answer is lost.
    AnswerLost,
}

struct Proxy {
    emulator: String,
    client: Client,
    faults: Arc<Faults>,
}

impl Unreliable {
    /// Listens on a free port of this machine. Nothing fails yet.
    pub(crate) async fn start(emulator: &str) -> Result<Self, StackError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.map_err(StackError::io("find a free port"))?;
        let address = listener.local_addr();
        let address = address.map_err(StackError::io("read a port's number"))?;
        let faults = Arc::new(Faults {
            per_hundred: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            dice: Mutex::new(16),
        });
        let proxy = Proxy {
            emulator: emulator.to_owned(),
            client: http::client(),
            faults: Arc::clone(&faults),
        };
        let router = Router::new().fallback(pass).with_state(Arc::new(proxy));
        let server = tokio::spawn(async move {
            // It ends with the program, or when it is dropped.
            drop(axum::serve(listener, router).await);
        });
        Ok(Self {
            endpoint: format!("http://{address}"),
            faults,
            server,
        })
    }

    /// Where the functions find AWS.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// From now on so many calls of a hundred fail. Gives how many did before.
    pub(crate) fn fail(&self, per_hundred: u64) -> u64 {
        self.faults
            .per_hundred
            .store(per_hundred, Ordering::Relaxed);
        self.faults.failed.swap(0, Ordering::Relaxed)
    }
}

impl Drop for Unreliable {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Faults {
    /// What happens to the next call.
    fn draw(&self) -> Option<Fault> {
        let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
        *dice ^= *dice << 13;
        *dice ^= *dice >> 7;
        *dice ^= *dice << 17;
        if *dice % 100 >= self.per_hundred.load(Ordering::Relaxed) {
            return None;
        }
        self.failed.fetch_add(1, Ordering::Relaxed);
        Some(match (*dice / 100) % 3 {
            0 => Fault::Broken,
            1 => Fault::Throttled,
            _ => Fault::AnswerLost,
        })
    }
}

async fn pass(State(proxy): State<Arc<Proxy>>, request: Request) -> Response {
    let is_of_aws = request.headers().contains_key(TARGET);
    let fault = is_of_aws.then(|| proxy.faults.draw()).flatten();
    let answer = match fault {
        Some(Fault::Broken | Fault::Throttled) => None,
        Some(Fault::AnswerLost) | None => Some(proxy.forward(request).await),
    };
    match (fault, answer) {
        (Some(Fault::Throttled), _) => failed(StatusCode::BAD_REQUEST, "ThrottlingException"),
        (None, Some(Ok(answer))) => answer,
        (None, Some(Err(error))) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
        _ => failed(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError"),
    }
}

fn failed(status: StatusCode, kind: &str) -> Response {
    let body = format!(r#"{{"__type":"{kind}","message":"It failed by chance"}}"#);
    (status, body).into_response()
}

impl Proxy {
    async fn forward(
        &self,
        request: Request,
    ) -> Result<Response, Box<dyn std::error::Error + Send + Sync>> {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, LARGEST).await?;
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let mut headers = parts.headers;
        headers.remove(HOST);
        let sent = self
            .client
            .request(parts.method, format!("{}{path}", self.emulator))
            .headers(headers)
            .body(body);
        let answer = sent.send().await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        Ok((status, headers, answer.bytes().await?).into_response())
    }
}
