//! # The same bits with any number of threads
//!
//! Chapter: book/engine.md
//!
//! This function adds products with several threads, fast, and with other bits than its
//! documentation promises; with another number of threads they are others again. Two lines are
//! the reason. Find them, and mend them so that the result is what the documentation says, to
//! the last bit.
//!
//! # Why
//!
//! Only the order of operations decides the bits. When the threads' number decides where one
//! partial sum ends and the next begins, it decides the order; so the segments have a fixed
//! length, and threads only share them out. A fused multiplication rounds once instead of twice:
//! a better number, and another one than in every program that does not fuse.

use std::thread;

/// The number of products in a segment.
pub const SEGMENT: usize = 64;

/// Σ aᵢ bᵢ, over two lists of the same length, which is above 0, with a number of `threads`
/// above 0. Products are rounded, then added within each segment of [`SEGMENT`] products from
/// first to last, beginning with 0; then the segments' sums are added likewise. The number of
/// threads changes no bit.
pub fn dot(a: &[f64], b: &[f64], threads: usize) -> f64 {
    let segment = SEGMENT;
    let mut sums = vec![0.0; a.len().div_ceil(segment)];
    let segments_per_thread = sums.len().div_ceil(threads);
    let share = segment * segments_per_thread;
    thread::scope(|scope| {
        let shares = a.chunks(share).zip(b.chunks(share));
        for ((a, b), sums) in shares.zip(sums.chunks_mut(segments_per_thread)) {
            scope.spawn(move || {
                let segments = a.chunks(segment).zip(b.chunks(segment));
                for ((a, b), sum) in segments.zip(sums) {
                    *sum = segment_sum(a, b);
                }
            });
        }
    });
    sums.iter().fold(0.0, |sum, part| sum + part)
}

fn segment_sum(a: &[f64], b: &[f64]) -> f64 {
    let products = a.iter().zip(b);
    products.fold(0.0, |sum, (a, b)| sum + a * b)
}

fn main() {}

#[cfg(test)]
mod tests {
    use trainable::prelude::RandomState;

    use super::*;

    fn numbers(count: usize) -> (Vec<f64>, Vec<f64>) {
        let mut rng = RandomState::new(1);
        let mut draw = || (0..count).map(|_| rng.randn()).collect();
        (draw(), draw())
    }

    /// The documentation's order, with one thread and without haste.
    fn in_order(a: &[f64], b: &[f64]) -> f64 {
        let mut total = 0.0;
        for start in (0..a.len()).step_by(64) {
            let mut segment = 0.0;
            for index in start..a.len().min(start + 64) {
                let product = a[index] * b[index];
                segment += product;
            }
            total += segment;
        }
        total
    }

    fn check(got: f64, expected: f64, what: &str, idea: &str) {
        assert!(
            got.to_bits() == expected.to_bits(),
            "{what}: expected the bits {:016x} ({expected:?}), got {:016x} ({got:?}). {idea}",
            expected.to_bits(),
            got.to_bits()
        );
    }

    #[test]
    fn whole_numbers() {
        let a: Vec<f64> = (0..1_000).map(f64::from).collect();
        check(
            dot(&a, &vec![1.0; 1_000], 3),
            499_500.0,
            "0 + 1 + … + 999, 3 threads",
            "Nothing is rounded here, so every order gives this: each product has to be in the sum once.",
        );
    }

    #[test]
    fn two_products() {
        // 0.1 · 10 is rounded to 1, from which 1 leaves 0. Unrounded, something is left.
        check(
            dot(&[-1.0, 0.1], &[1.0, 10.0], 1),
            0.0,
            "-1 · 1 + 0.1 · 10, one thread",
            "The product is rounded before it is added. Which operation rounds once instead of twice?",
        );
    }

    #[test]
    fn one_segment() {
        for count in [10, 20, 40, 64] {
            let (a, b) = numbers(count);
            check(
                dot(&a, &b, 1),
                in_order(&a, &b),
                &format!("{count} products, one thread"),
                "Within a segment products are added from first to last, each of them rounded before.",
            );
        }
    }

    #[test]
    fn many_segments() {
        for count in [200, 1_000, 5_000, 20_000] {
            let (a, b) = numbers(count);
            check(
                dot(&a, &b, 1),
                in_order(&a, &b),
                &format!("{count} products, one thread"),
                "The sums of the segments, 64 products each, are added from first to last.",
            );
        }
    }

    #[test]
    fn many_threads() {
        let (a, b) = numbers(5_000);
        for threads in [2, 3, 5, 8, 100] {
            check(
                dot(&a, &b, threads),
                dot(&a, &b, 1),
                &format!("5000 products, {threads} threads, beside one thread"),
                "What decides where a partial sum ends? Threads may share the segments out, and not make them.",
            );
        }
    }
}
