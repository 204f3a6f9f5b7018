//! V15: the table is lost, and what was sent is found in QuickBooks by its markers and linked again.

use std::{panic::AssertUnwindSafe, time::Duration};

use futures::FutureExt;
use hcp_sandbox::{
    Hundredths, InvoiceId, Invoicing, JobId, NewLine, NewPayment, Part, PaymentId, PaymentMethod,
    PlanInvoices,
};
use mapping::restore::Difference;
use money::Cents;
use ports::Clock;
use qbo_sandbox::Act;
use simulation::{Moment, Town, Worker};
use store::{Connection, ConnectionStatus, Expect, JobState, Table, Write, memory::MemoryTable};
use sync::{
    company::{connect::Connected, restore::Report},
    intake::sweep::Sweep,
};

use crate::{
    deposits::{deposit, half, taxed_of},
    documents::{PER_INVOICE, issue, number, pay, town},
    parties::{alert, edit, entry, finish, id, small_job},
    payments::{owed, payments},
    people::{calls, invoices, job_with, new_customer, new_customer_in, new_job, total},
    refunds::receipts,
    service_plans,
    settings::change,
    stories::make,
};

/// What QuickBooks has, by kind.
const KINDS: [&str; 8] = [
    "Customer",
    "Item",
    "Term",
    "Class",
    "PaymentMethod",
    "Invoice",
    "Payment",
    "RefundReceipt",
];

/// All that QuickBooks has.
fn books(town: &Town) -> Vec<String> {
    let kinds = KINDS.iter().flat_map(|kind| {
        let objects = town.qbo.objects(kind);
        let shown = |object: &qbo_sandbox::Json| {
            let of = |field| object.text(field).unwrap_or_default().to_owned();
            let amount = |field| object.decimal(field).map(|amount| amount.to_string());
            let names = ["Id", "DisplayName", "Name", "DocNumber", "TxnDate"].map(of);
            format!(
                "{kind} {} {:?} {:?}",
                names.join(" "),
                amount("TotalAmt"),
                amount("Balance").or(amount("UnappliedAmt"))
            )
        };
        objects.iter().map(shown).collect::<Vec<_>>()
    });
    kinds.collect()
}

fn card() -> NewPayment {
    NewPayment::in_full(PaymentMethod::Card)
}

/// A payment, and the invoice that it paid.
type Paid = (InvoiceId, PaymentId);

/// How a company invoices, and what it chose of progress invoices.
type Way = (Invoicing, &'static [(&'static str, &'static str)]);

const WAYS: [Way; 4] = [
    (Invoicing::Simple, &[]),
    (Invoicing::MatchJobNumber, &[]),
    (Invoicing::Progress, &[]),
    (Invoicing::Progress, &PER_INVOICE),
];

/// A company with jobs of all kinds: finished only, sent and paid in parts, taxed with a discount and a tip, with a deposit
/// of which a part is given back, in progress invoices, pushed by hand, and two customers of one name.
async fn busy(seed: u64, (invoicing, settings): Way) -> (Town, Vec<JobId>, Paid) {
    let town = town(seed, invoicing, settings).await;
    let dana = new_customer(&town, "Dana", "Sample");
    let finished = new_job(&town, &dana);
    finish(&town, &finished).await;
    let paid = small_job(&town, &dana);
    town.hcp.finish_job(&paid).unwrap();
    town.hcp.send_invoice(&paid).unwrap();
    for payment in [
        NewPayment::of(PaymentMethod::Card, 4_000),
        NewPayment::of(PaymentMethod::Cash, 3_000),
    ] {
        town.hcp.pay_job(&paid, payment).unwrap();
        town.settle().await;
    }
    // QuickBooks' sandbox collects automated tax there.
    let erin = new_customer_in(&town, "Erin", "Sample", "AZ");
    let discount = NewLine::percent_discount("Spring", Hundredths::new(700));
    let taxed = taxed_of(&town, &erin, vec![discount, NewLine::tip(1_000)]);
    town.hcp.finish_job(&taxed).unwrap();
    town.hcp.send_invoice(&taxed).unwrap();
    let deposited = job_with(
        &town,
        &dana,
        vec![NewLine::labor("Work", 20_000, Hundredths::ONE)],
    );
    let down = deposit(&town, &deposited, half());
    let payment = town.hcp.pay_invoice(&down, card()).unwrap();
    town.settle().await;
    finish(&town, &deposited).await;
    town.clock.advance(Duration::from_secs(60));
    let back = town.hcp.refund_payment(&down, &payment, Some(4_000));
    back.unwrap();
    town.settle().await;
    let by_hand = small_job(&town, &erin);
    town.push_by_hand(&by_hand).await;
    town.settle().await;
    let mut jobs = vec![finished, paid, taxed, deposited, by_hand];
    if invoicing == Invoicing::Progress {
        let parted = job_with(
            &town,
            &dana,
            vec![NewLine::labor("Roof", 30_000, Hundredths::ONE)],
        );
        finish(&town, &parted).await;
        let first = issue(&town, &parted, Part::Percent(Hundredths::new(3_000)));
        pay(&town, &first);
        town.settle().await;
        issue(&town, &parted, Part::Rest);
        town.settle().await;
        jobs.push(parted);
    }
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    assert_eq!(town.waiting(), Vec::<String>::new());
    (town, jobs, (down, payment))
}

/// The table is lost; the secrets and QuickBooks are not.
fn lose_the_table(town: &mut Town) {
    drop(town.queue.take());
    town.table = std::sync::Arc::default();
    town.clock.advance(Duration::from_secs(3_600));
}

/// An operator connects the company again, and enters its settings.
async fn connect_again(town: &Town, (invoicing, settings): Way) -> Connected {
    let mut new = town.connection();
    let named = match invoicing {
        Invoicing::Simple => "simple",
        Invoicing::MatchJobNumber => "match_job_number",
        Invoicing::Progress => "progress",
    };
    new.invoicing = Some(named.to_owned());
    let connected = town.worker().connect(new).await.unwrap();
    if !settings.is_empty() {
        change(town, settings).await.unwrap();
    }
    connected
}

/// An operator connects without naming anything, so all of it is tried.
async fn try_all(town: &Town) -> Connected {
    let mut all = town.connection();
    (all.api_key, all.signing_secrets) = (None, None);
    (all.client_id, all.client_secret, all.refresh_token) = (None, None, None);
    all.invoicing = None;
    town.worker().connect(all).await.unwrap()
}

async fn restore_with(town: &Town, worker: &Worker) -> Report {
    let company = town.books().company;
    let mut restore = worker
        .begin_restore(&company, &simulation::person())
        .await
        .unwrap();
    loop {
        let deadline = town.clock.monotonic() + Duration::from_secs(120);
        if let Some(report) = worker.restore_step(&mut restore, deadline).await.unwrap() {
            return report;
        }
    }
}

async fn restore(town: &Town) -> Report {
    restore_with(town, &town.worker()).await
}

async fn status(town: &Town) -> ConnectionStatus {
    let key = Connection::key(&town.books().company);
    let record = town.table.get(&key).await.unwrap().unwrap();
    let stored: store::Stored<Connection> = store::Stored::decode(&record).unwrap();
    stored.value.status
}

fn documents(town: &Town) -> usize {
    let kinds = ["Invoice", "Payment", "RefundReceipt"];
    kinds.map(|kind| town.qbo.objects(kind).len()).iter().sum()
}

async fn sweep_all(town: &Town) {
    for sweep in [Sweep::Parked, Sweep::Paid, Sweep::Sent, Sweep::Finished] {
        town.worker().sweep(sweep, town.deadline()).await.unwrap();
        town.settle().await;
    }
}

fn quiet(town: &Town) {
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    assert_eq!(town.waiting(), Vec::<String>::new());
    assert_eq!(town.qbo.violations(), []);
}

#[tokio::test]
async fn v15_what_was_sent_is_linked_again_and_nothing_is_made_twice() {
    for (seed, way) in (1_500..).zip(WAYS) {
        let (mut town, jobs, _) = busy(seed, way).await;
        let before = books(&town);
        lose_the_table(&mut town);
        let connected = connect_again(&town, way).await;
        assert!(connected.lost.is_some(), "{way:?}");
        let report = restore(&town).await;
        assert_eq!(report.linked, documents(&town), "{way:?}: {report:#?}");
        assert_eq!(report.differing, [], "{way:?}");
        assert_eq!(report.nobodys, [], "{way:?}");
        assert_eq!(report.missing, Vec::<String>::new(), "{way:?}");
        assert_eq!(status(&town).await, ConnectionStatus::Active);
        let written = (calls(&town, Act::Create), calls(&town, Act::Update));
        town.settle().await;
        sweep_all(&town).await;
        for job in &jobs {
            assert_eq!(town.state(job), JobState::Synced, "{way:?}");
        }
        let now = (calls(&town, Act::Create), calls(&town, Act::Update));
        assert_eq!(
            now, written,
            "{way:?}: nothing differs, so nothing is written"
        );
        for job in &jobs {
            town.push_by_hand(job).await;
            town.settle().await;
        }
        assert_eq!(calls(&town, Act::Create), written.0, "{way:?}");
        assert_eq!(books(&town), before, "{way:?}");
        quiet(&town);
    }
}

#[tokio::test]
async fn v15_what_comes_afterwards_goes_on_top_of_what_was_linked() {
    for (seed, way) in (1_510..).zip(WAYS) {
        let (mut town, jobs, (down, payment)) = busy(seed, way).await;
        let before = (invoices(&town).len(), payments(&town).len(), owed(&town));
        lose_the_table(&mut town);
        connect_again(&town, way).await;
        // Somebody pays while nobody is at work.
        let paid = &jobs[1];
        town.hcp.pay_job(paid, card()).unwrap();
        drop(town.hcp.take_webhooks());
        restore(&town).await;
        town.settle().await;
        // With progress invoices each payment has an invoice of its own, which was not billed before.
        let billed = !way.1.is_empty();
        let made = before.0 + usize::from(billed);
        assert_eq!(invoices(&town).len(), made, "{way:?}");
        assert_eq!(payments(&town).len(), before.1 + 1);
        let owes = if billed { before.2 } else { before.2 - 2_900 };
        assert_eq!(owed(&town), owes);
        // The rest of the deposit's payment goes back.
        let given_back = receipts(&town).len();
        town.hcp.refund_payment(&down, &payment, None).unwrap();
        town.settle().await;
        assert_eq!(receipts(&town).len(), given_back + 1, "{way:?}");
        assert_eq!(receipts(&town).iter().sum::<i64>(), 10_000, "{way:?}");
        assert_eq!(invoices(&town).len(), made);
        quiet(&town);
    }
}

#[tokio::test]
async fn v15_without_its_records_a_company_writes_nothing() {
    let way = WAYS[0];
    let (mut town, jobs, _) = busy(1_520, way).await;
    let before = books(&town);
    lose_the_table(&mut town);
    let connected = connect_again(&town, way).await;
    let told = connected.is_at_work().unwrap_err().to_string();
    for part in [
        "operator restore",
        "operator connect --new",
        "of Erin Sample",
    ] {
        assert!(told.contains(part), "{told}");
    }
    assert_eq!(status(&town).await, ConnectionStatus::RecordsLost);
    assert!(alert(&town, "records_lost").contains("the records of them are lost"));
    let health = town.worker().health().await.unwrap();
    assert_eq!(health.lost_connections, 1);
    // A key that is changed meanwhile, or connecting once more, changes nothing of that.
    for _ in 0..2 {
        let again = connect_again(&town, way).await;
        assert!(again.is_at_work().is_err());
        assert_eq!(town.open_alerts(), ["records_lost"]);
    }
    for job in &jobs {
        town.push_by_hand(job).await;
    }
    let new = small_job(&town, &new_customer(&town, "Finn", "Sample"));
    town.hcp.finish_job(&new).unwrap();
    town.post().await;
    while !town.queue.messages().is_empty() {
        town.batch(&town.worker()).await;
    }
    sweep_once(&town).await;
    assert_eq!(books(&town), before);
    // Nor does what a person asks for.
    let written = (calls(&town, Act::Create), calls(&town, Act::Update));
    let gasket = town.hcp.add_material(entry("Gasket", "Seals")).unwrap();
    let gasket = hcp::ServiceItemId::parse(&gasket).unwrap();
    let account = qbo::Id::new(id(&town, "Account", "Name", "Services"));
    let (worker, company) = (town.worker(), town.books().company);
    let by = simulation::person();
    let mapped = worker.map_income(&company, &gasket, &account, &by, town.deadline());
    let refused = mapped.await.unwrap_err().to_string();
    assert!(refused.contains("must be restored"), "{refused}");
    let now = (calls(&town, Act::Create), calls(&town, Act::Update));
    assert_eq!(now, written);
    let report = restore(&town).await;
    assert_eq!(report.linked, documents(&town));
    town.settle().await;
    assert_eq!(town.state(&new), JobState::Synced);
    assert_eq!(
        books(&town).len(),
        before.len() + 2,
        "one customer, one invoice"
    );
    quiet(&town);
}

async fn sweep_once(town: &Town) {
    for sweep in [Sweep::Parked, Sweep::Paid, Sweep::Sent, Sweep::Finished] {
        town.worker().sweep(sweep, town.deadline()).await.unwrap();
    }
}

#[tokio::test]
async fn v15_a_company_whose_records_are_there_is_at_work() {
    let way = WAYS[0];
    let (town, _, _) = busy(1_530, way).await;
    town.clock.advance(Duration::from_secs(600));
    let connected = try_all(&town).await;
    assert_eq!(connected.lost, None);
    connected.is_at_work().unwrap();
    assert_eq!(status(&town).await, ConnectionStatus::Active);
}

/// A company with a service plan that was paid, and of which a part was given back, after whatever else there is of its
/// customer.
async fn with_service_plan(seed: u64, has_job: bool) -> (Town, InvoiceId) {
    let town = service_plans::town(seed, PlanInvoices::WithoutJob).await;
    let dana = new_customer(&town, "Dana", "Sample");
    if has_job {
        finish(&town, &small_job(&town, &dana)).await;
    }
    let plan = service_plans::pay_plan(&town, &dana, card());
    town.settle().await;
    let payment = town.hcp.invoice(&plan).unwrap()["payments"][0]["id"].clone();
    let payment = PaymentId::from(payment.as_str().unwrap());
    town.clock.advance(Duration::from_secs(60));
    let back = town.hcp.refund_payment(&plan, &payment, Some(2_000));
    back.unwrap();
    town.settle().await;
    (town, plan)
}

#[tokio::test]
async fn v15_p6_a_service_plan_is_linked_again_with_the_customer_of_its_invoice() {
    for has_job in [true, false] {
        let (mut town, plan) = with_service_plan(1_560, has_job).await;
        let before = books(&town);
        lose_the_table(&mut town);
        connect_again(&town, WAYS[0]).await;
        let report = restore(&town).await;
        report.is_complete().unwrap();
        assert_eq!(report.linked, documents(&town), "{report:#?}");
        town.settle().await;
        sweep_all(&town).await;
        town.push_by_hand(&service_plans::in_place(&plan)).await;
        town.settle().await;
        assert_eq!(books(&town), before);
        quiet(&town);
    }
}

#[tokio::test]
async fn v15_p6_where_nobody_can_tell_whose_a_service_plan_is_a_person_says_so_before_all_goes_on()
{
    let (mut town, plan) = with_service_plan(1_570, false).await;
    // Two of the name, and neither is linked.
    new_customer(&town, "Dana", "Sample");
    let before = books(&town);
    lose_the_table(&mut town);
    connect_again(&town, WAYS[0]).await;
    let report = restore(&town).await;
    assert!(report.is_complete().is_err());
    let [told] = report.unreadable.as_slice() else {
        panic!("{report:#?}");
    };
    assert!(
        told.contains("RSA-1") && told.contains("operator customer"),
        "{told}"
    );
    assert_eq!(status(&town).await, ConnectionStatus::RecordsLost);
    let customers = town.hcp.customers();
    let dana = customers.iter().find(|id| {
        let plan = town.hcp.customer(id).unwrap();
        plan["first_name"] == "Dana"
    });
    let (company, deadline) = (town.books().company, town.deadline());
    let invoice = hcp::JobId::parse(plan.as_str()).unwrap();
    let chosen = town
        .worker()
        .choose_payer(
            &company,
            &invoice,
            dana.unwrap().as_str(),
            &simulation::person(),
            deadline,
        )
        .await;
    chosen.unwrap();
    restore(&town).await.is_complete().unwrap();
    town.settle().await;
    sweep_all(&town).await;
    assert_eq!(books(&town), before);
    quiet(&town);
}

#[tokio::test]
async fn v15_whoever_starts_anew_says_so_once() {
    let way = WAYS[0];
    let (mut town, jobs, _) = busy(1_540, way).await;
    lose_the_table(&mut town);
    connect_again(&town, way).await;
    let mut anew = town.connection();
    anew.anew = true;
    let connected = town.worker().connect(anew).await.unwrap();
    connected.is_at_work().unwrap();
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    connect_again(&town, way).await.is_at_work().unwrap();
    let before = invoices(&town).len();
    let new = small_job(&town, &new_customer(&town, "Finn", "Sample"));
    finish(&town, &new).await;
    assert_eq!(town.state(&new), JobState::Synced);
    assert_eq!(invoices(&town).len(), before + 1);
    assert!(
        jobs.iter()
            .all(|job| town.state(job) == JobState::NotSynced)
    );
}

#[tokio::test]
async fn v15_what_differs_is_listed_and_linked_all_the_same() {
    let way = WAYS[1];
    let (mut town, jobs, _) = busy(1_550, way).await;
    let mine = number(&town, &jobs[0]);
    let invoice = id(&town, "Invoice", "DocNumber", &mine);
    let other = make(&town, "Customer", r#"{"DisplayName":"Somebody Else"}"#);
    let line = r#"[{"Amount":1.00,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"ITEM"}}}]"#;
    let line = line.replace("ITEM", &id(&town, "Item", "Name", "Sales"));
    let json =
        format!(r#"{{"DocNumber":"OWN-7","CustomerRef":{{"value":"{other}"}},"Line":{line}}}"#);
    edit(&town, "Invoice", &invoice, &json);
    let count = books(&town).len();
    lose_the_table(&mut town);
    connect_again(&town, way).await;
    let report = restore(&town).await;
    assert_eq!(report.linked, documents(&town));
    let [differing] = report.differing.as_slice() else {
        panic!("{report:#?}");
    };
    assert_eq!(
        (&differing.job, differing.what.as_str()),
        (&mine, "invoice OWN-7")
    );
    let all = total(&town, &jobs[0]);
    assert_eq!(
        differing.differences,
        [
            Difference::Number {
                ours: mine.clone(),
                theirs: "OWN-7".to_owned(),
            },
            Difference::Customer {
                ours: "Dana Sample".to_owned(),
                theirs: "Somebody Else".to_owned(),
            },
            Difference::Amount {
                ours: Cents::new(all),
                theirs: Cents::new(100),
            },
        ]
    );
    town.settle().await;
    assert_eq!(books(&town).len(), count, "nothing is made");
    let invoice = town.qbo.object("Invoice", &invoice).unwrap();
    assert_eq!(invoice.text("DocNumber"), Some(mine.as_str()));
    assert_eq!(invoice.text("CustomerRef.name"), Some("Dana Sample"));
    quiet(&town);
}

/// Somebody copies the invoice of a job in QuickBooks, with its note.
fn copy(town: &Town, job: &JobId, number: &str) {
    let mine = id(town, "Invoice", "DocNumber", &self::number(town, job));
    let copied = town.qbo.object("Invoice", &mine).unwrap();
    town.clock.advance(Duration::from_secs(600));
    let copy = format!(
        r#"{{"DocNumber":"{number}","CustomerRef":{{"value":"{}"}},"PrivateNote":"{}","Line":[{{"Amount":5.00,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{{"ItemRef":{{"value":"{}"}}}}}}]}}"#,
        copied.text("CustomerRef.value").unwrap(),
        copied.text("PrivateNote").unwrap(),
        id(town, "Item", "Name", "Sales"),
    );
    make(town, "Invoice", &copy);
    town.clock.advance(Duration::from_secs(600));
}

#[tokio::test]
async fn v15_a_copy_that_somebody_made_belongs_to_no_job() {
    let way = WAYS[1];
    let (mut town, jobs, _) = busy(1_560, way).await;
    copy(&town, &jobs[0], "COPY");
    lose_the_table(&mut town);
    connect_again(&town, way).await;
    let report = restore(&town).await;
    assert_eq!(report.linked, documents(&town) - 1);
    let [nobodys] = report.nobodys.as_slice() else {
        panic!("{report:#?}");
    };
    assert_eq!(nobodys.to_string(), "invoice COPY of Dana Sample over 5.00");
    let before = books(&town);
    town.settle().await;
    sweep_all(&town).await;
    assert_eq!(books(&town), before);
    quiet(&town);
    // Nor does anybody ask about it, or about one of what came since.
    assert_eq!(try_all(&town).await.lost, None);
    let later = small_job(&town, &new_customer(&town, "Finn", "Sample"));
    finish(&town, &later).await;
    copy(&town, &later, "COPY-2");
    assert_eq!(try_all(&town).await.lost, None);
    quiet(&town);
}

#[tokio::test]
async fn v15_what_somebody_voided_is_not_made_again_without_a_person() {
    let way = WAYS[1];
    let (mut town, jobs, _) = busy(1_570, way).await;
    let mine = id(&town, "Invoice", "DocNumber", &number(&town, &jobs[0]));
    town.qbo.void("Invoice", &mine).unwrap();
    lose_the_table(&mut town);
    connect_again(&town, way).await;
    let report = restore(&town).await;
    let [differing] = report.differing.as_slice() else {
        panic!("{report:#?}");
    };
    assert_eq!(differing.differences, [Difference::Void]);
    let before = books(&town);
    town.settle().await;
    assert_eq!(books(&town), before);
    assert_eq!(town.open_alerts(), ["document_gone"]);
}

#[tokio::test]
async fn v15_a_job_without_anything_in_quickbooks_is_told() {
    let way = WAYS[1];
    let (mut town, _, _) = busy(1_580, way).await;
    lose_the_table(&mut town);
    let job = small_job(&town, &new_customer(&town, "Finn", "Sample"));
    town.hcp.finish_job(&job).unwrap();
    drop(town.hcp.take_webhooks());
    town.clock.advance(Duration::from_secs(3_600));
    connect_again(&town, way).await;
    let report = restore(&town).await;
    assert_eq!(report.missing, [number(&town, &job)]);
    // The sweeps begin where the last document was made.
    sweep_all(&town).await;
    assert_eq!(town.state(&job), JobState::Synced);
    quiet(&town);
}

#[tokio::test]
async fn v15_v24_a_job_that_cannot_be_read_keeps_the_company_from_writing() {
    let way = WAYS[0];
    let (mut town, _, _) = busy(1_585, way).await;
    let before = books(&town);
    lose_the_table(&mut town);
    connect_again(&town, way).await;
    town.alter_answers(|path, body| match path.ends_with("/line_items") {
        true => {
            let text = String::from_utf8(body).unwrap();
            text.replace(r#""amount":9900"#, r#""amount":"much""#)
                .into()
        }
        false => body,
    });
    let report = restore(&town).await;
    assert_eq!(report.unreadable.len(), 2, "{report:#?}");
    let told = report.is_complete().unwrap_err().to_string();
    assert!(told.contains("2 in all"), "{told}");
    assert_eq!(status(&town).await, ConnectionStatus::RecordsLost);
    town.alter_answers(|_, body| body);
    let report = restore(&town).await;
    report.is_complete().unwrap();
    assert_eq!(report.linked + report.already, documents(&town));
    town.settle().await;
    assert_eq!(books(&town), before);
    quiet(&town);
}

#[tokio::test]
async fn v15_a_restore_that_is_repeated_changes_nothing() {
    let way = WAYS[0];
    let (mut town, _, _) = busy(1_590, way).await;
    lose_the_table(&mut town);
    connect_again(&town, way).await;
    let first = restore(&town).await;
    town.settle().await;
    let (records, before) = (town.table.all(), books(&town));
    let second = restore(&town).await;
    assert_eq!((second.linked, second.already), (0, first.linked));
    town.settle().await;
    assert_eq!(books(&town), before);
    let slots = |records: &[store::Record]| {
        let slots = records
            .iter()
            .filter(|one| one.key.sort.starts_with("slot#"));
        let slots = slots.map(|one| (one.key.sort.clone(), one.version));
        slots.collect::<Vec<_>>()
    };
    assert_eq!(slots(&town.table.all()), slots(&records));
    quiet(&town);
}

#[tokio::test]
async fn v15_a_table_of_an_hour_ago_is_brought_up_to_date() {
    let way = WAYS[0];
    let (mut town, _, _) = busy(1_595, way).await;
    let recovered = MemoryTable::default();
    for record in town.table.all() {
        let put = Write::Put {
            key: record.key,
            expect: Expect::Absent,
            body: record.body,
            due: record.due,
            lists: record.lists,
            expires: None,
        };
        recovered.write(uuid::Uuid::nil(), vec![put]).await.unwrap();
    }
    let erin = new_customer(&town, "Finn", "Sample");
    let later = small_job(&town, &erin);
    town.hcp.finish_job(&later).unwrap();
    town.hcp.send_invoice(&later).unwrap();
    town.hcp.pay_job(&later, card()).unwrap();
    town.settle().await;
    let before = books(&town);
    lose_the_table(&mut town);
    town.table = std::sync::Arc::new(recovered);
    let connected = try_all(&town).await;
    assert!(connected.is_at_work().is_err());
    let report = restore(&town).await;
    assert_eq!(report.linked, 2, "the invoice and its payment: {report:#?}");
    assert_eq!(report.already, documents(&town) - 2);
    town.settle().await;
    sweep_all(&town).await;
    assert_eq!(town.state(&later), JobState::Synced);
    assert_eq!(books(&town), before);
    quiet(&town);
}

/// A small company: a job that is paid in part, and one with a deposit of which a part is given back.
async fn small(seed: u64) -> (Town, Vec<String>) {
    let (invoicing, settings) = WAYS[0];
    let mut town = town(seed, invoicing, settings).await;
    let dana = new_customer(&town, "Dana", "Sample");
    let job = small_job(&town, &dana);
    let down = deposit(&town, &job, half());
    let payment = town.hcp.pay_invoice(&down, card()).unwrap();
    finish(&town, &job).await;
    town.clock.advance(Duration::from_secs(60));
    let back = town.hcp.refund_payment(&down, &payment, Some(1_000));
    back.unwrap();
    town.settle().await;
    let before = books(&town);
    lose_the_table(&mut town);
    connect_again(&town, WAYS[0]).await;
    (town, before)
}

#[tokio::test]
async fn v15_v1_a_restore_that_dies_anywhere_and_is_repeated_links_each_once() {
    let mut step = 0;
    let mut died = true;
    while died {
        died = false;
        for moment in [Moment::Before, Moment::After] {
            let (town, before) = small(1_600).await;
            town.steps.begin(Some((step, moment)));
            let worker = town.worker();
            let restored = AssertUnwindSafe(restore_with(&town, &worker));
            died |= restored.catch_unwind().await.is_err();
            town.steps.begin(None);
            let report = restore(&town).await;
            assert_eq!(
                report.linked + report.already,
                documents(&town),
                "step {step}"
            );
            assert_eq!(report.differing, []);
            town.settle().await;
            sweep_all(&town).await;
            assert_eq!(books(&town), before, "died {moment:?} step {step}");
            quiet(&town);
        }
        step += 1;
    }
    println!("{} deaths", 2 * step);
    assert!(step > 20, "{step} steps");
}
