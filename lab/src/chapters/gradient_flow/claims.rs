//! What is measured to judge the chapter's claims.

use std::f64::consts::{LN_2, LN_10};

use ndarray::Array2;
use trainable::gradient_flow::LayerFlow;
use trainable::prelude::*;

use crate::error::Error;
use crate::judge::claim::claims;
use crate::judge::{Arm, Arms, Case, Center, Judging, Measure, Rule, Unit};
use crate::rings;
use crate::stack::stack;

claims![slow, exponential, counted, relu, errors, weights, helps, entirely, cure];

/// Layers of the deepest networks, as in the lecture, and their units.
pub(crate) const DEPTH: usize = 150;
pub(crate) const WIDTH: usize = 100;
/// Weights whose powers explode and vanish, and weights nearer to one.
pub(crate) const EXPLODES: f64 = 1.5;
pub(crate) const GROWS: f64 = 1.1;
pub(crate) const SHRINKS: f64 = 0.9;
pub(crate) const VANISHES: f64 = 0.5;
/// Layers that the signal walks through at random.
pub(crate) const WALK: usize = 100;
/// Units of narrow layers.
pub(crate) const NARROW: usize = 10;
/// Hidden layers of the network that redraws the paper's figures.
pub(crate) const PAPER: usize = 10;

/// How far apart two seeds are that belong to one: of the weights and of the input.
const INPUT: u32 = 1_000;

const SEEDS: usize = 100;
const FEW_SEEDS: usize = 40;
const A_POINT: f64 = 0.01;

/// Hidden layers of the networks that are trained to judge a claim, their units, points and steps.
pub(crate) const FEW_LAYERS: usize = 10;
pub(crate) const FEW_UNITS: usize = 10;
pub(crate) const FEW_POINTS: usize = 96;
pub(crate) const STEPS: usize = 1_000;

/// A sigmoid network whose layers all take steps of one size, or steps as large as their gradients.
fn slow() -> Judging {
    Rule::more_accurate(FEW_SEEDS, A_POINT).on(Measure::Arms(Arms {
        rates: &[0.001, 0.003, 0.01, 0.03, 0.1, 1.0, 10.0, 100.0],
        train: |seed, arm, rate| {
            let network = deep(Initialization::Xavier, seed)?.with_activation(Activation::Sigmoid);
            let data = rings::train(FEW_POINTS, seed)?;
            let network = match arm {
                Arm::With => Some(in_equal_steps(network, &data, rate)?),
                Arm::Without => {
                    rings::descended(network, &data, &GradientDescent::new(rate).iterations(STEPS))?
                }
            };
            rings::score(network.as_ref(), seed)
        },
    }))
}

fn deep(scheme: Initialization, seed: u32) -> Result<Network, Error> {
    Ok(Network::new(&stack(2, FEW_UNITS, FEW_LAYERS), scheme, &mut RandomState::new(seed))?)
}

/// Descends along the gradient, each layer's divided by its own root mean square.
fn in_equal_steps(mut network: Network, data: &Dataset, rate: f64) -> Result<Network, Error> {
    let activation = network.activation();
    for _ in 0..STEPS {
        let gradients = network.gradients(data)?;
        let mut layers = network.parameters().layers().to_vec();
        for (layer, gradient) in layers.iter_mut().zip(gradients.layers()) {
            let squares = gradient.w.iter().chain(&gradient.b).map(|g| g * g);
            let count = gradient.w.len() + gradient.b.len();
            let size = libm::sqrt(squares.sum::<f64>() / count as f64);
            if size > 0.0 {
                layer.w.scaled_add(-rate / size, &gradient.w);
                layer.b.scaled_add(-rate / size, &gradient.b);
            }
        }
        network = Network::from_parameters(Parameters::new(layers)?).with_activation(activation);
    }
    Ok(network)
}

/// How far a chain of linear units is from a power, in activations and in errors, in every layer.
fn exponential() -> Judging {
    Rule::Exact { tolerance: ROUNDED }.on(Measure::Once(|| {
        let mut furthest = 0.0_f64;
        for c in [EXPLODES, GROWS, SHRINKS, VANISHES] {
            let flow = gradient_flow(&chain(c, DEPTH, true)?, &one_example()?)?;
            let last = flow.last().map_or(f64::NAN, |layer| layer.biases);
            for (layer, number) in flow.iter().zip(1..) {
                let activation = layer.activations / power(c, number) - 1.0;
                let error = layer.biases / last / power(c, DEPTH - number) - 1.0;
                furthest = furthest.max(activation.abs()).max(error.abs());
            }
        }
        let output = |c| Ok::<_, Error>(power(c, DEPTH));
        Ok(Case::new(furthest)
            .beside("explodes", output(EXPLODES)?)
            .beside("grows", output(GROWS)?)
            .beside("shrinks", output(SHRINKS)?)
            .beside("vanishes", output(VANISHES)?))
    }))
}

/// What rounding may change in a product of hundreds of factors.
const ROUNDED: f64 = 1e-12;

/// A factor, multiplied with itself.
pub(crate) fn power(c: f64, depth: usize) -> f64 {
    (0..depth).fold(1.0, |power, _| power * c)
}

/// A chain of single linear units with the weight `c`; one more unit of weight 1 if the last layer
/// is not counted.
pub(crate) fn chain(c: f64, depth: usize, counted: bool) -> Result<Network, Error> {
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

/// The input 1 of class 0.
pub(crate) fn one_example() -> Result<Dataset, Error> {
    Ok(Dataset::new(Array2::ones((1, 1)), Array2::zeros((1, 1)))?)
}

/// How far the output is from the power, the last layer's weight set aside.
fn counted() -> Judging {
    Rule::Exact { tolerance: ROUNDED }.on(Measure::Once(|| {
        let mut furthest = 0.0_f64;
        for c in [EXPLODES, VANISHES] {
            for depth in [10, DEPTH] {
                let logits = chain(c, depth, false)?.logits(one_example()?.x())?;
                furthest = furthest.max((logits[(0, 0)] / power(c, depth - 1) - 1.0).abs());
            }
        }
        Ok(Case::new(furthest))
    }))
}

/// A single normal example of class 0: then the gradients by the biases are the errors.
pub(crate) fn normal_example(features: usize, std: f64, seed: u32) -> Result<Dataset, Error> {
    let mut rng = RandomState::new(INPUT + seed);
    let x = Array2::from_shape_simple_fn((features, 1), || std * rng.randn());
    Ok(Dataset::new(x, Array2::zeros((1, 1)))?)
}

/// What flows through the hidden layers of a network, for such an example.
struct Flowing {
    layers: Vec<LayerFlow>,
}

impl Flowing {
    fn of(network: &Network, std: f64, seed: u32) -> Result<Self, Error> {
        let inputs = network.parameters().layers().first().map_or(0, |layer| layer.w.ncols());
        let mut layers = gradient_flow(network, &normal_example(inputs, std, seed)?)?;
        layers.pop();
        Ok(Self { layers })
    }

    /// The logarithm of the first layer's number as a multiple of the last one's.
    fn ratio(&self, number: fn(&LayerFlow) -> f64) -> f64 {
        match &self.layers[..] {
            [first, .., last] => libm::log(number(first) / number(last)),
            _ => f64::NAN,
        }
    }
}

/// The logarithm of the first layer's error as a multiple of the last one's, in many ReLU layers.
fn relu_errors(scheme: Initialization, seed: u32) -> Result<Case, Error> {
    let network = Network::new(&stack(WIDTH, WIDTH, DEPTH), scheme, &mut RandomState::new(seed))?;
    Ok(Case::new(Flowing::of(&network, 1.0, seed)?.ratio(|layer| layer.biases)))
}

/// From a thousandth on something has vanished: ln 1000.
const VANISHED: f64 = 3.0 * LN_10;

fn relu() -> Judging {
    let (center, unit) = (Center::Median, Unit::Times);
    let same = Rule::Same { seeds: FEW_SEEDS, matters: VANISHED, center, unit };
    Rule::Only {
        when: "weights of variance 2/n",
        there: Box::new(same.clone()),
        otherwise: "weights of variance 1/n",
        elsewhere: Box::new(same),
    }
    .on_both(
        Measure::Seed(|seed| relu_errors(Initialization::He, seed)),
        Measure::Seed(|seed| relu_errors(Initialization::Xavier, seed)),
    )
}

/// The tanh layers of the paper's figures, with Glorot's uniform weights times `shrink`.
pub(crate) fn paper(shrink: f64, rng: &mut RandomState) -> Result<Network, Error> {
    let sizes = stack(WIDTH, WIDTH, PAPER);
    let parameters = Initialization::GlorotUniform.parameters(&sizes, rng)?;
    let theta = parameters.to_theta() * shrink;
    let network = Network::from_parameters(parameters.with_theta(&theta)?);
    Ok(network.with_activation(Activation::Tanh))
}

/// Uniform within ±1/√n has a third of the variance 1/n, which Glorot's is in square layers.
pub(crate) fn old() -> f64 {
    1.0 / 3.0_f64.sqrt()
}

/// Two standard deviations of the inputs.
pub(crate) const SMALL_INPUTS: f64 = 0.3;
pub(crate) const LARGE_INPUTS: f64 = 1.0;

/// The error at the first layer as a multiple of that at the last.
fn errors_kept(std: f64, seed: u32) -> Result<Case, Error> {
    let ratio = |shrink| -> Result<f64, Error> {
        let network = paper(shrink, &mut RandomState::new(seed))?;
        Ok(Flowing::of(&network, std, seed)?.ratio(|layer| layer.biases))
    };
    Ok(Case::new(ratio(1.0)?).beside("old", ratio(old())?))
}

fn errors() -> Judging {
    let (center, unit) = (Center::Median, Unit::Times);
    let same = Rule::Same { seeds: SEEDS, matters: LN_2, center, unit };
    Rule::Only {
        when: "inputs with a standard deviation of 0.3",
        there: Box::new(same.clone()),
        otherwise: "inputs with a standard deviation of 1",
        elsewhere: Box::new(same),
    }
    .on_both(
        Measure::Seed(|seed| errors_kept(SMALL_INPUTS, seed)),
        Measure::Seed(|seed| errors_kept(LARGE_INPUTS, seed)),
    )
}

/// By which factor the last layer's weights receive more than the first one's, and its error is larger.
fn last_to_first(network: &Network, seed: u32) -> Result<Case, Error> {
    let flow = Flowing::of(network, LARGE_INPUTS, seed)?;
    let errors = -flow.ratio(|layer| layer.biases);
    Ok(Case::new(-flow.ratio(|layer| layer.weights)).beside("errors", errors))
}

fn weights() -> Judging {
    let (center, unit) = (Center::Median, Unit::Times);
    let rule = Rule::Paired { seeds: SEEDS, matters: LN_2, center, unit };
    rule.on(Measure::Seed(|seed| {
        let network = paper(1.0, &mut RandomState::new(seed))?;
        let tanh = last_to_first(&paper(old(), &mut RandomState::new(seed))?, seed)?;
        let sigmoid = last_to_first(&network.with_activation(Activation::Sigmoid), seed)?;
        Ok(sigmoid.beside("tanh", tanh.number))
    }))
}

/// The logarithm of what is left of the activations after many ReLU layers.
fn left(scheme: Initialization, width: usize, seed: u32) -> Result<f64, Error> {
    let network = Network::new(&stack(width, width, WALK), scheme, &mut RandomState::new(seed))?;
    Ok(-Flowing::of(&network, 1.0, seed)?.ratio(|layer| layer.activations))
}

/// By how many decades Xavier's signal has moved further than He's.
fn helps() -> Judging {
    let (center, unit) = (Center::Median, Unit::Number(1, " decades"));
    let rule = Rule::Paired { seeds: FEW_SEEDS, matters: VANISHED / LN_10, center, unit };
    rule.on(Measure::Seed(|seed| {
        let he = left(Initialization::He, WIDTH, seed)?;
        let xavier = left(Initialization::Xavier, WIDTH, seed)?;
        let further = (xavier.abs() - he.abs()) / LN_10;
        Ok(Case::new(further).beside("he", he).beside("xavier", xavier))
    }))
}

fn entirely() -> Judging {
    Rule::Exists { seeds: FEW_SEEDS }.on(Measure::Seed(|seed| {
        let left = left(Initialization::He, NARROW, seed)?;
        Ok(Case::seen(left.abs() > VANISHED).beside("left", left))
    }))
}

/// Standard deviation of the weights that explode: about twice He's.
pub(crate) const TWICE_HE: f64 = 0.9;
/// The limit on the gradient's norm.
pub(crate) const NORM: f64 = 1.0;

fn cure() -> Judging {
    Rule::more_accurate(FEW_SEEDS, A_POINT).on(Measure::Arms(Arms {
        rates: &[0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0],
        train: |seed, arm, rate| {
            let descent = GradientDescent::new(rate).iterations(STEPS);
            let descent = match arm {
                Arm::With => descent.clipping(Clipping::Norm(NORM)),
                Arm::Without => descent,
            };
            let network = deep(Initialization::Gaussian(TWICE_HE), seed)?;
            let data = rings::train(FEW_POINTS, seed)?;
            rings::score(rings::descended(network, &data, &descent)?.as_ref(), seed)
        },
    }))
}
