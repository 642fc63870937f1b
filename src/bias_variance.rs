//! Bias and variance, read off error rates, and what to do about them.

use crate::data::dataset::Dataset;
use crate::error::{Error, fraction};
use crate::network::Network;

/// What a network gets wrong, and what nobody could get right: fractions from 0 to 1.
///
/// A. Ng's names for two differences: the *avoidable bias* is train − bayes, the *variance* is
/// dev − train. The dev set must come from where the training set came from. For the statistical
/// terms of these names, which are averages over training sets, see S. Geman, E. Bienenstock,
/// R. Doursat (1992), *Neural networks and the bias/variance dilemma*, doi:10.1162/neco.1992.4.1.1.
///
/// ```
/// use trainable::prelude::*;
///
/// let cats = ErrorRates::new(0.0, 0.15, 0.30)?;
/// assert_eq!(cats.diagnose(0.02)?, Diagnosis::Both);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ErrorRates {
    /// The error of the best possible classifier, or of people, who are an upper bound for it.
    bayes: f64,
    /// The error on the training set.
    train: f64,
    /// The error on the dev set.
    dev: f64,
}

/// Which of the two problems a network has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Diagnosis {
    /// It does not even fit its training set: underfitting.
    HighBias,
    /// It does not keep on new examples what it does in training: overfitting.
    HighVariance,
    /// Both at once.
    Both,
    /// Neither: what is wrong is wrong for everybody.
    Neither,
}

/// What to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Remedy {
    /// More units, or more layers.
    BiggerNetwork,
    /// More steps, or a better optimizer.
    LongerTraining,
    /// More training examples.
    MoreData,
    /// A penalty, dropout, early stopping, augmentation.
    Regularization,
    /// Another kind of network.
    OtherArchitecture,
}

impl ErrorRates {
    /// Three error rates: the least possible one, that on the training set, that on the dev set.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for one that is no fraction from 0 to 1.
    pub fn new(bayes: f64, train: f64, dev: f64) -> Result<Self, Error> {
        fraction("Bayes error", bayes)?;
        fraction("training error", train)?;
        fraction("dev error", dev)?;
        Ok(Self { bayes, train, dev })
    }

    /// Counts the errors of `network` on both sets.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a `bayes` that is no fraction; [`Error::Shape`] for data that do
    /// not fit the network.
    pub fn measure(
        network: &Network,
        train: &Dataset,
        dev: &Dataset,
        bayes: f64,
    ) -> Result<Self, Error> {
        Self::new(
            bayes,
            1.0 - network.accuracy(train)?,
            1.0 - network.accuracy(dev)?,
        )
    }

    /// The error on the training set.
    pub fn train(self) -> f64 {
        self.train
    }

    /// The error on the dev set.
    pub fn dev(self) -> f64 {
        self.dev
    }

    // ANCHOR: diagnose
    /// Train − bayes: below 0 if the network has learned noise by heart.
    pub fn avoidable_bias(self) -> f64 {
        self.train - self.bayes
    }

    /// Dev − train.
    pub fn variance(self) -> f64 {
        self.dev - self.train
    }

    /// Which of the two differences is above `tolerance`, a fraction from 0 to 1.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a tolerance that is no such fraction.
    pub fn diagnose(self, tolerance: f64) -> Result<Diagnosis, Error> {
        fraction("tolerance", tolerance)?;
        let high = |difference: f64| difference > tolerance + ROUNDING;
        Ok(match (high(self.avoidable_bias()), high(self.variance())) {
            (true, false) => Diagnosis::HighBias,
            (false, true) => Diagnosis::HighVariance,
            (true, true) => Diagnosis::Both,
            (false, false) => Diagnosis::Neither,
        })
    }
    // ANCHOR_END: diagnose
}

/// A difference that is above the tolerance by less than this is not above it.
const ROUNDING: f64 = 1e-12;

impl Diagnosis {
    /// The basic recipe: what to try next, first things first. As long as the bias is high, it is
    /// treated first.
    ///
    /// Source: A. Ng, *Improving Deep Neural Networks*, basic recipe for machine learning.
    ///
    /// ```
    /// use trainable::prelude::*;
    ///
    /// assert_eq!(Diagnosis::HighVariance.remedies()[0], Remedy::MoreData);
    /// assert_eq!(Diagnosis::Both.remedies(), Diagnosis::HighBias.remedies());
    /// assert!(Diagnosis::Neither.remedies().is_empty());
    /// ```
    // ANCHOR: remedies
    pub fn remedies(self) -> &'static [Remedy] {
        match self {
            Self::HighBias | Self::Both => &[
                Remedy::BiggerNetwork,
                Remedy::LongerTraining,
                Remedy::OtherArchitecture,
            ],
            Self::HighVariance => &[
                Remedy::MoreData,
                Remedy::Regularization,
                Remedy::OtherArchitecture,
            ],
            Self::Neither => &[],
        }
    }
    // ANCHOR_END: remedies

    /// The diagnosis in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::HighBias => "high bias",
            Self::HighVariance => "high variance",
            Self::Both => "both",
            Self::Neither => "neither",
        }
    }
}

impl Remedy {
    /// The remedy in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::BiggerNetwork => "bigger network",
            Self::LongerTraining => "train longer",
            Self::MoreData => "more data",
            Self::Regularization => "regularization",
            Self::OtherArchitecture => "other architecture",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::data::football::football;
    use crate::initialization::Initialization;
    use crate::numerics::random_state::RandomState;

    fn diagnosis(bayes: f64, train: f64, dev: f64) -> Diagnosis {
        let rates = ErrorRates::new(bayes, train, dev).unwrap();
        rates.diagnose(0.02).unwrap()
    }

    #[test]
    fn reads_the_lectures_examples_as_the_lecture_does() {
        assert_eq!(diagnosis(0.0, 0.01, 0.11), Diagnosis::HighVariance);
        assert_eq!(diagnosis(0.0, 0.15, 0.16), Diagnosis::HighBias);
        assert_eq!(diagnosis(0.0, 0.15, 0.30), Diagnosis::Both);
        assert_eq!(diagnosis(0.0, 0.005, 0.01), Diagnosis::Neither);
        assert_eq!(diagnosis(0.15, 0.15, 0.16), Diagnosis::Neither);
    }

    #[test]
    fn a_difference_as_large_as_the_tolerance_is_not_high() {
        // 0.16 − 0.15 is a little more than 0.01 in binary.
        let rates = ErrorRates::new(0.14, 0.15, 0.16).unwrap();
        assert_eq!(rates.diagnose(0.01), Ok(Diagnosis::Neither));
        assert_eq!(rates.diagnose(0.009), Ok(Diagnosis::Both));
    }

    #[test]
    fn refuses_what_is_no_fraction() {
        for wrong in [-0.01, 1.01, 15.0, f64::NAN, f64::INFINITY] {
            let refused = |result: Result<(), Error>| {
                assert!(
                    matches!(result, Err(Error::OutOfRange { .. })),
                    "{result:?}"
                );
            };
            refused(ErrorRates::new(wrong, 0.1, 0.1).map(drop));
            refused(ErrorRates::new(0.1, wrong, 0.1).map(drop));
            refused(ErrorRates::new(0.1, 0.1, wrong).map(drop));
            let rates = ErrorRates::new(0.0, 0.1, 0.2).unwrap();
            refused(rates.diagnose(wrong).map(drop));
        }
        let said = ErrorRates::new(0.0, 15.0, 16.0).unwrap_err().to_string();
        assert_eq!(
            said,
            "training error: expected a fraction from 0 to 1, got 15"
        );
    }

    #[test]
    fn measures_what_the_network_gets_wrong() {
        let rng = &mut RandomState::new(1);
        let (train, dev) = (
            football(50, 0.1, rng).unwrap(),
            football(70, 0.1, rng).unwrap(),
        );
        let network = Network::new(&[2, 3, 1], Initialization::He, rng).unwrap();
        let rates = ErrorRates::measure(&network, &train, &dev, 0.05).unwrap();
        assert_eq!(rates.train(), 1.0 - network.accuracy(&train).unwrap());
        assert_eq!(rates.dev(), 1.0 - network.accuracy(&dev).unwrap());
        assert!(ErrorRates::measure(&network, &train, &dev, 1.5).is_err());
        let wide = Network::new(&[3, 1], Initialization::He, rng).unwrap();
        assert!(ErrorRates::measure(&wide, &train, &dev, 0.05).is_err());
    }

    #[test]
    fn each_remedy_and_diagnosis_has_its_words() {
        let remedies = [Diagnosis::HighBias, Diagnosis::HighVariance].map(Diagnosis::remedies);
        let mut words: Vec<_> = remedies.concat().into_iter().map(Remedy::words).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), 5);
        assert_eq!(Diagnosis::Both.words(), "both");
    }

    proptest! {
        #[test]
        fn the_differences_add_up_to_what_is_above_bayes(
            bayes in 0.0..=1.0f64, train in 0.0..=1.0f64,
            dev in 0.0..=1.0f64, tolerance in 0.0..=1.0f64,
        ) {
            let rates = ErrorRates::new(bayes, train, dev).unwrap();
            prop_assert!((rates.avoidable_bias() + rates.variance() - (dev - bayes)).abs() < 1e-15);
            let neither = rates.diagnose(tolerance).unwrap() == Diagnosis::Neither;
            // What is neither, is near Bayes.
            prop_assert!(!neither || dev - bayes <= 2.0 * tolerance + 1e-11);
        }
    }
}
