//! What is measured to judge the chapter's claims.

use serde::Serialize;
use trainable::prelude::*;

use crate::curve::{costs, last};
use crate::error::Error;
use crate::game::sum_of_squares;
use crate::judge::claim::claims;
use crate::judge::{Arm, Arms, Case, Center, Judging, Measure, Rule, Score, Unit};

claims![turn, minima, slower, longer, middle, equal, coupled, one_run, prefers_l2, biased];

/// The network and its training, on two noisy half circles.
const SIZES: [usize; 3] = [2, 20, 1];
const LEARNING_RATE: f64 = 0.5;
pub(crate) const ITERATIONS: usize = 5_000;
/// Iterations from check to check.
pub(crate) const EVERY: usize = 20;
const NOISE: f64 = 0.3;
/// Points to train on, to stop on, and to judge by.
pub(crate) const TRAINING: usize = 80;
pub(crate) const DEV: usize = 40;
pub(crate) const NEW: usize = 4_000;
/// The least patience, the one that most experiments have, and the one that waits to the end.
pub(crate) const HASTY: usize = 1;
pub(crate) const PATIENCE: usize = 25;
pub(crate) const ENDLESS: usize = usize::MAX;
/// The λ from the middle of a search, and all that it tries.
pub(crate) const LAMBDA: f64 = 0.3;
pub(crate) const WIDE: [f64; LAMBDAS] = [0.01, 0.03, 0.1, LAMBDA, 1.0, 3.0, 10.0];
pub(crate) const LAMBDAS: usize = 7;
/// As many test points as there are dev points elsewhere.
pub(crate) const TEST: usize = 40;

/// The seeds of a verdict, and those where runs differ more.
const SEEDS: usize = 200;
const MORE_SEEDS: usize = 400;
const HALF_A_POINT: f64 = 0.005;
/// A percentage point, or one percent.
const ONE_PERCENT: f64 = 0.01;

/// Few points to train on, fewer to stop on, and many that decide nothing.
#[derive(Clone)]
pub(crate) struct Split {
    pub seed: u32,
    pub train: Dataset,
    pub dev: Dataset,
    pub new: Dataset,
}

/// The points of a seed.
pub(crate) fn split(seed: u32) -> Result<Split, Error> {
    Ok(Split {
        seed,
        train: moons(TRAINING, NOISE, &mut RandomState::new(seed))?,
        dev: dev(DEV, seed)?,
        new: moons(NEW, NOISE, &mut RandomState::new(1_000 + seed))?,
    })
}

/// The dev set of a seed.
pub(crate) fn dev(examples: usize, seed: u32) -> Result<Dataset, Error> {
    Ok(moons(examples, NOISE, &mut RandomState::new(500 + seed))?)
}

/// The network of a seed before its first step.
pub(crate) fn start(seed: u32) -> Result<Network, Error> {
    let mut rng = RandomState::new(seed);
    Ok(Network::new(&SIZES, Initialization::Xavier, &mut rng)?)
}

/// Gradient descent to the end, at a learning rate.
pub(crate) fn descent_at(rate: f64) -> GradientDescent {
    GradientDescent::new(rate).iterations(ITERATIONS).record_every(EVERY)
}

/// Gradient descent as most experiments have it.
pub(crate) fn descent() -> GradientDescent {
    descent_at(LEARNING_RATE)
}

pub(crate) fn l2(lambda: f64) -> Penalty {
    Penalty::L2 { lambda }
}

/// A run with early stopping, and the network that it restores.
#[derive(Serialize)]
pub(crate) struct Run {
    #[serde(skip)]
    pub network: Network,
    /// The dev cost at each check.
    #[serde(skip)]
    pub curve: Vec<(f64, f64)>,
    pub best_iteration: usize,
    pub restored: Measured,
}

/// What a network is worth, and the steps it took to find it.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct Measured {
    pub steps: usize,
    /// The accuracy on the training set, and the cost there without a penalty.
    pub train: f64,
    pub train_cost: f64,
    /// The sum of the squared weights.
    pub squares: f64,
    pub dev_cost: f64,
    /// The cost and the accuracy on new points.
    pub cost: f64,
    pub accuracy: f64,
}

impl Split {
    /// Trains with early stopping.
    pub fn stop(&self, descent: &GradientDescent, patience: usize) -> Result<Run, Error> {
        let mut network = start(self.seed)?;
        let stopping = EarlyStopping::new(self.dev.clone(), patience);
        let history = descent.clone().early_stopping(stopping).train(&mut network, &self.train)?;
        let stopped = history.early_stopping();
        let steps = stopped.map_or(0, |stopped| stopped.steps);
        Ok(Run {
            curve: stopped.map_or_else(Vec::new, |stopped| costs(&stopped.dev_costs)),
            best_iteration: stopped.map_or(0, |stopped| stopped.best_iteration),
            restored: self.measure(&network, steps)?,
            network,
        })
    }

    /// Trains for a number of steps.
    pub fn finish(&self, descent: &GradientDescent, steps: usize) -> Result<Measured, Error> {
        self.measure(&self.trained(&descent.clone().iterations(steps))?, steps)
    }

    /// The network that training ends with.
    fn trained(&self, descent: &GradientDescent) -> Result<Network, Error> {
        let mut network = start(self.seed)?;
        descent.train(&mut network, &self.train)?;
        Ok(network)
    }

    /// What `number` says of the network before each recorded step of a run to the end.
    pub fn watch<T>(
        &self,
        descent: &GradientDescent,
        number: impl Fn(usize, &Network) -> T,
    ) -> Result<Vec<T>, Error> {
        let mut all = Vec::new();
        let mut run = descent.start(&start(self.seed)?, &self.train)?;
        while let Some((iteration, _)) = run.next_cost()? {
            all.push(number(iteration, run.network()));
        }
        Ok(all)
    }

    /// What a network is worth after so many steps.
    pub fn measure(&self, network: &Network, steps: usize) -> Result<Measured, Error> {
        Ok(Measured {
            steps,
            train: network.accuracy(&self.train)?,
            train_cost: network.cost(&self.train)?,
            squares: sum_of_squares(network),
            dev_cost: network.cost(&self.dev)?,
            cost: network.cost(&self.new)?,
            accuracy: network.accuracy(&self.new)?,
        })
    }
}

/// Whether the dev cost falls from the start on, and ends more than a tenth above its least value.
fn turn() -> Judging {
    Rule::Share { seeds: SEEDS, least: 0.8 }.on(Measure::Seed(|seed| {
        let run = split(seed)?.stop(&descent(), ENDLESS)?;
        let rise = last(&run.curve) / run.restored.dev_cost;
        let case = Case::seen(run.best_iteration > 0 && rise > 1.1);
        Ok(case.beside("rise", rise).beside("best", run.best_iteration as f64))
    }))
}

fn minima() -> Judging {
    Rule::Share { seeds: MORE_SEEDS, least: 0.9 }.on(Measure::Seed(|seed| {
        let curve = split(seed)?.stop(&descent(), ENDLESS)?.curve;
        let minima = local_minima(&curve);
        let deep = valleys(&curve) > 1;
        let case = Case::seen(minima > 1).beside("minima", minima as f64);
        Ok(case.beside("deep", f64::from(u8::from(deep))))
    }))
}

/// The checks that are below both neighbors.
fn local_minima(curve: &[(f64, f64)]) -> usize {
    let costs: Vec<f64> = curve.iter().map(|(_, cost)| *cost).collect();
    let is_least = |three: &&[f64]| three[1] < three[0] && three[1] <= three[2];
    costs.windows(3).filter(is_least).count()
}

/// The minima from which a curve rises by one percent or more before it falls as much again.
fn valleys(curve: &[(f64, f64)]) -> usize {
    let (mut count, mut falls, mut turn) = (0, true, f64::INFINITY);
    for &(_, cost) in curve {
        let turns = match falls {
            true => cost >= (1.0 + ONE_PERCENT) * turn,
            false => cost <= turn / (1.0 + ONE_PERCENT),
        };
        count += usize::from(turns && falls);
        (falls, turn) = match (turns, falls) {
            (true, _) => (!falls, cost),
            (false, true) => (true, turn.min(cost)),
            (false, false) => (false, turn.max(cost)),
        };
    }
    count
}

/// By what share the cost on new points is lower with more patience.
fn slower() -> Judging {
    let (center, unit) = (Center::Mean, Unit::Percent);
    Rule::Paired { seeds: MORE_SEEDS, matters: ONE_PERCENT, center, unit }.on(Measure::Seed(
        |seed| {
            let [hasty, patient] = hasty_and_patient(seed)?;
            let case = Case::new(1.0 - patient.cost / hasty.cost);
            Ok(case.beside("hasty", hasty.cost).beside("patient", patient.cost))
        },
    ))
}

/// How many times as long a run takes with more patience; many times where a hasty one stops at once.
fn longer() -> Judging {
    let (center, unit) = (Center::Median, Unit::Number(1, " times"));
    Rule::Size { seeds: MORE_SEEDS, stated: 4.0, factor: 2.0, center, unit }.on(Measure::Seed(
        |seed| {
            let [hasty, patient] = hasty_and_patient(seed)?;
            let (hasty, patient) = (hasty.steps as f64, patient.steps as f64);
            let case = Case::new(patient / hasty).beside("ratio", patient / hasty);
            Ok(case.beside("hasty", hasty).beside("patient", patient))
        },
    ))
}

fn hasty_and_patient(seed: u32) -> Result<[Measured; 2], Error> {
    let data = split(seed)?;
    let restored = |patience| Ok::<_, Error>(data.stop(&descent(), patience)?.restored);
    Ok([restored(HASTY)?, restored(PATIENCE)?])
}

/// How many more new points the stopped network decides as one with L2 does than the one at the end.
fn middle() -> Judging {
    Rule::more_accurate(SEEDS, ONE_PERCENT).on(Measure::Seed(|seed| {
        let data = split(seed)?;
        let stopped = data.stop(&descent(), PATIENCE)?.network;
        let (end, held) =
            (data.trained(&descent())?, data.trained(&descent().penalty(l2(LAMBDA)))?);
        let alike = |network: &Network| -> Result<f64, Error> {
            let pair = (network.logits(data.new.x())?, held.logits(data.new.x())?);
            let pairs = pair.0.iter().zip(&pair.1);
            Ok(pairs.filter(|(a, b)| (**a > 0.0) == (**b > 0.0)).count() as f64 / NEW as f64)
        };
        let (middle, last) = (alike(&stopped)?, alike(&end)?);
        let case = Case::new(middle - last).beside("stopped", middle).beside("end", last);
        let squares = [&stopped, &held, &end].map(sum_of_squares);
        let case = case.beside("stopped_squares", squares[0]).beside("held_squares", squares[1]);
        Ok(case.beside("end_squares", squares[2]))
    }))
}

/// The largest value of (1 − e⁻ˣ)(1 + x)/x, which it has at x ≈ 1.793.
pub(crate) const APART: f64 = 1.298_425_607_525_638_4;
/// The steps of a descent so slow that more of them would change little.
pub(crate) const SMALL_STEPS: usize = 10_000;
/// The directions tried: αth from a thousandth to a thousand.
pub(crate) const DIRECTIONS: usize = 601;

/// By how much the largest ratio of the ways gone, after t steps on a quadratic cost and with λ = m/(αt),
/// misses [`APART`].
fn equal() -> Judging {
    Rule::Exact { tolerance: 1e-3 }.on(Measure::Once(|| {
        let directions = (0..DIRECTIONS).map(|number| {
            let x = libm::pow(10.0, 6.0 * number as f64 / (DIRECTIONS - 1) as f64 - 3.0);
            let step = x / SMALL_STEPS as f64;
            let stopped = (0..SMALL_STEPS).fold(0.0, |w, _| w - step * (w - 1.0));
            let held = x / (1.0 + x);
            stopped / held
        });
        let ratios: Vec<f64> = directions.collect();
        let largest = ratios.iter().fold(0.0, |a: f64, b| a.max(*b));
        let least = ratios.iter().fold(f64::INFINITY, |a: f64, b| a.min(*b));
        Ok(Case::new(largest - APART).beside("largest", largest).beside("least", least))
    }))
}

/// The steps of a run that is ended by hand.
pub(crate) const BY_HAND: usize = 500;
/// Two learning rates, and the steps at the lower one that go as far as all steps at the higher one.
pub(crate) const LOW_RATE: f64 = 0.2;
pub(crate) const HIGH_RATE: f64 = 1.0;
const STEPS_AT_LOW: usize = 5 * ITERATIONS;

/// A quarter is the least that counts: ln 1.25.
const A_QUARTER: f64 = 0.223_143_551_314_209_76;

/// By how much more than with L2 the training cost falls with the learning rate: a difference of logarithms.
fn coupled() -> Judging {
    let rule = || {
        let (center, unit) = (Center::Mean, Unit::Times);
        Box::new(Rule::Paired { seeds: SEEDS, matters: A_QUARTER, center, unit })
    };
    let by_hand = |seed| {
        let data = split(seed)?;
        let cost = |rate| Ok::<_, Error>(data.finish(&descent_at(rate), BY_HAND)?.train_cost);
        beyond_l2(&data, cost(LOW_RATE)?, cost(HIGH_RATE)?)
    };
    let stopped = |seed| {
        let data = split(seed)?;
        let cost = |rate, steps| {
            let descent = descent_at(rate).iterations(steps);
            Ok::<_, Error>(data.stop(&descent, PATIENCE)?.restored.train_cost)
        };
        beyond_l2(&data, cost(LOW_RATE, STEPS_AT_LOW)?, cost(HIGH_RATE, ITERATIONS)?)
    };
    Rule::Only {
        when: "the number of steps is set by hand",
        there: rule(),
        otherwise: "the dev cost sets it",
        elsewhere: rule(),
    }
    .on_both(Measure::Seed(by_hand), Measure::Seed(stopped))
}

fn beyond_l2(data: &Split, low: f64, high: f64) -> Result<Case, Error> {
    let held = |rate, steps| {
        Ok::<_, Error>(data.finish(&descent_at(rate).penalty(l2(LAMBDA)), steps)?.train_cost)
    };
    let held = libm::log(held(LOW_RATE, STEPS_AT_LOW)? / held(HIGH_RATE, ITERATIONS)?);
    let falls = libm::log(low / high);
    Ok(Case::new(falls - held).beside("falls", falls).beside("held", held))
}

/// The learning rates that a run with early stopping and a search may take.
const RATES: &[f64] = &[0.2, LEARNING_RATE, HIGH_RATE, 2.0, 5.0];
/// The points that a learning rate is chosen by.
const CHOOSING: usize = 2_000;

fn one_run() -> Judging {
    let (center, unit) = (Center::Mean, Unit::Points);
    let train = |seed, arm, rate| match arm {
        Arm::With => stopped(seed, rate),
        Arm::Without => searched(seed, rate),
    };
    Rule::Same { seeds: MORE_SEEDS, matters: HALF_A_POINT, center, unit }
        .on(Measure::Arms(Arms { rates: RATES, train }))
}

fn prefers_l2() -> Judging {
    let train = |seed, arm, rate| match arm {
        Arm::With => searched(seed, rate),
        Arm::Without => stopped(seed, rate),
    };
    Rule::more_accurate(MORE_SEEDS, HALF_A_POINT).on(Measure::Arms(Arms { rates: RATES, train }))
}

/// A run with early stopping.
fn stopped(seed: u32, rate: f64) -> Result<Score, Error> {
    score(&split(seed)?.stop(&descent_at(rate), PATIENCE)?.network, seed)
}

/// The network with the least dev cost, of those trained to the end with each λ.
fn searched(seed: u32, rate: f64) -> Result<Score, Error> {
    let data = split(seed)?;
    let mut best: Option<(f64, Network)> = None;
    for lambda in WIDE {
        let network = data.trained(&descent_at(rate).penalty(l2(lambda)))?;
        let cost = network.cost(&data.dev)?;
        if best.as_ref().is_none_or(|(least, _)| cost < *least) {
            best = Some((cost, network));
        }
    }
    let (_, network) = best.ok_or_else(|| Error::Judge("no λ was tried".to_owned()))?;
    score(&network, seed)
}

fn score(network: &Network, seed: u32) -> Result<Score, Error> {
    let choosing = moons(CHOOSING, NOISE, &mut RandomState::new(4_000 + seed))?;
    let number = network.accuracy(&split(seed)?.new)?;
    Ok(Score { dev: network.accuracy(&choosing)?, number })
}

/// By how much the accuracy on the test set that chose a network exceeds that on new points.
fn biased() -> Judging {
    Rule::more_accurate(MORE_SEEDS, ONE_PERCENT).on(Measure::Seed(|seed| {
        let data = split(seed)?;
        let networks = data.watch(&descent(), |_, network| network.clone())?;
        let Reported { reported, new, optimism } = Reported::measure(&data, &networks, TEST)?;
        Ok(Case::new(optimism).beside("reported", reported).beside("new", new))
    }))
}

/// The best accuracy on the set that chose, and the same network's on new points.
pub(crate) struct Reported {
    pub reported: f64,
    pub new: f64,
    /// The difference.
    pub optimism: f64,
}

impl Reported {
    /// Chooses one of the networks of a run by a test set of so many points.
    pub fn measure(data: &Split, networks: &[Network], size: usize) -> Result<Self, Error> {
        let test = moons(size, NOISE, &mut RandomState::new(2_000 + data.seed))?;
        let begin = start(data.seed)?;
        let (mut reported, mut chosen) = (0.0, &begin);
        for network in networks {
            let accuracy = network.accuracy(&test)?;
            if accuracy > reported {
                (reported, chosen) = (accuracy, network);
            }
        }
        let new = chosen.accuracy(&data.new)?;
        Ok(Self { reported, new, optimism: reported - new })
    }
}
