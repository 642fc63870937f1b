//! The loops of eight networks at once, one in each lane.
//!
//! An array of activations holds, example after example, one [`Lanes`] for each unit; there is one for each weight, too.
//! The examples come in the order of their numbers' remainders by 8, and then of their numbers. So each of the eight sums
//! that [`kernels`](super::kernels) have over a network's examples runs over examples side by side here: a network in a
//! lane has the bits that it has alone.

use std::array;
use std::ops::Range;

use crate::numerics::kernels::{LANES, Lanes, vectorized};

/// The examples, of `count` in all, whose numbers leave this remainder, by their places.
pub(crate) fn places(count: usize, remainder: usize) -> Range<usize> {
    let (each, more) = (count / LANES, count % LANES);
    let first = remainder * each + remainder.min(more);
    first..first + each + usize::from(remainder < more)
}

/// Sums of an example that grow side by side, at most.
const SUMS: usize = 5;

vectorized! {
    /// Z = W A + b, for each example.
    pub fn affine(w: &[Lanes], b: &[Lanes], a: &[Lanes], z: &mut [Lanes]) {
        let units = b.len();
        let sizes = Sizes { units, inputs: w.len() / units, examples: z.len() / units };
        for first in (0..units).step_by(SUMS) {
            let (w, b, z) = (&w[first * sizes.inputs..], &b[first..], &mut z[first..]);
            match b.len() {
                1 => sums_of_units::<1>(w, b, a, z, sizes),
                2 => sums_of_units::<2>(w, b, a, z, sizes),
                3 => sums_of_units::<3>(w, b, a, z, sizes),
                4 => sums_of_units::<4>(w, b, a, z, sizes),
                _ => sums_of_units::<SUMS>(w, b, a, z, sizes),
            }
        }
    }
}

/// Of a layer, and how many examples there are.
#[derive(Clone, Copy)]
struct Sizes {
    units: usize,
    inputs: usize,
    examples: usize,
}

/// Of a few units, which come first in `w`, `b` and `z`.
#[inline(always)]
fn sums_of_units<const UNITS: usize>(
    w: &[Lanes],
    b: &[Lanes],
    a: &[Lanes],
    z: &mut [Lanes],
    sizes: Sizes,
) {
    let inputs = sizes.inputs;
    let mut rows = [w; UNITS];
    for unit in 0..UNITS {
        rows[unit] = &w[unit * inputs..][..inputs];
    }
    // Not in `chunks`, for which there would be divisions.
    for example in 0..sizes.examples {
        let mut sums = [[0.0; LANES]; UNITS];
        sums.copy_from_slice(&b[..UNITS]);
        for (input, a) in a[example * inputs..][..inputs].iter().enumerate() {
            for unit in 0..UNITS {
                add_product(&mut sums[unit], &rows[unit][input], a);
            }
        }
        z[example * sizes.units..][..UNITS].copy_from_slice(&sums);
    }
}

vectorized! {
    /// dA = Wᵀ dZ, for each example.
    pub fn transposed(w: &[Lanes], dz: &[Lanes], da: &mut [Lanes], units: usize) {
        let sizes = Sizes { units, inputs: w.len() / units, examples: dz.len() / units };
        for first in (0..sizes.inputs).step_by(SUMS) {
            let (w, da) = (&w[first..], &mut da[first..]);
            match sizes.inputs - first {
                1 => sums_of_inputs::<1>(w, dz, da, sizes),
                2 => sums_of_inputs::<2>(w, dz, da, sizes),
                3 => sums_of_inputs::<3>(w, dz, da, sizes),
                4 => sums_of_inputs::<4>(w, dz, da, sizes),
                _ => sums_of_inputs::<SUMS>(w, dz, da, sizes),
            }
        }
    }
}

/// Of a few inputs, which come first in `w` and `da`.
#[inline(always)]
fn sums_of_inputs<const INPUTS: usize>(w: &[Lanes], dz: &[Lanes], da: &mut [Lanes], sizes: Sizes) {
    let (units, inputs) = (sizes.units, sizes.inputs);
    for example in 0..sizes.examples {
        let mut sums = [[0.0; LANES]; INPUTS];
        for (unit, dz) in dz[example * units..][..units].iter().enumerate() {
            let w = &w[unit * inputs..][..INPUTS];
            for input in 0..INPUTS {
                add_product(&mut sums[input], &w[input], dz);
            }
        }
        da[example * inputs..][..INPUTS].copy_from_slice(&sums);
    }
}

/// sum += one · other, for each network.
#[inline(always)]
fn add_product(sum: &mut Lanes, one: &Lanes, other: &Lanes) {
    for lane in 0..LANES {
        sum[lane] += one[lane] * other[lane];
    }
}

vectorized! {
    /// dW = dZ Aᵀ and db = the sum of dZ over the examples.
    pub fn outer(dz: &[Lanes], a: &[Lanes], dw: &mut [Lanes], db: &mut [Lanes]) {
        let units = db.len();
        let sizes = Sizes { units, inputs: dw.len() / units, examples: dz.len() / units };
        for first in (0..units).step_by(2) {
            let (dz, dw, db) = (&dz[first..], &mut dw[first * sizes.inputs..], &mut db[first..]);
            let from = Examples { dz, a, sizes };
            match db.len() {
                1 => from.add_units::<1>(dw, db),
                _ => from.add_units::<2>(dw, db),
            }
        }
    }
}

/// What sums over examples are made of.
#[derive(Clone, Copy)]
struct Examples<'n> {
    dz: &'n [Lanes],
    a: &'n [Lanes],
    sizes: Sizes,
}

/// The sums of some weights and biases.
#[derive(Clone, Copy)]
struct Tile<const UNITS: usize, const INPUTS: usize> {
    of_w: [[Lanes; INPUTS]; UNITS],
    of_b: [Lanes; UNITS],
}

impl Examples<'_> {
    /// Of a few units, which come first in `dz`, `dw` and `db`.
    #[inline(always)]
    fn add_units<const UNITS: usize>(self, dw: &mut [Lanes], db: &mut [Lanes]) {
        for first in (0..self.sizes.inputs).step_by(2) {
            let from = Self {
                a: &self.a[first..],
                ..self
            };
            let (dw, db) = (&mut dw[first..], &mut db[..UNITS]);
            match self.sizes.inputs - first {
                1 => from.total::<UNITS, 1>().store(dw, self.sizes.inputs, db),
                _ => from.total::<UNITS, 2>().store(dw, self.sizes.inputs, db),
            }
        }
    }

    /// Eight sums, added in the order in which lanes are.
    #[inline(always)]
    fn total<const UNITS: usize, const INPUTS: usize>(self) -> Tile<UNITS, INPUTS> {
        if self.sizes.examples == 1 {
            // The other sums are 0.
            return self.sums(0);
        }
        let mut total = Tile::zeros();
        for first in [0, 1] {
            let mut half = Tile::zeros();
            for second in [first, first + 2] {
                let mut pair = self.sums(second);
                pair.add(&self.sums(second + 4));
                half.add(&pair);
            }
            total.add(&half);
        }
        total
    }

    /// The sums over the examples whose numbers leave a remainder.
    #[inline(always)]
    fn sums<const UNITS: usize, const INPUTS: usize>(
        self,
        remainder: usize,
    ) -> Tile<UNITS, INPUTS> {
        let mut sums = Tile::zeros();
        // Not in `chunks`, for which there would be divisions.
        for example in places(self.sizes.examples, remainder) {
            let dz = &self.dz[example * self.sizes.units..][..UNITS];
            let a = &self.a[example * self.sizes.inputs..][..INPUTS];
            // Written out: the compiler would not unroll a third loop.
            add_products(&mut sums.of_w[0], &mut sums.of_b[0], &dz[0], a);
            if UNITS > 1 {
                add_products(&mut sums.of_w[1], &mut sums.of_b[1], &dz[1], a);
            }
        }
        sums
    }
}

#[inline(always)]
fn add_products<const M: usize>(of_w: &mut [Lanes; M], of_b: &mut Lanes, dz: &Lanes, a: &[Lanes]) {
    for input in 0..M {
        add_product(&mut of_w[input], dz, &a[input]);
    }
    add(of_b, dz);
}

#[inline(always)]
fn add(sum: &mut Lanes, number: &Lanes) {
    for lane in 0..LANES {
        sum[lane] += number[lane];
    }
}

impl<const UNITS: usize, const INPUTS: usize> Tile<UNITS, INPUTS> {
    #[inline(always)]
    fn zeros() -> Self {
        Self {
            of_w: [[[0.0; LANES]; INPUTS]; UNITS],
            of_b: [[0.0; LANES]; UNITS],
        }
    }

    #[inline(always)]
    fn add(&mut self, other: &Self) {
        for unit in 0..UNITS {
            for input in 0..INPUTS {
                add(&mut self.of_w[unit][input], &other.of_w[unit][input]);
            }
            add(&mut self.of_b[unit], &other.of_b[unit]);
        }
    }

    #[inline(always)]
    fn store(self, dw: &mut [Lanes], inputs: usize, db: &mut [Lanes]) {
        for unit in 0..UNITS {
            dw[unit * inputs..][..INPUTS].copy_from_slice(&self.of_w[unit]);
        }
        db.copy_from_slice(&self.of_b);
    }
}

vectorized! {
    /// Brings the numbers of eight networks' examples, so many for each, into their lanes and the examples into the
    /// order of these loops.
    pub fn bring(numbers: [&[f64]; LANES], each: usize, to: &mut [Lanes]) {
        let examples = to.len() / each;
        let firsts: [usize; LANES] = array::from_fn(|remainder| places(examples, remainder).start);
        let whole = examples / LANES;
        let eights = numbers.map(|numbers| &numbers.as_chunks::<LANES>().0[..whole * each]);
        for block in 0..whole {
            let (mut remainder, mut number) = (0, 0);
            for eight in 0..each {
                let place = block * each + eight;
                for lanes in turned(array::from_fn(|lane| &eights[lane][place])) {
                    to[(firsts[remainder] + block) * each + number] = lanes;
                    number += 1;
                    if number == each {
                        (remainder, number) = (remainder + 1, 0);
                    }
                }
            }
        }
        for remainder in 0..examples % LANES {
            let from = (whole * LANES + remainder) * each;
            let to = &mut to[(firsts[remainder] + whole) * each..][..each];
            for (number, to) in to.iter_mut().enumerate() {
                *to = numbers.map(|numbers| numbers[from + number]);
            }
        }
    }
}

vectorized! {
    /// Brings the numbers of eight networks, each with eight examples in its lanes, so many numbers for each example,
    /// into lanes of the networks.
    pub fn bring_blocks(numbers: &[Lanes], each: usize, to: &mut [Lanes]) {
        let examples = to.len() / each;
        let apart = numbers.len() / LANES;
        for block in 0..examples.div_ceil(LANES) {
            for number in 0..each {
                let place = block * each + number;
                let turned = turned(array::from_fn(|network| &numbers[network * apart + place]));
                for (remainder, lanes) in turned.into_iter().enumerate() {
                    if block * LANES + remainder < examples {
                        let first = places(examples, remainder).start;
                        to[(first + block) * each + number] = lanes;
                    }
                }
            }
        }
    }
}

/// Columns for rows.
#[inline(always)]
fn turned(rows: [&Lanes; LANES]) -> [Lanes; LANES] {
    let mut columns = [[0.0; LANES]; LANES];
    for column in 0..LANES {
        for row in 0..LANES {
            columns[column][row] = rows[row][column];
        }
    }
    columns
}

vectorized! {
    /// Sets to false of which networks a number is not finite.
    pub fn find_infinite(numbers: &[Lanes], finite: &mut [bool; LANES]) {
        let mut zeros = [0.0; LANES];
        for number in numbers {
            for lane in 0..LANES {
                zeros[lane] += 0.0 * number[lane];
            }
        }
        for lane in 0..LANES {
            finite[lane] &= zeros[lane] == 0.0;
        }
    }
}
