//! Several invoices on one way: calls are shared, what two of them want is made once, and what ends one ends no other.

mod office;

use std::time::Duration;

use hcp_sandbox::{Hundredths, JobId, NewLine};
use mapping::alert::Subject;
use qbo_sandbox::{Act, Fault, FaultKind, Json};
use store::JobState;

use self::office::{Ended, Office};
use crate::Stop;

/// How the way of each ended; an alert by its type, and by which of the jobs it names.
fn told(ended: &[Ended], jobs: &[&JobId]) -> Vec<String> {
    let one = |ended: &Ended| match ended {
        Ok(Some(JobState::Synced)) => "synced".to_owned(),
        Err(Stop::Alert(alert)) => {
            let Subject::Job(id) = alert.subject() else {
                panic!("an alert about something else: {alert:?}");
            };
            let job = jobs.iter().position(|job| job.as_str() == id.as_str());
            format!("{} of {}", alert.kind().name(), job.unwrap() + 1)
        }
        other => format!("{other:?}"),
    };
    ended.iter().map(one).collect()
}

/// What QuickBooks was called for since then.
fn calls(office: &Office, before: usize) -> Vec<String> {
    let calls = office.qbo.calls().into_iter().skip(before);
    let calls = calls.filter(|call| !call.path.contains("oauth2"));
    let last = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    calls.map(|call| last(&call.path)).collect()
}

/// The invoices, by their numbers, and whose they are.
fn numbers(office: &Office) -> Vec<String> {
    let invoices = office.qbo.objects("Invoice");
    let text = |invoice: &Json, path| invoice.text(path).unwrap().to_owned();
    let told = invoices.iter().map(|invoice| {
        let number = text(invoice, "DocNumber");
        format!("{number} {}", text(invoice, "CustomerRef.name"))
    });
    let mut told: Vec<String> = told.collect();
    told.sort();
    told
}

/// Each customer, item and invoice once, and nothing on the way that a correct client does not do.
fn assert_once(office: &Office, customers: &[&str], items: &[&str], invoices: usize) {
    assert_eq!(office.names("Customer", "DisplayName"), customers);
    let made = office.names("Item", "Name").into_iter();
    let made: Vec<String> = made
        .filter(|name| !["Services", "Hours"].contains(&name.as_str()))
        .collect();
    assert_eq!(made, items);
    assert_eq!(office.qbo.objects("Invoice").len(), invoices);
    assert_eq!(office.qbo.violations(), []);
}

#[tokio::test]
async fn c1_i1_what_several_invoices_want_is_made_once_and_in_the_calls_of_one() {
    let office = Office::new().await;
    let (dana, eli) = (office.customer("Dana"), office.customer("Eli"));
    let (visit, repair) = (office.entry("Visit"), office.entry("Repair"));
    let jobs = [
        &office.job(&dana, &[&visit]),
        &office.job(&dana, &[&visit, &repair]),
        &office.job(&eli, &[&repair]),
    ];
    let before = office.qbo.calls().len();
    let ended = office.carry(&jobs).await;
    assert_eq!(told(&ended, &jobs), ["synced"; 3]);
    assert_eq!(
        calls(&office, before),
        ["batch"; 3],
        "look-ups, lists, invoices"
    );
    assert_once(&office, &["Dana", "Eli"], &["Repair", "Visit"], 3);
    // What changed of them goes out in one write, and nothing is read.
    for job in &jobs[..2] {
        let line = NewLine::from_price_book(&repair, Hundredths::ONE);
        office.hcp.add_line(job, line).unwrap();
    }
    let before = office.qbo.calls().len();
    let ended = office.carry(&jobs).await;
    assert_eq!(told(&ended, &jobs), ["synced"; 3]);
    assert_eq!(calls(&office, before), ["batch"]);
    assert_eq!(office.qbo.count(Act::Update, Some("Invoice")), 2);
    assert_once(&office, &["Dana", "Eli"], &["Repair", "Visit"], 3);
}

#[tokio::test]
async fn i1_what_one_call_does_not_take_goes_with_the_next() {
    let office = Office::new().await;
    let dana = office.customer("Dana");
    let names: Vec<String> = (10..50).map(|number| format!("Part {number}")).collect();
    let entries: Vec<String> = names.iter().map(|name| office.entry(name)).collect();
    let entries: Vec<&str> = entries.iter().map(String::as_str).collect();
    let (some, others) = entries.split_at(20);
    let jobs = [&office.job(&dana, some), &office.job(&dana, others)];
    let before = office.qbo.calls().len();
    let ended = office.carry(&jobs).await;
    assert_eq!(told(&ended, &jobs), ["synced"; 2]);
    // Whose items are all there does not wait for the rest.
    let expected = ["batch", "batch", "batch", "invoice", "invoice"];
    assert_eq!(calls(&office, before), expected);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_once(&office, &["Dana"], &names, 2);
}

#[tokio::test]
async fn c6_i3_what_quickbooks_has_of_what_several_want_is_linked_once() {
    let office = Office::new().await;
    let dana = office.customer("Dana");
    let visit = office.entry("Visit");
    office.make("Customer", r#"{"DisplayName":"Dana"}"#);
    let income = office.id("Account", "Name", "Services");
    office.make(
        "Item",
        &format!(
            r#"{{"Name":"Visit","Type":"Service","IncomeAccountRef":{{"value":"{income}"}}}}"#
        ),
    );
    let jobs = [&office.job(&dana, &[&visit]), &office.job(&dana, &[&visit])];
    let before = office.qbo.calls().len();
    let ended = office.carry(&jobs).await;
    assert_eq!(told(&ended, &jobs), ["synced"; 2]);
    assert_eq!(calls(&office, before), ["batch"; 2], "look-ups, invoices");
    assert_once(&office, &["Dana"], &["Visit"], 2);
}

#[tokio::test]
async fn c6_of_two_customers_of_one_name_the_first_takes_it_and_the_other_is_told_of() {
    let office = Office::new().await;
    let (dana, other) = (office.customer("Dana"), office.customer("DANA"));
    let visit = office.entry("Visit");
    let jobs = [
        &office.job(&dana, &[&visit]),
        &office.job(&other, &[&visit]),
    ];
    let before = office.qbo.calls().len();
    let ended = office.carry(&jobs).await;
    assert_eq!(
        told(&ended, &jobs),
        ["synced", "linked_customer_match of 2"]
    );
    assert_eq!(calls(&office, before), ["batch", "batch", "invoice"]);
    assert_once(&office, &["Dana"], &["Visit"], 1);
}

#[tokio::test]
async fn n4_of_two_invoices_that_want_one_number_at_once_the_job_s_gives_way() {
    for is_known in [false, true] {
        for reversed in [false, true] {
            let office = Office::whose_invoices_count_from(102).await;
            let (dana, eli) = (office.customer("Dana"), office.customer("Eli"));
            let visit = office.entry("Visit");
            let (invoiced, finished) = (office.job(&dana, &[&visit]), office.job(&eli, &[&visit]));
            if is_known {
                office.carry(&[&invoiced]).await;
            }
            office.hcp.send_invoice(&invoiced).unwrap();
            let mut jobs = [&invoiced, &finished];
            if reversed {
                jobs.reverse();
            }
            let ended = office.carry(&jobs).await;
            assert_eq!(told(&ended, &jobs), ["synced"; 2]);
            assert_eq!(numbers(&office), ["102 Dana", "J-102 Eli"]);
            assert_once(&office, &["Dana", "Eli"], &["Visit"], 2);
        }
    }
}

#[tokio::test]
async fn n4_an_invoice_whose_number_another_on_the_same_way_gets_goes_on() {
    for reversed in [false, true] {
        let office = Office::whose_invoices_count_from(101).await;
        let (dana, eli) = (office.customer("Dana"), office.customer("Eli"));
        let visit = office.entry("Visit");
        let (finished, other) = (office.job(&dana, &[&visit]), office.job(&eli, &[&visit]));
        office.carry(&[&finished, &other]).await;
        let line = NewLine::from_price_book(&visit, Hundredths::ONE);
        office.hcp.add_line(&finished, line).unwrap();
        let invoiced = office.job(&eli, &[&visit]);
        office.hcp.send_invoice(&invoiced).unwrap();
        let mut jobs = [&finished, &invoiced];
        if reversed {
            jobs.reverse();
        }
        let ended = office.carry(&jobs).await;
        assert_eq!(told(&ended, &jobs), ["synced"; 2]);
        assert_eq!(numbers(&office), ["101 Eli", "102 Eli", "J-101 Dana"]);
        assert_once(&office, &["Dana", "Eli"], &["Visit"], 3);
    }
}

#[tokio::test]
async fn s5_what_quickbooks_refuses_one_holds_up_no_other_and_its_alert_names_its_job() {
    let office = Office::new().await;
    let vendor = office.customer("Lee");
    office.make("Vendor", r#"{"DisplayName":"Lee"}"#);
    let (dana, eli) = (office.customer("Dana"), office.customer("Eli"));
    let visit = office.entry("Visit");
    let in_closed_books = office.job(&eli, &[&visit]);
    office.clock.advance(Duration::from_hours(48));
    let closed = "2026-07-25".parse().unwrap();
    office
        .qbo
        .configure(|company| company.book_close_date = Some(closed));
    // Two want the same customer, whose name QuickBooks refuses: each is told.
    let jobs = [
        &office.job(&vendor, &[&visit]),
        &in_closed_books,
        &office.job(&dana, &[&visit]),
        &office.job(&vendor, &[&visit]),
    ];
    let ended = office.carry(&jobs).await;
    assert_eq!(
        told(&ended, &jobs),
        [
            "name_taken of 1",
            "closed_period of 2",
            "synced",
            "name_taken of 4"
        ]
    );
    assert_eq!(numbers(&office), ["103 Dana"]);
    assert_eq!(office.names("Customer", "DisplayName"), ["Dana", "Eli"]);
}

#[tokio::test]
async fn s10_what_one_waits_for_holds_up_no_other() {
    let office = Office::new().await;
    let (dana, eli) = (office.customer("Dana"), office.customer("Eli"));
    let visit = office.entry("Visit");
    let undecided = office.job(&dana, &[&visit]);
    let lost = Fault::next(FaultKind::CommitThenDrop)
        .path("/invoice")
        .method("POST");
    office.qbo.inject(lost);
    let failed = office.try_to_carry(&[&undecided]).await;
    assert!(matches!(failed, Err(Stop::Failed { .. })), "{failed:?}");
    let jobs = [&undecided, &office.job(&eli, &[&visit])];
    let ended = office.carry(&jobs).await;
    assert!(matches!(ended[0], Err(Stop::Later { .. })), "{ended:?}");
    assert_eq!(told(&ended[1..], &jobs), ["synced"]);
    office.clock.advance(Duration::from_mins(5));
    let ended = office.carry(&jobs).await;
    assert_eq!(told(&ended, &jobs), ["synced"; 2]);
    assert_once(&office, &["Dana", "Eli"], &["Visit"], 2);
}

#[tokio::test]
async fn v1_whoever_dies_with_several_invoices_leaves_one_of_each() {
    let mut lived = false;
    let mut deaths = 0;
    while !lived {
        let office = Office::new().await;
        let (dana, eli) = (office.customer("Dana"), office.customer("Eli"));
        let (visit, repair) = (office.entry("Visit"), office.entry("Repair"));
        let jobs = [
            &office.job(&dana, &[&visit]),
            &office.job(&dana, &[&visit, &repair]),
            &office.job(&eli, &[&repair]),
        ];
        lived = office.carry_and_die(&jobs, deaths);
        let ended = office.carry(&jobs).await;
        assert_eq!(told(&ended, &jobs), ["synced"; 3], "after {deaths} moments");
        assert_once(&office, &["Dana", "Eli"], &["Repair", "Visit"], 3);
        deaths += 1;
    }
    assert!(deaths > 30, "{deaths} moments");
}
