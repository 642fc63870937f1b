//! Early stopping: every run, number, figure and claim of its chapter.

use trainable::prelude::*;

use crate::error::Error;
use crate::experiment::{Experiment, experiments};
use crate::figure::{Boundary, DotPlot, LineChart, Role};
use crate::format::{fixed, percent};
use crate::outcome::{Claim, Outcome, Table, Value, Verdict, header};
use crate::spread::{Spread, over_seeds};

/// The chapter's experiments.
pub fn experiments() -> Vec<Experiment> {
    experiments![
        stopping_point,
        dev_curves,
        patience,
        growing_weights,
        time_and_lambda,
        one_knob,
        search_price,
        stopped_on_test,
        not_restored,
        small_dev
    ]
}

const SIZES: [usize; 3] = [2, 20, 1];
const LEARNING_RATE: f64 = 0.5;
const ITERATIONS: usize = 5_000;
const EVERY: usize = 20;
const NOISE: f64 = 0.3;
const PATIENCE: usize = 25;
const SEEDS: u32 = 20;
/// The seed of the figures that show one run.
const SHOWN: u32 = 7;
/// The middle one of those that a search tries.
const LAMBDA: f64 = 0.3;
const LAMBDAS: [f64; 7] = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];

const LECTURE: &str = "course, lecture on other regularization methods";
const PRECHELT: &str = "L. Prechelt (1998), *Early stopping: but when?*";

/// Few points to train on, fewer to stop on, and many that decide nothing.
struct Split {
    train: Dataset,
    dev: Dataset,
    new: Dataset,
}

fn split(seed: u32) -> Result<Split, Error> {
    Ok(Split {
        train: moons(80, NOISE, &mut RandomState::new(seed))?,
        dev: dev(40, seed)?,
        new: moons(4_000, NOISE, &mut RandomState::new(1_000 + seed))?,
    })
}

fn dev(examples: usize, seed: u32) -> Result<Dataset, Error> {
    Ok(moons(examples, NOISE, &mut RandomState::new(500 + seed))?)
}

fn start(seed: u32) -> Result<Network, Error> {
    let mut rng = RandomState::new(seed);
    Ok(Network::new(&SIZES, Initialization::Xavier, &mut rng)?)
}

fn descent() -> GradientDescent {
    GradientDescent::new(LEARNING_RATE).iterations(ITERATIONS).record_every(EVERY)
}

/// A trained network and what early stopping says about its run.
struct Run {
    network: Network,
    stopped: Stopped,
}

/// Trains with early stopping.
fn run(
    seed: u32,
    descent: &GradientDescent,
    train: &Dataset,
    dev: &Dataset,
    patience: usize,
) -> Result<Run, Error> {
    let mut network = start(seed)?;
    let stopping = EarlyStopping::new(dev.clone(), patience);
    let history = descent.clone().early_stopping(stopping).train(&mut network, train)?;
    let none = Stopped { best_iteration: 0, best_cost: f64::NAN, steps: 0, dev_costs: Vec::new() };
    Ok(Run { network, stopped: history.early_stopping().cloned().unwrap_or(none) })
}

/// Trains to the end.
fn to_the_end(seed: u32, descent: &GradientDescent, train: &Dataset) -> Result<Network, Error> {
    let mut network = start(seed)?;
    descent.train(&mut network, train)?;
    Ok(network)
}

fn l2(lambda: f64) -> Penalty {
    Penalty::L2 { lambda }
}

fn squares(parameters: &Parameters) -> f64 {
    let weights = parameters.layers().iter().flat_map(|layer| &layer.w);
    weights.map(|w| w * w).sum()
}

/// The networks before each recorded step of a run to the end.
fn snapshots(seed: u32, train: &Dataset) -> Result<Vec<(usize, Network)>, Error> {
    let mut all = Vec::new();
    let mut run = descent().start(&start(seed)?, train)?;
    while let Some((iteration, _)) = run.next_cost()? {
        all.push((iteration, run.network().clone()));
    }
    Ok(all)
}

/// λ, or a learning rate, as a person writes it.
fn plain(number: f64) -> String {
    format!("{number}")
}

fn count(number: f64) -> String {
    Value::integer(number.round() as usize).text
}

/// One run: where it ends, and where its dev cost was least.
fn stopping_point() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let data = split(SHOWN)?;
    let best = run(SHOWN, &descent(), &data.train, &data.dev, usize::MAX)?;
    let end = to_the_end(SHOWN, &descent(), &data.train)?;
    for (name, network) in [("end", &end), ("best", &best.network)] {
        let mut accuracy = |of: &str, data: &Dataset| -> Result<(), Error> {
            let value = Value::percent(network.accuracy(data)?, 1);
            outcome.value(&format!("{name}_{of}"), value);
            Ok(())
        };
        accuracy("train", &data.train)?;
        accuracy("new", &data.new)?;
    }
    draw_boundary(&mut outcome, &data, &end, &best.network)?;
    draw_curves(&mut outcome, &data, &best.stopped)?;
    outcome.value("best_iteration", Value::integer(best.stopped.best_iteration));
    outcome.value("best_cost", Value::fixed(best.stopped.best_cost, 3));
    let last = best.stopped.dev_costs.last().map_or(f64::NAN, |(_, cost)| *cost);
    outcome.value("end_cost", Value::fixed(last, 3));
    outcome.value("iterations", Value::integer(ITERATIONS));
    outcome.value("points", Value::integer(data.train.examples()));
    outcome.value("dev_points", Value::integer(data.dev.examples()));
    outcome.value("new_points", Value::integer(data.new.examples()));
    Ok(outcome)
}

fn draw_boundary(
    outcome: &mut Outcome,
    data: &Split,
    end: &Network,
    best: &Network,
) -> Result<(), Error> {
    let svg = Boundary::grid(2)
        .network("after the last step", end, &data.train)
        .network("where the dev cost was least", best, &data.train)
        .draw()?;
    let text = |network: &Network, data| Ok::<_, Error>(percent(network.accuracy(data)?, 1));
    outcome.figure(
        "boundary",
        svg,
        format!(
            "Two panels with the same {} points on two noisy half circles. After the last step the boundary cuts out single points: {} right in training, {} \
             on new points. At the least dev cost of the same run it is one smooth bend: {} and {}.",
            data.train.examples(), text(end, &data.train)?, text(end, &data.new)?, text(best, &data.train)?, text(best, &data.new)?
        ),
        "One training run, seen twice: at its end, and at the iteration where its cost on the dev set was least.".to_owned(),
    );
    Ok(())
}

fn draw_curves(outcome: &mut Outcome, data: &Split, stopped: &Stopped) -> Result<(), Error> {
    let history = descent().train(&mut start(SHOWN)?, &data.train)?;
    let train: Vec<(f64, f64)> =
        history.costs().iter().map(|(i, cost)| (*i as f64, *cost)).collect();
    let dev: Vec<(f64, f64)> =
        stopped.dev_costs.iter().map(|(i, cost)| (*i as f64, *cost)).collect();
    let svg = LineChart::new("iteration", "cost")
        .y_range(0.0, 0.8)
        .vertical("best", stopped.best_iteration as f64)
        .line("training", Role::Train, &train)
        .line("dev", Role::Dev, &dev)
        .draw()?;
    let last = |points: &[(f64, f64)]| fixed(points.last().map_or(f64::NAN, |(_, y)| *y), 3);
    outcome.figure(
        "curves",
        svg,
        format!(
            "Cost against the iteration. On the training set it falls to {}. On the dev set it falls to {} at iteration {}, and rises to {} at the end.",
            last(&train), fixed(stopped.best_cost, 3), stopped.best_iteration, last(&dev)
        ),
        "The costs along this run. The upright line is where early stopping goes back to.".to_owned(),
    );
    Ok(())
}

/// The shape of the dev curve, over seeds.
fn dev_curves() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let seeds = over_seeds(SEEDS, |seed| {
        let data = split(seed)?;
        Ok::<_, Error>(run(seed, &descent(), &data.train, &data.dev, usize::MAX)?.stopped)
    })?;
    let end = |stopped: &Stopped| stopped.dev_costs.last().map_or(f64::NAN, |(_, cost)| *cost);
    let rise = Spread::of(&seeds, |stopped| end(stopped) / stopped.best_cost);
    let best = Spread::of(&seeds, |stopped| stopped.best_iteration as f64);
    let minima = Spread::of(&seeds, |stopped| local_minima(&stopped.dev_costs) as f64);
    let rising = rise.count(|rise| rise > 1.1);
    let lines: Vec<Vec<(f64, f64)>> = seeds
        .iter()
        .map(|stopped| {
            let points = stopped.dev_costs.iter().skip(1);
            points.map(|(i, cost)| (*i as f64, *cost)).collect()
        })
        .collect();
    let svg = LineChart::new("iteration", "dev cost")
        .log_x()
        .y_range(0.1, 1.1)
        .bundle("a seed each", Role::Dev, &lines[..8])
        .draw()?;
    outcome.figure(
        "shapes",
        svg,
        format!(
            "Dev costs against the iteration, logarithmic, for 8 seeds. Over all {SEEDS} seeds the least cost is at iteration {} in the median, from {} to {}, and \
             the last cost is {} times the least in the median.",
            count(best.median()), count(best.min()), count(best.max()), fixed(rise.median(), 1)
        ),
        "Eight seeds of the same task, from the first check after the start. When a curve turns, and how often, depends on the seed.".to_owned(),
    );
    outcome.value("seeds", Value::integer(SEEDS as usize));
    outcome.value("earliest", Value::integer(best.min() as usize));
    outcome.value("latest", Value::integer(best.max() as usize));
    outcome.value("minima", Value::integer(minima.median() as usize));
    outcome.claim("turn", Claim {
        said_by: LECTURE.to_owned(),
        statement: "The error on the dev set usually goes down for a while, and then goes up from there.".to_owned(),
        measured: format!(
            "In {rising} of {SEEDS} seeds the dev cost ends more than a tenth above its least value: {} times it in the median. The least value comes between iteration {} and {} of {}.",
            fixed(rise.median(), 1), count(best.min()), count(best.max()), count(ITERATIONS as f64)
        ),
        verdict: if rising as u32 == SEEDS { Verdict::Holds } else if 2 * rising as u32 > SEEDS { Verdict::HoldsWithCondition } else { Verdict::DoesNotHold },
        reason: "It describes the cost. It says when you can know that the curve has turned only if there is one turn, and that is the next claim.".to_owned(),
    });
    outcome.claim("minima", Claim {
        said_by: PRECHELT.to_owned(),
        statement: "Real validation error curves almost always have more than one local minimum.".to_owned(),
        measured: format!(
            "{} of {SEEDS} curves have more than one; the median is {}, from {} to {}, in {} checks.",
            minima.count(|n| n > 1.0), count(minima.median()), count(minima.min()), count(minima.max()), ITERATIONS / EVERY
        ),
        verdict: if minima.count(|n| n > 1.0) as f64 > 0.9 * f64::from(SEEDS) { Verdict::Holds } else { Verdict::HoldsWithCondition },
        reason: "Gradient descent on the training set is smooth only while its steps are small; and what lowers the cost of eighty points moves the cost of forty others up and down.".to_owned(),
    });
    Ok(outcome)
}

/// The checks that are below both neighbors.
fn local_minima(costs: &[(usize, f64)]) -> usize {
    costs.windows(3).filter(|three| three[1].1 < three[0].1 && three[1].1 <= three[2].1).count()
}

/// How long to wait.
fn patience() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let patiences = [1, 2, 5, 25, 100, usize::MAX];
    // Of each patience: the best iteration, the steps taken, cost and accuracy on new points.
    let seeds = over_seeds(SEEDS, |seed| -> Result<Vec<[f64; 4]>, Error> {
        let data = split(seed)?;
        let runs = patiences.map(|patience| {
            let run = run(seed, &descent(), &data.train, &data.dev, patience)?;
            let (cost, accuracy) = (run.network.cost(&data.new)?, run.network.accuracy(&data.new)?);
            Ok([run.stopped.best_iteration as f64, run.stopped.steps as f64, cost, accuracy])
        });
        runs.into_iter().collect()
    })?;
    let of = |index: usize, what: usize| Spread::of(&seeds, |runs| runs[index][what]);
    let last = patiences.len() - 1;
    let found = |index: usize| seeds.iter().filter(|runs| runs[index][0] == runs[last][0]).count();
    let rows = patiences.iter().enumerate().map(|(index, patience)| {
        vec![
            match *patience {
                usize::MAX => "to the end".to_owned(),
                patience => patience.to_string(),
            },
            count(of(index, 1).median()),
            found(index).to_string(),
            fixed(of(index, 2).mean(), 3),
            percent(of(index, 3).mean(), 1),
            percent(of(index, 3).min(), 1),
        ]
    });
    outcome.table("patiences", Table {
        caption: format!(
            "Patience in checks, one every {EVERY} iterations; {SEEDS} seeds. Steps: median. Found: seeds in which the least cost of the whole curve lies before the stop. Cost and \
             accuracy are those of the restored network on new points."
        ),
        header: header(&["patience", "steps", "found", "mean cost", "mean accuracy", "worst accuracy"]),
        rows: rows.collect(),
    });
    let (hasty, patient) = (0, 3);
    // How much of the whole gain in cost the five seeds that gain most have.
    let gains = Spread::of(&seeds, |runs| runs[hasty][2] - runs[patient][2]);
    let most =
        gains.values().iter().rev().take(5).sum::<f64>() / gains.values().iter().sum::<f64>();
    let gain = 1.0 - of(patient, 2).mean() / of(hasty, 2).mean();
    let longer = of(patient, 1).mean() / of(hasty, 1).mean();
    outcome.value("hasty_found", Value::integer(found(hasty)));
    outcome.value("patient_found", Value::integer(found(patient)));
    outcome.claim("slower", Claim {
        said_by: PRECHELT.to_owned(),
        statement: "Slower stopping criteria improve generalization a little, about 4 % on average, and take much longer, about 4 times.".to_owned(),
        measured: format!(
            "From a patience of 1 to one of {PATIENCE} checks, the mean cost on new points falls by {}, and the mean number of steps grows {} times ({SEEDS} seeds). The five seeds that gain most have {} of the gain.",
            percent(gain, 1), fixed(longer, 1), percent(most, 0)
        ),
        verdict: match (gain > 0.0 && longer > 1.0, (0.02..0.08).contains(&gain) && (2.0..8.0).contains(&longer)) {
            (true, true) => Verdict::Holds,
            (true, false) => Verdict::HoldsWithCondition,
            _ => Verdict::DoesNotHold,
        },
        reason: "The sizes are those of his tasks and criteria (verdict: within a factor of two of both numbers, or not). Most seeds gain nothing; a few gain \
                 much, since a hasty run stops while the network is still a straight line.".to_owned(),
    });
    draw_two_valleys(&mut outcome)?;
    Ok(outcome)
}

/// A dev curve that turns, and turns again.
fn draw_two_valleys(outcome: &mut Outcome) -> Result<(), Error> {
    const SEED: u32 = 6;
    let data = split(SEED)?;
    let whole = run(SEED, &descent(), &data.train, &data.dev, usize::MAX)?;
    let hasty = run(SEED, &descent(), &data.train, &data.dev, 5)?;
    let points: Vec<(f64, f64)> =
        whole.stopped.dev_costs.iter().map(|(i, cost)| (*i as f64, *cost)).collect();
    let first = hasty.stopped.best_iteration;
    let second = whole.stopped.best_iteration;
    let between = points.iter().filter(|(i, _)| (first as f64..second as f64).contains(i));
    let top = between.map(|(_, cost)| *cost).fold(0.0, f64::max);
    let svg = LineChart::new("iteration", "cost")
        .x_range(0.0, 2_000.0)
        .y_range(0.38, 0.5)
        .vertical("patience 5 ends", hasty.stopped.steps as f64)
        .vertical("least", second as f64)
        .line("dev", Role::Dev, &points[..=2_000 / EVERY])
        .draw()?;
    let accuracy = |network: &Network| Ok::<_, Error>(network.accuracy(&data.new)?);
    let (early, late) = (accuracy(&hasty.network)?, accuracy(&whole.network)?);
    outcome.figure(
        "valleys",
        svg,
        format!(
            "A dev curve with two valleys: {} at iteration {first}, up to {}, and down to {} at iteration {second}. A patience of 5 ends in the first: {} on new \
             points instead of {}.",
            fixed(hasty.stopped.best_cost, 4), fixed(top, 4), fixed(whole.stopped.best_cost, 4), percent(early, 1), percent(late, 1)
        ),
        "One seed. The first valley is the best straight line; the second is the bend.".to_owned(),
    );
    let svg = Boundary::grid(2)
        .network("first valley", &hasty.network, &data.train)
        .network("second valley", &whole.network, &data.train)
        .draw()?;
    outcome.figure(
        "bend",
        svg,
        format!(
            "The network at two iterations of one run. In the first valley, iteration {first}, the boundary is nearly a straight line and right on {} of new points; in the second, \
             iteration {second}, it bends around both half circles: {}.",
            percent(early, 1), percent(late, 1)
        ),
        "The same run in its two valleys.".to_owned(),
    );
    outcome.value("first_valley", Value::percent(early, 1));
    outcome.value("second_valley", Value::percent(late, 1));
    Ok(())
}

/// The size of the weights along training, at the stop, and under L2.
fn growing_weights() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    // At the start, at the stop, at the end; at the end under L2; and how often the sum fell
    // between recorded iterations.
    let seeds = over_seeds(SEEDS, |seed| -> Result<[f64; 5], Error> {
        let data = split(seed)?;
        let stopped = run(seed, &descent(), &data.train, &data.dev, PATIENCE)?.network;
        let held = norms(seed, &data.train, l2(LAMBDA))?;
        let path = norms(seed, &data.train, Penalty::None)?;
        let falls = path.windows(2).filter(|pair| pair[1].1 < pair[0].1).count();
        let end = |path: &[(f64, f64)]| path.last().map_or(f64::NAN, |(_, squares)| *squares);
        Ok([
            squares(start(seed)?.parameters()),
            squares(stopped.parameters()),
            end(&path),
            end(&held),
            falls as f64,
        ])
    })?;
    let of = |what: usize| Spread::of(&seeds, |sizes| sizes[what]);
    let between = seeds.iter().filter(|sizes| sizes[0] < sizes[1] && sizes[1] < sizes[2]).count();
    draw_norms(&mut outcome)?;
    let svg = DotPlot::new("sum of squared weights")
        .log()
        .category("at the start", Role::Zeros, of(0).values())
        .category("stopped early", Role::Dev, of(1).values())
        .category("L2, λ = 0.3", Role::Train, of(3).values())
        .category("at the end", Role::Test, of(2).values())
        .draw()?;
    let text = |what: usize| fixed(of(what).median(), 0);
    outcome.figure(
        "sizes",
        svg,
        format!(
            "Sum of the squared weights over {SEEDS} seeds, logarithmic. Medians: {} at the start, {} where training was stopped, {} with L2, {} at the end of training.",
            text(0), text(1), text(3), text(2)
        ),
        "A dot a seed, the bar at the median (logarithmic). Early stopping and L2 both leave weights between the two extremes.".to_owned(),
    );
    let steps = f64::from(SEEDS) * (ITERATIONS / EVERY) as f64;
    let falls = seeds.iter().map(|sizes| sizes[4]).sum::<f64>() / steps;
    outcome.value("start", Value::fixed(of(0).median(), 0));
    outcome.value("stopped", Value::fixed(of(1).median(), 0));
    outcome.value("end", Value::fixed(of(2).median(), 0));
    outcome.value("l2", Value::fixed(of(3).median(), 0));
    outcome.claim("middle", Claim {
        said_by: LECTURE.to_owned(),
        statement: "W starts close to zero and grows as training goes on; stopping halfway leaves a W of middle size, an effect like that of L2.".to_owned(),
        measured: format!(
            "In {between} of {SEEDS} seeds the sum of the squared weights at the stop lies between those at the start and at the end: medians {}, {} and {}. \
             With L2 and λ = 0.3, at the end, it is {}. Between recorded iterations it falls in {} of the cases.",
            text(0), text(1), text(2), text(3), percent(falls, 1)
        ),
        verdict: if between as u32 == SEEDS && of(0).median() < 0.1 * of(2).median() {
            Verdict::Holds
        } else if 2 * between as u32 > SEEDS {
            Verdict::HoldsWithCondition
        } else {
            Verdict::DoesNotHold
        },
        reason: "Weights that are drawn for a signal that keeps its size do not start close to zero: *close* is counted here as a tenth of the end. The order of the sizes is as the lecture says.".to_owned(),
    });
    Ok(outcome)
}

/// The sum of the squared weights before each recorded step.
fn norms(seed: u32, train: &Dataset, penalty: Penalty) -> Result<Vec<(f64, f64)>, Error> {
    let mut path = Vec::new();
    let training = descent().penalty(penalty);
    let mut run = training.start(&start(seed)?, train)?;
    while let Some((iteration, _)) = run.next_cost()? {
        path.push((iteration as f64, squares(run.network().parameters())));
    }
    Ok(path)
}

fn draw_norms(outcome: &mut Outcome) -> Result<(), Error> {
    let data = split(SHOWN)?;
    let free = norms(SHOWN, &data.train, Penalty::None)?;
    let held = norms(SHOWN, &data.train, l2(LAMBDA))?;
    let stop = run(SHOWN, &descent(), &data.train, &data.dev, PATIENCE)?.stopped;
    let svg = LineChart::new("iteration", "sum of squared weights")
        .vertical("best on dev", stop.best_iteration as f64)
        .line("λ = 0", Role::Test, &free)
        .line("λ = 0.3", Role::Train, &held)
        .draw()?;
    let at = |points: &[(f64, f64)], index: usize| {
        fixed(points.get(index).map_or(f64::NAN, |(_, y)| *y), 0)
    };
    let last = free.len() - 1;
    outcome.figure(
        "growth",
        svg,
        format!(
            "Sum of the squared weights against the iteration. Without a penalty it grows from {} over {} at the least dev cost, iteration {}, to {}. With λ = 0.3 it ends at {}.",
            at(&free, 0), at(&free, stop.best_iteration / EVERY), stop.best_iteration, at(&free, last), at(&held, last)
        ),
        "Without a penalty the weights never stop growing. With L2 they settle.".to_owned(),
    );
    Ok(())
}

/// Steps of gradient descent against 1/λ, for one unit.
fn time_and_lambda() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let alpha = 0.1;
    let times: Vec<usize> = (0..14).map(|k| 1 << k).collect();
    let data = split(SHOWN)?;
    let m = data.train.examples() as f64;
    let unit = |steps: usize, penalty| -> Result<Network, Error> {
        let mut network = Network::from_parameters(Parameters::zeros(&[2, 1])?);
        let run = GradientDescent::new(alpha).penalty(penalty).record_every(steps);
        run.iterations(steps).train(&mut network, &data.train)?;
        Ok(network)
    };
    let (mut early, mut held, mut apart) = (Vec::new(), Vec::new(), 0.0_f64);
    let mut dev = [f64::INFINITY; 2];
    for steps in times {
        let time = alpha * steps as f64;
        let stopped = unit(steps, Penalty::None)?;
        // Long enough to settle: sixteen times as long as the penalty's own time.
        let penalized = unit((16 * steps).max(2_000), l2(m / time))?;
        let size = |network: &Network| squares(network.parameters()).sqrt();
        early.push((time, size(&stopped)));
        held.push((time, size(&penalized)));
        apart = apart.max(libm::log(size(&stopped) / size(&penalized)).abs());
        dev[0] = dev[0].min(stopped.cost(&data.dev)?);
        dev[1] = dev[1].min(penalized.cost(&data.dev)?);
    }
    let svg = LineChart::new("αt, or m/λ", "size of the weights ‖w‖")
        .log_x()
        .log_y()
        .markers(true)
        .line("t steps", Role::Dev, &early)
        .line("L2", Role::Train, &held)
        .draw()?;
    let factor = libm::exp(apart);
    let end = |points: &[(f64, f64)], index: usize| {
        fixed(points.get(index).map_or(f64::NAN, |(_, y)| *y), 2)
    };
    outcome.figure(
        "paths",
        svg,
        format!(
            "Size of the weights of one unit, both axes logarithmic: after t steps of gradient descent, and at the least cost with the penalty λ = m/(αt). They go from {} and {} to {} and {}, \
             never further apart than a factor of {}.",
            end(&early, 0), end(&held, 0), end(&early, 13), end(&held, 13), fixed(factor, 2)
        ),
        "One sigmoid unit. To stop after t steps, or to train to the end with λ = m/(αt).".to_owned(),
    );
    outcome.claim("equal", Claim {
        said_by: "I. Goodfellow, Y. Bengio, A. Courville (2016), *Deep Learning*, section 7.8".to_owned(),
        statement: "To a second-order approximation early stopping equals L2: the number of steps times the learning rate plays the part of the inverse of the penalty's weight, here αt = m/λ.".to_owned(),
        measured: format!(
            "For one sigmoid unit, over αt from 0.1 to {}, the sizes of the weights differ by a factor of at most {}. The least dev cost on the two paths is {} and {}.",
            fixed(alpha * 8_192.0, 0), fixed(factor, 2), fixed(dev[0], 3), fixed(dev[1], 3)
        ),
        verdict: if factor < 1.1 { Verdict::Holds } else if factor < 2.0 { Verdict::HoldsWithCondition } else { Verdict::DoesNotHold },
        reason: "Along a direction of curvature h, t steps leave the share (1 − αh)ᵗ of the way, about exp(−αht), and L2 leaves 1/(1 + αht): alike where either is small, not the same function. \
                 (Holds: within a tenth; with a condition: within a factor of two.)".to_owned(),
    });
    Ok(outcome)
}

/// The networks trained to the end with each λ, with their dev costs.
fn search(seed: u32, data: &Split) -> Result<Vec<(f64, Network)>, Error> {
    let trained = LAMBDAS.map(|lambda| {
        let network = to_the_end(seed, &descent().penalty(l2(lambda)), &data.train)?;
        Ok((network.cost(&data.dev)?, network))
    });
    trained.into_iter().collect()
}

/// The accuracy on new points of the network that is best on dev, among some of those found.
fn best_of(found: &[(f64, Network)], among: &[usize], data: &Split) -> Result<f64, Error> {
    let candidates = among.iter().filter_map(|index| found.get(*index));
    let best = candidates.min_by(|(a, _), (b, _)| a.total_cmp(b));
    Ok(best.map_or(Ok(f64::NAN), |(_, network)| network.accuracy(&data.new))?)
}

/// One knob for two tasks: the learning rate, under three ways not to overfit.
fn one_knob() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let rates = [0.1, 0.2, 0.5, 1.0];
    let ways = ["after 500 steps", "early stopping", "L2, λ = 0.3"];
    // Of each way and rate: the training cost without penalty, the squares, accuracy on new points.
    let seeds = over_seeds(10, |seed| -> Result<Vec<[f64; 3]>, Error> {
        let data = split(seed)?;
        let mut all = Vec::new();
        for way in 0..ways.len() {
            for rate in rates {
                let descent = GradientDescent::new(rate).iterations(ITERATIONS).record_every(EVERY);
                let network = match way {
                    0 => to_the_end(seed, &descent.iterations(500), &data.train)?,
                    1 => run(seed, &descent, &data.train, &data.dev, PATIENCE)?.network,
                    _ => to_the_end(seed, &descent.penalty(l2(LAMBDA)), &data.train)?,
                };
                let cost = network.cost(&data.train)?;
                all.push([cost, squares(network.parameters()), network.accuracy(&data.new)?]);
            }
        }
        Ok(all)
    })?;
    let of = |way: usize, rate: usize, what: usize| {
        Spread::of(&seeds, |all| all[way * rates.len() + rate][what]).median()
    };
    let mut rows = Vec::new();
    for (way, name) in ways.iter().enumerate() {
        for (index, rate) in rates.iter().enumerate() {
            rows.push(vec![
                (*name).to_owned(),
                plain(*rate),
                fixed(of(way, index, 0), 3),
                fixed(of(way, index, 1), 0),
                percent(of(way, index, 2), 1),
            ]);
        }
    }
    outcome.table(
        "rates",
        Table {
            caption: format!(
                "Medians over ten seeds. L2 trains for {} steps.",
                count(ITERATIONS as f64)
            ),
            header: header(&["way", "learning rate", "training cost", "Σ w²", "new points"]),
            rows,
        },
    );
    // How much the training cost of a way varies with the learning rate: largest over smallest.
    let varies = |way: usize| {
        let costs: Vec<f64> = (0..rates.len()).map(|rate| of(way, rate, 0)).collect();
        let costs = Spread::new(costs);
        costs.max() / costs.min()
    };
    let (fixed_steps, stopped, held) = (varies(0), varies(1), varies(2));
    outcome.claim("coupled", Claim {
        said_by: LECTURE.to_owned(),
        statement: "Early stopping couples two tasks, optimizing J and not overfitting: with one tool for both you can no longer work on them independently.".to_owned(),
        measured: format!(
            "From a learning rate of 0.1 to one of 1, the training cost changes by a factor of {} when the number of steps is set by hand, {} when it is early stopping that sets it, and {} \
             with L2 trained to the end (medians of ten seeds).",
            fixed(fixed_steps, 2), fixed(stopped, 2), fixed(held, 2)
        ),
        verdict: if held < stopped && stopped > 1.1 {
            Verdict::Holds
        } else if held < fixed_steps {
            Verdict::HoldsWithCondition
        } else {
            Verdict::DoesNotHold
        },
        reason: "With a number of steps set by hand, a better optimizer is a weaker regularizer. A dev set that decides undoes some of this: a faster run is stopped sooner. (Holds: what early \
                 stopping leaves of the dependence is above a tenth and above that of L2; with a condition: only a number of steps set by hand depends more than L2.)".to_owned(),
    });
    Ok(outcome)
}

/// What a search over λ costs and gains, beside one run that is stopped.
fn search_price() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let patiences = [2, 5, 25, 100];
    // By their places among the seven: 0.3; 0.03, 0.3 and 3; all.
    let searches: [&[usize]; 3] = [&[3], &[1, 3, 5], &[0, 1, 2, 3, 4, 5, 6]];
    // Steps and accuracy on new points: of each patience, each search, L2 with early stopping, and the end.
    let seeds = over_seeds(SEEDS, |seed| -> Result<Vec<[f64; 2]>, Error> {
        let data = split(seed)?;
        let mut all = Vec::new();
        for patience in patiences {
            let run = run(seed, &descent(), &data.train, &data.dev, patience)?;
            all.push([run.stopped.steps as f64, run.network.accuracy(&data.new)?]);
        }
        let found = search(seed, &data)?;
        for among in searches {
            let steps = among.len() * ITERATIONS;
            all.push([steps as f64, best_of(&found, among, &data)?]);
        }
        let both = run(seed, &descent().penalty(l2(LAMBDA)), &data.train, &data.dev, PATIENCE)?;
        all.push([both.stopped.steps as f64, both.network.accuracy(&data.new)?]);
        let end = to_the_end(seed, &descent(), &data.train)?;
        all.push([ITERATIONS as f64, end.accuracy(&data.new)?]);
        Ok(all)
    })?;
    let of = |index: usize, what: usize| Spread::of(&seeds, |all| all[index][what]);
    let names = [
        "early stopping, patience 2",
        "early stopping, patience 5",
        "early stopping, patience 25",
        "early stopping, patience 100",
        "L2, one λ",
        "L2, best of three λ",
        "L2, best of seven λ",
        "L2, λ = 0.3, and patience 25",
        "neither",
    ];
    let rows = names.iter().enumerate().map(|(index, name)| {
        let accuracy = of(index, 1);
        vec![
            (*name).to_owned(),
            count(of(index, 0).median()),
            percent(accuracy.mean(), 1),
            percent(accuracy.min(), 1),
        ]
    });
    outcome.table("prices", Table {
        caption: format!("Steps of gradient descent (median), and the accuracy on {} new points, over {SEEDS} seeds. One λ: 0.3; three: 0.03 to 3; seven: 0.01 to 10, chosen by the dev cost.", count(4_000.0)),
        header: header(&["way", "steps", "mean accuracy", "worst accuracy"]),
        rows: rows.collect(),
    });
    let line = |range: std::ops::Range<usize>| -> Vec<(f64, f64)> {
        range.map(|index| (of(index, 0).median(), of(index, 1).mean())).collect()
    };
    let (early, l2) = (line(0..4), line(4..7));
    let svg = LineChart::new("steps of gradient descent", "accuracy on new points")
        .log_x()
        .percent_y()
        .markers(true)
        .x_range(400.0, 100_000.0)
        .y_range(0.87, 0.9)
        .horizontal("neither", of(8, 1).mean())
        .line("stopped", Role::Dev, &early)
        .line("search for λ", Role::Train, &l2)
        .draw()?;
    outcome.figure(
        "price",
        svg,
        format!(
            "Mean accuracy on new points against the steps spent, logarithmic. Early stopping: {} after {} steps with patience 2, {} after {} with patience 25. Searching λ: {} for one, {} for seven \
             values and {} steps. Without either, {}.",
            percent(early[0].1, 1), count(early[0].0), percent(early[2].1, 1), count(early[2].0),
            percent(l2[0].1, 1), percent(l2[2].1, 1), count(l2[2].0), percent(of(8, 1).mean(), 1)
        ),
        "What the steps buy. Early stopping with patience 2, 5, 25 and 100; L2 with one, three and seven values of λ, each trained to the end.".to_owned(),
    );
    price_claims(&mut outcome, &seeds);
    Ok(outcome)
}

fn price_claims(outcome: &mut Outcome, seeds: &[Vec<[f64; 2]>]) {
    let difference = |a: usize, b: usize| Spread::of(seeds, |all| all[a][1] - all[b][1]);
    let steps = |index: usize| Spread::of(seeds, |all| all[index][0]).median();
    let accuracy = |index: usize| Spread::of(seeds, |all| all[index][1]).mean();
    let times = steps(6) / steps(2);
    let gain = difference(2, 8);
    let kept = accuracy(2) - accuracy(8);
    let of_search = accuracy(6) - accuracy(8);
    outcome.value("times", Value::integer(times.round() as usize));
    outcome.claim("one_run", Claim {
        said_by: LECTURE.to_owned(),
        statement: "One run of gradient descent tries small, middle and large values of W; you need not try many values of λ.".to_owned(),
        measured: format!(
            "One run with patience 25 takes {} steps in the median, and a search over seven λ {}: {} times as many. The run gains {} of accuracy on training to the end, the search {}. \
             {} of {SEEDS} seeds gain by stopping.",
            count(steps(2)), count(steps(6)), count(times), percent(kept, 1), percent(of_search, 1), gain.count(|gain| gain > 0.0)
        ),
        verdict: if kept > 0.5 * of_search && kept > 0.0 && times > 2.0 {
            Verdict::Holds
        } else if kept > 0.0 {
            Verdict::HoldsWithCondition
        } else {
            Verdict::DoesNotHold
        },
        reason: "Holds is: more than half of the search's gain, for less than half of its steps. Neighboring values of λ also ask for nearly the same network, so most of the search repeats itself.".to_owned(),
    });
    let apart = difference(6, 2);
    let better = apart.count(|apart| apart > 0.0);
    outcome.claim("prefers_l2", Claim {
        said_by: "A. Ng, in the course's lecture, as his own preference".to_owned(),
        statement: "Rather than stop early, use L2 and train as long as possible, if you can afford to try many values of λ.".to_owned(),
        measured: format!(
            "With λ chosen among seven, {better} of {SEEDS} seeds are more accurate on new points than with early stopping. The mean difference is {}, the extremes are {} and {}. It costs {} times the steps.",
            Value::percent(apart.mean(), 2).text, percent(apart.min(), 1), percent(apart.max(), 1), count(times)
        ),
        verdict: if apart.mean() > 0.0 && 4 * better as u32 >= 3 * SEEDS {
            Verdict::Holds
        } else if apart.mean() > 0.0 {
            Verdict::HoldsWithCondition
        } else {
            Verdict::DoesNotHold
        },
        reason: "Holds is: better on average, and in three seeds of four. As a preference it is about how you work and not only about accuracy: with L2, a cost that does not fall means one thing.".to_owned(),
    });
}

/// The iteration chosen on the test set, and the accuracy reported there.
fn stopped_on_test() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let sizes = [20, 40, 100, 400];
    // Of each size: the best accuracy on the set that chose, and the same network's on new points.
    let seeds = over_seeds(SEEDS, |seed| -> Result<Vec<[f64; 2]>, Error> {
        let data = split(seed)?;
        let all = snapshots(seed, &data.train)?;
        let chosen = sizes.map(|size| {
            let test = moons(size, NOISE, &mut RandomState::new(2_000 + seed))?;
            let mut best = (0.0, start(seed)?);
            for (_, network) in &all {
                let accuracy = network.accuracy(&test)?;
                if accuracy > best.0 {
                    best = (accuracy, network.clone());
                }
            }
            Ok([best.0, best.1.accuracy(&data.new)?])
        });
        chosen.into_iter().collect()
    })?;
    let of = |index: usize, what: usize| Spread::of(&seeds, |all| all[index][what]).mean();
    let optimism = |index: usize| Spread::of(&seeds, |all| all[index][0] - all[index][1]);
    let rows = sizes.iter().enumerate().map(|(index, size)| {
        vec![
            size.to_string(),
            percent(of(index, 0), 1),
            percent(of(index, 1), 1),
            percent(optimism(index).mean(), 1),
        ]
    });
    outcome.table("optimism", Table {
        caption: format!("The iteration with the best accuracy on a test set, and what it is worth. Means over {SEEDS} seeds."),
        header: header(&["test points", "accuracy reported", "on new points", "optimism"]),
        rows: rows.collect(),
    });
    let small = optimism(1);
    let too_high = small.count(|optimism| optimism > 0.0);
    outcome.value("optimism", Value::percent(small.mean(), 1));
    outcome.claim("biased", Claim {
        said_by: "course, lecture on train, dev and test sets".to_owned(),
        statement: "The test set gives an unbiased estimate of the final network's performance. What was chosen on a set is no longer judged without bias by it.".to_owned(),
        measured: format!(
            "Stopped where the accuracy on 40 test points is best, {too_high} of {SEEDS} networks look better than they are; the test set reports {} in the mean, and new points give {}.",
            percent(of(1, 0), 1), percent(of(1, 1), 1)
        ),
        verdict: if small.mean() > 0.01 && 4 * too_high as u32 >= 3 * SEEDS { Verdict::Holds } else if small.mean() > 0.0 { Verdict::HoldsWithCondition } else { Verdict::DoesNotHold },
        reason: "The best of many noisy numbers is best partly by its noise: on average the report is too good, and in a single run it may err either way. (Holds is: above one percent on average, and in three seeds of \
                 four.) The set that chooses is a dev set, whatever its file is called.".to_owned(),
    });
    Ok(outcome)
}

/// The network after the last step, beside the one that is restored.
fn not_restored() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let patiences = [5, 25, 100];
    let seeds = over_seeds(SEEDS, |seed| -> Result<Vec<[f64; 4]>, Error> {
        let data = split(seed)?;
        let runs = patiences.map(|patience| {
            let run = run(seed, &descent(), &data.train, &data.dev, patience)?;
            let last = to_the_end(seed, &descent().iterations(run.stopped.steps), &data.train)?;
            let new = &data.new;
            Ok([
                run.network.cost(new)?,
                last.cost(new)?,
                run.network.accuracy(new)?,
                last.accuracy(new)?,
            ])
        });
        runs.into_iter().collect()
    })?;
    let of = |index: usize, what: usize| Spread::of(&seeds, |runs| runs[index][what]).mean();
    let rows = patiences.iter().enumerate().map(|(index, patience)| {
        vec![
            patience.to_string(),
            fixed(of(index, 0), 3),
            fixed(of(index, 1), 3),
            percent(of(index, 2), 1),
            percent(of(index, 3), 1),
        ]
    });
    outcome.table("restored", Table {
        caption: format!("On new points, means over {SEEDS} seeds: the restored network, and the one after the last step."),
        header: header(&["patience", "cost, restored", "cost, last", "accuracy, restored", "accuracy, last"]),
        rows: rows.collect(),
    });
    Ok(outcome)
}

/// Dev sets from far too small to larger than the training set.
fn small_dev() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let sizes = [6, 12, 40, 150, 600, 2_400];
    let seeds = over_seeds(SEEDS, |seed| -> Result<Vec<[f64; 3]>, Error> {
        let data = split(seed)?;
        let runs = sizes.map(|size| {
            let dev = dev(size, seed)?;
            let run = run(seed, &descent(), &data.train, &dev, PATIENCE)?;
            let new = run.network.cost(&data.new)?;
            Ok([run.stopped.best_cost, new, run.network.accuracy(&data.new)?])
        });
        runs.into_iter().collect()
    })?;
    let of = |index: usize, what: usize| Spread::of(&seeds, |runs| runs[index][what]);
    let rows = sizes.iter().enumerate().map(|(index, size)| {
        vec![
            count(*size as f64),
            fixed(of(index, 0).mean(), 3),
            fixed(of(index, 1).mean(), 3),
            percent(of(index, 2).mean(), 1),
            percent(of(index, 2).min(), 1),
        ]
    });
    outcome.table("sizes", Table {
        caption: format!("Early stopping with patience {PATIENCE} by dev sets of different sizes; {SEEDS} seeds, the same {} training points for all sizes.", 80),
        header: header(&["dev points", "least dev cost", "cost on new points", "mean accuracy", "worst accuracy"]),
        rows: rows.collect(),
    });
    let mean_costs: Vec<(f64, f64)> =
        (0..sizes.len()).map(|index| (sizes[index] as f64, of(index, 0).mean())).collect();
    let new_costs: Vec<(f64, f64)> =
        (0..sizes.len()).map(|index| (sizes[index] as f64, of(index, 1).mean())).collect();
    let svg = LineChart::new("dev points", "cost")
        .log_x()
        .markers(true)
        .line("on dev", Role::Dev, &mean_costs)
        .line("on new points", Role::Test, &new_costs)
        .draw()?;
    let text = |points: &[(f64, f64)], index: usize| fixed(points[index].1, 3);
    outcome.figure(
        "costs",
        svg,
        format!(
            "Mean cost of the restored network against the number of dev points, logarithmic. With 6 points: {} on dev, {} on new points. With 40: {} and {}. With 2 400: {} and {}.",
            text(&mean_costs, 0), text(&new_costs, 0), text(&mean_costs, 2), text(&new_costs, 2), text(&mean_costs, 5), text(&new_costs, 5)
        ),
        format!("Means over {SEEDS} seeds. A small dev set promises too much and chooses badly."),
    );
    Ok(outcome)
}
