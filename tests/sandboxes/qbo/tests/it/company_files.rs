//! Companies in files: what is saved is opened as it was, and the shipped ones open.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::Command,
};

use qbo_sandbox::{Json, Sandbox};
use rust_decimal::Decimal;

use crate::{
    app::{App, options},
    binary::{address, start},
    books::Checked,
};

const ENTITIES: &[&str] = &[
    "Account",
    "Customer",
    "Vendor",
    "Employee",
    "Item",
    "Term",
    "Class",
    "Department",
    "PaymentMethod",
    "Invoice",
    "Payment",
];

pub(crate) fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("companies")
        .join(name)
}

fn opened(file: &str) -> App {
    let sandbox = Sandbox::open(options(), file).unwrap();
    let token = sandbox.access_token();
    App {
        _books: Checked(sandbox.clone()),
        sandbox,
        token,
        ..App::new()
    }
}

#[test]
fn what_is_saved_is_opened_as_it_was() {
    let mut settings = options();
    settings.company.custom_fields = vec!["Crew".to_owned()];
    let app = App::with(settings);
    app.customer("Amy");
    app.customer("Gone");
    app.post(
        "customer",
        r#"{"Id":"2","SyncToken":"0","sparse":true,"Active":false}"#,
    );
    app.wait(100);
    app.invoice("1", "10");
    app.invoice("1", "20.5");
    app.post("invoice?operation=delete", r#"{"Id":"1","SyncToken":"0"}"#);
    let file = app.sandbox.company_file();
    let again = opened(&file);
    assert_eq!(again.sandbox.company_file(), file);
    for entity in ENTITIES {
        assert_eq!(
            again.sandbox.objects(entity),
            app.sandbox.objects(entity),
            "{entity}"
        );
    }
    // Deleted stays deleted, names are found, ids and numbers go on.
    assert!(
        again
            .ids("select * from Invoice where DocNumber = '1001'")
            .is_empty()
    );
    assert_eq!(
        again.ids("select * from Invoice where DocNumber = '1002'"),
        ["2"]
    );
    assert_eq!(
        again.refused("customer", r#"{"DisplayName":"AMY"}"#).code,
        "6240"
    );
    let deleted = again.refused("invoice", r#"{"Id":"1","SyncToken":"1","sparse":true}"#);
    assert!(deleted.detail.contains("has deleted"));
    let next = again.invoice("1", "1");
    assert_eq!(
        (next.text("Id"), next.text("DocNumber")),
        (Some("3"), Some("1003"))
    );
    assert_eq!(next.text("CustomField.0.Name"), Some("Crew"));
    let amy = again.sandbox.object("Customer", "1").unwrap();
    assert_eq!(amy.decimal("Balance").unwrap().to_string(), "21.50");
}

#[test]
fn shipped_companies_open() {
    for (name, company, customers) in [
        ("fresh-plumber.json", "Fresh Plumbing LLC", 2),
        ("old-hvac.json", "Northside Heating & Cooling Inc.", 5),
        ("all-off.json", "Plain Books", 2),
    ] {
        let app = opened(&fs::read_to_string(shipped(name)).unwrap());
        let info = app.get("companyinfo/1");
        assert_eq!(info.text("CompanyInfo.CompanyName"), Some(company));
        assert_eq!(app.sandbox.objects("Customer").len(), customers, "{name}");
        // What was opened is checked as any test's books are: it balances, and every balance adds up.
        assert!(
            app.sandbox.trial_balance().debit() > Decimal::ZERO,
            "{name}"
        );
        let file = app.sandbox.company_file();
        let again = opened(&file);
        assert_eq!(again.sandbox.company_file(), file, "{name}");
        assert_eq!(again.sandbox.trial_balance(), app.sandbox.trial_balance());
    }
    let hvac = opened(&fs::read_to_string(shipped("old-hvac.json")).unwrap());
    let deep = hvac.sandbox.object("Customer", "4").unwrap();
    assert_eq!(
        deep.text("FullyQualifiedName"),
        Some("Lakeview Property Management:Lakeview Tower B:Boiler room")
    );
    // An invoice of the tower that the parent paid, with its class and location.
    let invoice = hvac.sandbox.object("Invoice", "2").unwrap();
    for (path, value) in [
        (
            "CustomerRef.name",
            "Lakeview Property Management:Lakeview Tower A",
        ),
        ("DepartmentRef.name", "North shop"),
        ("Line.0.SalesItemLineDetail.ClassRef.name", "Install"),
        ("CustomField.0.StringValue", "LPM-7781"),
        ("LinkedTxn.0.TxnId", "3"),
    ] {
        assert_eq!(invoice.text(path), Some(value), "{path}");
    }
    let open: Vec<String> = ["2", "6", "7"]
        .map(|id| hvac.shown("Invoice", id, "Balance"))
        .to_vec();
    assert_eq!(open, ["0", "286.50", "1748.03"]);
    let flags = hvac
        .get("preferences")
        .at("Preferences")
        .unwrap()
        .to_string();
    for flag in [
        r#""ClassTrackingPerTxnLine":true"#,
        r#""TrackDepartments":true"#,
        r#""CustomTxnNumbers":true"#,
        r#""UsingSalesTax":true"#,
        r#""BookCloseDate":"2025-12-31""#,
    ] {
        assert!(flags.contains(flag), "{flag}");
    }
}

#[test]
fn books_saved_without_sales_tax_get_its_codes_when_it_is_switched_on() {
    let app = App::new();
    app.customer("Amy");
    let file = app.sandbox.company_file();
    assert!(opened(&file).sandbox.objects("TaxCode").is_empty());
    for tax in ["manual", "automated"] {
        let file = file.replace(r#""sales_tax": "off""#, &format!(r#""sales_tax": "{tax}""#));
        let app = opened(&file);
        let codes = app.sandbox.objects("TaxCode");
        assert!(
            codes
                .iter()
                .any(|code| code.text("Name") == Some("California")),
            "{tax}"
        );
        // Once, however often it is opened.
        let again = opened(&app.sandbox.company_file());
        assert_eq!(again.sandbox.objects("TaxCode"), codes);
    }
}

#[test]
fn what_is_no_company_is_refused_with_the_place() {
    for (file, said) in [
        ("{", "expecting a field name"),
        ("[]", "not an object"),
        (r#"{"firm":{}}"#, "there is no part firm"),
        (r#"{"company":{"nmae":"x"}}"#, "nmae"),
        (
            r#"{"company":{"time_zone":"Mars"}}"#,
            "Mars is not a time zone",
        ),
        (r#"{"doubts":{"select_list":false}}"#, "select_list"),
        (r#"{"create":[{"Customer":{}}]}"#, "6080"),
        (r#"{"create":[{"Custmoer":{}}]}"#, "Custmoer"),
        (r#"{"create":[{}]}"#, "under its name"),
        (r#"{"books":{}}"#, "last_number"),
        (
            r#"{"books":{"last_number":1,"series":{},"rows":{"Custmoer":[]}}}"#,
            "there is no entity Custmoer",
        ),
        (
            r#"{"books":{"last_number":1,"series":{},"rows":{"Customer":[{"id":7}]}}}"#,
            "Customer 7 is incomplete",
        ),
    ] {
        let Err(error) = Sandbox::open(options(), file) else {
            panic!("{file} was opened");
        };
        assert!(error.to_string().contains(said), "{file}: {error}");
    }
}

/// Sends a control without a body and gives the answer.
fn control(address: &str, call: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "{call} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn the_program_keeps_a_company_in_its_file() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kept-company.json");
    fs::copy(shipped("all-off.json"), &path).unwrap();
    let arguments = [
        "--listen",
        "127.0.0.1:0",
        "--company",
        path.to_str().unwrap(),
    ];
    let mut program = start(&arguments);
    let at = address(&mut program);
    assert!(control(&at, "POST /_sandbox/save").contains(r#"{"saved":true}"#));
    let saved = Json::parse(&fs::read(&path).unwrap()).unwrap();
    assert_eq!(saved.text("company.name"), Some("Plain Books"));
    assert!(saved.at("books.rows.Account.0").is_some());
    // Once more, at the end.
    fs::remove_file(&path).unwrap();
    let id = program.0.id().to_string();
    Command::new("kill")
        .args(["-s", "TERM", &id])
        .status()
        .unwrap();
    assert!(program.0.wait().unwrap().success());
    assert_eq!(Json::parse(&fs::read(&path).unwrap()).unwrap(), saved);
    let mut program = start(&arguments);
    let at = address(&mut program);
    assert!(control(&at, "GET /_sandbox/company").contains("Plain Books"));

    // A template is begun with, and left as it is.
    let template = shipped("fresh-plumber.json");
    let before = fs::read_to_string(&template).unwrap();
    let mut program = start(&[
        "--listen",
        "127.0.0.1:0",
        "--template",
        template.to_str().unwrap(),
    ]);
    let at = address(&mut program);
    assert!(control(&at, "GET /_sandbox/company").contains("Fresh Plumbing LLC"));
    assert!(control(&at, "POST /_sandbox/save").starts_with("HTTP/1.1 409"));
    let id = program.0.id().to_string();
    Command::new("kill")
        .args(["-s", "TERM", &id])
        .status()
        .unwrap();
    assert!(program.0.wait().unwrap().success());
    assert_eq!(fs::read_to_string(&template).unwrap(), before);

    let mut without = start(&["--listen", "127.0.0.1:0"]);
    let at = address(&mut without);
    assert!(control(&at, "POST /_sandbox/save").starts_with("HTTP/1.1 409"));
}
