//! How a job stands: what its card shows, as far as there is one (K1); and what wants somebody (S1).

use hcp::{CompanyId, JobId};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use ledger::{Slot, owner};
use mapping::{AnyKind, Role, SlotName, alert::Subject, invoice, payment};
use money::Cents;
use serde::{Deserialize, de::DeserializeOwned};
use store::{AlertRecord, Books, Job, JobState, Mark, read};

use crate::{
    alerts,
    declined::NotDone,
    engine::Engine,
    objects::{
        slots::{StoredCustomer, number, wrote},
        sub_customer::made_out_to,
    },
    stop::{Stop, broken},
    world::World,
};

/// How a job stands.
#[derive(Clone, Debug)]
pub struct JobStatus {
    /// Its number, once it was read.
    pub number: Option<String>,
    /// The name of its customer, once they were read.
    pub customer: Option<String>,
    /// What the customer's e-mail field holds beside the address that QuickBooks has (C2).
    pub emails: Vec<String>,
    /// Its state.
    pub state: JobState,
    /// What made it push, the latest last.
    pub marks: Vec<Mark>,
    /// Why it waits, when it does.
    pub waits_for: Option<String>,
    /// When it is looked at again, when it waits.
    pub due: Option<Timestamp>,
    /// Its documents in QuickBooks.
    pub documents: Vec<DocumentStatus>,
    /// Its payments in QuickBooks.
    pub payments: Vec<PaymentStatus>,
    /// Its refund receipts in QuickBooks.
    pub refunds: Vec<ReceiptStatus>,
    /// Its expenses in QuickBooks, by which refunds gave credit back (P5).
    pub expenses: Vec<ReceiptStatus>,
    /// Its sales receipts in QuickBooks, of what was paid once more after a refund (P4).
    pub repeated: Vec<ReceiptStatus>,
    /// Its open alerts, and its customer's.
    pub alerts: Vec<AlertRecord>,
    /// The company's.
    pub zone: TimeZone,
}

/// A document of a job in QuickBooks.
#[derive(Clone, Debug)]
pub struct DocumentStatus {
    /// What it is: `invoice`, `deposit invoice`, `invoice 2`.
    pub what: String,
    /// Its number there.
    pub number: String,
    /// Its date, as it was last written.
    pub date: Option<String>,
    /// What it comes to, as QuickBooks told it last.
    pub total: Option<Cents>,
    /// Whom it is made out to, by the name in QuickBooks.
    pub customer: Option<String>,
    /// Where it opens in a browser.
    pub page: String,
}

/// A payment of a job in QuickBooks.
#[derive(Clone, Debug)]
pub struct PaymentStatus {
    /// How much it is there.
    pub total: Option<Cents>,
    /// Its date there.
    pub date: Option<Date>,
    /// What of it pays no invoice.
    pub unapplied: Cents,
    /// Whether somebody had entered it there (R3).
    pub joined: bool,
    /// Where it opens in a browser.
    pub page: String,
}

/// A refund receipt of a job in QuickBooks, an expense or a sales receipt.
#[derive(Clone, Debug)]
pub struct ReceiptStatus {
    /// What it comes to there.
    pub total: Option<Cents>,
    /// Its date, as it was written.
    pub date: Option<Date>,
}

/// Open alerts of a company.
#[derive(Clone, Debug)]
pub struct OpenAlerts {
    /// The alerts, the latest first.
    pub alerts: Vec<AlertRecord>,
    /// The company's.
    pub zone: TimeZone,
}

impl<W: World> Engine<W> {
    /// How a job stands; `None`: nothing was ever seen of it.
    ///
    /// # Errors
    /// When the company is not connected, or the table does not answer.
    pub async fn job_status(
        &self,
        company: &CompanyId,
        job: &JobId,
    ) -> Result<Option<JobStatus>, NotDone> {
        let cx = self
            .cx_for_person(company, std::time::Duration::default())
            .await?;
        let books = &cx.books;
        let Some(record) = read::<Job>(self.world.table(), &books.job(job)).await? else {
            return Ok(None);
        };
        let slots = self.job_slots(&cx, job).await?;
        let mut documents = Vec::new();
        for (role, slot) in slots.invoices {
            documents.extend(self.document_status(books, role, &slot.value).await?);
        }
        let payments = slots.payments.iter();
        let payments = payments.filter_map(|(_, slot)| self.payment_status(&slot.value));
        let payments = payments.collect();
        let refunds = slots.refunds.iter().filter_map(|(_, slot)| {
            let wrote = wrote_in(&slot.value, |receipt: qbo::RefundReceipt| receipt.txn_date)?;
            let total = slot.value.memory.total;
            Some(wrote.map(|date| ReceiptStatus { total, date }))
        });
        let refunds = refunds.collect::<Result<_, Stop>>()?;
        let expenses = slots.expenses.iter().filter_map(|(_, slot)| {
            let wrote = wrote_in(&slot.value, |expense: qbo::Purchase| expense.txn_date)?;
            let total = slot.value.memory.total;
            Some(wrote.map(|date| ReceiptStatus { total, date }))
        });
        let expenses = expenses.collect::<Result<_, Stop>>()?;
        let receipts = slots.receipts.iter().map(|(_, slot)| &slot.value);
        let receipts = receipts.filter(|slot| slot.link().is_some());
        let repeated = receipts.map(|slot| ReceiptStatus {
            total: slot.memory.total,
            date: slot.memory.date,
        });
        let repeated = repeated.collect();
        let mut alerts = alerts::open(&self.world, books, &Subject::Job(job.clone())).await?;
        let due = record.due;
        let record = record.value;
        let mut emails = Vec::new();
        if let Some(customer) = &record.customer {
            let subject = Subject::Customer(customer.id.clone());
            alerts.extend(alerts::open(&self.world, books, &subject).await?);
            let key = books.slot(&SlotName::customer(&customer.id));
            let slot: Option<StoredCustomer> = read(self.world.table(), &key).await?;
            emails = slot
                .map(|slot| slot.value.memory.emails)
                .unwrap_or_default();
        }
        Ok(Some(JobStatus {
            number: record.number,
            customer: record.customer.map(|customer| customer.name),
            emails,
            state: record.state,
            marks: record.marks,
            due: due.filter(|_| record.waiting.waits_for.is_some()),
            waits_for: record.waiting.waits_for,
            documents,
            payments,
            refunds,
            expenses,
            repeated,
            alerts: alerts.into_iter().map(|alert| alert.value).collect(),
            zone: cx.zone,
        }))
    }

    /// All open alerts of a company.
    ///
    /// # Errors
    /// When the company is not connected, or the table does not answer.
    pub async fn open_alerts(&self, company: &CompanyId) -> Result<OpenAlerts, NotDone> {
        let cx = self
            .cx_for_person(company, std::time::Duration::default())
            .await?;
        Ok(OpenAlerts {
            alerts: alerts::all_open(&self.world, &cx.books).await?,
            zone: cx.zone,
        })
    }

    /// `None`: it is not in QuickBooks.
    async fn document_status(
        &self,
        books: &Books,
        role: Role,
        slot: &Slot<invoice::Memory>,
    ) -> Result<Option<DocumentStatus>, Stop> {
        #[derive(Default, Deserialize)]
        struct Dated {
            #[serde(rename = "TxnDate")]
            date: Option<String>,
        }
        let Some(link) = slot.link() else {
            return Ok(None);
        };
        let wrote = link.last_written.as_ref();
        let dated: Option<Dated> = wrote
            .map(|wrote| serde_json::from_str(wrote.get()))
            .transpose()
            .map_err(broken)?;
        Ok(Some(DocumentStatus {
            what: match role {
                Role::Main => "invoice".to_owned(),
                Role::Deposit => "deposit invoice".to_owned(),
                Role::Part(count) => format!("invoice {count}"),
            },
            number: number(link),
            date: dated.unwrap_or_default().date,
            total: slot.memory.totals.map(|totals| totals.total),
            customer: self.customer_of(books, slot).await?,
            page: page(&self.config.qbo_base_url, AnyKind::Invoice, &link.id),
        }))
    }

    /// `None`: it is not in QuickBooks.
    fn payment_status(&self, slot: &Slot<payment::Memory>) -> Option<PaymentStatus> {
        let memory = &slot.memory;
        let link = slot.link()?;
        Some(PaymentStatus {
            total: memory.total,
            date: memory.date,
            unapplied: memory.unapplied,
            joined: memory.joined,
            page: page(&self.config.qbo_base_url, AnyKind::Payment, &link.id),
        })
    }

    /// The name of the customer whom an invoice is made out to.
    async fn customer_of(
        &self,
        books: &Books,
        slot: &Slot<invoice::Memory>,
    ) -> Result<Option<String>, Stop> {
        let Some(id) = made_out_to(slot)? else {
            return Ok(None);
        };
        let table = self.world.table();
        let Some(owner) = owner(table, books, &AnyKind::Customer.name(), &id).await? else {
            return Ok(None);
        };
        let known = read(table, &books.slot(&owner.value.slot)).await?;
        let Some(known): Option<StoredCustomer> = known else {
            return Ok(None);
        };
        let customer: qbo::Customer = wrote(&known.value)?;
        let matched = known.value.memory.matched.map(|matched| matched.name);
        Ok(customer.display_name.or(matched))
    }
}

/// What was last written to the object of a slot tells; `None`: it is not in QuickBooks.
fn wrote_in<T: Default + DeserializeOwned, M, V>(
    slot: &Slot<M>,
    told: impl FnOnce(T) -> V,
) -> Option<Result<V, Stop>> {
    slot.link()?;
    Some(wrote(slot).map(told))
}

/// Where an invoice or a payment opens in a browser. Anything but Intuit's own addresses is a sandbox, whose pages stand
/// beside its API.
fn page(base_url: &str, kind: AnyKind, id: &qbo::Id) -> String {
    let (own, page) = match kind {
        AnyKind::Payment => ("payments", "recvpayment"),
        _ => ("invoices", "invoice"),
    };
    let host = match base_url {
        "https://quickbooks.api.intuit.com" => "app.qbo.intuit.com",
        "https://sandbox-quickbooks.api.intuit.com" => "app.sandbox.qbo.intuit.com",
        base_url => return format!("{base_url}/{own}/{id}"),
    };
    format!("https://{host}/app/{page}?txnId={id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k1_a_document_opens_where_people_see_it() {
        let id = qbo::Id::new("145");
        for (base_url, expected) in [
            (
                "https://quickbooks.api.intuit.com",
                "https://app.qbo.intuit.com/app/invoice?txnId=145",
            ),
            (
                "https://sandbox-quickbooks.api.intuit.com",
                "https://app.sandbox.qbo.intuit.com/app/invoice?txnId=145",
            ),
            (
                "http://127.0.0.1:4020",
                "http://127.0.0.1:4020/invoices/145",
            ),
        ] {
            assert_eq!(page(base_url, AnyKind::Invoice, &id), expected);
        }
        assert_eq!(
            page("https://quickbooks.api.intuit.com", AnyKind::Payment, &id),
            "https://app.qbo.intuit.com/app/recvpayment?txnId=145"
        );
    }
}
