//! # He's variance for a leaky ReLU
//!
//! Chapter: book/initialization.md
//!
//! A leaky ReLU passes on z where z is positive, and slope · z where it is not. Derive the
//! variance of the weights for which a layer's mean square activation is that of its inputs,
//! and check yours at the ends: a slope of 0 is ReLU, a slope of 1 changes nothing at all.
//!
//! # Why
//!
//! A sum of n products has n·v times the mean square of the inputs, and is negative in half of
//! all cases. Those are kept with the square of the slope, so (1 + slope²)/2 of the mean square
//! is left, and v is the inverse of n times that. The formula is equation 15 of the paper that
//! ReLU's 2/n is from: K. He, X. Zhang, S. Ren, J. Sun (2015), *Delving deep into rectifiers*,
//! arXiv:1502.01852.

/// The variance of the weights of a layer with this many inputs, at least 1, whose units are
/// leaky ReLUs with this slope, 0 to 1.
pub fn weight_variance(inputs: usize, slope: f64) -> f64 {
    let kept = (1.0 + slope * slope) / 2.0;
    1.0 / (kept * inputs as f64)
}

fn main() {}

#[cfg(test)]
mod tests {
    use trainable::prelude::*;

    use super::*;

    fn check(got: f64, expected: f64, what: &str, idea: &str) {
        assert!(
            (got - expected).abs() < 1e-12,
            "{what}: expected {expected}, got {got}. {idea}"
        );
    }

    #[test]
    fn a_slope_of_one_changes_nothing() {
        let what = "4 inputs, slope 1";
        let idea = "Nothing is lost then: n products of variance v have n·v times the mean square, so v = 1/n.";
        check(weight_variance(4, 1.0), 0.25, what, idea);
    }

    #[test]
    fn a_slope_of_zero_is_relu() {
        let what = "4 inputs, slope 0";
        let idea = "Half of the mean square is cut off, and the weights have to make up for it.";
        check(weight_variance(4, 0.0), 0.5, what, idea);
    }

    #[test]
    fn more_inputs_need_smaller_weights() {
        let what = "400 inputs, slope 0";
        let idea = "A sum of n independent products has n times the variance of one.";
        check(weight_variance(400, 0.0), 0.005, what, idea);
    }

    /// The mean square of 20,000 units over four inputs of 1.
    fn mean_square(variance: f64, slope: f64) -> f64 {
        const UNITS: usize = 20_000;
        let mut rng = RandomState::new(1);
        let mut unit = || {
            let z: f64 = (0..4).map(|_| variance.sqrt() * rng.randn()).sum();
            let a = if z > 0.0 { z } else { slope * z };
            a * a
        };
        (0..UNITS).map(|_| unit()).sum::<f64>() / UNITS as f64
    }

    #[test]
    fn the_mean_square_stays() {
        for slope in [0.1, 0.3, 0.5, 0.8] {
            let got = mean_square(weight_variance(4, slope), slope);
            // Of 20,000 units, the mean square is off by 1 to 2 percent, typically.
            assert!(
                (got - 1.0).abs() < 0.05,
                "slope {slope}, inputs of 1: expected a layer with the mean square 1, got {got:.3}. The negative half is kept with the slope, so its mean square with the slope's square."
            );
        }
    }
}
