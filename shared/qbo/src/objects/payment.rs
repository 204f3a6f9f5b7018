use jiff::civil::Date;
use money::Cents;
use serde::{Deserialize, Serialize};

use super::{Id, LinkedTxn, MetaData, Purchase, Ref, SyncToken, or_default};

/// Money that a customer paid, and which invoices it pays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Payment {
    /// Who it is; `None` before it is created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// Which version of it this is. It moves when an invoice that it pays is voided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sync_token: Option<SyncToken>,
    /// When it was made and last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta_data: Option<MetaData>,
    /// The day on which it was made, in the company's time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub txn_date: Option<Date>,
    /// Who paid: the customer of the invoice, or one above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_ref: Option<Ref>,
    /// How much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_amt: Option<Cents>,
    /// What of it pays nothing yet; read only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unapplied_amt: Option<Cents>,
    /// What it pays. Sent all or none: an update with lines replaces them.
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub line: Vec<PaymentLine>,
    /// How it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_method_ref: Option<Ref>,
    /// The number of a check, or another reference; 21 characters at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_ref_num: Option<String>,
    /// The account that the money lies in; none: *Undeposited Funds*. A payment of nothing has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deposit_to_account_ref: Option<Ref>,
    /// For the office; up to 4,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_note: Option<String>,
    /// The deposit that it went to a bank with; read only, and then nothing of it can be changed (6540).
    #[serde(
        default,
        deserialize_with = "or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub linked_txn: Vec<LinkedTxn>,
}

/// What of a payment pays one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PaymentLine {
    /// How much.
    pub amount: Cents,
    /// The document; one for each line.
    #[serde(default, deserialize_with = "or_default")]
    pub linked_txn: Vec<LinkedTxn>,
}

impl PaymentLine {
    /// So much of an invoice.
    pub fn of_invoice(invoice: Id, amount: Cents) -> Self {
        Self::of("Invoice", invoice, amount)
    }

    /// So much that an expense gives back.
    pub fn of_expense(expense: Id, amount: Cents) -> Self {
        Self::of(Purchase::EXPENSE, expense, amount)
    }

    /// Whether it is tied to an expense, and pays no document.
    pub fn is_given_back(&self) -> bool {
        let mut linked = self.linked_txn.iter();
        linked.any(|linked| linked.txn_type == Purchase::EXPENSE)
    }

    fn of(kind: &str, id: Id, amount: Cents) -> Self {
        Self {
            amount,
            linked_txn: vec![LinkedTxn {
                txn_id: id,
                txn_type: kind.to_owned(),
            }],
        }
    }
}

impl Payment {
    /// Whether it went to a bank with a deposit.
    pub fn is_deposited(&self) -> bool {
        let mut linked = self.linked_txn.iter();
        linked.any(|linked| linked.txn_type == "Deposit")
    }

    /// What it pays of an invoice.
    pub fn paid_of(&self, invoice: &Id) -> Cents {
        self.goes_to("Invoice", invoice)
    }

    /// What of it an expense gave back.
    pub fn given_back_by(&self, expense: &Id) -> Cents {
        self.goes_to(Purchase::EXPENSE, expense)
    }

    fn goes_to(&self, kind: &str, id: &Id) -> Cents {
        let of_it = |line: &&PaymentLine| {
            let mut linked = line.linked_txn.iter();
            linked.any(|linked| linked.txn_type == kind && linked.txn_id == *id)
        };
        self.line.iter().filter(of_it).map(|line| line.amount).sum()
    }
}
