use std::time::Duration;

use office::Role;
use serde_json::json;

use crate::browser::{Desk, HOME, encoded};

#[tokio::test]
async fn v23_somebody_signs_in_and_out_and_a_stolen_session_is_useless_then() {
    let desk = Desk::new(1).await;
    let browser = desk.signed_in(Role::Admin).await;
    assert_eq!(browser.get(&desk.setup()).await.status, 200);
    let stolen = desk.browser();
    stolen.cookies.replace(browser.cookies.borrow().clone());
    assert_eq!(stolen.get(&desk.setup()).await.status, 200);
    let out = browser.post("/", "/sign-out", &[]).await;
    assert!(
        out.leads_to()
            .contains("/logout?client_id=pages&logout_uri=")
    );
    assert!(browser.cookies.borrow().is_empty());
    for late in [&browser, &stolen] {
        assert_eq!(late.get(&desk.setup()).await.status, 401);
    }
    let posted = stolen.post_with("any", "/sign-out", &[]).await;
    assert_eq!(posted.status, 401);
    let kept = desk.town.table.all().into_iter();
    let mut kept = kept.filter(|record| record.key.partition.starts_with("session#"));
    assert!(kept.next().is_none(), "nothing is left of it");
}

#[tokio::test]
async fn v23_a_session_ends_when_nobody_is_there_and_nothing_of_it_can_be_read() {
    let desk = Desk::new(2).await;
    let browser = desk.signed_in(Role::Admin).await;
    let cookie = browser.cookies.borrow()["__Host-session"].clone();
    let record = |text: &str| {
        let all = desk.town.table.all();
        let mut all = all.iter();
        all.any(|record| format!("{record:?}").contains(text))
    };
    assert!(!record(&cookie), "the table does not let anybody in");
    for _ in 0..3 {
        desk.town.clock.advance(Duration::from_secs(50 * 60));
        assert_eq!(browser.get("/").await.status, 200);
        assert_eq!(browser.get(&desk.setup()).await.status, 200);
    }
    desk.town.clock.advance(Duration::from_secs(61 * 60));
    assert_eq!(browser.get(&desk.setup()).await.status, 401);

    let busy = desk.signed_in(Role::Admin).await;
    for _ in 0..15 {
        desk.town.clock.advance(Duration::from_secs(47 * 60));
        assert_eq!(busy.get(&desk.setup()).await.status, 200);
    }
    desk.town.clock.advance(Duration::from_secs(47 * 60));
    assert_eq!(busy.get(&desk.setup()).await.status, 401, "after a day");
}

#[tokio::test]
async fn v23_a_sign_in_counts_once_and_in_the_browser_that_began_it() {
    let desk = Desk::new(3).await;
    let (one, other) = (desk.browser(), desk.browser());
    let begun = one.get("/sign-in").await;
    let back = encoded(&[("code", "user-3"), ("state", &begun.value("state"))]);
    let back = format!("/signed-in?{back}");
    assert_eq!(other.get(&back).await.status, 401);
    other.get("/sign-in").await;
    assert_eq!(other.get(&back).await.status, 401);
    assert!(!other.cookies.borrow().contains_key("__Host-session"));
    assert_eq!(one.get(&back).await.status, 303);
    assert_eq!(one.get(&back).await.status, 401, "once");
    for odd in ["", "?state=x", "?code=user-3", "?error=access_denied"] {
        assert_eq!(one.get(&format!("/signed-in{odd}")).await.status, 401);
    }
    let begun = one.get("/sign-in").await;
    let back = encoded(&[("code", "old"), ("state", &begun.value("state"))]);
    assert_eq!(one.get(&format!("/signed-in?{back}")).await.status, 401);
}

#[tokio::test]
async fn v23_what_others_post_does_nothing() {
    let desk = Desk::new(4).await;
    let browser = desk.signed_in(Role::Admin).await;
    let form_token = browser.get(&desk.setup()).await.form_token();
    let body = |token: &str| Some(encoded(&[("form_token", token)]));
    let disconnect = format!("{}/disconnect", desk.setup());
    let paths = [
        "/sign-out".to_owned(),
        "/connect/quickbooks".to_owned(),
        format!("{}/housecall", desk.setup()),
        disconnect.clone(),
    ];
    let stranger = desk.signed_in(Role::Viewer).await;
    let of_others = stranger.get("/").await.form_token();
    for path in &paths {
        for (headers, token, expected) in [
            (
                json!({ "origin": "https://evil.test" }),
                form_token.as_str(),
                403,
            ),
            (json!({ "origin": "null" }), &form_token, 403),
            (
                json!({ "origin": "https://office.test.evil.test" }),
                &form_token,
                403,
            ),
            (json!({ "sec-fetch-site": "cross-site" }), &form_token, 403),
            (json!({}), &form_token, 403),
            (json!({ "origin": HOME }), "", 403),
            (json!({ "origin": HOME }), &of_others, 403),
        ] {
            let told = headers.to_string();
            let answer = browser.ask("POST", path, headers, body(token)).await;
            assert_eq!(answer.status, expected, "{path} {told}");
        }
        let plain = browser.get(path).await;
        assert!(
            matches!(plain.status, 303 | 404),
            "{path} by GET: {plain:?}"
        );
    }
    let long = encoded(&[
        ("form_token", &form_token),
        ("api_key", &"a".repeat(20_000)),
    ]);
    let answer = browser
        .ask("POST", &paths[2], json!({ "origin": HOME }), Some(long))
        .await;
    assert_eq!(answer.status, 413);
    assert_eq!(
        browser.get(&desk.setup()).await.status,
        200,
        "still signed in"
    );
    assert_eq!(desk.town.open_alerts(), [""; 0]);
    let fetched = json!({ "sec-fetch-site": "same-origin" });
    let done = browser
        .ask("POST", &disconnect, fetched, body(&form_token))
        .await;
    assert_eq!((done.status, done.leads_to()), (303, "/disconnected"));
}

#[tokio::test]
async fn v23_every_page_by_every_role_and_by_strangers() {
    let desk = Desk::new(5).await;
    let setup = desk.setup();
    let other = "/setup/0f5e2c9a-6b1d-4f37-9c58-2a7d4e8b1c63".to_owned();
    let company = desk.town.books().company.to_string();
    let company = [("company", company.as_str())];
    for (role, expected) in [
        (Role::Viewer, 403),
        (Role::Bookkeeper, 403),
        (Role::Admin, 200),
    ] {
        let browser = desk.signed_in(role).await;
        let home = browser.get("/").await;
        assert_eq!(home.status, 200);
        for page in ["", "/connected"] {
            let shown = browser.get(&format!("{setup}{page}")).await;
            assert_eq!(shown.status, expected, "{role:?} {page}");
        }
        let token = home.form_token();
        let forms = [
            (format!("{setup}/housecall"), &[("api_key", "wrong")][..]),
            ("/connect/quickbooks".to_owned(), &company),
            (format!("{setup}/disconnect"), &[]),
        ];
        for (path, fields) in forms {
            let posted = browser.post_with(&token, &path, fields).await;
            let may = posted.status != 403;
            assert_eq!(may, role == Role::Admin, "{role:?} {path}: {posted:?}");
        }
        let missing = browser.get(&other).await;
        let odd = browser.get("/setup/no-id").await;
        assert_eq!((missing.status, odd.status), (404, 404));
        assert_eq!(missing.body, odd.body, "as if there were none");
    }
    // Somebody of another company sees the same of this one.
    let stranger = desk.browser();
    stranger.sign_in("somebody-else").await;
    assert_eq!(stranger.get("/").await.leads_to(), "/companies");
    let home = stranger.get("/companies").await;
    assert!(home.body.contains("not one of the people"), "{}", home.body);
    let (ours, none) = (stranger.get(&setup).await, stranger.get(&other).await);
    assert_eq!((ours.status, ours.body), (404, none.body));
    let token = home.form_token();
    for path in [format!("{setup}/disconnect"), format!("{setup}/housecall")] {
        assert_eq!(stranger.post_with(&token, &path, &[]).await.status, 404);
    }
    let posted = stranger
        .post_with(&token, "/connect/quickbooks", &company)
        .await;
    assert_eq!(posted.status, 404);
    let nobody = desk.browser();
    assert_eq!(nobody.get(&setup).await.status, 401);
    for public in ["/", "/signed-out", "/disconnected", "/licence", "/privacy"] {
        assert_eq!(nobody.get(public).await.status, 200, "{public}");
    }
    assert_eq!(nobody.get("/setup").await.status, 404);
}

#[tokio::test]
async fn v23_pages_load_nothing_from_elsewhere_and_are_framed_by_nobody() {
    let desk = Desk::new(6).await;
    let browser = desk.signed_in(Role::Admin).await;
    for path in ["/", &desk.setup(), "/privacy", "/nothing", "/setup/x"] {
        let page = browser.get(path).await;
        assert_eq!(
            page.headers["content-security-policy"],
            "default-src 'none'; style-src 'self'; form-action 'self' https://sign-in.test https://qbo.test; frame-ancestors 'none'; base-uri 'none'"
        );
        assert_eq!(page.headers["referrer-policy"], "same-origin");
        assert_eq!(page.headers["x-content-type-options"], "nosniff");
        assert_eq!(
            page.headers["strict-transport-security"],
            "max-age=31536000"
        );
        assert_eq!(page.headers["cache-control"], "no-store", "{path}");
        assert!(!page.body.contains("<script") && !page.body.contains("style="));
        // A token of the API does not count here.
        let token = json!({ "authorization": "Bearer a.b.c" });
        let stranger = desk.browser().ask("GET", &desk.setup(), token, None).await;
        assert_eq!(stranger.status, 401);
    }
    let home = browser.get("/").await.body;
    let (_, rest) = home.split_once("rel=\"stylesheet\" href=\"").unwrap();
    let style = browser.get(rest.split('"').next().unwrap()).await;
    assert_eq!(style.headers["content-type"], "text/css; charset=utf-8");
    assert_eq!(
        style.headers["cache-control"],
        "public, max-age=31536000, immutable"
    );
}
