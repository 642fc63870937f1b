//! Open lab: **is there one λ for clean and for noisy labels?**
//!
//! The same network learns the pitch three times: with clean labels, with the chapter's noise, and with
//! much more. An attempt is one penalty for all three. It counts when, at each noise, it gains half a
//! point of accuracy on new points over training without a penalty. Of those that count, the one that
//! gains most on average is the best.
//!
//! Edit the attempts below, then run
//!
//! ```sh
//! cargo run --release --bin lab -- run open_l2
//! ```
//!
//! Ideas: the values in between; L1 (`Penalty::L1 { lambda }`); other noises, to see where your λ ends.

use trainable::prelude::*;

use super::{Attempts, Goal, Measured, Rank};
use crate::error::Error;
use crate::experiment::experiments;
use crate::outcome::Outcome;
use crate::spread::over_seeds;

/// Standard deviations of how far a point may be from where its team wins the ball.
const NOISES: [f64; 3] = [0.0, 0.08, 0.2];
const SEEDS: u32 = 3;

fn open_l2() -> Result<Outcome, Error> {
    let goal = Goal::at_least(0.5, "gain (points)", "noise");
    Attempts::new(goal, Rank::most("points gained"))
        .attempt("λ = 0.03", || gains(Penalty::L2 { lambda: 0.03 }))
        .attempt("λ = 0.3", || gains(Penalty::L2 { lambda: 0.3 }))
        .attempt("λ = 3", || gains(Penalty::L2 { lambda: 3.0 }))
        .outcome()
}

/// How many points of accuracy the penalty gains at each noise.
fn gains(penalty: Penalty) -> Result<Measured, Error> {
    let gain = |noise| {
        let free = accuracy(noise, Penalty::None)?;
        Ok::<f64, Error>(100.0 * (accuracy(noise, penalty)? - free))
    };
    let runs = NOISES.map(gain).into_iter().collect::<Result<Vec<f64>, _>>()?;
    let mean = runs.iter().sum::<f64>() / runs.len() as f64;
    Ok(Measured { runs, rank: mean })
}

/// The accuracy on new points, the mean of a few seeds.
fn accuracy(noise: f64, penalty: Penalty) -> Result<f64, Error> {
    let runs = over_seeds(SEEDS, |seed| {
        let data = football(60, noise, &mut RandomState::new(seed))?;
        let new = football(2_000, noise, &mut RandomState::new(1_000 + seed))?;
        let xavier = Initialization::Xavier;
        let mut network = Network::new(&[2, 20, 3, 1], xavier, &mut RandomState::new(seed))?;
        GradientDescent::new(0.3).penalty(penalty).iterations(3_000).train(&mut network, &data)?;
        network.accuracy(&new)
    })?;
    Ok(runs.iter().sum::<f64>() / f64::from(SEEDS))
}

experiments![open_l2];
