use store::Matter;

use super::*;
use crate::fixtures::{alert, at};

fn denver() -> TimeZone {
    TimeZone::get("America/Denver").unwrap()
}

fn new() -> Matter {
    Matter::New {
        cause: "closed_period".to_owned(),
        after: None,
        until: at("2026-07-20T20:05:00Z"),
    }
}

fn said_otherwise(mut alert: OpenAlert, message: &str, resolution: &str) -> OpenAlert {
    let record = alert.record.as_mut().unwrap();
    record.message = message.to_owned();
    record.resolution = resolution.to_owned();
    alert
}

#[test]
fn s11_a_mail_of_one_alert_is_in_its_words() {
    let one = alert("closed_period", "104", "2026-07-20T20:00:00Z");
    let words = Words::of(&new(), &[&one], &denver(), None);
    insta::assert_snapshot!(words.subject, @"Job 104 was not sent to QuickBooks: the books are closed until July 31.");
    insta::assert_snapshot!(words.text, @r#"
    Between Housecall Pro and QuickBooks, this needs somebody.

    Closed period (1)

    - Job 104 was not sent to QuickBooks: the books are closed until July 31.
      (since Monday, July 20, 2:00 PM)

    What to do: Open the books, or choose another date.

    Of one cause you are told once an hour at most. Each of your company's people can choose to be mailed everything, what is open in the morning, or nothing.
    "#);
    insta::assert_snapshot!(words.html, @r#"<!DOCTYPE html><html lang="en"><body style="font-family: sans-serif; line-height: 1.4; max-width: 40em"><p>Between Housecall Pro and QuickBooks, this needs somebody.</p><h2 style="font-size: 1.1em">Closed period (1)</h2><ul><li>Job 104 was not sent to QuickBooks: the books are closed until July 31.<br><small>since Monday, July 20, 2:00 PM</small></li></ul><p><b>What to do: </b>Open the books, or choose another date.</p><p><small>Of one cause you are told once an hour at most. Each of your company's people can choose to be mailed everything, what is open in the morning, or nothing.</small></p></body></html>"#);
}

#[test]
fn s11_a_mail_of_several_tells_each_and_once_what_to_do() {
    let mut again = alert("closed_period", "106", "2026-07-20T20:02:00Z");
    again.record.as_mut().unwrap().count = 4;
    let other = said_otherwise(
        alert("closed_period", "107", "2026-07-20T20:03:00Z"),
        "Job 107 was not sent to QuickBooks: <b>Dana & Sons</b> have it dated in June.",
        "Date it in July.",
    );
    let first = alert("closed_period", "104", "2026-07-20T20:00:00Z");
    let alerts = [&first, &again, &other];
    let words = Words::of(
        &new(),
        &alerts,
        &denver(),
        Some("https://office.example.com"),
    );
    insta::assert_snapshot!(words.subject, @"3 alerts: Closed period (jobs 104, 106 and 1 more)");
    insta::assert_snapshot!(words.text, @r#"
    Between Housecall Pro and QuickBooks, these 3 need somebody.

    Closed period (3)

    - Job 104 was not sent to QuickBooks: the books are closed until July 31.
      (since Monday, July 20, 2:00 PM)

    - Job 106 was not sent to QuickBooks: the books are closed until July 31.
      (since Monday, July 20, 2:02 PM, came up 4 times)

    What to do: Open the books, or choose another date.

    - Job 107 was not sent to QuickBooks: <b>Dana & Sons</b> have it dated in June.
      (since Monday, July 20, 2:03 PM)

    What to do: Date it in July.

    All alerts: https://office.example.com/alerts

    Of one cause you are told once an hour at most. Each of your company's people can choose to be mailed everything, what is open in the morning, or nothing.
    "#);
    assert!(words.html.contains("&lt;b&gt;Dana &amp; Sons&lt;/b&gt;"));
    assert!(
        words
            .html
            .contains(r#"<a href="https://office.example.com/alerts">"#)
    );
}

#[test]
fn s11_the_digest_tells_what_is_open_by_cause() {
    let alerts = [
        alert("closed_period", "104", "2026-07-18T20:00:00Z"),
        alert("quickbooks_read_only", "105", "2026-07-19T20:00:00Z"),
        alert("closed_period", "106", "2026-07-20T20:00:00Z"),
    ];
    let alerts: Vec<&OpenAlert> = alerts.iter().collect();
    let on = "2026-07-21".parse().unwrap();
    let words = Words::of(&Matter::Digest { on }, &alerts, &denver(), None);
    insta::assert_snapshot!(words.subject, @"3 alerts open this morning: Closed period (2); QuickBooks read only");
    insta::assert_snapshot!(words.text, @r#"
    On the morning of Tuesday, July 21, 3 alerts are open between Housecall Pro and QuickBooks.

    Closed period (2)

    - Job 104 was not sent to QuickBooks: the books are closed until July 31.
      (since Saturday, July 18, 2:00 PM)

    - Job 106 was not sent to QuickBooks: the books are closed until July 31.
      (since Monday, July 20, 2:00 PM)

    What to do: Open the books, or choose another date.

    QuickBooks read only (1)

    - Job 105 was not sent to QuickBooks: the books are closed until July 31.
      (since Sunday, July 19, 2:00 PM)

    What to do: Open the books, or choose another date.

    You are told this at eight in the morning, when something is open. Each of your company's people can choose to be mailed everything, what is open in the morning, or nothing.
    "#);
}

#[test]
fn s11_of_very_many_the_first_are_told_and_the_others_counted() {
    let alerts: Vec<OpenAlert> = (100..150)
        .map(|job| alert("closed_period", &job.to_string(), "2026-07-18T20:00:00Z"))
        .collect();
    let alerts: Vec<&OpenAlert> = alerts.iter().collect();
    let words = Words::of(&new(), &alerts, &denver(), None);
    assert_eq!(
        words.subject,
        "50 alerts: Closed period (jobs 100, 101 and 48 more)"
    );
    assert_eq!(words.text.matches("was not sent").count(), 20);
    assert!(words.text.contains("- And 30 more."));
    assert!(words.html.contains("And 30 more."));
}

#[test]
fn s11_a_subject_is_one_line_of_moderate_length() {
    let long = "Job 104\r\nBcc: all@example.com ".repeat(10);
    let one = alert("closed_period", "104", "2026-07-18T20:00:00Z");
    let one = said_otherwise(one, &long, "");
    let subject = Words::of(&new(), &[&one], &denver(), None).subject;
    assert!(subject.starts_with("Job 104  Bcc"));
    assert!(!subject.contains(char::is_control));
    assert_eq!(subject.chars().count(), 120);
}
