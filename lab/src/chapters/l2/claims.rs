//! What is measured to judge the chapter's claims.

use ndarray::{Array1, ArrayView1};
use trainable::prelude::*;

use crate::error::Error;
use crate::game::{self, Game, ITERATIONS, LEARNING_RATE, NOISE, descent, game, start, weights};
use crate::judge::claim::claims;
use crate::judge::{Arm, Arms, Case, Center, Judging, Measure, Rule, Score, Unit};

claims![better, gap, sacrifice, oversmooth, linear, monotone, sparse, biases, rise];

/// The assignment's λ.
pub(crate) const LAMBDA: f64 = 0.7;
/// A λ that is too large.
pub(crate) const TOO_LARGE: f64 = 70.0;
/// The weakest and the strongest penalty on a network of tanh units.
pub(crate) const WEAK: f64 = 0.01;
pub(crate) const STRONG: f64 = 10.0;
/// The stronger of the L1 penalties.
pub(crate) const STRONG_L1: f64 = 2.0;

/// Half of the game's, so that every claim can be judged in seconds.
pub(crate) const STEPS: usize = ITERATIONS / 2;
/// The seeds of a verdict, where runs differ little, and where they differ more.
const FEW_SEEDS: usize = 30;
const SEEDS: usize = 50;
const MORE_SEEDS: usize = 100;
/// Half a percentage point: ten of two thousand points.
const HALF_A_POINT: f64 = 0.005;
const A_POINT: f64 = 0.01;
/// The share of seeds that a statement without a condition stands for, and seeds enough to show it: all of
/// 50 could not.
const NEARLY_ALL: f64 = 0.9;
const SHARE_SEEDS: usize = 60;
/// The learning rates that each arm may take.
const RATES: &[f64] = &[0.01, 0.03, 0.1, LEARNING_RATE, 1.0, 3.0];
/// The points that a learning rate is chosen by.
const DEV_POINTS: usize = 2_000;

pub(crate) fn l1(lambda: f64) -> Penalty {
    Penalty::L1 { lambda }
}

pub(crate) fn l2(lambda: f64) -> Penalty {
    Penalty::L2 { lambda }
}

/// Trains a network on a game with the assignment's settings and a penalty.
pub(crate) fn run(network: Network, game: &Game, penalty: Penalty) -> Result<game::Run, Error> {
    game::run(network, game, &descent().penalty(penalty))
}

/// The same at a learning rate, for half as many steps.
fn short(seed: u32, game: &Game, penalty: Penalty, rate: f64) -> Result<game::Run, Error> {
    let descent = GradientDescent::new(rate).penalty(penalty).iterations(STEPS);
    game::run(start(seed)?, game, &descent)
}

fn dev(seed: u32) -> Result<Dataset, Error> {
    Ok(football(DEV_POINTS, NOISE, &mut RandomState::new(4_000 + seed))?)
}

/// A run with L2 in the one arm, and without in the other, scored by a number of it.
fn held(number: fn(&game::Run) -> f64, seed: u32, arm: Arm, rate: f64) -> Result<Score, Error> {
    let penalty = match arm {
        Arm::With => l2(LAMBDA),
        Arm::Without => Penalty::None,
    };
    let run = short(seed, &game(seed)?, penalty, rate)?;
    Ok(Score { dev: run.network.accuracy(&dev(seed)?)?, number: number(&run) })
}

/// What a number of the run with L2 exceeds that without it by, both at the assignment's learning rate.
fn difference(seed: u32, number: fn(&game::Run) -> f64) -> Result<Case, Error> {
    let of = |arm| Ok::<_, Error>(held(number, seed, arm, LEARNING_RATE)?.number);
    let (with, without) = (of(Arm::With)?, of(Arm::Without)?);
    Ok(Case::new(with - without).beside("with", with).beside("without", without))
}

/// A small learning rate regularizes too: training ends before single points are fitted.
fn better() -> Judging {
    let train = |seed, arm, rate| held(|run| run.test, seed, arm, rate);
    // About one start in a hundred collapses with the penalty: a mean would be of those.
    let (center, unit) = (Center::Median, Unit::Points);
    let rule = Rule::Paired { seeds: MORE_SEEDS, matters: HALF_A_POINT, center, unit };
    Rule::Only {
        when: "at the assignment's learning rate",
        there: Box::new(rule.clone()),
        otherwise: "each at the learning rate that is best for it",
        elsewhere: Box::new(rule),
    }
    .on_both(
        Measure::Seed(|seed| difference(seed, |run| run.test)),
        Measure::Arms(Arms { rates: RATES, train }),
    )
}

/// By how much training accuracy exceeds that on new points.
fn gap() -> Judging {
    Rule::as_accurate(MORE_SEEDS, A_POINT).on(Measure::Seed(|seed| {
        let game = game(seed)?;
        let gap = |penalty| {
            let run = short(seed, &game, penalty, LEARNING_RATE)?;
            Ok::<_, Error>(run.train - run.test)
        };
        Ok(Case::new(gap(l2(LAMBDA))?).beside("free", gap(Penalty::None)?))
    }))
}

/// What is lost in training counts as more.
fn sacrifice() -> Judging {
    Rule::more_accurate(MORE_SEEDS, HALF_A_POINT)
        .on(Measure::Seed(|seed| difference(seed, |run| -run.train)))
}

/// Whether a λ that is too large costs five points of training accuracy or more.
fn oversmooth() -> Judging {
    Rule::Share { seeds: SHARE_SEEDS, least: NEARLY_ALL }.on(Measure::Seed(|seed| {
        let game = game(seed)?;
        let held = short(seed, &game, l2(LAMBDA), LEARNING_RATE)?.train;
        let smoothed = short(seed, &game, l2(TOO_LARGE), LEARNING_RATE)?.train;
        let case = Case::seen(held - smoothed >= 5.0 * A_POINT);
        Ok(case.beside("held", held).beside("smoothed", smoothed))
    }))
}

/// Half of what a plane leaves unexplained, or less, counts as closer to a plane: ln 2.
const HALF: f64 = std::f64::consts::LN_2;

fn linear() -> Judging {
    let (center, unit) = (Center::Mean, Unit::Times);
    Rule::Paired { seeds: SEEDS, matters: HALF, center, unit }.on(Measure::Seed(|seed| {
        let game = game(seed)?;
        let explained = |lambda| {
            let tanh = start(seed)?.with_activation(Activation::Tanh);
            let descent = GradientDescent::new(LEARNING_RATE).penalty(l2(lambda)).iterations(STEPS);
            let network = game::run(tanh, &game, &descent)?.network;
            explained_by_a_plane(&network, &game.test)
        };
        let (strong, weak) = (explained(STRONG)?, explained(WEAK)?);
        let closer = libm::log((1.0 - weak) / (1.0 - strong));
        Ok(Case::new(closer).beside("strong", strong).beside("weak", weak))
    }))
}

/// The share of the variance of a network's logits that a plane over both coordinates explains.
fn explained_by_a_plane(network: &Network, data: &Dataset) -> Result<f64, Error> {
    let logits = network.logits(data.x())?;
    let z = centered(logits.row(0));
    let (u, v) = (centered(data.x().row(0)), centered(data.x().row(1)));
    let (uu, uv, vv) = (u.dot(&u), u.dot(&v), v.dot(&v));
    let (uz, vz) = (u.dot(&z), v.dot(&z));
    let explained = (vv * uz * uz - 2.0 * uv * uz * vz + uu * vz * vz) / (uu * vv - uv * uv);
    Ok(explained / z.dot(&z))
}

fn centered(numbers: ArrayView1<'_, f64>) -> Array1<f64> {
    let mean = numbers.mean().unwrap_or(0.0);
    numbers.mapv(|number| number - mean)
}

/// A learning rate at which the cost with its penalty falls in every step.
pub(crate) const FALLING_RATE: f64 = 0.03;
/// How long a cost is watched, and how often.
pub(crate) const WATCHED: usize = 6_000;
pub(crate) const WATCHED_EVERY: usize = 20;

/// Whether the cross-entropy alone rises between two records, and the cost with its penalty never.
fn monotone() -> Judging {
    Rule::Exists { seeds: MORE_SEEDS }.on(Measure::Seed(|seed| {
        let game = game(seed)?;
        let [with, without] = watched(&start(seed)?, &game)?;
        let (with, without) = (rises(&with), rises(&without));
        let case = Case::seen(without > 0 && with == 0);
        Ok(case.beside("with", with as f64).beside("without", without as f64))
    }))
}

/// The cost by iteration of a run with L2, with its penalty and without.
pub(crate) fn watched(network: &Network, game: &Game) -> Result<[Vec<(f64, f64)>; 2], Error> {
    let penalty = l2(LAMBDA);
    let descent = GradientDescent::new(FALLING_RATE).penalty(penalty).iterations(WATCHED);
    let (mut with, mut without) = (Vec::new(), Vec::new());
    let mut run = descent.record_every(WATCHED_EVERY).start(network, &game.train)?;
    while let Some((iteration, cost)) = run.next_cost()? {
        let penalty = penalty.cost(run.network().parameters(), game.train.examples())?;
        with.push((iteration as f64, cost));
        without.push((iteration as f64, cost - penalty));
    }
    Ok([with, without])
}

/// How often a recorded cost is above the one before it.
pub(crate) fn rises(costs: &[(f64, f64)]) -> usize {
    costs.windows(2).filter(|pair| pair[1].1 > pair[0].1).count()
}

/// Whether half of the weights or more are exactly 0.
fn sparse() -> Judging {
    let share = || Box::new(Rule::Share { seeds: SHARE_SEEDS, least: NEARLY_ALL });
    Rule::Only {
        when: "each step sets a weight to 0 that it would carry past 0",
        there: share(),
        otherwise: "each step goes down the subgradient",
        elsewhere: share(),
    }
    .on_both(
        Measure::Seed(|seed| {
            let game = game(seed)?;
            let network = proximal(start(seed)?, &game.train)?;
            zeros(&network, &game)
        }),
        Measure::Seed(|seed| {
            let game = game(seed)?;
            let run = short(seed, &game, l1(STRONG_L1), LEARNING_RATE)?;
            zeros(&run.network, &game)
        }),
    )
}

fn zeros(network: &Network, game: &Game) -> Result<Case, Error> {
    let zeros = weights(network).filter(|w| *w == 0.0).count() as f64;
    let share = zeros / weights(network).count() as f64;
    let case = Case::seen(share >= 0.5);
    Ok(case.beside("zeros", share).beside("accuracy", network.accuracy(&game.test)?))
}

/// Gradient descent on the cost, and after each step L1's own: every weight comes closer to 0 by as much as
/// the penalty pulls in a step, and stops there.
fn proximal(mut network: Network, data: &Dataset) -> Result<Network, Error> {
    let pull = LEARNING_RATE * STRONG_L1 / data.examples() as f64;
    for _ in 0..STEPS {
        let gradients = network.gradients(data)?;
        let mut parameters = network.parameters().clone();
        for (mut layer, gradient) in parameters.layers_mut().zip(gradients.layers()) {
            layer.b.scaled_add(-LEARNING_RATE, &gradient.b);
            layer.w.zip_mut_with(&gradient.w, |w, slope| {
                let stepped = *w - LEARNING_RATE * slope;
                *w = stepped.signum() * (stepped.abs() - pull).max(0.0);
            });
        }
        network.set_parameters(parameters)?;
    }
    Ok(network)
}

/// How far the pitch is moved along each axis.
pub(crate) const MOVED: f64 = 2.0;
/// Points far from the origin ask for smaller steps than the assignment's.
pub(crate) const MOVED_RATE: f64 = 0.1;

fn biases() -> Judging {
    Rule::Only {
        when: "the border runs through the origin",
        there: Box::new(Rule::as_accurate(FEW_SEEDS, HALF_A_POINT)),
        otherwise: "the border runs far from the origin",
        elsewhere: Box::new(Rule::as_accurate(FEW_SEEDS, HALF_A_POINT)),
    }
    .on_both(
        Measure::Seed(|seed| penalized(seed, 0.0)),
        Measure::Seed(|seed| penalized(seed, MOVED)),
    )
}

/// The accuracy with the biases in the penalty minus that without, on a pitch that is moved.
fn penalized(seed: u32, by: f64) -> Result<Case, Error> {
    let game = game(seed)?;
    let (train, test) = (moved(&game.train, by)?, moved(&game.test, by)?);
    let accuracy = |decay| {
        let mut network = start(seed)?;
        let descent = Optimizer::new(MOVED_RATE).then(decay);
        Training::new(descent).iterations(STEPS).train(&mut network, &train)?;
        Ok::<_, Error>(network.accuracy(&test)?)
    };
    let decay = WeightDecay::new(LAMBDA / train.examples() as f64);
    let (with, without) = (accuracy(decay.with_biases())?, accuracy(decay)?);
    Ok(Case::new(with - without).beside("with", with).beside("without", without))
}

/// The same points, moved across the border.
fn moved(data: &Dataset, by: f64) -> Result<Dataset, Error> {
    let mut x = data.x().to_owned();
    x.row_mut(0).mapv_inplace(|x| x - by);
    x.row_mut(1).mapv_inplace(|x| x + by);
    Ok(Dataset::new(x, data.y().to_owned())?)
}

/// By how much more of the course's test set is right with the assignment's penalty than without.
fn rise() -> Judging {
    Rule::more_accurate(MORE_SEEDS, HALF_A_POINT).on(Measure::Course(|data, seed| {
        let right = |penalty| game::right(data, seed, &descent().penalty(penalty));
        let (held, free) = (right(l2(LAMBDA))?, right(Penalty::None)?);
        Ok(Case::new(held - free).beside("held", held).beside("free", free))
    }))
}
