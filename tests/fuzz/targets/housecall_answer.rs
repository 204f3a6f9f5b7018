//! Housecall Pro answers with anything (V6).
#![no_main]

use arbitrary::Arbitrary;
use futures::executor::block_on;
use fuzz::Canned;
use hcp::{Client, CustomerId, HcpError, InvoiceId, JobId};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Input {
    answer: Canned,
    asked: Asked,
}

#[derive(Arbitrary, Debug)]
enum Asked {
    Company,
    Job,
    LineItems,
    InvoicesOfJob,
    Invoice,
    Customer,
    SentInvoices,
    CompletedJobs,
    Categories,
    Tags,
    MakeTag,
    Note,
}

fuzz_target!(|input: Input| block_on(ask(&input)));

async fn ask(input: &Input) {
    let client = Client::new(&input.answer, "https://housecall.example", "key".to_owned().into());
    let job = JobId::parse("job_1").expect("a job's id");
    let asked = match input.asked {
        Asked::Company => client.company().await.map(drop),
        Asked::Job => client.job(&job).await.map(drop),
        Asked::LineItems => client.line_items(&job).await.map(drop),
        Asked::InvoicesOfJob => client.invoices_of(&job).await.map(drop),
        Asked::Invoice => {
            let id = InvoiceId::parse("invoice_1").expect("an invoice's id");
            client.invoice(&id).await.map(drop)
        }
        Asked::Customer => {
            let id = CustomerId::parse("cus_1").expect("a customer's id");
            client.customer(&id).await.map(drop)
        }
        Asked::SentInvoices => client.sent_invoices(1).await.map(drop),
        Asked::CompletedJobs => client.completed_jobs(1).await.map(drop),
        Asked::Categories => client.material_categories(1).await.map(drop),
        Asked::Tags => client.tags(1).await.map(drop),
        Asked::MakeTag => client.make_tag("paid-in-qbo").await.map(drop),
        Asked::Note => client.add_note(&job, "A payment was received.").await,
    };
    // Words for a person can be made of whatever came.
    drop(asked.map_err(|error: HcpError| error.to_string()));
}
