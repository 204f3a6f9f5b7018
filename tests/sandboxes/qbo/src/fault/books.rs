//! What is refused of documents that do not fit together.

use super::Refusal;
use crate::options::LinkRefusal;

impl Refusal {
    /// A document that cannot be linked, in the code that the company's doubts choose.
    pub(crate) fn link(code: LinkRefusal, reason: &str) -> Self {
        match code {
            LinkRefusal::Code6000 => Self::business(reason),
            LinkRefusal::Code620 => Self::new(
                "620",
                "Txn ID Cannot Be Linked",
                format!("Txn ID Cannot Be Linked : {reason}"),
            )
            .on(""),
        }
    }

    /// 2290: an amount below zero.
    pub(crate) fn negative_amount(path: &str) -> Self {
        Self::new(
            "2290",
            "NegativeAmount",
            format!("Negative amount is not allowed : {path}"),
        )
        .on(path)
    }

    /// 2300: a journal entry whose sides differ.
    pub(crate) fn unbalanced() -> Self {
        Self::new(
            "2300",
            "Debits are not equal to credits",
            "The total of the debits is not equal to the total of the credits",
        )
    }

    /// 6000: receivables without the customer who owes.
    pub(crate) fn customer_needed() -> Self {
        Self::business(
            "When you use Accounts Receivable, you must choose a customer in the Name field.",
        )
    }

    /// 6130: who is billed for a sub-customer, while something is open.
    pub(crate) fn bill_with_parent() -> Self {
        Self::new(
            "6130",
            "Cannot change who customer bills with",
            "Cannot change who customer bills with because of open invoices",
        )
        .on("BillWithParent")
    }

    /// 6160: a tax code that a document cannot have.
    pub(crate) fn tax_code_not_allowed(code: &str) -> Self {
        Self::new(
            "6160",
            "Tax Code Not Allowed",
            format!("Tax Code Not Allowed : {code}"),
        )
        .on("TxnTaxDetail.TxnTaxCodeRef")
    }

    /// 6200: a date in a period that was closed without a password, by the table of codes.
    pub(crate) fn period_closed() -> Self {
        Self {
            code: "6200",
            message: "Account Period Closed",
            ..Self::books_closed()
        }
    }

    /// 6540: the document lies in a deposit.
    pub(crate) fn deposited() -> Self {
        Self::new(
            "6540",
            "Deposited Transaction cannot be changed",
            "This transaction has been deposited. If you want to change or delete it, you must edit the deposit it appears on and remove it first",
        )
    }
}
