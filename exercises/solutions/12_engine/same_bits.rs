//! # Same bits, or not?
//!
//! Chapter: book/engine.md
//!
//! A network 2-10-5-1 computes its cost on fifty examples. Then one thing is changed that, on
//! paper, leaves the cost as it is. For each change, say whether the cost has the same bits as
//! before. The tests compute both for a hundred networks, each with other weights: a single one
//! may keep its bits by luck.
//!
//! # Why
//!
//! Bits change where another number is rounded. Vectors of another width do the same operations
//! in the same order. A factor of two changes the exponent and no digit, so everything is
//! rounded as before; a factor of ten changes how each product is rounded. The order of two
//! numbers does not change their sum, the order of more than two does: a unit with two inputs is safe, one
//! with ten is not, and neither is a mean over the examples.

/// The bits of the costs of a hundred networks, before and after a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bits {
    /// All of them are the same.
    Same,
    /// At least one network's cost has other bits.
    Differ,
}

/// The CPU may use its narrowest vectors only, instead of its widest.
pub fn narrow_vectors() -> Bits {
    Bits::Same
}

/// The examples come in the opposite order.
pub fn examples_reversed() -> Bits {
    Bits::Differ
}

/// All inputs are multiplied by 8, and the first layer's weights are divided by 8.
pub fn inputs_times_8() -> Bits {
    Bits::Same
}

/// All inputs are multiplied by 10, and the first layer's weights are divided by 10.
pub fn inputs_times_10() -> Bits {
    Bits::Differ
}

/// The two features are exchanged, in the data and in the first layer's weights; all biases are
/// 0.
pub fn features_exchanged() -> Bits {
    Bits::Same
}

/// The ten units of the first hidden layer come in the opposite order, with everything that
/// belongs to them.
pub fn units_reversed() -> Bits {
    Bits::Differ
}

fn main() {}

#[cfg(test)]
mod tests {
    use ndarray::Axis;
    use trainable::numerics::kernels::{Instructions, limit};
    use trainable::prelude::*;

    use super::*;

    fn data() -> Dataset {
        circles(50, 0.05, &mut RandomState::new(1)).unwrap()
    }

    /// The layers of a network whose weights are drawn with this seed; all biases are 0.
    fn layers(seed: u32) -> Vec<Layer> {
        let normal = Initialization::Gaussian(1.0);
        let parameters = normal.parameters(&[2, 10, 5, 1], &mut RandomState::new(seed));
        parameters.unwrap().layers().to_vec()
    }

    fn cost(layers: &[Layer], data: &Dataset) -> f64 {
        let network = Network::from_parameters(Parameters::new(layers.to_vec()).unwrap());
        network.cost(data).unwrap()
    }

    fn with_inputs_times(factor: f64) -> impl Fn(&mut [Layer]) -> f64 {
        let x = data().x().mapv(|x| factor * x);
        let data = Dataset::new(x, data().y().to_owned()).unwrap();
        move |layers| {
            layers[0].w /= factor;
            cost(layers, &data)
        }
    }

    /// `changed` changes a network, and computes the cost again.
    fn check(got: Bits, changed: impl Fn(&mut [Layer]) -> f64, what: &str, idea: &str) {
        let data = data();
        let other = (1..=100).filter(|seed| {
            let mut layers = layers(*seed);
            let before = cost(&layers, &data);
            changed(&mut layers).to_bits() != before.to_bits()
        });
        let other = other.count();
        let expected = if other == 0 { Bits::Same } else { Bits::Differ };
        assert!(
            got == expected,
            "{what}: expected {expected:?}, since {other} of 100 costs have other bits than before, got {got:?}. {idea}"
        );
    }

    #[test]
    fn vectors() {
        let data = data();
        check(
            narrow_vectors(),
            |layers| {
                limit(Instructions::Baseline);
                let narrow = cost(layers, &data);
                limit(Instructions::Avx512);
                narrow
            },
            "narrow vectors",
            "The numbers side by side in a vector are examples, which do not meet: each is computed as before.",
        );
    }

    #[test]
    fn examples() {
        let data = data();
        let order: Vec<usize> = (0..data.examples()).rev().collect();
        let reversed = data.select(&order).unwrap();
        check(
            examples_reversed(),
            |layers| cost(layers, &reversed),
            "examples reversed",
            "The cost is a sum over the examples, and each of its additions is rounded: another order, other roundings.",
        );
    }

    #[test]
    fn a_power_of_two() {
        check(
            inputs_times_8(),
            with_inputs_times(8.0),
            "inputs · 8, weights / 8",
            "A factor of 8 is three more in the exponent: the digits stay, and so does each rounding.",
        );
    }

    #[test]
    fn no_power_of_two() {
        check(
            inputs_times_10(),
            with_inputs_times(10.0),
            "inputs · 10, weights / 10",
            "A computer counts in twos: a tenth of a weight has to be rounded, and so has ten times an input.",
        );
    }

    #[test]
    fn features() {
        let data = data();
        let mut x = data.x().to_owned();
        x.invert_axis(Axis(0));
        let exchanged = Dataset::new(x, data.y().to_owned()).unwrap();
        check(
            features_exchanged(),
            |layers| {
                layers[0].w.invert_axis(Axis(1));
                cost(layers, &exchanged)
            },
            "features exchanged",
            "A unit here adds two products and a bias of 0, and a + b is b + a, to the last bit. Only of three terms is the order seen.",
        );
    }

    #[test]
    fn units() {
        let data = data();
        check(
            units_reversed(),
            |layers| {
                layers[0].w.invert_axis(Axis(0));
                layers[0].b.invert_axis(Axis(0));
                layers[1].w.invert_axis(Axis(1));
                cost(layers, &data)
            },
            "units reversed",
            "A unit of the next layer adds ten products, now from the last to the first: addition is not associative.",
        );
    }
}
