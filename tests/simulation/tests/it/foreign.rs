//! Documents in QuickBooks that did not come from here (N8, T12).

use std::time::Duration;

use hcp_sandbox::{Hundredths, JobId, NewLine};
use qbo_sandbox::Act;
use simulation::Town;
use store::{AlertRecord, JobState};
use sync::company::connect::ConnectError;

use crate::{
    InvoiceSlot,
    parties::{alert, edit, finish, id, named, small_job},
    people::{assert_books, assert_same_books, calls, invoices, job_with, new_customer, requests},
    stories::make,
};

/// A QuickBooks company that shares numbers over all kinds of documents, or not.
async fn town(seed: u64, shared: bool) -> Town {
    let numbers = |qbo: &mut qbo_sandbox::Options| qbo.doubts.numbers_are_shared = shared;
    Town::with(seed, |_| {}, numbers).await
}

fn number(town: &Town, job: &JobId) -> String {
    let job = town.hcp.job(job).unwrap();
    job["invoice_number"].as_str().unwrap().to_owned()
}

/// What a person enters in QuickBooks: a document with this number over an amount.
pub(crate) fn by_hand(
    town: &Town,
    kind: &str,
    number: &str,
    customer: &str,
    amount: &str,
    more: &str,
) -> String {
    let item = match town
        .qbo
        .objects("Item")
        .iter()
        .find(|item| item.text("Name") == Some("Old work"))
    {
        Some(item) => item.text("Id").unwrap().to_owned(),
        None => make(
            town,
            "Item",
            r#"{"Name":"Old work","Type":"Service","IncomeAccountRef":{"value":"INCOME"}}"#,
        ),
    };
    make(
        town,
        kind,
        &format!(
            r#"{{"DocNumber":"{number}","CustomerRef":{{"value":"{customer}"}},"TxnDate":"2026-07-20"{more},"Line":[{{"Amount":{amount},"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{{"ItemRef":{{"value":"{item}"}}}}}}]}}"#
        ),
    )
}

pub(crate) fn customer(town: &Town, name: &str) -> String {
    make(town, "Customer", &format!(r#"{{"DisplayName":"{name}"}}"#))
}

/// Our note beside somebody else's.
fn note(town: &Town, job: &JobId, theirs: &str) -> String {
    let slot = format!("{}#main", job.as_str());
    let marker = mapping::marker::Marker::new(&town.books().company, &slot);
    mapping::marker::beside(Some(theirs), &marker.note(&number(town, job), &[]))
}

pub(crate) async fn link(town: &Town, job: &JobId) -> Result<(), String> {
    let company = town.books().company;
    let job = hcp::JobId::parse(job.as_str()).unwrap();
    let linked = town
        .worker()
        .link_invoice(&company, &job, &simulation::person(), town.deadline())
        .await;
    linked.map_err(|not_done| not_done.to_string())
}

/// The invoice of a job of Dana's over 99 dollars, as a person made it in QuickBooks.
pub(crate) fn offer(town: &Town, job: &JobId) -> String {
    let dana = customer(town, "Dana Sample");
    let note = r#","PrivateNote":"PO 12, ask for Kim""#;
    by_hand(town, "Invoice", &number(town, job), &dana, "99.00", note)
}

/// A finished job over 99 dollars, and the same invoice in QuickBooks, made by hand.
pub(crate) async fn offered(seed: u64) -> (Town, JobId, String) {
    let town = town(seed, true).await;
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    let theirs = offer(&town, &job);
    finish(&town, &job).await;
    (town, job, theirs)
}

#[tokio::test]
async fn t12_connecting_asks_whether_the_other_sync_is_off() {
    let town = Town::new(90).await;
    let mut new = town.connection();
    new.own_sync_is_off = false;
    new.realm = Some(qbo::RealmId::new("4620816365").unwrap());
    new.other_realm = true;
    let refused = town.worker().connect(new).await.unwrap_err();
    assert!(matches!(refused, ConnectError::OwnSync));
    let told = refused.to_string();
    for part in [
        "--own-sync-is-off",
        "made twice",
        "Money, QuickBooks Online",
    ] {
        assert!(told.contains(part), "{told}");
    }
}

#[tokio::test]
async fn t12_the_same_invoice_is_offered_and_nothing_is_made() {
    let (town, job, _) = offered(91).await;
    let number = number(&town, &job);
    assert_eq!(
        alert(&town, "linkable_invoice"),
        format!(
            "Job {number} was not sent to QuickBooks: there is an invoice {number} there of the same customer, \
             Dana Sample, over the same amount, 99.00, dated 2026-07-20, which did not come from here. It is \
             probably the same. It comes to 99.00."
        )
    );
    assert_eq!(town.state(&job), JobState::Alert);
    assert_eq!(invoices(&town), [(number, "2026-07-20".to_owned(), 9_900)]);
    assert_eq!(calls(&town, Act::Create), 0, "nothing at all is made");
}

#[tokio::test]
async fn t12_what_is_linked_is_kept_up_to_date_and_keeps_its_note() {
    let (town, job, theirs) = offered(92).await;
    link(&town, &job).await.unwrap();
    assert_eq!(
        town.open_alerts(),
        Vec::<String>::new(),
        "the alert is closed at once"
    );
    town.settle().await;
    assert_books(&town, &[&job]);
    let invoice = || town.qbo.object("Invoice", &theirs).unwrap();
    let slot = format!("{}#main", job.as_str());
    let note = note(&town, &job, "PO 12, ask for Kim");
    assert_eq!(invoice().text("PrivateNote"), Some(note.as_str()));
    assert_eq!(
        invoice().text("TxnDate"),
        Some("2026-07-24"),
        "everything of ours on top"
    );
    let slots = town.all::<InvoiceSlot>(&format!("slot#{slot}"));
    let matched = slots[0].value.memory.matched.as_ref().unwrap();
    assert!(matched.agreed.contains(&"a person's choice".to_owned()));
    // R6: what somebody writes beside it later stays too.
    edit(
        &town,
        "Invoice",
        &theirs,
        &format!(
            r#"{{"PrivateNote":"Paid in cash {}"}}"#,
            note.replace('\n', " ")
        ),
    );
    let more = NewLine::labor("Extra hour", 1_000, Hundredths::ONE);
    town.hcp.add_line(&job, more).unwrap();
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_books(&town, &[&job]);
    let now = invoice();
    let now = now.text("PrivateNote").unwrap();
    assert!(
        now.starts_with("Paid in cash PO 12, ask for Kim\nHCP job "),
        "{now}"
    );
    // It is one job's, and linked once.
    assert!(
        link(&town, &job)
            .await
            .unwrap_err()
            .contains("no open alert")
    );
}

#[tokio::test]
async fn t12_what_was_changed_since_it_was_offered_is_not_linked() {
    let town = town(93, true).await;
    let mut jobs = Vec::new();
    for name in ["Dana", "Eli", "Flo"] {
        let job = small_job(&town, &named(&town, name));
        let known = customer(&town, name);
        by_hand(&town, "Invoice", &number(&town, &job), &known, "99.00", "");
        finish(&town, &job).await;
        jobs.push(job);
    }
    assert_eq!(town.open_alerts().len(), 3);
    // One was changed meanwhile: it is no longer what was offered.
    let changed = id(&town, "Invoice", "DocNumber", &number(&town, &jobs[1]));
    edit(&town, "Invoice", &changed, r#"{"DocNumber":"Other-1"}"#);
    for (index, job) in jobs.iter().enumerate() {
        assert_eq!(link(&town, job).await.is_ok(), index != 1);
    }
    town.settle().await;
    assert_eq!(town.open_alerts(), ["linkable_invoice"]);
    // Its number is free again: the job becomes an invoice of its own.
    town.push_by_hand(&jobs[1]).await;
    town.settle().await;
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    assert_eq!(invoices(&town).len(), 4);
}

#[tokio::test]
async fn n8_only_the_same_invoice_is_offered_and_never_one_of_ours() {
    let other = "Somebody Else";
    for (told, name, amount, note) in [
        ("another customer", other, "99.00", String::new()),
        ("another total", "Dana Sample", "99.01", String::new()),
        // It only looks like one of ours.
        (
            "a similar note",
            other,
            "99.00",
            r#","PrivateNote":"HCP job 1 · estimate99""#.to_owned(),
        ),
    ] {
        let town = town(94, true).await;
        let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
        let known = customer(&town, name);
        let number = number(&town, &job);
        let theirs = by_hand(&town, "Invoice", &number, &known, amount, &note);
        let before = town.qbo.object("Invoice", &theirs);
        finish(&town, &job).await;
        let words = alert(&town, "duplicate_invoice_number");
        assert!(
            words.contains(&format!("by an invoice of {name} over {amount}")),
            "{told}: {words}"
        );
        let end = "The job was not sent. It comes to 99.00.";
        assert!(words.ends_with(end), "{words}");
        assert_eq!(town.qbo.object("Invoice", &theirs), before, "{told}");
        assert_eq!(calls(&town, Act::Create), 0, "{told}");
        assert!(link(&town, &job).await.is_err());
    }
}

#[tokio::test]
async fn n8_one_that_is_ours_but_of_no_slot_is_never_offered_and_a_job_s_number_gives_way() {
    for note in [
        "Housecall Pro job 1 [hcp-qbo-sync:job_other#main]",
        "HCP job 20311 · tkcnd1b2z9",
    ] {
        let town = town(99, true).await;
        let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
        let dana = customer(&town, "Dana Sample");
        let number = number(&town, &job);
        let note = format!(r#","PrivateNote":"{note}""#);
        let theirs = by_hand(&town, "Invoice", &number, &dana, "99.00", &note);
        let before = town.qbo.object("Invoice", &theirs);
        finish(&town, &job).await;
        assert_eq!(town.open_alerts(), Vec::<String>::new());
        assert_eq!(town.qbo.object("Invoice", &theirs), before);
        let mut numbers: Vec<String> = invoices(&town).into_iter().map(|one| one.0).collect();
        numbers.sort();
        assert_eq!(numbers, [number.clone(), format!("J-{number}")]);
    }
}

#[tokio::test]
async fn t12_whoever_the_customer_is_comes_first() {
    // Of two namesakes only a person knows which one the invoice is for.
    let town = town(95, true).await;
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    let dana = customer(&town, "Dana Sample");
    customer(&town, "Dana  Sample");
    by_hand(&town, "Invoice", &number(&town, &job), &dana, "99.00", "");
    finish(&town, &job).await;
    alert(&town, "customer_match_ambiguous");
    assert_eq!(calls(&town, Act::Create), 0);
    let choice = sync::company::choose::Choice::LinkTo(qbo::Id::new(dana));
    let customer = town.hcp.job(&job).unwrap()["customer"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let party = sync::company::choose::Party::Customer(hcp::CustomerId::parse(&customer).unwrap());
    let company = town.books().company;
    let worker = town.worker();
    worker
        .choose(
            &company,
            &party,
            &choice,
            &simulation::person(),
            town.deadline(),
        )
        .await
        .unwrap();
    town.push_by_hand(&job).await;
    town.settle().await;
    assert!(town.open_alerts().contains(&"linkable_invoice".to_owned()));
    link(&town, &job).await.unwrap();
    town.settle().await;
    assert_same_customer(&town, &job);
}

fn assert_same_customer(town: &Town, job: &JobId) {
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    assert_eq!(town.state(job), JobState::Synced);
    assert_eq!(invoices(town).len(), 1);
}

#[tokio::test]
async fn n8_a_number_of_another_kind_of_document_is_reported_with_its_kind() {
    for (kind, alarm, words) in [
        (
            "CreditMemo",
            "duplicate_credit_memo_number",
            "a credit memo",
        ),
        (
            "SalesReceipt",
            "duplicate_invoice_number",
            "a sales receipt",
        ),
        (
            "RefundReceipt",
            "duplicate_invoice_number",
            "a refund receipt",
        ),
        ("Estimate", "duplicate_invoice_number", "an estimate"),
    ] {
        for shared in [true, false] {
            let town = town(96, shared).await;
            let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
            let known = customer(&town, "Ann Other");
            let number = number(&town, &job);
            by_hand(&town, kind, &number, &known, "10.00", &account(&town, kind));
            finish(&town, &job).await;
            if !shared {
                assert_same_books(&town, &[&job]);
                continue;
            }
            let told = alert(&town, alarm);
            assert_eq!(
                told,
                format!(
                    "The invoice number {number} of job {number} is already used in QuickBooks by {words} of Ann \
                     Other over 10.00. The job was not sent. It comes to 99.00."
                )
            );
            assert_eq!(invoices(&town).len(), 0);
            assert_eq!(town.state(&job), JobState::Alert);
            // It is found free as soon as it is.
            let theirs = id(&town, kind, "DocNumber", &number);
            edit(&town, kind, &theirs, r#"{"DocNumber":"Other-1"}"#);
            town.push_by_hand(&job).await;
            town.settle().await;
            assert_same_books(&town, &[&job]);
        }
    }
}

/// A refund is paid out of an account.
fn account(town: &Town, kind: &str) -> String {
    if kind != "RefundReceipt" {
        return String::new();
    }
    let accounts = town.qbo.objects("Account");
    let bank = accounts
        .iter()
        .find(|account| account.text("AccountType") == Some("Bank"));
    let id = bank.unwrap().text("Id").unwrap();
    format!(r#","DepositToAccountRef":{{"value":"{id}"}}"#)
}

#[tokio::test]
async fn n9_a_changed_number_that_another_document_has_is_not_taken() {
    for (kind, alarm) in [
        ("CreditMemo", "duplicate_credit_memo_number"),
        ("Invoice", "duplicate_invoice_number"),
    ] {
        for shared in [true, false] {
            let town = town(97, shared).await;
            let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
            finish(&town, &job).await;
            let old = invoices(&town)[0].0.clone();
            let sent = town.hcp.send_invoice(&job).unwrap();
            let new = town.hcp.invoice(&sent).unwrap()["invoice_number"]
                .as_str()
                .unwrap()
                .to_owned();
            assert_ne!(old, new);
            // The very same customer and amount: what is linked is not offered another.
            let dana = id(&town, "Customer", "DisplayName", "Dana Sample");
            by_hand(&town, kind, &new, &dana, "99.00", "");
            town.settle().await;
            if kind == "CreditMemo" && !shared {
                assert_same_books(&town, &[&job]);
                assert_eq!(invoices(&town)[0].0, new);
                continue;
            }
            let told = alert(&town, alarm);
            assert!(
                told.ends_with(&format!("The job's invoice keeps the number {old}.")),
                "{told}"
            );
            let numbers: Vec<String> = invoices(&town)
                .into_iter()
                .map(|(number, ..)| number)
                .collect();
            assert!(numbers.contains(&old), "{numbers:?}");
        }
    }
}

#[tokio::test]
async fn n8_who_else_has_the_number_is_asked_only_after_a_refusal() {
    let town = town(98, true).await;
    let dana = new_customer(&town, "Dana", "Sample");
    let visit = || vec![NewLine::labor("Visit", 9_900, Hundredths::ONE)];
    finish(&town, &job_with(&town, &dana, visit())).await;
    town.clock.advance(Duration::from_secs(60));
    let sent = requests(&town);
    finish(&town, &job_with(&town, &dana, visit())).await;
    assert_eq!(requests(&town) - sent, 2, "one look-up and one write");
    let taken = job_with(&town, &dana, visit());
    let known = customer(&town, "Ann Other");
    by_hand(
        &town,
        "CreditMemo",
        &number(&town, &taken),
        &known,
        "10.00",
        "",
    );
    town.clock.advance(Duration::from_secs(60));
    let sent = requests(&town);
    finish(&town, &taken).await;
    alert(&town, "duplicate_credit_memo_number");
    assert_eq!(
        requests(&town) - sent,
        4,
        "and after the refusal one more, and all other kinds in one"
    );
    let alerts = town.all::<AlertRecord>("alert#");
    assert_eq!(alerts[0].value.count, 1);
}
