//! What people say of items, of lines and of customers from the office: entered by the consumer, told under an id, and in the log.

use hcp_sandbox::{Hundredths, JobId, NewLine};
use office::{CustomerRow, CustomersBy, ItemRow, ItemsBy, LineRow, LinesBy, Paging, Role};
use simulation::{Moment, Town};
use store::{ActKind, Did, FieldChange, HistoryEntry, Table};
use sync::{
    Declined,
    work::orders::{Assignment, CustomerMatch, LineItem, Progress},
};
use uuid::Uuid;

use crate::{
    office::{caller, declined, desk},
    parties::{entry, finish, id, job_of, names, somebody},
    people::{job_with, new_customer, new_job},
    stories::make,
};

/// A bookkeeper says something, and what comes of each is told.
async fn say(town: &Town, said: Vec<Assignment>) -> Vec<Progress> {
    let desk = desk(town);
    let mail = format!("{}@example.com", Uuid::new_v4());
    let dana = caller(&desk, town, &mail, Role::Bookkeeper).await;
    let id = Uuid::new_v4();
    desk.assign(&dana, id, said.clone()).await.unwrap();
    let before = desk.assigned(&dana, id).await.unwrap();
    let waits = |progress: &Progress| matches!(progress, Progress::Waiting { .. });
    assert!(before.iter().all(|one| waits(&one.progress)));
    town.settle().await;
    let told = desk.assigned(&dana, id).await.unwrap();
    assert!(told.iter().all(|one| one.by == mail));
    let assignments = told.iter().map(|one| one.assignment.clone());
    assert_eq!(assignments.collect::<Vec<_>>(), said);
    told.into_iter().map(|one| one.progress).collect()
}

fn entered(progress: &Progress) -> &str {
    let words = match progress {
        Progress::Entered { words } => Some(words),
        _ => None,
    };
    words.expect("something that was entered")
}

async fn items(town: &Town, by: ItemsBy) -> Vec<ItemRow> {
    let desk = desk(town);
    let (_, viewer) = crate::office::looking(town).await;
    let page = desk.items(&viewer, &by, &Paging::default()).await.unwrap();
    assert_eq!(page.next, None);
    page.rows
}

async fn lines(town: &Town, by: LinesBy) -> Vec<LineRow> {
    let desk = desk(town);
    let (_, viewer) = crate::office::looking(town).await;
    let page = desk.lines(&viewer, &by, &Paging::default()).await.unwrap();
    assert_eq!(page.next, None);
    page.rows
}

fn often(lines: &[LineRow]) -> Vec<(&str, usize)> {
    lines
        .iter()
        .map(|line| (line.name.as_str(), line.jobs))
        .collect()
}

/// What people changed, by what they did.
fn changes(town: &Town, what: ActKind) -> Vec<FieldChange> {
    let entries = town.all::<HistoryEntry>("history#").into_iter();
    let acts = entries.filter_map(|entry| match entry.value.did {
        Did::Acted(act) if act.what == what => Some(act.changes),
        _ => None,
    });
    acts.flatten().collect()
}

fn account(town: &Town, name: &str) -> String {
    let account = format!(
        r#"{{"Name":"{name}","AccountType":"Income","AccountSubType":"ServiceFeeIncome"}}"#
    );
    make(town, "Account", &account)
}

/// A finished job with lines of these names that were typed on it.
async fn typed(town: &Town, lines: &[&str]) -> JobId {
    let lines = lines.iter();
    let lines = lines.map(|name| NewLine::labor(name, 4_550, Hundredths::ONE));
    let job = job_with(town, &somebody(town), lines.collect());
    finish(town, &job).await;
    job
}

#[tokio::test]
async fn i5_an_income_account_that_a_person_chooses_is_sent_at_once_and_told_with_the_one_before() {
    let town = Town::new(2_201).await;
    let flush = town.hcp.add_service(entry("Flush", "Care")).unwrap();
    job_of(&town, &[&flush]).await;
    // It was made after QuickBooks was read last.
    let plumbing = account(&town, "Plumbing");
    let said = |account: &str| Assignment::Account {
        item: flush.clone(),
        account: account.to_owned(),
    };
    let told = say(&town, vec![said("plumbing")]).await;
    assert_eq!(
        entered(&told[0]),
        "QuickBooks books Flush to Plumbing from now on. Past transactions keep their account."
    );
    let item = id(&town, "Item", "Name", "Flush");
    let there = town.qbo.object("Item", &item).unwrap();
    assert_eq!(
        there.text("IncomeAccountRef.value"),
        Some(plumbing.as_str())
    );
    let changed = changes(&town, ActKind::MappedIncome);
    assert_eq!(changed.len(), 1);
    assert_eq!(changed[0].field, "income account of Flush");
    assert_eq!(changed[0].after.as_deref(), Some("Plumbing"));
    assert!(
        changed[0]
            .before
            .as_ref()
            .is_some_and(|before| before != "Plumbing")
    );

    let rows = items(&town, ItemsBy::Account(plumbing.clone())).await;
    let [row] = rows.as_slice() else {
        panic!("{rows:?}")
    };
    assert_eq!(row.name.as_deref(), Some("Flush"));
    assert_eq!(
        row.category.as_deref(),
        None,
        "of services a company key tells none"
    );
    let booked = row.account.as_ref().map(|account| account.name.as_str());
    assert_eq!(booked, Some("Plumbing"));
    assert!(row.is_own_account && row.may_choose_account && row.in_price_book);
    // By its id, again: nothing changes.
    let told = say(&town, vec![said(&plumbing)]).await;
    assert!(matches!(told[0], Progress::Entered { .. }));
}

#[tokio::test]
async fn i5_what_cannot_be_an_income_account_is_declined_by_name_and_changes_nothing() {
    let town = Town::new(2_202).await;
    let flush = town.hcp.add_service(entry("Flush", "Care")).unwrap();
    job_of(&town, &[&flush]).await;
    make(
        &town,
        "Account",
        r#"{"Name":"Till","AccountType":"Bank","AccountSubType":"Checking"}"#,
    );
    let before = items(&town, ItemsBy::Name(String::new())).await;
    let to = |item: &str, account: &str| Assignment::Account {
        item: item.to_owned(),
        account: account.to_owned(),
    };
    let told = say(&town, vec![to(&flush, "Till"), to("sales", "Till")]).await;
    for progress in &told {
        let Progress::Declined { words } = progress else {
            panic!("{progress:?}");
        };
        assert!(words.contains("no active income account Till"), "{words}");
    }
    assert_eq!(items(&town, ItemsBy::Name(String::new())).await, before);
    assert_eq!(changes(&town, ActKind::MappedIncome), []);
    // What can never be is told at once.
    let desk = desk(&town);
    let dana = caller(&desk, &town, "dana@example.com", Role::Bookkeeper).await;
    let many = vec![to(&flush, "Till"); 51];
    for said in [
        vec![to("tips", "Till")],
        vec![to("?", "Till")],
        vec![to(&flush, " ")],
        many,
        vec![],
    ] {
        let told = desk.assign(&dana, Uuid::new_v4(), said.clone()).await;
        assert!(
            matches!(
                declined(told),
                Declined::NotUsable { .. } | Declined::NoSuch { .. }
            ),
            "{said:?}"
        );
    }
    let viewer = caller(&desk, &town, "kim@example.com", Role::Viewer).await;
    let told = desk
        .assign(&viewer, Uuid::new_v4(), vec![to(&flush, "Sales")])
        .await;
    assert!(matches!(declined(told), Declined::NotAllowed { .. }));
}

#[tokio::test]
async fn l5_typed_lines_are_listed_by_how_many_jobs_were_sent_with_them_each_once() {
    let town = Town::new(2_203).await;
    let first = typed(&town, &["Visit", "Haul away", "Haul away"]).await;
    typed(&town, &["haul  AWAY"]).await;
    typed(&town, &["Haul away", "Visit"]).await;
    // It is not sent, so it does not count.
    let lines_of = vec![NewLine::labor("Haul away", 100, Hundredths::ONE)];
    job_with(&town, &somebody(&town), lines_of);
    let told = lines(&town, LinesBy::Jobs).await;
    assert_eq!(often(&told), [("Haul away", 3), ("Visit", 2)]);
    assert!(
        told.iter()
            .all(|line| line.item.as_deref() == Some("Sales") && !line.is_mapped)
    );
    // Sent again, with one more of them: each job counts once for a name.
    town.hcp
        .add_line(&first, NewLine::labor("Parking", 1_000, Hundredths::ONE))
        .unwrap();
    town.hcp.send_invoice(&first).unwrap();
    town.settle().await;
    town.push_by_hand(&first).await;
    town.settle().await;
    let told = lines(&town, LinesBy::Jobs).await;
    assert_eq!(
        often(&told),
        [("Haul away", 3), ("Visit", 2), ("Parking", 1)]
    );
    let by_name = lines(&town, LinesBy::Name("PARK".to_owned())).await;
    assert_eq!(often(&by_name), [("Parking", 1)]);
}

/// A job with typed lines was finished, and somebody chose an income account: both wait to be worked on.
async fn waiting() -> Town {
    let town = Town::new(2_209).await;
    typed(&town, &["Visit"]).await;
    account(&town, "Plumbing");
    let lines = ["Visit", "Haul away"].map(|name| NewLine::labor(name, 4_550, Hundredths::ONE));
    let job = job_with(&town, &somebody(&town), lines.into());
    town.hcp.finish_job(&job).unwrap();
    town.post().await;
    let desk = desk(&town);
    let dana = caller(&desk, &town, "dana@example.com", Role::Bookkeeper).await;
    let said = Assignment::Account {
        item: "sales".to_owned(),
        account: "Plumbing".to_owned(),
    };
    desk.assign(&dana, Uuid::new_v4(), vec![said])
        .await
        .unwrap();
    town
}

#[tokio::test]
async fn v1_a_job_counts_once_for_its_lines_and_a_choice_is_told_once_wherever_a_worker_dies() {
    let town = waiting().await;
    town.steps.begin(None);
    town.settle().await;
    let steps = town.steps.names().len();
    assert!(steps > 30, "{steps}");
    for step in 0..steps {
        for moment in [Moment::Before, Moment::After] {
            let town = waiting().await;
            town.steps.begin(Some((step, moment)));
            town.settle().await;
            town.steps.begin(None);
            let told = lines(&town, LinesBy::Jobs).await;
            assert_eq!(
                often(&told),
                [("Visit", 2), ("Haul away", 1)],
                "died {moment:?} step {step}"
            );
            let changed = changes(&town, ActKind::MappedIncome);
            assert_eq!(changed.len(), 1, "died {moment:?} step {step}");
            assert_eq!(changed[0].after.as_deref(), Some("Plumbing"));
            assert!(
                changed[0]
                    .before
                    .as_ref()
                    .is_some_and(|before| before != "Plumbing"),
                "died {moment:?} step {step}: {changed:?}"
            );
        }
    }
}

#[tokio::test]
async fn l5_several_names_are_mapped_at_once_and_leave_the_list_of_those_that_nobody_mapped() {
    let town = Town::new(2_204).await;
    typed(&town, &["Visit", "Haul away", "Take old unit"]).await;
    make(
        &town,
        "Item",
        r#"{"Name":"Haulage","Type":"Service","IncomeAccountRef":{"value":"1"}}"#,
    );
    let to = |name: &str, item: LineItem| Assignment::Line {
        name: name.to_owned(),
        item,
    };
    let haulage = LineItem::Quickbooks("haulage".to_owned());
    let told = say(
        &town,
        vec![
            to("Haul away", haulage.clone()),
            to("Take old unit", haulage),
            to("Visit", LineItem::Quickbooks("Nothing".to_owned())),
        ],
    )
    .await;
    assert!(entered(&told[0]).starts_with("Lines named Haul away are sent as Haulage"));
    assert!(matches!(told[1], Progress::Entered { .. }));
    assert!(matches!(&told[2], Progress::Declined { words } if words.contains("Nothing")));
    let unmapped = lines(&town, LinesBy::Unmapped).await;
    assert_eq!(often(&unmapped), [("Visit", 1)]);
    let all = lines(&town, LinesBy::Name("haul".to_owned())).await;
    assert!(all[0].is_mapped);
    assert_eq!(all[0].item.as_deref(), Some("Haulage"));
    let changed = changes(&town, ActKind::MappedLine);
    assert_eq!(changed.len(), 2);
    assert!(
        changed
            .iter()
            .all(|change| change.before.as_deref() == Some("Sales")
                && change.after.as_deref() == Some("Haulage"))
    );
    // Its item is known here from now on, and can be said by its key; and taken back.
    let rows = items(&town, ItemsBy::Name("haul".to_owned())).await;
    let key = rows[0].key.clone();
    say(
        &town,
        vec![
            to("Visit", LineItem::Known(key)),
            to("Haul away", LineItem::Sales),
        ],
    )
    .await;
    assert_eq!(
        often(&lines(&town, LinesBy::Unmapped).await),
        [("Haul away", 1)]
    );
    typed(&town, &["Visit", "Haul away"]).await;
    let sent = town.qbo.objects("Invoice").pop().unwrap();
    let sold: Vec<String> = sent
        .at("Line")
        .unwrap()
        .as_list()
        .iter()
        .filter_map(|line| {
            line.text("SalesItemLineDetail.ItemRef.name")
                .map(str::to_owned)
        })
        .collect();
    assert_eq!(sold, ["Haulage", "Sales"]);
}

#[tokio::test]
async fn l5_jobs_of_before_are_counted_by_an_upgrade_once() {
    let town = Town::new(2_205).await;
    typed(&town, &["Visit", "Haul away"]).await;
    typed(&town, &["Visit"]).await;
    let wanted = lines(&town, LinesBy::Jobs).await;
    assert_eq!(often(&wanted), [("Visit", 2), ("Haul away", 1)]);
    // As an earlier version left them.
    for mut line in town.all::<store::LineName>("line-name#") {
        line.value.name = None;
        line.value.jobs = 0;
        town.table
            .write(Uuid::new_v4(), vec![line.put().unwrap()])
            .await
            .unwrap();
    }
    for mut job in town.all::<store::Job>("job#") {
        job.value.typed.clear();
        town.table
            .write(Uuid::new_v4(), vec![job.put().unwrap()])
            .await
            .unwrap();
    }
    assert_eq!(lines(&town, LinesBy::Jobs).await, []);
    let done = town.worker().upgrade().await.unwrap();
    assert_eq!(done.counted_lines, 3);
    assert_eq!(lines(&town, LinesBy::Jobs).await, wanted);
    assert_eq!(town.worker().upgrade().await.unwrap().counted_lines, 0);
    assert_eq!(lines(&town, LinesBy::Jobs).await, wanted);
}

#[tokio::test]
async fn p3_quickbooks_is_read_again_where_a_person_asks_for_it() {
    let town = Town::new(2_208).await;
    make(&town, "Account", r#"{"Name":"Till","AccountType":"Bank"}"#);
    let (desk, viewer) = crate::office::looking(&town).await;
    let has_till = async || {
        let there = desk.quickbooks(&viewer).await.unwrap();
        there
            .money_accounts
            .iter()
            .any(|account| account.name == "Till")
    };
    assert!(!has_till().await);
    let told = say(&town, vec![Assignment::Read]).await;
    assert_eq!(
        entered(&told[0]),
        "The settings and lists of QuickBooks were read again."
    );
    town.clock.advance(std::time::Duration::from_secs(31));
    assert!(has_till().await);
}

async fn customers(town: &Town, by: CustomersBy) -> Vec<CustomerRow> {
    let desk = desk(town);
    let (_, viewer) = crate::office::looking(town).await;
    let page = desk
        .customers(&viewer, &by, &Paging::default())
        .await
        .unwrap();
    assert_eq!(page.next, None);
    page.rows
}

/// The names of those who stand so, each with the one in QuickBooks who was found for them.
async fn known(town: &Town, by: CustomersBy) -> Vec<(String, Option<String>)> {
    let rows = customers(town, by).await.into_iter();
    rows.map(|row| match row {
        CustomerRow::Known(known) => {
            let matched = known.matched.map(|matched| matched.name);
            (known.name.unwrap_or_default(), matched)
        }
        CustomerRow::Asked(alert) => (alert.record.customer().unwrap_or_default(), None),
    })
    .collect()
}

#[tokio::test]
async fn c6_a_customer_is_linked_unlinked_and_made_anew_from_the_office() {
    let town = Town::new(2_206).await;
    let (linked, unlinked) = (
        || known(&town, CustomersBy::Linked(String::new())),
        || known(&town, CustomersBy::Unlinked(String::new())),
    );
    let dana = new_customer(&town, "Dana", "Sample");
    let job = new_job(&town, &dana);
    finish(&town, &job).await;
    assert_eq!(linked().await, [("Dana Sample".to_owned(), None)]);
    assert!(unlinked().await.is_empty());
    make(&town, "Customer", r#"{"DisplayName":"Sample & Daughters"}"#);
    let is = |is: CustomerMatch| {
        vec![Assignment::Customer {
            customer: hcp::CustomerId::parse(dana.as_str()).unwrap(),
            is,
        }]
    };
    let other = CustomerMatch::Linked("sample & daughters".to_owned());
    let told = say(&town, is(other)).await;
    assert!(entered(&told[0]).contains("made out to Sample & Daughters"));
    let found = Some("Sample & Daughters".to_owned());
    assert_eq!(linked().await, [("Dana Sample".to_owned(), found)]);
    town.push_by_hand(&job).await;
    town.settle().await;
    let made_out_to = || {
        town.qbo.objects("Invoice")[0]
            .text("CustomerRef.name")
            .map(str::to_owned)
    };
    assert_eq!(made_out_to().as_deref(), Some("Sample & Daughters"));

    let told = say(&town, is(CustomerMatch::New(" (2)".to_owned()))).await;
    assert_eq!(
        entered(&told[0]),
        "With the next push, Dana Sample (2) is made in QuickBooks."
    );
    assert_eq!(unlinked().await, [("Dana Sample".to_owned(), None)]);
    assert!(linked().await.is_empty());
    town.push_by_hand(&job).await;
    town.settle().await;
    assert_eq!(made_out_to().as_deref(), Some("Dana Sample (2)"));
    assert!(names(&town, "Customer", "DisplayName").contains(&"Dana Sample (2)".to_owned()));

    say(&town, is(CustomerMatch::Unlinked)).await;
    assert_eq!(unlinked().await.len(), 1);
    let told = say(&town, is(CustomerMatch::Linked("Nobody at all".to_owned()))).await;
    assert!(matches!(&told[0], Progress::Declined { words } if words.contains("Nobody at all")));
    let changed = changes(&town, ActKind::Chose);
    let changed: Vec<(Option<&str>, Option<&str>)> = changed
        .iter()
        .map(|change| (change.before.as_deref(), change.after.as_deref()))
        .collect();
    assert_eq!(changed.len(), 3);
    assert!(
        changed.contains(&(Some("Dana Sample"), Some("Sample & Daughters"))),
        "{changed:?}"
    );
}

#[tokio::test]
async fn c6_customers_of_whom_nothing_was_sent_and_of_whom_it_is_not_clear_are_listed_apart() {
    let town = Town::new(2_207).await;
    let nothing = job_with(&town, &new_customer(&town, "Zoe", "Sample"), Vec::new());
    finish(&town, &nothing).await;
    let unlinked = known(&town, CustomersBy::Unlinked("zoe".to_owned())).await;
    assert_eq!(unlinked, [("Zoe Sample".to_owned(), None)]);
    for email in ["one@example.com", "two@example.com"] {
        let theirs =
            format!(r#"{{"DisplayName":"Adam  Oak","PrimaryEmailAddr":{{"Address":"{email}"}}}}"#);
        let theirs = theirs.replace(
            "Adam  Oak",
            if email.starts_with("one") {
                "Adam Oak"
            } else {
                "Adam  Oak"
            },
        );
        make(&town, "Customer", &theirs);
    }
    let job = new_job(&town, &new_customer(&town, "Adam", "Oak"));
    finish(&town, &job).await;
    let asked = customers(&town, CustomersBy::Ambiguous).await;
    let [CustomerRow::Asked(alert)] = asked.as_slice() else {
        panic!("{asked:?}");
    };
    assert_eq!(alert.record.kind, "customer_match_ambiguous");
    assert!(!alert.sides.is_empty());
    assert!(
        customers(&town, CustomersBy::HeldByAnother)
            .await
            .is_empty()
    );
}
