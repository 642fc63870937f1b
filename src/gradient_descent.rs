//! Gradient descent: every parameter a step against its gradient, again and again.

use crate::backpropagation::Propagation;
use crate::data::dataset::Dataset;
use crate::dropout::Dropout;
use crate::early_stopping::{EarlyStopping, Stopped, Watch};
use crate::error::{Error, above_0, at_least_1};
use crate::gradient_flow::Clipping;
use crate::l2::Penalty;
use crate::network::Network;
use crate::parameters::Parameters;

/// Batch gradient descent: θ ← θ − α ∂J/∂θ, with all examples in every step.
///
/// ```
/// use trainable::prelude::*;
///
/// let data = circles(100, 0.05, &mut RandomState::new(1))?;
/// let mut network = Network::new(&[2, 10, 1], Initialization::He, &mut RandomState::new(2))?;
/// let history = GradientDescent::new(0.5)
///     .iterations(501)
///     .record_every(500)
///     .train(&mut network, &data)?;
/// assert!(history.cost(500)? < history.cost(0)?);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct GradientDescent {
    learning_rate: f64,
    penalty: Penalty,
    dropout: Option<Dropout>,
    first: usize,
    iterations: usize,
    record_every: usize,
    clipping: Option<Clipping>,
    early_stopping: Option<EarlyStopping>,
}

/// What a training run reports at each recorded iteration.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    /// The iteration, from 0.
    pub iteration: usize,
    /// The cost before this iteration's step.
    pub cost: f64,
    /// The parameters before this iteration's step.
    pub parameters: &'a Parameters,
}

impl GradientDescent {
    /// Gradient descent with the learning rate α, a finite number above 0; 1,000 iterations, the
    /// cost recorded at every hundredth.
    pub fn new(learning_rate: f64) -> Self {
        Self {
            learning_rate,
            penalty: Penalty::None,
            dropout: None,
            first: 0,
            iterations: 1_000,
            record_every: 100,
            clipping: None,
            early_stopping: None,
        }
    }

    /// Adds a penalty on large weights to the cost; the recorded costs include it.
    pub fn penalty(self, penalty: Penalty) -> Self {
        Self { penalty, ..self }
    }

    /// Drops out units of the hidden layers in every step; the recorded costs are those of the
    /// thinned networks, of which every step may have another.
    pub fn dropout(self, dropout: Dropout) -> Self {
        Self {
            dropout: Some(dropout),
            ..self
        }
    }

    /// The number of steps, at least 1.
    pub fn iterations(self, iterations: usize) -> Self {
        Self { iterations, ..self }
    }

    /// Counts the iterations from `first` instead of 0: a run that goes on where another of `first` iterations
    /// has ended is then, in every bit, one run, with the dropout masks of the steps that are left. Early
    /// stopping begins anew.
    ///
    /// ```
    /// use trainable::prelude::*;
    ///
    /// let data = circles(100, 0.05, &mut RandomState::new(1))?;
    /// let mut whole = Network::new(&[2, 10, 1], Initialization::He, &mut RandomState::new(2))?;
    /// let mut parts = whole.clone();
    /// let descent = GradientDescent::new(0.5).dropout(Dropout::fresh(&[0.8], &mut RandomState::new(3))?);
    /// descent.clone().iterations(50).train(&mut whole, &data)?;
    /// descent.clone().iterations(20).train(&mut parts, &data)?;
    /// descent.first_iteration(20).iterations(30).train(&mut parts, &data)?;
    /// assert_eq!(whole, parts);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn first_iteration(self, first: usize) -> Self {
        Self { first, ..self }
    }

    /// Records the cost before step 0 and then before every `record_every`-th, at least 1.
    pub fn record_every(self, record_every: usize) -> Self {
        Self {
            record_every,
            ..self
        }
    }

    /// Limits the gradient of every step; its limit is a finite number above 0.
    pub fn clipping(self, clipping: Clipping) -> Self {
        Self {
            clipping: Some(clipping),
            ..self
        }
    }

    /// Ends the run when the cost on a dev set no longer falls, and restores the best parameters.
    pub fn early_stopping(self, early_stopping: EarlyStopping) -> Self {
        Self {
            early_stopping: Some(early_stopping),
            ..self
        }
    }

    /// Trains `network` on `data`; returns the recorded costs.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a setting outside its range and [`Error::Shape`] for data that do
    /// not fit the network, before any step; [`Error::Diverged`] when the cost or a parameter is no
    /// longer finite. After an error the network is what it was.
    pub fn train(&self, network: &mut Network, data: &Dataset) -> Result<History, Error> {
        self.train_with(network, data, |_| {})
    }

    /// As [`train`](Self::train), calling `progress` at each recorded iteration.
    ///
    /// # Errors
    /// As [`train`](Self::train).
    // ANCHOR: train
    pub fn train_with(
        &self,
        network: &mut Network,
        data: &Dataset,
        mut progress: impl FnMut(Progress<'_>),
    ) -> Result<History, Error> {
        self.check(network, data)?;
        let mut run = Run::new(self, network, data)?;
        for iteration in self.first..self.first.saturating_add(self.iterations) {
            let record = iteration.is_multiple_of(self.record_every);
            if record && run.record(iteration, &mut progress)? {
                break;
            }
            run.step(iteration)?;
        }
        let (parameters, history) = run.end()?;
        network.set_parameters(parameters)?;
        Ok(history)
    }
    // ANCHOR_END: train

    fn diverged(&self, iteration: usize) -> Error {
        Error::Diverged {
            iteration,
            learning_rate: self.learning_rate,
        }
    }

    /// Refuses settings outside their range, and data that do not fit.
    fn check(&self, network: &Network, data: &Dataset) -> Result<(), Error> {
        self.check_settings()?;
        self.penalty.check(data.examples())?;
        network.check_fit(data)?;
        if let Some(dropout) = &self.dropout {
            dropout.check_fit(network, data.examples())?;
        }
        if let Some(stopping) = &self.early_stopping {
            stopping.check(network)?;
        }
        Ok(())
    }

    fn check_settings(&self) -> Result<(), Error> {
        at_least_1("number of iterations", self.iterations)?;
        at_least_1("distance between recorded iterations", self.record_every)?;
        if let Some(clipping) = self.clipping {
            clipping.check()?;
        }
        above_0("learning rate", self.learning_rate)
    }
}

/// A training run on its way.
struct Run<'a> {
    descent: &'a GradientDescent,
    data: &'a Dataset,
    propagation: Propagation<'a>,
    parameters: Parameters,
    watch: Option<Watch<'a>>,
    history: History,
    steps: usize,
}

impl<'a> Run<'a> {
    fn new(
        descent: &'a GradientDescent,
        network: &Network,
        data: &'a Dataset,
    ) -> Result<Self, Error> {
        let history = History::new(descent.record_every, descent.iterations)?;
        let records = descent.iterations.div_ceil(descent.record_every);
        let stopping = descent.early_stopping.as_ref();
        Ok(Self {
            descent,
            data,
            propagation: network.propagation(data.examples(), descent.dropout.as_ref())?,
            parameters: network.parameters().clone(),
            watch: stopping
                .map(|stopping| stopping.watch(network, records))
                .transpose()?,
            history,
            steps: 0,
        })
    }

    // ANCHOR: step
    /// Records the cost; says whether early stopping ends the run here.
    fn record(
        &mut self,
        iteration: usize,
        progress: &mut impl FnMut(Progress<'_>),
    ) -> Result<bool, Error> {
        let (data, parameters) = (self.data, &self.parameters);
        let penalty = self.descent.penalty.cost(parameters, data.examples())?;
        let cost = self.propagation.cost(parameters, data.all(), iteration) + penalty;
        if !cost.is_finite() {
            return Err(self.descent.diverged(iteration));
        }
        self.history.costs.push((iteration, cost));
        progress(Progress {
            iteration,
            cost,
            parameters,
        });
        let Some(watch) = &mut self.watch else {
            return Ok(false);
        };
        let end = watch.look(iteration, parameters);
        end.ok_or_else(|| self.descent.diverged(iteration))
    }

    /// One step against the gradient, with the penalty's part, within the clipping's limit.
    fn step(&mut self, iteration: usize) -> Result<(), Error> {
        let (descent, data) = (self.descent, self.data);
        let gradients = self
            .propagation
            .gradients(&self.parameters, data.all(), iteration);
        let (gradients, true) = gradients else {
            return Err(descent.diverged(iteration));
        };
        let penalty = descent.penalty;
        penalty.add_gradient(&self.parameters, data.examples(), gradients)?;
        let (rate, parameters) = (descent.learning_rate, &mut self.parameters);
        match descent.clipping {
            None => parameters.add_scaled(-rate, gradients),
            Some(clipping) => clipping.step(parameters, rate, gradients),
        }
        self.steps += 1;
        Ok(())
    }
    // ANCHOR_END: step

    /// The parameters at the end, or the best ones if early stopping has watched.
    fn end(self) -> Result<(Parameters, History), Error> {
        let (mut parameters, mut history) = (self.parameters, self.history);
        if let Some(watch) = self.watch {
            let (best, stopped) = watch.end(self.steps);
            parameters = best;
            history.stopped = Some(stopped);
        }
        if !parameters.iter().all(|parameter| parameter.is_finite()) {
            return Err(self.descent.diverged(self.descent.first + self.steps));
        }
        Ok((parameters, history))
    }
}

/// The recorded costs of a training run.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    costs: Vec<(usize, f64)>,
    record_every: usize,
    stopped: Option<Stopped>,
}

impl History {
    fn new(record_every: usize, iterations: usize) -> Result<Self, Error> {
        let rows = iterations.div_ceil(record_every);
        let mut costs = Vec::new();
        costs.try_reserve_exact(rows).map_err(|_| Error::TooLarge {
            what: "recorded costs",
            rows,
            columns: 2,
        })?;
        Ok(Self {
            costs,
            record_every,
            stopped: None,
        })
    }

    /// The recorded iterations and the cost before each one's step, in order.
    pub fn costs(&self) -> &[(usize, f64)] {
        &self.costs
    }

    /// What early stopping did, if the run had it.
    pub fn early_stopping(&self) -> Option<&Stopped> {
        self.stopped.as_ref()
    }

    /// The cost before the step of `iteration`, counted from 0.
    ///
    /// # Errors
    /// [`Error::NotRecorded`] when that cost was not recorded.
    pub fn cost(&self, iteration: usize) -> Result<f64, Error> {
        let found = self
            .costs
            .binary_search_by_key(&iteration, |(recorded, _)| *recorded);
        match found {
            Ok(index) => Ok(self.costs[index].1),
            Err(_) => Err(Error::NotRecorded {
                iteration,
                record_every: self.record_every,
                last: self.costs.last().map_or(0, |(recorded, _)| *recorded),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::data::circles::circles;
    use crate::initialization::Initialization;
    use crate::numerics::random_state::RandomState;

    fn ring_data() -> Dataset {
        circles(40, 0.05, &mut RandomState::new(1)).unwrap()
    }

    fn he() -> Network {
        Network::new(&[2, 5, 1], Initialization::He, &mut RandomState::new(2)).unwrap()
    }

    #[test]
    fn one_step_goes_against_the_gradient() {
        let (data, mut network) = (ring_data(), he());
        let theta = network.parameters().to_theta();
        let gradient = network.gradients(&data).unwrap().to_theta();
        GradientDescent::new(0.5)
            .iterations(1)
            .train(&mut network, &data)
            .unwrap();
        assert_eq!(network.parameters().to_theta(), &theta - &(0.5 * &gradient));
    }

    #[test]
    fn records_the_cost_before_each_step_that_was_asked_for() {
        let (data, mut network) = (ring_data(), he());
        let start = network.cost(&data).unwrap();
        let mut seen = Vec::new();
        let history = GradientDescent::new(0.1)
            .iterations(8)
            .record_every(3)
            .train_with(&mut network, &data, |progress| {
                seen.push((progress.iteration, progress.cost))
            })
            .unwrap();
        assert_eq!(history.costs(), seen);
        assert_eq!(seen.iter().map(|(i, _)| *i).collect::<Vec<_>>(), [0, 3, 6]);
        assert_eq!(history.cost(0), Ok(start));
        assert!(matches!(
            history.cost(4),
            Err(Error::NotRecorded {
                iteration: 4,
                record_every: 3,
                last: 6
            })
        ));
    }

    #[test]
    fn training_in_two_parts_is_training_in_one() {
        let (data, mut whole, mut parts) = (ring_data(), he(), he());
        let steps = |n| GradientDescent::new(0.1).iterations(n);
        steps(20).train(&mut whole, &data).unwrap();
        steps(13).train(&mut parts, &data).unwrap();
        steps(7).train(&mut parts, &data).unwrap();
        assert_eq!(whole, parts);
    }

    #[test]
    fn a_run_that_goes_on_counts_and_records_as_one_run() {
        let (data, mut whole, mut parts) = (ring_data(), he(), he());
        let descent = GradientDescent::new(0.1).record_every(4);
        let one = descent.clone().iterations(20).train(&mut whole, &data);
        descent
            .clone()
            .iterations(7)
            .train(&mut parts, &data)
            .unwrap();
        let rest = descent.first_iteration(7).iterations(13);
        let rest = rest.train(&mut parts, &data).unwrap();
        assert_eq!(rest.costs(), &one.unwrap().costs()[2..]);
        assert_eq!(whole, parts);
    }

    #[test]
    fn refuses_settings_outside_their_range_and_leaves_the_network_alone() {
        let (data, mut network) = (ring_data(), he());
        for bad in [
            GradientDescent::new(0.0),
            GradientDescent::new(-1.0),
            GradientDescent::new(f64::NAN),
            GradientDescent::new(f64::INFINITY),
            GradientDescent::new(0.1).iterations(0),
            GradientDescent::new(0.1).record_every(0),
        ] {
            assert!(matches!(
                bad.train(&mut network, &data),
                Err(Error::OutOfRange { .. })
            ));
        }
        let endless = GradientDescent::new(0.1)
            .iterations(usize::MAX)
            .record_every(1);
        assert!(matches!(
            endless.train(&mut network, &data),
            Err(Error::TooLarge { .. })
        ));
        let three_features = Dataset::new(array![[1.0], [2.0], [3.0]], array![[1.0]]).unwrap();
        assert!(matches!(
            GradientDescent::new(0.1).train(&mut network, &three_features),
            Err(Error::Shape { .. })
        ));
        assert_eq!(network, he());
    }

    #[test]
    fn a_cost_that_overflows_is_not_recorded() {
        // Every logit is finite, and the sum of the losses is not.
        let data = Dataset::new(array![[1.0, -1.0]], array![[0.0, 1.0]]).unwrap();
        let weights = Parameters::zeros(&[1, 1]).unwrap();
        let weights = weights.with_theta(&array![1.5e308, 0.0]).unwrap();
        let mut network = Network::from_parameters(weights);
        assert!(matches!(
            GradientDescent::new(0.1).train(&mut network, &data),
            Err(Error::Diverged { iteration: 0, .. })
        ));
    }

    #[test]
    fn a_diverged_run_says_when_and_leaves_the_network_alone() {
        // One point of both classes keeps the gradient large; a huge step then overflows the product
        // of identity layers.
        let data = Dataset::new(array![[1.0, 1.0]], array![[1.0, 0.0]]).unwrap();
        let deep = || {
            let network = Network::new(
                &[1, 4, 4, 1],
                Initialization::Gaussian(3.0),
                &mut RandomState::new(3),
            );
            network
                .unwrap()
                .with_activation(crate::activation::Activation::Identity)
        };
        let mut network = deep();
        let result = GradientDescent::new(1e200).train(&mut network, &data);
        assert!(
            matches!(
                result,
                Err(Error::Diverged {
                    iteration: 1..=5,
                    learning_rate: 1e200
                })
            ),
            "{result:?}"
        );
        assert_eq!(network, deep());
    }
}
