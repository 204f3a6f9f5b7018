//! Where the browser comes back to when somebody has signed in: an address of this machine, which answers until then.

use std::{collections::HashMap, sync::Arc, time::Duration};

use adapters::SystemClock;
use axum::{
    Router,
    extract::{Query, State},
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::get,
};
use ports::Clock;
use tokio::{net::TcpListener, sync::mpsc, time::timeout};

use crate::failure::Failure;

/// How long somebody has for it.
const PATIENCE: Duration = Duration::from_secs(600);

/// A sign-in that is waited for.
pub(crate) struct Loopback {
    listener: TcpListener,
    path: String,
    state: String,
}

/// The code, or what the sign-in page says why there is none.
type Told = Result<String, String>;

impl Loopback {
    /// Waits at this address, which is one of this machine, for the answer that names the state.
    pub(crate) async fn listen(address: &str, state: &str) -> Result<Self, Failure> {
        let odd = || {
            Failure::Declined(format!(
                "{address} is no address of this machine to wait at: it begins with http://localhost and names a port."
            ))
        };
        let uri: Uri = address.parse().map_err(|_| odd())?;
        let is_local = matches!(uri.host(), Some("localhost" | "127.0.0.1"));
        let port = uri.port_u16().filter(|_| is_local).ok_or_else(odd)?;
        let listener = TcpListener::bind(("127.0.0.1", port)).await;
        let listener = listener.map_err(|error| {
            Failure::Failed(format!(
                "Port {port} of this machine cannot be waited at ({error}): is another sign-in under way? End it, and try again."
            ))
        })?;
        Ok(Self {
            listener,
            path: uri.path().to_owned(),
            state: state.to_owned(),
        })
    }

    /// The code that the sign-in gave.
    pub(crate) async fn code(self) -> Result<String, Failure> {
        let (tell, mut told) = mpsc::channel::<Told>(1);
        let waits = Arc::new((self.state, tell));
        let router = Router::new()
            .route(&self.path, get(answer))
            .with_state(waits);
        let serving = axum::serve(self.listener, router);
        let ended = tokio::select! {
            ended = async { serving.await } => {
                let error = ended.err().map(|error| format!(": {error}"));
                let words = format!("The sign-in cannot be waited for{}", error.unwrap_or_default());
                return Err(Failure::Failed(words));
            }
            ended = timeout(PATIENCE, told.recv()) => ended,
        };
        // The page is on its way to the browser.
        SystemClock::new().sleep(Duration::from_millis(100)).await;
        match ended {
            Ok(Some(Ok(code))) => Ok(code),
            Ok(Some(Err(words))) => Err(Failure::Declined(format!("Nobody signed in: {words}"))),
            Ok(None) | Err(_) => Err(Failure::declined(
                "Nobody signed in for ten minutes: hcpqbo login begins once more.",
            )),
        }
    }
}

async fn answer(
    State(waits): State<Arc<(String, mpsc::Sender<Told>)>>,
    Query(said): Query<HashMap<String, String>>,
) -> Response {
    let (state, tell) = &*waits;
    if said.get("state") != Some(state) {
        let words =
            "This is not the sign-in that hcpqbo waits for. Begin once more with hcpqbo login.";
        return page(StatusCode::BAD_REQUEST, words);
    }
    let told = match (said.get("code"), said.get("error")) {
        (Some(code), None) => Ok(code.clone()),
        (_, error) => {
            let words = said.get("error_description").or(error);
            Err(words
                .cloned()
                .unwrap_or_else(|| "no code was given".to_owned()))
        }
    };
    let (status, words) = match &told {
        Ok(_) => (
            StatusCode::OK,
            "You are signed in. Go back to the terminal; this page can be closed.",
        ),
        Err(_) => (
            StatusCode::BAD_REQUEST,
            "You are not signed in. The terminal says why; this page can be closed.",
        ),
    };
    // A second answer finds nobody who waits.
    let _ = tell.try_send(told);
    page(status, words)
}

/// Nothing of what came is shown: it is text of ours alone.
fn page(status: StatusCode, words: &str) -> Response {
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>hcpqbo</title><p>{words}</p></html>"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, page).into_response()
}

#[cfg(test)]
mod tests {
    use adapters::{Connections, ReqwestHttp};
    use ports::{Http, HttpRequest, Method};

    use super::*;

    /// A sign-in that waits at a free port, and where that is.
    async fn waiting() -> (Loopback, String) {
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let address = format!("http://localhost:{port}/signed-in");
        let waiting = Loopback::listen(&address, "right").await.unwrap();
        (waiting, format!("http://127.0.0.1:{port}/signed-in"))
    }

    async fn open(url: String) -> (u16, String) {
        let request = HttpRequest {
            method: Method::Get,
            url,
            headers: Vec::new(),
            body: Vec::new(),
            timeout: Duration::from_secs(5),
        };
        let http = ReqwestHttp::new(&Connections::default());
        let answer = http.send(request).await.unwrap();
        (answer.status, String::from_utf8(answer.body).unwrap())
    }

    #[tokio::test]
    async fn an_answer_with_another_state_is_refused_and_the_right_one_still_waited_for() {
        let (waiting, address) = waiting().await;
        let browser = async {
            for query in ["?code=stolen", "?code=stolen&state=wrong", "?state="] {
                let (status, page) = open(format!("{address}{query}")).await;
                assert_eq!(status, 400, "{query}");
                assert!(!page.contains("stolen"), "{page}");
            }
            let (status, page) = open(format!("{address}?code=c-1&state=right")).await;
            assert_eq!(status, 200);
            assert!(page.contains("You are signed in"), "{page}");
        };
        let (code, ()) = tokio::join!(waiting.code(), browser);
        assert_eq!(code.as_deref(), Ok("c-1"));
    }

    #[tokio::test]
    async fn what_the_sign_in_page_refuses_is_told() {
        let (waiting, address) = waiting().await;
        let url = format!("{address}?state=right&error=access_denied&error_description=not+today");
        let (code, (status, _)) = tokio::join!(waiting.code(), open(url));
        assert_eq!(status, 400);
        let words = "Nobody signed in: not today".to_owned();
        assert_eq!(code, Err(Failure::Declined(words)));
    }

    #[tokio::test]
    async fn only_this_machine_is_waited_at_and_a_port_that_is_taken_is_named() {
        for odd in ["https://example.com:8757/in", "http://localhost/in", "%"] {
            let refused = Loopback::listen(odd, "s").await;
            assert!(matches!(refused, Err(Failure::Declined(_))), "{odd}");
        }
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = taken.local_addr().unwrap().port();
        let address = format!("http://localhost:{port}/signed-in");
        let Err(Failure::Failed(words)) = Loopback::listen(&address, "s").await else {
            panic!("the port is taken");
        };
        assert!(words.contains(&format!("Port {port}")), "{words}");
    }
}
