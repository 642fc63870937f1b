//! # One step of TITLE
//!
//! Chapter: book/NAME.md
//!
//! Move a weight by one step against its derivative.
//!
//! # Why
//!
//! The derivative points to where the cost grows, so a step goes the other way.

/// The weight after one step with the learning rate `alpha`.
pub fn step(weight: f64, derivative: f64, alpha: f64) -> f64 {
    weight - alpha * derivative
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(got: f64, expected: f64, idea: &str) {
        assert!(
            (got - expected).abs() < 1e-12,
            "expected {expected}, got {got}. {idea}"
        );
    }

    #[test]
    fn a_step_goes_against_the_derivative() {
        check(
            step(1.0, 2.0, 1.0),
            -1.0,
            "The cost grows along the derivative.",
        );
    }

    #[test]
    fn the_learning_rate_scales_the_step() {
        check(
            step(1.0, 2.0, 0.5),
            0.0,
            "A step is the derivative times the learning rate.",
        );
    }

    #[test]
    fn the_weight_is_where_the_step_begins() {
        check(
            step(5.0, 0.0, 0.5),
            5.0,
            "Without a derivative the weight stays.",
        );
    }
}
