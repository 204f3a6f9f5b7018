//! Terms, classes and methods of payment: found in QuickBooks' lists, or made there.

use std::time::Duration;

use hcp_sandbox::{DueTerms, Hundredths, JobId, NewJob, NewLine, NewPayment, PaymentMethod};
use jiff::civil::{Date, date};
use qbo_sandbox::{Act, ClassTracking, Fault, Json, QboFault};
use simulation::Town;

use crate::{
    people::{assert_books, assert_same_books, calls, invoices, new_customer, new_job, requests},
    settings::change,
    stories::make,
};

const DAY: Duration = Duration::from_secs(86_400);

async fn finished_under(town: &Town, due: DueTerms) -> JobId {
    let job = new_job(town, &new_customer(town, "Dana", "Sample"));
    town.hcp.set_due_terms(&job, due).unwrap();
    town.hcp.start_job(&job).unwrap();
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    job
}

/// Name of the term, and due date, of the only invoice.
fn terms(town: &Town) -> (Option<String>, Date) {
    let invoice = &town.qbo.objects("Invoice")[0];
    let term = invoice.text("SalesTermRef.value").map(|id| {
        let terms = town.qbo.objects("Term");
        let term = terms.iter().find(|term| term.text("Id") == Some(id));
        term.and_then(|term| term.text("Name")).unwrap().to_owned()
    });
    (term, invoice.text("DueDate").unwrap().parse().unwrap())
}

fn count(town: &Town, entity: &str, name: &str) -> usize {
    let objects = town.qbo.objects(entity);
    let named = objects
        .iter()
        .filter(|object| object.text("Name") == Some(name));
    named.count()
}

#[tokio::test]
async fn m1_to_m5_each_term_of_housecall_pro_becomes_this() {
    let none = None::<&str>;
    for (due, term, due_date) in [
        (
            DueTerms::UponReceipt,
            Some("Due on receipt"),
            date(2026, 7, 26),
        ),
        (DueTerms::UponStartOfWork, none, date(2026, 7, 24)),
        (DueTerms::UponCompletionOfWork, none, date(2026, 7, 24)),
        (DueTerms::Net(30), Some("Net 30"), date(2026, 8, 25)),
        (DueTerms::Net(10), Some("Net 10"), date(2026, 8, 5)),
        (DueTerms::OnDate(date(2026, 9, 9)), none, date(2026, 9, 9)),
    ] {
        let town = Town::new(71).await;
        let job = finished_under(&town, due).await;
        // N4: until there is an invoice, no term, and due on the same day.
        assert_eq!(terms(&town), (None, date(2026, 7, 24)), "{due:?}");
        town.clock.advance(2 * DAY);
        town.hcp.send_invoice(&job).unwrap();
        town.settle().await;
        assert_eq!(terms(&town), (term.map(str::to_owned), due_date), "{due:?}");
        assert_books(&town, &[&job]);
    }
}

#[tokio::test]
async fn m3_a_term_that_quickbooks_lacks_is_made_once_in_the_same_three_calls() {
    let town = Town::new(72).await;
    let first = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.set_due_terms(&first, DueTerms::Net(10)).unwrap();
    let before = requests(&town);
    // The first trigger is the invoice, so that customer, items and term are all new.
    town.hcp.send_invoice(&first).unwrap();
    town.settle().await;
    let category = 1; // The first material in it is new, too (I4).
    assert_eq!(requests(&town) - before, 3 + category);
    let second = new_job(&town, &new_customer(&town, "Ben", "Other"));
    town.hcp.set_due_terms(&second, DueTerms::Net(10)).unwrap();
    town.hcp.send_invoice(&second).unwrap();
    town.settle().await;
    assert_eq!(count(&town, "Term", "Net 10"), 1);
    let term = |n: usize| {
        let invoice = &town.qbo.objects("Invoice")[n];
        invoice.text("SalesTermRef.value").unwrap().to_owned()
    };
    assert_eq!(term(0), term(1));
    assert_books(&town, &[&first, &second]);
}

#[tokio::test]
async fn m3_a_term_that_is_no_longer_used_makes_room_for_another() {
    let town = Town::new(73).await;
    let fields = br#"{"Name":"Net 10","DueDays":10}"#;
    let made = town
        .qbo
        .create("Term", &Json::parse(fields).unwrap())
        .unwrap();
    let id = made.text("Id").unwrap().to_owned();
    let inactive = Json::parse(br#"{"Active":false}"#).unwrap();
    town.qbo.edit("Term", &id, &inactive).unwrap();
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.set_due_terms(&job, DueTerms::Net(10)).unwrap();
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    let (term, _) = terms(&town);
    assert!(term.unwrap().starts_with("Net 10"));
    assert_books(&town, &[&job]);
}

#[tokio::test]
async fn m3_a_term_that_somebody_makes_inactive_is_replaced() {
    let town = Town::new(74).await;
    let first = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.set_due_terms(&first, DueTerms::Net(10)).unwrap();
    town.hcp.send_invoice(&first).unwrap();
    town.settle().await;
    let id = town.qbo.objects("Invoice")[0]
        .text("SalesTermRef.value")
        .unwrap()
        .to_owned();
    town.qbo
        .edit("Term", &id, &Json::parse(br#"{"Active":false}"#).unwrap())
        .unwrap();
    let second = new_job(&town, &new_customer(&town, "Ben", "Other"));
    town.hcp.set_due_terms(&second, DueTerms::Net(10)).unwrap();
    town.hcp.send_invoice(&second).unwrap();
    town.settle().await;
    let term = town.qbo.objects("Invoice")[1]
        .text("SalesTermRef.value")
        .unwrap()
        .to_owned();
    assert_ne!(term, id);
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    assert_eq!(invoices(&town).len(), 2);
}

#[tokio::test]
async fn m4_a_term_that_was_set_is_cleared_when_the_invoice_is_due_on_a_date() {
    for null_clears in [false, true] {
        // Housecall Pro has the invoice, with its term, before it is sent.
        let town = Town::with(
            75,
            |hcp| hcp.settings.invoice_on_finish = true,
            |qbo| qbo.doubts.sparse_null_clears = null_clears,
        )
        .await;
        let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
        town.hcp.set_due_terms(&job, DueTerms::Net(30)).unwrap();
        town.hcp.finish_job(&job).unwrap();
        town.settle().await;
        assert_eq!(terms(&town).0.as_deref(), Some("Net 30"));
        let memo = Json::parse(br#"{"CustomerMemo":{"value":"Thank you"}}"#).unwrap();
        let id = town.qbo.objects("Invoice")[0]
            .text("Id")
            .unwrap()
            .to_owned();
        town.qbo.edit("Invoice", &id, &memo).unwrap();
        let on_date = DueTerms::OnDate(date(2026, 9, 9));
        town.hcp.set_due_terms(&job, on_date).unwrap();
        town.clock.advance(DAY);
        town.hcp.send_invoice(&job).unwrap();
        town.settle().await;
        assert_eq!(terms(&town), (None, date(2026, 9, 9)));
        let invoice = &town.qbo.objects("Invoice")[0];
        assert_eq!(
            invoice.text("CustomerMemo.value"),
            Some("Thank you"),
            "what is not ours stays"
        );
        assert_books(&town, &[&job]);
        // Nothing is left to clear.
        let updates = || town.qbo.count(Act::Update, Some("Invoice"));
        let before = updates();
        town.hcp
            .pay_job(&job, NewPayment::in_full(PaymentMethod::Check))
            .unwrap();
        town.settle().await;
        assert_eq!(updates(), before);
    }
}

#[tokio::test]
async fn d7_terms_that_are_changed_after_the_invoice_was_sent_wait_for_a_push_by_hand() {
    let town = Town::new(76).await;
    let job = finished_under(&town, DueTerms::Net(30)).await;
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    let sent = terms(&town);
    town.hcp.set_due_terms(&job, DueTerms::Net(60)).unwrap();
    town.hcp
        .pay_job(&job, NewPayment::in_full(PaymentMethod::Check))
        .unwrap();
    town.settle().await;
    assert_eq!(terms(&town), sent);
}

#[tokio::test]
async fn n4_the_first_invoice_brings_due_date_and_term_also_when_it_is_only_paid() {
    let town = Town::new(82).await;
    let job = finished_under(&town, DueTerms::Net(30)).await;
    assert_eq!(terms(&town), (None, date(2026, 7, 24)));
    town.clock.advance(2 * DAY);
    let in_full = NewPayment::in_full(PaymentMethod::Check);
    town.hcp.pay_job(&job, in_full).unwrap();
    town.settle().await;
    assert_eq!(terms(&town), (Some("Net 30".to_owned()), date(2026, 8, 25)));
    assert_eq!(invoices(&town)[0].1, "2026-07-24", "D1: the date stays");
    assert_books(&town, &[&job]);
}

/// A job of a business unit, in a company that tracks classes this way.
async fn of_unit(tracking: ClassTracking, on: &str, unit: Option<&str>) -> (Town, JobId) {
    let town = Town::with(77, |_| {}, |qbo| qbo.company.class_tracking = tracking).await;
    change(&town, &[("classes", on)]).await.unwrap();
    let job = unit_job(&town, unit);
    town.hcp.finish_job(&job).unwrap();
    town.settle().await;
    (town, job)
}

fn unit_job(town: &Town, unit: Option<&str>) -> JobId {
    let customer = new_customer(town, "Dana", "Sample");
    let lines = vec![
        NewLine::labor("Hour of work", 9_500, Hundredths::ONE),
        NewLine::labor("Haul away old unit", 4_550, Hundredths::ONE),
    ];
    let job = NewJob {
        lines,
        business_unit: unit.map(str::to_owned),
        ..NewJob::of(&customer)
    };
    town.hcp.create_job(job).unwrap()
}

#[tokio::test]
async fn l6_the_business_unit_is_the_class_where_quickbooks_keeps_one() {
    let class = |town: &Town, path: &str| {
        let invoice = &town.qbo.objects("Invoice")[0];
        invoice.text(path).map(str::to_owned)
    };
    let of_line = |n: usize| format!("Line.{n}.SalesItemLineDetail.ClassRef.name");
    let plumbing = Some("Plumbing".to_owned());
    for (tracking, on, unit, document, line) in [
        (
            ClassTracking::PerTxn,
            "on",
            Some("Plumbing"),
            plumbing.clone(),
            None,
        ),
        (
            ClassTracking::PerTxnLine,
            "on",
            Some("Plumbing"),
            None,
            plumbing.clone(),
        ),
        (ClassTracking::Off, "on", Some("Plumbing"), None, None),
        (ClassTracking::PerTxn, "off", Some("Plumbing"), None, None),
        (ClassTracking::PerTxnLine, "on", None, None, None),
    ] {
        let (town, job) = of_unit(tracking, on, unit).await;
        assert_eq!(class(&town, "ClassRef.name"), document, "{tracking:?} {on}");
        assert_eq!(class(&town, &of_line(0)), line, "{tracking:?} {on}");
        assert_eq!(class(&town, &of_line(1)), line, "{tracking:?} {on}");
        assert_books(&town, &[&job]);
    }
}

#[tokio::test]
async fn l6_a_class_that_quickbooks_has_is_used_and_kept_when_it_is_renamed_there() {
    let town = Town::with(
        78,
        |_| {},
        |qbo| qbo.company.class_tracking = ClassTracking::PerTxn,
    )
    .await;
    let made = Json::parse(br#"{"Name":"plumbing"}"#).unwrap();
    let made = town.qbo.create("Class", &made).unwrap();
    let id = made.text("Id").unwrap().to_owned();
    change(&town, &[("classes", "on")]).await.unwrap();
    let first = unit_job(&town, Some("Plumbing"));
    town.hcp.finish_job(&first).unwrap();
    town.settle().await;
    let renamed = Json::parse(br#"{"Name":"Pipes"}"#).unwrap();
    town.qbo.edit("Class", &id, &renamed).unwrap();
    // A day later QuickBooks' lists are read again.
    town.clock.advance(2 * DAY);
    let second = unit_job(&town, Some("Plumbing"));
    town.hcp.finish_job(&second).unwrap();
    town.settle().await;
    for invoice in town.qbo.objects("Invoice") {
        assert_eq!(invoice.text("ClassRef.value"), Some(id.as_str()));
    }
    assert_eq!(town.qbo.objects("Class").len(), 1);
}

#[tokio::test]
async fn a_method_of_payment_that_quickbooks_lacks_is_made_once() {
    let town = Town::new(79).await;
    let jobs: Vec<JobId> = ["Dana", "Ben"]
        .map(|first| new_job(&town, &new_customer(&town, first, "Sample")))
        .to_vec();
    for job in &jobs {
        town.hcp.finish_job(job).unwrap();
        town.hcp
            .pay_job(job, NewPayment::in_full(PaymentMethod::Financing))
            .unwrap();
    }
    town.settle().await;
    assert_eq!(count(&town, "PaymentMethod", "Financing"), 1);
    assert_books(&town, &[&jobs[0], &jobs[1]]);
}

#[tokio::test]
async fn m3_p2_an_entry_that_the_look_up_missed_is_looked_up_once_more() {
    for (entity, json) in [
        ("Term", r#"{"Name":"Net 10","DueDays":10}"#),
        ("PaymentMethod", r#"{"Name":"Financing"}"#),
    ] {
        let town = Town::new(81).await;
        make(&town, entity, json);
        let entries = town.qbo.objects(entity).len();
        let blind = QboFault::LateQuery { ms: 3_600_000 };
        town.qbo.inject(Fault::next(blind).on(entity));
        let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
        town.hcp.set_due_terms(&job, DueTerms::Net(10)).unwrap();
        town.hcp
            .pay_job(&job, NewPayment::in_full(PaymentMethod::Financing))
            .unwrap();
        town.settle().await;
        assert_eq!(town.qbo.objects(entity).len(), entries, "{entity}");
        assert_same_books(&town, &[&job]);
        // The same look goes on: the job is not read again.
        let path = format!("/jobs/{}", job.as_str());
        let reads = town.hcp.calls();
        let reads = reads.iter().filter(|call| call.path == path);
        assert_eq!(reads.count(), 1, "{entity}");
    }
}

#[tokio::test]
async fn quickbooks_setup_is_read_again_once_a_day() {
    let town = Town::new(80).await;
    let first = calls(&town, Act::Read);
    for day in 0..3 {
        let before = calls(&town, Act::Batch);
        for first in ["Dana", "Ben"] {
            let job = new_job(
                &town,
                &new_customer(&town, &format!("{first}{day}"), "Sample"),
            );
            town.hcp.finish_job(&job).unwrap();
            town.settle().await;
        }
        let again = calls(&town, Act::Read) - first;
        assert_eq!(again, day, "the preferences");
        assert!(calls(&town, Act::Batch) > before);
        town.clock.advance(DAY + DAY / 8);
    }
}

#[tokio::test]
async fn a_new_invoice_is_not_dated_in_closed_books_and_goes_once_they_are_open() {
    let town = Town::new(81).await;
    town.qbo
        .configure(|company| company.book_close_date = Some("2026-07-31".parse().unwrap()));
    // The closing date was set after the connection: QuickBooks' refusal makes us read it.
    let first = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.hcp.finish_job(&first).unwrap();
    town.settle().await;
    assert_eq!(town.open_alerts(), ["closed_period"]);
    let before = requests(&town);
    let second = new_job(&town, &new_customer(&town, "Ben", "Other"));
    town.hcp.finish_job(&second).unwrap();
    town.settle().await;
    let asked = town.qbo.calls();
    let written = asked
        .iter()
        .skip(before)
        .filter(|call| call.path.contains("/invoice"));
    assert_eq!(
        written.count(),
        0,
        "it is known to be closed: nothing is sent"
    );
    town.qbo.configure(|company| company.book_close_date = None);
    for job in [&first, &second] {
        town.hcp.send_invoice(job).unwrap();
    }
    town.settle().await;
    assert_eq!(invoices(&town).len(), 2);
    assert_eq!(town.open_alerts(), Vec::<String>::new());
}
