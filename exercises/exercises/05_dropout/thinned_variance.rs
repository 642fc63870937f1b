//! # The noise that dropout adds
//!
//! Chapter: book/dropout.md
//!
//! A unit sums what comes in, z = Σ w a. Inverted dropout takes each input away with the
//! probability 1 − keep, each by a coin of its own, and divides those that stay by keep. The
//! mean of z stays what it was. Derive how far z scatters around it: its variance over the
//! masks, with w and a fixed.

use ndarray::Array1;

/// The variance of z = Σ w a d / keep, where each d is 1 with the probability `keep`, else 0;
/// `w` and `a` are `(inputs,)`.
pub fn variance(w: &Array1<f64>, a: &Array1<f64>, keep: f64) -> f64 {
    // TODO: derive it for one input, then add.
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use ndarray::{Axis, array};
    use trainable::dropout::masks;
    use trainable::prelude::RandomState;

    use super::*;

    fn check(w: &[f64], a: &[f64], keep: f64, expected: f64, idea: &str) {
        let got = variance(&w.to_vec().into(), &a.to_vec().into(), keep);
        assert!(
            (got - expected).abs() < 1e-12,
            "variance for w = {w:?}, a = {a:?}, keep = {keep}: expected {expected}, got {got}. {idea}"
        );
    }

    #[test]
    fn one_input() {
        let whole = "All stay, so z is always the same: a variance is the mean of the square less the square of the mean.";
        check(&[1.0], &[1.0], 1.0, 0.0, whole);
        let half = "z is 0 or 2, as often the one as the other: what stays is divided by keep.";
        check(&[1.0], &[1.0], 0.5, 1.0, half);
        let fifth = "z is 0 with the probability 1 − keep, and 1/keep else: what is the mean of z², and that of z?";
        check(&[1.0], &[1.0], 0.8, 0.25, fifth);
    }

    #[test]
    fn a_larger_product_scatters_more() {
        let idea = "What is twice as large scatters twice as far, and the variance goes with the square of that; w and a both count.";
        check(&[3.0], &[1.0], 0.5, 9.0, idea);
        check(&[1.0], &[-2.0], 0.5, 4.0, idea);
    }

    #[test]
    fn independent_inputs_add_up() {
        let idea =
            "Each input has a coin of its own, so their variances add, whatever their signs.";
        check(&[1.0, 1.0], &[1.0, 1.0], 0.5, 2.0, idea);
        check(&[1.0, -1.0], &[1.0, 1.0], 0.5, 2.0, idea);
    }

    #[test]
    fn a_sum_spread_over_four_inputs_scatters_less() {
        let all = |w: Array1<f64>| variance(&w, &Array1::ones(4), 0.5);
        let got = all(array![4.0, 0.0, 0.0, 0.0]) / all(Array1::ones(4));
        assert!(
            (got - 4.0).abs() < 1e-12,
            "variance of a sum of 4 from one input, over that from four: expected 4, got {got}. Square each product, then add."
        );
    }

    #[test]
    fn it_is_the_variance_of_drawn_masks() {
        let (w, a, keep) = (array![0.5, -1.5, 0.8], array![1.2, 0.3, 2.0], 0.7);
        let drawn = masks(&[keep], &[1, 3, 1], 40_000, &mut RandomState::new(1)).unwrap();
        let sums: Array1<f64> = drawn[0]
            .axis_iter(Axis(1))
            .map(|mask| {
                let thinned = mask.mapv(|stays| if stays { 1.0 / keep } else { 0.0 });
                (&w * &a * thinned).sum()
            })
            .collect();
        let off = sums - w.dot(&a);
        let expected = off.dot(&off) / off.len() as f64;
        let got = variance(&w, &a, keep);
        // The standard error of a variance from 40,000 draws is about half a percent.
        assert!(
            (got / expected - 1.0).abs() < 0.03,
            "variance of z over 40,000 masks, keep = 0.7: expected about {expected:.3}, got {got:.3}. The simpler tests say which part is off."
        );
    }
}
