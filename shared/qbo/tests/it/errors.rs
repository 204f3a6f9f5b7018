//! Every code, sorted by what happens next.

use insta::assert_snapshot;
use qbo::{Effect, Fault, Id, QboError, Tid};

fn fault(status: u16, code: &str, detail: &str) -> Fault {
    let body = serde_json::json!({"Fault": {
        "Error": [{"Message": "m", "Detail": detail, "code": code, "element": ""}],
        "type": "ValidationFault",
    }});
    Fault::parse(status, body.to_string().as_bytes())
}

fn sorted(fault: Fault, effect: Effect) -> QboError {
    QboError::from_fault(fault, effect, Tid::new(Some("1-5f")))
}

/// What happens next, in one word.
pub(crate) fn next(fault: Fault, effect: Effect) -> String {
    let name = format!("{:?}", sorted(fault, effect));
    name.split([' ', '{']).next().unwrap().to_owned()
}

#[test]
fn each_code_has_its_cure() {
    for (status, code, expected) in [
        (429, "3001", "Throttled"),
        (403, "3001", "Throttled"),
        (403, "003001", "Throttled"),
        (401, "3200", "Unauthorized"),
        (401, "003200", "Unauthorized"),
        (401, "100", "Unauthorized"),
        (401, "110", "Unauthorized"),
        (401, "120", "WrongRealm"),
        (403, "3100", "WrongRealm"),
        (400, "130", "Unavailable"),
        (503, "150", "Unavailable"),
        (400, "5010", "Stale"),
        (400, "610", "Missing"),
        (400, "6240", "DuplicateName"),
        (400, "6140", "DuplicateNumber"),
        (400, "6200", "PeriodClosed"),
        (400, "6210", "PeriodClosed"),
        (400, "6190", "ReadOnlyCompany"),
        (400, "2500", "BadReference"),
        (400, "6250", "BadReference"),
        (400, "6000", "Refused"),
        (400, "2050", "Refused"),
        (403, "5020", "Refused"),
        (400, "99999", "Refused"),
    ] {
        for effect in [Effect::Read, Effect::Write] {
            let fault = fault(status, code, "d");
            assert_eq!(next(fault, effect), expected, "{status} {code}");
        }
    }
}

/// What follows from an error, whatever the work was.
fn follows(error: &QboError) -> &'static str {
    match error {
        QboError::Throttled { .. } => "retry after a time",
        QboError::NamesLocked { .. } | QboError::Unavailable { .. } => "park",
        QboError::Uncertain { .. } | QboError::Unreadable { .. } => "settle",
        QboError::Unauthorized { .. } | QboError::WrongRealm { .. } => "reconnect",
        QboError::ReadOnlyCompany { .. } => "alert, and all waits",
        QboError::Stale { .. } => "read again",
        QboError::DuplicateName { .. } => "look up, else alert",
        QboError::DuplicateNumber { .. } => "adopt, else alert",
        QboError::Missing { .. } | QboError::BadReference { .. } => "look what is gone, alert",
        QboError::PeriodClosed { .. } => "alert",
        QboError::Refused { .. } => "alert in its own words",
    }
}

/// Every code that Intuit's catalogue has, and those that nobody has found in it.
#[test]
fn s5_each_refusal_of_the_catalogue_is_sorted_and_what_is_not_known_keeps_its_words() {
    let own_words = "alert in its own words";
    let table: &[(u16, &[&str], &str)] = &[
        (429, &["3001"], "retry after a time"),
        (401, &["100", "110", "120", "3200"], "reconnect"),
        (403, &["3100"], "reconnect"),
        (400, &["130", "140", "150"], "park"),
        (400, &["600", "10000"], "settle"),
        (500, &["10000"], "settle"),
        (400, &["610", "2500", "6250"], "look what is gone, alert"),
        (400, &["5010"], "read again"),
        (400, &["6140"], "adopt, else alert"),
        (400, &["6240"], "look up, else alert"),
        (400, &["6190"], "alert, and all waits"),
        (400, &["6200", "6210"], "alert"),
        (
            400,
            &[
                "500", "620", "1040", "2010", "2020", "2030", "2040", "2050", "2060", "2070",
                "2080", "2090", "2100", "2110", "2130", "2170", "2210", "2290", "2300", "3000",
                "3202", "4000", "4001", "4002", "5020", "5030", "6000", "6010", "6070", "6080",
                "6090", "6100", "6130", "6150", "6160", "6170", "6180", "6220", "6230", "6280",
                "6420", "6430", "6440", "6450", "6480", "6540", "6560", "10100", "10200", "-37109",
                "99999", "",
            ],
            own_words,
        ),
    ];
    for (status, codes, expected) in table {
        for code in *codes {
            let error = sorted(fault(*status, code, "Their words"), Effect::Write);
            assert_eq!(follows(&error), *expected, "{status} {code}");
            if *expected == own_words {
                let QboError::Refused { fault, .. } = error else {
                    panic!("{error:?}");
                };
                assert_eq!(fault.errors[0].detail, "Their words", "{code}");
            }
        }
    }
}

#[test]
fn a_defect_of_quickbooks_or_a_known_attempt_leaves_a_write_uncertain() {
    for (status, code) in [
        (500, "10000"),
        (400, "10000"),
        (200, "10000"),
        (400, "600"),
        (500, "2010"),
    ] {
        let fault = || fault(status, code, "d");
        assert_eq!(
            next(fault(), Effect::Read),
            "Unavailable",
            "{status} {code}"
        );
        assert_eq!(next(fault(), Effect::Write), "Uncertain", "{status} {code}");
    }
}

#[test]
fn two_sentences_tell_a_passing_6000_from_a_lasting_one() {
    for (detail, expected) in [
        (
            "Business Validation Error: You can only add or edit one name at a time. Please try again.",
            "NamesLocked",
        ),
        (
            "Business Validation Error: Please wait a few minutes and try again.",
            "NamesLocked",
        ),
        (
            "Business Validation Error: You must set a transaction amount.",
            "Refused",
        ),
    ] {
        assert_eq!(next(fault(400, "6000", detail), Effect::Write), expected);
    }
    let other = fault(400, "6070", "Please wait a few minutes and try again");
    assert_eq!(next(other, Effect::Write), "Refused");
}

#[test]
fn a_taken_number_tells_whose_it_is_in_any_language() {
    for (detail, expected) in [
        (
            "DocNumber=INV-100 is assigned to TxnType=Invoice with TxnId=17984",
            Some(("Invoice", "17984")),
        ),
        (
            "Numéro de document en double : DocNumber=INV-0002 is assigned to TxnType=Facture de vente with TxnId=2137",
            Some(("Facture de vente", "2137")),
        ),
        (
            "DocNumber=TxnType=A with TxnId=1 is assigned to TxnType=Invoice with TxnId=7.",
            Some(("Invoice", "7")),
        ),
        ("Duplicate Document Number Error", None),
        ("TxnId=", None),
    ] {
        let error = sorted(fault(400, "6140", detail), Effect::Write);
        let QboError::DuplicateNumber {
            txn_type, txn_id, ..
        } = error
        else {
            panic!("{error:?}");
        };
        let found = txn_type.as_deref().zip(txn_id.as_ref().map(Id::as_str));
        assert_eq!(found, expected, "{detail}");
    }
}

#[test]
fn several_errors_have_a_cure_only_when_it_is_the_same() {
    let both = |one: &str, other: &str| {
        let mut errors = fault(400, one, "d");
        errors.errors.extend(fault(400, other, "d").errors);
        next(errors, Effect::Write)
    };
    assert_eq!(both("3200", "3200"), "Unauthorized");
    assert_eq!(both("6200", "6210"), "PeriodClosed");
    assert_eq!(both("6240", "2050"), "Refused");
    assert_eq!(both("2050", "6240"), "Refused");
}

#[test]
fn every_form_of_body_is_understood() {
    for (name, body) in [
        (
            "upper case",
            r#"{"Fault":{"Error":[{"Message":"Text","Detail":"More","code":"3001","element":"Line.Amount"}],"type":"SERVICE"}}"#,
        ),
        (
            "lower case",
            r#"{"warnings":null,"fault":{"error":[{"message":"Text","detail":"More","code":"003001","element":"Line.Amount"}],"type":"SERVICE"},"time":1}"#,
        ),
        (
            "a number for a code",
            r#"{"Fault":{"Error":[{"Message":"Text","Detail":"More","code":3001,"element":"Line.Amount"}],"type":"SERVICE"}}"#,
        ),
        (
            "one error without a list",
            r#"{"Fault":{"Error":{"Message":"Text","Detail":"More","code":"3001","element":"Line.Amount"},"type":"SERVICE"}}"#,
        ),
        (
            "XML",
            r#"<?xml version="1.0"?><IntuitResponse time="t" xmlns="http://schema.intuit.com/finance/v3"><Fault type="SERVICE"><Error code="3001" element="Line.Amount"><Message>Text</Message><Detail> More </Detail></Error></Fault></IntuitResponse>"#,
        ),
        (
            "XML in other clothes",
            "\u{feff}<r>\n<FaultLess/><Fault xml:lang = 'en' type='SERVICE'\n>\n<Error\n element='Line.Amount' code=\"003001\"><Message>Text</Message><Detail>More</Detail></Error></Fault></r>",
        ),
    ] {
        let fault = Fault::parse(429, body.as_bytes());
        assert_eq!(fault.kind, "SERVICE", "{name}");
        assert_eq!(fault.errors.len(), 1, "{name}");
        let error = &fault.errors[0];
        assert_eq!(error.code, "3001", "{name}");
        assert_eq!(error.message, "Text", "{name}");
        assert_eq!(error.detail, "More", "{name}");
        assert_eq!(error.element.as_deref(), Some("Line.Amount"), "{name}");
    }
}

#[test]
fn several_errors_in_xml_are_all_found_and_unescaped() {
    let fault = Fault::parse(
        400,
        br#"<Fault type="ValidationFault"><Error code="2050"><Detail>a &lt;b&gt; &amp;amp; c</Detail></Error><Error code="6240"/></Fault>"#,
    );
    let codes: Vec<&str> = fault.errors.iter().map(|e| e.code.as_str()).collect();
    assert_eq!(codes, ["2050", "6240"]);
    assert_eq!(fault.errors[0].detail, "a <b> &amp; c");
    assert!(fault.has("6240") && !fault.has("5010"));
}

#[test]
fn a_code_that_stands_only_in_the_message_is_found() {
    let fault = Fault::parse(
        403,
        br#"{"fault":{"error":[{"message":"message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403","code":null}],"type":"SERVICE"}}"#,
    );
    assert_eq!(fault.errors[0].code, "3100");
}

#[test]
fn what_is_no_fault_has_no_errors() {
    for body in [
        "",
        " ",
        "<html><body>502 Bad Gateway</body></html>",
        "{",
        "[]",
        "{\"Fault\":null}",
        "{\"Fault\":{\"Error\":\"x\"}}",
        "<Fault",
        "<Fault type=",
        "upstream connect error",
    ] {
        assert_eq!(Fault::parse(502, body.as_bytes()).errors, [], "{body}");
    }
}

#[test]
fn the_texts_are_for_a_person_and_hold_no_names() {
    let detail =
        "Ann Secret and Bob changed DocNumber=Ann is assigned to TxnType=Invoice with TxnId=17";
    let texts: Vec<String> = [
        (429, "3001"),
        (401, "3200"),
        (403, "3100"),
        (400, "5010"),
        (400, "610"),
        (400, "6240"),
        (400, "6140"),
        (400, "6210"),
        (400, "6190"),
        (400, "2500"),
        (400, "2050"),
        (503, "150"),
        (500, "10000"),
    ]
    .into_iter()
    .map(|(status, code)| {
        let error = sorted(fault(status, code, detail), Effect::Write);
        assert!(!format!("{error:?}").contains("Ann"), "{error:?}");
        error.to_string()
    })
    .collect();
    assert_snapshot!(texts.join("\n"), @"
    QuickBooks takes no more calls for 60 s (intuit_tid 1-5f)
    QuickBooks no longer accepts the access token (intuit_tid 1-5f)
    the connection has no access to this QuickBooks company; please connect it again (intuit_tid 1-5f)
    somebody else changed this in QuickBooks in the meantime (intuit_tid 1-5f)
    QuickBooks no longer has this, or it was made inactive there (intuit_tid 1-5f)
    this name is already used in QuickBooks (intuit_tid 1-5f)
    this number is already used in QuickBooks by the document with id 17 (intuit_tid 1-5f)
    the books in QuickBooks are closed for this date; reopen the period there or change the date (intuit_tid 1-5f)
    the QuickBooks subscription has ended, so that nothing can be written there (intuit_tid 1-5f)
    the document points to something that QuickBooks no longer has (intuit_tid 1-5f)
    QuickBooks refused this: a text is too long [2050] (intuit_tid 1-5f)
    QuickBooks cannot be reached at the moment: status 503, code 150 (intuit_tid 1-5f)
    it is not known yet whether QuickBooks did this: status 500, code 10000 (intuit_tid 1-5f)
    ");
}

#[test]
fn a_refusal_names_the_field_but_nothing_that_is_not_a_field() {
    let refused = |element: &str| {
        let body = serde_json::json!({"Fault": {"Error": [{"code": "2050", "element": element}]}});
        let fault = Fault::parse(400, body.to_string().as_bytes());
        sorted(fault, Effect::Write)
    };
    assert_snapshot!(refused("Customer Memo"), @"QuickBooks refused this: a text is too long (Customer Memo) [2050] (intuit_tid 1-5f)");
    let error = refused("ann@example.com");
    assert!(!format!("{error} {error:?}").contains("ann"), "{error:?}");
}
