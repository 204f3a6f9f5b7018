//! Repeatable chance: the same seed gives the same row of numbers.

/// SplitMix64: small, fast, good enough for identifiers and dice; not for secrets.
#[derive(Clone, Debug, Default)]
pub struct Chance(u64);

impl Chance {
    /// The row that follows from a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 where `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.draw().checked_rem(bound).unwrap_or_default()
    }

    /// Whether one of a thousand that come is among so many; nothing is drawn for none and for all.
    pub fn hits(&mut self, per_thousand: u32) -> bool {
        match per_thousand {
            0 => false,
            1_000.. => true,
            some => self.below(1_000) < u64::from(some),
        }
    }

    /// Puts a list into an order of its own (Fisher and Yates).
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            let chosen = self.below(last as u64 + 1);
            list.swap(last, usize::try_from(chosen).unwrap_or_default());
        }
    }

    /// A prefix and 32 hexadecimal digits.
    pub fn id(&mut self, prefix: &str) -> String {
        format!("{prefix}{:016x}{:016x}", self.draw(), self.draw())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_row_is_that_of_its_seed_and_keeps_its_odds() {
        let hits = |seed| {
            let mut chance = Chance::new(seed);
            (0..10_000).map(|_| chance.hits(100)).collect::<Vec<bool>>()
        };
        assert_eq!(hits(7), hits(7));
        assert_ne!(hits(7), hits(8));
        let count = hits(7).into_iter().filter(|hit| *hit).count();
        assert!((900..1_100).contains(&count), "{count}");
    }

    #[test]
    fn nothing_is_drawn_for_none_and_for_all() {
        let mut chance = Chance::new(3);
        assert!(!chance.hits(0));
        assert!(chance.hits(1_000));
        assert_eq!(chance.draw(), Chance::new(3).draw());
        assert_eq!(chance.below(0), 0);
    }
}
