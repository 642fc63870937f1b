//! # The gradients with the penalty
//!
//! Chapter: book/l2.md · in the course: `backward_propagation_with_regularization`
//!
//! Backpropagation has found the gradients of the cross-entropy. Add what the penalty λ/(2m) Σ
//! w² adds to them.
//!
//! # Why
//!
//! The derivative of a sum is the sum of the derivatives, and the square's 2 cancels the half:
//! λ/m · w joins each dW. The penalty has no bias in it, so db stays.

use ndarray::{Array1, Array2};

/// dW, `(units, inputs)`, and db, `(units,)`, of a layer, with the penalty's part, from those
/// without it.
pub fn regularized_gradients(
    dw: &Array2<f64>,
    db: &Array1<f64>,
    w: &Array2<f64>,
    lambda: f64,
    examples: usize,
) -> (Array2<f64>, Array1<f64>) {
    let decay = lambda / examples as f64;
    (dw + decay * w, db.clone())
}

fn main() {}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use trainable::prelude::*;

    use super::*;

    #[test]
    fn each_weight_has_its_part() {
        check(1.0, 1, [3.0, -4.0], "What is the derivative of ½ w²?");
        check(
            2.0,
            1,
            [6.0, -8.0],
            "Twice the λ pulls with twice the force.",
        );
        check(
            1.0,
            5,
            [0.6, -0.8],
            "The penalty is divided by m, and so is its derivative.",
        );
    }

    fn check(lambda: f64, examples: usize, [first, second]: [f64; 2], idea: &str) {
        let (dw, db, w) = (array![[0.0, 0.0]], array![0.0], array![[3.0, -4.0]]);
        let (got, _) = regularized_gradients(&dw, &db, &w, lambda, examples);
        let expected = array![[first, second]];
        assert!(
            (&got + &expected).iter().any(|sum| sum.abs() > 1e-12),
            "dW of the penalty for weights 3 and -4, λ = {lambda}, m = {examples}: expected {expected}, got {got}. A step subtracts the gradient, so the gradient has the weight's own sign."
        );
        assert!(
            (&got - &expected).iter().all(|apart| apart.abs() < 1e-12),
            "dW of the penalty for weights 3 and -4, λ = {lambda}, m = {examples}: expected {expected}, got {got}. {idea}"
        );
    }

    #[test]
    fn biases_are_free() {
        let (_, got) = regularized_gradients(&array![[0.0]], &array![0.7], &array![[3.0]], 2.0, 5);
        assert!(
            got == array![0.7],
            "db of 0.7: expected it unchanged, got {got}. The penalty has no bias in it."
        );
    }

    #[test]
    fn the_gradient_of_the_cross_entropy_stays() {
        let (got, _) = regularized_gradients(&array![[0.5]], &array![0.0], &array![[3.0]], 0.0, 5);
        assert!(
            got == array![[0.5]],
            "dW of 0.5 with λ = 0: expected it unchanged, got {got}. The penalty's part is added."
        );
    }

    #[test]
    fn it_is_the_gradient_of_the_regularized_cost() {
        let data = moons(20, 0.1, &mut RandomState::new(1)).unwrap();
        let start = Initialization::Xavier
            .parameters(&[2, 3, 1], &mut RandomState::new(2))
            .unwrap();
        let (lambda, m) = (0.7, data.examples());
        let tanh = |parameters: &Parameters| {
            Network::from_parameters(parameters.clone()).with_activation(Activation::Tanh)
        };
        let gradients = tanh(&start).gradients(&data).unwrap();
        let layers = gradients.layers().iter().zip(start.layers());
        let layers = layers
            .map(|(g, layer)| {
                let (w, b) = regularized_gradients(&g.w, &g.b, &layer.w, lambda, m);
                Layer { w, b }
            })
            .collect();
        let cost = |parameters: &Parameters| {
            Ok(tanh(parameters).cost(&data)? + Penalty::L2 { lambda }.cost(parameters, m)?)
        };
        let got = Parameters::new(layers).unwrap();
        let report = GradientCheck::new(1e-5).check(&start, &got, cost).unwrap();
        assert!(
            report.relative_difference() < 1e-7,
            "gradient check of the cost with its penalty: expected a relative difference below 1e-7, got {report}. Derive the penalty by one weight."
        );
    }
}
