//! # Bias, variance, both or neither
//!
//! Chapter: book/bias_variance.md
//!
//! Say what is wrong with a network, from three error rates: the best possible, that on the
//! training set, and that on the dev set.

/// What to mend first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Diagnosis {
    /// The training error is far above the best that is possible.
    Bias,
    /// The dev error is far above the training error.
    Variance,
    /// Both.
    Both,
    /// Neither.
    Neither,
}

/// The diagnosis from the errors, fractions from 0 to 1, of the best possible classifier, in
/// training and on the dev set. A difference is far if it is above `tolerance`.
pub fn diagnose(bayes: f64, train: f64, dev: f64, tolerance: f64) -> Diagnosis {
    // TODO: judge the two differences.
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(errors: [f64; 3], expected: Diagnosis, idea: &str) {
        let [bayes, train, dev] = errors;
        let got = diagnose(bayes, train, dev, 0.02);
        assert!(
            got == expected,
            "Bayes {bayes}, train {train}, dev {dev}: expected {expected:?}, got {got:?}. {idea}"
        );
    }

    #[test]
    fn the_dev_error_alone_is_high() {
        check(
            [0.0, 0.01, 0.11],
            Diagnosis::Variance,
            "What was learned in training does not carry over.",
        );
    }

    #[test]
    fn both_errors_are_high_and_near() {
        check(
            [0.0, 0.15, 0.16],
            Diagnosis::Bias,
            "The dev error is compared with the training error, not with the best one.",
        );
    }

    #[test]
    fn one_high_and_the_other_higher() {
        check(
            [0.0, 0.15, 0.30],
            Diagnosis::Both,
            "There are two differences, and each is judged.",
        );
    }

    #[test]
    fn both_are_low() {
        check(
            [0.0, 0.005, 0.01],
            Diagnosis::Neither,
            "Neither difference is above the tolerance.",
        );
    }

    #[test]
    fn nobody_could_do_better() {
        check(
            [0.15, 0.15, 0.16],
            Diagnosis::Neither,
            "A high training error is no bias if the best possible one is as high.",
        );
    }
}
