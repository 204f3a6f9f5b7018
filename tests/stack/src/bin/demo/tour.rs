//! Four jobs, and what QuickBooks holds of each after every button; of the last, what comes back from there.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use hcp_sandbox::{DueTerms, Hundredths, Invoicing, Part};
use stack::{Booked, Invoice, Payment, Stack, StackError, until};

use crate::say;

/// The product takes about a second; the rest is for slow machines.
const PATIENCE: Duration = Duration::from_secs(60);

/// Shows the four jobs.
pub(crate) async fn give(stack: &Stack) -> Result<(), StackError> {
    say(
        "\nEach button in Housecall Pro, and what QuickBooks holds then. A day passes between two.",
    );
    plain(stack).await?;
    deposit(stack).await?;
    progress(stack).await?;
    received(stack).await?;
    stack.hcp.back_to_today().await
}

async fn plain(stack: &Stack) -> Result<(), StackError> {
    let mut job = Shown::book(stack, ("June", "Calloway"), Invoicing::Simple, 10).await?;
    let pressed = Instant::now();
    stack.hcp.finish(&job.booked.job).await?;
    let customer = job.booked.customer.clone();
    let arrived = |all: &[Invoice]| all.iter().any(|one| one.customer_ref.name == customer);
    let what = "the invoice in QuickBooks";
    stack.qbo.invoices_when(what, PATIENCE, arrived).await?;
    let took = pressed.elapsed().as_millis();
    job.pressed(&format!("Finish (in QuickBooks {took} ms later)"))
        .await?;
    stack.hcp.pass_a_day().await?;
    stack.hcp.send_invoice(&job.booked.job).await?;
    job.pressed("Invoice").await?;
    stack.hcp.pass_a_day().await?;
    let check = stack
        .hcp
        .pay_by_check(&job.booked.job, 10_000, "Check 1042");
    check.await?;
    job.pressed("Pay $100.00 by check 1042").await?;
    stack.hcp.pass_a_day().await?;
    stack.hcp.pay_job(&job.booked.job).await?;
    job.pressed("Pay the rest by card").await?;
    stack.hcp.pass_a_day().await?;
    stack.hcp.refund(&job.booked.job, 4_000).await?;
    job.pressed("Refund $40.00 of it").await
}

async fn deposit(stack: &Stack) -> Result<(), StackError> {
    let matched = Invoicing::MatchJobNumber;
    let mut job = Shown::book(stack, ("Dana", "Hollis"), matched, 30).await?;
    let deposit = stack.hcp.add_deposit(&job.booked.job, 15_000).await?;
    stack.hcp.send_this_invoice(&deposit).await?;
    job.pressed("Send on a deposit of $150.00").await?;
    stack.hcp.pass_a_day().await?;
    stack.hcp.finish(&job.booked.job).await?;
    job.pressed("Finish").await?;
    stack.hcp.pass_a_day().await?;
    stack.hcp.send_invoice(&job.booked.job).await?;
    job.pressed("Invoice").await?;
    stack.hcp.pass_a_day().await?;
    stack.hcp.pay_job(&job.booked.job).await?;
    job.pressed("Pay all of it by card").await
}

async fn progress(stack: &Stack) -> Result<(), StackError> {
    let mut job = Shown::book(stack, ("Maren", "Voss"), Invoicing::Progress, 10).await?;
    stack.hcp.finish(&job.booked.job).await?;
    job.pressed("Finish").await?;
    stack.hcp.pass_a_day().await?;
    let half = Part::Percent(Hundredths::new(5_000));
    let first = stack.hcp.bill_part(&job.booked.job, half).await?;
    stack.hcp.send_this_invoice(&first).await?;
    job.pressed("Send on a first invoice over half").await?;
    stack.hcp.pass_a_day().await?;
    stack.hcp.pay_invoice(&first).await?;
    job.pressed("Pay on it").await?;
    stack.hcp.pass_a_day().await?;
    let rest = stack.hcp.bill_part(&job.booked.job, Part::Rest).await?;
    stack.hcp.send_this_invoice(&rest).await?;
    job.pressed("Send on a second invoice over the rest").await
}

/// A check that arrives at the bookkeeper's.
async fn received(stack: &Stack) -> Result<(), StackError> {
    let mut job = Shown::book(stack, ("Rosa", "Lindqvist"), Invoicing::Simple, 10).await?;
    stack.hcp.finish(&job.booked.job).await?;
    stack.hcp.send_invoice(&job.booked.job).await?;
    job.pressed("Finish, and Invoice").await?;
    let mut invoices = stack.qbo.invoices().await?.into_iter();
    let invoice = invoices.find(|one| one.customer_ref.name == job.booked.customer);
    let Some(invoice) = invoice else {
        return Ok(());
    };
    let entered = Instant::now();
    let payment = stack.qbo.receive_check(&invoice, "2077").await?;
    let id = &job.booked.job;
    let left = until("the note on the job", PATIENCE, async || {
        let left = stack.hcp.left_on(id).await?;
        Ok((!left.tags.is_empty()).then_some(left))
    })
    .await?;
    let took = entered.elapsed().as_millis();
    job.pressed(&format!(
        "In QuickBooks: receive check 2077 over all of it (on the job in Housecall Pro {took} ms later)"
    ))
    .await?;
    for note in &left.notes {
        say(&format!("    Note on the job  {note}"));
    }
    say(&format!("    Tag of the job   {}", left.tags.join(", ")));
    let note = format!("Check 2077, QBO-{payment}");
    let (job_id, total) = (job.booked.job.clone(), job.booked.total.get());
    let paid = stack.hcp.pay_by_check(&job_id, total, &note);
    paid.await?;
    job.pressed(&format!(
        "Pay all of it by check, noting \"{note}\": it is the same money"
    ))
    .await
}

/// A job, and what of its invoices was shown.
struct Shown<'a> {
    stack: &'a Stack,
    booked: Booked,
    /// The lines of each invoice, by its id.
    lines: HashMap<String, Vec<String>>,
}

impl<'a> Shown<'a> {
    /// Books a job that is due so many days after its invoice is sent.
    async fn book(
        stack: &'a Stack,
        (first, last): (&str, &str),
        invoicing: Invoicing,
        days: u16,
    ) -> Result<Self, StackError> {
        let (how, number) = match invoicing {
            Invoicing::Simple => ("simple invoicing", "one invoice"),
            Invoicing::MatchJobNumber => ("match invoice and job number", "with a deposit"),
            Invoicing::Progress => ("progress invoicing", "in two parts"),
        };
        stack.hcp.back_to_today().await?;
        stack.hcp.choose_invoicing(invoicing).await?;
        let customer = stack.hcp.new_customer(first, last).await?;
        let booked = stack.hcp.book_job(&customer).await?;
        let due = DueTerms::Net(days);
        stack.hcp.set_due_terms(&booked.job, due).await?;
        stack.hcp.choose_invoicing(Invoicing::default()).await?;
        say(&format!(
            "\nJob {} for {}, ${}, net {days}: {number} ({how})",
            booked.number, booked.customer, booked.total,
        ));
        Ok(Self {
            stack,
            booked,
            lines: HashMap::new(),
        })
    }

    /// Tells what QuickBooks holds after a button; lines only where they are new.
    async fn pressed(&mut self, button: &str) -> Result<(), StackError> {
        self.stack.carried(&self.booked.job, PATIENCE).await?;
        let mut invoices = self.stack.qbo.invoices().await?;
        invoices.retain(|one| one.customer_ref.name == self.booked.customer);
        say(&format!("  {button}"));
        for invoice in &invoices {
            say(&head(invoice));
            let lines: Vec<String> = invoice.sales().map(line).collect();
            if self.lines.get(&invoice.id) != Some(&lines) {
                lines.iter().for_each(|line| say(line));
                self.lines.insert(invoice.id.clone(), lines);
            }
        }
        let mut payments = self.stack.qbo.payments().await?;
        payments.retain(|one| one.customer_ref.name == self.booked.customer);
        payments
            .iter()
            .map(payment)
            .for_each(|payment| say(&payment));
        let mut refunds = self.stack.qbo.refund_receipts().await?;
        refunds.retain(|one| one.customer_ref.name == self.booked.customer);
        for refund in refunds {
            let amount = refund.total_amt.to_string();
            say(&format!(
                "    Refund receipt {}  {amount:>9}",
                refund.txn_date
            ));
        }
        Ok(())
    }
}

fn head(invoice: &Invoice) -> String {
    let number = invoice.doc_number.as_deref().unwrap_or("without a number");
    let term = invoice.sales_term_ref.as_ref();
    let term = term.map_or_else(String::new, |term| format!(", {}", term.name));
    let due = invoice.due_date;
    let due = due.map_or_else(String::new, |due| format!("  due {due}{term}"));
    format!(
        "    Invoice {number:<6} {}  {:>9}{due}  to pay {}",
        invoice.txn_date,
        invoice.total_amt.to_string(),
        invoice.balance,
    )
}

fn payment(payment: &Payment) -> String {
    let method = payment.payment_method_ref.as_ref();
    let method = method.map_or("", |method| method.name.as_str());
    let reference = payment.payment_ref_num.as_deref().unwrap_or_default();
    format!(
        "    Payment        {}  {:>9}  {method} {reference}",
        payment.txn_date,
        payment.total_amt.to_string(),
    )
}

fn line(line: &stack::Line) -> String {
    let item = line.sales_item_line_detail.as_ref();
    let item = item.map_or("", |sale| sale.item_ref.name.as_str());
    let description = line.description.as_deref().unwrap_or_default();
    format!(
        "      {:>9}  {item:<24} {description}",
        line.amount.to_string()
    )
}
