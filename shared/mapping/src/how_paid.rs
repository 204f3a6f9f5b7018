use qbo::{Payment, Purchase, Ref, RefundReceipt, SalesReceipt};
use serde::{Deserialize, Serialize};

/// How money moved in QuickBooks, as that told it last: for people to see (K1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HowPaid {
    /// The method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<Ref>,
    /// The account that the money lies in, or left; none: *Undeposited Funds*.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<Ref>,
    /// The number of a check, or another reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Whether it went to a bank with a deposit.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deposited: bool,
}

impl From<&Payment> for HowPaid {
    fn from(payment: &Payment) -> Self {
        Self {
            method: payment.payment_method_ref.clone(),
            account: payment.deposit_to_account_ref.clone(),
            reference: payment.payment_ref_num.clone(),
            deposited: payment.is_deposited(),
        }
    }
}

impl From<&RefundReceipt> for HowPaid {
    fn from(receipt: &RefundReceipt) -> Self {
        Self {
            method: receipt.payment_method_ref.clone(),
            account: receipt.deposit_to_account_ref.clone(),
            ..Self::default()
        }
    }
}

impl From<&Purchase> for HowPaid {
    fn from(expense: &Purchase) -> Self {
        Self {
            method: expense.payment_method_ref.clone(),
            account: expense.account_ref.clone(),
            ..Self::default()
        }
    }
}

impl From<&SalesReceipt> for HowPaid {
    fn from(receipt: &SalesReceipt) -> Self {
        Self {
            method: receipt.payment_method_ref.clone(),
            account: receipt.deposit_to_account_ref.clone(),
            reference: receipt.payment_ref_num.clone(),
            ..Self::default()
        }
    }
}
