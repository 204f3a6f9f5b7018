//! V12: what a bookkeeper closes stays as it is, and each of what is done in Housecall Pro meanwhile is told and not lost.

use hcp_sandbox::{InvoiceId, JobId, NewPayment, PaymentId, PaymentMethod};
use simulation::Town;

use crate::{
    edits::reprice,
    parties::{finish, small_job, somebody},
    payments::amounts,
    people::{agree, invoices},
    refunds::{card, receipts, refund},
    settings::change,
};

/// What is done in Housecall Pro.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    /// A job is finished.
    Create,
    /// A line of it gets another price, and the invoice is sent.
    Edit,
    /// It is paid by check.
    Pay,
    /// Some of what was paid goes back.
    Refund,
    /// The job is deleted, and the company has such invoices voided.
    Void,
}

/// How the books stand in which that is dated.
#[derive(Clone, Copy, Debug)]
enum Month {
    Open,
    Closed,
    /// QuickBooks' own pages ask for it; its API takes none.
    ClosedWithPassword,
}

/// What QuickBooks has: invoices, payments and refund receipts.
type Booked = (Vec<i64>, Vec<i64>, Vec<i64>);

const ACTS: [Act; 5] = [Act::Create, Act::Edit, Act::Pay, Act::Refund, Act::Void];

/// A job as it is before such an act, with its payment where there is one.
async fn before(town: &Town, act: Act) -> (JobId, Option<(InvoiceId, PaymentId)>) {
    change(town, &[("on_removal", "void")]).await.unwrap();
    let job = small_job(town, &somebody(town));
    if act == Act::Create {
        return (job, None);
    }
    finish(town, &job).await;
    // It has its number by then: another one would be a change of the invoice.
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    if act != Act::Refund {
        return (job, None);
    }
    let invoice = town.hcp.invoices_of(&job).remove(0);
    let payment = town.hcp.pay_invoice(&invoice, card()).unwrap();
    town.settle().await;
    (job, Some((invoice, payment)))
}

async fn act(town: &Town, act: Act, job: &JobId, of: Option<&(InvoiceId, PaymentId)>) {
    match act {
        Act::Create => town.hcp.finish_job(job).unwrap(),
        Act::Edit => {
            reprice(town, job, 10_900);
            town.hcp.send_invoice(job).map(drop).unwrap();
        }
        Act::Pay => {
            let check = NewPayment::in_full(PaymentMethod::Check);
            town.hcp.pay_job(job, check).map(drop).unwrap();
        }
        Act::Refund => refund(town, of.unwrap(), Some(4_000)).await,
        Act::Void => town.hcp.delete_job(job).unwrap(),
    }
    town.settle().await;
}

fn close(town: &Town, month: Month) {
    let (last, has_password) = match month {
        Month::Open => (None, false),
        Month::Closed => (Some("2026-07-31"), false),
        Month::ClosedWithPassword => (Some("2026-07-31"), true),
    };
    town.qbo.configure(|company| {
        company.book_close_date = last.map(|day| day.parse().unwrap());
        company.book_close_password = has_password;
    });
}

fn booked(town: &Town) -> Booked {
    let totals = invoices(town).into_iter().map(|(_, _, total)| total);
    (totals.collect(), amounts(town), receipts(town))
}

#[tokio::test]
async fn v12_s6_what_is_dated_in_closed_books_is_told_and_goes_on_when_they_are_open() {
    for what in ACTS {
        let mut open = None;
        for month in [Month::Open, Month::Closed, Month::ClosedWithPassword] {
            let town = Town::with(
                1_900,
                |_| {},
                |qbo| qbo.doubts.closed_books_without_password_is_6200 = true,
            )
            .await;
            let (job, of) = before(&town, what).await;
            let as_it_was = booked(&town);
            close(&town, month);
            act(&town, what, &job, of.as_ref()).await;
            agree(&town);
            let Some(expected) = &open else {
                assert_eq!(town.open_alerts(), [""; 0], "{what:?}");
                open = Some(booked(&town));
                continue;
            };
            let told = match what {
                Act::Void => "void_refused",
                _ => "closed_period",
            };
            assert_eq!(town.open_alerts(), [told], "{what:?} {month:?}");
            assert_eq!(booked(&town), as_it_was, "{what:?} {month:?}");
            if what == Act::Void {
                continue;
            }
            close(&town, Month::Open);
            town.push_by_hand(&job).await;
            town.settle().await;
            assert_eq!(town.open_alerts(), [""; 0], "{what:?} {month:?}");
            assert_eq!(&booked(&town), expected, "{what:?} {month:?}");
        }
    }
}
