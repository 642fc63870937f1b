//! What training lowers: a cost with its penalty, of a network whose units may be dropped out.

use ndarray::{Array2, ArrayView2};

use crate::backpropagation::{Pass, Workspace};
use crate::data::dataset::{Dataset, check_input};
use crate::dropout::Dropout;
use crate::error::Error;
use crate::l2::Penalty;
use crate::network::{Mode, Network};
use crate::numerics::memory::contiguous;
use crate::output::{Output, sigmoid};
use crate::parameters::Parameters;
use crate::softmax::{arg_max, log_softmax, softmax};

/// A cost to be lowered: the mean cross-entropy of a network, with a [`Penalty`] on its weights, and with units
/// dropped out by a [`Dropout`].
///
/// ```
/// use trainable::prelude::*;
///
/// let data = circles(100, 0.05, &mut RandomState::new(1))?;
/// let network = Network::new(&[2, 20, 1], Initialization::He, &mut RandomState::new(2))?;
/// let dropout = Dropout::fresh(&[0.8], &mut RandomState::new(3))?;
/// let objective = Objective::new().penalty(Penalty::L2 { lambda: 0.7 }).dropout(dropout);
///
/// let step = Mode::Training { step: 0 };
/// let report = GradientCheck::new(1e-5).check_objective(&objective, &network, &data, step)?;
/// assert!(report.relative_difference() < 1e-7, "{report}");
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Objective {
    penalty: Penalty,
    dropout: Option<Dropout>,
}

impl Objective {
    /// The mean cross-entropy alone.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a penalty on large weights.
    pub fn penalty(self, penalty: Penalty) -> Self {
        Self { penalty, ..self }
    }

    /// Drops out units in training.
    pub fn dropout(self, dropout: Dropout) -> Self {
        Self {
            dropout: Some(dropout),
            ..self
        }
    }

    /// The cost of `network` on `data`, penalty included.
    ///
    /// # Errors
    /// [`Error::Shape`] when the data do not fit the network or the masks; [`Error::OutOfRange`] for a setting outside
    /// its range, or for a single example where batch normalization needs a batch.
    pub fn cost(&self, network: &Network, data: &Dataset, mode: Mode) -> Result<f64, Error> {
        self.check(network, data.examples(), mode)?;
        network.check_fit(data)?;
        let pass = self.pass(network, mode);
        let cost = Workspace::new(pass, data.examples())?.cost(pass, data.all());
        Ok(cost + self.penalty.cost(network.parameters(), data.examples())?)
    }

    /// The gradients of [`cost`](Self::cost) by every parameter, in the parameters' own shape.
    ///
    /// # Errors
    /// As [`cost`](Self::cost).
    pub fn gradients(
        &self,
        network: &Network,
        data: &Dataset,
        mode: Mode,
    ) -> Result<Parameters, Error> {
        self.check(network, data.examples(), mode)?;
        network.check_fit(data)?;
        let pass = self.pass(network, mode);
        let mut workspace = Workspace::new(pass, data.examples())?;
        workspace.find_gradients(pass, data.all());
        let mut gradients = workspace.gradients_mut().clone();
        let examples = data.examples();
        self.penalty
            .add_gradient(network.parameters(), examples, &mut gradients)?;
        Ok(gradients)
    }

    /// Every layer's activations, `(units, examples)`, first hidden layer first, as the next layer reads them; the last
    /// are the probabilities. `x` is `(features, examples)`.
    ///
    /// # Errors
    /// [`Error::NoExamples`], [`Error::Shape`] or [`Error::NotFinite`] for an `x` that does not fit the network or
    /// the masks; [`Error::OutOfRange`] as [`cost`](Self::cost).
    pub fn activations(
        &self,
        network: &Network,
        x: ArrayView2<'_, f64>,
        mode: Mode,
    ) -> Result<Vec<Array2<f64>>, Error> {
        let mut layers = self.layers(network, x, mode)?;
        if let Some(logits) = layers.pop() {
            layers.push(network.probabilities_of(logits));
        }
        Ok(layers)
    }

    /// The weighted sums of the last layer, `(units, examples)`. `x` is `(features, examples)`.
    ///
    /// # Errors
    /// As [`activations`](Self::activations).
    pub fn logits(
        &self,
        network: &Network,
        x: ArrayView2<'_, f64>,
        mode: Mode,
    ) -> Result<Array2<f64>, Error> {
        let mut layers = self.layers(network, x, mode)?;
        Ok(layers.swap_remove(layers.len() - 1))
    }

    /// Every layer's activations; of the last layer, the logits.
    pub(crate) fn layers(
        &self,
        network: &Network,
        x: ArrayView2<'_, f64>,
        mode: Mode,
    ) -> Result<Vec<Array2<f64>>, Error> {
        check_input(x)?;
        network.check_features(x.nrows())?;
        self.check(network, x.ncols(), mode)?;
        let by_example = x.t();
        let by_example = by_example.as_standard_layout();
        let pass = self.pass(network, mode);
        Workspace::new(pass, x.ncols())?.activations(pass, contiguous(by_example.as_slice()))
    }

    /// A pass through the network.
    pub(crate) fn pass<'p>(&'p self, network: &'p Network, mode: Mode) -> Pass<'p> {
        Pass {
            network,
            dropout: self.dropout.as_ref(),
            mode,
        }
    }

    /// Adds the penalty of a batch of this number of examples to the gradients of its cross-entropy.
    pub(crate) fn add_penalty(
        &self,
        parameters: &Parameters,
        examples: usize,
        gradients: &mut Parameters,
    ) {
        self.penalty.add_to(parameters, examples, gradients);
    }

    /// Whether both have the same penalty.
    pub(crate) fn has_penalty_of(&self, other: &Self) -> bool {
        self.penalty == other.penalty
    }

    /// The penalty of a batch of this number of examples.
    pub(crate) fn penalty_of(&self, parameters: &Parameters, examples: usize) -> f64 {
        self.penalty.of(parameters, examples)
    }

    /// Refuses settings outside their range, and what does not fit a batch of this number of examples.
    pub(crate) fn check(
        &self,
        network: &Network,
        examples: usize,
        mode: Mode,
    ) -> Result<(), Error> {
        self.penalty.check(examples)?;
        network.check_batch_norm()?;
        if let Some(dropout) = &self.dropout {
            dropout.check(&network.parameters().sizes(), examples)?;
        }
        match mode {
            Mode::Training { .. } => network.check_batch(examples),
            Mode::Inference => Ok(()),
        }
    }
}

impl From<Penalty> for Objective {
    fn from(penalty: Penalty) -> Self {
        Self::new().penalty(penalty)
    }
}

impl From<Dropout> for Objective {
    fn from(dropout: Dropout) -> Self {
        Self::new().dropout(dropout)
    }
}

/// What a network answers, and how well, as it is used.
impl Network {
    /// Every layer's activations, `(units, examples)`, first hidden layer first; the last are the
    /// [probabilities](Self::probabilities). `x` is `(features, examples)`.
    ///
    /// # Errors
    /// [`Error::NoExamples`], [`Error::Shape`] or [`Error::NotFinite`] for an `x` that does not fit;
    /// [`Error::OutOfRange`] for settings of batch normalization outside their range.
    pub fn activations(&self, x: ArrayView2<'_, f64>) -> Result<Vec<Array2<f64>>, Error> {
        Objective::new().activations(self, x, Mode::Inference)
    }

    /// The weighted sums of the last layer, `(units, examples)`: for a sigmoid the logit of class 1, for a softmax one
    /// for each class.
    ///
    /// # Errors
    /// As [`activations`](Self::activations).
    pub fn logits(&self, x: ArrayView2<'_, f64>) -> Result<Array2<f64>, Error> {
        Objective::new().logits(self, x, Mode::Inference)
    }

    /// The probability of class 1, `(1, examples)`, from a sigmoid; that of each class, `(classes, examples)`, from a
    /// softmax.
    ///
    /// # Errors
    /// As [`activations`](Self::activations).
    pub fn probabilities(&self, x: ArrayView2<'_, f64>) -> Result<Array2<f64>, Error> {
        Ok(self.probabilities_of(self.logits(x)?))
    }

    /// The natural logarithms of the [probabilities](Self::probabilities), which are finite where these round to 0.
    ///
    /// # Errors
    /// As [`activations`](Self::activations).
    pub fn log_probabilities(&self, x: ArrayView2<'_, f64>) -> Result<Array2<f64>, Error> {
        let logits = self.logits(x)?;
        Ok(match self.output() {
            // ln σ(z) is minus the cross-entropy of a label 1.
            Output::Sigmoid => logits.mapv(|z| -crate::output::cross_entropy(z, 1.0)),
            Output::Softmax => log_softmax(logits.view()),
        })
    }

    pub(crate) fn probabilities_of(&self, logits: Array2<f64>) -> Array2<f64> {
        match self.output() {
            Output::Sigmoid => logits.mapv_into(sigmoid),
            Output::Softmax => softmax(logits.view()),
        }
    }

    /// The class of each example, `(1, examples)`: that with the largest probability. Of equal ones it is the first: one
    /// half is class 0.
    ///
    /// # Errors
    /// As [`activations`](Self::activations).
    pub fn predict(&self, x: ArrayView2<'_, f64>) -> Result<Array2<f64>, Error> {
        let logits = self.logits(x)?;
        Ok(match self.output() {
            Output::Sigmoid => logits.mapv(|z| f64::from(z > 0.0)),
            Output::Softmax => arg_max(logits.view()),
        })
    }

    /// The share of examples whose class is predicted right, from 0 to 1.
    ///
    /// # Errors
    /// [`Error::Shape`] when the network's inputs are not the data's features, or its output is not for the data's
    /// classes.
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
        Objective::new().cost(self, data, Mode::Inference)
    }

    /// The gradients of the cost by every parameter, in the parameters' own shape.
    ///
    /// # Errors
    /// As [`accuracy`](Self::accuracy).
    pub fn gradients(&self, data: &Dataset) -> Result<Parameters, Error> {
        Objective::new().gradients(self, data, Mode::Inference)
    }
}
