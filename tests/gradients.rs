//! The house rule: every gradient that training uses agrees with a numerical one, for every
//! combination of depth, activation, penalty and dropout.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use ndarray::Array1;
use trainable::dropout::masks;
use trainable::prelude::*;

const EXAMPLES: usize = 12;
const SEEDS: u32 = 4;

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

/// A network whose biases are random too and whose parameters are no smaller than 0.01, so that nothing
/// sits on the kink of ReLU or of L1.
fn network(depth: usize, activation: Activation, seed: u32) -> Network {
    let sizes = [&[2], &[4, 3, 5, 3][..depth - 1], &[1]].concat();
    let mut rng = RandomState::new(seed);
    let zeros = Parameters::zeros(&sizes).unwrap();
    let theta = Array1::from_shape_simple_fn(zeros.len(), || {
        let deviate = rng.randn();
        0.8 * deviate + 0.01 * deviate.signum()
    });
    let parameters = zeros.with_theta(&theta).unwrap();
    Network::from_parameters(parameters).with_activation(activation)
}

/// Dropout with fixed masks for each hidden layer, or one that keeps everything.
fn dropout(network: &Network, dropping: bool, seed: u32) -> Dropout {
    let sizes = network.parameters().sizes();
    let keep = vec![if dropping { 0.6 } else { 1.0 }; sizes.len() - 2];
    let masks = masks(&keep, &sizes, EXAMPLES, &mut RandomState::new(seed)).unwrap();
    Dropout::fixed(&keep, masks).unwrap()
}

/// The report for the gradient that gradient descent takes its step with.
fn check(network: &Network, penalty: Penalty, dropping: bool, seed: u32) -> GradientReport {
    let data = circles(EXAMPLES, 0.1, &mut RandomState::new(seed)).unwrap();
    let dropout = dropout(network, dropping, seed);
    let mut gradients = match dropping {
        true => dropout.gradients(network, &data, 0).unwrap(),
        false => network.gradients(&data).unwrap(),
    };
    penalty
        .add_gradient(network.parameters(), EXAMPLES, &mut gradients)
        .unwrap();
    let mut shifted = network.clone();
    let cost = |parameters: &Parameters| {
        shifted.set_parameters(parameters.clone())?;
        let cost = match dropping {
            true => dropout.cost(&shifted, &data, 0)?,
            false => shifted.cost(&data)?,
        };
        Ok(cost + penalty.cost(parameters, EXAMPLES)?)
    };
    // The step at which a two-sided difference of numbers near 1 loses least to curvature and rounding.
    GradientCheck::new(1e-5)
        .check(network.parameters(), &gradients, cost)
        .unwrap()
}

#[test]
fn every_combination_agrees_with_numerical_gradients() {
    let mut worst: f64 = 0.0;
    for depth in 1..=5 {
        for activation in ACTIVATIONS {
            for penalty in PENALTIES {
                for dropping in [false, true] {
                    for seed in 1..=SEEDS {
                        let network = network(depth, activation, seed);
                        let report = check(&network, penalty, dropping, seed);
                        let difference = report.relative_difference();
                        assert!(
                            difference < 1e-7,
                            "depth {depth}, {activation:?}, {penalty:?}, dropout {dropping}, seed {seed}: {report}"
                        );
                        worst = worst.max(difference);
                    }
                }
            }
        }
    }
    assert!(worst > 0.0, "a check of nothing finds no difference at all");
}

/// The same machinery, with the derivative of one technique forgotten, does find it.
#[test]
fn a_forgotten_derivative_is_found() {
    let data = circles(EXAMPLES, 0.1, &mut RandomState::new(1)).unwrap();
    for activation in ACTIVATIONS {
        let network = network(3, activation, 1);
        let dropout = dropout(&network, true, 1);
        let without_mask = network.gradients(&data).unwrap();
        let mut shifted = network.clone();
        let report =
            GradientCheck::new(1e-5).check(network.parameters(), &without_mask, |parameters| {
                shifted.set_parameters(parameters.clone())?;
                dropout.cost(&shifted, &data, 0)
            });
        assert!(report.unwrap().relative_difference() > 1e-3);
    }
}
