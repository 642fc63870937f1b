//! # What one step makes of a weight
//!
//! Chapter: book/l2.md
//!
//! Gradient descent lowers the mean cross-entropy of m examples plus λ/(2m) Σ w². Take a weight
//! that the data do not pull at: the derivative of the cross-entropy by it is zero, at every
//! step.
//!
//! Derive what one step multiplies this weight by, the λ with which one step leaves nothing of
//! it, and the number of steps after which half of it is left.

/// What one step with the learning rate `alpha` multiplies the weight by, for m = `examples`.
pub fn factor(alpha: f64, lambda: f64, examples: usize) -> f64 {
    // TODO: derive what one step leaves.
    todo!()
}

/// The λ with which one step takes the weight to zero; with any larger λ its sign changes.
pub fn largest_lambda(alpha: f64, examples: usize) -> f64 {
    // TODO: derive where that is nothing.
    todo!()
}

/// The number of steps after which half of the weight is left, for a factor between 0 and 1; it
/// need not be a whole number.
pub fn half_life(alpha: f64, lambda: f64, examples: usize) -> f64 {
    // TODO: derive when it is a half.
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use trainable::prelude::*;

    use super::*;

    fn check_factor(alpha: f64, lambda: f64, examples: usize, expected: f64, idea: &str) {
        let got = factor(alpha, lambda, examples);
        assert!(
            (got - expected).abs() < 1e-12,
            "factor for α = {alpha}, λ = {lambda}, m = {examples}: expected {expected}, got {got}. {idea}"
        );
    }

    #[test]
    fn a_step_takes_a_share_of_the_weight() {
        let derivative = "What is the derivative of λ/2 · w²?";
        check_factor(1.0, 0.5, 1, 0.5, derivative);
        check_factor(
            0.5,
            0.5,
            1,
            0.75,
            "A step subtracts the derivative times the learning rate.",
        );
        check_factor(
            1.0,
            0.5,
            10,
            0.95,
            "The penalty is divided by the number of examples.",
        );
        check_factor(
            0.3,
            0.0,
            7,
            1.0,
            "Without a penalty this weight stays as it is.",
        );
    }

    #[test]
    fn it_is_what_training_does() {
        // The first feature is always 0, so the cross-entropy does not depend on its weight.
        let x = array![[0.0, 0.0, 0.0], [1.0, -0.5, 0.3]];
        let data = Dataset::new(x, array![[1.0, 0.0, 1.0]]).unwrap();
        let layer = Layer {
            w: array![[2.0, -1.0]],
            b: array![0.0],
        };
        let mut network = Network::from_parameters(Parameters::new(vec![layer]).unwrap());
        let descent = GradientDescent::new(0.4).penalty(Penalty::L2 { lambda: 0.9 });
        descent.iterations(1).train(&mut network, &data).unwrap();
        let expected = network.parameters().layers()[0].w[(0, 0)];
        let got = 2.0 * factor(0.4, 0.9, 3);
        assert!(
            (got - expected).abs() < 1e-12,
            "a weight of 2 after one real step, α = 0.4, λ = 0.9, m = 3: expected {expected}, got {got} by your factor. Write down the step for one weight."
        );
    }

    #[test]
    fn the_largest_lambda_leaves_nothing() {
        for (alpha, examples, expected) in [(1.0, 1, 1.0), (0.5, 10, 20.0), (0.25, 300, 1200.0)] {
            let got = largest_lambda(alpha, examples);
            let left = 1.0 - alpha * got / examples as f64;
            assert!(
                (got - expected).abs() < 1e-9,
                "largest λ for α = {alpha}, m = {examples}: expected {expected}, got {got}, with which one step makes {left} of a weight of 1. It must make 0 of it."
            );
        }
    }

    fn check_half_life(alpha: f64, lambda: f64, examples: usize, expected: f64) {
        let got = half_life(alpha, lambda, examples);
        assert!(
            got > 0.0,
            "half-life for α = {alpha}, λ = {lambda}, m = {examples}: expected a positive number of steps, got {got}. Logarithms of ½ and of a factor below 1 are both negative."
        );
        assert!(
            (got - expected).abs() < 1e-9 * expected,
            "half-life for α = {alpha}, λ = {lambda}, m = {examples}: expected {expected}, got {got}. Each step takes the same share of what is left: which power of the factor is ½?"
        );
    }

    #[test]
    fn half_is_left_after_the_half_life() {
        check_half_life(1.0, 0.5, 1, 1.0);
        check_half_life(1.0, 0.75, 1, 0.5);
        check_half_life(0.5, 1.0, 2, 2.409_420_839_653_209);
    }
}
