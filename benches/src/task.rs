//! A workload with its data, ready to be trained and timed.

use std::time::Instant;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use trainable::prelude::*;
use trainable::together::{Trained, train_together};

use crate::workload::{Rule, Workload};

/// A workload, its data and the network before the first step.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// The workload.
    pub workload: Workload,
    /// The data to train on.
    pub data: Dataset,
    /// The networks to start from.
    pub starts: Vec<Network>,
}

/// The result of one timed training run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The time of all networks' steps.
    pub seconds: f64,
    /// The cost after the last step, the mean over the networks.
    pub cost: f64,
}

impl Task {
    /// The task as the workload defines it.
    ///
    /// # Errors
    /// As [`Workload::data`] and [`Workload::starts`].
    pub fn new(workload: Workload) -> Result<Self, Error> {
        Ok(Self {
            data: workload.data()?,
            starts: workload.starts()?,
            workload,
        })
    }

    /// Trains from the start for exactly `steps` steps: one network alone, several together.
    ///
    /// # Errors
    /// As [`Training::train`].
    pub fn run(&self, steps: usize) -> Result<Run, Error> {
        match self.starts.as_slice() {
            [start] => self.run_alone(start, steps),
            _ => self.run_many(steps, train_together),
        }
    }

    /// The same, each network by itself, on as many threads as there are.
    ///
    /// # Errors
    /// As [`Training::train`].
    pub fn run_apart(&self, steps: usize) -> Result<Run, Error> {
        let alone = |run| train_together(vec![run]);
        self.run_many(steps, |runs| {
            runs.into_par_iter().flat_map_iter(alone).collect()
        })
    }

    fn run_alone(&self, start: &Network, steps: usize) -> Result<Run, Error> {
        let training = self.training(0)?.iterations(steps);
        let mut run = training.start(start, &self.data)?;
        // Allocates the memory first, since that is not part of a step.
        run.cost();
        let clock = Instant::now();
        for _ in 0..steps {
            run.step()?;
        }
        let seconds = clock.elapsed().as_secs_f64();
        let mut network = start.clone();
        run.finish(&mut network)?;
        Ok(Run {
            seconds,
            cost: self.cost(&network)?,
        })
    }

    fn run_many(
        &self,
        steps: usize,
        train: impl Fn(Vec<trainable::training::Run>) -> Vec<Trained>,
    ) -> Result<Run, Error> {
        let mut runs = Vec::with_capacity(self.starts.len());
        for (seed, start) in self.starts.iter().enumerate() {
            let training = self.training(seed)?.iterations(steps).record_every(steps);
            runs.push(training.start(start, &self.data)?);
        }
        let clock = Instant::now();
        let trained = train(runs);
        let seconds = clock.elapsed().as_secs_f64();
        let mut sum = 0.0;
        for network in trained {
            sum += self.cost(&network?.0)?;
        }
        Ok(Run {
            seconds,
            cost: sum / self.starts.len() as f64,
        })
    }

    fn cost(&self, network: &Network) -> Result<f64, Error> {
        let penalty = self
            .penalty()
            .cost(network.parameters(), self.data.examples())?;
        Ok(network.cost(&self.data)? + penalty)
    }

    /// The seed is that of dropout's masks.
    fn training(&self, seed: usize) -> Result<Training, Error> {
        let workload = &self.workload;
        let optimizer = match workload.optimizer {
            Rule::Descent => Optimizer::new(workload.learning_rate),
            Rule::Adam => Adam::new(workload.learning_rate).into(),
        };
        let mut training = Training::new(optimizer).penalty(self.penalty());
        if workload.batch < workload.examples {
            let batches = MiniBatches::of(workload.batch);
            training = training.mini_batches(match workload.shuffled {
                true => batches.shuffled_as_numpy(0),
                false => batches,
            });
        }
        if workload.keep < 1.0 {
            let keep = vec![workload.keep; workload.sizes.len() - 2];
            training = training.dropout(Dropout::fresh(
                &keep,
                &mut RandomState::new(1 + seed as u32),
            )?);
        }
        Ok(training)
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

    #[test]
    fn mini_batches_and_adam_are_in_the_steps() {
        let workload = workload::table().into_iter().find(|w| w.name == "CAS");
        let task = Task::new(workload.unwrap()).unwrap();
        let data = moons(300, 0.2, &mut RandomState::new(1)).unwrap();
        let mut network = task.starts[0].clone();
        // More than one epoch, whose last batch is smaller.
        Training::new(Adam::new(0.01))
            .mini_batches(MiniBatches::of(64).shuffled_as_numpy(0))
            .iterations(7)
            .train(&mut network, &data)
            .unwrap();
        assert_eq!(task.run(7).unwrap().cost, network.cost(&data).unwrap());
    }

    #[test]
    fn several_networks_have_the_cost_that_they_have_apart() {
        let workload = workload::table().into_iter().find(|w| w.name == "CB1-8");
        let task = Task::new(workload.unwrap()).unwrap();
        let mut sum = 0.0;
        for start in &task.starts {
            let alone = Task {
                starts: vec![start.clone()],
                ..task.clone()
            };
            sum += alone.run(20).unwrap().cost;
        }
        assert_eq!(task.run(20).unwrap().cost, sum / 8.0);
        assert_eq!(task.run_apart(20).unwrap().cost, sum / 8.0);
    }
}
