//! Classes and locations on documents.

use qbo_sandbox::{ClassTracking, Json};

use crate::app::{App, options};

/// A company with the class `Install`, below it `Furnaces`, and the location `North`.
fn company(class_tracking: ClassTracking, track_departments: bool, refuses: bool) -> App {
    let mut options = options();
    options.company.class_tracking = class_tracking;
    options.company.track_departments = track_departments;
    options.doubts.references_need_their_feature = refuses;
    let app = App::with(options);
    app.customer("Amy");
    for (entity, fields) in [
        ("Class", r#"{"Name":"Install"}"#),
        (
            "Class",
            r#"{"Name":"Furnaces","SubClass":true,"ParentRef":{"value":"1"}}"#,
        ),
        ("Department", r#"{"Name":"North"}"#),
    ] {
        let fields = Json::parse(fields.as_bytes()).unwrap();
        app.sandbox.create(entity, &fields).unwrap();
    }
    app
}

const CLASS: &str = r#","ClassRef":{"value":"2"}"#;
const LOCATION: &str = r#","DepartmentRef":{"value":"1"}"#;

/// A document with these fields beside its own, and these in the detail of its first line.
fn document(path: &str, header: &str, detail: &str) -> String {
    let line = format!(
        r#"{{"Amount":5,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{{"ItemRef":{{"value":"1"}}{detail}}}}}"#
    );
    let bank = r#""DepositToAccountRef":{"value":"7"}"#;
    match path {
        "deposit" => format!(
            r#"{{{bank},"Line":[{{"Amount":5,"DetailType":"DepositLineDetail","DepositLineDetail":{{"AccountRef":{{"value":"1"}}{detail}}}}}]{header}}}"#
        ),
        "journalentry" => {
            let side = |side: &str, account: &str, detail: &str| {
                format!(
                    r#"{{"Amount":5,"DetailType":"JournalEntryLineDetail","JournalEntryLineDetail":{{"PostingType":"{side}","AccountRef":{{"value":"{account}"}}{detail}}}}}"#
                )
            };
            let (debit, credit) = (side("Debit", "7", detail), side("Credit", "8", ""));
            format!(r#"{{"Line":[{debit},{credit}]{header}}}"#)
        }
        "refundreceipt" => {
            format!(r#"{{"CustomerRef":{{"value":"1"}},{bank},"Line":[{line}]{header}}}"#)
        }
        _ => format!(r#"{{"CustomerRef":{{"value":"1"}},"Line":[{line}]{header}}}"#),
    }
}

const FORMS: &[&str] = &["invoice", "salesreceipt", "creditmemo", "refundreceipt"];

#[test]
fn a_document_carries_what_the_company_uses_and_nothing_else() {
    use ClassTracking::{Off, PerTxn, PerTxnLine};
    // Tracking of classes, of locations; fields of the document, of its line; refused or not.
    let forms = [
        (Off, false, CLASS, "", false),
        (Off, false, "", CLASS, false),
        (Off, true, "", CLASS, false),
        (PerTxn, false, CLASS, "", true),
        (PerTxn, false, "", CLASS, false),
        (PerTxnLine, false, "", CLASS, true),
        (PerTxnLine, false, CLASS, "", false),
        (PerTxnLine, false, LOCATION, "", false),
        (Off, true, LOCATION, "", true),
    ];
    let lines_only = [
        (Off, false, "", CLASS, false),
        (PerTxn, false, "", CLASS, true),
        (PerTxnLine, false, "", CLASS, true),
    ];
    let cases = FORMS
        .iter()
        .flat_map(|path| forms.map(|case| (*path, case)))
        .chain(
            ["deposit", "journalentry"]
                .iter()
                .flat_map(|path| lines_only.map(|case| (*path, case))),
        )
        .chain([
            ("deposit", (Off, true, LOCATION, "", true)),
            ("deposit", (PerTxn, false, LOCATION, "", false)),
            ("journalentry", (Off, true, "", LOCATION, true)),
            ("journalentry", (PerTxn, false, "", LOCATION, false)),
        ]);
    for (path, (classes, locations, header, detail, is_taken)) in cases {
        let body = document(path, header, detail);
        let shown = format!("{path} {classes:?} {locations} {header} {detail}");
        let app = company(classes, locations, true);
        if is_taken {
            let made = app.post(path, &body).to_string();
            let name = if header == LOCATION || detail == LOCATION {
                r#"{"value":"1","name":"North"}"#
            } else {
                r#"{"value":"2","name":"Install:Furnaces"}"#
            };
            assert!(made.contains(name), "{shown}: {made}");
        } else {
            let refused = app.refused(path, &body);
            assert_eq!(
                (refused.status, refused.code.as_str()),
                (400, "5030"),
                "{shown}"
            );
            // The other guess: passed over in silence.
            let made = company(classes, locations, false)
                .post(path, &body)
                .to_string();
            for field in ["ClassRef", "DepartmentRef"] {
                assert!(!made.contains(field), "{shown}: {made}");
            }
        }
    }
}

#[test]
fn an_unknown_or_inactive_one_is_refused_by_its_path() {
    let per_line = company(ClassTracking::PerTxnLine, true, true);
    let per_document = company(ClassTracking::PerTxn, true, true);
    for (app, path, header, detail, element) in [
        (
            &per_line,
            "invoice",
            "",
            "ClassRef",
            "Line.SalesItemLineDetail.ClassRef",
        ),
        (&per_document, "invoice", "ClassRef", "", "ClassRef"),
        (
            &per_document,
            "creditmemo",
            "DepartmentRef",
            "",
            "DepartmentRef",
        ),
        (
            &per_line,
            "deposit",
            "",
            "ClassRef",
            "Line.DepositLineDetail.ClassRef",
        ),
        (
            &per_line,
            "journalentry",
            "",
            "DepartmentRef",
            "Line.JournalEntryLineDetail.DepartmentRef",
        ),
    ] {
        let with = |field: &str| match field {
            "" => String::new(),
            _ => format!(r#","{field}":{{"value":"99"}}"#),
        };
        let refused = app.refused(path, &document(path, &with(header), &with(detail)));
        assert_eq!(
            (refused.code.as_str(), refused.element.as_deref()),
            ("2500", Some(element))
        );
    }
    let gone = r#"{"Id":"2","SyncToken":"0","sparse":true,"Active":false}"#;
    per_line.post("class", gone);
    let refused = per_line.refused("invoice", &document("invoice", "", CLASS));
    assert_eq!(refused.code, "2500");
    assert!(
        refused.detail.contains("made inactive"),
        "{}",
        refused.detail
    );
}

#[test]
fn a_discount_carries_a_class_as_lines_do() {
    let app = company(ClassTracking::PerTxnLine, false, true);
    let body = document("invoice", "", "").replace(
        "}]}",
        r#"},{"DetailType":"DiscountLineDetail","Amount":1,"DiscountLineDetail":{"PercentBased":false,"ClassRef":{"value":"1"}}}]}"#,
    );
    let made = app.post("invoice", &body);
    assert_eq!(
        made.text("Invoice.Line.2.DiscountLineDetail.ClassRef.name"),
        Some("Install")
    );
}
