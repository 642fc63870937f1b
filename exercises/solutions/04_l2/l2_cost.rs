//! # The cost with its penalty
//!
//! Chapter: book/l2.md · in the course: `compute_cost_with_regularization`
//!
//! Add the penalty on large weights to a cost, over all layers.
//!
//! # Why
//!
//! The cross-entropy is a mean over the examples, and the penalty is scaled alike, so that λ
//! keeps its meaning when the data set grows. The half is there for the derivative, which then
//! has no factor 2.

use ndarray::Array2;

/// The cost of m = `examples` examples with the penalty λ/(2m) Σ w², over the weights of all
/// layers. Biases are free, so they are not here.
pub fn regularized_cost(
    cross_entropy: f64,
    weights: &[Array2<f64>],
    lambda: f64,
    examples: usize,
) -> f64 {
    let squares: f64 = weights.iter().flatten().map(|w| w * w).sum();
    cross_entropy + lambda / (2.0 * examples as f64) * squares
}

fn main() {}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    fn check(got: f64, expected: f64, what: &str, idea: &str) {
        assert!(
            (got - expected).abs() < 1e-12,
            "{what}: expected {expected}, got {got}. {idea}"
        );
    }

    #[test]
    fn one_weight_is_squared_and_halved() {
        let got = regularized_cost(0.0, &[array![[3.0]]], 1.0, 1);
        check(
            got,
            4.5,
            "one weight of 3, λ = 1, one example",
            "The penalty is half of λ times the square.",
        );
    }

    #[test]
    fn three_times_the_weight_costs_nine_times_as_much() {
        let penalty = |w: f64| regularized_cost(0.0, &[array![[w]]], 1.0, 1);
        let got = penalty(3.0) / penalty(1.0);
        check(
            got,
            9.0,
            "penalty of a weight of 3 over that of a weight of 1",
            "L2 sums squares, not sizes.",
        );
    }

    #[test]
    fn squares_are_summed_and_not_a_sum_squared() {
        let got = regularized_cost(0.0, &[array![[3.0, -3.0]]], 1.0, 1);
        check(
            got,
            9.0,
            "weights of 3 and -3 in one layer, λ = 1, one example",
            "Square each weight, then add.",
        );
    }

    #[test]
    fn the_sign_of_a_weight_does_not_matter() {
        let got = regularized_cost(0.0, &[array![[-3.0]]], 1.0, 1);
        check(
            got,
            4.5,
            "one weight of -3, λ = 1, one example",
            "A square has no sign.",
        );
    }

    #[test]
    fn all_layers_count() {
        let got = regularized_cost(0.0, &[array![[1.0, 2.0]], array![[4.0]]], 2.0, 1);
        check(
            got,
            21.0,
            "weights 1, 2 and, in the next layer, 4, λ = 2",
            "Every weight of every layer is in the sum.",
        );
    }

    #[test]
    fn the_penalty_is_divided_by_the_examples() {
        let got = regularized_cost(0.0, &[array![[2.0]]], 1.0, 10);
        check(
            got,
            0.2,
            "one weight of 2, λ = 1, ten examples",
            "The cost is a mean over m examples, and so is the penalty.",
        );
    }

    #[test]
    fn the_cost_is_added_and_not_divided() {
        let got = regularized_cost(0.5, &[array![[2.0]]], 0.0, 10);
        check(
            got,
            0.5,
            "cross-entropy 0.5, λ = 0",
            "Without a penalty the cost is the cross-entropy.",
        );
    }
}
