//! Looks at one job in QuickBooks: one that fails, and what is left on the card of a job when an alert is over.

use hcp_sandbox::{JobId, NewPayment, PaymentMethod};
use simulation::Town;
use store::{AlertRecord, JobState, Table, Write};

use crate::{
    edits::reprice,
    lasting::minutes,
    parties::{alert, edit},
    payments::{enter, invoiced, of_note},
    pull::left_on,
};

/// A job whose payment the bookkeeper has given another date, which a pull has told.
async fn redated(seed: u64, is_edited: bool) -> (Town, JobId, String, JobState) {
    let (town, job) = invoiced(seed).await;
    let check = of_note(PaymentMethod::Check, "Check 1042");
    town.hcp.pay_job(&job, check).unwrap();
    town.settle().await;
    if is_edited {
        reprice(&town, &job, 12_345);
        town.settle().await;
    }
    let before = town.state(&job);
    let payment = town.qbo.objects("Payment").remove(0);
    let payment = payment.text("Id").unwrap().to_owned();
    edit(&town, "Payment", &payment, r#"{"TxnDate":"2026-07-20"}"#);
    town.pull().await;
    assert_eq!(town.open_alerts(), ["payment_changed_in_quickbooks"]);
    assert_eq!(town.state(&job), JobState::Alert);
    (town, job, payment, before)
}

#[tokio::test]
async fn k1_r4_an_alert_that_a_pull_finds_mended_leaves_what_was_true_before() {
    for (is_edited, state) in [(false, JobState::Synced), (true, JobState::PendingChanges)] {
        let (town, job, payment, before) = redated(1_100, is_edited).await;
        edit(&town, "Payment", &payment, r#"{"TxnDate":"2026-07-24"}"#);
        town.pull().await;
        assert_eq!(town.open_alerts(), Vec::<String>::new());
        assert_eq!((before, town.state(&job)), (state, state));
    }
}

#[tokio::test]
async fn k1_t5_an_alert_that_an_edit_finds_mended_leaves_what_is_pending() {
    let (town, job, payment, _) = redated(1_101, false).await;
    edit(&town, "Payment", &payment, r#"{"TxnDate":"2026-07-24"}"#);
    reprice(&town, &job, 12_345);
    town.settle().await;
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    assert_eq!(town.state(&job), JobState::PendingChanges);
}

#[tokio::test]
async fn k1_r4_a_card_says_alert_as_long_as_one_is_open() {
    let (town, job, payment, _) = redated(1_102, false).await;
    let document = town.qbo.objects("Invoice").remove(0);
    town.qbo
        .delete("Invoice", document.text("Id").unwrap())
        .unwrap();
    edit(&town, "Payment", &payment, r#"{"TxnDate":"2026-07-24"}"#);
    town.pull().await;
    assert!(town.open_alerts().contains(&"document_gone".to_owned()));
    assert_eq!(town.state(&job), JobState::Alert);
}

/// Whom the open alerts that something cannot be looked at are about.
fn not_looked_at(town: &Town) -> Vec<String> {
    let alerts = town.all::<AlertRecord>("alert#").into_iter();
    let open = alerts.filter(|alert| alert.value.open && alert.value.kind == "pull_fails");
    open.map(|alert| alert.value.subject).collect()
}

#[tokio::test]
async fn s10_r1_a_job_whose_look_fails_is_told_by_itself_until_its_look_succeeds() {
    let (town, odd) = invoiced(1_103).await;
    enter(&town, "99.00", "2026-07-24", "1042");
    let fault = hcp_sandbox::Fault::next(hcp_sandbox::FaultKind::ServerError);
    town.hcp.inject(fault.times(12).path(odd.as_str()));
    let worker = town.worker();
    worker.schedule_pulls().await.unwrap();
    minutes(&town, &worker, 25).await;
    let odd_alone = [odd.as_str().to_owned()];
    assert_eq!(not_looked_at(&town), odd_alone);
    assert_eq!(town.state(&odd), JobState::Alert);
    let told = alert(&town, "pull_fails");
    assert!(
        told.contains("is not noticed") && told.contains("status 500"),
        "{told}"
    );
    // All changes are read, and say nothing of this one.
    worker.schedule_pulls().await.unwrap();
    minutes(&town, &worker, 1).await;
    assert_eq!(not_looked_at(&town), odd_alone);
    assert_eq!(town.state(&odd), JobState::Alert);
    minutes(&town, &worker, 400).await;
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    assert_eq!(town.state(&odd), JobState::Synced);
    assert_eq!(left_on(&town, &odd).0.len(), 1);
}

#[tokio::test]
async fn s10_r1_what_quickbooks_refuses_to_tell_of_a_job_is_asked_again_and_ends_with_no_push() {
    let (town, job) = invoiced(1_104).await;
    enter(&town, "99.00", "2026-07-24", "1042");
    let refused =
        r#"{"Fault":{"Error":[{"Message":"Sorry","code":"5020"}],"type":"ValidationFault"}}"#;
    town.refuse_in_quickbooks(move |asked| {
        let is_look = asked.url.contains("Invoice%20WHERE%20Id");
        is_look.then(|| refused.as_bytes().to_vec())
    });
    let worker = town.worker();
    worker.schedule_pulls().await.unwrap();
    minutes(&town, &worker, 1).await;
    let about = [job.as_str().to_owned()];
    assert_eq!(not_looked_at(&town), about);
    town.push_by_hand(&job).await;
    minutes(&town, &worker, 1).await;
    assert_eq!(not_looked_at(&town), about);
    assert_eq!(town.state(&job), JobState::Alert);
    town.refuse_in_quickbooks(|_| None);
    minutes(&town, &worker, 70).await;
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    assert_eq!(town.state(&job), JobState::Synced);
    assert_eq!(left_on(&town, &job).0.len(), 1);
}

#[tokio::test]
async fn r1_changes_that_cannot_be_read_are_told_whatever_is_sent_meanwhile() {
    let (town, job) = invoiced(1_105).await;
    let refused =
        r#"{"Fault":{"Error":[{"Message":"Sorry","code":"5020"}],"type":"ValidationFault"}}"#;
    town.refuse_in_quickbooks(move |asked| {
        let is_pull = asked.url.contains("/cdc?");
        is_pull.then(|| refused.as_bytes().to_vec())
    });
    town.pull().await;
    assert_eq!(not_looked_at(&town), ["connection"]);
    // A push that was held up ends what held it up, and no more.
    let fault = hcp_sandbox::Fault::next(hcp_sandbox::FaultKind::ServerError);
    town.hcp.inject(fault.path(job.as_str()));
    let card = NewPayment::in_full(PaymentMethod::Card);
    town.hcp.pay_job(&job, card).unwrap();
    town.settle().await;
    assert_eq!(town.state(&job), JobState::Synced);
    assert_eq!(not_looked_at(&town), ["connection"]);
    town.refuse_in_quickbooks(|_| None);
    town.pull().await;
    assert_eq!(town.open_alerts(), Vec::<String>::new());
}

/// Housecall Pro tells a note in a form that nobody has seen, from now on.
fn unreadable_notes(town: &Town) {
    town.alter_answers(|_, body| {
        let Ok(mut job) = serde_json::from_slice::<serde_json::Value>(&body) else {
            return body;
        };
        if let Some(notes) = job.get_mut("notes").and_then(|notes| notes.as_array_mut()) {
            *notes = vec![serde_json::json!({ "id": "note_1", "content": { "text": "?" } })];
        }
        serde_json::to_vec(&job).unwrap()
    });
}

#[tokio::test]
async fn r2_v24_notes_that_cannot_be_read_keep_no_note_back_that_was_never_sent() {
    let (town, job) = invoiced(1_106).await;
    enter(&town, "99.00", "2026-07-24", "1042");
    unreadable_notes(&town);
    town.pull().await;
    town.pull().await;
    let (notes, tags) = left_on(&town, &job);
    assert_eq!((notes.len(), tags.len()), (1, 1));
    assert_eq!(town.open_alerts(), Vec::<String>::new());
}

#[tokio::test]
async fn r2_s10_a_note_that_may_stand_among_those_that_cannot_be_read_is_looked_for_until_they_can_be()
 {
    for is_lost in [false, true] {
        let (town, job) = invoiced(1_107).await;
        enter(&town, "99.00", "2026-07-24", "1042");
        unreadable_notes(&town);
        let kind = match is_lost {
            true => hcp_sandbox::FaultKind::DropBeforeCommit,
            false => hcp_sandbox::FaultKind::CommitThenDrop,
        };
        let fault = hcp_sandbox::Fault::next(kind);
        town.hcp.inject(fault.path("/notes").method("POST"));
        let worker = town.worker();
        worker.schedule_pulls().await.unwrap();
        minutes(&town, &worker, 30).await;
        assert_eq!(not_looked_at(&town), [job.as_str().to_owned()]);
        let told = alert(&town, "pull_fails");
        assert!(told.contains("whether a note was left"), "{told}");
        let (notes, tags) = left_on(&town, &job);
        assert_eq!((notes.len(), tags.len()), (usize::from(!is_lost), 1));
        town.alter_answers(|_, body| body);
        minutes(&town, &worker, 70).await;
        assert_eq!(left_on(&town, &job).0.len(), 1);
        assert_eq!(town.open_alerts(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn r2_a_tag_that_is_not_among_the_first_thousands_is_made_or_told() {
    for is_hidden in [false, true] {
        let (town, job) = invoiced(1_108).await;
        let first = enter(&town, "99.00", "2026-07-24", "1042");
        if is_hidden {
            // The company has the tag, and our record of it is lost.
            town.pull().await;
            town.qbo.void("Payment", &first).unwrap();
            town.pull().await;
            assert_eq!(left_on(&town, &job).1, Vec::<String>::new());
            let tag = town.all::<store::PaidTag>("tag#paid").remove(0);
            let expect = tag.expect();
            let forgotten = vec![Write::Delete {
                key: tag.key,
                expect,
            }];
            town.table
                .write(uuid::Uuid::nil(), forgotten)
                .await
                .unwrap();
            enter(&town, "99.00", "2026-07-25", "1043");
        }
        town.alter_answers(|path, body| match path.starts_with("/tags?") {
            true => br#"{"page":1,"total_pages":1000,"total_items":200000,"tags":[]}"#.to_vec(),
            false => body,
        });
        let before = town.hcp.calls().len();
        let worker = town.worker();
        worker.schedule_pulls().await.unwrap();
        minutes(&town, &worker, 1).await;
        let calls = town.hcp.calls();
        let listed = calls[before..].iter();
        let listed = listed.filter(|call| call.path.starts_with("/tags?"));
        let listed = listed.count();
        // Each time as many.
        assert!(listed >= 10 && listed.is_multiple_of(10), "{listed}");
        if !is_hidden {
            assert_eq!(left_on(&town, &job).1, ["paid-in-qbo"]);
            assert_eq!(town.open_alerts(), Vec::<String>::new());
            continue;
        }
        minutes(&town, &worker, 25).await;
        let told = alert(&town, "pull_fails");
        assert!(told.contains("delete tags that nobody uses"), "{told}");
        town.alter_answers(|_, body| body);
        minutes(&town, &worker, 70).await;
        assert_eq!(left_on(&town, &job).1, ["paid-in-qbo"]);
        assert_eq!(town.open_alerts(), Vec::<String>::new());
    }
}
