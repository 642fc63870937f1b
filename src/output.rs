//! The output layer and the cost of its answers: cross-entropy, computed from the logits.

use ndarray::{Array2, ArrayView2};

use crate::activation::Activation;
use crate::numerics::elementary::{exp, ln_1p};
use crate::numerics::kernels::vectorized;
use crate::softmax;

// ANCHOR: plain
/// The cost J: the mean cross-entropy of the logits `z`, `(units, examples)`, over the labels `y`, `(1, examples)`.
///
/// ```
/// use ndarray::array;
/// use trainable::output::cost;
///
/// // Two answers of one half, whatever the labels.
/// assert_eq!(cost(array![[0.0, 0.0]].view(), array![[0.0, 1.0]].view()), 2.0_f64.ln());
/// ```
pub fn cost(z: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>) -> f64 {
    match Output::of_units(z.nrows()) {
        Output::Sigmoid => {
            let losses = z.iter().zip(&y).map(|(z, y)| cross_entropy(*z, *y));
            losses.sum::<f64>() / y.len() as f64
        }
        Output::Softmax => softmax::cross_entropy(z, y),
    }
}

/// Its derivative by the logits, dZ: (σ(z) − y)/m, and for a softmax (p − one-hot y)/m.
pub fn cost_derivative(z: ArrayView2<'_, f64>, y: ArrayView2<'_, f64>) -> Array2<f64> {
    match Output::of_units(z.nrows()) {
        Output::Sigmoid => (z.mapv(sigmoid) - y) / y.len() as f64,
        Output::Softmax => softmax::cross_entropy_derivative(z, y),
    }
}
// ANCHOR_END: plain

/// What the last layer's weighted sums z, the logits, mean.
///
/// It follows from what is learned: one unit has the logit of class 1 against class 0, several units have one
/// for each class.
///
/// ```
/// use trainable::output::Output;
///
/// assert_eq!(Output::of_units(1), Output::Sigmoid);
/// assert_eq!(Output::of_units(6), Output::Softmax);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// The probability of class 1 is σ(z).
    Sigmoid,
    /// The probability of class c is e^z_c / Σ e^z: see [`softmax`].
    Softmax,
}

impl Output {
    /// The output of a last layer with this number of `units`.
    pub fn of_units(units: usize) -> Self {
        match units {
            1 => Self::Sigmoid,
            _ => Self::Softmax,
        }
    }

    /// The number of classes that this number of `units` tells apart.
    pub(crate) fn classes(units: usize) -> usize {
        units.max(2)
    }
}

/// The cross-entropy of one example, from its logit z and its label y (0 or 1).
///
/// With a = σ(z), the textbook writes L = −(y ln a + (1 − y) ln(1 − a)). Beyond z ≈ 37 the sigmoid
/// rounds to 1 and the logarithm to −∞, though the loss is finite: L = max(z, 0) − y z +
/// ln(1 + e^−|z|) is the same function and never overflows for a finite z.
///
/// ```
/// use trainable::output::cross_entropy;
///
/// assert_eq!(cross_entropy(0.0, 1.0), 2.0_f64.ln());
/// assert_eq!(cross_entropy(-800.0, 1.0), 800.0); // −ln σ(−800), where σ(−800) is 0
/// ```
// ANCHOR: cross_entropy
#[inline(always)]
pub fn cross_entropy(z: f64, y: f64) -> f64 {
    z.max(0.0) - y * z + ln_1p(exp(-z.abs()))
}

/// The derivative of the cross-entropy by the logit: σ(z) − y.
#[inline(always)]
pub fn cross_entropy_derivative(z: f64, y: f64) -> f64 {
    sigmoid(z) - y
}
// ANCHOR_END: cross_entropy

/// The probability of class 1: σ(z) = 1 / (1 + e⁻ᶻ).
#[inline(always)]
pub fn sigmoid(z: f64) -> f64 {
    Activation::Sigmoid.apply(z)
}

vectorized! {
    /// dZ of an output layer with one unit: (σ(z) − y) · `share`, where the share of one example is
    /// 1/m. Sets `finite` to false where a logit is not.
    pub fn output_error(z: &[f64], y: &[f64], share: f64, dz: &mut [f64], finite: &mut bool) {
        let mut all_finite = true;
        for ((dz, z), y) in dz.iter_mut().zip(z).zip(y) {
            all_finite &= z.is_finite();
            *dz = share * cross_entropy_derivative(*z, *y);
        }
        *finite &= all_finite;
    }
}

vectorized! {
    /// The cross-entropy of each example.
    pub fn losses(z: &[f64], y: &[f64], losses: &mut [f64]) {
        for ((loss, z), y) in losses.iter_mut().zip(z).zip(y) {
            *loss = cross_entropy(*z, *y);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn textbook(z: f64, y: f64) -> f64 {
        let a = sigmoid(z);
        -(y * libm::log(a) + (1.0 - y) * libm::log(1.0 - a))
    }

    proptest! {
        #[test]
        fn equals_the_textbook_where_that_one_is_accurate(z in -15.0..15.0f64, positive: bool) {
            let y = f64::from(u8::from(positive));
            // 1 − a loses up to e^15 · 2^-53 ≈ 4e-10 of its digits.
            prop_assert!((cross_entropy(z, y) - textbook(z, y)).abs() < 1e-9);
        }

        #[test]
        fn is_finite_and_not_negative_for_every_finite_logit(z: f64, positive: bool) {
            prop_assume!(z.is_finite());
            let loss = cross_entropy(z, f64::from(u8::from(positive)));
            prop_assert!(loss.is_finite() && loss >= 0.0);
        }

        #[test]
        fn the_derivative_is_the_slope(z in -30.0..30.0f64, positive: bool) {
            let (y, step) = (f64::from(u8::from(positive)), 1e-5);
            let slope = (cross_entropy(z + step, y) - cross_entropy(z - step, y)) / (2.0 * step);
            // Rounding of a loss of at most 30, over the step.
            prop_assert!((cross_entropy_derivative(z, y) - slope).abs() < 1e-9);
        }
    }

    #[test]
    fn the_textbook_formula_overflows_where_ours_does_not() {
        assert_eq!(textbook(40.0, 0.0), f64::INFINITY);
        assert_eq!(cross_entropy(40.0, 0.0), 40.0);
    }

    #[test]
    fn the_output_error_notices_a_logit_that_is_not_finite() {
        for (last, expected) in [(3.0, true), (f64::NAN, false), (f64::NEG_INFINITY, false)] {
            let (z, mut dz, mut finite) = ([0.0, -2.0, last], [0.0; 3], true);
            output_error(&z, &[1.0, 0.0, 1.0], 0.5, &mut dz, &mut finite);
            assert_eq!(finite, expected);
            assert_eq!(dz[0], 0.5 * (0.5 - 1.0));
        }
    }
}
