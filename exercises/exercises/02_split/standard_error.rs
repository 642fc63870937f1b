//! # How far to trust an accuracy
//!
//! Chapter: book/split.md
//!
//! An accuracy that was counted on n examples would come out otherwise on n others. Say by how
//! much, typically: derive the standard deviation of the share of right answers.

/// The standard error √(p(1 − p)/n) of an accuracy p that was counted on n = `examples`
/// examples.
pub fn standard_error(accuracy: f64, examples: usize) -> f64 {
    // TODO: the root of a variance.
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(got: f64, expected: f64, what: &str, idea: &str) {
        assert!(
            (got - expected).abs() < 1e-12,
            "{what}: expected {expected}, got {got}. {idea}"
        );
    }

    #[test]
    fn half_of_a_hundred() {
        check(
            standard_error(0.5, 100),
            0.05,
            "accuracy 0.5 of 100",
            "A standard error is the root of a variance.",
        );
    }

    #[test]
    fn four_times_the_examples_halve_it() {
        check(
            standard_error(0.5, 400),
            0.025,
            "accuracy 0.5 of 400",
            "The variance of a mean is divided by n, so the error falls with the root of n.",
        );
    }

    #[test]
    fn right_and_wrong_answers_are_alike() {
        check(
            standard_error(0.9, 900),
            0.01,
            "accuracy 0.9 of 900",
            "One example is right with the probability p; its variance is p(1 − p).",
        );
        check(
            standard_error(0.1, 900),
            0.01,
            "accuracy 0.1 of 900",
            "One example is right with the probability p; its variance is p(1 − p).",
        );
    }

    #[test]
    fn certainty_has_no_error() {
        check(
            standard_error(1.0, 10),
            0.0,
            "accuracy 1 of 10",
            "Where p is 0 or 1 every example is the same.",
        );
    }
}
