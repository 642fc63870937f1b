//! # Which gradient survives?
//!
//! Chapter: book/gradient_flow.md
//!
//! Six networks, before their first step: two inputs, hidden layers of 20 units, one sigmoid
//! unit. For each, say what has become of the gradient of the first layer's weights. The tests
//! build the network and look.
//!
//! # Why
//!
//! On its way back the error meets a factor in each layer: the size of the weights times the
//! slope of the activation function. At most a quarter is left by the sigmoid's slope, so
//! twenty layers are too many; Xavier's variance is half of what the ReLU needs, which twenty
//! layers survive and a hundred do not. Tanh has a slope of 1 at zero, so with Xavier's
//! variance the error comes through; with a standard deviation of 1 many units are not
//! saturated, and those multiply the error in every layer.

/// The size of the first layer's dW, as a root mean square over its weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gradient {
    /// Below 1e-9.
    Vanishes,
    /// From 1e-9 to 1e3.
    Survives,
    /// Above 1e3.
    Explodes,
}

/// 20 hidden sigmoid layers, Xavier's variance 1/n.
pub fn sigmoid_20_xavier() -> Gradient {
    Gradient::Vanishes
}

/// 20 hidden ReLU layers, He's variance 2/n.
pub fn relu_20_he() -> Gradient {
    Gradient::Survives
}

/// 20 hidden ReLU layers, Xavier's variance 1/n.
pub fn relu_20_xavier() -> Gradient {
    Gradient::Survives
}

/// 100 hidden ReLU layers, Xavier's variance 1/n.
pub fn relu_100_xavier() -> Gradient {
    Gradient::Vanishes
}

/// 20 hidden tanh layers, Xavier's variance 1/n.
pub fn tanh_20_xavier() -> Gradient {
    Gradient::Survives
}

/// 100 hidden tanh layers, standard deviation 1.
pub fn tanh_100_large() -> Gradient {
    Gradient::Explodes
}

fn main() {}

#[cfg(test)]
mod tests {
    use trainable::prelude::*;

    use super::*;

    fn check(
        got: Gradient,
        depth: usize,
        activation: Activation,
        initialization: Initialization,
        idea: &str,
    ) {
        let sizes = [vec![2], vec![20; depth], vec![1]].concat();
        let data = circles(100, 0.05, &mut RandomState::new(1)).unwrap();
        let network = Network::new(&sizes, initialization, &mut RandomState::new(3)).unwrap();
        let network = network.with_activation(activation);
        let size = gradient_flow(&network, &data).unwrap()[0].weights;
        let expected = match size {
            size if size < 1e-9 => Gradient::Vanishes,
            size if size > 1e3 => Gradient::Explodes,
            _ => Gradient::Survives,
        };
        assert!(
            got == expected,
            "{depth} {activation:?} layers, {initialization:?}: expected {expected:?}, since dW of the first layer has a size of {size:.1e}, got {got:?}. {idea}"
        );
    }

    #[test]
    fn sigmoid() {
        check(
            sigmoid_20_xavier(),
            20,
            Activation::Sigmoid,
            Initialization::Xavier,
            "The sigmoid's slope is at most one quarter, and the error is multiplied by it in every layer.",
        );
    }

    #[test]
    fn relu_with_its_own_variance() {
        check(
            relu_20_he(),
            20,
            Activation::Relu,
            Initialization::He,
            "He's variance makes up for the silent half of the units: the factor of a layer is 1 on average.",
        );
    }

    #[test]
    fn relu_with_half_its_variance() {
        check(
            relu_20_xavier(),
            20,
            Activation::Relu,
            Initialization::Xavier,
            "With half of He's variance a layer multiplies sizes by √½. Work out the power: twenty layers are a factor of a thousand.",
        );
    }

    #[test]
    fn relu_with_half_its_variance_and_five_times_the_depth() {
        check(
            relu_100_xavier(),
            100,
            Activation::Relu,
            Initialization::Xavier,
            "The same √½ a layer, to the power of a hundred: depth is an exponent.",
        );
    }

    #[test]
    fn tanh_with_its_own_variance() {
        check(
            tanh_20_xavier(),
            20,
            Activation::Tanh,
            Initialization::Xavier,
            "Near zero the slope of tanh is 1, and this variance keeps sums as large as inputs. What is lost is a power of depth, not an exponential.",
        );
    }

    #[test]
    fn tanh_with_large_weights() {
        check(
            tanh_100_large(),
            100,
            Activation::Tanh,
            Initialization::Gaussian(1.0),
            "Activations that stay within 1 say nothing about errors: where a unit is not saturated, a large weight multiplies them.",
        );
    }
}
