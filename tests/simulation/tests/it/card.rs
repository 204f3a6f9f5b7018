//! The QuickBooks card of a job (K1).

use std::time::Duration;

use hcp_sandbox::{JobId, NewPayment, PaymentMethod};
use jiff::civil::date;
use money::Cents;
use office::{CardView, Paging};
use simulation::Town;
use store::{JobState, Table, Write};
use sync::{
    Declined, NotDone,
    job::{
        card::{DocumentStanding, Origin},
        find::JobName,
    },
};
use uuid::Uuid;

use crate::{
    documents::number,
    edits::{rename, reprice},
    office::looking,
    parties::{finish, small_job},
    payments::enter,
    people::new_customer,
};

async fn card(town: &Town, name: JobName) -> CardView {
    let (desk, caller) = looking(town).await;
    desk.card(&caller, &name).await.unwrap()
}

fn id(job: &JobId) -> JobName {
    JobName::Job(job.as_str().to_owned())
}

/// A job of 99.00 that was finished, whose invoice was sent, and of which 40.00 were paid by check.
async fn paid_in_part(seed: u64) -> (Town, hcp_sandbox::CustomerId, JobId) {
    let town = Town::new(seed).await;
    let dana = new_customer(&town, "Dana", "Sample");
    let job = small_job(&town, &dana);
    finish(&town, &job).await;
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    let check = NewPayment::of(PaymentMethod::Check, 4_000);
    town.hcp.pay_job(&job, check).unwrap();
    town.settle().await;
    (town, dana, job)
}

/// The number of the only invoice in QuickBooks.
fn booked_number(town: &Town) -> String {
    let invoice = &town.qbo.objects("Invoice")[0];
    invoice.text("DocNumber").unwrap().to_owned()
}

#[tokio::test]
async fn k1_a_card_takes_three_reads_whatever_the_job_is_named_by() {
    let (town, _, job) = paid_in_part(1_901).await;
    enter(&town, "20.00", "2026-07-24", "1042");
    town.pull().await;
    for name in [
        id(&job),
        JobName::Job(number(&town, &job)),
        JobName::Invoice(booked_number(&town)),
    ] {
        let (desk, caller) = looking(&town).await;
        // The connection is remembered.
        desk.engine().company(caller.company()).await.unwrap();
        town.steps.begin(None);
        let view = desk.card(&caller, &name).await.unwrap();
        let reads = town.steps.names();
        assert_eq!(reads.len(), 3, "{name:?}: {reads:?}");
        let is_of_table = |read: &String| read.starts_with("get ") || read.starts_with("page ");
        assert!(reads.iter().all(is_of_table), "{reads:?}");
        assert_eq!(view.card.id.as_str(), job.as_str());
        assert_eq!(view.card.documents.len(), 1, "{name:?}");
        assert_eq!(view.card.payments.len(), 2, "{name:?}");
        assert_eq!(view.card.inbox.len(), 1, "{name:?}");
        assert!(!view.history.rows.is_empty(), "{name:?}");
    }
}

#[tokio::test]
async fn k1_a_card_shows_documents_and_payments_of_both_systems() {
    let (town, _, job) = paid_in_part(1_902).await;
    enter(&town, "20.00", "2026-07-24", "1042");
    town.pull().await;
    let view = card(&town, id(&job)).await;
    let card = &view.card;
    assert_eq!(view.state, "in QuickBooks");
    let facts = card.facts.as_ref().unwrap();
    assert_eq!(facts.finished, Some(date(2026, 7, 24)));
    assert_eq!(facts.invoices[0].sent, Some(date(2026, 7, 24)));

    let invoice = &town.qbo.objects("Invoice")[0];
    let document = &card.documents[0];
    assert_eq!(document.standing, DocumentStanding::There);
    assert_eq!(document.number.as_deref(), invoice.text("DocNumber"));
    let day = |date: Option<jiff::civil::Date>| date.map(|date| date.to_string());
    assert_eq!(day(document.date).as_deref(), invoice.text("TxnDate"));
    assert_eq!(day(document.due).as_deref(), invoice.text("DueDate"));
    assert_eq!(document.customer.as_deref(), Some("Dana Sample"));
    assert_eq!(document.behind, [booked_number(&town)]);
    let cents = |path: &str| Some(Cents::new(crate::people::cents(invoice, path)));
    assert_eq!(document.total, cents("TotalAmt"));
    assert_eq!(document.balance, cents("Balance"));
    assert_eq!(document.balance, Some(Cents::new(3_900)));

    let [ours, entered] = card.payments.as_slice() else {
        panic!("{:#?}", card.payments);
    };
    let told = ours.told.as_ref().unwrap();
    assert_eq!(
        (told.amount, told.date),
        (Cents::new(4_000), date(2026, 7, 24))
    );
    assert_eq!(told.method.as_deref(), Some("Check"));
    let there = ours.there.as_ref().unwrap();
    assert_eq!(there.origin, Origin::Sent);
    assert_eq!(there.total, Some(Cents::new(4_000)));
    assert_eq!(there.pays, [(booked_number(&town), Cents::new(4_000))]);
    assert_eq!(there.how.method.as_deref(), Some("Check"));
    assert_eq!(there.how.account.as_deref(), Some("Undeposited Funds"));
    assert_eq!((entered.id.as_ref(), entered.told.as_ref()), (None, None));
    let there = entered.there.as_ref().unwrap();
    assert_eq!((there.origin, there.is_gone), (Origin::Entered, false));
    assert_eq!(there.how.reference.as_deref(), Some("1042"));
    assert!(card.inbox[0].facts.amount() == Cents::new(2_000));

    let last = view.history.rows.last().unwrap();
    assert_eq!(last.what, "finished");
    assert!(!last.sent.is_empty());
    assert_eq!(view.history.next, None);
}

#[tokio::test]
async fn t5_a_card_tells_field_by_field_what_is_pending_until_it_is_carried() {
    let (town, dana, job) = paid_in_part(1_903).await;
    town.clock.advance(Duration::from_secs(3_600));
    reprice(&town, &job, 12_300);
    rename(&town, &dana, "Example");
    town.settle().await;
    town.clock.advance(Duration::from_secs(120));
    town.settle().await;
    let view = card(&town, id(&job)).await;
    assert_eq!(view.card.state, JobState::PendingChanges);
    let of = |what: &str| {
        let mut all = view.pending.iter();
        let known = all.find(|one| one.of.as_deref() == Some(what));
        let changes = known.unwrap().changes.iter();
        let told = changes.map(|one| (one.field.clone(), one.before.clone(), one.after.clone()));
        told.collect::<Vec<_>>()
    };
    let text = |text: &str| Some(text.to_owned());
    let invoice = of(&format!("invoice {}", booked_number(&town)));
    let price = ("line 1: amount".to_owned(), text("99.00"), text("123.00"));
    assert!(invoice.contains(&price), "{invoice:?}");
    let customer = of("customer Dana Example");
    let name = ("name".to_owned(), text("Dana Sample"), text("Dana Example"));
    assert!(customer.contains(&name), "{customer:?}");
    town.push_by_hand(&job).await;
    town.settle().await;
    let view = card(&town, id(&job)).await;
    assert_eq!(
        (view.card.state, view.pending),
        (JobState::Synced, Vec::new())
    );
}

#[tokio::test]
async fn k1_open_alerts_stand_on_the_card_with_their_ids() {
    let town = Town::new(1_904).await;
    let dana = new_customer(&town, "Dana", "Sample");
    let vendor = qbo_sandbox::Json::parse(br#"{"DisplayName":"Dana Sample"}"#).unwrap();
    town.qbo.create("Vendor", &vendor).unwrap();
    let job = small_job(&town, &dana);
    finish(&town, &job).await;
    let view = card(&town, JobName::Job(number(&town, &job))).await;
    assert_eq!(view.state, "needs you: see the alert");
    let [alert] = view.alerts.as_slice() else {
        panic!("{:#?}", view.alerts);
    };
    let (desk, caller) = looking(&town).await;
    let same = desk.alert(&caller, &alert.id).await.unwrap();
    assert_eq!(same.record.message, alert.record.message);
    assert_eq!(view.card.documents, Vec::new());
    assert_eq!(view.card.pending, Vec::new());
}

#[tokio::test]
async fn k1_a_long_history_goes_on_where_the_card_ends() {
    let (town, _, job) = paid_in_part(1_905).await;
    for _ in 0..21 {
        town.push_by_hand(&job).await;
        town.settle().await;
    }
    let view = card(&town, id(&job)).await;
    let mut rows = view.history.rows;
    assert_eq!(rows.len(), 40);
    let mut cursor = view.history.next;
    let (desk, caller) = looking(&town).await;
    while cursor.is_some() {
        let paging = Paging {
            limit: Some(2),
            cursor,
            ..Paging::default()
        };
        let page = desk.history(&caller, &id(&job), &paging).await.unwrap();
        rows.extend(page.rows);
        cursor = page.next;
    }
    let all = Paging {
        limit: Some(200),
        ..Paging::default()
    };
    let all = desk.history(&caller, &id(&job), &all).await.unwrap();
    assert_eq!(rows, all.rows);
    assert!(rows.len() > 42);
}

/// Takes fields out of the bodies of records, as if they had been written before there were such fields.
async fn forget(town: &Town, prefix: &str, fields: &[&str]) {
    for record in town.table.all() {
        if !record.key.sort.starts_with(prefix) {
            continue;
        }
        let mut body: serde_json::Value = serde_json::from_str(&record.body).unwrap();
        for field in fields {
            without(&mut body["data"], field);
        }
        let put = Write::Put {
            key: record.key,
            expect: store::Expect::Version(record.version),
            body: body.to_string(),
            due: record.due,
            lists: record.lists,
            expires: None,
        };
        town.table.write(Uuid::max(), vec![put]).await.unwrap();
    }
}

fn without(value: &mut serde_json::Value, field: &str) {
    for part in ["memory", "facts"] {
        if let Some(object) = value[part].as_object_mut() {
            object.remove(field);
        }
    }
}

#[tokio::test]
async fn k1_the_card_of_records_of_before_tells_what_was_written() {
    let (town, _, job) = paid_in_part(1_906).await;
    let before = card(&town, id(&job)).await.card;
    let told = ["made_out_to_name", "customer", "date", "due", "how"];
    forget(&town, &format!("slot#{}#main", job.as_str()), &told).await;
    forget(&town, &format!("slot#{}#payment", job.as_str()), &["how"]).await;
    forget(&town, "job#", &["payments", "finished"]).await;
    let after = card(&town, JobName::Invoice(booked_number(&town)))
        .await
        .card;
    assert_eq!(after.documents, before.documents);
    let [payment] = after.payments.as_slice() else {
        panic!("{:#?}", after.payments);
    };
    assert_eq!(payment.told, None);
    assert_eq!(payment.there, before.payments[0].there);
}

#[tokio::test]
async fn k1_what_was_not_seen_has_no_card() {
    let (town, _, _) = paid_in_part(1_907).await;
    let (desk, caller) = looking(&town).await;
    for name in [
        JobName::Job("9104".to_owned()),
        JobName::Job("job_9104".to_owned()),
        JobName::Invoice("9104".to_owned()),
        JobName::Invoice("invoice_9104".to_owned()),
    ] {
        let told = desk.card(&caller, &name).await.unwrap_err();
        let NotDone::Declined(Declined::NoSuch { words, .. }) = told else {
            panic!("{name:?}");
        };
        assert!(words.contains("among those that were seen here"), "{words}");
    }
}
