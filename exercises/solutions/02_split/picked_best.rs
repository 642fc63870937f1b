//! # The best of fifty
//!
//! Chapter: book/split.md
//!
//! Fifty models guess labels by tossing a coin, so each is right half of the time, in the long
//! run. Accuracies are counted on 100 dev examples, and the best model is kept. Say what such a
//! number is on average, over many tries: too low, right, or too high. The tests toss the
//! coins.
//!
//! # Why
//!
//! A number is honest as long as nothing was chosen by it. The greatest of fifty honest numbers
//! is not honest: the one with the most luck was taken, and its luck does not come along to new
//! examples. More examples leave less to luck; more models to choose from leave more. That is
//! what a test set is for.

/// What a counted accuracy is, beside the true one, on average.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Average {
    /// Below it, by more than a hundredth.
    TooLow,
    /// Within a hundredth.
    Right,
    /// Above it, by more than a hundredth.
    TooHigh,
}

/// The dev accuracy of the first model, whichever is the best.
pub fn one_model() -> Average {
    Average::Right
}

/// The dev accuracy of the model that was the best on this dev set.
pub fn best_model() -> Average {
    Average::TooHigh
}

/// The accuracy of that same model on 100 test examples that it was not chosen by.
pub fn best_model_on_test() -> Average {
    Average::Right
}

/// By which factor that too much changes, with 400 dev examples instead of 100: 0.25, 0.5, 1, 2
/// or 4.
pub fn with_four_times_the_examples() -> f64 {
    0.5
}

fn main() {}

#[cfg(test)]
mod tests {
    use trainable::prelude::RandomState;

    use super::*;

    const TRIES: usize = 400;

    /// The share of right guesses among this many.
    fn guess(examples: usize, rng: &mut RandomState) -> f64 {
        let right = (0..examples).filter(|_| rng.rand() < 0.5).count();
        right as f64 / examples as f64
    }

    /// The mean over many tries of the dev accuracies of the first model and of the best, and of the best one's on the test set.
    fn means(examples: usize) -> [f64; 3] {
        let mut rng = RandomState::new(1);
        let mut sums = [0.0; 3];
        for _ in 0..TRIES {
            let dev: Vec<f64> = (0..50).map(|_| guess(examples, &mut rng)).collect();
            let best = dev.iter().copied().fold(0.0, f64::max);
            // A coin has no memory, so the best model's guesses on new examples are new tosses.
            let test = guess(examples, &mut rng);
            sums = [sums[0] + dev[0], sums[1] + best, sums[2] + test];
        }
        sums.map(|sum| sum / TRIES as f64)
    }

    fn average(mean: f64) -> Average {
        match mean - 0.5 {
            apart if apart > 0.01 => Average::TooHigh,
            apart if apart < -0.01 => Average::TooLow,
            _ => Average::Right,
        }
    }

    fn check(prediction: Average, mean: f64, what: &str, idea: &str) {
        let came = average(mean);
        assert!(
            prediction == came,
            "{what}: expected {came:?}, since {mean:.3} came on average where a half is true, got {prediction:?}. {idea}"
        );
    }

    #[test]
    fn one() {
        let idea = "Nothing was chosen by this number: luck and bad luck cancel.";
        check(one_model(), means(100)[0], "one model on dev", idea);
    }

    #[test]
    fn the_best() {
        let idea = "Of fifty numbers that are right on average, the greatest was taken: that is the luckiest.";
        check(best_model(), means(100)[1], "the best model on dev", idea);
    }

    #[test]
    fn the_best_on_test() {
        let idea = "These examples had no part in the choice, and luck does not come along.";
        check(
            best_model_on_test(),
            means(100)[2],
            "the best model on test",
            idea,
        );
    }

    #[test]
    fn more_examples() {
        let [few, many] = [100, 400].map(|examples| means(examples)[1] - 0.5);
        let (came, got) = (many / few, with_four_times_the_examples());
        // A prediction counts as right when it is nearer to what came than the next one, half or double.
        assert!(
            got > came / 1.4 && got < came * 1.4,
            "400 dev examples instead of 100: expected about {came:.2} times as much too much, got {got}. How does the standard error change with the number of examples?"
        );
    }
}
