//! Early stopping: training ends where the dev set says so, with the best parameters seen.

use crate::backpropagation::{Pass, Workspace};
use crate::data::dataset::Dataset;
use crate::error::{Error, at_least_1};
use crate::network::{Mode, Network};
use crate::numerics::memory::try_with_capacity;

// ANCHOR: plain
/// Which of these dev costs is the best when training ends, and at which it ends, both
/// counted from 0: at the `patience`-th cost in a row that does not improve on the
/// best, or at the last one.
///
/// There has to be a cost, and a patience of at least 1.
///
/// ```
/// use trainable::early_stopping::best_and_last;
///
/// let dev_costs = [0.7, 0.5, 0.6, 0.5, 0.3];
/// assert_eq!(best_and_last(&dev_costs, 2), (1, 3));
/// assert_eq!(best_and_last(&dev_costs, 3), (4, 4));
/// ```
pub fn best_and_last(dev_costs: &[f64], patience: usize) -> (usize, usize) {
    let mut best = 0;
    for (now, cost) in dev_costs.iter().enumerate() {
        if *cost < dev_costs[best] {
            best = now;
        }
        if now - best == patience {
            return (best, now);
        }
    }
    (best, dev_costs.len() - 1)
}
// ANCHOR_END: plain

/// Ends a training run when the cost on a dev set no longer falls, and takes the network back to
/// where that cost was least.
///
/// At every recorded iteration the dev cost is measured: the mean cross-entropy, without a penalty.
/// A check improves on the best one so far when its cost is less. After `patience` checks in a row
/// that do not improve, training ends. The network then has the parameters of the best check, also
/// when training ends because its iterations are used up.
///
/// L. Prechelt (1998), *Early stopping: but when?*, doi:10.1007/3-540-49430-8_3.
///
/// ```
/// use trainable::prelude::*;
///
/// let train = football(60, 0.08, &mut RandomState::new(1))?;
/// let dev = football(200, 0.08, &mut RandomState::new(2))?;
/// let mut network = Network::new(&[2, 20, 1], Initialization::He, &mut RandomState::new(3))?;
/// let history = GradientDescent::new(0.5)
///     .iterations(5_000)
///     .record_every(50)
///     .early_stopping(EarlyStopping::new(dev.clone(), 5))
///     .train(&mut network, &train)?;
///
/// let stopped = history.early_stopping().ok_or(Error::NoExamples)?;
/// assert_eq!(stopped.steps, stopped.best_iteration + 5 * 50);
/// assert_eq!(network.cost(&dev)?, stopped.best_cost);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct EarlyStopping {
    dev: Dataset,
    patience: usize,
}

/// What early stopping did in a training run.
#[derive(Debug, Clone, PartialEq)]
pub struct Stopped {
    /// The iteration whose parameters the network has now: those before its step, counted from 0.
    pub best_iteration: usize,
    /// The dev cost of these parameters.
    pub best_cost: f64,
    /// The number of steps that were taken in all.
    pub steps: usize,
    /// The recorded iterations and the dev cost before each one's step, in order.
    pub dev_costs: Vec<(usize, f64)>,
}

impl EarlyStopping {
    /// Stops after `patience` checks, at least 1, without a lower cost on `dev`.
    pub fn new(dev: Dataset, patience: usize) -> Self {
        Self { dev, patience }
    }

    /// Refuses a patience of 0, and dev data that do not fit the network.
    pub(crate) fn check(&self, network: &Network) -> Result<(), Error> {
        at_least_1("patience of early stopping", self.patience)?;
        network.check_fit(&self.dev)
    }

    /// What is known of a run that starts with this network, before it is looked at.
    pub(crate) fn watched(&self, network: &Network, records: usize) -> Result<Watched, Error> {
        Ok(Watched {
            best: network.clone(),
            stopped: Stopped {
                best_iteration: 0,
                best_cost: f64::INFINITY,
                steps: 0,
                dev_costs: try_with_capacity("recorded dev costs", records)?,
            },
            waited: 0,
        })
    }

    /// The watch over a run of a network of this shape.
    pub(crate) fn watch(&self, network: &Network, watched: Watched) -> Result<Watch, Error> {
        Ok(Watch {
            stopping: self.clone(),
            workspace: Workspace::new(in_use(network), self.dev.examples())?,
            watched,
        })
    }
}

/// Dev costs are those of the network as it is used.
fn in_use(network: &Network) -> Pass<'_> {
    Pass {
        network,
        dropout: None,
        mode: Mode::Inference,
    }
}

/// The best network so far, and how long ago that was.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Watched {
    best: Network,
    stopped: Stopped,
    waited: usize,
}

/// Early stopping at work.
#[derive(Debug)]
pub(crate) struct Watch {
    stopping: EarlyStopping,
    workspace: Workspace,
    watched: Watched,
}

impl Watch {
    /// Measures the dev cost, and remembers the network if it is the least so far.
    pub fn check(&mut self, iteration: usize, network: &Network) -> f64 {
        let cost = self
            .workspace
            .cost(in_use(network), self.stopping.dev.all());
        let watched = &mut self.watched;
        watched.stopped.dev_costs.push((iteration, cost));
        if cost < watched.stopped.best_cost {
            watched.best.copy_from(network);
            watched.stopped.best_iteration = iteration;
            watched.stopped.best_cost = cost;
            watched.waited = 0;
        } else {
            watched.waited += 1;
        }
        cost
    }

    /// Whether training should end.
    pub fn has_ended(&self) -> bool {
        self.watched.waited >= self.stopping.patience
    }

    /// The best network, and what happened in a run of this number of steps.
    pub fn end(self, steps: usize) -> (Network, Stopped) {
        let stopped = Stopped {
            steps,
            ..self.watched.stopped
        };
        (self.watched.best, stopped)
    }

    /// What the watch knows, without its working memory.
    pub fn into_watched(self) -> Watched {
        self.watched
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use proptest::prelude::*;

    use super::*;
    use crate::data::football::football;
    use crate::gradient_descent::GradientDescent;
    use crate::initialization::Initialization;
    use crate::l2::Penalty;
    use crate::numerics::random_state::RandomState;
    use crate::parameters::Parameters;
    use crate::training::History;

    fn points(n: usize, seed: u32) -> Dataset {
        football(n, 0.1, &mut RandomState::new(seed)).unwrap()
    }

    fn start(seed: u32) -> Network {
        let mut rng = RandomState::new(seed);
        Network::new(&[2, 8, 1], Initialization::He, &mut rng).unwrap()
    }

    /// A run that overfits thirty points.
    fn overfitting() -> GradientDescent {
        GradientDescent::new(1.0).iterations(3_000).record_every(20)
    }

    fn stopped(history: &History) -> &Stopped {
        history.early_stopping().unwrap()
    }

    #[test]
    fn a_run_without_early_stopping_reports_none() {
        let history = overfitting().train(&mut start(1), &points(30, 1)).unwrap();
        assert_eq!(history.early_stopping(), None);
    }

    #[test]
    fn ends_after_so_many_checks_without_improvement() {
        for patience in [1, 4, 10] {
            let dev = points(100, 2);
            let run = overfitting().early_stopping(EarlyStopping::new(dev.clone(), patience));
            let mut network = start(1);
            let history = run.train(&mut network, &points(30, 1)).unwrap();
            let stopped = stopped(&history);
            assert!(stopped.best_iteration > 0 && stopped.steps < 3_000);
            assert_eq!(stopped.steps, stopped.best_iteration + 20 * patience);
            assert_eq!(history.costs().len(), stopped.dev_costs.len());
            assert_eq!(
                stopped.dev_costs.last().map(|(iteration, _)| *iteration),
                Some(stopped.steps)
            );
            assert_eq!(network.cost(&dev), Ok(stopped.best_cost));
        }
    }

    #[test]
    fn restores_the_best_also_when_the_iterations_are_used_up() {
        let (train, dev) = (points(30, 1), points(100, 2));
        let run = overfitting().early_stopping(EarlyStopping::new(dev.clone(), usize::MAX));
        let mut network = start(1);
        let history = run.train(&mut network, &train).unwrap();
        let stopped = stopped(&history);
        assert_eq!((stopped.steps, stopped.dev_costs.len()), (3_000, 150));
        let costs = stopped.dev_costs.iter().map(|(_, cost)| *cost);
        assert_eq!(costs.fold(f64::INFINITY, f64::min), stopped.best_cost);
        assert_eq!(network.cost(&dev), Ok(stopped.best_cost));
    }

    #[test]
    fn a_start_that_is_best_is_where_the_network_returns_to() {
        // The labels of the dev set are the other way round: each step is one in the wrong direction.
        let train = points(30, 1);
        let dev = Dataset::new(train.x().to_owned(), train.y().mapv(|y| 1.0 - y)).unwrap();
        let mut trained = start(1);
        overfitting().train(&mut trained, &train).unwrap();
        let mut network = trained.clone();
        let run = overfitting().early_stopping(EarlyStopping::new(dev, 3));
        let history = run.train(&mut network, &train).unwrap();
        assert_eq!(stopped(&history).best_iteration, 0);
        assert_eq!(stopped(&history).steps, 60);
        assert_eq!(network, trained);
    }

    #[test]
    fn a_cost_that_stays_the_same_is_no_improvement() {
        // One point of both classes: the gradient is 0, and nothing moves.
        let both = Dataset::new(array![[0.0, 0.0]], array![[0.0, 1.0]]).unwrap();
        let mut network = Network::from_parameters(Parameters::zeros(&[1, 1]).unwrap());
        let run = overfitting().early_stopping(EarlyStopping::new(both.clone(), 2));
        let history = run.train(&mut network, &both).unwrap();
        assert_eq!(stopped(&history).best_iteration, 0);
        assert_eq!(stopped(&history).steps, 40);
    }

    #[test]
    fn refuses_what_does_not_fit_and_leaves_the_network_alone() {
        let train = points(30, 1);
        let mut network = start(1);
        let none = overfitting().early_stopping(EarlyStopping::new(points(30, 2), 0));
        assert!(matches!(
            none.train(&mut network, &train),
            Err(Error::OutOfRange {
                what: "patience of early stopping",
                ..
            })
        ));
        let dev = Dataset::new(array![[1.0], [2.0], [3.0]], array![[1.0]]).unwrap();
        let misfit = overfitting().early_stopping(EarlyStopping::new(dev, 1));
        assert!(matches!(
            misfit.train(&mut network, &train),
            Err(Error::Shape { what: "input", .. })
        ));
        assert_eq!(network, start(1));
    }

    #[test]
    fn a_dev_cost_that_overflows_is_divergence() {
        let train = Dataset::new(array![[1.0, -1.0]], array![[1.0, 0.0]]).unwrap();
        let dev = Dataset::new(array![[1e308, -1e308]], array![[0.0, 1.0]]).unwrap();
        let weights = Parameters::zeros(&[1, 1]).unwrap();
        let weights = weights.with_theta(&array![1.7, 0.0]).unwrap();
        let mut network = Network::from_parameters(weights);
        let run = GradientDescent::new(0.1).early_stopping(EarlyStopping::new(dev, 1));
        assert!(matches!(
            run.train(&mut network, &train),
            Err(Error::Diverged { iteration: 0, .. })
        ));
    }

    proptest! {
        #[test]
        fn equals_the_plain_run_stopped_there_to_the_bit(
            seed in 0..1_000u32, patience in 1..8usize, every in 1..30usize, lambda in 0.0..3.0f64,
        ) {
            let (train, dev) = (points(25, seed), points(40, seed + 1));
            let plain = GradientDescent::new(0.7).penalty(Penalty::L2 { lambda });
            let plain = plain.record_every(every);
            let mut network = start(seed);
            let stopping = EarlyStopping::new(dev.clone(), patience);
            let run = plain.clone().iterations(400).early_stopping(stopping);
            let history = run.train(&mut network, &train).unwrap();
            let stopped = stopped(&history);
            let mut same = start(seed);
            if stopped.best_iteration > 0 {
                plain.clone().iterations(stopped.best_iteration).train(&mut same, &train).unwrap();
            }
            prop_assert_eq!(&network, &same);
            // The dev cost has no penalty; the recorded training costs have one, as ever.
            prop_assert_eq!(same.cost(&dev).unwrap(), stopped.best_cost);
            let whole = plain.iterations(stopped.steps).train(&mut start(seed), &train);
            let whole = whole.unwrap();
            prop_assert_eq!(whole.costs(), &history.costs()[..whole.costs().len()]);
        }
    }
}
