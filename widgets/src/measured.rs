//! A training run that is measured on its way.

use trainable::prelude::*;

use crate::settings::Refusal;
use crate::training::LiveTraining;

/// A run with what is measured of it: where its costs are kept, and as it is now.
pub struct MeasuredTraining<M> {
    training: LiveTraining,
    measure: Measure<M>,
    /// What was measured at an iteration.
    kept: Vec<(usize, M)>,
    now: M,
}

/// What is measured of a run as it is now.
pub type Measure<M> = Box<dyn Fn(&LiveTraining) -> Result<M, Error>>;

impl<M: Clone> MeasuredTraining<M> {
    /// Measures a run that has taken no step.
    ///
    /// # Errors
    /// What cannot be computed.
    pub fn new(
        training: LiveTraining,
        measure: impl Fn(&LiveTraining) -> Result<M, Error> + 'static,
    ) -> Result<Self, Refusal> {
        let now = measure(&training)?;
        Ok(Self {
            kept: vec![(training.iteration(), now.clone())],
            now,
            measure: Box::new(measure),
            training,
        })
    }

    /// The run.
    pub fn training(&self) -> &LiveTraining {
        &self.training
    }

    /// What is measured of the run as it is now.
    pub fn now(&self) -> &M {
        &self.now
    }

    /// What was measured at the iterations of the run's [costs](LiveTraining::curve).
    pub fn kept(&self) -> &[(usize, M)] {
        &self.kept
    }

    /// One of the measured numbers against the iteration, up to the run as it is now.
    pub fn line(&self, number: impl Fn(&M) -> f64) -> Vec<(f64, f64)> {
        let kept = self.kept.iter().map(|(iteration, m)| (*iteration, m));
        let now = (self.training.iteration(), &self.now);
        kept.chain([now])
            .map(|(iteration, measured)| (iteration as f64, number(measured)))
            .collect()
    }

    /// Takes steps; says whether more can follow.
    ///
    /// # Errors
    /// What cannot be computed.
    pub fn advance(&mut self, steps: usize) -> Result<bool, Refusal> {
        let last = self.training.iteration().saturating_add(steps);
        let mut more = self.training.advance(0)?;
        while more && self.training.iteration() < last {
            let next = self.training.next_kept().min(last);
            more = self.training.advance(next - self.training.iteration())?;
            self.keep()?;
        }
        let iteration = self.training.iteration();
        self.now = match self.kept.last() {
            Some((kept, measured)) if *kept == iteration => measured.clone(),
            _ => (self.measure)(&self.training)?,
        };
        Ok(more)
    }

    /// Measures where the run has just kept its costs, and forgets what it has forgotten.
    fn keep(&mut self) -> Result<(), Refusal> {
        let iteration = self.training.iteration();
        let last = |iterations: Option<usize>| iterations == Some(iteration);
        let is_kept = last(self.training.curve().last().map(|costs| costs.iteration));
        if is_kept && !last(self.kept.last().map(|(iteration, _)| *iteration)) {
            let measured = (self.measure)(&self.training)?;
            self.kept.push((iteration, measured));
        }
        if self.kept.len() > self.training.curve().len() {
            let every = self.training.every();
            self.kept.retain(|(kept, _)| kept.is_multiple_of(every));
        }
        Ok(())
    }
}

/// How well a network does on the training set and on the dev set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scores {
    /// The share of the training set that it gets right.
    pub train_accuracy: f64,
    /// The share of the dev set that it gets right.
    pub dev_accuracy: f64,
    /// The cost on the training set, without a penalty.
    pub train_cost: f64,
    /// The cost on the dev set, without a penalty.
    pub dev_cost: f64,
}

impl Scores {
    /// Those of a network.
    ///
    /// # Errors
    /// When a set does not fit the network.
    pub fn of(network: &Network, train: &Dataset, dev: &Dataset) -> Result<Self, Error> {
        Ok(Self {
            train_accuracy: network.accuracy(train)?,
            dev_accuracy: network.accuracy(dev)?,
            train_cost: network.cost(train)?,
            dev_cost: network.cost(dev)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::KEPT;
    use crate::training::tests::jumping;

    /// The first weight of a run that jumps to and fro.
    fn measured() -> MeasuredTraining<f64> {
        let first = |training: &LiveTraining| {
            let weight = training.network().parameters().iter().next();
            Ok(weight.copied().unwrap_or(f64::NAN))
        };
        MeasuredTraining::new(jumping(), first).unwrap()
    }

    #[test]
    fn what_is_measured_stays_beside_the_costs_when_both_are_thinned() {
        let mut run = measured();
        run.advance(KEPT).unwrap();
        let all = run.kept().to_vec();
        run.advance(2 * KEPT).unwrap();
        let thinned = run.kept();
        let costs = run.training().curve().iter().map(|costs| costs.iteration);
        assert!(thinned.iter().map(|(iteration, _)| *iteration).eq(costs));
        assert!((KEPT / 3..=KEPT).contains(&thinned.len()));
        for pair in thinned.iter().filter(|(iteration, _)| *iteration < KEPT) {
            assert!(all.contains(pair), "{pair:?}");
        }
    }

    #[test]
    fn what_is_kept_does_not_depend_on_the_parts() {
        let run = |by: usize| {
            let mut run = measured();
            for _ in 0..1_400 / by {
                run.advance(by).unwrap();
            }
            (run.kept().to_vec(), *run.now())
        };
        let whole = run(1_400);
        assert_eq!(run(1), whole);
        assert_eq!(run(7), whole);
    }

    #[test]
    fn a_line_ends_with_the_run_as_it_is_now() {
        let training = jumping().keeping_every(20);
        let mut run = MeasuredTraining::new(training, |run| Ok(run.iteration())).unwrap();
        run.advance(50).unwrap();
        let iterations = [0.0, 20.0, 40.0, 50.0];
        let expected: Vec<(f64, f64)> = iterations.map(|i| (i, i)).to_vec();
        assert_eq!(run.line(|iteration| *iteration as f64), expected);
    }

    #[test]
    fn scores_are_the_networks() {
        let data = circles(40, 0.05, &mut RandomState::new(1)).unwrap();
        let dev = circles(60, 0.05, &mut RandomState::new(2)).unwrap();
        let network = Network::new(&[2, 3, 1], Initialization::He, &mut RandomState::new(1));
        let network = network.unwrap();
        let scores = Scores::of(&network, &data, &dev).unwrap();
        assert_eq!(scores.train_accuracy, network.accuracy(&data).unwrap());
        assert_eq!(scores.dev_accuracy, network.accuracy(&dev).unwrap());
        assert_eq!(scores.train_cost, network.cost(&data).unwrap());
        assert_eq!(scores.dev_cost, network.cost(&dev).unwrap());
    }
}
