//! What was done is told, once and whatever happens on the way (K1).

use hcp_sandbox::{Hundredths, JobId, NewLine};
use jiff::civil::date;
use office::{Change, Days, HistoryRow, Paging};
use simulation::{Moment, Town};
use store::{Answered, HistoryEntry, SentAction};
use sync::job::find::JobName;

use crate::{
    documents::number,
    office::looking,
    parties::{finish, named, small_job},
    people::{job_with, new_customer, new_job},
    settings::change,
};

pub(crate) async fn history(town: &Town, job: &JobId) -> Vec<HistoryRow> {
    let (desk, caller) = looking(town).await;
    let job = JobName::Job(job.as_str().to_owned());
    let rows = desk.history(&caller, &job, &Paging::default()).await;
    rows.unwrap().rows
}

async fn log(town: &Town, days: Days) -> Vec<HistoryRow> {
    let (desk, caller) = looking(town).await;
    let rows = desk.log(&caller, days, &Paging::default()).await;
    rows.unwrap().rows
}

fn told(row: &HistoryRow) -> (&str, &str) {
    (&row.what, &row.ended)
}

#[tokio::test]
async fn k1_each_sync_is_told_with_its_cause_its_difference_and_the_answer() {
    let town = Town::new(1_801).await;
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    finish(&town, &job).await;
    let rows = history(&town, &job).await;
    let [first] = rows.as_slice() else {
        panic!("{rows:#?}");
    };
    assert_eq!(told(first), ("finished", "in QuickBooks"));
    assert_eq!(first.number, Some(number(&town, &job)));
    assert_eq!(first.customer.as_deref(), Some("Dana Sample"));
    assert_eq!(first.who, None);
    let made: Vec<(&str, &str)> = first
        .sent
        .iter()
        .map(|sent| (sent.what.as_str(), sent.action))
        .collect();
    let invoice = format!("invoice {}", number(&town, &job));
    assert!(made.contains(&("customer Dana Sample", "made")), "{made:?}");
    assert_eq!(made.last(), Some(&(invoice.as_str(), "made")), "{made:?}");
    let sent = first.sent.last().unwrap();
    let field = |field: &str| {
        sent.changes
            .iter()
            .find(|change| change.field == field)
            .cloned()
    };
    let date = field("date").unwrap();
    assert_eq!(
        (date.before, date.after.as_deref()),
        (None, Some("2026-07-24"))
    );
    assert!(
        sent.answer.starts_with("QuickBooks has it, over "),
        "{sent:?}"
    );

    let more = NewLine::labor("Extra hour", 9_900, Hundredths::ONE);
    town.hcp.add_line(&job, more).unwrap();
    town.push_by_hand(&job).await;
    town.clock.advance(std::time::Duration::from_secs(1));
    town.settle().await;
    let rows = history(&town, &job).await;
    let [pushed, asked, _] = rows.as_slice() else {
        panic!("{rows:#?}");
    };
    assert_eq!(told(asked), ("asked for a push to QuickBooks", "done"));
    assert_eq!(told(pushed), ("pushed by hand", "in QuickBooks"));
    for row in [pushed, asked] {
        assert_eq!(row.who.as_deref(), Some("Robin Office"));
    }
    let sent = &pushed.sent.last().unwrap();
    assert_eq!(
        (sent.what.as_str(), sent.action),
        (invoice.as_str(), "changed")
    );
    let amount = Change {
        field: "line 4: amount".to_owned(),
        before: None,
        after: Some("99.00".to_owned()),
    };
    assert!(sent.changes.contains(&amount), "{:#?}", sent.changes);
}

#[tokio::test]
async fn k1_a_look_that_sends_nothing_says_how_the_job_stands() {
    let town = Town::new(1_802).await;
    let dana = named(&town, "Dana");
    let job = small_job(&town, &dana);
    let vendor = qbo_sandbox::Json::parse(br#"{"DisplayName":"Dana"}"#).unwrap();
    town.qbo.create("Vendor", &vendor).unwrap();
    finish(&town, &job).await;
    let rows = history(&town, &job).await;
    assert_eq!(rows.len(), 1, "{rows:#?}");
    assert_eq!(rows[0].what, "finished");
    assert!(rows[0].ended.contains("Dana"), "{}", rows[0].ended);
    let empty = job_with(&town, &dana, Vec::new());
    finish(&town, &empty).await;
    let rows = history(&town, &empty).await;
    assert_eq!(rows.len(), 1);
    assert!(rows[0].sent.is_empty() && rows[0].ended.starts_with("nothing to send"));
}

#[tokio::test]
async fn k1_an_edit_is_told_when_it_makes_a_difference() {
    let town = Town::new(1_803).await;
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    finish(&town, &job).await;
    let more = NewLine::labor("Extra hour", 9_900, Hundredths::ONE);
    town.hcp.add_line(&job, more).unwrap();
    town.settle().await;
    // Nothing is otherwise than it was found then.
    town.hcp.tag_job(&job, "seen").unwrap();
    town.settle().await;
    let rows = history(&town, &job).await;
    assert_eq!(rows.len(), 2, "{rows:#?}");
    assert_eq!(rows[0].what, "changed in Housecall Pro");
    assert!(rows[0].ended.contains("changed since"), "{rows:#?}");
}

#[tokio::test]
async fn k1_the_log_has_every_sync_and_every_act_by_time_with_who() {
    let town = Town::new(1_804).await;
    looking(&town).await;
    town.clock.advance(std::time::Duration::from_secs(60));
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    finish(&town, &job).await;
    town.clock
        .advance(std::time::Duration::from_secs(24 * 3600));
    change(&town, &[("date_source", "both")]).await.unwrap();
    let all = log(&town, Days::default()).await;
    let whats: Vec<&str> = all.iter().map(|row| row.what.as_str()).collect();
    assert!(all.is_sorted_by(|one, next| one.at >= next.at));
    assert_eq!(whats[..2], ["changed settings", "finished"], "{whats:?}");
    assert!(
        whats[2..]
            .iter()
            .all(|what| what.starts_with("connected") || what.starts_with("changed"))
    );
    let setting = &all[0].changes[0];
    assert_eq!(setting.field, "date_source");
    assert_eq!(setting.after.as_deref(), Some("both"));
    assert_ne!(setting.before, setting.after);
    assert_eq!(all[0].who.as_deref(), Some("Robin Office"));
    let days = Days {
        from: Some(date(2026, 7, 25)),
        to: Some(date(2026, 7, 25)),
    };
    let that_day = log(&town, days).await;
    assert_eq!(that_day.len(), 1, "{that_day:#?}");
}

/// How often the history tells that QuickBooks made an invoice.
fn told_as_made(town: &Town) -> usize {
    let entries = town.all::<HistoryEntry>("history#").into_iter();
    let sent = entries.flat_map(|entry| entry.value.sent);
    let made = sent.filter(|sent| {
        sent.kind.to_string() == "Invoice"
            && sent.action == SentAction::Made
            && matches!(sent.answer, Answered::Took { .. })
    });
    made.count()
}

#[tokio::test]
async fn v1_whenever_a_worker_dies_the_history_tells_each_write_once() {
    let mut at = 0;
    loop {
        let town = Town::new(1_805).await;
        let job = small_job(&town, &named(&town, "Dana"));
        town.hcp.finish_job(&job).unwrap();
        town.post().await;
        town.steps
            .begin(Some((at / 2, [Moment::Before, Moment::After][at % 2])));
        let worker = town.worker();
        let lived = town.batch(&worker).await;
        town.steps.begin(None);
        town.settle().await;
        assert_eq!(town.qbo.objects("Invoice").len(), 1);
        assert_eq!(told_as_made(&town), 1, "died at step {at}");
        if lived {
            break;
        }
        at += 1;
    }
    assert!(at > 20, "{at}");
}

#[tokio::test]
async fn k1_the_history_of_a_large_invoice_stays_small() {
    let town = Town::new(1_806).await;
    let lines = (0..499).map(|line| NewLine::labor(&format!("Work {line}"), 100, Hundredths::ONE));
    let job = job_with(&town, &named(&town, "Dana"), lines.collect());
    finish(&town, &job).await;
    let rows = history(&town, &job).await;
    let told: usize = rows
        .iter()
        .flat_map(|row| &row.sent)
        .map(|sent| sent.changes.len())
        .sum();
    assert!(told <= 200, "{told}");
    let invoice = rows
        .iter()
        .flat_map(|row| &row.sent)
        .find(|sent| sent.what.starts_with("invoice"));
    assert!(invoice.unwrap().more > 900, "{invoice:?}");
    let records = town.table.all().into_iter();
    let entries = records.filter(|record| record.key.sort.starts_with("history#"));
    for entry in entries {
        assert!(entry.body.len() < 100_000, "{}", entry.body.len());
    }
}
