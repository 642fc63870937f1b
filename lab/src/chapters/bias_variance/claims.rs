//! What is measured to judge the chapter's claims.

use figures::format::plain;
use ndarray::Array2;
use serde::{Serialize, Serializer};
use trainable::data::wave::above;
use trainable::prelude::*;

use crate::error::Error;
use crate::judge::claim::claims;
use crate::judge::{Case, Center, Judging, Measure, Rule, Unit};
use crate::spread::Spread;

claims![readings, bayes, both, falling, rising, bigger, bias, data, data_bias, aimed];

/// The seeds of most verdicts, and of one whose differences vary more.
const SEEDS: usize = 100;
const MORE_SEEDS: usize = 200;

/// A difference above two percentage points counts as high.
pub(crate) const TOLERANCE: f64 = 0.02;
/// The share of the labels that are flipped, where nothing else is said: the Bayes error.
pub(crate) const FLIP: f64 = 0.1;
/// Examples of the dev sets, enough to tell half a point.
pub(crate) const DEV: usize = 4_000;
/// Examples of a training set that is small.
pub(crate) const FEW: usize = 100;

/// The points of a seed.
pub(crate) fn sample(examples: usize, seed: u32) -> Result<Dataset, Error> {
    Ok(wave(examples, FLIP, 0.0, &mut RandomState::new(seed))?)
}

/// The learning rate of every network here, and the steps of those that need few and of those that need many.
pub(crate) const RATE: f64 = 0.5;
pub(crate) const FEWEST_STEPS: usize = 500;
pub(crate) const FEW_STEPS: usize = 1_000;
pub(crate) const STEPS: usize = 1_500;
pub(crate) const MANY_STEPS: usize = 2_000;

/// How a network is made and trained.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) layers: Vec<usize>,
    pub(crate) iterations: usize,
    pub(crate) lambda: f64,
}

/// The same without a penalty and with one.
#[derive(Serialize)]
pub(crate) struct Pair<T> {
    pub(crate) free: T,
    pub(crate) held: T,
}

/// The penalties that one may choose beside none.
pub(crate) const WEAK: f64 = 0.1;
pub(crate) const STRONG: f64 = 0.3;

/// How many examples a penalty is chosen on, which serve for nothing else.
pub(crate) const CHOOSING: usize = 500;

impl Plan {
    pub(crate) fn new(layers: &[usize], iterations: usize) -> Self {
        Self { layers: layers.to_vec(), iterations, lambda: 0.0 }
    }

    pub(crate) fn penalized(self, lambda: f64) -> Self {
        Self { lambda, ..self }
    }

    pub(crate) fn train(&self, data: &Dataset, seed: u32) -> Result<Network, Error> {
        let rng = &mut RandomState::new(seed);
        let mut network = Network::new(&self.layers, Initialization::Xavier, rng)?
            .with_activation(Activation::Tanh);
        GradientDescent::new(RATE)
            .penalty(Penalty::L2 { lambda: self.lambda })
            .iterations(self.iterations)
            .record_every(self.iterations)
            .train(&mut network, data)?;
        Ok(network)
    }

    /// Trains with no penalty, then with each of two; returns the first network, and the one of all
    /// that does best on a dev set.
    pub(crate) fn train_pair(&self, data: &Dataset, seed: u32) -> Result<Pair<Network>, Error> {
        let dev = sample(CHOOSING, 5_000 + seed)?;
        let free = self.train(data, seed)?;
        let mut best = (free.accuracy(&dev)?, free.clone());
        for lambda in [WEAK, STRONG] {
            let network = self.clone().penalized(lambda).train(data, seed)?;
            let accuracy = network.accuracy(&dev)?;
            if accuracy > best.0 {
                best = (accuracy, network);
            }
        }
        Ok(Pair { free, held: best.1 })
    }
}

/// Error rates, and what the chapter reads off them.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Rates {
    pub(crate) bayes: f64,
    pub(crate) train: f64,
    pub(crate) dev: f64,
    pub(crate) bias: f64,
    pub(crate) variance: f64,
    #[serde(serialize_with = "in_words")]
    pub(crate) diagnosis: Diagnosis,
}

fn in_words<S: Serializer>(diagnosis: &Diagnosis, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(diagnosis.words())
}

impl Rates {
    pub(crate) fn new(bayes: f64, train: f64, dev: f64) -> Result<Self, Error> {
        let rates = ErrorRates::new(bayes, train, dev)?;
        let (bias, variance) = (rates.avoidable_bias(), rates.variance());
        Ok(Self { bayes, train, dev, bias, variance, diagnosis: rates.diagnose(TOLERANCE)? })
    }

    pub(crate) fn of(
        network: &Network,
        train: &Dataset,
        dev: &Dataset,
        bayes: f64,
    ) -> Result<Self, Error> {
        let rates = ErrorRates::measure(network, train, dev, bayes)?;
        Self::new(bayes, rates.train(), rates.dev())
    }

    /// The medians of several runs' errors as one run's.
    pub(crate) fn medians(bayes: f64, runs: &[Self]) -> Result<Self, Error> {
        let median = |rate: fn(&Self) -> f64| Spread::of(runs, rate).median();
        Self::new(bayes, median(|run| run.train), median(|run| run.dev))
    }
}

/// Examples of the training set that figures show.
pub(crate) const SHOWN: usize = 150;

/// Error rates, and how the lecture reads them.
pub(crate) struct Pattern {
    pub(crate) bayes: f64,
    pub(crate) train: f64,
    pub(crate) dev: f64,
    pub(crate) lecture: Diagnosis,
}

/// The lecture's table.
pub(crate) const PATTERNS: [Pattern; 5] = [
    Pattern { bayes: 0.0, train: 0.01, dev: 0.11, lecture: Diagnosis::HighVariance },
    Pattern { bayes: 0.0, train: 0.15, dev: 0.16, lecture: Diagnosis::HighBias },
    Pattern { bayes: 0.0, train: 0.15, dev: 0.30, lecture: Diagnosis::Both },
    Pattern { bayes: 0.0, train: 0.005, dev: 0.01, lecture: Diagnosis::Neither },
    Pattern { bayes: 0.15, train: 0.15, dev: 0.16, lecture: Diagnosis::Neither },
];

impl Pattern {
    /// Training and dev error in percent.
    pub(crate) fn name(&self) -> String {
        format!("{}/{}", plain(100.0 * self.train), plain(100.0 * self.dev))
    }

    pub(crate) fn reads_as_in_the_lecture(&self, tolerance: f64) -> Result<bool, Error> {
        let rates = ErrorRates::new(self.bayes, self.train, self.dev)?;
        Ok(rates.diagnose(tolerance)? == self.lecture)
    }
}

/// How many of the lecture's readings are others with the chapter's tolerance.
fn readings() -> Judging {
    Rule::Exact { tolerance: 0.0 }.on(Measure::Once(|| {
        let mut others = 0.0;
        for pattern in &PATTERNS {
            let reads = pattern.reads_as_in_the_lecture(TOLERANCE)?;
            others += f64::from(u8::from(!reads));
        }
        let fitting = fitting_tolerances()?;
        let case = Case::new(others).beside("least", fitting.min());
        Ok(case.beside("most", fitting.max()))
    }))
}

/// The tolerances with which the library reads every pattern as the lecture does.
fn fitting_tolerances() -> Result<Spread, Error> {
    let mut fitting = Vec::new();
    for tenth in 0..=200 {
        let tolerance = f64::from(tenth) / 1_000.0;
        let readings = PATTERNS.iter().map(|pattern| pattern.reads_as_in_the_lecture(tolerance));
        if readings.collect::<Result<Vec<bool>, Error>>()?.into_iter().all(|same| same) {
            fitting.push(tolerance);
        }
    }
    Ok(Spread::new(fitting))
}

/// The share of wrong labels that gives a good network the errors of a straight line.
pub(crate) const MISLABELED: f64 = 0.15;

/// Examples with wrong labels: enough that their share is known to a third of the tolerance.
pub(crate) const NOISY: usize = 3_000;

/// A network's errors on as many points of a seed, of whose labels a share is wrong.
fn errors(plan: &Plan, examples: usize, wrong: f64, seed: u32) -> Result<Rates, Error> {
    let rng = &mut RandomState::new(seed);
    let (dev, train) = (wave(DEV, wrong, 0.0, rng)?, wave(examples, wrong, 0.0, rng)?);
    Rates::of(&plan.train(&train, seed)?, &train, &dev, wrong)
}

/// The bias of a good network on wrong labels, beside that of a straight line on right ones.
fn bayes() -> Judging {
    Rule::as_accurate(50, TOLERANCE).on(Measure::Seed(|seed| {
        let line = errors(&Plan::new(&[2, 1], FEW_STEPS), 1_000, 0.0, seed)?;
        let bent = errors(&Plan::new(&[2, 8, 8, 1], MANY_STEPS), NOISY, MISLABELED, seed)?;
        Ok(Case::new(bent.bias).beside("bent", bent.train).beside("line", line.train))
    }))
}

/// Features of which two matter.
pub(crate) const FEATURES: usize = 30;

/// The errors of one unit whose features have nothing to do with the label, but for two.
pub(crate) fn drowned(seed: u32) -> Result<Rates, Error> {
    let rng = &mut RandomState::new(seed);
    let mut drown = |examples| -> Result<Dataset, Error> {
        let data = wave(examples, 0.0, 0.0, rng)?;
        let x = Array2::from_shape_fn((FEATURES, examples), |place| {
            data.x().get(place).copied().unwrap_or_else(|| 2.0 * rng.rand() - 1.0)
        });
        Ok(Dataset::new(x, data.y().to_owned())?)
    };
    let (train, dev) = (drown(SHOWN)?, drown(DEV)?);
    let network = Plan::new(&[FEATURES, 1], MANY_STEPS).train(&train, seed)?;
    Rates::of(&network, &train, &dev, 0.0)
}

/// Whether one unit with many features has both problems.
fn both() -> Judging {
    Rule::Exists { seeds: SEEDS }.on(Measure::Seed(|seed| {
        let rates = drowned(seed)?;
        let case = Case::seen(rates.diagnosis == Diagnosis::Both);
        Ok(case.beside("bias", rates.bias).beside("variance", rates.variance))
    }))
}

/// Widths that are too small, just large enough, and the largest.
pub(crate) const NARROW: usize = 2;
pub(crate) const ENOUGH: usize = 4;
pub(crate) const WIDEST: usize = 24;

/// The squared bias and the variance of what networks predict, each estimated without bias from two networks
/// of independent training sets: S. Geman et al. (1992), section 3.
struct Decomposed {
    bias: f64,
    variance: f64,
}

impl Decomposed {
    /// Of `plan`, trained on as many examples.
    fn measure(plan: &Plan, examples: usize, seed: u32) -> Result<Self, Error> {
        let rng = &mut RandomState::new(seed);
        let dev = wave(DEV, FLIP, 0.0, rng)?;
        let mut predict = |start| -> Result<Array2<f64>, Error> {
            let train = wave(examples, FLIP, 0.0, &mut *rng)?;
            Ok(plan.train(&train, start)?.probabilities(dev.x())?)
        };
        let (one, other) = (predict(seed)?, predict(seed ^ 1)?);
        let (mut bias, mut variance) = (0.0, 0.0);
        for ((x, one), other) in dev.x().columns().into_iter().zip(&one).zip(&other) {
            let truth = if above(x[0], x[1], 0.0) { 1.0 - FLIP } else { FLIP };
            bias += (one - truth) * (other - truth);
            variance += (one - other) * (one - other) / 2.0;
        }
        let points = dev.examples() as f64;
        Ok(Self { bias: bias / points, variance: variance / points })
    }

    /// Of a network of two hidden layers with as many units each, trained on a few examples.
    fn at(units: usize, seed: u32) -> Result<Self, Error> {
        Self::measure(&Plan::new(&[2, units, units, 1], FEW_STEPS), FEW, seed)
    }
}

/// What is estimated of differences of squares.
const SQUARES: (Center, Unit) = (Center::Mean, Unit::Number(3, ""));

/// By how much squared bias falls from one unit in a layer to many.
fn falling() -> Judging {
    let (center, unit) = SQUARES;
    Rule::Paired { seeds: SEEDS, matters: 0.01, center, unit }.on(Measure::Seed(|seed| {
        let (one, many) = (Decomposed::at(1, seed)?, Decomposed::at(WIDEST, seed)?);
        let case = Case::new(one.bias - many.bias);
        Ok(case.beside("one", one.bias).beside("many", many.bias))
    }))
}

/// By how much the variance rises from one unit in a layer to many.
fn rising() -> Judging {
    let (center, unit) = SQUARES;
    Rule::Paired { seeds: SEEDS, matters: 0.01, center, unit }.on(Measure::Seed(|seed| {
        let (one, many) = (Decomposed::at(1, seed)?, Decomposed::at(WIDEST, seed)?);
        let case = Case::new(many.variance - one.variance);
        Ok(case.beside("one", one.variance).beside("many", many.variance))
    }))
}

/// By how much more a larger network gets wrong than one that is just large enough, with a penalty that is
/// chosen for each.
fn bigger() -> Judging {
    Rule::as_accurate(MORE_SEEDS, 0.01).on(Measure::Seed(|seed| {
        let rng = &mut RandomState::new(seed);
        let (train, dev) = (wave(FEW, FLIP, 0.0, rng)?, wave(DEV, FLIP, 0.0, rng)?);
        let rates = |units: usize| -> Result<Pair<Rates>, Error> {
            let networks = Plan::new(&[2, units, units, 1], MANY_STEPS).train_pair(&train, seed)?;
            let rates = |network: &Network| Rates::of(network, &train, &dev, FLIP);
            Ok(Pair { free: rates(&networks.free)?, held: rates(&networks.held)? })
        };
        let (enough, widest) = (rates(ENOUGH)?, rates(WIDEST)?);
        let case = Case::new(widest.held.dev - enough.held.dev);
        let case = case.beside("free", widest.free.dev - enough.free.dev);
        let case = case.beside("bias", widest.held.train - enough.held.train);
        Ok(case.beside("variance", widest.held.variance - enough.held.variance))
    }))
}

/// How much more data there are when there are more.
pub(crate) const TIMES: usize = 4;

/// Examples of which a straight line learns all that it can, and of which more may be had.
pub(crate) const SOME: usize = 300;

/// What more data gain one unit.
fn bias() -> Judging {
    Rule::as_accurate(SEEDS, 0.01).on(Measure::Seed(|seed| {
        let plan = Plan::new(&[2, 1], FEWEST_STEPS);
        let some = errors(&plan, SOME, FLIP, seed)?;
        let more = errors(&plan, TIMES * SOME, FLIP, seed)?;
        let case = Case::new(some.dev - more.dev);
        Ok(case.beside("some", some.dev).beside("more", more.dev).beside("bias", some.bias))
    }))
}

/// Squared bias and variance of a network that can bend, on a few examples and on more.
fn with_more(seed: u32) -> Result<[Decomposed; 2], Error> {
    let plan = Plan::new(&[2, 8, 8, 1], STEPS);
    let few = Decomposed::measure(&plan, FEW, seed)?;
    Ok([few, Decomposed::measure(&plan, TIMES * FEW, seed)?])
}

/// By how much more data lower the variance.
fn data() -> Judging {
    let (center, unit) = SQUARES;
    Rule::Paired { seeds: SEEDS, matters: 0.01, center, unit }.on(Measure::Seed(|seed| {
        let [few, more] = with_more(seed)?;
        let case = Case::new(few.variance - more.variance);
        Ok(case.beside("few", few.variance).beside("more", more.variance))
    }))
}

/// By how much more data raise the squared bias.
fn data_bias() -> Judging {
    let (center, unit) = SQUARES;
    Rule::Same { seeds: SEEDS, matters: 0.01, center, unit }.on(Measure::Seed(|seed| {
        let [few, more] = with_more(seed)?;
        let case = Case::new(more.bias - few.bias);
        Ok(case.beside("few", few.bias).beside("more", more.bias))
    }))
}

/// By how much the remedy of the problem gains more than that of the other problem, on whichever of the two
/// problems it gains less.
fn aimed() -> Judging {
    Rule::more_accurate(SEEDS, TOLERANCE).on(Measure::Seed(|seed| {
        let dev = |layers: &[usize], examples| -> Result<f64, Error> {
            Ok(errors(&Plan::new(layers, STEPS), examples, FLIP, seed)?.dev)
        };
        let bias = dev(&[2, 1], TIMES * SOME)? - dev(&[2, 8, 8, 1], SOME)?;
        let variance = dev(&[2, 24, 24, 1], FEW)? - dev(&[2, 16, 16, 1], TIMES * FEW)?;
        Ok(Case::new(bias.min(variance)).beside("bias", bias).beside("variance", variance))
    }))
}
