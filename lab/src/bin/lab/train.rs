//! One network, trained as the arguments say.

mod arguments;
mod data;
mod network;
mod report;
mod table;
mod training;

use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};
use trainable::prelude::*;
use trainable::training::Run;

use crate::Failure;
use network::TwoUnits;
use report::Report;

pub use arguments::Arguments;
pub use table::Problem;

/// Trains; returns what to print.
pub fn train(arguments: &Arguments) -> Result<String, Failure> {
    arguments.optimizer.check()?;
    let parts = arguments.data.parts()?;
    let mut network = arguments.network(&parts.train)?;
    let training = arguments.training(&network, parts.train.examples())?;
    let start = Instant::now();
    let run = training.start(&network, &parts.train);
    let mut run = run.map_err(of_the_schedule)?;
    let pace = Pace::of(arguments, parts.train.examples());
    let bar = arguments.bar(&pace);
    let done = pace.take_steps(&mut run, &bar);
    bar.finish_and_clear();
    done?;
    let history = run.finish(&mut network)?;
    let seconds = start.elapsed().as_secs_f64();
    let report = Report::new(&history, &network, &parts, seconds)?;
    match arguments.output.json {
        true => report.json(),
        false => Ok(report.table()),
    }
}

impl Arguments {
    fn network(&self, data: &Dataset) -> Result<Network, Failure> {
        let asked = self.data.classes.is_some() || self.data.data_file.is_some();
        let two_units = match asked {
            true => TwoUnits::Allowed,
            false => TwoUnits::Unasked,
        };
        self.network.network(data, two_units)
    }

    /// A bar on standard error if that is a terminal, and none beside JSON.
    fn bar(&self, pace: &Pace) -> ProgressBar {
        if self.output.json {
            return ProgressBar::hidden();
        }
        let style = ProgressStyle::with_template("training {bar:30} {pos}/{len} {eta}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        ProgressBar::new(pace.steps as u64).with_style(style)
    }
}

/// Names the option of what the library refuses in a schedule.
fn of_the_schedule(error: Error) -> Failure {
    match error {
        Error::Rate { .. } | Error::Schedule { .. } => {
            Failure::Settings(format!("--schedule: {error}"))
        }
        error => error.into(),
    }
}

/// How many steps a run has, and how many lie between two recorded costs.
struct Pace {
    steps: usize,
    between: usize,
}

impl Pace {
    fn of(arguments: &Arguments, examples: usize) -> Self {
        let length = &arguments.length;
        let (number, steps) = match length.epochs {
            Some(epochs) => (epochs, length.steps_per_epoch(examples)),
            None => (length.iterations, 1),
        };
        Self {
            steps: number.saturating_mul(steps),
            between: arguments.output.record_every.saturating_mul(steps),
        }
    }

    /// Takes all steps of a run, one by one between the recorded costs.
    fn take_steps(&self, run: &mut Run, bar: &ProgressBar) -> Result<(), Error> {
        while run.next_cost()?.is_some() {
            let next = run.iteration().saturating_add(self.between);
            while run.iteration() < next.min(self.steps) {
                run.step()?;
                bar.set_position(run.iteration() as u64);
            }
        }
        Ok(())
    }
}
