use std::sync::atomic::{AtomicU64, Ordering};

use ports::Chance;
use uuid::{Builder, Uuid};

/// Identifiers that follow from a seed: the same seed gives the same sequence.
#[derive(Debug)]
pub struct SeededChance(AtomicU64);

/// The step of SplitMix64 (Steele, Lea, Flood 2014): an odd constant, so that the state visits every value once.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

impl SeededChance {
    /// Starts a sequence.
    pub const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// Sixty-four bits; also for what a simulation decides by chance.
    pub fn next_u64(&self) -> u64 {
        let mut z = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

impl Chance for SeededChance {
    fn uuid(&self) -> Uuid {
        let bits = (u128::from(self.next_u64()) << 64) | u128::from(self.next_u64());
        Builder::from_random_bytes(bits.to_be_bytes()).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn one_seed_one_sequence() {
        let sequence = |seed| {
            let chance = SeededChance::new(seed);
            (0..100).map(|_| chance.uuid()).collect::<BTreeSet<_>>()
        };
        assert_eq!(sequence(7), sequence(7));
        assert_eq!(sequence(7).len(), 100);
        assert!(sequence(7).is_disjoint(&sequence(8)));
    }
}
