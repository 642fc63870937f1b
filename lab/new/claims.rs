//! What is measured to judge the chapter's claims.

use trainable::prelude::*;

use crate::error::Error;
use crate::judge::claim::claims;
use crate::judge::{Case, Center, Judging, Measure, Rule, Unit};

claims![faster];

pub(crate) const ITERATIONS: usize = 200;
pub(crate) const SLOW: f64 = 0.05;
pub(crate) const FAST: f64 = 0.5;

/// The points of a seed.
pub(crate) fn data(seed: u32) -> Result<Dataset, Error> {
    Ok(circles(100, 0.05, &mut RandomState::new(seed))?)
}

/// The cost after as many steps at a learning rate.
pub(crate) fn cost(data: &Dataset, rate: f64, seed: u32) -> Result<f64, Error> {
    let he = Initialization::He;
    let mut network = Network::new(&[2, 5, 1], he, &mut RandomState::new(seed))?;
    GradientDescent::new(rate).iterations(ITERATIONS).train(&mut network, data)?;
    Ok(network.cost(data)?)
}

/// By which factor the cost is lower at the larger rate.
fn faster() -> Judging {
    let matters = std::f64::consts::LN_2;
    let (center, unit) = (Center::Median, Unit::Times);
    Rule::Paired { seeds: 50, matters, center, unit }.on(Measure::Seed(|seed| {
        let data = data(seed)?;
        let (slow, fast) = (cost(&data, SLOW, seed)?, cost(&data, FAST, seed)?);
        Ok(Case::new(libm::log(slow / fast)).beside("slow", slow).beside("fast", fast))
    }))
}
