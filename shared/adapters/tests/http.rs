//! The HTTP client against a server that answers as it is told, or does not.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{error::Error, io::ErrorKind, net::SocketAddr, time::Duration};

use adapters::{Connections, MAX_ANSWER, ReqwestHttp};
use ports::{Http, HttpFailure, HttpRequest, Method};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::mpsc,
};

/// Answers each connection with the next of these bytes and closes it; without any left it reads and
/// keeps silent. Hands out what it was sent.
async fn server(answers: Vec<&'static str>) -> (SocketAddr, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (heard, hearing) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut answers = answers.into_iter();
        let mut silent = Vec::new();
        while let Ok((mut connection, _)) = listener.accept().await {
            let mut bytes = vec![0; 4096];
            let n = connection.read(&mut bytes).await.unwrap();
            let _ = heard.send(String::from_utf8_lossy(&bytes[..n]).into_owned());
            match answers.next() {
                // Whoever asked may have heard enough.
                Some(answer) => drop(connection.write_all(answer.as_bytes()).await),
                None => silent.push(connection),
            }
        }
    });
    (address, hearing)
}

fn request(method: Method, url: String) -> HttpRequest {
    HttpRequest {
        method,
        url,
        headers: Vec::new(),
        body: Vec::new(),
        timeout: Duration::from_secs(5),
    }
}

fn query(address: SocketAddr) -> HttpRequest {
    request(
        Method::Get,
        format!("http://{address}/query?name=Ada%20Secret"),
    )
}

#[tokio::test]
async fn the_bytes_go_out_as_given_and_any_status_comes_back() {
    let answer = "HTTP/1.1 429 Slow Down\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nbusy";
    let (address, mut hearing) = server(vec![answer]).await;
    let http = ReqwestHttp::new(&Connections::default());
    let mut request = request(Method::Post, format!("http://{address}/v3/invoice?a=b%27c"));
    request.headers = vec![("content-type", "application/json".to_owned())];
    request.body = br#"{"n":1.10}"#.to_vec();

    let response = http.send(request).await.unwrap();
    assert_eq!(response.status, 429);
    assert_eq!(response.header("retry-after"), Some("7"));
    assert_eq!(response.body, b"busy");
    let sent = hearing.recv().await.unwrap();
    assert!(
        sent.starts_with("POST /v3/invoice?a=b%27c HTTP/1.1\r\n"),
        "{sent}"
    );
    assert!(
        sent.contains("\r\ncontent-type: application/json\r\n"),
        "{sent}"
    );
    assert!(sent.ends_with("\r\n\r\n{\"n\":1.10}"), "{sent}");
}

#[tokio::test]
async fn redirects_are_answers() {
    let answer = "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n";
    let (address, _hearing) = server(vec![answer, answer]).await;
    let http = ReqwestHttp::new(&Connections::default());
    let response = http.send(query(address)).await.unwrap();
    assert_eq!(response.status, 302);
    assert_eq!(response.header("location"), Some("/elsewhere"));
}

#[tokio::test]
async fn a_port_without_a_server_means_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let failure = ReqwestHttp::new(&Connections::default())
        .send(query(address))
        .await;
    let failure = failure.unwrap_err();
    assert!(matches!(&failure, HttpFailure::NotSent { host, .. } if host == "127.0.0.1"));
    assert_discreet(&failure);
    // What the system said is still there as it was.
    let causes = std::iter::successors(failure.source(), |&cause| cause.source());
    let kinds = causes.filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    let kinds: Vec<ErrorKind> = kinds.map(std::io::Error::kind).collect();
    assert_eq!(kinds.first(), Some(&ErrorKind::ConnectionRefused));
}

#[tokio::test]
async fn an_unknown_host_or_an_unreadable_address_means_not_sent() {
    let http = ReqwestHttp::new(&Connections::default());
    for url in [
        "http://nowhere.invalid/query?name=Ada%20Secret",
        "no address, Ada",
    ] {
        let failure = http.send(request(Method::Get, url.to_owned())).await;
        let failure = failure.unwrap_err();
        assert!(matches!(failure, HttpFailure::NotSent { .. }), "{failure}");
        assert_discreet(&failure);
    }
}

#[tokio::test]
async fn a_broken_or_missing_answer_is_lost_and_not_repeated() {
    let cut = [
        "",
        "HTTP/1.1 200 OK\r\nContent-",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this",
        "not HTTP\r\n\r\n",
    ];
    for answer in cut {
        let (address, mut hearing) = server(vec![answer]).await;
        let failure = ReqwestHttp::new(&Connections::default())
            .send(query(address))
            .await;
        let failure = failure.unwrap_err();
        assert!(matches!(failure, HttpFailure::Lost { .. }), "{failure}");
        assert_discreet(&failure);
        assert!(hearing.recv().await.is_some());
        assert!(hearing.try_recv().is_err(), "it was sent twice");
    }
}

#[tokio::test]
async fn a_silent_server_is_given_up_after_the_requests_own_time() {
    let (address, _hearing) = server(Vec::new()).await;
    let mut request = query(address);
    request.timeout = Duration::from_millis(100);
    let failure = ReqwestHttp::new(&Connections::default())
        .send(request)
        .await
        .unwrap_err();
    assert!(matches!(failure, HttpFailure::Lost { .. }), "{failure}");
    assert_discreet(&failure);
}

/// What a server may do to fill the memory: announce much, or send without end.
#[tokio::test]
async fn an_answer_beyond_the_limit_is_given_up_and_not_kept() {
    let announced = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\nand so on",
        MAX_ANSWER + 1
    );
    let chunk = "x".repeat(1024 * 1024);
    let endless = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned()
        + &format!("100000\r\n{chunk}\r\n").repeat(MAX_ANSWER / chunk.len() + 1);
    for answer in [announced, endless] {
        let (address, mut hearing) = server(vec![answer.leak()]).await;
        let failure = ReqwestHttp::new(&Connections::default())
            .send(query(address))
            .await
            .unwrap_err();
        assert!(matches!(failure, HttpFailure::TooLong { .. }), "{failure}");
        assert_discreet(&failure);
        assert!(hearing.recv().await.is_some());
    }
}

#[tokio::test]
async fn an_answer_of_exactly_the_limit_is_read() {
    let body = "x".repeat(MAX_ANSWER);
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {MAX_ANSWER}\r\n\r\n{body}");
    let (address, _hearing) = server(vec![answer.leak()]).await;
    let http = ReqwestHttp::new(&Connections::default());
    let response = http.send(query(address)).await.unwrap();
    assert_eq!(response.body.len(), MAX_ANSWER);
}

/// Addresses carry names in their queries.
fn assert_discreet(failure: &HttpFailure) {
    let shown = format!("{failure} {failure:?}");
    assert!(
        !shown.contains("Ada") && !shown.contains("query"),
        "{shown}"
    );
}
