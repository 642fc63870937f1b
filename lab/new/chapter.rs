//! TITLE: every run, number, figure and claim of its chapter.

use figures::{DotPlot, Role};
use serde::Serialize;
use trainable::prelude::*;

use crate::error::Error;
use crate::experiment::experiments;
use crate::outcome::{Outcome, Verdict};
use crate::report::texts;
use crate::spread::{Spread, Sweep, paired};

experiments![NAME_rates];

texts!(include_str!("NAME.toml"), [SEEDS, ITERATIONS, SLOW, FAST]);

const SEEDS: u32 = 10;
const ITERATIONS: usize = 200;
const SLOW: f64 = 0.05;
const FAST: f64 = 0.5;

/// What the texts may name: the costs at both learning rates, and what the faster one gains.
#[derive(Serialize)]
struct Rates {
    slow: Spread,
    fast: Spread,
    gains: Spread,
}

/// The cost after as many steps at two learning rates, over seeds of data and weights.
fn NAME_rates() -> Result<Outcome, Error> {
    let data = |seed| Ok(circles(100, 0.05, &mut RandomState::new(seed))?);
    let sweep = Sweep::run(&[SLOW, FAST], SEEDS, data, |data, rate, seed| cost(data, *rate, seed))?;
    let (slow, fast) = (sweep.at(&SLOW)?, sweep.at(&FAST)?);
    let gains = paired(slow, fast, |cost| *cost);
    let found = Rates { slow: Spread::of(slow, |c| *c), fast: Spread::of(fast, |c| *c), gains };
    let drawing = DotPlot::new("cost")
        .category(&format!("α = {SLOW}"), Role::Series1, found.slow.values())
        .category(&format!("α = {FAST}"), Role::Series2, found.fast.values())
        .draw();
    let holds = found.gains.min() > 0.0;
    report("NAME_rates", &found)
        .figure("costs", drawing)
        .claim("faster", Verdict::holds_if(holds, Verdict::HoldsWithCondition))
        .outcome()
}

fn cost(data: &Dataset, rate: f64, seed: u32) -> Result<f64, Error> {
    let he = Initialization::He;
    let mut network = Network::new(&[2, 5, 1], he, &mut RandomState::new(seed))?;
    GradientDescent::new(rate).iterations(ITERATIONS).train(&mut network, data)?;
    Ok(network.cost(data)?)
}
