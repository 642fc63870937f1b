//! Weight decay: each step takes a share of the weights away.

use ndarray::Array1;

use crate::error::{Error, at_least_0};
use crate::numerics::kernels::add_multiple;
use crate::optimizer::{Memory, Transform, is_same};
use crate::parameters::Parameters;

// ANCHOR: plain
/// The direction with its decay, d + λ θ.
///
/// ```
/// use ndarray::array;
/// use trainable::weight_decay::decayed;
///
/// assert_eq!(decayed(&array![1.0], &array![4.0], 0.25), array![2.0]);
/// ```
pub fn decayed(direction: &Array1<f64>, theta: &Array1<f64>, decay: f64) -> Array1<f64> {
    direction + decay * theta
}
// ANCHOR_END: plain

/// Adds λ W to the direction of a step: with the learning rate α, every weight loses the share α λ of itself.
///
/// As the last link of a chain it is decoupled from what the others do to the gradient; before Adam it is an L2 penalty.
/// For plain gradient descent both are the same. λ is a finite number of at least 0. Biases and gains are left alone unless
/// they are [included](Self::with_biases).
///
/// I. Loshchilov, F. Hutter (2019), *Decoupled weight decay regularization*, arXiv:1711.05101.
///
/// ```
/// use trainable::prelude::*;
///
/// let data = circles(100, 0.05, &mut RandomState::new(1))?;
/// let start = Network::new(&[2, 10, 1], Initialization::He, &mut RandomState::new(2))?;
/// let trained = |optimizer: Optimizer| {
///     let mut network = start.clone();
///     Training::new(optimizer).iterations(500).train(&mut network, &data)?;
///     Ok::<f64, Error>(network.parameters().iter().map(|p| p * p).sum())
/// };
/// let decayed = trained(Adam::new(0.01).then(WeightDecay::new(0.1)))?;
/// assert!(decayed < trained(Adam::new(0.01).into())?);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeightDecay {
    decay: f64,
    what: What,
}

/// Which parameters decay.
#[derive(Debug, Clone, Copy, PartialEq)]
enum What {
    Weights,
    Everything,
}

impl WeightDecay {
    /// Decay of the weights, with the strength λ.
    pub fn new(decay: f64) -> Self {
        Self {
            decay,
            what: What::Weights,
        }
    }

    /// Decay of biases and gains too.
    pub fn with_biases(self) -> Self {
        Self {
            what: What::Everything,
            ..self
        }
    }
}

impl Transform for WeightDecay {
    fn check(&self) -> Result<(), Error> {
        at_least_0("weight decay", self.decay)
    }

    fn goes_with(&self, other: &dyn Transform) -> bool {
        is_same(self, other)
    }

    fn apply(&self, parameters: &Parameters, _: &mut Memory, direction: &mut Parameters) -> f64 {
        match self.what {
            What::Everything => direction.add_scaled(self.decay, parameters),
            What::Weights => {
                for layer in 0..parameters.depth() {
                    let (weights, ..) = parameters.layer_slices(layer);
                    let (direction, ..) = direction.layer_slices_mut(layer);
                    add_multiple(direction, self.decay, weights);
                }
            }
        }
        1.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::gradient_descent::step;
    use crate::momentum;
    use crate::optimizer::testing::{NUMBERS, assert_refused, assert_steps};
    use crate::prelude::*;

    /// Which numbers of [`assert_steps`] are weights: 15 before 3 biases, and 3 before 1.
    fn is_weight(number: usize) -> bool {
        matches!(number, 0..15 | 18..21)
    }

    proptest! {
        #[test]
        fn steps_are_those_of_the_plain_form(
            seed in 0..1_000u32, alpha in 1e-4..10.0f64, beta in 0.0..1.0f64,
            decay in prop_oneof![Just(0.0), 1e-6..10.0f64],
        ) {
            let decaying = |decay| Momentum::new(alpha).beta(beta).then(decay);
            let everything = WeightDecay::new(decay).with_biases();
            let mut v = Array1::zeros(NUMBERS);
            assert_steps(decaying(everything), seed, |theta, g| {
                v = momentum::velocity(&v, g, beta);
                step(theta, &decayed(&v, theta, decay), alpha)
            });
            let mut v = Array1::zeros(NUMBERS);
            assert_steps(decaying(WeightDecay::new(decay)), seed, |theta, g| {
                v = momentum::velocity(&v, g, beta);
                let mut direction = decayed(&v, theta, decay);
                for bias in (0..NUMBERS).filter(|number| !is_weight(*number)) {
                    direction[bias] = v[bias];
                }
                step(theta, &direction, alpha)
            });
        }
    }

    #[test]
    fn biases_decay_only_if_they_are_included() {
        let mut rng = RandomState::new(1);
        let network = Network::new(&[2, 3, 1], Initialization::Gaussian(1.0), &mut rng).unwrap();
        let zeros = network.with_batch_norm(BatchNorm::new());
        let theta = zeros
            .parameters()
            .with_theta(&Array1::ones(zeros.parameters().len()));
        let theta = theta.unwrap();
        let after = |decay: WeightDecay| {
            let optimizer = Optimizer::new(0.5).then(decay);
            let (mut theta, mut g) = (theta.clone(), theta.zeros_like());
            let mut state = optimizer.start(&theta);
            optimizer.step(&mut theta, &mut g, &mut state).unwrap();
            theta
        };
        let weights = after(WeightDecay::new(0.5));
        assert!(weights.layers()[0].w.iter().all(|w| *w == 0.75));
        assert!(weights.layers()[0].b.iter().all(|b| *b == 1.0));
        assert!(weights.gain(0).unwrap().iter().all(|gain| *gain == 1.0));
        assert!(
            after(WeightDecay::new(0.5).with_biases())
                .iter()
                .all(|p| *p == 0.75)
        );
    }

    #[test]
    fn a_decay_that_is_none_is_refused() {
        for bad in [-0.1, f64::NAN, f64::INFINITY] {
            assert_refused(Optimizer::new(0.1).then(WeightDecay::new(bad)));
        }
    }
}
