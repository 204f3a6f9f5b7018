//! V1: a worker dies at every step, before it and after its effect; every step is also done twice.

use std::time::Duration;

use hcp_sandbox::{
    DueTerms, EntryChanges, Hundredths, InvoiceId, Invoicing, JobId, LineChanges, LineId,
    MergedCustomers, NewEntry, NewJob, NewLine, NewPayment, Part, PaymentMethod, PlanInvoices,
    TaxRate,
};
use mapping::payment::Decision;
use qbo_sandbox::{ClassTracking, SalesTax};
use simulation::{Moment, Town};
use sync::{intake::sweep::Sweep, work::orders::Wish};

use crate::{
    deposits_held,
    documents::{issue, number},
    edits::{rename, reprice},
    expenses::{assert_given_back, expenses, overpay},
    foreign::{link, offer},
    items::place,
    merges::made_out_to,
    office::order,
    parties::{entry, finish, id, names, small_job},
    payments::{assert_paid, decide, enter, of_note, owed, pay_in_parts, payments},
    people::{
        assert_books, assert_deposit_books, assert_same_books, invoices, new_customer,
        new_customer_in, new_job, total,
    },
    pull::left_on,
    refunds::{assert_refunded, balance, card, paid, receipts, refund},
    repetitions::{assert_even, sold_again},
    service_plans::{self, as_hcp, in_place, pay_plan},
    settings::change,
    stories::make,
};

/// A stretch of a job's life: what must have happened before, and the step under test.
#[derive(Clone, Copy, Debug)]
enum Chapter {
    /// A finished job of a new customer with new items.
    Create,
    /// A customer that QuickBooks already has, to be linked.
    Adopt,
    /// The invoice is sent: new number, new date, one more line, and the customer moved.
    Update,
    /// The access token has run out.
    Renew,
    /// A taxed job with a discount and a tip.
    Taxed,
    /// A job with a deposit, finished after that was sent.
    Deposit,
    /// A discount, and QuickBooks allows discounts since a moment ago.
    SetUpOtherwise,
    /// Two new items whose names only QuickBooks takes for one (I8).
    Apart,
    /// A service that moved to the materials (I7).
    Move,
    /// A term, a class and a method of payment that QuickBooks lacks (M3, L6).
    Lists,
    /// An invoice that loses its term (M4).
    Untermed,
    /// A finished job that becomes two progress invoices of their own (N6).
    PerInvoice,
    /// An invoice that is voided because its own was removed (T7).
    Void,
    /// The same invoice, issued again afterwards.
    Reissue,
    /// A deposit that is voided because it was removed: the main invoice bills it again (N7, T7).
    VoidDeposit,
    /// An unfinished job that a person pushes by hand (U2).
    ByHand,
    /// The same job, which only Housecall Pro knows, ordered by its number (U1).
    Ordered,
    /// Edits of a job and of its customer, which push by themselves (T5).
    Edit,
    /// A job whose invoice QuickBooks had before, just linked (T12).
    Link,
    /// The same, where a person orders the link (T12).
    OrderedLink,
    /// A new customer with a new sub-customer for the address (C11).
    Address,
    /// Two customers who were merged in Housecall Pro, one of them linked, with a sub-customer (C12).
    MergedInHousecall,
    /// A customer who was merged into another one in QuickBooks (C12).
    MergedInQuickbooks,
    /// A new material in a new category (I4).
    Category,
    /// A material whose category changed, to a new one (I4).
    OtherCategory,
    /// A tip that is owed to the crew, after one that was income (L4).
    Owed,
    /// A finished job whose number is another job's invoice's, and gives way (N4).
    GivesWay,
    /// A job's first invoice, whose number another job has provisionally (N4).
    MakesWay,
    /// A sent invoice that is paid twice in part, by card and in cash (P1, P4).
    Pay,
    /// A check that somebody entered in QuickBooks before it was marked paid (R3).
    Join,
    /// A deposit of which a part is given back, which the main invoice then bills again (P5, N7).
    Refund,
    /// A deposit that is owed, taken off after another choice was made, of which a part is given back at the same time
    /// (P9, N7).
    HeldDeposit,
    /// The same part, paid once more, which the main invoice then takes off again (P4, N7).
    Repeat,
    /// A deposit of which a part is given back, and owed again (P5).
    Reopen,
    /// All of it.
    ReopenAll,
    /// A payment of which a part stayed the customer's credit, all of which is given back (P5).
    Expense,
    /// A refund receipt that somebody voids in QuickBooks (R4).
    Gone,
    /// The same, where a person has said that it is sent once more (R4).
    SentAgain,
    /// A check that somebody enters in QuickBooks, and that comes back to the job (R1, R2).
    Pull,
    /// A service plan that was paid, whose customer the list of invoices tells (P6).
    ServicePlan,
    /// One whose customer a person has said (P6).
    ServicePlanChosen,
}

const CHAPTERS: [Chapter; 41] = [
    Chapter::Create,
    Chapter::Adopt,
    Chapter::Update,
    Chapter::Renew,
    Chapter::Taxed,
    Chapter::Deposit,
    Chapter::SetUpOtherwise,
    Chapter::Apart,
    Chapter::Move,
    Chapter::Lists,
    Chapter::Untermed,
    Chapter::PerInvoice,
    Chapter::Void,
    Chapter::Reissue,
    Chapter::VoidDeposit,
    Chapter::ByHand,
    Chapter::Ordered,
    Chapter::Edit,
    Chapter::Link,
    Chapter::OrderedLink,
    Chapter::Address,
    Chapter::MergedInHousecall,
    Chapter::MergedInQuickbooks,
    Chapter::Category,
    Chapter::OtherCategory,
    Chapter::Owed,
    Chapter::GivesWay,
    Chapter::MakesWay,
    Chapter::Pay,
    Chapter::Join,
    Chapter::Refund,
    Chapter::HeldDeposit,
    Chapter::Repeat,
    Chapter::Reopen,
    Chapter::ReopenAll,
    Chapter::Expense,
    Chapter::Gone,
    Chapter::SentAgain,
    Chapter::Pull,
    Chapter::ServicePlan,
    Chapter::ServicePlanChosen,
];

/// What must be in QuickBooks at the end of a chapter.
fn assert_end(chapter: Chapter, town: &Town, job: &JobId) {
    match chapter {
        Chapter::Deposit | Chapter::PerInvoice => assert_deposit_books(town, job),
        Chapter::Void => assert_void_books(town, &[0]),
        Chapter::Reissue | Chapter::VoidDeposit => assert_void_books(town, &[0, total(town, job)]),
        Chapter::Edit => {
            assert_books(town, &[job]);
            let customer = &town.qbo.objects("Customer")[0];
            assert_eq!(customer.text("DisplayName"), Some("Dana Example"));
            assert_eq!(town.all::<store::WorkItem>("customer-edit#").len(), 0);
        }
        Chapter::Link | Chapter::OrderedLink => {
            assert_books(town, &[job]);
            let note = town.qbo.objects("Invoice")[0]
                .text("PrivateNote")
                .map(str::to_owned);
            let note = note.unwrap();
            assert!(note.starts_with("PO 12, ask for Kim\nHCP job "), "{note}");
        }
        Chapter::Address | Chapter::MergedInHousecall => {
            assert_books(town, &[job]);
            assert_eq!(names(town, "Customer", "DisplayName").len(), 2);
            let sub = "Dana Sample:Dana Sample, 22 Lake Rd";
            assert_eq!(made_out_to(town), [sub]);
        }
        // QuickBooks tells of the merge by refusing the one who is gone.
        Chapter::MergedInQuickbooks => {
            assert_same_books(town, &[job]);
            assert_eq!(made_out_to(town), ["D. Sample"]);
        }
        Chapter::Category => {
            assert_books(town, &[job]);
            assert_eq!(place(town, "Gasket"), "Seals:Gasket");
        }
        Chapter::OtherCategory => {
            assert_books(town, &[job]);
            assert_eq!(place(town, "Gasket"), "Consumables:Gasket");
        }
        Chapter::GivesWay | Chapter::MakesWay => {
            let jobs = town.hcp.jobs();
            assert_books(town, &jobs.iter().collect::<Vec<_>>());
            let mut numbers: Vec<String> = invoices(town).into_iter().map(|one| one.0).collect();
            numbers.sort();
            assert_eq!(numbers, ["102", "J-102"]);
        }
        Chapter::Owed => {
            assert_books(town, &[job]);
            let owed = id(town, "Account", "Name", "Tips payable");
            let tips = id(town, "Item", "Name", "Housecall Pro Tips");
            let tips = town.qbo.object("Item", &tips).unwrap();
            assert_eq!(tips.text("IncomeAccountRef.value"), Some(owed.as_str()));
        }
        Chapter::Pay => {
            assert_paid(town, job);
            let mut paid: Vec<i64> = payments(town).iter().map(|paid| paid.total).collect();
            paid.sort_unstable();
            assert_eq!(paid, [4_000, 5_900]);
        }
        Chapter::Join => {
            assert_paid(town, job);
            assert_eq!(payments(town).len(), 1);
        }
        Chapter::Pull => {
            let (notes, tags) = left_on(town, job);
            assert_eq!((notes.len(), tags.len()), (1, 1), "{notes:?} {tags:?}");
            assert_eq!(town.all::<store::InboxEntry>("inbox#").len(), 1);
            assert_eq!(town.open_alerts(), Vec::<String>::new());
            assert_eq!((owed(town), payments(town).len()), (0, 1));
        }
        Chapter::Refund | Chapter::HeldDeposit => {
            if matches!(chapter, Chapter::HeldDeposit) {
                assert_eq!(balance(town, "Customer Deposits"), 0);
            }
            assert_refunded(town, job);
            assert_eq!(receipts(town), [4_000]);
            let booked: i64 = invoices(town).iter().map(|(_, _, total)| total).sum();
            assert_eq!(booked, total(town, job) + 4_000);
        }
        Chapter::Repeat => {
            assert_even(town, job);
            assert_eq!(sold_again(town), [4_000]);
            assert_deposit_books(town, job);
        }
        Chapter::Reopen | Chapter::ReopenAll => {
            assert_even(town, job);
            assert_eq!(receipts(town), [0; 0]);
            assert_eq!(payments(town).len(), 1);
            assert_deposit_books(town, job);
        }
        Chapter::Expense => {
            assert_given_back(town, 9_900);
            assert_eq!((expenses(town), receipts(town)), (vec![5_000], vec![4_900]));
            assert_eq!(town.open_alerts(), Vec::<String>::new());
        }
        Chapter::Gone => {
            assert_eq!(town.open_alerts(), ["refund_gone"]);
            assert_eq!(town.state(job), store::JobState::Alert);
            assert_eq!(receipts(town), [0]);
        }
        Chapter::SentAgain => {
            assert_eq!(town.open_alerts(), Vec::<String>::new());
            assert_eq!(town.state(job), store::JobState::Synced);
            assert_eq!(receipts(town), [0, 4_000]);
        }
        Chapter::ServicePlan | Chapter::ServicePlanChosen => {
            let plan = InvoiceId::from(job.as_str());
            service_plans::assert_sent(town, &plan, "Dana Sample");
        }
        _ => assert_books(town, &[job]),
    }
    let invoice = &town.qbo.objects("Invoice")[0];
    match chapter {
        Chapter::Lists => {
            let class = "Line.0.SalesItemLineDetail.ClassRef.name";
            assert_eq!(invoice.text(class), Some("Plumbing"));
            assert!(invoice.text("SalesTermRef.value").is_some());
        }
        Chapter::Untermed => assert_eq!(invoice.text("SalesTermRef.value"), None),
        _ => {}
    }
    for list in ["Term", "Class", "PaymentMethod"] {
        let objects = town.qbo.objects(list);
        let mut names: Vec<_> = objects.iter().map(|entry| entry.text("Name")).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), objects.len(), "each {list} once");
    }
}

/// The invoices in QuickBooks, the voided one first, and nothing else to tell.
fn assert_void_books(town: &Town, totals: &[i64]) {
    let booked: Vec<i64> = invoices(town).iter().map(|(_, _, total)| *total).collect();
    assert_eq!(booked, totals);
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    assert_eq!(town.waiting(), Vec::<String>::new());
    assert_eq!(town.qbo.violations(), []);
}

async fn open(chapter: Chapter) -> (Town, JobId) {
    let town = Town::with(
        1,
        |hcp| {
            hcp.settings.invoicing = match chapter {
                Chapter::PerInvoice => Invoicing::Progress,
                Chapter::GivesWay | Chapter::MakesWay => Invoicing::Simple,
                _ => Invoicing::MatchJobNumber,
            };
            hcp.settings.invoice_on_finish = matches!(chapter, Chapter::Untermed);
            hcp.settings.first_invoice_number = 102;
            hcp.settings.merged_customers = MergedCustomers::JobsFollow;
            hcp.settings.plan_invoices = match chapter {
                Chapter::ServicePlan => PlanInvoices::WithoutJob,
                _ => PlanInvoices::WithoutCustomer,
            };
        },
        |qbo| {
            if matches!(chapter, Chapter::Lists) {
                qbo.company.class_tracking = ClassTracking::PerTxnLine;
            }
            qbo.company.allow_discount = !matches!(chapter, Chapter::SetUpOtherwise);
            qbo.doubts.refuse_liability_items = false;
            if matches!(chapter, Chapter::Taxed) {
                qbo.company.sales_tax = SalesTax::Automated;
            }
        },
    )
    .await;
    // QuickBooks' sandbox collects automated tax there.
    let customer = new_customer_in(&town, "Dana", "Sample", "AZ");
    let job = match chapter {
        Chapter::Lists => {
            change(&town, &[("classes", "on")]).await.unwrap();
            let unit = NewJob {
                business_unit: Some("Plumbing".to_owned()),
                lines: vec![NewLine::labor("Hour of work", 9_500, Hundredths::ONE)],
                ..NewJob::of(&customer)
            };
            town.hcp.create_job(unit).unwrap()
        }
        Chapter::Link
        | Chapter::OrderedLink
        | Chapter::GivesWay
        | Chapter::MakesWay
        | Chapter::Pay
        | Chapter::Join
        | Chapter::Expense
        | Chapter::Gone
        | Chapter::SentAgain
        | Chapter::Pull => small_job(&town, &customer),
        Chapter::ServicePlan | Chapter::ServicePlanChosen => {
            let card = NewPayment::in_full(PaymentMethod::Card);
            in_place(&pay_plan(&town, &customer, card))
        }
        _ => new_job(&town, &customer),
    };
    match chapter {
        Chapter::Taxed => {
            let county = TaxRate {
                name: "County".to_owned(),
                percent: Hundredths::new(825),
            };
            town.hcp.set_taxes(&job, vec![county]).unwrap();
            let off = NewLine::percent_discount("Spring", Hundredths::new(1_000));
            let motor = NewLine::materials("Blower motor", 20_000, Hundredths::ONE);
            for line in [motor, off, NewLine::tip(2_000)] {
                town.hcp.add_line(&job, line).unwrap();
            }
            town.hcp.finish_job(&job).unwrap();
        }
        Chapter::Deposit => {
            let half = Part::Percent(Hundredths::new(5_000));
            let deposit = town.hcp.add_deposit(&job, half, None).unwrap();
            town.hcp.send_this_invoice(&deposit).unwrap();
            town.hcp.finish_job(&job).unwrap();
        }
        Chapter::SetUpOtherwise => {
            let off = NewLine::fixed_discount("Spring", 500);
            town.hcp.add_line(&job, off).unwrap();
            town.hcp.finish_job(&job).unwrap();
            town.qbo.configure(|company| company.allow_discount = true);
        }
        Chapter::Category => {
            add(&town, &job, &material(&town, "Gasket"));
            town.hcp.finish_job(&job).unwrap();
        }
        Chapter::OtherCategory => {
            let gasket = material(&town, "Gasket");
            add(&town, &job, &gasket);
            town.hcp.finish_job(&job).unwrap();
            town.settle().await;
            let other = EntryChanges {
                category: Some("Consumables".to_owned()),
                ..EntryChanges::default()
            };
            town.hcp.edit_entry(&gasket, other).unwrap();
            town.hcp.send_invoice(&job).unwrap();
        }
        Chapter::Owed => {
            let account = r#"{"Name":"Tips payable","AccountType":"Other Current Liability"}"#;
            make(&town, "Account", account);
            town.connect().await;
            town.hcp.add_line(&job, NewLine::tip(2_000)).unwrap();
            town.hcp.finish_job(&job).unwrap();
            town.settle().await;
            change(&town, &[("tips_account", "liability")])
                .await
                .unwrap();
            town.hcp.send_invoice(&job).unwrap();
        }
        Chapter::Create => town.hcp.finish_job(&job).unwrap(),
        Chapter::Adopt => {
            let dana = br#"{"DisplayName":"Dana Sample"}"#;
            let dana = qbo_sandbox::Json::parse(dana).unwrap();
            town.qbo.create("Customer", &dana).unwrap();
            town.hcp.finish_job(&job).unwrap();
        }
        Chapter::Update => {
            town.hcp.finish_job(&job).unwrap();
            town.settle().await;
            town.clock.advance(Duration::from_secs(86_400 / 2));
            let line = town.hcp.lines_of(&job)[0].clone();
            let dearer = LineChanges {
                unit_price: Some(31_700),
                ..LineChanges::default()
            };
            town.hcp.edit_line(&job, &line, dearer).unwrap();
            town.hcp
                .add_line(&job, NewLine::labor("Extra hour", 9_900, Hundredths::ONE))
                .unwrap();
            let moved = hcp_sandbox::CustomerChanges {
                last_name: Some("Example".to_owned()),
                ..hcp_sandbox::CustomerChanges::default()
            };
            town.hcp.edit_customer(&customer, moved).unwrap();
            town.hcp.send_invoice(&job).unwrap();
        }
        Chapter::Renew => {
            town.post().await;
            // Within a day of the connection, so that the refresh token keeps its value: one that is
            // rotated and whose answer dies with its worker is lost for good.
            town.clock.advance(Duration::from_secs(2 * 3_600));
            town.hcp.finish_job(&job).unwrap();
        }
        Chapter::Apart => {
            for name in ["A/C: check", "A/C- check"] {
                add(&town, &job, &service(&town, name));
            }
            town.hcp.finish_job(&job).unwrap();
        }
        Chapter::Lists => {
            town.hcp.set_due_terms(&job, DueTerms::Net(10)).unwrap();
            let card = NewPayment::in_full(PaymentMethod::Card);
            town.hcp.pay_job(&job, card).unwrap();
        }
        Chapter::Untermed => {
            town.hcp.set_due_terms(&job, DueTerms::Net(30)).unwrap();
            town.hcp.finish_job(&job).unwrap();
            town.settle().await;
            let on_date = DueTerms::OnDate(jiff::civil::date(2026, 9, 9));
            town.hcp.set_due_terms(&job, on_date).unwrap();
            town.hcp.send_invoice(&job).unwrap();
        }
        Chapter::PerInvoice => {
            let chosen = [
                ("invoicing", "progress"),
                ("progress_invoices", "per_invoice"),
            ];
            change(&town, &chosen).await.unwrap();
            town.hcp.finish_job(&job).unwrap();
            town.settle().await;
            for part in [Part::Percent(Hundredths::new(3_000)), Part::Rest] {
                issue(&town, &job, part);
            }
        }
        Chapter::Void | Chapter::Reissue => {
            change(&town, &[("on_removal", "void")]).await.unwrap();
            let invoice = town.hcp.send_invoice(&job).unwrap();
            town.settle().await;
            town.hcp.void_invoice(&invoice).unwrap();
            if matches!(chapter, Chapter::Reissue) {
                town.settle().await;
                town.hcp.send_invoice(&job).unwrap();
            }
        }
        Chapter::VoidDeposit => {
            change(&town, &[("on_removal", "void")]).await.unwrap();
            let half = Part::Percent(Hundredths::new(5_000));
            let deposit = town.hcp.add_deposit(&job, half, None).unwrap();
            town.hcp.send_this_invoice(&deposit).unwrap();
            town.hcp.finish_job(&job).unwrap();
            town.settle().await;
            town.hcp.void_invoice(&deposit).unwrap();
        }
        Chapter::Move => {
            let service = service(&town, "Gasket");
            let line = add(&town, &job, &service);
            town.hcp.finish_job(&job).unwrap();
            town.settle().await;
            town.hcp.remove_line(&job, &line).unwrap();
            let material = town.hcp.move_to_materials(&service, "Parts").unwrap();
            add(&town, &job, &material);
            town.hcp.send_invoice(&job).unwrap();
        }
        Chapter::GivesWay | Chapter::MakesWay => {
            let other = small_job(&town, &customer);
            if matches!(chapter, Chapter::GivesWay) {
                town.hcp.send_invoice(&job).unwrap();
                town.settle().await;
                town.hcp.finish_job(&other).unwrap();
            } else {
                town.hcp.finish_job(&other).unwrap();
                town.settle().await;
                town.hcp.send_invoice(&job).unwrap();
            }
        }
        Chapter::Pay => {
            town.hcp.send_invoice(&job).unwrap();
            town.settle().await;
            pay_in_parts(&town, &job);
        }
        Chapter::Gone | Chapter::SentAgain => {
            town.hcp.send_invoice(&job).unwrap();
            let of = paid(&town, &job, card()).await;
            refund(&town, &of, Some(4_000)).await;
            let receipt = id_of_only(&town, "RefundReceipt");
            town.qbo.void("RefundReceipt", &receipt).unwrap();
            let told = town.worker().schedule_pulls().await;
            assert_eq!(told.unwrap(), 1);
            if matches!(chapter, Chapter::SentAgain) {
                town.settle().await;
                decide(&town, &job, Decision::Separate).await.unwrap();
            }
        }
        Chapter::Pull => {
            town.hcp.send_invoice(&job).unwrap();
            town.settle().await;
            enter(&town, "99.00", "2026-07-24", "1042");
            let told = town.worker().schedule_pulls().await;
            assert_eq!(told.unwrap(), 1);
        }
        Chapter::Join => {
            town.hcp.send_invoice(&job).unwrap();
            town.settle().await;
            enter(&town, "99.00", "2026-07-24", "1042");
            let check = of_note(PaymentMethod::Check, "Check 1042");
            town.hcp.pay_job(&job, check).unwrap();
        }
        Chapter::Refund | Chapter::Repeat | Chapter::Reopen | Chapter::ReopenAll => {
            if matches!(chapter, Chapter::Reopen | Chapter::ReopenAll) {
                change(&town, &[("refunds", "reopen")]).await.unwrap();
            }
            let half = Part::Percent(Hundredths::new(5_000));
            let deposit = town.hcp.add_deposit(&job, half, None).unwrap();
            town.hcp.send_this_invoice(&deposit).unwrap();
            let card = NewPayment::in_full(PaymentMethod::Card);
            let payment = town.hcp.pay_invoice(&deposit, card).unwrap();
            town.hcp.finish_job(&job).unwrap();
            town.settle().await;
            town.clock.advance(Duration::from_secs(60));
            let part = (!matches!(chapter, Chapter::ReopenAll)).then_some(4_000);
            let back = town.hcp.refund_payment(&deposit, &payment, part);
            back.unwrap();
            if matches!(chapter, Chapter::Repeat) {
                town.settle().await;
                town.clock.advance(Duration::from_secs(60));
                let again = NewPayment::in_full(PaymentMethod::Card);
                town.hcp.pay_invoice(&deposit, again).unwrap();
            }
        }
        Chapter::Expense => {
            town.hcp.send_invoice(&job).unwrap();
            town.settle().await;
            let (invoice, payment) = overpay(&town, &job).await;
            town.clock.advance(Duration::from_secs(60));
            town.hcp.refund_payment(&invoice, &payment, None).unwrap();
        }
        Chapter::HeldDeposit => {
            let liability = [("deposit_account", "liability")];
            change(&town, &liability).await.unwrap();
            let half = Part::Percent(Hundredths::new(5_000));
            let deposit = town.hcp.add_deposit(&job, half, None).unwrap();
            town.hcp.send_this_invoice(&deposit).unwrap();
            let card = NewPayment::in_full(PaymentMethod::Card);
            let payment = town.hcp.pay_invoice(&deposit, card).unwrap();
            town.settle().await;
            let income = [("deposit_account", "income")];
            change(&town, &income).await.unwrap();
            town.clock.advance(Duration::from_secs(60));
            let back = town.hcp.refund_payment(&deposit, &payment, Some(4_000));
            back.unwrap();
            town.hcp.finish_job(&job).unwrap();
        }
        Chapter::ByHand => town.push_by_hand(&job).await,
        Chapter::ServicePlan => {}
        Chapter::ServicePlanChosen => {
            town.settle().await;
            let plan = InvoiceId::from(job.as_str());
            let (company, plan) = (town.books().company, as_hcp(&plan));
            let worker = town.worker();
            let person = simulation::person();
            let chosen =
                worker.choose_payer(&company, &plan, "Dana Sample", &person, town.deadline());
            chosen.await.unwrap();
        }
        Chapter::Ordered => drop(order(&town, Wish::Push, &number(&town, &job)).await),
        Chapter::Edit => {
            change(&town, &[("push_edits", "automatic")]).await.unwrap();
            finish(&town, &job).await;
            town.clock.advance(Duration::from_secs(60));
            reprice(&town, &job, 31_700);
            rename(&town, &customer, "Example");
        }
        Chapter::Link => {
            offer(&town, &job);
            finish(&town, &job).await;
            town.clock.advance(Duration::from_secs(60));
            link(&town, &job).await.unwrap();
        }
        Chapter::OrderedLink => {
            offer(&town, &job);
            finish(&town, &job).await;
            town.clock.advance(Duration::from_secs(60));
            order(&town, Wish::Link, &number(&town, &job)).await;
        }
        Chapter::Address => {
            separate(&town).await;
            town.hcp.finish_job(&job).unwrap();
        }
        Chapter::MergedInHousecall => {
            separate(&town).await;
            town.hcp.finish_job(&job).unwrap();
            town.settle().await;
            let stays = new_customer_in(&town, "Dana", "Sample", "AZ");
            town.hcp.merge_customers(&customer, &stays).unwrap();
            town.hcp.send_invoice(&job).unwrap();
        }
        Chapter::MergedInQuickbooks => {
            town.hcp.finish_job(&job).unwrap();
            town.settle().await;
            let dana = id(&town, "Customer", "DisplayName", "Dana Sample");
            let other = qbo_sandbox::Json::parse(br#"{"DisplayName":"D. Sample"}"#).unwrap();
            let other = town.qbo.create("Customer", &other).unwrap();
            let other = other.text("Id").unwrap();
            town.qbo.merge_customers(&dana, other).unwrap();
            let more = NewLine::labor("Extra hour", 9_900, Hundredths::ONE);
            town.hcp.add_line(&job, more).unwrap();
            town.hcp.send_invoice(&job).unwrap();
        }
    }
    town.post().await;
    (town, job)
}

fn id_of_only(town: &Town, kind: &str) -> String {
    let [only] = town.qbo.objects(kind).try_into().expect("there is one");
    only.text("Id").unwrap().to_owned()
}

async fn separate(town: &Town) {
    let on = [("sub_customer_per_address", "on")];
    change(town, &on).await.unwrap();
}

/// Puts a new service into the price book.
fn service(town: &Town, name: &str) -> String {
    let entry = NewEntry {
        name: name.to_owned(),
        category: "Care".to_owned(),
        price: 4_500,
        ..NewEntry::default()
    };
    town.hcp.add_service(entry).unwrap()
}

/// Puts a new material into the price book.
fn material(town: &Town, name: &str) -> String {
    town.hcp.add_material(entry(name, "Seals")).unwrap()
}

/// Puts one of a price-book entry on a job.
fn add(town: &Town, job: &JobId, entry: &str) -> LineId {
    let line = NewLine::from_price_book(entry, Hundredths::ONE);
    town.hcp.add_line(job, line).unwrap()
}

/// Counts the steps of the chapter when nobody dies.
async fn steps(chapter: Chapter) -> Vec<String> {
    let (town, job) = open(chapter).await;
    town.steps.begin(None);
    let worker = town.worker();
    while !town.queue.messages().is_empty() {
        assert!(town.batch(&worker).await);
    }
    let names = town.steps.names();
    town.settle().await;
    assert_end(chapter, &town, &job);
    names
}

/// One worker dies at each step of each chapter, once.
async fn die_at_each_step(moment: Moment) {
    let mut points = 0;
    for chapter in CHAPTERS {
        let names = steps(chapter).await;
        for (step, name) in names.iter().enumerate() {
            let (town, job) = open(chapter).await;
            town.steps.begin(Some((step, moment)));
            town.settle().await;
            eprintln!("{chapter:?}: died {moment:?} step {step}, {name}");
            assert_end(chapter, &town, &job);
            points += 1;
        }
    }
    eprintln!("{points} points");
    assert!(points > 200, "every step of every chapter: {points}");
}

#[tokio::test]
async fn v1_a_worker_that_dies_before_any_step_leaves_one_of_each() {
    die_at_each_step(Moment::Before).await;
}

#[tokio::test]
async fn v1_a_worker_that_dies_after_any_step_leaves_one_of_each() {
    die_at_each_step(Moment::After).await;
}

#[tokio::test]
async fn v1_p9_a_choice_that_changes_after_a_death_leaves_nothing_owed() {
    let mut billed = std::collections::BTreeSet::new();
    for moment in [Moment::Before, Moment::After] {
        let mut step = 0;
        loop {
            let town = deposits_held::town(1, Invoicing::MatchJobNumber, false).await;
            let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
            let half = Part::Percent(Hundredths::new(5_000));
            let deposit = town.hcp.add_deposit(&job, half, None).unwrap();
            town.hcp.send_this_invoice(&deposit).unwrap();
            town.post().await;
            town.steps.begin(Some((step, moment)));
            let worker = town.worker();
            while !town.steps.crashed() && !town.queue.messages().is_empty() {
                town.batch(&worker).await;
            }
            let died = town.steps.crashed();
            town.steps.begin(None);
            change(&town, &[("deposit_account", "income")])
                .await
                .unwrap();
            town.settle().await;
            let deposits = balance(&town, "Customer Deposits");
            billed.insert(deposits);
            finish(&town, &job).await;
            assert_deposit_books(&town, &job);
            let left = balance(&town, "Customer Deposits");
            assert_eq!(left, 0, "died {moment:?} step {step}: {deposits} before");
            if !died {
                break;
            }
            step += 1;
        }
        assert!(step > 10, "{step} steps");
    }
    assert_eq!(billed.len(), 2, "either item, by when the worker died");
}

#[tokio::test]
async fn v1_a_worker_that_dies_twice_leaves_one_of_each() {
    // The second death hits the repair of the first: settling, and sending the same bytes again.
    let names = steps(Chapter::Create).await;
    let all_points = std::env::var_os("PROOF").is_some();
    let second = (0..40).step_by(if all_points { 1 } else { 3 });
    let risky =
        |name: &&(usize, &String)| name.1.starts_with("POST") || name.1.starts_with("write");
    let all: Vec<(usize, &String)> = names.iter().enumerate().collect();
    for (step, name) in all.iter().filter(risky) {
        for again in second.clone() {
            let (town, job) = open(Chapter::Create).await;
            town.steps.begin(Some((*step, Moment::After)));
            let first = town.worker();
            while !town.steps.crashed() && !town.queue.messages().is_empty() {
                town.batch(&first).await;
            }
            town.steps.begin(Some((again, Moment::After)));
            town.settle().await;
            println!("died after step {step}, {name}, then after step {again}");
            assert_books(&town, &[&job]);
        }
    }
}

#[tokio::test]
async fn v1_every_message_and_sweep_done_twice_changes_nothing() {
    for chapter in CHAPTERS {
        let (town, job) = open(chapter).await;
        let messages = town.queue.messages();
        town.settle().await;
        let before = town.qbo.calls().len();
        for message in messages {
            town.queue.forget_ids();
            ports::Queue::send(&town.queue, message).await.unwrap();
            town.settle().await;
        }
        for sweep in [Sweep::Parked, Sweep::Paid, Sweep::Sent, Sweep::Finished] {
            town.worker().sweep(sweep, town.deadline()).await.unwrap();
            town.settle().await;
        }
        // Whether anything changed is asked each time.
        let asked = usize::from(matches!(chapter, Chapter::Pull | Chapter::Gone));
        assert_eq!(town.qbo.calls().len(), before + asked, "{chapter:?}");
        assert_end(chapter, &town, &job);
    }
}

#[tokio::test]
async fn v1_a_sweep_that_dies_anywhere_loses_nothing() {
    let mut step = 0;
    loop {
        let town = Town::new(1).await;
        let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
        town.hcp.finish_job(&job).unwrap();
        town.hcp.send_invoice(&job).unwrap();
        town.hcp
            .pay_job(&job, NewPayment::in_full(PaymentMethod::Card))
            .unwrap();
        drop(town.hcp.take_webhooks());
        town.steps.begin(Some((step, Moment::After)));
        let worker = town.worker();
        let swept = std::panic::AssertUnwindSafe(worker.sweep(Sweep::Finished, town.deadline()));
        let died = futures::FutureExt::catch_unwind(swept).await.is_err();
        town.steps.begin(None);
        town.worker()
            .sweep(Sweep::Finished, town.deadline())
            .await
            .unwrap();
        town.settle().await;
        assert_books(&town, &[&job]);
        if !died {
            break;
        }
        step += 1;
    }
    assert!(step > 5, "{step} steps");
}

#[tokio::test]
async fn v1_linking_that_dies_anywhere_and_is_repeated_links_once() {
    let mut step = 0;
    loop {
        let town = Town::new(1).await;
        let job = small_job(&town, &new_customer(&town, "Dana", "Sample"));
        offer(&town, &job);
        finish(&town, &job).await;
        for repeated in [false, true] {
            town.clock.advance(Duration::from_secs(60));
            town.steps
                .begin((!repeated).then_some((step, Moment::After)));
            let worker = town.worker();
            let company = town.books().company;
            let by = simulation::person();
            let linked = hcp::JobId::parse(job.as_str()).unwrap();
            let linking = worker.link_invoice(&company, &linked, &by, town.deadline());
            let linking = std::panic::AssertUnwindSafe(linking);
            let died = futures::FutureExt::catch_unwind(linking).await.is_err();
            town.steps.begin(None);
            if !repeated && !died {
                town.settle().await;
                assert_end(Chapter::Link, &town, &job);
                assert!(step > 5, "{step} steps");
                return;
            }
        }
        town.settle().await;
        assert_end(Chapter::Link, &town, &job);
        step += 1;
    }
}
