//! Inputs of one scale: mean 0 and variance 1 over the training set.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, Zip};

use crate::data::dataset::{Dataset, check_input};
use crate::error::Error;
use crate::network::Network;

// ANCHOR: plain
/// The mean μ = 1/m Σ x and the standard deviation σ of each feature of `x`, `(features, examples)`, with
/// σ² = 1/m Σ (x − μ)².
pub fn mean_and_deviation(x: ArrayView2<'_, f64>) -> (Array1<f64>, Array1<f64>) {
    let m = x.ncols() as f64;
    let mean = x.sum_axis(Axis(1)) / m;
    let centered = &x - &mean.view().insert_axis(Axis(1));
    let variance = (&centered * &centered).sum_axis(Axis(1)) / m;
    (mean, variance.mapv(f64::sqrt))
}

/// (x − μ)/σ, each feature with its own.
///
/// ```
/// use ndarray::array;
/// use trainable::normalization::{mean_and_deviation, normalized};
///
/// let train = array![[10.0, 30.0], [0.25, 0.75]];
/// let (mean, deviation) = mean_and_deviation(train.view());
/// let test = array![[40.0], [0.5]];
/// assert_eq!(normalized(test.view(), &mean, &deviation), array![[2.0], [0.0]]);
/// ```
pub fn normalized(
    x: ArrayView2<'_, f64>,
    mean: &Array1<f64>,
    deviation: &Array1<f64>,
) -> Array2<f64> {
    (&x - &mean.view().insert_axis(Axis(1))) / deviation.view().insert_axis(Axis(1))
}
// ANCHOR_END: plain

/// The mean μ and the standard deviation σ of each feature of a training set, with which every
/// data set is normalized: x̂ = (x − μ)/σ.
///
/// With m examples, μ = 1/m Σ x and σ² = 1/m Σ (x − μ)², for each feature by itself; the division is
/// by m, as in the course. Fit on the training set, then apply to the training, dev and test sets
/// alike. Y. LeCun, L. Bottou, G. B. Orr, K.-R. Müller (1998), *Efficient BackProp*,
/// doi:10.1007/3-540-49430-8_2.
///
/// ```
/// use ndarray::array;
/// use trainable::prelude::*;
///
/// let train = Dataset::new(array![[10.0, 30.0], [0.25, 0.75]], array![[0.0, 1.0]])?;
/// let test = Dataset::new(array![[40.0], [0.5]], array![[1.0]])?;
///
/// let normalization = Normalization::fit(&train)?;
/// assert_eq!(normalization.mean(), array![20.0, 0.5]);
/// assert_eq!(normalization.apply(&train)?.x(), array![[-1.0, 1.0], [-1.0, 1.0]]);
/// assert_eq!(normalization.apply(&test)?.x(), array![[2.0], [0.0]]);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Normalization {
    mean: Array1<f64>,
    standard_deviation: Array1<f64>,
}

impl Normalization {
    // ANCHOR: fit
    /// The statistics of each feature of `data`, the training set.
    ///
    /// # Errors
    /// [`Error::ZeroVariance`] for a feature that has one value in all examples;
    /// [`Error::NotFinite`] for one so large that its statistics are not.
    pub fn fit(data: &Dataset) -> Result<Self, Error> {
        let mut mean = Array1::zeros(data.features());
        let mut standard_deviation = Array1::zeros(data.features());
        for (feature, values) in data.x().rows().into_iter().enumerate() {
            let (mu, sigma) = statistics(values);
            check(feature, values, mu, sigma)?;
            mean[feature] = mu;
            standard_deviation[feature] = sigma;
        }
        Ok(Self {
            mean,
            standard_deviation,
        })
    }
    // ANCHOR_END: fit

    /// The mean μ of each feature, `(features,)`.
    pub fn mean(&self) -> ArrayView1<'_, f64> {
        self.mean.view()
    }

    /// The standard deviation σ of each feature, `(features,)`, above 0.
    pub fn standard_deviation(&self) -> ArrayView1<'_, f64> {
        self.standard_deviation.view()
    }

    // ANCHOR: apply
    /// The same examples with normalized inputs.
    ///
    /// # Errors
    /// As [`inputs`](Self::inputs).
    pub fn apply(&self, data: &Dataset) -> Result<Dataset, Error> {
        Dataset::with_classes(self.inputs(data.x())?, data.y().to_owned(), data.classes())
    }

    /// Normalized inputs, (x − μ)/σ, for `x` of shape `(features, examples)`.
    ///
    /// # Errors
    /// [`Error::Shape`] when `x` has another number of features, [`Error::NoExamples`] when it has
    /// no examples, [`Error::NotFinite`] when a number, or what becomes of it, is not finite.
    pub fn inputs(&self, x: ArrayView2<'_, f64>) -> Result<Array2<f64>, Error> {
        check_input(x)?;
        self.check_features("input", x.nrows())?;
        let mut normalized = x.to_owned();
        for mut example in normalized.columns_mut() {
            Zip::from(&mut example)
                .and(&self.mean)
                .and(&self.standard_deviation)
                .for_each(|x, mean, std| *x = (*x - mean) / std);
        }
        check_input(normalized.view())?;
        Ok(normalized)
    }
    // ANCHOR_END: apply

    // ANCHOR: fold
    /// The network that computes from raw inputs what `network` computes from normalized ones:
    /// W′ = W/σ, column by column, and b′ = b − W′μ in its first layer.
    ///
    /// # Errors
    /// [`Error::Shape`] when the network has another number of inputs, or batch normalization in its first layer;
    /// [`Error::NotFinite`] when a weight or bias leaves the range of `f64`.
    pub fn fold_into(&self, network: &Network) -> Result<Network, Error> {
        if network.parameters().gain(0).is_some() {
            return Err(Error::Shape {
                what: "first layer",
                expected: "one without batch normalization, which has no bias to fold into"
                    .to_owned(),
                got: "one with it".to_owned(),
            });
        }
        let mut parameters = network.parameters().clone();
        if let Some(mut first) = parameters.layers_mut().next() {
            self.check_features("network's inputs", first.w.ncols())?;
            first.w /= &self.standard_deviation;
            first.b -= &first.w.dot(&self.mean);
            check_finite("folded weights", first.w.view())?;
            check_finite("folded biases", first.b.view().insert_axis(Axis(1)))?;
        }
        let mut folded = network.clone();
        folded.set_parameters(parameters)?;
        Ok(folded)
    }
    // ANCHOR_END: fold

    fn check_features(&self, what: &'static str, features: usize) -> Result<(), Error> {
        if features == self.mean.len() {
            return Ok(());
        }
        Err(Error::Shape {
            what,
            expected: format!("{} features, as in the training set", self.mean.len()),
            got: format!("{features}"),
        })
    }
}

// ANCHOR: statistics
/// The mean, and the root of the mean squared distance from it.
fn statistics(values: ArrayView1<'_, f64>) -> (f64, f64) {
    let m = values.len() as f64;
    let mean = values.sum() / m;
    // The rounding of the mean shows in the distances: they do not quite add up to 0.
    let mean = mean + values.iter().map(|x| x - mean).sum::<f64>() / m;
    let variance = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / m;
    (mean, variance.sqrt())
}
// ANCHOR_END: statistics

/// Refuses a feature that cannot be divided by its standard deviation.
fn check(
    feature: usize,
    values: ArrayView1<'_, f64>,
    mean: f64,
    standard_deviation: f64,
) -> Result<(), Error> {
    // Not only σ = 0: the mean of many equal numbers may be rounded, and σ with it.
    let value = values.first().copied().unwrap_or_default();
    if standard_deviation == 0.0 || values.iter().all(|x| *x == value) {
        return Err(Error::ZeroVariance {
            feature,
            value,
            examples: values.len(),
        });
    }
    match [mean, standard_deviation]
        .into_iter()
        .find(|number| !number.is_finite())
    {
        Some(got) => Err(Error::NotFinite {
            what: "mean and standard deviation of a feature",
            row: feature,
            column: 0,
            got,
        }),
        None => Ok(()),
    }
}

fn check_finite(what: &'static str, numbers: ArrayView2<'_, f64>) -> Result<(), Error> {
    match numbers.indexed_iter().find(|(_, got)| !got.is_finite()) {
        Some(((row, column), &got)) => Err(Error::NotFinite {
            what,
            row,
            column,
            got,
        }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use proptest::prelude::*;

    use super::*;
    use crate::prelude::*;

    /// Features with these means and standard deviations, roughly.
    fn data(features: &[(f64, f64)], examples: usize, seed: u32) -> Dataset {
        let mut rng = RandomState::new(seed);
        let x = Array2::from_shape_fn((features.len(), examples), |(feature, _)| {
            let (mean, std) = features[feature];
            mean + std * rng.randn()
        });
        let y = Array2::from_shape_fn((1, examples), |(_, i)| (i % 2) as f64);
        Dataset::new(x, y).unwrap()
    }

    fn network(sizes: &[usize], seed: u32) -> Network {
        Network::new(sizes, Initialization::He, &mut RandomState::new(seed)).unwrap()
    }

    proptest! {
        #[test]
        fn training_features_get_mean_0_and_variance_1(
            mean in -1e6..1e6f64, power in -6..6i32, examples in 2..200usize, seed in 0..1000u32
        ) {
            let std = libm::pow(10.0, f64::from(power));
            let data = data(&[(mean, std), (0.0, 1.0)], examples, seed);
            let normalized = Normalization::fit(&data).unwrap().apply(&data).unwrap();
            for (feature, values) in normalized.x().rows().into_iter().enumerate() {
                let m = examples as f64;
                let average = values.sum() / m;
                let variance = values.iter().map(|x| x * x).sum::<f64>() / m;
                // A rounding of the mean, divided by σ.
                let ulp = [mean.abs() / std, 1.0][feature].max(1.0) * f64::EPSILON;
                let row = data.x().row(feature).to_owned();
                let widest = row.iter().map(|x| (x - row[0]).abs()).fold(0.0, f64::max);
                let smallest = widest / [std, 1.0][feature];
                let bound = 8.0 * ulp / smallest.min(1.0) + 1e-14;
                prop_assert!(average.abs() < bound, "mean {average}, bound {bound}");
                prop_assert!((variance - 1.0).abs() < 1e-13 + bound, "variance {variance}");
            }
        }

        #[test]
        fn a_folded_network_has_the_same_logits(
            mean in -100.0..100.0f64, power in -3..4i32, seed in 0..1000u32, depth in 1..4usize
        ) {
            let std = libm::pow(10.0, f64::from(power));
            let data = data(&[(mean, std), (0.0, 1.0), (-3.0, 0.1)], 20, seed);
            let normalization = Normalization::fit(&data).unwrap();
            let sizes: Vec<usize> = [vec![3], vec![4; depth - 1], vec![1]].concat();
            let network = network(&sizes, seed).with_activation(Activation::Tanh);
            let folded = normalization.fold_into(&network).unwrap();
            let normalized = normalization.apply(&data).unwrap();
            let expected = network.logits(normalized.x()).unwrap();
            let logits = folded.logits(data.x()).unwrap();
            // The bias cancels the mean: μ/σ units in the last place are lost.
            let bound = 1e-14 * (100.0 + mean.abs() / std);
            for (a, b) in logits.iter().zip(&expected) {
                prop_assert!((a - b).abs() < bound * (1.0 + b.abs()), "{a} and {b}, bound {bound}");
            }
        }
    }

    #[test]
    fn other_sets_get_the_training_sets_statistics() {
        let train = data(&[(5.0, 2.0)], 50, 1);
        let normalization = Normalization::fit(&train).unwrap();
        let mean = normalization.mean()[0];
        let std = normalization.standard_deviation()[0];
        let one = Dataset::new(array![[mean + 3.0 * std]], array![[1.0]]).unwrap();
        let normalized = normalization.apply(&one).unwrap();
        assert!((normalized.x()[(0, 0)] - 3.0).abs() < 1e-14);
        assert_eq!(normalized.y(), one.y());
    }

    #[test]
    fn divides_by_m_as_the_course_does() {
        let data =
            Dataset::new(array![[1.0, 2.0, 3.0, 6.0]], array![[0.0, 1.0, 0.0, 1.0]]).unwrap();
        let normalization = Normalization::fit(&data).unwrap();
        assert_eq!(normalization.mean(), array![3.0]);
        assert_eq!(normalization.standard_deviation(), array![3.5_f64.sqrt()]);
    }

    #[test]
    fn a_large_mean_does_not_drown_the_variance() {
        // E[x²] − E[x]² would give 0 or less.
        let data = Dataset::new(array![[1e9, 1e9 + 1.0]], array![[0.0, 1.0]]).unwrap();
        let normalization = Normalization::fit(&data).unwrap();
        assert_eq!(normalization.standard_deviation(), array![0.5]);
        assert_eq!(normalization.apply(&data).unwrap().x(), array![[-1.0, 1.0]]);
    }

    #[test]
    fn a_constant_feature_is_named() {
        // 0.1 added up ten times is not 1: the computed σ is not 0.
        let x = Array2::from_shape_fn((2, 10), |(row, i)| if row == 0 { i as f64 } else { 0.1 });
        let data = Dataset::new(x, Array2::zeros((1, 10))).unwrap();
        let error = Normalization::fit(&data).unwrap_err();
        assert_eq!(
            error,
            Error::ZeroVariance {
                feature: 1,
                value: 0.1,
                examples: 10
            }
        );
        assert!(error.to_string().contains("feature 1"), "{error}");
        let one = Dataset::new(array![[3.0]], array![[1.0]]).unwrap();
        assert!(matches!(
            Normalization::fit(&one),
            Err(Error::ZeroVariance {
                feature: 0,
                examples: 1,
                ..
            })
        ));
        let tiny = Dataset::new(array![[0.0, 1e-300]], array![[0.0, 1.0]]).unwrap();
        assert!(matches!(
            Normalization::fit(&tiny),
            Err(Error::ZeroVariance { .. })
        ));
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        let huge = Dataset::new(array![[1e308, 1.5e308]], array![[0.0, 1.0]]).unwrap();
        assert!(matches!(
            Normalization::fit(&huge),
            Err(Error::NotFinite { row: 0, .. })
        ));
        let small = Dataset::new(array![[0.0, 1e-100]], array![[0.0, 1.0]]).unwrap();
        let normalization = Normalization::fit(&small).unwrap();
        let far = Dataset::new(array![[1e300]], array![[0.0]]).unwrap();
        assert!(matches!(
            normalization.apply(&far),
            Err(Error::NotFinite { .. })
        ));
        let steep = Parameters::zeros(&[1, 1]).unwrap();
        let steep = steep.with_theta(&array![1e300, 0.0]).unwrap();
        assert!(matches!(
            normalization.fold_into(&Network::from_parameters(steep)),
            Err(Error::NotFinite {
                what: "folded weights",
                ..
            })
        ));
    }

    #[test]
    fn batch_normalization_stays_where_it_is_and_is_refused_in_the_first_layer() {
        let data = data(&[(3.0, 2.0), (0.0, 1.0)], 20, 1);
        let normalization = Normalization::fit(&data).unwrap();
        let normalized = normalization.apply(&data).unwrap();
        let plain = network(&[2, 4, 3, 1], 1);
        let mut second = plain
            .clone()
            .with_batch_norm_in(&[2], BatchNorm::new())
            .unwrap();
        let training = Training::new(0.1).iterations(3);
        training.train(&mut second, &normalized).unwrap();
        let folded = normalization.fold_into(&second).unwrap();
        let expected = second.logits(normalized.x()).unwrap();
        let logits = folded.logits(data.x()).unwrap();
        // A few roundings of weights of size 1.
        assert!((&logits - &expected).iter().all(|d| d.abs() < 1e-13));
        let first = plain.with_batch_norm(BatchNorm::new());
        let refused = normalization.fold_into(&first);
        assert!(matches!(
            refused,
            Err(Error::Shape {
                what: "first layer",
                ..
            })
        ));
    }

    #[test]
    fn other_numbers_of_features_are_refused() {
        let normalization = Normalization::fit(&data(&[(0.0, 1.0), (0.0, 1.0)], 5, 1)).unwrap();
        assert!(matches!(
            normalization.apply(&data(&[(0.0, 1.0)], 5, 1)),
            Err(Error::Shape { what: "input", .. })
        ));
        assert!(matches!(
            normalization.fold_into(&network(&[3, 1], 1)),
            Err(Error::Shape { .. })
        ));
        assert_eq!(
            normalization.inputs(Array2::zeros((2, 0)).view()),
            Err(Error::NoExamples)
        );
    }
}
