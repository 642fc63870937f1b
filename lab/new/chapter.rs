//! TITLE: every run, number, figure and claim of its chapter.

use figures::{DotPlot, Role};
use serde::Serialize;

use crate::error::Error;
use crate::experiment::experiments;
use crate::judge::claim::judged;
use crate::outcome::Outcome;
use crate::report::texts;
use crate::spread::{Spread, Sweep};

mod claims;

use claims::{FAST, ITERATIONS, SLOW, cost, data};

judged!(include_str!("NAME/claims.toml"), [ITERATIONS, SLOW, FAST]);

experiments![NAME_rates];

texts!(include_str!("NAME.toml"), [SEEDS, ITERATIONS, SLOW, FAST]);

const SEEDS: u32 = 10;

/// What the texts may name: the costs at both learning rates.
#[derive(Serialize)]
struct Rates {
    slow: Spread,
    fast: Spread,
}

/// The cost after as many steps at two learning rates, over seeds of data and weights.
fn NAME_rates() -> Result<Outcome, Error> {
    let sweep = Sweep::run(&[SLOW, FAST], SEEDS, data, |data, rate, seed| cost(data, *rate, seed))?;
    let at = |rate| Ok::<_, Error>(Spread::of(sweep.at(&rate)?, |cost| *cost));
    let found = Rates { slow: at(SLOW)?, fast: at(FAST)? };
    let drawing = DotPlot::new("cost")
        .category(&format!("α = {SLOW}"), Role::Series1, found.slow.values())
        .category(&format!("α = {FAST}"), Role::Series2, found.fast.values())
        .draw();
    report("NAME_rates", &found).figure("costs", drawing).outcome()
}
