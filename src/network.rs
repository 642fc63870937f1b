//! A fully connected network.

use rand::Rng;

use crate::activation::Activation;
use crate::batch_norm::{BatchNorm, Statistics};
use crate::data::dataset::Dataset;
use crate::error::Error;
use crate::initialization::Initialization;
use crate::output::Output;
use crate::parameters::Parameters;

/// Whether a network is being trained or used.
///
/// In training, [dropout](crate::dropout) drops units and [batch normalization](crate::batch_norm) takes the mean and
/// variance of the batch. In inference every unit takes part, and the running averages stand in for the batch's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// As in the training step of this number, from 0, that the masks follow from.
    Training {
        /// The step.
        step: usize,
    },
    /// As the trained network is used.
    Inference,
}

/// A fully connected network: hidden layers with one activation function, then an output that follows from the units of
/// the last layer, a sigmoid of one or a softmax of several.
///
/// Its own methods use it as it is used when it is trained: no unit is dropped, and
/// [batch normalization](crate::batch_norm) takes its running averages. [`Objective`](crate::objective::Objective) has what training sees.
///
/// ```
/// use trainable::prelude::*;
///
/// let data = moons(200, 0.1, &mut RandomState::new(1))?;
/// let mut network = Network::new(&[2, 8, 1], Initialization::Xavier, &mut RandomState::new(2))?
///     .with_activation(Activation::Tanh);
/// GradientDescent::new(1.0).iterations(3_000).train(&mut network, &data)?;
/// assert!(network.accuracy(&data)? > 0.98);
/// # Ok::<(), Error>(())
/// ```
///
/// With a unit for each of three classes:
///
/// ```
/// use trainable::prelude::*;
///
/// let data = spiral(300, 3, 0.02, &mut RandomState::new(1))?;
/// let mut network = Network::new(&[2, 25, 3], Initialization::He, &mut RandomState::new(2))?;
/// Training::new(Adam::new(0.03)).iterations(500).train(&mut network, &data)?;
/// assert!(network.accuracy(&data)? > 0.95);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    parameters: Parameters,
    activation: Activation,
    batch_norm: Option<BatchNorm>,
    /// Of each layer, where it is normalized.
    statistics: Vec<Option<Statistics>>,
}

impl Network {
    /// A network of the given layer `sizes`, inputs first, whose hidden layers are ReLU.
    ///
    /// # Errors
    /// As [`Initialization::parameters`].
    pub fn new(
        sizes: &[usize],
        initialization: Initialization,
        rng: &mut impl Rng,
    ) -> Result<Self, Error> {
        Ok(Self::from_parameters(
            initialization.parameters(sizes, rng)?,
        ))
    }

    /// A network with the given parameters, whose hidden layers are ReLU. If the parameters have gains, those layers
    /// are under batch normalization with its usual settings.
    pub fn from_parameters(parameters: Parameters) -> Self {
        let statistics: Vec<_> = (0..parameters.depth())
            .map(|layer| Some(Statistics::new(parameters.gain(layer)?.len())))
            .collect();
        let any = statistics.iter().any(Option::is_some);
        Self {
            parameters,
            activation: Activation::Relu,
            batch_norm: any.then(BatchNorm::new),
            statistics,
        }
    }

    /// The same network with another activation function in its hidden layers.
    pub fn with_activation(self, activation: Activation) -> Self {
        Self { activation, ..self }
    }

    /// The same network with batch normalization in all hidden layers; those that had none have gains of 1, and have seen
    /// no batch yet.
    pub fn with_batch_norm(self, batch_norm: BatchNorm) -> Self {
        let hidden = 0..self.parameters.depth() - 1;
        hidden.fold(self, |network, layer| network.normalized(layer, batch_norm))
    }

    /// The same network with batch normalization in these hidden layers too, of which the first has the number 1. The
    /// settings hold for all that have it.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a number that no hidden layer has.
    pub fn with_batch_norm_in(
        self,
        layers: &[usize],
        batch_norm: BatchNorm,
    ) -> Result<Self, Error> {
        let hidden = 1..self.parameters.depth();
        if let Some(&got) = layers.iter().find(|layer| !hidden.contains(layer)) {
            return Err(Error::OutOfRange {
                what: "layer under batch normalization",
                expected: "the number of a hidden layer, from 1",
                got: got as f64,
            });
        }
        let layers = layers.iter();
        Ok(layers.fold(self, |network, layer| {
            network.normalized(layer - 1, batch_norm)
        }))
    }

    fn normalized(mut self, layer: usize, batch_norm: BatchNorm) -> Self {
        if self.parameters.gain(layer).is_none() {
            self.parameters.add_gain(layer);
            let units = self.parameters.layers()[layer].b.len();
            self.statistics[layer] = Some(Statistics::new(units));
        }
        self.batch_norm = Some(batch_norm);
        self
    }

    /// The weights and biases, and the gains of batch normalization.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// The activation function of the hidden layers.
    pub fn activation(&self) -> Activation {
        self.activation
    }

    /// The settings of batch normalization, if a layer has it.
    pub fn batch_norm(&self) -> Option<BatchNorm> {
        self.batch_norm
    }

    /// The running averages of the layer of this index, from 0; none of a layer without batch normalization, or of no
    /// layer.
    pub fn statistics(&self, layer: usize) -> Option<&Statistics> {
        self.statistics.get(layer)?.as_ref()
    }

    /// What the last layer's weighted sums mean.
    pub fn output(&self) -> Output {
        Output::of_units(self.units())
    }

    /// The number of classes that the network tells apart, at least 2.
    pub fn classes(&self) -> usize {
        Output::classes(self.units())
    }

    fn units(&self) -> usize {
        let layers = self.parameters.layers();
        layers.last().map_or(0, |layer| layer.w.nrows())
    }

    /// Replaces the weights and biases.
    ///
    /// # Errors
    /// [`Error::Shape`] when the new ones have another shape.
    pub fn set_parameters(&mut self, parameters: Parameters) -> Result<(), Error> {
        self.parameters
            .check_same_shape("parameters", &parameters)?;
        self.parameters = parameters;
        Ok(())
    }

    /// Refuses data that this network cannot be trained on.
    pub(crate) fn check_fit(&self, data: &Dataset) -> Result<(), Error> {
        self.check_features(data.features())?;
        if self.classes() == data.classes() {
            return Ok(());
        }
        Err(Error::Shape {
            what: "last layer",
            expected: match data.classes() {
                2 => "1 unit, or 2, for two classes".to_owned(),
                classes => format!("{classes} units, one for each class"),
            },
            got: format!("{} units", self.units()),
        })
    }

    pub(crate) fn check_features(&self, features: usize) -> Result<(), Error> {
        let inputs = self.parameters.layers()[0].w.ncols();
        if features == inputs {
            return Ok(());
        }
        Err(Error::Shape {
            what: "input",
            expected: format!("{inputs} features, the network's inputs"),
            got: format!("{features}"),
        })
    }

    /// Refuses settings of batch normalization outside their range.
    pub(crate) fn check_batch_norm(&self) -> Result<(), Error> {
        self.batch_norm.map_or(Ok(()), BatchNorm::check)
    }

    /// Refuses a batch whose weighted sums cannot be normalized.
    pub(crate) fn check_batch(&self, examples: usize) -> Result<(), Error> {
        if self.batch_norm.is_none() || examples > 1 {
            return Ok(());
        }
        Err(Error::OutOfRange {
            what: "examples of a batch under batch normalization",
            expected: "at least 2 in every batch, the last one included",
            got: examples as f64,
        })
    }

    pub(crate) fn parameters_mut(&mut self) -> &mut Parameters {
        &mut self.parameters
    }

    /// The running averages of each layer that has them, with the layer's index, to take batches into.
    pub(crate) fn statistics_mut(&mut self) -> impl Iterator<Item = (usize, &mut Statistics)> {
        let layers = self.statistics.iter_mut().enumerate();
        layers.filter_map(|(layer, statistics)| Some((layer, statistics.as_mut()?)))
    }

    /// Takes over the parameters and running averages of a network of the same shape.
    pub(crate) fn copy_from(&mut self, other: &Self) {
        self.parameters.copy_from(&other.parameters);
        for (statistics, others) in self.statistics.iter_mut().zip(&other.statistics) {
            if let (Some(statistics), Some(others)) = (statistics, others) {
                statistics.copy_from(others);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::*;
    use crate::numerics::random_state::RandomState;
    use crate::parameters::Layer;

    /// Two hidden units, x and −x, whose sum is |x| under ReLU; class 1 is |x| > 1.
    fn absolute_value() -> Network {
        let hidden = Layer {
            w: array![[1.0], [-1.0]],
            b: array![0.0, 0.0],
        };
        let output = Layer {
            w: array![[1.0, 1.0]],
            b: array![-1.0],
        };
        Network::from_parameters(Parameters::new(vec![hidden, output]).unwrap())
    }

    #[test]
    fn computes_what_its_weights_say() {
        let network = absolute_value();
        let x = array![[-3.0, -0.5, 0.0, 2.0]];
        assert_eq!(network.logits(x.view()), Ok(array![[2.0, -0.5, -1.0, 1.0]]));
        assert_eq!(network.predict(x.view()), Ok(array![[1.0, 0.0, 0.0, 1.0]]));
        assert_eq!(
            network.activations(x.view()).unwrap()[0],
            array![[0.0, 0.0, 0.0, 2.0], [3.0, 0.5, 0.0, 0.0]]
        );
        let probabilities = network.probabilities(x.view()).unwrap();
        assert_eq!(probabilities[(0, 0)], 1.0 / (1.0 + libm::exp(-2.0)));
        let identity = network.with_activation(Activation::Identity);
        assert_eq!(
            identity.logits(x.view()),
            Ok(array![[-1.0, -1.0, -1.0, -1.0]])
        );
    }

    #[test]
    fn accuracy_is_the_share_of_right_answers() {
        let data =
            Dataset::new(array![[-3.0, -0.5, 0.0, 2.0]], array![[1.0, 1.0, 0.0, 1.0]]).unwrap();
        assert_eq!(absolute_value().accuracy(&data), Ok(0.75));
    }

    #[test]
    fn a_probability_of_one_half_is_class_0() {
        let zeros = Network::new(&[1, 1], Initialization::Zeros, &mut RandomState::new(1)).unwrap();
        assert_eq!(zeros.predict(array![[5.0]].view()), Ok(array![[0.0]]));
    }

    #[test]
    fn refuses_inputs_that_do_not_fit() {
        let network = absolute_value();
        assert_eq!(
            network.logits(Array2::zeros((1, 0)).view()),
            Err(Error::NoExamples)
        );
        assert!(matches!(
            network.logits(Array2::zeros((2, 3)).view()),
            Err(Error::Shape { what: "input", .. })
        ));
        assert!(matches!(
            network.logits(array![[f64::NAN]].view()),
            Err(Error::NotFinite { .. })
        ));
    }

    #[test]
    fn the_last_layers_units_say_what_they_mean() {
        let network = |units| {
            let mut rng = RandomState::new(1);
            Network::new(&[1, units], Initialization::He, &mut rng).unwrap()
        };
        let x = array![[-1.0, 0.5, 800.0]];
        for (units, output, classes) in [
            (1, Output::Sigmoid, 2),
            (2, Output::Softmax, 2),
            (5, Output::Softmax, 5),
        ] {
            let network = network(units);
            assert_eq!((network.output(), network.classes()), (output, classes));
            let probabilities = network.probabilities(x.view()).unwrap();
            assert_eq!(probabilities.dim(), (units, 3));
            let logarithms = network.log_probabilities(x.view()).unwrap();
            assert!(logarithms.iter().all(|l| l.is_finite()));
            for (p, l) in probabilities.iter().zip(&logarithms) {
                // An exponential of up to 1e3 multiplies the rounding of its argument.
                assert!((p - libm::exp(*l)).abs() < 1e-12, "{p} {l}");
            }
        }
        let labels = array![[0.0, 1.0, 1.0]];
        let two = Dataset::new(x.clone(), labels.clone()).unwrap();
        assert!(network(1).accuracy(&two).is_ok() && network(2).accuracy(&two).is_ok());
        let five = Dataset::with_classes(x, labels, 5).unwrap();
        assert!(network(5).cost(&five).is_ok());
        assert!(network(1).cost(&five).is_err() && network(5).cost(&two).is_err());
    }

    #[test]
    fn normalizes_the_layers_that_are_asked_for() {
        let plain = Network::new(&[2, 3, 4, 1], Initialization::He, &mut RandomState::new(1));
        let plain = plain.unwrap();
        let second = plain.clone().with_batch_norm_in(&[2], BatchNorm::new());
        let second = second.unwrap();
        assert_eq!(second.parameters().gain(0), None);
        assert_eq!(second.parameters().gain(1), Some(&ndarray::Array1::ones(4)));
        assert_eq!(second.parameters().len(), plain.parameters().len() + 4);
        let all = plain.clone().with_batch_norm(BatchNorm::new());
        assert_eq!(all.parameters().len(), plain.parameters().len() + 7);
        assert_eq!(all.statistics(2), None, "the output has no normalization");
        for bad in [0, 3, 9] {
            let refused = plain.clone().with_batch_norm_in(&[bad], BatchNorm::new());
            assert!(matches!(refused, Err(Error::OutOfRange { .. })), "{bad}");
        }
        assert!(
            plain
                .clone()
                .set_parameters(all.parameters().clone())
                .is_err()
        );
    }

    #[test]
    fn refuses_to_train_without_a_unit_for_each_class() {
        let network = Network::new(&[1, 3], Initialization::He, &mut RandomState::new(1)).unwrap();
        let data = Dataset::new(array![[1.0, 2.0]], array![[0.0, 1.0]]).unwrap();
        assert!(matches!(
            network.cost(&data),
            Err(Error::Shape {
                what: "last layer",
                ..
            })
        ));
        assert!(matches!(network.gradients(&data), Err(Error::Shape { .. })));
        assert!(matches!(network.accuracy(&data), Err(Error::Shape { .. })));
    }

    #[test]
    fn refuses_parameters_of_another_shape() {
        let mut network = absolute_value();
        let other = Parameters::zeros(&[1, 3, 1]).unwrap();
        assert!(matches!(
            network.set_parameters(other),
            Err(Error::Shape { .. })
        ));
        assert_eq!(network, absolute_value());
    }
}
