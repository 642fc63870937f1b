//! AdamW: Adam with weight decay that is not divided by the size of the gradient.

use ndarray::Array1;

use crate::adam::{Adam, direction};
use crate::optimizer::Optimizer;
use crate::weight_decay::{WeightDecay, decayed};

// ANCHOR: plain
/// The direction of a step for the weights `w` from Adam's averages, v̂/(√ŝ + ε) + λ w.
///
/// ```
/// use ndarray::array;
/// use trainable::adamw::decayed_direction;
///
/// let averages = [&array![-2.0], &array![4.0]];
/// let direction = decayed_direction(averages, [0.5, 0.75], 1e-8, &array![8.0], 0.5);
/// assert_eq!(direction, array![-4.0 / (4.0 + 1e-8) + 4.0]);
/// ```
pub fn decayed_direction(
    averages: [&Array1<f64>; 2],
    powers: [f64; 2],
    epsilon: f64,
    w: &Array1<f64>,
    decay: f64,
) -> Array1<f64> {
    decayed(&direction(averages, powers, epsilon), w, decay)
}
// ANCHOR_END: plain

/// AdamW: the direction of [`Adam`] with λ W added for the weights W, so that θ ← θ − α (v̂/(√ŝ + ε) + λ W).
///
/// λ is a finite number of at least 0, 0.01 if nothing else is said; biases and gains do not decay. An L2 penalty
/// before Adam is another thing: its gradient is divided by √ŝ like the rest. I. Loshchilov, F. Hutter (2019),
/// *Decoupled weight decay regularization*, arXiv:1711.05101.
///
/// ```
/// use trainable::prelude::*;
///
/// let data = circles(100, 0.05, &mut RandomState::new(1))?;
/// let mut network = Network::new(&[2, 10, 1], Initialization::He, &mut RandomState::new(2))?;
/// let training = Training::new(AdamW::new(0.01).decay(0.1)).iterations(501);
/// let history = training.train(&mut network, &data)?;
/// assert!(history.cost(500)? < history.cost(0)?);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdamW {
    adam: Adam,
    decay: WeightDecay,
}

impl AdamW {
    /// AdamW with the learning rate α.
    pub fn new(learning_rate: f64) -> Self {
        Self {
            adam: Adam::new(learning_rate),
            decay: WeightDecay::new(0.01),
        }
    }

    /// The share of the average of gradients that stays at each step, β₁.
    pub fn beta1(self, beta1: f64) -> Self {
        let adam = self.adam.beta1(beta1);
        Self { adam, ..self }
    }

    /// The share of the average of squares that stays at each step, β₂.
    pub fn beta2(self, beta2: f64) -> Self {
        let adam = self.adam.beta2(beta2);
        Self { adam, ..self }
    }

    /// What is added to the root, ε.
    pub fn epsilon(self, epsilon: f64) -> Self {
        let adam = self.adam.epsilon(epsilon);
        Self { adam, ..self }
    }

    /// How strongly the weights decay, λ.
    pub fn decay(self, decay: f64) -> Self {
        let decay = WeightDecay::new(decay);
        Self { decay, ..self }
    }
}

impl From<AdamW> for Optimizer {
    fn from(adamw: AdamW) -> Self {
        Self::from(adamw.adam).then(adamw.decay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prelude::*;

    fn trained(optimizer: impl Into<Optimizer>) -> Network {
        let data = moons(40, 0.2, &mut RandomState::new(1)).unwrap();
        let mut rng = RandomState::new(2);
        let mut network = Network::new(&[2, 5, 1], Initialization::He, &mut rng).unwrap();
        let training = Training::new(optimizer).iterations(20);
        training.train(&mut network, &data).unwrap();
        network
    }

    #[test]
    fn without_decay_it_is_adam_and_with_it_no_penalty() {
        let adam = Adam::new(0.05).beta1(0.8).beta2(0.9).epsilon(1e-6);
        let adamw = AdamW::new(0.05).beta1(0.8).beta2(0.9).epsilon(1e-6);
        assert_eq!(trained(adamw.decay(0.0)), trained(adam));
        let after = adam.then(WeightDecay::new(0.1));
        assert_eq!(trained(adamw.decay(0.1)), trained(after.clone()));
        let before = adam.after(WeightDecay::new(0.1));
        assert_ne!(trained(before), trained(after));
    }

    #[test]
    fn settings_outside_their_range_are_refused() {
        let good = AdamW::new(0.1);
        for bad in [
            good.beta1(1.0),
            good.beta2(-0.1),
            good.epsilon(0.0),
            good.decay(-1.0),
        ] {
            let refused = Optimizer::from(bad).check();
            assert!(matches!(refused, Err(Error::OutOfRange { .. })), "{bad:?}");
        }
    }
}
