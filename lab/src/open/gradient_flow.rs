//! Open lab: **how deep can a plain network be and still train?**
//!
//! Layers on layers, without normalization or shortcuts, and `STEPS` steps. An attempt counts when it
//! gets at least 95 % of the rings right from each of three starts. Of those that count, the one with
//! the most hidden layers is the best.
//!
//! Edit the attempts below, then run
//!
//! ```sh
//! cargo run --release --bin lab -- run open_gradient_flow
//! ```
//!
//! Ideas: wider layers, whose product is less of a gamble; a learning rate that shrinks with the depth;
//! a scale slightly above or below He's (`Initialization::Gaussian`); `Clipping::Norm`.

use trainable::prelude::*;

use super::{Attempts, Goal, Measured, Rank};
use crate::error::Error;
use crate::experiment::experiments;
use crate::outcome::Outcome;
use crate::spread::over_seeds;

const STEPS: usize = 600;

fn open_gradient_flow() -> Result<Outcome, Error> {
    let goal = Goal::at_least(0.95, "training accuracy", "start").percent();
    let relu = Attempt {
        depth: 3,
        width: 10,
        scheme: Initialization::He,
        activation: Activation::Relu,
        learning_rate: 0.3,
    };
    let sigmoid = Attempt {
        scheme: Initialization::Xavier,
        activation: Activation::Sigmoid,
        learning_rate: 0.5,
        ..relu
    };
    Attempts::new(goal, Rank::most("hidden layers"))
        .attempt("ReLU, 3 layers", || train(relu))
        .attempt("ReLU, 12 layers", || train(Attempt { depth: 12, learning_rate: 0.1, ..relu }))
        .attempt("sigmoid, 3 layers", || train(sigmoid))
        .outcome()
}

/// A network with hidden layers of one width, and how it is trained.
#[derive(Clone, Copy)]
struct Attempt {
    depth: usize,
    width: usize,
    scheme: Initialization,
    activation: Activation,
    learning_rate: f64,
}

/// The accuracy from each of three starts.
fn train(attempt: Attempt) -> Result<Measured, Error> {
    let Attempt { depth, width, scheme, activation, learning_rate } = attempt;
    let data = circles(100, 0.05, &mut RandomState::new(1))?;
    let layers = [vec![2], vec![width; depth], vec![1]].concat();
    let runs = over_seeds(3, |seed| {
        let network = Network::new(&layers, scheme, &mut RandomState::new(seed))?;
        let mut network = network.with_activation(activation);
        GradientDescent::new(learning_rate).iterations(STEPS).train(&mut network, &data)?;
        network.accuracy(&data)
    })?;
    Ok(Measured { runs, rank: depth as f64 })
}

experiments![open_gradient_flow];
