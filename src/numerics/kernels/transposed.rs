//! dA = Wᵀ dZ.

use std::hint::black_box;

use super::affine::sums_over_few;
use super::{LANES, Lanes, add_scaled, vectorized};

/// Columns of W whose sums grow side by side; in a page's module, where a vector is two numbers, more would
/// not stay in registers.
const COLUMNS: usize = if cfg!(target_arch = "wasm32") { 4 } else { 8 };
/// Units whose weights, of a few columns, are copied to where they lie side by side: in a large matrix a
/// column's weights are so far apart that a cache has room for only some of them.
pub(crate) const PANEL: usize = 256;

vectorized! {
    /// dA = Wᵀ dZ, for each example. What is in the `room` does not matter; [`PANEL`] are enough.
    pub fn transposed(
        w: &[f64],
        dz: &[Lanes],
        da: &mut [Lanes],
        units: usize,
        room: &mut [Lanes],
    ) {
        let inputs = w.len() / units;
        let (weight, zero) = (|column, unit| w[unit * inputs + column], |_| 0.0);
        if cfg!(not(target_arch = "wasm32")) {
            match units {
                1 => return sums_over_few::<1>(weight, zero, dz, da, inputs),
                2 => return sums_over_few::<2>(weight, zero, dz, da, inputs),
                3 => return sums_over_few::<3>(weight, zero, dz, da, inputs),
                4 => return sums_over_few::<4>(weight, zero, dz, da, inputs),
                5 => return sums_over_few::<5>(weight, zero, dz, da, inputs),
                _ => {}
            }
        }
        let room = room.as_flattened_mut();
        for from in (0..units).step_by(PANEL) {
            let w = &w[from * inputs..];
            let w = &w[..w.len().min(PANEL * inputs)];
            add_panel::<WIDE>(w, &dz[from..], units, da, inputs, from == 0, room);
        }
    }
}

/// Adds the units of these weights to the sums of all columns, which are 0 before the `first` ones. The
/// units come first in `dz`.
#[inline(always)]
fn add_panel<const WIDE: bool>(
    w: &[f64],
    dz: &[Lanes],
    units: usize,
    da: &mut [Lanes],
    inputs: usize,
    first: bool,
    room: &mut [f64],
) {
    for column in (0..inputs).step_by(COLUMNS) {
        let (w, da) = (&w[column..], &mut da[column..]);
        let sizes = (units, inputs);
        match inputs - column {
            1 => add_columns::<WIDE, 1>(w, dz, da, sizes, first, room),
            2 => add_columns::<WIDE, 2>(w, dz, da, sizes, first, room),
            3 => add_columns::<WIDE, 3>(w, dz, da, sizes, first, room),
            4 => add_columns::<WIDE, 4>(w, dz, da, sizes, first, room),
            5 if COLUMNS > 4 => add_columns::<WIDE, 5>(w, dz, da, sizes, first, room),
            6 if COLUMNS > 4 => add_columns::<WIDE, 6>(w, dz, da, sizes, first, room),
            7 if COLUMNS > 4 => add_columns::<WIDE, 7>(w, dz, da, sizes, first, room),
            _ => add_columns::<WIDE, COLUMNS>(w, dz, da, sizes, first, room),
        }
    }
}

/// Adds them to the sums of a few columns, which come first in `w` and `da`.
#[inline(always)]
fn add_columns<const WIDE: bool, const COLUMNS: usize>(
    w: &[f64],
    dz: &[Lanes],
    da: &mut [Lanes],
    (units, inputs): (usize, usize),
    first: bool,
    room: &mut [f64],
) {
    let rows = w.chunks(inputs);
    let (copied, _) = room[..rows.len() * COLUMNS].as_chunks_mut::<COLUMNS>();
    for (copied, row) in copied.iter_mut().zip(rows) {
        copied.copy_from_slice(&row[..COLUMNS]);
    }
    let blocks = if WIDE { 2 } else { 1 };
    for (dz, da) in dz
        .chunks(blocks * units)
        .zip(da.chunks_mut(blocks * inputs))
    {
        match da.len() > inputs {
            true if WIDE => add_tile::<COLUMNS, 2>(copied, dz, units, da, inputs, first),
            _ => add_tile::<COLUMNS, 1>(copied, dz, units, da, inputs, first),
        }
    }
}

/// Adds them to the sums of a few columns, for a few blocks of examples.
#[inline(always)]
fn add_tile<const COLUMNS: usize, const BLOCKS: usize>(
    w: &[[f64; COLUMNS]],
    dz: &[Lanes],
    units: usize,
    da: &mut [Lanes],
    inputs: usize,
    first: bool,
) {
    let mut sums = [[[0.0; LANES]; COLUMNS]; BLOCKS];
    let mut derivatives = [dz; BLOCKS];
    for block in 0..BLOCKS {
        derivatives[block] = &dz[block * units..][..w.len()];
        let da = da[block * inputs..].first_chunk();
        if let (false, Some(da)) = (first, da) {
            sums[block] = *da;
        }
    }
    for (unit, row) in w.iter().enumerate() {
        // Written out: the compiler would not unroll a third loop.
        add_row(&mut sums[0], row, &derivatives[0][unit]);
        if BLOCKS > 1 {
            add_row(&mut sums[1], row, &derivatives[1][unit]);
        }
    }
    // By way of memory, else the compiler would arrange the lanes of the loop otherwise.
    let sums = black_box(sums);
    for block in 0..BLOCKS {
        if let Some(da) = da[block * inputs..].first_chunk_mut() {
            *da = sums[block];
        }
    }
}

#[inline(always)]
fn add_row<const COLUMNS: usize>(sums: &mut [Lanes; COLUMNS], row: &[f64; COLUMNS], dz: &Lanes) {
    for column in 0..COLUMNS {
        add_scaled(&mut sums[column], row[column], dz);
    }
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
        fn transposed_adds_the_units_in_order(
            units in 1..10usize, inputs in 1..20usize, blocks in 1..4usize, seed in 0..1_000u32,
        ) {
            let mut rng = RandomState::new(seed);
            let w = numbers(units * inputs, &mut rng);
            let dz = lanes(blocks * units, &mut rng);
            let mut da = vec![[f64::NAN; LANES]; blocks * inputs];
            transposed(&w, &dz, &mut da, units, &mut [[f64::NAN; LANES]; PANEL]);
            for (index, da) in da.iter().enumerate() {
                let (block, input) = (index / inputs, index % inputs);
                for (lane, da) in da.iter().enumerate() {
                    let expected = (0..units).fold(0.0, |sum, unit| {
                        sum + w[unit * inputs + input] * dz[block * units + unit][lane]
                    });
                    prop_assert_eq!(*da, expected);
                }
            }
        }
    }
}
