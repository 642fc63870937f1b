//! Open lab: **what is the cheapest check that finds every bug?**
//!
//! A network's gradient, and copies of it in which one number each is wrong by a tenth, a thousandth or
//! a hundred-thousandth of itself. An attempt is a check of your own. It counts when, for each of five
//! networks, it lets the right gradient pass and none of the wrong ones. Of those that count, the one
//! that evaluates the cost least often is the best.
//!
//! Edit the attempts below, then run
//!
//! ```sh
//! cargo run --release --bin lab -- run open_gradient_check
//! ```
//!
//! Ideas: move θ in a random direction in the place of one parameter after the other, and compare with
//! the gradient's share in it; several directions; a difference of four values; another threshold.

use std::cell::Cell;

use ndarray::Array1;
use trainable::prelude::*;

use super::{Attempts, Goal, Measured, Rank};
use crate::error::Error;
use crate::experiment::experiments;
use crate::outcome::Outcome;
use crate::spread::over_seeds;

/// The cost as a function of all parameters.
type Cost<'a> = &'a dyn Fn(&Array1<f64>) -> Result<f64, trainable::error::Error>;

fn open_gradient_check() -> Result<Outcome, Error> {
    let goal = Goal::at_least(1.0, "right verdicts", "network").percent();
    Attempts::new(goal, Rank::fewest("evaluations"))
        .attempt("every parameter", || judge(|cost, theta, g| some(usize::MAX, cost, theta, g)))
        .attempt("the first 5 parameters", || judge(|cost, theta, g| some(5, cost, theta, g)))
        .outcome()
}

/// Whether the first few numbers of the gradient agree with two-sided differences.
fn some(
    first: usize,
    cost: Cost<'_>,
    theta: &Array1<f64>,
    gradient: &Array1<f64>,
) -> Result<bool, Error> {
    for (index, g) in gradient.iter().enumerate().take(first) {
        let along = |value| {
            let mut moved = theta.clone();
            moved[index] = value;
            cost(&moved)
        };
        let slope = Difference::TwoSided.slope(along, theta[index], 1e-4)?;
        if (slope - g).abs() > 1e-6 * (slope.abs() + g.abs()) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The share of right verdicts on the gradient of each network and on its wrong copies, and the
/// evaluations that a verdict on the right one takes.
fn judge(
    passes: impl Fn(Cost<'_>, &Array1<f64>, &Array1<f64>) -> Result<bool, Error> + Sync + Send,
) -> Result<Measured, Error> {
    let networks = over_seeds(5, |seed| {
        let data = moons(20, 0.2, &mut RandomState::new(seed))?;
        let xavier = Initialization::Xavier;
        let network = Network::new(&[2, 4, 1], xavier, &mut RandomState::new(seed))?
            .with_activation(Activation::Tanh);
        let theta = network.parameters().to_theta();
        let evaluations = Cell::new(0_u32);
        let cost = |theta: &Array1<f64>| {
            evaluations.set(evaluations.get() + 1);
            let moved = network.parameters().with_theta(theta)?;
            Network::from_parameters(moved).with_activation(Activation::Tanh).cost(&data)
        };
        let right = network.gradients(&data)?.to_theta();
        let mut verdicts = vec![passes(&cost, &theta, &right)?];
        let taken = f64::from(evaluations.get());
        for (index, share) in (0..right.len()).zip([1e-1, 1e-3, 1e-5].into_iter().cycle()) {
            let mut wrong = right.clone();
            wrong[index] *= 1.0 + share;
            verdicts.push(!passes(&cost, &theta, &wrong)?);
        }
        let found = verdicts.iter().filter(|verdict| **verdict).count();
        Ok::<(f64, f64), Error>((found as f64 / verdicts.len() as f64, taken))
    })?;
    let taken: f64 = networks.iter().map(|(_, taken)| taken).sum();
    Ok(Measured {
        rank: taken / networks.len() as f64,
        runs: networks.into_iter().map(|(found, _)| found).collect(),
    })
}

experiments![open_gradient_check];
