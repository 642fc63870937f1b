//! Open lab: **how few dev examples choose the best of four networks?**
//!
//! Four networks are trained, and a dev set is drawn two hundred times. An attempt counts when it
//! chooses the network that is truly best in nine draws of ten; the fewest dev examples win.
//!
//!     cargo run --release -p lab -- run open_split
//!
//! Ideas: a judge that sees more of each example than right or wrong; a dev set in which both
//! classes are equally frequent (`Dataset::select`); a judge that looks only where the networks disagree.

use trainable::prelude::*;

use super::{Attempts, Goal, Measured, Rank};
use crate::error::Error;
use crate::experiment::{Experiment, experiments};
use crate::outcome::Outcome;
use crate::spread::over_seeds;

/// How a network is judged on a dev set: the highest score wins.
type Judge = fn(&Network, &Dataset) -> Result<f64, trainable::error::Error>;

fn open_split() -> Result<Outcome, Error> {
    let goal = Goal::at_least(0.9, "share of draws that choose the best").percent();
    let accuracy: Judge = |network, dev| network.accuracy(dev);
    Attempts::new(goal, Rank::fewest("dev examples"))
        .attempt("accuracy on 50", || choose(50, accuracy))
        .attempt("accuracy on 200", || choose(200, accuracy))
        .attempt("accuracy on 800", || choose(800, accuracy))
        .outcome()
}

/// How often so many dev examples choose the network that is best on very many.
fn choose(examples: usize, judge: Judge) -> Result<Measured, Error> {
    let networks = candidates()?;
    let drawn = |n, seed| moons(n, 0.3, &mut RandomState::new(seed));
    let best = |scores: Vec<f64>| {
        let places = 0..scores.len();
        places.max_by(|a, b| scores[*a].total_cmp(&scores[*b]).then(b.cmp(a)))
    };
    let scored = |dev: &Dataset, judge: Judge| {
        let scores = networks.iter().map(|network| judge(network, dev));
        scores.collect::<Result<Vec<f64>, _>>().map(best)
    };
    let truth = scored(&drawn(10_000, 1)?, |network, dev| network.accuracy(dev))?;
    let chosen = over_seeds(200, |seed| scored(&drawn(examples, 1_000 + seed)?, judge))?;
    let right = chosen.iter().filter(|choice| **choice == truth).count();
    Ok(Measured {
        runs: vec![right as f64 / chosen.len() as f64],
        rank: examples as f64,
    })
}

/// Four networks that have seen the same points and differ in their width.
fn candidates() -> Result<Vec<Network>, Error> {
    let data = moons(200, 0.3, &mut RandomState::new(2))?;
    let widths = [1, 2, 4, 16].map(|units| {
        let he = Initialization::He;
        let mut network = Network::new(&[2, units, 1], he, &mut RandomState::new(3))?;
        GradientDescent::new(0.5)
            .iterations(1_000)
            .train(&mut network, &data)?;
        Ok(network)
    });
    widths.into_iter().collect()
}

/// Registers the lab.
pub(super) fn experiments() -> Vec<Experiment> {
    experiments![open_split]
}
