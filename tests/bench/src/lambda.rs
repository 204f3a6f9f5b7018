use std::{io, time::Instant};

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use tokio::{
    net::TcpListener,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

/// What a function told the Runtime API first.
pub(crate) enum Told {
    /// It asks for work: it has started.
    Ready(Instant),
    /// It cannot start.
    Failed(String),
}

/// Lambda's side of the Runtime API, on this machine. Whatever else is asked of it, by clients of AWS
/// that warm up their connections, it refuses at once.
pub(crate) struct Lambda {
    pub(crate) address: String,
    told: UnboundedReceiver<Told>,
}

impl Lambda {
    pub(crate) async fn open() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let (tell, told) = unbounded_channel();
        let api = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/init/error", post(init_error))
            .fallback(refuse)
            .with_state(tell);
        tokio::spawn(async move { axum::serve(listener, api).await });
        Ok(Self { address, told })
    }

    pub(crate) async fn told(&mut self) -> Option<Told> {
        self.told.recv().await
    }
}

/// There is never any work.
async fn next(State(tell): State<UnboundedSender<Told>>) -> Response {
    let _ = tell.send(Told::Ready(Instant::now()));
    std::future::pending().await
}

async fn init_error(State(tell): State<UnboundedSender<Told>>, error: String) -> StatusCode {
    let _ = tell.send(Told::Failed(error));
    StatusCode::ACCEPTED
}

async fn refuse() -> Response {
    let refusal = r#"{"__type":"AccessDeniedException","message":"only a benchmark"}"#;
    (StatusCode::BAD_REQUEST, refusal).into_response()
}
