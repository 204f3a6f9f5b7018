//! Deposits that are owed until the job's own invoice takes them off (P9, N7).

use hcp_sandbox::{InvoiceId, Invoicing, NewPayment, Part, PaymentId, PaymentMethod};
use qbo_sandbox::{Json, SalesTax};
use simulation::Town;
use store::JobState;

use crate::{
    deposits::{
        deposit, example_of, found, half, lines, quiet, sales, sold, taxed, taxed_of, told,
    },
    documents::{PER_INVOICE, booked, issue, number},
    extras::{OWED, account},
    foreign,
    parties::{alert, edit, finish, id},
    payments::owed,
    people::{new_customer, new_customer_in, requests},
    refunds::balance,
    settings::change,
    stories::make,
};

const HELD: &str = "Housecall Pro Deposit, held";
const ACCOUNT: &str = "Customer Deposits";

/// What stands on the account of deposits and on the one of income, what is owed and earned above zero.
fn owed_and_earned(town: &Town) -> (i64, i64) {
    (-balance(town, ACCOUNT), -balance(town, "Services"))
}

async fn choose(town: &Town, kind: &str) {
    change(town, &[("deposit_account", kind)]).await.unwrap();
}

/// A company whose deposits are owed, and whose QuickBooks takes such an item from an app or does not.
pub(crate) async fn town(seed: u64, invoicing: Invoicing, refuses: bool) -> Town {
    let qbo = |qbo: &mut qbo_sandbox::Options| {
        qbo.company.sales_tax = SalesTax::Automated;
        qbo.doubts.refuse_liability_items = refuses;
    };
    let town = Town::with(seed, |hcp| hcp.settings.invoicing = invoicing, qbo).await;
    let named = match invoicing {
        Invoicing::Simple => "simple",
        Invoicing::MatchJobNumber => "match_job_number",
        Invoicing::Progress => "progress",
    };
    let chosen = [("invoicing", named), ("deposit_account", "liability")];
    change(&town, &chosen).await.unwrap();
    town
}

async fn pay(town: &Town, invoice: &InvoiceId) -> PaymentId {
    let card = NewPayment::in_full(PaymentMethod::Card);
    let payment = town.hcp.pay_invoice(invoice, card).unwrap();
    town.settle().await;
    payment
}

async fn send_again(town: &Town, invoice: &InvoiceId) {
    town.clock.advance(std::time::Duration::from_secs(60));
    town.hcp.send_this_invoice(invoice).unwrap();
    town.settle().await;
}

/// A person makes the item by hand, on this account.
fn make_by_hand(town: &Town, account: &str) -> String {
    let item = format!(
        r#"{{"Name":"{HELD}","Type":"Service","IncomeAccountRef":{{"value":"{account}"}}}}"#
    );
    make(town, "Item", &item)
}

/// The account of the item.
fn booked_to(town: &Town) -> String {
    let item = id(town, "Item", "Name", HELD);
    let item = town.qbo.object("Item", &item).unwrap();
    item.text("IncomeAccountRef.value").unwrap().to_owned()
}

#[tokio::test]
async fn p9_v22_a_deposit_is_earned_when_the_jobs_own_invoice_takes_it_off() {
    let town = town(130, Invoicing::MatchJobNumber, false).await;
    let job = example_of(&town, &new_customer(&town, "Dana", "Sample"));
    let bill = deposit(&town, &job, Part::Amount(15_000));
    town.settle().await;
    let main = number(&town, &job);
    let number = format!("D-{main}");
    let billed = format!("{HELD} 150.00, tax 0.00, all 150.00");
    assert_eq!(lines(&town, &number), billed);
    assert_eq!(owed_and_earned(&town), (15_000, 0));
    pay(&town, &bill).await;
    assert_eq!(owed_and_earned(&town), (15_000, 0));
    finish(&town, &job).await;
    let all = "Furnace tune-up 149.00, Labor, per hour 187.50, Filters:Pleated filter 16x25x1 37.90, Sales 45.00, \
               Housecall Pro Deposit, held -150.00, tax 0.00, all 269.40";
    assert_eq!(lines(&town, &main), all);
    assert_eq!(owed_and_earned(&town), (0, 41_940));
    let rest = town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    pay(&town, &rest).await;
    assert_eq!(lines(&town, &number), billed);
    assert_eq!(lines(&town, &main), all);
    assert_eq!(owed_and_earned(&town), (0, 41_940));
    assert_eq!(owed(&town), 0);
    assert_eq!(town.state(&job), JobState::Synced);
    let expected = [
        ("Furnace tune-up", 14_900),
        ("Labor, per hour", 18_750),
        ("Filters:Pleated filter 16x25x1", 3_790),
        ("Sales", 4_500),
    ];
    assert_eq!(sales(&town), sold(&expected));
    quiet(&town);
    // Nothing is left to do, whatever comes again.
    let before = requests(&town);
    town.push_by_hand(&job).await;
    town.settle().await;
    assert_eq!(requests(&town), before);
}

#[tokio::test]
async fn p9_a_deposit_is_taken_off_its_own_item_whatever_is_chosen_by_then() {
    for (first, then) in [("liability", "income"), ("income", "liability")] {
        let town = town(131, Invoicing::MatchJobNumber, false).await;
        choose(&town, first).await;
        let job = taxed(&town, Vec::new());
        let bill = deposit(&town, &job, half());
        town.settle().await;
        let item = match first {
            "liability" => HELD,
            _ => "Housecall Pro Deposit",
        };
        let owes = if first == "liability" { 14_750 } else { 0 };
        assert_eq!(owed_and_earned(&town), (owes, 14_750 - owes));
        choose(&town, then).await;
        pay(&town, &bill).await;
        assert_eq!(owed_and_earned(&town), (owes, 14_750 - owes));
        finish(&town, &job).await;
        let rest = town.hcp.send_invoice(&job).unwrap();
        town.settle().await;
        pay(&town, &rest).await;
        let main = number(&town, &job);
        assert_eq!(
            [format!("D-{main}"), main].map(|number| lines(&town, &number)),
            [
                format!("{item} 100.00 taxed, {item} 47.50, tax 8.25, all 155.75"),
                format!(
                    "Sales 200.00 taxed, Sales 95.00, {item} -100.00 taxed, {item} -47.50, tax 8.25, all 155.75"
                ),
            ]
        );
        assert_eq!(owed_and_earned(&town), (0, 29_500), "{first}, then {then}");
        assert_eq!(owed(&town), 0);
        quiet(&town);
        // The next one is sent as was chosen last.
        let next = taxed_of(
            &town,
            &new_customer_in(&town, "Kim", "Example", "AZ"),
            Vec::new(),
        );
        deposit(&town, &next, half());
        town.settle().await;
        let owes = 14_750 - owes;
        assert_eq!(owed_and_earned(&town), (owes, 29_500 + 14_750 - owes));
        quiet(&town);
    }
}

#[tokio::test]
async fn p9_n7_a_deposit_that_is_issued_again_is_a_new_one() {
    let town = town(132, Invoicing::MatchJobNumber, false).await;
    change(&town, &[("on_removal", "void")]).await.unwrap();
    let job = taxed(&town, Vec::new());
    let bill = deposit(&town, &job, half());
    town.settle().await;
    finish(&town, &job).await;
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert_eq!(owed_and_earned(&town), (0, 29_500));
    choose(&town, "income").await;
    town.hcp.void_invoice(&bill).unwrap();
    town.settle().await;
    let main = number(&town, &job);
    let alone = "Sales 200.00 taxed, Sales 95.00, tax 16.50, all 311.50";
    assert_eq!(lines(&town, &main), alone);
    assert_eq!(owed_and_earned(&town), (0, 29_500));
    deposit(&town, &job, half());
    town.settle().await;
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    assert!(lines(&town, &main).contains("Housecall Pro Deposit -100.00 taxed"));
    assert_eq!(owed_and_earned(&town), (0, 29_500));
    quiet(&town);
}

#[tokio::test]
async fn p9_n7_t9_what_a_deposit_pays_in_full_is_earned_by_an_invoice_of_nothing() {
    for trigger in ["job_finished", "job_invoiced"] {
        let town = town(141, Invoicing::MatchJobNumber, false).await;
        change(&town, &[("sync_trigger", trigger)]).await.unwrap();
        let job = taxed(&town, Vec::new());
        let bill = deposit(&town, &job, Part::Rest);
        pay(&town, &bill).await;
        assert_eq!(owed_and_earned(&town), (29_500, 0), "the job is paid");
        finish(&town, &job).await;
        let main = number(&town, &job);
        let both = [(main.clone(), 0), (format!("D-{main}"), 31_150)];
        assert_eq!(booked(&town), both, "{trigger}");
        assert_eq!(owed_and_earned(&town), (0, 29_500));
        assert_eq!(town.state(&job), JobState::Synced);
        quiet(&town);
    }
}

#[tokio::test]
async fn p9_t12_a_deposit_that_quickbooks_had_before_is_written_anew_on_the_item_that_was_chosen() {
    for (chosen, item) in [("liability", HELD), ("income", "Housecall Pro Deposit")] {
        let town = town(142, Invoicing::MatchJobNumber, false).await;
        choose(&town, chosen).await;
        let job = taxed(&town, Vec::new());
        let number = format!("D-{}", number(&town, &job));
        let dana = foreign::customer(&town, "Dana Sample");
        foreign::by_hand(&town, "Invoice", &number, &dana, "155.75", "");
        deposit(&town, &job, half());
        town.settle().await;
        alert(&town, "linkable_invoice");
        foreign::link(&town, &job).await.unwrap();
        town.settle().await;
        // Linking pushes all of the job.
        assert_eq!(booked(&town).len(), 2);
        let told = lines(&town, &number);
        assert!(
            told.starts_with(&format!("{item} 100.00 taxed, {item} 47.50, ")),
            "{told}"
        );
        assert_eq!(owed_and_earned(&town), (0, 29_500), "{chosen}");
        quiet(&town);
    }
}

/// Gives back so much of a payment, or all that is left of it.
async fn refund(town: &Town, of: &(InvoiceId, PaymentId), amount: Option<i64>) {
    town.clock.advance(std::time::Duration::from_secs(60));
    town.hcp.refund_payment(&of.0, &of.1, amount).unwrap();
    town.settle().await;
}

#[tokio::test]
async fn p9_n7_p5_what_is_given_back_of_a_deposit_is_owed_no_more_and_the_main_invoice_bills_it() {
    // Given back before the job's own invoice was made, after that, and both; the choice changed or did not.
    for (before, after) in [(Some(7_787), false), (None, true), (Some(7_787), true)] {
        for chosen in ["liability", "income"] {
            let town = town(133, Invoicing::MatchJobNumber, false).await;
            let job = taxed(&town, Vec::new());
            let bill = deposit(&town, &job, half());
            let payment = pay(&town, &bill).await;
            let of = (bill, payment);
            choose(&town, chosen).await;
            if before.is_some() {
                refund(&town, &of, before).await;
                assert_eq!(owed_and_earned(&town), (7_375, 0));
                let receipt = told(&town.qbo.objects("RefundReceipt")[0]);
                let expected = format!("{HELD} 50.00 taxed, {HELD} 23.75, tax 4.12, all 77.87");
                assert_eq!(receipt, expected);
            }
            finish(&town, &job).await;
            town.hcp.send_invoice(&job).unwrap();
            town.settle().await;
            let main = number(&town, &job);
            assert_eq!(owed_and_earned(&town), (0, 29_500), "{before:?} {chosen}");
            if after {
                refund(&town, &of, None).await;
                let alone = "Sales 200.00 taxed, Sales 95.00, tax 16.50, all 311.50";
                assert_eq!(lines(&town, &main), alone);
            } else {
                let left = format!(
                    "Sales 200.00 taxed, Sales 95.00, {HELD} -50.00 taxed, {HELD} -23.75, tax 12.37, all 233.62"
                );
                assert_eq!(lines(&town, &main), left);
            }
            assert_eq!(owed_and_earned(&town), (0, 29_500), "{before:?} {chosen}");
            // The job owes all that is not paid, in both systems.
            let due = town.hcp.job(&job).unwrap()["outstanding_balance"].as_i64();
            assert_eq!(Some(owed(&town)), due);
            quiet(&town);
        }
    }
}

#[tokio::test]
async fn p9_p5_what_is_given_back_of_the_work_leaves_the_deposit_earned() {
    let town = town(139, Invoicing::MatchJobNumber, false).await;
    let job = taxed(&town, Vec::new());
    let bill = deposit(&town, &job, half());
    pay(&town, &bill).await;
    finish(&town, &job).await;
    let main = town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    let of = (main.clone(), pay(&town, &main).await);
    // Half of what was left to pay, then the rest of it.
    for (amount, receipt, earned) in [
        (
            Some(7_787),
            "Sales 50.00 taxed, Sales 23.75, tax 4.12, all 77.87",
            29_500 - 7_375,
        ),
        (
            None,
            "Sales 50.00 taxed, Sales 23.75, tax 4.13, all 77.88",
            29_500 - 2 * 7_375,
        ),
    ] {
        refund(&town, &of, amount).await;
        let receipts = town.qbo.objects("RefundReceipt");
        assert_eq!(told(receipts.last().unwrap()), receipt);
        assert_eq!(owed_and_earned(&town), (0, earned));
    }
    quiet(&town);
}

#[tokio::test]
async fn p9_n7_a_deposit_that_is_given_back_whole_before_the_work_leaves_no_line() {
    let town = town(134, Invoicing::MatchJobNumber, false).await;
    let job = taxed(&town, Vec::new());
    let bill = deposit(&town, &job, half());
    let payment = pay(&town, &bill).await;
    refund(&town, &(bill, payment), None).await;
    assert_eq!(owed_and_earned(&town), (0, 0));
    finish(&town, &job).await;
    town.hcp.send_invoice(&job).unwrap();
    town.settle().await;
    let main = number(&town, &job);
    let alone = "Sales 200.00 taxed, Sales 95.00, tax 16.50, all 311.50";
    assert_eq!(lines(&town, &main), alone);
    assert_eq!(owed_and_earned(&town), (0, 29_500));
    quiet(&town);
}

#[tokio::test]
async fn p9_where_quickbooks_refuses_the_item_a_person_makes_it_once_and_it_is_found_by_name() {
    for own_account in [false, true] {
        let town = town(135, Invoicing::MatchJobNumber, true).await;
        let job = taxed(&town, Vec::new());
        let bill = deposit(&town, &job, half());
        town.settle().await;
        let words = alert(&town, "liability_refused");
        assert!(
            words.contains(
                "QuickBooks does not let this connection book the product Housecall Pro Deposit, held to a \
                 liability account (setting Deposit account)"
            ),
            "{words}"
        );
        assert_eq!(booked(&town), []);
        let account = match own_account {
            true => account(&town, "Prepaid work", OWED),
            false => id(&town, "Account", "Name", ACCOUNT),
        };
        let item = make_by_hand(&town, &account);
        send_again(&town, &bill).await;
        quiet(&town);
        assert_eq!(id(&town, "Item", "Name", HELD), item);
        assert_eq!(booked_to(&town), account, "a person's choice stays");
        finish(&town, &job).await;
        assert_eq!(balance(&town, "Services"), -29_500);
        // Once for all jobs.
        let next = taxed_of(
            &town,
            &new_customer_in(&town, "Kim", "Example", "AZ"),
            Vec::new(),
        );
        deposit(&town, &next, half());
        town.settle().await;
        quiet(&town);
        let name = if own_account { "Prepaid work" } else { ACCOUNT };
        assert_eq!(balance(&town, name), -14_750);
    }
}

#[tokio::test]
async fn p9_an_item_that_is_refused_can_be_income_after_all() {
    let town = town(136, Invoicing::MatchJobNumber, true).await;
    let job = taxed(&town, Vec::new());
    let bill = deposit(&town, &job, half());
    town.settle().await;
    alert(&town, "liability_refused");
    choose(&town, "income").await;
    send_again(&town, &bill).await;
    finish(&town, &job).await;
    assert_eq!(owed_and_earned(&town), (0, 29_500));
    quiet(&town);
}

#[tokio::test]
async fn p9_an_item_on_an_account_of_income_is_never_billed() {
    let town = town(137, Invoicing::MatchJobNumber, true).await;
    let services = id(&town, "Account", "Name", "Services");
    let item = make_by_hand(&town, &services);
    let job = taxed(&town, Vec::new());
    let bill = deposit(&town, &job, half());
    town.settle().await;
    alert(&town, "liability_refused");
    assert_eq!(booked(&town), []);
    let account = id(&town, "Account", "Name", ACCOUNT);
    let by_hand = format!(r#"{{"IncomeAccountRef":{{"value":"{account}"}}}}"#);
    edit(&town, "Item", &item, &by_hand);
    send_again(&town, &bill).await;
    assert_eq!(owed_and_earned(&town), (14_750, 0));
    quiet(&town);
}

/// The company has no account of a name that deposits would be looked for under.
fn rename_account(town: &Town) -> String {
    let deposits = id(town, "Account", "Name", ACCOUNT);
    edit(town, "Account", &deposits, r#"{"Name":"Prepaid work"}"#);
    deposits
}

#[tokio::test]
async fn p9_without_an_account_for_it_an_alert_asks_for_one_or_for_the_item() {
    for refuses in [false, true] {
        for by_item in [false, true] {
            if refuses && !by_item {
                continue;
            }
            let town = town(138, Invoicing::MatchJobNumber, refuses).await;
            let other = rename_account(&town);
            town.connect().await;
            let job = taxed(&town, Vec::new());
            let bill = deposit(&town, &job, half());
            town.settle().await;
            let words = alert(&town, "no_liability_account");
            assert!(
                words.contains(
                    "the product Housecall Pro Deposit, held is to be booked as a liability (setting Deposit account), \
                     but QuickBooks has no account named Customer Deposits of the type Other Current Liabilities"
                ),
                "{words}"
            );
            assert_eq!(booked(&town), []);
            let account = match by_item {
                // On an account of another name: no other is needed.
                true => {
                    make_by_hand(&town, &other);
                    other
                }
                false => account(&town, ACCOUNT, OWED),
            };
            send_again(&town, &bill).await;
            assert_eq!(booked_to(&town), account);
            finish(&town, &job).await;
            assert_eq!(balance(&town, "Services"), -29_500);
            quiet(&town);
        }
    }
}

#[tokio::test]
async fn p9_with_progress_invoicing_a_deposit_is_what_is_numbered_so() {
    let town = town(139, Invoicing::Progress, false).await;
    let dana = new_customer(&town, "Dana", "Sample");
    let job = example_of(&town, &dana);
    issue(&town, &job, Part::Amount(5_000));
    town.settle().await;
    assert_eq!(balance(&town, ACCOUNT), 0, "a part is no deposit");
    let other = example_of(&town, &dana);
    deposit(&town, &other, Part::Amount(15_000));
    town.settle().await;
    assert_eq!(owed_and_earned(&town), (15_000, 41_940));
    issue(&town, &other, Part::Rest);
    town.settle().await;
    assert_eq!(owed_and_earned(&town), (0, 2 * 41_940));
    // Where each part is an invoice of its own, none of them could take it off.
    change(&town, &PER_INVOICE).await.unwrap();
    let apart = example_of(&town, &dana);
    deposit(&town, &apart, Part::Amount(15_000));
    town.settle().await;
    assert_eq!(owed_and_earned(&town), (0, 2 * 41_940 + 15_000));
    quiet(&town);
}

#[tokio::test]
async fn p9_n8_a_deposit_whose_record_was_lost_keeps_its_item_whatever_is_chosen_by_then() {
    for (first, then) in [("liability", "income"), ("income", "liability")] {
        let town = town(140, Invoicing::MatchJobNumber, false).await;
        choose(&town, first).await;
        let (job, _, number) = crate::deposits::with_deposit(&town).await;
        let sent = || [format!("D-{number}"), number.clone()].map(|number| lines(&town, &number));
        let before = sent();
        choose(&town, then).await;
        crate::deposits_before::lose(&town, &job, &deposit_id(&town, &number)).await;
        town.hcp.send_invoice(&job).unwrap();
        town.settle().await;
        assert_eq!(sent(), before);
        assert_eq!(owed_and_earned(&town), (0, 29_500));
        quiet(&town);
    }
}

fn deposit_id(town: &Town, main: &str) -> qbo::Id {
    let invoice: Json = found(town, &format!("D-{main}"));
    qbo::Id::new(invoice.text("Id").unwrap())
}
