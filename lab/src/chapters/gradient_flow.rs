//! Vanishing and exploding gradients: every run, number, figure and claim of the chapter.

use course::Work;
use ndarray::{Array1, Array2};
use trainable::gradient_flow::LayerFlow;
use trainable::prelude::*;

use crate::error::Error;
use crate::experiment::{Experiment, experiments};
use crate::figure::{LineChart, Role};
use crate::format::fixed;
use crate::outcome::{Claim, Outcome, Table, Value, Verdict};
use crate::printed::Printed;
use crate::spread::{Spread, over_seeds};

/// The scales compared.
const SCALES: [(&str, &str, Role, Initialization); 4] = [
    ("std 0.01", "small", Role::Small, Initialization::Gaussian(0.01)),
    ("std 1", "large", Role::Large, Initialization::Gaussian(1.0)),
    ("Xavier", "xavier", Role::Xavier, Initialization::Xavier),
    ("He", "he", Role::He, Initialization::He),
];

/// The chapter's experiments.
pub fn experiments() -> Vec<Experiment> {
    experiments![
        deep_runs,
        powers,
        layer_flow,
        random_walk,
        error_and_weight,
        clipped_runs,
        clipped_layers
    ]
}

const LECTURE: &str = "course, lecture on vanishing and exploding gradients";
const PASCANU: &str = "R. Pascanu, T. Mikolov, Y. Bengio (2013), arXiv:1211.5063";
const GLOROT: &str = "X. Glorot, Y. Bengio (2010), PMLR 9:249–256";

/// Seeds of every band and bundle.
const SEEDS: u32 = 5;
/// Layers of the deepest networks, as in the lecture.
const DEPTH: usize = 150;

fn scientific(number: f64) -> String {
    match number {
        0.0 => "0".to_owned(),
        _ => Value::scientific(number, 1).text,
    }
}

fn points(history: &History) -> Vec<(f64, f64)> {
    let costs = history.costs().iter();
    costs.map(|(i, cost)| (*i as f64, *cost)).collect()
}

fn ends(runs: &[Vec<(f64, f64)>]) -> Spread {
    Spread::new(runs.iter().flat_map(|run| run.last()).map(|end| end.1).collect())
}

/// The two rings with few points: deep networks take their time.
fn few_rings() -> Result<Dataset, Error> {
    Ok(circles(96, 0.05, &mut RandomState::new(1))?)
}

/// Sizes of a network with so many hidden layers.
fn stack(inputs: usize, width: usize, hidden: usize) -> Vec<usize> {
    [vec![inputs], vec![width; hidden], vec![1]].concat()
}

/// Hidden layers of the networks that are trained, and their steps.
const TRAINED: usize = 20;
const STEPS: usize = 1_000;

/// Twenty hidden layers that do not train, and twenty that do.
fn deep_runs() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let data = few_rings()?;
    let train = |activation, scheme, hidden, rate| {
        over_seeds(SEEDS, |seed| {
            let sizes = stack(2, 20, hidden);
            let mut network = Network::new(&sizes, scheme, &mut RandomState::new(seed))?
                .with_activation(activation);
            let flow = gradient_flow(&network, &data)?;
            let run = GradientDescent::new(rate).iterations(STEPS + 1).record_every(20);
            let history = run.train(&mut network, &data)?;
            Ok::<_, Error>((points(&history), flow[0].weights))
        })
    };
    let kinds = [
        ("sigmoid, Xavier", "sigmoid", Role::Small, Activation::Sigmoid, Initialization::Xavier),
        ("ReLU, Xavier", "relu_xavier", Role::Xavier, Activation::Relu, Initialization::Xavier),
        ("ReLU, He", "relu_he", Role::He, Activation::Relu, Initialization::He),
        ("tanh, Xavier", "tanh", Role::Glorot, Activation::Tanh, Initialization::Xavier),
    ];
    let mut chart = LineChart::new("iteration", "cost J").y_range(0.0, 1.0);
    let mut rows = Vec::new();
    let mut told = Vec::new();
    let mut found = Vec::new();
    for (name, id, role, activation, scheme) in kinds {
        let runs = train(activation, scheme, TRAINED, 0.05)?;
        let (curves, first): (Vec<_>, Vec<_>) = runs.into_iter().unzip();
        chart = chart.bundle(name, role, &curves);
        let (end, first) = (ends(&curves), Spread::new(first));
        told.push(format!("{name}: {}", fixed(end.median(), 3)));
        rows.push(vec![
            name.to_owned(),
            scientific(first.median()),
            fixed(end.min(), 3),
            fixed(end.median(), 3),
            fixed(end.max(), 3),
        ]);
        outcome.value(&format!("{id}_first"), Value::scientific(first.median(), 0));
        outcome.value(&format!("{id}_end"), Value::fixed(end.median(), 3));
        found.push((end, first));
    }
    outcome.figure(
        "costs",
        chart.draw()?,
        format!("Cost against iteration for networks of {TRAINED} hidden layers, five seeds each. Median last costs, {}. The cost of guessing is {}.", told.join("; "), fixed(std::f64::consts::LN_2, 3)),
        format!("The same {TRAINED} hidden layers of 20 units, the same rings, learning rate and steps; five seeds each. Two kinds lie on the cost of guessing, $`\\ln 2`$, from beginning to end."),
    );
    outcome.table("starts", Table {
        caption: format!("Root mean square of the first layer's dW before training, median of five seeds, and the cost after {STEPS} steps."),
        header: ["network", "first dW", "best cost", "median", "worst"].map(str::to_owned).to_vec(),
        rows,
    });
    outcome.value("layers", Value::integer(TRAINED));
    outcome.value("steps", Value::integer(STEPS));
    outcome.value("ln2", Value::fixed(std::f64::consts::LN_2, 3));
    let (sigmoid, first) = &found[0];
    let (he, he_first) = &found[2];
    outcome.claim("slow", Claim {
        said_by: LECTURE.to_owned(),
        statement: "With vanishing gradients, gradient descent takes tiny steps and learns very slowly.".to_owned(),
        measured: format!("With {TRAINED} sigmoid layers the first layer's gradient has a root mean square of {}, with ReLU and He {}. After {STEPS} steps the cost is between {} and {} for sigmoid, and has a median of {} for He.", scientific(first.median()), scientific(he_first.median()), fixed(sigmoid.min(), 3), fixed(sigmoid.max(), 3), fixed(he.median(), 3)),
        verdict: if sigmoid.min() > 0.68 && he.median() < 0.6 { Verdict::Holds } else { Verdict::DoesNotHold },
        reason: "A step is the learning rate times the gradient. The first layers stay what they were at the start, and the last one sees nearly the same activations for every example.".to_owned(),
    });
    Ok(outcome)
}

/// A chain of single linear units with the weight `c`; one more unit of weight 1 if the last layer
/// is not counted.
fn chain(c: f64, depth: usize, counted: bool) -> Result<Network, Error> {
    let zeros = Parameters::zeros(&vec![1; depth + 1])?;
    let mut layers = zeros.layers().to_vec();
    for layer in &mut layers {
        layer.w.fill(c);
    }
    if let Some(last) = layers.last_mut().filter(|_| !counted) {
        last.w.fill(1.0);
    }
    Ok(Network::from_parameters(Parameters::new(layers)?).with_activation(Activation::Identity))
}

fn one_example() -> Result<Dataset, Error> {
    Ok(Dataset::new(Array2::ones((1, 1)), Array2::zeros((1, 1)))?)
}

/// 1.5 and 0.5 to the power of L.
fn powers() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let data = one_example()?;
    let logit = |c, depth, counted| {
        let logits = chain(c, depth, counted)?.logits(data.x())?;
        Ok::<_, Error>(logits[(0, 0)])
    };
    let mut chart = LineChart::new("layer", "activation").log_y();
    for (name, role, c) in [
        ("1.5", Role::Large, 1.5),
        ("1.1", Role::Glorot, 1.1),
        ("1", Role::He, 1.0),
        ("0.9", Role::Xavier, 0.9),
        ("0.5", Role::Small, 0.5),
    ] {
        let flow = gradient_flow(&chain(c, DEPTH, true)?, &data)?;
        chart = chart.line(name, role, &by_layer(&flow, |layer| layer.activations));
    }
    let (large, small) = (logit(1.5, DEPTH, true)?, logit(0.5, DEPTH, true)?);
    outcome.figure(
        "activations",
        chart.draw()?,
        format!("Activation against layer, logarithmic, for linear layers with the weight matrix c times the identity: straight lines. At layer {DEPTH} 1.5 has reached {} and 0.5 has fallen to {}; 1 stays at 1.", scientific(large), scientific(small)),
        "Linear layers with the weight matrix $`c \\cdot I`$ and the input 1. On a logarithmic axis every factor is a straight line, and only $`c = 1`$ is level.".to_owned(),
    );
    let mut rows = Vec::new();
    for depth in [5, 10, 50, 100, DEPTH] {
        let mut row = vec![depth.to_string()];
        for (c, counted) in [(1.5, true), (1.5, false), (0.5, true), (0.5, false)] {
            row.push(scientific(logit(c, depth, counted)?));
        }
        rows.push(row);
    }
    outcome.table("both", Table {
        caption: "The output of $`L`$ linear layers for the input 1. Counted: the last layer has the same weight as the others. Not counted: the last layer's weight is 1.".to_owned(),
        header: ["L", "1.5, counted", "1.5, not counted", "0.5, counted", "0.5, not counted"].map(str::to_owned).to_vec(),
        rows,
    });
    outcome.value("depth", Value::integer(DEPTH));
    outcome.value("large", Value::scientific(large, 1));
    outcome.value("small", Value::scientific(small, 1));
    let exact = |c: f64, depth: usize| (0..depth).fold(1.0, |power, _| power * c);
    let agree = large == exact(1.5, DEPTH) && small == exact(0.5, DEPTH);
    outcome.claim("exponential", Claim {
        said_by: LECTURE.to_owned(),
        statement: format!("Weights a little larger than the identity explode, a little smaller vanish; with {DEPTH} layers activations and gradients grow or shrink exponentially in L."),
        measured: format!("$`1.5^{{{DEPTH}}}`$ is {}, $`0.5^{{{DEPTH}}}`$ is {}. With 1.1 the last activation is {}, with 0.9 {}.", scientific(large), scientific(small), scientific(logit(1.1, DEPTH, true)?), scientific(logit(0.9, DEPTH, true)?)),
        verdict: if agree && large > 1e26 && small < 1e-45 { Verdict::Holds } else { Verdict::DoesNotHold },
        reason: "Every layer multiplies by the same factor. The network's output is the product to the last bit.".to_owned(),
    });
    for (name, c, ours) in [("explodes", 1.5, large), ("vanishes", 0.5, small)] {
        let what = format!("1.10, {DEPTH} linear layers with the weights {c}");
        let course = format!("$`{c}^L`$");
        outcome
            .printed(name, Printed::formula(Work::Lectures, &what, &course, exact(c, DEPTH), ours));
    }
    let (with, without) = (logit(1.5, 10, true)?, logit(1.5, 10, false)?);
    outcome.claim("counted", Claim {
        said_by: LECTURE.to_owned(),
        statement: "With L layers and the weight matrices 1.5·I, ŷ = 1.5^(L−1) x.".to_owned(),
        measured: format!("For 10 layers and the input 1: {} if the last layer has the weight 1, {} if it has the weight 1.5.", fixed(without, 2), fixed(with, 2)),
        verdict: if without == exact(1.5, 9) && with == exact(1.5, 10) { Verdict::HoldsWithCondition } else { Verdict::DoesNotHold },
        reason: "The lecture writes ŷ as W^[L] times the product of the L − 1 matrices before it, because W^[L] has another shape. The power is L − 1 if W^[L] passes its input on, and L if it multiplies by 1.5 too.".to_owned(),
    });
    Ok(outcome)
}

fn by_layer(flow: &[LayerFlow], pick: fn(&LayerFlow) -> f64) -> Vec<(f64, f64)> {
    let layers = flow.iter().enumerate();
    layers.map(|(l, flow)| (l as f64 + 1.0, pick(flow))).collect()
}

/// A single standard normal example of class 0: then the gradients by the biases are the errors.
fn normal_example(features: usize, seed: u32) -> Result<Dataset, Error> {
    let mut rng = RandomState::new(1_000 + seed);
    let x = Array2::from_shape_simple_fn((features, 1), || rng.randn());
    Ok(Dataset::new(x, Array2::zeros((1, 1)))?)
}

/// Activations and errors of 150 layers under every scheme and activation function.
fn layer_flow() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let width = 100;
    let kinds = [
        ("relu", "ReLU", Activation::Relu),
        ("tanh", "tanh", Activation::Tanh),
        ("sigmoid", "sigmoid", Activation::Sigmoid),
    ];
    let mut rows = Vec::new();
    for (id, name, activation) in kinds {
        let mut errors =
            LineChart::new("layer", "root mean square of dZ").log_y().y_range(1e-60, 1e20);
        let mut forward =
            LineChart::new("layer", "root mean square of A").log_y().y_range(1e-30, 1e30);
        let mut told = (Vec::new(), Vec::new());
        for (label, scheme_id, role, scheme) in SCALES {
            let flows = over_seeds(SEEDS, |seed| {
                let sizes = stack(width, width, DEPTH);
                let network = Network::new(&sizes, scheme, &mut RandomState::new(seed))?
                    .with_activation(activation);
                Ok::<_, Error>(gradient_flow(&network, &normal_example(width, seed)?)?)
            })?;
            let (band, median) = across(&flows, |layer| layer.biases);
            errors = errors.band(role, &band).line(label, role, &median);
            let (a_band, a_median) = across(&flows, |layer| layer.activations);
            forward = forward.band(role, &a_band).line(label, role, &a_median);
            let first = median.first().map_or(f64::NAN, |point| point.1);
            let last = a_median.last().map_or(f64::NAN, |point| point.1);
            told.0.push(format!("{label}: {}", scientific(first)));
            told.1.push(format!("{label}: {}", scientific(last)));
            outcome.value(&format!("{id}_{scheme_id}_error"), Value::scientific(first, 0));
            rows.push(vec![name.to_owned(), label.to_owned(), scientific(last), scientific(first)]);
        }
        outcome.figure(
            &format!("{id}_errors"),
            errors.draw()?,
            format!("Root mean square of the error dZ of {DEPTH} {name} layers against the layer, logarithmic. The error travels from right to left. At the first layer, medians of five seeds, {}.", told.0.join("; ")),
            format!("{DEPTH} {name} layers of {width} units before training: read from right to left, as the error travels. Line: median of five seeds; band: least to largest. Lines that leave the frame go on as they left."),
        );
        if activation == Activation::Relu {
            outcome.figure(
                &format!("{id}_activations"),
                forward.draw()?,
                format!("Root mean square of the activations of {DEPTH} {name} layers against the layer, logarithmic. At the last hidden layer, medians of five seeds, {}.", told.1.join("; ")),
                format!("The same {name} layers on the way forward. The input is standard normal. Line: median of five seeds; band: least to largest."),
            );
        }
    }
    outcome.table("table", Table {
        caption: format!("{DEPTH} hidden layers of {width} units: root mean square of the activations of the last one, and of the error of the first one. Medians of five seeds."),
        header: ["activation", "weights", "last A", "first dZ"].map(str::to_owned).to_vec(),
        rows,
    });
    outcome.value("depth", Value::integer(DEPTH));
    let number =
        |outcome: &Outcome, name: &str| outcome.values.get(name).map_or(f64::NAN, |v| v.number);
    let (relu_xavier, relu_he) =
        (number(&outcome, "relu_xavier_error"), number(&outcome, "relu_he_error"));
    let (tanh, sigmoid) =
        (number(&outcome, "tanh_xavier_error"), number(&outcome, "sigmoid_xavier_error"));
    outcome.claim("relu", Claim {
        said_by: "folklore".to_owned(),
        statement: "ReLU does not saturate, so its gradients do not vanish.".to_owned(),
        measured: format!("After {DEPTH} ReLU layers the error at the first layer is {} with He and {} with Xavier. With tanh and Xavier it is {}, with sigmoid and Xavier {}.", scientific(relu_he), scientific(relu_xavier), scientific(tanh), scientific(sigmoid)),
        verdict: if relu_xavier < 1e-15 && relu_he > 1e-6 { Verdict::HoldsWithCondition } else { Verdict::DoesNotHold },
        reason: "It holds with the right scale of the weights. A unit that is on passes the error unchanged, but half of them are off: with Xavier a factor of √2 is lost in every layer, without any saturation.".to_owned(),
    });
    Ok(outcome)
}

/// At each hidden layer the least and the largest number over seeds, and the median.
#[allow(clippy::type_complexity, reason = "the chart's own two kinds of points")]
fn across(
    flows: &[Vec<LayerFlow>],
    pick: fn(&LayerFlow) -> f64,
) -> (Vec<(f64, f64, f64)>, Vec<(f64, f64)>) {
    let hidden = flows.first().map_or(0, |flow| flow.len() - 1);
    let spreads = (0..hidden).map(|l| {
        let spread = Spread::new(flows.iter().map(|flow| pick(&flow[l])).collect());
        let layer = l as f64 + 1.0;
        ((layer, spread.min(), spread.max()), (layer, spread.median()))
    });
    spreads.unzip()
}

/// He's factor is one on average; its logarithm walks at random.
fn random_walk() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let depth = 100;
    let mut chart = LineChart::new("layer", "root mean square of A").log_y();
    let mut rows = Vec::new();
    let mut spans = Vec::new();
    for (width, role) in [(10, Role::Small), (30, Role::Xavier), (100, Role::He)] {
        let flows = over_seeds(20, |seed| {
            let sizes = stack(width, width, depth);
            let network = Network::new(&sizes, Initialization::He, &mut RandomState::new(seed))?;
            Ok::<_, Error>(gradient_flow(&network, &normal_example(width, seed)?)?)
        })?;
        let lines: Vec<_> = flows
            .iter()
            .map(|flow| {
                let mut line = by_layer(flow, |layer| layer.activations);
                line.truncate(depth);
                line
            })
            .collect();
        chart = chart.bundle(&format!("{width} units"), role, &lines[..8]);
        let end = ends(&lines);
        let logs: Vec<f64> =
            end.values().iter().filter(|a| **a > 0.0).map(|a| libm::log10(*a)).collect();
        let mean = logs.iter().sum::<f64>() / logs.len() as f64;
        let std = (logs.iter().map(|l| (l - mean) * (l - mean)).sum::<f64>()
            / (logs.len() - 1) as f64)
            .sqrt();
        let theory = 0.5 * (5.0 * depth as f64 / width as f64).sqrt() / std::f64::consts::LN_10;
        let dead = end.count(|a| a == 0.0);
        rows.push(vec![
            width.to_string(),
            scientific(end.min()),
            scientific(end.median()),
            scientific(end.max()),
            fixed(std, 2),
            fixed(theory, 2),
            dead.to_string(),
        ]);
        outcome.value(&format!("median_{width}"), Value::scientific(end.median(), 0));
        outcome.value(&format!("max_{width}"), Value::scientific(end.max(), 0));
        spans.push((width, end.min(), end.median(), std));
    }
    let told = spans.iter().map(|(width, least, median, _)| {
        format!("{width} units: median {}, least {}", scientific(*median), scientific(*least))
    });
    let told = told.collect::<Vec<_>>().join("; ");
    outcome.figure(
        "walk",
        chart.draw()?,
        format!("Root mean square of the activations against the layer for ReLU networks started by He, eight seeds for each width. Over twenty seeds, after {depth} layers, {told}."),
        "He's rule, eight seeds for each width. Every line is a random walk on the logarithmic axis; narrow layers take larger steps, and drift downwards.".to_owned(),
    );
    outcome.table("widths", Table {
        caption: format!("He, {depth} ReLU layers, 20 seeds: root mean square of the last activations; the standard deviation of its decimal logarithm beside $`\\sqrt{{5L/n}}/(2 \\ln 10)`$; and the seeds in which the signal died: a layer had no unit that was on."),
        header: ["units", "least", "median", "largest", "spread of log₁₀", "theory for wide layers", "died"].map(str::to_owned).to_vec(),
        rows,
    });
    outcome.value("depth", Value::integer(depth));
    let (narrow, wide) = (&spans[0], &spans[2]);
    let xavier = over_seeds(20, |seed| {
        let sizes = stack(wide.0, wide.0, depth);
        let network = Network::new(&sizes, Initialization::Xavier, &mut RandomState::new(seed))?;
        let flow = gradient_flow(&network, &normal_example(wide.0, seed)?)?;
        Ok::<_, Error>(flow[depth - 1].activations)
    })?;
    let xavier = Spread::new(xavier).median();
    outcome.claim("partial", Claim {
        said_by: LECTURE.to_owned(),
        statement: "A careful choice of the random initialization does not solve the problem entirely, but helps a lot.".to_owned(),
        measured: format!("After {depth} ReLU layers Xavier leaves a median of {}, in {} units. He leaves a median of {} with {} units and {} with {}; from seed to seed the logarithm to base ten has a standard deviation of {} with {} units.", scientific(xavier), wide.0, scientific(wide.2), wide.0, scientific(narrow.2), narrow.0, fixed(wide.3, 2), wide.0),
        verdict: if wide.2 > 1e6 * xavier && narrow.2 < 0.05 { Verdict::Holds } else { Verdict::DoesNotHold },
        reason: "He makes the factor one in the mean over all networks. You have one network: its logarithm of the factor is random, its variance adds up over the layers, and it is as large as depth over width.".to_owned(),
    });
    Ok(outcome)
}

/// The paper's figures: errors shrink towards the input, gradients of the weights do not.
fn error_and_weight() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let (width, hidden) = (100, 10);
    let flows = |old: bool| {
        over_seeds(20, |seed| {
            let mut rng = RandomState::new(seed);
            let sizes = stack(width, width, hidden);
            let parameters = Initialization::GlorotUniform.parameters(&sizes, &mut rng)?;
            // Uniform within ±1/√n has a third of the variance 1/n, which Glorot's is in square layers.
            let shrink = if old { 1.0 / 3.0_f64.sqrt() } else { 1.0 };
            let theta: Array1<f64> = parameters.to_theta() * shrink;
            let network = Network::from_parameters(parameters.with_theta(&theta)?)
                .with_activation(Activation::Tanh);
            Ok::<_, Error>(gradient_flow(&network, &normal_example(width, seed)?)?)
        })
    };
    let (old, new) = (flows(true)?, flows(false)?);
    let mut chart = LineChart::new("layer", "root mean square").log_y().markers(true);
    for (name, role, flows, pick) in [
        ("dZ, old", Role::Small, &old, (|layer| layer.biases) as fn(&LayerFlow) -> f64),
        ("dW, old", Role::Large, &old, |layer| layer.weights),
        ("dZ, Glorot", Role::Glorot, &new, |layer| layer.biases),
        ("dW, Glorot", Role::He, &new, |layer| layer.weights),
    ] {
        let (band, median) = across(flows, pick);
        chart = chart.band(role, &band).line(name, role, &median);
    }
    let ratio = |flows: &[Vec<LayerFlow>], pick: fn(&LayerFlow) -> f64| {
        let (_, median) = across(flows, pick);
        median[0].1 / median[hidden - 1].1
    };
    let (dz, dw) = (ratio(&old, |l| l.biases), ratio(&old, |l| l.weights));
    let new_dz = ratio(&new, |l| l.biases);
    outcome.figure(
        "both",
        chart.draw()?,
        format!("Errors dZ and gradients dW against the layer of {hidden} tanh layers. From the last hidden layer to the first, the error changes by a factor of {} with the old uniform weights and of {} with Glorot's; the weights' gradient with the old ones by {}.", scientific(dz), fixed(new_dz, 2), fixed(dw, 2)),
        format!("{hidden} tanh layers of {width} units, 20 seeds. With the old weights the error shrinks on its way to the left, and the gradient of the weights stays level: errors get smaller, the activations that they are multiplied with get larger."),
    );
    outcome.value("dz", Value::scientific(dz, 0));
    outcome.value("dw", Value::fixed(dw, 1));
    outcome.value("new_dz", Value::fixed(new_dz, 2));
    outcome.claim("errors", Claim {
        said_by: GLOROT.to_owned(),
        statement: "With uniform weights within ±1/√n the back-propagated gradients decrease from the output towards the input; with theirs they hardly do.".to_owned(),
        measured: format!("Over {hidden} tanh layers the error at the first is {} of that at the last with the old weights, and {} with theirs.", scientific(dz), fixed(new_dz, 2)),
        verdict: if dz < 0.05 && new_dz > 0.5 { Verdict::Holds } else if new_dz > 10.0 * dz { Verdict::HoldsWithCondition } else { Verdict::DoesNotHold },
            reason: "The old weights have the variance 1/(3n): every layer loses a factor of √3. With theirs the error still shrinks, because tanh's slope is below one wherever a unit is active.".to_owned(),
    });
    outcome.claim("weights", Claim {
        said_by: "folklore".to_owned(),
        statement: "When gradients vanish, the first layers' weights receive smaller gradients than the last layers'.".to_owned(),
        measured: format!("With the old weights the errors differ by a factor of {}, the gradients of the weights by {}: first hidden layer against last.", scientific(dz), fixed(dw, 1)),
        verdict: if dz < 0.05 && (0.2..5.0).contains(&dw) { Verdict::HoldsWithCondition } else { Verdict::DoesNotHold },
        reason: "A weight's gradient is an error times an activation. If the signal fades forward as fast as the error fades backward, the product is equally small in all layers (Glorot and Bengio saw it too). The first layers lose out where activations do not fade: with saturated tanh and with sigmoid.".to_owned(),
    });
    Ok(outcome)
}

/// Standard deviation of the weights that explode, and the limits of the runs.
const EXPLODING: f64 = 0.6;

/// A run's recorded costs, and whether it diverged.
type ClippedRun = (Vec<(f64, f64)>, bool);

/// One training run of an exploding network for each seed; a run that diverges ends where it did.
fn exploding(clipping: Option<Clipping>) -> Result<Vec<ClippedRun>, Error> {
    let data = few_rings()?;
    over_seeds(SEEDS, |seed| {
        let network = Network::new(
            &stack(2, 20, 10),
            Initialization::Gaussian(EXPLODING),
            &mut RandomState::new(seed),
        )?;
        let mut training = GradientDescent::new(0.05).iterations(STEPS + 1).record_every(20);
        if let Some(clipping) = clipping {
            training = training.clipping(clipping);
        }
        let mut run = training.start(&network, &data)?;
        let mut seen = Vec::new();
        loop {
            match run.next_cost() {
                Ok(Some((iteration, cost))) => seen.push((iteration as f64, cost)),
                Ok(None) => return Ok((seen, false)),
                Err(trainable::error::Error::Diverged { .. }) => return Ok((seen, true)),
                Err(other) => return Err(other.into()),
            }
        }
    })
}

/// An exploding network with and without a limit on its gradient.
fn clipped_runs() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let kinds = [
        ("no limit", "none", Role::Large, None),
        ("norm 1", "norm", Role::Xavier, Some(Clipping::Norm(1.0))),
        ("value 0.1", "value", Role::Glorot, Some(Clipping::Value(0.1))),
    ];
    let mut chart = LineChart::new("iteration", "cost J").log_y().y_range(1e-3, 1e3);
    let mut told = Vec::new();
    let mut rows = Vec::new();
    let mut medians = Vec::new();
    for (name, id, role, clipping) in kinds {
        let (lines, diverged): (Vec<_>, Vec<_>) = exploding(clipping)?.into_iter().unzip();
        chart = chart.bundle(name, role, &lines);
        let end = ends(&lines);
        let diverged = diverged.into_iter().filter(|d| *d).count();
        told.push(format!("{name}: {}", fixed(end.median(), 3)));
        rows.push(vec![
            name.to_owned(),
            fixed(end.min(), 3),
            fixed(end.median(), 3),
            fixed(end.max(), 3),
            diverged.to_string(),
        ]);
        outcome.value(&format!("{id}_end"), Value::fixed(end.median(), 3));
        medians.push(end.median());
    }
    outcome.figure(
        "costs",
        chart.draw()?,
        format!("Cost against iteration, logarithmic, of an exploding network of ten hidden layers, five seeds each. Median last costs, {}.", told.join("; ")),
        "Ten hidden ReLU layers of 20 units, started with a standard deviation about twice He's. Same starts, same learning rate; only the limit on the gradient differs.".to_owned(),
    );
    outcome.table(
        "ends",
        Table {
            caption: format!("The last recorded cost of up to {STEPS} steps, five seeds."),
            header: ["limit", "best cost", "median", "worst", "diverged"]
                .map(str::to_owned)
                .to_vec(),
            rows,
        },
    );
    outcome.value("std", Value::fixed(EXPLODING, 1));
    outcome.claim("cure", Claim {
        said_by: PASCANU.to_owned(),
        statement: "Clipping the norm of the gradient deals with exploding gradients.".to_owned(),
        measured: format!("An exploding ReLU network ends at a median cost of {} without a limit, of {} with the norm limited to 1, and of {} with values limited to 0.1.", fixed(medians[0], 3), fixed(medians[1], 3), fixed(medians[2], 3)),
        verdict: if medians[1] < 0.5 && medians[0] > 0.6 { Verdict::HoldsWithCondition } else { Verdict::DoesNotHold },
            reason: "The limit stops one huge step from throwing the weights away. It was proposed for recurrent networks, whose cost has cliffs along an otherwise smooth way. It does not make the start a good one: the activations are as large as before.".to_owned(),
    });
    Ok(outcome)
}

/// What clipping does to the balance between the layers.
fn clipped_layers() -> Result<Outcome, Error> {
    let mut outcome = Outcome::new();
    let data = few_rings()?;
    let network =
        Network::new(&stack(2, 20, TRAINED), Initialization::Xavier, &mut RandomState::new(1))?
            .with_activation(Activation::Sigmoid);
    let step = |clipping: Option<Clipping>| {
        let mut moved = network.clone();
        let mut run = GradientDescent::new(1.0).iterations(1);
        if let Some(clipping) = clipping {
            run = run.clipping(clipping);
        }
        run.train(&mut moved, &data)?;
        let layers = moved.parameters().layers().iter().zip(network.parameters().layers());
        Ok::<_, Error>(
            layers
                .map(|(after, before)| {
                    let step = &after.w - &before.w;
                    (step.iter().map(|s| s * s).sum::<f64>() / step.len() as f64).sqrt()
                })
                .collect::<Vec<_>>(),
        )
    };
    let share = |sizes: &[f64]| sizes[5] / sizes[TRAINED];
    let (plain, norm, value) =
        (step(None)?, step(Some(Clipping::Norm(1e-3)))?, step(Some(Clipping::Value(1e-4)))?);
    let mut chart = LineChart::new("layer", "root mean square of the step of W").log_y();
    for (name, role, sizes) in [
        ("no limit", Role::Large, &plain),
        ("norm 0.001", Role::Xavier, &norm),
        ("value 0.0001", Role::Glorot, &value),
    ] {
        let line: Vec<_> = sizes.iter().enumerate().map(|(l, s)| (l as f64 + 1.0, *s)).collect();
        chart = chart.line(name, role, &line);
    }
    outcome.figure(
        "steps",
        chart.draw()?,
        format!("Size of one step of the weights against the layer of a sigmoid network of {TRAINED} hidden layers. The sixth layer's step as a share of the last one's: {} without a limit, {} with the norm limited, {} with values limited.", scientific(share(&plain)), scientific(share(&norm)), scientific(share(&value))),
        "One step of a sigmoid network whose gradient vanishes. A limit on the norm lowers the whole line and keeps its shape. A limit on the values cuts off the last layers. Neither raises the first.".to_owned(),
    );
    outcome.value("plain", Value::scientific(share(&plain), 1));
    outcome.value("norm", Value::scientific(share(&norm), 1));
    outcome.value("value", Value::scientific(share(&value), 1));
    let kept = (share(&norm) / share(&plain) - 1.0).abs();
    let raised = norm[5] > plain[5] || value[5] > plain[5];
    outcome.claim("vanished", Claim {
        said_by: "folklore".to_owned(),
        statement: "Gradient clipping cures vanishing gradients as well as exploding ones.".to_owned(),
        measured: format!("In a deep sigmoid network the sixth layer's step is {} of the last one's. With the norm limited it is {}; with values limited it is {}, because the last one's is cut.", scientific(share(&plain)), scientific(share(&norm)), scientific(share(&value))),
        verdict: if kept < 0.01 && !raised { Verdict::DoesNotHold } else { Verdict::HoldsWithCondition },
        reason: "A limit only makes numbers smaller. By norm, all layers shrink by one factor and the direction stays; by value, the direction turns. What has vanished stays vanished. Pascanu et al. propose a regularizer against vanishing, not clipping.".to_owned(),
    });
    Ok(outcome)
}
