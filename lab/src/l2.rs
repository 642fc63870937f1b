//! L2 regularization: every run, number, figure and claim of its chapter.

use course::Work;
use course::numbers::PrintedRun;
use course::regularization::{L2, REGULARIZED_COST, REGULARIZED_GRADIENTS, UNREGULARIZED};
use ndarray::{Array1, Array2};
use trainable::data::football::bayes_error;
use trainable::prelude::*;

use crate::error::Error;
use crate::experiment::{Experiment, experiments};
use crate::figure::{Boundary, DotPlot, LineChart, Role};
use crate::football::{self, Recorded};
use crate::outcome::{Claim, Outcome, Table, Value, Verdict, fixed, header, percent};
use crate::pitch::{
    self, Game, ITERATIONS, LEARNING_RATE, NOISE, Run, SIZES, descent, game, start, sum_of_squares,
    weights,
};
use crate::printed::Printed;
use crate::spread::{Spread, medians, over_seeds, ranges};

/// The chapter's experiments.
pub fn experiments() -> Vec<Experiment> {
    experiments![
        overfitting,
        lambdas,
        boundaries,
        decay,
        falling,
        linearity,
        sparsity,
        penalized_biases,
        regularization_exercise,
        recorded_football
    ]
}

const LAMBDA: f64 = 0.7;
const SEEDS: u32 = 10;

const ASSIGNMENT: &str = "course, regularization assignment";
const LECTURE: &str = "course, lectures on regularization";

fn run(network: Network, game: &Game, penalty: Penalty) -> Result<Run, Error> {
    pitch::run(network, game, &descent().penalty(penalty))
}

fn l2(lambda: f64) -> Penalty {
    Penalty::L2 { lambda }
}

/// λ as a person writes it: `0.03`, `0.7`, `10`.
fn plain(lambda: f64) -> String {
    format!("{lambda}")
}

/// One training set learned by heart, and the same with a penalty.
fn overfitting() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let game = game(2)?;
    let (free, held) = (
        run(start(3)?, &game, Penalty::None)?,
        run(start(3)?, &game, l2(LAMBDA))?,
    );
    let svg = Boundary::grid(2)
        .network("λ = 0", &free.network, &game.train)
        .network("λ = 0.7", &held.network, &game.train)
        .draw()?;
    outcome.figure(
        "boundary",
        svg,
        format!(
            "Two panels with the same points, class 1 above the diagonal and class 0 below, mixed along it. Without a penalty the boundary \
             winds around single points: {} right in training, {} on new points. With λ = 0.7 it is smoother: {} and {}.",
            percent(free.train, 1), percent(free.test, 1), percent(held.train, 1), percent(held.test, 1)
        ),
        "The same network, data, start and steps. Left without a penalty, right with L2. The teams' true border is the diagonal."
            .to_owned(),
    );
    for (name, run) in [("free", &free), ("held", &held)] {
        outcome.value(&format!("{name}_train"), Value::percent(run.train, 1));
        outcome.value(&format!("{name}_test"), Value::percent(run.test, 1));
        outcome.value(
            &format!("{name}_squares"),
            Value::fixed(sum_of_squares(&run.network), 0),
        );
    }
    outcome.value("best", Value::percent(1.0 - bayes_error(NOISE)?, 1));
    outcome.value("iterations", Value::integer(ITERATIONS));
    Ok(outcome)
}

/// The boundary under a stronger and stronger penalty.
fn boundaries() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let game = game(2)?;
    let values = [0.03, 0.7, 7.0, 20.0];
    let runs = values.map(|lambda| run(start(3)?, &game, l2(lambda)));
    let runs = runs.into_iter().collect::<Result<Vec<Run>, Error>>()?;
    let mut figure = Boundary::grid(2);
    for (lambda, run) in values.iter().zip(&runs) {
        figure = figure.network(
            &format!("λ = {}", plain(*lambda)),
            &run.network,
            &game.train,
        );
    }
    let described: Vec<String> = values
        .iter()
        .zip(&runs)
        .map(|(lambda, run)| {
            let (train, test) = (percent(run.train, 1), percent(run.test, 1));
            format!(
                "λ = {}: {train} right in training, {test} on new points",
                plain(*lambda)
            )
        })
        .collect();
    outcome.figure(
        "lambdas",
        figure.draw()?,
        format!("Four panels with the same points. With a weak penalty the boundary winds around single points, with strong ones it is nearly a line. {}.", described.join("; ")),
        "The same network, data, start and steps, with four strengths of the penalty. The border of the teams is the diagonal.".to_owned(),
    );
    Ok(outcome)
}

/// What λ does, over seeds of data and weights.
fn lambdas() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let values = [0.0, 0.03, 0.1, 0.3, 0.7, 2.0, 7.0, 20.0, 70.0];
    let seeds = over_seeds(SEEDS, |seed| -> Result<Vec<Run>, Error> {
        let game = game(seed)?;
        let runs = values.map(|lambda| run(start(seed)?, &game, l2(lambda)));
        runs.into_iter().collect()
    })?;
    let spread =
        |index: usize, of: &dyn Fn(&Run) -> f64| Spread::of(&seeds, |runs| of(&runs[index]));
    let all = |of: &dyn Fn(&Run) -> f64| -> Vec<Spread> {
        (0..values.len()).map(|index| spread(index, of)).collect()
    };
    let (train, test) = (all(&|run| run.train), all(&|run| run.test));
    let squares = all(&|run| sum_of_squares(&run.network));
    // On a logarithmic axis there is no place for λ = 0.
    let placed = |spreads: &[Spread]| -> Vec<(f64, Spread)> {
        let pairs = values.iter().zip(spreads).skip(1);
        pairs.map(|(x, spread)| (*x, spread.clone())).collect()
    };
    let best = 1.0 - bayes_error(NOISE)?;
    let svg = LineChart::new("λ", "accuracy")
        .log_x()
        .percent_y()
        .x_range(0.03, 7.0)
        .y_range(0.89, 0.98)
        .band(Role::Train, &ranges(&placed(&train)))
        .band(Role::Test, &ranges(&placed(&test)))
        .horizontal("best possible", best)
        .line("training", Role::Train, &medians(&placed(&train)))
        .line("new points", Role::Test, &medians(&placed(&test)))
        .draw()?;
    let text = |spreads: &[Spread], index: usize| percent(spreads[index].median(), 1);
    let last = values.len() - 1;
    outcome.figure(
        "accuracy",
        svg,
        format!(
            "Median accuracy over {SEEDS} seeds against λ. Training: {} at λ = 0.03, {} at 0.7, {} at 7, {} at 70. New points: {}, {}, {}, {}. \
             The gap closes as λ grows; at the right end both fall.",
            text(&train, 1), text(&train, 4), text(&train, 6), text(&train, last),
            text(&test, 1), text(&test, 4), text(&test, 6), text(&test, last)
        ),
        "Medians over ten seeds of data and weights, shaded from the lowest to the highest. A little penalty costs training accuracy and gains \
         it on new points; beyond the right end both collapse (see the table)."
            .to_owned(),
    );
    let svg = LineChart::new("λ", "sum of squared weights")
        .log_x()
        .log_y()
        .band(Role::Train, &ranges(&placed(&squares)))
        .horizontal("λ = 0", squares[0].median())
        .y_range(0.01, 1_000.0)
        .line("medians", Role::Train, &medians(&placed(&squares)))
        .draw()?;
    outcome.figure(
        "squares",
        svg,
        format!(
            "Sum of the squared weights after training against λ, both logarithmic: {} without a penalty, {} at λ = 0.1, {} at 0.7, {} at 7, {} at 70.",
            fixed(squares[0].median(), 0), fixed(squares[2].median(), 0), fixed(squares[4].median(), 0),
            fixed(squares[6].median(), 1), Value::scientific(squares[last].median(), 0).text
        ),
        "How large the weights become, medians and full range over ten seeds (both axes logarithmic)."
            .to_owned(),
    );
    let rows = values.iter().enumerate().map(|(index, lambda)| {
        vec![
            plain(*lambda),
            text(&train, index),
            text(&test, index),
            percent(train[index].median() - test[index].median(), 1),
            match squares[index].median() {
                small if small < 0.01 => Value::scientific(small, 0).text,
                other => fixed(other, 1),
            },
        ]
    });
    outcome.table(
        "sweep",
        Table {
            caption: format!(
                "Medians over {SEEDS} seeds of data and weights; the sum is over all weights."
            ),
            header: header(&["λ", "training", "new points", "difference", "Σ w²"]),
            rows: rows.collect(),
        },
    );
    outcome.value("seeds", Value::integer(SEEDS as usize));
    outcome.value("best", Value::percent(best, 1));
    outcome.value("train_free", Value::percent(train[0].median(), 1));
    outcome.value("test_free", Value::percent(test[0].median(), 1));
    outcome.value("train_held", Value::percent(train[4].median(), 1));
    outcome.value("test_held", Value::percent(test[4].median(), 1));
    let gains = Spread::new(
        seeds
            .iter()
            .map(|runs| runs[4].test - runs[0].test)
            .collect(),
    );
    let gain = |share| Value::percent(share, 2).text;
    let better = gains.count(|gain| gain > 0.0);
    outcome.claim("better", Claim {
        said_by: ASSIGNMENT.to_owned(),
        statement: "L2 regularization raises the test accuracy (the assignment: from 91.5 to 93 %), and the model no longer overfits.".to_owned(),
        measured: format!(
            "On the made-up pitch, with λ = 0.7, {better} of {SEEDS} seeds of data and weights do better on 10\u{a0}000 new points. The gain is {} in the \
             median, from {} to {}. Training and new points are {} apart without the penalty, {} with it. No classifier can exceed {}.",
            gain(gains.median()), gain(gains.min()), gain(gains.max()),
            percent(train[0].median() - test[0].median(), 1), percent(train[4].median() - test[4].median(), 1), percent(best, 1)
        ),
        verdict: if better as u32 == SEEDS && gains.min() > 0.0 { Verdict::Holds } else if gains.median() > 0.0 { Verdict::HoldsWithCondition } else { Verdict::DoesNotHold },
        reason: "The direction is right, and one run on 200 test points cannot show it: the standard error of an accuracy there is two percentage points. \
                 And λ = 0.7 narrows the gap; it does not close it.".to_owned(),
    });
    outcome.claim("sacrifice", Claim {
        said_by: LECTURE.to_owned(),
        statement: "Regularization trades training accuracy for generalization; a λ that is too large smooths too much, and the bias becomes high.".to_owned(),
        measured: format!(
            "From λ = 0 over 0.7 and 7 to 70 the median training accuracy is {}, {}, {} and {}, on new points {}, {}, {} and {}.",
            text(&train, 0), text(&train, 4), text(&train, 6), text(&train, last),
            text(&test, 0), text(&test, 4), text(&test, 6), text(&test, last)
        ),
        verdict: if train[4].median() < train[0].median() && test[4].median() > test[0].median() && test[last].median() < test[4].median() - 0.05 { Verdict::Holds } else { Verdict::HoldsWithCondition },
        reason: "At the right end nothing is left of the weights, and the network gives every point the same answer.".to_owned(),
    });
    Ok(outcome)
}

/// The factor by which one step shrinks the weights.
fn decay() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let game = game(1)?;
    let m = game.train.examples() as f64;
    let mut rows = Vec::new();
    let mut worst: f64 = 0.0;
    let mut apart: f64 = 0.0;
    for (alpha, lambda) in [(0.3, 0.7), (0.01, 0.7), (0.3, 10.0)] {
        let before = start(3)?;
        let step = |penalty| -> Result<Network, Error> {
            let mut network = before.clone();
            let descent = GradientDescent::new(alpha).penalty(penalty).iterations(1);
            descent.train(&mut network, &game.train)?;
            Ok(network)
        };
        let (free, held) = (step(Penalty::None)?, step(l2(lambda))?);
        // What the penalty alone has done, as a share of the weight before the step.
        let shrunk = weights(&held)
            .zip(weights(&free))
            .zip(weights(&before))
            .map(|((held, free), before)| 1.0 + (held - free) / before);
        let factors = Spread::new(shrunk.collect());
        let factor = factors.median();
        let (right, notes) = (1.0 - alpha * lambda / m, 1.0 - lambda / m);
        let of_all = factors.values().iter().map(|factor| (factor - right).abs());
        worst = of_all.fold(worst, f64::max);
        apart = apart.max((factor - notes).abs());
        rows.push(vec![
            plain(alpha),
            plain(lambda),
            fixed(factor, 6),
            fixed(right, 6),
            fixed(notes, 6),
        ]);
    }
    outcome.table("factors", Table {
        caption: "By what the penalty multiplies a weight in one step of gradient descent, measured, and two formulas.".to_owned(),
        header: header(&["α", "λ", "measured", "1 − αλ/m", "1 − λ/m"]),
        rows,
    });
    outcome.claim("factor", Claim {
        said_by: "course notes".to_owned(),
        statement: "Weight decay multiplies W by 1 − λ/m in every step.".to_owned(),
        measured: format!(
            "For each of the weights the measured factor is 1 − αλ/m to within {}. 1 − λ/m misses it by up to {}.",
            Value::scientific(worst, 0).text, Value::scientific(apart, 0).text
        ),
        verdict: if worst < 1e-12 && apart > 1e-4 { Verdict::DoesNotHold } else { Verdict::Holds },
        reason: "The gradient of the penalty is λ/m W, and a step takes α of it. The learning rate is missing.".to_owned(),
    });
    Ok(outcome)
}

/// The cost with and without its penalty along one run.
fn falling() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let game = game(2)?;
    let penalty = l2(LAMBDA);
    // A network that has overfitted already: its weights are larger than the penalty wants them.
    let network = run(start(3)?, &game, Penalty::None)?.network;
    let (mut with, mut without) = (Vec::new(), Vec::new());
    let m = game.train.examples();
    let training = GradientDescent::new(0.03)
        .penalty(penalty)
        .iterations(6_000)
        .record_every(20);
    let mut watched = training.start(&network, &game.train)?;
    while let Some((iteration, cost)) = watched.next_cost()? {
        let penalty = penalty.cost(watched.network().parameters(), m)?;
        with.push((iteration as f64, cost));
        without.push((iteration as f64, cost - penalty));
    }
    let svg = LineChart::new("iteration", "cost")
        .line("J with penalty", Role::Train, &with)
        .line("cross-entropy", Role::Test, &without)
        .draw()?;
    let rises = |points: &[(f64, f64)]| {
        points
            .windows(2)
            .filter(|pair| pair[1].1 > pair[0].1)
            .count()
    };
    let ends = |points: &[(f64, f64)]| {
        let cost = |point: Option<&(f64, f64)>| fixed(point.map_or(f64::NAN, |(_, cost)| *cost), 3);
        [cost(points.first()), cost(points.last())]
    };
    let ([j0, j1], [c0, c1]) = (ends(&with), ends(&without));
    outcome.figure(
        "costs",
        svg,
        format!(
            "Two costs after a penalty with λ = 0.7 is switched on for a network that has overfitted. J with its penalty falls from {j0} to {j1}, and \
             rises between recorded steps {} times. The cross-entropy alone rises from {c0} to {c1}.",
            rises(&with)
        ),
        "A network that has overfitted goes on training, now with λ = 0.7 and a learning rate of 0.03. What gradient descent lowers is the sum; the cross-entropy is only a part of it."
            .to_owned(),
    );
    outcome.value("rises_with", Value::integer(rises(&with)));
    outcome.value("rises_without", Value::integer(rises(&without)));
    outcome.value("recorded", Value::integer(with.len()));
    outcome.claim("monotone", Claim {
        said_by: LECTURE.to_owned(),
        statement: "Plot the J that includes the penalty; the old J may not decrease in every iteration.".to_owned(),
        measured: format!(
            "A network that has overfitted goes on with λ = 0.7, its costs recorded {} times. J with its penalty rises {} times and goes from {j0} to {j1}; the \
             cross-entropy alone rises {} times and goes from {c0} to {c1}.",
            with.len(), rises(&with), rises(&without)
        ),
        verdict: if rises(&with) == 0 && rises(&without) > 0 { Verdict::Holds } else { Verdict::HoldsWithCondition },
        reason: "Once the weights are larger than the penalty wants them, shrinking them lowers the sum and raises the cross-entropy.".to_owned(),
    });
    Ok(outcome)
}

/// How straight tanh units are, against λ.
fn linearity() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let values = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];
    let seeds = over_seeds(5, |seed| -> Result<Vec<[f64; 2]>, Error> {
        let game = game(seed)?;
        let runs = values.map(|lambda| {
            let network = start(seed)?.with_activation(Activation::Tanh);
            let network = run(network, &game, l2(lambda))?.network;
            let z = weighted_sums(&network, &game.train)?;
            Ok([mean_size(&z), straightness(&z)])
        });
        runs.into_iter().collect()
    })?;
    let medians = |which: usize| -> Vec<(f64, f64)> {
        let at = |index: usize| {
            Spread::new(seeds.iter().map(|runs| runs[index][which]).collect()).median()
        };
        values
            .iter()
            .enumerate()
            .map(|(index, lambda)| (*lambda, at(index)))
            .collect()
    };
    let (sizes, straight) = (medians(0), medians(1));
    let svg = LineChart::new("λ", "variance explained by a line")
        .log_x()
        .percent_y()
        .markers(true)
        .line("tanh units", Role::Train, &straight)
        .draw()?;
    let first = |points: &[(f64, f64)]| points[0].1;
    let last = |points: &[(f64, f64)]| points[points.len() - 1].1;
    outcome.figure(
        "straight",
        svg,
        format!(
            "Share of the variance of the first layer's tanh activations that a straight line through the weighted sums explains, against λ: \
             {} at λ = 0.01, {} at λ = 10.",
            percent(first(&straight), 1), Value::percent(last(&straight), 2).text
        ),
        "Medians over five seeds. The larger λ, the smaller the weighted sums, and the straighter the part of tanh that they use.".to_owned(),
    );
    outcome.claim("linear", Claim {
        said_by: LECTURE.to_owned(),
        statement: "With a large λ the weights are small, so z is small, and tanh is roughly linear there: the network is nearly a linear one.".to_owned(),
        measured: format!(
            "From λ = 0.01 to 10 the mean size of z in the first layer falls from {} to {}, and a straight line explains {} of a unit's variance \
             instead of {}.",
            fixed(first(&sizes), 2), fixed(last(&sizes), 2), Value::percent(last(&straight), 2).text, percent(first(&straight), 1)
        ),
        verdict: if last(&straight) > 0.999 && first(&straight) < last(&straight) { Verdict::Holds } else { Verdict::HoldsWithCondition },
        reason: "It explains tanh, and says nothing of ReLU, which is the same two straight lines at every scale; the penalty helps there too.".to_owned(),
    });
    Ok(outcome)
}

/// The first layer's weighted sums, `(units, examples)`.
fn weighted_sums(network: &Network, data: &Dataset) -> Result<Array2<f64>, Error> {
    let linear = network.clone().with_activation(Activation::Identity);
    let mut all = linear.activations(data.x())?;
    Ok(all.swap_remove(0))
}

fn mean_size(z: &Array2<f64>) -> f64 {
    z.mapv(f64::abs).mean().unwrap_or(f64::NAN)
}

/// The share of tanh z's variance that a line in z explains, averaged over the units.
fn straightness(z: &Array2<f64>) -> f64 {
    let of_units = z.rows().into_iter().map(|z| {
        let a = z.mapv(libm::tanh);
        let center = |v: Array1<f64>| {
            let mean = v.mean().unwrap_or(0.0);
            v - mean
        };
        let (z, a) = (center(z.to_owned()), center(a));
        let product = z.dot(&a);
        product * product / (z.dot(&z) * a.dot(&a))
    });
    let shares: Vec<f64> = of_units.collect();
    shares.iter().sum::<f64>() / shares.len() as f64
}

/// L1 beside L2: how many weights are nearly 0.
fn sparsity() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let settings = [
        ("none", Penalty::None),
        ("L2, λ = 0.7", l2(0.7)),
        ("L2, λ = 7", l2(7.0)),
        ("L1, λ = 0.7", Penalty::L1 { lambda: 0.7 }),
        ("L1, λ = 2", Penalty::L1 { lambda: 2.0 }),
    ];
    let small = 0.01;
    let seeds = over_seeds(5, |seed| -> Result<Vec<[f64; 4]>, Error> {
        let game = game(seed)?;
        let runs = settings.map(|(_, penalty)| {
            let run = run(start(seed)?, &game, penalty)?;
            let count = weights(&run.network).count() as f64;
            let near = weights(&run.network).filter(|w| w.abs() < small).count() as f64;
            let zero = weights(&run.network).filter(|w| *w == 0.0).count() as f64;
            Ok([near / count, zero, run.train, run.test])
        });
        runs.into_iter().collect()
    })?;
    let median = |setting: usize, which: usize| {
        Spread::new(seeds.iter().map(|runs| runs[setting][which]).collect()).median()
    };
    let rows = settings.iter().enumerate().map(|(index, (name, _))| {
        vec![
            (*name).to_owned(),
            percent(median(index, 0), 1),
            Value::integer(median(index, 1) as usize).text,
            percent(median(index, 2), 1),
            percent(median(index, 3), 1),
        ]
    });
    outcome.table(
        "weights",
        Table {
            caption: "Medians over five seeds. Small weights are those below one hundredth."
                .to_owned(),
            header: header(&[
                "penalty",
                "small weights",
                "weights equal to 0",
                "training",
                "new points",
            ]),
            rows: rows.collect(),
        },
    );
    let zeros = seeds.iter().flatten().map(|run| run[1]).sum::<f64>();
    outcome.claim("sparse", Claim {
        said_by: LECTURE.to_owned(),
        statement: "L1 regularization makes W sparse: it will have a lot of zeros in it.".to_owned(),
        measured: format!(
            "With L1 and λ = 2, {} of the weights end below 0.01; with L2 and λ = 7, {}; without a penalty, {}. Exactly zero are {} weights in all runs together.",
            percent(median(4, 0), 1), percent(median(2, 0), 1), percent(median(0, 0), 1), fixed(zeros, 0)
        ),
        verdict: if median(4, 0) > median(0, 0) + 0.2 && zeros == 0.0 { Verdict::HoldsWithCondition } else if zeros > 0.0 { Verdict::Holds } else { Verdict::DoesNotHold },
        reason: "Many weights become small, and none becomes zero: a subgradient step overshoots zero and comes back. Exact zeros need a proximal step, which \
                 stops there.".to_owned(),
    });
    Ok(outcome)
}

/// A penalty on the biases as well.
fn penalized_biases() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let seeds = over_seeds(5, |seed| -> Result<[f64; 4], Error> {
        let game = game(seed)?;
        let left_out = run(start(seed)?, &game, l2(LAMBDA))?;
        let mut included = start(seed)?;
        decaying(game.train.examples()).train(&mut included, &game.train)?;
        Ok([
            left_out.train,
            left_out.test,
            included.accuracy(&game.train)?,
            included.accuracy(&game.test)?,
        ])
    })?;
    let column = |which: usize| Spread::new(seeds.iter().map(|run| run[which]).collect()).median();
    let row = |name: &str, train: usize, test: usize| {
        vec![
            name.to_owned(),
            percent(column(train), 1),
            percent(column(test), 1),
        ]
    };
    outcome.table(
        "accuracies",
        Table {
            caption: "λ = 0.7, medians over five seeds.".to_owned(),
            header: header(&["the penalty is on", "training", "new points"]),
            rows: vec![row("weights", 0, 1), row("weights and biases", 2, 3)],
        },
    );
    let apart = Spread::new(seeds.iter().map(|run| (run[3] - run[1]).abs()).collect()).max();
    outcome.claim("biases", Claim {
        said_by: LECTURE.to_owned(),
        statement: "The biases are usually left out of the penalty; including them makes little difference, since almost all parameters are weights.".to_owned(),
        measured: format!(
            "With the biases in it, the accuracy on new points changes by at most {} in five seeds; its median is {} instead of {}. Of {} parameters {} are biases.",
            percent(apart, 1), percent(column(3), 1), percent(column(1), 1), start(1)?.parameters().len(), SIZES[1..].iter().sum::<usize>()
        ),
        verdict: if apart < 0.01 { Verdict::Holds } else { Verdict::HoldsWithCondition },
        reason: "A bias moves a boundary and does not bend it. Where the classes lie far from the origin, it must be large, and a penalty on it would be in the way.".to_owned(),
    });
    Ok(outcome)
}

/// Gradient descent with λ = 0.7 on every parameter: without momentum, decay is the penalty.
fn decaying(examples: usize) -> Training {
    let decay = WeightDecay::new(LAMBDA / examples as f64).with_biases();
    Training::new(Optimizer::new(LEARNING_RATE).then(decay)).iterations(ITERATIONS)
}

/// The two graded functions of the assignment, with its inputs.
fn regularization_exercise() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let (_, parameters) = exercise_inputs(0)?;
    let predicted = [0.40682402, 0.01629284, 0.16722898, 0.10118111, 0.40682402];
    let y = [1.0, 1.0, 0.0, 1.0, 0.0];
    let losses = predicted.iter().zip(y).map(|(a, y)| {
        let logit = libm::log(a / (1.0 - a));
        trainable::output::cross_entropy(logit, y)
    });
    let cost = losses.sum::<f64>() / 5.0 + l2(0.1).cost(&parameters, 5)?;
    let (x, parameters) = exercise_inputs(3)?;
    let data = Dataset::new(x, Array2::from_shape_fn((1, 5), |(_, i)| y[i]))?;
    let network = Network::from_parameters(parameters);
    let mut gradients = network.gradients(&data)?;
    l2(LAMBDA).add_gradient(network.parameters(), 5, &mut gradients)?;
    outcome.printed(
        "cost",
        Printed::number(
            Work::Regularization,
            "`compute_cost_with_regularization`",
            REGULARIZED_COST,
            cost,
        )?,
    );
    for ((layer, printed), l) in gradients
        .layers()
        .iter()
        .zip(REGULARIZED_GRADIENTS)
        .zip(1..)
    {
        let what = format!("`backward_propagation_with_regularization`, dW{l}");
        let printed = Printed::matrix(Work::Regularization, &what, printed, layer.w.view())?;
        outcome.printed(&format!("dw{l}"), printed);
    }
    Ok(outcome)
}

/// The assignment's runs on its own data, as they were recorded.
fn recorded_football() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let recorded = football::recorded()?;
    for (name, id, model, printed) in [
        ("none", "free", "without regularization", UNREGULARIZED),
        ("l2", "held", "with L2, λ = 0.7", L2),
    ] {
        if let Some(run) = recorded.runs.get(name) {
            let what = format!("Model {model} (recorded)");
            print_recorded(&mut outcome, (id, &what), &printed, run)?;
            outcome.value(&format!("{id}_train"), Value::percent(run.train, 2));
            outcome.value(&format!("{id}_test"), Value::percent(run.test, 1));
        }
    }
    outcome.table("sweep", recorded_sweep(&recorded));
    recorded_seeds(&mut outcome, &recorded)?;
    Ok(outcome)
}

/// Prints the costs and accuracies of a recorded run beside the course's.
pub(crate) fn print_recorded(
    outcome: &mut Outcome,
    (id, model): (&str, &str),
    printed: &PrintedRun,
    run: &football::Run,
) -> Result<(), Error> {
    let costs = printed.costs.iter().zip(&run.cost);
    let costs = costs.map(|(printed, (iteration, ours))| {
        let what = format!("cost at {}", Value::integer(*iteration).text);
        (format!("cost_{iteration}"), what, *printed, *ours)
    });
    let accuracies = [
        ("train", printed.train, run.train),
        ("test", printed.test, run.test),
    ];
    let accuracies = accuracies
        .map(|(set, printed, ours)| (set.to_owned(), format!("{set} accuracy"), printed, ours));
    for (name, what, printed, ours) in costs.chain(accuracies) {
        let printed = Printed::number(
            Work::Regularization,
            &format!("{model}, {what}"),
            printed,
            ours,
        )?;
        outcome.printed(&format!("{id}_{name}"), printed);
    }
    Ok(())
}

fn recorded_sweep(recorded: &Recorded) -> Table {
    let rows = recorded.lambdas.iter().map(|run| {
        vec![
            plain(run.lambda),
            percent(run.train, 1),
            percent(run.test, 1),
            fixed(run.squares, 1),
        ]
    });
    Table {
        caption: format!(
            "The assignment's own data, one seed for the weights. {}",
            recorded.source()
        ),
        header: header(&["λ", "training", "test", "Σ w²"]),
        rows: rows.collect(),
    }
}

/// Ten starts on the assignment's data, each without a penalty and with it.
fn recorded_seeds(outcome: &mut Outcome, recorded: &Recorded) -> Result<(), Error> {
    let tests = |name: &str| -> Vec<f64> {
        let runs = recorded.seeds.get(name).into_iter().flatten();
        runs.map(|run| run.test).collect()
    };
    let (free, held) = (tests("none"), tests("l2"));
    let gains = Spread::new(
        held.iter()
            .zip(&free)
            .map(|(held, free)| held - free)
            .collect(),
    );
    let (free, held) = (Spread::new(free), Spread::new(held));
    let seeds = gains.values().len();
    let better = gains.count(|gain| gain > 0.0);
    let worse = gains.count(|gain| gain < 0.0);
    let about = |spread: &Spread| {
        let (mean, deviation) = (100.0 * spread.mean(), 100.0 * spread.standard_deviation());
        format!("{} ± {} %", fixed(mean, 2), fixed(deviation, 2)).replace(" %", "\u{a0}%")
    };
    let course = |name: &str| {
        let run = recorded.runs.get(name);
        percent(run.map_or(f64::NAN, |run| run.test), 1)
    };
    let svg = DotPlot::new("test accuracy")
        .percent()
        .category("λ = 0", Role::Test, free.values())
        .category("λ = 0.7", Role::Test, held.values())
        .draw()?;
    outcome.figure(
        "seeds",
        svg,
        format!(
            "Test accuracy on the assignment's data for {seeds} starts. Without a penalty from {} to {}, with λ = 0.7 from {} to {}: the two rows overlap.",
            percent(free.min(), 1), percent(free.max(), 1), percent(held.min(), 1), percent(held.max(), 1)
        ),
        format!("The assignment's network and data, ten seeds for the weights; a dot is a run, the bar the median. {}", recorded.source()),
    );
    let error = gains.standard_error();
    let moved = |name: &str| {
        let (before, after) = (recorded.seeds.get(name), recorded.last_bit.get(name));
        let pairs = before
            .into_iter()
            .flatten()
            .zip(after.into_iter().flatten());
        Spread::new(
            pairs
                .map(|(before, after)| (after.test - before.test).abs())
                .collect(),
        )
    };
    let (free_moved, held_moved) = (moved("none"), moved("l2"));
    outcome.claim("rise", Claim {
        said_by: ASSIGNMENT.to_owned(),
        statement: "On the assignment's data L2 raises the test accuracy from 91.5 to 93 %.".to_owned(),
        measured: format!(
            "With the assignment's seed {} and {}. Over {seeds} seeds of the weights, mean and standard deviation: {} without a penalty and {} with it. \
             With the penalty {better} seeds do better and {worse} worse; the mean gain is {}, with a standard error of {}. \
             Multiply each first weight by 1 + 2⁻⁵², and {} starts end elsewhere without the penalty, by up to {}, and {} with it.",
            course("none"), course("l2"), about(&free), about(&held), percent(gains.mean(), 2), percent(error, 2),
            free_moved.count(|by| by > 0.0), percent(free_moved.max(), 1), held_moved.count(|by| by > 0.0)
        ),
        verdict: match gains.mean() > 2.0 * error {
            true if better == seeds => Verdict::Holds,
            true => Verdict::HoldsWithCondition,
            false => Verdict::DoesNotHold,
        },
        reason: "The gain is there on average. A single start says little: the starts differ among each other by more than the gain, and one point of the 200 is half a percent. \
                 Without the penalty some starts even depend on the last bit, so with other rounding the mean is another too.".to_owned(),
    });
    Ok(())
}

/// The assignment's inputs, drawn in its order: X with so many features, then each layer.
pub(crate) fn exercise_inputs(features: usize) -> Result<(Array2<f64>, Parameters), Error> {
    let mut rng = RandomState::new(1);
    let mut draw = |rows, columns| Array2::from_shape_simple_fn((rows, columns), || rng.randn());
    let x = draw(features, 5);
    let layers = [(2, 3), (3, 2), (1, 3)].map(|(units, inputs)| Layer {
        w: draw(units, inputs),
        b: Array1::from_iter(draw(units, 1)),
    });
    Ok((x, Parameters::new(layers.to_vec())?))
}
