use serde_json::json;
use stack::{Booked, Function, Invoice, Stack, StackError, until};

use crate::{Outcome, SOON, ensure};

pub(crate) async fn invoices_of(stack: &Stack, customer: &str) -> Result<Vec<Invoice>, StackError> {
    let all = stack.qbo.invoices().await?.into_iter();
    Ok(all
        .filter(|invoice| invoice.customer_ref.name == customer)
        .collect())
}

/// One invoice, whatever happened on the way.
async fn exactly_one(
    stack: &Stack,
    booked: &Booked,
) -> Result<Invoice, Box<dyn std::error::Error>> {
    stack.linked(&booked.job, SOON).await?;
    stack.at_rest(SOON).await?;
    let invoices = invoices_of(stack, &booked.customer).await?;
    match <[Invoice; 1]>::try_from(invoices) {
        Ok([invoice]) => Ok(invoice),
        Err(several) => Err(format!("expected one invoice, found {several:?}").into()),
    }
}

pub(crate) async fn finishing_a_job_makes_one_invoice_to_the_cent(stack: &Stack) -> Outcome {
    let customer = stack.hcp.new_customer("June", "Calloway").await?;
    let booked = stack.hcp.book_job(&customer).await?;
    stack.hcp.finish(&booked.job).await?;

    let invoice = exactly_one(stack, &booked).await?;
    // 149.00 + 1.5 × 125.00 + 2 × 18.95 + 45.00
    ensure!(
        invoice.total_amt.get() == 41_940,
        "total {}",
        invoice.total_amt
    );
    ensure!(
        booked.total == invoice.total_amt,
        "Housecall Pro says {}",
        booked.total
    );
    ensure!(
        invoice.doc_number.as_deref() == Some(booked.number.as_str()),
        "numbered {:?} instead of {}",
        invoice.doc_number,
        booked.number
    );
    let amounts: Vec<i64> = invoice.sales().map(|line| line.amount.get()).collect();
    ensure!(
        amounts == [14_900, 18_750, 3_790, 4_500],
        "lines {amounts:?}"
    );
    let items: Vec<&str> = invoice
        .sales()
        .filter_map(|line| line.sales_item_line_detail.as_ref())
        .map(|sale| sale.item_ref.name.as_str())
        .collect();
    let expected = [
        "Furnace tune-up",
        "Labor, per hour",
        "Filters:Pleated filter 16x25x1",
        "Sales",
    ];
    ensure!(items == expected, "items {items:?}");
    let street = invoice.ship_addr.and_then(|address| address.line1);
    ensure!(
        street.as_deref() == Some("12 Harbor Road"),
        "work done at {street:?}"
    );
    Ok(())
}

pub(crate) async fn finishing_twice_with_webhooks_repeated_and_shuffled_makes_one_invoice(
    stack: &Stack,
) -> Outcome {
    let customer = stack.hcp.new_customer("Ansel", "Whitlock").await?;
    let booked = stack.hcp.book_job(&customer).await?;
    stack.hcp.finish(&booked.job).await?;
    stack.hcp.reopen(&booked.job).await?;
    stack.hcp.finish(&booked.job).await?;
    stack.hcp.redeliver_shuffled(6).await?;
    stack.hcp.redeliver_shuffled(12).await?;

    exactly_one(stack, &booked).await?;
    Ok(())
}

pub(crate) async fn a_forged_webhook_is_refused_and_leaves_no_trace(stack: &Stack) -> Outcome {
    stack.at_rest(SOON).await?;
    let before = stack.aws.records().await?.len();
    let address = stack.webhook_url().await?;
    let company = stack.hcp.company();
    let body = json!({
        "event": "job.completed",
        "event_occurred_at": "2026-01-05T10:00:00Z",
        "company_id": company,
        "job": { "id": "job_forged", "work_status": "complete unrated" },
    })
    .to_string();
    let now = jiff::Timestamp::now().as_second().to_string();
    let right = hcp_sandbox::signature(stack.hcp.signing_secret(), &now, body.as_bytes());
    let forged = hcp_sandbox::signature("somebody-else", &now, body.as_bytes());
    let elsewhere = format!("{}/hcp/{company}/wrong-token", stack.aws.api_url());

    for (case, address, signature, expected) in [
        ("a forged signature", &address, forged.as_str(), 401),
        ("no signature", &address, "", 401),
        ("a wrong token", &elsewhere, right.as_str(), 404),
    ] {
        let mut headers = vec![
            ("content-type", "application/json"),
            ("api-timestamp", &now),
        ];
        if !signature.is_empty() {
            headers.push(("api-signature", signature));
        }
        let (status, answer) = stack.post(address, &headers, &body).await?;
        ensure!(status == expected, "{case}: answered {status}");
        ensure!(answer.is_empty(), "{case}: answered with a body");
    }
    ensure!(stack.aws.idle().await?, "something was queued");
    let after = stack.aws.records().await?.len();
    ensure!(
        before == after,
        "{} records were written",
        after.saturating_sub(before)
    );
    Ok(())
}

pub(crate) async fn the_check_of_the_address_is_answered(stack: &Stack) -> Outcome {
    let address = stack.webhook_url().await?;
    let json = [("content-type", "application/json")];
    let (status, _) = stack.post(&address, &json, r#"{"foo":"bar"}"#).await?;
    ensure!(status == 200, "answered {status}");
    Ok(())
}

/// A customer's change concerns no payment, so that nothing is queued.
pub(crate) async fn r1_webhooks_of_quickbooks_are_taken_and_forged_ones_refused(
    stack: &Stack,
) -> Outcome {
    stack.at_rest(SOON).await?;
    let address = stack.qbo_webhook_url();
    let (status, answer) = stack.post(&address, &[], "[]").await?;
    ensure!(
        status == 401 && answer.is_empty(),
        "unsigned: answered {status} {answer}"
    );
    let change = async |name: &str| {
        let customer = json!({ "DisplayName": name });
        stack.qbo.control("objects/Customer", Some(customer)).await
    };
    stack.qbo.enter_webhook(&address, "another").await?;
    change("Forged Webhook").await?;
    until("the refusal of a forged webhook", SOON, async || {
        let (_, failures) = stack.qbo.webhooks_waiting().await?;
        Ok((failures > 0).then_some(()))
    })
    .await?;
    let token = stack.qbo.verifier_token();
    stack.qbo.enter_webhook(&address, token).await?;
    change("Genuine Webhook").await?;
    until("the end of the webhooks", SOON, async || {
        let (waiting, _) = stack.qbo.webhooks_waiting().await?;
        Ok((waiting == 0).then_some(()))
    })
    .await?;
    ensure!(stack.aws.idle().await?, "something was queued");
    Ok(())
}

pub(crate) async fn r1_the_schedule_has_each_company_looked_at(stack: &Stack) -> Outcome {
    let told = stack.aws.invoke(Function::Pull, &json!({})).await?;
    ensure!(told == json!({ "companies": 1 }), "told {told}");
    stack.at_rest(SOON).await?;
    let letters = stack.aws.dead_letters().await?;
    ensure!(letters.is_empty(), "dead letters {letters:?}");
    Ok(())
}

pub(crate) async fn r2_a_check_that_is_entered_in_quickbooks_comes_back_to_the_job(
    stack: &Stack,
) -> Outcome {
    let customer = stack.hcp.new_customer("Imani", "Castellanos").await?;
    let booked = stack.hcp.book_job(&customer).await?;
    stack.hcp.finish(&booked.job).await?;
    let invoice = exactly_one(stack, &booked).await?;
    let payment = stack.qbo.receive_check(&invoice, "2077").await?;
    let job = booked.job.as_str();
    let left = |wanted: (usize, usize)| {
        until("what is left on the job", SOON, async move || {
            let left = stack.hcp.left_on(job).await?;
            let there = (left.notes.len(), left.tags.len());
            Ok((there == wanted).then_some(left))
        })
    };
    let told = left((1, 1)).await?;
    let inbox = stack.hcpqbo(&["inbox"]).await?;
    let reference = format!("QBO-{payment}");
    ensure!(inbox.contains(&reference), "{inbox}");
    // QuickBooks tells of it again and again.
    stack.aws.invoke(Function::Pull, &json!({})).await?;
    stack.at_rest(SOON).await?;
    ensure!(left((1, 1)).await? == told, "told again");
    // The bookkeeper voids it.
    stack.qbo.void_payment(&payment).await?;
    left((2, 0)).await?;
    let done = ["inbox", "done", &reference, "--job", &booked.number];
    stack.hcpqbo(&done).await?;
    let inbox = stack.hcpqbo(&["inbox"]).await?;
    ensure!(!inbox.contains(&reference), "{inbox}");
    Ok(())
}

pub(crate) async fn a_consumer_that_is_killed_at_work_makes_one_invoice(stack: &Stack) -> Outcome {
    let customer = stack.hcp.new_customer("Odile", "Marchetti").await?;
    let booked = stack.hcp.book_job(&customer).await?;
    // QuickBooks does it and is slow to say so; the consumer is gone before it hears of it.
    stack
        .qbo
        .order_fault(json!({ "fault": "slow", "ms": 5_000, "path": "/invoice" }))
        .await?;
    stack.hcp.finish(&booked.job).await?;
    until("the call to QuickBooks", SOON, async || {
        Ok((stack.qbo.faults_left().await? == 0).then_some(()))
    })
    .await?;
    let killed = stack.aws.kill(Function::Consumer).await?;
    ensure!(killed > 0, "no consumer was running");

    exactly_one(stack, &booked).await?;
    Ok(())
}

pub(crate) async fn an_invoice_whose_answer_was_lost_is_found_again(stack: &Stack) -> Outcome {
    lose_an_answer(stack, "Okonkwo", "/invoice").await
}

pub(crate) async fn a_customer_whose_answer_was_lost_is_found_again(stack: &Stack) -> Outcome {
    // A new customer travels in a batch with what else the invoice needs.
    lose_an_answer(stack, "Pemberton", "/batch").await
}

async fn lose_an_answer(stack: &Stack, last: &str, path: &str) -> Outcome {
    let customer = stack.hcp.new_customer("Rufus", last).await?;
    let booked = stack.hcp.book_job(&customer).await?;
    let lost = json!({ "fault": "commit_then_drop", "path": path });
    stack.qbo.order_fault(lost).await?;
    stack.hcp.finish(&booked.job).await?;

    exactly_one(stack, &booked).await?;
    ensure!(stack.qbo.faults_left().await? == 0, "no answer was lost");
    let customers = stack.qbo.customers().await?;
    let named = customers
        .iter()
        .filter(|customer| customer.display_name == booked.customer);
    ensure!(named.count() == 1, "customers {customers:?}");
    Ok(())
}

pub(crate) async fn two_jobs_of_a_new_customer_at_once_make_one_customer(stack: &Stack) -> Outcome {
    let customer = stack.hcp.new_customer("Imogen", "Strand").await?;
    let first = stack.hcp.book_job(&customer).await?;
    let second = stack.hcp.book_job(&customer).await?;
    let finished = tokio::try_join!(stack.hcp.finish(&first.job), stack.hcp.finish(&second.job))?;
    let ((), ()) = finished;

    stack.linked(&first.job, SOON).await?;
    stack.linked(&second.job, SOON).await?;
    stack.at_rest(SOON).await?;
    let customers = stack.qbo.customers().await?;
    let named = customers
        .iter()
        .filter(|customer| customer.display_name == first.customer);
    ensure!(named.count() == 1, "customers {customers:?}");
    let invoices = invoices_of(stack, &first.customer).await?;
    ensure!(
        invoices.len() == 2,
        "expected two invoices, found {invoices:?}"
    );
    Ok(())
}

pub(crate) async fn poison_goes_to_the_dead_letters_alone(stack: &Stack) -> Outcome {
    const POISON: &str = r#"{"v":1,"company":"nobody","subject":"#;
    stack.at_rest(SOON).await?;
    let mut jobs = Vec::new();
    for last in ["Abel", "Bora", "Cato", "Dunn"] {
        let customer = stack.hcp.new_customer("Vera", last).await?;
        jobs.push(stack.hcp.book_job(&customer).await?);
    }
    let [first, others @ ..] = jobs.as_slice() else {
        return Err("no jobs".into());
    };
    // While the consumer waits for QuickBooks, the others and the poison gather into one batch.
    stack
        .qbo
        .order_fault(json!({ "fault": "slow", "ms": 2_000, "path": "/invoice" }))
        .await?;
    stack.hcp.finish(&first.job).await?;
    until("the call to QuickBooks", SOON, async || {
        Ok((stack.qbo.faults_left().await? == 0).then_some(()))
    })
    .await?;
    stack.aws.send("nobody#poison", POISON).await?;
    for job in others {
        stack.hcp.finish(&job.job).await?;
    }

    let letters = until("the dead letter", SOON, async || {
        let letters = stack.aws.dead_letters().await?;
        Ok((!letters.is_empty()).then_some(letters))
    })
    .await?;
    ensure!(letters == [POISON], "dead letters {letters:?}");
    for job in &jobs {
        exactly_one(stack, job).await?;
    }
    let letters = stack.aws.dead_letters().await?;
    ensure!(letters == [POISON], "dead letters {letters:?}");
    Ok(())
}

/// Last: it judges everything before.
pub(crate) async fn the_sync_never_did_what_a_correct_client_does_not(stack: &Stack) -> Outcome {
    let violations = stack.qbo.violations().await?;
    ensure!(violations.is_empty(), "violations {violations:?}");
    Ok(())
}
