//! NumPy's legacy random numbers, bit for bit, from any generator.
//!
//! The course seeds `np.random.seed(3)` and prints what follows from it. [`RandomState`] gives the
//! same stream, so the book can print the same numbers. It is a [`rand::Rng`] as well, and the
//! functions here turn the 32-bit words of *any* `rand` generator into deviates in NumPy's way:
//! what this library draws depends on the generator alone, not on a platform's `ln`. The deviates
//! of the crate `rand_distr` have other bits than NumPy's, so only tests draw with it.

use std::convert::Infallible;

use rand::{Rng, TryRng};
use rand_mt::Mt;

/// NumPy's `RandomState`: the Mersenne Twister MT19937 and NumPy's legacy distributions.
///
/// Source: M. Matsumoto, T. Nishimura (1998), *Mersenne Twister*, doi:10.1145/272991.272995.
///
/// ```
/// use trainable::numerics::random_state::RandomState;
///
/// let mut rng = RandomState::new(0);
/// assert_eq!(rng.rand(), 0.548_813_503_927_324_8); // np.random.RandomState(0).rand()
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RandomState {
    words: Mt,
    normal: Normal,
}

impl RandomState {
    /// The generator that NumPy makes from the same `seed`.
    pub fn new(seed: u32) -> Self {
        Self {
            words: Mt::new(seed),
            normal: Normal::new(),
        }
    }

    /// A uniform deviate in [0, 1): `np.random.rand()`, bit for bit.
    pub fn rand(&mut self) -> f64 {
        uniform(&mut self.words)
    }

    /// A standard normal deviate: `np.random.randn()`, to one unit in the last place.
    ///
    /// Deviates come in pairs; the second of a pair is kept for the next call of this method.
    pub fn randn(&mut self) -> f64 {
        self.normal.sample(&mut self.words)
    }

    /// A random order of `0..n`: `np.random.permutation(n)`, exactly.
    pub fn permutation(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        shuffle(&mut order, self);
        order
    }
}

impl TryRng for RandomState {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.words.try_next_u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.words.try_next_u64()
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.words.try_fill_bytes(bytes)
    }
}

/// A uniform deviate in [0, 1) with 53 random bits, made of two 32-bit words as NumPy does.
pub fn uniform(rng: &mut impl Rng) -> f64 {
    let high = f64::from(rng.next_u32() >> 5);
    let low = f64::from(rng.next_u32() >> 6);
    (high * 67_108_864.0 + low) / 9_007_199_254_740_992.0
}

/// Shuffles in place as NumPy does: Fisher–Yates from the end, each place's partner a word that is masked, and drawn
/// again if it is above the place.
pub fn shuffle<T>(items: &mut [T], rng: &mut impl Rng) {
    let mut last = items.len().saturating_sub(1);
    while last > 0 {
        let mask = usize::MAX >> last.leading_zeros();
        let needs_two_words = u32::try_from(mask).is_err();
        // As long as the mask stays what it is.
        while last > mask / 2 {
            let word = match needs_two_words {
                false => rng.next_u32() as usize,
                true => rng.next_u64() as usize,
            };
            let partner = word & mask;
            // Swapped with itself in place of a branch, which the CPU could only guess.
            let is_drawn = partner <= last;
            items.swap(last, if is_drawn { partner } else { last });
            last -= usize::from(is_drawn);
        }
    }
}

/// Standard normal deviates by Marsaglia's polar method, which makes them in pairs.
///
/// Source: G. Marsaglia, T. A. Bray (1964), *A convenient method for generating normal variables*,
/// doi:10.1137/1006063.
///
/// ```
/// use trainable::numerics::random_state::{Normal, RandomState};
///
/// let (mut normal, mut rng) = (Normal::new(), RandomState::new(3));
/// let course = 1.788_628_473_430_318_6; // np.random.seed(3); np.random.randn()
/// assert!((normal.sample(&mut rng) - course).abs() <= f64::EPSILON);
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Normal {
    kept: Option<f64>,
}

impl Normal {
    /// A sampler that keeps no deviate yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The next deviate: the kept one, or the first of a new pair.
    pub fn sample(&mut self, rng: &mut impl Rng) -> f64 {
        if let Some(kept) = self.kept.take() {
            return kept;
        }
        loop {
            let (a, b) = (2.0 * uniform(rng) - 1.0, 2.0 * uniform(rng) - 1.0);
            let square = a * a + b * b;
            if square < 1.0 && square != 0.0 {
                let factor = (-2.0 * ln(square) / square).sqrt();
                self.kept = Some(factor * a);
                return factor * b;
            }
        }
    }
}

/// The natural logarithm of a finite x > 0, with what rounding takes from its large terms kept: on
/// uniform deviates it differs from the system's, which is almost always correctly rounded, once in
/// four hundred times; `libm`'s once in fourteen. The course's weights need it.
///
/// With x = 2ᵏ m and s = (m − 1) / (m + 1): ln x = k ln 2 + 2 s + 2 s³ (1/3 + s²/5 + s⁴/7 + …).
fn ln(x: f64) -> f64 {
    const LN_2: [f64; 2] = [0.693_147_180_369_123_8, 1.908_214_929_270_587_7e-10];
    let (m, k) = libm::frexp(x);
    let (m, k) = match m < std::f64::consts::FRAC_1_SQRT_2 {
        true => (2.0 * m, f64::from(k - 1)),
        false => (m, f64::from(k)),
    };
    let divisor = m + 1.0;
    let s = (m - 1.0) / divisor;
    let divisor_lost = m - (divisor - 1.0);
    // The rounding error of a quotient. libm computes it in plain operations where the CPU cannot: the same bits.
    let s_lost = (libm::fma(-s, divisor, m - 1.0) - s * divisor_lost) / divisor;
    let square = s * s;
    let series = (0..12)
        .rev()
        .fold(0.0, |sum, n| square * (1.0 / f64::from(2 * n + 3) + sum));
    let (large, small) = (k * LN_2[0], 2.0 * s);
    let sum = large + small;
    let rounding = (large - sum) + small;
    sum + (rounding + (k * LN_2[1] + 2.0 * s_lost + small * series))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_deviates_do_not_depend_on_who_samples_them() {
        let (mut state, mut words, mut normal) =
            (RandomState::new(7), RandomState::new(7), Normal::new());
        for _ in 0..100 {
            assert_eq!(state.randn(), normal.sample(&mut words));
        }
    }

    #[test]
    fn a_uniform_draw_leaves_the_kept_deviate_alone() {
        let (mut mixed, mut plain) = (RandomState::new(5), RandomState::new(5));
        let first = (mixed.randn(), plain.randn());
        mixed.rand();
        assert_eq!(first.0, first.1);
        assert_eq!(mixed.randn(), plain.randn());
    }

    #[test]
    fn normal_deviates_have_mean_0_and_variance_1() {
        let (mut rng, n) = (RandomState::new(11), 100_000);
        let draws: Vec<f64> = (0..n).map(|_| rng.randn()).collect();
        let mean = draws.iter().sum::<f64>() / n as f64;
        let variance = draws.iter().map(|z| (z - mean) * (z - mean)).sum::<f64>() / n as f64;
        // Four standard errors: sqrt(1/n) for the mean, sqrt(2/n) for the variance.
        assert!(mean.abs() < 4.0 / (n as f64).sqrt(), "mean {mean}");
        assert!(
            (variance - 1.0).abs() < 4.0 * (2.0 / n as f64).sqrt(),
            "variance {variance}"
        );
    }

    #[test]
    fn a_permutation_holds_each_index_once() {
        for n in [0, 1, 2, 3, 64, 65] {
            let mut order = RandomState::new(1).permutation(n);
            order.sort_unstable();
            assert_eq!(order, (0..n).collect::<Vec<_>>());
        }
    }

    #[test]
    #[allow(
        clippy::disallowed_methods,
        reason = "the platform's is what ours is held against"
    )]
    fn the_logarithm_is_right_to_the_last_bit_but_one() {
        // References to 40 digits, rounded to the nearest f64.
        for (x, expected) in [
            (1.0, 0.0),
            (0.5, -std::f64::consts::LN_2),
            (2.0, std::f64::consts::LN_2),
            (10.0, std::f64::consts::LN_10),
            (1e-300, -690.775_527_898_213_7),
            (5e-324, -744.440_071_921_381_2),
            (0.75, -0.287_682_072_451_780_9),
            (1.0 - f64::EPSILON / 2.0, -1.110_223_024_625_156_6e-16),
        ] {
            assert_eq!(ln(x), expected, "ln {x}");
        }
        let mut rng = RandomState::new(1);
        for _ in 0..10_000 {
            let x = rng.rand();
            let apart = ln(x).to_bits().abs_diff(x.ln().to_bits());
            assert!(
                apart <= 1,
                "ln {x}: {apart} units in the last place from the platform's"
            );
        }
    }

    #[test]
    fn it_is_a_rand_generator() {
        use rand::RngExt;
        let draw: f64 = RandomState::new(1).random();
        assert!((0.0..1.0).contains(&draw));
    }
}
