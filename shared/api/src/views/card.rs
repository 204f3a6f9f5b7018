use office::{CardView, PendingRow};
use serde::Serialize;
use store::{JobFacts, JobInvoice, Mark, ToldPayment};
use sync::job::card::{
    DocumentCard, DocumentStanding, Origin, PaymentCard, PaymentThere, ReceiptCard, Told,
};
use utoipa::ToSchema;

use super::{
    alerts::Alert,
    all,
    history::{Change, Done},
    inbox::Entry,
    name, texts,
};

/// The QuickBooks card of a job: all that is known of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Job {
    /// Its id in Housecall Pro.
    id: String,
    /// Its number.
    number: Option<String>,
    /// The name of its customer.
    customer: Option<String>,
    /// Addresses in the customer's e-mail field beside the one that QuickBooks has.
    emails: Vec<String>,
    /// Its state: `not_synced`, `before_connection`, `queued`, `synced`, `pending_changes`, `waits_for_trigger`,
    /// `nothing_to_send`, `nothing_on_it`, `alert`, `gone`.
    state: String,
    /// The same in words, with why it waits.
    says: String,
    /// Why it waits, when it does.
    waits_for: Option<String>,
    /// When it is looked at again, when it waits.
    due: Option<String>,
    /// What Housecall Pro told of it, when it was read last.
    housecall: Option<InHousecall>,
    /// Its documents in QuickBooks.
    documents: Vec<Document>,
    /// Its payments, in both systems.
    payments: Vec<Payment>,
    /// Its refund receipts in QuickBooks.
    refunds: Vec<Receipt>,
    /// Its expenses in QuickBooks, by which refunds gave credit back.
    expenses: Vec<Receipt>,
    /// Its sales receipts in QuickBooks, of what was paid once more after a refund.
    sales_receipts: Vec<Receipt>,
    /// What QuickBooks would get if it were pushed now, as it was compared last.
    pending: Vec<Pending>,
    /// What made it push, the latest last.
    triggers: Vec<Trigger>,
    /// Its open alerts, and its customer's.
    alerts: Vec<Alert>,
    /// What is to be done about it in Housecall Pro.
    inbox: Vec<Entry>,
    /// What was done, the latest first.
    history: Vec<Done>,
    /// The cursor of the next page of that; none: this is all.
    history_next: Option<String>,
}

/// What Housecall Pro told of a job.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InHousecall {
    /// When.
    read_at: String,
    /// The day of the work.
    date: Option<String>,
    /// The day on which it was finished.
    finished: Option<String>,
    /// Its total.
    total: Option<String>,
    /// What of it is still to be paid.
    balance: Option<String>,
    /// Its invoices.
    invoices: Vec<Invoice>,
}

/// An invoice in Housecall Pro.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Invoice {
    /// Its number.
    number: Option<String>,
    /// The day on which it was sent.
    sent: Option<String>,
}

/// Whether something is in QuickBooks.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    /// It is.
    There,
    /// It is on its way, or a change of it is.
    OnItsWay,
    /// Somebody deleted or voided it there.
    Gone,
    /// It was voided from here.
    Voided,
}

/// A document in QuickBooks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Document {
    /// What it is: `invoice`, `deposit invoice`, `invoice 2`.
    what: String,
    /// Its number there; none as long as it is on its way.
    number: Option<String>,
    /// Whether it is there.
    standing: Standing,
    /// Its date.
    date: Option<String>,
    /// When it is due.
    due: Option<String>,
    /// What it comes to.
    total: Option<String>,
    /// What of it is still to be paid, by all that QuickBooks told.
    balance: Option<String>,
    /// Whom it is made out to.
    customer: Option<String>,
    /// The numbers of the Housecall Pro invoices behind it.
    behind: Vec<String>,
    /// Where it opens in a browser.
    page: Option<String>,
}

/// A payment, in either system or in both.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Payment {
    /// The id that Housecall Pro gives it; none: it was entered in QuickBooks.
    id: Option<String>,
    /// As Housecall Pro told it last; none: it does not have it.
    housecall: Option<PaymentInHousecall>,
    /// As QuickBooks told it last; none: it does not have it.
    quickbooks: Option<PaymentInQuickbooks>,
    /// What of it repeats refunds, and was sent as sales receipts.
    repeats_refunds: String,
    /// Whether somebody said that it is not to be sent.
    not_to_be_sent: bool,
}

/// A payment in Housecall Pro.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PaymentInHousecall {
    /// How much it is.
    amount: String,
    /// Its date.
    date: String,
    /// How it was made.
    method: Option<String>,
}

/// How a payment came to QuickBooks.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CameBy {
    /// It was sent from here.
    Sent,
    /// Somebody had entered it there, and it is the money of one in Housecall Pro.
    Joined,
    /// Somebody entered it there, and Housecall Pro does not know it.
    Entered,
}

/// A payment in QuickBooks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PaymentInQuickbooks {
    /// How it came there.
    came_by: CameBy,
    /// Whether it was deleted, voided or moved away there.
    gone: bool,
    /// Whether no money moved: it applies a credit.
    credit: bool,
    /// How much it is; of one that was entered there, what it pays of this job.
    total: Option<String>,
    /// Its date.
    date: Option<String>,
    /// What it pays.
    pays: Vec<Pays>,
    /// What of it pays no invoice.
    unapplied: String,
    #[serde(flatten)]
    money: Money,
    /// Where it opens in a browser.
    page: String,
}

/// What a payment pays of a document.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Pays {
    /// The number of the document in QuickBooks.
    number: String,
    /// How much.
    amount: String,
}

/// How money moved in QuickBooks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Money {
    /// The method.
    method: Option<String>,
    /// The number of a check, or another reference.
    reference: Option<String>,
    /// The account that it lies in, or left.
    account: Option<String>,
    /// Whether it went to a bank with a deposit.
    deposited: bool,
}

/// A receipt in QuickBooks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Receipt {
    /// What it comes to.
    total: Option<String>,
    /// Its date.
    date: Option<String>,
    #[serde(flatten)]
    money: Money,
    /// Where it opens in a browser.
    page: String,
}

/// What of something in QuickBooks would be otherwise.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Pending {
    /// Of what: `invoice 104`; none: of the job as a whole.
    of: Option<String>,
    /// Field by field, as far as that is known.
    changes: Vec<Change>,
    /// How many more fields would.
    more: usize,
    /// Why it could not be sent as it is, where that is so.
    refused: Option<String>,
}

/// What made a job push.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Trigger {
    /// What it was: `finished`, `invoiced`, `paid`, `refunded`, `by_hand`, `edited`.
    what: String,
    /// When.
    at: String,
}

impl From<Mark> for Trigger {
    fn from(mark: Mark) -> Self {
        Self {
            what: name(&mark.trigger),
            at: mark.at.to_string(),
        }
    }
}

impl From<CardView> for Job {
    fn from(view: CardView) -> Self {
        let card = view.card;
        Self {
            id: card.id.to_string(),
            number: card.number,
            customer: card.customer,
            emails: card.emails,
            state: name(&card.state),
            says: view.state,
            waits_for: card.waits_for,
            due: card.due.map(|due| due.to_string()),
            housecall: card.facts.map(Into::into),
            documents: all(card.documents),
            payments: all(card.payments),
            refunds: all(card.refunds),
            expenses: all(card.expenses),
            sales_receipts: all(card.repeated),
            pending: all(view.pending),
            triggers: all(card.marks),
            alerts: all(view.alerts),
            inbox: all(card.inbox),
            history: all(view.history.rows),
            history_next: view.history.next,
        }
    }
}

impl From<JobFacts> for InHousecall {
    fn from(facts: JobFacts) -> Self {
        Self {
            read_at: facts.read_at.to_string(),
            date: texts(facts.date),
            finished: texts(facts.finished),
            total: texts(facts.total),
            balance: texts(facts.balance),
            invoices: all(facts.invoices),
        }
    }
}

impl From<JobInvoice> for Invoice {
    fn from(invoice: JobInvoice) -> Self {
        Self {
            number: invoice.number,
            sent: texts(invoice.sent),
        }
    }
}

impl From<DocumentCard> for Document {
    fn from(card: DocumentCard) -> Self {
        Self {
            what: card.what,
            number: card.number,
            standing: match card.standing {
                DocumentStanding::There => Standing::There,
                DocumentStanding::OnItsWay => Standing::OnItsWay,
                DocumentStanding::Gone => Standing::Gone,
                DocumentStanding::Voided => Standing::Voided,
            },
            date: texts(card.date),
            due: texts(card.due),
            total: texts(card.total),
            balance: texts(card.balance),
            customer: card.customer,
            behind: card.behind,
            page: card.page,
        }
    }
}

impl From<PaymentCard> for Payment {
    fn from(card: PaymentCard) -> Self {
        Self {
            id: texts(card.id),
            housecall: card.told.map(Into::into),
            quickbooks: card.there.map(Into::into),
            repeats_refunds: card.repeats.to_string(),
            not_to_be_sent: card.is_not_to_be_sent,
        }
    }
}

impl From<ToldPayment> for PaymentInHousecall {
    fn from(told: ToldPayment) -> Self {
        Self {
            amount: told.amount.to_string(),
            date: told.date.to_string(),
            method: told.method,
        }
    }
}

impl From<PaymentThere> for PaymentInQuickbooks {
    fn from(there: PaymentThere) -> Self {
        let pays = there.pays.into_iter();
        Self {
            came_by: match there.origin {
                Origin::Sent => CameBy::Sent,
                Origin::Joined => CameBy::Joined,
                Origin::Entered => CameBy::Entered,
            },
            gone: there.is_gone,
            credit: there.is_credit,
            total: texts(there.total),
            date: texts(there.date),
            pays: pays
                .map(|(number, amount)| Pays {
                    number,
                    amount: amount.to_string(),
                })
                .collect(),
            unapplied: there.unapplied.to_string(),
            money: there.how.into(),
            page: there.page,
        }
    }
}

impl From<Told> for Money {
    fn from(told: Told) -> Self {
        Self {
            method: told.method,
            reference: told.reference,
            account: told.account,
            deposited: told.is_deposited,
        }
    }
}

impl From<ReceiptCard> for Receipt {
    fn from(card: ReceiptCard) -> Self {
        Self {
            total: texts(card.total),
            date: texts(card.date),
            money: card.how.into(),
            page: card.page,
        }
    }
}

impl From<PendingRow> for Pending {
    fn from(row: PendingRow) -> Self {
        Self {
            of: row.of,
            changes: all(row.changes),
            more: row.more,
            refused: row.refused,
        }
    }
}
