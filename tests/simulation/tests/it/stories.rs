use hcp_sandbox::{Hundredths, LineChanges, NewLine, NewPayment, PaymentMethod};
use qbo_sandbox::{Act, Json};
use simulation::Town;
use store::JobState;

use crate::people::{
    assert_books, calls, invoices, job_with, new_customer, new_job, requests, total,
};

#[tokio::test]
async fn t4_a_finished_job_becomes_one_invoice() {
    let town = Town::new(1).await;
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    assert_books(&town, &[&job]);
    let invoice = &town.qbo.objects("Invoice")[0];
    assert_eq!(invoice.text("TxnDate"), Some("2026-07-24"));
    assert_eq!(invoice.text("CustomerRef.name"), Some("Dana Sample"));
    assert_eq!(invoice.text("ShipAddr.Line1"), Some("22 Lake Rd"));
    let customer = &town.qbo.objects("Customer")[0];
    assert_eq!(customer.text("BillAddr.Line1"), Some("1 Office Park"));
    assert_eq!(customer.text("BillAddr.Line2"), Some("Suite 4"));
    let mut types: Vec<(String, String)> = town
        .qbo
        .objects("Item")
        .iter()
        .map(|item| {
            let text = |field| item.text(field).unwrap_or_default().to_owned();
            (text("Name"), text("Type"))
        })
        .collect();
    types.sort();
    assert!(
        types.contains(&("Sales".to_owned(), "Service".to_owned())),
        "{types:?}"
    );
    assert!(
        types.iter().any(|(_, kind)| kind == "NonInventory"),
        "{types:?}"
    );
}

#[tokio::test]
async fn t4_every_later_trigger_updates_the_same_invoice() {
    let town = Town::new(2).await;
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    let first = invoices(&town);
    town.clock
        .advance(std::time::Duration::from_secs(3 * 86_400));
    town.hcp
        .add_line(&job, NewLine::labor("Extra hour", 9_900, Hundredths::ONE))
        .unwrap();
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_books(&town, &[&job]);
    assert_eq!(
        invoices(&town)[0].1,
        "2026-07-27",
        "D1: it becomes the invoice date"
    );
    assert_ne!(
        invoices(&town)[0].0,
        first[0].0,
        "N4: it becomes the invoice's number"
    );
    town.clock.advance(std::time::Duration::from_secs(86_400));
    town.hcp
        .pay_job(&job, NewPayment::in_full(PaymentMethod::Card))
        .unwrap();
    town.settle().await;
    assert_books(&town, &[&job]);
    assert_eq!(invoices(&town)[0].1, "2026-07-27", "D1: it stays");
}

#[tokio::test]
async fn t5_an_edit_or_a_late_repeat_pushes_nothing() {
    let town = Town::new(3).await;
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.finish_job(&job).unwrap();
    let posted = town.hcp.take_webhooks();
    town.receive(posted.clone()).await;
    town.settle().await;
    let before = total(&town, &job);
    let line = town.hcp.lines_of(&job)[2].clone();
    let dearer = LineChanges {
        unit_price: Some(9_999),
        ..LineChanges::default()
    };
    town.hcp.edit_line(&job, &line, dearer).unwrap();
    town.settle().await;
    town.receive(posted).await;
    town.settle().await;
    assert_eq!(invoices(&town)[0].2, before, "nothing was pushed");
    assert_ne!(total(&town, &job), before);
}

#[tokio::test]
async fn t4_finished_twice_shuffled_and_repeated_is_one_invoice() {
    for seed in 0..20 {
        let town = Town::new(seed).await;
        let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
        town.hcp.finish_job(&job).unwrap();
        town.clock.advance(std::time::Duration::from_secs(60));
        town.hcp.reopen_job(&job).unwrap();
        town.hcp.finish_job(&job).unwrap();
        town.hcp.send_invoice(&job).unwrap();
        town.hcp
            .pay_job(&job, NewPayment::in_full(PaymentMethod::Cash))
            .unwrap();
        let mut posted = town.hcp.take_webhooks();
        posted.extend(posted.clone());
        let chance = fakes::SeededChance::new(seed);
        for i in (1..posted.len()).rev() {
            let j = usize::try_from(chance.next_u64() % (i as u64 + 1)).unwrap();
            posted.swap(i, j);
        }
        for webhook in posted {
            town.receive(vec![webhook]).await;
            if chance.next_u64().is_multiple_of(2) {
                town.settle().await;
            }
        }
        town.settle().await;
        assert_books(&town, &[&job]);
    }
}

#[tokio::test]
async fn c1_two_workers_at_once_make_one_customer() {
    let town = Town::new(5).await;
    let customer = new_customer(&town, "Dana", "Sample");
    let (one, two) = (new_job(&town, &customer), new_job(&town, &customer));
    town.hcp.finish_job(&one).unwrap();
    town.post().await;
    let first = town.queue.take();
    town.hcp.finish_job(&two).unwrap();
    town.post().await;
    let second = town.queue.take();
    let look = async |messages: Vec<ports::QueueMessage>| {
        let worker = town.worker();
        for message in messages {
            let message: sync::work::message::LookAt = serde_json::from_str(&message.body).unwrap();
            let evidence: Vec<_> = message.evidence.into_iter().collect();
            worker
                .look(
                    &message.company,
                    &message.subject,
                    &evidence,
                    town.deadline(),
                )
                .await
                .unwrap();
        }
    };
    futures::join!(look(first), look(second));
    town.settle().await;
    assert_books(&town, &[&one, &two]);
    assert_eq!(town.qbo.objects("Customer").len(), 1);
}

#[tokio::test]
async fn a_cold_sync_takes_three_calls_and_a_warm_update_one_write() {
    let town = Town::new(6).await;
    let customer = new_customer(&town, "Dana", "Sample");
    let book = town.hcp.price_book();
    let lines: Vec<NewLine> = book
        .iter()
        .take(5)
        .map(|entry| NewLine::from_price_book(&entry.uuid, Hundredths::ONE))
        .collect();
    assert_eq!(lines.len(), 5);
    let job = job_with(&town, &customer, lines);
    let before = requests(&town);
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    assert_eq!(
        requests(&town) - before,
        3,
        "look-ups, customer and items, invoice"
    );

    town.clock.advance(std::time::Duration::from_secs(60));
    let (before, queries) = (requests(&town), calls(&town, Act::Query));
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    // The number changes from the job's to the invoice's: one look-up for it (N8).
    assert_eq!(requests(&town) - before, 2);
    assert_eq!(calls(&town, Act::Query) - queries, 1);

    town.clock.advance(std::time::Duration::from_secs(60));
    let (before, queries, reads) = (
        requests(&town),
        calls(&town, Act::Query),
        calls(&town, Act::Read),
    );
    let line = town.hcp.lines_of(&job)[0].clone();
    let dearer = LineChanges {
        unit_price: Some(77_700),
        ..LineChanges::default()
    };
    town.hcp.edit_line(&job, &line, dearer).unwrap();
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_eq!(requests(&town) - before, 1, "one write");
    assert_eq!(calls(&town, Act::Query), queries, "no read");
    assert_eq!(calls(&town, Act::Read), reads, "no read");

    // The first one makes the method.
    let card = |cents| NewPayment::of(PaymentMethod::Card, cents);
    town.hcp.pay_job(&job, card(100)).unwrap();
    town.settle().await;
    let updates = || town.qbo.count(Act::Update, Some("Invoice"));
    let (before, queries, updated) = (requests(&town), calls(&town, Act::Query), updates());
    town.hcp
        .pay_job(&job, NewPayment::in_full(PaymentMethod::Card))
        .unwrap();
    town.settle().await;
    assert_eq!(updates(), updated, "S8: nothing changed of the invoice");
    assert_eq!(requests(&town) - before, 1, "P1: the payment, one write");
    assert_eq!(calls(&town, Act::Query), queries, "no read");
    assert_books(&town, &[&job]);
}

#[tokio::test]
async fn n8_a_number_that_is_taken_is_reported_and_nothing_is_overwritten() {
    let town = Town::new(7).await;
    let dana = new_customer(&town, "Dana", "Sample");
    let job = new_job(&town, &dana);
    town.hcp.finish_job(&job).unwrap();
    let number = town.hcp.job(&job).unwrap()["invoice_number"]
        .as_str()
        .unwrap()
        .to_owned();
    let somebody = make(&town, "Customer", r#"{"DisplayName":"Somebody Else"}"#);
    let item = make(
        &town,
        "Item",
        r#"{"Name":"Old work","Type":"Service","IncomeAccountRef":{"value":"INCOME"}}"#,
    );
    make(
        &town,
        "Invoice",
        &format!(
            r#"{{"DocNumber":"{number}","CustomerRef":{{"value":"{somebody}"}},"Line":[{{"Amount":10.00,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{{"ItemRef":{{"value":"{item}"}}}}}}]}}"#
        ),
    );
    town.settle().await;
    assert_eq!(town.open_alerts(), ["duplicate_invoice_number"]);
    assert_eq!(town.state(&job), JobState::Alert);
    assert_eq!(invoices(&town).len(), 1);
    assert_eq!(invoices(&town)[0].2, 1_000, "untouched");
}

#[tokio::test]
async fn c6_a_customer_of_the_same_name_is_linked_unless_something_contradicts() {
    for (email, alerts, customers) in [
        ("DANA@example.com", vec![], 1),
        ("other@example.com", vec!["customer_match_ambiguous"], 1),
    ] {
        let town = Town::new(8).await;
        make(
            &town,
            "Customer",
            &format!(
                r#"{{"DisplayName":"Dana Sample","PrimaryEmailAddr":{{"Address":"{email}"}}}}"#
            ),
        );
        let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
        town.hcp.finish_job(&job).unwrap();
        town.settle().await;
        assert_eq!(town.open_alerts(), alerts);
        assert_eq!(town.qbo.objects("Customer").len(), customers);
        assert_eq!(invoices(&town).len(), usize::from(alerts.is_empty()));
    }
}

#[tokio::test]
async fn c6_one_quickbooks_customer_belongs_to_one_housecall_customer() {
    let town = Town::new(9).await;
    let one = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    let two = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.finish_job(&one).unwrap();
    town.settle().await;
    town.hcp.finish_job(&two).unwrap();
    town.settle().await;
    assert_eq!(town.open_alerts(), ["linked_customer_match"]);
    assert_eq!(invoices(&town).len(), 1);
}

#[tokio::test]
async fn c7_a_name_that_a_vendor_holds_is_reported() {
    let town = Town::new(10).await;
    make(&town, "Vendor", r#"{"DisplayName":"Dana Sample"}"#);
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    assert_eq!(town.open_alerts(), ["name_taken"]);
    assert_eq!(invoices(&town).len(), 0);
}

#[tokio::test]
async fn r8_an_invoice_deleted_by_hand_is_not_made_again() {
    let town = Town::new(11).await;
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    let id = town.qbo.objects("Invoice")[0]
        .text("Id")
        .unwrap()
        .to_owned();
    town.qbo.delete("Invoice", &id).unwrap();
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_eq!(town.open_alerts(), ["document_gone"]);
    assert_eq!(invoices(&town).len(), 0);
}

#[tokio::test]
async fn r8_an_invoice_voided_by_hand_is_not_revived() {
    let town = Town::new(18).await;
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    void_by_hand(&town).await;
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_eq!(town.open_alerts(), ["document_gone"]);
    assert_eq!(invoices(&town)[0].2, 0, "it stays void");
}

/// A person voids the only invoice.
pub(crate) async fn void_by_hand(town: &Town) {
    let invoice = &town.qbo.objects("Invoice")[0];
    let id = qbo::Id::new(invoice.text("Id").unwrap());
    let version = qbo::SyncToken::new(invoice.text("SyncToken").unwrap());
    let attempt = qbo::RequestId::new("by-hand").unwrap();
    let void = qbo::Request::void_invoice(&id, &version, attempt).unwrap();
    let token = qbo::AccessToken::new(town.qbo.access_token().into());
    qbo::Client::new(town.qbo.clone(), "https://qbo.test", town.books().realm)
        .send(&token, &void)
        .await
        .unwrap();
}

#[tokio::test]
async fn r6_an_invoice_edited_by_hand_is_updated_on_top() {
    let town = Town::new(12).await;
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    let id = town.qbo.objects("Invoice")[0]
        .text("Id")
        .unwrap()
        .to_owned();
    let memo = Json::parse(br#"{"CustomerMemo":{"value":"Thank you"}}"#).unwrap();
    town.qbo.edit("Invoice", &id, &memo).unwrap();
    town.hcp
        .add_line(&job, NewLine::labor("Extra hour", 9_900, Hundredths::ONE))
        .unwrap();
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_books(&town, &[&job]);
    let invoice = &town.qbo.objects("Invoice")[0];
    assert_eq!(invoice.text("CustomerMemo.value"), Some("Thank you"));
}

#[tokio::test]
async fn t7_a_deleted_job_leaves_its_invoice_and_is_reported() {
    let town = Town::new(13).await;
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    town.hcp.delete_job(&job).unwrap();
    town.settle().await;
    assert_eq!(town.open_alerts(), ["removed_in_housecall"]);
    assert_eq!(invoices(&town).len(), 1);
}

#[tokio::test]
async fn t8_a_job_finished_before_the_connection_waits_for_a_manual_push() {
    let town = Town::new(14).await;
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.clock.set_now("2026-07-24T12:00:00Z".parse().unwrap());
    town.hcp.finish_job(&job).unwrap();
    town.clock.set_now("2026-07-25T12:00:00Z".parse().unwrap());
    town.settle().await;
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_eq!(town.state(&job), JobState::BeforeConnection);
    assert_eq!(invoices(&town).len(), 0);
}

#[tokio::test]
async fn t9_a_job_of_nothing_is_not_sent() {
    let town = Town::new(15).await;
    let customer = new_customer(&town, "Dana", "Sample");
    let job = job_with(
        &town,
        &customer,
        vec![NewLine::labor("Warranty visit", 0, Hundredths::ONE)],
    );
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    assert_eq!(town.state(&job), JobState::NothingToSend);
    assert_eq!(invoices(&town).len(), 0);
    assert_eq!(town.qbo.objects("Customer").len(), 0);
}

#[tokio::test]
async fn t11_the_sweeps_find_what_no_webhook_told() {
    let town = Town::new(16).await;
    let customer = new_customer(&town, "Dana", "Sample");
    let (finished, sent) = (new_job(&town, &customer), new_job(&town, &customer));
    town.hcp.finish_job(&finished).unwrap();
    town.hcp.send_invoice(&sent).unwrap();
    drop(town.hcp.take_webhooks());
    for sweep in [
        sync::intake::sweep::Sweep::Finished,
        sync::intake::sweep::Sweep::Sent,
    ] {
        town.worker().sweep(sweep, town.deadline()).await.unwrap();
    }
    town.settle().await;
    assert_books(&town, &[&finished, &sent]);
    town.hcp
        .pay_job(&sent, NewPayment::in_full(PaymentMethod::Check))
        .unwrap();
    drop(town.hcp.take_webhooks());
    let told = town
        .worker()
        .sweep(sync::intake::sweep::Sweep::Paid, town.deadline())
        .await;
    assert_eq!(told.unwrap(), 1);
    let again = town
        .worker()
        .sweep(sync::intake::sweep::Sweep::Finished, town.deadline())
        .await;
    assert_eq!(again.unwrap(), 0, "what is known is not told again");
    town.settle().await;
    assert_books(&town, &[&finished, &sent]);
}

/// Makes an object as a person would, and returns its id. `INCOME` stands for an income account.
pub(crate) fn make(town: &Town, entity: &str, json: &str) -> String {
    let income = town
        .qbo
        .objects("Account")
        .iter()
        .find(|account| account.text("AccountType") == Some("Income"))
        .and_then(|account| account.text("Id").map(str::to_owned))
        .unwrap();
    let json = json.replace("INCOME", &income);
    let made = town
        .qbo
        .create(entity, &Json::parse(json.as_bytes()).unwrap());
    made.unwrap().text("Id").unwrap().to_owned()
}
