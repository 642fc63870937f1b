//! Open lab: **how few dev examples choose the best of four networks?**
//!
//! Four networks are trained, dev sets are drawn, and each chooses one of the four. An attempt counts
//! when nine draws of ten choose the network that is right most often on very many examples; of five
//! groups of networks, the median decides. Of those that count, the one with the fewest dev examples is
//! the best.
//!
//! Edit the attempts below, then run
//!
//! ```sh
//! cargo run --release --bin lab -- run open_split
//! ```
//!
//! Ideas: judge by something smoother than right or wrong, and see whether it means the same; look at
//! the examples on which the networks disagree; give a tie to the smaller network.

use trainable::prelude::*;

use super::{Attempts, Goal, Measured, Rank};
use crate::error::Error;
use crate::experiment::experiments;
use crate::outcome::Outcome;
use crate::spread::over_seeds;

const DRAWS: u32 = 100;

/// How a network is judged on a dev set: the highest score wins.
type Judge = fn(&Network, &Dataset) -> Result<f64, trainable::error::Error>;

fn open_split() -> Result<Outcome, Error> {
    let goal = Goal::at_least(0.9, "right choices", "group of networks").percent().in_median();
    let accuracy: Judge = |network, dev| network.accuracy(dev);
    Attempts::new(goal, Rank::fewest("dev examples"))
        .attempt("accuracy on 50", || choose(50, accuracy))
        .attempt("accuracy on 200", || choose(200, accuracy))
        .attempt("accuracy on 800", || choose(800, accuracy))
        .outcome()
}

/// How often so many dev examples choose the network that is best on very many, for each group.
fn choose(examples: usize, judge: Judge) -> Result<Measured, Error> {
    let drawn = |n, seed| moons(n, 0.3, &mut RandomState::new(seed));
    let everybody = drawn(10_000, 1)?;
    let runs = over_seeds(5, |group| {
        let networks = networks(group)?;
        let truth = best(&networks, &everybody, |network, data| network.accuracy(data))?;
        let draws = over_seeds(DRAWS, |draw| {
            Ok::<bool, Error>(best(&networks, &drawn(examples, 1_000 + draw)?, judge)? == truth)
        })?;
        let right = draws.iter().filter(|right| **right).count();
        Ok::<f64, Error>(right as f64 / f64::from(DRAWS))
    })?;
    Ok(Measured { runs, rank: examples as f64 })
}

/// The place of the network with the highest score, of several the first.
fn best(networks: &[Network], data: &Dataset, judge: Judge) -> Result<usize, Error> {
    let mut best = (0, f64::NEG_INFINITY);
    for (place, network) in networks.iter().enumerate() {
        let score = judge(network, data)?;
        if score > best.1 {
            best = (place, score);
        }
    }
    Ok(best.0)
}

/// Four networks that have seen the same points and differ in their width.
fn networks(group: u32) -> Result<Vec<Network>, Error> {
    let data = moons(100, 0.3, &mut RandomState::new(100 + group))?;
    let networks = [1, 2, 4, 16].map(|units| {
        let he = Initialization::He;
        let mut network = Network::new(&[2, units, 1], he, &mut RandomState::new(group))?;
        GradientDescent::new(0.5).iterations(1_000).train(&mut network, &data)?;
        Ok(network)
    });
    networks.into_iter().collect()
}

experiments![open_split];
