use jiff::civil::date;
use qbo::PaymentLine;

use super::*;

fn payment(amount: i64, total: i64) -> Payment {
    Payment {
        id: Some(Id::new("311")),
        total_amt: Some(Cents::new(total)),
        txn_date: Some(date(2026, 7, 24)),
        payment_ref_num: Some(" 1042 ".to_owned()),
        line: vec![
            PaymentLine::of_invoice(Id::new("145"), Cents::new(amount)),
            PaymentLine::of_invoice(Id::new("900"), Cents::new(500)),
        ],
        ..Payment::default()
    }
}

fn facts(amount: i64) -> Facts {
    let documents = [(Id::new("145"), "1001".to_owned())];
    let method = Some("Check".to_owned());
    Facts::of(&payment(amount, 10_400), &documents, method).unwrap()
}

#[test]
fn r1_only_what_a_payment_pays_of_the_job_counts() {
    assert_eq!(facts(9_900).amount(), Cents::new(9_900));
    let others = [(Id::new("7"), "7".to_owned())];
    assert_eq!(Facts::of(&payment(9_900, 9_900), &others, None), None);
    let both = [
        (Id::new("145"), "1001".to_owned()),
        (Id::new("900"), "1002".to_owned()),
    ];
    let of_both = Facts::of(&payment(9_900, 10_400), &both, None).unwrap();
    assert_eq!(
        of_both.described(),
        "99.00 on 1001, 5.00 on 1002 (2026-07-24, reference 1042)"
    );
}

#[test]
fn r2_what_is_told_of_a_payment_is_told_once_each_time() {
    let (mut one, news) = Received::new(Id::new("311"), facts(9_900));
    assert_eq!(news, News::Paid);
    let mut told = vec![one.note.clone().unwrap()];
    assert_eq!(one.follow(Some(facts(9_900))), None);
    for (facts, expected) in [
        (
            Some(facts(4_000)),
            News::Changed {
                before: Cents::new(9_900),
            },
        ),
        (None, News::Gone),
        (Some(facts(9_900)), News::Paid),
    ] {
        assert_eq!(one.follow(facts.clone()), Some(expected));
        assert_eq!(one.follow(facts), None);
        told.push(one.note.clone().unwrap());
    }
    insta::assert_snapshot!(told.join("\n"), @"
    Paid in QuickBooks: 99.00 on invoice 1001 (Check, 2026-07-24, reference 1042). Please mark it as paid here; it will not be sent to QuickBooks again. [QBO-311]
    A payment was changed in QuickBooks: it is 40.00 on invoice 1001 (Check, 2026-07-24, reference 1042) now; before, 99.00 was noted here. [QBO-311, note 2]
    A payment was deleted, voided or moved in QuickBooks: 40.00 on invoice 1001 (Check, 2026-07-24, reference 1042). It pays nothing of this job any more. [QBO-311, note 3]
    Paid in QuickBooks: 99.00 on invoice 1001 (Check, 2026-07-24, reference 1042). Please mark it as paid here; it will not be sent to QuickBooks again. [QBO-311, note 4]
    ");
}

#[test]
fn r2_a_credit_is_never_told_as_paid() {
    let documents = [(Id::new("145"), "1001".to_owned())];
    let credit = Facts::of(&payment(2_000, 0), &documents, None).unwrap();
    let (one, news) = Received::new(Id::new("311"), credit.clone());
    assert_eq!(news, News::Credited);
    assert!(one.note.unwrap().contains("No money was paid."));
    assert!(!request(&news, &credit).contains("paid"));
}

#[test]
fn r3_a_payment_that_is_joined_is_told_no_more() {
    let (mut one, _) = Received::new(Id::new("311"), facts(9_900));
    assert!(one.join() && !one.join());
    assert_eq!((one.standing, one.note), (Standing::Joined, None));
}

#[test]
fn r2_a_note_is_known_by_its_mark_whatever_was_written_around_it() {
    let note = |text: &str| hcp::Note {
        content: Some(text.to_owned()),
    };
    let (mut one, _) = Received::new(Id::new("31"), facts(9_900));
    assert!(one.is_noted(&[note("x"), note(&one.note.clone().unwrap())]));
    assert!(one.is_noted(&[note("mended by hand [QBO-31]")]));
    assert!(!one.is_noted(&[note("[QBO-311]"), note("QBO-31")]));
    one.follow(None);
    assert!(!one.is_noted(&[note("[QBO-31]")]));
}
