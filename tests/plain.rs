//! The kernels that train compute what the plain forms say, apart from rounding.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use ndarray::{Array1, Array2, ArrayView2, Axis};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use rand_distr::{Bernoulli, Distribution, Uniform};
use trainable::adam::{averages, direction};
use trainable::adamw::decayed_direction;
use trainable::batch_norm::{self, Normalized};
use trainable::dropout::{Mask, masked, masks};
use trainable::early_stopping::best_and_last;
use trainable::gradient_check::numerical_gradient;
use trainable::gradient_flow::{clip_by_norm, clip_by_value};
use trainable::initialization::he;
use trainable::l2::{l1_cost, l1_gradient, l2_cost, l2_gradient};
use trainable::mini_batch::mini_batches;
use trainable::momentum::velocity;
use trainable::nesterov::look_ahead;
use trainable::normalization::{mean_and_deviation, normalized};
use trainable::output::{cost, cost_derivative};
use trainable::plain;
use trainable::prelude::*;
use trainable::rmsprop::scaled;
use trainable::weight_decay::decayed;

/// ε of batch normalization, large enough that a unit which is nearly constant does not multiply rounding by much.
const EPSILON: f64 = 1e-2;

/// The same cases in every run.
fn seeded(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn rng(seed: u32) -> RandomState {
    RandomState::new(seed)
}

/// Where masks come from.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Drop {
    Nothing,
    Fresh,
    Fixed,
}

/// What is combined.
#[derive(Debug, Clone)]
struct Case {
    hidden: Vec<usize>,
    activation: Activation,
    penalty: Penalty,
    drop: Drop,
    normalized: bool,
    /// Units of the output: one for a sigmoid.
    units: usize,
    examples: usize,
    seed: u32,
}

fn activations() -> impl Strategy<Value = Activation> {
    prop::sample::select(vec![
        Activation::Relu,
        Activation::Tanh,
        Activation::Sigmoid,
        Activation::Identity,
    ])
}

fn penalties() -> impl Strategy<Value = Penalty> {
    (0..3usize, 0.01..2.0f64).prop_map(|(which, lambda)| {
        [
            Penalty::None,
            Penalty::L1 { lambda },
            Penalty::L2 { lambda },
        ][which]
    })
}

fn cases() -> impl Strategy<Value = Case> {
    let drops = prop::sample::select(vec![Drop::Nothing, Drop::Fresh, Drop::Fixed]);
    let network = (
        prop::collection::vec(1..8usize, 0..5),
        activations(),
        1..6usize,
    );
    let rest = (
        penalties(),
        drops,
        any::<bool>(),
        prop_oneof![4 => 1..40usize, 1 => 500..1_100usize],
        0..1_000_000u32,
    );
    (network, rest).prop_map(|((hidden, activation, units), rest)| {
        let (penalty, drop, normalized, examples, seed) = rest;
        Case {
            hidden,
            activation,
            penalty,
            drop,
            // There is no variance in one example.
            normalized: normalized && examples > 1,
            units,
            examples,
            seed,
        }
    })
}

impl Case {
    fn sizes(&self) -> Vec<usize> {
        [&[2], &self.hidden[..], &[self.units]].concat()
    }

    /// A network whose parameters, biases and gains included, are random.
    fn network(&self) -> Network {
        let zeros = Parameters::zeros(&self.sizes()).unwrap();
        let network = Network::from_parameters(zeros).with_activation(self.activation);
        let mut network = match self.normalized {
            true => network.with_batch_norm(BatchNorm::new().epsilon(EPSILON)),
            false => network,
        };
        let mut rng = rng(self.seed);
        let theta = Array1::from_shape_simple_fn(network.parameters().len(), || 0.8 * rng.randn());
        let parameters = network.parameters().with_theta(&theta).unwrap();
        network.set_parameters(parameters).unwrap();
        network
    }

    fn data(&self) -> Dataset {
        let (mut rng, classes) = (rng(self.seed + 1), self.units.max(2));
        let x = Array2::from_shape_simple_fn((2, self.examples), || rng.randn());
        let class = Uniform::new(0, classes as u32).unwrap();
        let labels = || f64::from(class.sample(&mut rng));
        let y = Array2::from_shape_simple_fn((1, self.examples), labels);
        Dataset::with_classes(x, y, classes).unwrap()
    }

    fn dropout(&self) -> Option<Dropout> {
        let (sizes, mut rng) = (self.sizes(), rng(self.seed + 2));
        let likely = Uniform::new_inclusive(0.5, 1.0).unwrap();
        let hidden = self.hidden.iter();
        let keep_prob: Vec<f64> = hidden.map(|_| likely.sample(&mut rng)).collect();
        match self.drop {
            Drop::Nothing => None,
            Drop::Fresh => {
                let dropout = Dropout::fresh(&keep_prob, &mut rng).unwrap();
                Some(dropout.input(0.8).unwrap())
            }
            Drop::Fixed => {
                let hidden = masks(&keep_prob, &sizes, self.examples, &mut rng).unwrap();
                let shape = (2, self.examples);
                let taken = Bernoulli::new(0.8).unwrap();
                let input = Array2::from_shape_simple_fn(shape, || taken.sample(&mut rng));
                let dropout = Dropout::fixed(&keep_prob, hidden).unwrap();
                Some(dropout.input_mask(0.8, input).unwrap())
            }
        }
    }

    fn objective(&self) -> Objective {
        let objective = Objective::from(self.penalty);
        match self.dropout() {
            Some(dropout) => objective.dropout(dropout),
            None => objective,
        }
    }

    /// Of the inputs and of every hidden layer the mask of a step and its keep probability; none without dropout.
    fn masks(&self, examples: usize, step: usize) -> Vec<Option<(Mask, f64)>> {
        let sizes = self.sizes();
        let Some(dropout) = self.dropout() else {
            return vec![None; sizes.len() - 1];
        };
        let input = dropout.mask_of_inputs(&sizes, examples, step).unwrap();
        let hidden = dropout.masks(&sizes, examples, step).unwrap();
        let keep_prob = [&[dropout.input_keep_prob()], dropout.keep_prob()].concat();
        let all = input.into_iter().chain(hidden);
        all.zip(keep_prob).map(Some).collect()
    }
}

/// What forward propagation leaves for the way back.
struct Passed {
    /// The inputs and every layer's activations; of the last layer, the logits.
    a: Vec<Array2<f64>>,
    /// What each layer reads: the activations before it, without the units that are dropped.
    inputs: Vec<Array2<f64>>,
    normalized: Vec<Option<Normalized>>,
}

/// The plain forms put together: forward and backward propagation with all that a case may have.
struct Plain<'c> {
    case: &'c Case,
    parameters: &'c Parameters,
    masks: Vec<Option<(Mask, f64)>>,
}

impl<'c> Plain<'c> {
    fn new(case: &'c Case, parameters: &'c Parameters, examples: usize, step: usize) -> Self {
        Self {
            case,
            parameters,
            masks: case.masks(examples, step),
        }
    }

    /// a ∘ D / keep_prob, where there is a mask.
    fn masked(&self, layer: usize, a: &Array2<f64>) -> Array2<f64> {
        match &self.masks[layer] {
            Some((mask, keep_prob)) => masked(a.view(), mask, *keep_prob),
            None => a.clone(),
        }
    }

    fn forward(&self, x: ArrayView2<'_, f64>) -> Passed {
        let (mut a, mut inputs, mut normalized) = (vec![x.to_owned()], vec![], vec![]);
        let layers = self.parameters.layers();
        for (l, Layer { w, b }) in layers.iter().enumerate() {
            let input = self.masked(l, &a[l]);
            let norm = self.parameters.gain(l);
            let norm = norm.map(|gain| batch_norm::forward(w.dot(&input).view(), gain, b, EPSILON));
            let z = match &norm {
                Some(norm) => norm.out.clone(),
                None => w.dot(&input) + b.view().insert_axis(Axis(1)),
            };
            let is_last = l + 1 == layers.len();
            let g = self.case.activation;
            a.push(if is_last { z } else { z.mapv(|z| g.apply(z)) });
            inputs.push(input);
            normalized.push(norm);
        }
        Passed {
            a,
            inputs,
            normalized,
        }
    }

    fn cost(&self, passed: &Passed, y: ArrayView2<'_, f64>) -> f64 {
        let layers = self.parameters.layers();
        let penalties = layers.iter().map(|layer| match self.case.penalty {
            Penalty::None => 0.0,
            Penalty::L1 { lambda } => l1_cost(layer.w.view(), lambda, y.len()),
            Penalty::L2 { lambda } => l2_cost(layer.w.view(), lambda, y.len()),
        });
        cost(passed.a[layers.len()].view(), y) + penalties.sum::<f64>()
    }

    fn gradients(&self, passed: &Passed, y: ArrayView2<'_, f64>) -> Array1<f64> {
        let layers = self.parameters.layers();
        let mut gradients = Vec::new();
        let mut dz = cost_derivative(passed.a[layers.len()].view(), y);
        for (l, Layer { w, .. }) in layers.iter().enumerate().rev() {
            let (mut d_gain, mut db) = (Array1::zeros(0), dz.sum_axis(Axis(1)));
            if let (Some(norm), Some(gain)) = (&passed.normalized[l], self.parameters.gain(l)) {
                (dz, d_gain, db) = batch_norm::backward(dz.view(), norm, gain, EPSILON);
            }
            let penalty = match self.case.penalty {
                Penalty::None => Array2::zeros(w.dim()),
                Penalty::L1 { lambda } => l1_gradient(w.view(), lambda, y.len()),
                Penalty::L2 { lambda } => l2_gradient(w.view(), lambda, y.len()),
            };
            let dw = dz.dot(&passed.inputs[l].t()) + penalty;
            let numbers = dw.iter().chain(&db).chain(&d_gain).copied();
            gradients.push(numbers.collect::<Vec<f64>>());
            let da = self.masked(l, &w.t().dot(&dz));
            dz = da * passed.a[l].mapv(|a| self.case.activation.derivative(a));
        }
        gradients.reverse();
        Array1::from(gradients.concat())
    }
}

/// The largest distance between two numbers in the same place, as a share of the largest number, or of 1.
fn apart<'n>(
    ours: impl IntoIterator<Item = &'n f64>,
    plain: impl IntoIterator<Item = &'n f64>,
) -> f64 {
    let ours: Vec<f64> = ours.into_iter().copied().collect();
    let plain: Vec<f64> = plain.into_iter().copied().collect();
    assert_eq!(ours.len(), plain.len());
    let largest = plain
        .iter()
        .fold(1.0, |most: f64, number| most.max(number.abs()));
    let distances = ours
        .iter()
        .zip(&plain)
        .map(|(a, b)| (a - b).abs() / largest);
    // Not f64::max, which would lose what is not a number.
    distances.fold(0.0, |most, distance| {
        match distance > most || distance.is_nan() {
            true => distance,
            false => most,
        }
    })
}

proptest! {
    #![proptest_config(seeded(400))]

    #[test]
    fn the_cost_and_its_gradients_are_those_of_the_formulas(case in cases(), step in 0..5usize) {
        let (network, data, objective) = (case.network(), case.data(), case.objective());
        let plain = Plain::new(&case, network.parameters(), case.examples, step);
        let passed = plain.forward(data.x());
        let mode = Mode::Training { step };
        let cost = objective.cost(&network, &data, mode).unwrap();
        let gradients = objective.gradients(&network, &data, mode).unwrap();
        let in_cost = apart([&cost], [&plain.cost(&passed, data.y())]);
        let in_gradients = apart(gradients.iter(), &plain.gradients(&passed, data.y()));
        // Two orders of summing a thousand numbers, and normalization after them.
        prop_assert!(in_cost < 1e-13, "{in_cost:e}");
        prop_assert!(in_gradients < 1e-13, "{in_gradients:e}");
    }
}

/// An optimizer, and the plain forms that it is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Rule {
    Descent,
    Momentum,
    Nesterov,
    RmsProp,
    Adam,
    AdamW,
    /// Momentum with decay of all parameters before it.
    WeightDecay,
    ClippedByNorm,
    ClippedByValue,
}

const RULES: [Rule; 9] = [
    Rule::Descent,
    Rule::Momentum,
    Rule::Nesterov,
    Rule::RmsProp,
    Rule::Adam,
    Rule::AdamW,
    Rule::WeightDecay,
    Rule::ClippedByNorm,
    Rule::ClippedByValue,
];

const ALPHA: f64 = 0.05;
const BETA: f64 = 0.8;
const BETAS: [f64; 2] = [0.8, 0.95];
/// Far above the rounding of a gradient that should be 0, which a smaller ε would make a step of.
const ROOT_EPSILON: f64 = 1e-3;
const DECAY: f64 = 0.1;
const MOST: f64 = 0.1;
const STEPS: usize = 10;

impl Rule {
    fn optimizer(self) -> Optimizer {
        let [beta1, beta2] = BETAS;
        let adam = Adam::new(ALPHA)
            .beta1(beta1)
            .beta2(beta2)
            .epsilon(ROOT_EPSILON);
        match self {
            Self::Descent => ALPHA.into(),
            Self::Momentum => Momentum::new(ALPHA).beta(BETA).into(),
            Self::Nesterov => Nesterov::new(ALPHA).beta(BETA).into(),
            Self::RmsProp => RmsProp::new(ALPHA).beta(BETA).epsilon(ROOT_EPSILON).into(),
            Self::Adam => adam.into(),
            Self::AdamW => {
                let adamw = AdamW::new(ALPHA).beta1(beta1).beta2(beta2);
                adamw.epsilon(ROOT_EPSILON).decay(DECAY).into()
            }
            Self::WeightDecay => {
                let decay = WeightDecay::new(DECAY).with_biases();
                Momentum::new(ALPHA).beta(BETA).after(decay)
            }
            Self::ClippedByNorm => ALPHA.after(Clipping::Norm(MOST)),
            Self::ClippedByValue => ALPHA.after(Clipping::Value(MOST)),
        }
    }
}

/// What an optimizer remembers.
struct Averages {
    v: Array1<f64>,
    s: Array1<f64>,
    powers: [f64; 2],
}

impl Averages {
    fn new(count: usize) -> Self {
        Self {
            v: Array1::zeros(count),
            s: Array1::zeros(count),
            powers: [1.0; 2],
        }
    }

    /// The direction of the next step from the gradient `g` at `theta`; `weights` has 1 for a weight, 0 for the rest.
    fn direction(
        &mut self,
        rule: Rule,
        theta: &Array1<f64>,
        g: &Array1<f64>,
        weights: &Array1<f64>,
    ) -> Array1<f64> {
        match rule {
            Rule::Descent => g.clone(),
            Rule::Momentum => {
                self.v = velocity(&self.v, g, BETA);
                self.v.clone()
            }
            Rule::Nesterov => {
                let (v, direction) = look_ahead(&self.v, g, BETA);
                self.v = v;
                direction
            }
            Rule::RmsProp => {
                let (s, direction) = scaled(&self.s, g, BETA, ROOT_EPSILON);
                self.s = s;
                direction
            }
            Rule::Adam => {
                [self.v, self.s] = averages([&self.v, &self.s], g, BETAS);
                self.powers = [self.powers[0] * BETAS[0], self.powers[1] * BETAS[1]];
                direction([&self.v, &self.s], self.powers, ROOT_EPSILON)
            }
            Rule::AdamW => {
                self.direction(Rule::Adam, theta, g, weights);
                let w = theta * weights;
                decayed_direction([&self.v, &self.s], self.powers, ROOT_EPSILON, &w, DECAY)
            }
            Rule::WeightDecay => {
                self.direction(Rule::Momentum, theta, &decayed(g, theta, DECAY), weights)
            }
            Rule::ClippedByNorm => clip_by_norm(g, MOST),
            Rule::ClippedByValue => clip_by_value(g, MOST),
        }
    }
}

/// 1 for each weight and 0 for every other parameter, in the order of θ.
fn weights(parameters: &Parameters) -> Array1<f64> {
    let mut ones = parameters.zeros_like();
    ones.layers_mut().for_each(|mut layer| layer.w.fill(1.0));
    ones.to_theta()
}

/// The share of a running average that stays: what [`BatchNorm`] has if nothing else is said.
const STAYS: f64 = 0.9;

/// Steps of the plain forms: the parameters afterwards, then all running averages.
fn plain_steps(case: &Case, rule: Rule, size: usize, batches: MiniBatches) -> (Vec<f64>, Vec<f64>) {
    let (data, mut parameters) = (case.data(), case.network().parameters().clone());
    let mut memory = Averages::new(parameters.len());
    let units = case.hidden.iter().map(|units| Array1::<f64>::zeros(*units));
    let mut running: Vec<_> = units.map(|zeros| [zeros.clone(), zeros]).collect();
    for step in 0..STEPS {
        let per_epoch = case.examples.div_ceil(size);
        let epoch = batches.batches(case.examples, step / per_epoch).unwrap();
        let batch = data.select(&epoch[step % per_epoch]).unwrap();
        let plain = Plain::new(case, &parameters, batch.examples(), step);
        let passed = plain.forward(batch.x());
        let g = plain.gradients(&passed, batch.y());
        for (averages, norm) in running.iter_mut().zip(&passed.normalized) {
            if let Some(Normalized { mean, variance, .. }) = norm {
                for (average, new) in averages.iter_mut().zip([mean, variance]) {
                    *average = STAYS * &*average + (1.0 - STAYS) * new;
                }
            }
        }
        let theta = parameters.to_theta();
        let direction = memory.direction(rule, &theta, &g, &weights(&parameters));
        let theta = trainable::gradient_descent::step(&theta, &direction, ALPHA);
        parameters = parameters.with_theta(&theta).unwrap();
    }
    let running = running.iter().flatten().flatten();
    (parameters.to_theta().to_vec(), running.copied().collect())
}

proptest! {
    #![proptest_config(seeded(200))]

    #[test]
    fn steps_on_mini_batches_are_those_of_the_formulas(
        case in cases(),
        rule in prop::sample::select(&RULES[..]),
        size in 1..20usize,
    ) {
        let size = size.min(case.examples);
        let case = Case {
            // Fixed masks are for one number of examples.
            drop: if case.drop == Drop::Fixed { Drop::Fresh } else { case.drop },
            normalized: case.normalized && size > 1 && case.examples % size != 1,
            ..case
        };
        let batches = MiniBatches::of(size).shuffled(&mut rng(case.seed));
        let (theta, running) = plain_steps(&case, rule, size, batches);
        let mut network = case.network();
        let training = Training::new(rule.optimizer()).objective(case.objective());
        let training = training.mini_batches(batches).iterations(STEPS);
        training.train(&mut network, &case.data()).unwrap();
        let in_parameters = apart(network.parameters().iter(), &theta);
        let hidden = 0..case.hidden.len();
        let statistics = hidden.flat_map(|layer| match network.statistics(layer) {
            Some(averages) => [averages.mean(), averages.variance()].map(|a| a.to_vec()).concat(),
            None => vec![0.0; 2 * case.hidden[layer]],
        });
        let in_averages = apart(&statistics.collect::<Vec<f64>>(), &running);
        // The rounding of the gradients, and what later steps make of that of the first.
        prop_assert!(in_parameters < 1e-12, "{rule:?}: {in_parameters:e}");
        prop_assert!(in_averages < 1e-12, "{rule:?}: {in_averages:e}");
    }
}

#[test]
fn plain_training_has_the_costs_of_gradient_descent_and_of_the_course() {
    let data = circles(300, 0.05, &mut rng(1)).unwrap();
    let mut network = Network::new(&[2, 10, 5, 1], Initialization::He, &mut rng(3)).unwrap();
    let mut layers = network.parameters().layers().to_vec();
    let relu = Activation::Relu;
    let plain = plain::train(&mut layers, data.x(), data.y(), relu, 0.01, 1_001);
    assert!((plain[1_000] - 0.687_982_591_972_806_3).abs() < 1e-12);
    let descent = GradientDescent::new(0.01).iterations(1_001).record_every(1);
    let history = descent.train(&mut network, &data).unwrap();
    let in_costs = apart(history.costs().iter().map(|(_, cost)| cost), &plain);
    let plain = Parameters::new(layers).unwrap();
    let in_parameters = apart(network.parameters().iter(), plain.iter());
    // Roundings of a thousand steps that do not grow.
    assert!(in_costs < 1e-13, "{in_costs:e}");
    assert!(in_parameters < 1e-13, "{in_parameters:e}");
}

proptest! {
    #![proptest_config(seeded(60))]

    #[test]
    fn plain_training_trains_any_depth_activation_and_output(case in cases()) {
        let case = Case { drop: Drop::Nothing, normalized: false, ..case };
        let (data, mut network, g) = (case.data(), case.network(), case.activation);
        let mut layers = network.parameters().layers().to_vec();
        let plain = plain::train(&mut layers, data.x(), data.y(), g, 0.05, 20);
        let descent = GradientDescent::new(0.05).iterations(20).record_every(1);
        let history = descent.train(&mut network, &data).unwrap();
        let in_costs = apart(history.costs().iter().map(|(_, cost)| cost), &plain);
        prop_assert!(in_costs < 1e-13, "{in_costs:e}");
    }

    #[test]
    fn masks_leave_the_numbers_that_the_kernels_leave(
        keep_prob in 0.1..1.0f64, examples in 1..30usize, seed in 0..1_000u32,
    ) {
        let (sizes, mut rng) = ([3, 5, 1], rng(seed));
        let network = Network::new(&sizes, Initialization::He, &mut rng).unwrap();
        let dropout = Dropout::fresh(&[keep_prob], &mut rng).unwrap();
        let x = Array2::from_shape_simple_fn((3, examples), || rng.randn());
        let mask = dropout.masks(&sizes, examples, 4).unwrap().swap_remove(0);
        let plain = masked(network.activations(x.view()).unwrap()[0].view(), &mask, keep_prob);
        let (objective, mode) = (Objective::from(dropout), Mode::Training { step: 4 });
        let ours = objective.activations(&network, x.view(), mode).unwrap().swap_remove(0);
        for (ours, plain) in ours.iter().zip(&plain) {
            // A product with 1/keep_prob has a rounding more than a quotient.
            prop_assert!((ours - plain).abs() <= 2.0 * f64::EPSILON * plain.abs());
        }
    }

    #[test]
    fn he_weights_have_the_bits_of_the_library(
        sizes in prop::collection::vec(1..9usize, 2..6), seed in 0..1_000u32,
    ) {
        let parameters = Initialization::He.parameters(&sizes, &mut rng(seed)).unwrap();
        let mut rng = rng(seed);
        for (layer, pair) in parameters.layers().iter().zip(sizes.windows(2)) {
            prop_assert_eq!(&layer.w, he(pair[1], pair[0], &mut rng));
        }
    }

    #[test]
    fn a_numerical_gradient_has_the_bits_of_the_check(
        sizes in prop::collection::vec(1..5usize, 2..4), seed in 0..1_000u32,
    ) {
        let scheme = Initialization::Gaussian(1.0);
        let parameters = scheme.parameters(&sizes, &mut rng(seed)).unwrap();
        let cost = |theta: &Array1<f64>| theta.iter().map(|t| t * t * t).sum::<f64>();
        let check = GradientCheck::new(1e-5);
        let ours = check.numerical_gradient(&parameters, |p| Ok(cost(&p.to_theta()))).unwrap();
        let plain = numerical_gradient(cost, &parameters.to_theta(), 1e-5);
        prop_assert_eq!(ours.to_theta(), plain);
    }

    #[test]
    fn inputs_are_normalized_as_the_formulas_say(
        examples in 2..60usize, mean in -100.0..100.0f64, seed in 0..1_000u32,
    ) {
        let mut rng = rng(seed);
        let x = Array2::from_shape_simple_fn((3, examples), || mean + rng.randn());
        let data = Dataset::new(x, Array2::zeros((1, examples))).unwrap();
        let normalization = Normalization::fit(&data).unwrap();
        let (plain_mean, deviation) = mean_and_deviation(data.x());
        let ours = normalization.apply(&data).unwrap();
        let off = [
            apart(normalization.mean(), &plain_mean),
            apart(normalization.standard_deviation(), &deviation),
            apart(ours.x(), &normalized(data.x(), &plain_mean, &deviation)),
        ];
        // The library corrects the mean's rounding, a few units in the last place of 100.
        prop_assert!(off.iter().all(|off| *off < 1e-12), "{off:?}");
    }

    #[test]
    fn mini_batches_are_those_of_numpy(
        examples in 1..50usize, size in 1..50usize, seed in 0..1_000u32,
    ) {
        let x = Array2::from_shape_fn((1, examples), |(_, example)| example as f64);
        let data = Dataset::new(x, Array2::zeros((1, examples))).unwrap();
        let size = size.min(examples);
        let plain = mini_batches(&data, size, &mut rng(seed)).unwrap();
        let numbers = MiniBatches::of(size).shuffled_as_numpy(seed).batches(examples, 0).unwrap();
        let ours = numbers.iter().map(|batch| data.select(batch).unwrap());
        prop_assert_eq!(ours.collect::<Vec<_>>(), plain);
    }
}

#[test]
fn early_stopping_ends_where_the_list_of_dev_costs_says() {
    let (train, dev) = (
        football(30, 0.1, &mut rng(1)),
        football(100, 0.1, &mut rng(2)),
    );
    let (train, dev) = (train.unwrap(), dev.unwrap());
    let stopped = |patience| {
        let mut network = Network::new(&[2, 8, 1], Initialization::He, &mut rng(1)).unwrap();
        let descent = GradientDescent::new(1.0).iterations(1_000).record_every(10);
        let descent = descent.early_stopping(EarlyStopping::new(dev.clone(), patience));
        let history = descent.train(&mut network, &train).unwrap();
        history.early_stopping().unwrap().clone()
    };
    let dev_costs: Vec<f64> = stopped(100)
        .dev_costs
        .iter()
        .map(|(_, cost)| *cost)
        .collect();
    for patience in [1, 2, 3, 5, 10, 30, 100] {
        let Stopped {
            best_iteration,
            dev_costs: seen,
            ..
        } = stopped(patience);
        let ours = (best_iteration / 10, seen.len() - 1);
        assert_eq!(ours, best_and_last(&dev_costs, patience), "{patience}");
    }
}
