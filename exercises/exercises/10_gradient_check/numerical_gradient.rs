//! # The numerical gradient
//!
//! Chapter: book/gradient_check.md · in the course: `gradient_check_n`
//!
//! Measure the slope of a cost along each of its parameters: move one at a time, and leave the
//! others where they are.

use ndarray::Array1;

/// The two-sided difference of `cost` for each number of `theta`, with the step `epsilon`.
pub fn numerical_gradient(
    theta: &Array1<f64>,
    epsilon: f64,
    cost: impl Fn(&Array1<f64>) -> f64,
) -> Array1<f64> {
    // TODO: measure the slope along each parameter in turn.
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    fn check(got: &Array1<f64>, expected: &Array1<f64>, what: &str, idea: &str) {
        let near =
            got.len() == expected.len() && (got - expected).iter().all(|apart| apart.abs() < 1e-6);
        assert!(near, "{what}: expected {expected}, got {got}. {idea}");
    }

    #[test]
    fn a_slope_for_each_parameter() {
        let got = numerical_gradient(&array![1.0, 2.0], 1e-4, |theta| {
            3.0 * theta[0] - 5.0 * theta[1]
        });
        check(
            &got,
            &array![3.0, -5.0],
            "J = 3θ₀ − 5θ₁",
            "Each parameter has its turn, and two points are 2ε apart.",
        );
    }

    #[test]
    fn the_others_stay_where_they_are() {
        let got = numerical_gradient(&array![1.0, 1.0, 1.0], 0.1, |theta| {
            theta[0] * theta[1] * theta[2]
        });
        check(
            &got,
            &array![1.0, 1.0, 1.0],
            "J = θ₀θ₁θ₂ at 1, ε = 0.1",
            "A parameter that had its turn must be where it was before the next one moves.",
        );
    }

    #[test]
    fn the_difference_is_two_sided() {
        let got = numerical_gradient(&array![1.0, -2.0], 1e-3, |theta| theta.dot(theta));
        check(
            &got,
            &array![2.0, -4.0],
            "J = θ₀² + θ₁², ε = 1e-3",
            "One-sided differences are off by ε/2 times the curvature.",
        );
    }
}
