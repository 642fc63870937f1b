//! # He initialization
//!
//! Chapter: book/initialization.md · in the course: `initialize_parameters_he`
//!
//! Draw weights with the variance that keeps the size of a ReLU layer's activations: 2/n for n
//! inputs.
//!
//! Source: K. He, X. Zhang, S. Ren, J. Sun (2015), *Delving deep into rectifiers*,
//! arXiv:1502.01852.
//!
//! # Why
//!
//! A sum of n products with weights of variance v has n·v times the mean square of its inputs.
//! ReLU leaves half of that mean square, so v = 2/n keeps it. The n is the number of columns,
//! and each layer has its own.

use ndarray::{Array1, Array2};
use trainable::prelude::RandomState;

/// W, `(units, inputs)`, and b, `(units,)`, of each layer: weights are normal numbers with the
/// variance 2/inputs, drawn layer by layer and row by row; biases are zero.
pub fn initialize_he(sizes: &[usize], rng: &mut RandomState) -> Vec<(Array2<f64>, Array1<f64>)> {
    let pairs = sizes.windows(2);
    pairs
        .map(|pair| {
            let std = (2.0 / pair[0] as f64).sqrt();
            let w = Array2::from_shape_simple_fn((pair[1], pair[0]), || std * rng.randn());
            (w, Array1::zeros(pair[1]))
        })
        .collect()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_are_those_that_the_course_prints() {
        let layers = initialize_he(&[2, 4, 1], &mut RandomState::new(3));
        let (got, expected) = (layers[0].0[(0, 0)], 1.78862847);
        assert!(
            (got - expected).abs() < 1e-8,
            "first weight of W1, 2 inputs and 4 units: expected {expected}, got {got}. The variance is 2/n; which n?"
        );
        let (got, expected) = (layers[1].0[(0, 0)], -0.03098412);
        assert!(
            (got - expected).abs() < 1e-8,
            "first weight of W2, 4 inputs and 1 unit: expected {expected}, got {got}. Each layer has a variance of its own."
        );
    }

    #[test]
    fn the_variance_is_two_over_the_inputs() {
        let layers = initialize_he(&[50, 200, 1], &mut RandomState::new(1));
        let w = &layers[0].0;
        let got = w.mapv(|w| w * w).sum() / w.len() as f64;
        assert!(
            (got - 0.04).abs() < 0.002,
            "variance of 10,000 weights with 50 inputs: expected about 2/50 = 0.04, got {got:.5}. A standard deviation is the root of a variance."
        );
    }

    #[test]
    fn a_relu_layer_keeps_the_size_of_its_inputs() {
        let layers = initialize_he(&[400, 400, 1], &mut RandomState::new(2));
        let mut rng = RandomState::new(3);
        let x = Array1::from_shape_simple_fn(400, || rng.randn());
        let z = layers[0].0.dot(&x) + &layers[0].1;
        let a = z.mapv(|z| z.max(0.0));
        let ratio = a.dot(&a) / x.dot(&x);
        assert!(
            (0.7..1.4).contains(&ratio),
            "mean square after a ReLU layer, over that before: expected about 1, got {ratio:.2}. The factor 2 makes up for the half that ReLU cuts off."
        );
    }
}
