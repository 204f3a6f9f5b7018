//! Journal entries.

use crate::app::{App, Refused};

fn side(posting: &str, account: &str, amount: &str, entity: &str) -> String {
    format!(
        r#"{{"Amount":{amount},"DetailType":"JournalEntryLineDetail","JournalEntryLineDetail":{{"PostingType":"{posting}","AccountRef":{{"value":"{account}"}}{entity}}}}}"#
    )
}

fn entry(lines: &[String]) -> String {
    format!(r#"{{"Line":[{}]}}"#, lines.join(","))
}

const AMY: &str = r#","Entity":{"Type":"Customer","EntityRef":{"value":"1"}}"#;

#[test]
fn an_entry_moves_amounts_between_accounts_and_customers() {
    let app = App::new();
    app.customer("Amy");
    let made = app.post(
        "journalentry",
        &entry(&[
            side("Debit", "7", "100.005", ""),
            side("Debit", "9", "20", AMY),
            side("Credit", "1", "120.01", ""),
        ]),
    );
    assert_eq!(made.text("JournalEntry.Line.2.Id"), Some("3"));
    assert_eq!(app.shown("Customer", "1", "Balance"), "20.00");
    assert_eq!(app.shown("Account", "7", "CurrentBalance"), "100.01");
    let update = entry(&[side("Debit", "7", "5", ""), side("Credit", "8", "5", "")]).replacen(
        '{',
        r#"{"Id":"1","SyncToken":"0","#,
        1,
    );
    app.post("journalentry", &update);
    assert_eq!(app.shown("Customer", "1", "Balance"), "0");
    app.post(
        "journalentry",
        r#"{"Id":"1","SyncToken":"1","sparse":true,"PrivateNote":"x"}"#,
    );
    assert_eq!(app.shown("Account", "8", "CurrentBalance"), "-5.00");
    app.post(
        "journalentry?operation=delete",
        r#"{"Id":"1","SyncToken":"2"}"#,
    );
    assert!(app.sandbox.trial_balance().rows.is_empty());
}

#[test]
fn a_parent_account_shows_what_lies_below_it() {
    let app = App::new();
    app.post(
        "account",
        r#"{"Name":"Till","AccountType":"Bank","SubAccount":true,"ParentRef":{"value":"7"}}"#,
    );
    let entry = entry(&[side("Debit", "21", "5", ""), side("Credit", "8", "5", "")]);
    app.post("journalentry", &entry);
    let shown = |id: &str| {
        ["CurrentBalance", "CurrentBalanceWithSubAccounts"]
            .map(|field| app.shown("Account", id, field))
    };
    assert_eq!(shown("7"), ["0", "5.00"]);
    app.post(
        "account",
        r#"{"Id":"21","SyncToken":"0","sparse":true,"ParentRef":{"value":"8"}}"#,
    );
    assert_eq!(shown("7"), ["0", "0"]);
    assert_eq!(shown("8"), ["-5.00", "0"]);
    app.post("journalentry", &entry);
    assert_eq!(shown("8"), ["-10.00", "0"]);
}

#[test]
fn entries_are_refused_with_code_and_element() {
    let app = App::new();
    app.customer("Amy");
    let debit = side("Debit", "7", "5", "");
    let credit = side("Credit", "8", "5", "");
    let cases = [
        ("no line", entry(&[]), "2020", Some("Line")),
        (
            "one line",
            entry(std::slice::from_ref(&debit)),
            "6000",
            Some(""),
        ),
        (
            "not equal",
            entry(&[debit.clone(), side("Credit", "8", "4", "")]),
            "2300",
            None,
        ),
        (
            "negative",
            entry(&[side("Debit", "7", "-5", ""), side("Credit", "8", "-5", "")]),
            "2290",
            Some("Line.Amount"),
        ),
        (
            "no account",
            entry(&[
                debit.clone(),
                credit.replace(r#","AccountRef":{"value":"8"}"#, ""),
            ]),
            "2020",
            Some("Line.JournalEntryLineDetail.AccountRef"),
        ),
        (
            "no side",
            entry(&[
                debit.clone(),
                credit.replace(r#""PostingType":"Credit","#, ""),
            ]),
            "2020",
            Some("Line.JournalEntryLineDetail.PostingType"),
        ),
        (
            "unknown account",
            entry(&[debit.clone(), side("Credit", "99", "5", "")]),
            "2500",
            Some("Line.JournalEntryLineDetail.AccountRef"),
        ),
        (
            "nobody's debt",
            entry(&[debit.clone(), side("Credit", "9", "5", "")]),
            "6000",
            Some(""),
        ),
        (
            "an unknown customer",
            entry(&[
                debit.clone(),
                side("Credit", "9", "5", &AMY.replace('1', "9")),
            ]),
            "2500",
            Some("Line.JournalEntryLineDetail.Entity.EntityRef"),
        ),
        (
            "payables",
            entry(&[debit.clone(), side("Credit", "10", "5", "")]),
            "501",
            None,
        ),
        (
            "a long number",
            entry(&[debit, credit]).replacen(
                '{',
                &format!(r#"{{"DocNumber":"{}","#, "x".repeat(45)),
                1,
            ),
            "2050",
            Some("DocNumber"),
        ),
    ];
    for (what, body, code, element) in cases {
        let refused = Refused::of(&app.call("POST", "journalentry", &body));
        assert_eq!(
            (refused.code.as_str(), refused.element.as_deref()),
            (code, element),
            "{what}: {}",
            refused.detail
        );
    }
    assert_eq!(
        app.refused(
            "journalentry?operation=void",
            r#"{"Id":"1","SyncToken":"0"}"#
        )
        .code,
        "500"
    );
    assert!(app.sandbox.trial_balance().rows.is_empty());
}
