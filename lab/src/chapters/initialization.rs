//! Initialization: every run, number, figure and claim of its chapter.

use std::f64::consts::LN_2;

use course::Work;
use course::initialization::{self as printed, LARGE_ELSEWHERE};
use course::numbers::{PrintedRun, number};
use figures::format::{fixed, integer, percent, plain, scientific};
use figures::{Boundary, DotPlot, Drawing, FigureError, Histograms, LineChart, Role};
use minijinja::context;
use ndarray::{Array1, Array2, Axis};
use serde::Serialize;
use trainable::prelude::*;

use crate::assignment::{print_accuracies, print_run};
use crate::curve::{Curve, by_layer, costs, ends, last};
use crate::error::Error;
use crate::experiment::experiments;
use crate::football::{self, Accuracies};
use crate::judge::claim::judged;
use crate::outcome::{Outcome, Table};
use crate::printed::Printed;
use crate::report::{Report, texts};
use crate::rings::NEW_POINTS;
use crate::spread::{Spread, Sweep, medians, over_seeds, ranges, train_over_seeds};
use crate::stack::{ByActivation, ByScale, LARGE_SCALE, SMALL_SCALE, stack};

mod claims;

use claims::{
    BIAS_STD, CERTAIN, DEEP, DEEP_STEPS, DEEP_UNITS, FEW_POINTS, FEW_STEPS, FIRST, ITERATIONS,
    LARGE, LARGE_STD, LAYERS, LEARNED, LEARNING_RATE, LEARNS, PATIENCE, SECOND, SEED, SIZES, STEPS,
    UNITS, assignment_data, last_bits, start,
};

judged!(
    include_str!("initialization/claims.toml"),
    [
        FIRST, SECOND, ITERATIONS, LARGE_STD, NEW_POINTS, STEPS, BIAS_STD, CERTAIN, PATIENCE,
        LEARNED, LAYERS, UNITS, FEW_POINTS, FEW_STEPS, DEEP, DEEP_UNITS, DEEP_STEPS, LEARNS
    ]
);

experiments![
    initialization, zeros, large, chaos, small, scale, depth, saturation, taper, sweep, biases,
    deep, mistakes
];

texts!(
    include_str!("initialization.toml"),
    [
        FIRST, ITERATIONS, LONG, SEEDS, SOME_SEEDS, FEW_SEEDS, LN_2, DEPTH, WIDTH, SMALL_SCALE,
        LARGE_SCALE, TENTH, DEEP, DEEP_UNITS, DEEP_ITERATIONS, BROAD, NARROW
    ]
);

/// Twenty times the assignment's steps, to see whether patience helps.
const LONG: usize = 20 * ITERATIONS;
/// Weights that are too small.
const SMALL_STD: f64 = 0.01;
const SMALL: Initialization = Initialization::Gaussian(SMALL_STD);
/// Seeds of the comparison of schemes, of smaller ones, and of curves.
const SEEDS: u32 = 20;
const SOME_SEEDS: u32 = 10;
const FEW_SEEDS: u32 = 5;

/// A trained network and what became of it.
#[derive(Serialize)]
struct Run {
    #[serde(skip)]
    network: Network,
    #[serde(skip)]
    history: History,
    /// The first and the last cost.
    first: f64,
    last: f64,
    train: f64,
    test: f64,
}

impl Run {
    fn of(network: Network, history: History) -> Result<Self, Error> {
        let (data, test) = assignment_data()?;
        Ok(Self {
            first: history.cost(0)?,
            last: last(&costs(history.costs())),
            train: network.accuracy(&data)?,
            test: network.accuracy(&test)?,
            network,
            history,
        })
    }

    /// The costs where the course prints one, and the accuracies.
    fn recorded(&self, printed: &PrintedRun) -> Result<football::Run, Error> {
        let iterations = printed_costs(printed).map(|(iteration, _)| iteration);
        let costs = iterations.map(|iteration| Ok((iteration, self.history.cost(iteration)?)));
        let cost = costs.collect::<Result<_, Error>>()?;
        Ok(football::Run { cost, train: self.train, test: self.test })
    }
}

/// The assignment's training run, from any start.
fn run(mut network: Network, iterations: usize) -> Result<Run, Error> {
    let (data, _) = assignment_data()?;
    let descent = GradientDescent::new(LEARNING_RATE).iterations(iterations);
    let history = descent.train(&mut network, &data)?;
    Run::of(network, history)
}

/// The assignment's training run for one scheme and seed.
fn run_scheme(scheme: Initialization, seed: u32) -> Result<Run, Error> {
    run(start(scheme, seed)?, ITERATIONS)
}

/// The overview: boundaries, cost curves, comparison, and the course's numbers beside ours.
fn initialization() -> Result<Outcome, Error> {
    let found = Story::measure()?;
    let report = report("initialization", &found)
        .figure("boundary", found.boundary(&assignment_data()?.0))
        .figure("costs", found.costs())
        .table("comparison", found.comparison());
    let report = print_parameters(report)?;
    let models = [
        ("large", "Model from large random weights", &printed::LARGE, &found.large.run),
        ("he", "Model from He", &printed::HE, &found.he.run),
    ];
    let mut report = print_zeros(report, &found.zeros.run);
    for (id, model, printed, run) in models {
        let run = run.recorded(printed)?;
        report = print_run(report, Work::Initialization, (id, model), printed, &run);
    }
    report.outcome()
}

/// The schemes of the story.
#[derive(Serialize)]
struct Story {
    zeros: Told,
    small: Told,
    large: Told,
    xavier: Told,
    glorot: Told,
    he: Told,
    /// The largest relative difference between a cost of He's run and the course's.
    he_agreement: f64,
}

/// A scheme's run, with the name, color and remark that it has everywhere.
#[derive(Serialize)]
struct Told {
    #[serde(skip)]
    name: &'static str,
    #[serde(skip)]
    role: Role,
    #[serde(skip)]
    remark: &'static str,
    #[serde(flatten)]
    run: Run,
}

impl Story {
    fn measure() -> Result<Self, Error> {
        let told = |name, role, scheme, remark| -> Result<Told, Error> {
            Ok(Told { name, role, remark, run: run_scheme(scheme, SEED)? })
        };
        let slower = "learns; slower to leave the start";
        let he = "learns; the scale that ReLU asks for";
        let he = told("He", Role::He, Initialization::He, he)?;
        let agreements = printed_costs(&printed::HE).map(|(iteration, printed)| {
            Ok((he.run.history.cost(iteration)? / number(printed) - 1.0).abs())
        });
        let agreements: Spread = agreements.collect::<Result<_, Error>>()?;
        Ok(Self {
            zeros: told("zeros", Role::Zeros, Initialization::Zeros, "units never differ")?,
            small: told("small", Role::Small, SMALL, "stuck on the plateau at ln 2")?,
            large: told("large", Role::Large, LARGE, "saturated, then slow and rugged")?,
            xavier: told("Xavier", Role::Xavier, Initialization::Xavier, slower)?,
            glorot: told("Glorot", Role::Glorot, Initialization::Glorot, slower)?,
            he,
            he_agreement: agreements.max(),
        })
    }

    fn all(&self) -> [&Told; 6] {
        [&self.zeros, &self.small, &self.large, &self.xavier, &self.glorot, &self.he]
    }

    fn boundary(&self, data: &Dataset) -> Result<Drawing, FigureError> {
        let std = |name, std| format!("{name}: standard deviation {}", plain(std));
        Boundary::grid(2)
            .network("zeros", &self.zeros.run.network, data)
            .network(&std("small", SMALL_STD), &self.small.run.network, data)
            .network(&std("large", LARGE_STD), &self.large.run.network, data)
            .network("He", &self.he.run.network, data)
            .draw()
    }

    fn costs(&self) -> Result<Drawing, FigureError> {
        let mut chart = LineChart::new("iteration", "cost J").log_y().y_range(0.05, 3.0);
        for told in self.all() {
            chart = chart.line(told.name, told.role, &costs(told.run.history.costs()));
        }
        chart.draw()
    }

    fn comparison(&self) -> Table {
        Table::of(&self.all())
            .column("start", |told| told.name.to_owned())
            .column("last cost", |told| fixed(told.run.last, 4))
            .column("train", |told| percent(told.run.train, 2))
            .column("test", |told| percent(told.run.test, 2))
            .column("what happens", |told| told.remark.to_owned())
            .into()
    }
}

/// What the assignment's three graded functions return.
fn print_parameters(mut report: Report) -> Result<Report, Error> {
    for (name, sizes, scheme, printed) in [
        ("zeros", [3, 2, 1], Initialization::Zeros, printed::ZEROS_PARAMETERS),
        ("random", [3, 2, 1], LARGE, printed::LARGE_PARAMETERS),
        ("he", [2, 4, 1], Initialization::He, printed::HE_PARAMETERS),
    ] {
        let parameters = scheme.parameters(&sizes, &mut RandomState::new(SEED))?;
        let (printed, _) = printed.as_chunks::<2>();
        for ((layer, [w, b]), l) in parameters.layers().iter().zip(printed).zip(1..) {
            let columns = layer.b.view().insert_axis(Axis(1));
            for (what, printed, ours) in [("W", w, layer.w.view()), ("b", b, columns)] {
                let of = format!("`initialize_parameters_{name}({sizes:?})`, {what}{l}");
                let printed = Printed::matrix(Work::Initialization, &of, printed, ours);
                report = report.printed(&format!("{name}_parameters_{what}{l}"), printed);
            }
        }
    }
    Ok(report)
}

/// The model that starts from zeros prints one cost again and again: ours that is furthest from it.
fn print_zeros(report: Report, run: &Run) -> Report {
    let [printed, ..] = printed::ZEROS.costs else {
        return report;
    };
    let costs = run.history.costs().iter().map(|(_, cost)| *cost);
    let away = |cost: f64| (cost - number(printed)).abs();
    let furthest = costs.max_by(|a, b| away(*a).total_cmp(&away(*b)));
    let what = format!("Model from zeros, cost, printed {} times", printed::ZEROS.costs.len());
    let ours = furthest.unwrap_or(f64::NAN);
    let cost = Printed::number(Work::Initialization, &what, printed, ours);
    let accuracies = Accuracies { train: run.train, test: run.test };
    let report = report.printed("zeros_cost", cost);
    let model = ("zeros", "Model from zeros");
    print_accuracies(report, Work::Initialization, model, &printed::ZEROS, accuracies)
}

/// The costs of a run that the course prints, with their iterations.
fn printed_costs(printed: &PrintedRun) -> impl Iterator<Item = (usize, &'static str)> {
    (0..).step_by(1_000).zip(printed.costs.iter().copied())
}

/// Zeros, and any other start in which the units of a layer are equal.
fn zeros() -> Result<Outcome, Error> {
    let zeros = run_scheme(Initialization::Zeros, SEED)?;
    let equal = Followed::measure(constant(0.5)?)?;
    let he = Followed::measure(start(Initialization::He, SEED)?)?;
    let drawing = LineChart::new("iteration", "a unit's first weight")
        .bundle("He", Role::He, &he.weights)
        .bundle("all equal", Role::Series3, &equal.weights)
        .draw();
    let layers = zeros.network.parameters().layers().iter();
    let largest_weight = layers.flat_map(|layer| &layer.w).fold(0.0, |most, w| w.abs().max(most));
    report("zeros", context! { zeros, largest_weight, equal, he })
        .figure("units", drawing)
        .outcome()
}

/// A network whose weights and biases are all the same number.
fn constant(number: f64) -> Result<Network, Error> {
    let zeros = Parameters::zeros(&SIZES)?;
    let theta = Array1::from_elem(zeros.len(), number);
    Ok(Network::from_parameters(zeros.with_theta(&theta)?))
}

/// A run in which the units of the first layer are followed.
#[derive(Serialize)]
struct Followed {
    #[serde(flatten)]
    run: Run,
    /// Each unit's first weight at each recorded step.
    #[serde(skip)]
    weights: Vec<Curve>,
    /// The largest difference between a weight of a unit and the first unit's, in the end.
    apart: f64,
}

impl Followed {
    fn measure(mut network: Network) -> Result<Self, Error> {
        let mut weights = vec![Curve::new(); FIRST];
        let descent = GradientDescent::new(LEARNING_RATE).iterations(ITERATIONS).record_every(250);
        let mut training = descent.start(&network, &assignment_data()?.0)?;
        while let Some((iteration, _)) = training.next_cost()? {
            let w = &training.network().parameters().layers()[0].w;
            for (unit, weight) in weights.iter_mut().zip(w.column(0)) {
                unit.push((iteration as f64, *weight));
            }
        }
        let history = training.finish(&mut network)?;
        let w = &network.parameters().layers()[0].w;
        let apart = (w - &w.row(0)).iter().fold(0.0, |most, apart| apart.abs().max(most));
        Ok(Self { run: Run::of(network, history)?, weights, apart })
    }
}

/// Weights ten times too large.
fn large() -> Result<Outcome, Error> {
    let (data, _) = assignment_data()?;
    let (start, he_start) = (start(LARGE, SEED)?, start(Initialization::He, SEED)?);
    let drawing = draw_probabilities(&start, &he_start, &data)?;
    let untrained = Untrained::measure(&start, &data)?;
    let he_cost = he_start.cost(&data)?;
    let trained = run(start, ITERATIONS)?;
    let fall = trained.history.costs().iter().find(|(_, cost)| *cost < 1.0);
    let fall = fall.map_or(ITERATIONS, |(iteration, _)| *iteration);
    report("large", context! { untrained, he_cost, trained, fall })
        .figure("probabilities", Ok(drawing))
        .outcome()
}

/// What a network answers before its first step.
#[derive(Serialize)]
struct Untrained {
    cost: f64,
    /// The mean size of the logits.
    logit: f64,
    /// The share of examples with a probability next to 0 or 1, and of those that are wrong.
    sure: f64,
    wrong: f64,
}

impl Untrained {
    fn measure(network: &Network, data: &Dataset) -> Result<Self, Error> {
        let probabilities = network.probabilities(data.x())?;
        let examples = data.examples() as f64;
        let sure = probabilities.iter().filter(|p| **p < 1e-3 || **p > 1.0 - 1e-3).count();
        let logits = network.logits(data.x())?;
        Ok(Self {
            cost: network.cost(data)?,
            logit: logits.iter().map(|z| z.abs()).sum::<f64>() / examples,
            sure: sure as f64 / examples,
            wrong: 1.0 - network.accuracy(data)?,
        })
    }
}

fn draw_probabilities(large: &Network, he: &Network, data: &Dataset) -> Result<Drawing, Error> {
    let large_name = format!("large: standard deviation {}", plain(LARGE_STD));
    let mut histograms =
        Histograms::grid(1, "probability of class 1, before training", "share of examples");
    for (name, role, network) in [(&*large_name, Role::Large, large), ("He", Role::He, he)] {
        let probabilities = to_vec(&network.probabilities(data.x())?);
        histograms = histograms.panel(name, role, &probabilities, (0.0, 1.0), 20);
    }
    Ok(histograms.draw()?)
}

fn to_vec(array: &Array2<f64>) -> Vec<f64> {
    array.iter().copied().collect()
}

/// Two starts that differ in the last bit only.
fn chaos() -> Result<Outcome, Error> {
    let (large, he) = (last_bits(LARGE)?, last_bits(Initialization::He)?);
    let floor =
        |points: &[(f64, f64)]| points.iter().map(|(i, d)| (*i, d.max(1e-17))).collect::<Curve>();
    let drawing = LineChart::new("iteration", "relative difference of the costs")
        .log_y()
        .line("large", Role::Large, &floor(&large))
        .line("He", Role::He, &floor(&he))
        .draw();
    let worst = |points: &[(f64, f64)]| points.iter().map(|(_, d)| *d).fold(0.0, f64::max);
    let (large, he) = (worst(&large), worst(&he));
    let mut copies = Elsewhere::copies();
    copies.push(Elsewhere::ours()?);
    report("chaos", context! { large, he })
        .figure("difference", drawing)
        .table("elsewhere", Elsewhere::table(&copies))
        .outcome()
}

/// The iterations whose costs are known from several machines.
const EARLY: usize = 1_000;
const MIDDLE: usize = 7_000;
const LATE: usize = 14_000;

/// Costs of the run with large weights as one machine computed them.
struct Elsewhere {
    by: String,
    early: f64,
    middle: f64,
    late: f64,
}

impl Elsewhere {
    fn copies() -> Vec<Self> {
        let [published @ .., _] = &LARGE_ELSEWHERE;
        let names = (1..=published.len()).map(|copy| format!("published copy {copy}"));
        let copies = names.chain(["NumPy 2.4".to_owned()]).zip(LARGE_ELSEWHERE);
        copies.map(|(by, [early, middle, late])| Self { by, early, middle, late }).collect()
    }

    fn ours() -> Result<Self, Error> {
        let history = run_scheme(LARGE, SEED)?.history;
        let (early, middle, late) =
            (history.cost(EARLY)?, history.cost(MIDDLE)?, history.cost(LATE)?);
        Ok(Self { by: "this library".to_owned(), early, middle, late })
    }

    fn table(all: &[Self]) -> Table {
        let at = |iteration| format!("at {}", integer(iteration));
        Table::of(all)
            .column("computed by", |copy| copy.by.clone())
            .column(&at(EARLY), |copy| fixed(copy.early, 6))
            .column(&at(MIDDLE), |copy| fixed(copy.middle, 6))
            .column(&at(LATE), |copy| fixed(copy.late, 6))
            .into()
    }
}

/// Weights a hundred times too small.
fn small() -> Result<Outcome, Error> {
    let small = start(SMALL, SEED)?;
    let gradient = first_layer_gradient(&small)?;
    let he_gradient = first_layer_gradient(&start(Initialization::He, SEED)?)?;
    let ratio = (he_gradient / gradient).round() as usize;
    let (trained, longer) = (run(small.clone(), ITERATIONS)?, run(small, LONG)?);
    report("small", context! { gradient, he_gradient, ratio, trained, longer }).outcome()
}

/// The Euclidean norm of the gradient of the first layer's weights.
fn first_layer_gradient(network: &Network) -> Result<f64, Error> {
    let gradients = network.gradients(&assignment_data()?.0)?;
    let squares = gradients.layers()[0].w.iter().map(|g| g * g).sum::<f64>();
    Ok(squares.sqrt())
}

/// The last cost against the standard deviation of all weights.
fn scale() -> Result<Outcome, Error> {
    let stds = [0.01, 0.03, 0.1, 0.18, 0.32, 0.56, 1.0, 1.8, 3.2, 10.0, 30.0, 100.0];
    let sweep = Sweep::run(
        &stds,
        FEW_SEEDS,
        |_| Ok(()),
        |(), std, seed| Ok(run_scheme(Initialization::Gaussian(*std), seed)?.last),
    )?;
    let spreads = sweep.spreads(|cost| *cost);
    let medians = medians(&spreads);
    let cost = format!("cost after {} steps", integer(ITERATIONS));
    let he = Initialization::He.variance(FIRST, SECOND).sqrt();
    let drawing = LineChart::new("standard deviation of all weights", &cost)
        .log_x()
        .log_y()
        .band(Role::Ink, &ranges(&spreads))
        .line("median", Role::Ink, &medians)
        .vertical(&format!("He, {FIRST} inputs"), he)
        .draw();
    let best = medians.iter().copied().min_by(|(_, a), (_, b)| a.total_cmp(b));
    let (best_std, best_cost) = best.unwrap_or((f64::NAN, f64::NAN));
    let valley = medians.iter().filter(|(_, cost)| *cost < 0.15);
    let valley: Spread = valley.map(|(std, _)| *std).collect();
    report("scale", context! { best_std, best_cost, valley }).figure("cost", drawing).outcome()
}

/// Width and depth of the networks that show what a scheme does to a signal.
const WIDTH: usize = 100;
const DEPTH: usize = 50;

/// How the spread of the activations changes from layer to layer.
fn depth() -> Result<Outcome, Error> {
    let found = ByActivation::measure(|activation| {
        ByScale::measure(|scheme| Signal::measure(scheme, activation))
    })?;
    let factors = ByScale::measure(Factor::measure)?;
    let chart = || LineChart::new("layer", "standard deviation of the activations").log_y();
    report("depth", &found)
        .figure("relu", Signal::draw(&found.relu, chart()))
        .figure("tanh", Signal::draw(&found.tanh, chart().y_range(0.02, 2.0)))
        .figure("sigmoid", Signal::draw(&found.sigmoid, chart()))
        .table("factors", Factor::table(&factors))
        .outcome()
}

/// The standard deviation of the activations of each hidden layer, for standard normal inputs.
#[derive(Serialize)]
struct Signal {
    #[serde(skip)]
    deviations: Curve,
    last: f64,
}

impl Signal {
    fn measure(scheme: Initialization, activation: Activation) -> Result<Self, Error> {
        let activations = activations(scheme, activation, DEPTH)?;
        let deviations = by_layer(activations.iter().take(DEPTH).map(standard_deviation));
        Ok(Self { last: last(&deviations), deviations })
    }

    fn draw(signals: &ByScale<Self>, mut chart: LineChart) -> Result<Drawing, FigureError> {
        for signal in signals.all() {
            chart = chart.line(&signal.label, signal.role, &signal.found.deviations);
        }
        chart.draw()
    }
}

fn activations(
    scheme: Initialization,
    activation: Activation,
    depth: usize,
) -> Result<Vec<Array2<f64>>, Error> {
    let sizes = stack(WIDTH, WIDTH, depth);
    let network =
        Network::new(&sizes, scheme, &mut RandomState::new(2))?.with_activation(activation);
    Ok(network.activations(standard_normal_inputs(WIDTH, 200).view())?)
}

fn standard_normal_inputs(features: usize, examples: usize) -> Array2<f64> {
    let mut rng = RandomState::new(1);
    Array2::from_shape_simple_fn((features, examples), || rng.randn())
}

/// By what a layer multiplies the standard deviation: in theory, and measured over many layers.
struct Factor {
    theory: f64,
    linear: f64,
    relu: f64,
}

impl Factor {
    fn measure(scheme: Initialization) -> Result<Self, Error> {
        let measured = |activation| -> Result<f64, Error> {
            let deviations = Signal::measure(scheme, activation)?.deviations;
            Ok(factor(deviations.into_iter().map(|(_, deviation)| deviation)))
        };
        Ok(Self {
            theory: (WIDTH as f64 * scheme.variance(WIDTH, WIDTH)).sqrt(),
            linear: measured(Activation::Identity)?,
            relu: measured(Activation::Relu)?,
        })
    }

    fn table(factors: &ByScale<Self>) -> Table {
        Table::of(&factors.all())
            .column("weights", |factor| factor.label.clone())
            .column("linear: theory", |factor| fixed(factor.found.theory, 3))
            .column("measured", |factor| fixed(factor.found.linear, 3))
            .column("ReLU: theory", |factor| fixed(factor.found.theory / 2.0_f64.sqrt(), 3))
            .column("measured", |factor| fixed(factor.found.relu, 3))
            .into()
    }
}

/// The mean factor between consecutive layers.
fn factor(layers: impl IntoIterator<Item = f64>) -> f64 {
    let layers: Vec<f64> = layers.into_iter().collect();
    match layers[..] {
        [first, .., last] => libm::pow(last / first, 1.0 / (layers.len() - 1) as f64),
        _ => f64::NAN,
    }
}

/// The layer whose units are looked at for saturation.
const TENTH: usize = 10;

/// How many tanh units are saturated, layer by layer.
fn saturation() -> Result<Outcome, Error> {
    let found = ByScale::measure(Saturation::measure)?;
    let mut histograms = Histograms::grid(2, &format!("activation in layer {TENTH}"), "share");
    for units in found.all() {
        let activations = &units.found.activations;
        histograms = histograms.panel(&units.label, units.role, activations, (-1.0, 1.0), 40);
    }
    report("saturation", &found).figure("tanh", histograms.draw()).outcome()
}

/// The activations of the tenth tanh layer.
#[derive(Serialize)]
struct Saturation {
    #[serde(skip)]
    activations: Vec<f64>,
    saturated: f64,
}

impl Saturation {
    fn measure(scheme: Initialization) -> Result<Self, Error> {
        let tenth = &activations(scheme, Activation::Tanh, TENTH)?[TENTH - 1];
        Ok(Self { activations: to_vec(tenth), saturated: saturated(tenth) })
    }
}

/// The share of activations where tanh has lost 98 % of its slope: |a| > 0.99.
fn saturated(activations: &Array2<f64>) -> f64 {
    activations.iter().filter(|a| a.abs() > 0.99).count() as f64 / activations.len() as f64
}

/// Where Xavier, Glorot and the backward rule differ: layers that get narrower.
fn taper() -> Result<Outcome, Error> {
    let xavier = Tapered::measure("Xavier", Initialization::Xavier)?;
    let glorot = Tapered::measure("Glorot", Initialization::Glorot)?;
    let rows = [&xavier, &glorot];
    let table = Table::of(&rows)
        .column("weights", |tapered| tapered.label.to_owned())
        .column("forward: theory", |tapered| fixed(2.0 * tapered.variance, 2))
        .column("measured", |tapered| fixed(tapered.forward, 2))
        .column("backward: theory", |tapered| fixed(tapered.variance, 2))
        .column("measured", |tapered| fixed(tapered.backward, 2));
    report("taper", context! { xavier, glorot }).table("factors", table).outcome()
}

/// The mean factors per layer that layers of half as many units as inputs put on the variance.
#[derive(Serialize)]
struct Tapered {
    label: &'static str,
    /// A weight's variance times the units of its layer.
    variance: f64,
    /// On the variance of the activations and, backward, of the errors.
    forward: f64,
    backward: f64,
}

impl Tapered {
    fn measure(label: &'static str, scheme: Initialization) -> Result<Self, Error> {
        let seeds = over_seeds(SOME_SEEDS, |seed| forward_and_backward(scheme, seed))?;
        let (forward, backward): (Vec<f64>, Vec<f64>) = seeds.into_iter().unzip();
        let mean = |factors: Vec<f64>| factors.iter().sum::<f64>() / factors.len() as f64;
        let variance = scheme.variance(2, 1);
        Ok(Self { label, variance, forward: mean(forward), backward: mean(backward) })
    }
}

fn forward_and_backward(scheme: Initialization, seed: u32) -> Result<(f64, f64), Error> {
    let sizes @ [inputs, hidden @ .., _] = [512, 256, 128, 64, 32, 1];
    let network = Network::new(&sizes, scheme, &mut RandomState::new(seed))?
        .with_activation(Activation::Identity);
    let x = standard_normal_inputs(inputs, 100);
    let activations = network.activations(x.view())?;
    let errors = network_errors(&network, &x)?;
    let forward = factor(activations.iter().take(hidden.len()).map(mean_square));
    Ok((forward, factor(errors.iter().take(hidden.len()).rev().map(mean_square))))
}

/// Every layer's errors dZ, `(units, examples)`: of a single example, the biases' gradients.
fn network_errors(network: &Network, x: &Array2<f64>) -> Result<Vec<Array2<f64>>, Error> {
    let layers = network.parameters().layers().iter();
    let mut errors: Vec<Array2<f64>> =
        layers.map(|layer| Array2::zeros((layer.b.len(), x.ncols()))).collect();
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
    let found = Schemes::measure()?;
    let cost = format!("cost after {} steps", integer(ITERATIONS));
    let (mut costs, mut tests) =
        (DotPlot::new(&cost).log(), DotPlot::new("test accuracy").percent());
    for arm in found.all() {
        costs = costs.category(&arm.name, arm.role, arm.cost.values());
        tests = tests.category(&arm.name, arm.role, arm.test.values());
    }
    report("sweep", &found)
        .figure("cost", costs.draw())
        .figure("test", tests.draw())
        .table("schemes", found.table())
        .outcome()
}

/// Runs under several seeds.
#[derive(Serialize)]
struct Arm {
    name: String,
    #[serde(skip)]
    role: Role,
    cost: Spread,
    test: Spread,
    /// How many end below 90 % on the test set.
    stuck: usize,
}

impl Arm {
    fn measure(
        name: String,
        role: Role,
        seeds: u32,
        start: impl Fn(u32) -> Result<Network, Error> + Sync + Send,
    ) -> Result<Self, Error> {
        let runs = over_seeds(seeds, |seed| run(start(seed)?, ITERATIONS))?;
        let (cost, test) = (Spread::of(&runs, |run| run.last), Spread::of(&runs, |run| run.test));
        Ok(Self { name, role, cost, stuck: test.count(|accuracy| accuracy < LEARNED), test })
    }
}

/// Every scheme, normal and uniform.
#[derive(Serialize)]
struct Schemes {
    small: Arm,
    large: Arm,
    xavier: Arm,
    xavier_uniform: Arm,
    glorot: Arm,
    glorot_uniform: Arm,
    he: Arm,
    he_uniform: Arm,
}

impl Schemes {
    fn measure() -> Result<Self, Error> {
        use Initialization as Scheme;
        let arm = |name: &str, role, scheme| {
            Arm::measure(name.to_owned(), role, SEEDS, |seed| start(scheme, seed))
        };
        let small = arm(&format!("small ({})", plain(SMALL_STD)), Role::Small, SMALL)?;
        let large = arm(&format!("large ({})", plain(LARGE_STD)), Role::Large, LARGE)?;
        let xavier = arm("Xavier", Role::Xavier, Scheme::Xavier)?;
        let xavier_uniform = arm("Xavier, uniform", Role::Xavier, Scheme::XavierUniform)?;
        let glorot = arm("Glorot", Role::Glorot, Scheme::Glorot)?;
        let glorot_uniform = arm("Glorot, uniform", Role::Glorot, Scheme::GlorotUniform)?;
        let he = arm("He", Role::He, Scheme::He)?;
        let he_uniform = arm("He, uniform", Role::He, Scheme::HeUniform)?;
        Ok(Self { small, large, xavier, xavier_uniform, glorot, glorot_uniform, he, he_uniform })
    }

    fn all(&self) -> [&Arm; 8] {
        let Self { small, large, xavier, xavier_uniform, .. } = self;
        let Self { glorot, glorot_uniform, he, he_uniform, .. } = self;
        [small, large, xavier, xavier_uniform, glorot, glorot_uniform, he, he_uniform]
    }

    fn table(&self) -> Table {
        Table::of(&self.all())
            .column("start", |arm| arm.name.clone())
            .column("cost", |arm| fixed(arm.cost.median(), 3))
            .column("range", |arm| {
                format!("{}–{}", fixed(arm.cost.min(), 3), fixed(arm.cost.max(), 3))
            })
            .column("test", |arm| percent(arm.test.median(), 1))
            .column("range", |arm| {
                format!("{}–{}", fixed(100.0 * arm.test.min(), 0), percent(arm.test.max(), 0))
            })
            .column("below 90 %", |arm| arm.stuck.to_string())
            .into()
    }
}

/// He initialization with biases that do not start at 0.
fn biases() -> Result<Outcome, Error> {
    let arm = |bias| {
        let start = |seed| he_with_biases(bias, seed);
        Arm::measure(plain(bias), Role::He, SOME_SEEDS, start)
    };
    let (zero, tenth, one, minus_one) = (arm(0.0)?, arm(0.1)?, arm(1.0)?, arm(-1.0)?);
    let arms = [&zero, &tenth, &one, &minus_one];
    let table = Table::of(&arms)
        .column("biases", |arm| arm.name.clone())
        .column("cost, median", |arm| fixed(arm.cost.median(), 3))
        .column("test, median", |arm| percent(arm.test.median(), 1))
        .column("seeds below 90 %", |arm| arm.stuck.to_string());
    report("biases", context! {}).table("starts", table).outcome()
}

fn he_with_biases(bias: f64, seed: u32) -> Result<Network, Error> {
    let mut layers = start(Initialization::He, seed)?.parameters().layers().to_vec();
    layers.iter_mut().for_each(|layer| layer.b.fill(bias));
    Ok(Network::from_parameters(Parameters::new(layers)?))
}

/// The steps of a deep network that is trained.
const DEEP_ITERATIONS: usize = 6_000;

/// Xavier and He in a deep ReLU network, trained.
fn deep() -> Result<Outcome, Error> {
    let (xavier_curves, he_curves) =
        (deep_curves(Initialization::Xavier)?, deep_curves(Initialization::He)?);
    let drawing = LineChart::new("iteration", "cost J")
        .y_range(0.0, 1.0)
        .bundle("Xavier", Role::Xavier, &xavier_curves)
        .bundle("He", Role::He, &he_curves)
        .draw();
    let (xavier, he) = (ends(&xavier_curves), ends(&he_curves));
    report("deep", context! { xavier, he }).figure("costs", drawing).outcome()
}

/// The cost along training for each of a few seeds.
fn deep_curves(scheme: Initialization) -> Result<Vec<Curve>, Error> {
    let (data, _) = assignment_data()?;
    let trained = train_over_seeds(FEW_SEEDS, |seed| {
        let sizes = stack(2, DEEP_UNITS, DEEP);
        let network = Network::new(&sizes, scheme, &mut RandomState::new(seed))?;
        let descent = GradientDescent::new(LEARNING_RATE).iterations(DEEP_ITERATIONS);
        Ok(descent.start(&network, &data)?)
    })?;
    Ok(trained.iter().map(|(_, history)| costs(history.costs())).collect())
}

/// The two widths between which the layers of a network alternate.
const BROAD: usize = 200;
const NARROW: usize = 50;

/// The mistakes people make in writing an initialization, each measured after ten layers.
fn mistakes() -> Result<Outcome, Error> {
    let right = Drawn::measure("`randn / sqrt(n_in)`", |_, n_in, rng| {
        rng.randn() * (1.0 / n_in as f64).sqrt()
    })?;
    let rand = Drawn::measure("`rand / sqrt(n_in)`: all weights positive", |_, n_in, rng| {
        rng.rand() * (1.0 / n_in as f64).sqrt()
    })?;
    let variance = Drawn::measure(
        "`randn / n_in`: the variance where the standard deviation belongs",
        |_, n_in, rng| rng.randn() / n_in as f64,
    )?;
    let n_out =
        Drawn::measure("`randn / sqrt(n_out)`: the wrong side of the matrix", |n_out, _, rng| {
            rng.randn() * (1.0 / n_out as f64).sqrt()
        })?;
    let rows = [&right, &rand, &variance, &n_out];
    let table = Table::of(&rows)
        .column("weights drawn as", |drawn| drawn.label.to_owned())
        .column("ninth", |drawn| small_or_fixed(drawn.ninth))
        .column("tenth", |drawn| small_or_fixed(drawn.tenth))
        .column("saturated", |drawn| percent(drawn.saturated, 0));
    report("mistakes", context! { right, rand, variance, n_out }).table("layers", table).outcome()
}

/// What becomes of a signal in tanh layers whose weights are drawn in one way.
#[derive(Serialize)]
struct Drawn {
    label: &'static str,
    /// The standard deviation of the activations of the ninth layer and of the tenth.
    ninth: f64,
    tenth: f64,
    /// The share of the ninth layer that is saturated.
    saturated: f64,
}

impl Drawn {
    /// Measures for weights that `draw(n_out, n_in, rng)` draws.
    fn measure(
        label: &'static str,
        draw: fn(usize, usize, &mut RandomState) -> f64,
    ) -> Result<Self, Error> {
        let mut rng = RandomState::new(2);
        let sizes = [BROAD, NARROW].into_iter().cycle().take(11).chain([1]);
        let sizes: Vec<usize> = sizes.collect();
        let layers = sizes.array_windows().map(|&[n_in, n_out]| Layer {
            w: Array2::from_shape_simple_fn((n_out, n_in), || draw(n_out, n_in, &mut rng)),
            b: Array1::zeros(n_out),
        });
        let network = Network::from_parameters(Parameters::new(layers.collect())?)
            .with_activation(Activation::Tanh);
        let activations = network.activations(standard_normal_inputs(BROAD, 100).view())?;
        let layer = |number: usize| &activations[number - 1];
        Ok(Self {
            label,
            ninth: standard_deviation(layer(9)),
            tenth: standard_deviation(layer(10)),
            saturated: saturated(layer(9)),
        })
    }
}

/// Two decimals, or a power of ten for what would be 0.00.
fn small_or_fixed(number: f64) -> String {
    match number < 5e-3 {
        true => scientific(number, 0),
        false => fixed(number, 2),
    }
}
