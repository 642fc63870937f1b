//! Vanishing and exploding gradients: every run, number, figure and claim of the chapter.

use std::f64::consts::{LN_2, LN_10};

use course::Work;
use figures::format::{fixed, plain, scientific};
use figures::{Drawing, FigureError, LineChart, Role};
use minijinja::context;
use serde::Serialize;
use trainable::gradient_flow::LayerFlow;
use trainable::prelude::*;

use crate::curve::{Curve, by_layer, ends};
use crate::error::Error;
use crate::experiment::experiments;
use crate::judge::claim::judged;
use crate::outcome::{Outcome, Table};
use crate::printed::Printed;
use crate::report::texts;
use crate::rings::NEW_POINTS;
use crate::spread::{Spread, medians, over_seeds, ranges};
use crate::stack::{ByActivation, ByScale, stack};

mod claims;

use claims::{
    DEPTH, EXPLODES, FEW_LAYERS, FEW_POINTS, FEW_UNITS, GROWS, LARGE_INPUTS, NARROW, NORM, PAPER,
    SHRINKS, STEPS, TWICE_HE, VANISHES, WALK, WIDTH, chain, normal_example, old, one_example,
    paper, power,
};

judged!(
    include_str!("gradient_flow/claims.toml"),
    [
        DEPTH, WIDTH, PAPER, WALK, NARROW, FEW_LAYERS, FEW_UNITS, FEW_POINTS, STEPS, NEW_POINTS,
        TWICE_HE, NORM, GROWS, SHRINKS, EXPLODES, VANISHES
    ]
);

experiments![
    deep_runs, powers, layer_flow, random_walk, error_and_weight, clipped_runs, clipped_layers
];

texts!(
    include_str!("gradient_flow.toml"),
    [
        SEEDS, MANY_SEEDS, SHOWN_SEEDS, DEPTH, WIDTH, TRAINED, UNITS, STEPS, LN_2, EXPLODES, GROWS,
        SHRINKS, VANISHES, WALK, PAPER, EXPLODING, EXPLODING_LAYERS, NORM, VALUE
    ]
);

/// Seeds of bands and bundles; those of what differs much, and how many of their lines are shown.
const SEEDS: u32 = 5;
const MANY_SEEDS: u32 = 20;
const SHOWN_SEEDS: usize = 8;
/// Hidden layers of the networks that are trained, and the layers' units.
const TRAINED: usize = 20;
const UNITS: usize = 20;

/// The two rings with few points: deep networks take their time.
fn few_rings() -> Result<Dataset, Error> {
    Ok(circles(96, 0.05, &mut RandomState::new(1))?)
}

/// A deep network for the two rings.
fn deep(scheme: Initialization, hidden: usize, seed: u32) -> Result<Network, Error> {
    Ok(Network::new(&stack(2, UNITS, hidden), scheme, &mut RandomState::new(seed))?)
}

fn descent() -> GradientDescent {
    GradientDescent::new(0.05).iterations(STEPS + 1).record_every(20)
}

/// Training runs of one kind, a seed each; a run that diverges ends where it did.
#[derive(Serialize)]
struct Runs {
    name: String,
    #[serde(skip)]
    role: Role,
    #[serde(skip)]
    curves: Vec<Curve>,
    end: Spread,
    /// The root mean square of the first layer's dW before training.
    first: Spread,
    diverged: usize,
}

/// One of them.
struct Run {
    curve: Curve,
    first: f64,
    diverged: bool,
}

impl Runs {
    fn measure(
        name: &str,
        role: Role,
        descent: &GradientDescent,
        start: impl Fn(u32) -> Result<Network, Error> + Sync + Send,
    ) -> Result<Self, Error> {
        let data = few_rings()?;
        let runs = over_seeds(SEEDS, |seed| Run::measure(descent, &start(seed)?, &data))?;
        let first = Spread::of(&runs, |run| run.first);
        let diverged = runs.iter().filter(|run| run.diverged).count();
        let curves: Vec<Curve> = runs.into_iter().map(|run| run.curve).collect();
        Ok(Self { name: name.to_owned(), role, end: ends(&curves), curves, first, diverged })
    }

    fn draw(kinds: &[&Self], chart: LineChart) -> Result<Drawing, FigureError> {
        let bundle =
            |chart: LineChart, kind: &&Self| chart.bundle(&kind.name, kind.role, &kind.curves);
        kinds.iter().fold(chart, bundle).draw()
    }
}

impl Run {
    fn measure(
        descent: &GradientDescent,
        network: &Network,
        data: &Dataset,
    ) -> Result<Self, Error> {
        let first = gradient_flow(network, data)?.first().map_or(f64::NAN, |layer| layer.weights);
        let mut run = descent.start(network, data)?;
        let mut curve = Vec::new();
        let diverged = loop {
            match run.next_cost() {
                Ok(Some((iteration, cost))) => curve.push((iteration as f64, cost)),
                Ok(None) => break false,
                Err(trainable::error::Error::Diverged { .. }) => break true,
                Err(other) => return Err(other.into()),
            }
        };
        Ok(Self { curve, first, diverged })
    }
}

/// Twenty hidden layers that do not train, and twenty that do.
fn deep_runs() -> Result<Outcome, Error> {
    let kind = |name, role, activation, scheme| {
        Runs::measure(name, role, &descent(), |seed| {
            Ok(deep(scheme, TRAINED, seed)?.with_activation(activation))
        })
    };
    let (xavier, he) = (Initialization::Xavier, Initialization::He);
    let sigmoid = kind("sigmoid, Xavier", Role::Series5, Activation::Sigmoid, xavier)?;
    let relu_xavier = kind("ReLU, Xavier", Role::Series2, Activation::Relu, xavier)?;
    let relu_he = kind("ReLU, He", Role::Series1, Activation::Relu, he)?;
    let tanh = kind("tanh, Xavier", Role::Series4, Activation::Tanh, xavier)?;
    let kinds = [&sigmoid, &relu_xavier, &relu_he, &tanh];
    let chart = LineChart::new("iteration", "cost J").y_range(0.0, 1.0);
    let table = Table::of(&kinds)
        .column("network", |kind| kind.name.clone())
        .column("first dW", |kind| scientific(kind.first.median(), 1))
        .column("best cost", |kind| fixed(kind.end.min(), 3))
        .column("median", |kind| fixed(kind.end.median(), 3))
        .column("worst", |kind| fixed(kind.end.max(), 3));
    report("deep_runs", context! { sigmoid, relu_xavier, relu_he, tanh })
        .figure("costs", Runs::draw(&kinds, chart))
        .table("starts", table)
        .outcome()
}

/// 1.5 and 0.5 to the power of L.
fn powers() -> Result<Outcome, Error> {
    let depths = [5, 10, 50, 100, DEPTH].map(Outputs::measure);
    let depths = depths.into_iter().collect::<Result<Vec<_>, _>>()?;
    let (few, all) = (Outputs::measure(10)?, Outputs::measure(DEPTH)?);
    let (grows, shrinks) = (Output::measure(GROWS, DEPTH)?, Output::measure(SHRINKS, DEPTH)?);
    let (large, small) = (all.explodes.counted, all.vanishes.counted);
    let mut report = report("powers", context! { few, all, grows, shrinks })
        .figure("activations", Ok(draw_chains()?))
        .table("both", Outputs::table(&depths));
    for (name, c, ours) in [("explodes", EXPLODES, large), ("vanishes", VANISHES, small)] {
        let what = format!("1.10, {DEPTH} linear layers with the weights {c}");
        let course = format!("$`{c}^L`$");
        let printed = Printed::formula(Work::Lectures, &what, &course, power(c, DEPTH), ours);
        report = report.printed(name, Ok(printed));
    }
    report.outcome()
}

/// What chains of units make of the input 1.
#[derive(Serialize)]
struct Outputs {
    depth: usize,
    explodes: Output,
    vanishes: Output,
}

/// The output if the last layer has the others' weight, and if it has the weight 1.
#[derive(Serialize)]
struct Output {
    counted: f64,
    not_counted: f64,
}

impl Output {
    fn measure(c: f64, depth: usize) -> Result<Self, Error> {
        let data = one_example()?;
        let logit = |counted| -> Result<f64, Error> {
            Ok(chain(c, depth, counted)?.logits(data.x())?[(0, 0)])
        };
        Ok(Self { counted: logit(true)?, not_counted: logit(false)? })
    }
}

impl Outputs {
    fn measure(depth: usize) -> Result<Self, Error> {
        let at = |c| Output::measure(c, depth);
        Ok(Self { depth, explodes: at(EXPLODES)?, vanishes: at(VANISHES)? })
    }

    fn table(depths: &[Self]) -> Table {
        let name = |c, counted: &str| format!("{}, {counted}", plain(c));
        Table::of(depths)
            .column("L", |at| at.depth.to_string())
            .column(&name(EXPLODES, "counted"), |at| scientific(at.explodes.counted, 1))
            .column(&name(EXPLODES, "not counted"), |at| scientific(at.explodes.not_counted, 1))
            .column(&name(VANISHES, "counted"), |at| scientific(at.vanishes.counted, 1))
            .column(&name(VANISHES, "not counted"), |at| scientific(at.vanishes.not_counted, 1))
            .into()
    }
}

fn draw_chains() -> Result<Drawing, Error> {
    let data = one_example()?;
    let mut chart = LineChart::new("layer", "activation").log_y();
    for (c, role) in [
        (EXPLODES, Role::Series3),
        (GROWS, Role::Series4),
        (1.0, Role::Series1),
        (SHRINKS, Role::Series2),
        (VANISHES, Role::Series5),
    ] {
        let flow = gradient_flow(&chain(c, DEPTH, true)?, &data)?;
        let activations = by_layer(flow.iter().map(|layer| layer.activations));
        chart = chart.line(&plain(c), role, &activations);
    }
    Ok(chart.draw()?)
}

/// The flow through the hidden layers of one width, under each seed.
fn flows(
    seeds: u32,
    width: usize,
    network: impl Fn(&mut RandomState) -> Result<Network, Error> + Sync + Send,
) -> Result<Vec<Vec<LayerFlow>>, Error> {
    over_seeds(seeds, |seed| {
        let network = network(&mut RandomState::new(seed))?;
        let mut flow = gradient_flow(&network, &normal_example(width, LARGE_INPUTS, seed)?)?;
        flow.pop();
        Ok(flow)
    })
}

/// The flow through the hidden layers, over seeds.
#[derive(Serialize)]
struct Flow {
    activations: Layers,
    weights: Layers,
    errors: Layers,
}

/// A number of each hidden layer.
#[derive(Serialize)]
struct Layers {
    #[serde(skip)]
    spreads: Vec<(f64, Spread)>,
    /// The medians of the first and the last layer, and the one as a multiple of the other.
    first: f64,
    last: f64,
    ratio: f64,
}

impl Flow {
    fn of(flows: &[Vec<LayerFlow>]) -> Self {
        Self {
            activations: Layers::of(flows, |layer| layer.activations),
            weights: Layers::of(flows, |layer| layer.weights),
            errors: Layers::of(flows, |layer| layer.biases),
        }
    }
}

impl Layers {
    fn of(flows: &[Vec<LayerFlow>], number: fn(&LayerFlow) -> f64) -> Self {
        let hidden = flows.first().map_or(0, Vec::len);
        let spreads = (0..hidden).map(|l| Spread::of(flows, |flow| number(&flow[l])));
        let spreads = by_layer(spreads);
        let median = |end: Option<&(f64, Spread)>| end.map_or(f64::NAN, |(_, end)| end.median());
        let (first, last) = (median(spreads.first()), median(spreads.last()));
        Self { spreads, first, last, ratio: first / last }
    }

    fn draw(&self, chart: LineChart, name: &str, role: Role) -> LineChart {
        chart.band(role, &ranges(&self.spreads)).line(name, role, &medians(&self.spreads))
    }
}

/// Activations and errors of 150 layers under every scheme and activation function.
fn layer_flow() -> Result<Outcome, Error> {
    let found = ByActivation::measure(|activation| {
        ByScale::measure(|scheme| {
            let sizes = stack(WIDTH, WIDTH, DEPTH);
            let network = |rng: &mut RandomState| {
                Ok(Network::new(&sizes, scheme, rng)?.with_activation(activation))
            };
            Ok(Flow::of(&flows(SEEDS, WIDTH, network)?))
        })
    })?;
    let ByActivation { relu, tanh, sigmoid } = &found;
    let kinds = [("ReLU", relu), ("tanh", tanh), ("sigmoid", sigmoid)];
    let rows = kinds.iter().flat_map(|(name, flows)| flows.all().map(|flow| (*name, flow)));
    let rows: Vec<_> = rows.collect();
    let table = Table::of(&rows)
        .column("activation", |(name, _)| (*name).to_owned())
        .column("weights", |(_, flow)| flow.label.clone())
        .column("last A", |(_, flow)| scientific(flow.found.activations.last, 1))
        .column("first dZ", |(_, flow)| scientific(flow.found.errors.first, 1));
    let errors =
        |flows| draw_flows(flows, "root mean square of dZ", (1e-60, 1e20), |flow| &flow.errors);
    let activations =
        draw_flows(relu, "root mean square of A", (1e-30, 1e30), |flow| &flow.activations);
    report("layer_flow", &found)
        .figure("relu_errors", errors(relu))
        .figure("relu_activations", activations)
        .figure("tanh_errors", errors(tanh))
        .figure("sigmoid_errors", errors(sigmoid))
        .table("table", table)
        .outcome()
}

fn draw_flows(
    flows: &ByScale<Flow>,
    quantity: &str,
    (low, high): (f64, f64),
    layers: fn(&Flow) -> &Layers,
) -> Result<Drawing, FigureError> {
    let mut chart = LineChart::new("layer", quantity).log_y().y_range(low, high);
    for flow in flows.all() {
        chart = layers(&flow.found).draw(chart, &flow.label, flow.role);
    }
    chart.draw()
}

/// He's factor is one on average; its logarithm walks at random.
fn random_walk() -> Result<Outcome, Error> {
    let he = |width| Walk::measure(Initialization::He, width);
    let (narrow, middle, wide) = (he(NARROW)?, he(30)?, he(WIDTH)?);
    let widths = [&narrow, &middle, &wide];
    let mut chart = LineChart::new("layer", "root mean square of A").log_y();
    for (walk, role) in widths.into_iter().zip([Role::Series5, Role::Series2, Role::Series1]) {
        chart = chart.bundle(&format!("{} units", walk.width), role, &walk.shown);
    }
    let table = Table::of(&widths)
        .column("units", |walk| walk.width.to_string())
        .column("least", |walk| scientific(walk.end.min(), 1))
        .column("median", |walk| scientific(walk.end.median(), 1))
        .column("largest", |walk| scientific(walk.end.max(), 1))
        .column("spread of log₁₀", |walk| fixed(walk.deviation, 2))
        .column("theory for wide layers", |walk| fixed(walk.theory(), 2))
        .column("died", |walk| walk.end.count(|a| a == 0.0).to_string());
    report("random_walk", context! { narrow, middle, wide })
        .figure("walk", chart.draw())
        .table("widths", table)
        .outcome()
}

/// What ReLU layers of one width make of the activations.
#[derive(Serialize)]
struct Walk {
    width: usize,
    #[serde(skip)]
    shown: Vec<Curve>,
    end: Spread,
    /// The standard deviation of the end's decimal logarithm, where the signal has not died.
    deviation: f64,
}

impl Walk {
    fn measure(scheme: Initialization, width: usize) -> Result<Self, Error> {
        let sizes = stack(width, width, WALK);
        let flows = flows(MANY_SEEDS, width, |rng| Ok(Network::new(&sizes, scheme, rng)?))?;
        let walks = flows.iter().map(|flow| by_layer(flow.iter().map(|layer| layer.activations)));
        let walks: Vec<Curve> = walks.collect();
        let end = ends(&walks);
        let alive = end.values().iter().filter(|a| **a > 0.0);
        let logarithms: Spread = alive.map(|a| libm::log10(*a)).collect();
        let shown = walks.into_iter().take(SHOWN_SEEDS).collect();
        Ok(Self { width, shown, end, deviation: logarithms.standard_deviation() })
    }

    fn theory(&self) -> f64 {
        0.5 * (5.0 * WALK as f64 / self.width as f64).sqrt() / LN_10
    }
}

/// The paper's figures: errors shrink towards the input, gradients of the weights do not.
fn error_and_weight() -> Result<Outcome, Error> {
    let (old, new) = (glorot_flow(old())?, glorot_flow(1.0)?);
    let mut chart = LineChart::new("layer", "root mean square").log_y().markers(true);
    for (name, role, layers) in [
        ("dZ, old", Role::Series5, &old.errors),
        ("dW, old", Role::Series3, &old.weights),
        ("dZ, Glorot", Role::Series4, &new.errors),
        ("dW, Glorot", Role::Series1, &new.weights),
    ] {
        chart = layers.draw(chart, name, role);
    }
    report("error_and_weight", context! { old, new }).figure("both", chart.draw()).outcome()
}

/// The flow through tanh layers with Glorot's uniform weights times `shrink`.
fn glorot_flow(shrink: f64) -> Result<Flow, Error> {
    let network = |rng: &mut RandomState| paper(shrink, rng);
    Ok(Flow::of(&flows(MANY_SEEDS, WIDTH, network)?))
}

/// A limit on the gradient, or none.
struct Limit {
    name: String,
    role: Role,
    clipping: Option<Clipping>,
}

/// No limit, one on the gradient's norm, and one on its values.
fn limits(norm: f64, value: f64) -> [Limit; 3] {
    let limit = |name, role, clipping| Limit { name, role, clipping };
    let (by_norm, by_value) = (Clipping::Norm(norm), Clipping::Value(value));
    [
        limit("no limit".to_owned(), Role::Series3, None),
        limit(format!("norm {}", plain(norm)), Role::Series2, Some(by_norm)),
        limit(format!("value {}", plain(value)), Role::Series4, Some(by_value)),
    ]
}

impl Limit {
    fn on(&self, descent: GradientDescent) -> GradientDescent {
        match self.clipping {
            None => descent,
            Some(clipping) => descent.clipping(clipping),
        }
    }
}

/// Standard deviation of the weights that explode, their hidden layers, and the limits of the runs.
const EXPLODING: f64 = 0.6;
const EXPLODING_LAYERS: usize = 10;
const VALUE: f64 = 0.1;

/// An exploding network with and without a limit on its gradient.
fn clipped_runs() -> Result<Outcome, Error> {
    let kind = |limit: Limit| {
        Runs::measure(&limit.name, limit.role, &limit.on(descent()), |seed| {
            deep(Initialization::Gaussian(EXPLODING), EXPLODING_LAYERS, seed)
        })
    };
    let [free, norm, value] = limits(NORM, VALUE);
    let (free, norm, value) = (kind(free)?, kind(norm)?, kind(value)?);
    let kinds = [&free, &norm, &value];
    let chart = LineChart::new("iteration", "cost J").log_y().y_range(1e-3, 1e3);
    let table = Table::of(&kinds)
        .column("limit", |kind| kind.name.clone())
        .column("best cost", |kind| fixed(kind.end.min(), 3))
        .column("median", |kind| fixed(kind.end.median(), 3))
        .column("worst", |kind| fixed(kind.end.max(), 3))
        .column("diverged", |kind| kind.diverged.to_string());
    report("clipped_runs", context! { free, norm, value })
        .figure("costs", Runs::draw(&kinds, chart))
        .table("ends", table)
        .outcome()
}

/// What clipping does to the balance between the layers.
fn clipped_layers() -> Result<Outcome, Error> {
    let [free, norm, value] = limits(1e-3, 1e-4);
    let (free, norm, value) = (Step::measure(free)?, Step::measure(norm)?, Step::measure(value)?);
    let mut chart = LineChart::new("layer", "root mean square of the step of W").log_y();
    for step in [&free, &norm, &value] {
        chart = chart.line(&step.limit.name, step.limit.role, &step.sizes);
    }
    report("clipped_layers", context! { free, norm, value }).figure("steps", chart.draw()).outcome()
}

/// One step of a network whose gradient vanishes.
#[derive(Serialize)]
struct Step {
    #[serde(skip)]
    limit: Limit,
    /// The root mean square of the step in each layer's weights.
    #[serde(skip)]
    sizes: Curve,
    /// The sixth layer's, also as a share of the last layer's.
    sixth: f64,
    share: f64,
}

impl Step {
    fn measure(limit: Limit) -> Result<Self, Error> {
        let network =
            deep(Initialization::Xavier, TRAINED, 1)?.with_activation(Activation::Sigmoid);
        let mut moved = network.clone();
        limit.on(GradientDescent::new(1.0).iterations(1)).train(&mut moved, &few_rings()?)?;
        let layers = moved.parameters().layers().iter().zip(network.parameters().layers());
        let sizes = layers.map(|(after, before)| {
            let step = &after.w - &before.w;
            (step.iter().map(|s| s * s).sum::<f64>() / step.len() as f64).sqrt()
        });
        let sizes: Vec<f64> = sizes.collect();
        let at = |layer: usize| sizes.get(layer - 1).copied().unwrap_or(f64::NAN);
        let (sixth, last) = (at(6), at(sizes.len()));
        Ok(Self { limit, sixth, share: sixth / last, sizes: by_layer(sizes) })
    }
}
