//! The card of a job, as a terminal shows it (K1).

use clap::Args;
use jiff::{Timestamp, tz::TimeZone};
use office::words;
use serde::Deserialize;

use crate::{
    alerts::{Alert, lines},
    client::{Asking, Office, part},
    failure::Failure,
    inbox, log, say,
    table::one_line,
};

/// Shows how a job stands: its documents in QuickBooks, its payments in both systems, what is pending, what was done, its alerts.
#[derive(Debug, Args)]
pub(crate) struct Card {
    #[command(flatten)]
    asking: Asking,
    /// The number of the job, as Housecall Pro shows it, or its id (`job_…`).
    #[arg(value_name = "NUMBER", required_unless_present = "invoice")]
    job: Option<String>,
    /// The number or the id of one of its invoices; so are service plans found, which have no job.
    #[arg(long, value_name = "NUMBER", conflicts_with = "job")]
    invoice: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Job {
    id: String,
    number: Option<String>,
    customer: Option<String>,
    emails: Vec<String>,
    says: String,
    due: Option<Timestamp>,
    housecall: Option<InHousecall>,
    documents: Vec<Document>,
    payments: Vec<Payment>,
    refunds: Vec<Receipt>,
    expenses: Vec<Receipt>,
    sales_receipts: Vec<Receipt>,
    pending: Vec<Pending>,
    triggers: Vec<Trigger>,
    alerts: Vec<Alert>,
    inbox: Vec<inbox::Entry>,
    history: Vec<log::Done>,
    history_next: Option<String>,
}

#[derive(Debug, Deserialize)]
struct InHousecall {
    read_at: Timestamp,
    total: Option<String>,
    balance: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Document {
    what: String,
    number: Option<String>,
    standing: String,
    date: Option<String>,
    due: Option<String>,
    total: Option<String>,
    balance: Option<String>,
    customer: Option<String>,
    behind: Vec<String>,
    page: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Payment {
    id: Option<String>,
    housecall: Option<Told>,
    quickbooks: Option<There>,
    not_to_be_sent: bool,
}

#[derive(Debug, Deserialize)]
struct Told {
    amount: String,
    date: String,
    method: Option<String>,
}

#[derive(Debug, Deserialize)]
struct There {
    came_by: String,
    gone: bool,
    total: Option<String>,
    date: Option<String>,
    unapplied: String,
    #[serde(flatten)]
    money: Money,
    page: String,
}

/// How money moved.
#[derive(Debug, Deserialize)]
struct Money {
    method: Option<String>,
    reference: Option<String>,
    account: Option<String>,
    deposited: bool,
}

#[derive(Debug, Deserialize)]
struct Receipt {
    total: Option<String>,
    date: Option<String>,
    #[serde(flatten)]
    money: Money,
    page: String,
}

#[derive(Debug, Deserialize)]
struct Pending {
    of: Option<String>,
    changes: Vec<log::Change>,
    more: usize,
    refused: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Trigger {
    what: String,
    at: Timestamp,
}

impl Card {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let mut office = Office::open(&self.asking).await?;
        let path = match (&self.job, &self.invoice) {
            (_, Some(invoice)) => format!("jobs/{}?by=invoice", part(invoice)),
            (job, None) => {
                let typed = job.as_deref().unwrap_or_default();
                format!("jobs/{}", part(typed.trim().trim_start_matches('#')))
            }
        };
        let answer = office.get(&path).await?;
        match self.asking.json {
            true => say(&answer.text()),
            false => say(&shown(&answer.read()?, &office.company().zone())),
        }
    }
}

fn shown(job: &Job, zone: &TimeZone) -> String {
    let mut text = Lines::default();
    let number = job.number.as_deref().unwrap_or("(without a number)");
    let what = if job.id.starts_with("invoice_") {
        "Invoice"
    } else {
        "Job"
    };
    text.line(what, format!("{number}  {}", job.id));
    if let Some(customer) = &job.customer {
        text.line("Customer", customer.clone());
    }
    if !job.emails.is_empty() {
        let emails = job.emails.join(", ");
        text.line(
            "E-mail",
            format!("{emails} (in Housecall Pro only: QuickBooks has one)"),
        );
    }
    text.line("State", job.says.clone());
    if let Some(due) = job.due {
        text.line("Looked at", format!("again {}", words::time(due, zone)));
    }
    if let Some(told) = &job.housecall {
        text.line("Housecall", in_housecall(told, zone));
    }
    job.documents
        .iter()
        .for_each(|document| text.document(document));
    job.payments
        .iter()
        .for_each(|payment| text.payment(payment));
    let receipts = [
        ("refund receipt", &job.refunds),
        ("expense", &job.expenses),
        ("sales receipt", &job.sales_receipts),
    ];
    for (what, all) in receipts {
        all.iter().for_each(|receipt| text.receipt(what, receipt));
    }
    job.pending.iter().for_each(|pending| text.pending(pending));
    for entry in &job.inbox {
        text.0.push_str(&inbox::on_card(entry));
    }
    // Housecall Pro tells of one thing in several ways.
    let triggers = job.triggers.iter();
    let mut seen: Vec<String> = triggers
        .map(|one| format!("{}  {}", words::time(one.at, zone), trigger(&one.what)))
        .collect();
    seen.dedup();
    seen.into_iter().for_each(|seen| text.line("Seen", seen));
    for done in &job.history {
        text.0.push_str(&log::lines(done, zone, "Done        "));
    }
    if job.history_next.is_some() {
        text.line(
            "",
            "and more: hcpqbo log shows all that was done".to_owned(),
        );
    }
    for alert in &job.alerts {
        text.0
            .push_str(&format!("Alert       {}", lines(alert, zone)));
    }
    text.0
}

fn in_housecall(told: &InHousecall, zone: &TimeZone) -> String {
    let over = told.total.as_ref().map(|total| format!("over {total}"));
    let left = told.balance.as_ref();
    let left = left.map(|left| format!(", of which {left} is to be paid"));
    let read = words::time(told.read_at, zone);
    let over = over.unwrap_or_else(|| "without a total".to_owned());
    format!("{over}{}, as read {read}", left.unwrap_or_default())
}

fn trigger(what: &str) -> String {
    match what {
        "invoiced" => "invoice sent".to_owned(),
        "by_hand" => "pushed by hand".to_owned(),
        what => what.replace('_', " "),
    }
}

fn known(what: &Option<String>) -> &str {
    what.as_deref().unwrap_or("(not known)")
}

/// How money moved, behind a comma.
fn how(money: &Money) -> String {
    let reference = money.reference.as_ref();
    let reference = reference.map(|reference| format!("reference {reference}"));
    let account = money.account.as_ref().map(|account| match money.deposited {
        true => format!("deposited from {account}"),
        false => format!("in {account}"),
    });
    let parts = [money.method.clone(), reference, account];
    let parts = parts.into_iter().flatten();
    parts.map(|part| format!(", {part}")).collect()
}

/// Lines with a name before each.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn line(&mut self, name: &str, words: String) {
        self.0
            .push_str(&format!("{name:<11} {}\n", one_line(words)));
    }

    fn document(&mut self, document: &Document) {
        let number = document.number.as_deref().unwrap_or("(on its way)");
        let standing = match document.standing.as_str() {
            "on_its_way" => ", with a change on its way",
            "gone" => ", deleted or voided there",
            "voided" => ", voided",
            _ => "",
        };
        let due = document.due.as_ref().map(|due| format!(", due {due}"));
        self.line(
            "QuickBooks",
            format!(
                "{} {number} of {}, dated {}{}, over {}, of which {} is to be paid{standing}",
                document.what,
                known(&document.customer),
                known(&document.date),
                due.unwrap_or_default(),
                known(&document.total),
                known(&document.balance),
            ),
        );
        if !document.behind.is_empty() {
            let behind = document.behind.join(", ");
            self.line("", format!("in Housecall Pro: {behind}"));
        }
        if let Some(page) = &document.page {
            self.line("", page.clone());
        }
    }

    fn payment(&mut self, payment: &Payment) {
        if let Some(told) = &payment.housecall {
            let method = told.method.as_ref().map(|method| format!(", {method}"));
            let fate = match (&payment.quickbooks, payment.not_to_be_sent) {
                (Some(_), _) => "",
                (None, true) => ": not to be sent",
                (None, false) => ": not in QuickBooks",
            };
            let id = payment.id.as_ref().map(|id| format!("  {id}"));
            self.line(
                "Housecall",
                format!(
                    "payment of {}, dated {}{}{fate}{}",
                    told.amount,
                    told.date,
                    method.unwrap_or_default(),
                    id.unwrap_or_default()
                ),
            );
        }
        let Some(there) = &payment.quickbooks else {
            return;
        };
        let rest = match there.unapplied.as_str() {
            "0.00" => String::new(),
            rest => format!(", of which {rest} pays no invoice"),
        };
        let came = if there.came_by == "sent" {
            ""
        } else {
            ", entered in QuickBooks"
        };
        let gone = if there.gone {
            ", deleted, voided or moved there"
        } else {
            ""
        };
        self.line(
            "QuickBooks",
            format!(
                "payment of {}, dated {}{rest}{}{came}{gone}",
                known(&there.total),
                known(&there.date),
                how(&there.money),
            ),
        );
        self.line("", there.page.clone());
    }

    fn receipt(&mut self, what: &str, receipt: &Receipt) {
        self.line(
            "QuickBooks",
            format!(
                "{what} of {}, dated {}{}",
                known(&receipt.total),
                known(&receipt.date),
                how(&receipt.money),
            ),
        );
        self.line("", receipt.page.clone());
    }

    fn pending(&mut self, pending: &Pending) {
        let of = pending.of.as_deref().unwrap_or("the job");
        let refused = pending.refused.as_ref().map(|words| format!(": {words}"));
        self.line("Pending", format!("{of}{}", refused.unwrap_or_default()));
        log::changes(&mut self.0, &pending.changes, pending.more);
    }
}

#[cfg(test)]
mod tests;
