use std::time::Duration;

use stack::{Browser, Invoice, Stack};

use crate::{Outcome, SOON, ensure};

/// What waited is in QuickBooks so soon after the company was connected again.
const AT_ONCE: Duration = Duration::from_secs(120);

/// Connects by button: where our page leads to in the end, and the answer of Intuit's that it got.
async fn connect(
    stack: &Stack,
    browser: &Browser,
) -> Result<(stack::Shown, String), Box<dyn std::error::Error>> {
    let begun = browser.post("/connect/quickbooks", &[]).await?;
    ensure!(begun.status == 303, "the button {begun:?}");
    let back = stack.allow_at_intuit(browser, &begun.leads_to).await?;
    Ok((browser.get(&back).await?, back))
}

pub(crate) async fn s9_a_company_is_connected_by_button_and_what_waited_goes_on(
    stack: &Stack,
) -> Outcome {
    let browser = stack.browse("ada@example.com", "admin").await?;
    let setup = browser.get(&browser.setup()).await?;
    ensure!(
        setup.status == 200 && setup.body.contains("takes the API key"),
        "set-up {setup:?}"
    );
    let keys = format!("/setup/{}/housecall", stack.hcp.company());
    let wrong = browser.post(&keys, &[("api_key", "mistyped")]).await?;
    ensure!(wrong.status == 422, "a wrong key {wrong:?}");
    let right = [("api_key", stack.hcp.api_key())];
    let right = browser.post(&keys, &right).await?;
    ensure!(right.status == 303, "the right key {right:?}");

    let disconnect = format!("/setup/{}/disconnect", stack.hcp.company());
    let gone = browser.post(&disconnect, &[]).await?;
    ensure!(gone.leads_to == "/disconnected", "disconnected {gone:?}");
    let customer = stack.hcp.new_customer("Pia", "Underwood").await?;
    let booked = stack.hcp.book_job(&customer).await?;
    stack.hcp.finish(&booked.job).await?;
    stack.at_rest(SOON).await?;

    let begun = browser.post("/connect/quickbooks", &[]).await?;
    let back = stack.allow_at_intuit(&browser, &begun.leads_to).await?;
    let elsewhere = back.replace(stack.qbo.realm(), "4620816365");
    let refused = browser.get(&elsewhere).await?;
    ensure!(
        refused.status == 422 && refused.body.contains("another QuickBooks company"),
        "another company {refused:?}"
    );
    let (done, back) = connect(stack, &browser).await?;
    ensure!(done.leads_to.ends_with("/connected"), "connected {done:?}");
    let replayed = browser.get(&back).await?;
    ensure!(replayed.status == 400, "replayed {replayed:?}");
    let arrived = |all: &[Invoice]| {
        let mut all = all.iter();
        all.any(|one| one.customer_ref.name == booked.customer)
    };
    let what = "the invoice that waited";
    stack.qbo.invoices_when(what, AT_ONCE, arrived).await?;

    let stolen = browser.stolen();
    ensure!(
        stolen.get(&stolen.setup()).await?.status == 200,
        "the session lives"
    );
    let out = browser.post("/sign-out", &[]).await?;
    ensure!(out.leads_to.contains("/logout"), "signed out {out:?}");
    let late = stolen.get(&stolen.setup()).await?;
    ensure!(late.status == 401, "a stolen session {late:?}");
    Ok(())
}
