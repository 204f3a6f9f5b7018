use hcp::PaymentId;
use jiff::civil::Date;
use money::Cents;
use serde::{Deserialize, Serialize};

use super::{
    AlertKind, JobRef, QuickbooksWords, Sides, Subject,
    apart::differ,
    money_moved::{MoneyMoved, wait_behind, waits},
    subject::capital,
};
use crate::payment::UnusableCause;

/// An alert about a payment of a job. Its invoice is in QuickBooks all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentAlert {
    /// The job.
    pub job: JobRef,
    /// Which payment.
    pub payment: PaymentRef,
    /// What is the matter.
    pub trouble: PaymentTrouble,
    /// Refunds that wait until it is settled: what they give back is not in QuickBooks (P5).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refunds: Vec<Cents>,
    /// Payments that wait for these refunds (P4).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<Cents>,
}

/// A payment, as a person knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentRef {
    /// Its id in Housecall Pro.
    pub id: PaymentId,
    /// How much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Cents>,
    /// When it was made, for the company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// How it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The number of the invoice that it pays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice: Option<String>,
}

/// A payment that QuickBooks has and that is not ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignPayment {
    /// Its id.
    pub id: qbo::Id,
    /// How much.
    pub amount: Cents,
    /// Its date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// Its reference number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

impl ForeignPayment {
    pub(super) fn named(&self) -> String {
        let mut named = self.amount.to_string();
        if let Some(date) = self.date {
            named += &format!(" of {date}");
        }
        if let Some(reference) = &self.reference {
            named += &format!(" (reference {reference})");
        }
        named
    }
}

/// What one side has of a payment otherwise than when it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// What of it.
    pub what: String,
    /// As it was sent.
    pub sent: String,
    /// As it is now, on the side that changed it.
    pub now: String,
}

/// What is the matter with a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(strum::IntoStaticStr, strum::VariantNames))]
#[serde(rename_all = "snake_case")]
pub enum PaymentTrouble {
    /// Housecall Pro does not tell it so that it can be sent (P2).
    Unusable(UnusableCause),
    /// Its invoice was removed, and nothing in QuickBooks stands for it (P4).
    NoInvoice,
    /// The QuickBooks invoice that it pays was deleted or voided there by hand (P1, R8).
    InvoiceGone {
        /// The number that it had.
        number: String,
        /// What it came to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        total: Option<Cents>,
    },
    /// Somebody may have entered it in QuickBooks already (R3).
    MaybeThere {
        /// What QuickBooks has on the invoice.
        candidates: Vec<ForeignPayment>,
    },
    /// It is more than what was left to pay (P4).
    Overpaid {
        /// What of it pays the invoice.
        applied: Cents,
        /// What of it pays nothing.
        rest: Cents,
    },
    /// QuickBooks took it and did not apply it as it was sent (P1, R3).
    NotApplied {
        /// What it was to pay.
        expected: Cents,
        /// What it pays.
        applied: Cents,
    },
    /// It changed in Housecall Pro after it was sent (P8).
    Changed {
        /// What of it.
        differences: Vec<Difference>,
        /// What of it pays invoices of the job, or is the customer's credit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sides: Option<Sides>,
    },
    /// It was changed in QuickBooks by hand after it was sent (R4).
    ChangedThere {
        /// What of it.
        differences: Vec<Difference>,
        /// What of it pays invoices of the job, or is the customer's credit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sides: Option<Sides>,
    },
    /// It was deleted in Housecall Pro after it was sent (P8).
    Removed {
        /// Payments on its invoice that wait until this is settled (P4).
        waiting: Vec<Cents>,
    },
    /// The bank gave it back after it was sent (P8).
    Returned {
        /// Payments on its invoice that wait until this is settled (P4).
        waiting: Vec<Cents>,
    },
    /// It was deleted or voided in QuickBooks by hand (R4).
    Gone,
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

impl PaymentAlert {
    pub(super) fn subject(&self) -> Subject {
        Subject::Payment(self.job.id.clone(), self.payment.id.clone())
    }

    /// By how much both books differ because of it, where that is told to the cent.
    pub(super) fn difference(&self) -> Option<Cents> {
        match &self.trouble {
            PaymentTrouble::Overpaid { rest, .. } => Some(*rest),
            PaymentTrouble::NotApplied { expected, applied } => Some(*expected - *applied),
            PaymentTrouble::NoInvoice
            | PaymentTrouble::InvoiceGone { .. }
            | PaymentTrouble::Removed { .. }
            | PaymentTrouble::Returned { .. }
            | PaymentTrouble::Gone => self.payment.amount,
            PaymentTrouble::Unusable(_)
            | PaymentTrouble::MaybeThere { .. }
            | PaymentTrouble::Changed { .. }
            | PaymentTrouble::ChangedThere { .. }
            | PaymentTrouble::ClosedPeriod { .. }
            | PaymentTrouble::Refused(_) => None,
        }
    }

    /// Inside a sentence: `the payment of 120.00 on invoice 1001 (Check, 2026-05-06)`.
    fn name(&self) -> String {
        let payment = &self.payment;
        let moved = MoneyMoved {
            what: "payment",
            amount: payment.amount,
            invoice: payment.invoice.as_deref(),
            method: payment.method.as_deref(),
            date: payment.date,
        };
        moved.name(&self.job)
    }

    pub(super) fn message(&self) -> String {
        self.what() + &wait_behind(&self.refunds, &self.payments)
    }

    fn what(&self) -> String {
        let name = self.name();
        let not_sent = || capital(&name) + " was not sent to QuickBooks";
        match &self.trouble {
            PaymentTrouble::Unusable(cause) => format!("{}: {}.", not_sent(), unusable(*cause)),
            PaymentTrouble::NoInvoice => format!(
                "{}: its invoice was voided in Housecall Pro, and no QuickBooks invoice stands for it.",
                not_sent()
            ),
            PaymentTrouble::InvoiceGone { number, total } => {
                let over = total.map(|total| format!(" over {total}"));
                format!(
                    "{}: the QuickBooks invoice {number}{} was deleted or voided there.",
                    not_sent(),
                    over.unwrap_or_default()
                )
            }
            PaymentTrouble::MaybeThere { candidates } => {
                let named: Vec<String> = candidates.iter().map(ForeignPayment::named).collect();
                format!(
                    "{} yet: it may be there already. Somebody entered in QuickBooks, on the same invoice: {}.",
                    not_sent(),
                    named.join("; ")
                )
            }
            PaymentTrouble::Overpaid { applied, rest } => format!(
                "{} is more than what was left to pay: {applied} of it pays the invoice in QuickBooks, {rest} is kept as the customer's credit.",
                capital(&name)
            ),
            PaymentTrouble::NotApplied { expected, applied } => format!(
                "{} is in QuickBooks, but pays {applied} of its invoice there and not {expected}: the invoice had been paid or credited otherwise, or was changed. {} of it is the customer's credit.",
                capital(&name),
                *expected - *applied
            ),
            PaymentTrouble::Changed { differences, sides } => format!(
                "{} was changed in Housecall Pro after it was sent: {}.{}",
                capital(&name),
                listed(differences, |Difference { what, sent, now }| {
                    format!("its {what} is {now} in Housecall Pro and {sent} in QuickBooks")
                }),
                differ(*sides)
            ),
            PaymentTrouble::ChangedThere { differences, sides } => format!(
                "{} was changed in QuickBooks: {}.{}",
                capital(&name),
                listed(differences, |Difference { what, sent, now }| {
                    format!("its {what} is {now} there, and was {sent}")
                }),
                differ(*sides)
            ),
            PaymentTrouble::Removed { waiting } => format!(
                "{} was deleted in Housecall Pro. It still pays the invoice in QuickBooks.{}",
                capital(&name),
                waits(waiting)
            ),
            PaymentTrouble::Returned { waiting } => format!(
                "{} failed after it had gone through. It still pays the invoice in QuickBooks.{}",
                capital(&name),
                waits(waiting)
            ),
            PaymentTrouble::Gone => format!(
                "{} was deleted or voided in QuickBooks. Housecall Pro has it still.",
                capital(&name)
            ),
            PaymentTrouble::ClosedPeriod { date, .. } => format!(
                "{}: its date, {date}, lies in a period that is closed in QuickBooks.",
                not_sent()
            ),
            PaymentTrouble::Refused(words) => format!("{}: QuickBooks says: {words}.", not_sent()),
        }
    }
}

fn listed(differences: &[Difference], say: impl Fn(&Difference) -> String) -> String {
    let told: Vec<String> = differences.iter().map(say).collect();
    told.join("; ")
}

fn unusable(cause: UnusableCause) -> &'static str {
    match cause {
        UnusableCause::NoAmount => {
            "Housecall Pro does not tell how much it is in a form that is known here (for support: field amount, rule P2)"
        }
        UnusableCause::Negative => "its amount is below zero (for support: field amount, rule P2)",
        UnusableCause::NoDate => {
            "Housecall Pro does not tell when it was made in a form that is known here (for support: field paid_at, rule P2)"
        }
        UnusableCause::Surcharge => {
            "Housecall Pro does not tell whether its amount has the card surcharge in it, and neither agrees with what the invoice says is left to pay (for support: fields amount and due_amount, rule P2)"
        }
        UnusableCause::ToldTwice => {
            "several invoices tell it, each with more than it asks for, so how much pays which is not known (for support: rule P1)"
        }
    }
}

impl PaymentTrouble {
    pub(super) fn kind(&self) -> AlertKind {
        match self {
            Self::Unusable(_) => AlertKind::PaymentUnusable,
            Self::NoInvoice | Self::InvoiceGone { .. } => AlertKind::PaymentWithoutInvoice,
            Self::MaybeThere { .. } => AlertKind::PaymentMaybeInQuickbooks,
            Self::Overpaid { .. } => AlertKind::Overpayment,
            Self::NotApplied { .. } => AlertKind::PaymentNotApplied,
            Self::Changed { .. } => AlertKind::PaymentChanged,
            Self::ChangedThere { .. } => AlertKind::PaymentChangedInQuickbooks,
            Self::Removed { .. } => AlertKind::PaymentRemoved,
            Self::Returned { .. } => AlertKind::PaymentReturned,
            Self::Gone => AlertKind::PaymentGone,
            Self::ClosedPeriod { .. } => AlertKind::ClosedPeriod,
            Self::Refused(_) => AlertKind::QuickbooksRefused,
        }
    }

    pub(super) fn resolution(&self) -> &'static str {
        match self {
            Self::Unusable(_) => {
                "Look at the payment in Housecall Pro and correct it there if it is wrong; then push the job once more. Else enter it in QuickBooks on the invoice by hand."
            }
            Self::NoInvoice => {
                "In Housecall Pro, see which invoice the money is for. Enter the payment in QuickBooks on that invoice, or as the customer's credit. Then choose that it is not sent: it is asked about no more."
            }
            Self::InvoiceGone { .. } => {
                "Decide first what becomes of the invoice, whose own alert tells how. If it stays away, enter the payment in QuickBooks otherwise, or as the customer's credit. Then choose that it is not sent: it is asked about no more."
            }
            Self::MaybeThere { .. } => {
                "Compare it with what QuickBooks has. If it is the same money, say so: it is not sent. If it is other money, say that: it is sent."
            }
            Self::Overpaid { .. } => {
                "In QuickBooks, apply the credit to another invoice of the customer, or give it back; then accept the difference. If the payment is wrong in Housecall Pro, correct it there, delete this one in QuickBooks, and push the job once more."
            }
            Self::NotApplied { .. } => {
                "Open the invoice in QuickBooks and look at its payments and credits. If this payment stands there twice, delete one of the two; else apply it to the invoice. Then push the job once more. If it is to stay the customer's credit, accept the difference."
            }
            Self::Changed { .. } => {
                "Change the payment in QuickBooks to what is right; one that is in a deposit must be taken off it first. Then push the job once more."
            }
            Self::ChangedThere { .. } => {
                "Ask whoever changed it. If QuickBooks is right, correct the payment in Housecall Pro; else change it back in QuickBooks. Nothing is written over it. Then push the job once more."
            }
            Self::Removed { .. } => {
                "If the money was never there, delete the payment in QuickBooks; one that is in a deposit must be taken off it first. If it was entered anew in Housecall Pro with another amount, delete this one in QuickBooks too. Then push the job once more."
            }
            Self::Returned { .. } => {
                "Delete the payment in QuickBooks, or, if it is in a deposit, enter what the bank took back. The invoice is owed again. Then push the job once more."
            }
            Self::Gone => {
                "If it should stay away, choose that it is not sent. If it was deleted by mistake, send it once more."
            }
            Self::ClosedPeriod { .. } => {
                "Ask whoever closed the books to open the period for a moment, and push the job once more. Or have it dated on the first day that is open, if that is offered here."
            }
            Self::Refused(_) => {
                "Mend what QuickBooks names, then push the job once more. Else enter the payment in QuickBooks on the invoice by hand."
            }
        }
    }
}
