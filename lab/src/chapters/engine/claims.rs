//! What is measured to judge the chapter's claims.

use ndarray::{Axis, Slice};
use trainable::prelude::*;

use crate::error::Error;
use crate::judge::claim::claims;
use crate::judge::{Case, Judging, Measure, Rule};

claims![seed];

/// The first chapter's network.
pub(crate) const SIZES: [usize; 4] = [2, 10, 5, 1];
/// The standard deviation of weights that are too large.
pub(crate) const LARGE: f64 = 10.0;
/// Steps of a run, and those that a claim is judged by.
pub(crate) const ITERATIONS: usize = 15_000;
pub(crate) const STEPS: usize = ITERATIONS / 3;
/// The digits that an assignment prints.
pub(crate) const PRINTED: f64 = 1e-6;

/// The costs of two runs by iteration: with the examples in order, and in reverse.
pub(crate) fn both_orders(
    scheme: Initialization,
    data: &Dataset,
    seed: u32,
    steps: usize,
) -> Result<[History; 2], Error> {
    let reverse = Slice::new(0, None, -1);
    let reversed = Dataset::new(
        data.x().slice_axis(Axis(1), reverse).to_owned(),
        data.y().slice_axis(Axis(1), reverse).to_owned(),
    )?;
    let costs = |data: &Dataset| -> Result<History, Error> {
        let mut network = Network::new(&SIZES, scheme, &mut RandomState::new(seed))?;
        let descent = GradientDescent::new(0.01).iterations(steps);
        Ok(descent.train(&mut network, data)?)
    };
    Ok([costs(data)?, costs(&reversed)?])
}

/// Whether the printed digits of the cost are the same in both orders, all along the run.
fn agrees(scheme: Initialization, seed: u32) -> Result<Case, Error> {
    let data = circles(300, 0.05, &mut RandomState::new(seed))?;
    let [forward, backward] = both_orders(scheme, &data, seed, STEPS)?;
    let pairs = forward.costs().iter().zip(backward.costs());
    let worst = pairs.map(|((_, a), (_, b))| (a / b - 1.0).abs()).fold(0.0, f64::max);
    Ok(Case::seen(worst < PRINTED).beside("worst", worst))
}

fn seed() -> Judging {
    let usually = || Box::new(Rule::Share { seeds: 60, least: 0.9 });
    Rule::Only {
        when: "weights of He's size",
        there: usually(),
        otherwise: "weights ten times too large",
        elsewhere: usually(),
    }
    .on_both(
        Measure::Seed(|seed| agrees(Initialization::He, seed)),
        Measure::Seed(|seed| agrees(Initialization::Gaussian(LARGE), seed)),
    )
}
