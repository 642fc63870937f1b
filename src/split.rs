//! Train, dev and test sets, and how far an accuracy counted on one of them can be trusted.

use rand::Rng;

use crate::data::dataset::Dataset;
use crate::error::{Error, at_least_0, at_least_1, fraction};
use crate::numerics::random_state::shuffle;

/// How far fractions may be from a sum of 1: rounding.
const ROUNDING: f64 = 1e-9;

/// A data set in three parts, each example in one of them at most.
///
/// ```
/// use trainable::prelude::*;
///
/// let data = football(1_000, 0.08, &mut RandomState::new(1))?;
/// let split = Split::fractions(&data, [0.6, 0.2, 0.2], &mut RandomState::new(2))?;
/// assert_eq!(split.train.examples(), 600);
/// assert_eq!((split.dev.examples(), split.test.examples()), (200, 200));
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// What the parameters are trained on.
    pub train: Dataset,
    /// What everything else is chosen on: the development set.
    pub dev: Dataset,
    /// What is looked at once, at the end.
    pub test: Dataset,
}

impl Split {
    // ANCHOR: split
    /// Shuffles the examples and deals them out by `[train, dev, test]`, fractions of at least
    /// 0 that sum to 1. Dev and test set are rounded to whole examples, the training set is
    /// the rest.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for fractions that are negative, not finite, or do not sum to 1,
    /// and for a part without an example.
    pub fn fractions(
        data: &Dataset,
        [train, dev, test]: [f64; 3],
        rng: &mut impl Rng,
    ) -> Result<Self, Error> {
        check_fractions([train, dev, test])?;
        let m = data.examples();
        let [dev, test] = [dev, test].map(|share| (share * m as f64).round() as usize);
        let train = m.saturating_sub(dev).saturating_sub(test);
        Self::counts(data, [train, dev, test], rng)
    }

    /// Shuffles the examples and deals them out in these numbers: `[train, dev, test]`, each at least 1.
    /// Any that are left over are in no part.
    ///
    /// # Errors
    /// [`Error::TooFewExamples`] if the data set has fewer; [`Error::OutOfRange`] for a part
    /// without an example.
    pub fn counts(
        data: &Dataset,
        [train, dev, test]: [usize; 3],
        rng: &mut impl Rng,
    ) -> Result<Self, Error> {
        check_counts([train, dev, test], data.examples())?;
        let mut order: Vec<usize> = (0..data.examples()).collect();
        shuffle(&mut order, rng);
        let (first, rest) = order.split_at(train);
        let (second, rest) = rest.split_at(dev);
        Ok(Self {
            train: data.select(first)?,
            dev: data.select(second)?,
            test: data.select(&rest[..test])?,
        })
    }
    // ANCHOR_END: split
}

/// The standard error of an accuracy, √(p (1 − p) / n): the standard deviation of the share of right
/// answers among n independent `examples`, when each is right with probability p = `accuracy`.
///
/// # Errors
/// [`Error::OutOfRange`] for an accuracy outside [0, 1]; [`Error::NoExamples`] for none.
///
/// ```
/// use trainable::split::standard_error;
///
/// assert_eq!(standard_error(0.9, 100)?, 0.03); // 90 ± 3 percent
/// # Ok::<(), trainable::error::Error>(())
/// ```
// ANCHOR: standard_error
pub fn standard_error(accuracy: f64, examples: usize) -> Result<f64, Error> {
    fraction("accuracy", accuracy)?;
    if examples == 0 {
        return Err(Error::NoExamples);
    }
    Ok((accuracy * (1.0 - accuracy) / examples as f64).sqrt())
}
// ANCHOR_END: standard_error

fn check_fractions(fractions: [f64; 3]) -> Result<(), Error> {
    for got in fractions {
        at_least_0("fraction of a part", got)?;
    }
    let got: f64 = fractions.iter().sum();
    if (got - 1.0).abs() <= ROUNDING {
        return Ok(());
    }
    Err(Error::OutOfRange {
        what: "sum of the fractions",
        expected: "1",
        got,
    })
}

fn check_counts(counts: [usize; 3], available: usize) -> Result<(), Error> {
    let names = [
        "examples of the training set",
        "examples of the dev set",
        "examples of the test set",
    ];
    for (what, count) in names.into_iter().zip(counts) {
        at_least_1(what, count)?;
    }
    let wanted = counts.into_iter().fold(0, usize::saturating_add);
    if wanted <= available {
        return Ok(());
    }
    Err(Error::TooFewExamples { wanted, available })
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use proptest::prelude::*;

    use super::*;
    use crate::numerics::random_state::RandomState;

    /// Examples whose one feature is their number, and their label its parity.
    fn numbered(n: usize) -> Dataset {
        let x = Array2::from_shape_fn((1, n), |(_, i)| i as f64);
        let y = Array2::from_shape_fn((1, n), |(_, i)| (i % 2) as f64);
        Dataset::new(x, y).unwrap()
    }

    fn numbers(part: &Dataset) -> Vec<usize> {
        part.x().iter().map(|x| *x as usize).collect()
    }

    fn split(m: usize, fractions: [f64; 3]) -> Result<Split, Error> {
        Split::fractions(&numbered(m), fractions, &mut RandomState::new(1))
    }

    #[test]
    fn dev_and_test_are_rounded_and_the_training_set_is_the_rest() {
        let sizes = |m, fractions| {
            let parts = split(m, fractions).unwrap();
            [parts.train, parts.dev, parts.test].map(|part| part.examples())
        };
        assert_eq!(sizes(211, [0.6, 0.2, 0.2]), [127, 42, 42]);
        assert_eq!(sizes(100, [0.98, 0.01, 0.01]), [98, 1, 1]);
        assert_eq!(sizes(3, [1.0 / 3.0; 3]), [1, 1, 1]);
    }

    #[test]
    fn the_order_is_random_and_its_seed_decides() {
        let data = numbered(100);
        let with = |seed| {
            let rng = &mut RandomState::new(seed);
            Split::fractions(&data, [0.6, 0.2, 0.2], rng).unwrap()
        };
        assert_eq!(with(1), with(1));
        assert_ne!(with(1), with(2));
        assert_ne!(numbers(&with(1).train), (0..60).collect::<Vec<_>>());
    }

    #[test]
    fn refuses_fractions_that_are_none() {
        for fraction in [-0.1, f64::NAN, f64::INFINITY] {
            let refused = split(100, [0.6, fraction, 0.2]);
            assert!(
                matches!(
                    refused,
                    Err(Error::OutOfRange {
                        what: "fraction of a part",
                        ..
                    })
                ),
                "{refused:?}"
            );
        }
        for fractions in [[0.6, 0.2, 0.1], [60.0, 20.0, 20.0], [0.8, 0.2, 0.2]] {
            let refused = split(100, fractions).unwrap_err().to_string();
            assert!(
                refused.starts_with("sum of the fractions: expected 1"),
                "{refused}"
            );
        }
    }

    #[test]
    fn refuses_an_empty_part_by_its_name() {
        let said = |m, fractions| split(m, fractions).unwrap_err().to_string();
        let dev = "examples of the dev set: expected at least 1, got 0";
        assert_eq!(said(49, [0.98, 0.01, 0.01]), dev);
        assert!(said(100, [0.0, 0.5, 0.5]).starts_with("examples of the training set"));
        assert!(said(100, [0.5, 0.5, 0.0]).starts_with("examples of the test set"));
        // Both halves round up, and nothing is left.
        assert!(said(1, [0.0, 0.5, 0.5]).starts_with("examples of the training set"));
    }

    #[test]
    fn refuses_more_examples_than_there_are() {
        let with = |counts| Split::counts(&numbered(10), counts, &mut RandomState::new(1));
        let too_few = |wanted| {
            Err(Error::TooFewExamples {
                wanted,
                available: 10,
            })
        };
        assert!(with([8, 1, 1]).is_ok());
        assert_eq!(with([8, 2, 1]), too_few(11));
        assert_eq!(with([usize::MAX, 2, 1]), too_few(usize::MAX));
    }

    #[test]
    fn the_standard_error_is_the_binomial_one() {
        assert_eq!(standard_error(0.5, 100), Ok(0.05));
        assert_eq!(standard_error(1.0, 7), Ok(0.0));
        assert_eq!(standard_error(0.5, 0), Err(Error::NoExamples));
        for accuracy in [-0.1, 1.1, f64::NAN] {
            assert!(matches!(
                standard_error(accuracy, 5),
                Err(Error::OutOfRange { .. })
            ));
        }
    }

    #[test]
    fn the_standard_error_is_that_of_many_draws() {
        let (p, n, draws) = (0.8, 50_u32, 20_000);
        let mut rng = RandomState::new(1);
        let mut share = || (0..n).filter(|_| rng.rand() < p).count() as f64 / f64::from(n);
        let squares = (0..draws)
            .map(|_| share())
            .map(|share| (share - p) * (share - p));
        let mean = squares.sum::<f64>() / f64::from(draws);
        let variance = p * (1.0 - p) / f64::from(n);
        let expected = standard_error(p, n as usize).unwrap();
        assert!((expected * expected - variance).abs() < 1e-15);
        // The standard error of a variance is about σ² √(2/draws).
        assert!((mean / variance - 1.0).abs() < 4.0 * (2.0 / f64::from(draws)).sqrt());
    }

    proptest! {
        #[test]
        fn each_example_is_in_one_part_with_its_label(
            train in 1..40usize, dev in 1..40usize, test in 1..40usize,
            left in 0..20usize, seed: u32,
        ) {
            let data = numbered(train + dev + test + left);
            let mut rng = RandomState::new(seed);
            let split = Split::counts(&data, [train, dev, test], &mut rng).unwrap();
            let parts = [&split.train, &split.dev, &split.test];
            prop_assert_eq!(parts.map(Dataset::examples), [train, dev, test]);
            let mut all: Vec<usize> = parts.iter().flat_map(|part| numbers(part)).collect();
            all.sort_unstable();
            all.dedup();
            prop_assert_eq!(all.len(), train + dev + test);
            for part in parts {
                prop_assert!(part.x().iter().zip(part.y()).all(|(x, y)| x % 2.0 == *y));
            }
        }

        #[test]
        fn fractions_leave_no_example_out(
            m in 3..500usize, dev in 0.1..0.4f64, test in 0.1..0.4f64,
        ) {
            prop_assume!((dev * m as f64).round() >= 1.0 && (test * m as f64).round() >= 1.0);
            let parts = split(m, [1.0 - dev - test, dev, test]);
            prop_assume!(parts.is_ok()); // a training set may be empty by rounding
            let parts = parts.unwrap();
            let parts = [&parts.train, &parts.dev, &parts.test];
            let mut all = parts.map(numbers).concat();
            all.sort_unstable();
            prop_assert_eq!(all, (0..m).collect::<Vec<_>>());
        }
    }
}
