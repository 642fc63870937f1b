//! RMSprop: each parameter's step is divided by the usual size of its gradient.

use ndarray::Array1;

use crate::error::{Error, above_0};
use crate::numerics::kernels::vectorized;
use crate::optimizer::{Memory, Optimizer, Transform, check_beta, is_same};
use crate::parameters::Parameters;

// ANCHOR: plain
/// The next average of squares, s ← β s + (1 − β) g², and the direction of the step, g/(√s + ε).
///
/// ```
/// use ndarray::array;
/// use trainable::rmsprop::scaled;
///
/// let (s, direction) = scaled(&array![1.0], &array![7.0], 0.5, 1e-8);
/// assert_eq!((s, direction), (array![25.0], array![7.0 / (5.0 + 1e-8)]));
/// ```
pub fn scaled(
    s: &Array1<f64>,
    g: &Array1<f64>,
    beta: f64,
    epsilon: f64,
) -> (Array1<f64>, Array1<f64>) {
    let s = beta * s + (1.0 - beta) * (g * g);
    let direction = g / (s.mapv(f64::sqrt) + epsilon);
    (s, direction)
}
// ANCHOR_END: plain

/// RMSprop: s ← β s + (1 − β) g² and θ ← θ − α g/(√s + ε), with s = 0 at first.
///
/// β is a number of at least 0 and below 1, 0.9 if nothing else is said; ε a finite number above 0, 1e-8, added to the
/// root and not under it. T. Tieleman, G. Hinton (2012), *Lecture 6.5: rmsprop*, Coursera.
///
/// ```
/// use trainable::prelude::*;
///
/// let data = circles(100, 0.05, &mut RandomState::new(1))?;
/// let mut network = Network::new(&[2, 10, 1], Initialization::He, &mut RandomState::new(2))?;
/// let training = Training::new(RmsProp::new(0.01)).iterations(501);
/// let history = training.train(&mut network, &data)?;
/// assert!(history.cost(500)? < history.cost(0)?);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RmsProp {
    learning_rate: f64,
    scaling: Scaling,
}

/// s ← β s + (1 − β) g², and g/(√s + ε).
#[derive(Debug, Clone, Copy, PartialEq)]
struct Scaling {
    beta: f64,
    epsilon: f64,
}

impl RmsProp {
    /// RMSprop with the learning rate α.
    pub fn new(learning_rate: f64) -> Self {
        Self {
            learning_rate,
            scaling: Scaling {
                beta: 0.9,
                epsilon: 1e-8,
            },
        }
    }

    /// The share of the average of squares that stays at each step, β.
    pub fn beta(self, beta: f64) -> Self {
        let scaling = Scaling {
            beta,
            ..self.scaling
        };
        Self { scaling, ..self }
    }

    /// What is added to the root, ε.
    pub fn epsilon(self, epsilon: f64) -> Self {
        let scaling = Scaling {
            epsilon,
            ..self.scaling
        };
        Self { scaling, ..self }
    }
}

impl From<RmsProp> for Optimizer {
    fn from(rmsprop: RmsProp) -> Self {
        Self::new(rmsprop.learning_rate).then(rmsprop.scaling)
    }
}

impl Transform for Scaling {
    fn check(&self) -> Result<(), Error> {
        check_beta("β of RMSprop", self.beta)?;
        above_0("ε of RMSprop", self.epsilon)
    }

    fn slots(&self) -> usize {
        1
    }

    fn goes_with(&self, other: &dyn Transform) -> bool {
        is_same(self, other)
    }

    fn apply(&self, _: &Parameters, memory: &mut Memory, direction: &mut Parameters) -> f64 {
        memory.beside(direction, |s, g| {
            scale_by_roots(s, self.beta, self.epsilon, g)
        });
        1.0
    }
}

vectorized! {
    /// s ← β s + (1 − β) g², and g ← g/(√s + ε).
    pub fn scale_by_roots(s: &mut [f64], beta: f64, epsilon: f64, g: &mut [f64]) {
        for (s, g) in s.iter_mut().zip(g) {
            *s = beta * *s + (1.0 - beta) * (*g * *g);
            *g /= s.sqrt() + epsilon;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::gradient_descent::step;
    use crate::optimizer::testing::{
        NO_SHARES, NOT_ABOVE_0, NUMBERS, assert_refused, assert_steps,
    };

    proptest! {
        #[test]
        fn steps_are_those_of_the_plain_form(
            seed in 0..1_000u32, alpha in 1e-4..10.0f64,
            beta in 0.0..1.0f64, epsilon in 1e-12..1.0f64,
        ) {
            let rmsprop = RmsProp::new(alpha).beta(beta).epsilon(epsilon);
            let mut s = Array1::zeros(NUMBERS);
            assert_steps(rmsprop, seed, |theta, g| {
                let (next, direction) = scaled(&s, g, beta, epsilon);
                s = next;
                step(theta, &direction, alpha)
            });
        }
    }

    #[test]
    fn settings_outside_their_range_are_refused() {
        let rmsprop = RmsProp::new(0.1);
        assert_eq!(Optimizer::from(rmsprop.beta(0.0)).check(), Ok(()));
        for bad in NO_SHARES {
            assert_refused(rmsprop.beta(bad));
        }
        for bad in NOT_ABOVE_0 {
            assert_refused(rmsprop.epsilon(bad));
            assert_refused(RmsProp::new(bad));
        }
    }
}
