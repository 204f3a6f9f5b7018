//! The people of a company, and what they do from the office.

use fakes::FakeDirectory;
use futures::join;
use hcp::CompanyId;
use office::{Caller, Office, PersonView, Role, UserId};
use simulation::{Seen, Town};
use sync::{Declined, NotDone};

type Desk = Office<Seen>;

fn desk(town: &Town) -> Desk {
    Office::new(town.worker())
}

async fn appointed(desk: &Desk, town: &Town, mail: &str, role: Role) -> PersonView {
    let company = town.books().company;
    let directory = FakeDirectory::of(mail);
    let made = desk.appoint(&company, &directory, mail, role);
    made.await.unwrap()
}

/// Somebody of the town's company.
async fn caller(desk: &Desk, town: &Town, mail: &str, role: Role) -> Caller {
    let person = appointed(desk, town, mail, role).await;
    let company = town.books().company;
    let caller = desk.caller(&person.user, company.as_str()).await;
    caller.unwrap()
}

fn declined<T: std::fmt::Debug>(done: Result<T, NotDone>) -> Declined {
    match done.unwrap_err() {
        NotDone::Declined(declined) => declined,
        NotDone::Stop(stop) => panic!("{stop}"),
    }
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
    let made = desk.appoint(&unconnected, &directory, "kim@example.com", Role::Admin);
    assert!(matches!(declined(made.await), Declined::NoSuch { .. }));
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
}
