//! # Three λ, before they run
//!
//! Chapter: book/l2.md
//!
//! A network with twenty hidden units trains on sixty points of the football pitch, three
//! times: with λ = 0, with λ = `0.3` and with λ = 10. The starts are equal, and training is
//! long enough for the cost to settle.
//!
//! Say which of them ends with the least cross-entropy on its sixty points, which with the
//! smallest weights, and which with the least cross-entropy on two thousand new points; and
//! what the cross-entropy on the sixty points is with λ = 10. The tests train all three.

/// How much the penalty weighs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Lambda {
    /// λ = 0.
    Zero,
    /// λ = 0.3.
    Small,
    /// λ = 10.
    Large,
}

/// What the three runs give.
pub struct Prediction {
    /// Which ends with the least mean cross-entropy on the training points?
    pub least_train_cost: Lambda,
    /// Which ends with the least sum of squared weights?
    pub smallest_weights: Lambda,
    /// Which ends with the least mean cross-entropy on new points?
    pub least_new_cost: Lambda,
    /// The mean cross-entropy on the training points with λ = 10, to within 0.02.
    pub train_cost_with_large: f64,
}

/// What you expect.
pub fn prediction() -> Prediction {
    // TODO: decide before you run the tests. `Prediction { least_train_cost: Lambda::…, … }`
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use trainable::prelude::*;

    use super::*;

    /// What one run ends with.
    struct Run {
        lambda: Lambda,
        train_cost: f64,
        squares: f64,
        new_cost: f64,
    }

    static RUNS: LazyLock<[Run; 3]> = LazyLock::new(|| {
        [
            run(Lambda::Zero, 0.0),
            run(Lambda::Small, 0.3),
            run(Lambda::Large, 10.0),
        ]
    });

    fn run(name: Lambda, lambda: f64) -> Run {
        let train = football(60, 0.08, &mut RandomState::new(1)).unwrap();
        let new = football(2_000, 0.08, &mut RandomState::new(1_001)).unwrap();
        let rng = &mut RandomState::new(1);
        let mut network = Network::new(&[2, 20, 1], Initialization::Xavier, rng).unwrap();
        let descent = GradientDescent::new(0.3).penalty(Penalty::L2 { lambda });
        descent
            .iterations(4_000)
            .train(&mut network, &train)
            .unwrap();
        let layers = network.parameters().layers().iter();
        Run {
            lambda: name,
            train_cost: network.cost(&train).unwrap(),
            squares: layers.flat_map(|layer| &layer.w).map(|w| w * w).sum(),
            new_cost: network.cost(&new).unwrap(),
        }
    }

    fn check(got: Lambda, what: &str, of: fn(&Run) -> f64, idea: fn(Lambda) -> &'static str) {
        let least = RUNS.iter().min_by(|a, b| of(a).total_cmp(&of(b))).unwrap();
        let all: Vec<String> = RUNS
            .iter()
            .map(|run| format!("{:?} {:.3}", run.lambda, of(run)))
            .collect();
        let expected = least.lambda;
        assert!(
            got == expected,
            "{what}: the runs end with {}, so {expected:?} was expected, and your prediction got {got:?}. {}",
            all.join(", "),
            idea(got)
        );
    }

    #[test]
    fn cross_entropy_on_the_training_points() {
        let got = prediction().least_train_cost;
        check(
            got,
            "cross-entropy in training",
            |run| run.train_cost,
            |_| "What else does training lower, once there is a penalty?",
        );
    }

    #[test]
    fn size_of_the_weights() {
        let got = prediction().smallest_weights;
        check(
            got,
            "sum of squared weights",
            |run| run.squares,
            |_| "The larger λ, the dearer a weight.",
        );
    }

    #[test]
    fn cross_entropy_on_new_points() {
        let got = prediction().least_new_cost;
        check(
            got,
            "cross-entropy on new points",
            |run| run.new_cost,
            |predicted| match predicted {
                Lambda::Zero => {
                    "What a network memorizes is wrong elsewhere, and large weights make it very sure."
                }
                Lambda::Small | Lambda::Large => "What can a network say without weights?",
            },
        );
    }

    #[test]
    fn cross_entropy_when_the_penalty_has_won() {
        let got = prediction().train_cost_with_large;
        let expected = RUNS[2].train_cost;
        assert!(
            (got - expected).abs() < 0.02,
            "cross-entropy in training with λ = 10: the run ends with {expected:.3}, so that was expected, and your prediction got {got:.3}. All weights are zero: which probability does each point get, and what is its loss?"
        );
    }
}
