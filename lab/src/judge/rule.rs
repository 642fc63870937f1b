//! The rules that claims are judged by, each with all that can come of it.

use std::collections::BTreeSet;

use figures::format;

use super::interval::Interval;
use super::unit::Unit;
use super::verdict::{Judgement, Verdict};
use crate::error::Error;

/// What a claim is decides what may judge it. A number `matters` from the smallest difference on that a
/// reader should care about, which is fixed before any seed is drawn.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    /// Algebra, bits, counts: each number is the difference from what is stated.
    Exact {
        /// The largest difference.
        tolerance: f64,
    },
    /// "May", "can": one seed that shows it is enough. Nothing refutes it.
    Exists {
        /// The seeds that are tried; each number is 1 where it is seen, and 0 where it is not.
        seeds: usize,
    },
    /// One thing is above another: each number is their difference under a seed.
    Paired {
        /// The held-back seeds.
        seeds: usize,
        /// The smallest difference that matters.
        matters: f64,
        /// What is estimated of the differences.
        center: Center,
        /// What a difference is written in.
        unit: Unit,
    },
    /// One thing is as good as another: each number is their difference under a seed.
    Same {
        /// The held-back seeds.
        seeds: usize,
        /// The smallest difference that matters.
        matters: f64,
        /// What is estimated of the differences.
        center: Center,
        /// What a difference is written in.
        unit: Unit,
    },
    /// "Usually": each number is 1 where it is so, and 0 where it is not.
    Share {
        /// The held-back seeds.
        seeds: usize,
        /// The least share that the word stands for.
        least: f64,
    },
    /// A stated number.
    Size {
        /// The held-back seeds.
        seeds: usize,
        /// The number.
        stated: f64,
        /// By which factor it may be missed.
        factor: f64,
        /// What is estimated.
        center: Center,
        /// What the number is written in.
        unit: Unit,
    },
    /// One rule on both sides of a condition: it holds only there if it holds there and not elsewhere.
    Only {
        /// The condition.
        when: &'static str,
        /// The rule where the condition is met.
        there: Box<Rule>,
        /// What is run instead.
        otherwise: &'static str,
        /// The rule there.
        elsewhere: Box<Rule>,
    },
}

/// What is estimated of many numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Center {
    /// Their mean.
    Mean,
    /// Their median, where a few are very large, or infinite.
    Median,
}

/// What a rule without a condition made of its numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Finding {
    /// What it comes to.
    pub judgement: Judgement,
    /// The estimate and its interval; none where nothing is estimated.
    pub interval: Option<Interval>,
    /// Where it is undecided and more seeds would help, about how many it would take.
    pub needed: Option<f64>,
}

/// A claim's verdict, and what it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// What was found, on each side of a condition.
    pub sides: Vec<Finding>,
}

impl Rule {
    /// One accuracy is above another, in the mean.
    pub fn more_accurate(seeds: usize, matters: f64) -> Self {
        Self::Paired { seeds, matters, center: Center::Mean, unit: Unit::Points }
    }

    /// One accuracy is as good as another, in the mean.
    pub fn as_accurate(seeds: usize, matters: f64) -> Self {
        Self::Same { seeds, matters, center: Center::Mean, unit: Unit::Points }
    }

    /// The rules without a condition: this one, or both of its sides.
    pub fn sides(&self) -> Vec<&Rule> {
        match self {
            Self::Only { there, elsewhere, .. } => [there.sides(), elsewhere.sides()].concat(),
            _ => vec![self],
        }
    }

    /// How many numbers it is judged on; one where there is no seed.
    pub fn seeds(&self) -> usize {
        match self {
            Self::Exact { .. } => 1,
            Self::Exists { seeds }
            | Self::Paired { seeds, .. }
            | Self::Same { seeds, .. }
            | Self::Share { seeds, .. }
            | Self::Size { seeds, .. } => *seeds,
            Self::Only { there, elsewhere, .. } => there.seeds() + elsewhere.seeds(),
        }
    }

    /// How far an interval should reach to either side for the rule to decide, and its unit: half of what
    /// matters. None where there is no interval.
    pub fn reach(&self) -> Option<(f64, Unit)> {
        match *self {
            Self::Paired { matters, unit, .. } | Self::Same { matters, unit, .. } => {
                Some((matters / 2.0, unit))
            }
            Self::Share { least, .. } => Some(((1.0 - least) / 2.0, Unit::Percent)),
            Self::Size { stated, factor, unit, .. } => {
                Some(((stated * factor - stated).abs() / 2.0, unit))
            }
            Self::Exact { .. } | Self::Exists { .. } | Self::Only { .. } => None,
        }
    }

    /// The numbers that an interval is compared with, and their unit: those that make no difference, or those
    /// that are as stated. None where there is no interval.
    pub fn band(&self) -> Option<(f64, f64, Unit)> {
        match *self {
            Self::Paired { matters, unit, .. } | Self::Same { matters, unit, .. } => {
                Some((-matters, matters, unit))
            }
            Self::Share { least, .. } => Some((least, 1.0, Unit::Percent)),
            Self::Size { stated, factor, unit, .. } => {
                Some((stated / factor, stated * factor, unit))
            }
            Self::Exact { .. } | Self::Exists { .. } | Self::Only { .. } => None,
        }
    }

    /// A number that it estimates, measured by what matters, so that different claims fit on one scale: 0 is
    /// no difference, the least share, or the stated number, and 1 is what matters, all, or the most that is
    /// still as stated. None where nothing is estimated.
    pub fn scaled(&self, number: f64) -> Option<f64> {
        match *self {
            Self::Paired { matters, .. } | Self::Same { matters, .. } => Some(number / matters),
            Self::Share { least, .. } => Some((number - least) / (1.0 - least)),
            Self::Size { stated, factor, .. } => {
                Some(libm::log(number / stated) / libm::log(factor))
            }
            Self::Exact { .. } | Self::Exists { .. } | Self::Only { .. } => None,
        }
    }

    /// Whether seeds are drawn for it.
    pub fn is_seeded(&self) -> bool {
        !self.sides().iter().all(|rule| matches!(rule, Self::Exact { .. }))
    }

    /// All that can come of it where the source speaks of what was run.
    pub fn outcomes(&self) -> BTreeSet<Judgement> {
        use Judgement::{DoesNotHold, Holds, NoDifference, Undecided};
        match self {
            Self::Exact { .. } => [Holds, DoesNotHold].into(),
            Self::Exists { .. } => [Holds, Undecided].into(),
            Self::Paired { .. } => [Holds, NoDifference, DoesNotHold, Undecided].into(),
            Self::Same { .. } | Self::Share { .. } | Self::Size { .. } => {
                [Holds, DoesNotHold, Undecided].into()
            }
            Self::Only { there, elsewhere, .. } => {
                let (there, elsewhere) = (there.outcomes(), elsewhere.outcomes());
                let pairs =
                    there.iter().flat_map(|there| elsewhere.iter().map(move |e| (*there, *e)));
                pairs.map(|(there, elsewhere)| on_a_condition(there, elsewhere)).collect()
            }
        }
    }

    /// What the seeds come out of: never to be worded otherwise, or all claims have other seeds.
    pub fn canonical(&self) -> String {
        let surely = "with 99 % confidence";
        match self {
            Self::Exact { tolerance } => format!("within {tolerance:e} of what is stated"),
            Self::Exists { seeds } => format!("seen under one of {seeds} seeds"),
            Self::Paired { seeds, matters, center, unit } => format!(
                "{} over {seeds} seeds: above 0 {surely}, and at least {}",
                center.text(),
                unit.text(*matters)
            ),
            Self::Same { seeds, matters, center, unit } => format!(
                "{} over {seeds} seeds: less than {} from 0 {surely}",
                center.text(),
                unit.text(*matters)
            ),
            Self::Share { seeds, least } => {
                format!(
                    "under at least {} of seeds {surely}, of {seeds}",
                    Unit::Percent.text(*least)
                )
            }
            Self::Size { seeds, stated, factor, center, unit } => format!(
                "{} over {seeds} seeds: within a factor of {factor} of {} {surely}",
                center.text(),
                unit.text(*stated)
            ),
            Self::Only { when, there, otherwise, elsewhere } => {
                format!("{when}: {}; {otherwise}: {}", there.canonical(), elsewhere.canonical())
            }
        }
    }

    /// The rule in words, as short as they can be.
    pub fn in_words(&self) -> String {
        match self {
            Self::Exact { tolerance: 0.0 } => "exactly".to_owned(),
            Self::Exact { tolerance } => format!("to within {}", format::scientific(*tolerance, 0)),
            Self::Exists { .. } => "seen under one seed at least".to_owned(),
            Self::Paired { matters, center, unit, .. } => {
                let (zero, matters) = (unit.bare(0.0), unit.text(*matters));
                format!("{} above {zero}, and at least {matters}", center.text())
            }
            Self::Same { matters, center, unit: Unit::Times, .. } => {
                format!(
                    "{} within a factor of {}",
                    center.text(),
                    format::fixed(libm::exp(*matters), 2)
                )
            }
            Self::Same { matters, center, unit, .. } => {
                format!("{} within ±{}", center.text(), unit.text(*matters))
            }
            Self::Share { least, .. } => format!("under at least {}", Unit::Percent.text(*least)),
            Self::Size { stated, factor, center, unit, .. } => {
                let (low, high) = (unit.text(stated / factor), unit.text(stated * factor));
                format!("{} between {low} and {high}", center.text())
            }
            Self::Only { when, there, otherwise, elsewhere } => {
                match (there.in_words(), elsewhere.in_words()) {
                    (there, elsewhere) if there == elsewhere => {
                        format!("{there}, once for {when} and once for {otherwise}")
                    }
                    (there, elsewhere) => {
                        format!("for {when}: {there}; for {otherwise}: {elsewhere}")
                    }
                }
            }
        }
    }

    /// Whether it has enough seeds to come to each of its outcomes.
    ///
    /// # Errors
    /// [`Error::Judge`] for a share that is not shown even if every seed shows it, and for too few seeds for
    /// an interval.
    pub fn check(&self) -> Result<(), Error> {
        for rule in self.sides() {
            let seeds = rule.seeds();
            let can_hold = match *rule {
                Self::Share { least, .. } => Interval::of_share(seeds, seeds)?.low > least,
                Self::Paired { center, .. }
                | Self::Same { center, .. }
                | Self::Size { center, .. } => center.interval(&vec![0.0; seeds]).is_ok(),
                Self::Exact { .. } | Self::Exists { .. } | Self::Only { .. } => true,
            };
            if !can_hold {
                let rule = rule.in_words();
                return Err(Error::Judge(format!("{seeds} seeds cannot show `{rule}`: take more")));
            }
        }
        Ok(())
    }

    /// Judges the numbers of each side. `is_domain` says that the source speaks of what was run.
    ///
    /// # Errors
    /// [`Error::Judge`] for other sides or fewer numbers than the rule asks for, and what the intervals
    /// refuse.
    pub fn judge(&self, numbers: &[Vec<f64>], is_domain: bool) -> Result<Judged, Error> {
        let rules = self.sides();
        let expected: Vec<usize> = rules.iter().map(|rule| rule.seeds()).collect();
        let got: Vec<usize> = numbers.iter().map(Vec::len).collect();
        if expected != got {
            let reason = format!("expected {expected:?} numbers, got {got:?}");
            return Err(Error::Judge(reason));
        }
        let sides = rules.iter().zip(numbers).map(|(rule, numbers)| rule.find(numbers));
        let sides = sides.collect::<Result<Vec<Finding>, Error>>()?;
        let judgement = match sides[..] {
            [there, elsewhere] => on_a_condition(there.judgement, elsewhere.judgement),
            _ => sides.first().map_or(Judgement::Undecided, |side| side.judgement),
        };
        Ok(Judged { verdict: Verdict::new(judgement.in_domain(is_domain)), sides })
    }

    /// What the numbers of a rule without a condition come to.
    fn find(&self, numbers: &[f64]) -> Result<Finding, Error> {
        match *self {
            Self::Exact { tolerance } => {
                let is_met = numbers.iter().all(|number| number.abs() <= tolerance);
                Ok(Finding::certain(either(is_met, Judgement::DoesNotHold)))
            }
            Self::Exists { .. } => {
                let is_seen = numbers.iter().any(|number| *number != 0.0);
                Ok(Finding::certain(either(is_seen, Judgement::Undecided)))
            }
            Self::Paired { matters, center, .. } => {
                Ok(Finding::paired(center.interval(numbers)?, matters, numbers.len()))
            }
            Self::Same { matters, center, .. } => {
                let interval = center.interval(numbers)?;
                Ok(Finding::among(interval, -matters, matters, numbers.len()))
            }
            Self::Share { least, .. } => {
                let count = numbers.iter().filter(|number| **number != 0.0).count();
                let interval = Interval::of_share(count, numbers.len())?;
                Ok(Finding::among(interval, least, f64::INFINITY, numbers.len()))
            }
            Self::Size { stated, factor, center, .. } => {
                let interval = center.interval(numbers)?;
                let (low, high) = (stated / factor, stated * factor);
                Ok(Finding::among(interval, low.min(high), low.max(high), numbers.len()))
            }
            Self::Only { .. } => Err(Error::Judge("expected no condition inside another".into())),
        }
    }
}

impl Center {
    fn text(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Median => "median",
        }
    }

    /// The estimate and its interval.
    fn interval(self, numbers: &[f64]) -> Result<Interval, Error> {
        match self {
            Self::Mean => Interval::of_mean(numbers),
            Self::Median => Interval::of_median(numbers),
        }
    }
}

impl Finding {
    fn certain(judgement: Judgement) -> Self {
        Self { judgement, interval: None, needed: None }
    }

    /// What a paired difference comes to. One that is surely above 0 and surely too small to matter makes
    /// no difference.
    fn paired(interval: Interval, matters: f64, seeds: usize) -> Self {
        let Interval { low, estimate, high } = interval;
        let judgement = match estimate {
            _ if low > 0.0 && estimate >= matters => Judgement::Holds,
            _ if interval.is_between(-matters, matters) => Judgement::NoDifference,
            _ if high < 0.0 => Judgement::DoesNotHold,
            _ => Judgement::Undecided,
        };
        let reach = match estimate {
            _ if estimate >= matters => estimate,
            _ if estimate <= -matters => -estimate,
            _ if estimate < 0.0 => (matters + estimate).max(-estimate),
            _ => matters - estimate,
        };
        Self::with(judgement, interval, reach, seeds)
    }

    /// Whether what is estimated lies between two limits.
    fn among(interval: Interval, low: f64, high: f64, seeds: usize) -> Self {
        let judgement = match interval {
            _ if interval.is_between(low, high) => Judgement::Holds,
            _ if interval.is_outside(low, high) => Judgement::DoesNotHold,
            _ => Judgement::Undecided,
        };
        let reach = (interval.estimate - low).abs().min((high - interval.estimate).abs());
        Self::with(judgement, interval, reach, seeds)
    }

    /// An interval shrinks with the root of the number of seeds; `reach` is how small it would have to be.
    fn with(judgement: Judgement, interval: Interval, reach: f64, seeds: usize) -> Self {
        let half = (interval.high - interval.low) / 2.0;
        let needed = seeds as f64 * (half / reach) * (half / reach);
        let is_open = judgement == Judgement::Undecided && needed.is_finite();
        Self { judgement, interval: Some(interval), needed: is_open.then_some(needed) }
    }
}

fn either(holds: bool, otherwise: Judgement) -> Judgement {
    if holds { Judgement::Holds } else { otherwise }
}

/// What both sides of a condition come to. It decides where one of them holds and the other does not.
fn on_a_condition(there: Judgement, elsewhere: Judgement) -> Judgement {
    use Judgement::{DoesNotHold, Holds, HoldsOnlyIf, NoDifference, Undecided};
    match (there, elsewhere) {
        (Holds, Holds) => Holds,
        (Holds, NoDifference | DoesNotHold) => HoldsOnlyIf,
        (NoDifference, NoDifference) => NoDifference,
        (NoDifference | DoesNotHold, NoDifference | DoesNotHold) => DoesNotHold,
        // The condition is the wrong way around.
        (NoDifference | DoesNotHold, Holds) => DoesNotHold,
        _ => Undecided,
    }
}
