//! # What to suspect first
//!
//! Chapter: book/summary.md
//!
//! Somebody shows you a few numbers of a run. Return what to suspect first; each suspect says
//! by which of the numbers it is known. More than one may fit, and their order in the list is
//! not the order in which to ask: think of which numbers mean nothing as long as something else
//! is wrong, and of what is treated first where both bias and variance are high.
//!
//! # Why
//!
//! Each question has a meaning only when those before it are answered. A cost that is not a
//! number, or has grown, makes the errors worthless, and so do gradients of 0, which have no
//! ratio either. A network whose first layers do not learn has a high train error for that
//! reason. Bias is treated before variance, whose cures make it worse; and a difference between
//! dev and train is one only if it is larger than what luck does with so few examples.

/// A few numbers of a run.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// The cost before the first step.
    pub first_cost: f64,
    /// The cost after the last step; it may be NaN or infinite.
    pub last_cost: f64,
    /// The root mean square of dW in the first layer, before the first step.
    pub first_gradient: f64,
    /// The same in the last layer.
    pub last_gradient: f64,
    /// The part of the training set that is wrong, from 0 to 1.
    pub train_error: f64,
    /// The part of the dev set that is wrong, from 0 to 1.
    pub dev_error: f64,
    /// The number of examples in the dev set, above 0.
    pub dev_examples: usize,
    /// The part that is wrong at best, from 0 to 1.
    pub best_error: f64,
}

/// What to suspect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suspect {
    /// Dev − train is above 0.02, and above two standard errors of the dev error, √(p(1 −
    /// p)/m).
    Variance,
    /// Train − best is above 0.02.
    Bias,
    /// The first layer's gradient is less than a thousandth of the last one's.
    Depth,
    /// The gradients of the first and of the last layer's weights are 0.
    FirstWeights,
    /// The last cost is not finite, or above the first one.
    LearningRate,
    /// None of these.
    Nothing,
}

/// What to suspect first.
pub fn suspect(run: Run) -> Suspect {
    if !run.last_cost.is_finite() || run.last_cost > run.first_cost {
        return Suspect::LearningRate;
    }
    if run.first_gradient == 0.0 && run.last_gradient == 0.0 {
        return Suspect::FirstWeights;
    }
    if run.first_gradient < 1e-3 * run.last_gradient {
        return Suspect::Depth;
    }
    if run.train_error - run.best_error > 0.02 {
        return Suspect::Bias;
    }
    let (p, m) = (run.dev_error, run.dev_examples as f64);
    let standard_error = (p * (1.0 - p) / m).sqrt();
    if run.dev_error - run.train_error > f64::max(0.02, 2.0 * standard_error) {
        return Suspect::Variance;
    }
    Suspect::Nothing
}

fn main() {}

#[cfg(test)]
mod tests {
    use trainable::prelude::*;

    use super::*;

    /// A run with which nothing is wrong.
    const GOOD: Run = Run {
        first_cost: 0.7,
        last_cost: 0.05,
        first_gradient: 0.02,
        last_gradient: 0.05,
        train_error: 0.02,
        dev_error: 0.035,
        dev_examples: 10_000,
        best_error: 0.01,
    };

    fn check(run: Run, expected: Suspect, idea: &str) {
        let got = suspect(run);
        assert!(
            got == expected,
            "{run:?}: expected {expected:?}, got {got:?}. {idea}"
        );
    }

    #[test]
    fn nothing_is_wrong() {
        check(
            GOOD,
            Suspect::Nothing,
            "Neither train − best, 0.01, nor dev − train, 0.015, is above 0.02.",
        );
    }

    #[test]
    fn a_cost_that_is_no_number_or_grows() {
        for last_cost in [f64::NAN, f64::INFINITY, 0.9] {
            let run = Run { last_cost, ..GOOD };
            check(
                run,
                Suspect::LearningRate,
                "NaN is neither above nor below any number: ask whether the cost is finite, then whether it has grown.",
            );
        }
    }

    #[test]
    fn gradients_of_0() {
        let run = Run {
            first_gradient: 0.0,
            last_gradient: 0.0,
            ..GOOD
        };
        check(
            run,
            Suspect::FirstWeights,
            "Both gradients are 0, so no weight will ever move.",
        );
    }

    #[test]
    fn a_gradient_that_vanishes() {
        for first_gradient in [0.0, 1e-9] {
            let run = Run {
                first_gradient,
                ..GOOD
            };
            check(
                run,
                Suspect::Depth,
                "The last layer has a gradient, the first has next to none. Compare them: divide neither by 0.",
            );
        }
    }

    #[test]
    fn a_network_without_large_gradients() {
        let run = Run {
            first_gradient: 2e-6,
            last_gradient: 5e-6,
            ..GOOD
        };
        check(
            run,
            Suspect::Nothing,
            "Small gradients are not a question of depth when all layers have them: what counts is their ratio.",
        );
    }

    #[test]
    fn a_high_train_error() {
        let run = Run {
            train_error: 0.2,
            dev_error: 0.21,
            ..GOOD
        };
        check(
            run,
            Suspect::Bias,
            "Train − best is 0.19: the network has not learned what can be learned.",
        );
        let run = Run {
            best_error: 0.19,
            ..run
        };
        check(
            run,
            Suspect::Nothing,
            "A train error of 0.2 is not high where 0.19 is the best: compare with what is possible, not with 0.",
        );
    }

    #[test]
    fn a_high_dev_error() {
        let run = Run {
            dev_error: 0.1,
            ..GOOD
        };
        check(
            run,
            Suspect::Variance,
            "Dev − train is 0.08, and the dev set is large: the network has memorized its examples.",
        );
    }

    #[test]
    fn luck() {
        let run = Run {
            dev_error: 0.1,
            dev_examples: 50,
            ..GOOD
        };
        check(
            run,
            Suspect::Nothing,
            "Of 50 examples a tenth is uncertain by 0.04: a difference of 0.08 is less than two standard errors.",
        );
        let run = Run {
            dev_error: 0.08,
            dev_examples: 100,
            ..GOOD
        };
        check(
            run,
            Suspect::Variance,
            "Of 100 examples 0.08 is uncertain by 0.027: a difference of 0.06 is more than two standard errors. They are √(p(1 − p)/m), with the dev error for p.",
        );
    }

    #[test]
    fn bias_before_variance() {
        let run = Run {
            train_error: 0.2,
            dev_error: 0.4,
            ..GOOD
        };
        check(
            run,
            Suspect::Bias,
            "Both are high. As long as the bias is, it is treated first.",
        );
    }

    #[test]
    fn what_has_not_learned_says_nothing() {
        let guessing = Run {
            train_error: 0.5,
            dev_error: 0.5,
            ..GOOD
        };
        check(
            Run {
                first_gradient: 1e-9,
                ..guessing
            },
            Suspect::Depth,
            "The train error is high because the first layers do not learn: ask for the gradients before you ask for bias.",
        );
        check(
            Run {
                first_gradient: 1e-9,
                last_cost: f64::NAN,
                ..guessing
            },
            Suspect::LearningRate,
            "A cost that is not a number: ask for it before anything else.",
        );
    }

    #[test]
    fn real_runs() {
        let measured = |sizes: &[usize], activation, initialization, rate, scale: f64| {
            let data = circles(100, 0.05, &mut RandomState::new(1))?;
            let data = Dataset::new(data.x().mapv(|x| scale * x), data.y().to_owned())?;
            let mut network = Network::new(sizes, initialization, &mut RandomState::new(3))?
                .with_activation(activation);
            let flow = gradient_flow(&network, &data)?;
            let first_cost = network.cost(&data)?;
            GradientDescent::new(rate)
                .iterations(20)
                .train(&mut network, &data)?;
            let error = 1.0 - network.accuracy(&data)?;
            Ok::<Run, Error>(Run {
                first_cost,
                last_cost: network.cost(&data)?,
                first_gradient: flow[0].weights,
                last_gradient: flow[sizes.len() - 2].weights,
                train_error: error,
                dev_error: error,
                dev_examples: 100,
                best_error: 0.0,
            })
        };
        let (relu, he) = (Activation::Relu, Initialization::He);
        let deep = [vec![2], vec![10; 10], vec![1]].concat();
        let shallow = [2, 10, 5, 1];
        let zeros = measured(&shallow, relu, Initialization::Zeros, 0.1, 1.0);
        let vanished = measured(&deep, Activation::Sigmoid, Initialization::Xavier, 0.1, 1.0);
        let soared = measured(&shallow, Activation::Tanh, he, 50.0, 1.0);
        check(
            zeros.unwrap(),
            Suspect::FirstWeights,
            "A network that began with weights of 0.",
        );
        check(
            vanished.unwrap(),
            Suspect::Depth,
            "A network with ten sigmoid layers.",
        );
        check(
            soared.unwrap(),
            Suspect::LearningRate,
            "A network whose learning rate was far too large.",
        );
    }
}
