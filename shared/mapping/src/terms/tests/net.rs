//! M3.

use jiff::civil::date;
use serde_json::json;

use super::*;

#[test]
fn m3_every_net_term_that_housecall_pro_offers() {
    for (days, term, due) in [
        (3, create("Net 3", 3), date(2026, 7, 27)),
        (5, create("Net 5", 5), date(2026, 7, 29)),
        (7, create("Net 7", 7), date(2026, 7, 31)),
        (10, create("Net 10", 10), date(2026, 8, 3)),
        (14, create("Net 14", 14), date(2026, 8, 7)),
        (15, existing("2"), date(2026, 8, 8)),
        (20, create("Net 20", 20), date(2026, 8, 13)),
        (30, existing("3"), date(2026, 8, 23)),
        (40, create("Net 40", 40), date(2026, 9, 2)),
        (45, create("Net 45", 45), date(2026, 9, 7)),
        (60, existing("4"), date(2026, 9, 22)),
        (90, create("Net 90", 90), date(2026, 10, 22)),
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
                term: term.clone(),
                due,
                unknown: None,
            };
            assert_eq!(first(&invoice(&told), &usual()), expected, "{told}");
        }
    }
}

#[test]
fn m3_the_term_is_matched_by_days_first_then_by_name() {
    let told = invoice(&said_so(Some("net"), Some("net 30")));
    for (known, expected) in [
        // By days, whatever its name.
        (
            vec![known_term("5", "Thirty days", Some(30), true)],
            existing("5"),
        ),
        // Of several, the one that is called so.
        (
            vec![
                known_term("5", "Thirty days", Some(30), true),
                known_term("6", "NET 30", Some(30), true),
            ],
            existing("6"),
        ),
        // Days before the name.
        (
            vec![
                known_term("5", "Net 30", Some(31), true),
                known_term("6", "Monthly", Some(30), true),
            ],
            existing("6"),
        ),
        // By name, where none has these days: the name is taken.
        (
            vec![known_term("5", "Net 30", Some(31), true)],
            existing("5"),
        ),
        // Inactive ones cannot be used, and may hold their names.
        (
            vec![known_term("5", "Monthly", Some(30), false)],
            create("Net 30", 30),
        ),
        (
            vec![known_term("5", "Net 30", Some(30), false)],
            create("Net 30 (2)", 30),
        ),
        (
            vec![
                known_term("5", "net 30", Some(30), false),
                known_term("6", "Net 30 (2)", Some(30), false),
            ],
            create("Net 30 (3)", 30),
        ),
        (Vec::new(), create("Net 30", 30)),
    ] {
        assert_eq!(first(&told, &known).term, expected, "{known:?}");
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
        assert_eq!(first(&invoice(&told), &usual()).due, due, "{told}");
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
        assert_eq!(days_under(&told, days(&told)).invoice, expected, "{code}");
    }
    let unsent = with(
        said_so(Some("net"), Some("net 30")),
        &json!({ "sent_at": null }),
    );
    let unsent = invoice(&unsent);
    assert_eq!(
        days_under(&unsent, days(&unsent)).invoice,
        unsent.invoice_date
    );
}
