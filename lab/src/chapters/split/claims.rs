//! What is measured to judge the chapter's claims.

use ndarray::{Array2, ArrayView1, Axis, array, concatenate};
use serde::Serialize;
use trainable::prelude::*;

use crate::error::Error;
use crate::judge::claim::claims;
use crate::judge::{Case, Center, Judging, Measure, Rule, Unit};
use crate::spread::Spread;

claims![binomial, enough, paired, bound_of_the_best, no_test, same, selection];

/// The seeds of most verdicts.
const SEEDS: usize = 50;
/// Half a percentage point.
const HALF_A_POINT: f64 = 0.005;

/// How far the ball is from where its team wins it, as a standard deviation.
pub(crate) const NOISE: f64 = 0.1;

/// √(2 ln k): what the best of k may exceed the others by, in standard errors.
pub(crate) fn bound(k: usize) -> f64 {
    (2.0 * libm::log(k as f64)).sqrt()
}

/// Gaussian features with labels that are coin flips: nothing can be learned from them.
pub(crate) fn noise(
    features: usize,
    examples: usize,
    rng: &mut RandomState,
) -> Result<Dataset, Error> {
    let x = Array2::from_shape_simple_fn((features, examples), || rng.randn());
    let y = Array2::from_shape_simple_fn((1, examples), || f64::from(rng.rand() < 0.5));
    Ok(Dataset::new(x, y)?)
}

/// A network with a layer of `width` tanh units, trained.
pub(crate) fn trained(
    width: usize,
    descent: &GradientDescent,
    data: &Dataset,
    rng: &mut RandomState,
) -> Result<Network, Error> {
    let mut network = Network::new(&[2, width, 1], Initialization::Xavier, rng)?
        .with_activation(Activation::Tanh);
    descent.train(&mut network, data)?;
    Ok(network)
}

/// A network that has learned the pitch from `data`.
pub(crate) fn learned(data: &Dataset, seed: u32) -> Result<Network, Error> {
    let descent = GradientDescent::new(1.0).iterations(200).record_every(200);
    trained(8, &descent, data, &mut RandomState::new(seed))
}

/// A straight border moved off the diagonal.
pub(crate) fn border(shift: f64) -> Result<Network, Error> {
    let layer = Layer { w: array![[-1.0, 1.0]], b: array![-shift] };
    Ok(Network::from_parameters(Parameters::new(vec![layer])?))
}

/// The same points, turned about the middle of the moons.
pub(crate) fn turned(data: &Dataset, degrees: f64) -> Result<Dataset, Error> {
    let angle = degrees.to_radians();
    let (sin, cos) = (libm::sin(angle), libm::cos(angle));
    let mut x = data.x().to_owned();
    for mut point in x.columns_mut() {
        let (a, b) = (point[0] - 0.5, point[1] - 0.25);
        point[0] = 0.5 + cos * a - sin * b;
        point[1] = 0.25 + sin * a + cos * b;
    }
    Ok(Dataset::new(x, data.y().to_owned())?)
}

/// The examples of both.
pub(crate) fn together(a: &Dataset, b: &Dataset) -> Result<Dataset, Error> {
    let (x, y) = (concatenate![Axis(1), a.x(), b.x()], concatenate![Axis(1), a.y(), b.y()]);
    Ok(Dataset::new(x, y)?)
}

/// By how many degrees the users' moons are turned, and less and more than that.
pub(crate) const TURN: usize = 40;
pub(crate) const LESS_TURN: usize = 20;
pub(crate) const MORE_TURN: usize = 60;
/// Examples to train on: collected ones, and some that users sent.
pub(crate) const COLLECTED: usize = 200;
pub(crate) const SENT: usize = 40;

/// Moons as they are collected, moons as the users will send them, and two networks.
pub(crate) struct Drift {
    pub(crate) plain: Network,
    pub(crate) mixed: Network,
    pub(crate) collected: Dataset,
    pub(crate) sent: Dataset,
}

pub(crate) fn drift(seed: u32) -> Result<Drift, Error> {
    let rng = &mut RandomState::new(seed);
    let mut moons = |n| moons(n, 0.15, rng);
    let train = moons(COLLECTED)?;
    let few = turned(&moons(SENT)?, TURN as f64)?;
    let (collected, sent) = (moons(1_000)?, turned(&moons(1_000)?, TURN as f64)?);
    let descent = GradientDescent::new(1.0).iterations(1_000);
    let trained = |data: &Dataset| trained(8, &descent, data, &mut RandomState::new(seed));
    let (plain, mixed) = (trained(&train)?, trained(&together(&train, &few)?)?);
    Ok(Drift { plain, mixed, collected, sent })
}

/// What a network gets right of the examples that are collected, and of those that users send.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct Right {
    pub(crate) collected: f64,
    pub(crate) sent: f64,
}

impl Drift {
    pub(crate) fn right(&self, network: &Network) -> Result<Right, Error> {
        let collected = network.accuracy(&self.collected)?;
        Ok(Right { collected, sent: network.accuracy(&self.sent)? })
    }
}

/// The features that go most with the labels: by the difference of the classes' means.
pub(crate) fn telling(data: &Dataset, count: usize) -> Vec<usize> {
    let ones = data.y().sum();
    let zeros = data.examples() as f64 - ones;
    let score = |row: ArrayView1<'_, f64>| {
        let pairs = row.iter().zip(data.y());
        let difference: f64 =
            pairs.map(|(x, y)| if *y == 1.0 { x / ones } else { -x / zeros }).sum();
        difference.abs()
    };
    let scores: Vec<f64> = data.x().rows().into_iter().map(score).collect();
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
    order.truncate(count);
    order
}

pub(crate) fn with_features(data: &Dataset, features: &[usize]) -> Result<Dataset, Error> {
    let x = data.x().select(Axis(0), features);
    Ok(Dataset::new(x, data.y().to_owned())?)
}

/// A seed's accuracies, with features chosen on all examples and on the training set.
pub(crate) struct Peeking {
    pub(crate) peeked: f64,
    pub(crate) honest: f64,
}

impl Peeking {
    pub(crate) fn measure(seed: u32) -> Result<Self, Error> {
        let rng = &mut RandomState::new(seed);
        let data = noise(1_000, 100, rng)?;
        let split = Split::fractions(&data, [0.6, 0.2, 0.2], rng)?;
        let held_out = together(&split.dev, &split.test)?;
        let accuracy = |features: &[usize]| -> Result<f64, Error> {
            let train = with_features(&split.train, features)?;
            let rng = &mut RandomState::new(1);
            let mut unit = Network::new(&[PICKED, 1], Initialization::Zeros, rng)?;
            GradientDescent::new(0.5).iterations(300).train(&mut unit, &train)?;
            Ok(unit.accuracy(&with_features(&held_out, features)?)?)
        };
        let (peeked, honest) = (telling(&data, PICKED), telling(&split.train, PICKED));
        Ok(Self { peeked: accuracy(&peeked)?, honest: accuracy(&honest)? })
    }
}

/// Sets that one accuracy is counted on, and their size.
pub(crate) const COUNTED: usize = 200;
pub(crate) const SET: usize = 300;

/// The standard deviation of an accuracy over many sets, as a multiple of the formula's.
fn binomial() -> Judging {
    let (center, unit) = (Center::Mean, Unit::Number(3, ""));
    Rule::Size { seeds: SEEDS, stated: 1.0, factor: 1.05, center, unit }.on(Measure::Seed(|seed| {
        let rng = &mut RandomState::new(seed);
        let network = learned(&football(1_000, NOISE, rng)?, seed)?;
        let count = |_| Ok(network.accuracy(&football(SET, NOISE, &mut *rng)?)?);
        let counted = (0..COUNTED).map(count).collect::<Result<Spread, Error>>()?;
        Ok(Case::new(counted.standard_deviation() / standard_error(counted.mean(), SET)?))
    }))
}

/// A dev set that is called plenty, and one that is not; how much the better of two leads by.
pub(crate) const PLENTY: usize = 10_000;
pub(crate) const FEW: usize = 1_000;
pub(crate) const LEAD: f64 = 0.01;

/// How many points only the better of two borders gets right, and only the worse.
#[derive(Debug, Clone, Copy)]
struct Disagreements {
    better: f64,
    worse: f64,
    /// What each gets right, of how many.
    right: [f64; 2],
    points: f64,
}

impl Disagreements {
    /// Of two borders that are a known lead apart, on as many new points.
    fn on(points: usize, seed: u32) -> Result<Self, Error> {
        let pool = football(20_000, NOISE, &mut RandomState::new(5))?;
        let dev = football(points, NOISE, &mut RandomState::new(seed))?;
        let (good, bad) = (border(0.0)?, behind(LEAD, &pool)?);
        let (good, bad) = (good.predict(dev.x())?, bad.predict(dev.x())?);
        let mut found = Self { better: 0.0, worse: 0.0, right: [0.0; 2], points: points as f64 };
        for ((good, bad), y) in good.iter().zip(&bad).zip(dev.y()) {
            let right = [good == y, bad == y];
            found.better += f64::from(u8::from(right == [true, false]));
            found.worse += f64::from(u8::from(right == [false, true]));
            found.right[0] += f64::from(u8::from(right[0]));
            found.right[1] += f64::from(u8::from(right[1]));
        }
        Ok(found)
    }

    /// Whether McNemar's test, corrected for continuity, tells them apart at 5 %.
    fn mcnemar(self) -> bool {
        let apart = ((self.better - self.worse).abs() - 1.0).max(0.0);
        apart * apart / (self.better + self.worse).max(1.0) > 3.841
    }

    /// Whether they are told apart at 5 % as two shares of independent sets.
    fn two_shares(self) -> bool {
        let [good, bad] = self.right.map(|right| right / self.points);
        let both = (good + bad) / 2.0;
        let error = (2.0 * both * (1.0 - both) / self.points).sqrt();
        (good - bad).abs() > 1.96 * error
    }
}

/// A border that gets about `lead` less right of the pool than the diagonal.
pub(crate) fn behind(lead: f64, pool: &Dataset) -> Result<Network, Error> {
    let best = border(0.0)?.accuracy(pool)?;
    let (mut low, mut high) = (0.0, 0.5);
    for _ in 0..20 {
        let middle = (low + high) / 2.0;
        match best - border(middle)?.accuracy(pool)? < lead {
            true => low = middle,
            false => high = middle,
        }
    }
    border(high)
}

/// Whether the better of two is ahead on a dev set that is called plenty.
fn enough() -> Judging {
    Rule::Share { seeds: 200, least: 0.95 }.on(Measure::Seed(|seed| {
        let found = Disagreements::on(PLENTY, seed)?;
        Ok(Case::seen(found.better > found.worse))
    }))
}

/// How much more often McNemar's test tells two apart than a comparison of two shares.
fn paired() -> Judging {
    Rule::more_accurate(200, 0.05).on(Measure::Seed(|seed| {
        let found = Disagreements::on(FEW, seed)?;
        let [mcnemar, shares] =
            [found.mcnemar(), found.two_shares()].map(|told| f64::from(u8::from(told)));
        Ok(Case::new(mcnemar - shares).beside("mcnemar", mcnemar).beside("shares", shares))
    }))
}

/// Networks that have learned nothing, and the examples that the best of them is chosen on.
pub(crate) const GUESSERS: usize = 100;
pub(crate) const FLIPS: usize = 100;

/// How far the best of many guessers stays below the bound on its luck, where they are independent and
/// where they resemble each other, whichever is closer to it.
fn bound_of_the_best() -> Judging {
    Rule::more_accurate(200, HALF_A_POINT).on(Measure::Seed(|seed| {
        let rng = &mut RandomState::new(seed);
        let dev = noise(20, FLIPS, rng)?;
        let drawn = |rng: &mut RandomState| Array2::from_shape_simple_fn((1, 20), || rng.randn());
        let first = drawn(rng);
        let mut best = |share: f64| -> Result<f64, Error> {
            let mut most: f64 = 0.0;
            for _ in 0..GUESSERS {
                let w = &first * (1.0 - share) + drawn(&mut *rng) * share;
                let layer = Layer { w, b: array![0.0] };
                let guesser = Network::from_parameters(Parameters::new(vec![layer])?);
                most = most.max(guesser.accuracy(&dev)?);
            }
            Ok(most)
        };
        let (apart, alike) = (best(1.0)?, best(0.3)?);
        let limit = 0.5 + standard_error(0.5, FLIPS)? * bound(GUESSERS);
        Ok(Case::new(limit - apart.max(alike)).beside("apart", apart).beside("alike", alike))
    }))
}

/// Networks to choose from, and the examples that they are chosen on.
pub(crate) const CANDIDATES: usize = 16;
pub(crate) const CHOSEN_ON: usize = 100;

/// How much better the network is that a dev set chooses than one taken at random.
/// The points and steps of networks that are chosen among, and the most units that one can have.
pub(crate) const TRIED_POINTS: usize = 100;
pub(crate) const TRIED_STEPS: usize = 300;
pub(crate) const TRIED_UNITS: usize = 12;

fn no_test() -> Judging {
    Rule::more_accurate(1_200, HALF_A_POINT).on(Measure::Seed(|seed| {
        let rng = &mut RandomState::new(seed);
        let train = football(TRIED_POINTS, NOISE, rng)?;
        let (dev, all) = (football(CHOSEN_ON, NOISE, rng)?, football(5_000, NOISE, rng)?);
        let mut tried = Vec::new();
        for _ in 0..CANDIDATES {
            let width = 1 + (TRIED_UNITS as f64 * rng.rand()) as usize;
            let rate = libm::pow(10.0, -1.5 + 2.0 * rng.rand());
            let descent = GradientDescent::new(rate).iterations(TRIED_STEPS);
            let network = trained(width, &descent, &train, rng)?;
            tried.push((network.accuracy(&dev)?, network.accuracy(&all)?));
        }
        let mean = Spread::of(&tried, |(_, truth)| *truth).mean();
        let best = tried.iter().copied().max_by(|one, other| one.0.total_cmp(&other.0));
        let (said, truth) = best.unwrap_or((f64::NAN, f64::NAN));
        Ok(Case::new(truth - mean).beside("said", said).beside("truth", truth).beside("mean", mean))
    }))
}

/// How much more of the users' examples are right where the dev set is the users' too.
fn same() -> Judging {
    Rule::more_accurate(SEEDS, 0.01).on(Measure::Seed(|seed| {
        let drift = drift(seed)?;
        let tried = [drift.right(&drift.plain)?, drift.right(&drift.mixed)?];
        let chosen = |dev: fn(&Right) -> f64| match dev(&tried[1]) > dev(&tried[0]) {
            true => tried[1].sent,
            false => tried[0].sent,
        };
        let (users, collected) = (chosen(|on| on.sent), chosen(|on| on.collected));
        let case = Case::new(users - collected);
        Ok(case.beside("users", users).beside("collected", collected))
    }))
}

/// How many of the features are chosen.
pub(crate) const PICKED: usize = 10;

/// How much better features look that were chosen with the examples that judge them.
fn selection() -> Judging {
    Rule::more_accurate(SEEDS, 0.05).on(Measure::Seed(|seed| {
        let Peeking { peeked, honest } = Peeking::measure(seed)?;
        Ok(Case::new(peeked - honest).beside("peeked", peeked).beside("honest", honest))
    }))
}
