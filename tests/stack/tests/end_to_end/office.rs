use serde_json::{Value, json};
use stack::{Office, Stack, StackError, until};
use tokio::process::Command;

use crate::{Outcome, SOON, ensure, scenarios::invoices_of};

/// The open alerts that name a person.
pub(crate) async fn alerts_about(office: &Office, who: &str) -> Result<Vec<Value>, StackError> {
    let answer = office.read("alerts?limit=100").await?;
    let items = answer.body["items"].as_array().cloned().unwrap_or_default();
    let about = |alert: &Value| {
        alert["message"]
            .as_str()
            .is_some_and(|said| said.contains(who))
    };
    Ok(items.into_iter().filter(about).collect())
}

pub(crate) async fn s2_an_alert_is_seen_mended_and_gone_through_the_api(stack: &Stack) -> Outcome {
    let office = stack.sign_in("dana@example.com", "bookkeeper").await?;
    // A vendor has the name of the customer.
    let vendor = json!({ "DisplayName": "Nora Quillfeather" });
    let vendor = stack.qbo.control("objects/Vendor", Some(vendor)).await?;
    let customer = stack.hcp.new_customer("Nora", "Quillfeather").await?;
    let booked = stack.hcp.book_job(&customer).await?;
    stack.hcp.finish(&booked.job).await?;
    let told = until("the alert", SOON, async || {
        let told = alerts_about(&office, "Nora Quillfeather").await?;
        Ok((!told.is_empty()).then_some(told))
    })
    .await?;
    ensure!(
        told.len() == 1 && told[0]["kind"] == "name_taken",
        "alerts {told:?}"
    );
    let id = told[0]["id"].as_str().unwrap_or_default();
    let one = office.read(&format!("alerts/{id}")).await?;
    ensure!(
        one.status == 200
            && one.body["message"] == told[0]["message"]
            && one.etag.is_some()
            && one.body["choices"][0]["key"] == "make_customer",
        "one {one:?}"
    );

    // The bookkeeper renames the vendor, and pushes the job by its number.
    let id = vendor["Vendor"]["Id"].as_str().unwrap_or_default();
    let renamed = json!({ "DisplayName": "Quillfeather Supplies" });
    stack
        .qbo
        .control(&format!("objects/Vendor/{id}"), Some(renamed))
        .await?;
    let pushed = office
        .act("pushes", &json!({ "jobs": [booked.number] }))
        .await?;
    ensure!(pushed.status == 202, "pushed {pushed:?}");
    let path = format!("pushes/{}", pushed.body["id"].as_str().unwrap_or_default());
    let done = until("the end of the push", SOON, async || {
        let outcome = office.read(&path).await?.body["items"][0].take();
        Ok((outcome["progress"] != "waiting").then_some(outcome))
    })
    .await?;
    ensure!(
        done["progress"] == "done"
            && done["state"] == "synced"
            && done["job_number"] == booked.number.as_str(),
        "done {done}"
    );
    let invoices = invoices_of(stack, &booked.customer).await?;
    ensure!(invoices.len() == 1, "invoices {invoices:?}");
    let left = alerts_about(&office, "Nora Quillfeather").await?;
    ensure!(left.is_empty(), "left {left:?}");
    let job = office.read(&format!("jobs/{}", booked.number)).await?;
    ensure!(
        job.status == 200 && job.body["documents"][0]["number"] == booked.number.as_str(),
        "job {job:?}"
    );
    Ok(())
}

pub(crate) async fn s2_c7_a_way_out_of_an_alert_is_chosen_and_carried_out(
    stack: &Stack,
) -> Outcome {
    let office = stack.sign_in("noor@example.com", "bookkeeper").await?;
    let vendor = json!({ "DisplayName": "Ola Brightwater" });
    stack.qbo.control("objects/Vendor", Some(vendor)).await?;
    let customer = stack.hcp.new_customer("Ola", "Brightwater").await?;
    let booked = stack.hcp.book_job(&customer).await?;
    stack.hcp.finish(&booked.job).await?;
    let told = until("the alert", SOON, async || {
        let told = alerts_about(&office, "Ola Brightwater").await?;
        Ok((!told.is_empty()).then_some(told))
    })
    .await?;
    let path = format!(
        "alerts/{}/resolutions",
        told[0]["id"].as_str().unwrap_or_default()
    );
    let odd = office.act(&path, &json!({ "choice": "void" })).await?;
    ensure!(odd.status == 409, "not offered {odd:?}");
    let chosen = json!({ "choice": "make_customer" });
    let taken = office.act(&path, &chosen).await?;
    ensure!(taken.status == 202, "taken {taken:?}");
    let outcome = format!(
        "resolutions/{}",
        taken.body["id"].as_str().unwrap_or_default()
    );
    let done = until("the end of it", SOON, async || {
        let outcome = office.read(&outcome).await?.body;
        Ok((outcome["progress"] != "waiting").then_some(outcome))
    })
    .await?;
    ensure!(
        done["progress"] == "done" && done["state"] == "synced",
        "done {done}"
    );
    let invoices = invoices_of(stack, "Ola Brightwater (customer)").await?;
    ensure!(invoices.len() == 1, "invoices {invoices:?}");
    let left = alerts_about(&office, "Ola Brightwater").await?;
    ensure!(left.is_empty(), "left {left:?}");
    let again = office.act(&path, &chosen).await?;
    ensure!(again.status == 409, "it is closed {again:?}");
    Ok(())
}

pub(crate) async fn s7_a_company_is_paused_and_goes_on(stack: &Stack) -> Outcome {
    let office = stack.sign_in("robin@example.com", "admin").await?;
    let why = json!({ "reason": "the month is being closed" });
    for (path, body, paused) in [("pause", &why, true), ("resume", &json!({}), false)] {
        let answer = office.act(path, body).await?;
        ensure!(
            answer.status == 200 && answer.body["paused"] == paused,
            "{path} {answer:?}"
        );
        let today = office.read("today").await?;
        ensure!(today.status == 200, "today {today:?}");
    }
    let log = office.read("log").await?;
    let what = |at: usize| log.body["items"][at]["what"].clone();
    ensure!(
        what(0) == "had the sync go on" && what(1) == "paused the sync: the month is being closed",
        "log {log:?}"
    );
    Ok(())
}

pub(crate) async fn v23_who_did_not_sign_in_for_it_gets_nothing(stack: &Stack) -> Outcome {
    let office = stack.sign_in("kim@example.com", "viewer").await?;
    ensure!(
        office.read("settings").await?.status == 200,
        "a viewer looks"
    );
    let id_token = office.tokens().id_token.clone();
    for (token, expected) in [("", 401), ("a.b.c", 401), (id_token.as_str(), 403)] {
        let answer = office.read_with(token, "settings").await?;
        ensure!(answer.status == expected, "{token}: {answer:?}");
    }
    let refused = office.act("pushes", &json!({ "jobs": ["104"] })).await?;
    ensure!(refused.status == 403, "a viewer pushes: {refused:?}");
    let remove = ["people", "remove", "--mail", "kim@example.com"];
    stack.hcpqbo(&remove).await?;
    let gone = office.read("settings").await?;
    ensure!(gone.status == 404, "removed: {gone:?}");
    Ok(())
}

/// Requests that nobody thought of, made from the document: none is answered with a server error, or in a way that the
/// document does not tell.
pub(crate) async fn v23_the_api_does_as_its_document_says(stack: &Stack) -> Outcome {
    let office = stack.sign_in("lee@example.com", "admin").await?;
    let root = stack.repository()?;
    // Else all would be asked of companies that there are not.
    let config = stack.scratch().join("schemathesis.toml");
    let company = stack.hcp.company();
    std::fs::write(&config, format!("[parameters]\ncompany = \"{company}\"\n"))?;
    let ended = Command::new(root.join(".venv/bin/schemathesis"))
        .current_dir(stack.scratch())
        .env("HYPOTHESIS_STORAGE_DIRECTORY", stack.scratch())
        .arg("--config-file")
        .arg(&config)
        .arg("run")
        .arg(root.join("docs/openapi.json"))
        .args(["--url", office.url()])
        .args(["--header", &format!("Authorization: Bearer {}", office.tokens().access_token)])
        .args(["--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"])
        .args(["--phases", "examples,coverage,fuzzing", "--max-examples", "5", "--seed", "20260506"])
        .args(["--request-timeout", "30", "--no-color"])
        .output()
        .await?;
    let told = String::from_utf8_lossy(&ended.stdout);
    ensure!(ended.status.success(), "schemathesis:\n{told}");
    Ok(())
}
