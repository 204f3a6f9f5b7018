//! What the slots of a job held, worked out again from QuickBooks' documents where our records of them were lost (V15). The
//! marker says which slot a document is of; the rest follows from Housecall Pro's records and from the document itself.

mod payments;

use hcp::InvoiceId;
use jiff::Timestamp;
use money::Cents;
use qbo::{DocNumber, LineDetail};

use crate::{
    DepositForm, Document, ExtraAccount, Goods, Invoicing, JobRecords, QboObject, Role, SentBefore,
    SentDocument, SlotName, customer,
    invoice::{self, Setup},
    item, names, provisional,
};

pub use self::payments::{
    FoundExpense, FoundMoney, FoundPayment, FoundReceipt, FoundRefund, Known, RestoredMoney,
    RestoredPayment,
};

/// An invoice of a job, as it was found in QuickBooks.
#[derive(Clone, Copy, Debug)]
pub struct FoundInvoice<'a> {
    /// Which one, by its marker; the first progress invoice counts as the main one.
    pub role: Role,
    /// The invoice.
    pub invoice: &'a qbo::Invoice,
}

/// What the company chose, as far as its documents depend on it.
#[derive(Clone, Copy, Debug)]
pub struct Chosen<'a> {
    /// How it invoices.
    pub invoicing: Invoicing,
    /// Whether progress invoices become documents of their own (N6).
    pub per_invoice: bool,
    /// Where the next deposit is booked (P9).
    pub deposit_account: ExtraAccount,
    /// How QuickBooks is set up.
    pub setup: Setup<'a>,
}

/// What the slot of a found invoice is to hold.
#[derive(Clone, Debug)]
pub struct Restored {
    /// Which one.
    pub role: Role,
    /// What it remembers, but for what QuickBooks' answers tell.
    pub memory: invoice::Memory,
    /// The names of its lines that are not in the price book, and stand for the generic item (L5).
    pub typed: Vec<String>,
    /// What of ours stands in it; `None`: it is void.
    pub ours: Option<qbo::Invoice>,
    /// Whether the job has such a document by now.
    pub is_wanted: bool,
    /// What is otherwise in Housecall Pro. It does not prevent the link: the next push carries it.
    pub differences: Vec<Difference>,
}

/// What a document in QuickBooks has otherwise than Housecall Pro.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The number.
    Number {
        /// In Housecall Pro.
        ours: String,
        /// In QuickBooks.
        theirs: String,
    },
    /// Whom it is made out to.
    Customer {
        /// In Housecall Pro.
        ours: String,
        /// In QuickBooks.
        theirs: String,
    },
    /// What it comes to.
    Amount {
        /// In Housecall Pro.
        ours: Cents,
        /// In QuickBooks.
        theirs: Cents,
    },
    /// It is void.
    Void,
    /// Refunds over so much may have changed it already, so they are not carried.
    MaybeGivenBack(Cents),
    /// It cannot be told what the job's documents are to be.
    Refused(String),
}

impl JobRecords {
    /// What the slots of the invoices of the job are to hold, of those that QuickBooks has.
    pub fn restored(
        &self,
        found: &[FoundInvoice<'_>],
        money: &FoundMoney,
        chosen: Chosen<'_>,
    ) -> Vec<Restored> {
        let (standing, documents) = self.as_it_was(found, money, chosen);
        let restored = found.iter().map(|found| {
            let documents = documents.as_ref();
            let document = documents.ok().and_then(|all| of_role(all, found.role));
            let mut restored = self.restored_one(*found, document, &standing, chosen.setup);
            if let Err(refusal) = documents {
                restored
                    .differences
                    .push(Difference::Refused(refusal.clone()));
                restored.is_wanted = !self.job.is_removed();
            }
            restored
        });
        restored.collect()
    }

    /// How the documents stood, and what they would be by now. Whether progress invoices had documents of their own,
    /// those that there are tell, else what they come to, else the setting.
    fn as_it_was(
        &self,
        found: &[FoundInvoice<'_>],
        money: &FoundMoney,
        chosen: Chosen<'_>,
    ) -> (SentBefore, Result<Vec<Document>, String>) {
        let has_parts = found
            .iter()
            .any(|found| matches!(found.role, Role::Part(_)));
        let ways: &[bool] = match (has_parts, chosen.per_invoice) {
            (true, _) => &[true],
            (false, true) => &[true, false],
            (false, false) => &[false, true],
        };
        let mut first = None;
        for per_invoice in ways {
            let standing = SentBefore {
                deposit_account: chosen.deposit_account,
                ..self.standing_as_found(found, money, *per_invoice)
            };
            let documents = self.documents(chosen.invoicing, &standing);
            let agrees = |documents: &Vec<Document>| {
                found.iter().all(|found| {
                    let document = of_role(documents, found.role);
                    let total = document.map(|document| document.bill.total);
                    total.is_none() || total == found.invoice.total_amt
                })
            };
            let is_it = documents.as_ref().is_ok_and(agrees);
            let documents = documents.map_err(|refusal| refusal.to_string());
            if is_it {
                return (standing, documents);
            }
            first.get_or_insert((standing, documents));
        }
        first.unwrap_or_else(|| (SentBefore::default(), Ok(Vec::new())))
    }

    fn standing_as_found(
        &self,
        found: &[FoundInvoice<'_>],
        money: &FoundMoney,
        per_invoice: bool,
    ) -> SentBefore {
        let deposit = found.iter().find(|found| found.role == Role::Deposit);
        let known = found.iter().map(|found| SentDocument {
            role: found.role,
            invoices: self.invoices_numbered(found.invoice),
            linked: true,
            sent: Vec::new(),
        });
        let behind = deposit.map_or(Vec::new(), |found| self.invoices_numbered(found.invoice));
        SentBefore {
            documents: known.collect(),
            per_invoice,
            deposit: deposit.map(|found| form(found.invoice, per_invoice)),
            deposit_gone: deposit.is_some_and(|found| is_void(found.invoice)),
            deposit_given_back: money.given_back_of(&behind),
            ..SentBefore::default()
        }
    }

    /// The Housecall Pro invoices that have the number of a document, removed ones too.
    fn invoices_numbered(&self, there: &qbo::Invoice) -> Vec<InvoiceId> {
        let number = there.doc_number.as_ref().map(DocNumber::as_str);
        let same =
            |one: &&hcp::Invoice| number.is_some() && one.invoice_number.as_deref() == number;
        let invoices = self.invoices.iter().filter(same);
        invoices.map(|invoice| invoice.id.clone()).collect()
    }

    fn restored_one(
        &self,
        found: FoundInvoice<'_>,
        document: Option<&Document>,
        standing: &SentBefore,
        setup: Setup<'_>,
    ) -> Restored {
        let there = found.invoice;
        let void = is_void(there);
        let mut invoices = document.map_or(Vec::new(), |document| document.invoices.clone());
        for numbered in self.invoices_numbered(there) {
            if !invoices.contains(&numbered) {
                invoices.push(numbered);
            }
        }
        let has_own_number = !self.invoices_numbered(there).is_empty();
        let memory = invoice::Memory {
            invoices,
            customer: Some(self.customer.id.clone()),
            provisional: Some(self.has_number_of_job(there) && !has_own_number),
            dated_by_invoice: document
                .is_some_and(|document| self.is_dated(document, there, setup)),
            per_invoice: standing.per_invoice,
            sent: document.map_or(Vec::new(), |document| document.sent.clone()),
            bills: match standing.deposit.filter(|_| found.role == Role::Deposit) {
                Some(DepositForm::Item(account)) => vec![SlotName::deposit_item(account)],
                Some(DepositForm::Lines) => vec![SlotName::sales_item()],
                Some(DepositForm::LinesOffSales) | None => Vec::new(),
            },
            gone: found.role == Role::Deposit && void,
            ..invoice::Memory::default()
        };
        Restored {
            role: found.role,
            memory,
            typed: document.map_or(Vec::new(), |document| typed(document, there)),
            ours: (!void).then(|| invoice::as_written(self, document, there, setup)),
            is_wanted: document.is_some() && !self.job.is_removed(),
            differences: match document {
                Some(_) if void => vec![Difference::Void],
                Some(document) => self.differences(document, there),
                None => Vec::new(),
            },
        }
    }

    /// Whether a document has the number of the job, or one that takes its place.
    fn has_number_of_job(&self, there: &qbo::Invoice) -> bool {
        let job = self.job.invoice_number.as_deref();
        let job = job.and_then(|number| DocNumber::new(number).ok());
        let number = there.doc_number.as_ref();
        number
            .zip(job)
            .is_some_and(|(number, job)| provisional::is_of(number.as_str(), &job))
    }

    /// Whether its date is that of the invoice behind it. Where that was not sent yet and the job was finished on the same
    /// day, it may be either: then it becomes the date of the invoice once that is sent (D1).
    fn is_dated(&self, document: &Document, there: &qbo::Invoice, setup: Setup<'_>) -> bool {
        let invoice = document.invoice.as_ref();
        let mut invoices = self.invoices.iter();
        let invoice = invoices.find(|one| Some(&one.id) == invoice);
        let is_on = |at: Option<Timestamp>| {
            let day = at.map(|at| at.to_zoned(setup.zone.clone()).date());
            day.is_some() && day == there.txn_date
        };
        invoice.is_some_and(|one| {
            let may_wait = one.sent_at.is_none() && is_on(document.days.finished);
            is_on(one.invoice_date.or(one.sent_at)) && !may_wait
        })
    }

    fn differences(&self, document: &Document, there: &qbo::Invoice) -> Vec<Difference> {
        let mut differences = Vec::new();
        let number = there.doc_number.as_ref().map(DocNumber::as_str);
        let number = number.unwrap_or_default();
        let is_its = number == document.number.as_str()
            || provisional::is_of(number, &document.number)
            || self.has_number_of_job(there)
            || !self.invoices_numbered(there).is_empty();
        if !is_its {
            differences.push(Difference::Number {
                ours: document.number.to_string(),
                theirs: number.to_owned(),
            });
        }
        if let Some(theirs) = there
            .customer_ref
            .as_ref()
            .and_then(|to| to.name.clone())
            .filter(|theirs| !self.is_customer_named(theirs))
        {
            let ours = customer::given_name(&self.customer);
            differences.push(Difference::Customer { ours, theirs });
        }
        let (ours, theirs) = (document.bill.total, there.total_amt.unwrap_or_default());
        if ours != theirs {
            differences.push(Difference::Amount { ours, theirs });
        }
        differences
    }

    /// Whether a customer in QuickBooks has the name of the job's, by itself, or above or below another one's.
    pub fn is_customer_named(&self, theirs: &str) -> bool {
        let wanted = customer::wanted(&self.customer, self.job.address.as_ref());
        let mut levels = theirs.split(':').map(names::normalised);
        let apart = names::name_hash(&customer::given_name(&self.customer));
        let named = [wanted.clone(), customer::told_apart(wanted, &apart)];
        let named = named.map(|one| names::normalised(&one.display_name.unwrap_or_default()));
        levels.any(|level| named.contains(&level))
    }
}

/// The names of lines of a document that are not in the price book, and stand for the generic item in QuickBooks.
fn typed(document: &Document, there: &qbo::Invoice) -> Vec<String> {
    let sold: Vec<&str> = there.line.iter().filter_map(item_name).collect();
    let lines = &document.bill.lines;
    let both = lines.iter().zip(sold.iter().copied());
    let both = both.filter(|_| lines.len() == sold.len());
    let typed = both
        .filter(|(line, sold)| line.goods == Goods::NotInPriceBook && item::is_sales_name(sold));
    typed.map(|(line, _)| line.name.clone()).collect()
}

fn of_role(documents: &[Document], role: Role) -> Option<&Document> {
    let mut documents = documents.iter();
    documents.find(|document| document.role.place() == role)
}

fn is_void(invoice: &qbo::Invoice) -> bool {
    QboObject::from(invoice.clone()).is_voided()
}

/// What a deposit's document bills.
fn form(deposit: &qbo::Invoice, per_invoice: bool) -> DepositForm {
    let mut items = deposit.line.iter().filter_map(item_name);
    match items.find_map(item::deposit_account_named) {
        Some(account) => DepositForm::Item(account),
        None if per_invoice => DepositForm::Lines,
        None => DepositForm::LinesOffSales,
    }
}

/// The name of a line's item; the categories before it do not count.
pub(crate) fn item_name(line: &qbo::Line) -> Option<&str> {
    let LineDetail::SalesItem(sale) = &line.detail else {
        return None;
    };
    let name = sale.item.as_ref().and_then(|item| item.name.as_deref())?;
    Some(name.rsplit(':').next().unwrap_or(name))
}

#[cfg(test)]
mod tests;
