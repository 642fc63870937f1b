//! Open lab: **how few changed copies are enough, and when do they hurt?**
//!
//! Twenty pictures of a 2 or a 5, and changed copies of them. An attempt counts when it gets 80 % of
//! new pictures right in the median of three seeds. Of those that count, the one with the fewest
//! training pictures is the best.
//!
//! Edit the attempts below, then run
//!
//! ```sh
//! cargo run --release --bin lab -- run open_augmentation
//! ```
//!
//! Ideas: larger shifts and turns, until a digit leaves its frame; several changes in one list;
//! `Augmentation::Elastic`; a flip, which turns a 2 into a 5.

use trainable::data::digits::SIDE;
use trainable::prelude::*;

use super::{Attempts, Goal, Measured, Rank};
use crate::error::Error;
use crate::experiment::experiments;
use crate::outcome::Outcome;
use crate::spread::over_seeds;

fn open_augmentation() -> Result<Outcome, Error> {
    let shift = |pixels| Augmentation::PixelShift { width: SIDE, pixels };
    let turn = |degrees| Augmentation::PixelRotation { width: SIDE, degrees };
    let goal = Goal::at_least(0.8, "accuracy on new pictures", "seed").percent().in_median();
    Attempts::new(goal, Rank::fewest("pictures"))
        .attempt("1 copy, shift 1", || train(1, &[shift(1)]))
        .attempt("4 copies, shift 1", || train(4, &[shift(1)]))
        .attempt("4 copies, turn 15°", || train(4, &[turn(15.0)]))
        .outcome()
}

/// The accuracy under three seeds with so many changed copies of each picture.
fn train(copies: usize, changes: &[Augmentation]) -> Result<Measured, Error> {
    let runs = over_seeds(3, |seed| {
        let few = digits(20, 0.1, &mut RandomState::new(seed))?;
        let new = digits(500, 0.1, &mut RandomState::new(1_000 + seed))?;
        let more = augment(&few, copies, changes, &mut RandomState::new(2_000 + seed))?;
        let layers = [SIDE * SIDE, 16, 1];
        let mut network = Network::new(&layers, Initialization::He, &mut RandomState::new(seed))?;
        GradientDescent::new(0.1).iterations(200).train(&mut network, &more)?;
        network.accuracy(&new)
    })?;
    let pictures = 20 * (1 + copies);
    Ok(Measured { runs, rank: pictures as f64 })
}

experiments![open_augmentation];
