//! Two rings, and networks that learn to tell them apart: for claims about how training begins.

use trainable::prelude::*;

use crate::error::Error;
use crate::judge::Score;

/// The points that an accuracy is measured on.
pub(crate) const NEW_POINTS: usize = 1_000;

/// How far apart two seeds are that belong to one: of the points to train on, of new ones, and of the dev
/// set.
const TRAIN: u32 = 1_000;
const NEW: u32 = 2_000;
const DEV: u32 = 3_000;

fn rings(points: usize, seed: u32) -> Result<Dataset, Error> {
    Ok(circles(points, 0.05, &mut RandomState::new(seed))?)
}

/// The points of a seed to train on.
pub(crate) fn train(points: usize, seed: u32) -> Result<Dataset, Error> {
    rings(points, TRAIN + seed)
}

/// New points of a seed.
pub(crate) fn new(seed: u32) -> Result<Dataset, Error> {
    rings(NEW_POINTS, NEW + seed)
}

/// The accuracy on the dev set and on new points; guessing where there is no network, since its run diverged.
pub(crate) fn score(network: Option<&Network>, seed: u32) -> Result<Score, Error> {
    let Some(network) = network else {
        return Ok(Score { dev: 0.5, number: 0.5 });
    };
    let dev = network.accuracy(&rings(NEW_POINTS, DEV + seed)?)?;
    Ok(Score { dev, number: network.accuracy(&new(seed)?)? })
}

/// The network after gradient descent; none where that diverges.
pub(crate) fn descended(
    mut network: Network,
    data: &Dataset,
    descent: &GradientDescent,
) -> Result<Option<Network>, Error> {
    match descent.train(&mut network, data) {
        Ok(_) => Ok(Some(network)),
        Err(trainable::error::Error::Diverged { .. }) => Ok(None),
        Err(other) => Err(other.into()),
    }
}
