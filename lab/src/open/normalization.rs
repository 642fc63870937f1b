//! Open lab: **descend fast on badly scaled features, without their statistics.**
//!
//! One feature is an age in years, the other an income in one of three currencies, each a hundred times
//! the one before. An attempt is one recipe for all three: it changes each input by itself and chooses
//! a learning rate, but it may not look at means or deviations of the data. It counts when its cost
//! ends at most a tenth above the least one in each currency. Of those that count, the one with the
//! fewest steps is the best.
//!
//! Edit the attempts below, then run
//!
//! ```sh
//! cargo run --release --bin lab -- run open_normalization
//! ```
//!
//! Ideas: after the logarithm, subtract what is typical; stretch what is flat; the leading digits of a
//! number without its power of ten.

use trainable::output::sigmoid;
use trainable::prelude::*;

use super::{Attempts, Goal, Measured, Rank};
use crate::error::Error;
use crate::experiment::experiments;
use crate::outcome::Outcome;
use crate::spread::over_seeds;

/// What becomes of an input: the feature, 0 or 1, and its value.
type Change = fn(usize, f64) -> f64;

fn open_normalization() -> Result<Outcome, Error> {
    let goal = Goal::at_most(1.1, "cost over the least", "currency").log();
    Attempts::new(goal, Rank::fewest("steps"))
        .attempt("as it comes", || descend(|_, x| x, 1e-9, 500))
        .attempt("guess the units", || {
            descend(|feature, x| x / [50.0, 30_000.0][feature], 0.5, 500)
        })
        .attempt("logarithm", || descend(|_, x| libm::log(x), 0.05, 500))
        .outcome()
}

/// The cost of logistic regression over the least one in each currency.
fn descend(change: Change, learning_rate: f64, steps: usize) -> Result<Measured, Error> {
    let runs = over_seeds(3, |currency| {
        let data = customers(libm::pow(100.0, f64::from(currency) - 2.0))?;
        let normalized = Normalization::fit(&data)?.apply(&data)?;
        let least = cost(&normalized, 1.0, 1_000)?;
        let mut x = data.x().to_owned();
        x.indexed_iter_mut().for_each(|((feature, _), x)| *x = change(feature, *x));
        let changed = Dataset::new(x, data.y().to_owned())?;
        Ok::<f64, Error>(cost(&changed, learning_rate, steps)? / least)
    })?;
    Ok(Measured { runs, rank: steps as f64 })
}

/// The cost of logistic regression after so many steps from zero.
fn cost(data: &Dataset, learning_rate: f64, steps: usize) -> Result<f64, Error> {
    let mut network = Network::from_parameters(Parameters::zeros(&[2, 1])?);
    GradientDescent::new(learning_rate).iterations(steps).train(&mut network, data)?;
    Ok(network.cost(data)?)
}

/// Ages and incomes of 200 people, of whom those above their generation's income are class 1, mostly.
fn customers(unit: f64) -> Result<Dataset, Error> {
    let rng = &mut RandomState::new(1);
    let people = (0..200).map(|_| {
        let (age, income) = (45.0 + 12.0 * rng.randn(), 30_000.0 * libm::exp(0.5 * rng.randn()));
        let log_odds = 2.0 * (libm::log(income / 30_000.0) / 0.5 - (age - 45.0) / 12.0);
        let class = f64::from(rng.rand() < sigmoid(log_odds));
        [age, income / unit, class]
    });
    let people: Vec<[f64; 3]> = people.collect();
    let x = ndarray::Array2::from_shape_fn((2, 200), |(feature, person)| people[person][feature]);
    let y = ndarray::Array2::from_shape_fn((1, 200), |(_, person)| people[person][2]);
    Ok(Dataset::new(x, y)?)
}

experiments![open_normalization];
