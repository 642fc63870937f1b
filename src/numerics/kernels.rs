//! The loops that training spends its time in, and the vector instructions they run on.
//!
//! They are plain loops over blocks of eight examples. The compiler turns an operation on eight
//! numbers into one or a few vector instructions, whichever the CPU has, and may not change its
//! result: a sum over units or inputs runs in index order within each lane, a sum over examples adds
//! the lanes in one fixed order at the end, and no multiplication is fused with an addition. So every
//! CPU computes the same bits.
//!
//! An array of activations holds, block after block of eight examples, one `Lanes` for each unit.

use std::array;
use std::sync::atomic::{AtomicU8, Ordering};

use multiversion::multiversion;
use multiversion::target::match_target;

use crate::activation::Activation;
use crate::error::Error;
use crate::numerics::memory::try_zeros;
use crate::numerics::philox::philox;

mod affine;
mod outer;
mod rows;
mod transposed;

pub(crate) use affine::affine;
pub(crate) use outer::{FEW_WEIGHTS, add_outer, add_to_sums, add_totals, room};
pub(crate) use rows::{FEW, Rows, WIDE, add_outer_rows, affine_rows, load};
pub(crate) use transposed::{PANEL, transposed};

/// The number of examples that are computed abreast.
pub(crate) const LANES: usize = 8;

/// One unit's numbers for eight examples.
pub(crate) type Lanes = [f64; LANES];

/// Memory for blocks of lanes, which begins at a cache line: to read eight numbers that lie on two
/// lines takes twice as long.
#[derive(Debug)]
pub(crate) struct Blocks {
    numbers: Vec<f64>,
    start: usize,
    units: usize,
}

impl Blocks {
    /// Memory for `blocks` blocks of `units` each, zeros at first.
    pub fn new(blocks: usize, units: usize) -> Result<Self, Error> {
        let size = blocks.saturating_mul(LANES);
        let numbers = try_zeros("working memory", size, units, LANES)?;
        let start = numbers.as_ptr().align_offset(size_of::<Lanes>()).min(LANES);
        Ok(Self {
            numbers,
            start,
            units,
        })
    }

    /// The lanes of a block.
    pub fn units(&self) -> usize {
        self.units
    }

    /// The first `blocks` blocks.
    pub fn first(&self, blocks: usize) -> &[Lanes] {
        &self.numbers[self.start..].as_chunks().0[..blocks * self.units]
    }

    /// So many blocks, from number `from` on.
    pub fn some(&self, from: usize, blocks: usize) -> &[Lanes] {
        &self.first(from + blocks)[from * self.units..]
    }

    /// So many blocks, from number `from` on, to change them.
    pub fn some_mut(&mut self, from: usize, blocks: usize) -> &mut [Lanes] {
        let before = from * self.units;
        &mut self.first_mut(from + blocks)[before..]
    }

    /// The first `blocks` blocks, to change them.
    pub fn first_mut(&mut self, blocks: usize) -> &mut [Lanes] {
        &mut self.numbers[self.start..].as_chunks_mut().0[..blocks * self.units]
    }
}

/// The vector instructions that the loops are compiled for, each with the widest vectors of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Instructions {
    /// What every CPU of the architecture has: on x86-64 SSE2, two numbers abreast.
    Baseline,
    /// Four numbers abreast, on x86-64.
    Avx2,
    /// Eight numbers abreast, on x86-64.
    Avx512,
}

/// The instructions that are used, as the enum's number; another one before they are known.
static USED: AtomicU8 = AtomicU8::new(u8::MAX);

/// Lets this process use no wider instructions than `widest`, to see that the results do not depend
/// on them, or what they are worth.
///
/// ```
/// use trainable::numerics::kernels::{Instructions, instructions, limit};
///
/// limit(Instructions::Baseline);
/// assert_eq!(instructions(), Instructions::Baseline);
/// ```
pub fn limit(widest: Instructions) {
    USED.store(widest.min(detected()) as u8, Ordering::Relaxed);
}

/// The instructions that are used: the CPU's widest within the [`limit`].
#[inline]
pub fn instructions() -> Instructions {
    // Elsewhere there is nothing to choose, and what is never called need not be compiled.
    if cfg!(not(target_arch = "x86_64")) {
        return Instructions::Baseline;
    }
    match USED.load(Ordering::Relaxed) {
        0 => Instructions::Baseline,
        1 => Instructions::Avx2,
        2 => Instructions::Avx512,
        _ => {
            limit(Instructions::Avx512);
            detected()
        }
    }
}

#[multiversion(targets("x86_64+avx512f", "x86_64+avx2"))]
fn detected() -> Instructions {
    match_target! {
        "x86_64+avx512f" => Instructions::Avx512,
        "x86_64+avx2" => Instructions::Avx2,
        _ => Instructions::Baseline,
    }
}

// ANCHOR: vectorized
/// Compiles a function once for each set of instructions; a call takes the widest
/// [`instructions`]. `WIDE` says whether registers hold eight numbers, of which a CPU has
/// more.
///
/// Whatever the function calls must be `#[inline(always)]`: only what is inlined is
/// compiled for each.
macro_rules! vectorized {
    ($(#[$doc:meta])* pub fn $name:ident($($argument:ident: $type:ty),* $(,)?) $body:block) => {
        $(#[$doc])*
        pub(crate) fn $name($($argument: $type),*) {
            #[inline(always)]
            fn any<const WIDE: bool>($($argument: $type),*) $body

            fn baseline($($argument: $type),*) {
                any::<false>($($argument),*)
            }

            #[multiversion::multiversion(targets("x86_64+avx2"))]
            fn avx2($($argument: $type),*) {
                multiversion::target::match_target! {
                    "x86_64+avx2" => any::<false>($($argument),*),
                    // Never called: compiled once is enough.
                    _ => baseline($($argument),*),
                }
            }

            #[multiversion::multiversion(targets("x86_64+avx512f"))]
            fn avx512($($argument: $type),*) {
                multiversion::target::match_target! {
                    "x86_64+avx512f" => any::<true>($($argument),*),
                    _ => baseline($($argument),*),
                }
            }

            use $crate::numerics::kernels::{Instructions, instructions};
            match instructions() {
                Instructions::Baseline => baseline($($argument),*),
                Instructions::Avx2 => avx2($($argument),*),
                Instructions::Avx512 => avx512($($argument),*),
            }
        }
    };
}
// ANCHOR_END: vectorized

pub(crate) use vectorized;

vectorized! {
    /// z ← g(z), for every number.
    pub fn apply_all(g: Activation, z: &mut [f64]) {
        // A loop for each function: with the choice inside, there would be no vector instructions.
        match g {
            Activation::Sigmoid => map(z, |z| Activation::Sigmoid.apply(z)),
            Activation::Tanh => map(z, |z| Activation::Tanh.apply(z)),
            Activation::Relu => map(z, |z| Activation::Relu.apply(z)),
            Activation::Identity => {}
        }
    }
}

/// numbers ← f(numbers), for every number.
#[inline(always)]
pub(crate) fn map(numbers: &mut [f64], f: impl Fn(f64) -> f64) {
    for number in numbers {
        *number = f(*number);
    }
}

vectorized! {
    /// da ← da · g′(z), for every number, from the activations a = g(z).
    pub fn times_derivative(g: Activation, da: &mut [f64], a: &[f64]) {
        match g {
            Activation::Sigmoid => scale(da, a, |a| Activation::Sigmoid.derivative(a)),
            Activation::Tanh => scale(da, a, |a| Activation::Tanh.derivative(a)),
            // A product either way: compilers make slow code of a number that is a comparison.
            Activation::Relu => {
                for (da, a) in da.iter_mut().zip(a) {
                    *da = if *a > 0.0 { *da } else { 0.0 * *da };
                }
            }
            Activation::Identity => {}
        }
    }
}

#[inline(always)]
fn scale(da: &mut [f64], a: &[f64], derivative: impl Fn(f64) -> f64) {
    for (da, a) in da.iter_mut().zip(a) {
        *da *= derivative(*a);
    }
}

// ANCHOR: draw
vectorized! {
    /// Factors of a layer's units, for examples from number `first` on: `scale` with the
    /// probability `threshold` / 2³², else 0. Each follows from key, unit and example.
    pub fn draw(
        key: [u32; 2],
        first: usize,
        threshold: u64,
        scale: f64,
        units: usize,
        factors: &mut [Lanes],
    ) {
        let mut examples: [u64; LANES] = array::from_fn(|lane| (first + lane) as u64);
        for factors in factors.chunks_exact_mut(units) {
            let (low, high) = (examples.map(|n| n & 0xFFFF_FFFF), examples.map(|n| n >> 32));
            for (group, factors) in factors.chunks_mut(4).enumerate() {
                let numbers = philox([low, high, [group as u64; LANES], [0; LANES]], key);
                for (factors, numbers) in factors.iter_mut().zip(&numbers) {
                    let factor = |number| if number < threshold { scale } else { 0.0 };
                    *factors = numbers.map(factor);
                }
            }
            examples = examples.map(|n| n + LANES as u64);
        }
    }
}
// ANCHOR_END: draw

vectorized! {
    /// masked ← a · factor, for every number.
    pub fn mask(a: &[f64], factors: &[f64], masked: &mut [f64]) {
        for ((masked, a), factor) in masked.iter_mut().zip(a).zip(factors) {
            *masked = a * factor;
        }
    }
}

vectorized! {
    /// da ← da · factor, for every number.
    pub fn times(da: &mut [f64], factors: &[f64]) {
        scale(da, factors, |factor| factor);
    }
}

vectorized! {
    /// numbers ← numbers + factor · others.
    pub fn add_multiple(numbers: &mut [f64], factor: f64, others: &[f64]) {
        for (number, other) in numbers.iter_mut().zip(others) {
            *number += factor * other;
        }
    }
}

vectorized! {
    /// Multiplies all numbers by a factor.
    pub fn times_factor(numbers: &mut [f64], factor: f64) {
        map(numbers, |number| number * factor);
    }
}

/// sum += factor · a.
#[inline(always)]
fn add_scaled(sum: &mut Lanes, factor: f64, a: &Lanes) {
    for lane in 0..LANES {
        sum[lane] += factor * a[lane];
    }
}

/// The eight lanes added, always in the same order.
#[inline(always)]
pub(crate) fn sum_lanes(s: &Lanes) -> f64 {
    ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]))
}

/// What the tests of all kernels have in common.
#[cfg(test)]
pub(crate) mod testing {
    use super::{LANES, Lanes, sum_lanes};
    use crate::numerics::random_state::RandomState;

    /// Random numbers of which none is round: another order of adding them shows.
    pub fn numbers(count: usize, rng: &mut RandomState) -> Vec<f64> {
        (0..count).map(|_| rng.randn()).collect()
    }

    pub fn lanes(count: usize, rng: &mut RandomState) -> Vec<Lanes> {
        (0..count)
            .map(|_| std::array::from_fn(|_| rng.randn()))
            .collect()
    }

    /// The product of all blocks, summed for each lane, then over the lanes.
    pub fn sum(blocks: usize, product: impl Fn(usize, usize) -> f64) -> f64 {
        let mut sums = [0.0; LANES];
        for block in 0..blocks {
            for (lane, sum) in sums.iter_mut().enumerate() {
                *sum += product(block, lane);
            }
        }
        sum_lanes(&sums)
    }
}

#[cfg(test)]
mod tests {
    use super::testing::numbers;
    use super::*;
    use crate::numerics::random_state::RandomState;

    #[test]
    fn passes_do_to_each_number_what_the_functions_do() {
        let mut rng = RandomState::new(1);
        let (z, da) = (numbers(37, &mut rng), numbers(37, &mut rng));
        for g in [
            Activation::Sigmoid,
            Activation::Tanh,
            Activation::Relu,
            Activation::Identity,
        ] {
            let mut a = z.clone();
            apply_all(g, &mut a);
            assert_eq!(
                a,
                z.iter().map(|z| g.apply(*z)).collect::<Vec<_>>(),
                "{g:?}"
            );
            let mut dz = da.clone();
            times_derivative(g, &mut dz, &a);
            let expected = da.iter().zip(&a).map(|(da, a)| da * g.derivative(*a));
            assert_eq!(dz, expected.collect::<Vec<_>>(), "{g:?}");
        }
    }

    #[test]
    fn blocks_begin_at_a_cache_line_and_are_zero() {
        for units in 1..6 {
            let mut blocks = Blocks::new(3, units).unwrap();
            assert_eq!(blocks.first(3), vec![[0.0; LANES]; 3 * units]);
            assert_eq!(blocks.first(2).len(), 2 * units);
            assert_eq!(
                blocks.first_mut(3).as_ptr() as usize % size_of::<Lanes>(),
                0
            );
        }
    }

    #[test]
    fn more_blocks_than_fit_into_memory_are_an_error() {
        for (blocks, units) in [(usize::MAX, 1), (1, usize::MAX), (1 << 40, 1 << 40)] {
            assert!(matches!(
                Blocks::new(blocks, units),
                Err(Error::TooLarge {
                    what: "working memory",
                    ..
                })
            ));
        }
    }
}
