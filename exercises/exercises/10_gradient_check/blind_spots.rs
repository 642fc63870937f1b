//! # What a gradient check sees
//!
//! Chapter: book/gradient_check.md
//!
//! Seven programs, each with a cost and a gradient; in most of them something is wrong. For
//! each, say what a gradient check reports, with two-sided differences and the step 1e-5, if
//! everything above a relative difference of 1e-7 is a complaint. The tests run the checks.

/// What the check reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// A relative difference below 1e-7.
    Passes,
    /// At least 1e-7.
    Complains,
}

/// The gradient of the first layer's biases is left at zero.
pub fn forgotten_biases() -> Check {
    // TODO: Passes or Complains?
    todo!()
}

/// The labels are turned round, 1 for 0 and 0 for 1, where the data are read: before the cost
/// and the gradient are computed.
pub fn turned_labels() -> Check {
    // TODO: Passes or Complains?
    todo!()
}

/// The penalty of L2 is on the weights and on the biases, in the cost and in the gradient.
pub fn penalty_on_biases() -> Check {
    // TODO: Passes or Complains?
    todo!()
}

/// The penalty of L2 is in the gradient, and was forgotten in the cost.
pub fn penalty_in_the_gradient_only() -> Check {
    // TODO: Passes or Complains?
    todo!()
}

/// Everything is right, and dropout draws fresh masks whenever the cost is computed.
pub fn fresh_masks() -> Check {
    // TODO: Passes or Complains?
    todo!()
}

/// The derivative of tanh is forgotten in the backward pass; the check is made with weights and
/// biases near 1e-4.
pub fn forgotten_derivative_near_zero() -> Check {
    // TODO: Passes or Complains?
    todo!()
}

/// The same, with weights and biases near 1.
pub fn forgotten_derivative() -> Check {
    // TODO: Passes or Complains?
    todo!()
}

fn main() {}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, Axis};
    use trainable::prelude::*;

    use super::*;

    const PENALTY: Penalty = Penalty::L2 { lambda: 0.7 };

    /// Two moons, one of which has most of the examples.
    fn data() -> Dataset {
        let moons = moons(60, 0.2, &mut RandomState::new(1)).unwrap();
        let y = moons.y();
        let kept = (0..60).filter(|example| y[(0, *example)] == 1.0 || example % 4 == 0);
        moons.select(&kept.collect::<Vec<usize>>()).unwrap()
    }

    /// A network with one hidden tanh layer, whose weights and biases are all near `size`.
    fn network(size: f64) -> Network {
        let drawn = Initialization::Gaussian(1.0)
            .parameters(&[2, 4, 1], &mut RandomState::new(2))
            .unwrap();
        let mut theta = drawn.to_theta();
        theta.mapv_inplace(|theta| size * if theta == 0.0 { 0.3 } else { theta });
        with(&drawn.with_theta(&theta).unwrap())
    }

    fn with(parameters: &Parameters) -> Network {
        Network::from_parameters(parameters.clone()).with_activation(Activation::Tanh)
    }

    fn check(
        got: Check,
        network: &Network,
        gradient: &Parameters,
        cost: impl FnMut(&Parameters) -> Result<f64, Error>,
        what: &str,
        idea: &str,
    ) {
        let report = GradientCheck::new(1e-5)
            .check(network.parameters(), gradient, cost)
            .unwrap();
        let difference = report.relative_difference();
        let expected = match difference < 1e-7 {
            true => Check::Passes,
            false => Check::Complains,
        };
        assert!(
            got == expected,
            "{what}: expected {expected:?}, since the check's relative difference is {difference:.1e}, got {got:?}. {idea}"
        );
    }

    /// Backward propagation through one hidden tanh layer without its derivative 1 − a².
    fn without_derivative(network: &Network, data: &Dataset) -> Parameters {
        let [one, two] = network.parameters().layers() else {
            panic!("expected two layers, got another number");
        };
        let m = data.examples() as f64;
        let sums = one.w.dot(&data.x()) + one.b.view().insert_axis(Axis(1));
        let a1: Array2<f64> = sums.mapv(f64::tanh);
        let dz2 = network.probabilities(data.x()).unwrap() - data.y();
        let dz1 = two.w.t().dot(&dz2);
        let layer = |dz: &Array2<f64>, a: &Array2<f64>| Layer {
            w: dz.dot(&a.t()) / m,
            b: dz.sum_axis(Axis(1)) / m,
        };
        let layers = vec![layer(&dz1, &data.x().to_owned()), layer(&dz2, &a1)];
        Parameters::new(layers).unwrap()
    }

    #[test]
    fn biases() {
        let (network, data) = (network(1.0), data());
        let mut layers = network.gradients(&data).unwrap().layers().to_vec();
        layers[0].b.fill(0.0);
        check(
            forgotten_biases(),
            &network,
            &Parameters::new(layers).unwrap(),
            |parameters| with(parameters).cost(&data),
            "no gradient for the first layer's biases",
            "The cost does change with them, and the check moves each parameter in turn.",
        );
    }

    #[test]
    fn labels() {
        let (network, data) = (network(1.0), data());
        let turned = Dataset::new(data.x().to_owned(), data.y().mapv(|y| 1.0 - y)).unwrap();
        check(
            turned_labels(),
            &network,
            &network.gradients(&turned).unwrap(),
            |parameters| with(parameters).cost(&turned),
            "turned labels",
            "The gradient is right, of a wrong cost: the check knows no other cost to compare with.",
        );
    }

    #[test]
    fn penalized_biases() {
        let (network, data) = (network(1.0), data());
        let (lambda, m) = (PENALTY.lambda(), data.examples() as f64);
        let theta = network.parameters().to_theta();
        let gradients = network.gradients(&data).unwrap().to_theta() + lambda / m * &theta;
        check(
            penalty_on_biases(),
            &network,
            &network.parameters().with_theta(&gradients).unwrap(),
            |parameters| {
                let theta = parameters.to_theta();
                Ok(with(parameters).cost(&data)? + lambda / (2.0 * m) * theta.dot(&theta))
            },
            "a penalty on biases too",
            "Cost and gradient have made the same choice, so they agree; whether it is a good one the check cannot know.",
        );
    }

    #[test]
    fn penalty() {
        let (network, data) = (network(1.0), data());
        let mut gradients = network.gradients(&data).unwrap();
        PENALTY
            .add_gradient(network.parameters(), data.examples(), &mut gradients)
            .unwrap();
        check(
            penalty_in_the_gradient_only(),
            &network,
            &gradients,
            |parameters| with(parameters).cost(&data),
            "a penalty in the gradient alone",
            "The slope of a cost without a penalty has none: the two must be of the same thing.",
        );
    }

    #[test]
    fn masks() {
        let (network, data) = (network(1.0), data());
        let dropout = Dropout::fresh(&[0.8], &mut RandomState::new(4)).unwrap();
        let objective = Objective::from(dropout);
        let mut step = 0;
        check(
            fresh_masks(),
            &network,
            &objective
                .gradients(&network, &data, Mode::Training { step })
                .unwrap(),
            |parameters| {
                step += 1;
                objective.cost(&with(parameters), &data, Mode::Training { step })
            },
            "fresh masks for every cost",
            "The two costs that are subtracted are of two different networks, and their difference is divided by 2ε.",
        );
    }

    #[test]
    fn derivative_near_zero() {
        let (network, data) = (network(1e-4), data());
        check(
            forgotten_derivative_near_zero(),
            &network,
            &without_derivative(&network, &data),
            |parameters| with(parameters).cost(&data),
            "no derivative of tanh, parameters near 1e-4",
            "The derivative is 1 − a², and here a² is near 1e-8: a factor of 1 may be forgotten.",
        );
    }

    #[test]
    fn derivative() {
        let (network, data) = (network(1.0), data());
        check(
            forgotten_derivative(),
            &network,
            &without_derivative(&network, &data),
            |parameters| with(parameters).cost(&data),
            "no derivative of tanh, parameters near 1",
            "The derivative is 1 − a², and here a is not small: the bug has grown with the weights.",
        );
    }
}
