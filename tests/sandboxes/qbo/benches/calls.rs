//! How many calls a second the sandbox takes: `cargo bench -p qbo-sandbox`. Each call is one of three in
//! turn: a read by id, a query by name, a sparse update.

#![expect(
    clippy::unwrap_used,
    reason = "without a sandbox there is nothing to measure"
)]

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::mpsc,
    thread,
};

use divan::{Bencher, counter::ItemsCount};
use qbo_sandbox::{Json, Options, Request, Sandbox, serve};
use tokio::net::TcpListener;

/// Customers in the books.
const CUSTOMERS: usize = 500;

fn main() {
    divan::main();
}

/// Called as a library, on one core.
#[divan::bench(min_time = 5, sample_size = 300)]
fn in_process(bencher: Bencher<'_, '_>) {
    let sandbox = company();
    let token = sandbox.access_token();
    let mut script = Script::default();
    bencher.counter(ItemsCount::new(1_usize)).bench_local(|| {
        let (method, path, body) = script.next();
        let answer = sandbox.handle(&Request {
            method: method.to_owned(),
            target: path,
            headers: headers(&token)
                .map(|(name, value)| (name.to_owned(), value))
                .to_vec(),
            body: body.into_bytes(),
        });
        assert_eq!(answer.status, 200);
        answer
    });
}

/// Called through a socket of this machine, one call after another on one connection.
#[divan::bench(min_time = 5, sample_size = 100)]
fn through_http(bencher: Bencher<'_, '_>) {
    let sandbox = company();
    let token = sandbox.access_token();
    let mut stream = TcpStream::connect(served(sandbox)).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut script = Script::default();
    let mut buffer = vec![0; 1 << 16];
    bencher.counter(ItemsCount::new(1_usize)).bench_local(|| {
        let (method, path, body) = script.next();
        let mut request = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n");
        for (name, value) in headers(&token) {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
        stream.write_all(request.as_bytes()).unwrap();
        assert!(answer(&mut stream, &mut buffer).starts_with(b"HTTP/1.1 200"));
    });
}

/// A company with customers; no limits.
fn company() -> Sandbox {
    let sandbox = Sandbox::new(Options {
        limits: false,
        ..Options::default()
    });
    for n in 1..=CUSTOMERS {
        let customer = format!(
            r#"{{"DisplayName":"Customer {n}","GivenName":"Amy","FamilyName":"Bird","PrimaryPhone":{{"FreeFormNumber":"(650) 555-3311"}},"PrimaryEmailAddr":{{"Address":"amy@example.com"}},"BillAddr":{{"Line1":"4581 Finch St.","City":"Bayshore","CountrySubDivisionCode":"CA","PostalCode":"94326"}}}}"#
        );
        sandbox
            .create("Customer", &Json::parse(customer.as_bytes()).unwrap())
            .unwrap();
    }
    sandbox
}

/// Serves on a thread of its own.
fn served(sandbox: Sandbox) -> SocketAddr {
    let (tell, address) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            tell.send(listener.local_addr().unwrap()).unwrap();
            serve(sandbox, listener).await.unwrap();
        });
    });
    address.recv().unwrap()
}

/// Which call comes next.
#[derive(Default)]
struct Script {
    calls: usize,
    versions: Vec<usize>,
}

impl Script {
    fn next(&mut self) -> (&'static str, String, String) {
        const COMPANY: &str = "/v3/company/9341453000000001";
        self.versions.resize(CUSTOMERS, 0);
        let call = self.calls;
        self.calls += 1;
        let n = call / 3 % CUSTOMERS + 1;
        match call % 3 {
            0 => (
                "GET",
                format!("{COMPANY}/customer/{n}?minorversion=75"),
                String::new(),
            ),
            1 => (
                "GET",
                format!(
                    "{COMPANY}/query?query=select%20*%20from%20Customer%20where%20DisplayName%20%3D%20%27Customer%20{n}%27&minorversion=75"
                ),
                String::new(),
            ),
            _ => {
                let version = self.versions[n - 1];
                self.versions[n - 1] += 1;
                (
                    "POST",
                    format!("{COMPANY}/customer?minorversion=75&requestid=r{call}"),
                    format!(
                        r#"{{"Id":"{n}","SyncToken":"{version}","sparse":true,"Notes":"call {call}"}}"#
                    ),
                )
            }
        }
    }
}

fn headers(token: &str) -> [(&'static str, String); 3] {
    [
        ("authorization", format!("Bearer {token}")),
        ("accept", "application/json".to_owned()),
        ("content-type", "application/json".to_owned()),
    ]
}

/// Reads one answer with a content-length.
fn answer<'b>(stream: &mut TcpStream, buffer: &'b mut [u8]) -> &'b [u8] {
    let mut filled = 0;
    loop {
        filled += stream.read(&mut buffer[filled..]).unwrap();
        let text = std::str::from_utf8(&buffer[..filled]).unwrap();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length: usize = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .unwrap()
                .parse()
                .unwrap();
            if body.len() >= length {
                return &buffer[..filled];
            }
        }
    }
}
