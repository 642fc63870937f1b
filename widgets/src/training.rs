//! A training run that the page takes a few steps at a time.

use trainable::prelude::*;
use trainable::training::Run;

use crate::control::{Control, Kind};
use crate::picture::{Axes, Picture, Rule, Series, Shape, percent, short};
use crate::settings::{Refusal, Settings};

/// The most steps that a run takes.
pub const LIMIT: u32 = 200_000;
/// The most costs that a curve keeps.
pub(crate) const KEPT: usize = 400;
/// An axis of accuracies begins here unless they are lower now, in percent.
const USUAL: f64 = 80.0;

/// How many steps an address asks for, up to [`LIMIT`].
///
/// # Errors
/// A [`Refusal`] for what is no such number.
pub fn steps(text: &str) -> Result<u32, Refusal> {
    let kind = Kind::Integer {
        min: 0,
        max: LIMIT,
        default: 0,
    };
    let controls = [Control::new("at", "Steps", "", kind)];
    let mut settings = Settings::parse(&controls, "")?;
    settings.set(&controls, "at", text)?;
    Ok(settings.integer("at"))
}

/// A run: the network, the costs on its way, and how it has ended.
pub struct LiveTraining {
    run: Run,
    /// What the shown costs are those of: no unit is dropped in them.
    shown: Objective,
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

impl LiveTraining {
    /// A run that has taken no step.
    ///
    /// # Errors
    /// When the data do not fit the network.
    pub fn new(
        network: Network,
        training: Training,
        penalty: Penalty,
        data: Dataset,
        dev: Option<Dataset>,
    ) -> Result<Self, Refusal> {
        let mut training = Self {
            run: training.penalty(penalty).start(&network, &data)?,
            shown: penalty.into(),
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

    /// The network as it is now.
    pub fn network(&self) -> &Network {
        self.run.network()
    }

    /// The same run, which has taken no step, with costs kept of one in `every` iterations only:
    /// what is measured then may take as long as that many steps.
    pub fn keeping_every(self, every: usize) -> Self {
        Self { every, ..self }
    }

    /// The steps taken.
    pub fn iteration(&self) -> usize {
        self.iteration
    }

    /// The training set.
    pub fn data(&self) -> &Dataset {
        &self.data
    }

    /// The costs that were kept, in order.
    pub fn curve(&self) -> &[Costs] {
        &self.curve
    }

    /// Costs are kept of the iterations that this divides.
    pub fn every(&self) -> usize {
        self.every
    }

    /// The next iteration whose costs are kept.
    pub fn next_kept(&self) -> usize {
        (self.iteration / self.every + 1) * self.every
    }

    /// Why no more steps follow, if the run has broken down.
    pub fn failure(&self) -> Option<&Error> {
        self.end.as_ref()
    }

    /// The cost of the network as it is now, on the training set and with the penalty.
    ///
    /// # Errors
    /// When it cannot be computed.
    pub fn cost(&self) -> Result<f64, Error> {
        self.shown.cost(self.network(), &self.data, Mode::Inference)
    }

    /// The costs of the network as it is now.
    ///
    /// # Errors
    /// When they cannot be computed.
    pub fn costs(&self) -> Result<Costs, Error> {
        let dev = self.dev.as_ref().map(|dev| self.network().cost(dev));
        Ok(Costs {
            iteration: self.iteration,
            train: self.cost()?,
            dev: dev.transpose()?.unwrap_or(f64::NAN),
        })
    }

    /// Takes steps, up to [`LIMIT`] in all; says whether more can follow.
    ///
    /// # Errors
    /// What cannot be computed. A run that diverges is none: it has ended, with the network before
    /// the step that broke down.
    pub fn advance(&mut self, steps: usize) -> Result<bool, Refusal> {
        let last = self.iteration.saturating_add(steps).min(LIMIT as usize);
        while self.iteration < last && self.end.is_none() {
            self.step()?;
        }
        Ok(self.end.is_none() && self.iteration < LIMIT as usize)
    }

    fn step(&mut self) -> Result<(), Refusal> {
        self.iteration += 1;
        match self.run.step() {
            Ok(()) if self.iteration.is_multiple_of(self.every) => self.keep(),
            Ok(()) => Ok(()),
            Err(error @ Error::Diverged { .. }) => {
                self.end = Some(error);
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    fn keep(&mut self) -> Result<(), Refusal> {
        let costs = self.costs()?;
        self.curve.push(costs);
        if self.curve.len() > KEPT {
            self.thin();
        }
        Ok(())
    }

    /// Keeps every third of what was kept: a run that jumps to and fro at each step is still seen
    /// to.
    fn thin(&mut self) {
        self.every *= 3;
        let every = self.every;
        self.curve
            .retain(|costs| costs.iteration.is_multiple_of(every));
    }

    /// Adds the chart of the costs, up to those of the run as it is now, with lines right across.
    pub fn draw_costs(&self, picture: &mut Picture, rules: Vec<Rule>) {
        let mut curve = self.curve.clone();
        curve.extend(self.costs());
        let line = |of: fn(&Costs) -> f64| -> Vec<(f64, f64)> {
            let points = curve.iter();
            points
                .map(|costs| (costs.iteration as f64, of(costs)))
                .collect()
        };
        let (train, dev) = (line(|costs| costs.train), line(|costs| costs.dev));
        let top = top(train.iter().chain(&dev));
        let mut series = vec![picture.series("train", "train", train)];
        if self.dev.is_some() {
            series.push(picture.series("dev", "dev", dev).dash("long"));
        }
        let says = match (curve.first(), curve.last()) {
            (Some(first), Some(last)) => format!(
                "The cost begins at {} and is {} at iteration {}.",
                short(first.train),
                short(last.train),
                last.iteration
            ),
            _ => String::new(),
        };
        let y = Axes::new("cost", 0.0, top);
        picture.add("Cost", says, self.over_iterations(y, series, rules));
    }

    /// Adds the chart of two accuracies, on the training set and on the dev set. Where they were
    /// far below what they are now, they are left out.
    pub fn draw_accuracies(
        &self,
        picture: &mut Picture,
        [train, dev]: [Vec<(f64, f64)>; 2],
        rules: Vec<Rule>,
    ) {
        let now = |line: &[(f64, f64)]| line.last().map_or(0.0, |(_, share)| 100.0 * share);
        let tens = now(&train).min(now(&dev)) / 10.0;
        let least = (10.0 * tens.floor()).min(USUAL);
        let shown = |(iteration, share): (f64, f64)| {
            let shown = 100.0 * share;
            (iteration, if shown < least { f64::NAN } else { shown })
        };
        let says = format!(
            "Accuracies against the iteration: {} on the training set, {} on the dev set at \
             iteration {}.",
            percent(now(&train) / 100.0),
            percent(now(&dev) / 100.0),
            self.iteration
        );
        let [train, dev] = [train, dev].map(|line| line.into_iter().map(shown));
        let series = vec![
            picture.series("train", "train", train),
            picture.series("dev", "dev", dev).dash("long"),
        ];
        let y = Axes::new("accuracy, %", least, 100.0);
        picture.add("Accuracy", says, self.over_iterations(y, series, rules));
    }

    /// A chart over the iterations so far.
    pub fn over_iterations(&self, y: Axes, series: Vec<Series>, rules: Vec<Rule>) -> Shape {
        Shape::Chart {
            x: Axes::new("iteration", 0.0, self.iteration.max(10) as f64),
            y,
            series,
            rules,
            equal: false,
        }
    }
}

/// Where an axis from 0 ends that has room for these points.
pub fn top<'p>(points: impl Iterator<Item = &'p (f64, f64)>) -> f64 {
    let finite = points.map(|(_, y)| *y).filter(|y| y.is_finite());
    1.05 * finite.fold(0.1, f64::max)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A run whose learning rate is too large: its first weight jumps to and fro.
    pub(crate) fn jumping() -> LiveTraining {
        let data = circles(20, 0.05, &mut RandomState::new(1)).unwrap();
        let network = Network::new(&[2, 1], Initialization::Zeros, &mut RandomState::new(1));
        let descent = GradientDescent::new(10.0);
        LiveTraining::new(network.unwrap(), descent, Penalty::None, data, None).unwrap()
    }

    #[test]
    fn an_address_asks_for_as_many_steps_as_a_run_takes() {
        assert_eq!(steps("1500"), Ok(1_500));
        for nonsense in ["", "-1", "1.5", "200001", "NaN", "1e3"] {
            let message = steps(nonsense).unwrap_err().message;
            let expected = format!("a whole number from 0 to 200000, got “{nonsense}”");
            assert!(message.contains(&expected), "{message}");
        }
    }

    #[test]
    fn costs_are_kept_as_rarely_as_is_said_and_drawn_up_to_the_present() {
        let mut training = jumping().keeping_every(20);
        training.advance(50).unwrap();
        let kept: Vec<usize> = training
            .curve()
            .iter()
            .map(|costs| costs.iteration)
            .collect();
        assert_eq!(kept, [0, 20, 40]);
        let mut picture = Picture::default();
        training.draw_costs(&mut picture, Vec::new());
        let cost = training.costs().unwrap().train;
        assert!(picture.numbers.ends_with(&[50.0, cost]));
    }

    #[test]
    fn accuracies_far_below_the_present_ones_are_left_out() {
        let training = jumping();
        let floor = |now: f64| {
            let mut picture = Picture::default();
            let line = vec![(0.0, 0.45), (1.0, now)];
            training.draw_accuracies(&mut picture, [line.clone(), line], Vec::new());
            let Shape::Chart { y, .. } = &picture.panels[0].shape else {
                panic!("expected a chart, got {picture:?}");
            };
            (y.min, picture.numbers[1].is_nan())
        };
        assert_eq!(floor(0.93), (80.0, true));
        assert_eq!(floor(0.63), (60.0, true));
        assert_eq!(floor(0.45), (40.0, false));
        assert_eq!(floor(f64::NAN), (80.0, true));
    }

    #[test]
    fn a_run_breaks_down_at_the_same_step_however_it_is_cut() {
        let run = |by: usize| {
            let data = circles(20, 0.05, &mut RandomState::new(1)).unwrap();
            let network = Network::new(&[2, 5, 1], Initialization::He, &mut RandomState::new(1));
            // Each step makes a weight 49 times as large.
            let penalty = Penalty::L2 { lambda: 100.0 };
            let descent = GradientDescent::new(10.0);
            let training = LiveTraining::new(network.unwrap(), descent, penalty, data, None);
            let mut training = training.unwrap().keeping_every(40);
            while training.advance(by).unwrap() {}
            let failure = training.failure().map(ToString::to_string);
            (training.iteration(), failure, training.network().clone())
        };
        let whole = run(1_000);
        assert!(
            whole.0 < 1_000 && whole.1.is_some(),
            "{} {:?}",
            whole.0,
            whole.1
        );
        for by in [1, 7, 64] {
            assert_eq!(run(by), whole);
        }
        // An address with this step leads to the same end.
        assert_eq!(run(whole.0), whole);
    }

    #[test]
    fn what_is_kept_does_not_depend_on_the_parts() {
        let run = |by: usize| {
            let mut training = jumping();
            for _ in 0..1_400 / by {
                training.advance(by).unwrap();
            }
            let costs = training.curve().iter();
            costs
                .map(|costs| (costs.iteration, costs.train.to_bits()))
                .collect::<Vec<_>>()
        };
        let whole = run(1_400);
        assert!(whole.len() <= KEPT);
        assert_eq!(run(1), whole);
        assert_eq!(run(7), whole);
    }
}
