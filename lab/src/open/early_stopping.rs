//! Open lab: **how little patience is enough?**
//!
//! A run that stops early saves steps and may miss a deeper valley. An attempt counts when, under each
//! of five seeds, the network that is kept costs at most a tenth more on new points than the best one of
//! the whole run. Of those that count, the one that takes the fewest steps is the best.
//!
//! Edit the attempts below, then run
//!
//! ```sh
//! cargo run --release --bin lab -- run open_early_stopping
//! ```
//!
//! Ideas: look less often, with the same patience in steps; more dev examples, which cost no step but
//! make the curve smoother; a smaller learning rate.

use trainable::prelude::*;

use super::{Attempts, Goal, Measured, Rank};
use crate::error::Error;
use crate::experiment::experiments;
use crate::outcome::Outcome;
use crate::spread::over_seeds;

const STEPS: usize = 2_000;

fn open_early_stopping() -> Result<Outcome, Error> {
    let goal = Goal::at_most(1.1, "cost over the least", "seed");
    Attempts::new(goal, Rank::fewest("steps"))
        .attempt("patience 1", || stop(Checks { patience: 1, every: 20, dev: 40 }))
        .attempt("patience 5", || stop(Checks { patience: 5, every: 20, dev: 40 }))
        .attempt("patience 40", || stop(Checks { patience: 40, every: 20, dev: 40 }))
        .outcome()
}

/// How often the cost is looked at, and on what.
struct Checks {
    /// The checks without a lower cost after which training ends.
    patience: usize,
    /// The steps from check to check.
    every: usize,
    /// The examples in the dev set.
    dev: usize,
}

/// What is lost under each seed, and the steps taken.
fn stop(Checks { patience, every, dev }: Checks) -> Result<Measured, Error> {
    let runs = over_seeds(5, |seed| {
        let data = |n, seed| moons(n, 0.3, &mut RandomState::new(seed));
        let (train, dev, new) = (data(80, seed)?, data(dev, 500 + seed)?, data(500, 1_000 + seed)?);
        let run = |every, judge: &Dataset, patience| {
            let xavier = Initialization::Xavier;
            let mut network = Network::new(&[2, 20, 1], xavier, &mut RandomState::new(seed))?;
            let history = GradientDescent::new(0.5)
                .iterations(STEPS)
                .record_every(every)
                .early_stopping(EarlyStopping::new(judge.clone(), patience))
                .train(&mut network, &train)?;
            let steps = history.early_stopping().map_or(STEPS, |stopped| stopped.steps);
            Ok::<(f64, f64), Error>((network.cost(&new)?, steps as f64))
        };
        // With this much patience, and the new points to look at, nothing is missed.
        let (least, _) = run(20, &new, STEPS)?;
        let (cost, steps) = run(every, &dev, patience)?;
        Ok::<(f64, f64), Error>((cost / least, steps))
    })?;
    let steps: f64 = runs.iter().map(|(_, steps)| steps).sum();
    Ok(Measured {
        rank: steps / runs.len() as f64,
        runs: runs.into_iter().map(|(loss, _)| loss).collect(),
    })
}

experiments![open_early_stopping];
