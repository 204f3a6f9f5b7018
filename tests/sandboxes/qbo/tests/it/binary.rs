//! The program: it says where it listens, why it cannot, and ends when it is told to.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use qbo_sandbox::Json;

/// What the program gets from its environment.
pub(crate) const SECRET: &str = "from the environment";

/// A running program that is killed when the test ends, however it ends.
pub(crate) struct Program(pub(crate) Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start_with(address: &str, arguments: &[&str]) -> Program {
    start(&[&["--listen", address], arguments].concat())
}

pub(crate) fn start(arguments: &[&str]) -> Program {
    let program = Command::new(env!("CARGO_BIN_EXE_qbo-sandbox"))
        .args(arguments)
        .env("QBO_SANDBOX_CLIENT_SECRET", SECRET)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    Program(program)
}

/// The address in the line that it prints.
pub(crate) fn address(program: &mut Program) -> String {
    let mut line = String::new();
    BufReader::new(program.0.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let (said, address) = line.trim_end().split_once("http://").unwrap();
    assert_eq!(said, "qbo-sandbox listens on ");
    address.to_owned()
}

#[test]
fn it_takes_a_free_port_and_ends_on_a_signal() {
    for signal in ["TERM", "INT"] {
        let mut program = start(&["--listen", "127.0.0.1:0"]);
        let address = address(&mut program);
        assert!(TcpStream::connect(&address).is_ok());
        let id = program.0.id().to_string();
        let sent = Command::new("kill")
            .args(["-s", signal, &id])
            .status()
            .unwrap();
        assert!(sent.success());
        assert!(program.0.wait().unwrap().success(), "{signal}");
    }
}

#[test]
fn it_says_when_the_port_is_taken() {
    let mut first = start(&["--listen", "127.0.0.1:0"]);
    let address = address(&mut first);
    let mut second = start(&["--listen", &address]);
    assert!(!second.0.wait().unwrap().success());
    let mut said = String::new();
    second
        .0
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    assert_eq!(
        said.trim_end(),
        format!(
            "qbo-sandbox: {address} is taken by another program: end that one, or choose another port with --listen (port 0 takes a free one)"
        )
    );
}

/// The body of an answer.
fn ask(address: &str, method: &str, path: &str, headers: &str, body: &str) -> Json {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nAccept: application/json\r\nContent-Length: {length}\r\n{headers}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    Json::parse(body.as_bytes()).unwrap()
}

#[test]
fn it_taxes_as_it_is_told() {
    let credentials = STANDARD.encode("sandbox-client:from the environment");
    for (mode, expected) in [
        ("none", r#"{"UsingSalesTax":false}"#),
        (
            "manual",
            r#"{"UsingSalesTax":true,"TaxGroupCodeRef":{"value":"2"}}"#,
        ),
        (
            "automated",
            r#"{"UsingSalesTax":true,"PartnerTaxEnabled":true}"#,
        ),
    ] {
        let mut program = start_with("127.0.0.1:0", &["--tax", mode]);
        let address = address(&mut program);
        let token = ask(
            &address,
            "POST",
            "/oauth2/v1/tokens/bearer",
            &format!(
                "Authorization: Basic {credentials}\r\nContent-Type: application/x-www-form-urlencoded"
            ),
            "grant_type=refresh_token&refresh_token=sandbox-refresh",
        );
        let preferences = ask(
            &address,
            "GET",
            "/v3/company/9341453000000001/preferences",
            &format!(
                "Authorization: Bearer {}",
                token.text("access_token").unwrap()
            ),
            "",
        );
        assert_eq!(
            preferences.at("Preferences.TaxPrefs").unwrap().to_string(),
            expected
        );
    }
    let mut refused = start_with("127.0.0.1:0", &["--tax", "sometimes"]);
    assert!(!refused.0.wait().unwrap().success());
}
