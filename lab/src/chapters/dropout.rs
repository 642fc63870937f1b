//! Dropout: every run, number, figure and claim of its chapter.

use std::cell::Cell;

use ndarray::{Array1, Array2, ArrayView2, Axis, array};
use trainable::data::football::bayes_error;
use trainable::dropout::masks;
use trainable::output::sigmoid;
use trainable::prelude::*;

use crate::assignment::exercise_inputs;
use crate::error::Error;
use crate::experiment::{Experiment, experiments};
use crate::figure::{Boundary, DotPlot, LineChart, Role};
use crate::football;
use crate::format::{fixed, percent};
use crate::game::{
    self, Game, ITERATIONS, LEARNING_RATE, NOISE, Run, SIZES, descent, game, start, sum_of_squares,
};
use crate::outcome::{Claim, Outcome, Table, Value, Verdict, header};
use crate::printed::Printed;
use crate::spread::{Spread, medians, over_seeds, ranges};
use course::Work;
use course::regularization::{DROPOUT, DROPOUT_A3, DROPOUT_DA};

/// The chapter's experiments.
pub fn experiments() -> Vec<Experiment> {
    experiments![
        dropping,
        keeps,
        pixels,
        expectation,
        left_on,
        noisy_cost,
        wrong_masks,
        unscaled,
        dropout_exercise,
        recorded_dropout
    ]
}

/// The assignment's probability that a unit takes part.
const KEEP: f64 = 0.86;
const LAMBDA: f64 = 0.7;
const SEEDS: u32 = 10;

const ASSIGNMENT: &str = "course, regularization assignment";
const LECTURE: &str = "course, lectures on dropout";

/// Dropout with fresh masks at every step; each seed has masks of its own.
fn fresh(keep: [f64; 2], seed: u32) -> Result<Dropout, Error> {
    Ok(Dropout::fresh(&keep, &mut RandomState::new(2_000 + seed))?)
}

/// Dropout with one set of masks for the whole training.
fn frozen_masks(seed: u32) -> Result<Dropout, Error> {
    let keep = [KEEP; 2];
    let masks = masks(&keep, &SIZES, 211, &mut RandomState::new(2_000 + seed))?;
    Ok(Dropout::fixed(&keep, masks)?)
}

fn with_dropout(game: &Game, seed: u32, keep: [f64; 2]) -> Result<Run, Error> {
    let descent = descent().dropout(fresh(keep, seed)?);
    game::run(start(seed)?, game, &descent)
}

/// A network that has learned by heart, and the same with units dropped out.
fn dropping() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let game = game(2)?;
    let free = game::run(start(3)?, &game, &descent())?;
    let held = game::run(start(3)?, &game, &descent().dropout(fresh([KEEP; 2], 3)?))?;
    let svg = Boundary::grid(2)
        .network("every unit, always", &free.network, &game.train)
        .network("dropout, keep = 0.86", &held.network, &game.train)
        .draw()?;
    outcome.figure(
        "boundary",
        svg,
        format!(
            "Two panels with the same points, two classes that mix along a diagonal. Trained with all units the boundary winds around single \
             points: {} right in training, {} on new points. Trained with dropout it is smoother: {} and {}.",
            percent(free.train, 1), percent(free.test, 1), percent(held.train, 1), percent(held.test, 1)
        ),
        "The same network, data, start and number of steps. On the right each unit of the hidden layers sat out one step in seven, for each example anew."
            .to_owned(),
    );
    for (name, run) in [("free", &free), ("held", &held)] {
        outcome.value(&format!("{name}_train"), Value::percent(run.train, 1));
        outcome.value(&format!("{name}_test"), Value::percent(run.test, 1));
    }
    Ok(outcome)
}

/// The settings that are compared, by their place in [`SETTINGS`].
const HALF: usize = 0;
const SEVENTY: usize = 1;
const COURSE: usize = 2;
const PLAIN: usize = 3;
const L2: usize = 4;
const FROZEN: usize = 5;
const WIDE: usize = 6;
const NARROW: usize = 7;

/// Their names, and keep in each hidden layer.
const SETTINGS: [(&str, [f64; 2]); 8] = [
    ("keep = 0.5", [0.5; 2]),
    ("keep = 0.7", [0.7; 2]),
    ("keep = 0.86", [KEEP; 2]),
    ("no dropout", [1.0; 2]),
    ("L2, λ = 0.7", [1.0; 2]),
    ("keep = 0.86, frozen masks", [KEEP; 2]),
    ("keep = 0.6 in the layer of 20", [0.6, 1.0]),
    ("keep = 0.6 in the layer of 3", [1.0, 0.6]),
];

/// What a setting makes of gradient descent.
fn setting(index: usize, seed: u32) -> Result<GradientDescent, Error> {
    let keep = SETTINGS[index].1;
    Ok(match index {
        PLAIN => descent(),
        L2 => descent().penalty(Penalty::L2 { lambda: LAMBDA }),
        FROZEN => descent().dropout(frozen_masks(seed)?),
        _ => descent().dropout(fresh(keep, seed)?),
    })
}

/// What dropout does, over seeds of data, weights and masks, with L2 beside it.
fn keeps() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let seeds = over_seeds(SEEDS, |seed| -> Result<Vec<Run>, Error> {
        let game = game(seed)?;
        let runs =
            (0..SETTINGS.len()).map(|index| game::run(start(seed)?, &game, &setting(index, seed)?));
        runs.collect()
    })?;
    let column = |index: usize, of: fn(&Run) -> f64| {
        Spread::from_iter(seeds.iter().map(|runs| of(&runs[index])))
    };
    keeps_accuracy(&mut outcome, &column)?;
    settings_table(&mut outcome, &column);
    helps(&mut outcome, &seeds, &column);
    shrinks(&mut outcome, &seeds, &column);
    frozen(&mut outcome, &column)?;
    layers(&mut outcome, &seeds, &column);
    spreads(&mut outcome, &column)?;
    Ok(outcome)
}

/// A number of one setting, over the seeds.
type Column<'a> = dyn Fn(usize, fn(&Run) -> f64) -> Spread + 'a;

fn keeps_accuracy(outcome: &mut Outcome, column: &Column<'_>) -> Result<(), Error> {
    let all =
        |of| [HALF, SEVENTY, COURSE, PLAIN].map(|index| (SETTINGS[index].1[0], column(index, of)));
    let (train, test) = (all(|run| run.train), all(|run| run.test));
    let svg = LineChart::new("keep", "accuracy")
        .percent_y()
        .markers(true)
        .band(Role::Train, &ranges(&train))
        .band(Role::Test, &ranges(&test))
        .horizontal("best possible", 1.0 - bayes_error(NOISE)?)
        .line("training", Role::Train, &medians(&train))
        .line("new points", Role::Test, &medians(&test))
        .draw()?;
    let text = |spreads: &[(f64, Spread)], index: usize| percent(spreads[index].1.median(), 1);
    outcome.figure(
        "accuracy",
        svg,
        format!(
            "Median accuracy over {SEEDS} seeds against the probability of keeping a unit. Training: {} at 0.5, {} at 0.86, {} at 1. \
             New points: {}, {} and {}.",
            text(&train, 0), text(&train, 2), text(&train, 3), text(&test, 0), text(&test, 2), text(&test, 3)
        ),
        "Medians over ten seeds, shaded from the lowest to the highest. At the right end there is no dropout."
            .to_owned(),
    );
    Ok(())
}

fn settings_table(outcome: &mut Outcome, column: &Column<'_>) {
    let rows = SETTINGS.iter().enumerate().map(|(index, (name, _))| {
        vec![
            (*name).to_owned(),
            percent(column(index, |run| run.train).median(), 1),
            percent(column(index, |run| run.test).median(), 1),
            percent(column(index, |run| run.test).min(), 1),
            fixed(column(index, |run| sum_of_squares(&run.network)).median(), 0),
        ]
    });
    outcome.table(
        "settings",
        Table {
            caption: "Medians over ten seeds of data, weights and masks, and the worst seed."
                .to_owned(),
            header: header(&[
                "trained with",
                "training",
                "new points",
                "worst",
                "sum of squared weights",
            ]),
            rows: rows.collect(),
        },
    );
}

fn helps(outcome: &mut Outcome, seeds: &[Vec<Run>], column: &Column<'_>) {
    let wins = seeds.iter().filter(|runs| runs[COURSE].test > runs[PLAIN].test).count();
    let test = |index| percent(column(index, |run| run.test).median(), 1);
    let gap = |index| column(index, |run| run.train - run.test).median();
    outcome.claim("helps", Claim {
        said_by: ASSIGNMENT.to_owned(),
        statement: "Dropout works great: the test accuracy has increased again, and the model does not overfit the training set.".to_owned(),
        measured: format!(
            "With keep = 0.86 the accuracy on new points is higher than without dropout in {wins} of {SEEDS} seeds; the medians are {} and {}, with L2 {}. Training accuracy exceeds it by {} \
             instead of {}; with L2 by {}.",
            test(COURSE), test(PLAIN), test(L2), percent(gap(COURSE), 1), percent(gap(PLAIN), 1), percent(gap(L2), 1)
        ),
        verdict: match wins {
            wins if wins == SEEDS as usize && gap(COURSE) < gap(PLAIN) => Verdict::Holds,
            wins if wins > SEEDS as usize / 2 => Verdict::HoldsWithCondition,
            _ => Verdict::DoesNotHold,
        },
        reason: "It helps in most runs, a little. It does not keep this network from overfitting: with it, training accuracy exceeds the accuracy on new points by as much as without.".to_owned(),
    });
}

fn shrinks(outcome: &mut Outcome, seeds: &[Vec<Run>], column: &Column<'_>) {
    let squares = |index| column(index, |run| sum_of_squares(&run.network)).median();
    let smaller = |index: usize| {
        let of = |run: &Run| sum_of_squares(&run.network);
        seeds.iter().filter(|runs| of(&runs[index]) < of(&runs[PLAIN])).count()
    };
    outcome.claim("shrinks", Claim {
        said_by: LECTURE.to_owned(),
        statement: "Dropout shrinks the squared norm of the weights, as L2 regularization does.".to_owned(),
        measured: format!(
            "Sum of squared weights, medians: {} without either, {} with keep = 0.86, {} with keep = 0.5, {} with L2 and λ = 0.7. It is smaller than without dropout in {} of {SEEDS} seeds with \
             keep = 0.86, in {} with 0.5, in {} with L2.",
            fixed(squares(PLAIN), 0), fixed(squares(COURSE), 0), fixed(squares(HALF), 0), fixed(squares(L2), 0),
            smaller(COURSE), smaller(HALF), smaller(L2)
        ),
        verdict: match (smaller(COURSE), smaller(HALF)) {
            (a, b) if a.min(b) == SEEDS as usize => Verdict::Holds,
            (a, b) if a.max(b) > SEEDS as usize / 2 => Verdict::HoldsWithCondition,
            _ => Verdict::DoesNotHold,
        },
        reason: "For a linear model dropout is, on average, a penalty on squares (Wager, Wang and Liang). Here the weights grow. A thinned \
                 network has to reach the same labels with fewer units, so that those that are there may have to weigh more.".to_owned(),
    });
}

/// Masks that never change, beside fresh ones.
fn frozen(outcome: &mut Outcome, column: &Column<'_>) -> Result<(), Error> {
    let tests = |index: usize| column(index, |run| run.test);
    let svg = DotPlot::new("accuracy on new points")
        .percent()
        .category("no dropout", Role::Test, tests(PLAIN).values())
        .category("frozen masks", Role::Test, tests(FROZEN).values())
        .category("fresh masks", Role::Test, tests(COURSE).values())
        .draw()?;
    let median = |index: usize| percent(tests(index).median(), 1);
    outcome.figure(
        "frozen",
        svg,
        format!(
            "Accuracy on ten thousand new points under {SEEDS} seeds. Medians: {} without dropout, {} with masks that never change, {} with fresh masks at every step.",
            median(PLAIN), median(FROZEN), median(COURSE)
        ),
        "Keep = 0.86. A dot for each seed of data, weights and masks; bars at the medians.".to_owned(),
    );
    Ok(())
}

/// Different probabilities for the wide layer and for the narrow one.
fn layers(outcome: &mut Outcome, seeds: &[Vec<Run>], column: &Column<'_>) {
    let wins = seeds.iter().filter(|runs| runs[WIDE].test > runs[NARROW].test).count();
    let test = |index| column(index, |run| run.test);
    outcome.claim("layers", Claim {
        said_by: LECTURE.to_owned(),
        statement: "Choose a lower keep for layers with many weights, where you fear overfitting, and a higher one, or 1, for small layers.".to_owned(),
        measured: format!(
            "With keep = 0.6 in the layer of twenty units, {} of new points are right, with 0.6 in the layer of three, {}; the first is better in {wins} of {SEEDS} seeds. The worst seeds have {} \
             and {}.",
            percent(test(WIDE).median(), 1), percent(test(NARROW).median(), 1), percent(test(WIDE).min(), 1), percent(test(NARROW).min(), 1)
        ),
        verdict: match wins {
            wins if wins == SEEDS as usize => Verdict::Holds,
            wins if wins > SEEDS as usize / 2 => Verdict::HoldsWithCondition,
            _ => Verdict::DoesNotHold,
        },
        reason: "Of three units, all three are out for one example in sixteen with keep = 0.6, and then nothing of the example gets through.".to_owned(),
    });
}

/// On how many of its inputs a unit relies.
fn spreads(outcome: &mut Outcome, column: &Column<'_>) -> Result<(), Error> {
    let inputs = |index| column(index, |run| inputs_relied_on(&run.network));
    let svg = DotPlot::new("inputs that a unit relies on, of 20")
        .category("neither", Role::Train, inputs(PLAIN).values())
        .category("keep\u{a0}=\u{a0}0.6", Role::Train, inputs(WIDE).values())
        .category("L2, λ\u{a0}=\u{a0}0.7", Role::Train, inputs(L2).values())
        .draw()?;
    let median = |index| fixed(inputs(index).median(), 1);
    outcome.figure(
        "inputs",
        svg,
        format!(
            "On how many of the first layer's twenty units a unit of the second layer relies, under {SEEDS} seeds. Medians: {} with neither, {} with dropout in the first layer, {} with L2.",
            median(PLAIN), median(WIDE), median(L2)
        ),
        "For each seed, the mean over the second layer's units of (Σ|w|)² / Σw², which is 1 for one large weight and 20 for twenty equal ones.".to_owned(),
    );
    outcome.claim("spread", Claim {
        said_by: LECTURE.to_owned(),
        statement: "A unit cannot rely on any one of its inputs, since that one may be dropped, so it spreads out its weights.".to_owned(),
        measured: format!(
            "The units of the second layer rely on {} inputs without dropout and on {} with it (medians over {SEEDS} seeds). With L2: {}.",
            median(PLAIN), median(WIDE), median(L2)
        ),
        verdict: match inputs(WIDE).median() - inputs(PLAIN).median() {
            more if more > 1.0 => Verdict::Holds,
            more if more > 0.0 => Verdict::HoldsWithCondition,
            _ => Verdict::DoesNotHold,
        },
        reason: "The weights start spread out, and training gathers them a little, with dropout as without. Where many inputs say the same, as twenty functions of two coordinates do, no single one is relied on to begin with.".to_owned(),
    });
    Ok(())
}

/// (Σ|w|)² / Σw² of each unit of the second layer, averaged: the number of weights of one size that would have the same.
fn inputs_relied_on(network: &Network) -> f64 {
    let rows = network.parameters().layers()[1].w.rows();
    let counts = rows.into_iter().map(|w| {
        let sum = w.mapv(f64::abs).sum();
        sum * sum / w.dot(&w)
    });
    counts.sum::<f64>() / SIZES[2] as f64
}

/// Twenty pictures of digits, and a network with a unit for each of them and more.
const PICTURES: usize = 20;

/// Pictures instead of points: many inputs that say different things.
fn pixels() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let seeds = over_seeds(SEEDS, |seed| -> Result<[Seen; 3], Error> {
        let dropout = Dropout::fresh(&[0.5], &mut RandomState::new(2_000 + seed))?;
        Ok([
            seen(seed, |descent| descent)?,
            seen(seed, |descent| descent.dropout(dropout.clone()))?,
            seen(seed, |descent| descent.penalty(Penalty::L2 { lambda: LAMBDA }))?,
        ])
    })?;
    let column = |index: usize, of: fn(&Seen) -> f64| {
        Spread::from_iter(seeds.iter().map(|runs| of(&runs[index])))
    };
    let names = ["neither", "dropout, keep = 0.5", "L2, λ = 0.7"];
    let rows = names.iter().enumerate().map(|(index, name)| {
        vec![
            (*name).to_owned(),
            percent(column(index, |seen| seen.few).median(), 1),
            percent(column(index, |seen| seen.new).median(), 1),
            fixed(column(index, |seen| seen.squares).median(), 1),
        ]
    });
    outcome.table(
        "settings",
        Table {
            caption: format!("A network `[144, 64, 1]`, {PICTURES} pictures of 12 × 12 pixels; medians over ten seeds."),
            header: header(&["trained with", "training", "new pictures", "sum of squared weights"]),
            rows: rows.collect(),
        },
    );
    let wins = seeds.iter().filter(|runs| runs[1].new > runs[0].new).count();
    outcome.value("seeds", Value::integer(SEEDS as usize));
    outcome.value("wins", Value::integer(wins));
    Ok(outcome)
}

/// What a network that has seen a few pictures makes of new ones.
struct Seen {
    few: f64,
    new: f64,
    squares: f64,
}

fn seen(
    seed: u32,
    regularized: impl Fn(GradientDescent) -> GradientDescent,
) -> Result<Seen, Error> {
    let few = digits(PICTURES, 0.1, &mut RandomState::new(seed))?;
    let new = digits(2_000, 0.1, &mut RandomState::new(1_000 + seed))?;
    let mut network = Network::new(&[144, 64, 1], Initialization::He, &mut RandomState::new(seed))?;
    regularized(GradientDescent::new(0.1).iterations(1_000)).train(&mut network, &few)?;
    Ok(Seen {
        few: network.accuracy(&few)?,
        new: network.accuracy(&new)?,
        squares: sum_of_squares(&network),
    })
}

/// What dividing by keep preserves: the layer that is thinned, and not what comes after it.
fn expectation() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let game = game(2)?;
    let keep = [0.6, 1.0];
    let network = with_dropout(&game, 3, keep)?.network;
    let objective = Objective::from(fresh(keep, 1)?);
    let plain = stages(&network, &network.activations(game.train.x())?, network.cost(&game.train)?);
    let thinned = (0..MASKS).map(|step| -> Result<[f64; 4], Error> {
        let activations =
            objective.activations(&network, game.train.x(), Mode::Training { step })?;
        Ok(stages(
            &network,
            &activations,
            objective.cost(&network, &game.train, Mode::Training { step })?,
        ))
    });
    let thinned = thinned.collect::<Result<Vec<_>, Error>>()?;
    let measured = [0, 1, 2, 3].map(|stage| {
        let spread = Spread::of(&thinned, |stages| stages[stage]);
        (plain[stage], spread.mean(), spread.standard_error())
    });
    let names = [
        "first layer's activations",
        "second layer's weighted sums",
        "second layer's activations",
        "cost",
    ];
    let apart = |(plain, mean, error): (f64, f64, f64)| (mean - plain) / error;
    let rows = names.iter().zip(measured).map(|(name, stage)| {
        let (plain, mean, error) = stage;
        vec![
            (*name).to_owned(),
            fixed(plain, 4),
            format!("{} ± {}", fixed(mean, 4), fixed(error, 4)),
            fixed(apart(stage), 1),
        ]
    });
    outcome.table(
        "means",
        Table {
            caption: format!(
                "A network that was trained with keep = 0.6 in its first layer; means over its training set. Without dropout, and the mean over {} masks with its standard error.",
                Value::integer(MASKS).text
            ),
            header: header(&["what", "without dropout", "mean with dropout", "standard errors apart"]),
            rows: rows.collect(),
        },
    );
    expectation_claim(&mut outcome, measured.map(apart).map(f64::abs));
    Ok(outcome)
}

const MASKS: usize = 4_000;

/// What a pass computes on the way, averaged over units and examples, and its cost.
fn stages(network: &Network, activations: &[Array2<f64>], cost: f64) -> [f64; 4] {
    let layer = &network.parameters().layers()[1];
    let sums = layer.w.dot(&activations[0]) + layer.b.view().insert_axis(Axis(1));
    [activations[0].mean(), sums.mean(), activations[1].mean(), Some(cost)]
        .map(Option::unwrap_or_default)
}

fn expectation_claim(outcome: &mut Outcome, apart: [f64; 4]) {
    let kept = apart[0].max(apart[1]);
    outcome.claim("expectation", Claim {
        said_by: ASSIGNMENT.to_owned(),
        statement: "Dividing by keep makes sure that the result of the cost still has the same expected value as without dropout.".to_owned(),
        measured: format!(
            "Over {} masks the mean of what the thinned layer passes on is within {} standard errors of its value without dropout. After the next layer's ReLU the mean is {} standard errors away, \
             the mean cost {}.",
            Value::integer(MASKS).text, fixed(kept, 1), fixed(apart[2], 0), fixed(apart[3], 0)
        ),
        verdict: match (kept < 4.0, apart[3] < 4.0) {
            (true, true) => Verdict::Holds,
            (true, false) => Verdict::HoldsWithCondition,
            (false, _) => Verdict::DoesNotHold,
        },
        reason: "An expectation goes through sums and not through a kink or a curve. It is preserved up to the next layer's weighted sums; the cost has another mean, and a larger one.".to_owned(),
    });
}

/// A trained network asked with dropout still on.
fn left_on() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let game = game(2)?;
    let network = with_dropout(&game, 3, [KEEP; 2])?.network;
    left_on_boundary(&mut outcome, &network, &game)?;
    let asked = over_seeds(5, asked)?;
    left_on_average(&mut outcome, &asked)?;
    let column =
        |index: usize| Spread::from_iter(asked.iter().map(|asked| asked.values[index])).median();
    let names = ["dropout off", "dropout on", "dropout on, mean of 1000 answers"];
    let rows = names
        .into_iter()
        .zip([0, 1, 2])
        .map(|(name, index)| vec![name.to_owned(), percent(column(index), 2)]);
    outcome.table(
        "accuracies",
        Table {
            caption: "Accuracy on two thousand new points, medians over five seeds.".to_owned(),
            header: header(&["asked with", "accuracy"]),
            rows: rows.collect(),
        },
    );
    outcome.value("disagree", Value::percent(column(3), 1));
    outcome.claim("noise", Claim {
        said_by: LECTURE.to_owned(),
        statement: "Do not use dropout at test time: it would only add noise to the predictions.".to_owned(),
        measured: format!(
            "Left on, two answers of the same network about the same point differ for {} of new points, and the accuracy is {} instead of {}.",
            percent(column(3), 1), percent(column(1), 1), percent(column(0), 1)
        ),
        verdict: if column(3) > 0.0 && column(1) < column(0) { Verdict::Holds } else { Verdict::DoesNotHold },
        reason: "Each answer is that of one thinned network, and these disagree where the decision is close.".to_owned(),
    });
    let apart =
        Spread::from_iter(asked.iter().map(|asked| (asked.values[2] - asked.values[0]).abs()))
            .max();
    outcome.claim("average", Claim {
        said_by: LECTURE.to_owned(),
        statement: "One could average the predictions over many random masks; that gives roughly the same result as no dropout, and takes much longer.".to_owned(),
        measured: format!(
            "The mean of 1000 answers classifies {} of new points rightly, one answer without dropout {}; in no seed are they more than {} apart. The mean takes 1000 forward passes.",
            percent(column(2), 2), percent(column(0), 2), percent(apart, 2)
        ),
        verdict: if apart <= 0.01 { Verdict::Holds } else { Verdict::HoldsWithCondition },
        reason: "The network without dropout, with its scaled activations, stands for the mean of all the thinned ones. It is not exactly that mean.".to_owned(),
    });
    Ok(outcome)
}

fn left_on_boundary(outcome: &mut Outcome, network: &Network, game: &Game) -> Result<(), Error> {
    let dropout = fresh([KEEP; 2], 77)?;
    // Each place of the plane is asked at a step of its own, so of another thinned network.
    let asked = Cell::new(0);
    let on = |x1, x2| {
        asked.set(asked.get() + 1);
        let answer = probabilities(&dropout, network, array![[x1], [x2]].view(), asked.get());
        answer.map_or(f64::NAN, |answer| answer[(0, 0)])
    };
    let svg = Boundary::grid(2)
        .network("dropout off", network, &game.train)
        .panel("dropout on", &game.train, on)
        .draw()?;
    let on = accuracy(&probabilities(&dropout, network, game.test.x(), 0)?, &game.test);
    let off = network.accuracy(&game.test)?;
    outcome.figure(
        "boundary",
        svg,
        format!(
            "One trained network, asked about the plane twice. With dropout off there is one smooth boundary, {} of new points right. With dropout on, the regions are \
             broken up along it, since every point is asked of another thinned network: {}.",
            percent(off, 1), percent(on, 1)
        ),
        "The same trained network. On the right dropout is still on: each place of the plane is asked of another thinned network.".to_owned(),
    );
    Ok(())
}

/// The answers of the network that the masks of a step leave.
fn probabilities(
    dropout: &Dropout,
    network: &Network,
    x: ArrayView2<'_, f64>,
    step: usize,
) -> Result<Array2<f64>, Error> {
    let step = Mode::Training { step };
    Ok(Objective::from(dropout.clone()).logits(network, x, step)?.mapv(sigmoid))
}

/// What came of asking one network in several ways.
struct Asked {
    /// Accuracy with dropout off, on, averaged over many answers; the share of points that two answers differ on.
    values: [f64; 4],
    /// Accuracy of the mean of so many answers.
    curve: Vec<(f64, f64)>,
}

fn asked(seed: u32) -> Result<Asked, Error> {
    const ANSWERS: usize = 1_000;
    let game = game(seed)?;
    let network = with_dropout(&game, seed, [KEEP; 2])?.network;
    let test = trainable::prelude::football(2_000, NOISE, &mut RandomState::new(3_000 + seed))?;
    let dropout = fresh([KEEP; 2], 100 + seed)?;
    let answer = |step| probabilities(&dropout, &network, test.x(), step);
    let (first, second) = (answer(0)?, answer(1)?);
    let class = |p: f64| p > 0.5;
    let differ = first.iter().zip(&second).filter(|(a, b)| class(**a) != class(**b)).count();
    let mut sum = Array2::zeros(first.dim());
    let mut curve = Vec::new();
    for step in 0..ANSWERS {
        sum += &answer(step)?;
        let count = step + 1;
        if [1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, ANSWERS].contains(&count) {
            curve.push((count as f64, accuracy(&(&sum / count as f64), &test)));
        }
    }
    let averaged = accuracy(&(sum / ANSWERS as f64), &test);
    Ok(Asked {
        values: [
            network.accuracy(&test)?,
            accuracy(&first, &test),
            averaged,
            differ as f64 / test.examples() as f64,
        ],
        curve,
    })
}

/// The share of examples that these probabilities classify rightly.
fn accuracy(probabilities: &Array2<f64>, data: &Dataset) -> f64 {
    let pairs = probabilities.iter().zip(data.y());
    let right = pairs.filter(|(p, y)| (**p > 0.5) == (**y == 1.0)).count();
    right as f64 / data.examples() as f64
}

fn left_on_average(outcome: &mut Outcome, asked: &[Asked]) -> Result<(), Error> {
    let points: Vec<(f64, f64)> = (0..asked[0].curve.len())
        .map(|index| {
            let at = Spread::from_iter(asked.iter().map(|asked| asked.curve[index].1));
            (asked[0].curve[index].0, at.median())
        })
        .collect();
    let off = Spread::from_iter(asked.iter().map(|asked| asked.values[0])).median();
    let svg = LineChart::new("answers averaged", "accuracy")
        .log_x()
        .percent_y()
        .markers(true)
        .horizontal("dropout off", off)
        .line("dropout on", Role::Test, &points)
        .draw()?;
    let text = |index: usize| percent(points[index].1, 1);
    outcome.figure(
        "average",
        svg,
        format!(
            "Accuracy on new points when answers with dropout on are averaged, medians over five seeds: {} for one answer, {} for ten, {} for a thousand. With dropout off: {}.",
            text(0), text(4), text(points.len() - 1), percent(off, 1)
        ),
        "Many noisy answers, averaged, come to what one answer without dropout gives. Medians over five seeds.".to_owned(),
    );
    Ok(())
}

/// The cost with dropout on, and the cost of the same parameters with dropout off.
fn noisy_cost() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let [on, off] = costs_with_dropout(0.03)?;
    let svg = LineChart::new("iteration", "cost J")
        .line("dropout on", Role::Raw, &on)
        .line("off", Role::Normalized, &off)
        .draw()?;
    outcome.figure(
        "costs",
        svg,
        format!(
            "Cost along one training with dropout and a learning rate of 0.03, recorded {} times. As the steps see it, with dropout on, it jumps up and down and rises {} times; that of the same \
             parameters with dropout off rises {} times.",
            on.len(), rises(&on), rises(&off)
        ),
        "One training run. One line is the cost that each step works on, through that step's masks. The other is the cost of the whole network with the same parameters.".to_owned(),
    );
    let (slow, fast) = (costs_without(0.03)?, costs_without(LEARNING_RATE)?);
    outcome.value("recorded", Value::integer(on.len()));
    outcome.value("rises_on", Value::integer(rises(&on)));
    outcome.claim("defined", Claim {
        said_by: LECTURE.to_owned(),
        statement: "With dropout the cost is no longer well defined; to debug, set keep to 1, check that J falls in every iteration, then turn dropout on.".to_owned(),
        measured: format!(
            "Recorded {} times at a learning rate of 0.03, the cost rises {} times with dropout and {} times without. At the assignment's learning rate of 0.3 it rises {} times even without dropout.",
            on.len(), rises(&on), rises(&slow), rises(&fast)
        ),
        verdict: match (rises(&on), rises(&slow), rises(&fast)) {
            (1.., 0, 0) => Verdict::Holds,
            (1.., 0, _) => Verdict::HoldsWithCondition,
            _ => Verdict::DoesNotHold,
        },
        reason: "Every step has masks of its own, so every recorded cost is that of another network. Without dropout all steps go down one and the same function, as long as they are small enough: \
                 a cost that rises without dropout may mean no more than a large learning rate.".to_owned(),
    });
    Ok(outcome)
}

/// How many of the recorded costs are above the one before.
fn rises(points: &[(f64, f64)]) -> usize {
    points.windows(2).filter(|pair| pair[1].1 > pair[0].1).count()
}

/// The settings of a run whose cost is looked at closely.
fn watched(learning_rate: f64) -> GradientDescent {
    GradientDescent::new(learning_rate).iterations(6_000).record_every(40)
}

/// The costs along a run with dropout: those of its steps, and those of the whole network.
fn costs_with_dropout(learning_rate: f64) -> Result<[Vec<(f64, f64)>; 2], Error> {
    let game = game(2)?;
    let (mut on, mut off) = (Vec::new(), Vec::new());
    let descent = watched(learning_rate).dropout(fresh([KEEP; 2], 3)?);
    let mut run = descent.start(&start(3)?, &game.train)?;
    while let Some((iteration, cost)) = run.next_cost()? {
        on.push((iteration as f64, cost));
        off.push((iteration as f64, run.network().cost(&game.train)?));
    }
    Ok([on, off])
}

fn costs_without(learning_rate: f64) -> Result<Vec<(f64, f64)>, Error> {
    let history = watched(learning_rate).train(&mut start(3)?, &game(2)?.train)?;
    let costs = history.costs().iter();
    Ok(costs.map(|(iteration, cost)| (*iteration as f64, *cost)).collect())
}

/// A mask made of normal deviates.
fn wrong_masks() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let (draws, keep) = (1_000_000_u32, 0.8);
    let mut rng = RandomState::new(1);
    let above = (0..draws).filter(|_| rng.randn() > keep).count() as f64 / f64::from(draws);
    let below = (0..draws).filter(|_| rng.randn() < keep).count() as f64 / f64::from(draws);
    let uniform = (0..draws).filter(|_| rng.rand() < keep).count() as f64 / f64::from(draws);
    let rows = [
        ("np.random.rand(…) < keep_prob", uniform),
        ("np.random.randn(…) < keep_prob", below),
        ("np.random.randn(…) > keep_prob", above),
    ];
    outcome.table(
        "kept",
        Table {
            caption: format!(
                "Share of units that a mask keeps with keep = 0.8, of {} draws.",
                Value::integer(draws as usize).text
            ),
            header: header(&["mask", "kept"]),
            rows: rows.map(|(name, share)| vec![format!("`{name}`"), percent(share, 1)]).to_vec(),
        },
    );
    outcome.claim("randn", Claim {
        said_by: "notes of the course that circulate".to_owned(),
        statement: "For keep = 0.8 make the mask as `np.random.randn(…) > keep_prob`.".to_owned(),
        measured: format!("Such a mask keeps {} of the units. `np.random.rand(…) < keep_prob` keeps {}.", percent(above, 1), percent(uniform, 1)),
        verdict: if (above - keep).abs() > 0.01 { Verdict::DoesNotHold } else { Verdict::Holds },
        reason: "A normal deviate is above 0.8 about once in five times. `rand`, uniform in [0, 1), and the other comparison were meant.".to_owned(),
    });
    Ok(outcome)
}

/// Activations that are masked and not divided by keep.
fn unscaled() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let keep = 0.6;
    let seeds = over_seeds(3, |seed| -> Result<[f64; 4], Error> {
        let game = game(seed)?;
        let scaled = with_dropout(&game, seed, [keep, 1.0])?.network;
        let plain = train_unscaled(start(seed)?, &game, keep, seed)?;
        Ok([
            scaled.accuracy(&game.test)?,
            scaled.cost(&game.test)?,
            plain.accuracy(&game.test)?,
            plain.cost(&game.test)?,
        ])
    })?;
    let median = |index: usize| Spread::from_iter(seeds.iter().map(|run| run[index])).median();
    let row = |name: &str, accuracy: usize, cost: usize| {
        vec![name.to_owned(), percent(median(accuracy), 1), fixed(median(cost), 3)]
    };
    outcome.table(
        "test",
        Table {
            caption: "Keep = 0.6 in the first layer, medians over three seeds, on ten thousand new points and without dropout.".to_owned(),
            header: header(&["in training", "accuracy", "cost"]),
            rows: vec![row("masked and divided by keep", 0, 1), row("masked only", 2, 3)],
        },
    );
    outcome.value("ratio", Value::fixed(median(3) / median(1), 1));
    Ok(outcome)
}

/// Trains with masks at every step whose activations are not scaled: their keep is said to be 1.
fn train_unscaled(
    mut network: Network,
    game: &Game,
    keep: f64,
    seed: u32,
) -> Result<Network, Error> {
    let source = fresh([keep, 1.0], seed)?;
    for step in 0..ITERATIONS {
        let masks = source.masks(&SIZES, game.train.examples(), step)?;
        let dropout = Dropout::fixed(&[1.0; 2], masks)?;
        descent().iterations(1).dropout(dropout).train(&mut network, &game.train)?;
    }
    Ok(network)
}

/// The assignment's dropout run on its own data, as recorded, with its masks and with others.
fn recorded_dropout() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let recorded = football::recorded()?;
    let Some(run) = recorded.runs.get("dropout") else {
        return Ok(outcome);
    };
    let model = ("dropped", "Model with dropout, keep = 0.86 (recorded)");
    let texts = crate::report::Texts { chapter: "", toml: "" };
    let report = texts.report("recorded_dropout", minijinja::context! {}, ());
    let printed = crate::assignment::print_run(report, model, &DROPOUT, run).outcome()?;
    outcome.printed.extend(printed.printed);
    outcome.value("test", Value::percent(run.test, 1));
    let tests = |name: &str| {
        let runs = recorded.seeds.get(name).into_iter().flatten();
        Spread::from_iter(runs.map(|run| run.test))
    };
    let (none, l2, frozen) = (tests("none"), tests("l2"), tests("dropout"));
    let fresh = Spread::from_iter(recorded.fresh.iter().map(|run| run.test));
    let svg = DotPlot::new("test accuracy")
        .percent()
        .category("no regularization", Role::Test, none.values())
        .category("L2", Role::Test, l2.values())
        .category("frozen masks", Role::Test, frozen.values())
        .category("fresh masks", Role::Test, fresh.values())
        .draw()?;
    let range =
        |spread: &Spread| format!("{} to {}", percent(spread.min(), 1), percent(spread.max(), 1));
    outcome.figure(
        "seeds",
        svg,
        format!(
            "Test accuracy on the assignment's data, ten runs each. Without regularization {}, with L2 {}, with frozen masks {}, with fresh masks {}.",
            range(&none), range(&l2), range(&frozen), range(&fresh)
        ),
        format!(
            "Ten seeds of the weights each; for fresh masks, the assignment's weights and ten seeds of the masks. {}",
            recorded.source()
        ),
    );
    let reached = fresh.count(|test| test >= run.test);
    let again = frozen.count(|test| test >= run.test);
    outcome.value("fresh_median", Value::percent(fresh.median(), 1));
    outcome.claim("95", Claim {
        said_by: ASSIGNMENT.to_owned(),
        statement: "Dropout brings the test accuracy to 95 %.".to_owned(),
        measured: format!(
            "With the notebook's masks {}. With fresh masks at every step, ten seeds: {}, median {}; {reached} of ten reach it. With the notebook's masks and ten starts: {}, and {again} of ten reach it.",
            percent(run.test, 1), range(&fresh), percent(fresh.median(), 1), range(&frozen)
        ),
        verdict: match reached {
            0 => Verdict::DoesNotHold,
            1..=5 => Verdict::HoldsWithCondition,
            _ => Verdict::Holds,
        },
        reason: "The notebook seeds its generator inside forward propagation, so the masks never change: each example is seen through one thinned network, and that is not dropout. Nor do frozen \
                 masks make the 95: it takes the start as well.".to_owned(),
    });
    Ok(outcome)
}

/// The two graded functions of the assignment, with its inputs.
fn dropout_exercise() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let (x, parameters) = exercise_inputs(3)?;
    let keep = [0.7; 2];
    let masks = masks(&keep, &parameters.sizes(), 5, &mut RandomState::new(1))?;
    let dropout = Dropout::fixed(&keep, masks)?;
    let activations = Objective::from(dropout).activations(
        &Network::from_parameters(parameters),
        x.view(),
        Mode::Training { step: 0 },
    )?;
    let forward = Printed::matrix(
        Work::Regularization,
        "`forward_propagation_with_dropout`, A3",
        DROPOUT_A3,
        activations[2].view(),
    );
    outcome.printed("a3", forward?);
    for (layer, printed) in DROPOUT_DA.iter().enumerate() {
        let what = format!("`backward_propagation_with_dropout`, dA{}", layer + 1);
        let ours = graded_derivatives(layer)?;
        outcome.printed(
            &format!("da{}", layer + 1),
            Printed::matrix(Work::Regularization, &what, printed, ours.view())?,
        );
    }
    Ok(outcome)
}

/// The derivatives by the activations of a hidden layer, from the activations and masks that the graded function's
/// test hands it, which no forward propagation made.
///
/// In a network of identities with one example, a derivative by an activation is that by its bias; where the
/// exercise's ReLU is flat, the mask drops the unit as well.
fn graded_derivatives(layer: usize) -> Result<Array2<f64>, Error> {
    let (w2, w3) = (
        array![[0.50249434, 0.90085595], [-0.68372786, -0.12289023], [-0.93576943, -0.26788808]],
        array![[-0.6871727, -0.84520564, -0.67124613]],
    );
    let d1 = array![[1, 0, 1, 1, 1], [1, 1, 1, 1, 0]];
    let d2 = array![[1, 0, 1, 0, 1], [0, 1, 0, 1, 1], [0, 0, 1, 0, 0]];
    let active = array![[1, 0, 1, 0, 1], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]];
    let a3 = [0.32266394, 0.49683389, 0.00348883, 0.49683389, 0.32266394];
    let y = [1.0, 1.0, 0.0, 1.0, 0.0];
    let mut all = Array2::zeros((layer + 2, 5));
    for example in 0..5 {
        // The second layer's ReLU counts for what reaches the first, not for its own activations.
        let taken = |unit| d2[(unit, example)] == 1 && (layer == 1 || active[(unit, example)] == 1);
        let logit = libm::log(a3[example] / (1.0 - a3[example]));
        let layers = vec![
            Layer { w: Array2::zeros((2, 1)), b: Array1::zeros(2) },
            Layer { w: w2.clone(), b: Array1::zeros(3) },
            Layer { w: w3.clone(), b: array![logit] },
        ];
        let network = Network::from_parameters(Parameters::new(layers)?)
            .with_activation(Activation::Identity);
        let masks = vec![
            Array2::from_shape_fn((2, 1), |(unit, _)| d1[(unit, example)] == 1),
            Array2::from_shape_fn((3, 1), |(unit, _)| taken(unit)),
        ];
        let data = Dataset::new(array![[0.0]], array![[y[example]]])?;
        let gradients = Objective::from(Dropout::fixed(&[0.8; 2], masks)?).gradients(
            &network,
            &data,
            Mode::Training { step: 0 },
        )?;
        all.column_mut(example).assign(&gradients.layers()[layer].b);
    }
    Ok(all)
}
