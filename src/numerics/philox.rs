//! Random numbers from a counter: the number of any place and step, without those before it.
//!
//! Philox4x32-10. J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw (2011), *Parallel random numbers:
//! as easy as 1, 2, 3*, doi:10.1145/2063384.2063405.

use std::convert::Infallible;

use rand::TryRng;

const ROUNDS: usize = 10;
const MULTIPLIERS: [u64; 2] = [0xD251_1F53, 0xCD9E_8D57];
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];

// ANCHOR: philox
/// Four random 32-bit numbers for each of `N` counters of four 32-bit words, all under one key.
#[inline(always)]
pub(crate) fn philox<const N: usize>(counters: [[u64; N]; 4], mut key: [u32; 2]) -> [[u64; N]; 4] {
    let [mut a, mut b, mut c, mut d] = counters;
    for _ in 0..ROUNDS {
        for lane in 0..N {
            // Both factors have 32 bits: with that known, the compiler multiplies lanes abreast.
            let first = (a[lane] & 0xFFFF_FFFF) * MULTIPLIERS[0];
            let second = (c[lane] & 0xFFFF_FFFF) * MULTIPLIERS[1];
            a[lane] = (second >> 32) ^ b[lane] ^ u64::from(key[0]);
            b[lane] = second & 0xFFFF_FFFF;
            c[lane] = (first >> 32) ^ d[lane] ^ u64::from(key[1]);
            d[lane] = first & 0xFFFF_FFFF;
        }
        key[0] = key[0].wrapping_add(WEYL[0]);
        key[1] = key[1].wrapping_add(WEYL[1]);
    }
    [a, b, c, d]
}
// ANCHOR_END: philox

/// A key of its own for each `step` and `layer` under a seed.
pub(crate) fn key(seed: u64, step: usize, layer: usize) -> [u32; 2] {
    let words = |number: u64| [number & 0xFFFF_FFFF, number >> 32];
    let ([step, high], [layer, _]) = (words(step as u64), words(layer as u64));
    let [low, seed_high] = words(seed);
    let numbers = philox(
        [[step], [high], [layer], [0]],
        [low as u32, seed_high as u32],
    );
    [numbers[0][0] as u32, numbers[1][0] as u32]
}

/// What a stream's key follows from in the place of a layer's number, which masks have.
const STREAM: usize = u32::MAX as usize - 1;

/// The numbers under one key one after the other, for what asks for a generator.
pub(crate) struct PhiloxStream {
    key: [u32; 2],
    block: u64,
    words: [u32; 4],
    used: usize,
}

impl PhiloxStream {
    /// The stream of this number under a seed.
    pub fn new(seed: u64, number: usize) -> Self {
        Self {
            key: key(seed, number, STREAM),
            block: 0,
            words: [0; 4],
            used: 4,
        }
    }
}

impl TryRng for PhiloxStream {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        if self.used == self.words.len() {
            let block = [self.block & 0xFFFF_FFFF, self.block >> 32];
            let numbers = philox([[block[0]], [block[1]], [0], [0]], self.key);
            self.words = numbers.map(|[number]| number as u32);
            self.block += 1;
            self.used = 0;
        }
        self.used += 1;
        Ok(self.words[self.used - 1])
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let low = u64::from(self.try_next_u32()?);
        Ok(low | u64::from(self.try_next_u32()?) << 32)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for bytes in bytes.chunks_mut(4) {
            let word = self.try_next_u32()?.to_le_bytes();
            bytes.copy_from_slice(&word[..bytes.len()]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The known answers that the authors publish with their implementation, Random123.
    #[test]
    fn gives_the_known_answers() {
        let answer = |counter: [u64; 4], key| philox(counter.map(|word| [word]), key).map(|[x]| x);
        assert_eq!(
            answer([0; 4], [0; 2]),
            [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
        );
        assert_eq!(
            answer([0xffff_ffff; 4], [0xffff_ffff; 2]),
            [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
        );
        assert_eq!(
            answer(
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
                [0xa409_3822, 0x299f_31d0]
            ),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
    }

    #[test]
    fn lanes_do_not_see_each_other() {
        let together = philox([[1, 2, 3], [4, 5, 6], [7, 8, 9], [0, 0, 1]], [10, 11]);
        let alone = philox([[2], [5], [8], [0]], [10, 11]);
        assert_eq!(together.map(|x| x[1]), alone.map(|[x]| x));
    }

    #[test]
    fn a_stream_is_the_blocks_one_after_the_other() {
        let mut stream = PhiloxStream::new(3, 5);
        let blocks = philox([[0, 1], [0, 0], [0, 0], [0, 0]], key(3, 5, STREAM));
        let expected = [0, 1].map(|block| blocks.map(|words| words[block] as u32));
        let mut drawn = [0; 8];
        for word in &mut drawn {
            *word = stream.try_next_u32().unwrap();
        }
        assert_eq!(drawn, *expected.as_flattened());
        let mut other = PhiloxStream::new(3, 6);
        assert_ne!(drawn[0], other.try_next_u32().unwrap());
        let mut bytes = [0; 6];
        PhiloxStream::new(3, 5).try_fill_bytes(&mut bytes).unwrap();
        assert_eq!(bytes[..4], drawn[0].to_le_bytes());
        assert_eq!(bytes[4..], drawn[1].to_le_bytes()[..2]);
        let both = u64::from(drawn[0]) | u64::from(drawn[1]) << 32;
        assert_eq!(PhiloxStream::new(3, 5).try_next_u64(), Ok(both));
    }

    #[test]
    fn steps_layers_and_seeds_have_keys_of_their_own() {
        let places = [
            (1, 0, 0),
            (1, 1, 0),
            (1, 0, 1),
            (2, 0, 0),
            (1 << 32, 0, 0),
            (1, 1 << 32, 0),
        ];
        let keys: BTreeSet<_> = places
            .map(|(seed, step, layer)| key(seed, step, layer))
            .into();
        assert_eq!(keys.len(), places.len());
    }
}
