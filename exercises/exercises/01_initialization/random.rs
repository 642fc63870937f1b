//! # Random weights of one scale
//!
//! Chapter: book/initialization.md · in the course: `initialize_parameters_random`
//!
//! Draw weights from a normal distribution with a given standard deviation, and leave the
//! biases at zero. The course draws with a standard deviation of 10, to show what comes of it.

use ndarray::{Array1, Array2};
use trainable::prelude::RandomState;

/// W, `(units, inputs)`, and b, `(units,)`, of each layer: weights are normal numbers times
/// `scale`, drawn layer by layer and row by row; biases are zero and draw nothing.
pub fn initialize_random(
    sizes: &[usize],
    scale: f64,
    rng: &mut RandomState,
) -> Vec<(Array2<f64>, Array1<f64>)> {
    // TODO: draw each weight with rng.randn(), and leave the biases at zero.
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    fn course() -> Vec<(Array2<f64>, Array1<f64>)> {
        initialize_random(&[3, 2, 1], 10.0, &mut RandomState::new(3))
    }

    #[test]
    fn shapes_are_units_by_inputs() {
        let shapes: Vec<_> = course().iter().map(|(w, b)| (w.dim(), b.len())).collect();
        let expected = [((2, 3), 2), ((1, 2), 1)];
        assert!(
            shapes == expected,
            "sizes [3, 2, 1]: expected W and b of the shapes {expected:?}, got {shapes:?}. A row is a unit."
        );
    }

    #[test]
    fn the_weights_are_those_that_the_course_prints() {
        let layers = course();
        let expected = [17.88628473, 4.36509851, 0.96497468];
        let got: Vec<f64> = layers[0].0.row(0).to_vec();
        for (got, expected) in got.iter().zip(expected) {
            assert!(
                (got - expected).abs() < 1e-8,
                "first row of W1, seed 3: expected {expected}, got {got}. Each weight is one call of randn, times the scale, row by row."
            );
        }
    }

    #[test]
    fn biases_draw_nothing() {
        let layers = course();
        let (got, expected) = (layers[1].0[(0, 0)], -0.82741481);
        assert!(
            (got - expected).abs() < 1e-8,
            "first weight of the second layer: expected {expected}, got {got}. If the first layer is right, something was drawn between the layers."
        );
    }

    #[test]
    fn biases_are_zero() {
        for (layer, (_, b)) in course().iter().enumerate() {
            let largest = b.iter().fold(0.0_f64, |most, b| most.max(b.abs()));
            assert!(
                largest == 0.0,
                "biases of layer {}: expected zeros, got a number of size {largest}. Different weights are enough to break the symmetry.",
                layer + 1
            );
        }
    }
}
