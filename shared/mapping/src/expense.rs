//! What a refund becomes in QuickBooks of money that paid no invoice there: it is the customer's credit, so an expense on
//! receivables gives it back, tied to the payment (P5).

use money::Cents;

use crate::refund::JobRefund;

mod kind;
mod memory;
mod wanted;

pub use memory::Memory;
pub use wanted::{PaidBack, wanted};

/// What of a refund gives back the customer's credit, where its payment leaves so much unapplied and its document so much
/// that was paid and not given back. Credit goes back first, but for a tip and a surcharge, which were sold.
pub fn of_credit(refund: &JobRefund, unapplied: Cents, left: Cents) -> Cents {
    let sold = (refund.tip + refund.surcharge).min(left).min(refund.amount);
    unapplied.clamp(Cents::ZERO, refund.amount - sold.max(Cents::ZERO))
}

impl JobRefund {
    /// The refund less what of it goes back otherwise.
    #[must_use]
    pub fn less(self, otherwise: Cents) -> Self {
        Self {
            amount: self.amount - otherwise,
            ..self
        }
    }
}

#[cfg(test)]
mod tests;
