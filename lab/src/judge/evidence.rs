//! What a claim is judged on: measured once, under the seeds that its rule draws, and recorded.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::claim::{Arm, Arms, BETTER, Case, Claim, ELSEWHERE, Measure, TIMES, TUNED};
use super::seeds::{EXPLORED, Held};
use crate::course_data::CourseData;
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
/// [`Error::Claim`], which names it, when a measurement fails or panics, or needs the course's data and has
/// none.
pub fn measure(
    claim: &Claim,
    held: &Held,
    block: usize,
    course: Option<&CourseData>,
) -> Result<Vec<Side>, Error> {
    let rules = claim.judging.rule.sides();
    let sides = rules.iter().zip(&claim.judging.measures);
    let sides =
        sides.map(|(rule, measure)| measure.under(&held.block(block, rule.seeds()), course));
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
    course: Option<&CourseData>,
) -> Result<Vec<Vec<f64>>, Error> {
    let measures = claim.judging.measures.iter().zip(sides).map(|(measure, side)| {
        let seeds = held.block(0, side.numbers.len().min(count));
        let side = match (measure, side.rates) {
            (Measure::Arms(arms), Some(rates)) => arms.at(&seeds, rates)?,
            _ => measure.under(&seeds, course)?,
        };
        Ok(side.numbers)
    });
    measures.collect::<Result<_, _>>().map_err(|reason| claim.failed(reason))
}

/// What the explored seeds give.
///
/// # Errors
/// As [`measure`].
pub fn explored(
    claim: &Claim,
    measure: &Measure,
    course: Option<&CourseData>,
) -> Result<Side, Error> {
    let seeds: Vec<u32> = EXPLORED.collect();
    measure.under(&seeds, course).map_err(|reason| claim.failed(reason))
}

impl Measure {
    fn under(&self, seeds: &[u32], course: Option<&CourseData>) -> Result<Side, Error> {
        match *self {
            Self::Once(measure) => Ok(Side::of(&[caught(measure)?])),
            Self::Seed(measure) => Ok(Side::of(&under(seeds, measure)?)),
            Self::Arms(arms) => arms.measure(seeds),
            Self::Course(measure) => {
                let data = course.ok_or(Error::NoCourseData)?;
                Ok(Side::of(&under(seeds, |seed| measure(data, seed))?))
            }
        }
    }
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
        let mut side = self.at(seeds, rates)?;
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

    fn at(self, seeds: &[u32], rates: [f64; 2]) -> Result<Side, Error> {
        Ok(Side::of(&under(seeds, |seed| self.difference(seed, rates))?))
    }

    fn difference(self, seed: u32, [with, without]: [f64; 2]) -> Result<Case, Error> {
        let with = (self.train)(seed, Arm::With, with)?.number;
        let without = (self.train)(seed, Arm::Without, without)?.number;
        Ok(Case::new(with - without).beside("with", with).beside("without", without))
    }

    /// The learning rate between the ends of the list at which an arm does best on the data that it is chosen
    /// by. An end that is better shows that the list is too short.
    fn chosen(self, arm: Arm) -> Result<f64, Error> {
        let [first, between @ .., last] = self.rates else {
            return Err(self.refused(arm, "expected at least three learning rates, got"));
        };
        let mut best = (f64::NEG_INFINITY, None);
        for &rate in between {
            let dev = self.on_dev(arm, rate)?;
            if dev > best.0 {
                best = (dev, Some(rate));
            }
        }
        for end in [first, last] {
            if self.on_dev(arm, *end)? > best.0 + BETTER {
                return Err(
                    self.refused(arm, &format!("{end} is the best learning rate, an end of"))
                );
            }
        }
        best.1.ok_or_else(|| self.refused(arm, "no learning rate trains it, between the ends of"))
    }

    fn refused(self, arm: Arm, what: &str) -> Error {
        Error::Judge(format!("arm {arm:?}: {what} {:?}", self.rates))
    }

    /// The mean over the explored seeds of what an arm's learning rate is chosen by; where a run diverges,
    /// less than anything.
    fn on_dev(self, arm: Arm, rate: f64) -> Result<f64, Error> {
        let scores = over_seeds(TUNED, |seed| (self.train)(seed, arm, rate));
        let scores = unless_diverged(scores)?;
        let mean = scores.map(|scores| Spread::of(&scores, |score| score.dev).mean());
        Ok(mean.unwrap_or(f64::NEG_INFINITY))
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
