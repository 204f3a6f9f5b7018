//! Jobs by the numbers that people know (U1, K1), and what a typo leaves behind: nothing.

use hcp_sandbox::{NewPayment, PaymentMethod};
use simulation::Town;
use sync::job::find::JobName;

use crate::{
    documents::number,
    people::{new_customer, new_job},
};

async fn found(town: &Town, name: JobName) -> Result<String, String> {
    let company = town.books().company;
    let found = town.worker().find_job(&company, &name).await;
    found
        .map(|job| job.id.to_string())
        .map_err(|stop| stop.to_string())
}

fn job(text: &str) -> JobName {
    JobName::Job(text.to_owned())
}

fn invoice(text: &str) -> JobName {
    JobName::Invoice(text.to_owned())
}

fn payment(text: &str) -> JobName {
    JobName::Payment(text.to_owned())
}

#[tokio::test]
async fn u1_a_job_is_found_by_its_number_its_id_or_an_invoices() {
    let town = Town::new(41).await;
    let customer = new_customer(&town, "Dana", "Sample");
    let synced = new_job(&town, &customer);
    let unseen = new_job(&town, &customer);
    town.hcp.send_invoice(&synced).unwrap();
    town.hcp.finish_job(&synced).unwrap();
    town.settle().await;
    for known in [&synced, &unseen] {
        let its = number(&town, known);
        for name in [
            its.clone(),
            format!("#{its}"),
            format!(" {its} "),
            known.to_string(),
        ] {
            let found = found(&town, job(&name)).await;
            assert_eq!(found.as_deref(), Ok(known.as_str()), "{name}");
        }
    }
    // An invoice that is in QuickBooks, and one of which nothing was seen.
    let own = town.hcp.invoices_of(&synced)[0].clone();
    town.hcp.send_invoice(&unseen).unwrap();
    drop(town.hcp.take_webhooks());
    let other = town.hcp.invoices_of(&unseen)[0].clone();
    for (of, id) in [(&synced, own), (&unseen, other)] {
        let told = town.hcp.invoice(&id).unwrap();
        let its = told["invoice_number"].as_str().unwrap();
        for name in [its, id.as_str()] {
            let found = found(&town, invoice(name)).await;
            assert_eq!(found.as_deref(), Ok(of.as_str()), "{name}");
        }
    }
}

#[tokio::test]
async fn u1_a_job_is_found_by_one_of_its_payments() {
    let town = Town::new(44).await;
    let customer = new_customer(&town, "Dana", "Sample");
    let synced = new_job(&town, &customer);
    let unseen = new_job(&town, &customer);
    let mut paid = Vec::new();
    for job in [&synced, &unseen] {
        town.hcp.send_invoice(job).unwrap();
        let payment = NewPayment::of(PaymentMethod::Check, 2_000);
        paid.push(town.hcp.pay_job(job, payment).unwrap());
        if job == &synced {
            town.hcp.finish_job(job).unwrap();
            town.settle().await;
        } else {
            drop(town.hcp.take_webhooks());
        }
    }
    for (of, id) in [&synced, &unseen].into_iter().zip(&paid) {
        let name = JobName::Payment(id.as_str().to_owned());
        let found = found(&town, name).await;
        assert_eq!(found.as_deref(), Ok(of.as_str()), "{id}");
    }
    // The one that was sent is found without Housecall Pro.
    let company = town.books().company;
    let read = town.hcp.calls().len();
    let name = JobName::Payment(paid[0].as_str().to_owned());
    let known = town.worker().find_known_job(&company, &name).await;
    assert_eq!(known.unwrap().id.as_str(), synced.as_str());
    assert_eq!(town.hcp.calls().len(), read);
}

#[tokio::test]
async fn u1_a_typo_says_so_and_leaves_nothing_behind() {
    let town = Town::new(42).await;
    let synced = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.finish_job(&synced).unwrap();
    town.settle().await;
    let before = town.table.all().len();
    for (name, expected) in [
        (job("9104"), "no job has the number 9104"),
        (
            job("job_e1c5a7f04b9d4d27a3c6820f5b9e7d18"),
            "has no job job_e1c5",
        ),
        (job("job_../104"), "is not a Housecall Pro job id"),
        (job(" # "), "the number is empty"),
        (invoice("9104"), "no invoice has the number 9104"),
        (
            invoice("invoice_9104"),
            "no invoice has the id invoice_9104",
        ),
        (payment("invpay_9104"), "no payment has the id invpay_9104"),
        (payment("../9104"), "is not a Housecall Pro payment id"),
    ] {
        let told = found(&town, name).await.unwrap_err();
        assert!(told.contains(expected), "{told}");
    }
    town.settle().await;
    let records = town.table.all();
    // The limit of calls is kept; nothing of the job is.
    let kept = records
        .iter()
        .filter(|record| record.key.partition != "limits");
    assert!(kept.count() <= before);
    assert_eq!(town.open_alerts(), Vec::<String>::new());
}

#[tokio::test]
async fn k1_a_job_shows_its_documents_with_number_customer_date_total_and_link() {
    let town = Town::new(43).await;
    let synced = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.finish_job(&synced).unwrap();
    town.settle().await;
    let company = town.books().company;
    let status = crate::told::status(&town, &synced).await;
    assert_eq!(status.number, Some(number(&town, &synced)));
    let [document] = status.documents.as_slice() else {
        panic!("{status:?}");
    };
    let invoice = &town.qbo.objects("Invoice")[0];
    assert_eq!(document.number.as_deref(), invoice.text("DocNumber"));
    let date = document.date.map(|date| date.to_string());
    assert_eq!(date.as_deref(), invoice.text("TxnDate"));
    assert_eq!(document.customer.as_deref(), Some("Dana Sample"));
    let total = crate::people::total(&town, &synced);
    assert_eq!(document.total.map(money::Cents::get), Some(total));
    let page = document.page.as_deref().unwrap();
    assert!(page.ends_with(&format!("/{}", invoice.text("Id").unwrap())));
    assert_eq!(status.zone.iana_name(), Some("America/New_York"));
    let open = town.worker().open_alerts(&company).await.unwrap();
    assert!(open.alerts.is_empty());
}
