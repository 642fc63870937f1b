//! Numbers as the course prints them.
//!
//! They are kept as text, in the course's own digits. Where the digits of a run differ between
//! published copies of a notebook, it says so.

/// What a notebook prints of one model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrintedRun {
    /// What sets the model apart from the assignment's others.
    pub model: &'static str,
    /// The costs, one for each thousand iterations or each ten thousand.
    pub costs: &'static [&'static str],
    /// The accuracy on the training set, a share.
    pub train: &'static str,
    /// The accuracy on the test set, a share.
    pub test: &'static str,
}

impl PrintedRun {
    /// The accuracy on the training set, between 0 and 1.
    pub fn train_accuracy(&self) -> f64 {
        number(self.train)
    }

    /// The accuracy on the test set, between 0 and 1.
    pub fn test_accuracy(&self) -> f64 {
        number(self.test)
    }
}

/// The number that a printed text is; NaN where it is none.
pub fn number(text: &str) -> f64 {
    text.parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{gradient_checking, initialization, lectures, regularization};

    fn runs() -> impl Iterator<Item = PrintedRun> {
        initialization::RUNS.into_iter().chain(regularization::RUNS)
    }

    #[test]
    fn every_text_of_a_run_is_a_number() {
        for run in runs() {
            assert!(!run.model.is_empty() && !run.costs.is_empty());
            for text in run.costs.iter().chain([&run.train, &run.test]) {
                assert!(!number(text).is_nan(), "{}: {text}", run.model);
            }
        }
        assert!(number("one").is_nan());
    }

    #[test]
    fn accuracies_are_shares() {
        for run in runs() {
            for accuracy in [run.train_accuracy(), run.test_accuracy()] {
                assert!((0.0..=1.0).contains(&accuracy), "{}: {accuracy}", run.model);
            }
        }
        assert_eq!(regularization::UNREGULARIZED.test_accuracy(), 0.915);
        assert_eq!(regularization::L2.train_accuracy(), 0.9383886255924171);
    }

    #[test]
    fn single_numbers_are_numbers() {
        for text in [
            lectures::TWO_SIDED,
            lectures::ONE_SIDED,
            gradient_checking::ONE_PARAMETER,
            gradient_checking::WITH_BUGS,
            gradient_checking::WITHOUT_BUGS,
            regularization::REGULARIZED_COST,
        ] {
            assert!(number(text).is_finite(), "{text}");
        }
    }
}
