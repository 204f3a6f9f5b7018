//! What one invoice bills of its job: all of it, what is left of it, or a part.

use std::collections::HashMap;

use crate::{
    amounts::share,
    totals::{Totals, amount, subtotal},
    work::{Line, LineKind, Tax},
};

/// Signed cents of each line and each tax, in their order; discounts are negative.
///
/// All bills of a job are parts of the same whole, line by line, so they add up to it to the cent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bill {
    pub(crate) lines: Vec<i64>,
    pub(crate) taxes: Vec<i64>,
}

impl Bill {
    /// All of it.
    pub(crate) fn whole(lines: &[Line], taxes: &[Tax]) -> Self {
        let before_discount = subtotal(lines);
        let signed = |line: &Line| match amount(line, before_discount) {
            off if line.kind.is_discount() => -off,
            amount => amount,
        };
        Self {
            lines: lines.iter().map(signed).collect(),
            taxes: Totals::of(lines, taxes).taxes,
        }
    }

    pub(crate) fn total(&self) -> i64 {
        self.parts().sum()
    }

    fn parts(&self) -> impl Iterator<Item = i64> + '_ {
        self.lines.iter().chain(&self.taxes).copied()
    }

    /// The parts of the lines of some kinds.
    pub(crate) fn of(&self, lines: &[Line], wanted: fn(LineKind) -> bool) -> i64 {
        lines
            .iter()
            .zip(&self.lines)
            .filter(|(line, _)| wanted(line.kind))
            .map(|(_, part)| part)
            .sum()
    }

    /// What is left of this when `billed` is taken off, line by line and tax by tax. `None` where a line
    /// has been billed for more than it comes to, or all of them together.
    pub(crate) fn less(&self, billed: &Self) -> Option<Self> {
        let rest = |whole: &[i64], billed: &[i64]| -> Option<Vec<i64>> {
            whole
                .iter()
                .zip(billed)
                .map(|(whole, billed)| {
                    let rest = whole - billed;
                    let kept_its_sign = rest == 0 || rest.signum() == whole.signum();
                    kept_its_sign.then_some(rest)
                })
                .collect()
        };
        let rest = Self {
            lines: rest(&self.lines, &billed.lines)?,
            taxes: rest(&self.taxes, &billed.taxes)?,
        };
        (rest.total() >= 0).then_some(rest)
    }

    pub(crate) fn add(&mut self, more: &Self) {
        let pairs = self.lines.iter_mut().zip(&more.lines);
        for (sum, part) in pairs.chain(self.taxes.iter_mut().zip(&more.taxes)) {
            *sum += part;
        }
    }

    /// This bill over other lines and taxes of the same job: parts follow their line. `None` where a part
    /// has lost its line or tax.
    pub(crate) fn moved_to(&self, from: (&[Line], &[Tax]), to: (&[Line], &[Tax])) -> Option<Self> {
        let mut lines: HashMap<&str, i64> = HashMap::new();
        for (line, part) in from.0.iter().zip(&self.lines) {
            lines.insert(line.id.as_str(), *part);
        }
        let mut taxes: HashMap<&str, i64> = HashMap::new();
        for (tax, part) in from.1.iter().zip(&self.taxes) {
            taxes.insert(tax.id.as_str(), *part);
        }
        let moved = Self {
            lines: to
                .0
                .iter()
                .map(|line| lines.remove(line.id.as_str()).unwrap_or_default())
                .collect(),
            taxes: to
                .1
                .iter()
                .map(|tax| taxes.remove(tax.id.as_str()).unwrap_or_default())
                .collect(),
        };
        let nothing_lost = lines.into_values().chain(taxes.into_values());
        nothing_lost
            .into_iter()
            .all(|part| part == 0)
            .then_some(moved)
    }

    /// Exactly `amount` of this, every line and tax by the same share. `amount` lies between 0 and
    /// [`Bill::total`].
    pub(crate) fn part(&self, amount: i64) -> Self {
        let total = self.total();
        let mut parts: Vec<(i64, i64)> = self
            .parts()
            .map(|whole| (whole, share(whole, amount, total)))
            .collect();
        // Rounding leaves some cents over: they go to the first lines that have room.
        let mut over = amount - parts.iter().map(|(_, part)| part).sum::<i64>();
        for (whole, part) in &mut parts {
            let room = if over > 0 {
                (*whole).max(0) - *part
            } else {
                (*whole).min(0) - *part
            };
            let step = if over > 0 {
                room.clamp(0, over)
            } else {
                room.clamp(over, 0)
            };
            *part += step;
            over -= step;
        }
        let mut parts = parts.into_iter().map(|(_, part)| part);
        Self {
            lines: parts.by_ref().take(self.lines.len()).collect(),
            taxes: parts.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bill(lines: &[i64], taxes: &[i64]) -> Bill {
        Bill {
            lines: lines.to_vec(),
            taxes: taxes.to_vec(),
        }
    }

    #[test]
    fn parts_are_exact_and_what_is_left_of_them_is_too() {
        let whole = bill(&[11_200, 16_125, -2_733, 1], &[922, 7]);
        for first in [0, 1, 2, 8_333, 12_761, 25_521, whole.total()] {
            let part = whole.part(first);
            assert_eq!(part.total(), first);
            let rest = whole.less(&part).unwrap();
            assert_eq!(rest.total(), whole.total() - first);
            let second = rest.part(rest.total() / 2);
            let mut sum = rest.less(&second).unwrap();
            sum.add(&second);
            sum.add(&part);
            assert_eq!(sum, whole);
        }
    }

    #[test]
    fn half_of_three_single_cents_goes_to_the_first_lines() {
        assert_eq!(bill(&[1, 1, 1], &[]).part(1), bill(&[1, 0, 0], &[]));
        assert_eq!(bill(&[1, 1, -1], &[]).part(0).total(), 0);
    }

    #[test]
    fn more_than_a_line_comes_to_cannot_be_taken_off() {
        let whole = bill(&[100, -50], &[5]);
        assert!(whole.less(&bill(&[101, -50], &[5])).is_none());
        assert!(whole.less(&bill(&[100, -50], &[5])).is_some());
        assert!(whole.less(&bill(&[0, -51], &[0])).is_none());
        let freed = bill(&[0, 100], &[]);
        assert!(freed.less(&bill(&[1, 0], &[])).is_none());
        assert!(bill(&[10, -8], &[]).less(&bill(&[3, 0], &[])).is_none());
    }
}
