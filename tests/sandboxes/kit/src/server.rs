//! A sandbox behind a socket of this machine.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{ConnectInfo, State, connect_info::Connected},
    http::{Request as HttpRequest, Response, StatusCode},
    serve::{IncomingStream, Listener},
};
use thiserror::Error;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    signal::unix::{SignalKind, signal},
};

use crate::{Answer, Clock, Request};

/// The largest body that is read; larger ones are answered with 413.
const LARGEST_BODY: usize = 16 << 20;

/// What a sandbox has to be, to be served.
pub trait Site: Clone + Send + Sync + 'static {
    /// Its time, which slow answers take.
    fn clock(&self) -> Clock;

    /// Answers a request to its API, its controls or its pages.
    fn answer(&self, request: Request) -> impl Future<Output = Answer> + Send;
}

/// Why there is no socket.
#[derive(Debug, Error)]
pub enum BindError {
    /// Others could reach it.
    #[error("{0} is not an address of this machine only, such as 127.0.0.1")]
    Public(SocketAddr),
    /// Somebody has it.
    #[error(
        "{0} is taken by another program: end that one, or choose another port with --listen (port 0 takes a free one)"
    )]
    Taken(SocketAddr),
    /// The system refuses.
    #[error("cannot listen on {0}: {1}")]
    Refused(SocketAddr, io::Error),
}

/// Listens on an address of this machine; port 0 takes a free one.
///
/// # Errors
/// When the address is taken, or others could reach it.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, BindError> {
    if !address.ip().is_loopback() {
        return Err(BindError::Public(address));
    }
    let bound = TcpListener::bind(address).await;
    bound.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => BindError::Taken(address),
        _ => BindError::Refused(address, error),
    })
}

/// Says where a program listens, for whoever started it.
///
/// # Errors
/// When the socket has no address, or nobody can be told.
pub fn announce(program: &str, listener: &TcpListener) -> io::Result<()> {
    let address = listener.local_addr()?;
    io::Write::write_fmt(
        &mut io::stdout(),
        format_args!("{program} listens on http://{address}\n"),
    )
}

/// Ctrl-C or SIGTERM.
///
/// # Errors
/// When signals cannot be listened for.
pub fn end_signal() -> io::Result<impl Future<Output = ()> + Send> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Answers on the socket until the future is dropped. Open connections are not waited for then: a client that keeps one
/// would hold the sandbox up.
///
/// # Errors
/// When others could reach the socket, or it fails.
pub async fn serve<S: Site>(site: S, listener: TcpListener) -> io::Result<()> {
    if !listener.local_addr()?.ip().is_loopback() {
        let public = "a sandbox listens on this machine only";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, public));
    }
    let router = Router::new().fallback(carry::<S>).with_state(site);
    let service = router.into_make_service_with_connect_info::<Cut>();
    axum::serve(Cuttable(listener), service).await
}

async fn carry<S: Site>(
    State(site): State<S>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: HttpRequest<Body>,
) -> Response<Body> {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return plain(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let headers = head.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), value)
    });
    let request = Request {
        method: head.method.as_str().to_owned(),
        target: head.uri.to_string(),
        headers: headers.collect(),
        body: body.into(),
    };
    let answer = site.answer(request).await;
    site.clock().spend(answer.delay).await;
    if answer.is_lost {
        cut.0.store(true, Ordering::SeqCst);
        return plain(StatusCode::OK);
    }
    let mut response = Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    let response = response.body(Body::from(answer.body));
    response.unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR))
}

fn plain(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// Set to close a connection without another byte.
#[derive(Clone)]
struct Cut(Arc<AtomicBool>);

impl Connected<IncomingStream<'_, Cuttable>> for Cut {
    fn connect_info(stream: IncomingStream<'_, Cuttable>) -> Self {
        Self(Arc::clone(&stream.io().cut))
    }
}

/// Listens for connections that can be cut.
struct Cuttable(TcpListener);

impl Listener for Cuttable {
    type Io = CuttableStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        let cut = Arc::new(AtomicBool::new(false));
        (CuttableStream { stream, cut }, address)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

/// A connection that refuses to write once it is cut, so that the answer never leaves.
struct CuttableStream {
    stream: TcpStream,
    cut: Arc<AtomicBool>,
}

impl CuttableStream {
    fn whole(&self) -> io::Result<()> {
        if self.cut.load(Ordering::SeqCst) {
            Err(io::ErrorKind::ConnectionAborted.into())
        } else {
            Ok(())
        }
    }
}

impl AsyncRead for CuttableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.whole()?;
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for CuttableStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.whole()?;
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.whole()?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[derive(Clone)]
    struct Echo;

    impl Site for Echo {
        fn clock(&self) -> Clock {
            Clock::manual(jiff::Timestamp::UNIX_EPOCH)
        }

        async fn answer(&self, request: Request) -> Answer {
            Answer {
                is_lost: request.path() == "/lost",
                ..Answer::typed(200, "text/plain", request.body)
            }
        }
    }

    /// All that comes back; empty when the connection was cut.
    async fn call(address: SocketAddr, path: &str, length: usize) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        // The server may close before it has read all.
        let _ = stream.write_all(&vec![b'a'; length.min(100)]).await;
        let _ = stream.shutdown().await;
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes).await;
        String::from_utf8_lossy(&bytes).into_owned()
    }

    #[tokio::test]
    async fn it_answers_cuts_and_refuses_what_is_too_large() {
        let listener = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(serve(Echo, listener));
        assert!(call(address, "/", 3).await.ends_with("\r\n\r\naaa"));
        assert_eq!(call(address, "/lost", 3).await, "");
        let large = call(address, "/", LARGEST_BODY + 1).await;
        assert!(
            large.is_empty() || large.starts_with("HTTP/1.1 413"),
            "{large}"
        );
    }

    #[tokio::test]
    async fn it_listens_on_this_machine_only_and_says_when_a_port_is_taken() {
        let public = bind("0.0.0.0:0".parse().unwrap()).await;
        assert!(matches!(public, Err(BindError::Public(_))));
        let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
        assert!(serve(Echo, listener).await.is_err());
        let first = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let second = bind(first.local_addr().unwrap()).await;
        assert!(matches!(second, Err(BindError::Taken(_))));
    }
}
