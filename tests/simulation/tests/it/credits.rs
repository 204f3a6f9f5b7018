//! Credit of a customer that QuickBooks applies to invoices by itself: one alert for the customer (P4).

use hcp_sandbox::{CustomerId, JobId, NewPayment, PaymentMethod};
use money::Cents;
use simulation::Town;
use store::{AlertRecord, JobState};

use crate::{
    documents::DAY,
    edits::rename,
    parties::{alert, finish, small_job},
    payments::{invoiced, owed, payments},
    people::{cents, new_customer},
    stories::make,
};

/// A customer with an open credit in QuickBooks, which applies it by itself.
pub(crate) async fn with_credit(seed: u64, dollars: u32) -> (Town, CustomerId) {
    let applies = |options: &mut qbo_sandbox::Options| options.company.auto_apply_credit = true;
    let town = Town::with(seed, |_| {}, applies).await;
    let dana = new_customer(&town, "Dana", "Sample");
    let first = small_job(&town, &dana);
    finish(&town, &first).await;
    pay_by_card(&town, &first).await;
    credit(&town, dollars);
    (town, dana)
}

fn credit(town: &Town, dollars: u32) -> String {
    let invoice = town.qbo.objects("Invoice").remove(0);
    let text = |path| invoice.text(path).unwrap().to_owned();
    let customer = text("CustomerRef.value");
    let item = text("Line.0.SalesItemLineDetail.ItemRef.value");
    make(
        town,
        "CreditMemo",
        &format!(
            r#"{{"CustomerRef":{{"value":"{customer}"}},"Line":[{{"Amount":{dollars}.00,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{{"ItemRef":{{"value":"{item}"}}}}}}]}}"#
        ),
    )
}

async fn pay_by_card(town: &Town, job: &JobId) {
    let card = NewPayment::in_full(PaymentMethod::Card);
    town.hcp.pay_job(job, card).unwrap();
    town.settle().await;
}

/// A job over 99 dollars that is finished and sent.
pub(crate) async fn sent(town: &Town, customer: &CustomerId) -> JobId {
    let job = small_job(town, customer);
    finish(town, &job).await;
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    job
}

/// How often the open alert counts, and whom it is about.
fn counted(town: &Town) -> Vec<(String, u64)> {
    let alerts = town.all::<AlertRecord>("alert#").into_iter();
    let open = alerts.filter(|alert| alert.value.open);
    open.map(|alert| (alert.value.subject, alert.value.count))
        .collect()
}

#[tokio::test]
async fn p4_credit_that_quickbooks_applies_by_itself_is_one_alert_for_the_customer_that_counts() {
    let (town, dana) = with_credit(1_110, 150).await;
    let mut jobs = Vec::new();
    for is_pulled_first in [true, false] {
        let job = sent(&town, &dana).await;
        if is_pulled_first {
            town.pull().await;
        }
        pay_by_card(&town, &job).await;
        town.pull().await;
        jobs.push(job);
    }
    assert_eq!(counted(&town), [(dana.as_str().to_owned(), 2)]);
    let numbers: Vec<String> = town.qbo.objects("Invoice")[1..]
        .iter()
        .map(|invoice| invoice.text("DocNumber").unwrap().to_owned())
        .collect();
    assert_eq!(
        alert(&town, "credit_applied"),
        format!(
            "QuickBooks paid with credit of the customer Dana Sample by itself, since its preference Automatically apply \
             credits is on: 99.00 on invoice {}, 51.00 on invoice {}. What Housecall Pro takes for the same invoices stays \
             the customer's credit.",
            numbers[0], numbers[1]
        )
    );
    // Nothing of it is told of the payments, though they pay less than they were to.
    let unapplied: Vec<i64> = payments(&town).iter().map(|paid| paid.unapplied).collect();
    assert_eq!(unapplied.iter().sum::<i64>(), 15_000, "{unapplied:?}");
    assert_eq!(owed(&town), 0);
    for job in &jobs {
        assert_eq!(town.state(job), JobState::Synced);
        town.push_by_hand(job).await;
    }
    town.settle().await;
    town.pull().await;
    assert_eq!(counted(&town), [(dana.as_str().to_owned(), 2)]);
}

#[tokio::test]
async fn p4_an_alert_of_applied_credit_ends_when_the_credit_is_taken_off_again() {
    let (town, dana) = with_credit(1_111, 150).await;
    for _ in 0..2 {
        sent(&town, &dana).await;
        town.pull().await;
    }
    let mut made = town.qbo.objects("Payment");
    made.retain(|payment| cents(payment, "TotalAmt") == 0);
    assert_eq!(made.len(), 2);
    for (index, payment) in made.iter().enumerate() {
        town.qbo
            .delete("Payment", payment.text("Id").unwrap())
            .unwrap();
        town.pull().await;
        match index {
            0 => {
                assert!(!alert(&town, "credit_applied").contains("99.00"));
                // It is told otherwise, and not once more.
                assert_eq!(counted(&town), [(dana.as_str().to_owned(), 2)]);
            }
            _ => assert_eq!(counted(&town), []),
        }
    }
}

#[tokio::test]
async fn p4_an_alert_of_applied_credit_ends_when_the_preference_is_off_and_with_nothing_else() {
    let (town, dana) = with_credit(1_112, 20).await;
    let job = sent(&town, &dana).await;
    town.pull().await;
    assert_eq!(town.open_alerts(), ["credit_applied"]);
    // What changed of the customer is taken.
    rename(&town, &dana, "Quill");
    town.push_by_hand(&job).await;
    town.clock.advance(DAY);
    town.settle().await;
    assert_eq!(town.open_alerts(), ["credit_applied"]);
    town.qbo
        .configure(|company| company.auto_apply_credit = false);
    town.clock.advance(DAY);
    town.push_by_hand(&job).await;
    town.settle().await;
    assert_eq!(town.open_alerts(), Vec::<String>::new());
}

#[tokio::test]
async fn s3_p4_applied_credit_that_a_person_accepts_is_told_no_more_until_there_is_more() {
    let (town, dana) = with_credit(1_113, 150).await;
    let job = sent(&town, &dana).await;
    town.pull().await;
    let (worker, company, deadline) = (town.worker(), town.books().company, town.deadline());
    let id = hcp::JobId::parse(job.as_str()).unwrap();
    let by = Cents::new(9_900);
    let person = simulation::person();
    let accepted = worker.dismiss_difference(&company, &id, by, "agreed", &person, deadline);
    accepted.await.unwrap();
    town.settle().await;
    town.pull().await;
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    sent(&town, &dana).await;
    town.pull().await;
    assert_eq!(town.open_alerts(), ["credit_applied"]);
    assert!(alert(&town, "credit_applied").contains(": 51.00 on invoice"));
}

#[tokio::test]
async fn p4_credit_that_a_person_applies_is_told_of_the_payment_that_finds_less_to_pay() {
    let (town, job) = invoiced(1_114).await;
    let invoice = town.qbo.objects("Invoice").remove(0);
    let id = invoice.text("Id").unwrap();
    let customer = invoice.text("CustomerRef.value").unwrap();
    let memo = credit(&town, 20);
    let applied = format!(
        r#"{{"CustomerRef":{{"value":"{customer}"}},"TotalAmt":0,"Line":[{{"Amount":20.00,"LinkedTxn":[{{"TxnId":"{id}","TxnType":"Invoice"}}]}},{{"Amount":20.00,"LinkedTxn":[{{"TxnId":"{memo}","TxnType":"CreditMemo"}}]}}]}}"#
    );
    make(&town, "Payment", &applied);
    town.pull().await;
    pay_by_card(&town, &job).await;
    assert_eq!(town.open_alerts(), ["overpayment"]);
}
