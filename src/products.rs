//! The products that training spends its time in: plain loops over blocks of examples.
//!
//! Examples are kept eight abreast, in [`Lanes`]: the compiler turns an operation on eight numbers
//! into one or a few vector instructions, whichever the CPU has. A sum over units or inputs runs in
//! index order within each lane, and a sum over examples adds the lanes in one fixed order at the
//! end, so the width of the CPU's vectors cannot change a bit of any result.
//!
//! An array of activations holds, block after block of eight examples, one `Lanes` for each unit.

use multiversion::multiversion;

/// The number of examples that are computed abreast.
pub const LANES: usize = 8;

/// One unit's numbers for eight examples.
pub type Lanes = [f64; LANES];

// Loops, not iterators' closures: a closure inside these functions is compiled for the wide vectors,
// but `for_each` and `map` are not, so the two could not be joined into one loop.

/// Z = W A + b, for each example.
#[multiversion(targets("x86_64+avx512f", "x86_64+avx2"))]
pub fn affine(w: &[f64], b: &[f64], a: &[Lanes], z: &mut [Lanes]) {
    let (units, inputs) = (b.len(), w.len() / b.len());
    for (a, z) in a.chunks_exact(inputs).zip(z.chunks_exact_mut(units)) {
        let mut unit = 0;
        while let Some(z) = z[unit..].first_chunk_mut::<4>() {
            weighted_sums(&w[unit * inputs..], &b[unit..], a, z);
            unit += 4;
        }
        while let Some(z) = z[unit..].first_chunk_mut::<1>() {
            weighted_sums(&w[unit * inputs..], &b[unit..], a, z);
            unit += 1;
        }
    }
}

/// The weighted sums of a few units, whose rows come first in `w`, for one block of examples.
#[inline(always)]
fn weighted_sums<const UNITS: usize>(w: &[f64], b: &[f64], a: &[Lanes], z: &mut [Lanes; UNITS]) {
    let mut rows = [w; UNITS];
    let mut sums = [[0.0; LANES]; UNITS];
    for unit in 0..UNITS {
        rows[unit] = &w[unit * a.len()..][..a.len()];
        sums[unit] = [b[unit]; LANES];
    }
    for (input, a) in a.iter().enumerate() {
        for unit in 0..UNITS {
            add_scaled(&mut sums[unit], rows[unit][input], a);
        }
    }
    *z = sums;
}

/// dA = Wᵀ dZ, for each example.
#[multiversion(targets("x86_64+avx512f", "x86_64+avx2"))]
pub fn transposed(w: &[f64], dz: &[Lanes], da: &mut [Lanes], units: usize) {
    let inputs = w.len() / units;
    for (dz, da) in dz.chunks_exact(units).zip(da.chunks_exact_mut(inputs)) {
        let mut input = 0;
        while let Some(da) = da[input..].first_chunk_mut::<4>() {
            column_sums(&w[input..], inputs, dz, da);
            input += 4;
        }
        while let Some(da) = da[input..].first_chunk_mut::<1>() {
            column_sums(&w[input..], inputs, dz, da);
            input += 1;
        }
    }
}

/// The first few columns of W, whose rows are `inputs` apart, times dZ for one block of examples.
#[inline(always)]
fn column_sums<const COLUMNS: usize>(
    w: &[f64],
    inputs: usize,
    dz: &[Lanes],
    da: &mut [Lanes; COLUMNS],
) {
    let mut sums = [[0.0; LANES]; COLUMNS];
    for (dz, row) in dz.iter().zip(w.chunks(inputs)) {
        let Some(row) = row.first_chunk::<COLUMNS>() else {
            return;
        };
        for column in 0..COLUMNS {
            add_scaled(&mut sums[column], row[column], dz);
        }
    }
    *da = sums;
}

/// dW += dZ Aᵀ and db += the sum of dZ over the examples.
#[multiversion(targets("x86_64+avx512f", "x86_64+avx2"))]
pub fn add_outer(dz: &[Lanes], a: &[Lanes], dw: &mut [f64], db: &mut [f64]) {
    let (units, inputs) = (db.len(), dw.len() / db.len());
    let mut unit = 0;
    while unit + 4 <= units {
        add_rows::<4>(
            &dz[unit..],
            units,
            a,
            inputs,
            &mut dw[unit * inputs..],
            &mut db[unit..],
        );
        unit += 4;
    }
    while unit < units {
        add_rows::<1>(
            &dz[unit..],
            units,
            a,
            inputs,
            &mut dw[unit * inputs..],
            &mut db[unit..],
        );
        unit += 1;
    }
}

/// The rows of dW and db that belong to the first few units of dZ.
#[inline(always)]
fn add_rows<const UNITS: usize>(
    dz: &[Lanes],
    units: usize,
    a: &[Lanes],
    inputs: usize,
    dw: &mut [f64],
    db: &mut [f64],
) {
    let mut sums = [[0.0; LANES]; UNITS];
    for dz in dz.chunks(units) {
        for unit in 0..UNITS {
            add_scaled(&mut sums[unit], 1.0, &dz[unit]);
        }
    }
    for unit in 0..UNITS {
        db[unit] += sum_lanes(&sums[unit]);
    }
    let mut input = 0;
    while input + 2 <= inputs {
        add_inner_products::<UNITS, 2>(dz, units, &a[input..], inputs, &mut dw[input..]);
        input += 2;
    }
    if input < inputs {
        add_inner_products::<UNITS, 1>(dz, units, &a[input..], inputs, &mut dw[input..]);
    }
}

/// A few units' dZ times the activations of a few inputs, each product summed over all examples.
///
/// Several sums run side by side: an addition must wait for the one before it in the same sum.
#[inline(always)]
fn add_inner_products<const UNITS: usize, const INPUTS: usize>(
    dz: &[Lanes],
    units: usize,
    a: &[Lanes],
    inputs: usize,
    dw: &mut [f64],
) {
    let mut sums = [[[0.0; LANES]; INPUTS]; UNITS];
    for (dz, a) in dz.chunks(units).zip(a.chunks(inputs)) {
        for unit in 0..UNITS {
            for input in 0..INPUTS {
                for lane in 0..LANES {
                    sums[unit][input][lane] += dz[unit][lane] * a[input][lane];
                }
            }
        }
    }
    for unit in 0..UNITS {
        for input in 0..INPUTS {
            dw[unit * inputs + input] += sum_lanes(&sums[unit][input]);
        }
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
pub fn sum_lanes(s: &Lanes) -> f64 {
    ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]))
}
