//! What people look jobs and alerts up in: lists in an order of their own, page by page.

use std::time::Duration;

use hcp_sandbox::{JobId, NewPayment, PaymentMethod};
use jiff::civil::{Date, date};
use office::{
    AlertsBy, Days, JobRow, JobsBy, Paging, PaymentRow, PaymentStanding, PaymentsBy, Rows,
};
use simulation::Town;
use store::{Job, JobState, Lists, Table, Write};
use sync::{Declined, NotDone};
use uuid::Uuid;

use crate::{
    documents::number,
    office::looking,
    parties::{finish, named, small_job},
    payments::{decide, enter, invoiced, pay_job},
    people::{new_customer, new_job, total},
    stories::make,
};

async fn jobs(town: &Town, by: JobsBy, paging: &Paging) -> Rows<JobRow> {
    let (desk, caller) = looking(town).await;
    desk.jobs(&caller, &by, paging).await.unwrap()
}

/// The ids of a list, all on one page.
async fn ids(town: &Town, by: JobsBy) -> Vec<String> {
    let all = jobs(town, by, &Paging::default()).await;
    assert_eq!(all.next, None);
    all.rows.iter().map(|row| row.id.to_string()).collect()
}

fn days(from: Option<Date>, to: Option<Date>) -> Days {
    Days { from, to }
}

fn id(job: &JobId) -> String {
    job.as_str().to_owned()
}

/// Three jobs of two customers on two days: one in QuickBooks, one with an alert, one that changed since.
pub(crate) async fn three_jobs(seed: u64) -> (Town, [JobId; 3]) {
    let town = Town::new(seed).await;
    let (zoe, adam) = (
        new_customer(&town, "Zoe", "Sample"),
        named(&town, "adam Oak"),
    );
    let first = new_job(&town, &zoe);
    finish(&town, &first).await;
    let vendor = qbo_sandbox::Json::parse(br#"{"DisplayName":"adam Oak"}"#).unwrap();
    town.qbo.create("Vendor", &vendor).unwrap();
    let second = small_job(&town, &adam);
    finish(&town, &second).await;
    town.clock.advance(Duration::from_secs(24 * 3600));
    let third = small_job(&town, &zoe);
    finish(&town, &third).await;
    looking(&town).await;
    (town, [first, second, third])
}

#[tokio::test]
async fn k1_jobs_are_listed_by_state_date_customer_and_number() {
    let (town, [first, second, third]) = three_jobs(1_701).await;
    let all = Days::default();
    let (day, next) = (date(2026, 7, 24), date(2026, 7, 25));
    for (by, wanted) in [
        (JobsBy::State(JobState::Synced, all), vec![&third, &first]),
        (JobsBy::State(JobState::Alert, all), vec![&second]),
        (JobsBy::State(JobState::Queued, all), vec![]),
        (
            JobsBy::State(JobState::Synced, days(None, Some(day))),
            vec![&first],
        ),
        (
            JobsBy::State(JobState::Synced, days(Some(next), None)),
            vec![&third],
        ),
        (JobsBy::Date(days(Some(next), Some(next))), vec![&third]),
        (JobsBy::Date(days(Some(next), Some(day))), vec![]),
        (JobsBy::Number, vec![&third, &second, &first]),
        (
            JobsBy::Customer(String::new()),
            vec![&second, &first, &third],
        ),
        (JobsBy::Customer("  ADAM ".to_owned()), vec![&second]),
        (JobsBy::Customer("zoe s".to_owned()), vec![&first, &third]),
        (JobsBy::Customer("zoe t".to_owned()), vec![]),
    ] {
        let wanted: Vec<String> = wanted.into_iter().map(id).collect();
        assert_eq!(ids(&town, by.clone()).await, wanted, "{by:?}");
    }
    let of_both = ids(&town, JobsBy::Date(all)).await;
    assert_eq!((of_both.len(), &of_both[0]), (3, &id(&third)));
}

#[tokio::test]
async fn k1_a_row_shows_number_customer_state_date_total_and_balance_as_they_were_read_last() {
    let town = Town::new(1_702).await;
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    finish(&town, &job).await;
    let row = async || {
        let all = jobs(&town, JobsBy::Number, &Paging::default()).await;
        all.rows.into_iter().next().unwrap()
    };
    let told = row().await;
    let owed = total(&town, &job);
    assert_eq!(told.number, Some(number(&town, &job)));
    assert_eq!(told.customer.as_deref(), Some("Dana Sample"));
    assert_eq!(
        (told.state, told.date),
        (JobState::Synced, date(2026, 7, 24))
    );
    let cents = |amount: Option<money::Cents>| amount.map(money::Cents::get);
    assert_eq!(
        (cents(told.total), cents(told.balance)),
        (Some(owed), Some(owed))
    );
    town.hcp.send_invoice(&job).unwrap();
    let part = NewPayment::of(PaymentMethod::Card, 1_000);
    town.hcp.pay_job(&job, part).unwrap();
    town.settle().await;
    let paid = row().await;
    assert_eq!(cents(paid.balance), Some(owed - 1_000));
    assert!(paid.read_at > told.read_at);
}

#[tokio::test]
async fn k1_a_list_is_paged_through_and_a_place_in_another_one_is_refused() {
    let (town, of) = three_jobs(1_703).await;
    let mut found = Vec::new();
    let mut paging = Paging {
        limit: Some(2),
        ..Paging::default()
    };
    loop {
        let page = jobs(&town, JobsBy::Number, &paging).await;
        found.extend(page.rows.iter().map(|row| row.id.to_string()));
        paging.cursor = page.next;
        if paging.cursor.is_none() {
            break;
        }
    }
    let mut wanted: Vec<String> = of.iter().map(id).collect();
    wanted.reverse();
    assert_eq!(found, wanted);
    let turned = Paging {
        turned: true,
        ..Paging::default()
    };
    wanted.reverse();
    let other_end = jobs(&town, JobsBy::Number, &turned).await;
    let other_end: Vec<String> = other_end
        .rows
        .iter()
        .map(|row| row.id.to_string())
        .collect();
    assert_eq!(other_end, wanted);

    paging.cursor = jobs(&town, JobsBy::Number, &paging).await.next;
    let (desk, caller) = looking(&town).await;
    for (cursor, by) in [
        (paging.cursor.clone(), JobsBy::Date(Days::default())),
        (Some("e30".to_owned()), JobsBy::Number),
        (Some("'; --".to_owned()), JobsBy::Number),
    ] {
        let paging = Paging {
            cursor,
            ..Paging::default()
        };
        let told = desk.jobs(&caller, &by, &paging).await;
        let NotDone::Declined(Declined::NotUsable { what, words }) = told.unwrap_err() else {
            panic!("{by:?}");
        };
        assert_eq!(what, "cursor");
        assert!(words.contains("begin again with the first page"), "{words}");
    }
}

#[tokio::test]
async fn s1_alerts_are_listed_open_and_closed_by_time_type_and_customer() {
    let (town, [_, second, _]) = three_jobs(1_704).await;
    let (desk, caller) = looking(&town).await;
    let listed = async |open, by: AlertsBy| {
        let all = Paging::default();
        let rows = desk.alerts(&caller, open, &by, &all).await;
        let rows = rows.unwrap().rows.into_iter();
        rows.map(|row| row.record.kind).collect::<Vec<_>>()
    };
    let [name, customer] = ["name_taken", "ADAM oak"].map(str::to_owned);
    let ways = [
        AlertsBy::Time,
        AlertsBy::Type(name.clone()),
        AlertsBy::Customer(customer),
    ];
    for by in &ways {
        assert_eq!(listed(true, by.clone()).await, [name.as_str()], "{by:?}");
        assert!(listed(false, by.clone()).await.is_empty(), "{by:?}");
    }
    assert!(
        listed(true, AlertsBy::Type("name".to_owned()))
            .await
            .is_empty()
    );
    let vendor = crate::parties::id(&town, "Vendor", "DisplayName", "adam Oak");
    crate::parties::edit(
        &town,
        "Vendor",
        &vendor,
        r#"{"DisplayName":"Oak Supplies"}"#,
    );
    town.push_by_hand(&second).await;
    town.settle().await;
    for by in &ways {
        assert!(listed(true, by.clone()).await.is_empty(), "{by:?}");
        assert_eq!(listed(false, by.clone()).await, [name.as_str()], "{by:?}");
    }
}

async fn payments(town: &Town, by: PaymentsBy) -> Vec<PaymentRow> {
    let (desk, caller) = looking(town).await;
    let all = desk
        .payments(&caller, &by, &Paging::default())
        .await
        .unwrap();
    assert_eq!(all.next, None, "{by:?}");
    all.rows
}

fn standings(rows: &[PaymentRow]) -> Vec<PaymentStanding> {
    rows.iter().map(|row| row.standing).collect()
}

#[tokio::test]
async fn p3_payments_of_both_systems_are_listed_beside_each_other_with_where_the_money_lies() {
    let (town, job) = invoiced(1_706).await;
    pay_job(&town, &job, NewPayment::of(PaymentMethod::Card, 4_000)).await;
    let rows = payments(&town, PaymentsBy::Date).await;
    let [row] = rows.as_slice() else {
        panic!("{rows:?}");
    };
    assert_eq!(row.number, Some(number(&town, &job)));
    assert_eq!(row.customer.as_deref(), Some("Dana Sample"));
    assert_eq!(row.standing, PaymentStanding::Both);
    let (told, there) = (
        row.housecall.as_ref().unwrap(),
        row.quickbooks.as_ref().unwrap(),
    );
    assert_eq!(
        (told.amount.get(), there.total.map(money::Cents::get)),
        (4_000, Some(4_000))
    );
    assert_eq!(there.how.account.as_deref(), Some("Undeposited Funds"));
    assert!(!there.how.is_deposited);
    for days in [0, 3] {
        let lain = payments(&town, PaymentsBy::Undeposited(days)).await;
        assert_eq!(lain.len(), usize::from(days == 0), "{days}");
    }
    town.clock.advance(Duration::from_secs(3 * 24 * 3600));
    let lain = payments(&town, PaymentsBy::Undeposited(3)).await;
    assert_eq!(lain, rows);
    // A bookkeeper takes it to the bank, and QuickBooks is looked at.
    deposit(&town);
    town.pull().await;
    town.settle().await;
    assert_eq!(payments(&town, PaymentsBy::Undeposited(0)).await, []);
    let rows = payments(&town, PaymentsBy::Date).await;
    assert!(rows[0].quickbooks.as_ref().unwrap().how.is_deposited);
    for by in [PaymentsBy::OnlyHousecall, PaymentsBy::OnlyQuickbooks] {
        assert_eq!(payments(&town, by).await, []);
    }
}

#[tokio::test]
async fn r3_payments_without_a_partner_are_listed_on_either_side_until_they_have_one() {
    let (town, job) = invoiced(1_707).await;
    enter(&town, "99.00", "2026-07-01", "1042");
    town.pull().await;
    town.settle().await;
    let only = payments(&town, PaymentsBy::OnlyQuickbooks).await;
    assert_eq!(standings(&only), [PaymentStanding::OnlyQuickbooks]);
    assert_eq!(only[0].number, Some(number(&town, &job)));
    assert_eq!(
        payments(&town, PaymentsBy::EnteredUndeposited(1)).await,
        only
    );
    // It may be the same money: a person must say.
    pay_job(&town, &job, NewPayment::in_full(PaymentMethod::Cash)).await;
    let held = payments(&town, PaymentsBy::OnlyHousecall).await;
    assert_eq!(standings(&held), [PaymentStanding::OnlyHousecall]);
    assert_eq!(held[0].housecall.as_ref().unwrap().amount.get(), 9_900);
    assert_eq!(payments(&town, PaymentsBy::Date).await, held);
    decide(&town, &job, mapping::payment::Decision::Same)
        .await
        .unwrap();
    assert_eq!(payments(&town, PaymentsBy::OnlyHousecall).await, []);
    let all = payments(&town, PaymentsBy::Date).await;
    assert!(matches!(
        standings(&all)[..],
        [PaymentStanding::NotToBeSent | PaymentStanding::Both]
    ));
}

/// A bookkeeper takes all that is undeposited to the bank.
fn deposit(town: &Town) {
    let bank = make(
        town,
        "Account",
        r#"{"Name":"Checking account","AccountType":"Bank","AccountSubType":"Checking"}"#,
    );
    let payment = town.qbo.objects("Payment")[0]
        .text("Id")
        .unwrap()
        .to_owned();
    let deposit = format!(
        r#"{{"DepositToAccountRef":{{"value":"{bank}"}},"Line":[{{"Amount":40.00,"LinkedTxn":[{{"TxnId":"{payment}","TxnType":"Payment","TxnLineId":"0"}}]}}]}}"#
    );
    make(town, "Deposit", &deposit);
}

/// The table as it was before there were lists.
async fn without_lists(town: &Town) {
    for record in town.table.all() {
        let put = Write::Put {
            key: record.key,
            expect: store::Expect::Version(record.version),
            body: record.body,
            due: record.due,
            lists: Lists::default(),
            expires: None,
        };
        town.table.write(Uuid::max(), vec![put]).await.unwrap();
    }
}

fn places(town: &Town) -> Vec<(String, Lists)> {
    let records = town.table.all().into_iter();
    records
        .map(|record| (record.key.sort, record.lists))
        .collect()
}

#[tokio::test]
async fn records_of_before_are_entered_in_lists_by_an_upgrade_that_can_end_anywhere() {
    let (town, [first, ..]) = three_jobs(1_705).await;
    let wanted = places(&town);
    let stand = wanted
        .iter()
        .filter(|(_, lists)| *lists != Lists::default());
    let stand = stand.count();
    assert!(stand > 7, "{wanted:?}");
    without_lists(&town).await;
    assert!(ids(&town, JobsBy::Number).await.is_empty());
    // The worker dies after some of them.
    town.steps.begin(Some((12, simulation::Moment::Before)));
    let worker = town.worker();
    let died = futures::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(worker.upgrade()));
    assert!(died.await.is_err());
    town.steps.begin(None);
    let done = town.worker().upgrade().await.unwrap();
    assert!((1..stand).contains(&done.listed), "{done:?} of {stand}");
    assert_eq!(places(&town), wanted);
    assert_eq!(town.worker().upgrade().await.unwrap().listed, 0);
    let number = number(&town, &first);
    let name = sync::job::find::JobName::Job(number);
    let asked = town.hcp.calls().len();
    let found = town.worker().find_job(&town.books().company, &name).await;
    assert_eq!(found.unwrap().id.as_str(), first.as_str());
    assert_eq!(town.hcp.calls().len(), asked, "found in our records");
    assert_eq!(town.all::<Job>("job#").len(), 3);
}
