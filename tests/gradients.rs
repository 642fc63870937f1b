//! The house rule: every gradient that training uses agrees with a numerical one, for every
//! combination of depth, activation, penalty, dropout, batch normalization, output and batch.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use ndarray::{Array1, Array2};
use rand_distr::{Bernoulli, Distribution};
use trainable::dropout::masks;
use trainable::prelude::*;

/// One example more than a block of lanes, several blocks, and fewer than one.
const EXAMPLES: [usize; 3] = [9, 21, 5];

const STEP: Mode = Mode::Training { step: 0 };

const ACTIVATIONS: [Activation; 4] = [
    Activation::Relu,
    Activation::Tanh,
    Activation::Sigmoid,
    Activation::Identity,
];

const PENALTIES: [Penalty; 3] = [
    Penalty::None,
    Penalty::L2 { lambda: 0.7 },
    Penalty::L1 { lambda: 0.3 },
];

/// What is combined.
#[derive(Debug, Clone, Copy)]
struct Case {
    depth: usize,
    activation: Activation,
    penalty: Penalty,
    dropping: bool,
    normalized: bool,
    classes: usize,
    examples: usize,
    seed: u32,
}

fn cases() -> impl Iterator<Item = Case> {
    let flags = [false, true];
    let options = flags.into_iter().flat_map(move |dropping| {
        let normalized = flags.into_iter();
        normalized.flat_map(move |normalized| {
            [2, 3, 4].map(move |classes| (dropping, normalized, classes))
        })
    });
    let options: Vec<_> = options.collect();
    (1..=5).flat_map(move |depth| {
        let options = options.clone();
        ACTIVATIONS.into_iter().flat_map(move |activation| {
            let options = options.clone();
            PENALTIES.into_iter().flat_map(move |penalty| {
                let options = options.clone().into_iter();
                options.flat_map(move |(dropping, normalized, classes)| {
                    EXAMPLES
                        .into_iter()
                        .zip(1..)
                        .map(move |(examples, seed)| Case {
                            depth,
                            activation,
                            penalty,
                            dropping,
                            normalized,
                            classes,
                            examples,
                            seed,
                        })
                })
            })
        })
    })
}

impl Case {
    /// A network whose biases are random too and whose parameters are no smaller than 0.01, so that nothing
    /// sits on the kink of ReLU or of L1. Two classes have one unit, or with a sigmoid inside two.
    fn network(self) -> Network {
        let units = match (self.classes, self.activation) {
            (2, Activation::Sigmoid) => 2,
            (2, _) => 1,
            (classes, _) => classes,
        };
        let sizes = [&[2], &[4, 3, 5, 3][..self.depth - 1], &[units]].concat();
        let mut rng = RandomState::new(self.seed);
        let plain = Network::from_parameters(Parameters::zeros(&sizes).unwrap())
            .with_activation(self.activation);
        let mut network = match self.normalized {
            true => plain.with_batch_norm(BatchNorm::new()),
            false => plain,
        };
        let theta = Array1::from_shape_simple_fn(network.parameters().len(), || {
            let deviate = rng.randn();
            0.8 * deviate + 0.01 * deviate.signum()
        });
        let parameters = network.parameters().with_theta(&theta).unwrap();
        network.set_parameters(parameters).unwrap();
        network
    }

    fn data(self) -> Dataset {
        let mut rng = RandomState::new(self.seed + 10);
        let x = Array2::from_shape_simple_fn((2, self.examples), || rng.randn());
        let y = Array2::from_shape_fn((1, self.examples), |(_, i)| (i % self.classes) as f64);
        Dataset::with_classes(x, y, self.classes).unwrap()
    }

    /// Dropout with fixed masks for each hidden layer and for the inputs.
    fn objective(self, network: &Network) -> Objective {
        let objective = Objective::from(self.penalty);
        if !self.dropping {
            return objective;
        }
        let sizes = network.parameters().sizes();
        let keep_prob = vec![0.6; sizes.len() - 2];
        let mut rng = RandomState::new(self.seed);
        let hidden = masks(&keep_prob, &sizes, self.examples, &mut rng).unwrap();
        let taken = Bernoulli::new(0.9).unwrap();
        let input = Array2::from_shape_simple_fn((2, self.examples), || taken.sample(&mut rng));
        let dropout = Dropout::fixed(&keep_prob, hidden).unwrap();
        objective.dropout(dropout.input_mask(0.9, input).unwrap())
    }

    /// The relative difference for the gradient that training takes its steps with.
    fn difference(self, step: f64) -> f64 {
        let network = self.network();
        let check = GradientCheck::new(step);
        let (objective, data) = (self.objective(&network), self.data());
        let report = check.check_objective(&objective, &network, &data, STEP);
        report.unwrap().relative_difference()
    }
}

#[test]
fn every_combination_agrees_with_numerical_gradients() {
    let (mut worst, mut count): (f64, usize) = (0.0, 0);
    for case in cases() {
        // The step at which a two-sided difference of numbers near 1 loses least to curvature and rounding. Where it crosses
        // a kink of ReLU, a smaller one does not, and a wrong gradient stays wrong.
        let difference = case.difference(1e-5);
        let difference = match difference < 1e-7 {
            true => difference,
            false => case.difference(1e-6),
        };
        assert!(difference < 1e-7, "{case:?}: {difference:e}");
        worst = worst.max(difference);
        count += 1;
    }
    assert!(worst > 0.0, "a check of nothing finds no difference at all");
    assert_eq!(count, 5 * 4 * 3 * 2 * 2 * 3 * 3);
}

/// In inference the running averages are constants.
#[test]
fn a_normalized_network_in_use_agrees_too() {
    for case in cases().filter(|case| case.normalized && !case.dropping) {
        let (data, mut network) = (case.data(), case.network());
        let training = Training::new(0.01).iterations(5);
        training.train(&mut network, &data).unwrap();
        let objective = Objective::from(case.penalty);
        let difference = |step| {
            let check = GradientCheck::new(step);
            let report = check.check_objective(&objective, &network, &data, Mode::Inference);
            report.unwrap().relative_difference()
        };
        let difference = difference(1e-5).min(difference(1e-6));
        assert!(difference < 1e-7, "{case:?}: {difference:e}");
    }
}

/// The same machinery, with the derivative of one technique forgotten, does find it.
#[test]
fn a_forgotten_derivative_is_found() {
    for activation in ACTIVATIONS {
        let case = Case {
            depth: 3,
            activation,
            penalty: Penalty::None,
            dropping: true,
            normalized: false,
            classes: 2,
            examples: 12,
            seed: 1,
        };
        let (network, data) = (case.network(), case.data());
        let objective = case.objective(&network);
        let without_mask = network.gradients(&data).unwrap();
        let mut shifted = network.clone();
        let report =
            GradientCheck::new(1e-5).check(network.parameters(), &without_mask, |parameters| {
                shifted.set_parameters(parameters.clone())?;
                objective.cost(&shifted, &data, STEP)
            });
        assert!(report.unwrap().relative_difference() > 1e-3);
    }
}
