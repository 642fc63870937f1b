//! How many seeds a rule needs, from what the explored seeds give.

use figures::format;
use statrs::distribution::{ContinuousCDF, Normal};

use super::claim::{Claim, Measure};
use super::evidence::explored;
use super::interval::CONFIDENCE;
use super::rule::Rule;
use crate::course_data::CourseData;
use crate::error::Error;
use crate::spread::Spread;

/// A line for each side of the claim's rule: what the explored seeds give, and how many held-back ones it
/// takes for an interval that reaches half of `matters` to either side.
///
/// # Errors
/// What measuring fails with.
pub fn needed(claim: &Claim, course: Option<&CourseData>) -> Result<Vec<String>, Error> {
    let rules = claim.judging.rule.sides();
    let sides = rules.iter().zip(&claim.judging.measures);
    sides.map(|(rule, measure)| line(rule, measure, claim, course)).collect()
}

fn line(
    rule: &Rule,
    measure: &Measure,
    claim: &Claim,
    course: Option<&CourseData>,
) -> Result<String, Error> {
    let Some((reach, unit)) = rule.reach() else {
        return Ok("no interval, so no number of seeds".to_owned());
    };
    let found = Spread::new(explored(claim, measure, course)?.numbers);
    let (mean, deviation) = (found.mean(), found.standard_deviation());
    let ratio = quantile()? * deviation / reach;
    Ok(format!(
        "{} explored seeds: {} ± {}; {} seeds for ± {} with 99 % confidence; the rule has {}",
        found.values().len(),
        unit.text(mean),
        unit.text(deviation),
        format::integer((ratio * ratio).ceil() as usize),
        unit.text(reach),
        rule.seeds()
    ))
}

/// How many standard errors an interval reaches to either side.
fn quantile() -> Result<f64, Error> {
    let normal = Normal::standard();
    Ok(normal.inverse_cdf(1.0 - (1.0 - CONFIDENCE) / 2.0))
}
