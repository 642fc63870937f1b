//! A training run that the page takes a few steps at a time.

use trainable::prelude::*;

use crate::picture::{Axes, Picture, Shape};
use crate::settings::Refusal;

/// The most steps that a run takes.
pub const LIMIT: usize = 200_000;
/// The most costs that a curve keeps.
const KEPT: usize = 400;

/// A run: the network, the costs on its way, and how it has ended.
pub struct Training {
    /// The network as it is now.
    pub network: Network,
    descent: GradientDescent,
    penalty: Penalty,
    data: Dataset,
    dev: Option<Dataset>,
    iteration: usize,
    curve: Vec<Costs>,
    /// Costs are kept of iterations that this divides.
    every: usize,
    end: Option<Error>,
}

/// The costs before a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Costs {
    /// The iteration of the step, from 0.
    pub iteration: usize,
    /// On the training set, with the penalty.
    pub train: f64,
    /// On the dev set, without; not a number if there is none.
    pub dev: f64,
}

impl Training {
    /// A run that has taken no step.
    ///
    /// # Errors
    /// When the data do not fit the network.
    pub fn new(
        network: Network,
        descent: GradientDescent,
        penalty: Penalty,
        data: Dataset,
        dev: Option<Dataset>,
    ) -> Result<Self, Refusal> {
        let mut training = Self {
            descent: descent.penalty(penalty).record_every(usize::MAX),
            network,
            penalty,
            data,
            dev,
            iteration: 0,
            curve: Vec::new(),
            every: 1,
            end: None,
        };
        let costs = training.costs()?;
        training.curve.push(costs);
        Ok(training)
    }

    /// The steps taken.
    pub fn iteration(&self) -> usize {
        self.iteration
    }

    /// The training set.
    pub fn data(&self) -> &Dataset {
        &self.data
    }

    /// The dev set.
    pub fn dev(&self) -> Option<&Dataset> {
        self.dev.as_ref()
    }

    /// The costs that were kept, in order.
    pub fn curve(&self) -> &[Costs] {
        &self.curve
    }

    /// Why no more steps follow, if the run has broken down.
    pub fn failure(&self) -> Option<&Error> {
        self.end.as_ref()
    }

    /// The costs of the network as it is now.
    ///
    /// # Errors
    /// When they cannot be computed.
    pub fn costs(&self) -> Result<Costs, Error> {
        let penalty = self
            .penalty
            .cost(self.network.parameters(), self.data.examples())?;
        let dev = self.dev.as_ref().map(|dev| self.network.cost(dev));
        Ok(Costs {
            iteration: self.iteration,
            train: self.network.cost(&self.data)? + penalty,
            dev: dev.transpose()?.unwrap_or(f64::NAN),
        })
    }

    /// Takes steps, up to [`LIMIT`] in all; says whether more can follow.
    ///
    /// # Errors
    /// What cannot be computed. A run that diverges is none: it has ended, with the network before the part that broke down.
    pub fn advance(&mut self, steps: usize) -> Result<bool, Refusal> {
        let last = self.iteration.saturating_add(steps).min(LIMIT);
        while self.iteration < last && self.end.is_none() {
            // The curve must not depend on how the page cuts the run, so every part ends where a cost is kept.
            let next = (self.iteration / self.every + 1) * self.every;
            self.part(next.min(last))?;
        }
        Ok(self.end.is_none() && self.iteration < LIMIT)
    }

    fn part(&mut self, until: usize) -> Result<(), Refusal> {
        let descent = self.descent.clone().first_iteration(self.iteration);
        let descent = descent.iterations(until - self.iteration);
        match descent.train(&mut self.network, &self.data) {
            Ok(_) => self.iteration = until,
            Err(error @ Error::Diverged { .. }) => {
                self.end = Some(error);
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        }
        if self.iteration.is_multiple_of(self.every) {
            self.keep()?;
        }
        Ok(())
    }

    fn keep(&mut self) -> Result<(), Refusal> {
        let costs = self.costs()?;
        self.curve.push(costs);
        if self.curve.len() > KEPT {
            self.every *= 2;
            let every = self.every;
            self.curve
                .retain(|costs| costs.iteration.is_multiple_of(every));
        }
        Ok(())
    }

    /// Adds the chart of the costs.
    pub fn draw_costs(&self, picture: &mut Picture) {
        let kept = |of: fn(&Costs) -> f64| {
            let points = self.curve.iter();
            points
                .map(|costs| (costs.iteration as f64, of(costs)))
                .collect::<Vec<_>>()
        };
        let (train, dev) = (kept(|costs| costs.train), kept(|costs| costs.dev));
        let costs = train.iter().chain(&dev).map(|(_, cost)| *cost);
        let most = costs.filter(|cost| cost.is_finite()).fold(0.1, f64::max);
        let mut series = vec![picture.series("train", "train", train)];
        if self.dev.is_some() {
            series.push(picture.series("dev", "dev", dev).dash("long"));
        }
        let says = match (self.curve.first(), self.curve.last()) {
            (Some(first), Some(last)) => format!(
                "The cost begins at {:.3} and is {:.3} at iteration {}.",
                first.train, last.train, last.iteration
            ),
            _ => String::new(),
        };
        let shape = Shape::Chart {
            x: Axes::new("iteration", 0.0, self.iteration.max(10) as f64),
            y: Axes::new("cost", 0.0, 1.05 * most),
            series,
            rules: Vec::new(),
            equal: false,
        };
        picture.add("Cost", says, shape);
    }
}
