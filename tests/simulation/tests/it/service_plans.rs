//! Service plans (P6): an invoice without a job and its payment come when the payment is through, made out to the customer
//! whom the list of invoices tells, or a person.

use std::time::Duration;

use hcp_sandbox::{
    CustomerId, Fault, FaultKind, InvoiceId, JobId, MergedCustomers, NewCustomer, NewPayment,
    PaymentMethod, PaymentStatus, PlanInvoices, PlanPayment,
};
use mapping::payer::MOST_CALLS;
use simulation::Town;
use store::{JobState, Payer};
use sync::{Declined, NotDone, intake::sweep::Sweep, job::find::JobName};

use crate::{
    documents::DAY,
    parties::{alert, finish, small_job},
    payments::{enter, owed, payments},
    people::{cents, invoices, new_customer, requests},
    pull::message,
    refunds::receipts,
    settings::change,
    stories::make,
};

/// A company whose plans' invoices are told so.
pub(crate) async fn town(seed: u64, told: PlanInvoices) -> Town {
    Town::with(seed, |hcp| hcp.settings.plan_invoices = told, |_| {}).await
}

/// A customer pays 120.00 for a service plan.
pub(crate) fn pay_plan(town: &Town, customer: &CustomerId, payment: NewPayment) -> InvoiceId {
    let paid = PlanPayment {
        customer: customer.clone(),
        plan: "Yearly care".to_owned(),
        amount: 12_000,
        payment,
    };
    town.hcp.pay_service_plan(paid).unwrap()
}

pub(crate) fn card() -> NewPayment {
    NewPayment::in_full(PaymentMethod::Card)
}

/// What stands in the place of its job.
pub(crate) fn in_place(invoice: &InvoiceId) -> JobId {
    JobId::from(invoice.as_str())
}

pub(crate) fn as_hcp(invoice: &InvoiceId) -> hcp::JobId {
    hcp::JobId::parse(invoice.as_str()).unwrap()
}

/// A person says whose it is.
async fn choose(town: &Town, invoice: &InvoiceId, customer: &str) -> Result<String, NotDone> {
    let (company, deadline) = (town.books().company, town.deadline());
    let (worker, plan) = (town.worker(), as_hcp(invoice));
    let person = simulation::person();
    let chosen = worker.choose_payer(&company, &plan, customer, &person, deadline);
    let chosen = chosen.await;
    town.settle().await;
    chosen
}

/// The calls by which it was asked whose an invoice is.
fn asked(town: &Town) -> Vec<String> {
    let calls = town.hcp.calls().into_iter().map(|call| call.path);
    let asks = |path: &String| {
        path.contains("customer_uuid") || path.starts_with("/customers?sort_by=updated_at")
    };
    calls.filter(asks).collect()
}

fn payment_of(town: &Town, invoice: &InvoiceId) -> hcp_sandbox::PaymentId {
    let record = town.hcp.invoice(invoice).unwrap();
    record["payments"][0]["id"].as_str().unwrap().into()
}

/// The invoice and its payment are there, each once, for this customer; nothing waits or was told.
pub(crate) fn assert_sent(town: &Town, invoice: &InvoiceId, customer: &str) {
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    assert_eq!(town.waiting(), Vec::<String>::new());
    assert_eq!(town.qbo.violations(), []);
    let today = "2026-07-24".to_owned();
    assert_eq!(invoices(town), [("RSA-1".to_owned(), today, 12_000)]);
    let document = &town.qbo.objects("Invoice")[0];
    assert_eq!(document.text("CustomerRef.name"), Some(customer));
    let note = document.text("PrivateNote").unwrap();
    assert!(note.starts_with("HCP invoice RSA-1 "), "{note}");
    let [paid] = payments(town).try_into().unwrap();
    assert_eq!((paid.total, paid.unapplied, owed(town)), (12_000, 0, 0));
    let paid = &town.qbo.objects("Payment")[0];
    assert_eq!(paid.text("PaymentRefNum"), Some("RSA-1"));
    assert_eq!(paid.text("CustomerRef.name"), Some(customer));
    assert_eq!(town.state(&in_place(invoice)), JobState::Synced);
}

fn assert_nothing(town: &Town) {
    assert_eq!(invoices(town), []);
    assert_eq!(payments(town), []);
    assert_eq!(town.waiting(), Vec::<String>::new());
}

#[tokio::test]
async fn p6_a_paid_service_plan_is_one_invoice_and_one_payment_whatever_tells_of_it() {
    for seed in 0..8 {
        let town = town(seed, PlanInvoices::WithoutJob).await;
        let dana = new_customer(&town, "Dana", "Sample");
        let plan = pay_plan(&town, &dana, card());
        let mut posted = town.hcp.take_webhooks();
        assert!(posted.len() >= 3, "made, paid and paid off");
        posted.extend(posted.clone());
        let turn = usize::try_from(seed).unwrap() % posted.len();
        posted.rotate_left(turn);
        for one in posted {
            town.receive(vec![one]).await;
            if seed % 2 == 0 {
                town.settle().await;
            }
        }
        town.settle().await;
        assert_sent(&town, &plan, "Dana Sample");
        assert!(asked(&town).len() <= MOST_CALLS, "{:?}", asked(&town));
        let line = &town.qbo.objects("Invoice")[0];
        let description = line.text("Line.0.Description").unwrap();
        assert!(description.contains("Yearly care"), "{description}");
        // Nothing is left to do, whatever comes again.
        let before = requests(&town);
        for sweep in [Sweep::Paid, Sweep::Sent, Sweep::Finished] {
            let deadline = town.deadline();
            town.worker().sweep(sweep, deadline).await.unwrap();
        }
        town.push_by_hand(&in_place(&plan)).await;
        town.settle().await;
        assert_eq!(requests(&town), before);
        assert_sent(&town, &plan, "Dana Sample");
    }
}

#[tokio::test]
async fn p6_t11_a_sweep_finds_the_service_plan_that_no_webhook_told_of() {
    let town = town(20, PlanInvoices::WithoutJob).await;
    let plan = pay_plan(&town, &new_customer(&town, "Dana", "Sample"), card());
    drop(town.hcp.take_webhooks());
    town.settle().await;
    assert_nothing(&town);
    let deadline = town.deadline();
    town.worker().sweep(Sweep::Paid, deadline).await.unwrap();
    town.settle().await;
    assert_sent(&town, &plan, "Dana Sample");
}

#[tokio::test]
async fn p6_nothing_is_made_until_the_payment_is_through() {
    for end in [PaymentStatus::Succeeded, PaymentStatus::Failed] {
        let town = town(21, PlanInvoices::WithoutJob).await;
        let pending = NewPayment {
            status: PaymentStatus::Pending,
            ..NewPayment::in_full(PaymentMethod::Ach)
        };
        let plan = pay_plan(&town, &new_customer(&town, "Dana", "Sample"), pending);
        town.settle().await;
        assert_nothing(&town);
        assert_eq!(town.open_alerts(), Vec::<String>::new());
        assert_eq!(asked(&town), Vec::<String>::new());
        let payment = payment_of(&town, &plan);
        town.hcp.settle_payment(&plan, &payment, end).unwrap();
        town.settle().await;
        match end {
            PaymentStatus::Succeeded => assert_sent(&town, &plan, "Dana Sample"),
            _ => {
                assert_nothing(&town);
                assert_eq!(town.open_alerts(), Vec::<String>::new());
            }
        }
    }
}

#[tokio::test]
async fn p6_where_nothing_tells_whose_it_is_a_person_says_so_and_is_asked_once() {
    let town = town(22, PlanInvoices::WithoutCustomer).await;
    let dana = new_customer(&town, "Dana", "Sample");
    let plan = pay_plan(&town, &dana, card());
    town.settle().await;
    assert_nothing(&town);
    let told = alert(&town, "invoice_without_customer");
    assert!(
        told.starts_with("Invoice RSA-1 over 120.00 for Yearly care, paid on 2026-07-24,"),
        "{told}"
    );
    assert_eq!(town.state(&in_place(&plan)), JobState::Alert);
    let calls = asked(&town).len();
    assert!((2..=MOST_CALLS).contains(&calls), "{calls}");
    // Whatever tells of it again, it is not sought once more.
    let refund = |amount| {
        let payment = payment_of(&town, &plan);
        town.clock.advance(Duration::from_secs(60));
        let back = town.hcp.refund_payment(&plan, &payment, Some(amount));
        back.unwrap();
    };
    refund(2_000);
    town.settle().await;
    assert_eq!(asked(&town).len(), calls);
    assert_nothing(&town);
    // A person who pushes it has it sought.
    town.push_by_hand(&in_place(&plan)).await;
    town.settle().await;
    assert!(asked(&town).len() > calls);
    alert(&town, "invoice_without_customer");
    let found = town
        .worker()
        .find_job(&town.books().company, &JobName::Invoice("RSA-1".to_owned()))
        .await
        .unwrap();
    assert_eq!(found.id.as_str(), plan.as_str());
    assert_eq!(found.name(), "invoice RSA-1");
    assert_eq!(
        choose(&town, &plan, " dana  sample").await.unwrap(),
        "Dana Sample"
    );
    assert_eq!(receipts(&town), [2_000]);
    assert_sent(&town, &plan, "Dana Sample");
    let chosen = town.all::<store::Job>(&format!("job#{}", plan.as_str()));
    let Some(Payer::Chosen { customer, .. }) = &chosen[0].value.payer else {
        panic!("kept");
    };
    assert_eq!(customer.as_str(), dana.as_str());
    // Neither is it sought again, nor is anybody asked, when something is new of it.
    let calls = asked(&town).len();
    refund(1_000);
    town.settle().await;
    assert_eq!(asked(&town).len(), calls);
    assert_eq!(receipts(&town), [2_000, 1_000]);
    assert_eq!(town.open_alerts(), Vec::<String>::new());
}

#[tokio::test]
async fn p6_whom_a_person_cannot_say() {
    let town = town(23, PlanInvoices::WithoutCustomer).await;
    let dana = new_customer(&town, "Dana", "Sample");
    new_customer(&town, "Theo", "Marsh");
    let twin = NewCustomer {
        first_name: Some("Theo".to_owned()),
        last_name: Some("Marsh".to_owned()),
        ..NewCustomer::default()
    };
    let twin = town.hcp.create_customer(twin).unwrap();
    let plan = pay_plan(&town, &dana, card());
    town.settle().await;
    let declined = |result: Result<String, NotDone>| match result {
        Err(NotDone::Declined(declined)) => declined,
        other => panic!("{other:?}"),
    };
    let nobody = declined(choose(&town, &plan, "Nobody Here").await);
    assert!(matches!(nobody, Declined::NoSuch { .. }), "{nobody}");
    let gone = declined(choose(&town, &plan, "cus_1").await);
    assert!(matches!(gone, Declined::NoSuch { .. }), "{gone}");
    let several = declined(choose(&town, &plan, "Theo Marsh").await);
    assert!(several.to_string().contains(twin.as_str()), "{several}");
    declined(choose(&town, &plan, "").await);
    alert(&town, "invoice_without_customer");
    assert_nothing(&town);
    let job = small_job(&town, &dana);
    finish(&town, &job).await;
    let of_job = declined(choose(&town, &InvoiceId::from(job.as_str()), "Dana Sample").await);
    assert!(matches!(of_job, Declined::NotUsable { .. }), "{of_job}");
    assert_eq!(
        choose(&town, &plan, twin.as_str()).await.unwrap(),
        "Theo Marsh"
    );
    let held = declined(choose(&town, &plan, "Dana Sample").await);
    assert!(matches!(held, Declined::HeldBy { .. }), "{held}");
    let to: Vec<_> = town.qbo.objects("Invoice");
    let to: Vec<_> = to.iter().map(|one| one.text("CustomerRef.name")).collect();
    assert_eq!(to, [Some("Dana Sample"), Some("Theo Marsh")]);
}

#[tokio::test]
async fn p6_what_housecall_pro_does_not_show_is_nothing() {
    let town = town(24, PlanInvoices::Hidden).await;
    pay_plan(&town, &new_customer(&town, "Dana", "Sample"), card());
    town.settle().await;
    let deadline = town.deadline();
    town.worker().sweep(Sweep::Paid, deadline).await.unwrap();
    town.settle().await;
    assert_nothing(&town);
    assert_eq!(town.open_alerts(), Vec::<String>::new());
}

/// A list of invoices that has this one, whoever is asked for.
fn with_everybodys(town: &Town, plan: &InvoiceId) {
    let list = format!(r#"{{"invoices":[{{"id":"{plan}"}}],"page":1,"total_pages":1}}"#);
    town.alter_answers(move |path, body| match path.contains("customer_uuid") {
        true => list.clone().into_bytes(),
        false => body,
    });
}

#[tokio::test]
async fn p6_a_filter_that_is_ignored_tells_of_nobody() {
    let town = town(25, PlanInvoices::WithoutJob).await;
    let dana = new_customer(&town, "Dana", "Sample");
    let plan = pay_plan(&town, &dana, card());
    with_everybodys(&town, &plan);
    town.settle().await;
    assert_nothing(&town);
    alert(&town, "invoice_without_customer");
    assert!(asked(&town).len() <= MOST_CALLS);
    choose(&town, &plan, "Dana Sample").await.unwrap();
    assert_sent(&town, &plan, "Dana Sample");
}

#[tokio::test]
async fn p6_a_filter_that_is_refused_tells_of_nobody_and_one_that_fails_is_asked_on() {
    for (kind, is_found) in [
        (FaultKind::ServerError, true),
        (FaultKind::Throttle, true),
        (FaultKind::DropBeforeCommit, true),
    ] {
        let town = town(26, PlanInvoices::WithoutJob).await;
        let plan = pay_plan(&town, &new_customer(&town, "Dana", "Sample"), card());
        town.post().await;
        for _ in 0..3 {
            let fault = Fault::next(kind.clone()).path("/invoices");
            town.hcp.inject(fault);
        }
        town.settle().await;
        assert!(is_found);
        assert_sent(&town, &plan, "Dana Sample");
        // What was answered is not asked again.
        let answered = town.hcp.calls().into_iter();
        let answered = answered.filter(|call| call.fault.is_none());
        let answered = answered.filter(|call| call.path.contains("customer_uuid"));
        assert!(answered.count() <= MOST_CALLS);
    }
}

#[tokio::test]
async fn p6_who_paid_for_a_plan_before_is_asked_for_first() {
    let town = town(27, PlanInvoices::WithoutJob).await;
    let dana = new_customer(&town, "Dana", "Sample");
    pay_plan(&town, &dana, card());
    town.settle().await;
    let first = asked(&town).len();
    pay_plan(&town, &dana, card());
    town.settle().await;
    assert_eq!(invoices(&town).len(), 2);
    assert_eq!(payments(&town).len(), 2);
    assert_eq!(owed(&town), 0);
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    // Is it theirs; who else is there; is it anybody else's.
    assert_eq!(asked(&town).len() - first, 3);
}

#[tokio::test]
async fn p6_whose_it_is_is_asked_when_nothing_else_is_to_be_done() {
    let town = town(28, PlanInvoices::WithoutJob).await;
    let dana = new_customer(&town, "Dana", "Sample");
    let jobs: Vec<JobId> = (0..12).map(|_| small_job(&town, &dana)).collect();
    for job in &jobs {
        town.hcp.finish_job(job).unwrap();
    }
    pay_plan(&town, &dana, card());
    town.settle().await;
    assert_eq!(invoices(&town).len(), 13);
    let calls = town.hcp.calls();
    let at = |is: &dyn Fn(&str) -> bool| calls.iter().position(|call| is(&call.path));
    let sought = at(&|path| path.contains("customer_uuid")).unwrap();
    for job in &jobs {
        let read = at(&|path| path.ends_with(&format!("/jobs/{job}/line_items")));
        assert!(read.unwrap() < sought, "{job}");
    }
}

#[tokio::test]
async fn p6_p5_p8_what_becomes_of_its_payment_later_is_told_as_of_any_other() {
    let town = town(29, PlanInvoices::WithoutJob).await;
    let plan = pay_plan(&town, &new_customer(&town, "Dana", "Sample"), card());
    town.settle().await;
    let payment = payment_of(&town, &plan);
    town.clock.advance(Duration::from_secs(60));
    town.hcp.refund_payment(&plan, &payment, None).unwrap();
    town.settle().await;
    assert_eq!(receipts(&town), [12_000]);
    assert_sent(&town, &plan, "Dana Sample");
    let note = town.qbo.objects("RefundReceipt")[0]
        .text("PrivateNote")
        .unwrap()
        .to_owned();
    assert!(note.contains("HCP invoice RSA-1 "), "{note}");

    let town = self::town(30, PlanInvoices::WithoutJob).await;
    let cash = NewPayment::in_full(PaymentMethod::Cash);
    let plan = pay_plan(&town, &new_customer(&town, "Dana", "Sample"), cash);
    town.settle().await;
    let payment = payment_of(&town, &plan);
    town.hcp.delete_payment(&plan, &payment).unwrap();
    // Nothing tells of it.
    town.push_by_hand(&in_place(&plan)).await;
    town.settle().await;
    let told = alert(&town, "payment_removed");
    assert!(told.contains("RSA-1"), "{told}");
    // Voided, it is told as an invoice that was removed.
    town.hcp.void_invoice(&plan).unwrap();
    town.settle().await;
    let told = message(&town, "removed_in_housecall");
    assert!(told.contains("RSA-1") && !told.contains("job"), "{told}");
    assert_eq!(invoices(&town).len(), 1);
}

#[tokio::test]
async fn p6_t8_a_plan_that_was_paid_before_the_connection_waits_for_a_person() {
    let town = town(31, PlanInvoices::WithoutJob).await;
    let dana = new_customer(&town, "Dana", "Sample");
    let before = "2026-07-01T15:00:00Z".parse().unwrap();
    let plan = town
        .hcp
        .in_the_past(before, |_| pay_plan(&town, &dana, card()));
    let payment = payment_of(&town, &plan);
    let back = town.hcp.refund_payment(&plan, &payment, Some(2_000));
    back.unwrap();
    town.settle().await;
    assert_nothing(&town);
    assert_eq!(town.state(&in_place(&plan)), JobState::BeforeConnection);
    assert_eq!(asked(&town), Vec::<String>::new());
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    town.push_by_hand(&in_place(&plan)).await;
    town.settle().await;
    assert_eq!(invoices(&town).len(), 1);
    assert_eq!((payments(&town).len(), owed(&town)), (1, 0));
    assert_eq!(receipts(&town), [2_000]);
}

#[tokio::test]
async fn p6_r1_r2_what_somebody_enters_on_it_in_quickbooks_comes_to_the_inbox_and_nowhere_else() {
    let town = town(32, PlanInvoices::WithoutJob).await;
    let pending = NewPayment {
        status: PaymentStatus::Pending,
        ..NewPayment::in_full(PaymentMethod::Ach)
    };
    let plan = pay_plan(&town, &new_customer(&town, "Dana", "Sample"), pending);
    town.settle().await;
    // U2: a person wants it whatever its payment.
    town.push_by_hand(&in_place(&plan)).await;
    town.settle().await;
    assert_eq!((owed(&town), payments(&town).len()), (12_000, 0));
    enter(&town, "120.00", "2026-07-24", "1042");
    for _ in 0..2 {
        town.pull().await;
        town.clock.advance(DAY);
    }
    let inbox = town.worker().inbox(&town.books().company).await.unwrap();
    let [entry] = inbox.entries.as_slice() else {
        panic!("{inbox:?}");
    };
    assert_eq!(entry.job_number.as_deref(), Some("RSA-1"));
    assert_eq!(entry.customer.as_deref(), Some("Dana Sample"));
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    assert_eq!(town.waiting(), Vec::<String>::new());
    let calls = town.hcp.calls();
    let written = calls.iter().filter(|call| call.method == "POST");
    assert_eq!(written.count(), 0, "no note and no tag");
    let (company, payment) = (town.books().company, entry.payment.clone());
    let ticked = town
        .worker()
        .tick_off(&company, &as_hcp(&plan), &payment, &simulation::person())
        .await;
    ticked.unwrap();
    // The same money, ticked off.
    let payment = payment_of(&town, &plan);
    let through = PaymentStatus::Succeeded;
    town.hcp.settle_payment(&plan, &payment, through).unwrap();
    town.settle().await;
    assert_eq!((owed(&town), payments(&town).len()), (0, 1));
    assert_eq!(town.open_alerts(), Vec::<String>::new());
}

#[tokio::test]
async fn p6_n8_a_number_that_is_taken_is_told_of_an_invoice_and_not_of_a_job() {
    let town = town(33, PlanInvoices::WithoutJob).await;
    let other = make(&town, "Customer", r#"{"DisplayName":"Somebody else"}"#);
    let item = &town.qbo.objects("Item")[0];
    let item = item.text("Id").unwrap();
    let taken = format!(
        r#"{{"CustomerRef":{{"value":"{other}"}},"DocNumber":"RSA-1","Line":[{{"Amount":5.00,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{{"ItemRef":{{"value":"{item}"}}}}}}]}}"#
    );
    make(&town, "Invoice", &taken);
    let plan = pay_plan(&town, &new_customer(&town, "Dana", "Sample"), card());
    town.settle().await;
    let told = alert(&town, "duplicate_invoice_number");
    assert!(told.contains("RSA-1"), "{told}");
    let alerts = town.all::<store::AlertRecord>("alert#");
    let to_do = &alerts[0].value.resolution;
    assert!(!to_do.contains("Finish"), "{to_do}");
    assert_eq!(invoices(&town).len(), 1);
    assert_eq!(town.state(&in_place(&plan)), JobState::Alert);
}

#[tokio::test]
async fn p6_c12_a_customer_who_was_merged_is_found_anew() {
    let town = Town::with(
        34,
        |hcp| {
            hcp.settings.plan_invoices = PlanInvoices::WithoutJob;
            hcp.settings.merged_customers = MergedCustomers::JobsFollow;
        },
        |_| {},
    )
    .await;
    let dana = new_customer(&town, "Dana", "Sample");
    let plan = pay_plan(&town, &dana, card());
    town.settle().await;
    let stays = new_customer(&town, "Dana", "Sample");
    town.hcp.merge_customers(&dana, &stays).unwrap();
    town.clock.advance(Duration::from_secs(60));
    let payment = payment_of(&town, &plan);
    let back = town.hcp.refund_payment(&plan, &payment, Some(2_000));
    back.unwrap();
    town.settle().await;
    assert_eq!(receipts(&town), [2_000]);
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    assert_eq!(town.qbo.objects("Customer").len(), 1);
    let kept = town.all::<store::Job>(&format!("job#{}", plan.as_str()));
    assert_eq!(kept[0].value.payer().unwrap().as_str(), stays.as_str());
}

#[tokio::test]
async fn p6_t5_however_the_company_invoices_it_is_one_invoice() {
    for invoicing in ["match_job_number", "progress"] {
        let town = town(35, PlanInvoices::WithoutJob).await;
        let settings = [("invoicing", invoicing), ("refunds", "reopen")];
        change(&town, &settings).await.unwrap();
        let plan = pay_plan(&town, &new_customer(&town, "Dana", "Sample"), card());
        town.settle().await;
        assert_sent(&town, &plan, "Dana Sample");
        let payment = payment_of(&town, &plan);
        town.clock.advance(Duration::from_secs(60));
        let back = town.hcp.refund_payment(&plan, &payment, Some(2_000));
        back.unwrap();
        town.settle().await;
        assert_eq!(receipts(&town), [0; 0]);
        assert_eq!(owed(&town), 2_000);
        let paid = &town.qbo.objects("Payment")[0];
        assert_eq!(cents(paid, "TotalAmt"), 10_000);
        assert_eq!(town.open_alerts(), Vec::<String>::new());
    }
}
