//! # The way back through a mask
//!
//! Chapter: book/dropout.md · in the course: `backward_propagation_with_dropout`
//!
//! Send a gradient back through dropout, with the mask of the way forward: what a unit did not
//! pass on, it must not learn from.
//!
//! # Why
//!
//! Forward is a multiplication by D/keep, entry by entry, and the derivative of a
//! multiplication is the same multiplication. A fresh mask would be the derivative of another
//! network.

use ndarray::Array2;

/// The gradient by the activations before dropout, from `da`, the one by the thinned
/// activations; `d` is the mask that the way forward used. All are `(units, examples)`.
pub fn thin_gradient(da: &Array2<f64>, d: &Array2<f64>, keep: f64) -> Array2<f64> {
    da * d / keep
}

fn main() {}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn dropped_units_get_no_gradient() {
        let got = thin_gradient(&array![[1.0, 2.0]], &array![[0.0, 1.0]], 1.0);
        assert!(
            got[(0, 0)] == 0.0,
            "gradient of a dropped unit: expected 0, got {}. Use the mask of the way forward.",
            got[(0, 0)]
        );
    }

    #[test]
    fn the_others_are_scaled_as_on_the_way_forward() {
        let got = thin_gradient(&array![[1.0, 2.0]], &array![[1.0, 1.0]], 0.5);
        assert!(
            got == array![[2.0, 4.0]],
            "gradients 1 and 2 of units that stayed, keep = 0.5: expected 2 and 4, got {got}. Forward divides by keep, so the derivative does too."
        );
    }

    #[test]
    fn it_is_the_derivative_of_the_way_forward() {
        let (a, d, keep) = (array![[0.3, -1.2, 0.8]], array![[1.0, 0.0, 1.0]], 0.8);
        let sum_of_squares = |a: &Array2<f64>| (a * &d / keep).mapv(|a| a * a).sum();
        let da = 2.0 * &(&a * &d / keep);
        let analytic = thin_gradient(&da, &d, keep);
        for unit in 0..3 {
            let shifted = |step: f64| {
                let mut a = a.clone();
                a[(0, unit)] += step;
                sum_of_squares(&a)
            };
            let expected = (shifted(1e-5) - shifted(-1e-5)) / 2e-5;
            let got = analytic[(0, unit)];
            assert!(
                (got - expected).abs() < 1e-8,
                "slope by activation {unit}: expected {expected}, got {got}. The chain rule has one factor for D / keep."
            );
        }
    }
}
