//! What is measured to judge the chapter's claims.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};
use trainable::dropout::masks;
use trainable::output::sigmoid;
use trainable::prelude::*;

use crate::error::Error;
use crate::game::{
    self, Game, ITERATIONS, LEARNING_RATE, NOISE, Run, SIZES, descent, game, start, sum_of_squares,
};
use crate::judge::claim::claims;
use crate::judge::{Arm, Arms, Case, Center, Judging, Measure, Rule, Score, Unit};
use crate::spread::Spread;

claims![
    helps, gap, layers, shrinks, adaptive, spread, expectation, noise, average, defined, reaches
];

/// The assignment's probability that a unit takes part.
pub(crate) const KEEP: f64 = 0.86;
/// Where a single hidden layer is thinned, and for both layers where it is the first.
pub(crate) const KEEP_IN_ONE: f64 = 0.6;
pub(crate) const FIRST_LAYER: [f64; 2] = [KEEP_IN_ONE, 1.0];
pub(crate) const SECOND_LAYER: [f64; 2] = [1.0, KEEP_IN_ONE];

/// Half of the game's, so that every claim can be judged in seconds.
pub(crate) const STEPS: usize = ITERATIONS / 2;
/// The seeds of a verdict, where runs differ little, and where they differ more.
const SEEDS: usize = 50;
const MORE_SEEDS: usize = 100;
const MOST_SEEDS: usize = 200;
/// Half a percentage point: ten of two thousand points.
const HALF_A_POINT: f64 = 0.005;
/// The learning rates that each arm may take.
const RATES: &[f64] = &[0.01, 0.03, 0.1, LEARNING_RATE, 1.0, 3.0];
/// By how much a gap has to narrow to be called narrower: one percentage point.
const A_POINT: f64 = 0.01;
/// A tenth less is the least that is called smaller: −ln 0.9.
const A_TENTH: f64 = 0.105_360_515_657_826_3;
/// The points that a learning rate is chosen by.
const DEV_POINTS: usize = 2_000;

/// Dropout with fresh masks at every step; each seed has masks of its own.
pub(crate) fn fresh(keep: &[f64], seed: u32) -> Result<Dropout, Error> {
    Ok(Dropout::fresh(keep, &mut RandomState::new(2_000 + seed))?)
}

pub(crate) fn with_dropout(game: &Game, seed: u32, keep: [f64; 2]) -> Result<Run, Error> {
    game::run(start(seed)?, game, &descent().dropout(fresh(&keep, seed)?))
}

/// A network trained on the game of a seed, with dropout or without.
struct Trained {
    run: Run,
    game: Game,
    dev: f64,
}

impl Trained {
    fn new(seed: u32, sizes: &[usize], dropout: Option<Dropout>, rate: f64) -> Result<Self, Error> {
        let game = game(seed)?;
        let descent = GradientDescent::new(rate).iterations(STEPS);
        let descent = match dropout {
            Some(dropout) => descent.dropout(dropout),
            None => descent,
        };
        let network = Network::new(sizes, Initialization::Xavier, &mut RandomState::new(seed))?;
        let run = game::run(network, &game, &descent)?;
        let mut rng = RandomState::new(4_000 + seed);
        let dev = trainable::prelude::football(DEV_POINTS, NOISE, &mut rng)?;
        Ok(Self { dev: run.network.accuracy(&dev)?, run, game })
    }

    /// With dropout in the game's network in the one arm, and without in the other.
    fn arm(seed: u32, arm: Arm, keep: [f64; 2], rate: f64) -> Result<Self, Error> {
        let dropout = match arm {
            Arm::With => Some(fresh(&keep, seed)?),
            Arm::Without => None,
        };
        Self::new(seed, &SIZES, dropout, rate)
    }

    fn score(&self, number: f64) -> Score {
        Score { dev: self.dev, number }
    }
}

/// Arms that are trained under each seed.
fn arms(train: fn(u32, Arm, f64) -> Result<Score, Error>) -> Measure {
    Measure::Arms(Arms { rates: RATES, train })
}

/// By which factor something is smaller: a difference of logarithms.
fn smaller(seeds: usize) -> Rule {
    Rule::Paired { seeds, matters: A_TENTH, center: Center::Mean, unit: Unit::Times }
}

fn helps() -> Judging {
    Rule::more_accurate(SEEDS, HALF_A_POINT).on(arms(|seed, arm, rate| {
        let trained = Trained::arm(seed, arm, [KEEP; 2], rate)?;
        Ok(trained.score(trained.run.test))
    }))
}

/// By how much training accuracy exceeds that on new points; less of it counts as more.
fn gap() -> Judging {
    Rule::more_accurate(MORE_SEEDS, A_POINT).on(arms(|seed, arm, rate| {
        let trained = Trained::arm(seed, arm, [KEEP; 2], rate)?;
        Ok(trained.score(trained.run.test - trained.run.train))
    }))
}

fn layers() -> Judging {
    // A run that collapses now and then would decide a mean.
    let (center, unit) = (Center::Median, Unit::Points);
    let rule = Rule::Paired { seeds: MORE_SEEDS, matters: HALF_A_POINT, center, unit };
    rule.on(arms(|seed, arm, rate| {
        let keep = match arm {
            Arm::With => FIRST_LAYER,
            Arm::Without => SECOND_LAYER,
        };
        let trained = Trained::new(seed, &SIZES, Some(fresh(&keep, seed)?), rate)?;
        Ok(trained.score(trained.run.test))
    }))
}

fn shrinks() -> Judging {
    let one_layer = arms(|seed, arm, rate| {
        let dropout = match arm {
            Arm::With => Some(fresh(&[], seed)?.input(KEEP_IN_ONE)?),
            Arm::Without => None,
        };
        let trained = Trained::new(seed, &[2, 1], dropout, rate)?;
        Ok(trained.score(-libm::log(sum_of_squares(&trained.run.network))))
    });
    let three_layers = arms(|seed, arm, rate| {
        let trained = Trained::arm(seed, arm, FIRST_LAYER, rate)?;
        Ok(trained.score(-libm::log(sum_of_squares(&trained.run.network))))
    });
    Rule::Only {
        when: "one layer whose inputs are dropped",
        there: Box::new(smaller(MORE_SEEDS)),
        otherwise: "three layers whose hidden units are dropped",
        elsewhere: Box::new(smaller(MORE_SEEDS)),
    }
    .on_both(one_layer, three_layers)
}

/// Each squared weight of the second layer counts as much as the mean square of the activation that it
/// multiplies, and all of them as a share of the variance of what they add up to.
fn adaptive() -> Judging {
    smaller(SEEDS).on(arms(|seed, arm, rate| {
        let trained = Trained::arm(seed, arm, FIRST_LAYER, rate)?;
        let second = SecondLayer::of(&trained.run.network, &trained.game.train)?;
        Ok(trained.score(-libm::log(second.weighted_norm())))
    }))
}

fn spread() -> Judging {
    let (center, unit) = (Center::Mean, Unit::Number(1, " inputs"));
    Rule::Paired { seeds: MORE_SEEDS, matters: 1.0, center, unit }.on(arms(|seed, arm, rate| {
        let trained = Trained::arm(seed, arm, FIRST_LAYER, rate)?;
        let Trained { run, game, .. } = &trained;
        Ok(trained.score(inputs_relied_on(&run.network, &game.train)?))
    }))
}

/// On how many of its inputs a unit of the second layer relies, on these examples.
pub(crate) fn inputs_relied_on(network: &Network, data: &Dataset) -> Result<f64, Error> {
    Ok(SecondLayer::of(network, data)?.inputs_relied_on())
}

/// What the second layer's units add up, on the training set.
struct SecondLayer {
    weights: Array2<f64>,
    activations: Array2<f64>,
}

impl SecondLayer {
    fn of(network: &Network, data: &Dataset) -> Result<Self, Error> {
        let mut activations = network.activations(data.x())?;
        let weights = network.parameters().layers()[1].w.clone();
        Ok(Self { weights, activations: activations.swap_remove(0) })
    }

    /// Σ w² E[a²] / Var[Σ w a], averaged over the units that add up anything.
    fn weighted_norm(&self) -> f64 {
        let squares = self.activations.mapv(|a| a * a).mean_axis(Axis(1)).unwrap_or_default();
        let sums = self.weights.dot(&self.activations);
        self.mean(|unit, w| {
            let weighted: f64 = w.iter().zip(&squares).map(|(w, square)| w * w * square).sum();
            let deviation = deviation(sums.row(unit));
            weighted / (deviation * deviation)
        })
    }

    /// (Σ |w s|)² / Σ (w s)², with s the standard deviation of what w multiplies: as many inputs of one size
    /// contribute the same.
    fn inputs_relied_on(&self) -> f64 {
        let deviations: Array1<f64> = self.activations.rows().into_iter().map(deviation).collect();
        self.mean(|_, w| {
            let contributions = &w * &deviations;
            let sum = contributions.mapv(f64::abs).sum();
            sum * sum / contributions.dot(&contributions)
        })
    }

    /// The mean over the units whose sum varies at all.
    fn mean(&self, number: impl Fn(usize, ArrayView1<'_, f64>) -> f64) -> f64 {
        let units = self.weights.rows().into_iter().enumerate();
        let numbers = units.map(|(unit, w)| number(unit, w));
        numbers.filter(|number| number.is_finite()).collect::<Spread>().mean()
    }
}

fn deviation(numbers: ArrayView1<'_, f64>) -> f64 {
    numbers.iter().copied().collect::<Spread>().standard_deviation()
}

/// The masks that a mean is taken over.
pub(crate) const MASKS: usize = 1_000;

/// How far the mean cost over masks is from the cost without dropout, as a factor.
fn expectation() -> Judging {
    let rule = |seeds| {
        let (center, unit) = (Center::Mean, Unit::Times);
        Box::new(Rule::Same { seeds, matters: A_TENTH, center, unit })
    };
    Rule::Only {
        when: "a network trained with dropout",
        there: rule(MOST_SEEDS),
        otherwise: "a network trained without",
        elsewhere: rule(SEEDS),
    }
    .on_both(
        Measure::Seed(|seed| {
            let game = game(seed)?;
            over_masks(&with_dropout(&game, seed, FIRST_LAYER)?.network, &game, seed)
        }),
        Measure::Seed(|seed| {
            let game = game(seed)?;
            over_masks(&game::run(start(seed)?, &game, &descent())?.network, &game, seed)
        }),
    )
}

fn over_masks(network: &Network, game: &Game, seed: u32) -> Result<Case, Error> {
    let objective = Objective::from(fresh(&FIRST_LAYER, seed)?);
    let cost = |step| objective.cost(network, &game.train, Mode::Training { step });
    let with = (0..MASKS).map(cost).collect::<Result<Spread, _>>()?.mean();
    let without = network.cost(&game.train)?;
    Ok(Case::new(libm::log(with / without)).beside("with", with).beside("without", without))
}

/// The points that a network is asked about with dropout left on, and the answers that are averaged.
const ASKED: usize = 2_000;
pub(crate) const AVERAGED: usize = 300;

/// The accuracy of a trained network with dropout off, left on, and averaged over many answers.
struct LeftOn {
    off: f64,
    on: f64,
    averaged: f64,
}

impl LeftOn {
    fn measure(seed: u32, answers: usize) -> Result<Self, Error> {
        let network = with_dropout(&game(seed)?, seed, [KEEP; 2])?.network;
        let mut rng = RandomState::new(3_000 + seed);
        let test = trainable::prelude::football(ASKED, NOISE, &mut rng)?;
        let dropout = fresh(&[KEEP; 2], 100 + seed)?;
        let first = probabilities(&dropout, &network, test.x(), 0)?;
        let on = accuracy(&first, &test);
        let mut sum = first;
        for step in 1..answers {
            sum += &probabilities(&dropout, &network, test.x(), step)?;
        }
        let averaged = accuracy(&(sum / answers as f64), &test);
        Ok(Self { off: network.accuracy(&test)?, on, averaged })
    }
}

/// The answers of the network that the masks of a step leave.
pub(crate) fn probabilities(
    dropout: &Dropout,
    network: &Network,
    x: ArrayView2<'_, f64>,
    step: usize,
) -> Result<Array2<f64>, Error> {
    let step = Mode::Training { step };
    Ok(Objective::from(dropout.clone()).logits(network, x, step)?.mapv(sigmoid))
}

/// The share of examples that these probabilities classify rightly.
pub(crate) fn accuracy(probabilities: &Array2<f64>, data: &Dataset) -> f64 {
    let pairs = probabilities.iter().zip(data.y());
    let right = pairs.filter(|(p, y)| (**p > 0.5) == (**y == 1.0)).count();
    right as f64 / data.examples() as f64
}

fn noise() -> Judging {
    Rule::more_accurate(SEEDS, HALF_A_POINT).on(Measure::Seed(|seed| {
        let asked = LeftOn::measure(seed, 1)?;
        Ok(Case::new(asked.off - asked.on).beside("off", asked.off).beside("on", asked.on))
    }))
}

fn average() -> Judging {
    Rule::as_accurate(SEEDS, HALF_A_POINT).on(Measure::Seed(|seed| {
        let LeftOn { off, averaged, .. } = LeftOn::measure(seed, AVERAGED)?;
        Ok(Case::new(averaged - off).beside("off", off).beside("averaged", averaged))
    }))
}

/// A learning rate at which the cost falls in every iteration where there is no dropout.
pub(crate) const WATCHED_RATE: f64 = 0.03;
/// How long a run is watched, and how often.
pub(crate) const WATCHED: usize = 6_000;
pub(crate) const WATCHED_EVERY: usize = 40;

/// Whether the cost rises between two records with dropout, and never without.
fn defined() -> Judging {
    Rule::Share { seeds: MORE_SEEDS, least: 0.8 }.on(Measure::Seed(|seed| {
        let game = game(seed)?;
        let descent =
            GradientDescent::new(WATCHED_RATE).iterations(WATCHED).record_every(WATCHED_EVERY);
        let rises = |descent: GradientDescent| {
            let history = descent.train(&mut start(seed)?, &game.train)?;
            let costs = history.costs();
            let rises = costs.windows(2).filter(|pair| pair[1].1 > pair[0].1).count();
            Ok::<_, Error>(rises as f64)
        };
        let without = rises(descent.clone())?;
        let with = rises(descent.dropout(fresh(&[KEEP; 2], seed)?))?;
        let is_so = with > 0.0 && without == 0.0;
        Ok(Case::seen(is_so).beside("with", with).beside("without", without))
    }))
}

/// The test accuracy that the assignment prints, and by which factor it may be missed: a point or so.
const STATED: f64 = 0.95;
const A_HUNDREDTH: f64 = 1.01;

/// What is right of the course's test set: with the masks of the assignment, whose forward propagation seeds the
/// generator again in every step, and with fresh ones.
fn reaches() -> Judging {
    let rule = || {
        let (center, unit) = (Center::Mean, Unit::Percent);
        Box::new(Rule::Size { seeds: SEEDS, stated: STATED, factor: A_HUNDREDTH, center, unit })
    };
    Rule::Only {
        when: "masks that are the same at every step",
        there: rule(),
        otherwise: "fresh masks at every step",
        elsewhere: rule(),
    }
    .on_both(
        Measure::Course(|data, seed| {
            let rng = &mut RandomState::new(1);
            let masks = masks(&[KEEP; 2], &SIZES, data.train.examples(), rng)?;
            let dropout = Dropout::fixed(&[KEEP; 2], masks)?;
            Ok(Case::new(game::right(data, seed, &descent().dropout(dropout))?))
        }),
        Measure::Course(|data, seed| {
            let dropout = fresh(&[KEEP; 2], seed)?;
            Ok(Case::new(game::right(data, seed, &descent().dropout(dropout))?))
        }),
    )
}
