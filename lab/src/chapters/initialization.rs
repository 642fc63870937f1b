//! Initialization: every run, number, figure and claim of its chapter.

use course::Work;
use course::initialization::{
    HE, HE_PARAMETERS, LARGE, LARGE_ELSEWHERE, LARGE_PARAMETERS, ZEROS, ZEROS_PARAMETERS,
};
use course::numbers::{PrintedRun, number};
use ndarray::{Array1, Array2, ArrayView2, Axis};
use trainable::prelude::*;

use crate::error::Error;
use crate::experiment::{Experiment, experiments};
use crate::figure::{Boundary, DotPlot, Histograms, LineChart, Role};
use crate::format::{fixed, percent, scientific};
use crate::outcome::{Claim, Outcome, Table, Value, Verdict};
use crate::printed::Printed;
use crate::spread::{Spread, medians, over_seeds, ranges};

/// The chapter's experiments.
pub fn experiments() -> Vec<Experiment> {
    experiments![
        initialization,
        zeros,
        large,
        chaos,
        small,
        scale,
        depth,
        saturation,
        taper,
        sweep,
        biases,
        deep,
        mistakes
    ]
}

const SIZES: [usize; 4] = [2, 10, 5, 1];
const ITERATIONS: usize = 15_000;
const LEARNING_RATE: f64 = 0.01;
const SEED: u32 = 3;
const SEEDS: u32 = 20;
/// Twenty times the assignment's steps, to see whether patience helps.
const LONG: usize = 20 * ITERATIONS;

const ASSIGNMENT: &str = "course, initialization assignment";
const LECTURE: &str = "course, lecture on weight initialization";

/// A trained network and what became of it.
struct Run {
    network: Network,
    history: History,
    train: f64,
    test: f64,
}

/// The assignment's two data sets.
fn rings() -> Result<(Dataset, Dataset), Error> {
    Ok((
        circles(300, 0.05, &mut RandomState::new(1))?,
        circles(100, 0.05, &mut RandomState::new(2))?,
    ))
}

/// The assignment's training run, from any start.
fn run(network: Network, iterations: usize) -> Result<Run, Error> {
    let (data, test) = rings()?;
    let mut network = network;
    let history =
        GradientDescent::new(LEARNING_RATE).iterations(iterations).train(&mut network, &data)?;
    Ok(Run { train: network.accuracy(&data)?, test: network.accuracy(&test)?, network, history })
}

/// The assignment's training run for one scheme and seed.
fn run_scheme(scheme: Initialization, seed: u32) -> Result<Run, Error> {
    run(Network::new(&SIZES, scheme, &mut RandomState::new(seed))?, ITERATIONS)
}

/// A network whose weights and biases are all the same number.
fn constant(number: f64) -> Result<Network, Error> {
    let zeros = Parameters::zeros(&SIZES)?;
    let theta = Array1::from_elem(zeros.len(), number);
    Ok(Network::from_parameters(zeros.with_theta(&theta)?))
}

fn points(history: &History) -> Vec<(f64, f64)> {
    history.costs().iter().map(|(i, cost)| (*i as f64, *cost)).collect()
}

fn last_cost(history: &History) -> f64 {
    history.costs().last().map_or(f64::NAN, |(_, cost)| *cost)
}

/// The schemes of the story, with the name, color and remark that they have everywhere.
fn story() -> [(&'static str, Role, Initialization, &'static str); 6] {
    [
        ("zeros", Role::Zeros, Initialization::Zeros, "units never differ"),
        ("small", Role::Small, Initialization::Gaussian(0.01), "stuck on the plateau at ln 2"),
        ("large", Role::Large, Initialization::Gaussian(10.0), "saturated, then slow and rugged"),
        ("Xavier", Role::Xavier, Initialization::Xavier, "learns; slower to leave the start"),
        ("Glorot", Role::Glorot, Initialization::Glorot, "learns; slower to leave the start"),
        ("He", Role::He, Initialization::He, "learns; the scale that ReLU asks for"),
    ]
}

/// The overview: boundaries, cost curves, comparison, and the course's numbers beside ours.
fn initialization() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let (data, _) = rings()?;
    let story = story();
    let [zeros, small, large, xavier, glorot, he] =
        story.map(|(.., scheme, _)| run_scheme(scheme, SEED));
    let runs = [zeros?, small?, large?, xavier?, glorot?, he?];
    let [zeros, small, large, xavier, glorot, he] = &runs;
    let boundary = Boundary::grid(2)
        .network("zeros", &zeros.network, &data)
        .network("small: standard deviation 0.01", &small.network, &data)
        .network("large: standard deviation 10", &large.network, &data)
        .network("He", &he.network, &data)
        .draw()?;
    outcome.figure(
        "boundary",
        boundary,
        format!(
            "Four panels with the same two noisy rings of points, an outer one of class 0 and an inner one of class 1. \
             Zeros: the whole plane is one class, {} right. Small weights: an arbitrary line, {} right. Large weights: \
             a jagged patch that misses parts of the inner ring, {} right. He: a closed curve between the rings, {} right.",
            percent(zeros.train, 1), percent(small.train, 1), percent(large.train, 1), percent(he.train, 1)
        ),
        "The same network, the same data, the same 15\u{a0}000 steps. Only the numbers that the weights started from \
         differ. Shaded: the class that the network predicts."
            .to_owned(),
    );
    let mut costs = LineChart::new("iteration", "cost J").log_y().y_range(0.05, 3.0);
    for ((name, role, ..), run) in story.iter().zip(&runs) {
        costs = costs.line(name, *role, &points(&run.history));
    }
    outcome.figure(
        "costs",
        costs.draw()?,
        format!(
            "Cost against iteration for six initializations. Zeros and small weights stay on a horizontal line at \
             {}. Large weights start at {} and end at {}. Xavier, Glorot and He leave the plateau one after the other \
             and end at {}, {} and {}.",
            fixed(last_cost(&zeros.history), 3),
            fixed(large.history.cost(0)?, 0),
            fixed(last_cost(&large.history), 3),
            fixed(last_cost(&xavier.history), 3),
            fixed(last_cost(&glorot.history), 3),
            fixed(last_cost(&he.history), 3),
        ),
        "The cost along training (logarithmic). Zeros and small weights lie on top of each other: they do not learn. The run with large weights begins far above the frame.".to_owned(),
    );
    outcome.table("comparison", comparison(&story, &runs));
    print_parameters(&mut outcome)?;
    print_zeros(&mut outcome, zeros)?;
    print_run(&mut outcome, ("large", "large random weights"), &LARGE, large)?;
    print_run(&mut outcome, ("he", "He"), &HE, he)?;
    let relative = HE
        .costs
        .iter()
        .enumerate()
        .map(|(i, printed)| Ok((he.history.cost(1_000 * i)? / number(printed) - 1.0).abs()))
        .collect::<Result<Vec<_>, Error>>()?;
    outcome.value("he_agreement", Value::scientific(Spread::new(relative).max(), 0));
    outcome.value("iterations", Value::integer(ITERATIONS));
    outcome.value("learning_rate", Value::fixed(LEARNING_RATE, 2));
    outcome.value("ln2", Value::fixed(std::f64::consts::LN_2, 4));
    Ok(outcome)
}

fn comparison(story: &[(&str, Role, Initialization, &str)], runs: &[Run]) -> Table {
    let rows = story.iter().zip(runs).map(|((name, _, _, remark), run)| {
        vec![
            (*name).to_owned(),
            fixed(last_cost(&run.history), 4),
            Value::percent(run.train, 2).text,
            Value::percent(run.test, 2).text,
            (*remark).to_owned(),
        ]
    });
    Table {
        caption: "One seed, the assignment's data and network, 15\u{a0}000 steps.".to_owned(),
        header: ["start", "last cost", "train", "test", "what happens"].map(str::to_owned).to_vec(),
        rows: rows.collect(),
    }
}

/// What the assignment's three graded functions return.
fn print_parameters(outcome: &mut Outcome) -> Result<(), Error> {
    for (name, sizes, scheme, printed) in [
        ("zeros", [3, 2, 1], Initialization::Zeros, ZEROS_PARAMETERS),
        ("random", [3, 2, 1], Initialization::Gaussian(10.0), LARGE_PARAMETERS),
        ("he", [2, 4, 1], Initialization::He, HE_PARAMETERS),
    ] {
        let parameters = scheme.parameters(&sizes, &mut RandomState::new(SEED))?;
        let layers = parameters.layers().iter().zip(printed.chunks(2)).zip(1..);
        for ((layer, printed), l) in layers {
            let of = |what: &str| format!("`initialize_parameters_{name}({sizes:?})`, {what}{l}");
            let id = |what: &str| format!("{name}_parameters_{what}{l}");
            let columns = layer.b.view().insert_axis(Axis(1));
            for (what, printed, ours) in
                [("W", printed[0], layer.w.view()), ("b", printed[1], columns)]
            {
                let printed = Printed::matrix(Work::Initialization, &of(what), printed, ours)?;
                outcome.printed(&id(what), printed);
            }
        }
    }
    Ok(())
}

/// The model that starts from zeros prints one cost again and again: ours that is furthest from it.
fn print_zeros(outcome: &mut Outcome, run: &Run) -> Result<(), Error> {
    let costs = run.history.costs().iter().map(|(_, cost)| *cost);
    let away = |cost: f64| (cost - number(ZEROS.costs[0])).abs();
    let furthest = costs.max_by(|a, b| away(*a).total_cmp(&away(*b)));
    let what = format!("Model from zeros, cost, printed {} times", ZEROS.costs.len());
    let ours = furthest.unwrap_or(f64::NAN);
    outcome
        .printed("zeros_cost", Printed::number(Work::Initialization, &what, ZEROS.costs[0], ours)?);
    print_accuracies(outcome, ("zeros", "zeros"), &ZEROS, run)
}

fn print_run(
    outcome: &mut Outcome,
    (id, name): (&str, &str),
    printed: &PrintedRun,
    run: &Run,
) -> Result<(), Error> {
    for (cost, iteration) in printed.costs.iter().zip((0..).step_by(1_000)) {
        let what = format!("Model from {name}, cost at {}", Value::integer(iteration).text);
        let ours = run.history.cost(iteration)?;
        outcome.printed(
            &format!("{id}_cost_{iteration}"),
            Printed::number(Work::Initialization, &what, cost, ours)?,
        );
    }
    print_accuracies(outcome, (id, name), printed, run)
}

fn print_accuracies(
    outcome: &mut Outcome,
    (id, name): (&str, &str),
    printed: &PrintedRun,
    run: &Run,
) -> Result<(), Error> {
    for (set, printed, ours) in
        [("train", printed.train, run.train), ("test", printed.test, run.test)]
    {
        let what = format!("Model from {name}, {set} accuracy");
        outcome.printed(
            &format!("{id}_{set}"),
            Printed::number(Work::Initialization, &what, printed, ours)?,
        );
    }
    Ok(())
}

/// Zeros, and any other start in which the units of a layer are equal.
fn zeros() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let zeros = run_scheme(Initialization::Zeros, SEED)?;
    let mut equal_weights = Vec::new();
    let equal = follow_first_weights(constant(0.5)?, &mut equal_weights)?;
    let mut he_weights = Vec::new();
    let he = Network::new(&SIZES, Initialization::He, &mut RandomState::new(SEED))?;
    let he = follow_first_weights(he, &mut he_weights)?;

    let chart = LineChart::new("iteration", "a unit's first weight")
        .bundle("He", Role::He, &he_weights)
        .bundle("all equal", Role::Large, &equal_weights);
    outcome.figure(
        "units",
        chart.draw()?,
        format!(
            "The first weight of each of the ten hidden units against iteration. Started by He, ten separate lines; \
             started at one half, ten lines that coincide all the way, with a largest difference of {}.",
            fixed(unit_spread(&equal.network), 0)
        ),
        "The first weight of each of the ten units of the first layer. Started from one number, ten units draw one \
         line: the layer has ten units and the abilities of one."
            .to_owned(),
    );
    outcome.value("cost_start", Value::fixed(zeros.history.cost(0)?, 4));
    outcome.value("cost_end", Value::fixed(last_cost(&zeros.history), 4));
    outcome.value("train", Value::percent(zeros.train, 0));
    outcome.value("test", Value::percent(zeros.test, 0));
    outcome.value("largest_weight", Value::fixed(largest_weight(&zeros.network), 0));
    outcome.value("equal_train", Value::percent(equal.train, 1));
    outcome.value("equal_spread", Value::fixed(unit_spread(&equal.network), 0));
    outcome.value("he_spread", Value::fixed(unit_spread(&he.network), 2));
    outcome.claim("symmetry", Claim {
        said_by: ASSIGNMENT.to_owned(),
        statement: "With all weights zero, the units of a layer learn the same thing, and the network is no better than a linear classifier.".to_owned(),
        measured: format!(
            "From zeros no weight has moved after 15\u{a0}000 steps (the largest is {}), the cost is {} throughout, and the accuracy {}. \
             From weights that all start at one half the units do move, and stay equal to the last bit (largest difference {}); {} of the training set is right.",
            fixed(largest_weight(&zeros.network), 0), fixed(last_cost(&zeros.history), 4), percent(zeros.train, 1), fixed(unit_spread(&equal.network), 0), percent(equal.train, 1)
        ),
        verdict: if unit_spread(&equal.network) == 0.0 && largest_weight(&zeros.network) == 0.0 { Verdict::Holds } else { Verdict::DoesNotHold },
        reason: "Equal units receive equal gradients. With ReLU and zeros it is worse than a linear classifier: the hidden activations are 0, so every weight's gradient is 0.".to_owned(),
    });
    Ok(outcome)
}

/// Trains, writing down the first weight of each unit of the first layer at each recorded step.
fn follow_first_weights(
    network: Network,
    weights: &mut Vec<Vec<(f64, f64)>>,
) -> Result<Run, Error> {
    let (data, test) = rings()?;
    let mut network = network;
    weights.resize(SIZES[1], Vec::new());
    let training = GradientDescent::new(LEARNING_RATE).iterations(ITERATIONS).record_every(250);
    let mut run = training.start(&network, &data)?;
    while let Some((iteration, _)) = run.next_cost()? {
        let first_layer = &run.network().parameters().layers()[0].w;
        for (unit, weight) in weights.iter_mut().zip(first_layer.column(0)) {
            unit.push((iteration as f64, *weight));
        }
    }
    let history = run.finish(&mut network)?;
    Ok(Run { train: network.accuracy(&data)?, test: network.accuracy(&test)?, network, history })
}

/// The largest difference between a weight of the first layer and the first unit's.
fn unit_spread(network: &Network) -> f64 {
    let w = &network.parameters().layers()[0].w;
    let first = w.row(0);
    w.rows()
        .into_iter()
        .flat_map(|row| row.iter().zip(first).map(|(a, b)| (a - b).abs()).collect::<Vec<_>>())
        .fold(0.0, f64::max)
}

fn largest_weight(network: &Network) -> f64 {
    network
        .parameters()
        .layers()
        .iter()
        .flat_map(|layer| &layer.w)
        .fold(0.0, |most, w| most.max(w.abs()))
}

/// Weights ten times too large.
fn large() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let (data, _) = rings()?;
    let start = Network::new(&SIZES, Initialization::Gaussian(10.0), &mut RandomState::new(SEED))?;
    let he_start = Network::new(&SIZES, Initialization::He, &mut RandomState::new(SEED))?;
    let (probabilities, he_probabilities) =
        (start.probabilities(data.x())?, he_start.probabilities(data.x())?);
    let histogram =
        Histograms::grid(1, "probability of class 1, before training", "share of examples")
            .panel(
                "large: standard deviation 10",
                Role::Large,
                &to_vec(&probabilities),
                (0.0, 1.0),
                20,
            )
            .panel("He", Role::He, &to_vec(&he_probabilities), (0.0, 1.0), 20)
            .draw()?;
    let sure = probabilities.iter().filter(|p| **p < 1e-3 || **p > 1.0 - 1e-3).count() as f64
        / data.examples() as f64;
    outcome.figure(
        "probabilities",
        histogram,
        format!("Histograms of the predicted probabilities before any training. With large weights {} of them lie at 0 or 1; with He they lie around one half.", percent(sure, 1)),
        "What the untrained network answers. With large weights it is certain, and half of the time certain of the wrong class.".to_owned(),
    );
    let textbook = textbook_cost(&probabilities, data.y());
    let true_cost = start.cost(&data)?;
    let trained = run_scheme(Initialization::Gaussian(10.0), SEED)?;
    let longer = run(start.clone(), LONG)?;
    let he_cost = last_cost(&run_scheme(Initialization::He, SEED)?.history);
    outcome.value("cost_start", Value::fixed(true_cost, 2));
    outcome.value("he_cost_start", Value::fixed(he_start.cost(&data)?, 2));
    outcome.value("textbook_cost_start", Value { number: textbook, text: "inf".to_owned() });
    let logits = start.logits(data.x())?;
    let fall = trained
        .history
        .costs()
        .iter()
        .find(|(_, cost)| *cost < 1.0)
        .map_or(ITERATIONS, |(i, _)| *i);
    outcome.value(
        "logit",
        Value::fixed(logits.iter().map(|z| z.abs()).sum::<f64>() / data.examples() as f64, 0),
    );
    outcome.value("wrong_start", Value::percent(1.0 - start.accuracy(&data)?, 0));
    outcome.value("fall", Value::integer(fall));
    outcome.value("sure", Value::percent(sure, 0));
    outcome.value("train", Value::percent(trained.train, 0));
    outcome.value("test", Value::percent(trained.test, 0));
    outcome.value("longer_iterations", Value::integer(LONG));
    outcome.value("longer_cost", Value::fixed(last_cost(&longer.history), 3));
    outcome.value("longer_train", Value::percent(longer.train, 1));
    outcome.claim("loss", Claim {
        said_by: ASSIGNMENT.to_owned(),
        statement: "With large weights the cost starts very high, because the sigmoid's output is very close to 0 or 1 for some examples, and where that is wrong the loss is very high.".to_owned(),
        measured: format!("{} of the training examples start with a probability below 1/1000 or above 999/1000. The cost starts at {}, against {} with He.", percent(sure, 1), fixed(true_cost, 1), fixed(he_start.cost(&data)?, 2)),
        verdict: if sure > 0.9 && true_cost > 1_000.0 { Verdict::Holds } else { Verdict::DoesNotHold },
        reason: "The loss of a wrong answer grows linearly with the logit, and the logits have grown with the product of the layers' scales.".to_owned(),
    });
    outcome.claim("infinite", Claim {
        said_by: ASSIGNMENT.to_owned(),
        statement: "The cost at iteration 0 is `inf`; this comes from numerical roundoff and is not worth worrying about.".to_owned(),
        measured: format!("The notebook's formula gives `{textbook}`. The cost computed from the logits is {}.", fixed(true_cost, 2)),
        verdict: if textbook.is_infinite() && true_cost.is_finite() { Verdict::HoldsWithCondition } else { Verdict::DoesNotHold },
        reason: "Roundoff it is: σ(z) rounds to 1 for z above 37, and the formula takes the logarithm of 0. But the number that it hides is the first sign that the weights are too large, and a cost that can be `inf` or `NaN` hides real divergence as well.".to_owned(),
    });
    outcome.claim("longer", Claim {
        said_by: ASSIGNMENT.to_owned(),
        statement: "Trained longer, the network with large weights gives better results, but the large start slows optimization down.".to_owned(),
        measured: format!(
            "After 15\u{a0}000 steps the cost is {} and {} of the training set is right; after {} steps it is {} and {}. He has a cost of {} after 15\u{a0}000.",
            fixed(last_cost(&trained.history), 3), percent(trained.train, 1), Value::integer(LONG).text, fixed(last_cost(&longer.history), 3), percent(longer.train, 1), fixed(he_cost, 3)
        ),
        verdict: if longer.train > trained.train + 0.05 && last_cost(&longer.history) < last_cost(&trained.history) { Verdict::Holds } else { Verdict::HoldsWithCondition },
        reason: "It improves a little and then stops: twenty times the steps do not bring it near what a better start reaches. It is not only slower, it has settled in a worse place.".to_owned(),
    });
    Ok(outcome)
}

/// The cost as the notebook computes it: the logarithm of the activation, and `nansum`.
fn textbook_cost(probabilities: &Array2<f64>, y: ArrayView2<'_, f64>) -> f64 {
    let losses = probabilities
        .iter()
        .zip(y)
        .map(|(a, y)| -(y * libm::log(*a) + (1.0 - y) * libm::log(1.0 - a)));
    losses.filter(|loss| !loss.is_nan()).sum::<f64>() / y.len() as f64
}

fn to_vec(array: &Array2<f64>) -> Vec<f64> {
    array.iter().copied().collect()
}

/// Two starts that differ in the last bit only.
fn chaos() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let (large, he) = (last_bit(Initialization::Gaussian(10.0))?, last_bit(Initialization::He)?);
    let floor =
        |points: &[(f64, f64)]| points.iter().map(|(i, d)| (*i, d.max(1e-17))).collect::<Vec<_>>();
    let chart = LineChart::new("iteration", "relative difference of the costs")
        .log_y()
        .line("large", Role::Large, &floor(&large))
        .line("He", Role::He, &floor(&he))
        .draw()?;
    let worst = |points: &[(f64, f64)]| points.iter().map(|(_, d)| *d).fold(0.0, f64::max);
    outcome.figure(
        "difference",
        chart,
        format!("Relative difference of the costs of two runs whose first weights differ in the last bit, against iteration. With large weights it reaches {}; with He it never exceeds {}.", percent(worst(&large), 1), scientific(worst(&he), 1)),
        "Each weight multiplied by 1 + 2⁻⁵² before the first step: how far the cost of the disturbed run is from the undisturbed one (logarithmic; equal costs are drawn at the bottom).".to_owned(),
    );
    outcome.value("large", Value::percent(worst(&large), 1));
    outcome.value("he", Value::scientific(worst(&he), 0));
    let column = |index: usize| Spread::new(LARGE_ELSEWHERE.iter().map(|run| run[index]).collect());
    let ours = run_scheme(Initialization::Gaussian(10.0), SEED)?.history;
    let mut rows = Vec::new();
    for (copy, costs) in LARGE_ELSEWHERE.iter().enumerate() {
        let name =
            if copy < 4 { format!("published copy {}", copy + 1) } else { "NumPy 2.4".to_owned() };
        rows.push([name].into_iter().chain(costs.map(|cost| fixed(cost, 6))).collect());
    }
    let own =
        [1_000, 7_000, 14_000].map(|i| ours.cost(i)).into_iter().collect::<Result<Vec<_>, _>>()?;
    rows.push(
        ["this library".to_owned()]
            .into_iter()
            .chain(own.iter().map(|cost| fixed(*cost, 6)))
            .collect(),
    );
    outcome.table("elsewhere", Table {
        caption: "The cost of the run with large weights: the same notebook, the same seed, different machines.".to_owned(),
        header: ["computed by", "at 1000", "at 7000", "at 14\u{a0}000"].map(str::to_owned).to_vec(),
        rows,
    });
    let apart = (column(1).max() / column(1).min()) - 1.0;
    outcome.value("elsewhere", Value::percent(apart, 1));
    outcome.claim("printed", Claim {
        said_by: ASSIGNMENT.to_owned(),
        statement: "The costs that the notebook prints for large weights are the expected output.".to_owned(),
        measured: format!(
            "Five runs of the same notebook with the same seed differ by {} at iteration 7000. Two of our runs whose first weights differ in the last bit differ by up to {}; with He, by {}. The accuracies agree: {} and {}.",
            percent(apart, 1), percent(worst(&large), 1), scientific(worst(&he), 1), percent(LARGE.train_accuracy(), 1), percent(LARGE.test_accuracy(), 1)
        ),
        verdict: if apart > 0.01 && worst(&large) > 1e-3 { Verdict::DoesNotHold } else { Verdict::Holds },
        reason: "The run is chaotic: the order in which a library adds numbers decides the third digit. If your costs differ from the notebook's here, your code need not be wrong.".to_owned(),
    });
    Ok(outcome)
}

/// The relative difference of the costs after moving each first weight by one part in 2⁵².
fn last_bit(scheme: Initialization) -> Result<Vec<(f64, f64)>, Error> {
    let network = Network::new(&SIZES, scheme, &mut RandomState::new(SEED))?;
    let moved = network.parameters().to_theta().mapv(|weight| weight * (1.0 + f64::EPSILON));
    let moved = Network::from_parameters(network.parameters().with_theta(&moved)?);
    let (a, b) = (run(network, ITERATIONS)?.history, run(moved, ITERATIONS)?.history);
    let pairs = a.costs().iter().zip(b.costs());
    Ok(pairs.map(|((i, a), (_, b))| (*i as f64, (a / b - 1.0).abs())).collect())
}

/// Weights a hundred times too small.
fn small() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let (data, _) = rings()?;
    let scheme = Initialization::Gaussian(0.01);
    let start = Network::new(&SIZES, scheme, &mut RandomState::new(SEED))?;
    let he_start = Network::new(&SIZES, Initialization::He, &mut RandomState::new(SEED))?;
    let (gradient, he_gradient) =
        (first_layer_gradient(&start, &data)?, first_layer_gradient(&he_start, &data)?);
    let trained = run(start.clone(), ITERATIONS)?;
    let longer = run(start, LONG)?;
    outcome.value(
        "fall",
        Value::scientific(trained.history.cost(0)? - last_cost(&trained.history), 0),
    );
    outcome.value("test", Value::percent(trained.test, 0));
    outcome.value("gradient", Value::scientific(gradient, 0));
    outcome.value("he_gradient", Value::fixed(he_gradient, 2));
    outcome.value("gradient_ratio", Value::integer((he_gradient / gradient).round() as usize));
    outcome.value("longer_iterations", Value::integer(LONG));
    outcome.value("longer_cost", Value::fixed(last_cost(&longer.history), 2));
    Ok(outcome)
}

/// The Euclidean norm of the gradient of the first layer's weights.
fn first_layer_gradient(network: &Network, data: &Dataset) -> Result<f64, Error> {
    let gradients = network.gradients(data)?;
    let squares = gradients.layers()[0].w.iter().map(|g| g * g).sum::<f64>();
    Ok(squares.sqrt())
}

/// The last cost against the standard deviation of all weights.
fn scale() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let stds = [0.01, 0.03, 0.1, 0.18, 0.32, 0.56, 1.0, 1.8, 3.2, 10.0, 30.0, 100.0];
    let mut spreads = Vec::new();
    for std in stds {
        let costs = over_seeds(5, |seed| {
            Ok::<_, Error>(last_cost(&run_scheme(Initialization::Gaussian(std), seed)?.history))
        })?;
        spreads.push((std, Spread::new(costs)));
    }
    let (medians, band) = (medians(&spreads), ranges(&spreads));
    let best = medians
        .iter()
        .copied()
        .fold((f64::NAN, f64::INFINITY), |best, next| if next.1 < best.1 { next } else { best });
    let chart = LineChart::new("standard deviation of all weights", "cost after 15\u{a0}000 steps")
        .log_x()
        .log_y()
        .band(Role::Ink, &band)
        .line("median", Role::Ink, &medians)
        .vertical("He, 10 inputs", Initialization::He.variance(10, 5).sqrt())
        .draw()?;
    outcome.figure(
        "cost",
        chart,
        format!("Cost after training against the standard deviation of the weights, both logarithmic. Below a tenth the cost stays at {}; the median is lowest, {}, at {}; above ten it is back near one half.", fixed(std::f64::consts::LN_2, 3), fixed(best.1, 3), fixed(best.0, 1)),
        "Too small does not learn, too large learns badly. Line: median of five seeds; band: from the best to the worst seed. The schemes below name the place of the valley in advance, for every layer width.".to_owned(),
    );
    let valley: Vec<f64> =
        medians.iter().filter(|(_, cost)| *cost < 0.15).map(|(std, _)| *std).collect();
    outcome.value("valley_from", Value::fixed(valley.first().copied().unwrap_or(f64::NAN), 1));
    outcome.value("valley_to", Value::fixed(valley.last().copied().unwrap_or(f64::NAN), 1));
    outcome.value("best_std", Value::fixed(best.0, 1));
    outcome.value("best_cost", Value::fixed(best.1, 3));
    Ok(outcome)
}

/// Last costs and test accuracies over the seeds.
struct Sweep {
    cost: Spread,
    test: Spread,
}

fn sweep_of(scheme: Initialization) -> Result<Sweep, Error> {
    sweep_from(SEEDS, |seed| Ok(Network::new(&SIZES, scheme, &mut RandomState::new(seed))?))
}

fn sweep_from(
    seeds: u32,
    start: impl Fn(u32) -> Result<Network, Error> + Sync + Send,
) -> Result<Sweep, Error> {
    let runs = over_seeds(seeds, |seed| {
        let run = run(start(seed)?, ITERATIONS)?;
        Ok::<_, Error>((last_cost(&run.history), run.test))
    })?;
    let (cost, test) = runs.into_iter().unzip();
    Ok(Sweep { cost: Spread::new(cost), test: Spread::new(test) })
}

/// Width and depth of the networks that show what a scheme does to a signal.
const WIDTH: usize = 100;
const DEPTH: usize = 50;

/// The standard deviation of every hidden layer's activations, for standard normal inputs.
fn activation_spread(
    scheme: Initialization,
    activation: Activation,
    depth: usize,
) -> Result<Vec<f64>, Error> {
    let sizes: Vec<usize> = [vec![WIDTH; depth + 1], vec![1]].concat();
    let network =
        Network::new(&sizes, scheme, &mut RandomState::new(2))?.with_activation(activation);
    let activations = network.activations(standard_normal_inputs(WIDTH, 200).view())?;
    Ok(activations.iter().take(depth).map(standard_deviation).collect())
}

fn standard_normal_inputs(features: usize, examples: usize) -> Array2<f64> {
    let mut rng = RandomState::new(1);
    Array2::from_shape_simple_fn((features, examples), || rng.randn())
}

/// The scales that are held against each other layer by layer: label, id and color.
pub(crate) const SCALES: [(&str, &str, Role, Initialization); 4] = [
    ("std 0.01", "small", Role::Small, Initialization::Gaussian(0.01)),
    ("std 1", "large", Role::Large, Initialization::Gaussian(1.0)),
    ("Xavier", "xavier", Role::Xavier, Initialization::Xavier),
    ("He", "he", Role::He, Initialization::He),
];

/// How the spread of the activations changes from layer to layer.
fn depth() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let kinds = [
        ("relu", "ReLU", Activation::Relu),
        ("tanh", "tanh", Activation::Tanh),
        ("sigmoid", "sigmoid", Activation::Sigmoid),
    ];
    for (id, name, activation) in kinds {
        let mut chart = LineChart::new("layer", "standard deviation of the activations").log_y();
        if activation == Activation::Tanh {
            chart = chart.y_range(0.02, 2.0);
        }
        let mut ends = Vec::new();
        for (label, _, role, scheme) in SCALES {
            let spread = activation_spread(scheme, activation, DEPTH)?;
            let points: Vec<_> =
                spread.iter().enumerate().map(|(l, std)| (l as f64 + 1.0, *std)).collect();
            let last = spread.last().copied().unwrap_or(f64::NAN);
            ends.push(format!("{label}: {}", scientific(last, 1)));
            outcome.value(&format!("{id}_{}", scheme_id(scheme)), Value::scientific(last, 0));
            chart = chart.line(label, role, &points);
        }
        outcome.figure(
            id,
            chart.draw()?,
            format!("Standard deviation of the activations of {DEPTH} {name} layers of {WIDTH} units, logarithmic, against the layer. In the last layer: {}.", ends.join("; ")),
            format!("{DEPTH} layers of {WIDTH} {name} units, standard normal inputs, no training. A straight line is a factor that every layer repeats."),
        );
    }
    outcome.value("depth", Value::integer(DEPTH));
    outcome.value("width", Value::integer(WIDTH));
    outcome.table("factors", factors()?);
    depth_claims(&mut outcome)?;
    Ok(outcome)
}

fn scheme_id(scheme: Initialization) -> &'static str {
    match scheme {
        Initialization::Gaussian(std) if std < 0.1 => "small",
        Initialization::Gaussian(_) => "large",
        Initialization::Xavier => "xavier",
        _ => "he",
    }
}

/// The factor by which a layer changes the standard deviation: predicted and measured over 20 layers.
fn factors() -> Result<Table, Error> {
    let mut rows = Vec::new();
    for (label, _, _, scheme) in SCALES {
        let predicted = (WIDTH as f64 * scheme.variance(WIDTH, WIDTH)).sqrt();
        let linear = factor(&activation_spread(scheme, Activation::Identity, DEPTH)?);
        let relu = factor(&activation_spread(scheme, Activation::Relu, DEPTH)?);
        let numbers = [predicted, linear, predicted / 2.0_f64.sqrt(), relu];
        rows.push([label.to_owned()].into_iter().chain(numbers.map(|n| fixed(n, 3))).collect());
    }
    Ok(Table {
        caption: format!(
            "The factor that one layer of {WIDTH} units puts on the standard deviation: $`\\sqrt{{n\\,\\mathrm{{Var}}(w)}}`$ for a linear layer, $`\\sqrt{{n\\,\\mathrm{{Var}}(w)/2}}`$ for ReLU; measured as the mean over {DEPTH} layers."
        ),
        header: ["weights", "linear: theory", "measured", "ReLU: theory", "measured"]
            .map(str::to_owned)
            .to_vec(),
        rows,
    })
}

/// The mean factor between consecutive layers.
fn factor(spread: &[f64]) -> f64 {
    match (spread.first(), spread.last()) {
        (Some(first), Some(last)) => libm::pow(last / first, 1.0 / (spread.len() - 1) as f64),
        _ => f64::NAN,
    }
}

fn depth_claims(outcome: &mut Outcome) -> Result<(), Error> {
    let last = |scheme, activation| {
        Ok::<_, Error>(
            activation_spread(scheme, activation, DEPTH)?.last().copied().unwrap_or(f64::NAN),
        )
    };
    let (he, xavier) = (
        last(Initialization::He, Activation::Relu)?,
        last(Initialization::Xavier, Activation::Relu)?,
    );
    outcome.claim("relu", Claim {
        said_by: LECTURE.to_owned(),
        statement: "For ReLU set the variance of the weights to 2/n; for tanh, 1/n.".to_owned(),
        measured: format!(
            "After {DEPTH} ReLU layers the standard deviation is {} with 2/n and {} with 1/n. After {DEPTH} tanh layers it is {} with 1/n and {} with 2/n.",
            fixed(he, 2), scientific(xavier, 1), fixed(last(Initialization::Xavier, Activation::Tanh)?, 2), fixed(last(Initialization::He, Activation::Tanh)?, 2)
        ),
        verdict: if he > 0.1 && xavier < 1e-6 { Verdict::Holds } else { Verdict::DoesNotHold },
        reason: "ReLU zeroes half of the signal's variance and the 2 puts it back. With tanh the signal shrinks slowly under 1/n, and 2/n keeps it larger by pushing units towards saturation: 1/n preserves it exactly only where tanh is straight.".to_owned(),
    });
    Ok(())
}

/// How many tanh units are saturated, layer by layer.
fn saturation() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let layers = 10;
    let sizes: Vec<usize> = [vec![WIDTH; layers + 1], vec![1]].concat();
    let mut histograms = Histograms::grid(2, "activation in layer 10", "share");
    let mut shares = Vec::new();
    for (label, id, role, scheme) in SCALES {
        let network = Network::new(&sizes, scheme, &mut RandomState::new(2))?
            .with_activation(Activation::Tanh);
        let activations = network.activations(standard_normal_inputs(WIDTH, 200).view())?;
        let last = to_vec(&activations[layers - 1]);
        let saturated = saturated(&last);
        outcome.value(id, Value::percent(saturated, 0));
        shares.push(format!("{label}: {}", percent(saturated, 1)));
        histograms = histograms.panel(label, role, &last, (-1.0, 1.0), 40);
    }
    outcome.figure(
        "tanh",
        histograms.draw()?,
        format!("Histograms of the activations of the tenth tanh layer. With a standard deviation of 0.01 they are all at 0, with 1 all at −1 and 1; with Xavier and He they cover the range. Share of saturated units, {}.", shares.join("; ")),
        "What reaches the tenth of ten tanh layers. At 0 there is no signal; at −1 and 1 there is no slope.".to_owned(),
    );
    Ok(outcome)
}

/// The share of activations where tanh has lost 98 % of its slope: |a| > 0.99.
fn saturated(activations: &[f64]) -> f64 {
    activations.iter().filter(|a| a.abs() > 0.99).count() as f64 / activations.len() as f64
}

/// Where Xavier, Glorot and the backward rule differ: layers that get narrower.
fn taper() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let sizes = [512, 256, 128, 64, 32, 1];
    let schemes = [
        ("Xavier", "xavier", Initialization::Xavier),
        ("Glorot", "glorot", Initialization::Glorot),
    ];
    let mut rows = Vec::new();
    for (label, id, scheme) in schemes {
        let measured = over_seeds(10, |seed| forward_and_backward(&sizes, scheme, seed))?;
        let mean = |pick: fn(&(f64, f64)) -> f64| {
            measured.iter().map(pick).sum::<f64>() / measured.len() as f64
        };
        let (forward, backward) = (mean(|m| m.0), mean(|m| m.1));
        outcome.value(&format!("{id}_forward"), Value::fixed(forward, 2));
        outcome.value(&format!("{id}_backward"), Value::fixed(backward, 2));
        let variance = scheme.variance(2, 1);
        rows.push(vec![
            label.to_owned(),
            fixed(2.0 * variance, 2),
            fixed(forward, 2),
            fixed(variance, 2),
            fixed(backward, 2),
        ]);
    }
    outcome.table("factors", Table {
        caption: "The factor that a linear layer with half as many units as inputs puts on the variance, forward on the activations and backward on the errors dZ; mean of 10 seeds.".to_owned(),
        header: ["weights", "forward: theory", "measured", "backward: theory", "measured"].map(str::to_owned).to_vec(),
        rows,
    });
    Ok(outcome)
}

/// The mean factor per layer on the variance of the activations and, backward, of the errors.
fn forward_and_backward(
    sizes: &[usize],
    scheme: Initialization,
    seed: u32,
) -> Result<(f64, f64), Error> {
    let network = Network::new(sizes, scheme, &mut RandomState::new(seed))?
        .with_activation(Activation::Identity);
    let x = standard_normal_inputs(sizes[0], 100);
    let hidden = sizes.len() - 2;
    let activations = network.activations(x.view())?;
    let forward: Vec<f64> = activations.iter().take(hidden).map(mean_square).collect();
    let errors = network_errors(&network, &x)?;
    let backward: Vec<f64> = errors.iter().take(hidden).rev().map(mean_square).collect();
    Ok((factor(&forward), factor(&backward)))
}

/// Every layer's errors dZ, `(units, examples)`: for a single example they are the biases' gradients.
fn network_errors(network: &Network, x: &Array2<f64>) -> Result<Vec<Array2<f64>>, Error> {
    let mut errors: Vec<Array2<f64>> = network
        .parameters()
        .layers()
        .iter()
        .map(|layer| Array2::zeros((layer.b.len(), x.ncols())))
        .collect();
    for (example, column) in x.columns().into_iter().enumerate() {
        let one = Dataset::new(column.insert_axis(Axis(1)).to_owned(), Array2::zeros((1, 1)))?;
        let gradients = network.gradients(&one)?;
        for (errors, layer) in errors.iter_mut().zip(gradients.layers()) {
            errors.column_mut(example).assign(&layer.b);
        }
    }
    Ok(errors)
}

fn standard_deviation(a: &Array2<f64>) -> f64 {
    let mean = a.sum() / a.len() as f64;
    (a.iter().map(|a| (a - mean) * (a - mean)).sum::<f64>() / a.len() as f64).sqrt()
}

fn mean_square(a: &Array2<f64>) -> f64 {
    a.iter().map(|a| a * a).sum::<f64>() / a.len() as f64
}

/// Every scheme under twenty seeds.
fn sweep() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let schemes = [
        ("small (0.01)", "small", Role::Small, Initialization::Gaussian(0.01)),
        ("large (10)", "large", Role::Large, Initialization::Gaussian(10.0)),
        ("Xavier", "xavier", Role::Xavier, Initialization::Xavier),
        ("Xavier, uniform", "xavier_uniform", Role::Xavier, Initialization::XavierUniform),
        ("Glorot", "glorot", Role::Glorot, Initialization::Glorot),
        ("Glorot, uniform", "glorot_uniform", Role::Glorot, Initialization::GlorotUniform),
        ("He", "he", Role::He, Initialization::He),
        ("He, uniform", "he_uniform", Role::He, Initialization::HeUniform),
    ];
    let (mut costs, mut tests) = (
        DotPlot::new("cost after 15\u{a0}000 steps").log(),
        DotPlot::new("test accuracy").percent(),
    );
    let (mut rows, mut summary) = (Vec::new(), Vec::new());
    let mut accuracies = Vec::new();
    for (name, id, role, scheme) in schemes {
        let Sweep { cost, test } = sweep_of(scheme)?;
        costs = costs.category(name, role, cost.values());
        tests = tests.category(name, role, test.values());
        outcome.value(&format!("{id}_median"), Value::percent(test.median(), 1));
        outcome.value(&format!("{id}_min"), Value::percent(test.min(), 0));
        outcome.value(&format!("{id}_max"), Value::percent(test.max(), 0));
        summary.push(format!("{name}: {}", percent(test.median(), 1)));
        rows.push(vec![
            name.to_owned(),
            fixed(cost.median(), 3),
            format!("{}–{}", fixed(cost.min(), 3), fixed(cost.max(), 3)),
            percent(test.median(), 1),
            format!("{}–{}", fixed(100.0 * test.min(), 0), Value::percent(test.max(), 0).text),
            format!("{}", test.count(|accuracy| accuracy < 0.9)),
        ]);
        accuracies.push(test);
    }
    outcome.value("seeds", Value::integer(SEEDS as usize));
    outcome.figure(
        "cost",
        costs.draw()?,
        "Cost after training, one dot a seed, for eight initializations. Small weights: all dots together at ln 2. Large weights: spread between a tenth and two thirds. Xavier, Glorot and He, normal and uniform: most dots near a tenth, a few stuck above one half.".to_owned(),
        format!("The last cost under {SEEDS} seeds (logarithmic); the bar is the median."),
    );
    outcome.figure(
        "test",
        tests.draw()?,
        format!(
            "Test accuracy, one dot a seed, for eight initializations. Medians, {}.",
            summary.join("; ")
        ),
        format!("The test accuracy under the same {SEEDS} seeds; the bar is the median."),
    );
    outcome.table(
        "schemes",
        Table {
            caption: format!("Medians and ranges of {SEEDS} seeds after 15\u{a0}000 steps; how many seeds end below 90 % on the test set."),
            header: ["start", "cost", "range", "test", "range", "below 90 %"]
            .map(str::to_owned)
            .to_vec(),
            rows,
        },
    );
    sweep_claims(&mut outcome, &accuracies)?;
    Ok(outcome)
}

/// Judges what is said of He, and of normal and uniform weights, by the test accuracies of all seeds.
fn sweep_claims(outcome: &mut Outcome, accuracies: &[Spread]) -> Result<(), Error> {
    let [_, _, xavier, xavier_uniform, glorot, glorot_uniform, he, he_uniform] = accuracies else {
        return Ok(());
    };
    let stuck = |spread: &Spread| spread.count(|accuracy| accuracy < 0.9);
    let one = run_scheme(Initialization::He, SEED)?;
    outcome.value("he_stuck", Value::integer(stuck(he)));
    outcome.claim("separates", Claim {
        said_by: ASSIGNMENT.to_owned(),
        statement: "He initialization separates the two classes very well in a small number of iterations.".to_owned(),
        measured: format!(
            "With the notebook's seed {} of the training set and {} of the test set is right. Over {SEEDS} seeds the test accuracy has a median of {} and goes from {} to {}; {} of {SEEDS} end below 90 %.",
            Value::percent(one.train, 2).text, percent(one.test, 1), percent(he.median(), 1), percent(he.min(), 1), percent(he.max(), 1), stuck(he)
        ),
        verdict: if stuck(he) == 0 { Verdict::Holds } else { Verdict::HoldsWithCondition },
        reason: "With most seeds, not with every one. A good variance makes a good start likely; in layers of ten and five units it does not make it certain.".to_owned(),
    });
    let normal = stuck(xavier) + stuck(glorot) + stuck(he);
    let uniform = stuck(xavier_uniform) + stuck(glorot_uniform) + stuck(he_uniform);
    let pairs = [(xavier, xavier_uniform), (glorot, glorot_uniform), (he, he_uniform)];
    let apart = pairs.map(|(a, b)| (a.median() - b.median()).abs()).into_iter().fold(0.0, f64::max);
    outcome.claim("uniform", Claim {
        said_by: "common practice; X. Glorot, Y. Bengio (2010) draw uniform, K. He et al. (2015) normal weights".to_owned(),
        statement: "What counts is the variance of the weights, not whether they are normal or uniform.".to_owned(),
        measured: format!(
            "The median test accuracies of normal and uniform weights differ by at most {}. Of {} runs with normal weights {normal} end below 90 %, of as many with uniform weights {uniform}.",
            Value::percent(apart, 1).text, 3 * SEEDS
        ),
        verdict: match (apart < 0.01, normal.abs_diff(uniform) < 3) {
            (true, true) => Verdict::Holds,
            (true, false) => Verdict::HoldsWithCondition,
            (false, _) => Verdict::DoesNotHold,
        },
        reason: "For a typical seed. The unlucky seeds are more often normal ones, in layers as narrow as these; the rule about the variance speaks of the average, and says nothing about luck.".to_owned(),
    });
    Ok(())
}

/// He initialization with biases that do not start at 0.
fn biases() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let starts =
        [("0", "zero", 0.0), ("0.1", "tenth", 0.1), ("1", "one", 1.0), ("−1", "minus_one", -1.0)];
    let mut rows = Vec::new();
    let mut medians = Vec::new();
    for (label, id, bias) in starts {
        let Sweep { cost, test } = sweep_from(10, |seed| he_with_biases(bias, seed))?;
        outcome.value(&format!("{id}_test"), Value::percent(test.median(), 1));
        medians.push(test.median());
        rows.push(vec![
            label.to_owned(),
            fixed(cost.median(), 3),
            percent(test.median(), 1),
            format!("{}", test.count(|accuracy| accuracy < 0.9)),
        ]);
    }
    outcome.table(
        "starts",
        Table {
            caption: "He weights and all biases started at one number, 10 seeds each.".to_owned(),
            header: ["biases", "cost, median", "test, median", "seeds below 90 %"]
                .map(str::to_owned)
                .to_vec(),
            rows,
        },
    );
    outcome.claim("zero", Claim {
        said_by: ASSIGNMENT.to_owned(),
        statement: "Biases may start at zero: random weights break the symmetry.".to_owned(),
        measured: format!("Over 10 seeds the median test accuracy is {} with biases at 0, {} with 0.1 and {} with 1. With −1 it is {}.", percent(medians[0], 1), percent(medians[1], 1), percent(medians[2], 1), percent(medians[3], 1)),
        verdict: if (medians[0] - medians[1]).abs() < 0.02 { Verdict::Holds } else { Verdict::HoldsWithCondition },
        reason: "Units with different weights receive different gradients, biases or not. Negative biases switch ReLU units off before they have learned anything.".to_owned(),
    });
    Ok(outcome)
}

fn he_with_biases(bias: f64, seed: u32) -> Result<Network, Error> {
    let network = Network::new(&SIZES, Initialization::He, &mut RandomState::new(seed))?;
    let mut layers = network.parameters().layers().to_vec();
    layers.iter_mut().for_each(|layer| layer.b.fill(bias));
    Ok(Network::from_parameters(Parameters::new(layers)?))
}

/// Xavier and He in a deep ReLU network, trained.
fn deep() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let (data, _) = rings()?;
    let hidden = 15;
    let sizes: Vec<usize> = [vec![2], vec![10; hidden], vec![1]].concat();
    let along = |scheme| costs_of_5_seeds(&sizes, scheme, &data);
    let (xavier, he) = (along(Initialization::Xavier)?, along(Initialization::He)?);
    let chart = LineChart::new("iteration", "cost J")
        .y_range(0.0, 1.0)
        .bundle("Xavier", Role::Xavier, &xavier)
        .bundle("He", Role::He, &he);
    let end = |runs: &[Vec<(f64, f64)>]| {
        Spread::new(runs.iter().flat_map(|run| run.last()).map(|(_, cost)| *cost).collect())
    };
    let (xavier, he) = (end(&xavier), end(&he));
    outcome.figure(
        "costs",
        chart.draw()?,
        format!("Cost of a ReLU network of {hidden} hidden layers against iteration. Started by Xavier the median of five seeds ends at {}; started by He it ends at {}.", fixed(xavier.median(), 3), fixed(he.median(), 3)),
        format!("{hidden} hidden layers of ten ReLU units, the same rings and learning rate. Five seeds each."),
    );
    outcome.value("layers", Value::integer(hidden));
    outcome.value("xavier", Value::fixed(xavier.median(), 3));
    outcome.value("he", Value::fixed(he.median(), 3));
    outcome.claim("stalls", Claim {
        said_by: "K. He et al. (2015), arXiv:1502.01852, on a 30-layer network".to_owned(),
        statement: "A deep ReLU network started by Xavier's rule stalls; started by theirs it learns.".to_owned(),
        measured: format!("With {hidden} hidden layers, 6000 steps and five seeds: Xavier ends between {} and {}; He between {} and {}, with a median of {}.", fixed(xavier.min(), 3), fixed(xavier.max(), 3), fixed(he.min(), 3), fixed(he.max(), 3), fixed(he.median(), 3)),
        verdict: if xavier.min() > 0.68 && he.max() < 0.6 { Verdict::Holds } else if xavier.median() > 0.68 && he.median() < 0.6 { Verdict::HoldsWithCondition } else { Verdict::DoesNotHold },
        reason: "Xavier's rule loses a factor √2 in every ReLU layer, forward and backward. He's keeps the signal on average; layers of ten units still stray from the average, so not every seed learns.".to_owned(),
    });
    Ok(outcome)
}

/// The cost along training for each of five seeds.
fn costs_of_5_seeds(
    sizes: &[usize],
    scheme: Initialization,
    data: &Dataset,
) -> Result<Vec<Vec<(f64, f64)>>, Error> {
    over_seeds(5, |seed| {
        let mut network = Network::new(sizes, scheme, &mut RandomState::new(seed))?;
        let run = GradientDescent::new(LEARNING_RATE).iterations(6_000);
        Ok(points(&run.train(&mut network, data)?))
    })
}

/// A weight of a layer of `n_out` units with `n_in` inputs: `draw(n_out, n_in, rng)`.
type Draw = fn(usize, usize, &mut RandomState) -> f64;

/// The mistakes people make in writing an initialization, each measured after ten layers.
fn mistakes() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();

    let kinds: [(&str, &str, Draw); 4] = [
        ("right", "`randn / sqrt(n_in)`", |_, n_in, rng| rng.randn() * (1.0 / n_in as f64).sqrt()),
        ("rand", "`rand / sqrt(n_in)`: all weights positive", |_, n_in, rng| {
            rng.rand() * (1.0 / n_in as f64).sqrt()
        }),
        (
            "variance",
            "`randn / n_in`: the variance where the standard deviation belongs",
            |_, n_in, rng| rng.randn() / n_in as f64,
        ),
        ("n_out", "`randn / sqrt(n_out)`: the wrong side of the matrix", |n_out, _, rng| {
            rng.randn() * (1.0 / n_out as f64).sqrt()
        }),
    ];
    let mut rows = Vec::new();
    for (id, label, draw) in kinds {
        let layers = ninth_and_tenth_layer(draw)?;
        let [ninth, tenth] = layers.each_ref().map(standard_deviation).map(small_or_fixed);
        let saturated = Value::percent(saturated(&to_vec(&layers[0])), 0);
        rows.push(vec![
            label.to_owned(),
            ninth.text.clone(),
            tenth.text.clone(),
            saturated.text.clone(),
        ]);
        outcome.value(&format!("{id}_ninth"), ninth);
        outcome.value(&format!("{id}_tenth"), tenth);
        outcome.value(&format!("{id}_saturated"), saturated);
    }
    outcome.table("layers", Table {
        caption: "A tanh network whose layers alternate between 200 and 50 units: standard deviation of the activations of the ninth layer (50 units) and the tenth (200), and the share of the ninth that is saturated (beyond ±0.99).".to_owned(),
        header: ["weights drawn as", "ninth", "tenth", "saturated"].map(str::to_owned).to_vec(),
        rows,
    });
    let saturated_by = |draw| Ok::<_, Error>(saturated(&to_vec(&ninth_and_tenth_layer(draw)?[0])));
    let (with_rand, with_randn) = (saturated_by(kinds[1].2)?, saturated_by(kinds[0].2)?);
    outcome.claim("rand", Claim {
        said_by: "course notes: Xavier weights as `np.random.rand(shape) * np.sqrt(1/n)`".to_owned(),
        statement: "Xavier weights are `rand` numbers times the root of 1/n.".to_owned(),
        measured: format!(
            "`rand` is uniform between 0 and 1: its mean is one half, not 0. In the ninth tanh layer {} of the activations are saturated; with `randn`, {}.",
            Value::percent(with_rand, 0).text, Value::percent(with_randn, 0).text
        ),
        verdict: if with_rand > 0.9 && with_randn < 0.1 { Verdict::DoesNotHold } else { Verdict::Holds },
        reason: "`randn` was meant. With a mean of one half, the weighted sum of n inputs of one sign grows with n, whatever the variance is.".to_owned(),
    });
    Ok(outcome)
}

/// Two decimals, or a power of ten for what would be 0.00.
fn small_or_fixed(number: f64) -> Value {
    match number < 5e-3 {
        true => Value::scientific(number, 0),
        false => Value::fixed(number, 2),
    }
}

/// The activations of the ninth and tenth tanh layer, for weights drawn by `draw`.
fn ninth_and_tenth_layer(draw: Draw) -> Result<[Array2<f64>; 2], Error> {
    let mut rng = RandomState::new(2);
    let sizes: Vec<usize> = (0..11).map(|l| if l % 2 == 0 { 200 } else { 50 }).chain([1]).collect();
    let layers = sizes.windows(2).map(|pair| Layer {
        w: Array2::from_shape_simple_fn((pair[1], pair[0]), || draw(pair[1], pair[0], &mut rng)),
        b: Array1::zeros(pair[1]),
    });
    let network = Network::from_parameters(Parameters::new(layers.collect())?)
        .with_activation(Activation::Tanh);
    let activations = network.activations(standard_normal_inputs(200, 100).view())?;
    Ok([activations[8].clone(), activations[9].clone()])
}
