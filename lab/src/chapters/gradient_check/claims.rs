//! What is measured to judge the chapter's claims.

use course::lectures::{ONE_SIDED, TWO_SIDED};
use course::numbers::number;
use ndarray::{Array1, Array2, array};
use trainable::gradient_check::{GradientReport, Part, PartReport};
use trainable::optimizer::{Memory, Transform};
use trainable::prelude::*;

use crate::curve::costs;
use crate::error::Error;
use crate::judge::claim::claims;
use crate::judge::{Case, Center, Judging, Measure, Rule, Unit};
use crate::spread::Spread;

claims![falls, planted, order, cube, passes, training, penalty, dropout, slow, thresholds, few];

/// The step ε of the assignment and the lectures, and a wider one.
pub(crate) const STEP: f64 = 1e-7;
pub(crate) const WIDE_STEP: f64 = 1e-4;
/// The step of a check where nothing else is said of it.
pub(crate) const CHECK_STEP: f64 = 1e-5;
/// The lectures' thresholds: below the first is great, from the last on there is probably a bug.
pub(crate) const GREAT: f64 = 1e-7;
pub(crate) const LOOK_AGAIN: f64 = 1e-5;
pub(crate) const WORRY: f64 = 1e-3;
/// The lectures' step for θ³.
pub(crate) const CUBE_STEP: f64 = 0.01;

/// The seeds of a share, and what share of them "usually" stands for.
const SEEDS: usize = 600;
const USUALLY: f64 = 0.95;

fn usually() -> Rule {
    Rule::Share { seeds: SEEDS, least: USUALLY }
}

/// What may be wrong with a gradient.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bug {
    /// Nothing.
    None,
    /// The assignment's two bugs: dW of layer 2 doubled, db of layer 1 four times.
    Planted,
    /// The biases' derivatives are forgotten.
    Forgotten,
}

impl Bug {
    fn spoil(self, gradient: &mut Parameters) {
        for (mut layer, number) in gradient.layers_mut().zip(1..) {
            match (self, number) {
                (Self::Planted, 1) => layer.b *= 4.0,
                (Self::Planted, 2) => layer.w *= 2.0,
                (Self::Forgotten, _) => layer.b.fill(0.0),
                _ => {}
            }
        }
    }
}

/// In training, a bug changes each step's gradient.
impl Transform for Bug {
    fn apply(&self, _: &Parameters, _: &mut Memory, gradient: &mut Parameters) -> f64 {
        self.spoil(gradient);
        1.0
    }
}

/// The recorded costs of training with a bug, on the data of one seed, from the start of another.
pub(crate) fn descend(bug: Bug, data: u32, start: u32) -> Result<Vec<(f64, f64)>, Error> {
    let data = circles(300, 0.05, &mut RandomState::new(data))?;
    let mut rng = RandomState::new(start);
    let mut network = Network::new(&[2, 10, 5, 1], Initialization::He, &mut rng)?;
    let training = Training::new(Optimizer::new(0.05).then(bug)).iterations(3_001);
    Ok(costs(training.train(&mut network, &data)?.costs()))
}

/// Whether a bug's cost is never above the one before, and ends above that of the right gradient.
fn falls() -> Judging {
    Rule::Exists { seeds: 20 }.on(Measure::Seed(|seed| {
        let run = |bug| descend(bug, seed, 1_000 + seed);
        let last = |costs: &[(f64, f64)]| costs.last().map_or(f64::NAN, |point| point.1);
        let (right, planted, forgotten) =
            (run(Bug::None)?, run(Bug::Planted)?, run(Bug::Forgotten)?);
        let is_seen = [&planted, &forgotten].into_iter().any(|costs| {
            let falls = costs.windows(2).all(|pair| pair[1].1 <= pair[0].1);
            falls && last(costs) > last(&right)
        });
        Ok(Case::seen(is_seen)
            .beside("right", last(&right))
            .beside("planted", last(&planted))
            .beside("forgotten", last(&forgotten)))
    }))
}

type Cost = Result<f64, trainable::error::Error>;

/// The textbook's cost, from the activations as the notebook computes it.
fn textbook(network: &Network, data: &Dataset) -> Cost {
    let a = network.probabilities(data.x())?;
    let pairs = a.iter().zip(data.y());
    let losses = pairs.map(|(a, y)| -(y * libm::log(*a) + (1.0 - y) * libm::log(1.0 - a)));
    Ok(losses.sum::<f64>() / data.examples() as f64)
}

/// The cost from the logits, by the parameters.
fn cost_of<'a>(network: &'a Network, data: &'a Dataset) -> impl Fn(&Parameters) -> Cost + 'a {
    move |parameters| with_parameters(network, parameters).cost(data)
}

fn with_parameters(network: &Network, parameters: &Parameters) -> Network {
    Network::from_parameters(parameters.clone()).with_activation(network.activation())
}

/// The assignment's network and its three examples, with their gradient, right and with the bugs.
pub(crate) struct Assignment {
    network: Network,
    data: Dataset,
    pub(crate) right: Parameters,
    pub(crate) buggy: Parameters,
}

impl Assignment {
    /// Draws them; the assignment's have the seed 1.
    pub(crate) fn new(seed: u32) -> Result<Self, Error> {
        let mut rng = RandomState::new(seed);
        let mut draw =
            |rows, columns| Array2::from_shape_simple_fn((rows, columns), || rng.randn());
        let x = draw(4, 3);
        let layers = [(5, 4), (3, 5), (1, 3)].map(|(units, inputs)| Layer {
            w: draw(units, inputs),
            b: Array1::from_iter(draw(units, 1)),
        });
        let network = Network::from_parameters(Parameters::new(layers.to_vec())?);
        let data = Dataset::new(x, array![[1.0, 1.0, 0.0]])?;
        let right = network.gradients(&data)?;
        let mut buggy = right.clone();
        Bug::Planted.spoil(&mut buggy);
        Ok(Self { network, data, right, buggy })
    }

    /// Checks a gradient against the cost from the logits.
    pub(crate) fn check(
        &self,
        check: GradientCheck,
        gradient: &Parameters,
    ) -> Result<GradientReport, Error> {
        let cost = cost_of(&self.network, &self.data);
        Ok(check.check(self.network.parameters(), gradient, cost)?)
    }

    /// The relative difference of the notebook's cost.
    pub(crate) fn textbook(&self, step: f64, gradient: &Parameters) -> Result<f64, Error> {
        let cost = |parameters: &Parameters| {
            textbook(&with_parameters(&self.network, parameters), &self.data)
        };
        let check = GradientCheck::new(step).check(self.network.parameters(), gradient, cost)?;
        Ok(check.relative_difference())
    }
}

/// The assignment's bugs: the layer and part, and by which factor it is too large.
const PLANTED: [(usize, Part, f64); 2] = [(2, Part::Weights, 2.0), (1, Part::Biases, 4.0)];

/// How far the parts' relative differences are from what the factors make of them: (k − 1)/(k + 1).
fn planted() -> Judging {
    Rule::Exact { tolerance: WORRY }.on(Measure::Once(|| {
        let assignment = Assignment::new(1)?;
        let check = |gradient| assignment.check(GradientCheck::new(STEP), gradient);
        let (bad, good) = (check(&assignment.buggy)?, check(&assignment.right)?);
        let misses = |part: &PartReport| {
            let bug = PLANTED.iter().find(|bug| (bug.0, bug.1) == (part.layer, part.part));
            let expected = bug.map_or(0.0, |(_, _, k)| (k - 1.0) / (k + 1.0));
            (part.relative_difference - expected).abs()
        };
        let bad_parts = Spread::of(bad.parts(), misses);
        Ok(Case::new(bad_parts.max().max(good.relative_difference()))
            .beside("buggy", bad.relative_difference())
            .beside("ours", good.relative_difference()))
    }))
}

/// Where the order of a difference is taken.
pub(crate) const ORDER_FROM: f64 = 1e-1;
pub(crate) const ORDER_TO: f64 = 1e-3;

/// The relative error of the slope of the exponential function at 1.
pub(crate) fn slope_error(difference: Difference, step: f64) -> Result<f64, Error> {
    let slope = difference.slope(|theta| Ok(libm::exp(theta)), 1.0, step)?;
    Ok((slope / libm::exp(1.0) - 1.0).abs())
}

/// The power of the step with which the error of a difference falls.
pub(crate) fn power(difference: Difference) -> Result<f64, Error> {
    let error = |step| slope_error(difference, step);
    Ok(libm::log(error(ORDER_FROM)? / error(ORDER_TO)?) / libm::log(ORDER_FROM / ORDER_TO))
}

fn order() -> Judging {
    Rule::Exact { tolerance: 0.05 }.on(Measure::Once(|| {
        let (two, one) = (power(Difference::TwoSided)?, power(Difference::OneSided)?);
        let missed = (two - 2.0).abs().max((one - 1.0).abs());
        Ok(Case::new(missed).beside("two", two).beside("one", one))
    }))
}

/// The lectures' slope of θ³ at 1.
pub(crate) fn of_cube(difference: Difference) -> Result<f64, Error> {
    Ok(difference.slope(|theta| Ok(theta * theta * theta), 1.0, CUBE_STEP)?)
}

fn cube() -> Judging {
    Rule::Exact { tolerance: 1e-12 }.on(Measure::Once(|| {
        let (two, one) = (of_cube(Difference::TwoSided)?, of_cube(Difference::OneSided)?);
        let missed = (two - number(TWO_SIDED)).abs().max((one - number(ONE_SIDED)).abs());
        Ok(Case::new(missed).beside("two", two).beside("one", one))
    }))
}

/// Whether correct code is below the assignment's threshold, on networks drawn as the assignment's is.
fn passes() -> Judging {
    let logits = Measure::Seed(|seed| {
        let assignment = Assignment::new(seed)?;
        let report = assignment.check(GradientCheck::new(STEP), &assignment.right)?;
        let difference = report.relative_difference();
        Ok(Case::seen(difference < GREAT).beside("difference", difference))
    });
    let notebook = Measure::Seed(|seed| {
        let assignment = Assignment::new(seed)?;
        let difference = match assignment.textbook(STEP, &assignment.right) {
            // An output that rounds to 1 has an infinite cost.
            Err(Error::Library(trainable::error::Error::OutOfRange { .. })) => 1.0,
            difference => difference?,
        };
        Ok(Case::seen(difference < GREAT).beside("difference", difference))
    });
    let share = || Box::new(usually());
    Rule::Only {
        when: "the cost is computed from the logits",
        there: share(),
        otherwise: "the cost is computed from the activations, as in the notebook",
        elsewhere: share(),
    }
    .on_both(logits, notebook)
}

/// Weights at which the bug hides, and for how long they are trained then.
pub(crate) const SMALL_DEVIATION: f64 = 2e-4;
pub(crate) const ITERATIONS: usize = 1_000;

/// The data and the network in which a bug hides near zero weights.
pub(crate) fn near_zero(
    deviation: f64,
    data: u32,
    start: u32,
) -> Result<(Network, Dataset), Error> {
    let data = moons(50, 0.2, &mut RandomState::new(data))?;
    let (start, mut rng) = (Initialization::Gaussian(deviation), RandomState::new(start));
    let network = Network::new(&[2, 6, 1], start, &mut rng)?;
    Ok((network.with_activation(Activation::Tanh), data))
}

/// The relative differences of the right gradient and of the one without the derivative.
pub(crate) struct Differences {
    pub(crate) right: f64,
    pub(crate) wrong: f64,
}

impl Differences {
    pub(crate) fn measure(network: &Network, data: &Dataset) -> Result<Self, Error> {
        let check = GradientCheck::new(CHECK_STEP);
        let (wrong, cost) = (without_derivative(network, data)?, cost_of(network, data));
        Ok(Self {
            right: check.check_network(network, data)?.relative_difference(),
            wrong: check.check(network.parameters(), &wrong, cost)?.relative_difference(),
        })
    }
}

/// dJ with the derivative of tanh forgotten, for one hidden layer.
fn without_derivative(network: &Network, data: &Dataset) -> Result<Parameters, Error> {
    let mut layers = network.gradients(data)?.layers().to_vec();
    let a = network.probabilities(data.x())?;
    layers[0].w.fill(0.0);
    layers[0].b.fill(0.0);
    let out = &network.parameters().layers()[1].w;
    for (example, x) in data.x().columns().into_iter().enumerate() {
        let dz = (a[(0, example)] - data.y()[(0, example)]) / data.examples() as f64;
        for unit in 0..out.ncols() {
            let da = out[(0, unit)] * dz;
            layers[0].b[unit] += da;
            layers[0].w.row_mut(unit).iter_mut().zip(x).for_each(|(dw, x)| *dw += da * x);
        }
    }
    Ok(Parameters::new(layers)?)
}

/// Whether the bug passes as great before training and is found after it, while right code passes.
fn training() -> Judging {
    Rule::Exists { seeds: 20 }.on(Measure::Seed(|seed| {
        let (mut network, data) = near_zero(SMALL_DEVIATION, seed, 1_000 + seed)?;
        let before = Differences::measure(&network, &data)?;
        GradientDescent::new(1.0).iterations(ITERATIONS).train(&mut network, &data)?;
        let after = Differences::measure(&network, &data)?;
        let is_seen = before.wrong < GREAT && after.wrong > WORRY && after.right < GREAT;
        Ok(Case::seen(is_seen)
            .beside("before", before.wrong)
            .beside("after", after.wrong)
            .beside("right", after.right))
    }))
}

pub(crate) const REGULARIZED_SIZES: [usize; 4] = [2, 5, 3, 1];
pub(crate) const LAMBDA: f64 = 0.7;
pub(crate) const KEEP: f64 = 0.8;

/// The data and the network whose cost has a penalty, or draws units.
pub(crate) fn regularized(data: u32, start: u32) -> Result<(Network, Dataset), Error> {
    let data = moons(30, 0.2, &mut RandomState::new(data))?;
    let mut rng = RandomState::new(start);
    let network = Network::new(&REGULARIZED_SIZES, Initialization::Xavier, &mut rng)?;
    Ok((network.with_activation(Activation::Tanh), data))
}

/// The relative differences for a cost with L2 whose gradient lacks the penalty's part, and has it.
pub(crate) fn with_penalty(network: &Network, data: &Dataset) -> Result<(f64, f64), Error> {
    let (penalty, m) = (Penalty::L2 { lambda: LAMBDA }, data.examples());
    let plain = cost_of(network, data);
    let cost = |parameters: &Parameters| Ok(plain(parameters)? + penalty.cost(parameters, m)?);
    let check = |gradient: &Parameters| {
        GradientCheck::new(CHECK_STEP).check(network.parameters(), gradient, cost)
    };
    let mut gradient = network.gradients(data)?;
    let forgotten = check(&gradient)?.relative_difference();
    penalty.add_gradient(network.parameters(), m, &mut gradient)?;
    Ok((forgotten, check(&gradient)?.relative_difference()))
}

fn penalty() -> Judging {
    usually().on(Measure::Seed(|seed| {
        let (network, data) = regularized(seed, 1_000 + seed)?;
        let (forgotten, remembered) = with_penalty(&network, &data)?;
        Ok(Case::seen(remembered < GREAT && forgotten > WORRY)
            .beside("remembered", remembered)
            .beside("forgotten", forgotten))
    }))
}

/// The relative differences with dropout turned off, with fixed masks, and with fresh ones in every
/// cost.
pub(crate) fn with_dropout(
    network: &Network,
    data: &Dataset,
    masks: u32,
) -> Result<[f64; 3], Error> {
    let dropout = Dropout::fresh(&[KEEP; 2], &mut RandomState::new(masks))?;
    let objective = Objective::from(dropout);
    let check = GradientCheck::new(CHECK_STEP);
    let first = Mode::Training { step: 0 };
    let fixed = check.check_objective(&objective, network, data, first)?;
    let gradient = objective.gradients(network, data, first)?;
    let mut step = 0;
    let fresh = check.check(network.parameters(), &gradient, |parameters| {
        step += 1;
        objective.cost(&with_parameters(network, parameters), data, Mode::Training { step })
    })?;
    let off = check.check_network(network, data)?;
    Ok([off, fixed, fresh].map(|report| report.relative_difference()))
}

fn dropout() -> Judging {
    usually().on(Measure::Seed(|seed| {
        let (network, data) = regularized(seed, 1_000 + seed)?;
        let [off, fixed, fresh] = with_dropout(&network, &data, 2_000 + seed)?;
        Ok(Case::seen(fresh > WORRY && fixed < GREAT && off < GREAT)
            .beside("off", off)
            .beside("fixed", fixed)
            .beside("fresh", fresh))
    }))
}

/// Multiplications for each example in a network with two hidden layers of a width.
pub(crate) struct Price {
    pub(crate) width: usize,
    pub(crate) parameters: usize,
    /// Forward and backward once.
    pub(crate) pass: usize,
    /// Both costs of every parameter.
    pub(crate) check: usize,
}

impl Price {
    pub(crate) fn of(width: usize) -> Self {
        let sizes = [2, width, width, 1];
        let parameters: usize = sizes.windows(2).map(|pair| (pair[0] + 1) * pair[1]).sum();
        let weights: usize = sizes.windows(2).map(|pair| pair[0] * pair[1]).sum();
        // The inputs have no gradient.
        let backward = 2 * weights - sizes[0] * sizes[1];
        Self { width, parameters, pass: weights + backward, check: 2 * parameters * weights }
    }

    pub(crate) fn ratio(&self) -> f64 {
        self.check as f64 / self.pass as f64
    }
}

/// The widths of the networks whose checks are counted.
pub(crate) const COUNTED: [usize; 4] = [1, 3, 10, 30];

/// How far the costs that a check computes are from two for each parameter, as a share.
fn slow() -> Judging {
    Rule::Exact { tolerance: 1e-12 }.on(Measure::Once(|| {
        let data = moons(5, 0.2, &mut RandomState::new(1))?;
        let misses = |width: usize| -> Result<f64, Error> {
            let mut rng = RandomState::new(2);
            let network = Network::new(&[2, width, width, 1], Initialization::He, &mut rng)?;
            let (mut calls, cost) = (0, cost_of(&network, &data));
            let right = network.gradients(&data)?;
            GradientCheck::new(CHECK_STEP).check(network.parameters(), &right, |parameters| {
                calls += 1;
                cost(parameters)
            })?;
            let expected = 2 * Price::of(width).parameters;
            Ok((f64::from(calls) / expected as f64 - 1.0).abs())
        };
        let missed = COUNTED.into_iter().map(misses).collect::<Result<Spread, Error>>()?;
        let times = Spread::of(&COUNTED.map(Price::of), Price::ratio);
        Ok(Case::new(missed.max()).beside("least", times.min()).beside("most", times.max()))
    }))
}

pub(crate) const EXAMPLES: usize = 100;
pub(crate) const FEW_EXAMPLES: usize = 5;
/// The standard deviation of biases that are drawn.
pub(crate) const BIASES: f64 = 0.1;

/// The data and the network of a seed; the biases are 0.
pub(crate) fn start(
    activation: Activation,
    examples: usize,
    seed: u32,
) -> Result<(Network, Dataset), Error> {
    let data = moons(examples, 0.2, &mut RandomState::new(seed))?;
    let mut rng = RandomState::new(1_000 + seed);
    let network = Network::new(&[2, 10, 5, 1], Initialization::He, &mut rng)?;
    Ok((network.with_activation(activation), data))
}

/// The same for ReLU, with biases that are drawn.
fn with_biases(examples: usize, seed: u32) -> Result<(Network, Dataset), Error> {
    let (network, data) = start(Activation::Relu, examples, seed)?;
    let mut parameters = network.parameters().clone();
    let mut rng = RandomState::new(2_000 + seed);
    for layer in parameters.layers_mut() {
        for bias in layer.b {
            *bias = BIASES * rng.randn();
        }
    }
    Ok((with_parameters(&network, &parameters), data))
}

/// Whether correct code is below the threshold that deserves another look, and code with the planted bugs
/// above the one that means a bug.
fn told_apart((network, data): (Network, Dataset)) -> Result<Case, Error> {
    let check = GradientCheck::new(STEP);
    let mut gradient = network.gradients(&data)?;
    let check = |gradient: &Parameters| {
        let cost = cost_of(&network, &data);
        Ok::<_, Error>(check.check(network.parameters(), gradient, cost)?.relative_difference())
    };
    let right = check(&gradient)?;
    Bug::Planted.spoil(&mut gradient);
    let wrong = check(&gradient)?;
    let alarm = f64::from(u8::from(right >= LOOK_AGAIN));
    let missed = f64::from(u8::from(wrong <= WORRY));
    Ok(Case::seen(alarm + missed == 0.0)
        .beside("right", right)
        .beside("wrong", wrong)
        .beside("alarm", alarm)
        .beside("missed", missed))
}

fn thresholds() -> Judging {
    let share = || Box::new(usually());
    Rule::Only {
        when: "biases drawn at random",
        there: share(),
        otherwise: "biases of 0",
        elsewhere: share(),
    }
    .on_both(
        Measure::Seed(|seed| told_apart(with_biases(EXAMPLES, seed)?)),
        Measure::Seed(|seed| told_apart(start(Activation::Relu, EXAMPLES, seed)?)),
    )
}

/// Whether a check crosses a kink on many examples, minus whether it does on a few.
fn few() -> Judging {
    let (center, unit) = (Center::Mean, Unit::Points);
    Rule::Paired { seeds: SEEDS, matters: 0.05, center, unit }.on(Measure::Seed(|seed| {
        let alarm = |examples| -> Result<f64, Error> {
            let (network, data) = with_biases(examples, seed)?;
            let report = GradientCheck::new(WIDE_STEP).check_network(&network, &data)?;
            Ok(f64::from(u8::from(report.relative_difference() >= GREAT)))
        };
        let (many, few) = (alarm(EXAMPLES)?, alarm(FEW_EXAMPLES)?);
        Ok(Case::new(many - few).beside("many", many).beside("few", few))
    }))
}
