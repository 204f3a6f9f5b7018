use hcp::RefundId;
use jiff::civil::Date;
use money::Cents;
use serde::{Deserialize, Serialize};

use super::{
    AlertKind, JobRef, QuickbooksWords, Sides, Subject,
    apart::differ,
    money_moved::{MoneyMoved, waits},
    subject::capital,
};
use crate::refund::{NotReopened, UnusableCause};

/// An alert about a refund of a job. Its invoice and its payments are in QuickBooks all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundAlert {
    /// The job.
    pub job: JobRef,
    /// Which refund.
    pub refund: RefundRef,
    /// What is the matter.
    pub trouble: RefundTrouble,
    /// Payments on its invoice that wait until this is settled (P4).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<Cents>,
}

/// A refund, as a person knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundRef {
    /// Its id in Housecall Pro.
    pub id: RefundId,
    /// How much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Cents>,
    /// When it was made, for the company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// The number of the invoice whose money went back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice: Option<String>,
}

/// What is the matter with a refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(strum::IntoStaticStr, strum::VariantNames))]
#[serde(rename_all = "snake_case")]
pub enum RefundTrouble {
    /// Housecall Pro does not tell it so that it can be sent (P5).
    Unusable(UnusableCause),
    /// Somebody may have entered a receipt for it in QuickBooks already (P5).
    MaybeThere {
        /// The date of that.
        date: Option<Date>,
        /// Its number.
        number: Option<String>,
    },
    /// Somebody may have entered an expense for it in QuickBooks already (P5).
    MaybeExpense {
        /// The date of that.
        date: Option<Date>,
        /// Its number.
        number: Option<String>,
    },
    /// With the refunds before it, it is more than what was paid (P5).
    MoreThanPaid {
        /// What was paid on its invoice.
        paid: Cents,
        /// What went back of that, this refund included.
        refunded: Cents,
    },
    /// It is more than what its payment and its invoice have left in QuickBooks, or more than the invoice sells (P5).
    NotApplied {
        /// What of it these could give back.
        left: Cents,
    },
    /// QuickBooks does not tell which account the payment lies in that it gives back (P5).
    NoAccount,
    /// Its receipt and its expense come to something else than the refund (P5).
    Differs {
        /// What the refund is in Housecall Pro.
        refund: Cents,
        /// What they are in QuickBooks.
        receipt: Cents,
    },
    /// What it was in QuickBooks was deleted or voided there by hand (R4).
    Gone {
        /// What of it was a refund receipt.
        receipt: Cents,
        /// What of it was an expense.
        expense: Cents,
    },
    /// The expense that gives credit back is not tied to the payment (P5).
    NotTied {
        /// What it comes to.
        amount: Cents,
        /// Why not.
        why: NotReopened,
    },
    /// It became a refund receipt, since its payment could not be lowered so that the invoice is open again (P5).
    NotReopened(NotReopened),
    /// Its date lies in a closed month (S6).
    ClosedPeriod {
        /// The date.
        date: Date,
        /// Whether QuickBooks has it, and only a change of it was refused.
        #[serde(default)]
        stands: bool,
    },
    /// QuickBooks refused it.
    Refused(QuickbooksWords),
}

impl RefundAlert {
    /// By how much both books differ because of it, where that is told to the cent.
    pub(super) fn difference(&self) -> Option<Cents> {
        match &self.trouble {
            RefundTrouble::MoreThanPaid { paid, refunded } => Some(*refunded - *paid),
            RefundTrouble::NotApplied { left } => self.refund.amount.map(|amount| amount - *left),
            RefundTrouble::Differs { refund, receipt } => Some((*refund - *receipt).abs()),
            RefundTrouble::NotTied { amount, .. } => Some(*amount),
            RefundTrouble::NotReopened(_) => self.refund.amount,
            RefundTrouble::Gone { receipt, expense } => Some(*receipt + *expense),
            _ => None,
        }
    }

    pub(super) fn subject(&self) -> Subject {
        Subject::Refund(self.job.id.clone(), self.refund.id.clone())
    }

    fn name(&self) -> String {
        let refund = &self.refund;
        let moved = MoneyMoved {
            what: "refund",
            amount: refund.amount,
            invoice: refund.invoice.as_deref(),
            method: None,
            date: refund.date,
        };
        moved.name(&self.job)
    }

    pub(super) fn message(&self) -> String {
        self.what() + &waits(&self.waiting)
    }

    fn what(&self) -> String {
        let name = capital(&self.name());
        let not_sent = || format!("{name} was not sent to QuickBooks");
        match &self.trouble {
            RefundTrouble::Unusable(cause) => format!("{}: {}.", not_sent(), unusable(*cause)),
            RefundTrouble::MaybeThere { date, number } => {
                maybe(&not_sent(), "a refund receipt", number.as_deref(), *date)
            }
            RefundTrouble::MaybeExpense { date, number } => {
                maybe(&not_sent(), "an expense", number.as_deref(), *date)
            }
            RefundTrouble::MoreThanPaid { paid, refunded } => format!(
                "{}: with it {refunded} went back in Housecall Pro, and {paid} was paid there.",
                not_sent()
            ),
            RefundTrouble::NotApplied { left } => format!(
                "{}: the payment and the invoice have {left} left in QuickBooks that was not given back.",
                not_sent()
            ),
            RefundTrouble::NoAccount => format!(
                "{}: QuickBooks does not tell which account the payment went to.",
                not_sent()
            ),
            RefundTrouble::Differs { refund, receipt } => format!(
                "{name} differs in QuickBooks: it is {refund} in Housecall Pro, and {receipt} there.{}",
                differ(Some(Sides {
                    housecall: *refund,
                    quickbooks: *receipt,
                }))
            ),
            RefundTrouble::Gone { receipt, expense } => format!(
                "Of {}, {} deleted or voided in QuickBooks. Housecall Pro has the refund still.",
                self.name(),
                gone(*receipt, *expense)
            ),
            RefundTrouble::NotTied { amount, why } => format!(
                "{name} gave {amount} of the customer's credit back in QuickBooks, by an expense that is not tied to the payment: {}.",
                not_tied(*why)
            ),
            RefundTrouble::NotReopened(why) => format!(
                "{name} is a refund receipt in QuickBooks, and the invoice is still paid there: {}.",
                not_reopened(*why)
            ),
            RefundTrouble::ClosedPeriod { date, .. } => format!(
                "{}: its date, {date}, lies in a period that is closed in QuickBooks.",
                not_sent()
            ),
            RefundTrouble::Refused(words) => format!("{}: QuickBooks says: {words}.", not_sent()),
        }
    }
}

fn unusable(cause: UnusableCause) -> &'static str {
    match cause {
        UnusableCause::NoAmount => {
            "Housecall Pro does not tell how much it is in a form that is known here (for support: field amount, rule P5)"
        }
        UnusableCause::Negative => "its amount is below zero (for support: field amount, rule P5)",
        UnusableCause::NoDate => {
            "Housecall Pro does not tell when the money went back in a form that is known here (for support: field refunded_at, rule P5)"
        }
        UnusableCause::Surcharge => {
            "Housecall Pro does not tell whether its amount has the card surcharge in it (for support: rule P2)"
        }
        UnusableCause::ToldTwice => "several invoices tell it (for support: rule P5)",
    }
}

/// Somebody may have entered it already.
fn maybe(not_sent: &str, what: &str, number: Option<&str>, date: Option<Date>) -> String {
    let number = number.map(|number| format!(" {number}"));
    let date = date.map(|date| format!(" of {date}"));
    format!(
        "{not_sent} yet: it may be there already. The customer has {what}{}{} of the same amount that did not come from here.",
        number.unwrap_or_default(),
        date.unwrap_or_default()
    )
}

/// What is gone, and its verb.
fn gone(receipt: Cents, expense: Cents) -> String {
    let (receipt_of, expense_of) = (
        format!("the refund receipt of {receipt}"),
        format!("the expense of {expense}"),
    );
    match (receipt > Cents::ZERO, expense > Cents::ZERO) {
        (true, true) => format!("{receipt_of} and {expense_of} were"),
        (false, true) => format!("{expense_of} was"),
        (_, false) => format!("{receipt_of} was"),
    }
}

fn not_tied(why: NotReopened) -> &'static str {
    match why {
        NotReopened::Deposited => "the payment lies in a bank deposit, so it stays as it is",
        NotReopened::ClosedMonth => {
            "the payment lies in a period that is closed in QuickBooks, so it stays as it is"
        }
        NotReopened::EnteredByHand => {
            "the payment was entered in QuickBooks by somebody else, so it stays as it is"
        }
        NotReopened::NoPayment => "the payment does not leave as much unapplied any more",
        NotReopened::Refused => "QuickBooks does not let it be tied",
    }
}

fn not_reopened(why: NotReopened) -> &'static str {
    match why {
        NotReopened::Deposited => "its payment lies in a bank deposit, so it stays as it is",
        NotReopened::ClosedMonth => {
            "its payment lies in a period that is closed in QuickBooks, so it stays as it is"
        }
        NotReopened::EnteredByHand => {
            "its payment was entered in QuickBooks by somebody else, so it stays as it is"
        }
        NotReopened::NoPayment => "no single payment of it holds as much",
        NotReopened::Refused => "QuickBooks does not let its payment be lowered",
    }
}

impl RefundTrouble {
    pub(super) fn kind(&self) -> AlertKind {
        match self {
            Self::Unusable(_) => AlertKind::RefundUnusable,
            Self::MaybeThere { .. } | Self::MaybeExpense { .. } => {
                AlertKind::RefundMaybeInQuickbooks
            }
            Self::MoreThanPaid { .. } => AlertKind::RefundMoreThanPaid,
            Self::NotApplied { .. } => AlertKind::RefundNotApplied,
            Self::NoAccount => AlertKind::RefundWithoutAccount,
            Self::Differs { .. } => AlertKind::RefundDiffers,
            Self::Gone { .. } => AlertKind::RefundGone,
            Self::NotTied { .. } => AlertKind::RefundNotTied,
            Self::NotReopened(_) => AlertKind::RefundNotReopened,
            Self::ClosedPeriod { .. } => AlertKind::ClosedPeriod,
            Self::Refused(_) => AlertKind::QuickbooksRefused,
        }
    }

    pub(super) fn resolution(&self) -> &'static str {
        match self {
            Self::Unusable(_) => {
                "Look at the refund in Housecall Pro and correct it there if it is wrong; then push the job once more. Else enter a refund receipt in QuickBooks by hand."
            }
            Self::MaybeThere { .. } => {
                "Open that refund receipt in QuickBooks. If it is for this refund, say so: nothing is sent. If it is for something else, say that: this one is sent."
            }
            Self::MaybeExpense { .. } => {
                "Open that expense in QuickBooks. If it is for this refund, say so: nothing is sent. If it is for something else, say that: this one is sent."
            }
            Self::MoreThanPaid { .. } => {
                "Compare payments and refunds of the invoice in Housecall Pro. If a payment is missing there, enter it and push the job once more. If the money did go back, enter a refund receipt in QuickBooks by hand, then choose that it is not sent."
            }
            Self::NotApplied { .. } => {
                "Look at the invoice and its payments in QuickBooks. If a payment is missing there, or should pay the invoice, mend that and push the job once more. Else enter by hand what went back: a refund receipt for what had paid the invoice, an expense to the customer on accounts receivable for the customer's credit. Then choose that it is not sent."
            }
            Self::NoAccount => {
                "Choose the account to which payments of that method go (in the settings, Deposit to), then push the job once more: the refund is sent from there. Or enter a refund receipt in QuickBooks by hand, from the account that the money left, then choose that it is not sent."
            }
            Self::Differs { .. } => {
                "Change the refund receipt or the expense in QuickBooks so that it comes to the refund, or delete it and enter one by hand; then push the job once more. If the refund is wrong in Housecall Pro, correct it there."
            }
            Self::Gone { .. } => {
                "If it should stay away, choose that it is not sent. If it was deleted by mistake, send it once more."
            }
            Self::NotTied { .. } => {
                "Apply the payment to that expense in QuickBooks (take it out of the deposit or open the period for that, where it must be); then push the job once more. The customer's balance is right as it is; only the payment still shows the credit. Or accept the difference."
            }
            Self::NotReopened(_) => {
                "If the customer pays once more, nothing is to do: that is a sales receipt, and this alert closes. If the invoice must be open in QuickBooks, delete the refund receipt there and lower the payment by hand; then push the job once more."
            }
            Self::ClosedPeriod { .. } => {
                "Ask whoever closed the books to open the period for a moment, and push the job once more. Or have it dated on the first day that is open, if that is offered here."
            }
            Self::Refused(_) => {
                "Mend what QuickBooks names, then push the job once more. Else enter a refund receipt in QuickBooks by hand."
            }
        }
    }
}
