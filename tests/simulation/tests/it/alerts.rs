//! What a person is told is true, is about what must be mended, and ends when it is (S1, S2, S8).

use std::time::Duration;

use hcp_sandbox::{CustomerChanges, CustomerId, EntryChanges, JobId, NewPayment, PaymentMethod};
use mapping::alert::Alert;
use ports::Clock;
use serde_json::json;
use simulation::Town;
use store::{
    AlertRecord, Expect, Job, JobState, Key, Lists, OpenAlert, Stored, Table, Write, read,
};
use sync::intake::sweep::Sweep;
use uuid::Uuid;

use crate::{
    edits::rename,
    items::place,
    parties::{edit, entry, finish, id, job_of, names, small_job},
    people::{assert_books, assert_same_books, invoices, new_customer},
    settings::change,
    stories::make,
    told::status,
};

/// The only open alert.
fn open(town: &Town) -> AlertRecord {
    let alerts = town.all::<AlertRecord>("alert#").into_iter();
    let mut open: Vec<AlertRecord> = alerts.map(|one| one.value).filter(|one| one.open).collect();
    assert_eq!(open.len(), 1, "{open:?}");
    open.remove(0)
}

fn told(record: &AlertRecord) -> Alert {
    serde_json::from_str(record.alert.as_ref().unwrap().get()).unwrap()
}

/// Presses *Invoice* again on each.
async fn send(town: &Town, jobs: &[JobId]) {
    for job in jobs {
        town.hcp.send_invoice(job).unwrap();
        town.settle().await;
    }
}

/// Two jobs of a customer that are in QuickBooks.
pub(crate) async fn two_jobs(seed: u64) -> (Town, CustomerId, [JobId; 2]) {
    let balance = |qbo: &mut qbo_sandbox::Options| {
        qbo.doubts.refuse_deactivation_with_balance = false;
    };
    let town = Town::with(seed, |_| {}, balance).await;
    let dana = new_customer(&town, "Dana", "Sample");
    let jobs = [small_job(&town, &dana), small_job(&town, &dana)];
    for job in &jobs {
        finish(&town, job).await;
    }
    town.clock.advance(Duration::from_secs(3_600));
    (town, dana, jobs)
}

fn customer_text(town: &Town, field: &str) -> String {
    let id = id(town, "Customer", "GivenName", "Dana");
    let dana = town.qbo.object("Customer", &id).unwrap();
    dana.text(field).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn s1_a_refused_name_is_one_alert_about_the_customer_and_all_else_is_sent() {
    for way in [
        "another job",
        "wanted no more",
        "an edit",
        "another name",
        "linked anew",
    ] {
        let (town, dana, jobs) = two_jobs(600).await;
        let vendor = make(&town, "Vendor", r#"{"DisplayName":"Dana Example"}"#);
        rename(&town, &dana, "Example");
        let mobile = CustomerChanges {
            mobile_number: Some("5550100999".to_owned()),
            ..CustomerChanges::default()
        };
        town.hcp.edit_customer(&dana, mobile).unwrap();
        send(&town, &jobs[..1]).await;
        assert_eq!(
            open(&town).message,
            "What changed of the customer Dana Example in Housecall Pro was entered in QuickBooks without the name \
             (another customer, a vendor or an employee has the name there). Invoices are sent all the same."
        );
        send(&town, &jobs[1..]).await;
        let alert = open(&town);
        assert_eq!(
            (alert.kind.as_str(), alert.subject.as_str(), alert.count),
            ("customer_not_updated", dana.as_str(), 2),
        );
        assert_eq!(
            alert.message,
            "What changed of the customer Dana Example in Housecall Pro was not entered in QuickBooks: \
             another customer, a vendor or an employee has the name there. Invoices are sent all the same.",
            "only the name is left"
        );
        assert_eq!(customer_text(&town, "DisplayName"), "Dana Sample");
        assert_eq!(customer_text(&town, "FamilyName"), "Sample");
        assert_eq!(customer_text(&town, "Mobile.FreeFormNumber"), "5550100999");
        for job in &jobs {
            assert_eq!(town.state(job), JobState::Synced, "its invoice went out");
        }
        assert_eq!(invoices(&town).len(), 2);
        let card = status(&town, &jobs[0]).await;
        assert_eq!(card.alerts.len(), 1, "its card shows it");
        match way {
            "another job" => {
                edit(&town, "Vendor", &vendor, r#"{"DisplayName":"Other"}"#);
                let job = small_job(&town, &dana);
                finish(&town, &job).await;
                assert_eq!(customer_text(&town, "DisplayName"), "Dana Example");
            }
            "wanted no more" => {
                rename(&town, &dana, "Sample");
                send(&town, &jobs[..1]).await;
            }
            "an edit" => {
                edit(&town, "Vendor", &vendor, r#"{"DisplayName":"Other"}"#);
                change(&town, &[("push_edits", "automatic")]).await.unwrap();
                rename(&town, &dana, "Example");
                town.settle().await;
                assert_eq!(customer_text(&town, "DisplayName"), "Dana Example");
            }
            "another name" => {
                rename(&town, &dana, "Ample");
                send(&town, &jobs[1..]).await;
                assert_eq!(customer_text(&town, "DisplayName"), "Dana Ample");
            }
            _ => {
                use sync::company::choose::{Choice, Party};
                let party = Party::Customer(hcp::CustomerId::parse(dana.as_str()).unwrap());
                let (worker, company) = (town.worker(), town.books().company);
                let (choice, by) = (Choice::CreateNew, simulation::person());
                let chosen = worker.choose(&company, &party, &choice, &by, town.deadline());
                chosen.await.unwrap();
            }
        }
        assert_eq!(town.open_alerts(), [""; 0], "{way}");
    }
}

/// QuickBooks refuses a text anywhere, and names the field or not.
fn refuse(town: &Town, refused: &'static str, element: &'static str) {
    town.refuse_in_quickbooks(move |sent| {
        let body = String::from_utf8_lossy(&sent.body);
        let error = json!({
            "Message": "No", "Detail": "It is not allowed", "code": "2040", "element": element,
        });
        let fault = json!({ "Fault": { "Error": [error], "type": "ValidationFault" } });
        body.contains(refused)
            .then(|| fault.to_string().into_bytes())
    });
}

#[tokio::test]
async fn s8_of_a_refused_change_everything_else_is_sent_whether_quickbooks_names_the_field_or_not()
{
    for (element, writes) in [("Customer.Notes", 2), ("", 5)] {
        let (town, dana, jobs) = two_jobs(601).await;
        refuse(&town, "Beware", element);
        let changes = CustomerChanges {
            last_name: Some("Example".to_owned()),
            mobile_number: Some("5550100999".to_owned()),
            notes: Some("Beware of the dog".to_owned()),
            email: Some("new@example.com".to_owned()),
            ..CustomerChanges::default()
        };
        town.hcp.edit_customer(&dana, changes).unwrap();
        let before = town.qbo.count(qbo_sandbox::Act::Update, Some("Customer"));
        send(&town, &jobs[..1]).await;
        let alert = open(&town);
        assert_eq!(alert.subject, dana.as_str());
        assert_eq!(
            alert.message,
            "What changed of the customer Dana Example in Housecall Pro was entered in QuickBooks without the notes \
             (It is not allowed (code 2040, reference none)). Invoices are sent all the same."
        );
        assert_eq!(customer_text(&town, "DisplayName"), "Dana Example");
        assert_eq!(customer_text(&town, "Mobile.FreeFormNumber"), "5550100999");
        let email = customer_text(&town, "PrimaryEmailAddr.Address");
        assert_eq!(email, "new@example.com");
        assert_eq!(customer_text(&town, "Notes"), "");
        let taken = town.qbo.count(qbo_sandbox::Act::Update, Some("Customer")) - before;
        // One refused write with all, and where it named nothing one for each field.
        assert_eq!(taken + if element.is_empty() { 2 } else { 1 }, writes);
        assert_eq!(town.state(&jobs[0]), JobState::Synced);
        // What is left is tried with the next invoice, alone.
        send(&town, &jobs[1..]).await;
        assert_eq!(open(&town).count, 2);
        let again = town.qbo.count(qbo_sandbox::Act::Update, Some("Customer")) - before;
        assert_eq!(again, taken);
        refuse(&town, "nothing", "");
        send(&town, &jobs[..1]).await;
        assert_eq!(customer_text(&town, "Notes"), "Beware of the dog");
        assert_eq!(town.open_alerts(), [""; 0]);
        assert_same_books(&town, &[&jobs[0], &jobs[1]]);
    }
}

#[tokio::test]
async fn c10_a_change_of_a_customer_who_is_gone_is_told_about_them_and_ends_when_they_are_back() {
    let (town, dana, jobs) = two_jobs(602).await;
    send(&town, &jobs).await;
    let there = id(&town, "Customer", "DisplayName", "Dana Sample");
    edit(&town, "Customer", &there, r#"{"Active":false}"#);
    rename(&town, &dana, "Example");
    for job in &jobs {
        // The invoices do not change: they stand as they are.
        town.push_by_hand(job).await;
        town.settle().await;
        assert_eq!(town.state(job), JobState::Synced);
    }
    let alert = open(&town);
    assert_eq!(
        (alert.kind.as_str(), alert.subject.as_str()),
        ("customer_inactive", dana.as_str())
    );
    assert_eq!(
        alert.message,
        "What changed of the customer Dana Example in Housecall Pro was not entered in QuickBooks: \
         it was deleted or made inactive there."
    );
    let back = r#"{"Active":true,"DisplayName":"Dana Sample"}"#;
    edit(&town, "Customer", &there, back);
    send(&town, &jobs[..1]).await;
    assert_eq!(customer_text(&town, "DisplayName"), "Dana Example");
    assert_eq!(town.open_alerts(), [""; 0]);
}

#[tokio::test]
async fn s1_a_material_that_stays_is_one_alert_about_it_and_ends_when_it_moves_or_need_not() {
    for mended in [true, false] {
        let town = Town::new(603).await;
        let filter = town.hcp.add_material(entry("Filter", "Parts")).unwrap();
        let jobs = [
            job_of(&town, &[&filter]).await,
            job_of(&town, &[&filter]).await,
        ];
        let service = r#"{"Name":"Flush","Type":"Service","IncomeAccountRef":{"value":"1"}}"#;
        let service = make(&town, "Item", service);
        let recategorise = |category: &str| {
            let changes = EntryChanges {
                category: Some(category.to_owned()),
                ..EntryChanges::default()
            };
            town.hcp.edit_entry(&filter, changes).unwrap();
        };
        recategorise("Flush");
        for job in &jobs {
            town.clock.advance(Duration::from_secs(600));
            send(&town, std::slice::from_ref(job)).await;
            assert_eq!(town.state(job), JobState::Synced, "its invoice went out");
        }
        let alert = open(&town);
        assert_eq!(alert.kind, "category_name_taken");
        assert_eq!(alert.subject, format!("item#{filter}"));
        assert_eq!(alert.count, 2);
        assert_eq!(place(&town, "Filter"), "Parts:Filter");
        if mended {
            edit(&town, "Item", &service, r#"{"Name":"Boiler flush"}"#);
        } else {
            recategorise("Parts");
        }
        town.clock.advance(Duration::from_secs(600));
        send(&town, &jobs[1..]).await;
        assert_eq!(town.open_alerts(), [""; 0]);
        let there = if mended { "Flush" } else { "Parts" };
        assert_eq!(place(&town, "Filter"), format!("{there}:Filter"));
        assert_books(&town, &[&jobs[0], &jobs[1]]);
    }
}

#[tokio::test]
async fn s1_a_payment_method_that_is_refused_is_told_as_such_and_ends_when_it_is_there() {
    let town = Town::new(604).await;
    let dana = new_customer(&town, "Dana", "Sample");
    let jobs = [small_job(&town, &dana), small_job(&town, &dana)];
    for job in &jobs {
        finish(&town, job).await;
    }
    refuse(&town, "\"CREDIT_CARD\"", "");
    for job in &jobs {
        town.hcp
            .pay_job(job, NewPayment::of(PaymentMethod::Card, 9_900))
            .unwrap();
        town.settle().await;
        assert_eq!(town.state(job), JobState::Synced);
    }
    let alert = open(&town);
    assert!(alert.subject.starts_with("payment-method#"), "{alert:?}");
    assert_eq!(
        alert.message,
        "The payment method Credit Card could not be made in QuickBooks: It is not allowed (code 2040, reference none). \
         Invoices are sent all the same."
    );
    assert_eq!(alert.count, 2);
    refuse(&town, "nothing", "");
    send(&town, &jobs[..1]).await;
    let methods = names(&town, "PaymentMethod", "Name");
    assert!(methods.contains(&"Credit Card".to_owned()), "{methods:?}");
    assert_eq!(town.open_alerts(), [""; 0]);
}

#[tokio::test]
async fn s1_lists_that_cannot_be_read_are_told_as_lists_until_they_can() {
    let town = Town::new(605).await;
    town.alter_answers(|path, body| match path.starts_with("/invoices?") {
        true => b"[]".to_vec(),
        false => body,
    });
    let worker = town.worker();
    for _ in 0..2 {
        worker
            .sweep(Sweep::Paid, town.deadline())
            .await
            .unwrap_err();
    }
    let alert = open(&town);
    assert_eq!((alert.subject.as_str(), alert.count), ("connection", 2));
    let lead = "The lists of jobs and invoices could not be read from Housecall Pro. ";
    assert!(alert.message.starts_with(lead), "{}", alert.message);
    // What is sent meanwhile says nothing of the lists.
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    town.qbo
        .inject(qbo_sandbox::Fault::next(qbo_sandbox::FaultKind::Throttle));
    finish(&town, &job).await;
    assert_eq!(town.state(&job), JobState::Synced);
    open(&town);
    town.alter_answers(|_, body| body);
    worker.sweep(Sweep::Paid, town.deadline()).await.unwrap();
    assert_eq!(town.open_alerts(), [""; 0]);
}

#[tokio::test]
async fn s1_what_is_in_quickbooks_already_is_not_called_unsent() {
    let town = Town::with(606, |_| {}, |qbo| qbo.company.allow_discount = false).await;
    let jobs = [small_job(&town, &new_customer(&town, "Dana", "Sample"))];
    finish(&town, &jobs[0]).await;
    let discount = hcp_sandbox::NewLine::fixed_discount("Spring", 500);
    town.hcp.add_line(&jobs[0], discount).unwrap();
    send(&town, &jobs[..1]).await;
    let alert = open(&town);
    let number = alert.job_number.as_ref().unwrap();
    let lead = format!("What changed of job {number} was not sent to QuickBooks: ");
    assert!(alert.message.starts_with(&lead), "{}", alert.message);
    assert_eq!(invoices(&town).len(), 1);
}

/// As format 1 wrote them, byte for byte.
fn of_format_1(town: &Town, job: &JobId) -> [(Key, String); 2] {
    let books = town.books();
    let (job, company) = (job.as_str(), &books.company);
    let record = r#"{"v":1,"data":{"kind":"discounts_off","subject":"JOB","job_number":"104","message":"Job 104 was not sent to QuickBooks: it has a discount of 5.00, but QuickBooks is set up not to allow discounts.","resolution":"Switch discounts on in QuickBooks (Settings, Account and settings, Sales, Sales form content), then press Finish, Invoice or Pay again.","facts":{"customer":"Dana Sample","discount":"5.00","job":"104"},"count":3,"first_at":"2026-07-20T09:00:00Z","last_at":"2026-07-21T09:00:00Z","open":true}}"#;
    let marker = r#"{"v":1,"data":{"company":"COMPANY","kind":"discounts_off","subject":"JOB","since":"2026-07-20T09:00:00Z"}}"#;
    [
        (
            books.alert(job, "discounts_off"),
            record.replace("JOB", job),
        ),
        (
            books.open_alert(job, "discounts_off"),
            marker
                .replace("JOB", job)
                .replace("COMPANY", company.as_str()),
        ),
    ]
}

async fn put(town: &Town, records: impl IntoIterator<Item = (Key, String)>) {
    let records: Vec<Write> = records
        .into_iter()
        .map(|(key, body)| Write::Put {
            key,
            expect: Expect::Absent,
            body,
            due: None,
            lists: Lists::default(),
            expires: None,
        })
        .collect();
    for some in records.chunks(50) {
        town.table
            .write(Uuid::new_v4(), some.to_vec())
            .await
            .unwrap();
    }
}

async fn shown(town: &Town) -> Vec<AlertRecord> {
    let company = town.books().company;
    town.worker().open_alerts(&company).await.unwrap().alerts
}

#[tokio::test]
async fn s1_alerts_of_format_1_are_shown_repeated_and_closed() {
    let town = Town::new(607).await;
    town.qbo.configure(|company| company.allow_discount = false);
    town.connect().await;
    let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
    let discount = hcp_sandbox::NewLine::fixed_discount("Spring", 500);
    town.hcp.add_line(&job, discount).unwrap();
    put(&town, of_format_1(&town, &job)).await;
    let alerts = shown(&town).await;
    assert_eq!((alerts.len(), alerts[0].count), (1, 3));
    assert!(alerts[0].message.contains("a discount of 5.00"));
    assert!(alerts[0].alert.is_none());

    finish(&town, &job).await;
    let alert = open(&town);
    assert_eq!(alert.count, 4);
    assert_eq!(alert.first_at, "2026-07-20T09:00:00Z".parse().unwrap());
    assert_eq!(told(&alert).message(), alert.message);
    let health = town.worker().health().await.unwrap();
    assert_eq!(health.open_alerts, 1, "it is counted once");

    town.qbo.configure(|company| company.allow_discount = true);
    send(&town, std::slice::from_ref(&job)).await;
    assert_eq!(shown(&town).await.len(), 0);
    assert_eq!(town.open_alerts(), [""; 0]);
}

#[tokio::test]
async fn s1_alerts_of_format_1_that_nothing_would_end_are_ended_by_the_upgrade() {
    let (town, _, jobs) = two_jobs(608).await;
    put(&town, of_format_1(&town, &jobs[0])).await;
    // Of the other job an alert is known: whatever ends that, ends this.
    put(&town, of_format_1(&town, &jobs[1])).await;
    let other = hcp::JobId::parse(jobs[1].as_str()).unwrap();
    let key = town.books().job(&other);
    let mut job = read::<Job>(&*town.table, &key).await.unwrap().unwrap();
    job.value.alerted = true;
    let write = vec![job.put().unwrap()];
    town.table.write(Uuid::new_v4(), write).await.unwrap();
    let done = town.worker().upgrade().await.unwrap();
    assert_eq!((done.ended_alerts, done.open_alerts), (1, 1));
    assert_eq!(open(&town).subject, jobs[1].as_str());
}

#[tokio::test]
async fn s1_hundreds_of_open_alerts_are_listed_without_those_of_others_or_those_that_ended() {
    let town = Town::new(609).await;
    let (books, at) = (town.books(), town.clock.now());
    let mut others = books.clone();
    others.company = hcp::CompanyId::parse("11111111-6b1d-4f37-9c58-2a7d4e8b1c63").unwrap();
    let mut records = Vec::new();
    for count in 0..260 {
        for books in [&books, &others] {
            for (kind, open) in [("no_lines", true), ("closed_period", false)] {
                let subject = format!("job_{count}");
                let alert = AlertRecord {
                    kind: kind.to_owned(),
                    subject: subject.clone(),
                    job_number: None,
                    message: books.company.to_string(),
                    resolution: String::new(),
                    alert: None,
                    count: 1,
                    first_at: at,
                    last_at: at,
                    open,
                    closed_at: None,
                    dismissed: None,
                };
                let marker = OpenAlert {
                    company: books.company.clone(),
                    kind: kind.to_owned(),
                    subject: subject.clone(),
                    since: at,
                    // Earlier versions noted no more than that it is open.
                    record: (count % 2 == 0).then(|| Box::new(alert.clone())),
                };
                let alert = Stored::new(books.alert(&subject, kind), alert);
                let marker = Stored::new(books.open_alert(&subject, kind), marker);
                records.push(alert.put().unwrap());
                records.extend(open.then(|| marker.put().unwrap()));
            }
        }
    }
    for some in records.chunks(100) {
        town.table
            .write(Uuid::new_v4(), some.to_vec())
            .await
            .unwrap();
    }
    let alerts = shown(&town).await;
    assert_eq!(alerts.len(), 260);
    let ours = books.company.to_string();
    assert!(
        alerts
            .iter()
            .all(|alert| alert.open && alert.message == ours)
    );
    let health = town.worker().health().await.unwrap();
    assert_eq!(health.open_alerts, 2 * 260, "of all companies");
}
