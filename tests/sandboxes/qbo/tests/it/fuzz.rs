//! Whatever comes in, nothing panics and everything is answered: arbitrary bytes, and the kept requests of
//! `tests/corpus` with bytes changed, moved, repeated and put together. `FUZZ_SECONDS=600` goes on for so
//! long and says how many requests there were, and so does `PROOF=long`.

use std::time::{Duration, Instant};

use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use qbo_sandbox::Json;

use crate::app::{App, encoded};

const QUERIES: &str = include_str!("../corpus/queries.txt");
const REQUESTS: &str = include_str!("../corpus/requests.txt");
/// Pieces that mean something somewhere.
const PIECES: &[&str] = &[
    "null",
    "true",
    "{}",
    "[]",
    "\"\"",
    "-1",
    "1e999999999",
    "\\u0000",
    "\\ud800",
    "'",
    "\\'",
    "%",
    "''",
    "(",
    ")",
    ",",
    "Id",
    "99999999999999999999",
    "9999-12-31",
    "-9999-01-01",
    "\u{0}",
    "\u{feff}",
    "é",
    "😀",
    "\"Line\":[",
    "\"Id\":\"1\",",
    "where",
    "in",
    "like",
    "{\"value\":\"\"}",
    "79228162514264337593543950335",
];
/// So many requests go to one sandbox before it is replaced.
const FOR_ONE: u32 = 200;

/// One change of the bytes; places and lengths are parts of a whole of 255.
#[derive(Clone, Debug)]
enum Edit {
    Remove { at: u8, length: u8 },
    Repeat { at: u8, length: u8 },
    Move { at: u8, length: u8, to: u8 },
    Insert { at: u8, bytes: Vec<u8> },
    Piece { at: u8, piece: usize },
    Splice { at: u8, other: usize },
}

fn edit() -> impl Strategy<Value = Edit> {
    let place = any::<u8>;
    let length = || 0_u8..40;
    prop_oneof![
        (place(), length()).prop_map(|(at, length)| Edit::Remove { at, length }),
        (place(), length()).prop_map(|(at, length)| Edit::Repeat { at, length }),
        (place(), length(), place()).prop_map(|(at, length, to)| Edit::Move { at, length, to }),
        (place(), vec(any::<u8>(), 1..6)).prop_map(|(at, bytes)| Edit::Insert { at, bytes }),
        (place(), 0..PIECES.len()).prop_map(|(at, piece)| Edit::Piece { at, piece }),
        (place(), any::<usize>()).prop_map(|(at, other)| Edit::Splice { at, other }),
    ]
}

fn index(part: u8, length: usize) -> usize {
    usize::from(part) * length / 255
}

fn apply(edits: &[Edit], text: &str, corpus: &[&str]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for edit in edits {
        let place = |at: &u8| index(*at, bytes.len());
        let range = |at: &u8, length: &u8| {
            let start = place(at);
            start..(start + usize::from(*length)).min(bytes.len())
        };
        match edit {
            Edit::Remove { at, length } => drop(bytes.drain(range(at, length))),
            Edit::Repeat { at, length } => {
                let range = range(at, length);
                let piece = bytes[range.clone()].to_vec();
                bytes.splice(range.end..range.end, piece);
            }
            Edit::Move { at, length, to } => {
                let piece: Vec<u8> = bytes.drain(range(at, length)).collect();
                let to = index(*to, bytes.len());
                bytes.splice(to..to, piece);
            }
            Edit::Insert { at, bytes: piece } => {
                let at = place(at);
                bytes.splice(at..at, piece.iter().copied());
            }
            Edit::Piece { at, piece } => {
                let at = place(at);
                bytes.splice(at..at, PIECES[*piece].bytes());
            }
            Edit::Splice { at, other } => {
                let other = corpus[other % corpus.len()].as_bytes();
                let from = index(*at, other.len());
                bytes.truncate(place(at));
                bytes.extend_from_slice(&other[from..]);
            }
        }
    }
    bytes
}

/// One request: what of the corpus, what is changed in it, or bytes out of nowhere.
#[derive(Clone, Debug)]
enum Case {
    Query {
        of: usize,
        edits: Vec<Edit>,
        in_body: bool,
    },
    Body {
        of: usize,
        edits: Vec<Edit>,
    },
    Path {
        of: usize,
        edits: Vec<Edit>,
    },
    Bytes(Vec<u8>),
}

fn case() -> impl Strategy<Value = Case> {
    let edits = || vec(edit(), 0..5);
    prop_oneof![
        3 => (any::<usize>(), edits(), any::<bool>())
            .prop_map(|(of, edits, in_body)| Case::Query { of, edits, in_body }),
        4 => (any::<usize>(), edits()).prop_map(|(of, edits)| Case::Body { of, edits }),
        1 => (any::<usize>(), edits()).prop_map(|(of, edits)| Case::Path { of, edits }),
        1 => vec(any::<u8>(), 0..300).prop_map(Case::Bytes),
    ]
}

fn company() -> App {
    let app = App::new();
    app.customer("Amy's Bird Sanctuary");
    app.invoice("1", "100");
    app
}

fn run(app: &App, case: &Case) -> Result<(), TestCaseError> {
    let queries: Vec<&str> = QUERIES.lines().collect();
    let requests: Vec<&str> = REQUESTS.lines().collect();
    let parts = |of: usize| -> (&str, &str, &str) {
        let mut parts = requests[of % requests.len()].splitn(3, ' ');
        let mut next = || parts.next().unwrap_or_default();
        (next(), next(), next())
    };
    let request = match case {
        Case::Query { of, edits, in_body } => {
            let statement = apply(edits, queries[of % queries.len()], &queries);
            if *in_body {
                let mut request = app.request("POST", "query", "");
                request.headers[2].1 = "application/text".to_owned();
                request.body = statement;
                request
            } else {
                let text = String::from_utf8_lossy(&statement);
                app.request("GET", &format!("query?query={}", encoded(&text)), "")
            }
        }
        Case::Body { of, edits } => {
            let (method, path, body) = parts(*of);
            let mut request = app.request(method, path, "");
            request.body = apply(edits, body, &requests);
            read_and_printed(&request.body)?;
            request
        }
        Case::Path { of, edits } => {
            let (method, path, body) = parts(*of);
            let path = apply(edits, path, &requests);
            app.request(method, &String::from_utf8_lossy(&path), body)
        }
        Case::Bytes(bytes) => {
            read_and_printed(bytes)?;
            let mut request = app.request("POST", "invoice", "");
            request.body.clone_from(bytes);
            request
        }
    };
    let response = app.sandbox.handle(&request);
    prop_assert!(!response.is_lost, "the connection was dropped");
    prop_assert!(
        matches!(response.status, 200 | 400 | 501),
        "{} for {request:?}",
        response.status
    );
    prop_assert!(Json::parse(&response.body).is_ok());
    Ok(())
}

/// What can be read is printed so that it reads the same.
fn read_and_printed(bytes: &[u8]) -> Result<(), TestCaseError> {
    if let Ok(read) = Json::parse(bytes) {
        prop_assert_eq!(Json::parse(read.to_string().as_bytes()), Ok(read));
    }
    Ok(())
}

fn seconds() -> Duration {
    let asked = std::env::var("FUZZ_SECONDS").ok();
    let is_long = std::env::var("PROOF").is_ok_and(|proof| proof == "long");
    let usual = if is_long { 600 } else { 0 };
    Duration::from_secs(asked.and_then(|text| text.parse().ok()).unwrap_or(usual))
}

#[test]
fn no_request_breaks_the_sandbox() {
    let started = Instant::now();
    let mut requests = 0;
    while requests < 5 * FOR_ONE || started.elapsed() < seconds() {
        let app = company();
        let config = Config {
            cases: FOR_ONE,
            failure_persistence: None,
            ..Config::default()
        };
        if let Err(error) = TestRunner::new(config).run(&case(), |case| run(&app, &case)) {
            panic!("{error}");
        }
        requests += FOR_ONE;
    }
    println!("{requests} requests");
}

#[test]
fn the_corpus_is_answered_as_it_is() {
    let app = company();
    for of in 0..QUERIES.lines().count() {
        let edits = Vec::new();
        run(
            &app,
            &Case::Query {
                of,
                edits,
                in_body: false,
            },
        )
        .unwrap();
    }
    for of in 0..REQUESTS.lines().count() {
        run(
            &app,
            &Case::Body {
                of,
                edits: Vec::new(),
            },
        )
        .unwrap();
    }
}
