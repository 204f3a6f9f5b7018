//! What a job looks like in QuickBooks after each button, by the examples that an office manager knows.

use hcp_sandbox::{DueTerms, Hundredths, Invoicing, Part};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use money::Cents;
use serde_json::json;
use stack::{Booked, Invoice, Stack, StackError, Term};

use crate::{Outcome, SOON, ensure, scenarios::invoices_of};

/// Number, date and total of an invoice.
type Held = (String, Date, Cents);

/// What QuickBooks holds of a customer once all is done that was told of the job, by number.
async fn held(stack: &Stack, booked: &Booked) -> Result<Vec<Held>, StackError> {
    stack.settled(&booked.job, SOON).await?;
    let invoices = invoices_of(stack, &booked.customer).await?.into_iter();
    let mut held: Vec<Held> = invoices
        .map(|one| {
            (
                one.doc_number.unwrap_or_default(),
                one.txn_date,
                one.total_amt,
            )
        })
        .collect();
    held.sort();
    Ok(held)
}

/// Nothing is left to pay of a customer's invoices, for so many payments that add up to the job.
async fn paid(stack: &Stack, booked: &Booked, count: usize) -> Outcome {
    stack.settled(&booked.job, SOON).await?;
    let invoices = invoices_of(stack, &booked.customer).await?;
    let left: Cents = invoices.iter().map(|one| one.balance).sum();
    ensure!(left == Cents::ZERO, "left to pay: {invoices:?}");
    let mut payments = stack.qbo.payments().await?;
    payments.retain(|one| one.customer_ref.name == booked.customer);
    let sum: Cents = payments.iter().map(|one| one.total_amt).sum();
    let is_whole = payments.len() == count && sum == booked.total;
    ensure!(is_whole, "paid: {payments:?}");
    let unapplied = payments.iter().any(|one| one.unapplied_amt != Cents::ZERO);
    ensure!(!unapplied, "unapplied: {payments:?}");
    Ok(())
}

/// The only invoice of a customer.
async fn only(stack: &Stack, booked: &Booked) -> Result<Invoice, Box<dyn std::error::Error>> {
    stack.settled(&booked.job, SOON).await?;
    let invoices = invoices_of(stack, &booked.customer).await?;
    let [invoice] = <[Invoice; 1]>::try_from(invoices).map_err(|all| format!("{all:?}"))?;
    Ok(invoice)
}

/// Today in Housecall Pro, where the company is.
async fn today(stack: &Stack) -> Result<Date, Box<dyn std::error::Error>> {
    let health = stack.hcp.control("health", None).await?;
    let now: Timestamp = health["now"].as_str().unwrap_or_default().parse()?;
    Ok(now.to_zoned(TimeZone::get("America/New_York")?).date())
}

/// Fails the scenario when QuickBooks holds something else.
macro_rules! holds {
    ($stack:expr, $booked:expr, $expected:expr, $after:expr) => {
        let held = held($stack, $booked).await?;
        ensure!(held == $expected, "after {}: {held:?}", $after);
    };
}

pub(crate) async fn job_100_and_its_deposit_bear_the_number_of_the_job(stack: &Stack) -> Outcome {
    stack
        .hcp
        .choose_invoicing(Invoicing::MatchJobNumber)
        .await?;
    let customer = stack.hcp.new_customer("Dana", "Hollis").await?;
    let job = stack.hcp.book_job(&customer).await?;
    ensure!(job.number == "100", "numbered {}", job.number);
    let deposit = stack.hcp.add_deposit(&job.job, 15_000).await?;
    stack.hcp.send_this_invoice(&deposit).await?;
    let of_deposit = ("D-100".to_owned(), today(stack).await?, Cents::new(15_000));
    holds!(stack, &job, [of_deposit.clone()], "the deposit");

    let rest = job.total - Cents::new(15_000);
    let main = |date: Date| ("100".to_owned(), date, rest);
    stack.hcp.pass_a_day().await?;
    stack.hcp.finish(&job.job).await?;
    let both = [main(today(stack).await?), of_deposit.clone()];
    holds!(stack, &job, both, "Finish");

    stack.hcp.pass_a_day().await?;
    stack.hcp.send_invoice(&job.job).await?;
    let both = [main(today(stack).await?), of_deposit];
    holds!(stack, &job, both, "Invoice");
    let invoices = invoices_of(stack, &job.customer).await?;
    let lines = invoices.iter().flat_map(Invoice::sales);
    let less =
        lines.filter(|line| line.description.as_deref() == Some("Less deposit, invoice D-100"));
    let less: Cents = less.map(|line| line.amount).sum();
    ensure!(less == Cents::new(-15_000), "less deposit: {less}");

    stack.hcp.pass_a_day().await?;
    stack.hcp.pay_job(&job.job).await?;
    holds!(stack, &job, both, "Pay");
    paid(stack, &job, 2).await
}

pub(crate) async fn a_simple_invoice_takes_the_date_of_the_invoice_and_keeps_it(
    stack: &Stack,
) -> Outcome {
    stack.hcp.choose_invoicing(Invoicing::Simple).await?;
    let customer = stack.hcp.new_customer("Theo", "Marsh").await?;
    let job = stack.hcp.book_job(&customer).await?;
    stack.hcp.finish(&job.job).await?;
    let finished = only(stack, &job).await?;
    ensure!(finished.txn_date == today(stack).await?, "{finished:?}");
    ensure!(
        finished.doc_number.as_ref() == Some(&job.number),
        "{finished:?}"
    );

    stack.hcp.pass_a_day().await?;
    stack.hcp.send_invoice(&job.job).await?;
    let invoiced = only(stack, &job).await?;
    ensure!(invoiced.id == finished.id, "another invoice: {invoiced:?}");
    ensure!(invoiced.txn_date == today(stack).await?, "{invoiced:?}");
    // Simple invoicing has numbers of its own.
    ensure!(invoiced.doc_number != finished.doc_number, "{invoiced:?}");

    stack.hcp.pass_a_day().await?;
    stack.hcp.pay_job(&job.job).await?;
    let after = only(stack, &job).await?;
    let unpaid = Invoice {
        balance: invoiced.balance,
        ..after.clone()
    };
    ensure!(unpaid == invoiced, "{after:?}");
    paid(stack, &job, 1).await
}

pub(crate) async fn progress_invoices_are_one_invoice_dated_by_the_first(stack: &Stack) -> Outcome {
    stack.hcp.choose_invoicing(Invoicing::Progress).await?;
    let customer = stack.hcp.new_customer("Maren", "Voss").await?;
    let job = stack.hcp.book_job(&customer).await?;
    stack.hcp.choose_invoicing(Invoicing::Simple).await?;
    stack.hcp.finish(&job.job).await?;
    let finished = today(stack).await?;
    holds!(
        stack,
        &job,
        [(job.number.clone(), finished, job.total)],
        "Finish"
    );

    stack.hcp.pass_a_day().await?;
    let half = Part::Percent(Hundredths::new(5_000));
    let first = stack.hcp.bill_part(&job.job, half).await?;
    stack.hcp.send_this_invoice(&first).await?;
    let number = format!("{}-1", job.number);
    let whole = [(number, today(stack).await?, job.total)];
    holds!(stack, &job, whole, "the first part");

    stack.hcp.pass_a_day().await?;
    stack.hcp.pay_invoice(&first).await?;
    holds!(stack, &job, whole, "the payment of the first part");

    stack.hcp.pass_a_day().await?;
    let last = stack.hcp.bill_part(&job.job, Part::Rest).await?;
    stack.hcp.send_this_invoice(&last).await?;
    holds!(stack, &job, whole, "the last part");

    stack.hcp.pay_invoice(&last).await?;
    holds!(stack, &job, whole, "the last payment");
    paid(stack, &job, 2).await
}

pub(crate) async fn a_service_address_is_shipped_to_and_never_becomes_the_customers(
    stack: &Stack,
) -> Outcome {
    let customer = stack.hcp.new_customer("Lena", "Brandt").await?;
    let job = stack.hcp.book_job(&customer).await?;
    stack.hcp.finish(&job.job).await?;
    let invoice = only(stack, &job).await?;
    let street =
        |address: &Option<stack::Address>| address.as_ref().and_then(|at| at.line1.clone());
    let shipped = street(&invoice.ship_addr);
    ensure!(
        shipped.as_deref() == Some("12 Harbor Road"),
        "shipped to {shipped:?}"
    );
    let customers = stack.qbo.customers().await?;
    let own = customers
        .iter()
        .find(|one| one.id == invoice.customer_ref.value);
    let own = own.ok_or("no customer")?;
    ensure!(
        street(&own.bill_addr).as_deref() == Some("PO Box 77"),
        "{own:?}"
    );
    ensure!(own.ship_addr.is_none(), "{own:?}");
    Ok(())
}

pub(crate) async fn a_line_of_its_own_is_sold_as_sales_and_a_new_material_is_no_inventory(
    stack: &Stack,
) -> Outcome {
    let customer = stack.hcp.new_customer("Otto", "Reyes").await?;
    let valve = json!({ "name": "Ball valve 3/4", "category": "Valves", "price": 2_450 });
    let valve = stack.hcp.press("add_material", valve).await?;
    let lines = json!([
        { "price_book": valve },
        { "kind": "labor", "name": "Crawl under the porch", "unit_price": 8_000 },
    ]);
    let job = json!({ "customer": customer, "lines": lines });
    let job = stack.hcp.press("create_job", job).await?;
    let booked = stack.hcp.booked(&job).await?;
    stack.hcp.finish(&job).await?;
    let invoice = only(stack, &booked).await?;
    let sold: Vec<(&str, &str)> = invoice
        .sales()
        .map(|line| {
            let item = line.sales_item_line_detail.as_ref();
            let item = item.map_or("", |sale| sale.item_ref.name.as_str());
            (item, line.description.as_deref().unwrap_or_default())
        })
        .collect();
    let expected = [
        ("Ball valve 3/4", "Ball valve 3/4"),
        ("Sales", "Crawl under the porch"),
    ];
    ensure!(sold == expected, "{sold:?}");
    let items = stack.qbo.items().await?;
    let kind = |name: &str| {
        items
            .iter()
            .find(|item| item.name == name)
            .map(|item| item.kind.as_str())
    };
    ensure!(kind("Ball valve 3/4") == Some("NonInventory"), "{items:?}");
    ensure!(kind("Sales") == Some("Service"), "{items:?}");
    Ok(())
}

pub(crate) async fn a_net_term_that_quickbooks_lacks_is_made_and_used(stack: &Stack) -> Outcome {
    let ten_days = async || -> Result<Vec<Term>, StackError> {
        let mut terms = stack.qbo.terms().await?;
        terms.retain(|term| term.due_days == Some(10));
        Ok(terms)
    };
    ensure!(ten_days().await?.is_empty(), "QuickBooks knows it already");
    let customer = stack.hcp.new_customer("Ida", "Quist").await?;
    for made in [true, false] {
        let job = stack.hcp.book_job(&customer).await?;
        stack.hcp.set_due_terms(&job.job, DueTerms::Net(10)).await?;
        stack.hcp.finish(&job.job).await?;
        stack.settled(&job.job, SOON).await?;
        stack.hcp.pass_a_day().await?;
        stack.hcp.send_invoice(&job.job).await?;
        stack.settled(&job.job, SOON).await?;
        let sent = today(stack).await?;
        let invoices = invoices_of(stack, &job.customer).await?;
        let invoice = invoices.iter().find(|one| one.txn_date == sent);
        let invoice = invoice.ok_or_else(|| format!("none of {sent} in {invoices:?}"))?;
        ensure!(invoice.due_date == Some(sent + 10.days()), "{invoice:?}");
        let terms = ten_days().await?;
        let [term] = terms.as_slice() else {
            return Err(format!("made anew: {made}, and there are {terms:?}").into());
        };
        let used = invoice.sales_term_ref.as_ref().map(|used| &used.value);
        ensure!(used == Some(&term.id), "{term:?} on {invoice:?}");
        ensure!(term.name == "Net 10", "{term:?}");
    }
    Ok(())
}

pub(crate) async fn an_invoice_that_is_due_on_a_date_has_no_term(stack: &Stack) -> Outcome {
    let customer = stack.hcp.new_customer("Noor", "Haddad").await?;
    let job = stack.hcp.book_job(&customer).await?;
    let due = today(stack).await? + 25.days();
    stack
        .hcp
        .set_due_terms(&job.job, DueTerms::OnDate(due))
        .await?;
    stack.hcp.finish(&job.job).await?;
    stack.hcp.send_invoice(&job.job).await?;
    let invoice = only(stack, &job).await?;
    ensure!(invoice.due_date == Some(due), "{invoice:?}");
    ensure!(invoice.txn_date == today(stack).await?, "{invoice:?}");
    ensure!(invoice.sales_term_ref.is_none(), "{invoice:?}");
    Ok(())
}

/// Whatever differs between both books is named by an open alert, to the cent.
pub(crate) async fn both_books_agree(stack: &Stack) -> Outcome {
    stack.at_rest(SOON).await?;
    stack.hcpqbo(&["pull"]).await?;
    stack.at_rest(SOON).await?;
    let differences = stack.differences().await?;
    ensure!(differences.is_empty(), "{}", differences.join("\n"));
    Ok(())
}
