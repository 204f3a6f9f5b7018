//! M3.

use jiff::civil::date;
use serde_json::json;

use super::*;

#[test]
fn m3_every_net_term_that_housecall_pro_offers() {
    for (days, due) in [
        (3, date(2026, 7, 27)),
        (5, date(2026, 7, 29)),
        (7, date(2026, 7, 31)),
        (10, date(2026, 8, 3)),
        (14, date(2026, 8, 7)),
        (15, date(2026, 8, 8)),
        (20, date(2026, 8, 13)),
        (30, date(2026, 8, 23)),
        (40, date(2026, 9, 2)),
        (45, date(2026, 9, 7)),
        (60, date(2026, 9, 22)),
        (90, date(2026, 10, 22)),
    ] {
        for (code, display) in [
            (Some("net".to_owned()), Some(format!("net {days}"))),
            (Some(format!("net_{days}")), Some(format!("net {days}"))),
            (Some(format!("net{days}")), None),
            (Some(format!("net_{days}")), Some("Net".to_owned())),
            (None, Some(format!("Net {days} days"))),
        ] {
            let told = said_so(code.as_deref(), display.as_deref());
            let expected = Terms {
                term: Term::Days(days),
                due,
                unknown: None,
            };
            assert_eq!(first(&invoice(&told)), expected, "{told}");
        }
    }
}

#[test]
fn m3_the_due_date_is_what_housecall_pro_says_else_the_days_after_sending() {
    for (due_at, sent_at, due) in [
        // The day is New York's.
        (
            Some("2026-08-25T03:30:00Z"),
            Some("2026-07-25T03:30:00Z"),
            date(2026, 8, 24),
        ),
        (None, Some("2026-07-25T03:30:00Z"), date(2026, 8, 23)),
        (None, None, date(2026, 8, 21)),
    ] {
        let told = with(
            said_so(Some("net"), Some("net 30")),
            &json!({ "due_at": due_at, "sent_at": sent_at }),
        );
        assert_eq!(first(&invoice(&told)).due, due, "{told}");
    }
}

#[test]
fn m3_the_date_of_the_invoice_is_the_day_it_was_sent() {
    let days = |invoice: &Invoice| Days {
        invoice: invoice.invoice_date,
        sent: invoice.sent_at,
        ..Days::default()
    };
    for (code, display, by_sending) in [
        ("net", "net 30", true),
        ("net_7", "net 7", true),
        ("upon", "upon receipt", false),
        ("on", "on date", false),
        ("net_monthly", "net 30", false),
    ] {
        let told = invoice(&said_so(Some(code), Some(display)));
        let expected = if by_sending {
            told.sent_at
        } else {
            told.invoice_date
        };
        assert_eq!(
            days_under(&told, days(&told), &zone()).invoice,
            expected,
            "{code}"
        );
    }
    let unsent = with(
        said_so(Some("net"), Some("net 30")),
        &json!({ "sent_at": null }),
    );
    let unsent = invoice(&unsent);
    assert_eq!(
        days_under(&unsent, days(&unsent), &zone()).invoice,
        unsent.invoice_date
    );
}
