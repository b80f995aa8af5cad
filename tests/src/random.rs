//! Chance that can be had again.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Random numbers from a seed (SplitMix64, Steele, Lea and Flood, 2014).
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The same numbers for the same seed.
    #[must_use]
    pub const fn from_seed(seed: u64) -> Self {
        Self(seed)
    }

    /// The seed in `PARLOUR_TEST_SEED`, to repeat a run, or a new one; print it.
    #[must_use]
    pub fn seed() -> u64 {
        let given = std::env::var("PARLOUR_TEST_SEED").ok().and_then(|text| text.parse().ok());
        given.unwrap_or_else(|| RandomState::new().build_hasher().finish())
    }

    /// Any number.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which must not be 0.
    pub const fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// `wanted` of `items`, each at most once, in a random order.
    pub fn choose<T: Clone>(&mut self, items: &[T], wanted: usize) -> Vec<T> {
        let mut left = items.to_vec();
        let mut chosen = Vec::new();
        while chosen.len() < wanted && !left.is_empty() {
            let at = usize::try_from(self.below(left.len() as u64)).unwrap_or_default();
            chosen.push(left.swap_remove(at));
        }
        chosen
    }
}
