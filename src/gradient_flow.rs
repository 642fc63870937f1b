//! How large activations and gradients are, layer by layer, and a limit on the gradient.

use ndarray::Array1;

use crate::data::dataset::Dataset;
use crate::error::{Error, above_0};
use crate::network::{Mode, Network};
use crate::numerics::kernels::vectorized;
use crate::numerics::norm::{root_mean_square, scaled_norm};
use crate::objective::Objective;
use crate::optimizer::{Memory, Transform, is_same};
use crate::parameters::Parameters;

// ANCHOR: plain
/// The gradient g, all layers as one vector, times min(1, c/‖g‖), where c is `most`.
///
/// ```
/// use ndarray::array;
/// use trainable::gradient_flow::{clip_by_norm, clip_by_value};
///
/// let g = array![6.0, 8.0];
/// assert_eq!(clip_by_norm(&g, 5.0), array![3.0, 4.0]);
/// assert_eq!(clip_by_value(&g, 7.0), array![6.0, 7.0]);
/// ```
pub fn clip_by_norm(g: &Array1<f64>, most: f64) -> Array1<f64> {
    let norm = g.dot(g).sqrt();
    g * (most / norm).min(1.0)
}

/// The gradient g with each of its numbers brought into [−c, c].
pub fn clip_by_value(g: &Array1<f64>, most: f64) -> Array1<f64> {
    g.mapv(|g| g.clamp(-most, most))
}
// ANCHOR_END: plain

/// The size of what flows through one layer: root mean squares, at least 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LayerFlow {
    /// Of the activations A, over units and examples; in the last layer, of the logits.
    pub activations: f64,
    /// Of the gradient dW of the cost by the weights.
    pub weights: f64,
    /// Of the gradient db by the biases: for a single example, of the error dZ.
    pub biases: f64,
}

// ANCHOR: flow
/// The flow through every layer of `network` on `data`, first hidden layer first.
///
/// The root mean square of n numbers is √(Σ v²/n). S. Hochreiter (1991) and Y. Bengio
/// et al. (1994, doi:10.1109/72.279181) describe how it vanishes; X. Glorot, Y. Bengio
/// (2010, PMLR 9:249–256) measure it layer by layer.
///
/// ```
/// use trainable::prelude::*;
///
/// let data = circles(100, 0.05, &mut RandomState::new(1))?;
/// let network = Network::new(&[2, 10, 10, 1], Initialization::He, &mut RandomState::new(2))?;
/// let flow = gradient_flow(&network, &data)?;
/// assert_eq!(flow.len(), 3);
/// assert!(flow.iter().all(|layer| layer.weights > 0.0));
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// As [`Network::gradients`].
pub fn gradient_flow(network: &Network, data: &Dataset) -> Result<Vec<LayerFlow>, Error> {
    let gradients = network.gradients(data)?;
    let activations = Objective::new().layers(network, data.x(), Mode::Inference)?;
    let layers = gradients.layers().iter().zip(&activations);
    Ok(layers
        .map(|(gradient, a)| LayerFlow {
            activations: root_mean_square(a.iter().copied(), a.len()),
            weights: root_mean_square(gradient.w.iter().copied(), gradient.w.len()),
            biases: root_mean_square(gradient.b.iter().copied(), gradient.b.len()),
        })
        .collect())
}
// ANCHOR_END: flow

/// A limit on the gradient of one step, at any size above 0.
///
/// ```
/// use trainable::prelude::*;
///
/// let data = circles(100, 0.05, &mut RandomState::new(1))?;
/// let mut network = Network::new(&[2, 10, 1], Initialization::He, &mut RandomState::new(2))?;
/// let start = network.parameters().to_theta();
/// GradientDescent::new(0.5)
///     .clipping(Clipping::Norm(0.001))
///     .iterations(1)
///     .train(&mut network, &data)?;
/// let step = network.parameters().to_theta() - start;
/// assert!((step.dot(&step).sqrt() - 0.5 * 0.001).abs() < 1e-12);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Clipping {
    /// The whole gradient g, all layers together, is multiplied by min(1, c/‖g‖): no longer than c,
    /// in its own direction. R. Pascanu, T. Mikolov, Y. Bengio (2013), arXiv:1211.5063.
    Norm(f64),
    /// Each number of the gradient is brought into [−c, c]; this turns the direction.
    Value(f64),
}

impl Transform for Clipping {
    fn check(&self) -> Result<(), Error> {
        let (Self::Norm(most) | Self::Value(most)) = *self;
        above_0("limit on the gradient", most)
    }

    /// A norm is of all numbers together.
    fn goes_with(&self, other: &dyn Transform) -> bool {
        matches!(self, Self::Value(_)) && is_same(self, other)
    }

    fn apply(&self, _: &Parameters, _: &mut Memory, gradient: &mut Parameters) -> f64 {
        match *self {
            Self::Norm(most) => {
                let norm = scaled_norm(gradient.slices().flatten().copied());
                if norm > most { most / norm } else { 1.0 }
            }
            Self::Value(most) => {
                for g in gradient.slices_mut() {
                    clamp(g, most);
                }
                1.0
            }
        }
    }
}

vectorized! {
    /// g ← g, brought into [−most, most].
    pub fn clamp(g: &mut [f64], most: f64) {
        for g in g {
            *g = g.clamp(-most, most);
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};
    use proptest::prelude::*;

    use super::*;
    use crate::activation::Activation;
    use crate::data::circles::circles;
    use crate::gradient_descent::GradientDescent;
    use crate::initialization::Initialization;
    use crate::numerics::random_state::RandomState;
    use crate::parameters::Layer;

    /// A linear network with `depth` weight matrices c·I, all of `width` units, then one unit that
    /// passes the first one's activation on.
    fn linear(c: f64, depth: usize, width: usize) -> Network {
        let mut layers = vec![
            Layer {
                w: c * Array2::eye(width),
                b: Array1::zeros(width),
            };
            depth
        ];
        let mut w = Array2::zeros((1, width));
        w[(0, 0)] = 1.0;
        let b = Array1::zeros(1);
        layers.push(Layer { w, b });
        Network::from_parameters(Parameters::new(layers).unwrap())
            .with_activation(Activation::Identity)
    }

    fn rings() -> Dataset {
        circles(40, 0.05, &mut RandomState::new(1)).unwrap()
    }

    fn he() -> Network {
        Network::new(&[2, 5, 4, 1], Initialization::He, &mut RandomState::new(2)).unwrap()
    }

    fn stepped(clipping: Clipping) -> Array1<f64> {
        let mut network = he();
        let start = network.parameters().to_theta();
        GradientDescent::new(0.5)
            .clipping(clipping)
            .iterations(1)
            .train(&mut network, &rings())
            .unwrap();
        network.parameters().to_theta() - start
    }

    proptest! {
        #[test]
        fn linear_layers_multiply_by_their_weight_exactly(
            c in 0.1..3.0_f64,
            depth in 1..151usize,
            width in 1..4usize,
        ) {
            let data = Dataset::new(Array2::ones((width, 3)), array![[0.0, 0.0, 0.0]]).unwrap();
            let flow = gradient_flow(&linear(c, depth, width), &data).unwrap();
            let mut power = 1.0;
            for layer in &flow[..depth] {
                power *= c;
                prop_assert!((layer.activations / power - 1.0).abs() < 1e-14);
            }
        }
    }

    #[test]
    fn powers_of_one_half_are_exact() {
        let data = Dataset::new(array![[1.0]], array![[1.0]]).unwrap();
        let flow = gradient_flow(&linear(0.5, 150, 1), &data).unwrap();
        assert_eq!(flow[149].activations, libm::exp2(-150.0));
    }

    #[test]
    fn the_flow_is_what_direct_computation_says() {
        let (network, data) = (he(), rings());
        let flow = gradient_flow(&network, &data).unwrap();
        let plain = |numbers: Vec<f64>| {
            (numbers.iter().map(|n| n * n).sum::<f64>() / numbers.len() as f64).sqrt()
        };
        let gradients = network.gradients(&data).unwrap();
        let activations = network.activations(data.x()).unwrap();
        for l in 0..2 {
            let expected = plain(activations[l].iter().copied().collect());
            assert!((flow[l].activations / expected - 1.0).abs() < 1e-12);
        }
        let logits = network.logits(data.x()).unwrap();
        let expected = plain(logits.iter().copied().collect());
        assert!((flow[2].activations / expected - 1.0).abs() < 1e-12);
        for (flow, gradient) in flow.iter().zip(gradients.layers()) {
            let (w, b) = (
                plain(gradient.w.iter().copied().collect()),
                plain(gradient.b.iter().copied().collect()),
            );
            assert!((flow.weights / w - 1.0).abs() < 1e-12);
            assert!((flow.biases / b - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn nothing_flows_through_zeros_and_wrong_data_are_refused() {
        let zeros = Network::from_parameters(Parameters::zeros(&[2, 3, 1]).unwrap());
        let flow = gradient_flow(&zeros, &rings()).unwrap();
        assert_eq!((flow[0].activations, flow[0].weights), (0.0, 0.0));
        let data = Dataset::new(array![[1.0]], array![[1.0]]).unwrap();
        assert!(matches!(
            gradient_flow(&zeros, &data),
            Err(Error::Shape { .. })
        ));
    }

    #[test]
    fn clipping_by_norm_keeps_the_direction() {
        let gradient = he().gradients(&rings()).unwrap().to_theta();
        let length = gradient.dot(&gradient).sqrt();
        let step = stepped(Clipping::Norm(length / 10.0));
        let expected = &gradient * -0.05;
        assert!((&step - &expected).iter().all(|d| d.abs() < 1e-15));
    }

    #[test]
    fn clipping_by_value_bounds_each_number() {
        let gradient = he().gradients(&rings()).unwrap().to_theta();
        let most = gradient.iter().fold(0.0, |m: f64, g| m.max(g.abs())) / 4.0;
        let step = stepped(Clipping::Value(most));
        let expected = gradient.mapv(|g| -0.5 * g.clamp(-most, most));
        assert!((&step - &expected).iter().all(|d| d.abs() < 1e-15));
    }

    #[test]
    fn a_limit_that_is_not_reached_changes_no_bit() {
        let mut plain = he();
        let run = GradientDescent::new(0.5).iterations(1);
        run.train(&mut plain, &rings()).unwrap();
        for clipping in [Clipping::Norm(1e9), Clipping::Value(1e9)] {
            let mut clipped = he();
            run.clone()
                .clipping(clipping)
                .train(&mut clipped, &rings())
                .unwrap();
            assert_eq!(clipped, plain, "{clipping:?}");
        }
    }

    #[test]
    fn refuses_a_limit_that_is_none() {
        for most in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            for clipping in [Clipping::Norm(most), Clipping::Value(most)] {
                let mut network = he();
                let run = GradientDescent::new(0.5).clipping(clipping);
                assert!(matches!(
                    run.train(&mut network, &rings()),
                    Err(Error::OutOfRange { .. })
                ));
                assert_eq!(network, he());
            }
        }
    }
}
