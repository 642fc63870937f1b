//! A workload with its data, ready to be trained and timed.

use std::time::Instant;

use serde::{Deserialize, Serialize};
use trainable::prelude::*;

use crate::workload::Workload;

/// A workload, its data and the network before the first step.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// What is trained.
    pub workload: Workload,
    /// On what.
    pub data: Dataset,
    /// From where.
    pub start: Network,
}

/// What came of one timed training run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The time of the steps alone.
    pub seconds: f64,
    /// The cost after the last step.
    pub cost: f64,
}

impl Task {
    /// The task as the workload defines it.
    ///
    /// # Errors
    /// As [`Workload::data`] and [`Workload::start`].
    pub fn new(workload: Workload) -> Result<Self, Error> {
        Ok(Self {
            data: workload.data()?,
            start: workload.start()?,
            workload,
        })
    }

    /// Trains from the start for exactly `steps` steps.
    ///
    /// # Errors
    /// As [`GradientDescent::train`].
    pub fn run(&self, steps: usize) -> Result<Run, Error> {
        let mut network = self.start.clone();
        let mut start = Instant::now();
        self.descent()?
            .iterations(steps)
            .record_every(steps)
            // The library reports one cost, before the first step: the clock starts after it.
            .train_with(&mut network, &self.data, |_| start = Instant::now())?;
        let seconds = start.elapsed().as_secs_f64();
        let penalty = self.penalty();
        let cost =
            network.cost(&self.data)? + penalty.cost(network.parameters(), self.data.examples())?;
        Ok(Run { seconds, cost })
    }

    fn descent(&self) -> Result<GradientDescent, Error> {
        let descent = GradientDescent::new(self.workload.learning_rate).penalty(self.penalty());
        if self.workload.keep == 1.0 {
            return Ok(descent);
        }
        let keep = vec![self.workload.keep; self.workload.sizes.len() - 2];
        Ok(descent.dropout(Dropout::fresh(&keep, &mut RandomState::new(1))?))
    }

    fn penalty(&self) -> Penalty {
        match self.workload.lambda {
            0.0 => Penalty::None,
            lambda => Penalty::L2 { lambda },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload;

    #[test]
    fn a_penalty_is_in_the_steps_and_in_the_cost() {
        let with = workload::table().into_iter().find(|w| w.name == "BL2");
        let with = Task::new(with.unwrap()).unwrap();
        let mut without = with.clone();
        without.workload.lambda = 0.0;
        let (with, without) = (with.run(100).unwrap(), without.run(100).unwrap());
        assert!(with.cost > without.cost + 0.01, "{with:?}, {without:?}");
    }

    #[test]
    fn dropout_is_in_the_steps_and_not_in_the_cost() {
        let with = workload::table().into_iter().find(|w| w.name == "BD");
        let with = Task::new(with.unwrap()).unwrap();
        let mut without = with.clone();
        without.workload.keep = 1.0;
        let costs = |steps| [&with, &without].map(|task| task.run(steps).unwrap().cost);
        let [with, without] = costs(100);
        assert!((with - without).abs() > 1e-6, "{with}, {without}");
    }

    #[test]
    fn the_cost_is_that_of_a_direct_run_of_as_many_steps() {
        let workload = workload::table().swap_remove(0);
        let task = Task::new(workload).unwrap();
        let data = circles(300, 0.05, &mut RandomState::new(1)).unwrap();
        let he = Initialization::He;
        let mut network = Network::new(&[2, 10, 5, 1], he, &mut RandomState::new(3)).unwrap();
        let history = GradientDescent::new(0.01)
            .iterations(8)
            .record_every(1)
            .train(&mut network, &data)
            .unwrap();
        for steps in [1, 2, 7] {
            let run = task.run(steps).unwrap();
            assert_eq!(run.cost, history.cost(steps).unwrap(), "{steps} steps");
            assert!(run.seconds > 0.0);
        }
        assert_eq!(task.run(8).unwrap().cost, network.cost(&data).unwrap());
    }
}
