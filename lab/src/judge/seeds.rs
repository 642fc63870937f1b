//! The seeds that a verdict is computed on: numbers that nobody has looked at before.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// The seeds for trying out: figures, a rule's first draft, the learning rates of its arms.
pub const EXPLORED: RangeInclusive<u32> = 1..=20;

/// Held-back seeds lie here: above those that anyone types, and with room for others beside each.
const FIRST: u32 = 1 << 20;
const LAST: u32 = 1 << 31;

/// Held-back seeds, which come out of a text: with another statement, or another rule, they are others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    hash: blake3::Hash,
}

impl Held {
    /// The seeds of a text.
    pub fn of(text: &str) -> Self {
        Self { hash: blake3::hash(text.as_bytes()) }
    }

    /// The hash's first ten hexadecimal digits, to recognize it by.
    pub fn key(&self) -> String {
        self.hash.to_hex()[..10].to_owned()
    }

    /// A block of `count` seeds, all different: the first for the verdict, others to replicate it.
    pub fn block(&self, block: usize, count: usize) -> Vec<u32> {
        let mut stream = blake3::Hasher::new_keyed(self.hash.as_bytes()).finalize_xof();
        let mut known = BTreeSet::new();
        let seeds = std::iter::repeat_with(|| {
            let mut bytes = [0; 4];
            stream.fill(&mut bytes);
            FIRST + u32::from_le_bytes(bytes) % (LAST - FIRST)
        });
        seeds.filter(|seed| known.insert(*seed)).skip(block * count).take(count).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_has_the_same_seeds_and_more_begin_with_fewer() {
        let held = Held::of("layers: 100 seeds");
        let seeds = held.block(0, 100);
        assert_eq!(seeds[..10], Held::of("layers: 100 seeds").block(0, 10));
        assert!(seeds.iter().all(|seed| (FIRST..LAST).contains(seed)));
    }

    #[test]
    fn another_text_or_block_shares_no_seed() {
        let texts = ["layers: 100 seeds", "layers: 101 seeds", "spread: 100 seeds"];
        let blocks =
            texts.iter().flat_map(|text| (0..5).map(|block| Held::of(text).block(block, 200)));
        let all: Vec<u32> = blocks.flatten().collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }
}
