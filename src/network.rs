//! A fully connected network for two classes.

use ndarray::{Array2, ArrayView2};
use rand::Rng;

use crate::activation::Activation;
use crate::backpropagation::Propagation;
use crate::data::dataset::{Dataset, check_input};
use crate::dropout::Dropout;
use crate::error::Error;
use crate::initialization::Initialization;
use crate::output::sigmoid;
use crate::parameters::Parameters;

/// A fully connected network: hidden layers with one activation function, then a sigmoid.
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
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    parameters: Parameters,
    activation: Activation,
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

    /// A network with the given parameters, whose hidden layers are ReLU.
    pub fn from_parameters(parameters: Parameters) -> Self {
        Self {
            parameters,
            activation: Activation::Relu,
        }
    }

    /// The same network with another activation function in its hidden layers.
    pub fn with_activation(self, activation: Activation) -> Self {
        Self { activation, ..self }
    }

    /// The weights and biases.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// The activation function of the hidden layers.
    pub fn activation(&self) -> Activation {
        self.activation
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

    /// Every layer's activations, `(units, examples)`, first hidden layer first; the last are the
    /// probabilities. `x` is `(features, examples)`.
    ///
    /// # Errors
    /// [`Error::NoExamples`], [`Error::Shape`] or [`Error::NotFinite`] for an `x` that does not fit.
    pub fn activations(&self, x: ArrayView2<'_, f64>) -> Result<Vec<Array2<f64>>, Error> {
        self.activations_with(x, None)
    }

    /// The same; with a dropout and a step, those of the network that it thins.
    pub(crate) fn activations_with(
        &self,
        x: ArrayView2<'_, f64>,
        dropout: Option<(&Dropout, usize)>,
    ) -> Result<Vec<Array2<f64>>, Error> {
        let mut activations = self.propagate(x, dropout)?;
        if let Some(logits) = activations.last_mut() {
            logits.mapv_inplace(sigmoid);
        }
        Ok(activations)
    }

    /// The weighted sums of the last layer, before the sigmoid, `(1, examples)`.
    ///
    /// # Errors
    /// As [`activations`](Self::activations).
    pub fn logits(&self, x: ArrayView2<'_, f64>) -> Result<Array2<f64>, Error> {
        Ok(self.propagate(x, None)?.pop().unwrap_or_default())
    }

    /// The probability of class 1, `(1, examples)`.
    ///
    /// # Errors
    /// As [`activations`](Self::activations).
    pub fn probabilities(&self, x: ArrayView2<'_, f64>) -> Result<Array2<f64>, Error> {
        Ok(self.logits(x)?.mapv(sigmoid))
    }

    /// The class of each example, `(1, examples)`: 1 where its probability is above one half.
    ///
    /// # Errors
    /// As [`activations`](Self::activations).
    pub fn predict(&self, x: ArrayView2<'_, f64>) -> Result<Array2<f64>, Error> {
        Ok(self.logits(x)?.mapv(|z| f64::from(z > 0.0)))
    }

    /// The share of examples whose class is predicted right, from 0 to 1.
    ///
    /// # Errors
    /// [`Error::Shape`] when the network's inputs are not the data's features, or its output is not
    /// one unit.
    pub fn accuracy(&self, data: &Dataset) -> Result<f64, Error> {
        self.check_fit(data)?;
        let predicted = self.predict(data.x())?;
        let right = predicted
            .iter()
            .zip(data.y())
            .filter(|(p, y)| p == y)
            .count();
        Ok(right as f64 / data.examples() as f64)
    }

    /// The cost J: the mean cross-entropy over the examples of `data`.
    ///
    /// # Errors
    /// As [`accuracy`](Self::accuracy).
    pub fn cost(&self, data: &Dataset) -> Result<f64, Error> {
        self.check_fit(data)?;
        Ok(self
            .propagation(data.examples(), None)?
            .cost(&self.parameters, data.all(), 0))
    }

    /// The gradients of the cost by every parameter, in the parameters' own shape.
    ///
    /// # Errors
    /// As [`accuracy`](Self::accuracy).
    pub fn gradients(&self, data: &Dataset) -> Result<Parameters, Error> {
        self.check_fit(data)?;
        let mut propagation = self.propagation(data.examples(), None)?;
        let (gradients, _) = propagation.gradients(&self.parameters, data.all(), 0);
        Ok(gradients.clone())
    }

    /// Refuses data that this network cannot be trained on.
    pub(crate) fn check_fit(&self, data: &Dataset) -> Result<(), Error> {
        self.check_features(data.features())?;
        let outputs = self
            .parameters
            .layers()
            .last()
            .map_or(0, |layer| layer.w.nrows());
        if outputs != 1 {
            return Err(Error::Shape {
                what: "last layer",
                expected: "1 unit, for labels (1, examples)".to_owned(),
                got: format!("{outputs} units"),
            });
        }
        Ok(())
    }

    /// Working memory for this network, with units dropped out if there is a `dropout`.
    pub(crate) fn propagation<'e>(
        &self,
        examples: usize,
        dropout: Option<&'e Dropout>,
    ) -> Result<Propagation<'e>, Error> {
        Propagation::new(&self.parameters, self.activation, examples, dropout)
    }

    /// Every layer's activations; of the last layer, the logits. With a dropout and a step, those of
    /// the network that it thins.
    pub(crate) fn propagate(
        &self,
        x: ArrayView2<'_, f64>,
        dropout: Option<(&Dropout, usize)>,
    ) -> Result<Vec<Array2<f64>>, Error> {
        check_input(x)?;
        self.check_features(x.nrows())?;
        let examples = x.t();
        let examples = examples.as_standard_layout();
        let examples = examples.as_slice().unwrap_or_default();
        let (dropout, step) = dropout.unzip();
        let mut propagation = self.propagation(x.ncols(), dropout)?;
        propagation.activations(&self.parameters, examples, step.unwrap_or(0))
    }

    fn check_features(&self, features: usize) -> Result<(), Error> {
        let inputs = self
            .parameters
            .layers()
            .first()
            .map_or(0, |layer| layer.w.ncols());
        if features == inputs {
            return Ok(());
        }
        Err(Error::Shape {
            what: "input",
            expected: format!("{inputs} features, the network's inputs"),
            got: format!("{features}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

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
    fn refuses_to_train_without_one_output_unit() {
        let network = Network::new(&[1, 2], Initialization::He, &mut RandomState::new(1)).unwrap();
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
