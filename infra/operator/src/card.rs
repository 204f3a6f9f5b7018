//! The card of a job, as a terminal shows it (K1).

use std::io::Write;

use jiff::tz::TimeZone;
use mapping::received;
use money::Cents;
use office::{CardView, Change, HistoryRow, PendingRow, words};
use store::{Cause, Mark};
use sync::job::card::{DocumentCard, DocumentStanding, Origin, PaymentCard, ReceiptCard, Told};

use crate::alerts;

/// The card of a job, in lines.
pub(crate) fn show(out: &mut impl Write, view: &CardView) -> std::io::Result<()> {
    let card = &view.card;
    let number = card.number.as_deref().unwrap_or("(without a number)");
    let what = match card.id.invoice() {
        Some(_) => "Invoice     ",
        None => "Job         ",
    };
    writeln!(out, "{what}{number}  {}", card.id)?;
    if let Some(customer) = &card.customer {
        writeln!(out, "Customer    {customer}")?;
    }
    if !card.emails.is_empty() {
        let emails = card.emails.join(", ");
        writeln!(
            out,
            "E-mail      {emails} (in Housecall Pro only: QuickBooks has one)"
        )?;
    }
    writeln!(out, "State       {}", view.state)?;
    if let Some(facts) = &card.facts {
        let read = words::time(facts.read_at, &card.zone);
        writeln!(out, "Read        {read}, in Housecall Pro")?;
    }
    for document in &card.documents {
        document_lines(out, document)?;
    }
    for payment in &card.payments {
        payment_lines(out, payment)?;
    }
    for refund in &card.refunds {
        receipt_lines(out, "refund receipt", refund)?;
    }
    for expense in &card.expenses {
        receipt_lines(out, "expense", expense)?;
    }
    for repeated in &card.repeated {
        receipt_lines(out, "sales receipt", repeated)?;
    }
    for pending in &view.pending {
        pending_lines(out, pending)?;
    }
    for entry in &card.inbox {
        let request = received::request(&entry.news, &entry.facts);
        let reference = received::reference(&entry.payment);
        writeln!(out, "Inbox       {request} ({reference})")?;
    }
    // Housecall Pro tells of one payment in several ways.
    let marks = card.marks.iter();
    let mut seen: Vec<String> = marks
        .map(|mark| format!("{}  {}", words::time(mark.at, &card.zone), seen(mark)))
        .collect();
    seen.dedup();
    for mark in seen {
        writeln!(out, "Seen        {mark}")?;
    }
    for done in &view.history.rows {
        history_lines(out, done, &card.zone)?;
    }
    for alert in &view.alerts {
        let record = &alert.record;
        writeln!(
            out,
            "Alert       {}  {}{}",
            words::time(record.last_at, &card.zone),
            record.kind,
            alerts::recurred(record)
        )?;
        alerts::print(out, record)?;
    }
    Ok(())
}

fn document_lines(out: &mut impl Write, document: &DocumentCard) -> std::io::Result<()> {
    let number = document.number.as_deref().unwrap_or("(on its way)");
    let standing = match document.standing {
        DocumentStanding::There => "",
        DocumentStanding::OnItsWay => ", with a change on its way",
        DocumentStanding::Gone => ", deleted or voided there",
        DocumentStanding::Voided => ", voided",
    };
    let due = document.due.map(|due| format!(", due {due}"));
    writeln!(
        out,
        "QuickBooks  {} {number} of {}, dated {}{}, over {}, of which {} is to be paid{standing}",
        document.what,
        known(document.customer.as_ref()),
        known(document.date),
        due.unwrap_or_default(),
        known(document.total),
        known(document.balance),
    )?;
    if !document.behind.is_empty() {
        let behind = document.behind.join(", ");
        writeln!(out, "            in Housecall Pro: {behind}")?;
    }
    page_line(out, document.page.as_deref())
}

fn page_line(out: &mut impl Write, page: Option<&str>) -> std::io::Result<()> {
    match page {
        Some(page) => writeln!(out, "            {page}"),
        None => Ok(()),
    }
}

fn known<T: ToString>(what: Option<T>) -> String {
    what.map_or_else(|| "(not known)".to_owned(), |what| what.to_string())
}

fn payment_lines(out: &mut impl Write, payment: &PaymentCard) -> std::io::Result<()> {
    if let Some(told) = &payment.told {
        let method = told.method.as_ref().map(|method| format!(", {method}"));
        let fate = match (&payment.there, payment.is_not_to_be_sent) {
            (Some(_), _) => "",
            (None, true) => ": not to be sent",
            (None, false) => ": not in QuickBooks",
        };
        writeln!(
            out,
            "Housecall   payment of {}, dated {}{}{fate}",
            told.amount,
            told.date,
            method.unwrap_or_default()
        )?;
    }
    let Some(there) = &payment.there else {
        return Ok(());
    };
    let rest = match there.unapplied {
        Cents::ZERO => String::new(),
        rest => format!(", of which {rest} pays no invoice"),
    };
    let origin = match there.origin {
        Origin::Sent => "",
        Origin::Joined | Origin::Entered => ", entered in QuickBooks",
    };
    let gone = match there.is_gone {
        true => ", deleted, voided or moved there",
        false => "",
    };
    writeln!(
        out,
        "QuickBooks  payment of {}, dated {}{rest}{}{origin}{gone}",
        known(there.total),
        known(there.date),
        how(&there.how),
    )?;
    page_line(out, Some(&there.page))
}

/// How money moved, behind a comma.
fn how(told: &Told) -> String {
    let method = told.method.clone();
    let reference = told.reference.as_ref();
    let reference = reference.map(|reference| format!("reference {reference}"));
    let account = told
        .account
        .as_ref()
        .map(|account| match told.is_deposited {
            true => format!("deposited from {account}"),
            false => format!("in {account}"),
        });
    let parts = [method, reference, account].into_iter().flatten();
    parts.map(|part| format!(", {part}")).collect()
}

fn receipt_lines(out: &mut impl Write, what: &str, receipt: &ReceiptCard) -> std::io::Result<()> {
    writeln!(
        out,
        "QuickBooks  {what} of {}, dated {}{}",
        known(receipt.total),
        known(receipt.date),
        how(&receipt.how),
    )?;
    page_line(out, Some(&receipt.page))
}

fn pending_lines(out: &mut impl Write, pending: &PendingRow) -> std::io::Result<()> {
    let of = pending.of.as_deref().unwrap_or("the job");
    match &pending.refused {
        Some(words) => writeln!(out, "Pending     {of}: {words}")?,
        None => writeln!(out, "Pending     {of}")?,
    }
    change_lines(out, &pending.changes, pending.more)
}

fn change_lines(out: &mut impl Write, changes: &[Change], more: usize) -> std::io::Result<()> {
    for change in changes {
        let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let (before, after) = (text(&change.before), text(&change.after));
        writeln!(out, "            {}: {before} -> {after}", change.field)?;
    }
    match more {
        0 => Ok(()),
        more => writeln!(out, "            and {more} more"),
    }
}

/// What a trigger was, for a person.
fn seen(mark: &Mark) -> String {
    let what = match mark.trigger {
        Cause::Finished => "finished",
        Cause::Invoiced => "invoice sent",
        Cause::Paid => "paid",
        Cause::Refunded => "refunded",
        Cause::Edited => "edited",
        Cause::ByHand => {
            let id = mark.key.trim_start_matches("by_hand@");
            return format!("pushed by hand ({id})");
        }
    };
    what.to_owned()
}

fn history_lines(out: &mut impl Write, done: &HistoryRow, zone: &TimeZone) -> std::io::Result<()> {
    let who = done.who.as_ref().map(|who| format!(", {who}"));
    writeln!(
        out,
        "Done        {}  {}{}: {}",
        words::time(done.at, zone),
        done.what,
        who.unwrap_or_default(),
        done.ended
    )?;
    for sent in &done.sent {
        writeln!(
            out,
            "            {} {}: {}",
            sent.what, sent.action, sent.answer
        )?;
        change_lines(out, &sent.changes, sent.more)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use office::{AlertView, Rows};
    use store::{JobState, ToldPayment};
    use sync::job::card::{Card, PaymentThere};

    use super::*;

    fn receipt(total: i64, id: u32) -> ReceiptCard {
        ReceiptCard {
            total: Some(Cents::new(total)),
            date: Some(date(2026, 7, 26)),
            how: Told::default(),
            page: format!("https://app.qbo.intuit.com/app/refundreceipt?txnId={id}"),
        }
    }

    #[test]
    fn k1_a_job_is_shown_with_number_customer_total_date_and_link_in_the_companys_time() {
        let at = |text: &str| text.parse().unwrap();
        let card = Card {
            id: hcp::JobId::parse("job_1").unwrap(),
            number: Some("104".to_owned()),
            customer: Some("Dana Sample".to_owned()),
            emails: Vec::new(),
            state: JobState::Alert,
            marks: vec![Mark {
                key: "finished@2026-07-25T03:30:00Z".to_owned(),
                occurred: None,
                trigger: Cause::Finished,
                at: at("2026-07-25T03:30:00Z"),
                invoice: None,
                by: None,
            }],
            waits_for: None,
            due: None,
            facts: None,
            pending: Vec::new(),
            payments: vec![PaymentCard {
                id: None,
                told: Some(ToldPayment {
                    id: hcp::PaymentId::parse("pay_1").unwrap(),
                    amount: Cents::new(12_000),
                    date: date(2026, 7, 24),
                    method: Some("Check".to_owned()),
                }),
                there: Some(PaymentThere {
                    origin: Origin::Joined,
                    is_gone: false,
                    is_credit: false,
                    total: Some(Cents::new(12_000)),
                    date: Some(date(2026, 7, 24)),
                    pays: Vec::new(),
                    unapplied: Cents::new(2_000),
                    how: Told {
                        account: Some("Checking".to_owned()),
                        ..Told::default()
                    },
                    page: "https://app.qbo.intuit.com/app/recvpayment?txnId=146".to_owned(),
                }),
                repeats: Cents::ZERO,
                is_not_to_be_sent: false,
            }],
            refunds: vec![receipt(4_000, 147)],
            expenses: vec![receipt(1_500, 149)],
            repeated: vec![receipt(2_500, 148)],
            documents: vec![DocumentCard {
                what: "invoice".to_owned(),
                number: Some("1001".to_owned()),
                standing: DocumentStanding::There,
                date: Some(date(2026, 7, 24)),
                due: Some(date(2026, 8, 23)),
                total: Some(Cents::new(41_940)),
                balance: Some(Cents::new(31_940)),
                customer: Some("Dana Sample".to_owned()),
                behind: vec!["1001".to_owned()],
                page: Some("https://app.qbo.intuit.com/app/invoice?txnId=145".to_owned()),
            }],
            inbox: Vec::new(),
            alerts: Vec::new(),
            history: Vec::new(),
            more_history: None,
            zone: jiff::tz::TimeZone::get("America/New_York").unwrap(),
        };
        let alert = sync::AlertRecord {
            kind: "total_mismatch".to_owned(),
            subject: "job_1".to_owned(),
            job_number: Some("104".to_owned()),
            message: "QuickBooks has 0.01 more.".to_owned(),
            resolution: "Compare the two.".to_owned(),
            alert: None,
            count: 2,
            first_at: at("2026-07-25T03:30:00Z"),
            last_at: at("2026-07-25T13:00:00Z"),
            open: true,
            closed_at: None,
            dismissed: None,
        };
        let view = CardView {
            card,
            state: words::state(JobState::Alert).to_owned(),
            pending: Vec::new(),
            alerts: vec![AlertView::of(alert)],
            history: Rows {
                rows: Vec::new(),
                next: None,
            },
        };
        let mut out = Vec::new();
        show(&mut out, &view).unwrap();
        let shown = String::from_utf8(out).unwrap();
        assert_eq!(
            shown,
            "\
Job         104  job_1
Customer    Dana Sample
State       needs you: see the alert
QuickBooks  invoice 1001 of Dana Sample, dated 2026-07-24, due 2026-08-23, over 419.40, of which 319.40 is to be paid
            in Housecall Pro: 1001
            https://app.qbo.intuit.com/app/invoice?txnId=145
Housecall   payment of 120.00, dated 2026-07-24, Check
QuickBooks  payment of 120.00, dated 2026-07-24, of which 20.00 pays no invoice, in Checking, entered in QuickBooks
            https://app.qbo.intuit.com/app/recvpayment?txnId=146
QuickBooks  refund receipt of 40.00, dated 2026-07-26
            https://app.qbo.intuit.com/app/refundreceipt?txnId=147
QuickBooks  expense of 15.00, dated 2026-07-26
            https://app.qbo.intuit.com/app/refundreceipt?txnId=149
QuickBooks  sales receipt of 25.00, dated 2026-07-26
            https://app.qbo.intuit.com/app/refundreceipt?txnId=148
Seen        2026-07-24 23:30:00 EDT  finished
Alert       2026-07-25 09:00:00 EDT  total_mismatch  (2 times)
            QuickBooks has 0.01 more.
            To do: Compare the two.
"
        );
    }
}
