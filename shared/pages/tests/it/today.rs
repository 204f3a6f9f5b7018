use office::Role;

use crate::{
    browser::Desk,
    connecting::{disconnect, finished_job},
};

#[tokio::test]
async fn everybody_of_a_company_sees_what_wants_somebody_today() {
    let desk = Desk::new(7).await;
    for role in [Role::Viewer, Role::Bookkeeper, Role::Admin] {
        let page = desk.signed_in(role).await.get("/").await;
        assert_eq!(page.status, 200, "{role:?}: {page:?}");
        for words in ["<h1>Today</h1>", "Nothing needs you.", "Nothing waits."] {
            assert!(page.body.contains(words), "{role:?} {words}: {}", page.body);
        }
        let company = desk.town.books().company.to_string();
        assert!(!page.body.contains(&company), "no id on a page");
        assert!(page.body.len() < 15_000, "{} bytes", page.body.len());
    }
}

#[tokio::test]
async fn what_is_wrong_and_what_waits_for_it_stands_on_the_page() {
    let desk = Desk::new(9).await;
    let admin = desk.signed_in(Role::Admin).await;
    disconnect(&desk, &admin).await;
    finished_job(&desk.town, "Finn");
    desk.town.post().await;
    let worker = desk.town.worker();
    while !desk.town.queue.messages().is_empty() {
        desk.town.batch(&worker).await;
    }
    let page = desk.signed_in(Role::Viewer).await.get("/").await;
    for words in [
        "Refuses us: an admin has to connect it again",
        "<td>QuickBooks no longer accepts the connection",
        "<td>not read yet</td>",
        "<td>QuickBooks must be connected again</td>",
    ] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    assert!(!page.body.contains("Nothing needs you."), "{}", page.body);
    assert!(!page.body.contains("Nothing waits."), "{}", page.body);
}

#[tokio::test]
async fn a_company_is_chosen_by_its_own_people_only() {
    let desk = Desk::new(8).await;
    let company = desk.town.books().company.to_string();
    let chosen = [("company", company.as_str())];
    let viewer = desk.signed_in(Role::Viewer).await;
    let opened = viewer.post("/companies", "/companies", &chosen).await;
    assert_eq!((opened.status, opened.leads_to()), (303, "/"));
    assert_eq!(viewer.get("/").await.status, 200);
    let stranger = desk.browser();
    stranger.sign_in("somebody-else").await;
    let refused = stranger.post("/companies", "/companies", &chosen).await;
    assert_eq!(refused.status, 404);
    let forged = company.clone();
    let mut cookies = stranger.cookies.borrow().clone();
    cookies.insert("__Host-company".to_owned(), forged);
    stranger.cookies.replace(cookies);
    assert_eq!(stranger.get("/").await.leads_to(), "/companies");
}
