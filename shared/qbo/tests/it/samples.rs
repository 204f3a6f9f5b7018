//! Against answers in QuickBooks' form: those that are written in the sandbox's `tests/cases`, and with
//! `RECORDINGS=<folder> cargo nextest run -p qbo --run-ignored only` those that were recorded.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use qbo::{
    Account, CompanyInfo, Customer, Effect, Employee, Entity, Fault, Invoice, Item, Payment,
    Preferences, RefundReceipt, SalesReceipt, Term, Vendor,
};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::errors::next;

type Object<'a> = BTreeMap<String, &'a RawValue>;

/// The files of a folder by their names.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let files =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    files
        .map(|file| file.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
}

fn recordings() -> BTreeMap<String, String> {
    let folder = env::var_os("RECORDINGS").expect("RECORDINGS names the folder of the recordings");
    files(&PathBuf::from(folder).join("qbo"))
}

fn written() -> BTreeMap<String, String> {
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/sandboxes/qbo/tests/cases"))
}

#[derive(Deserialize)]
struct Recording<'a> {
    #[serde(borrow)]
    response: Response<'a>,
}

#[derive(Deserialize)]
struct Response<'a> {
    status: u16,
    #[serde(borrow)]
    body: &'a RawValue,
}

/// Asserts that whatever `ours` says, `theirs` says too: numbers by value, stamps by instant.
fn agrees(path: &str, ours: &str, theirs: &str) {
    if let Ok(ours) = serde_json::from_str::<Object<'_>>(ours) {
        let theirs: Object<'_> = serde_json::from_str(theirs).unwrap();
        for (key, value) in ours {
            let path = format!("{path}.{key}");
            match theirs.get(&key) {
                Some(their) => agrees(&path, value.get(), their.get()),
                None => assert_eq!(value.get(), "{}", "{path} is made up"),
            }
        }
    } else if let Ok(ours) = serde_json::from_str::<Vec<&RawValue>>(ours) {
        let theirs: Vec<&RawValue> = serde_json::from_str(theirs).unwrap();
        assert_eq!(ours.len(), theirs.len(), "{path}");
        for (index, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
            agrees(&format!("{path}[{index}]"), ours.get(), theirs.get());
        }
    } else if let Ok(number) = ours.parse::<Decimal>() {
        assert_eq!(Ok(number), theirs.parse::<Decimal>(), "{path}");
    } else if let Ok(stamp) = serde_json::from_str::<Timestamp>(ours) {
        assert_eq!(stamp, serde_json::from_str::<Timestamp>(theirs).unwrap());
    } else {
        let text = |json: &str| serde_json::from_str::<serde_json::Value>(json).unwrap();
        assert_eq!(text(ours), text(theirs), "{path}");
    }
}

/// Reads an object of any kind that the crate knows; tells whether it does.
fn read(name: &str, json: &str) -> bool {
    fn typed<T: Entity>(name: &str, json: &str) -> bool {
        if name != T::NAME {
            return false;
        }
        let object: T = serde_json::from_str(json).unwrap();
        assert!(object.id().is_some() || json.contains("\"status\""));
        agrees(name, &serde_json::to_string(&object).unwrap(), json);
        true
    }
    typed::<Account>(name, json)
        || typed::<CompanyInfo>(name, json)
        || typed::<Customer>(name, json)
        || typed::<Employee>(name, json)
        || typed::<Invoice>(name, json)
        || typed::<Item>(name, json)
        || typed::<Payment>(name, json)
        || typed::<Preferences>(name, json)
        || typed::<RefundReceipt>(name, json)
        || typed::<SalesReceipt>(name, json)
        || typed::<Term>(name, json)
        || typed::<Vendor>(name, json)
        // Of a like shape, read as an invoice for the sake of its lines and amounts.
        || (name == "Estimate" && typed::<Invoice>("Invoice", json))
}

fn read_all(fields: Object<'_>) -> usize {
    let mut count = 0;
    for (name, json) in fields {
        match name.as_str() {
            "QueryResponse" | "CDCResponse" | "BatchItemResponse" => {
                count += read_nested(json.get());
            }
            _ => match serde_json::from_str::<Vec<&RawValue>>(json.get()) {
                // Long pages were cut by whoever recorded them; a remark stands for the rest.
                Ok(rows) => {
                    let objects = rows.iter().filter(|row| row.get().starts_with('{'));
                    count += objects.filter(|row| read(&name, row.get())).count();
                }
                Err(_) => count += usize::from(read(&name, json.get())),
            },
        }
    }
    count
}

fn read_nested(json: &str) -> usize {
    match serde_json::from_str::<Vec<Object<'_>>>(json) {
        Ok(objects) => objects.into_iter().map(read_all).sum(),
        Err(_) => read_all(serde_json::from_str(json).unwrap()),
    }
}

#[test]
fn every_written_object_is_read_exactly() {
    let mut count = 0;
    for (file, text) in written() {
        for exchange in serde_json::from_str::<Vec<Recording<'_>>>(&text).unwrap() {
            if exchange.response.status == 200 {
                let fields: Object<'_> =
                    serde_json::from_str(exchange.response.body.get()).unwrap();
                // A tax code is answered without an object.
                if !fields.contains_key("TaxCodeId") {
                    count += read_all(fields);
                }
            } else {
                assert_eq!(exchange.response.status, 400, "{file}");
            }
        }
    }
    assert!(count >= 25, "{count}");
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn every_recorded_object_is_read_exactly() {
    let mut count = 0;
    for (file, text) in recordings() {
        if file.contains("-200") && file.ends_with(".json") && !file.starts_with("error") {
            let recording: Recording<'_> = serde_json::from_str(&text).unwrap();
            assert_eq!(recording.response.status, 200);
            let fields = serde_json::from_str(recording.response.body.get()).unwrap();
            let read = read_all(fields);
            println!("{file}: {read} objects");
            count += read;
        }
    }
    println!("{count} objects in all");
}

/// What a recorded fault asks for.
fn expected(fault: &Fault) -> &'static str {
    let error = &fault.errors[0];
    match error.code.as_str() {
        "3001" => "Throttled",
        "3200" => "Unauthorized",
        "3100" => "WrongRealm",
        "5010" => "Stale",
        "610" => "Missing",
        "6240" => "DuplicateName",
        "6140" => "DuplicateNumber",
        "6210" => "PeriodClosed",
        "6190" => "ReadOnlyCompany",
        "2500" => "BadReference",
        "6000" if error.detail.contains("one name at a time") => "NamesLocked",
        "500" | "2010" | "2020" | "2030" | "2050" | "4000" | "4001" | "6000" | "6070" | "6540" => {
            "Refused"
        }
        code => panic!("{code} is not in the table"),
    }
}

/// Asserts that a refusal is read, and asks for what its code asks for.
fn check(name: &str, status: u16, body: &str) -> Fault {
    let fault = Fault::parse(status, body.as_bytes());
    assert!(!fault.errors.is_empty(), "{name}");
    let expected = expected(&fault);
    assert_eq!(
        next(fault.clone(), Effect::Write),
        expected,
        "{name}: {fault:?}"
    );
    fault
}

#[test]
fn every_written_refusal_is_sorted() {
    let mut codes = BTreeSet::new();
    for (file, text) in written() {
        for Recording { response } in serde_json::from_str::<Vec<Recording<'_>>>(&text).unwrap() {
            if response.status != 200 {
                let fault = check(&file, response.status, response.body.get());
                codes.extend(fault.errors.into_iter().map(|error| error.code));
            }
        }
    }
    let all = "2010 2020 2030 2050 2500 4000 4001 500 5010 6000 6070 610 6140 6240";
    assert_eq!(codes, all.split(' ').map(str::to_owned).collect());
}

#[test]
#[ignore = "needs the recordings beside the repository: RECORDINGS=<folder> cargo nextest run --run-ignored only"]
fn every_recorded_error_is_sorted() {
    #[derive(Deserialize)]
    struct Wild<'a> {
        code: String,
        http: u16,
        #[serde(borrow)]
        body: Option<&'a RawValue>,
        body_xml: Option<String>,
    }
    for (file, text) in recordings() {
        if file == "errors-seen-in-the-wild.json" {
            for wild in serde_json::from_str::<Vec<Wild<'_>>>(&text).unwrap() {
                let xml = wild.body_xml.as_deref();
                let body = wild.body.map(RawValue::get).or(xml).unwrap();
                let fault = check(&wild.code, wild.http, body);
                assert!(fault.has(&wild.code), "{}", wild.code);
            }
        } else if file.starts_with("error") && file.ends_with(".xml") {
            let status = if file.contains("429") { 429 } else { 400 };
            check(&file, status, &text);
        } else if file.starts_with("error") && !file.contains("in-200") {
            let recording: Recording<'_> = serde_json::from_str(&text).unwrap();
            let Response { status, body } = recording.response;
            check(&file, status, body.get());
        }
    }
}
