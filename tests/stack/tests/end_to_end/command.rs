//! The command `hcpqbo`, as somebody at a terminal uses it.

use std::{
    error::Error,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Stdio,
};

use serde_json::{Value, json};
use stack::{Office, Ran, Stack, Url, until};
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::{Outcome, SOON, ensure, office::alerts_about, scenarios::invoices_of};

/// Somebody at a terminal of their own machine.
struct Terminal<'a> {
    stack: &'a Stack,
    settings: PathBuf,
}

impl Terminal<'_> {
    async fn run(&self, line: &str) -> Result<Ran, Box<dyn Error>> {
        let arguments: Vec<&str> = line.split(' ').collect();
        Ok(self.stack.run_signed_in(&self.settings, &arguments).await?)
    }

    /// Runs a command that must succeed.
    async fn done(&self, line: &str) -> Result<String, Box<dyn Error>> {
        let ran = self.run(line).await?;
        ensure!(ran.code == Some(0), "{line}: {ran:?}");
        Ok(ran.out)
    }

    /// Runs a command for something that cannot be had.
    async fn declined(&self, line: &str, words: &str) -> Outcome {
        let ran = self.run(line).await?;
        let told = format!("{}{}", ran.out, ran.err);
        ensure!(
            ran.code == Some(3) && told.contains(words),
            "{line}: {ran:?}"
        );
        Ok(())
    }

    /// Signs in, as the command says, with a browser.
    async fn sign_in(&self, mail: &str, person: &Office) -> Outcome {
        let mut login = self.stack.login(&self.settings)?;
        let mut login = login
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let told = login.stderr.take().ok_or("no output")?;
        let mut told = BufReader::new(told).lines();
        let address = loop {
            let line = told.next_line().await?.ok_or("no address was told")?;
            if line.trim().starts_with("http") {
                break line.trim().to_owned();
            }
        };
        let back = self.stack.enter(&address, mail, person.password()).await?;
        ensure!(
            back.as_str()
                .starts_with("http://localhost:8757/signed-in?"),
            "sent to {back}"
        );
        // Somebody else's answer is none.
        let mut forged = back.clone();
        forged.set_query(Some("code=forged&state=forged"));
        let (status, _) = self.stack.open(&here(&forged)?).await?;
        ensure!(status == 400, "a forged answer: {status}");
        let (status, page) = self.stack.open(&here(&back)?).await?;
        ensure!(
            status == 200 && page.contains("You are signed in"),
            "{status} {page}"
        );
        let ended = login.wait_with_output().await?;
        ensure!(ended.status.success(), "login {ended:?}");
        Ok(())
    }

    fn kept(&self) -> PathBuf {
        self.settings.join("hcpqbo/sign-ins.json")
    }
}

/// Not every machine knows `localhost` by IPv4 first.
fn here(address: &Url) -> Result<Url, Box<dyn Error>> {
    Ok(Url::parse(
        &address.as_str().replace("localhost", "127.0.0.1"),
    )?)
}

/// The access token has ended, as it does after an hour.
fn an_hour_passes(kept: &Path) -> Outcome {
    let mut all: Value = serde_json::from_slice(&std::fs::read(kept)?)?;
    let offices = all["offices"].as_object_mut().ok_or("no offices")?;
    for entry in offices.values_mut() {
        entry["access_token"] = json!("ended");
        entry["good_until"] = json!("2026-01-01T00:00:00Z");
    }
    std::fs::write(kept, all.to_string())?;
    Ok(())
}

pub(crate) async fn u1_s2_somebody_signs_in_with_the_command_pushes_by_number_and_resolves(
    stack: &Stack,
) -> Outcome {
    let mail = "ines@example.com";
    let person = stack.sign_in(mail, "bookkeeper").await?;
    let settings = stack.scratch().join("machine-of-ines");
    let terminal = Terminal { stack, settings };
    terminal.declined("status", "hcpqbo login").await?;
    terminal.sign_in(mail, &person).await?;
    let mode = std::fs::metadata(terminal.kept())?.permissions().mode();
    ensure!(
        mode & 0o777 == 0o600,
        "others can read the sign-in: {mode:o}"
    );
    let status = terminal.done("status").await?;
    ensure!(status.contains("your role: bookkeeper"), "{status}");

    // A job that no trigger would send.
    let customer = stack.hcp.new_customer("Ines", "Applewhite").await?;
    let booked = stack.hcp.book_job(&customer).await?;
    let number = &booked.number;
    let pushed = terminal.done(&format!("push job {number}")).await?;
    ensure!(
        pushed.contains(&format!("Job {number}: in QuickBooks")),
        "{pushed}"
    );
    let invoices = invoices_of(stack, &booked.customer).await?;
    ensure!(invoices.len() == 1, "invoices {invoices:?}");
    let card = terminal.done(&format!("card {number}")).await?;
    ensure!(
        card.contains("Ines Applewhite") && card.contains("QuickBooks  invoice"),
        "{card}"
    );
    let card = terminal.done(&format!("card {number} --json")).await?;
    let card: Value = serde_json::from_str(&card)?;
    ensure!(card["number"] == number.as_str(), "{card}");
    terminal
        .declined("push job 9999104", "o job has the number 9999104")
        .await?;
    terminal
        .declined("card 9999104", "o job has the number 9999104")
        .await?;
    terminal
        .declined("pause --reason holidays", "As a bookkeeper you may not")
        .await?;

    // A vendor has the name of a customer.
    let vendor = json!({ "DisplayName": "Ines Barrowgate" });
    stack.qbo.control("objects/Vendor", Some(vendor)).await?;
    let customer = stack.hcp.new_customer("Ines", "Barrowgate").await?;
    let booked = stack.hcp.book_job(&customer).await?;
    stack.hcp.finish(&booked.job).await?;
    until("the alert", SOON, async || {
        let told = alerts_about(&person, "Ines Barrowgate").await?;
        Ok((!told.is_empty()).then_some(()))
    })
    .await?;
    let listed = terminal.done("alerts --customer Ines").await?;
    let handle = listed
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_owned();
    ensure!(
        listed.contains("name_taken") && handle.len() == 6,
        "{listed}"
    );
    let shown = terminal.done(&format!("alerts show {handle}")).await?;
    ensure!(
        shown.contains(&format!("hcpqbo alerts resolve {handle} make_customer")),
        "{shown}"
    );
    terminal
        .declined(&format!("alerts resolve {handle} void"), "")
        .await?;
    // An hour later: it is renewed by itself.
    an_hour_passes(&terminal.kept())?;
    let number = &booked.number;
    let resolved = terminal
        .done(&format!("alerts resolve {number} make_customer"))
        .await?;
    ensure!(resolved.contains("in QuickBooks"), "{resolved}");
    let left = alerts_about(&person, "Ines Barrowgate").await?;
    ensure!(left.is_empty(), "left {left:?}");
    let again = format!("alerts resolve {number} make_customer");
    terminal.declined(&again, "No open alert is about").await?;

    terminal.done("logout").await?;
    terminal.declined("alerts", "hcpqbo login").await
}

pub(crate) async fn u1_a_customer_is_pushed_with_the_command(stack: &Stack) -> Outcome {
    let customer = stack.hcp.new_customer("Juno", "Karlsen").await?;
    let booked = stack.hcp.book_job(&customer).await?;
    stack.hcp.finish(&booked.job).await?;
    stack.linked(&booked.job, SOON).await?;
    let pushed = stack.hcpqbo(&["push", "customer", "Juno Karlsen"]).await?;
    ensure!(pushed.contains("Juno Karlsen: done"), "{pushed}");
    stack.hcp.new_customer("Juno", "Nowhere").await?;
    let unlinked = stack.hcpqbo(&["push", "customer", "Juno Nowhere"]).await;
    ensure!(unlinked.is_err(), "{unlinked:?}");
    Ok(())
}

pub(crate) async fn i5_c6_k1_lists_are_shown_and_what_something_is_said_with_the_command(
    stack: &Stack,
) -> Outcome {
    let customer = stack.hcp.new_customer("Lena", "Marsh").await?;
    let booked = stack.hcp.book_job(&customer).await?;
    stack.hcp.finish(&booked.job).await?;
    stack.linked(&booked.job, SOON).await?;
    let ask = async |command: &[&str]| stack.hcpqbo(command).await;
    let jobs = ask(&["jobs", "--customer", "Lena"]).await?;
    ensure!(
        jobs.contains(&booked.number) && jobs.contains("in QuickBooks"),
        "{jobs}"
    );
    let typo = ask(&["jobs", "--state", "sinced"]).await;
    ensure!(typo.is_err(), "{typo:?}");
    let customers = ask(&["customers", "--name", "Lena"]).await?;
    ensure!(customers.contains("Lena Marsh"), "{customers}");
    let unlinked = ask(&["customers", "unlink", "Lena Marsh"]).await?;
    ensure!(unlinked.contains("linked to nobody"), "{unlinked}");
    let customers = ask(&["customers", "--standing", "unlinked", "--name", "Lena"]).await?;
    ensure!(customers.contains("Lena Marsh"), "{customers}");
    let linked = ask(&["customers", "link", "Lena Marsh", "Lena Marsh"]).await?;
    ensure!(linked.contains("are made out to Lena Marsh"), "{linked}");
    let nobody = ask(&["customers", "link", "Lena Mash", "Lena Marsh"]).await;
    ensure!(nobody.is_err(), "{nobody:?}");

    let items = ask(&["items", "--json", "--all"]).await?;
    let items: Value = serde_json::from_str(items.lines().next().unwrap_or_default())?;
    let of_item = |field: &str| {
        let all = items["items"].as_array().cloned().unwrap_or_default();
        let booked = all
            .into_iter()
            .find(|one| one["may_choose_account"] == true);
        booked.map(|one| one[field].clone()).unwrap_or_default()
    };
    let (name, account) = (of_item("name"), of_item("account"));
    let name = name.as_str().unwrap_or_default();
    let account = account["name"].as_str().unwrap_or_default();
    let mapped = ask(&["items", "account", account, name]).await?;
    ensure!(
        mapped.contains(&format!("QuickBooks books {name} to {account}")),
        "{mapped}"
    );
    let nowhere = ask(&["items", "account", "Nowhere", name]).await;
    ensure!(nowhere.is_err(), "{nowhere:?}");
    ask(&["items", "lines"]).await?;
    ask(&["payments", "--of", "only-quickbooks"]).await?;
    let pulled = ask(&["pull"]).await?;
    ensure!(pulled.contains("QuickBooks: done"), "{pulled}");
    let pulled = ask(&["pull", "--job", &booked.number]).await?;
    ensure!(
        pulled.contains(&format!("Job {}: done", booked.number)),
        "{pulled}"
    );
    Ok(())
}

pub(crate) async fn dead_letters_go_back_with_the_command(stack: &Stack) -> Outcome {
    stack.at_rest(SOON).await?;
    let customer = stack.hcp.new_customer("Petra", "Quade").await?;
    let booked = stack.hcp.book_job(&customer).await?;
    stack.at_rest(SOON).await?;
    let company = stack.hcp.company().to_string();
    let letter = json!({
        "v": 1, "company": company, "subject": { "job": booked.job },
        "evidence": { "trigger": "by_hand", "key": "by_hand@1d0c9a52-3f6e-4b8a-9c71-5e2d7f40a6b3",
            "at": jiff::Timestamp::now().to_string(), "invoice": null },
    });
    let group = format!("{company}#{}", booked.job);
    stack.aws.bury(&group, &letter.to_string()).await?;
    let ran = stack.run_on_aws(&["redrive"]).await?;
    ensure!(
        ran.code == Some(0) && ran.out.contains("went back to the work queue"),
        "{ran:?}"
    );
    stack.linked(&booked.job, SOON).await?;
    let letters = stack.aws.dead_letters().await?;
    ensure!(
        !letters.iter().any(|one| one.contains(booked.job.as_str())),
        "dead letters {letters:?}"
    );
    Ok(())
}
