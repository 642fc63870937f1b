//! What is measured to judge the chapter's claims.

use std::f64::consts::LN_10;

use course::initialization::LARGE_ELSEWHERE;
use trainable::output::cross_entropy;
use trainable::prelude::*;

use crate::error::Error;
use crate::judge::claim::claims;
use crate::judge::{Arm, Arms, Case, Center, Judging, Measure, Rule, Score, Unit};
use crate::rings::{self};
use crate::stack::stack;

claims![
    symmetry, biases, loss, infinite, longer, slows, printed, relu, tanh, stalls, separates,
    uniform
];

/// The units of the assignment's two hidden layers, and the sizes of all layers.
pub(crate) const FIRST: usize = 10;
pub(crate) const SECOND: usize = 5;
pub(crate) const SIZES: [usize; 4] = [2, FIRST, SECOND, 1];
pub(crate) const ITERATIONS: usize = 15_000;
pub(crate) const LEARNING_RATE: f64 = 0.01;
/// Weights that are too large.
pub(crate) const LARGE_STD: f64 = 10.0;
pub(crate) const LARGE: Initialization = Initialization::Gaussian(LARGE_STD);
/// The assignment's seed.
pub(crate) const SEED: u32 = 3;

/// How far apart two seeds are that belong to one: of the weights and of the biases.
const BIASES: u32 = 4_000;
/// The points that are trained on, as many as in the assignment.
const POINTS: usize = 300;

/// The seeds of a verdict; of runs that take long; of runs of which some go wrong altogether.
const SEEDS: usize = 100;
const FEW_SEEDS: usize = 40;
const SOME_SEEDS: usize = 60;
const MANY_SEEDS: usize = 200;
const MOST_SEEDS: usize = 400;
const A_POINT: f64 = 0.01;
/// What "usually" stands for.
const USUALLY: f64 = 0.8;
/// From which accuracy on new points a network has learned the rings.
pub(crate) const LEARNED: f64 = 0.9;
/// The steps of arms that may take a larger learning rate than the assignment's, and those rates.
pub(crate) const STEPS: usize = 2_000;
const RATES: &[f64] = &[0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0];

/// The assignment's two data sets.
pub(crate) fn assignment_data() -> Result<(Dataset, Dataset), Error> {
    Ok((
        circles(300, 0.05, &mut RandomState::new(1))?,
        circles(100, 0.05, &mut RandomState::new(2))?,
    ))
}

/// The assignment's network before its first step, for one scheme and seed.
pub(crate) fn start(scheme: Initialization, seed: u32) -> Result<Network, Error> {
    Ok(Network::new(&SIZES, scheme, &mut RandomState::new(seed))?)
}

/// Trains on rings of the seed's own, and measures the accuracy on new points. A run that diverges guesses.
fn trained(
    network: Network,
    points: usize,
    descent: &GradientDescent,
    seed: u32,
) -> Result<Score, Error> {
    let network = rings::descended(network, &rings::train(points, seed)?, descent)?;
    rings::score(network.as_ref(), seed)
}

fn descent(rate: f64, steps: usize) -> GradientDescent {
    GradientDescent::new(rate).iterations(steps).record_every(steps)
}

/// Two arms, which may differ in how the assignment's network starts.
fn arms(train: fn(u32, Arm, f64) -> Result<Score, Error>) -> Measure {
    Measure::Arms(Arms { rates: RATES, train })
}

/// The largest difference of two units of a layer, or by how much a linear classifier is beaten.
fn symmetry() -> Judging {
    Rule::Exact { tolerance: 0.0 }.on(Measure::Once(|| {
        let (data, _) = assignment_data()?;
        let descent = descent(LEARNING_RATE, ITERATIONS);
        let mut network = start(Initialization::Zeros, SEED)?;
        descent.train(&mut network, &data)?;
        let mut linear = Network::new(&[2, 1], Initialization::Zeros, &mut RandomState::new(SEED))?;
        descent.train(&mut linear, &data)?;
        let (accuracy, linear) = (network.accuracy(&data)?, linear.accuracy(&data)?);
        let apart = apart(&network);
        Ok(Case::new(apart.max(accuracy - linear))
            .beside("apart", apart)
            .beside("accuracy", accuracy)
            .beside("linear", linear))
    }))
}

/// The largest difference between the parameters of two units of one hidden layer.
fn apart(network: &Network) -> f64 {
    let layers = network.parameters().layers().iter().take(SIZES.len() - 2);
    let apart = layers.flat_map(|layer| {
        let weights = (&layer.w - &layer.w.row(0)).into_iter();
        let biases = (&layer.b - layer.b[0]).into_iter();
        weights.chain(biases).collect::<Vec<f64>>()
    });
    apart.map(f64::abs).fold(0.0, f64::max)
}

/// The standard deviation of biases that are random too.
pub(crate) const BIAS_STD: f64 = 0.1;

fn biases() -> Judging {
    Rule::as_accurate(SEEDS, 2.0 * A_POINT).on(arms(|seed, arm, rate| {
        let network = start(Initialization::He, seed)?;
        let network = match arm {
            Arm::With => network,
            Arm::Without => with_random_biases(&network, seed)?,
        };
        trained(network, POINTS, &descent(rate, STEPS), seed)
    }))
}

fn with_random_biases(network: &Network, seed: u32) -> Result<Network, Error> {
    let mut rng = RandomState::new(BIASES + seed);
    let mut layers = network.parameters().layers().to_vec();
    for layer in &mut layers {
        layer.b.mapv_inplace(|_| BIAS_STD * rng.randn());
    }
    Ok(Network::from_parameters(Parameters::new(layers)?))
}

/// From which distance to its label on an answer counts as certain and wrong.
pub(crate) const CERTAIN: f64 = 0.999;

/// What the certain and wrong answers alone cost, beside the whole cost of He's start.
fn loss() -> Judging {
    let (center, unit) = (Center::Median, Unit::Times);
    Rule::Paired { seeds: SEEDS, matters: LN_10, center, unit }.on(Measure::Seed(|seed| {
        let data = rings::train(POINTS, seed)?;
        let network = start(LARGE, seed)?;
        let (probabilities, logits) = (network.probabilities(data.x())?, network.logits(data.x())?);
        let answers = probabilities.iter().zip(&logits).zip(data.y());
        let wrong = answers.filter(|((p, _), y)| (*p - *y).abs() > CERTAIN);
        let losses: Vec<f64> = wrong.map(|((_, z), y)| cross_entropy(*z, *y)).collect();
        let examples = data.examples() as f64;
        let (cost, he) = (network.cost(&data)?, start(Initialization::He, seed)?.cost(&data)?);
        let wrong = losses.iter().sum::<f64>() / examples;
        Ok(Case::new(libm::log(wrong / he))
            .beside("share", losses.len() as f64 / examples)
            .beside("cost", cost)
            .beside("he", he))
    }))
}

/// Examples whose loss the notebook's formula makes infinite though their activation was not rounded to the
/// wrong label, and those whose loss is infinite from the logits too: none. One where it has nothing to say.
fn infinite() -> Judging {
    Rule::Exact { tolerance: 0.0 }.on(Measure::Once(|| {
        let (data, _) = assignment_data()?;
        let network = start(LARGE, SEED)?;
        let (probabilities, logits) = (network.probabilities(data.x())?, network.logits(data.x())?);
        let (mut infinite, mut unexplained) = (0, 0);
        for ((a, z), y) in probabilities.iter().zip(&logits).zip(data.y()) {
            let loss = -(y * libm::log(*a) + (1.0 - y) * libm::log(1.0 - a));
            let is_infinite = loss.is_infinite();
            let is_explained = (*a - *y).abs() == 1.0 && cross_entropy(*z, *y).is_finite();
            infinite += usize::from(is_infinite);
            unexplained += usize::from(is_infinite && !is_explained);
        }
        let number = if infinite == 0 { 1.0 } else { unexplained as f64 };
        let cost = network.cost(&data)?;
        Ok(Case::new(number).beside("infinite", infinite as f64).beside("cost", cost))
    }))
}

/// As many times the assignment's steps, to see whether patience helps.
pub(crate) const PATIENCE: usize = 4;

fn longer() -> Judging {
    Rule::more_accurate(FEW_SEEDS, A_POINT).on(Measure::Seed(|seed| {
        let (train, new) = (rings::train(POINTS, seed)?, rings::new(seed)?);
        // One more, so that the last record is after all of them.
        let descent = descent(LEARNING_RATE, PATIENCE * ITERATIONS + 1).record_every(ITERATIONS);
        let mut run = descent.start(&start(LARGE, seed)?, &train)?;
        let mut accuracies = Vec::new();
        while run.next_cost()?.is_some() {
            accuracies.push(run.network().accuracy(&new)?);
        }
        let at = |record: usize| accuracies.get(record).copied().unwrap_or(f64::NAN);
        let (after, longer) = (at(1), at(PATIENCE));
        Ok(Case::new(longer - after).beside("after", after).beside("longer", longer))
    }))
}

/// How far a run that starts well is ahead of one that starts with large weights.
fn slows() -> Judging {
    let measure = Measure::Arms(Arms {
        rates: &[0.003, 0.01, 0.03, 0.1, 0.3, 1.0],
        train: |seed, arm, rate| {
            let scheme = match arm {
                Arm::With => Initialization::He,
                Arm::Without => LARGE,
            };
            trained(start(scheme, seed)?, POINTS, &descent(rate, STEPS), seed)
        },
    });
    Rule::more_accurate(SEEDS, A_POINT).on(measure)
}

/// How many times a cost may miss another, if a reader who compares six digits is to take them for one.
const SIX_DIGITS: f64 = 1e-6;

/// How far other runs of the notebook are from the costs that one published copy prints.
fn printed() -> Judging {
    Rule::Exact { tolerance: SIX_DIGITS }.on(Measure::Once(|| {
        let [printed, others @ ..] = LARGE_ELSEWHERE;
        let [early, middle, late] = [0, 1, 2].map(|at| {
            let apart = others.iter().map(|costs| (costs[at] / printed[at] - 1.0).abs());
            apart.fold(0.0, f64::max)
        });
        let number = early.max(middle).max(late);
        Ok(Case::new(number)
            .beside("middle", middle)
            .beside("late", late)
            .beside("large", last_bit(LARGE)?)
            .beside("he", last_bit(Initialization::He)?))
    }))
}

/// The largest relative difference of the costs after moving each first weight by one part in 2⁵².
fn last_bit(scheme: Initialization) -> Result<f64, Error> {
    let curve = last_bits(scheme)?;
    Ok(curve.into_iter().map(|(_, apart)| apart).fold(0.0, f64::max))
}

/// That difference at each recorded step.
pub(crate) fn last_bits(scheme: Initialization) -> Result<Vec<(f64, f64)>, Error> {
    let network = start(scheme, SEED)?;
    let moved = network.parameters().to_theta().mapv(|weight| weight * (1.0 + f64::EPSILON));
    let moved = Network::from_parameters(network.parameters().with_theta(&moved)?);
    let costs = |mut network: Network| -> Result<History, Error> {
        let descent = GradientDescent::new(LEARNING_RATE).iterations(ITERATIONS);
        Ok(descent.train(&mut network, &assignment_data()?.0)?)
    };
    let (a, b) = (costs(network)?, costs(moved)?);
    let pairs = a.costs().iter().zip(b.costs());
    Ok(pairs.map(|((i, a), (_, b))| (*i as f64, (a / b - 1.0).abs())).collect())
}

/// Hidden layers of the networks that show whether the variance suits the activation function, and their
/// units, points and steps.
pub(crate) const LAYERS: usize = 10;
pub(crate) const UNITS: usize = 10;
pub(crate) const FEW_POINTS: usize = 96;
pub(crate) const FEW_STEPS: usize = 1_000;

fn deep(
    activation: Activation,
    scheme: Initialization,
    seed: u32,
    rate: f64,
) -> Result<Score, Error> {
    let network = Network::new(&stack(2, UNITS, LAYERS), scheme, &mut RandomState::new(seed))?;
    trained(network.with_activation(activation), FEW_POINTS, &descent(rate, FEW_STEPS), seed)
}

fn relu() -> Judging {
    Rule::more_accurate(SOME_SEEDS, A_POINT).on(arms(|seed, arm, rate| {
        let scheme = match arm {
            Arm::With => Initialization::He,
            Arm::Without => Initialization::Xavier,
        };
        deep(Activation::Relu, scheme, seed, rate)
    }))
}

fn tanh() -> Judging {
    Rule::more_accurate(MANY_SEEDS, A_POINT).on(arms(|seed, arm, rate| {
        let scheme = match arm {
            Arm::With => Initialization::Xavier,
            Arm::Without => Initialization::He,
        };
        deep(Activation::Tanh, scheme, seed, rate)
    }))
}

/// Hidden layers of a deep network.
pub(crate) const DEEP: usize = 15;
pub(crate) const DEEP_UNITS: usize = 10;
/// The learning rates that a deep network may take, and its steps.
const DEEP_RATES: [f64; 2] = [0.03, 0.1];
pub(crate) const DEEP_STEPS: usize = 3_000;
/// Halfway from guessing to knowing: above it a deep network has begun to learn.
pub(crate) const LEARNS: f64 = 0.75;

fn stalls() -> Judging {
    Rule::Share { seeds: SOME_SEEDS, least: USUALLY }.on(Measure::Seed(|seed| {
        let learns = |scheme| -> Result<bool, Error> {
            let mut best = 0.0_f64;
            for rate in DEEP_RATES {
                let sizes = stack(2, DEEP_UNITS, DEEP);
                let network = Network::new(&sizes, scheme, &mut RandomState::new(seed))?;
                let score = trained(network, FEW_POINTS, &descent(rate, DEEP_STEPS), seed)?;
                best = best.max(score.number);
            }
            Ok(best >= LEARNS)
        };
        let (he, xavier) = (learns(Initialization::He)?, learns(Initialization::Xavier)?);
        let share = |learns: bool| f64::from(u8::from(learns));
        Ok(Case::seen(he && !xavier).beside("he", share(he)).beside("xavier", share(xavier)))
    }))
}

fn separates() -> Judging {
    Rule::Share { seeds: SEEDS, least: USUALLY }.on(Measure::Seed(|seed| {
        let network = start(Initialization::He, seed)?;
        let score = trained(network, POINTS, &descent(LEARNING_RATE, ITERATIONS), seed)?;
        Ok(Case::seen(score.number >= LEARNED).beside("accuracy", score.number))
    }))
}

fn uniform() -> Judging {
    let (center, unit) = (Center::Mean, Unit::Points);
    Rule::Same { seeds: MOST_SEEDS, matters: 2.0 * A_POINT, center, unit }.on(arms(
        |seed, arm, rate| {
            let scheme = match arm {
                Arm::With => Initialization::HeUniform,
                Arm::Without => Initialization::He,
            };
            trained(start(scheme, seed)?, POINTS, &descent(rate, STEPS), seed)
        },
    ))
}
