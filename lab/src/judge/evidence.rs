//! What a claim is judged on: measured once, under the seeds that its rule draws, and recorded.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::claim::{Arm, Arms, Case, Claim, ELSEWHERE, Measure, TIMES, TUNED};
use super::seeds::{EXPLORED, Held};
use crate::error::{Error, caught};
use crate::spread::{Spread, over_seeds};

/// What one side of a rule is judged on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Side {
    /// The number under each seed, in the seeds' order.
    pub numbers: Vec<f64>,
    /// The learning rates that were chosen, with and without what the claim is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rates: Option<[f64; 2]>,
    /// The mean difference where both learning rates are multiplied by [`TIMES`]; none where a run diverged.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub elsewhere: BTreeMap<String, f64>,
    /// The means and medians of the numbers that the text speaks of.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub beside: BTreeMap<String, Beside>,
}

/// A number that a text speaks of, over all seeds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beside {
    /// The mean.
    pub mean: f64,
    /// The median.
    pub median: f64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
}

/// Measures every side of a claim under a block of its seeds.
///
/// # Errors
/// [`Error::Claim`], which names it, when a measurement fails or panics.
pub fn measure(claim: &Claim, held: &Held, block: usize) -> Result<Vec<Side>, Error> {
    let rules = claim.judging.rule.sides();
    let sides = rules.iter().zip(&claim.judging.measures);
    let sides = sides.map(|(rule, measure)| match measure {
        Measure::Once(measure) => Ok(Side::of(&[caught(measure)?])),
        Measure::Seed(measure) => Ok(Side::of(&under(&held.block(block, rule.seeds()), measure)?)),
        Measure::Arms(arms) => arms.measure(&held.block(block, rule.seeds())),
    });
    sides.collect::<Result<_, _>>().map_err(|reason| claim.failed(reason))
}

/// The first `count` numbers of each side again, at the learning rates that were chosen.
///
/// # Errors
/// As [`measure`].
pub fn again(
    claim: &Claim,
    held: &Held,
    sides: &[Side],
    count: usize,
) -> Result<Vec<Vec<f64>>, Error> {
    let measures = claim.judging.measures.iter().zip(sides).map(|(measure, side)| {
        let seeds = held.block(0, side.numbers.len().min(count));
        let cases = match (measure, side.rates) {
            (Measure::Once(measure), _) => vec![caught(measure)?],
            (Measure::Seed(measure), _) => under(&seeds, measure)?,
            (Measure::Arms(arms), Some(rates)) => {
                under(&seeds, |seed| arms.difference(seed, rates))?
            }
            (Measure::Arms(_), None) => Vec::new(),
        };
        Ok(cases.into_iter().map(|case| case.number).collect())
    });
    measures.collect::<Result<_, _>>().map_err(|reason| claim.failed(reason))
}

/// What the explored seeds give.
///
/// # Errors
/// As [`measure`].
pub fn explored(claim: &Claim, measure: &Measure) -> Result<Side, Error> {
    let seeds: Vec<u32> = EXPLORED.collect();
    let side = match measure {
        Measure::Once(measure) => caught(measure).map(|case| Side::of(&[case])),
        Measure::Seed(measure) => under(&seeds, measure).map(|cases| Side::of(&cases)),
        Measure::Arms(arms) => arms.measure(&seeds),
    };
    side.map_err(|reason| claim.failed(reason))
}

fn under(
    seeds: &[u32],
    measure: impl Fn(u32) -> Result<Case, Error> + Sync,
) -> Result<Vec<Case>, Error> {
    let cases: Vec<_> = seeds.par_iter().map(|seed| caught(|| measure(*seed))).collect();
    cases.into_iter().collect()
}

impl Arms {
    fn measure(self, seeds: &[u32]) -> Result<Side, Error> {
        let rates = [self.chosen(Arm::With)?, self.chosen(Arm::Without)?];
        let mut side = Side::of(&under(seeds, |seed| self.difference(seed, rates))?);
        side.rates = Some(rates);
        let few = &seeds[..seeds.len().min(ELSEWHERE)];
        for times in TIMES {
            let rates = rates.map(|rate| rate * times);
            let cases = under(few, |seed| self.difference(seed, rates));
            if let Some(cases) = unless_diverged(cases)? {
                let mean = Spread::of(&cases, |case| case.number).mean();
                side.elsewhere.insert(times.to_string(), mean);
            }
        }
        Ok(side)
    }

    fn difference(self, seed: u32, [with, without]: [f64; 2]) -> Result<Case, Error> {
        let with = (self.train)(seed, Arm::With, with)?.number;
        let without = (self.train)(seed, Arm::Without, without)?.number;
        Ok(Case::new(with - without).beside("with", with).beside("without", without))
    }

    /// The learning rate at which an arm does best on the data that it is chosen by.
    fn chosen(self, arm: Arm) -> Result<f64, Error> {
        let mut best = (f64::NEG_INFINITY, None);
        for &rate in self.rates {
            let scores = over_seeds(TUNED, |seed| (self.train)(seed, arm, rate));
            let Some(scores) = unless_diverged(scores)? else {
                continue;
            };
            let dev = Spread::of(&scores, |score| score.dev).mean();
            if dev > best.0 {
                best = (dev, Some(rate));
            }
        }
        let none = || Error::Judge(format!("no learning rate of {:?} trains {arm:?}", self.rates));
        best.1.ok_or_else(none)
    }
}

/// What was measured; none where the learning rate was too large for one of the runs.
fn unless_diverged<T>(measured: Result<T, Error>) -> Result<Option<T>, Error> {
    match measured {
        Ok(measured) => Ok(Some(measured)),
        Err(Error::Library(trainable::error::Error::Diverged { .. })) => Ok(None),
        Err(other) => Err(other),
    }
}

impl Side {
    fn of(cases: &[Case]) -> Self {
        let mut beside: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for (name, number) in cases.iter().flat_map(|case| &case.beside) {
            beside.entry((*name).to_owned()).or_default().push(*number);
        }
        Self {
            numbers: cases.iter().map(|case| case.number).collect(),
            rates: None,
            elsewhere: BTreeMap::new(),
            beside: beside.into_iter().map(|(name, all)| (name, Beside::of(all))).collect(),
        }
    }
}

impl Beside {
    fn of(numbers: Vec<f64>) -> Self {
        let spread = Spread::new(numbers);
        Self { mean: spread.mean(), median: spread.median(), min: spread.min(), max: spread.max() }
    }
}
