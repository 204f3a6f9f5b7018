use std::time::Duration;

use hcp_sandbox::{Hundredths, JobId, NewCustomer, NewJob, NewLine};
use office::Role;
use simulation::Town;
use store::{Connection, ConnectionStatus, RealmOwner, Stored, Table, Write, read};

use crate::browser::{Browser, Desk};

/// What neither system tells of a new company.
const CHOSEN: [(&str, &str); 2] = [("invoicing", "simple"), ("own_sync_is_off", "yes")];

pub(crate) fn finished_job(town: &Town, name: &str) -> JobId {
    let customer = town.hcp.create_customer(NewCustomer {
        first_name: Some(name.to_owned()),
        last_name: Some("Sample".to_owned()),
        ..NewCustomer::default()
    });
    let line = NewLine::labor("Visit", 9_900, Hundredths::ONE);
    let job = town.hcp.create_job(NewJob {
        lines: vec![line],
        ..NewJob::of(&customer.unwrap())
    });
    let job = job.unwrap();
    town.hcp.finish_job(&job).unwrap();
    job
}

fn invoices(town: &Town) -> usize {
    town.qbo.objects("Invoice").len()
}

async fn connection(town: &Town) -> Option<Connection> {
    let key = Connection::key(&town.books().company);
    let stored = read::<Connection>(&*town.table, &key).await.unwrap();
    stored.map(|stored| stored.value)
}

/// A company of which nothing is known yet but its people, and the app's keys.
async fn unconnected(seed: u64) -> Desk {
    let desk = Desk::new(seed).await;
    let town = &desk.town;
    let company = town.books().company;
    for key in [
        Connection::key(&company),
        RealmOwner::key(&town.books().realm),
    ] {
        let stored = town.table.get(&key).await.unwrap().unwrap();
        let expect = store::Expect::Version(stored.version);
        let delete = vec![Write::Delete { key, expect }];
        town.table.write(uuid::Uuid::nil(), delete).await.unwrap();
    }
    for kind in ["hcp", "webhook", "qbo"] {
        town.secrets.remove(&format!("town/{company}/{kind}"));
    }
    desk
}

#[tokio::test]
async fn s9_a_company_is_set_up_by_button_and_its_first_job_syncs() {
    let desk = unconnected(11).await;
    let town = &desk.town;
    let browser = desk.signed_in(Role::Admin).await;
    let setup = desk.setup();
    let page = browser.get(&setup).await;
    assert!(
        page.body.contains("No API key is entered yet"),
        "{}",
        page.body
    );
    let early = browser.begin(&CHOSEN).await;
    assert_eq!(early.status, 422, "the key comes first");

    let keys = format!("{setup}/housecall");
    for (key, said) in [
        ("mistyped", "does not take this API key"),
        ("a b", "no key"),
        ("", "Paste"),
    ] {
        let wrong = browser.post(&setup, &keys, &[("api_key", key)]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.body.contains(said), "{}", wrong.body);
    }
    assert!(
        browser
            .get(&setup)
            .await
            .body
            .contains("No API key is entered yet")
    );
    let options = hcp_sandbox::Options::default();
    let given = [
        ("api_key", options.api_key.as_str()),
        ("signing_secret", &options.signing_secret),
    ];
    let kept = browser.post(&setup, &keys, &given).await;
    assert_eq!(kept.leads_to(), format!("{setup}?done=keys"));
    let page = browser.get(kept.leads_to()).await;
    for said in [
        "takes the API key",
        "keys of Housecall Pro are kept",
        "https://hooks.test/hcp/",
        "Not connected",
    ] {
        assert!(page.body.contains(said), "{said}: {}", page.body);
    }
    assert!(!page.body.contains(&options.api_key) && !page.body.contains(&options.signing_secret));

    for lack in [
        &CHOSEN[..1],
        &CHOSEN[1..],
        &[("invoicing", "odd"), CHOSEN[1]],
    ] {
        let refused = browser.begin(lack).await;
        let refused = match refused.status {
            303 => {
                browser
                    .get(&browser.press_at_intuit(refused.leads_to(), "connect"))
                    .await
            }
            _ => refused,
        };
        assert_eq!(refused.status, 422, "{lack:?}");
    }
    assert!(connection(town).await.is_none());
    let done = browser.connect(&CHOSEN).await;
    assert_eq!(
        done.leads_to(),
        format!("{setup}/connected"),
        "{}",
        done.body
    );
    assert!(
        browser
            .get(done.leads_to())
            .await
            .body
            .contains("QuickBooks is connected")
    );
    let connected = connection(town).await.unwrap();
    assert_eq!(connected.status, ConnectionStatus::Active);
    assert_eq!(connected.realm, town.books().realm);
    assert!(connected.read_at.is_some() && connected.preferences.custom_numbers);
    assert!(!connected.accounts.income.name.is_empty() && !connected.money_accounts.is_empty());

    town.clock.advance(Duration::from_secs(60));
    finished_job(town, "Finn");
    town.settle().await;
    assert_eq!((invoices(town), town.open_alerts()), (1, Vec::new()));
}

#[tokio::test]
async fn s9_disconnected_and_connected_again_what_waited_goes_on_with_its_links() {
    let desk = Desk::new(12).await;
    let town = &desk.town;
    let browser = desk.signed_in(Role::Admin).await;
    let first = finished_job(town, "Dana");
    town.settle().await;
    let done = disconnect(&desk, &browser).await;
    assert!(
        browser
            .get(&done)
            .await
            .body
            .contains("QuickBooks is disconnected")
    );
    // A second time does no harm.
    disconnect(&desk, &browser).await;
    let status = connection(town).await.unwrap().status;
    assert_eq!(
        (status, town.open_alerts()),
        (ConnectionStatus::Reconnect, vec!["reconnect".to_owned()])
    );
    let page = browser.get(&desk.setup()).await;
    assert!(page.body.contains("Disconnected"), "{}", page.body);

    town.clock.advance(Duration::from_secs(60));
    finished_job(town, "Finn");
    town.post().await;
    let worker = town.worker();
    while !town.queue.messages().is_empty() {
        town.batch(&worker).await;
    }
    assert_eq!((town.waiting().len(), invoices(town)), (1, 1));
    let done = browser.connect(&[]).await;
    assert_eq!(done.status, 303, "{}", done.body);
    assert_eq!(town.queue.messages().len(), 1, "it goes on at once");
    while !town.queue.messages().is_empty() {
        town.batch(&town.worker()).await;
    }
    assert_eq!((invoices(town), town.open_alerts()), (2, Vec::new()));
    town.hcp.send_invoice(&first).unwrap();
    town.settle().await;
    assert_eq!(invoices(town), 2, "links are kept");
}

pub(crate) async fn disconnect(desk: &Desk, browser: &Browser<'_>) -> String {
    let path = format!("{}/disconnect", desk.setup());
    let done = browser.post(&desk.setup(), &path, &[]).await;
    assert_eq!(done.status, 303, "{}", done.body);
    done.leads_to().to_owned()
}

#[tokio::test]
async fn s9_a_connection_that_works_may_be_made_again_and_its_old_token_is_used_no_more() {
    let desk = Desk::of(Town::with(13, |_| {}, |qbo| qbo.punish_reuse = true).await).await;
    for name in ["Dana", "Erin"] {
        let browser = desk.signed_in(Role::Admin).await;
        assert_eq!(browser.connect(&[]).await.status, 303);
        desk.town.clock.advance(Duration::from_secs(4_000));
        finished_job(&desk.town, name);
        desk.town.settle().await;
    }
    assert_eq!(
        (invoices(&desk.town), desk.town.open_alerts()),
        (2, Vec::new())
    );
    assert!(desk.town.qbo.violations().is_empty());
}

#[tokio::test]
async fn v23_what_intuit_sends_back_counts_once_in_time_and_in_its_session() {
    let desk = Desk::new(14).await;
    let town = &desk.town;
    let browser = desk.signed_in(Role::Admin).await;
    let before = connection(town).await;
    let exchanged = || {
        town.qbo
            .calls()
            .iter()
            .filter(|call| call.path.contains("tokens/bearer"))
            .count()
    };
    let calls = exchanged();

    let back = browser.set_out(&[]).await;
    let other = desk.signed_in(Role::Admin).await;
    let stranger = desk.browser();
    for (who, expected) in [(&other, 400), (&stranger, 401)] {
        assert_eq!(who.get(&back).await.status, expected, "another session");
    }
    let forged = back.replace("state=", "state=0");
    for forged in [
        forged.as_str(),
        "/connect/quickbooks/answer",
        "/connect/quickbooks/answer?code=a&realmId=1",
    ] {
        assert_eq!(browser.get(forged).await.status, 400);
    }
    assert_eq!(exchanged(), calls, "Intuit was not asked");
    assert_eq!(browser.get(&back).await.status, 303);
    let replayed = browser.get(&back).await;
    assert_eq!(replayed.status, 400, "once");
    assert!(
        replayed.body.contains("connect once more"),
        "{}",
        replayed.body
    );
    assert_eq!(exchanged(), calls + 1);

    let back = browser.set_out(&[]).await;
    town.clock.advance(Duration::from_secs(600));
    assert_eq!(browser.get(&back).await.status, 400, "too late");
    let begun = browser.begin(&[]).await;
    let back = browser.press_at_intuit(begun.leads_to(), "cancel");
    let declined = browser.get(&back).await;
    assert_eq!(
        declined.leads_to(),
        format!("{}?done=not-allowed", desk.setup())
    );
    assert!(
        browser
            .get(declined.leads_to())
            .await
            .body
            .contains("was not allowed")
    );
    let back = browser.set_out(&[]).await;
    browser.post("/", "/sign-out", &[]).await;
    assert_eq!(browser.get(&back).await.status, 401, "signed out meanwhile");
    assert_eq!(exchanged(), calls + 1);
    let after = connection(town).await;
    assert_eq!(after.map(|one| one.realm), before.map(|one| one.realm));
}

#[tokio::test]
async fn s9_another_company_in_quickbooks_is_refused_and_why_is_said() {
    let desk = Desk::new(15).await;
    let town = &desk.town;
    let browser = desk.signed_in(Role::Admin).await;
    let realm = town.books().realm.to_string();
    let other = |back: String| back.replace(&realm, "4620816365");
    let refused = browser.get(&other(browser.set_out(&[]).await)).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused
            .body
            .contains("connected with another QuickBooks company"),
        "{}",
        refused.body
    );
    assert!(!refused.body.contains(&realm) && !refused.body.contains("4620816365"));
    let early = browser
        .begin(&[("other_books", "yes"), CHOSEN[0], CHOSEN[1]])
        .await;
    assert_eq!(early.status, 422, "disconnect first");
    finished_job(town, "Finn");
    town.settle().await;
    assert_eq!(invoices(town), 1, "the connection stands");

    disconnect(&desk, &browser).await;
    let refused = browser.get(&other(browser.set_out(&[]).await)).await;
    assert!(
        refused
            .body
            .contains("another QuickBooks company than the one"),
        "{}",
        refused.body
    );
    let leave = [("other_books", "yes"), CHOSEN[0], CHOSEN[1]];
    let refused = browser.get(&other(browser.set_out(&leave).await)).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.body.contains("gave no access"),
        "a forged realm: {}",
        refused.body
    );
    assert_eq!(connection(town).await.unwrap().realm, town.books().realm);
    for odd in ["", "1a", "../.."] {
        let back = browser.set_out(&[]).await.replace(&realm, odd);
        assert_eq!(browser.get(&back).await.status, 400, "{odd}");
    }
}

#[tokio::test]
async fn s9_the_books_of_one_are_filled_by_one() {
    let desk = unconnected(16).await;
    let town = &desk.town;
    let browser = desk.signed_in(Role::Admin).await;
    let options = hcp_sandbox::Options::default();
    let keys = format!("{}/housecall", desk.setup());
    let key = [("api_key", options.api_key.as_str())];
    assert_eq!(browser.post(&desk.setup(), &keys, &key).await.status, 303);

    // Another company has this one in QuickBooks, as before owners were noted.
    let company = hcp::CompanyId::parse("0f5e2c9a-6b1d-4f37-9c58-2a7d4e8b1c63").unwrap();
    assert_eq!(browser.connect(&CHOSEN).await.status, 303);
    let mine = connection(town).await.unwrap();
    let owner = RealmOwner::key(&mine.realm);
    let noted = read::<RealmOwner>(&*town.table, &owner)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(noted.value.company, mine.company);
    let theirs = Connection {
        company: company.clone(),
        ..mine.clone()
    };
    let theirs = Stored::new(Connection::key(&company), theirs)
        .put()
        .unwrap();
    let stored = read::<Connection>(&*town.table, &Connection::key(&mine.company)).await;
    let stored = stored.unwrap().unwrap();
    let (key, expect) = (stored.key.clone(), stored.expect());
    let writes = vec![theirs, Write::Delete { key, expect }];
    town.table.write(uuid::Uuid::nil(), writes).await.unwrap();
    let refused = browser.connect(&CHOSEN).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused
            .body
            .contains("with another Housecall Pro company already"),
        "{}",
        refused.body
    );
    assert!(
        !refused.body.contains(company.as_str()),
        "nothing of the other one"
    );
    assert!(connection(town).await.is_none());
}

#[tokio::test]
async fn s9_changing_one_key_touches_no_other_and_a_refusal_changes_nothing() {
    let desk = Desk::new(17).await;
    let town = &desk.town;
    let company = town.books().company;
    let browser = desk.signed_in(Role::Admin).await;
    let versions = async || {
        use ports::Secrets;
        let mut versions = Vec::new();
        for name in ["hcp", "webhook", "qbo"].map(|kind| format!("town/{company}/{kind}")) {
            versions.push(
                town.secrets
                    .read(&name, None)
                    .await
                    .unwrap()
                    .unwrap()
                    .version,
            );
        }
        versions
    };
    let keys = format!("{}/housecall", desk.setup());
    let before = versions().await;
    let refused = browser
        .post(
            &desk.setup(),
            &keys,
            &[("api_key", "mistyped"), ("signing_secret", "new")],
        )
        .await;
    assert_eq!(refused.status, 422);
    assert_eq!(versions().await, before);
    assert_eq!(
        browser
            .post(&desk.setup(), &keys, &[("signing_secret", "new")])
            .await
            .status,
        303
    );
    let after = versions().await;
    assert_eq!((&after[0], &after[2]), (&before[0], &before[2]));
    assert_ne!(after[1], before[1]);
    let same = browser
        .post(&desk.setup(), &keys, &[("signing_secret", "new")])
        .await;
    assert_eq!((same.status, versions().await), (303, after));
}

#[tokio::test]
async fn s7_disconnecting_that_intuit_does_not_answer_changes_nothing() {
    let desk = Desk::new(18).await;
    let browser = desk.signed_in(Role::Admin).await;
    let fault = qbo_sandbox::Fault::next(qbo_sandbox::FaultKind::CommitThenDrop).path("revoke");
    desk.town.qbo.inject(fault);
    let path = format!("{}/disconnect", desk.setup());
    let lost = browser.post(&desk.setup(), &path, &[]).await;
    assert_eq!(lost.status, 503);
    let done = browser.post(&desk.setup(), &path, &[]).await;
    assert_eq!(done.status, 303, "{}", done.body);
    assert_eq!(
        connection(&desk.town).await.unwrap().status,
        ConnectionStatus::Reconnect
    );
}
