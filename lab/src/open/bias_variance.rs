//! Open lab: **mend a bad network with as little computing as you can.**
//!
//! Two hidden units, a hundred examples and three hundred steps are too few of each. One label in ten
//! is wrong, so nobody gets more than 90 % right. An attempt counts when it gets 86 % of the dev set
//! right under each of three seeds. Units, steps and examples all cost multiplications; of the attempts
//! that count, the one with the fewest is the best.
//!
//! Edit the attempts below, then run
//!
//! ```sh
//! cargo run --release --bin lab -- run open_bias_variance
//! ```
//!
//! Ideas: two changes at once; a faster learning rate before more steps; a penalty (`lambda`) in the
//! place of data.

use trainable::prelude::*;

use super::{Attempts, Goal, Measured, Rank};
use crate::error::Error;
use crate::experiment::experiments;
use crate::outcome::Outcome;
use crate::spread::over_seeds;

/// A network and its training.
#[derive(Clone, Copy)]
struct Plan<'a> {
    layers: &'a [usize],
    examples: usize,
    steps: usize,
    learning_rate: f64,
    lambda: f64,
}

const GIVEN: Plan<'_> =
    Plan { layers: &[2, 2, 1], examples: 100, steps: 300, learning_rate: 0.5, lambda: 0.0 };

#[rustfmt::skip] // one attempt a line
fn open_bias_variance() -> Result<Outcome, Error> {
    let goal = Goal::at_least(0.86, "dev accuracy", "seed").percent();
    Attempts::new(goal, Rank::fewest("million multiplications"))
        .attempt("as given", || train(GIVEN))
        .attempt("bigger", || train(Plan { layers: &[2, 20, 1], ..GIVEN }))
        .attempt("longer", || train(Plan { steps: 3_000, ..GIVEN }))
        .attempt("more data", || train(Plan { examples: 1_000, ..GIVEN }))
        .outcome()
}

/// The dev accuracy under three seeds, and what the training costs.
fn train(plan: Plan<'_>) -> Result<Measured, Error> {
    let dev = wave(4_000, 0.1, 0.0, &mut RandomState::new(1))?;
    let runs = over_seeds(3, |seed| {
        let data = wave(plan.examples, 0.1, 0.0, &mut RandomState::new(1 + seed))?;
        let xavier = Initialization::Xavier;
        let network = Network::new(plan.layers, xavier, &mut RandomState::new(seed))?;
        let mut network = network.with_activation(Activation::Tanh);
        let lambda = plan.lambda;
        GradientDescent::new(plan.learning_rate)
            .penalty(Penalty::L2 { lambda })
            .iterations(plan.steps)
            .train(&mut network, &data)?;
        Ok::<f64, Error>(network.accuracy(&dev)?)
    })?;
    // Forward once, backward once for the weights and once for the activations.
    let weights: usize = plan.layers.windows(2).map(|pair| pair[0] * pair[1]).sum();
    let multiplications = 3.0 * (weights * plan.examples) as f64 * plan.steps as f64;
    Ok(Measured { runs, rank: multiplications / 1e6 })
}

experiments![open_bias_variance];
