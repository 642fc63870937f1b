//! Open lab: **where is dropout worth it?**
//!
//! Sixty points, layers of your choice, and a keep of your choice for each hidden layer. An attempt
//! counts when no seed of five loses accuracy on new points against the same training without dropout.
//! Of those that count, the one that gains most in the median is the best.
//!
//! Edit the attempts below, then run
//!
//! ```sh
//! cargo run --release --bin lab -- run open_dropout
//! ```
//!
//! Ideas: drop units in one layer only; more units where units are dropped; more steps, since each step
//! trains a part of the network only.

use trainable::prelude::*;

use super::{Attempts, Goal, Measured, Rank};
use crate::error::Error;
use crate::experiment::experiments;
use crate::outcome::Outcome;
use crate::spread::{Spread, over_seeds};

fn open_dropout() -> Result<Outcome, Error> {
    let goal = Goal::at_least(0.0, "gain (points)", "seed");
    Attempts::new(goal, Rank::most("points gained"))
        .attempt("keep 0.5, 0.5", || gains(&[2, 20, 10, 1], &[0.5, 0.5], 2_000))
        .attempt("keep 0.8, 0.8", || gains(&[2, 20, 10, 1], &[0.8, 0.8], 2_000))
        .attempt("keep 0.8, 1", || gains(&[2, 20, 10, 1], &[0.8, 1.0], 2_000))
        .outcome()
}

/// How many points of accuracy dropout gains under each seed.
fn gains(layers: &[usize], keep: &[f64], steps: usize) -> Result<Measured, Error> {
    let runs = over_seeds(5, |seed| {
        let data = football(60, 0.08, &mut RandomState::new(seed))?;
        let new = football(2_000, 0.08, &mut RandomState::new(1_000 + seed))?;
        let accuracy = |descent: GradientDescent| {
            let xavier = Initialization::Xavier;
            let mut network = Network::new(layers, xavier, &mut RandomState::new(seed))?;
            descent.train(&mut network, &data)?;
            network.accuracy(&new)
        };
        let plain = GradientDescent::new(0.3).iterations(steps);
        let dropout = Dropout::fresh(keep, &mut RandomState::new(2_000 + seed))?;
        let gain = accuracy(plain.clone().dropout(dropout))? - accuracy(plain)?;
        Ok::<f64, Error>(100.0 * gain)
    })?;
    let rank = Spread::new(runs.clone()).median();
    Ok(Measured { runs, rank })
}

experiments![open_dropout];
