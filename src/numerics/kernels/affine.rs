//! Z = W A + b.

use std::array;

use super::{LANES, Lanes, add_scaled, vectorized};

/// Inputs that are added to all units' sums before the next ones.
pub(super) const PANEL: usize = 128;
/// Numbers of a panel, eight examples' each, that stay in the nearest cache while all units use them.
const NEAR: usize = 512;
/// Blocks of examples whose sums grow side by side where there are registers of eight numbers.
const BLOCKS: usize = 4;

vectorized! {
    /// Z = W A + b, for each example.
    pub fn affine(w: &[f64], b: &[f64], a: &[Lanes], z: &mut [Lanes]) {
        let (units, inputs) = (b.len(), w.len() / b.len());
        let weight = |unit: usize, input: usize| w[unit * inputs + input];
        let bias = |unit: usize| b[unit];
        // A page's module, which has to travel, does without.
        if cfg!(not(target_arch = "wasm32")) {
            match inputs {
                1 => return sums_over_few::<1>(weight, bias, a, z, units),
                2 => return sums_over_few::<2>(weight, bias, a, z, units),
                3 => return sums_over_few::<3>(weight, bias, a, z, units),
                4 => return sums_over_few::<4>(weight, bias, a, z, units),
                5 => return sums_over_few::<5>(weight, bias, a, z, units),
                _ => {}
            }
        }
        for from in (0..inputs).step_by(PANEL) {
            let count = PANEL.min(inputs - from);
            let panel = Panel { a: &a[from..], apart: inputs, from, count };
            add_panel::<WIDE>(w, b, panel, z);
        }
    }
}

/// `count` sums for each example, of few enough products that the weights of a few sums stay in registers.
#[inline(always)]
pub(super) fn sums_over_few<const FEW: usize>(
    weight: impl Fn(usize, usize) -> f64,
    begun: impl Fn(usize) -> f64,
    a: &[Lanes],
    z: &mut [Lanes],
    count: usize,
) {
    let mut first = 0;
    while first < count {
        let weight = |sum: usize, term: usize| weight(first + sum, term);
        let begun = |sum: usize| begun(first + sum);
        let (z, few) = (&mut z[first..], few_of(count - first));
        match few {
            1 => sums_of_few::<1, FEW>(weight, begun, a, z, count),
            2 => sums_of_few::<2, FEW>(weight, begun, a, z, count),
            3 => sums_of_few::<3, FEW>(weight, begun, a, z, count),
            4 => sums_of_few::<4, FEW>(weight, begun, a, z, count),
            _ => sums_of_few::<5, FEW>(weight, begun, a, z, count),
        }
        first += few;
    }
}

/// Some inputs of all examples.
#[derive(Debug, Clone, Copy)]
pub(super) struct Panel<'a> {
    /// A block's inputs, then the next block's.
    pub a: &'a [Lanes],
    /// From the inputs of one block to those of the next.
    pub apart: usize,
    /// The number of the first input, and how many there are.
    pub from: usize,
    pub count: usize,
}

/// Adds a panel of inputs to the units' sums: to those of all units for as many examples as stay in the
/// nearest cache.
#[inline(always)]
pub(super) fn add_panel<const WIDE: bool>(w: &[f64], b: &[f64], panel: Panel<'_>, z: &mut [Lanes]) {
    let units = b.len();
    let inputs = w.len() / units;
    let near = (NEAR / panel.count).next_multiple_of(BLOCKS);
    for (index, z) in z.chunks_mut(near * units).enumerate() {
        let a = &panel.a[index * near * panel.apart..];
        let panel = Panel { a, ..panel };
        let mut first = 0;
        while first < units {
            let (w, b, z) = (&w[first * inputs..], &b[first..], &mut z[first..]);
            let few = few_of(b.len());
            match few {
                1 => add_to_units::<WIDE, 1>(w, b, panel, z, units),
                2 => add_to_units::<WIDE, 2>(w, b, panel, z, units),
                3 => add_to_units::<WIDE, 3>(w, b, panel, z, units),
                4 => add_to_units::<WIDE, 4>(w, b, panel, z, units),
                _ => add_to_units::<WIDE, 5>(w, b, panel, z, units),
            }
            first += few;
        }
    }
}

/// Of so many sums, how many are computed side by side: four, or five where one alone would be left.
#[inline(always)]
fn few_of(left: usize) -> usize {
    match left {
        5 => 5,
        _ if left % 4 == 1 && left > 1 => 5,
        _ => left.min(4),
    }
}

/// Adds a panel to the sums of a few units; their weights, biases and sums come first in `w`, `b` and `z`.
#[inline(always)]
fn add_to_units<const WIDE: bool, const UNITS: usize>(
    w: &[f64],
    b: &[f64],
    panel: Panel<'_>,
    z: &mut [Lanes],
    units: usize,
) {
    let inputs = w.len() / b.len();
    let biases: [f64; UNITS] = array::from_fn(|unit| b[unit]);
    let rows = array::from_fn(|unit| &w[unit * inputs + panel.from..][..panel.count]);
    let (mut a, mut z) = (panel.a, z);
    while !z.is_empty() {
        let left = z.len().div_ceil(units);
        let panel = Panel { a, ..panel };
        let blocks = match left {
            BLOCKS.. if WIDE => BLOCKS,
            2.. if WIDE => 2,
            _ => 1,
        };
        match blocks {
            BLOCKS if WIDE => add_tile::<UNITS, BLOCKS>(&rows, &biases, panel, z, units),
            2 if WIDE => add_tile::<UNITS, 2>(&rows, &biases, panel, z, units),
            _ => add_tile::<UNITS, 1>(&rows, &biases, panel, z, units),
        }
        if blocks >= left {
            return;
        }
        (a, z) = (&a[blocks * panel.apart..], &mut z[blocks * units..]);
    }
}

// ANCHOR: affine
/// Adds a panel of inputs to the sums of a few units, for a few blocks of examples. They
/// grow side by side: an addition must wait for the one before it in the same sum.
#[inline(always)]
fn add_tile<const UNITS: usize, const BLOCKS: usize>(
    rows: &[&[f64]; UNITS],
    biases: &[f64; UNITS],
    panel: Panel<'_>,
    z: &mut [Lanes],
    units: usize,
) {
    let count = rows[0].len();
    let rows = rows.map(|row| &row[..count]);
    let mut sums = [[[0.0; LANES]; UNITS]; BLOCKS];
    let mut a = [panel.a; BLOCKS];
    for block in 0..BLOCKS {
        a[block] = &panel.a[block * panel.apart..][..count];
        let z = &z[block * units..][..UNITS];
        for unit in 0..UNITS {
            sums[block][unit] = match panel.from {
                0 => [biases[unit]; LANES],
                _ => z[unit],
            };
        }
    }
    for input in 0..count {
        let weights = array::from_fn(|unit| rows[unit][input]);
        // Written out: the compiler would not unroll a third loop.
        add_weighted(&mut sums[0], &weights, &a[0][input]);
        if BLOCKS > 1 {
            add_weighted(&mut sums[1], &weights, &a[1][input]);
        }
        if BLOCKS > 2 {
            add_weighted(&mut sums[2], &weights, &a[2][input]);
        }
        if BLOCKS > 3 {
            add_weighted(&mut sums[3], &weights, &a[3][input]);
        }
    }
    for block in 0..BLOCKS {
        z[block * units..][..UNITS].copy_from_slice(&sums[block]);
    }
}

#[inline(always)]
fn add_weighted<const N: usize>(sums: &mut [Lanes; N], weights: &[f64; N], a: &Lanes) {
    for unit in 0..N {
        add_scaled(&mut sums[unit], weights[unit], a);
    }
}
// ANCHOR_END: affine

/// For each example a few sums of few products, so few that all weights stay in registers. The sums come
/// first in `z`, those of the next block `apart`.
#[inline(always)]
fn sums_of_few<const SUMS: usize, const FEW: usize>(
    weight: impl Fn(usize, usize) -> f64,
    begun: impl Fn(usize) -> f64,
    a: &[Lanes],
    z: &mut [Lanes],
    apart: usize,
) {
    let weights: [[f64; FEW]; SUMS] =
        array::from_fn(|sum| array::from_fn(|input| weight(sum, input)));
    let begun: [f64; SUMS] = array::from_fn(begun);
    for (a, z) in a.as_chunks::<FEW>().0.iter().zip(z.chunks_mut(apart)) {
        let z = &mut z[..SUMS];
        // Written out, as in a tile.
        z[0] = weighted_sum(&weights[0], begun[0], a);
        if SUMS > 1 {
            z[1] = weighted_sum(&weights[1], begun[1], a);
        }
        if SUMS > 2 {
            z[2] = weighted_sum(&weights[2], begun[2], a);
        }
        if SUMS > 3 {
            z[3] = weighted_sum(&weights[3], begun[3], a);
        }
        if SUMS > 4 {
            z[4] = weighted_sum(&weights[4], begun[4], a);
        }
    }
}

#[inline(always)]
fn weighted_sum<const FEW: usize>(weights: &[f64; FEW], begun: f64, a: &[Lanes; FEW]) -> Lanes {
    let mut sum = [begun; LANES];
    for input in 0..FEW {
        add_scaled(&mut sum, weights[input], &a[input]);
    }
    sum
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::numerics::kernels::testing::{lanes, numbers};
    use crate::numerics::random_state::RandomState;

    // Equal, not close: that each sum has one order, whatever the tiles, is what the kernels promise.
    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn affine_adds_the_inputs_in_order(
            units in 1..10usize, inputs in 1..(2 * PANEL + 3),
            blocks in 1..4usize, seed in 0..1_000u32,
        ) {
            let mut rng = RandomState::new(seed);
            let (w, b) = (numbers(units * inputs, &mut rng), numbers(units, &mut rng));
            let a = lanes(blocks * inputs, &mut rng);
            let mut z = vec![[0.0; LANES]; blocks * units];
            affine(&w, &b, &a, &mut z);
            for (index, z) in z.iter().enumerate() {
                let (block, unit) = (index / units, index % units);
                for (lane, z) in z.iter().enumerate() {
                    let expected = (0..inputs).fold(b[unit], |sum, input| {
                        sum + w[unit * inputs + input] * a[block * inputs + input][lane]
                    });
                    prop_assert_eq!(*z, expected);
                }
            }
        }
    }
}
