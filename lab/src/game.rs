//! The game that regularization is tried on: the assignment's network and settings, on a pitch made up or on
//! its own.

use trainable::prelude::*;

use crate::course_data::CourseData;
use crate::error::Error;

/// The layer sizes of the regularization assignment.
pub(crate) const SIZES: [usize; 4] = [2, 20, 3, 1];
/// Its learning rate.
pub(crate) const LEARNING_RATE: f64 = 0.3;
/// Its iterations.
pub(crate) const ASSIGNMENT_ITERATIONS: usize = 30_000;
/// Two thirds of them, which are as many as it needs here.
pub(crate) const ITERATIONS: usize = 20_000;
/// How far the ball is from where its team wins it, as a standard deviation.
pub(crate) const NOISE: f64 = 0.08;

/// New points, as many as it takes to tell one percent.
pub(crate) const NEW_POINTS: usize = 10_000;

/// A training set as small as the assignment's, and a test set large enough to tell one percent.
pub(crate) struct Game {
    pub train: Dataset,
    pub test: Dataset,
}

/// The game of a seed.
pub(crate) fn game(seed: u32) -> Result<Game, Error> {
    Ok(Game {
        train: football(211, NOISE, &mut RandomState::new(seed))?,
        test: football(NEW_POINTS, NOISE, &mut RandomState::new(1_000 + seed))?,
    })
}

/// A trained network and how much it gets right.
pub(crate) struct Run {
    pub network: Network,
    pub train: f64,
    pub test: f64,
}

/// The network of a seed before its first step.
pub(crate) fn start(seed: u32) -> Result<Network, Error> {
    Ok(Network::new(&SIZES, Initialization::Xavier, &mut RandomState::new(seed))?)
}

/// Gradient descent with the assignment's settings, without any regularization yet.
pub(crate) fn descent() -> GradientDescent {
    GradientDescent::new(LEARNING_RATE).iterations(ITERATIONS)
}

/// Trains the network and counts what it gets right.
pub(crate) fn run(
    mut network: Network,
    game: &Game,
    descent: &GradientDescent,
) -> Result<Run, Error> {
    descent.train(&mut network, &game.train)?;
    Ok(Run { train: network.accuracy(&game.train)?, test: network.accuracy(&game.test)?, network })
}

/// What the network of a seed gets right of the course's test set after the assignment's steps.
pub(crate) fn right(data: &CourseData, seed: u32, descent: &GradientDescent) -> Result<f64, Error> {
    let mut network = start(seed)?;
    let descent = descent.clone().iterations(ASSIGNMENT_ITERATIONS);
    descent.record_every(ASSIGNMENT_ITERATIONS).train(&mut network, &data.train)?;
    Ok(network.accuracy(&data.test)?)
}

/// The weights of all layers.
pub(crate) fn weights(network: &Network) -> impl Iterator<Item = f64> {
    let layers = network.parameters().layers();
    layers.iter().flat_map(|layer| &layer.w).copied()
}

/// The squares of all weights, added.
pub(crate) fn sum_of_squares(network: &Network) -> f64 {
    weights(network).map(|w| w * w).sum()
}
