//! # Would more data help?
//!
//! Chapter: book/bias_variance.md
//!
//! Collecting data is dear. Say for each of three runs whether ten times the training examples
//! lower the dev error by more than 3 points of a hundred. The points are two noisy moons; the
//! tests train five times with each number of examples, and take the mean errors.
//!
//! # Why
//!
//! More examples lower the variance, what is lost between the training set and new points. A
//! line stays a line, however many points it is fitted to: its error is bias. And where dev and
//! train error are close already, there is nothing left that more data could lower.

/// A single unit, without a hidden layer, and 40 examples. The train error is more than 15
/// points of a hundred, and the dev error is not above it.
pub fn one_unit() -> bool {
    false
}

/// Twenty hidden units and 10 examples. The train error is 0, the dev error more than 15 points
/// of a hundred.
pub fn few_examples() -> bool {
    true
}

/// Twenty hidden units and 400 examples. Train and dev error are within 1 point of each other.
pub fn many_examples() -> bool {
    false
}

fn main() {}

#[cfg(test)]
mod tests {
    use trainable::prelude::*;

    use super::*;

    /// The mean train and dev errors of five trainings.
    fn errors(sizes: &[usize], examples: usize) -> Result<(f64, f64), Error> {
        const SEEDS: u32 = 5;
        let mut sums = (0.0, 0.0);
        for seed in 1..=SEEDS {
            let train = moons(examples, 0.2, &mut RandomState::new(seed))?;
            let dev = moons(1_000, 0.2, &mut RandomState::new(100 + seed))?;
            let mut network = Network::new(sizes, Initialization::He, &mut RandomState::new(seed))?;
            GradientDescent::new(1.0)
                .iterations(500)
                .train(&mut network, &train)?;
            sums.0 += 1.0 - network.accuracy(&train)?;
            sums.1 += 1.0 - network.accuracy(&dev)?;
        }
        Ok((sums.0 / f64::from(SEEDS), sums.1 / f64::from(SEEDS)))
    }

    fn check(prediction: bool, sizes: &[usize], examples: usize, idea: &str) {
        let (train, before) = errors(sizes, examples).unwrap();
        let (_, after) = errors(sizes, 10 * examples).unwrap();
        let helps = before - after > 0.03;
        assert!(
            prediction == helps,
            "{sizes:?} with {examples} examples, train error {train:.3}: expected {helps}, since ten times as many took the dev error from {before:.3} to {after:.3}, got {prediction}. {idea}"
        );
    }

    #[test]
    fn a_line() {
        let idea = "Which line divides one moon from the other, however well you know them?";
        check(one_unit(), &[2, 1], 40, idea);
    }

    #[test]
    fn few() {
        let idea = "The network has memorized the training set. What it loses on new examples is variance.";
        check(few_examples(), &[2, 20, 1], 10, idea);
    }

    #[test]
    fn many() {
        let idea = "The dev error cannot fall far below the train error, and it is there already.";
        check(many_examples(), &[2, 20, 1], 400, idea);
    }
}
