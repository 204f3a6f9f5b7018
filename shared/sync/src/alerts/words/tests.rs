use hcp::{CustomerId, JobId};
use store::{Job, JobCustomer};

use super::*;

fn about(kind: AlertKind) -> Finding {
    Finding::job(kind, &JobId::parse("job_1").unwrap())
}

/// The record of a job whose number and customer were read.
fn read() -> Job {
    Job {
        number: Some("104".to_owned()),
        customer: Some(JobCustomer {
            id: CustomerId::parse("cus_1").unwrap(),
            name: "Rosa Quill".to_owned(),
        }),
        ..Job::default()
    }
}

#[test]
fn s1_each_alert_says_what_is_so() {
    let long = "9".repeat(22);
    for (finding, message) in [
        (
            about(AlertKind::NumberTooLong)
                .with("job", "104")
                .with("number", &long),
            "Job 104 was not sent to QuickBooks: its invoice number 9999999999999999999999 is longer than the 21 characters that QuickBooks allows.",
        ),
        (
            about(AlertKind::NumberTooLong)
                .with("job", "104")
                .with("number", "10\t4"),
            "Job 104 was not sent to QuickBooks: its invoice number 10\t4 holds a tab or a line break, which QuickBooks does not allow.",
        ),
        (
            about(AlertKind::NumberMissing)
                .with("job", "job_1")
                .with("customer", "Rosa Quill"),
            "A job of Rosa Quill was not sent to QuickBooks: in Housecall Pro, neither it nor its invoice has a number.",
        ),
        (
            about(AlertKind::JobWithoutCustomer).with("job", "104"),
            "Job 104 was not sent to QuickBooks: it has no customer in Housecall Pro.",
        ),
        (
            about(AlertKind::JobWithoutCustomer),
            "A job was not sent to QuickBooks: it has no customer in Housecall Pro.",
        ),
        (
            about(AlertKind::InvoiceWithoutCustomer).with("number", "30417"),
            "Invoice 30417 belongs to no job and so to no customer; it was not sent to QuickBooks.",
        ),
        (
            about(AlertKind::InvoiceWithoutCustomer),
            "An invoice without a number belongs to no job and so to no customer; it was not sent to QuickBooks.",
        ),
        (
            about(AlertKind::InactiveInQuickbooks)
                .with("job", "104")
                .with("what", "the account Services"),
            "Job 104 was not sent to QuickBooks: the account Services was deleted or made inactive there.",
        ),
        (
            about(AlertKind::InactiveInQuickbooks).with("job", "104"),
            "Job 104 was not sent to QuickBooks: something that it uses was deleted or made inactive there.",
        ),
        (
            about(AlertKind::HousecallRefused).with("reason", "it is gone"),
            "A job could not be read from Housecall Pro: it is gone.",
        ),
    ] {
        assert_eq!(finding.message(), message);
    }
}

#[test]
fn s1_what_was_read_of_the_job_is_in_every_alert_of_it() {
    let refused = Finding::connection(AlertKind::QuickbooksRefused)
        .with("quickbooks", "No")
        .with("code", "9")
        .with("intuit_tid", "1-x");
    assert_eq!(
        refused.message(),
        "QuickBooks refused a request: No (code 9, reference 1-x)."
    );
    let told = refused.of(&read());
    assert_eq!(
        told.message(),
        "QuickBooks refused job 104: No (code 9, reference 1-x)."
    );
    assert_eq!(told.fact("customer"), "Rosa Quill");
    let own = about(AlertKind::NameTaken).with("customer", "Rosa, 7 Mill Lane");
    assert_eq!(own.of(&read()).fact("customer"), "Rosa, 7 Mill Lane");
}
