//! The people of a company, and what they do from the office.

use fakes::FakeDirectory;
use futures::join;
use hcp::CompanyId;
use office::{Caller, Days, Office, Paging, PersonView, Role, UserId};
use simulation::{Seen, Town};
use store::{By, JobState};
use sync::{
    Declined, NotDone,
    job::find::JobName,
    work::orders::{Named, OrderState, OrderStatus, Wish},
};
use uuid::Uuid;

use crate::{
    documents::number,
    edits,
    foreign::offered,
    people::{assert_books, invoices, job_with, new_customer, new_job, requests},
};

pub(crate) type Desk = Office<Seen>;

pub(crate) fn desk(town: &Town) -> Desk {
    Office::new(town.worker())
}

async fn appointed(desk: &Desk, town: &Town, mail: &str, role: Role) -> PersonView {
    let company = town.books().company;
    let directory = FakeDirectory::of(mail);
    let robin = simulation::person();
    let made = desk.appoint(&company, &robin, &directory, mail, role);
    made.await.unwrap()
}

/// Somebody of the town's company.
pub(crate) async fn caller(desk: &Desk, town: &Town, mail: &str, role: Role) -> Caller {
    let person = appointed(desk, town, mail, role).await;
    let company = town.books().company;
    let caller = desk.caller(&person.user, company.as_str()).await;
    caller.unwrap()
}

/// Somebody who looks at the town's company, whoever asks for them.
pub(crate) async fn looking(town: &Town) -> (Desk, Caller) {
    let desk = desk(town);
    let company = town.books().company;
    let mail = "viewer@example.com";
    let known = desk.people_of(&company).await.unwrap().people.into_iter();
    let user = match known.into_iter().find(|one| one.mail == mail) {
        Some(known) => known.user,
        None => appointed(&desk, town, mail, Role::Viewer).await.user,
    };
    let caller = desk.caller(&user, company.as_str()).await.unwrap();
    (desk, caller)
}

pub(crate) fn declined<T: std::fmt::Debug>(done: Result<T, NotDone>) -> Declined {
    let declined = match done.unwrap_err() {
        NotDone::Declined(declined) => Some(declined),
        NotDone::Stop(_) => None,
    };
    declined.expect("something that cannot be had")
}

#[tokio::test]
async fn v23_another_companys_id_looks_as_if_there_were_none() {
    let town = Town::new(71).await;
    let desk = desk(&town);
    let dana = appointed(&desk, &town, "dana@example.com", Role::Admin).await;
    let stranger = UserId::parse("user-of-others").unwrap();
    let company = town.books().company.to_string();
    let told = declined(desk.caller(&stranger, &company).await);
    let missing = "0f5e2c9a-6b1d-4f37-9c58-2a7d4e8b1c63";
    for (user, company) in [
        (&stranger, missing),
        (&dana.user, missing),
        (&dana.user, "no id"),
        (&dana.user, ""),
    ] {
        assert_eq!(
            declined(desk.caller(user, company).await),
            told,
            "{company}"
        );
    }
    assert!(desk.companies(&stranger).await.unwrap().is_empty());
    let hers = desk.companies(&dana.user).await.unwrap();
    assert_eq!(hers.len(), 1);
    assert_eq!(
        (hers[0].id.as_str(), hers[0].role),
        (company.as_str(), Role::Admin)
    );
}

#[tokio::test]
async fn v23_removal_ends_all_at_once_and_the_last_admin_stays() {
    let town = Town::new(72).await;
    let desk = desk(&town);
    let company = town.books().company;
    let dana = caller(&desk, &town, "dana@example.com", Role::Admin).await;
    let kim = appointed(&desk, &town, "kim@example.com", Role::Viewer).await;

    let told = declined(desk.remove_person(&dana, dana.user(), None).await);
    assert!(matches!(told, Declined::HeldBy { .. }), "{told}");
    let lowered = desk
        .change_role(&dana, dana.user(), Role::Viewer, None)
        .await;
    assert!(matches!(declined(lowered), Declined::HeldBy { .. }));

    desk.change_role(&dana, &kim.user, Role::Admin, None)
        .await
        .unwrap();
    let kim = desk.caller(&kim.user, company.as_str()).await.unwrap();
    assert_eq!(kim.role(), Role::Admin);
    // Each removes the other in the same moment: one of them stays.
    let (one, other) = join!(
        desk.remove_person(&dana, kim.user(), None),
        desk.remove_person(&kim, dana.user(), None)
    );
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    let people = desk.people_of(&company).await.unwrap().people;
    assert_eq!(people.len(), 1);
    let gone = match people[0].mail.as_str() {
        "kim@example.com" => dana.user(),
        _ => kim.user(),
    };
    let told = declined(desk.caller(gone, company.as_str()).await);
    assert!(matches!(told, Declined::NoSuch { .. }), "{told}");
    assert!(desk.companies(gone).await.unwrap().is_empty());
}

#[tokio::test]
async fn who_is_invited_is_there_once_and_by_a_proper_address() {
    let town = Town::new(73).await;
    let desk = desk(&town);
    let dana = caller(&desk, &town, "dana@example.com", Role::Admin).await;
    let directory = FakeDirectory::of("kim@example.com");
    let kim = desk
        .invite(&dana, &directory, "  Kim@Example.com ", Role::Viewer)
        .await;
    assert_eq!(kim.unwrap().mail, "kim@example.com");
    let again = desk
        .invite(&dana, &directory, "kim@example.com", Role::Admin)
        .await;
    assert!(matches!(declined(again), Declined::HeldBy { .. }));
    for odd in [
        "",
        "kim",
        "kim@",
        "@example.com",
        "kim@example",
        "k m@example.com",
        "a@b@c.d",
        "a@b..c",
        "a@b.c>",
    ] {
        let told = declined(desk.invite(&dana, &directory, odd, Role::Viewer).await);
        assert!(matches!(told, Declined::NotUsable { .. }), "{odd}: {told}");
    }
    let unconnected = CompanyId::parse("0f5e2c9a-6b1d-4f37-9c58-2a7d4e8b1c63").unwrap();
    let robin = simulation::person();
    let made = desk.appoint(
        &unconnected,
        &robin,
        &directory,
        "kim@example.com",
        Role::Admin,
    );
    // So the first admin of a company is made who then connects it.
    let first = made.await.unwrap();
    let there = desk.caller(&first.user, unconnected.as_str()).await;
    assert_eq!(there.unwrap().role(), Role::Admin);
    directory.fail(1);
    let failed = desk
        .invite(&dana, &directory, "lee@example.com", Role::Viewer)
        .await;
    assert!(matches!(failed, Err(NotDone::Stop(_))));
    let seen = desk.people(&dana).await.unwrap();
    assert_eq!(seen.people.len(), 2);
    // What was seen before is out of date.
    let kim = &seen
        .people
        .iter()
        .find(|one| one.role == Role::Viewer)
        .unwrap()
        .user;
    let changed = desk
        .change_role(&dana, kim, Role::Bookkeeper, Some(seen.version))
        .await;
    assert_eq!(changed.unwrap().version, seen.version + 1);
    let late = desk.remove_person(&dana, kim, Some(seen.version)).await;
    assert!(matches!(declined(late), Declined::Changed { .. }));
    desk.remove_person(&dana, kim, None).await.unwrap();
    // Each change is told with who made it, and only what was changed.
    let log = desk.log(&dana, Days::default(), &Paging::default()).await;
    let log = log.unwrap().rows.into_iter();
    let told = log.filter(|row| row.what == "changed who may use the company");
    let told = told.map(|row| {
        let [change] = row.changes.as_slice() else {
            panic!("{row:?}");
        };
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let (before, after) = (text(&change.before), text(&change.after));
        let who = row.who.as_deref().unwrap_or_default();
        format!("{who}: {}, {before} -> {after}", change.field)
    });
    // All of it in one moment.
    let mut told: Vec<String> = told.collect();
    told.sort();
    assert_eq!(
        told,
        [
            "Robin Office: dana@example.com,  -> an admin",
            "dana@example.com: kim@example.com,  -> a viewer",
            "dana@example.com: kim@example.com, a bookkeeper -> ",
            "dana@example.com: kim@example.com, a viewer -> a bookkeeper",
        ]
    );
}

fn dana() -> By {
    By {
        id: "user-1".to_owned(),
        name: "dana@example.com".to_owned(),
    }
}

/// A person orders something for a job that they name by its number.
pub(crate) async fn order(town: &Town, wish: Wish, number: &str) -> Uuid {
    order_for(town, wish, JobName::Job(number.to_owned()).into()).await
}

pub(crate) async fn order_for(town: &Town, wish: Wish, named: Named) -> Uuid {
    let id = Uuid::new_v4();
    let names = [named];
    let company = town.books().company;
    let (worker, dana) = (town.worker(), dana());
    let ordered = worker.order(&company, id, &dana, wish, &names);
    ordered.await.unwrap();
    id
}

pub(crate) async fn told(town: &Town, id: Uuid) -> OrderStatus {
    let company = town.books().company;
    let mut told = town.worker().order_status(&company, id).await.unwrap();
    assert_eq!(told.len(), 1);
    told.remove(0)
}

#[tokio::test]
async fn u1_u2_u3_a_job_that_only_housecall_knows_is_pushed_by_its_number() {
    let town = Town::new(74).await;
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    let id = order(&town, Wish::Push, &number(&town, &job)).await;
    let waiting = told(&town, id).await;
    assert!(matches!(waiting.state, OrderState::Waiting { why: None }));
    assert_eq!(waiting.by, "dana@example.com");
    town.settle().await;
    assert_books(&town, &[&job]);
    let done = told(&town, id).await;
    assert!(
        matches!(done.state, OrderState::Done(JobState::Synced)),
        "{done:?}"
    );
    assert_eq!(done.job.unwrap().number, Some(number(&town, &job)));
    // The same order again is none; another one sends nothing that is there.
    let company = town.books().company;
    let again = [JobName::Job("104".to_owned()).into()];
    town.worker()
        .order(&company, id, &simulation::person(), Wish::Push, &again)
        .await
        .unwrap();
    order(&town, Wish::Push, job.as_str()).await;
    town.settle().await;
    assert_eq!(told(&town, id).await.by, "dana@example.com");
    assert_eq!(invoices(&town).len(), 1);
}

#[tokio::test]
async fn u3_what_cannot_be_had_is_told_where_it_is_asked_for() {
    let town = Town::new(75).await;
    let typo = order(&town, Wish::Push, "9104").await;
    let nothing = order(&town, Wish::Link, "9104").await;
    town.settle().await;
    for (id, words) in [
        (
            typo,
            "no job has the number 9104, neither in the records of the sync nor in Housecall Pro",
        ),
        (
            nothing,
            "no job has the number 9104 among those that were seen here",
        ),
    ] {
        let OrderState::Declined { words: told } = told(&town, id).await.state else {
            panic!("{words}");
        };
        assert!(told.starts_with(words), "{told}");
    }
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    // A job that nothing can be sent of: its alert tells.
    let customer = new_customer(&town, "Dana", "Sample");
    let empty = job_with(&town, &customer, Vec::new());
    let id = order(&town, Wish::Push, &number(&town, &empty)).await;
    town.settle().await;
    let OrderState::NeedsYou(alerts) = told(&town, id).await.state else {
        panic!("no alert");
    };
    assert_eq!(alerts[0].kind, "no_lines");
    let company = town.books().company;
    let unknown = town.worker().order_status(&company, Uuid::new_v4()).await;
    assert!(unknown.unwrap().is_empty());
    let many = vec![Named::Job(JobName::Job("1".to_owned())); 51];
    for names in [&[][..], &many] {
        let order = town
            .worker()
            .order(&company, Uuid::new_v4(), &dana(), Wish::Push, names)
            .await;
        assert!(matches!(declined(order), Declined::NotUsable { .. }));
    }
}

#[tokio::test]
async fn u3_what_is_ordered_while_housecall_is_away_is_done_when_it_answers() {
    let town = Town::new(76).await;
    let job = new_job(&town, &new_customer(&town, "Dana", "Sample"));
    let fault = hcp_sandbox::Fault::next(hcp_sandbox::FaultKind::ServerError);
    town.hcp.inject(fault.times(1).path("/jobs"));
    let id = order(&town, Wish::Push, &number(&town, &job)).await;
    let worker = town.worker();
    town.batch(&worker).await;
    let waiting = told(&town, id).await;
    let OrderState::Waiting { why: Some(why) } = waiting.state else {
        panic!("{waiting:?}");
    };
    assert!(!why.is_empty());
    town.settle().await;
    assert!(matches!(
        told(&town, id).await.state,
        OrderState::Done(JobState::Synced)
    ));
}

#[tokio::test]
async fn t12_an_invoice_is_linked_where_the_office_orders_it() {
    let (town, job, _) = offered(77).await;
    let id = order(&town, Wish::Link, &number(&town, &job)).await;
    town.settle().await;
    let done = told(&town, id).await;
    assert!(
        matches!(done.state, OrderState::Done(JobState::Synced)),
        "{done:?}"
    );
    assert_eq!(invoices(&town).len(), 1);
    assert_eq!(town.open_alerts(), Vec::<String>::new());
    // There is nothing more to link.
    let again = order(&town, Wish::Link, &number(&town, &job)).await;
    town.settle().await;
    let OrderState::Declined { words } = told(&town, again).await.state else {
        panic!("linked twice");
    };
    assert!(words.contains("nothing to link"), "{words}");
}

#[tokio::test]
async fn u1_a_customer_is_pushed_by_name_or_id_and_only_where_quickbooks_has_them() {
    let (town, dana, job) = edits::synced(87).await;
    edits::rename(&town, &dana, "Example");
    town.settle().await;
    let push = async |called: &str| {
        let id = order_for(&town, Wish::Push, Named::Customer(called.to_owned())).await;
        town.settle().await;
        told(&town, id).await.state
    };
    let done = push(" dana  example ").await;
    assert!(matches!(done, OrderState::Settled), "{done:?}");
    let names = |town: &Town| -> Vec<String> {
        let all = town.qbo.objects("Customer").into_iter();
        all.filter_map(|one| one.text("DisplayName").map(str::to_owned))
            .collect()
    };
    assert_eq!(names(&town), ["Dana Example"]);
    assert_books(&town, &[&job]);
    // Where nothing is otherwise, nothing is sent.
    let sent = requests(&town);
    let again = push(dana.as_str()).await;
    assert!(matches!(again, OrderState::Settled), "{again:?}");
    assert_eq!(requests(&town), sent);

    new_customer(&town, "Eli", "Sample");
    for (called, expected) in [
        ("Eli Sample", "Eli Sample is not in QuickBooks yet"),
        ("Nobody Here", "Housecall Pro has no customer Nobody Here"),
        ("cus_../1", "is not a Housecall Pro customer id"),
    ] {
        let state = push(called).await;
        let OrderState::Declined { words } = state else {
            panic!("{called}: {state:?}");
        };
        assert!(words.contains(expected), "{words}");
    }
    let (company, worker, by) = (town.books().company, town.worker(), self::dana());
    let names = [Named::Customer("Dana Example".to_owned())];
    let link = worker.order(&company, Uuid::new_v4(), &by, Wish::Link, &names);
    assert!(matches!(declined(link.await), Declined::NotUsable { .. }));
    assert_eq!(town.open_alerts(), Vec::<String>::new());
}
