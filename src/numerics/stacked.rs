//! The loops of eight networks at once, one in each lane.
//!
//! An array holds, block after block of eight examples, one [`Eight`] for each unit, and one [`Lanes`]
//! for each weight. What is added, and in which order, is what [`kernels`](super::kernels) add for each
//! network alone: in a sum over examples there are eight sums of every eighth example, added at the end
//! as lanes are there. So a network in a lane has the bits that it has alone.

use std::hint::black_box;

use crate::numerics::kernels::{LANES, Lanes, vectorized};

/// A unit's numbers for eight examples, each of eight networks.
pub(crate) type Eight = [Lanes; LANES];

vectorized! {
    /// Z = W A + b, for each example.
    pub fn affine(w: &[Lanes], b: &[Lanes], a: &[Eight], z: &mut [Eight]) {
        let (units, inputs) = (b.len(), w.len() / b.len());
        for (a, z) in a.chunks_exact(inputs).zip(z.chunks_exact_mut(units)) {
            for ((z, w), b) in z.iter_mut().zip(w.chunks_exact(inputs)).zip(b) {
                let mut sums = [*b; LANES];
                for (w, a) in w.iter().zip(a) {
                    add_products(&mut sums, &[*w; LANES], a);
                }
                *z = sums;
            }
        }
    }
}

vectorized! {
    /// dA = Wᵀ dZ, for each example.
    pub fn transposed(w: &[Lanes], dz: &[Eight], da: &mut [Eight], units: usize) {
        let inputs = w.len() / units;
        for (dz, da) in dz.chunks_exact(units).zip(da.chunks_exact_mut(inputs)) {
            for (input, da) in da.iter_mut().enumerate() {
                let mut sums = [[0.0; LANES]; LANES];
                for (w, dz) in w[input..].iter().step_by(inputs).zip(dz) {
                    add_products(&mut sums, &[*w; LANES], dz);
                }
                *da = sums;
            }
        }
    }
}

vectorized! {
    /// dW = dZ Aᵀ and db = the sum of dZ over the examples.
    pub fn outer(dz: &[Eight], a: &[Eight], dw: &mut [Lanes], db: &mut [Lanes]) {
        let (units, inputs) = (db.len(), dw.len() / db.len());
        for (unit, (dw, db)) in dw.chunks_exact_mut(inputs).zip(db).enumerate() {
            let dz = &dz[unit..];
            for (input, dw) in dw.iter_mut().enumerate() {
                let mut sums = [[0.0; LANES]; LANES];
                for (dz, a) in dz.iter().step_by(units).zip(a[input..].iter().step_by(inputs)) {
                    add_products(&mut sums, dz, a);
                }
                *dw = total(&sums);
            }
            let mut sums = [[0.0; LANES]; LANES];
            for dz in dz.iter().step_by(units) {
                add_products(&mut sums, dz, &[[1.0; LANES]; LANES]);
            }
            *db = total(&sums);
        }
    }
}

/// sums += one · other, for each example and network.
#[inline(always)]
fn add_products(sums: &mut Eight, one: &Eight, other: &Eight) {
    for example in 0..LANES {
        for lane in 0..LANES {
            sums[example][lane] += one[example][lane] * other[example][lane];
        }
    }
}

/// Eight sums added in the order in which lanes are, to 0.
#[inline(always)]
fn total(sums: &Eight) -> Lanes {
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
        numbers: &[Eight],
        units: usize,
        examples: usize,
        finite: &mut [bool; LANES],
    ) {
        let mut zeros = [0.0; LANES];
        for (block, numbers) in numbers.chunks(units).enumerate() {
            for numbers in numbers {
                for number in &numbers[..LANES.min(examples - block * LANES)] {
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
