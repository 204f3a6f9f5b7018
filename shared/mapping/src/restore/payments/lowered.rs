//! Which refunds lowered which payments: a search for those that come to just what payments lack.

use money::Cents;

use super::{Lack, Payment};
use crate::{payment::JobPayment, refund::JobRefund};

/// Finds which refunds took off the payments what these lack: of all together, else of each by itself. Where it is not just
/// what they lack, all that may have done so count as carried.
pub(super) fn explain(payments: &mut [Payment<'_>], mut refunds: Vec<&JobRefund>) {
    let lacking = payments.iter().enumerate();
    let lacking = lacking.filter(|(_, one)| one.is_lacking());
    let lacking: Vec<usize> = lacking.map(|(place, _)| place).collect();
    if !lower(payments, &lacking, &mut refunds) {
        for place in lacking {
            lower(payments, &[place], &mut refunds);
        }
    }
    for payment in payments {
        if payment.lack == Lack::Of(Cents::ZERO) {
            continue;
        }
        let invoices = payment.memory.invoices.clone();
        let maybe = refunds.extract_if(.., |refund| invoices.contains(&refund.invoice));
        for refund in maybe.collect::<Vec<_>>() {
            payment.lowered_by(refund);
            payment.maybe_given_back = payment.maybe_given_back + refund.amount;
        }
    }
}

/// Enters the refunds that took off just what the payments at these places lack. Tells whether there are such.
fn lower(payments: &mut [Payment<'_>], places: &[usize], refunds: &mut Vec<&JobRefund>) -> bool {
    let mut search = Search {
        refunds,
        told: places.iter().map(|place| payments[*place].told).collect(),
        left: places
            .iter()
            .map(|place| match payments[*place].lack {
                Lack::Of(lack) => lack,
                Lack::Unknown => Cents::ZERO,
            })
            .collect(),
        taken: vec![None; refunds.len()],
        tries: TRIES,
    };
    if !search.goes_on_from(0) {
        return false;
    }
    let mut taken = search.taken.into_iter();
    let taken: Vec<Option<usize>> = refunds.iter().map(|_| taken.next().flatten()).collect();
    for (refund, place) in refunds.iter().zip(&taken) {
        if let Some(place) = place.and_then(|place| places.get(place)) {
            let payment = &mut payments[*place];
            payment.lowered_by(refund);
            payment.lowered = payment.lowered + refund.amount;
            payment.lack = Lack::Of(Cents::ZERO);
        }
    }
    let mut taken = taken.into_iter();
    refunds.retain(|_| taken.next().flatten().is_none());
    true
}

/// So many refunds are tried in a search: a job of more than some dozens of them is not known.
const TRIES: u32 = 10_000;

/// A search for the refunds that come to just what payments lack, each taken once, in the order in which they were made, and
/// off the payment that each would be taken off first.
struct Search<'a> {
    refunds: &'a [&'a JobRefund],
    told: Vec<Option<&'a JobPayment>>,
    /// What the payments still lack.
    left: Vec<Cents>,
    /// The payment that each refund was taken off.
    taken: Vec<Option<usize>>,
    tries: u32,
}

impl Search<'_> {
    fn goes_on_from(&mut self, at: usize) -> bool {
        if self.left.iter().all(|left| *left == Cents::ZERO) {
            return true;
        }
        let Some(refund) = self.refunds.get(at).copied().filter(|_| self.tries > 0) else {
            return false;
        };
        self.tries -= 1;
        for place in self.fitting(refund) {
            self.left[place] = self.left[place] - refund.amount;
            self.taken[at] = Some(place);
            if self.goes_on_from(at + 1) {
                return true;
            }
            self.left[place] = self.left[place] + refund.amount;
            self.taken[at] = None;
        }
        self.goes_on_from(at + 1)
    }

    /// The payments that lack as much, the one before all others that it would be taken off.
    fn fitting(&self, refund: &JobRefund) -> Vec<usize> {
        let fits = |(place, told): (usize, &Option<&JobPayment>)| {
            let mut parts = told.iter().flat_map(|told| &told.parts);
            let is_on_it = parts.any(|(invoice, _)| *invoice == refund.invoice);
            (is_on_it && self.left[place] >= refund.amount).then_some(place)
        };
        let mut fitting: Vec<usize> = self.told.iter().enumerate().filter_map(fits).collect();
        let payments = fitting.iter().filter_map(|place| self.told[*place]);
        let first = refund.gives_back(payments);
        fitting.sort_by_key(|place| self.told[*place] != first);
        fitting
    }
}
