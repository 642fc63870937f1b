//! dW = dZ Aᵀ, and db.

use std::array;
use std::hint::black_box;

use super::{LANES, Lanes, sum_lanes, vectorized};

/// The most weights of a layer whose sums stay in the nearest cache, eight for each, until all examples are
/// added. A page's module, which has to travel, does so with all layers.
pub(crate) const FEW_WEIGHTS: usize = match cfg!(target_arch = "wasm32") {
    true => usize::MAX,
    false => 512,
};

/// Units of a tile of sums that grow side by side.
const UNITS: usize = 4;
/// Inputs of such a tile, with registers of eight numbers and without.
const WIDE_INPUTS: usize = 4;
const INPUTS: usize = 2;

vectorized! {
    /// Adds dZ Aᵀ and the sum of dZ over the examples to sums of every eighth example each, of a layer with
    /// few weights.
    pub fn add_to_sums(dz: &[Lanes], a: &[Lanes], of_w: &mut [Lanes], of_b: &mut [Lanes]) {
        let (units, inputs) = (of_b.len(), of_w.len() / of_b.len());
        for first in (0..units).step_by(UNITS) {
            let (dz, of_w, of_b) =
                (&dz[first..], &mut of_w[first * inputs..], &mut of_b[first..]);
            match of_b.len() {
                1 => add_to_rows::<WIDE, 1>(dz, units, a, of_w, of_b),
                2 => add_to_rows::<WIDE, 2>(dz, units, a, of_w, of_b),
                3 => add_to_rows::<WIDE, 3>(dz, units, a, of_w, of_b),
                _ => add_to_rows::<WIDE, 4>(dz, units, a, of_w, of_b),
            }
        }
    }
}

/// Adds to the sums of a few units, which come first in `dz`, `of_w` and `of_b`.
#[inline(always)]
fn add_to_rows<const WIDE: bool, const UNITS: usize>(
    dz: &[Lanes],
    units: usize,
    a: &[Lanes],
    of_w: &mut [Lanes],
    of_b: &mut [Lanes],
) {
    let inputs = of_w.len() / of_b.len();
    let most = if WIDE { WIDE_INPUTS } else { INPUTS };
    let mut first = 0;
    while first < inputs {
        let left = inputs - first;
        let (a, sums) = (&a[first..], &mut of_w[first..]);
        // Not one alone at the end.
        let few = if WIDE && left % most == 1 && left > 1 {
            most + 1
        } else {
            left.min(most)
        };
        let of_b = if first == 0 {
            &mut of_b[..UNITS]
        } else {
            &mut []
        };
        match few {
            1 => add_to_tile::<UNITS, 1>(dz, units, a, inputs, sums, of_b),
            2 => add_to_tile::<UNITS, 2>(dz, units, a, inputs, sums, of_b),
            3 if WIDE => add_to_tile::<UNITS, 3>(dz, units, a, inputs, sums, of_b),
            4 if WIDE => add_to_tile::<UNITS, 4>(dz, units, a, inputs, sums, of_b),
            _ if WIDE => add_to_tile::<UNITS, 5>(dz, units, a, inputs, sums, of_b),
            _ => {}
        }
        first += few;
    }
}

/// Adds to the sums of a few units and inputs, and of the biases if there are any in `of_b`.
#[inline(always)]
fn add_to_tile<const UNITS: usize, const INPUTS: usize>(
    dz: &[Lanes],
    units: usize,
    a: &[Lanes],
    inputs: usize,
    sums: &mut [Lanes],
    of_b: &mut [Lanes],
) {
    let mut tile = array::from_fn(|unit| array::from_fn(|input| sums[unit * inputs + input]));
    match of_b.first_chunk_mut::<UNITS>() {
        None => add_products::<UNITS, INPUTS>(&mut tile, dz, units, a, inputs),
        Some(of_b) => {
            let mut biases = *of_b;
            add_products_and_biases(&mut tile, &mut biases, dz, units, a, inputs);
            *of_b = biases;
        }
    }
    for unit in 0..UNITS {
        sums[unit * inputs..][..INPUTS].copy_from_slice(&tile[unit]);
    }
}

#[inline(always)]
fn add_products<const UNITS: usize, const INPUTS: usize>(
    tile: &mut [[Lanes; INPUTS]; UNITS],
    dz: &[Lanes],
    units: usize,
    a: &[Lanes],
    inputs: usize,
) {
    for (dz, a) in dz.chunks(units).zip(a.chunks(inputs)) {
        add_products_of_block(tile, &dz[..UNITS], &a[..INPUTS]);
    }
}

#[inline(always)]
fn add_products_and_biases<const UNITS: usize, const INPUTS: usize>(
    tile: &mut [[Lanes; INPUTS]; UNITS],
    biases: &mut [Lanes; UNITS],
    dz: &[Lanes],
    units: usize,
    a: &[Lanes],
    inputs: usize,
) {
    for (dz, a) in dz.chunks(units).zip(a.chunks(inputs)) {
        let (dz, a) = (&dz[..UNITS], &a[..INPUTS]);
        add_products_of_block(tile, dz, a);
        for unit in 0..UNITS {
            for lane in 0..LANES {
                biases[unit][lane] += dz[unit][lane];
            }
        }
    }
}

// ANCHOR: products
/// A few units' dZ times a few inputs' activations, of eight examples.
#[inline(always)]
fn add_products_of_block<const UNITS: usize, const INPUTS: usize>(
    tile: &mut [[Lanes; INPUTS]; UNITS],
    dz: &[Lanes],
    a: &[Lanes],
) {
    // Written out: the compiler would not unroll a third loop.
    add_row(&mut tile[0], &dz[0], a);
    if UNITS > 1 {
        add_row(&mut tile[1], &dz[1], a);
    }
    if UNITS > 2 {
        add_row(&mut tile[2], &dz[2], a);
    }
    if UNITS > 3 {
        add_row(&mut tile[3], &dz[3], a);
    }
}

#[inline(always)]
fn add_row<const N: usize>(sums: &mut [Lanes; N], dz: &Lanes, a: &[Lanes]) {
    for input in 0..N {
        for lane in 0..LANES {
            sums[input][lane] += dz[lane] * a[input][lane];
        }
    }
}

vectorized! {
    /// Adds to each number the lanes of its sum, and sets the sum to 0. Numbers that are
    /// `fresh` count as 0.
    pub fn add_totals(sums: &mut [Lanes], numbers: &mut [f64], fresh: bool) {
        let eight = if cfg!(target_arch = "wasm32") { 0 } else { sums.len() / LANES * LANES };
        let (eights, rest) = sums.split_at_mut(eight);
        let (of_eights, of_rest) = numbers.split_at_mut(eight);
        let (eights, of_eights) = (eights.as_chunks_mut().0, of_eights.as_chunks_mut().0);
        for (sums, numbers) in eights.iter_mut().zip(of_eights) {
            add_eight(numbers, &totals(sums), fresh);
            *sums = [[0.0; LANES]; LANES];
        }
        for (sum, number) in rest.iter_mut().zip(of_rest) {
            let before = if fresh { 0.0 } else { *number };
            *number = before + sum_lanes(sum);
            *sum = [0.0; LANES];
        }
    }
}
// ANCHOR_END: products

#[inline(always)]
pub(super) fn add_eight(numbers: &mut Lanes, totals: &Lanes, fresh: bool) {
    let before = if fresh { [0.0; LANES] } else { *numbers };
    for lane in 0..LANES {
        numbers[lane] = before[lane] + totals[lane];
    }
}

/// Numbers that begin at a cache line.
#[repr(align(64))]
struct Aligned<const COUNT: usize>([Lanes; COUNT]);

/// The totals of eight sums, each in the order of [`sum_lanes`], in three steps of additions abreast.
#[inline(always)]
fn totals(sums: &[Lanes; LANES]) -> Lanes {
    let [a, b, c, d, e, f, g, h] = sums;
    let fours = [fours(a, b), fours(c, d), fours(e, f), fours(g, h)];
    // By way of memory, else the compiler would make other, longer rearrangements of it.
    let Aligned(fours) = black_box(Aligned(fours));
    let twos = [twos(&fours[0], &fours[1]), twos(&fours[2], &fours[3])];
    let Aligned([p, q]) = black_box(Aligned(twos));
    let even = [p[0], p[2], p[4], p[6], q[0], q[2], q[4], q[6]];
    let odd = [p[1], p[3], p[5], p[7], q[1], q[3], q[5], q[7]];
    added(&even, &odd)
}

/// Of each sum four numbers, of which each is that of two lanes.
#[inline(always)]
fn fours(a: &Lanes, b: &Lanes) -> Lanes {
    let lower = [a[0], a[1], a[2], a[3], b[0], b[1], b[2], b[3]];
    let upper = [a[4], a[5], a[6], a[7], b[4], b[5], b[6], b[7]];
    added(&lower, &upper)
}

/// Of each sum two numbers, of which each is that of four lanes.
#[inline(always)]
fn twos(a: &Lanes, b: &Lanes) -> Lanes {
    let lower = [a[0], a[1], a[4], a[5], b[0], b[1], b[4], b[5]];
    let upper = [a[2], a[3], a[6], a[7], b[2], b[3], b[6], b[7]];
    added(&lower, &upper)
}

#[inline(always)]
pub(super) fn added(a: &Lanes, b: &Lanes) -> Lanes {
    array::from_fn(|lane| a[lane] + b[lane])
}

/// Units whose dZ, copied, stay in a near cache while all inputs use them.
const GROUP: usize = 128;
/// Inputs of which dW gets the totals in one run.
const RUN: usize = 64;

/// The room that [`add_outer`] takes for so many examples, in blocks, of a layer with so many units.
pub(crate) fn room(blocks: usize, units: usize) -> usize {
    let group = GROUP.min(units.next_multiple_of(UNITS));
    group * (blocks + WIDE_INPUTS + RUN / LANES) + WIDE_INPUTS * blocks
}

vectorized! {
    /// dW += dZ Aᵀ and db += the sum of dZ over the examples, of a layer with many weights. A `fresh` dW counts
    /// as 0. What is in the [`room`] does not matter.
    pub fn add_outer(
        dz: &[Lanes],
        a: &[Lanes],
        dw: &mut [f64],
        db: &mut [f64],
        fresh: bool,
        room: &mut [Lanes],
    ) {
        if WIDE {
            add_groups::<WIDE_INPUTS>(dz, a, dw, db.len(), fresh, room);
        } else {
            add_groups::<INPUTS>(dz, a, dw, db.len(), fresh, room);
        }
        add_row_sums(dz, db);
    }
}

/// The loops of [`add_outer`] for dW: in what they work with, nothing is far apart.
#[inline(always)]
fn add_groups<const INPUTS: usize>(
    dz: &[Lanes],
    a: &[Lanes],
    dw: &mut [f64],
    units: usize,
    fresh: bool,
    room: &mut [Lanes],
) {
    let inputs = dw.len() / units;
    let blocks = a.len() / inputs;
    let most = GROUP.min(units.next_multiple_of(UNITS));
    let (derivatives, room) = room.split_at_mut(most * blocks);
    let (totals, room) = room.split_at_mut(most * RUN / LANES);
    let (sums, columns) = room.split_at_mut(most * INPUTS);
    for (group, dw) in dw.chunks_mut(GROUP * inputs).enumerate() {
        let rows = (dw.len() / inputs).next_multiple_of(UNITS);
        let derivatives = &mut derivatives[..rows * blocks];
        for (tile, copied) in derivatives.chunks_exact_mut(UNITS * blocks).enumerate() {
            copy::<UNITS>(&dz[group * GROUP + tile * UNITS..], units, copied);
        }
        for from in (0..inputs).step_by(RUN) {
            let run = RUN.min(inputs - from);
            for first in (0..run).step_by(INPUTS) {
                let columns = &mut columns[..INPUTS * blocks];
                copy::<INPUTS>(&a[from + first..], inputs, columns);
                let sums = &mut sums[..rows * INPUTS];
                find_sums::<INPUTS>(derivatives, columns, sums);
                find_totals::<INPUTS>(sums, first, totals);
            }
            for (dw, totals) in dw.chunks_exact_mut(inputs).zip(totals.chunks(RUN / LANES)) {
                add_run(&mut dw[from..][..run], totals.as_flattened(), fresh);
            }
        }
    }
}

/// Copies the first few numbers of each block to where the blocks lie side by side.
#[inline(always)]
fn copy<const FEW: usize>(from: &[Lanes], apart: usize, to: &mut [Lanes]) {
    for (from, to) in from.chunks(apart).zip(to.as_chunks_mut::<FEW>().0) {
        match from.first_chunk() {
            Some(from) => *to = *from,
            None => to[..from.len()].copy_from_slice(from),
        }
    }
}

/// The sums of all tiles of a few inputs.
#[inline(always)]
fn find_sums<const INPUTS: usize>(dz: &[Lanes], a: &[Lanes], sums: &mut [Lanes]) {
    let blocks = a.len() / INPUTS;
    let tiles = sums.chunks_exact_mut(UNITS * INPUTS);
    for (dz, sums) in dz.chunks_exact(UNITS * blocks).zip(tiles) {
        let mut tile = [[[0.0; LANES]; INPUTS]; UNITS];
        let (dz, a) = (dz.as_chunks::<UNITS>().0, a.as_chunks::<INPUTS>().0);
        for (dz, a) in dz.iter().zip(a) {
            add_products_of_block(&mut tile, dz, a);
        }
        sums.copy_from_slice(tile.as_flattened());
    }
}

/// Puts the totals of a few inputs, from number `first` of a run on, into the runs of their units.
#[inline(always)]
fn find_totals<const INPUTS: usize>(sums: &[Lanes], first: usize, runs: &mut [Lanes]) {
    let units = LANES / INPUTS;
    let runs = runs.as_flattened_mut().chunks_exact_mut(units * RUN);
    for (sums, runs) in sums.as_chunks().0.iter().zip(runs) {
        let totals = totals(sums);
        for (totals, run) in totals.chunks_exact(INPUTS).zip(runs.chunks_exact_mut(RUN)) {
            run[first..][..INPUTS].copy_from_slice(totals);
        }
    }
}

#[inline(always)]
fn add_run(numbers: &mut [f64], totals: &[f64], fresh: bool) {
    let (eights, rest) = numbers.as_chunks_mut();
    let (of_eights, of_rest) = totals[..eights.len() * LANES + rest.len()].as_chunks();
    for (numbers, totals) in eights.iter_mut().zip(of_eights) {
        add_eight(numbers, totals, fresh);
    }
    for (number, total) in rest.iter_mut().zip(of_rest) {
        let before = if fresh { 0.0 } else { *number };
        *number = before + total;
    }
}

/// db += the sum of dZ over the examples.
#[inline(always)]
pub(super) fn add_row_sums(dz: &[Lanes], db: &mut [f64]) {
    let units = db.len();
    for first in (0..units).step_by(UNITS) {
        let (dz, db) = (&dz[first..], &mut db[first..]);
        match db.len() {
            1 => add_few_row_sums::<1>(dz, units, db),
            2 => add_few_row_sums::<2>(dz, units, db),
            3 => add_few_row_sums::<3>(dz, units, db),
            _ => add_few_row_sums::<4>(dz, units, db),
        }
    }
}

/// The first few numbers of db.
#[inline(always)]
fn add_few_row_sums<const UNITS: usize>(dz: &[Lanes], units: usize, db: &mut [f64]) {
    let mut sums = [[0.0; LANES]; UNITS];
    for dz in dz.chunks(units) {
        for unit in 0..UNITS {
            for lane in 0..LANES {
                sums[unit][lane] += dz[unit][lane];
            }
        }
    }
    // From memory, else the compiler would arrange the lanes of the loop for this.
    let sums = black_box(sums);
    for (db, sum) in db.iter_mut().zip(&sums) {
        *db += sum_lanes(sum);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::numerics::kernels::testing::{lanes, numbers, sum};
    use crate::numerics::random_state::RandomState;

    // Equal, not close: that each sum has one order, whatever the tiles, is what the kernels promise.
    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn outer_products_add_the_blocks_in_order_and_the_lanes_at_the_end(
            units in 1..10usize, inputs in 1..(2 * RUN + 3),
            blocks in 1..4usize, fresh in any::<bool>(), seed in 0..1_000u32,
        ) {
            assert_sums(units, inputs, blocks, fresh, seed)?;
        }

        #[test]
        fn groups_of_units_are_summed_as_one_is(
            units in GROUP - 1..=2 * GROUP + 5, inputs in 1..10usize, seed in 0..1_000u32,
        ) {
            assert_sums(units, inputs, 1, false, seed)?;
        }
    }

    /// Asserts that both ways of finding dW and db come to what the sums say.
    fn assert_sums(
        units: usize,
        inputs: usize,
        blocks: usize,
        fresh: bool,
        seed: u32,
    ) -> Result<(), TestCaseError> {
        let mut rng = RandomState::new(seed);
        let (dz, a) = (
            lanes(blocks * units, &mut rng),
            lanes(blocks * inputs, &mut rng),
        );
        let mut dw = numbers(units * inputs, &mut rng);
        let mut db = numbers(units, &mut rng);
        let mut expected = (dw.clone(), db.clone());
        for unit in 0..units {
            expected.1[unit] += sum(blocks, |block, lane| dz[block * units + unit][lane]);
            for input in 0..inputs {
                let dw = &mut expected.0[unit * inputs + input];
                let before = if fresh { 0.0 } else { *dw };
                *dw = before
                    + sum(blocks, |block, lane| {
                        dz[block * units + unit][lane] * a[block * inputs + input][lane]
                    });
            }
        }
        let (mut of_w, mut of_b) = (vec![[0.0; LANES]; dw.len()], vec![[0.0; LANES]; units]);
        let mut of_strips = (dw.clone(), db.clone());
        for (dz, a) in dz.chunks(2 * units).zip(a.chunks(2 * inputs)) {
            add_to_sums(dz, a, &mut of_w, &mut of_b);
        }
        add_totals(&mut of_w, &mut of_strips.0, fresh);
        add_totals(&mut of_b, &mut of_strips.1, false);
        prop_assert_eq!(&of_strips, &expected);
        prop_assert!(
            [of_w, of_b]
                .concat()
                .iter()
                .flatten()
                .all(|sum| *sum == 0.0)
        );
        let mut room = vec![[f64::NAN; LANES]; room(blocks, units)];
        add_outer(&dz, &a, &mut dw, &mut db, fresh, &mut room);
        prop_assert_eq!((dw, db), expected);
        Ok(())
    }
}
