use std::time::Duration;

use uuid::Uuid;

const WAITS_MS: [u64; 5] = [20, 40, 80, 160, 320];

/// A few short waits with full jitter, for what is over in a moment: rivals inside a transaction.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    waits: usize,
}

impl Backoff {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// How long to wait before the next try; `None`: give up.
    pub(crate) fn next_wait(&mut self) -> Option<Duration> {
        let longest = WAITS_MS.get(self.waits)?;
        self.waits += 1;
        let (random, _) = Uuid::new_v4().as_u64_pair();
        Some(Duration::from_micros(random % (longest * 1000)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waits_stay_below_a_second_in_all_and_end() {
        let mut backoff = Backoff::new();
        let waits: Vec<Duration> = std::iter::from_fn(|| backoff.next_wait()).collect();
        assert_eq!(waits.len(), WAITS_MS.len());
        assert!(waits.iter().sum::<Duration>() < Duration::from_secs(1));
    }
}
