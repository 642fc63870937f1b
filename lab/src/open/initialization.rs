//! Open lab: **how small can a network be and still learn the rings?**
//!
//! The course's network learns them in fifteen thousand steps. Here you have `STEPS`. An attempt counts
//! when it gets at least 99 % of the training points right from each of three starts. Of those that
//! count, the one with the fewest parameters is the best.
//!
//! Edit the attempts below, then run
//!
//! ```sh
//! cargo run --release --bin lab -- run open_initialization
//! ```
//!
//! Ideas: a faster learning rate before more units; one wide layer in the place of two narrow ones;
//! another activation, and the scheme that belongs to it.

use trainable::prelude::*;

use super::{Attempts, Goal, Measured, Rank};
use crate::error::Error;
use crate::experiment::experiments;
use crate::outcome::Outcome;
use crate::spread::over_seeds;

const STEPS: usize = 2_000;

fn open_initialization() -> Result<Outcome, Error> {
    let goal = Goal::at_least(0.99, "training accuracy", "start").percent();
    let (he, relu) = (Initialization::He, Activation::Relu);
    Attempts::new(goal, Rank::fewest("parameters"))
        .attempt("the course's layers", || train(&[2, 10, 5, 1], he, relu, 0.1))
        .attempt("half as wide", || train(&[2, 5, 3, 1], he, relu, 0.1))
        .attempt("one hidden layer", || train(&[2, 6, 1], he, relu, 0.1))
        .outcome()
}

/// The accuracy on the rings from each of three starts, and the number of parameters.
fn train(
    layers: &[usize],
    scheme: Initialization,
    activation: Activation,
    learning_rate: f64,
) -> Result<Measured, Error> {
    let data = circles(300, 0.05, &mut RandomState::new(1))?;
    let runs = over_seeds(3, |seed| {
        let network = Network::new(layers, scheme, &mut RandomState::new(seed))?;
        let mut network = network.with_activation(activation);
        GradientDescent::new(learning_rate).iterations(STEPS).train(&mut network, &data)?;
        network.accuracy(&data)
    })?;
    let parameters = Parameters::zeros(layers)?.len();
    Ok(Measured { runs, rank: parameters as f64 })
}

experiments![open_initialization];
