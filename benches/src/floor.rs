//! How fast this core can multiply and add: no step can take less time than that allows.

use std::hint::black_box;
use std::time::Instant;

use multiversion::multiversion;

const LANES: usize = 8;
const REPEATS: usize = 1_000_000;
const SAMPLES: usize = 10;

/// Numbers of sums to compute side by side. Each addition waits for the one before it in the same
/// sum, so a few sums leave the core idle, and too many do not fit into its registers.
const SUMS: [usize; 5] = [4, 6, 8, 12, 16];
const MOST: usize = 16;

type Lanes = [f64; LANES];

/// Multiplications each followed by an addition, not fused, of `f64` in registers, per second: the
/// best of several short samples.
pub fn multiply_adds_per_second() -> f64 {
    let samples = (0..SAMPLES).flat_map(|_| SUMS).map(sample);
    samples.fold(0.0, f64::max)
}

fn sample(sums: usize) -> f64 {
    // The compiler must not know these numbers, nor drop the results.
    let mut numbers = black_box([[1.0; LANES]; MOST]);
    let (factor, term) = black_box(([0.5; LANES], [1.0; LANES]));
    let start = Instant::now();
    multiply_and_add(sums, &mut numbers, &factor, &term);
    let seconds = start.elapsed().as_secs_f64();
    black_box(numbers);
    (sums * LANES * REPEATS) as f64 / seconds
}

#[multiversion(targets("x86_64+avx512f", "x86_64+avx2"))]
fn multiply_and_add(sums: usize, numbers: &mut [Lanes; MOST], factor: &Lanes, term: &Lanes) {
    match sums {
        4 => repeat::<4>(numbers, factor, term),
        6 => repeat::<6>(numbers, factor, term),
        8 => repeat::<8>(numbers, factor, term),
        12 => repeat::<12>(numbers, factor, term),
        _ => repeat::<MOST>(numbers, factor, term),
    }
}

#[inline(always)]
fn repeat<const SUMS: usize>(numbers: &mut [Lanes; MOST], factor: &Lanes, term: &Lanes) {
    let Some(numbers) = numbers.first_chunk_mut::<SUMS>() else {
        return;
    };
    // Copies stay in registers; values behind a reference might not.
    let (mut sums, factor, term) = (*numbers, *factor, *term);
    for _ in 0..REPEATS {
        multiply_all(&mut sums, &factor);
        add_to_all(&mut sums, &term);
    }
    *numbers = sums;
}

// All multiplications, then all additions: alternating them takes a fifth longer on Zen 4.

#[inline(always)]
fn multiply_all<const SUMS: usize>(sums: &mut [Lanes; SUMS], factor: &Lanes) {
    for sum in sums {
        for lane in 0..LANES {
            sum[lane] *= factor[lane];
        }
    }
}

#[inline(always)]
fn add_to_all<const SUMS: usize>(sums: &mut [Lanes; SUMS], term: &Lanes) {
    for sum in sums {
        for lane in 0..LANES {
            sum[lane] += term[lane];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_sums_is_computed() {
        for sums in SUMS {
            let mut numbers = [[1.0; LANES]; MOST];
            multiply_and_add(sums, &mut numbers, &[0.5; LANES], &[1.0; LANES]);
            assert_eq!(numbers[..sums].concat(), vec![2.0; sums * LANES]);
            assert_eq!(numbers[sums..].concat(), vec![1.0; (MOST - sums) * LANES]);
        }
    }
}
