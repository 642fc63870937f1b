//! The loops of eight networks at once, one in each lane.
//!
//! An array holds, block after block of `N` examples, for each unit one [`Lanes`] an example, and one [`Lanes`] for each
//! weight; N is 8, or 1 for a single example. What is added, and in which order, is what [`kernels`](super::kernels) add
//! for each network alone: in a sum over examples there are eight sums of every eighth example, added at the end as lanes
//! are there. So a network in a lane has the bits that it has alone.

use std::hint::black_box;

use crate::numerics::kernels::{LANES, Lanes, vectorized};

/// Examples of a block, of so many in all.
pub(crate) fn block_of(examples: usize) -> usize {
    match examples {
        1 => 1,
        _ => LANES,
    }
}

vectorized! {
    /// Z = W A + b, for each example.
    pub fn affine(w: &[Lanes], b: &[Lanes], a: &[Lanes], z: &mut [Lanes], block: usize) {
        match block {
            1 => affine_of::<1>(w, b, a, z),
            _ => affine_of::<LANES>(w, b, a, z),
        }
    }
}

#[inline(always)]
fn affine_of<const N: usize>(w: &[Lanes], b: &[Lanes], a: &[Lanes], z: &mut [Lanes]) {
    let (units, inputs) = (b.len(), w.len() / b.len());
    let (a, z) = (a.as_chunks::<N>().0, z.as_chunks_mut::<N>().0);
    for (a, z) in a.chunks_exact(inputs).zip(z.chunks_exact_mut(units)) {
        for ((z, w), b) in z.iter_mut().zip(w.chunks_exact(inputs)).zip(b) {
            let mut sums = [*b; N];
            for (w, a) in w.iter().zip(a) {
                add_products(&mut sums, &[*w; N], a);
            }
            *z = sums;
        }
    }
}

vectorized! {
    /// dA = Wᵀ dZ, for each example.
    pub fn transposed(w: &[Lanes], dz: &[Lanes], da: &mut [Lanes], units: usize, block: usize) {
        match block {
            1 => transposed_of::<1>(w, dz, da, units),
            _ => transposed_of::<LANES>(w, dz, da, units),
        }
    }
}

#[inline(always)]
fn transposed_of<const N: usize>(w: &[Lanes], dz: &[Lanes], da: &mut [Lanes], units: usize) {
    let inputs = w.len() / units;
    let (dz, da) = (dz.as_chunks::<N>().0, da.as_chunks_mut::<N>().0);
    for (dz, da) in dz.chunks_exact(units).zip(da.chunks_exact_mut(inputs)) {
        for (input, da) in da.iter_mut().enumerate() {
            let mut sums = [[0.0; LANES]; N];
            for (w, dz) in w[input..].iter().step_by(inputs).zip(dz) {
                add_products(&mut sums, &[*w; N], dz);
            }
            *da = sums;
        }
    }
}

vectorized! {
    /// dW = dZ Aᵀ and db = the sum of dZ over the examples.
    pub fn outer(dz: &[Lanes], a: &[Lanes], dw: &mut [Lanes], db: &mut [Lanes], block: usize) {
        match block {
            1 => outer_of::<1>(dz, a, dw, db),
            _ => outer_of::<LANES>(dz, a, dw, db),
        }
    }
}

#[inline(always)]
fn outer_of<const N: usize>(dz: &[Lanes], a: &[Lanes], dw: &mut [Lanes], db: &mut [Lanes]) {
    let (units, inputs) = (db.len(), dw.len() / db.len());
    let (dz, a) = (dz.as_chunks::<N>().0, a.as_chunks::<N>().0);
    for (unit, (dw, db)) in dw.chunks_exact_mut(inputs).zip(db).enumerate() {
        let dz = &dz[unit..];
        for (input, dw) in dw.iter_mut().enumerate() {
            let mut sums = [[0.0; LANES]; N];
            for (dz, a) in dz
                .iter()
                .step_by(units)
                .zip(a[input..].iter().step_by(inputs))
            {
                add_products(&mut sums, dz, a);
            }
            *dw = total(&sums);
        }
        let mut sums = [[0.0; LANES]; N];
        for dz in dz.iter().step_by(units) {
            add_products(&mut sums, dz, &[[1.0; LANES]; N]);
        }
        *db = total(&sums);
    }
}

/// sums += one · other, for each example and network.
#[inline(always)]
fn add_products<const N: usize>(sums: &mut [Lanes; N], one: &[Lanes; N], other: &[Lanes; N]) {
    for example in 0..N {
        for lane in 0..LANES {
            sums[example][lane] += one[example][lane] * other[example][lane];
        }
    }
}

/// Eight sums added in the order in which lanes are, to 0; of a single example, the other seven are 0.
#[inline(always)]
fn total<const N: usize>(sums: &[Lanes; N]) -> Lanes {
    let Some(sums) = sums.first_chunk() else {
        return sums[0];
    };
    // From memory, else the compiler would arrange the lanes of the loops for this.
    let [a, b, c, d, e, f, g, h] = black_box(sums);
    let mut total = [0.0; LANES];
    for lane in 0..LANES {
        let even = (a[lane] + e[lane]) + (c[lane] + g[lane]);
        let odd = (b[lane] + f[lane]) + (d[lane] + h[lane]);
        total[lane] += even + odd;
    }
    total
}

vectorized! {
    /// Sets to false of which networks a number is not finite, in the first `examples` examples.
    pub fn find_infinite(
        numbers: &[Lanes],
        units: usize,
        examples: usize,
        finite: &mut [bool; LANES],
    ) {
        let block = block_of(examples);
        let mut zeros = [0.0; LANES];
        for (index, numbers) in numbers.chunks(units * block).enumerate() {
            for numbers in numbers.chunks(block) {
                for number in &numbers[..block.min(examples - index * block)] {
                    for lane in 0..LANES {
                        zeros[lane] += 0.0 * number[lane];
                    }
                }
            }
        }
        for lane in 0..LANES {
            finite[lane] &= zeros[lane] == 0.0;
        }
    }
}
