//! The first layer, from few examples with many features, read where they lie.

use std::array;
use std::hint::black_box;
use std::ops::Range;

use super::affine::{PANEL, Panel, add_panel};
use super::outer::{add_eight, add_row_sums, added};
use super::{LANES, Lanes, add_scaled, vectorized};

/// Examples, a row of features each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rows<'x> {
    /// Rows, one after the other.
    pub x: &'x [f64],
    /// The numbers in a row.
    pub features: usize,
    /// Which rows are meant, in which order; all, if nothing is said.
    pub picked: Option<&'x [usize]>,
}

impl<'x> Rows<'x> {
    /// The number of examples.
    #[inline(always)]
    fn count(self) -> usize {
        self.picked
            .map_or(self.x.len() / self.features, <[usize]>::len)
    }

    #[inline(always)]
    fn row(self, example: usize) -> &'x [f64] {
        let row = self.picked.map_or(example, |picked| picked[example]);
        &self.x[row * self.features..][..self.features]
    }
}

vectorized! {
    /// Copies examples into blocks of lanes; lanes without an example hold 0.
    pub fn load(rows: Rows<'_>, a: &mut [Lanes]) {
        let Rows { x, features, picked } = rows;
        match picked {
            None => load_blocks(x.chunks_exact(features), a, features),
            Some(picked) => {
                let rows = picked.iter().map(|row| &x[row * features..][..features]);
                load_blocks(rows, a, features);
            }
        }
    }
}

/// Copies examples into blocks that are `apart`.
#[inline(always)]
fn load_blocks<'x>(mut rows: impl Iterator<Item = &'x [f64]>, a: &mut [Lanes], apart: usize) {
    for a in a.chunks_exact_mut(apart) {
        let (mut eight, mut count) = ([&[][..]; LANES], 0);
        for (slot, row) in eight.iter_mut().zip(&mut rows) {
            *slot = row;
            count += 1;
        }
        load_block(&eight[..count], &mut a[..eight[0].len()]);
    }
}

/// Copies up to eight examples into a block.
#[inline(always)]
fn load_block(rows: &[&[f64]], a: &mut [Lanes]) {
    // A page's module, which has to travel, does with this way alone.
    if rows.len() < LANES || cfg!(target_arch = "wasm32") {
        a.fill([0.0; LANES]);
        for (lane, row) in rows.iter().enumerate() {
            for (a, x) in a.iter_mut().zip(*row) {
                a[lane] = *x;
            }
        }
        return;
    }
    // Eight features at a time: as a loop over all of them, each example would be written to places
    // that are far apart.
    let (tiles, rest) = a.as_chunks_mut::<LANES>();
    let (mut whole, mut last) = ([&[][..]; LANES], [&[][..]; LANES]);
    for lane in 0..LANES {
        let (row_tiles, row_rest) = rows[lane].as_chunks::<LANES>();
        (whole[lane], last[lane]) = (&row_tiles[..tiles.len()], &row_rest[..rest.len()]);
    }
    for (tile, a) in tiles.iter_mut().enumerate() {
        for feature in 0..LANES {
            for lane in 0..LANES {
                a[feature][lane] = whole[lane][tile][feature];
            }
        }
    }
    for (feature, a) in rest.iter_mut().enumerate() {
        for lane in 0..LANES {
            a[lane] = last[lane][feature];
        }
    }
}

/// The most examples, and the fewest inputs, that are better read where they lie than loaded into blocks first: with more
/// examples, few of [`add_outer`]'s additions are those of lanes.
pub(crate) const FEW: usize = 64;
pub(crate) const WIDE: usize = 256;

/// Inputs of few examples that are loaded at a time: runs of a row that are long enough for the CPU to fetch ahead.
const LOADED: usize = 512;

vectorized! {
    /// As [`affine`], of at most [`FEW`] examples; they are loaded into `a`, a panel of inputs at a time, which then stays
    /// in a near cache while all units use it.
    pub fn affine_rows(w: &[f64], b: &[f64], rows: Rows<'_>, a: &mut [Lanes], z: &mut [Lanes]) {
        let width = LOADED.min(rows.features);
        let a = &mut a[..rows.count().div_ceil(LANES) * width];
        for from in (0..rows.features).step_by(LOADED) {
            let count = LOADED.min(rows.features - from);
            let parts = (0..rows.count()).map(|example| &rows.row(example)[from..from + count]);
            load_blocks(parts, a, width);
            for first in (0..count).step_by(PANEL) {
                let panel = Panel {
                    a: &a[first..],
                    apart: width,
                    from: from + first,
                    count: PANEL.min(count - first),
                };
                add_panel::<WIDE>(w, b, panel, z);
            }
        }
    }
}

/// Columns that [`add_outer_rows`] copies at a time.
const COPIED: usize = 4 * LANES;

/// Columns of all examples, eight after eight; they begin at a cache line, as in [`Blocks`].
#[repr(align(64))]
struct Copied([[Lanes; FEW]; COPIED / LANES]);

vectorized! {
    /// As [`add_outer`], from at most [`FEW`] examples; a `fresh` dW counts as 0.
    ///
    /// A vector holds neighboring inputs of one example: each lane has a sum of its own, and nothing is added across a
    /// vector.
    pub fn add_outer_rows(
        dz: &[Lanes],
        rows: Rows<'_>,
        dw: &mut [f64],
        db: &mut [f64],
        fresh: bool,
    ) {
        let (units, inputs) = (db.len(), rows.features);
        let mut copied = Copied([[[0.0; LANES]; FEW]; COPIED / LANES]);
        for from in (0..inputs).step_by(COPIED) {
            let columns = COPIED.min(inputs - from);
            copy_columns(rows, from..from + columns, &mut copied);
            let step = if WIDE { 3 } else { 2 };
            for first in (0..units).step_by(step) {
                let dz = &dz[first..];
                for (tile, x) in copied.0[..columns.div_ceil(LANES)].iter().enumerate() {
                    let dw = &mut dw[first * inputs + from + tile * LANES..];
                    let columns = LANES.min(columns - tile * LANES);
                    match units - first {
                        1 => add_row_products::<WIDE, 1>(dz, units, x, dw, inputs, columns, fresh),
                        3.. if WIDE => {
                            add_row_products::<WIDE, 3>(dz, units, x, dw, inputs, columns, fresh)
                        }
                        _ => add_row_products::<WIDE, 2>(dz, units, x, dw, inputs, columns, fresh),
                    }
                }
            }
        }
        add_row_sums(dz, db);
    }
}

/// Copies a few columns: rows may lie so that a cache has room for only some of them at once.
#[inline(always)]
fn copy_columns(rows: Rows<'_>, columns: Range<usize>, copied: &mut Copied) {
    for example in 0..rows.count() {
        let row = &rows.row(example)[columns.clone()];
        for (numbers, copied) in row.chunks(LANES).zip(copied.0.iter_mut()) {
            match <&Lanes>::try_from(numbers) {
                Ok(numbers) => copied[example] = *numbers,
                Err(_) => copied[example][..numbers.len()].copy_from_slice(numbers),
            }
        }
    }
}

/// Up to eight columns of the first few rows of dW.
#[inline(always)]
fn add_row_products<const WIDE: bool, const UNITS: usize>(
    dz: &[Lanes],
    units: usize,
    x: &[Lanes],
    dw: &mut [f64],
    inputs: usize,
    columns: usize,
    fresh: bool,
) {
    let totals = if WIDE {
        all_lanes::<UNITS>(dz, units, x)
    } else {
        // Four lanes at a time: as many sums as there are registers.
        let even = four_lanes::<UNITS>(dz, units, x, [0, 4, 2, 6]);
        let odd = four_lanes::<UNITS>(dz, units, x, [1, 5, 3, 7]);
        array::from_fn(|unit| added(&even[unit], &odd[unit]))
    };
    for unit in 0..UNITS {
        let dw = &mut dw[unit * inputs..][..columns];
        match <&mut Lanes>::try_from(&mut *dw) {
            Ok(dw) => add_eight(dw, &totals[unit], fresh),
            Err(_) => {
                for column in 0..columns {
                    let before = if fresh { 0.0 } else { dw[column] };
                    dw[column] = before + totals[unit][column];
                }
            }
        }
    }
}

/// The sums of the products of all lanes, added in the order of [`sum_lanes`].
#[inline(always)]
fn all_lanes<const UNITS: usize>(dz: &[Lanes], units: usize, x: &[Lanes]) -> [Lanes; UNITS] {
    let mut sums = [[[0.0; LANES]; LANES]; UNITS];
    for (dz, x) in dz.chunks(units).zip(x.as_chunks().0) {
        let dz = &dz[..UNITS];
        // Written out: the compiler would not unroll a third loop.
        add_lanes(&mut sums[0], &dz[0], x);
        if UNITS > 1 {
            add_lanes(&mut sums[1], &dz[1], x);
        }
        if UNITS > 2 {
            add_lanes(&mut sums[2], &dz[2], x);
        }
    }
    let mut done = [[[0.0; LANES]; LANES]; UNITS];
    for unit in 0..UNITS {
        for lane in 0..LANES {
            done[unit][lane] = sums[unit][lane];
        }
    }
    // From memory, as in `totals`.
    let done = black_box(&done);
    let mut totals = [[0.0; LANES]; UNITS];
    for unit in 0..UNITS {
        let [a, b, c, d, e, f, g, h] = &done[unit];
        for column in 0..LANES {
            let even = (a[column] + e[column]) + (c[column] + g[column]);
            let odd = (b[column] + f[column]) + (d[column] + h[column]);
            totals[unit][column] = even + odd;
        }
    }
    totals
}

#[inline(always)]
fn add_lanes(sums: &mut [Lanes; LANES], dz: &Lanes, x: &[Lanes; LANES]) {
    // Not in their order, in which the compiler would find vectors of another kind.
    for lane in [0, 4, 2, 6] {
        add_scaled(&mut sums[lane], dz[lane], &x[lane]);
    }
    for lane in [1, 5, 3, 7] {
        add_scaled(&mut sums[lane], dz[lane], &x[lane]);
    }
}

/// Those of four lanes.
#[inline(always)]
fn four_lanes<const UNITS: usize>(
    dz: &[Lanes],
    units: usize,
    x: &[Lanes],
    lanes: [usize; 4],
) -> [Lanes; UNITS] {
    let mut sums = [[[0.0; LANES]; 4]; UNITS];
    for (dz, x) in dz.chunks(units).zip(x.as_chunks::<LANES>().0) {
        let dz = &dz[..UNITS];
        for unit in 0..UNITS {
            for lane in 0..4 {
                add_scaled(
                    &mut sums[unit][lane],
                    dz[unit][lanes[lane]],
                    &x[lanes[lane]],
                );
            }
        }
    }
    let mut done = [[[0.0; LANES]; 4]; UNITS];
    for unit in 0..UNITS {
        for lane in 0..4 {
            done[unit][lane] = sums[unit][lane];
        }
    }
    // From memory, as in `add_sums`.
    let done = black_box(&done);
    let mut totals = [[0.0; LANES]; UNITS];
    for unit in 0..UNITS {
        let [a, b, c, d] = &done[unit];
        for column in 0..LANES {
            totals[unit][column] = (a[column] + b[column]) + (c[column] + d[column]);
        }
    }
    totals
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::numerics::kernels::testing::{lanes, numbers};
    use crate::numerics::kernels::{add_outer, affine, room};
    use crate::numerics::random_state::RandomState;

    // Equal, not close: that each sum has one order, whatever the tiles, is what the kernels promise.
    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn sums_of_rows_are_those_of_blocks(
            units in 1..10usize, inputs in 1..(2 * LOADED + 3),
            examples in 1..=FEW, seed in 0..1_000u32,
        ) {
            let mut rng = RandomState::new(seed);
            let x = numbers(2 * examples * inputs, &mut rng);
            let picked = (0..examples).map(|example| (7 * example + 3) % (2 * examples));
            let picked: Vec<usize> = picked.collect();
            let (w, b) = (numbers(units * inputs, &mut rng), numbers(units, &mut rng));
            let blocks = examples.div_ceil(LANES);
            let mut a = vec![[f64::NAN; LANES]; blocks * inputs];
            let mut room = a.clone();
            let mut expected = vec![[f64::NAN; LANES]; blocks * units];
            let mut z = expected.clone();
            let run = Rows { x: &x[..examples * inputs], features: inputs, picked: None };
            load(run, &mut a);
            affine(&w, &b, &a, &mut expected);
            affine_rows(&w, &b, run, &mut room, &mut z);
            prop_assert_eq!(&z, &expected);
            let picked = Rows { x: &x, features: inputs, picked: Some(&picked) };
            load(picked, &mut a);
            affine(&w, &b, &a, &mut expected);
            affine_rows(&w, &b, picked, &mut room, &mut z);
            prop_assert_eq!(z, expected);
        }

        #[test]
        fn outer_products_of_rows_are_those_of_blocks(
            units in 1..6usize, inputs in 1..(2 * COPIED + 3), examples in 1..=FEW,
            fresh in any::<bool>(), seed in 0..1_000u32,
        ) {
            let mut rng = RandomState::new(seed);
            let x = numbers(2 * examples * inputs, &mut rng);
            let picked = (0..examples).map(|example| (7 * example + 3) % (2 * examples));
            let picked: Vec<usize> = picked.collect();
            let dz = lanes(examples.div_ceil(LANES) * units, &mut rng);
            let before = (numbers(units * inputs, &mut rng), numbers(units, &mut rng));
            let mut a = vec![[f64::NAN; LANES]; examples.div_ceil(LANES) * inputs];
            let run = Rows { x: &x[..examples * inputs], features: inputs, picked: None };
            let mut room = vec![[0.0; LANES]; room(a.len() / inputs, units)];
            let (mut blocks, mut rows) = (before.clone(), before.clone());
            load(run, &mut a);
            add_outer(&dz, &a, &mut blocks.0, &mut blocks.1, fresh, &mut room);
            add_outer_rows(&dz, run, &mut rows.0, &mut rows.1, fresh);
            prop_assert_eq!(&rows, &blocks);
            let (mut blocks, mut rows) = (before.clone(), before);
            let picked = Rows { x: &x, features: inputs, picked: Some(&picked) };
            load(picked, &mut a);
            add_outer(&dz, &a, &mut blocks.0, &mut blocks.1, false, &mut room);
            add_outer_rows(&dz, picked, &mut rows.0, &mut rows.1, false);
            prop_assert_eq!(rows, blocks);
        }

        #[test]
        fn each_example_is_loaded_into_its_lane(features in 1..20usize, examples in 1..30usize) {
            let x: Vec<f64> = (0..features * examples).map(|i| 1.0 + i as f64).collect();
            let mut a = vec![[f64::NAN; LANES]; examples.div_ceil(LANES) * features];
            load(Rows { x: &x, features, picked: None }, &mut a);
            for example in 0..a.len() / features * LANES {
                for feature in 0..features {
                    let loaded = a[example / LANES * features + feature][example % LANES];
                    let expected = match example < examples {
                        true => x[example * features + feature],
                        false => 0.0,
                    };
                    prop_assert_eq!(loaded, expected);
                }
            }
        }
    }
}
