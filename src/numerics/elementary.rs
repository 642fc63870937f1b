//! The elementary functions that training needs, in plain operations: they vectorize, and have the
//! same bits everywhere.
//!
//! The platform's `exp` differs from system to system in the last bit, and a call to it keeps a loop
//! scalar. These have no branch, no table and no call, so eight of them run side by side.

use std::f64::consts::{LN_2, LOG2_E, SQRT_2};

/// 1.5 · 2⁵²: adding it rounds a number below 2⁵¹ to a whole one, which its lowest bits then hold.
const ROUNDING: f64 = 6_755_399_441_055_744.0;

/// ln 2 in two parts, the first with so few bits that its product with any k below is exact.
const LN_2_PARTS: [f64; 2] = [0.693_147_180_369_123_8, 1.908_214_929_270_587_7e-10];

/// Beyond these, eˣ is infinite or 0.
const LARGEST: f64 = 710.0;
const SMALLEST: f64 = -746.0;

/// eˣ to within one unit in the last place, for every x: 0 below −745.14, infinite above 709.79, and
/// NaN for NaN.
///
/// With x = k ln 2 + r, k whole and |r| ≤ ½ ln 2, it is 2ᵏ eʳ: a power of two is written into the
/// bits of the exponent, and eʳ is a short Taylor polynomial. Largest error found: 0.84 units.
///
/// ```
/// use trainable::numerics::elementary::exp;
///
/// assert_eq!(exp(0.0), 1.0);
/// assert!((exp(1.0) - std::f64::consts::E).abs() <= f64::EPSILON * 2.0);
/// assert_eq!(exp(f64::NEG_INFINITY), 0.0);
/// ```
// ANCHOR: exp
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    // Not f64::clamp and not max and min, which would turn NaN into a number.
    let x = if x > LARGEST { LARGEST } else { x };
    let x = if x < SMALLEST { SMALLEST } else { x };
    let (k, minus_1) = reduced(x);
    // In two factors: 2ᵏ itself may be too large or too small for an f64 when eˣ is not.
    let half = 0.5 * k + ROUNDING;
    let rest = k - (half - ROUNDING) + ROUNDING;
    (1.0 + minus_1) * power_of_2(half) * power_of_2(rest)
}

/// k and eʳ − 1, where x = k ln 2 + r.
#[inline(always)]
fn reduced(x: f64) -> (f64, f64) {
    let k = (x * LOG2_E + ROUNDING) - ROUNDING;
    let (high, low) = (x - k * LN_2_PARTS[0], -k * LN_2_PARTS[1]);
    let r = high + low;
    let mut series = 0.0;
    for inverse_factorial in INVERSE_FACTORIALS {
        series = series * r + inverse_factorial;
    }
    // The large part last, and exact: what rounding takes from the small parts hardly counts.
    (k, high + (low + r * r * series))
}

/// 2ᵏ for a whole k from −1022 to 1023, given k + [`ROUNDING`].
#[inline(always)]
fn power_of_2(k: f64) -> f64 {
    f64::from_bits((k.to_bits() << 52).wrapping_add(1.0_f64.to_bits()))
}
// ANCHOR_END: exp

/// 1/n!, n from 13 to 2.
const INVERSE_FACTORIALS: [f64; 12] = {
    let mut inverse = [1.0; 12];
    let (mut factorial, mut n) = (1.0, 2);
    while n <= 13 {
        factorial *= n as f64;
        inverse[13 - n] = 1.0 / factorial;
        n += 1;
    }
    inverse
};

/// tanh z to within three units in the last place, for every z; an odd function, NaN for NaN.
///
/// tanh z = t / (t + 2) with t = e²ᶻ − 1.
///
/// ```
/// use trainable::numerics::elementary::tanh;
///
/// assert_eq!(tanh(1e-300), 1e-300);
/// assert_eq!(tanh(-20.0), -1.0);
/// ```
#[inline(always)]
pub fn tanh(z: f64) -> f64 {
    let doubled = 2.0 * z.abs();
    // From 20 on tanh rounds to 1; NaN stays.
    let doubled = if doubled > 40.0 { 40.0 } else { doubled };
    let (k, minus_1) = reduced(doubled);
    let power = power_of_2(k + ROUNDING);
    let t = power * minus_1 + (power - 1.0);
    (t / (t + 2.0)).copysign(z)
}

/// ln(1 + x) to within three units in the last place, for x from 0 to 1.
///
/// With s = u / (2 + u), ln(1 + u) = 2 (s + s³/3 + s⁵/5 + …). Above √2 − 1 it is ln 2 + ln(1 + u) with
/// u = (x − 1) / 2, so that |s| ≤ 0.172.
///
/// ```
/// use trainable::numerics::elementary::ln_1p;
///
/// assert_eq!(ln_1p(1e-300), 1e-300);
/// assert_eq!(ln_1p(1.0), std::f64::consts::LN_2);
/// ```
#[inline(always)]
pub fn ln_1p(x: f64) -> f64 {
    let large = x > SQRT_2 - 1.0;
    let u = if large { 0.5 * (x - 1.0) } else { x };
    let s = u / (2.0 + u);
    let square = s * s;
    let mut series = 0.0;
    for inverse_odd in INVERSE_ODDS {
        series = series * square + inverse_odd;
    }
    2.0 * s + 2.0 * s * square * series + if large { LN_2 } else { 0.0 }
}

/// ln(1 + x) for any x ≥ 0, to within three units in the last place; NaN for NaN, infinite for infinite x.
///
/// Up to 1 it is [`ln_1p`]. Above, with 1 + x = 2ᵏ m and 1 ≤ m < 2, it is k ln 2 + ln m.
///
/// ```
/// use trainable::numerics::elementary::ln_1p_of_any;
///
/// assert_eq!(ln_1p_of_any(0.0), 0.0);
/// assert_eq!(ln_1p_of_any(1023.0), 10.0 * std::f64::consts::LN_2);
/// ```
#[inline(always)]
pub fn ln_1p_of_any(x: f64) -> f64 {
    const MANTISSA: u64 = (1 << 52) - 1;
    const ONE: u64 = 1.0_f64.to_bits();
    let bits = (1.0 + x).to_bits();
    let k = ((bits >> 52) as i32 - 1023) as f64;
    let m = f64::from_bits((bits & MANTISSA) | ONE);
    let of_large = k * LN_2 + ln_1p(m - 1.0);
    if x == f64::INFINITY {
        return x;
    }
    // Written so that NaN takes the way that keeps it.
    if x > 1.0 { of_large } else { ln_1p(x) }
}

/// 1/n, odd n from 21 to 3.
const INVERSE_ODDS: [f64; 10] = {
    let mut inverse = [0.0; 10];
    let mut index = 0;
    while index < 10 {
        inverse[index] = 1.0 / (21 - 2 * index) as f64;
        index += 1;
    }
    inverse
};

#[cfg(test)]
mod tests {
    use dashu_float::FBig;
    use dashu_float::round::mode::HalfEven;

    use super::*;
    use crate::numerics::random_state::RandomState;

    type Exact = FBig<HalfEven, 2>;

    /// The number with room for 60 digits.
    fn exact(x: f64) -> Exact {
        Exact::try_from(x).unwrap().with_precision(200).value()
    }

    /// How far `ours` is from the true value, in units in its last place.
    fn error(ours: f64, truth: &Exact) -> f64 {
        let nearest = truth.to_f64().value().abs();
        let unit = exact(nearest.next_up() - nearest);
        ((exact(ours) - truth) / unit).to_f64().value().abs()
    }

    /// The largest error over many numbers, and where it is.
    fn worst(
        numbers: impl IntoIterator<Item = f64>,
        ours: fn(f64) -> f64,
        truth: fn(Exact) -> Exact,
    ) -> (f64, f64) {
        let errors = numbers
            .into_iter()
            .map(|x| (error(ours(x), &truth(exact(x))), x));
        errors.fold(
            (0.0, 0.0),
            |most, one| if one.0 > most.0 { one } else { most },
        )
    }

    /// Even steps, and random numbers between them, from `low` to `high`.
    fn covering(low: f64, high: f64, count: u32) -> Vec<f64> {
        let mut rng = RandomState::new(1);
        let step = (high - low) / f64::from(count);
        (0..count)
            .flat_map(|i| [f64::from(i), f64::from(i) + rng.rand()])
            .map(|i| low + step * i)
            .collect()
    }

    /// Numbers of both signs and all sizes from 2⁻¹⁰⁷⁴ to 2⁹.
    fn of_all_sizes() -> impl Iterator<Item = f64> {
        let mut rng = RandomState::new(2);
        (-1_074..9).flat_map(move |power| {
            let x = libm::ldexp(1.0 + rng.rand(), power);
            [x, -x]
        })
    }

    #[test]
    fn exp_is_right_to_one_unit_over_its_whole_range() {
        let edges = [709.782_712_893_384, -708.396, -745.133_219_101_941_1, -0.0];
        let numbers = covering(-745.0, 709.7, 15_000)
            .into_iter()
            .chain(covering(-1.0, 1.0, 5_000))
            .chain(of_all_sizes())
            .chain(edges);
        let (error, x) = worst(numbers, exp, |x| x.exp());
        assert!(error <= 1.0, "exp {x:?}: {error} units");
    }

    #[test]
    fn exp_at_the_ends() {
        assert_eq!(exp(f64::INFINITY), f64::INFINITY);
        assert_eq!(exp(f64::MAX), f64::INFINITY);
        assert_eq!(exp(709.782_712_893_384_1), f64::INFINITY);
        assert!(exp(709.782_712_893_384).is_finite());
        assert_eq!(exp(f64::NEG_INFINITY), 0.0);
        assert_eq!(exp(f64::MIN), 0.0);
        assert_eq!(exp(-745.133_219_101_941_2), 0.0);
        assert_eq!(exp(-745.133_219_101_941_1), 5e-324);
        assert_eq!(exp(-0.0), 1.0);
        assert_eq!(exp(f64::MIN_POSITIVE), 1.0);
        assert!(exp(f64::NAN).is_nan() && exp(-f64::NAN).is_nan());
    }

    #[test]
    fn tanh_is_right_to_three_units() {
        let numbers = covering(-20.0, 20.0, 5_000)
            .into_iter()
            .chain(covering(-1.0, 1.0, 5_000))
            .chain(of_all_sizes().filter(|x| x.abs() < 20.0));
        let (error, x) = worst(numbers, tanh, |x| x.tanh());
        assert!(error <= 3.0, "tanh {x:?}: {error} units");
    }

    #[test]
    fn tanh_at_the_ends() {
        for (z, expected) in [(f64::INFINITY, 1.0), (1e300, 1.0), (20.0, 1.0)] {
            assert_eq!((tanh(z), tanh(-z)), (expected, -expected));
        }
        assert!(tanh(-0.0).is_sign_negative() && tanh(-0.0) == 0.0);
        assert!(tanh(f64::NAN).is_nan());
    }

    #[test]
    fn the_logarithm_is_right_to_three_units() {
        let numbers = covering(0.0, 1.0, 10_000)
            .into_iter()
            .chain(of_all_sizes().filter(|x| (0.0..=1.0).contains(x)))
            .chain([1.0, SQRT_2 - 1.0, (SQRT_2 - 1.0).next_up()]);
        let (error, x) = worst(numbers, ln_1p, |x| x.ln_1p());
        assert!(error <= 3.0, "ln(1 + {x:?}): {error} units");
        assert!(ln_1p(f64::NAN).is_nan());
        assert_eq!(ln_1p(0.0), 0.0);
    }

    #[test]
    fn the_logarithm_of_any_number_is_right_to_three_units() {
        let numbers = covering(0.0, 3.0, 5_000)
            .into_iter()
            .chain(covering(3.0, 5_000.0, 5_000))
            .chain(of_all_sizes().filter(|x| *x >= 0.0))
            .chain([1.0, 1.0_f64.next_up(), 1e300, f64::MAX]);
        let (error, x) = worst(numbers, ln_1p_of_any, |x| x.ln_1p());
        assert!(error <= 3.0, "ln(1 + {x:?}): {error} units");
        assert!(ln_1p_of_any(f64::NAN).is_nan());
        assert_eq!(ln_1p_of_any(f64::INFINITY), f64::INFINITY);
    }
}
