//! Secrets that are changed while the sync runs, and a connection that is made a second time.

use std::time::Duration;

use ports::{Clock, Secrets};
use secrecy::{ExposeSecret, SecretString};
use simulation::{Town, Worker};
use store::{Connection, ConnectionStatus, Table, read};
use sync::company::connect::{ConnectError, Connected, NewConnection, app::AppKeys};

use crate::people::{assert_books, assert_same_books, new_customer, new_job};

/// Longer than an access token lives.
pub(crate) const OVER_AN_HOUR: Duration = Duration::from_secs(4_000);

/// After so long Intuit replaces the refresh token.
const OVER_A_DAY: Duration = Duration::from_secs(25 * 3_600);

/// Each refresh replaces the token, and a second use of one that was replaced ends the connection.
pub(crate) async fn strict(seed: u64) -> Town {
    Town::with(
        seed,
        |_| {},
        |qbo| {
            qbo.rotate_always = true;
            qbo.punish_reuse = true;
        },
    )
    .await
}

/// What names the company and nothing else.
pub(crate) fn nothing(town: &Town) -> NewConnection {
    NewConnection {
        by: simulation::person(),
        company: town.books().company,
        api_key: None,
        signing_secrets: None,
        realm: None,
        client_id: None,
        client_secret: None,
        refresh_token: None,
        verifier_tokens: None,
        income_account: None,
        expense_account: None,
        time_zone: None,
        invoicing: None,
        own_sync_is_off: false,
        other_realm: false,
        anew: false,
    }
}

async fn connect(town: &Town, new: NewConnection) -> Result<Connected, ConnectError> {
    town.worker().connect(new).await
}

fn secret(text: &str) -> Option<SecretString> {
    Some(SecretString::from(text.to_owned()))
}

async fn connection(town: &Town) -> Connection {
    let key = Connection::key(&town.books().company);
    let stored = read::<Connection>(&*town.table, &key).await.unwrap();
    stored.unwrap().value
}

/// The current version of each secret: API key, webhooks, tokens, app.
async fn versions(town: &Town) -> [String; 4] {
    let company = town.books().company;
    let names = ["hcp", "webhook", "qbo"].map(|kind| format!("town/{company}/{kind}"));
    let [api_key, webhook, tokens] = names;
    let mut found = Vec::new();
    for name in [api_key, webhook, tokens, "town/qbo-app".to_owned()] {
        let secret = town.secrets.read(&name, None).await.unwrap();
        found.push(secret.unwrap().version);
    }
    found.try_into().unwrap()
}

/// A job of its own customer is finished, and a worker takes what is on the queue.
pub(crate) async fn finish_one(town: &Town, worker: &Worker, name: &str) -> hcp_sandbox::JobId {
    let job = new_job(town, &new_customer(town, name, "Sample"));
    town.hcp.finish_job(&job).unwrap();
    town.post().await;
    while !town.queue.messages().is_empty() {
        town.batch(worker).await;
    }
    job
}

/// Systems that were asked: requests to Housecall Pro, requests to QuickBooks and Intuit.
fn asked(town: &Town) -> (usize, usize) {
    (town.hcp.calls().len(), town.qbo.calls().len())
}

#[tokio::test]
async fn s9_connecting_a_second_time_with_everything_leaves_the_connection_alive() {
    let town = strict(300).await;
    let first = qbo_sandbox::Options::default().refresh_token;
    let worker = town.worker();
    let mut jobs = vec![finish_one(&town, &worker, "Dana").await];
    let before = connection(&town).await;
    for name in ["Erin", "Finn"] {
        town.clock.advance(OVER_A_DAY);
        jobs.push(finish_one(&town, &worker, name).await);
        // The terminal of the first time is still open.
        let again = NewConnection {
            refresh_token: secret(&first),
            ..town.connection()
        };
        let connected = connect(&town, again).await.unwrap();
        assert_eq!(connected.changed, [""; 0]);
        assert_ne!(town.qbo.refresh_token(), first);
    }
    town.clock.advance(OVER_A_DAY);
    jobs.push(finish_one(&town, &worker, "Gale").await);
    town.settle().await;
    assert_eq!(connection(&town).await.connected_at, before.connected_at);
    assert_books(&town, &jobs.iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn s9_a_changed_secret_touches_that_one_and_asks_for_nothing_else() {
    let town = strict(301).await;
    let new_api_key = |town: &Town| {
        town.hcp.change_api_key("second-key");
        NewConnection {
            api_key: secret("second-key"),
            ..nothing(town)
        }
    };
    let new_signing_secret = |town: &Town| NewConnection {
        signing_secrets: Some(vec!["b".repeat(32).into(), "a".repeat(32).into()]),
        ..nothing(town)
    };
    let new_client_secret = |town: &Town| {
        town.qbo.change_client_secret("second-secret");
        NewConnection {
            client_secret: secret("second-secret"),
            ..nothing(town)
        }
    };
    // Whether API key, webhooks, tokens and app are written, and whether the two systems are asked. A client secret is
    // tried by renewing the tokens, which are then new as well.
    type Change<'a> = (&'a dyn Fn(&Town) -> NewConnection, [bool; 4], (bool, bool));
    let changes: [Change<'_>; 3] = [
        (&new_api_key, [true, false, false, false], (true, false)),
        (
            &new_signing_secret,
            [false, true, false, false],
            (false, false),
        ),
        (
            &new_client_secret,
            [false, false, true, true],
            (false, true),
        ),
    ];
    for (change, written, systems) in changes {
        let new = change(&town);
        let (versions_before, asked_before) = (versions(&town).await, asked(&town));
        connect(&town, new).await.unwrap();
        let versions = versions(&town).await;
        let is_new = [0, 1, 2, 3].map(|at| versions[at] != versions_before[at]);
        assert_eq!(is_new, written);
        let now = asked(&town);
        assert_eq!((now.0 > asked_before.0, now.1 > asked_before.1), systems);
    }
    let connected = connect(&town, nothing(&town)).await.unwrap();
    assert_eq!(connected.changed, [""; 0], "all of it is tried, and kept");
    town.clock.advance(OVER_A_DAY);
    let worker = town.worker();
    // Signed with the secret of before, which is named second during the rotation.
    let new = NewConnection {
        signing_secrets: town.connection().signing_secrets,
        ..nothing(&town)
    };
    connect(&town, new).await.unwrap();
    let job = finish_one(&town, &worker, "Dana").await;
    town.settle().await;
    assert_same_books(&town, &[&job]);
}

#[tokio::test]
async fn s9_what_a_person_chose_stays_when_it_is_not_named_again() {
    let town = Town::new(302).await;
    let account = |name: &str| NewConnection {
        income_account: Some(name.to_owned()),
        ..town.connection()
    };
    let refused = connect(&town, account("No such account"))
        .await
        .unwrap_err();
    let ConnectError::NoAccount { has, .. } = refused else {
        panic!("{refused}");
    };
    let before = connection(&town).await.accounts.income.name;
    let other = has.split(", ").find(|name| *name != before).unwrap();
    connect(&town, account(other)).await.unwrap();
    let chosen = connection(&town).await.accounts.income;
    town.connect().await;
    assert_eq!(connection(&town).await.accounts.income, chosen);
}

#[tokio::test]
async fn s7_a_changed_client_secret_is_taken_up_by_running_workers() {
    let town = strict(303).await;
    let worker = town.worker();
    let mut jobs = vec![finish_one(&town, &worker, "Dana").await];
    town.clock.advance(OVER_AN_HOUR);
    jobs.push(finish_one(&town, &worker, "Erin").await);
    town.qbo.change_client_secret("second-secret");
    let new = NewConnection {
        client_secret: secret("second-secret"),
        ..nothing(&town)
    };
    connect(&town, new).await.unwrap();
    town.clock.advance(OVER_AN_HOUR);
    jobs.push(finish_one(&town, &worker, "Finn").await);
    assert_eq!(town.open_alerts(), [""; 0]);
    town.settle().await;
    assert_same_books(&town, &jobs.iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn s7_a_client_secret_that_intuit_does_not_know_is_one_alert_and_heals_by_itself() {
    let town = strict(304).await;
    let worker = town.worker();
    let mut jobs = vec![finish_one(&town, &worker, "Dana").await];
    town.clock.advance(OVER_AN_HOUR);
    town.qbo.change_client_secret("second-secret");
    let tries = || {
        let calls = town.qbo.calls();
        calls
            .iter()
            .filter(|call| call.path.contains("oauth2"))
            .count()
    };
    let (before, since) = (tries(), town.clock.monotonic());
    for name in ["Erin", "Finn", "Gale"] {
        jobs.push(finish_one(&town, &worker, name).await);
    }
    assert_eq!(town.open_alerts(), ["app_keys_refused"]);
    assert_eq!(town.waiting().len(), 3);
    assert_eq!(connection(&town).await.status, ConnectionStatus::Active);
    let minutes = (town.clock.monotonic() - since).as_secs() / 60;
    let tries = u64::try_from(tries() - before).unwrap();
    assert!(
        (1..=minutes + 1).contains(&tries),
        "{tries} tries in {minutes} minutes"
    );
    let wrong = NewConnection {
        client_secret: secret("mistyped"),
        ..nothing(&town)
    };
    let refused = connect(&town, wrong).await.unwrap_err();
    assert!(matches!(refused, ConnectError::Token(_)), "{refused}");
    // Also without `connect`, as an operator might in the console of AWS.
    let client_id = qbo_sandbox::Options::default().client_id;
    let app = serde_json::json!({ "client_id": client_id, "client_secret": "second-secret" });
    town.secrets
        .put("town/qbo-app", "by hand", &app.to_string());
    town.settle().await;
    assert_eq!(town.open_alerts(), [""; 0]);
    assert_same_books(&town, &jobs.iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn s7_a_changed_api_key_is_taken_up_by_running_workers_and_nobody_is_told() {
    let town = Town::new(305).await;
    let worker = town.worker();
    let mut jobs = vec![finish_one(&town, &worker, "Dana").await];
    town.hcp.change_api_key("second-key");
    let new = NewConnection {
        api_key: secret("second-key"),
        ..nothing(&town)
    };
    connect(&town, new).await.unwrap();
    // Several at once still have the old one.
    for name in ["Erin", "Finn"] {
        let job = new_job(&town, &new_customer(&town, name, "Sample"));
        town.hcp.finish_job(&job).unwrap();
        jobs.push(job);
    }
    town.post().await;
    town.batch(&worker).await;
    assert_eq!(town.open_alerts(), [""; 0]);
    town.settle().await;
    assert_books(&town, &jobs.iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn r1_a_verifier_token_is_stored_and_stays_until_another_one_is_given() {
    let town = strict(309).await;
    let given = |tokens: &[&str]| NewConnection {
        verifier_tokens: Some(tokens.iter().map(|&token| token.into()).collect()),
        ..nothing(&town)
    };
    let before = asked(&town);
    let changed = ["verifier token of QuickBooks' webhooks"];
    for (new, hears, changed) in [
        (given(&["first"]), true, &changed[..]),
        (given(&["first"]), true, &[]),
        (given(&["second", "first"]), true, &changed),
    ] {
        let connected = connect(&town, new).await.unwrap();
        assert_eq!(
            (connected.hears_quickbooks, &*connected.changed),
            (hears, changed)
        );
        assert_eq!(connected.qbo_webhook_path, "qbo");
    }
    assert_eq!(asked(&town), before, "neither system is asked");
    let stored = town.secrets.read("town/qbo-webhook", None).await.unwrap();
    assert_eq!(
        stored.unwrap().text.expose_secret(),
        r#"{"verifier_tokens":["second","first"]}"#
    );

    let connected = connect(&town, nothing(&town)).await.unwrap();
    assert!(connected.hears_quickbooks && connected.changed.is_empty());
    let unheard = strict(310).await;
    let connected = connect(&unheard, nothing(&unheard)).await.unwrap();
    assert!(!connected.hears_quickbooks);
}

#[tokio::test]
async fn s9_a_withdrawn_connection_takes_a_new_token_and_keeps_its_links() {
    let town = strict(306).await;
    let worker = town.worker();
    let first = finish_one(&town, &worker, "Dana").await;
    let stale = town.qbo.refresh_token();
    town.qbo.disconnect();
    town.clock.advance(OVER_AN_HOUR);
    let second = finish_one(&town, &worker, "Erin").await;
    assert_eq!(connection(&town).await.status, ConnectionStatus::Reconnect);
    let again = async |token: Option<SecretString>| {
        let new = NewConnection {
            refresh_token: token,
            ..town.connection()
        };
        connect(&town, new).await
    };
    for token in [None, secret(&stale), secret("mistyped")] {
        let refused = again(token).await.unwrap_err();
        assert!(matches!(refused, ConnectError::NewToken { .. }));
        let told = refused.to_string();
        assert!(told.contains("QBO_REFRESH_TOKEN"), "{told}");
    }
    town.qbo.consent();
    let connected = again(secret(&town.qbo.refresh_token())).await.unwrap();
    assert_eq!(connected.changed, ["tokens of QuickBooks"]);
    town.settle().await;
    town.hcp.send_invoice(&first).unwrap();
    town.settle().await;
    assert_eq!(town.open_alerts(), [""; 0]);
    assert_same_books(&town, &[&first, &second]);
}

#[tokio::test]
async fn s9_a_lost_renewal_does_not_kill_the_connection_that_follows() {
    let town = strict(307).await;
    let worker = town.worker();
    let first = finish_one(&town, &worker, "Dana").await;
    town.clock.advance(OVER_AN_HOUR);
    town.qbo
        .inject(qbo_sandbox::Fault::next(qbo_sandbox::FaultKind::CommitThenDrop).path("oauth2"));
    let second = finish_one(&town, &worker, "Erin").await;
    town.clock.advance(Duration::from_secs(60));
    worker
        .sweep(sync::intake::sweep::Sweep::Parked, town.deadline())
        .await
        .unwrap();
    while !town.queue.messages().is_empty() {
        town.batch(&worker).await;
    }
    assert_eq!(connection(&town).await.status, ConnectionStatus::Reconnect);
    town.qbo.consent();
    town.connect().await;
    town.settle().await;
    assert_same_books(&town, &[&first, &second]);
}

#[tokio::test]
async fn s9_a_token_of_another_company_is_not_kept() {
    let town = Town::new(308).await;
    let before = versions(&town).await;
    let new = NewConnection {
        realm: Some(qbo::RealmId::new("4620816365").unwrap()),
        other_realm: true,
        ..town.connection()
    };
    let refused = connect(&town, new).await.unwrap_err();
    assert!(matches!(refused, ConnectError::OtherBooks(_)), "{refused}");
    assert_eq!(versions(&town).await, before);
    assert_eq!(connection(&town).await.realm, town.books().realm);
}

#[tokio::test]
async fn s9_a_new_connection_names_what_it_lacks() {
    let town = Town::new(309).await;
    let key = Connection::key(&town.books().company);
    let known = read::<Connection>(&*town.table, &key).await.unwrap();
    let expect = known.unwrap().expect();
    let delete = vec![store::Write::Delete { key, expect }];
    town.table.write(uuid::Uuid::nil(), delete).await.unwrap();
    let company = town.books().company;
    for kind in ["hcp", "webhook", "qbo"] {
        town.secrets.remove(&format!("town/{company}/{kind}"));
    }
    town.secrets.remove("town/qbo-app");
    type Lack = (&'static str, fn(&mut NewConnection));
    let lacks: [Lack; 5] = [
        ("--realm", |new| new.realm = None),
        ("HCP_API_KEY", |new| new.api_key = None),
        ("QBO_CLIENT_ID", |new| new.client_id = None),
        ("QBO_CLIENT_SECRET", |new| new.client_secret = None),
        ("--own-sync-is-off", |new| new.own_sync_is_off = false),
    ];
    for (name, leave_out) in lacks {
        let mut new = town.connection();
        leave_out(&mut new);
        let told = connect(&town, new).await.unwrap_err().to_string();
        assert!(told.contains(name), "{told}");
    }
    // The signing secret may come later: Housecall Pro shows it once it has the address.
    let new = NewConnection {
        signing_secrets: None,
        ..town.connection()
    };
    let first = connect(&town, new).await.unwrap();
    let second = NewConnection {
        signing_secrets: town.connection().signing_secrets,
        ..nothing(&town)
    };
    let second = connect(&town, second).await.unwrap();
    assert_eq!(
        first.webhook_path.expose_secret(),
        second.webhook_path.expose_secret()
    );
}

#[tokio::test]
async fn v19_what_webhooks_are_judged_by_is_kept_apart_from_the_api_key() {
    let town = Town::new(310).await;
    let company = town.books().company;
    let text = async |kind: &str| {
        let name = format!("town/{company}/{kind}");
        let secret = town.secrets.read(&name, None).await.unwrap();
        secret.unwrap().text.expose_secret().to_owned()
    };
    let options = hcp_sandbox::Options::default();
    let (api_key, webhook) = (text("hcp").await, text("webhook").await);
    assert!(api_key.contains(&options.api_key) && !api_key.contains(&options.signing_secret));
    assert!(!webhook.contains(&options.api_key) && webhook.contains(&options.signing_secret));
}

#[tokio::test]
async fn v19_a_secret_of_an_older_version_is_set_apart_and_its_address_stays() {
    let town = Town::new(311).await;
    let company = town.books().company;
    let [api_key, webhook] = ["hcp", "webhook"].map(|kind| format!("town/{company}/{kind}"));
    let options = hcp_sandbox::Options::default();
    let old = serde_json::json!({
        "api_key": options.api_key,
        "signing_secrets": [options.signing_secret],
        "path_token": "given-out-long-ago",
    });
    town.secrets.put(&api_key, "old", &old.to_string());
    town.secrets.remove(&webhook);
    let upgraded = town.worker().upgrade().await.unwrap();
    assert_eq!((upgraded.companies, upgraded.webhook_secrets), (1, 1));
    let again = town.worker().upgrade().await.unwrap();
    assert_eq!(again.webhook_secrets, 0);
    // Until the new version is deployed, the old place is read.
    let current = town.secrets.read(&api_key, None).await.unwrap();
    assert_eq!(current.unwrap().version, "old");
    let job = finish_one(&town, &town.worker(), "Dana").await;
    town.settle().await;
    assert_books(&town, &[&job]);

    // A connection that is made again instead does the same.
    town.secrets.remove(&webhook);
    let connected = connect(&town, town.connection()).await.unwrap();
    assert_eq!(
        connected.webhook_path.expose_secret(),
        format!("hcp/{company}/given-out-long-ago")
    );
}

#[tokio::test]
async fn s9_the_keys_of_the_app_are_tried_and_kept_alone() {
    let town = strict(309).await;
    let before = versions(&town).await;
    let worker = town.worker();
    let enter = async |client_secret: &str| {
        let keys = AppKeys {
            client_secret: secret(client_secret),
            ..AppKeys::default()
        };
        worker.enter_app(&keys).await
    };
    let refused = enter("a typo").await;
    assert!(
        matches!(refused, Err(ConnectError::Token(_))),
        "{refused:?}"
    );
    let known = qbo_sandbox::Options::default().client_secret;
    assert_eq!(enter(&known).await.unwrap(), [""; 0]);
    assert_eq!(versions(&town).await, before);
    // Of nobody yet: both are asked for, and no company.
    town.secrets.remove("town/qbo-app");
    let refused = enter(&known).await;
    assert!(
        matches!(refused, Err(ConnectError::Missing("QBO_CLIENT_ID"))),
        "{refused:?}"
    );
    let keys = AppKeys {
        client_id: town.connection().client_id,
        client_secret: secret(&known),
        verifier_tokens: Some(vec![secret("a verifier token").unwrap()]),
    };
    let entered = worker.enter_app(&keys).await.unwrap();
    assert_eq!(
        entered,
        [
            "keys of the app at Intuit",
            "verifier token of QuickBooks' webhooks"
        ]
    );
    let job = finish_one(&town, &worker, "Dana").await;
    assert_books(&town, &[&job]);
}
