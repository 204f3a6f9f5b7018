use std::time::{Duration, Instant};

use serde_json::{Value, json};
use stack::{Function, MAIL_FROM, Stack, StackError, until};

use crate::{Outcome, SOON, ensure, office::alerts_about};

/// What came up is told when it is a minute old.
const RIPE: Duration = Duration::from_secs(62);

/// What somebody was mailed of the customer; in the morning there is a digest too, and Cognito mails how to sign in.
async fn mails_about(stack: &Stack, who: &str, to: &str) -> Result<Vec<Value>, StackError> {
    let mut mails = stack.aws.mails_to(to).await?;
    mails.retain(|mail| {
        let subject = mail["Subject"].as_str().unwrap_or_default();
        mail["Source"] == MAIL_FROM && subject.contains(who)
    });
    Ok(mails)
}

pub(crate) async fn s11_an_alert_is_mailed_to_those_who_can_mend_it_and_mailed_once(
    stack: &Stack,
) -> Outcome {
    let office = stack.sign_in("mia@example.com", "bookkeeper").await?;
    stack.sign_in("vic@example.com", "viewer").await?;
    // A vendor has the name of the customer.
    let vendor = json!({ "DisplayName": "Otis Fernweh" });
    stack.qbo.control("objects/Vendor", Some(vendor)).await?;
    let customer = stack.hcp.new_customer("Otis", "Fernweh").await?;
    let booked = stack.hcp.book_job(&customer).await?;
    stack.hcp.finish(&booked.job).await?;
    let alert = until("the alert", SOON, async || {
        Ok(alerts_about(&office, "Otis Fernweh").await?.pop())
    })
    .await?;

    let raised = Instant::now();
    until("the alert to be a minute old", RIPE * 2, async || {
        Ok((raised.elapsed() > RIPE).then_some(()))
    })
    .await?;
    for run in 1..=2 {
        stack.aws.invoke(Function::Notify, &json!({})).await?;
        let mails = mails_about(stack, "Otis Fernweh", "mia@example.com").await?;
        ensure!(mails.len() == 1, "mails after run {run}: {mails:?}");
        for part in ["BodyText", "BodyHtml"] {
            let said = mails[0][part].as_str().unwrap_or_default();
            let to_do = alert["resolution"].as_str().unwrap_or_default();
            ensure!(said.contains("Otis Fernweh"), "what happened: {said}");
            ensure!(
                !to_do.is_empty() && said.contains(to_do),
                "what to do: {said}"
            );
        }
    }
    let looks_on = mails_about(stack, "Otis Fernweh", "vic@example.com").await?;
    ensure!(looks_on.is_empty(), "a viewer gets {looks_on:?}");
    Ok(())
}
