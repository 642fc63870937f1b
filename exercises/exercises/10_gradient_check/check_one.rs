//! # Check one derivative
//!
//! Chapter: book/gradient_check.md · in the course: `gradient_check`
//!
//! Compare a derivative with the slope that the function itself shows: the relative difference
//! to the two-sided slope.

/// |g − ĝ| / (|g| + |ĝ|), where g is `derivative` at `theta`, and ĝ the two-sided difference of `j` with the step `epsilon`.
pub fn gradient_check(j: impl Fn(f64) -> f64, derivative: f64, theta: f64, epsilon: f64) -> f64 {
    // TODO: measure the slope, and compare.
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_derivative_passes() {
        let got = gradient_check(|theta| theta * 2.0, 2.0, 4.0, 1e-7);
        assert!(
            got < 1e-7,
            "J = 2θ, derivative 2: expected a difference below 1e-7, got {got:e}. The two points are 2ε apart."
        );
    }

    #[test]
    fn the_difference_is_two_sided() {
        let got = gradient_check(|theta| theta * theta, 2.0, 1.0, 1e-3);
        assert!(
            got < 1e-9,
            "J = θ² at 1, derivative 2, ε = 1e-3: expected a difference below 1e-9, got {got:e}. Look to both sides."
        );
    }

    #[test]
    fn a_factor_of_two_is_a_third() {
        let got = gradient_check(|theta| 5.0 * theta, 10.0, 1.0, 1e-4);
        assert!(
            (got - 1.0 / 3.0).abs() < 1e-6,
            "J = 5θ, derivative 10: expected a difference of 1/3, got {got}. Divide by the sum of both sizes."
        );
    }

    #[test]
    fn the_sign_counts() {
        let got = gradient_check(|theta| 5.0 * theta, -5.0, 1.0, 1e-4);
        assert!(
            (got - 1.0).abs() < 1e-6,
            "J = 5θ, derivative -5: expected a difference of 1, got {got}. Sizes are added, signs are not."
        );
    }
}
