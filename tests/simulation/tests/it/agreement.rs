//! V2: whether both books agree. What no alert names is told to the cent, and what waits behind something else is named too.

use hcp_sandbox::{InvoiceId, JobId, NewPayment, PaymentId, PaymentMethod};
use money::Cents;
use simulation::Town;

use crate::{
    expenses::overpaid,
    parties::{alert, edit, finish, small_job, somebody},
    payments::invoiced,
    people::{agree, new_customer},
    refunds::{card, refund},
    stories::make,
};

/// A job of 99.00, paid by card, whose payment a bookkeeper deleted.
async fn deleted(seed: u64) -> (Town, JobId, (InvoiceId, PaymentId)) {
    let (town, job) = invoiced(seed).await;
    let invoice = town.hcp.invoices_of(&job).remove(0);
    let payment = town.hcp.pay_invoice(&invoice, card()).unwrap();
    town.settle().await;
    agree(&town);
    let there = town.qbo.objects("Payment").remove(0);
    let id = there.text("Id").unwrap();
    town.qbo.delete("Payment", id).unwrap();
    (town, job, (invoice, payment))
}

#[tokio::test]
async fn v2_what_no_alert_names_is_told_to_the_cent() {
    let (town, job, _) = deleted(1_300).await;
    // Nobody has looked yet.
    let told = town.differences();
    let [owed, kept] = told.as_slice() else {
        unreachable!("{told:?}")
    };
    for (told, difference) in [(owed, "-99.00"), (kept, "99.00")] {
        let difference = format!("a difference of {difference}; named: nothing");
        assert!(told.ends_with(&difference), "{told}");
    }
    town.pull().await;
    alert(&town, "payment_gone");
    agree(&town);
    // What a person accepts is as it should be.
    let (worker, company) = (town.worker(), town.books().company);
    let job = hcp::JobId::parse(job.as_str()).unwrap();
    let amount = Cents::new(9_900);
    let (by, deadline) = (simulation::person(), town.deadline());
    let accepted = worker.dismiss_difference(&company, &job, amount, "cash", &by, deadline);
    accepted.await.unwrap();
    town.settle().await;
    assert_eq!(town.open_alerts(), [""; 0]);
    agree(&town);
}

#[tokio::test]
async fn v2_p4_p5_what_waits_behind_a_payment_is_named_with_it() {
    let (town, job, of) = deleted(1_301).await;
    town.pull().await;
    refund(&town, &of, Some(1_234)).await;
    let told = alert(&town, "payment_gone");
    let refunds = "Until that is settled, these refunds of the invoice wait: 12.34.";
    assert!(told.ends_with(refunds), "{told}");
    agree(&town);
    // It pays once more what went back, so it waits for that.
    let cash = NewPayment::of(PaymentMethod::Cash, 1_000);
    town.clock.advance(std::time::Duration::from_secs(60));
    town.hcp.pay_job(&job, cash).unwrap();
    town.settle().await;
    let told = alert(&town, "payment_gone");
    let payments = format!("{refunds} For them these payments wait: 10.00.");
    assert!(told.ends_with(&payments), "{told}");
    agree(&town);
}

#[tokio::test]
async fn v19_what_a_log_tells_of_a_secret_or_a_customer_is_found() {
    let town = Town::new(1_302).await;
    new_customer(&town, "Dana", "Sample");
    finish(&town, &small_job(&town, &somebody(&town))).await;
    assert_eq!(town.revealed(), Vec::<String>::new());
    let token = town.qbo.refresh_token();
    for text in ["Dana Sample", "dana@example.com", &token] {
        tracing::info!(told = text, "a slip");
        let [told] = town.revealed().try_into().unwrap();
        assert!(told.starts_with(text), "{told}");
    }
}

#[tokio::test]
async fn v2_p4_credit_that_pays_what_only_quickbooks_has_is_no_difference() {
    let (town, _, _) = overpaid(1_310).await;
    assert_eq!(town.open_alerts(), ["overpayment"]);
    agree(&town);
    let ours = town.qbo.objects("Payment").into_iter();
    let mut ours = ours.filter(|one| one.text("PaymentRefNum") == Some("8"));
    let ours = ours.next().unwrap().text("Id").unwrap().to_owned();
    let invoice = town.qbo.objects("Invoice").remove(0);
    let id = invoice.text("Id").unwrap();
    let customer = invoice.text("CustomerRef.value").unwrap();
    let item = invoice.text("Line.0.SalesItemLineDetail.ItemRef.value");
    let by_hand = format!(
        r#"{{"CustomerRef":{{"value":"{customer}"}},"Line":[{{"Amount":80.00,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{{"ItemRef":{{"value":"{}"}}}}}}]}}"#,
        item.unwrap()
    );
    let other = make(&town, "Invoice", &by_hand);
    let pays = |invoice: &str, amount: &str| {
        format!(
            r#"{{"Amount":{amount},"LinkedTxn":[{{"TxnId":"{invoice}","TxnType":"Invoice"}}]}}"#
        )
    };
    // The bookkeeper applies the credit to an invoice that Housecall Pro knows nothing of.
    let both = format!(
        r#"{{"Line":[{},{}]}}"#,
        pays(id, "49.00"),
        pays(&other, "50.00")
    );
    edit(&town, "Payment", &ours, &both);
    town.pull().await;
    assert_eq!(town.open_alerts(), [""; 0]);
    agree(&town);
    // What paid the invoice is another matter.
    let moved = format!(
        r#"{{"Line":[{},{}]}}"#,
        pays(id, "30.00"),
        pays(&other, "69.00")
    );
    edit(&town, "Payment", &ours, &moved);
    assert!(!town.differences().is_empty());
    town.pull().await;
    alert(&town, "payment_changed_in_quickbooks");
    agree(&town);
}
