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
use std::hint::black_box;
use std::ops::Range;
use std::sync::atomic::{AtomicU8, Ordering};

use multiversion::multiversion;
use multiversion::target::match_target;

use crate::activation::Activation;
use crate::error::Error;
use crate::numerics::memory::try_zeros;
use crate::numerics::philox::philox;

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
/// [`instructions`].
///
/// Whatever the function calls must be `#[inline(always)]`: only what is inlined is
/// compiled for each.
macro_rules! vectorized {
    ($(#[$doc:meta])* pub fn $name:ident($($argument:ident: $type:ty),* $(,)?) $body:block) => {
        $(#[$doc])*
        pub(crate) fn $name($($argument: $type),*) {
            #[inline(always)]
            fn baseline($($argument: $type),*) $body

            #[multiversion::multiversion(targets("x86_64+avx2"))]
            fn avx2($($argument: $type),*) {
                baseline($($argument),*)
            }

            #[multiversion::multiversion(targets("x86_64+avx512f"))]
            fn avx512($($argument: $type),*) {
                baseline($($argument),*)
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

/// Calls a function that is compiled for some counts with the one at hand, or with the most.
macro_rules! unrolled {
    ($count:expr, $($few:literal)* or $most:literal, $function:ident $arguments:tt) => {
        match $count {
            $($few => $function::<$few> $arguments,)*
            _ => $function::<$most> $arguments,
        }
    };
}

/// Inputs whose activations stay in the nearest cache while all units use them.
const PANEL: usize = 128;

/// Units that are computed side by side.
const UNITS: usize = 4;
/// Sums of columns that grow side by side; in a page's module, where a vector is two numbers, more would not
/// stay in registers.
const SUMS: usize = if cfg!(target_arch = "wasm32") { 4 } else { 8 };

// ANCHOR: affine
vectorized! {
    /// Z = W A + b, for each example.
    pub fn affine(w: &[f64], b: &[f64], a: &[Lanes], z: &mut [Lanes]) {
        let inputs = w.len() / b.len();
        for from in (0..inputs).step_by(PANEL) {
            let panel = from..inputs.min(from + PANEL);
            let blocks = a.chunks_exact(inputs).map(|a| &a[panel.clone()]);
            add_panel(w, b, blocks, panel.clone(), z);
        }
    }
}

/// Adds a panel of inputs to the units' sums, a few units at a time.
#[inline(always)]
fn add_panel<'a>(
    w: &[f64],
    b: &[f64],
    blocks: impl Iterator<Item = &'a [Lanes]> + Clone,
    panel: Range<usize>,
    z: &mut [Lanes],
) {
    let units = b.len();
    let inputs = w.len() / units;
    for first in (0..units).step_by(UNITS) {
        let (w, b, z) = (&w[first * inputs..], &b[first..], &mut z[first..]);
        let (blocks, panel) = (blocks.clone(), panel.clone());
        unrolled!(b.len(), 1 2 3 or 4, add_to_units(w, b, blocks, z, units, panel));
    }
}

/// Adds it to a few units' sums; their weights, biases and sums come first in `w`, `b`
/// and `z`.
#[inline(always)]
fn add_to_units<'a, const UNITS: usize>(
    w: &[f64],
    b: &[f64],
    blocks: impl Iterator<Item = &'a [Lanes]>,
    z: &mut [Lanes],
    units: usize,
    panel: Range<usize>,
) {
    let inputs = w.len() / b.len();
    let mut rows = [w; UNITS];
    for unit in 0..UNITS {
        rows[unit] = &w[unit * inputs..][panel.clone()];
    }
    let begun = (panel.start == 0).then(|| array::from_fn(|unit| [b[unit]; LANES]));
    for (a, z) in blocks.zip(z.chunks_mut(units)) {
        let z = &mut z[..UNITS];
        let mut sums = match begun {
            Some(sums) => sums,
            None => array::from_fn(|unit| z[unit]),
        };
        weighted_sums::<UNITS>(&rows, a, &mut sums);
        z.copy_from_slice(&sums);
    }
}

/// Several sums grow side by side: an addition must wait for the one before it in the
/// same sum.
#[inline(always)]
fn weighted_sums<const UNITS: usize>(
    rows: &[&[f64]; UNITS],
    a: &[Lanes],
    sums: &mut [Lanes; UNITS],
) {
    for input in 0..a.len() {
        for unit in 0..UNITS {
            add_scaled(&mut sums[unit], rows[unit][input], &a[input]);
        }
    }
}
// ANCHOR_END: affine

vectorized! {
    /// dA = Wᵀ dZ, for each example.
    pub fn transposed(w: &[f64], dz: &[Lanes], da: &mut [Lanes], units: usize) {
        let inputs = w.len() / units;
        for first in (0..inputs).step_by(SUMS) {
            let (w, da) = (&w[first..], &mut da[first..]);
            let columns = SUMS.min(inputs - first);
            unrolled!(columns, 1 2 3 4 5 6 7 or 8, column_sums(w, dz, da, units, inputs));
        }
    }
}

/// A few inputs' sums over the units; their columns and results come first in `w` and `da`.
#[inline(always)]
fn column_sums<const COLUMNS: usize>(
    w: &[f64],
    dz: &[Lanes],
    da: &mut [Lanes],
    units: usize,
    inputs: usize,
) {
    for (dz, da) in dz.chunks_exact(units).zip(da.chunks_mut(inputs)) {
        let mut sums = [[0.0; LANES]; COLUMNS];
        for (dz, row) in dz.iter().zip(w.chunks(inputs)) {
            let row = &row[..COLUMNS];
            for column in 0..COLUMNS {
                add_scaled(&mut sums[column], row[column], dz);
            }
        }
        da[..COLUMNS].copy_from_slice(&sums);
    }
}

vectorized! {
    /// dW += dZ Aᵀ and db += the sum of dZ over the examples.
    pub fn add_outer(dz: &[Lanes], a: &[Lanes], dw: &mut [f64], db: &mut [f64]) {
        let units = db.len();
        let inputs = dw.len() / units;
        for from in (0..inputs).step_by(PANEL) {
            let panel = from..inputs.min(from + PANEL);
            for first in (0..units).step_by(UNITS) {
                let (dz, dw) = (&dz[first..], &mut dw[first * inputs..]);
                let panel = panel.clone();
                match units - first {
                    1 => add_rows::<1, SUMS>(dz, units, a, inputs, dw, panel),
                    2 => add_rows::<2, { SUMS / 2 }>(dz, units, a, inputs, dw, panel),
                    3 => add_rows::<3, 2>(dz, units, a, inputs, dw, panel),
                    _ => add_rows::<4, 2>(dz, units, a, inputs, dw, panel),
                }
            }
        }
        add_all_row_sums(dz, db);
    }
}

/// A panel of columns of the first few rows of dW.
#[inline(always)]
fn add_rows<const UNITS: usize, const INPUTS: usize>(
    dz: &[Lanes],
    units: usize,
    a: &[Lanes],
    inputs: usize,
    dw: &mut [f64],
    panel: Range<usize>,
) {
    for first in panel.clone().step_by(INPUTS) {
        let (a, dw) = (&a[first..], &mut dw[first..]);
        match INPUTS.min(panel.end - first) {
            1 => add_products::<UNITS, 1>(dz, units, a, inputs, dw),
            2 => add_products::<UNITS, 2>(dz, units, a, inputs, dw),
            3 => add_products::<UNITS, 3>(dz, units, a, inputs, dw),
            4 => add_products::<UNITS, 4>(dz, units, a, inputs, dw),
            5 => add_products::<UNITS, 5>(dz, units, a, inputs, dw),
            6 => add_products::<UNITS, 6>(dz, units, a, inputs, dw),
            7 => add_products::<UNITS, 7>(dz, units, a, inputs, dw),
            _ => add_products::<UNITS, 8>(dz, units, a, inputs, dw),
        }
    }
}

/// db += the sum of dZ over the examples.
#[inline(always)]
fn add_all_row_sums(dz: &[Lanes], db: &mut [f64]) {
    let units = db.len();
    for first in (0..units).step_by(UNITS) {
        let (dz, db) = (&dz[first..], &mut db[first..]);
        unrolled!(db.len(), 1 2 3 or 4, add_row_sums(dz, units, db));
    }
}

/// The first few numbers of db.
#[inline(always)]
fn add_row_sums<const UNITS: usize>(dz: &[Lanes], units: usize, db: &mut [f64]) {
    let mut sums = [[0.0; LANES]; UNITS];
    for dz in dz.chunks(units) {
        for unit in 0..UNITS {
            add_scaled(&mut sums[unit], 1.0, &dz[unit]);
        }
    }
    add_sums(&sums, 1, db, 1);
}

// ANCHOR: products
/// A few units' dZ times the activations of a few inputs, each product summed over all
/// examples.
#[inline(always)]
fn add_products<const UNITS: usize, const INPUTS: usize>(
    dz: &[Lanes],
    units: usize,
    a: &[Lanes],
    inputs: usize,
    dw: &mut [f64],
) {
    let mut sums = [[[0.0; LANES]; INPUTS]; UNITS];
    for (dz, a) in dz.chunks(units).zip(a.chunks(inputs)) {
        let (dz, a) = (&dz[..UNITS], &a[..INPUTS]);
        for unit in 0..UNITS {
            for input in 0..INPUTS {
                for lane in 0..LANES {
                    sums[unit][input][lane] += dz[unit][lane] * a[input][lane];
                }
            }
        }
    }
    add_sums(sums.as_flattened(), INPUTS, dw, inputs);
}

/// Adds the lanes of up to eight sums to a matrix, in rows of `columns`; its rows are
/// `apart`.
#[inline(always)]
fn add_sums(sums: &[Lanes], columns: usize, numbers: &mut [f64], apart: usize) {
    let mut done = [[0.0; LANES]; 8];
    for (done, sum) in done.iter_mut().zip(sums) {
        *done = *sum;
    }
    // From memory, else the compiler would arrange the lanes of the loops for this.
    let done = &black_box(&done)[..sums.len()];
    for (sums, row) in done.chunks_exact(columns).zip(numbers.chunks_mut(apart)) {
        for (number, lanes) in row.iter_mut().zip(sums) {
            *number += sum_lanes(lanes);
        }
    }
}
// ANCHOR_END: products

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
            let panel = from..rows.features.min(from + LOADED);
            let parts = (0..rows.count()).map(|example| &rows.row(example)[panel.clone()]);
            load_blocks(parts, a, width);
            let blocks = a.chunks_exact(width).map(|a| &a[..panel.len()]);
            add_panel(w, b, blocks, panel.clone(), z);
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
            for first in (0..units).step_by(2) {
                let dz = &dz[first..];
                for (tile, x) in copied.0[..columns.div_ceil(LANES)].iter().enumerate() {
                    let dw = &mut dw[first * inputs + from + tile * LANES..];
                    let columns = LANES.min(columns - tile * LANES);
                    match units - first {
                        1 => add_row_products::<1>(dz, units, x, dw, inputs, columns, fresh),
                        _ => add_row_products::<2>(dz, units, x, dw, inputs, columns, fresh),
                    }
                }
            }
        }
        add_all_row_sums(dz, db);
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
fn add_row_products<const UNITS: usize>(
    dz: &[Lanes],
    units: usize,
    x: &[Lanes],
    dw: &mut [f64],
    inputs: usize,
    columns: usize,
    fresh: bool,
) {
    // Four lanes at a time: as many sums as there are registers.
    let even = four_lanes::<UNITS>(dz, units, x, [0, 4, 2, 6]);
    let odd = four_lanes::<UNITS>(dz, units, x, [1, 5, 3, 7]);
    for unit in 0..UNITS {
        let dw = &mut dw[unit * inputs..][..columns];
        let (even, odd) = (&even[unit], &odd[unit]);
        match <&mut Lanes>::try_from(&mut *dw) {
            Ok(dw) => {
                let before = if fresh { [0.0; LANES] } else { *dw };
                for column in 0..LANES {
                    dw[column] = before[column] + (even[column] + odd[column]);
                }
            }
            Err(_) => {
                for column in 0..columns {
                    let before = if fresh { 0.0 } else { dw[column] };
                    dw[column] = before + (even[column] + odd[column]);
                }
            }
        }
    }
}

/// The sums of the products of four lanes, added in the order of [`sum_lanes`].
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
            Activation::Relu => scale(da, a, |a| Activation::Relu.derivative(a)),
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::numerics::random_state::RandomState;

    /// Random numbers of which none is round: another order of adding them shows.
    fn numbers(count: usize, rng: &mut RandomState) -> Vec<f64> {
        (0..count).map(|_| rng.randn()).collect()
    }

    fn lanes(count: usize, rng: &mut RandomState) -> Vec<Lanes> {
        (0..count)
            .map(|_| std::array::from_fn(|_| rng.randn()))
            .collect()
    }

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

        #[test]
        fn transposed_adds_the_units_in_order(
            units in 1..10usize, inputs in 1..20usize, blocks in 1..4usize, seed in 0..1_000u32,
        ) {
            let mut rng = RandomState::new(seed);
            let w = numbers(units * inputs, &mut rng);
            let dz = lanes(blocks * units, &mut rng);
            let mut da = vec![[f64::NAN; LANES]; blocks * inputs];
            transposed(&w, &dz, &mut da, units);
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

        #[test]
        fn outer_products_add_the_blocks_in_order_and_the_lanes_at_the_end(
            units in 1..10usize, inputs in 1..(2 * PANEL + 3),
            blocks in 1..4usize, seed in 0..1_000u32,
        ) {
            let mut rng = RandomState::new(seed);
            let (dz, a) = (lanes(blocks * units, &mut rng), lanes(blocks * inputs, &mut rng));
            let before_w = numbers(units * inputs, &mut rng);
            let before_b = numbers(units, &mut rng);
            let (mut dw, mut db) = (before_w.clone(), before_b.clone());
            add_outer(&dz, &a, &mut dw, &mut db);
            let sum = |product: &dyn Fn(usize, usize) -> f64| {
                let mut sums = [0.0; LANES];
                for block in 0..blocks {
                    for (lane, sum) in sums.iter_mut().enumerate() {
                        *sum += product(block, lane);
                    }
                }
                sum_lanes(&sums)
            };
            for unit in 0..units {
                let of_dz = sum(&|block, lane| dz[block * units + unit][lane]);
                prop_assert_eq!(db[unit], before_b[unit] + of_dz);
                for input in 0..inputs {
                    let index = unit * inputs + input;
                    let product = |block, lane| {
                        let dz: &Lanes = &dz[block * units + unit];
                        let a: &Lanes = &a[block * inputs + input];
                        dz[lane] * a[lane]
                    };
                    prop_assert_eq!(dw[index], before_w[index] + sum(&product));
                }
            }
        }

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
            let (mut blocks, mut rows) = (before.clone(), before.clone());
            if fresh {
                blocks.0.fill(0.0);
            }
            load(run, &mut a);
            add_outer(&dz, &a, &mut blocks.0, &mut blocks.1);
            add_outer_rows(&dz, run, &mut rows.0, &mut rows.1, fresh);
            prop_assert_eq!(&rows, &blocks);
            let (mut blocks, mut rows) = (before.clone(), before);
            let picked = Rows { x: &x, features: inputs, picked: Some(&picked) };
            load(picked, &mut a);
            add_outer(&dz, &a, &mut blocks.0, &mut blocks.1);
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
