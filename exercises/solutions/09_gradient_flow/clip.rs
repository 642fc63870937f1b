//! # A limit for the length of a step
//!
//! Chapter: book/gradient_flow.md
//!
//! Shorten a gradient that is longer than a limit, and keep its direction.
//!
//! # Why
//!
//! Scaling by limit / norm changes the length alone. Limiting each entry by itself would turn
//! the vector, and a vector within the limit is nobody's business.

use ndarray::Array1;

/// The gradient, shortened to the length `limit` if it is longer: its direction stays.
pub fn clip(gradient: &Array1<f64>, limit: f64) -> Array1<f64> {
    let norm = gradient.dot(gradient).sqrt();
    if norm > limit {
        gradient * (limit / norm)
    } else {
        gradient.clone()
    }
}

fn main() {}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    fn check(gradient: Array1<f64>, limit: f64, expected: Array1<f64>, idea: &str) {
        let got = clip(&gradient, limit);
        let near = (&got - &expected).iter().all(|apart| apart.abs() < 1e-12);
        assert!(
            near,
            "gradient {gradient}, limit {limit}: expected {expected}, got {got}. {idea}"
        );
    }

    #[test]
    fn one_number() {
        check(
            array![-8.0],
            2.0,
            array![-2.0],
            "Of one number the length is its size: √(8²) = 8. The sign stays.",
        );
    }

    #[test]
    fn a_long_gradient_is_shortened() {
        check(
            array![30.0, -40.0],
            5.0,
            array![3.0, -4.0],
            "Its length is √(30² + 40²) = 50, so both numbers become a tenth of what they were.",
        );
    }

    #[test]
    fn a_short_gradient_stays() {
        check(
            array![0.3, -0.4],
            5.0,
            array![0.3, -0.4],
            "A limit is no target: what is shorter stays as it is.",
        );
    }

    #[test]
    fn the_direction_stays() {
        check(
            array![0.0, 10.0, 1.0],
            1.0,
            array![0.0, 10.0, 1.0] / 101.0_f64.sqrt(),
            "All numbers shrink by the same factor: limiting each by itself turns the vector.",
        );
    }

    #[test]
    fn zero_has_no_length() {
        check(
            array![0.0, 0.0],
            1.0,
            array![0.0, 0.0],
            "Nothing is divided by a length of 0.",
        );
    }
}
