//! Edits in Housecall Pro (T5, D7).

use std::time::Duration;

use hcp_sandbox::{CustomerChanges, CustomerId, DueTerms, Hundredths, JobId, LineChanges, NewLine};
use qbo_sandbox::{Act, Fault, FaultKind};
use simulation::Town;
use store::JobState;
use sync::intake::sweep::Sweep;

use crate::{
    parties::{alert, edit, finish, id, small_job},
    people::{assert_books, assert_same_books, invoices, new_customer, new_job, requests, total},
    settings::change,
    stories::make,
    triggers::Press,
};

/// The first line of the job at another price.
pub(crate) fn reprice(town: &Town, job: &JobId, cents: i64) {
    let line = town.hcp.lines_of(job)[0].clone();
    let price = LineChanges {
        unit_price: Some(cents),
        ..LineChanges::default()
    };
    town.hcp.edit_line(job, &line, price).unwrap();
}

pub(crate) fn rename(town: &Town, customer: &CustomerId, last: &str) {
    let married = CustomerChanges {
        last_name: Some(last.to_owned()),
        ..CustomerChanges::default()
    };
    town.hcp.edit_customer(customer, married).unwrap();
}

async fn push_edits_at_once(town: &Town) {
    change(town, &[("push_edits", "automatic")]).await.unwrap();
}

/// A finished job in QuickBooks.
pub(crate) async fn synced(seed: u64) -> (Town, CustomerId, JobId) {
    let town = Town::new(seed).await;
    let dana = new_customer(&town, "Dana", "Sample");
    let job = small_job(&town, &dana);
    finish(&town, &job).await;
    assert_eq!(town.state(&job), JobState::Synced);
    town.clock.advance(Duration::from_secs(3_600));
    (town, dana, job)
}

#[tokio::test]
async fn t5_an_edit_is_shown_as_pending_until_it_is_undone_or_a_trigger_carries_it() {
    let (town, _, job) = synced(71).await;
    let sent = requests(&town);
    for (cents, state) in [
        (12_300, JobState::PendingChanges),
        (12_400, JobState::PendingChanges),
        (9_900, JobState::Synced),
        (12_500, JobState::PendingChanges),
    ] {
        town.clock.advance(Duration::from_secs(60));
        reprice(&town, &job, cents);
        town.settle().await;
        assert_eq!(town.state(&job), state, "{cents}");
        assert_eq!(invoices(&town)[0].2, 9_900, "nothing is pushed");
    }
    assert_eq!(requests(&town), sent, "and QuickBooks is not asked");
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_eq!(invoices(&town)[0].2, 12_500);
    assert_books(&town, &[&job]);
}

#[tokio::test]
async fn t5_also_what_quickbooks_would_not_take_is_pending_and_nobody_is_alarmed() {
    // Another line, an item that QuickBooks does not have, and a discount that it does not take.
    for what in ["hour", "item", "discount"] {
        let (town, _, job) = synced(72).await;
        let line = match what {
            "hour" => NewLine::labor("Extra hour", 100, Hundredths::ONE),
            "item" => NewLine::from_price_book(&town.hcp.price_book()[0].uuid, Hundredths::ONE),
            _ => NewLine::fixed_discount("Spring", 500),
        };
        town.qbo.configure(|company| company.allow_discount = false);
        let sent = requests(&town);
        town.hcp.add_line(&job, line).unwrap();
        town.settle().await;
        assert_eq!(town.state(&job), JobState::PendingChanges, "{what}");
        assert_eq!(requests(&town), sent);
        assert_eq!(town.open_alerts(), Vec::<String>::new(), "nobody pushed");
    }
}

#[tokio::test]
async fn t5_a_push_by_hand_carries_what_is_pending_with_dates_and_terms() {
    let (town, _, job) = synced(73).await;
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    let due = || {
        let invoice = &town.qbo.objects("Invoice")[0];
        invoice.text("DueDate").unwrap().to_owned()
    };
    let before = due();
    town.hcp.set_due_terms(&job, DueTerms::Net(30)).unwrap();
    town.settle().await;
    assert_eq!(town.state(&job), JobState::PendingChanges);
    // D7: a trigger leaves the date as it is, and so the change stays pending.
    let card = hcp_sandbox::NewPayment::of(hcp_sandbox::PaymentMethod::Card, 1_000);
    town.hcp.pay_job(&job, card).unwrap();
    town.settle().await;
    assert_eq!(due(), before);
    town.push_by_hand(&job).await;
    town.settle().await;
    assert_ne!(due(), before);
    assert_books(&town, &[&job]);
}

#[tokio::test]
async fn t5_what_is_nothing_to_quickbooks_is_not_pending() {
    use Press::{Finish, Pay, Send};
    for source in ["invoice_date", "service_date"] {
        for presses in [
            &[Finish][..],
            &[Finish, Send],
            &[Finish, Send, Pay],
            &[Send],
            &[Pay],
        ] {
            let town = Town::new(83).await;
            change(&town, &[("date_source", source)]).await.unwrap();
            let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
            for press in presses {
                press.on(&town, &job);
                town.settle().await;
                town.clock.advance(Duration::from_secs(2 * 86_400));
                for setting in ["manual", "automatic"] {
                    change(&town, &[("push_edits", setting)]).await.unwrap();
                    let before = town.qbo.objects("Invoice");
                    let read = town.hcp.calls().len();
                    town.hcp
                        .tag_job(&job, &format!("{press:?} {setting}"))
                        .unwrap();
                    town.settle().await;
                    assert!(town.hcp.calls().len() > read, "it was looked at");
                    assert_eq!(
                        town.state(&job),
                        JobState::Synced,
                        "{source} {presses:?} {press:?}"
                    );
                    let now = town.qbo.objects("Invoice");
                    assert_eq!(now, before, "{source} {presses:?} {press:?}");
                }
                change(&town, &[("push_edits", "manual")]).await.unwrap();
            }
            assert_books(&town, &[&job]);
        }
    }
}

#[tokio::test]
async fn t5_an_edit_of_a_job_that_is_not_in_quickbooks_changes_nothing() {
    for setting in ["manual", "automatic"] {
        let town = Town::new(74).await;
        change(&town, &[("push_edits", setting)]).await.unwrap();
        let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
        let sent = requests(&town);
        reprice(&town, &job, 12_300);
        town.settle().await;
        assert_eq!(town.state(&job), JobState::NotSynced, "{setting}");
        assert_eq!(requests(&town), sent);
        finish(&town, &job).await;
        assert_books(&town, &[&job]);
    }
}

#[tokio::test]
async fn t5_a_customers_edit_waits_for_the_next_invoice_of_the_customer() {
    let (town, dana, job) = synced(75).await;
    let (sent, read) = (requests(&town), town.hcp.calls().len());
    rename(&town, &dana, "Example");
    town.settle().await;
    assert_eq!(requests(&town), sent);
    assert_eq!(
        town.hcp.calls().len(),
        read,
        "not even Housecall Pro is asked"
    );
    let other = small_job(&town, &dana);
    finish(&town, &other).await;
    id(&town, "Customer", "DisplayName", "Dana Example");
    assert_books(&town, &[&job, &other]);
}

#[tokio::test]
async fn t5_where_the_company_chose_so_an_edit_is_pushed_at_once() {
    let (town, _, job) = synced(76).await;
    push_edits_at_once(&town).await;
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    let sent = requests(&town);
    reprice(&town, &job, 12_300);
    town.settle().await;
    assert_eq!(invoices(&town)[0].2, 12_300);
    assert_eq!(requests(&town) - sent, 1, "one write");
    town.clock.advance(Duration::from_secs(60));
    town.hcp.set_due_terms(&job, DueTerms::Net(30)).unwrap();
    town.settle().await;
    let invoice = &town.qbo.objects("Invoice")[0];
    assert!(invoice.text("DueDate").unwrap() > "2026-08-20", "D7");
    assert_books(&town, &[&job]);
}

#[tokio::test]
async fn t5_a_burst_of_edits_is_one_write_and_its_late_repeat_none() {
    let (town, _, job) = synced(77).await;
    push_edits_at_once(&town).await;
    for cents in [11_000, 12_000, 13_000, 14_000] {
        reprice(&town, &job, cents);
    }
    let posted = town.hcp.take_webhooks();
    assert!(posted.len() >= 4);
    let sent = requests(&town);
    town.receive(posted.clone()).await;
    town.settle().await;
    assert_eq!(invoices(&town)[0].2, 14_000);
    assert_eq!(requests(&town) - sent, 1);
    // S8: nothing differs, so nothing is done, whatever is told again.
    town.queue.forget_ids();
    town.clock.advance(Duration::from_secs(40_000));
    let sent = requests(&town);
    for webhook in posted {
        town.receive(vec![webhook]).await;
        town.settle().await;
    }
    assert_eq!(requests(&town), sent);
    // There and back again: each is a change, also one that was there before.
    for cents in [13_000, 14_000, 13_000] {
        town.clock.advance(Duration::from_secs(60));
        reprice(&town, &job, cents);
        town.settle().await;
        assert_eq!(invoices(&town)[0].2, cents);
    }
    assert_books(&town, &[&job]);
}

#[tokio::test]
async fn t5_an_edit_that_quickbooks_refuses_is_reported_and_not_tried_again_unchanged() {
    let (town, _, job) = synced(78).await;
    push_edits_at_once(&town).await;
    town.qbo.configure(|company| company.allow_discount = false);
    town.connect().await;
    let off = NewLine::fixed_discount("Spring", 500);
    town.hcp.add_line(&job, off).unwrap();
    let posted = town.hcp.take_webhooks();
    town.receive(posted.clone()).await;
    town.settle().await;
    alert(&town, "discounts_off");
    let sent = requests(&town);
    town.queue.forget_ids();
    town.receive(posted).await;
    town.settle().await;
    assert_eq!(requests(&town), sent);
    assert_eq!(town.state(&job), JobState::Alert);
    town.qbo.configure(|company| company.allow_discount = true);
    town.push_by_hand(&job).await;
    town.settle().await;
    assert_books(&town, &[&job]);
}

#[tokio::test]
async fn t5_where_the_company_chose_so_a_linked_customer_is_updated_at_once() {
    let (town, dana, job) = synced(79).await;
    push_edits_at_once(&town).await;
    let known = id(&town, "Customer", "DisplayName", "Dana Sample");
    edit(&town, "Customer", &known, r#"{"Notes":"Gate code 12"}"#);
    rename(&town, &dana, "Example");
    let posted = town.hcp.take_webhooks();
    town.receive(posted.clone()).await;
    town.settle().await;
    let now = town.qbo.object("Customer", &known).unwrap();
    assert_eq!(now.text("DisplayName"), Some("Dana Example"));
    assert_eq!(now.text("Notes"), Some("Gate code 12"), "R6");
    let sent = requests(&town);
    town.queue.forget_ids();
    town.receive(posted).await;
    town.settle().await;
    // Whom QuickBooks does not know is not made.
    rename(&town, &new_customer(&town, "Eli", "Sample"), "Example");
    town.settle().await;
    assert_eq!(requests(&town), sent);
    assert_eq!(town.qbo.objects("Customer").len(), 1);
    town.hcp.delete_customer(&dana).unwrap();
    town.settle().await;
    assert_eq!(requests(&town), sent, "C10: nothing is taken away");
    assert_same_books(&town, &[&job]);
}

#[tokio::test]
async fn t5_an_update_of_a_customer_is_put_off_and_never_doubled() {
    for kind in [
        FaultKind::Throttle,
        FaultKind::ServerError,
        FaultKind::CommitThenDrop,
        FaultKind::DropBeforeCommit,
    ] {
        let (town, dana, job) = synced(80).await;
        push_edits_at_once(&town).await;
        rename(&town, &dana, "Example");
        town.qbo.inject(Fault::next(kind.clone()).method("POST"));
        town.settle().await;
        println!("{kind:?}");
        id(&town, "Customer", "DisplayName", "Dana Example");
        assert_same_books(&town, &[&job]);
        assert_eq!(town.all::<store::WorkItem>("customer-edit#").len(), 0);
    }
}

#[tokio::test]
async fn t5_an_update_of_a_customer_that_quickbooks_refuses_is_reported_by_name() {
    let (town, dana, job) = synced(81).await;
    push_edits_at_once(&town).await;
    make(&town, "Vendor", r#"{"DisplayName":"Dana Example"}"#);
    rename(&town, &dana, "Example");
    town.settle().await;
    let told = alert(&town, "customer_not_updated");
    assert_eq!(
        told,
        "What changed of the customer Dana Example in Housecall Pro was not entered in QuickBooks: \
         another customer, a vendor or an employee has the name there. Invoices are sent all the same."
    );
    rename(&town, &dana, "Ample");
    town.settle().await;
    assert_same_books(&town, &[&job]);
    id(&town, "Customer", "DisplayName", "Dana Ample");
}

#[tokio::test]
async fn t5_a_look_that_housecall_pro_does_not_answer_is_parked_and_not_lost() {
    for setting in ["manual", "automatic"] {
        let (town, dana, job) = synced(82).await;
        change(&town, &[("push_edits", setting)]).await.unwrap();
        reprice(&town, &job, 12_300);
        rename(&town, &dana, "Example");
        let down = hcp_sandbox::FaultKind::ServerError;
        // Longer than the queue would have patience.
        town.hcp.inject(hcp_sandbox::Fault::next(down).times(30));
        town.settle().await;
        assert!(town.dead_letters.lock().unwrap().is_empty());
        let carried = setting == "automatic";
        let state = [JobState::PendingChanges, JobState::Synced][usize::from(carried)];
        assert_eq!(town.state(&job), state, "{setting}");
        assert_eq!(invoices(&town)[0].2 == total(&town, &job), carried);
        for sweep in [Sweep::Parked, Sweep::Finished] {
            town.worker().sweep(sweep, town.deadline()).await.unwrap();
        }
        town.settle().await;
        assert_eq!(town.state(&job), state, "{setting}");
        assert_eq!(town.qbo.count(Act::Create, Some("Invoice")), 1);
    }
}

#[tokio::test]
async fn s10_an_update_of_a_customer_that_keeps_failing_is_told_until_it_is_taken() {
    let (town, dana, job) = synced(84).await;
    push_edits_at_once(&town).await;
    rename(&town, &dana, "Example");
    let fault = Fault::next(FaultKind::ServerError).on("Customer");
    town.qbo.inject(fault.method("POST").times(12));
    town.settle().await;
    id(&town, "Customer", "DisplayName", "Dana Example");
    assert_same_books(&town, &[&job]);
    let [told] = town.all::<store::AlertRecord>("alert#").try_into().unwrap();
    assert_eq!(told.value.kind, "customer_not_updated");
    assert!(
        told.value.message.contains("Dana Sample"),
        "by the name that QuickBooks has: {}",
        told.value.message
    );
    assert!(!told.value.open, "QuickBooks has taken it");
    assert_eq!(town.all::<store::WorkItem>("customer-edit#").len(), 0);
}
